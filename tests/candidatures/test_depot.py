"""The deposit: one transaction, a frozen version, a receipt; each refusal leaves the draft as it was."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from candidatures import invariants
from candidatures.instantanes import ajouter_mois
from candidatures.models import Dossier, VersionDeposee
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.cycles import GesteInterdit
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory, fichier
from tests.factories.comptes import UserFactory
from tests.factories.programme import FormeJuridiqueFactory, PieceDemandeeFactory

pytestmark = pytest.mark.django_db


def violations() -> list[str]:
    """What is wrong in this stage, by its own queries."""
    queries = (
        invariants.un_accuse_par_depot,
        invariants.accuses_fideles,
        invariants.deposes_avec_version,
        invariants.versions_intactes,
        invariants.pieces_avec_fichier,
        invariants.un_titulaire,
    )
    return [phrase for query in queries for phrase in query()]


def assert_intact(dossier):
    """A refusal writes nothing: no state, no version, no act, no message."""
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.version_deposee, dossier.depose_le) == (Etat.BROUILLON, 0, None)
    assert not VersionDeposee.objects.exists()
    assert not Acte.objects.exists()
    assert not Message.objects.exists()
    assert not Entree.objects.filter(action="deposer").exists()


def test_a_deposit_freezes_receipts_and_tells():
    """Number, instant, digest, receipt and message exist together."""
    dossier = DossierFactory()
    MembreFactory(dossier=dossier, droit="LECTEUR")
    dossier.ajouter_piece(fichier(), par=dossier.titulaire)

    version = dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)

    assert dossier.etat == Etat.DEPOSE
    assert (dossier.version_deposee, dossier.depose_le) == (1, version.deposee_le)
    canonique = json.dumps(version.contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version.empreinte == hashlib.sha256(canonique.encode()).hexdigest()
    assert version.contenu["pieces_jointes"][0]["empreinte"] == dossier.pieces.get().empreinte
    accuse = Acte.objects.get()
    assert (accuse.genre, list(accuse.dossiers.all())) == ("ar_depot", [dossier])
    assert accuse.instantane["empreinte_depot"] == version.empreinte
    assert accuse.instantane["dossier"]["numero"] == dossier.numero
    message = Message.objects.get()
    assert (message.cle, message.destinataire) == ("depot_recu", dossier.titulaire)
    assert Entree.objects.get(action="deposer").faits["empreinte"] == version.empreinte
    assert violations() == []


def test_the_receipt_has_the_shape_that_its_template_reads():
    """Same keys as the example that the act's text is tested with."""
    dossier = DossierFactory(etat=Etat.DEPOSE)
    with open("tests/actes/exemples/ar_depot.json", encoding="utf-8") as exemple:
        attendu = json.load(exemple)
    recu = Acte.objects.get(dossiers=dossier).instantane
    assert set(attendu) <= set(recu)
    for nom in ("porteur", "representant", "dossier", "service", "tribunal", "url", "vague", "ami"):
        assert set(attendu[nom]) <= set(recu[nom]), nom


@pytest.mark.parametrize(
    ("jour", "mois", "attendu"),
    [
        (date(2021, 11, 2), 2, date(2022, 1, 2)),
        (date(2021, 12, 31), 2, date(2022, 2, 28)),
        (date(2023, 6, 30), 8, date(2024, 2, 29)),
    ],
)
def test_silence_is_counted_from_day_to_day(jour, mois, attendu):
    """The last day of a shorter month stands for the day it lacks."""
    assert ajouter_mois(jour, mois) == attendu


@pytest.mark.parametrize(("ecart", "accepte"), [(-1, True), (0, False), (1, False)])
def test_the_limit_itself_is_late(ecart, accepte):
    """Strictly before the closing: one second decides."""
    dossier = DossierFactory()
    with horloge.a(dossier.vague.cloture + timedelta(seconds=ecart)):
        if accepte:
            dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
        else:
            with pytest.raises(
                TransitionInterdite, match="Les dépôts sont clos depuis le .* Votre brouillon est gardé"
            ):
                dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    if accepte:
        assert dossier.etat == Etat.DEPOSE
    else:
        assert_intact(dossier)


def test_a_tolerance_moves_the_limit_by_its_seconds():
    """Per wave, explicit, in seconds."""
    dossier = DossierFactory(vague__tolerance_s=5)
    with horloge.a(dossier.vague.cloture + timedelta(seconds=4)):
        dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert dossier.etat == Etat.DEPOSE


def test_an_incomplete_dossier_is_refused():
    """A compulsory answer is missing."""
    dossier = DossierFactory(besoin="")
    with pytest.raises(TransitionInterdite, match="Il manque 1.réponse pour déposer"):
        dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert_intact(dossier)


def test_a_plan_one_cent_away_is_refused():
    """Balanced to the cent."""
    dossier = DossierFactory()
    ligne = dossier.lignes_financement.filter(type_financeur="AUTOFINANCEMENT").first()
    ligne.montant -= ligne.montant.__class__("0.01")
    ligne.save()
    with pytest.raises(TransitionInterdite, match="Il manque 1.réponse"):
        dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert [m.champ for m in dossier.manques()] == ["depenses_investissement"]
    assert_intact(dossier)


def test_a_missing_certificate_is_refused():
    """Each one is compulsory; the republican commitment for associations only."""
    dossier = DossierFactory(forme_juridique=FormeJuridiqueFactory(association=True), numero_rna="W262000001")
    for nom in ATTESTATIONS:
        with pytest.raises(TransitionInterdite, match="Cochez chaque attestation"):
            dossier.deposer(par=dossier.titulaire, **(ATTESTATIONS | {nom: False}))
    assert_intact(dossier)


def test_a_missing_piece_or_siret_does_not_block():
    """They warn: the administration may ask for them."""
    PieceDemandeeFactory()
    dossier = DossierFactory(siret="")
    assert [piece.code for piece in dossier.pieces_manquantes()] == ["statuts"]
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert dossier.etat == Etat.DEPOSE


def test_only_the_titulaire_deposits():
    """A contributeur writes, a lecteur reads, a stranger knows nothing."""
    dossier = DossierFactory()
    contributeur = MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user
    with pytest.raises(GesteInterdit):
        dossier.deposer(par=contributeur, **ATTESTATIONS)
    with pytest.raises(Dossier.DoesNotExist):
        dossier.deposer(par=UserFactory(), **ATTESTATIONS)
    assert_intact(dossier)


def test_a_deposited_dossier_is_not_deposited_twice():
    """One deposit, one version, one receipt."""
    dossier = DossierFactory(etat=Etat.DEPOSE)
    with pytest.raises(TransitionInterdite, match="l'état est maintenant"):
        dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert (VersionDeposee.objects.count(), Acte.objects.count()) == (1, 1)


def test_the_bare_step_is_refused():
    """The deposit goes through the deed that freezes."""
    dossier = DossierFactory()
    with pytest.raises(TransitionInterdite, match="depuis sa page de dépôt"):
        dossier.passer("deposer", par=dossier.titulaire)
    assert_intact(dossier)


def test_taken_back_then_deposited_again_keeps_both_versions():
    """Before the closing only; each deposit has its receipt."""
    dossier = DossierFactory(etat=Etat.DEPOSE)
    dossier.passer("reprendre", par=dossier.titulaire)
    assert dossier.etat == Etat.BROUILLON
    Dossier.objects.filter(pk=dossier.pk).update(besoin="Autre chose.")
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert list(dossier.versions.values_list("rang", flat=True)) == [1, 2]
    assert Acte.objects.filter(genre="ar_depot").count() == 2
    assert violations() == []


def test_once_the_wave_is_closed_a_deposit_is_not_taken_back():
    """The administration reads it now."""
    dossier = DossierFactory(etat=Etat.DEPOSE, vague__close=True)
    with pytest.raises(TransitionInterdite, match="ne se reprend plus"):
        dossier.passer("reprendre", par=dossier.titulaire)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE


def test_a_withdrawal_has_its_act():
    """The porteur withdraws: the act takes note of it."""
    dossier = DossierFactory(etat=Etat.DEPOSE)
    dossier.passer("retirer", par=dossier.titulaire)
    acte = Acte.objects.get(genre="fin_de_parcours")
    assert (dossier.etat, acte.instantane["cas"]) == (Etat.RETIRE, "retrait")
    assert acte.instantane["consequences"]


def test_the_database_refuses_to_change_a_frozen_version():
    """What the committee reads is what was deposited."""
    version = DossierFactory(etat=Etat.DEPOSE).versions.get()
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        VersionDeposee.objects.filter(pk=version.pk).update(contenu={})
