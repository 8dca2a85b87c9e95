"""What submission makes outside the requests: the whole dossier as a PDF, the files read by the antivirus."""

import structlog
from celery import shared_task
from django.apps import apps
from django.db import transaction

LOT = 50
journal_technique = structlog.get_logger(__name__)


@shared_task(acks_late=True)
def imprimer(pk: int) -> None:
    """Make the PDF of one version; run again, it sees that it is done and touches nothing.

    The row stays locked while the worker works: its death frees it for the next one.
    """
    from candidatures.impression import composer  # needs the models, which order this task
    from manufactures.actes.rendu import mettre_en_page

    modele = apps.get_model("candidatures", "Impression")
    erreur = None
    with transaction.atomic():
        lignes = modele.objects.select_related("version__dossier__vague__appel")
        impression = lignes.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, chemin="").first()
        if impression is None:
            return
        try:
            impression.ranger(mettre_en_page(composer(impression.version)))
        except Exception as cause:
            erreur = f"{type(cause).__name__} : {cause}"
    if erreur:
        journal_technique.error("impression_en_echec", impression=pk, erreur=erreur)
        impression.noter_echec(erreur)


@shared_task
def reprendre_les_impressions() -> None:
    """Every minute: the queue may have lost a message, the database has not lost the order."""
    modele = apps.get_model("candidatures", "Impression")
    for pk in modele.objects.a_faire().order_by("essais", "pk").values_list("pk", flat=True)[:LOT]:
        imprimer.apply_async(args=[pk], retry=False)


@shared_task(acks_late=True)
def analyser_piece(pk: int) -> None:
    """Have one file read by the antivirus; run again, it finds the verdict."""
    from candidatures import quarantaine  # needs the models, which order this task

    quarantaine.analyser(pk)


@shared_task
def reprendre_les_analyses() -> None:
    """Every minute: files that nobody has read yet, or that the antivirus could not read ten minutes ago."""
    from candidatures import quarantaine

    for pk in quarantaine.a_reprendre():
        analyser_piece.apply_async(args=[pk], retry=False)


@shared_task
def verifier_les_siret() -> None:
    """At night: numbers that the register of companies has not answered about; agents are told, not the porteur."""
    from candidatures import verifications  # needs the models, which order this task

    verifications.verifier_les_attendus()


@shared_task
def recapituler() -> None:
    """In the morning: what waits for the agents."""
    from candidatures import recapitulatif  # needs the models, which order these tasks

    recapitulatif.envoyer_le_recapitulatif()


@shared_task
def rappeler_le_depot() -> None:
    """Every ten minutes: drafts whose deposit closes in seven days, two days or six hours."""
    from candidatures import rappels  # needs the models, which order these tasks

    rappels.rappeler()
