"""What the messages of this stage say besides the common variables."""

from manufactures import horloge
from manufactures.registres import contexte
from selection.models import Audition, Decision


@contexte("audition_convocation")
def audition_convocation(dossier, *, evenement, par, audition=None, **faits) -> dict:
    """When, how long, until when to name the participants."""
    creneau = Audition.objects.get(pk=audition)
    creneau.dossier = dossier
    return {
        "audition": {"debut": creneau.debut.isoformat()},
        "duree": creneau.duree_min,
        "date_confirmation": creneau.confirmer_avant.astimezone(horloge.PARIS).date().isoformat(),
        "chemin": creneau.page_du_porteur,
        "agenda": creneau.agenda(dossier.destinataires("audition_convocation")),
    }


@contexte("decision_disponible")
def decision_disponible(dossier, *, evenement, par, decision=None, **faits) -> dict:
    """The released act, in neutral words: no verdict, no name in a subject."""
    if decision is None:
        return {}
    acte = Decision.objects.select_related("acte").get(pk=decision).acte
    service = dossier.vague.appel
    return {
        "mis_a_disposition_le": horloge.maintenant().isoformat(),
        "chemin": acte.get_absolute_url(),
        "service": {
            "nom": service.service_nom,
            "courriel": service.service_courriel,
            "telephone": service.service_telephone,
        },
        "nom_projet": dossier.nom_projet,
    }
