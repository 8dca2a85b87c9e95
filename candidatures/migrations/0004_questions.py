"""Questions about the call, and the self-test carried over into a draft."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.horloge


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0003_recherche"),
        ("programme", "0002_test_d_eligibilite"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Autotest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reponses", models.JSONField(default=list, verbose_name="réponses")),
                (
                    "repris_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="repris le"),
                ),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="autotest",
                        to="candidatures.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "test d'éligibilité",
                "verbose_name_plural": "tests d'éligibilité",
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("texte", models.TextField(max_length=1000, verbose_name="question")),
                (
                    "origine",
                    models.CharField(
                        choices=[("SITE", "Posée sur le site"), ("COURRIEL", "Reçue par courriel")],
                        default="SITE",
                        max_length=8,
                        verbose_name="origine",
                    ),
                ),
                (
                    "posee_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="posée le"),
                ),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STRUCTURE", "Qui peut candidater"),
                            ("LIEU", "Le lieu et le territoire"),
                            ("AIDES", "Les aides et les dépenses"),
                            ("DOSSIER", "Le dossier et le calendrier"),
                            ("SUITES", "Après le dépôt"),
                        ],
                        max_length=10,
                        verbose_name="thème",
                    ),
                ),
                (
                    "texte_publie",
                    models.TextField(blank=True, max_length=1000, verbose_name="question publiée"),
                ),
                ("reponse", models.TextField(blank=True, max_length=3000, verbose_name="réponse")),
                (
                    "recherche",
                    models.TextField(
                        blank=True, editable=False, verbose_name="mots, sans accent ni majuscule"
                    ),
                ),
                ("repondue_le", models.DateTimeField(blank=True, null=True, verbose_name="répondue le")),
                ("publiee_le", models.DateTimeField(blank=True, null=True, verbose_name="publiée le")),
                ("corrigee_le", models.DateTimeField(blank=True, null=True, verbose_name="corrigée le")),
                ("ecartee_le", models.DateTimeField(blank=True, null=True, verbose_name="écartée le")),
                (
                    "motif_ecart",
                    models.TextField(blank=True, max_length=1000, verbose_name="réponse sans publication"),
                ),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                (
                    "appel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="programme.appel",
                        verbose_name="appel",
                    ),
                ),
                (
                    "posee_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions_posees",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="posée par",
                    ),
                ),
                (
                    "repondue_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="répondue par",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "ordering": ["-posee_le", "-pk"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["recherche"], name="question_recherche_trgm", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(
                        condition=models.Q(("publiee_le", None)),
                        fields=["appel", "posee_le"],
                        name="question_attente",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("texte", ""), _negated=True), name="question_posee"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("theme__in", ["", "STRUCTURE", "LIEU", "AIDES", "DOSSIER", "SUITES"])
                        ),
                        name="question_theme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("publiee_le", None),
                            models.Q(
                                ("repondue_le__isnull", False),
                                ("repondue_par__isnull", False),
                                ("theme__in", ["STRUCTURE", "LIEU", "AIDES", "DOSSIER", "SUITES"]),
                                models.Q(("texte_publie", ""), _negated=True),
                                models.Q(("reponse", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="question_publiee_est_repondue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ecartee_le", None),
                            models.Q(("publiee_le", None), models.Q(("motif_ecart", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="question_ecartee_non_publiee",
                    ),
                ],
            },
        ),
    ]
