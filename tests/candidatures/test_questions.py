"""Questions about the call: asked by anyone signed in, answered by agents, published to all without a name."""

import re
import uuid

import pytest
from django.db import IntegrityError, transaction

from candidatures.models import OrigineQuestion, Question, QuestionPerimee, ThemeQuestion
from candidatures.tasks import recapituler
from manufactures import horloge
from manufactures.attentes import taches_pour
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.programme.models import Vague
from manufactures.registres import TransitionInterdite
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.eligibilite import question_posee, question_publiee
from tests.factories.programme import AppelFactory, VagueFactory

pytestmark = pytest.mark.django_db

ANONYME = "Une scierie peut-elle candidater ?"
REPONSE = "Oui, si ses machines sont partagées."


@pytest.fixture(autouse=True)
def _second_facteur_facultatif(settings):
    settings.MFA_AGENTS = "facultative"


@pytest.fixture
def agent():
    return UserFactory(role=Role.INSTRUCTEUR, organisation="ANCT")


@pytest.fixture
def demandeur():
    return UserFactory(prenom="Awa", nom="Diallo", organisation="La Soudée")


def texte(reponse) -> str:
    page = re.sub(r"<[^>]+>", " ", reponse.content.decode().partition("<main")[2].partition("</main>")[0])
    return re.sub(r"\s+", " ", page.replace("&#x27;", "'").replace("\u00a0", " "))


def poster(client, chemin, **donnees):
    """A POST with its key, as the page sends it."""
    return client.post(chemin, {"cle_unique": str(uuid.uuid4())} | donnees)


# -- The path ---------------------------------------------------------------------------------------------------
def test_from_the_question_to_the_published_answer(client, demandeur, agent, invariants_verifies):
    """Asked, answered under another wording, published, told: by the pages alone."""
    VagueFactory()
    client.force_login(demandeur)
    assert poster(
        client, "/questions/poser/", texte="Moi, Awa Diallo, scieuse : ma scierie entre-t-elle ?"
    ).url == ("/questions/miennes/")
    question = Question.objects.get()
    assert "Réponse attendue de l'ANCT" in texte(client.get("/questions/miennes/"))

    client.force_login(agent)
    assert [t.objet for t in taches_pour(agent)] == ["Question de La Soudée"]
    assert "La Soudée" in texte(client.get("/questions/recues/"))
    chemin = f"/questions/{question.pk}/repondre/"
    assert "Awa Diallo, scieuse" in texte(client.get(chemin))
    reponse = poster(
        client,
        chemin,
        texte_publie=ANONYME,
        reponse=REPONSE,
        theme="STRUCTURE",
        version="0",
        action="publier",
    )
    assert reponse.url == question.get_absolute_url()

    client.logout()
    publique = client.get("/questions/")
    assert ANONYME in texte(publique) and REPONSE in texte(publique)
    seule = client.get(question.get_absolute_url())
    for page in (publique, seule):
        assert "Diallo" not in page.content.decode() and "Soudée" not in page.content.decode()
    message = Message.objects.get(cle="question_repondue")
    assert message.destinataire == demandeur and message.lien == question.get_absolute_url()
    assert "Awa Diallo, scieuse" in message.corps_texte
    assert list(Entree.objects.filter(fil=question.fil).values_list("action", "acteur")) == [
        ("poser_question", demandeur.pk),
        ("repondre_question", agent.pk),
        ("publier_reponse", agent.pk),
    ]
    assert "Awa" not in str(list(Entree.objects.filter(fil=question.fil).values_list("faits", "motif")))
    assert not taches_pour(agent)


def test_an_answer_is_kept_before_it_is_published(client, demandeur, agent):
    """Nobody reads it, the asker included; the agent's line asks to publish it."""
    question = question_posee(par=demandeur)
    client.force_login(agent)
    poster(
        client,
        f"/questions/{question.pk}/repondre/",
        texte_publie=ANONYME,
        reponse=REPONSE,
        theme="STRUCTURE",
        version="0",
        action="enregistrer",
    )
    assert [t.bouton for t in taches_pour(agent)] == ["Publier"]
    assert not Message.objects.exists()
    client.force_login(demandeur)
    assert REPONSE not in texte(client.get(question.get_absolute_url()))
    assert ANONYME not in texte(client.get("/questions/"))


def test_a_correction_is_dated_and_the_journal_keeps_what_was_published(client, agent):
    question = question_publiee(ANONYME, REPONSE, agent=agent)
    client.force_login(agent)
    poster(
        client,
        f"/questions/{question.pk}/repondre/",
        texte_publie=ANONYME,
        reponse="Oui, sous deux conditions.",
        theme="STRUCTURE",
        version="1",
        action="enregistrer",
    )
    page = texte(client.get("/questions/"))
    assert "Oui, sous deux conditions." in page and "corrigée le" in page
    correction = Entree.objects.get(fil=question.fil, action="corriger_reponse")
    assert correction.faits["avant"] == {"question": ANONYME, "reponse": REPONSE}
    assert Message.objects.count() == 1


def test_an_answer_without_publication_is_told_to_the_asker_alone(client, demandeur, agent):
    question = question_posee(par=demandeur)
    client.force_login(agent)
    poster(client, f"/questions/{question.pk}/repondre/", action="ecarter", motif="Voyez la question 3.")
    client.force_login(demandeur)
    assert "Voyez la question 3." in texte(client.get(question.get_absolute_url()))
    assert "Voyez la question 3." in Message.objects.get(cle="question_ecartee").corps_texte
    client.logout()
    assert client.get(question.get_absolute_url()).status_code == 404
    assert not taches_pour(agent)


def test_a_question_that_came_by_mail_is_answered_and_tells_nobody(client, agent):
    VagueFactory()
    client.force_login(agent)
    suite = poster(
        client, "/questions/poser/", texte="Reçu ce matin : et les bateaux ?", recue_par_courriel="on"
    )
    question = Question.objects.get()
    assert question.origine == OrigineQuestion.COURRIEL and suite.url == f"/questions/{question.pk}/repondre/"
    question.repondre(texte_publie=ANONYME, reponse=REPONSE, theme=ThemeQuestion.LIEU, par=agent, version=0)
    question.publier(par=agent)
    assert not Message.objects.exists()
    assert "Vous n'avez posé aucune question" in texte(client.get("/questions/miennes/"))


def test_only_agents_say_that_a_question_came_by_mail(client, demandeur):
    VagueFactory()
    client.force_login(demandeur)
    assert "recue_par_courriel" not in client.get("/questions/poser/").content.decode()
    poster(client, "/questions/poser/", texte="Et les bateaux ?", recue_par_courriel="on")
    assert Question.objects.get().origine == OrigineQuestion.SITE


# -- What is refused --------------------------------------------------------------------------------------------
def test_the_database_refuses_a_publication_without_an_answer(demandeur):
    question = question_posee(par=demandeur)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(publiee_le=horloge.maintenant())
    with pytest.raises(TransitionInterdite, match="Écrivez la réponse"):
        question.publier(par=demandeur)
    assert not Question.objects.publiees().exists()


def test_a_published_question_is_not_set_aside(agent):
    question = question_publiee(agent=agent)
    with pytest.raises(TransitionInterdite):
        question.ecarter(motif="Trop tard.", par=agent)
    with pytest.raises(TransitionInterdite):
        question.publier(par=agent)
    assert Message.objects.count() == 1


def test_a_question_set_aside_is_closed(client, agent, demandeur):
    question = question_posee(par=demandeur)
    question.ecarter(motif="Déjà dit.", par=agent)
    with pytest.raises(TransitionInterdite):
        question.repondre(texte_publie="Q", reponse="R", theme="LIEU", par=agent, version=0)
    client.force_login(agent)
    reponse = poster(
        client,
        f"/questions/{question.pk}/repondre/",
        texte_publie="Q ?",
        reponse="R.",
        theme="LIEU",
        version="0",
        action="publier",
    )
    assert reponse.status_code == 409
    assert client.get(f"/questions/{question.pk}/repondre/").url == question.get_absolute_url()


def test_two_agents_at_once_lose_nothing(client, agent, demandeur):
    """The second one sees the first one's words, and keeps their own (409)."""
    question = question_posee(par=demandeur)
    question.repondre(texte_publie="Premier ?", reponse="Le premier.", theme="LIEU", par=agent, version=0)
    with pytest.raises(QuestionPerimee):
        question.repondre(texte_publie="Second ?", reponse="Le second.", theme="LIEU", par=agent, version=0)
    client.force_login(UserFactory(role=Role.RESPONSABLE))
    envoi = {"texte_publie": "Second ?", "reponse": "Le second.", "theme": "LIEU", "action": "enregistrer"}
    chemin = f"/questions/{question.pk}/repondre/"
    page = poster(client, chemin, version="0", **envoi)
    assert page.status_code == 409
    assert "Le premier." in texte(page) and "Le second." in texte(page)
    assert 'name="version" value="1"' in page.content.decode()
    question.refresh_from_db()
    assert question.reponse == "Le premier."
    assert poster(client, chemin, version="1", **envoi).status_code == 302


def test_questions_end_with_the_last_closing(client, demandeur):
    """Before the deposit: until the last wave closes, whatever happens in between."""
    vague = VagueFactory(close=True)
    client.force_login(demandeur)
    assert "plus aucune question n'est prise" in texte(client.get("/questions/poser/"))
    assert poster(client, "/questions/poser/", texte="Trop tard ?").status_code == 409
    with pytest.raises(TransitionInterdite):
        Question.poser(appel=vague.appel, texte="Trop tard ?", par=demandeur)
    assert not Question.objects.exists()
    instant = horloge.maintenant()
    Vague.objects.create(
        appel=vague.appel,
        numero=2,
        libelle="vague 2",
        ouverture=instant + horloge.avancer(days=5),
        cloture=instant + horloge.avancer(days=9),
    )
    assert poster(client, "/questions/poser/", texte="Et pour la suivante ?").status_code == 302


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [("", "Écrivez votre question."), ("a" * 1001, "Écrivez au plus 1000 caractères ; il y en a 1001.")],
)
def test_a_question_is_written_and_short(client, demandeur, saisie, phrase):
    VagueFactory()
    client.force_login(demandeur)
    page = poster(client, "/questions/poser/", texte=saisie)
    assert page.status_code == 200 and phrase in texte(page) and not Question.objects.exists()


def test_a_double_click_asks_once(client, demandeur):
    VagueFactory()
    client.force_login(demandeur)
    envoi = {"texte": "Une fois ?", "cle_unique": str(uuid.uuid4())}
    assert client.post("/questions/poser/", envoi).url == client.post("/questions/poser/", envoi).url
    assert Question.objects.count() == 1


# -- Who may what -----------------------------------------------------------------------------------------------
# One status a role for: the waiting question, the list of what waits, the form of the answer, the asking.
LOI = {
    None: (404, 302, 302, 302),
    Role.PORTEUR: (404, 403, 404, 200),
    Role.INSTRUCTEUR: (200, 200, 200, 200),
    Role.RESPONSABLE: (200, 200, 200, 200),
    Role.MEMBRE: (404, 403, 404, 200),
    Role.PRESIDENT: (404, 403, 404, 200),
    Role.EXPERT: (404, 403, 404, 200),
    Role.AUDITEUR: (200, 200, 403, 200),
    Role.ADMINISTRATEUR: (404, 403, 404, 403),
}


@pytest.mark.parametrize("role", LOI)
def test_each_role_before_a_waiting_question(client, role):
    question = question_posee()
    if role:
        client.force_login(UserFactory(role=role))
    chemins = (
        f"/questions/{question.pk}/",
        "/questions/recues/",
        f"/questions/{question.pk}/repondre/",
        "/questions/poser/",
    )
    assert tuple(client.get(chemin).status_code for chemin in chemins) == LOI[role]
    assert client.get("/questions/").status_code == 200


def test_the_asker_sees_their_own_and_cannot_answer_it(client, demandeur):
    question = question_posee(par=demandeur)
    client.force_login(demandeur)
    assert client.get(question.get_absolute_url()).status_code == 200
    assert client.get(f"/questions/{question.pk}/repondre/").status_code == 403
    assert (
        poster(client, f"/questions/{question.pk}/repondre/", action="ecarter", motif="Non.").status_code
        == 403
    )
    assert Question.objects.en_attente().count() == 1


def test_an_agent_of_another_call_sees_nothing(client):
    question = question_posee(appel=AppelFactory())
    ailleurs = HabilitationFactory(
        role=Role.INSTRUCTEUR, appel=AppelFactory(slug="autre", titre="Autre appel")
    ).user
    client.force_login(ailleurs)
    assert client.get(question.get_absolute_url()).status_code == 404
    assert client.get(f"/questions/{question.pk}/repondre/").status_code == 404
    assert not taches_pour(ailleurs)


# -- Reading and searching --------------------------------------------------------------------------------------
@pytest.fixture
def publiees(agent):
    """Three published ones, under two themes."""
    return [
        question_publiee(
            "Le matériel d'occasion est-il admis ?", "Oui, s'il est conforme.", agent=agent, theme="AIDES"
        ),
        question_publiee("Faut-il être propriétaire ?", "Non, un bail suffit.", agent=agent, theme="LIEU"),
        question_publiee("Le bénévolat compte-t-il ?", "Il est décrit à côté.", agent=agent, theme="AIDES"),
    ]


@pytest.mark.parametrize(
    ("recherche", "trouvees"),
    [
        ("q=materiel", ["Le matériel d'occasion est-il admis ?"]),
        ("q=PROPRIÉTAIRE", ["Faut-il être propriétaire ?"]),
        ("q=conforme occasion", ["Le matériel d'occasion est-il admis ?"]),
        ("q=décrit", ["Le bénévolat compte-t-il ?"]),
        ("theme=LIEU", ["Faut-il être propriétaire ?"]),
        ("theme=AIDES&q=bail", []),
        ("theme=INCONNU", 3),
        ("", 3),
    ],
)
def test_the_search_ignores_case_and_accents(client, publiees, recherche, trouvees):
    page = client.get(f"/questions/?{recherche}")
    titres = [q.texte_publie for q in page.context["page_obj"]]
    assert titres == trouvees if isinstance(trouvees, list) else len(titres) == trouvees
    if trouvees == []:
        assert "Aucune question ne répond à « bail »." in texte(page)


def test_by_theme_in_their_order_or_the_newest_first(client, publiees):
    par_theme = client.get("/questions/").content.decode()
    titres = re.findall(r'<h2 class="fr-mt-4w">([^<]+)</h2>', par_theme)
    assert titres == ["Le lieu et le territoire", "Les aides et les dépenses"]
    recentes = client.get("/questions/?ordre=recentes")
    assert [q.pk for q in recentes.context["page_obj"]] == [q.pk for q in reversed(publiees)]


def test_with_htmx_the_results_come_alone(client, publiees):
    page = client.get("/questions/?q=bail", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page and "propriétaire" in page and "data-hx-swap-oob" in page


def test_nothing_published_yet(client):
    AppelFactory()
    assert "Aucune question n'est encore publiée." in texte(client.get("/questions/"))
    client.force_login(UserFactory())
    assert "Vous n'avez posé aucune question." in texte(client.get("/questions/miennes/"))
    client.force_login(UserFactory(role=Role.RESPONSABLE))
    assert "Aucune question n'attend de réponse." in texte(client.get("/questions/recues/"))


def test_the_list_goes_by_pages_of_twenty_five(client, agent):
    for rang in range(27):
        question_publiee(f"Question {rang} ?", agent=agent)
    page = client.get("/questions/?page=2")
    assert len(page.context["page_obj"].object_list) == 2
    assert "Page suivante" in texte(page)


@pytest.mark.parametrize(
    "cas",
    [
        ("/questions/", None, 8),
        ("/questions/", Role.INSTRUCTEUR, 12),
        ("/questions/?q=bail&ordre=recentes", None, 8),
        ("/questions/recues/", Role.RESPONSABLE, 12),
        ("/questions/miennes/", Role.PORTEUR, 12),
    ],
)
def test_the_lists_cost_the_same_at_five_and_fifty(
    client, agent, demandeur, django_assert_max_num_queries, cas
):
    chemin, role, plafond = cas
    lecteur = demandeur if role == Role.PORTEUR else role and UserFactory(role=role)
    comptes = []
    for combien in (5, 45):
        for rang in range(combien):
            question_publiee(f"Un bail de {rang} mois ?", agent=agent, par=demandeur)
            question_posee(f"Et {rang} ?", par=UserFactory())
        if lecteur:
            client.force_login(lecteur)
        with django_assert_max_num_queries(plafond) as requetes:
            assert client.get(chemin).status_code == 200
        comptes.append(len(requetes.captured_queries))
    assert comptes[0] == comptes[1]


def test_a_long_queue_is_one_line(agent):
    for rang in range(12):
        question_posee(f"Et {rang} ?")
    taches = taches_pour(agent)
    assert len(taches) == 11 and taches[-1].libelle == "2\u00a0autres questions en attente"


def test_each_agent_learns_in_the_morning_what_waits(client):
    """One message a day, with what is late; nothing where nothing waits."""
    agent = HabilitationFactory(role="INSTRUCTEUR", appel=None).user
    recapituler()
    assert not Message.objects.filter(cle="recapitulatif").exists()

    appel = VagueFactory().appel
    ancienne = question_posee(appel=appel)
    Question.objects.filter(pk=ancienne.pk).update(posee_le=horloge.maintenant() - horloge.avancer(days=30))
    question_posee(appel=appel)
    recapituler()
    recapituler()
    (message,) = Message.objects.filter(cle="recapitulatif", destinataire=agent)
    lu = message.corps_texte.replace("\u00a0", " ")
    assert "2 questions sans réponse, la plus ancienne depuis 30 jours" in lu
    assert "En retard : 1 question." in lu
    assert "/questions/recues/" in message.corps_texte


def test_a_question_begins_with_the_page_that_puzzles(client):
    VagueFactory()
    client.force_login(UserFactory())
    page = client.get("/questions/poser/?page=financement").content.decode()
    assert "À propos de la page «\u00a0Plan de financement\u00a0» du dossier" in page
    assert "À propos" not in client.get("/questions/poser/?page=licorne").content.decode()


@pytest.mark.parametrize(
    ("page", "champ", "dit"),
    [
        (
            "projet",
            "besoin",
            "À propos de «\u00a0Besoin du territoire\u00a0», sur la page «\u00a0Projet\u00a0»",
        ),
        ("gouvernance", "partenaires-0-type", "À propos de «\u00a0Partenaires, "),
        ("projet", "gouvernance", "À propos de la page «\u00a0Projet\u00a0» du dossier"),
        ("lieu", "sites-0-licorne", "À propos de la page «\u00a0Lieu\u00a0» du dossier"),
    ],
)
def test_a_question_begins_with_the_field_that_puzzles(client, page, champ, dit):
    VagueFactory()
    client.force_login(UserFactory())
    assert dit in client.get(f"/questions/poser/?page={page}&champ={champ}").content.decode()


def test_a_form_of_questions_is_no_flood(client, demandeur, settings):
    """Past the limit nothing is written and the text stays in the page; another person is not held back."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"poser_question": "2/h/user"}
    VagueFactory()
    client.force_login(demandeur)
    codes = [poster(client, "/questions/poser/", texte=f"Question {n} ?").status_code for n in range(3)]
    trop = poster(client, "/questions/poser/", texte="Et celle-ci ?")

    assert codes == [302, 302, 429] and trop.status_code == 429
    assert "beaucoup de questions" in texte(trop) and "Et celle-ci ?" in texte(trop)
    assert Question.objects.count() == 2
    client.force_login(UserFactory())
    assert poster(client, "/questions/poser/", texte="La mienne ?").status_code == 302
