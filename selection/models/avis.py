"""The committee's opinion: consultative, always followed by a signatory's decision (domain study §1)."""

from django.db import models, transaction
from django.db.models import Q

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from selection.models.base import exiger, exiger_role
from selection.models.choix import EtatScrutin, Question, Resultat, SensAvis
from selection.models.point import PointOrdreDuJour
from selection.models.scrutin import Scrutin
from selection.models.seance import Seance
from selection.models.tenue import C_EST_A_LA_PRESIDENCE


class AvisQuerySet(models.QuerySet):
    """Opinions: the house's; a porteur reads the decision, never this row."""

    def visibles_par(self, user):
        """Those of the items that `user` may know of."""
        return self.filter(point__in=PointOrdreDuJour.objects.visibles_par(user))


class Avis(models.Model):
    """One opinion on one item; the reserve list is a rank given to a favourable opinion, not a vote."""

    point = models.OneToOneField(
        PointOrdreDuJour, on_delete=models.PROTECT, related_name="avis", verbose_name="point"
    )
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="avis_rendus", verbose_name="dossier"
    )
    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="avis", verbose_name="séance")
    scrutin = models.ForeignKey(
        Scrutin, on_delete=models.PROTECT, related_name="+", verbose_name="scrutin décisif"
    )
    sens = models.CharField("sens", max_length=12, choices=SensAvis)
    motifs = models.TextField("motifs")
    desaccords = models.JSONField("désaccords consignés", default=list, blank=True)
    rang_complementaire = models.PositiveSmallIntegerField(
        "rang sur la liste complémentaire", null=True, blank=True
    )
    liste_jusqu_au = models.DateField("liste valable jusqu'au", null=True, blank=True)
    rendu_le = models.DateTimeField("rendu le", default=horloge.maintenant)

    objects = AvisQuerySet.as_manager()

    class Meta:
        verbose_name = "avis du comité"
        verbose_name_plural = "avis du comité"
        ordering = ["seance", "point__rang"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rang_complementaire=None)
                | Q(sens__in=["FAVORABLE", "RESERVE"], rang_complementaire__gte=1),
                name="avis_rang_d_un_avis_favorable",
            ),
            models.UniqueConstraint(
                fields=["seance", "rang_complementaire"],
                condition=Q(rang_complementaire__isnull=False),
                name="avis_rang_unique",
            ),
        ]

    def __str__(self):
        return f"Avis {self.get_sens_display().lower()}, {self.dossier}"

    @property
    def adjectif(self) -> str:
        """« favorable », « d'ajournement »: as the visas say it."""
        return "d'ajournement" if self.sens == SensAvis.AJOURNEMENT else self.get_sens_display().lower()

    @classmethod
    def rendre(
        cls,
        point: PointOrdreDuJour,
        sens: str,
        *,
        par,
        motifs: str,
        rang_complementaire: int | None = None,
        liste_jusqu_au=None,
        desaccords: list[dict] | None = None,
    ) -> "Avis":
        """Give the opinion that the ballots allow, with the committee's collective grounds; the chair's deed.

        A selection takes the dossier to AVIS_RENDU; an arbitration leaves it before its decision.
        """
        with transaction.atomic():
            point = point._verrouiller(par)
            exiger_role(point.seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
            point.exiger_de_presider(par)
            exiger(
                bool(motifs.strip()),
                "Écrivez les motifs collectifs de l'avis : le procès-verbal les imprime.",
            )
            scrutin = cls._exiger_le_vote(point, SensAvis(sens))
            avis = cls.objects.create(
                point=point,
                dossier=point.dossier,
                seance=point.seance,
                scrutin=scrutin,
                sens=sens,
                motifs=motifs.strip(),
                rang_complementaire=rang_complementaire,
                liste_jusqu_au=liste_jusqu_au,
                desaccords=desaccords or [],
                rendu_le=horloge.maintenant(),
            )
            if point.seance.est_arbitrage:
                consigner(
                    point.fil, "rendre_avis", par=par, role=Role.PRESIDENT, point=point.rang, avis=avis.pk
                )
            else:
                point.dossier.passer("rendre_avis", par=par, avis=avis.pk)
            point.fermer(Resultat.AVIS_RENDU, par=par, notes=point.notes)
        return avis

    @staticmethod
    def sens_possibles(point: PointOrdreDuJour) -> list[str]:
        """What the closed ballots of this item allow to say; empty while nothing is decided, a tie included."""
        scrutins = sorted(point.scrutins.all(), key=lambda s: s.tour)
        ouverts = any(s.etat in (EtatScrutin.OUVERT, EtatScrutin.SUSPENDU) for s in scrutins)
        clos = {s.question: s for s in scrutins if s.etat == EtatScrutin.CLOS}
        premier = clos.get(Question.ATTRIBUTION) or clos.get(Question.AVIS)
        if ouverts or premier is None or premier.attend:
            return []
        if premier.adopte:
            return [SensAvis.FAVORABLE, SensAvis.RESERVE]
        report = clos.get(Question.AJOURNEMENT)
        if report and report.attend:
            return []
        return [SensAvis.AJOURNEMENT] if report and report.adopte else [SensAvis.DEFAVORABLE]

    @classmethod
    def _exiger_le_vote(cls, point: PointOrdreDuJour, sens: SensAvis) -> Scrutin:
        possibles = cls.sens_possibles(point)
        exiger(bool(possibles), "Aucun scrutin clos sur ce point : l'avis vient d'un vote.")
        exiger(sens in possibles, f"Le vote ne donne pas un avis « {sens.label.lower()} ».")
        return point.scrutins.filter(etat=EtatScrutin.CLOS).order_by("-pk").first()
