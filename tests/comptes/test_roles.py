"""Roles given, confirmed, taken back; somebody leaves."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from instruction.models import Instruction
from manufactures import horloge
from manufactures.attentes import attendu_de
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.droits import peut
from manufactures.journal.models import Entree
from manufactures.personnes.departs import declarer_depart
from manufactures.personnes.models import Proposition, personnes_de, reprendre
from manufactures.procedure import Role
from manufactures.programme.models import Habilitation
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.instruction import pris_en_charge
from tests.factories.programme import AppelFactory
from tests.outils.compteur import compter

ICI = "/pilotage/personnes/"


@pytest.fixture
def responsable(personne):
    return personne(Role.RESPONSABLE)


@pytest.fixture
def formulaire():
    """What a responsable writes."""
    return {
        "courriel": "nouvel.agent@exemple.test",
        "prenom": "Lou",
        "nom": "Petit",
        "role": Role.INSTRUCTEUR,
        "appel": "",
        "du": "",
        "au": "",
        "motif": "renfort de la vague 3",
    }


def actions(user) -> list[str]:
    return list(
        Entree.objects.filter(fil=f"compte/{user.pk}").order_by("rang").values_list("action", flat=True)
    )


def deposer(user, role, par, appel=None, **dates):
    return Proposition.deposer(
        user, role, appel, par=par, du=dates.pop("du", horloge.maintenant()), motif="renfort", **dates
    )


# -- Giving ------------------------------------------------------------------------------------------------------
def test_a_role_is_given_to_somebody_new_who_enters_by_mail(client, responsable, formulaire):
    client.force_login(responsable)
    reponse = client.post(f"{ICI}role/", formulaire)
    lou = User.objects.get(email="nouvel.agent@exemple.test")

    assert reponse.url == f"{ICI}{lou.pk}/"
    assert lou.roles == {Role.INSTRUCTEUR} and not lou.has_usable_password()
    assert actions(lou) == ["donner_role"]
    message = Message.objects.get(destinataire=lou)
    assert message.lien == "/compte/login/code/" and "instructeur" in message.corps_texte.lower()
    assert "Lou Petit" in client.get(reponse.url).content.decode()


def test_a_newcomer_without_a_name_is_asked_for_it(client, responsable, formulaire):
    client.force_login(responsable)
    page = client.post(f"{ICI}role/", formulaire | {"nom": ""}).content.decode()
    assert "écrivez aussi le nom" in page and not User.objects.filter(email=formulaire["courriel"]).exists()


def test_a_role_begins_and_ends_on_its_days(client, responsable, formulaire):
    demain = horloge.aujourd_hui() + timedelta(days=1)
    client.force_login(responsable)
    client.post(f"{ICI}role/", formulaire | {"du": demain.isoformat(), "au": demain.isoformat()})
    lou = User.objects.get(email=formulaire["courriel"])
    assert lou.roles == {Role.PORTEUR}

    tenue = lou.habilitations.get()
    assert abs(tenue.au - tenue.du - timedelta(days=1)) <= timedelta(hours=1)  # the clock may change that day
    with horloge.a(tenue.du + timedelta(hours=1)):
        assert User.objects.get(pk=lou.pk).roles == {Role.INSTRUCTEUR}
    with horloge.a(tenue.au):
        assert User.objects.get(pk=lou.pk).roles == {Role.PORTEUR}


@pytest.mark.parametrize("role", [Role.RESPONSABLE, Role.AUDITEUR])
def test_a_role_that_decides_or_sees_all_needs_two(role, client, responsable, personne):
    agent, collegue = personne(Role.INSTRUCTEUR), personne(Role.RESPONSABLE)
    proposee = deposer(agent, role, responsable)
    assert not User.objects.get(pk=agent.pk).a_le_role(role)
    assert [t.libelle for t in attendu_de(User.objects.get(pk=collegue.pk)).taches] == [
        "Rôle proposé, à confirmer"
    ]
    assert not attendu_de(User.objects.get(pk=responsable.pk)).taches

    client.force_login(responsable)
    assert client.post(f"{ICI}propositions/{proposee.pk}/", {"action": "confirmer"}).status_code == 403
    assert not User.objects.get(pk=agent.pk).a_le_role(role)
    client.force_login(collegue)
    client.post(f"{ICI}propositions/{proposee.pk}/", {"action": "confirmer"})
    assert User.objects.get(pk=agent.pk).a_le_role(role)
    assert actions(agent) == ["proposer_role", "donner_role"]
    assert client.post(f"{ICI}propositions/{proposee.pk}/", {"action": "confirmer"}).status_code == 409


def test_a_proposal_set_aside_gives_nothing(responsable, personne):
    agent = personne(Role.INSTRUCTEUR)
    proposee = deposer(agent, Role.RESPONSABLE, responsable)
    proposee.trancher(accepter=False, par=responsable)
    assert not User.objects.get(pk=agent.pk).a_le_role(Role.RESPONSABLE)
    assert actions(agent) == ["proposer_role", "ecarter_role"]


def test_what_is_never_given(responsable, personne):
    appel = AppelFactory()
    d_un_appel = UserFactory()
    HabilitationFactory(user=d_un_appel, role=Role.RESPONSABLE, appel=appel)
    agent, machine = personne(Role.INSTRUCTEUR), personne(Role.ADMINISTRATEUR)
    parti = personne(is_active=False)
    for user, role, par, refus in (
        (responsable, Role.AUDITEUR, responsable, GesteInterdit),  # oneself
        (personne(), Role.INSTRUCTEUR, agent, GesteInterdit),  # by an agent
        (personne(), Role.INSTRUCTEUR, d_un_appel, GesteInterdit),  # on all calls, by somebody of one
        (personne(), Role.MEMBRE, responsable, TransitionInterdite),  # a seat
        (personne(), Role.ADMINISTRATEUR, responsable, TransitionInterdite),  # the machine
        (machine, Role.INSTRUCTEUR, responsable, TransitionInterdite),  # incompatible
        (agent, Role.INSTRUCTEUR, responsable, TransitionInterdite),  # already held
        (parti, Role.INSTRUCTEUR, responsable, TransitionInterdite),  # closed
    ):
        avant = Habilitation.objects.count(), Proposition.objects.count(), Entree.objects.count()
        with pytest.raises(refus):
            deposer(user, role, par)
        assert avant == (Habilitation.objects.count(), Proposition.objects.count(), Entree.objects.count())
    assert deposer(personne(), Role.INSTRUCTEUR, d_un_appel, appel) is None


# -- Taking back -------------------------------------------------------------------------------------------------
def test_a_role_taken_back_is_refused_at_the_next_request(client, responsable, personne):
    agent = personne(Role.INSTRUCTEUR)
    client.force_login(agent)
    assert client.get("/instruction/").status_code == 200
    reprendre(agent.habilitations.get(), par=responsable, motif="fin de renfort")
    assert client.get("/instruction/").status_code == 403
    assert actions(agent) == ["reprendre_role"]


def test_who_does_not_take_a_role_back(responsable, personne):
    agent, siege = personne(Role.INSTRUCTEUR), personne(Role.MEMBRE)
    appel = AppelFactory()
    d_un_appel = UserFactory()
    HabilitationFactory(user=d_un_appel, role=Role.RESPONSABLE, appel=appel)
    for habilitation, par, refus in (
        (responsable.habilitations.get(), responsable, GesteInterdit),
        (agent.habilitations.get(), agent, GesteInterdit),
        (agent.habilitations.get(), d_un_appel, GesteInterdit),
        (siege.habilitations.get(), responsable, TransitionInterdite),
    ):
        with pytest.raises(refus):
            reprendre(habilitation, par=par, motif="essai")
        assert Habilitation.objects.get(pk=habilitation.pk).au is None


def test_a_responsable_of_one_call_sees_nobody_of_another(client, personne):
    ailleurs = personne()
    HabilitationFactory(user=ailleurs, role=Role.INSTRUCTEUR, appel=AppelFactory(slug="un-autre-appel"))
    chez_soi, appel = personne(), AppelFactory(slug="cet-appel")
    HabilitationFactory(user=chez_soi, role=Role.RESPONSABLE, appel=appel)
    assert ailleurs not in personnes_de(chez_soi)
    client.force_login(chez_soi)
    for suite in ("", "depart/", f"roles/{ailleurs.habilitations.get().pk}/"):
        assert client.get(f"{ICI}{ailleurs.pk}/{suite}").status_code == 404


# -- Leaving -----------------------------------------------------------------------------------------------------
@pytest.fixture
def partante():
    """An agent with an open grid, and the dossier."""
    grille = pris_en_charge()
    return grille.instructeur, grille


def test_a_departed_agent_is_out_and_a_colleague_has_the_dossiers(client, responsable, personne, partante):
    agent, grille = partante
    collegue = personne(Role.INSTRUCTEUR)
    sessions = type(client)()
    sessions.force_login(agent)
    client.force_login(responsable)
    page = client.get(f"{ICI}{agent.pk}/depart/").content.decode()
    assert "1 dossier" in page.replace("\xa0", " ") and collegue.nom_complet in page

    envoi = {"remplacant": collegue.pk, "motif": "mutation"}
    assert client.post(f"{ICI}{agent.pk}/depart/", envoi).url == f"{ICI}{agent.pk}/"
    assert Instruction.objects.get(pk=grille.pk).instructeur == collegue
    assert sessions.get("/accueil/").url.startswith("/compte/login/")
    parti = User.objects.get(pk=agent.pk)
    assert not parti.is_active and not parti.a_le_role(Role.INSTRUCTEUR)
    assert actions(agent) == ["declarer_depart"]
    assert "Compte fermé" in client.get(f"{ICI}{agent.pk}/").content.decode()


def test_without_a_colleague_the_dossiers_go_back_to_the_queue(responsable, partante):
    agent, grille = partante
    assert declarer_depart(agent, par=responsable, motif="retraite") == (0, 1)
    assert Instruction.objects.get(pk=grille.pk).instructeur is None


def test_what_the_colleague_may_not_receive_goes_back_to_the_queue(responsable, partante, personne):
    agent, grille = partante
    assert declarer_depart(agent, par=responsable, motif="retraite", remplacant=personne()) == (0, 1)
    assert Instruction.objects.get(pk=grille.pk).instructeur is None


def test_who_is_not_declared_gone(responsable, personne, partante):
    agent, _ = partante
    for user, par, motif, refus in (
        (responsable, responsable, "moi", PermissionDenied),
        (personne(Role.MEMBRE), responsable, "siège", TransitionInterdite),
        (personne(), responsable, "porteur", TransitionInterdite),
        (agent, responsable, " ", TransitionInterdite),
        (agent, agent, "moi", PermissionDenied),
    ):
        with pytest.raises(refus):
            declarer_depart(user, par=par, motif=motif)
        assert User.objects.get(pk=user.pk).is_active


# -- The list ----------------------------------------------------------------------------------------------------
def test_the_list_costs_the_same_whatever_it_holds(client, responsable, personne):
    client.force_login(responsable)
    client.get(ICI)
    comptes = []
    for _ in range(2):
        with compter() as compte:
            assert client.get(ICI).status_code == 200
        comptes.append(compte.requetes)
        for _ in range(3):
            personne(Role.INSTRUCTEUR)
    assert comptes[0] == comptes[1] <= 12


def test_the_list_is_filtered(client, responsable, personne):
    client.force_login(responsable)
    agent, expert = personne(Role.INSTRUCTEUR, nom="Zélateur"), personne(Role.EXPERT, nom="Orfèvre")
    assert "Zélateur" in (page := client.get(f"{ICI}?q=zéla").content.decode()) and expert.nom not in page
    assert "Orfèvre" in (page := client.get(f"{ICI}?role=EXPERT").content.decode()) and agent.nom not in page
    assert "Personne ne répond" in client.get(f"{ICI}?q=introuvable").content.decode()


@pytest.mark.django_db
def test_only_responsables_manage_roles():
    assert [r for r in Role if peut("gerer_roles", UserFactory(role=r))] == [Role.RESPONSABLE]
