"""Stage 3, the committee: sittings, interests, readings, hearings, secret ballots, opinions, decisions, arbitration."""
