"""What an agent configures."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Call, waves, criteria, envelopes, modules, themes, territories, roles and delegations."""

    name = "manufactures.programme"
    label = "programme"
    verbose_name = "programme"
