"""A deed refused to somebody signed in: each one in the technical log, one line a wave in the record."""

import structlog
from django.core.cache import cache
from django.db import transaction

from manufactures.journal.models import consigner
from manufactures.personnes.fils import FIL_DES_ACCES
from manufactures.personnes.portier import UNE_LIGNE_PAR

journal_technique = structlog.get_logger(__name__)


def noter_le_refus(request) -> None:
    """Who was refused which deed: its row of the rights table, never the object nor the address."""
    user, page = getattr(request, "user", None), request.resolver_match
    if user is None or not user.is_authenticated or page is None:
        return
    geste = getattr(getattr(page.func, "view_class", None), "geste", "")
    journal_technique.warning("acces_refuse", geste=geste, page=page.view_name, compte=user.pk)
    if cache.add(f"acces_refuse:{user.pk}:{page.view_name}", True, UNE_LIGNE_PAR):
        with transaction.atomic():
            consigner(FIL_DES_ACCES, "refuser_acces", par=user, geste=geste, page=page.view_name)
