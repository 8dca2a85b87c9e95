"""The acts of this stage: each snapshot gives its whole text, with the figures of the rows and nothing more."""

import pytest

from accompagnement.models import BilanAccompagnement, Journee
from manufactures import horloge
from manufactures.actes.rendu import texte
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db


def mots(acte) -> str:
    """The act's words, plain spaces."""
    return texte(acte.genre, acte.instantane).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def test_acts_of_the_incubation(gens):
    dossier = f.laureat(gens)
    cohorte = f.promotion(gens, dossier)
    session = f.session(gens, cohorte)
    session.noter({(dossier, "MATIN"): "PRESENT", (dossier, "APRES_MIDI"): "ABSENT"}, par=gens.agent)
    livrable = dossier.livrables.get()
    livrable.remettre(par=gens.porteur, texte="Fait")
    livrable.relire(par=gens.expert, valide=True)
    bilan = f.bilan(gens, dossier, besoins=[(f.themes()[0], "2.5", "Statuts")])
    bilan.geler(par=gens.agent, motif="Accord du porteur")
    dossier.passer("clore_incubation", par=gens.agent)

    rapport = mots(dossier.actes.get(genre="bilan_incubation"))
    assert "gouvernance partagée, 2,5 jours" in rapport
    assert "livrables validés 1 sur 1" in rapport
    assert "livrable validé : Note de synthèse" in rapport
    assert "Aucune dans le délai de sept jours" in rapport
    attestation = mots(dossier.actes.get(genre="attestation_incubation"))
    assert "1 demi-journée" in attestation
    assert "Renforcer l'écosystème" in attestation


def test_acts_of_the_money(gens, convention):
    projet = convention.dossier
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    acompte = convention.tranches.get(type="ACOMPTE")
    acompte.demander(par=gens.porteur, factures=[f.facture("F-1", "150000.00"), f.facture("F-2", "90000.00")])
    acompte.controler(par=gens.agent)
    une, deux = acompte.factures.all()
    une.examiner(par=gens.agent, acceptee=True)
    deux.examiner(par=gens.agent, acceptee=False, motif="Dépense antérieure au dépôt.")
    acompte.certifier(par=gens.agent)
    acompte.ordonner(par=gens.responsable)
    f.payer(gens, convention.tranches.get(type="ANNEE_1"))

    articles = mots(convention.acte)
    assert "compte : se terminant par 3609" in articles.lower()
    assert "30 % du plafond, soit 51 000 €" in articles
    assert "représentée par Agnès" in articles
    assert f.IBAN not in articles.replace(" ", "")
    textes = {t.type: mots(t.acte) for t in convention.tranches.exclude(acte=None)}
    assert "30 % × 170 000 € = 51 000 €" in textes["AVANCE"]
    assert "écartées 90 000 €" in textes["ACOMPTE"]
    assert "à verser 32 385 €" in textes["ACOMPTE"]
    assert "Voies et délais de recours" in textes["ACOMPTE"]
    assert "Voies et délais de recours" not in textes["AVANCE"]
    assert "50 % × 55 000 € = 27 500 €" in textes["ANNEE_1"]
    assert projet.actes.filter(genre="versement").count() == 3


def test_acts_of_the_days_and_of_the_end(gens, mission):
    projet = mission.dossier
    retenue, ecartee = (
        Journee.noter(
            mission, par=gens.expert, date=horloge.aujourd_hui(), creneau=c, lieu="DISTANCE", texte="Appel"
        )
        for c in ("MATIN", "APRES_MIDI")
    )
    retenue.confirmer(par=gens.porteur)
    ecartee.contester(par=gens.porteur, motif="Pas eu lieu.")
    ecartee.trancher(par=gens.responsable, retenue=False, motif="Séance annulée.")
    mission.passer("terminer", par=gens.expert)
    mission.passer("attester", par=gens.porteur)
    mission.passer("certifier", par=gens.responsable)
    BilanAccompagnement.rediger(
        projet,
        par=gens.agent,
        avancement="Ateliers ouverts.",
        appreciation_agence="Objectifs tenus.",
        suites="Réseau.",
    )
    projet.passer("clore", par=gens.responsable)

    textes = {a.genre: mots(a) for a in projet.actes.exclude(genre="attribution")}
    assert "3 × 900 € HT = 2 700 € HT" in textes["lettre_mission"]
    assert "12 jours sur 15" in textes["lettre_mission"]
    assert "Total : 0,5 jour" in textes["attestation_intervention"]
    assert "Réserves : Séance annulée" in textes["attestation_intervention"]
    assert "Accordés 15" in textes["bilan_accompagnement"]
    assert "est clos le" in textes["fin_de_parcours"]


@pytest.mark.parametrize(("cas", "phrase"), [("", "renonce au bénéfice"), ("exclusion", "est retirée")])
def test_the_act_of_a_path_that_stops(gens, convention, cas, phrase):
    projet = convention.dossier
    projet.ajouter_acte(
        type(convention.acte).commander(
            "labellisation", fil=projet.fil, instantane={}, par=gens.agent, cle="label"
        )
    )
    projet.passer("abandonner", par=gens.responsable, motif="Le porteur cesse son activité.", cas=cas)

    acte = mots(projet.actes.get(genre="fin_de_parcours"))
    assert phrase in acte
    assert "225 000 € de subvention non versés" in acte
