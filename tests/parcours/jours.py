"""The days: the credit, a mission agreed and ordered, half a day logged by the expert and confirmed by the porteur."""

from datetime import timedelta

from tests.parcours.depot import NOM
from tests.parcours.incubation import aujourd_hui, valeur_de
from tests.parcours.pages import Personne


def ouvrir_le_credit(responsable: Personne) -> None:
    """The needs of the report make the exact sum of the award."""
    responsable.attendu(NOM, "Ouvrir le crédit de jours").faire("ouvrir_credit").lit("Crédit de jours ouvert")


def commander_une_mission(
    agent: Personne, porteur: Personne, expert: Personne, responsable: Personne
) -> None:
    """Proposed by the agent, agreed by the porteur, accepted by the expert, ordered by a responsable."""
    agent.attendu(NOM, "Proposer une première mission").faire(
        "proposer",
        theme=valeur_de(agent, "theme", "Gouvernance"),
        expert=valeur_de(agent, "expert", "Kerdoncuff"),
        objet="Écrire les statuts à quatre collèges",
        jours="1,5",
        debut=aujourd_hui(),
        fin=aujourd_hui() + timedelta(days=30),
    )
    porteur.attendu(NOM, "Donner votre accord").faire("agreer")
    expert.attendu(NOM, "Répondre à la proposition").faire("accepter")
    responsable.attendu(NOM, "Commander la mission").faire("commander")


def noter_et_confirmer(expert: Personne, porteur: Personne, numero: str) -> None:
    """Half a day this morning, confirmed: the credit counts it."""
    expert.attendu(NOM, "noter vos journées").faire(
        "MATIN",
        date=aujourd_hui(),
        lieu="SUR_PLACE",
        texte="Atelier sur les quatre collèges.",
    )
    expert.lit("Au porteur de confirmer")
    porteur.attendu(NOM, "Confirmer").faire("confirmer").lit("Journée confirmée")
    porteur.constate(numero, "EN_ACCOMPAGNEMENT")
