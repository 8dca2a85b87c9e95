"""The database refuses any change to the journal."""

from django.db import migrations

REFUS = """
CREATE FUNCTION journal_immuable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Le journal ne se modifie pas (% refusé).', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_immuable_ligne BEFORE UPDATE OR DELETE ON journal_entree
  FOR EACH ROW EXECUTE FUNCTION journal_immuable();
CREATE TRIGGER journal_immuable_table BEFORE TRUNCATE ON journal_entree
  FOR EACH STATEMENT EXECUTE FUNCTION journal_immuable();
"""
RETOUR = """
DROP TRIGGER journal_immuable_ligne ON journal_entree;
DROP TRIGGER journal_immuable_table ON journal_entree;
DROP FUNCTION journal_immuable();
"""


class Migration(migrations.Migration):
    """Append only."""

    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(REFUS, RETOUR)]
