"""The frozen snapshots of this stage's acts, one file a subject."""

from accompagnement.compositions import convention, fin, incubation, mission  # noqa: F401  (registers)
