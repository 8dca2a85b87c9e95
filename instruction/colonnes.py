"""The columns of the desk: what each reads, how the page sorts by it, what the file writes in its place."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import BooleanField, Case, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from candidatures.models import Dossier
from instruction.drapeaux import DRAPEAUX
from instruction.listes import DEMANDE, jours_de_retard, regles_dues, regles_tranchees
from manufactures import horloge
from manufactures.procedure import Etat, Partie, libelle_pour


@dataclass(frozen=True)
class Colonne:
    """One column; `tri` is the order that its head asks for, `titres` and `cellules` are the file's."""

    titre: str
    tri: str
    champs: tuple[str, ...]
    titres: tuple[str, ...]
    cellules: Callable
    calcules: Callable[[], dict] = field(default=dict)
    chiffres: bool = False


class Lecture:
    """What the cells of one file or page share: the rules asked, the instant, the words of the states."""

    def __init__(self, partie: Partie = Partie.AGENT):
        self.instant = horloge.maintenant()
        self.etats = {etat.value: libelle_pour("dossier", etat, partie) for etat in Etat}
        self._dues = None

    def dues(self, rangee) -> int:
        """How many rules the grid of this dossier asks."""
        if self._dues is None:
            self._dues = regles_dues()
        version = rangee["instruction__grille_version"] or rangee["vague__appel__grille_version"]
        return self._dues.get((rangee["vague__appel_id"], version), 0)

    def retard(self, terme) -> int | None:
        """Days late, None in time; the day itself counts for nought."""
        return jours_de_retard(terme) if terme and terme < self.instant else None

    def agent(self, rangee) -> str:
        """Who examines, as one writes it."""
        prenom, nom = rangee["instruction__instructeur__prenom"], rangee["instruction__instructeur__nom"]
        return f"{prenom or ''} {nom or ''}".strip() or rangee["instruction__instructeur__email"] or ""

    def grille(self, rangee) -> tuple[int | None, int | None]:
        """Rules settled and rules asked; nothing while there is no grid."""
        if rangee["instruction"] is None:
            return None, None
        return rangee["tranchees"], self.dues(rangee)

    def signaux(self, rangee) -> list[str]:
        """The short words of the flags it carries."""
        return [drapeau.court for nom, drapeau in DRAPEAUX.items() if rangee[f"signal_{nom}"]]


def _tranchees() -> dict:
    return {"tranchees": regles_tranchees()}


def _signaux() -> dict:
    return {
        f"signal_{nom}": Case(
            When(drapeau.condition(), then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        for nom, drapeau in DRAPEAUX.items()
    }


def _filieres() -> dict:
    tenues = Dossier.filieres.through.objects.filter(dossier=OuterRef("pk")).order_by().values("dossier")
    noms = tenues.annotate(
        noms=StringAgg("filiere__libelle", ", ", order_by="filiere__libelle", output_field=TextField())
    )
    return {"filieres_dites": Coalesce(Subquery(noms.values("noms")), Value(""), output_field=TextField())}


_AGENT = tuple(f"instruction__instructeur__{nom}" for nom in ("prenom", "nom", "email"))
COLONNES: dict[str, Colonne] = {
    "dossier": Colonne(
        "Dossier", "nom", ("nom_projet", "numero", "vague__libelle"), ("Dossier", "Numéro", "Vague"),
        lambda lu, r: (r["nom_projet"], r["numero"], r["vague__libelle"]),
    ),
    "lieu": Colonne(
        "Lieu", "lieu", ("recherche__commune__nom", "recherche__departement__nom", "recherche__departement_id"),
        ("Commune", "Département"),
        lambda lu, r: (r["recherche__commune__nom"], r["recherche__departement__nom"]),
    ),
    "depose": Colonne("Déposé le", "depose", ("depose_le",), ("Déposé le",), lambda lu, r: (r["depose_le"],)),
    "etat": Colonne("État", "etat", ("etat",), ("État",), lambda lu, r: (lu.etats[r["etat"]].texte,)),
    "agent": Colonne("Agent", "agent", _AGENT, ("Agent",), lambda lu, r: (lu.agent(r),)),
    "grille": Colonne(
        "Grille", "grille",
        ("instruction", "instruction__grille_version", "vague__appel_id", "vague__appel__grille_version"),
        ("Règles tranchées", "Règles de la grille"), lambda lu, r: lu.grille(r), _tranchees, chiffres=True,
    ),
    "echeance": Colonne(
        "Échéance", "echeance", ("echeance_le",), ("Échéance", "Jours de retard"),
        lambda lu, r: (r["echeance_le"], lu.retard(r["echeance_le"])),
    ),
    "structure": Colonne(
        "Structure", "structure", ("raison_sociale", "siret"), ("Structure", "SIRET"),
        lambda lu, r: (r["raison_sociale"], r["siret"]),
    ),
    "filieres": Colonne(
        "Filières", "", (), ("Filières",), lambda lu, r: (r["filieres_dites"],), _filieres
    ),
    "region": Colonne(
        "Région", "lieu", ("recherche__departement__region__nom",), ("Région",),
        lambda lu, r: (r["recherche__departement__region__nom"],),
    ),
    "demande": Colonne(
        "Subvention demandée", "demande", (), ("Subvention demandée (€)",), lambda lu, r: (r["demandee"],),
        lambda: {"demandee": DEMANDE}, chiffres=True,
    ),
    "jours": Colonne(
        "Jours demandés", "", ("demande_jours",), ("Jours demandés",), lambda lu, r: (r["demande_jours"],),
        chiffres=True,
    ),
    "vague": Colonne("Vague", "vague", ("vague__libelle",), (), lambda lu, r: ()),
    "signaux": Colonne(
        "Signaux", "", (), ("Signaux",), lambda lu, r: (", ".join(lu.signaux(r)),), _signaux
    ),
}  # fmt: skip
# As the desk is until one chooses; the first stays: it is the row's name and its link.
PREMIERE = "dossier"
PROPOSEES = ("dossier", "lieu", "depose", "etat", "agent", "grille", "echeance")


def colonnes_valables(noms) -> tuple[str, ...]:
    """The known ones among these, in the order of the desk, the dossier's own first; the usual ones for none."""
    voulues = {nom for nom in noms if nom in COLONNES}
    if not voulues - {PREMIERE}:
        return PROPOSEES
    return tuple(nom for nom in COLONNES if nom == PREMIERE or nom in voulues)


def titres_du_fichier(noms) -> list[str]:
    """The heads of the file for these columns."""
    return [titre for nom in noms for titre in COLONNES[nom].titres]


def en_cellules(rangees, noms):
    """The cells of the file, said as on the page; `rangees` are rows of `listes.lire_rangees`."""
    lecture, colonnes = Lecture(), [COLONNES[nom] for nom in noms]
    for rangee in rangees:
        yield [cellule for colonne in colonnes for cellule in colonne.cellules(lecture, rangee)]
