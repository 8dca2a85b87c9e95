"""The incubation: a cohort, a module with its sheet, a deliverable, the report, answered then frozen."""

from datetime import date, timedelta

from manufactures import horloge
from manufactures.programme.models import Module
from tests.parcours.depot import NOM, fichier
from tests.parcours.pages import Personne

DUREE = timedelta(days=120)
AXES = [f"module_{rang}" for rang in range(1, 9)]
JOURS = "15"


def aujourd_hui() -> date:
    """Today in Paris."""
    horloge.oublier()
    return horloge.aujourd_hui()


def valeur_de(personne: Personne, champ: str, texte: str) -> str:
    """The value of the option whose label holds this text."""
    options = personne.page.locator(f"main [name={champ}] option", has_text=texte)
    return options.first.get_attribute("value")


def ouvrir_la_promotion(agent: Personne, porteur: Personne, numero: str) -> None:
    """A cohort that ends today, so that the story holds in one day; the laureate joins it."""
    fin = aujourd_hui()
    agent.attendu(NOM, "Ouvrir l'incubation").faire(
        "ouvrir_promotion", nom="Promotion Copeau", debut=fin - DUREE, fin=fin
    )
    agent.faire("inscrire", dossier=valeur_de(agent, "dossier", NOM)).lit("son incubation est ouverte")
    porteur.constate(numero, "EN_INCUBATION")


def tenir_un_module(agent: Personne, expert: Personne) -> None:
    """A module is dated by the agent, its presences noted by the expert."""
    module = Module.objects.get(code=AXES[0])
    agent.attendu("Promotion Copeau", "Dater les modules").faire(
        "dater", module=module.pk, date=aujourd_hui(), expert=valeur_de(agent, "expert", "Kerdoncuff")
    ).lit("est daté")
    expert.attendu("Noter les présences")
    cases = expert.page.locator("main select[name^=presence_]")
    noms = [cases.nth(rang).get_attribute("name") for rang in range(cases.count())]
    expert.faire("noter", **dict.fromkeys(noms, "PRESENT")).lit("2 présences notées")


def remettre_un_livrable(porteur: Personne, expert: Personne) -> None:
    """Handed in with a file, read again, validated."""
    porteur.attendu(NOM, "Remettre le livrable").faire(
        "remettre", texte="La carte des acteurs, avec leurs rôles.", fichier=fichier("carte.pdf")
    )
    porteur.lit("carte.pdf")
    expert.attendu(NOM, "Relire le livrable").faire("valider_livrable", commentaire="Complet.")
    expert.lit("Livrable validé")


def geler_le_bilan(agent: Personne, porteur: Personne, numero: str) -> None:
    """Both ends of the diagnosis, the report and its needs; the porteur answers; frozen, then closed."""
    agent.attendu(NOM, "bilan d'incubation")
    for moment, valeur in (("entree", "1"), ("sortie", "3")):
        agent.faire(f"poser_{moment}", **{f"{moment}-{code}": valeur for code in AXES})
    theme = valeur_de(agent, "besoins-0-theme", "Gouvernance")
    besoins = {"besoins-0-theme": theme, "besoins-0-jours": JOURS, "besoins-0-raison": "Statuts à écrire"}
    agent.faire("rediger", texte="Prêt pour l'arbitrage.", site="Bail signé", **besoins)
    porteur.attendu(NOM, "bilan d'incubation").faire("observer", observations="Sans observation.")
    agent.attendu(NOM, "bilan d'incubation").faire("geler").lit("ne change plus")
    agent.attendu(NOM, "Clore l'incubation").faire("clore_incubation").lit("Incubation close")
    porteur.constate(numero, "EN_ARBITRAGE")
