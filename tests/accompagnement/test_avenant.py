"""Amendments: numbered, signed by both, in force at the last signature, never after the end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accompagnement.models import Avenant
from manufactures import horloge
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db


def preparer(gens, convention, jours=180, **faits) -> Avenant:
    faits = {
        "motif": "La presse arrive en mars.",
        "demande_le": horloge.aujourd_hui(),
        "nouvelle_fin": convention.fin_le + timedelta(days=jours),
    } | faits
    return Avenant.preparer(convention, par=gens.agent, **faits)


def test_it_moves_the_end_at_the_last_signature(gens, convention, invariants_verifies):
    fin = convention.fin_le
    avenant = preparer(gens, convention)
    acte = convention.dossier.actes.get(genre="avenant")
    assert (acte.instantane["rang"], acte.instantane["montant_inchange"]) == (1, True)
    assert acte.instantane["modifications"][0]["article"] == "2"
    with pytest.raises(TransitionInterdite, match="cette signature"):
        avenant.signer(par=gens.signataire)
    avenant.signer_beneficiaire(par=gens.porteur)
    convention.refresh_from_db()
    assert convention.fin_le == fin
    with pytest.raises(GesteInterdit, match="lui revient"):
        avenant.signer(par=gens.responsable)

    avenant.signer(par=gens.signataire)

    convention.refresh_from_db()
    assert convention.fin_le == fin + timedelta(days=180)
    assert preparer(gens, convention).rang == 2


def test_one_at_a_time_and_a_number_is_not_used_again(gens, convention):
    avenant = preparer(gens, convention)
    with pytest.raises(TransitionInterdite, match="attend déjà"):
        preparer(gens, convention)
    avenant.retirer(par=gens.agent)
    with pytest.raises(TransitionInterdite, match="cette signature"):
        avenant.signer_beneficiaire(par=gens.porteur)
    assert preparer(gens, convention).rang == 2


def test_never_earlier_never_after_the_end_never_unsigned(gens, convention):
    with pytest.raises(TransitionInterdite, match="après celle"):
        preparer(gens, convention, jours=0)
    with horloge.a(horloge.fin_du_jour(convention.fin_le + timedelta(days=1))):
        with pytest.raises(TransitionInterdite, match="terme"):
            preparer(gens, convention)
    autre = f.convention(gens, f.accompagne(gens), signee=False)
    with pytest.raises(TransitionInterdite, match="signée et en cours"):
        Avenant.preparer(
            autre, par=gens.agent, motif="x", demande_le=horloge.aujourd_hui(), nouvelle_fin=convention.fin_le
        )
    assert not Avenant.objects.exists()


def test_raw_sql_cannot_sign_for_the_beneficiary(gens, convention):
    preparer(gens, convention)
    with pytest.raises(IntegrityError), transaction.atomic():
        Avenant.objects.update(signe_le=horloge.maintenant(), signe_par=gens.signataire)


def test_the_page_carries_it_from_the_draft_to_both_signatures(client, gens, convention):
    ici = f"{convention.get_absolute_url()}avenants/"
    client.force_login(gens.agent)
    assert "aucun avenant" in client.get(ici).content.decode()
    donnees = {
        "action": "preparer",
        "motif": "Un retard.",
        "demande_le": horloge.aujourd_hui().isoformat(),
        "nouvelle_fin": (convention.fin_le + timedelta(days=90)).isoformat(),
    }
    assert client.post(ici, donnees).status_code == 302
    client.force_login(gens.porteur)
    assert client.post(ici, donnees).status_code == 403
    assert client.post(ici, {"action": "signer_beneficiaire"}).status_code == 409
    assert client.post(ici, {"action": "signer_beneficiaire", "lu": "on"}).status_code == 302
    client.force_login(gens.responsable)
    assert 'value="signer"' not in client.get(ici).content.decode()
    client.force_login(gens.signataire)
    assert 'value="signer"' in client.get(ici).content.decode()
    assert client.post(ici, {"action": "signer"}).status_code == 302
    assert Avenant.objects.get().signe_le
