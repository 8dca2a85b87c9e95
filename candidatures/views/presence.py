"""Who else is writing in a section, told while one writes: asked every 30 seconds, 204 while nothing has changed."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import redirect, render

from candidatures.models import Dossier, Modification
from candidatures.views.base import DossierMixin
from manufactures import horloge
from manufactures.procedure import Etat

ENSEMBLE = timedelta(minutes=5)  # someone who wrote here since then is said to be writing too


def sans_rien(_user):
    """The dossier alone: its state, and the roles held on it."""
    return Dossier.objects.all()


class PresenceView(DossierMixin):
    """The sentence beside what is saved; without script, the section's page, which tells it as it opens."""

    geste = "ecrire_dossier"

    def dispatch(self, request, *args, **kwargs):
        """Once the session has expired, nothing: the sign-in page has no place in a line of the section."""
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=401)
        return super().dispatch(request, *args, **kwargs)

    def lignes(self):
        """No more than what is checked."""
        return sans_rien

    def get(self, request, numero, section):
        """Those who wrote here within five minutes; `vu` tells whom the page already names."""
        if not request.htmx:
            return redirect("candidatures:section", numero, section)
        contexte = {"dossier": self.dossier, "section": section}
        if self.dossier.etat != Etat.BROUILLON:
            return render(request, "candidatures/_presence.html", contexte | {"depose": True})
        aussi = ecrivent_aussi(self.dossier, section, request.user)
        if request.GET.get("vu", "") == vus(aussi):
            return HttpResponse(status=204)
        return render(request, "candidatures/_presence.html", contexte | {"aussi": aussi, "vu": vus(aussi)})


def ecrivent_aussi(dossier, section, user) -> list:
    """The other members who changed an answer of this section within five minutes, by name."""
    recentes = Modification.objects.filter(
        dossier=dossier, section=section, le__gt=horloge.maintenant() - ENSEMBLE
    )
    return list(
        get_user_model()
        .objects.filter(pk__in=recentes.values("par"))
        .exclude(pk=user.pk)
        .order_by("nom", "prenom", "pk")
    )


def vus(personnes) -> str:
    """What the page sends back of the people that it names."""
    return "-".join(str(personne.pk) for personne in personnes)
