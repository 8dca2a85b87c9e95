"""How long each step takes: medians between two lines of the journal, computed by the database."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Concat
from django.urls import reverse

from manufactures.accueil.pilotage.perimetre import Perimetre
from manufactures.journal.models import Entree

FIL = "dossier/"


class Mediane(Aggregate):
    """The middle value; nulls are left out."""

    function = "PERCENTILE_CONT"
    name = "Mediane"
    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Etape:
    """A step of the path, from one fact to another."""

    code: str
    libelle: str
    depuis: str
    jusqu_a: str


# A fact is the first (or the last) line of the journal that does one of these actions on a dossier's thread.
FAITS = {
    "depose": (Max, ("deposer",)),
    "pris": (Min, ("prendre_en_charge",)),
    "recevable": (Max, ("declarer_recevable",)),
    "avis": (Min, ("rendre_avis",)),
    "decide": (Min, ("labelliser", "mettre_en_liste", "ajourner", "ne_pas_retenir")),
    "laureat": (Min, ("labelliser",)),
    "incube": (Min, ("ouvrir_incubation",)),
    "incubation_close": (Min, ("clore_incubation",)),
    "attribue": (Min, ("attribuer",)),
    "conventionne": (Min, ("signer",)),
    "verse": (Min, ("executer",)),
}
ETAPES = (
    Etape("prise-en-charge", "Du dépôt à la prise en charge", "depose", "pris"),
    Etape("recevabilite", "De la prise en charge à la recevabilité", "pris", "recevable"),
    Etape("comite", "De la recevabilité à l'avis du comité", "recevable", "avis"),
    Etape("decision", "De l'avis à la décision publiée", "avis", "decide"),
    Etape("ouverture", "Du label à l'ouverture de l'incubation", "laureat", "incube"),
    Etape("incubation", "De l'ouverture à la fin de l'incubation", "incube", "incubation_close"),
    Etape("attribution", "De la fin de l'incubation à l'attribution", "incubation_close", "attribue"),
    Etape("convention", "De l'attribution à la convention signée", "attribue", "conventionne"),
    Etape("versement", "De la convention au premier versement", "conventionne", "verse"),
)
PAR_CODE = {etape.code: etape for etape in ETAPES}


@dataclass(frozen=True)
class Duree:
    """The median of a step and on how many dossiers it was measured."""

    etape: Etape
    mediane: timedelta | None
    nombre: int
    lien: str

    @property
    def jours(self) -> int | None:
        """Whole days, rounded."""
        return None if self.mediane is None else en_jours(self.mediane)


def en_jours(duree: timedelta) -> int:
    """Days, rounded to the nearest."""
    return round(duree / timedelta(days=1))


def _faits(perimetre: Perimetre, noms) -> QuerySet:
    """One row a dossier's thread, a date a fact."""
    fils = perimetre.dossiers.annotate(fil_=Concat(Value(FIL), "numero")).values("fil_")
    actions = {action for nom in noms for action in FAITS[nom][1]}
    dates = {nom: FAITS[nom][0]("le", filter=Q(action__in=FAITS[nom][1])) for nom in noms}
    return Entree.objects.filter(fil__in=fils, action__in=actions).order_by().values("fil").annotate(**dates)


def _ecart(etape: Etape) -> ExpressionWrapper:
    return ExpressionWrapper(F(etape.jusqu_a) - F(etape.depuis), output_field=DurationField())


def _franchie(etape: Etape) -> Q:
    """Both facts are there, in their order (a dossier taken up again may have them otherwise)."""
    return Q(**{f"{etape.depuis}__isnull": False, f"{etape.jusqu_a}__gte": F(etape.depuis)})


def mesurer(perimetre: Perimetre) -> list[Duree]:
    """Every step's median, in one query."""
    mesures = {}
    for rang, etape in enumerate(ETAPES):
        franchie = _franchie(etape)
        mesures[f"mediane_{rang}"] = Mediane(_ecart(etape), filter=franchie, output_field=DurationField())
        mesures[f"nombre_{rang}"] = Count("fil", filter=franchie)
    trouvees = _faits(perimetre, FAITS).aggregate(**mesures)
    return [
        Duree(
            etape, trouvees[f"mediane_{rang}"], trouvees[f"nombre_{rang}"], adresse(etape, perimetre.filtre)
        )
        for rang, etape in enumerate(ETAPES)
    ]


def adresse(etape: Etape, filtre: dict) -> str:
    """The list behind one median."""
    chemin = reverse("accueil:pilotage_duree", args=[etape.code])
    return f"{chemin}?{urlencode(filtre)}" if filtre else chemin


def fils_de(perimetre: Perimetre, etape: Etape) -> QuerySet:
    """(thread, from, to, how long) of every dossier that passed this step, the slowest first."""
    faits = _faits(perimetre, (etape.depuis, etape.jusqu_a)).filter(_franchie(etape))
    passes = faits.annotate(duree=_ecart(etape)).order_by("-duree", "fil")
    return passes.values_list("fil", etape.depuis, etape.jusqu_a, "duree")
