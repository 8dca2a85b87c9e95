"""What may befall an act once numbered: cancelled, replaced by a corrected one, sent on paper. It is never edited."""

from copy import deepcopy

from django.db import transaction

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.registres import GesteInterdit, TransitionInterdite


class Suites:
    """The deeds of a numbered act."""

    def annuler(self, *, par, motif: str) -> None:
        """The act produces no effect any more; its number and its file are kept. Raises TransitionInterdite."""
        with transaction.atomic():
            acte = self._verrouiller(motif)
            acte._marquer_annule(par=par, motif=motif)
            consigner(acte.fil, "annuler_acte", par=par, motif=motif, acte=acte.numero)
        self.refresh_from_db()

    def remplacer(self, *, par, motif: str, corrections: dict[str, str]):
        """Cancel the act and order the same with some texts corrected: « motifs.0 » → the new text. Gives the new act.

        Only texts that the snapshot already has are corrected: no amount, no date, no person comes in this way. Whoever
        signed the first signs the second. What pointed to the first points to the second; both are kept.
        """
        with transaction.atomic():
            acte = self._verrouiller(motif)
            if acte.cree_par_id is not None and acte.cree_par_id != par.pk:
                raise GesteInterdit("Corriger un acte revient à la personne qui l'a signé.")
            instantane = corriger(acte.instantane, corrections)
            instantane.pop("acte", None)
            nouveau = type(self).commander(
                acte.genre,
                fil=acte.fil,
                instantane=instantane,
                par=par,
                objet=acte.objet,
                cle=f"remplace-{acte.numero}",
                retenu=acte.lisible_le is None,
            )
            acte._marquer_annule(par=par, motif=motif, remplace_par=nouveau)
            acte._ceder_sa_place(nouveau)
            consigner(
                acte.fil, "remplacer_acte", par=par, motif=motif, acte=acte.numero, nouveau=nouveau.numero
            )
        self.refresh_from_db()
        return nouveau

    def noter_envoi_postal(self, instant=None) -> None:
        """The paper copy left; the first time counts."""
        type(self).objects.filter(pk=self.pk, poste_le=None).update(poste_le=instant or horloge.maintenant())

    def _verrouiller(self, motif):
        if not motif.strip():
            raise TransitionInterdite("Écrivez le motif : il est gardé avec l'acte.")
        acte = type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        if acte.etat == "ANNULE":
            raise TransitionInterdite("Cet acte est déjà annulé.")
        return acte

    def _marquer_annule(self, *, par, motif, remplace_par=None):
        self.etat, self.annule_le, self.annule_par = "ANNULE", horloge.maintenant(), par
        self.motif_annulation, self.remplace_par = motif.strip(), remplace_par
        self.save(
            update_fields=["etat", "annule_le", "annule_par", "motif_annulation", "remplace_par"],
        )

    def _ceder_sa_place(self, nouveau):
        """Whatever owns this act owns the new one: keys point down to acts, from rows this app does not know."""
        for lien in self._meta.related_objects:
            if lien.related_model is type(self) or lien.get_accessor_name() is None:
                continue
            if lien.many_to_many:
                passerelles = lien.through._default_manager
                nom = lien.field.m2m_reverse_field_name()
                passerelles.filter(**{nom: self.pk}).update(**{f"{nom}_id": nouveau.pk})
            else:
                lien.related_model._base_manager.filter(**{lien.field.name: self.pk}).update(
                    **{lien.field.name: nouveau.pk}
                )


def textes(instantane: dict, chemin: str = "") -> dict[str, str]:
    """The texts of several words that people wrote: what a correction may touch, by path."""
    trouves = {}
    paires = instantane.items() if isinstance(instantane, dict) else enumerate(instantane)
    for cle, valeur in paires:
        ici = f"{chemin}.{cle}" if chemin else str(cle)
        if ici.split(".")[0] in _FIGES:
            continue
        if isinstance(valeur, dict | list):
            trouves |= textes(valeur, ici)
        elif isinstance(valeur, str) and len(valeur.split()) >= _MOTS:
            trouves[ici] = valeur
    return trouves


# Who, where, under which law: these come from the settings and from the dossier, not from a pen.
_FIGES = frozenset(
    "acte agence service tribunal autorite dpo url signataire agent representant porteur ami vague dossier".split()
)
_MOTS = 4


def corriger(instantane: dict, corrections: dict[str, str]) -> dict:
    """A copy with these texts in place of the former. Raises TransitionInterdite on anything else."""
    copie, permis = deepcopy(instantane), textes(instantane)
    changees = {chemin: texte.strip() for chemin, texte in corrections.items() if texte.strip()}
    if not any(texte != permis.get(chemin) for chemin, texte in changees.items()):
        raise TransitionInterdite("Rien n'est corrigé : changez au moins un texte.")
    for chemin, texte in changees.items():
        if chemin not in permis:
            raise TransitionInterdite("Ce texte ne se corrige pas ici.")
        *parents, cle = chemin.split(".")
        cible = copie
        for parent in parents:
            cible = cible[int(parent) if isinstance(cible, list) else parent]
        cible[int(cle) if isinstance(cible, list) else cle] = texte
    return copie
