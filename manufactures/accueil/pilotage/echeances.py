"""Deadlines that bind the State, and the sentence that says what is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from manufactures import francais, horloge
from manufactures.accueil.pilotage.perimetre import Perimetre
from manufactures.accueil.pilotage.tableau import adresse_de_la_liste
from manufactures.procedure import Etat
from selection.models import Lecture, PointOrdreDuJour, Seance
from selection.models.choix import EtatSeance, TypeSeance

MONTREES = 8
LECTURES_ATTENDUES = 2
FENETRE = timedelta(days=10)
SOUS_DELAI = (Etat.DEPOSE, Etat.EN_INSTRUCTION)
REFUS, CONVOCATION, LECTURES, DECISION = "refus", "convocation", "lectures", "decision"


@dataclass(frozen=True)
class Echeance:
    """One date, what falls then, where to go."""

    quand: datetime
    libelle: str
    lien: str

    @property
    def en_retard(self) -> bool:
        """It is past."""
        return self.quand < horloge.maintenant()


@dataclass(frozen=True)
class Alerte:
    """What is late or will be: one sentence, and the list behind."""

    phrase: str
    lien: str
    bouton: str


@dataclass(frozen=True)
class Fait:
    """A row of the database, before its words."""

    genre: str
    quand: datetime
    nom: str
    cle: str
    nombre: int


def _part(lignes: QuerySet, genre: str, **champs) -> QuerySet:
    """One part of the union, its columns in the order of `Fait`."""
    noms = {"genre_": Value(genre, output_field=CharField())} | {f"{nom}_": v for nom, v in champs.items()}
    return lignes.order_by().annotate(**noms).values_list(*noms)


def _refus(perimetre: Perimetre) -> QuerySet:
    """The next dossiers on which silence becomes a refusal."""
    proches = perimetre.dossiers.filter(etat__in=SOUS_DELAI, echeance_le__isnull=False)
    proches = proches.order_by("echeance_le", "pk").values("pk")[:MONTREES]
    return _part(
        perimetre.dossiers.filter(pk__in=proches),
        REFUS,
        quand=F("echeance_le"),
        nom=Cast("nom_projet", CharField()),
        cle=Cast("numero", CharField()),
        nombre=Value(1, output_field=IntegerField()),
    )


def _seances(perimetre: Perimetre) -> QuerySet[Seance]:
    return Seance.objects.visibles_par(perimetre.user).filter(vague__in=perimetre.cles)


def _convocations(perimetre: Perimetre) -> QuerySet:
    """Sittings not summoned yet, each with the last day to do it."""
    preavis = ExpressionWrapper(
        F("delai_convocation_jours") * Value(timedelta(days=1), output_field=DurationField()),
        output_field=DurationField(),
    )
    return _part(
        _seances(perimetre).filter(etat=EtatSeance.PREVUE),
        CONVOCATION,
        quand=ExpressionWrapper(F("debut") - preavis, output_field=DateTimeField()),
        nom=Cast("type", CharField()),
        cle=Cast("pk", CharField()),
        nombre=Value(0, output_field=IntegerField()),
    )


def _lectures(perimetre: Perimetre) -> QuerySet:
    """Summoned sittings of the coming days whose dossiers are not read enough."""
    rendues = Lecture.objects.rendues().filter(dossier=OuterRef("dossier")).order_by().values("dossier")
    lues = Coalesce(Subquery(rendues.annotate(n=Count("pk")).values("n")), 0)
    peu_lus = PointOrdreDuJour.objects.filter(
        seance=OuterRef("pk"), resultat="", dossier__in=perimetre.dossiers
    )
    peu_lus = peu_lus.annotate(lues=lues).filter(lues__lt=LECTURES_ATTENDUES).order_by().values("seance")
    seances = _seances(perimetre).filter(
        etat=EtatSeance.CONVOQUEE,
        type__in=[TypeSeance.PRE_SELECTION, TypeSeance.SELECTION],
        debut__lte=horloge.maintenant() + FENETRE,
    )
    seances = seances.annotate(
        peu_lus=Coalesce(
            Subquery(peu_lus.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()
        )
    )
    return _part(
        seances.filter(peu_lus__gt=0),
        LECTURES,
        quand=F("debut"),
        nom=Cast("type", CharField()),
        cle=Cast("pk", CharField()),
        nombre=F("peu_lus"),
    )


def relever(perimetre: Perimetre) -> list[Fait]:
    """What the database knows of the coming dates, in one query."""
    parts = _refus(perimetre).union(_convocations(perimetre), _lectures(perimetre), all=True)
    return sorted((Fait(*ligne) for ligne in parts), key=lambda fait: (fait.quand, fait.nom))


def _decisions(perimetre: Perimetre, attente: dict[int, int]) -> Iterable[Fait]:
    """Waves whose decision was announced for a date, and that still have dossiers without one."""
    for vague in perimetre.retenues:
        if vague.decision_prevue and attente.get(vague.pk):
            yield Fait(DECISION, vague.decision_prevue, vague.libelle, str(vague.pk), attente[vague.pk])


def _echeance(fait: Fait) -> Echeance:
    if fait.genre == REFUS:
        return Echeance(
            fait.quand, f"Refus implicite, {fait.nom}", reverse("instruction:dossier", args=[fait.cle])
        )
    if fait.genre == CONVOCATION:
        nom = TypeSeance(fait.nom).label.lower()
        return Echeance(
            fait.quand, f"Convoquer le comité, {nom}", reverse("selection:seance", args=[fait.cle])
        )
    dossiers = francais.compter(fait.nombre, "dossier")
    return Echeance(
        fait.quand, f"Décisions de la {fait.nom}, {dossiers} à décider", adresse_de_la_liste(vague=fait.cle)
    )


def echeances(perimetre: Perimetre, faits: list[Fait], attente: dict[int, int]) -> list[Echeance]:
    """The next dates, the most urgent first."""
    dates = [fait for fait in faits if fait.genre != LECTURES] + list(_decisions(perimetre, attente))
    return [_echeance(fait) for fait in sorted(dates, key=lambda fait: fait.quand)[:MONTREES]]


def alertes(perimetre: Perimetre, faits: list[Fait], attente: dict[int, int], retards: int) -> list[Alerte]:
    """What is late, or soon will be; empty when everything is on time."""
    instant = horloge.maintenant()
    trouvees = []
    if retards:
        dossiers = francais.compter(retards, "dossier")
        verbe = francais.pluriel(retards, "a passé son", "ont passé leur")
        lien = adresse_de_la_liste(retard=1, **perimetre.filtre)
        trouvees.append(Alerte(f"{dossiers} en pré-instruction {verbe} échéance.", lien, "Voir les retards"))
    for fait in [*faits, *_decisions(perimetre, attente)]:
        trouvees += _alerte(fait, instant)
    return trouvees


def _alerte(fait: Fait, instant: datetime) -> list[Alerte]:
    jour = francais.date_jour(fait.quand)
    if fait.genre == LECTURES:
        dossiers = francais.compter(fait.nombre, "dossier")
        verbe = francais.pluriel(fait.nombre, "a", "ont")
        phrase = (
            f"Le comité du {jour} manque de lectures : {dossiers} en {verbe} moins de {LECTURES_ATTENDUES}."
        )
        return [Alerte(phrase, reverse("selection:seance", args=[fait.cle]), "Voir la séance")]
    if fait.quand >= instant:
        return []
    if fait.genre == CONVOCATION:
        phrase = f"Le comité devait être convoqué avant le {jour}."
        return [Alerte(phrase, reverse("selection:seance", args=[fait.cle]), "Voir la séance")]
    if fait.genre == DECISION:
        dossiers = francais.compter(fait.nombre, "dossier")
        phrase = (
            f"Les décisions de la {fait.nom} étaient annoncées pour le {jour} : {dossiers} les attendent."
        )
        return [Alerte(phrase, adresse_de_la_liste(vague=fait.cle), "Voir ces dossiers")]
    return []
