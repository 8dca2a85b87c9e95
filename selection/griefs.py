"""Grounds of a refusal by criterion: what the dossier shows, the clause, and the two changes that would weigh most."""

import re
from dataclasses import dataclass

from instruction.models.grille import criteres_du_dossier
from manufactures.francais import enumerer
from manufactures.programme.models import Clauses, Critere, NatureCritere
from selection.models.regles_de_decision import EVOLUTIONS
from selection.synthese import synthese

ENTRE_PARENTHESES = re.compile(r"\s*\((?:critères?|règles?)[^)]*\)")
CODE_CRITERE = re.compile(r"\bC\d+\b")
PHRASE = re.compile(r"[^.!?]+(?:[.!?]+|$)")


def criteres_notes(dossier) -> list[Critere]:
    """The criteria on which the committee deliberates, in the order of the grid."""
    return list(criteres_du_dossier(dossier).filter(nature=NatureCritere.NOTE).order_by("rang"))


def codes_cites(texte: str, criteres: list[Critere]) -> list[str]:
    """Codes of the grid that a text cites, in its order."""
    connus = {critere.code for critere in criteres}
    return [code for code in dict.fromkeys(CODE_CRITERE.findall(texte)) if code in connus]


def sans_les_codes(texte: str) -> str:
    """The same words, the references between brackets out."""
    return ENTRE_PARENTHESES.sub("", texte).strip()


def non_repris(motif: str, griefs: list[dict]) -> str:
    """The sentences of a reason that no ground says again."""
    dits = " ".join(grief["constat"] for grief in griefs)
    phrases = (phrase.strip() for phrase in PHRASE.findall(motif))
    return " ".join(p for p in phrases if p and sans_les_codes(p).rstrip(".!? ") not in dits)


def a_la_suite(texte: str) -> str:
    """A text that follows a comma: its first letter small, unless it begins with a name in capitals."""
    texte = texte.strip()
    return texte[:1].lower() + texte[1:] if texte[1:2].islower() or texte[1:2] in " '’" else texte


def griefs_des_motifs(texte: str, criteres: list[Critere]) -> list[dict]:
    """A ground a criterion, from the sentences of the committee's grounds that cite it."""
    griefs = []
    for code in codes_cites(texte, criteres):
        phrases = [p.strip() for p in PHRASE.findall(texte) if re.search(rf"\b{code}\b", p)]
        griefs.append({"code": code, "constat": sans_les_codes(" ".join(phrases)), "evolution": ""})
    return griefs


def poids_des_pertes(dossier) -> dict[str, float]:
    """By code, the points of a hundred that the readings did not give: where a change would weigh most."""
    return {
        ligne.critere.code: float(ligne.critere.poids * (1 - ligne.moyenne / ligne.critere.echelle))
        for ligne in synthese(dossier)
    }


def a_faire_evoluer(dossier, criteres: list[Critere]) -> list[Critere]:
    """The two criteria whose progress would weigh most; without readings, the heaviest of the grid."""
    pertes = poids_des_pertes(dossier)
    par_poids = sorted(criteres, key=lambda c: (-pertes.get(c.code, 0.0), -c.poids, c.rang))
    return par_poids[:EVOLUTIONS]


def proposer(avis, criteres: list[Critere]) -> list[dict]:
    """The grounds that an agent starts from: what the committee said, and the top of each scale to aim at."""
    griefs = {grief["code"]: grief for grief in griefs_des_motifs(avis.motifs, criteres)}
    for critere in a_faire_evoluer(avis.dossier, [c for c in criteres if c.code in griefs]):
        if repere := critere.ancres.get(str(critere.echelle), ""):
            griefs[critere.code]["evolution"] = repere.strip().rstrip(".")
    return list(griefs.values())


# -- As the act prints them ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Imprimeur:
    """The words of the grid and its clauses, as the wave of the dossier reads them."""

    criteres: dict[str, Critere]
    clauses: Clauses
    vague: int

    @classmethod
    def pour(cls, dossier) -> "Imprimeur":
        """Two queries."""
        criteres = {critere.code: critere for critere in criteres_notes(dossier)}
        return cls(criteres, Clauses.de(dossier.vague.appel_id), dossier.vague.numero)

    def article(self, codes: list[str]) -> str | None:
        """« article 4.4 », « articles 4.4 et 4.7 »; None where the grid cites no clause."""
        numeros = dict.fromkeys(self.criteres[code].article for code in codes)
        lus = [self.clauses.reference(numero, self.vague) for numero in numeros if numero]
        if not lus:
            return None
        return f"article{'s' if len(lus) > 1 else ''} {enumerer(lus)}"

    def motifs(self, griefs: list[dict], motif: str) -> list[dict]:
        """One entry a criterion; without any, the reason under the criteria that it cites."""
        ecrits = [g for g in griefs if g["code"] in self.criteres and g["constat"].strip()]
        if not ecrits:
            return [self._d_un_bloc(motif)]
        reste = sans_les_codes(non_repris(motif, ecrits))
        return ([{"constat": reste}] if reste else []) + [
            {
                "critere": self.criteres[grief["code"]].libelle,
                "article": self.article([grief["code"]]),
                "constat": grief["constat"].strip(),
                "evolution": a_la_suite(grief.get("evolution", "")) or None,
            }
            for grief in ecrits
        ]

    def _d_un_bloc(self, motif: str) -> dict:
        codes = codes_cites(motif, list(self.criteres.values()))
        *debut, dernier = [self.criteres[code].libelle for code in codes] or ["Appréciation d'ensemble"]
        noms = f"{' », « '.join(debut)} » et « {dernier}" if debut else dernier
        return {"critere": noms, "article": self.article(codes), "constat": sans_les_codes(motif)}
