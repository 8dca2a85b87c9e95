from django.db import migrations, models


class Migration(migrations.Migration):
    """One more certificate at the deposit: the people whom the dossier names know it."""

    dependencies = [("candidatures", "0010_depot")]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="attestation_donnees",
            field=models.BooleanField(default=False, verbose_name="avoir informé les personnes citées"),
        ),
    ]
