"""The self-test: eight questions without an account, an answer that says why, answers carried over into a draft."""

import json
import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from candidatures.autotest import CLE_DE_SESSION, situer
from candidatures.models import Autotest, Dossier, TitreOccupation
from manufactures.demonstration.programme import _autotest, _grille
from manufactures.journal.models import Entree
from manufactures.programme.donnees import geographie
from manufactures.programme.models import (
    Commune,
    Effet,
    FormeJuridique,
    QuestionEligibilite,
    ReponseEligibilite,
)
from tests.factories.candidatures import DossierFactory
from tests.factories.comptes import MOT_DE_PASSE, UserFactory
from tests.factories.eligibilite import poser_le_test
from tests.factories.programme import (
    AppelFactory,
    CommuneFactory,
    DepartementFactory,
    RegionFactory,
    VagueFactory,
)

pytestmark = pytest.mark.django_db

APPEL = json.loads((Path(geographie.__file__).parent / "appel.json").read_text(encoding="utf-8"))
RESULTAT = "/eligibilite/resultat/"
# Seven taps on the first answer of each question, and a commune.
FAVORABLES = {
    "structure": "siret",
    "forme": "association",
    "bati": "titre",
    "partage": "deja",
    "equipe": "chiffres",
    "gouvernance": "mixte",
    "competences": "deja",
}


@pytest.fixture
def le_test():
    """A small test, in an open wave, with the communes of the factories."""
    VagueFactory()
    CommuneFactory()
    return poser_le_test()


@pytest.fixture
def le_vrai_test():
    """The eight questions of the call."""
    VagueFactory()
    CommuneFactory()
    appel = AppelFactory()
    _grille(appel, APPEL)
    _autotest(appel, APPEL["autotest"])
    return list(QuestionEligibilite.objects.du_test())


def texte(reponse) -> str:
    """What a reader sees, tags removed, spaces joined."""
    page = re.sub(r"<[^>]+>", " ", reponse.content.decode().partition("<main")[2].partition("</main>")[0])
    return re.sub(r"\s+", " ", page.replace("&#x27;", "'").replace("\u00a0", " "))


def adresse(rang: int) -> str:
    return "/eligibilite/" if rang == 1 else f"/eligibilite/{rang}/"


def repondre_a_tout(client, **autres):
    """Answer each question in turn, favourably unless said otherwise; the last redirection."""
    reponse = None
    for rang, question in enumerate(QuestionEligibilite.objects.du_test(), 1):
        envoi = {"reponse": autres.get(question.code) or FAVORABLES.get(question.code, "")}
        if question.genre == "COMMUNE":
            envoi = autres.get("territoire") or {"commune": "Crest"}
        reponse = client.post(adresse(rang), envoi)
        assert reponse.status_code == 302, question.code
    return reponse


# -- Going through ----------------------------------------------------------------------------------------------
def test_eight_taps_lead_to_the_result_and_write_nothing(client, le_vrai_test):
    """One page a question, the answers in the session alone."""
    avant = (Dossier.objects.count(), Entree.objects.count())
    for rang, question in enumerate(le_vrai_test, 1):
        page = client.get(adresse(rang))
        assert f"<title>Question {rang} sur 8 – Votre projet peut-il candidater" in page.content.decode()
        assert question.texte.replace("\u00a0", " ") in texte(page)
        boutons = re.findall(r'name="reponse" value="(\w+)"', page.content.decode())
        attendus = [] if question.genre == "COMMUNE" else [r.code for r in question.reponses.all()]
        assert boutons == attendus
        envoi = (
            {"commune": "26400"} if question.genre == "COMMUNE" else {"reponse": FAVORABLES[question.code]}
        )
        suite = client.post(adresse(rang), envoi)
        assert suite.url == (f"{RESULTAT}#resultat" if rang == 8 else f"{adresse(rang + 1)}#question")

    page = client.get(RESULTAT)
    assert "Votre projet peut candidater" in texte(page)
    assert "Rien à renforcer" in texte(page)
    assert "Structure, forme, territoire, lieu, partage, équipe, gouvernance, compétences." in texte(page)
    assert "Ce résultat est indicatif : seul l'examen du dossier décide." in texte(page)
    assert (Dossier.objects.count(), Entree.objects.count()) == avant


def test_reading_the_test_opens_no_session(client, le_test):
    """Nothing is kept of who only looks."""
    client.get("/eligibilite/")
    client.get("/eligibilite/2/")
    assert Session.objects.count() == 0


# (answer, sentence of the result): the blocks of the cahier des charges, written out.
BLOQUANTES = [
    ("structure", "non", "Il manque une structure déclarée (article 4.1)."),
    ("forme", "individuelle", "L'entreprise individuelle n'est pas une forme admise (article 4.1)."),
    ("bati", "non", "Il manque un lieu que vous pouvez occuper (article 4.2). Ce qui changerait la réponse : une"
     " promesse de bail ou un accord écrit du propriétaire."),
    ("partage", "seul", "Le lieu ne sert qu'un seul professionnel (article 4.4)."),
    ("equipe", "personne", "Il manque une équipe (article 4.3)."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "reponse", "phrase"), BLOQUANTES)
def test_each_block_is_told_with_what_would_change_it(client, le_vrai_test, code, reponse, phrase):
    repondre_a_tout(client, **{code: reponse})
    page = texte(client.get(RESULTAT))
    assert "En l'état, votre projet ne peut pas candidater" in page
    assert re.sub(r"\s+", " ", phrase) in re.sub(r"\s([).])", r"\1", page).replace("( ", "(")
    assert "Votre projet peut candidater" not in page


def test_all_the_blocks_are_learnt_at_once(client, le_vrai_test):
    """A blocking answer does not end the test."""
    repondre_a_tout(client, **{code: reponse for code, reponse, _ in BLOQUANTES})
    page = texte(client.get(RESULTAT))
    assert page.count("Ce qui changerait la réponse") == 5


def test_the_effects_are_those_of_the_screen():
    """The law of the screen, written out: what blocks, what strengthens; governance and skills never block."""
    effets = {
        q["code"]: {r["code"]: r["effet"] for r in q["reponses"] if r["effet"] != "acquis"}
        for q in APPEL["autotest"]
    }
    assert effets == {
        "structure": {"creation": "renforce", "non": "bloque"},
        "forme": {"individuelle": "bloque", "autre": "renforce"},
        "territoire": {"departement": "renforce"},
        "bati": {"non": "bloque"},
        "partage": {"seul": "bloque"},
        "equipe": {"prevus": "renforce", "personne": "bloque"},
        "gouvernance": {"publics": "renforce", "prives": "renforce", "seuls": "renforce"},
        "competences": {"prevu": "renforce", "non": "renforce"},
    }


def test_points_to_strengthen_cite_the_criterion(client, le_vrai_test):
    repondre_a_tout(client, gouvernance="publics", equipe="prevus")
    page = texte(client.get(RESULTAT))
    assert "Deux points à renforcer avant le dépôt." in page
    assert (
        "Gouvernance : vos partenaires sont tous publics. Associez au moins un acteur privé. Critère 4"
        in page
    )
    assert "Équipe : vos postes ne sont pas chiffrés. Chiffrez les postes d'animation. Critère 7" in page


def test_the_result_asks_for_the_first_missing_answer(client, le_test):
    """Direct access: the question, with a sentence."""
    vide = client.get(RESULTAT, follow=True)
    assert vide.redirect_chain[-1][0] == "/eligibilite/"
    assert "Répondez d'abord à cette question" in texte(vide)

    client.post("/eligibilite/", {"reponse": "association"})
    assert client.get(RESULTAT).url == "/eligibilite/2/"


def test_one_answer_is_changed_from_the_result(client, le_test):
    """« Modifier » comes back to the result; the page shows what was answered."""
    repondre_a_tout(client)
    page = client.get("/eligibilite/3/?retour=1").content.decode()
    assert 'name="retour" value="1"' in page and "votre réponse actuelle" in page
    assert client.post("/eligibilite/3/", {"reponse": "non", "retour": "1"}).url == f"{RESULTAT}#resultat"
    assert "ne peut pas candidater" in texte(client.get(RESULTAT))


def test_beginning_again_forgets_the_answers(client, le_test):
    repondre_a_tout(client)
    assert client.post("/eligibilite/recommencer/").url == "/eligibilite/#question"
    assert CLE_DE_SESSION not in client.session
    assert client.get("/eligibilite/recommencer/").status_code == 405


def test_an_answer_that_is_none_changes_nothing(client, le_test):
    reponse = client.post("/eligibilite/", {"reponse": "licorne"})
    assert reponse.status_code == 200 and "Choisissez l'une des réponses proposées." in texte(reponse)
    assert CLE_DE_SESSION not in client.session


@pytest.mark.parametrize("rang", [0, 5, 999])
def test_a_question_that_does_not_exist_is_not_found(client, le_test, rang):
    assert client.get(f"/eligibilite/{rang}/").status_code == 404


def test_a_call_without_a_test_says_so(client):
    AppelFactory()
    assert "ne propose pas de test" in texte(client.get("/eligibilite/"))
    assert client.get(RESULTAT).url == "/eligibilite/"


def test_an_answer_taken_away_from_the_call_is_asked_again(client, le_test):
    """The responsable may change the rows while someone answers."""
    repondre_a_tout(client)
    ReponseEligibilite.objects.filter(question__code="bati", code="titre").delete()
    assert client.get(RESULTAT).url == "/eligibilite/3/"


def test_the_responsable_s_own_words_are_shown(client, le_test):
    """Rows of the call: no text of the test stands in the code."""
    QuestionEligibilite.objects.filter(code="bati").update(texte="Avez-vous les clés ?", article="9.9")
    page = texte(client.get("/eligibilite/3/"))
    assert "Avez-vous les clés" in page and "article 9.9" in page


# -- The commune ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("saisie", ["Crest", "crest", "26400", "26108", "Crest (26)"])
def test_a_commune_is_found_by_name_or_postcode(client, le_test, saisie):
    assert client.post("/eligibilite/2/", {"commune": saisie}).url == "/eligibilite/3/#question"
    assert client.session[CLE_DE_SESSION]["territoire"] == {"reponse": "commune", "lieu": "26108"}
    assert "Crest : Drôme (26), région Auvergne-Rhône-Alpes." in texte(client.get("/eligibilite/3/"))


def test_namesakes_are_shown_and_one_is_chosen_by_a_tap(client, le_test):
    ailleurs = DepartementFactory(
        code="80", nom="Somme", region=RegionFactory(code="32", nom="Hauts-de-France")
    )
    CommuneFactory(code="80222", nom="Crest", departement=ailleurs, codes_postaux=["80100"])
    page = client.post("/eligibilite/2/", {"commune": "Crest"})
    assert page.status_code == 200
    assert re.findall(r'name="reponse" value="(\w+)"', page.content.decode()) == ["26108", "80222"]
    client.post("/eligibilite/2/", {"reponse": "80222"})
    assert client.session[CLE_DE_SESSION]["territoire"]["lieu"] == "80222"


def test_an_unknown_commune_is_told_with_the_close_names_and_the_departement(client, le_test):
    page = client.post("/eligibilite/2/", {"commune": "Creste"})
    assert "Nous ne trouvons pas « Creste ». Vérifiez l'orthographe ou choisissez le département." in texte(
        page
    )
    assert 'name="reponse" value="26108"' in page.content.decode()
    assert 'name="departement"' in page.content.decode()
    assert 'value="Creste"' in page.content.decode()  # what was typed stays
    assert CLE_DE_SESSION not in client.session


def test_the_departement_alone_is_an_answer_to_strengthen(client, le_test):
    client.post("/eligibilite/2/", {"commune": "Saint-Xyz", "departement": "26"})
    assert client.session[CLE_DE_SESSION]["territoire"] == {"reponse": "departement", "lieu": "26"}
    assert "Drôme (26) : région Auvergne-Rhône-Alpes." in texte(client.get("/eligibilite/3/"))
    repondre_a_tout(client, territoire={"commune": "", "departement": "26"})
    assert "Territoire : constat de departement" in texte(client.get(RESULTAT))


def test_a_blank_commune_is_asked_for(client, le_test):
    page = client.post("/eligibilite/2/", {"commune": "  "})
    assert "Écrivez le nom ou le code postal de la commune." in texte(page)


def test_overseas_is_named(le_test):
    ile = RegionFactory(code="04", nom="La Réunion")
    commune = CommuneFactory(
        code="97416",
        nom="Saint-Pierre",
        departement=DepartementFactory(code="974", nom="La Réunion", region=ile),
    )
    assert situer(commune) == "Saint-Pierre : La Réunion (974), outre-mer."


def test_communes_are_proposed_from_the_third_letter(client, le_test):
    assert "<option" not in client.get("/eligibilite/communes/?commune=cr").content.decode()
    assert '<option value="Crest (26)">' in client.get("/eligibilite/communes/?commune=cre").content.decode()


# -- Carried over -----------------------------------------------------------------------------------------------
def commencer(client, **envoi):
    """Begin a dossier in the open wave."""
    vague = VagueFactory()
    donnees = {"nom_projet": "La Soudée", "vague": vague.pk, "reprendre": "1"} | envoi
    return client.post(reverse("candidatures:creer"), donnees)


def test_the_answers_survive_sign_in_and_fill_the_draft(client, le_test):
    user = UserFactory(email="awa@exemple.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    repondre_a_tout(client, bati="promesse", gouvernance="publics")
    cle = client.session.session_key
    porte = client.get("/dossiers/creer/")
    assert porte.url == "/compte/login/?next=/dossiers/creer/"

    entree = client.post(
        porte.url, {"login": user.email, "password": MOT_DE_PASSE, "next": "/dossiers/creer/"}
    )
    assert entree.url == "/dossiers/creer/" and client.session.session_key != cle
    assert "Reprendre mes 4 réponses" in texte(client.get("/dossiers/creer/"))
    commencer(client)

    dossier = Dossier.objects.get()
    lieu = dossier.sites.get()
    assert dossier.forme_juridique.code == "association"
    assert (lieu.commune_id, lieu.principal, lieu.titre_occupation) == ("26108", True, "PROMESSE")
    assert [r["reponse"] for r in dossier.autotest.reponses][-1] == "Des partenaires publics"
    assert Entree.objects.filter(fil=dossier.fil, action="reprendre_autotest").count() == 1
    assert CLE_DE_SESSION not in client.session  # they serve once
    assert "Votre test d'éligibilité" in texte(client.get(dossier.get_absolute_url()))


def test_the_answers_survive_sign_up(client, le_test):
    """Account, address confirmed, sign-in: the same browser still holds them."""
    repondre_a_tout(client)
    inscription = {"email": "neuf@exemple.test", "prenom": "Awa", "nom": "Diallo", "next": "/dossiers/creer/"}
    mots = dict.fromkeys(("password1", "password2"), "tres-long-mot-2026")
    client.post("/compte/signup/", inscription | mots)
    confirmation = re.search(r"https?://[^/]+(/compte/confirm-email/\S+)", mail.outbox[0].body).group(1)
    client.post(confirmation)
    client.post("/compte/login/", {"login": "neuf@exemple.test", "password": "tres-long-mot-2026"})

    assert client.session["_auth_user_id"]
    assert "Reprendre mes 4 réponses" in texte(client.get("/dossiers/creer/"))


def test_nothing_is_carried_over_unless_asked(client, le_test):
    client.force_login(UserFactory())
    repondre_a_tout(client)
    commencer(client, reprendre="")
    dossier = Dossier.objects.get()
    assert dossier.forme_juridique is None and not dossier.sites.exists() and not Autotest.objects.exists()
    assert CLE_DE_SESSION in client.session


def test_an_incomplete_test_changes_nothing_in_the_draft(client, le_test):
    client.force_login(UserFactory())
    client.post("/eligibilite/", {"reponse": "association"})
    assert "Reprendre" not in texte(client.get("/dossiers/creer/"))
    commencer(client)
    assert not Autotest.objects.exists() and Dossier.objects.get().forme_juridique is None


def test_signing_in_as_somebody_else_forgets_the_answers(client, le_test):
    """A shared computer: the session of one person never reaches another."""
    client.force_login(UserFactory())
    repondre_a_tout(client)
    client.force_login(UserFactory())
    assert CLE_DE_SESSION not in client.session


def test_the_carried_answers_are_the_team_s_alone(client, le_test):
    dossier = DossierFactory()
    Autotest.objects.create(dossier=dossier, reponses=[])
    assert Autotest.objects.visibles_par(dossier.titulaire).exists()
    for role in ("INSTRUCTEUR", "RESPONSABLE", "AUDITEUR", "ADMINISTRATEUR"):
        assert not Autotest.objects.visibles_par(UserFactory(role=role)).exists()


# -- The rows ---------------------------------------------------------------------------------------------------
def test_an_answer_that_stops_says_what_to_do(le_test):
    """Held by the database: an agent cannot save a block without its words."""
    question = QuestionEligibilite.objects.get(code="bati")
    with pytest.raises(IntegrityError), transaction.atomic():
        question.reponses.create(rang=9, code="muet", libelle="Muet", effet=Effet.BLOQUE)


def test_the_data_of_the_test_hold_together():
    articles = {article["numero"] for article in APPEL["cahier"]["articles"]}
    criteres = {critere["code"] for critere in APPEL["criteres"]} | {None}
    formes = {forme["code"] for forme in APPEL["formes_juridiques"]}
    assert len(APPEL["autotest"]) == 8
    for question in APPEL["autotest"]:
        assert question["article"] in articles and question["critere"] in criteres, question["code"]
        assert question["aide"] and question["precision"] and not question["precision"].endswith(".")
        for reponse in question["reponses"]:
            reprise = reponse.get("reprise", {})
            assert set(reprise) <= {"forme_juridique", "titre_occupation"}
            assert reprise.get("forme_juridique", "autre") in formes
            assert reprise.get("titre_occupation", "") in ["", *TitreOccupation.values]
            assert (reponse["effet"] == "acquis") == ("constat" not in reponse)
            if "constat" in reponse:  # a block is a sentence begun, what strengthens follows « sujet : »
                assert reponse["constat"][0].isupper() == (reponse["effet"] == "bloque")
                assert reponse["constat"].endswith(".") == (reponse["effet"] == "renforce")


# -- Cost -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("connecte", [False, True])
@pytest.mark.parametrize("chemin", ["/eligibilite/", "/eligibilite/3/", RESULTAT])
def test_a_public_page_stays_under_nine_queries(
    client, le_vrai_test, django_assert_max_num_queries, chemin, connecte
):
    if connecte:
        client.force_login(UserFactory())
    repondre_a_tout(client)
    with django_assert_max_num_queries(8):
        assert client.get(chemin).status_code == 200


def test_the_commune_s_code_is_text(le_test):
    assert Commune.objects.get(pk="26108").code == "26108"
    assert FormeJuridique.objects.filter(code="association").exists()


def test_a_machine_that_answers_without_end_is_told_to_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"repondre_autotest": "3/m/ip"}
    codes = [
        client.post("/eligibilite/", {"reponse": "x"}, REMOTE_ADDR="203.0.113.5").status_code
        for _ in range(5)
    ]
    assert 429 not in codes[:3] and codes[3:] == [429, 429]
    assert client.post("/eligibilite/", {"reponse": "x"}, REMOTE_ADDR="203.0.113.6").status_code != 429
