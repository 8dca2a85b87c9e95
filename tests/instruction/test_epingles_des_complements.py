"""What the porteur answered to a request proves a line of the grid, word for word, as the deposited version does."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from instruction import invariants
from instruction.compositions.preuves import epingles_de_la_grille, preuves_de
from instruction.lectures import passages_cites
from instruction.models import Annotation, Epingle, Instruction
from manufactures.registres import TransitionInterdite
from selection.preuves import epingles_citees, preuves_par_critere
from tests.factories.instruction import agent, demande_envoyee, responsable

pytestmark = pytest.mark.django_db
TEXTE = "Le bail est signé depuis mars. Le bail court neuf ans."
NOUVEAU = "Dix-sept artisans\nattendent un four."


def complement(envoyer=True, **champs):
    """A request of two points, the first answered in words; the dossier is the agent's again where it is sent."""
    points = [
        {"libelle": "Titre d'occupation", "indispensable": True},
        {"libelle": "Préciser le besoin", "cible": "champ-besoin", "endroit": "Projet, Besoin"},
    ]
    demande = demande_envoyee(pieces=points)
    titulaire = demande.dossier.titulaire
    premier, second = demande.pieces.all()
    reponse = demande.repondre(par=titulaire, piece=premier, **(champs or {"texte": TEXTE}))
    demande.repondre(par=titulaire, piece=second, redaction=NOUVEAU, texte="Voir aussi le plan.")
    if envoyer:
        demande.dossier.passer("completer", par=titulaire)
    return Instruction.objects.select_related("dossier", "instructeur").get(dossier=demande.dossier), reponse


def poser(instruction, reponse, **passage):
    return Epingle.poser(instruction, "E4", f"reponse-{reponse.pk}", par=instruction.instructeur, **passage)


def lue(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def test_the_words_of_a_completion_are_pinned_and_cited_as_they_stand():
    instruction, reponse = complement()

    epingle = poser(instruction, reponse, passage="Le bail", occurrence=1)

    assert (epingle.debut, epingle.fin, epingle.passage) == (31, 38, "Le bail")
    assert epingle.ancre == f"reponse-{reponse.pk}" and epingle.ou.startswith("Complément du ")
    assert epingle.ou.endswith(", Titre d'occupation")
    assert poser(instruction, reponse, passage="Le  bail", occurrence=1) == epingle
    assert poser(instruction, reponse) != epingle
    instruction.refresh_from_db()
    assert instruction.epingles_posees == 2
    preuves = preuves_de(None, {}, epingles_de_la_grille(instruction)[epingle.critere_id])
    assert preuves[0] == {"citation": "Le bail", "ou": epingle.ou}
    lues, _ = passages_cites(instruction)
    assert [e.reponse_id for e in lues[epingle.critere_id]] == [reponse.pk, reponse.pk]
    assert list(invariants.passages_cites()) == []


def test_an_answer_written_anew_and_its_words_are_one_text():
    instruction, _ = complement()
    reponse = instruction.dossier.demandes_complements.get().reponses.last()
    epingle = poser(instruction, reponse, passage="attendent un four. Voir aussi")
    assert epingle.passage == "attendent un four.\nVoir aussi"
    note = Annotation.ecrire(instruction, f"reponse-{reponse.pk}", "À vérifier.", par=instruction.instructeur)
    assert (note.reponse, note.ancre) == (reponse, f"reponse-{reponse.pk}")


def test_words_that_are_not_there_or_not_yet_closed_or_of_another_dossier_are_refused():
    instruction, reponse = complement()
    with pytest.raises(TransitionInterdite, match="telle que reçue"):
        poser(instruction, reponse, passage="Le bail est résilié.")
    _, etranger = complement()
    with pytest.raises(TransitionInterdite, match="de ce dossier"):
        poser(instruction, etranger)
    with pytest.raises(TransitionInterdite, match="de ce dossier"):
        Epingle.poser(instruction, "E4", "reponse-x", par=instruction.instructeur)
    ouverte, en_cours = complement(envoyer=False)
    with pytest.raises(TransitionInterdite, match="encore ouverte"):
        Annotation.ecrire(ouverte, f"reponse-{en_cours.pk}", "Déjà.", par=ouverte.instructeur)
    assert not Epingle.objects.exists() and not Annotation.objects.exists()


def test_the_database_refuses_two_places_at_once_and_the_invariant_names_a_stranger():
    instruction, reponse = complement()
    epingle = poser(instruction, reponse, passage="neuf ans")
    with pytest.raises(IntegrityError), transaction.atomic():
        Epingle.objects.filter(pk=epingle.pk).update(champ="besoin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Epingle.objects.filter(pk=epingle.pk).update(reponse=None)
    _, autre = complement(
        texte="Rien à voir, vraiment rien, avec tout ce que l'on a lu dans l'autre dossier."
    )
    Epingle.objects.filter(pk=epingle.pk).update(reponse=autre)
    dites = list(invariants.passages_cites())
    assert len(dites) == 2 and any("un autre dossier" in dite for dite in dites)
    epingle.delete()
    Instruction.objects.filter(pk=instruction.pk).update(epingles_posees=0)


def test_on_the_page_one_pins_it_finds_it_again_and_the_porteur_sees_nothing_of_it(client):
    instruction, reponse = complement()
    dossier = instruction.dossier
    page = reverse("instruction:dossier", args=[dossier.numero])
    client.force_login(instruction.instructeur)
    texte = lue(client.get(page))
    assert f'id="reponse-{reponse.pk}"' in texte and f'data-mp-epingler="reponse-{reponse.pk}"' in texte
    assert f'<option value="reponse-{reponse.pk}">Complément du' in texte

    envoi = {"lieu": f"reponse-{reponse.pk}", "passage": "neuf ans", "critere": "E4", "page": "", "texte": ""}
    client.post(reverse("instruction:epingles", args=[dossier.numero]), envoi | {"action": "epingler"})

    epingle = Epingle.objects.get()
    assert (epingle.passage, epingle.reponse) == ("neuf ans", reponse)
    texte = lue(client.get(page))
    assert f'montrer={epingle.pk}#reponse-{reponse.pk}"' in texte
    montree = client.get(page, {"montrer": epingle.pk})
    assert montree.status_code == 200
    client.force_login(responsable())
    assert "neuf ans »" in lue(client.get(page))
    client.force_login(dossier.titulaire)
    cote_porteur = lue(client.get(reverse("instruction:repondre", args=[dossier.numero])))
    assert TEXTE in cote_porteur and "pingler" not in cote_porteur


def test_the_committee_reads_the_words_without_a_link_that_would_lead_nowhere():
    instruction, reponse = complement()
    epingle = poser(instruction, reponse, passage="neuf ans")
    grille = Instruction.objects.annotate(epingles_citees=epingles_citees()).get(pk=instruction.pk)
    (preuve,) = preuves_par_critere(grille, instruction.dossier.numero)[epingle.critere_id]
    assert "« neuf ans »" in preuve.texte.replace("\u00a0", " ") and preuve.adresse == ""


def test_whoever_does_not_hold_the_grid_pins_no_completion(client):
    instruction, reponse = complement()
    client.force_login(agent())
    envoi = {"lieu": f"reponse-{reponse.pk}", "critere": "E4", "action": "epingler"}
    assert (
        client.post(reverse("instruction:epingles", args=[instruction.dossier.numero]), envoi).status_code
        == 403
    )
    assert not Epingle.objects.exists()
