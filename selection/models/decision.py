"""The decision: drafted by an agent, signed by another under a delegation, published at its instant.

Until that instant the dossier stays where it is: a signed decision is a row and a sealed act that only agents read.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models import Delegation
from manufactures.registres import GesteInterdit, roles_sur
from selection.models.arbitrage import NATURES
from selection.models.avis import Avis
from selection.models.base import exiger
from selection.models.choix import EtatSeance, SensDecision
from selection.models.diffusion import Diffusion
from selection.models.regles_de_decision import (
    DEPUIS,
    EVOLUTIONS,
    GENRE,
    LONGUEUR_MOTIF,
    S,
    sens_conformes,
    taux,
    vague_suivante,
)


class DecisionQuerySet(models.QuerySet):
    """Decisions by what is left to do."""

    def visibles_par(self, user):
        """Before publication the agents' alone (screens, embargo); afterwards with the dossier, for the house."""
        dossiers = Dossier.objects.visibles_par(user)
        visibles = self.filter(dossier__in=dossiers).exclude(dossier__membres__user=user)
        if user.is_active and user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
            return visibles
        return visibles.filter(publiee_le__isnull=False) if user.is_active else self.none()

    def en_attente(self):
        """Not published yet."""
        return self.filter(publiee_le=None, annulee_le=None)

    def a_publier(self, instant):
        """Signed, set for an instant that has come."""
        return self.en_attente().filter(signee_le__isnull=False, diffusion_le__lte=instant)


class Decision(Diffusion, models.Model):
    """One decision on one dossier, with its own act."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="decisions", verbose_name="dossier"
    )
    avis = models.ForeignKey(Avis, on_delete=models.PROTECT, related_name="decisions", verbose_name="avis")
    sens = models.CharField("décision", max_length=20, choices=SensDecision)
    motif = models.TextField("motif", help_text="Il sera imprimé sur la décision.")
    griefs = models.JSONField("motifs par critère", default=list, blank=True)
    motif_ecart = models.TextField("pourquoi s'écarter de l'avis", blank=True)
    points_forts = models.TextField("points forts du projet", blank=True)
    points_a_reprendre = models.TextField("points à reprendre", blank=True, help_text="Un point par ligne.")
    reserves = models.TextField("réserves à lever", blank=True, help_text="Une réserve par ligne.")
    reserves_avant = models.DateField("réserves à lever avant le", null=True, blank=True)
    rang_complementaire = models.PositiveSmallIntegerField(
        "rang sur la liste complémentaire", null=True, blank=True
    )
    fin_liste = models.DateField("liste valable jusqu'au", null=True, blank=True)
    motifs_reduction = models.TextField("pourquoi moins que demandé", blank=True)
    conditions = models.TextField("conditions", blank=True)

    montant_investissement = models.DecimalField(
        "investissement", max_digits=12, decimal_places=2, null=True, blank=True
    )
    montant_amorcage = models.DecimalField("amorçage", max_digits=12, decimal_places=2, null=True, blank=True)
    depense_eligible_investissement = models.DecimalField(
        "dépense éligible, investissement", max_digits=12, decimal_places=2, null=True, blank=True
    )
    depense_eligible_amorcage = models.DecimalField(
        "dépense éligible, amorçage", max_digits=12, decimal_places=2, null=True, blank=True
    )
    taux_investissement = models.DecimalField(
        "taux, investissement", max_digits=5, decimal_places=4, null=True, blank=True
    )
    taux_amorcage = models.DecimalField(
        "taux, amorçage", max_digits=5, decimal_places=4, null=True, blank=True
    )
    jours_accordes = models.DecimalField(
        "jours accordés", max_digits=5, decimal_places=1, null=True, blank=True
    )

    redigee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="rédigée par"
    )
    redigee_le = models.DateTimeField("rédigée le", default=horloge.maintenant)
    signee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="signée par",
    )
    signee_le = models.DateTimeField("signée le", null=True, blank=True)
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="délégation",
    )
    acte = models.OneToOneField(
        Acte, on_delete=models.PROTECT, null=True, blank=True, related_name="decision", verbose_name="acte"
    )
    diffusion_le = models.DateTimeField("diffusion prévue le", null=True, blank=True)
    programmee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="programmée par",
    )
    publiee_le = models.DateTimeField("publiée le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    empechement = models.CharField("ce qui empêche la publication", max_length=300, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["dossier__nom_projet", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(publiee_le=None, annulee_le=None),
                name="decision_une_en_attente_par_dossier",
            ),
            models.CheckConstraint(
                condition=Q(GreaterThanOrEqual(Length("motif"), LONGUEUR_MOTIF)), name="decision_motivee"
            ),
            models.CheckConstraint(
                condition=Q(signee_le=None, signee_par=None, acte=None, delegation=None)
                | Q(
                    signee_le__isnull=False,
                    signee_par__isnull=False,
                    acte__isnull=False,
                    delegation__isnull=False,
                ),
                name="decision_signee_a_son_acte",
            ),
            models.CheckConstraint(
                condition=Q(signee_par=None) | ~Q(signee_par=F("redigee_par")), name="decision_quatre_yeux"
            ),
            models.CheckConstraint(
                condition=Q(diffusion_le=None, programmee_par=None)
                | Q(diffusion_le__isnull=False, programmee_par__isnull=False, signee_le__isnull=False),
                name="decision_programmee_est_signee",
            ),
            models.CheckConstraint(
                condition=Q(publiee_le=None) | Q(diffusion_le__isnull=False),
                name="decision_publiee_etait_programmee",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(sens="ATTRIBUTION")
                    & Q(montant_investissement=None, montant_amorcage=None, jours_accordes=None)
                )
                | Q(
                    sens="ATTRIBUTION",
                    montant_investissement__isnull=False,
                    montant_amorcage__isnull=False,
                    depense_eligible_investissement__isnull=False,
                    depense_eligible_amorcage__isnull=False,
                    taux_investissement__isnull=False,
                    taux_amorcage__isnull=False,
                    jours_accordes__isnull=False,
                    montant_investissement__gte=0,
                    montant_amorcage__gte=0,
                    jours_accordes__gte=0,
                    montant_investissement__lte=F("depense_eligible_investissement"),
                    montant_amorcage__lte=F("depense_eligible_amorcage"),
                    taux_investissement__gte=0,
                    taux_investissement__lte=1,
                    taux_amorcage__gte=0,
                    taux_amorcage__lte=1,
                ),
                name="decision_montants_bornes",
            ),
        ]

    def __str__(self):
        return f"{self.get_sens_display()}, {self.dossier}"

    def get_absolute_url(self):
        """Its page in the outbox."""
        return reverse("selection:decision", args=[self.pk])

    @property
    def fil(self) -> str:
        """A thread of its own: the dossier's must tell nothing before the publication."""
        return f"decision/{self.pk}"

    @property
    def genre(self) -> str:
        """Kind of act."""
        return GENRE[SensDecision(self.sens)]

    @property
    def etape(self) -> str:
        """« Rédigée », « Signée », « Programmée », « Publiée », « Annulée »."""
        if self.annulee_le:
            return "Annulée"
        if self.publiee_le:
            return "Publiée"
        if self.diffusion_le:
            return "Programmée"
        return "Signée" if self.signee_le else "Rédigée"

    @property
    def s_ecarte(self) -> bool:
        """It departs from the opinion."""
        return bool(self.motif_ecart)

    @property
    def montant_total(self) -> Decimal:
        """Euros awarded, both kinds."""
        return (self.montant_investissement or Decimal(0)) + (self.montant_amorcage or Decimal(0))

    # -- drafting ------------------------------------------------------------------------------------------------
    @classmethod
    def rediger(cls, dossier: Dossier, *, par, sens: str, motif: str, **champs) -> "Decision":
        """Draft, or change the draft of, the decision on this dossier; whoever writes last is its author.

        An award takes its amounts from the proposal that the committee voted, unless `champs` says otherwise.
        Raises TransitionInterdite: no opinion, sitting not closed, reason too short, departure without reason.
        """
        with transaction.atomic():
            dossier = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=dossier.pk)
            if not roles_sur(dossier, par) & {Role.INSTRUCTEUR, Role.RESPONSABLE}:
                raise GesteInterdit("Rédiger une décision revient à un agent de l'appel.")
            attente = cls.objects.en_attente().select_for_update(of=("self",)).filter(dossier=dossier).first()
            exiger(
                attente is None or attente.signee_le is None,
                "La décision est signée : elle ne se modifie plus.",
            )
            decision = attente or cls(dossier=dossier)
            decision.ecrire(sens=sens, motif=motif, **champs)
            decision.redigee_par, decision.redigee_le = par, horloge.maintenant()
            decision.save()
            consigner(decision.fil, "rediger", par=par, dossier=dossier.numero, sens=str(decision.sens))
        return decision

    def ecrire(self, *, sens: str, motif: str, motif_ecart: str = "", **champs) -> "Decision":
        """What it says, checked and not saved: what a preview reads. Raises TransitionInterdite."""
        sens, dossier = SensDecision(sens), self.dossier
        avis = self.avis_pour(dossier, sens)
        conforme = sens in sens_conformes(avis, dossier.etat)
        motif, motif_ecart = motif.strip(), motif_ecart.strip()
        exiger(
            len(motif) >= LONGUEUR_MOTIF,
            f"Écrivez un motif d'au moins {LONGUEUR_MOTIF} caractères : il sera imprimé.",
        )
        exiger(
            conforme or bool(motif_ecart),
            "La décision s'écarte de l'avis du comité. Écrivez pourquoi : ce motif sera imprimé.",
        )
        self._exiger_le_propre(dossier, sens, avis, champs)
        valeurs = champs | {"avis": avis, "sens": sens, "motif": motif}
        valeurs["motif_ecart"] = "" if conforme else motif_ecart
        for nom, valeur in valeurs.items():
            setattr(self, nom, valeur)
        return self

    @classmethod
    def avis_pour(cls, dossier: Dossier, sens: str) -> Avis:
        """The opinion that this decision follows. Raises TransitionInterdite: no decision without one."""
        exiger(dossier.etat in DEPUIS[sens], "Ce dossier n'attend pas cette décision.")
        avis = dossier.avis_rendus.select_related("seance__pv", "point__seance").order_by("-pk").first()
        exiger(
            avis is not None and avis.seance.est_arbitrage == (sens == S.ATTRIBUTION),
            "Le comité n'a pas rendu d'avis.",
        )
        exiger(
            avis.seance.etat == EtatSeance.CLOSE and avis.seance.pv_id is not None,
            "La séance n'est pas close : la décision vise son procès-verbal.",
        )
        return avis

    @classmethod
    def _exiger_le_propre(cls, dossier: Dossier, sens: str, avis: Avis, champs: dict) -> None:
        """What each kind of decision needs besides; fills `champs` in place."""
        evolutions = [g for g in champs.get("griefs", ()) if g.get("evolution")]
        exiger(
            len(evolutions) <= EVOLUTIONS,
            f"Gardez au plus {EVOLUTIONS} évolutions : celles qui pèseraient le plus.",
        )
        if sens == S.LISTE_COMPLEMENTAIRE:
            champs.setdefault("rang_complementaire", avis.rang_complementaire)
            champs.setdefault("fin_liste", avis.liste_jusqu_au)
            exiger(
                bool(champs["rang_complementaire"]) and bool(champs["fin_liste"]),
                "Donnez le rang sur la liste complémentaire et la date à laquelle elle prend fin.",
            )
        if sens == S.AJOURNEMENT:
            exiger(
                vague_suivante(dossier) is not None,
                "Aucune vague ne reste à venir : un ajournement n'est plus possible.",
            )
        if sens == S.ATTRIBUTION:
            cls._exiger_les_montants(dossier, avis, champs)

    @staticmethod
    def _exiger_les_montants(dossier: Dossier, avis: Avis, champs: dict) -> None:
        proposition = avis.point.proposition
        champs.setdefault("jours_accordes", proposition.jours)
        champs.setdefault("conditions", proposition.conditions)
        moins = False
        for nom in NATURES.values():
            montant = Decimal(champs.setdefault(f"montant_{nom}", getattr(proposition, nom)))
            depense = Decimal(
                champs.setdefault(f"depense_eligible_{nom}", getattr(proposition, f"depense_{nom}"))
            )
            exiger(0 <= montant <= depense, "Un montant ne dépasse pas la dépense éligible.")
            champs[f"taux_{nom}"] = taux(montant, depense)
            moins |= montant < getattr(dossier, f"demande_{nom}")
        if moins and not champs.get("motifs_reduction"):
            champs["motifs_reduction"] = proposition.motif
        exiger(not moins or bool(champs.get("motifs_reduction")), "Moins que demandé : écrivez pourquoi.")


def decision_d_attribution(dossier: Dossier) -> Decision | None:
    """The published award of this dossier, or None."""
    return dossier.decisions.filter(sens=S.ATTRIBUTION, publiee_le__isnull=False).order_by("-pk").first()
