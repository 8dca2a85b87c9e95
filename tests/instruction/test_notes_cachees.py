"""An internal note is the agents': no page, file, mail, export nor search brings it to anybody else."""

import pytest
from django.test import Client
from django.urls import reverse

from instruction.models import NoteInterne
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from tests.factories.candidatures import MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.instruction import demande_envoyee, pris_en_charge

pytestmark = pytest.mark.django_db
SECRET = "Chuchotis-Zibeline"


@pytest.fixture
def note():
    instruction = pris_en_charge()
    ecrite = NoteInterne.ecrire(instruction.dossier, par=instruction.instructeur, texte=f"{SECRET} : à voir.")
    demande_envoyee(instruction)
    return ecrite


def pages_de(dossier) -> list[str]:
    """Whatever a porteur may open about a dossier, and about what one looks for."""
    n = dossier.numero
    siennes = [
        "/accueil/",
        "/dossiers/",
        f"/dossiers/{n}/",
        f"/dossiers/{n}/complements/",
        f"/dossiers/{n}/messages/",
        f"/dossiers/{n}/historique/",
        f"/dossiers/{n}/commentaires/",
        f"/dossiers/{n}/versions/1/dossier.pdf",
        f"/dossiers/{n}/pieces/liste/",
        f"/recherche/?q={SECRET}",
        f"/instruction/?q={SECRET}",
        "/instruction/export.csv",
        "/pilotage/export/",
        *(
            reverse(f"instruction:{nom}", args=[n])
            for nom in ("dossier", "notes", "avis", "complements", "echeance")
        ),
    ]
    return siennes + [acte.get_absolute_url() for acte in dossier.actes.all()]


def contenu(reponse) -> bytes:
    return b"".join(reponse.streaming_content) if reponse.streaming else reponse.content


def qui_ne_lit_pas(dossier) -> list:
    lecteur = MembreFactory(dossier=dossier, droit="LECTEUR").user
    contributeur = MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user
    autres = [UserFactory(role=r) for r in (Role.MEMBRE, Role.PRESIDENT, Role.EXPERT, Role.ADMINISTRATEUR)]
    return [dossier.titulaire, contributeur, lecteur, *autres]


def test_no_page_file_export_nor_search_shows_it(note):
    for user in qui_ne_lit_pas(note.dossier):
        client = Client()
        client.force_login(user)
        for chemin in pages_de(note.dossier):
            for reponse in (client.get(chemin), client.post(chemin) if "export" in chemin else None):
                if reponse is not None:
                    assert SECRET.encode() not in contenu(reponse), (user.email, chemin)


def test_what_is_looked_for_is_not_answered_as_if_it_existed(note):
    """The same page for the words of a note and for words that nobody wrote: the count betrays nothing either."""
    client = Client()
    client.force_login(note.dossier.titulaire)
    pages = [client.get(f"/recherche/?q={mot}").content.decode() for mot in (SECRET, "Zorglub-Inconnu")]
    assert pages[0].replace(SECRET, "").count("<li") == pages[1].replace("Zorglub-Inconnu", "").count("<li")


def test_no_mail_act_nor_line_of_the_journal_carries_it(note):
    assert Message.objects.exists()
    assert not Message.objects.filter(corps_texte__contains=SECRET).exists()
    assert not Message.objects.filter(corps_html__contains=SECRET).exists()
    assert all(SECRET not in str(acte.instantane) for acte in note.dossier.actes.all())
    assert all(SECRET not in f"{e.motif}{e.faits}" for e in Entree.objects.filter(fil=note.dossier.fil))


def test_the_database_gives_it_to_none_of_them(note):
    for user in qui_ne_lit_pas(note.dossier):
        assert not NoteInterne.objects.visibles_par(user).exists()
    assert NoteInterne.objects.visibles_par(note.par).get() == note
