"""The committee: a sitting, a hearing, a secret ballot, minutes, a decision signed by one, published by another."""

from datetime import datetime, time

from candidatures.models import Dossier
from manufactures import horloge
from selection.models import Choix, DeclarationInterets, Mode, Scrutin, Seance
from selection.tasks import publier_decisions
from tests.parcours.depot import NOM
from tests.parcours.monde import Monde
from tests.parcours.pages import Personne

MOTIF = (
    "Le comité a retenu la densité du lien avec le territoire, des fours que dix artisans utiliseront dès "
    "l'ouverture et un plan de financement dont les deux tiers sont acquis."
)
PARTICIPANTS = "Awa Diallo, gérante\nNoé Garnier, céramiste"
DEUX_MEMBRES = ("comite1", "comite2")


def maintenant() -> datetime:
    """The hour of Paris, to type in a field."""
    horloge.oublier()
    return horloge.maintenant().astimezone(horloge.PARIS)


def ce_soir() -> datetime:
    """To come, and today: the story holds in one day."""
    return datetime.combine(maintenant().date(), time(23, 59))


# -- Before ------------------------------------------------------------------------------------------------------
def preparer(responsable: Personne, type_: str, **reglages) -> Seance:
    """A sitting for today, the dossier on its agenda, the members summoned."""
    responsable.suivre("Préparer une séance")
    vague = responsable.page.locator("[name=vague] option", has_text="vague 1").get_attribute("value")
    responsable.faire(
        "prevoir",
        vague=vague,
        type=type_,
        debut=ce_soir(),
        lieu="à Paris",
        **reglages,
    )
    dossier = responsable.page.locator("[name=dossiers]").first.get_attribute("value")
    responsable.faire("inscrire", dossiers=dossier).lit(NOM)
    responsable.faire("convoquer", motif_urgence="Séance de ce jour").lit("9 convocations envoyées")
    return Seance.objects.get(type=type_)


def declarer_les_interets(membres: list[Personne], seance: Seance, monde: Monde, numero: str) -> None:
    """Members declare on their screen before the dossier opens; the others by the deed."""
    for membre in membres:
        assert membre.page.request.get(f"{membre.adresse}/comite/dossiers/{numero}/").status == 404
        membre.attendu("Déclarer vos intérêts sur 1 dossier")
        membre.faire("declarer", **{f"{numero}-reponse": "AUCUN"}, confidentialite=True)
        membre.attendu("à lire", NOM)
    horloge.oublier()
    dossier = Dossier.objects.get(numero=numero)
    for siege in monde.membres:
        if not siege.declarations.exists():
            DeclarationInterets.signer(seance, siege, {dossier.pk: ("AUCUN", "")}, par=siege.user)


def lire(membre: Personne, numero: str) -> None:
    """A member marks the seven criteria and hands the reading in."""
    membre.aller(f"/comite/dossiers/{numero}/")
    membre.faire("rendre", **{f"C{rang}-note": "4" for rang in range(1, 8)}).lit("Lecture rendue")


def entendre(responsable: Personne, porteur: Personne, numero: str) -> None:
    """The porteur is summoned, names who comes, is heard."""
    responsable.aller(f"/comite/dossiers/{numero}/audition/").faire(
        "auditionner", debut=ce_soir(), lieu="à Paris", questions="Qui garde les fours la nuit ?"
    )
    porteur.constate(numero, "A_AUDITIONNER").attendu(NOM, "Confirmer votre audition")
    porteur.faire("confirmer_audition", participants=PARTICIPANTS).lit("Audition confirmée")
    responsable.aller(f"/comite/dossiers/{numero}/audition/").lit("Noé Garnier")
    responsable.faire("consigner_audition", notes="Réponses précises, un planning des fours est écrit.")


# -- The sitting -------------------------------------------------------------------------------------------------
def ouvrir(president: Personne, responsable: Personne, membres: list[Personne], seance: Seance, monde: Monde):
    """Members say that they are here, the secretariat records the others, the chair opens."""
    ici = seance.get_absolute_url()
    for membre in membres:
        membre.aller(ici).faire("arriver").lit("vous êtes là")
    responsable.aller(ici).envoyer(f'main tr:has-text("{monde.membres[3]}") button[value="pointer"]')
    horloge.oublier()
    pointes = seance.presences.values_list("membre", flat=True)
    for siege in monde.membres:
        if siege.pk not in pointes:
            seance.pointer(siege, Mode.SUR_PLACE, par=seance.secretaire)
    president.attendu("Ouvrir la séance").lit("9 présents ou représentés sur 9", "Quorum atteint")
    president.faire("ouvrir").lit("La séance est ouverte")


def retenir_pour_l_audition(responsable: Personne, seance: Seance) -> None:
    """The short list: the secretariat records who is to be heard, and closes; the minutes are sealed."""
    responsable.aller(seance.get_absolute_url()).lit("Note moyenne des lectures")
    responsable.envoyer('main button[name="resultat"][value="A_AUDITIONNER"]').lit("À auditionner")
    clore(responsable)


def voter_en_secret(president: Personne, membres: list[Personne], numero: str) -> None:
    """Two members vote on their screens, the others by the deed; the totals come at the closing alone."""
    president.faire("ouvrir_scrutin").lit("Le scrutin est ouvert")
    for membre in membres:
        membre.attendu(NOM, "À vous de voter").lit("Votre vote est secret")
        membre.faire("voter", choix="POUR").lit("Bulletin déposé")
    horloge.oublier()
    scrutin = Scrutin.objects.get(point__dossier__numero=numero, secret=True)
    for rang, electeur in enumerate(scrutin.electeurs.filter(emargements=None).order_by("pk")):
        scrutin.voter(Choix.POUR if rang else Choix.ABSTENTION, par=electeur.membre.user)
    president.aller("/accueil/").attendu("Séance ouverte").lit("9 émargements sur 9")
    president.faire("clore_scrutin").lit("8 pour")


def rendre_l_avis(president: Personne, responsable: Personne) -> None:
    """The opinion comes from the vote; the secretariat closes and the minutes are sealed."""
    president.faire("rendre_avis", sens="FAVORABLE", motifs="Projet solide, partagé, financé.")
    clore(responsable)


def clore(responsable: Personne) -> None:
    """No item is left: the secretariat closes the sitting, and its minutes come as a sealed PDF."""
    responsable.attendu("Clore la séance").faire("clore")
    acte = responsable.page.locator('main a[href^="/actes/MP-"]').first.get_attribute("href")
    assert responsable.telecharger(f"{acte}pdf/").startswith(b"%PDF")


# -- The decision ------------------------------------------------------------------------------------------------
def decider(agent: Personne, signataire: Personne, responsable: Personne, **champs) -> None:
    """Drafted by the agent, signed by the holder of the delegation, set by a responsable, published at its instant."""
    agent.attendu("1 décision à rédiger").suivre(f"Rédiger la décision sur {NOM}")
    agent.faire("rediger", motif=MOTIF, **champs).lit("Une autre personne la signe")
    signataire.attendu("1 décision à signer").suivre(NOM).faire("signer").lit("retenu jusqu'à la diffusion")
    responsable.attendu("à diffuser").suivre(NOM).faire("programmer", instant=maintenant())
    publier_decisions()
    responsable.aller("/pilotage/decisions/").lit("Diffusées")


def publier_le_laureat(porteur: Personne, visiteur: Personne, numero: str) -> None:
    """The porteur learns it, and the world reads it."""
    porteur.constate(numero, "LAUREAT").aller("/accueil/").lit(NOM)
    visiteur.aller("/laureats/").suivre(NOM).lit("fours et séchoirs")
