"""The gestures of the board and of the card: presence, the secretariat's, the chair's, a ballot paper.

Each is a plain form that lands on the board: nothing here needs a script.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.registres import TransitionInterdite
from selection.forms import AvisForm, PresenceForm, SecondeSeanceForm, VoteForm
from selection.models import Avis, Choix, Deport, Membre, Mode, Scrutin
from selection.salle import lire_la_salle
from selection.views.seance import SeanceView


class GesteDeSeance(SeanceView):
    """Posts of the board: each lands on the board."""

    def get(self, request, *args, **kwargs):
        """These addresses only take gestures."""
        return redirect(self.seance)

    def faire(self, request):
        """Look the gesture up, do it, come back."""
        geste = self.gestes().get(request.POST.get("action"))
        if geste is None:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        return geste(request) or redirect(self.seance)

    def gestes(self) -> dict:
        """Name of the button -> method."""
        raise NotImplementedError

    def point(self):
        """The item named by the form, among those one may know of."""
        return get_object_or_404(self.points(), pk=self.request.POST.get("point") or None)

    def scrutin(self) -> Scrutin:
        """The ballot named by the form."""
        scrutins = Scrutin.objects.visibles_par(self.request.user).filter(point__seance=self.seance)
        return get_object_or_404(
            scrutins.select_related("point__seance", "point__dossier"),
            pk=self.request.POST.get("scrutin") or None,
        )

    def membre_nomme(self) -> Membre:
        """The member named by the form, among those summoned."""
        membres = Membre.objects.filter(convocations__seance=self.seance).select_related("user")
        return get_object_or_404(membres, pk=self.request.POST.get("membre") or None)


class PresenceView(UneSeuleFois, GesteDeSeance):
    """« Je suis là », or the secretariat's record of others."""

    geste = "pointer_presence"

    def gestes(self):
        """Oneself, others."""
        return {"arriver": self.arriver, "partir": self.partir, "pointer": self.pointer}

    def arriver(self, request):
        """A member is here."""
        membre = get_object_or_404(Membre.objects.filter(convocations__seance=self.seance), user=request.user)
        mode = Mode.A_DISTANCE if request.POST.get("mode") == Mode.A_DISTANCE else Mode.SUR_PLACE
        self.seance.pointer(membre, mode, par=request.user)
        messages.success(request, "Présence enregistrée.")

    def partir(self, request):
        """A member leaves."""
        membre = get_object_or_404(Membre.objects.filter(convocations__seance=self.seance), user=request.user)
        self.seance.pointer(membre, Mode.ABSENT, par=request.user)
        messages.success(request, "Départ enregistré.")

    def pointer(self, request):
        """The secretariat's list."""
        exiger("tenir_seance", request.user, self.seance)
        lire_la_salle(self.seance)
        form = PresenceForm(request.POST, seance=self.seance)
        if not form.is_valid():
            return self.afficher(form_presence=form)
        donnees = form.cleaned_data
        mandataire = donnees["mandataire"] if donnees["mode"] == Mode.REPRESENTE else None
        self.seance.pointer(donnees["membre"], donnees["mode"], mandataire=mandataire, par=request.user)
        messages.success(request, f"{donnees['membre']} : présence enregistrée.")
        return None


class TenueView(UneSeuleFois, GesteDeSeance):
    """The secretariat's gestures."""

    geste = "tenir_seance"

    def gestes(self):
        """Items, notes, show of hands, closing."""
        return {
            "appeler": self.appeler,
            "prendre_note": self.prendre_note,
            "noter_seance": self.noter_seance,
            "constater_sortie": self.constater_sortie,
            "deporter": self.deporter,
            "conclure": self.conclure,
            "reporter": self.reporter,
            "consigner_votes": self.consigner_votes,
            "clore": self.clore,
            "signer_pv": self.signer_pv,
            "reconvoquer": self.reconvoquer,
        }

    def appeler(self, request):
        """Every screen follows."""
        self.seance.appeler(self.point(), par=request.user)

    def prendre_note(self, request):
        """Grounds of the item."""
        self.point().prendre_note(request.POST.get("notes", ""), par=request.user)
        messages.success(request, "Notes enregistrées.")

    def noter_seance(self, request):
        """General notes."""
        self.seance.prendre_note(request.POST.get("notes", ""), par=request.user)
        messages.success(request, "Notes de séance enregistrées.")

    def constater_sortie(self, request):
        """« Il est sorti »."""
        self.point().constater_sortie(self.membre_nomme(), par=request.user)

    def deporter(self, request):
        """Recuse a member, with a reason."""
        Deport.declarer_pour(
            self.membre_nomme(), self.point().dossier, motif=request.POST.get("motif", ""), par=request.user
        )
        messages.success(request, "Déport enregistré.")

    def conclure(self, request):
        """First sitting: heard, or kept."""
        self.point().conclure(request.POST.get("resultat", ""), par=request.user)
        messages.success(request, "Résultat enregistré.")

    def reporter(self, request):
        """Another sitting."""
        self.point().reporter(request.POST.get("motif", ""), par=request.user)
        messages.success(request, "Point reporté.")

    def consigner_votes(self, request):
        """Show of hands: all voices of the form at once."""
        scrutin = self.scrutin()
        for electeur in scrutin.electeurs.select_related("membre__user"):
            choix = request.POST.get(f"choix-{electeur.pk}")
            if choix in Choix.values:
                scrutin.consigner_vote(electeur.membre, choix, par=request.user)
        messages.success(request, "Votes consignés.")

    def clore(self, request):
        """Minutes."""
        self.seance.clore(par=request.user)
        messages.success(
            request, "Séance close. Le procès-verbal est établi : il attend ses deux signatures."
        )

    def signer_pv(self, request):
        """The chair, and the secretary of the sitting."""
        self.seance.signer_le_pv(par=request.user)
        messages.success(request, "Procès-verbal signé.")

    def reconvoquer(self, request):
        """No quorum: a second sitting on the same agenda."""
        form = SecondeSeanceForm(request.POST)
        if not form.is_valid():
            return self.afficher(form_seconde=form, form=form)
        seconde = self.seance.reconvoquer(form.cleaned_data["debut"], par=request.user)
        messages.success(
            request, "Absence de quorum constatée. Convoquez la seconde séance : elle se tient sans quorum."
        )
        return redirect("selection:ordre_du_jour", seconde.pk)


class PresidenceView(UneSeuleFois, GesteDeSeance):
    """The chair's gestures."""

    geste = "conduire_scrutin"

    def gestes(self):
        """Sitting, ballots, opinions."""
        return {
            "ouvrir": self.ouvrir,
            "suspendre_seance": self.suspendre_seance,
            "reprendre_seance": self.reprendre_seance,
            "ouvrir_scrutin": self.ouvrir_scrutin,
            "suspendre_scrutin": self.suspendre,
            "reprendre_scrutin": self.reprendre,
            "clore_scrutin": self.clore,
            "annuler_scrutin": self.annuler,
            "departager": self.departager,
            "rendre_avis": self.rendre_avis,
        }

    def ouvrir(self, request):
        """With the quorum."""
        self.seance.ouvrir(par=request.user)
        messages.success(request, "La séance est ouverte.")

    def suspendre_seance(self, request):
        """A pause; a ballot under way stops with it."""
        self.seance.suspendre(request.POST.get("motif", ""), par=request.user)
        messages.success(request, "La séance est suspendue.")

    def reprendre_seance(self, request):
        """After the pause."""
        self.seance.reprendre(par=request.user)
        messages.success(request, "La séance reprend.")

    def ouvrir_scrutin(self, request):
        """The roll is frozen."""
        secret = self.seance.scrutin_secret and request.POST.get("mode") != "main_levee"
        Scrutin.ouvrir(
            self.point(), request.POST.get("question", ""), par=request.user, secret=secret,
            malgre_petit_nombre=bool(request.POST.get("malgre")),
        )  # fmt: skip

    def suspendre(self, request):
        """The urn stays shut."""
        self.scrutin().suspendre(par=request.user)

    def reprendre(self, request):
        """With the quorum."""
        self.scrutin().reprendre(par=request.user)

    def clore(self, request):
        """Totals."""
        self.scrutin().clore(par=request.user)

    def annuler(self, request):
        """Unread."""
        self.scrutin().annuler(par=request.user, motif=request.POST.get("motif", ""))
        messages.success(request, "Scrutin annulé sans lire l'urne.")

    def departager(self, request):
        """In public."""
        self.scrutin().departager(request.POST.get("sens", ""), par=request.user)

    def rendre_avis(self, request):
        """Opinion and grounds."""
        point = self.point()
        form = AvisForm(request.POST, point=point)
        if not form.is_valid():
            return self.afficher(form_avis=form, form=form)
        donnees = form.cleaned_data
        try:
            avis = Avis.rendre(
                point, donnees["sens"], par=request.user, motifs=donnees["motifs"],
                rang_complementaire=donnees.get("rang_complementaire"), liste_jusqu_au=donnees.get("liste_jusqu_au"),
            )  # fmt: skip
        except TransitionInterdite as refus:  # what was typed stays
            form.add_error(None, str(refus))
            return self.afficher(status=409, form_avis=form, form=form)
        messages.success(
            request, f"Avis {avis.adjectif} enregistré. Il sera transmis à l'autorité, qui décide."
        )
        return None


@method_decorator(sensitive_post_parameters(), name="dispatch")
class VoteView(GesteDeSeance):
    """A ballot paper. No idempotency key is kept: its digest would tell the choice; the signed roll makes it unique.

    The page after the vote is the same whatever the choice.
    """

    geste = "voter"

    def faire(self, request):
        """Drop the paper."""
        scrutin = self.scrutin()
        form = VoteForm(request.POST)
        if not form.is_valid():
            return self.afficher(form_vote=form, form=form)
        pour = self.membre_nomme() if request.POST.get("membre") else None
        scrutin.voter(form.cleaned_data["choix"], par=request.user, pour=pour)
        messages.success(request, "Bulletin déposé. Personne ne peut savoir ce que vous avez voté.")
        return redirect(self.seance)
