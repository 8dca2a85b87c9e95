"""In the browser: two agents read the same dossier apart, compare, and settle their gap."""

import pytest

from instruction.models import SecondeLecture
from manufactures.procedure import Etat
from tests.factories.instruction import (
    agent,
    appel_avec_grille,
    dossier_depose,
    pris_en_charge,
    remplir,
)
from tests.parcours.pages import Personne

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

REGLES = [f"E{n}" for n in range(1, 11)]
NOTES = [f"C{n}" for n in range(1, 8)]
SIENS, CONVENUS = "Rien n'est partagé aujourd'hui.", "La charte prévoit le partage de deux machines."


@pytest.fixture
def instruction(transactional_db, actes_au_fil_de_l_eau):
    """A call read by two agents; the first one's grid is full."""
    appel = appel_avec_grille()
    appel.double_lecture = True
    appel.save()
    grille = pris_en_charge(dossier_depose())
    remplir(grille)
    notes = {code: {"note": 4, "commentaire": "Bien étayé."} for code in NOTES}
    grille.enregistrer(par=grille.instructeur, notes=notes)
    return grille


def lire_en_second(lea: Personne, numero: str) -> None:
    """Take the second reading from the list of what waits, answer every line, hand in."""
    lea.aller(f"/instruction/{numero}/").faire("confier").lit("La première lecture s'ouvre à vous")
    assert "Bien étayé" not in lea.texte()
    reponses = {f"{code}-reponse": "OUI" for code in REGLES} | {f"{code}-note": "4" for code in NOTES}
    reponses |= {"C1-note": "1", "C1-motif": SIENS}
    lea.envoyer('main button[name="suite"][value="remettre"]', **reponses).lit("Votre lecture est remise")


def test_two_agents_reconcile_a_gap(instruction, asseoir, constat):
    numero = instruction.dossier.numero
    comparaison = f"/instruction/{numero}/seconde-lecture/"
    camille, lea = asseoir(instruction.instructeur), asseoir(agent(prenom="Léa", nom="Second"))
    lire_en_second(lea, numero)

    camille.aller(f"/instruction/{numero}/")._suivre(
        camille.page.get_by_role("link", name="Remettre sa lecture, comparer, concilier")
    )
    assert SIENS not in camille.texte()
    camille.faire("remettre").lit("1 ligne à concilier", SIENS)
    camille.envoyer(
        '#accord-C1 button[value="proposer"]', **{"accord-C1-note": "3", "accord-C1-mots": CONVENUS}
    ).lit("attend l'accord de l'autre lecteur")

    lea.aller(comparaison).lit(CONVENUS).faire("accepter").lit("Concilié")
    lecture = SecondeLecture.objects.get()
    assert lecture.conciliee_le is not None
    assert instruction.notes.get(critere__code="C1").note == 3  # noqa: PLR2004

    camille.aller(f"/instruction/{numero}/").faire("declarer_recevable").lit("Dossier déclaré recevable")
    instruction.dossier.refresh_from_db()
    assert instruction.dossier.etat == Etat.RECEVABLE
    constat.conclure()
