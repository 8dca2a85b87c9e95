"""What the desk shows, as a file: the same filters, the same columns, the same order; a CSV is streamed."""

from django.http import Http404

from instruction.colonnes import COLONNES, colonnes_valables, en_cellules, titres_du_fichier
from instruction.listes import lire_rangees
from instruction.models.vues_enregistrees import Bureau
from instruction.views.liste import ListeFiltree
from manufactures import horloge
from manufactures.classeurs.ecrire import reponse as reponse_classeur
from manufactures.comptes.roles import role_actif
from manufactures.journal.models import consigner
from manufactures.tableur import reponse_csv

LOT = 2000
CLASSEURS = ("xlsx", "ods")
AU_PLUS = 20_000  # a workbook is made whole in memory; the CSV has no limit


class ExportView(ListeFiltree):
    """Exactly these rows and columns; each export is a line of the journal."""

    geste = "exporter_liste"

    def post(self, request, extension="csv"):
        """The file; the address holds the same filters as the page's."""
        if extension not in ("csv", *CLASSEURS):
            raise Http404(extension)
        self.lire(request)
        noms = colonnes_valables(Bureau.lire(request.user)[0])
        consigner(
            "exports",
            "exporter",
            par=request.user,
            role=role_actif(request) or "",
            objet="dossiers",
            lignes=self.dossiers.count(),
            filtres={
                nom: dit for nom, dit in request.GET.items() if nom != "q"
            },  # what was typed may be a name
        )
        rangees = lire_rangees(self.ordonnes(), [COLONNES[nom] for nom in noms])
        titres, fichier = titres_du_fichier(noms), f"dossiers-{horloge.aujourd_hui():%Y-%m-%d}"
        if extension in CLASSEURS:
            lignes = list(en_cellules(rangees[:AU_PLUS].iterator(LOT), noms))
            return reponse_classeur(fichier, extension, ("Dossiers", titres, lignes))
        return reponse_csv(f"{fichier}.csv", titres, en_cellules(rangees.iterator(LOT), noms))
