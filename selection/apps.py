"""The committee's stage."""

from importlib import import_module

from django.apps import AppConfig

ROOMS = (
    "regards",
    "gardes",
    "effets",
    "compositions",
    "contextes",
    "echeances",
    "a_faire",
    "invariants",
    "conservation",
)


class SelectionConfig(AppConfig):
    """Sittings, ballots, opinions and decisions; its rooms fill the registries when the app loads."""

    name = "selection"
    verbose_name = "sélection"

    def ready(self):
        """Import the rooms that register looks, guards, effects, snapshots, to-do lines, invariants and retention."""
        for room in ROOMS:
            import_module(f"selection.{room}")
