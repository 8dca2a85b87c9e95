import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manufactures.horloge


class Migration(migrations.Migration):
    dependencies = [
        ("actes", "0004_formulation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Relecture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fil", models.CharField(max_length=80, verbose_name="fil")),
                (
                    "sens",
                    models.CharField(
                        choices=[("VISE", "Vérifié"), ("RENVOYE", "Renvoyé avec une note")],
                        max_length=8,
                        verbose_name="conclusion",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="relu le"),
                ),
                (
                    "par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="relu par",
                    ),
                ),
            ],
            options={
                "verbose_name": "relecture",
                "ordering": ["-le", "-pk"],
                "indexes": [models.Index(fields=["fil", "-le"], name="relecture_fil")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sens", "VISE"), models.Q(("note", ""), _negated=True), _connector="OR"
                        ),
                        name="relecture_renvoi_note",
                    )
                ],
            },
        ),
    ]
