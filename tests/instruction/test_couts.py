"""What the agents' pages ask of the database: few queries, the same at 10 and at 50 rows, no row left unshown."""

from datetime import timedelta

import pytest
from django.urls import reverse

from candidatures.models import Dossier, Membre, Site
from instruction import listes
from instruction.models import Echange, Instruction, NoteInterne, Reponse, Verdict
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.programme.models import Critere
from tests.factories.candidatures import numero_de
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    REGLES,
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    remplir,
    responsable,
    vague_close,
)
from tests.factories.programme import CommuneFactory, FiliereFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
ADRESSE = reverse("instruction:liste")
LISTE, DETAIL, ENREGISTREMENT = 12, 15, 20  # the goals (performance study, § 6, rows 6 and 8)
PAR_RANGEE, FIXE = 4, 50  # row 9: rows fetched, for each one shown and besides


@pytest.fixture(autouse=True)
def _invariants():
    """The rows below are written in bulk, without what the deeds write: the other modules look at the invariants."""


def beaucoup(combien: int, par, depuis: int = 0) -> None:
    """So many dossiers under examination, each with its agent, its place, its porteur, its trade and five answers."""
    vague, bois, crest, porteur = vague_close(), FiliereFactory(), CommuneFactory(), UserFactory()
    regles = Critere.objects.filter(appel=vague.appel, nature="ELIGIBILITE")[:5]
    rangs = range(depuis, depuis + combien)
    Dossier.objects.bulk_create(
        Dossier(
            numero=numero_de(30**5 + rang),
            vague=vague,
            nom_projet=f"Atelier {rang}",
            etat=Etat.EN_INSTRUCTION,
            depose_le=horloge.maintenant() - timedelta(hours=rang),
            version_deposee=1,
        )
        for rang in rangs
    )
    dossiers = list(Dossier.objects.filter(numero__in=[numero_de(30**5 + rang) for rang in rangs]))
    Membre.objects.bulk_create(Membre(dossier=d, user=porteur, droit="TITULAIRE") for d in dossiers)
    Site.objects.bulk_create(Site(dossier=d, nom="Lieu", principal=True, commune=crest) for d in dossiers)
    Dossier.filieres.through.objects.bulk_create(
        Dossier.filieres.through(dossier=d, filiere=bois) for d in dossiers
    )
    grilles = Instruction.objects.bulk_create(Instruction(dossier=d, instructeur=par) for d in dossiers)
    Verdict.objects.bulk_create(
        Verdict(instruction=g, critere=r, reponse=Reponse.OUI, par=par) for g in grilles for r in regles
    )


FILTRES = [
    {},
    {"tri": "nom"},
    {"tri": "-depose"},
    {"tri": "echeance"},
    {"etat": "pre_instruction"},
    {"q": "atelier"},
    {"q": "atelier crest", "tri": "nom", "agent": "moi"},
    {"region": "84", "departement": "26", "filiere": "bois", "agent": "moi"},
]


@pytest.mark.parametrize("filtre", FILTRES, ids=str)
def test_the_list_costs_the_same_at_10_and_50_rows_shown(client, monkeypatch, filtre):
    monkeypatch.setattr(listes, "PAR_PAGE", 50)
    par = agent()
    client.force_login(par)
    filtre = {nom: FiliereFactory().code if nom == "filiere" else v for nom, v in filtre.items()}
    comptes = {}
    for depuis, total in ((0, 10), (10, 50)):
        beaucoup(total - depuis, par, depuis)
        client.get(ADRESSE)  # the lists of the filters are read once a minute
        with compter() as comptes[total]:
            page = client.get(ADRESSE, filtre)
        assert len(page.context["page_obj"]) == total

    assert comptes[10].requetes == comptes[50].requetes <= LISTE, str(comptes[50])
    for total, compte in comptes.items():
        assert compte.rangees <= PAR_RANGEE * total + FIXE, str(compte)


def test_more_dossiers_behind_the_page_fetch_no_more_rows(client):
    par = agent()
    client.force_login(par)
    comptes = {}
    for depuis, total in ((0, 30), (30, 300)):
        beaucoup(total - depuis, par, depuis)
        client.get(ADRESSE)  # the lists of the filters are read once a minute
        with compter() as comptes[total]:
            client.get(ADRESSE, {"q": "atelier", "page": 2})
    assert (comptes[30].requetes, comptes[300].requetes) == (comptes[30].requetes,) * 2
    assert comptes[300].rangees <= PAR_RANGEE * listes.PAR_PAGE + FIXE, str(comptes[300])


SIGNE = 2  # the session, the person


def test_the_file_asks_five_queries_whatever_its_rows(client):
    """Sign-in and journal apart; then one fetch each two thousand rows, on a cursor of the server."""
    par = agent()
    client.force_login(par)
    comptes = {}
    for depuis, total in ((0, 10), (10, 60)):
        beaucoup(total - depuis, par, depuis)
        with compter() as comptes[total]:
            contenu = b"".join(client.post(reverse("instruction:export")).streaming_content)
        assert contenu.count(b"\r\n") == total + 1
    propres = [sql for sql, _ in comptes[60].lignes if "journal" not in sql and "advisory" not in sql]
    assert comptes[10].requetes == comptes[60].requetes
    assert len(propres) <= SIGNE + 5, str(comptes[60])


def riche(par, echanges: int = 12):
    """A grid half filled, an answered request, an open one, messages and notes."""
    instruction = remplir(pris_en_charge(dossier_depose(), par=par), sauf=("E8", "E9"))
    demande = demande_envoyee(instruction)
    for rang in range(echanges):
        demande.repondre(par=instruction.dossier.titulaire, texte=f"Réponse {rang}")
        Echange.ecrire(instruction.dossier, par=par, texte=f"Message {rang}")
        NoteInterne.ecrire(instruction.dossier, par=par, texte=f"Note {rang}")
    return instruction


@pytest.mark.parametrize("fabrique", [agent, responsable])
def test_the_dossier_s_page(client, fabrique):
    instruction = riche(agent())
    client.force_login(instruction.instructeur if fabrique is agent else fabrique())

    with compter() as compte:
        assert (
            client.get(reverse("instruction:dossier", args=[instruction.dossier.numero])).status_code == 200
        )
    assert compte.requetes <= DETAIL, str(compte)


def test_the_dossier_s_page_costs_the_same_with_more_exchanges(client):
    par = agent()
    client.force_login(par)
    comptes = []
    for combien in (1, 10):
        adresse = reverse("instruction:dossier", args=[riche(par, combien).dossier.numero])
        client.get(adresse)  # the lines of the grid are read once a minute
        with compter() as compte:
            client.get(adresse)
        comptes.append(compte)
    assert comptes[0].requetes == comptes[1].requetes, f"{comptes[0]}\n{comptes[1]}"


def test_saving_the_grid(client):
    instruction = pris_en_charge(dossier_depose())
    client.force_login(instruction.instructeur)
    donnees = {
        "version": instruction.version,
        "avis": "Dossier complet.",
        "risques": "",
        "questions": "",
        "jours_estimes": "",
        "cle_unique": "7f1d3a52-6a0b-4c39-9a61-0d4bd0d3c1aa",
    }
    for code in instruction.dossier.vague.appel.criteres.filter(nature="ELIGIBILITE").values_list(
        "code", flat=True
    ):
        donnees |= {
            f"{code}-reponse": Reponse.OUI,
            f"{code}-motif": "Vu",
            f"{code}-preuve": "",
            f"{code}-preuve_ou": "",
        }

    with compter() as compte:
        reponse = client.post(reverse("instruction:grille", args=[instruction.dossier.numero]), donnees)
    assert compte.requetes <= ENREGISTREMENT, str(compte)

    assert reponse.status_code == 302
    assert Verdict.objects.filter(reponse=Reponse.OUI).count() == len(REGLES)


def test_saving_one_line(client):
    instruction = pris_en_charge(dossier_depose())
    client.force_login(instruction.instructeur)
    adresse = reverse("instruction:regle", args=[instruction.dossier.numero, "E1"])

    with compter() as compte:
        reponse = client.post(
            adresse,
            {
                "version": instruction.version,
                "E1-reponse": Reponse.OUI,
                "E1-motif": "",
                "E1-preuve": "",
                "E1-preuve_ou": "",
            },
            headers={"HX-Request": "true"},
        )
    assert compte.requetes <= ENREGISTREMENT, str(compte)

    assert reponse.status_code == 200
    assert Verdict.objects.get(critere__code="E1").reponse == Reponse.OUI


@pytest.mark.parametrize("page", ["complements", "refus", "irrecevabilite", "prolonger"])
def test_the_other_pages_of_a_dossier(client, page):
    instruction = (
        riche(agent()) if page == "prolonger" else refus_propose() if page == "irrecevabilite" else None
    )
    instruction = instruction or remplir(pris_en_charge(dossier_depose()), sauf=("E8", "E9"))
    client.force_login(responsable() if page == "irrecevabilite" else instruction.instructeur)

    with compter() as compte:
        assert (
            client.get(reverse(f"instruction:{page}", args=[instruction.dossier.numero])).status_code == 200
        )
    assert compte.requetes <= DETAIL, str(compte)
