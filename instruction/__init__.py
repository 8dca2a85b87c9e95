"""Stage 2, pre-screening against the cahier des charges: assignment, grid, requests for completion, report."""
