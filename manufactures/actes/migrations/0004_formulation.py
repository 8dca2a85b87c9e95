import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.actes.genres
import manufactures.horloge


class Migration(migrations.Migration):
    dependencies = [
        ("actes", "0003_suites"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Formulation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "genre",
                    models.CharField(
                        choices=manufactures.actes.genres.choix(), max_length=40, verbose_name="genre"
                    ),
                ),
                ("passage", models.CharField(max_length=40, verbose_name="passage")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("texte", models.TextField(verbose_name="texte")),
                ("en_vigueur", models.BooleanField(default=True, verbose_name="en vigueur")),
                ("motif", models.CharField(max_length=300, verbose_name="pourquoi ce changement")),
                (
                    "ecrite_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="écrite le"),
                ),
                (
                    "ecrite_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="écrite par",
                    ),
                ),
            ],
            options={
                "verbose_name": "formulation",
                "ordering": ["genre", "passage", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("genre", "passage", "version"), name="formulation_version_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("en_vigueur", True)),
                        fields=("genre", "passage"),
                        name="formulation_une_en_vigueur",
                    ),
                ],
            },
        ),
    ]
