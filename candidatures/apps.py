from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class CandidaturesConfig(AppConfig):
    name = "candidatures"
    verbose_name = "Candidatures"

    def ready(self):
        """Fill the registries with what this stage contributes."""
        for salle in ("regards", "gardes", "a_faire", "invariants", "compositions", "conservation"):
            if find_spec(f"{self.name}.{salle}"):
                import_module(f"{self.name}.{salle}")
