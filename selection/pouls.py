"""What moves in a sitting, read in one query: the live page polls it each second."""

import hashlib

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from candidatures.models import Dossier
from manufactures import enonces
from selection.models import (
    Convocation,
    DeclarationInterets,
    Deport,
    Electeur,
    Emargement,
    EtatScrutin,
    PointOrdreDuJour,
    Presence,
    Scrutin,
    Seance,
)

VIVANTS = (EtatScrutin.OUVERT, EtatScrutin.SUSPENDU)


def _compter(lignes, groupe: str):
    """How many rows, as a column."""
    comptes = lignes.order_by().values(groupe).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(comptes, output_field=IntegerField()), 0)


def _mouvements(user, seance: int):
    """One row: what this person may know of the items of the sitting, its live ballot, its room."""
    points = PointOrdreDuJour.objects.filter(seance=OuterRef("pk")).laisses_a(user)
    deports = Deport.objects.actifs().filter(dossier=OuterRef("dossier"))
    declares = DeclarationInterets.objects.filter(membre__user=user, dossier=OuterRef("dossier"))
    ecartes = Dossier.objects.filter(deports__leve_le=None, deports__membre__user=user)
    vivants = Scrutin.objects.filter(point=OuterRef("point_courant"), etat__in=VIVANTS)
    vivants = vivants.exclude(point__dossier__in=ecartes)
    emarges = Emargement.objects.filter(scrutin=OuterRef("pk"))
    siennes = Electeur.objects.filter(
        scrutin__point=OuterRef("point_courant"), scrutin__etat__in=VIVANTS, vote_par__user=user
    )
    salle = Convocation.objects.filter(seance=OuterRef("pk")).order_by("pk")
    presences = Presence.objects.filter(seance=OuterRef("pk")).order_by("pk")
    presence = {nom: nom for nom in ("membre", "mode", "mandataire", "arrivee_le", "depart_le")}
    return Seance.objects.filter(pk=seance).values_list(
        ArraySubquery(
            points.order_by("rang").values(
                lu=JSONObject(
                    resultat="resultat", deports=_compter(deports, "dossier"), declare=Exists(declares)
                )
            )
        ),
        Subquery(vivants.values(lu=JSONObject(pk="pk", etat="etat"))[:1]),
        ArraySubquery(siennes.filter(emargements=None).order_by("pk").values("pk")),
        Subquery(vivants.annotate(emarges=_compter(emarges, "scrutin")).values("emarges")[:1]),
        ArraySubquery(salle.values("reponse")),
        ArraySubquery(presences.values(lue=JSONObject(**presence))),
    )


def version(seance, user, *, conduit: bool) -> str:
    """Digest of what the live part shows `user`: the poll answers 204 while it stays the same.

    Reckoned from the sitting as the page holds it, and before the page reads the rest: what moves meanwhile changes the
    next poll's digest, so that no screen keeps an older content under a newer one. A member who has a choice under way
    is disturbed by nobody's signature, arrival or departure; who runs the sitting (`conduit`) sees them all.
    """
    ((points, vivant, voix, emarges, salle, presences),) = enonces.lire(_mouvements, user, seance=seance.pk)
    montre = [seance.etat, seance.suspendue_le, seance.point_courant_id, points, vivant, voix]
    if conduit or not voix:
        montre += [emarges, salle, presences, seance.minuteur_fin, seance.minuteur_reste]
    return hashlib.sha256(repr(montre).encode()).hexdigest()[:16]
