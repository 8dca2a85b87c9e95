"""The secret ballot: one voice each, totals at the closing only, and nothing that could join a voter and a vote."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections

from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.models import Avis, Bulletin, Choix, Emargement, EtatScrutin, Mode, Scrutin
from tests.factories.selection import Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]


@pytest.fixture
def salle():
    return Salle().ouvrir()


def bulletins(scrutin) -> int:
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM selection_bulletin WHERE scrutin_id = %s", [scrutin.pk])
        return curseur.fetchone()[0]


def xmins(scrutin) -> set[str]:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT xmin::text FROM selection_emargement WHERE scrutin_id = %(s)s "
            "UNION ALL SELECT xmin::text FROM selection_bulletin WHERE scrutin_id = %(s)s",
            {"s": scrutin.pk},
        )
        return {ligne[0] for ligne in curseur.fetchall()}


def test_totals_are_those_of_the_papers(salle):
    scrutin = salle.voter(salle.ouvrir_scrutin(), pour=5, contre=2, abstentions=1, blancs=1)
    assert (scrutin.pour, scrutin.contre, scrutin.abstentions, scrutin.blancs, scrutin.votants) == (
        5,
        2,
        1,
        1,
        9,
    )
    assert scrutin.majorite == 5
    assert scrutin.adopte


def test_no_total_before_the_closing(salle):
    scrutin = salle.ouvrir_scrutin()
    scrutin.voter(Choix.POUR, par=salle.president.user)
    scrutin.refresh_from_db()
    assert (scrutin.pour, scrutin.contre, scrutin.votants) == (None, None, None)
    assert Emargement.objects.visibles_par(salle.responsable).count() == 0


def test_an_abstention_weighs_like_a_no(salle):
    scrutin = salle.voter(salle.ouvrir_scrutin(), pour=4, contre=0, abstentions=5)
    assert not scrutin.adopte


def test_one_xmin_per_ballot_after_separate_votes(salle):
    scrutin = salle.ouvrir_scrutin()
    for membre in salle.membres[:6]:
        scrutin.voter(Choix.POUR, par=membre.user)
        assert len(xmins(scrutin)) == 1


def test_twice_is_refused_and_changes_nothing(salle):
    scrutin = salle.ouvrir_scrutin()
    scrutin.voter(Choix.POUR, par=salle.membres[1].user)
    with pytest.raises(TransitionInterdite, match="dans l'urne"):
        scrutin.voter(Choix.CONTRE, par=salle.membres[1].user)
    assert (scrutin.emargements.count(), bulletins(scrutin)) == (1, 1)


def test_late_is_refused(salle):
    scrutin = salle.voter(salle.ouvrir_scrutin(), pour=5)
    with pytest.raises(TransitionInterdite, match="pas ouvert"):
        scrutin.voter(Choix.CONTRE, par=salle.membres[8].user)
    assert bulletins(scrutin) == 5


def test_out_of_the_roll_is_refused(salle):
    scrutin = salle.ouvrir_scrutin()
    with pytest.raises(TransitionInterdite, match="liste des votants"):
        scrutin.voter(Choix.POUR, par=salle.responsable)
    assert bulletins(scrutin) == 0


def test_a_suspended_ballot_takes_no_paper_and_resumes(salle):
    scrutin = salle.ouvrir_scrutin()
    scrutin.suspendre(par=salle.president.user)
    with pytest.raises(TransitionInterdite, match="pas ouvert"):
        scrutin.voter(Choix.POUR, par=salle.membres[1].user)
    scrutin.reprendre(par=salle.president.user)
    scrutin.voter(Choix.POUR, par=salle.membres[1].user)


def test_under_the_quorum_the_urn_is_not_read(salle):
    scrutin = salle.ouvrir_scrutin()
    for membre in salle.membres[:4]:
        scrutin.voter(Choix.POUR, par=membre.user)
    with pytest.raises(TransitionInterdite, match="quorum"):
        scrutin.clore(par=salle.president.user)
    scrutin.refresh_from_db()
    assert scrutin.etat == EtatScrutin.OUVERT
    assert scrutin.pour is None


def test_an_annulled_ballot_is_emptied_unread(salle):
    scrutin = salle.ouvrir_scrutin()
    scrutin.voter(Choix.POUR, par=salle.membres[1].user)
    scrutin.annuler(par=salle.president.user, motif="Le quorum est perdu.")
    assert scrutin.etat == EtatScrutin.ANNULE
    assert (scrutin.emargements.count(), bulletins(scrutin)) == (0, 0)
    assert salle.ouvrir_scrutin().tour == 1


@pytest.mark.parametrize("geste", ["suspendre", "clore"])
def test_only_the_chair_conducts(salle, geste):
    scrutin = salle.ouvrir_scrutin()
    for autre in (salle.responsable, salle.membres[1].user):
        with pytest.raises(GesteInterdit):
            getattr(scrutin, geste)(par=autre)
        with pytest.raises(GesteInterdit):
            Scrutin.ouvrir(salle.point, "AJOURNEMENT", par=autre)


def test_nobody_queries_the_papers(salle):
    salle.voter(salle.ouvrir_scrutin(), pour=9)
    for requete in ("all", "count", "first"):
        with pytest.raises(PermissionDenied):
            getattr(Bulletin.objects, requete)()


def test_the_journal_knows_neither_voter_nor_choice(salle):
    scrutin = salle.voter(salle.ouvrir_scrutin(), pour=6, contre=3)
    depots = Entree.objects.filter(fil=salle.seance.fil, action="bulletin_depose")
    assert depots.count() == 9
    assert all(d.acteur is None and d.faits == {"scrutin": scrutin.pk} for d in depots)
    cloture = Entree.objects.get(fil=salle.seance.fil, action="clore_scrutin")
    assert len(cloture.faits["emargements"]) == 9


def test_a_proxy_is_a_second_voice():
    salle = Salle().convoquer().declarer()
    donneur, porteur = salle.membres[8], salle.membres[1]
    salle.pointer(donneur)
    salle.seance.pointer(donneur, Mode.REPRESENTE, mandataire=porteur, par=salle.responsable)
    salle.seance.ouvrir(par=salle.president.user)
    scrutin = salle.ouvrir_scrutin()
    scrutin.voter(Choix.POUR, par=porteur.user)
    scrutin.voter(Choix.CONTRE, par=porteur.user, pour=donneur)
    assert scrutin.emargements.count() == 2
    with pytest.raises(TransitionInterdite):
        scrutin.voter(Choix.POUR, par=donneur.user)


def test_a_remote_member_has_no_secret_voice():
    salle = Salle(a_distance=True).convoquer().declarer().pointer()
    lointain = salle.membres[3]
    salle.seance.pointer(lointain, Mode.A_DISTANCE, par=salle.responsable)
    salle.seance.ouvrir(par=salle.president.user)
    voix, phrases = Scrutin.voix_admises(salle.point, secret=True)
    assert lointain.pk not in voix
    assert len(phrases) == 1
    assert lointain.pk in Scrutin.voix_admises(salle.point, secret=False)[0]


def test_a_tie_in_secret_asks_for_a_second_round():
    salle = Salle(effectif=8).ouvrir()
    scrutin = salle.voter(salle.ouvrir_scrutin(), pour=4, contre=4)
    assert scrutin.partage
    with pytest.raises(TransitionInterdite, match="second tour"):
        scrutin.departager("POUR", par=salle.president.user)
    second = salle.voter(salle.ouvrir_scrutin(), pour=4, contre=4)
    assert second.tour == 2
    with pytest.raises(TransitionInterdite, match="déjà voté"):
        salle.ouvrir_scrutin()
    assert Avis.sens_possibles(salle.point) == ["DEFAVORABLE"]


def test_a_tie_by_show_of_hands_is_the_chairs():
    salle = Salle(effectif=8, secret=False).ouvrir()
    scrutin = salle.voter(salle.ouvrir_scrutin(), pour=4, contre=4)
    scrutin.departager("POUR", par=salle.president.user)
    assert scrutin.adopte


def test_under_five_voters_the_chair_is_warned_not_blocked():
    salle = Salle(effectif=4).ouvrir()
    with pytest.raises(TransitionInterdite, match="révéler"):
        salle.ouvrir_scrutin()
    assert salle.ouvrir_scrutin(malgre_petit_nombre=True).electeurs.count() == 4


def test_a_late_recusal_strikes_the_voice_or_annuls_the_ballot(salle):
    scrutin = salle.ouvrir_scrutin()
    salle.deporter(salle.membres[8])
    assert scrutin.electeurs.count() == 8
    scrutin.voter(Choix.POUR, par=salle.membres[7].user)
    salle.deporter(salle.membres[7])
    scrutin.refresh_from_db()
    assert scrutin.etat == EtatScrutin.ANNULE
    assert bulletins(scrutin) == 0


def test_adjournment_is_put_only_after_a_lost_vote(salle):
    with pytest.raises(TransitionInterdite):
        salle.ouvrir_scrutin("AJOURNEMENT")
    salle.voter(salle.ouvrir_scrutin(), pour=2, contre=7)
    salle.voter(salle.ouvrir_scrutin("AJOURNEMENT"), pour=8, contre=1)
    avis = Avis.rendre(
        salle.point, "AJOURNEMENT", par=salle.president.user, motifs="Le local n'est pas identifié."
    )
    assert avis.adjectif == "d'ajournement"
    assert avis.scrutin.question == "AJOURNEMENT"


@pytest.mark.parametrize("sens", ["FAVORABLE", "AJOURNEMENT"])
def test_an_opinion_says_what_the_vote_said(salle, sens):
    salle.voter(salle.ouvrir_scrutin(), pour=1, contre=8)
    with pytest.raises(TransitionInterdite):
        Avis.rendre(salle.point, sens, par=salle.president.user, motifs="Contre le vote.")
    assert not salle.point.dossier.avis_rendus.exists()


@pytest.mark.django_db(transaction=True)
def test_twelve_threads_one_ballot_each():
    salle = Salle(effectif=6).ouvrir()
    scrutin = salle.ouvrir_scrutin()
    depart, refus = threading.Barrier(12), []

    def tenter(membre):
        depart.wait()
        try:
            scrutin.voter(Choix.POUR, par=membre.user)
        except TransitionInterdite as phrase:
            refus.append(str(phrase))
        finally:
            connections.close_all()

    fils = [threading.Thread(target=tenter, args=(m,)) for m in salle.membres for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(refus) == 6
    assert (scrutin.emargements.count(), bulletins(scrutin)) == (6, 6)
    assert len(xmins(scrutin)) == 1
