"""The frozen snapshots of this stage's acts, one file a subject."""

from accompagnement.compositions import (  # noqa: F401  (registers)
    avenant,
    convention,
    fin,
    incubation,
    mission,
    recouvrement,
    releve,
)
