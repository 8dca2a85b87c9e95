"""The contract's pages: for each, who reads it and at which address, found in the database at hand.

A page is a list of candidates; the first that answers as it should is measured. Nothing here depends on how the
dossiers came into the database.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db.models import Count
from django.urls import reverse

from accompagnement.models import Mission
from candidatures.models import Dossier, Membre, Section, Site
from instruction.models import Instruction
from manufactures import horloge
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Habilitation
from selection.models import Convocation, EtatSeance, PointOrdreDuJour, Seance
from selection.pouls import version

DEPOSANTS = 8  # as many forms as the most clients at once, each their own
ESSAIS = 40  # candidates tried before a page is said to be absent
NOMS_LUS = 200
MOT = 5  # letters of a word that people would search for


@dataclass(frozen=True)
class Candidat:
    """Somebody, or nobody, at an address."""

    chemin: str
    par: object = None
    formulaire: str = ""  # the page that holds the form, where the measure posts to `chemin`
    htmx: bool = False  # posted by the page's script


@dataclass(frozen=True)
class Mesuree:
    """One page of the contract. `passages` is how many different readers it needs."""

    nom: str
    candidats: Callable[[], Iterator[Candidat]]
    attendu: int = 200
    passages: int = 1


def personne(role: Role):
    """The first person who holds a role today."""
    instant = horloge.maintenant()
    tenues = Habilitation.objects.filter(role=role, du__lte=instant).exclude(au__lte=instant)
    return (
        get_user_model().objects.filter(is_active=True, pk__in=tenues.values("user")).order_by("pk").first()
    )


# --- Who reads what -----------------------------------------------------------------------------------------


def publique(nom: str, question: str = ""):
    """An address that anybody may open."""

    def candidats():
        yield Candidat(reverse(nom) + question)

    return candidats


def laureats_fin():
    """The last page of the laureates."""
    yield Candidat(reverse("accueil:laureats") + "?page=99999")


def brouillons() -> Iterator[tuple]:
    """Drafts of open waves, each with its titulaire."""
    ouverts = Membre.objects.filter(
        droit="TITULAIRE", dossier__etat=Etat.BROUILLON, dossier__vague__cloture__gt=horloge.maintenant()
    )
    for membre in ouverts.select_related("dossier", "user").order_by("dossier__pk")[:ESSAIS]:
        yield membre.dossier, membre.user


def liste_du_porteur():
    """One's own dossiers."""
    for _, titulaire in brouillons():
        yield Candidat(reverse("candidatures:liste"), titulaire)


def section():
    """A page of the form, being written."""
    for dossier, titulaire in brouillons():
        yield Candidat(adresse_de_section(dossier), titulaire)


def enregistrement():
    """The same page, saved whole."""
    for dossier, titulaire in brouillons():
        yield Candidat(adresse_de_section(dossier), titulaire, formulaire=adresse_de_section(dossier))


def autosauvegarde():
    """The same page, saved while one types."""
    for candidat in enregistrement():
        yield replace(candidat, htmx=True)


def adresse_de_section(dossier) -> str:
    """The page of the project's texts: the longest to write."""
    return reverse("candidatures:section", args=[dossier.numero, Section.PROJET])


def liste_des_agents(question: Callable[[], str] = str):
    """The agents' list, its filters in the address."""

    def candidats():
        yield Candidat(reverse("instruction:liste") + question(), personne(Role.INSTRUCTEUR))

    return candidats


def filtre() -> str:
    """The wave that has the most dossiers: a whole page of rows, however few dossiers there are."""
    vagues = deposes().values("vague").annotate(n=Count("pk")).order_by("-n")
    return f"?vague={vagues[0]['vague']}&tri=-depose"


def recherche() -> str:
    """A word that many names hold."""
    noms = deposes().order_by("pk").values_list("nom_projet", flat=True)[:NOMS_LUS]
    mots = Counter(mot for nom in noms for mot in set(nom.split()) if len(mot) >= MOT and mot.isalpha())
    return f"?{urlencode({'q': mots.most_common(1)[0][0]})}"


def recherche_par_commune() -> str:
    """The town of one dossier: a word that few dossiers hold."""
    site = Site.objects.filter(dossier__in=deposes()).exclude(commune=None).order_by("pk").first()
    return f"?{urlencode({'q': site.commune.nom})}"


def deposes():
    """What agents see."""
    return Dossier.objects.exclude(etat=Etat.BROUILLON)


def en_instruction() -> Iterator:
    """Grids being filled."""
    grilles = Instruction.objects.filter(dossier__etat=Etat.EN_INSTRUCTION, sens="")
    return grilles.select_related("dossier", "instructeur").order_by("pk")[:ESSAIS]


def dossier_instruit():
    """Both panes: the dossier as deposited, the grid being filled."""
    for grille in en_instruction():
        yield Candidat(reverse("instruction:dossier", args=[grille.dossier.numero]), grille.instructeur)


def grille_enregistree():
    """The whole grid, saved."""
    for grille in en_instruction():
        yield Candidat(
            reverse("instruction:grille", args=[grille.dossier.numero]),
            grille.instructeur,
            formulaire=reverse("instruction:dossier", args=[grille.dossier.numero]),
        )


def lecture_du_comite():
    """A member's reading of a dossier on their agenda."""
    points = PointOrdreDuJour.objects.filter(dossier__etat__in=(Etat.EN_COMITE, Etat.A_AUDITIONNER))
    convoques = Convocation.objects.filter(seance__in=points.values("seance")).select_related("membre__user")
    for convocation in convoques.order_by("pk")[:ESSAIS]:
        for point in points.filter(seance=convocation.seance_id).select_related("dossier")[:3]:
            yield Candidat(reverse("selection:lecture", args=[point.dossier.numero]), convocation.membre.user)


def sondage_de_seance():
    """The poll of a sitting's live part, by a member, when nothing moved."""
    seances = Seance.objects.filter(etat__in=(EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)).order_by("pk")
    for seance in seances[:5]:
        for convocation in seance.convocations.select_related("membre__user")[:5]:
            yield sondage(seance, convocation.membre.user)


def direct_de_seance():
    """The same when something moved: the live part anew."""
    for candidat in sondage_de_seance():
        yield replace(candidat, chemin=candidat.chemin.partition("?")[0])


def sondage(seance, user) -> Candidat:
    """What the page asks each second: the version that it shows."""
    vue = version(seance, user, conduit=False)
    return Candidat(reverse("selection:direct", args=[seance.pk]) + f"?version={vue}", user)


def mois_d_expert():
    """The expert who has the most missions: the log of the month, what waits."""
    charges = Mission.objects.values("expert").annotate(n=Count("pk")).order_by("-n")
    for ligne in charges[:3]:
        yield Candidat(reverse("accompagnement:experts"), get_user_model().objects.get(pk=ligne["expert"]))


def pilotage():
    """The figures, for who answers for the call."""
    yield Candidat("/pilotage/", personne(Role.RESPONSABLE))


PAGES = (
    Mesuree("accueil_public", publique("accueil:public")),
    Mesuree("laureats", publique("accueil:laureats")),
    Mesuree("laureats:2", publique("accueil:laureats", "?page=2")),
    Mesuree("laureats:fin", laureats_fin),
    Mesuree("connexion", publique("account_login")),
    Mesuree("dossiers", liste_du_porteur),
    Mesuree("section", section),
    Mesuree("enregistrement", enregistrement, attendu=302, passages=DEPOSANTS),
    Mesuree("enregistrement:auto", autosauvegarde, passages=DEPOSANTS),
    Mesuree("instruction_liste", liste_des_agents()),
    Mesuree("instruction_liste:2", liste_des_agents(lambda: "?page=2")),
    Mesuree("instruction_liste:fin", liste_des_agents(lambda: "?page=99999")),
    Mesuree("instruction_filtre", liste_des_agents(filtre)),
    Mesuree("instruction_recherche", liste_des_agents(recherche)),
    Mesuree("instruction_recherche:commune", liste_des_agents(recherche_par_commune)),
    Mesuree("instruction_dossier", dossier_instruit),
    Mesuree("grille_enregistrement", grille_enregistree, attendu=302, passages=DEPOSANTS),
    Mesuree("comite_dossier", lecture_du_comite),
    Mesuree("seance_sondage", sondage_de_seance, attendu=204),
    Mesuree("seance_sondage:bouge", direct_de_seance),
    Mesuree("expert_mois", mois_d_expert),
    Mesuree("pilotage", pilotage),
)
