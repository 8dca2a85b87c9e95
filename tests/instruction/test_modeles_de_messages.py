"""Texts that messages begin with: written by a responsable, read by the agents, with known variables only."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from instruction.models import Echange, ModeleDeMessage
from instruction.models.modeles_de_messages import A_PRECISER, VARIABLES
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from tests.factories.comptes import UserFactory
from tests.factories.instruction import demande_envoyee, pris_en_charge, responsable

pytestmark = pytest.mark.django_db
PAGE = "/instruction/modeles/"


def lue(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'").replace("&#39;", "'")


def modele(appel, texte="Bonjour, votre dossier {numero}, « {nom_projet} ».", titre="Accueil"):
    return ModeleDeMessage.ecrire(appel, par=responsable(), titre=titre, texte=texte)


@pytest.mark.parametrize(
    "texte", ["Bonjour {nom_du_porteur}.", "Bonjour {}.", "Bonjour {Numero}.", "Bonjour { numero }."]
)
def test_an_unknown_variable_is_refused_at_saving(client, texte):
    appel = pris_en_charge().dossier.vague.appel
    with pytest.raises(ValidationError, match="Variable inconnue"):
        modele(appel, texte)
    client.force_login(responsable())
    page = lue(client.post(PAGE, {"nouveau-appel": appel.pk, "nouveau-titre": "X", "nouveau-texte": texte}))
    assert "Variable inconnue" in page
    assert texte in page
    assert not ModeleDeMessage.objects.exists()


@pytest.mark.parametrize("texte", ["Bonjour {numero.", "Bonjour numero}.", "{{numero}}"])
def test_a_brace_that_stands_alone_is_refused(texte):
    with pytest.raises(ValidationError):
        modele(pris_en_charge().dossier.vague.appel, texte)


def test_a_responsable_writes_corrects_and_takes_away_on_one_page(client):
    appel = pris_en_charge().dossier.vague.appel
    client.force_login(responsable())
    page = lue(client.get(PAGE))
    assert all(f"{{{nom}}}" in page for nom in VARIABLES)
    client.post(PAGE, {"nouveau-appel": appel.pk, "nouveau-titre": "Relance", "nouveau-texte": "Il manque…"})
    ecrit = ModeleDeMessage.objects.get()
    prefixe = f"modele{ecrit.pk}"
    client.post(
        PAGE, {"modele": ecrit.pk, f"{prefixe}-titre": "Relance", f"{prefixe}-texte": "Bonjour {structure}."}
    )
    ecrit.refresh_from_db()
    assert ecrit.texte == "Bonjour {structure}."
    doublon = client.post(PAGE, {"nouveau-appel": appel.pk, "nouveau-titre": "relance", "nouveau-texte": "x"})
    assert "Un autre modèle de cet appel porte ce titre." in lue(doublon)
    client.post(PAGE, {"modele": ecrit.pk, "action": "retirer"})
    assert not ModeleDeMessage.objects.en_service().exists()
    assert Entree.objects.filter(fil=f"appel/{appel.slug}", action__contains="modele_de_message").count() == 3


@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_writes(client, role):
    appel = pris_en_charge().dossier.vague.appel
    modele(appel)
    user = UserFactory(role=role)
    client.force_login(user)
    lit = role in {Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR}
    assert client.get(PAGE).status_code == (200 if lit else 403)
    assert ModeleDeMessage.objects.visibles_par(user).exists() == lit
    envoi = client.post(PAGE, {"nouveau-appel": appel.pk, "nouveau-titre": "Y", "nouveau-texte": "y"})
    assert envoi.status_code == (302 if role == Role.RESPONSABLE else 403)


def test_an_agent_begins_with_a_text_and_the_values_of_the_dossier(client):
    instruction = pris_en_charge()
    dossier = instruction.dossier
    choisi = modele(dossier.vague.appel)
    client.force_login(instruction.instructeur)
    chemin = reverse("instruction:messages", args=[dossier.numero])
    assert "Partir d'un modèle" in lue(client.get(chemin))
    page = lue(client.get(f"{chemin}?modele={choisi.pk}"))
    assert f"votre dossier {dossier.numero}, « {dossier.nom_projet} »." in page
    assert not Echange.objects.exists()


def test_what_has_no_value_must_be_written_before_sending(client):
    instruction = pris_en_charge()
    dossier = instruction.dossier
    choisi = modele(dossier.vague.appel, "Répondez avant le {echeance}.")
    chemin = reverse("instruction:messages", args=[dossier.numero])
    client.force_login(instruction.instructeur)
    assert f"avant le {A_PRECISER}" in lue(client.get(f"{chemin}?modele={choisi.pk}"))
    page = lue(client.post(chemin, {"message-texte": f"Répondez avant le {A_PRECISER}.", "action": "ecrire"}))
    assert "Remplacez" in page
    assert not Echange.objects.exists()
    demande_envoyee(instruction)
    assert A_PRECISER not in lue(client.get(f"{chemin}?modele={choisi.pk}"))


def test_a_porteur_sees_no_text_of_the_agency(client):
    instruction = pris_en_charge()
    choisi = modele(instruction.dossier.vague.appel, titre="Ton du refus")
    client.force_login(instruction.dossier.titulaire)
    chemin = reverse("instruction:messages", args=[instruction.dossier.numero])
    for page in (client.get(chemin), client.get(f"{chemin}?modele={choisi.pk}")):
        assert "Ton du refus" not in lue(page)
        assert "Bonjour, votre dossier" not in lue(page)
