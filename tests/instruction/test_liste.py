"""The agents' list: its filters, its orders, its pages, its file; and the date that it sorts by."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from candidatures.models import Dossier
from instruction import listes
from instruction.delais import echeance_de
from instruction.groupes import GROUPES, etats_de
from instruction.invariants import echeances_ecrites
from instruction.models import DemandeComplements, EtatDemande
from instruction.regards import dossiers_des_agents
from manufactures import horloge
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Appel
from selection.models import Deport
from selection.models.choix import SourceDeport
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    agent,
    appel_avec_grille,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    remplir,
    responsable,
    vague_close,
)
from tests.factories.programme import (
    CommuneFactory,
    DepartementFactory,
    FiliereFactory,
    RegionFactory,
    VagueFactory,
)
from tests.factories.selection import MembreFactory as MembreDuComiteFactory

pytestmark = pytest.mark.django_db
ADRESSE = reverse("instruction:liste")


def texte(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


@pytest.fixture
def lit(client):
    """Reads the list as an agent: `lit(etat="DEPOSE")` gives the names in their order."""
    user = agent(prenom="Camille", nom="Roy")
    client.force_login(user)

    def lire(**filtres):
        page = client.get(ADRESSE, filtres)
        assert page.status_code == 200
        return [dossier.nom_projet for dossier in page.context["page_obj"]]

    lire.user = user
    return lire


def a_privas():
    """A place in Ardèche."""
    departement = DepartementFactory(code="07", nom="Ardèche", region=RegionFactory())
    return CommuneFactory(code="07186", nom="Privas", recherche="privas", departement=departement)


# -- Filters -----------------------------------------------------------------------------------------------------
def test_each_filter_keeps_its_rows(lit):
    premiere, seconde = vague_close(1), vague_close(2)
    soudee = dossier_depose(vague=premiere, nom="La Soudée")
    pris_en_charge(dossier_depose(vague=premiere, nom="Fil et Fer"), par=lit.user)
    demande = demande_envoyee(pris_en_charge(dossier_depose(vague=seconde, nom="La Volige")))
    soudee.sites.update(commune=a_privas())
    soudee.filieres.add(FiliereFactory(code="verre", libelle="Verre"))

    assert sorted(lit()) == ["Fil et Fer", "La Soudée", "La Volige"]
    assert sorted(lit(vague=premiere.pk)) == ["Fil et Fer", "La Soudée"]
    assert lit(etat="A_COMPLETER") == lit(etat="a_completer") == ["La Volige"]
    assert sorted(lit(etat="pre_instruction")) == ["Fil et Fer", "La Soudée"]
    assert lit(agent="moi") == lit(agent=lit.user.pk) == ["Fil et Fer"]
    assert lit(agent=demande.par.pk) == ["La Volige"]
    assert lit(agent="aucun") == ["La Soudée"]
    assert lit(departement="07") == lit(departement="7") == lit(departement="ardeche") == ["La Soudée"]
    assert sorted(lit(region="84")) == ["Fil et Fer", "La Soudée", "La Volige"]
    assert lit(filiere="verre") == ["La Soudée"]
    assert lit(q="privas") == ["La Soudée"]
    assert lit(vague=premiere.pk, agent="moi", q="fer") == ["Fil et Fer"]
    assert lit(vague=seconde.pk, agent="moi") == []


@pytest.mark.parametrize(
    "filtre",
    [
        {"vague": "999"},
        {"vague": "x"},
        {"etat": "BROUILLON"},
        {"etat": "inconnu"},
        {"agent": "0"},
        {"agent": "-1"},
        {"region": "zz"},
        {"filiere": "zz"},
        {"departement": "00"},
        {"tri": "-echeance"},
        {"tri": "numero; DROP TABLE"},
        {"page": "x"},
        {"page": "0"},
        {"page": "99"},
        {"q": "\0"},
    ],
)
def test_a_wrong_value_is_as_if_absent(lit, filtre):
    dossier_depose()
    assert lit(**filtre) == ["La Soudée"]


def test_an_unknown_departement_is_told_beside_its_field(client, lit):
    page = texte(client.get(ADRESSE, {"departement": "Atlantide"}))

    assert "Nous ne trouvons pas le département « Atlantide »" in page
    assert "<title>Erreur :" in " ".join(page.split())


def test_the_groups_share_out_the_states():
    """Each state in one group, the draft in none: the steering's figures add up."""
    rangees = [etat for groupe in GROUPES.values() for etat in groupe.etats]
    assert sorted(rangees) == sorted(set(Etat) - {Etat.BROUILLON})


def test_what_the_steering_counts_is_what_the_list_shows(client, lit):
    """Each wave × each group: as many rows as counted, and they are those."""
    for numero, noms in ((1, ("A", "B")), (2, ("C",))):
        for nom in noms:
            dossier_depose(vague=vague_close(numero), nom=nom)
    pris_en_charge(Dossier.objects.get(nom_projet="A"), par=lit.user)
    demande_envoyee(pris_en_charge(Dossier.objects.get(nom_projet="C"), par=lit.user))
    DossierFactory(nom_projet="Brouillon", vague=vague_close(1))

    for vague in (vague_close(1), vague_close(2)):
        for cle, groupe in GROUPES.items():
            comptes = dossiers_des_agents(lit.user).filter(vague=vague, etat__in=groupe.etats)
            page = client.get(ADRESSE, {"vague": vague.pk, "etat": cle}).context["page_obj"]
            assert {d.pk for d in page} == set(comptes.values_list("pk", flat=True))
            assert page.paginator.count == comptes.count()
    assert [len(lit(etat=cle)) for cle in ("pre_instruction", "a_completer", "recevables")] == [2, 1, 0]


def test_unknown_words_name_no_state():
    assert etats_de("BROUILLON") == etats_de("zut") == etats_de("") == ()


# -- Who sees what -----------------------------------------------------------------------------------------------
def test_a_draft_a_wave_where_one_candidates_and_a_dossier_stepped_back_from_are_not_listed(client, lit):
    DossierFactory(nom_projet="Brouillon", vague=VagueFactory(appel=appel_avec_grille(), numero=3))
    ecarte = dossier_depose(vague=vague_close(2), nom="Écarté")
    MembreFactory(dossier=dossier_depose(vague=vague_close(1), nom="Le sien"), user=lit.user, droit="LECTEUR")
    dossier_depose(vague=vague_close(1), nom="Même vague")
    assert lit() == ["Écarté"]

    membre = MembreDuComiteFactory(user=lit.user)
    Deport.objects.create(
        dossier=ecarte,
        membre=membre,
        motif="Lien familial",
        source=SourceDeport.DECLARATION,
        declare_par=lit.user,
    )

    for demande in ({}, {"q": "ecarte"}, {"q": ecarte.numero}, {"q": "brouillon"}):
        assert lit(**demande) == []
    assert "0 dossier" not in texte(client.get(ADRESSE))


def test_a_number_typed_in_full_goes_straight_to_its_dossier(client, lit):
    dossier = dossier_depose()
    for saisie in (dossier.numero, dossier.numero.lower(), dossier.numero.replace("-", " ")):
        assert client.get(ADRESSE, {"q": saisie})["Location"] == f"/instruction/{dossier.numero}/"

    brouillon = DossierFactory(vague=VagueFactory(appel=appel_avec_grille(), numero=2))
    for numero in (brouillon.numero, "D-2345-6789"):
        page = client.get(ADRESSE, {"q": numero})
        assert page.status_code == 200
        assert f"Rien pour « {numero} »" in texte(page)


# -- Orders and pages --------------------------------------------------------------------------------------------
def test_each_order_and_its_head(client, lit):
    vague = vague_close()
    for rang, nom in enumerate(("École", "Zinc", "atelier", "Fil")):
        with horloge.a(vague.cloture - timedelta(days=10 - rang)):
            DossierFactory(vague=vague, nom_projet=nom, etat=Etat.DEPOSE)
    pris_en_charge(Dossier.objects.get(nom_projet="Zinc"), par=lit.user)

    assert lit() == ["École", "Zinc", "atelier", "Fil"]
    assert lit(tri="-depose") == ["Fil", "atelier", "Zinc", "École"]
    assert lit(tri="nom") == ["atelier", "École", "Fil", "Zinc"]
    assert lit(tri="-nom") == ["Zinc", "Fil", "École", "atelier"]
    assert lit(tri="etat") == ["École", "atelier", "Fil", "Zinc"]
    assert lit(tri="echeance") == ["École", "Zinc", "atelier", "Fil"]
    for tri, filtre in (("-depose", "pre_instruction"), ("nom", "pre_instruction"), ("-nom", "DEPOSE")):
        attendus = [nom for nom in lit(tri=tri) if filtre != "DEPOSE" or nom != "Zinc"]
        assert lit(tri=tri, etat=filtre) == attendus

    page = texte(client.get(ADRESSE, {"tri": "nom", "etat": "pre_instruction"}))
    assert page.count("aria-sort") == 1
    assert (
        '<th scope="col" aria-sort="ascending"><a href="?tri=-nom&amp;etat=pre_instruction&amp;page=1">Dossier'
        in page
    )
    assert 'aria-sort="descending"' in texte(client.get(ADRESSE, {"tri": "-depose"}))


def test_the_pages_show_each_row_once(lit, monkeypatch):
    monkeypatch.setattr(listes, "PAR_PAGE", 2)
    for nom in "ABCDE":
        dossier_depose(nom=nom)

    for tri in ("depose", "-depose", "nom", "etat", "echeance"):
        pages = [lit(tri=tri, page=n) for n in (1, 2, 3)]
        assert [len(page) for page in pages] == [2, 2, 1]
        assert sorted(sum(pages, [])) == list("ABCDE")
    assert lit(page=9) == lit(page=3)


def test_past_the_ceiling_one_counts_no_further(client, lit, monkeypatch):
    monkeypatch.setattr(listes, "PAR_PAGE", 2)
    monkeypatch.setattr(listes, "PLAFOND", 2)
    monkeypatch.setattr(listes, "PLAFOND_PAR_INDEX", 4)
    for nom in "ABCD":
        dossier_depose(nom=f"Atelier {nom}")

    assert "<caption>4 dossiers, 1 à 2</caption>" in texte(client.get(ADRESSE))
    page = texte(client.get(ADRESSE, {"q": "atelier"}))
    assert "<caption>Plus de 2 dossiers</caption>" in page
    assert "Les 2 premiers se feuillettent ici, le fichier les donne tous." in page
    assert "page=2" not in page

    dossier_depose(nom="Atelier E")
    assert "Plus de 4 dossiers, 1 à 2" in texte(client.get(ADRESSE))


def test_empty_and_filtered_empty_say_what_to_do(client, lit):
    vide = texte(client.get(ADRESSE))
    assert "Aucun dossier n'est déposé pour l'instant." in vide
    assert "Exporter cette liste" not in vide

    dossier_depose()
    rien = texte(client.get(ADRESSE, {"q": "zinc"}))
    assert "Rien pour « zinc ». La recherche ignore accents et majuscules : essayez un autre mot." in rien
    filtree = texte(client.get(ADRESSE, {"etat": "laureats", "agent": "moi"}))
    assert "Aucun dossier ne répond à ces filtres : Lauréats, mes dossiers." in filtree
    assert f'href="{ADRESSE}">Effacer les filtres' in filtree


def test_each_filter_in_place_is_a_link_that_takes_it_away(client, lit):
    dossier_depose()
    page = texte(client.get(ADRESSE, {"etat": "DEPOSE", "q": "soudée", "page": 1, "tri": "nom"}))

    assert (
        'href="/instruction/?q=soud%C3%A9e&amp;tri=nom"><span class="fr-sr-only">Retirer le filtre </span>Déposé'
        in page
    )
    assert (
        'href="/instruction/?etat=DEPOSE&amp;tri=nom"><span class="fr-sr-only">Retirer le filtre </span>« soudée »'
        in page
    )
    assert 'value="soudée"' in page
    assert '<option value="DEPOSE" selected>Déposé</option>' in page


def test_what_one_types_is_never_markup(client, lit):
    dossier_depose(nom="<b>Gras</b>")
    page = client.get(ADRESSE, {"q": "<script>x</script>"}).content.decode()
    assert "<script>x" not in page
    assert "<b>Gras" not in client.get(ADRESSE).content.decode()


# -- The file ----------------------------------------------------------------------------------------------------
def fichier(reponse):
    assert reponse.status_code == 200
    assert reponse.streaming
    contenu = b"".join(reponse.streaming_content).decode()
    assert contenu.startswith("\ufeff")
    return list(csv.reader(io.StringIO(contenu.removeprefix("\ufeff")), delimiter=";"))


def test_the_file_holds_exactly_these_rows_and_columns(client, lit):
    vague = vague_close()
    instruction = remplir(
        pris_en_charge(dossier_depose(vague=vague, nom="La Soudée"), par=lit.user), sauf=("E9",)
    )
    libre = dossier_depose(vague=vague, nom="=1+1")
    DossierFactory(nom_projet="Brouillon", vague=vague)

    rangees = fichier(client.post(reverse("instruction:export") + "?tri=-nom"))

    assert rangees[0] == [
        "Dossier",
        "Numéro",
        "Vague",
        "Commune",
        "Département",
        "Déposé le",
        "État",
        "Agent",
        "Règles tranchées",
        "Règles de la grille",
        "Échéance",
        "Jours de retard",
    ]
    depose, terme = (
        f"{quand.astimezone(horloge.PARIS):%Y-%m-%d %H:%M}"
        for quand in (instruction.dossier.depose_le, echeance_de(instruction.dossier))
    )
    assert rangees[1] == [
        "La Soudée", instruction.dossier.numero, "vague 1", "Crest", "Drôme", depose,
        "À instruire", "Camille Roy", "9", "10", terme, "",
    ]  # fmt: skip
    assert rangees[2][0] == "'=1+1"
    assert (rangees[2][1], rangees[2][6:10]) == (libre.numero, ["À prendre en charge", "", "", ""])
    assert len(rangees) == 3
    assert [r[0] for r in fichier(client.post(reverse("instruction:export") + "?agent=moi"))[1:]] == [
        "La Soudée"
    ]


def test_each_export_is_a_line_of_the_journal(client, lit):
    dossier_depose()
    client.post(reverse("instruction:export") + "?etat=DEPOSE&q=soudee")

    ligne = Entree.objects.get(fil="exports")
    assert (ligne.action, ligne.acteur, ligne.role) == ("exporter", lit.user, Role.INSTRUCTEUR)
    # The words searched for may name somebody: the journal keeps the other filters.
    assert ligne.faits == {"objet": "dossiers", "lignes": 1, "filtres": {"etat": "DEPOSE"}}


@pytest.mark.parametrize("role", Role)
def test_who_exports(client, role):
    client.force_login(UserFactory(role=role))
    attendu = 200 if role in {Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR} else 403

    assert client.post(reverse("instruction:export")).status_code == attendu
    assert Entree.objects.filter(fil="exports").count() == (attendu == 200)
    assert client.get(reverse("instruction:export")).status_code == (405 if attendu == 200 else 403)


# -- The date that matters ---------------------------------------------------------------------------------------
def ecrite(dossier):
    """What the database holds, after a look at the calculation."""
    dossier = Dossier.objects.select_related("vague__appel").get(pk=dossier.pk)
    assert dossier.echeance_le == echeance_de(dossier)
    return dossier.echeance_le


def repondre(demande):
    """The titulaire answers, and says so."""
    titulaire = demande.dossier.titulaire
    demande.repondre(par=titulaire, texte="Voici le bail.")
    Dossier.objects.get(pk=demande.dossier_id).passer("completer", par=titulaire)


def test_the_due_date_follows_each_step():
    dossier = dossier_depose()
    terme = ecrite(dossier)
    assert terme is not None

    instruction = pris_en_charge(dossier)
    assert ecrite(dossier) == terme
    demande = demande_envoyee(instruction, jours=12)
    assert ecrite(dossier) == demande.echeance
    demande.prolonger(par=instruction.instructeur, echeance=horloge.aujourd_hui() + timedelta(days=20))
    demande.refresh_from_db()
    assert ecrite(dossier) == demande.echeance
    with horloge.a(horloge.maintenant() + timedelta(days=5, hours=1)):
        repondre(demande)
    assert DemandeComplements.objects.get().etat == EtatDemande.REPONDUE
    assert ecrite(dossier) == terme + timedelta(days=6)  # five days and an hour were held: six
    instruction.refresh_from_db()
    remplir(instruction)
    dossier.refresh_from_db()
    dossier.passer("declarer_recevable", par=instruction.instructeur)
    assert ecrite(dossier) is None


def test_a_request_without_an_indispensable_piece_holds_nothing():
    dossier = dossier_depose()
    terme = ecrite(dossier)
    demande = demande_envoyee(pris_en_charge(dossier), pieces=[{"libelle": "Photo", "indispensable": False}])
    with horloge.a(horloge.maintenant() + timedelta(days=3)):
        repondre(demande)

    assert ecrite(dossier) == terme


def test_the_call_s_delay_and_a_whole_save_move_the_date():
    dossier = dossier_depose()
    terme = ecrite(dossier)

    Appel.objects.update(delai_silence_mois=4)
    plus_tard = ecrite(dossier)
    assert plus_tard > terme + timedelta(days=50)
    dossier.echeance_le = horloge.maintenant()
    dossier.save()
    assert ecrite(dossier) == plus_tard
    Dossier.objects.filter(pk=dossier.pk).update(depose_le=dossier.depose_le - timedelta(days=31))
    assert ecrite(dossier) < plus_tard


def test_the_invariant_names_a_date_that_no_one_calculates():
    dossier = dossier_depose()
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL session_replication_role = replica")
        curseur.execute("UPDATE candidatures_dossier SET echeance_le = now()")
        curseur.execute("SET LOCAL session_replication_role = DEFAULT")
    assert [phrase.split()[0] for phrase in echeances_ecrites()] == [dossier.numero]

    Dossier.objects.update(echeance_le=None)


def test_what_is_late_is_marked_and_filtered(client, lit):
    ancienne = VagueFactory(
        appel=appel_avec_grille(),
        numero=2,
        ouverture=horloge.maintenant() - timedelta(days=120),
        cloture=horloge.maintenant() - timedelta(days=80),
    )
    dossier_depose(vague=ancienne, nom="En retard")
    dossier_depose(vague=vague_close(1), nom="À l'heure")

    assert lit(retard="1") == ["En retard"]
    assert lit(tri="echeance") == ["En retard", "À l'heure"]
    retard = -horloge.jours_avant(Dossier.objects.get(nom_projet="En retard").echeance_le)
    page = texte(client.get(ADRESSE))
    assert page.count("fr-badge--error") == 1
    assert f"Retard {retard} j" in page
    assert fichier(client.post(reverse("instruction:export") + "?retard=1"))[1][-1] == str(retard)


# -- The desk ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fabrique", [agent, responsable])
def test_the_desk_searches_the_list(client, fabrique):
    client.force_login(fabrique())
    page = texte(client.get("/accueil/"))

    assert f'<form method="get" action="{ADRESSE}"' in page
    assert 'type="search" id="id_q" name="q"' in page
