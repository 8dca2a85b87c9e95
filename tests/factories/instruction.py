"""Deposited dossiers at each step of the pre-screening, made by the real deeds once the wave is closed."""

from datetime import timedelta

from candidatures.models import Dossier, Droit, Site
from instruction.models import DemandeComplements, Instruction, Reponse
from manufactures import horloge
from manufactures.procedure import Role
from tests.factories.comptes import DelegationFactory, UserFactory
from tests.factories.programme import (
    AppelFactory,
    CommuneFactory,
    FiliereFactory,
    FormeJuridiqueFactory,
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


TEXTES = ("besoin", "projet", "communaute", "mutualisation", "formation", "transitions", "gouvernance", "strategie_rh", "calendrier")
ATTESTATIONS = ("attestation_honneur", "attestation_fiscale", "attestation_pouvoir", "attestation_cer")


def brouillon(vague, titulaire=None, nom="La Soudée", **champs):
    """A complete draft, its titulaire, its place, its balanced plan."""
    commune = CommuneFactory()
    dossier = Dossier.objects.create(
        vague=vague,
        nom_projet=nom,
        raison_sociale=f"Association {nom}",
        forme_juridique=FormeJuridiqueFactory(),
        adresse_siege="4 quai des Essais",
        code_postal_siege="26400",
        commune_siege=commune,
        representant_civilite="Madame",
        representant_prenom="Awa",
        representant_nom="Diallo",
        representant_qualite="présidente",
        representant_courriel="awa@exemple.test",
        representant_telephone="0199000002",
        resume_public="Un atelier partagé de soudure.",
        stade="IDEE",
        demande_investissement="120000.00",
        **dict.fromkeys(TEXTES, "Décrit en une phrase."),
        **champs,
    )
    dossier.filieres.add(FiliereFactory())
    dossier.membres.create(user=titulaire or UserFactory(prenom="Awa", nom="Diallo"), droit=Droit.TITULAIRE)
    Site.objects.create(
        dossier=dossier,
        nom="Atelier",
        principal=True,
        commune=commune,
        type_territoire="RURAL",
        titre_occupation="PROMESSE",
        surface_actuelle_m2=820,
        surface_projet_m2=820,
    )
    dossier.equipements.create(
        designation="Poste à souder", categorie="MACHINE_CONVENTIONNELLE", quantite=10, prix_unitaire_ht="15000.00", mutualise=True
    )
    dossier.partenaires.create(nom="Lycée des métiers", type="FORMATION")
    for annee in ("N", "N+1", "N+2"):
        exercice = dossier.exercices.create(annee=annee)
        exercice.lignes.create(nature="PRODUIT", compte="70", libelle="Abonnements", montant="40000.00")
        exercice.lignes.create(nature="CHARGE", compte="64", libelle="Salaires", montant="38000.00")
    dossier.lignes_financement.create(
        volet="INVESTISSEMENT", sens="DEPENSE", libelle="Postes à souder", montant="150000.00", eligible=True
    )
    for libelle, montant, financeur, statut in (
        ("ANCT", "120000.00", "ETAT_ANCT", "SOLLICITE"),
        ("Fonds propres", "30000.00", "AUTOFINANCEMENT", "ACQUIS"),
    ):
        dossier.lignes_financement.create(
            volet="INVESTISSEMENT", sens="RESSOURCE", libelle=libelle, montant=montant, type_financeur=financeur, statut=statut
        )
    return dossier


def dossier_depose(vague=None, **options):
    """Deposited the day before the closing of its wave (closed by default), by the real deed."""
    vague = vague or vague_close()
    dossier = brouillon(vague, **options)
    instant = min(vague.cloture - timedelta(days=1), horloge.maintenant())
    with horloge.a(instant):
        dossier.deposer(par=dossier.titulaire, **dict.fromkeys(ATTESTATIONS, True))
    return dossier


def agent(**champs):
    """An instructeur of every call."""
    return UserFactory(role=Role.INSTRUCTEUR, **champs)


def responsable(**champs):
    """A responsable without delegation."""
    return UserFactory(role=Role.RESPONSABLE, **champs)


def signataire(appel=None):
    """A responsable who holds the delegation of signature."""
    return DelegationFactory(appel=appel or AppelFactory(), user__prenom="Agnès", user__nom="Montferrand").user


def pris_en_charge(dossier=None, par=None):
    """An open grid."""
    return Instruction.prendre_en_charge(dossier or dossier_depose(), par=par or agent())


def remplir(instruction, *, sauf=(), refus=(), avis="Dix règles remplies, dossier complet."):
    """Answer yes everywhere, save `sauf`; no on `refus`."""
    verdicts = {code: {"reponse": Reponse.OUI, "motif": "Vérifié"} for code in REGLES if code not in (*sauf, *refus)}
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
