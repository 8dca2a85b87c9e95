"""Official documents."""

from django.apps import AppConfig


class ActesConfig(AppConfig):
    """Acts: numbered, rendered by Celery, sealed, verifiable."""

    name = "manufactures.actes"
    label = "actes"
    verbose_name = "actes"

    def ready(self):
        """Fill the registries."""
        from manufactures.actes import (  # noqa: F401 -- registries are filled once apps are loaded
            conservation,
            invariants,
        )
