"""The agents' list: filters in the address, search by number, name or commune, a constant number of queries."""

from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import render

from candidatures.models import Dossier, Site
from instruction.delais import terme_implicite
from instruction.forms import SANS_AGENT, FiltreForm
from instruction.models import EtatDemande, Instruction, Reponse, Verdict
from instruction.regards import ROLES_AGENTS, dossiers_de_ses_appels
from instruction.views.base import avec_le_lieu
from manufactures import horloge
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Etat
from manufactures.programme.donnees.geographie import normaliser
from manufactures.programme.models import Critere, Departement, NatureCritere, Vague

PAR_PAGE = 25
TRIS = {
    "depose": ("depose_le", "pk"),
    "nom": ("nom_projet", "pk"),
    "etat": ("etat", "depose_le", "pk"),
    "agent": ("instruction__instructeur__nom", "instruction__instructeur__prenom", "depose_le", "pk"),
}
TRI_PROPOSE = "depose"
EXAMINES = (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER)


def chercher(dossiers, saisie: str):
    """By number, name of project or structure, commune of a place; accents and capitals are ignored."""
    ici = Site.objects.filter(commune__recherche__contains=normaliser(saisie)).values("dossier")
    return dossiers.filter(
        Q(numero__icontains=saisie)
        | Q(nom_projet__unaccent__icontains=saisie)
        | Q(raison_sociale__unaccent__icontains=saisie)
        | Q(pk__in=ici)
    )


def filtrer(dossiers, valeurs: dict):
    """The rows that these filters keep."""
    if vague := valeurs.get("vague"):
        dossiers = dossiers.filter(vague=vague)
    if etat := valeurs.get("etat"):
        dossiers = dossiers.filter(etat=etat)
    if (agent := valeurs.get("agent")) == SANS_AGENT:
        dossiers = dossiers.filter(instruction=None)
    elif agent:
        dossiers = dossiers.filter(instruction__instructeur=agent)
    if departement := valeurs.get("departement"):
        ici = Site.objects.filter(principal=True, commune__departement=departement).values("dossier")
        dossiers = dossiers.filter(pk__in=ici)
    if saisie := valeurs.get("q", "").strip():
        dossiers = chercher(dossiers, saisie)
    return dossiers


def trier(dossiers, demande: str):
    """Order by one of the known columns, upside down with a dash; the key makes it stable."""
    sens, nom = ("-", demande[1:]) if demande.startswith("-") else ("", demande)
    if nom not in TRIS:
        sens, nom = "", TRI_PROPOSE
    champs = [
        F(champ).desc(nulls_last=True) if sens else F(champ).asc(nulls_last=True) for champ in TRIS[nom]
    ]
    return dossiers.order_by(*champs), f"{sens}{nom}"


def habiller(dossiers):
    """What each row shows, in a constant number of queries."""
    tranchees = (
        Verdict.objects.filter(instruction__dossier=OuterRef("pk"), reponse__in=[Reponse.OUI, Reponse.NON])
        .values("instruction")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        avec_le_lieu(dossiers)
        .annotate(tranchees=Coalesce(Subquery(tranchees), 0))
        .select_related("instruction__instructeur")
        .prefetch_related("demandes_complements__pieces")
    )


def regles_dues() -> dict[int, int]:
    """How many rules each call asks."""
    regles = Critere.objects.filter(nature=NatureCritere.ELIGIBILITE).order_by()
    return dict(regles.values("appel").annotate(n=Count("pk")).values_list("appel", "n"))


def echeance_de(dossier):
    """The date that matters now: the answer's, else the implicit refusal's; none once the examination is over."""
    if dossier.etat == Etat.A_COMPLETER:
        ouverte = next((d for d in dossier.demandes_complements.all() if d.etat == EtatDemande.OUVERTE), None)
        return ouverte.echeance if ouverte else None
    return terme_implicite(dossier) if dossier.etat in EXAMINES else None


class ListeView(GesteMixin):
    """All the deposited dossiers of one's calls."""

    geste = "lire_instruction"

    def get(self, request):
        """The page, its filters and its order in the address."""
        vus = Dossier.objects.visibles_par(request.user).filter(
            dossiers_de_ses_appels(request.user, *ROLES_AGENTS)
        )
        filtres = FiltreForm(
            request.GET,
            vagues=Vague.objects.select_related("appel"),
            agents=get_user_model().objects.filter(pk__in=Instruction.objects.values("instructeur")),
            departements=Departement.objects.filter(
                communes__in=Site.objects.filter(principal=True).values("commune")
            ).distinct(),
        )
        valeurs = filtres.valeurs()
        dossiers, tri = trier(filtrer(vus, valeurs), request.GET.get("tri", TRI_PROPOSE))
        page = Paginator(habiller(dossiers), PAR_PAGE).get_page(request.GET.get("page"))
        dues = regles_dues()
        for dossier in page.object_list:
            dossier.dues = dues.get(dossier.vague.appel_id, 0)
            dossier.terme = echeance_de(dossier)
            dossier.retard = -horloge.jours_avant(dossier.terme) if dossier.terme else 0
            dossier.en_retard = dossier.retard > 0
            dossier.agent = getattr(getattr(dossier, "instruction", None), "instructeur", None)
        contexte = {
            "page_obj": page,
            "filtres": filtres,
            "valeurs": valeurs,
            "tri": tri,
            "colonnes": colonnes(tri),
        }
        return render(request, "instruction/liste.html", contexte)


def colonnes(tri: str) -> list[dict]:
    """The heads of the table: their link sorts, `aria-sort` says how it is."""
    titres = [
        ("nom", "Dossier"),
        ("", "Lieu"),
        ("depose", "Déposé le"),
        ("etat", "État"),
        ("agent", "Agent"),
        ("", "Grille"),
        ("", "Échéance"),
    ]
    return [
        {
            "titre": titre,
            "tri": (f"-{nom}" if tri == nom else nom) if nom else "",
            "sens": {nom: "ascending", f"-{nom}": "descending"}.get(tri, "") if nom else "",
        }
        for nom, titre in titres
    ]
