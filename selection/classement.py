"""The readings of one sitting, as somebody may know them, ranked raw and corrected; other readers, other weights."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import mean

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from candidatures.models import Dossier
from selection.models import Lecture, Membre, NoteLecture, PointOrdreDuJour
from selection.severite import Classement, Ligne, Lue, classer, score_sur_cent

LECTURES_POUR_SOI = 5  # from so many shared on, one is told how one marks; nobody else ever is


@dataclass(frozen=True)
class CritereLu:
    """One line of the grid that the readings mark."""

    code: str
    libelle: str
    poids: int


@dataclass(frozen=True)
class LigneMontree:
    """A dossier of the sitting and its place, with the place that the marks as they are gave it."""

    point: PointOrdreDuJour
    ligne: Ligne
    rang_de_base: int | None


@dataclass(frozen=True)
class LecturesDeSeance:
    """What `user` may know of the readings of a sitting."""

    points: list[PointOrdreDuJour]  # those they see, read or not
    notes: dict[
        tuple[int, int], list[tuple[str, int, int, int]]
    ]  # (member, dossier) -> (code, weight, mark, scale)
    criteres: list[CritereLu]
    membres: dict[int, Membre]

    def lues(self, poids: dict[str, int] | None = None) -> list[Lue]:
        """The score of each reading; with other weights for these criteria."""
        autres, lues = poids or {}, []
        for (membre, dossier), notes in self.notes.items():
            pesees = ((autres.get(code, pese), note, echelle) for code, pese, note, echelle in notes)
            score = score_sur_cent(pesees)
            if score is not None:
                lues.append(Lue(membre, dossier, score))
        return lues

    def classer(self, *, sans=(), poids: dict[str, int] | None = None) -> Classement:
        """The ranking; without these members, or with other weights for these criteria."""
        return classer(self.lues(poids), sans=sans)

    def montrer(self, lignes: list[Ligne], base: Classement) -> list[LigneMontree]:
        """These lines with their items, beside the rank of the marks as they are."""
        points = {point.dossier_id: point for point in self.points}
        rangs = {ligne.dossier: ligne.rang for ligne in base.lignes}
        return [LigneMontree(points[ligne.dossier], ligne, rangs.get(ligne.dossier)) for ligne in lignes]

    def sans_lecture(self) -> list[PointOrdreDuJour]:
        """The items of which nothing may be shown yet."""
        lus = {dossier for _, dossier in self.notes}
        return [point for point in self.points if point.dossier_id not in lus]

    def ecart_de(self, user) -> float | None:
        """Points over 100 that this very person gives above the others on the same dossiers, once they share enough."""
        siens = {cle for cle, membre in self.membres.items() if membre.user_id == user.pk}
        scores = defaultdict(dict)
        for lue in self.lues():
            scores[lue.dossier][lue.lecteur] = lue.score
        ecarts = [
            notes[sien] - mean(score for autre, score in notes.items() if autre not in siens)
            for notes in scores.values()
            for sien in siens & set(notes)
            if set(notes) - siens
        ]
        return mean(ecarts) if len(ecarts) >= LECTURES_POUR_SOI else None


def lectures_de(user, seance) -> LecturesDeSeance:
    """The readings handed in on the dossiers of this sitting, among those that `user` sees: four queries.

    Everything downstream is reckoned from these rows alone: a dossier that one stepped back from, or has not read yet,
    moves no mean, no rank and no severity that one is shown.
    """
    vus = Dossier.objects.visibles_par(user).values("pk")
    points = PointOrdreDuJour.objects.laisses_a(user).filter(seance=seance, dossier__in=vus)
    points = list(points.avec_le_lieu().order_by("rang"))
    lectures = Lecture.objects.rendues().visibles_par(user, [point.dossier_id for point in points])
    marques = NoteLecture.objects.filter(lecture=OuterRef("pk"), note__isnull=False).order_by("critere__rang")
    lues = JSONObject(
        code="critere__code",
        libelle="critere__libelle",
        poids="critere__poids",
        note="note",
        echelle="critere__echelle",
    )
    rangees = lectures.order_by("dossier", "pk").values_list(
        "membre", "dossier", ArraySubquery(marques.values(lue=lues))
    )
    notes, criteres = {}, {}
    for membre, dossier, marquees in rangees:
        if marquees:
            notes[membre, dossier] = [(m["code"], m["poids"], m["note"], m["echelle"]) for m in marquees]
        for m in marquees:
            criteres.setdefault(m["code"], CritereLu(m["code"], m["libelle"], m["poids"]))
    membres = Membre.objects.filter(pk__in={membre for membre, _ in notes}).select_related("user")
    return LecturesDeSeance(
        points, notes, list(criteres.values()), {m.pk: m for m in membres.order_by("user__nom", "pk")}
    )
