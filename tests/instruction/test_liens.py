"""A declared link closes a dossier to its agent, everywhere, until a responsable lifts it."""

import pytest

from candidatures.models import Dossier
from instruction.models import Instruction, LienDeclare, NoteInterne
from manufactures.actes.models import Acte
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.instruction import (
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    responsable,
)

pytestmark = pytest.mark.django_db
LIEN = {"nature": "FAMILIAL", "precision": "Mon frère préside la structure."}


def lier(dossier, qui, par=None):
    return LienDeclare.declarer(dossier, agent=qui, par=par or qui, **LIEN)


def test_the_dossier_its_grid_its_notes_and_its_acts_close_to_the_agent(client):
    grille, lie = pris_en_charge(), agent()
    NoteInterne.ecrire(grille.dossier, par=grille.instructeur, texte="À revoir.")
    assert Dossier.objects.visibles_par(lie).exists()

    lier(grille.dossier, lie)

    lie = type(lie).objects.get(pk=lie.pk)
    for modele in (Dossier, Instruction, NoteInterne, Acte):
        assert not modele.objects.visibles_par(lie).exists()
    client.force_login(lie)
    for suite in ("", "doublons/", "liens/", "historique/"):
        assert client.get(f"/instruction/{grille.dossier.numero}/{suite}").status_code == 404
    assert client.get(f"/dossiers/{grille.dossier.numero}/messages/").status_code == 404
    assert grille.dossier.nom_projet not in client.get("/instruction/").content.decode()


def test_nobody_gives_the_dossier_to_a_linked_agent(client):
    dossier, lie, chef = dossier_depose(), agent(), responsable()
    lier(dossier, lie)
    with pytest.raises(TransitionInterdite, match="lien déclaré"):
        Instruction.prendre_en_charge(dossier, par=chef, instructeur=lie)
    with pytest.raises(Dossier.DoesNotExist):
        Instruction.prendre_en_charge(dossier, par=lie)

    grille = pris_en_charge(dossier)
    with pytest.raises(TransitionInterdite, match="lien déclaré"):
        grille.affecter(lie, par=chef)

    client.force_login(chef)
    page = client.get(f"/instruction/{dossier.numero}/affecter/").content.decode()
    assert f'value="{lie.pk}"' not in page


def test_a_dossier_held_goes_back_to_the_queue_and_another_goes_on():
    grille, autre = pris_en_charge(), agent()
    lie = grille.instructeur
    grille.enregistrer(par=lie, verdicts={"E2": {"reponse": "OUI", "motif": "Vu"}})

    lier(grille.dossier, lie)

    grille.refresh_from_db()
    assert (grille.instructeur, grille.dossier.etat) == (None, Etat.EN_INSTRUCTION)
    with pytest.raises(TransitionInterdite, match="Personne n'instruit"):
        grille.enregistrer(par=responsable(), avis="Bon dossier.")
    grille.reprendre(par=autre)
    assert grille.instructeur == autre
    assert grille.verdicts.filter(critere__code="E2").exists()
    assert [e.action for e in Entree.objects.filter(fil=grille.dossier.fil).order_by("rang")][-3:] == [
        "declarer_lien",
        "rendre_a_la_file",
        "affecter",
    ]


def test_a_proposed_refusal_falls_with_its_author():
    grille = refus_propose()
    lier(grille.dossier, grille.instructeur)

    grille.refresh_from_db()
    assert (grille.sens, grille.instructeur, grille.refus_propose_par) == ("", None, None)


def test_a_porteur_may_still_answer_while_nobody_holds_the_grid():
    demande = demande_envoyee()
    grille = Instruction.objects.get()
    lier(grille.dossier, grille.instructeur)
    titulaire = demande.dossier.titulaire
    demande.repondre(par=titulaire, texte="Le voici.")

    demande.dossier.passer("completer", par=titulaire)

    assert Dossier.objects.get().etat == Etat.EN_INSTRUCTION


def test_an_agent_declares_for_oneself_a_responsable_for_anyone():
    dossier, collegue = dossier_depose(), agent()
    with pytest.raises(GesteInterdit):
        lier(dossier, collegue, par=agent())
    with pytest.raises(TransitionInterdite, match="quelques mots"):
        LienDeclare.declarer(dossier, agent=collegue, par=collegue, nature="AUTRE", precision=" ")
    assert not LienDeclare.objects.exists()

    lier(dossier, collegue, par=responsable())
    with pytest.raises(TransitionInterdite, match="déjà un lien"):
        lier(dossier, collegue, par=responsable())


def test_a_responsable_lifts_it_with_a_reason_and_nobody_else():
    dossier, lie, chef = dossier_depose(), agent(), responsable()
    lien = lier(dossier, lie)
    with pytest.raises(Dossier.DoesNotExist):
        lien.lever(par=lie, motif="C'est fini")
    with pytest.raises(GesteInterdit):
        lien.lever(par=agent(), motif="C'est fini")
    with pytest.raises(TransitionInterdite):
        lien.lever(par=chef, motif="")
    lien.refresh_from_db()
    assert lien.leve_le is None

    lien.lever(par=chef, motif="La présidence a changé.")

    assert Dossier.objects.visibles_par(type(lie).objects.get(pk=lie.pk)).filter(pk=dossier.pk).exists()
    assert Entree.objects.filter(
        fil=dossier.fil, action="lever_lien", motif="La présidence a changé."
    ).exists()


def test_the_page_declares_and_lifts(client):
    grille, chef = pris_en_charge(), responsable()
    adresse = f"/instruction/{grille.dossier.numero}/liens/"
    client.force_login(grille.instructeur)
    assert client.get(adresse).status_code == 200
    assert client.post(adresse, {"action": "declarer", "nature": "", "precision": ""}).status_code == 200
    reponse = client.post(adresse, {"action": "declarer", **LIEN})
    assert (reponse.status_code, reponse.url) == (302, "/instruction/")
    assert client.get(adresse).status_code == 404

    client.force_login(chef)
    assert "Prendre en charge" in client.get(grille.get_absolute_url()).content.decode()
    lien = LienDeclare.objects.get()
    assert "Mon frère" in client.get(adresse).content.decode()
    client.post(adresse, {"action": "lever", "lien": lien.pk, "motif_levee": "Erreur de personne."})
    lien.refresh_from_db()
    assert lien.leve_par == chef

    nouveau = agent()
    client.force_login(nouveau)
    client.post(f"/instruction/{grille.dossier.numero}/reprendre/")
    grille.refresh_from_db()
    assert grille.instructeur == nouveau
