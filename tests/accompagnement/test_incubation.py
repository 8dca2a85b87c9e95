"""The cohort: enrolment, sessions, attendance, deliverables, report; each refusal leaves everything as it was."""

from datetime import timedelta

import pytest

from accompagnement.models import (
    BilanIncubation,
    DemiJournee,
    Diagnostic,
    EtatLivrable,
    Inscription,
    Livrable,
    Moment,
    Presence,
    Promotion,
    StatutPresence,
)
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db


def test_a_laureate_enters_its_cohort_and_owes_one_deliverable_a_dated_module(gens):
    dossier = f.laureat(gens)
    cohorte = f.promotion(gens, dossier)

    f.session(gens, cohorte, rang=1)
    f.session(gens, cohorte, rang=2)

    dossier.refresh_from_db()
    assert dossier.etat == Etat.EN_INCUBATION
    assert [(item.titre, item.etat) for item in dossier.livrables.all()] == [
        ("Note de synthèse", "ATTENDU")
    ] * 2
    assert Entree.objects.get(fil=dossier.fil, action="ouvrir_incubation").faits == {
        "promotion": "Promotion Copeau"
    }


def test_a_latecomer_owes_the_deliverables_of_the_modules_already_dated(gens):
    cohorte = f.promotion(gens, f.laureat(gens))
    f.session(gens, cohorte)
    arrivant = f.laureat(gens)

    cohorte.inscrire(arrivant, par=gens.agent)

    assert arrivant.livrables.count() == 1


def test_incubation_opens_in_a_cohort_only(gens):
    dossier = f.laureat(gens)

    with pytest.raises(TransitionInterdite, match="promotion"):
        dossier.passer("ouvrir_incubation", par=gens.agent)

    dossier.refresh_from_db()
    assert dossier.etat == Etat.LAUREAT


@pytest.mark.parametrize("etat", [Etat.AVIS_RENDU, Etat.EN_ARBITRAGE, Etat.NON_RETENU])
def test_who_is_no_laureate_enters_no_cohort(gens, etat):
    dossier = f.laureat(gens, etat=etat)
    cohorte = f.promotion(gens)

    with pytest.raises(TransitionInterdite):
        cohorte.inscrire(dossier, par=gens.agent)

    assert not Inscription.objects.exists()


def test_a_laureate_of_another_wave_enters_no_cohort_of_this_one(gens):
    dossier = f.laureat(gens, vague=VagueFactory(numero=2, close=True))
    cohorte = f.promotion(gens)

    with pytest.raises(TransitionInterdite, match="autre vague"):
        cohorte.inscrire(dossier, par=gens.agent)

    assert not Inscription.objects.exists()


@pytest.mark.parametrize("qui", ["porteur", "expert", "auditeur"])
def test_a_cohort_is_an_agent_s(gens, qui):
    with pytest.raises(GesteInterdit):
        Promotion.ouvrir(
            vague=VagueFactory(close=True),
            nom="P",
            debut=horloge.aujourd_hui(),
            fin=horloge.aujourd_hui() + timedelta(days=9),
            par=getattr(gens, qui),
        )

    assert not Promotion.objects.exists()


def test_a_module_has_one_date_inside_the_cohort(gens):
    cohorte = f.promotion(gens, f.laureat(gens))
    f.session(gens, cohorte)

    with pytest.raises(TransitionInterdite, match="déjà sa date"):
        f.session(gens, cohorte)
    with pytest.raises(TransitionInterdite, match="hors de la promotion"):
        f.session(gens, cohorte, jour=cohorte.fin + timedelta(days=1), rang=2)

    assert cohorte.sessions.count() == 1


# -- Attendance --------------------------------------------------------------------------------------------------
def feuille(dossier, matin="PRESENT", apres_midi="EXCUSE"):
    return {(dossier, DemiJournee.MATIN): matin, (dossier, DemiJournee.APRES_MIDI): apres_midi}


def test_attendance_is_noted_by_half_day_and_leaves_one_line(gens):
    dossier = f.laureat(gens)
    session = f.session(gens, f.promotion(gens, dossier))

    assert session.noter(feuille(dossier), par=gens.expert) == 2
    assert session.noter(feuille(dossier), par=gens.agent) == 0

    assert Presence.objects.filter(dossier=dossier).assiduite() == (1, 2)
    entree = Entree.objects.get(fil=dossier.fil, action="noter_presence")
    assert entree.faits == {"module": session.module.code, "MATIN": "PRESENT", "APRES_MIDI": "EXCUSE"}


def test_a_sheet_is_not_filled_before_the_day(gens):
    dossier = f.laureat(gens)
    session = f.session(gens, f.promotion(gens, dossier), jour=horloge.aujourd_hui() + timedelta(days=1))

    with pytest.raises(TransitionInterdite, match="pas encore eu lieu"):
        session.noter(feuille(dossier), par=gens.agent)

    assert not Presence.objects.exists()


def test_after_seven_days_an_agent_notes_and_says_why(gens):
    dossier = f.laureat(gens)
    session = f.session(gens, f.promotion(gens, dossier), jour=horloge.aujourd_hui() - timedelta(days=8))

    with pytest.raises(TransitionInterdite, match="agent"):
        session.noter(feuille(dossier), par=gens.expert)
    with pytest.raises(TransitionInterdite, match="motif"):
        session.noter(feuille(dossier), par=gens.agent)
    assert not Presence.objects.exists()

    session.noter(feuille(dossier), par=gens.agent, motif="Feuille papier retrouvée")
    assert Entree.objects.get(action="noter_presence").motif == "Feuille papier retrouvée"


def test_another_expert_and_another_project_are_refused(gens):
    dossier, autre = f.laureat(gens), f.laureat(gens)
    cohorte = f.promotion(gens, dossier)
    session = f.session(gens, cohorte)
    cohorte.dater(cohorte.vague.appel.modules.get(rang=2), date=horloge.aujourd_hui(), par=gens.agent)

    with pytest.raises(GesteInterdit):
        session.noter(feuille(dossier), par=gens.porteur)
    with pytest.raises(TransitionInterdite, match="pas inscrit"):
        session.noter(feuille(autre), par=gens.agent)

    assert not Presence.objects.exists()


# -- Deliverables ------------------------------------------------------------------------------------------------
@pytest.fixture
def livrable(gens):
    dossier = f.laureat(gens)
    f.session(gens, f.promotion(gens, dossier))
    return Livrable.objects.get(dossier=dossier)


def test_a_deliverable_is_handed_in_taken_back_handed_in_again_validated(gens, livrable):
    livrable.remettre(par=gens.contributeur, texte="Première version")
    livrable.relire(par=gens.expert, valide=False, commentaire="Ajoutez les élus.\nDatez les engagements.")
    assert livrable.etat == EtatLivrable.A_REPRENDRE
    message = Message.objects.get(cle="livrable_repris", destinataire=gens.porteur)
    assert "2 points" in message.corps_texte.replace("\u00a0", " ")

    livrable.remettre(par=gens.porteur, piece=f.piece(livrable.dossier, gens.porteur))
    livrable.relire(par=gens.expert, valide=True)

    assert (livrable.etat, livrable.expert) == (EtatLivrable.VALIDE, gens.expert)
    actions = (
        Entree.objects.filter(fil=livrable.dossier.fil).order_by("rang").values_list("action", flat=True)
    )
    assert list(actions)[-4:] == [
        "remettre_livrable",
        "relire_livrable",
        "remettre_livrable",
        "relire_livrable",
    ]


def test_refusals_of_a_deliverable_change_nothing(gens, livrable):
    with pytest.raises(TransitionInterdite, match="Joignez"):
        livrable.remettre(par=gens.porteur, texte="  ")
    with pytest.raises(TransitionInterdite, match="pas à relire"):
        livrable.relire(par=gens.expert, valide=True)
    with pytest.raises(GesteInterdit):
        livrable.remettre(par=gens.agent, texte="Fait")
    livrable.refresh_from_db()
    assert livrable.etat == EtatLivrable.ATTENDU

    livrable.remettre(par=gens.porteur, texte="Fait")
    with pytest.raises(TransitionInterdite, match="reprendre"):
        livrable.relire(par=gens.expert, valide=False)
    with pytest.raises(GesteInterdit):
        livrable.relire(par=gens.porteur, valide=True)
    livrable.refresh_from_db()
    assert livrable.etat == EtatLivrable.REMIS

    livrable.relire(par=gens.expert, valide=True)
    with pytest.raises(TransitionInterdite, match="validé"):
        livrable.remettre(par=gens.porteur, texte="Encore")


# -- Report ------------------------------------------------------------------------------------------------------
def test_the_incubation_closes_on_a_frozen_report_with_two_acts(gens):
    dossier = f.laureat(gens)
    cohorte = f.promotion(gens, dossier)
    f.session(gens, cohorte).noter(feuille(dossier), par=gens.agent)
    theme = f.themes()[0]
    bilan = f.bilan(gens, dossier, besoins=[(theme, "4.0", "Statuts")])
    bilan.observer("Rien à ajouter.", par=gens.porteur)

    with pytest.raises(TransitionInterdite, match="gelé"):
        dossier.passer("clore_incubation", par=gens.agent)
    bilan.geler(par=gens.agent)
    dossier.passer("clore_incubation", par=gens.agent)

    assert dossier.etat == Etat.EN_ARBITRAGE
    actes = {acte.genre: acte for acte in dossier.actes.all()}
    assert set(actes) == {"bilan_incubation", "attestation_incubation"}
    instantane = actes["bilan_incubation"].instantane
    assert instantane["presences"] == {"suivies": "1", "dues": "2"}
    assert instantane["besoins"] == [{"theme": "gouvernance partagée", "jours": "4.0"}]
    assert [axe["sortie"] for axe in instantane["diagnostic"]] == [3] * 8
    assert instantane["observations_porteur"] == "Rien à ajouter."
    assert Message.objects.filter(cle="document_disponible", destinataire=gens.porteur).count() == 1


def test_a_report_is_not_frozen_without_its_two_diagnoses(gens):
    dossier = f.laureat(gens)
    f.promotion(gens, dossier)
    modules = list(dossier.appel.modules.all())
    Diagnostic.poser(dossier, Moment.ENTREE, dict.fromkeys(modules, 1), par=gens.agent)
    bilan = BilanIncubation.rediger(dossier, par=gens.agent, texte="Prêt.")

    with pytest.raises(TransitionInterdite, match="diagnostic"):
        bilan.geler(par=gens.agent, motif="Urgent")

    bilan.refresh_from_db()
    assert bilan.gele_le is None


def test_the_porteur_has_seven_days_unless_the_agent_says_why_not(gens):
    dossier = f.laureat(gens)
    f.promotion(gens, dossier)
    bilan = f.bilan(gens, dossier)

    with pytest.raises(TransitionInterdite, match="sept jours"):
        bilan.geler(par=gens.agent)
    with horloge.a(horloge.maintenant() + timedelta(days=8)):
        assert not bilan.observations_attendues
    bilan.geler(par=gens.agent, motif="Le porteur a répondu au téléphone")

    assert Entree.objects.get(action="geler_bilan").motif == "Le porteur a répondu au téléphone"


def test_once_frozen_nothing_moves(gens):
    dossier = f.laureat(gens)
    f.promotion(gens, dossier)
    bilan = f.bilan(gens, dossier)
    bilan.geler(par=gens.agent, motif="Urgent")
    module = dossier.appel.modules.first()

    for geste in (
        lambda: Diagnostic.poser(dossier, Moment.SORTIE, {module: 0}, par=gens.agent),
        lambda: BilanIncubation.rediger(dossier, par=gens.agent, texte="Autre"),
        lambda: bilan.observer("Trop tard", par=gens.porteur),
        lambda: bilan.geler(par=gens.agent),
    ):
        with pytest.raises(TransitionInterdite, match="gelé"):
            geste()

    bilan.refresh_from_db()
    assert (bilan.texte, bilan.observations) == ("Projet prêt pour l'arbitrage.", "")
    assert Diagnostic.objects.get(dossier=dossier, module=module, moment=Moment.SORTIE).valeur == 3


def test_statuses_are_those_of_the_sheet():
    assert StatutPresence.values == ["PRESENT", "EXCUSE", "ABSENT"]
