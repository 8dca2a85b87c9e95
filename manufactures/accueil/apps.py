"""The roof: public pages, home of each role, help, health."""

from django.apps import AppConfig


class AccueilConfig(AppConfig):
    """Above every stage: it may read them all, none imports it."""

    name = "manufactures.accueil"
    label = "accueil"
    verbose_name = "accueil"

    def ready(self):
        """Fill the registries."""
        from manufactures.accueil import invariants  # noqa: F401 -- registries are filled once apps are loaded
