"""What tables show: the cohort's grid, the eight axes, the credit by theme, the money line. Reading only."""

from dataclasses import dataclass, field
from decimal import Decimal

from accompagnement.models import (
    Diagnostic,
    EtatTranche,
    Livrable,
    Moment,
    Presence,
    StatutPresence,
    engages_par_theme,
    taux_assiduite,
)
from manufactures import horloge
from manufactures.francais import date_courte, date_longue
from manufactures.programme.models import NatureAide

LETTRES = {
    StatutPresence.PRESENT: "présent",
    StatutPresence.EXCUSE: "excusé",
    StatutPresence.ABSENT: "absent",
}


@dataclass
class Case:
    """One project at one module."""

    texte: str
    livrable: Livrable | None = None


@dataclass
class LigneDePromotion:
    """One project of the cohort."""

    dossier: object
    cases: list[Case] = field(default_factory=list)
    valides: int = 0
    attendus: int = 0
    suivies: int = 0
    dues: int = 0

    @property
    def taux(self):
        """Attendance of this project."""
        return taux_assiduite(self.suivies, self.dues)


@dataclass
class Grille:
    """The cohort: its modules in their order, its projects, the whole attendance."""

    modules: list[tuple]  # (module, session or None)
    lignes: list[LigneDePromotion]
    taux: Decimal | None

    @property
    def prochaine(self):
        """The next session to come, or None."""
        jour = horloge.aujourd_hui()
        futures = [s for _, s in self.modules if s and s.date >= jour]
        return min(futures, key=lambda s: s.date, default=None)


def _texte(session, statuts) -> str:
    if session is None:
        return "à dater"
    if statuts:
        return ", ".join(LETTRES[s] for s in statuts)
    return "à noter" if session.est_tenue else f"le {date_courte(session.date)}"


def grille_de_la_promotion(promotion, dossiers) -> Grille:
    """Projects × modules, in five queries whatever the size."""
    sessions = {s.module_id: s for s in promotion.sessions.select_related("module", "hote", "expert")}
    dossiers = list(dossiers)
    presences: dict[tuple, list] = {}
    lignes_de_presence = Presence.objects.filter(session__promotion=promotion, dossier__in=dossiers)
    for presence in lignes_de_presence.select_related("session").order_by("-demi_journee"):
        presences.setdefault((presence.dossier_id, presence.session_id), []).append(presence.statut)
    livrables = {
        (item.dossier_id, item.session_id): item
        for item in Livrable.objects.filter(session__promotion=promotion, dossier__in=dossiers)
    }
    modules = [(module, sessions.get(module.pk)) for module in promotion.vague.appel.modules.all()]
    lignes = []
    for dossier in dossiers:
        ligne = LigneDePromotion(dossier)
        for _, session in modules:
            cle = (dossier.pk, session.pk if session else None)
            statuts, livrable = presences.get(cle, []), livrables.get(cle)
            ligne.cases.append(Case(_texte(session, statuts), livrable))
            ligne.dues += len(statuts)
            ligne.suivies += statuts.count(StatutPresence.PRESENT)
            ligne.attendus += livrable is not None
            ligne.valides += livrable is not None and livrable.etat == "VALIDE"
        lignes.append(ligne)
    taux = taux_assiduite(sum(ligne.suivies for ligne in lignes), sum(ligne.dues for ligne in lignes))
    return Grille(modules, lignes, taux)


@dataclass(frozen=True)
class Axe:
    """One axis of the diagnosis, with its corners on the drawing."""

    libelle: str
    entree: int | None
    sortie: int | None
    fait: str


# The eight directions of the drawing, in thousandths: integers only, no script, no style.
DIRECTIONS = (
    (0, -1000),
    (707, -707),
    (1000, 0),
    (707, 707),
    (0, 1000),
    (-707, 707),
    (-1000, 0),
    (-707, -707),
)
CENTRE, PAS = 120, 25


def diagnostics_de(dossier) -> dict[tuple, Diagnostic]:
    """Each axis at each end: (module, moment) -> diagnosis."""
    return {(d.module_id, d.moment): d for d in Diagnostic.objects.filter(dossier=dossier)}


def lignes_du_diagnostic(modules, poses: dict[tuple, Diagnostic]) -> list[Axe]:
    """The axes in the order of the modules; empty until a diagnosis is made."""
    if not poses:
        return []
    axes = []
    for module in modules:
        entree, sortie = poses.get((module.pk, Moment.ENTREE)), poses.get((module.pk, Moment.SORTIE))
        axes.append(
            Axe(
                module.libelle,
                entree.valeur if entree else None,
                sortie.valeur if sortie else None,
                sortie.fait if sortie else "",
            )
        )
    return axes


def _sommets(valeurs) -> str:
    """Points of a polygon: one value (0–4) a direction."""
    points = []
    for (dx, dy), valeur in zip(DIRECTIONS, valeurs, strict=False):
        points.append(f"{CENTRE + dx * PAS * valeur // 1000},{CENTRE + dy * PAS * valeur // 1000}")
    return " ".join(points)


def radar(axes: list[Axe]) -> dict | None:
    """Polygons of the drawing, for eight axes; the table beside says the same."""
    if len(axes) != len(DIRECTIONS):
        return None
    trace = {"graduations": [_sommets([n] * len(DIRECTIONS)) for n in range(1, 5)]}
    for moment in ("entree", "sortie"):
        valeurs = [getattr(axe, moment) for axe in axes]
        trace[moment] = _sommets(valeurs) if None not in valeurs else ""
    return trace


# -- Days --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LigneDeCredit:
    """One theme: granted, ordered, consumed."""

    theme: str
    raison: str
    accordes: Decimal
    commandes: Decimal
    consommes: Decimal

    @property
    def disponibles(self) -> Decimal:
        """Days that may still be ordered."""
        return self.accordes - self.commandes


def credit_par_theme(dossier, missions) -> list[LigneDeCredit]:
    """Theme by theme; `missions` with their days already read."""
    engages = engages_par_theme(missions)
    consommes: dict[int, Decimal] = {}
    for mission in missions:
        consommes[mission.theme_id] = consommes.get(mission.theme_id, Decimal(0)) + mission.jours_valides
    zero = Decimal("0.0")
    return [
        LigneDeCredit(
            b.theme.libelle, b.raison, b.jours, engages.get(b.theme_id, zero), consommes.get(b.theme_id, zero)
        )
        for b in dossier.besoins.select_related("theme")
    ]


# -- Money -------------------------------------------------------------------------------------------------------
def _accord(texte: str, nature, type_) -> str:
    masculin = type_ in ("ACOMPTE", "SOLDE")
    return (
        texte
        if masculin
        else texte.replace("demandé ", "demandée ")
        .replace("payé ", "payée ")
        .replace("transmis ", "transmise ")
    )


def phrase_de_tranche(tranche) -> str:
    """One line a tranche, as the beneficiary reads it: « demandée le 3 mai, payée le 18 mai (réf. M-1) »."""
    morceaux = []
    if tranche.demande_le:
        morceaux.append(f"demandé le {date_longue(tranche.demande_le)}")
    if tranche.service_fait_le:
        quoi = "justificatifs acceptés" if tranche.sur_factures else "demande acceptée"
        morceaux.append(f"{quoi} le {date_longue(tranche.service_fait_le)}")
    if tranche.contresignee_le:
        morceaux.append(f"transmis au comptable le {date_longue(tranche.contresignee_le)}")
    if tranche.payee_le:
        morceaux.append(f"payé le {date_longue(tranche.payee_le)} (réf. {tranche.mandat})")
    if not morceaux:
        return f"renvoyée : {tranche.motif_renvoi}" if tranche.motif_renvoi else "pas encore demandée"
    return _accord(", ".join(morceaux), tranche.nature, tranche.type)


@dataclass(frozen=True)
class LigneDeTranche:
    """A tranche with its sentence, and whether it may be asked for now."""

    tranche: object
    phrase: str
    demandable: bool


def lignes_de_tranches(convention) -> list[LigneDeTranche]:
    """The tranches in their order; the first unpaid one of each kind may be asked for."""
    ouvertes: set = set()
    lignes = []
    for tranche in sorted(
        convention.tranches.all(), key=lambda t: (t.nature != NatureAide.INVESTISSEMENT, t.rang)
    ):
        premiere = tranche.etat != EtatTranche.PAYE and tranche.nature not in ouvertes
        if premiere:
            ouvertes.add(tranche.nature)
        lignes.append(
            LigneDeTranche(
                tranche, phrase_de_tranche(tranche), premiere and tranche.etat == EtatTranche.A_DEMANDER
            )
        )
    return lignes
