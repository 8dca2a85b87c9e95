"""The money: amounts voted inside the envelope, the award, a convention signed by both, a first tranche paid."""

from manufactures.programme.models import Enveloppe
from selection.models import Seance
from tests.parcours import comite
from tests.parcours.depot import NOM
from tests.parcours.incubation import aujourd_hui
from tests.parcours.pages import Personne

IBAN = "FR76 9999 9999 9970 0098 7653 609"
FONDE = "Plan définitif équilibré, devis concordants, l'amorçage est ramené à un exercice."


def proposer_les_montants(agent: Personne, seance: Seance, numero: str) -> None:
    """The service proposes, inside the envelope."""
    point = seance.points.get(dossier__numero=numero).pk
    montants = {"investissement": "50000", "amorcage": "10000", "jours": "15", "motif": FONDE}
    agent.attendu("Proposer les montants de 1 projet").faire(
        "proposer", **{f"point-{point}-{nom}": valeur for nom, valeur in montants.items()}
    )
    agent.lit("50\u00a0000\u00a0€")


def voter_les_montants(president: Personne, responsable: Personne) -> None:
    """A show of hands: the chair opens and closes, the secretariat records."""
    president.faire("ouvrir_scrutin")
    responsable.aller(president.page.url.removeprefix(responsable.adresse))
    voix = responsable.page.locator("main select[name^=choix-]")
    noms = [voix.nth(rang).get_attribute("name") for rang in range(voix.count())]
    responsable.faire("consigner_votes", **dict.fromkeys(noms, "POUR"))
    president.attendu("Séance ouverte").faire("clore_scrutin").lit("9 pour")
    comite.rendre_l_avis(president, responsable)


def signer_la_convention(porteur: Personne, agent: Personne, signataire: Personne) -> None:
    """The account, the text, two signatures."""
    porteur.attendu(NOM, "coordonnées bancaires").faire(
        "declarer_compte", titulaire="Les Ateliers de la Drôme", iban=IBAN, bic="ZZZZFRPPXXX"
    )
    agent.attendu(NOM, "Préparer la convention").faire("preparer")
    porteur.attendu(NOM, "signer la convention").faire("signer_beneficiaire", lu=True)
    signataire.attendu(NOM, "signer la convention").faire("signer")
    assert Enveloppe.objects.get(nature="INVESTISSEMENT").engage == 50_000


def verser_l_avance(porteur: Personne, agent: Personne, responsable: Personne, signataire: Personne) -> None:
    """Asked, checked and certified, ordered, countersigned, paid: four persons."""
    porteur.attendu(NOM, "Demander la tranche").faire("demander", atteste=True)
    agent.attendu(NOM, "Contrôler la demande").faire("controler").faire("certifier")
    responsable.attendu(NOM, "Ordonner le versement").faire("ordonner")
    signataire.attendu(NOM, "Contresigner le versement").faire("contresigner")
    agent.attendu(NOM, "Noter le paiement").faire("payer", mandat="M-2026-1", payee_le=aujourd_hui())
    agent.lit("Paiement noté")
