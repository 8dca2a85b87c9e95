import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import manufactures.horloge


class Migration(migrations.Migration):
    """More time to deposit, for one dossier or for a wave; the whole dossier as a PDF."""

    dependencies = [
        ("candidatures", "0008_budget_et_identite"),
        ("programme", "0004_articles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="prolonge_jusquau",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="dépôt prolongé jusqu'au"
            ),
        ),
        migrations.CreateModel(
            name="Impression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "commandee_le",
                    models.DateTimeField(
                        default=manufactures.horloge.maintenant, verbose_name="commandée le"
                    ),
                ),
                ("faite_le", models.DateTimeField(blank=True, null=True, verbose_name="faite le")),
                ("chemin", models.CharField(blank=True, max_length=200, verbose_name="fichier")),
                ("empreinte", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("taille", models.PositiveIntegerField(default=0, verbose_name="taille, en octets")),
                ("essais", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("motif_echec", models.TextField(blank=True, verbose_name="raison de l'échec")),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="impression",
                        to="candidatures.versiondeposee",
                    ),
                ),
            ],
            options={
                "verbose_name": "impression d'un dossier",
                "verbose_name_plural": "impressions de dossiers",
                "indexes": [
                    models.Index(condition=Q(chemin=""), fields=["essais", "id"], name="impression_a_faire")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(chemin="", faite_le=None)
                        | (~Q(chemin="") & ~Q(empreinte="") & Q(taille__gt=0, faite_le__isnull=False)),
                        name="impression_faite_a_son_fichier",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Prolongation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jusqu_au", models.DateTimeField(verbose_name="jusqu'au")),
                ("motif", models.TextField(max_length=600, verbose_name="motif")),
                (
                    "accordee_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="accordée le"),
                ),
                (
                    "accordee_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prolongations",
                        to="candidatures.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "prolongation",
                "ordering": ["accordee_le", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(motif=""), name="prolongation_motivee"),
                    models.CheckConstraint(
                        condition=Q(jusqu_au__gt=F("accordee_le")), name="prolongation_dans_l_avenir"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("debut", models.DateTimeField(verbose_name="début")),
                ("fin", models.DateTimeField(verbose_name="fin")),
                ("texte", models.TextField(max_length=600, verbose_name="ce qui s'est passé")),
                ("avant", models.DateTimeField(verbose_name="clôture avant")),
                ("apres", models.DateTimeField(verbose_name="clôture après")),
                (
                    "publie_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="publié le"),
                ),
                (
                    "publie_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vague",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="programme.vague",
                    ),
                ),
            ],
            options={
                "verbose_name": "incident",
                "ordering": ["publie_le", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(texte=""), name="incident_raconte"),
                    models.CheckConstraint(
                        condition=Q(fin__gt=F("debut")), name="incident_finit_apres_son_debut"
                    ),
                    models.CheckConstraint(
                        condition=Q(apres__gt=F("avant")), name="incident_ajoute_du_temps"
                    ),
                ],
            },
        ),
    ]
