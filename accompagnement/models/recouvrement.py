"""Recovery: nothing is claimed back before the beneficiary has been heard (CRPA L121-1 and L122-1).

A letter states the facts and the sum considered; the beneficiary answers until a date; only then a reasoned decision
is written, and another person orders the repayment. The database holds that order too.
"""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, Sum, UniqueConstraint

from accompagnement.models.base import fin_du_jour, personnes_distinctes, suivi_par
from accompagnement.models.calcul import du_sur_depenses
from accompagnement.models.convention import Convention
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.francais import date_longue, euros, euros_cents
from manufactures.journal.models import consigner
from manufactures.programme.models import NatureAide
from manufactures.registres import GesteInterdit, TransitionInterdite, composer

DELAI = 15  # days to answer from the notification
# The letter is read within fifteen days or held to be notified then: from its sending, both periods in full.
JOURS_POUR_REPONDRE = 15 + DELAI
ZERO = Decimal("0.00")
SUBVENTIONS = [(n.value, n.label) for n in (NatureAide.INVESTISSEMENT, NatureAide.AMORCAGE)]


class MotifRecouvrement(models.TextChoices):
    """What opens it."""

    SOUS_CONSOMMATION = "SOUS_CONSOMMATION", "Dépenses inférieures aux prévisions"
    ABANDON = "ABANDON", "Abandon du projet"
    MANQUEMENT = "MANQUEMENT", "Manquement à la convention"


def trop_verse(convention) -> Decimal:
    """What is left paid of the investment beyond the rate applied to accepted expenses: a sum to propose."""
    du = du_sur_depenses(convention, NatureAide.INVESTISSEMENT)
    return max(restant(convention, NatureAide.INVESTISSEMENT) - du, ZERO)


class Recouvrement(models.Model):
    """One procedure: letter, answer, decision, order to repay, repayment. Each instant comes after the one before."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="recouvrements")
    nature = models.CharField(
        "subvention", max_length=14, choices=SUBVENTIONS, default=NatureAide.INVESTISSEMENT
    )
    motif = models.CharField("motif", max_length=20, choices=MotifRecouvrement)
    fait = models.CharField("fait constaté", max_length=500)
    piece = models.CharField("pièce qui l'établit", max_length=200)
    article = models.CharField("article de la convention", max_length=20)
    montant_envisage = models.DecimalField("montant envisagé", max_digits=12, decimal_places=2)
    calcul = models.CharField("calcul", max_length=500)
    ouvert_le = models.DateTimeField("ouvert le", default=horloge.maintenant)
    ouvert_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reponse_avant_le = models.DateTimeField("réponse avant le")
    acte = models.ForeignKey("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)
    observations = models.TextField("observations du bénéficiaire", max_length=5000, blank=True)
    observe_le = models.DateTimeField("observations reçues le", null=True, blank=True)
    observe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    montant_exige = models.DecimalField(
        "montant à reverser", max_digits=12, decimal_places=2, null=True, blank=True
    )
    motivation = models.TextField("motifs de la décision", max_length=3000, blank=True)
    ordonne_le = models.DateTimeField("ordre de reversement le", null=True, blank=True)
    ordonne_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    reverse_le = models.DateField("reversé le", null=True, blank=True)
    reference = models.CharField("référence du reversement", max_length=60, blank=True)

    objects = suivi_par("convention__dossier").as_manager()

    class Meta:
        verbose_name = "recouvrement"
        ordering = ["ouvert_le", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["convention"], condition=Q(decide_le=None), name="recouvrement_un_seul_en_cours"
            ),
            CheckConstraint(condition=Q(motif__in=MotifRecouvrement.values), name="recouvrement_motif"),
            CheckConstraint(
                condition=Q(nature__in=[nature for nature, _ in SUBVENTIONS]), name="recouvrement_nature"
            ),
            CheckConstraint(
                condition=Q(montant_envisage__gt=0)
                & (Q(montant_exige=None) | Q(montant_exige__gte=0, montant_exige__lte=F("montant_envisage"))),
                name="recouvrement_montants",
            ),
            CheckConstraint(
                condition=Q(observe_le=None, observe_par=None, observations="")
                | Q(
                    observe_le__isnull=False,
                    observe_le__lte=F("reponse_avant_le"),
                    observe_par__isnull=False,
                )
                & ~Q(observations=""),
                name="recouvrement_observations",
            ),
            CheckConstraint(
                condition=Q(decide_le=None, decide_par=None, montant_exige=None)
                | Q(
                    decide_le__isnull=False,
                    decide_le__gt=F("reponse_avant_le"),
                    decide_par__isnull=False,
                    montant_exige__isnull=False,
                )
                & ~Q(motivation=""),
                name="recouvrement_decide_apres_le_delai",
            ),
            CheckConstraint(
                condition=Q(ordonne_le=None, ordonne_par=None)
                | Q(
                    ordonne_le__isnull=False,
                    decide_le__isnull=False,
                    ordonne_le__gte=F("decide_le"),
                    ordonne_par__isnull=False,
                    montant_exige__gt=0,
                ),
                name="recouvrement_ordonne_apres_la_decision",
            ),
            CheckConstraint(
                condition=Q(reverse_le=None, reference="")
                | Q(reverse_le__isnull=False, ordonne_le__isnull=False) & ~Q(reference=""),
                name="recouvrement_reverse_apres_l_ordre",
            ),
            CheckConstraint(
                condition=personnes_distinctes("decide_par", "ordonne_par"),
                name="recouvrement_personnes_distinctes",
            ),
        ]

    def __str__(self):
        return f"Recouvrement de {euros(self.montant_envisage)}, {self.convention.dossier}"

    # -- What screens read -----------------------------------------------------------------------------------------
    @property
    def delai_couru(self) -> bool:
        """The period to answer is over."""
        return horloge.maintenant() > self.reponse_avant_le

    @property
    def attend(self) -> str:
        """The one deed that it waits for: reponse, decider, ordonner, constater, or nothing."""
        if self.decide_le is None:
            return "decider" if self.delai_couru else "reponse"
        if not self.montant_exige or self.reverse_le:
            return ""
        return "constater" if self.ordonne_le else "ordonner"

    @property
    def phrase(self) -> str:
        """Where it stands, in one sentence."""
        limite = date_longue(self.reponse_avant_le)
        if self.decide_le is None:
            recu = f" Observations reçues le {date_longue(self.observe_le)}." if self.observe_le else ""
            if self.delai_couru:
                return f"Le délai de réponse a couru jusqu'au {limite} : une décision est à écrire.{recu}"
            return f"Le bénéficiaire peut répondre jusqu'au {limite}.{recu}"
        decision = f"Décision du {date_longue(self.decide_le)}"
        if not self.montant_exige:
            return f"{decision} : sans suite."
        exige = f"{decision} : {euros_cents(self.montant_exige)} à reverser"
        if self.reverse_le:
            return f"{exige}, reversés le {date_longue(self.reverse_le)} (réf. {self.reference})."
        if self.ordonne_le:
            return f"{exige}, ordre du {date_longue(self.ordonne_le)}."
        return f"{exige} ; l'ordre de reversement est à signer par une autre personne."

    # -- Deeds -----------------------------------------------------------------------------------------------------
    @classmethod
    def ouvrir(
        cls, convention, *, par, nature, motif, fait, piece, article, montant_envisage, calcul
    ) -> "Recouvrement":
        """Send the letter: the facts, the sum, the day to answer by. Raises TransitionInterdite."""
        exiger("ouvrir_recouvrement", par, convention)
        with transaction.atomic():
            convention = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
            if convention.recouvrements.filter(decide_le=None).exists():
                raise TransitionInterdite("Une procédure est déjà en cours sur cette convention.")
            reste = restant(convention, nature)
            if not ZERO < montant_envisage <= reste:
                raise TransitionInterdite(
                    f"Le montant envisagé est positif et au plus égal à ce qui reste versé : {euros(reste)}."
                )
            limite = fin_du_jour(horloge.aujourd_hui() + timedelta(days=JOURS_POUR_REPONDRE))
            recouvrement = cls.objects.create(
                convention=convention,
                nature=nature,
                motif=motif,
                fait=fait,
                piece=piece,
                article=article,
                montant_envisage=montant_envisage,
                calcul=calcul,
                ouvert_par=par,
                reponse_avant_le=limite,
            )
            entree = consigner(
                convention.fil,
                "ouvrir_recouvrement",
                par=par,
                montant=str(montant_envisage),
                limite=limite.date().isoformat(),
            )
            recouvrement._ecrire_la_lettre(entree, par)
        return recouvrement

    def _ecrire_la_lettre(self, entree, par) -> None:
        self.acte = Acte.commander(
            "contradictoire",
            fil=self.convention.fil,
            par=par,
            cle=f"recouvrement-{self.pk}",
            instantane=composer("contradictoire", self, evenement=entree, par=par),
            objet="Projet de reversement : vos observations",
        )
        self.save(update_fields=["acte"])
        self.convention.dossier.ajouter_acte(self.acte)
        self._annoncer(entree)

    def _annoncer(self, entree) -> None:
        convention = self.convention
        Message.preparer(
            "decision_disponible",
            a=convention.destinataires("decision_disponible"),
            contexte=convention.contexte_des_messages(),
            evenement=f"{convention.fil}#{entree.rang}",
            fil=convention.fil,
            lien=f"{convention.get_absolute_url()}recouvrements/",
        )

    def _verrouiller(self) -> "Recouvrement":
        Convention.objects.select_for_update(of=("self",)).get(pk=self.convention_id)
        lignes = Recouvrement.objects.select_related("convention__dossier")
        return lignes.select_for_update(of=("self",)).get(pk=self.pk)

    def _ecrire(self, action, par, faits=None, **champs):
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.save(update_fields=list(champs))
        return consigner(self.convention.fil, action, par=par, recouvrement=self.pk, **(faits or {}))

    def observer(self, *, par, texte) -> None:
        """The beneficiary answers, and may complete the answer until the last day."""
        exiger("observer_recouvrement", par, self.convention)
        if not texte.strip():
            raise TransitionInterdite("Écrivez vos observations.")
        with transaction.atomic():
            ligne = self._verrouiller()
            instant = horloge.instant_exact() if not ligne.delai_couru else horloge.maintenant()
            if ligne.decide_le or instant > ligne.reponse_avant_le:
                raise TransitionInterdite("Le délai pour répondre est passé.")
            ligne._ecrire(
                "observer_recouvrement", par, observations=texte, observe_par=par, observe_le=instant
            )
        self.refresh_from_db()

    def decider(self, *, par, montant_exige, motivation) -> None:
        """The reasoned decision, never before the period to answer is over, never above the sum announced."""
        exiger("decider_recouvrement", par, self.convention)
        if not motivation.strip():
            raise TransitionInterdite("Motivez la décision : le bénéficiaire la lira.")
        with transaction.atomic():
            ligne = self._verrouiller()
            if ligne.decide_le:
                raise TransitionInterdite("La décision est déjà écrite.")
            if not ligne.delai_couru:
                raise TransitionInterdite(
                    f"Le bénéficiaire peut répondre jusqu'au {date_longue(ligne.reponse_avant_le)} : "
                    "aucune décision avant."
                )
            if not ZERO <= montant_exige <= ligne.montant_envisage:
                raise TransitionInterdite(
                    f"Le montant à reverser est au plus celui que la lettre annonce : {euros(ligne.montant_envisage)}."
                )
            entree = ligne._ecrire(
                "decider_recouvrement",
                par,
                {"montant": str(montant_exige)},
                decide_le=horloge.maintenant(),
                decide_par=par,
                montant_exige=montant_exige,
                motivation=motivation,
            )
            ligne._annoncer(entree)
        self.refresh_from_db()

    def ordonner(self, *, par) -> None:
        """The order to repay, by another person than who decided."""
        exiger("decider_recouvrement", par, self.convention)
        with transaction.atomic():
            ligne = self._verrouiller()
            if ligne.attend != "ordonner":
                raise TransitionInterdite("Aucun ordre de reversement n'est attendu.")
            if ligne.decide_par_id == par.pk:
                raise GesteInterdit("Vous avez écrit la décision : une autre personne signe l'ordre.")
            ligne._ecrire(
                "ordonner_reversement",
                par,
                {"montant": str(ligne.montant_exige)},
                ordonne_par=par,
                ordonne_le=horloge.maintenant(),
            )
        self.refresh_from_db()

    def constater(self, *, par, reference, reverse_le=None) -> None:
        """Note the money come back."""
        exiger("constater_paiement", par, self.convention)
        jour = reverse_le or horloge.aujourd_hui()
        with transaction.atomic():
            ligne = self._verrouiller()
            if ligne.attend != "constater":
                raise TransitionInterdite("Aucun reversement n'est attendu.")
            if not reference.strip():
                raise TransitionInterdite("Écrivez la référence du reversement.")
            if not ligne.ordonne_le.astimezone(horloge.PARIS).date() <= jour <= horloge.aujourd_hui():
                raise TransitionInterdite("La date du reversement est entre l'ordre et aujourd'hui.")
            ligne._ecrire(
                "constater_reversement",
                par,
                {"montant": str(ligne.montant_exige), "reference": reference},
                reverse_le=jour,
                reference=reference,
            )
        self.refresh_from_db()


def restant(convention, nature) -> Decimal:
    """Euros of one kind of subsidy that were paid and not claimed back yet."""
    payees = convention.tranches.filter(nature=nature, payee_le__isnull=False)
    verse = payees.aggregate(somme=Sum("montant_verse", default=ZERO))["somme"]
    exiges = convention.recouvrements.filter(nature=nature)
    return verse - exiges.aggregate(somme=Sum("montant_exige", default=ZERO))["somme"]
