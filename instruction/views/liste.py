"""The agents' list: filters in the address, search, pages, and the same rows as a file."""

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.shortcuts import redirect, render
from django.urls import reverse

from candidatures.numeros import lire_numero
from instruction.forms import FiltreForm
from instruction.listes import (
    TRI_PROPOSE,
    Liste,
    avec_la_grille,
    filtrer,
    jours_de_retard,
    regles_dues,
    tri_valable,
    trier,
)
from instruction.regards import ROLES_AGENTS, dossiers_des_agents, vagues_suivies
from manufactures import horloge
from manufactures.comptes.roles import role_actif
from manufactures.droits_web import GesteMixin
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Partie, Role, libelle_pour
from manufactures.programme.models import Filiere, Habilitation, Region
from manufactures.tableur import reponse_csv

LOT = 2000
UNE_MINUTE = 60
COLONNES = (
    # (order that the head of the column asks for, its title)
    ("nom", "Dossier"),
    ("", "Lieu"),
    ("depose", "Déposé le"),
    ("etat", "État"),
    ("", "Agent"),
    ("", "Grille"),
    ("echeance", "Échéance"),
)
TITRES_DU_FICHIER = (
    "Dossier",
    "Numéro",
    "Vague",
    "Commune",
    "Département",
    "Déposé le",
    "État",
    "Agent",
    "Règles tranchées",
    "Règles de la grille",
    "Échéance",
    "Jours de retard",
)


def vagues_a_choisir(user) -> list[tuple[str, str]]:
    """The waves that this person follows; with the name of their call where there are several calls."""
    vagues = list(vagues_suivies(user, *ROLES_AGENTS).select_related("appel"))
    plusieurs = len({vague.appel_id for vague in vagues}) > 1
    return [(str(v.pk), f"{v.appel}, {v.libelle}" if plusieurs else v.libelle) for v in vagues]


def agents_a_choisir() -> list[tuple[str, str]]:
    """Whoever examines or examined: their habilitation remains when it ends."""
    tenues = Habilitation.objects.filter(role__in=[Role.INSTRUCTEUR, Role.RESPONSABLE])
    agents = get_user_model().objects.filter(pk__in=tenues.values("user")).only("prenom", "nom", "email")
    return [(str(agent.pk), agent.nom_complet) for agent in agents]


def regions_a_choisir() -> list[tuple[str, str]]:
    """The official list."""
    return list(Region.objects.values_list("code", "nom"))


def filieres_a_choisir() -> list[tuple[str, str]]:
    """The programme's list."""
    return list(Filiere.objects.values_list("code", "libelle"))


def _gardes(lire):
    """The same for every agent, and it hardly changes: read once a minute and a process."""
    return caches["figes"].get_or_set(lire.__name__, lire, UNE_MINUTE)


class ListeFiltree(GesteMixin):
    """What the page and the file share: the rows that the address asks for, among those this person sees."""

    geste = "lire_instruction"

    def lire(self, request) -> None:
        """The filters, the order, the rows before any page."""
        self.filtres = FiltreForm(
            request.GET,
            vague=lambda: vagues_a_choisir(request.user),
            agent=lambda: _gardes(agents_a_choisir),
            region=lambda: _gardes(regions_a_choisir),
            filiere=lambda: _gardes(filieres_a_choisir),
        )
        self.valeurs = self.filtres.valeurs()
        self.tri = tri_valable(request.GET.get("tri", TRI_PROPOSE))
        self.dossiers = filtrer(dossiers_des_agents(request.user), self.valeurs, request.user)


class ListeView(ListeFiltree):
    """All the deposited dossiers of one's calls."""

    def get(self, request):
        """The page; a whole number typed goes straight to its dossier."""
        numero = lire_numero(request.GET.get("q", ""))
        if numero and dossiers_des_agents(request.user).filter(numero=numero).exists():
            return redirect("instruction:dossier", numero)
        self.lire(request)
        liste = Liste(self.dossiers, self.tri, self.valeurs)
        contexte = {
            "page_obj": liste.page(request.GET.get("page")),
            "liste": liste,
            "filtres": self.filtres,
            "actifs": [(texte, adresse_sans(request, nom)) for nom, texte in self.filtres.actifs()],
            "valeurs": self.valeurs,
            "tri": self.tri,
            "colonnes": colonnes(self.tri),
        }
        return render(request, "instruction/liste.html", contexte)


class ExportView(ListeFiltree):
    """Exactly these rows and columns, streamed; each export is a line of the journal."""

    geste = "exporter_liste"

    def post(self, request):
        """The file; the address holds the same filters as the page's."""
        self.lire(request)
        consigner(
            "exports",
            "exporter",
            par=request.user,
            role=role_actif(request) or "",
            objet="dossiers",
            lignes=self.dossiers.count(),
            filtres=request.GET.dict(),
        )
        rangees = avec_la_grille(trier(self.dossiers, self.tri)).values_list(
            "nom_projet",
            "numero",
            "vague__libelle",
            "recherche__commune__nom",
            "recherche__departement__nom",
            "depose_le",
            "etat",
            "instruction__instructeur__prenom",
            "instruction__instructeur__nom",
            "instruction__instructeur__email",
            "tranchees",
            "vague__appel",
            "echeance_le",
        )
        fichier = f"dossiers-{horloge.aujourd_hui():%Y-%m-%d}.csv"
        return reponse_csv(fichier, TITRES_DU_FICHIER, en_cellules(rangees.iterator(LOT)))


def en_cellules(rangees):
    """The cells of the file, said as on the page."""
    dues, instant = regles_dues(), horloge.maintenant()
    etats = {etat: libelle_pour("dossier", etat, Partie.AGENT).texte for etat in Etat}
    for *lieu, depose, etat, prenom, nom, courriel, tranchees, appel, terme in rangees:
        agent = f"{prenom or ''} {nom or ''}".strip() or courriel
        grille = (tranchees, dues.get(appel, 0)) if agent else (None, None)
        retard = jours_de_retard(terme) if terme and terme < instant else None
        yield *lieu, depose, etats[etat], agent, *grille, terme, retard


def adresse_sans(request, nom: str) -> str:
    """The list without this filter."""
    demandes = request.GET.copy()
    for retire in (nom, "page"):
        demandes.pop(retire, None)
    return reverse("instruction:liste") + (f"?{demandes.urlencode()}" if demandes else "")


def colonnes(tri: str) -> list[dict]:
    """The heads of the table: their link sorts, `aria-sort` says how it is."""
    return [
        {
            "titre": titre,
            "tri": (f"-{nom}" if tri == nom and nom != "echeance" else nom) if nom else "",
            "sens": {nom: "ascending", f"-{nom}": "descending"}.get(tri, "") if nom else "",
        }
        for nom, titre in COLONNES
    ]
