"""The automatic checks: what each family says, from what, and when they are computed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from candidatures.models import LigneFinancement, VerificationSiret
from instruction.controles import passage
from instruction.models import ControleAuto, PassageControles, VerdictAuto
from manufactures import horloge
from tests.factories.candidatures import DossierFactory, deposer
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    responsable,
    vague_close,
)
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db


def controles(dossier) -> dict[str, ControleAuto]:
    passage.refaire(dossier)
    return {ligne.code: ligne for ligne in ControleAuto.objects.filter(dossier=dossier)}


def test_a_deposit_orders_the_checks_and_the_task_makes_them_once():
    dossier = dossier_depose()
    assert PassageControles.objects.get(dossier=dossier).fait_le is None

    assert passage.passer(dossier.pk) is True
    assert passage.passer(dossier.pk) is False

    codes = set(ControleAuto.objects.filter(dossier=dossier).values_list("code", flat=True))
    assert {"depot.delai", "structure.siret", "pieces.presentes", "doublons.ressemblance"} <= codes


def test_a_plain_dossier_is_in_time_balanced_and_alone():
    lus = controles(dossier_depose())

    for code in (
        "depot.delai",
        "budget.equilibre.investissement",
        "budget.public.amorcage",
        "porteur.vagues",
    ):
        assert (code, lus[code].verdict) == (code, VerdictAuto.CONFORME)
    assert lus["depot.delai"].regle == "E1"
    assert lus["depot.delai"].lien == "#champ-depot"
    assert all(ligne.phrase and ligne.source for ligne in lus.values())


@pytest.mark.parametrize(
    ("etat", "verdict", "dit"),
    [
        ("VERIFIE", VerdictAuto.CONFORME, "ouvert"),
        ("FERME", VerdictAuto.A_REGARDER, "fermé"),
        ("INTROUVABLE", VerdictAuto.A_REGARDER, "ne connaît pas"),
        ("A_VERIFIER", VerdictAuto.NON_VERIFIABLE, "non vérifié automatiquement"),
    ],
)
def test_the_siret_is_said_as_the_register_answered(etat, verdict, dit):
    dossier = dossier_depose()
    VerificationSiret.objects.update_or_create(
        dossier=dossier,
        defaults={
            "siret": dossier.siret,
            "etat": etat,
            "nom": "LES ATELIERS",
            "verifie_le": horloge.maintenant(),
        },
    )

    ligne = controles(dossier)["structure.siret"]

    assert (ligne.verdict, dit in ligne.phrase, ligne.regle) == (verdict, True, "E2")


def test_a_policy_of_the_state_is_said_unverified_with_where_to_look():
    dossier = DossierFactory(vague=vague_close())
    dossier.sites.update(petites_villes_de_demain=True, qpv_relation="DANS", code_qpv="QN01301M")
    deposer(dossier, dossier.titulaire)

    lus = controles(dossier)

    assert lus["territoire.pvd"].verdict == VerdictAuto.NON_VERIFIABLE
    assert "Non vérifié automatiquement" in lus["territoire.pvd"].phrase
    assert lus["territoire.pvd"].lien.startswith("https://")
    # A district of Bouches-du-Rhône for a place in Drôme.
    assert lus["territoire.qpv"].verdict == VerdictAuto.A_REGARDER
    assert "territoire.acv" not in lus


def test_the_budget_is_measured_against_the_call():
    vague = vague_close()
    vague.appel.plafond_investissement, vague.appel.taux_investissement = Decimal(50000), 50
    vague.appel.save()
    dossier = dossier_depose(vague=vague)  # 60 000 asked of 100 000
    LigneFinancement.objects.filter(dossier=dossier, volet="AMORCAGE", sens="DEPENSE").update(montant=31000)

    lus = controles(dossier)

    assert lus["budget.plafond.investissement"].verdict == VerdictAuto.A_REGARDER
    assert lus["budget.taux.investissement"].verdict == VerdictAuto.A_REGARDER
    assert lus["budget.equilibre.amorcage"].verdict == VerdictAuto.A_REGARDER
    assert lus["budget.equilibre.investissement"].verdict == VerdictAuto.CONFORME


def test_the_same_porteur_in_another_wave_is_counted_without_a_number():
    porteur = UserFactory()
    premiere, seconde = vague_close(1), vague_close(2)
    avant = dossier_depose(vague=premiere, titulaire=porteur, siret="00031136500019")
    dossier = dossier_depose(vague=seconde, titulaire=porteur, nom="Autre projet", siret="")

    ligne = controles(dossier)["porteur.vagues"]

    assert ligne.verdict == VerdictAuto.A_REGARDER
    assert "1\u00a0dossier" in ligne.phrase
    assert avant.numero not in ligne.phrase


def test_a_lost_message_is_caught_up_and_so_is_a_late_answer_of_the_register():
    dossier = dossier_depose()
    assert dossier.pk in passage.a_reprendre()
    passage.passer(dossier.pk)
    assert dossier.pk not in passage.a_reprendre()

    VerificationSiret.objects.update_or_create(
        dossier=dossier,
        defaults={
            "siret": dossier.siret,
            "etat": "FERME",
            "verifie_le": horloge.maintenant() + timedelta(hours=1),
        },
    )

    assert dossier.pk in passage.a_reprendre()


def test_a_completion_orders_them_again():
    demande = demande_envoyee()
    passage.passer(demande.dossier_id)
    titulaire = demande.dossier.titulaire
    demande.repondre(par=titulaire, texte="Le voici.")
    demande.dossier.passer("completer", par=titulaire)

    assert PassageControles.objects.get(dossier=demande.dossier_id).fait_le is None


def test_the_page_reads_them_in_one_query_beside_the_rule(client):
    grille = pris_en_charge()
    adresse = grille.get_absolute_url()
    client.force_login(grille.instructeur)
    client.get(adresse)
    with compter() as sans:
        page = client.get(adresse)
    assert "Lancer les vérifications" in page.content.decode()

    reponse = client.post(f"{adresse}controles/", {"action": "refaire_controles"})
    assert (reponse.status_code, reponse.url) == (302, f"{adresse}#controles")
    client.get(adresse)
    with compter() as avec:
        page = client.get(adresse).content.decode()

    assert avec.requetes == sans.requetes
    assert page.count("Horloge du service, au dépôt") == 2  # the panel, and rule E1


def test_an_auditor_reads_them_and_orders_none(client):
    from manufactures.procedure import Role

    dossier = dossier_depose()
    client.force_login(UserFactory(role=Role.AUDITEUR))
    reponse = client.post(f"/instruction/{dossier.numero}/controles/", {"action": "refaire_controles"})

    assert reponse.status_code == 403
    assert not ControleAuto.objects.exists()


def test_links_of_agents_are_hinted_by_domain_organisation_and_membership():
    from instruction.controles.conflits import indices_de

    proche = agent(email="a@atelier-crest.fr", prenom="Zoé")
    nomme = agent(email="b@agence.gouv.fr", organisation="Commune de Crest")
    public = agent(email="c@gmail.com", organisation="DGE")
    porteur = UserFactory(email="p@atelier-crest.fr")
    dossier = dossier_depose(titulaire=porteur, representant_courriel="x@gmail.com")
    responsable()

    indices = indices_de(dossier)

    assert set(indices) == {proche, nomme}
    assert public not in indices
    assert "même domaine" in indices[proche][0]
    assert controles(dossier)["conflits.indices"].verdict == VerdictAuto.A_REGARDER
