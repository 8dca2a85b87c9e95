"""Forms in the design system: each kind of field with its label, hint, error, and what joins them."""

import re

import pytest
from django import forms
from django.template import Context, engines

CHOIX = [("b", "Bois"), ("m", "Métal")]


class Essai(forms.Form):
    """One field of each kind."""

    nom = forms.CharField(label="Nom du projet", help_text="Tel qu'il sera publié.")
    resume = forms.CharField(label="Résumé", widget=forms.Textarea, max_length=600)
    montant = forms.DecimalField(label="Montant", required=False)
    jour = forms.DateField(label="Jour", widget=forms.DateInput)
    instant = forms.DateTimeField(label="Instant", widget=forms.DateTimeInput)
    forme = forms.ChoiceField(label="Forme", choices=CHOIX)
    certifie = forms.BooleanField(label="Je certifie", help_text="Sur l'honneur.")
    filieres = forms.MultipleChoiceField(label="Filières", choices=CHOIX, widget=forms.CheckboxSelectMultiple)
    avis = forms.ChoiceField(label="Avis", choices=CHOIX, widget=forms.RadioSelect)
    piece = forms.FileField(label="Pièce", help_text="PDF.")
    courriel = forms.EmailField(label="Courriel", widget=forms.EmailInput(attrs={"placeholder": "x"}))
    secret = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    cache = forms.CharField(widget=forms.HiddenInput)


def rendre(formulaire, gabarit="{% load crispy_forms_tags %}{{ form|crispy }}") -> str:
    return engines["django"].from_string(gabarit).render({"form": formulaire})


def balise(page: str, identifiant: str) -> str:
    return re.search(rf"<[^>]*\bid=\"{identifiant}\"[^>]*>", page).group(0)


@pytest.mark.parametrize(
    ("identifiant", "attendus"),
    [
        ("id_nom", ['class="fr-input"', "required", 'aria-describedby="id_nom_helptext"']),
        ("id_resume", ["<textarea", 'class="fr-input"', 'maxlength="600"']),
        ("id_montant", ['type="number"', 'inputmode="decimal"']),
        ("id_jour", ['type="date"', 'value="2026-12-21"']),
        ("id_instant", ['type="datetime-local"']),
        ("id_forme", ["<select", 'class="fr-select"']),
        ("id_certifie", ['type="checkbox"', 'aria-describedby="id_certifie_helptext"']),
        ("id_filieres_0", ['type="checkbox"']),
        ("id_avis_0", ['type="radio"']),
        ("id_piece", ['type="file"', 'class="fr-upload"']),
        ("id_courriel", ['type="email"']),
        ("id_secret", ['type="password"']),
    ],
)
def test_each_field_has_its_class_and_its_type(identifiant, attendus):
    controle = balise(rendre(Essai(initial={"jour": "2026-12-21"})), identifiant)
    assert [a for a in attendus if a not in controle] == []


def test_no_placeholder_and_every_label_leads_somewhere():
    page = rendre(Essai())
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert "placeholder" not in page
    assert set(re.findall(r'\bfor="([^"]+)"', page)) <= ids
    assert {i for liste in re.findall(r'aria-describedby="([^"]+)"', page) for i in liste.split()} <= ids
    assert "600 caractères au plus." in page


def test_an_error_stands_beside_its_field_and_at_the_top():
    formulaire = Essai(data={})
    page = rendre(
        formulaire,
        '{% load crispy_forms_tags %}{% include "components/_alerte_formulaire.html" %}{{ form|crispy }}',
    )
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    liens = re.findall(r'<li><a href="#([^"]+)">', page)
    assert "12 réponses à corriger" in page  # eleven fields seen, and the hidden one
    assert len(liens) == 11
    assert set(liens) <= ids
    for nom in ("nom", "forme", "certifie", "filieres", "avis", "piece"):
        assert f'id="id_{nom}_error"' in page
    assert {i for liste in re.findall(r'aria-describedby="([^"]+)"', page) for i in liste.split()} <= ids
    assert page.count('aria-invalid="true"') >= 9


def test_a_whole_form_carries_its_token_and_its_alert():
    page = (
        engines["django"]
        .from_string("{% load crispy_forms_tags %}{% crispy form %}")
        .template.render(Context({"form": Essai(data={}), "csrf_token": "jeton"}))
    )
    assert 'method="post"' in page
    assert "novalidate" in page
    assert 'enctype="multipart/form-data"' in page
    assert "csrfmiddlewaretoken" in page
    assert "réponses à corriger" in page
