"""The laureates as a table (a row a project) and as points (one a place): a white list of fields, nobody's address."""

import json
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from candidatures.models import Dossier, Site
from manufactures import horloge
from manufactures.accueil import publication
from manufactures.accueil.donnees_ouvertes.subventions import PERSONNE_PHYSIQUE, en_une_ligne, jour
from manufactures.programme.models import Filiere

COLONNES = (
    "identifiant",
    "nom",
    "structure",
    "commune",
    "code_commune",
    "departement",
    "code_departement",
    "region",
    "code_region",
    "territoire",
    "latitude",
    "longitude",
    "nombre_lieux",
    "filieres",
    "resume",
    "date_label",
    "vague",
    "page",
)
LOT = 2_000
LICENCE = "Licence Ouverte 2.0 (Etalab)"
LICENCE_ADRESSE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
DU_LIEU = (
    "commune__nom",
    "commune",
    "commune__departement__nom",
    "commune__departement",
    "commune__departement__region__nom",
    "commune__departement__region",
    "type_territoire",
    "latitude",
    "longitude",
)


def _publies() -> QuerySet[Dossier]:
    """The public list, in its order, without what only its pages read."""
    return publication.laureats().prefetch_related(None)


def lieux() -> QuerySet[Site]:
    """Every place of the published laureates, the principal first."""
    sites = Site.objects.filter(dossier__in=_publies().order_by().values("pk"))
    return sites.order_by("dossier__laureat_ordre", "dossier__nom_projet", "-principal", "rang", "pk")


def resume() -> dict:
    """Projects, places and last change, in two queries."""
    projets = _publies().order_by().aggregate(nombre=Count("pk"), derniere=Max("laureat_le"))
    return projets | {"lieux": lieux().order_by().count()}


def _filieres(dossier: str):
    """The trades of a project, as an array."""
    siennes = Filiere.objects.filter(dossiers=OuterRef(dossier)).order_by().annotate(tout=Value(1))
    liste = siennes.values("tout").annotate(noms=ArrayAgg("libelle", order_by="libelle")).values("noms")
    return Subquery(liste)


def _structure(nom: str, categorie: str | None) -> str:
    """The legal person; a natural one is not published."""
    return "" if (categorie or "").startswith(PERSONNE_PHYSIQUE) else en_une_ligne(nom)


def adresse(slug: str) -> str:
    """The public page of a laureate."""
    return urljoin(settings.SITE_URL, reverse("accueil:laureat", args=[slug]))


def rangees() -> Iterator[tuple]:
    """The table, row by row, in one query."""
    nombre = Site.objects.filter(dossier=OuterRef("pk")).order_by().values("dossier").annotate(n=Count("pk"))
    projets = _publies().annotate(
        lieu=FilteredRelation("sites", condition=Q(sites__principal=True)),
        nombre_lieux=Coalesce(Subquery(nombre.values("n")), 0),
        noms_filieres=_filieres("pk"),
    )
    projets = projets.values_list(
        "slug",
        "nom_projet",
        "raison_sociale",
        "forme_juridique__categorie",
        *(f"lieu__{champ}" for champ in DU_LIEU),
        "nombre_lieux",
        "noms_filieres",
        "resume_public",
        "laureat_le",
        "vague__libelle",
    )
    for slug, nom, structure, categorie, *lieu, n, filieres, texte, instant, vague in projets.iterator(LOT):
        yield (
            slug,
            en_une_ligne(nom),
            _structure(structure, categorie),
            *lieu,
            n,
            ";".join(filieres or ()),
            en_une_ligne(texte),
            jour(instant),
            vague,
            adresse(slug),
        )


PROPRIETES = (
    "identifiant",
    "nom",
    "structure",
    "lieu",
    "principal",
    "commune",
    "code_commune",
    "departement",
    "code_departement",
    "region",
    "code_region",
    "territoire",
    "filieres",
    "date_label",
    "page",
)


def points() -> Iterator[dict]:
    """One feature a place, in one query."""
    valeurs = (
        lieux()
        .annotate(noms_filieres=_filieres("dossier"))
        .values_list(
            "dossier__slug",
            "dossier__nom_projet",
            "dossier__raison_sociale",
            "dossier__forme_juridique__categorie",
            "nom",
            "principal",
            *DU_LIEU,
            "noms_filieres",
            "dossier__laureat_le",
        )
    )
    for slug, nom, structure, categorie, lieu, principal, *ou, y, x, filieres, instant in valeurs.iterator(
        LOT
    ):
        proprietes = (
            slug,
            nom,
            _structure(structure, categorie),
            lieu,
            principal,
            *ou,
            filieres or [],
            jour(instant).isoformat(),
            adresse(slug),
        )
        yield {
            "type": "Feature",
            "geometry": None
            if x is None or y is None
            else {"type": "Point", "coordinates": [float(x), float(y)]},
            "properties": dict(zip(PROPRIETES, proprietes, strict=True)),
        }


def geojson(elements: Iterable[dict], *, nombre: int) -> Iterator[str]:
    """The collection, feature by feature; who reads it knows its licence and its date."""
    tete = {
        "type": "FeatureCollection",
        "name": "Lieux des manufactures lauréates",
        "licence": LICENCE,
        "licence_adresse": LICENCE_ADRESSE,
        "produit_le": horloge.maintenant().astimezone(horloge.PARIS).isoformat(timespec="seconds"),
        "nombre": nombre,
        "dictionnaire": urljoin(settings.SITE_URL, reverse("accueil:dictionnaire", args=["lieux"])),
    }
    yield json.dumps(tete, ensure_ascii=False)[:-1] + ', "features": ['
    for rang, element in enumerate(elements):
        yield f"{',' if rang else ''}\n{json.dumps(element, ensure_ascii=False)}"
    yield "\n]}\n"
