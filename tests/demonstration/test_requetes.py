"""What each page may ask of the database, role by role, on the whole demonstration: queries and rows fetched."""

import pytest
from django.test import Client

from accompagnement.models import Journee, Livrable, Mission, Promotion, Session, Tranche
from candidatures.models import Dossier
from manufactures.actes.models import Acte
from manufactures.comptes.models import User
from selection.models import Decision, Seance
from tests.outils.compteur import compter

pytestmark = [pytest.mark.xdist_group("demonstration"), pytest.mark.django_db, pytest.mark.long]

ROLES = "porteur porteur2 agent responsable president comite1 expert auditeur admin".split()
LISTE, DETAIL = 12, 15  # queries at most: of a list or a home, of a page about one thing
MONTRES = 50  # rows that the longest of these pages shows

# The most that each address may ask, whoever reads it; the objects are those that the role may know of.
PLAFONDS = {
    "/accueil/": LISTE,
    "/dossiers/": LISTE,
    "/dossiers/creer/": LISTE,
    "/comite/": LISTE,
    "/pilotage/decisions/": LISTE,
    "/accompagnement/": LISTE,
    "/accompagnement/promotions/": LISTE,
    "/experts/": LISTE,
    "/dossiers/{dossier.numero}/": DETAIL,
    "/dossiers/{dossier.numero}/lecture/": DETAIL,
    "/dossiers/{dossier.numero}/depot/": DETAIL,
    "/dossiers/{dossier.numero}/equipe/": DETAIL,
    "/dossiers/{dossier.numero}/groupement/": DETAIL,
    "/dossiers/{dossier.numero}/projet/": DETAIL,
    "/dossiers/{dossier.numero}/financement/": DETAIL,
    "/dossiers/{dossier.numero}/pieces/": DETAIL,
    "/dossiers/{dossier.numero}/historique/": LISTE,
    "/dossiers/{dossier.numero}/commentaires/": LISTE,
    "/comite/dossiers/{dossier.numero}/": DETAIL,
    "/accompagnement/{dossier.numero}/": DETAIL,
    "/accompagnement/{dossier.numero}/bilan/": DETAIL,
    "/accompagnement/{dossier.numero}/convention/": DETAIL,
    "/accompagnement/{dossier.numero}/cloture/": DETAIL,
    "/comite/seances/{seance.pk}/": DETAIL,
    "/comite/seances/{seance.pk}/composer/": DETAIL,
    "/comite/seances/{seance.pk}/rapporteurs/": DETAIL,
    "/comite/seances/{seance.pk}/classement/": LISTE,
    "/comite/seances/{seance.pk}/ordre-du-jour/": DETAIL,
    "/comite/seances/{seance.pk}/interets/": DETAIL,
    "/comite/seances/{seance.pk}/arbitrage/": DETAIL,
    "/comite/seances/{seance.pk}/scenarios/": DETAIL,
    "/pilotage/decisions/{decision.pk}/": DETAIL,
    "/accompagnement/promotions/{promotion.pk}/": DETAIL,
    "/accompagnement/sessions/{session.pk}/": DETAIL,
    "/accompagnement/livrables/{livrable.pk}/": DETAIL,
    "/accompagnement/{tranche.convention.dossier.numero}/tranches/{tranche.pk}/": DETAIL,
    "/experts/missions/{mission.pk}/": DETAIL,
    "/experts/journees/{journee.pk}/": DETAIL,
    "/actes/{acte.numero}/": DETAIL,
}


def un_par_etat(dossiers) -> list[Dossier]:
    """The first dossier of each state: pages differ by it."""
    premiers = {}
    for dossier in dossiers.order_by("-pk"):
        premiers[dossier.etat] = dossier
    return list(premiers.values())


def objets(user) -> dict[str, list]:
    """What the addresses name, among what this person may know of."""
    return {
        "dossier": un_par_etat(Dossier.objects.visibles_par(user)),
        "seance": list(Seance.objects.visibles_par(user)),
        "decision": list(Decision.objects.visibles_par(user)[:1]),
        "promotion": list(Promotion.objects.visibles_par(user)[:1]),
        "session": list(Session.objects.visibles_par(user)[:1]),
        "livrable": list(Livrable.objects.visibles_par(user)[:1]),
        "tranche": list(Tranche.objects.visibles_par(user)[:1]),
        "mission": list(Mission.objects.visibles_par(user)[:1]),
        "journee": list(Journee.objects.visibles_par(user)[:1]),
        "acte": list(Acte.objects.visibles_par(user)[:1]),
    }


def adresses(modele: str, siens: dict) -> list[str]:
    """This address for each object that it may name."""
    nom = modele.split("{")[1].split(".", maxsplit=1)[0] if "{" in modele else ""
    return [modele.format(**{nom: objet}) for objet in siens[nom]] if nom else [modele]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_asks_more_than_its_share(demonstration, role):
    user = User.objects.get(email=f"{role}@manufactures.test")
    client, siens = Client(), objets(user)
    client.force_login(user)
    client.get("/accueil/")  # notes the visit
    lues, exces = 0, []
    for modele, plafond in PLAFONDS.items():
        for adresse in adresses(modele, siens):
            with compter() as compte:
                reponse = client.get(adresse)
            if reponse.status_code != 200:
                continue
            lues += 1
            if compte.requetes > plafond or compte.rangees > 4 * MONTRES + 50:
                exces.append(f"{adresse} : {compte}")

    assert not exces, "\n".join(exces)
    assert lues
