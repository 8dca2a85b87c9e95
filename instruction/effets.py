"""What the steps of the procedure change in this stage's own rows, in the transition's transaction."""

from django.contrib.auth import get_user_model

from instruction import tasks
from instruction.models import (
    DemandeComplements,
    EtatDemande,
    Instruction,
    PassageControles,
    Reponse,
    Verdict,
    Verification,
)
from manufactures.journal.models import consigner
from manufactures.programme.models import NatureCritere
from manufactures.registres import effet
from manufactures.taches import reveiller


@effet("dossier", "prendre_en_charge")
def ouvrir_la_grille(dossier, *, par, instructeur=None, **faits) -> None:
    """Open the examination; the rule on the delay is prefilled: the deposit's own instant answers it."""
    agent = par if instructeur in (None, par.pk) else get_user_model().objects.get(pk=instructeur)
    appel = dossier.vague.appel
    grille = Instruction.objects.create(
        dossier=dossier,
        instructeur=agent,
        grille_version=appel.grille_version,
        double_lecture=appel.double_lecture,
    )
    regle = grille.criteres.filter(nature=NatureCritere.ELIGIBILITE, code="E1").first()
    if regle is not None and not dossier.est_clos(dossier.depose_le):
        Verdict.objects.create(
            instruction=grille,
            critere=regle,
            reponse=Reponse.OUI,
            motif="Reçu avant la clôture",
            preuve_ou="champ-depot",
            par=par,
        )
    if agent != par:
        consigner(dossier.fil, "affecter", par=par, avant="", apres=agent.nom_complet)


@effet("dossier", "completer")
def reponse_recue(dossier, **faits) -> None:
    """The porteur has answered: the request is closed, the examination goes on."""
    DemandeComplements.ouverte_de(dossier).clore(EtatDemande.REPONDUE)


@effet("dossier", "constater_echeance")
def echeance_constatee(dossier, **faits) -> None:
    """The due date is past: the dossier is examined as it is."""
    DemandeComplements.ouverte_de(dossier).clore(EtatDemande.ECHUE)


@effet("dossier", "declarer_recevable")
def remettre(dossier, *, par, **faits) -> None:
    """The grid is closed and dated; the report is frozen with it; a lot may give it to verify."""
    grille = Instruction.objects.select_for_update(of=("self",)).get(dossier=dossier)
    grille.dossier = dossier
    grille.conclure_recevable(par=par)


@effet("dossier", "declarer_irrecevable")
def verifier_en_signant(dossier, *, par, **faits) -> None:
    """Who signs has read the proposal again: four eyes, and the verification is done."""
    grille = Instruction.objects.select_for_update(of=("self",)).get(dossier=dossier)
    grille.dossier = dossier
    if grille.a_verifier:
        Verification.signee(grille, par=par)


@effet("dossier", "rouvrir")
def rouvrir_la_grille(dossier, **faits) -> None:
    """Before any sitting, the examination starts again where it was; the next report is a new version."""
    Instruction.objects.select_for_update(of=("self",)).get(dossier=dossier).rouvrir()


@effet("dossier", "retirer")
def sans_suite(dossier, **faits) -> None:
    """A withdrawn dossier owes nothing more: an open request is closed, a proposed refusal falls."""
    if demande := DemandeComplements.ouverte_de(dossier):
        demande.clore(EtatDemande.SANS_SUITE)
    grille = (
        Instruction.objects.select_for_update(of=("self",))
        .filter(dossier=dossier, sens="IRRECEVABLE")
        .first()
    )
    if grille is not None:
        grille.rouvrir()


@effet("dossier", "deposer", "completer")
def faire_verifier(dossier, **faits) -> None:
    """What the machine looks at, at the deposit and again when a completion arrives: a row, then the task."""
    PassageControles.commander(dossier)
    reveiller(tasks.controler, dossier.pk)
