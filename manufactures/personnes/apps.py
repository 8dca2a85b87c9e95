"""People, seen from the roof."""

from django.apps import AppConfig


class PersonnesConfig(AppConfig):
    """Doors and sessions, roles and departures, the record for whoever audits."""

    name = "manufactures.personnes"
    label = "personnes"
    verbose_name = "personnes"

    def ready(self):
        """Fill the registries."""
        from manufactures.personnes import a_faire, conservation  # noqa: F401 -- registries are filled once apps are loaded
