"""The pre-screening: an agent takes the dossier, fills the grid, asks for a completion, declares it admissible."""

from tests.parcours.depot import NOM, fichier
from tests.parcours.pages import Personne

REGLES = [f"E{rang}" for rang in range(1, 11)]
CRITERES = [f"C{rang}" for rang in range(1, 8)]
AVIS = "Dix règles remplies, plan équilibré, engagements datés."
BAIL = "Le bail signé de la halle"


def prendre_en_charge(agent: Personne, porteur: Personne, numero: str) -> None:
    """The agent's home names the dossier; from then on it is theirs."""
    agent.attendu(NOM, "prendre en charge").faire("prendre_en_charge")
    porteur.constate(numero, "EN_INSTRUCTION")


def remplir_la_grille(agent: Personne) -> None:
    """Nine rules met, the tenth to be asked; a mark a criterion. Each line saves alone."""
    agent.attendu(NOM, "Grille à terminer")
    for code in REGLES[:-1]:
        repondre(agent, code, "OUI")
    agent.page.locator(f"[name={REGLES[-1]}-motif]").fill(BAIL)
    repondre(agent, REGLES[-1], "A_DEMANDER")
    for code in CRITERES:
        agent.page.locator(f"[name={code}-commentaire]").fill("Solide, chiffré, daté.")
        agent.page.locator(f"[name={code}-note]").select_option("4")
    agent.page.wait_for_load_state("networkidle")
    agent.faire("enregistrer").lit("9 règles sur 10")


def repondre(agent: Personne, code: str, reponse: str) -> None:
    """One rule, saved by the page itself; one that the deposit answers is left as it is."""
    choix = agent.page.locator(f"[name={code}-reponse][value={reponse}]")
    if choix.is_checked():
        return
    choix.check(force=True)
    agent.page.locator(f"#etat-{code}", has_text="Enregistré").wait_for()


def demander_un_complement(agent: Personne, porteur: Personne, numero: str) -> None:
    """The request comes from the grid; the porteur answers with a file, and says so."""
    agent.envoyer('main button[name="suite"][value="complements"]')
    agent.faire("apercu").lit("Ce que le porteur lira", BAIL).faire("demander_complements")
    porteur.constate(numero, "A_COMPLETER").attendu(NOM, "compléments")
    point = porteur.page.locator("main section[id^=point-]").first
    champ = point.locator("textarea").first.get_attribute("name")
    prefixe = champ.removesuffix("-texte")
    porteur.envoyer(
        f'main form:has([name="{champ}"]) button.fr-btn',
        **{champ: "Voici le bail, signé hier.", f"{prefixe}-fichiers": fichier("bail.pdf")},
    )
    porteur.lit("bail.pdf").faire("completer")
    porteur.constate(numero, "EN_INSTRUCTION")


def declarer_recevable(agent: Personne, porteur: Personne, numero: str) -> None:
    """The answer is checked, the last rule met, the opinion written."""
    agent.attendu(NOM, "Complément reçu")
    repondre(agent, REGLES[-1], "OUI")
    agent.page.wait_for_load_state("networkidle")
    agent.faire("declarer_recevable", avis=AVIS)
    porteur.constate(numero, "RECEVABLE")
