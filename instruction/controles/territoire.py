"""The territory: places in the official code, the State's policies as the porteur states them, titles to the building.

The project holds no official list of these policies: each is said « non vérifié automatiquement », with where to look.
"""

from collections.abc import Iterator

from candidatures.models import Dispositif, TitreOccupation
from instruction.controles.constat import Constat, selon
from instruction.epingles import ancre
from instruction.models import VerdictAuto
from manufactures.francais import compter, enumerer
from manufactures.programme.donnees.geographie import MILLESIME

LIEUX = f"#{ancre('sites')}"
# Who publishes the list, and where.
LISTES = {
    Dispositif.QPV: ("Liste officielle des quartiers prioritaires (SIG Ville)", "https://sig.ville.gouv.fr/"),
    Dispositif.ACV: ("Liste Action cœur de ville (ANCT)", "https://agence-cohesion-territoires.gouv.fr/"),
    Dispositif.PVD: (
        "Liste Petites villes de demain (ANCT)",
        "https://agence-cohesion-territoires.gouv.fr/",
    ),
    Dispositif.TI: ("Liste Territoires d'industrie (ANCT)", "https://agence-cohesion-territoires.gouv.fr/"),
}


def controler(dossier) -> Iterator[Constat]:
    """Where the places are, on what title, and under which policies."""
    sites = list(dossier.sites.all())
    if sites:
        yield Constat(
            "territoire.france",
            "Lieux en France",
            VerdictAuto.CONFORME,
            f"{compter(len(sites), 'lieu', 'lieux')}, chacun dans une commune du code officiel : "
            f"{enumerer(sorted({f'{s.commune.nom} ({s.commune.departement_id})' for s in sites}))}.",
            f"Code officiel géographique {MILLESIME}",
            None,
            LIEUX,
            "Les lieux",
            "E7",
        )
        yield _titre(dossier, sites)
    for dispositif in Dispositif:
        concernes = [site for site in sites if site.est_dans(dispositif)]
        if concernes:
            yield _dispositif(dispositif, concernes)


def _titre(dossier, sites) -> Constat:
    sans = [s.nom for s in sites if s.titre_occupation in ("", TitreOccupation.AUCUN)]
    phrase = "Chaque lieu a un titre d'occupation déclaré."
    if sans:
        phrase = f"Sans titre d'occupation déclaré : {enumerer(sans)}."
    return Constat(
        "territoire.titre",
        "Titre d'occupation déclaré",
        selon(not sans),
        phrase,
        source_le=dossier.depose_le,
        lien=LIEUX,
        lien_libelle="Les lieux",
        regle="E4",
    )


def _dispositif(dispositif: Dispositif, sites) -> Constat:
    """Stated by the porteur; a district whose code names another département is worth a look by itself."""
    source, adresse = LISTES[dispositif]
    phrase = f"Déclaré pour {enumerer([_decrire(dispositif, s) for s in sites])}."
    ailleurs = [s for s in sites if dispositif == Dispositif.QPV and _code_d_ailleurs(s)]
    if ailleurs:
        phrase += f" Le code {ailleurs[0].code_qpv} n'est pas celui du département."
    sans = [s.nom for s in sites if dispositif.label in s.dispositifs_sans_preuve]
    phrase += f" Aucune preuve jointe pour {enumerer(sans)}." if sans else ""
    return Constat(
        f"territoire.{dispositif.value}",
        dispositif.label,
        VerdictAuto.A_REGARDER if ailleurs else VerdictAuto.NON_VERIFIABLE,
        f"{phrase} Non vérifié automatiquement.",
        source,
        None,
        adresse,
        "Consulter la liste officielle",
        "C2",
    )


def _decrire(dispositif, site) -> str:
    code = site.code_qpv if dispositif == Dispositif.QPV else ""
    return f"« {site.nom} » à {site.commune.nom}" + (f" ({code})" if code else "")


def _code_d_ailleurs(site) -> bool:
    """QP or QN, then the département on three characters (« 026 » for Drôme, « 974 » for La Réunion)."""
    return bool(site.code_qpv) and site.code_qpv[2:5] != site.commune.departement_id.rjust(3, "0")
