from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actes", "0005_relecture")]

    operations = [
        migrations.AddField(
            model_name="acte",
            name="prochain_essai_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="prochain essai le"),
        ),
    ]
