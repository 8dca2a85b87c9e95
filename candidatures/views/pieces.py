"""Attachments: added beside the calendar, served as attachments, taken away while the dossier is a draft."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect

from candidatures.fichiers import FichierRefuse
from candidatures.forms.pieces import PieceForm
from candidatures.models import Piece, Section
from candidatures.views.base import DossierMixin
from candidatures.views.section import SectionView
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.registres import TransitionInterdite


class AjouterPieceView(SectionView):
    """The second form of the page « Calendrier et pièces »."""

    geste = "ajouter_piece"
    http_method_names = ["post"]

    def post(self, request, numero):
        """Add the file; a refusal stands beside its field, with the limit."""
        formulaire = PieceForm(request.POST, request.FILES, dossier=self.dossier)
        if formulaire.is_valid():
            try:
                piece = self.dossier.ajouter_piece(
                    formulaire.cleaned_data["fichier"],
                    par=request.user,
                    type=formulaire.piece_demandee(),
                    libelle=formulaire.cleaned_data["libelle"],
                )
            except FichierRefuse as refus:
                formulaire.add_error("fichier", refus)
            except TransitionInterdite as refus:
                return self.refuser(refus)
            else:
                messages.success(request, f"« {piece.nom} » est ajouté.")
                return redirect("candidatures:section", numero, Section.PIECES)
        return self.montrer(Section.PIECES, self.page(Section.PIECES), form=formulaire, form_piece=formulaire)


class PieceView(DossierMixin):
    """The file itself, to whoever may see its dossier; never shown in the page."""

    geste = "lire_piece"

    def get(self, request, numero, pk):
        """As an attachment, under its own name, its type not guessed."""
        piece = get_object_or_404(Piece.toutes.visibles_par(request.user), dossier=self.dossier, pk=pk)
        if piece.est_bancaire and not self.lit_les_contacts():
            raise Http404(pk)
        reponse = FileResponse(
            piece.fichier.open("rb"), as_attachment=True, filename=piece.nom, content_type=piece.type_mime
        )
        reponse["X-Content-Type-Options"] = "nosniff"
        reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return reponse


class RetirerPieceView(UneSeuleFois, DossierMixin):
    """Take a file away from the draft."""

    geste = "retirer_piece"
    http_method_names = ["post"]

    def post(self, request, numero, pk):
        """The row is marked, the content kept."""
        piece = get_object_or_404(Piece.objects.visibles_par(request.user), dossier=self.dossier, pk=pk)
        try:
            self.dossier.retirer_piece(piece, par=request.user)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        messages.success(request, f"« {piece.nom} » est retiré.")
        return redirect("candidatures:section", numero, Section.PIECES)
