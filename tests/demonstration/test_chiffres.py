"""The demonstration's figures: steering and open data say what the decisions, the payments and the lists say."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accompagnement.models import Tranche
from candidatures.models import Dossier
from manufactures.accueil.pilotage import argent, tableau
from manufactures.accueil.pilotage.perimetre import Perimetre
from manufactures.comptes.models import User
from manufactures.procedure import Etat
from manufactures.programme.models import Enveloppe, Vague
from selection.models import Decision
from tests.outils.chiffres import suivre
from tests.outils.table_schema import DICTIONNAIRES, fautes_du_fichier

pytestmark = pytest.mark.xdist_group("demonstration")


@pytest.fixture(scope="module")
def pilotes(demonstration):
    """The two who steer, signed in."""
    clients = {}
    for nom in ("responsable", "auditeur"):
        clients[nom] = Client()
        clients[nom].force_login(User.objects.get(email=f"{nom}@manufactures.test"))
    return clients


def fichier(nom):
    reponse = Client().get(reverse(f"accueil:{nom}"))
    return b"".join(reponse.streaming_content).decode("utf-8"), reponse["Content-Disposition"]


def tableau_csv(nom):
    titres, *rangees = csv.reader(io.StringIO(fichier(nom)[0], newline=""), strict=True)
    return titres, rangees


# -- Open data -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("nom", "schema", "lignes"), [("subventions_csv", "subventions", 12), ("laureats_csv", "laureats", 20)]
)
def test_each_column_keeps_its_rule(demonstration, nom, schema, lignes):
    titres, rangees = tableau_csv(nom)
    regles = json.loads((DICTIONNAIRES / f"{schema}.json").read_text(encoding="utf-8"))

    assert len(rangees) == lignes
    assert fautes_du_fichier(titres, rangees, regles) == []


def test_the_subsidies_add_up_to_the_decisions_to_the_cent(demonstration):
    titres, rangees = tableau_csv("subventions_csv")
    publiees = Decision.objects.filter(sens="ATTRIBUTION", publiee_le__isnull=False, annulee_le=None)

    total = sum(Decimal(rangee[titres.index("montant")]) for rangee in rangees)
    references = {rangee[titres.index("referenceDecision")] for rangee in rangees}

    assert total == sum(decision.montant_total for decision in publiees) == Decimal("2817000.00")
    assert references == {d.acte.numero for d in publiees if d.montant_total}


def test_invented_amounts_say_so_everywhere(demonstration):
    contenu, nom = fichier("subventions_csv")
    page = Client().get("/donnees-ouvertes/").content.decode()

    assert "demonstration" in nom
    assert contenu.count("Démonstration, montant inventé.") == 12
    assert "Des montants de démonstration" in page


def test_no_person_in_the_files(demonstration):
    personnes = {m.user for d in Dossier.objects.exclude(laureat_le=None) for m in d.membres.all()}
    interdits = {p.email for p in personnes} | {p.nom_complet for p in personnes} | {"@"}
    representants = Dossier.objects.exclude(laureat_le=None).values_list("representant_nom", flat=True)
    interdits |= {f" {nom} " for nom in representants if nom}

    for nom in ("subventions_csv", "laureats_csv", "laureats_geojson"):
        contenu = fichier(nom)[0]
        assert [mot for mot in interdits if mot in contenu] == [], nom


def test_the_points_are_the_places_of_the_laureates(demonstration):
    points = json.loads(fichier("laureats_geojson")[0])

    assert len(points["features"]) == points["nombre"] == 25
    assert len({p["properties"]["identifiant"] for p in points["features"]}) == 20
    for point in points["features"]:
        longitude, latitude = point["geometry"]["coordinates"]
        assert -62 < longitude < 56
        assert -22 < latitude < 51.2


# Two readings tell it each day, these with the long tests.
RESTE = (
    ("auditeur", ""),
    ("responsable", 1),
    ("responsable", 2),
    ("auditeur", 2),
    ("responsable", 3),
    ("auditeur", 3),
)


# -- Steering ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("qui", "numero"),
    [("responsable", ""), ("auditeur", 1), *(pytest.param(*lu, marks=pytest.mark.long) for lu in RESTE)],
)
def test_every_figure_opens_its_rows_with_the_same_total(pilotes, qui, numero):
    choix = f"?vague={Vague.objects.get(numero=numero).pk}" if numero else ""

    suivis = suivre(pilotes[qui], f"/pilotage/{choix}")

    assert len(suivis) >= 8
    assert [s for s in suivis if s.annonce != s.trouve] == []


def test_the_regions_and_the_trades_too(pilotes):
    suivis = suivre(pilotes["responsable"], "/pilotage/programme/")

    assert len(suivis) == 11 + 12
    assert [s for s in suivis if s.annonce != s.trouve] == []


def test_the_press_kit_s_count_stands_on_the_page(pilotes):
    page = pilotes["responsable"].get("/pilotage/").content.decode()

    for mots in (
        "20\u00a0lauréats",
        "11\u00a0régions",
        "12\u00a0filières",
        "6 en petite ou moyenne ville",
        "9 en zone rurale",
        "5 en quartier prioritaire ou à proximité",
    ):
        assert mots in page


def test_the_envelopes_are_those_of_the_call_and_of_the_payments(pilotes):
    perimetre = Perimetre.de(User.objects.get(email="responsable@manufactures.test"))
    comptes = tableau.compter(perimetre)
    lignes = argent.enveloppes(perimetre, tableau.demandes(comptes), argent.sommes(perimetre))
    payees = Tranche.objects.filter(etat="PAYE")

    for ligne in lignes:
        enveloppes = Enveloppe.objects.filter(nature=ligne.nature).aggregate(
            p=Sum("plafond"), e=Sum("engage")
        )
        assert (ligne.plafond, ligne.engage) == (enveloppes["p"], enveloppes["e"]), ligne.nature
        paye = next(m.euros for m in ligne.montants if m.compte == "paye")
        if ligne.nature != "INGENIERIE":
            assert paye == payees.filter(nature=ligne.nature).aggregate(s=Sum("montant_verse"))["s"]


def test_all_dossiers_are_counted_once(pilotes):
    perimetre = Perimetre.de(User.objects.get(email="auditeur@manufactures.test"))
    rangees = {r.code: r.total for r in tableau.dresser(perimetre, tableau.compter(perimetre), {})}

    assert rangees.pop("brouillons") == Dossier.objects.filter(etat=Etat.BROUILLON).count() == 5
    assert sum(rangees.values()) == Dossier.objects.exclude(etat=Etat.BROUILLON).count() == 41


def test_the_file_has_the_rows_of_the_list(pilotes):
    client = pilotes["responsable"]
    contenu = b"".join(client.post("/pilotage/export/").streaming_content).decode("utf-8-sig")
    rangees = list(csv.DictReader(io.StringIO(contenu, newline=""), delimiter=";"))

    assert len(rangees) == client.get("/instruction/").context["page_obj"].paginator.count == 41
    assert sum(Decimal(r["Investissement, payé"].replace(",", ".")) for r in rangees) == Decimal("965600.00")
