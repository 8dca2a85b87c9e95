"""The self-test: one page a question, GET to go back, POST to go forward; the answers stay in the session."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

from candidatures.autotest import AutotestEnCours, situer
from candidatures.forms.champs import chercher_communes, ecrire_commune
from candidatures.forms.eligibilite import LieuForm
from manufactures import horloge
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.programme.models import Commune, GenreQuestion, ReponseEligibilite, Vague

PROPOSITIONS = 12
TROISIEME_LETTRE = 3
ETAPES_MAX = 8  # of the design system's stepper
EN_LETTRES = ("", "Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit")


class AutotestMixin(GesteMixin):
    """Pages of the test: public, they read and write the session alone."""

    geste = PUBLIC

    @cached_property
    def test(self) -> AutotestEnCours:
        """The questions of the call, and this session's answers."""
        return AutotestEnCours(self.request.session)


def adresse(rang: int, retour: bool = False) -> str:
    """A question's page, its heading in focus; the first one has the test's own address."""
    chemin = reverse("candidatures:eligibilite")
    if rang > 1:
        chemin = reverse("candidatures:question_eligibilite", args=[rang])
    return f"{chemin}{'?retour=1' if retour else ''}#question"


class QuestionEligibiliteView(AutotestMixin):
    """One question. Each answer is a button; a blocking one does not end the test, so that all is learnt at once."""

    def get(self, request, rang=1):
        """The question, with the answer already given."""
        if not self.test.questions:
            return render(request, "candidatures/eligibilite/absent.html")
        return self.montrer(rang)

    def post(self, request, rang=1):
        """Keep the answer, then the next question, or the result; a machine that posts without end is told to wait."""
        if trop := ratelimit.consume_or_429(request, action="repondre_autotest"):
            return trop
        question = self.trouver(rang)
        reponse = request.POST.get("reponse", "")
        if question.genre == GenreQuestion.COMMUNE:
            return self.situer(rang, question, reponse)
        if question.reponse(reponse) is None:
            return self.montrer(rang, sans_reponse=True)
        self.test.noter(question, reponse)
        return self.avancer(rang)

    def situer(self, rang, question, reponse):
        """A commune chosen in the list, or looked for by what was typed."""
        lieu = Commune.objects.filter(code=reponse).first() if reponse else None
        formulaire = None
        if lieu is None:
            formulaire = LieuForm(self.request.POST)
            lieu = formulaire.lieu if formulaire.is_valid() else None
        if lieu is None:
            return self.montrer(rang, form=formulaire)
        connue = isinstance(lieu, Commune)
        code = ReponseEligibilite.COMMUNE if connue else ReponseEligibilite.DEPARTEMENT
        self.test.noter(question, code, lieu)
        return self.avancer(rang)

    def avancer(self, rang):
        """The next question; the result after the last one, or where one came from it to change one answer."""
        revenir = self.request.POST.get("retour") and self.test.est_complet
        if revenir or rang >= len(self.test.questions):
            return redirect(f"{reverse('candidatures:resultat_eligibilite')}#resultat")
        return redirect(adresse(rang + 1))

    def trouver(self, rang):
        """The question of this rank. Raises Http404."""
        if not 1 <= rang <= len(self.test.questions):
            raise Http404
        return self.test.questions[rang - 1]

    def montrer(self, rang, form=None, sans_reponse=False):
        """The page of one question."""
        question = self.trouver(rang)
        test = self.test
        precedente = test.questions[rang - 2] if rang > 1 else None
        avant = test.points.get(precedente.code) if precedente else None
        point = test.points.get(question.code)
        demande_un_lieu = question.genre == GenreQuestion.COMMUNE
        if demande_un_lieu and form is None:
            form = LieuForm(initial={"commune": ecrire(point.lieu) if point else ""})
        contexte = {
            "test": test,
            "question": question,
            "rang": rang,
            "nombre": len(test.questions),
            "en_etapes": len(test.questions) <= ETAPES_MAX,
            "point": point,
            "form": form,
            "demande_un_lieu": demande_un_lieu,
            "sans_reponse": sans_reponse,
            "retour": self.request.GET.get("retour") or self.request.POST.get("retour"),
            "territoire": situer(avant.lieu) if avant and avant.lieu else "",
            "precedente": adresse(rang - 1) if precedente else "",
            "suivante": adresse(rang + 1) if point and rang < len(test.questions) else "",
        }
        return render(self.request, "candidatures/eligibilite/question.html", contexte)


def ecrire(lieu) -> str:
    """A commune as its field reads it again; a département leaves the field blank."""
    return ecrire_commune(lieu) if isinstance(lieu, Commune) else ""


class ResultatView(AutotestMixin):
    """May I apply, and what should change: blocks, points to strengthen, what is settled."""

    def get(self, request):
        """Without all the answers, the first question that lacks one."""
        test = self.test
        if not test.est_complet:
            manquante = test.premiere_sans_reponse
            if manquante is not None:
                messages.info(
                    request, "Répondez d'abord à cette question : le résultat vient après la dernière."
                )
            return redirect(
                adresse(test.questions.index(manquante) + 1 if manquante else 1).partition("#")[0]
            )
        a_renforcer = len(test.a_renforcer)
        contexte = {
            "test": test,
            "peut": not test.bloquants,
            "nombre": len(test.questions),
            "points_en_lettres": EN_LETTRES[a_renforcer] if a_renforcer < len(EN_LETTRES) else a_renforcer,
            "ouverte": Vague.objects.ouvertes(horloge.maintenant()).exists(),
            "lignes": [
                (point, adresse(rang, retour=True)) for rang, point in enumerate(test.points.values(), 1)
            ],
            "aujourd_hui": horloge.aujourd_hui(),
        }
        return render(request, "candidatures/eligibilite/resultat.html", contexte)


class RecommencerView(AutotestMixin):
    """Forget the answers of this session."""

    def post(self, request):
        """Back to the first question."""
        self.test.oublier()
        return redirect(adresse(1))


class CommunesDuTestView(GesteMixin):
    """Communes proposed as one types, from the third letter on, for those who have scripts."""

    geste = PUBLIC

    def get(self, request):
        """Options of the list."""
        texte = request.GET.get("commune", "").strip()
        trouvees = chercher_communes(texte, debut=True) if len(texte) >= TROISIEME_LETTRE else []
        noms = [ecrire_commune(commune) for commune in trouvees[:PROPOSITIONS]]
        return render(request, "candidatures/_communes.html", {"noms": noms})
