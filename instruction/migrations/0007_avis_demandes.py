from django.db import migrations, models


class Migration(migrations.Migration):
    """How many opinions of third parties were asked: a dossier without any costs no query."""

    dependencies = [("instruction", "0006_controles_et_liens")]

    operations = [
        migrations.AddField(
            model_name="instruction",
            name="avis_demandes",
            field=models.PositiveIntegerField(default=0, verbose_name="avis de tiers demandés"),
        ),
    ]
