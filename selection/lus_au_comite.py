"""What the reading room reads of one dossier: each statement is composed once (`enonces`)."""

from django.db.models import Prefetch

from instruction.models import Instruction, NoteInstruction
from manufactures import enonces
from manufactures.actes.models import Acte
from selection.models import Lecture, Membre, PointOrdreDuJour
from selection.models.lecture import LISIBLES

GENRES_LUS = ("rapport_instruction", "bilan_incubation", "labellisation")


def siege_de(user, dossier) -> Membre | None:
    """The seat of `user` on the committee of this dossier's call, where they hold one now."""
    return next(iter(enonces.lire(_siege, user, appel=dossier.vague.appel_id)), None)


def _siege(user, appel: int):
    return Membre.objects.en_exercice().de_l_appel(appel).filter(user=user).select_related("user")[:1]


def lectures_lues(user, dossier) -> list[Lecture]:
    """The readings of this dossier that `user`, who sees it, may see; with their marks."""
    return enonces.lire(_lectures, user, dossier=dossier.pk)


def _lectures(user, dossier: int):
    lectures = Lecture.objects.filter(dossier=dossier).visibles_par(user, [dossier])
    return lectures.select_related("membre__user").avec_notes()


def grille_lue(user, dossier, roles) -> Instruction | None:
    """The pre-screening of this dossier, for who holds `roles` on it, with its marks."""
    return next(iter(enonces.lire(_grille, user, frozenset(roles), dossier=dossier.pk)), None)


def _grille(user, roles, dossier: int):
    notes = Prefetch("notes", NoteInstruction.objects.select_related("critere"))
    return (
        Instruction.objects.visibles_dans(dossier, user, roles)
        .filter(dossier=dossier)
        .prefetch_related(notes)
    )


def actes_lus(user, dossier, roles) -> list[Acte]:
    """The acts of this dossier that the committee reads, for who holds `roles` on it."""
    return enonces.lire(_actes, user, frozenset(roles), dossier=dossier.pk)


def _actes(user, roles, dossier: int):
    vus = Acte.objects.visibles_dans(dossier, user, roles)
    return vus.filter(dossiers=dossier, genre__in=GENRES_LUS)


def suivant_de(user, dossier, membre: Membre | None):
    """Another dossier of the agendas that this member has not handed in yet, its number and its name."""
    if membre is None:
        return None
    points = enonces.lire(_points_a_lire, user, membre=membre.pk, dossier=dossier.pk)
    return points[0].dossier if points else None


def _points_a_lire(user, membre: int, dossier: int):
    rendus = Lecture.objects.rendues().filter(membre=membre).values("dossier")
    convoque = {"seance__convocations__membre": membre, "resultat": "", "dossier__etat__in": LISIBLES}
    points = PointOrdreDuJour.objects.laisses_a(user).filter(**convoque)
    points = points.exclude(dossier__in=rendus).exclude(dossier=dossier)
    return points.select_related("dossier").only("dossier__numero", "dossier__nom_projet")[:1]
