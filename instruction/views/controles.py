"""The automatic checks as agents read them, and the likely duplicates with both texts side by side."""

from difflib import SequenceMatcher

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from candidatures.models import Dossier
from instruction.controles import passage
from instruction.forms.controles import JugerDoublonForm
from instruction.models import Rapprochement
from instruction.views.base import AGENTS, DossierDeLAgence

# What is read side by side, in the order of the form.
COMPARES = (
    "nom_projet",
    "raison_sociale",
    "resume_public",
    "besoin",
    "projet",
    "communaute",
    "mutualisation",
)


class ControlesView(DossierDeLAgence):
    """Run the checks again, now."""

    geste_du_post = "refaire_controles"

    def get(self, request, *args, **kwargs):
        """The panel stands on the dossier's page."""
        return redirect(self.panneau)

    @property
    def panneau(self) -> str:
        """Where the rows are read."""
        return reverse("instruction:dossier", args=[self.dossier.numero]) + "#controles"

    def faire(self, request):
        """Compute, then show."""
        passage.refaire(self.dossier)
        messages.success(request, "Vérifications refaites.")
        return redirect(self.panneau)

    def refuser(self, refus):
        """Nothing is refused here but by the rights; the sentence goes to the panel."""
        messages.error(self.request, str(refus))
        return redirect(self.panneau)


class DoublonsView(DossierDeLAgence):
    """Each pair with its texts side by side; an agent says what it is."""

    template_name = "instruction/doublons.html"
    geste_du_post = "juger_doublon"

    def paires(self):
        """Those whose both dossiers this person sees."""
        lues = Rapprochement.objects.visibles_par(self.request.user).du_dossier(self.dossier)
        avec = ("premier", "second")
        return lues.select_related(*avec, *(f"{nom}__vague" for nom in avec), "par")

    def get_context_data(self, **contexte):
        """The pairs, those to judge first."""
        paires = [self._lue(paire, contexte.get("form")) for paire in self.paires()]
        paires.sort(key=lambda x: (bool(x["paire"].avis), -x["paire"].score))
        return super().get_context_data(paires=paires, est_agent=bool(self.roles & AGENTS), **contexte)

    def _lue(self, paire, form) -> dict:
        autre = paire.autre_que(self.dossier)
        if form is None or form.prefix != f"paire-{paire.pk}":
            form = JugerDoublonForm(prefix=f"paire-{paire.pk}")
        return {
            "paire": paire,
            "autre": autre,
            "form": form,
            "textes": [comparer(nom, self.dossier, autre) for nom in COMPARES],
        }

    def faire(self, request):
        """Keep the word; the hints of both dossiers go."""
        cle = request.POST.get("paire", "")
        paire = get_object_or_404(self.paires(), pk=int(cle) if cle.isdecimal() else 0)
        form = JugerDoublonForm(request.POST, prefix=f"paire-{paire.pk}")
        if not form.is_valid():
            return self.afficher(form=form)
        paire.juger(form.cleaned_data["avis"], mot=form.cleaned_data["mot"], par=request.user)
        passage.redire_les_doublons(paire.premier, paire.second)
        messages.success(request, "Avis gardé : le signalement est levé sur les deux dossiers.")
        return redirect("instruction:doublons", self.dossier.numero)


def comparer(nom: str, dossier: Dossier, autre: Dossier) -> dict:
    """One text of both dossiers, cut in pieces that say whether the other has them too."""
    libelle = Dossier._meta.get_field(nom).verbose_name
    gauche, droite = (getattr(d, nom).split() for d in (dossier, autre))
    morceaux: tuple[list, list] = ([], [])
    for genre, i, j, k, m in SequenceMatcher(None, gauche, droite, autojunk=False).get_opcodes():
        pareil = genre == "equal"
        if i < j:
            morceaux[0].append((" ".join(gauche[i:j]), pareil))
        if k < m:
            morceaux[1].append((" ".join(droite[k:m]), pareil))
    return {
        "libelle": libelle[:1].upper() + libelle[1:],
        "gauche": morceaux[0],
        "droite": morceaux[1],
        "pareil": gauche == droite,
    }
