"""What must always hold in the pre-screening, as small named queries."""

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from candidatures.models import Dossier
from instruction.delais import EXAMINES, echeance_de
from instruction.models import DemandeComplements, EtatDemande, Instruction, Reponse, SensAvis
from manufactures.procedure import Etat
from manufactures.registres import invariant

EN_EXAMEN = (Etat.EN_INSTRUCTION, Etat.A_COMPLETER)
AVANT_EXAMEN = (Etat.BROUILLON, Etat.DEPOSE)
RECEVABLES = tuple(e for e in Etat if e not in (*AVANT_EXAMEN, *EN_EXAMEN, Etat.IRRECEVABLE, Etat.RETIRE))


def _verdicts(*reponses):
    return Count(
        "instruction__verdicts", filter=Q(instruction__verdicts__reponse__in=reponses), distinct=True
    )


@invariant("un dossier recevable a répondu oui à toutes les règles et reçu un avis")
def recevable_sur_toutes_les_regles() -> Iterator[str]:
    """Ten yes, an opinion, a conclusion dated: for every state past admissibility."""
    dues = (
        Dossier.objects.filter(pk=OuterRef("pk"))
        .values("pk")
        .annotate(n=Count("vague__appel__criteres", filter=Q(vague__appel__criteres__nature="ELIGIBILITE")))
        .values("n")
    )
    fautifs = (
        Dossier.objects.filter(etat__in=RECEVABLES)
        .annotate(oui=_verdicts(Reponse.OUI), dues=Coalesce(Subquery(dues), 0))
        .filter(~Q(oui=F("dues")) | ~Q(instruction__sens=SensAvis.RECEVABLE))
    )
    for numero in fautifs.values_list("numero", flat=True):
        yield f"{numero} est passé au comité sans toutes ses règles remplies."


@invariant("une irrecevabilité a un non, un refus proposé et un seul acte")
def irrecevable_fonde() -> Iterator[str]:
    """At least one rule not met, a reason proposed by one person, one decision."""
    fautifs = (
        Dossier.objects.filter(etat=Etat.IRRECEVABLE)
        .annotate(
            non=_verdicts(Reponse.NON),
            refus_signes=Count("actes", filter=Q(actes__genre="irrecevabilite"), distinct=True),
        )
        .filter(Q(non=0) | ~Q(refus_signes=1) | ~Q(instruction__sens=SensAvis.IRRECEVABLE))
    )
    for numero in fautifs.values_list("numero", flat=True):
        yield f"{numero} est irrecevable sans règle refusée, sans proposition ou sans acte unique."


@invariant("un dossier à compléter a exactement une demande ouverte")
def une_demande_ouverte() -> Iterator[str]:
    """The porteur has the ball because of one request; in no other state is a request open."""
    ouvertes = Count("demandes_complements", filter=Q(demandes_complements__etat=EtatDemande.OUVERTE))
    for numero in (
        Dossier.objects.filter(etat=Etat.A_COMPLETER)
        .annotate(n=ouvertes)
        .exclude(n=1)
        .values_list("numero", flat=True)
    ):
        yield f"{numero} est à compléter sans une demande ouverte et une seule."
    orphelines = DemandeComplements.objects.filter(etat=EtatDemande.OUVERTE).exclude(
        dossier__etat=Etat.A_COMPLETER
    )
    for numero in orphelines.values_list("dossier__numero", flat=True):
        yield f"{numero} a une demande ouverte sans être à compléter."


@invariant("une demande de compléments a son acte")
def un_acte_par_demande() -> Iterator[str]:
    """As many letters as requests."""
    fautifs = (
        Dossier.objects.annotate(
            demandes=Count("demandes_complements", distinct=True),
            lettres=Count("actes", filter=Q(actes__genre="demande_complements"), distinct=True),
        )
        .exclude(demandes=F("lettres"))
        .values_list("numero", flat=True)
    )
    for numero in fautifs:
        yield f"{numero} n'a pas autant de lettres que de demandes de compléments."


@invariant("un dossier examiné est tenu par un agent")
def tenu_par_un_agent() -> Iterator[str]:
    """Past the taking in charge a grid exists, before it none does."""
    sans_grille = Dossier.objects.filter(
        etat__in=(*EN_EXAMEN, *RECEVABLES, Etat.IRRECEVABLE), instruction=None
    )
    for numero in sans_grille.values_list("numero", flat=True):
        yield f"{numero} est examiné sans grille."
    for numero in Instruction.objects.filter(dossier__etat__in=AVANT_EXAMEN).values_list(
        "dossier__numero", flat=True
    ):
        yield f"{numero} a une grille avant sa prise en charge."


@invariant("une conclusion correspond à l'état")
def conclusion_et_etat() -> Iterator[str]:
    """« Recevable » is concluded by the transition alone."""
    fautives = Instruction.objects.filter(sens=SensAvis.RECEVABLE, dossier__etat__in=EN_EXAMEN)
    for numero in fautives.values_list("dossier__numero", flat=True):
        yield f"{numero} est conclu recevable et encore en pré-instruction."


@invariant("une pièce de complément appartient au dossier de sa demande")
def complements_du_bon_dossier() -> Iterator[str]:
    """A file added to an answer is a completion of that very dossier."""
    liens = DemandeComplements.objects.filter(reponses__pieces__isnull=False).exclude(
        reponses__pieces__dossier=F("dossier"), reponses__pieces__complement=True
    )
    for numero in liens.values_list("dossier__numero", flat=True).distinct():
        yield f"{numero} a reçu un complément qui n'est pas le sien."


@invariant("l'échéance écrite sur un dossier est celle que l'on calcule")
def echeances_ecrites() -> Iterator[str]:
    """The date by which lists sort and filter, against the call's delay and the requests for completion."""
    suivis = Dossier.objects.filter(Q(etat__in=EXAMINES) | Q(echeance_le__isnull=False))
    lus = suivis.select_related("vague__appel").prefetch_related("demandes_complements__pieces")
    for dossier in lus.only(
        "numero", "etat", "depose_le", "echeance_le", "vague__appel__delai_silence_mois"
    ).iterator(chunk_size=500):
        if dossier.echeance_le != echeance_de(dossier):
            yield f"{dossier.numero} : échéance {dossier.echeance_le}, {echeance_de(dossier)} par le calcul"
