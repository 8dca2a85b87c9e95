"""Rendering and sealing, outside the request: the row is the order, Redis only rings the bell."""

import structlog
from celery import shared_task
from django.apps import apps
from django.db import transaction

from manufactures import horloge
from manufactures.taches import reveiller

journal_technique = structlog.get_logger(__name__)


@shared_task(acks_late=True)
def produire(pk: int) -> None:
    """Render and seal act `pk`; run again, it sees that it is done and touches nothing.

    Idempotence rests on the digest already written, not on the bytes. The row stays locked while the worker works: its
    death frees it for the next one. A failure is counted on the row and tried again by `reprendre`.
    """
    from manufactures.actes.rendu import rendre  # slow libraries (WeasyPrint, pyHanko) load at first use
    from manufactures.actes.sceau import HorodatageIndisponible, sceller

    modele = apps.get_model("actes", "Acte")  # models.py orders this task: no import both ways
    erreur, attendre = None, False
    with transaction.atomic():
        acte = (
            modele.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk=pk, etat="A_RENDRE")
            .first()
        )
        if acte is None:
            return
        try:
            acte.deposer_fichier(sceller(rendre(acte.genre, acte.instantane)))
        except Exception as cause:
            erreur = f"{type(cause).__name__} : {cause}"
            attendre = isinstance(cause, HorodatageIndisponible)
    if erreur:
        journal_technique.error("acte_en_echec", acte=pk, erreur=erreur)
        acte.noter_echec(erreur, attendre=attendre)


@shared_task
def reprendre() -> None:
    """Every 30 seconds: the queue may have lost a message, the database has not lost the order."""
    modele = apps.get_model("actes", "Acte")
    dus = modele.objects.a_reprendre(horloge.instant_exact())
    for pk in dus.order_by("essais", "pk").values_list("pk", flat=True)[:200]:
        produire.apply_async(args=[pk], retry=False)
    scans = apps.get_model("actes", "Numerisation").objects.filter(etat__in=["A_LIRE", "A_CLASSER"])
    for pk in scans.order_by("pk").values_list("pk", flat=True)[:50]:
        lire_numerisation.apply_async(args=[pk], retry=False)


@shared_task(acks_late=True)
def lire_numerisation(pk: int) -> None:
    """One step of reading or filing scan `pk`, then the next: a long scan leaves its turn to the acts."""
    if apps.get_model("actes", "Numerisation").avancer(pk):
        reveiller(lire_numerisation, pk)
