"""The grid that a responsable configures: prepared apart, looked at, opened; examinations keep theirs."""

from decimal import Decimal

import pytest
from django.urls import reverse

from instruction.forms import Grille
from instruction.models import Instruction
from instruction.models.grille import criteres_du_dossier
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.programme.models import Appel, Critere, NatureCritere
from manufactures.programme.models.grilles import defauts, en_preparation, ouvrir, preparer
from manufactures.registres import TransitionInterdite
from selection.synthese import LigneSynthese, score_de
from tests.factories.comptes import UserFactory
from tests.factories.eligibilite import poser_le_test
from tests.factories.instruction import dossier_depose, pris_en_charge, remplir
from tests.factories.programme import AppelFactory, CritereFactory, grille
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
CLE = "7f0c5c7e-6f1e-4a55-9a53-0f4c6e0b7a{:02}"


@pytest.fixture
def appel():
    """Ten rules, seven criteria, version 1."""
    appel = AppelFactory()
    grille(appel)
    return appel


@pytest.fixture
def responsable(client):
    """Signed in."""
    user = UserFactory(role=Role.RESPONSABLE)
    client.force_login(user)
    return user


def poster(client, numero: int, action: str, **champs):
    """One gesture of the page."""
    return client.post(
        reverse("accueil:pilotage_grille"), {"action": action, "cle_unique": CLE.format(numero), **champs}
    )


def nouvelle_version(appel, **change) -> Appel:
    """Version 2, whose C1 says something else."""
    preparer(appel)
    en_preparation(appel).filter(code="C1").update(**(change or {"libelle": "Usage partagé du lieu"}))
    ouvrir(appel)
    return Appel.objects.get(pk=appel.pk)


def test_a_version_is_prepared_changed_and_opened_by_the_page(client, responsable, appel):
    poster(client, 1, "preparer")
    ligne = en_preparation(appel).get(code="C1")
    assert (ligne.grille, en_preparation(appel).count(), appel.criteres.en_vigueur().count()) == (2, 17, 17)
    adresse = reverse("accueil:pilotage_ligne", args=[ligne.pk])
    assert client.get(adresse).status_code == 200
    envoi = {
        "nature": "NOTE", "code": "c1", "rang": "1", "libelle": "Usage partagé du lieu", "echelle": "3",
        "poids": "20", "reperes": "Aucun\nPeu\nAssez\nTout", "guide": "Lire le plan", "cle_unique": CLE.format(2),
    }  # fmt: skip
    assert client.post(adresse, envoi).status_code == 302
    page = client.get(reverse("accueil:pilotage_apercu", args=[2])).content.decode()
    assert "C1 Usage partagé du lieu (poids 20)" in page and "2 : Assez" in page and "3/3" in page
    assert "Usage partagé" not in client.get("/appel/").content.decode()  # not in force yet
    assert poster(client, 3, "ouvrir", motif="Échelle plus courte").status_code == 302
    appel.refresh_from_db()
    assert appel.grille_version == 2
    assert appel.criteres.en_vigueur().get(code="C1").ancres == {
        "0": "Aucun",
        "1": "Peu",
        "2": "Assez",
        "3": "Tout",
    }
    entree = Entree.objects.get(action="ouvrir_grille")
    assert (entree.motif, entree.faits["version"]) == ("Échelle plus courte", 2)
    assert "Usage partagé du lieu" in client.get("/appel/").content.decode()


def test_the_version_in_force_is_never_written(client, responsable, appel):
    ligne = appel.criteres.get(code="C1")
    adresse = reverse("accueil:pilotage_ligne", args=[ligne.pk])
    assert client.get(adresse).status_code == 404
    assert client.post(adresse, {"action": "retirer", "cle_unique": CLE.format(1)}).status_code == 404
    assert (
        client.get(reverse("accueil:pilotage_ligne_nouvelle")).status_code == 404
    )  # nothing is being prepared
    assert client.get(reverse("accueil:pilotage_apercu", args=[9])).status_code == 404
    assert appel.criteres.count() == 17


def test_an_examination_keeps_the_version_it_was_opened_on(appel):
    ancienne = pris_en_charge(dossier_depose())
    nouvelle_version(ancienne.dossier.vague.appel)
    ancienne = Instruction.objects.get(pk=ancienne.pk)
    nouvelle = pris_en_charge(dossier_depose(ancienne.dossier.vague, nom="Autre"))
    noms = [{c.libelle for c in g.criteres} for g in (ancienne, nouvelle)]
    assert ["Usage partagé du lieu" in n for n in noms] == [False, True]
    assert [(g.grille_version, len(g.regles)) for g in (ancienne, nouvelle)] == [(1, 10), (2, 10)]
    lignes = {ligne.critere.grille for g in (ancienne, nouvelle) for ligne in Grille(g).lignes}
    assert lignes == {1, 2}
    assert {c.grille for c in criteres_du_dossier(ancienne.dossier)} == {1}
    remplir(ancienne)
    ancienne.dossier.passer("declarer_recevable", par=ancienne.instructeur)
    acte = ancienne.dossier.actes.get(genre="rapport_instruction")
    assert "Usage partagé du lieu" not in str(acte.instantane["criteres"])
    assert (len(acte.instantane["regles"]), len(acte.instantane["criteres"])) == (10, 7)


def test_a_rule_added_later_is_not_owed_by_an_older_grid():
    ancienne = pris_en_charge()
    appel = ancienne.dossier.vague.appel
    preparer(appel)
    CritereFactory(appel=appel, grille=2, rang=11)
    ouvrir(appel)
    ancienne = Instruction.objects.get(pk=ancienne.pk)
    remplir(ancienne)
    assert ancienne.sans_reponse() == []


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"poids": 25}, "Les poids des critères notés font 105 : retirez 5 pour arriver à 100."),
        ({"poids": 10}, "Les poids des critères notés font 90 : ajoutez 10 pour arriver à 100."),
        ({"rang": 2}, "C1, C2 ont le même rang, 2 : donnez-leur un ordre."),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_opens(client, responsable, appel, change, phrase):
    preparer(appel)
    en_preparation(appel).filter(code="C1").update(**change)
    assert defauts(appel, list(en_preparation(appel))) == [phrase]
    assert phrase in client.get(reverse("accueil:pilotage_grille")).content.decode()
    reponse = poster(client, 1, "ouvrir", motif="Essai")
    assert (reponse.status_code, Appel.objects.get(pk=appel.pk).grille_version) == (409, 1)


def test_a_version_that_changes_nothing_does_not_open(appel):
    preparer(appel)
    with pytest.raises(TransitionInterdite, match="rien ne change"):
        ouvrir(appel)


def test_a_prepared_version_is_thrown_away_and_none_opens_twice(client, responsable, appel):
    for _ in range(2):
        poster(client, 1, "preparer")
    assert en_preparation(appel).count() == 17
    poster(client, 2, "abandonner")
    assert not en_preparation(appel).exists()
    assert poster(client, 3, "ouvrir", motif="Rien").status_code == 409


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"code": "C2"}, "Une autre ligne porte le code C2."),
        ({"poids": ""}, "Écrivez le poids du critère."),
        ({"nature": "ELIGIBILITE"}, "Une règle de recevabilité n&#x27;a pas de poids"),
        ({"reperes": "Un\nDeux"}, "Écrivez 6 lignes, une par note de 0 à 5, ou aucune."),
        ({"libelle": ""}, "Écrivez le libellé de la ligne."),
    ],
)
def test_a_line_says_what_is_wrong_beside_its_field(client, responsable, appel, saisie, phrase):
    preparer(appel)
    ligne = en_preparation(appel).get(code="C1")
    envoi = {
        "nature": "NOTE", "code": "C1", "rang": "1", "libelle": "Partage", "echelle": "5", "poids": "20",
        "cle_unique": CLE.format(1), **saisie,
    }  # fmt: skip
    page = client.post(reverse("accueil:pilotage_ligne", args=[ligne.pk]), envoi).content.decode()
    assert phrase in page
    assert Critere.objects.get(pk=ligne.pk).libelle == ligne.libelle


def test_a_line_is_added_and_taken_out(client, responsable, appel):
    preparer(appel)
    envoi = {
        "nature": "ELIGIBILITE", "code": "E11", "rang": "11", "libelle": "Énergie", "echelle": "5",
        "cle_unique": CLE.format(1),
    }  # fmt: skip
    assert client.post(reverse("accueil:pilotage_ligne_nouvelle"), envoi).status_code == 302
    ligne = en_preparation(appel).get(code="E11")
    assert (ligne.grille, ligne.poids) == (2, 0)
    adresse = reverse("accueil:pilotage_ligne", args=[ligne.pk])
    assert client.post(adresse, {"action": "retirer", "cle_unique": CLE.format(2)}).status_code == 302
    assert not appel.criteres.filter(code="E11").exists()


def test_the_double_reading_is_set_and_journalled(client, responsable, appel):
    assert (appel.double_lecture, appel.seuil_d_ecart) == (False, 1)
    poster(client, 1, "regler", double_lecture="on", seuil_d_ecart="2")
    appel.refresh_from_db()
    assert (appel.double_lecture, appel.seuil_d_ecart) == (True, 2)
    assert Entree.objects.get(action="regler_double_lecture").faits["seuil_d_ecart"] == 2
    assert "Assurez-vous" in poster(client, 2, "regler", seuil_d_ecart="9").content.decode()


def test_a_short_scale_weighs_as_much_as_a_long_one():
    """3 out of 3 is worth 5 out of 5."""
    criteres = [Critere(nature=NatureCritere.NOTE, echelle=n, poids=50) for n in (3, 5)]
    lignes = [LigneSynthese(critere, Decimal(3), 3, 3) for critere in criteres]
    assert score_de(lignes) == 80


def test_the_questions_of_the_self_test_follow_the_version_in_force(appel):
    poser_le_test(appel)
    question = appel.questions_eligibilite.exclude(critere=None).first()
    ancien = question.critere
    preparer(appel)
    en_preparation(appel).filter(code=ancien.code).update(libelle="Autre nom")
    ouvrir(appel)
    question.refresh_from_db()
    assert (question.critere.code, question.critere.grille, question.critere.libelle) == (
        ancien.code,
        2,
        "Autre nom",
    )


def test_the_page_costs_the_same_whatever_the_versions(client, responsable, appel):
    adresse = reverse("accueil:pilotage_grille")
    client.get(adresse)
    with compter() as peu:
        client.get(adresse)
    pris_en_charge()
    appel = nouvelle_version(appel)
    preparer(appel)
    with compter() as beaucoup:
        client.get(adresse)
    assert beaucoup.requetes <= 12 and beaucoup.requetes <= peu.requetes + 1  # the clauses that drafts cite
