"""What the board and the card of a sitting read: each statement is composed once (`enonces`)."""

from django.db.models import Exists, OuterRef

from candidatures.models import Dossier, Site
from manufactures import enonces
from selection.models import (
    Convocation,
    DeclarationInterets,
    Deport,
    Membre,
    PointOrdreDuJour,
    Presence,
    Seance,
)


def lire_la_salle(seance: Seance) -> None:
    """Who was summoned and who is here: read once, for all that the page counts."""
    enonces.joindre([seance], "convocations", enonces.lire(_convocations, seance=seance.pk))
    enonces.joindre([seance], "presences", enonces.lire(_presences, seance=seance.pk))


def _convocations(seance: int):
    membres = Convocation.objects.filter(seance=seance)
    return membres.select_related("membre__user", "membre__college", "mandataire__user")


def _presences(seance: int):
    return Presence.objects.filter(seance=seance).select_related("mandataire__user")


def points_lus(user, seance: Seance, membre: Membre | None) -> list[PointOrdreDuJour]:
    """The agenda as `user` may know it, each item with its place.

    `lisible`: one's declaration, as `membre`, gives it a page; `declare`: it is made; `compte`: who counts for it now,
    the recused members left out.
    """
    points = enonces.lire(_points, user, seance=seance.pk, membre=membre.pk if membre else 0)
    dossiers = [point.dossier for point in points]
    sites = enonces.lire(_sites, dossiers=[dossier.pk for dossier in dossiers])
    enonces.joindre(dossiers, "sites", sites)
    enonces.joindre(
        dossiers, "deports", enonces.lire(_deports, dossiers=[dossier.pk for dossier in dossiers])
    )
    for point in points:
        point.seance = seance
        point.compte = seance.compte(point.dossier)
    return points


def _points(user, seance: int, membre: int):
    lisibles = Dossier.objects.visibles_par(user).filter(pk=OuterRef("dossier"))
    declarations = DeclarationInterets.objects.filter(membre=membre, dossier=OuterRef("dossier"))
    points = PointOrdreDuJour.objects.filter(seance=seance).laisses_a(user).order_by("rang")
    points = points.select_related(
        "dossier__commune_siege__departement", "rapporteur__user", "avis", "proposition"
    )
    points = points.defer(*Dossier.longues_reponses("dossier__"))
    return points.annotate(lisible=Exists(lisibles), declare=Exists(declarations))


def _deports(dossiers: list[int]):
    return Deport.objects.filter(dossier__parmi=dossiers).select_related("membre__user")


def _sites(dossiers: list[int]):
    return Site.objects.filter(dossier__parmi=dossiers).select_related("commune__departement")
