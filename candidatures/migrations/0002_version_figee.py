from django.db import migrations

REFUS = """
CREATE FUNCTION refuser_version_modifiee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Une version déposée ne se modifie pas (dossier %, version %).',
        OLD.dossier_id, OLD.rang USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER version_deposee_figee BEFORE UPDATE ON candidatures_versiondeposee
    FOR EACH ROW EXECUTE FUNCTION refuser_version_modifiee();
"""
RETOUR = """
DROP TRIGGER version_deposee_figee ON candidatures_versiondeposee;
DROP FUNCTION refuser_version_modifiee();
"""


class Migration(migrations.Migration):
    """A deposited version is frozen: the database refuses any UPDATE of it."""

    dependencies = [("candidatures", "0001_initial")]

    operations = [migrations.RunSQL(REFUS, RETOUR)]
