"""The programme's figures, in the words of the press kit: the laureates that the public knows of."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse

from manufactures import francais
from manufactures.accueil import publication
from manufactures.accueil.publication import TERRITOIRES


@dataclass(frozen=True)
class Chiffre:
    """A number, what it counts, and its list."""

    nombre: int
    libelle: str
    lien: str
    s_accorde: bool = False  # « 20 lauréats », but « 9 en zone rurale »

    def __str__(self):
        if self.s_accorde:
            return francais.compter(self.nombre, self.libelle)
        return f"{francais.nombre(self.nombre)} {self.libelle}"


def adresse(**filtres) -> str:
    """The public list, filtered."""
    return f"{reverse('accueil:laureats')}?{urlencode(filtres)}" if filtres else reverse("accueil:laureats")


def chiffres() -> list[Chiffre]:
    """Laureates, regions, trades, territories, in one query."""
    territoires = {
        f"t_{type_}".lower(): Count(
            "pk", distinct=True, filter=Q(sites__principal=True, sites__type_territoire=type_)
        )
        for type_ in TERRITOIRES
    }
    n = (
        publication.laureats()
        .prefetch_related(None)
        .order_by()
        .aggregate(
            nombre=Count("pk", distinct=True),
            regions=Count("sites__commune__departement__region", distinct=True),
            filieres=Count("filieres", distinct=True),
            **territoires,
        )
    )
    repartition = reverse("accueil:pilotage_programme")
    return [
        Chiffre(n["nombre"], "lauréat", adresse(), s_accorde=True),
        Chiffre(n["regions"], "région", f"{repartition}#regions", s_accorde=True),
        Chiffre(n["filieres"], "filière", f"{repartition}#filieres", s_accorde=True),
        *(
            Chiffre(n[f"t_{type_}".lower()], mots, adresse(territoire=type_))
            for type_, mots in TERRITOIRES.items()
        ),
    ]


def _repartir(code: str, nom: str, parametre: str) -> list[Chiffre]:
    """Laureates by a place or a trade; a project on several counts once in each."""
    lignes = (
        publication.laureats()
        .prefetch_related(None)
        .order_by()
        .filter(**{f"{code}__isnull": False})
        .values(code_=F(code), nom_=F(nom))
        .annotate(n=Count("pk", distinct=True))
        .order_by("-n", "nom_")
    )
    return [Chiffre(ligne["n"], ligne["nom_"], adresse(**{parametre: ligne["code_"]})) for ligne in lignes]


def par_region() -> list[Chiffre]:
    """One line a region that has a laureate."""
    region = "sites__commune__departement__region"
    return _repartir(region, f"{region}__nom", "region")


def par_filiere() -> list[Chiffre]:
    """One line a trade that has a laureate."""
    return _repartir("filieres__code", "filieres__libelle", "filiere")
