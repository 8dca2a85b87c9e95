"""From the draft to the signature: checked by somebody else, or returned with a note and taken up again."""

import pytest

from manufactures import horloge
from manufactures.actes.models import Acte, Relecture
from manufactures.journal.models import Entree
from manufactures.registres import TransitionInterdite
from selection.models import Decision
from tests.factories.selection import MOTIF, Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
NOTE = "Le deuxième motif n'est étayé par aucune pièce du dossier."


@pytest.fixture
def salle():
    """One favourable opinion, the sitting closed."""
    salle = Salle().ouvrir()
    salle.avis_favorable()
    return salle.clore()


def relire(client, personne, decision, action, note=""):
    client.force_login(personne)
    return client.post(f"/pilotage/decisions/{decision.pk}/relire/", {"action": action, "note": note})


def test_checked_by_somebody_else_then_signed(client, salle):
    decision = salle.decision()
    auteur = salle.dossiers[0].instruction.instructeur
    assert relire(client, auteur, decision, "viser").status_code == 403
    assert relire(client, salle.responsable, decision, "viser").status_code == 302
    assert Relecture.objects.get().sens == "VISE"
    decision.signer(par=salle.signataire)
    assert Acte.objects.filter(genre="labellisation").exists()
    relire(client, salle.responsable, decision, "renvoyer", NOTE)
    assert Relecture.objects.count() == 1  # signed, it is no draft any more


def test_returned_with_a_note_it_is_not_signed_until_taken_up(client, salle):
    decision = salle.decision()
    assert relire(client, salle.signataire, decision, "renvoyer", NOTE).status_code == 302
    page = client.get(decision.get_absolute_url()).content.decode()
    assert "renvoyé avec une note" in page.replace("\u00a0", " ") and 'value="signer"' not in page
    with pytest.raises(TransitionInterdite, match="se reprend"):
        decision.signer(par=salle.signataire)
    assert Entree.objects.get(fil=decision.fil, action="renvoyer").motif == NOTE

    horloge.oublier()
    auteur = salle.dossiers[0].instruction.instructeur
    decision = Decision.rediger(salle.dossiers[0], par=auteur, sens="LABELLISATION", motif=MOTIF)
    page = client.get(decision.get_absolute_url()).content.decode()
    assert 'value="signer"' in page and NOTE.replace("'", "&#x27;") in page  # the note is kept
    decision.signer(par=salle.signataire)
    decision.refresh_from_db()
    assert decision.signee_le is not None
    assert NOTE not in str(decision.acte.instantane)


def test_a_return_says_why(client, salle):
    decision = salle.decision()
    assert relire(client, salle.signataire, decision, "renvoyer", "à revoir").status_code == 302
    assert not Relecture.objects.exists()
