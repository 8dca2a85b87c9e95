"""Small drawings for the acts, made at rendering from the frozen snapshot: shapes in grey, each told in words too."""

from instruction.dessins.budget import dessiner_budget
from instruction.dessins.carte import dessiner_lieu
from instruction.dessins.commun import Dessin
from instruction.dessins.notes import dessiner_notes

__all__ = ["Dessin", "dessiner_budget", "dessiner_lieu", "dessiner_notes"]
