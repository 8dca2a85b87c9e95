"""Likely duplicates found by the phrases they share: what is read no longer grows with the number of dossiers."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# A sketch of a text: the 32 smallest digests of its runs of three words. Two texts that say the same share most of
# them, two others hardly any, wherever they stand in the text. Trigrams of a long text are shared by every other text:
# their index read a posting of half the table at each search.
PHRASES = """
CREATE FUNCTION instruction_phrases(texte text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(h ORDER BY h), '{}') FROM (
    SELECT DISTINCT hashtextextended(mots.m[i] || ' ' || mots.m[i + 1] || ' ' || mots.m[i + 2], 0) AS h
    FROM (SELECT string_to_array(texte, ' ') AS m) AS mots, generate_series(1, cardinality(mots.m) - 2) AS i
    ORDER BY h LIMIT 32
  ) AS phrases
$$;
COMMENT ON FUNCTION instruction_phrases(text) IS 'The 32 smallest digests of the runs of three words of a text.';

CREATE OR REPLACE FUNCTION instruction_comparer_textes(dossiers bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO instruction_textecompare (dossier_id, titre, texte, phrases)
    SELECT d.id, recherche_texte(d.nom_projet), ecrit.texte, instruction_phrases(ecrit.texte)
    FROM candidatures_dossier AS d
    CROSS JOIN LATERAL (SELECT recherche_texte(d.nom_projet || ' ' || d.resume_public) AS texte) AS ecrit
    WHERE d.id = ANY (dossiers) AND d.etat <> 'BROUILLON'
  ON CONFLICT (dossier_id)
    DO UPDATE SET titre = EXCLUDED.titre, texte = EXCLUDED.texte, phrases = EXCLUDED.phrases
$$;
SET LOCAL statement_timeout = 0;
UPDATE instruction_textecompare SET phrases = instruction_phrases(texte);
"""
RETOUR_PHRASES = """
CREATE OR REPLACE FUNCTION instruction_comparer_textes(dossiers bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO instruction_textecompare (dossier_id, titre, texte)
    SELECT d.id, recherche_texte(d.nom_projet), recherche_texte(d.nom_projet || ' ' || d.resume_public)
    FROM candidatures_dossier AS d WHERE d.id = ANY (dossiers) AND d.etat <> 'BROUILLON'
  ON CONFLICT (dossier_id) DO UPDATE SET titre = EXCLUDED.titre, texte = EXCLUDED.texte
$$;
DROP FUNCTION instruction_phrases(text);
"""

# Three roads lead to candidates, thirty at most by each: the phrases shared (one that 200 dossiers have tells nothing),
# titles alike, the same establishment. Their titles, summaries and long answers are then measured by trigrams.
RESSEMBLANCES = """
CREATE OR REPLACE FUNCTION instruction_ressemblances(p_dossier bigint)
RETURNS TABLE (autre bigint, score double precision, meme_siret boolean, meme_vague boolean)
LANGUAGE plpgsql STABLE SET pg_trgm.similarity_threshold = 0.55 SET enable_seqscan = off AS $$
DECLARE
  moi record;
BEGIN
  SELECT d.siret, d.vague_id, d.issu_de_id, v.appel_id, t.titre, t.texte, t.phrases,
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
  WITH par_phrase AS (
    SELECT autres.id FROM unnest(moi.phrases) AS p (phrase)
    CROSS JOIN LATERAL (
      SELECT array_agg(x.dossier_id) AS ids
      FROM (SELECT t.dossier_id FROM instruction_textecompare AS t WHERE t.phrases @> ARRAY[p.phrase] LIMIT 200) AS x
    ) AS siens
    CROSS JOIN LATERAL unnest(siens.ids) AS autres (id)
    WHERE cardinality(siens.ids) < 200 AND autres.id <> p_dossier
    GROUP BY autres.id ORDER BY count(*) DESC, autres.id LIMIT 30
  ), par_titre AS (
    SELECT t.dossier_id AS id FROM instruction_textecompare AS t
    WHERE t.titre % moi.titre AND t.dossier_id <> p_dossier
    ORDER BY similarity(t.titre, moi.titre) DESC, t.dossier_id LIMIT 30
  ), par_siret AS (
    SELECT d.id FROM candidatures_dossier AS d
    WHERE d.etat <> 'BROUILLON' AND d.siret <> '' AND d.siret = moi.siret AND d.id <> p_dossier
    ORDER BY d.id DESC LIMIT 30
  ), candidats AS (
    SELECT id FROM par_phrase UNION SELECT id FROM par_titre UNION SELECT id FROM par_siret
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
# What stood before, by the trigrams of the whole text.
AVANT = """
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


class Migration(migrations.Migration):
    """The sketch beside the text, then the search that reads it."""

    dependencies = [("instruction", "0011_textes_compares")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, AVANT),
        migrations.AddField(
            model_name="textecompare",
            name="phrases",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=[],
                default=list,
                editable=False,
                size=None,
                verbose_name="phrases",
            ),
        ),
        migrations.RunSQL(PHRASES, RETOUR_PHRASES),
        migrations.RunSQL(RESSEMBLANCES, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="textecompare", name="texte_compare_texte"),
        migrations.AddIndex(
            model_name="textecompare",
            index=django.contrib.postgres.indexes.GinIndex(fields=["phrases"], name="texte_compare_phrases"),
        ),
    ]
