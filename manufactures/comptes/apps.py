"""People and roles."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    """Custom user by e-mail, sign-in, idempotency keys."""

    name = "manufactures.comptes"
    label = "comptes"
    verbose_name = "comptes"
