import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actes", "0002_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="acte",
            name="annule_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="annulé le"),
        ),
        migrations.AddField(
            model_name="acte",
            name="annule_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="annulé par",
            ),
        ),
        migrations.AddField(
            model_name="acte",
            name="motif_annulation",
            field=models.TextField(blank=True, default="", verbose_name="motif de l'annulation"),
        ),
        migrations.AddField(
            model_name="acte",
            name="poste_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="envoyé par la poste le"),
        ),
    ]
