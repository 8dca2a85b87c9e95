"""What must be true before a step of this stage, with the sentence of the refusal."""

from accompagnement.models import (
    BilanAccompagnement,
    BilanIncubation,
    Convention,
    CreditJours,
    EtatJournee,
    EtatTranche,
    Inscription,
    Mission,
)
from manufactures import horloge
from manufactures.procedure import Etat, EtatConvention, EtatMission
from manufactures.programme.models import Delegation
from manufactures.registres import GesteInterdit, TransitionInterdite, garde

MISSIONS_EN_COURS = (EtatMission.COMMANDEE, EtatMission.REALISEE, EtatMission.ATTESTEE)


# -- Dossier -----------------------------------------------------------------------------------------------------
@garde("dossier", "ouvrir_incubation")
def dans_une_promotion(dossier, *, par, **faits) -> None:
    """Incubation is lived in a cohort."""
    if not Inscription.objects.filter(dossier=dossier).exists():
        raise TransitionInterdite("Inscrivez d'abord ce projet dans une promotion.")


@garde("dossier", "clore_incubation")
def bilan_gele(dossier, *, par, **faits) -> None:
    """The committee reads a report that no longer moves."""
    if not BilanIncubation.objects.filter(dossier=dossier).exclude(gele_le=None).exists():
        raise TransitionInterdite("Le bilan d'incubation n'est pas encore gelé.")


@garde("dossier", "clore")
def rien_en_cours(dossier, *, par, **faits) -> None:
    """The convention is over, no ordered mission waits for its service to be certified, the report is written."""
    convention = Convention.objects.filter(dossier=dossier).first()
    if convention and convention.etat not in (EtatConvention.SOLDEE, EtatConvention.RESILIEE):
        raise TransitionInterdite("La convention n'est pas soldée.")
    if Mission.objects.filter(dossier=dossier, etat__in=MISSIONS_EN_COURS).exists():
        raise TransitionInterdite("Une mission est encore en cours.")
    if not BilanAccompagnement.objects.filter(dossier=dossier).exists():
        raise TransitionInterdite("Rédigez d'abord le bilan d'accompagnement.")


# -- Convention --------------------------------------------------------------------------------------------------
@garde("convention", "signer")
def signature_de_l_agence(convention, *, par, **faits) -> None:
    """After the beneficiary, by a delegation in force, and never by who drew it up."""
    if not convention.signee_par_le_beneficiaire_le:
        raise TransitionInterdite("Le bénéficiaire n'a pas encore signé la convention.")
    if convention.preparee_par_id == par.pk:
        raise GesteInterdit("Vous avez préparé cette convention : une autre personne doit la signer.")
    if convention.signataire_id != par.pk:
        raise GesteInterdit(f"Cette convention nomme {convention.signataire} : la signature lui revient.")
    if not Delegation.en_vigueur(par, convention.dossier.appel, horloge.maintenant(), "convention"):
        raise GesteInterdit("Votre délégation de signature n'est pas en vigueur.")


@garde("convention", "executer")
def premier_versement_fait(convention, *, par, **faits) -> None:
    """Execution begins with a payment."""
    if not convention.tranches.filter(etat=EtatTranche.PAYE).exists():
        raise TransitionInterdite("Aucune tranche n'est encore payée.")


@garde("convention", "solder")
def tout_est_paye(convention, *, par, **faits) -> None:
    """Every tranche is paid."""
    if convention.tranches.exclude(etat=EtatTranche.PAYE).exists():
        raise TransitionInterdite("Toutes les tranches ne sont pas payées.")


# -- Mission -----------------------------------------------------------------------------------------------------
@garde("mission", "accepter", "commander", "terminer")
def projet_en_accompagnement(mission, *, par, **faits) -> None:
    """Nothing is begun for a project whose path is over."""
    if mission.dossier.etat != Etat.EN_ACCOMPAGNEMENT:
        raise TransitionInterdite("L'accompagnement de ce projet est terminé.")


@garde("mission", "accepter", "terminer")
def par_l_expert_de_la_mission(mission, *, par, **faits) -> None:
    """Another expert of the call is not this one."""
    if mission.expert_id != par.pk:
        raise GesteInterdit("Ce geste revient à l'expert de la mission.")


@garde("mission", "commander")
def dans_le_credit(mission, *, par, **faits) -> None:
    """The porteur agrees, and the credit holds the days, read under its lock."""
    if not mission.agreee_par_le_porteur_le:
        raise TransitionInterdite("Le porteur n'a pas encore donné son accord sur cette mission.")
    CreditJours.verrouiller(mission.dossier).exiger_disponibles(mission.theme, mission.jours_commandes)


@garde("mission", "terminer")
def des_jours_notes(mission, *, par, **faits) -> None:
    """A mission without a day is not done."""
    if not mission.journees.comptees().exists():
        raise TransitionInterdite("Notez d'abord vos journées.")


@garde("mission", "attester")
def tous_les_jours_tranches(mission, *, par, **faits) -> None:
    """The attestation counts confirmed days alone: none is left waiting or contested."""
    etats = set(mission.journees.comptees().values_list("etat", flat=True))
    if EtatJournee.A_CONFIRMER in etats:
        raise TransitionInterdite("Confirmez ou contestez d'abord chaque journée.")
    if EtatJournee.CONTESTE in etats:
        raise TransitionInterdite("Une journée est contestée : l'ANCT doit d'abord trancher.")
    if EtatJournee.VALIDE not in etats:
        raise TransitionInterdite("Aucune journée n'est confirmée.")
