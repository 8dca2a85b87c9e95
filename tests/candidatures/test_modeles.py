"""The nouns: numbers, formats, constraints of the database."""

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from candidatures import numeros
from candidatures.models import Dossier, Droit, Equipement, LigneFinancement, Membre, Site
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.programme import CommuneFactory, VagueFactory

pytestmark = pytest.mark.django_db


def refusee(fonction):
    """The database refuses, and nothing is written."""
    with pytest.raises(IntegrityError), transaction.atomic():
        fonction()


@pytest.mark.parametrize(
    "numero",
    ["73282932000074", "00031136500019", "35600000000048", "35600000049837"],
    ids=["ordinary", "fictive SIREN", "La Poste head office", "La Poste office"],
)
def test_a_right_siret_is_taken(numero):
    """Luhn on both numbers, La Poste's own rule, SIREN in 000 when its key is right."""
    numeros.valider_siret(numero)


@pytest.mark.parametrize(
    "numero", ["73282932000075", "7328293200007", "7328293200007A", "00031136500018", ""]
)
def test_a_wrong_siret_is_not(numero):
    """One digit is enough."""
    with pytest.raises(ValidationError):
        numeros.valider_siret(numero)


@pytest.mark.parametrize(
    ("valider", "bons", "mauvais"),
    [
        (
            numeros.valider_rna,
            ["W751234567", "W2A1000001", "W9R1000001"],
            ["751234567", "W75123456", "w751234567"],
        ),
        (numeros.valider_code_postal, ["26400", "97400"], ["2640", "2A004", "264000"]),
        (
            numeros.valider_telephone,
            ["0199000010", "+33199000010", "+262262000000"],
            ["199000010", "01990000", "+0199"],
        ),
        (numeros.valider_demi_journee, [Decimal("0"), Decimal("2.5"), Decimal("15")], [Decimal("2.3")]),
    ],
)
def test_formats(valider, bons, mauvais):
    """Table of the formats (domain study §2.1)."""
    for valeur in bons:
        valider(valeur)
    for valeur in mauvais:
        with pytest.raises(ValidationError):
            valider(valeur)


def test_a_number_is_drawn_again_at_a_collision(monkeypatch):
    """Two draws alike: the second dossier gets the next number."""
    tirages = iter(["D-AAAA-AAAA", "D-AAAA-AAAA", "D-BBBB-BBBB"])
    monkeypatch.setattr("candidatures.models.dossier.tirer_numero", lambda: next(tirages))
    vague, user = VagueFactory(), UserFactory()
    ouverts = [Dossier.ouvrir(vague=vague, nom_projet=nom, par=user) for nom in ("Un", "Deux")]
    assert [d.numero for d in ouverts] == ["D-AAAA-AAAA", "D-BBBB-BBBB"]


def test_drawn_numbers_avoid_look_alikes():
    """No 0, O, 1, I: read over the telephone."""
    assert all(
        re.match(r"^D-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$", numeros.tirer_numero()) for _ in range(200)
    )


def test_a_closed_wave_takes_no_new_dossier():
    """Nothing is written."""
    with pytest.raises(TransitionInterdite, match="n'est pas ouverte"):
        Dossier.ouvrir(vague=VagueFactory(close=True), nom_projet="Tard", par=UserFactory())
    assert not Dossier.objects.exists()


def test_the_database_bounds_what_it_holds():
    """Amounts, quantities, one principal place, one titulaire, states, dates."""
    dossier = DossierFactory()
    commun = {"dossier": dossier, "designation": "Scie", "categorie": "AUTRE"}
    ligne = {"dossier": dossier, "volet": "INVESTISSEMENT", "libelle": "X"}
    refusee(lambda: Equipement.objects.create(**commun, quantite=0, prix_unitaire_ht=1))
    refusee(lambda: Equipement.objects.create(**commun, quantite=1, prix_unitaire_ht=0))
    refusee(lambda: Equipement.objects.create(**commun, quantite=1, prix_unitaire_ht=1, taux_tva="19.6"))
    refusee(lambda: LigneFinancement.objects.create(**ligne, sens="DEPENSE", montant=-1))
    refusee(lambda: LigneFinancement.objects.create(**ligne, sens="RESSOURCE", montant=1))
    refusee(lambda: LigneFinancement.objects.create(**ligne, sens="DEPENSE", montant=1, statut="ACQUIS"))
    refusee(lambda: Site.objects.create(dossier=dossier, nom="B", principal=True, commune=CommuneFactory()))
    refusee(lambda: MembreFactory(dossier=dossier))
    refusee(lambda: Membre.objects.create(dossier=dossier, user=dossier.titulaire, droit=Droit.LECTEUR))
    for champs in (
        {"demande_amorcage": -1},
        {"siret": "12"},
        {"numero": "D-0000-0000"},
        {"etat": "DEPOSE"},
        {"etat": "X"},
    ):
        refusee(lambda champs=champs: Dossier.objects.filter(pk=dossier.pk).update(**champs))


def test_a_member_is_let_in_and_out():
    """Never a second titulaire, never without one."""
    dossier, autre = DossierFactory(), UserFactory()
    membre = dossier.ajouter_membre(autre, Droit.LECTEUR, par=dossier.titulaire)
    with pytest.raises(TransitionInterdite, match="fait déjà partie"):
        dossier.ajouter_membre(autre, Droit.CONTRIBUTEUR, par=dossier.titulaire)
    with pytest.raises(TransitionInterdite, match="titulaire"):
        dossier.ajouter_membre(UserFactory(), Droit.TITULAIRE, par=dossier.titulaire)
    with pytest.raises(TransitionInterdite, match="toujours un titulaire"):
        dossier.retirer_membre(dossier.membres.get(droit=Droit.TITULAIRE), par=dossier.titulaire)
    dossier.retirer_membre(membre, par=dossier.titulaire)
    assert not dossier.membres.filter(user=autre).exists()
