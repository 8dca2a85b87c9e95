"""The contract on the loaded demonstration: its accounts, its numbers, and the signs that other people's tests read."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from candidatures.models import Dossier
from manufactures.accueil.adresses import adresses
from manufactures.actes import tasks
from manufactures.actes.models import Acte
from manufactures.comptes.models import User
from manufactures.procedure import CYCLES, Etat
from selection.models import Membre
from tests.contrat.lecture import CONTRAT

pytestmark = pytest.mark.xdist_group("demonstration")

NUMERO_DE_DOSSIER = re.compile(r"D-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
NUMERO_D_ACTE = re.compile(r"MP-\d{4}-\d{6}")
DOMAINE = "@manufactures.test"


@pytest.fixture(scope="module")
def comptes(demonstration) -> dict:
    """What `comptes_demo --json` says, by address."""
    sortie = StringIO()
    call_command("comptes_demo", "--json", stdout=sortie)
    return {compte["courriel"]: compte for compte in json.loads(sortie.getvalue())}


@pytest.fixture(scope="module")
def visiteurs(demonstration):
    """One signed-in client an account."""
    clients = {}

    def entrer(nom: str) -> Client:
        if nom not in clients:
            clients[nom] = Client()
            clients[nom].force_login(User.objects.get(email=nom + DOMAINE))
        return clients[nom]

    return entrer


def page(client, chemin) -> str:
    reponse = client.get(chemin)
    assert reponse.status_code == 200, chemin
    return reponse.content.decode()


# -- Accounts ----------------------------------------------------------------------------------------------------
def test_the_accounts_and_their_roles(comptes):
    promis = CONTRAT["comptes"]

    assert {courriel: compte["role"] for courriel, compte in comptes.items()} == promis["roles"]
    (commande,) = [c for c in CONTRAT["commandes"] if c["nom"] == "comptes_demo"]
    for compte in comptes.values():
        assert set(commande["cles_des_lignes"]) <= set(compte)
        assert compte["mot_de_passe"] == promis["mot_de_passe"]


def test_the_seats_of_the_committee(demonstration):
    for courriel, college in CONTRAT["comptes"]["colleges"].items():
        membre = Membre.objects.select_related("college").get(user__email=courriel)
        assert college.lower() in membre.college.libelle.lower(), membre.college.libelle
        assert membre.preside == courriel.startswith("president")


@pytest.mark.parametrize("courriel", CONTRAT["comptes"]["roles"])
def test_each_account_signs_in_on_allauth_s_own_page(courriel, demonstration):
    """`/compte/login/`, fields `login` and `password`, the one password; then the role's home."""
    client = Client()
    formulaire = page(client, "/compte/login/")
    assert 'name="login"' in formulaire and 'name="password"' in formulaire

    reponse = client.post(
        "/compte/login/", {"login": courriel, "password": CONTRAT["comptes"]["mot_de_passe"]}
    )

    assert (reponse.status_code, reponse["Location"]) == (302, "/accueil/")
    assert client.get("/accueil/").status_code == 200


def test_the_dossiers_of_the_accounts(comptes):
    etats = dict(Dossier.objects.values_list("numero", "etat"))
    siens = {numero: etats[numero] for numero in comptes[f"porteur{DOMAINE}"]["dossiers"]}
    laureats = set(Dossier.objects.exclude(laureat_le=None).values_list("numero", flat=True))

    assert Etat.BROUILLON in siens.values()
    assert laureats & set(siens)
    assert [n for n, etat in siens.items() if etat != Etat.BROUILLON and n not in laureats]
    assert comptes[f"porteur2{DOMAINE}"]["dossiers"]
    assert not set(comptes[f"porteur2{DOMAINE}"]["dossiers"]) & set(siens)
    assert len(comptes[f"invite{DOMAINE}"]["dossiers"]) == 1
    assert set(comptes[f"invite{DOMAINE}"]["dossiers"]) <= set(siens)
    assert comptes[f"expert{DOMAINE}"]["dossiers"] and comptes[f"expert2{DOMAINE}"]["dossiers"]


def test_the_figures_of_the_demonstration(demonstration):
    promis = CONTRAT["demonstration"]
    laureats = Dossier.objects.exclude(laureat_le=None).filter(vague__numero=1)
    accompagnes = laureats.filter(etat=Etat.EN_ACCOMPAGNEMENT)

    assert Dossier.objects.count() == promis["dossiers"]
    assert laureats.count() == promis["laureats"]
    assert accompagnes.count() == promis["accompagnes"]
    assert accompagnes.filter(convention=None).count() == promis["sans_subvention"]
    assert laureats.filter(etat=Etat.EN_ARBITRAGE).count() == promis["avant_arbitrage"]
    assert laureats.filter(etat=Etat.EN_INCUBATION).count() == promis["en_incubation"]


# -- Signs -------------------------------------------------------------------------------------------------------
def test_numbers_have_their_form(demonstration):
    assert all(NUMERO_DE_DOSSIER.fullmatch(n) for n in Dossier.objects.values_list("numero", flat=True))
    assert all(NUMERO_D_ACTE.fullmatch(n) for n in Acte.objects.values_list("numero", flat=True))


@pytest.mark.parametrize(
    ("qui", "prefixe", "etats"),
    [
        ("porteur", "/dossiers/", None),
        ("agent", "/instruction/", None),
        ("auditeur", "/dossiers/", None),
        ("comite1", "/comite/dossiers/", None),
        ("responsable", "/accompagnement/", (Etat.EN_INCUBATION, Etat.EN_ARBITRAGE, Etat.EN_ACCOMPAGNEMENT)),
    ],
)
def test_the_state_and_the_number_stand_on_the_dossier_s_pages(qui, prefixe, etats, visiteurs):
    """`data-etat` holds the name in the enum, `data-numero` the number; one dossier of each state."""
    user = User.objects.get(email=qui + DOMAINE)
    vus = Dossier.objects.visibles_par(user)
    if etats is not None:
        vus = vus.filter(etat__in=etats)
    par_etat = {dossier.etat: dossier for dossier in vus.order_by("pk")}
    assert par_etat
    for etat, dossier in par_etat.items():
        texte = page(visiteurs(qui), f"{prefixe}{dossier.numero}/")
        balises = re.findall(r"<[^>]*data-etat=[^>]*>", texte)
        siennes = [b for b in balises if f'data-numero="{dossier.numero}"' in b]
        assert siennes, (etat, dossier.numero)
        assert all(f'data-etat="{etat}"' in balise for balise in siennes)


@pytest.mark.parametrize("qui", ["porteur", "porteur2", "agent", "responsable", "expert"])
def test_a_button_that_changes_a_state_is_named_after_its_transition(qui, visiteurs):
    """A POST form, a button `name="action"` whose value is the transition's name."""
    user = User.objects.get(email=qui + DOMAINE)
    trouvees = set()
    for dossier in Dossier.objects.visibles_par(user).order_by("etat", "pk").distinct("etat"):
        texte = page(visiteurs(qui), f"/dossiers/{dossier.numero}/")
        boutons = set(
            re.findall(r'<button[^>]*name="action"[^>]*value="(\w+)"', " ".join(formulaires_post(texte)))
        )
        directes = {nom for nom, t in dossier.actions_pour(user).items() if not t.ecran}
        assert boutons & set(CYCLES["dossier"]) <= set(dossier.actions_pour(user)), dossier
        if dossier.droit_de(user) == "TITULAIRE":
            assert directes <= boutons, dossier
        trouvees |= boutons
    if qui.startswith("porteur"):
        assert trouvees & {"retirer", "reprendre"}


def formulaires_post(texte: str) -> list[str]:
    return re.findall(r'<form[^>]*method="post".*?</form>', texte, re.S | re.I)


def test_every_post_form_carries_its_token(visiteurs):
    for qui, chemin in (
        ("porteur", "/dossiers/"),
        ("agent", "/instruction/"),
        ("responsable", "/pilotage/decisions/"),
    ):
        formulaires = formulaires_post(page(visiteurs(qui), chemin))
        assert formulaires and all("csrfmiddlewaretoken" in formulaire for formulaire in formulaires)


def test_a_field_s_name_is_its_model_field_s(visiteurs):
    brouillon = Dossier.objects.get(etat=Etat.BROUILLON, membres__user__email=f"porteur{DOMAINE}")
    champs = {champ.name for champ in Dossier._meta.get_fields()}
    texte = page(visiteurs("porteur"), f"/dossiers/{brouillon.numero}/projet/")

    saisies = re.search(r"<main.*</main>", texte, re.S)[0]
    noms = set(re.findall(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"', saisies))
    lignes = {nom for nom in noms if re.match(r"\w+-(\d+|[A-Z_]+_FORMS)", nom)}  # rows of a table of the page
    assert {"nom_projet", "resume_public", "besoin"} <= noms & champs
    assert noms - champs - lignes <= {
        "csrfmiddlewaretoken",
        "cle_unique",
        "version",
        "lu",
        "fenetre",
        "theme",
        "texte",
        "section",
        "depuis",
    }
    enfants = {champ.name for champ in Dossier.indicateurs.rel.related_model._meta.get_fields()}
    colonnes = {nom.split("-")[2] for nom in lignes if re.match(r"indicateurs-\d", nom)}
    assert {"libelle", "cible"} <= colonnes <= enfants | {"DELETE"}


def test_an_error_stands_beside_its_field_and_on_top(visiteurs):
    """The alert links to the field; nothing typed is lost."""
    brouillon = Dossier.objects.get(etat=Etat.BROUILLON, membres__user__email=f"porteur{DOMAINE}")
    chemin = f"/dossiers/{brouillon.numero}/structure/"
    version = re.search(r'name="version" value="(\d+)"', page(visiteurs("porteur"), chemin))

    reponse = visiteurs("porteur").post(
        chemin, {"siret": "123", "raison_sociale": "Essai", "version": version[1] if version else "0"}
    )

    texte = reponse.content.decode()
    assert reponse.status_code == 200
    alerte = re.search(r"<div[^>]*fr-alert--error.*?</div>", texte, re.S)[0]
    assert 'href="#id_siret"' in alerte
    assert re.search(r'id="id_siret"[^>]*aria-describedby|aria-describedby[^>]*id="id_siret"', texte)
    assert 'value="123"' in texte and 'value="Essai"' in texte


@pytest.mark.parametrize("qui", ["porteur", "responsable", "auditeur"])
def test_pages_that_mention_an_act_link_to_it(qui, visiteurs):
    dossier = Dossier.objects.get(etat=Etat.EN_ACCOMPAGNEMENT, membres__user__email=f"porteur{DOMAINE}")
    vus = 0
    for chemin in (f"/dossiers/{dossier.numero}/", f"/accompagnement/{dossier.numero}/"):
        texte = page(visiteurs(qui), chemin)
        for numero in set(NUMERO_D_ACTE.findall(re.sub(r"<[^>]*>", " ", texte))):
            assert f'href="/actes/{numero}/"' in texte, (chemin, numero)
            vus += 1
    assert vus


def test_an_act_is_shown_then_its_sealed_pdf(visiteurs):
    """`/actes/<numero>/`, then `/actes/<numero>/pdf/` for those who see the act, nobody else."""
    depose = Dossier.objects.filter(membres__user__email=f"porteur{DOMAINE}", laureat_le=None)
    accuse = Acte.objects.get(fil=depose.exclude(etat=Etat.BROUILLON).get().fil, genre="ar_depot")
    tasks.produire(accuse.pk)
    chemin = f"/actes/{accuse.numero}/"

    assert accuse.numero in page(visiteurs("porteur"), chemin)
    reponse = visiteurs("porteur").get(f"{chemin}pdf/")
    assert (reponse.status_code, reponse["Content-Type"]) == (200, "application/pdf")
    assert reponse.content.startswith(b"%PDF-") and b"/ByteRange" in reponse.content
    for qui in ("porteur2", "comite1", "expert", "admin"):
        assert (
            visiteurs(qui).get(chemin).status_code == visiteurs(qui).get(f"{chemin}pdf/").status_code == 404
        )
    assert Client().get(f"{chemin}pdf/").status_code == 302


def test_the_mails_are_read_in_the_demonstration_only(visiteurs, settings):
    settings.DEMO = True
    assert Client().get("/demo/courriels/").status_code == 200
    settings.DEMO = False
    assert Client().get("/demo/courriels/").status_code == 404
    assert visiteurs("admin").get("/demo/courriels/").status_code == 404


def test_the_public_home_leads_to_the_role_s_home(visiteurs):
    assert Client().get("/").status_code == 200
    reponse = visiteurs("porteur").get("/")
    assert (reponse.status_code, reponse["Location"]) == (302, "/accueil/")


def test_the_files_are_whole(demonstration):
    sortie = StringIO()
    call_command("verifier_fichiers", "--json", stdout=sortie)
    bilan = json.loads(sortie.getvalue())

    assert bilan["ecarts"] == 0 and bilan["lignes"] >= bilan["fichiers"] > 0


def test_nothing_of_the_demonstration_is_past_its_time(demonstration):
    """Its fourteen months are told by the journal: the retention rules find nothing to destroy in them."""
    sortie = StringIO()
    call_command("purger", "--essai", "--json", stdout=sortie)
    genres = {g["genre"]: g["nombre"] for g in json.loads(sortie.getvalue())["genres"]}

    assert {g: n for g, n in genres.items() if n and g not in ("messages", "comptes_jamais_utilises")} == {}


@pytest.mark.long
def test_every_address_of_ours_refuses_a_stranger_or_is_public(demonstration):
    """Walk of `lister_urls`: without an account, a page that is not public leads to the sign-in or does not exist."""
    exemples = {"str": "D-2222-2222", "int": "1", "slug": "rien", "section_du_dossier": "projet"}
    for adresse in adresses():
        if adresse.motif.startswith(("/admin/", "/compte/")) or "GET" not in adresse.methodes:
            continue
        chemin = re.sub(r"<(\w+):\w+>", lambda partie: exemples[partie[1]], adresse.motif)
        reponse = Client().get(chemin)
        renvoye = reponse.status_code == 302 and reponse["Location"].startswith("/compte/login/")
        assert renvoye != (adresse.geste == "public"), adresse
        assert renvoye or reponse.status_code in (200, 302, 404, 503), adresse
