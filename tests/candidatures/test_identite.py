"""Who carries the project: numbers checked in words, the register of companies asked, and nothing that waits for it."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache

from candidatures import annuaire, verifications
from candidatures.annuaire import AnnuaireIndisponible, chercher
from candidatures.models import Dossier, EtatVerification, VerificationSiret
from candidatures.tasks import verifier_les_siret
from manufactures.courrier.models import Message
from tests.factories.candidatures import DossierFactory, deposer
from tests.factories.comptes import HabilitationFactory
from tests.factories.programme import CommuneFactory, FormeJuridiqueFactory

pytestmark = pytest.mark.django_db
SIRET = "73282932000074"
FERME = "55208131766522"
INCONNU = "44306184100047"
REPONSE = {
    "results": [
        {
            "siren": SIRET[:9],
            "nom_complet": "LES FORGES (LA FORGE)",
            "nom_raison_sociale": "LES FORGES",
            "nature_juridique": "9220",
            "activite_principale": "94.99Z",
            "tranche_effectif_salarie": "11",
            "etat_administratif": "A",
            "siege": {"siret": "73282932000033", "adresse": "AILLEURS", "commune": "75056"},
            "matching_etablissements": [
                {
                    "siret": SIRET,
                    "adresse": "12  RUE DES FORGES 26400 CREST",
                    "code_postal": "26400",
                    "commune": "26108",
                    "libelle_commune": "CREST",
                    "activite_principale": "16.23Z",
                    "etat_administratif": "A",
                }
            ],
            "complements": {"identifiant_association": "W263001234", "est_association": True},
        }
    ],
    "total_results": 1,
}


class Annuaire(BaseHTTPRequestHandler):
    """The register, well or ill: `mode` of the server says."""

    def do_GET(self):
        """One answer a way of being."""
        self.server.demandes.append(self.path)
        getattr(self, self.server.mode)()

    def log_message(self, *args):
        """Silent."""

    def repondre(self, corps, code=200):
        """An answer, whole."""
        corps = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        self.wfile.write(corps)

    def bien(self):
        """As documented: known, closed or unknown by its number."""
        if SIRET in self.path:
            self.repondre(REPONSE)
        elif FERME in self.path:
            lieu = {"siret": FERME, "etat_administratif": "F"}
            self.repondre({"results": [{"nom_complet": "FERMEE", "siege": lieu}]})
        else:
            self.repondre({"results": [], "total_results": 0})

    def muet(self):
        """Takes the question, never answers."""
        self.server.fini.wait(20)

    def goutte(self):
        """A byte now and then, for ever."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.fini.wait(0.2):
                self.wfile.write(b" ")
        except OSError:
            pass

    def erreur(self):
        """Down."""
        self.repondre({"erreur": "maintenance"}, 503)

    def ailleurs(self):
        """Sends somewhere else."""
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()

    def page(self):
        """A page for people."""
        self.repondre(b"<html>Maintenance</html>")

    def liste(self):
        """JSON of another shape."""
        self.repondre([1, 2])

    def types(self):
        """The right shape, the wrong types."""
        self.repondre({"results": [3, None, "x"]})

    def enorme(self):
        """Two megabytes."""
        self.repondre(b'{"results": [' + b"1," * 1_000_000 + b"1]}")

    def vide(self):
        """Nothing at all."""
        self.wfile.write(b"")


@pytest.fixture
def serveur(settings, monkeypatch):
    """A register of our own on this machine; short patience."""
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Annuaire)
    serveur.daemon_threads, serveur.block_on_close = True, False
    serveur.mode, serveur.demandes, serveur.fini = "bien", [], threading.Event()
    fil = threading.Thread(target=serveur.serve_forever, daemon=True)
    fil.start()
    settings.ANNUAIRE_URL = f"http://127.0.0.1:{serveur.server_port}"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(annuaire, "DELAIS", (0.5, 0.5))
    monkeypatch.setattr(annuaire, "PATIENCE", 1.0)
    monkeypatch.setattr(verifications, "PAUSE_S", 0)
    cache.clear()
    yield serveur
    serveur.fini.set()
    serveur.shutdown()
    serveur.server_close()
    cache.clear()


MALADES = ("muet", "goutte", "erreur", "ailleurs", "page", "liste", "types", "enorme", "vide")


# -- the register -------------------------------------------------------------------------------------------------


def test_the_register_is_off_in_the_tests(settings):
    """No network here, whatever the machine."""
    assert settings.ANNUAIRE_URL == ""
    with pytest.raises(AnnuaireIndisponible):
        chercher(SIRET)


def test_what_the_register_says(serveur):
    """The establishment of this very number, its own address and trade, the association's number."""
    structure = chercher(SIRET)
    assert (structure.nom, structure.adresse, structure.code_postal) == (
        "LES FORGES",
        "12 RUE DES FORGES",
        "26400",
    )
    assert (structure.code_commune, structure.code_naf, structure.tranche_effectif) == (
        "26108",
        "16.23Z",
        "11",
    )
    assert (structure.numero_rna, structure.est_ouverte) == ("W263001234", True)
    assert f"q={SIRET}" in serveur.demandes[0]
    assert not chercher(FERME).est_ouverte
    assert chercher(INCONNU) is None


@pytest.mark.parametrize("mode", MALADES)
def test_a_sick_register_is_told_in_time(serveur, mode):
    """Slow, away, elsewhere or absurd: the same exception, within the patience, then a minute of rest for all."""
    serveur.mode = mode
    debut = time.monotonic()
    with pytest.raises(AnnuaireIndisponible):
        chercher(SIRET)
    assert time.monotonic() - debut < 2.5
    serveur.mode, combien = "bien", len(serveur.demandes)
    with pytest.raises(AnnuaireIndisponible):
        chercher(SIRET)
    assert len(serveur.demandes) == combien


def test_nobody_listens(serveur, settings):
    """A closed port is an absence too."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        settings.ANNUAIRE_URL = f"http://127.0.0.1:{prise.getsockname()[1]}"
        with pytest.raises(AnnuaireIndisponible):
            chercher(SIRET)


# -- the page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def dossier(client):
    """A draft without identity, its titulaire signed in."""
    dossier = DossierFactory(complet=False)
    client.force_login(dossier.titulaire)
    return dossier


@pytest.fixture
def association():
    """The form of the call for category 9220."""
    return FormeJuridiqueFactory(association=True, categorie="9220")


def retrouver(client, dossier, siret=SIRET, **autres):
    """Press the button, with what else stands on the page."""
    return client.post(f"{dossier.get_absolute_url()}structure/retrouver/", {"siret": siret} | autres)


def test_the_page_is_filled_and_nothing_is_written(client, dossier, serveur, association):
    """What the register says is on the screen with what was typed; the person saves."""
    crest = CommuneFactory(code="26108", nom="Crest")
    reponse = retrouver(client, dossier, siret="732 829 320 00074", representant_nom="Diallo")
    assert reponse.status_code == 200
    form = reponse.context["page"].formulaire
    assert {nom: form[nom].value() for nom in (
        "raison_sociale", "adresse_siege", "code_postal_siege", "code_naf", "tranche_effectif", "numero_rna",
        "representant_nom", "forme_juridique", "commune_siege",
    )} == {
        "raison_sociale": "LES FORGES", "adresse_siege": "12 RUE DES FORGES", "code_postal_siege": "26400",
        "code_naf": "16.23Z", "tranche_effectif": "11", "numero_rna": "W263001234", "representant_nom": "Diallo",
        "forme_juridique": str(association.pk), "commune_siege": f"Crest ({crest.departement_id})",
    }  # fmt: skip
    assert "Vérifiez, corrigez, puis enregistrez." in reponse.content.decode()
    frais = Dossier.objects.get(pk=dossier.pk)
    assert (frais.raison_sociale, frais.siret, frais.saisies.count()) == ("", "", 0)
    assert VerificationSiret.objects.get(dossier=dossier).etat == EtatVerification.VERIFIE

    donnees = {champ.html_name: champ.value() or "" for champ in form if champ.value() is not None}
    reponse = client.post(f"{dossier.get_absolute_url()}structure/", donnees | {"version": 0})
    assert reponse.status_code == 302, reponse.context["page"].formulaire.errors
    frais = Dossier.objects.get(pk=dossier.pk)
    assert (frais.siret, frais.code_naf, frais.forme_juridique) == (SIRET, "16.23Z", association)
    assert (frais.commune_siege, frais.get_tranche_effectif_display()) == (crest, "10 à 19 salariés")
    assert VerificationSiret.objects.get(dossier=dossier).etat == EtatVerification.VERIFIE


@pytest.mark.parametrize("mode", ["muet", "page", "erreur"])
def test_down_nothing_is_lost_and_nothing_blocks(client, dossier, serveur, mode):
    """The number stays on the page, is saved by hand and waits for the night."""
    serveur.mode = mode
    reponse = retrouver(client, dossier, raison_sociale="Atelier")
    texte = reponse.content.decode()
    assert (reponse.status_code, "Rien ne vous bloque." in texte) == (200, True)
    form = reponse.context["page"].formulaire
    assert (form["siret"].value(), form["raison_sociale"].value()) == (SIRET, "Atelier")
    client.post(
        f"{dossier.get_absolute_url()}structure/", {"siret": SIRET, "raison_sociale": "A", "version": 0}
    )
    assert Dossier.objects.get(pk=dossier.pk).siret == SIRET
    assert VerificationSiret.objects.get(dossier=dossier).etat == EtatVerification.A_VERIFIER
    page = client.get(f"{dossier.get_absolute_url()}structure/").content.decode()
    assert "à vérifier" not in page  # agents are told, not the porteur


@pytest.mark.parametrize(
    ("siret", "phrase"),
    [
        ("", "Écrivez d'abord votre SIRET."),
        ("123", "Un SIRET compte 14 chiffres."),
        ("73282932000075", "Ce SIRET n'existe pas"),
        (INCONNU, "ne connaît pas le 443 061 841 00047"),
    ],
)
def test_what_the_button_says_of_a_number(client, dossier, serveur, siret, phrase):
    """One sentence, the page as it was."""
    texte = retrouver(client, dossier, siret).content.decode().replace("\u00a0", " ").replace("&#x27;", "'")
    assert phrase in texte


def test_the_button_goes_with_the_register(client, dossier, serveur, settings):
    """Off, there is no button to press, and the field stays."""
    adresse = f"{dossier.get_absolute_url()}structure/"
    assert f'formaction="{adresse}retrouver/"' in client.get(adresse).content.decode()
    settings.ANNUAIRE_URL = ""
    texte = client.get(adresse).content.decode()
    assert ("formaction" in texte, 'name="siret"' in texte) == (False, True)


def test_only_those_who_write_ask(client, dossier, serveur):
    """A stranger: 404. Reloaded: the section's own page."""
    assert client.get(f"{dossier.get_absolute_url()}structure/retrouver/").status_code == 302
    client.force_login(DossierFactory().titulaire)
    assert retrouver(client, dossier).status_code == 404
    assert serveur.demandes == []


@pytest.mark.parametrize(
    ("reponses", "champ", "phrase"),
    [
        ({"numero_rna": "W123"}, "numero_rna", "W suivi de neuf"),
        ({"numero_rna": "W751234567", "forme": {}}, "numero_rna", "Seules les associations"),
        ({"siret": SIRET, "forme": {"est_collectivite": True}}, "siret", "commence par 1 ou 2"),
        ({"siret": "73282932000075"}, "siret", "n'existe pas"),
        ({"code_naf": "ABCDE"}, "code_naf", "quatre chiffres"),
        ({"code_postal_siege": "264"}, "code_postal_siege", "5 chiffres"),
    ],
)
def test_each_wrong_number_has_its_sentence_beside_it(client, dossier, reponses, champ, phrase):
    """The other answers of the page are saved; the wrong one stays on the screen."""
    if "forme" in reponses:
        forme = FormeJuridiqueFactory(**reponses.pop("forme"))
        reponses = reponses | {"forme_juridique": forme.pk}
    donnees = reponses | {"raison_sociale": "Atelier", "version": 0}
    reponse = client.post(f"{dossier.get_absolute_url()}structure/", donnees)
    assert phrase in str(reponse.context["page"].formulaire.errors[champ]).replace("&#39;", "'")
    frais = Dossier.objects.get(pk=dossier.pk)
    assert (getattr(frais, champ), frais.raison_sociale) == ("", "Atelier")


@pytest.mark.parametrize("ecrit", ["94.99z", "9499Z", " 94 99 Z "])
def test_a_trade_is_written_as_people_do(client, dossier, ecrit):
    """With or without its point."""
    client.post(f"{dossier.get_absolute_url()}structure/", {"code_naf": ecrit, "version": 0})
    assert Dossier.objects.get(pk=dossier.pk).code_naf == "94.99Z"


# -- at night -----------------------------------------------------------------------------------------------------


def attendue(siret, depose=True):
    """A dossier whose number nobody has checked."""
    dossier = DossierFactory(siret=siret)
    VerificationSiret.attendre(dossier)
    if depose:
        deposer(dossier, dossier.titulaire)
    return dossier


def test_at_night_agents_are_told_and_the_porteur_is_not(serveur):
    """Unknown and closed numbers of deposited dossiers, once each; a draft's is told once it is deposited."""
    inconnu, ferme, juste = attendue(INCONNU), attendue(FERME), attendue(SIRET)
    brouillon = attendue(INCONNU, depose=False)
    agent = HabilitationFactory(role="INSTRUCTEUR", appel=None).user
    verifier_les_siret()
    etats = {v.dossier_id: v.etat for v in VerificationSiret.objects.all()}
    assert etats == {
        inconnu.pk: "INTROUVABLE", ferme.pk: "FERME", juste.pk: "VERIFIE", brouillon.pk: "INTROUVABLE",
    }  # fmt: skip
    messages = Message.objects.filter(cle="siret_a_controler")
    assert {(m.destinataire, m.fil) for m in messages} == {(agent, inconnu.fil), (agent, ferme.fil)}
    deposer(brouillon, brouillon.titulaire)
    verifier_les_siret()
    verifier_les_siret()
    assert messages.all().count() == 3


def test_at_night_a_number_that_no_page_saved_is_checked_too(serveur):
    """A dossier taken up again, or older than the check; never an invented number."""
    dossier = DossierFactory(siret=SIRET, complet=False)
    DossierFactory(siret="00031017700019", complet=False)
    verifier_les_siret()
    (verification,) = VerificationSiret.objects.all()
    assert (verification.dossier, verification.etat) == (dossier, "VERIFIE")


def test_a_register_that_sleeps_at_night_is_asked_again(serveur):
    """One question, then tomorrow; nobody is told anything."""
    attendue(INCONNU), attendue(FERME)
    HabilitationFactory(role="INSTRUCTEUR", appel=None)
    serveur.mode = "erreur"
    verifier_les_siret()
    assert len(serveur.demandes) == 1
    assert VerificationSiret.objects.a_verifier().count() == 2
    assert not Message.objects.filter(cle="siret_a_controler").exists()


def test_another_number_is_another_check(dossier):
    """Changed, it is to be verified again; emptied, there is nothing left to verify."""
    dossier.siret = SIRET
    VerificationSiret.constater(dossier, SIRET, None)
    dossier.siret = INCONNU
    VerificationSiret.attendre(dossier)
    verification = VerificationSiret.objects.get(dossier=dossier)
    assert (verification.siret, verification.etat, verification.verifie_le) == (INCONNU, "A_VERIFIER", None)
    dossier.siret = ""
    VerificationSiret.attendre(dossier)
    assert not VerificationSiret.objects.filter(dossier=dossier).exists()


def test_agents_read_how_the_number_stands(client):
    """On the page of the pre-screening: to be verified, then unknown; never on the porteur's."""
    dossier = attendue(INCONNU)
    client.force_login(HabilitationFactory(role="INSTRUCTEUR", appel=None).user)
    assert "SIRET à vérifier" in client.get(f"/instruction/{dossier.numero}/").content.decode()
    VerificationSiret.constater(dossier, INCONNU, None)
    assert "SIRET introuvable" in client.get(f"/instruction/{dossier.numero}/").content.decode()
    client.force_login(dossier.titulaire)
    assert "introuvable" not in client.get(dossier.get_absolute_url()).content.decode()
