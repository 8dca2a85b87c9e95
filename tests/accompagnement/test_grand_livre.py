"""The ledger of days: two entries a movement, balances never below zero, whoever writes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections, transaction
from django.db.models import Sum

from accompagnement.models import (
    CompteJours,
    CreditInsuffisant,
    CreditJours,
    EcritureJours,
    Journee,
    Mission,
    Poste,
)
from accompagnement.tasks import eteindre_les_credits
from manufactures import horloge
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db
ENSEMBLE = 25  # connections that write at the same time


def noter(gens, mission, creneau="JOURNEE") -> Journee:
    return Journee.noter(
        mission,
        par=gens.expert,
        date=horloge.aujourd_hui(),
        creneau=creneau,
        lieu="SUR_PLACE",
        texte="Atelier",
    )


def soldes(theme=None) -> dict[str, Decimal]:
    """Balances by place, of one theme or of all, zeros left out."""
    comptes = CompteJours.objects.filter(theme=theme) if theme else CompteJours.objects.all()
    return {p: s for p, s in comptes.values_list("poste").annotate(s=Sum("solde")).order_by("poste") if s}


def test_each_deed_moves_days_from_one_account_to_another(gens, mission, invariants_verifies):
    une, deux = noter(gens, mission, "MATIN"), noter(gens, mission, "APRES_MIDI")
    theme = mission.theme
    assert soldes() == {
        "OUVERT": Decimal(-15),
        "DISPONIBLE": Decimal(12),
        "RESERVE": Decimal(2),
        "NOTE": Decimal(1),
    }

    une.confirmer(par=gens.porteur)
    deux.contester(par=gens.porteur, motif="Une demi-journée seulement.")
    assert soldes(theme) == {
        "OUVERT": Decimal(-6),
        "DISPONIBLE": Decimal(3),
        "RESERVE": Decimal(2),
        "NOTE": Decimal("0.5"),
        "CONSOMME": Decimal("0.5"),
    }

    deux.trancher(par=gens.responsable, retenue=False, motif="Séance annulée.")
    # Given back by a counter-entry: both movements of the day stay written.
    assert list(deux.ecritures.values_list("poste", "jours")) == [
        ("RESERVE", Decimal("-0.5")),
        ("NOTE", Decimal("0.5")),
        ("NOTE", Decimal("-0.5")),
        ("RESERVE", Decimal("0.5")),
    ]

    mission.passer("terminer", par=gens.expert)
    mission.passer("attester", par=gens.porteur)
    mission.passer("certifier", par=gens.responsable)
    assert soldes() == {
        "OUVERT": Decimal(-15),
        "DISPONIBLE": Decimal("14.5"),
        "CONSOMME": Decimal("0.5"),
    }
    assert EcritureJours.objects.aggregate(s=Sum("jours"))["s"] == 0


def test_what_is_left_lapses_at_the_end_and_orders_nothing_more(gens, projet, credit, invariants_verifies):
    mission = f.mission(gens, projet, jours="2.0")
    assert eteindre_les_credits() == 0
    with horloge.a(horloge.maintenant() + timedelta(days=740)):
        assert eteindre_les_credits() == 1
        assert eteindre_les_credits() == 0

    credit.refresh_from_db()
    assert (credit.caducs, credit.commandes, credit.disponibles) == (Decimal(13), Decimal(2), 0)
    with pytest.raises(CreditInsuffisant, match="Il reste 0.jour sur ce crédit"):
        f.mission(gens, projet, jours="0.5")
    noter(gens, mission).confirmer(par=gens.porteur)
    for etape, qui in (("terminer", "expert"), ("attester", "porteur"), ("certifier", "responsable")):
        mission.passer(etape, par=getattr(gens, qui))
    # The day that the mission did not use lapses with the rest.
    assert soldes() == {"OUVERT": Decimal(-15), "CONSOMME": Decimal(1), "CADUC": Decimal(14)}


def test_nobody_writes_the_ledger_by_hand(gens, mission):
    noter(gens, mission)
    credit, avant = CreditJours.objects.get(), (soldes(), EcritureJours.objects.count())
    theme = mission.theme
    autre = f.themes()[1]
    for geste in (
        lambda: EcritureJours.objects.create(
            mouvement=1, credit=credit, theme=theme, poste=Poste.DISPONIBLE, jours=5, le=horloge.maintenant()
        ),
        lambda: EcritureJours.objects.update(jours=Decimal(9)),
        lambda: EcritureJours.objects.all()._raw_delete("default"),
        lambda: CompteJours.objects.filter(poste=Poste.DISPONIBLE).update(solde=Decimal(40)),
        lambda: CompteJours.objects.create(credit=credit, theme=theme, poste=Poste.CADUC, solde=Decimal(1)),
        lambda: CompteJours.objects.all()._raw_delete("default"),
        lambda: CreditJours.objects.update(consommes=Decimal("0.5")),
        lambda: CreditJours.objects.update(caducs=Decimal("0.5")),
        lambda: Mission.objects.update(theme=autre),
        # An order past its theme, typed by hand: the account of the theme refuses it.
        lambda: Mission.objects.update(jours_commandes=Decimal("6.5")),
        lambda: projet_sans_besoin(mission),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            geste()

    assert (soldes(), EcritureJours.objects.count()) == avant


def projet_sans_besoin(mission):
    """Take away the need that an order has already used."""
    mission.dossier.besoins.filter(theme=mission.theme).delete()


# -- A hundred at once -------------------------------------------------------------------------------------------
@pytest.fixture
def dix_jours(transactional_db):
    """A mission of ten days on a credit of ten days, begun a hundred and twenty days ago."""
    gens = f.distribution()
    projet = f.laureat(gens, etat="EN_ACCOMPAGNEMENT")
    f.attribution(gens, projet, jours=Decimal("10.0"))
    debut = horloge.aujourd_hui() - timedelta(days=120)
    theme = f.themes()[0]
    CreditJours.ouvrir(projet, par=gens.responsable, besoins=[(theme, "10.0", "")], debut=debut)
    mission = Mission.proposer(
        projet,
        par=gens.agent,
        theme=theme,
        expert=gens.expert,
        objet="Statuts",
        jours=Decimal(10),
        debut=debut,
        fin=horloge.aujourd_hui(),
    )
    mission.agreer(par=gens.porteur)
    mission.passer("accepter", par=gens.expert)
    mission.passer("commander", par=gens.responsable)
    return gens, mission


def par_le_modele(gens, mission, rang) -> str:
    """The deed: what it refuses, it says with the days left."""
    try:
        Journee.noter(
            mission,
            par=gens.expert,
            date=mission.debut + timedelta(days=rang),
            creneau="JOURNEE",
            lieu="DISTANCE",
            texte="X",
        )
    except CreditInsuffisant as refus:
        return str(refus)
    return ""


def par_le_sql(gens, mission, rang) -> str:
    """The row, typed by hand."""
    try:
        with connection.cursor() as curseur:
            curseur.execute(
                "INSERT INTO accompagnement_journee (mission_id, expert_id, date, creneau, duree, lieu, texte, etat,"
                " saisie_le, motif_contestation, motif_ecart)"
                " VALUES (%s, %s, %s, 'JOURNEE', 1.0, 'DISTANCE', 'X', 'A_CONFIRMER', now(), '', '')",
                [mission.pk, gens.expert.pk, mission.debut + timedelta(days=rang)],
            )
    except IntegrityError as refus:
        return str(refus)
    return ""


@pytest.mark.parametrize(
    ("ecrire", "phrase"),
    [(par_le_modele, "Il reste 0\u00a0jour"), (par_le_sql, "Plus de jours que la commande")],
)
def test_a_hundred_logs_at_once_on_ten_days_count_ten(dix_jours, ecrire, phrase):
    gens, mission = dix_jours
    depart = threading.Barrier(ENSEMBLE)

    def tenter(rang):
        if rang < ENSEMBLE:
            depart.wait(timeout=20)
        try:
            while True:
                try:
                    return ecrire(gens, mission, rang)
                except OperationalError:  # the queue was longer than the patience of a lock: one tries again
                    continue
        finally:
            connections.close_all()

    with ThreadPoolExecutor(ENSEMBLE) as ensemble:
        issues = list(ensemble.map(tenter, range(100)))

    assert issues.count("") == 10
    assert all(phrase in issue for issue in issues if issue)
    assert Journee.objects.count() == 10
    assert soldes() == {"OUVERT": Decimal(-10), "NOTE": Decimal(10)}
