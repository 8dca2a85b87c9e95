"""Without scripts a dossier is still written and deposited; on a phone no page is wider than the screen."""

import pytest

from candidatures.models import Dossier
from manufactures.actes.models import Acte
from manufactures.comptes.models import User
from manufactures.procedure import Etat
from tests.factories import accompagnement
from tests.factories.candidatures import DossierFactory
from tests.factories.instruction import dossier_depose, pris_en_charge
from tests.factories.selection import Salle
from tests.parcours.depot import CONTINUER, fichier
from tests.parcours.monde import courriel
from tests.parcours.pages import debordements

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def test_a_dossier_is_written_and_deposited_without_scripts(entrer, monde, constat):
    constat.avec_axe = False
    dossier = DossierFactory(vague=monde.vague, titulaire=User.objects.get(email=courriel("porteur")))
    porteur = entrer("porteur", java_script_enabled=False)

    porteur.attendu(dossier.nom_projet, "déposer")
    porteur.aller(f"/dossiers/{dossier.numero}/gouvernance/").envoyer(
        CONTINUER, gouvernance="Un conseil à cinq collèges."
    )
    porteur.envoyer(
        'main form[enctype] button:not([name="action"])', type="statuts", fichier=fichier("statuts.pdf")
    )
    porteur.lit("statuts.pdf").aller(f"/dossiers/{dossier.numero}/depot/").faire(
        "deposer",
        attestation_pouvoir=True,
        attestation_fiscale=True,
        attestation_honneur=True,
        attestation_donnees=True,
    )

    porteur.lit("Dossier déposé").constate(dossier.numero, "DEPOSE")
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.etat, dossier.gouvernance) == (Etat.DEPOSE, "Un conseil à cinq collèges.")
    assert Acte.objects.get().etat == "SCELLE"
    constat.conclure()


@pytest.fixture
def telephone(transactional_db, asseoir, constat, settings):
    """Open pages as somebody on a phone: none is wider than the screen, nothing is cut, axe agrees."""
    settings.MFA_AGENTS = "facultative"

    def lire(user, *chemins: str) -> None:
        personne = asseoir(user, **TELEPHONE)
        trouves = {}
        for chemin in chemins:
            personne.aller(chemin)
            trouves[chemin] = debordements(personne.page)
        assert trouves == dict.fromkeys(chemins, [])
        constat.conclure()

    return lire


def test_a_phone_holds_the_public_pages(telephone):
    telephone(None, "/", "/compte/login/", "/laureats/", "/verifier/")


def test_a_phone_holds_the_porteur_s_pages(telephone):
    dossier = DossierFactory()
    base = f"/dossiers/{dossier.numero}/"
    telephone(
        dossier.titulaire,
        "/accueil/",
        base,
        f"{base}lieu/",
        f"{base}modele/",
        f"{base}financement/",
        f"{base}depot/",
    )


def test_a_phone_holds_the_agent_s_split_view(telephone):
    grille = pris_en_charge(dossier_depose())
    telephone(grille.instructeur, "/accueil/", "/instruction/", f"/instruction/{grille.dossier.numero}/")


def test_a_phone_holds_the_sitting(telephone):
    salle = Salle().ouvrir()
    salle.ouvrir_scrutin()
    ici = salle.seance.get_absolute_url()
    for user in (salle.president.user, salle.membres[1].user):
        telephone(user, "/accueil/", "/comite/", ici)


def test_a_phone_holds_the_expert_s_week(telephone):
    gens = accompagnement.distribution()
    projet = accompagnement.accompagne(gens)
    accompagnement.credit(gens, projet)
    accompagnement.enveloppe_ingenierie(projet)
    mission = accompagnement.mission(gens, projet)
    telephone(gens.expert, "/accueil/", "/experts/", mission.get_absolute_url())
