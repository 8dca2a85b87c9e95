"""Decisions: an opinion first, two pairs of eyes, an instant; awards stay inside the envelope."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.actes.rendu import texte
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.programme.models import Enveloppe, EnveloppeDepassee, NatureAide
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.models import Avis, Decision, Scrutin, decision_d_attribution
from selection.tasks import publier_decisions
from tests.factories.comptes import DelegationFactory, UserFactory
from tests.factories.selection import MOTIF, REFUS, Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]


@pytest.fixture
def salle():
    """One favourable opinion, the sitting closed."""
    salle = Salle().ouvrir()
    salle.avis_favorable()
    return salle.clore()


def etat(dossier) -> str:
    dossier.refresh_from_db()
    return dossier.etat


def test_no_decision_without_opinion_nor_before_the_minutes():
    salle = Salle().ouvrir()
    with pytest.raises(TransitionInterdite):
        salle.decision()
    salle.avis_favorable()
    with pytest.raises(TransitionInterdite, match="procès-verbal"):
        salle.decision()
    assert not Decision.objects.exists()


def test_a_short_reason_is_refused_by_the_deed_and_by_the_database(salle):
    with pytest.raises(TransitionInterdite, match="60"):
        salle.decision(motif="Trop court.")
    decision = salle.decision()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(motif="Trop court.")


def test_departing_from_the_opinion_says_why(salle):
    with pytest.raises(TransitionInterdite, match="s'écarte"):
        salle.decision(sens="REFUS", motif=REFUS)
    decision = salle.decision(
        sens="REFUS", motif=REFUS, motif_ecart="la structure vient d'être mise en liquidation"
    )
    assert decision.s_ecarte
    assert salle.decision().motif_ecart == ""


def test_whoever_drafts_does_not_sign(salle):
    decision = salle.decision()
    auteur = salle.dossiers[0].instruction.instructeur
    with pytest.raises(GesteInterdit):
        decision.signer(par=auteur)
    decision = Decision.rediger(salle.dossiers[0], par=salle.signataire, sens="LABELLISATION", motif=MOTIF)
    with pytest.raises(GesteInterdit, match="une autre personne"):
        decision.signer(par=salle.signataire)
    decision.refresh_from_db()
    assert decision.signee_le is None
    assert not Acte.objects.filter(genre="labellisation").exists()


def test_a_signature_needs_a_delegation_in_force(salle):
    decision = salle.decision()
    with pytest.raises(GesteInterdit, match="délégation"):
        decision.signer(par=salle.responsable)
    DelegationFactory(
        appel=salle.vague.appel, user=salle.responsable, au=horloge.maintenant() - timedelta(days=1)
    )
    with pytest.raises(GesteInterdit, match="délégation"):
        decision.signer(par=salle.responsable)


def test_the_chair_never_signs(salle):
    from tests.factories.comptes import HabilitationFactory

    decision = salle.decision()
    presidente = salle.president.user
    HabilitationFactory(user=presidente, role="RESPONSABLE")
    DelegationFactory(appel=salle.vague.appel, user=presidente)
    presidente = type(presidente).objects.get(pk=presidente.pk)
    with pytest.raises(GesteInterdit, match="présidence"):
        decision.signer(par=presidente)


def test_signed_it_waits_and_tells_nobody(salle):
    decision, dossier = salle.decision(), salle.dossiers[0]
    avant = Message.objects.count()
    decision.signer(par=salle.signataire)
    assert etat(dossier) == Etat.AVIS_RENDU
    assert decision.acte.lisible_le is None
    assert not dossier.actes.filter(pk=decision.acte_id).exists()
    titulaire, membre = dossier.titulaire, salle.membres[1].user
    assert not Acte.objects.visibles_par(titulaire).filter(pk=decision.acte_id).exists()
    assert not Acte.objects.visibles_par(membre).filter(pk=decision.acte_id).exists()
    assert Acte.objects.visibles_par(salle.responsable).filter(pk=decision.acte_id).exists()
    assert Message.objects.count() == avant
    assert not Entree.objects.filter(fil=dossier.fil, action__in=("rediger", "signer", "programmer")).exists()


def test_published_at_its_instant_not_before(salle):
    decision, dossier = salle.decision(), salle.dossiers[0]
    decision.signer(par=salle.signataire)
    instant = horloge.maintenant() + timedelta(hours=2)
    decision.programmer(instant, par=salle.responsable)
    publier_decisions()
    assert etat(dossier) == Etat.AVIS_RENDU
    with horloge.a(instant - timedelta(seconds=1)):
        assert Decision.publier_les_dues() == 0
    with horloge.a(instant):
        assert Decision.publier_les_dues() == 1
        assert Decision.publier_les_dues() == 0
    assert etat(dossier) == Etat.LAUREAT
    dossier.refresh_from_db()
    assert dossier.laureat_le == instant
    assert dossier.slug == "projet-1"
    assert dossier.actes.filter(pk=decision.acte_id).exists()
    ligne = Entree.objects.get(fil=dossier.fil, action="labelliser")
    assert ligne.acteur == salle.responsable
    assert Message.objects.filter(cle="decision_disponible", destinataire=dossier.titulaire).count() == 1


def test_a_taken_back_instant_publishes_nothing(salle):
    decision = salle.decision()
    decision.signer(par=salle.signataire)
    decision.programmer(horloge.maintenant(), par=salle.responsable)
    decision.deprogrammer(par=salle.responsable)
    assert Decision.publier_les_dues() == 0
    assert etat(salle.dossiers[0]) == Etat.AVIS_RENDU


def test_the_bare_transitions_are_refused(salle):
    for action in ("labelliser", "mettre_en_liste", "ajourner", "ne_pas_retenir"):
        with pytest.raises(TransitionInterdite, match="boîte des décisions"):
            salle.dossiers[0].passer(action, par=salle.responsable)
    assert etat(salle.dossiers[0]) == Etat.AVIS_RENDU


def test_a_withdrawal_leaves_the_decision_without_object(salle):
    decision, dossier = salle.decision(), salle.dossiers[0]
    decision.signer(par=salle.signataire)
    decision.programmer(horloge.maintenant(), par=salle.responsable)
    dossier.passer("retirer", par=dossier.titulaire)
    assert Decision.publier_les_dues() == 0
    decision.refresh_from_db()
    assert decision.etape == "Annulée"
    assert decision.acte.lisible_le is None


def test_one_that_a_rule_stops_holds_back_no_other():
    salle = Salle(dossiers=2).ouvrir()
    salle.avis_favorable()
    salle.avis_favorable()
    salle.clore()
    decisions = [salle.decision(d) for d in salle.dossiers]
    for decision in decisions:
        decision.signer(par=salle.signataire)
        decision.programmer(horloge.maintenant(), par=salle.responsable)
    perdue = UserFactory()
    Decision.objects.filter(pk=decisions[0].pk).update(programmee_par=perdue)
    assert Decision.publier_les_dues() == 1
    decisions[0].refresh_from_db()
    assert decisions[0].publiee_le is None
    assert etat(salle.dossiers[1]) == Etat.LAUREAT


def test_the_reserve_list_then_a_place():
    salle = Salle().ouvrir()
    salle.avis_favorable(rang_complementaire=1, liste_jusqu_au=horloge.aujourd_hui() + timedelta(days=90))
    salle.clore()
    liste = salle.publier(salle.decision(sens="LISTE_COMPLEMENTAIRE"))
    assert etat(salle.dossiers[0]) == Etat.LISTE_COMPLEMENTAIRE
    assert "rang 1 de la liste complémentaire" in texte("non_selection", liste.acte.instantane)
    salle.publier(salle.decision(sens="LABELLISATION"))
    assert etat(salle.dossiers[0]) == Etat.LAUREAT


@pytest.mark.parametrize(
    ("question", "sens_avis", "sens", "final"),
    [
        (None, "DEFAVORABLE", "REFUS", Etat.NON_RETENU),
        ("AJOURNEMENT", "AJOURNEMENT", "AJOURNEMENT", Etat.AJOURNE),
    ],
)
def test_refusal_and_adjournment(question, sens_avis, sens, final):
    salle = Salle().ouvrir()
    salle.voter(salle.ouvrir_scrutin(), pour=1, contre=8)
    if question:
        salle.voter(salle.ouvrir_scrutin(question), pour=8, contre=1)
    Avis.rendre(salle.point, sens_avis, par=salle.president.user, motifs="Usage trop peu partagé.")
    salle.clore()
    decision = salle.publier(salle.decision(sens=sens, motif=REFUS))
    assert etat(salle.dossiers[0]) == final
    mots = texte(decision.genre, decision.acte.instantane)
    assert "locataires" in mots
    assert "Voies et délais de recours" in mots


def test_all_the_acts_of_a_selection_render(salle):
    salle.publier(salle.decision())
    genres = set()
    for acte in Acte.objects.filter(genre__in=("convocation_membre", "pv_selection", "labellisation")):
        genres.add(acte.genre)
        mots = texte(acte.genre, acte.instantane)
        assert "None" not in mots
        assert "{{" not in mots
    assert genres == {"convocation_membre", "pv_selection", "labellisation"}


# -- Awards ------------------------------------------------------------------------------------------------------
@pytest.fixture
def arbitrage():
    """An open arbitration sitting with one proposal voted, closed."""
    salle = Salle.d_arbitrage()
    salle.proposer()
    salle.seance.ouvrir(par=salle.president.user)
    salle.voter(salle.ouvrir_scrutin("ATTRIBUTION"), pour=8, abstentions=1)
    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet prêt à investir.")
    return salle.clore()


def engage(salle) -> dict:
    return dict(salle.vague.enveloppes.values_list("nature", "engage"))


def test_an_opinion_engages_nothing_a_signature_does(arbitrage):
    assert engage(arbitrage) == {"INVESTISSEMENT": Decimal("0.00"), "AMORCAGE": Decimal("0.00")}
    decision = arbitrage.decision(
        sens="ATTRIBUTION", motif="Le bilan d'incubation constate un projet prêt à investir dès cet été."
    )
    decision.signer(par=arbitrage.signataire)
    assert engage(arbitrage) == {"INVESTISSEMENT": Decimal("60000.00"), "AMORCAGE": Decimal("10000.00")}
    assert decision.taux_investissement == Decimal("0.6000")
    assert decision.taux_amorcage == Decimal("0.3334")
    assert etat(arbitrage.dossiers[0]) == Etat.EN_ARBITRAGE
    decision.programmer(horloge.maintenant(), par=arbitrage.responsable)
    Decision.publier_les_dues()
    assert etat(arbitrage.dossiers[0]) == Etat.EN_ACCOMPAGNEMENT
    assert decision_d_attribution(arbitrage.dossiers[0]) == decision
    mots = texte("attribution", decision.acte.instantane)
    assert "60 000" in mots.replace("\u202f", " ").replace("\xa0", " ")
    assert "None" not in mots


def test_the_arbitration_minutes_render(arbitrage):
    pv = arbitrage.seance.pv
    assert pv.genre == "pv_arbitrage"
    assert pv.instantane["enveloppe_cloture"] != pv.instantane["enveloppe_ouverture"]
    assert "un avis n’engage aucun crédit" in texte("pv_arbitrage", pv.instantane)


def test_without_subsidy_label_and_days_remain():
    salle = Salle.d_arbitrage()
    salle.proposer(investissement="0.00", amorcage="0.00")
    salle.seance.ouvrir(par=salle.president.user)
    salle.voter(salle.ouvrir_scrutin("ATTRIBUTION"), pour=9)
    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Dépenses couvertes par ailleurs.")
    salle.clore()
    decision = salle.decision(
        sens="ATTRIBUTION", motif="Toutes les dépenses éligibles sont couvertes par d'autres financements."
    )
    salle.publier(decision)
    assert engage(salle)["INVESTISSEMENT"] == 0
    assert decision.acte.instantane["natures"] == []
    assert "sans subvention" in texte("attribution", decision.acte.instantane)


def test_amounts_over_the_envelope_are_not_put_to_the_vote():
    salle = Salle.d_arbitrage()
    salle.proposer(amorcage="10000.00")
    Enveloppe.objects.filter(vague=salle.vague, nature=NatureAide.AMORCAGE).update(plafond=Decimal("6000.00"))
    salle.seance.ouvrir(par=salle.president.user)
    with pytest.raises(TransitionInterdite, match="Réduisez l'amorçage"):
        salle.ouvrir_scrutin("ATTRIBUTION")
    salle.proposer(amorcage="6000.00")
    assert salle.ouvrir_scrutin("ATTRIBUTION").electeurs.count() == 9


def test_two_opinions_share_one_envelope():
    salle = Salle.d_arbitrage(dossiers=2)
    Enveloppe.objects.filter(vague=salle.vague, nature=NatureAide.AMORCAGE).update(
        plafond=Decimal("15000.00")
    )
    for point in salle.seance.points.select_related("seance", "dossier"):
        salle.proposer(point, amorcage="10000.00")
    salle.seance.ouvrir(par=salle.president.user)
    salle.voter(salle.ouvrir_scrutin("ATTRIBUTION"), pour=9)
    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet prêt à investir.")
    with pytest.raises(TransitionInterdite, match="5"):
        salle.ouvrir_scrutin("ATTRIBUTION")


@pytest.mark.parametrize("montants", [{"investissement": "100000.01"}, {"amorcage": "-1"}, {"jours": "1.3"}])
def test_a_proposal_is_bounded(montants):
    salle = Salle.d_arbitrage()
    with pytest.raises(TransitionInterdite):
        salle.proposer(**montants)
    assert not hasattr(salle.point, "proposition")


def test_show_of_hands_keeps_each_choice():
    salle = Salle.d_arbitrage()
    salle.proposer()
    salle.seance.ouvrir(par=salle.president.user)
    scrutin: Scrutin = salle.voter(salle.ouvrir_scrutin("ATTRIBUTION"), pour=8, contre=1)
    assert not scrutin.secret
    assert scrutin.votes.filter(choix="CONTRE").count() == 1
    assert scrutin.emargements.count() == 9


def test_an_abandonment_before_publication_frees_the_envelope(arbitrage):
    decision = arbitrage.decision(
        sens="ATTRIBUTION", motif="Le bilan d'incubation constate un projet prêt à investir dès cet été."
    )
    decision.signer(par=arbitrage.signataire)
    arbitrage.dossiers[0].refresh_from_db()
    arbitrage.dossiers[0].passer(
        "abandonner", par=arbitrage.responsable, motif="Le porteur renonce à son projet."
    )
    assert engage(arbitrage)["INVESTISSEMENT"] == 0


@pytest.mark.django_db(transaction=True)
def test_concurrent_signatures_never_exceed_the_envelope():
    salle = Salle.d_arbitrage(dossiers=3, effectif=5)
    for point in salle.seance.points.select_related("seance", "dossier"):
        salle.proposer(point, investissement="60000.00")
    salle.seance.ouvrir(par=salle.president.user)
    for _ in range(3):
        salle.voter(salle.ouvrir_scrutin("ATTRIBUTION"), pour=5)
        Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet prêt à investir.")
    salle.clore()
    motif = "Le bilan d'incubation constate un projet prêt à investir dès cet été."
    decisions = [salle.decision(d, sens="ATTRIBUTION", motif=motif) for d in salle.dossiers]
    Enveloppe.objects.filter(vague=salle.vague, nature=NatureAide.INVESTISSEMENT).update(
        plafond=Decimal("130000.00")
    )
    depart, refus = threading.Barrier(3), []

    def signer(decision):
        depart.wait()
        try:
            decision.signer(par=salle.signataire)
        except EnveloppeDepassee as phrase:
            refus.append(str(phrase))
        finally:
            connections.close_all()

    fils = [threading.Thread(target=signer, args=(d,)) for d in decisions]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(refus) == 1
    assert engage(salle)["INVESTISSEMENT"] == Decimal("120000.00")
    assert Acte.objects.filter(genre="attribution").count() == 2
