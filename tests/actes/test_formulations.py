"""Wording adapted without a developer: versions, previews, and every way to attack a template refused or harmless."""

import pytest
from django.urls import reverse

from manufactures.actes.formulation import Formulation
from manufactures.actes.genres import GENRES
from manufactures.actes.models import Acte
from manufactures.actes.passages import TexteRefuse, nettoyer, passages, verifier
from manufactures.actes.rendu import rendre_html, texte
from tests.actes.exemples_d_actes import exemple
from tests.factories.accompagnement import distribution, laureat

GENRE, CLE = "demande_complements", "texte-1"
PAGE = f"/actes/textes/{GENRE}/"
BON = (
    "Votre dossier « {{ dossier.nom_projet }} » est <strong>incomplet</strong>. "
    "Répondez avant le {{ echeance|echeance }}."
)


def rendu(texte_adapte, **change):
    return rendre_html(GENRE, exemple(GENRE) | {"formulations": {CLE: texte_adapte}} | change)


# --- The language ---


@pytest.mark.parametrize("genre", GENRES)
def test_our_own_words_pass_their_own_check_and_print_the_same(genre):
    """Every passage, adopted as it stands, changes nothing to the act."""
    adoptes = {cle: verifier(passage.origine, passage) for cle, passage in passages(genre).items()}
    assert adoptes, genre
    instantane = exemple(genre)
    assert texte(genre, instantane | {"formulations": adoptes}) == texte(genre, instantane)


def test_an_adapted_passage_takes_the_place_of_ours_and_of_nothing_else():
    avant, apres = texte(GENRE, exemple(GENRE)), texte(GENRE, exemple(GENRE) | {"formulations": {CLE: BON}})
    ajoutees = set(apres.split("\n")) - set(avant.split("\n"))
    assert len(ajoutees) == 1 and "est incomplet. Répondez avant le" in ajoutees.pop()
    assert "<strong>incomplet</strong>" in rendu(BON)


ATTAQUES = [
    "{{ dossier.nom_projet.upper }}",
    "{{ dossier.nom_projet.__class__.__mro__ }}",
    "{{ settings.SECRET_KEY }}",
    "{{ acte.delete }}",
    "{{ dossier.nom_projet|safe }}",
    "{{ echeance|date_longue }}",
    "{{ dossier }}",
    "{{ }}",
    "{% include '/etc/passwd' %}",
    "{% include 'actes/documents/_recours.html' %}",
    "{% load static %}",
    "{% debug %}",
    "{# rien #}",
    "{{ dossier.nom_projet",
    "dossier.nom_projet }}",
    "{{ {{ dossier.nom_projet }} }}",
    "{{ dossier.nom_projet }}{% endpassage %}",
]


@pytest.mark.parametrize("attaque", ATTAQUES)
def test_a_variable_that_is_not_listed_is_refused_at_saving(attaque):
    with pytest.raises(TexteRefuse):
        verifier(f"Un texte {attaque} autour.", passages(GENRE)[CLE])


@pytest.mark.parametrize("attaque", ATTAQUES)
def test_and_at_printing_whoever_wrote_the_row(attaque):
    with pytest.raises(ValueError):
        rendu(f"Un texte {attaque} autour.")


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://exemple.test/canari.png">',
        '<img src="file:///etc/passwd">',
        '<a href="file:///etc/passwd">lien</a>',
        "<style>@import url(https://exemple.test/);</style>",
        '<link rel="attachment" href="file:///etc/hostname">',
        "<script>alert(1)</script>",
        '<strong style="background:url(https://exemple.test/)" onclick="x()">gras</strong>',
        "<svg><image href='file:///etc/passwd'/></svg>",
        '<iframe src="https://exemple.test/"></iframe>',
        "<h1>Faux titre</h1>",
    ],
)
def test_html_is_cleaned(html):
    propre = nettoyer(f"Avant {html} après.")
    for jamais in ("src", "href", "style", "onclick", "<h1", "<svg", "<script", "exemple.test", "file:"):
        assert jamais not in propre
    page = rendu(f"Avant {html} après.")
    assert page.count("<h1") == 1 and page.count("<img") == 1  # the QR code
    assert "exemple.test" not in page and "file:" not in page


def test_what_people_typed_stays_text_inside_an_adapted_passage():
    hostile = exemple(GENRE)["dossier"] | {"nom_projet": "<img src=x> {{ acte.numero }}"}
    page = rendu(BON, dossier=hostile)
    assert page.count("<img") == 1 and "{{ acte.numero }}" in page.replace("\u00a0", " ")


# --- The rows ---


@pytest.mark.django_db
def test_versions_are_kept_and_an_act_keeps_its_own():
    gens = distribution()
    Formulation.adopter(GENRE, CLE, BON, par=gens.responsable, motif="Plus direct.")
    ancien = Acte.commander(GENRE, fil="dossier/D-1", instantane=exemple(GENRE), par=None, cle="a")
    Formulation.adopter(
        GENRE, CLE, BON.replace("incomplet", "à compléter"), par=gens.responsable, motif="Plus doux."
    )
    nouveau = Acte.commander(GENRE, fil="dossier/D-1", instantane=exemple(GENRE), par=None, cle="b")
    Formulation.retablir(GENRE, CLE, par=gens.responsable)
    dernier = Acte.commander(GENRE, fil="dossier/D-1", instantane=exemple(GENRE), par=None, cle="c")

    assert list(Formulation.objects.values_list("version", "en_vigueur")) == [(2, False), (1, False)]
    assert "incomplet" in texte(GENRE, ancien.instantane)
    assert "à compléter" in texte(GENRE, nouveau.instantane)
    assert "formulations" not in dernier.instantane
    assert "il manque les éléments suivants" in texte(GENRE, dernier.instantane).replace("\u00a0", " ")


@pytest.fixture
def gens(db):
    return distribution()


def poster(client, user, action, **donnees):
    client.force_login(user)
    return client.post(PAGE, {"passage": CLE, "action": action} | donnees)


def test_a_responsable_adopts_what_others_only_read(client, gens):
    assert poster(client, gens.agent, "adopter", texte=BON, motif="Plus direct.").status_code == 403
    reponse = client.get(PAGE)
    assert reponse.status_code == 200 and "<textarea" not in reponse.content.decode()
    assert poster(client, gens.responsable, "adopter", texte=BON, motif="Plus direct.").status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Version 1, adoptée le" in page and "Plus direct." in page
    assert poster(client, gens.responsable, "retablir").status_code == 302
    assert not Formulation.objects.filter(en_vigueur=True).exists()


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        (
            {"texte": "Avant le {{ date_limite }}.", "motif": "x"},
            "La variable « date_limite » n&#x27;existe pas",
        ),
        ({"texte": BON, "motif": ""}, "pourquoi ce texte change"),
        ({"texte": " ", "motif": "x"}, "obligatoire"),
    ],
)
def test_a_broken_text_is_refused_and_kept_on_the_page(client, gens, donnees, phrase):
    reponse = poster(client, gens.responsable, "adopter", **donnees)
    page = reponse.content.decode().replace("\u00a0", " ")
    assert reponse.status_code == 422 and phrase in page
    assert not Formulation.objects.exists()


def test_the_preview_is_drawn_on_a_real_act_and_changes_nothing(client, gens):
    dossier = laureat(gens)
    acte = Acte.commander(GENRE, fil=dossier.fil, instantane=exemple(GENRE), par=gens.agent)
    dossier.ajouter_acte(acte)
    reponse = poster(client, gens.responsable, "apercu", texte=BON, acte=acte.numero)
    page = reponse.content.decode()
    assert reponse.status_code == 200 and "<strong>incomplet</strong>" in page and acte.numero in page
    assert "default-src 'none'" in reponse["Content-Security-Policy"]
    assert not Formulation.objects.exists()


def test_a_preview_without_any_act_says_so(client, gens):
    assert poster(client, gens.responsable, "apercu", texte=BON).status_code == 409


def test_the_list_names_every_kind(client, gens):
    client.force_login(gens.agent)
    page = client.get(reverse("actes:textes")).content.decode()
    assert page.count('<th scope="row">') == len(GENRES)
    assert client.get("/actes/textes/inconnu/").status_code == 404
