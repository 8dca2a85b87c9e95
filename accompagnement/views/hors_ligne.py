"""Attendance without network: the page that a phone keeps, what it sends back, and its service worker."""

import json
from datetime import datetime, time, timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse

from accompagnement.forms.hors_ligne import PhotoPriseForm, PresencePriseForm
from accompagnement.models import Session, Sort, recevoir_photo, recevoir_presences, verifier_qui_recueille
from accompagnement.models.emargement import programme
from accompagnement.models.hors_ligne import LOT_MAX, PHOTO_MAX, SAISIES_MAX, GenreSaisie, SaisieHorsLigne
from accompagnement.models.incubation import EMARGENT
from accompagnement.views.base import Page
from candidatures.models import Membre
from manufactures import horloge
from manufactures.droits import CONNECTE, PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.registres import GesteInterdit

ILLISIBLE = "Ce message est illisible : aucune saisie n'a été lue."
TROP = f"Au plus {LOT_MAX} présences par envoi."


class DeLaSession(Page):
    """A session whose sheet this person holds: its expert, the agents (403 for the other experts of the cohort)."""

    geste = "noter_presence"

    def trouver(self):
        """The session among those one may see; the deed is checked on its cohort."""
        sessions = Session.objects.visibles_par(self.request.user)
        sessions = sessions.select_related("promotion__vague", "module", "hote")
        self.session = get_object_or_404(sessions, pk=self.kwargs["pk"])
        return self.session.promotion


class HorsLigneView(DeLaSession):
    """The page that works without network, once opened with it."""

    template_name = "accompagnement/hors_ligne.html"
    http_method_names = ("get", "head")

    def get(self, request, *args, **kwargs):
        """For who holds this sheet."""
        verifier_qui_recueille(self.session, par=request.user)
        return self.afficher()

    def get_context_data(self, **contexte):
        """The session, and what the phone keeps of it."""
        return super().get_context_data(
            session=self.session, promotion=self.objet, gardees=self._gardees(), **contexte
        )

    def _gardees(self) -> dict:
        """All that the phone needs between the walls, and nothing that this person could not read here already."""
        session, user = self.session, self.request.user
        return {
            "session": session.pk,
            "compte": user.pk,
            "moments": [{"valeur": m.value, "libelle": m.label} for m in session.moments()],
            "projets": self._projets(),
            "presences": {
                f"{p.dossier_id}-{p.demi_journee}": p.get_statut_display() for p in session.presences.all()
            },
            "porte": self._porte(),
            "bornes": {"saisies": SAISIES_MAX, "lot": LOT_MAX // 2, "poids": PHOTO_MAX},
            "adresses": {
                "ici": self.request.path,
                "travailleur": reverse("accompagnement:travailleur_hors_ligne"),
                "jeton": reverse("accompagnement:jeton_hors_ligne"),
                "connexion": f"{reverse('account_login')}?next={self.request.path}",
                "porte": settings.SITE_URL + reverse("accompagnement:porte", args=["CODE"]),
            },
        }

    def _projets(self) -> list[dict]:
        dossiers = list(self.objet.dossiers.order_by("nom_projet").values("pk", "nom_projet"))
        membres = Membre.objects.visibles_par(self.request.user).filter(
            dossier__in=[d["pk"] for d in dossiers], droit__in=EMARGENT
        )
        gens: dict[int, list[str]] = {}
        for membre in membres.select_related("user").order_by("user__nom", "user__prenom"):
            gens.setdefault(membre.dossier_id, []).append(membre.user.nom_complet)
        photos: dict[int, list[str]] = {}
        prises = SaisieHorsLigne.objects.visibles_par(self.request.user).filter(
            session=self.session, genre=GenreSaisie.PHOTO
        )
        for pk, cle in prises.values_list("dossier", "cle"):
            photos.setdefault(pk, []).append(str(cle))
        return [
            {
                "pk": d["pk"],
                "nom": d["nom_projet"],
                "gens": gens.get(d["pk"], []),
                "photos": photos.get(d["pk"], []),
            }
            for d in dossiers
        ]

    def _porte(self) -> dict:
        """What the door shows during the day of the session, and no other day."""
        debut = datetime.combine(self.session.date, time.min, horloge.PARIS)
        fin = datetime.combine(self.session.date + timedelta(days=1), time.min, horloge.PARIS)
        moments = enumerate(self.session.moments())
        return {moment.value: programme(self.session.pk, rang, debut, fin) for rang, moment in moments}


def _refuser(phrase: str, status=HTTPStatus.BAD_REQUEST) -> JsonResponse:
    return JsonResponse({"erreur": phrase}, status=status)


def _dire(cle, sort, phrase="") -> dict:
    return {"cle": str(cle), "sort": sort.value, "phrase": phrase}


class PresencesHorsLigneView(DeLaSession):
    """A batch of signatures (JSON), each answered for itself."""

    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        """Accepted, already there, or refused with its sentence."""
        try:
            lignes = json.loads(request.body)["presences"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return _refuser(ILLISIBLE)
        if not isinstance(lignes, list) or not all(isinstance(ligne, dict) for ligne in lignes):
            return _refuser(ILLISIBLE)
        if len(lignes) > LOT_MAX:
            return _refuser(TROP, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        formulaires = [PresencePriseForm(ligne) for ligne in lignes]
        valides = [formulaire.prise() for formulaire in formulaires if formulaire.is_valid()]
        try:
            recues = iter(recevoir_presences(self.session, valides, par=request.user))
        except GesteInterdit as refus:
            return _refuser(str(refus), HTTPStatus.FORBIDDEN)
        reponses = []
        for ligne, formulaire in zip(lignes, formulaires, strict=True):
            if formulaire.is_valid():
                recue = next(recues)
                reponses.append(_dire(recue.cle, recue.sort, recue.phrase))
            else:
                reponses.append(_dire(ligne.get("cle", ""), Sort.REFUSEE, formulaire.phrase()))
        return JsonResponse({"reponses": reponses})


class PhotosHorsLigneView(DeLaSession):
    """One photo of a deliverable (multipart), answered."""

    geste = "photographier_livrable"
    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        """Accepted, already there, or refused with its sentence."""
        formulaire = PhotoPriseForm(request.POST, request.FILES)
        if not formulaire.is_valid():
            cle = request.POST.get("cle", "")
            return JsonResponse({"reponses": [_dire(cle, Sort.REFUSEE, formulaire.phrase())]})
        try:
            recue = recevoir_photo(self.session, formulaire.prise(), par=request.user)
        except GesteInterdit as refus:
            return _refuser(str(refus), HTTPStatus.FORBIDDEN)
        return JsonResponse({"reponses": [_dire(recue.cle, recue.sort, recue.phrase)]})


class JetonView(GesteMixin):
    """Before each sending: is one still signed in, as whom, and the token of the moment."""

    geste = CONNECTE
    http_method_names = ("get",)

    def get(self, request, *args, **kwargs):
        """The token, and our clock, by which the phone sets its door."""
        maintenant = int(horloge.maintenant().timestamp() * 1000)
        jeton = {"jeton": get_token(request), "compte": request.user.pk, "maintenant": maintenant}
        return JsonResponse(jeton, headers={"Cache-Control": "no-store"})


class TravailleurView(GesteMixin):
    """The service worker: the same file for everybody; its scope is the offline pages, and nothing around them."""

    geste = PUBLIC
    http_method_names = ("get", "head")

    def get(self, request, *args, **kwargs):
        """Its code, asked again by the browser whenever it likes."""
        chemin = finders.find("js/service_worker.js")
        if chemin is None:
            raise Http404("service_worker.js")
        with open(chemin, encoding="utf-8") as fichier:
            code = fichier.read()
        return HttpResponse(
            code,
            content_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": portee()},
        )


class ManifesteView(GesteMixin):
    """What lets a phone keep the page among its applications: nothing of the session itself."""

    geste = PUBLIC
    http_method_names = ("get", "head")

    def get(self, request, pk, *args, **kwargs):
        """The same for every session, but its address."""
        icones = [
            {
                "src": static(f"dsfr/dist/favicon/android-chrome-{n}x{n}.png"),
                "sizes": f"{n}x{n}",
                "type": "image/png",
            }
            for n in (192, 512)
        ]
        manifeste = {
            "name": "Émargement hors ligne, Manufactures de proximité",
            "short_name": "Émargement",
            "lang": "fr",
            "display": "standalone",
            "start_url": reverse("accompagnement:hors_ligne", args=[pk]),
            "scope": portee(),
            "background_color": "#ffffff",
            "theme_color": "#000091",
            "icons": icones,
        }
        return JsonResponse(
            manifeste, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"}
        )


def portee() -> str:
    """The folder of the offline pages: the service worker governs it and no other."""
    return reverse("accompagnement:travailleur_hors_ligne").rpartition("/")[0] + "/"
