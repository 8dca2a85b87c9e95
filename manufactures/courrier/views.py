"""In the demonstration, the mails that would have left."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from manufactures.courrier.models import Message
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin


class CourrielsDemoView(GesteMixin):
    """The list, 25 a page; only with DEMO=1."""

    geste = PUBLIC

    def get(self, request):
        """404 outside the demonstration."""
        if not settings.DEMO:
            raise Http404
        messages = Message.objects.select_related("destinataire").order_by("-cree_le", "-pk")
        if adresse := request.GET.get("a", "").strip():
            messages = messages.filter(
                Q(destinataire__email__icontains=adresse) | Q(adresse__icontains=adresse)
            )
        page = Paginator(messages, 25).get_page(request.GET.get("page"))
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
