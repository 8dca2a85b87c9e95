"""What the public may read of the laureates, once published (matrix, row 1).

The public holds no role, so these few queries stand apart from `visibles_par`, each with its white list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Case, Count, Exists, Max, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject, Left
from django.utils.functional import SimpleLazyObject

from candidatures.models import Dossier, Site, TypeTerritoire
from manufactures import horloge
from manufactures.accueil.calendrier import appel_courant, calendrier
from manufactures.carte.contours import departements_de
from manufactures.procedure import Etat as EtatDossier
from manufactures.programme.donnees.geographie import normaliser
from manufactures.programme.models import Appel, Filiere, Region

__all__ = [
    "Chiffres",
    "Choix",
    "Etat",
    "PagesDeLaureats",
    "appel_courant",
    "calendrier",
    "chiffres",
    "etat",
    "filtrer",
    "laureats",
]

PAR_PAGE = 24
LIEUX_DESSINES = 200  # beyond, the map counts by département
TERRITOIRES = {  # the words of the press kit's count (p. 6)
    TypeTerritoire.PETITE_OU_MOYENNE_VILLE: "en petite ou moyenne ville",
    TypeTerritoire.RURAL: "en zone rurale",
    TypeTerritoire.QPV: "en quartier prioritaire ou à proximité",
}
# The first signs of a commune's code are its département's, three overseas. The figures read them there, without a
# join: on tables just filled, whose sizes the planner does not know yet, three joins cost a hundred times one.
DEPARTEMENT = Case(
    When(commune__code__regex="^9[78]", then=Left("commune_id", 3)),
    default=Left("commune_id", 2),
)
DU_LIEU = ("commune", "commune__departement", "commune__departement__region")
DEVANT_LES_REGIONS = {
    "Grand Est": "dans le Grand Est",
    "Hauts-de-France": "dans les Hauts-de-France",
    "Pays de la Loire": "dans les Pays de la Loire",
    **{
        nom: f"à {nom}"
        for nom in (
            *("La Réunion", "Mayotte", "Saint-Barthélemy", "Saint-Martin"),
            *("Saint-Pierre-et-Miquelon", "Wallis et Futuna"),
        )
    },
}


@dataclass(frozen=True)
class Choix:
    """The three filters of the list: codes, empty for all."""

    region: str = ""
    filiere: str = ""
    territoire: str = ""

    def __len__(self):
        return sum(map(bool, (self.region, self.filiere, self.territoire)))


def publies() -> QuerySet[Dossier]:
    """Laureates whose decision is published, still in the programme."""
    publies = Dossier.objects.filter(laureat_le__lte=horloge.maintenant(), slug__isnull=False)
    return publies.exclude(etat=EtatDossier.ABANDONNE)


def laureats() -> QuerySet[Dossier]:
    """The same with their places and trades, in the press kit's order."""
    lieux = Site.objects.select_related("commune__departement__region").order_by("-principal", "rang", "pk")
    lieux = lieux.only("dossier", "type_territoire", *(f"{chemin}__nom" for chemin in DU_LIEU))
    return (
        publies()
        .prefetch_related(Prefetch("sites", lieux), "filieres")
        .order_by("laureat_ordre", "nom_projet", "pk")
    )


def situer(laureat: Dossier) -> str:
    """« Drôme, zone rurale. Un projet, 2 sites » : its principal place in a card."""
    lieux = laureat.sites.all()
    if not lieux:
        return ""
    mots = lieux[0].commune.departement.nom
    if lieux[0].type_territoire:
        mots += f", {lieux[0].get_type_territoire_display().lower()}"
    return mots if len(lieux) == 1 else f"{mots}. Un projet, {len(lieux)} sites"


def filtrer(requete: QuerySet[Dossier], choix: Choix) -> QuerySet[Dossier]:
    """The laureates that answer these choices; a project on several places answers for each of them."""
    lieux = Site.objects.filter(dossier=OuterRef("pk"))
    metiers = Dossier.filieres.through.objects.filter(dossier=OuterRef("pk"))
    if choix.region:
        departements = departements_de(choix.region)
        requete = requete.filter(
            Exists(lieux.alias(departement=DEPARTEMENT).filter(departement__in=departements))
        )
    if choix.filiere:
        requete = requete.filter(Exists(metiers.filter(filiere__code=choix.filiere)))
    if choix.territoire:
        requete = requete.filter(Exists(lieux.filter(principal=True, type_territoire=choix.territoire)))
    return requete


class PagesDeLaureats(Paginator):
    """Pages of the list; the count is known already, and the last pages are read from the end."""

    def __init__(self, trouves: QuerySet[Dossier], nombre: int):
        super().__init__(trouves, PAR_PAGE)
        self.count = nombre

    def page(self, number):
        """The laureates of one page."""
        number = self.validate_number(number)
        debut = (number - 1) * self.per_page
        fin = min(debut + self.per_page, self.count)
        if debut <= self.count // 2:
            return self._get_page(self.object_list[debut:fin], number, self)
        a_l_envers = self.object_list.reverse()[self.count - fin : self.count - debut]
        return self._get_page(SimpleLazyObject(lambda: list(a_l_envers)[::-1]), number, self)


# -- What they add up to ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Chiffres:
    """What the laureates of a choice add up to, and the lists to choose from. One row of the database."""

    nombre: int = 0
    par_territoire: Mapping[str, int] = field(default_factory=dict)
    par_departement: tuple[Mapping, ...] = ()  # code, n: the places
    lieux: tuple[Mapping, ...] = ()  # each place, unless they are too many to be drawn
    representees: tuple[str, ...] = ()  # trades of at least one laureate
    regions: Mapping[str, str] = field(default_factory=dict)
    filieres: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def territoires(self) -> list[tuple[int, str]]:
        """The press kit's count, in its words and its order."""
        comptes = ((self.par_territoire.get(type_, 0), mots) for type_, mots in TERRITOIRES.items())
        return [(n, mots) for n, mots in comptes if n]

    @property
    def nombre_de_lieux(self) -> int:
        """A project on several places counts once in `nombre`, and here once a place."""
        return sum(d["n"] for d in self.par_departement)

    def en_mots(self, choix: Choix) -> str:
        """The filter in words, after « 4 manufactures »."""
        mots = []
        if choix.region:
            nom = self.regions[choix.region]
            mots.append(DEVANT_LES_REGIONS.get(nom, f"en {nom}"))
        if choix.territoire:
            mots.append(TERRITOIRES[TypeTerritoire(choix.territoire)])
        if choix.filiere:
            mots.append(f"filière {self.filieres[choix.filiere]}")
        return ", ".join(mots)


@dataclass(frozen=True)
class Etat:
    """Who is public at this instant, in one row: another laureate, or one less, makes another state."""

    nombre: int
    derniere_cle: int | None
    dernier_le: datetime | None
    minute: datetime  # what a laureate's own row changes is read again within the minute


def etat() -> Etat:
    """The state of the public list."""
    valeurs = publies().aggregate(nombre=Count("pk"), derniere_cle=Max("pk"), dernier_le=Max("laureat_le"))
    return Etat(**valeurs, minute=horloge.maintenant().replace(second=0, microsecond=0))


@lru_cache(maxsize=256)
def chiffres(etat: Etat, choix: Choix = Choix()) -> Chiffres:  # noqa: B008 -- frozen
    """The figures of a choice in this state, counted once a process."""
    return _compter(choix)


def _compter(choix: Choix) -> Chiffres:
    """One statement, one row: lists come as arrays, so that no figure loads what it counts."""
    trouves = filtrer(publies(), choix).order_by()
    lieux = Site.objects.filter(dossier__in=trouves.values("pk")).order_by()
    n = Count("pk")
    departements = lieux.values(code=DEPARTEMENT)
    metiers = Filiere.objects.filter(Exists(trouves.filter(filieres=OuterRef("pk"))))
    valeurs = (
        Appel.objects.order_by("-pk")
        .values(
            nombre=Coalesce(Subquery(trouves.values(tous=Value(1)).annotate(n=n).values("n")), 0),
            par_territoire=ArraySubquery(
                lieux.filter(principal=True)
                .values("type_territoire")
                .annotate(n=n)
                .values(objet=JSONObject(type="type_territoire", n="n"))
            ),
            par_departement=ArraySubquery(
                departements.annotate(n=n).values(objet=JSONObject(code="code", n="n"))
            ),
            lieux=ArraySubquery(
                lieux.values(
                    objet=JSONObject(
                        slug="dossier__slug",
                        nom="dossier__nom_projet",
                        departement=DEPARTEMENT,
                        longitude="longitude",
                        latitude="latitude",
                    )
                )[: LIEUX_DESSINES + 1]
            ),
            representees=ArraySubquery(metiers.values("libelle")),
            regions=ArraySubquery(Region.objects.values(objet=JSONObject(code="code", nom="nom"))),
            filieres=ArraySubquery(Filiere.objects.values(objet=JSONObject(code="code", nom="libelle"))),
        )
        .first()
    )
    if valeurs is None:
        return Chiffres()
    dessines = valeurs["lieux"] if len(valeurs["lieux"]) <= LIEUX_DESSINES else []
    return Chiffres(
        nombre=valeurs["nombre"],
        par_territoire={t["type"]: t["n"] for t in valeurs["par_territoire"]},
        par_departement=tuple(sorted(valeurs["par_departement"], key=lambda d: d["code"])),
        lieux=tuple(sorted(dessines, key=lambda lieu: (lieu["nom"], lieu["longitude"] or 0))),
        representees=tuple(sorted(valeurs["representees"], key=normaliser)),
        regions=_par_code(valeurs["regions"]),
        filieres=_par_code(valeurs["filieres"]),
    )


def _par_code(rangees: list[dict]) -> dict[str, str]:
    """In the order of a dictionary."""
    return {r["code"]: r["nom"] for r in sorted(rangees, key=lambda r: normaliser(r["nom"]))}
