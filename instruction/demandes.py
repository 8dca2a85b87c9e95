"""Requests as the dossier's page shows them: each point beside what was deposited there and what was answered since."""

from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from candidatures.differences import Morceau, differences
from candidatures.models import Piece
from instruction.cibles import Passage
from instruction.models import DemandeComplements, Jugement, PieceReclamee, ReponseComplement
from manufactures.francais import compter, pluriel


@dataclass
class ReponseMontree:
    """One answer, and how it changes what was deposited."""

    reponse: ReponseComplement
    depose: str = ""
    fichiers: list[Piece] = field(default_factory=list)

    @cached_property
    def morceaux(self) -> list[Morceau]:
        """The words taken away and added; none where the answer writes nothing anew."""
        return differences(self.depose, self.reponse.redaction) if self.reponse.redaction else []


@dataclass
class PointMontre:
    """One point: its place, its answers, what may be said of it."""

    point: PieceReclamee
    passage: Passage | None
    reponses: list[ReponseMontree]
    se_juge: bool = False
    est_repris: bool = False

    @property
    def se_dit_fait(self) -> bool:
        """An answer is there to be judged."""
        return self.se_juge and bool(self.reponses)


@dataclass
class DemandeMontree:
    """One request, its points, the answers that name none, and how many points are done."""

    demande: DemandeComplements
    points: list[PointMontre]
    autres: list[ReponseMontree] = field(default_factory=list)

    @property
    def avancement(self) -> str:
        """« 1 point sur 3 fait », or how many have an answer while the porteur writes."""
        if self.demande.est_ouverte:
            nombre, mot = sum(bool(montre.reponses) for montre in self.points), "répondu"
        else:
            nombre, mot = sum(montre.point.jugement == Jugement.FAIT for montre in self.points), "fait"
        return f"{compter(nombre, 'point')} sur {len(self.points)} {pluriel(nombre, mot)}"


def avec_leurs_fichiers(reponses):
    """Each answer with the keys of its files as `cles_des_fichiers`, for who has read the dossier's pieces already."""
    lien = ReponseComplement.pieces.through
    joints = lien.objects.filter(reponsecomplement=OuterRef("pk")).order_by("piece").values("piece")
    return reponses.annotate(cles_des_fichiers=ArraySubquery(joints))


def montrer(demandes, passages, *, peut_juger: bool, lues=None) -> list[DemandeMontree]:
    """The requests, each with its `pieces` and `reponses` read already; `passages` is called if a point is pinned.

    `lues`: the pieces of the dossier, where the answers were read by `avec_leurs_fichiers`.
    """
    demandes = list(demandes)
    points = [point for demande in demandes for point in demande.pieces.all()]
    situes = passages() if any(point.cible for point in points) else {}
    repris = {point.reprend_id for point in points if point.reprend_id}
    par_cle = None if lues is None else {piece.pk: piece for piece in lues}
    return [_montrer(demande, situes, repris, par_cle, peut_juger) for demande in demandes]


def _fichiers(reponse, par_cle: dict[int, Piece] | None) -> list[Piece]:
    if par_cle is None:
        return list(reponse.pieces.all())
    return [par_cle[cle] for cle in reponse.cles_des_fichiers if cle in par_cle]


def _montrer(
    demande, situes: dict[str, Passage], repris: set[int], par_cle, peut_juger: bool
) -> DemandeMontree:
    reponses: dict[int | None, list[ReponseMontree]] = {}
    deposes = {point.pk: situes[point.cible].texte for point in demande.pieces.all() if point.cible in situes}
    for reponse in demande.reponses.all():
        montree = ReponseMontree(reponse, deposes.get(reponse.piece_id, ""), _fichiers(reponse, par_cle))
        reponses.setdefault(reponse.piece_id, []).append(montree)
    montres = []
    for point in demande.pieces.all():
        montres.append(
            PointMontre(
                point,
                situes.get(point.cible),
                reponses.get(point.pk, []),
                se_juge=peut_juger and not demande.est_ouverte and point.pk not in repris,
                est_repris=point.pk in repris,
            )
        )
    return DemandeMontree(demande, montres, reponses.get(None, []))
