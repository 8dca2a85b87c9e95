"""The team: invitations by a personal link, members, one titulaire at any time."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from candidatures import jetons
from candidatures.models import Droit, Invitation, Membre, Passation
from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.courrier.tasks import reprendre
from manufactures.journal.models import Entree
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db
INVITEE = "lea.moreau@exemple.test"


def page(dossier, nom="equipe", *args):
    return reverse(f"candidatures:{nom}", args=[dossier.numero, *args])


def droits(dossier) -> dict:
    return {membre.user: membre.droit for membre in dossier.membres.all()}


def actions(dossier) -> list[str]:
    return list(Entree.objects.filter(fil=dossier.fil).order_by("rang").values_list("action", flat=True))


def lien_recu(adresse=INVITEE) -> str:
    """The link, as the last mail to this address says it."""
    message = Message.objects.filter(adresse=adresse).latest("pk")
    mot = next(m for m in message.corps_texte.split() if "/invitation/" in m)
    return mot[mot.index("/invitation/") :]


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def invitation(dossier):
    return dossier.inviter(INVITEE, Droit.LECTEUR, par=dossier.titulaire)


# -- inviting ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("avec_compte", [False, True])
def test_inviting_says_nothing_of_who_has_an_account(client, dossier, avec_compte):
    """The same page, the same row, the same mail to the address; no notice on the account's home."""
    if avec_compte:
        UserFactory(email=INVITEE)
    client.force_login(dossier.titulaire)
    reponse = client.post(page(dossier), {"courriel": INVITEE.upper(), "droit": "LECTEUR"}, follow=True)

    assert f"Invitation envoyée à {INVITEE}. Elle vaut 7 jours." in reponse.content.decode()
    message = Message.objects.get(cle="invitation_dossier")
    assert (message.destinataire, message.adresse, message.lien) == (None, INVITEE, "")
    assert "comme lecteur" in message.corps_texte and "une seule fois" in message.corps_texte
    assert droits(dossier) == {dossier.titulaire: "TITULAIRE"}
    assert actions(dossier)[-1] == "inviter"
    assert INVITEE not in str(list(Entree.objects.values_list("faits", flat=True)))


def test_the_mail_leaves_for_the_address(dossier, invitation, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    reprendre()
    assert [m.to for m in mail.outbox] == [[INVITEE]]
    assert Message.objects.get().etat == "ENVOYE"


@pytest.mark.parametrize("droit", ["CONTRIBUTEUR", "LECTEUR"])
@pytest.mark.parametrize(
    ("nom", "args"),
    [("equipe", ()), ("relancer_invitation", ("pk",)), ("retirer_invitation", ("pk",))],
)
def test_the_titulaire_alone_invites(client, dossier, invitation, *, droit, nom, args):
    """403 for the other members, who read no address; 404 for strangers; nothing has changed."""
    cles = [invitation.pk for _ in args]
    client.force_login(MembreFactory(dossier=dossier, droit=droit).user)
    assert client.post(page(dossier, nom, *cles), {"courriel": "x@exemple.test"}).status_code == 403
    assert INVITEE not in client.get(page(dossier)).content.decode()
    client.force_login(UserFactory())
    assert client.post(page(dossier, nom, *cles)).status_code == 404
    invitation.refresh_from_db()
    assert (Invitation.objects.count(), invitation.envois, invitation.retiree_le) == (1, 1, None)


def test_another_dossier_s_invitation_is_unknown(client, dossier, invitation):
    autre = DossierFactory(titulaire=dossier.titulaire)
    client.force_login(dossier.titulaire)
    for nom in ("relancer_invitation", "retirer_invitation"):
        assert client.post(page(autre, nom, invitation.pk)).status_code == 404


@pytest.mark.parametrize("saisie", ["", "pas une adresse"])
def test_a_wrong_address_is_said(client, dossier, saisie):
    client.force_login(dossier.titulaire)
    reponse = client.post(page(dossier), {"courriel": saisie, "droit": "LECTEUR"})
    assert "Écrivez une adresse" in reponse.content.decode()
    assert not Invitation.objects.exists() and not Message.objects.exists()


def test_a_member_is_not_invited_again(client, dossier):
    client.force_login(dossier.titulaire)
    reponse = client.post(page(dossier), {"courriel": dossier.titulaire.email, "droit": "LECTEUR"})
    assert "fait déjà partie de ce dossier" in reponse.content.decode()
    assert not Invitation.objects.exists()


def test_nobody_is_invited_as_a_titulaire(client, dossier):
    with pytest.raises(TransitionInterdite):
        dossier.inviter(INVITEE, Droit.TITULAIRE, par=dossier.titulaire)
    client.force_login(dossier.titulaire)
    client.post(page(dossier), {"courriel": INVITEE, "droit": "TITULAIRE"})
    assert not Invitation.objects.exists()


def test_inviting_twice_sends_a_new_link_with_the_new_right(dossier, invitation):
    ancien = lien_recu()
    suite = dossier.inviter(INVITEE, Droit.CONTRIBUTEUR, par=dossier.titulaire)
    assert (suite.pk, suite.droit, suite.envois) == (invitation.pk, "CONTRIBUTEUR", 2)
    assert lien_recu() != ancien and Message.objects.count() == 2


def test_twenty_wait_at_most(dossier):
    for rang in range(20):
        dossier.inviter(f"p{rang}@exemple.test", Droit.LECTEUR, par=dossier.titulaire)
    with pytest.raises(TransitionInterdite, match="20 invitations"):
        dossier.inviter("p20@exemple.test", Droit.LECTEUR, par=dossier.titulaire)


def test_forty_mails_an_hour(client, dossier, invitation):
    """The form is not a way to pester anybody."""
    client.force_login(dossier.titulaire)
    url = page(dossier, "relancer_invitation", invitation.pk)
    statuts = [client.post(url).status_code for _ in range(41)]
    assert statuts == [302] * 40 + [409]


# -- the link ------------------------------------------------------------------------------------------------------
def test_without_an_account_one_signs_up_and_lands_in_the_dossier(client, dossier, invitation):
    """The link proves the mailbox: no other mail is asked to be opened."""
    reponse = client.get(lien_recu())
    assert reponse.url == "/invitation/"
    accueil = client.get("/invitation/").content.decode()
    assert f"Rejoindre « {dossier.nom_projet} »" in accueil
    assert "/compte/signup/?next=/invitation/" in accueil and "/compte/login/?next=/invitation/" in accueil
    envoi = {
        "email": INVITEE,
        "password1": "une longue phrase de passe",
        "password2": "une longue phrase de passe",
        "prenom": "Léa",
        "nom": "Moreau",
        "next": "/invitation/",
    }
    assert client.post("/compte/signup/?next=/invitation/", envoi).url == "/invitation/"
    reponse = client.post("/invitation/")
    lea = User.objects.get(email=INVITEE)
    assert reponse.url == dossier.get_absolute_url() and client.get(reponse.url).status_code == 200
    assert droits(dossier)[lea] == "LECTEUR"
    invitation.refresh_from_db()
    assert (invitation.acceptee_par, invitation.nonce) == (lea, "")
    assert actions(dossier)[-1] == "rejoindre"


def test_with_an_account_one_signs_in_and_joins(client, dossier, invitation):
    user = UserFactory(email=INVITEE)
    client.get(lien_recu())
    client.force_login(user)
    session = client.session
    session["invitation"] = [invitation.pk, invitation.nonce]
    session.save()
    assert "Vous êtes connecté comme" in client.get("/invitation/").content.decode()
    assert client.post("/invitation/").url == dossier.get_absolute_url()
    assert droits(dossier)[user] == "LECTEUR"


def test_the_link_serves_once(client, dossier, invitation):
    """Used: the same 404 as a wrong one, in any browser."""
    lien, user = lien_recu(), UserFactory()
    client.force_login(user)
    client.get(lien)
    assert client.post("/invitation/").status_code == 302
    for autre in (user, UserFactory()):
        client.force_login(autre)
        assert client.get(lien).status_code == 404
        assert client.get("/invitation/").status_code == 404
        assert client.post("/invitation/").status_code == 404
    assert dossier.membres.count() == 2


def test_two_hold_the_same_link_and_one_joins(dossier, invitation):
    """Both have opened it; the deed is asked again under the lock."""
    luc, lea = UserFactory(), UserFactory()
    pour_luc, pour_lea = (Invitation.objects.get() for _ in "12")
    dossier.rejoindre(pour_luc, par=luc)
    with pytest.raises(TransitionInterdite):
        dossier.rejoindre(pour_lea, par=lea)
    assert set(droits(dossier)) == {dossier.titulaire, luc}


@pytest.mark.parametrize("cas", ["expiree", "retiree", "renvoyee", "forgee", "autre usage", "tronquee"])
def test_a_dead_link_is_unknown(client, dossier, invitation, cas, caplog):
    """One same page for all of them, and no token in the log."""
    lien = lien_recu()
    if cas == "expiree":
        Invitation.objects.update(expire_le=horloge.maintenant() - timedelta(seconds=1))
    elif cas == "retiree":
        dossier.retirer_invitation(invitation, par=dossier.titulaire)
    elif cas == "renvoyee":
        dossier.relancer_invitation(invitation, par=dossier.titulaire)
    elif cas == "forgee":
        lien = f"/invitation/{invitation.pk}-{invitation.nonce}.AAAAAAAAAAAAAAAAAAAAAAAA/"
    elif cas == "autre usage":
        lien = f"/invitation/{jetons.signer(jetons.MANDAT, invitation)}/"
    else:
        lien = lien[:-6] + "/"
    reponse = client.get(lien)
    assert reponse.status_code == 404 and "Cette page n'existe pas" in reponse.content.decode()
    assert lien.split("/")[2] not in caplog.text
    assert client.get("/invitation/").status_code == 404


def test_seven_days(dossier, invitation):
    assert invitation.expire_le - invitation.envoyee_le == timedelta(days=7)
    with horloge.a(horloge.maintenant() + timedelta(days=6, hours=23)):
        assert Invitation.du_jeton(lien_recu().split("/")[2]) == invitation
    with horloge.a(horloge.maintenant() + timedelta(days=7, seconds=1)):
        assert Invitation.du_jeton(lien_recu().split("/")[2]) is None
        with pytest.raises(TransitionInterdite):
            dossier.rejoindre(invitation, par=UserFactory())


def test_these_pages_are_neither_indexed_nor_stored_nor_told(client, invitation):
    for reponse in (client.get(lien_recu()), client.get("/invitation/")):
        assert reponse["X-Robots-Tag"] == "noindex, nofollow"
        assert reponse["Cache-Control"] == "no-store"
        assert reponse["Referrer-Policy"] == "strict-origin"


def test_guessing_is_slow(client, invitation):
    """Thirty openings in five minutes from one address, then 429, even with the right link."""
    for _ in range(30):
        assert client.get("/invitation/1-x.y/").status_code == 404
    reponse = client.get(lien_recu())
    assert reponse.status_code == 429 and reponse["Retry-After"] == "300"


def test_a_member_who_opens_an_invitation_keeps_their_right(client, dossier, invitation):
    membre = MembreFactory(dossier=dossier, droit=Droit.CONTRIBUTEUR).user
    client.force_login(membre)
    client.get(lien_recu())
    assert "Vous faites déjà partie" in client.get("/invitation/").content.decode()
    client.post("/invitation/")
    assert droits(dossier)[membre] == "CONTRIBUTEUR"


def test_the_titulaire_sees_sends_again_and_withdraws(client, dossier, invitation):
    client.force_login(dossier.titulaire)
    assert INVITEE in client.get(page(dossier)).content.decode()
    client.post(page(dossier, "relancer_invitation", invitation.pk))
    invitation.refresh_from_db()
    assert invitation.envois == 2 and Message.objects.count() == 2
    client.post(page(dossier, "retirer_invitation", invitation.pk))
    assert INVITEE not in client.get(page(dossier)).content.decode().split("</h1>")[1]
    assert client.post(page(dossier, "relancer_invitation", invitation.pk)).status_code == 409
    assert actions(dossier)[-3:] == ["inviter", "relancer_invitation", "retirer_invitation"]


# -- members -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("droit", ["CONTRIBUTEUR", "LECTEUR"])
def test_a_revoked_member_knows_the_dossier_no_more(client, dossier, droit):
    membre = MembreFactory(dossier=dossier, droit=droit)
    client.force_login(membre.user)
    assert client.get(dossier.get_absolute_url()).status_code == 200
    dossier.retirer_membre(membre, par=dossier.titulaire)
    for url in (
        dossier.get_absolute_url(),
        page(dossier),
        page(dossier, "groupement"),
        page(dossier, "lecture"),
    ):
        assert client.get(url).status_code == 404
    assert actions(dossier)[-1] == "retirer_membre"


def test_one_leaves_a_dossier_oneself(client, dossier):
    membre = MembreFactory(dossier=dossier, droit=Droit.CONTRIBUTEUR)
    client.force_login(membre.user)
    assert client.post(page(dossier, "quitter_equipe")).url == "/dossiers/"
    assert client.get(dossier.get_absolute_url()).status_code == 404
    assert actions(dossier)[-1] == "quitter_equipe"


def test_the_titulaire_neither_leaves_nor_is_removed(client, dossier):
    MembreFactory(dossier=dossier, droit=Droit.CONTRIBUTEUR)
    client.force_login(dossier.titulaire)
    assert client.post(page(dossier, "quitter_equipe")).status_code == 403
    titulaire = dossier.membres.get(droit="TITULAIRE")
    assert client.post(page(dossier, "retirer_membre", titulaire.pk)).status_code == 409
    with pytest.raises(TransitionInterdite):
        dossier.quitter(par=dossier.titulaire)
    assert dossier.membres.count() == 2


# -- ownership -----------------------------------------------------------------------------------------------------
@pytest.fixture
def membre(dossier):
    return MembreFactory(dossier=dossier, droit=Droit.LECTEUR)


def test_the_ownership_passes_once_accepted(client, dossier, membre):
    """Proposed, nothing changes; accepted, one titulaire, the former one writes on."""
    ancien = dossier.titulaire
    client.force_login(ancien)
    client.post(page(dossier, "passation"), {"action": "proposer", "membre": membre.pk})
    assert droits(dossier) == {ancien: "TITULAIRE", membre.user: "LECTEUR"}
    assert Message.objects.get(cle="passation_proposee").destinataire == membre.user
    client.force_login(membre.user)
    assert "vous propose de devenir titulaire" in client.get(page(dossier)).content.decode()
    assert "Titularité" in client.get("/accueil/").content.decode()
    assert client.post(page(dossier, "passation"), {"action": "accepter"}).url == page(dossier)
    dossier = type(dossier).objects.get(pk=dossier.pk)
    assert droits(dossier) == {ancien: "CONTRIBUTEUR", membre.user: "TITULAIRE"}
    assert Message.objects.get(cle="passation_acceptee").destinataire == ancien
    assert actions(dossier)[-2:] == ["proposer_passation", "accepter_passation"]
    client.force_login(ancien)
    assert client.post(page(dossier), {"courriel": INVITEE, "droit": "LECTEUR"}).status_code == 403


@pytest.mark.parametrize(("action", "qui"), [("refuser", "membre"), ("annuler", "titulaire")])
def test_a_proposal_declined_or_cancelled_changes_nothing(client, dossier, membre, action, qui):
    avant = droits(dossier)
    passation = dossier.proposer_passation(membre, par=dossier.titulaire)
    client.force_login(membre.user if qui == "membre" else dossier.titulaire)
    assert client.post(page(dossier, "passation"), {"action": action}).status_code == 302
    client.force_login(membre.user)
    assert client.post(page(dossier, "passation"), {"action": "accepter"}).status_code == 409
    passation.refresh_from_db()
    assert droits(dossier) == avant and passation.issue in ("REFUSEE", "ANNULEE")


def test_only_the_proposed_member_accepts(client, dossier, membre):
    dossier.proposer_passation(membre, par=dossier.titulaire)
    autre = MembreFactory(dossier=dossier, droit=Droit.CONTRIBUTEUR).user
    client.force_login(autre)
    assert client.post(page(dossier, "passation"), {"action": "accepter"}).status_code == 409
    assert client.post(page(dossier, "passation"), {"action": "annuler"}).status_code == 403
    client.force_login(dossier.titulaire)
    assert client.post(page(dossier, "passation"), {"action": "accepter"}).status_code == 403
    assert Passation.objects.get().issue == ""


def test_removing_the_proposed_member_ends_the_proposal(dossier, membre):
    passation = dossier.proposer_passation(membre, par=dossier.titulaire)
    dossier.retirer_membre(membre, par=dossier.titulaire)
    passation.refresh_from_db()
    assert passation.issue == "ANNULEE"
    with pytest.raises(TransitionInterdite):
        dossier.accepter_passation(passation, par=membre.user)


def test_one_proposal_at_a_time_to_another_member(dossier, membre):
    titulaire = dossier.membres.get(droit="TITULAIRE")
    for faux in (titulaire, MembreFactory(dossier=DossierFactory(), droit=Droit.LECTEUR)):
        with pytest.raises(TransitionInterdite):
            dossier.proposer_passation(faux, par=titulaire.user)
    dossier.proposer_passation(membre, par=titulaire.user)
    with pytest.raises(TransitionInterdite, match="attend déjà"):
        dossier.proposer_passation(membre, par=titulaire.user)


@pytest.mark.parametrize("ecriture", ["efface", "retrograde", "transfere"])
def test_the_database_refuses_a_dossier_without_titulaire(dossier, membre, ecriture):
    """Whatever the code does, at the end of the transaction."""
    titulaires = Membre.objects.filter(dossier=dossier, droit="TITULAIRE")
    autre = DossierFactory(titulaire=membre.user)
    with pytest.raises(IntegrityError, match="plus de titulaire"), transaction.atomic():
        if ecriture == "efface":
            titulaires.delete()
        elif ecriture == "retrograde":
            titulaires.update(droit="LECTEUR")
        else:
            titulaires.update(dossier=autre, droit="LECTEUR")
        connection.check_constraints()
    assert dossier.membres.filter(droit="TITULAIRE").count() == 1


def test_the_database_refuses_two_titulaires(dossier, membre):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membre.objects.filter(pk=membre.pk).update(droit="TITULAIRE")


def test_a_dossier_goes_with_its_titulaire(dossier):
    """Purged drafts take their members along."""
    dossier.delete()
    connection.check_constraints()
    assert not Membre.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_and_a_removal_race(invariants_verifies):
    """The member accepts twice while the titulaire removes them: one titulaire, whoever won."""
    dossier = DossierFactory()
    membre = MembreFactory(dossier=dossier, droit=Droit.LECTEUR)
    ancien = dossier.titulaire
    passation = dossier.proposer_passation(membre, par=ancien)
    depart, refus = threading.Barrier(3), []

    def courir(geste):
        depart.wait()
        try:
            geste()
        except TransitionInterdite as phrase:
            refus.append(str(phrase))
        finally:
            connection.close()

    gestes = [
        lambda: type(dossier).objects.get(pk=dossier.pk).accepter_passation(passation, par=membre.user),
        lambda: type(dossier).objects.get(pk=dossier.pk).accepter_passation(passation, par=membre.user),
        lambda: type(dossier).objects.get(pk=dossier.pk).retirer_membre(membre, par=ancien),
    ]
    fils = [threading.Thread(target=courir, args=(geste,)) for geste in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    tenus = droits(type(dossier).objects.get(pk=dossier.pk))
    assert list(tenus.values()).count("TITULAIRE") == 1
    assert len(refus) == 2
    assert tenus in ({ancien: "TITULAIRE"}, {ancien: "CONTRIBUTEUR", membre.user: "TITULAIRE"})


def test_the_team_page_costs_the_same_whatever_its_rows(client, django_assert_max_num_queries, dossier):
    client.force_login(dossier.titulaire)
    comptes = []
    for ajouts in (1, 3):
        for rang in range(ajouts):
            dossier.inviter(f"i{ajouts}{rang}@exemple.test", Droit.LECTEUR, par=dossier.titulaire)
            MembreFactory(dossier=dossier, droit=Droit.LECTEUR)
        with django_assert_max_num_queries(12) as requetes:
            client.get(page(dossier))
        comptes.append(len(requetes.captured_queries))
    assert comptes[0] == comptes[1]


def test_addresses_invited_are_forgotten_two_months_after_their_link(dossier, invitation):
    """The member who joined stays, and the journal with them."""
    dossier.rejoindre(invitation, par=UserFactory())
    dossier.inviter("autre@exemple.test", Droit.LECTEUR, par=dossier.titulaire)
    Invitation.objects.filter(pk=invitation.pk).update(expire_le=horloge.maintenant() - timedelta(days=61))
    call_command("purger", "--json", stdout=StringIO())
    assert [i.courriel for i in Invitation.objects.all()] == ["autre@exemple.test"]
    assert dossier.membres.count() == 2
