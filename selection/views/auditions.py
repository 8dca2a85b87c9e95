"""Hearings: the secretariat plans and writes them up, the porteur confirms on a page of their own."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.procedure import Etat, Role
from selection.forms import AuditionForm, CompteRenduForm, ConfirmationForm
from selection.models import Audition
from selection.views.base import PageDeDossier, agenda


class AuditionView(UneSeuleFois, PageDeDossier):
    """A slot to find, then what was heard."""

    geste = "planifier_audition"
    template_name = "selection/audition.html"

    def get_context_data(self, **contexte):
        """The hearing awaited, those held, the form that serves now."""
        auditions = list(Audition.objects.visibles_par(self.request.user).filter(dossier=self.dossier))
        attendue = next((a for a in auditions if a.tenue is None), None)
        convoque = self.roles & {Role.RESPONSABLE, Role.PRESIDENT}
        if attendue is None and self.dossier.etat == Etat.EN_COMITE and convoque:
            contexte.setdefault("form", AuditionForm())
        elif attendue is not None and attendue.est_du_jour_ou_passee:
            contexte.setdefault("form_compte_rendu", CompteRenduForm())
        return super().get_context_data(
            attendue=attendue, tenues=[a for a in auditions if a.tenue is not None], **contexte
        )

    def faire(self, request):
        """Summon, or write up."""
        if request.POST.get("action") == "auditionner":
            form = AuditionForm(request.POST)
            if not form.is_valid():
                return self.afficher(form=form)
            Audition.prevoir(self.dossier, par=request.user, **form.cleaned_data)
            messages.success(request, "Porteur convoqué : l'acte et le message partent.")
        else:
            attendue = get_object_or_404(
                Audition.objects.visibles_par(request.user), dossier=self.dossier, tenue=None
            )
            form = CompteRenduForm(request.POST)
            if not form.is_valid():
                return self.afficher(form_compte_rendu=form)
            attendue.consigner(
                form.cleaned_data["notes"], par=request.user, tenue=not form.cleaned_data["absent"]
            )
            messages.success(request, "Compte rendu enregistré.")
        return redirect("selection:audition", self.dossier.numero)


class AuditionPorteurView(UneSeuleFois, PageDeDossier):
    """The porteur's slot: when, where, how, and who comes."""

    geste = "lire_son_audition"
    template_name = "selection/audition_porteur.html"

    @property
    def audition(self) -> Audition:
        """The last slot, or 404."""
        auditions = (
            Audition.objects.visibles_par(self.request.user).filter(dossier=self.dossier).order_by("-debut")
        )
        return get_object_or_404(auditions[:1])

    def get_context_data(self, **contexte):
        """The slot, and the form while it may be confirmed."""
        audition = self.audition
        confirme = self.roles & {Role.PORTEUR, Role.CONTRIBUTEUR}
        if confirme and audition.est_a_venir:
            initial = {"participants": audition.participants, "besoins": audition.besoins}
            contexte.setdefault("form", ConfirmationForm(initial=initial))
        acte = self.dossier.actes.filter(genre="convocation_audition").order_by("-pk").first()
        return super().get_context_data(audition=audition, acte=acte, **contexte)

    def faire(self, request):
        """Name the participants."""
        form = ConfirmationForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.audition.confirmer(
            form.cleaned_data["participants"], besoins=form.cleaned_data["besoins"], par=request.user
        )
        messages.success(request, "Audition confirmée.")
        return redirect("selection:audition_porteur", self.dossier.numero)


class AgendaAuditionView(PageDeDossier):
    """The slot, for one's calendar."""

    geste = "lire_son_audition"

    def get(self, request, *args, **kwargs):
        """An iCalendar file."""
        audition = get_object_or_404(
            Audition.objects.visibles_par(request.user), dossier=self.dossier, tenue=None
        )
        page = reverse("selection:audition_porteur", args=[self.dossier.numero])
        return agenda(
            f"audition-{self.dossier.numero}", uid=f"audition-{audition.pk}@manufactures",
            titre=f"Audition : {self.dossier.nom_projet}", debut=audition.debut, fin=audition.fin,
            lieu=audition.lieu or "Visioconférence", adresse=settings.SITE_URL + page,
        )  # fmt: skip
