"""To the paying system and back; the account encrypted, and changed by three persons or not at all."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from accompagnement.models import Bordereau, ChangementDeCompte, CoordonneesBancaires
from accompagnement.models.bordereau import COLONNES
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db

ICI = "/accompagnement/paiements/"
AUTRE = "FR7699999999997000123456747"
NOUVEAU = {"iban": AUTRE, "bic": "ZZZZFRPPXXX", "titulaire": "La Fabrique"}


def contresigner(gens, tranche):
    tranche.demander(par=gens.porteur)
    tranche.certifier(par=gens.agent)
    tranche.ordonner(par=gens.responsable)
    tranche.contresigner(par=gens.signataire)
    return tranche


@pytest.fixture
def prete(gens, convention):
    """An advance of 51 000 €, signed three times."""
    return contresigner(gens, convention.tranches.get(type="AVANCE"))


def fichier(*rangees, titres="reference;montant;date de paiement;reference du paiement"):
    texte = "\r\n".join([titres, *(";".join(rangee) for rangee in rangees)])
    return SimpleUploadedFile("retour.csv", texte.encode())


def test_a_payment_leaves_in_one_file_and_comes_back_paid(client, gens, prete, invariants_verifies):
    client.force_login(gens.responsable)
    assert "1 versement contresigné" in client.get(ICI).content.decode().replace("\u00a0", " ")
    assert client.post(ICI, {"action": "etablir"}).status_code == 302
    assert client.post(ICI, {"action": "etablir"}).status_code == 409  # nothing waits any more

    bordereau = Bordereau.objects.get()
    reponse = client.post(f"{ICI}{bordereau.pk}/")
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    (rangee,) = csv.DictReader(io.StringIO(texte), delimiter=";")
    assert tuple(rangee) == COLONNES
    assert (rangee["iban"], rangee["montant"], rangee["reference"]) == (f.IBAN, "51000,00", prete.acte.numero)
    fil = prete.convention.fil
    assert Entree.objects.filter(fil=fil, action="consulter_compte").count() == 1

    client.force_login(gens.agent)
    jour = horloge.aujourd_hui().isoformat()
    retour = fichier([prete.acte.numero, "51000,00", jour, "MDT-77"])
    assert client.post(ICI, {"action": "noter", "fichier": retour}).status_code == 302
    prete.refresh_from_db()
    assert (prete.etat, prete.mandat, prete.payee_le) == ("PAYE", "MDT-77", horloge.aujourd_hui())


@pytest.mark.parametrize(
    ("rangee", "faute"),
    [
        (["MP-1999-000001", "51000,00", "{jour}", "M"], "aucun ordre"),
        (["{reference}", "50999,99", "{jour}", "M"], "ordonnés"),
        (["{reference}", "51000,00", "hier", "M"], "date"),
        (["{reference}", "51000,00", "{jour}", ""], "obligatoire"),
    ],
)
def test_one_wrong_line_and_nothing_is_noted(client, gens, prete, rangee, faute):
    seconde = contresigner(gens, prete.convention.tranches.get(type="ANNEE_1"))
    jour = horloge.aujourd_hui().isoformat()
    fausse = [case.format(reference=prete.acte.numero, jour=jour) for case in rangee]
    juste = [seconde.acte.numero, "27500", jour, "M-2"]
    client.force_login(gens.agent)

    page = client.post(ICI, {"action": "noter", "fichier": fichier(juste, fausse)})

    assert page.status_code == 200 and "ligne 3" in page.content.decode() and faute in page.content.decode()
    for tranche in (prete, seconde):
        tranche.refresh_from_db()
        assert tranche.etat == "EN_CONTROLE"


def test_the_same_order_twice_or_already_paid_is_refused(client, gens, prete):
    client.force_login(gens.agent)
    ligne = [prete.acte.numero, "51000", horloge.aujourd_hui().isoformat(), "M-1"]
    page = client.post(ICI, {"action": "noter", "fichier": fichier(ligne, ligne)})
    assert "deux fois" in page.content.decode()
    prete.payer(par=gens.agent, mandat="M-1")
    page = client.post(ICI, {"action": "noter", "fichier": fichier(ligne)})
    assert page.status_code == 409 and "Rien n'est noté" in page.content.decode().replace("&#x27;", "'")
    page = client.post(ICI, {"action": "noter", "fichier": fichier(ligne, titres="a;b;c;d")})
    assert "Il manque" in page.content.decode()


def test_who_may(client, gens, prete):
    client.force_login(gens.agent)
    assert "Un responsable établit" in client.get(ICI).content.decode()
    assert client.post(ICI, {"action": "etablir"}).status_code == 403
    client.force_login(gens.porteur)
    assert client.get(ICI).status_code == 403
    assert not Bordereau.objects.exists()


# -- The account ---------------------------------------------------------------------------------------------------
def test_the_account_is_encrypted_at_rest(convention):
    with connection.cursor() as curseur:
        curseur.execute("SELECT iban FROM accompagnement_coordonneesbancaires")
        (garde,) = curseur.fetchone()
    assert garde.startswith("c1:") and f.IBAN not in garde
    compte = CoordonneesBancaires.objects.get()
    assert (compte.iban, compte.masque) == (f.IBAN, "se terminant par 3609")
    CoordonneesBancaires.objects.all().values_list("iban")
    with connection.cursor() as curseur:  # written before it was encrypted
        curseur.execute("UPDATE accompagnement_coordonneesbancaires SET iban = %s", [AUTRE])
    assert CoordonneesBancaires.objects.get().iban == AUTRE


def test_a_change_takes_three_persons_and_holds_the_file_back(gens, prete):
    dossier = prete.convention.dossier
    changement = ChangementDeCompte.demander(dossier, par=gens.porteur, **NOUVEAU)
    assert Message.objects.filter(cle="rib_modifie", destinataire=gens.porteur).count() == 1
    with pytest.raises(TransitionInterdite, match="Aucun versement"):
        Bordereau.etablir(par=gens.responsable)
    with pytest.raises(TransitionInterdite, match="pas encore vérifié"):
        changement.confirmer(par=gens.responsable)
    changement.verifier(par=gens.responsable, verification="Rappel du représentant.")
    with pytest.raises(GesteInterdit, match="une autre personne"):
        changement.confirmer(par=gens.responsable)
    with pytest.raises(GesteInterdit):
        changement.confirmer(par=gens.agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangementDeCompte.objects.update(confirme_le=horloge.maintenant(), confirme_par=gens.responsable)
    assert CoordonneesBancaires.objects.get().iban == f.IBAN

    changement.confirmer(par=gens.signataire)

    assert CoordonneesBancaires.objects.get().iban == AUTRE
    assert AUTRE not in str(list(Entree.objects.values_list("faits", flat=True)))
    assert Bordereau.etablir(par=gens.responsable).montant == Decimal("51000.00")


def test_a_refused_change_leaves_the_account(gens, prete):
    dossier = prete.convention.dossier
    changement = ChangementDeCompte.demander(dossier, par=gens.porteur, **NOUVEAU)
    with pytest.raises(TransitionInterdite, match="attend déjà"):
        ChangementDeCompte.demander(dossier, par=gens.porteur, **NOUVEAU)
    changement.refuser(par=gens.agent, motif="Le représentant n'a rien demandé.")
    with pytest.raises(TransitionInterdite, match="déjà réglé"):
        changement.verifier(par=gens.agent, verification="x")
    assert CoordonneesBancaires.objects.get().iban == f.IBAN


def test_the_page_of_the_convention_carries_the_change(client, gens, prete):
    ici = prete.convention.get_absolute_url()
    client.force_login(gens.porteur)
    assert "Changer de compte" in client.get(ici).content.decode()
    assert client.post(ici, NOUVEAU | {"action": "changer_compte"}).status_code == 302
    page = client.get(ici).content.decode()
    assert "6747" in page and AUTRE not in page and 'value="verifier_compte"' not in page
    client.force_login(gens.agent)
    donnees = {"action": "verifier_compte", "verification": "Rappel."}
    assert client.post(ici, donnees).status_code == 302
    assert 'value="confirmer_compte"' not in client.get(ici).content.decode()
    client.force_login(gens.responsable)
    assert 'value="confirmer_compte"' in client.get(ici).content.decode()
    assert client.post(ici, {"action": "confirmer_compte"}).status_code == 302
    assert CoordonneesBancaires.objects.get().iban == AUTRE


# -- Invoices from a spreadsheet -----------------------------------------------------------------------------------
def factures(*rangees, titres="Numéro;Fournisseur;Objet;Date;Montant HT (€);Montant TTC (€)"):
    return fichier(*rangees, titres=titres)


def test_a_spreadsheet_fills_the_request_and_writes_nothing(client, gens, convention):
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    acompte = convention.tranches.get(type="ACOMPTE")
    ici = acompte.get_absolute_url()
    client.force_login(gens.porteur)
    une = ["F-1", "Ateliers", "Presse", "02/01/2024", "1 000,50", "1 200,60"]
    fausse = ["F-2", "Ateliers", "Four", "45293", "2000", "10"]

    page = client.post(ici, {"action": "lire_factures", "fichier": factures(une, fausse)})

    texte = page.content.decode()
    assert page.status_code == 200 and not acompte.factures.exists()
    lus = page.context["factures_form"]
    assert lus.forms[0].cleaned_data["montant_ht"] == Decimal("1000.50") and not lus.forms[0].errors
    assert lus.forms[1].cleaned_data["date"].isoformat() == "2024-01-02"
    assert "montant_ttc" in lus.forms[1].errors and "à relire" in texte
    envoi = {champ.html_name: champ.value() for ligne in lus.forms[:1] for champ in ligne}
    envoi |= {
        "factures-TOTAL_FORMS": "1",
        "factures-INITIAL_FORMS": "0",
        "action": "demander",
        "atteste": "on",
    }
    assert client.post(ici, envoi).status_code == 302
    assert acompte.factures.get().montant_ttc == Decimal("1200.60")


def test_a_spreadsheet_without_its_columns_is_refused(client, gens, convention):
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    ici = convention.tranches.get(type="ACOMPTE").get_absolute_url()
    client.force_login(gens.porteur)
    page = client.post(ici, {"action": "lire_factures", "fichier": factures(["a"], titres="a;b")})
    assert "Il manque" in page.content.decode()
    client.force_login(gens.agent)
    assert client.post(ici, {"action": "lire_factures", "fichier": factures(["a"])}).status_code == 403
