"""What must be true before a step of the pre-screening, with the sentence of the refusal."""

from django.contrib.auth import get_user_model

from instruction.models import DemandeComplements, Instruction, Reponse, SensAvis
from instruction.models.double_lecture import exiger_conciliee
from instruction.models.grille import SANS_AGENT, refuser_si_lie
from manufactures import horloge
from manufactures.francais import compter, enumerer, instant_precis
from manufactures.francais import echeance as en_toutes_lettres
from manufactures.procedure import Role
from manufactures.programme.models import Delegation
from manufactures.registres import GesteInterdit, TransitionInterdite, garde, roles_sur


@garde("dossier", "prendre_en_charge")
def vague_close(dossier, *, par, **faits) -> None:
    """All dossiers of a wave are examined after its closing, never before (a deposit may still be taken back)."""
    if not dossier.est_clos(horloge.maintenant()):
        raise TransitionInterdite(
            f"La vague ferme le {instant_precis(dossier.cloture)} : les dossiers sont pris en charge ensuite."
        )


@garde("dossier", "prendre_en_charge")
def personne_ne_le_tient(dossier, *, par, instructeur=None, **faits) -> None:
    """An agent takes a dossier for oneself; a responsable may name a colleague who examines this call."""
    grille = Instruction.objects.select_related("instructeur").filter(dossier=dossier).first()
    if grille is not None:
        raise TransitionInterdite(f"{grille.instructeur.nom_complet} instruit déjà ce dossier.")
    if instructeur is None or instructeur == par.pk:
        refuser_si_lie(dossier, par)
        return
    if Role.RESPONSABLE not in roles_sur(dossier, par):
        raise GesteInterdit("Un agent prend un dossier pour lui-même ; l'affecter revient à un responsable.")
    agent = get_user_model().objects.filter(pk=instructeur, is_active=True).first()
    if agent is not None:
        refuser_si_lie(dossier, agent)
    if agent is None or Role.INSTRUCTEUR not in roles_sur(dossier, agent):
        raise TransitionInterdite("Cette personne n'instruit pas les dossiers de cet appel.")


def _tenue_par(dossier, par) -> Instruction:
    """The grid, for its own agent or a responsable. Raises GesteInterdit to a colleague."""
    grille = Instruction.objects.select_related("instructeur").get(dossier=dossier)
    grille.dossier = dossier
    if grille.instructeur is None:
        raise TransitionInterdite(SANS_AGENT)
    if grille.instructeur_id != par.pk and Role.RESPONSABLE not in roles_sur(dossier, par):
        raise GesteInterdit(f"{grille.instructeur.nom_complet} remplit cette grille. Vous la lisez.")
    return grille


@garde("dossier", "demander_complements")
def demande_ecrite(dossier, *, par, demande=None, **faits) -> None:
    """The request stands as a row, written by `DemandeComplements.envoyer`; no conclusion is waiting."""
    if not DemandeComplements.objects.filter(pk=demande, dossier=dossier, etat="OUVERTE").exists():
        raise TransitionInterdite("Une demande de compléments s'écrit sur sa page.")
    if _tenue_par(dossier, par).sens:
        raise TransitionInterdite("Un refus est proposé sur ce dossier : reprenez d'abord l'examen.")


@garde("dossier", "completer")
def quelque_chose_a_ete_repondu(dossier, *, par, **faits) -> None:
    """« J'ai répondu » needs an answer."""
    demande = DemandeComplements.ouverte_de(dossier)
    if demande is None or not demande.reponses.exists():
        raise TransitionInterdite(
            "Écrivez une réponse ou joignez une pièce avant d'indiquer que vous avez répondu."
        )


@garde("dossier", "constater_echeance")
def echeance_passee(dossier, *, par, **faits) -> None:
    """The porteur keeps the whole time given."""
    _tenue_par(dossier, par)
    demande = DemandeComplements.ouverte_de(dossier)
    if demande is not None and horloge.instant_exact() < demande.echeance:
        raise TransitionInterdite(
            f"Le porteur peut répondre jusqu'au {en_toutes_lettres(demande.echeance)} : l'examen reprend ensuite."
        )


@garde("dossier", "declarer_recevable")
def grille_complete(dossier, *, par, **faits) -> None:
    """Ten yes and a written opinion: admissible means that every rule is met."""
    grille = _tenue_par(dossier, par)
    if grille.sens == SensAvis.IRRECEVABLE:
        raise TransitionInterdite("Un refus est proposé sur ce dossier : reprenez d'abord l'examen.")
    exiger_conciliee(grille)
    if ouvertes := grille.sans_reponse():
        raise TransitionInterdite(
            f"Il reste {compter(len(ouvertes), 'règle')} sans réponse : {', '.join(ouvertes)}."
        )
    if refusees := grille.codes(Reponse.NON):
        accord = "n'est pas remplie" if len(refusees) == 1 else "ne sont pas remplies"
        raise TransitionInterdite(f"{enumerer(refusees)} {accord} : proposez un refus.")
    if not grille.avis.strip():
        raise TransitionInterdite("Écrivez l'avis de pré-instruction : le comité le lit.")


@garde("dossier", "declarer_irrecevable")
def refus_propose(dossier, *, par, **faits) -> None:
    """A refusal is proposed by one person and signed by another, on at least one rule that is not met."""
    grille = Instruction.objects.get(dossier=dossier)
    grille.dossier = dossier
    if grille.sens != SensAvis.IRRECEVABLE:
        raise TransitionInterdite(
            "Aucun refus n'est proposé sur ce dossier : l'agent qui l'instruit le propose d'abord."
        )
    if not grille.codes(Reponse.NON):
        raise TransitionInterdite("Aucune règle n'est répondue « non » : rien ne fonde un refus.")
    if par.pk in (grille.refus_propose_par_id, grille.instructeur_id):
        raise GesteInterdit(
            "Vous avez instruit ce dossier ou proposé ce refus : une autre personne le signe."
        )


@garde("dossier", "declarer_irrecevable")
def signature_deleguee(dossier, *, par, **faits) -> None:
    """Whoever signs holds a delegation in force for this kind of act (CRPA L212-1)."""
    if Delegation.en_vigueur(par, dossier.vague.appel, horloge.maintenant(), "irrecevabilite") is None:
        raise GesteInterdit(
            "Seule une personne qui a reçu délégation de signature peut signer cette décision."
        )
