"""Append-only record of everything that happened."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Chained entries, kept by the database."""

    name = "manufactures.journal"
    label = "journal"
    verbose_name = "journal"
