"""Who was told of an act and whether it was read; in the demonstration, the mails that would have left."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from manufactures.actes.models import Acte
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.courrier.models import Message
from manufactures.droits import PUBLIC, exiger, peut
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.registres import TransitionInterdite

ENVOIS_MAX = 50


class EnvoisView(UneSeuleFois, GesteMixin):
    """How an act was sent: each mail, its first reading, its paper copy; a mail is sent again from here."""

    geste = "suivre_actes"
    sur_objet = True

    def get(self, request, numero):
        """The list, latest first."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        exiger(self.geste, request.user, acte, roles)
        contexte = {
            "acte": acte,
            "envois": Message.objects.annoncant(acte).select_related("destinataire")[:ENVOIS_MAX],
            "peut_renvoyer": peut("poster_acte", request.user, acte, roles),
        }
        return render(request, "courrier/envois.html", contexte)

    def post(self, request, numero):
        """Once more, to the same person."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        exiger("poster_acte", request.user, acte, roles)
        envoi = get_object_or_404(Message.objects.annoncant(acte), pk=request.POST.get("envoi") or 0)
        try:
            envoi.renvoyer(par=request.user)
        except TransitionInterdite as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, f"Message renvoyé à {envoi.destinataire.nom_complet}.")
        return redirect("courrier:envois", numero=numero)


class CourrielsDemoView(GesteMixin):
    """The list, 25 a page; only with DEMO=1."""

    geste = PUBLIC

    def get(self, request):
        """404 outside the demonstration."""
        if not settings.DEMO:
            raise Http404
        lettres = Message.objects.select_related("destinataire").order_by("-cree_le", "-pk")
        if adresse := request.GET.get("a", "").strip():
            lettres = lettres.filter(
                Q(destinataire__email__icontains=adresse) | Q(adresse__icontains=adresse)
            )
        page = Paginator(lettres, 25).get_page(request.GET.get("page"))
        return render(request, "courrier/courriels.html", {"page_obj": page, "adresse": adresse})


class CourrielDemoView(GesteMixin):
    """One mail, as its text part says it."""

    geste = PUBLIC

    def get(self, request, pk):
        """404 outside the demonstration."""
        if not settings.DEMO:
            raise Http404
        message = get_object_or_404(Message.objects.select_related("destinataire", "piece"), pk=pk)
        return render(request, "courrier/courriel.html", {"message": message})
