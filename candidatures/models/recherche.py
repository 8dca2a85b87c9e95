"""Under which words a dossier is found, and under which name it is sorted: kept by the database itself."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from candidatures.models.base import DuDossierQuerySet
from candidatures.models.dossier import Dossier


@SearchVectorField.register_lookup
class Trouve(models.Lookup):
    """`mots__trouve="lez atel"`: each typed word begins one of the words, in any order, accents and capitals apart."""

    lookup_name = "trouve"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """The request is read by the same function as the words: one spelling of both."""
        gauche, parametres = self.process_lhs(compiler, connection)
        return f"{gauche} @@ recherche_requete(%s)", [*parametres, str(self.rhs).replace("\0", " ")]


class Recherche(models.Model):
    """One row a dossier, written by triggers alone (migration `0003_recherche`): never by the code.

    Its words come from the number, the names of the project and of the structure, the SIRET, the representative, the
    members, the communes and départements of the seat and of the places. They stand apart from the dossier's own row,
    so that a person who changes name neither locks nor rewrites their dossiers.
    """

    dossier = models.OneToOneField(
        Dossier, models.CASCADE, related_name="recherche", primary_key=True, editable=False
    )
    mots = SearchVectorField("mots", editable=False)
    nom = models.TextField("nom du projet, sans accent", editable=False)
    # Where the dossier is: its principal place, else its seat.
    commune = models.ForeignKey(
        "programme.Commune",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name="commune",
    )
    departement = models.ForeignKey(
        "programme.Departement",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name="département",
    )

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée de recherche"
        verbose_name_plural = "entrées de recherche"
        indexes = [
            # Read at once, not from a list of pending words: a search costs the same right after a bulk load.
            GinIndex(fields=["mots"], name="recherche_mots", fastupdate=False),
            models.Index(fields=["nom", "dossier"], name="recherche_nom"),
        ]

    def __str__(self):
        return self.nom
