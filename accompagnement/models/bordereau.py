"""What the paying system is given: the countersigned payments that wait, each in one file and only one."""

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from accompagnement.models.changement import ChangementDeCompte
from accompagnement.models.versement import EtatTranche, Tranche
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import TransitionInterdite

# The documented columns of the file (docs/paiements.md), in their order.
COLONNES = (
    "bordereau", "reference", "dossier", "siret", "beneficiaire", "titulaire", "iban", "bic", "montant", "devise",
    "nature", "tranche", "convention", "ordonne_le",
)  # fmt: skip


def a_exporter(user):
    """Payments signed three times, that are in no file and whose account is not being changed."""
    changements = ChangementDeCompte.objects.filter(confirme_le=None, refuse_le=None)
    return Tranche.objects.visibles_par(user).filter(
        ~Q(convention__dossier__in=changements.values("dossier")),
        etat=EtatTranche.EN_CONTROLE,
        contresignee_le__isnull=False,
        bordereau=None,
    )


class BordereauQuerySet(models.QuerySet):
    """Files of the calls that one follows."""

    def visibles_par(self, user):
        """Agents of the call; nobody else."""
        return self.filter(appel__in=appels_de(user, Role.RESPONSABLE, Role.INSTRUCTEUR))


class Bordereau(models.Model):
    """One file for the paying system."""

    appel = models.ForeignKey("programme.Appel", models.PROTECT, related_name="+")
    etabli_le = models.DateTimeField("établi le", default=horloge.maintenant)
    etabli_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    nombre = models.PositiveIntegerField("versements")
    montant = models.DecimalField("montant", max_digits=14, decimal_places=2)

    objects = BordereauQuerySet.as_manager()

    class Meta:
        verbose_name = "bordereau de paiement"
        verbose_name_plural = "bordereaux de paiement"
        ordering = ["-pk"]

    def __str__(self):
        return f"Bordereau n° {self.pk}"

    @classmethod
    def etablir(cls, *, par) -> "Bordereau":
        """Put every payment that waits into one new file, call by call. Raises TransitionInterdite."""
        exiger("exporter_versements", par)
        with transaction.atomic():
            attendus = a_exporter(par).filter(
                convention__dossier__vague__appel__in=appels_de(par, Role.RESPONSABLE)
            )
            lignes = list(
                attendus.select_for_update(of=("self",))
                .select_related("convention__dossier__vague")
                .order_by("pk")
            )
            if not lignes:
                raise TransitionInterdite("Aucun versement contresigné n'attend d'être transmis.")
            appel = lignes[0].convention.dossier.vague.appel_id
            lignes = [ligne for ligne in lignes if ligne.convention.dossier.vague.appel_id == appel]
            bordereau = cls.objects.create(
                appel_id=appel,
                etabli_par=par,
                nombre=len(lignes),
                montant=sum((ligne.montant_verse for ligne in lignes), Decimal("0.00")),
            )
            Tranche.objects.filter(pk__in=[ligne.pk for ligne in lignes]).update(bordereau=bordereau)
            for ligne in lignes:
                consigner(
                    ligne.convention.fil,
                    "transmettre_versement",
                    par=par,
                    tranche=ligne.libelle,
                    bordereau=bordereau.pk,
                )
        return bordereau

    def lire(self, *, par) -> Iterator[list]:
        """The rows of the file, accounts in full: each reading is written in each dossier's journal."""
        exiger("exporter_versements", par)
        tranches = Tranche.objects.visibles_par(par).filter(bordereau=self).order_by("pk")
        tranches = list(
            tranches.select_related("acte", "convention__acte", "convention__dossier__coordonnees_bancaires")
        )
        for tranche in tranches:
            compte = tranche.convention.dossier.coordonnees_bancaires
            consigner(tranche.convention.fil, "consulter_compte", par=par, compte=compte.masque)
        return (self._rangee(tranche) for tranche in tranches)

    def _rangee(self, tranche) -> list:
        dossier, convention = tranche.convention.dossier, tranche.convention
        compte = dossier.coordonnees_bancaires
        return [
            self.pk, tranche.acte.numero, dossier.numero, dossier.siret, dossier.raison_sociale, compte.titulaire,
            compte.iban, compte.bic, tranche.montant_verse, "EUR", tranche.nature, tranche.type,
            convention.acte.numero, tranche.ordonnee_le.astimezone(horloge.PARIS).date(),
        ]  # fmt: skip
