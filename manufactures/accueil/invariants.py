"""What must always hold of what the State publishes."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from manufactures.accueil.donnees_ouvertes import subventions
from manufactures.programme.models import Article
from manufactures.registres import invariant


@invariant("une subvention publiée nomme son attribuant et son bénéficiaire")
def subventions_identifiees() -> Iterator[str]:
    """Both SIRETs are there: without them the file breaks the national schema."""
    manque = Q(dossier__vague__appel__siret_attribuant="") | Q(dossier__siret="")
    for numero, appel in (
        subventions.publiees()
        .filter(manque)
        .order_by("acte__numero")
        .values_list("acte__numero", "dossier__vague__appel__titre")
        .iterator()
    ):
        yield f"Décision {numero}, {appel}\u00a0: il manque le SIRET de l'attribuant ou du bénéficiaire."


@invariant("les versions d'une clause se suivent de vague en vague")
def clauses_en_ordre() -> Iterator[str]:
    """A later version never reaches back to a wave that an earlier one was opened for."""
    plus_ancienne = Article.objects.filter(
        appel=OuterRef("appel"),
        numero=OuterRef("numero"),
        version__lt=OuterRef("version"),
        depuis__gte=OuterRef("depuis"),
    )
    for article in Article.objects.filter(Exists(plus_ancienne)).select_related("appel"):
        yield f"{article.appel}, article {article.numero}\u00a0: sa version {article.version} en précède une autre."
