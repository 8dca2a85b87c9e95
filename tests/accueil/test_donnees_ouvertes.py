"""Open data: each column keeps its rule, only what is published leaves, and nobody's name or address with it."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accompagnement.models import Tranche
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.accueil.donnees_ouvertes import subventions
from manufactures.programme.models import RegimeAide
from manufactures.registres import verifier_invariants
from manufactures.tableur import lignes, neutraliser
from selection.models import Decision
from tests.factories.accompagnement import accompagne, convention, distribution, payer
from tests.factories.programme import FormeJuridiqueFactory
from tests.outils.table_schema import DICTIONNAIRES, fautes_de_la_cellule, fautes_du_fichier

pytestmark = pytest.mark.django_db
FICHIERS = ("accueil:subventions_csv", "accueil:laureats_csv", "accueil:laureats_geojson")


def schema(nom):
    return json.loads((DICTIONNAIRES / f"{nom}.json").read_text(encoding="utf-8"))


def telecharger(client, nom):
    reponse = client.get(reverse(nom))
    assert reponse.status_code == 200
    assert reponse.streaming
    return b"".join(reponse.streaming_content).decode("utf-8")


def lire(client, nom):
    """The file as rows: header apart, no byte order mark, comma."""
    titres, *rangees = csv.reader(io.StringIO(telecharger(client, nom), newline=""), strict=True)
    return titres, rangees


def subsides(client):
    titres, rangees = lire(client, "accueil:subventions_csv")
    return [dict(zip(titres, rangee, strict=True)) for rangee in rangees]


@pytest.fixture
def gens():
    return distribution()


# -- The schema ----------------------------------------------------------------------------------------------------
MECHANTS = [
    {"nom_projet": "=1+1", "raison_sociale": '=cmd|"/c calc"!A0', "resume_public": "@SOMME(A1)"},
    {"nom_projet": "Bois, métal", "raison_sociale": 'SARL "Les Copeaux", dite C', "resume_public": "un\r\nautre"},
    {"nom_projet": "\t=tabulation", "raison_sociale": "+33 Fabrique", "resume_public": "é" * 900},
    {"nom_projet": "-moins", "raison_sociale": " =espace", "resume_public": "mot " * 300, "est_demonstration": True},
    {"nom_projet": "＝pleine", "raison_sociale": "Ligne\nsuivante", "resume_public": "", "numero_rna": "W9R1001234"},
    {"nom_projet": "Nue", "raison_sociale": "", "resume_public": "a;b", "numero_rna": "W429900185"},
]  # fmt: skip


def test_each_column_of_the_subsidies_keeps_its_rule(client, gens):
    for champs in MECHANTS:
        accompagne(gens, **champs)
    convention(gens, accompagne(gens, nom_projet="Signée"))

    titres, rangees = lire(client, "accueil:subventions_csv")

    assert len(titres) == 16
    assert len(rangees) == 7
    assert fautes_du_fichier(titres, rangees, schema("subventions")) == []
    assert not [
        cellule for rangee in rangees for cellule in rangee if cellule[:1] in set("=+-@\t\r\n＝＋－＠")
    ]
    assert not [cellule for rangee in rangees for cellule in rangee if "\n" in cellule or "\r" in cellule]


@pytest.mark.parametrize(
    ("colonne", "fausse"),
    [
        ("idAttribuant", "130 026 032 00016"),
        ("dateConvention", "29/05/2026"),
        ("idBeneficiaire", ""),
        ("rnaBeneficiaire", "W9R1001234"),
        ("objet", "a" * 257),
        ("montant", "225000,00"),
        ("montant", "-1"),
        ("nature", "numéraire"),
        ("conditionsVersement", ""),
        ("datesPeriodeVersement", "2026-06-24_2028-05-29"),
        ("idRAE", "123456"),
        ("notificationUE", "true"),
        ("pourcentageSubvention", "100"),
    ],
)
def test_the_check_sees_a_broken_cell(colonne, fausse):
    champ = next(c for c in schema("subventions")["fields"] if c["name"] == colonne)

    assert fautes_de_la_cellule(fausse, champ)


def test_the_dictionary_names_the_sixteen_columns_of_the_national_schema():
    noms = [champ["name"] for champ in schema("subventions")["fields"]]

    assert schema("subventions")["version"] == "2.1.1"
    assert (
        noms
        == (
            "nomAttribuant idAttribuant dateConvention referenceDecision nomBeneficiaire idBeneficiaire "
            "rnaBeneficiaire objet montant nature conditionsVersement datesPeriodeVersement idRAE "
            "notificationUE pourcentageSubvention dispositifAide"
        ).split()
    )


def test_the_laureates_keep_their_rules_too(client, laureat):
    laureat("=1+1")
    laureat('Les "Copeaux", bois')

    titres, rangees = lire(client, "accueil:laureats_csv")

    assert len(rangees) == 2
    assert fautes_du_fichier(titres, rangees, schema("laureats")) == []
    assert rangees[0][1] == "'=1+1"


# -- What a row says -----------------------------------------------------------------------------------------------
def test_a_row_says_the_award_and_its_convention(client, gens):
    dossier = accompagne(gens, numero_rna="W429900185")
    signee = convention(gens, dossier)
    jour = horloge.aujourd_hui()

    (ligne,) = subsides(client)

    assert ligne["montant"] == "225000.00"
    assert ligne["dateConvention"] == signee.signee_le.astimezone(horloge.PARIS).date().isoformat()
    assert ligne["referenceDecision"] == dossier.decisions.get().acte.numero
    assert ligne["conditionsVersement"] == "échelonné"
    assert ligne["datesPeriodeVersement"] == f"{jour}/{signee.fin_le}"
    assert ligne["objet"] == f"{dossier.nom_projet}\u00a0: Un atelier partagé de recyclage du plastique."
    assert ligne["rnaBeneficiaire"] == "W429900185"
    assert ligne["notificationUE"] == "non"
    assert ligne["pourcentageSubvention"] == "1.00"
    assert ligne["dispositifAide"] == "Manufactures de proximité"


def test_payments_make_the_period(client, gens):
    payee = convention(gens, accompagne(gens))
    payer(gens, payee.tranches.get(type="AVANCE"))
    autre = horloge.aujourd_hui() - timedelta(days=9)
    Tranche.objects.filter(convention=payee, type="AVANCE").update(payee_le=autre)

    (ligne,) = subsides(client)

    assert ligne["datesPeriodeVersement"] == f"{autre}/{payee.fin_le}"


def test_once_all_is_paid_the_period_ends_with_the_last_payment():
    commun = dict.fromkeys(subventions.CHAMPS) | {
        "dossier__vague__appel__accompagnement_mois": 24,
        "publiee_le": horloge.maintenant(),
        "dossier__nom_projet": "Nue",
        "dossier__resume_public": "",
        "dossier__numero_rna": "",
        "dossier__raison_sociale": "SARL Nue",
        "dossier__convention__fin_le": date(2028, 5, 29),
        "montant": Decimal("1.00"),
        "premier": date(2026, 6, 24),
        "dernier": date(2026, 6, 24),
    }

    def dates(**champs):
        rangee = subventions.rangee(commun | champs)
        return rangee[subventions.COLONNES.index("conditionsVersement")], rangee[11]

    assert dates(tranches=1, restantes=0) == ("unique", "2026-06-24")
    assert dates(tranches=3, restantes=0, dernier=date(2027, 1, 2)) == ("échelonné", "2026-06-24/2027-01-02")
    assert dates(tranches=3, restantes=1) == ("échelonné", "2026-06-24/2028-05-29")


def test_without_convention_the_decision_dates_the_row(client, gens):
    accompagne(gens)
    jour = horloge.aujourd_hui()

    (ligne,) = subsides(client)

    assert ligne["dateConvention"] == jour.isoformat()
    assert ligne["datesPeriodeVersement"] == f"{jour}/{jour.replace(year=jour.year + 2)}"
    assert ligne["conditionsVersement"] == "échelonné"


def test_an_invented_amount_says_so_in_the_row_and_in_the_name_of_the_file(client, gens):
    accompagne(gens, est_demonstration=True)

    (ligne,) = subsides(client)
    nom = client.get(reverse("accueil:subventions_csv"))["Content-Disposition"]

    assert ligne["objet"].startswith("Démonstration, montant inventé.")
    assert (
        nom
        == f'attachment; filename="13002603200016_subventions_{horloge.aujourd_hui():%Y%m%d}_demonstration.csv"'
    )
    assert "Des montants de démonstration" in client.get("/donnees-ouvertes/").content.decode()


def test_a_true_amount_says_nothing_of_the_kind(client, gens):
    accompagne(gens)

    assert "Démonstration" not in subsides(client)[0]["objet"]
    assert "demonstration" not in client.get(reverse("accueil:subventions_csv"))["Content-Disposition"]
    assert "Des montants de démonstration" not in client.get("/donnees-ouvertes/").content.decode()


def test_the_regime_of_the_call_makes_the_notification(client, gens):
    appel = accompagne(gens).appel
    appel.regime_aide = RegimeAide.DE_MINIMIS
    appel.save(update_fields=["regime_aide"])

    assert subsides(client)[0]["notificationUE"] == "oui"


def test_an_award_without_siret_breaks_an_invariant(gens):
    dossier = accompagne(gens)

    def violations():
        return dict(verifier_invariants())["une subvention publiée nomme son attribuant et son bénéficiaire"]

    assert violations() == []
    Dossier.objects.filter(pk=dossier.pk).update(siret="")
    assert dossier.decisions.get().acte.numero in violations()[0]


# -- What stays in the house ---------------------------------------------------------------------------------------
def test_the_sum_is_the_decisions_to_the_cent(client, gens):
    for n in range(3):
        accompagne(gens, nom_projet=f"Projet {n}")
    Decision.objects.filter(dossier__nom_projet="Projet 1").update(montant_investissement=Decimal("1234.56"))

    total = sum(Decimal(ligne["montant"]) for ligne in subsides(client))

    assert total == Decimal("506234.56") == sum(d.montant_total for d in Decision.objects.all())


@pytest.mark.parametrize(
    "ecart", [{"publiee_le": None}, {"publiee_le": horloge.datetime(2999, 1, 1, tzinfo=horloge.PARIS)}]
)
def test_nothing_before_the_instant_of_publication(client, gens, ecart):
    accompagne(gens, nom_projet="Publié")
    cache = accompagne(gens, nom_projet="Sous embargo")
    Decision.objects.filter(dossier=cache).update(**ecart)

    assert [ligne["objet"].split("\u00a0")[0] for ligne in subsides(client)] == ["Publié"]
    assert "225\u00a0000\u00a0€" in client.get("/donnees-ouvertes/").content.decode()


def test_a_laureate_before_its_instant_is_in_no_file(client, laureat):
    laureat("Publiée")
    laureat("Future", publie=False)

    for nom in FICHIERS:
        assert "Future" not in telecharger(client, nom)
    page = client.get("/donnees-ouvertes/").content.decode()
    assert "1\u00a0ligne, une par projet" in page
    assert "1\u00a0point, un par lieu" in page


def test_without_subsidy_no_row(client, gens):
    dossier = accompagne(gens)
    Decision.objects.filter(dossier=dossier).update(montant_investissement=0, montant_amorcage=0)

    assert subsides(client) == []


def test_a_natural_person_is_not_published(client, gens):
    seul = FormeJuridiqueFactory(code="entreprise_individuelle", categorie="1000")
    accompagne(gens, forme_juridique=seul, raison_sociale="Jeanne Personne", nom_projet="Atelier seul")
    dossier = accompagne(gens, nom_projet="Atelier commun")
    for publie in (dossier, Decision.objects.exclude(dossier=dossier).get().dossier):
        publie.marquer_laureat(horloge.maintenant())

    assert [ligne["objet"][:14] for ligne in subsides(client)] == ["Atelier commun"]
    for nom in FICHIERS:
        assert "Jeanne" not in telecharger(client, nom)


def test_no_person_no_address_no_telephone_in_any_file(client, gens):
    dossier = accompagne(
        gens,
        representant_courriel="patronne@exemple.test",
        representant_telephone="0199887766",
        representant_nom="Vercoutre",
        adresse_siege="19 chemin des Essais",
    )
    dossier.marquer_laureat(horloge.maintenant())

    for nom in FICHIERS:
        contenu = telecharger(client, nom)
        for secret in ("@", "0199887766", "Vercoutre", "chemin des Essais", gens.porteur.nom_complet):
            assert secret not in contenu, nom


# -- The files and their page --------------------------------------------------------------------------------------
def test_each_place_is_a_point_and_each_project_a_row(client, laureat):
    dossier = laureat("Distribuée")
    dossier.sites.update(latitude="44.729000", longitude="5.021000")
    dossier.sites.create(nom="Second", commune=dossier.sites.get().commune, type_territoire="QPV")

    points = json.loads(telecharger(client, "accueil:laureats_geojson"))
    _, rangees = lire(client, "accueil:laureats_csv")

    assert len(rangees) == 1
    assert points["nombre"] == len(points["features"]) == 2
    assert points["licence"].startswith("Licence Ouverte 2.0")
    assert [p["geometry"] for p in points["features"]] == [
        {"type": "Point", "coordinates": [5.021, 44.729]},
        None,
    ]
    noms = [champ["name"] for champ in schema("lieux")["fields"]]
    assert [list(p["properties"]) for p in points["features"]] == [noms, noms]


@pytest.mark.parametrize("nom", FICHIERS)
def test_a_constant_number_of_queries(client, gens, laureat, django_assert_num_queries, nom):
    def compter(attendu):
        with django_assert_num_queries(attendu):
            telecharger(client, nom)

    attendu = {"accueil:subventions_csv": 4, "accueil:laureats_csv": 2, "accueil:laureats_geojson": 3}[nom]
    accompagne(gens).marquer_laureat(horloge.maintenant())
    compter(attendu)
    for _ in range(2):
        accompagne(gens).marquer_laureat(horloge.maintenant())
    compter(attendu)


def test_the_page_tells_rows_licence_date_and_dictionaries(client, gens, django_assert_max_num_queries):
    accompagne(gens).marquer_laureat(horloge.maintenant())

    with django_assert_max_num_queries(8):
        page = client.get("/donnees-ouvertes/").content.decode()

    assert "Licence Ouverte 2.0" in page
    assert "1\u00a0ligne, 225\u00a0000\u00a0€" in page
    for nom in ("laureats", "lieux", "subventions"):
        assert client.get(reverse("accueil:dictionnaire", args=[nom])).json() == schema(nom)
        for champ in schema(nom)["fields"]:
            assert f"<code>{champ['name']}</code>" in page


def test_an_empty_file_has_its_header(client):
    titres, rangees = lire(client, "accueil:subventions_csv")

    assert len(titres) == 16
    assert rangees == []
    assert json.loads(telecharger(client, "accueil:laureats_geojson"))["features"] == []
    assert client.get("/donnees-ouvertes/").status_code == 200


def test_an_unknown_dictionary_is_unknown(client):
    assert client.get("/donnees-ouvertes/dictionnaires/autre.json").status_code == 404


# -- The writer of spreadsheets ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "texte", ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1", "  =1"]
)
def test_no_cell_is_a_formula(texte):
    assert neutraliser(texte) == f"'{texte}"


def test_harmless_text_is_left_alone():
    assert [neutraliser(t) for t in ("", "a=b", "L'Âge", "3 + 4")] == ["", "a=b", "L'Âge", "3 + 4"]


def test_rows_leave_while_they_are_read():
    lues = []

    def source():
        for n in range(2_000):
            lues.append(n)
            yield (n,)

    morceaux = lignes(["n"], source())

    assert next(morceaux) == "n\r\n"
    assert lues == []
    assert next(morceaux).count("\r\n") == len(lues) == 500
    assert "".join(morceaux).count("\r\n") == 1_500
