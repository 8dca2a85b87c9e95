"""Letters signed by hand: a scan is dropped, read by a worker, checked by its sender; each copy opens from its act."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from manufactures.actes.decoupeur import NumerisationRefusee
from manufactures.actes.forms import NumerisationForm
from manufactures.actes.models import Acte, ExemplaireSigne, Numerisation, PageNumerisee
from manufactures.actes.signes import EtatNumerisation
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.registres import TransitionInterdite

PAR_PAGE = 20


class NumerisationsView(UneSeuleFois, GesteMixin):
    """The scans that one has sent, and the form to send another."""

    geste = "classer_signes"

    def get(self, request):
        """The latest first."""
        return self.afficher(request, NumerisationForm())

    def post(self, request):
        """Keep the file, order its reading, go and see."""
        form = NumerisationForm(request.POST, request.FILES)
        if form.is_valid():
            fichier = form.cleaned_data["fichier"]
            try:
                return redirect(Numerisation.deposer(fichier.read(), fichier.name, par=request.user))
            except NumerisationRefusee as refus:
                form.add_error("fichier", str(refus))
        return self.afficher(request, form, status=422)

    @staticmethod
    def afficher(request, form, status=200):
        """Each scan with what came of it."""
        lignes = Numerisation.objects.visibles_par(request.user).annotate(
            classees=Count("pages__exemplaire", distinct=True),
            a_voir=Count("pages", filter=Q(pages__exemplaire=None, pages__blanche=False)),
        )
        lignes = lignes.order_by("-depose_le", "-pk")
        page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
        return render(request, "actes/numerisations.html", {"page_obj": page, "form": form}, status=status)


class NumerisationView(UneSeuleFois, GesteMixin):
    """What became of one scan: letters filed, letters to look at, pages that nobody recognised."""

    geste = "classer_signes"

    def get(self, request, pk):
        """The whole page, or its progress alone while a worker has it."""
        return self.afficher(request, self.trouver(request, pk))

    def post(self, request, pk):
        """File what is sure, say whose a page is, take one out, or leave the rest."""
        numerisation = self.trouver(request, pk)
        gestes = {"classer": self._classer, "designer": self._designer, "ecarter": self._ecarter}
        try:
            gestes.get(request.POST.get("action"), self._terminer)(request, numerisation)
        except TransitionInterdite as refus:
            return self.afficher(request, self.trouver(request, pk), refus=str(refus), status=409)
        return redirect(numerisation)

    @staticmethod
    def trouver(request, pk):
        """One's own, or nothing."""
        return get_object_or_404(Numerisation.objects.visibles_par(request.user), pk=pk)

    @staticmethod
    def _classer(request, numerisation):
        nombre = numerisation.confirmer([_entier(lettre) for lettre in request.POST.getlist("lettre")])
        if nombre:
            messages.success(
                request, f"{nombre} lettre{'s' if nombre > 1 else ''} à classer : c'est en cours."
            )

    @staticmethod
    def _designer(request, numerisation):
        rang, numero = _entier(request.POST.get("page")), request.POST.get("numero", "")
        if not numero.strip():
            raise TransitionInterdite(f"Écrivez le numéro de l'acte auquel appartient la page {rang}.")
        numerisation.designer(rang, numero)
        messages.success(request, f"Page {rang} placée avec l'acte {numero.strip().upper()}.")

    @staticmethod
    def _ecarter(request, numerisation):
        rang = _entier(request.POST.get("page"))
        numerisation.ecarter(rang)
        messages.success(request, f"Page {rang} retirée de sa lettre.")

    @staticmethod
    def _terminer(request, numerisation):
        if request.POST.get("action") != "terminer":
            raise TransitionInterdite("Ce geste n'existe pas : rechargez la page.")
        numerisation.terminer()
        messages.success(request, "Numérisation terminée : le fichier déposé est effacé.")

    @staticmethod
    def afficher(request, numerisation, refus="", status=200):
        """Pages in the order of the scan, letters in that of their first page."""
        contexte = {"numerisation": numerisation, "refus": refus}
        if request.htmx and numerisation.est_en_cours:
            return render(request, "actes/_lecture.html", contexte)
        if not numerisation.est_en_cours:
            pages = list(
                numerisation.pages.select_related("acte", "exemplaire").defer("vignette", "acte__instantane")
            )
            restantes = [page for page in pages if not page.exemplaire_id and not page.blanche]
            ouverte = numerisation.etat == EtatNumerisation.LUE
            contexte |= {
                "classees": _lettres([page for page in pages if page.exemplaire_id]),
                "a_verifier": _lettres([page for page in restantes if page.lettre and ouverte]),
                "inconnues": [page for page in restantes if not (page.lettre and ouverte)],
                "blanches": sum(page.blanche for page in pages),
            }
        reponse = render(request, "actes/numerisation.html", contexte, status=status)
        if request.htmx:
            reponse["HX-Refresh"] = "true"  # the worker is done: the whole page has changed
        return reponse


def _entier(texte) -> int:
    return int(texte) if texte and texte.isascii() and texte.isdigit() and len(texte) < 5 else 0  # noqa: PLR2004


def _lettres(pages: list[PageNumerisee]) -> list[dict]:
    """Pages by letter, each in its place."""
    rangees = sorted(pages, key=lambda page: (page.lettre, page.place))
    return [
        {"numero": numero, "acte": siennes[0].acte, "exemplaire": siennes[0].exemplaire, "pages": siennes}
        for numero, groupe in groupby(rangees, key=lambda page: page.lettre)
        if (siennes := list(groupe))
    ]


class VignetteView(GesteMixin):
    """A page of one's scan, in small: drawn again by us, nothing else of the file."""

    geste = "classer_signes"

    def get(self, request, pk, rang):
        """The picture, until the scan is dealt with."""
        page = get_object_or_404(PageNumerisee.objects.visibles_par(request.user), numerisation=pk, rang=rang)
        if not page.vignette:
            raise Http404
        return HttpResponse(bytes(page.vignette), content_type="image/jpeg")


class ExemplaireView(GesteMixin):
    """A copy signed by hand, for whoever may read the act."""

    geste = "lire_acte"
    sur_objet = True

    def get(self, request, numero, pk):
        """The scanned pages, as a PDF."""
        acte, _ = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        exemplaire = get_object_or_404(ExemplaireSigne.objects.filter(acte=acte), pk=pk)
        reponse = HttpResponse(exemplaire.lire_fichier(), content_type="application/pdf")
        reponse["Content-Disposition"] = f'inline; filename="{acte.numero}-signe.pdf"'
        return reponse


class FeuilleView(GesteMixin):
    """The short address that the code of each printed page holds."""

    geste = PUBLIC

    def get(self, request, code, feuille=""):
        """To the verification of the act, whichever its page."""
        return redirect("actes:verification", code=code)
