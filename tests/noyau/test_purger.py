"""The retention rules: what goes after its time, what stays, what waits for a visa; each batch on the record."""

import json
import os
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from accompagnement.models import Tranche
from candidatures.models import Dossier, Piece
from instruction.models import Echange
from manufactures import horloge
from manufactures.comptes.models import RequeteUnique, User
from manufactures.courrier.models import EtatMessage, Message
from manufactures.fichiers import comparer
from manufactures.journal import conservation
from manufactures.journal.models import Entree, consigner, premiere_rupture
from manufactures.journal.tasks import menage
from manufactures.procedure import Etat, Role
from manufactures.registres import regles_de_conservation
from tests.factories.candidatures import DossierFactory, MembreFactory, fichier, pdf
from tests.factories.comptes import UserFactory
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db

# The law (domain study §3.4, guarantees F41, A12, row 15), in days: kind -> duration and fate.
LOI = {
    "sessions": (0, "DETRUIRE"),
    "appareils": (0, "DETRUIRE"),
    "requetes_uniques": (30, "DETRUIRE"),
    "messages": (365, "EFFACER"),
    "comptes_jamais_utilises": (365, "DETRUIRE"),
    "brouillons": (365, "DETRUIRE"),
    "envois_inacheves": (2, "DETRUIRE"),
    "numerisations": (30, "DETRUIRE"),
    "invitations": (60, "DETRUIRE"),
    "adresses_effacees": (0, "EFFACER"),
    "pieces_retirees": (35, "DETRUIRE"),
    "fichiers_orphelins": (35, "DETRUIRE"),
    "dossiers_non_retenus": (2 * 365 + 62, "TRIER"),
    "dossiers_laureats": (3653, "TRIER"),
    "notes_d_audition": (365, "DETRUIRE"),
    "indisponibilites": (365, "DETRUIRE"),
    "notes_personnelles": (365, "DETRUIRE"),
    "declarations_interets": (1827, "TRIER"),
}


def il_y_a(jours):
    """So many days ago."""
    return horloge.maintenant() - timedelta(days=jours)


def purger(*options) -> dict:
    """What the command says, by kind."""
    sortie = StringIO()
    call_command("purger", "--json", *options, stdout=sortie)
    return {ligne["genre"]: ligne for ligne in json.loads(sortie.getvalue())["genres"]}


def lignes_en_base() -> dict:
    """How many rows stand, whatever they are."""
    modeles = (Dossier, Piece.toutes, Message, RequeteUnique, User, Session, Entree, Echange)
    return {
        str(getattr(m, "model", m)): (m if hasattr(m, "model") else m._base_manager).count() for m in modeles
    }


@pytest.fixture
def brouillon():
    """A draft begun fourteen months ago, with a piece, a member who reads, a question to the agency."""
    with horloge.a(il_y_a(420)):
        dossier = DossierFactory(vague=VagueFactory())
        dossier.ajouter_piece(pdf(), par=dossier.titulaire)
        MembreFactory(dossier=dossier, droit="LECTEUR")
        Echange.ecrire(dossier, par=dossier.titulaire, texte="La surface est-elle comptée en sol ?")
    return dossier


def test_the_table_is_the_law():
    assert {g: (ligne["jours"], ligne["sort"]) for g, ligne in settings.CONSERVATION.items()} == LOI
    assert set(regles_de_conservation()) | {"fichiers_orphelins"} == set(LOI)


def test_a_trial_writes_nothing(brouillon, django_capture_on_commit_callbacks):
    avant = lignes_en_base()

    with django_capture_on_commit_callbacks(execute=True) as apres:
        constats = purger("--essai")

    assert (constats["brouillons"]["nombre"], constats["brouillons"]["exemples"]) == (1, [brouillon.numero])
    assert lignes_en_base() == avant
    assert apres == [] and comparer().ecarts == 0


def test_an_abandoned_draft_goes_with_its_files(brouillon, django_capture_on_commit_callbacks):
    chemin = brouillon.pieces.get().fichier.name
    titulaire, numero = brouillon.titulaire, brouillon.numero

    with django_capture_on_commit_callbacks(execute=True):
        assert default_storage.exists(chemin)
        constats = purger()

    assert constats["brouillons"]["nombre"] == 1
    assert not Dossier.objects.exists() and not Piece.toutes.exists() and not Echange.objects.exists()
    assert not default_storage.exists(chemin) and comparer().ecarts == 0
    assert User.objects.filter(pk=titulaire.pk).exists()  # the journal names its key: the person stays
    fin = Entree.objects.filter(fil=f"dossier/{numero}").last()
    assert (fin.action, fin.acteur, fin.faits) == ("detruire_brouillon", None, {})
    lot = Entree.objects.get(fil="conservation", faits__genre="brouillons")
    assert (lot.action, lot.acteur, lot.faits["nombre"]) == ("purger", None, 1)
    assert premiere_rupture()[1] is None


def test_a_second_run_finds_nothing(brouillon):
    purger()
    apres = lignes_en_base()

    assert {genre: c["nombre"] for genre, c in purger().items()} == dict.fromkeys(LOI, 0)
    assert lignes_en_base() == apres


@pytest.mark.parametrize("signe", ["réponse", "pièce", "message", "récent"])
def test_a_draft_that_someone_still_touches_stays(brouillon, signe):
    """Twelve months since the last change, whatever the change."""
    if signe == "réponse":
        Dossier.objects.filter(pk=brouillon.pk).update(modifie_le=il_y_a(100))
    elif signe == "pièce":
        with horloge.a(il_y_a(100)):
            brouillon.ajouter_piece(fichier(), par=brouillon.titulaire)
    elif signe == "message":
        with horloge.a(il_y_a(100)):
            Echange.ecrire(brouillon, par=brouillon.titulaire, texte="Autre question")
    else:
        Dossier.objects.exclude(pk=brouillon.pk).delete()
        with horloge.a(il_y_a(364)):
            DossierFactory(vague=brouillon.vague)
        Dossier.objects.filter(pk=brouillon.pk).update(modifie_le=il_y_a(1))
    avant = Dossier.objects.count()

    assert purger()["brouillons"]["nombre"] == 0
    assert Dossier.objects.count() == avant


def test_a_draft_that_was_once_deposited_stays():
    """Its receipt and its frozen version are proofs."""
    with horloge.a(il_y_a(420)):
        dossier = DossierFactory(etat=Etat.DEPOSE, vague=VagueFactory())
        dossier.passer("reprendre", par=dossier.titulaire)

    assert purger()["brouillons"]["nombre"] == 0
    assert Dossier.objects.get().etat == Etat.BROUILLON


def test_a_draft_that_others_need_is_held_back(brouillon):
    """A later dossier points to it: the batch goes on without it, and says so."""
    with horloge.a(il_y_a(420)):
        autre = DossierFactory(vague=brouillon.vague)
    suite = DossierFactory(vague=brouillon.vague, issu_de=brouillon)

    constat = purger()["brouillons"]

    assert (constat["nombre"], constat["retenus"]) == (1, 1)
    assert set(Dossier.objects.all()) == {brouillon, suite}
    assert not Dossier.objects.filter(pk=autre.pk).exists()
    assert not Entree.objects.filter(fil=brouillon.fil, action="detruire_brouillon").exists()


def test_batches_follow_each_other(brouillon, monkeypatch):
    monkeypatch.setattr(conservation, "LOT", 2)
    with horloge.a(il_y_a(420)):
        for _ in range(4):
            DossierFactory(vague=brouillon.vague)

    assert purger()["brouillons"]["nombre"] == 5
    lots = Entree.objects.filter(fil="conservation", faits__genre="brouillons")
    assert [lot.faits["nombre"] for lot in lots] == [2, 2, 1]


def test_a_piece_taken_away_goes_later(django_capture_on_commit_callbacks):
    with horloge.a(il_y_a(40)):
        dossier = DossierFactory()
        retiree = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
        dossier.retirer_piece(retiree, par=dossier.titulaire)
    with horloge.a(il_y_a(34)):
        recente = dossier.ajouter_piece(fichier(), par=dossier.titulaire)
        dossier.retirer_piece(recente, par=dossier.titulaire)

    with django_capture_on_commit_callbacks(execute=True):
        assert purger()["pieces_retirees"]["nombre"] == 1

    assert Piece.toutes.get() == recente
    assert not default_storage.exists(retiree.fichier.name) and comparer().ecarts == 0


def test_a_piece_that_a_deposit_names_stays():
    vague = VagueFactory(ouverture=il_y_a(90), cloture=il_y_a(30))
    with horloge.a(il_y_a(60)):
        dossier = DossierFactory(vague=vague)
        piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
        dossier.deposer(par=dossier.titulaire, attestation_honneur=True, attestation_fiscale=True,
                        attestation_pouvoir=True, attestation_donnees=True, attestation_cer=True)  # fmt: skip
    with horloge.a(il_y_a(50)):
        dossier.refresh_from_db()
        dossier.passer("reprendre", par=dossier.titulaire)
        dossier.retirer_piece(piece, par=dossier.titulaire)

    assert purger()["pieces_retirees"]["nombre"] == 0
    assert Piece.toutes.get() == piece


def test_a_file_of_no_row_goes_once_it_is_old():
    DossierFactory(nom_projet="Un voisin").ajouter_piece(pdf(), par=Dossier.objects.get().titulaire)
    for nom, jours in (("pieces/aa/vieux", 36), ("pieces/zz/recent", 1)):
        default_storage.save(nom, ContentFile(b"x"))
        instant = il_y_a(jours).timestamp()
        os.utime(default_storage.path(nom), (instant, instant))

    assert purger("--essai")["fichiers_orphelins"]["exemples"] == ["pieces/aa/vieux"]
    assert default_storage.exists("pieces/aa/vieux")
    assert purger()["fichiers_orphelins"]["nombre"] == 1

    assert not default_storage.exists("pieces/aa/vieux")
    assert default_storage.exists("pieces/zz/recent") and Piece.objects.count() == 1


# -- People, sessions, messages ----------------------------------------------------------------------------------
def test_accounts_never_used_go_with_their_address():
    with horloge.a(il_y_a(400)):
        jamais = UserFactory(cree_le=horloge.maintenant())
        EmailAddress.objects.create(user=jamais, email=jamais.email)
        venu = UserFactory(cree_le=horloge.maintenant(), last_login=horloge.maintenant())
        habilite = UserFactory(cree_le=horloge.maintenant(), role=Role.EXPERT)
        membre = UserFactory(cree_le=horloge.maintenant())
        auteur = UserFactory(cree_le=horloge.maintenant())
        consigner("essai", "essayer", par=auteur)
        technique = UserFactory(cree_le=horloge.maintenant(), is_staff=True)
    MembreFactory(user=membre, droit="LECTEUR")
    recent = UserFactory()

    constat = purger()["comptes_jamais_utilises"]

    assert constat["nombre"] == 1 and constat["exemples"] == []
    assert not User.objects.filter(pk=jamais.pk).exists() and not EmailAddress.objects.exists()
    restent = {venu, habilite, membre, auteur, technique, recent}
    assert restent <= set(User.objects.all())


def test_the_night_takes_sessions_and_keys_alone(brouillon):
    vieille = {"session_data": "x", "expire_date": il_y_a(1)}
    Session.objects.create(session_key="a" * 32, **vieille)
    Session.objects.create(session_key="b" * 32, **vieille | {"expire_date": il_y_a(-1)})
    for rang, jours in enumerate((31, 29)):
        RequeteUnique.objects.create(
            cle=f"{rang:032x}", user=brouillon.titulaire, chemin="/", recue_le=il_y_a(jours)
        )

    menage()

    assert Session.objects.get().session_key == "b" * 32
    assert RequeteUnique.objects.get().recue_le > il_y_a(30)
    assert Dossier.objects.count() == 1  # what is destroyed by decision waits for somebody to run the command


def test_old_messages_lose_their_words_and_stay_counted():
    commun = {"cle": "depot_recu", "objet": "Reçu", "corps_texte": "Bonjour", "corps_html": "<p>Bonjour</p>"}
    user = UserFactory()
    for rang, (etat, jours) in enumerate(
        (
            (EtatMessage.ENVOYE, 366),
            (EtatMessage.ECHEC, 366),
            (EtatMessage.ENVOYE, 364),
            (EtatMessage.A_ENVOYER, 366),
        )
    ):
        Message.objects.create(
            **commun,
            evenement=f"e{rang}",
            destinataire=user,
            etat=etat,
            cree_le=il_y_a(jours),
            envoye_le=il_y_a(jours),
        )

    assert purger()["messages"]["nombre"] == 2

    assert [m.corps_texte for m in Message.objects.order_by("pk")] == ["", "", "Bonjour", "Bonjour"]
    assert Message.objects.filter(corps_html="").count() == 2


# -- What waits for a visa ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("jours", "trouves"), [(800, 1), (700, 0)])
def test_refused_dossiers_are_counted_never_destroyed(jours, trouves):
    """Two months to appeal, two years more; then the archivist's visa (Code du patrimoine, R212-14)."""
    with horloge.a(il_y_a(jours)):
        dossier = DossierFactory(etat=Etat.DEPOSE, vague=VagueFactory())
        dossier.passer("retirer", par=dossier.titulaire)

    essai, reel = purger("--essai"), purger()

    assert essai["dossiers_non_retenus"]["nombre"] == trouves
    assert (reel["dossiers_non_retenus"]["nombre"], reel["dossiers_non_retenus"]["retenus"]) == (0, trouves)
    assert Dossier.objects.get() == dossier
    texte = StringIO()
    call_command("purger", "--essai", stdout=texte)
    assert "à trier avec visa (Code du patrimoine, R212-14)" in texte.getvalue()


def test_laureates_wait_ten_years_after_the_last_payment():
    """A payment ten years after the closing moves the limit; counted, never destroyed."""
    with horloge.a(il_y_a(3700)):
        dossier = DossierFactory(etat=Etat.DEPOSE, vague=VagueFactory())
        consigner(dossier.fil, "clore", par=None, de=Etat.EN_ACCOMPAGNEMENT, vers=Etat.CLOS)
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.CLOS)

    assert purger()["dossiers_laureats"]["retenus"] == 1
    assert not Tranche.objects.exists() and Dossier.objects.get() == dossier


def test_the_list_names_no_one(brouillon):
    """Numbers only."""
    texte = StringIO()
    call_command("purger", "--essai", stdout=texte)

    assert brouillon.numero in texte.getvalue()
    for mot in (brouillon.titulaire.email, brouillon.titulaire.nom, brouillon.nom_projet, "statuts.pdf"):
        assert mot not in texte.getvalue()
