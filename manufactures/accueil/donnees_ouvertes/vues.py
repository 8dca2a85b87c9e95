"""The page of the open data, its files, its dictionaries: public, streamed, in a constant number of queries."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from manufactures import horloge
from manufactures.accueil import publication
from manufactures.accueil.donnees_ouvertes import laureats, subventions
from manufactures.accueil.donnees_ouvertes.jeux import DICTIONNAIRES, brut, dictionnaire
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.tableur import reponse_csv


class DonneesOuvertesView(GesteMixin):
    """What is on offer, how many rows, of which date, under which licence."""

    geste = PUBLIC

    def get(self, request):
        """Counts are those of the files, at this instant."""
        contexte = {
            "appel": publication.appel_courant(),
            "produit_le": horloge.maintenant(),
            "laureats": laureats.resume(),
            "subventions": subventions.resume(),
            "dictionnaires": {nom: dictionnaire(nom) for nom in DICTIONNAIRES},
            "licence_adresse": laureats.LICENCE_ADRESSE,
        }
        return render(request, "donnees_ouvertes/donnees_ouvertes.html", contexte)


class LaureatsCsvView(GesteMixin):
    """The laureates as a table."""

    geste = PUBLIC

    def get(self, request):
        """Streamed."""
        nom = f"laureats_{horloge.aujourd_hui():%Y%m%d}.csv"
        return reponse_csv(nom, laureats.COLONNES, laureats.rangees(), ouvert=True)


class LaureatsGeojsonView(GesteMixin):
    """Their places as points."""

    geste = PUBLIC

    def get(self, request):
        """Streamed."""
        nom = f"lieux-des-laureats_{horloge.aujourd_hui():%Y%m%d}.geojson"
        return StreamingHttpResponse(
            laureats.geojson(laureats.points(), nombre=laureats.lieux().order_by().count()),
            content_type="application/geo+json",
            headers={"Content-Disposition": f'attachment; filename="{nom}"'},
        )


class SubventionsCsvView(GesteMixin):
    """The subsidies, in the national schema."""

    geste = PUBLIC

    def get(self, request):
        """Streamed; the name of the file follows the schema's custom."""
        inventes = bool(subventions.resume()["inventes"])
        nom = subventions.nom_du_fichier(horloge.aujourd_hui(), inventes=inventes)
        return reponse_csv(nom, subventions.COLONNES, subventions.rangees(), ouvert=True)


class DictionnaireView(GesteMixin):
    """A dictionary, for machines (Table Schema)."""

    geste = PUBLIC

    def get(self, request, jeu):
        """404 for a file that does not exist."""
        if jeu not in DICTIONNAIRES:
            raise Http404
        return HttpResponse(brut(jeu), content_type="application/json; charset=utf-8")
