"""Acts on screen, one file a kind of reader."""

from manufactures.actes.views.lecture import ActeView, ApercuView, PdfView, RelancerView
from manufactures.actes.views.signature import ImageView, SignatureView
from manufactures.actes.views.signes import (
    ExemplaireView,
    FeuilleView,
    NumerisationsView,
    NumerisationView,
    VignetteView,
)
from manufactures.actes.views.suivi import AnnulerView, CorrigerView, RetenusView, SuiviView
from manufactures.actes.views.textes import TextesView, TexteView
from manufactures.actes.views.verification import VerificationView, VerifierView

__all__ = [
    "ActeView",
    "AnnulerView",
    "ApercuView",
    "CorrigerView",
    "ExemplaireView",
    "FeuilleView",
    "ImageView",
    "NumerisationView",
    "NumerisationsView",
    "PdfView",
    "RelancerView",
    "RetenusView",
    "SignatureView",
    "SuiviView",
    "TexteView",
    "TextesView",
    "VerificationView",
    "VerifierView",
    "VignetteView",
]
