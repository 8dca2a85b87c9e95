"""Several legal persons behind one dossier: partners, mandates by a personal link, a deposit that waits for them."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from candidatures.gel import contenu_a_figer
from candidatures.lecture import lire
from candidatures.models import Dossier, Droit, Mandat, MembreConsortium
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.programme import FormeJuridiqueFactory

pytestmark = pytest.mark.django_db
COURRIEL = "rep@exemple.test"
SIRETS = ["73282932000074", "00034587600015", "00034604900018", "00034621300010"]
REPONSE = {"nom": "Lise Montcalm", "qualite": "présidente", "accord": "on", "action": "donner"}


def page(dossier, nom="groupement", *args):
    return reverse(f"candidatures:{nom}", args=[dossier.numero, *args])


def saisie(**autres) -> dict:
    """What the form posts."""
    forme = FormeJuridiqueFactory()
    return {
        "raison_sociale": "Le RoseLab",
        "forme_juridique": forme.pk,
        "siret": "732 829 320 00074",
        "role": "site de la métropole",
        "representant": "Lise Montcalm",
        "courriel": COURRIEL,
        "action": "demander",
    } | autres


def nommer(dossier, rang=0, **autres):
    """A partner, by the deed."""
    valeurs = {
        "raison_sociale": f"Partenaire {rang}",
        "forme_juridique": FormeJuridiqueFactory(),
        "siret": SIRETS[rang],
        "role": "site rural",
        "representant": "Lise Montcalm",
        "courriel": f"p{rang}@exemple.test",
    }
    return dossier.ajouter_partenaire(par=dossier.titulaire, **(valeurs | autres))


def lien_recu(adresse) -> str:
    message = Message.objects.filter(adresse=adresse, cle="mandat_partenaire").latest("pk")
    mot = next(m for m in message.corps_texte.split() if "/mandat/" in m)
    return mot[mot.index("/mandat/") :]


def donner(partenaire) -> None:
    partenaire.dossier.repondre_mandat(
        partenaire.mandats.get(etat="DEMANDE"), donne=True, nom="Lise Montcalm", qualite="présidente"
    )


def actions(dossier) -> list[str]:
    return list(Entree.objects.filter(fil=dossier.fil).order_by("rang").values_list("action", flat=True))


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def partenaire(dossier):
    return nommer(dossier)


@pytest.fixture
def mandat(dossier, partenaire):
    return dossier.demander_mandat(partenaire, par=dossier.titulaire)


# -- partners ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("droit", ["TITULAIRE", "CONTRIBUTEUR"])
def test_one_button_names_a_partner_and_asks_for_its_mandate(client, dossier, droit):
    user = dossier.titulaire if droit == "TITULAIRE" else MembreFactory(dossier=dossier, droit=droit).user
    client.force_login(user)
    reponse = client.post(page(dossier), saisie(), follow=True)

    partenaire = dossier.membres_consortium.get()
    assert (partenaire.siret, partenaire.etat_du_mandat) == ("73282932000074", "DEMANDE")
    assert "Mandat demandé à Lise Montcalm" in reponse.content.decode()
    message = Message.objects.get()
    assert (message.adresse, message.destinataire, message.lien) == (COURRIEL, None, "")
    assert "Les Ateliers de la Drôme vous désigne" in message.corps_texte
    assert actions(dossier)[-2:] == ["ajouter_partenaire", "demander_mandat"]


def test_a_partner_may_be_named_without_asking_yet(client, dossier):
    client.force_login(dossier.titulaire)
    client.post(page(dossier), saisie(action="ajouter"))
    assert dossier.membres_consortium.get().etat_du_mandat == "" and not Message.objects.exists()


def test_a_mandate_that_cannot_be_asked_leaves_no_partner_behind(client):
    """Nobody to give it to yet: said in the form, and nothing is written."""
    dossier = DossierFactory(raison_sociale="")
    client.force_login(dossier.titulaire)
    assert "Nommez d&#x27;abord votre structure" in client.post(page(dossier), saisie()).content.decode()
    assert not MembreConsortium.objects.exists() and actions(dossier) == []


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("siret", "73282932000075", "Ce SIRET n"),
        ("siret", "123", "14 chiffres"),
        ("siret", "00031136500019", "celui du chef de file"),
        ("raison_sociale", "", "Nommez la structure."),
        ("forme_juridique", "", "Choisissez la forme juridique."),
        ("role", "", "Dites ce que ce partenaire fait"),
        ("representant", "", "Nommez la personne"),
        ("courriel", "", "elle recevra le mandat."),
        ("courriel", "x", "par exemple nom@exemple.fr"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, dossier, champ, valeur, phrase):
    client.force_login(dossier.titulaire)
    reponse = client.post(page(dossier), saisie(**{champ: valeur}))
    assert reponse.status_code == 200 and phrase in reponse.content.decode()
    assert not MembreConsortium.objects.exists() and not Message.objects.exists()


def test_a_legal_person_stands_once(dossier, partenaire):
    with pytest.raises(TransitionInterdite, match="déjà celui d'un partenaire"):
        nommer(dossier, raison_sociale="La même")
    with pytest.raises(IntegrityError), transaction.atomic():
        dossier.membres_consortium.create(raison_sociale="La même", siret=partenaire.siret)


@pytest.mark.parametrize("nom", ["groupement", "partenaire"])
def test_who_reads_and_who_writes(client, dossier, partenaire, nom):
    """A lecteur reads; strangers, agents and the committee know nothing of a draft's consortium."""
    url = page(dossier, nom, *([partenaire.pk] if nom == "partenaire" else []))
    assert client.get(url).status_code == 302
    client.force_login(MembreFactory(dossier=dossier, droit=Droit.LECTEUR).user)
    assert client.get(url).status_code == 200
    assert client.post(url, saisie(action="retirer")).status_code == 403
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404 and client.post(url).status_code == 404
    assert MembreConsortium.objects.count() == 1


def test_another_dossier_s_partner_is_unknown(client, dossier, partenaire):
    autre = DossierFactory(titulaire=dossier.titulaire)
    client.force_login(dossier.titulaire)
    url = page(autre, "partenaire", partenaire.pk)
    assert client.get(url).status_code == 404 and client.post(url, {"action": "retirer"}).status_code == 404


def test_a_partner_leaves_with_its_mandate(client, dossier, partenaire, mandat):
    client.force_login(dossier.titulaire)
    client.post(page(dossier, "partenaire", partenaire.pk), {"action": "retirer"})
    assert not MembreConsortium.objects.exists() and not Mandat.objects.exists()
    assert actions(dossier)[-1] == "retirer_partenaire"
    assert client.get(f"/mandat/{mandat.lien.split('/')[2]}/").status_code == 404


def test_a_deposited_consortium_does_not_change(client, dossier, partenaire, mandat):
    donner(partenaire)
    dossier.deposer(par=dossier.titulaire, **attestations(dossier))
    client.force_login(dossier.titulaire)
    assert client.post(page(dossier), saisie()).status_code == 200
    for action in ("demander", "retirer"):
        assert client.post(page(dossier, "partenaire", partenaire.pk), {"action": action}).status_code == 409
    assert (dossier.membres_consortium.count(), Mandat.objects.get().etat) == (1, "DONNE")


def attestations(dossier) -> dict:
    """Every certificate that a deposit may ask for."""
    return ATTESTATIONS


# -- the link ------------------------------------------------------------------------------------------------------
def test_the_representative_reads_and_gives(client, dossier, partenaire, mandat):
    """Without an account: the project, the lead, the words; then thanks, and the words again by mail."""
    lien = lien_recu(partenaire.courriel)
    lue = client.get(lien).content.decode()
    for dit in (dossier.nom_projet, dossier.raison_sociale, partenaire.raison_sociale, "donne mandat à"):
        assert dit in lue
    reponse = client.post(lien, REPONSE, follow=True)

    assert "Mandat donné" in reponse.content.decode()
    mandat.refresh_from_db()
    assert (mandat.etat, mandat.signataire, mandat.nonce) == ("DONNE", "Lise Montcalm, présidente", "")
    assert mandat.repondu_le is not None
    entree = Entree.objects.filter(fil=dossier.fil).latest("rang")
    assert (entree.action, entree.acteur, entree.faits["partenaire"]) == (
        "donner_mandat",
        None,
        "Partenaire 0",
    )
    assert Message.objects.get(cle="mandat_repondu").destinataire == dossier.titulaire
    copie = Message.objects.get(cle="mandat_copie")
    assert copie.adresse == partenaire.courriel and "donne mandat à" in copie.corps_texte


def test_the_representative_refuses_with_a_reason(client, dossier, partenaire, mandat):
    lien = lien_recu(partenaire.courriel)
    envoi = REPONSE | {"action": "refuser", "motif": ""}
    assert "Écrivez pourquoi vous refusez" in client.post(lien, envoi).content.decode()
    mandat.refresh_from_db()
    assert mandat.etat == "DEMANDE"
    client.post(lien, envoi | {"motif": "Notre conseil n'a pas voté."})
    mandat.refresh_from_db()
    assert (mandat.etat, mandat.motif) == ("REFUSE", "Notre conseil n'a pas voté.")
    client.force_login(dossier.titulaire)
    lue = client.get(page(dossier)).content.decode()
    assert "Mandat refusé" in lue and "conseil n&#x27;a pas voté" in lue
    assert not Message.objects.filter(cle="mandat_copie").exists()


@pytest.mark.parametrize(
    ("manque", "phrase"),
    [("nom", "Écrivez votre prénom"), ("qualite", "Écrivez votre qualité"), ("accord", "Cochez cette case")],
)
def test_name_capacity_and_box_are_asked(client, partenaire, mandat, manque, phrase):
    envoi = {nom: dit for nom, dit in REPONSE.items() if nom != manque}
    assert phrase in client.post(lien_recu(partenaire.courriel), envoi).content.decode()
    mandat.refresh_from_db()
    assert mandat.etat == "DEMANDE"


def test_the_link_serves_once(client, partenaire, mandat):
    lien = lien_recu(partenaire.courriel)
    assert client.post(lien, REPONSE).status_code == 302
    refus = REPONSE | {"action": "refuser", "motif": "x"}
    assert client.get(lien).status_code == 404 and client.post(lien, refus).status_code == 404
    mandat.refresh_from_db()
    assert mandat.etat == "DONNE"


@pytest.mark.parametrize("cas", ["expire", "redemande", "retire", "forge", "dossier retire", "tronque"])
def test_a_dead_link_is_unknown(client, dossier, partenaire, mandat, *, cas, caplog):
    lien = lien_recu(partenaire.courriel)
    if cas == "expire":
        Mandat.objects.update(expire_le=horloge.maintenant() - timedelta(seconds=1))
    elif cas == "redemande":
        dossier.demander_mandat(partenaire, par=dossier.titulaire)
    elif cas == "retire":
        dossier.retirer_mandat(partenaire, par=dossier.titulaire, motif="Erreur")
    elif cas == "dossier retire":
        Dossier.objects.filter(pk=dossier.pk).update(
            etat=Etat.RETIRE, depose_le=horloge.maintenant(), version_deposee=1
        )
    else:
        lien = f"/mandat/{mandat.pk}-{mandat.nonce}.AAAAAAAA/" if cas == "forge" else lien[:-9] + "/"
    assert client.get(lien).status_code == 404
    assert client.post(lien, REPONSE).status_code == 404
    assert lien.split("/")[2] not in caplog.text
    assert not Mandat.objects.filter(etat="DONNE").exists()


def test_the_public_page_is_closed_to_robots_and_to_guesses(client, partenaire, mandat):
    reponse = client.get(lien_recu(partenaire.courriel))
    assert reponse["X-Robots-Tag"] == "noindex, nofollow" and reponse["Cache-Control"] == "no-store"
    for _ in range(29):
        assert client.get("/mandat/1-a.b/").status_code == 404
    assert client.get(lien_recu(partenaire.courriel)).status_code == 429


def test_nobody_reads_an_answer_that_is_not_theirs(client, partenaire, mandat):
    donner(partenaire)
    assert client.get("/mandat/reponse/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one():
    dossier = DossierFactory()
    partenaire = nommer(dossier)
    mandat = dossier.demander_mandat(partenaire, par=dossier.titulaire)
    depart, refus = threading.Barrier(2), []

    def repondre(donne):
        depart.wait()
        try:
            Dossier.objects.get(pk=dossier.pk).repondre_mandat(
                mandat, donne=donne, nom="L", qualite="q", motif="" if donne else "non"
            )
        except TransitionInterdite:
            refus.append(donne)
        finally:
            connection.close()

    fils = [threading.Thread(target=repondre, args=(donne,)) for donne in (True, False)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    mandat.refresh_from_db()
    assert len(refus) == 1 and mandat.etat == ("REFUSE" if refus[0] else "DONNE")


# -- what changes --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("champ", "valeur", "redemande"),
    [
        ("raison_sociale", "Le RoseLab SCIC", True),
        ("siret", "35600000000048", True),
        ("role", "site de quartier", True),
        ("representant", "Nadège Esparros", False),
        ("courriel", "autre@exemple.test", False),
    ],
)
def test_a_material_change_asks_for_the_mandate_again(
    dossier, partenaire, mandat, *, champ, valeur, redemande
):
    """What the mandate speaks of; not who received it."""
    donner(partenaire)
    dossier.modifier_partenaire(partenaire, par=dossier.titulaire, **{champ: valeur})
    etats = list(Mandat.objects.order_by("pk").values_list("etat", flat=True))
    assert etats == (["CADUC", "DEMANDE"] if redemande else ["DONNE"])
    assert Message.objects.filter(cle="mandat_partenaire").count() == (2 if redemande else 1)


def test_a_new_address_gets_a_new_link_while_the_answer_is_awaited(client, dossier, partenaire, mandat):
    ancien = lien_recu(partenaire.courriel)
    dossier.modifier_partenaire(partenaire, par=dossier.titulaire, courriel="autre@exemple.test")
    assert client.get(ancien).status_code == 404
    assert client.get(lien_recu("autre@exemple.test")).status_code == 200


def test_another_lead_is_another_mandate(dossier, partenaire, mandat):
    """The structure of the dossier became another legal person: its partners had not chosen it."""
    donner(partenaire)
    assert not [m for m in dossier.manques() if "mandat" in m.phrase]
    Dossier.objects.filter(pk=dossier.pk).update(siret="35600000000048")
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert [m.phrase for m in dossier.manques() if "mandat" in m.phrase]
    partenaire = dossier.membres_consortium.get()
    assert partenaire.etat_du_mandat == "CADUC"
    dossier.demander_mandat(partenaire, par=dossier.titulaire)
    assert list(Mandat.objects.order_by("pk").values_list("etat", flat=True)) == ["CADUC", "DEMANDE"]


def test_a_given_mandate_is_withdrawn_with_a_reason(client, dossier, partenaire, mandat):
    donner(partenaire)
    client.force_login(dossier.titulaire)
    url = page(dossier, "partenaire", partenaire.pk)
    assert client.post(url, {"action": "retirer_mandat", "motif": ""}).status_code == 200
    assert Mandat.objects.get().etat == "DONNE"
    client.post(url, {"action": "retirer_mandat", "motif": "Le partenaire quitte le projet."})
    assert (Mandat.objects.get().etat, actions(dossier)[-1]) == ("RETIRE", "retirer_mandat")
    assert client.post(url, {"action": "retirer_mandat", "motif": "x"}).status_code == 409


def test_a_given_mandate_is_not_asked_again(client, dossier, partenaire, mandat):
    donner(partenaire)
    client.force_login(dossier.titulaire)
    assert client.post(page(dossier, "partenaire", partenaire.pk), {"action": "demander"}).status_code == 409
    assert Mandat.objects.count() == 1


def test_the_words_stay_those_of_the_asking(dossier, partenaire, mandat):
    assert dossier.nom_projet in mandat.texte and partenaire.raison_sociale in mandat.texte
    avant = mandat.texte
    Dossier.objects.filter(pk=dossier.pk).update(nom_projet="Autre nom")
    mandat.refresh_from_db()
    assert mandat.texte == avant


@pytest.mark.parametrize(
    "faits",
    [
        {"etat": "DONNE"},
        {"etat": "REFUSE", "nonce": ""},
        {"etat": "RETIRE"},
        {"etat": "AUTRE", "nonce": ""},
    ],
)
def test_the_database_holds_the_answers(mandat, faits):
    """Nobody, no reason, a live link: refused."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandat.objects.filter(pk=mandat.pk).update(**faits)


# -- the deposit ---------------------------------------------------------------------------------------------------
def test_the_deposit_waits_for_every_mandate(client, dossier):
    """Four bodies: three partners; the list names each one that lacks, and opens it."""
    partenaires = [nommer(dossier, rang) for rang in range(3)]
    client.force_login(dossier.titulaire)
    for reste in (3, 2, 1, 0):
        manques = [m.phrase for m in dossier.manques()]
        assert len(manques) == reste
        lue = client.get(dossier.get_absolute_url()).content.decode()
        for partenaire in partenaires[3 - reste :]:
            assert f"{page(dossier)}#id_partenaire_{partenaire.pk}" in lue
        if not reste:
            break
        with pytest.raises(TransitionInterdite, match="Il manque le mandat de Partenaire"):
            dossier.deposer(par=dossier.titulaire, **attestations(dossier))
        assert Dossier.objects.get(pk=dossier.pk).etat == Etat.BROUILLON
        partenaire = partenaires[3 - reste]
        dossier.demander_mandat(partenaire, par=dossier.titulaire)
        donner(partenaire)
    version = dossier.deposer(par=dossier.titulaire, **attestations(dossier))
    figes = version.contenu["membres_consortium"]
    assert [ligne["raison_sociale"] for ligne in figes] == ["Partenaire 0", "Partenaire 1", "Partenaire 2"]
    assert all(ligne["mandat"].startswith("Donné le") and "présidente" in ligne["mandat"] for ligne in figes)


def test_a_dossier_alone_waits_for_nobody(dossier):
    assert dossier.manques() == []
    assert dossier.deposer(par=dossier.titulaire, **attestations(dossier)).contenu["membres_consortium"] == []


def test_the_reading_shows_partners_and_mandates_never_an_address(dossier, partenaire, mandat):
    donner(partenaire)
    contenu = contenu_a_figer(dossier)
    gouvernance = next(section for section in lire(contenu) if section.slug == "gouvernance")
    table = next(table for table in gouvernance.tables if table.nom == "membres_consortium")
    assert table.titre == "Groupement" and table.entetes[-1] == "Mandat"
    assert table.lignes[0][0] == "Partenaire 0" and "Donné le" in table.lignes[0][-1]
    assert partenaire.courriel not in str(contenu)


def test_an_earlier_version_with_a_lead_among_its_rows_still_reads(dossier):
    """Frozen before the lead was the dossier itself."""
    contenu = contenu_a_figer(dossier) | {
        "membres_consortium": [{"raison_sociale": "A", "siret": "", "role": "chef", "chef_de_file": True}]
    }
    gouvernance = next(section for section in lire(contenu) if section.slug == "gouvernance")
    table = next(table for table in gouvernance.tables if table.nom == "membres_consortium")
    assert table.lignes == [["A", "", "", "", "chef", ""]]


def test_three_places_and_four_bodies_are_one_project(client):
    """Each place keeps its own territory; the list and the counts hold one project."""
    dossier = DossierFactory()
    for nom, territoire in (("Quartier", "QPV"), ("Métropole", "AUTRE")):
        dossier.sites.create(nom=nom, commune=dossier.commune_siege, type_territoire=territoire)
    for rang in range(3):
        nommer(dossier, rang)
    client.force_login(dossier.titulaire)
    assert client.get("/dossiers/").context["page_obj"].paginator.count == 1
    assert Dossier.objects.visibles_par(dossier.titulaire).count() == 1
    lieux = next(s for s in lire(contenu_a_figer(dossier)) if s.slug == "lieu").tables[0]
    assert {"Zone rurale", "Quartier prioritaire ou à proximité", "Autre territoire"} <= {
        texte for ligne in lieux.lignes for texte in ligne
    }


def test_the_page_costs_the_same_whatever_its_partners(client, django_assert_max_num_queries, dossier):
    client.force_login(dossier.titulaire)
    comptes = []
    for rangs in ((0,), (1, 2, 3)):
        for rang in rangs:
            dossier.demander_mandat(nommer(dossier, rang), par=dossier.titulaire)
        with django_assert_max_num_queries(15) as requetes:
            client.get(page(dossier))
        comptes.append(len(requetes.captured_queries))
        with django_assert_max_num_queries(20) as requetes:
            dossier.manques()
        comptes.append(len(requetes.captured_queries))
    assert comptes[:2] == comptes[2:]


def test_what_happened_is_told_to_the_members(client, dossier, partenaire, mandat):
    donner(partenaire)
    client.force_login(dossier.titulaire)
    for adresse in (dossier.get_absolute_url(), f"{dossier.get_absolute_url()}historique/"):
        reponse = client.get(adresse)
        if reponse.status_code == 200 and "Mandat donné" in reponse.content.decode():
            break
    else:
        raise AssertionError("Mandat donné")
