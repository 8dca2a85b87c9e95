"""What the State's open register of companies says of a SIRET; whatever happens to it, nobody waits and nothing blocks.

API Recherche d'entreprises (documented JSON, no key): GET /search?q=<siret>. The answer is read field by field, as text
that somebody else wrote: anything unexpected is an absence, never an error of ours.
"""

import json
import re
import time
from dataclasses import dataclass

import requests
import structlog
from django.conf import settings
from django.core.cache import cache

from candidatures.models.choix import TrancheEffectif
from candidatures.numeros import MOTIF_NAF, MOTIF_RNA, compacter
from manufactures.programme.models import Commune, FormeJuridique

DELAIS = (1.5, 2.5)  # seconds to connect, then between two pieces of the answer
PATIENCE = 4.0  # seconds in all
REPONSE_MAX = 512 * 1024
MORCEAU = 16 * 1024
REPIT_S = 60  # after a failure, nobody asks again for a minute: sixty people would wait for the same silence
PANNE = "annuaire-des-entreprises-en-panne"
PAR_PAGE = 5
CODE_OK = 200
journal_technique = structlog.get_logger(__name__)


class AnnuaireIndisponible(Exception):
    """Off, away, slow, or answering something else than its documentation."""


@dataclass(frozen=True)
class Structure:
    """What the register knows of an establishment; empty where it does not say."""

    siret: str
    nom: str = ""
    nature_juridique: str = ""
    adresse: str = ""
    code_postal: str = ""
    code_commune: str = ""
    code_naf: str = ""
    tranche_effectif: str = ""
    numero_rna: str = ""
    est_ouverte: bool = True

    def reponses(self) -> dict[str, str]:
        """The answers it fills on the page, as one would type them: only what is known, and exists here."""
        forme = forme_juridique(self.nature_juridique)
        commune = Commune.objects.select_related("departement").filter(code=self.code_commune).first()
        trouvees = {
            "raison_sociale": self.nom[:255],
            "forme_juridique": str(forme.pk) if forme else "",
            "adresse_siege": self.adresse[:255],
            "code_postal_siege": self.code_postal,
            "commune_siege": f"{commune.nom} ({commune.departement_id})" if commune else "",
            "code_naf": self.code_naf,
            "tranche_effectif": self.tranche_effectif,
            "numero_rna": self.numero_rna if forme and forme.est_association else "",
        }
        return {nom: valeur for nom, valeur in trouvees.items() if valeur}


def forme_juridique(categorie: str) -> FormeJuridique | None:
    """The form of the call for this category of the INSEE: the same one, else the only one of its family."""
    admises = list(FormeJuridique.objects.filter(est_admise=True)) if categorie else []
    exactes = [f for f in admises if f.categorie == categorie]
    proches = [f for f in admises if f.categorie and f.categorie[:2] == categorie[:2]]
    return exactes[0] if exactes else proches[0] if len(proches) == 1 else None


def chercher(siret: str) -> Structure | None:
    """The establishment of this number, or None where the register knows none. Raises AnnuaireIndisponible."""
    if not settings.ANNUAIRE_URL:
        raise AnnuaireIndisponible("éteint")
    if cache.get(PANNE):
        raise AnnuaireIndisponible("en panne")
    try:
        trouvee = _etablissement(_interroger(siret), siret)
    except (requests.RequestException, OSError, ValueError, TypeError, AttributeError, KeyError) as cause:
        cache.set(PANNE, True, REPIT_S)
        journal_technique.warning("annuaire_indisponible", erreur=type(cause).__name__)
        raise AnnuaireIndisponible(str(cause)) from cause
    return trouvee


def _interroger(siret: str) -> dict:
    """The JSON of the answer, whole and in time. Raises on anything else."""
    fin = time.monotonic() + PATIENCE
    adresse = f"{settings.ANNUAIRE_URL}/search"
    criteres = {"q": siret, "page": "1", "per_page": str(PAR_PAGE)}
    entetes = {"Accept": "application/json", "User-Agent": "manufactures-de-proximite"}
    with requests.get(
        adresse, params=criteres, headers=entetes, timeout=DELAIS, stream=True, allow_redirects=False
    ) as reponse:
        if reponse.status_code != CODE_OK:
            raise ValueError(f"code {reponse.status_code}")
        corps = b""
        while morceau := reponse.raw.read1(MORCEAU, decode_content=True):
            corps += morceau
            if len(corps) > REPONSE_MAX or time.monotonic() > fin:
                raise ValueError("trop long")
    lu = json.loads(corps)
    if not isinstance(lu, dict) or not isinstance(lu.get("results"), list):
        raise ValueError("forme inattendue")
    return lu


def _etablissement(lu: dict, siret: str) -> Structure | None:
    """The establishment that bears this very number, among those found."""
    for unite in lu["results"]:
        siege = unite.get("siege") or {}
        for lieu in [siege, *(unite.get("matching_etablissements") or [])]:
            if lieu.get("siret") == siret:
                return _structure(unite, {**siege, **lieu} if lieu is siege else lieu, siret)
    return None


def _texte(source: dict, *noms: str) -> str:
    """The first of these fields that is a text, on one line."""
    trouve = next((source[nom] for nom in noms if isinstance(source.get(nom), str) and source[nom]), "")
    return " ".join(trouve.split())


def _structure(unite: dict, lieu: dict, siret: str) -> Structure:
    code_postal = _texte(lieu, "code_postal")
    naf = _texte(lieu, "activite_principale") or _texte(unite, "activite_principale")
    tranche = _texte(unite, "tranche_effectif_salarie")
    rna = compacter(_texte(unite.get("complements") or {}, "identifiant_association")).upper()
    return Structure(
        siret=siret,
        nom=_texte(unite, "nom_raison_sociale", "nom_complet"),
        nature_juridique=_texte(unite, "nature_juridique"),
        adresse=_sans_commune(_texte(lieu, "adresse"), code_postal),
        code_postal=code_postal if code_postal.isdigit() and len(code_postal) == len("00000") else "",
        code_commune=_texte(lieu, "commune")[:5],
        code_naf=naf if re.match(MOTIF_NAF, naf) else "",
        tranche_effectif=tranche if tranche in TrancheEffectif.values else "",
        numero_rna=rna if re.match(MOTIF_RNA, rna) else "",
        est_ouverte=_texte(lieu, "etat_administratif") != "F" and _texte(unite, "etat_administratif") != "C",
    )


def _sans_commune(adresse: str, code_postal: str) -> str:
    """« 12 RUE DES FORGES » of « 12 RUE DES FORGES 26400 CREST »: the postcode has its own field."""
    if code_postal and f" {code_postal} " in adresse:
        adresse = adresse.rsplit(f" {code_postal} ", 1)[0]
    return adresse
