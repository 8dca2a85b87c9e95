"""Each role × each address of the contract: what opens, what stays hidden (404), what is somebody else's deed (403)."""

import re
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.test import Client

from accompagnement.models import Mission, Promotion, Session
from candidatures.models import Dossier, Droit, Question
from manufactures.actes.models import Acte
from manufactures.comptes.models import User
from manufactures.programme.models import Habilitation
from selection.models import Membre as Siege
from selection.models import Seance

pytestmark = pytest.mark.xdist_group("demonstration")

ROLES = "anonyme porteur porteur2 invite agent responsable president comite1 expert auditeur admin".split()
TOUS = "200 " * len(ROLES)
# The law, written out: one status a role, in the order of ROLES. 302 for the anonymous is the sign-in page.
LOI = {
    "/": "200 302 302 302 302 302 302 302 302 302 302",
    "/.well-known/security.txt": TOUS,
    "/appel/": TOUS,
    "/appel/cahier-des-charges.pdf": "302 "
    * len(ROLES),  # to the page of the call, until the worker has made it
    "/laureats/": TOUS,
    "/laureats/{laureat.slug}/": TOUS,
    "/verifier/": TOUS,
    "/verifier/{acte.code}/": TOUS,
    "/aide/": TOUS,
    "/donnees-ouvertes/": TOUS,
    "/donnees-ouvertes/laureats.csv": TOUS,
    "/donnees-ouvertes/laureats.geojson": TOUS,
    "/donnees-ouvertes/subventions.csv": TOUS,
    "/donnees-ouvertes/dictionnaires/subventions.json": TOUS,
    "/accessibilite/": TOUS,
    "/mentions-legales/": TOUS,
    "/donnees-personnelles/": TOUS,
    "/donnees-personnelles/registre/": TOUS,
    "/eligibilite/": TOUS,
    "/questions/": TOUS,
    "/questions/{publiee.pk}/": TOUS,
    "/questions/poser/": "302 200 200 200 200 200 200 200 200 200 403",
    "/questions/miennes/": "302 200 200 200 200 200 200 200 200 200 200",
    "/questions/recues/": "302 403 403 403 200 200 403 403 403 200 403",
    # Asked by porteur@, not answered yet: theirs and the agents'.
    "/questions/{posee.pk}/": "404 200 404 404 200 200 404 404 404 200 404",
    "/questions/{posee.pk}/repondre/": "302 403 404 404 200 200 404 404 404 403 404",
    "/accueil/": "302 200 200 200 200 200 200 200 200 200 200",
    "/dossiers/": "302 200 200 200 200 200 200 200 200 200 403",
    # A draft is its members' alone: agents see a count, never a content.
    "/dossiers/{brouillon.numero}/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/projet/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/equipe/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/equipe/titulaire/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/groupement/": "302 200 404 404 404 404 404 404 404 404 404",
    # Personal links: nothing without the link, whoever one is.
    "/invitation/": "404 " * len(ROLES),
    "/mandat/1-inconnu.x/": "404 " * len(ROLES),
    "/dossiers/{depose.numero}/equipe/": "302 200 404 200 403 403 404 404 404 403 404",
    "/dossiers/{depose.numero}/groupement/": "302 200 404 200 403 403 404 404 404 403 404",
    "/dossiers/{brouillon.numero}/depot/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/financement/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/tableaux/equipements/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/tableaux/sites/": "302 404 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/tableaux/equipements/modele/ods/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/tableaux/exercices/lignes/xlsx/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/structure/retrouver/": "302 302 404 404 404 404 404 404 404 404 404",
    # Without the script, the poll leads back to the section's page.
    "/dossiers/{brouillon.numero}/projet/presence/": "302 302 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/financement/bilan/": "302 405 404 404 404 404 404 404 404 404 404",
    # Once deposited a table is no longer filled; whoever reads the dossier may keep its figures.
    "/dossiers/{depose.numero}/tableaux/equipements/": "302 409 404 409 403 403 404 404 404 403 404",
    "/dossiers/{depose.numero}/tableaux/equipements/lignes/csv/": "302 200 404 200 200 200 404 404 404 200 404",
    "/dossiers/{brouillon.numero}/historique/": "302 200 404 404 404 404 404 404 404 404 404",
    "/dossiers/{brouillon.numero}/commentaires/": "302 200 404 404 404 404 404 404 404 404 404",
    "/instruction/{brouillon.numero}/": "302 403 404 404 404 404 404 404 404 404 404",
    # Deposited: its members, the agents and the auditor; the committee only from an agenda.
    "/dossiers/{depose.numero}/": "302 200 404 200 200 200 404 404 404 200 404",
    "/dossiers/{depose.numero}/versions/1/dossier.pdf": "302 200 404 200 200 200 404 404 404 200 404",
    # A piece follows its dossier: the file, its page, what the page frames.
    "/dossiers/{depose.numero}/pieces/{piece.pk}/": "302 200 404 200 200 200 404 404 404 200 404",
    "/dossiers/{depose.numero}/pieces/{piece.pk}/apercu/": "302 200 404 200 200 200 404 404 404 200 404",
    "/dossiers/{depose.numero}/pieces/{piece.pk}/contenu/": "302 200 404 200 200 200 404 404 404 200 404",
    "/dossiers/{depose.numero}/pieces/liste/": "302 200 404 200 403 403 404 404 404 403 404",
    # Posted to: 405 is the answer to who may.
    "/dossiers/{depose.numero}/pieces/{piece.pk}/remplacer/": "302 405 404 405 403 403 404 404 404 403 404",
    "/dossiers/{depose.numero}/pieces/envois/": "302 405 404 405 403 403 404 404 404 403 404",
    # Deposited, it follows its course: 409 to who could take it up again otherwise.
    "/dossiers/{depose.numero}/reprise/": "302 409 404 403 403 403 404 404 404 403 404",
    # What members wrote and said stays theirs: the agency reads what differs between two deposits.
    "/dossiers/{depose.numero}/historique/": "302 200 404 200 200 200 404 404 404 200 404",
    "/dossiers/{depose.numero}/commentaires/": "302 200 404 200 403 403 404 404 404 403 404",
    "/instruction/{depose.numero}/": "302 403 404 403 200 200 404 404 404 200 404",
    # Read by one agent alone: there is no second reading.
    "/instruction/{depose.numero}/seconde-lecture/": "302 403 404 403 404 404 404 404 404 404 404",
    # Pins, annotations and the history of the grid are the agency's: a GET of the first two leads to the page.
    "/instruction/{depose.numero}/historique/": "302 403 404 403 200 200 404 404 404 200 404",
    "/instruction/{depose.numero}/epingles/": "302 403 404 403 302 302 404 404 404 302 404",
    "/instruction/{depose.numero}/annotations/": "302 403 404 403 302 302 404 404 404 302 404",
    # The machine's hints are read on the page; the pairs and the links of agents on pages of their own.
    "/instruction/{depose.numero}/controles/": "302 403 404 403 302 302 404 404 404 302 404",
    "/instruction/{depose.numero}/doublons/": "302 403 404 403 200 200 404 404 404 200 404",
    "/instruction/{depose.numero}/liens/": "302 403 404 403 200 200 404 404 404 200 404",
    "/instruction/{depose.numero}/reprendre/": "302 403 404 403 302 302 404 404 404 302 404",
    "/dossiers/{au_comite.numero}/": "302 404 404 404 200 200 200 200 404 200 404",
    "/comite/dossiers/{au_comite.numero}/": "302 404 404 404 200 200 200 200 404 200 404",
    "/dossiers/{laureat.numero}/": "302 200 404 404 200 200 200 200 200 200 404",
    # Who concluded is told to the agents; who verifies is a responsable.
    "/instruction/verifications/": "302 403 403 403 403 200 403 403 403 403 403",
    "/instruction/{depose.numero}/verification/": "302 403 404 403 200 200 404 404 404 200 404",
    "/instruction/": "302 403 403 403 200 200 403 403 403 200 403",
    "/instruction/modeles/": "302 403 403 403 200 200 403 403 403 200 403",
    "/instruction/{depose.numero}/avis/": "302 403 404 403 200 200 404 404 404 200 404",
    "/instruction/{depose.numero}/echeance/": "302 403 404 403 200 200 404 404 404 200 404",
    # Nothing without the answer just given by a personal link.
    "/avis/reponse/": "404 404 404 404 404 404 404 404 404 404 404",
    # A file is posted for, and journalled: 405 is the answer to who may.
    "/instruction/export.csv": "302 403 403 403 405 405 403 403 403 405 403",
    "/instruction/export/xlsx/": "302 403 403 403 405 405 403 403 403 405 403",
    "/instruction/avancement/": "302 403 403 403 200 200 403 403 403 200 403",
    "/instruction/vues/": "302 403 403 403 200 200 403 403 403 200 403",
    "/instruction/vues/1/": "302 403 403 403 405 405 403 403 403 405 403",
    "/instruction/affectation/": "302 403 403 403 403 200 403 403 403 403 403",
    "/comite/": "302 403 403 403 200 200 200 200 403 200 403",
    "/comite/appels/{appel.slug}/": "302 403 403 403 200 200 200 200 403 200 403",
    "/comite/appels/{appel.slug}/membres/ajouter/": "302 403 403 403 403 200 403 403 403 403 403",
    "/comite/appels/{appel.slug}/membres/{siege.pk}/": "302 403 403 403 403 200 403 403 403 403 403",
    "/comite/appels/{appel.slug}/colleges/ajouter/": "302 403 403 403 403 200 403 403 403 403 403",
    "/comite/appels/{appel.slug}/colleges/{siege.college_id}/": "302 403 403 403 403 200 403 403 403 403 403",
    "/comite/seances/{seance.pk}/deports/": "302 404 404 404 200 200 200 200 404 200 404",
    "/comite/appels/{appel.slug}/regles/": "302 403 403 403 200 200 200 200 403 200 403",
    "/comite/seances/{seance.pk}/": "302 404 404 404 200 200 200 200 404 200 404",
    "/comite/seances/{seance.pk}/interets/": "302 404 404 404 403 403 200 200 404 403 404",
    "/comite/seances/{seance.pk}/composer/": "302 404 404 404 403 200 200 403 404 403 404",
    "/comite/seances/{seance.pk}/rapporteurs/": "302 404 404 404 403 200 200 403 404 403 404",
    "/comite/seances/{seance.pk}/classement/": "302 404 404 404 200 200 200 200 404 200 404",
    # The seats are the committee's; whoever reads the sitting reads when porteurs are heard.
    "/comite/indisponibilites/": "302 403 403 403 403 403 200 200 403 403 403",
    "/comite/seances/{seance.pk}/auditions/": "302 404 404 404 200 200 200 200 404 200 404",
    "/comite/seances/{seance.pk}/deplacer/": "302 404 404 404 403 200 200 403 404 403 404",
    # A GET of the timer leads to the board; no hearing is set on this dossier.
    "/comite/seances/{seance.pk}/minuteur/": "302 404 404 404 403 302 302 403 404 403 404",
    "/comite/dossiers/{au_comite.numero}/audition/notes/": "302 404 404 404 403 403 404 404 404 403 404",
    "/comite/seances/{arbitrage.pk}/classement/": "302 404 404 404 404 404 404 404 404 404 404",
    "/comite/seances/{seance.pk}/equilibre/": "302 404 404 404 200 200 200 200 404 200 404",
    "/comite/seances/{arbitrage.pk}/equilibre/": "302 404 404 404 404 404 404 404 404 404 404",
    "/comite/seances/{arbitrage.pk}/arbitrage/": "302 404 404 404 200 200 200 200 404 200 404",
    "/comite/seances/{arbitrage.pk}/scenarios/": "302 404 404 404 200 200 200 200 404 200 404",
    "/pilotage/": "302 403 403 403 403 200 403 403 403 200 403",
    "/pilotage/vagues/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/vagues/{depose.vague_id}/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/vagues/{depose.vague_id}/prolonger/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/vagues/{depose.vague_id}/incident/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/cahier/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/cahier/4.2/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/cahier/nouvelle/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/grille/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/grille/lignes/nouvelle/": "302 403 403 403 403 404 403 403 403 403 403",  # none in preparation
    "/pilotage/grille/lignes/1/": "302 403 403 403 403 404 403 403 403 403 403",
    "/pilotage/grille/apercu/1/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/journal/": "302 403 403 403 403 200 403 403 403 200 403",
    "/pilotage/personnes/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/role/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/{agent.pk}/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/{agent.pk}/depart/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/{agent.pk}/roles/{son_role.pk}/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/{agent.pk}/demander/second-facteur/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/{agent.pk}/demander/effacement/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/personnes/demandes/1/": "302 403 403 403 403 404 403 403 403 403 403",
    "/pilotage/personnes/propositions/1/": "302 403 403 403 403 405 403 403 403 403 403",
    "/pilotage/modeles/": "302 403 403 403 403 200 403 403 403 403 403",
    "/pilotage/programme/": "302 403 403 403 403 200 403 403 403 200 403",
    "/pilotage/durees/comite/": "302 403 403 403 403 200 403 403 403 200 403",
    "/pilotage/enveloppes/toutes/amorcage/": "302 403 403 403 403 200 403 403 403 200 403",
    "/pilotage/export/": "302 403 403 403 403 405 403 403 403 405 403",  # a POST: it writes a line of the journal
    "/pilotage/decisions/": "302 403 403 403 200 200 403 403 403 403 403",
    "/pilotage/decisions/preparer/": "302 403 403 403 302 302 403 403 403 403 403",
    "/accompagnement/": "302 200 200 200 200 200 200 200 200 200 403",
    "/accompagnement/paiements/": "302 403 403 403 200 200 403 403 403 403 403",
    "/accompagnement/paiements/1/": "302 403 403 403 403 405 403 403 403 403 403",  # POST: journalled
    "/accompagnement/comptes/": "302 403 403 403 403 200 403 403 403 200 403",
    "/accompagnement/promotions/{promotion.pk}/": "302 404 200 404 200 200 404 404 200 200 404",
    "/accompagnement/silences/": "302 403 403 403 200 200 403 403 403 403 403",
    "/accompagnement/{laureat.numero}/": "302 200 404 404 200 200 404 404 404 200 404",
    "/accompagnement/{laureat.numero}/convention/": "302 200 404 404 200 200 200 404 404 200 404",
    "/accompagnement/{laureat.numero}/convention/avenants/": "302 200 404 404 200 200 200 404 404 200 404",
    "/accompagnement/{laureat.numero}/convention/recouvrements/": "302 200 404 404 200 200 200 404 404 200 404",
    # The door of a day: 409 says why one cannot sign there now, and names nobody.
    "/e/": "302 200 200 200 200 200 200 200 200 200 403",
    # Without network: the expert of that session and the agents; its worker and its manifest say nothing of it.
    "/accompagnement/hors-ligne/{tenue.pk}/": "302 404 403 404 200 200 404 404 200 403 404",
    "/accompagnement/hors-ligne/{tenue.pk}/presences/": "302 404 403 404 405 405 404 404 405 403 404",
    "/accompagnement/hors-ligne/{tenue.pk}/photos/": "302 404 403 404 405 405 404 404 405 403 404",
    "/accompagnement/hors-ligne/jeton/": "302 200 200 200 200 200 200 200 200 200 200",
    "/accompagnement/hors-ligne/service_worker.js": TOUS,
    "/accompagnement/hors-ligne/{tenue.pk}/manifeste.webmanifest": TOUS,
    "/e/{porte.code}/": "302 409 409 409 409 409 409 409 409 409 403",
    "/experts/": "302 403 403 403 403 403 403 403 200 403 403",
    "/experts/noter/": "302 403 403 403 403 403 403 403 200 403 403",
    "/experts/releves/": "302 403 403 403 200 200 403 403 200 403 403",
    "/experts/mois/": "302 403 403 403 403 403 403 403 200 403 403",
    "/experts/missions/{mission.pk}/": "302 404 404 404 200 200 404 404 200 200 404",
    "/actes/": "302 403 403 403 200 200 403 403 403 200 403",
    # Only at the end of the path; before, whoever may is told so.
    "/dossiers/{depose.numero}/archive/": "302 403 404 403 403 409 404 404 404 409 404",
    "/actes/textes/": "302 403 403 403 200 200 403 403 403 200 403",
    "/actes/textes/labellisation/": "302 403 403 403 200 200 403 403 403 200 403",
    "/V/{acte.code}/1-2": "302 " * len(ROLES),
    "/actes/signature/": "302 403 403 403 403 200 403 403 403 403 403",
    "/actes/signature/1.png": "302 403 403 403 403 404 403 403 403 403 403",
    "/actes/numerisations/": "302 403 403 403 200 200 403 403 403 403 403",
    "/actes/numerisations/1/": "302 403 403 403 404 404 403 403 403 403 403",
    "/actes/numerisations/1/1.jpg": "302 403 403 403 404 404 403 403 403 403 403",
    "/actes/{acte.numero}/signes/1/": "302 404 404 404 404 404 404 404 404 404 404",
    "/actes/retenus/": "302 403 403 403 200 200 403 403 403 200 403",
    "/actes/{acte.numero}/apercu/": "302 403 404 404 200 200 403 403 404 200 404",
    "/actes/{acte.numero}/envois/": "302 403 404 404 200 200 403 403 404 200 404",
    "/actes/{acte.numero}/corriger/": "302 403 404 404 403 200 403 403 404 403 404",
    "/actes/{acte.numero}/annuler/": "302 403 404 404 403 200 403 403 404 403 404",
    "/actes/{acte.numero}/": "302 200 404 404 200 200 200 200 404 200 404",
    "/actes/{accuse.numero}/": "302 200 404 200 200 200 404 404 404 200 404",
    "/compte/login/": "200 302 302 302 302 302 302 302 302 302 302",
    "/admin/": "302 302 302 302 302 302 302 302 302 302 200",
}


@pytest.fixture(scope="module")
def monde(demonstration):
    """The objects that the addresses name, all of porteur@'s where they can be."""
    siens = Dossier.objects.filter(
        membres__user__email="porteur@manufactures.test", membres__droit=Droit.TITULAIRE
    )
    laureat = siens.exclude(laureat_le=None).get()
    depose = siens.exclude(etat="BROUILLON").get(laureat_le=None)
    return {
        "brouillon": siens.get(etat="BROUILLON"),
        "depose": depose,
        "piece": depose.pieces.filter(type_mime="application/pdf").exclude(type__code="rib").first(),
        "laureat": laureat,
        "au_comite": Dossier.objects.filter(etat="EN_COMITE").order_by("pk").first(),
        "seance": (seance := Seance.objects.get(type="PRE_SELECTION", vague__numero=2)),
        "appel": seance.vague.appel,
        "siege": Siege.objects.order_by("pk").first(),
        "arbitrage": Seance.objects.get(type="ARBITRAGE", etat="CLOSE"),
        "promotion": Promotion.objects.get(nom="Promotion Brasure"),
        "publiee": Question.objects.publiees().first(),
        "agent": User.objects.get(email="agent@manufactures.test"),
        "son_role": Habilitation.objects.get(user__email="agent@manufactures.test"),
        "posee": Question.objects.en_attente().get(posee_par__email="porteur@manufactures.test"),
        "porte": SimpleNamespace(code=Session.objects.order_by("pk").last().code_de_porte("MATIN")),
        "tenue": Session.objects.filter(expert__email="expert@manufactures.test").order_by("pk").last(),
        "mission": Mission.objects.filter(expert__email="expert@manufactures.test").order_by("pk").first(),
        "acte": Acte.objects.get(fil=laureat.fil, genre="labellisation"),
        "accuse": Acte.objects.get(fil=depose.fil, genre="ar_depot"),
    }


@pytest.fixture(scope="module")
def navigateurs(demonstration):
    """One signed-in client a role."""
    clients = {}
    for role in ROLES:
        clients[role] = Client()
        if role != "anonyme":
            clients[role].force_login(User.objects.get(email=f"{role}@manufactures.test"))
    return clients


@pytest.mark.parametrize("adresse", LOI)
def test_each_role_at_this_address(adresse, monde, navigateurs):
    chemin = adresse.format(**monde)
    caches["default"].clear()  # addresses opened by a personal link are counted, whoever asks

    trouves = {role: client.get(chemin).status_code for role, client in navigateurs.items()}

    assert trouves == dict(zip(ROLES, map(int, LOI[adresse].split()), strict=True))


@pytest.mark.long
@pytest.mark.parametrize("adresse", LOI)
def test_who_may_not_read_a_page_may_not_post_to_it(adresse, monde, navigateurs):
    """Hidden stays hidden and refused stays refused, whatever the method; a visitor is sent to the sign-in."""
    chemin = adresse.format(**monde)
    caches["default"].clear()
    for role, code in zip(ROLES, map(int, LOI[adresse].split()), strict=True):
        if code in (403, 404) and role != "anonyme":
            assert navigateurs[role].post(chemin).status_code in (
                {404, 405} if code == 404 else {403, 405}
            ), role
        elif role == "anonyme" and code == 302:
            assert navigateurs[role].post(chemin).status_code in (302, 405)


def test_a_hidden_dossier_answers_like_a_number_that_does_not_exist(monde, navigateurs):
    client = navigateurs["porteur2"]
    cache = client.get(f"/dossiers/{monde['depose'].numero}/")
    invente = client.get("/dossiers/D-2222-2222/")

    assert cache.status_code == invente.status_code == 404
    jeton = re.compile(r"[0-9A-Za-z]{64}")  # drawn anew for each page
    assert jeton.sub("", cache.content.decode()) == jeton.sub("", invente.content.decode())


def test_the_open_addresses_of_signed_in_pages_are_never_stored(navigateurs):
    assert navigateurs["agent"].get("/instruction/")["Cache-Control"] == "no-store"
