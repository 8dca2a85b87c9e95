"""Days of expertise granted to a laureate: granted ≥ ordered ≥ consumed, held by the database (press kit p. 13).

The three figures follow the ledger (`grand_livre`), which the database writes: no deed here touches them.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, Sum
from django.urls import reverse

from accompagnement.models.base import champ_jours, mois_apres, par_demi, suivi_par
from accompagnement.models.besoin import Besoin
from accompagnement.models.grand_livre import Poste
from candidatures.models import Dossier
from instruction.models import instructeur_de
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.francais import jours as en_jours
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from selection.models import decision_d_attribution

SEUILS_FAIBLES = {"un-cinquieme": Decimal("0.2"), "un-jour": None}


class CreditInsuffisant(TransitionInterdite):
    """Not enough days left; the message says how many."""


class CreditJours(models.Model):
    """The days of a project, spent by half days over two years; never below zero."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="credit_jours")
    accordes = champ_jours("jours accordés")
    commandes = champ_jours("jours commandés", default=0)
    consommes = champ_jours("jours consommés", default=0)
    caducs = champ_jours("jours caducs", default=0)
    debut = models.DateField("début")
    fin = models.DateField("fin")
    eteint_le = models.DateTimeField("éteint le", null=True, blank=True)
    ouvert_le = models.DateTimeField("ouvert le", default=horloge.maintenant)
    ouvert_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "crédit de jours"
        verbose_name_plural = "crédits de jours"
        constraints = [
            CheckConstraint(
                condition=Q(
                    consommes__gte=0,
                    caducs__gte=0,
                    commandes__gte=F("consommes"),
                    accordes__gte=F("commandes") + F("caducs"),
                ),
                name="credit_jours_borne",
            ),
            CheckConstraint(
                condition=par_demi("accordes")
                & par_demi("commandes")
                & par_demi("consommes")
                & par_demi("caducs"),
                name="credit_par_demi_journees",
            ),
            CheckConstraint(condition=Q(fin__gt=F("debut")), name="credit_dans_l_ordre"),
        ]

    def __str__(self):
        return f"{self.dossier} : {self.accordes}"

    @property
    def disponibles(self) -> Decimal:
        """Days that may still be ordered."""
        return self.accordes - self.commandes - self.caducs

    @property
    def restants(self) -> Decimal:
        """Days not yet consumed, nor lapsed."""
        return self.accordes - self.consommes - self.caducs

    @property
    def non_commandes(self) -> Decimal:
        """Days that no mission took: still to order, or lapsed at the end of the path."""
        return self.accordes - self.commandes

    @property
    def perdus(self) -> Decimal:
        """Days that are lost if the path ends now, or were when it ended."""
        return self.accordes - self.consommes

    @classmethod
    def ouvrir(cls, dossier, *, par, besoins=None, debut=None, fin=None) -> "CreditJours":
        """Open the credit of the published award; the needs [(theme, days, reason)] make its exact sum.

        Without `besoins`, those flagged in the incubation report stand. Raises TransitionInterdite.
        """
        exiger("accorder_credit", par, dossier)
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            decision = decision_d_attribution(dossier)
            if dossier.etat != Etat.EN_ACCOMPAGNEMENT or decision is None or decision.publiee_le is None:
                raise TransitionInterdite(
                    "Le crédit s'ouvre après la publication de la décision d'attribution."
                )
            if cls.objects.filter(dossier=dossier).exists():
                raise TransitionInterdite("Le crédit de ce projet est déjà ouvert.")
            accordes = decision.jours_accordes or Decimal(0)
            somme = (
                Besoin.flecher(dossier, besoins)
                if besoins is not None
                else dossier.besoins.aggregate(s=Sum("jours", default=Decimal(0)))["s"]
            )
            if somme != accordes or not accordes:
                raise TransitionInterdite(
                    f"Les besoins font {en_jours(somme)} et la décision en accorde {en_jours(accordes)} : "
                    "il faut la même somme."
                )
            debut = debut or horloge.aujourd_hui()
            fin = fin or mois_apres(debut, dossier.appel.accompagnement_mois)
            credit = cls.objects.create(
                dossier=dossier, accordes=accordes, debut=debut, fin=fin, ouvert_par=par
            )
            consigner(dossier.fil, "ouvrir_credit", par=par, jours=str(accordes), fin=fin.isoformat())
        return credit

    # -- Movements, always on a fresh row under its lock, in the caller's transaction ---------------------------------
    @classmethod
    def verrouiller(cls, dossier) -> "CreditJours":
        """The locked row. Raises TransitionInterdite where no credit is open."""
        credit = cls.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
        if credit is None:
            raise TransitionInterdite("Aucun crédit de jours n'est ouvert pour ce projet.")
        return credit

    def restant_du_theme(self, theme) -> Decimal:
        """Days of the need on this theme not yet ordered."""
        compte = self.comptes.filter(theme=theme, poste=Poste.DISPONIBLE).first()
        return compte.solde if compte else Decimal(0)

    def exiger_disponibles(self, theme, jours: Decimal) -> None:
        """Raise CreditInsuffisant unless this many days are left, in all and on this theme."""
        if jours > self.disponibles:
            raise CreditInsuffisant(f"Il reste {en_jours(self.disponibles)} sur ce crédit.")
        if jours > (reste := self.restant_du_theme(theme)):
            raise CreditInsuffisant(f"Il reste {en_jours(max(reste, Decimal(0)))} sur « {theme} ».")

    @classmethod
    def eteindre(cls, dossier) -> None:
        """The days left to order lapse, with those that missions in hand give back; said once, whatever the retries."""
        with transaction.atomic():
            credit = (
                cls.objects.select_for_update(of=("self",)).filter(dossier=dossier, eteint_le=None).first()
            )
            if credit is None:
                return
            credit.eteint_le = horloge.maintenant()
            credit.save(update_fields=["eteint_le"])
            credit.refresh_from_db()
            consigner(dossier.fil, "eteindre_credit", par=None, jours=str(credit.caducs))

    def prevenir_si_faible(self) -> None:
        """Warn once when little is left."""
        self.refresh_from_db()
        variables = {
            "reste": str(self.restants),
            "accorde": str(self.accordes),
            "fin": self.fin.isoformat(),
            "engage": str(self.commandes - self.consommes),
        }
        for nom, part in SEUILS_FAIBLES.items():
            seuil = self.accordes * part if part else Decimal(1)
            if self.restants >= seuil:
                continue
            agent = instructeur_de(self.dossier)
            for a, pour_agent in (
                (self.dossier.destinataires("credit_faible"), False),
                ([agent] if agent else [], True),
            ):
                Message.preparer(
                    "credit_faible",
                    a=a,
                    evenement=f"{self.dossier.fil}#credit-{nom}",
                    fil=self.dossier.fil,
                    contexte=self.dossier.contexte_des_messages() | variables | {"pour_agent": pour_agent},
                    lien=chemin_du_projet(self.dossier),
                )


def engages_par_theme(missions) -> dict[int, Decimal]:
    """Days ordered by theme: the whole order while the mission runs, the days done once its service is certified."""
    somme: dict[int, Decimal] = {}
    for mission in missions:
        if mission.commandee_le is not None:
            somme[mission.theme_id] = somme.get(mission.theme_id, Decimal(0)) + mission.jours_engages
    return somme


def chemin_du_projet(dossier) -> str:
    """Address of the project's thread, for messages."""
    return reverse("accompagnement:projet", args=[dossier.numero])
