"""A dossier that went no further comes back in the next wave; its reasons are pinned; its way is told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from candidatures.gel import contenu_a_figer
from candidatures.models import Dossier
from candidatures.motifs import decision_de
from candidatures.reprise import reprendre
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.droits import GesteInterdit
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory, fichier
from tests.factories.comptes import UserFactory
from tests.factories.programme import CritereFactory, VagueFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db

CONSTAT = "L'usage partagé n'est ni daté ni garanti."


@pytest.fixture
def suivante():
    """The wave that is open now."""
    return VagueFactory(numero=2)


@pytest.fixture
def refuse(suivante):
    """A complete dossier of the closed wave, refused, with its pieces, its team and its decision."""
    dossier = DossierFactory(vague=VagueFactory(numero=1, close=True))
    dossier.indicateurs.create(libelle="Emplois", unite="ETP", depart=4, cible=9)
    dossier.ajouter_piece(fichier(), par=dossier.titulaire)
    piece = dossier.pieces.get()
    dossier.lignes_financement.filter(sens="RESSOURCE").update(preuve=piece)
    MembreFactory(dossier=dossier, droit="CONTRIBUTEUR")
    MembreFactory(dossier=dossier, droit="LECTEUR", user=UserFactory(is_active=False))
    with horloge.a(dossier.vague.cloture - timedelta(hours=1)):
        dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.NON_RETENU)
    dossier.refresh_from_db()
    for code, libelle, ou in (
        ("C1", "Mutualisation et communauté", "projet#mutualisation"),
        ("C5", "Modèle économique", "modele"),
        ("C7", "Faisabilité", "ailleurs#rien"),
    ):
        CritereFactory(appel=dossier.vague.appel, code=code, libelle=libelle, ou_lire=ou, nature="NOTE")
    refuser(dossier, "non_selection", motifs=[
        {"critere": "Mutualisation et communauté\u00a0» et «\u00a0Modèle économique", "constat": CONSTAT}
    ])  # fmt: skip
    return dossier


def refuser(dossier, genre, **instantane) -> Acte:
    """The act of a refusal, released."""
    acte = Acte.commander(genre, fil=dossier.fil, instantane=instantane, par=None, cle=genre)
    dossier.actes.add(acte)
    return acte


def assert_meme_contenu(ancien: Dossier, nouveau: Dossier) -> None:
    """All that a deposit would freeze, certificates and mandates apart."""
    avant, apres = contenu_a_figer(ancien), contenu_a_figer(nouveau)
    for contenu in (avant, apres):
        for cle in ("numero", "vague", "attestations"):
            del contenu[cle]
        for ligne in contenu["lignes_financement"]:
            ligne["preuve"] = (ligne.get("preuve") or {}).get("libelle")  # its key is the copy's
    assert avant == apres


def test_two_clicks_open_a_prefilled_draft_in_the_next_wave(client, refuse, suivante):
    """From the page of the refusal: one button, one confirmation; answers, tables, pieces and team follow."""
    client.force_login(refuse.titulaire)
    url = reverse("candidatures:reprise", args=[refuse.numero])
    assert f'href="{url}"' in client.get(refuse.get_absolute_url()).content.decode()
    assert CONSTAT.replace("'", "&#x27;") in client.get(url).content.decode()

    reponse = client.post(url, {"cle_unique": "7f0c5c7e-6f1e-4a55-9a53-0f4c6e0b7a77"})

    nouveau = Dossier.objects.get(issu_de=refuse)
    assert reponse.url == nouveau.get_absolute_url()
    assert (nouveau.vague, nouveau.etat, nouveau.version_deposee) == (suivante, Etat.BROUILLON, 0)
    assert not any(getattr(nouveau, nom) for nom in ATTESTATIONS)
    assert_meme_contenu(refuse, nouveau)
    assert nouveau.manques() == []
    assert {(m.user_id, m.droit) for m in nouveau.membres.all()} == {
        (m.user_id, m.droit) for m in refuse.membres.all() if m.user.is_active
    }
    copie = nouveau.pieces.get()
    assert copie.fichier == refuse.pieces.get().fichier
    assert {ligne.preuve_id for ligne in nouveau.lignes_financement.filter(sens="RESSOURCE")} == {copie.pk}
    assert Entree.objects.get(fil=nouveau.fil, action="reprendre_dossier").faits == {"issu_de": refuse.numero}
    refuse.refresh_from_db()
    assert refuse.etat == Etat.NON_RETENU and refuse.pieces.count() == 1

    nouveau.deposer(par=nouveau.titulaire, **ATTESTATIONS)
    assert nouveau.etat == Etat.DEPOSE


def test_taken_up_twice_it_is_the_same_draft(client, refuse, suivante):
    """A second click, another tab: one draft; the refused dossier then points to it."""
    premier = reprendre(refuse, vague=suivante, par=refuse.titulaire)
    assert reprendre(refuse, vague=suivante, par=refuse.titulaire) == premier
    assert refuse.suites.count() == 1
    client.force_login(refuse.titulaire)
    page = client.get(refuse.get_absolute_url()).content.decode()
    assert premier.get_absolute_url() in page
    assert reverse("candidatures:reprise", args=[refuse.numero]) not in page


def test_the_reasons_are_pinned_to_the_fields_they_speak_of(client, refuse, suivante):
    """In the draft: linked to the field; on the page of the section: above it; nowhere else."""
    nouveau = reprendre(refuse, vague=suivante, par=refuse.titulaire)
    client.force_login(refuse.titulaire)
    page = client.get(nouveau.get_absolute_url()).content.decode()
    assert f"{nouveau.get_absolute_url()}projet/#id_mutualisation" in page
    assert f'{nouveau.get_absolute_url()}modele/"' in page
    texte = CONSTAT.replace("'", "&#x27;")
    assert texte in client.get(f"{nouveau.get_absolute_url()}projet/").content.decode()
    assert texte in client.get(f"{nouveau.get_absolute_url()}modele/").content.decode()
    assert texte not in client.get(f"{nouveau.get_absolute_url()}lieu/").content.decode()


def test_each_kind_of_refusal_gives_its_reasons(refuse):
    """Rules of an irrecevabilité, points of an adjournment; an unknown place pins to nothing."""
    user = refuse.titulaire
    CritereFactory(
        appel=refuse.vague.appel, code="E2", libelle="Structure déclarée", ou_lire="structure#siret"
    )
    refuser(refuse, "irrecevabilite", motif="Pas de statuts.",
            regles=[{"code": "E2", "constat": "Aucun SIRET.", "preuve": "Avis Sirene", "article": "4.1"}])  # fmt: skip
    decision = decision_de(refuse.pk, refuse.vague.appel_id, user)
    assert [(m.texte, m.section, m.champ) for m in decision.motifs] == [
        ("Aucun SIRET. (Avis Sirene)", "structure", "siret"),
        ("Pas de statuts.", None, ""),
    ]
    refuser(refuse, "ajournement", motifs="Il manque un local (C7).",
            points_a_reprendre=["trouver un local", "critère\u00a0«\u00a0Modèle économique\u00a0»"])  # fmt: skip
    decision = decision_de(refuse.pk, refuse.vague.appel_id, user)
    assert decision.points == ["trouver un local"]
    assert [(m.critere, m.section) for m in decision.motifs] == [
        ("Modèle économique", "modele"),
        ("Faisabilité", None),
    ]


def test_a_decision_not_released_says_nothing(refuse):
    """Under embargo, no reason leaks; a stranger reads none."""
    assert decision_de(refuse.pk, refuse.vague.appel_id, UserFactory()) is None
    Acte.objects.filter(genre="non_selection").update(lisible_le=None)
    assert decision_de(refuse.pk, refuse.vague.appel_id, refuse.titulaire) is None


def test_who_may_not_take_it_up(client, refuse, suivante):
    """A contributeur has a sentence, a stranger nothing, a dossier on its way a refusal; nothing is created."""
    contributeur = refuse.membres.get(droit="CONTRIBUTEUR").user
    url = reverse("candidatures:reprise", args=[refuse.numero])
    client.force_login(contributeur)
    assert client.post(url).status_code == 403
    assert "peut le reprendre" in client.get(refuse.get_absolute_url()).content.decode()
    client.force_login(UserFactory())
    assert client.post(url).status_code == 404
    with pytest.raises(GesteInterdit):
        reprendre(refuse, vague=suivante, par=contributeur)
    Dossier.objects.filter(pk=refuse.pk).update(etat=Etat.EN_COMITE)
    client.force_login(refuse.titulaire)
    assert client.post(url).status_code == 409
    with pytest.raises(TransitionInterdite, match="suit son cours"):
        reprendre(refuse, vague=suivante, par=refuse.titulaire)
    assert Dossier.objects.count() == 1


def test_without_an_open_wave_it_waits(client, refuse, suivante):
    """Closed: the button is not there, and the page says why."""
    suivante.cloture = horloge.maintenant() - timedelta(hours=1)
    suivante.save()
    client.force_login(refuse.titulaire)
    url = reverse("candidatures:reprise", args=[refuse.numero])
    assert url not in client.get(refuse.get_absolute_url()).content.decode()
    reponse = client.get(url)
    assert reponse.status_code == 409 and "Aucune vague suivante" in reponse.content.decode()


def test_a_draft_left_behind_by_the_closing_comes_back_too(client, suivante):
    """It was never deposited: taken up as it is, gaps included."""
    brouillon = DossierFactory(vague=VagueFactory(numero=1, close=True), besoin="")
    client.force_login(brouillon.titulaire)
    url = reverse("candidatures:reprise", args=[brouillon.numero])
    assert url in client.get(brouillon.get_absolute_url()).content.decode()
    client.post(url)
    nouveau = Dossier.objects.get(issu_de=brouillon)
    assert [m.champ for m in nouveau.manques()] == ["besoin"]


# -- The way ---------------------------------------------------------------------------------------------------------
CHEMINS = {
    Etat.BROUILLON: ["EN_COURS", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR"],
    Etat.DEPOSE: ["FAIT", "EN_COURS", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR"],
    Etat.A_COMPLETER: ["FAIT", "EN_COURS", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR"],
    Etat.EN_COMITE: ["FAIT", "FAIT", "EN_COURS", "A_VENIR", "A_VENIR", "A_VENIR", "A_VENIR"],
    Etat.AVIS_RENDU: ["FAIT", "FAIT", "FAIT", "EN_COURS", "A_VENIR", "A_VENIR", "A_VENIR"],
    Etat.NON_RETENU: ["FAIT", "FAIT", "FAIT", "ARRETE"],
    Etat.AJOURNE: ["FAIT", "FAIT", "FAIT", "ARRETE"],
    Etat.IRRECEVABLE: ["FAIT", "ARRETE"],
    Etat.RETIRE: ["FAIT", "ARRETE"],
    Etat.EN_INCUBATION: ["FAIT", "FAIT", "FAIT", "FAIT", "EN_COURS", "A_VENIR", "A_VENIR"],
    Etat.EN_ARBITRAGE: ["FAIT", "FAIT", "FAIT", "FAIT", "FAIT", "EN_COURS", "A_VENIR"],
    Etat.EN_ACCOMPAGNEMENT: ["FAIT"] * 6 + ["EN_COURS"],
    Etat.CLOS: ["FAIT"] * 7,
}


@pytest.mark.parametrize("etat", CHEMINS)
def test_the_way_says_what_is_done_and_what_comes(client, etat):
    """Each state has its place; past the end nothing is promised; strangers to the team do not read it."""
    from candidatures.frise import frise  # noqa: PLC0415

    dossier = DossierFactory(etat=etat)
    etapes = frise(dossier)
    assert [etape.avancement for etape in etapes] == CHEMINS[etat]
    client.force_login(dossier.titulaire)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "Le chemin de ce dossier" in page
    assert page.count('aria-current="step"') == CHEMINS[etat].count("EN_COURS")
    if etat == Etat.DEPOSE:
        assert etapes[0].le == dossier.depose_le or abs(etapes[0].le - dossier.depose_le) < timedelta(
            seconds=5
        )


def test_the_way_costs_one_query(django_assert_num_queries):
    """Whatever happened."""
    from candidatures.frise import frise  # noqa: PLC0415

    dossier = Dossier.objects.pour_les_listes().get(pk=DossierFactory(etat=Etat.DEPOSE).pk)
    with django_assert_num_queries(1):
        frise(dossier)


@pytest.mark.parametrize("page", ["", "projet/", "depot/"])
def test_a_draft_that_comes_back_costs_no_more_than_another(client, refuse, suivante, page):
    """The page, a section, the deposit: the reasons are one query, whatever their number."""
    nouveau = reprendre(refuse, vague=suivante, par=refuse.titulaire)
    client.force_login(refuse.titulaire)
    client.get(nouveau.get_absolute_url())
    with compter() as compte:
        assert client.get(f"{nouveau.get_absolute_url()}{page}").status_code == 200
    assert compte.requetes <= 16, compte  # the clock of the tests included
