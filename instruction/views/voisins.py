"""The dossiers before and after one, in the list that one goes through: a filter of the desk, or one's own queue."""

from copy import copy
from dataclasses import dataclass

from django.db.models import Count, Q, Window
from django.db.models.functions import Lag, Lead, RowNumber
from django.http import QueryDict

from instruction.listes import trier
from instruction.models.grille import EXAMINABLES
from instruction.regards import dossiers_des_agents
from instruction.views.liste import ListeFiltree
from manufactures import enonces

LONGUEUR_FILE = 1000
RANG_EN_CHIFFRES = 6
LA_SIENNE = "echeance"  # one's own queue, the nearest due date first


@dataclass(frozen=True)
class Voisins:
    """Where a dossier stands in its list, those around it, and the address of the list with this place.

    `rang` is 0 for a dossier that has left the list: those that now stand on both sides of its place are around it.
    """

    file: str
    rang: int
    total: int
    avant: str | None
    apres: str | None

    @property
    def liste(self) -> str:
        """The query of the desk that this list is."""
        demande = QueryDict(self.file, mutable=True)
        demande.pop("rang", None)
        return demande.urlencode() or "agent=moi"


def voisins(request, dossier, file: str) -> Voisins | None:
    """The neighbours of this dossier for this reader, in one query of three rows at most; None without any.

    `file` is the query of the desk that led here; without it, the dossiers that the reader examines.
    """
    demande = QueryDict(file[:LONGUEUR_FILE], mutable=True)
    place = _entier(demande.pop("rang", ["0"])[-1])
    demande.pop("page", None)
    lues = _autour(request, dossier, demande, place)
    return _placer(dossier, demande, place, list(lues))


def _autour(request, dossier, demande: QueryDict, place: int):
    """The rows around this place, and this dossier's, in the order of the list."""
    if not demande:
        return enonces.lire(_autour_des_siens, request.user, dossier=dossier.pk, avant=place - 1, place=place)
    lecture, autre = ListeFiltree(), copy(request)
    autre.GET = demande
    lecture.lire(autre)
    return _fenetre(lecture.ordonnes(), dossier.pk, place - 1, place)


def _autour_des_siens(user, dossier: int, avant: int, place: int):
    """The same in the reader's own queue."""
    siens = dossiers_des_agents(user).filter(
        instruction__instructeur=user, instruction__remis_le=None, etat__in=EXAMINABLES
    )
    return _fenetre(trier(siens, LA_SIENNE), dossier, avant, place)


def _fenetre(lignes, dossier: int, avant: int, place: int):
    ordre = list(lignes.query.order_by)
    fenetre = lignes.order_by().annotate(
        rang=Window(RowNumber(), order_by=ordre),
        total=Window(Count("pk")),
        avant=Window(Lag("numero"), order_by=ordre),
        apres=Window(Lead("numero"), order_by=ordre),
    )
    # A condition on the windows, hence after them: on the key alone, one row would be left to rank.
    gardees = fenetre.filter(Q(pk=dossier) | Q(rang__in=[avant, place]))
    return gardees.order_by("rang").values("pk", "numero", "rang", "total", "avant", "apres")


def _placer(dossier, demande: QueryDict, place: int, lues: list[dict]) -> Voisins | None:
    sienne = next((ligne for ligne in lues if ligne["pk"] == dossier.pk), None)
    if sienne is not None:
        demande["rang"] = sienne["rang"]
        return Voisins(demande.urlencode(), *(sienne[nom] for nom in ("rang", "total", "avant", "apres")))
    if not lues:
        return None
    numeros = {ligne["rang"]: ligne["numero"] for ligne in lues}
    demande["rang"] = place
    return Voisins(demande.urlencode(), 0, lues[0]["total"], numeros.get(place - 1), numeros.get(place))


def _entier(texte: str) -> int:
    return int(texte) if texte.isdecimal() and len(texte) <= RANG_EN_CHIFFRES else 0
