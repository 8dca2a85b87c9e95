"""The committee of a call: its rules, and who sits on it."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger, peut
from manufactures.francais import date_longue
from manufactures.procedure import Role
from manufactures.programme.models import Appel
from manufactures.programme.models.habilitation import appels_de, est_habilite
from selection.forms.comite import (
    CollegeForm,
    FinDeMandatForm,
    NominationForm,
    PlacesForm,
    ReglesForm,
    SiegeForm,
)
from selection.models import College, Convocation, EtatSeance, Membre, ReglesDuComite, Seance
from selection.models.places import fixer_les_places
from selection.models.sieges import personne_de
from selection.views.base import PageDuComite

AGENTS_ET_AUDITEURS = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)


def appels_du_comite(user):
    """The calls whose committee this person runs, audits or sits on."""
    sieges = Membre.objects.filter(user=user).values("college__appel")
    return Appel.objects.filter(pk__in=appels_de(user, *AGENTS_ET_AUDITEURS)) | Appel.objects.filter(
        pk__in=sieges
    )


class PageDeComite(PageDuComite):
    """A page about the committee of one call: 404 for whoever has nothing to do with it."""

    geste = "lire_comite"
    geste_du_post = "composer_comite"

    def dispatch(self, request, *args, **kwargs):
        """Read the call among those this person knows the committee of."""
        if request.user.is_authenticated:
            exiger(self.geste, request.user)
            self.appel = appels_du_comite(request.user).filter(slug=kwargs["slug"]).first()
            if self.appel is None:
                raise Http404(kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def peut_regler(self) -> bool:
        """A responsable of this very call."""
        return est_habilite(self.request.user, self.appel.pk, Role.RESPONSABLE)

    def relire(self):
        """The call, anew."""
        self.appel = Appel.objects.get(pk=self.appel.pk)

    def get_context_data(self, **contexte):
        """What both pages show."""
        return super().get_context_data(appel=self.appel, peut_regler=self.peut_regler, **contexte)


class ReglesView(UneSeuleFois, PageDeComite):
    """The rules, with where each comes from; a responsable sets them for the sittings that are not summoned yet."""

    template_name = "selection/regles.html"

    def get_context_data(self, **contexte):
        """The rules in sentences, the form, and the sittings that keep their own."""
        regles = ReglesDuComite.de_l_appel(self.appel)
        vagues = list(self.appel.vagues.select_related("appel").order_by("numero"))
        if self.peut_regler:
            contexte.setdefault("form", ReglesForm(instance=regles))
            contexte.setdefault("places", PlacesForm(vagues=vagues))
        seances = Seance.objects.visibles_par(self.request.user).filter(vague__appel=self.appel)
        a_venir = seances.exclude(etat=EtatSeance.CLOSE).order_by("debut").select_related("vague")
        return super().get_context_data(
            regles=regles,
            phrases=regles.en_phrases(),
            autres=regles.phrases_des_lectures(),
            vagues=vagues,
            suivent=[s for s in a_venir if s.etat == EtatSeance.PREVUE],
            gardent=[s for s in a_venir if s.etat != EtatSeance.PREVUE],
            **contexte,
        )

    def faire(self, request):
        """Set them, or the places of the waves."""
        if request.POST.get("action") == "places":
            return self._fixer_les_places(request)
        form = ReglesForm(request.POST, instance=ReglesDuComite.de_l_appel(self.appel))
        if not form.is_valid():
            self.relire()
            return self.afficher(form=form)
        ReglesDuComite.regler(self.appel, par=request.user, **form.valeurs)
        messages.success(
            request, "Règles enregistrées. Elles valent pour les séances qui ne sont pas encore convoquées."
        )
        return redirect("selection:regles", self.appel.slug)

    def _fixer_les_places(self, request):
        form = PlacesForm(request.POST, vagues=self.appel.vagues.select_related("appel").order_by("numero"))
        if not form.is_valid():
            return self.afficher(places=form)
        fixer_les_places(self.appel, form.places, par=request.user)
        messages.success(request, "Places enregistrées.")
        return redirect("selection:regles", self.appel.slug)


def liens_des_comites(user) -> list[Appel]:
    """The calls whose committee pages are shown to this person on the list of sittings."""
    return list(appels_du_comite(user).order_by("pk")) if peut("lire_comite", user) else []


class CompositionView(PageDeComite):
    """Who sits: by college, its seats taken and free, titulaires, substitutes, mandates."""

    template_name = "selection/composition.html"
    geste_du_post = ""

    def get_context_data(self, **contexte):
        """Three queries, whatever the members."""
        membres = Membre.objects.de_l_appel(self.appel).select_related("user", "college")
        membres = list(membres.order_by("-preside", "-vice_preside", "user__nom", "user__prenom", "du"))
        jour = horloge.aujourd_hui()
        colleges = []
        for college in self.appel.colleges.all():
            siens = [m for m in membres if m.college_id == college.pk]
            titulaires = [m for m in siens if m.court and not m.est_suppleant]
            pris = sum(m.du <= jour for m in titulaires)
            suppleants = {m.suppleant_de_id: m for m in siens if m.court and m.est_suppleant}
            colleges.append(
                {
                    "college": college, "pris": pris,
                    "libres": None if college.sieges is None else max(0, college.sieges - pris),
                    "lignes": [(m, suppleants.pop(m.pk, None)) for m in titulaires],
                    "orphelins": list(suppleants.values()),
                    "passes": [m for m in siens if not m.court],
                }
            )  # fmt: skip
        en_exercice = [m for m in membres if m.court and m.du <= jour and not m.est_suppleant]
        return super().get_context_data(
            colleges=colleges,
            effectif=len(en_exercice),
            presidence=next((m for m in en_exercice if m.preside), None),
            vice_presidence=next((m for m in en_exercice if m.vice_preside), None),
            **contexte,
        )


class CollegeView(UneSeuleFois, PageDeComite):
    """A college to create, or to change."""

    geste = "composer_comite"
    template_name = "selection/college.html"

    def dispatch(self, request, *args, **kwargs):
        """The college of this call, or a new one."""
        self.cle = kwargs.pop("pk", None)
        return super().dispatch(request, *args, **kwargs)

    @property
    def college(self) -> College:
        """Read anew: a refused form leaves nothing on it."""
        if self.cle is None:
            return College(appel=self.appel)
        return get_object_or_404(College, appel=self.appel, pk=self.cle)

    def get_context_data(self, **contexte):
        """The form."""
        college = self.college
        contexte.setdefault("form", CollegeForm(instance=college))
        return super().get_context_data(college=college, **contexte)

    def faire(self, request):
        """Write it."""
        form = CollegeForm(request.POST, instance=self.college)
        if not form.is_valid():
            return self.afficher(form=form)
        self.college.regler(par=request.user, **form.cleaned_data)
        messages.success(request, "Collège enregistré.")
        return redirect("selection:composition", self.appel.slug)


class NommerView(UneSeuleFois, PageDeComite):
    """Somebody to seat: an account of this address, or an invitation."""

    geste = "composer_comite"
    template_name = "selection/nommer.html"

    def get_context_data(self, **contexte):
        """The form, on the college whose button was pressed."""
        college = self.request.GET.get("college", "")
        initial = {"college": college} if college.isdecimal() else {}
        contexte.setdefault("form", NominationForm(appel=self.appel, initial=initial))
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Open the account if need be, then the seat: all or nothing."""
        form = NominationForm(request.POST, appel=self.appel)
        if not form.is_valid():
            return self.afficher(form=form)
        champs = form.champs
        with transaction.atomic():
            user, invite = personne_de(**form.identite)
            membre = Membre.nommer(champs.pop("college"), user, par=request.user, invite=invite, **champs)
        suite = "Un courriel l'invite à se connecter." if invite else "Un courriel l'en prévient."
        messages.success(request, f"{membre} siège au comité. {suite}")
        return redirect("selection:composition", self.appel.slug)


class MembreView(UneSeuleFois, PageDeComite):
    """One seat: correct it, end the mandate, let the substitute take over."""

    geste = "composer_comite"
    template_name = "selection/membre.html"

    def dispatch(self, request, *args, **kwargs):
        """The seat of this call's committee."""
        self.cle = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    @property
    def siege(self) -> Membre:
        """Read anew."""
        lignes = Membre.objects.select_related("user", "college__appel", "suppleant_de__user", "commune")
        return get_object_or_404(lignes, college__appel=self.appel, pk=self.cle)

    def get_context_data(self, **contexte):
        """The forms that its state allows."""
        siege = self.siege
        suppleant = next((m for m in siege.suppleants.select_related("user") if m.court), None)
        contexte.setdefault("form_siege", SiegeForm(appel=self.appel, membre=siege))
        contexte.setdefault("form_fin", FinDeMandatForm(prefix="fin", membre=siege))
        contexte.setdefault("form_remplacement", FinDeMandatForm(prefix="remplacement", membre=siege))
        return super().get_context_data(siege=siege, suppleant=suppleant, **contexte)

    def faire(self, request):
        """One of the three gestures."""
        geste = {"terminer": self._terminer, "remplacer": self._remplacer}.get(request.POST.get("action"))
        return geste(request, self.siege) if geste else self._modifier(request, self.siege)

    def _retour(self, phrase: str):
        messages.success(self.request, phrase)
        return redirect("selection:composition", self.appel.slug)

    def _modifier(self, request, siege):
        form = SiegeForm(request.POST, appel=self.appel, membre=siege)
        if not form.is_valid():
            return self.afficher(form=form, form_siege=form)
        siege.modifier(par=request.user, **form.champs)
        return self._retour(f"Siège de {siege} enregistré.")

    def _terminer(self, request, siege):
        form = FinDeMandatForm(request.POST, prefix="fin", membre=siege)
        if not form.is_valid():
            return self.afficher(form=form, form_fin=form)
        siege.terminer(form.cleaned_data["le"], motif=form.cleaned_data["motif"], par=request.user)
        return self._retour(f"Mandat de {siege} : fin le {date_longue(siege.au)}.")

    def _remplacer(self, request, siege):
        form = FinDeMandatForm(request.POST, prefix="remplacement", membre=siege)
        if not form.is_valid():
            return self.afficher(form=form, form_remplacement=form)
        suppleant = get_object_or_404(siege.suppleants, pk=request.POST.get("suppleant") or None)
        nouveau = siege.remplacer(
            suppleant, form.cleaned_data["le"], motif=form.cleaned_data["motif"], par=request.user
        )
        for convocation in Convocation.objects.a_reprendre(siege):
            convocation.substituer(nouveau, motif=form.cleaned_data["motif"], par=request.user)
        return self._retour(f"{nouveau} remplace {siege}, {nouveau.periode}.")
