"""Grounds of a refusal, criterion by criterion."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Empty for the decisions already written: their reason cites its criteria."""

    dependencies = [("selection", "0008_composition_du_comite")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="griefs",
            field=models.JSONField(blank=True, default=list, verbose_name="motifs par critère"),
        ),
    ]
