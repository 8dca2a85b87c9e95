"""Questions about the call: what everybody reads, what one asked, what agents still have to answer."""

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from candidatures.forms.pages import libelle_du_champ
from candidatures.forms.questions import RECENTES, EcartForm, QuestionForm, RechercheForm, ReponseForm
from candidatures.models import OrigineQuestion, Question, QuestionPerimee, Section
from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import CONNECTE, PUBLIC, exiger, peut
from manufactures.droits_web import GesteMixin
from manufactures.programme.models import Appel, Vague
from manufactures.registres import TransitionInterdite

PAR_PAGE = 25
TROP_DE_QUESTIONS = (
    "Vous avez posé beaucoup de questions en une heure. Attendez un peu, puis renvoyez celle-ci."
)
PERIMEE = "Quelqu'un a écrit une réponse pendant votre saisie : elle est affichée ci-dessous. Votre texte est gardé."


def appel_en_ligne() -> Appel | None:
    """The call on display: the latest one."""
    return Appel.objects.order_by("-pk").first()


def prend_des_questions(appel: Appel | None) -> bool:
    """Until its last wave is closed."""
    return appel is not None and Vague.objects.filter(appel=appel, cloture__gt=horloge.maintenant()).exists()


def est_agent(user) -> bool:
    """Answers questions."""
    return user.is_authenticated and peut("repondre_question", user)


class QuestionsView(GesteMixin):
    """Published questions and answers, with their search in the address."""

    geste = PUBLIC

    def get(self, request):
        """The page; with HTMX, its results alone."""
        form = RechercheForm(request.GET)
        choix = form.valeurs()
        questions = Question.objects.publiees().contenant(choix.get("q", ""))
        if theme := choix.get("theme"):
            questions = questions.filter(theme=theme)
        recentes = choix.get("ordre") == RECENTES
        questions = questions.order_by("-publiee_le", "-pk") if recentes else questions.par_theme()
        contexte = {
            "form": form,
            "choix": choix,
            "filtre": bool(choix.get("q") or choix.get("theme")),
            "recentes": recentes,
            "page_obj": Paginator(questions, PAR_PAGE).get_page(request.GET.get("page")),
        }
        if request.htmx and not request.htmx.history_restore_request:
            return render(request, "candidatures/questions/_liste.html", contexte)
        contexte |= {
            "agent": est_agent(request.user),
            "a_repondre": self.nombre_a_repondre(request.user),
            "ouvert": prend_des_questions(appel_en_ligne()),
        }
        return render(request, "candidatures/questions/liste.html", contexte)

    @staticmethod
    def nombre_a_repondre(user) -> int:
        """What waits, for who reads it."""
        if not user.is_authenticated or not peut("lire_questions", user):
            return 0
        return Question.objects.visibles_par(user).en_attente().count()


class QuestionView(GesteMixin):
    """One question: published, anybody reads it; otherwise who asked, and the agents. 404 for the others."""

    geste = PUBLIC

    def get(self, request, pk):
        """What the reader may know of it."""
        questions = Question.objects.visibles_par(request.user).select_related("posee_par")
        question = get_object_or_404(questions, pk=pk)
        contexte = {
            "question": question,
            "sienne": question.posee_par_id == request.user.pk and question.origine == OrigineQuestion.SITE,
            "agent": request.user.is_authenticated and peut("lire_questions", request.user, question),
            "repond": request.user.is_authenticated and peut("repondre_question", request.user, question),
        }
        return render(request, "candidatures/questions/question.html", contexte)


class PoserView(UneSeuleFois, GesteMixin):
    """Ask, once signed in, until the last wave is closed."""

    geste = "poser_question"

    def get(self, request):
        """The form, or why no question is taken any more; asked from a dossier, it names the page or the field."""
        page = request.GET.get("page", "")
        sujet = ""
        if page in Section.values:
            sujet = f"la page «\u00a0{Section(page).label}\u00a0»"
            if champ := libelle_du_champ(Section(page), request.GET.get("champ", "")):
                sujet = f"«\u00a0{champ}\u00a0», sur {sujet}"
            sujet = f"À propos de {sujet} du dossier\u00a0:\n"
        return self.montrer(request, QuestionForm(agent=est_agent(request.user), initial={"texte": sujet}))

    def post(self, request):
        """Ask, then one's own questions."""
        agent = est_agent(request.user)
        form = QuestionForm(request.POST, agent=agent)
        appel = appel_en_ligne()
        if appel is None:
            raise Http404
        if not form.is_valid():
            return self.montrer(request, form)
        if not agent and not ratelimit.consume(request, action="poser_question", user=request.user):
            form.add_error(None, TROP_DE_QUESTIONS)
            return self.montrer(request, form, statut=429)
        par_courriel = form.cleaned_data.get("recue_par_courriel")
        try:
            question = Question.poser(
                appel=appel,
                texte=form.cleaned_data["texte"],
                par=request.user,
                origine=OrigineQuestion.COURRIEL if par_courriel else OrigineQuestion.SITE,
            )
        except TransitionInterdite as refus:
            return render(request, "409.html", {"phrase": str(refus)}, status=409)
        if par_courriel:
            return redirect("candidatures:repondre_question", question.pk)
        messages.success(request, "Question envoyée. Nous vous écrirons dès que la réponse sera publiée.")
        return redirect("candidatures:mes_questions")

    def montrer(self, request, form, statut=200):
        """The page."""
        contexte = {"form": form, "ouvert": prend_des_questions(appel_en_ligne())}
        return render(request, "candidatures/questions/poser.html", contexte, status=statut)


class MesQuestionsView(GesteMixin):
    """What one asked, and where each question stands."""

    geste = CONNECTE

    def get(self, request):
        """The newest first."""
        siennes = Question.objects.visibles_par(request.user).filter(
            posee_par=request.user, origine=OrigineQuestion.SITE
        )
        contexte = {
            "page_obj": Paginator(siennes, PAR_PAGE).get_page(request.GET.get("page")),
            "ouvert": prend_des_questions(appel_en_ligne()),
        }
        return render(request, "candidatures/questions/miennes.html", contexte)


class QuestionsRecuesView(GesteMixin):
    """What waits for an answer or for its publication, the oldest first."""

    geste = "lire_questions"

    def get(self, request):
        """The list."""
        attente = Question.objects.visibles_par(request.user).en_attente().select_related("posee_par")
        contexte = {
            "page_obj": Paginator(attente, PAR_PAGE).get_page(request.GET.get("page")),
            "agent": est_agent(request.user),
        }
        return render(request, "candidatures/questions/recues.html", contexte)


class RepondreView(UneSeuleFois, GesteMixin):
    """Answer, publish, correct what is published, or answer the asker alone."""

    geste = "repondre_question"
    sur_objet = True

    def dispatch(self, request, *args, **kwargs):
        """Found among what one may see, then the deed is checked on it."""
        self.question = None
        if request.user.is_authenticated:
            questions = Question.objects.visibles_par(request.user).select_related("posee_par")
            self.question = get_object_or_404(questions, pk=kwargs["pk"])
            exiger(self.geste, request.user, self.question)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        """The form; a closed question is only read."""
        if self.question.ecartee_le:
            return redirect(self.question)
        return self.montrer(ReponseForm(instance=self.question), EcartForm())

    def post(self, request, pk):
        """`action` says which deed."""
        try:
            if request.POST.get("action") == "ecarter":
                return self.ecarter()
            return self.repondre(publier=request.POST.get("action") == "publier")
        except TransitionInterdite as refus:
            contexte = {"phrase": str(refus), "retour": self.question.get_absolute_url()}
            return render(request, "409.html", contexte | {"retour_texte": "Voir la question"}, status=409)

    def repondre(self, publier: bool):
        """Write the answer; publish it where the button says so."""
        form = ReponseForm(self.request.POST, instance=self.question)
        if not form.is_valid():
            return self.montrer(form, EcartForm())
        deja_publiee = self.question.publiee_le is not None
        try:
            self.question.repondre(**form.cleaned_data, par=self.request.user)
        except QuestionPerimee:
            return self.montrer(self.avec_la_version(form), EcartForm(), perimee=PERIMEE, status=409)
        if deja_publiee:
            messages.success(self.request, "Réponse corrigée.")
        elif publier:
            self.question.publier(par=self.request.user)
            messages.success(self.request, "Réponse publiée.")
        else:
            messages.success(self.request, "Réponse enregistrée, pas encore publiée.")
        if deja_publiee or publier:
            return redirect(self.question)
        return redirect("candidatures:questions_recues")

    def avec_la_version(self, form):
        """What was typed, ready to be sent again over what was just written."""
        donnees = form.data.copy()
        self.question.refresh_from_db()
        donnees["version"] = self.question.version
        return ReponseForm(donnees, instance=self.question)

    def ecarter(self):
        """Answer the asker alone."""
        form = EcartForm(self.request.POST)
        if not form.is_valid():
            return self.montrer(ReponseForm(instance=self.question), form)
        self.question.ecarter(motif=form.cleaned_data["motif"], par=self.request.user)
        messages.success(self.request, "Réponse envoyée à la personne, sans publication.")
        return redirect("candidatures:questions_recues")

    def montrer(self, form, form_ecart, perimee="", status=200):
        """The page, with the form in error on top."""
        contexte = {
            "question": self.question,
            "form": form_ecart if form_ecart.is_bound else form,
            "form_reponse": form,
            "form_ecart": form_ecart,
            "perimee": perimee,
        }
        return render(self.request, "candidatures/questions/repondre.html", contexte, status=status)
