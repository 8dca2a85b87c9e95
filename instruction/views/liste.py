"""The agents' desk: filters in the address, search, counts by state, columns and lists of one's own, pages."""

from urllib.parse import quote, urlencode

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.forms.renderers import get_default_renderer
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe

from candidatures.numeros import lire_numero
from instruction.colonnes import COLONNES, Lecture, colonnes_valables
from instruction.forms import FiltreForm
from instruction.groupes import etats_de
from instruction.listes import Liste, filtrer, tri_valable, trier
from instruction.models.vues_enregistrees import Bureau
from instruction.regards import ROLES_AGENTS, dossiers_des_agents, vagues_suivies
from manufactures import enonces
from manufactures.comptes.roles import partie_active
from manufactures.droits import peut
from manufactures.droits_web import GesteMixin
from manufactures.francais import euros, nombre
from manufactures.horloge import PARIS
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Filiere, Habilitation, Region

UNE_MINUTE = 60
GARDES = (*FiltreForm.base_fields, "tri")  # what of an address makes a list
TOUT = "tous"  # « ?tous=1 »: everything, though a list of one's own opens first


def vagues_a_choisir(user) -> list[tuple[str, str]]:
    """The waves that this person follows; with the name of their call where there are several calls."""
    vagues = enonces.lire(_vagues, user)
    plusieurs = len({vague.appel_id for vague in vagues}) > 1
    return [(str(v.pk), f"{v.appel}, {v.libelle}" if plusieurs else v.libelle) for v in vagues]


def _vagues(user):
    vagues = vagues_suivies(user, *ROLES_AGENTS).select_related("appel")
    return vagues.only("libelle", "appel__titre")


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


def demande_de(parametres: QueryDict) -> str:
    """What of an address makes its list: the filters and the order that it knows, in one writing."""
    gardees = [(nom, parametres[nom]) for nom in GARDES if parametres.get(nom)]
    return urlencode(gardees)


class ListeFiltree(GesteMixin):
    """What the page, the file and the bulk deeds share: the rows that the address asks for, among those one sees."""

    geste = "lire_instruction"

    def lire(self, request) -> None:
        """The filters, the order, the rows before any page."""
        self.lecteur = request.user
        self.filtres = FiltreForm(
            request.GET,
            vague=lambda: vagues_a_choisir(request.user),
            agent=lambda: _gardes(agents_a_choisir),
            region=lambda: _gardes(regions_a_choisir),
            filiere=lambda: _gardes(filieres_a_choisir),
        )
        self.valeurs = self.filtres.valeurs()
        self.tri = tri_valable(request.GET.get("tri", ""), self.valeurs)

    @cached_property
    def dossiers(self):
        """The rows, in no order."""
        return filtrer(dossiers_des_agents(self.lecteur), self.valeurs, self.lecteur)

    def ordonnes(self):
        """The rows, in their order."""
        return trier(self.dossiers, self.tri)


class ListeView(ListeFiltree):
    """All the deposited dossiers of one's calls."""

    def get(self, request):
        """The page; a whole number typed goes straight to its dossier, no filter at all to one's first list."""
        numero = lire_numero(request.GET.get("q", ""))
        if numero and dossiers_des_agents(request.user).filter(numero=numero).exists():
            return redirect("instruction:dossier", numero)
        choisies, vues = Bureau.lire(request.user)
        premiere = next((vue for vue in vues if vue.par_defaut), None)
        if premiere and premiere.demande and not request.GET:
            return redirect(f"{request.path}?{premiere.demande}")
        self.lire(request)
        return render(request, "instruction/liste.html", self.contexte(request, choisies, vues, premiere))

    def contexte(self, request, choisies, vues, premiere) -> dict:
        """What the page shows."""
        noms = colonnes_valables(choisies)
        liste = Liste(dossiers_des_agents, self.tri, self.valeurs, request.user)
        page = liste.page(request.GET.get("page"), [COLONNES[nom] for nom in noms])
        demande, affecte = demande_de(request.GET), peut("affecter", request.user)
        return {
            "page_obj": page,
            "liste": liste,
            "filtres": self.filtres,
            "actifs": [(texte, adresse_sans(request, nom)) for nom, texte in self.filtres.actifs()],
            "valeurs": self.valeurs,
            "tri": request.GET.get("tri", "") if self.tri == request.GET.get("tri") else "",
            "demande": demande,
            "gardees": [(nom, request.GET[nom]) for nom in GARDES if request.GET.get(nom)],
            "adresse_nue": request.path + (f"?{TOUT}=1" if premiere and premiere.demande else ""),
            "vues": [(vue, vue.demande == demande) for vue in vues],
            "affecte": affecte,
            "coup_d_oeil": coup_d_oeil(request, liste, self.valeurs.get("etat", "")),
            "tableau": dessiner(request, page, liste, noms, demande, affecte=affecte),
        }


def coup_d_oeil(request, liste: Liste, choisi: str) -> list[dict]:
    """Each state that these filters meet, with how many: a link to them, or back for the one in place."""
    partie, etats = partie_active(request), etats_de(choisi)
    lecture, rangees = Lecture(partie).etats, []
    for etat in Etat:
        nombre = liste.comptes.get(etat, 0)
        if not nombre and etat not in etats:
            continue
        demandes = request.GET.copy()
        demandes.pop("page", None)
        demandes["etat"] = etat.value
        rangees.append(
            {
                "texte": lecture[etat].texte,
                "nombre": nombre if liste.comptes_exacts else None,
                "adresse": f"?{demandes.urlencode()}",
                "courant": etat in etats,
            }
        )
    return rangees


def dessiner(request, page, liste: Liste, noms, demande: str, *, affecte: bool) -> str:
    """The table, by the fast engine: its rows are most of the page."""
    lecture, debut = Lecture(partie_active(request)), page.start_index()
    lignes = []
    for rang, ligne in enumerate(page.object_list, debut):
        suite = f"?file={quote(f'{demande}&rang={rang}', safe='')}" if demande else ""
        lignes.append({**vars(ligne), "adresse": f"/instruction/{ligne.numero}/{suite}"})
    contexte = {
        "liste": liste,
        "page": page,
        "colonnes": tetes(request, noms, liste.tri),
        "noms": noms,
        "lignes": lignes,
        "lecture": lecture,
        "affecte": affecte,
        "jour": lambda instant: f"{instant.astimezone(PARIS):%d/%m/%Y}",
        "iso": lambda instant: instant.astimezone(PARIS).isoformat(timespec="seconds"),
        "euros": euros,
        "nombre": nombre,
    }
    return mark_safe(get_default_renderer().render("instruction/tableau.html", contexte))


def tetes(request, noms, tri: str) -> list[dict]:
    """The heads of the table: their link sorts, `aria-sort` says how it is."""
    rangees = []
    for nom in noms:
        colonne = COLONNES[nom]
        cle = colonne.tri
        demandes = request.GET.copy()
        demandes["tri"] = f"-{cle}" if tri == cle and cle != "echeance" else cle
        demandes["page"] = 1
        rangees.append(
            {
                "titre": colonne.titre,
                "adresse": f"?{demandes.urlencode()}" if cle else "",
                "sens": {cle: "ascending", f"-{cle}": "descending"}.get(tri, "") if cle else "",
                "chiffres": colonne.chiffres,
            }
        )
    return rangees


def adresse_sans(request, nom: str) -> str:
    """The list without this filter; without any, the whole list even where one's own opens first."""
    demandes = request.GET.copy()
    for retire in (nom, "page"):
        demandes.pop(retire, None)
    return reverse("instruction:liste") + (f"?{demandes.urlencode()}" if demandes else f"?{TOUT}=1")
