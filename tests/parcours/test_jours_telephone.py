"""A day of expertise on a phone: three taps at most after the sign-in; contested, then settled."""

import pytest

from accompagnement.models import CreditJours, Journee
from manufactures import horloge
from tests.factories import accompagnement as f
from tests.parcours.pages import Personne

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur, pytest.mark.long]
TELEPHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def scene(transactional_db, actes_au_fil_de_l_eau):
    """Three days ordered, from today."""
    gens = f.distribution()
    projet = f.accompagne(gens, nom_projet="La Cabane")
    f.credit(gens, projet)
    f.mission(gens, projet)
    return gens


def toucher(personne: Personne, role: str, nom: str) -> None:
    """One tap, and the page that it opens fits the phone's width."""
    personne._suivre(personne.page.locator("main").get_by_role(role, name=nom).first)
    debord = personne.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert debord <= 0, f"{personne.page.url} déborde de {debord} px"


def test_a_day_in_two_taps_contested_then_settled(scene, asseoir, constat):
    expert = asseoir(scene.expert, **TELEPHONE).aller("/accueil/")
    toucher(expert, "link", "Noter")
    toucher(expert, "button", "La journée")
    expert.lit("Journée envoyée", "1 jour en tout")

    porteur = asseoir(scene.porteur, **TELEPHONE).attendu("La Cabane", "Confirmer")
    porteur.page.get_by_text("Je conteste…").click()
    porteur.faire("contester", motif="Une demi-journée seulement.").lit("Contestation envoyée")

    responsable = asseoir(scene.responsable)
    responsable.aller(Journee.objects.get().get_absolute_url())
    responsable.faire("trancher", retenue="non", motif="Le compte rendu le montre.").lit(
        "Décision enregistrée"
    )

    constat.conclure()
    horloge.oublier()
    credit = CreditJours.objects.get()
    assert (Journee.objects.get().etat, credit.consommes, credit.commandes) == ("ECARTE", 0, 3)
