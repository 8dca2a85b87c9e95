"""The living cahier des charges: each wave its versions, who cites them, what changes, what acts print."""

from datetime import timedelta

import pytest
from django.urls import reverse

from manufactures import horloge
from manufactures.actes.rendu import texte
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.programme.models import Article, Citation, Clauses
from manufactures.programme.models.clauses import reviser
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import DossierFactory
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.instruction import dossier_depose, refus_propose, signataire, vague_close
from tests.factories.programme import AppelFactory, CritereFactory, VagueFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
CLE = "7f0c5c7e-6f1e-4a55-9a53-0f4c6e0b7a88"


@pytest.fixture
def appel():
    """Wave 1 is closed, wave 2 open, wave 3 to come; article 4.2 changed with wave 2, nobody cites article 9."""
    appel, instant = AppelFactory(), horloge.maintenant()
    VagueFactory(appel=appel, numero=1, close=True)
    VagueFactory(appel=appel, numero=2)
    VagueFactory(
        appel=appel, numero=3, ouverture=instant + timedelta(days=20), cloture=instant + timedelta(days=60)
    )
    CritereFactory(appel=appel, rang=4, article="4.2")
    for rang, numero, titre in ((1, "4.2", "Bâti"), (2, "9", "Recours")):
        Article.objects.create(appel=appel, rang=rang, numero=numero, titre=titre, texte="Un titre écrit.")
    Article.objects.create(
        appel=appel,
        rang=1,
        numero="4.2",
        titre="Bâti",
        texte="Un titre ou une promesse.",
        version=2,
        depuis=2,
    )
    return appel


@pytest.fixture
def responsable(client):
    """Signed in."""
    user = UserFactory(role=Role.RESPONSABLE)
    client.force_login(user)
    return user


def vague(appel, numero):
    """A wave of the call."""
    return appel.vagues.get(numero=numero)


def test_each_wave_reads_its_own_version(appel):
    lues = {n: [(a.numero, a.version) for a in appel.articles.en_vigueur(n)] for n in (1, 2, 3)}
    assert lues == {1: [("4.2", 1), ("9", 1)], 2: [("4.2", 2), ("9", 1)], 3: [("4.2", 2), ("9", 1)]}
    clauses = Clauses.de(appel.pk)
    assert {n: [(a.numero, a.version) for a in clauses.en_vigueur(n)] for n in lues} == lues
    assert [clauses.reference("4.2", n) for n in (1, 2)] == ["4.2 (version 1)", "4.2 (version 2)"]
    assert (clauses.reference("9", 1), clauses.reference("12", 1)) == ("9", "12")


def test_a_line_of_the_grid_cites_the_version_of_the_dossier_s_wave(appel):
    references = {n: appel.criteres.citant(vague(appel, n)).get().reference for n in (1, 2)}
    assert references == {1: "4.2 (version 1)", 2: "4.2 (version 2)"}
    appel.criteres.update(article="9")
    assert appel.criteres.citant(vague(appel, 2)).get().reference == "9"


@pytest.mark.parametrize("depuis", [1, 2])
def test_a_wave_that_has_opened_keeps_its_text(appel, depuis):
    with pytest.raises(TransitionInterdite, match=f"La vague {depuis} est ouverte"):
        reviser(appel, "4.2", depuis=depuis, titre="Bâti", texte="Autre chose.")
    assert appel.articles.filter(numero="4.2").count() == 2


def test_a_version_is_opened_for_a_later_wave_then_written_again_until_it_opens(appel):
    troisieme = reviser(appel, "4.2", depuis=3, titre="Bâti", texte="Un bail.")
    assert (troisieme.version, troisieme.depuis, troisieme.rang) == (3, 3, 1)
    meme = reviser(appel, "4.2", depuis=3, titre="Bâti", texte="Un bail signé.")
    assert meme.pk == troisieme.pk
    with pytest.raises(TransitionInterdite, match="rien ne change"):
        reviser(appel, "4.2", depuis=3, titre="Bâti", texte="Un bail signé.")
    quatrieme = reviser(appel, "4.2", depuis=4, titre="Bâti", texte="Un titre.")  # before the wave is created
    with pytest.raises(TransitionInterdite, match="déjà prévue pour la vague 4"):
        reviser(appel, "4.2", depuis=3, titre="Bâti", texte="Encore autre chose.")
    assert quatrieme.version == 4
    assert [a.texte for a in appel.articles.en_vigueur(2)] == ["Un titre ou une promesse.", "Un titre écrit."]


def test_a_new_clause_takes_its_place_and_a_repealed_one_leaves(appel):
    reviser(appel, "4.10", depuis=3, titre="Énergie", texte="Un lieu sobre.")
    reviser(appel, "9", depuis=3, titre="Recours", texte="Un titre écrit.", abroge=True)
    assert [a.numero for a in appel.articles.en_vigueur(3)] == ["4.2", "4.10"]
    assert [a.numero for a in appel.articles.en_vigueur(2)] == ["4.2", "9"]
    genres = [
        (c.clause.numero, c.avant is None, c.apres is None) for c in Clauses.de(appel.pk).changements(2, 3)
    ]
    assert genres == [("4.10", True, False), ("9", False, True)]


def test_the_page_lists_who_cites_each_clause_and_those_that_nobody_cites(client, responsable, appel):
    Citation.objects.create(appel=appel, ou="lieu#sites", article="4.2")
    Citation.objects.create(appel=appel, ou="pieces", article="5.7")
    page = " ".join(client.get(reverse("accueil:pilotage_cahier")).content.decode().split())
    assert "Citée par E4 Critère E4 ; formulaire : Lieu." in page
    non_citees = page.split('id="non-citees"')[1].split("</ul>")[0]
    assert "Article 9. Recours" in non_citees and "4.2" not in non_citees
    assert "Article 5.7, cité par formulaire : Calendrier et pièces" in page


def test_the_difference_between_two_waves_is_shown_word_by_word(client, responsable, appel):
    page = client.get(reverse("accueil:pilotage_cahier"), {"vague": 2, "avant": 1}).content.decode()
    changements = page.split('id="differences"')[1].split("<h2")[0]
    assert "Article 4.2. Bâti, modifié (version 2)" in changements
    assert "<del>" in changements and "<ins>" in changements and "Article 9" not in changements
    page = client.get(reverse("accueil:pilotage_cahier"), {"vague": 3, "avant": 2}).content.decode()
    assert "Les deux vagues lisent le même cahier des charges." in page


def test_the_public_page_shows_the_text_in_force_what_changed_and_the_former_one(client, appel):
    page = client.get("/appel/").content.decode()
    assert "Un titre ou une promesse." in page and "Version 2, depuis la vague 2" in page
    assert "Ce qui change depuis la vague 1" in page and "<ins>" in page
    ancienne = client.get("/appel/?vague=1").content.decode()
    assert "Un titre écrit." in ancienne and "Un titre ou une promesse." not in ancienne
    assert "Ce qui change depuis" not in ancienne
    assert client.get("/appel/?vague=99").status_code == 200


def test_a_responsable_opens_a_version_once_with_its_reason(client, responsable, appel):
    adresse = reverse("accueil:pilotage_clause", args=["4.2"])
    assert "Un titre ou une promesse." in client.get(adresse).content.decode()
    envoi = {"titre": "Bâti", "texte": "Un bail.", "depuis": "3", "motif": "Plus clair", "cle_unique": CLE}
    for _ in range(2):
        reponse = client.post(adresse, envoi)
        assert reponse.url == f"/pilotage/cahier/?appel={appel.slug}&vague=3"
    assert list(appel.articles.filter(numero="4.2").values_list("version", "depuis")) == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    entree = Entree.objects.get(action="reviser_clause")
    assert (entree.acteur, entree.motif, entree.faits["apres"]) == (responsable, "Plus clair", "Un bail.")


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"depuis": "2"}, "choisissez une vague à venir"),
        ({"texte": " "}, "Écrivez le texte de la clause."),
        ({"motif": ""}, "Écrivez pourquoi la clause change."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client, responsable, appel, saisie, phrase):
    envoi = {"titre": "Bâti", "texte": "Un bail.", "depuis": "3", "motif": "Plus clair", "cle_unique": CLE}
    reponse = client.post(reverse("accueil:pilotage_clause", args=["4.2"]), envoi | saisie)
    assert phrase in reponse.content.decode()
    assert appel.articles.count() == 3


def test_an_unchanged_text_is_refused_above_the_form(client, responsable, appel):
    envoi = {
        "titre": "Bâti", "texte": "Un titre ou une promesse.", "depuis": "3", "motif": "Rien", "cle_unique": CLE,
    }  # fmt: skip
    reponse = client.post(reverse("accueil:pilotage_clause", args=["4.2"]), envoi)
    assert (reponse.status_code, appel.articles.count()) == (409, 3)
    assert not Entree.objects.filter(action="reviser_clause").exists()


def test_a_new_clause_takes_a_number_that_none_bears(client, responsable, appel):
    adresse = reverse("accueil:pilotage_clause_nouvelle")
    envoi = {
        "numero": "9", "titre": "Énergie", "texte": "Un lieu sobre.", "depuis": "3", "motif": "Loi", "cle_unique": CLE,
    }  # fmt: skip
    assert "L&#x27;article 9 existe" in client.post(adresse, envoi).content.decode()
    assert client.post(adresse, envoi | {"numero": "4.3"}).status_code == 302
    assert [a.numero for a in appel.articles.en_vigueur(3)] == ["4.2", "4.3", "9"]


def test_another_call_s_responsable_finds_no_call(client, appel):
    autre = AppelFactory(slug="autre")
    user = UserFactory()
    HabilitationFactory(user=user, role=Role.RESPONSABLE, appel=autre)
    client.force_login(user)
    assert client.get(reverse("accueil:pilotage_cahier"), {"appel": appel.slug}).status_code == 404
    assert client.get(reverse("accueil:pilotage_cahier")).status_code == 200
    assert client.post(reverse("accueil:pilotage_clause", args=["4.2"]), {}).status_code == 404


def test_a_section_of_the_form_cites_its_clauses_as_its_wave_reads_them(client, appel):
    Citation.objects.create(appel=appel, ou="lieu#sites", article="4.2")
    dossier = DossierFactory(vague=vague(appel, 2))
    client.force_login(dossier.titulaire)
    page = client.get(f"/dossiers/{dossier.numero}/lieu/").content.decode()
    assert '<a href="/appel/?vague=2#article-4-2">article 4.2, Bâti (version 2)</a>' in page
    assert (
        "Cahier des charges : <a" not in client.get(f"/dossiers/{dossier.numero}/structure/").content.decode()
    )


@pytest.mark.parametrize(("vague", "reference"), [(1, "4.1 (version 1)"), (2, "4.1 (version 2)")])
def test_a_refusal_prints_the_version_of_the_dossier_s_wave(vague, reference):
    """« aux termes de l'article 4.2 (version 2) du cahier des charges »; a dossier of the first wave keeps its own."""
    refus = refus_propose(dossier=dossier_depose(vague_close(vague)))
    dossier = refus.dossier
    article = {"appel": dossier.vague.appel, "rang": 1, "numero": "4.1", "titre": "Structure"}
    Article.objects.create(**article, texte="Une personne morale.")
    Article.objects.create(**article, texte="Une personne morale déclarée.", version=2, depuis=2)
    dossier.passer("declarer_irrecevable", par=signataire(dossier.vague.appel), motif=refus.proposition_refus)
    acte = dossier.actes.get(genre="irrecevabilite")
    assert {regle["article"] for regle in acte.instantane["regles"]} == {reference}
    mots = texte("irrecevabilite", acte.instantane).replace("\u00a0", " ")
    assert f"l’article {reference} du cahier des charges" in " ".join(mots.split())


def test_the_page_costs_the_same_whatever_the_clauses(client, responsable, appel):
    adresse = reverse("accueil:pilotage_cahier")
    client.get(adresse)
    with compter() as peu:
        client.get(adresse)
    Article.objects.bulk_create(
        Article(appel=appel, rang=10 + n, numero=f"8.{n}", titre="Clause", texte="Un texte.")
        for n in range(30)
    )
    with compter() as beaucoup:
        client.get(adresse)
    assert (beaucoup.requetes, peu.requetes <= 12) == (peu.requetes, True)
