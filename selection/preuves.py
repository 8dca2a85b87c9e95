"""From a mark of the pre-screening to what proves it: the pinned places of the dossier, one click away."""

from dataclasses import dataclass
from urllib.parse import quote

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from candidatures.lecture import CONTACT
from instruction.models import Epingle, Instruction

LUES = ("critere_id", "champ", "passage", "piece_id", "page", "ou")
MOTS_DU_REPERE = 4  # what the browser looks for: the first and the last words of a long passage


@dataclass(frozen=True)
class Preuve:
    """A pinned proof as the reading room shows it: its words, and where one click leads, if anywhere."""

    texte: str
    adresse: str
    est_une_piece: bool


def epingles_citees() -> ArraySubquery:
    """The pins of a grid, read with it in one statement.

    The version is read without the representative's address and telephone: so are the passages cited.
    """
    siennes = Epingle.objects.filter(instruction=OuterRef("pk")).exclude(champ__in=sorted(CONTACT))
    return ArraySubquery(siennes.order_by("le", "pk").values(lue=JSONObject(**{nom: nom for nom in LUES})))


def preuves_par_critere(grille: Instruction | None, numero: str) -> dict[int, list[Preuve]]:
    """The pinned proofs of a grid that its reader sees, by the key of their criterion."""
    preuves: dict[int, list[Preuve]] = {}
    for lue in grille.epingles_citees if grille else ():
        epingle = Epingle(**lue)
        preuves.setdefault(epingle.critere_id, []).append(_preuve(epingle, numero))
    return preuves


def _preuve(epingle: Epingle, numero: str) -> Preuve:
    if not epingle.piece_id and not epingle.champ:  # words of a completion: the committee has no page of them
        return Preuve(f"« {epingle.passage} », {epingle.ou}", "", est_une_piece=False)
    cite = f"« {epingle.en_bref} », {epingle.ou}" if epingle.passage else epingle.ou
    if epingle.piece_id:
        return Preuve(cite, epingle.adresse_de_la_piece(numero), est_une_piece=True)
    if epingle.reponse_id:  # the committee reads the deposited version: what came since stands in the report
        return Preuve(cite, "", est_une_piece=False)
    return Preuve(cite, f"#{epingle.ancre}{_repere(epingle.passage)}", est_une_piece=False)


def _repere(passage: str) -> str:
    """The passage as a text fragment, which browsers underline without a script; nothing for a whole answer."""
    mots = passage.split()
    if not mots:
        return ""
    bouts = [mots] if len(mots) <= 2 * MOTS_DU_REPERE else [mots[:MOTS_DU_REPERE], mots[-MOTS_DU_REPERE:]]
    # A dash or a comma would be read as part of the syntax.
    return ":~:text=" + ",".join(quote(" ".join(bout), safe="").replace("-", "%2D") for bout in bouts)
