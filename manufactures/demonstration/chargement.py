"""Loads the demonstration: the call, the people, then every deed in the order of time. All or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from manufactures import horloge
from manufactures.accueil.tasks import editer_les_cahiers
from manufactures.actes.models import Acte
from manufactures.demonstration import accompagnement, candidatures, instruction, questions, selection
from manufactures.demonstration.chronologie import Chronologie, Scene
from manufactures.demonstration.jeu import Calendrier, lire_appel
from manufactures.demonstration.personnes import asseoir_le_comite, creer_personnes
from manufactures.demonstration.programme import charger_geographie, creer_appel, creer_vagues, debut
from manufactures.programme.models import Appel
from manufactures.taches import reveiller

PART_VERIFIEE = 10  # from the day of loading on: what was told before it was not drawn by lot
VERROU = "chargement de la démonstration"
ETAPES = (candidatures, questions, instruction, selection, accompagnement)


def est_chargee() -> bool:
    """The demonstration's call is there: it was loaded whole, for it is loaded in one transaction."""
    return Appel.objects.filter(slug=lire_appel()["appel"]["code"]).exists()


@contextmanager
def sans_point_de_reprise() -> Iterator[None]:
    """No savepoint inside the one transaction: nothing is taken up again midway, and half the statements are spared."""
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        connection.features.uses_savepoints = True


def charger(suivre: Callable[[int, int, str], None] = lambda fait, total, recit: None) -> dict | None:
    """Load everything, unless it is already there (then None); `suivre(done, total, deed)` follows the progress.

    Raises ImproperlyConfigured outside DEMO=1 and the tests, RuntimeError naming the deed that the procedure refused:
    then nothing was written.
    """
    if not (settings.DEMO or settings.EN_TEST):
        raise ImproperlyConfigured("La démonstration ne se charge qu'avec DEMO=1.")
    with transaction.atomic(), sans_point_de_reprise():
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [VERROU])
        if est_chargee():
            return None
        suivre(0, 1, "code officiel géographique")
        charger_geographie()
        scene = dresser()
        chronologie = Chronologie(scene)
        for etape in ETAPES:
            etape.raconter(chronologie)
        total = len(chronologie.evenements)
        for fait, evenement in enumerate(chronologie.jouer(), 1):
            suivre(fait, total, evenement.recit)
        scene.appel.part_verifiee = PART_VERIFIEE
        scene.appel.save(update_fields=["part_verifiee"])
        compter_les_lignes()
        reveiller(editer_les_cahiers)
        return {"dossiers": len(scene.dossiers), "gestes": total, "actes": Acte.objects.count()}


def compter_les_lignes() -> None:
    """Tell the planner what was loaded, or the first pages are planned as if nothing had been.

    Only our own tables: those of the cluster are shared between databases, and their locks last as long as ours.
    """
    with connection.cursor() as curseur:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        curseur.execute("ANALYZE " + ", ".join(map(connection.ops.quote_name, tables)))


def dresser() -> Scene:
    """Everything that exists before the first wave opens, dated of that day."""
    calendrier = Calendrier(horloge.aujourd_hui())
    with horloge.a(debut(calendrier)):
        appel = creer_appel()
        vagues = creer_vagues(appel, calendrier)
        gens = creer_personnes(appel, calendrier)
        sieges = asseoir_le_comite(appel, gens, calendrier)
    return Scene(calendrier, appel, vagues, gens, sieges)
