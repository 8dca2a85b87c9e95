"""The tables of the form: their totals as one types, from a spreadsheet, to a spreadsheet."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.functional import cached_property

from candidatures.forms.pages import Page
from candidatures.forms.tableaux import ClasseurForm
from candidatures.models.gestes import FIGE
from candidatures.tableaux.colonnes import colonnes, tableau
from candidatures.tableaux.ecriture import TableModifiee, ecrire_les_lignes, empreinte_de, presentes
from candidatures.tableaux.importation import lire_le_fichier, relire
from candidatures.views.base import DossierMixin
from manufactures import classeurs
from manufactures.classeurs import ClasseurRefuse
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.francais import compter
from manufactures.registres import TransitionInterdite

MODIFIEE = (
    "Quelqu'un a modifié ce tableau pendant votre lecture. Relisez l'aperçu, puis choisissez de nouveau."
)


class BilanView(DossierMixin):
    """What a section adds up to with what is typed, nothing being written: the browser never adds up."""

    geste = "ecrire_dossier"
    http_method_names = ["post"]

    def post(self, request, numero, section):
        """The fragment; a section without totals has none."""
        page = Page(self.dossier, section, request.POST)
        if not page.bilan:
            raise Http404(section)
        return render(request, "candidatures/_bilan.html", self.contexte(page=page, section=section))


class TableauMixin(DossierMixin):
    """One table of the dossier, by its name."""

    def trouver(self, numero):
        """The dossier, then its table. Raises Http404 for a table that is none."""
        trouve = tableau(self.kwargs["table"])
        if trouve is None:
            raise Http404(self.kwargs["table"])
        self.section, self.table = trouve
        return super().trouver(numero)

    @cached_property
    def colonnes(self) -> list:
        """Its columns, with the choices of this dossier."""
        return colonnes(self.table, self.dossier)


class ModeleView(TableauMixin):
    """An empty workbook with the right titles, and beside it what each column takes."""

    geste = "lire_dossier"

    def get(self, request, numero, table, format):
        """The file."""
        if format not in classeurs.FORMATS:
            raise Http404(format)
        titres = [colonne.titre for colonne in self.colonnes]
        aide = [[colonne.titre, colonne.consigne] for colonne in self.colonnes]
        return classeurs.reponse(
            f"modele-{table}",
            format,
            (self.table.titre, titres, []),
            ("Aide", ["Colonne", "Ce qu'on y écrit"], aide),
        )


class ExporterView(TableauMixin):
    """The rows as they stand; the file is read back by the import without a change."""

    geste = "lire_dossier"

    def get(self, request, numero, table, format):
        """The file."""
        if format not in classeurs.FORMATS:
            raise Http404(format)
        rangees = [
            [colonne.ecrire(rangee.get(colonne.nom)) for colonne in self.colonnes]
            for rangee in self.table.lire(self.dossier)
        ]
        titres = [colonne.titre for colonne in self.colonnes]
        return classeurs.reponse(f"{table}-{numero}", format, (self.table.titre, titres, rangees))


class ImporterView(UneSeuleFois, TableauMixin):
    """A file is dropped, read, shown line by line; nothing is written until its reader accepts."""

    geste = "ecrire_dossier"

    def get(self, request, numero, table):
        """Where to drop the file, and the model to start from."""
        if not self.dossier.ecrivable_par(request.user):
            return self.refuser(FIGE)
        return self.montrer(ClasseurForm())

    def post(self, request, numero, table):
        """Read the file, or write the rows accepted."""
        if not self.dossier.ecrivable_par(request.user):
            return self.refuser(FIGE)
        if request.POST.get("action") in ("remplacer", "ajouter"):
            return self.accepter(request.POST["action"] == "remplacer")
        formulaire = ClasseurForm(request.POST, request.FILES)
        if formulaire.is_valid():
            fichier = formulaire.cleaned_data["fichier"]
            try:
                lignes = classeurs.lire(fichier, fichier.name)
                importation = lire_le_fichier(self.table, self.dossier, lignes)
            except ClasseurRefuse as refus:
                formulaire.add_error("fichier", str(refus))
            else:
                return self.montrer(ClasseurForm(), importation, fichier.name)
        return self.montrer(formulaire)

    def accepter(self, remplacer: bool):
        """The right rows, in place of those that stand or after them."""
        texte = self.request.POST.get("lignes", "")
        try:
            importation = relire(self.table, self.dossier, texte)
        except ClasseurRefuse as refus:
            messages.error(self.request, str(refus))
            return redirect("candidatures:importer_tableau", self.dossier.numero, self.table.nom)
        if importation.fautives or not importation.lignes:
            return self.montrer(ClasseurForm(), importation)
        lu = self.request.POST.get("lu", "") if remplacer else None
        ecrire = partial(ecrire_les_lignes, self.table, importation.rangees, remplacer=remplacer, lu=lu)
        try:
            self.dossier.enregistrer_section(self.section, par=self.request.user, ecrire=ecrire)
        except TableModifiee:
            messages.warning(self.request, MODIFIEE)
            return self.montrer(ClasseurForm(), importation)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        phrase = f"{compter(len(importation.lignes), 'ligne')} dans « {self.table.titre} »."
        messages.success(self.request, f"{'Remplacé' if remplacer else 'Ajouté'} : {phrase}")
        return redirect(f"{self.dossier.get_absolute_url()}{self.section}/#id_{self.table.nom}")

    def montrer(self, formulaire, importation=None, nom=""):
        """The page, with the preview once a file is read."""
        deja = presentes(self.table, self.dossier)
        contexte = self.contexte(
            form=formulaire,
            table=self.table,
            section=self.section,
            colonnes=self.colonnes,
            importation=importation,
            nom_du_fichier=nom,
            deja=len(deja),
            lu=empreinte_de(self.table, self.dossier),
            formats=list(classeurs.FORMATS),
        )
        return render(self.request, "candidatures/tableau.html", contexte)
