"""Pinned proofs: a passage of the deposited version or of a completion, or a page of a piece, on a line of the grid."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse

from candidatures.lecture import lire
from candidatures.models import Piece, VersionDeposee
from instruction.epingles import (
    CITATION_AU_PLUS,
    Lieu,
    ancre,
    lieux_de,
    nommer_la_reponse,
    situer,
    texte_de_la_reponse,
)
from instruction.models.grille import Instruction
from instruction.models.historique import ModificationGrille
from instruction.models.lignes import DeLaGrilleQuerySet
from instruction.models.points import ReponseComplement
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.programme.models import Critere, NatureCritere
from manufactures.registres import TransitionInterdite

PAGES_AU_PLUS = 2000
OU_AU_PLUS = 200
EN_BREF = 120
HORS_DU_DOSSIER = "Choisissez une réponse, un complément ou une pièce de ce dossier."


class PassageCite(models.Model):
    """A place of the dossier, checked when it is kept: an answer deposited or given since, a passage of it, a page.

    An answer to a request (`reponse`) never changes once written: its words are cited as those of a version are.
    """

    version_lue = models.ForeignKey(
        VersionDeposee, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="version lue"
    )
    champ = models.CharField("réponse", max_length=80, blank=True)
    debut = models.PositiveIntegerField("début du passage", null=True, blank=True)
    fin = models.PositiveIntegerField("fin du passage", null=True, blank=True)
    passage = models.TextField("passage", blank=True)
    piece = models.ForeignKey(
        Piece, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="pièce"
    )
    page = models.PositiveSmallIntegerField("page", null=True, blank=True)
    reponse = models.ForeignKey(
        ReponseComplement, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="complément"
    )
    ou = models.CharField("lieu, en mots", max_length=OU_AU_PLUS)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    le = models.DateTimeField("le", default=horloge.maintenant)

    class Meta:
        abstract = True

    @property
    def ancre(self) -> str:
        """The anchor of its place on the pages that read the dossier."""
        if self.reponse_id:
            return f"reponse-{self.reponse_id}"
        return f"piece-{self.piece_id}" if self.piece_id else ancre(self.champ)

    @property
    def en_bref(self) -> str:
        """The beginning of the passage."""
        return self.passage if len(self.passage) <= EN_BREF else f"{self.passage[: EN_BREF - 1].rstrip()}…"

    def adresse_de_la_piece(self, numero: str) -> str:
        """The page of the piece, in the browser's own reader."""
        adresse = reverse("candidatures:contenu_piece", args=[numero, self.piece_id])
        return f"{adresse}#page={self.page}"


def lieu_valable() -> CheckConstraint:
    """An answer of a version, an answer to a request, or a page of a piece; a passage has its two ends."""
    depose = ~Q(champ="") & Q(version_lue__isnull=False, piece=None, page=None, reponse=None)
    complement = Q(champ="", version_lue=None, piece=None, page=None, reponse__isnull=False)
    piece = Q(
        champ="", version_lue=None, piece__isnull=False, page__gte=1, debut=None, fin=None, reponse=None
    )
    return CheckConstraint(condition=depose | complement | piece, name="%(class)s_un_lieu")


def bornes_valables() -> CheckConstraint:
    """A passage begins before it ends."""
    return CheckConstraint(
        condition=Q(debut=None, fin=None, passage="")
        | Q(debut__isnull=False, fin__gt=F("debut")) & ~Q(passage=""),
        name="%(class)s_bornes",
    )


def situer_dans(
    dossier, lieu: str, *, passage: str = "", occurrence: int = 0, page: int | None = None
) -> dict:
    """What keeps a place of this dossier, as its columns; `lieu` is the anchor that a page gives.

    Raises TransitionInterdite where the place, the page or the passage is not in the dossier.
    """
    genre, _, nom = lieu.partition("-")
    if genre == "piece":
        return _page_d_une_piece(dossier, nom, page)
    if genre == "reponse":
        reponse = _complement(dossier, nom)
        trouve = Lieu(nom, nommer_la_reponse(reponse), texte_de_la_reponse(reponse))
        return _citer({"reponse": reponse}, trouve, "telle que reçue", passage, occurrence)
    version = VersionDeposee.objects.filter(dossier=dossier, rang=dossier.version_deposee).first()
    trouve = lieux_de(lire(version.contenu)).get(nom) if version and genre == "champ" else None
    if trouve is None:
        raise TransitionInterdite(HORS_DU_DOSSIER)
    return _citer({"version_lue": version, "champ": nom}, trouve, "telle que déposée", passage, occurrence)


def _citer(faits: dict, trouve: Lieu, telle: str, passage: str, occurrence: int) -> dict:
    """The same facts with the place in words and, where some are cited, the words as they stand there."""
    faits |= {"ou": trouve.libelle[:OU_AU_PLUS]}
    if not passage.strip():
        return faits
    if len(passage) > CITATION_AU_PLUS:
        raise TransitionInterdite(f"Citez un passage de {CITATION_AU_PLUS} caractères au plus.")
    bornes = situer(trouve.texte, passage, occurrence)
    if bornes is None:
        raise TransitionInterdite(
            f"Ce passage n'est pas dans « {trouve.libelle} », {telle} : copiez-le mot pour mot."
        )
    debut, fin = bornes
    return faits | {"debut": debut, "fin": fin, "passage": trouve.texte[debut:fin]}


def _page_d_une_piece(dossier, cle: str, page: int | None) -> dict:
    piece = dossier.pieces.filter(pk=cle).first() if cle.isdecimal() else None
    if piece is None:
        raise TransitionInterdite(HORS_DU_DOSSIER)
    page = page or 1
    if not 1 <= page <= PAGES_AU_PLUS:
        raise TransitionInterdite("Écrivez le numéro de la page, par exemple 3.")
    return {"piece": piece, "page": page, "ou": f"{(piece.libelle or piece.nom)[:180]}, page {page}"}


def _complement(dossier, cle: str) -> ReponseComplement:
    """An answer in words to a closed request of this dossier: while one is open, its porteur may add to it."""
    reponses = ReponseComplement.objects.filter(demande__dossier=dossier).select_related("demande", "piece")
    reponse = reponses.filter(pk=cle).first() if cle.isdecimal() else None
    if reponse is None or not texte_de_la_reponse(reponse):
        raise TransitionInterdite(HORS_DU_DOSSIER)
    if reponse.demande.est_ouverte:
        raise TransitionInterdite(
            "Cette demande est encore ouverte : son complément s'épingle une fois close."
        )
    return reponse


class EpingleQuerySet(DeLaGrilleQuerySet):
    """Pins: whoever may see the grid may see them, the committee too once it was handed over."""

    def par_critere(self) -> dict[int, list["Epingle"]]:
        """Those of one grid, by the key of their criterion."""
        classees: dict[int, list[Epingle]] = {}
        for epingle in self:
            classees.setdefault(epingle.critere_id, []).append(epingle)
        return classees


class Epingle(PassageCite):
    """One proof of one line of the grid; a line has as many as needed."""

    instruction = models.ForeignKey(Instruction, models.CASCADE, related_name="epingles")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="+")

    objects = EpingleQuerySet.as_manager()

    class Meta:
        verbose_name = "épingle"
        ordering = ["le", "pk"]
        constraints = [
            lieu_valable(),
            bornes_valables(),
            UniqueConstraint(
                fields=["instruction", "critere", "champ", "debut", "fin", "piece", "page", "reponse"],
                name="epingle_unique",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.ou} : « {self.en_bref} »" if self.passage else self.ou

    @classmethod
    def poser(cls, instruction: Instruction, code: str, lieu: str, *, par, **passage) -> "Epingle":
        """Pin this place on this line of the grid; the same one twice is one.

        `passage` is what `situer_dans` takes. Raises GesteInterdit to who does not hold the grid, TransitionInterdite
        once it is concluded, for an unknown line, or for words that the place does not have.
        """
        with transaction.atomic():
            grille = instruction._ouverte(par)
            critere = grille.criteres.exclude(nature=NatureCritere.ARBITRAGE).filter(code=code).first()
            if critere is None:
                raise TransitionInterdite("Choisissez la règle ou le critère que ce passage prouve.")
            faits = situer_dans(grille.dossier, lieu, **passage)
            identite = {nom: faits.get(nom) for nom in ("debut", "fin", "piece", "page", "reponse")}
            identite |= {"critere": critere, "champ": faits.get("champ", "")}
            epingle, neuve = grille.epingles.get_or_create(**identite, defaults=faits | {"par": par})
            if neuve:
                epingle._compter(grille, 1, par=par)
        return epingle

    def retirer(self, *, par) -> None:
        """Take it off its line; the history keeps what it said."""
        with transaction.atomic():
            grille = self.instruction._ouverte(par)
            epingle = grille.epingles.select_related("critere").get(pk=self.pk)
            epingle._compter(grille, -1, par=par)
            epingle.delete()

    def _compter(self, grille: Instruction, de_plus: int, *, par) -> None:
        """The number of pins of the grid, its history, its journal."""
        Instruction.objects.filter(pk=grille.pk).update(epingles_posees=F("epingles_posees") + de_plus)
        posee = de_plus > 0
        ModificationGrille.objects.create(
            instruction=grille,
            code=self.critere.code,
            libelle=f"Épingle sur {self.critere.libelle}",
            avant="" if posee else str(self),
            apres=str(self) if posee else "",
            par=par,
        )
        consigner(
            grille.dossier.fil,
            "epingler" if posee else "desepingler",
            par=par,
            ligne=self.critere.code,
            lieu=self.ou,
        )
