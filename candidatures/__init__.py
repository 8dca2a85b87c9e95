"""Stage 1, submission: the dossier, its sections, members, attachments and deposit."""
