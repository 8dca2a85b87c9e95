"""People and roles."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    """Custom user by e-mail, sign-in, idempotency keys."""

    name = "manufactures.comptes"
    label = "comptes"
    verbose_name = "comptes"

    def ready(self):
        """Fill the registries."""
        from manufactures.comptes import conservation  # noqa: F401 -- registries are filled once apps are loaded
