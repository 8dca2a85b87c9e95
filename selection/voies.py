"""A sharing with its sentences: for each project left out, what would let it in, tried out before it is said."""

from dataclasses import replace
from decimal import Decimal

from manufactures.francais import enumerer, euros
from selection.simulateur import (
    EURO,
    RANG,
    SCORE,
    TAUX,
    Demande,
    Insoluble,
    Montants,
    Partage,
    Quota,
    a_servir_ensemble,
    au_taux,
    depassements,
    meilleur_ensemble,
    ordre,
    par_rang,
    somme,
    sous_les_maxima,
)

EN = {"INVESTISSEMENT": "en investissement", "AMORCAGE": "en amorçage"}
ESSAIS_DE_QUOTA = {"RANG": 3, "TAUX": 3, "SCORE": 1}  # steps tried above the present number


def partager(maniere: str, demandes: list[Demande], enveloppe: Montants, quotas: list[Quota] = ()) -> Partage:
    """Share the envelope, and tell each project left out what would let it in. Raises Insoluble."""
    essais = Essais(maniere, list(demandes), list(quotas))
    partage = essais.partage(dict(enveloppe))
    entres = set(partage.montants)
    phrases = {d.cle: essais.phrase(d, dict(enveloppe), partage) for d in demandes if d.cle not in entres}
    return replace(partage, phrases=phrases)


class Essais:
    """The same sharing tried with other figures: a sentence says only what a trial has shown."""

    def __init__(self, maniere: str, demandes: list[Demande], quotas: list[Quota]):
        self.maniere, self.demandes, self.quotas = maniere, demandes, quotas
        self.file = ordre(self.demandes, self.quotas)
        self.rangs = {d.cle: rang for rang, d in enumerate(self.file)}
        self._entres: dict[tuple, frozenset[int]] = {}

    def partage(self, enveloppe: dict[str, int]) -> Partage:
        """The sharing, without its sentences. Raises Insoluble."""
        if self.maniere == RANG:
            montants, taux = par_rang(self.demandes, enveloppe, self.quotas), {}
        else:
            retenus = self._qui(enveloppe, self.quotas)
            montants, taux = au_taux([d for d in self.demandes if d.cle in retenus], enveloppe)
        entres = [d for d in self.demandes if d.cle in montants]
        reste = {nature: libre - somme(montants.values(), nature) for nature, libre in enveloppe.items()}
        manques = [
            q.manque(n, "entre", "entrent", "n'entre")
            for q in self.quotas
            if (n := sum(map(q.vise, entres))) < q.minimum
        ]
        return Partage(montants, reste, sum(d.score for d in entres), taux, manques)

    def _qui(self, enveloppe: dict[str, int], quotas: list[Quota]) -> set[int]:
        """Who enters. Raises Insoluble."""
        if self.maniere == RANG:
            return set(par_rang(self.demandes, enveloppe, quotas))
        choisir = a_servir_ensemble if self.maniere == TAUX else meilleur_ensemble
        return {d.cle for d in choisir(self.demandes, enveloppe, quotas)}

    def entres(self, enveloppe: dict[str, int], quotas: list[Quota]) -> frozenset[int]:
        """Who enters with these figures; nobody where nothing holds. Computed once."""
        cle = (*sorted(enveloppe.items()), *((q.axe, q.valeur, q.minimum, q.maximum) for q in quotas))
        if cle not in self._entres:
            try:
                self._entres[cle] = frozenset(self._qui(enveloppe, quotas))
            except Insoluble:
                self._entres[cle] = frozenset()
        return self._entres[cle]

    def phrase(self, demande: Demande, enveloppe: dict[str, int], partage: Partage) -> str:
        """One sentence: so much more, or a quota raised, or both."""
        par_quota = self._par_un_quota(demande, enveloppe, partage)
        releves = self._releves(demande, partage)
        clauses = [
            f"le quota {r.libelle} passe à {r.maximum}"
            for r, q in zip(releves, self.quotas, strict=True)
            if r != q
        ]
        avec = self._avec(self._manque(demande, enveloppe, partage))
        if not clauses:
            return f"Entre {avec}, ou si {par_quota}." if par_quota else f"Entre {avec}."
        if par_quota:
            return f"Entre si {par_quota}."
        return (
            f"Entre {avec}, et si {enumerer(clauses)}."
            if avec
            else f"Entre si {enumerer(clauses)}, les autres restant."
        )

    def _compte(self, quota: Quota, partage: Partage) -> int:
        return sum(quota.vise(d) for d in self.demandes if d.cle in partage.montants)

    def _par_un_quota(self, demande: Demande, enveloppe: dict[str, int], partage: Partage) -> str:
        """« le quota rural passe à 5 »: the first number that lets it in, one quota changed alone."""
        for rang, quota in enumerate(self.quotas):
            if not quota.vise(demande):
                continue
            compte = self._compte(quota, partage)
            for nombre in range(compte + 1, compte + 1 + ESSAIS_DE_QUOTA[self.maniere]):
                autres = [*self.quotas[:rang], quota.porte_a(nombre), *self.quotas[rang + 1 :]]
                if demande.cle in self.entres(enveloppe, autres):
                    return f"le quota {quota.libelle} passe à {nombre}"
        return ""

    def _releves(self, demande: Demande, partage: Partage) -> list[Quota]:
        """The quotas, each maximum that stops this request raised until it no longer does, money apart."""
        if self.maniere == SCORE:
            return [
                q.porte_a(n + 1) if self._arrete(q, demande, n) else q
                for q, n in ((q, self._compte(q, partage)) for q in self.quotas)
            ]
        devant = self._devant(demande)
        return [
            q.porte_a(n + 1) if self._arrete(q, demande, n) else q
            for q, n in ((q, sum(map(q.vise, devant))) for q in self.quotas)
        ]

    def _devant(self, demande: Demande) -> list[Demande]:
        """Those who pass before it once no maximum of its own groups stops anybody: what it then comes after."""
        autres = [q for q in self.quotas if not q.vise(demande)]
        return sous_les_maxima(self.file[: self.rangs[demande.cle]], autres)

    @staticmethod
    def _arrete(quota: Quota, demande: Demande, compte: int) -> bool:
        return quota.maximum is not None and quota.vise(demande) and compte >= quota.maximum

    def _manque(self, demande, enveloppe, partage: Partage) -> dict[str, int]:
        """Cents missing by kind: after all those who pass before it, or beside all those who are kept."""
        if self.maniere == SCORE:
            avant = [d.planchers for d in self.demandes if d.cle in partage.montants]
        else:
            devant = self._devant(demande)
            avant = [d.plafonds if self.maniere == RANG else d.planchers for d in devant]
        return depassements([*avant, demande.planchers], enveloppe)

    def _avec(self, manque: dict[str, int]) -> str:
        if not manque:
            return ""
        sommes = enumerer([f"{euros(Decimal(c) / EURO)} de plus {EN.get(n, n)}" for n, c in manque.items()])
        return f"avec {sommes}" + (", les autres restant" if self.maniere == SCORE else "")
