"""Payments: three persons, one computed sum, never beyond the rate, the ceilings or the subsidy."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction

from accompagnement.models import EtatTranche, Facture, Tranche
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.procedure import EtatConvention
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db


def tranche(convention, type_="AVANCE") -> Tranche:
    return convention.tranches.get(type=type_)


def demandee(gens, convention, type_="AVANCE", factures=()):
    la_tranche = tranche(convention, type_)
    la_tranche.demander(par=gens.porteur, factures=factures)
    return la_tranche


def test_the_first_payment_sets_the_convention_in_execution(gens, convention, invariants_verifies):
    avance = tranche(convention)
    f.payer(gens, avance)

    assert (avance.etat, avance.montant_verse, avance.payee_le) == (
        "PAYE",
        Decimal("51000.00"),
        horloge.aujourd_hui(),
    )
    convention.refresh_from_db()
    assert convention.etat == EtatConvention.EN_EXECUTION
    acte = convention.dossier.actes.get(genre="versement")
    assert acte.instantane["a_verser"] == "51000.00"
    assert acte.instantane["certificateur"]["prenom"] == "Lucie"
    assert acte.instantane["ordonnateur"]["prenom"] == "Florence"
    assert acte.instantane["rib_masque"] == "3609"
    assert Message.objects.filter(cle="versement_effectue", destinataire=gens.porteur).count() == 1


def test_all_tranches_are_paid_then_the_convention_is_settled(gens, convention, invariants_verifies):
    f.payer(gens, tranche(convention, "AVANCE"))
    f.payer(gens, tranche(convention, "ACOMPTE"), [f.facture("F-1", "260000.00")])
    f.payer(gens, tranche(convention, "SOLDE"), [f.facture("F-2", "45820.00")])
    f.payer(gens, tranche(convention, "ANNEE_1"))
    with pytest.raises(TransitionInterdite, match="tranches"):
        convention.passer("solder", par=gens.responsable)
    f.payer(gens, tranche(convention, "ANNEE_2"))

    convention.passer("solder", par=gens.responsable)

    assert convention.etat == EtatConvention.SOLDEE
    assert convention.verse == convention.montant_maximum


@pytest.mark.parametrize(
    ("ht", "a_verser"),
    [
        ("260000.00", "85000.00"),  # 0.5559 × 260 000 = 144 534, over the 80 % ceiling of 136 000
        ("200000.00", "60180.00"),  # 0.5559 × 200 000 = 111 180, less the advance of 51 000
        ("91744.00", "0.48"),  # 0.5559 × 91 744 = 51 000.4896, cut to the cent
    ],
)
def test_an_instalment_is_the_rate_on_what_is_accepted_less_what_is_paid(
    gens, convention, ht, a_verser, invariants_verifies
):
    f.payer(gens, tranche(convention))
    acompte = demandee(gens, convention, "ACOMPTE", [f.facture(ht=ht)])
    acompte.controler(par=gens.agent)
    acompte.factures.get().examiner(par=gens.agent, acceptee=True)

    acompte.certifier(par=gens.agent)

    assert acompte.montant_verse == Decimal(a_verser)


def test_the_balance_makes_up_for_a_reduced_instalment_within_the_subsidy(
    gens, convention, invariants_verifies
):
    f.payer(gens, tranche(convention))
    f.payer(gens, tranche(convention, "ACOMPTE"), [f.facture("F-1", "200000.00")])
    f.payer(gens, tranche(convention, "SOLDE"), [f.facture("F-2", "150000.00")])

    assert tranche(convention, "SOLDE").montant_verse == Decimal("58820.00")
    assert sum(t.montant_verse for t in convention.tranches.filter(nature="INVESTISSEMENT")) == Decimal(
        "170000.00"
    )


def test_a_rejected_invoice_is_out_of_the_sum_and_printed_with_its_reason(
    gens, convention, invariants_verifies
):
    f.payer(gens, tranche(convention))
    acompte = demandee(
        gens, convention, "ACOMPTE", [f.facture("F-1", "150000.00"), f.facture("F-2", "90000.00")]
    )
    acompte.controler(par=gens.agent)
    une, deux = acompte.factures.all()
    une.examiner(par=gens.agent, acceptee=True)
    deux.examiner(par=gens.agent, acceptee=False, motif="Dépense antérieure au dépôt.")
    acompte.certifier(par=gens.agent)
    acompte.ordonner(par=gens.responsable)

    instantane = acompte.acte.instantane
    assert instantane["depenses"]["ecartees"] == [
        {"facture": "F-2", "montant": "90000.00", "raison": "Dépense antérieure au dépôt."}
    ]
    assert (instantane["depenses"]["retenues"], instantane["reduit"]) == ("150000.00", True)


def test_the_certificate_waits_for_every_invoice_and_for_something_to_pay(gens, convention):
    f.payer(gens, tranche(convention))
    acompte = demandee(gens, convention, "ACOMPTE", [f.facture(ht="10000.00")])
    acompte.controler(par=gens.agent)

    with pytest.raises(TransitionInterdite, match="acceptées ou rejetées"):
        acompte.certifier(par=gens.agent)
    acompte.factures.get().examiner(par=gens.agent, acceptee=True)
    with pytest.raises(TransitionInterdite, match="aucun versement"):
        acompte.certifier(par=gens.agent)

    acompte.refresh_from_db()
    assert (acompte.service_fait_le, acompte.montant_verse) == (None, None)


def test_a_request_is_sent_back_and_asked_again_with_another_invoice(gens, convention, invariants_verifies):
    f.payer(gens, tranche(convention))
    acompte = demandee(gens, convention, "ACOMPTE", [f.facture("F-1", "10000.00")])
    acompte.renvoyer(par=gens.agent, motif="Joignez les factures de la dalle.")
    assert (acompte.etat, acompte.motif_renvoi) == (
        EtatTranche.A_DEMANDER,
        "Joignez les factures de la dalle.",
    )

    f.payer(gens, acompte, [f.facture("F-2", "250000.00")])

    assert acompte.montant_verse == Decimal("85000.00")
    assert acompte.motif_renvoi == ""


# -- Four eyes and more ------------------------------------------------------------------------------------------
def test_nobody_signs_twice_the_same_payment(gens, convention):
    avance = demandee(gens, convention)
    avance.certifier(par=gens.responsable)

    with pytest.raises(GesteInterdit, match="déjà signé"):
        avance.ordonner(par=gens.responsable)
    avance.ordonner(par=gens.signataire)
    for deja in (gens.responsable, gens.signataire):
        with pytest.raises(GesteInterdit, match="déjà signé"):
            avance.contresigner(par=deja)
    with pytest.raises(TransitionInterdite, match="signature"):
        avance.payer(par=gens.agent, mandat="M-1")

    avance.refresh_from_db()
    assert (avance.etat, avance.contresignee_par) == (EtatTranche.EN_CONTROLE, None)


def test_raw_sql_cannot_put_one_person_twice(gens, convention):
    avance = demandee(gens, convention)
    avance.certifier(par=gens.agent)
    avance.ordonner(par=gens.responsable)

    with pytest.raises(IntegrityError), transaction.atomic():
        Tranche.objects.filter(pk=avance.pk).update(
            contresignee_par=gens.responsable, contresignee_le=horloge.maintenant()
        )


@pytest.mark.parametrize(
    ("geste", "qui"),
    [("demander", "contributeur"), ("demander", "agent"), ("certifier", "porteur"), ("certifier", "auditeur"),
     ("ordonner", "agent"), ("contresigner", "agent"), ("controler", "expert")],
)  # fmt: skip
def test_each_deed_is_its_role_s(gens, convention, geste, qui):
    avance = tranche(convention)

    with pytest.raises(GesteInterdit):
        getattr(avance, geste)(par=getattr(gens, qui))

    avance.refresh_from_db()
    assert avance.etat == EtatTranche.A_DEMANDER


def test_each_step_waits_for_the_one_before(gens, convention):
    avance = tranche(convention)

    for geste, qui in (
        ("certifier", gens.agent),
        ("ordonner", gens.responsable),
        ("contresigner", gens.signataire),
    ):
        with pytest.raises(TransitionInterdite):
            getattr(avance, geste)(par=qui)
    with pytest.raises(TransitionInterdite, match="précédente"):
        tranche(convention, "ACOMPTE").demander(par=gens.porteur, factures=[f.facture()])

    assert not Facture.objects.exists()


def test_a_payment_done_is_not_done_again(gens, convention):
    avance = tranche(convention)
    f.payer(gens, avance)

    for geste in (
        lambda: avance.demander(par=gens.porteur),
        lambda: avance.certifier(par=gens.agent),
        lambda: avance.ordonner(par=gens.responsable),
        lambda: avance.payer(par=gens.agent, mandat="M-2"),
    ):
        with pytest.raises(TransitionInterdite):
            geste()

    avance.refresh_from_db()
    assert avance.mandat == f"M-{avance.pk}"


def test_the_payment_has_a_reference_and_a_possible_date(gens, convention):
    avance = demandee(gens, convention)
    avance.certifier(par=gens.agent)
    avance.ordonner(par=gens.responsable)
    avance.contresigner(par=gens.signataire)

    with pytest.raises(TransitionInterdite, match="référence"):
        avance.payer(par=gens.agent, mandat=" ")
    for jour in (horloge.aujourd_hui() + timedelta(days=1), horloge.aujourd_hui() - timedelta(days=1)):
        with pytest.raises(TransitionInterdite, match="date"):
            avance.payer(par=gens.agent, mandat="M-1", payee_le=jour)

    avance.refresh_from_db()
    assert avance.payee_le is None


def test_nothing_is_paid_before_the_signatures_nor_after_the_end(gens, projet):
    convention = f.convention(gens, projet, signee=False)
    with pytest.raises(TransitionInterdite, match="pas signée"):
        tranche(convention).demander(par=gens.porteur)
    convention.passer("resilier", par=gens.responsable, motif="Le porteur renonce.")

    with pytest.raises(TransitionInterdite, match="plus en cours"):
        tranche(convention).demander(par=gens.porteur)

    assert tranche(convention).etat == EtatTranche.A_DEMANDER


# -- Invoices ----------------------------------------------------------------------------------------------------
def test_an_invoice_is_presented_once_in_the_whole_convention(gens, convention):
    f.payer(gens, tranche(convention))
    f.payer(gens, tranche(convention, "ACOMPTE"), [f.facture("F-1", "260000.00")])

    with pytest.raises(TransitionInterdite, match="déjà présentée"):
        tranche(convention, "SOLDE").demander(
            par=gens.porteur, factures=[f.facture("f-1", "1.00", fournisseur="ATELIERS exemple")]
        )

    assert Facture.objects.count() == 1
    assert tranche(convention, "SOLDE").etat == EtatTranche.A_DEMANDER


def test_an_instalment_needs_invoices_that_make_sense(gens, convention):
    f.payer(gens, tranche(convention))

    with pytest.raises(TransitionInterdite, match="au moins une facture"):
        tranche(convention, "ACOMPTE").demander(par=gens.porteur)
    with pytest.raises(ValidationError):
        tranche(convention, "ACOMPTE").demander(
            par=gens.porteur, factures=[f.facture(montant_ttc=Decimal("1.00"))]
        )

    assert not Facture.objects.exists()
    assert tranche(convention, "ACOMPTE").etat == EtatTranche.A_DEMANDER


def test_a_rejection_says_why(gens, convention):
    f.payer(gens, tranche(convention))
    acompte = demandee(gens, convention, "ACOMPTE", [f.facture()])
    acompte.controler(par=gens.agent)

    with pytest.raises(TransitionInterdite, match="motif"):
        acompte.factures.get().examiner(par=gens.agent, acceptee=False)

    assert acompte.factures.get().statut == "EN_CONTROLE"


@pytest.mark.django_db(transaction=True)
def test_two_responsables_at_once_order_one_payment(gens):
    convention = f.convention(gens, f.accompagne(gens))
    avance = demandee(gens, convention)
    avance.certifier(par=gens.agent)
    depart, issues = threading.Barrier(2), []

    def tenter(par):
        try:
            depart.wait(timeout=10)
            tranche(convention).ordonner(par=par)
            issues.append("ordonné")
        except TransitionInterdite:
            issues.append("refusé")
        finally:
            connections.close_all()

    fils = [threading.Thread(target=tenter, args=(par,)) for par in (gens.responsable, gens.signataire)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert sorted(issues) == ["ordonné", "refusé"]
    assert Acte.objects.filter(genre="versement").count() == 1
