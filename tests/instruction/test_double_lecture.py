"""Two agents read apart, where the call asks for it: rights before the hand-in, gaps, reconciliation, the report."""

import pytest
from django.urls import reverse

from instruction.models import Conciliation, Instruction, Reponse, SecondeLecture
from manufactures.attentes import attendu_de
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.instruction import (
    agent,
    appel_avec_grille,
    dossier_depose,
    pris_en_charge,
    remplir,
    responsable,
)
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
REGLES = [f"E{n}" for n in range(1, 11)]
NOTES = [f"C{n}" for n in range(1, 8)]
CLE = "7f0c5c7e-6f1e-4a55-9a53-0f4c6e0b7a{:02}"
MOTS = "Le bail est signé, la surface suffit."


@pytest.fixture
def grille():
    """Read by two agents, the second one named; a gap of more than one point is settled."""
    appel = appel_avec_grille()
    appel.double_lecture = True
    appel.save()
    return pris_en_charge(dossier_depose())


@pytest.fixture
def lecture(grille):
    """The second reading, just given."""
    return SecondeLecture.confier(grille, agent(prenom="Léa", nom="Second"), par=responsable())


def lire_en_premier(grille, note=4, **notes):
    """All rules yes, all marks `note` but those named."""
    remplir(grille)
    saisies = {code: {"note": notes.get(code, note), "commentaire": "Constat du premier"} for code in NOTES}
    grille.enregistrer(par=grille.instructeur, notes=saisies)


def lire_en_second(lecture, note=4, refus=(), **notes):
    """The same by the second agent."""
    saisies = {code: {"reponse": Reponse.OUI, "motif": ""} for code in REGLES}
    saisies |= {code: {"reponse": Reponse.NON, "motif": "Rien au dossier"} for code in refus}
    saisies |= {code: {"note": notes.get(code, note), "motif": "Constat du second"} for code in NOTES}
    lecture.enregistrer(saisies, par=lecture.lecteur)


def remises(grille, lecture, refus=(), **notes):
    """Both handed in; `notes` are the second one's."""
    lire_en_premier(grille)
    lire_en_second(lecture, refus=refus, **notes)
    lecture.remettre(par=grille.instructeur)
    lecture.remettre(par=lecture.lecteur)
    lecture.refresh_from_db()
    return lecture


def adresse(grille) -> str:
    """The page of the two readings."""
    return reverse("instruction:seconde_lecture", args=[grille.dossier.numero])


def test_off_by_default_nothing_changes(client):
    grille = pris_en_charge()
    assert grille.double_lecture is False
    client.force_login(grille.instructeur)
    assert client.get(adresse(grille)).status_code == 404
    assert "deux agents" not in client.get(grille.get_absolute_url()).content.decode()
    remplir(grille)
    grille.dossier.passer("declarer_recevable", par=grille.instructeur)
    assert grille.dossier.etat == Etat.RECEVABLE


def test_neither_sees_the_other_s_marks_before_both_are_handed_in(client, grille, lecture):
    lire_en_premier(grille)
    lire_en_second(lecture)
    client.force_login(lecture.lecteur)
    page = client.get(adresse(grille)).content.decode()
    assert "Constat du second" in page and "Constat du premier" not in page
    assert client.get(grille.get_absolute_url()).url == adresse(grille)
    for nom in ("historique", "refus", "complements"):
        reponse = client.get(reverse(f"instruction:{nom}", args=[grille.dossier.numero]))
        assert reponse.status_code == 403, nom
    envoi = {"version": "99", "cle_unique": CLE.format(1)}
    assert client.post(reverse("instruction:grille", args=[grille.dossier.numero]), envoi).status_code == 403
    assert not Instruction.objects.visibles_par(lecture.lecteur).exists()
    client.force_login(grille.instructeur)
    page = client.get(adresse(grille)).content.decode()
    assert "Constat du second" not in page and "Remettre ma lecture" in page
    assert not SecondeLecture.objects.visibles_par(grille.instructeur).exists()


def test_an_agent_who_may_still_read_second_does_not_read_the_first_grid(client, grille):
    lire_en_premier(grille)
    autre = agent(prenom="Léa", nom="Second")
    client.force_login(autre)
    assert client.get(grille.get_absolute_url()).url == adresse(grille)
    page = client.get(adresse(grille)).content.decode()
    assert "Lire ce dossier en second" in page and "Constat du premier" not in page
    assert client.get(reverse("instruction:historique", args=[grille.dossier.numero])).status_code == 403
    assert not Instruction.objects.visibles_par(autre).exists()
    chef = responsable()
    client.force_login(chef)
    assert client.get(grille.get_absolute_url()).status_code == 200
    assert Instruction.objects.visibles_par(chef).exists()


def test_once_both_are_handed_in_each_reads_the_other(client, grille, lecture):
    lecture = remises(grille, lecture)
    for lecteur in (grille.instructeur, lecture.lecteur):
        client.force_login(lecteur)
        page = client.get(adresse(grille)).content.decode()
        assert "Constat du second" in page and "Constat du premier" in page
    assert client.get(grille.get_absolute_url()).status_code == 200
    assert Instruction.objects.visibles_par(lecture.lecteur).exists()


def test_a_reading_handed_in_does_not_change(grille, lecture):
    lire_en_premier(grille)
    lecture.remettre(par=grille.instructeur)
    with pytest.raises(TransitionInterdite, match="Votre lecture est remise"):
        grille.enregistrer(par=grille.instructeur, notes={"C1": {"note": 0}})
    grille.enregistrer(par=grille.instructeur, avis="L'avis s'écrit encore.")  # no mark in it
    lire_en_second(lecture)
    lecture.remettre(par=lecture.lecteur)
    with pytest.raises(TransitionInterdite, match="Votre lecture est remise"):
        lire_en_second(lecture, note=1)
    with pytest.raises(TransitionInterdite, match="déjà remise"):
        lecture.remettre(par=lecture.lecteur)


def test_an_unfinished_reading_is_not_handed_in(grille, lecture):
    remplir(grille, sauf=("E4",))
    with pytest.raises(TransitionInterdite, match="E4, C1, C2"):
        lecture.remettre(par=grille.instructeur)
    with pytest.raises(GesteInterdit):
        lecture.remettre(par=agent())


@pytest.mark.parametrize(
    ("seconde", "a_concilier"),
    [({"C1": 3}, []), ({"C1": 2}, ["C1"]), ({"C1": 2, "refus": ("E4",)}, ["E4", "C1"]), ({"C2": 5}, [])],
)
def test_a_gap_above_the_threshold_or_another_answer_asks_for_a_reconciliation(
    grille, lecture, seconde, a_concilier
):
    lecture = remises(grille, lecture, **seconde)
    assert lecture.reste_a_concilier() == a_concilier
    assert (lecture.conciliee_le is None) == bool(a_concilier)


def test_the_threshold_is_the_call_s(grille, lecture):
    type(grille.dossier.vague.appel).objects.update(seuil_d_ecart=3)
    assert remises(grille, lecture, C1=1).conciliee_le is not None


def test_nobody_concludes_before_the_two_agree(grille, lecture):
    lire_en_premier(grille)
    par = grille.instructeur
    with pytest.raises(TransitionInterdite, match="remettez la première lecture"):
        grille.dossier.passer("declarer_recevable", par=par)
    lecture.remettre(par=par)
    with pytest.raises(TransitionInterdite, match="Léa Second n'a pas remis"):
        grille.dossier.passer("declarer_recevable", par=par)
    lire_en_second(lecture, C1=1)
    lecture.remettre(par=lecture.lecteur)
    with pytest.raises(TransitionInterdite, match="il reste à concilier C1"):
        grille.dossier.passer("declarer_recevable", par=par)


def test_without_second_reader_the_conclusion_says_what_to_do(grille):
    remplir(grille, refus=("E2",))
    with pytest.raises(TransitionInterdite, match="confiez la seconde lecture"):
        grille.proposer_refus("Aucune personne morale n'est déclarée. " * 3, par=grille.instructeur)


def test_a_gap_is_settled_by_both_recorded_and_used_by_the_report(grille, lecture):
    lecture = remises(grille, lecture, C1=1)
    par, second = grille.instructeur, lecture.lecteur
    lecture.proposer("C1", par=second, note=2, mots=MOTS)
    with pytest.raises(TransitionInterdite, match="l'autre lecteur l'accepte"):
        lecture.accepter("C1", par=second)
    lecture.accepter("C1", par=par)
    accord = Conciliation.objects.get()
    assert (accord.note, accord.proposee_par, accord.acceptee_par) == (2, second, par)
    entree = Entree.objects.get(action="concilier")
    assert (entree.motif, entree.faits["ligne"], entree.faits["note"]) == (MOTS, "C1", 2)
    assert (entree.faits["proposee_par"], entree.faits["acceptee_par"]) == (
        second.nom_complet,
        par.nom_complet,
    )
    with pytest.raises(TransitionInterdite, match="C1 : cette ligne est conciliée"):
        grille.enregistrer(par=par, notes={"C1": {"note": 5}})
    grille.dossier.passer("declarer_recevable", par=par)
    rapport = grille.dossier.actes.get(genre="rapport_instruction").instantane
    assert {c["code"]: c["note"] for c in rapport["criteres"]} == {"C1": 2, **dict.fromkeys(NOTES[1:], 4)}


def test_a_rule_is_settled_with_its_reason(grille, lecture):
    lecture = remises(grille, lecture, refus=("E4",))
    lecture.proposer("E4", par=grille.instructeur, reponse="NON", mots=MOTS)
    lecture.accepter("E4", par=lecture.lecteur)
    assert grille.codes(Reponse.NON) == ["E4"]
    assert grille.verdicts.get(critere__code="E4").motif == MOTS
    with pytest.raises(TransitionInterdite, match="Aucune proposition"):
        lecture.accepter("E4", par=grille.instructeur)


def test_words_and_a_mark_on_the_scale_are_required(grille, lecture):
    lecture = remises(grille, lecture, C1=1)
    with pytest.raises(TransitionInterdite, match="pourquoi"):
        lecture.proposer("C1", par=lecture.lecteur, note=2, mots="Bof")
    with pytest.raises(TransitionInterdite, match="va de 0 à 5"):
        lecture.proposer("C1", par=lecture.lecteur, note=6, mots=MOTS)
    with pytest.raises(GesteInterdit):
        lecture.proposer("C1", par=responsable(), note=2, mots=MOTS)


def test_the_first_agent_is_not_the_second_nor_a_third_replaces_a_begun_reading(grille):
    with pytest.raises(TransitionInterdite, match="déjà la première lecture"):
        SecondeLecture.confier(grille, grille.instructeur, par=responsable())
    lecture = SecondeLecture.confier(grille, agent(), par=responsable())
    autre = agent()
    assert SecondeLecture.confier(grille, autre, par=responsable()).lecteur == autre
    lecture.refresh_from_db()
    lire_en_second(lecture)
    with pytest.raises(TransitionInterdite, match="a commencé la seconde lecture"):
        SecondeLecture.confier(grille, agent(), par=responsable())


def test_the_whole_journey_by_the_pages(client, grille):
    second, url = agent(prenom="Léa", nom="Second"), adresse(grille)
    client.force_login(second)
    assert client.post(url, {"action": "confier", "cle_unique": CLE.format(1)}).status_code == 302
    envoi = {f"{code}-reponse": "OUI" for code in REGLES} | {f"{code}-note": "4" for code in NOTES}
    envoi |= {"action": "enregistrer", "suite": "remettre", "C1-note": "1", "C1-motif": "Rien n'est partagé"}
    page = client.post(url, envoi | {"E2-reponse": "NON", "cle_unique": CLE.format(2)}).content.decode()
    assert "Écrivez pourquoi la règle" in page and not SecondeLecture.objects.get().lignes.exists()
    assert client.post(url, envoi | {"cle_unique": CLE.format(3)}).status_code == 302
    lire_en_premier(grille)
    client.force_login(grille.instructeur)
    assert "Remettre sa lecture" in client.get(grille.get_absolute_url()).content.decode()
    client.post(url, {"action": "remettre", "cle_unique": CLE.format(4)})
    page = client.get(url).content.decode()
    assert "À concilier" in page and "Rien n&#x27;est partagé" in page
    vide = client.post(
        url, {"action": "proposer", "ligne": "C1", "cle_unique": CLE.format(5)}
    ).content.decode()
    assert "Choisissez une note." in vide
    accord = {"action": "proposer", "ligne": "C1", "accord-C1-note": "3", "accord-C1-mots": MOTS}
    assert client.post(url, accord | {"cle_unique": CLE.format(6)}).status_code == 302
    client.force_login(second)
    assert "Accepter cette proposition" in client.get(url).content.decode()
    client.post(url, {"action": "accepter", "ligne": "C1", "cle_unique": CLE.format(7)})
    assert "Concilié" in client.get(url).content.decode()
    assert grille.notes.get(critere__code="C1").note == 3


def test_a_responsable_names_the_second_agent_and_a_stranger_knows_nothing(client, grille):
    lecteur = agent(prenom="Léa", nom="Second")
    client.force_login(responsable())
    envoi = {"action": "confier", "instructeur": lecteur.pk, "cle_unique": CLE.format(1)}
    assert client.post(adresse(grille), envoi).status_code == 302
    assert SecondeLecture.objects.get().lecteur == lecteur
    client.force_login(agent())
    assert client.post(adresse(grille), envoi | {"cle_unique": CLE.format(2)}).status_code == 403
    client.force_login(grille.dossier.titulaire)
    assert client.get(adresse(grille)).status_code == 403
    client.force_login(dossier_depose(nom="Autre").titulaire)
    assert client.get(adresse(grille)).status_code == 404


def test_the_home_page_says_what_waits_for_each(grille, lecture):
    def attend(user) -> list[str]:
        return [t.libelle for t in attendu_de(user).taches if "ecture" in t.libelle]

    assert (attend(lecture.lecteur), attend(grille.instructeur)) == (["Seconde lecture à remettre"], [])
    lecture = remises(grille, lecture, C1=1)
    for user in (grille.instructeur, lecture.lecteur):
        assert attend(user) == ["Deux lectures à concilier"]
    lecture.proposer("C1", par=lecture.lecteur, note=2, mots=MOTS)
    lecture.accepter("C1", par=grille.instructeur)
    assert attend(lecture.lecteur) == []


def test_the_pages_stay_frugal(client, grille, lecture):
    client.force_login(lecture.lecteur)
    client.get(adresse(grille))
    with compter() as seconde:
        client.get(adresse(grille))
    lecture = remises(grille, lecture, C1=1, C2=1)
    with compter() as comparee:
        client.get(adresse(grille))
    assert seconde.requetes <= 15 and comparee.requetes <= 15
