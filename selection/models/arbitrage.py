"""Amounts put to the vote after incubation, by kind of subsidy, inside the wave's envelope (press kit p. 12)."""

from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Sum

from candidatures.models import LigneFinancement
from instruction.models.grille import criteres_du_dossier
from manufactures import horloge
from manufactures.francais import euros
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Critere, NatureCritere
from manufactures.registres import TransitionInterdite
from selection.models.base import exiger, exiger_role
from selection.models.choix import EtatSeance, TypeSeance
from selection.models.point import PointOrdreDuJour
from selection.models.promesses import NATURES, lignes_libres


def depenses_eligibles(dossiers) -> dict[int, dict[str, Decimal]]:
    """Eligible expenses of each plan of these dossiers: the final one where it exists, else the deposited one."""
    lignes = LigneFinancement.objects.filter(dossier__in=dossiers, sens="DEPENSE", eligible=True)
    totaux = lignes.order_by().values("dossier", "volet").annotate(
        final=Sum("montant", filter=Q(definitif=True)), depose=Sum("montant", filter=Q(definitif=False))
    )  # fmt: skip
    par_dossier: dict[int, dict[str, Decimal]] = {}
    for total in totaux:
        montant = total["depose"] if total["final"] is None else total["final"]
        par_dossier.setdefault(total["dossier"], {})[total["volet"]] = montant
    return par_dossier


def depense_eligible(dossier, volet: str) -> Decimal:
    """The same, of one plan of one dossier."""
    return depenses_eligibles([dossier]).get(dossier.pk, {}).get(volet) or Decimal("0.00")


class PropositionQuerySet(models.QuerySet):
    """Amounts proposed: internal until the award is published."""

    def visibles_par(self, user):
        """Those of the items that `user` may know of."""
        return self.filter(point__in=PointOrdreDuJour.objects.visibles_par(user))


class PropositionArbitrage(models.Model):
    """What the agency's service proposes for one laureate; zero is legitimate: the label and the days remain."""

    point = models.OneToOneField(
        PointOrdreDuJour, on_delete=models.CASCADE, related_name="proposition", verbose_name="point"
    )
    investissement = models.DecimalField("investissement proposé", max_digits=12, decimal_places=2, default=0)
    amorcage = models.DecimalField("amorçage proposé", max_digits=12, decimal_places=2, default=0)
    # Before the sitting opens: what the agents bring to it. Amounts changed since are amended in session.
    investissement_initial = models.DecimalField(
        "investissement proposé avant la séance", max_digits=12, decimal_places=2, null=True, blank=True
    )
    amorcage_initial = models.DecimalField(
        "amorçage proposé avant la séance", max_digits=12, decimal_places=2, null=True, blank=True
    )
    jours = models.DecimalField("jours d'accompagnement proposés", max_digits=5, decimal_places=1, default=0)
    depense_investissement = models.DecimalField(
        "dépense éligible, investissement", max_digits=12, decimal_places=2, default=0
    )
    depense_amorcage = models.DecimalField(
        "dépense éligible, amorçage", max_digits=12, decimal_places=2, default=0
    )
    conditions = models.TextField("conditions", blank=True)
    motif = models.TextField("motif", blank=True)
    proposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="proposée par"
    )
    modifiee_le = models.DateTimeField("modifiée le", default=horloge.maintenant)

    objects = PropositionQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition d'arbitrage"
        verbose_name_plural = "propositions d'arbitrage"
        constraints = [
            models.CheckConstraint(
                condition=Q(investissement__gte=0, amorcage__gte=0, jours__gte=0), name="proposition_positive"
            ),
            models.CheckConstraint(
                condition=Q(
                    investissement__lte=F("depense_investissement"), amorcage__lte=F("depense_amorcage")
                ),
                name="proposition_sous_la_depense",
            ),
        ]

    def __str__(self):
        return f"Proposition pour {self.point.dossier}"

    @property
    def total(self) -> Decimal:
        """Euros, both kinds."""
        return self.investissement + self.amorcage

    @property
    def est_amendee(self) -> bool:
        """The sitting changed what the agents had brought."""
        return any(
            initial is not None and initial != montant
            for initial, montant in (
                (self.investissement_initial, self.investissement),
                (self.amorcage_initial, self.amorcage),
            )
        )

    @classmethod
    def proposer(
        cls,
        point: PointOrdreDuJour,
        *,
        par,
        investissement,
        amorcage,
        jours,
        motif: str,
        conditions: str = "",
        depense_investissement=None,
        depense_amorcage=None,
        notes: dict[str, int] | None = None,
        repartis: bool = False,
    ) -> "PropositionArbitrage":
        """Write or change the amounts of one item, before its ballot; `notes`: marks by code of the grid.

        `repartis`: shared by a scenario, under the lock of the envelope. Raises TransitionInterdite over the eligible
        expense, the call's ceiling, what the envelope holds for this item alone, or once the ballot is open.
        """
        with transaction.atomic():
            seance = point.seance._verrouiller(EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
            exiger_role(
                seance,
                par,
                Role.INSTRUCTEUR,
                Role.RESPONSABLE,
                phrase="Les montants sont proposés par les agents de l'appel.",
            )
            exiger(
                seance.type == TypeSeance.ARBITRAGE, "Les montants se proposent pour une séance d'arbitrage."
            )
            exiger(point.dossier.etat == Etat.EN_ARBITRAGE, "Ce dossier n'est pas en arbitrage.")
            exiger(
                not point.scrutins.exclude(etat="ANNULE").exists(),
                "Le vote est ouvert : les montants ne changent plus.",
            )
            exiger(bool(motif.strip()), "Écrivez ce qui fonde cette proposition, zéro compris.")
            dossier = point.dossier
            champs = {
                "investissement": Decimal(investissement),
                "amorcage": Decimal(amorcage),
                "jours": Decimal(jours),
                "depense_investissement": depense_eligible(dossier, "INVESTISSEMENT")
                if depense_investissement is None
                else Decimal(depense_investissement),
                "depense_amorcage": depense_eligible(dossier, "AMORCAGE")
                if depense_amorcage is None
                else Decimal(depense_amorcage),
                "motif": motif.strip(),
                "conditions": conditions.strip(),
                "proposee_par": par,
                "modifiee_le": horloge.maintenant(),
            }
            if seance.etat != EtatSeance.OUVERTE or not cls.objects.filter(point=point).exists():
                champs |= {f"{nom}_initial": champs[nom] for nom in NATURES.values()}
            cls._exiger_les_bornes(dossier.vague.appel, champs)
            if not repartis:
                cls._exiger_de_quoi(point, champs)
            proposition, _ = cls.objects.update_or_create(point=point, defaults=champs)
            proposition._noter(notes or {})
            consigner(
                seance.fil,
                "proposer_montants",
                par=par,
                point=point.rang,
                dossier=dossier.numero,
                investissement=str(champs["investissement"]),
                amorcage=str(champs["amorcage"]),
                jours=str(champs["jours"]),
            )
        return proposition

    @staticmethod
    def _exiger_les_bornes(appel, champs: dict) -> None:
        for nature, nom in NATURES.items():
            montant, depense = champs[nom], champs[f"depense_{nom}"]
            plafond = getattr(appel, f"plafond_{nom}")
            exiger(montant >= 0, "Écrivez un montant positif ou nul.")
            exiger(montant <= depense, f"{nature.label} : au plus la dépense éligible, {euros(depense)}.")
            exiger(
                plafond is None or montant <= plafond,
                f"{nature.label} : au plus {euros(plafond or 0)} pour cet appel.",
            )
        jours = champs["jours"]
        exiger(jours >= 0 and jours * 2 == int(jours * 2), "Les jours se comptent par demi-journées.")

    @staticmethod
    def _exiger_de_quoi(point: PointOrdreDuJour, champs: dict) -> None:
        lignes = lignes_libres(point.dossier.vague, [point], sauf_adoptes_de=point.seance_id)
        trop = reductions(lignes, champs)
        exiger(not trop, f"{trop} : l'enveloppe de la vague ne contient pas davantage.")

    def _noter(self, notes: dict[str, int]) -> None:
        if not notes:
            return
        grille = criteres_du_dossier(self.point.dossier).filter(nature=NatureCritere.ARBITRAGE)
        criteres = {c.code: c for c in grille}
        for code, note in notes.items():
            exiger(code in criteres, "Ce critère n'est pas de la grille d'arbitrage.")
            self.notes.update_or_create(critere=criteres[code], defaults={"note": note})

    def exiger_dans_l_enveloppe(self) -> None:
        """Raise TransitionInterdite unless these amounts fit what is left once every promise of the wave is kept.

        The lines are locked, in the order of their keys: of two sittings at once, the second reads the first.
        """
        seance = self.point.seance_id
        lignes = lignes_libres(self.point.dossier.vague, [self.point], verrou=True, sauf_adoptes_de=seance)
        if phrases := reductions(lignes, {nom: getattr(self, nom) for nom in NATURES.values()}):
            raise TransitionInterdite(f"{phrases} pour soumettre au vote.")


def reductions(lignes, montants: dict[str, Decimal]) -> str:
    """« Réduisez l'amorçage de 14 000 € »: each kind over what its line leaves; empty when all fits."""
    exces = [(ligne, montants[NATURES[ligne.nature]] - libre) for ligne, libre in lignes]
    phrases = [
        f"Réduisez l'{ligne.get_nature_display().lower()} de {euros(trop)}"
        for ligne, trop in exces
        if trop > 0
    ]
    return ", et ".join(phrases)


class NoteArbitrageQuerySet(models.QuerySet):
    """Marks of the arbitration grid."""

    def visibles_par(self, user):
        """Those of the proposals that `user` may know of."""
        return self.filter(proposition__in=PropositionArbitrage.objects.visibles_par(user))


class NoteArbitrage(models.Model):
    """A mark of the arbitration grid: progress, maturity of the plan, leverage, impact."""

    proposition = models.ForeignKey(
        PropositionArbitrage, on_delete=models.CASCADE, related_name="notes", verbose_name="proposition"
    )
    critere = models.ForeignKey(Critere, on_delete=models.PROTECT, related_name="+", verbose_name="critère")
    note = models.PositiveSmallIntegerField("note")

    objects = NoteArbitrageQuerySet.as_manager()

    class Meta:
        verbose_name = "note d'arbitrage"
        verbose_name_plural = "notes d'arbitrage"
        ordering = ["critere__rang"]
        constraints = [
            models.UniqueConstraint(fields=["proposition", "critere"], name="note_arbitrage_unique"),
            models.CheckConstraint(condition=Q(note__lte=5), name="note_arbitrage_de_0_a_5"),
        ]

    def __str__(self):
        return f"{self.critere.code} : {self.note}"
