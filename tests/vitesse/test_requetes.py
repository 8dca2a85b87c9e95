"""A list costs the same for 10 rows as for 50, and fetches no more than it shows, whoever reads."""

import uuid

import pytest

from candidatures.models import Dossier, Section
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.procedure import Etat
from tests.candidatures.test_ecriture import affichee
from tests.factories import accompagnement as f
from tests.factories.candidatures import DossierFactory
from tests.factories.comptes import UserFactory
from tests.factories.instruction import agent, dossier_depose, vague_close
from tests.factories.programme import VagueFactory
from tests.factories.selection import Salle
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
ECRITS = {
    "libelle",
    "nom",
    "designation",
    "gouvernance",
    "strategie_rh",
    "besoin",
    "projet",
    "adresse_siege",
    "calendrier",
}


def mesurer(client, adresse):
    """What the second reading of a page costs: the first one notes the visit."""
    client.get(adresse)
    with compter() as compte:
        reponse = client.get(adresse)
    assert reponse.status_code == 200
    return compte


def meme_cout(client, adresse, ajouter, *, peu=10, beaucoup=50, montres=25, plafond=12):
    """The page with `peu` rows, then with `beaucoup`: the same queries, and rows within four times what is shown."""
    for rang in range(peu):
        ajouter(rang)
    avant = mesurer(client, adresse)
    for rang in range(peu, beaucoup):
        ajouter(rang)
    apres = mesurer(client, adresse)
    assert apres.requetes == avant.requetes, f"{avant}\n{apres}"
    assert apres.requetes <= plafond, str(apres)
    assert apres.rangees <= 4 * montres + 50, str(apres)


def test_an_empty_signed_in_page_costs_the_session_and_the_person(client):
    client.force_login(UserFactory(role="RESPONSABLE"))
    assert mesurer(client, "/aide/").requetes == 2


@pytest.mark.parametrize("adresse", ["/accueil/", "/dossiers/"])
def test_the_dossiers_of_a_porteur(client, adresse):
    porteur, vague = UserFactory(), VagueFactory()
    client.force_login(porteur)
    meme_cout(
        client,
        adresse,
        lambda rang: Dossier.ouvrir(vague=vague, nom_projet=f"Atelier {rang}", par=porteur),
        peu=11,
        beaucoup=30,
    )


def test_what_waits_for_an_agent(client):
    vague = vague_close()
    client.force_login(agent())
    meme_cout(
        client, "/accueil/", lambda rang: dossier_depose(vague, nom=f"Atelier {rang}"), peu=11, beaucoup=14
    )


def test_the_followed_projects(client):
    gens = f.distribution()
    client.force_login(gens.responsable)
    meme_cout(client, "/accompagnement/", lambda rang: f.laureat(gens), peu=3, beaucoup=8)


def test_the_agenda_of_a_sitting(client):
    def cout(nombre):
        salle = Salle(dossiers=nombre)
        salle.ouvrir()
        salle.seance.appeler(salle.point, par=salle.president.user)
        client.force_login(User.objects.get(pk=salle.president.user.pk))
        return mesurer(client, salle.seance.get_absolute_url())

    assert cout(2).requetes == cout(6).requetes <= 15


def test_the_mails_of_the_demonstration(client, settings):
    settings.DEMO = True
    lecteur = UserFactory()
    client.force_login(lecteur)

    def ecrire(rang):
        Message.objects.create(
            cle="depot_recu",
            evenement=str(rang),
            destinataire=lecteur,
            objet="Objet",
            corps_texte="x",
            corps_html="x",
        )

    meme_cout(client, "/demo/courriels/", ecrire, peu=26)


@pytest.mark.parametrize("section", Section)
def test_a_section_of_a_draft_and_its_saves(client, section):
    """Read, then written whole with every name and text of the page changed, by the button and as one types."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    adresse = f"{dossier.get_absolute_url()}{section}/"
    lecture = mesurer(client, adresse)
    assert lecture.requetes <= 15, str(lecture)
    client.post(adresse, affichee(client, dossier, section))
    for rang, entetes in enumerate(({}, {"HTTP_HX_REQUEST": "true"})):
        donnees = affichee(client, dossier, section) | {"cle_unique": str(uuid.uuid4())}
        for champ in donnees:
            if champ.rsplit("-", 1)[-1] in ECRITS:
                donnees[champ] = f"{donnees[champ]} {rang}"
        if section == Section.STRUCTURE:
            donnees["siret"] = "21260001100014" if rang else "13002603200016"
        with compter() as ecriture:
            reponse = client.post(adresse, donnees, **entetes)
        assert reponse.status_code == (200 if entetes else 302)
        assert dossier.modifications.filter(section=section).exists()
        assert ecriture.requetes <= 20, str(ecriture)


def test_the_page_of_a_dossier_for_each_side(client):
    porteur = UserFactory()
    dossier = DossierFactory(titulaire=porteur, etat=Etat.DEPOSE)
    for lecteur in (porteur, UserFactory(role="RESPONSABLE")):
        client.force_login(lecteur)
        compte = mesurer(client, dossier.get_absolute_url())
        assert compte.requetes <= 15, str(compte)
