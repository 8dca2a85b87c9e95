"""What must always hold of what the State publishes."""

from collections.abc import Iterator

from django.db.models import Q

from manufactures.accueil.donnees_ouvertes import subventions
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
