"""Search: by which words a dossier is found, today's and not yesterday's, whoever wrote the row."""

import pytest
from django.db import connection

from candidatures.invariants import recherche_fidele
from candidatures.models import Dossier, Recherche, Site
from candidatures.numeros import lire_numero
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.programme import CommuneFactory, DepartementFactory, VagueFactory

pytestmark = pytest.mark.django_db


def trouves(saisie):
    """The names of what is found, in their order."""
    return sorted(Dossier.objects.recherche(saisie).values_list("nom_projet", flat=True))


def commune(code, nom, departement="26"):
    return CommuneFactory(
        code=code, nom=nom, recherche=nom.lower(), departement=DepartementFactory(code=departement)
    )


@pytest.fixture(autouse=True)
def _fidele():
    """After each test, each entry follows its dossier."""
    yield
    assert list(recherche_fidele()) == []


@pytest.fixture
def navette():
    """A dossier of Crest, with somebody else's beside it."""
    DossierFactory(
        nom_projet="Fil et Fer", raison_sociale="Vosges Métal", siret="00031425200016", complet=False
    )
    return DossierFactory(
        numero="D-7K3Q-XW9D",
        nom_projet="L'Écluse à Navettes",
        raison_sociale="Œuvres & Cie",
        titulaire=UserFactory(prenom="Awa", nom="Diallo-Kébé"),
        commune_siege=commune("26281", "Romans-sur-Isère"),
    )


# -- Which words find --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "saisie",
    [
        "D-7K3Q-XW9D",
        "d7k3qxw9d",
        "xw9d",
        "ecluse",
        "ÉCLUSE",
        "navettes ecluse",
        "ecl nav",
        "l'écluse",
        "oeuvres cie",
        "Œuvres",
        "diallo awa",
        "kebe",
        "vercoutre",
        "romans isere",
        "crest",
        "drôme",
        "000 311 365 00019",
        "000311365",
        "awa crest 7k3q",
    ],
)
def test_found_by(navette, saisie):
    assert trouves(saisie) == ["L'Écluse à Navettes"]


@pytest.mark.parametrize("saisie", ["cluse", "navetteux", "ecluse vosges", "zinc", "!!!", "   ", "7k3q 7k3z"])
def test_not_found_by(navette, saisie):
    """A word begins a word, and all of them count."""
    assert trouves(saisie) == []


def test_saint_is_written_three_ways():
    DossierFactory(nom_projet="La Forge", commune_siege=commune("42218", "Saint-Étienne"), complet=False)
    DossierFactory(nom_projet="Le Four", commune_siege=commune("33324", "Ste-Foy"), complet=False)

    assert trouves("st etienne") == trouves("saint etienne") == trouves("St-Étienne") == ["La Forge"]
    assert trouves("ste foy") == trouves("sainte foy") == ["Le Four"]


def test_a_request_is_never_read_as_an_order(navette):
    """What means something to a search engine is a word like another, or nothing."""
    for saisie in (
        "ecluse | zinc",
        "!zinc",
        "ecluse & !navettes",
        "'ecluse",
        "ecluse:*",
        "(",
        "\\",
        "%",
        "ecluse\0",
    ):
        trouves(saisie)
    assert trouves("zinc | ecluse") == []
    assert trouves("ecluse' or 1=1") == []


# -- Today's words -----------------------------------------------------------------------------------------------
def change_le_nom(dossier):
    Dossier.objects.filter(pk=dossier.pk).update(nom_projet="L'Écluse aux Zincs")


def change_la_structure(dossier):
    dossier.raison_sociale = "Zinc et Cie"
    dossier.save()


def change_le_representant(dossier):
    dossier.representant_nom = "Zinc"
    dossier.save(update_fields=["representant_nom"])


def change_le_siege(dossier):
    Dossier.objects.filter(pk=dossier.pk).update(commune_siege=commune("26999", "Zincville"))


def change_le_lieu(dossier):
    dossier.sites.update(commune=commune("26999", "Zincville"))


def ajoute_un_lieu(dossier):
    Site.objects.bulk_create([Site(dossier=dossier, nom="Annexe", commune=commune("26999", "Zincville"))])


def renomme_le_titulaire(dossier):
    titulaire = dossier.titulaire
    titulaire.nom = "Zinc"
    titulaire.save()


def change_de_titulaire(dossier):
    dossier.membres.update(user=UserFactory(nom="Zinc"))


def invite(dossier):
    MembreFactory(dossier=dossier, user=UserFactory(nom="Zinc"), droit="CONTRIBUTEUR")


def renomme_la_commune(dossier):
    commune_du_siege = dossier.commune_siege
    commune_du_siege.nom = "Zincville"
    commune_du_siege.save()


def renomme_le_departement(dossier):
    departement = dossier.commune_siege.departement
    departement.nom = "Zincaillerie"
    departement.save()


@pytest.mark.parametrize(
    ("changer", "ancien"),
    [
        (change_le_nom, "navettes"),
        (change_la_structure, "oeuvres"),
        (change_le_representant, "vercoutre"),
        (change_le_siege, "romans"),
        (change_le_lieu, "crest"),
        (ajoute_un_lieu, ""),
        (renomme_le_titulaire, "diallo"),
        (change_de_titulaire, "diallo"),
        (invite, ""),
        (renomme_la_commune, "romans"),
        (renomme_le_departement, "drome"),
    ],
)
def test_what_changes_is_found_under_its_new_words_and_no_more_under_the_old(navette, changer, ancien):
    assert trouves("zinc") == []
    assert not ancien or trouves(ancien) == ["L'Écluse à Navettes"]
    navette.refresh_from_db()

    changer(navette)

    navette.refresh_from_db()
    assert trouves("zinc") == [navette.nom_projet]
    assert not ancien or trouves(ancien) == []


def test_what_goes_away_is_no_more_found(navette):
    ajoute_un_lieu(navette)
    invite(navette)
    assert trouves("zincville") == trouves("zinc awa") == [navette.nom_projet]

    navette.sites.filter(nom="Annexe").delete()
    navette.membres.filter(droit="CONTRIBUTEUR").delete()

    assert trouves("zincville") == trouves("zinc") == []


def test_a_line_moved_to_another_dossier_changes_both(navette):
    autre = Dossier.objects.get(nom_projet="Fil et Fer")

    navette.sites.update(dossier=autre)

    assert trouves("crest") == ["Fil et Fer"]


def test_rows_written_in_bulk_are_found_at_once():
    vague = VagueFactory()
    Dossier.objects.bulk_create(
        Dossier(numero=f"D-2222-22{a}{b}", vague=vague, nom_projet=f"Halle {a}{b}")
        for a in "ABC"
        for b in "ABC"
    )

    assert len(trouves("halle")) == 9
    assert trouves("halle ab") == ["Halle AB"]


def test_a_dossier_deleted_leaves_no_entry(navette):
    navette.actes.clear()
    Dossier.objects.filter(pk=navette.pk).delete()

    assert trouves("ecluse") == []
    assert Recherche.objects.count() == 1


def test_a_rename_that_changes_nothing_writes_nothing(navette):
    """A person signs in, a dossier moves on: no entry is written anew."""

    def versions():
        with connection.cursor() as curseur:
            curseur.execute(
                "SELECT dossier_id, xmin, ctid::text FROM candidatures_recherche ORDER BY dossier_id"
            )
            return curseur.fetchall()

    avant = versions()
    navette.titulaire.save()
    navette.save()
    Dossier.objects.filter(pk=navette.pk).update(resume_public="Autre chose", version=9)
    navette.sites.update(nom="Autre nom", surface_projet_m2=12)

    assert versions() == avant


# -- Where, and under which name ---------------------------------------------------------------------------------
def test_the_place_is_the_principal_site_s_else_the_seat_s(navette):
    ailleurs = commune("07186", "Privas", departement="07")
    assert (navette.recherche.commune.nom, navette.recherche.departement_id) == ("Crest", "26")

    second = Site.objects.create(dossier=navette, nom="Second", commune=ailleurs)
    navette.sites.exclude(pk=second.pk).update(principal=False)
    Site.objects.filter(pk=second.pk).update(principal=True)
    navette.recherche.refresh_from_db()
    assert (navette.recherche.commune.nom, navette.recherche.departement_id) == ("Privas", "07")

    navette.sites.all().delete()
    navette.recherche.refresh_from_db()
    assert navette.recherche.commune.nom == "Romans-sur-Isère"


def test_names_are_sorted_as_one_reads_them():
    for nom in ("Zinc", "L'Écluse", "École du bois", "Fil", "atelier"):
        DossierFactory(nom_projet=nom, complet=False)

    tries = Dossier.objects.order_by("recherche__nom").values_list("nom_projet", flat=True)

    assert list(tries) == ["atelier", "École du bois", "Fil", "L'Écluse", "Zinc"]


# -- The guard and the cost --------------------------------------------------------------------------------------
def test_the_invariant_names_an_entry_that_follows_no_more(navette):
    with connection.cursor() as curseur:
        curseur.execute(
            "UPDATE candidatures_recherche SET mots = 'zinc' WHERE dossier_id = %s RETURNING 1", [navette.pk]
        )
    assert [phrase.split()[0] for phrase in recherche_fidele()] == [navette.numero]

    with connection.cursor() as curseur:
        curseur.execute("SELECT recherche_tenir(ARRAY[%s::bigint])", [navette.pk])


def test_an_index_answers():
    """The words can be asked of an index, however few rows make it needless here."""
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "recherche_mots" in Recherche.objects.filter(mots__trouve="ecluse nav").explain()


@pytest.mark.parametrize(
    ("saisie", "numero"),
    [
        ("D-7K3Q-XW9D", "D-7K3Q-XW9D"),
        (" d-7k3q-xw9d ", "D-7K3Q-XW9D"),
        ("d 7k3q xw9d", "D-7K3Q-XW9D"),
        ("D7K3QXW9D", "D-7K3Q-XW9D"),
        ("7k3q-xw9d", "D-7K3Q-XW9D"),
        ("D-7K3Q", ""),
        ("D-7K3Q-XW9DD", ""),
        ("D-7K3Q-XW90", ""),
        ("La Soudée", ""),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_type_it(saisie, numero):
    assert lire_numero(saisie) == numero
