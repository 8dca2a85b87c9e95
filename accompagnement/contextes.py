"""What this stage adds to the messages of the transitions: the very page to open."""

from accompagnement.models.credit import chemin_du_projet
from candidatures.models import Dossier
from manufactures.procedure import Etat
from manufactures.registres import contexte

SUIVIS = (Etat.EN_INCUBATION, Etat.EN_ARBITRAGE, Etat.EN_ACCOMPAGNEMENT, Etat.CLOS)


@contexte("document_disponible")
def page_du_projet(objet, *, evenement, par, **faits) -> dict:
    """The report and the attestation are read on the project's thread."""
    if isinstance(objet, Dossier) and objet.etat in SUIVIS:
        return {"chemin": chemin_du_projet(objet)}
    return {}
