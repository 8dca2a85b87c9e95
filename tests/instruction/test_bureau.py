"""The agents' desk: what it counts at one glance, finds and ranks, sorts, flags, keeps for each person, and exports."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from candidatures.models import Dossier, Membre, Recherche
from instruction import listes
from instruction.colonnes import COLONNES, PROPOSEES, colonnes_valables
from instruction.drapeaux import DRAPEAUX
from instruction.models import Bureau, Cote, Echange, Rapprochement, VueEnregistree
from instruction.models.vues_enregistrees import VUES_AU_PLUS
from manufactures import horloge
from manufactures.procedure import Etat, Role
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import DossierFactory
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    responsable,
    vague_close,
)
from tests.factories.programme import CommuneFactory, DepartementFactory, FiliereFactory, RegionFactory
from tests.instruction.test_liste import fichier, texte
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
ADRESSE = reverse("instruction:liste")


def avec(nom, **champs):
    """A deposited dossier that says this."""
    dossier = dossier_depose(nom=nom)
    Dossier.objects.filter(pk=dossier.pk).update(**champs)
    return dossier


@pytest.fixture
def lit(client):
    """Reads the desk as an agent; the names in their order."""
    user = agent(prenom="Camille", nom="Roy")
    client.force_login(user)

    def lire(**filtres):
        return [ligne.nom_projet for ligne in client.get(ADRESSE, filtres).context["page_obj"]]

    lire.user = user
    return lire


# -- Filters and flags -------------------------------------------------------------------------------------------
def test_the_subsidy_asked_narrows_and_sorts(lit):
    for nom, investissement, amorcage in (
        ("Rien", 0, 0),
        ("Petit", 20_000, 10_000),
        ("Bord", 40_000, 10_000),
    ):
        avec(nom, demande_investissement=Decimal(investissement), demande_amorcage=Decimal(amorcage))

    assert lit(demande="0") == ["Rien"]
    assert lit(demande="1-50") == ["Petit"]
    assert lit(demande="50-100") == ["Bord"]
    assert lit(demande="200") == []
    assert sorted(lit(demande="zut")) == ["Bord", "Petit", "Rien"]
    assert lit(tri="demande") == ["Rien", "Petit", "Bord"]
    assert lit(tri="-demande") == ["Bord", "Petit", "Rien"]


def test_each_flag_keeps_the_rows_that_carry_it(lit):
    vague = vague_close()
    dossier_depose(vague=vague, nom="Rien")
    refus_propose(dossier=dossier_depose(vague=vague, nom="Refus"), par=lit.user)
    premier, second = dossier_depose(vague=vague, nom="Un"), dossier_depose(vague=vague, nom="Deux")
    Rapprochement.objects.create(premier=premier, second=second, score=0.9)
    Dossier.objects.filter(nom_projet="Deux").update(issu_de=premier)
    Echange.objects.create(dossier=premier, de=premier.titulaire, cote=Cote.PORTEUR, texte="Bonjour")
    demande = demande_envoyee(pris_en_charge(dossier_depose(vague=vague, nom="Complété"), par=lit.user))
    with horloge.a(horloge.maintenant() + timedelta(hours=1)):
        porteur = demande.dossier.titulaire
        demande.repondre(par=porteur, texte="Voici.")
        Dossier.objects.get(pk=demande.dossier_id).passer("completer", par=porteur)

    trouves = {nom: sorted(lit(signal=nom)) for nom in DRAPEAUX}

    assert trouves == {
        "silence": [],
        "reponse": ["Complété"],
        "message": ["Un"],
        "refus": ["Refus"],
        "doublon": ["Deux", "Un"],
        "suite": ["Deux"],
        "prolonge": [],
    }


def test_the_implicit_refusal_within_a_month_is_a_flag(lit):
    dossier = dossier_depose()
    assert lit(signal="silence") == []
    with horloge.a(dossier.depose_le + timedelta(days=50)):
        assert lit(signal="silence") == [] if dossier.vague.appel.delai_silence_mois > 2 else ["La Soudée"]


def test_the_sets_across_the_groups(lit):
    vague = vague_close()
    dossier_depose(vague=vague, nom="À prendre")
    pris_en_charge(dossier_depose(vague=vague, nom="En cours"), par=lit.user)
    DossierFactory(vague=vague, nom_projet="Au comité", etat=Etat.DEPOSE)
    Dossier.objects.filter(nom_projet="Au comité").update(etat=Etat.RETIRE)

    assert sorted(lit(etat="a_instruire")) == ["En cours", "À prendre"]
    assert lit(etat="instruits") == []


# -- One glance --------------------------------------------------------------------------------------------------
def test_the_glance_counts_each_state_under_the_other_filters(client, lit):
    vague = vague_close()
    for nom in ("A", "B"):
        dossier_depose(vague=vague, nom=nom)
    pris_en_charge(dossier_depose(vague=vague, nom="C"), par=lit.user)

    vus = client.get(ADRESSE, {"etat": "DEPOSE", "tri": "nom", "page": 1}).context["coup_d_oeil"]
    assert [(e["texte"], e["nombre"], e["courant"]) for e in vus] == [
        ("À prendre en charge", 2, True),
        ("À instruire", 1, False),
    ]
    assert vus[1]["adresse"] == "?etat=EN_INSTRUCTION&tri=nom"
    assert [e["nombre"] for e in client.get(ADRESSE, {"agent": "moi"}).context["coup_d_oeil"]] == [1]


def test_the_glance_says_no_number_that_it_did_not_count(client, lit, monkeypatch):
    monkeypatch.setattr(listes, "PLAFOND", 1)
    for nom in ("A", "B"):
        dossier_depose(nom=f"Atelier {nom}")

    page = client.get(ADRESSE, {"q": "atelier"})
    assert [e["nombre"] for e in page.context["coup_d_oeil"]] == [None]
    assert page.context["liste"].exacte is False


# -- Search ------------------------------------------------------------------------------------------------------
def test_a_word_of_any_answer_finds_and_names_come_first(lit):
    dans_le_texte = avec("La Volige", besoin="Le tissage manque depuis la fermeture de l'usine.")
    avec("L'Atelier du tissage", besoin="")
    avec("Le Résumé", besoin="", resume_public="Un lieu de tissage partagé.")
    avec("Ailleurs", besoin="Rien de tel.")

    assert lit(q="tissage") == ["L'Atelier du tissage", "Le Résumé", "La Volige"]
    assert lit(q="TISSAGE usine") == lit(q="fermé volige") == ["La Volige"]
    assert lit(q="tissage", tri="nom") == ["L'Atelier du tissage", "La Volige", "Le Résumé"]
    Dossier.objects.filter(pk=dans_le_texte.pk).update(besoin="La filature manque.")
    assert lit(q="usine") == []
    assert lit(q="filature") == ["La Volige"]


def test_too_many_answers_the_names_still_come_first(lit, monkeypatch):
    for rang in range(3):
        avec(f"Lieu {rang}", besoin="Le tissage manque.")
    dossier_depose(nom="Tissage")
    monkeypatch.setattr(listes, "PLAFOND", 3)
    monkeypatch.setattr(listes, "PAR_PAGE", 2)

    assert lit(q="tissage") == ["Tissage", "Lieu 0"]
    assert lit(q="tissage", page=2) == ["Lieu 1"]


def test_a_draft_is_found_by_its_names_alone():
    """Nobody but its team reads its answers, and each save would index them anew."""
    brouillon = DossierFactory(nom_projet="La Volige", besoin="Du tissage")
    assert not Recherche.objects.filter(textes__trouve="tissage", dossier=brouillon).exists()
    assert Recherche.objects.filter(textes__trouve="volige", dossier=brouillon).exists()


# -- Every column sorts ------------------------------------------------------------------------------------------
def test_every_head_that_sorts_does(lit):
    vague = vague_close()
    ici = DepartementFactory(code="07", nom="Ardèche", region=RegionFactory())
    privas = CommuneFactory(code="07186", nom="Privas", recherche="privas", departement=ici)
    for nom in ("A", "B", "C"):
        Dossier.objects.filter(pk=dossier_depose(vague=vague, nom=nom).pk).update(
            raison_sociale={"A": "Sb", "B": "Sc", "C": "Sa"}[nom]
        )
    Dossier.objects.get(nom_projet="C").sites.update(commune=privas)
    pris_en_charge(Dossier.objects.get(nom_projet="B"), par=lit.user)

    assert lit(tri="lieu")[0] == lit(tri="-lieu")[-1] == "C"
    assert lit(tri="agent")[0] == lit(tri="-agent")[0] == "B"  # nobody's come last both ways
    assert lit(tri="-grille")[0] == "B"
    assert lit(tri="structure") == ["C", "A", "B"]
    for colonne in COLONNES.values():
        if colonne.tri:
            assert sorted(lit(tri=colonne.tri)) == ["A", "B", "C"]
            if colonne.tri != "echeance":
                assert sorted(lit(tri=f"-{colonne.tri}")) == ["A", "B", "C"]


# -- What each person keeps --------------------------------------------------------------------------------------
def garder(client, nom, demande, **champs):
    return client.post(
        reverse("instruction:vues"), {"nom": nom, "demande": demande, "action": "garder", **champs}
    )


def test_a_list_is_kept_under_a_name_and_only_what_makes_it(client, lit):
    dossier_depose()
    reponse = garder(client, "  Mes   verres ", "filiere=verre&tri=-nom&page=3&zut=1")

    assert reponse["Location"] == "/instruction/?filiere=verre&tri=-nom"
    vue = VueEnregistree.objects.get()
    assert (vue.nom, vue.demande, vue.par_defaut) == ("Mes verres", "filiere=verre&tri=-nom", False)
    page = texte(client.get(ADRESSE, {"tri": "-nom"}))
    assert 'href="/instruction/?filiere=verre&amp;tri=-nom">Mes verres' in page
    assert garder(client, "", "q=x").status_code == 200
    assert VueEnregistree.objects.count() == 1


def test_the_same_name_replaces_and_twenty_are_enough(client, lit):
    bureau = Bureau.de(lit.user)
    for rang in range(VUES_AU_PLUS):
        bureau.garder(f"Vue {rang}", "etat=DEPOSE", par_defaut=False)
    bureau.garder("vue 3", "etat=RECEVABLE", par_defaut=True)
    assert VueEnregistree.objects.get(nom="vue 3").demande == "etat=RECEVABLE"

    with pytest.raises(TransitionInterdite, match="retirez-en une"):
        bureau.garder("Une de trop", "", par_defaut=False)
    reponse = garder(client, "Une de trop", "q=x")
    assert reponse.status_code == 409
    assert VueEnregistree.objects.count() == VUES_AU_PLUS


def test_one_list_opens_first_and_everything_stays_at_hand(client, lit):
    dossier_depose(nom="Une")
    pris_en_charge(dossier_depose(nom="Deux"), par=lit.user)
    garder(client, "À moi", "agent=moi", par_defaut="on")
    garder(client, "Autres", "agent=aucun", par_defaut="on")

    assert VueEnregistree.objects.filter(par_defaut=True).count() == 1
    assert client.get(ADRESSE)["Location"] == "/instruction/?agent=aucun"
    assert sorted(lit(tous="1")) == ["Deux", "Une"]
    page = texte(client.get(ADRESSE, {"agent": "moi", "etat": "EN_INSTRUCTION"}))
    assert 'href="/instruction/?tous=1">Effacer les filtres' in page

    vue = VueEnregistree.objects.get(par_defaut=True)
    client.post(reverse("instruction:vue", args=[vue.pk]), {"action": "ne_plus_ouvrir"})
    assert client.get(ADRESSE).status_code == 200
    client.post(reverse("instruction:vue", args=[vue.pk]), {"action": "ouvrir"})
    assert VueEnregistree.objects.get(par_defaut=True) == vue
    client.post(reverse("instruction:vue", args=[vue.pk]), {"action": "retirer"})
    assert list(VueEnregistree.objects.values_list("nom", flat=True)) == ["À moi"]


def test_the_database_holds_one_first_list():
    bureau = Bureau.de(agent())
    bureau.vues.create(nom="A", par_defaut=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        bureau.vues.create(nom="B", par_defaut=True)


def test_nobody_touches_anybody_else_s_lists(client, lit):
    autre = Bureau.de(agent()).garder("La sienne", "etat=DEPOSE", par_defaut=True)

    assert client.get(ADRESSE).status_code == 200
    assert "La sienne" not in texte(client.get(reverse("instruction:vues")))
    assert client.post(reverse("instruction:vue", args=[autre.pk]), {"action": "retirer"}).status_code == 404
    assert VueEnregistree.objects.filter(pk=autre.pk).exists()
    assert not VueEnregistree.objects.visibles_par(lit.user).exists()


def test_the_columns_are_each_person_s_for_the_page_and_the_file(client, lit):
    montants = {"demande_investissement": Decimal("12400.50"), "demande_amorcage": 0}
    dossier = avec("La Soudée", raison_sociale="Œuvres et Cie", **montants)
    dossier.filieres.set([FiliereFactory(code="verre", libelle="Verre")])
    client.post(
        reverse("instruction:vues"),
        {"action": "colonnes", "colonnes": ["demande", "structure", "filieres", "signaux"]},
    )

    page = texte(client.get(ADRESSE))
    assert "Œuvres et Cie" in page
    assert "12 400,50 €" in page
    assert "Verre" in page
    assert "Déposé le</a>" not in page
    rangees = fichier(client.post(reverse("instruction:export")))
    assert rangees[0] == [
        "Dossier", "Numéro", "Vague", "Structure", "SIRET", "Filières", "Subvention demandée (€)", "Signaux",
    ]  # fmt: skip
    assert rangees[1][3:] == ["Œuvres et Cie", dossier.siret, "Verre", "12400,50", ""]

    client.force_login(agent())
    assert "Œuvres et Cie" not in texte(client.get(ADRESSE))


def test_unknown_columns_are_as_if_absent(client, lit):
    assert colonnes_valables(["zut", "dossier"]) == PROPOSEES
    assert colonnes_valables(["vague"]) == ("dossier", "vague")
    page = client.post(reverse("instruction:vues"), {"action": "colonnes", "colonnes": ["zut"]})
    assert page.status_code == 200
    assert not Bureau.objects.filter(user=lit.user).exclude(colonnes=[]).exists()


def test_every_column_is_drawn(client, lit):
    pris_en_charge(dossier_depose(), par=lit.user)
    Bureau.de(lit.user).choisir(tuple(COLONNES))
    page = texte(client.get(ADRESSE))
    for colonne in COLONNES.values():
        assert colonne.titre in page
    comptes = []
    for _ in range(2):
        with compter() as compte:
            client.get(ADRESSE)
        comptes.append(compte.requetes)
        dossier_depose(nom="Autre")
    assert comptes[0] == comptes[1] <= 12


# -- The files ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("extension", "dedans"), [("xlsx", "xl/worksheets/sheet1.xml"), ("ods", "content.xml")]
)
def test_a_workbook_holds_the_same_rows_without_formula(client, lit, extension, dedans):
    dossier_depose(nom="=1+1")
    dossier_depose(nom="Ailleurs")

    reponse = client.post(reverse("instruction:export_classeur", args=[extension]) + "?q=%3D1%2B1")

    contenu = zipfile.ZipFile(io.BytesIO(reponse.content)).read(dedans).decode()
    assert "'=1+1" in contenu
    assert ">=1+1" not in contenu
    assert "Ailleurs" not in contenu
    assert reponse["Content-Disposition"].endswith(f'.{extension}"')
    assert client.post(reverse("instruction:export_classeur", args=["exe"])).status_code == 404


# -- The way to the dossier --------------------------------------------------------------------------------------
def test_a_row_leads_to_its_dossier_with_the_list_and_its_place(client, lit):
    a, b = dossier_depose(nom="A"), dossier_depose(nom="B")
    page = client.get(ADRESSE, {"etat": "DEPOSE", "tri": "nom", "page": 1}).content.decode()
    assert f'href="/instruction/{b.numero}/?file=etat%3DDEPOSE%26tri%3Dnom%26rang%3D2"' in page
    assert f'href="/instruction/{a.numero}/"' in client.get(ADRESSE).content.decode()


@pytest.mark.parametrize("role", Role)
def test_who_ticks_rows(client, role):
    dossier = dossier_depose()
    client.force_login(UserFactory(role=role))
    page = client.get(ADRESSE)
    if page.status_code == 200:
        assert (f'value="{dossier.numero}" id="d-' in page.content.decode()) is (role == Role.RESPONSABLE)
    attendu = 200 if role == Role.RESPONSABLE else 403
    assert client.get(reverse("instruction:affectation")).status_code == attendu
    assert client.post(reverse("instruction:affectation")).status_code == (302 if attendu == 200 else 403)
    assert not Membre.objects.filter(user=responsable()).exists()
