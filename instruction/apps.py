from importlib import import_module

from django.apps import AppConfig

CHAMBRES = (
    "regards",
    "gardes",
    "effets",
    "echeances",
    "compositions",
    "a_faire",
    "invariants",
    "conservation",
)


class InstructionConfig(AppConfig):
    """Pre-screening: the second stage of the procedure."""

    name = "instruction"
    verbose_name = "Pré-instruction"

    def ready(self):
        """Fill the registries of the house with what this stage contributes."""
        for chambre in CHAMBRES:
            import_module(f"instruction.{chambre}")
        # Here and not at the top: the rendering needs the settings.
        import_module("manufactures.actes.rendu").ajouter_bibliotheque(
            "dessins", "instruction.templatetags.dessins"
        )
