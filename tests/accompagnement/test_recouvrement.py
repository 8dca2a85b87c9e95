"""Recovery: heard first, decided after the period, ordered by another person, never above what was paid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accompagnement.models import Recouvrement
from accompagnement.models.recouvrement import trop_verse
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db

FAITS = {
    "nature": "INVESTISSEMENT",
    "motif": "SOUS_CONSOMMATION",
    "fait": "Les dépenses justifiées s'élèvent à 50 000 € HT",
    "piece": "état récapitulatif",
    "article": "3",
    "calcul": "51 000 € versés, 27 795 € dus",
}


@pytest.fixture
def versee(gens, convention):
    """Its advance of 51 000 € paid."""
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    convention.refresh_from_db()
    return convention


def ouvrir(gens, convention, montant="23205.00") -> Recouvrement:
    return Recouvrement.ouvrir(convention, par=gens.responsable, montant_envisage=Decimal(montant), **FAITS)


def apres(recouvrement):
    """The day after the period to answer."""
    return horloge.a(recouvrement.reponse_avant_le + timedelta(hours=9))


def test_the_letter_leaves_and_gives_fifteen_days_beyond_the_deemed_notification(gens, versee):
    recouvrement = ouvrir(gens, versee)

    lettre = versee.dossier.actes.get(genre="contradictoire")
    assert recouvrement.acte == lettre
    assert (lettre.instantane["montant_envisage"], lettre.instantane["total_verse"]) == (
        "23205.00",
        "51000.00",
    )
    assert lettre.instantane["date_limite"] == (horloge.aujourd_hui() + timedelta(days=30)).isoformat()
    assert lettre.instantane["delai"] == 15
    assert Message.objects.filter(
        cle="decision_disponible", destinataire=gens.porteur, lien__endswith="recouvrements/"
    )


def test_nothing_is_decided_nor_ordered_before_the_end_of_the_period(gens, versee):
    recouvrement = ouvrir(gens, versee)
    recouvrement.observer(par=gens.porteur, texte="La dalle sera facturée en mars.")

    with pytest.raises(TransitionInterdite, match="aucune décision avant"):
        recouvrement.decider(par=gens.responsable, montant_exige=Decimal(1), motivation="Trop tôt.")
    with pytest.raises(TransitionInterdite, match="Aucun ordre"):
        recouvrement.ordonner(par=gens.signataire)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recouvrement.objects.update(
            decide_le=horloge.maintenant(), decide_par=gens.responsable, montant_exige=1, motivation="SQL"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Recouvrement.objects.update(ordonne_le=horloge.maintenant(), ordonne_par=gens.signataire)
    recouvrement.refresh_from_db()
    assert recouvrement.decide_le is None


def test_decided_by_one_ordered_by_another_noted_back(gens, versee, invariants_verifies):
    recouvrement = ouvrir(gens, versee)
    with apres(recouvrement):
        with pytest.raises(TransitionInterdite, match="passé"):
            recouvrement.observer(par=gens.porteur, texte="Trop tard.")
        with pytest.raises(TransitionInterdite, match="au plus"):
            recouvrement.decider(par=gens.responsable, montant_exige=Decimal(23206), motivation="Plus.")
        recouvrement.decider(
            par=gens.responsable, montant_exige=Decimal(20000), motivation="Une facture admise."
        )
        with pytest.raises(GesteInterdit, match="une autre personne"):
            recouvrement.ordonner(par=gens.responsable)
        recouvrement.ordonner(par=gens.signataire)
        recouvrement.constater(par=gens.agent, reference="R-1")
        assert "reversés le" in recouvrement.phrase
        with pytest.raises(TransitionInterdite, match="au plus égal"):
            ouvrir(gens, versee, "31000.01")  # 51 000 paid, 20 000 already claimed
        ouvrir(gens, versee, "31000.00")


def test_a_decision_without_follow_up_orders_nothing(gens, versee):
    recouvrement = ouvrir(gens, versee)
    with apres(recouvrement):
        recouvrement.decider(par=gens.responsable, montant_exige=Decimal(0), motivation="Justifié depuis.")
        with pytest.raises(TransitionInterdite):
            recouvrement.ordonner(par=gens.signataire)


@pytest.mark.parametrize(
    ("geste", "qui", "faits"),
    [
        ("observer", "agent", {"texte": "x"}),
        ("decider", "agent", {"montant_exige": Decimal(1), "motivation": "x"}),
        ("decider", "porteur", {"montant_exige": Decimal(1), "motivation": "x"}),
        ("ordonner", "porteur", {}),
        ("constater", "auditeur", {"reference": "x"}),
    ],
)
def test_each_deed_is_its_role_s(gens, versee, geste, qui, faits):
    with pytest.raises(GesteInterdit):
        getattr(ouvrir(gens, versee), geste)(par=getattr(gens, qui), **faits)


def test_one_procedure_at_a_time_and_only_on_what_was_paid(gens, convention):
    with pytest.raises(TransitionInterdite, match="au plus égal"):
        ouvrir(gens, convention)
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    ouvrir(gens, convention)
    with pytest.raises(TransitionInterdite, match="déjà en cours"):
        ouvrir(gens, convention)


def test_the_sum_to_claim_is_what_was_paid_beyond_the_accepted_expenses(gens, versee):
    assert trop_verse(versee) == Decimal("51000.00")
    acompte = versee.tranches.get(type="ACOMPTE")
    acompte.demander(par=gens.porteur, factures=[f.facture(ht="50000.00")])
    acompte.controler(par=gens.agent)
    acompte.factures.get().examiner(par=gens.agent, acceptee=True)

    assert trop_verse(versee) == Decimal("51000.00") - Decimal("27795.00")  # 0.5559 × 50 000


def test_an_invoice_is_accepted_less_a_part(gens, versee, invariants_verifies):
    acompte = versee.tranches.get(type="ACOMPTE")
    acompte.demander(par=gens.porteur, factures=[f.facture(ht="200000.00")])
    acompte.controler(par=gens.agent)
    facture = acompte.factures.get()
    with pytest.raises(TransitionInterdite, match="motif"):
        facture.examiner(par=gens.agent, acceptee=True, ecarte=Decimal("50000.00"))
    with pytest.raises(TransitionInterdite, match="inférieure"):
        facture.examiner(par=gens.agent, acceptee=True, ecarte=Decimal("200000.00"), motif="Tout.")
    facture.examiner(par=gens.agent, acceptee=True, ecarte=Decimal("50000.00"), motif="Part non payée.")
    acompte.certifier(par=gens.agent)
    acompte.ordonner(par=gens.responsable)

    assert acompte.montant_verse == Decimal("32385.00")  # 0.5559 × 150 000, less the advance of 51 000
    assert acompte.acte.instantane["depenses"]["ecartees"] == [
        {"facture": "F-1", "montant": "50000.00", "raison": "Part non payée."}
    ]
    assert acompte.acte.instantane["depenses"]["total_ecarte"] == "50000.00"


def test_the_pages_open_answer_and_keep_the_button_disabled(client, gens, versee):
    ici = f"{versee.get_absolute_url()}recouvrements/"
    client.force_login(gens.responsable)
    assert "Aucune procédure" in client.get(ici).content.decode()
    donnees = FAITS | {"action": "ouvrir", "montant_envisage": "23 205,00"}
    assert client.post(ici, donnees).status_code == 302
    page = client.get(ici).content.decode()
    assert 'disabled aria-describedby="delai"' in page and 'value="decider"' not in page
    refus = client.post(ici, {"action": "decider", "montant_exige": "1", "motivation": "Tôt"})
    assert refus.status_code == 409 and "aucune décision avant" in refus.content.decode()

    client.force_login(gens.porteur)
    assert client.post(ici, {"action": "observer", "texte": "Voici les factures."}).status_code == 302
    assert "Voici les factures." in client.get(ici).content.decode()
    assert client.post(ici, donnees).status_code == 403
