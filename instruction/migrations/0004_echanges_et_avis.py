import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import candidatures.jetons
import manufactures.horloge


class Migration(migrations.Migration):
    """Points pinned and judged, texts of messages, opinions of third parties."""

    dependencies = [
        ("candidatures", "0013_modeles_de_pieces"),
        ("instruction", "0003_grille_version"),
        ("programme", "0006_critere_ou_lire"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AvisTiers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisme",
                    models.CharField(
                        choices=[
                            ("PREFECTURE", "Préfecture"),
                            ("REGION", "Conseil régional"),
                            ("DREETS", "DREETS"),
                            ("AUTRE", "Autre organisme"),
                        ],
                        max_length=10,
                        verbose_name="organisme",
                    ),
                ),
                ("nom", models.CharField(max_length=160, verbose_name="nom de l'organisme")),
                ("courriel", models.EmailField(max_length=254, verbose_name="adresse électronique")),
                (
                    "question",
                    models.TextField(blank=True, max_length=2000, verbose_name="ce que vous demandez"),
                ),
                (
                    "demande_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="demandé le"),
                ),
                ("echeance", models.DateTimeField(verbose_name="réponse attendue avant le")),
                ("envois", models.PositiveSmallIntegerField(default=1, verbose_name="envois")),
                (
                    "nonce",
                    models.CharField(
                        blank=True,
                        default=candidatures.jetons.tirer,
                        max_length=24,
                        verbose_name="tirage du lien",
                    ),
                ),
                ("expire_le", models.DateTimeField(verbose_name="le lien expire le")),
                (
                    "etat",
                    models.CharField(
                        choices=[("DEMANDE", "Demandé"), ("RENDU", "Rendu"), ("RETIRE", "Demande retirée")],
                        default="DEMANDE",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                (
                    "sens",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FAVORABLE", "Favorable"),
                            ("RESERVE", "Favorable avec réserves"),
                            ("DEFAVORABLE", "Défavorable"),
                        ],
                        max_length=12,
                        verbose_name="sens",
                    ),
                ),
                ("texte", models.TextField(blank=True, verbose_name="avis")),
                (
                    "signataire_nom",
                    models.CharField(blank=True, max_length=120, verbose_name="nom du signataire"),
                ),
                (
                    "signataire_qualite",
                    models.CharField(blank=True, max_length=120, verbose_name="qualité du signataire"),
                ),
                ("rendu_le", models.DateTimeField(blank=True, null=True, verbose_name="rendu le")),
                (
                    "fichier",
                    models.FileField(blank=True, max_length=200, upload_to="", verbose_name="fichier"),
                ),
                ("fichier_nom", models.CharField(blank=True, max_length=200, verbose_name="nom du fichier")),
                (
                    "fichier_type",
                    models.CharField(blank=True, max_length=100, verbose_name="type du fichier"),
                ),
                ("fichier_taille", models.PositiveIntegerField(default=0, verbose_name="taille (octets)")),
                (
                    "fichier_empreinte",
                    models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256"),
                ),
                ("retire_le", models.DateTimeField(blank=True, null=True, verbose_name="retirée le")),
                ("motif", models.CharField(blank=True, max_length=300, verbose_name="motif du retrait")),
            ],
            options={
                "verbose_name": "avis d'un tiers",
                "verbose_name_plural": "avis de tiers",
                "ordering": ["demande_le", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ModeleDeMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("titre", models.CharField(max_length=120, verbose_name="titre")),
                ("texte", models.TextField(max_length=5000, verbose_name="texte")),
                (
                    "modifie_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="modifié le"),
                ),
                ("retire_le", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "verbose_name": "modèle de message",
                "verbose_name_plural": "modèles de messages",
                "ordering": ["titre", "pk"],
            },
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="cible",
            field=models.CharField(blank=True, max_length=80, verbose_name="passage du dossier"),
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="endroit",
            field=models.CharField(blank=True, max_length=200, verbose_name="nom du passage"),
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="juge_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="jugé le"),
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="juge_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="jugé par",
            ),
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="jugement",
            field=models.CharField(
                blank=True,
                choices=[("FAIT", "Fait"), ("REDEMANDE", "À redemander")],
                max_length=10,
                verbose_name="jugement",
            ),
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="mots",
            field=models.TextField(blank=True, verbose_name="ce qui manque encore"),
        ),
        migrations.AddField(
            model_name="piecereclamee",
            name="reprend",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reprises",
                to="instruction.piecereclamee",
                verbose_name="élément demandé de nouveau",
            ),
        ),
        migrations.AddField(
            model_name="reponsecomplement",
            name="redaction",
            field=models.TextField(blank=True, verbose_name="nouvelle rédaction"),
        ),
        migrations.AddConstraint(
            model_name="piecereclamee",
            constraint=models.CheckConstraint(
                condition=models.Q(("jugement__in", ["", "FAIT", "REDEMANDE"])),
                name="piece_reclamee_jugement",
            ),
        ),
        migrations.AddConstraint(
            model_name="piecereclamee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("juge_le", None), ("juge_par", None), ("jugement", ""), ("mots", "")),
                    models.Q(
                        models.Q(("jugement", ""), _negated=True),
                        ("juge_le__isnull", False),
                        ("juge_par__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="piece_reclamee_jugee_et_datee",
            ),
        ),
        migrations.AddConstraint(
            model_name="piecereclamee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("jugement", "REDEMANDE"), _negated=True),
                    models.Q(("mots", ""), _negated=True),
                    _connector="OR",
                ),
                name="piece_reclamee_redemandee_en_mots",
            ),
        ),
        migrations.AddField(
            model_name="avistiers",
            name="demande_par",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="avistiers",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="avis_tiers",
                to="candidatures.dossier",
            ),
        ),
        migrations.AddField(
            model_name="avistiers",
            name="retire_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="avistiers",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="candidatures.versiondeposee",
                verbose_name="version déposée",
            ),
        ),
        migrations.AddField(
            model_name="modeledemessage",
            name="appel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="modeles_de_messages",
                to="programme.appel",
            ),
        ),
        migrations.AddField(
            model_name="modeledemessage",
            name="modifie_par",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="avistiers",
            index=models.Index(
                condition=models.Q(("etat", "DEMANDE")), fields=["echeance"], name="avis_tiers_attendu"
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("etat__in", ["DEMANDE", "RENDU", "RETIRE"])), name="avis_tiers_etat"
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("organisme__in", ["PREFECTURE", "REGION", "DREETS", "AUTRE"])),
                name="avis_tiers_organisme",
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("sens__in", ["", "FAVORABLE", "RESERVE", "DEFAVORABLE"])),
                name="avis_tiers_sens",
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("etat", "RENDU"),
                        ("rendu_le__isnull", False),
                        models.Q(("sens", ""), _negated=True),
                        models.Q(("signataire_nom", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("etat", "RENDU"), _negated=True),
                        ("fichier", ""),
                        ("rendu_le", None),
                        ("sens", ""),
                        ("texte", ""),
                    ),
                    _connector="OR",
                ),
                name="avis_tiers_rendu_et_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("etat", "RETIRE"), ("retire_le__isnull", False), ("retire_par__isnull", False)),
                    models.Q(models.Q(("etat", "RETIRE"), _negated=True), ("retire_le", None)),
                    _connector="OR",
                ),
                name="avis_tiers_retire_et_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("nonce", ""), ("etat", "DEMANDE"), _connector="OR"),
                name="avis_tiers_lien_eteint",
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("expire_le__gte", models.F("echeance"))), name="avis_tiers_expiration"
            ),
        ),
        migrations.AddConstraint(
            model_name="avistiers",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fichier", ""), ("fichier_taille", 0)),
                    models.Q(
                        models.Q(("fichier", ""), _negated=True),
                        ("fichier_taille__gt", 0),
                        ("fichier_taille__lte", 20971520),
                    ),
                    _connector="OR",
                ),
                name="avis_tiers_fichier",
            ),
        ),
        migrations.AddConstraint(
            model_name="modeledemessage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retire_le", None)),
                fields=("appel", "titre"),
                name="modele_message_un_titre",
            ),
        ),
        migrations.AddConstraint(
            model_name="modeledemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("titre", ""), _negated=True), models.Q(("texte", ""), _negated=True)
                ),
                name="modele_message_non_vide",
            ),
        ),
    ]
