"""The retention rules: what does not stay for ever, after how long, and what becomes of it.

`settings.CONSERVATION` is the table (kind, duration, fate); each app contributes the rule of its kinds. What needs the
archivist's visa is counted and never destroyed here (Code du patrimoine, R212-14). The journal itself keeps.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import models, transaction

from manufactures import fichiers, horloge
from manufactures.journal.models import consigner
from manufactures.registres import Regle, regles_de_conservation

FIL = "conservation"
ORPHELINS = "fichiers_orphelins"  # files of no row: the storage itself is the list
LOT = 200
EXEMPLES = 5


class Sort(models.TextChoices):
    """What becomes of rows past their time."""

    DETRUIRE = "DETRUIRE", "détruire"
    EFFACER = "EFFACER", "effacer le contenu, garder la ligne"
    TRIER = "TRIER", "à trier avec visa (Code du patrimoine, R212-14)"


@dataclass
class Constat:
    """One kind: its rule, how many rows it reaches, a few of their numbers; `retenus` still serve elsewhere."""

    genre: str
    libelle: str
    jours: int
    sort: str
    nombre: int = 0
    exemples: list[str] = field(default_factory=list)
    retenus: int = 0

    def en_json(self) -> dict:
        """For machines."""
        return asdict(self)


def constater(genres: Iterable[str] = ()) -> Iterator[Constat]:
    """What each rule reaches now; writes nothing."""
    for regle, limite, constat in _regles(genres):
        if regle is None:
            constat.nombre, constat.exemples = purger_les_orphelins(limite, essai=True)
        else:
            lignes = regle.lignes(limite)
            constat.nombre = lignes.count()
            noms = lignes.order_by(regle.exemple).values_list(regle.exemple, flat=True)
            constat.exemples = [str(nom) for nom in noms[:EXEMPLES]]
        yield constat


def purger(genres: Iterable[str] = ()) -> Iterator[Constat]:
    """Apply each rule, batch by batch, each batch in its transaction and on the record. Run again, finds nothing."""
    for regle, limite, constat in _regles(genres):
        if regle is None:
            constat.nombre, _ = purger_les_orphelins(limite)
        elif constat.sort == Sort.TRIER:
            constat.retenus = regle.lignes(limite).count()
        else:
            _appliquer(regle, limite, constat)
        yield constat


def _regles(genres: Iterable[str]) -> Iterator[tuple[Regle | None, datetime, Constat]]:
    """The table's lines, each with its rule (None: the storage itself) and its limit."""
    regles, instant, voulus = regles_de_conservation(), horloge.maintenant(), set(genres)
    for genre, ligne in settings.CONSERVATION.items():
        if not voulus or genre in voulus:
            constat = Constat(genre, ligne["libelle"], ligne["jours"], Sort(ligne["sort"]))
            regle = None if genre == ORPHELINS else regles[genre]
            yield regle, instant - timedelta(days=ligne["jours"]), constat


def _appliquer(regle: Regle, limite: datetime, constat: Constat) -> None:
    """Batches in the order of the keys, so that what is held back is met once."""
    dernier = None
    while True:
        with transaction.atomic():
            lignes = regle.lignes(limite).order_by("pk")
            if dernier is not None:
                lignes = lignes.filter(pk__gt=dernier)
            verrouillees = lignes.select_for_update(of=("self",), skip_locked=True)
            lot = list(verrouillees.values_list("pk", flat=True)[:LOT])
            if not lot:
                return
            dernier = lot[-1]
            retenus = _purger_un_lot(regle, limite, lot, constat.genre)
        constat.nombre += len(lot) - retenus
        constat.retenus += retenus


def _purger_un_lot(regle: Regle, limite: datetime, lot: list, genre: str) -> int:
    """One batch; a row that others still need stays. Returns how many stayed."""
    try:
        with transaction.atomic():
            delaisses = list(regle.detruire(regle.lignes(limite).filter(pk__in=lot)))
            consigner(FIL, "purger", par=None, genre=genre, nombre=len(lot), avant=limite.isoformat())
    except models.ProtectedError:
        if len(lot) == 1:
            return 1
        return sum(_purger_un_lot(regle, limite, [pk], genre) for pk in lot)
    fichiers.supprimer_apres(delaisses)
    return 0


def purger_les_orphelins(limite: datetime, essai: bool = False) -> tuple[int, list[str]]:
    """Delete the stored files that no row keeps; how many, and the first of them."""
    nombre, exemples, suite = 0, [], fichiers.orphelins(limite)
    while lot := list(islice(suite, LOT)):
        exemples += lot[: EXEMPLES - len(exemples)]
        if essai:
            nombre += len(lot)
            continue
        with transaction.atomic():
            supprimes = sum(fichiers.supprimer(chemin) for chemin in lot)
            if supprimes:
                consigner(
                    FIL, "purger", par=None, genre=ORPHELINS, nombre=supprimes, avant=limite.isoformat()
                )
        nombre += supprimes
    return nombre, exemples
