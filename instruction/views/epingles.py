"""Pin a proof on a line of the grid, annotate a passage, take either away: fragments for HTMX, the page otherwise."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from instruction.forms import Grille
from instruction.lectures import criteres_de, passages_cites
from instruction.models import Annotation, Epingle
from instruction.views.rendus import DessinDeLaGrille, parametres
from instruction.views.volets import GrilleMixin
from manufactures.registres import TransitionInterdite


class SurUnPassage(GrilleMixin):
    """A deed on one place of the dossier."""

    def get(self, request, *args, **kwargs):
        """Pins and annotations stand on the dossier's page."""
        return redirect(self.page())

    def saisie(self):
        """What was typed. Raises TransitionInterdite while nobody holds the dossier."""
        if self.grille is None:
            raise TransitionInterdite("Prenez d'abord ce dossier en charge.")
        self.grille.criteres_lus = criteres_de(self.grille)
        return self.formulaire_epingle(self.request.POST)

    def dire(self, phrase: str, ancre: str, *, est_refus: bool = False, ligne=None, status: int = 200):
        """The sentence beside the form, with the pins of the line that changed; or the page again."""
        if not self.request.htmx:
            messages.success(self.request, phrase)
            return redirect(self.page(ancre))
        contexte = {"phrase": phrase, "est_refus": est_refus, "ligne": ligne, "dossier": self.dossier}
        if ligne is not None:
            contexte["epingles"] = self.dessin.epingles(ligne, a_part=True)
        if self.grille is not None:
            contexte["annotations"] = passages_cites(self.grille)[1]
        contexte["suite_file"] = parametres(self.file)
        return render(self.request, "instruction/_epingle_dite.html", contexte, status=status)

    @property
    def dessin(self) -> DessinDeLaGrille:
        """How a line is drawn for this reader."""
        return DessinDeLaGrille(self.dossier.numero, ecrit=self.ecrit, file=self.file)

    def refuser(self, refus):
        """Beside the form where it was sent from; nothing has changed."""
        if self.request.htmx:
            return self.dire(str(refus), "", est_refus=True, status=409)
        return super().refuser(refus)

    def ligne(self, code: str):
        """One line as it now is."""
        self.grille.refresh_from_db(fields=["epingles_posees"])
        return Grille(self.grille).ligne(code)


class EpinglesView(SurUnPassage):
    """Pin a passage or a page on a line."""

    geste_du_post = "remplir_grille"

    def faire(self, request):
        """Drop it."""
        form = self.saisie()
        if not form.is_valid():
            return self._corriger(form)
        lues = form.cleaned_data
        epingle = Epingle.poser(
            self.grille, lues["critere"], lues["lieu"], par=request.user, **form.passage_cite()
        )
        code = epingle.critere.code
        ligne = self.ligne(code) if request.htmx else None
        return self.dire(f"Preuve épinglée sur {code}.", f"#regle-{code}", ligne=ligne)

    def _corriger(self, form):
        if self.request.htmx:
            fautes = " ".join(erreurs[0] for erreurs in form.errors.values())
            return self.dire(fautes, "", est_refus=True, status=422)
        return self.afficher(form_epingle=form)


class AnnotationsView(EpinglesView):
    """Write beside a passage or a page, for the agents."""

    geste_du_post = "noter"

    def faire(self, request):
        """Keep it."""
        form = self.saisie()
        if not form.is_valid():
            return self._corriger(form)
        lues = form.cleaned_data
        Annotation.ecrire(self.grille, lues["lieu"], lues["texte"], par=request.user, **form.passage_cite())
        self.grille.refresh_from_db(fields=["annotations_ecrites"])
        return self.dire("Annotation ajoutée.", "#annotations")


class EpingleView(SurUnPassage):
    """Take a pin off its line."""

    geste_du_post = "remplir_grille"

    def faire(self, request, **_):
        """Take it away."""
        visibles = Epingle.objects.visibles_par(request.user).filter(instruction=self.grille)
        epingle = get_object_or_404(visibles.select_related("critere"), pk=self.kwargs["pk"])
        code = epingle.critere.code
        epingle.retirer(par=request.user)
        ligne = self.ligne(code) if request.htmx else None
        return self.dire(f"Épingle retirée de {code}.", f"#regle-{code}", ligne=ligne)


class AnnotationView(SurUnPassage):
    """Take one's own annotation away."""

    geste_du_post = "noter"

    def faire(self, request):
        """Take it away."""
        visibles = Annotation.objects.visibles_par(request.user).filter(instruction=self.grille)
        annotation = get_object_or_404(visibles.select_related("par", "instruction"), pk=self.kwargs["pk"])
        annotation.retirer(par=request.user)
        self.grille.refresh_from_db(fields=["annotations_ecrites"])
        return self.dire("Annotation retirée.", "#annotations")
