"""Sample snapshots, one a kind: the shape that the stages compose."""

import json
from pathlib import Path

EXEMPLES = Path(__file__).parent / "exemples"


def exemple(genre: str) -> dict:
    """A full plausible snapshot of this kind."""
    return json.loads((EXEMPLES / f"{genre}.json").read_text())
