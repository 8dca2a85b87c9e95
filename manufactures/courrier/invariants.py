"""What must always hold of messages."""

from django.db.models import Q

from manufactures.courrier.models import Message
from manufactures.registres import invariant


@invariant("un message envoyé porte son instant d'envoi")
def envois_dates():
    """State and instant agree."""
    for pk in Message.objects.filter(Q(etat="ENVOYE", envoye_le=None)).values_list("pk", flat=True):
        yield f"message {pk}"
