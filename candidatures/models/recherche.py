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


class Pertinence(models.Func):
    """`Pertinence("recherche__mots", saisie)`: how well these words answer, the name before place and summary."""

    function = "ts_rank"
    output_field = models.FloatField()

    def __init__(self, mots, saisie: str):
        requete = models.Func(models.Value(saisie.replace("\0", " ")), function="recherche_requete")
        super().__init__(mots, requete)


class Recherche(models.Model):
    """One row a dossier, written by triggers alone (`0003_recherche`, `0014_recherche_plein_texte`).

    `mots`: the number, the name of the project and the SIRET (weight A), the structure, the representative, the
    members, the communes and départements of the seat and of the places (B), the summary once deposited (C). Short,
    they rank what is found. `textes`: the same and, once deposited, every long answer (D): an index alone reads them.
    They stand apart from the dossier's own row, so that a person who changes name neither locks nor rewrites their
    dossiers.
    """

    dossier = models.OneToOneField(
        Dossier, models.CASCADE, related_name="recherche", primary_key=True, editable=False
    )
    mots = SearchVectorField("mots", editable=False)
    textes = SearchVectorField("mots des textes", editable=False)
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
            GinIndex(fields=["textes"], name="recherche_textes", fastupdate=False),
            models.Index(fields=["nom", "dossier"], name="recherche_nom"),
        ]

    def __str__(self):
        return self.nom
