"""What must always hold of acts."""

from django.db.models import Count, Max

from manufactures.actes.models import Acte, Compteur, ExemplaireSigne
from manufactures.registres import invariant


@invariant("les actes d'une année sont numérotés de 1 à n, sans trou ni doublon")
def numeros_sans_trou():
    """Count, greatest rank and counter agree for each year."""
    compteurs = dict(Compteur.objects.values_list("annee", "dernier"))
    for ligne in Acte.objects.values("annee").annotate(n=Count("pk"), dernier=Max("rang")).order_by("annee"):
        if not ligne["n"] == ligne["dernier"] == compteurs.get(ligne["annee"]):
            yield f"{ligne['annee']} : {ligne['n']} actes, dernier rang {ligne['dernier']}"


@invariant("un acte scellé a un fichier à son empreinte")
def fichiers_presents():
    """The file's path carries the digest."""
    for numero, empreinte, fichier in Acte.objects.filter(etat="SCELLE").values_list(
        "numero", "empreinte", "fichier"
    ):
        if empreinte not in fichier:
            yield f"{numero} : {fichier}"


@invariant("un exemplaire signé a un fichier à son empreinte")
def exemplaires_presents():
    """The file's path carries the digest."""
    for numero, empreinte, fichier in ExemplaireSigne.objects.values_list(
        "acte__numero", "empreinte", "fichier"
    ):
        if empreinte not in fichier:
            yield f"{numero} : {fichier}"
