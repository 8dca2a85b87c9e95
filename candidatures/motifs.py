"""The reasons of a decision, pinned where they speak: each one to the section and the field of its criterion.

They are read in the act that was notified, never in the committee's papers: no note, no rank, no name.
"""

import re
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from candidatures.models import Section
from manufactures.actes.models import Acte
from manufactures.programme.models import Critere

GENRES_DE_REFUS = ("irrecevabilite", "non_selection", "ajournement")
CITE = re.compile(r"\b[CE]\d+\b")
NOMME_UN_CRITERE = re.compile(r"critère\s«")  # no more than its name


@dataclass(frozen=True)
class Ligne:
    """A line of the grid: how a text names it, and where it looks in the form."""

    code: str
    libelle: str
    ou_lire: str


@dataclass(frozen=True)
class Motif:
    """One reason: its words, the criterion or the rule, and where in the form it speaks of, if anywhere."""

    texte: str
    critere: str = ""
    section: Section | None = None
    champ: str = ""

    @property
    def ancre(self) -> str:
        """Identifier of the field on the page of its section."""
        return f"id_{self.champ}" if self.champ else ""


@dataclass(frozen=True)
class Decision:
    """A refusal or an adjournment as notified: its act, its reasons, what to take up again."""

    acte: Acte
    motifs: list[Motif]
    points: list[str]

    def de(self, section: Section) -> list[Motif]:
        """The reasons that speak of one section."""
        return [motif for motif in self.motifs if motif.section == section]


def decision_de(dossier: int, appel: int, user) -> Decision | None:
    """The last refusal of this dossier (its key) that `user` may read, or None: one query, the call's grid along."""
    grille = (
        Critere.objects.filter(appel=appel)
        .en_vigueur()
        .values(ligne=JSONObject(code="code", libelle="libelle", ou_lire="ou_lire"))
    )
    actes = Acte.objects.visibles_par(user).filter(dossiers=dossier, genre__in=GENRES_DE_REFUS)
    acte = actes.annotate(grille=ArraySubquery(grille)).order_by("-annee", "-rang").first()
    if acte is None:
        return None
    criteres = [Ligne(**ligne) for ligne in acte.grille]
    lu = acte.instantane
    motifs = {
        "irrecevabilite": _regles,
        "non_selection": _constats,
        "ajournement": _ajournement,
    }[acte.genre](lu, criteres)
    points = [p for p in lu.get("points_a_reprendre") or [] if not NOMME_UN_CRITERE.match(p)]
    return Decision(acte, motifs, points)


def _epingler(texte: str, critere: Ligne | None, nom: str = "") -> Motif:
    """Where the call says that this criterion looks; an address that the form does not have pins to nothing."""
    section, _, champ = (critere.ou_lire if critere else "").partition("#")
    connue = Section(section) if section in Section.values else None
    return Motif(texte, nom or (critere.libelle if critere else ""), connue, champ if connue else "")


def _regles(lu: dict, criteres: list[Ligne]) -> list[Motif]:
    """Each rule that is not met, then the reason in words."""
    par_code = {c.code: c for c in criteres}
    motifs = []
    for regle in lu.get("regles") or []:
        preuve = f" ({regle['preuve']})" if regle.get("preuve") else ""
        motifs.append(_epingler(f"{regle['constat']}{preuve}", par_code.get(regle.get("code"))))
    if lu.get("motif"):
        motifs.append(Motif(lu["motif"]))
    return motifs


def _constats(lu: dict, criteres: list[Ligne]) -> list[Motif]:
    """One finding may speak of several criteria: it is pinned to each."""
    motifs = []
    for ligne in lu.get("motifs") or []:
        vises = _vises(ligne["critere"], criteres)
        motifs += [_epingler(ligne["constat"], c) for c in vises] or [
            Motif(ligne["constat"], ligne["critere"])
        ]
    return motifs


def _ajournement(lu: dict, criteres: list[Ligne]) -> list[Motif]:
    """The reason, pinned to the criteria that it or the points to take up again name."""
    textes = " ".join([lu["motifs"], *(lu.get("points_a_reprendre") or [])])
    return [_epingler(lu["motifs"], c) for c in _vises(textes, criteres)] or [Motif(lu["motifs"])]


def _vises(texte: str, criteres: list[Ligne]) -> list[Ligne]:
    """The criteria that a text names, by their code or by their words."""
    codes = set(CITE.findall(texte))
    return [c for c in criteres if c.code in codes or c.libelle in texte]
