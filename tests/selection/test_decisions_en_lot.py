"""Decisions prepared in one go and read before anybody signs: grounds by criterion, clause, what would change it."""

import html

import pytest
from django.urls import reverse

from manufactures.actes.rendu import texte
from manufactures.programme.models import Critere
from manufactures.registres import TransitionInterdite
from selection.models import Avis, Decision
from tests.actes.exemples_d_actes import exemple
from tests.factories.comptes import UserFactory
from tests.factories.selection import REFUS, Salle

pytestmark = pytest.mark.django_db

MOTIFS = (
    "L'ancrage local du projet est reconnu. Les équipements demandés serviraient d'abord à une seule société "
    "(critère C1). Les locataires n'ont aucune part aux décisions (critère C4)."
)
DEUX = "Les deux évolutions qui pèseraient le plus dans une nouvelle candidature sont les suivantes"


@pytest.fixture
def salle():
    """One favourable opinion, one not, and the minutes; C1 tells what the top of its scale is."""
    salle = Salle(dossiers=2, effectif=5)
    Critere.objects.filter(code="C1").update(ancres={"5": "L'atelier est ouvert à tous les professionnels."})
    salle.ouvrir()
    salle.voter(salle.ouvrir_scrutin(), pour=5)
    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet solide.")
    salle.voter(salle.ouvrir_scrutin(), pour=1, contre=4)
    Avis.rendre(salle.point, "DEFAVORABLE", par=salle.president.user, motifs=MOTIFS)
    return salle.clore()


def lu(reponse) -> str:
    return html.unescape(reponse.content.decode()).replace("\N{NO-BREAK SPACE}", " ").replace("’", "'")


def lettre(decision) -> str:
    return (
        texte(decision.genre, decision.acte.instantane).replace("\N{NO-BREAK SPACE}", " ").replace("’", "'")
    )


def test_all_opinions_become_drafts_by_one_button(client, salle):
    agent = salle.dossiers[0].instruction.instructeur
    client.force_login(agent)
    assert "Préparer les décisions choisies" in lu(client.get(reverse("selection:decisions")))
    avis = [str(pk) for pk in Avis.objects.values_list("pk", flat=True)]
    reponse = client.post(reverse("selection:preparer"), {"avis": avis}, follow=True)
    assert "2 décisions préparées" in lu(reponse)
    label, refus = Decision.objects.order_by("dossier__nom_projet")
    assert (label.sens, refus.sens) == ("LABELLISATION", "REFUS")
    assert label.motif.startswith("Suivant l'avis favorable du comité")
    assert [(g["code"], g["evolution"]) for g in refus.griefs] == [
        ("C1", "L'atelier est ouvert à tous les professionnels"),
        ("C4", ""),
    ]
    assert refus.griefs[0]["constat"] == "Les équipements demandés serviraient d'abord à une seule société."
    assert label.redigee_par == refus.redigee_par == agent and refus.signee_le is None

    page = lu(client.get(refus.get_absolute_url(), {"lettre": "1"}))
    assert (
        "sur le critère « Critère C1 » (article 4.1 du cahier des charges), les équipements demandés" in page
    )
    assert "L'évolution qui pèserait le plus dans une nouvelle candidature est la suivante" in page
    assert "à venir" in page and "échange de vingt minutes" in page and "Voies et délais de recours" in page
    assert client.post(reverse("selection:preparer"), {"avis": avis}).status_code == 409, (
        "nothing is left to draft"
    )


def test_whoever_decides_nothing_prepares_nothing(client, salle):
    avis = [str(pk) for pk in Avis.objects.values_list("pk", flat=True)]
    for personne in (salle.membres[1].user, salle.dossiers[0].titulaire, UserFactory()):
        client.force_login(personne)
        assert client.post(reverse("selection:preparer"), {"avis": avis}).status_code == 403
    assert not Decision.objects.exists()


def test_the_letter_is_read_before_it_is_written(client, salle):
    client.force_login(salle.dossiers[1].instruction.instructeur)
    adresse = reverse("selection:rediger", args=[salle.dossiers[1].numero])
    saisie = {"action": "apercu", "sens": "REFUS", "motif": REFUS, "constat_C4": "Aucune part aux décisions."}
    page = lu(client.post(adresse, saisie | {"evolution_C4": "ouvrir la gouvernance aux locataires"}))
    assert "La lettre, telle qu'elle partirait" in page
    assert "sur le critère « Critère C4 » : ouvrir la gouvernance aux locataires." in page
    assert not Decision.objects.exists()
    trop = {f"{nom}_C{rang}": "Texte." for nom in ("constat", "evolution") for rang in (1, 2, 3)}
    assert "Gardez au plus 2 évolutions" in lu(client.post(adresse, saisie | trop))
    assert "Écrivez le constat auquel" in lu(client.post(adresse, saisie | {"evolution_C2": "Un bail."}))


def test_a_refusal_says_each_criterion_its_clause_and_two_changes(salle):
    griefs = [
        {"code": "C1", "constat": "Le dossier réserve trois postes à une société.", "evolution": "Ouvrir ces postes."},
        {"code": "C4", "constat": "Aucune part aux décisions. Rien n'est daté.", "evolution": "Un collège d'usagers."},
        {"code": "C5", "constat": "les recettes ne sont pas établies", "evolution": ""},
    ]  # fmt: skip
    decision = salle.decision(salle.dossiers[1], sens="REFUS", motif=REFUS, griefs=griefs)
    decision.signer(par=salle.signataire)
    mots = lettre(decision)
    assert (
        "sur le critère « Critère C1 » (article 4.1 du cahier des charges), le dossier réserve trois postes"
        in mots
    )
    assert (
        "le critère « Critère C4 » (article 4.1 du cahier des charges) appelle les constats suivants" in mots
    )
    assert DEUX in mots and mots.count("sur le critère « Critère C5 »") == 1
    assert "None" not in mots and "/5" not in mots
    trois = [grief | {"evolution": "Une de trop."} for grief in griefs]
    with pytest.raises(TransitionInterdite, match="au plus 2 évolutions"):
        Decision(dossier=salle.dossiers[1]).ecrire(sens="REFUS", motif=REFUS, griefs=trois)


def test_a_refusal_sealed_before_the_clauses_reads_the_same():
    mots = texte("non_selection", exemple("non_selection"))
    assert "du cahier des charges)" not in mots and "évolution" not in mots
