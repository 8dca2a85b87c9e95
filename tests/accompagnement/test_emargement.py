"""The door: a code that lives two minutes, one presence a half day, and nobody's presence but one's own."""

import html
import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accompagnement.models import DemiJournee, Presence, Session, StatutPresence
from accompagnement.models.emargement import FENETRE, porte_de
from candidatures.models import Droit
from manufactures import horloge
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db

MATIN, APRES_MIDI = DemiJournee.MATIN, DemiJournee.APRES_MIDI
PERIME = "change toutes les 2"


@pytest.fixture
def neuf_heures_quatre(gens):
    """Today at 9 h 04 in Paris, the clock standing still."""
    instant = datetime.combine(
        horloge.aujourd_hui(), datetime.min.time().replace(hour=9, minute=4), horloge.PARIS
    )
    with horloge.a(instant):
        yield instant


@pytest.fixture
def dossier(gens, neuf_heures_quatre):
    """A laureate."""
    return f.laureat(gens)


@pytest.fixture
def session(gens, dossier):
    """Its session of the day."""
    return f.session(gens, f.promotion(gens, dossier))


@pytest.fixture(autouse=True)
def essais_oublies(db):
    """Tries are counted in the cache."""
    cache.clear()


def porte(session, moment=MATIN) -> str:
    return f"/e/{session.code_de_porte(moment)}/"


def texte(reponse) -> str:
    return " ".join(html.unescape(reponse.content.decode()).split())


# -- The deed ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("qui", ["porteur", "contributeur"])
def test_who_is_there_signs_once_and_leaves_one_line(gens, session, dossier, neuf_heures_quatre, qui):
    par = getattr(gens, qui)

    presence, nouvelle = session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=par)
    encore, renouvelee = session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=gens.porteur)

    assert (nouvelle, renouvelee, encore) == (True, False, presence)
    presence = Presence.objects.get()
    assert (presence.demi_journee, presence.statut, presence.notee_par) == (MATIN, "PRESENT", par)
    assert presence.notee_le == neuf_heures_quatre
    entree = Entree.objects.get(fil=dossier.fil, action="emarger")
    assert entree.faits == {"module": session.module.code, "demi_journee": "MATIN"}


@pytest.mark.parametrize(("age", "admis"), [(0, True), (FENETRE, True), (2 * FENETRE, False)])
def test_a_code_lives_for_its_window_and_the_next(gens, session, neuf_heures_quatre, age, admis):
    code, chiffres = session.code_de_porte(MATIN), session.chiffres(MATIN)

    with horloge.a(neuf_heures_quatre + timedelta(seconds=age)):
        assert session.affiche_les_chiffres(MATIN, chiffres) is admis
        if admis:
            session.emarger(session.promotion.dossiers.get(), MATIN, code, par=gens.porteur)
        else:
            with pytest.raises(TransitionInterdite, match=PERIME):
                session.emarger(session.promotion.dossiers.get(), MATIN, code, par=gens.porteur)

    assert Presence.objects.count() == admis


def test_a_code_of_the_future_is_not_shown_yet(gens, session, dossier, neuf_heures_quatre):
    with horloge.a(neuf_heures_quatre + timedelta(seconds=FENETRE)):
        code = session.code_de_porte(MATIN)

    with pytest.raises(TransitionInterdite, match=PERIME):
        session.emarger(dossier, MATIN, code, par=gens.porteur)


def test_each_door_has_its_own_code(gens, session, dossier):
    autre = f.session(gens, session.promotion, rang=2)
    for code in (session.code_de_porte(APRES_MIDI), autre.code_de_porte(MATIN), session.chiffres(MATIN), ""):
        with pytest.raises(TransitionInterdite, match=PERIME):
            session.emarger(dossier, MATIN, code, par=gens.porteur)

    assert not Presence.objects.exists()
    assert len(session.code_de_porte(MATIN)) == 16
    assert re.fullmatch(r"\d{4}", session.chiffres(MATIN))


def test_a_half_day_that_the_session_has_not_is_nobody_s(gens, session, dossier):
    code = session.code_de_porte(APRES_MIDI)
    Session.objects.update(demi_journees=1)
    session.refresh_from_db()

    with pytest.raises(TransitionInterdite, match="pas inscrit à cette demi-journée"):
        session.emarger(dossier, APRES_MIDI, code, par=gens.porteur)
    assert Session.objects.de_la_porte(code) == (None, None)


def test_another_cohort_s_project_does_not_sign(gens, session):
    ailleurs = f.laureat(gens)

    with pytest.raises(TransitionInterdite, match="pas inscrit à cette demi-journée"):
        session.emarger(ailleurs, MATIN, session.code_de_porte(MATIN), par=gens.porteur)

    assert not Presence.objects.exists()


@pytest.mark.parametrize("qui", ["agent", "responsable", "expert", "auditeur"])
def test_nobody_signs_for_a_project_that_is_not_theirs(gens, session, dossier, qui):
    with pytest.raises(GesteInterdit):
        session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=getattr(gens, qui))


def test_who_only_reads_the_project_does_not_sign(gens, session, dossier):
    lecteur = f.personne()
    dossier.membres.create(user=lecteur, droit=Droit.LECTEUR)

    with pytest.raises(GesteInterdit):
        session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=lecteur)


def test_one_signs_on_the_very_day(gens, session, dossier, neuf_heures_quatre):
    for jours in (-1, 1):
        with horloge.a(neuf_heures_quatre + timedelta(days=jours)):
            with pytest.raises(TransitionInterdite, match="le jour même"):
                session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=gens.porteur)

    assert not Presence.objects.exists()


@pytest.mark.parametrize("statut", [StatutPresence.ABSENT, StatutPresence.EXCUSE])
def test_what_the_expert_noted_stands(gens, session, dossier, statut):
    session.noter({(dossier, MATIN): statut}, par=gens.expert)

    with pytest.raises(TransitionInterdite, match=r"Voyez l'intervenant\."):
        session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=gens.porteur)

    assert Presence.objects.get().statut == statut
    assert not Entree.objects.filter(action="emarger").exists()


@pytest.mark.parametrize("code", ["", "a", "é" * 16, "2222-2222-2222", "a" * 16, "a" * 24, "7" * 500])
def test_a_code_that_names_no_door(code):
    assert porte_de(code) is None or Session.objects.de_la_porte(code) == (None, None)


# -- The participant's phone -------------------------------------------------------------------------------------
def test_from_the_qr_to_the_presence(gens, client, session, dossier):
    adresse = porte(session)
    assert client.get(adresse).url == f"/compte/login/?next={adresse}"
    client.force_login(gens.porteur)

    page = texte(client.get(adresse))
    for dit in (str(session.module), "matin", gens.porteur.nom_complet, dossier.nom_projet, "Je suis là"):
        assert dit in page
    assert f"/compte/logout/?next={adresse}" in page and "Ce n'est pas moi" in page

    reponse = client.post(adresse, {"action": "emarger", "dossier": dossier.pk}, follow=True)

    assert reponse.status_code == 200
    page = texte(reponse)
    assert "<h1>Présence notée</h1>" in page and "reçue à" in page and "9 h 04" in page
    assert f"/accompagnement/{dossier.numero}/" in page and "Déposer un livrable" in page
    assert Presence.objects.get().notee_par == gens.porteur


def test_twice_says_when_it_was_noted_even_once_the_code_is_over(
    gens, client, session, dossier, neuf_heures_quatre
):
    adresse = porte(session)
    client.force_login(gens.porteur)
    envoi = {"action": "emarger", "dossier": dossier.pk}
    client.post(adresse, envoi)

    assert "Déjà noté à" in texte(client.post(adresse, envoi, follow=True))
    with horloge.a(neuf_heures_quatre + timedelta(minutes=30)):
        page = texte(client.get(adresse))
    assert "Déjà noté à" in page and "9 h 04" in page and "Je suis là" not in page
    assert Presence.objects.count() == 1


def test_the_same_key_has_one_effect_and_one_answer(gens, client, session, dossier):
    client.force_login(gens.porteur)
    envoi = {"action": "emarger", "dossier": dossier.pk, "cle_unique": "4f9fd9d5-3b57-4dd5-9a5c-0f3f5f0c1c11"}

    premiere, seconde = client.post(porte(session), envoi), client.post(porte(session), envoi)

    assert premiere.url == seconde.url and "recue" in seconde.url


def test_an_expired_code_asks_for_the_figures(gens, client, session, dossier, neuf_heures_quatre):
    adresse = porte(session)
    client.force_login(gens.porteur)

    with horloge.a(neuf_heures_quatre + timedelta(minutes=10)):
        lue = client.get(adresse)
        postee = client.post(adresse, {"action": "emarger", "dossier": dossier.pk})

    for reponse in (lue, postee):
        assert reponse.status_code == 409
        assert PERIME in texte(reponse) and 'name="chiffres"' in texte(reponse)
        assert dossier.nom_projet not in texte(reponse)
    assert not Presence.objects.exists()


def test_a_forged_code_says_the_same_as_an_expired_one(gens, client, session):
    client.force_login(gens.porteur)
    vrai = session.code_de_porte(MATIN)
    faux = vrai[:-1] + ("a" if vrai[-1] != "a" else "b")

    for code in (faux, "2222-2222-2222"):
        reponse = client.get(f"/e/{code}/")
        assert reponse.status_code == 409 and PERIME in texte(reponse)


@pytest.mark.parametrize("methode", ["get", "post"])
def test_somebody_of_no_project_of_the_cohort_sees_the_expert(gens, client, session, dossier, methode):
    client.force_login(f.personne())

    reponse = getattr(client, methode)(porte(session), {"action": "emarger", "dossier": dossier.pk})

    assert reponse.status_code == 409
    assert "Votre projet n'est pas inscrit à cette demi-journée. Voyez l'intervenant." in texte(reponse)
    assert dossier.nom_projet not in texte(reponse)
    assert not Presence.objects.exists()


def test_noted_away_sends_to_the_expert(gens, client, session, dossier):
    session.noter({(dossier, MATIN): StatutPresence.EXCUSE}, par=gens.expert)
    client.force_login(gens.porteur)

    reponse = client.get(porte(session))

    assert reponse.status_code == 409
    assert "noté « Excusé »" in texte(reponse) and "Voyez l'intervenant." in texte(reponse)


def test_with_two_projects_one_says_for_which(gens, client, session, dossier):
    second = f.laureat(gens, vague=dossier.vague)
    session.promotion.inscrire(second, par=gens.agent)
    client.force_login(gens.porteur)

    page = texte(client.get(porte(session)))
    assert f"Je suis là pour {dossier.nom_projet}" in page and f"Je suis là pour {second.nom_projet}" in page

    page = texte(client.post(porte(session), {"action": "emarger", "dossier": second.pk}, follow=True))
    assert "Présence notée" in page and f"Noter aussi {dossier.nom_projet}" in page
    page = texte(client.get(porte(session)))
    assert f"{second.nom_projet} : déjà noté à" in page and "Je suis là<" in page
    assert Presence.objects.get().dossier == second


def test_the_page_of_the_door_asks_for_little(gens, client, session, dossier):
    client.force_login(gens.porteur)
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        assert client.get(porte(session)).status_code == 200
    assert len(requetes) <= 15


# -- The four figures --------------------------------------------------------------------------------------------
def test_the_figures_lead_to_the_door(gens, client, session, dossier):
    client.force_login(gens.contributeur)
    assert "Code à taper" in texte(client.get("/e/"))

    for moment in (MATIN, APRES_MIDI):
        reponse = client.post("/e/", {"chiffres": " ".join(session.chiffres(moment))})
        assert (reponse.status_code, reponse.url) == (302, porte(session, moment))


@pytest.mark.parametrize("saisie", ["", "12", "12345", "abcd", "١٢٣٤"])
def test_what_is_not_four_figures_is_said(gens, client, session, saisie):
    client.force_login(gens.porteur)

    assert "Tapez les 4 chiffres" in texte(client.post("/e/", {"chiffres": saisie}))


def test_the_figures_of_another_cohort_s_door_lead_nowhere(gens, client, session):
    client.force_login(f.personne())

    reponse = client.post("/e/", {"chiffres": session.chiffres(MATIN)})

    assert "pas inscrit à cette demi-journée" in texte(reponse)


def test_ten_tries_then_a_pause_even_for_the_right_figures(gens, client, session):
    client.force_login(gens.porteur)
    faux = f"{(int(session.chiffres(MATIN)) + 1) % 10000:04}"
    if session.affiche_les_chiffres(MATIN, faux) or session.affiche_les_chiffres(APRES_MIDI, faux):
        faux = f"{(int(faux) + 1) % 10000:04}"
    for _ in range(10):
        assert "pas les chiffres affichés" in texte(client.post("/e/", {"chiffres": faux}))

    reponse = client.post("/e/", {"chiffres": session.chiffres(MATIN)})

    assert reponse.status_code == 429 and reponse["Retry-After"] == "300"
    assert "Trop d'essais. Réessayez dans 5 minutes." in texte(reponse)
    client.force_login(gens.contributeur)  # each person has their own tries
    assert client.post("/e/", {"chiffres": session.chiffres(MATIN)}).status_code == 302


# -- The expert's screen -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("qui", ["expert", "agent", "responsable"])
def test_the_door_is_shown_on_the_day(gens, client, session, neuf_heures_quatre, qui):
    client.force_login(getattr(gens, qui))
    adresse = f"/accompagnement/sessions/{session.pk}/"

    page = texte(client.get(adresse))
    assert "À la porte" in page and "<svg viewBox" in page and "mp-qr" in page and "Actualiser" in page
    assert " ".join(session.chiffres(MATIN)) in page and "0 présent sur 1" in page
    assert " ".join(session.chiffres(APRES_MIDI)) in texte(client.get(f"{adresse}?moment=APRES_MIDI"))

    with horloge.a(
        neuf_heures_quatre + timedelta(hours=5)
    ):  # after lunch, the other half day comes by itself
        assert " ".join(session.chiffres(APRES_MIDI)) in texte(client.get(adresse))
    with horloge.a(neuf_heures_quatre + timedelta(days=1)):
        assert "À la porte" not in texte(client.get(adresse))


def test_another_expert_of_the_cohort_reads_no_code(gens, client, session):
    autre = f.personne(role=Role.EXPERT)
    session.livrables.update(expert=autre)
    client.force_login(autre)

    reponse = client.get(f"/accompagnement/sessions/{session.pk}/")

    assert reponse.status_code == 200 and "À la porte" not in texte(reponse)


def test_the_porteur_does_not_read_the_code_at_home(gens, client, session):
    client.force_login(gens.porteur)

    assert client.get(f"/accompagnement/sessions/{session.pk}/").status_code == 403


def test_the_door_is_sent_again_only_when_something_changed(
    gens, client, session, dossier, neuf_heures_quatre
):
    client.force_login(gens.expert)
    adresse = f"/accompagnement/sessions/{session.pk}/?moment=MATIN"
    htmx = {"HTTP_HX_REQUEST": "true"}
    suivante = re.search(r'data-hx-get="([^"]+)"', client.get(adresse).content.decode())[1].replace(
        "&amp;", "&"
    )

    assert client.get(suivante, **htmx).status_code == 204
    session.emarger(dossier, MATIN, session.code_de_porte(MATIN), par=gens.porteur)
    fragment = client.get(suivante, **htmx)
    assert "1 présent sur 1" in texte(fragment) and "<h1>" not in texte(fragment)

    suivante = re.search(r'data-hx-get="([^"]+)"', fragment.content.decode())[1].replace("&amp;", "&")
    assert client.get(suivante, **htmx).status_code == 204
    with horloge.a(neuf_heures_quatre + timedelta(seconds=FENETRE)):
        assert " ".join(session.chiffres(MATIN)) in texte(client.get(suivante, **htmx))
