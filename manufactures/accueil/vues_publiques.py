"""Public pages: the programme, the call and its cahier des charges, the laureates, the legal pages."""

from collections.abc import Callable
from functools import cache

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from candidatures.models import Incident
from manufactures import horloge
from manufactures.accueil import publication
from manufactures.accueil.calendrier import Moment, appel_courant, calendrier, vague_en_vigueur
from manufactures.accueil.carte.dessin import dessiner
from manufactures.accueil.forms import LaureatsForm
from manufactures.accueil.pilotage.clauses import comparer_les_vagues
from manufactures.actes.models import EtatActe
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.programme.models import Clauses, NatureCritere, PieceDemandee

INCIDENTS = 10  # the last ones, on the page of the call
VIDE = {
    1: "Aucune manufacture ne répond à ce choix.",
    2: "Aucune manufacture ne répond à ces deux choix.",
    3: "Aucune manufacture ne répond à ces trois choix.",
}


class PubliqueView(GesteMixin):
    """The programme in one page; who is signed in goes to their own home."""

    geste = PUBLIC

    def get(self, request):
        """Counts of laureates, the map, and the sentence of the calendar."""
        if request.user.is_authenticated:
            return redirect("accueil:accueil")
        appel, chiffres = appel_courant(), publication.chiffres(publication.etat())
        contexte = {
            "appel": appel,
            "calendrier": calendrier(appel),
            "Moment": Moment,
            "cahier": appel.cahiers.last() if appel else None,
            "chiffres": chiffres,
            "carte": dessiner(chiffres, adresse_de_la_liste),
        }
        return render(request, "accueil/public.html", contexte)


class AppelView(GesteMixin):
    """The open call: calendar, cahier des charges, criteria, pieces."""

    geste = PUBLIC

    def get(self, request):
        """All of it comes from the rows of the call."""
        appel = appel_courant()
        if appel is None:
            raise Http404
        criteres = list(appel.criteres.en_vigueur().order_by("rang"))
        pieces = list(appel.pieces_demandees.select_related("modele"))
        agenda, clauses = calendrier(appel), Clauses.de(appel.pk)
        en_vigueur = vague_en_vigueur(agenda.vagues)
        choix = request.GET.get("vague", "")
        lue = next((v for v in agenda.vagues if str(v.numero) == choix), en_vigueur)
        precedente = next((v for v in reversed(agenda.vagues) if lue and v.numero < lue.numero), None)
        articles = clauses.en_vigueur(lue.numero if lue else 1)
        echelles = {c.echelle for c in criteres if c.nature == NatureCritere.NOTE}
        ancres = {article.numero: article.ancre for article in articles}
        contexte = {
            "appel": appel,
            "calendrier": agenda,
            "lue": lue,
            "en_vigueur": en_vigueur,
            "precedente": precedente,
            "autres_textes": [v for v in agenda.vagues if v != lue] if len(clauses.changent_a) > 1 else [],
            "differences": comparer_les_vagues(clauses, precedente.numero, lue.numero) if precedente else [],
            "echelle": echelles.pop() if len(echelles) == 1 else None,
            "incidents": Incident.objects.recents(appel.vagues.all()).select_related("vague")[:INCIDENTS],
            "Moment": Moment,
            "instant": horloge.maintenant(),
            "cahier": appel.cahiers.last(),
            "articles": articles,
            "regles": [(c, ancres.get(c.article)) for c in criteres if c.nature == NatureCritere.ELIGIBILITE],
            "notes": [c for c in criteres if c.nature == NatureCritere.NOTE],
            "arbitrages": [c for c in criteres if c.nature == NatureCritere.ARBITRAGE],
            "pieces_au_depot": [p for p in pieces if p.moment == PieceDemandee.Moment.DEPOT],
            "pieces_ensuite": [p for p in pieces if p.moment == PieceDemandee.Moment.SUBVENTION],
            "modules": list(appel.modules.all()),
        }
        return render(request, "accueil/appel.html", contexte)


class CahierView(GesteMixin):
    """The cahier des charges as a PDF; on the page of the call until it is ready."""

    geste = PUBLIC

    def get(self, request):
        """The file in force."""
        appel = appel_courant()
        cahier = appel.cahiers.last() if appel else None
        if cahier is None:
            return redirect(f"{reverse('accueil:appel')}#cahier")
        nom = f"cahier-des-charges-{appel.slug}-{cahier.version}.pdf"
        return FileResponse(default_storage.open(cahier.chemin), content_type="application/pdf", filename=nom)


class LaureatsView(GesteMixin):
    """Who they are, and whether there is one nearby."""

    geste = PUBLIC

    def get(self, request):
        """The map and the list of one choice; with HTMX, they alone."""
        etat = publication.etat()
        tous = publication.chiffres(etat)
        filtre = LaureatsForm(request.GET, tous)
        choix = filtre.choix
        trouves = publication.filtrer(publication.laureats(), choix).only(
            "slug", "nom_projet", "laureat_ordre"
        )
        chiffres = publication.chiffres(etat, choix)
        page = publication.PagesDeLaureats(trouves, chiffres.nombre).get_page(request.GET.get("page"))
        contexte = {
            "etat": etat,
            "filtre": filtre,
            "vue": filtre.vue_choisie,
            "page_obj": page,
            "cartes": (laureat for laureat in page),  # read where they were not drawn within the minute
            "carte": SimpleLazyObject(lambda: dessiner(chiffres, _autres_regions(filtre), choix.region)),
            "choix": choix,
            "en_mots": tous.en_mots(choix),
            "vide": VIDE.get(len(choix), ""),
            "tous": tous,
            "chiffres": chiffres,
        }
        partiel = request.htmx and not request.htmx.history_restore_request
        reponse = render(request, "accueil/_laureats.html" if partiel else "accueil/laureats.html", contexte)
        if partiel:
            reponse["HX-Push-Url"] = adresse_de_la_liste(**filtre.parametres)
        patch_vary_headers(reponse, ["HX-Request"])
        return reponse


def adresse_de_la_liste(region: str = "", **parametres) -> str:
    """The list of one choice."""
    parametres = ({"region": region} if region else {}) | parametres
    return reverse("accueil:laureats") + (f"?{urlencode(parametres)}" if parametres else "")


def _autres_regions(filtre: LaureatsForm) -> Callable[[str], str]:
    """The list of another region, the other choices kept."""
    parametres = filtre.parametres
    return cache(lambda region: adresse_de_la_liste(**parametres | {"region": region}))


class LaureatView(GesteMixin):
    """One laureate: what the press kit and the published decision say, nothing else."""

    geste = PUBLIC

    def get(self, request, slug):
        """404 before the publication."""
        laureat = publication.laureats().select_related("vague__appel").filter(slug=slug).first()
        if laureat is None:
            raise Http404
        decision = (
            laureat.actes.diffuses(horloge.maintenant())
            .filter(genre="labellisation", etat=EtatActe.SCELLE)
            .order_by("-rang")
            .first()
        )
        contexte = {
            "laureat": laureat,
            "lieux": list(laureat.sites.all()),
            "decision": decision,
            "partenaires": [p.strip() for p in laureat.partenaires_texte.splitlines() if p.strip()],
        }
        return render(request, "accueil/laureat.html", contexte)


class PageView(GesteMixin):
    """A page of text."""

    geste = PUBLIC
    gabarit = ""

    def get(self, request):
        """The call tells the service's addresses."""
        return render(request, self.gabarit, {"appel": appel_courant()})
