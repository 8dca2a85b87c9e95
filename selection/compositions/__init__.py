"""The frozen snapshots of this stage's acts."""

from selection.compositions import convocations, decisions, proces_verbaux  # noqa: F401  registers them
