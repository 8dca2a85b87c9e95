"""A completion in words may prove a line of the grid, or be annotated: its place is one more kind of place."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0014_recherche_plein_texte"),
        ("instruction", "0012_phrases_comparees"),
        ("programme", "0008_part_verifiee"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="annotation",
            name="annotation_un_lieu",
        ),
        migrations.RemoveConstraint(
            model_name="epingle",
            name="epingle_un_lieu",
        ),
        migrations.RemoveConstraint(
            model_name="epingle",
            name="epingle_unique",
        ),
        migrations.AddField(
            model_name="annotation",
            name="reponse",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="instruction.reponsecomplement",
                verbose_name="complément",
            ),
        ),
        migrations.AddField(
            model_name="epingle",
            name="reponse",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="instruction.reponsecomplement",
                verbose_name="complément",
            ),
        ),
        migrations.AddConstraint(
            model_name="annotation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("champ", ""), _negated=True),
                        ("page", None),
                        ("piece", None),
                        ("reponse", None),
                        ("version_lue__isnull", False),
                    ),
                    models.Q(
                        ("champ", ""),
                        ("page", None),
                        ("piece", None),
                        ("reponse__isnull", False),
                        ("version_lue", None),
                    ),
                    models.Q(
                        ("champ", ""),
                        ("debut", None),
                        ("fin", None),
                        ("page__gte", 1),
                        ("piece__isnull", False),
                        ("reponse", None),
                        ("version_lue", None),
                    ),
                    _connector="OR",
                ),
                name="annotation_un_lieu",
            ),
        ),
        migrations.AddConstraint(
            model_name="epingle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("champ", ""), _negated=True),
                        ("page", None),
                        ("piece", None),
                        ("reponse", None),
                        ("version_lue__isnull", False),
                    ),
                    models.Q(
                        ("champ", ""),
                        ("page", None),
                        ("piece", None),
                        ("reponse__isnull", False),
                        ("version_lue", None),
                    ),
                    models.Q(
                        ("champ", ""),
                        ("debut", None),
                        ("fin", None),
                        ("page__gte", 1),
                        ("piece__isnull", False),
                        ("reponse", None),
                        ("version_lue", None),
                    ),
                    _connector="OR",
                ),
                name="epingle_un_lieu",
            ),
        ),
        migrations.AddConstraint(
            model_name="epingle",
            constraint=models.UniqueConstraint(
                fields=("instruction", "critere", "champ", "debut", "fin", "piece", "page", "reponse"),
                name="epingle_unique",
                nulls_distinct=False,
            ),
        ),
    ]
