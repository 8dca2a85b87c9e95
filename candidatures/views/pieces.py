"""Attachments: added beside the calendar, served as attachments, seen in a page, replaced or taken away in a draft."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator

from candidatures.fichiers import FichierRefuse, refaire_image
from candidatures.forms.pieces import PieceForm, RemplacerForm
from candidatures.models import Piece, Section
from candidatures.views.base import DossierMixin
from candidatures.views.section import SectionView, pieces_par_type
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.registres import TransitionInterdite

# Whatever the file holds, it runs nothing and fetches nothing; only our own pages may frame it.
INERTE = "default-src 'none'; sandbox"
CADRE = "default-src 'none'; frame-ancestors 'self'"


class AjouterPieceView(SectionView):
    """The second form of the page « Calendrier et pièces »."""

    geste = "ajouter_piece"
    http_method_names = ["post"]

    def post(self, request, numero):
        """Add the files; those refused are told beside their field, each with its sentence, the others are kept."""
        formulaire = PieceForm(request.POST, request.FILES, dossier=self.dossier)
        if formulaire.is_valid():
            try:
                ajoutees = self.ajouter(formulaire)
            except TransitionInterdite as refus:
                return self.refuser(refus)
            if ajoutees:
                messages.success(request, dire_l_ajout(ajoutees))
            if formulaire.is_valid():
                return redirect("candidatures:section", numero, Section.PIECES)
        return self.montrer(Section.PIECES, self.page(Section.PIECES), form=formulaire, form_piece=formulaire)

    def ajouter(self, formulaire) -> list[Piece]:
        """One by one, so that one file refused does not lose the others."""
        ajoutees = []
        for fichier in formulaire.cleaned_data["fichier"]:
            try:
                piece = self.dossier.ajouter_piece(
                    fichier,
                    par=self.request.user,
                    type=formulaire.piece_demandee(),
                    libelle=formulaire.cleaned_data["libelle"],
                )
            except FichierRefuse as refus:
                formulaire.add_error("fichier", refus)
            else:
                ajoutees.append(piece)
        return ajoutees


def dire_l_ajout(pieces) -> str:
    """In one sentence."""
    noms = ", ".join(f"« {piece.nom} »" for piece in pieces)
    return f"{noms} est ajouté." if len(pieces) == 1 else f"{noms} sont ajoutés."


class ListePiecesView(DossierMixin):
    """The pieces asked with the files that answer them, alone: what a script shows once its files have arrived."""

    geste = "ajouter_piece"

    def get(self, request, numero):
        """A fragment of the section's page."""
        return render(
            request, "candidatures/_liste_pieces.html", self.contexte(**pieces_par_type(self.dossier))
        )


class DeLaPiece(DossierMixin):
    """One file, to whoever may see its dossier; one taken away, to its members or from a deposited version."""

    geste = "lire_piece"

    def trouver_la_piece(self, pk) -> Piece:
        """The file, its dossier known. Raises Http404."""
        pieces = Piece.toutes.visibles_par(self.request.user).select_related("type", "ajoutee_par")
        piece = get_object_or_404(pieces, dossier=self.dossier, pk=pk)
        piece.dossier = self.dossier
        if piece.est_bancaire and not self.lit_les_contacts():
            raise Http404(pk)
        if piece.retiree_le and not self.dossier.droit_de(self.request.user) and not piece.est_deposee():
            raise Http404(pk)
        return piece


class PieceView(DeLaPiece):
    """The file itself; never shown in the page."""

    def get(self, request, numero, pk):
        """As an attachment, under its own name, its type not guessed."""
        piece = self.trouver_la_piece(pk)
        if phrase := piece.refus_de_lecture(request.user):
            return self.refuser(phrase)
        reponse = FileResponse(
            piece.fichier.open("rb"), as_attachment=True, filename=piece.nom, content_type=piece.type_mime
        )
        reponse["X-Content-Type-Options"] = "nosniff"
        reponse["Content-Security-Policy"] = INERTE
        return reponse


class ContenuView(DeLaPiece):
    """What the page of a file frames: a PDF as it is, a picture drawn again from its pixels."""

    def get(self, request, numero, pk):
        """Inline, for our own pages only."""
        piece = self.trouver_la_piece(pk)
        if piece.refus_de_lecture(request.user) or not (piece.est_pdf or piece.est_image):
            raise Http404(pk)
        if piece.est_pdf:
            reponse = FileResponse(piece.fichier.open("rb"), filename=piece.nom, content_type=piece.type_mime)
            reponse["Content-Security-Policy"] = CADRE
            reponse["X-Frame-Options"] = "SAMEORIGIN"
        else:
            with piece.fichier.open("rb") as fichier:
                image = refaire_image(fichier, piece.type_mime, piece.taille)
            if not image:
                raise Http404(pk)
            reponse = HttpResponse(image, content_type="image/jpeg")
            reponse["Content-Security-Policy"] = INERTE
        reponse["X-Content-Type-Options"] = "nosniff"
        reponse["Cache-Control"] = "private, no-store"
        return reponse


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class ApercuView(DeLaPiece):
    """The page of one file: seen, with its digest and what it replaced; replaced from here in a draft."""

    def get(self, request, numero, pk):
        """Read only, or with the form."""
        return self.montrer(self.trouver_la_piece(pk), RemplacerForm())

    def montrer(self, piece, formulaire):
        """The page."""
        precedentes = piece.versions_precedentes() if self.dossier.droit_de(self.request.user) else []
        contexte = self.contexte(
            piece=piece,
            precedentes=precedentes,
            refus=piece.refus_de_lecture(self.request.user),
            form=formulaire,
            remplacable=self.dossier.ecrivable_par(self.request.user) and piece.retiree_le is None,
        )
        return render(self.request, "candidatures/piece.html", contexte)


class RemplacerPieceView(UneSeuleFois, ApercuView):
    """Another file takes its place; the earlier one is kept behind it."""

    geste = "ajouter_piece"
    http_method_names = ["post"]

    def post(self, request, numero, pk):
        """Same kind of piece, same checks; a refusal stands beside its field and changes nothing."""
        piece = self.trouver_la_piece(pk)
        formulaire = RemplacerForm(request.POST, request.FILES)
        if not formulaire.is_valid():
            return self.montrer(piece, formulaire)
        try:
            nouvelle = self.dossier.ajouter_piece(
                formulaire.cleaned_data["fichier"], par=request.user, remplace=piece
            )
        except FichierRefuse as refus:
            formulaire.add_error("fichier", refus)
            return self.montrer(piece, formulaire)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        messages.success(request, f"« {nouvelle.nom} » remplace « {piece.nom} », qui est gardé.")
        return redirect("candidatures:apercu_piece", numero, nouvelle.pk)


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
