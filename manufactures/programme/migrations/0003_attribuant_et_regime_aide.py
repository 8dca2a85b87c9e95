"""What the open data and the acts say of the attributor and of the State aid, as data of the call."""

from django.db import migrations, models

# The words that every award printed until they became the call's own.
TEXTE = (
    "le règlement (UE) n°\u00a0651/2014 de la Commission du 17 juin 2014 déclarant certaines catégories d'aides "
    "compatibles avec le marché intérieur"
)
MENTION = "aide accordée au titre du règlement (UE) n°\u00a0651/2014, sous réserve du régime retenu par la convention"


def reprendre_les_mots(apps, schema_editor):
    """The calls that already run keep the words of their acts."""
    appels = apps.get_model("programme", "Appel").objects
    appels.filter(regime_aide_texte="").update(regime_aide_texte=TEXTE, regime_aide_mention=MENTION)


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_test_d_eligibilite")]

    operations = [
        migrations.AddField(
            model_name="appel",
            name="dispositif_aide",
            field=models.CharField(blank=True, max_length=160, verbose_name="dispositif d'aide"),
        ),
        migrations.AddField(
            model_name="appel",
            name="nom_attribuant",
            field=models.CharField(blank=True, max_length=160, verbose_name="nom de l'attribuant"),
        ),
        migrations.AddField(
            model_name="appel",
            name="numero_rae",
            field=models.CharField(
                blank=True, max_length=5, verbose_name="numéro au répertoire des aides aux entreprises"
            ),
        ),
        migrations.AddField(
            model_name="appel",
            name="regime_aide",
            field=models.CharField(
                choices=[
                    ("A_CONFIRMER", "À confirmer"),
                    ("EXEMPTE", "Régime exempté de notification"),
                    ("DE_MINIMIS", "De minimis"),
                    ("SIEG_DE_MINIMIS", "De minimis, service d'intérêt économique général"),
                    ("PAS_UNE_AIDE", "Hors du champ des aides d'État"),
                ],
                default="A_CONFIRMER",
                max_length=16,
                verbose_name="régime d'aide d'État",
            ),
        ),
        migrations.AddField(
            model_name="appel",
            name="regime_aide_mention",
            field=models.CharField(blank=True, max_length=300, verbose_name="mention du régime d'aide"),
        ),
        migrations.AddField(
            model_name="appel",
            name="regime_aide_texte",
            field=models.CharField(
                blank=True,
                help_text="Visé par les actes\u00a0: «\u00a0le règlement…\u00a0».",
                max_length=300,
                verbose_name="texte du régime d'aide",
            ),
        ),
        migrations.RunPython(reprendre_les_mots, migrations.RunPython.noop),
    ]
