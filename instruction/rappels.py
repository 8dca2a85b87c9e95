"""What is awaited from others is said again before its date: completions of a porteur, opinions of third parties."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from candidatures.instantanes import a_paris
from instruction.models import AvisTiers, DemandeComplements
from instruction.models.complements import EtatDemande
from manufactures import horloge
from manufactures.courrier.models import Message

CLE = "complements_rappel"
PALIERS = (timedelta(days=1), timedelta(days=3))  # the nearest to the date first
CLE_AVIS = "avis_rappel"
AVANT_UN_AVIS = timedelta(days=5)


def rappeler() -> int:
    """Write what was not yet written; returns how many requests it was for. A date that moves is told again."""
    instant = horloge.maintenant()
    ouvertes = DemandeComplements.objects.filter(
        etat=EtatDemande.OUVERTE, echeance__range=(instant, instant + PALIERS[-1])
    )
    nombre = 0
    for demande in ouvertes.select_related("dossier__vague__appel").prefetch_related("pieces__reponses"):
        avant = next(avant for avant in PALIERS if demande.echeance - instant <= avant)
        if manquantes := demande.manquants:
            nombre += bool(_ecrire(demande, len(manquantes), avant))
    return nombre


def _ecrire(demande, manquantes: int, avant: timedelta) -> list[Message]:
    """To those who may answer; nothing where it was written before."""
    dossier = demande.dossier
    evenement = f"complements/{demande.pk}@{demande.echeance.isoformat()}/{avant.days}"
    if Message.objects.filter(cle=CLE, evenement=evenement).exists():
        return []
    return Message.preparer(
        CLE,
        a=dossier.destinataires(CLE),
        contexte=dossier.contexte_des_messages()
        | {
            "n_manquants": str(manquantes),
            "echeance": a_paris(demande.echeance),
            "lien_delai": settings.SITE_URL + reverse("instruction:messages", args=[dossier.numero]),
        },
        evenement=evenement,
        fil=dossier.fil,
        lien=reverse("instruction:repondre", args=[dossier.numero]),
    )


def rappeler_les_avis() -> int:
    """Five days before its date, the same link again to each third party that has not answered; once a date."""
    instant = horloge.maintenant()
    attendus = AvisTiers.objects.attendus().filter(echeance__range=(instant, instant + AVANT_UN_AVIS))
    nombre = 0
    for avis in attendus.select_related("dossier__vague__appel"):
        evenement = f"avis/{avis.pk}@{avis.echeance.isoformat()}"
        if Message.objects.filter(cle=CLE_AVIS, evenement=evenement).exists():
            continue
        Message.preparer_pour(
            avis.courriel,
            CLE_AVIS,
            contexte=avis.contexte_du_message(),
            evenement=evenement,
            fil=avis.dossier.fil,
            lien=avis.lien,
        )
        nombre += 1
    return nombre
