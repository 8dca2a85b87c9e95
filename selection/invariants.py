"""What must always hold in the committee's stage, as small named queries."""

from collections.abc import Iterator
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F, Q, Sum

from candidatures.models import Dossier
from manufactures.procedure import Etat
from manufactures.programme.models import Enveloppe
from manufactures.registres import invariant
from selection.models import (
    Audition,
    College,
    Decision,
    Electeur,
    EtatScrutin,
    EtatSeance,
    Lecture,
    LigneScenario,
    Membre,
    Presence,
    Scenario,
    Scrutin,
    Seance,
    SensDecision,
)
from selection.models.arbitrage import NATURES
from selection.models.audition import A_ENTENDRE
from selection.models.partage import en_euros

DEPUIS_LE_LABEL = (Etat.LAUREAT, Etat.EN_INCUBATION, Etat.EN_ARBITRAGE, Etat.EN_ACCOMPAGNEMENT, Etat.CLOS)


@invariant("émargements = bulletins = votants de chaque scrutin")
def urnes() -> Iterator[str]:
    """Counts only: the choices stay where they are. On an open ballot too, each signature has its paper."""
    with connection.cursor() as curseur:
        curseur.execute(
            """
            SELECT s.id, s.etat, s.votants,
                   (SELECT count(*) FROM selection_emargement e WHERE e.scrutin_id = s.id),
                   CASE WHEN s.secret THEN (SELECT count(*) FROM selection_bulletin b WHERE b.scrutin_id = s.id)
                        ELSE (SELECT count(*) FROM selection_votenominal v WHERE v.scrutin_id = s.id) END
            FROM selection_scrutin s
            """
        )
        for scrutin, etat, votants, emargements, bulletins in curseur.fetchall():
            if emargements != bulletins or (etat == EtatScrutin.CLOS and votants != emargements):
                yield f"scrutin {scrutin} : {emargements} émargements, {bulletins} bulletins, {votants} votants"


@invariant("totaux de chaque scrutin clos = votants")
def totaux() -> Iterator[str]:
    """Repeats the constraint, for a database restored without it."""
    sommes = Scrutin.objects.filter(etat=EtatScrutin.CLOS).exclude(
        votants=F("pour") + F("contre") + F("abstentions") + F("blancs")
    )
    for scrutin in sommes:
        yield f"scrutin {scrutin.pk} : la somme des voix n'est pas le nombre de votants"


@invariant("un porteur n'est attendu que par un comité qui délibère encore")
def auditions_attendues() -> Iterator[str]:
    """A hearing is cancelled with the dossier's withdrawal, and written up before the opinion."""
    for audition in (
        Audition.objects.attendues().exclude(dossier__etat__in=A_ENTENDRE).select_related("dossier")
    ):
        yield f"dossier {audition.dossier.numero} : une audition attendue, état {audition.dossier.etat}"


@invariant("chaque séance close et ouverte a son procès-verbal")
def proces_verbaux() -> Iterator[str]:
    """One act per sitting that was held."""
    for seance in Seance.objects.filter(etat=EtatSeance.CLOSE, ouverte_le__isnull=False, pv=None):
        yield f"séance {seance.pk} : close sans procès-verbal"


@invariant("un acte par décision signée, une décision par avis")
def actes_des_decisions() -> Iterator[str]:
    """Signed = act; published = act released and state moved on."""
    for decision in Decision.objects.filter(signee_le__isnull=False, acte=None):
        yield f"décision {decision.pk} : signée sans acte"
    for decision in Decision.objects.filter(publiee_le__isnull=False, acte__lisible_le=None):
        yield f"décision {decision.pk} : publiée, son acte est retenu"
    for decision in Decision.objects.filter(publiee_le=None, acte__lisible_le__isnull=False):
        yield f"décision {decision.pk} : son acte est lisible avant la publication"
    for decision in Decision.objects.exclude(avis__dossier=F("dossier")):
        yield f"décision {decision.pk} : son avis porte sur un autre dossier"


@invariant("enveloppe engagée = somme des attributions signées")
def enveloppes() -> Iterator[str]:
    """To the cent, by wave and kind."""
    for ligne in Enveloppe.objects.filter(nature__in=NATURES).select_related("vague"):
        signees = Decision.objects.filter(
            sens=SensDecision.ATTRIBUTION,
            signee_le__isnull=False,
            annulee_le=None,
            dossier__vague=ligne.vague,
        )
        somme = signees.aggregate(s=Sum(f"montant_{NATURES[ligne.nature]}"))["s"] or Decimal("0.00")
        if somme != ligne.engage:
            yield f"{ligne} : engagé {ligne.engage}, attributions signées {somme}"


@invariant("un lauréat a une décision de labellisation publiée")
def laureats() -> Iterator[str]:
    """From LAUREAT on."""
    labels = Decision.objects.filter(sens=SensDecision.LABELLISATION, publiee_le__isnull=False)
    for dossier in Dossier.objects.filter(etat__in=DEPUIS_LE_LABEL).exclude(pk__in=labels.values("dossier")):
        yield f"dossier {dossier.numero} : lauréat sans labellisation publiée"
    for dossier in Dossier.objects.filter(etat=Etat.AVIS_RENDU, avis_rendus=None):
        yield f"dossier {dossier.numero} : avis rendu sans avis"


@invariant("un membre déporté ne lit ni ne vote")
def deports() -> Iterator[str]:
    """After the recusal and while it lasts: no reading handed in, no voice on a roll."""
    force = Q(membre__deports__dossier=F("dossier"), membre__deports__leve_le=None)
    for lecture in Lecture.objects.filter(force, rendue_le__gt=F("membre__deports__le")):
        yield f"lecture {lecture.pk} : rendue après un déport"
    voix = Electeur.objects.filter(
        membre__deports__dossier=F("scrutin__point__dossier"),
        membre__deports__leve_le=None,
        membre__deports__le__lt=F("scrutin__ouvert_le"),
    )
    for electeur in voix:
        yield f"scrutin {electeur.scrutin_id} : une voix déportée est sur la liste"


@invariant("pas plus de mandats par personne que n'en admet la séance")
def mandats() -> Iterator[str]:
    """Repeats the trigger."""
    doubles = (
        Presence.objects.filter(mandataire__isnull=False)
        .values("seance", "mandataire", "seance__mandats_par_membre")
        .annotate(n=Count("pk"))
    )
    for ligne in doubles.filter(n__gt=F("seance__mandats_par_membre")):
        yield f"séance {ligne['seance']} : une personne détient {ligne['n']} mandats"


@invariant("pas plus de titulaires que de sièges, une présidence par comité")
def composition() -> Iterator[str]:
    """Repeats the trigger, for those who sit today."""
    siegent = Membre.objects.en_exercice().titulaires()
    colleges = College.objects.filter(sieges__isnull=False)
    for college in colleges.annotate(n=Count("membres", filter=Q(membres__in=siegent))).filter(
        n__gt=F("sieges")
    ):
        yield f"collège {college.code} : {college.n} titulaires pour {college.sieges} sièges"
    doubles = siegent.filter(preside=True).values("college__appel").annotate(n=Count("pk"))
    for ligne in doubles.filter(n__gt=1):
        yield f"appel {ligne['college__appel']} : {ligne['n']} présidences"


@invariant("un scénario tient dans l'enveloppe qu'il partage")
def scenarios() -> Iterator[str]:
    """Each line of the sitting's own items, the sum of each kind under what was shared."""
    sommes = {nom: Sum(f"lignes__{nom}", default=Decimal("0.00")) for nom in NATURES.values()}
    calcules = Scenario.objects.filter(calcule_le__isnull=False)
    for scenario in calcules.annotate(**{f"s_{nom}": somme for nom, somme in sommes.items()}):
        for nature, nom in NATURES.items():
            if getattr(scenario, f"s_{nom}") > en_euros(scenario.enveloppe.get(nature, 0)):
                yield f"scénario {scenario.pk} : {nature.label.lower()} au-delà de l'enveloppe partagée"
    for ligne in LigneScenario.objects.exclude(point__seance=F("scenario__seance")):
        yield f"scénario {ligne.scenario_id} : un point d'une autre séance"
