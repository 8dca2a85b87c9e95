"""Steering: figures of one's own list alone, each with the rows that make it, in a number of queries that holds."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accompagnement.models import Tranche
from candidatures.models import Dossier, Droit
from manufactures import horloge
from manufactures.accueil.pilotage import durees
from manufactures.accueil.pilotage.perimetre import Perimetre
from manufactures.journal.models import Entree, consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models import NatureAide, Vague
from selection.models import Decision, Seance
from tests.factories.accompagnement import (
    LaureatFactory,
    accompagne,
    convention,
    credit,
    distribution,
    enveloppe_ingenierie,
    mission,
    payer,
)
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import AppelFactory, EnveloppeFactory, FiliereFactory, VagueFactory
from tests.outils.chiffres import suivre
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db


@pytest.fixture
def vagues():
    """Two closed waves of the call, with their envelopes."""
    deux = [VagueFactory(close=True, numero=n) for n in (1, 2)]
    for vague in deux:
        for nature in NatureAide:
            EnveloppeFactory(vague=vague, nature=nature)
    return deux


@pytest.fixture
def entrer(client):
    """Sign a person of this role in; the client."""

    def faire(role=Role.RESPONSABLE, user=None):
        client.force_login(user or UserFactory(role=role))
        return client

    return faire


def dossier(vague, etat=Etat.DEPOSE, **champs):
    """A row in this state; a draft was never deposited."""
    if etat == Etat.BROUILLON:
        champs |= {"depose_le": None, "version_deposee": 0}
    return LaureatFactory(vague=vague, etat=etat, **champs)


def texte(reponse):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reponse.content.decode()).replace("&#x27;", "'"))


def rangee(reponse, code):
    """The figures of one group, wave by wave then all."""
    ligne = re.search(rf'<tr data-groupe="{code}">(.*?)</tr>', reponse.content.decode(), re.S)[1]
    cellules = re.findall(r'<td class="fr-cell--right">(.*?)</td>', ligne, re.S)
    return [
        int((re.search(r"\d+", re.sub(r'<a [^>]*>|<span class="fr-sr-only">.*?</span>', "", c)) or ["0"])[0])
        for c in cellules
    ]


def euros(reponse, nature):
    """The four amounts of one kind."""
    ligne = re.search(rf'<tr data-nature="{nature}">(.*?)</tr>', reponse.content.decode(), re.S)[1]
    cellules = re.findall(r'data-compte="(\w+)">(.*?)</td>', ligne, re.S)
    return {nom: Decimal((re.search(r'data-euros="([\d.]+)"', c) or [0, "0"])[1]) for nom, c in cellules}


# -- Counts --------------------------------------------------------------------------------------------------------
def test_counts_by_group_and_wave(entrer, vagues):
    une, deux = vagues
    for etat in (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.EN_COMITE, Etat.LAUREAT, Etat.NON_RETENU):
        dossier(une, etat)
    for etat in (Etat.EN_INSTRUCTION, Etat.A_COMPLETER, Etat.RETIRE):
        dossier(deux, etat)
    page = entrer().get("/pilotage/")

    assert rangee(page, "pre_instruction") == [2, 1, 3]
    assert rangee(page, "a_completer") == [0, 1, 1]
    assert rangee(page, "comite") == [1, 0, 1]
    assert rangee(page, "laureats") == [1, 0, 1]
    assert rangee(page, "non_retenus") == [1, 0, 1]
    assert rangee(page, "arretes") == [0, 1, 1]
    seule = entrer().get(f"/pilotage/?vague={deux.pk}")
    assert rangee(seule, "pre_instruction") == [1]


def test_drafts_are_a_number_and_nothing_else(entrer, vagues):
    dossier(vagues[0], Etat.BROUILLON, nom_projet="Projet secret", demande_investissement=Decimal("77.00"))
    client = entrer()
    page = client.get("/pilotage/")

    assert rangee(page, "brouillons") == [1, 0, 1]
    assert "Projet secret" not in page.content.decode()
    assert "leur contenu n'est visible que de leurs auteurs" in texte(page)
    assert euros(page, "INVESTISSEMENT")["demande"] == 0
    assert not [
        s for s in suivre(client, "/pilotage/") if "BROUILLON" in s.adresse or "brouillons" in s.adresse
    ]


def test_the_oldest_of_a_group_is_named(entrer, vagues):
    dossier(vagues[0], nom_projet="Le récent", depose_le=horloge.maintenant() - timedelta(days=3))
    dossier(vagues[0], nom_projet="L'ancien", depose_le=horloge.maintenant() - timedelta(days=59))

    page = texte(entrer().get("/pilotage/"))

    assert "L'ancien , déposé il y a 59 jours" in page.replace("\u00a0", " ")
    assert "Le récent" not in page.split("Enveloppe")[0]


# -- Money ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def en_cours(vagues):
    """A project in support: award, convention signed, two payments made, an order to an expert."""
    gens = distribution()
    suivi = accompagne(gens, vague=vagues[0])
    signee = convention(gens, suivi)
    payer(gens, signee.tranches.get(type="AVANCE"))
    payer(gens, signee.tranches.get(type="ANNEE_1"))
    credit(gens, suivi)
    enveloppe_ingenierie(suivi)
    mission(gens, suivi, jours="3.0")
    return gens


def test_the_envelopes_say_asked_awarded_engaged_and_paid(entrer, en_cours):
    page = entrer().get("/pilotage/")

    assert euros(page, "INVESTISSEMENT") == {
        "demande": 170000,
        "accorde": 170000,
        "engage": 170000,
        "paye": 51000,
    }
    assert euros(page, "AMORCAGE") == {"demande": 55000, "accorde": 55000, "engage": 55000, "paye": 27500}
    # 15 days at 900 € and 20 % VAT; three of them ordered.
    assert euros(page, "INGENIERIE") == {"demande": 0, "accorde": 16200, "engage": 3240, "paye": 0}
    assert (
        "1\u00a0945\u00a0000\u00a0€" in page.content.decode()
    )  # two ceilings less what is engaged in seed money


def test_every_figure_opens_its_rows_with_the_same_total(entrer, vagues, en_cours):
    for etat in (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER, Etat.AJOURNE, Etat.CLOS):
        dossier(vagues[1], etat, demande_jours=Decimal("2.5"))
    dossier(vagues[1], Etat.DEPOSE, depose_le=horloge.maintenant() - timedelta(days=400))
    publie = Dossier.objects.get(etat=Etat.EN_ACCOMPAGNEMENT)
    publie.marquer_laureat(horloge.maintenant())
    publie.filieres.add(FiliereFactory())
    client = entrer()

    for chemin in ("/pilotage/", f"/pilotage/?vague={vagues[0].pk}", "/pilotage/programme/"):
        suivis = suivre(client, chemin)
        assert len(suivis) >= 2
        assert [s for s in suivis if s.annonce != s.trouve] == []


def test_a_signed_award_is_engaged_before_it_is_published_and_the_auditor_reads_neither(client, vagues):
    gens = distribution()
    cache = accompagne(gens, vague=vagues[0], nom_projet="Sous embargo")
    Decision.objects.filter(dossier=cache).update(publiee_le=None)
    adresse = f"/pilotage/enveloppes/{vagues[0].pk}/investissement/?compte=engage"

    client.force_login(gens.responsable)
    assert euros(client.get("/pilotage/"), "INVESTISSEMENT") == {
        "demande": 170000, "accorde": 0, "engage": 170000, "paye": 0,
    }  # fmt: skip
    assert "Sous embargo" in client.get(adresse).content.decode()
    assert "boîte des décisions" in texte(client.get("/pilotage/"))
    client.force_login(gens.auditeur)
    assert euros(client.get("/pilotage/"), "INVESTISSEMENT") == {
        "demande": 170000, "accorde": 0, "engage": 0, "paye": 0,
    }  # fmt: skip
    assert "Sous embargo" not in client.get(adresse).content.decode()
    assert "boîte des décisions" not in texte(client.get("/pilotage/"))


def test_a_list_of_amounts_is_paged_and_adds_up(entrer, vagues):
    for _ in range(30):
        dossier(vagues[0], demande_investissement=Decimal("100.10"))
    client = entrer()

    adresse = reverse("accueil:pilotage_enveloppe", args=[vagues[0].pk, "investissement"]) + "?compte=demande"
    page = client.get(adresse)

    assert page.context["page_obj"].paginator.num_pages == 2
    assert "3\u00a0003,00\u00a0€" in page.content.decode()
    assert (
        next(s for s in suivre(client, "/pilotage/") if "demande" in s.adresse and s.annonce == 3003).trouve
        == 3003
    )


# -- Whose figures -------------------------------------------------------------------------------------------------
PAGES = (
    "/pilotage/",
    "/pilotage/programme/",
    "/pilotage/durees/comite/",
    "/pilotage/enveloppes/toutes/amorcage/",
)


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.RESPONSABLE, 200),
        (Role.AUDITEUR, 200),
        (Role.INSTRUCTEUR, 403),
        (Role.MEMBRE, 403),
        (Role.PRESIDENT, 403),
        (Role.EXPERT, 403),
        (Role.ADMINISTRATEUR, 403),
        (Role.PORTEUR, 403),
    ],
)
def test_who_steers(entrer, vagues, role, code):
    client = entrer(role)

    assert {chemin: client.get(chemin).status_code for chemin in PAGES} == dict.fromkeys(PAGES, code)
    assert client.post("/pilotage/export/").status_code == code


def test_a_visitor_signs_in(client, vagues):
    assert {client.get(chemin).status_code for chemin in PAGES} == {302}


def test_one_steers_one_s_own_calls(entrer, vagues):
    ailleurs = VagueFactory(close=True, appel=AppelFactory(slug="autre-appel", titre="Autre appel"), numero=7)
    dossier(vagues[0])
    dossier(ailleurs, nom_projet="D'un autre appel")
    personne = UserFactory()
    HabilitationFactory(user=personne, role=Role.RESPONSABLE, appel=vagues[0].appel)
    client = entrer(user=personne)

    assert rangee(client.get("/pilotage/"), "pre_instruction") == [1, 0, 1]
    assert "D'un autre appel" not in texte(client.get("/pilotage/"))
    assert client.get(f"/pilotage/enveloppes/{ailleurs.pk}/amorcage/").status_code == 404


def test_a_wave_in_which_one_is_a_candidate_is_out_of_sight(entrer, vagues):
    responsable = UserFactory(role=Role.RESPONSABLE)
    sien = dossier(vagues[0])
    sien.membres.create(user=responsable, droit=Droit.TITULAIRE)
    dossier(vagues[0], nom_projet="Un rival")
    dossier(vagues[1])

    page = entrer(user=responsable).get("/pilotage/")

    assert rangee(page, "pre_instruction") == [1, 1]
    assert "Un rival" not in texte(page)


# -- Deadlines -----------------------------------------------------------------------------------------------------
def test_nothing_late(entrer, vagues):
    Vague.objects.update(decision_prevue=horloge.maintenant() + timedelta(days=40))
    dossier(vagues[0], nom_projet="Fil & Fer")

    page = texte(entrer().get("/pilotage/"))

    assert "Tout est dans les temps." in page
    assert "Refus implicite, Fil &amp; Fer" in page
    assert "Décisions de la vague 1, 1 dossier à décider" in page.replace("\u00a0", " ")


def test_what_is_late_is_said_first_and_counted(entrer, vagues):
    Vague.objects.filter(pk=vagues[0].pk).update(decision_prevue=horloge.maintenant() - timedelta(days=2))
    for _ in range(2):
        dossier(vagues[0], depose_le=horloge.maintenant() - timedelta(days=400))
    responsable = UserFactory(role=Role.RESPONSABLE)
    Seance.prevoir(
        vague=vagues[1],
        type="SELECTION",
        debut=horloge.maintenant() + timedelta(days=1),
        lieu="Paris",
        par=responsable,
    )
    client = entrer(user=responsable)
    reponse = client.get("/pilotage/")
    page = texte(reponse).replace("\u00a0", " ")

    assert "Tout est dans les temps" not in page
    assert "2 dossiers en pré-instruction ont passé son échéance." not in page
    assert "2 dossiers en pré-instruction ont passé leur échéance." in page
    assert "Les décisions de la vague 1 étaient annoncées pour le" in page
    assert "Le comité devait être convoqué avant le" in page
    assert "Retard 2 j" in page
    (lien,) = re.findall(r'href="([^"]+retard=1[^"]*)"', reponse.content.decode())
    assert client.get(lien.replace("&amp;", "&")).context["page_obj"].paginator.count == 2


# -- Durations -----------------------------------------------------------------------------------------------------
def test_the_median_of_a_step(entrer, vagues):
    depart = horloge.maintenant() - timedelta(days=100)
    for jours in (2, 4, 11):
        pris = dossier(vagues[0], Etat.EN_INSTRUCTION, nom_projet=f"Pris en {jours}")
        with horloge.a(depart):
            consigner(pris.fil, "deposer", par=None)
        with horloge.a(depart + timedelta(days=jours)):
            consigner(pris.fil, "prendre_en_charge", par=None)
    autre = dossier(vagues[1], Etat.DEPOSE)
    consigner(autre.fil, "deposer", par=None)
    client = entrer()

    mesures = {d.etape.code: d for d in durees.mesurer(Perimetre.de(UserFactory(role=Role.RESPONSABLE)))}
    liste = client.get("/pilotage/durees/prise-en-charge/")

    assert (mesures["prise-en-charge"].jours, mesures["prise-en-charge"].nombre) == (4, 3)
    assert (mesures["comite"].jours, mesures["comite"].nombre) == (None, 0)
    assert re.findall(r"Pris en \d+", texte(liste)) == ["Pris en 11", "Pris en 4", "Pris en 2"]
    assert (
        client.get(f"/pilotage/durees/prise-en-charge/?vague={vagues[1].pk}")
        .context["page_obj"]
        .paginator.count
        == 0
    )


# -- The file ------------------------------------------------------------------------------------------------------
def exporter(client, **choix):
    reponse = client.post("/pilotage/export/", choix)
    assert reponse.streaming
    contenu = b"".join(reponse.streaming_content).decode("utf-8")
    return contenu, list(csv.reader(io.StringIO(contenu.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_the_file_is_the_list_and_is_journalled(entrer, vagues, en_cours):
    dossier(
        vagues[1], nom_projet='=cmd|"x"!A0', raison_sociale="+33", demande_investissement=Decimal("12.50")
    )
    dossier(vagues[1], Etat.BROUILLON, nom_projet="Brouillon")
    client = entrer(user=en_cours.responsable)

    contenu, (titres, *rangees) = exporter(client)

    assert contenu.startswith("\ufeffNuméro;")
    assert len(rangees) == 2
    suivi, mechant = (dict(zip(titres, r, strict=True)) for r in rangees)
    assert (suivi["Investissement, demandé"], suivi["Investissement, payé"]) == ("170000,00", "51000,00")
    assert (suivi["Ingénierie, accordé"], suivi["Ingénierie, engagé"]) == ("16200,00", "3240,00")
    assert (mechant["Projet"], mechant["Structure"]) == ('\'=cmd|"x"!A0', "'+33")
    assert mechant["État"] == "Déposé"
    assert mechant["Investissement, demandé"] == "12,50"
    assert "@" not in contenu
    ligne = Entree.objects.get(fil="exports")
    assert (ligne.action, ligne.acteur, ligne.role) == ("exporter", en_cours.responsable, "RESPONSABLE")
    assert ligne.faits == {"objet": "pilotage, dossiers", "vague": "toutes vagues", "lignes": 2}


def test_the_file_of_one_wave(entrer, vagues):
    dossier(vagues[0])
    dossier(vagues[1], nom_projet="De la seconde")

    _, (titres, *rangees) = exporter(entrer(), vague=vagues[1].pk)

    assert [r[1] for r in rangees] == ["De la seconde"]
    assert Entree.objects.get(fil="exports").faits["vague"] == "vague 2"


def test_reading_writes_nothing(entrer, vagues):
    client = entrer()

    for chemin in PAGES:
        client.get(chemin)

    assert client.get("/pilotage/export/").status_code == 405
    assert not Entree.objects.exists()


# -- Cost and edges ------------------------------------------------------------------------------------------------
def test_a_number_of_queries_and_of_rows_that_nothing_changes(entrer, vagues):
    client = entrer()

    def mesurer():
        with compter() as compte:
            assert client.get("/pilotage/?actualiser=oui").status_code == 200
        return compte

    for etat in Etat:
        dossier(vagues[0], etat)
    un = mesurer()
    for etat in Etat:
        for _ in range(4):
            dossier(vagues[0], etat)
    assert Tranche.objects.count() == 0
    cinq = mesurer()

    assert un.requetes == cinq.requetes <= 12, str(cinq)
    assert cinq.rangees <= 100, str(cinq)


def test_the_figures_are_kept_for_a_minute_and_no_longer_than_a_decision(client, vagues):
    """The same words for the same reader until the journal grows, a minute passes or one asks; others have theirs."""
    responsable = UserFactory(role="RESPONSABLE")
    client.force_login(responsable)

    def lu(suite=""):
        with compter() as compte:
            page = client.get(f"/pilotage/{suite}").content.decode()
        return page.split('id="chiffres"')[1].split("<form")[0], compte.requetes

    with horloge.a(horloge.maintenant().replace(second=10)):
        premiere, _ = lu()
        dossier(vagues[0], Etat.BROUILLON)
        gardee, peu = lu()
        comptee, beaucoup = lu("?actualiser=oui")
        assert gardee == premiere != comptee
        assert peu <= 4 < beaucoup
        dossier(vagues[0], Etat.BROUILLON)
        consigner("essai", "essayer", par=responsable)
        assert lu()[0] != comptee
    plus_tard = horloge.maintenant().replace(second=10) + timedelta(minutes=1)
    with horloge.a(plus_tard):
        assert lu()[1] > peu


@pytest.mark.parametrize(
    "chemin", [f"/pilotage/enveloppes/toutes/investissement/?compte={c}" for c in ("demande", "paye")]
)
def test_the_lists_behind_hold_too(entrer, vagues, chemin):
    client = entrer()

    def mesurer():
        with compter() as compte:
            client.get(chemin)
        return compte.requetes

    dossier(vagues[0])
    un = mesurer()
    for _ in range(3):
        dossier(vagues[0])

    assert mesurer() == un <= 12


def test_without_any_dossier_nor_wave(entrer):
    client = entrer()

    page = client.get("/pilotage/")

    assert page.status_code == 200
    assert "Tout est dans les temps." in texte(page)
    assert "Aucune enveloppe n'est écrite" in texte(page)
    assert "Aucune échéance à venir." in texte(page)
    assert suivre(client, "/pilotage/programme/") == []


@pytest.mark.parametrize(
    "chemin",
    [
        "/pilotage/durees/autre/",
        "/pilotage/enveloppes/999999/amorcage/",
        "/pilotage/enveloppes/autre/amorcage/",
        "/pilotage/enveloppes/toutes/autre/",
    ],
)
def test_what_does_not_exist_is_unknown(entrer, vagues, chemin):
    assert entrer().get(chemin).status_code == 404


@pytest.mark.parametrize("choix", ["autre", "-1", "999999"])
def test_a_wave_that_is_none_is_all_of_them(entrer, vagues, choix):
    dossier(vagues[0])

    assert rangee(entrer().get("/pilotage/", {"vague": choix}), "pre_instruction") == [1, 0, 1]


def test_an_unknown_column_is_the_engaged_one(entrer, vagues):
    page = entrer().get("/pilotage/enveloppes/toutes/amorcage/?compte=pk")

    assert page.context["compte"] == "engage"
    assert "Aucun dossier n'a de montant ici." in texte(page)
