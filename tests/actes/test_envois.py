"""Sent by mail and by post: who was told, once more on demand; one file to print, a sheet before each letter."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from manufactures import horloge
from manufactures.actes import lot
from manufactures.actes.models import Acte
from manufactures.actes.tasks import produire
from manufactures.courrier.models import EtatMessage, Message
from tests.actes.exemples_d_actes import exemple
from tests.actes.test_rendu import mots_du_pdf
from tests.factories.accompagnement import distribution, laureat

pytestmark = pytest.mark.django_db


@pytest.fixture
def gens():
    return distribution()


@pytest.fixture
def commander(gens, settings, tmp_path):
    settings.DONNEES, settings.SCEAU_P12, settings.SCEAU_MOT_DE_PASSE = tmp_path / "donnees", "", ""
    dossier = laureat(gens)

    def faire(cle="a", genre="non_selection", rendu=True, **options):
        acte = Acte.commander(
            genre, fil=dossier.fil, instantane=exemple(genre), par=gens.agent, cle=cle, **options
        )
        dossier.ajouter_acte(acte)
        if rendu:
            produire(acte.pk)
            acte.refresh_from_db()
        return acte

    return faire


def annoncer(acte, *gens):
    contexte = {
        "n": "D-1",
        "nom_projet": "La Soudée",
        "mis_a_disposition_le": horloge.maintenant().isoformat(),
        "service": {"nom": "Programme", "courriel": "m@anct.test", "telephone": "0199000000"},
        "accord_notification": False,
    }
    return Message.preparer(
        "decision_disponible",
        a=gens,
        contexte=contexte,
        evenement="e",
        fil=acte.fil,
        lien=acte.get_absolute_url(),
    )


# --- By mail ---


def test_who_was_told_and_once_more(client, gens, commander):
    acte = commander(rendu=False)
    (message,) = annoncer(acte, gens.porteur)
    Message.objects.update(etat=EtatMessage.ENVOYE, envoye_le=horloge.maintenant())
    adresse = f"/actes/{acte.numero}/envois/"
    client.force_login(gens.agent)
    page = client.get(adresse).content.decode()
    assert gens.porteur.nom_complet in page and "Pas encore lu" in page.replace("\u00a0", " ")

    premier = Message.objects.get()
    assert client.post(adresse, {"envoi": premier.pk}).status_code == 302
    assert client.post(adresse, {"envoi": premier.pk}).status_code == 302
    copies = Message.objects.exclude(pk=premier.pk)
    assert copies.count() == 2 and {c.etat for c in copies} == {EtatMessage.A_ENVOYER}
    assert len({c.message_id for c in Message.objects.all()}) == 3
    assert {c.corps_texte for c in copies} == {premier.corps_texte}
    client.force_login(gens.auditeur)
    assert client.get(adresse).status_code == 200
    assert client.post(adresse, {"envoi": premier.pk}).status_code == 403


def test_words_that_are_gone_are_not_sent_again(client, gens, commander):
    acte = commander(rendu=False)
    annoncer(acte, gens.porteur)
    Message.objects.update(corps_texte="", corps_html="")
    client.force_login(gens.agent)
    client.post(f"/actes/{acte.numero}/envois/", {"envoi": Message.objects.get().pk})
    assert Message.objects.count() == 1


def test_a_message_about_something_else_is_not_this_act_s(client, gens, commander):
    acte = commander(rendu=False)
    Message.objects.bulk_create(
        [
            Message(
                cle="nouveau_message", evenement="x", fil=acte.fil, destinataire=gens.porteur, corps_texte="x"
            )
        ]
    )
    client.force_login(gens.agent)
    assert (
        client.post(f"/actes/{acte.numero}/envois/", {"envoi": Message.objects.get().pk}).status_code == 404
    )


# --- By post ---


def test_each_letter_follows_its_sheet_on_a_new_leaf(client, gens, commander):
    actes = [commander("a"), commander("b", "attribution")]
    client.force_login(gens.agent)
    reponse = client.post("/actes/", {"action": "lot", "actes": [acte.numero for acte in actes]})
    assert reponse["Content-Type"] == "application/pdf" and "attachment" in reponse["Content-Disposition"]
    with pikepdf.open(BytesIO(reponse.content)) as pdf:
        nombre = len(pdf.pages)
    assert nombre % 2 == 0
    texte = "\f".join(mots_du_pdf(reponse.content)).replace("\u00a0", " ")
    for rang, acte in enumerate(actes, 1):
        assert f"Lettre {rang} sur 2" in texte and acte.numero in texte
    porteur = exemple("non_selection")["porteur"]
    assert porteur["raison_sociale"] in texte
    assert porteur["adresse"][-1].upper() in texte


@pytest.mark.parametrize("cas", ["rien", "pas pret", "sans adresse", "trop"])
def test_a_batch_that_cannot_be_printed_says_why(client, gens, commander, cas, monkeypatch):
    numeros = []
    if cas == "pas pret":
        numeros = [commander(rendu=False).numero]
    elif cas == "sans adresse":
        acte = commander(rendu=False)
        Acte.objects.filter(pk=acte.pk).update(
            instantane={}, etat="SCELLE", empreinte="a", fichier="f", scelle_le=acte.cree_le
        )
        numeros = [acte.numero]
    elif cas == "trop":
        monkeypatch.setattr(lot, "LOT_MAX", 0)
        numeros = [commander(rendu=False).numero]
    client.force_login(gens.agent)
    reponse = client.post("/actes/", {"action": "lot", "actes": numeros}, follow=True)
    phrases = {
        "rien": "Choisissez au moins un acte",
        "pas pret": "n&#x27;est pas prêt",
        "sans adresse": "n&#x27;a pas d&#x27;adresse postale",
        "trop": "actes au plus",
    }
    assert phrases[cas] in reponse.content.decode().replace("\u00a0", " ")


def test_a_held_back_act_is_not_printed(client, gens, commander):
    acte = commander(retenu=True)
    client.force_login(gens.agent)
    reponse = client.post("/actes/", {"action": "lot", "actes": [acte.numero]}, follow=True)
    assert "Choisissez au moins un acte" in reponse.content.decode()


def test_what_stays_unread_for_fifteen_days_goes_by_post(client, gens, commander):
    acte, recent = commander("a"), commander("b")
    Acte.objects.filter(pk=acte.pk).update(lisible_le=horloge.maintenant() - timedelta(days=16))
    client.force_login(gens.agent)
    page = client.get("/actes/", {"filtre": "a-poster"}).content.decode()
    assert acte.numero in page and recent.numero not in page
    client.post("/actes/", {"action": "poster", "actes": [acte.numero]})
    acte.refresh_from_db()
    assert acte.poste_le is not None
    assert acte.numero not in client.get("/actes/", {"filtre": "a-poster"}).content.decode()


def test_an_auditor_sends_nothing(client, gens, commander):
    acte = commander(rendu=False)
    client.force_login(gens.auditeur)
    assert client.post("/actes/", {"action": "poster", "actes": [acte.numero]}).status_code == 403
    assert 'type="checkbox"' not in client.get("/actes/").content.decode()
