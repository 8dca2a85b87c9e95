"""The convention: drawn from the award, signed by two parties, cut into tranches that never exceed it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accompagnement.models import Convention, CoordonneesBancaires, Tranche
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, EtatConvention, Partie, Role
from manufactures.programme.models import Delegation
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f
from tests.factories.comptes import DelegationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_convention_is_the_award_cut_in_five_tranches_with_one_act(gens, projet, invariants_verifies):
    convention = f.convention(gens, projet, signee=False)

    assert [(t.nature, t.type, t.montant) for t in convention.tranches.order_by("nature", "rang")] == [
        ("AMORCAGE", "ANNEE_1", Decimal("27500.00")),
        ("AMORCAGE", "ANNEE_2", Decimal("27500.00")),
        ("INVESTISSEMENT", "AVANCE", Decimal("51000.00")),
        ("INVESTISSEMENT", "ACOMPTE", Decimal("85000.00")),
        ("INVESTISSEMENT", "SOLDE", Decimal("34000.00")),
    ]
    assert (convention.montant_maximum, convention.taux_investissement) == (
        Decimal("225000.00"),
        Decimal("0.5559"),
    )
    acte = projet.actes.get(genre="convention")
    assert acte.instantane["rib_masque"] == "3609"
    assert f.IBAN not in str(acte.instantane)
    message = Message.objects.get(cle="convention_a_signer", destinataire=gens.porteur)
    assert message.lien == f"/accompagnement/{projet.numero}/convention/"


def test_odd_amounts_are_cut_to_the_cent(gens):
    projet = f.laureat(gens, etat=Etat.EN_ACCOMPAGNEMENT)
    f.attribution(gens, projet, investissement=Decimal("100000.01"), amorcage=Decimal("0.01"))

    convention = f.convention(gens, projet, signee=False)

    par_nature = {}
    for tranche in convention.tranches.all():
        par_nature.setdefault(tranche.nature, []).append(tranche.montant)
    assert sum(par_nature["INVESTISSEMENT"]) == Decimal("100000.01")
    assert sum(par_nature["AMORCAGE"]) == Decimal("0.01")


@pytest.mark.parametrize(
    ("investissement", "amorcage", "phrase"),
    [("0.00", "0.00", "sans subvention"), ("1000.00", "0.00", "coordonnées")],
)
def test_no_convention_without_money_or_without_account(gens, investissement, amorcage, phrase):
    projet = f.laureat(gens, etat=Etat.EN_ACCOMPAGNEMENT)
    f.attribution(gens, projet, investissement=Decimal(investissement), amorcage=Decimal(amorcage))

    with pytest.raises(TransitionInterdite, match=phrase):
        Convention.preparer(projet, par=gens.agent)

    assert not Convention.objects.exists()
    assert not Acte.objects.filter(genre="convention").exists()


def test_no_convention_before_the_award_is_published(gens):
    projet = f.laureat(gens, etat=Etat.EN_ARBITRAGE)
    f.attribution(gens, projet)
    CoordonneesBancaires.declarer(
        projet, par=gens.porteur, iban=f.IBAN, bic="ZZZZFRPPXXX", titulaire="La Fabrique"
    )

    with pytest.raises(TransitionInterdite, match="publication"):
        Convention.preparer(projet, par=gens.agent)

    assert not Convention.objects.exists()


def test_one_convention_a_project(gens, projet):
    f.convention(gens, projet, signee=False)

    with pytest.raises(TransitionInterdite, match="déjà sa convention"):
        Convention.preparer(projet, par=gens.responsable)

    assert Convention.objects.count() == 1


# -- Signatures --------------------------------------------------------------------------------------------------
def test_the_beneficiary_signs_then_the_agency(gens, projet, invariants_verifies):
    convention = f.convention(gens, projet, signee=False)
    assert convention.balle().tenant == Partie.PORTEUR

    convention.signer_beneficiaire(par=gens.porteur)
    assert convention.balle().tenant == Partie.AGENT
    convention.passer("signer", par=gens.signataire)

    assert convention.etat == EtatConvention.SIGNEE
    assert (convention.signataire_beneficiaire, convention.signee_par) == (gens.porteur, gens.signataire)
    assert convention.fin_le.year in (convention.signee_le.year + 2, convention.signee_le.year + 3)
    assert Entree.objects.get(action="signer_beneficiaire").faits == {"acte": convention.acte.numero}


def test_the_agency_does_not_sign_first(gens, projet):
    convention = f.convention(gens, projet, signee=False)

    with pytest.raises(TransitionInterdite, match="bénéficiaire"):
        convention.passer("signer", par=gens.signataire)

    convention.refresh_from_db()
    assert (convention.etat, convention.signee_par) == (EtatConvention.EN_PROJET, None)


@pytest.mark.parametrize("qui", ["contributeur", "agent", "auditeur", "expert"])
def test_only_the_titulaire_signs_for_the_beneficiary(gens, projet, qui):
    convention = f.convention(gens, projet, signee=False)

    with pytest.raises(GesteInterdit):
        convention.signer_beneficiaire(par=getattr(gens, qui))

    convention.refresh_from_db()
    assert convention.signee_par_le_beneficiaire_le is None


def test_the_agency_s_signatory_is_the_one_it_names_with_a_delegation_in_force(gens, projet):
    convention = f.convention(gens, projet, signee=False)
    convention.signer_beneficiaire(par=gens.porteur)

    with pytest.raises(GesteInterdit, match="nomme"):
        convention.passer("signer", par=gens.responsable)
    Delegation.objects.filter(user=gens.signataire).update(au=convention.preparee_le)
    with pytest.raises(GesteInterdit, match="délégation"):
        convention.passer("signer", par=gens.signataire)

    convention.refresh_from_db()
    assert convention.etat == EtatConvention.EN_PROJET


def test_whoever_draws_it_up_is_not_its_signatory(gens, projet):
    CoordonneesBancaires.declarer(
        projet, par=gens.porteur, iban=f.IBAN, bic="ZZZZFRPPXXX", titulaire="La Fabrique"
    )

    with pytest.raises(TransitionInterdite, match="autre personne"):
        Convention.preparer(projet, par=gens.signataire)
    DelegationFactory(user=(autre := UserFactory(role=Role.RESPONSABLE)), appel=projet.appel)

    assert Convention.preparer(projet, par=gens.signataire).signataire == autre


# -- Account -----------------------------------------------------------------------------------------------------
def test_the_account_is_checked_masked_and_never_journalled_in_full(gens, projet):
    saisi = f"{f.IBAN[:4]} {f.IBAN[4:]}"
    compte = CoordonneesBancaires.declarer(
        projet, par=gens.porteur, iban=saisi, bic="ZZZZFRPPXXX", titulaire="La Fabrique"
    )

    assert compte.iban == f.IBAN
    assert str(compte) == "se terminant par 3609"
    assert compte.consulter(par=gens.responsable).replace(" ", "") == f.IBAN
    assert (
        Entree.objects.filter(fil=projet.fil, action="consulter_compte", acteur=gens.responsable).count() == 1
    )
    for qui in (gens.porteur, gens.agent, gens.auditeur, gens.contributeur):
        with pytest.raises(GesteInterdit):
            compte.consulter(par=qui)
    assert Entree.objects.filter(action="consulter_compte").count() == 1
    assert all(f.IBAN not in str(e.faits) for e in Entree.objects.all())


@pytest.mark.parametrize("iban", ["FR7699999999997000987653600", "FR76", "hello"])
def test_a_wrong_account_is_refused(gens, projet, iban):
    with pytest.raises(ValidationError):
        CoordonneesBancaires.declarer(
            projet, par=gens.porteur, iban=iban, bic="ZZZZFRPPXXX", titulaire="La Fabrique"
        )

    assert not CoordonneesBancaires.objects.exists()


def test_the_account_does_not_change_after_the_signature(gens, projet):
    f.convention(gens, projet)

    with pytest.raises(TransitionInterdite, match="signée"):
        CoordonneesBancaires.declarer(
            projet, par=gens.porteur, iban=f.IBAN, bic="AAAAFRPP", titulaire="Autre"
        )

    assert CoordonneesBancaires.objects.get().titulaire == "La Fabrique"


# -- The database's own walls ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("modele", "champs"),
    [(Tranche, {"montant": Decimal("85000.01")}), (Tranche, {"montant_verse": Decimal("170001.00")}),
     (Convention, {"montant_investissement": Decimal("1.00"), "montant_maximum": Decimal("55001.00")})],
)  # fmt: skip
def test_raw_sql_cannot_exceed_nor_lower_the_subsidy(convention, modele, champs):
    lignes = (
        convention.tranches.filter(type="ACOMPTE")
        if modele is Tranche
        else Convention.objects.filter(pk=convention.pk)
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        lignes.update(**champs)


def test_a_tranche_cannot_be_written_twice(convention):
    with pytest.raises(DatabaseError), transaction.atomic():
        convention.tranches.create(
            nature="AMORCAGE", type="ANNEE_1", rang=3, part=Decimal("0.1"), montant=Decimal("1.00")
        )
