"""The rules of a committee, a row a call, copied on its sittings; the two triggers that hold the copies."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.horloge

DECLENCHEURS = """
CREATE FUNCTION selection_regles_figees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat IN ('OUVERTE', 'CLOSE') AND (
        OLD.quorum_numerateur, OLD.quorum_denominateur, OLD.delai_convocation_jours, OLD.majorite,
        OLD.voix_preponderante, OLD.mandats_par_membre, OLD.seconde_sans_quorum, OLD.secret_a_distance,
        OLD.composition, OLD.reglement_version
    ) IS DISTINCT FROM (
        NEW.quorum_numerateur, NEW.quorum_denominateur, NEW.delai_convocation_jours, NEW.majorite,
        NEW.voix_preponderante, NEW.mandats_par_membre, NEW.seconde_sans_quorum, NEW.secret_a_distance,
        NEW.composition, NEW.reglement_version
    ) THEN
        RAISE EXCEPTION 'les règles d''une séance ouverte ne changent plus' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER selection_regles_figees BEFORE UPDATE ON selection_seance
    FOR EACH ROW EXECUTE FUNCTION selection_regles_figees();

CREATE FUNCTION selection_mandats_bornes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_au_plus integer;
    v_tenus integer;
BEGIN
    SELECT mandats_par_membre INTO v_au_plus FROM selection_seance WHERE id = NEW.seance_id FOR NO KEY UPDATE;
    SELECT count(*) INTO v_tenus FROM selection_presence
        WHERE seance_id = NEW.seance_id AND mandataire_id = NEW.mandataire_id AND id <> NEW.id;
    IF v_tenus >= v_au_plus THEN
        RAISE EXCEPTION 'pas plus de % mandat par personne', v_au_plus USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER selection_mandats_bornes BEFORE INSERT OR UPDATE OF mandataire_id ON selection_presence
    FOR EACH ROW WHEN (NEW.mandataire_id IS NOT NULL) EXECUTE FUNCTION selection_mandats_bornes();
"""
SANS = """
DROP TRIGGER selection_regles_figees ON selection_seance;
DROP FUNCTION selection_regles_figees();
DROP TRIGGER selection_mandats_bornes ON selection_presence;
DROP FUNCTION selection_mandats_bornes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0008_part_verifiee"),
        ("selection", "0004_scenarios"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReglesDuComite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "quorum_numerateur",
                    models.PositiveSmallIntegerField(default=1, verbose_name="quorum, numérateur"),
                ),
                (
                    "quorum_denominateur",
                    models.PositiveSmallIntegerField(default=2, verbose_name="quorum, dénominateur"),
                ),
                (
                    "delai_convocation_jours",
                    models.PositiveSmallIntegerField(
                        default=5, verbose_name="délai de convocation, en jours"
                    ),
                ),
                (
                    "majorite",
                    models.CharField(
                        choices=[
                            ("PRESENTS", "Majorité des membres présents ou représentés"),
                            ("EXPRIMES", "Majorité des voix exprimées"),
                            ("COMPOSITION", "Majorité des membres qui composent le comité"),
                        ],
                        default="PRESENTS",
                        max_length=12,
                        verbose_name="majorité",
                    ),
                ),
                (
                    "voix_preponderante",
                    models.BooleanField(default=True, verbose_name="voix prépondérante de la présidence"),
                ),
                (
                    "mandats_par_membre",
                    models.PositiveSmallIntegerField(default=1, verbose_name="mandats par membre, au plus"),
                ),
                (
                    "seconde_sans_quorum",
                    models.BooleanField(
                        default=True, verbose_name="seconde convocation sans condition de quorum"
                    ),
                ),
                (
                    "secret_a_distance",
                    models.BooleanField(default=False, verbose_name="vote secret à distance admis"),
                ),
                (
                    "lectures_masquees",
                    models.BooleanField(default=True, verbose_name="lectures des autres masquées"),
                ),
                (
                    "presidence_rapporte",
                    models.BooleanField(default=False, verbose_name="la présidence rapporte"),
                ),
                (
                    "modifiees_le",
                    models.DateTimeField(
                        default=manufactures.horloge.maintenant, verbose_name="modifiées le"
                    ),
                ),
            ],
            options={
                "verbose_name": "règles du comité",
                "verbose_name_plural": "règles des comités",
            },
        ),
        migrations.RemoveConstraint(
            model_name="presence",
            name="presence_un_mandat_par_porteur",
        ),
        migrations.AddField(
            model_name="scrutin",
            name="regle_majorite",
            field=models.CharField(
                choices=[
                    ("PRESENTS", "Majorité des membres présents ou représentés"),
                    ("EXPRIMES", "Majorité des voix exprimées"),
                    ("COMPOSITION", "Majorité des membres qui composent le comité"),
                ],
                default="PRESENTS",
                max_length=12,
                verbose_name="règle de majorité",
            ),
        ),
        migrations.AddField(
            model_name="seance",
            name="majorite",
            field=models.CharField(
                choices=[
                    ("PRESENTS", "Majorité des membres présents ou représentés"),
                    ("EXPRIMES", "Majorité des voix exprimées"),
                    ("COMPOSITION", "Majorité des membres qui composent le comité"),
                ],
                default="PRESENTS",
                max_length=12,
                verbose_name="majorité",
            ),
        ),
        migrations.AddField(
            model_name="seance",
            name="mandats_par_membre",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="mandats par membre, au plus"),
        ),
        migrations.AddField(
            model_name="seance",
            name="seconde_sans_quorum",
            field=models.BooleanField(
                default=True, verbose_name="seconde convocation sans condition de quorum"
            ),
        ),
        migrations.AddField(
            model_name="seance",
            name="voix_preponderante",
            field=models.BooleanField(default=True, verbose_name="voix prépondérante de la présidence"),
        ),
        migrations.AddField(
            model_name="reglesducomite",
            name="appel",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="regles_du_comite",
                to="programme.appel",
                verbose_name="appel",
            ),
        ),
        migrations.AddField(
            model_name="reglesducomite",
            name="modifiees_par",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="modifiées par",
            ),
        ),
        migrations.AddConstraint(
            model_name="reglesducomite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quorum_numerateur__gt", 0), ("quorum_numerateur__lte", models.F("quorum_denominateur"))
                ),
                name="regles_quorum_une_fraction",
            ),
        ),
        migrations.AddConstraint(
            model_name="reglesducomite",
            constraint=models.CheckConstraint(
                condition=models.Q(("mandats_par_membre__lte", 5)), name="regles_mandats_bornes"
            ),
        ),
        migrations.AddConstraint(
            model_name="reglesducomite",
            constraint=models.CheckConstraint(
                condition=models.Q(("majorite__in", ["PRESENTS", "EXPRIMES", "COMPOSITION"])),
                name="regles_majorite",
            ),
        ),
        migrations.RunSQL(DECLENCHEURS, SANS),
    ]
