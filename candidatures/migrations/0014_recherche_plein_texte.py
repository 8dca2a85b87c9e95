"""Search over what a deposited dossier says, its names first: weighted words, and an index of all of them.

A draft is found by its names alone: nobody but its team reads its answers, and each save would index them anew.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models
from django.db.models import F

TEXTES = (
    "besoin", "projet", "communaute", "mutualisation", "formation", "transitions", "gouvernance", "strategie_rh",
    "calendrier",
)  # fmt: skip

# « A » the number and the name, « B » who and where, « C » the summary, « D » the other answers.
CALCUL = f"""
CREATE FUNCTION recherche_pesee(texte text, poids text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(DISTINCT mot || ':1' || poids, ' '), '')::tsvector
  FROM unnest(tsvector_to_array(recherche_indexe(texte))) AS mot WHERE mot <> ''
$$;
COMMENT ON FUNCTION recherche_pesee(text, text) IS 'The words of a text, each once, with one weight (A to D).';

DROP FUNCTION recherche_calculee(bigint[]);
CREATE FUNCTION recherche_calculee(dossiers bigint[])
RETURNS TABLE (dossier_id bigint, mots tsvector, nom text, commune_id varchar, departement_id varchar, textes tsvector)
LANGUAGE sql STABLE AS $$
  SELECT n.id, n.mots, n.nom, n.commune_id, n.departement_id, n.mots || recherche_pesee(n.reponses, 'D')
  FROM (
    SELECT d.id,
           recherche_pesee(concat_ws(' ', d.numero, replace(d.numero, '-', ''),
             replace(substr(d.numero, 3), '-', ''), d.nom_projet, d.siret), 'A')
           || recherche_pesee(concat_ws(' ', d.raison_sociale, d.representant_prenom, d.representant_nom,
             lieux.noms, gens.noms), 'B')
           || recherche_pesee(CASE WHEN d.etat <> 'BROUILLON' THEN d.resume_public ELSE '' END, 'C') AS mots,
           recherche_texte(d.nom_projet) AS nom,
           ici.code AS commune_id, ici.departement_id,
           CASE WHEN d.etat <> 'BROUILLON'
                THEN concat_ws(' ', {", ".join(f"d.{nom}" for nom in TEXTES)}) ELSE '' END AS reponses
    FROM candidatures_dossier AS d
    CROSS JOIN LATERAL (
      SELECT string_agg(concat_ws(' ', c.nom, p.nom, p.code), ' ') AS noms
      FROM programme_commune AS c JOIN programme_departement AS p ON p.code = c.departement_id
      WHERE c.code = d.commune_siege_id
         OR c.code = ANY (ARRAY(SELECT s.commune_id FROM candidatures_site AS s WHERE s.dossier_id = d.id))
    ) AS lieux
    CROSS JOIN LATERAL (
      SELECT string_agg(concat_ws(' ', u.prenom, u.nom), ' ') AS noms
      FROM candidatures_membre AS m JOIN comptes_user AS u ON u.id = m.user_id
      WHERE m.dossier_id = d.id
    ) AS gens
    LEFT JOIN programme_commune AS ici ON ici.code = coalesce(
      (SELECT s.commune_id FROM candidatures_site AS s WHERE s.dossier_id = d.id AND s.principal), d.commune_siege_id)
    WHERE d.id = ANY (dossiers)
  ) AS n
$$;

CREATE OR REPLACE FUNCTION recherche_tenir(dossiers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Locked first, read after: whoever comes second sees what the first one changed.
  PERFORM 1 FROM candidatures_recherche WHERE dossier_id = ANY (dossiers) ORDER BY dossier_id FOR UPDATE;
  UPDATE candidatures_recherche AS r
  SET mots = c.mots, nom = c.nom, commune_id = c.commune_id, departement_id = c.departement_id, textes = c.textes
  FROM recherche_calculee(dossiers) AS c
  WHERE r.dossier_id = c.dossier_id
    AND (r.mots, r.nom, r.commune_id, r.departement_id, r.textes)
        IS DISTINCT FROM (c.mots, c.nom, c.commune_id, c.departement_id, c.textes);
END $$;

CREATE OR REPLACE FUNCTION recherche_nouveaux() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO candidatures_recherche (dossier_id, mots, nom, commune_id, departement_id, textes)
    SELECT * FROM recherche_calculee(ARRAY(SELECT id FROM nouvelles));
  RETURN NULL;
END $$;

CREATE TRIGGER recherche_textes_changent AFTER UPDATE OF etat, resume_public, {", ".join(TEXTES)}
  ON candidatures_dossier FOR EACH ROW WHEN (
    (OLD.etat = 'BROUILLON') IS DISTINCT FROM (NEW.etat = 'BROUILLON')
    OR NEW.etat <> 'BROUILLON' AND
      (OLD.resume_public, {", ".join(f"OLD.{nom}" for nom in TEXTES)})
      IS DISTINCT FROM
      (NEW.resume_public, {", ".join(f"NEW.{nom}" for nom in TEXTES)}))
  EXECUTE FUNCTION recherche_dossier_change();
"""  # noqa: S608 (the names of our own fields)
RETOUR = """
DROP TRIGGER recherche_textes_changent ON candidatures_dossier;
DROP FUNCTION recherche_calculee(bigint[]);
CREATE FUNCTION recherche_calculee(dossiers bigint[])
RETURNS TABLE (dossier_id bigint, mots tsvector, nom text, commune_id varchar, departement_id varchar)
LANGUAGE sql STABLE AS $$
  SELECT d.id,
         recherche_indexe(concat_ws(' ', d.numero, replace(d.numero, '-', ''), replace(substr(d.numero, 3), '-', ''),
           d.nom_projet, d.raison_sociale, d.siret, d.representant_prenom, d.representant_nom,
           lieux.noms, gens.noms)),
         recherche_texte(d.nom_projet),
         ici.code, ici.departement_id
  FROM candidatures_dossier AS d
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', c.nom, p.nom, p.code), ' ') AS noms
    FROM programme_commune AS c JOIN programme_departement AS p ON p.code = c.departement_id
    WHERE c.code = d.commune_siege_id
       OR c.code = ANY (ARRAY(SELECT s.commune_id FROM candidatures_site AS s WHERE s.dossier_id = d.id))
  ) AS lieux
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', u.prenom, u.nom), ' ') AS noms
    FROM candidatures_membre AS m JOIN comptes_user AS u ON u.id = m.user_id
    WHERE m.dossier_id = d.id
  ) AS gens
  LEFT JOIN programme_commune AS ici ON ici.code = coalesce(
    (SELECT s.commune_id FROM candidatures_site AS s WHERE s.dossier_id = d.id AND s.principal), d.commune_siege_id)
  WHERE d.id = ANY (dossiers)
$$;
CREATE OR REPLACE FUNCTION recherche_tenir(dossiers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM candidatures_recherche WHERE dossier_id = ANY (dossiers) ORDER BY dossier_id FOR UPDATE;
  UPDATE candidatures_recherche AS r
  SET mots = c.mots, nom = c.nom, commune_id = c.commune_id, departement_id = c.departement_id
  FROM recherche_calculee(dossiers) AS c
  WHERE r.dossier_id = c.dossier_id
    AND (r.mots, r.nom, r.commune_id, r.departement_id)
        IS DISTINCT FROM (c.mots, c.nom, c.commune_id, c.departement_id);
END $$;
CREATE OR REPLACE FUNCTION recherche_nouveaux() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO candidatures_recherche (dossier_id, mots, nom, commune_id, departement_id)
    SELECT * FROM recherche_calculee(ARRAY(SELECT id FROM nouvelles));
  RETURN NULL;
END $$;
DROP FUNCTION recherche_pesee(text, text);
"""
REPRISE = "SELECT recherche_tenir(ARRAY(SELECT id FROM candidatures_dossier));"


class Migration(migrations.Migration):
    """The column, what computes it, its rows, then the indexes, built once over all of them."""

    dependencies = [("candidatures", "0013_modeles_de_pieces")]

    operations = [
        migrations.AddField(
            model_name="recherche",
            name="textes",
            field=django.contrib.postgres.search.SearchVectorField(
                default="", editable=False, verbose_name="mots des textes"
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(CALCUL, RETOUR),
        migrations.RunSQL(REPRISE, REPRISE),
        migrations.AddIndex(
            model_name="recherche",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["textes"], name="recherche_textes"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                F("demande_investissement") + F("demande_amorcage"), F("id"), name="dossier_demande"
            ),
        ),
    ]
