"""Sittings: agenda, summons, presence, quorum, first-sitting results, hearings, minutes."""

import re
from datetime import timedelta

import pytest

from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.actes.rendu import texte
from manufactures.courrier.models import Message
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.models import Audition, Avis, Deport, EtatSeance, Mode, Seance, TypeSeance
from tests.factories.comptes import UserFactory
from tests.factories.selection import Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]


def test_the_agenda_takes_a_dossier_to_the_committee():
    salle = Salle().inscrire()
    salle.dossiers[0].refresh_from_db()
    assert salle.dossiers[0].etat == Etat.EN_COMITE
    with pytest.raises(TransitionInterdite, match="déjà"):
        salle.seance.inscrire(salle.dossiers[0], par=salle.responsable)


def test_the_bare_transition_needs_an_agenda():
    salle = Salle()
    with pytest.raises(TransitionInterdite, match="ordre du jour"):
        salle.dossiers[0].passer("inscrire", par=salle.responsable)
    salle.dossiers[0].refresh_from_db()
    assert salle.dossiers[0].etat == Etat.RECEVABLE


def test_only_a_responsable_prepares_a_sitting():
    salle = Salle()
    with pytest.raises(GesteInterdit):
        Seance.prevoir(
            vague=salle.vague,
            type=TypeSeance.SELECTION,
            debut=horloge.maintenant(),
            lieu="à Paris",
            par=UserFactory(),
        )
    assert Seance.objects.count() == 1


def test_the_summons_is_an_act_and_two_messages_each():
    salle = Salle(dossiers=2).convoquer()
    assert salle.seance.etat == EtatSeance.CONVOQUEE
    assert salle.seance.composition == 9
    assert Acte.objects.filter(genre="convocation_membre", fil=salle.seance.fil).count() == 9
    for cle in ("seance_convocation", "declaration_interets"):
        assert Message.objects.filter(cle=cle).count() == 9


def test_under_five_days_the_urgency_is_written():
    salle = Salle().inscrire()
    with pytest.raises(TransitionInterdite, match="5 jours"):
        salle.seance.convoquer(par=salle.responsable)
    salle.seance.refresh_from_db()
    assert salle.seance.etat == EtatSeance.PREVUE
    assert not Acte.objects.filter(genre="convocation_membre").exists()


def test_an_agenda_is_fixed_by_the_summons():
    salle = Salle(dossiers=2)
    salle.seance.inscrire(salle.dossiers[0], par=salle.responsable)
    salle.seance.convoquer(par=salle.responsable, motif_urgence="Séance de ce jour")
    with pytest.raises(TransitionInterdite, match="convoquée"):
        salle.seance.inscrire(salle.dossiers[1], par=salle.responsable)


def test_without_quorum_the_sitting_does_not_open():
    salle = Salle().convoquer().declarer()
    salle.pointer(*salle.membres[4:])
    with pytest.raises(TransitionInterdite, match="4 présents ou représentés sur 9, il en faut 5"):
        salle.seance.ouvrir(par=salle.president.user)
    salle.seance.pointer(salle.membres[4], Mode.SUR_PLACE, par=salle.membres[4].user)
    salle.seance.ouvrir(par=salle.president.user)
    assert salle.seance.etat == EtatSeance.OUVERTE


def test_not_before_its_day():
    salle = Salle()
    Seance.objects.filter(pk=salle.seance.pk).update(debut=horloge.maintenant() + timedelta(days=9))
    salle.seance.refresh_from_db()
    salle.convoquer().declarer().pointer()
    with pytest.raises(TransitionInterdite, match="avant ce jour"):
        salle.seance.ouvrir(par=salle.president.user)


def test_one_proxy_a_holder_and_only_for_oneself():
    salle = Salle().convoquer()
    porteur = salle.membres[1]
    salle.seance.pointer(salle.membres[7], Mode.REPRESENTE, mandataire=porteur, par=salle.responsable)
    with pytest.raises(TransitionInterdite, match="un seul par personne"):
        salle.seance.pointer(salle.membres[8], Mode.REPRESENTE, mandataire=porteur, par=salle.responsable)
    with pytest.raises(GesteInterdit):
        salle.seance.pointer(salle.membres[2], Mode.SUR_PLACE, par=salle.membres[3].user)
    assert salle.seance.presences.count() == 1


def test_a_second_sitting_needs_no_quorum():
    salle = Salle().convoquer().declarer()
    with horloge.a(salle.seance.debut + timedelta(minutes=30)):
        seconde = salle.seance.reconvoquer(
            horloge.maintenant() + timedelta(minutes=10), par=salle.responsable
        )
        seconde.convoquer(par=salle.responsable, motif_urgence="Quorum non atteint")
    with horloge.a(seconde.debut):  # its own day, were the first one a little before midnight
        seconde.pointer(salle.president, Mode.SUR_PLACE, par=salle.responsable)
        seconde.ouvrir(par=salle.president.user)
    assert seconde.etat == EtatSeance.OUVERTE
    assert seconde.quorum == 1
    acte = Acte.objects.filter(genre="convocation_membre", fil=seconde.fil).first()
    assert acte.instantane["seconde"] is True


def test_a_first_sitting_hears_or_keeps():
    salle = Salle(type_=TypeSeance.PRE_SELECTION, dossiers=2).ouvrir()
    salle.point.conclure("A_AUDITIONNER", par=salle.responsable, notes="Préciser les prix.")
    salle.point.conclure("DELIBERATION", par=salle.responsable)
    salle.clore()
    dossiers = salle.seance.pv.instantane["dossiers"]
    assert [d["avis"] for d in dossiers] == ["à auditionner", "retenu pour la délibération"]
    assert all(d["votants"] is None for d in dossiers)


def test_a_hearing_is_summoned_confirmed_written_up():
    salle = Salle(type_=TypeSeance.PRE_SELECTION).ouvrir()
    salle.point.conclure("A_AUDITIONNER", par=salle.responsable)
    dossier = salle.dossiers[0]
    audition = Audition.prevoir(
        dossier,
        par=salle.responsable,
        debut=horloge.maintenant() + timedelta(days=6),
        lieu="20 avenue de Ségur",
    )
    dossier.refresh_from_db()
    assert dossier.etat == Etat.A_AUDITIONNER
    acte = dossier.actes.get(genre="convocation_audition")
    assert acte.instantane["audition"]["duree_echange"] == 20
    assert Message.objects.filter(cle="audition_convocation", destinataire=dossier.titulaire).count() == 1
    with pytest.raises(TransitionInterdite):
        audition.confirmer("Awa Diallo, gérante", par=salle.membres[1].user)
    audition.confirmer("Awa Diallo, gérante", par=dossier.titulaire)
    with pytest.raises(TransitionInterdite, match="pas encore eu lieu"):
        audition.consigner("Rien.", par=salle.responsable)
    with horloge.a(audition.fin):
        audition.consigner("Le porteur a présenté le cahier de réservation.", par=salle.responsable)
    assert audition.tenue is True


def test_no_vote_before_the_awaited_hearing():
    salle = Salle(type_=TypeSeance.PRE_SELECTION).ouvrir()
    Audition.prevoir(
        salle.dossiers[0],
        par=salle.responsable,
        debut=horloge.maintenant() + timedelta(days=6),
        lieu="à Paris",
    )
    with pytest.raises(TransitionInterdite, match="audition"):
        salle.ouvrir_scrutin()


def test_a_sitting_closes_once_every_item_has_a_result():
    salle = Salle(dossiers=2).ouvrir()
    salle.avis_favorable()
    with pytest.raises(TransitionInterdite, match="2"):
        salle.clore()
    salle.point.reporter("Le bail n'est pas signé.", par=salle.responsable)
    salle.clore()
    assert salle.seance.etat == EtatSeance.CLOSE


def test_the_minutes_say_what_was_recorded():
    salle = Salle(dossiers=2).convoquer().declarer()
    salle.pointer(salle.membres[8])
    salle.seance.pointer(
        salle.membres[8], Mode.REPRESENTE, mandataire=salle.membres[1], par=salle.responsable
    )
    salle.seance.ouvrir(par=salle.president.user)
    salle.seance.prendre_note("Deux candidatures examinées.", par=salle.responsable)
    salle.avis_favorable()
    salle.deporter(salle.membres[2], salle.dossiers[1], motif="Son réseau est partenaire du projet.")
    salle.point.constater_sortie(salle.membres[2], par=salle.responsable)
    salle.voter(salle.ouvrir_scrutin(), pour=2, contre=6)
    salle.voter(salle.ouvrir_scrutin("AJOURNEMENT"), pour=7, contre=1)
    Avis.rendre(salle.point, "AJOURNEMENT", par=salle.president.user, motifs="Le local n'est pas identifié.")
    salle.clore()
    pv = salle.seance.pv.instantane
    assert (pv["composition"], pv["presents"], pv["representes"], pv["quorum"]) == (9, 8, 1, 5)
    assert (pv["n_favorables"], pv["n_ajournements"], pv["n_defavorables"]) == (1, 1, 0)
    premier, second = pv["dossiers"]
    assert (premier["votants"], premier["pour"], premier["majorite"], premier["avis"]) == (
        9,
        9,
        5,
        "favorable",
    )
    assert (second["votants"], second["pour"], second["contre"]) == (8, 7, 1)
    assert second["deports"][0]["nom"] == salle.membres[2].user.nom_complet
    assert second["deports"][0]["raison"] == "son réseau est partenaire du projet"
    assert "2 voix pour" in second["motifs"]
    assert pv["dossier"] is None
    assert Acte.objects.filter(genre="pv_selection", fil=salle.seance.fil).count() == 1


def test_a_recused_member_in_the_room_holds_the_ballot_back():
    salle = Salle().convoquer().declarer()
    salle.deporter(salle.membres[2])
    salle.pointer()
    salle.seance.ouvrir(par=salle.president.user)
    with pytest.raises(TransitionInterdite, match="sortie"):
        salle.ouvrir_scrutin()
    salle.point.constater_sortie(salle.membres[2], par=salle.responsable)
    scrutin = salle.ouvrir_scrutin()
    assert scrutin.electeurs.count() == 8
    assert not scrutin.electeurs.filter(membre=salle.membres[2]).exists()


def test_recusals_can_cost_the_quorum_of_an_item():
    salle = Salle().convoquer().declarer()
    salle.pointer(*salle.membres[5:])
    salle.seance.ouvrir(par=salle.president.user)
    salle.deporter(salle.membres[4])
    with pytest.raises(TransitionInterdite, match="Quorum perdu"):
        salle.ouvrir_scrutin()


def test_who_has_not_declared_does_not_vote():
    salle = Salle().convoquer()
    salle.declarer(salle.membres[8]).pointer()
    salle.seance.ouvrir(par=salle.president.user)
    assert salle.ouvrir_scrutin().electeurs.count() == 8


def test_a_recusal_by_another_says_why():
    salle = Salle().convoquer().declarer()
    with pytest.raises(TransitionInterdite, match="motif"):
        Deport.declarer_pour(salle.membres[3], salle.dossiers[0], motif=" ", par=salle.responsable)
    with pytest.raises(GesteInterdit):
        Deport.declarer_pour(salle.membres[3], salle.dossiers[0], motif="Parenté.", par=salle.membres[1].user)
    Deport.declarer_pour(salle.membres[3], salle.dossiers[0], motif="Parenté.", par=salle.president.user)
    assert Deport.objects.actifs().count() == 1


def test_whoever_takes_part_in_a_dossier_does_not_sit_on_it():
    salle = Salle()
    membre, dossier = salle.membres[4], salle.dossiers[0]
    dossier.membres.create(user=membre.user, droit="LECTEUR")
    salle.convoquer()
    assert Deport.objects.actifs().filter(membre=membre, dossier=dossier, source="AUTOMATIQUE").exists()
    salle.deporter(membre).declarer(membre).pointer()
    salle.seance.ouvrir(par=salle.president.user)
    salle.point.constater_sortie(membre, par=salle.responsable)
    assert not salle.ouvrir_scrutin().electeurs.filter(membre=membre).exists()


# -- Pauses, ties, minutes that are signed -------------------------------------------------------------------------
def test_a_suspended_sitting_does_nothing_and_stops_its_ballot():
    salle = Salle().ouvrir()
    scrutin, chaire = salle.ouvrir_scrutin(), salle.president.user
    with pytest.raises(TransitionInterdite, match="pourquoi"):
        salle.seance.suspendre(" ", par=chaire)
    with pytest.raises(GesteInterdit):
        salle.seance.suspendre("Pause", par=salle.responsable)
    salle.seance.suspendre("Pause", par=chaire)
    scrutin.refresh_from_db()
    assert scrutin.etat == "SUSPENDU"
    for geste in (
        lambda: scrutin.voter("POUR", par=salle.membres[1].user),
        lambda: scrutin.reprendre(par=chaire),
        salle.ouvrir_scrutin,
        lambda: salle.point.reporter("Trop tard.", par=salle.responsable),
        lambda: salle.seance.suspendre("Encore", par=chaire),
        salle.clore,
    ):
        with pytest.raises(TransitionInterdite):
            geste()
    salle.seance.pointer(salle.membres[8], Mode.ABSENT, par=salle.responsable)  # people come and go meanwhile
    salle.seance.reprendre(par=chaire)
    scrutin.reprendre(par=chaire)
    salle.voter(scrutin, pour=8)
    assert scrutin.adopte


def test_whoever_has_left_does_not_vote_and_leaves_a_proxy_that_counts():
    salle = Salle().ouvrir()
    partant, porteur = salle.membres[8], salle.membres[1]
    scrutin = salle.ouvrir_scrutin()
    salle.seance.pointer(partant, Mode.REPRESENTE, mandataire=porteur, par=salle.responsable)
    with pytest.raises(TransitionInterdite, match="noté absent"):
        scrutin.voter("POUR", par=partant.user)
    assert scrutin.emargements.count() == 0
    scrutin.annuler(par=salle.president.user, motif="Un membre part.")
    assert salle.seance.compte(salle.dossiers[0]).mandats == {partant.pk: porteur.pk}
    assert salle.ouvrir_scrutin().electeurs.filter(membre=partant, vote_par=porteur).exists()


def test_a_tie_waits_for_its_second_round_or_its_casting_vote():
    salle = Salle(effectif=8).ouvrir()
    salle.voter(salle.ouvrir_scrutin(), pour=4, contre=4)
    assert Avis.sens_possibles(salle.point) == []
    with pytest.raises(TransitionInterdite, match="n'est pas adopté"):
        salle.ouvrir_scrutin("AJOURNEMENT")
    main_levee = salle.voter(salle.ouvrir_scrutin(secret=False), pour=4, contre=4)
    assert Avis.sens_possibles(salle.point) == []
    main_levee.departager("CONTRE", par=salle.president.user)
    assert Avis.sens_possibles(salle.point) == ["DEFAVORABLE"]


def test_the_minutes_tell_pauses_colleges_debates_and_the_ballots_that_decided_nothing():
    salle = Salle().ouvrir()
    chaire = salle.president.user
    salle.seance.suspendre("Pause de midi", par=chaire)
    salle.seance.reprendre(par=chaire)
    salle.point.prendre_note("La mutualisation a été longuement discutée", par=salle.responsable)
    scrutin = salle.ouvrir_scrutin()
    scrutin.voter("POUR", par=salle.membres[1].user)
    scrutin.annuler(par=chaire, motif="La question était mal posée")
    salle.voter(salle.ouvrir_scrutin(), pour=4, contre=4, abstentions=1)
    salle.voter(salle.ouvrir_scrutin(), pour=6, contre=3)
    Avis.rendre(salle.point, "FAVORABLE", par=chaire, motifs="Projet solide.")
    salle.clore()
    lu = re.sub("[\u00a0\u202f]", " ", texte("pv_selection", salle.seance.pv.instantane)).replace("’", "'")
    assert "Séance suspendue à" in lu and "Pause de midi" in lu
    assert "Par collège : ANCT, 1 présent sur 1 ; DGE, 8 présents sur 8." in lu
    assert "Débats : La mutualisation a été longuement discutée." in lu
    assert "l'urne a été vidée sans être lue (La question était mal posée)" in lu
    assert (
        "votants 9, pour 4, contre 4, abstentions 1, blancs 0 ; égalité, la question est votée une seconde"
        in lu
    )
    assert "votants 9, pour 6, contre 3" in lu


def test_the_minutes_are_signed_by_the_chair_and_by_the_secretary():
    salle = Salle().ouvrir()
    salle.avis_favorable()
    with pytest.raises(TransitionInterdite):
        salle.seance.signer_le_pv(par=salle.responsable)
    salle.clore()
    with pytest.raises(GesteInterdit):
        salle.seance.signer_le_pv(par=salle.signataire)
    with pytest.raises(GesteInterdit):
        salle.seance.signer_le_pv(par=salle.membres[1].user)
    for signataire in (salle.president.user, salle.responsable):
        salle.seance.signer_le_pv(par=signataire)
        with pytest.raises(TransitionInterdite, match="déjà signé"):
            salle.seance.signer_le_pv(par=signataire)
    signatures = salle.seance.signatures.all()
    assert [s.qualite for s in signatures] == ["PRESIDENCE", "SECRETARIAT"]
    assert all(s.est_valable for s in signatures)
    Acte.objects.filter(pk=salle.seance.pv_id).update(instantane={"objet": "autre chose"})
    salle.seance.refresh_from_db()
    assert not any(s.est_valable for s in salle.seance.signatures.select_related("seance__pv"))
