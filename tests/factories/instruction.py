"""Deposited dossiers at each step of the pre-screening, made by the real deeds once the wave is closed."""

from datetime import timedelta

from instruction.models import DemandeComplements, Instruction, Reponse
from manufactures import horloge
from manufactures.procedure import Etat, Role
from tests.factories.candidatures import DossierFactory
from tests.factories.comptes import DelegationFactory, UserFactory
from tests.factories.programme import (
    AppelFactory,
    VagueFactory,
    grille,
)

REGLES = [f"E{n}" for n in range(1, 11)]
MOTIF_DE_REFUS = (
    "Aucune personne morale n'est déclarée à la date de clôture et aucun bâtiment n'est identifié : "
    "les règles E2 et E4 ne sont pas remplies."
)


def appel_avec_grille():
    """The call, its ten rules and its seven criteria."""
    appel = AppelFactory()
    grille(appel)
    return appel


def vague_close(numero=1):
    """A wave closed yesterday."""
    return VagueFactory(close=True, appel=appel_avec_grille(), numero=numero)


def dossier_depose(vague=None, titulaire=None, nom="La Soudée", **champs):
    """Deposited before the closing of its wave (closed by default), by the real deed."""
    return DossierFactory(
        vague=vague or vague_close(),
        titulaire=titulaire or UserFactory(prenom="Awa", nom="Diallo"),
        nom_projet=nom,
        etat=Etat.DEPOSE,
        **champs,
    )


def agent(**champs):
    """An instructeur of every call."""
    return UserFactory(role=Role.INSTRUCTEUR, **champs)


def responsable(**champs):
    """A responsable without delegation."""
    return UserFactory(role=Role.RESPONSABLE, **champs)


def signataire(appel=None):
    """A responsable who holds the delegation of signature."""
    return DelegationFactory(
        appel=appel or AppelFactory(), user__prenom="Agnès", user__nom="Montferrand"
    ).user


def pris_en_charge(dossier=None, par=None):
    """An open grid."""
    return Instruction.prendre_en_charge(dossier or dossier_depose(), par=par or agent())


def remplir(instruction, *, sauf=(), refus=(), avis="Dix règles remplies, dossier complet."):
    """Answer yes everywhere, save `sauf`; no on `refus`."""
    verdicts = {
        code: {"reponse": Reponse.OUI, "motif": "Vérifié"} for code in REGLES if code not in (*sauf, *refus)
    }
    verdicts |= {code: {"reponse": Reponse.NON, "motif": "Règle non remplie à la clôture"} for code in refus}
    instruction.enregistrer(par=instruction.instructeur, verdicts=verdicts, avis=avis)
    return instruction


def refus_propose(**options):
    """A grid with a « no » and a refusal proposed by its agent."""
    instruction = remplir(pris_en_charge(**options), refus=("E2",))
    instruction.proposer_refus(MOTIF_DE_REFUS, par=instruction.instructeur)
    return instruction


def demande_envoyee(instruction=None, jours=15, pieces=None):
    """An open request of one point."""
    instruction = instruction or pris_en_charge()
    return DemandeComplements.envoyer(
        instruction.dossier,
        par=instruction.instructeur,
        texte="Il manque le titre d'occupation.",
        pieces=pieces or [{"libelle": "Titre d'occupation", "indispensable": True}],
        echeance=horloge.aujourd_hui() + timedelta(days=jours),
    )
