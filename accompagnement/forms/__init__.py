"""Forms of the support: they check what the person can correct; the deeds check the rest."""

from accompagnement.forms.argent import (
    CompteForm,
    FacturesFormSet,
    PaiementForm,
    PreparerForm,
    RenvoiForm,
    lire_examen,
    relire_examen,
)
from accompagnement.forms.incubation import (
    BesoinsFormSet,
    BilanForm,
    ChiffresForm,
    DiagnosticForm,
    FeuilleForm,
    InscrireForm,
    ObservationsForm,
    PromotionForm,
    RelireForm,
    RemettreForm,
    SessionForm,
)
from accompagnement.forms.jours import (
    ClotureForm,
    JourneeForm,
    MissionForm,
    MotifForm,
    RecommandationForm,
    TrancherForm,
)

__all__ = [
    "BesoinsFormSet",
    "BilanForm",
    "ChiffresForm",
    "ClotureForm",
    "CompteForm",
    "DiagnosticForm",
    "FacturesFormSet",
    "FeuilleForm",
    "InscrireForm",
    "JourneeForm",
    "MissionForm",
    "MotifForm",
    "ObservationsForm",
    "PaiementForm",
    "PreparerForm",
    "PromotionForm",
    "RecommandationForm",
    "RelireForm",
    "RemettreForm",
    "RenvoiForm",
    "SessionForm",
    "TrancherForm",
    "lire_examen",
    "relire_examen",
]
