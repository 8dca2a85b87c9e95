"""The benchmark: `scripts/bench`. Read `conduite.py` first; `objectifs.py` says what the figures are held against."""
