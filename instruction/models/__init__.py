from instruction.models.complements import (
    DELAI_MINIMAL_JOURS,
    DemandeComplements,
    EtatDemande,
    PieceReclamee,
    ReponseComplement,
    fin_de_journee,
)
from instruction.models.echanges import Cote, Echange, NoteInterne
from instruction.models.grille import (
    LONGUEUR_MOTIF_REFUS,
    GrilleModifiee,
    Instruction,
    SensAvis,
    instructeur_de,
)
from instruction.models.lignes import NoteInstruction, Reponse, Verdict

__all__ = [
    "DELAI_MINIMAL_JOURS",
    "LONGUEUR_MOTIF_REFUS",
    "Cote",
    "DemandeComplements",
    "Echange",
    "EtatDemande",
    "GrilleModifiee",
    "Instruction",
    "NoteInstruction",
    "NoteInterne",
    "PieceReclamee",
    "Reponse",
    "ReponseComplement",
    "SensAvis",
    "Verdict",
    "fin_de_journee",
    "instructeur_de",
]
