from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courrier", "0002_adresse")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="agenda",
            field=models.TextField(blank=True, default="", verbose_name="fichier d'agenda"),
            preserve_default=False,
        ),
    ]
