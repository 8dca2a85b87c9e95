"""A message to an address alone: whether it has an account is nobody's business."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actes", "0002_initial"),
        ("courrier", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="adresse",
            field=models.EmailField(blank=True, max_length=254, verbose_name="adresse"),
        ),
        migrations.AlterField(
            model_name="message",
            name="destinataire",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages_recus",
                to=settings.AUTH_USER_MODEL,
                verbose_name="destinataire",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("destinataire", None)),
                fields=("evenement", "cle", "adresse"),
                name="message_unique_par_adresse",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adresse", ""), ("destinataire__isnull", False)),
                    models.Q(("destinataire", None), models.Q(("adresse", ""), _negated=True)),
                    _connector="OR",
                ),
                name="message_une_adresse",
            ),
        ),
    ]
