"""The contract's tables, as the tests read them."""

import re
import tomllib
from pathlib import Path

CONTRAT = tomllib.loads((Path(__file__).parent / "contrat.toml").read_text())


def motif_nu(motif: str) -> str:
    """An address without the names of its variable parts: `/actes/<str:numero>/` and `/actes/{acte.numero}/` alike."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "<>", motif)
