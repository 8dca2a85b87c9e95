"""Recoveries, amendments, changes of account and the convention's dates: each is told to whom it waits for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accompagnement.models import Avenant, ChangementDeCompte, Recouvrement
from accompagnement.obligations import obligations
from accompagnement.tasks import rappeler_les_obligations
from manufactures import attentes, horloge
from manufactures.courrier.models import Message
from tests.accompagnement.test_a_faire import attendus as demandes
from tests.accompagnement.test_recouvrement import FAITS, apres
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db

ARGENT = "accompagnement.a_faire_argent"


@pytest.fixture(autouse=True)
def argent_seul(monkeypatch):
    """Only the lines of the money: the project's other lines are told elsewhere."""
    siennes = [fonction for fonction in attentes._a_faire if fonction.__module__ == ARGENT]
    monkeypatch.setattr(attentes, "_a_faire", siennes)


def test_a_recovery_waits_for_the_porteur_then_for_each_agent(gens, convention):
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    demandes(gens)
    recouvrement = Recouvrement.ouvrir(
        convention, par=gens.responsable, montant_envisage=Decimal("23205.00"), **FAITS
    )
    demandes(gens, porteur={"Répondre"})
    [tache] = attentes.taches_pour(type(gens.porteur).objects.get(pk=gens.porteur.pk))
    assert tache.echeance == recouvrement.reponse_avant_le
    recouvrement.observer(par=gens.porteur, texte="La dalle sera facturée en mars.")
    demandes(gens)
    with apres(recouvrement):
        demandes(gens, responsable={"Décider"}, signataire={"Décider"})
        recouvrement.decider(par=gens.responsable, montant_exige=Decimal(20000), motivation="Une facture.")
        demandes(gens, signataire={"Ordonner"})
        recouvrement.ordonner(par=gens.signataire)
        notes = {"Noter"}
        demandes(gens, porteur={"Voir"}, agent=notes, responsable=notes, signataire=notes)
        recouvrement.constater(par=gens.agent, reference="R-1")
        demandes(gens)


def test_an_amendment_waits_for_one_signature_then_for_the_other(gens, convention):
    avenant = Avenant.preparer(
        convention,
        par=gens.agent,
        motif="La presse arrive en mars.",
        demande_le=horloge.aujourd_hui(),
        nouvelle_fin=convention.fin_le + timedelta(days=90),
    )
    demandes(gens, porteur={"Signer"})
    avenant.signer_beneficiaire(par=gens.porteur)
    demandes(gens, signataire={"Signer"})
    avenant.signer(par=gens.signataire)
    demandes(gens)


def test_a_new_account_waits_for_two_agents_and_never_for_the_same(gens, convention):
    changement = ChangementDeCompte.demander(
        convention.dossier,
        par=gens.porteur,
        iban="FR1420041010050500013M02606",
        bic="ZZZZFRPPXXX",
        titulaire="La Fabrique",
    )
    demandes(gens, agent={"Vérifier"}, responsable={"Vérifier"}, signataire={"Vérifier"})
    changement.verifier(par=gens.responsable, verification="Rappel au numéro du dossier.")
    demandes(gens, signataire={"Confirmer"})
    changement.confirmer(par=gens.signataire)
    demandes(gens)


def test_the_duties_of_a_convention_are_dated_and_reminded_once_each(client, gens, convention):
    dues = {duree.code: duree for duree in obligations(convention)}
    assert list(dues) == ["commencement", "rapport-1", "rapport-2", "solde"]
    assert (dues["commencement"].etat, dues["rapport-1"].tenue) == ("à venir", None)
    client.force_login(gens.porteur)
    page = client.get(convention.get_absolute_url()).content.decode()
    assert "Engagements et dates" in page and "Demander le solde" in page

    assert rappeler_les_obligations() == 0
    for jours in (30, 29, 7, 6, 0):
        with horloge.a(horloge.fin_du_jour(dues["solde"].echeance - timedelta(days=jours)).replace(hour=9)):
            rappeler_les_obligations()
            assert rappeler_les_obligations() == 0
    rappels = Message.objects.filter(cle="obligation_a_tenir", destinataire=gens.porteur)
    assert sum("solde" in rappel.corps_texte for rappel in rappels) == 2

    f.payer(gens, convention.tranches.get(type="AVANCE"))
    convention.refresh_from_db()
    tenues = {duree.code: duree.tenue for duree in obligations(convention)}
    assert tenues["commencement"] is True and tenues["solde"] is False
