"""The expert's monthly statement: each confirmed day is billed once, by an act, then paid."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Max, Q, Sum, UniqueConstraint
from django.urls import reverse

from accompagnement.models.journee import EtatJournee, Journee
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.registres import GesteInterdit, TransitionInterdite, VisiblesQuerySet, composer


class EtatReleve(models.TextChoices):
    """Where the payment of a statement stands."""

    ETABLI = "ETABLI", "À facturer"
    FACTURE = "FACTURE", "Facture envoyée"
    PAYE = "PAYE", "Payé"


class Releve(models.Model):
    """What an expert bills for a month: the days confirmed and never billed before, earlier months' included."""

    MODELE_REGARD = "releve"

    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="releves")
    mois = models.DateField("mois")
    rang = models.PositiveSmallIntegerField("rang", default=1)
    jours = models.DecimalField("jours à facturer", max_digits=5, decimal_places=1)
    montant_ht = models.DecimalField("montant, HT", max_digits=12, decimal_places=2)
    etat = models.CharField("état", max_length=8, choices=EtatReleve, default=EtatReleve.ETABLI)
    etabli_le = models.DateTimeField("établi le", default=horloge.maintenant)
    facture = models.CharField("numéro de facture", max_length=60, blank=True)
    facture_le = models.DateTimeField("facture envoyée le", null=True, blank=True)
    paye_le = models.DateField("payé le", null=True, blank=True)
    reference = models.CharField("référence du paiement", max_length=60, blank=True)
    paye_note_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    acte = models.OneToOneField("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé"
        ordering = ["-mois", "-rang"]
        constraints = [
            UniqueConstraint(fields=["expert", "mois", "rang"], name="releve_unique"),
            CheckConstraint(condition=Q(jours__gt=0, montant_ht__gte=0), name="releve_de_quelque_chose"),
            CheckConstraint(
                condition=Q(etat="ETABLI") | Q(etat__in=["FACTURE", "PAYE"]) & ~Q(facture=""),
                name="releve_facture",
            ),
            CheckConstraint(
                condition=~Q(etat="PAYE") | Q(paye_le__isnull=False) & ~Q(reference=""), name="releve_paye"
            ),
        ]

    def __str__(self):
        return f"Relevé {self.mois:%m/%Y}"

    def get_absolute_url(self):
        return reverse("accompagnement:releve", args=[self.pk])

    @property
    def fil(self) -> str:
        """The expert's own thread."""
        return f"expert/{self.expert_id}"

    # -- Deeds -----------------------------------------------------------------------------------------------------
    @classmethod
    def a_facturer(cls, expert, mois):
        """Days confirmed up to the end of this month, and on no statement yet."""
        suivant = date(mois.year + mois.month // 12, mois.month % 12 + 1, 1)
        return Journee.objects.filter(expert=expert, date__lt=suivant, etat=EtatJournee.VALIDE, releve=None)

    @classmethod
    def etablir(cls, mois, *, par) -> "Releve":
        """Draw up one's statement; a later confirmation goes on the next one. Raises TransitionInterdite."""
        exiger("etablir_releve", par)
        mois = mois.replace(day=1)
        if mois > horloge.aujourd_hui():
            raise TransitionInterdite("Ce mois n'a pas commencé.")
        with transaction.atomic():
            lignes = cls.a_facturer(par, mois).select_for_update(of=("self",))
            journees = list(lignes.select_related("mission").order_by("pk"))
            if not journees:
                raise TransitionInterdite("Aucune journée confirmée n'est à facturer pour ce mois.")
            deja = cls.objects.filter(expert=par, mois=mois).aggregate(r=Max("rang"))["r"] or 0
            montant = sum((j.duree * j.mission.prix_jour_ht for j in journees), Decimal(0))
            releve = cls.objects.create(
                expert=par,
                mois=mois,
                rang=deja + 1,
                jours=sum(j.duree for j in journees),
                montant_ht=montant.quantize(Decimal("0.01")),
            )
            Journee.objects.filter(pk__in=[j.pk for j in journees]).update(releve=releve)
            entree = consigner(
                releve.fil, "etablir_releve", par=par, releve=releve.pk, jours=str(releve.jours)
            )
            instantane = composer("releve_expert", releve, evenement=entree, par=par)
            releve.acte = Acte.commander(
                "releve_expert",
                fil=releve.fil,
                instantane=instantane,
                par=par,
                objet=instantane["objet_acte"],
                cle=f"releve-{releve.pk}",
            )
            releve.save(update_fields=["acte"])
        return releve

    def _changer(self, action, depuis, *, par, **champs) -> None:
        with transaction.atomic():
            ligne = Releve.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if ligne.etat != depuis:
                raise TransitionInterdite(f"Ce relevé est déjà « {ligne.get_etat_display().lower()} ».")
            Releve.objects.filter(pk=self.pk).update(**champs)
            consigner(self.fil, action, par=par, releve=self.pk)
        self.refresh_from_db()

    def facturer(self, *, par, numero) -> None:
        """The expert gives the number of the invoice sent."""
        exiger("etablir_releve", par)
        if self.expert_id != par.pk:
            raise GesteInterdit("Seul l'expert facture son relevé.")
        if not numero.strip():
            raise TransitionInterdite("Écrivez le numéro de la facture.")
        self._changer(
            "facturer_releve",
            EtatReleve.ETABLI,
            par=par,
            etat=EtatReleve.FACTURE,
            facture=numero,
            facture_le=horloge.maintenant(),
        )

    def payer(self, *, par, le, reference) -> None:
        """An agent notes the payment."""
        exiger("payer_releve", par, self)
        if not reference.strip() or le > horloge.aujourd_hui():
            raise TransitionInterdite("Écrivez la référence du paiement et sa date, passée.")
        self._changer(
            "payer_releve",
            EtatReleve.FACTURE,
            par=par,
            etat=EtatReleve.PAYE,
            paye_le=le,
            reference=reference,
            paye_note_par=par,
        )


def releves_inexacts():
    """Statements whose figure is not the sum of their days, or that have no act."""
    return Releve.objects.annotate(somme=Sum("journees__duree")).exclude(
        somme=models.F("jours"), acte__isnull=False
    )
