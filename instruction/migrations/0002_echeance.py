"""When the present step of a pre-screening is due, written on the dossier: lists sort and filter by it, by an index.

The same date as `instruction.delais` computes for one dossier (an invariant compares them): the open request's, else the
implicit refusal's with the days that requests held (CRPA L114-5, L231-4), none once the examination is over.
"""

from django.db import migrations, models

CALCUL = """
CREATE FUNCTION instruction_echeance(p_dossier bigint, p_etat text, p_depose timestamptz, p_vague bigint)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_mois integer;
  v_tenus interval;
BEGIN
  IF p_depose IS NULL OR p_etat NOT IN ('DEPOSE', 'EN_INSTRUCTION', 'A_COMPLETER') THEN
    RETURN NULL;
  END IF;
  IF p_etat = 'A_COMPLETER' THEN
    RETURN (SELECT echeance FROM instruction_demandecomplements WHERE dossier_id = p_dossier AND etat = 'OUVERTE');
  END IF;
  SELECT a.delai_silence_mois INTO v_mois
    FROM programme_vague AS v JOIN programme_appel AS a ON a.id = v.appel_id WHERE v.id = p_vague;
  SELECT coalesce(sum(greatest(
           least(coalesce(d.close_le, d.echeance), d.echeance) - d.envoyee_le, interval '0')), interval '0')
    INTO v_tenus
    FROM instruction_demandecomplements AS d
    WHERE d.dossier_id = p_dossier
      AND EXISTS (SELECT 1 FROM instruction_piecereclamee AS p WHERE p.demande_id = d.id AND p.indispensable);
  RETURN (((p_depose AT TIME ZONE 'Europe/Paris')::date + make_interval(months => v_mois))::date
          + ceil(extract(epoch FROM v_tenus) / 86400)::integer
          + time '23:59') AT TIME ZONE 'Europe/Paris';
END $$;

CREATE FUNCTION instruction_tenir_echeance(p_dossier bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE candidatures_dossier AS d SET echeance_le = NULL
  WHERE d.id = p_dossier
    AND d.echeance_le IS DISTINCT FROM instruction_echeance(d.id, d.etat, d.depose_le, d.vague_id)
$$;
"""
RETOUR_CALCUL = """
DROP FUNCTION instruction_tenir_echeance(bigint);
DROP FUNCTION instruction_echeance(bigint, text, timestamptz, bigint);
"""

DECLENCHEURS = """
CREATE FUNCTION instruction_dater() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.echeance_le := instruction_echeance(NEW.id, NEW.etat, NEW.depose_le, NEW.vague_id);
  RETURN NEW;
END $$;
CREATE TRIGGER instruction_dater BEFORE INSERT OR UPDATE OF etat, depose_le, vague_id, echeance_le
  ON candidatures_dossier FOR EACH ROW EXECUTE FUNCTION instruction_dater();

CREATE FUNCTION instruction_demande_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM instruction_tenir_echeance(OLD.dossier_id);
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.dossier_id <> OLD.dossier_id THEN
    PERFORM instruction_tenir_echeance(NEW.dossier_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER instruction_demande_change
  AFTER INSERT OR DELETE OR UPDATE OF dossier_id, etat, envoyee_le, echeance, close_le ON instruction_demandecomplements
  FOR EACH ROW EXECUTE FUNCTION instruction_demande_change();

CREATE FUNCTION instruction_piece_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_demande bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
BEGIN
  PERFORM instruction_tenir_echeance(dossier_id) FROM instruction_demandecomplements WHERE id = v_demande;
  RETURN NULL;
END $$;
CREATE TRIGGER instruction_piece_change AFTER INSERT OR DELETE OR UPDATE OF indispensable ON instruction_piecereclamee
  FOR EACH ROW EXECUTE FUNCTION instruction_piece_change();

CREATE FUNCTION instruction_delai_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE candidatures_dossier SET echeance_le = NULL
    WHERE vague_id IN (SELECT id FROM programme_vague WHERE appel_id = NEW.id) AND echeance_le IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER instruction_delai_change AFTER UPDATE OF delai_silence_mois ON programme_appel
  FOR EACH ROW WHEN (OLD.delai_silence_mois IS DISTINCT FROM NEW.delai_silence_mois)
  EXECUTE FUNCTION instruction_delai_change();
"""
RETOUR_DECLENCHEURS = """
DROP TRIGGER instruction_delai_change ON programme_appel;
DROP FUNCTION instruction_delai_change();
DROP TRIGGER instruction_piece_change ON instruction_piecereclamee;
DROP FUNCTION instruction_piece_change();
DROP TRIGGER instruction_demande_change ON instruction_demandecomplements;
DROP FUNCTION instruction_demande_change();
DROP TRIGGER instruction_dater ON candidatures_dossier;
DROP FUNCTION instruction_dater();
"""
REPRISE = """
UPDATE candidatures_dossier SET echeance_le = NULL WHERE etat IN ('DEPOSE', 'EN_INSTRUCTION', 'A_COMPLETER');
"""


class Migration(migrations.Migration):
    """The calculation, the triggers on what it reads, then the dossiers under examination."""

    dependencies = [
        ("instruction", "0001_initial"),
        ("candidatures", "0003_recherche"),
        ("programme", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="instruction",
            index=models.Index(fields=["instructeur", "dossier"], name="instruction_dossiers"),
        ),
        migrations.RunSQL(CALCUL, RETOUR_CALCUL),
        migrations.RunSQL(DECLENCHEURS, RETOUR_DECLENCHEURS),
        migrations.RunSQL(REPRISE, migrations.RunSQL.noop),
    ]
