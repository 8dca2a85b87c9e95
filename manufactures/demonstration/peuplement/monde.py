"""Plays the history by the deeds of the application, in a savepoint that is undone: what was read of it stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from accompagnement.models import BilanAccompagnement, Convention
from manufactures import horloge
from manufactures.comptes.models import Civilite
from manufactures.demonstration import accompagnement, candidatures, instruction, selection
from manufactures.demonstration.chargement import sans_point_de_reprise
from manufactures.demonstration.chronologie import Chronologie, Scene
from manufactures.demonstration.jeu import Calendrier
from manufactures.demonstration.peuplement import histoire, recits, signes
from manufactures.demonstration.peuplement.decor import (
    AGES,
    AVANT,
    RESPONSABLE,
    Decor,
    a_paris,
    creer_vague,
    inscrire,
)
from manufactures.demonstration.peuplement.identites import DOMAINE, Personne
from manufactures.demonstration.peuplement.signes import Champ
from manufactures.procedure import Role
from manufactures.programme.models import Commune, Departement, Enveloppe, NatureAide, Region

SUITE_APRES = timedelta(days=1011)  # the next wave of the history closes on a day when nothing else happens
PLAFOND = 100_000 * signes.PREMIER
ETAPES = (candidatures, instruction, selection, accompagnement)
RELEVE_A = "07:00"


class Defaite(Exception):
    """The history is over: everything that it wrote is undone."""


@contextmanager
def parenthese() -> Iterator[None]:
    """What is written inside is undone at the end, the orders to the workers with it."""
    with suppress(Defaite), transaction.atomic():
        with sans_point_de_reprise():
            yield
        raise Defaite


def jouer(decor: Decor, relever: Callable[[int, Scene], None]) -> None:
    """Live the whole history; `relever(age, scene)` is called at each of the ages of the waves, while it stands."""
    fin = decor.jour
    fermeture = fin - timedelta(days=recits.FIN)
    with horloge.a(a_paris(fermeture) - timedelta(days=100)):
        scene = _dresser(decor, fin)
    chronologie = Chronologie(scene)
    for etape in ETAPES:
        etape.raconter(chronologie)
    _raconter_les_fins(chronologie)
    for age in AGES:
        instant = chronologie.le(recits.c(age), RELEVE_A)
        chronologie.prevoir(instant, f"relevé à {age} jours", lambda scene, age=age: relever(age, scene))
    for _ in chronologie.jouer():
        pass


def _dresser(decor: Decor, fin) -> Scene:
    """The wave, the places and the people of the history, under their signs."""
    fermeture = fin - timedelta(days=recits.FIN)
    vingt_ans = F("ouverture") - timedelta(days=7305), F("cloture") - timedelta(days=7305)
    decor.appel.vagues.update(
        ouverture=vingt_ans[0], cloture=vingt_ans[1]
    )  # the real waves stand aside meanwhile
    vague = creer_vague(
        decor.appel, signes.RANG_DE_VAGUE, f"vague {signes.mot(signes.COMMUN, Champ.VAGUE)}", fermeture
    )
    libelle_de_la_suite = f"vague {signes.mot(signes.COMMUN, Champ.SUITE)}"
    suite = creer_vague(decor.appel, signes.RANG_DE_SUITE, libelle_de_la_suite, fermeture + SUITE_APRES)
    Enveloppe.objects.bulk_create(Enveloppe(vague=vague, nature=n, plafond=PLAFOND) for n in NatureAide)
    for recit in recits.RECITS:
        _situer(recit.rang)
    gens = decor.gens | _gens(decor, a_paris(fermeture) - AVANT)
    return Scene(Calendrier(fin), decor.appel, {1: vague, 2: suite}, gens, decor.sieges, histoire.jeu())


def _situer(recit: int) -> None:
    """A region, a department and a commune that no map has."""
    region = Region.objects.create(code=signes.code_departement(recit), nom=signes.mot(recit, Champ.REGION))
    departement = Departement.objects.create(
        code=signes.code_departement(recit), nom=signes.mot(recit, Champ.DEPARTEMENT), region=region
    )
    Commune.objects.create(
        code=signes.code_commune(recit),
        nom=signes.mot(recit, Champ.COMMUNE),
        departement=departement,
        codes_postaux=[signes.code_postal(recit)],
        recherche=signes.mot(recit, Champ.COMMUNE).lower(),
    )


def _gens(decor: Decor, du) -> dict:
    """Everyone of the history, by address."""
    fiches = []
    for recit in recits.RECITS:
        roles = {
            Champ.PORTEUR: None,
            Champ.AGENT: Role.INSTRUCTEUR,
            Champ.EXPERT: Role.EXPERT,
            Champ.EXPERT_2: Role.EXPERT,
        }
        fiches += [(recits.personne(recit.rang, qui), role) for qui, role in roles.items()]
    for rang in range(4):
        fiches.append((recits.personne(signes.COMMUN + rang, Champ.EXPERT), Role.EXPERT))
    comptes = inscrire(
        [(_personne(fiche), fiche["courriel"], role) for fiche, role in fiches],
        du,
        decor.appel,
    )
    return {compte.email: compte for compte in comptes}


def _personne(fiche: dict) -> Personne:
    civilite = Civilite.MADAME if fiche["civilite"] == "Madame" else Civilite.MONSIEUR
    adresse = fiche["courriel"].removesuffix(f"@{DOMAINE}")
    return Personne(0, civilite, fiche["prenom"], fiche["nom"], adresse, fiche["telephone"])


# -- How it ends ---------------------------------------------------------------------------------------------------
def _raconter_les_fins(chronologie: Chronologie) -> None:
    """What the demonstration does not reach: a withdrawal, a path given up, an agreement settled, a dossier closed."""
    fiches = {fiche["cle"]: fiche for fiche in chronologie.scene.jeu["dossiers"]}
    fins = {
        "retire": [(12, retirer)],
        "abandonne": [(468, resilier), (470, abandonner)],
        "clos": [(830, solder), (985, rediger_la_cloture), (990, clore)],
        "audition": [(845, solder)],
        "sans_subvention": [(985, rediger_la_cloture), (990, clore)],
    }
    for recit in recits.RECITS:
        for jour, geste in fins.get(recit.sort, ()):
            quand = chronologie.le(recits.c(jour), "15:30")
            chronologie.prevoir(quand, f"{recit.cle}, {geste.__name__}", geste, fiches[recit.cle])


def retirer(scene: Scene, fiche: dict) -> None:
    """The porteur withdraws."""
    titulaire = candidatures.titulaire(scene, fiche)
    scene.dossier(fiche["cle"]).passer("retirer", par=titulaire, motif="Le bâtiment a été vendu.")


def _convention(scene: Scene, fiche: dict) -> Convention:
    return Convention.objects.get(dossier=scene.dossiers[fiche["cle"]])


def resilier(scene: Scene, fiche: dict) -> None:
    """The agreement ends before its term."""
    _convention(scene, fiche).passer(
        "resilier", par=scene.gens[RESPONSABLE], motif="La structure cesse son activité."
    )


def abandonner(scene: Scene, fiche: dict) -> None:
    """And the path with it."""
    dossier = scene.dossier(fiche["cle"])
    dossier.passer("abandonner", par=scene.gens[RESPONSABLE], motif="La structure cesse son activité.")


def solder(scene: Scene, fiche: dict) -> None:
    """Everything is paid."""
    _convention(scene, fiche).passer("solder", par=scene.gens[RESPONSABLE])


def rediger_la_cloture(scene: Scene, fiche: dict) -> None:
    """The report of the two years."""
    dossier = scene.dossier(fiche["cle"])
    BilanAccompagnement.rediger(
        dossier,
        par=instruction.instructeur(scene, fiche),
        avancement="Les machines sont en service et les surfaces sont ouvertes.",
        appreciation_porteur="Les jours d'expertise sont venus au bon moment.",
        appreciation_agence="Le projet a tenu son calendrier.",
        suites="Une visite est prévue dans un an.",
        atteints=[
            (indicateur, str(indicateur.cible), "registre du lieu")
            for indicateur in dossier.indicateurs.all()
        ],
    )


def clore(scene: Scene, fiche: dict) -> None:
    """The end."""
    scene.dossier(fiche["cle"]).passer("clore", par=scene.gens[RESPONSABLE])
