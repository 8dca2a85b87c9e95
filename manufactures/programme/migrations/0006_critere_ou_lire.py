from django.db import migrations, models


class Migration(migrations.Migration):
    """Where each line of the grid looks in the form: the reasons of a refusal lead there."""

    dependencies = [("programme", "0005_taux_des_subventions")]

    operations = [
        migrations.AddField(
            model_name="critere",
            name="ou_lire",
            field=models.CharField(
                blank=True,
                help_text="Section, puis champ s'il y en a un\u00a0: «\u00a0projet#mutualisation\u00a0». Les motifs d'un refus y mènent.",
                max_length=60,
                verbose_name="où lire dans le dossier",
            ),
        ),
    ]
