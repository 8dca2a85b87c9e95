"""The signs under which the played history names what each copy replaces: no text of ours holds them by chance.

A word is `Zq03x07z` (story 03, field 07), whatever its case. Sums are multiples of a prime, ranks begin at 32 690, keys
of rows at nine billion: a copy finds them wherever they were written, in a column, a snapshot, a mail or the journal.
"""

from enum import IntEnum

from manufactures.demonstration.peuplement.identites import composer_siret

COMMUN = 90  # the stories' number of what several share
PREMIER = 1031  # every sum of the history is a multiple of it
RANG_DE_VAGUE, RANG_DE_SUITE = 32690, 32691
RANGS = {"presel": 32701, "sel": 32716, "arb": 32731, "arb2": 32741}  # first item of each sitting
RANG_DE_LISTE = 32751
CLES = 9_000_000_000
PAR_TABLE = 1_000_000


class Champ(IntEnum):
    """What a word stands for."""

    PROJET = 1
    STRUCTURE = 2
    ADRESSE = 3
    COMMUNE = 4
    DEPARTEMENT = 5
    REGION = 6
    VAGUE = 7
    SUITE = 8
    PROMOTION = 9
    BESOIN = 21
    PROJET_TEXTE = 22
    COMMUNAUTE = 23
    MUTUALISATION = 24
    FORMATION = 25
    TRANSITIONS = 26
    GOUVERNANCE = 27
    EQUIPE = 28
    CALENDRIER = 29
    RESUME = 30
    LECTURE = 31
    AVIS = 32
    # People: first name, family name, address; the person is `champ // 10`.
    PORTEUR = 40
    AGENT = 50
    EXPERT = 60
    EXPERT_2 = 70


PERSONNES = (Champ.PORTEUR, Champ.AGENT, Champ.EXPERT, Champ.EXPERT_2)
PRENOM, NOM, ADRESSE = 0, 1, 2
TEXTES = tuple(range(Champ.BESOIN, Champ.AVIS + 1))


def mot(recit: int, champ: int) -> str:
    """The word of this field of this story."""
    return f"Zq{recit:02d}x{champ:02d}z"


def siret(recit: int) -> str:
    """Fourteen digits with right keys, which no real and no drawn dossier bears."""
    return composer_siret(f"000999{recit:02d}", "9999")


def telephone(recit: int, personne: int) -> str:
    """Beyond those that are drawn."""
    return f"0199009{recit:02d}{personne // 10}"


def rna(recit: int) -> str:
    """An association's number."""
    return f"W999000{recit:03d}"


def code_commune(recit: int) -> str:
    """Five characters that no commune has."""
    return f"ZQ0{recit:02d}"


def code_postal(recit: int) -> str:
    """Five digits that no town has."""
    return f"990{recit:02d}"


def code_departement(recit: int) -> str:
    """Three characters."""
    return f"ZQ{chr(ord('A') + recit)}"
