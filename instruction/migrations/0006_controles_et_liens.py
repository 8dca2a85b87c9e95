"""Automatic checks, likely duplicates, declared links: their rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.horloge


class Migration(migrations.Migration):
    """The rows."""

    dependencies = [
        ("candidatures", "0014_recherche_plein_texte"),
        ("instruction", "0005_epingles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="instruction",
            name="instructeur",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instructions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="PassageControles",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="passage_controles",
                        serialize=False,
                        to="candidatures.dossier",
                    ),
                ),
                (
                    "commande_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="commandé le"),
                ),
                ("fait_le", models.DateTimeField(blank=True, null=True, verbose_name="fait le")),
            ],
            options={
                "verbose_name": "passage des vérifications",
                "verbose_name_plural": "passages des vérifications",
                "indexes": [
                    models.Index(
                        condition=models.Q(("fait_le", None)), fields=["commande_le"], name="passage_a_faire"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ControleAuto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("rang", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("libelle", models.CharField(max_length=120, verbose_name="vérification")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("A_REGARDER", "À regarder"),
                            ("NON_VERIFIABLE", "Non vérifiable"),
                            ("CONFORME", "Conforme"),
                        ],
                        max_length=14,
                        verbose_name="verdict",
                    ),
                ),
                ("phrase", models.TextField(verbose_name="constat")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
                ("source_le", models.DateTimeField(blank=True, null=True, verbose_name="source du")),
                ("lien", models.CharField(blank=True, max_length=200, verbose_name="où regarder")),
                (
                    "lien_libelle",
                    models.CharField(blank=True, max_length=120, verbose_name="ce que le lien ouvre"),
                ),
                ("regle", models.CharField(blank=True, max_length=20, verbose_name="règle de la grille")),
                (
                    "calcule_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="calculé le"),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="controles_auto",
                        to="candidatures.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "vérification automatique",
                "verbose_name_plural": "vérifications automatiques",
                "ordering": ["rang"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "A_REGARDER")),
                        fields=["dossier"],
                        name="controle_auto_a_regarder",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "code"), name="controle_auto_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["A_REGARDER", "NON_VERIFIABLE", "CONFORME"])),
                        name="controle_auto_verdict",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("phrase", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="controle_auto_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LienDeclare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("FAMILIAL", "Familial ou amical"),
                            ("PROFESSIONNEL", "Professionnel, actuel ou récent"),
                            ("FINANCIER", "Financier"),
                            ("ASSOCIATIF", "Associatif ou militant"),
                            ("ELECTIF", "Mandat électif"),
                            ("AUTRE", "Autre lien"),
                        ],
                        max_length=14,
                        verbose_name="nature du lien",
                    ),
                ),
                ("precision", models.TextField(max_length=600, verbose_name="en quelques mots")),
                (
                    "declare_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="déclaré le"),
                ),
                ("leve_le", models.DateTimeField(blank=True, null=True, verbose_name="levé le")),
                ("motif_levee", models.TextField(blank=True, verbose_name="motif de la levée")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="liens_declares",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agent",
                    ),
                ),
                (
                    "declare_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déclaré par",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="liens_declares",
                        to="candidatures.dossier",
                    ),
                ),
                (
                    "leve_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="levé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "lien déclaré",
                "verbose_name_plural": "liens déclarés",
                "ordering": ["declare_le", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("leve_le", None)),
                        fields=("agent", "dossier"),
                        name="lien_declare_actif_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "nature__in",
                                ["FAMILIAL", "PROFESSIONNEL", "FINANCIER", "ASSOCIATIF", "ELECTIF", "AUTRE"],
                            )
                        ),
                        name="lien_declare_nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("precision", ""), _negated=True), name="lien_declare_ecrit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leve_le", None), ("leve_par", None), ("motif_levee", "")),
                            models.Q(
                                ("leve_le__isnull", False),
                                ("leve_par__isnull", False),
                                models.Q(("motif_levee", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lien_declare_levee_motivee",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rapprochement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("score", models.FloatField(verbose_name="ressemblance")),
                ("meme_siret", models.BooleanField(default=False, verbose_name="même SIRET")),
                (
                    "trouve_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="trouvé le"),
                ),
                (
                    "avis",
                    models.CharField(
                        blank=True,
                        choices=[("DISTINCT", "Dossiers distincts"), ("DOUBLON", "Doublon")],
                        max_length=8,
                        verbose_name="avis",
                    ),
                ),
                ("mot", models.TextField(blank=True, verbose_name="pourquoi")),
                ("juge_le", models.DateTimeField(blank=True, null=True, verbose_name="jugé le")),
                (
                    "par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="par",
                    ),
                ),
                (
                    "premier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="candidatures.dossier",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="candidatures.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "rapprochement de dossiers",
                "verbose_name_plural": "rapprochements de dossiers",
                "ordering": ["-score", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("premier", "second"), name="rapprochement_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("premier__lt", models.F("second"))), name="rapprochement_ordonne"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 1)), name="rapprochement_score"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("avis", ""), ("juge_le", None), ("mot", ""), ("par", None)),
                            models.Q(
                                ("avis__in", ["DISTINCT", "DOUBLON"]),
                                ("juge_le__isnull", False),
                                ("par__isnull", False),
                                models.Q(("mot", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rapprochement_juge",
                    ),
                ],
            },
        ),
    ]
