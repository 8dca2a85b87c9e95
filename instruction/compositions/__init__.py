"""The frozen snapshots of this stage's acts, and what its messages say besides the common variables."""

from instruction.compositions import complements, irrecevabilite, rapport
from instruction.compositions.budget import plan_de_financement
from instruction.compositions.commun import agent_de, personne, signataire, vague_suivante

__all__ = [
    "agent_de",
    "complements",
    "irrecevabilite",
    "personne",
    "plan_de_financement",
    "rapport",
    "signataire",
    "vague_suivante",
]
