from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class AccompagnementConfig(AppConfig):
    name = "accompagnement"
    verbose_name = "Accompagnement"

    def ready(self):
        """Fill the registries with what this stage contributes."""
        for salle in (
            "regards",
            "gardes",
            "effets",
            "echeances",
            "a_faire",
            "a_faire_argent",
            "invariants",
            "compositions",
            "contextes",
            "conservation",
        ):
            if find_spec(f"{self.name}.{salle}"):
                import_module(f"{self.name}.{salle}")
