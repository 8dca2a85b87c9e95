"""The team by invitation, one titulaire always; the consortium's partners and their mandates. The lead is the dossier."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import candidatures.jetons
import manufactures.horloge

# Two titulaires are refused by an index; none, at the end of the transaction: handing over demotes, then promotes.
UN_TITULAIRE = """
CREATE FUNCTION dossier_garde_son_titulaire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM candidatures_dossier WHERE id = OLD.dossier_id)
     AND NOT EXISTS (SELECT FROM candidatures_membre WHERE dossier_id = OLD.dossier_id AND droit = 'TITULAIRE') THEN
    RAISE EXCEPTION 'le dossier % n''a plus de titulaire', OLD.dossier_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membre_toujours_un_titulaire';
  END IF;
  RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER membre_toujours_un_titulaire AFTER UPDATE OR DELETE ON candidatures_membre
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.droit = 'TITULAIRE')
  EXECUTE FUNCTION dossier_garde_son_titulaire();
"""
RETOUR_UN_TITULAIRE = """
DROP TRIGGER membre_toujours_un_titulaire ON candidatures_membre;
DROP FUNCTION dossier_garde_son_titulaire();
"""
# The lead was a row among the others; it is the dossier's own structure, which says all that the row said.
SANS_CHEF = "DELETE FROM candidatures_membreconsortium WHERE chef_de_file"


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0006_ecriture"),
        ("programme", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("courriel", models.EmailField(max_length=254, verbose_name="adresse électronique")),
                (
                    "droit",
                    models.CharField(
                        choices=[
                            ("TITULAIRE", "Titulaire"),
                            ("CONTRIBUTEUR", "Contributeur"),
                            ("LECTEUR", "Lecteur"),
                        ],
                        max_length=12,
                        verbose_name="droit",
                    ),
                ),
                (
                    "nonce",
                    models.CharField(
                        blank=True,
                        default=candidatures.jetons.tirer,
                        max_length=24,
                        verbose_name="tirage du lien",
                    ),
                ),
                (
                    "envoyee_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="envoyée le"),
                ),
                ("envois", models.PositiveSmallIntegerField(default=1, verbose_name="envois")),
                ("expire_le", models.DateTimeField(verbose_name="expire le")),
                ("acceptee_le", models.DateTimeField(blank=True, null=True, verbose_name="acceptée le")),
                ("retiree_le", models.DateTimeField(blank=True, null=True, verbose_name="retirée le")),
            ],
            options={
                "verbose_name": "invitation",
                "ordering": ["envoyee_le", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Mandat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "etat",
                    models.CharField(
                        choices=[
                            ("DEMANDE", "Demandé"),
                            ("DONNE", "Donné"),
                            ("REFUSE", "Refusé"),
                            ("RETIRE", "Retiré"),
                            ("CADUC", "À redemander"),
                        ],
                        default="DEMANDE",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("texte", models.TextField(verbose_name="texte du mandat")),
                (
                    "chef_siren",
                    models.CharField(blank=True, max_length=9, verbose_name="SIREN du chef de file"),
                ),
                (
                    "nonce",
                    models.CharField(
                        blank=True,
                        default=candidatures.jetons.tirer,
                        max_length=24,
                        verbose_name="tirage du lien",
                    ),
                ),
                (
                    "demande_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="demandé le"),
                ),
                ("envois", models.PositiveSmallIntegerField(default=1, verbose_name="envois")),
                ("expire_le", models.DateTimeField(verbose_name="expire le")),
                ("repondu_le", models.DateTimeField(blank=True, null=True, verbose_name="répondu le")),
                (
                    "signataire_nom",
                    models.CharField(blank=True, max_length=120, verbose_name="nom du signataire"),
                ),
                (
                    "signataire_qualite",
                    models.CharField(blank=True, max_length=120, verbose_name="qualité du signataire"),
                ),
                ("motif", models.TextField(blank=True, max_length=1000, verbose_name="motif")),
            ],
            options={
                "verbose_name": "mandat",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Passation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposee_le",
                    models.DateTimeField(default=manufactures.horloge.maintenant, verbose_name="proposée le"),
                ),
                (
                    "issue",
                    models.CharField(
                        blank=True,
                        choices=[("ACCEPTEE", "Acceptée"), ("REFUSEE", "Refusée"), ("ANNULEE", "Annulée")],
                        max_length=10,
                        verbose_name="issue",
                    ),
                ),
                ("close_le", models.DateTimeField(blank=True, null=True, verbose_name="close le")),
            ],
            options={
                "verbose_name": "passation",
                "ordering": ["-proposee_le", "-pk"],
            },
        ),
        migrations.RunSQL(SANS_CHEF, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="membreconsortium",
            name="consortium_un_chef_de_file",
        ),
        migrations.RemoveField(
            model_name="membreconsortium",
            name="chef_de_file",
        ),
        migrations.AddField(
            model_name="membreconsortium",
            name="courriel",
            field=models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique"),
        ),
        migrations.AddField(
            model_name="membreconsortium",
            name="forme_juridique",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.formejuridique",
                verbose_name="forme juridique",
            ),
        ),
        migrations.AddField(
            model_name="membreconsortium",
            name="representant",
            field=models.CharField(blank=True, max_length=120, verbose_name="représentant légal"),
        ),
        migrations.AlterField(
            model_name="membreconsortium",
            name="role",
            field=models.CharField(blank=True, max_length=200, verbose_name="rôle dans le projet"),
        ),
        migrations.AddConstraint(
            model_name="membreconsortium",
            constraint=models.UniqueConstraint(
                condition=models.Q(("siret", ""), _negated=True),
                fields=("dossier", "siret"),
                name="consortium_un_siret_une_fois",
            ),
        ),
        migrations.AddConstraint(
            model_name="membreconsortium",
            constraint=models.CheckConstraint(
                condition=models.Q(("siret", ""), ("siret__regex", "^[0-9]{14}$"), _connector="OR"),
                name="consortium_siret",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="acceptee_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invitations",
                to="candidatures.dossier",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invitee_par",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mandat",
            name="demande_par",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mandat",
            name="partenaire",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mandats",
                to="candidatures.membreconsortium",
            ),
        ),
        migrations.AddField(
            model_name="passation",
            name="a",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="passation",
            name="de",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="passation",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="passations",
                to="candidatures.dossier",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acceptee_le", None), ("retiree_le", None)),
                fields=("dossier", "courriel"),
                name="invitation_une_par_adresse",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("droit__in", ("CONTRIBUTEUR", "LECTEUR"))), name="invitation_droit"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("acceptee_le", None), ("retiree_le", None), _connector="OR"),
                name="invitation_une_issue",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acceptee_le", None), ("acceptee_par", None)),
                    models.Q(("acceptee_le__isnull", False), ("acceptee_par__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_acceptee_par",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("nonce", ""), models.Q(("acceptee_le", None), ("retiree_le", None)), _connector="OR"
                ),
                name="invitation_lien_eteint",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("etat__in", ("DEMANDE", "DONNE"))),
                fields=("partenaire",),
                name="mandat_un_en_cours",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandat",
            constraint=models.CheckConstraint(
                condition=models.Q(("etat__in", ["DEMANDE", "DONNE", "REFUSE", "RETIRE", "CADUC"])),
                name="mandat_etat",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("etat", "DONNE"), _negated=True),
                    models.Q(
                        ("repondu_le__isnull", False),
                        models.Q(("signataire_nom", ""), _negated=True),
                        models.Q(("signataire_qualite", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="mandat_donne_par_quelqu_un",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("etat", "REFUSE"), _negated=True),
                    models.Q(("repondu_le__isnull", False), models.Q(("motif", ""), _negated=True)),
                    _connector="OR",
                ),
                name="mandat_refus_motive",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandat",
            constraint=models.CheckConstraint(
                condition=models.Q(("nonce", ""), ("etat", "DEMANDE"), _connector="OR"),
                name="mandat_lien_eteint",
            ),
        ),
        migrations.AddConstraint(
            model_name="passation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("issue", "")), fields=("dossier",), name="passation_une_en_cours"
            ),
        ),
        migrations.AddConstraint(
            model_name="passation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("close_le", None), ("issue", "")),
                    models.Q(("close_le__isnull", False), ("issue__in", ["ACCEPTEE", "REFUSEE", "ANNULEE"])),
                    _connector="OR",
                ),
                name="passation_issue",
            ),
        ),
        migrations.AddConstraint(
            model_name="passation",
            constraint=models.CheckConstraint(
                condition=models.Q(("de", models.F("a")), _negated=True), name="passation_deux_personnes"
            ),
        ),
        migrations.RunSQL(UN_TITULAIRE, RETOUR_UN_TITULAIRE),
    ]
