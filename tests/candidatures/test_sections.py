"""The form: saved whole, errors kept on screen, tables without script, never over someone else's writing."""

from decimal import Decimal

import pytest

from candidatures.models import Dossier, Section
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.programme import CommuneFactory, FiliereFactory

pytestmark = pytest.mark.django_db


def adresse(dossier, section):
    """Where the section is."""
    return f"{dossier.get_absolute_url()}{section}/"


def lignes(nom, rangees, avant=0):
    """A table as a browser posts it."""
    donnees = {f"{nom}-TOTAL_FORMS": len(rangees), f"{nom}-INITIAL_FORMS": avant}
    for rang, rangee in enumerate(rangees):
        donnees |= {f"{nom}-{rang}-{champ}": valeur for champ, valeur in rangee.items()}
    return donnees


@pytest.fixture
def dossier(client):
    """A complete draft, its titulaire signed in."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    return dossier


@pytest.mark.parametrize("section", Section)
def test_each_section_opens_and_saves_what_it_shows(client, dossier, section):
    """Posting back the page as it stands changes nothing, and leads to the next one."""
    avant = {nom: [m.champ for m in dossier.manques()] for nom in ("manques",)}
    page = client.get(adresse(dossier, section))
    donnees = {"version": page.context["version"], "suite": "continuer"}
    for form in page.context["page"].forms:
        for champ in form:
            valeur = champ.value()
            if valeur not in (None, False):
                donnees[champ.html_name] = valeur
    for _, formset in page.context["page"].tables:
        donnees |= {champ.html_name: champ.value() for champ in formset.management_form}

    reponse = client.post(adresse(dossier, section), donnees)

    assert reponse.status_code == 302, reponse.context and [f.errors for f in reponse.context["page"].forms]
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert {"manques": [m.champ for m in dossier.manques()]} == avant
    assert dossier.saisies.get(section=section).version == 1


def test_a_draft_may_be_saved_empty(client):
    """Only the project's name is compulsory."""
    dossier = DossierFactory(complet=False)
    client.force_login(dossier.titulaire)
    reponse = client.post(adresse(dossier, "structure"), {"version": 0, "raison_sociale": "", "siret": ""})
    assert reponse.status_code == 302


def test_what_is_right_is_kept_what_is_wrong_stays_on_screen(client, dossier):
    """The error stands beside its field and in the alert; the other answers are saved."""
    donnees = {"version": 0, "raison_sociale": "Nouveau nom", "siret": "123", "commune_siege": "Crest (26)"}
    reponse = client.post(adresse(dossier, "structure"), donnees)
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert page.count("Un SIRET compte 14 chiffres.") == 2
    assert 'href="#id_siret"' in page and 'value="123"' in page
    dossier.refresh_from_db()
    assert (dossier.raison_sociale, dossier.siret) == ("Nouveau nom", "00031136500019")
    assert reponse.context["version"] == 1


def test_numbers_and_communes_as_people_type_them(client, dossier):
    """Spaces, commas, a name with its département, a postcode."""
    CommuneFactory(code="26113", nom="Die", codes_postaux=["26150"], recherche="die")
    client.post(
        adresse(dossier, "structure"),
        {
            "version": 0,
            "siret": "732 829 320 00074",
            "effectif_etp": "2,5",
            "commune_siege": "26150",
            "representant_telephone": "01 99 00 00 10",
        },
    )
    dossier.refresh_from_db()
    assert dossier.siret == "73282932000074"
    assert dossier.effectif_etp == Decimal("2.5")
    assert dossier.commune_siege.nom == "Die"
    assert dossier.representant_telephone == "0199000010"


def test_namesakes_are_told_apart(client, dossier):
    """Two communes of the same name: the page says how to write each."""
    CommuneFactory(code="26113", nom="Crest", codes_postaux=["26150"], recherche="crest")
    reponse = client.post(adresse(dossier, "structure"), {"version": 0, "commune_siege": "crest"})
    assert "Plusieurs communes répondent" in reponse.content.decode()


def test_rows_are_added_changed_and_taken_away(client, dossier):
    """Without script: the rows that stand, blank ones, a box."""
    rangees = [
        {"designation": "Raboteuse", "categorie": "AUTRE", "quantite": "2", "prix_unitaire_ht": "1 200,50",
         "taux_tva": "20.0", "mutualise": "on", "DELETE": "on"},
        {"designation": "Scie", "categorie": "AUTRE", "quantite": "2", "prix_unitaire_ht": "1 200,50",
         "taux_tva": "5.5", "mutualise": "on"},
    ]  # fmt: skip
    reponse = client.post(
        adresse(dossier, "equipements"), {"version": 0} | lignes("equipements", rangees, avant=1)
    )
    assert reponse.status_code == 302
    (equipement,) = dossier.equipements.all()
    assert (equipement.designation, equipement.total_ht, equipement.neuf) == (
        "Scie",
        Decimal("2401.00"),
        False,
    )


def test_a_single_place_is_the_principal_one(client, dossier):
    """Two of them need a box, and one only."""
    lieu = {"nom": "Halle", "commune": "Crest", "type_territoire": "RURAL", "surface_projet_m2": "10"}
    client.post(adresse(dossier, "lieu"), {"version": 0} | lignes("sites", [lieu]))
    assert dossier.sites.get().principal
    deux = [lieu | {"principal": "on"}, lieu | {"nom": "Autre", "principal": "on"}]
    reponse = client.post(adresse(dossier, "lieu"), {"version": 1} | lignes("sites", deux, avant=1))
    assert "Un seul lieu est le principal" in reponse.content.decode()
    assert dossier.sites.count() == 1


def test_a_wrong_row_leaves_its_table_as_it_was(client, dossier):
    """The row typed stays on screen."""
    rangees = [{"nature": "PRODUIT", "libelle": "Ventes", "montant_n": "abc"}]
    reponse = client.post(adresse(dossier, "modele"), {"version": 0} | lignes("exercices", rangees))
    assert "Écrivez un montant" in reponse.content.decode() and 'value="abc"' in reponse.content.decode()
    assert dossier.exercices.count() == 3


def test_three_years_are_one_table(client, dossier):
    """A row of the screen is a line of each year that has an amount."""
    rangees = [
        {"nature": "PRODUIT", "compte": "70", "libelle": "Ventes", "montant_n": "10", "montant_n1": "20,50"},
        {"nature": "CHARGE", "compte": "64", "libelle": "Personnel", "montant_n": "30", "montant_n2": "40"},
    ]
    client.post(adresse(dossier, "modele"), {"version": 0} | lignes("exercices", rangees, avant=2))
    resultats = {e.annee: e.resultat for e in dossier.exercices.prefetch_related("lignes")}
    assert resultats == {"N": Decimal("-20"), "N+1": Decimal("20.50"), "N+2": Decimal("-40")}


def test_a_stale_version_shows_both_texts_and_loses_nothing(client, dossier):
    """409: nothing is written; then each answer is kept or left."""
    autre = MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user
    filiere = FiliereFactory()
    saisie = {"version": 0, "nom_projet": "Mon nom", "resume_public": "Mon résumé", "filieres": [filiere.pk]}
    client.force_login(autre)
    sienne = {"version": 0, "nom_projet": "Son nom", "resume_public": "Son résumé", "filieres": [filiere.pk]}
    client.post(adresse(dossier, "projet"), sienne | lignes("indicateurs", []))
    client.force_login(dossier.titulaire)

    reponse = client.post(adresse(dossier, "projet"), saisie | lignes("indicateurs", []))

    page = reponse.content.decode()
    assert reponse.status_code == 409
    assert all(texte in page for texte in ("Mon nom", "Son nom", "Mon résumé", "Son résumé", str(autre)))
    dossier.refresh_from_db()
    assert dossier.nom_projet == "Son nom"

    suite = saisie | {"version": 1, "garder-nom_projet": "mienne", "garder-resume_public": "sienne"}
    reponse = client.post(adresse(dossier, "projet"), suite | lignes("indicateurs", []))
    assert reponse.status_code == 302
    dossier.refresh_from_db()
    assert (dossier.nom_projet, dossier.resume_public) == ("Mon nom", "Son résumé")


def test_two_sections_do_not_disturb_each_other(client, dossier):
    """Each section has its own version."""
    assert client.post(adresse(dossier, "structure"), {"version": 0}).status_code == 302
    assert (
        client.post(
            adresse(dossier, "gouvernance"),
            {"version": 0} | lignes("partenaires", []),
        ).status_code
        == 302
    )  # noqa: E501
    assert (
        client.post(adresse(dossier, "structure"), {"version": 0, "raison_sociale": "Y"}).status_code == 409
    )


def test_a_lecteur_reads_and_does_not_write(client, dossier):
    """403, and nothing changes."""
    client.force_login(MembreFactory(dossier=dossier, droit="LECTEUR").user)
    assert client.get(adresse(dossier, "structure")).status_code == 200
    assert (
        client.post(adresse(dossier, "structure"), {"version": 0, "raison_sociale": "X"}).status_code == 403
    )
    dossier.refresh_from_db()
    assert dossier.raison_sociale == "Les Ateliers de la Drôme"


def test_a_deposited_dossier_is_read_not_written(client):
    """409 for who still has the page open."""
    dossier = DossierFactory(etat="DEPOSE")
    client.force_login(dossier.titulaire)
    page = client.get(adresse(dossier, "projet"))
    assert "elle ne se modifie plus" in page.content.decode() and 'name="besoin"' not in page.content.decode()
    reponse = client.post(
        adresse(dossier, "projet"), {"version": 0, "nom_projet": "X"} | lignes("indicateurs", [])
    )
    assert reponse.status_code == 409
    dossier.refresh_from_db()
    assert dossier.nom_projet != "X"


def test_communes_are_proposed_as_one_types(client, dossier):
    """From two letters on, whatever the field."""
    CommuneFactory()
    page = client.get("/dossiers/communes/", {"sites-0-commune": "cre"}).content.decode()
    assert 'value="Crest (26)"' in page
    assert "option" not in client.get("/dossiers/communes/", {"q": "c"}).content.decode()
