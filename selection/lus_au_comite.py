"""What the reading room reads of one dossier: each statement is composed once (`enonces`)."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from candidatures.models import Dossier, Piece, VersionDeposee
from instruction.models import Instruction, NoteInstruction
from manufactures import enonces
from manufactures.actes.models import Acte
from selection.models import (
    Convocation,
    DeclarationInterets,
    Lecture,
    Membre,
    NoteLecture,
    NotePersonnelle,
    PointOrdreDuJour,
    ReglesDuComite,
    ReponseInteret,
)
from selection.models.lecture import LISIBLES
from selection.preuves import epingles_citees

ADMIS = (ReponseInteret.AUCUN, ReponseInteret.LIEN)
GENRES_LUS = ("rapport_instruction", "bilan_incubation", "labellisation")


def siege_de(user, dossier) -> Membre | None:
    """The seat of `user` on the committee of this dossier's call, where they hold one now.

    With `carnet`, what they wrote for themselves on this dossier; `a_lire`, how many dossiers of their agendas are open
    to them and not concluded; `rendues`, on how many of these their reading is handed in; `ouvertes`, whether the
    rules of the call leave the others' readings open before one's own is handed in.
    """
    lus = {"appel": dossier.vague.appel_id, "dossier": dossier.pk}
    return next(iter(enonces.lire(_siege, user, **lus)), None)


def _siege(user, appel: int, dossier: int):
    sien = OuterRef("pk")
    ouverts = Dossier.objects.filter(etat__in=LISIBLES, pk__in=_points_ouverts(user).values("dossier"))
    carnet = NotePersonnelle.objects.filter(membre=sien, membre__user=user, dossier=dossier)
    sieges = Membre.objects.en_exercice().de_l_appel(appel).filter(user=user).select_related("user")
    return sieges.annotate(
        carnet=Coalesce(Subquery(carnet.values("texte")[:1]), Value(""), output_field=TextField()),
        a_lire=_nombre(ouverts),
        ouvertes=Exists(ReglesDuComite.objects.filter(appel=appel, lectures_masquees=False)),
        rendues=_nombre(ouverts.filter(lectures__rendue_le__isnull=False, lectures__membre=sien)),
    )[:1]


def _points_ouverts(user):
    """Items not concluded, of the sittings that summoned this person, on which they declared their interests."""
    points = PointOrdreDuJour.objects.laisses_a(user).filter(resultat="")
    declares = DeclarationInterets.objects.filter(membre__user=user, reponse__in=ADMIS).values("dossier")
    convoques = Convocation.objects.filter(membre__user=user).values("seance")
    return points.filter(seance__in=convoques, dossier__in=declares)


def _nombre(dossiers):
    tous = dossiers.order_by().annotate(tous=Value(1)).values("tous").annotate(n=Count("pk"))
    return Coalesce(Subquery(tous.values("n"), output_field=IntegerField()), 0)


def lectures_lues(user, dossier) -> list[Lecture]:
    """The readings of this dossier that `user`, who sees it, may see; with their marks."""
    lectures = enonces.lire(_lectures, user, dossier=dossier.pk)
    if lectures:
        enonces.joindre(lectures, "notes", enonces.lire(_notes, lectures=[lue.pk for lue in lectures]))
    return lectures


def _lectures(user, dossier: int):
    lectures = Lecture.objects.filter(dossier=dossier).visibles_par(user, [dossier])
    return lectures.select_related("membre__user")


def _notes(lectures: list[int]):
    return NoteLecture.objects.filter(lecture__parmi=lectures).select_related("critere")


def grille_lue(user, dossier, roles) -> Instruction | None:
    """The pre-screening of this dossier, for who holds `roles` on it, with its marks and its pinned proofs."""
    grilles = enonces.lire(_grille, user, frozenset(roles), dossier=dossier.pk)
    if grilles:
        enonces.joindre(grilles, "notes", enonces.lire(_notes_de_la_grille, grille=grilles[0].pk))
    return next(iter(grilles), None)


def _grille(user, roles, dossier: int):
    grilles = Instruction.objects.visibles_dans(dossier, user, roles).filter(dossier=dossier)
    return grilles.annotate(epingles_citees=epingles_citees())


def _notes_de_la_grille(grille: int):
    return NoteInstruction.objects.filter(instruction=grille).select_related("critere")


def version_deposee(dossier) -> VersionDeposee | None:
    """The last deposit, as it was frozen."""
    return next(iter(enonces.lire(_version, dossier=dossier.pk)), None)


def _version(dossier: int):
    # What it holds is drawn once and kept: the page reads it again only where the drawing is gone.
    return VersionDeposee.objects.filter(dossier=dossier).defer("contenu").order_by("-rang")[:1]


def pieces_lues(dossier) -> list[Piece]:
    """Its pieces."""
    enonces.joindre([dossier], "pieces", enonces.lire(_pieces, dossier=dossier.pk))
    return dossier.pieces.all()


def _pieces(dossier: int):
    return Piece.objects.filter(dossier=dossier)


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
