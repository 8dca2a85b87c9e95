"""People in the browser: invited by a link, a new titulaire, partners who answer without an account."""

import re

import pytest

from candidatures.models import Droit
from manufactures.courrier.models import Message
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.programme import FormeJuridiqueFactory

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]
PHRASE = "une longue phrase de passe"
AJOUTER = "main form:has([name=raison_sociale]) button[value=demander]"
LEA, ROSELAB, LUSTAR = "lea.moreau@exemple.test", "roselab@exemple.test", "lustar@exemple.test"


@pytest.fixture
def dossier(transactional_db, settings):
    """A complete draft: only what these tests add can be missing."""
    settings.MFA_AGENTS = "facultative"
    return DossierFactory()


def lien_recu(adresse: str) -> str:
    """The personal link of the last mail to this address."""
    messages = Message.objects.filter(adresse=adresse, corps_texte__regex="/(invitation|mandat)/")
    return re.search(r"/(?:invitation|mandat)/\S+", messages.latest("pk").corps_texte)[0]


def test_someone_without_an_account_joins_then_answers_for_the_dossier(asseoir, constat, dossier):
    """Three clicks to invite; the link, an account, one button, the dossier; then the ownership, from home."""
    titulaire, equipe = asseoir(dossier.titulaire), f"/dossiers/{dossier.numero}/equipe/"
    titulaire.aller(equipe)
    titulaire.envoyer("main form:has([name=courriel]) button", courriel=LEA, droit=Droit.LECTEUR)
    titulaire.lit(f"Invitation envoyée à {LEA}", "Invitations en attente")

    lea = asseoir(None).aller(lien_recu(LEA))
    assert lea.page.url.endswith("/invitation/")
    lea.lit(f"Rejoindre « {dossier.nom_projet} »", "comme lecteur").suivre("Créer un compte")
    assert lea.page.locator("[name=email]").input_value() == LEA
    champs = {"password1": PHRASE, "password2": PHRASE, "prenom": "Léa", "nom": "Moreau"}
    lea.envoyer("main form button[type=submit]", **champs)
    lea.lit("Vous êtes connecté comme Léa Moreau").envoyer("main form button")
    lea.lit("Vous faites partie du dossier").constate(dossier.numero, "BROUILLON")

    titulaire.aller(equipe).lit("Léa Moreau").suivre("Choisir un nouveau titulaire")
    membre = dossier.membres.get(user__email=LEA)
    titulaire.faire("proposer", membre=membre.pk).lit("Rien ne change avant sa réponse")
    lea.attendu("Titularité proposée", dossier.nom_projet).faire("accepter")
    lea.lit("Vous êtes maintenant titulaire de ce dossier", "Inviter par courriel")
    titulaire.aller(equipe).envoyer("main details form button").lit("Vous ne faites plus partie du dossier")
    assert dossier.membres.get().user.email == LEA
    constat.conclure()


def test_partners_answer_by_their_link_and_the_deposit_waits_for_them(asseoir, constat, dossier):
    """One gives, one refuses with a reason, then gives; the list of what is missing follows."""
    forme = FormeJuridiqueFactory()
    ecrit = asseoir(MembreFactory(dossier=dossier, droit=Droit.CONTRIBUTEUR).user)
    groupement = f"/dossiers/{dossier.numero}/groupement/"
    for nom, siret, adresse in (("Le RoseLab", "73282932000074", ROSELAB), ("Lustar", "", LUSTAR)):
        champs = {"raison_sociale": nom, "siret": siret, "courriel": adresse, "forme_juridique": forme.pk}
        ecrit.aller(groupement).envoyer(AJOUTER, **champs, role="un site", representant="Lise Montcalm")
        ecrit.lit(f"Mandat demandé à Lise Montcalm, {adresse}")
    ecrit.aller(dossier.get_absolute_url())
    ecrit.lit("Obtenir le mandat de « Le RoseLab »", "Obtenir le mandat de « Lustar »")
    ecrit.suivre("Obtenir le mandat de « Lustar »")
    assert ecrit.page.url.endswith(f"{groupement}#id_partenaire_{dossier.membres_consortium.last().pk}")

    signe = {"nom": "Lise Montcalm", "qualite": "présidente"}
    roselab = asseoir(None).aller(lien_recu(ROSELAB)).lit(dossier.nom_projet, "donne mandat à")
    roselab.faire("donner", **signe, accord=True).lit("Mandat donné", "Lise Montcalm, présidente")
    lustar = asseoir(None).aller(lien_recu(LUSTAR))
    lustar.faire("refuser", **signe, motif="Notre conseil n'a pas voté.").lit("Mandat refusé")
    ecrit.aller(groupement).lit("Mandat donné", "Mandat refusé", "Notre conseil n'a pas voté.")
    ecrit.envoyer("main li:has-text('Lustar') button[value=demander]").lit("Mandat demandé")
    lustar.aller(lien_recu(LUSTAR)).faire("donner", **signe, accord=True)
    ecrit.aller(dossier.get_absolute_url()).lit("Tout y est")
    ecrit.aller(f"/dossiers/{dossier.numero}/lecture/").lit("Groupement", "Donné le")
    constat.conclure()
