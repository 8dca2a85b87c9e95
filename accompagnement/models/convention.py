"""The convention: what the agency promises to pay, at most, and both signatures (loi 2000-321 art. 10)."""

from decimal import ROUND_DOWN, Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q
from django.urls import reverse

from accompagnement.models.base import mois_apres, personnes_distinctes
from candidatures.models import BaseMontants, Dossier
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.cycles import Cycle
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, EtatConvention
from manufactures.programme.models import Delegation, NatureAide
from manufactures.registres import TransitionInterdite, VisiblesQuerySet, composer
from selection.models import Decision, decision_d_attribution

JOURS_POUR_SIGNER = 30
REGIME_PAR_DEFAUT = "à préciser (hypothèse : régime exempté)"


def _montant(libelle, **options):
    return models.DecimalField(libelle, max_digits=12, decimal_places=2, **options)


def _taux(libelle):
    return models.DecimalField(libelle, max_digits=5, decimal_places=4, default=Decimal(0))


class Convention(Cycle):
    """A ceiling with a rate for each kind of subsidy, drawn from the published award and never beyond it."""

    CYCLE = "convention"
    MODELE_REGARD = "convention"

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="convention")
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="conventions", verbose_name="décision d'attribution"
    )
    etat = models.CharField(
        "état", max_length=20, choices=EtatConvention, default=EtatConvention.EN_PROJET, editable=False
    )
    montant_maximum = _montant("montant maximum")
    montant_investissement = _montant("investissement, au plus", default=Decimal(0))
    montant_amorcage = _montant("amorçage, au plus", default=Decimal(0))
    taux_investissement = _taux("taux d'investissement")
    taux_amorcage = _taux("taux d'amorçage")
    base = models.CharField("montants", max_length=3, choices=BaseMontants, default=BaseMontants.HT)
    regime_aide = models.CharField("régime d'aide", max_length=250, default=REGIME_PAR_DEFAUT)
    plafond_avance = models.PositiveSmallIntegerField("plafond de l'avance, en %", default=30)
    plafond_acomptes = models.PositiveSmallIntegerField("plafond avant solde, en %", default=80)
    preparee_le = models.DateTimeField("préparée le", default=horloge.maintenant)
    preparee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="signataire nommé"
    )
    signee_par_le_beneficiaire_le = models.DateTimeField(
        "signée par le bénéficiaire le", null=True, blank=True
    )
    signataire_beneficiaire = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    signee_le = models.DateTimeField("signée par l'agence le", null=True, blank=True)
    signee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    fin_le = models.DateField("fin le", null=True, blank=True)
    acte = models.ForeignKey("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        constraints = [
            CheckConstraint(condition=Q(etat__in=EtatConvention.values), name="convention_etat"),
            CheckConstraint(
                condition=Q(
                    montant_maximum=F("montant_investissement") + F("montant_amorcage"), montant_maximum__gt=0
                ),
                name="convention_somme",
            ),
            CheckConstraint(
                condition=Q(montant_investissement__gte=0, montant_amorcage__gte=0),
                name="convention_montants",
            ),
            CheckConstraint(
                condition=Q(
                    taux_investissement__gte=0,
                    taux_investissement__lte=1,
                    taux_amorcage__gte=0,
                    taux_amorcage__lte=1,
                ),
                name="convention_taux",
            ),
            CheckConstraint(
                condition=Q(etat__in=[EtatConvention.EN_PROJET, EtatConvention.RESILIEE])
                | Q(
                    signee_le__isnull=False,
                    signee_par__isnull=False,
                    signee_par_le_beneficiaire_le__isnull=False,
                ),
                name="convention_signee_des_deux",
            ),
            CheckConstraint(
                condition=personnes_distinctes("preparee_par", "signataire", "signataire_beneficiaire"),
                name="convention_signee_par_d_autres",
            ),
            CheckConstraint(
                condition=Q(signee_par=None) | Q(signee_par=F("signataire")),
                name="convention_signee_par_qui_elle_nomme",
            ),
        ]

    def __str__(self):
        return f"Convention de {self.dossier}"

    def get_absolute_url(self):
        return reverse("accompagnement:convention", args=[self.dossier.numero])

    @property
    def url_passer(self):
        """Where the buttons of the cycle post."""
        return reverse("accompagnement:passer_convention", args=[self.dossier.numero])

    # -- What the kernel reads -----------------------------------------------------------------------------------
    @property
    def fil(self) -> str:
        """The dossier's own thread."""
        return self.dossier.fil

    @property
    def numero(self) -> str:
        """The dossier's number."""
        return self.dossier.numero

    def destinataires(self, cle):
        """The porteurs of the dossier."""
        return self.dossier.destinataires(cle)

    def contexte_des_messages(self) -> dict:
        """The dossier, and the convention's act."""
        acte = {"numero": self.acte.numero, "objet": self.acte.objet} if self.acte else {}
        return self.dossier.contexte_des_messages() | {"acte": acte}

    def faits_de_balle(self) -> dict:
        """Once the beneficiary has signed, the ball is the agency's."""
        return {"signee_par_le_beneficiaire": self.signee_par_le_beneficiaire_le is not None}

    def echeance(self):
        """The beneficiary has thirty days to sign."""
        attend = self.etat == EtatConvention.EN_PROJET and not self.signee_par_le_beneficiaire_le
        return self.preparee_le + horloge.avancer(days=JOURS_POUR_SIGNER) if attend else None

    def champs_du_passage(self, action, *, par, **faits) -> dict:
        """The agency's signature is written with the state."""
        if action != "signer":
            return {}
        mois = self.dossier.appel.accompagnement_mois
        return {
            "signee_par": par,
            "signee_le": horloge.maintenant(),
            "fin_le": mois_apres(horloge.aujourd_hui(), mois),
        }

    # -- What screens read ---------------------------------------------------------------------------------------
    def montant(self, nature) -> Decimal:
        """The ceiling of one kind of subsidy."""
        return self.montant_investissement if nature == NatureAide.INVESTISSEMENT else self.montant_amorcage

    def taux(self, nature) -> Decimal:
        """The rate of one kind of subsidy."""
        return self.taux_investissement if nature == NatureAide.INVESTISSEMENT else self.taux_amorcage

    @property
    def verse(self) -> Decimal:
        """Euros paid, all kinds together."""
        return sum((t.montant_verse for t in self.tranches.all() if t.payee_le), Decimal("0.00"))

    # -- Deeds ---------------------------------------------------------------------------------------------------
    @classmethod
    def preparer(cls, dossier, *, par, regime_aide=REGIME_PAR_DEFAUT) -> "Convention":
        """Draw the convention from the published award: amounts, rates, tranches, act, message. Once.

        Raises TransitionInterdite without a published award, without money, or without the beneficiary's account.
        """
        exiger("preparer_convention", par, dossier)
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            decision = decision_d_attribution(dossier)
            _verifier_preparation(dossier, decision)
            signataire = signataire_de(dossier, par)
            convention = cls.objects.create(
                dossier=dossier,
                decision=decision,
                base=dossier.base_montants,
                regime_aide=regime_aide,
                montant_investissement=decision.montant_investissement,
                montant_amorcage=decision.montant_amorcage,
                montant_maximum=decision.montant_investissement + decision.montant_amorcage,
                taux_investissement=decision.taux_investissement or 0,
                taux_amorcage=decision.taux_amorcage or 0,
                plafond_avance=dossier.appel.plafond_avance,
                plafond_acomptes=dossier.appel.plafond_acomptes,
                preparee_par=par,
                signataire=signataire,
            )
            convention._decouper()
            entree = consigner(
                dossier.fil,
                "preparer_convention",
                par=par,
                montant=str(convention.montant_maximum),
                decision=decision.pk,
            )
            convention._commander_l_acte(entree, par)
        return convention

    def _decouper(self) -> None:
        """Advance, instalment, balance of the investment; two halves of the seed money. The last one rounds."""
        for nature, parts in self.parts().items():
            reste = self.montant(nature)
            if not reste:
                continue
            for rang, (type_, part) in enumerate(parts, 1):
                montant = reste if rang == len(parts) else arrondi(self.montant(nature) * part)
                if montant:
                    self.tranches.create(nature=nature, type=type_, rang=rang, part=part, montant=montant)
                reste -= montant

    def parts(self) -> dict:
        """How each kind of subsidy is cut, by the call's own parameters."""
        appel = self.dossier.appel
        solde = 1 - appel.part_avance - appel.part_acompte
        return {
            NatureAide.INVESTISSEMENT: [
                ("AVANCE", appel.part_avance),
                ("ACOMPTE", appel.part_acompte),
                ("SOLDE", solde),
            ],
            NatureAide.AMORCAGE: [("ANNEE_1", appel.part_amorcage), ("ANNEE_2", 1 - appel.part_amorcage)],
        }

    def _commander_l_acte(self, entree, par) -> None:
        self.acte = Acte.commander(
            "convention",
            fil=self.fil,
            instantane=composer("convention", self, evenement=entree, par=par),
            par=par,
            objet=f"Convention attributive de subvention, {self.dossier.nom_projet}",
            cle="convention",
        )
        self.save(update_fields=["acte"])
        self.dossier.ajouter_acte(self.acte)
        echeance = horloge.aujourd_hui() + horloge.avancer(days=JOURS_POUR_SIGNER)
        Message.preparer(
            "convention_a_signer",
            a=self.destinataires("convention_a_signer"),
            contexte=self.contexte_des_messages() | {"echeance": echeance.isoformat()},
            evenement=f"{self.fil}#{entree.rang}",
            fil=self.fil,
            lien=self.get_absolute_url(),
        )

    def signer_beneficiaire(self, *, par) -> None:
        """The beneficiary's simple signature: identity, instant, and the very act that was read (its number)."""
        exiger("signer_convention", par, self)
        with transaction.atomic():
            convention = Convention.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if convention.etat != EtatConvention.EN_PROJET or convention.signee_par_le_beneficiaire_le:
                raise TransitionInterdite("Cette convention n'attend pas votre signature.")
            convention.signee_par_le_beneficiaire_le = horloge.maintenant()
            convention.signataire_beneficiaire = par
            convention.save(update_fields=["signee_par_le_beneficiaire_le", "signataire_beneficiaire"])
            consigner(self.fil, "signer_beneficiaire", par=par, acte=convention.acte.numero)
        self.refresh_from_db()


def _verifier_preparation(dossier, decision) -> None:
    if dossier.etat != Etat.EN_ACCOMPAGNEMENT or decision is None or decision.publiee_le is None:
        raise TransitionInterdite(
            "La convention se prépare après la publication de la décision d'attribution."
        )
    if Convention.objects.filter(dossier=dossier).exists():
        raise TransitionInterdite("Ce projet a déjà sa convention.")
    if not (decision.montant_investissement or 0) + (decision.montant_amorcage or 0):
        raise TransitionInterdite("Ce projet est lauréat sans subvention : il n'a pas de convention.")
    if not hasattr(dossier, "coordonnees_bancaires"):
        raise TransitionInterdite("Le porteur n'a pas encore donné ses coordonnées bancaires.")


def signataire_de(dossier, par, genre="convention"):
    """Whom the text names for the agency: a delegation in force, and another person than the author."""
    instant = horloge.maintenant()
    lignes = Delegation.objects.filter(
        Q(au=None) | Q(au__gt=instant),
        Q(genres=[]) | Q(genres__contains=[genre]),
        appel=dossier.appel,
        du__lte=instant,
    )
    delegation = lignes.exclude(user=par).filter(user__is_active=True).order_by("-du", "pk").first()
    if delegation is None:
        raise TransitionInterdite(
            "Une autre personne que vous doit détenir une délégation de signature pour cette convention."
        )
    return delegation.user


def arrondi(montant: Decimal) -> Decimal:
    """To the cent, downwards: what is paid never goes over the rule."""
    return montant.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
