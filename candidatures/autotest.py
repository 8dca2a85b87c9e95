"""The self-test before any account: what the session holds, what it means, what a draft takes over from it.

Nothing is written outside the session until a dossier is begun. The result is a help, never a condition: the
examination of the dossier alone decides.
"""

from dataclasses import dataclass
from functools import cached_property

from candidatures.models import Autotest, Site, TitreOccupation
from manufactures.journal.models import consigner
from manufactures.programme.models import (
    Commune,
    Departement,
    Effet,
    FormeJuridique,
    GenreQuestion,
    QuestionEligibilite,
    ReponseEligibilite,
)

CLE_DE_SESSION = "eligibilite"
OUTRE_MER = 3  # a département's code has three characters there
NOM_DU_LIEU = "Lieu principal"


@dataclass(frozen=True)
class Point:
    """One question with the answer given; `lieu` is the commune or the département, where it asks for one."""

    question: QuestionEligibilite
    reponse: ReponseEligibilite
    lieu: Commune | Departement | None = None

    @property
    def dit(self) -> str:
        """The answer in words."""
        return str(self.lieu) if self.lieu else self.reponse.libelle


class AutotestEnCours:
    """One session's answers to the questions of the call; one that the call no longer offers counts as none."""

    def __init__(self, session):
        self.session = session
        self.questions = list(QuestionEligibilite.objects.du_test())

    @property
    def donnees(self) -> dict:
        """What the session holds: by question, the code of the answer and, for a place, its own."""
        return self.session.get(CLE_DE_SESSION, {})

    @cached_property
    def points(self) -> dict[str, Point]:
        """The answers that stand, by question, in the order of the test."""
        trouves = {}
        for question in self.questions:
            dite = self.donnees.get(question.code, {})
            reponse = question.reponse(dite.get("reponse", ""))
            lieu = self._lieu(dite) if question.genre == GenreQuestion.COMMUNE else None
            if reponse and (lieu or question.genre != GenreQuestion.COMMUNE):
                trouves[question.code] = Point(question, reponse, lieu)
        return trouves

    @staticmethod
    def _lieu(dite: dict):
        code = str(dite.get("lieu", ""))
        if dite.get("reponse") == ReponseEligibilite.COMMUNE:
            return Commune.objects.select_related("departement__region").filter(code=code).first()
        return Departement.objects.select_related("region").filter(code=code).first()

    def noter(self, question: QuestionEligibilite, reponse: str, lieu=None) -> None:
        """Keep one answer in the session."""
        dite = {"reponse": reponse} | ({"lieu": lieu.pk} if lieu else {})
        self.session[CLE_DE_SESSION] = self.donnees | {question.code: dite}
        self.__dict__.pop("points", None)

    def oublier(self) -> None:
        """Begin again."""
        self.session.pop(CLE_DE_SESSION, None)
        self.__dict__.pop("points", None)

    @property
    def premiere_sans_reponse(self) -> QuestionEligibilite | None:
        """Where the test stands; None once it is complete."""
        return next((q for q in self.questions if q.code not in self.points), None)

    @property
    def est_complet(self) -> bool:
        """There is a test, and each question has its answer."""
        return bool(self.questions) and self.premiere_sans_reponse is None

    def de_l_effet(self, effet: Effet) -> list[Point]:
        """The points of one effect."""
        return [point for point in self.points.values() if point.reponse.effet == effet]

    @property
    def bloquants(self) -> list[Point]:
        """What prevents from applying, all of it at once."""
        return self.de_l_effet(Effet.BLOQUE)

    @property
    def a_renforcer(self) -> list[Point]:
        """What the committee would find weak."""
        return self.de_l_effet(Effet.RENFORCE)

    @property
    def acquis(self) -> list[Point]:
        """What is settled."""
        return self.de_l_effet(Effet.ACQUIS)


def situer(lieu: Commune | Departement) -> str:
    """Where a place is, from what the official geographic code knows: nothing is guessed about its territory."""
    departement = lieu.departement if isinstance(lieu, Commune) else lieu
    region = departement.region
    outre_mer = ", outre-mer" if len(departement.code) == OUTRE_MER else ""
    if isinstance(lieu, Departement):
        return f"{departement} : région {region}{outre_mer}."
    if departement.nom == region.nom:
        return f"{lieu.nom} : {departement}{outre_mer}."
    return f"{lieu.nom} : {departement}, région {region}{outre_mer}."


def reprendre(test: AutotestEnCours, dossier, *, par) -> None:
    """Carry the answers over into a draft just begun: the fields that they really fill, and what was answered.

    To call in the transaction that opens the draft. Forgets the session's answers: they serve once.
    """
    champs = {}
    for point in test.points.values():
        champs |= point.reponse.reprise
    forme = FormeJuridique.objects.filter(code=champs.get("forme_juridique", "")).first()
    if forme is not None:
        dossier.forme_juridique = forme
        dossier.save(update_fields=["forme_juridique"])
    commune = next((p.lieu for p in test.points.values() if isinstance(p.lieu, Commune)), None)
    titre = champs.get("titre_occupation", "")
    if commune is not None:
        Site.objects.create(
            dossier=dossier,
            nom=NOM_DU_LIEU,
            principal=True,
            commune=commune,
            titre_occupation=titre if titre in TitreOccupation.values else "",
        )
    Autotest.objects.create(dossier=dossier, reponses=[_figer(point) for point in test.points.values()])
    consigner(dossier.fil, "reprendre_autotest", par=par, questions=len(test.points))
    test.oublier()


def _figer(point: Point) -> dict:
    """One answer as it was said, with what to strengthen."""
    return {
        "question": point.question.texte,
        "reponse": point.dit,
        "effet": point.reponse.effet,
        "sujet": point.question.sujet,
        "constat": point.reponse.constat,
        "conseil": point.reponse.conseil,
    }
