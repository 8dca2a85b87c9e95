"""The split view in a window: pins and annotations from the page, each line saved alone, the list one goes through."""

import re

import pytest
from django.urls import reverse

from instruction.models import Annotation, Epingle, Instruction, ModificationGrille, Reponse, Verdict
from manufactures.procedure import Role
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    agent,
    dossier_depose,
    pris_en_charge,
    remplir,
    responsable,
    vague_close,
)
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
BESOIN = "Un atelier <partagé> & ouvert.\n\nIl ouvre le mardi ; il ouvre le jeudi."
HTMX = {"HTTP_HX_REQUEST": "true"}
DETAIL, ENREGISTREMENT = 15, 20


def adresse(nom, instruction, *cles):
    return reverse(f"instruction:{nom}", args=[instruction.dossier.numero, *cles])


def texte(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'").replace("&#39;", "'")


@pytest.fixture
def instruction(client):
    """A grid of the signed-in agent."""
    instruction = pris_en_charge(dossier_depose(besoin=BESOIN))
    client.force_login(instruction.instructeur)
    return instruction


def epinglee(instruction, code="E4", **faits):
    return Epingle.poser(instruction, code, "champ-besoin", par=instruction.instructeur, **faits)


# -- Pins ----------------------------------------------------------------------------------------------------------
def test_a_passage_is_pinned_without_script_and_comes_back_to_its_line(client, instruction):
    donnees = {"lieu": "champ-besoin", "passage": "le mardi", "critere": "E4", "action": "epingler"}

    reponse = client.post(adresse("epingles", instruction), donnees)

    assert reponse.url == adresse("dossier", instruction) + "#regle-E4"
    page = texte(client.get(reponse.url))
    assert "Preuve épinglée sur E4." in page
    assert f'id="epingle-{Epingle.objects.get().pk}"' in page


def test_with_the_script_the_line_alone_comes_back(client, instruction):
    donnees = {"lieu": "champ-besoin", "passage": "le mardi", "critere": "E4"}

    reponse = client.post(adresse("epingles", instruction), donnees, **HTMX)

    assert reponse.status_code == 200
    assert 'id="epingles-E4" data-hx-swap-oob="true"' in texte(reponse)
    assert "« le mardi »" in texte(reponse)
    assert "<html" not in texte(reponse)


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"lieu": "", "critere": "E4"}, "Choisissez le lieu."),
        ({"lieu": "champ-besoin", "critere": ""}, "Choisissez la règle ou le critère"),
        ({"lieu": "champ-besoin", "critere": "E4", "passage": "rien de tel"}, "n'est pas dans"),
    ],
)
@pytest.mark.parametrize("en_tetes", [{}, HTMX])
def test_what_is_wrong_is_told_and_nothing_is_pinned(client, instruction, donnees, phrase, en_tetes):
    reponse = client.post(adresse("epingles", instruction), donnees, **en_tetes)

    assert phrase in texte(reponse)
    assert not Epingle.objects.exists()


def test_an_answer_without_proof_shows_hollow_in_words_until_it_is_pinned(client, instruction):
    reponse = client.post(
        adresse("regle", instruction, "E4"), {"version": 0, "E4-reponse": Reponse.OUI}, **HTMX
    )
    assert "sans preuve" in texte(reponse)
    assert "sans preuve" in texte(client.get(adresse("dossier", instruction)))

    epinglee(instruction)

    ligne = re.search(
        r'id="regle-E4".*?id="etat-E4"', texte(client.get(adresse("dossier", instruction))), re.S
    )
    assert "sans preuve" not in ligne[0]


def test_a_pin_stands_for_the_words_that_a_no_must_cite(client, instruction):
    donnees = {"version": 0, "E4-reponse": Reponse.NON, "E4-motif": "Aucun titre"}
    refus = client.post(adresse("regle", instruction, "E4"), donnees, **HTMX)
    assert "Citez le passage" in texte(refus)
    epinglee(instruction)

    client.post(adresse("regle", instruction, "E4"), donnees, **HTMX)

    assert Verdict.objects.get(critere__code="E4").reponse == Reponse.NON


def test_a_pin_opens_and_marks_its_passage_without_script(client, instruction):
    epingle = epinglee(instruction, passage="<partagé> & ouvert. Il ouvre")

    page = texte(client.get(adresse("dossier", instruction), {"montrer": epingle.pk}))

    lien = f'href="?file=rang%3D1&amp;montrer={epingle.pk}#champ-besoin"'
    assert lien in texte(client.get(adresse("dossier", instruction)))
    assert '<mark id="passage">&lt;partagé&gt; &amp; ouvert.</mark></p>' in page
    assert "<p><mark>Il ouvre</mark>" in page
    assert '<mark id="passage">' not in texte(client.get(adresse("dossier", instruction)))


def test_a_pin_is_taken_off_with_and_without_script(client, instruction):
    for en_tetes, attendu in (({}, 302), (HTMX, 200)):
        epingle = epinglee(instruction)
        chemin = adresse("epingle", instruction, epingle.pk)
        assert client.post(chemin, {"action": "retirer_epingle"}, **en_tetes).status_code == attendu
        assert not Epingle.objects.exists()
        assert client.post(chemin).status_code == 404


def test_the_pin_of_another_dossier_is_not_found(client, instruction):
    autre = pris_en_charge(
        dossier_depose(vague=instruction.dossier.vague, nom="Autre"), par=instruction.instructeur
    )
    epingle = Epingle.poser(autre, "E4", "champ-depot", par=autre.instructeur)

    assert client.post(adresse("epingle", instruction, epingle.pk)).status_code == 404
    assert Epingle.objects.exists()


@pytest.mark.parametrize("role", [Role.INSTRUCTEUR, Role.AUDITEUR])
def test_who_only_reads_sees_the_pins_and_no_button(client, instruction, role):
    epingle = epinglee(instruction, passage="le mardi")
    client.force_login(UserFactory(role=role))

    page = texte(client.get(adresse("dossier", instruction)))

    assert "« le mardi »" in page
    assert "retirer_epingle" not in page
    donnees = {"lieu": "champ-besoin", "critere": "E4"}
    assert client.post(adresse("epingles", instruction), donnees).status_code == 403
    assert client.post(adresse("epingle", instruction, epingle.pk)).status_code == 403
    assert Epingle.objects.get() == epingle


# -- Annotations ---------------------------------------------------------------------------------------------------
def test_an_annotation_is_written_read_and_removed_on_the_page(client, instruction):
    donnees = {"lieu": "champ-besoin", "passage": "le mardi", "texte": "Et le lundi ?"}
    client.post(adresse("annotations", instruction), donnees)
    page = texte(client.get(adresse("dossier", instruction)))
    assert "Et le lundi ?" in page
    note = Annotation.objects.get()
    client.force_login(agent())
    assert client.post(adresse("annotation", instruction, note.pk)).status_code == 403
    client.force_login(instruction.instructeur)

    reponse = client.post(adresse("annotation", instruction, note.pk), **HTMX)

    assert "Annotation retirée." in texte(reponse)
    assert not Annotation.objects.exists()


def test_the_porteur_reads_neither_pins_nor_annotations_nor_history(client, instruction):
    epinglee(instruction, passage="le mardi")
    Annotation.ecrire(instruction, "champ-besoin", "Entre agents.", par=instruction.instructeur)
    client.force_login(instruction.dossier.titulaire)

    for nom in ("dossier", "historique", "epingles", "annotations"):
        assert client.get(adresse(nom, instruction)).status_code == 403
    for chemin in (f"/dossiers/{instruction.dossier.numero}/", adresse("messages", instruction)):
        assert "Entre agents." not in texte(client.get(chemin))


# -- Autosave ------------------------------------------------------------------------------------------------------
def test_marks_and_conclusion_save_alone(client, instruction):
    note = client.post(
        adresse("regle", instruction, "C1"), {"version": 0, "C1-note": "4", "C1-commentaire": "Net"}, **HTMX
    )
    champs = {"version": 1, "avis": "Solide.", "risques": "", "questions": "", "jours_estimes": "2.5"}
    avis = client.post(adresse("regle", instruction, "avis"), champs, **HTMX)

    assert re.search(r"Enregistré à \d+ h \d\d\.", texte(note))
    assert re.search(r"Enregistré à \d+ h \d\d\.", texte(avis))
    lue = Instruction.objects.get()
    assert (lue.notes.get().note, lue.avis, str(lue.jours_estimes)) == (4, "Solide.", "2.5")


@pytest.mark.parametrize("code", ["C1", "avis"])
def test_a_line_written_meanwhile_shows_both_versions(client, instruction, code):
    instruction.enregistrer(par=responsable(), notes={"C1": {"commentaire": "Le sien"}}, avis="Le sien")
    champs = {"version": 0, "C1-commentaire": "Le mien", "avis": "Le mien"}

    reponse = client.post(adresse("regle", instruction, code), champs, **HTMX)

    assert reponse.status_code == 409
    assert "Le sien" in texte(reponse)
    assert "Le mien" in texte(reponse)
    assert Instruction.objects.get().avis == "Le sien"


def test_the_history_page_says_who_what_and_when(client, instruction):
    remplir(instruction)

    page = texte(client.get(adresse("historique", instruction)))

    assert "Oui — Vérifié" in page
    assert instruction.instructeur.nom_complet in page
    assert ModificationGrille.objects.count() == 11
    client.force_login(agent())
    assert client.get(adresse("historique", instruction)).status_code == 200


# -- The list one goes through -------------------------------------------------------------------------------------
def trois(par):
    """Three dossiers of this agent, in the order of their deposit."""
    vague = vague_close()
    return [pris_en_charge(dossier_depose(vague=vague, nom=nom), par=par) for nom in ("Un", "Deux", "Trois")]


def voisins(client, instruction, **parametres):
    """Previous, place, next."""
    lus = client.get(adresse("dossier", instruction), parametres).context["voisins"]
    return lus and (lus.avant, lus.rang, lus.total, lus.apres)


def test_without_a_list_one_goes_through_one_s_own_queue(client):
    par = agent()
    un, deux, trois_ = trois(par)
    pris_en_charge(dossier_depose(vague=un.dossier.vague, nom="D'un autre"))
    client.force_login(par)

    assert voisins(client, deux) == (un.dossier.numero, 2, 3, trois_.dossier.numero)
    assert voisins(client, un)[0] is None
    page = texte(client.get(adresse("dossier", deux)))
    assert "2 sur 3" in page
    assert f'href="{adresse("dossier", trois_)}?file=rang%3D2"' in page


def test_the_filter_of_the_desk_is_followed_and_kept(client):
    par = agent()
    un, deux, trois_ = trois(par)
    client.force_login(responsable())
    file = "tri=-nom&vague=" + str(un.dossier.vague.pk)

    assert voisins(client, trois_, file=file) == (un.dossier.numero, 2, 3, deux.dossier.numero)
    assert voisins(client, deux, file=f"{file}&q=introuvable") is None
    page = texte(client.get(adresse("dossier", deux), {"file": file}))
    assert "tri%3D-nom" in page


def test_a_dossier_that_left_its_list_keeps_its_place(client):
    par = agent()
    un, deux, trois_ = trois(par)
    client.force_login(par)
    remplir(deux)
    deux.dossier.passer("declarer_recevable", par=par)

    assert voisins(client, deux, file="rang=2") == (un.dossier.numero, 0, 2, trois_.dossier.numero)
    assert "Ce dossier a quitté la file (2 restants)" in texte(
        client.get(adresse("dossier", deux), {"file": "rang=2"})
    )


def test_save_and_go_to_the_next(client):
    par = agent()
    un, deux, trois_ = trois(par)
    client.force_login(par)
    chemin = adresse("grille", un) + "?file=rang%3D1"
    donnees = {"version": 0, "avis": "Vu.", "suite": "suivant"}

    reponse = client.post(chemin, donnees)

    assert reponse.url == adresse("dossier", deux) + "?file=rang%3D1"
    fin = client.post(adresse("grille", trois_), donnees)
    assert fin.url == adresse("dossier", trois_)
    assert Instruction.objects.filter(avis="Vu.").count() == 2


@pytest.mark.parametrize("file", ["rang=x", "rang=-1", "vague=abc&tri=zzz", "%%%", "page=9999"])
def test_a_wrong_list_does_no_harm(client, instruction, file):
    assert client.get(adresse("dossier", instruction), {"file": file}).status_code == 200


# -- Costs ---------------------------------------------------------------------------------------------------------
def test_pins_and_annotations_cost_one_query_whatever_their_number(client, instruction):
    client.get(adresse("dossier", instruction))
    comptes = []
    for combien in (0, 1, 6):
        for rang in range(combien):
            epinglee(instruction, code=f"E{rang + 1}")
            Annotation.ecrire(instruction, "champ-besoin", f"N{rang}", par=instruction.instructeur)
        with compter() as compte:
            client.get(adresse("dossier", instruction))
        comptes.append(compte)

    assert comptes[1].requetes == comptes[2].requetes == comptes[0].requetes + 1
    assert comptes[2].requetes <= DETAIL, str(comptes[2])


@pytest.mark.parametrize("combien", [3, 30])
def test_the_list_costs_one_query_and_three_rows(client, combien):
    par, vague = agent(), vague_close()
    for rang in range(combien):
        dernier = pris_en_charge(dossier_depose(vague=vague, nom=f"D{rang}"), par=par)
    client.force_login(par)
    client.get(adresse("dossier", dernier))

    with compter() as compte:
        client.get(adresse("dossier", dernier), {"file": f"vague={vague.pk}&rang=2"})

    lignes = [n for sql, n in compte.lignes if "ROW_NUMBER" in sql]
    assert lignes and len(lignes) == 1 and lignes[0] <= 3, str(compte)
    assert compte.requetes <= DETAIL, str(compte)


def test_the_deeds_cost_few_queries(client, instruction):
    client.get(adresse("dossier", instruction))
    donnees = {"lieu": "champ-besoin", "passage": "le mardi", "critere": "E4", "texte": "Oui"}
    faits = [("epingles", donnees), ("annotations", donnees)]
    for nom, champs in faits:
        with compter() as compte:
            assert client.post(adresse(nom, instruction), champs, **HTMX).status_code == 200
        assert compte.requetes <= ENREGISTREMENT, str(compte)
    with compter() as compte:
        client.get(adresse("historique", instruction))
    assert compte.requetes <= 8, str(compte)
