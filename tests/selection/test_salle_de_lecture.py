"""The reading room: proofs one click away, how far one is, and notes that nobody else ever reads."""

import html
import re

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F
from django.urls import reverse

from instruction.models import Epingle, Instruction
from instruction.models.epingles import situer_dans
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit
from selection.models import Lecture, NotePersonnelle, TypeSeance
from tests.factories.candidatures import pdf
from tests.factories.comptes import UserFactory
from tests.factories.selection import Salle
from tests.outils.compteur import compter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
CODES = ("C1", "C2", "C3", "C4", "C5", "C6", "C7")
SECRET = "Le bail me paraît fragile, revoir avec ma collègue."


@pytest.fixture
def salle() -> Salle:
    return Salle(type_=TypeSeance.PRE_SELECTION, dossiers=2).convoquer().declarer()


def adresse(dossier) -> str:
    return reverse("selection:lecture", args=[dossier.numero])


def page(client, user, dossier) -> str:
    client.force_login(user)
    reponse = client.get(adresse(dossier))
    assert reponse.status_code == 200
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


def poster(client, user, dossier, **donnees):
    client.force_login(user)
    return client.post(adresse(dossier), donnees)


def notes(valeur=3) -> dict:
    return {f"{code}-note": valeur for code in CODES}


def epingler(dossier, code: str, lieu: str, **passage) -> None:
    """A pin on the grid, as the agent left it before handing it in."""
    grille = dossier.instruction
    critere = dossier.vague.appel.criteres.get(code=code)
    faits = situer_dans(dossier, lieu, **passage)
    Epingle.objects.create(instruction=grille, critere=critere, par=grille.instructeur, **faits)
    Instruction.objects.filter(pk=grille.pk).update(epingles_posees=F("epingles_posees") + 1)


# -- Proofs ----------------------------------------------------------------------------------------------------------
def test_from_a_mark_its_pinned_proof_is_one_click_away(client, salle):
    """Beside the criterion to mark, a link to the very answer on the same page, its words underlined."""
    dossier = salle.dossiers[0]
    passage = " ".join(dossier.besoin.split()[:3])
    epingler(dossier, "C4", "champ-besoin", passage=passage)
    texte = page(client, salle.membres[1].user, dossier)
    lien = re.search(r'<a href="#champ-besoin:~:text=([^"]+)"[^>]*>(.*?)</a>', texte)
    assert passage in lien[2]
    assert "C4, preuve" in lien[2]
    assert 'id="champ-besoin"' in texte
    groupe = re.search(r'<fieldset[^>]*aria-labelledby="critere-C4".*?</fieldset>', texte, re.S)[0]
    assert "#champ-besoin" in groupe


def test_the_instant_of_the_deposit_is_a_place_too(client, salle):
    epingler(salle.dossiers[0], "C1", "champ-depot")
    texte = page(client, salle.membres[1].user, salle.dossiers[0])
    assert 'href="#champ-depot"' in texte
    assert 'id="champ-depot"' in texte


def test_a_page_of_a_piece_opens_in_a_new_tab(client, salle):
    dossier = salle.dossiers[0]
    piece = dossier._joindre(
        pdf(), par=dossier.titulaire, type=None, libelle="Promesse de bail", remplace=None
    )
    epingler(dossier, "C2", f"piece-{piece.pk}", page=2)
    texte = page(client, salle.membres[1].user, dossier)
    lien = re.search(r'<a href="([^"]*#page=2)"([^>]*)>', texte)
    assert 'target="_blank"' in lien[2]
    assert "nouvelle fenêtre" in lien[2]
    assert client.get(lien[1].split("#")[0]).status_code == 200


def test_what_the_committee_does_not_read_is_not_cited_to_it(client, salle):
    """The representative's address is left out of the version: a pin on it would give it away."""
    dossier = salle.dossiers[0]
    epingler(dossier, "C1", "champ-representant_courriel", passage=dossier.representant_courriel)
    assert dossier.representant_courriel not in page(client, salle.membres[1].user, dossier)


# -- How far one is --------------------------------------------------------------------------------------------------
def test_it_says_how_many_readings_are_handed_in(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    assert "0 sur 2 rendue" in page(client, membre.user, dossier)
    assert poster(client, membre.user, dossier, action="rendre", **notes()).status_code == 302
    assert "1 sur 2 rendue" in page(client, membre.user, dossier)
    assert "0 sur 2 rendue" in page(client, salle.membres[2].user, dossier)


def test_a_dossier_one_stepped_back_from_is_in_no_count(client, salle):
    membre = salle.membres[1]
    salle.deporter(membre, salle.dossiers[1])
    assert "0 sur 1 rendue" in page(client, membre.user, salle.dossiers[0])


def test_who_does_not_read_as_a_member_has_no_progress_and_no_notes(client, salle):
    texte = page(client, salle.responsable, salle.dossiers[0])
    assert "rendue" not in re.search(r"n° D-.*?</p>", texte, re.S)[0]
    assert 'name="carnet"' not in texte


# -- One's own notes -------------------------------------------------------------------------------------------------
def test_one_s_notes_are_kept_with_the_marks_and_read_again(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    poster(client, membre.user, dossier, action="noter", carnet=SECRET, **notes(2))
    assert SECRET in page(client, membre.user, dossier)
    assert Lecture.objects.get().notes.filter(note=2).count() == len(CODES)
    poster(client, membre.user, dossier, action="rendre", carnet=f"{SECRET} Vu.", **notes())
    assert f"{SECRET} Vu." in page(client, membre.user, dossier)
    poster(client, membre.user, dossier, action="garder", carnet="Autre chose.")
    assert "Autre chose." in page(client, membre.user, dossier)
    assert Lecture.objects.get().rendue_le is not None


def test_notes_typed_with_a_wrong_mark_stay(client, salle):
    reponse = poster(client, salle.membres[1].user, salle.dossiers[0], action="rendre", carnet=SECRET)
    assert reponse.status_code == 200
    assert SECRET in html.unescape(reponse.content.decode())


def test_an_emptied_note_leaves_nothing_behind(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    poster(client, membre.user, dossier, action="garder", carnet=SECRET)
    poster(client, membre.user, dossier, action="garder", carnet="  ")
    assert not NotePersonnelle.objects.exists()


def test_nobody_else_ever_reads_them(client, salle):
    """Whoever, before and after the readings, on every page of the committee that they may open; nor the journal."""
    membre, dossier = salle.membres[1], salle.dossiers[0]
    poster(client, membre.user, dossier, action="rendre", carnet=SECRET, **notes())
    poster(client, salle.membres[2].user, dossier, action="rendre", **notes())
    salle.responsable.is_superuser = True
    for autre in (
        *(m.user for m in salle.membres if m != membre),
        salle.responsable,
        dossier.instruction.instructeur,
        dossier.titulaire,
        UserFactory(role=Role.AUDITEUR),
        UserFactory(role=Role.ADMINISTRATEUR),
    ):
        assert not NotePersonnelle.objects.visibles_par(autre).exists()
        client.force_login(autre)
        for url in (
            adresse(dossier),
            reverse("selection:seance", args=[salle.seance.pk]),
            reverse("selection:classement", args=[salle.seance.pk]),
            reverse("instruction:dossier", args=[dossier.numero]),
            dossier.get_absolute_url(),
        ):
            assert SECRET not in html.unescape(client.get(url).content.decode()), (autre, url)
    assert not Entree.objects.filter(faits__icontains="bail me para").exists()
    assert list(NotePersonnelle.objects.visibles_par(membre.user)) == list(NotePersonnelle.objects.all())


def test_nobody_writes_them_for_another(client, salle):
    with pytest.raises(GesteInterdit):
        NotePersonnelle.ecrire(salle.dossiers[0], salle.membres[1], SECRET, par=salle.membres[2].user)
    assert (
        poster(client, salle.responsable, salle.dossiers[0], action="garder", carnet=SECRET).status_code
        == 403
    )
    assert not NotePersonnelle.objects.exists()


def test_a_recusal_takes_them_away(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    poster(client, membre.user, dossier, action="garder", carnet=SECRET)
    salle.deporter(membre, dossier)
    assert not NotePersonnelle.objects.exists()
    with pytest.raises(type(dossier).DoesNotExist):
        NotePersonnelle.ecrire(dossier, membre, SECRET, par=membre.user)


def test_too_long_a_note_is_refused_with_a_sentence_and_stays_on_screen(client, salle):
    trop = "a" * 20_001
    reponse = poster(client, salle.membres[1].user, salle.dossiers[0], action="garder", carnet=trop)
    assert reponse.status_code == 409
    assert trop in reponse.content.decode()
    assert not NotePersonnelle.objects.exists()


# -- Cost ------------------------------------------------------------------------------------------------------------
def test_the_room_costs_fifteen_queries_with_all_of_it(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    for code in CODES:
        epingler(dossier, code, "champ-besoin")
    poster(client, membre.user, dossier, action="rendre", carnet=SECRET, **notes())
    poster(client, salle.membres[2].user, dossier, action="rendre", **notes())
    poster(client, salle.membres[3].user, dossier, action="noter", carnet=SECRET, **notes())
    for user in (membre.user, salle.membres[3].user, salle.membres[4].user, salle.responsable):
        client.force_login(get_user_model().objects.get(pk=user.pk))
        client.get(adresse(dossier))
        with compter() as compte:
            assert client.get(adresse(dossier)).status_code == 200
        assert compte.requetes <= 15, str(compte)
