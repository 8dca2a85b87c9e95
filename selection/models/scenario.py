"""Scenarios of a sitting of arbitration: who would receive what, by which rules; one adopted writes the proposals."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import Q

from manufactures import horloge
from manufactures.francais import euros
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models import Enveloppe
from manufactures.registres import TransitionInterdite
from manufactures.taches import reveiller
from selection import simulateur, tasks, voies
from selection.models.arbitrage import NATURES, PropositionArbitrage
from selection.models.base import exiger, exiger_role, noter
from selection.models.interets import Deport
from selection.models.partage import (
    PROPOSE,
    QUOTAS,
    demandes_de,
    en_centimes,
    en_euros,
    enveloppe_libre,
    points_a_partager,
)
from selection.models.point import PointOrdreDuJour
from selection.models.promesses import AVANT_LE_VOTE
from selection.models.seance import Seance

SANS_DEMANDE = "Rien n'est demandé ni proposé : le label, l'incubation et l'accompagnement restent acquis."
PARTAGE_ADOPTE = "Montants répartis dans l'enveloppe de la vague, qui ne couvre pas toutes les demandes."


class Maniere(models.TextChoices):
    """How the envelope is shared."""

    RANG = simulateur.RANG, "Par rang, jusqu'à épuisement"
    TAUX = simulateur.TAUX, "Tous au même taux"
    SCORE = simulateur.SCORE, "Le meilleur score total"


class Base(models.TextChoices):
    """The most that a project may receive."""

    PROPOSE = PROPOSE, "Montants proposés par l'agent"
    DEMANDE = "DEMANDE", "Montants demandés par le porteur"


# -- The scenario ------------------------------------------------------------------------------------------------------
class ScenarioQuerySet(models.QuerySet):
    """Scenarios: the house's, while the sitting prepares and votes."""

    def visibles_par(self, user):
        """Those of the sittings that `user` may know of.

        None where one of the dossiers is closed to them: a total would give the sum away.
        """
        ecartes = Deport.objects.actifs().filter(membre__user=user).values("dossier")
        fermees = PointOrdreDuJour.objects.filter(dossier__in=ecartes).values("seance")
        return self.filter(seance__in=Seance.objects.visibles_par(user)).exclude(seance__in=fermees)

    def a_calculer(self):
        """Ordered, neither computed nor impossible."""
        return self.filter(calcule_le=None)


class Scenario(models.Model):
    """One way to share the envelope, kept under a name; it advises, the committee votes."""

    seance = models.ForeignKey(
        Seance, on_delete=models.PROTECT, related_name="scenarios", verbose_name="séance"
    )
    nom = models.CharField("nom", max_length=60)
    maniere = models.CharField("manière de partager", max_length=8, choices=Maniere)
    base = models.CharField("montant au plus", max_length=8, choices=Base, default=Base.PROPOSE)
    plancher = models.PositiveSmallIntegerField("part sous laquelle un projet n'entre pas (%)", default=100)
    quotas = models.JSONField("quotas par territoire", default=list, blank=True)
    enveloppe = models.JSONField("enveloppe partagée", default=dict, blank=True)
    taux = models.JSONField("taux servis", default=dict, blank=True)
    manques = models.JSONField("minimums non atteints", default=list, blank=True)
    score = models.PositiveIntegerField("score total", default=0)
    echec = models.CharField("pourquoi le calcul n'aboutit pas", max_length=300, blank=True)
    calcule_le = models.DateTimeField("calculé le", null=True, blank=True)
    compose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="composé par"
    )
    compose_le = models.DateTimeField("composé le", default=horloge.maintenant)
    adopte_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="adopté par",
    )
    adopte_le = models.DateTimeField("adopté le", null=True, blank=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "scénario d'arbitrage"
        verbose_name_plural = "scénarios d'arbitrage"
        ordering = ["seance", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "nom"], name="scenario_nom_unique"),
            models.UniqueConstraint(
                fields=["seance"], condition=Q(adopte_le__isnull=False), name="scenario_un_seul_adopte"
            ),
            models.CheckConstraint(condition=Q(plancher__lte=100), name="scenario_plancher_sur_cent"),
            models.CheckConstraint(
                condition=Q(adopte_le=None, adopte_par=None)
                | Q(adopte_le__isnull=False, adopte_par__isnull=False, calcule_le__isnull=False, echec=""),
                name="scenario_adopte_est_calcule",
            ),
        ]

    def __str__(self):
        return self.nom

    @property
    def fil(self) -> str:
        """Thread of the journal: the sitting's."""
        return self.seance.fil

    @property
    def score_sur_cent(self) -> Decimal:
        """Sum of the scores, each on a hundred."""
        return Decimal(self.score) / 10

    def regles(self) -> list[simulateur.Quota]:
        """The quotas, as the simulator reads them."""
        return [
            simulateur.Quota(
                q.get("axe", "territoire"),
                q["valeur"],
                q.get("libelle") or QUOTAS[q["valeur"]],
                q["minimum"] or 0,
                q["maximum"],
            )
            for q in self.quotas
        ]

    # -- deeds ---------------------------------------------------------------------------------------------------------
    @classmethod
    def composer(
        cls, seance: Seance, *, par, nom: str, maniere: str, base: str, plancher: int, quotas=()
    ) -> "Scenario":
        """Keep the rules under a name, and order their computing; the agents' deed, until the sitting is closed."""
        with transaction.atomic():
            seance = cls._ouvrir(seance, par)
            nom = nom.strip()
            exiger(bool(nom), "Donnez un nom à ce scénario.")
            exiger(not seance.scenarios.filter(nom=nom).exists(), f"Un scénario s'appelle déjà « {nom} ».")
            exiger(bool(points_a_partager(seance)), "Aucun projet à arbitrer dans cette séance.")
            scenario = cls.objects.create(
                seance=seance, nom=nom, maniere=maniere, base=base, plancher=plancher, quotas=list(quotas),
                compose_par=par, compose_le=horloge.maintenant(),
            )  # fmt: skip
            consigner(seance.fil, "composer_scenario", par=par, scenario=nom, maniere=str(maniere))
            if maniere == Maniere.SCORE:
                reveiller(tasks.calculer_scenario, scenario.pk)
            else:
                scenario.calculer()
        return scenario

    def calculer(self) -> None:
        """Share the envelope as it now is; run again, it sees that it is done and touches nothing.

        Nothing is locked while the solver works: two workers may compute, one writes.
        """
        scenario = Scenario.objects.a_calculer().select_related("seance__vague").filter(pk=self.pk).first()
        if scenario is None:
            return
        points = points_a_partager(scenario.seance)
        libre = {str(n): max(0, en_centimes(m)) for n, m in enveloppe_libre(scenario.seance, points).items()}
        demandes = demandes_de(points, base=scenario.base, plancher=scenario.plancher)
        reelles = [d for d in demandes if any(d.plafonds.values())]
        try:
            partage, echec = voies.partager(scenario.maniere, reelles, libre, scenario.regles()), ""
        except simulateur.Insoluble as raison:
            partage, echec = None, str(raison)[:300]
        with transaction.atomic():
            ouverts = Scenario.objects.a_calculer().select_for_update(of=("self",))
            if (scenario := ouverts.filter(pk=self.pk).first()) is None:
                return
            champs = {"enveloppe": libre, "calcule_le": horloge.maintenant(), "echec": echec}
            if partage:
                scenario._ecrire(demandes, partage)
                champs |= {"taux": partage.taux, "manques": partage.manques, "score": partage.score}
            noter(scenario, **champs)
        self.refresh_from_db()

    def _ecrire(self, demandes, partage: simulateur.Partage) -> None:
        lignes = [
            LigneScenario(
                scenario=self,
                point_id=demande.cle,
                retenu=demande.cle in partage.montants,
                score=demande.score,
                phrase=partage.phrases.get(
                    demande.cle, "" if demande.cle in partage.montants else SANS_DEMANDE
                ),
                **{
                    nom: en_euros(partage.montants.get(demande.cle, {}).get(nature, 0))
                    for nature, nom in NATURES.items()
                },
            )
            for demande in demandes
        ]
        LigneScenario.objects.bulk_create(lignes)

    def retirer(self, *, par) -> None:
        """Take away a scenario that was not adopted."""
        with transaction.atomic():
            seance = self._ouvrir(self.seance, par)
            scenario = seance.scenarios.select_for_update(of=("self",)).get(pk=self.pk)
            exiger(scenario.adopte_le is None, "Ce scénario est adopté : adoptez-en un autre d'abord.")
            scenario.delete()
            consigner(seance.fil, "retirer_scenario", par=par, scenario=self.nom)

    def adopter(self, *, par) -> None:
        """Write one proposal per project from this scenario, to be voted, under the lock of the wave's envelope.

        Raises TransitionInterdite with the amount of the excess, or with what has changed since it was computed.
        """
        with transaction.atomic():
            seance = self._ouvrir(self.seance, par, Role.RESPONSABLE)
            scenario = seance.scenarios.select_for_update(of=("self",)).get(pk=self.pk)
            exiger(scenario.calcule_le is not None, "Le calcul est en cours : patientez quelques secondes.")
            exiger(not scenario.echec, scenario.echec)
            points = {point.pk: point for point in points_a_partager(seance)}
            lignes = list(scenario.lignes.order_by("point__rang"))
            exiger(
                {ligne.point_id for ligne in lignes} == set(points),
                "L'ordre du jour a changé depuis ce calcul, ou un vote est ouvert : composez un nouveau scénario.",
            )
            scenario._exiger_dans_l_enveloppe(seance, list(points.values()), lignes)
            for ligne in lignes:
                ligne.proposer(points[ligne.point_id], par=par)
            seance.scenarios.filter(adopte_le__isnull=False).update(adopte_le=None, adopte_par=None)
            noter(scenario, adopte_le=horloge.maintenant(), adopte_par=par)
            consigner(seance.fil, "adopter_scenario", par=par, scenario=scenario.nom, projets=len(lignes))
        self.refresh_from_db()

    @staticmethod
    def _exiger_dans_l_enveloppe(seance: Seance, points, lignes) -> None:
        """The lines are locked until the end of the deed: of two sittings at once, the second reads the first."""
        phrases = []
        for nature, libre in enveloppe_libre(seance, points, verrou=True).items():
            exces = sum((getattr(ligne, NATURES[nature]) for ligne in lignes), Decimal("0.00")) - libre
            if exces > 0:
                phrases.append(f"l'{nature_en_clair(nature)} de {euros(exces)}")
        if phrases:
            raise TransitionInterdite(
                f"Ce scénario dépasse {' et '.join(phrases)} : l'enveloppe a changé depuis son calcul. "
                "Composez un nouveau scénario."
            )

    @staticmethod
    def _ouvrir(seance: Seance, par, *roles: Role) -> Seance:
        seance = seance._verrouiller(*AVANT_LE_VOTE)
        exiger_role(
            seance, par, *(roles or (Role.INSTRUCTEUR, Role.RESPONSABLE)),
            phrase="Un scénario est adopté par la personne responsable de l'appel."
            if roles
            else "Les scénarios sont composés par les agents de l'appel.",
        )  # fmt: skip
        exiger(seance.est_arbitrage, "Les scénarios se composent pour une séance d'arbitrage.")
        return seance


def nature_en_clair(nature: str) -> str:
    """« investissement », « amorçage »."""
    return Enveloppe(nature=nature).get_nature_display().lower()


class LigneScenarioQuerySet(models.QuerySet):
    """Lines, with their scenario."""

    def visibles_par(self, user):
        """Those of the scenarios that `user` may know of."""
        return self.filter(scenario__in=Scenario.objects.visibles_par(user))


class LigneScenario(models.Model):
    """What one project would receive; left out, the sentence that says what would let it in."""

    scenario = models.ForeignKey(
        Scenario, on_delete=models.CASCADE, related_name="lignes", verbose_name="scénario"
    )
    point = models.ForeignKey(
        PointOrdreDuJour, on_delete=models.CASCADE, related_name="+", verbose_name="point"
    )
    retenu = models.BooleanField("entre")
    investissement = models.DecimalField("investissement", max_digits=12, decimal_places=2, default=0)
    amorcage = models.DecimalField("amorçage", max_digits=12, decimal_places=2, default=0)
    score = models.PositiveSmallIntegerField("score", default=0)
    phrase = models.TextField("ce qui le ferait entrer", blank=True)

    objects = LigneScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne de scénario"
        verbose_name_plural = "lignes de scénario"
        ordering = ["scenario", "point__rang"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "point"], name="ligne_scenario_unique"),
            models.CheckConstraint(
                condition=Q(retenu=True, investissement__gte=0, amorcage__gte=0, phrase="")
                | Q(retenu=False, investissement=0, amorcage=0) & ~Q(phrase=""),
                name="ligne_scenario_dit_pourquoi",
            ),
        ]

    def __str__(self):
        return f"{self.scenario}, {self.point}"

    def proposer(self, point: PointOrdreDuJour, *, par) -> None:
        """The proposal of this project, through the deed of the agents; what is not an amount stays as it was."""
        try:
            avant = point.proposition
        except ObjectDoesNotExist:
            avant = None
        moins = any(getattr(self, nom) < getattr(point.dossier, f"demande_{nom}") for nom in NATURES.values())
        motif = avant.motif if avant else ""
        if moins and PARTAGE_ADOPTE not in motif or not motif:
            motif = f"{motif} {PARTAGE_ADOPTE}".strip() if moins else "Demande suivie en totalité."
        PropositionArbitrage.proposer(
            point,
            par=par,
            investissement=self.investissement,
            amorcage=self.amorcage,
            jours=avant.jours
            if avant
            else point.dossier.demande_jours or point.dossier.vague.appel.jours_par_projet,
            motif=motif,
            conditions=avant.conditions if avant else "",
            depense_investissement=avant.depense_investissement if avant else None,
            depense_amorcage=avant.depense_amorcage if avant else None,
            repartis=True,
        )
