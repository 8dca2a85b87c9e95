"""What the steps of the procedure change in this stage's own rows, in the transition's transaction."""

from django.contrib.auth import get_user_model

from instruction.models import DemandeComplements, EtatDemande, Instruction, Reponse, Verdict
from manufactures.journal.models import consigner
from manufactures.programme.models import NatureCritere
from manufactures.registres import effet


@effet("dossier", "prendre_en_charge")
def ouvrir_la_grille(dossier, *, par, instructeur=None, **faits) -> None:
    """Open the examination; the rule on the delay is prefilled: the deposit's own instant answers it."""
    agent = par if instructeur in (None, par.pk) else get_user_model().objects.get(pk=instructeur)
    grille = Instruction.objects.create(dossier=dossier, instructeur=agent)
    regle = dossier.vague.appel.criteres.filter(nature=NatureCritere.ELIGIBILITE, code="E1").first()
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
def remettre(dossier, **faits) -> None:
    """The grid is closed and dated; the report is frozen with it."""
    Instruction.objects.select_for_update(of=("self",)).get(dossier=dossier).conclure_recevable()


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
