"""A form sent again as a browser would, one text changed, a new key and the next version each time."""

from urllib.parse import parse_qs, parse_qsl

import pytest

from scripts.outils.banc.formulaires import FormulaireAbsent, formulaire_de

PAGE = """
<form method="get" action="/chercher/"><input name="q" value="rien"></form>
<form method="post" action="/autre/"><input type="hidden" name="version" value="9"></form>
<form method="post" action="/dossiers/D-1/projet/">
  <input type="hidden" name="csrfmiddlewaretoken" value="jeton">
  <input type="hidden" name="cle_unique" value="ancienne">
  <input type="hidden" name="version" value="4">
  <input name="nom" value="L&#x27;atelier">
  <input type="checkbox" name="themes" value="bois" checked>
  <input type="checkbox" name="themes" value="metal">
  <input type="radio" name="reponse" value="OUI">
  <input type="radio" name="reponse" value="NON" checked>
  <input type="file" name="piece">
  <input name="fige" value="x" disabled>
  <textarea name="vide"></textarea>
  <textarea name="besoin">
Un lieu &amp; des machines.</textarea>
  <select name="stade"><option value="">-</option><option value="IDEE" selected>Idée</option></select>
  <select name="forme"><option value="scic">Scic</option><option value="sas">SAS</option></select>
  <button name="action" value="enregistrer">Enregistrer</button>
</form>
"""


def test_every_field_goes_back_as_a_browser_sends_it():
    corps = parse_qs(formulaire_de(PAGE, "/dossiers/D-1/projet/").remplir().decode(), keep_blank_values=True)

    assert corps["csrfmiddlewaretoken"] == ["jeton"]
    assert corps["nom"] == ["L'atelier"]
    assert (corps["themes"], corps["reponse"]) == (["bois"], ["NON"])
    assert (corps["stade"], corps["forme"]) == (["IDEE"], ["scic"])
    assert corps["vide"] == [""]
    assert not {"piece", "fige", "action", "q"} & corps.keys()


def test_each_save_changes_a_text_and_follows_the_version():
    formulaire = formulaire_de(PAGE, "/dossiers/D-1/projet/")
    premier = dict(parse_qsl(formulaire.remplir().decode()))
    formulaire.enregistre()
    second = dict(parse_qsl(formulaire.remplir().decode()))

    assert (premier["version"], second["version"]) == ("4", "5")
    assert (premier["besoin"], second["besoin"]) == (
        "Un lieu & des machines. (relu 1 fois)",
        "Un lieu & des machines. (relu 2 fois)",
    )
    assert len({premier["cle_unique"], second["cle_unique"], "ancienne"}) == 3


def test_a_page_without_that_form_is_said():
    with pytest.raises(FormulaireAbsent):
        formulaire_de(PAGE, "/ailleurs/")
