"""The wording of acts, adapted by a responsable without a developer: previewed, versioned, taken back."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from manufactures.actes.forms import TexteForm
from manufactures.actes.formulation import Formulation
from manufactures.actes.genres import GENRES
from manufactures.actes.models import Acte
from manufactures.actes.passages import passages
from manufactures.actes.rendu import GabaritIncomplet, rendre_html
from manufactures.actes.views.lecture import montrer_la_feuille
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger, peut
from manufactures.droits_web import GesteMixin

ECHANTILLON = 8  # real acts to choose the preview from


class TextesView(GesteMixin):
    """The kinds, and how many of their passages are adapted."""

    geste = "lire_textes"

    def get(self, request):
        """All twenty-three, in the order of the procedure."""
        vues = Formulation.objects.visibles_par(request.user)
        adaptes = dict(vues.filter(en_vigueur=True).values_list("genre").annotate(n=Count("pk")).order_by())
        lignes = [(genre, len(passages(code)), adaptes.get(code, 0)) for code, genre in GENRES.items()]
        return render(request, "actes/textes.html", {"lignes": lignes})


class TexteView(UneSeuleFois, GesteMixin):
    """One kind: each passage, its text, its variables, its versions; a preview on a real act."""

    geste = "lire_textes"
    geste_du_post = "adapter_textes"

    def get(self, request, genre):
        """Every passage."""
        return self.afficher(request, genre)

    def post(self, request, genre):
        """Adopt, take back, or look."""
        exiger(self.geste_du_post, request.user)
        if genre not in GENRES:
            raise Http404(genre)
        cle, action = request.POST.get("passage", ""), request.POST.get("action", "")
        if cle not in passages(genre):
            raise Http404(cle)
        if action == "retablir":
            Formulation.retablir(genre, cle, par=request.user)
            messages.success(request, "Le texte d'origine est rétabli pour les prochains actes.")
            return redirect(f"{reverse('actes:texte', args=[genre])}#{cle}")
        form = TexteForm(request.POST, passage=passages(genre)[cle], essai=action == "apercu")
        if not form.is_valid():
            return self.afficher(request, genre, refuse=form, status=422)
        try:
            page = self._essayer(request, genre, cle, form.cleaned_data["texte"])
        except (GabaritIncomplet, ValueError) as refus:
            form.add_error("texte", f"Ce texte ne s'imprime pas : {refus}")
            return self.afficher(request, genre, refuse=form, status=422)
        if action == "apercu":
            if page is None:
                form.add_error(None, "Aucun acte de cette nature : l'aperçu attend le premier.")
                return self.afficher(request, genre, refuse=form, status=409)
            return montrer_la_feuille(page)
        Formulation.adopter(
            genre, cle, form.cleaned_data["texte"], par=request.user, motif=form.cleaned_data["motif"]
        )
        messages.success(
            request, "Texte adopté : les prochains actes le porteront, ceux d'avant gardent le leur."
        )
        return redirect(f"{reverse('actes:texte', args=[genre])}#{cle}")

    def _essayer(self, request, genre, cle, texte):
        """The page of a real act with this text, or None where there is no act of this kind yet."""
        actes = self._echantillon(request, genre)
        choisi = actes.filter(numero=request.POST.get("acte", "")).first() or actes.first()
        if choisi is None:
            return None
        formulations = choisi.instantane.get("formulations", {}) | {cle: texte}
        return rendre_html(genre, choisi.instantane | {"formulations": formulations})

    @staticmethod
    def _echantillon(request, genre):
        """The latest acts of this kind that this person sees."""
        return Acte.objects.visibles_par(request.user).filter(genre=genre).order_by("-annee", "-rang")

    def afficher(self, request, genre, refuse=None, status=200):
        """The page; the form that was refused keeps what was typed."""
        if genre not in GENRES:
            raise Http404(genre)
        versions: dict[str, list] = {}
        vues = Formulation.objects.visibles_par(request.user).select_related("ecrite_par")
        for ligne in vues.filter(genre=genre):
            versions.setdefault(ligne.passage, []).append(ligne)
        lignes = []
        for cle, passage in passages(genre).items():
            siennes = versions.get(cle, [])
            en_vigueur = next((v for v in siennes if v.en_vigueur), None)
            if refuse is not None and refuse.passage.cle == cle:
                form = refuse
            else:
                texte = en_vigueur.texte if en_vigueur else passage.origine
                form = TexteForm(passage=passage, initial={"texte": texte, "passage": cle})
            lignes.append({"passage": passage, "form": form, "versions": siennes, "en_vigueur": en_vigueur})
        contexte = {
            "genre": GENRES[genre],
            "lignes": lignes,
            "form": refuse,
            "peut_adapter": peut("adapter_textes", request.user),
            "echantillon": self._echantillon(request, genre).pour_les_listes()[:ECHANTILLON],
        }
        return render(request, "actes/texte.html", contexte, status=status)
