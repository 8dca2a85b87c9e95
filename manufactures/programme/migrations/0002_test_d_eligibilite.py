"""The eligibility self-test: its questions and answers, rows of the call."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuestionEligibilite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rang", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                (
                    "genre",
                    models.CharField(
                        choices=[("CHOIX", "Une réponse parmi plusieurs"), ("COMMUNE", "Une commune")],
                        default="CHOIX",
                        max_length=8,
                        verbose_name="genre",
                    ),
                ),
                ("sujet", models.CharField(max_length=40, verbose_name="sujet, en un mot")),
                ("texte", models.CharField(max_length=160, verbose_name="question")),
                (
                    "precision",
                    models.CharField(
                        blank=True, max_length=250, verbose_name="ce que dit le cahier des charges"
                    ),
                ),
                ("aide", models.TextField(blank=True, verbose_name="pourquoi cette question")),
                (
                    "article",
                    models.CharField(blank=True, max_length=20, verbose_name="article du cahier des charges"),
                ),
                (
                    "appel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions_eligibilite",
                        to="programme.appel",
                    ),
                ),
                (
                    "critere",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programme.critere",
                        verbose_name="critère du comité",
                    ),
                ),
            ],
            options={
                "verbose_name": "question d'éligibilité",
                "verbose_name_plural": "questions d'éligibilité",
                "ordering": ["appel", "rang"],
            },
        ),
        migrations.CreateModel(
            name="ReponseEligibilite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rang", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("libelle", models.CharField(max_length=120, verbose_name="réponse")),
                (
                    "effet",
                    models.CharField(
                        choices=[
                            ("ACQUIS", "Acquis"),
                            ("RENFORCE", "À renforcer avant le dépôt"),
                            ("BLOQUE", "Empêche de candidater"),
                        ],
                        default="ACQUIS",
                        max_length=8,
                        verbose_name="effet",
                    ),
                ),
                (
                    "constat",
                    models.CharField(
                        blank=True,
                        help_text="« Il manque un lieu que vous pouvez occuper », ou « vos partenaires sont tous publics ».",
                        max_length=200,
                        verbose_name="constat",
                    ),
                ),
                (
                    "conseil",
                    models.CharField(
                        blank=True,
                        help_text="« une promesse de bail », ou « Associez au moins un acteur privé. »",
                        max_length=250,
                        verbose_name="ce qui changerait la réponse",
                    ),
                ),
                (
                    "reprise",
                    models.JSONField(blank=True, default=dict, verbose_name="champs du dossier remplis"),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reponses",
                        to="programme.questioneligibilite",
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse au test d'éligibilité",
                "verbose_name_plural": "réponses au test d'éligibilité",
                "ordering": ["question", "rang"],
            },
        ),
        migrations.AddConstraint(
            model_name="questioneligibilite",
            constraint=models.UniqueConstraint(
                fields=("appel", "code"), name="question_eligibilite_unique_par_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="questioneligibilite",
            constraint=models.UniqueConstraint(
                fields=("appel", "rang"), name="question_eligibilite_unique_par_rang"
            ),
        ),
        migrations.AddConstraint(
            model_name="questioneligibilite",
            constraint=models.CheckConstraint(
                condition=models.Q(("genre__in", ["CHOIX", "COMMUNE"])), name="question_genre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reponseeligibilite",
            constraint=models.UniqueConstraint(
                fields=("question", "code"), name="reponse_eligibilite_unique_par_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="reponseeligibilite",
            constraint=models.CheckConstraint(
                condition=models.Q(("effet__in", ["ACQUIS", "RENFORCE", "BLOQUE"])),
                name="reponse_eligibilite_effet",
            ),
        ),
        migrations.AddConstraint(
            model_name="reponseeligibilite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effet", "ACQUIS"),
                    models.Q(
                        models.Q(("constat", ""), _negated=True), models.Q(("conseil", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="reponse_eligibilite_dit_que_faire",
            ),
        ),
    ]
