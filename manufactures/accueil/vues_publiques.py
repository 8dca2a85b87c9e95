"""Public pages: the programme, the call, the laureates, the legal pages."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render

from manufactures import horloge
from manufactures.accueil import publication
from manufactures.accueil.forms import LaureatsForm
from manufactures.actes.models import EtatActe
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.programme.models import NatureCritere, PieceDemandee

PAR_PAGE = 24


class PubliqueView(GesteMixin):
    """The programme in one page; who is signed in goes to their own home."""

    geste = PUBLIC

    def get(self, request):
        """Counts of laureates and the sentence of the calendar."""
        if request.user.is_authenticated:
            return redirect("accueil:accueil")
        appel = publication.appel_courant()
        comptes = publication.comptes_par_territoire()
        contexte = {
            "appel": appel,
            "calendrier": publication.calendrier(appel),
            "comptes": comptes,
            "nombre": sum(n for n, _ in comptes),
        }
        return render(request, "accueil/public.html", contexte)


class AppelView(GesteMixin):
    """The open call: calendar, rules, criteria, pieces."""

    geste = PUBLIC

    def get(self, request):
        """All of it comes from the rows of the call."""
        appel = publication.appel_courant()
        if appel is None:
            raise Http404
        criteres = list(appel.criteres.order_by("rang"))
        pieces = list(appel.pieces_demandees.all())
        contexte = {
            "appel": appel,
            "calendrier": publication.calendrier(appel),
            "instant": horloge.maintenant(),
            "regles": [c for c in criteres if c.nature == NatureCritere.ELIGIBILITE],
            "notes": [c for c in criteres if c.nature == NatureCritere.NOTE],
            "arbitrages": [c for c in criteres if c.nature == NatureCritere.ARBITRAGE],
            "pieces_au_depot": [p for p in pieces if p.moment == PieceDemandee.Moment.DEPOT],
            "pieces_ensuite": [p for p in pieces if p.moment == PieceDemandee.Moment.SUBVENTION],
            "modules": list(appel.modules.all()),
        }
        return render(request, "accueil/appel.html", contexte)


class LaureatsView(GesteMixin):
    """Who they are, and whether there is one nearby."""

    geste = PUBLIC

    def get(self, request):
        """The list; with HTMX, its results alone."""
        form = LaureatsForm(request.GET or None)
        choix = form.choix() if form.is_bound else {}
        trouves = publication.filtrer(publication.laureats(), **choix)
        page = Paginator(trouves, PAR_PAGE).get_page(request.GET.get("page"))
        comptes = publication.comptes_par_territoire()
        contexte = {
            "form": form,
            "page_obj": page,
            "choix": publication.choix_en_mots(**choix),
            "comptes": comptes,
            "nombre": sum(n for n, _ in comptes),
        }
        partiel = request.htmx and not request.htmx.history_restore_request
        return render(request, "accueil/_laureats.html" if partiel else "accueil/laureats.html", contexte)


class LaureatView(GesteMixin):
    """One laureate: what the press kit and the published decision say, nothing else."""

    geste = PUBLIC

    def get(self, request, slug):
        """404 before the publication."""
        dossier = publication.laureats().filter(slug=slug).first()
        if dossier is None:
            raise Http404
        decision = (
            dossier.actes.diffuses(horloge.maintenant())
            .filter(genre="labellisation", etat=EtatActe.SCELLE)
            .order_by("-rang")
            .first()
        )
        contexte = {
            "laureat": dossier,
            "lieux": list(dossier.sites.all()),
            "decision": decision,
            "partenaires": [p.strip() for p in dossier.partenaires_texte.splitlines() if p.strip()],
        }
        return render(request, "accueil/laureat.html", contexte)


class PageView(GesteMixin):
    """A page of text."""

    geste = PUBLIC
    gabarit = ""

    def get(self, request):
        """The call tells the service's addresses."""
        return render(request, self.gabarit, {"appel": publication.appel_courant()})
