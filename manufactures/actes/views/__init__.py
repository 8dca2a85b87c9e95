"""Acts on screen, one file a kind of reader."""

from manufactures.actes.views.lecture import ActeView, ApercuView, PdfView, RelancerView
from manufactures.actes.views.suivi import AnnulerView, CorrigerView, RetenusView, SuiviView
from manufactures.actes.views.textes import TextesView, TexteView
from manufactures.actes.views.verification import VerificationView, VerifierView

__all__ = [
    "ActeView",
    "AnnulerView",
    "ApercuView",
    "CorrigerView",
    "PdfView",
    "RelancerView",
    "RetenusView",
    "SuiviView",
    "TexteView",
    "TextesView",
    "VerificationView",
    "VerifierView",
]
