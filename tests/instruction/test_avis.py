"""Opinions of third parties: asked by a link, given without an account, dated, late, withdrawn, never the porteur's."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from instruction.models import AvisTiers, EtatAvisTiers, SensAvisTiers, avis_rendus
from instruction.tasks import rappeler_les_avis
from instruction.views.avis import contenu_pour_un_tiers
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from manufactures.traces import sans_jeton
from tests.factories.comptes import UserFactory
from tests.factories.instruction import agent, pris_en_charge, remplir, responsable
from tests.outils.hostiles import pdf

pytestmark = pytest.mark.django_db
COURRIEL = "developpement@aude.gouv.test"


def lue(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'").replace("&#39;", "'")


def adresse(dossier):
    return reverse("instruction:avis", args=[dossier.numero])


def demande_d_avis(instruction=None, jours=21, **autres):
    instruction = instruction or pris_en_charge()
    valeurs = {
        "organisme": "PREFECTURE",
        "nom": "Préfecture de l'Aude",
        "courriel": COURRIEL,
        "question": "Le site est-il en zone inondable ?",
        "echeance": horloge.aujourd_hui() + timedelta(days=jours),
    }
    return AvisTiers.demander(instruction.dossier, par=instruction.instructeur, **(valeurs | autres))


def rendu(avis, **autres):
    valeurs = {
        "sens": SensAvisTiers.RESERVE,
        "texte": "Favorable, sous réserve du plan de prévention.",
        "nom": "Lise Caron",
        "qualite": "cheffe de service",
    }
    avis.rendre(**(valeurs | autres))
    return avis


def poste(**autres):
    return {
        "sens": "FAVORABLE",
        "texte": "Le projet répond à un besoin.",
        "nom": "Lise Caron",
        "qualite": "cheffe de service",
    } | autres


# -- Asking ------------------------------------------------------------------------------------------------------
def test_the_agent_asks_from_the_page_and_a_link_leaves(client):
    instruction = pris_en_charge()
    client.force_login(instruction.instructeur)
    client.post(
        adresse(instruction.dossier),
        {
            "action": "demander",
            "organisme": "DREETS",
            "nom": "DREETS Occitanie",
            "courriel": COURRIEL,
            "echeance": str(horloge.aujourd_hui() + timedelta(days=21)),
        },
    )
    avis = AvisTiers.objects.get()
    courriel = Message.objects.get(cle="avis_demande")
    assert (courriel.adresse, courriel.destinataire) == (COURRIEL, None)
    assert avis.lien in courriel.corps_texte
    assert avis.lien not in courriel.lien  # the row keeps no link apart from the words
    entree = Entree.objects.get(fil=instruction.dossier.fil, action="demander_avis_tiers")
    assert avis.nonce not in str(entree.faits)
    page = lue(client.get(reverse("instruction:dossier", args=[instruction.dossier.numero])))
    assert "DREETS Occitanie" in page


@pytest.mark.parametrize("qui", [agent, UserFactory], ids=["another agent", "a stranger"])
def test_only_who_examines_asks(qui):
    instruction = pris_en_charge()
    with pytest.raises((GesteInterdit, instruction.dossier.__class__.DoesNotExist)):
        AvisTiers.demander(
            instruction.dossier, par=qui(), organisme="REGION", nom="Région", courriel=COURRIEL,
            echeance=horloge.aujourd_hui() + timedelta(days=9),
        )  # fmt: skip


def test_one_asks_an_address_once_and_only_before_the_conclusion():
    instruction = pris_en_charge()
    demande_d_avis(instruction)
    with pytest.raises(TransitionInterdite, match="déjà demandé"):
        demande_d_avis(instruction, courriel=COURRIEL.upper())
    remplir(instruction)
    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)
    with pytest.raises(TransitionInterdite, match="n'est pas en cours"):
        demande_d_avis(instruction, courriel="autre@region.test")


# -- The page of the link ----------------------------------------------------------------------------------------
def test_the_link_opens_the_frozen_dossier_without_contacts_nor_bank_data(client):
    avis = demande_d_avis()
    dossier = avis.dossier
    version = avis.version
    version.contenu["pieces_jointes"] = [
        {"nom": "mon-rib.pdf", "libelle": "RIB", "type": "rib", "taille": 10, "empreinte": "0" * 64},
        {"nom": "statuts.pdf", "libelle": "Statuts", "type": "statuts", "taille": 10, "empreinte": "0" * 64},
    ]
    noms = [piece["nom"] for piece in contenu_pour_un_tiers(version)["pieces_jointes"]]
    assert noms == ["statuts.pdf"]

    reponse = client.get(avis.lien)
    page = lue(reponse)
    assert reponse.status_code == 200
    assert dossier.besoin in page
    assert "zone inondable" in page
    assert dossier.representant_courriel not in page
    assert dossier.representant_telephone not in page
    assert reponse["Cache-Control"] == "no-store"
    assert "noindex" in reponse["X-Robots-Tag"]
    assert reponse["Referrer-Policy"] == "strict-origin"
    assert '<meta name="robots" content="noindex, nofollow">' in page
    jeton = avis.lien.strip("/").rpartition("/")[2]
    assert jeton not in sans_jeton(f"GET {avis.lien}")


def test_the_page_follows_the_deposit_not_what_was_written_since(client):
    avis = demande_d_avis()
    ancien = avis.dossier.besoin
    type(avis.dossier).objects.filter(pk=avis.dossier_id).update(besoin="Tout autre chose, écrit depuis.")
    page = lue(client.get(avis.lien))
    assert ancien in page
    assert "Tout autre chose" not in page


def test_an_opinion_is_given_once_with_a_file_and_the_link_dies(client):
    avis = demande_d_avis()
    lien, contenu = avis.lien, pdf()
    suite = client.post(lien, poste(fichier=SimpleUploadedFile("avis.pdf", contenu, "application/pdf")))
    assert suite.url == reverse("instruction:avis_rendu")
    assert "Avis rendu" in lue(client.get(suite.url))
    avis.refresh_from_db()
    assert (avis.etat, avis.nonce, avis.fichier_nom) == (EtatAvisTiers.RENDU, "", "avis.pdf")
    assert client.get(lien).status_code == 404
    assert client.post(lien, poste(sens="DEFAVORABLE")).status_code == 404
    avis.refresh_from_db()
    assert avis.sens == SensAvisTiers.FAVORABLE
    recu = Message.objects.get(cle="avis_recu")
    assert recu.destinataire == avis.dossier.instruction.instructeur
    assert Entree.objects.filter(fil=avis.dossier.fil, action="recevoir_avis_tiers").count() == 1

    client.force_login(avis.dossier.instruction.instructeur)
    page = lue(client.get(reverse("instruction:dossier", args=[avis.dossier.numero])))
    assert "Le projet répond à un besoin." in page
    fichier = client.get(reverse("instruction:fichier_avis", args=[avis.dossier.numero, avis.pk]))
    assert b"".join(fichier.streaming_content) == contenu
    assert fichier["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"sens": ""}, "Choisissez le sens de votre avis."),
        ({"texte": " "}, "Écrivez ce qui fonde votre avis"),
        ({"nom": ""}, "Écrivez votre prénom et votre nom."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(client, envoi, phrase):
    avis = demande_d_avis()
    page = lue(client.post(avis.lien, poste(**envoi)))
    assert phrase in page
    assert AvisTiers.objects.get().est_attendu


def test_a_file_that_is_a_program_is_refused_beside_its_field(client):
    avis = demande_d_avis()
    reponse = client.post(avis.lien, poste(fichier=SimpleUploadedFile("avis.exe", b"MZ\x90")))
    assert reponse.status_code == 422
    assert "est un programme" in lue(reponse)
    assert AvisTiers.objects.get().est_attendu


def test_forged_withdrawn_expired_and_sent_again_are_one_same_404(client):
    avis = demande_d_avis()
    faux = avis.lien[:-3] + "zz/"
    ancien = avis.lien
    avis.relancer(par=avis.demande_par)
    neuf = avis.lien
    assert ancien != neuf
    assert {client.get(lien).status_code for lien in (faux, ancien)} == {404}
    assert client.get(neuf).status_code == 200
    with horloge.a(avis.expire_le + timedelta(minutes=1)):
        assert client.get(neuf).status_code == 404
    avis.retirer(par=avis.demande_par, motif="Plus utile.")
    assert client.get(neuf).status_code == 404
    assert Message.objects.filter(cle="avis_retire", adresse=COURRIEL).count() == 1


def test_once_the_examination_is_concluded_no_opinion_is_taken(client):
    avis = demande_d_avis()
    instruction = avis.dossier.instruction
    remplir(instruction)
    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)
    assert client.get(avis.lien).status_code == 404
    with pytest.raises(TransitionInterdite):
        rendu(avis)


# -- Waiting -----------------------------------------------------------------------------------------------------
def test_a_reminder_five_days_before_once_a_date():
    avis = demande_d_avis()
    for avant, attendus in ((6, 0), (5, 1), (2, 1)):
        with horloge.a(avis.echeance - timedelta(days=avant)):
            rappeler_les_avis()
            rappeler_les_avis()
        assert Message.objects.filter(cle="avis_rappel").count() == attendus
    assert avis.lien in Message.objects.get(cle="avis_rappel").corps_texte


def test_nobody_is_reminded_of_an_opinion_given():
    avis = rendu(demande_d_avis())
    with horloge.a(avis.echeance - timedelta(days=2)):
        rappeler_les_avis()
    assert not Message.objects.filter(cle="avis_rappel").exists()


def test_late_is_shown_and_may_still_be_given(client):
    avis = demande_d_avis()
    with horloge.a(avis.echeance + timedelta(days=3)):
        assert client.get(avis.lien).status_code == 200
        client.force_login(avis.demande_par)
        assert "En retard de 3 jours" in lue(client.get(adresse(avis.dossier)))


# -- What is made of it ------------------------------------------------------------------------------------------
def test_the_report_reads_what_was_given():
    instruction = pris_en_charge()
    rendu(demande_d_avis(instruction))
    demande_d_avis(instruction, courriel="autre@region.test")
    (lu,) = avis_rendus(instruction.dossier)
    assert (lu["nom"], lu["sens"], lu["sens_code"]) == (
        "Préfecture de l'Aude",
        "Favorable avec réserves",
        "RESERVE",
    )
    assert lu["signataire"] == "Lise Caron, cheffe de service"
    assert lu["rendu_le"].startswith("20")


def test_the_porteur_knows_nothing_of_it(client):
    avis = rendu(demande_d_avis(), fichier=SimpleUploadedFile("avis.pdf", pdf(), "application/pdf"))
    dossier, titulaire = avis.dossier, avis.dossier.titulaire
    client.force_login(titulaire)
    assert client.get(adresse(dossier)).status_code == 403
    assert client.get(reverse("instruction:fichier_avis", args=[dossier.numero, avis.pk])).status_code == 403
    assert not AvisTiers.objects.visibles_par(titulaire).exists()
    for chemin in (dossier.get_absolute_url(), reverse("instruction:messages", args=[dossier.numero])):
        assert "Préfecture" not in lue(client.get(chemin))
    assert not Message.objects.filter(destinataire=titulaire, cle__startswith="avis").exists()


def test_a_dossier_without_opinion_costs_no_query(client):
    instruction = pris_en_charge()
    client.force_login(instruction.instructeur)
    chemin = reverse("instruction:dossier", args=[instruction.dossier.numero])
    client.get(chemin)
    with CaptureQueriesContext(connection) as requetes:
        client.get(chemin)
    assert not [r for r in requetes if "avistiers" in r["sql"]]


def test_a_responsable_asks_again_and_withdraws_from_the_page(client):
    avis, chef = demande_d_avis(), responsable()
    client.force_login(chef)
    page = lue(client.post(adresse(avis.dossier), {"action": "retirer", "avis": avis.pk, "motif": ""}))
    assert "Écrivez pourquoi, en une phrase." in page
    tard = horloge.aujourd_hui() + timedelta(days=40)
    client.post(adresse(avis.dossier), {"action": "relancer", "avis": avis.pk, "echeance": str(tard)})
    avis.refresh_from_db()
    assert (avis.envois, avis.echeance.astimezone(horloge.PARIS).date()) == (2, tard)
    client.post(adresse(avis.dossier), {"action": "retirer", "avis": avis.pk, "motif": "Plus utile."})
    avis.refresh_from_db()
    assert (avis.etat, avis.retire_par, avis.motif) == (EtatAvisTiers.RETIRE, chef, "Plus utile.")
