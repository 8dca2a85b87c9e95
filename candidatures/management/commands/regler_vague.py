"""Move a wave's closing instant, on the record."""

from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from manufactures import horloge
from manufactures.francais import instant
from manufactures.journal.models import consigner
from manufactures.programme.models import Vague


class Command(BaseCommand):
    """`regler_vague 3 --cloture 2026-12-21T12:00:00+01:00`: later for everybody; earlier only with DEMO=1."""

    help = "Déplace l'instant de clôture d'une vague (vers plus tôt : seulement avec DEMO=1)."

    def add_arguments(self, parser):
        """The wave's number, or call-number; the instant in ISO 8601 (Paris time without offset)."""
        parser.add_argument("ref")
        parser.add_argument("--cloture", required=True)
        parser.add_argument("--motif", default="Report décidé par le responsable de l'appel")

    def handle(self, *args, ref, cloture, motif, **options):
        """One row lock against the deposits' share locks: old rule or new rule, never a mix."""
        try:
            limite = datetime.fromisoformat(cloture)
        except ValueError as cause:
            raise CommandError(
                "La clôture s'écrit en ISO 8601, par exemple 2026-12-21T12:00:00+01:00."
            ) from cause
        if limite.tzinfo is None:
            limite = limite.replace(tzinfo=horloge.PARIS)
        slug, _, numero = ref.rpartition("-")
        with transaction.atomic():
            vagues = Vague.objects.select_for_update(of=("self",)).select_related("appel")
            vague = vagues.filter(numero=numero, **({"appel__slug": slug} if slug else {})).first()
            if vague is None:
                raise CommandError(f"Aucune vague ne s'appelle « {ref} ».")
            if limite < vague.cloture and not settings.DEMO:
                raise CommandError("Une clôture ne s'avance pas : les porteurs comptent sur elle.")
            if limite <= vague.ouverture:
                raise CommandError("La clôture doit suivre l'ouverture.")
            consigner(
                vague.fil,
                "regler_cloture",
                par=None,
                motif=motif,
                avant=vague.cloture.isoformat(),
                apres=limite.isoformat(),
            )
            vague.cloture = limite
            vague.save(update_fields=["cloture"])
        self.stdout.write(f"{vague.libelle} : clôture le {instant(limite)} (heure de Paris).")
