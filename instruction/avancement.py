"""How far the pre-screening of a wave is: what is done, what waits, how long each step takes, when it should end."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Greatest, TruncDate
from django.utils.functional import cached_property

from instruction.groupes import ENSEMBLES
from instruction.listes import MOI, SANS_AGENT, SANS_GRILLE
from instruction.models import DemandeComplements, Instruction
from manufactures import horloge
from manufactures.horloge import PARIS
from manufactures.procedure import Etat

CADENCE_SUR = 10  # working days that the rate is drawn from
A_FINIR, FINIS = ENSEMBLES["a_instruire"].etats, ENSEMBLES["instruits"].etats
UN_JOUR = timedelta(days=1)
SAMEDI = 5


def paques(annee: int) -> date:
    """Easter Sunday (Meeus)."""
    a, b, c = annee % 19, annee // 100, annee % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(annee, f // 31, f % 31 + 1)


def est_ouvre(jour: date) -> bool:
    """Neither a week-end nor a public holiday (Code du travail, L3133-1)."""
    fixes = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    mobiles = {paques(jour.year) + timedelta(days=n) for n in (1, 39, 50)}
    return jour.weekday() < SAMEDI and (jour.month, jour.day) not in fixes and jour not in mobiles


def jour_ouvre(depuis: date, combien: int) -> date:
    """The working day that comes `combien` working days after (before, when negative)."""
    pas, jour = UN_JOUR if combien > 0 else -UN_JOUR, depuis
    while combien:
        jour += pas
        if est_ouvre(jour):
            combien -= 1 if pas > timedelta(0) else -1
    return jour


@dataclass(frozen=True)
class Compte:
    """One figure, and the list behind it."""

    libelle: str
    nombre: int
    filtres: dict


@dataclass(frozen=True)
class Duree:
    """How long a step takes on average, over how many dossiers."""

    libelle: str
    jours: Decimal | None
    nombre: int


class Avancement:
    """The figures of one wave, for one reader; five queries, whatever its dossiers."""

    def __init__(self, vague, dossiers):
        self.vague, self.dossiers = vague, dossiers.filter(vague=vague).order_by()
        self.instructions = Instruction.objects.filter(dossier__in=self.dossiers).order_by()

    @cached_property
    def _nombres(self) -> dict:
        retard = Q(etat__in=A_FINIR, echeance_le__lt=horloge.maintenant())
        sans = Q(etat__in=SANS_GRILLE, instruction=None) | Q(
            etat__in=A_FINIR, instruction__isnull=False, instruction__instructeur=None
        )
        par_etat = {f"etat_{etat}": Count("pk", filter=Q(etat=etat)) for etat in (*A_FINIR, Etat.RETIRE)}
        return self.dossiers.aggregate(
            total=Count("pk"),
            finis=Count("pk", filter=Q(etat__in=FINIS)),
            irrecevables=Count("pk", filter=Q(etat=Etat.IRRECEVABLE)),
            retard=Count("pk", filter=retard),
            sans=Count("pk", filter=sans & Q(etat__in=A_FINIR)),
            **par_etat,
        )

    @property
    def total(self) -> int:
        """What there is to examine: withdrawn dossiers apart."""
        return self._nombres["total"] - self._nombres["etat_RETIRE"]

    @property
    def finis(self) -> int:
        """Concluded, one way or the other."""
        return self._nombres["finis"]

    @property
    def restants(self) -> int:
        """Still to be concluded."""
        return self.total - self.finis

    @property
    def pourcent(self) -> int:
        """Share concluded, rounded down: a hundred means all."""
        return self.finis * 100 // self.total if self.total else 0

    def comptes(self) -> list[Compte]:
        """The figures, each with the filters of its list."""
        n, vague = self._nombres, {"vague": self.vague.pk}
        return [
            Compte("Conclus", n["finis"], {**vague, "etat": "instruits"}),
            Compte("À finir", self.restants, {**vague, "etat": "a_instruire"}),
            Compte("À prendre en charge", n["etat_DEPOSE"], {**vague, "etat": Etat.DEPOSE.value}),
            Compte(
                "En pré-instruction", n["etat_EN_INSTRUCTION"], {**vague, "etat": Etat.EN_INSTRUCTION.value}
            ),
            Compte("Chez le porteur", n["etat_A_COMPLETER"], {**vague, "etat": Etat.A_COMPLETER.value}),
            Compte("En retard", n["retard"], {**vague, "retard": "on"}),
            Compte("Irrecevables", n["irrecevables"], {**vague, "etat": Etat.IRRECEVABLE.value}),
            Compte("Retirés", n["etat_RETIRE"], {**vague, "etat": Etat.RETIRE.value}),
        ]

    def durees(self) -> list[Duree]:
        """Each step on average, in days: before an agent, under examination, awaiting the porteur, in all."""

        def moyenne(fin, debut):
            return Avg(ExpressionWrapper(fin - debut, output_field=DurationField()))

        depart = Greatest(F("dossier__depose_le"), F("dossier__vague__cloture"))
        conclus = Q(remis_le__isnull=False)
        lues = self.instructions.aggregate(
            prises=Count("pk"),
            conclus=Count("pk", filter=conclus),
            attente=moyenne(Greatest(F("affecte_le"), depart), depart),
            examen=Avg(
                ExpressionWrapper(F("remis_le") - F("affecte_le"), output_field=DurationField()),
                filter=conclus,
            ),
            ensemble=Avg(
                ExpressionWrapper(F("remis_le") - depart, output_field=DurationField()), filter=conclus
            ),
        )
        closes = DemandeComplements.objects.filter(
            dossier__in=self.dossiers, close_le__isnull=False
        ).aggregate(n=Count("pk"), duree=moyenne(F("close_le"), F("envoyee_le")))
        return [
            Duree("De la clôture à l'affectation", _jours(lues["attente"]), lues["prises"]),
            Duree("De l'affectation à la conclusion", _jours(lues["examen"]), lues["conclus"]),
            Duree("Réponse du porteur à une demande", _jours(closes["duree"]), closes["n"]),
            Duree("De la clôture à la conclusion", _jours(lues["ensemble"]), lues["conclus"]),
        ]

    def par_agent(self) -> list[dict]:
        """Who holds what, the most loaded first."""
        ouverts = Q(remis_le=None, dossier__etat__in=A_FINIR)
        lignes = self.instructions.filter(instructeur__isnull=False).values(
            "instructeur", "instructeur__prenom", "instructeur__nom", "instructeur__email"
        )
        lignes = lignes.annotate(
            en_cours=Count("pk", filter=ouverts),
            conclus=Count("pk", filter=Q(remis_le__isnull=False)),
            retard=Count("pk", filter=ouverts & Q(dossier__echeance_le__lt=horloge.maintenant())),
        )
        return [
            {
                **ligne,
                "nom": f"{ligne['instructeur__prenom']} {ligne['instructeur__nom']}".strip()
                or ligne["instructeur__email"],
            }
            for ligne in lignes.order_by("-en_cours", "instructeur__nom", "instructeur")
        ]

    @property
    def sans_agent(self) -> Compte:
        """What nobody holds."""
        filtres = {"vague": self.vague.pk, "agent": SANS_AGENT, "etat": "a_instruire"}
        return Compte("Sans agent", self._nombres["sans"], filtres)

    @property
    def a_moi(self) -> dict:
        """The filters of one's own."""
        return {"vague": self.vague.pk, "agent": MOI, "etat": "a_instruire"}

    @cached_property
    def cadence(self) -> Decimal:
        """Conclusions a working day, over the last ten that are past, today's apart."""
        jour = horloge.aujourd_hui()
        debut = jour_ouvre(jour, -CADENCE_SUR)
        conclus = self.instructions.annotate(jour=TruncDate("remis_le", tzinfo=PARIS)).filter(
            jour__gte=debut, jour__lt=jour
        )
        return Decimal(conclus.count()) / CADENCE_SUR

    @property
    def fin_prevue(self) -> date | None:
        """At this rate, the day on which the last one would be concluded; None without any rate."""
        if not self.restants or not self.cadence:
            return None
        return jour_ouvre(horloge.aujourd_hui(), math.ceil(self.restants / self.cadence))


def _jours(duree: timedelta | None) -> Decimal | None:
    return None if duree is None else Decimal(round(duree * 10 / UN_JOUR)) / 10
