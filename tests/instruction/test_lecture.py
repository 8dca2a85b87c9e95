"""Pinned proofs, annotations, history of the grid: kept with their place, checked against the frozen version."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from candidatures.lecture import lire
from candidatures.models import Piece, VersionDeposee
from instruction.epingles import lieux_de, situer
from instruction.models import Annotation, Epingle, Instruction, ModificationGrille, Reponse
from manufactures.procedure import Role
from manufactures.programme.models import Critere
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.candidatures import pdf
from tests.factories.comptes import UserFactory
from tests.factories.instruction import agent, dossier_depose, pris_en_charge, remplir, responsable

pytestmark = pytest.mark.django_db
RESUME = "Un atelier partagé.\nIl ouvre le mardi ; il ouvre le jeudi."


def examine(**champs):
    """A grid on a dossier whose summary has words that come twice."""
    return pris_en_charge(dossier_depose(**{"besoin": RESUME} | champs))


def lieu(instruction, nom="besoin"):
    """The place as the frozen version reads it."""
    version = VersionDeposee.objects.get(dossier=instruction.dossier)
    return lieux_de(lire(version.contenu))[nom]


def piece_jointe(dossier):
    """A file of this dossier."""
    contenu = pdf("bail.pdf").read()
    empreinte = hashlib.sha256(contenu).hexdigest()
    return Piece.objects.create(
        dossier=dossier,
        libelle="Bail",
        fichier=default_storage.save(f"pieces/{empreinte}.pdf", ContentFile(contenu)),
        nom="bail.pdf",
        type_mime="application/pdf",
        taille=len(contenu),
        empreinte=empreinte,
        ajoutee_par=dossier.titulaire,
    )


# -- Where a passage is --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("passage", "occurrence", "attendu"),
    [
        ("atelier partagé", 0, "atelier partagé"),
        ("partagé. Il   ouvre", 0, "partagé.\nIl ouvre"),
        ("il ouvre le", 0, "il ouvre le"),
        ("ouvre le", 1, "ouvre le"),
        ("Atelier", 0, None),
        ("  ", 0, None),
    ],
)
def test_a_passage_is_found_whatever_its_spaces(passage, occurrence, attendu):
    bornes = situer(RESUME, passage, occurrence)

    assert (bornes and RESUME[slice(*bornes)]) == attendu


def test_the_same_words_are_told_apart_by_their_rank():
    premiere, seconde = situer(RESUME, "ouvre le", 0), situer(RESUME, "ouvre le", 1)

    assert premiere[0] < seconde[0]
    assert situer(RESUME, "ouvre le", 9) == seconde


# -- Pins ----------------------------------------------------------------------------------------------------------
def test_a_pin_keeps_the_words_and_their_place_in_the_frozen_version():
    instruction = examine()

    epingle = Epingle.poser(
        instruction, "E4", "champ-besoin", par=instruction.instructeur, passage="atelier   partagé"
    )

    assert epingle.passage == "atelier partagé"
    assert lieu(instruction).texte[epingle.debut : epingle.fin] == epingle.passage
    assert (epingle.critere.code, epingle.ou) == ("E4", lieu(instruction).libelle)
    instruction.refresh_from_db()
    assert instruction.epingles_posees == 1


def test_the_same_pin_twice_is_one_and_a_line_has_several():
    instruction = examine()
    for passage in ("atelier", "atelier", "le mardi"):
        Epingle.poser(instruction, "E4", "champ-besoin", par=instruction.instructeur, passage=passage)
    Epingle.poser(instruction, "E4", "champ-depot", par=instruction.instructeur)
    Epingle.poser(instruction, "C1", "champ-besoin", par=instruction.instructeur)

    assert instruction.epingles.count() == 4
    assert Instruction.objects.get().epingles_posees == 4


def test_a_page_of_a_piece_is_a_proof():
    instruction = examine()
    piece = piece_jointe(instruction.dossier)

    epingle = Epingle.poser(instruction, "C2", f"piece-{piece.pk}", par=instruction.instructeur, page=3)

    assert (epingle.piece, epingle.page, epingle.ancre) == (piece, 3, f"piece-{piece.pk}")
    assert epingle.adresse_de_la_piece(instruction.dossier.numero).endswith("#page=3")


@pytest.mark.parametrize(
    ("code", "endroit", "faits", "phrase"),
    [
        ("E4", "champ-besoin", {"passage": "des mots inventés"}, "Ce passage n'est pas dans"),
        ("E4", "champ-inconnu", {}, "Choisissez une réponse"),
        ("E4", "piece-999999", {"page": 1}, "Choisissez une réponse"),
        ("E4", "n'importe", {}, "Choisissez une réponse"),
        ("Z9", "champ-besoin", {}, "Choisissez la règle"),
    ],
)
def test_a_proof_that_is_not_in_the_dossier_is_refused(code, endroit, faits, phrase):
    instruction = examine()

    with pytest.raises(TransitionInterdite, match=phrase):
        Epingle.poser(instruction, code, endroit, par=instruction.instructeur, **faits)
    assert not Epingle.objects.exists()


def test_the_piece_of_another_dossier_is_no_proof():
    instruction, autre = examine(), piece_jointe(dossier_depose())

    with pytest.raises(TransitionInterdite, match="de ce dossier"):
        Epingle.poser(instruction, "E4", f"piece-{autre.pk}", par=instruction.instructeur, page=1)


def test_only_who_holds_the_grid_pins_and_only_while_it_is_open():
    instruction = examine()
    epingle = Epingle.poser(instruction, "E4", "champ-besoin", par=instruction.instructeur)
    with pytest.raises(GesteInterdit):
        Epingle.poser(instruction, "E4", "champ-depot", par=agent())
    with pytest.raises(GesteInterdit):
        epingle.retirer(par=agent())
    remplir(instruction)
    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)

    with pytest.raises(TransitionInterdite, match="conclue"):
        Epingle.poser(instruction, "E4", "champ-depot", par=instruction.instructeur)
    with pytest.raises(TransitionInterdite, match="conclue"):
        epingle.retirer(par=instruction.instructeur)
    assert Epingle.objects.get() == epingle


def test_a_pin_is_taken_off_by_a_responsable_too():
    instruction = examine()
    epingle = Epingle.poser(instruction, "E4", "champ-besoin", par=instruction.instructeur)

    epingle.retirer(par=responsable())

    assert not Epingle.objects.exists()
    assert Instruction.objects.get().epingles_posees == 0


def test_the_database_refuses_a_pin_without_place():
    instruction = examine()
    critere = Critere.objects.filter(code="E4").first()
    for faits in ({}, {"champ": "besoin"}, {"champ": "besoin", "debut": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Epingle.objects.create(
                instruction=instruction, critere=critere, ou="x", par=instruction.instructeur, **faits
            )


def test_pins_follow_the_grid_and_the_porteur_never_sees_them():
    instruction = examine()
    Epingle.poser(instruction, "E4", "champ-besoin", par=instruction.instructeur)

    vues = {role: Epingle.objects.visibles_par(UserFactory(role=role)).exists() for role in Role}

    assert {role for role, vue in vues.items() if vue} == {
        Role.INSTRUCTEUR,
        Role.RESPONSABLE,
        Role.AUDITEUR,
    }
    assert not Epingle.objects.visibles_par(instruction.dossier.titulaire).exists()
    par_critere = Epingle.objects.visibles_par(instruction.instructeur).par_critere()
    assert [[str(e) for e in epingles] for epingles in par_critere.values()] == [[lieu(instruction).libelle]]


# -- Annotations ---------------------------------------------------------------------------------------------------
def test_an_annotation_is_the_agents_own():
    instruction = examine()
    collegue = agent()

    note = Annotation.ecrire(
        instruction, "champ-besoin", " À vérifier. ", par=collegue, passage="atelier partagé"
    )

    assert (note.texte, note.passage, note.par) == ("À vérifier.", "atelier partagé", collegue)
    vues = {role: Annotation.objects.visibles_par(UserFactory(role=role)).exists() for role in Role}
    assert {role for role, vue in vues.items() if vue} == {
        Role.INSTRUCTEUR,
        Role.RESPONSABLE,
        Role.AUDITEUR,
    }
    assert not Annotation.objects.visibles_par(instruction.dossier.titulaire).exists()


def test_an_annotation_is_written_by_agents_and_removed_by_its_author():
    instruction = examine()
    with pytest.raises(GesteInterdit):
        Annotation.ecrire(instruction, "champ-besoin", "Non.", par=UserFactory(role=Role.AUDITEUR))
    with pytest.raises(TransitionInterdite, match="Écrivez"):
        Annotation.ecrire(instruction, "champ-besoin", "  ", par=instruction.instructeur)
    note = Annotation.ecrire(instruction, "champ-besoin", "Oui.", par=instruction.instructeur)
    with pytest.raises(GesteInterdit):
        note.retirer(par=agent())
    assert Instruction.objects.get().annotations_ecrites == 1

    note.retirer(par=instruction.instructeur)

    assert not Annotation.objects.exists()
    assert Instruction.objects.get().annotations_ecrites == 0


# -- History -------------------------------------------------------------------------------------------------------
def test_each_change_of_the_grid_is_kept_from_what_to_what():
    instruction = examine()
    par = instruction.instructeur
    instruction.enregistrer(par=par, verdicts={"E2": {"reponse": Reponse.OUI, "motif": "SIRET vérifié"}})
    chef = responsable()
    instruction.enregistrer(
        par=chef,
        verdicts={"E2": {"reponse": Reponse.NON, "motif": "SIRET fermé"}},
        notes={"C1": {"note": 4}},
        risques="Trésorerie courte",
    )
    Epingle.poser(instruction, "E2", "champ-besoin", par=par, passage="atelier")

    lignes = {
        (m.code, m.avant, m.apres, m.par) for m in ModificationGrille.objects.filter(instruction=instruction)
    }
    lu = lieu(instruction).libelle
    assert lignes == {
        ("E2", "", "Oui — SIRET vérifié", par),
        ("E2", "Oui — SIRET vérifié", "Non — SIRET fermé", chef),
        ("C1", "", "4/5", chef),
        ("", "", "Trésorerie courte", chef),
        ("E2", "", f"{lu} : « atelier »", par),
    }


def test_what_does_not_change_leaves_no_line_and_a_refused_save_neither():
    instruction = examine()
    faits = {"E2": {"reponse": Reponse.OUI, "motif": "Vu"}}
    instruction.enregistrer(par=instruction.instructeur, verdicts=faits)
    instruction.enregistrer(par=instruction.instructeur, verdicts=faits)
    with pytest.raises(TransitionInterdite):
        instruction.enregistrer(
            par=instruction.instructeur, verdicts={"E3": {"reponse": Reponse.NON, "motif": ""}}
        )

    assert ModificationGrille.objects.count() == 1


@pytest.mark.parametrize("nom", ["avis", "risques", "questions"])
def test_two_hands_on_the_conclusion_are_told(nom):
    instruction = examine()
    instruction.enregistrer(par=responsable(), **{nom: "L'un"})

    with pytest.raises(TransitionInterdite) as refus:
        Instruction.objects.get().enregistrer(par=instruction.instructeur, version=0, **{nom: "L'autre"})

    assert [(ligne["actuelle"], ligne["saisie"]) for ligne in refus.value.lignes] == [("L'un", "L'autre")]
    assert getattr(Instruction.objects.get(), nom) == "L'un"


def test_the_history_is_the_agents_own():
    instruction = remplir(examine())
    vues = {role: ModificationGrille.objects.visibles_par(UserFactory(role=role)).exists() for role in Role}

    assert {role for role, vue in vues.items() if vue} == {
        Role.INSTRUCTEUR,
        Role.RESPONSABLE,
        Role.AUDITEUR,
    }
    assert not ModificationGrille.objects.visibles_par(instruction.dossier.titulaire).exists()
