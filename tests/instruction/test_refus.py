"""A refusal: grounds picked from the grid, in law and in fact, read as a decision before it is proposed."""

import pytest
from django.urls import reverse

from instruction.models import Instruction, MotifRefus
from manufactures.actes.rendu import texte as mots_de
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from tests.factories.instruction import MOTIF_DE_REFUS, pris_en_charge, remplir, signataire

pytestmark = pytest.mark.django_db
FAIT = "la fiche du répertoire Sirene indique une structure cessée depuis le 3 mai"
DROIT = "la structure doit exister au jour du dépôt"


def refusee(*codes):
    """A grid with these rules answered « non »."""
    return remplir(pris_en_charge(), refus=codes, avis="")


def adresse(instruction, nom="refus"):
    return reverse(f"instruction:{nom}", args=[instruction.dossier.numero])


def texte(reponse):
    return (
        reponse.content.decode()
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("&#x27;", "'")
        .replace("’", "'")
    )


def lu(instruction):
    acte = instruction.dossier.actes.get(genre="irrecevabilite")
    mots = mots_de("irrecevabilite", acte.instantane)
    return " ".join(mots.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").split())


SAISIE = {
    "E2-fait": FAIT,
    "E2-droit": DROIT,
    "E4-ecarte": "on",
    "motif": "Une demande de compléments est restée sans réponse jusqu'à son échéance.",
}


def test_the_preview_reads_as_the_decision_and_writes_nothing(client):
    instruction = refusee("E2", "E4")
    client.force_login(instruction.instructeur)

    page = client.post(adresse(instruction), SAISIE | {"action": "apercu"})

    vu = texte(page)
    assert "Aperçu de la décision" in vu
    assert f"que {FAIT}" in vu and f"que {DROIT}" in vu
    assert "Voies et délais de recours" in vu
    assert "Considérant qu'une demande de compléments est restée sans réponse" in vu
    assert "Décision n° à venir" in vu and "Article 1er. – La candidature" in vu
    assert "Données personnelles. " not in vu.partition("Aperçu de la décision")[2].partition("</section>")[0]
    assert f"{FAIT}</textarea>" in vu  # what was typed stays
    instruction.refresh_from_db()
    assert (instruction.sens, MotifRefus.objects.count(), instruction.dossier.actes.count()) == (
        "", 0, instruction.dossier.actes.filter(genre="ar_depot").count(),
    )  # fmt: skip


def test_the_decision_prints_the_grounds_kept_and_them_alone(client):
    instruction = refusee("E2", "E4")
    client.force_login(instruction.instructeur)
    client.post(adresse(instruction), SAISIE | {"action": "proposer_refus"})

    instruction.refresh_from_db()
    assert [m.critere.code for m in instruction.motifs_refus.all()] == ["E2"]
    assert FAIT in instruction.proposition_refus

    signe = signataire()
    client.force_login(signe)
    page = texte(client.get(adresse(instruction, "irrecevabilite")))
    assert "Aperçu de la décision" in page and signe.nom in page
    client.post(
        adresse(instruction, "irrecevabilite"),
        {"motif": instruction.proposition_refus, "action": "declarer_irrecevable"},
    )

    instruction = Instruction.objects.get(pk=instruction.pk)
    assert instruction.dossier.etat == Etat.IRRECEVABLE
    mots = lu(instruction)
    article = instruction.dossier.actes.get(genre="irrecevabilite").instantane["regles"][0]["article"]
    assert f"Considérant qu'aux termes de l'article {article} du cahier des charges" in mots
    assert f"; que {DROIT} ; que {FAIT}" in mots
    assert mots.count(FAIT) == 1  # the motive's own words only: the grounds are not said twice
    assert mots.count("cette condition n'est donc pas remplie") == 1
    assert "Considérant qu'une demande de compléments est restée sans réponse" in mots
    assert "dans un délai de deux mois à compter de sa notification" in mots


def test_the_grounds_suffice_without_a_completion(client):
    instruction = refusee("E2")
    client.force_login(instruction.instructeur)
    client.post(
        adresse(instruction),
        {"E2-fait": f"{FAIT}, comme le montre la pièce", "motif": "", "action": "proposer_refus"},
    )

    instruction.refresh_from_db()
    assert instruction.sens == "IRRECEVABLE"
    instruction.dossier.passer("declarer_irrecevable", par=signataire(), motif=instruction.proposition_refus)
    assert lu(instruction).count(FAIT) == 1


def test_a_short_refusal_or_one_without_ground_is_told(client):
    instruction = refusee("E2")
    client.force_login(instruction.instructeur)

    court = client.post(
        adresse(instruction), {"E2-fait": "Non.", "motif": "Bref.", "action": "proposer_refus"}
    )
    assert "Écrivez au moins 80 caractères" in texte(court)
    aucun = client.post(
        adresse(instruction), {"E2-ecarte": "on", "motif": MOTIF_DE_REFUS, "action": "apercu"}
    )
    assert "Retenez au moins une règle" in texte(aucun)

    instruction.refresh_from_db()
    assert instruction.sens == ""


def test_a_ground_is_a_rule_refused():
    instruction = refusee("E2")
    for motifs in ([], [{"code": "E3", "droit": "", "fait": FAIT}]):
        with pytest.raises(TransitionInterdite, match="Retenez au moins une règle"):
            instruction.proposer_refus(MOTIF_DE_REFUS, par=instruction.instructeur, motifs=motifs)
    assert MotifRefus.objects.count() == 0


def test_what_was_written_comes_back_after_a_return(client):
    instruction = refusee("E2")
    instruction.proposer_refus(
        MOTIF_DE_REFUS, par=instruction.instructeur, motifs=[{"code": "E2", "droit": DROIT, "fait": FAIT}]
    )
    instruction.reprendre_examen("À relire.", par=instruction.instructeur)
    client.force_login(instruction.instructeur)

    vu = texte(client.get(adresse(instruction)))
    assert FAIT in vu and DROIT in vu
