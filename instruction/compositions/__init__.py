"""The frozen snapshots of this stage's acts, and what its messages say besides the common variables."""

from instruction.compositions import complements, irrecevabilite, rapport
from instruction.compositions.commun import agent_de, personne, signataire, vague_suivante
from instruction.compositions.rapport import plan_de_financement

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
