"""What agents follow: the queue and its failures, the outbox of held-back acts, corrections and cancellations."""

from datetime import timedelta

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from manufactures import horloge
from manufactures.actes.forms import CorrectionForm, MotifForm
from manufactures.actes.genres import GENRES
from manufactures.actes.lot import LOT_MAX, LotRefuse, imprimer_le_lot
from manufactures.actes.models import Acte, EtatActe
from manufactures.actes.suites import textes
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger, peut
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.registres import TransitionInterdite

PAR_PAGE = 25
RETENUS_PAR_PAGE = 12  # each is drawn in small
DELAI_DE_LECTURE = timedelta(days=15)  # without reading nor agreement to e-notification, a paper copy leaves
FILTRES = {
    "echec": ("En échec", Q(etat=EtatActe.ECHEC)),
    "preparation": ("En préparation", Q(etat=EtatActe.A_RENDRE)),
    "retenus": ("Retenus", Q(lisible_le=None) & ~Q(etat=EtatActe.ANNULE)),
    "non-lus": ("Non lus", Q(lisible_le__isnull=False, lu_le=None, etat=EtatActe.SCELLE)),
    "a-poster": ("À envoyer par la poste", Q(lu_le=None, poste_le=None, etat=EtatActe.SCELLE)),
    "annules": ("Annulés", Q(etat=EtatActe.ANNULE)),
}


class SuiviView(UneSeuleFois, GesteMixin):
    """Every act one may see, by what is left to do; what failed is tried again from here."""

    geste = "suivre_actes"
    geste_du_post = "relancer_acte"

    def get(self, request):
        """The list; the head alone while a batch is being prepared."""
        visibles = Acte.objects.visibles_par(request.user)
        if request.htmx:
            return render(request, "actes/_avancement.html", {"lot": avancement(visibles)})
        filtre = request.GET.get("filtre", "")
        genre = request.GET.get("genre", "")
        actes = visibles.pour_les_listes().order_by("-annee", "-rang")
        if filtre in FILTRES:
            actes = actes.filter(FILTRES[filtre][1])
            if filtre == "a-poster":
                actes = actes.filter(lisible_le__lte=horloge.maintenant() - DELAI_DE_LECTURE)
        if genre in GENRES:
            actes = actes.filter(genre=genre)
        contexte = {
            "page_obj": Paginator(actes, PAR_PAGE).get_page(request.GET.get("page")),
            "filtre": filtre,
            "filtres": [(cle, libelle) for cle, (libelle, _) in FILTRES.items()],
            "genre": genre,
            "genres": GENRES.values(),
            "lot": avancement(visibles),
            "peut_relancer": peut("relancer_acte", request.user),
            "peut_poster": peut("poster_acte", request.user),
            "peut_signer": peut("poser_signature", request.user),
        }
        return render(request, "actes/suivi.html", contexte)

    def post(self, request):
        """Try again what failed, or see the paper copies of those ticked off."""
        gestes = {"lot": self._imprimer, "poster": self._poster}
        return gestes.get(request.POST.get("action", ""), self._relancer)(request)

    def _choisis(self, request):
        exiger("poster_acte", request.user)
        visibles = Acte.objects.visibles_par(request.user).filter(numero__in=request.POST.getlist("actes"))
        return visibles.filter(lisible_le__lte=horloge.maintenant()).order_by("annee", "rang")

    def _imprimer(self, request):
        try:
            lot = imprimer_le_lot(self._choisis(request)[: LOT_MAX + 1])
        except LotRefuse as refus:
            messages.error(request, str(refus))
            return redirect("actes:suivi")
        reponse = HttpResponse(lot, content_type="application/pdf")
        nom = f"lot-postal-{horloge.aujourd_hui():%Y-%m-%d}.pdf"
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse

    def _poster(self, request):
        choisis = list(self._choisis(request).pour_les_listes()[:LOT_MAX])
        for acte in choisis:
            acte.noter_envoi_postal()
        messages.success(
            request, f"Envoi postal noté pour {len(choisis)} acte{'s' if len(choisis) > 1 else ''}."
        )
        return redirect("actes:suivi")

    def _relancer(self, request):
        exiger(self.geste_du_post, request.user)
        visibles = Acte.objects.visibles_par(request.user).pour_les_listes()
        echecs = list(visibles.filter(etat=EtatActe.ECHEC))
        for acte in echecs:
            acte.relancer()
        messages.success(request, f"{len(echecs)} document{'s' if len(echecs) > 1 else ''} à refaire.")
        return redirect("actes:suivi")


def avancement(visibles) -> dict:
    """Where the present batch stands: what was ordered since the oldest that still waits, and how much is done."""
    depuis = visibles.filter(etat=EtatActe.A_RENDRE).aggregate(depuis=Min("cree_le"))["depuis"]
    echecs = Count("pk", filter=Q(etat=EtatActe.ECHEC))
    if depuis is None:
        return visibles.aggregate(echecs=echecs) | {"total": 0}
    lot = visibles.filter(Q(cree_le__gte=depuis) | Q(etat=EtatActe.ECHEC)).aggregate(
        total=Count("pk", filter=Q(cree_le__gte=depuis)),
        faits=Count("pk", filter=Q(cree_le__gte=depuis) & ~Q(etat=EtatActe.A_RENDRE)),
        echecs=echecs,
    )
    return lot | {"pourcent": 100 * lot["faits"] // lot["total"]}


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class RetenusView(GesteMixin):
    """The outbox: acts that are numbered and hidden, each drawn in small; one can still be corrected."""

    geste = "suivre_actes"

    def get(self, request):
        """The latest first."""
        actes = Acte.objects.visibles_par(request.user).pour_les_listes().filter(FILTRES["retenus"][1])
        page = Paginator(actes.order_by("-annee", "-rang"), RETENUS_PAR_PAGE).get_page(
            request.GET.get("page")
        )
        return render(request, "actes/retenus.html", {"page_obj": page})


class _DeLActe(UneSeuleFois, GesteMixin):
    """A deed on one act: read it (404), check the deed (403), say why not (409)."""

    geste = "corriger_acte"
    sur_objet = True

    def trouver(self, request, numero):
        """The act, the deed checked on it."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        exiger(self.geste, request.user, acte, roles)
        if acte.etat == EtatActe.ANNULE:
            raise Http404(numero)
        return acte


class CorrigerView(_DeLActe):
    """Correct some texts of an act: a new one takes its place under a new number, both are kept."""

    def get(self, request, numero):
        """The texts, ready to change."""
        acte = self.trouver(request, numero)
        return self.afficher(request, acte, CorrectionForm(textes=textes(acte.instantane)))

    def post(self, request, numero):
        """The new act's page."""
        acte = self.trouver(request, numero)
        form = CorrectionForm(request.POST, textes=textes(acte.instantane))
        if not form.is_valid():
            return self.afficher(request, acte, form, status=422)
        try:
            nouveau = acte.remplacer(
                par=request.user, motif=form.cleaned_data["motif"], corrections=form.corrections()
            )
        except TransitionInterdite as refus:
            form.add_error(None, str(refus))
            return self.afficher(request, acte, form, status=409)
        messages.success(request, f"Acte corrigé : le n° {nouveau.numero} remplace le n° {acte.numero}.")
        return redirect(nouveau)

    @staticmethod
    def afficher(request, acte, form, status=200):
        """The form, over the act's number."""
        signe_par = acte.cree_par_id is None or acte.cree_par_id == request.user.pk
        return render(
            request,
            "actes/corriger.html",
            {"acte": acte, "form": form, "signe_par": signe_par},
            status=status,
        )


class AnnulerView(_DeLActe):
    """Cancel an act, with a reason: its number and its file are kept."""

    def get(self, request, numero):
        """What it means, then the reason."""
        acte = self.trouver(request, numero)
        return render(request, "actes/annuler.html", {"acte": acte, "form": MotifForm()})

    def post(self, request, numero):
        """Back to the act, cancelled."""
        acte = self.trouver(request, numero)
        form = MotifForm(request.POST)
        if not form.is_valid():
            return render(request, "actes/annuler.html", {"acte": acte, "form": form}, status=422)
        acte.annuler(par=request.user, motif=form.cleaned_data["motif"])
        messages.success(
            request, f"L'acte n° {acte.numero} est annulé depuis le {horloge.aujourd_hui():%d/%m/%Y}."
        )
        return redirect(acte)
