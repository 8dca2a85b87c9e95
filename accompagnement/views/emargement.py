"""The door of a session: what the expert shows there, and the participant's « je suis là »."""

from http import HTTPStatus

import segno
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.views.generic import FormView

from accompagnement.forms import ChiffresForm
from accompagnement.models import DemiJournee, Session, StatutPresence
from accompagnement.models.incubation import AUTRE_JOUR, CODE_PERIME, NON_INSCRIT
from accompagnement.views.base import Page
from manufactures import horloge
from manufactures.droits_web import GesteMixin
from manufactures.registres import TransitionInterdite

MIDI = 13  # from this hour on, the door is that of the afternoon
TROP_D_ESSAIS = "Trop d'essais. Réessayez dans 5\u00a0minutes."
PAS_CEUX_LA = "Ce ne sont pas les chiffres affichés en ce moment. Relisez-les à l'écran de l'intervenant."
PAUSE = 300  # seconds, after ten tries


def porte_a_montrer(session, demande: str = "") -> dict:
    """What the expert's screen shows at the door, for the half day asked for, or the one under way."""
    moment = _moment(session, demande)
    presents = session.presences.filter(demi_journee=moment, statut=StatutPresence.PRESENT).count()
    inscrits = session.promotion.dossiers.count()
    chiffres = session.chiffres(moment)
    adresse = settings.SITE_URL + reverse("accompagnement:porte", args=[session.code_de_porte(moment)])
    dessin = segno.make(adresse, error="m", micro=False).svg_inline(
        border=3, dark="#000", omitsize=True, svgclass="mp-qr", lineclass=None
    )
    return {
        "session": session,
        "moment": moment,
        "autres": [autre for autre in session.moments() if autre != moment],
        "presents": presents,
        "inscrits": inscrits,
        "chiffres": "\u00a0".join(chiffres),
        "qr": mark_safe(dessin),  # noqa: S308 -- drawn by segno from our own address
        "adresse": settings.SITE_URL.partition("://")[2] + reverse("accompagnement:chiffres"),
        "version": f"{moment}-{chiffres}-{presents}-{inscrits}",
    }


def _moment(session, demande):
    moments = session.moments()
    if demande in moments:
        return DemiJournee(demande)
    return moments[-1] if horloge.maintenant().astimezone(horloge.PARIS).hour >= MIDI else moments[0]


class ChiffresView(GesteMixin, FormView):
    """Where the four figures are typed: they lead to the door that shows them."""

    geste = "emarger"
    template_name = "accompagnement/chiffres.html"
    form_class = ChiffresForm
    http_method_names = ("get", "head", "post")

    def post(self, request, *args, **kwargs):
        """Ten tries in five minutes: a figure is not guessed."""
        if ratelimit.consume(request, action="emarger", user=request.user):
            return super().post(request, *args, **kwargs)
        contexte = self.get_context_data(form=ChiffresForm(), phrase=TROP_D_ESSAIS)
        return self.render_to_response(
            contexte, status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(PAUSE)}
        )

    def form_valid(self, form):
        """The door of one's own cohort, today, that shows these figures."""
        chiffres = form.cleaned_data["chiffres"]
        sessions = list(Session.objects.du_jour_de(self.request.user))
        for session in sessions:
            for moment in session.moments():
                if session.affiche_les_chiffres(moment, chiffres):
                    return HttpResponseRedirect(
                        reverse("accompagnement:porte", args=[session.code_de_porte(moment)])
                    )
        form.add_error("chiffres", PAS_CEUX_LA if sessions else NON_INSCRIT)
        return self.form_invalid(form)


class PorteView(Page):
    """The address of the QR code: who one is, for which project, « je suis là », then when it was received."""

    geste = "emarger"
    sur_objet = False
    template_name = "accompagnement/porte.html"
    actions = ("emarger",)
    phrase = ""

    def trouver(self):
        """The door that the code names, whoever asks: it tells nothing before the code is checked."""
        sessions = Session.objects.select_related("promotion", "module", "hote__commune_siege")
        self.session, self.moment = sessions.de_la_porte(self.kwargs["code"])

    @cached_property
    def siens(self) -> dict:
        """One's projects in this cohort, by key."""
        return {d.pk: d for d in self.session.inscrits_de(self.request.user)} if self.session else {}

    def faire_emarger(self):
        """I am here."""
        dossier = {str(pk): d for pk, d in self.siens.items()}.get(self.request.POST.get("dossier", ""))
        if dossier is None:
            raise TransitionInterdite(NON_INSCRIT if self._affichee() else CODE_PERIME)
        presence, nouvelle = self.session.emarger(
            dossier, self.moment, self.kwargs["code"], par=self.request.user
        )
        return f"{self.request.path}?{'recue' if nouvelle else 'deja'}={presence.pk}"

    def refuser(self, phrase):
        """The page as it now is, the sentence on top."""
        self.phrase = phrase
        return self.afficher()

    def afficher(self, status: int = 200):
        """What holds nobody back is a page; the rest is its sentence, 409."""
        contexte = self.get_context_data()
        return self.render_to_response(contexte, status=409 if contexte["phrase"] else status)

    def _affichee(self) -> bool:
        return self.session is not None and self.session.affiche_le_code(self.moment, self.kwargs["code"])

    def _refus(self, presences: dict) -> str:
        """Why this person cannot sign here and now, or nothing."""
        if not self._affichee():
            return CODE_PERIME
        if not self.siens:
            return NON_INSCRIT
        if not self.session.est_du_jour:
            return AUTRE_JOUR
        if len(presences) == len(self.siens):
            return next(p.notee_autrement for p in presences.values() if p.statut != StatutPresence.PRESENT)
        return ""

    def get_context_data(self, **contexte):
        """What is noted already (one's own, whenever it is read again), else what is left to sign for."""
        presences = {}
        if self.siens:
            lignes = self.session.presences.filter(dossier__in=self.siens, demi_journee=self.moment)
            presences = {p.dossier_id: p for p in lignes}
        notees = [p for p in presences.values() if p.statut == StatutPresence.PRESENT]
        for presence in notees:
            presence.dossier = self.siens[presence.dossier_id]
        recue = self.request.GET.get("recue", "")
        montree = next((p for p in notees if str(p.pk) in (recue, self.request.GET.get("deja"))), None)
        if montree is None and notees and len(notees) == len(self.siens):
            montree = notees[0]
        phrase = self.phrase or ("" if montree else self._refus(presences))
        return super().get_context_data(
            session=self.session,
            moment=self.moment,
            presence=montree,
            nouvelle=montree is not None and str(montree.pk) == recue,
            livrable=self._livrable(montree),
            notees=notees,
            restants=[d for pk, d in self.siens.items() if pk not in presences],
            phrase=phrase,
            perime=phrase == CODE_PERIME,
            form=ChiffresForm() if phrase else None,
            **contexte,
        )

    def _livrable(self, presence):
        return self.session.livrables.filter(dossier=presence.dossier_id).first() if presence else None
