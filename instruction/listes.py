"""The agents' desk: filters, orders, counts and pages that cost the same at 100 and at 100 000 dossiers."""

from decimal import Decimal
from types import SimpleNamespace

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from candidatures.models import Dossier, Pertinence
from instruction.drapeaux import DRAPEAUX
from instruction.groupes import etats_de
from instruction.models import Reponse, Verdict
from manufactures import enonces, horloge
from manufactures.procedure import Etat
from manufactures.programme.models import Critere, Departement, NatureCritere

PAR_PAGE = 25
PAGES_PREPAREES = 4  # those that people open; their bounds are written in the statement
SANS_AGENT, MOI = "aucun", "moi"
# A grid exists from the taking in charge on (an invariant): nobody holds these, or nobody held them.
SANS_GRILLE = (Etat.DEPOSE, Etat.RETIRE)
EN_EXAMEN = (Etat.EN_INSTRUCTION, Etat.A_COMPLETER)

# Each of these orders has its index (`candidatures/0003_recherche`, `0014`); the key makes it stable.
TRIS = {
    "depose": ("depose_le", "pk"),
    "nom": ("recherche__nom", "pk"),
    "etat": ("etat", "depose_le", "pk"),
    "echeance": ("echeance_le", "pk"),
    "demande": ("demande", "pk"),
    # These sort the rows that the filters keep.
    "lieu": ("recherche__departement_id", "recherche__commune__nom", "pk"),
    "agent": ("instruction__instructeur__nom", "instruction__instructeur__prenom", "depose_le", "pk"),
    "grille": ("tranchees", "depose_le", "pk"),
    "vague": ("vague__appel_id", "vague__numero", "depose_le", "pk"),
    "structure": ("raison_sociale", "pk"),
}
PAR_DES_INDEX = ("depose", "nom", "etat", "echeance", "demande")
TRI_PROPOSE, PERTINENCE = "depose", "pertinence"

DEMANDE = F("demande_investissement") + F("demande_amorcage")
# What the subsidy asked is narrowed to: its words, from, under.
MONTANTS: dict[str, tuple[str, Decimal, Decimal | None]] = {
    "0": ("Aucune subvention", Decimal(0), Decimal("0.01")),
    "1-50": ("Moins de 50 000\u00a0€", Decimal("0.01"), Decimal(50_000)),
    "50-100": ("De 50 000 à 100 000\u00a0€", Decimal(50_000), Decimal(100_000)),
    "100-150": ("De 100 000 à 150 000\u00a0€", Decimal(100_000), Decimal(150_000)),
    "150-200": ("De 150 000 à 200 000\u00a0€", Decimal(150_000), Decimal(200_000)),
    "200": ("200 000\u00a0€ et plus", Decimal(200_000), None),
}

# One counts, and leafs through, no further: ten thousand where an index counts by itself, a thousand elsewhere.
PAR_UN_INDEX = {"vague", "etat"}
PLAFOND_PAR_INDEX, PLAFOND = 10_000, 1000
# Around the compiler's own text, its values apart: a LIMIT under a GROUP BY is what the query sets cannot say.
COMPTER = "SELECT etat, count(*) FROM ({}) AS lignes(etat) GROUP BY etat"


def filtrer(dossiers, valeurs: dict, user):
    """The rows that these filters keep; `user` is who says « moi »."""
    if vague := valeurs.get("vague"):
        dossiers = dossiers.filter(vague=vague)
    if etat := valeurs.get("etat"):
        dossiers = dossiers.filter(etat__in=etats_de(etat))
    if filiere := valeurs.get("filiere"):
        tenues = Dossier.filieres.through.objects.filter(filiere__code=filiere)
        dossiers = dossiers.filter(pk__in=tenues.values("dossier"))
    if region := valeurs.get("region"):
        dossiers = dossiers.filter(
            recherche__departement__in=Departement.objects.filter(region=region).values("pk")
        )
    if departement := valeurs.get("departement"):
        dossiers = dossiers.filter(recherche__departement=departement)
    if demande := valeurs.get("demande"):
        dossiers = _demandant(dossiers, *MONTANTS[demande][1:])
    if valeurs.get("retard"):
        dossiers = dossiers.filter(echeance_le__lt=horloge.maintenant())
    if signal := valeurs.get("signal"):
        dossiers = dossiers.filter(DRAPEAUX[signal].condition())
    if saisie := valeurs.get("q"):
        rang = Pertinence(F("recherche__mots"), saisie)
        dossiers = dossiers.recherche(saisie).alias(pertinence=rang)
    return _tenus_par(dossiers, valeurs.get("agent", ""), user)


def _demandant(dossiers, bas: Decimal, haut: Decimal | None):
    dossiers = dossiers.alias(demande=DEMANDE).filter(demande__gte=bas)
    return dossiers if haut is None else dossiers.filter(demande__lt=haut)


def _tenus_par(dossiers, agent: str, user):
    if agent == SANS_AGENT:  # a grid without an agent went back to the queue
        rendus = Q(etat__in=EN_EXAMEN, instruction__instructeur=None)
        return dossiers.filter(Q(etat__in=SANS_GRILLE, instruction=None) | rendus)
    if agent:
        return dossiers.filter(instruction__instructeur=user.pk if agent == MOI else int(agent))
    return dossiers


def tri_valable(demande: str, valeurs: dict | None = None) -> str:
    """A known order, reversed by a dash; the latest due dates first serve nobody. A search ranks what it finds."""
    nom, cherche = demande.removeprefix("-"), bool((valeurs or {}).get("q"))
    if nom in TRIS and demande != "-echeance":
        return demande
    return PERTINENCE if cherche else TRI_PROPOSE


def trier(dossiers, tri: str, *, sur_place: bool = False):
    """In this order; `sur_place`: the rows are few, to be found by the filters and sorted, not met along an index."""
    nom, envers = tri.removeprefix("-"), tri.startswith("-")
    if nom == PERTINENCE:
        return dossiers.order_by(F("pertinence").desc(), F("depose_le").asc(), F("pk").asc())
    if nom == "nom":
        dossiers = dossiers.filter(
            recherche__isnull=False
        )  # each has its entry: an inner join, that an index orders
    if nom == "demande":
        dossiers = dossiers.alias(demande=DEMANDE)
    if nom == "grille":
        dossiers = dossiers.alias(tranchees=regles_tranchees())
    champs = []
    for champ in TRIS[nom]:
        cle = Coalesce(F(champ), F(champ)) if sur_place and nom in PAR_DES_INDEX else F(champ)
        vides = None if nom in PAR_DES_INDEX else True  # nobody, nowhere: at the end
        champs.append(cle.desc(nulls_last=vides) if envers else cle.asc(nulls_last=vides))
    return dossiers.order_by(*champs)


def regles_tranchees():
    """How many rules are settled, beside each dossier."""
    lignes = Verdict.objects.filter(
        instruction=OuterRef("instruction"), reponse__in=[Reponse.OUI, Reponse.NON]
    )
    comptes = lignes.order_by().values("instruction").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(comptes), 0)


def regles_dues() -> dict[tuple[int, int], int]:
    """How many rules each version of each call's grid asks."""
    regles = Critere.objects.filter(nature=NatureCritere.ELIGIBILITE).order_by()
    return {
        (appel, grille): n
        for appel, grille, n in regles.values_list("appel", "grille").annotate(n=Count("pk"))
    }


def _separer(valeurs: dict) -> tuple[tuple, dict]:
    """The filters whose value is bound in a prepared statement, apart from those that change its words."""
    fixes, liees = [], {}
    for nom, valeur in valeurs.items():
        if nom == "departement":
            liees[nom] = valeur.pk
        elif nom == "vague" or (nom == "agent" and valeur not in (MOI, SANS_AGENT)):
            liees[nom] = int(valeur)
        elif nom == "q":
            liees[nom] = valeur.replace("\0", " ")
        elif nom in ("filiere", "region"):
            liees[nom] = valeur
        else:
            fixes.append((nom, valeur))
    return tuple(fixes), liees


def _retenus(user, vus, fixes: tuple, **liees):
    """The rows that these filters keep, to be prepared."""
    return filtrer(vus(user), dict(fixes) | liees, user)


def _etats(user, vus, fixes: tuple, plafond: int, **liees):
    return _retenus(user, vus, fixes, **liees).order_by().values("etat")[: plafond + 1]


def _etats_nommes(user, vus, fixes: tuple, plafond: int, q: str, **liees):
    nommes = _retenus(user, vus, fixes, **liees).filter(recherche__mots__trouve=q)
    return nommes.order_by().values("etat")[: plafond + 1]


def _cles(user, vus, fixes: tuple, ordre: tuple[str, bool], bornes: tuple[int, int], **liees):
    tri, sur_place = ordre
    ordonnes = trier(_retenus(user, vus, fixes, **liees), tri, sur_place=sur_place)
    return ordonnes.values_list("pk", flat=True)[slice(*bornes)]


class Liste:
    """The rows that a filter keeps, in one order, read a page at a time: keys first, by an index, then their rows.

    `comptes`: how many in each state, the filter on states apart; `comptes_exacts` unless they are too many to count.
    """

    def __init__(self, vus, tri: str, valeurs: dict, user):
        """`vus` gives the rows that a reader may see: a function of a module, of the reader."""
        self.vus, self.tri, self.valeurs, self.user = vus, tri, valeurs, user
        autres = {nom: valeur for nom, valeur in valeurs.items() if nom != "etat"}
        self.plafond = PLAFOND_PAR_INDEX if set(autres) <= PAR_UN_INDEX else PLAFOND
        # Names are read in a row's own page, the long texts beside it: too many names, and the texts need no count.
        self.comptes = self._compter_par_etat(_etats_nommes, autres) if "q" in valeurs else {}
        if sum(self.comptes.values()) <= self.plafond:
            self.comptes = self._compter_par_etat(_etats, autres)
        self.comptes_exacts = sum(self.comptes.values()) <= self.plafond
        self.nombre, self.exacte = self._compter()

    @cached_property
    def dossiers(self):
        """The rows, in no order."""
        return filtrer(self.vus(self.user), self.valeurs, self.user)

    def _compter_par_etat(self, composer, valeurs: dict) -> dict[str, int]:
        """How many in each state, among the first `plafond` and one more."""
        fixes, liees = _separer(valeurs)
        return dict(enonces.lire_autour(COMPTER, composer, self.user, self.vus, fixes, self.plafond, **liees))

    def _nommes(self):
        """Those found by their names and summary, to be sorted."""
        valeurs = {nom: valeur for nom, valeur in self.valeurs.items() if nom != "q"}
        dossiers = filtrer(self.vus(self.user), valeurs, self.user)
        dossiers = dossiers.filter(recherche__mots__trouve=self.valeurs["q"])
        return dossiers.alias(pertinence=Pertinence(F("recherche__mots"), self.valeurs["q"]))

    def _compter(self) -> tuple[int, bool]:
        etats = etats_de(self.valeurs.get("etat", ""))
        if self.comptes_exacts or not etats:
            comptes = sum(n for etat, n in self.comptes.items() if not etats or etat in etats)
        else:
            comptes = self.dossiers.order_by()[: self.plafond + 1].count()
        return min(comptes, self.plafond), comptes <= self.plafond

    def __len__(self):
        return self.nombre

    def cles(self, tranche: slice) -> list[int]:
        """The keys of these rows, in their order."""
        if self.tri == PERTINENCE and not self.exacte:
            return self._les_plus_proches(tranche)
        sur_place = self._se_trie_sur_place()
        if tranche.start >= PAGES_PREPAREES * PAR_PAGE:
            ordonnes = trier(self.dossiers, self.tri, sur_place=sur_place)
            return list(ordonnes.values_list("pk", flat=True)[tranche])
        fixes, liees = _separer(self.valeurs)
        ordre, bornes = (self.tri, sur_place), (tranche.start, tranche.start + PAR_PAGE)
        return enonces.lire(_cles, self.user, self.vus, fixes, ordre, bornes, **liees)

    def _les_plus_proches(self, tranche: slice) -> list[int]:
        """Too many answer to rank them all: a page of those whose names and summary do, then of the others."""
        nommes = self._nommes()
        premiers = nommes.filter(pk__in=nommes.order_by().values("pk")[: self.plafond])
        cles = list(trier(premiers, PERTINENCE).values_list("pk", flat=True)[tranche])
        manque = tranche.stop - tranche.start - len(cles)
        if manque:
            avant = max(0, tranche.start - premiers.order_by().count())
            autres = self.dossiers.exclude(pk__in=nommes.order_by().values("pk"))
            suite = trier(autres, TRI_PROPOSE).values_list("pk", flat=True)
            cles += list(suite[avant : avant + manque])
        return cles

    def _se_trie_sur_place(self) -> bool:
        """Few rows, or several states: these are of one season, which an order by date would meet all at one end."""
        if self.tri.removeprefix("-") != "nom" and len(etats_de(self.valeurs.get("etat", ""))) > 1:
            return True
        return bool(set(self.valeurs) - {"vague"}) and self.exacte and self.nombre <= PLAFOND

    def page(self, numero, colonnes=()):
        """The page of this number, with what its columns show; the nearest one for a wrong number."""
        return Paginator(_Pages(self, colonnes), PAR_PAGE).get_page(numero)


class _Pages:
    """What a paginator cuts: a page of keys, then their rows with what the columns show."""

    def __init__(self, liste: Liste, colonnes):
        self.liste, self.colonnes = liste, tuple(colonnes)

    def __len__(self):
        return len(self.liste)

    def __getitem__(self, tranche: slice) -> list[SimpleNamespace]:
        cles = self.liste.cles(tranche)
        lues = enonces.lire(_rangees, None, self.colonnes, cles=cles)
        rangees = {rangee["pk"]: SimpleNamespace(**rangee) for rangee in lues}
        return [rangees[cle] for cle in cles]


def lire_rangees(dossiers, colonnes):
    """What these columns read of these dossiers, one plain row each."""
    champs, calcules = {"pk", "numero", "nom_projet"}, {}
    for colonne in colonnes:
        champs |= set(colonne.champs)
        calcules |= colonne.calcules()
    return dossiers.values(*sorted(champs), **calcules)


def _rangees(colonnes, cles: list[int]):
    return lire_rangees(Dossier.objects.filter(pk__parmi=cles), colonnes)


def jours_de_retard(echeance) -> int:
    """Days since a due date."""
    return -horloge.jours_avant(echeance)
