"""Where the dossiers stand: counts by group of states and wave, and the oldest that waits in each group."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, DecimalField, IntegerField, Q, QuerySet, Sum, Value
from django.urls import reverse

from candidatures.models import Dossier
from instruction.groupes import GROUPES
from manufactures import horloge
from manufactures.accueil.pilotage.argent import prix_des_jours
from manufactures.accueil.pilotage.perimetre import Perimetre, VaguePilotee
from manufactures.procedure import Etat
from manufactures.programme.models import NatureAide

# The groups in which somebody must still do something before the decision.
EN_ATTENTE = ("pre_instruction", "a_completer", "recevables", "comite", "avis_rendu")
EUROS = DecimalField(max_digits=18, decimal_places=2)


def adresse_de_la_liste(**filtres) -> str:
    """The agents' list, filtered."""
    return f"{reverse('instruction:liste')}?{urlencode(filtres)}" if filtres else reverse("instruction:liste")


@dataclass(frozen=True)
class Compte:
    """One figure of the table: how many, of what, and the list behind."""

    nombre: int
    vague: VaguePilotee
    lien: str = ""


@dataclass(frozen=True)
class Ancien:
    """The dossier that waits for the longest in a group."""

    numero: str
    nom: str
    depose_le: datetime

    @property
    def jours(self) -> int:
        """Whole days since its deposit."""
        return -horloge.jours_avant(self.depose_le)


@dataclass(frozen=True)
class Rangee:
    """One group of states, wave by wave."""

    code: str
    libelle: str
    cases: tuple[Compte, ...]
    ancien: Ancien | None = None

    @property
    def total(self) -> int:
        """All waves on display."""
        return sum(case.nombre for case in self.cases)

    @property
    def lien(self) -> str:
        """The list of the group in every wave; drafts have none."""
        return adresse_de_la_liste(etat=self.code) if self.code in GROUPES else ""


def brouillons(perimetre: Perimetre) -> QuerySet[Dossier]:
    """Drafts of the reader's waves: to be counted, never listed."""
    return Dossier.objects.filter(etat=Etat.BROUILLON, vague__in=perimetre.cles).order_by()


def compter(perimetre: Perimetre) -> list[dict]:
    """Counts, requests and delays by wave and state, drafts as bare numbers, in one query."""
    rien = Value(Decimal(0), output_field=EUROS)
    en_retard = Q(echeance_le__lt=horloge.maintenant())
    deposes = perimetre.dossiers.values("vague", "etat").annotate(
        n=Count("pk"),
        retards=Count("pk", filter=en_retard),
        investissement=Sum("demande_investissement", output_field=EUROS),
        amorcage=Sum("demande_amorcage", output_field=EUROS),
        ingenierie=Sum(prix_des_jours("demande_jours", "vague__appel__"), output_field=EUROS),
    )
    nus = (
        brouillons(perimetre)
        .values("vague", "etat")
        .annotate(
            n=Count("pk"),
            retards=Value(0, output_field=IntegerField()),
            investissement=rien,
            amorcage=rien,
            ingenierie=rien,
        )
    )
    return list(deposes.union(nus, all=True))


def plus_anciens(perimetre: Perimetre) -> dict[str, Ancien]:
    """The oldest deposit of each group that waits, in one query: the first of each state, by the index."""
    parts = [
        perimetre.dossiers.filter(etat=etat)
        .order_by("depose_le", "pk")
        .values_list("etat", "numero", "nom_projet", "depose_le")[:1]
        for code in EN_ATTENTE
        for etat in GROUPES[code].etats
    ]
    premiers = sorted(parts[0].union(*parts[1:], all=True), key=lambda ligne: ligne[-1], reverse=True)
    groupe_de = {etat: code for code in EN_ATTENTE for etat in GROUPES[code].etats}
    return {groupe_de[etat]: Ancien(*reste) for etat, *reste in premiers}


def dresser(perimetre: Perimetre, comptes: Iterable[dict], anciens: dict[str, Ancien]) -> list[Rangee]:
    """The rows of the table; a group without any dossier stays, save the rarest."""
    par_etat: dict[tuple[int, str], int] = {(c["vague"], c["etat"]): c["n"] for c in comptes}

    def case(vague: VaguePilotee, etats, groupe: str) -> Compte:
        nombre = sum(par_etat.get((vague.pk, etat), 0) for etat in etats)
        lien = adresse_de_la_liste(vague=vague.pk, etat=groupe) if groupe and nombre else ""
        return Compte(nombre, vague, lien)

    rangees = [
        Rangee(
            "brouillons",
            "Brouillons (nombre seul)",
            tuple(case(vague, [Etat.BROUILLON], "") for vague in perimetre.retenues),
        )
    ]
    for code, groupe in GROUPES.items():
        cases = tuple(case(vague, groupe.etats, code) for vague in perimetre.retenues)
        rangees.append(Rangee(code, groupe.libelle, cases, anciens.get(code)))
    return rangees


def demandes(comptes: Iterable[dict]) -> dict[str, Decimal]:
    """Euros asked by kind, over every deposited dossier."""
    comptes = list(comptes)
    return {
        nature: sum((c[nature.lower()] or Decimal(0) for c in comptes), Decimal("0.00"))
        for nature in NatureAide.values
    }


def en_retard(comptes: Iterable[dict]) -> int:
    """Dossiers under pre-screening whose due date is past."""
    return sum(c["retards"] for c in comptes)


def sans_decision(comptes: Iterable[dict]) -> dict[int, int]:
    """Deposited dossiers that still wait for their first decision, by wave."""
    attente = {etat for code in EN_ATTENTE for etat in GROUPES[code].etats}
    restent: dict[int, int] = {}
    for c in comptes:
        if c["etat"] in attente:
            restent[c["vague"]] = restent.get(c["vague"], 0) + c["n"]
    return restent
