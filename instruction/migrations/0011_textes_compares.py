"""Likely duplicates: the texts that are compared, kept by triggers, and how the database finds those that resemble."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# What is compared, kept by triggers on what it is drawn from: making it at each comparison would cost ten times more.
TEXTES = """
CREATE FUNCTION instruction_comparer_textes(dossiers bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO instruction_textecompare (dossier_id, titre, texte)
    SELECT d.id, recherche_texte(d.nom_projet), recherche_texte(d.nom_projet || ' ' || d.resume_public)
    FROM candidatures_dossier AS d WHERE d.id = ANY (dossiers) AND d.etat <> 'BROUILLON'
  ON CONFLICT (dossier_id) DO UPDATE SET titre = EXCLUDED.titre, texte = EXCLUDED.texte
$$;
COMMENT ON FUNCTION instruction_comparer_textes(bigint[]) IS 'Write anew what these deposited dossiers are compared by.';

CREATE FUNCTION instruction_textes_nouveaux() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM instruction_comparer_textes(ARRAY(SELECT id FROM nouvelles WHERE etat <> 'BROUILLON'));
  RETURN NULL;
END $$;
CREATE TRIGGER instruction_textes_nouveaux AFTER INSERT ON candidatures_dossier
  REFERENCING NEW TABLE AS nouvelles FOR EACH STATEMENT EXECUTE FUNCTION instruction_textes_nouveaux();

CREATE FUNCTION instruction_texte_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM instruction_comparer_textes(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER instruction_texte_change AFTER UPDATE OF etat, nom_projet, resume_public ON candidatures_dossier
  FOR EACH ROW WHEN (NEW.etat <> 'BROUILLON' AND (OLD.etat = 'BROUILLON'
    OR (OLD.nom_projet, OLD.resume_public) IS DISTINCT FROM (NEW.nom_projet, NEW.resume_public)))
  EXECUTE FUNCTION instruction_texte_change();

CREATE INDEX IF NOT EXISTS dossier_siret_depose ON candidatures_dossier (siret)
  WHERE etat <> 'BROUILLON' AND siret <> '';
"""
RETOUR_TEXTES = """
DROP INDEX dossier_siret_depose;
DROP TRIGGER instruction_texte_change ON candidatures_dossier;
DROP FUNCTION instruction_texte_change();
DROP TRIGGER instruction_textes_nouveaux ON candidatures_dossier;
DROP FUNCTION instruction_textes_nouveaux();
DROP FUNCTION instruction_comparer_textes(bigint[]);
"""
REPRISE = "SELECT instruction_comparer_textes(ARRAY(SELECT id FROM candidatures_dossier WHERE etat <> 'BROUILLON'));"

# Three roads lead to candidates, each by its index and thirty at most. Those whose title and summary are near enough, and
# those of the same establishment, are then compared by their long answers too: each text counts the same. Trigrams do
# not know the order of words. Reading them costs more than the planner believes: it is kept to the indexes.
RESSEMBLANCES = """
CREATE OR REPLACE FUNCTION instruction_ressemblances(p_dossier bigint)
RETURNS TABLE (autre bigint, score double precision, meme_siret boolean, meme_vague boolean)
LANGUAGE plpgsql STABLE SET pg_trgm.similarity_threshold = 0.55 SET enable_seqscan = off AS $$
DECLARE
  moi record;
BEGIN
  SELECT d.siret, d.vague_id, d.issu_de_id, v.appel_id, t.titre, t.texte,
         ARRAY[recherche_texte(left(d.besoin, 1500)), recherche_texte(left(d.projet, 1500)),
               recherche_texte(left(d.communaute, 1500)), recherche_texte(left(d.mutualisation, 1500))] AS longs
    INTO moi
    FROM candidatures_dossier AS d
    JOIN programme_vague AS v ON v.id = d.vague_id
    JOIN instruction_textecompare AS t ON t.dossier_id = d.id
    WHERE d.id = p_dossier;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
  WITH par_texte AS (
    SELECT t.dossier_id AS id FROM instruction_textecompare AS t
    WHERE t.texte % moi.texte AND t.dossier_id <> p_dossier
    ORDER BY similarity(t.texte, moi.texte) DESC, t.dossier_id LIMIT 30
  ), par_titre AS (
    SELECT t.dossier_id AS id FROM instruction_textecompare AS t
    WHERE t.titre % moi.titre AND t.dossier_id <> p_dossier
    ORDER BY similarity(t.titre, moi.titre) DESC, t.dossier_id LIMIT 30
  ), par_siret AS (
    SELECT d.id FROM candidatures_dossier AS d
    WHERE d.etat <> 'BROUILLON' AND d.siret <> '' AND d.siret = moi.siret AND d.id <> p_dossier
    ORDER BY d.id DESC LIMIT 30
  ), candidats AS (
    SELECT id FROM par_texte UNION SELECT id FROM par_titre UNION SELECT id FROM par_siret
  ), courts AS MATERIALIZED (
    SELECT d.id, moi.siret <> '' AND d.siret = moi.siret AS le_meme, d.vague_id = moi.vague_id AS la_meme,
           similarity(t.titre, moi.titre)::double precision AS titre,
           similarity(t.texte, moi.texte)::double precision AS texte
    FROM candidats AS c
    JOIN instruction_textecompare AS t ON t.dossier_id = c.id
    JOIN candidatures_dossier AS d ON d.id = c.id
    JOIN programme_vague AS v ON v.id = d.vague_id
    WHERE v.appel_id = moi.appel_id AND d.etat NOT IN ('BROUILLON', 'RETIRE')
      AND d.issu_de_id IS DISTINCT FROM p_dossier AND moi.issu_de_id IS DISTINCT FROM d.id
  )
  SELECT k.id, mesures.score, k.le_meme, k.la_meme
  FROM courts AS k
  JOIN candidatures_dossier AS d ON d.id = k.id
  CROSS JOIN LATERAL (
    SELECT (k.titre + k.texte + coalesce(sum(similarity(textes.lui, textes.ici)), 0)) / (2 + count(*)) AS score
    FROM (VALUES
      (recherche_texte(left(d.besoin, 1500)), moi.longs[1]),
      (recherche_texte(left(d.projet, 1500)), moi.longs[2]),
      (recherche_texte(left(d.communaute, 1500)), moi.longs[3]),
      (recherche_texte(left(d.mutualisation, 1500)), moi.longs[4])
    ) AS textes (lui, ici)
    WHERE textes.lui <> '' OR textes.ici <> ''
  ) AS mesures
  WHERE k.le_meme OR k.titre + k.texte >= 1;
END $$;
COMMENT ON FUNCTION instruction_ressemblances(bigint) IS
  'The deposited dossiers of the same call that resemble this one, measured; its own later versions apart.';
"""
RETOUR_RESSEMBLANCES = "DROP FUNCTION instruction_ressemblances(bigint);"


class Migration(migrations.Migration):
    """The table, what keeps it, the dossiers already deposited, then the search."""

    dependencies = [
        ("candidatures", "0014_recherche_plein_texte"),
        ("instruction", "0010_double_lecture"),
    ]

    operations = [
        migrations.CreateModel(
            name="TexteCompare",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="candidatures.dossier",
                    ),
                ),
                ("titre", models.TextField(editable=False, verbose_name="titre")),
                ("texte", models.TextField(editable=False, verbose_name="titre et résumé")),
            ],
            options={
                "verbose_name": "texte comparé",
                "verbose_name_plural": "textes comparés",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["titre"], name="texte_compare_titre", opclasses=["gin_trgm_ops"]
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["texte"], name="texte_compare_texte", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.RunSQL(TEXTES, RETOUR_TEXTES),
        migrations.RunSQL(REPRISE, migrations.RunSQL.noop),
        migrations.RunSQL(RESSEMBLANCES, RETOUR_RESSEMBLANCES),
    ]
