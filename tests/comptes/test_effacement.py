"""Erasure of a porteur: the figures stay, the person goes, and only what the law names still says who it was."""

import base64
import logging
import re
import uuid
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from structlog.testing import capture_logs

from candidatures.models import Commentaire, Dossier, Envoi, Invitation, Modification, Morceau, Question
from instruction.models import Echange
from manufactures import horloge
from manufactures.attentes import attendu_de
from manufactures.comptes.models import User
from manufactures.courrier.models import EtatMessage, Message
from manufactures.courrier.tasks import reprendre
from manufactures.fichiers import comparer
from manufactures.journal.conservation import purger
from manufactures.journal.models import Entree, consigner, premiere_rupture
from manufactures.personnes.demandes import DemandeSurCompte, Nature
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Appel
from manufactures.registres import GesteInterdit, TransitionInterdite, verifier_invariants
from tests.factories.candidatures import DossierFactory, MembreFactory, fichier
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import AppelFactory, VagueFactory

pytestmark = pytest.mark.django_db

ICI, LA = "/compte/mes-donnees/effacement/", "/pilotage/personnes/"
MARQUE, BROUILLON, DEPOSE = "zqwx", "zqwxbrouillon", "zqwxdepose"
# The only tables that may still name the person, and by which rule. All are rows of the deposited dossier.
CE_QUE_GARDE_LA_LOI = {
    "candidatures_dossier": "le dossier déposé : archive publique, délais de recours",
    "candidatures_versiondeposee": "ce qui a été déposé, figé : preuve du dépôt",
    "candidatures_piece": "le nom des pièces déposées",
    "candidatures_site": "les lieux du dossier déposé",
    "candidatures_partenaire": "les partenaires du dossier déposé",
    "candidatures_equipement": "les équipements du dossier déposé",
    "candidatures_lignefinancement": "le plan de financement déposé",
    "candidatures_ligneexercice": "les comptes prévisionnels déposés",
    "candidatures_recherche": "le nom du projet, par lequel les listes se trient ; aucun autre mot",
    "instruction_textecompare": "titre et résumé public : une aide ne se demande pas deux fois",
    "instruction_echange": "la correspondance avec l'administration sur le dossier déposé",
    "actes_acte": "l'accusé de réception délivré : preuve du dépôt",
}


def marquer(lignes, marque: str) -> None:
    """Write the marker in every free text of these rows."""
    for champ in lignes.model._meta.concrete_fields:
        libre = (
            isinstance(champ, (models.CharField, models.TextField)) and champ.editable and not champ.choices
        )
        assez = (champ.max_length or 200) >= len(marque) + 16 or champ.name == "representant_telephone"
        if (
            libre
            and assez
            and champ.name not in {"slug", "fichier", "empreinte", "nonce", "type_mime", "cle"}
        ):
            valeur = (
                f"{marque}@exemple.test" if isinstance(champ, models.EmailField) else f"{marque} {champ.name}"
            )
            lignes.update(**{champ.name: valeur[: champ.max_length or 200]})


def marquer_le_dossier(dossier, marque: str) -> None:
    """Its answers and all the rows of its tables."""
    marquer(Dossier.objects.filter(pk=dossier.pk), marque)
    for relation in Dossier._meta.related_objects:
        if relation.related_model._meta.app_label == "candidatures" and relation.field.name == "dossier":
            if relation.related_model.__name__ not in {"Recherche", "VersionDeposee", "Invitation", "Membre"}:
                marquer(relation.related_model._base_manager.filter(dossier=dossier), marque)


@pytest.fixture
def monde(personne, entrer):
    """A porteur known everywhere: an account, a draft, a refused dossier, a colleague's draft, questions, mails."""
    vague = VagueFactory()
    porteur = UserFactory(
        email="zqwxcourriel@exemple.test", prenom="Zqwxprenom", nom="Zqwxnom", telephone="zqwx0199",
        organisation="zqwxorg", qualite="zqwxqualite",
    )  # fmt: skip
    porteur.emailaddress_set.create(email=porteur.email, verified=True, primary=True)
    client = entrer(porteur, HTTP_USER_AGENT="zqwxnavigateur", REMOTE_ADDR="203.0.113.9")
    TOTP.activate(porteur, generate_totp_secret())
    Client().post("/compte/login/code/", {"email": porteur.email})  # begun, never finished

    brouillon = DossierFactory(titulaire=porteur, vague=vague)
    depose = DossierFactory(titulaire=porteur, vague=vague)
    collegue = DossierFactory(titulaire=UserFactory(), vague=vague)
    MembreFactory(dossier=collegue, user=porteur, droit="CONTRIBUTEUR")
    for dossier, marque in ((brouillon, BROUILLON), (depose, DEPOSE)):
        dossier.ajouter_piece(fichier(f"{marque}.png"), par=porteur, libelle=f"{marque} plan")
        commun = {"dossier": dossier, "par": porteur}
        Modification.objects.create(
            **commun, section="projet", champ="besoin", libelle=BROUILLON, avant=BROUILLON, apres=BROUILLON
        )
        Commentaire.objects.create(**commun, section="projet", texte=BROUILLON)
        Invitation.objects.create(
            dossier=dossier, courriel=f"{BROUILLON}@exemple.test", droit="LECTEUR", invitee_par=porteur,
            expire_le=horloge.maintenant(),
        )  # fmt: skip
        envoi = Envoi.objects.create(**commun, libelle=BROUILLON, nom=f"{BROUILLON}.pdf", taille=9)
        octets = f"%PDF {marque}".encode()
        chemin = default_storage.save(f"morceaux/{marque}", ContentFile(octets))
        Morceau.objects.create(envoi=envoi, debut=0, taille=len(octets), fichier=chemin, empreinte="0" * 64)
        Echange.objects.create(dossier=dossier, de=porteur, cote="PORTEUR", texte=marque)
    Commentaire.objects.create(dossier=collegue, par=porteur, section="projet", texte=BROUILLON)
    Modification.objects.create(
        dossier=collegue,
        par=porteur,
        section="projet",
        champ="besoin",
        libelle="x",
        avant="",
        apres=BROUILLON,
    )
    collegue_invite = {"dossier": collegue, "courriel": porteur.email, "invitee_par": collegue.titulaire}
    Invitation.objects.create(**collegue_invite, droit="LECTEUR", expire_le=horloge.maintenant())
    marquer_le_dossier(brouillon, BROUILLON)
    Dossier.objects.filter(pk=depose.pk).update(
        nom_projet=f"{DEPOSE} halle", besoin=f"{DEPOSE} besoin", representant_nom=DEPOSE,
        representant_courriel=f"{DEPOSE}@exemple.test", resume_public=f"{DEPOSE} resume",
    )  # fmt: skip
    depose.refresh_from_db()
    depose.deposer(
        par=porteur, **{f"attestation_{a}": True for a in ("honneur", "fiscale", "pouvoir", "donnees", "cer")}
    )
    consigner(depose.fil, "refuser", par=None, de="DEPOSE", vers=Etat.NON_RETENU)
    Dossier.objects.filter(pk=depose.pk).update(etat=Etat.NON_RETENU)
    Question.objects.create(appel=Appel.objects.get(), texte=f"{BROUILLON} ?", posee_par=porteur)
    tiers = UserFactory()
    autre = {"cle": "essai", "fil": depose.fil, "corps_html": ""}
    for n, etat in enumerate(EtatMessage.values):
        Message.objects.create(
            **autre, evenement=f"e{n}", destinataire=tiers, objet=f"De {porteur.nom_complet}", etat=etat,
            corps_texte=f"Écrivez à {porteur.email}, dit M. {porteur.nom}.",
        )  # fmt: skip
        Message.objects.create(
            **autre, evenement=f"s{n}", destinataire=porteur, objet=BROUILLON, corps_texte=BROUILLON
        )
        Message.objects.create(
            **autre, evenement=f"a{n}", adresse=porteur.email, objet=BROUILLON, corps_texte="x"
        )
    return {"porteur": porteur, "client": client, "brouillon": brouillon, "depose": depose, "tiers": tiers}


def restes() -> dict[str, list[str]]:
    """Every table of the database whose rows still hold the marker, whatever the column; with the rows."""
    trouves = {}
    with connection.cursor() as curseur:
        curseur.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in curseur.fetchall():
            curseur.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 (our own tables)
            lignes = [ligne for (ligne,) in curseur.fetchall() if MARQUE in en_clair(ligne)]
            if lignes:
                trouves[table] = lignes
    return trouves


def en_clair(ligne: str) -> str:
    """A row in lower case, what it holds in base64 read too (cache, sessions)."""
    codes = re.findall(r"[A-Za-z0-9+/=_-]{24,}", ligne)
    lus = []
    for code in codes:
        try:
            lus.append(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode("latin-1"))
        except ValueError:
            continue
    return f"{ligne} {' '.join(lus)}".lower()


def violations() -> list[str]:
    """What must always hold and does not: the scene writes states without their history."""
    return [phrase for _, phrases in verifier_invariants() for phrase in phrases]


def fichiers_marques() -> list[str]:
    """Stored files that hold the marker, by name or by content."""
    chemins = [chemin for chemin in Path(settings.MEDIA_ROOT).rglob("*") if chemin.is_file()]
    return [c.name for c in chemins if MARQUE in c.name or MARQUE.encode() in c.read_bytes().lower()]


def chiffres(client) -> str:
    """What the steering page counts, once what it had to say is said."""
    client.get("/aide/")
    page = client.get("/pilotage/").content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"[0-9A-Za-z]{64}|[0-9a-f-]{36}|<time.*?</time>", "", page, flags=re.DOTALL)


@pytest.fixture
def effacer(monde, client, personne, settings, django_capture_on_commit_callbacks):
    """Asked by the person on their page, done by a responsable, the mails gone and their addresses with them."""
    settings.MFA_AGENTS = "facultative"
    client.force_login(personne(Role.RESPONSABLE))

    def faire() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            assert monde["client"].post(ICI, {"action": "demander", "cle_unique": uuid.uuid4()}).url == ICI
            demande = DemandeSurCompte.objects.get()
            page = client.get(f"{LA}demandes/{demande.pk}/").content.decode()
            assert monde["depose"].numero in page and "Effacer définitivement" in page
            assert client.post(f"{LA}demandes/{demande.pk}/", {"action": "confirmer"}).url == LA
        reprendre()
        list(purger(["adresses_effacees"]))

    return faire


def test_nothing_names_the_person_but_what_the_law_keeps(monde, effacer, client, caplog):
    porteur, brouillon = monde["porteur"], monde["brouillon"]
    avant, lignes, deja = restes(), chiffres(client), violations()
    assert {"comptes_user", "account_emailaddress", "candidatures_modification", "courrier_message"} <= set(
        avant
    )
    assert {"usersessions_usersession", "candidatures_question", "candidatures_invitation"} <= set(avant)
    assert fichiers_marques()

    with capture_logs() as techniques, caplog.at_level(logging.INFO):
        effacer()

    apres = restes()
    assert not set(apres) - set(CE_QUE_GARDE_LA_LOI), {
        t: v[:1] for t, v in apres.items() if t not in CE_QUE_GARDE_LA_LOI
    }
    assert not [t for t, gardees in apres.items() if any(BROUILLON in ligne.lower() for ligne in gardees)]
    assert all(DEPOSE in ligne.lower() or "zqwxnom" in ligne.lower() for v in apres.values() for ligne in v)
    assert "zqwxcourriel" not in str(apres).lower() and "zqwx0199" not in str(apres).lower()
    assert not fichiers_marques() and not comparer().orphelins
    assert MARQUE not in f"{techniques} {caplog.text}".lower()
    assert chiffres(client) == lignes
    assert Dossier.objects.get(pk=brouillon.pk).etat == Etat.BROUILLON
    assert (
        not Dossier.objects.recherche(DEPOSE).exists() and not Dossier.objects.recherche("Zqwxnom").exists()
    )
    assert Dossier.objects.recherche(monde["depose"].numero).exists()
    assert violations() == deja
    assert premiere_rupture()[1] is None
    efface = User.objects.get(pk=porteur.pk)
    assert (
        not efface.is_active and not efface.has_usable_password() and efface.nom_complet == "Personne effacée"
    )
    assert monde["client"].get("/accueil/").url.startswith("/compte/login/")


def test_the_person_reads_what_stays_and_until_when_then_is_told(monde, effacer, mailoutbox):
    page = monde["client"].get(ICI).content.decode().replace("\xa0", " ")
    assert monde["depose"].numero in page and "Archive publique" in page and "puis tri" in page
    effacer()

    (courriel,) = [m for m in mailoutbox if m.to == ["zqwxcourriel@exemple.test"] and "effacées" in m.subject]
    assert monde["depose"].numero in courriel.body and "jusqu'au" in courriel.body and "CNIL" in courriel.body
    faits = Entree.objects.get(action="effacer_compte")
    assert faits.faits["dossiers_gardes"] == [monde["depose"].numero] and faits.faits["brouillons"] == 1
    attendant = Message.objects.filter(destinataire=monde["tiers"])
    assert attendant.count() == len(EtatMessage) and not attendant.filter(objet__icontains=MARQUE).exists()


# -- Who, and when ---------------------------------------------------------------------------------------------------
def demander(user, par, nature=Nature.EFFACER, motif="écrit au service"):
    return DemandeSurCompte.deposer(user, nature, par=par, motif=motif)


def test_two_people_and_never_the_person_alone(client, personne):
    porteur, un, deux = DossierFactory().titulaire, personne(Role.RESPONSABLE), personne(Role.RESPONSABLE)
    demande = demander(porteur, un)
    assert [t.libelle for t in attendu_de(User.objects.get(pk=deux.pk)).taches] == [
        "Effacement demandé, à confirmer"
    ]
    assert not attendu_de(User.objects.get(pk=un.pk)).taches
    for par in (un, porteur, personne(Role.AUDITEUR)):
        with pytest.raises(GesteInterdit):
            demande.trancher(accepter=True, par=par)
    with pytest.raises(TransitionInterdite):
        demande.trancher(accepter=False, par=deux)  # without a word
    assert User.objects.get(pk=porteur.pk).is_active
    demande.trancher(accepter=True, par=deux)
    assert not User.objects.get(pk=porteur.pk).is_active
    with pytest.raises(TransitionInterdite):
        demande.trancher(accepter=True, par=deux)


def test_a_refusal_says_why_and_changes_nothing(personne):
    porteur, un = DossierFactory().titulaire, personne(Role.RESPONSABLE)
    demande = DemandeSurCompte.deposer(porteur, Nature.EFFACER, par=porteur)
    demande.trancher(accepter=False, par=un, motif="un paiement est attendu")
    message = Message.objects.get(destinataire=porteur, cle="effacement_refuse")
    assert "un paiement est attendu" in message.corps_texte and "CNIL" in message.corps_texte
    assert User.objects.get(pk=porteur.pk).is_active and not DemandeSurCompte.objects.en_attente().exists()


def test_what_prevents_an_erasure(personne):
    un = personne(Role.RESPONSABLE)
    en_cours = DossierFactory(etat=Etat.DEPOSE)
    partage = DossierFactory()
    MembreFactory(dossier=partage, user=UserFactory(), droit="CONTRIBUTEUR")
    for user, mot in (
        (en_cours.titulaire, "en cours"),
        (partage.titulaire, "D'autres écrivent"),
        (personne(Role.EXPERT), "garde son nom"),
        (personne(Role.INSTRUCTEUR), "garde son nom"),
    ):
        with pytest.raises(TransitionInterdite, match=mot):
            demander(user, un)
    assert not DemandeSurCompte.objects.exists()


def test_a_responsable_of_another_call_neither_sees_nor_decides(client, personne):
    porteur = DossierFactory().titulaire
    demande = DemandeSurCompte.deposer(porteur, Nature.EFFACER, par=porteur)
    ailleurs = personne()
    HabilitationFactory(user=ailleurs, role=Role.RESPONSABLE, appel=AppelFactory(slug="un-autre-appel"))
    assert not DemandeSurCompte.objects.visibles_par(ailleurs).exists()
    with pytest.raises(GesteInterdit):
        demande.trancher(accepter=True, par=ailleurs)
    client.force_login(ailleurs)
    assert client.get(f"{LA}demandes/{demande.pk}/").status_code == 404
    assert client.get(f"{LA}{porteur.pk}/demander/effacement/").status_code == 404


# -- A second factor that was lost -----------------------------------------------------------------------------------
def test_a_lost_second_factor_is_taken_away_by_two_and_another_is_set_up_first(
    client, personne, entrer, settings
):
    agent, un, deux = personne(Role.INSTRUCTEUR), personne(Role.RESPONSABLE), personne(Role.RESPONSABLE)
    TOTP.activate(agent, generate_totp_secret())
    ouverte = Client()
    ouverte.force_login(agent)
    settings.MFA_AGENTS = "facultative"
    client.force_login(un)
    assert "Second facteur perdu" in client.get(f"{LA}{agent.pk}/").content.decode()
    chemin = f"{LA}{agent.pk}/demander/second-facteur/"
    assert client.post(chemin, {"motif": "téléphone volé, reconnue de vive voix"}).url == LA
    demande = DemandeSurCompte.objects.get()
    assert client.post(f"{LA}demandes/{demande.pk}/", {"action": "confirmer"}).status_code == 403
    assert agent.authenticator_set.exists()
    client.force_login(deux)
    assert client.post(f"{LA}demandes/{demande.pk}/", {"action": "confirmer"}).url == LA

    assert not agent.authenticator_set.exists()
    actions = (
        Entree.objects.filter(fil=f"compte/{agent.pk}").order_by("rang").values_list("action", flat=True)
    )
    assert [a for a in actions if a != "se_connecter"] == [
        "demander_second_facteur",
        "retirer_seconds_facteurs",
    ]
    assert "ont été retirés" in Message.objects.get(destinataire=agent).corps_texte
    settings.MFA_AGENTS = "obligatoire"
    assert entrer(agent).get("/accueil/").url == "/compte/2fa/"


def test_a_second_factor_is_never_taken_away_by_its_owner_nor_where_there_is_none(personne):
    agent, un = personne(Role.INSTRUCTEUR), personne(Role.RESPONSABLE)
    with pytest.raises(TransitionInterdite, match="aucun second facteur"):
        demander(agent, un, Nature.SECOND_FACTEUR)
    TOTP.activate(agent, generate_totp_secret())
    with pytest.raises(GesteInterdit):
        demander(agent, agent, Nature.SECOND_FACTEUR)


def test_the_database_refuses_a_single_pair_of_hands(personne):
    porteur, un = DossierFactory().titulaire, personne(Role.RESPONSABLE)
    demande = demander(porteur, un)
    with pytest.raises(IntegrityError, match="demande_deux_personnes"), transaction.atomic():
        DemandeSurCompte.objects.filter(pk=demande.pk).update(
            tranchee_par=un, tranchee_le=horloge.maintenant(), acceptee=True
        )
