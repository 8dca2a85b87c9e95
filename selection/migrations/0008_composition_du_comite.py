"""Seats, substitutes and mandates of a committee, held by a trigger; hints and doubts of the declarations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DECLENCHEUR = """
CREATE FUNCTION selection_siege_libre() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_appel bigint;
    v_sieges integer;
    v_periode daterange := daterange(NEW.du, NEW.au);
BEGIN
    SELECT appel_id, sieges INTO v_appel, v_sieges FROM selection_college WHERE id = NEW.college_id;
    -- One committee, one writer at a time: two that see no obstacle could not both be right.
    PERFORM 1 FROM selection_college WHERE appel_id = v_appel ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM selection_membre m JOIN selection_college c ON c.id = m.college_id
        WHERE c.appel_id = v_appel AND m.id IS DISTINCT FROM NEW.id AND m.user_id = NEW.user_id
          AND daterange(m.du, m.au) && v_periode
    ) THEN
        RAISE EXCEPTION 'une personne siège une fois à la fois' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.preside OR NEW.vice_preside) AND EXISTS (
        SELECT 1 FROM selection_membre m JOIN selection_college c ON c.id = m.college_id
        WHERE c.appel_id = v_appel AND m.id IS DISTINCT FROM NEW.id AND daterange(m.du, m.au) && v_periode
          AND (m.preside AND NEW.preside OR m.vice_preside AND NEW.vice_preside)
    ) THEN
        RAISE EXCEPTION 'un comité n''a qu''une présidence à la fois' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.suppleant_de_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM selection_membre m WHERE m.id = NEW.suppleant_de_id AND m.college_id = NEW.college_id
          AND m.suppleant_de_id IS NULL
    ) THEN
        RAISE EXCEPTION 'un suppléant supplée un titulaire de son collège' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.suppleant_de_id IS NULL AND v_sieges IS NOT NULL AND EXISTS (
        SELECT 1 FROM (
            SELECT NEW.du AS jour UNION
            SELECT m.du FROM selection_membre m
            WHERE m.college_id = NEW.college_id AND m.suppleant_de_id IS NULL AND m.du <@ v_periode
        ) AS jours
        WHERE v_sieges <= (
            SELECT count(*) FROM selection_membre m
            WHERE m.college_id = NEW.college_id AND m.suppleant_de_id IS NULL AND m.id IS DISTINCT FROM NEW.id
              AND daterange(m.du, m.au) @> jours.jour
        )
    ) THEN
        RAISE EXCEPTION 'plus de titulaires que de sièges' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER selection_siege_libre
    BEFORE INSERT OR UPDATE OF user_id, college_id, du, au, suppleant_de_id, preside, vice_preside
    ON selection_membre FOR EACH ROW WHEN (NEW.au IS NULL OR NEW.au > NEW.du)
    EXECUTE FUNCTION selection_siege_libre();
-- A college whose members all sit in their own name has no substitute (R133-3).
UPDATE selection_college c SET suppleable = false
WHERE EXISTS (SELECT 1 FROM selection_membre m WHERE m.college_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM selection_membre m WHERE m.college_id = c.id AND m.suppleable);
"""
SANS = """
DROP TRIGGER selection_siege_libre ON selection_membre;
DROP FUNCTION selection_siege_libre();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0014_recherche_plein_texte"),
        ("programme", "0008_part_verifiee"),
        ("selection", "0007_auditions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="college",
            name="sieges",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Vide tant que le règlement intérieur n'en fixe pas le nombre.",
                null=True,
                verbose_name="sièges",
            ),
        ),
        migrations.AddField(
            model_name="college",
            name="suppleable",
            field=models.BooleanField(default=True, verbose_name="ses membres peuvent être suppléés"),
        ),
        migrations.AddField(
            model_name="declarationinterets",
            name="indices",
            field=models.JSONField(blank=True, default=list, verbose_name="indices montrés"),
        ),
        migrations.AddField(
            model_name="declarationinterets",
            name="motif_tranche",
            field=models.CharField(blank=True, max_length=300, verbose_name="motif du choix"),
        ),
        migrations.AddField(
            model_name="declarationinterets",
            name="tranchee_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="tranchée le"),
        ),
        migrations.AddField(
            model_name="declarationinterets",
            name="tranchee_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="tranchée par",
            ),
        ),
        migrations.AddField(
            model_name="deport",
            name="leve_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="levé par",
            ),
        ),
        migrations.AddField(
            model_name="membre",
            name="commune",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.commune",
                verbose_name="commune de son mandat électif",
            ),
        ),
        migrations.AddField(
            model_name="membre",
            name="siret",
            field=models.CharField(
                blank=True,
                help_text="Comparé à ceux des dossiers.",
                max_length=14,
                verbose_name="SIRET de son organisme",
            ),
        ),
        migrations.AddField(
            model_name="membre",
            name="suppleant_de",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suppleants",
                to="selection.membre",
                verbose_name="suppléant de",
            ),
        ),
        migrations.AddField(
            model_name="membre",
            name="vice_preside",
            field=models.BooleanField(default=False, verbose_name="vice-préside le comité"),
        ),
        migrations.AddField(
            model_name="seance",
            name="presidee_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="selection.membre",
                verbose_name="présidence confiée à",
            ),
        ),
        migrations.AlterField(
            model_name="declarationinterets",
            name="reponse",
            field=models.CharField(
                choices=[
                    ("AUCUN", "Aucun lien"),
                    ("LIEN", "Un lien, je peux délibérer"),
                    ("DOUTE", "Je ne sais pas : la présidence tranche"),
                    ("DEPORT", "Je me déporte"),
                ],
                max_length=8,
                verbose_name="réponse",
            ),
        ),
        migrations.AddConstraint(
            model_name="college",
            constraint=models.CheckConstraint(
                condition=models.Q(("sieges", None), ("sieges__gte", 1), _connector="OR"),
                name="college_sieges_au_moins_un",
            ),
        ),
        migrations.AddConstraint(
            model_name="declarationinterets",
            constraint=models.CheckConstraint(
                condition=models.Q(("reponse__in", ["AUCUN", "LIEN", "DOUTE", "DEPORT"])),
                name="declaration_reponse_connue",
            ),
        ),
        migrations.AddConstraint(
            model_name="declarationinterets",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("motif_tranche", ""), ("tranchee_le", None), ("tranchee_par", None)),
                    models.Q(
                        ("tranchee_le__isnull", False),
                        ("tranchee_par__isnull", False),
                        models.Q(("motif_tranche", ""), _negated=True),
                        models.Q(("reponse", "DOUTE"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="declaration_doute_tranche_motive",
            ),
        ),
        migrations.AddConstraint(
            model_name="membre",
            constraint=models.UniqueConstraint(
                condition=models.Q(("au", None)),
                fields=("suppleant_de",),
                name="membre_un_suppleant_par_siege",
            ),
        ),
        migrations.AddConstraint(
            model_name="membre",
            constraint=models.CheckConstraint(
                condition=models.Q(("preside", False), ("vice_preside", False), _connector="OR"),
                name="membre_une_presidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="membre",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("suppleant_de", None),
                    models.Q(
                        ("preside", False),
                        ("vice_preside", False),
                        models.Q(("suppleant_de", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="membre_suppleant_sans_presidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="membre",
            constraint=models.CheckConstraint(
                condition=models.Q(("siret", ""), ("siret__regex", "^[0-9]{14}$"), _connector="OR"),
                name="membre_siret",
            ),
        ),
        migrations.RunSQL(DECLENCHEUR, SANS),
    ]
