"""The double reading of a dossier: the second agent's grid, each one's hand-in, the gaps that both settle."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from instruction.forms import AffecterForm
from instruction.forms.double_lecture import ConciliationForm, LigneSecondeForm
from instruction.models.double_lecture import SecondeLecture
from instruction.views.rendus import dessiner_lecture, sections_de
from instruction.views.volets import GrilleMixin, agents_de
from manufactures.procedure import Role
from manufactures.programme.models import NatureCritere
from manufactures.registres import GesteInterdit, TransitionInterdite


class SecondeLectureView(GrilleMixin):
    """One address for the two agents and the responsable: each sees what they may of the two readings."""

    template_name = "instruction/seconde_lecture.html"
    geste_du_post = "lire_en_second"
    sans_voile = True
    form = None
    accords = {}

    @property
    def lecture(self) -> SecondeLecture | None:
        """The second reading, or None while nobody has it. 404 where the call asks for one reading alone."""
        if self.grille is None or not self.grille.double_lecture:
            raise Http404
        if not hasattr(self, "_lecture"):
            lectures = SecondeLecture.objects.select_related("lecteur")
            self._lecture = lectures.filter(instruction=self.grille).first()
            if self._lecture is not None:
                self.grille.dossier = self.dossier
                self._lecture.instruction = self.grille
        return self._lecture

    @property
    def est_second(self) -> bool:
        """The reader is the second agent."""
        return self.lecture is not None and self.lecture.lecteur_id == self.request.user.pk

    @property
    def est_premier(self) -> bool:
        """The reader holds the grid."""
        return self.grille.instructeur_id == self.request.user.pk

    def post(self, request, *args, **kwargs):
        """A page that is not there takes no form."""
        if self.grille is None or not self.grille.double_lecture:
            raise Http404
        return super().post(request, *args, **kwargs)

    # -- Deeds ---------------------------------------------------------------------------------------------------
    def faire(self, request):
        """One gesture, then the page again."""
        gestes = {
            "confier": self.confier,
            "enregistrer": self.enregistrer,
            "remettre": self.remettre,
            "proposer": self.proposer,
            "accepter": self.accepter,
        }
        geste = gestes.get(request.POST.get("action", ""))
        if geste is None:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        if geste != self.confier and self.lecture is None:
            raise TransitionInterdite("Confiez d'abord la seconde lecture.")
        return geste(request) or redirect("instruction:seconde_lecture", self.dossier.numero)

    def confier(self, request):
        """A responsable names the second agent; an agent takes it for oneself."""
        lecteur = request.user
        if "instructeur" in request.POST:
            if Role.RESPONSABLE not in self.roles:
                raise GesteInterdit("Confier une lecture à un collègue revient à un responsable.")
            form = AffecterForm(request.POST, agents=agents_de(self.dossier))
            if not form.is_valid():
                raise TransitionInterdite("Choisissez un agent de cet appel.")
            lecteur = form.cleaned_data["instructeur"]
        elif Role.INSTRUCTEUR not in self.roles:
            raise TransitionInterdite("Choisissez un agent de cet appel.")
        if self.lecture is not None and Role.RESPONSABLE not in self.roles:
            raise TransitionInterdite(f"{self.lecture.lecteur.nom_complet} tient la seconde lecture.")
        SecondeLecture.confier(self.grille, lecteur, par=request.user)
        messages.success(request, f"{lecteur.nom_complet} lit ce dossier en second.")

    def enregistrer(self, request):
        """One's own lines; with « remettre », handed in."""
        if not self.est_second:
            raise GesteInterdit("Cette lecture revient à un autre agent.")
        formes = self.formes(request.POST)
        if not all([form.is_valid() for form in formes]):
            self.form = formes
            return self.afficher()
        self.lecture.enregistrer({form.prefix: form.cleaned_data for form in formes}, par=request.user)
        if request.POST.get("suite") == "remettre":
            return self.remettre(request)
        messages.success(request, "Lecture enregistrée.")
        return None

    def remettre(self, request):
        """One's reading is handed in."""
        if self.lecture.remettre(par=request.user):
            messages.success(request, "Les deux lectures sont remises : chacun lit celle de l'autre.")
        else:
            messages.success(request, "Votre lecture est remise. L'autre lecture s'ouvrira une fois remise.")

    def proposer(self, request):
        """What both would say of a line."""
        code = request.POST.get("ligne", "")
        critere = self.grille.criteres.filter(code=code).first()
        if critere is None:
            raise TransitionInterdite(f"La grille de cet appel n'a pas de ligne {code}.")
        form = ConciliationForm(request.POST, critere=critere)
        if not form.is_valid():
            self.accords = {code: form}
            return self.afficher()
        self.lecture.proposer(code, par=request.user, **form.cleaned_data)
        messages.success(request, f"{code} : votre proposition attend l'accord de l'autre lecteur.")
        return None

    def accepter(self, request):
        """Agree."""
        code = request.POST.get("ligne", "")
        self.lecture.accepter(code, par=request.user)
        messages.success(request, f"{code} : conciliation enregistrée dans la grille et au journal.")

    # -- Page ----------------------------------------------------------------------------------------------------
    def formes(self, data=None) -> list[LigneSecondeForm]:
        """The second agent's forms, filled with what is kept."""
        connues = {ligne.critere_id: ligne for ligne in self.lecture.lignes.all()}
        formes = []
        for critere in self.grille.criteres.exclude(nature=NatureCritere.ARBITRAGE).order_by(
            "nature", "rang"
        ):
            ligne = connues.get(critere.pk)
            lu = {"reponse": ligne.reponse, "note": ligne.note, "motif": ligne.motif} if ligne else {}
            formes.append(LigneSecondeForm(data, critere=critere, initial=lu))
        return formes

    def get_context_data(self, **contexte):
        """Each reader sees no mark of the other before both are handed in."""
        lecture, en_cours = self.lecture, not self.grille.sens
        calcule = {
            "lecture": lecture,
            "est_second": self.est_second,
            "est_premier": self.est_premier,
            "en_cours": en_cours,
            "seuil": self.dossier.vague.appel.seuil_d_ecart,
        }
        if lecture is None or not lecture.lignes.exists():
            agents = agents_de(self.dossier).exclude(pk=self.grille.instructeur_id)
            peut = Role.RESPONSABLE in self.roles and en_cours
            calcule["form_affecter"] = AffecterForm(agents=agents) if peut else None
            calcule["peut_prendre"] = (
                lecture is None and en_cours and Role.INSTRUCTEUR in self.roles and not self.est_premier
            )
        if lecture is not None:
            calcule |= self._lectures(lecture)
        return super(GrilleMixin, self).get_context_data(**(calcule | contexte))

    def _lectures(self, lecture: SecondeLecture) -> dict:
        """One's own form, or both readings side by side."""
        if self.est_second and not lecture.seconde_remise_le:
            self.lire_la_version()
            formes = self.form or self.formes()
            dessin = ""
            if self.version:
                dessin = dessiner_lecture(self.version, sections_de(self.version), ecrit=False)
            return {"formes": formes, "version": self.version, "pieces": self.pieces, "dessin": dessin}
        if not SecondeLecture.objects.visibles_par(self.request.user).filter(pk=lecture.pk).exists():
            return {}
        concilie = lecture.est_ouverte and (self.est_premier or self.est_second) and not self.grille.sens
        lignes = [
            {
                "ligne": ligne,
                "form": (self.accords.get(ligne.critere.code) or ConciliationForm(critere=ligne.critere))
                if concilie and ligne.en_ecart and not ligne.est_reglee
                else None,
                "a_accepter": concilie
                and ligne.accord is not None
                and not ligne.est_reglee
                and ligne.accord.proposee_par_id != self.request.user.pk,
            }
            for ligne in lecture.comparaison()
        ]
        return {"lignes": lignes, "ecarts": sum(1 for x in lignes if x["ligne"].en_ecart)}
