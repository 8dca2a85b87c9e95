"""Messages: mail and in-app, from the same row."""

from django.apps import AppConfig


class CourrierConfig(AppConfig):
    """The outbox."""

    name = "manufactures.courrier"
    label = "courrier"
    verbose_name = "courrier"

    def ready(self):
        """Fill the registries."""
        from manufactures.courrier import (  # noqa: F401 -- registries are filled once apps are loaded
            conservation,
            invariants,
        )
