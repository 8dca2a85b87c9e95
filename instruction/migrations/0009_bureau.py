"""What each agent keeps of the desk: the columns shown, lists under a name."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.horloge


class Migration(migrations.Migration):
    """Two small tables."""

    dependencies = [
        ("instruction", "0008_verification"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bureau",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "colonnes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="colonnes",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bureau",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
            ],
            options={"verbose_name": "bureau", "verbose_name_plural": "bureaux"},
        ),
        migrations.CreateModel(
            name="VueEnregistree",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nom", models.CharField(max_length=60, verbose_name="nom de la vue")),
                ("demande", models.CharField(blank=True, max_length=1000, verbose_name="filtres et tri")),
                ("par_defaut", models.BooleanField(default=False, verbose_name="s'ouvre en premier")),
                (
                    "creee_le",
                    models.DateTimeField(
                        default=manufactures.horloge.maintenant, verbose_name="enregistrée le"
                    ),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vues",
                        to="instruction.bureau",
                        verbose_name="bureau",
                    ),
                ),
            ],
            options={
                "verbose_name": "vue enregistrée",
                "verbose_name_plural": "vues enregistrées",
                "ordering": ["nom"],
                "constraints": [
                    models.UniqueConstraint(fields=("bureau", "nom"), name="vue_un_nom"),
                    models.UniqueConstraint(
                        condition=models.Q(("par_defaut", True)),
                        fields=("bureau",),
                        name="vue_une_par_defaut",
                    ),
                    models.CheckConstraint(condition=models.Q(("nom", ""), _negated=True), name="vue_nommee"),
                ],
            },
        ),
    ]
