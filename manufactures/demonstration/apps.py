"""The demonstration: its data, and the loader that walks it through the procedure."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """Commands only; no model."""

    name = "manufactures.demonstration"
    label = "demonstration"
    verbose_name = "démonstration"
