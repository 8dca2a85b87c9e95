"""What must always hold in the pre-screening, as small named queries."""

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from candidatures.lecture import lire
from candidatures.models import Dossier
from instruction.delais import EXAMINES, echeance_de
from instruction.epingles import lieux_de, texte_de_la_reponse
from instruction.models import (
    Annotation,
    AvisTiers,
    DemandeComplements,
    Epingle,
    EtatDemande,
    Instruction,
    LienDeclare,
    Reponse,
    SensAvis,
    Verification,
)
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
        .annotate(
            n=Count(
                "vague__appel__criteres",
                filter=Q(
                    vague__appel__criteres__nature="ELIGIBILITE",
                    vague__appel__criteres__grille=F("instruction__grille_version"),
                ),
            )
        )
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


@invariant("un refus proposé et une conclusion à vérifier ont leur vérification")
def verifications_tenues() -> Iterator[str]:
    """The flag of a grid says what its rows say; a refusal that waits for its signature was given to verify."""
    attendues = Verification.objects.a_faire()
    for numero in Instruction.objects.filter(
        Q(a_verifier=True) & ~Q(pk__in=attendues.values("instruction"))
        | Q(a_verifier=False, pk__in=attendues.values("instruction"))
    ).values_list("dossier__numero", flat=True):
        yield f"{numero} : la marque « à vérifier » ne suit pas ses vérifications."
    passees = Verification.objects.a_faire().exclude(instruction__sens__in=["RECEVABLE", "IRRECEVABLE"])
    for numero in passees.values_list("instruction__dossier__numero", flat=True):
        yield f"{numero} : une vérification attend alors que rien n'est conclu."


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


@invariant("chaque épingle et chaque annotation est comptée, et cite les mots de la version déposée")
def passages_cites() -> Iterator[str]:
    """A page that counts none asks for none; what was frozen is what is quoted."""
    comptees = Instruction.objects.annotate(
        nombre_epingles=Count("epingles", distinct=True),
        nombre_annotations=Count("annotations", distinct=True),
    ).exclude(epingles_posees=F("nombre_epingles"), annotations_ecrites=F("nombre_annotations"))
    for numero in comptees.values_list("dossier__numero", flat=True):
        yield f"{numero} ne compte pas ses épingles ou ses annotations."
    for modele in (Epingle, Annotation):
        avec = ("version_lue", "reponse", "instruction__dossier")
        cites = modele.objects.exclude(debut=None).select_related(*avec)
        for cite in cites.order_by("version_lue").iterator(chunk_size=200):
            if cite.reponse_id:
                texte = texte_de_la_reponse(cite.reponse)
            else:
                lieu = lieux_de(lire(cite.version_lue.contenu)).get(cite.champ)
                texte = lieu.texte if lieu else ""
            if texte[cite.debut : cite.fin] != cite.passage:
                yield f"{cite.instruction.dossier.numero} cite des mots que sa version déposée n'a pas."
        complements = modele.objects.filter(reponse__isnull=False)
        ailleurs = complements.exclude(reponse__demande__dossier=F("instruction__dossier"))
        for numero in ailleurs.values_list("instruction__dossier__numero", flat=True):
            yield f"{numero} cite le complément d'un autre dossier."


@invariant("un élément demandé de nouveau l'est sur le même dossier, et les avis demandés sont comptés")
def demandes_suivies() -> Iterator[str]:
    """A point that asks another again stands on its dossier; a page that counts no opinion asks for none."""
    etrangers = DemandeComplements.objects.filter(pieces__reprend__isnull=False).exclude(
        pieces__reprend__demande__dossier=F("dossier")
    )
    for numero in etrangers.values_list("dossier__numero", flat=True).distinct():
        yield f"{numero} redemande un élément qui n'est pas le sien."
    comptes = AvisTiers.objects.filter(dossier=OuterRef("dossier")).order_by().values("dossier")
    mal_comptes = Instruction.objects.annotate(
        nombre_avis=Coalesce(Subquery(comptes.annotate(n=Count("pk")).values("n")), 0)
    ).exclude(avis_demandes=F("nombre_avis"))
    for numero in mal_comptes.values_list("dossier__numero", flat=True):
        yield f"{numero} ne compte pas les avis qu'il a demandés."


@invariant("un agent lié à un dossier ne l'instruit pas")
def agent_sans_lien() -> Iterator[str]:
    """While the grid is open: what was concluded before a link was declared stays signed."""
    lies = LienDeclare.objects.actifs().filter(
        agent=F("dossier__instruction__instructeur"), dossier__etat__in=EN_EXAMEN
    )
    for numero in lies.values_list("dossier__numero", flat=True):
        yield f"{numero} est tenu par un agent qui a un lien déclaré avec lui."


@invariant("un dossier lu par deux agents est conclu une fois les lectures conciliées")
def conclu_une_fois_concilie() -> Iterator[str]:
    """No conclusion rests on one reading where the call asks for two."""
    conclues = Instruction.objects.filter(double_lecture=True).exclude(sens="")
    for numero in conclues.filter(seconde_lecture__conciliee_le=None).values_list(
        "dossier__numero", flat=True
    ):
        yield f"{numero} est conclu sans que ses deux lectures soient conciliées."
