"""What the first migration lays before any table: the extensions, the one clock, the cache table."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db.migrations import RunSQL

HORLOGE = """
CREATE FUNCTION horloge() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(nullif(current_setting('manufactures.instant', true), '')::timestamptz, clock_timestamp())
$$;
COMMENT ON FUNCTION horloge() IS 'The one source of time; the demonstration shifts it for one transaction.';
"""
CACHE = """
CREATE TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_expires ON cache (expires);
"""

AVANT_TOUT = [
    TrigramExtension(),
    UnaccentExtension(),
    RunSQL(HORLOGE, "DROP FUNCTION horloge();"),
    RunSQL(CACHE, "DROP TABLE cache;"),
]
