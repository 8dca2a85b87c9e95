from instruction.models.annotations import Annotation
from instruction.models.avis_tiers import AvisTiers, EtatAvisTiers, Organisme, SensAvisTiers, avis_rendus
from instruction.models.complements import (
    DELAI_MINIMAL_JOURS,
    DemandeComplements,
    EtatDemande,
    fin_de_journee,
)
from instruction.models.controles import ControleAuto, PassageControles, VerdictAuto
from instruction.models.double_lecture import Conciliation, LigneSeconde, SecondeLecture
from instruction.models.echanges import Cote, Echange, NoteInterne
from instruction.models.epingles import Epingle
from instruction.models.grille import (
    LONGUEUR_MOTIF_REFUS,
    GrilleModifiee,
    Instruction,
    SensAvis,
    instructeur_de,
)
from instruction.models.historique import ModificationGrille
from instruction.models.liens import LienDeclare, NatureLien
from instruction.models.lignes import NoteInstruction, Reponse, Verdict
from instruction.models.modeles_de_messages import ModeleDeMessage
from instruction.models.motifs import MotifRefus
from instruction.models.points import Jugement, PieceReclamee, ReponseComplement
from instruction.models.rapprochements import AvisDoublon, Rapprochement, TexteCompare
from instruction.models.verification import EtatVerification, NatureVerification, Verification
from instruction.models.vues_enregistrees import Bureau, VueEnregistree

__all__ = [
    "DELAI_MINIMAL_JOURS",
    "LONGUEUR_MOTIF_REFUS",
    "AvisDoublon",
    "AvisTiers",
    "Bureau",
    "Annotation",
    "ControleAuto",
    "Conciliation",
    "Cote",
    "DemandeComplements",
    "Echange",
    "EtatAvisTiers",
    "Epingle",
    "EtatDemande",
    "EtatVerification",
    "GrilleModifiee",
    "Instruction",
    "Jugement",
    "LienDeclare",
    "LigneSeconde",
    "ModeleDeMessage",
    "ModificationGrille",
    "MotifRefus",
    "NatureVerification",
    "NatureLien",
    "NoteInstruction",
    "NoteInterne",
    "Organisme",
    "PassageControles",
    "PieceReclamee",
    "Rapprochement",
    "Reponse",
    "ReponseComplement",
    "SecondeLecture",
    "SensAvis",
    "SensAvisTiers",
    "VerdictAuto",
    "VueEnregistree",
    "TexteCompare",
    "Verdict",
    "Verification",
    "avis_rendus",
    "fin_de_journee",
    "instructeur_de",
]
