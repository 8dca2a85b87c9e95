"""Search over dossiers: one row of words a dossier, kept true by triggers on everything the words are drawn from."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# Words: Latin letters and figures, without accent, in lower case; « St » is « Saint ». A request is cut the same way.
MOTS = """
CREATE FUNCTION recherche_texte(texte text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(lower(public.unaccent(normalize(texte, NFKC))), '[^a-z0-9]+', ' ', 'g'))
$$;
COMMENT ON FUNCTION recherche_texte(text) IS 'A text as it is looked up and sorted: words alone, no accent, no capital.';

CREATE FUNCTION recherche_indexe(texte text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(string_to_array(regexp_replace(regexp_replace(
    recherche_texte(texte), '\\mst\\M', 'saint', 'g'), '\\mste\\M', 'sainte', 'g'), ' '))
$$;

-- Immutable, as far as the rules of `unaccent` are: read once when the query is planned, which then knows how many
-- rows these words find; stable, it would be read again for each row.
CREATE FUNCTION recherche_requete(saisie text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH mots AS (
    SELECT DISTINCT mot FROM unnest(string_to_array(recherche_texte(
      CASE WHEN saisie ~ '^\\s*(\\d\\s*){9}((\\d\\s*){5})?$' THEN regexp_replace(saisie, '\\s', '', 'g')
           ELSE left(saisie, 200) END), ' ')) AS mot
  )
  SELECT string_agg(
    CASE mot WHEN 'st' THEN '(st:*|saint:*)' WHEN 'ste' THEN '(ste:*|sainte:*)'
             ELSE '''' || mot || ''':*' END, '&')::tsquery
  FROM mots
  WHERE length(mot) > 1 OR mot ~ '\\d' OR NOT EXISTS (SELECT 1 FROM mots WHERE length(mot) > 1)
$$;
COMMENT ON FUNCTION recherche_requete(text) IS
  'Each word begins a word, in any order; a lone letter (an elision) is left out beside longer words.';
"""
RETOUR_MOTS = """
DROP FUNCTION recherche_requete(text);
DROP FUNCTION recherche_indexe(text);
DROP FUNCTION recherche_texte(text);
"""

# The place of a dossier: the commune of its principal place, else of its seat.
CALCUL = """
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

CREATE FUNCTION recherche_tenir(dossiers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Locked first, read after: whoever comes second sees what the first one changed.
  PERFORM 1 FROM candidatures_recherche WHERE dossier_id = ANY (dossiers) ORDER BY dossier_id FOR UPDATE;
  UPDATE candidatures_recherche AS r
  SET mots = c.mots, nom = c.nom, commune_id = c.commune_id, departement_id = c.departement_id
  FROM recherche_calculee(dossiers) AS c
  WHERE r.dossier_id = c.dossier_id
    AND (r.mots, r.nom, r.commune_id, r.departement_id)
        IS DISTINCT FROM (c.mots, c.nom, c.commune_id, c.departement_id);
END $$;
COMMENT ON FUNCTION recherche_tenir(bigint[]) IS 'Write anew what these dossiers are found by.';
"""
RETOUR_CALCUL = """
DROP FUNCTION recherche_tenir(bigint[]);
DROP FUNCTION recherche_calculee(bigint[]);
"""

# Bulk writes cost one reading a statement; a change that no word comes from costs nothing.
DECLENCHEURS = """
CREATE FUNCTION recherche_nouveaux() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO candidatures_recherche (dossier_id, mots, nom, commune_id, departement_id)
    SELECT * FROM recherche_calculee(ARRAY(SELECT id FROM nouvelles));
  RETURN NULL;
END $$;
CREATE TRIGGER recherche_dossiers_crees AFTER INSERT ON candidatures_dossier
  REFERENCING NEW TABLE AS nouvelles FOR EACH STATEMENT EXECUTE FUNCTION recherche_nouveaux();

CREATE FUNCTION recherche_dossier_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recherche_tenir(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER recherche_dossier_change AFTER UPDATE OF numero, nom_projet, raison_sociale, siret,
    representant_prenom, representant_nom, commune_siege_id ON candidatures_dossier
  FOR EACH ROW WHEN (
    (OLD.numero, OLD.nom_projet, OLD.raison_sociale, OLD.siret,
     OLD.representant_prenom, OLD.representant_nom, OLD.commune_siege_id)
    IS DISTINCT FROM
    (NEW.numero, NEW.nom_projet, NEW.raison_sociale, NEW.siret,
     NEW.representant_prenom, NEW.representant_nom, NEW.commune_siege_id))
  EXECUTE FUNCTION recherche_dossier_change();

CREATE FUNCTION recherche_lignes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recherche_tenir(ARRAY(SELECT DISTINCT dossier_id FROM lignes));
  RETURN NULL;
END $$;
CREATE FUNCTION recherche_ligne_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recherche_tenir(ARRAY[OLD.dossier_id, NEW.dossier_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER recherche_sites_ajoutes AFTER INSERT ON candidatures_site
  REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION recherche_lignes();
CREATE TRIGGER recherche_sites_otes AFTER DELETE ON candidatures_site
  REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION recherche_lignes();
CREATE TRIGGER recherche_site_change AFTER UPDATE OF commune_id, dossier_id, principal ON candidatures_site
  FOR EACH ROW WHEN (
    (OLD.commune_id, OLD.dossier_id, OLD.principal) IS DISTINCT FROM (NEW.commune_id, NEW.dossier_id, NEW.principal))
  EXECUTE FUNCTION recherche_ligne_change();
CREATE TRIGGER recherche_membres_ajoutes AFTER INSERT ON candidatures_membre
  REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION recherche_lignes();
CREATE TRIGGER recherche_membres_otes AFTER DELETE ON candidatures_membre
  REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION recherche_lignes();
CREATE TRIGGER recherche_membre_change AFTER UPDATE OF user_id, dossier_id ON candidatures_membre
  FOR EACH ROW WHEN ((OLD.user_id, OLD.dossier_id) IS DISTINCT FROM (NEW.user_id, NEW.dossier_id))
  EXECUTE FUNCTION recherche_ligne_change();

CREATE FUNCTION recherche_personne_renommee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recherche_tenir(ARRAY(SELECT dossier_id FROM candidatures_membre WHERE user_id = NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER recherche_personne_renommee AFTER UPDATE OF prenom, nom ON comptes_user
  FOR EACH ROW WHEN ((OLD.prenom, OLD.nom) IS DISTINCT FROM (NEW.prenom, NEW.nom))
  EXECUTE FUNCTION recherche_personne_renommee();

CREATE FUNCTION recherche_commune_renommee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recherche_tenir(ARRAY(
    SELECT id FROM candidatures_dossier WHERE commune_siege_id = NEW.code
    UNION SELECT dossier_id FROM candidatures_site WHERE commune_id = NEW.code));
  RETURN NULL;
END $$;
CREATE TRIGGER recherche_commune_renommee AFTER UPDATE OF nom, departement_id ON programme_commune
  FOR EACH ROW WHEN ((OLD.nom, OLD.departement_id) IS DISTINCT FROM (NEW.nom, NEW.departement_id))
  EXECUTE FUNCTION recherche_commune_renommee();

CREATE FUNCTION recherche_departement_renomme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM recherche_tenir(ARRAY(
    SELECT d.id FROM candidatures_dossier AS d JOIN programme_commune AS c ON c.code = d.commune_siege_id
      WHERE c.departement_id = NEW.code
    UNION SELECT s.dossier_id FROM candidatures_site AS s JOIN programme_commune AS c ON c.code = s.commune_id
      WHERE c.departement_id = NEW.code));
  RETURN NULL;
END $$;
CREATE TRIGGER recherche_departement_renomme AFTER UPDATE OF nom ON programme_departement
  FOR EACH ROW WHEN (OLD.nom IS DISTINCT FROM NEW.nom)
  EXECUTE FUNCTION recherche_departement_renomme();
"""
RETOUR_DECLENCHEURS = """
DROP TRIGGER recherche_departement_renomme ON programme_departement;
DROP FUNCTION recherche_departement_renomme();
DROP TRIGGER recherche_commune_renommee ON programme_commune;
DROP FUNCTION recherche_commune_renommee();
DROP TRIGGER recherche_personne_renommee ON comptes_user;
DROP FUNCTION recherche_personne_renommee();
DROP TRIGGER recherche_membre_change ON candidatures_membre;
DROP TRIGGER recherche_membres_otes ON candidatures_membre;
DROP TRIGGER recherche_membres_ajoutes ON candidatures_membre;
DROP TRIGGER recherche_site_change ON candidatures_site;
DROP TRIGGER recherche_sites_otes ON candidatures_site;
DROP TRIGGER recherche_sites_ajoutes ON candidatures_site;
DROP FUNCTION recherche_ligne_change();
DROP FUNCTION recherche_lignes();
DROP TRIGGER recherche_dossier_change ON candidatures_dossier;
DROP FUNCTION recherche_dossier_change();
DROP TRIGGER recherche_dossiers_crees ON candidatures_dossier;
DROP FUNCTION recherche_nouveaux();
"""
REPRISE = """
INSERT INTO candidatures_recherche (dossier_id, mots, nom, commune_id, departement_id)
  SELECT * FROM recherche_calculee(ARRAY(SELECT id FROM candidatures_dossier));
"""

# Each order of the lists, alone and within a wave; with the key and what the looks ask, the index answers by itself.
INDEX = {
    "dossier_depot": (["depose_le", "id"], ["etat", "vague"]),
    "dossier_echeance": (["echeance_le", "id"], ["etat", "vague"]),
    "dossier_etat_depose": (["etat", "depose_le", "id"], ["vague"]),
    "dossier_vague_depot": (["vague", "depose_le", "id"], ["etat"]),
    "dossier_vague_etat_depot": (["vague", "etat", "depose_le", "id"], ["echeance_le"]),
}


class Migration(migrations.Migration):
    """The table, its functions, its triggers, then its rows for the dossiers that exist."""

    dependencies = [
        ("candidatures", "0002_version_figee"),
        ("comptes", "0001_initial"),
        ("programme", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recherche",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="recherche",
                        serialize=False,
                        to="candidatures.dossier",
                    ),
                ),
                (
                    "mots",
                    django.contrib.postgres.search.SearchVectorField(editable=False, verbose_name="mots"),
                ),
                ("nom", models.TextField(editable=False, verbose_name="nom du projet, sans accent")),
                (
                    "commune",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "departement",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.departement",
                        verbose_name="département",
                    ),
                ),
            ],
            options={
                "verbose_name": "entrée de recherche",
                "verbose_name_plural": "entrées de recherche",
            },
        ),
        migrations.AddIndex(
            model_name="recherche",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["mots"], name="recherche_mots"
            ),
        ),
        migrations.AddIndex(
            model_name="recherche",
            index=models.Index(fields=["nom", "dossier"], name="recherche_nom"),
        ),
        migrations.AddField(
            model_name="dossier",
            name="echeance_le",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="échéance de l'étape"
            ),
        ),
        migrations.RemoveIndex(model_name="dossier", name="dossier_vague_etat"),
        migrations.RemoveIndex(model_name="dossier", name="dossier_etat_depot"),
        *(
            migrations.AddIndex(
                model_name="dossier", index=models.Index(fields=champs, include=portes, name=nom)
            )
            for nom, (champs, portes) in INDEX.items()
        ),
        migrations.RunSQL(MOTS, RETOUR_MOTS),
        migrations.RunSQL(CALCUL, RETOUR_CALCUL),
        migrations.RunSQL(DECLENCHEURS, RETOUR_DECLENCHEURS),
        migrations.RunSQL(REPRISE, migrations.RunSQL.noop),
    ]
