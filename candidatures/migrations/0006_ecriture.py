"""The history of the answers, and the comments between members."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.horloge

SECTIONS = [
    ("structure", "Structure"),
    ("lieu", "Lieu"),
    ("projet", "Projet"),
    ("equipements", "Équipements"),
    ("modele", "Modèle économique"),
    ("financement", "Plan de financement"),
    ("gouvernance", "Gouvernance et équipe"),
    ("pieces", "Calendrier et pièces"),
]
SLUGS = [slug for slug, _ in SECTIONS]


def _id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _personne(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


def _dossier(nom):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=nom, to="candidatures.dossier"
    )


def _instant(libelle):
    return models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name=libelle)


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0005_index_des_laureats"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Modification",
            fields=[
                ("id", _id()),
                ("section", models.CharField(choices=SECTIONS, max_length=12, verbose_name="section")),
                ("champ", models.CharField(max_length=60, verbose_name="champ")),
                ("libelle", models.CharField(max_length=200, verbose_name="réponse")),
                ("avant", models.TextField(blank=True, verbose_name="avant")),
                ("apres", models.TextField(blank=True, verbose_name="après")),
                ("debut_le", _instant("commencée le")),
                ("le", _instant("modifiée le")),
                ("page", models.CharField(blank=True, max_length=36, verbose_name="fenêtre")),
                ("dossier", _dossier("modifications")),
                ("par", _personne()),
            ],
            options={
                "verbose_name": "modification",
                "ordering": ["-le", "-pk"],
                "indexes": [
                    models.Index(fields=["dossier", "-le", "-id"], name="modification_recente"),
                    models.Index(fields=["dossier", "section", "champ", "-le"], name="modification_champ"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("section__in", SLUGS)), name="modification_section"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("le__gte", models.F("debut_le"))), name="modification_dates"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commentaire",
            fields=[
                ("id", _id()),
                ("section", models.CharField(choices=SECTIONS, max_length=12, verbose_name="section")),
                ("texte", models.TextField(max_length=2000, verbose_name="commentaire")),
                ("le", _instant("le")),
                ("resolu_le", models.DateTimeField(blank=True, null=True, verbose_name="réglé le")),
                ("dossier", _dossier("commentaires")),
                (
                    "en_reponse_a",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reponses",
                        to="candidatures.commentaire",
                        verbose_name="en réponse à",
                    ),
                ),
                ("par", _personne()),
                ("resolu_par", _personne(blank=True, null=True)),
            ],
            options={
                "verbose_name": "commentaire",
                "ordering": ["le", "pk"],
                "indexes": [
                    models.Index(fields=["dossier", "section"], name="commentaire_section"),
                    models.Index(
                        condition=models.Q(("en_reponse_a", None), ("resolu_le", None)),
                        fields=["dossier"],
                        name="commentaire_ouvert",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("texte", ""), _negated=True), name="commentaire_dit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("section__in", SLUGS)), name="commentaire_de_section"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolu_le", None), ("resolu_par", None)),
                            models.Q(
                                ("en_reponse_a", None),
                                ("resolu_le__isnull", False),
                                ("resolu_par__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="commentaire_resolu",
                    ),
                ],
            },
        ),
    ]
