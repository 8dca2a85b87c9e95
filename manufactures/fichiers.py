"""Rows against stored files, both ways, by digest; and the only hand that deletes a stored file.

Files are stored under their digest, so two rows may share one. Both sides are read in the order of the paths, a
folder or a page of rows at a time: memory does not grow with their number.
"""

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Collate

from manufactures.registres import lignes_avec_fichier

MORCEAU = 1024 * 1024
LOT = 1_000
ECARTS_MAX = 1_000  # beyond, they are counted and no longer named


@dataclass
class Bilan:
    """What a comparison found: rows, files and bytes read, and each difference as a sentence."""

    lignes: int = 0
    fichiers: int = 0
    octets: int = 0
    manquants: list[str] = field(default_factory=list)  # a row without its file
    orphelins: list[str] = field(default_factory=list)  # a file without a row
    alteres: list[str] = field(default_factory=list)  # a file that is not what its row says
    ecarts: int = 0

    def noter(self, liste: list[str], phrase: str) -> None:
        """Count a difference, and name it while there is room."""
        self.ecarts += 1
        if len(liste) < ECARTS_MAX:
            liste.append(phrase)


def presents(dossier: str = "") -> Iterator[str]:
    """Every stored path, in the order of its characters."""
    try:
        dossiers, noms = default_storage.listdir(dossier)
    except FileNotFoundError:  # nothing was ever stored
        return
    for nom in sorted([*(f"{d}/" for d in dossiers), *noms]):
        if nom.endswith("/"):
            yield from presents(f"{dossier}{nom}")
        else:
            yield dossier + nom


def attendus() -> Iterator[tuple[str, str, int, str]]:
    """Path, digest, size and name of every row that keeps a file, in the order of the paths."""
    return heapq.merge(*(_suite(nom, lignes) for nom, lignes in lignes_avec_fichier().items()))


def _suite(nom: str, lignes) -> Iterator[tuple[str, str, int, str]]:
    """The rows of one app, a page at a time; compared byte by byte, whatever the database's own order."""
    colonnes = lignes.order_by(Collate("chemin", "C")).values_list("chemin", "empreinte", "taille", "de")
    for chemin, empreinte, taille, de in colonnes.iterator(chunk_size=LOT):
        yield chemin, empreinte, taille, f"{nom} {de}"


def a_une_ligne(chemin: str) -> bool:
    """A row keeps this file."""
    return any(lignes.filter(chemin=chemin).exists() for lignes in lignes_avec_fichier().values())


def comparer() -> Bilan:
    """Read every row and every file once, side by side."""
    bilan = Bilan()
    lignes = groupby(attendus(), key=itemgetter(0))
    stockes = presents()
    ligne, stocke = next(lignes, None), next(stockes, None)
    while ligne is not None or stocke is not None:
        if stocke is None or (ligne is not None and ligne[0] < stocke):
            _lire_les_lignes(bilan, ligne, present=False)
            ligne = next(lignes, None)
        elif ligne is None or stocke < ligne[0]:
            _lire_un_orphelin(bilan, stocke)
            stocke = next(stockes, None)
        else:
            bilan.fichiers += 1
            _lire_les_lignes(bilan, ligne, present=True)
            ligne, stocke = next(lignes, None), next(stockes, None)
    return bilan


def _lire_les_lignes(bilan: Bilan, groupe, *, present: bool) -> None:
    """The rows that share one file: it is read once."""
    chemin, lignes = groupe
    # Stored since the folder was listed: a deposit goes on while one verifies.
    lu = condenser(chemin) if present or default_storage.exists(chemin) else None
    if lu is not None:
        bilan.octets += lu[1]
    for _, empreinte, taille, de in lignes:
        bilan.lignes += 1
        if lu is None:
            bilan.noter(bilan.manquants, f"{de} : le fichier {chemin} manque")
        elif lu != (empreinte, taille):
            bilan.noter(bilan.alteres, f"{de} : le fichier {chemin} n'a pas l'empreinte ou la taille écrite")


def _lire_un_orphelin(bilan: Bilan, chemin: str) -> None:
    """A file of no row, unless its row came while one verified, or the file itself was only passing."""
    if not default_storage.exists(chemin):
        return
    bilan.fichiers += 1
    if not a_une_ligne(chemin):
        bilan.noter(bilan.orphelins, f"{chemin} : aucune ligne ne le cite")


def condenser(chemin: str) -> tuple[str, int] | None:
    """SHA-256 and size of a stored file, read by pieces; None where it cannot be read."""
    condense, taille = hashlib.sha256(), 0
    try:
        with default_storage.open(chemin) as fichier:
            while morceau := fichier.read(MORCEAU):
                condense.update(morceau)
                taille += len(morceau)
    except FileNotFoundError:
        return None
    return condense.hexdigest(), taille


def verrouiller(chemin: str) -> None:
    """Until the transaction ends, nobody else stores or deletes this path."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["fichier " + chemin])


def supprimer_apres(chemins: Iterable[str]) -> None:
    """Delete these files once the transaction is committed, those that no row keeps any more."""
    chemins = sorted(set(chemins))
    if chemins:
        transaction.on_commit(lambda: [supprimer(chemin) for chemin in chemins], robust=True)


def supprimer(chemin: str) -> bool:
    """Delete one file unless a row keeps it; a content stored again meanwhile waits on the same lock."""
    with transaction.atomic():
        verrouiller(chemin)
        if a_une_ligne(chemin) or not default_storage.exists(chemin):
            return False
        default_storage.delete(chemin)
    return True


def orphelins(avant: datetime) -> Iterator[str]:
    """Files of no row, not touched since `avant`: what an upload cut short left behind."""
    connus = map(itemgetter(0), attendus())
    connu = next(connus, None)
    for chemin in presents():
        while connu is not None and connu < chemin:
            connu = next(connus, None)
        if chemin != connu and default_storage.get_modified_time(chemin) < avant:
            yield chemin
