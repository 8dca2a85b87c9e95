"""A dossier whose titulaire was erased is found by its number alone: its words, and its people, leave the search.

The function is that of `candidatures/0014_recherche_plein_texte`, with one condition more.
"""

from django.db import migrations

TEXTES = (
    "besoin", "projet", "communaute", "mutualisation", "formation", "transitions", "gouvernance", "strategie_rh",
    "calendrier",
)  # fmt: skip


def calcul(limite: str) -> str:
    """The words of dossiers; `limite` is the condition under which only the number stays."""
    return f"""
CREATE OR REPLACE FUNCTION recherche_calculee(dossiers bigint[])
RETURNS TABLE (dossier_id bigint, mots tsvector, nom text, commune_id varchar, departement_id varchar, textes tsvector)
LANGUAGE sql STABLE AS $$
  SELECT n.id, n.mots, n.nom, n.commune_id, n.departement_id, n.mots || recherche_pesee(n.reponses, 'D')
  FROM (
    SELECT d.id,
           recherche_pesee(concat_ws(' ', d.numero, replace(d.numero, '-', ''),
             replace(substr(d.numero, 3), '-', ''), CASE WHEN NOT gens.limite THEN d.nom_projet END,
             CASE WHEN NOT gens.limite THEN d.siret END), 'A')
           || recherche_pesee(CASE WHEN gens.limite THEN '' ELSE concat_ws(' ', d.raison_sociale,
             d.representant_prenom, d.representant_nom, lieux.noms, gens.noms) END, 'B')
           || recherche_pesee(CASE WHEN d.etat <> 'BROUILLON' AND NOT gens.limite THEN d.resume_public ELSE '' END,
             'C') AS mots,
           recherche_texte(d.nom_projet) AS nom,
           ici.code AS commune_id, ici.departement_id,
           CASE WHEN d.etat <> 'BROUILLON' AND NOT gens.limite
                THEN concat_ws(' ', {", ".join(f"d.{nom}" for nom in TEXTES)}) ELSE '' END AS reponses
    FROM candidatures_dossier AS d
    CROSS JOIN LATERAL (
      SELECT string_agg(concat_ws(' ', c.nom, p.nom, p.code), ' ') AS noms
      FROM programme_commune AS c JOIN programme_departement AS p ON p.code = c.departement_id
      WHERE c.code = d.commune_siege_id
         OR c.code = ANY (ARRAY(SELECT s.commune_id FROM candidatures_site AS s WHERE s.dossier_id = d.id))
    ) AS lieux
    CROSS JOIN LATERAL (
      SELECT string_agg(concat_ws(' ', u.prenom, u.nom), ' ') AS noms,
             coalesce(bool_or({limite}), false) AS limite
      FROM candidatures_membre AS m JOIN comptes_user AS u ON u.id = m.user_id
      WHERE m.dossier_id = d.id
    ) AS gens
    LEFT JOIN programme_commune AS ici ON ici.code = coalesce(
      (SELECT s.commune_id FROM candidatures_site AS s WHERE s.dossier_id = d.id AND s.principal), d.commune_siege_id)
    WHERE d.id = ANY (dossiers)
  ) AS n
$$;
"""  # noqa: S608 (the names of our own fields)


class Migration(migrations.Migration):
    """One function: no row changes, nobody was erased before."""

    dependencies = [("personnes", "0002_demandes"), ("candidatures", "0014_recherche_plein_texte")]

    operations = [
        migrations.RunSQL(
            calcul(r"m.droit = 'TITULAIRE' AND u.email LIKE 'efface-%@efface.invalid'"), calcul("false")
        ),
    ]
