"""The dossiers of the played history: what each one asks, and its fate, dated from the closing of its wave."""

from dataclasses import dataclass

from manufactures.demonstration.peuplement.identites import DOMAINE
from manufactures.demonstration.peuplement.signes import (
    ADRESSE,
    NOM,
    PREMIER,
    PRENOM,
    mot,
    telephone,
)

FIN = 1060  # days after the closing at which the history ends: its « J »
MODULES = (
    "ecosysteme foncier modele_economique juridique amenagement offre_services communication mesure_impact"
).split()
PART_INVESTISSEMENT, PART_AMORCAGE = 90, 36  # awarded, of 100 and 40 asked, in units of the history's sums


def c(jours: int, heure: str = "") -> str:
    """So many days after the closing, as the demonstration's data says it."""
    return f"J{jours - FIN:+d} {heure}".strip()


def u(multiple: float) -> str:
    """A sum."""
    return f"{multiple * PREMIER:.2f}"


@dataclass(frozen=True)
class Recit:
    """One fate. Days are counted from the closing; None: it does not happen."""

    rang: int
    sort: str
    ouvert: int = -15  # draft
    depose: int | None = -9
    pris: int | None = 5
    remis: int | None = 22
    complements: tuple[int, int] | None = None  # asked, answered
    audition: bool = False
    deport: bool = False
    avis: str = "favorable"  # of the selection; "" where it never sits
    arbitre: str = ""  # sitting of arbitration, "" for none
    subvention: bool = True
    echelle: float = 1.0  # of the sums asked
    poids: int = 1  # how often it is copied, beside the others

    @property
    def laureat(self) -> bool:
        """Goes through the incubation."""
        return bool(self.arbitre)

    @property
    def cle(self) -> str:
        """Key of the data."""
        return f"recit-{self.rang:02d}"


RECITS = (
    Recit(1, "clos", ouvert=-34, depose=-28, remis=14, arbitre="arb", echelle=1.0, poids=6),
    Recit(2, "audition", remis=20, audition=True, deport=True, arbitre="arb", echelle=1.5, poids=5),
    Recit(3, "sans_subvention", remis=22, arbitre="arb", subvention=False, echelle=0.5, poids=4),
    Recit(4, "reporte", ouvert=-33, depose=-27, complements=(10, 22), remis=26, arbitre="arb2", poids=4),
    Recit(5, "abandonne", remis=24, audition=True, arbitre="arb", echelle=2.0, poids=3),
    Recit(6, "liste", remis=15, audition=True, avis="liste", poids=5),
    Recit(7, "ajourne", ouvert=-32, depose=-26, pris=20, remis=25, avis="ajournement", poids=6),
    Recit(8, "non_retenu", remis=15, avis="defavorable", echelle=1.5, poids=14),
    Recit(9, "non_retenu", complements=(12, 21), remis=26, audition=True, avis="defavorable", poids=10),
    Recit(10, "en_attente", pris=21, remis=27, avis="defavorable", echelle=0.5, poids=5),
    Recit(11, "irrecevable", ouvert=-35, depose=-29, remis=12, avis="", poids=10),
    Recit(12, "retire", remis=None, avis="", poids=4),
    Recit(13, "brouillon", ouvert=-32, depose=None, pris=None, remis=None, avis="", poids=5),
)
PAR_RANG = {recit.rang: recit for recit in RECITS}


def personne(recit: int, qui: int) -> dict:
    """A person of a story under the words that stand for them."""
    return {
        "civilite": "Madame" if recit % 2 else "Monsieur",
        "prenom": mot(recit, qui + PRENOM),
        "nom": mot(recit, qui + NOM),
        "courriel": f"{mot(recit, qui + ADRESSE).lower()}@{DOMAINE}",
        "telephone": telephone(recit, qui),
    }


def decalage(recit: Recit) -> int:
    """Days by which what follows the arbitration is later: a report put off, an award that waits."""
    return {"reporte": 55, "audition": 13}.get(recit.sort, 0)


def signature(recit: Recit, qui: int) -> str:
    """The account of a person of a story."""
    return personne(recit.rang, qui)["courriel"]
