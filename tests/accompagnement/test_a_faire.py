"""Each role sees on its home page that it has something to do, and only then."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accompagnement import a_faire, a_faire_argent
from accompagnement.models import Bordereau, Convention, CoordonneesBancaires, CreditJours, Journee
from manufactures import attentes, horloge
from manufactures.procedure import Etat
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db


def boutons(user) -> set[str]:
    """What this stage asks of this person."""
    user = type(user).objects.get(pk=user.pk)
    return {tache.bouton for tache in siennes(user)}


SALLES = (a_faire.__name__, a_faire_argent.__name__)


def siennes(user) -> list:
    """The lines of this stage alone."""
    fonctions = [fonction for fonction in attentes._a_faire if fonction.__module__ in SALLES]
    return attentes.taches_pour(user, fonctions)


AGENTS = ("agent", "responsable", "signataire")


def aux_agents(*boutons_) -> dict:
    """The same buttons for the three agents."""
    return {nom: set(boutons_) for nom in AGENTS}


def attendus(gens, **par_role) -> None:
    """The law: these buttons for these people, none for the others."""
    for nom in ("porteur", "agent", "responsable", "signataire", "expert", "auditeur"):
        assert boutons(getattr(gens, nom)) == par_role.get(nom, set()), nom


def test_incubation_asks_the_agent_then_the_porteur_then_the_expert(gens):
    dossier = f.laureat(gens)
    attendus(gens, agent={"Ouvrir"}, responsable={"Ouvrir"}, signataire={"Ouvrir"})

    cohorte = f.promotion(gens, dossier)
    f.session(gens, cohorte)
    f.session(gens, cohorte, jour=horloge.aujourd_hui() + timedelta(days=3), rang=2)
    attendus(gens, porteur={"Remettre"}, expert={"Noter"}, **aux_agents("Dater"))

    livrable = dossier.livrables.get(session__module__rang=1)
    livrable.remettre(par=gens.porteur, texte="Fait")
    attendus(gens, expert={"Noter", "Relire"}, **aux_agents("Dater"))

    livrable.relire(par=gens.expert, valide=False, commentaire="Précisez.")
    attendus(gens, porteur={"Reprendre"}, expert={"Noter"}, **aux_agents("Dater"))


def test_a_cohort_that_ends_asks_for_its_reports(gens):
    dossier = f.laureat(gens)
    f.promotion(gens, dossier, debut=horloge.aujourd_hui() - timedelta(days=121))
    agents = aux_agents("Rédiger", "Dater")
    attendus(gens, **agents)

    bilan = f.bilan(gens, dossier)
    attendus(gens, porteur={"Lire"}, **agents)
    bilan.observer("Sans observation.", par=gens.porteur)
    bilan.geler(par=gens.agent)

    attendus(gens, **aux_agents("Clore", "Dater"))


def test_money_passes_from_hand_to_hand(gens, projet):
    def demandes(gens, **par_role):
        """Beside the money, the credit of days waits for its first mission all along."""
        attendus(gens, **par_role | {nom: par_role.get(nom, set()) | {"Proposer"} for nom in AGENTS})

    CreditJours.objects.create(
        dossier=projet,
        accordes=1,
        debut=horloge.aujourd_hui(),
        fin=horloge.aujourd_hui() + timedelta(days=9),
        ouvert_par=gens.responsable,
    )
    demandes(gens, porteur={"Donner"})
    CoordonneesBancaires.declarer(
        projet, par=gens.porteur, iban=f.IBAN, bic="ZZZZFRPPXXX", titulaire="La Fabrique"
    )
    demandes(gens, **aux_agents("Préparer"))
    convention = Convention.preparer(projet, par=gens.agent)
    demandes(gens, porteur={"Signer"})
    convention.signer_beneficiaire(par=gens.porteur)
    demandes(gens, signataire={"Signer"})
    convention.passer("signer", par=gens.signataire)
    demandes(gens, porteur={"Demander"})

    tranche = convention.tranches.get(type="AVANCE")
    convention.tranches.exclude(pk=tranche.pk).delete()
    tranche.demander(par=gens.porteur)
    demandes(gens, **aux_agents("Contrôler"))
    tranche.certifier(par=gens.agent)
    demandes(gens, responsable={"Ordonner"}, signataire={"Ordonner"})
    tranche.ordonner(par=gens.responsable)
    demandes(gens, signataire={"Contresigner"})
    tranche.contresigner(par=gens.signataire)
    transmettre = {"Noter", "Transmettre"}
    demandes(gens, agent={"Noter"}, responsable=transmettre, signataire=transmettre)
    Bordereau.etablir(par=gens.responsable)
    demandes(gens, **aux_agents("Noter"))
    tranche.payer(par=gens.agent, mandat="M-1")
    demandes(gens)


def test_days_pass_from_hand_to_hand(gens):
    projet = f.laureat(gens, etat=Etat.EN_ACCOMPAGNEMENT)
    attendus(gens, responsable={"Ouvrir"}, signataire={"Ouvrir"})
    f.attribution(gens, projet, investissement=0, amorcage=0)
    f.credit(gens, projet)
    attendus(gens, **aux_agents("Proposer"))

    mission = f.mission(gens, projet, jusqu_a="PROPOSEE")
    attendus(gens, porteur={"Voir"}, expert={"Répondre"})
    mission.agreer(par=gens.porteur)
    mission.passer("accepter", par=gens.expert)
    attendus(gens, responsable={"Commander"}, signataire={"Commander"})
    mission.passer("commander", par=gens.responsable)
    attendus(gens, expert={"Noter"})
    journee = Journee.noter(
        mission,
        par=gens.expert,
        date=horloge.aujourd_hui(),
        creneau="MATIN",
        lieu="SUR_PLACE",
        texte="Atelier",
    )
    attendus(gens, porteur={"Confirmer"}, expert={"Noter"})
    journee.contester(par=gens.porteur, motif="Non.")
    attendus(gens, responsable={"Trancher"}, signataire={"Trancher"}, expert={"Noter"})
    journee.trancher(par=gens.responsable, retenue=True, motif="Vu.")
    mission.passer("terminer", par=gens.expert)
    attendus(gens, porteur={"Confirmer"})
    mission.passer("attester", par=gens.porteur)
    attendus(gens, responsable={"Certifier"}, signataire={"Certifier"})
    mission.passer("certifier", par=gens.responsable)
    attendus(gens)


def test_the_lines_cost_the_same_for_one_project_and_for_two(gens):
    def cout():
        comptes = {}
        for nom in ("porteur", "agent", "responsable", "expert"):
            user = type(gens.agent).objects.get(pk=getattr(gens, nom).pk)
            user.roles  # noqa: B018 - read once per request, whatever the stage
            with CaptureQueriesContext(connection) as requetes:
                boutons_de = siennes(user)
            comptes[nom] = len(requetes)
            assert nom == "expert" or boutons_de
        return comptes

    def un_projet(jours):
        projet = f.accompagne(gens)
        f.credit(gens, projet)
        mission = f.mission(gens, projet)
        Journee.noter(
            mission,
            par=gens.expert,
            date=horloge.aujourd_hui(),
            creneau=jours,
            lieu="SUR_PLACE",
            texte="Atelier",
        )
        f.mission(gens, projet, jusqu_a="ACCEPTEE")
        f.laureat(gens)

    un_projet("MATIN")
    seul = cout()
    un_projet("APRES_MIDI")

    assert cout() == seul
