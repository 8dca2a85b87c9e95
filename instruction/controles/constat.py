"""What one check finds: a verdict, a sentence, its source with its date, where to look."""

from dataclasses import dataclass
from datetime import datetime

from instruction.models import VerdictAuto

DU_DOSSIER = "Le dossier déposé"
DE_L_APPEL = "Les règles de l'appel et le dossier déposé"


@dataclass(frozen=True)
class Constat:
    """One line of the panel; `regle` is the code of the grid's rule that it speaks of."""

    code: str
    libelle: str
    verdict: VerdictAuto
    phrase: str
    source: str = DU_DOSSIER
    source_le: datetime | None = None
    lien: str = ""
    lien_libelle: str = ""
    regle: str = ""


def selon(condition: bool) -> VerdictAuto:
    """« Conforme » where it holds, « à regarder » otherwise: never « non conforme », an agent concludes."""
    return VerdictAuto.CONFORME if condition else VerdictAuto.A_REGARDER
