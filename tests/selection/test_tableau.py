"""The live board: what a poll costs, the quorum always there, who voted once it is closed, pauses, signatures."""

import re

import pytest
from django.urls import reverse

from selection.models import Deport
from selection.views.seance import SeanceView
from tests.factories.selection import Salle
from tests.outils.compteur import compter
from tests.selection.test_vues import mots, page, poster

pytestmark = pytest.mark.django_db


def test_a_poll_costs_four_queries_with_twenty_members_connected(client):
    salle = Salle(effectif=20, dossiers=2).ouvrir()
    scrutin = salle.ouvrir_scrutin()
    for membre in salle.membres[:6]:
        scrutin.voter("POUR", par=membre.user)
    adresse = reverse("selection:direct", args=[salle.seance.pk])
    for user in [*(membre.user for membre in salle.membres), salle.responsable]:
        client.force_login(user)
        version = client.get(adresse).context["version"]
        with compter() as compte:
            assert client.get(adresse, {"version": version}).status_code == 204
        assert compte.requetes <= 4, f"{user.nom_complet} :\n{compte}"


def test_what_moves_while_a_screen_is_drawn_is_drawn_by_the_next_poll(client, monkeypatch):
    """A signature comes once the content is read: the screen must not take the newer version with the older content."""
    salle = Salle().ouvrir()
    scrutin = salle.ouvrir_scrutin()
    client.force_login(salle.responsable)
    adresse = reverse("selection:direct", args=[salle.seance.pk])
    a_signer = SeanceView._a_signer

    def pendant(vue, contexte):
        scrutin.voter("POUR", par=salle.membres[1].user)
        return a_signer(vue, contexte)

    monkeypatch.setattr(SeanceView, "_a_signer", pendant)
    dessine = client.get(adresse)
    monkeypatch.setattr(SeanceView, "_a_signer", a_signer)
    assert "0 émargement sur 9" in mots(dessine)
    suivant = client.get(adresse, {"version": dessine.context["version"]})
    assert suivant.status_code == 200 and "1 émargement sur 9" in mots(suivant)


def test_the_quorum_is_on_every_screen_and_per_item_after_recusals(client):
    salle = Salle(dossiers=2).convoquer().declarer().pointer(*[])
    salle.seance.ouvrir(par=salle.president.user)
    salle.deporter(salle.membres[7], salle.dossiers[1])
    salle.deporter(salle.membres[8], salle.dossiers[1])
    carte = page(client, salle.membres[1].user, "seance", salle.seance.pk)
    assert "9 présents ou représentés sur 9, il en faut 5. Quorum atteint." in carte
    tableau = page(client, salle.responsable, "seance", salle.seance.pk)
    lignes = re.findall(r'data-titre="Quorum">([^<]+)<', tableau)
    assert lignes == ["9 sur 9", "7 sur 9"]


def test_who_voted_is_told_at_the_closing_alone_and_never_to_the_recused(client):
    salle = Salle(dossiers=2).ouvrir()
    scrutin = salle.ouvrir_scrutin()
    annule, votants = scrutin, salle.membres[:6]
    for membre in votants:
        scrutin.voter("POUR", par=membre.user)
    avant = page(client, salle.responsable, "seance", salle.seance.pk)
    assert "6 émargements sur 9" in avant and "Ont voté" not in avant
    annule.annuler(par=salle.president.user, motif="La question était mal posée.")
    scrutin = salle.ouvrir_scrutin()
    for membre in votants:
        scrutin.voter("POUR", par=membre.user)
    scrutin.clore(par=salle.president.user)
    apres = page(client, salle.responsable, "seance", salle.seance.pk)
    assert "Ont voté : " in apres
    noms = re.search(r"Ont voté : ([^.]+)\.", apres).group(1)
    assert sorted(noms.split(", ")) == sorted(str(membre) for membre in votants)
    assert "La question était mal posée." in apres and "vidée sans être lue" in apres
    assert scrutin.emargements.model.objects.visibles_par(salle.membres[1].user).count() == 6
    Deport.declarer_pour(salle.membres[2], salle.dossiers[0], motif="Parenté.", par=salle.president.user)
    assert scrutin.emargements.model.objects.visibles_par(salle.membres[2].user).count() == 0


def test_a_pause_and_the_signatures_by_plain_forms(client):
    salle = Salle().ouvrir()
    pk, chaire = salle.seance.pk, salle.president.user
    assert 'id="reseau"' in page(client, salle.membres[1].user, "seance", pk)
    sans_motif = poster(client, chaire, "presidence", pk, action="suspendre_seance", motif="")
    assert sans_motif.status_code == 409
    poster(client, chaire, "presidence", pk, action="suspendre_seance", motif="Pause")
    corps = page(client, chaire, "seance", pk)
    assert "reprendre_seance" in corps and "ouvrir_scrutin" not in corps
    assert "Séance suspendue depuis" in page(client, salle.membres[1].user, "seance", pk)
    refus = poster(
        client, chaire, "presidence", pk, action="ouvrir_scrutin", question="AVIS", point=salle.point.pk
    )
    assert refus.status_code == 409
    poster(client, chaire, "presidence", pk, action="reprendre_seance")
    salle.avis_favorable()
    salle.clore()
    assert "Personne ne l'a encore signé" in page(client, salle.responsable, "seance", pk)
    assert poster(client, salle.membres[1].user, "tenue", pk, action="signer_pv").status_code == 403
    for user in (salle.responsable, chaire):
        assert "signer_pv" in page(client, user, "seance", pk)
        assert poster(client, user, "tenue", pk, action="signer_pv").status_code == 302
        assert "signer_pv" not in page(client, user, "seance", pk)
    assert salle.seance.signatures.count() == 2


def test_the_wall_of_the_room_has_no_form_and_hides_what_a_recused_member_may_not_read(client):
    salle = Salle(dossiers=3).ouvrir()
    salle.deporter(salle.membres[8], salle.dossiers[1])
    salle.ouvrir_scrutin()
    adresse = salle.seance.get_absolute_url() + "?ecran=salle"
    client.force_login(salle.president.user)
    mur = mots(client.get(adresse))
    assert "0 sur 9" in mur and "quorum atteint" in mur and "Projet 3" in mur
    assert "Votre vote est secret" not in mur and "Projet 2" not in mur
    main = mur[mur.index("<main") : mur.index("</main>")]
    assert "<form" not in main and "<input" not in main
    direct = reverse("selection:direct", args=[salle.seance.pk])
    fragment = mots(client.get(direct, {"ecran": "salle", "version": "ancienne"}))
    assert "Ont émargé" in fragment and "<form" not in fragment
    client.force_login(salle.membres[1].user)
    assert "Votre vote est secret" in mots(client.get(adresse))  # a member has their own card
