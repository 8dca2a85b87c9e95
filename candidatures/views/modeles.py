"""Templates of the pieces: downloaded by anybody, published by those who steer the call."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render

from candidatures.fichiers import FichierRefuse
from candidatures.forms.pieces import ModeleForm
from candidatures.models import ModeleDePiece
from candidatures.views.pieces import INERTE
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Role
from manufactures.programme.models import PieceDemandee
from manufactures.programme.models.habilitation import appels_de


class ModeleDePieceView(GesteMixin):
    """The template itself."""

    geste = PUBLIC

    def get(self, request, pk):
        """As an attachment, under its own name."""
        modele = get_object_or_404(ModeleDePiece.objects.visibles_par(request.user), demandee=pk)
        reponse = FileResponse(
            modele.fichier.open("rb"), as_attachment=True, filename=modele.nom, content_type=modele.type_mime
        )
        reponse["X-Content-Type-Options"] = "nosniff"
        reponse["Content-Security-Policy"] = INERTE
        return reponse


class ModelesView(UneSeuleFois, GesteMixin):
    """The pieces asked by the calls that one steers, each with its template."""

    geste = "poser_modele"

    def pieces(self):
        """In the order of the calls."""
        siens = PieceDemandee.objects.filter(appel__in=appels_de(self.request.user, Role.RESPONSABLE))
        return siens.select_related("appel", "modele").order_by("appel", "rang", "pk")

    def get(self, request):
        """The list, one small form a line."""
        return self.montrer({})

    def post(self, request):
        """Publish one, or take it away; a refusal stands beside its field."""
        piece = get_object_or_404(self.pieces(), pk=self.cle_de_piece())
        if request.POST.get("action") == "oter":
            ModeleDePiece.oter(piece, par=request.user)
            messages.success(request, f"« {piece.libelle} » n'a plus de modèle.")
            return redirect("candidatures:modeles_de_pieces")
        formulaire = ModeleForm(request.POST, request.FILES, prefix=str(piece.pk))
        if formulaire.is_valid():
            try:
                modele = ModeleDePiece.poser(piece, formulaire.cleaned_data["fichier"], par=request.user)
            except FichierRefuse as refus:
                formulaire.add_error("fichier", refus)
            else:
                messages.success(request, f"« {modele.nom} » est publié avec l'appel.")
                return redirect("candidatures:modeles_de_pieces")
        return self.montrer({piece.pk: formulaire}, form=formulaire)

    def cle_de_piece(self) -> int:
        """The piece named by the form; an unreadable one is none."""
        texte = self.request.POST.get("piece", "")
        return int(texte) if texte.isdigit() else 0

    def montrer(self, saisis, **autres):
        """The page."""
        lignes = [
            {"piece": piece, "formulaire": saisis.get(piece.pk) or ModeleForm(prefix=str(piece.pk))}
            for piece in self.pieces()
        ]
        return render(self.request, "candidatures/modeles.html", {"lignes": lignes} | autres)
