"""Fills a database with as many plausible dossiers as asked: one history lived by the real deeds, then copied."""
