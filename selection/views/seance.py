"""The board and the member's card: presence, items, ballots, opinions. Works without script; with it, it lives."""

import hashlib

from django.contrib import messages
from django.db.models import Count, Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.registres import TransitionInterdite
from selection.forms import AvisForm, PresenceForm, SecondeSeanceForm, VoteForm
from selection.models import (
    Avis,
    Choix,
    Deport,
    Electeur,
    EtatScrutin,
    EtatSeance,
    Membre,
    Mode,
    Question,
    Scrutin,
    TypeSeance,
)
from selection.pouls import VIVANTS, version
from selection.salle import lire_la_salle, points_lus
from selection.synthese import score_de, synthese
from selection.views.base import SECRETARIAT, PageDeSeance

EN_COURS = (EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)


class SeanceView(PageDeSeance):
    """The sitting as this person may see it: the board for its secretariat, one card for a member."""

    template_name = "selection/seance.html"

    def points(self):
        """Items this person may know of: those they stepped back from are not even counted."""
        return self.seance.points.laisses_a(self.request.user).avec_le_lieu().order_by("rang")

    def get_context_data(self, **contexte):
        """Everything that the board and the card show."""
        lire_la_salle(self.seance)
        membre = self.membre
        points = points_lus(self.request.user, self.seance, membre)
        courant = next((p for p in points if p.pk == self.seance.point_courant_id), None)
        presences = self._presences()
        demande = self.request.GET.get("point")
        montre = next((p for p in points if str(p.pk) == demande), None) or courant
        self._lire_le_point({courant, montre} - {None})
        scrutin = self._scrutin_vivant(courant)
        compte = self.seance.compte(montre.dossier if montre else None)
        contexte = {
            "points": points,
            "courant": courant,
            "montre": montre,
            "deporte_du_courant": self.seance.point_courant_id is not None and courant is None,
            "scrutin": scrutin,
            "compte": compte,
            "pv_lisible": self._pv_lisible(),
            "c_est_le_jour": self.seance.debut.astimezone(horloge.PARIS).date() <= horloge.aujourd_hui(),
            "presences": presences,
            "convocation": next((c["convocation"] for c in presences if c["membre"] == membre), None),
            "a_declarer": sum(not p.declare and not p.resultat for p in points) if membre else 0,
            **self._vote(scrutin),
            **contexte,
        }
        contexte = super().get_context_data(**contexte)
        if contexte["est_secretariat"] and montre is not None:
            contexte |= self._conduite(montre, scrutin if montre == courant else None, contexte)
        if contexte["est_secretariat"]:
            contexte.setdefault("form_presence", PresenceForm(seance=self.seance))
            if (
                self.seance.etat == EtatSeance.CONVOQUEE
                and self.seance.debut <= horloge.maintenant()
                and not compte.atteint
            ):
                contexte.setdefault("form_seconde", SecondeSeanceForm())
        contexte["pointage"] = contexte["est_secretariat"] and self.seance.etat in EN_COURS
        contexte["a_moi"] = self._a_moi(contexte)
        contexte["version"] = self.version()
        contexte["stade"] = self.stade(contexte)
        contexte["vu"] = self.request.GET.get("vu") or contexte["stade"]
        return contexte

    def _a_moi(self, contexte) -> bool:
        """Whether the reader holds the ball: the chair for ballots and opinions, the secretariat for the rest."""
        if not contexte["est_secretariat"] or contexte["deporte_du_courant"]:
            return False
        if self.seance.etat == EtatSeance.CONVOQUEE:
            return contexte["est_president"] and contexte["c_est_le_jour"] and contexte["compte"].atteint
        if self.seance.etat == EtatSeance.OUVERTE and contexte["courant"] is not None:
            return contexte["est_president"] or contexte.get("est_pre_selection", False)
        return self.seance.etat in (EtatSeance.PREVUE, EtatSeance.OUVERTE)

    @staticmethod
    def _lire_le_point(points) -> None:
        """The ballots and the recusals of the items under the reader's eyes."""
        scrutins = Scrutin.objects.annotate(
            emarges=Count("emargements", distinct=True), voix=Count("electeurs", distinct=True)
        )
        deports = Deport.objects.select_related("membre__user")
        prefetch_related_objects(
            list(points), Prefetch("scrutins", scrutins), Prefetch("dossier__deports", deports)
        )

    @property
    def membre(self) -> Membre | None:
        """The reader's seat at this sitting, or None."""
        sieges = (convocation.membre for convocation in self.seance.convocations.all())
        return next((siege for siege in sieges if siege.user_id == self.request.user.pk), None)

    @staticmethod
    def _scrutin_vivant(point) -> Scrutin | None:
        return next((s for s in point.scrutins.all() if s.etat in VIVANTS), None) if point else None

    def _presences(self) -> list[dict]:
        notees = {p.membre_id: p for p in self.seance.presences.all()}
        return [
            {"convocation": c, "membre": c.membre, "presence": notees.get(c.membre_id)}
            for c in self.seance.convocations.all()
        ]

    def _pv_lisible(self) -> bool:
        if self.seance.pv_id is None:
            return False
        return Acte.objects.visibles_par(self.request.user).filter(pk=self.seance.pv_id).exists()

    def _vote(self, scrutin) -> dict:
        """Voices that this person may still cast, with the form; the roll's signature, never the choice."""
        if scrutin is None:
            return {"voix": [], "a_emarge": False}
        siennes = list(
            Electeur.objects.filter(scrutin=scrutin, vote_par__user=self.request.user)
            .select_related("membre__user")
            .annotate(signes=Count("emargements"))
            .order_by("pk")
        )
        siennes.sort(key=lambda e: e.membre.user_id != self.request.user.pk)
        restantes = [e for e in siennes if not e.signes]
        return {
            "voix": restantes,
            "a_emarge": len(restantes) < len(siennes),
            "sur_la_liste": bool(siennes),
            "form_vote": VoteForm() if restantes and scrutin.secret else None,
        }

    def _conduite(self, point, scrutin, contexte) -> dict:
        """What the secretariat and the chair may do on the item shown."""
        ouverte = self.seance.etat == EtatSeance.OUVERTE and not point.resultat
        clos = sorted((s for s in point.scrutins.all() if s.etat == EtatScrutin.CLOS), key=lambda s: s.pk)
        avis_possibles = Avis.sens_possibles(point) if ouverte else []
        sorties = {s.membre_id: s for s in point.sorties.all()}
        deports = [
            {"deport": d, "sortie": sorties.get(d.membre_id)} for d in point.deports_presents()
        ] if self.seance.etat == EtatSeance.OUVERTE else []  # fmt: skip
        voix, phrases = (
            Scrutin.voix_admises(point, secret=self.seance.scrutin_secret) if ouverte else ({}, [])
        )
        lignes = synthese(point.dossier)
        votes = []
        if scrutin is not None and not scrutin.secret:
            votes = scrutin.electeurs.select_related("membre__user", "vote").order_by("membre__user__nom")
        return {
            "conduite": ouverte,
            "clos": clos,
            "form_avis": contexte.get("form_avis") or (AvisForm(point=point) if avis_possibles else None),
            "deports": deports,
            "nombre_de_voix": len(voix),
            "phrases_de_voix": phrases,
            "votes": votes,
            "choix": Choix.choices,
            "questions": self._questions(point, clos),
            "est_pre_selection": self.seance.type == TypeSeance.PRE_SELECTION,
            "synthese": lignes,
            "score": score_de(lignes),
            "proposition": getattr(point, "proposition", None),
        }

    def _questions(self, point, clos) -> list[tuple[str, str]]:
        """Questions that may be put now."""
        if self.seance.type == TypeSeance.ARBITRAGE:
            ordre = [Question.ATTRIBUTION]
        else:
            ordre = [Question.AVIS]
            premier = next((s for s in reversed(clos) if s.question == Question.AVIS), None)
            if premier is not None and not premier.adopte:
                ordre.append(Question.AJOURNEMENT)
        ouvertes = []
        for question in ordre:
            deja = [s for s in clos if s.question == question]
            if not deja or (deja[-1].partage and deja[-1].secret and deja[-1].tour == 1):
                ouvertes.append((question.value, question.label))
        return ouvertes

    def version(self) -> str:
        """What the live part shows now, for the poll to compare."""
        return version(self.seance, self.request.user, conduit=bool(self.roles & SECRETARIAT))

    def stade(self, contexte) -> str:
        """Where the sitting stands: the forms of the board stay under one's hands, and are told when it moved on."""
        scrutin = contexte["scrutin"]
        morceaux = [
            self.seance.etat,
            self.seance.point_courant_id,
            [p.resultat for p in contexte["points"]],
            (scrutin.pk, scrutin.etat) if scrutin else None,
            contexte.get("clos"),
            contexte["deporte_du_courant"],
        ]
        return hashlib.sha256(repr(morceaux).encode()).hexdigest()[:16]


class DirectView(SeanceView):
    """The live part alone: 204 when nothing moved."""

    def get(self, request, *args, **kwargs):
        """Compare, then render the fragment."""
        if request.GET.get("version") == self.version():
            return HttpResponse(status=204)
        return render(request, "selection/_direct.html", self.get_context_data(fragment=True))


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
        messages.success(request, "Séance close. Le procès-verbal est établi.")

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
