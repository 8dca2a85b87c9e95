"""Amounts that the agents bring to a sitting of arbitration, beside those it amends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Unknown for the proposals already written: nothing says when their amounts were last changed."""

    dependencies = [("selection", "0009_griefs_des_decisions")]

    operations = [
        migrations.AddField(
            model_name="propositionarbitrage",
            name="amorcage_initial",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=12,
                null=True,
                verbose_name="amorçage proposé avant la séance",
            ),
        ),
        migrations.AddField(
            model_name="propositionarbitrage",
            name="investissement_initial",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=12,
                null=True,
                verbose_name="investissement proposé avant la séance",
            ),
        ),
    ]
