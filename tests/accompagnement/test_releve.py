"""The expert's monthly statement: each confirmed day is billed once, by an act, then paid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accompagnement.models import Journee, Releve
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.accompagnement.test_ecrans import ouvrir, poster, principal, verifier_la_page
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db


def noter(gens, mission, creneau) -> Journee:
    return Journee.noter(
        mission, par=gens.expert, date=mission.debut, creneau=creneau, lieu="DISTANCE", texte="Atelier"
    )


def test_a_statement_bills_each_confirmed_day_once(gens, mission, invariants_verifies):
    une, deux = noter(gens, mission, "MATIN"), noter(gens, mission, "APRES_MIDI")
    with pytest.raises(TransitionInterdite, match="Aucune journée confirmée"):
        Releve.etablir(horloge.aujourd_hui(), par=gens.expert)
    une.confirmer(par=gens.porteur)

    releve = Releve.etablir(horloge.aujourd_hui(), par=gens.expert)

    assert (releve.jours, releve.montant_ht) == (Decimal("0.5"), Decimal("450.00"))
    mission.refresh_from_db()
    lu = releve.acte.instantane
    assert (lu["total"], lu["confirmes"], lu["attente"], lu["contestes"]) == ("1.0", "0.5", "0.5", "0.0")
    assert [ligne["etat"] for ligne in lu["lignes"]] == ["confirmé", "à confirmer"]
    assert lu["totaux"] == [
        {
            "mission_ref": mission.lettre.numero,
            "projet": mission.dossier.nom_projet,
            "commande": "3.0",
            "realise_avant": "0.0",
            "ce_mois": "1.0",
            "reste": "2.0",
        }
    ]
    with pytest.raises(TransitionInterdite, match="Aucune journée confirmée"):
        Releve.etablir(horloge.aujourd_hui(), par=gens.expert)

    # Confirmed later, carried over: the next statement bills it, and it alone.
    deux.confirmer(par=gens.porteur)
    with horloge.a(horloge.maintenant() + timedelta(days=32)):
        suite = Releve.etablir(horloge.aujourd_hui(), par=gens.expert)
    assert (suite.jours, list(suite.journees.all())) == (Decimal("0.5"), [deux])
    assert suite.acte.instantane["totaux"][0]["realise_avant"] == "0.5"
    with pytest.raises(IntegrityError), transaction.atomic():
        Releve.objects.update(etat="PAYE")


def test_it_is_invoiced_by_the_expert_and_paid_by_an_agent(client, gens, mission, invariants_verifies):
    noter(gens, mission, "JOURNEE").confirmer(par=gens.porteur)
    mois = reverse("accompagnement:mois")
    assert "Établir le relevé" in principal(ouvrir(client, gens.expert, mois))
    ici = poster(client, gens.expert, mois, "etablir").url
    releve = Releve.objects.get()
    for qui in (gens.expert, gens.agent, gens.responsable):
        page = ouvrir(client, qui, ici)
        verifier_la_page(page, "releve")
        assert Acte.objects.visibles_par(qui).filter(pk=releve.acte_id).exists()
        verifier_la_page(ouvrir(client, qui, reverse("accompagnement:releves")), "releves")
    for qui in (gens.porteur, f.personne(role="EXPERT"), f.personne()):
        assert ouvrir(client, qui, ici).status_code == 404
        assert not Acte.objects.visibles_par(qui).filter(pk=releve.acte_id).exists()

    with pytest.raises(GesteInterdit):
        releve.payer(par=gens.expert, le=horloge.aujourd_hui(), reference="M-1")
    with pytest.raises(TransitionInterdite):
        releve.payer(par=gens.agent, le=horloge.aujourd_hui(), reference="M-1")
    poster(client, gens.expert, ici, "facturer", numero="F-2026-12")
    poster(client, gens.agent, ici, "payer", reference="M-1", le=horloge.aujourd_hui().isoformat())

    releve.refresh_from_db()
    assert (releve.etat, releve.facture, releve.reference) == ("PAYE", "F-2026-12", "M-1")
    assert "référence M-1" in principal(ouvrir(client, gens.expert, ici))
