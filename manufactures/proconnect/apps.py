"""Sign-in by ProConnect."""

from django.apps import AppConfig


class ProConnectConfig(AppConfig):
    """A provider of allauth: it owns no table."""

    name = "manufactures.proconnect"
    label = "proconnect"
    verbose_name = "ProConnect"
