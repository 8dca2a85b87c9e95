"""Links that an agent of the call may have with the dossier: worth a question, never an accusation."""

from collections.abc import Iterator

from django.urls import reverse

from instruction.controles.constat import Constat, selon
from manufactures import horloge
from manufactures.francais import compter
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.programme.models import habilites
from manufactures.registres import DES_PORTEURS

ORGANISATION_MIN = 5  # « ANCT » or « DGE » would be named in every dossier
# Anybody has an address there: the same domain says nothing.
PUBLICS = frozenset(
    "gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.fr live.com msn.com yahoo.com "
    "yahoo.fr ymail.com icloud.com me.com mac.com orange.fr wanadoo.fr free.fr sfr.fr neuf.fr bbox.fr laposte.net "
    "numericable.fr aol.com gmx.fr gmx.com proton.me protonmail.com mailo.com zaclys.net".split()
)


def controler(dossier) -> Iterator[Constat]:
    """How many agents, no names: the page of the links says who, to whoever records them."""
    indices = indices_de(dossier)
    phrase = "Aucun agent de l'appel n'a d'indice de lien avec ce dossier."
    if indices:
        agents = compter(len(indices), "agent de l'appel", "agents de l'appel")
        phrase = f"{agents} : adresse, organisation ou participation en commun avec le porteur."
    yield Constat(
        "conflits.indices",
        "Liens possibles avec un agent",
        selon(not indices),
        phrase,
        "Comptes des agents et journal du dossier",
        horloge.maintenant(),
        reverse("instruction:liens", args=[dossier.numero]),
        "Les liens déclarés",
    )


def agents_en_fonction(dossier):
    """Active agents and responsables of the call."""
    return habilites(dossier.vague.appel_id, Role.INSTRUCTEUR, Role.RESPONSABLE)


def indices_de(dossier) -> dict:
    """Agents for whom something is worth a question, each with the sentences that say what: `{agent: [phrases]}`."""
    domaines = {domaine_de(adresse) for adresse in _adresses(dossier)} - PUBLICS - {""}
    textes = _textes(dossier)
    passes = set(
        Entree.objects.filter(
            fil=dossier.fil, role__in=[r.value for r in DES_PORTEURS], acteur__isnull=False
        ).values_list("acteur", flat=True)
    )
    trouves = {}
    for agent in agents_en_fonction(dossier).order_by("nom", "prenom", "pk"):
        phrases = []
        if (domaine := domaine_de(agent.email)) in domaines:
            phrases.append(f"Adresse au même domaine que le porteur ({domaine})")
        organisation = agent.organisation.strip().casefold()
        if len(organisation) >= ORGANISATION_MIN and organisation in textes:
            phrases.append(f"Organisation citée dans le dossier ({agent.organisation.strip()})")
        if agent.pk in passes:
            phrases.append("A été membre de ce dossier")
        if phrases:
            trouves[agent] = phrases
    return trouves


def domaine_de(adresse: str) -> str:
    """What stands after the @."""
    return adresse.rpartition("@")[2].strip().casefold()


def _adresses(dossier) -> list[str]:
    membres = [membre.user.email for membre in dossier.membres.select_related("user")]
    return [dossier.representant_courriel, *membres]


def _textes(dossier) -> str:
    """Everything in which an organisation may be named."""
    longs = ("raison_sociale", "nom_projet", "resume_public", "besoin", "projet", "communaute", "gouvernance")
    partenaires = [partenaire.nom for partenaire in dossier.partenaires.all()]
    return " ".join([getattr(dossier, nom) for nom in longs] + partenaires).casefold()
