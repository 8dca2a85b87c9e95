"""Sixty complete dossiers deposited in the last ten seconds, on the real server with the embedded services."""

import pytest

from scripts.outils.banc.bases import Bases
from scripts.outils.banc.ruee import DEPOSANTS, Ruee, departs
from scripts.outils.embarques import Services

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("infra")]

A_L_HEURE = 0.1  # seconds between the last byte and the closing, for who is surely in time


@pytest.fixture(scope="module")
def ruee(tmp_path_factory):
    """Played once: services of its own, the demonstration, gunicorn as the image starts it."""
    donnees = tmp_path_factory.mktemp("ruee")
    services = Services(donnees, {})
    services.demarrer()
    try:
        bases = Bases(donnees, services.cluster, services.redis.url())
        bases.preparer([])
        jouee = Ruee(bases.pour_la_ruee(), donnees)
        jouee.bilan_rendu = jouee.mener()
        yield jouee
    finally:
        services.arreter(quoi_qu_il_en_soit=True)
        services.cluster.effacer()


def test_every_answer_is_a_success_or_a_clear_refusal_and_each_success_is_whole(ruee):
    """One frozen version, one receipt, one mail, five intact files; a refusal leaves the draft as it was."""
    assert list(ruee.perdus()) == []
    bilan = ruee.bilan_rendu
    assert (bilan["deposants"], bilan["perdus"], bilan["doubles"]) == (DEPOSANTS, 0, 0)
    assert bilan["reussis"] + bilan["refuses"] == DEPOSANTS
    assert bilan["reussis"] >= DEPOSANTS * 0.8 and bilan["refuses"] >= 2


def test_the_instant_at_which_the_body_was_received_decides_and_nothing_else(ruee):
    """Received in time, accepted, however late the answer; after the closing, refused; each receipt says when."""
    for deposant in ruee.deposants:
        constat = ruee.constats[deposant.numero]
        if deposant.envoye_le < ruee.cloture - A_L_HEURE:
            assert deposant.reussi, deposant
        if deposant.envoye_le >= ruee.cloture:
            assert deposant.refuse, deposant
        if deposant.reussi:
            assert deposant.parti_le - 0.05 <= constat["depose_le"] < ruee.cloture
            assert constat["depose_le"] <= deposant.parti_le + deposant.duree_ms / 1000
    tardifs = [d for d in ruee.deposants if d.reussi and d.parti_le + d.duree_ms / 1000 > ruee.cloture]
    assert tardifs, "aucune réponse n'est venue après la clôture : la règle n'a pas été mise à l'épreuve"


def test_a_body_begun_in_time_and_ended_late_is_late(ruee):
    """Half of it a second before, the rest after: refused."""
    lent = ruee.deposants[-1]
    assert lent.parti_le < ruee.cloture < lent.envoye_le
    assert lent.refuse


def test_they_leave_when_it_is_said():
    """Half together, a third at the last second, the others on either side of the closing."""
    instants = departs(DEPOSANTS)
    assert len(instants) == DEPOSANTS
    assert (instants.count(10.0), instants.count(1.0)) == (30, 20)
    assert min(instants) < 0 < instants[-6]
