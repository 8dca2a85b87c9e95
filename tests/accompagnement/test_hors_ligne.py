"""Taken without network, arrived once: each record is answered for itself, whatever the retries."""

import html
import json
import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accompagnement.invariants import saisies_hors_ligne_exactes
from accompagnement.models import (
    DemiJournee,
    EtatLivrable,
    Livrable,
    PhotoPrise,
    Presence,
    PresencePrise,
    SaisieHorsLigne,
    Session,
    Sort,
    recevoir_photo,
    recevoir_presences,
)
from accompagnement.models.emargement import programme
from accompagnement.models.hors_ligne import LOT_MAX, PHOTO_MAX
from candidatures.models import Dossier, Piece
from manufactures import horloge
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, Role
from manufactures.registres import GesteInterdit
from tests.factories import accompagnement as f
from tests.outils.compteur import compter
from tests.outils.hostiles import image

pytestmark = pytest.mark.django_db

MATIN, APRES_MIDI = DemiJournee.MATIN, DemiJournee.APRES_MIDI


def scene_du_jour():
    """Two projects of one cohort, their session of the day with its expert."""
    gens = f.distribution()
    dossier = f.laureat(gens)
    autre = f.laureat(gens, vague=dossier.vague)
    session = f.session(gens, f.promotion(gens, dossier, autre))
    return SimpleNamespace(gens=gens, dossier=dossier, autre=autre, session=session)


@pytest.fixture
def scene(db):
    """The scene, at 17 h on the day."""
    instant = datetime.combine(horloge.aujourd_hui(), datetime.min.time().replace(hour=17), horloge.PARIS)
    with horloge.a(instant):
        yield scene_du_jour()


def neuf_heures(session) -> datetime:
    return datetime.combine(session.date, datetime.min.time().replace(hour=9), horloge.PARIS)


def signature(session, dossier, **champs) -> PresencePrise:
    faits = {
        "cle": uuid4(),
        "dossier": dossier.pk,
        "demi_journee": MATIN,
        "signataire": "Awa Diallo",
        "prise_le": neuf_heures(session),
    }
    return PresencePrise(**faits | champs)


def jpeg(cote=8) -> bytes:
    return image("JPEG", (cote, cote))


def cliche(session, dossier, *, contenu=None, nom="photo.jpg", **champs) -> PhotoPrise:
    fichier = SimpleUploadedFile(nom, contenu or jpeg(), content_type="image/jpeg")
    faits = {"cle": uuid4(), "dossier": dossier.pk, "prise_le": neuf_heures(session), "fichier": fichier}
    return PhotoPrise(**faits | champs)


def comptes() -> tuple[int, int, int, int]:
    return (
        Presence.objects.count(),
        SaisieHorsLigne.objects.count(),
        Piece.objects.count(),
        Entree.objects.count(),
    )


def texte(reponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", reponse.content.decode())).split())


# -- Signatures --------------------------------------------------------------------------------------------------
def test_a_signature_is_written_once_with_both_instants(scene):
    prise = signature(scene.session, scene.dossier)

    for attendu in (Sort.ACCEPTEE, Sort.DEJA, Sort.DEJA):
        [reponse] = recevoir_presences(scene.session, [prise], par=scene.gens.expert)
        assert (reponse.cle, reponse.sort, reponse.phrase) == (prise.cle, attendu, "")

    presence, saisie = Presence.objects.get(), SaisieHorsLigne.objects.get()
    assert (presence.statut, presence.demi_journee, presence.notee_par) == (
        "PRESENT",
        MATIN,
        scene.gens.expert,
    )
    assert (saisie.presence, saisie.signataire) == (presence, "Awa Diallo")
    assert (saisie.prise_le, saisie.recue_le) == (neuf_heures(scene.session), horloge.maintenant())
    entree = Entree.objects.get(fil=scene.dossier.fil, action="emarger_hors_ligne")
    assert entree.faits["saisie"] == str(prise.cle)
    assert "Awa" not in json.dumps(entree.faits)
    assert not list(saisies_hors_ligne_exactes())


def test_the_same_identifier_twice_in_a_batch_counts_once(scene):
    prise = signature(scene.session, scene.dossier)
    reponses = recevoir_presences(scene.session, [prise, prise], par=scene.gens.agent)
    assert [r.sort for r in reponses] == [Sort.ACCEPTEE, Sort.DEJA]
    assert Presence.objects.count() == 1


def test_another_phone_that_saw_the_same_person_makes_no_double(scene):
    for par in (scene.gens.expert, scene.gens.agent):
        reponses = recevoir_presences(scene.session, [signature(scene.session, scene.dossier)], par=par)
    assert [r.sort for r in reponses] == [Sort.DEJA]
    assert (Presence.objects.count(), SaisieHorsLigne.objects.count()) == (1, 1)


def test_what_the_agent_corrected_since_is_not_written_again(scene):
    prise = signature(scene.session, scene.dossier)
    recevoir_presences(scene.session, [prise], par=scene.gens.expert)
    scene.session.noter({(scene.dossier, MATIN): "ABSENT"}, par=scene.gens.agent)

    [reponse] = recevoir_presences(scene.session, [prise], par=scene.gens.expert)

    assert reponse.sort == Sort.DEJA
    assert Presence.objects.get().statut == "ABSENT"


def _ailleurs(scene):
    return signature(scene.session, f.laureat(scene.gens))


def _sans_apres_midi(scene):
    Session.objects.update(demi_journees=1)
    return signature(scene.session, scene.dossier, demi_journee=APRES_MIDI)


def _de_la_veille(scene):
    return signature(scene.session, scene.dossier, prise_le=neuf_heures(scene.session) - timedelta(days=1))


def _a_venir(scene):
    return signature(scene.session, scene.dossier, prise_le=horloge.maintenant() + timedelta(minutes=11))


def _notee_absente(scene):
    scene.session.noter({(scene.dossier, MATIN): "ABSENT"}, par=scene.gens.agent)
    return signature(scene.session, scene.dossier)


def _close(scene):
    Session.objects.update(date=scene.session.date - timedelta(days=8))
    scene.session.refresh_from_db()
    return signature(scene.session, scene.dossier)


def _cle_d_une_autre(scene):
    prise = signature(scene.session, scene.autre)
    recevoir_presences(scene.session, [prise], par=scene.gens.expert)
    return signature(scene.session, scene.dossier, cle=prise.cle)


@pytest.mark.parametrize(
    ("prendre", "phrase"),
    [
        (_ailleurs, "n'est pas attendu"),
        (_sans_apres_midi, "n'est pas attendu"),
        (_de_la_veille, "la session est du"),
        (_a_venir, "en avance"),
        (_notee_absente, "est noté"),
        (_close, "close depuis plus de 7"),
        (_cle_d_une_autre, "déjà servi"),
    ],
)
def test_a_signature_refused_says_why_and_changes_nothing(scene, prendre, phrase):
    prise = prendre(scene)
    avant = comptes()

    [reponse] = recevoir_presences(scene.session, [prise], par=scene.gens.agent)

    assert reponse.sort == Sort.REFUSEE
    assert phrase in reponse.phrase.replace("\u00a0", " ")
    assert comptes() == avant


def test_a_refusal_holds_nobody_else_of_its_batch(scene):
    prises = [
        _ailleurs(scene),
        signature(scene.session, scene.dossier),
        signature(scene.session, scene.autre),
    ]
    reponses = recevoir_presences(scene.session, prises, par=scene.gens.expert)
    assert [r.sort for r in reponses] == [Sort.REFUSEE, Sort.ACCEPTEE, Sort.ACCEPTEE]
    assert [r.cle for r in reponses] == [p.cle for p in prises]


@pytest.mark.parametrize("qui", ["porteur", "contributeur", "auditeur"])
def test_who_does_not_hold_the_sheet_takes_nothing(scene, qui):
    par, avant = getattr(scene.gens, qui), comptes()
    with pytest.raises(GesteInterdit):
        recevoir_presences(scene.session, [signature(scene.session, scene.dossier)], par=par)
    with pytest.raises(GesteInterdit):
        recevoir_photo(scene.session, cliche(scene.session, scene.dossier), par=par)
    assert comptes() == avant


def test_the_expert_of_another_session_takes_nothing(scene):
    autre = f.personne(role=Role.EXPERT)
    seconde = f.session(scene.gens, scene.session.promotion, rang=2)
    Session.objects.filter(pk=seconde.pk).update(expert=autre)
    with pytest.raises(GesteInterdit, match="hors ligne revient"):
        recevoir_presences(scene.session, [signature(scene.session, scene.dossier)], par=autre)


def test_the_database_refuses_a_second_row_of_the_same_identifier(scene):
    prise = signature(scene.session, scene.dossier)
    recevoir_presences(scene.session, [prise], par=scene.gens.expert)
    saisie = SaisieHorsLigne.objects.get()
    saisie.pk, saisie.presence_id = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        saisie.save(force_insert=True)


# -- Photos ------------------------------------------------------------------------------------------------------
def test_a_photo_is_kept_once_beside_its_deliverable(scene):
    contenu, cle = jpeg(), uuid4()
    for attendu in (Sort.ACCEPTEE, Sort.DEJA, Sort.DEJA):
        prise = cliche(scene.session, scene.dossier, contenu=contenu, cle=cle)
        assert recevoir_photo(scene.session, prise, par=scene.gens.expert).sort == attendu

    piece, saisie, livrable = (
        Piece.objects.get(),
        SaisieHorsLigne.objects.get(),
        scene.dossier.livrables.get(),
    )
    assert (saisie.piece, saisie.livrable) == (piece, livrable)
    assert (piece.complement, piece.ajoutee_par) == (True, scene.gens.expert)
    assert livrable.etat == EtatLivrable.ATTENDU
    entree = Entree.objects.get(fil=scene.dossier.fil, action="photographier_livrable")
    assert entree.faits["empreinte"] == piece.empreinte


def _photo_d_ailleurs(scene):
    return cliche(scene.session, f.laureat(scene.gens))


def _photo_de_la_veille(scene):
    return cliche(scene.session, scene.dossier, prise_le=neuf_heures(scene.session) - timedelta(days=1))


def _photo_apres_validation(scene):
    Livrable.objects.update(
        etat="VALIDE",
        remis_le=horloge.maintenant(),
        remis_par=scene.gens.porteur,
        relu_le=horloge.maintenant(),
    )
    return cliche(scene.session, scene.dossier)


def _photo_hors_incubation(scene):
    Dossier.objects.filter(pk=scene.dossier.pk).update(etat=Etat.EN_ARBITRAGE)
    return cliche(scene.session, scene.dossier)


def _pdf(scene):
    return cliche(scene.session, scene.dossier, nom="plan.pdf", contenu=b"%PDF-1.7")


def _programme_deguise(scene):
    return cliche(scene.session, scene.dossier, contenu=b"MZ\x90\x00" + b"\x00" * 60)


def _trop_lourde(scene):
    return cliche(scene.session, scene.dossier, contenu=b"\xff\xd8\xff" + b"\x00" * PHOTO_MAX)


def _autre_photo_de_la_meme_cle(scene):
    premiere = cliche(scene.session, scene.dossier)
    recevoir_photo(scene.session, premiere, par=scene.gens.expert)
    return cliche(scene.session, scene.dossier, contenu=jpeg(16), cle=premiere.cle)


@pytest.mark.parametrize(
    ("prendre", "phrase"),
    [
        (_photo_d_ailleurs, "n'est pas inscrit"),
        (_photo_de_la_veille, "la session est du"),
        (_photo_apres_validation, "est validé"),
        (_photo_hors_incubation, "n'est pas en cours"),
        (_pdf, "n'est pas une photo"),
        (_programme_deguise, "est un programme"),
        (_trop_lourde, "au plus"),
        (_autre_photo_de_la_meme_cle, "déjà servi"),
    ],
)
def test_a_photo_refused_says_why_and_changes_nothing(scene, prendre, phrase):
    prise = prendre(scene)
    avant = comptes()

    reponse = recevoir_photo(scene.session, prise, par=scene.gens.agent)

    assert reponse.sort == Sort.REFUSEE
    assert phrase in reponse.phrase.replace("\u00a0", " ")
    assert comptes() == avant


# -- At once -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("genre", ["presence", "photo"])
def test_the_same_identifier_sent_at_once_by_several_is_written_once(genre):
    scene = scene_du_jour()
    maintenant, cle, contenu = horloge.maintenant(), uuid4(), jpeg()
    sorts, depart = [], threading.Barrier(4)

    def envoyer():
        depart.wait()
        try:
            if genre == "presence":
                prise = signature(scene.session, scene.dossier, cle=cle, prise_le=maintenant)
                [reponse] = recevoir_presences(scene.session, [prise], par=scene.gens.expert)
            else:
                prise = cliche(scene.session, scene.dossier, contenu=contenu, cle=cle, prise_le=maintenant)
                reponse = recevoir_photo(scene.session, prise, par=scene.gens.expert)
            sorts.append(reponse.sort)
        finally:
            connection.close()

    fils = [threading.Thread(target=envoyer) for _ in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert sorted(sorts) == [Sort.ACCEPTEE, Sort.DEJA, Sort.DEJA, Sort.DEJA]
    assert (SaisieHorsLigne.objects.count(), Presence.objects.count() + Piece.objects.count()) == (1, 1)


# -- The web -----------------------------------------------------------------------------------------------------
def adresse(scene, suite="") -> str:
    return f"/accompagnement/hors-ligne/{scene.session.pk}/{suite}"


def poster(client, scene, *lignes):
    corps = json.dumps({"presences": lignes})
    return client.post(adresse(scene, "presences/"), corps, content_type="application/json")


def ligne(scene, dossier=None, **champs) -> dict:
    faits = {
        "cle": str(uuid4()),
        "dossier": (dossier or scene.dossier).pk,
        "demi_journee": "MATIN",
        "signataire": "Awa Diallo",
        "prise_le": neuf_heures(scene.session).isoformat(),
    }
    return faits | champs


def test_the_page_keeps_the_cohort_and_the_day_s_door_for_who_holds_the_sheet(scene, client):
    client.force_login(scene.gens.expert)
    reponse = client.get(adresse(scene))

    assert (reponse.status_code, reponse["Cache-Control"]) == (200, "no-store")
    page = reponse.content.decode()
    gardees = json.loads(
        re.search(r'id="hors-ligne-donnees" type="application/json">(.*?)</script>', page)[1]
    )
    assert {p["nom"] for p in gardees["projets"]} == {scene.dossier.nom_projet, scene.autre.nom_projet}
    assert set(gardees["projets"][0]["gens"]) == {
        scene.gens.porteur.nom_complet,
        scene.gens.contributeur.nom_complet,
    }
    porte = gardees["porte"]["MATIN"]
    rang = int(horloge.maintenant().timestamp()) // porte["duree"] - porte["premiere"]
    assert porte["codes"][rang] == scene.session.code_de_porte(MATIN)
    assert porte["chiffres"][rang] == scene.session.chiffres(MATIN)
    assert len(porte["codes"]) in (690, 720, 750)  # two minutes each, of one day of Paris
    assert "Sans JavaScript" in page
    assert (
        f'href="{adresse(scene)}"'
        in client.get(f"/accompagnement/sessions/{scene.session.pk}/").content.decode()
    )


@pytest.mark.parametrize(
    ("qui", "page"),
    [("porteur", 403), ("auditeur", 403), ("agent", 200), ("responsable", 200), ("expert", 200)],
)
def test_the_page_is_for_who_holds_the_sheet(scene, client, qui, page):
    client.force_login(getattr(scene.gens, qui))
    assert client.get(adresse(scene)).status_code == page
    envoi = 403 if page == 403 else 200
    assert poster(client, scene, ligne(scene)).status_code == envoi
    assert client.post(adresse(scene, "photos/")).status_code == envoi


def test_the_expert_of_another_session_reads_a_403(scene, client):
    autre = f.personne(role=Role.EXPERT)
    seconde = f.session(scene.gens, scene.session.promotion, rang=2)
    Session.objects.filter(pk=seconde.pk).update(expert=autre)
    client.force_login(autre)
    assert client.get(adresse(scene)).status_code == 403
    assert poster(client, scene, ligne(scene)).status_code == 403
    assert not Presence.objects.exists()


def test_a_batch_is_answered_item_by_item(scene, client):
    client.force_login(scene.gens.expert)
    bonne = ligne(scene)
    lignes = [
        bonne,
        ligne(scene, scene.autre, signataire=" "),
        ligne(scene, scene.autre, prise_le="hier"),
        ligne(scene, scene.autre, demi_journee="SOIR"),
        ligne(scene, scene.autre, cle="1"),
        bonne,
    ]

    reponses = poster(client, scene, *lignes).json()["reponses"]

    assert [r["sort"] for r in reponses] == ["ACCEPTEE", *["REFUSEE"] * 4, "DEJA"]
    assert [r["cle"] for r in reponses] == [un["cle"] for un in lignes]
    assert [bool(r["phrase"]) for r in reponses] == [False, True, True, True, True, False]
    assert Presence.objects.count() == 1


@pytest.mark.parametrize("corps", ["", "[]", "{", '{"presences": 3}', '{"presences": [3]}', "[" * 100_000])
def test_what_is_not_a_batch_is_a_400(scene, client, corps):
    client.force_login(scene.gens.expert)
    reponse = client.post(adresse(scene, "presences/"), corps, content_type="application/json")
    assert (reponse.status_code, "illisible" in reponse.json()["erreur"]) == (400, True)


def test_a_batch_is_bounded(scene, client):
    client.force_login(scene.gens.expert)
    assert poster(client, scene, *[ligne(scene)] * (LOT_MAX + 1)).status_code == 413
    assert not Presence.objects.exists()


def test_photos_come_one_by_one_and_say_their_fate(scene, client):
    client.force_login(scene.gens.expert)
    contenu, faits = jpeg(), {nom: ligne(scene)[nom] for nom in ("cle", "dossier", "prise_le")}
    sorts = []
    for fichier in (contenu, contenu, b""):
        envoi = faits | {"photo": SimpleUploadedFile("photo.jpg", fichier)}
        sorts.append(client.post(adresse(scene, "photos/"), envoi).json()["reponses"][0]["sort"])
    assert sorts == ["ACCEPTEE", "DEJA", "REFUSEE"]
    page = texte(client.get(scene.dossier.livrables.get().get_absolute_url()))
    assert "Photos prises en session" in page and "reçue le" in page
    assert client.get(Piece.objects.get().get_absolute_url()).status_code == 200


def test_the_token_says_who_one_is_and_holds_against_forgery(scene):
    client = Client(enforce_csrf_checks=True)
    assert client.get("/accompagnement/hors-ligne/jeton/").status_code == 302
    client.force_login(scene.gens.expert)
    assert poster(client, scene, ligne(scene)).status_code == 403

    jeton = client.get("/accompagnement/hors-ligne/jeton/")
    assert (jeton["Cache-Control"], jeton.json()["compte"]) == ("no-store", scene.gens.expert.pk)
    corps = json.dumps({"presences": [ligne(scene)]})
    reponse = client.post(
        adresse(scene, "presences/"),
        corps,
        content_type="application/json",
        headers={"X-CSRFToken": jeton.json()["jeton"]},
    )
    assert reponse.json()["reponses"][0]["sort"] == "ACCEPTEE"


def test_signed_out_meanwhile_nothing_is_written_and_the_sign_in_is_shown(scene, client):
    reponse = poster(client, scene, ligne(scene))
    assert (reponse.status_code, reponse["Location"].startswith("/compte/login/")) == (302, True)
    assert not Presence.objects.exists()


def test_the_sheet_tells_what_was_signed_without_network(scene, client):
    client.force_login(scene.gens.expert)
    poster(client, scene, ligne(scene))
    page = texte(client.get(f"/accompagnement/sessions/{scene.session.pk}/"))
    assert re.search(r"Awa Diallo, signé hors ligne le .* à 9 h 00, reçu le .* à 17 h 00", page)


def test_a_closed_session_no_longer_offers_its_offline_page(scene, client):
    Session.objects.update(date=scene.session.date - timedelta(days=8))
    client.force_login(scene.gens.expert)
    assert adresse(scene) not in client.get(f"/accompagnement/sessions/{scene.session.pk}/").content.decode()


def test_the_worker_governs_the_offline_pages_and_nothing_else(client):
    reponse = client.get("/accompagnement/hors-ligne/service_worker.js")
    assert reponse["Content-Type"].startswith("text/javascript")
    assert reponse["Cache-Control"] == "no-cache"
    assert reponse["Service-Worker-Allowed"] == "/accompagnement/hors-ligne/"
    manifeste = client.get("/accompagnement/hors-ligne/7/manifeste.webmanifest")
    assert manifeste["Content-Type"] == "application/manifest+json"
    assert manifeste.json()["start_url"] == "/accompagnement/hors-ligne/7/"


def test_the_page_costs_the_same_for_one_project_or_several(scene, client):
    client.force_login(scene.gens.expert)
    client.get(adresse(scene))
    with compter() as une:
        client.get(adresse(scene))
    troisieme = f.laureat(scene.gens, vague=scene.dossier.vague)
    scene.session.promotion.inscrire(troisieme, par=scene.gens.agent)
    with compter() as trois:
        client.get(adresse(scene))
    assert une.requetes == trois.requetes <= 15


def test_the_programme_of_the_door_is_what_the_door_shows(scene):
    debut = horloge.maintenant()
    prevu = programme(scene.session.pk, 0, debut, debut + timedelta(minutes=10))
    for rang, code in enumerate(prevu["codes"]):
        with horloge.a(debut + timedelta(seconds=rang * prevu["duree"])):
            assert code == scene.session.code_de_porte(MATIN)


def test_a_porteur_reads_the_records_of_their_own_project_only(scene):
    etranger = f.laureat(replace(scene.gens, porteur=f.personne()), vague=scene.dossier.vague)
    scene.session.promotion.inscrire(etranger, par=scene.gens.agent)
    prises = [signature(scene.session, dossier) for dossier in (scene.dossier, etranger)]
    recevoir_presences(scene.session, prises, par=scene.gens.expert)

    vues = SaisieHorsLigne.objects.visibles_par(scene.gens.porteur)

    assert [s.dossier for s in vues] == [scene.dossier]
    assert SaisieHorsLigne.objects.visibles_par(scene.gens.expert).count() == 2
    assert isinstance(vues.get().cle, UUID)
