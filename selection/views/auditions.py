"""Hearings of one dossier: the secretariat plans and writes them up, the porteur answers on a page of their own."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from candidatures.fichiers import FichierRefuse
from candidatures.models import Piece
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite
from selection.forms import (
    AuditionForm,
    CompteRenduForm,
    ConfirmationForm,
    DeplacerForm,
    SouhaitForm,
    SupportForm,
)
from selection.lus_au_comite import siege_de
from selection.models import Audition, EtatSeance, NoteAudition, Seance, TypeSeance
from selection.models.audition import A_ENTENDRE, DIT_LE_CRENEAU
from selection.propositions import choix_du_porteur
from selection.views.base import PageDeDossier

CHAMPS = (*DIT_LE_CRENEAU, "max_personnes", "questions")
CONVOQUENT = {Role.RESPONSABLE, Role.PRESIDENT}


class PageDAudition(PageDeDossier):
    """What the three pages of a hearing share."""

    def auditions(self) -> list[Audition]:
        """All of the dossier, the last first."""
        lues = Audition.objects.visibles_par(self.request.user).filter(dossier=self.dossier)
        lues = lues.select_related("seance__vague__appel").prefetch_related("supports")
        auditions = list(lues.order_by("-debut", "-pk"))
        for audition in auditions:
            audition.dossier = self.dossier
        return auditions

    def saisie(self, *actions):
        """What was typed for these gestures, shown again after a refusal; None elsewhere."""
        poste = self.request.method == "POST" and self.request.POST.get("action") in actions
        return self.request.POST if poste else None

    def version_lue(self) -> int | None:
        """The version that the form was written on."""
        lue = self.request.POST.get("version", "")
        return int(lue) if lue.isdecimal() else None


class AuditionView(UneSeuleFois, PageDAudition):
    """A slot to find, to move, to cancel; a wish to answer; then what was heard."""

    geste = "planifier_audition"
    template_name = "selection/audition.html"

    def get_context_data(self, **contexte):
        """The hearing awaited, those before, the forms that serve now."""
        auditions = self.auditions()
        attendue = next((a for a in auditions if a.tenue is None), None)
        convoque = bool(self.roles & CONVOQUENT)
        ouvert = self.dossier.etat in A_ENTENDRE
        if attendue is None and ouvert and convoque:
            contexte.setdefault("form", AuditionForm(self.saisie("auditionner")))
        if attendue is not None and attendue.est_du_jour_ou_passee:
            contexte.setdefault("form_compte_rendu", CompteRenduForm(self.saisie("consigner_audition")))
        if attendue is not None and convoque:
            contexte.setdefault("form_deplacer", self._form_deplacer(attendue, self.saisie("deplacer")))
        a_corriger = next((a for a in auditions if a.tenue is not None and not a.annulee_le), None)
        if attendue is None and a_corriger is not None and ouvert:
            lu = {"notes": a_corriger.notes, "absent": not a_corriger.tenue}
            contexte.setdefault(
                "form_correction", CompteRenduForm(self.saisie("corriger"), initial=lu, prefix="correction")
            )
        return super().get_context_data(
            attendue=attendue, passees=[a for a in auditions if a.tenue is not None], a_corriger=a_corriger,
            souhait=attendue.souhaits.en_attente().select_related("demande_par").first() if attendue else None,
            convoque=convoque, saisie=self.saisie("annuler", "refuser"),
            sans_adresse_sure=self._sans_adresse_sure() if attendue or convoque else [], **contexte,
        )  # fmt: skip

    @staticmethod
    def _form_deplacer(audition: Audition, saisie) -> DeplacerForm:
        lu = {nom: getattr(audition, nom) for nom in CHAMPS}
        return DeplacerForm(saisie, initial=lu, prefix="deplacer")

    def _sans_adresse_sure(self) -> list:
        """Those who are written to at an address that they never confirmed: to be called."""
        gens = self.dossier.destinataires("audition_convocation")
        sures = EmailAddress.objects.filter(user__in=gens, verified=True).values_list("user", flat=True)
        sures = set(sures)
        return [personne for personne in gens if personne.pk not in sures]

    def faire(self, request):
        """One gesture of the page."""
        gestes = {
            "auditionner": self._convoquer,
            "deplacer": self._deplacer,
            "annuler": self._annuler,
            "accorder": self._accorder,
            "refuser": self._refuser,
            "corriger": self._corriger,
        }
        geste = gestes.get(request.POST.get("action"), self._consigner)
        return geste(request) or redirect("selection:audition", self.dossier.numero)

    def _attendue(self) -> Audition:
        attendue = next((a for a in self.auditions() if a.tenue is None), None)
        if attendue is None:
            raise TransitionInterdite("Aucune audition n'est plus attendue sur ce dossier.")
        return attendue

    def _convoquer(self, request):
        form = AuditionForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        Audition.prevoir(self.dossier, par=request.user, seance=self._seance(), **form.cleaned_data)
        messages.success(request, "Porteur convoqué : l'acte et le message partent.")
        return None

    def _seance(self) -> Seance | None:
        """The next sitting of the committee that may hear; else the last one that knew the dossier."""
        vivantes = Seance.objects.filter(vague__appel=self.dossier.vague.appel_id).exclude(
            etat=EtatSeance.CLOSE
        )
        prochaine = vivantes.exclude(type=TypeSeance.ARBITRAGE).order_by("debut").first()
        return (
            prochaine or Seance.objects.filter(points__dossier=self.dossier).order_by("-points__pk").first()
        )

    def _deplacer(self, request):
        attendue = self._attendue()
        form = self._form_deplacer(attendue, request.POST)
        if not form.is_valid():
            return self.afficher(form_deplacer=form)
        champs = {nom: form.cleaned_data[nom] for nom in CHAMPS}
        attendue.deplacer(
            par=request.user, version=self.version_lue(), motif=form.cleaned_data["motif"], **champs
        )
        messages.success(
            request, "Audition modifiée : la nouvelle convocation et le fichier d'agenda partent."
        )
        return None

    def _annuler(self, request):
        self._attendue().annuler(request.POST.get("motif", ""), par=request.user, version=self.version_lue())
        messages.success(request, "Audition annulée : le porteur est prévenu, son agenda est mis à jour.")

    def _accorder(self, request):
        self._attendue().accorder(par=request.user, version=self.version_lue())
        messages.success(request, "Créneau accordé : la nouvelle convocation et le fichier d'agenda partent.")

    def _refuser(self, request):
        self._attendue().refuser(
            request.POST.get("reponse", ""), par=request.user, version=self.version_lue()
        )
        messages.success(request, "Réponse envoyée : le créneau reste le même.")

    def _consigner(self, request):
        attendue = self._attendue()
        form = CompteRenduForm(request.POST)
        if not form.is_valid():
            return self.afficher(form_compte_rendu=form)
        attendue.consigner(
            form.cleaned_data["notes"], par=request.user, tenue=not form.cleaned_data["absent"],
            version=self.version_lue(),
        )  # fmt: skip
        messages.success(request, "Compte rendu enregistré.")
        return None

    def _corriger(self, request):
        audition = get_object_or_404(
            Audition.objects.visibles_par(request.user), dossier=self.dossier, tenue__isnull=False,
            annulee_le=None, pk=request.POST.get("audition") or None,
        )  # fmt: skip
        form = CompteRenduForm(request.POST, prefix="correction")
        if not form.is_valid():
            return self.afficher(form_correction=form)
        audition.consigner(
            form.cleaned_data["notes"], par=request.user, tenue=not form.cleaned_data["absent"],
            version=self.version_lue(),
        )  # fmt: skip
        messages.success(request, "Compte rendu corrigé.")
        return None


class AuditionPorteurView(UneSeuleFois, PageDAudition):
    """The porteur's slot: when, where, how, who comes; another slot; what will be shown."""

    geste = "lire_son_audition"
    template_name = "selection/audition_porteur.html"

    @property
    def audition(self) -> Audition:
        """The one awaited, else the last; or 404."""
        auditions = self.auditions()
        if not auditions:
            get_object_or_404(Audition.objects.none())
        return next((a for a in auditions if a.tenue is None), auditions[0])

    def get_context_data(self, **contexte):
        """The slot, and the forms while they may serve."""
        audition = self.audition
        ecrit = bool(self.roles & {Role.PORTEUR, Role.CONTRIBUTEUR})
        souhait = audition.souhaits.order_by("-pk").first()
        if ecrit and audition.est_a_venir:
            lu = {"participants": audition.participants, "besoins": audition.besoins}
            contexte.setdefault("form", ConfirmationForm(self.saisie("confirmer_audition"), initial=lu))
        attend = souhait is not None and souhait.etat == "EN_ATTENTE"
        if ecrit and audition.demande_possible and not attend:
            contexte.setdefault(
                "form_souhait",
                SouhaitForm(self.saisie("demander"), creneaux=choix_du_porteur(audition)),
            )
        if ecrit and audition.depot_possible:
            contexte.setdefault("form_support", SupportForm())
        acte = self.dossier.actes.filter(genre="convocation_audition").order_by("-annee", "-rang").first()
        return super().get_context_data(
            audition=audition, acte=acte, souhait=souhait, attend=attend,
            supports=audition.supports_presents, **contexte,
        )  # fmt: skip

    def faire(self, request):
        """Confirm, ask, add or take back."""
        gestes = {"demander": self._demander, "joindre": self._joindre, "retirer": self._retirer}
        geste = gestes.get(request.POST.get("action"), self._confirmer)
        return geste(request) or redirect("selection:audition_porteur", self.dossier.numero)

    def _confirmer(self, request):
        form = ConfirmationForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.audition.confirmer(
            form.cleaned_data["participants"], besoins=form.cleaned_data["besoins"], par=request.user
        )
        messages.success(request, "Audition confirmée.")
        return None

    def _demander(self, request):
        audition = self.audition
        creneaux = choix_du_porteur(audition)
        form = SouhaitForm(request.POST, creneaux=creneaux)
        if not form.is_valid():
            return self.afficher(form_souhait=form)
        audition.demander_un_autre(
            form.debut, form.cleaned_data["motif"], par=request.user, libres={c.debut for c in creneaux}
        )
        messages.success(request, "Demande envoyée. Le créneau prévu reste le vôtre jusqu'à la réponse.")
        return None

    def _joindre(self, request):
        form = SupportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.afficher(form_support=form)
        try:
            piece = self.audition.joindre_un_support(form.cleaned_data["fichier"], par=request.user)
        except (FichierRefuse, ValidationError) as refus:
            form.add_error("fichier", refus)
            return self.afficher(form_support=form)
        messages.success(request, f"« {piece.nom} » est ajouté : les membres du comité le liront.")
        return None

    def _retirer(self, request):
        piece = get_object_or_404(
            Piece.objects.visibles_par(request.user),
            dossier=self.dossier,
            pk=request.POST.get("piece") or None,
        )
        self.audition.retirer_un_support(piece, par=request.user)
        messages.success(request, f"« {piece.nom} » est retiré.")


class NotesDAuditionView(UneSeuleFois, PageDAudition):
    """What a member reads before the hearing, and writes for themselves during it."""

    geste = "noter_audition"
    template_name = "selection/audition_notes.html"

    def _seance_et_siege(self):
        auditions = self.auditions()
        audition = next((a for a in auditions if a.tenue is None), auditions[0] if auditions else None)
        return audition or get_object_or_404(Audition.objects.none()), siege_de(
            self.request.user, self.dossier
        )

    def get_context_data(self, **contexte):
        """The slot, the questions, the materials, one's own notes."""
        audition, membre = self._seance_et_siege()
        notes = NoteAudition.objects.visibles_par(self.request.user).filter(audition=audition).first()
        ecrites = notes.texte if notes else ""
        return super().get_context_data(
            audition=audition, membre=membre, notes=self.request.POST.get("notes", ecrites),
            supports=audition.supports_presents, **contexte,
        )  # fmt: skip

    def faire(self, request):
        """Keep them."""
        audition, membre = self._seance_et_siege()
        if membre is None:
            raise TransitionInterdite("Vous ne siégez plus à ce comité.")
        NoteAudition.ecrire(audition, membre, request.POST.get("notes", ""), par=request.user)
        messages.success(request, "Notes d'audition enregistrées : vous seul les lisez.")
        return redirect("selection:notes_d_audition", self.dossier.numero)


class AgendaAuditionView(PageDAudition):
    """The slot, for one's calendar; its cancellation, once it is cancelled."""

    geste = "lire_son_audition"

    def get(self, request, *args, **kwargs):
        """An iCalendar file."""
        auditions = self.auditions()
        lues = [a for a in auditions if a.tenue is None] or [a for a in auditions if a.annulee_le]
        audition = lues[0] if lues else get_object_or_404(Audition.objects.none())
        gens = self.dossier.destinataires("audition_convocation")
        reponse = HttpResponse(audition.agenda(gens), content_type="text/calendar; charset=utf-8")
        nom = f"audition-{self.dossier.numero}.ics"
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse
