"""Four eyes: a refusal always, an admissible conclusion by lot, read again by another person than its author."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from instruction.models import EtatVerification, Instruction, NatureVerification, Verification
from instruction.models import verification as module
from instruction.models.verification import regler_la_part
from manufactures import horloge
from manufactures.attentes import taches_pour
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.programme.models import Appel
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.instruction import (
    MOTIF_DE_REFUS,
    agent,
    pris_en_charge,
    refus_propose,
    remplir,
    responsable,
    signataire,
)

pytestmark = pytest.mark.django_db
MOT = "La preuve de la règle E4 ne porte pas sur le bon bâtiment."


def tout_tirer(part=100):
    Appel.objects.update(part_verifiee=part)


def conclue(part=100, **options):
    """An admissible conclusion, drawn by lot."""
    instruction = remplir(pris_en_charge(**options))
    tout_tirer(part)
    dossier = type(instruction.dossier).objects.get(pk=instruction.dossier.pk)
    dossier.passer("declarer_recevable", par=instruction.instructeur)
    return Instruction.objects.select_related("dossier").get(pk=instruction.pk)


def adresse(instruction, nom="verification"):
    return reverse(f"instruction:{nom}", args=[instruction.dossier.numero])


def texte(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


# -- The lot -----------------------------------------------------------------------------------------------------
def test_at_nought_nothing_is_drawn_at_a_hundred_everything():
    assert not conclue(part=0).a_verifier
    assert Verification.objects.count() == 0

    instruction = conclue(part=100)

    (verification,) = instruction.verifications.all()
    assert (verification.nature, verification.etat, verification.part) == ("SONDAGE", "A_FAIRE", 100)
    assert verification.conclue_par == instruction.instructeur
    assert instruction.a_verifier
    assert instruction.dossier.etat == Etat.RECEVABLE  # the procedure goes on
    assert Entree.objects.filter(fil=instruction.dossier.fil, action="demander_verification").count() == 1


@pytest.mark.parametrize(("tirage", "tiree"), [(0, True), (9, True), (10, False), (99, False)])
def test_the_draw_is_under_the_share_or_not(monkeypatch, tirage, tiree):
    monkeypatch.setattr(module.secrets, "randbelow", lambda borne: tirage if borne == 100 else 1 / 0)
    assert conclue(part=10).a_verifier is tiree


def test_the_lot_is_drawn_when_the_agent_concludes_and_not_before(monkeypatch):
    def jamais(borne):
        raise AssertionError("drawn too early")

    monkeypatch.setattr(module.secrets, "randbelow", jamais)
    instruction = remplir(pris_en_charge())
    tout_tirer()
    with pytest.raises(AssertionError, match="too early"):
        instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)


def test_a_share_is_between_nought_and_a_hundred_and_set_by_a_responsable():
    conclue(part=0)
    appel, chef = Appel.objects.get(), responsable()

    regler_la_part(appel, 25, par=chef)
    appel.refresh_from_db()
    assert appel.part_verifiee == 25
    entree = Entree.objects.get(action="regler_part_verifiee")
    assert (entree.faits["avant"], entree.faits["apres"]) == (0, 25)

    with pytest.raises(TransitionInterdite):
        regler_la_part(appel, 101, par=chef)
    with pytest.raises(GesteInterdit):
        regler_la_part(appel, 5, par=agent())
    with pytest.raises(IntegrityError), transaction.atomic():
        Appel.objects.update(part_verifiee=101)
    appel.refresh_from_db()
    assert appel.part_verifiee == 25


# -- The second reading ------------------------------------------------------------------------------------------
def test_a_responsable_accepts():
    instruction, chef = conclue(), responsable()

    instruction.verifications.get().accepter(par=chef)

    verification = instruction.verifications.get()
    instruction.refresh_from_db()
    assert (verification.etat, verification.verifiee_par) == (EtatVerification.ACCEPTEE, chef)
    assert not instruction.a_verifier
    assert Entree.objects.filter(fil=instruction.dossier.fil, action="accepter_verification").count() == 1
    with pytest.raises(TransitionInterdite, match="n'est plus à vérifier"):
        verification.renvoyer(MOT, par=chef)


def test_sent_back_the_examination_starts_again_with_the_word():
    instruction, chef = conclue(), responsable()

    with pytest.raises(TransitionInterdite, match="ce qui est à reprendre"):
        instruction.verifications.get().renvoyer("  ", par=chef)
    instruction.verifications.get().renvoyer(MOT, par=chef)

    instruction = Instruction.objects.select_related("dossier").get(pk=instruction.pk)
    assert instruction.dossier.etat == Etat.EN_INSTRUCTION
    assert (instruction.sens, instruction.a_verifier, instruction.mot_de_renvoi) == ("", False, MOT)
    assert instruction.verifications.get().etat == EtatVerification.RENVOYEE
    assert (
        Entree.objects.filter(fil=instruction.dossier.fil, action="renvoyer_verification").get().motif == MOT
    )

    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)
    instruction.refresh_from_db()
    assert instruction.mot_de_renvoi == ""
    assert instruction.verifications.count() == 2


def test_neither_the_author_nor_an_agent_verifies():
    chef = responsable()
    instruction = conclue()
    verification = instruction.verifications.get()
    for qui in (instruction.instructeur, agent()):
        for geste in (lambda v, q: v.accepter(par=q), lambda v, q: v.renvoyer(MOT, par=q)):
            with pytest.raises(GesteInterdit):
                geste(verification, qui)

    Instruction.objects.filter(pk=instruction.pk).update(instructeur=chef)
    with pytest.raises(GesteInterdit, match="une autre personne"):
        verification.accepter(par=chef)
    with pytest.raises(IntegrityError), transaction.atomic():
        Verification.objects.update(
            etat="ACCEPTEE", verifiee_par=verification.conclue_par, verifiee_le=horloge.maintenant()
        )
    assert Verification.objects.get().etat == EtatVerification.A_FAIRE


def test_reopened_otherwise_nothing_is_left_to_verify():
    instruction, chef = conclue(), responsable()
    instruction.dossier.passer("rouvrir", par=chef, motif="Une pièce est arrivée.")

    instruction.refresh_from_db()
    assert instruction.verifications.get().etat == EtatVerification.SANS_OBJET
    assert not instruction.a_verifier


# -- Refusals ----------------------------------------------------------------------------------------------------
def test_a_refusal_always_waits_for_a_second_reading():
    instruction = refus_propose()
    verification = instruction.verifications.get()
    assert (verification.nature, verification.etat) == (NatureVerification.REFUS, EtatVerification.A_FAIRE)
    assert instruction.a_verifier

    signe = signataire()
    instruction.dossier.passer("declarer_irrecevable", par=signe, motif=MOTIF_DE_REFUS)

    verification.refresh_from_db()
    instruction.refresh_from_db()
    assert (verification.etat, verification.verifiee_par) == (EtatVerification.ACCEPTEE, signe)
    assert not instruction.a_verifier


def test_a_refusal_is_sent_back_with_a_word():
    instruction, chef = refus_propose(), responsable()
    instruction.verifications.get().renvoyer(MOT, par=chef)

    instruction.refresh_from_db()
    assert (instruction.sens, instruction.proposition_refus, instruction.mot_de_renvoi) == ("", "", MOT)
    assert instruction.verifications.get().etat == EtatVerification.RENVOYEE
    assert instruction.dossier.etat == Etat.EN_INSTRUCTION


def test_a_refusal_accepted_still_waits_for_its_signature():
    instruction, chef = refus_propose(), responsable()
    instruction.verifications.get().accepter(par=chef)

    instruction.refresh_from_db()
    assert instruction.sens == "IRRECEVABLE"
    assert instruction.dossier.etat == Etat.EN_INSTRUCTION


# -- Pages -------------------------------------------------------------------------------------------------------
def test_the_list_and_the_home_of_a_responsable(client, django_assert_max_num_queries):
    chef = responsable()
    client.force_login(chef)
    liste = reverse("instruction:verifications")
    assert "Rien à vérifier pour l'instant" in texte(client.get(liste))

    instruction = conclue()

    dites = ["Conclusion tirée au sort : à vérifier" in t.libelle for t in taches_pour(chef)]
    assert dites.count(True) == 1
    assert not [t for t in taches_pour(instruction.instructeur) if "à vérifier" in t.libelle]
    with django_assert_max_num_queries(12):
        page = client.get(liste)
    assert instruction.dossier.numero in texte(page)
    assert "Recevable, tirée au sort" in texte(page)

    client.post(adresse(instruction), {"action": "accepter"})
    assert "Rien à vérifier pour l'instant" in texte(client.get(liste))


def test_the_dossier_says_that_it_waits_then_why_it_came_back(client):
    instruction, chef = conclue(), responsable()
    client.force_login(instruction.instructeur)
    assert "À vérifier" in texte(client.get(adresse(instruction, "dossier")))
    assert client.post(adresse(instruction), {"action": "accepter"}).status_code == 403
    assert Verification.objects.get().etat == EtatVerification.A_FAIRE

    client.force_login(chef)
    vide = client.post(adresse(instruction), {"action": "renvoyer", "mot": " "})
    assert "Écrivez à l'agent ce qui est à reprendre." in texte(vide)
    assert client.post(adresse(instruction), {"action": "renvoyer", "mot": MOT}).status_code == 302

    client.force_login(instruction.instructeur)
    assert MOT in texte(client.get(adresse(instruction, "dossier")))
    assert "Aucune conclusion n'est à vérifier" in texte(client.get(adresse(instruction)))


def test_the_share_is_set_on_the_page(client):
    conclue(part=0)
    appel = Appel.objects.get()
    client.force_login(responsable())
    liste = reverse("instruction:verifications")

    refuse = client.post(liste, {"appel": appel.pk, "part_verifiee": "120"})
    assert "Écrivez un nombre entre 0 et 100." in texte(refuse)
    client.post(liste, {"appel": appel.pk, "part_verifiee": "30"})

    appel.refresh_from_db()
    assert appel.part_verifiee == 30
    assert client.post(liste, {"appel": "x", "part_verifiee": "3"}).status_code == 404

    client.force_login(agent())
    assert client.get(liste).status_code == 403
    assert client.post(liste, {"appel": appel.pk, "part_verifiee": "3"}).status_code == 403


def test_the_porteur_sees_nothing_of_it(client):
    instruction = conclue()
    client.force_login(instruction.dossier.membres.get().user)
    assert client.get(adresse(instruction)).status_code == 403
    assert client.get(reverse("instruction:verifications")).status_code == 403
    assert list(Verification.objects.visibles_par(instruction.dossier.membres.get().user)) == []
    assert "vérifi" not in texte(client.get(f"/dossiers/{instruction.dossier.numero}/"))


def test_a_refusal_sent_back_from_its_signature_page_says_why(client):
    instruction = refus_propose()
    client.force_login(signataire())
    client.post(adresse(instruction, "refus"), {"action": "reprendre_examen", "motif": MOT})

    instruction.refresh_from_db()
    assert (instruction.sens, instruction.mot_de_renvoi) == ("", MOT)
    assert instruction.verifications.get().etat == EtatVerification.RENVOYEE
