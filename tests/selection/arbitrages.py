"""A sitting of arbitration whose envelope does not hold every project, and its scenarios."""

from decimal import Decimal

from manufactures.programme.models import Enveloppe, NatureAide
from selection.models import Scenario, TypeSeance
from tests.factories.selection import Salle


def plafonner(salle, investissement, amorcage="1000000.00"):
    for nature, plafond in ((NatureAide.INVESTISSEMENT, investissement), (NatureAide.AMORCAGE, amorcage)):
        Enveloppe.objects.filter(vague=salle.vague, nature=nature).update(plafond=Decimal(plafond))


def salle_de(projets=3, investissement="130000.00"):
    """Each project is proposed 60 000 and 10 000 euros; the envelope holds two."""
    salle = Salle.d_arbitrage(dossiers=projets, effectif=5)
    for point in salle.seance.points.select_related("seance", "dossier"):
        salle.proposer(point)
    plafonner(salle, investissement)
    return salle


def composer(salle, nom="A", maniere="RANG", **regles):
    regles = {"base": "PROPOSE", "plancher": 100, "quotas": []} | regles
    return Scenario.composer(
        regles.pop("seance", salle.seance), par=salle.responsable, nom=nom, maniere=maniere, **regles
    )


def montants(scenario):
    return [ligne.investissement for ligne in scenario.lignes.order_by("point__rang")]


def deux_seances():
    """Two sittings of one wave, two projects each at 60 000 euros: the envelope holds three of the four."""
    salle = Salle.d_arbitrage(dossiers=4, effectif=5)
    premiere = salle.seance
    derniers = list(premiere.points.filter(rang__gt=2))
    seconde = salle.prevoir(TypeSeance.ARBITRAGE)
    for rang, point in enumerate(derniers, start=1):
        point.delete()
        seconde.points.create(dossier=point.dossier, rang=rang)
    for seance in (premiere, seconde):
        for point in seance.points.select_related("seance", "dossier"):
            salle.proposer(point)
    plafonner(salle, "190000.00")
    return salle, [premiere, seconde]
