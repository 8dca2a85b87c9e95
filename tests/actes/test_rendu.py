"""Acts as people read them: each kind from its example, then what a snapshot may do to a page."""

import copy
import json
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from manufactures.actes.genres import GENRES
from manufactures.actes.rendu import GabaritIncomplet, instantane_lu, rendre, rendre_html, texte

EXEMPLES = Path(__file__).parent / "exemples"
PDFTOTEXT = shutil.which("pdftotext") or "pdftotext"


def exemple(genre, **changements):
    """The example of a kind, with some keys changed; « a__b » goes down."""
    instantane = json.loads((EXEMPLES / f"{genre}.json").read_text())
    for chemin, valeur in changements.items():
        *parents, cle = chemin.split("__")
        cible = instantane
        for parent in parents:
            cible = cible[parent]
        cible[cle] = valeur
    return instantane


def lire(genre, **changements):
    """The words of an act, ordinary spaces and apostrophes, for readable tests."""
    mots = texte(genre, exemple(genre, **changements))
    return mots.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def mots_du_pdf(pdf):
    """Page by page, what `pdftotext` reads."""
    sortie = subprocess.run(
        [PDFTOTEXT, "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return [page for page in sortie.split("\f") if page.strip()]


@pytest.fixture(scope="module")
def fichiers():
    """Every kind rendered once."""
    return {genre: rendre(genre, exemple(genre)) for genre in GENRES}


# --- Every kind ---


@pytest.mark.parametrize("genre", GENRES)
def test_no_hole_no_double_space(genre):
    mots = texte(genre, exemple(genre))
    for interdit in ("{{", "{%", "[SI", "⟦", "None", "  ", "'", " ;", " %", "« "):
        assert interdit not in mots, interdit
    assert not re.search(r"\.\.|,,| ,|: \.", mots)


@pytest.mark.parametrize("genre", GENRES)
def test_number_code_and_service(genre):
    instantane = exemple(genre)
    mots = lire(genre)
    assert instantane["acte"]["numero"] in mots
    assert "7K4P-9QXM-T3WD" in mots
    assert "Programme « Manufactures de proximité »" in mots
    assert "Un sceau électronique garantit" in mots
    assert "Données personnelles" in mots


@pytest.mark.parametrize("genre", GENRES)
def test_appeals_are_there_if_and_only_if_the_kind_says_so(genre):
    instantane = exemple(genre)
    present = "Voies et délais de recours" in lire(genre)
    assert present == (GENRES[genre].recours_pour(instantane) in ("R-EXPRESSE", "R-IMPLICITE"))
    assert ("Les parties recherchent d'abord un accord." in lire(genre)) == (
        GENRES[genre].recours == "R-CONVENTION"
    )


@pytest.mark.parametrize("genre", [g for g in GENRES if GENRES[g].recours in ("R-EXPRESSE", "R-IMPLICITE")])
def test_appeals_stay_whole_on_one_page(genre, fichiers):
    (page,) = [page for page in mots_du_pdf(fichiers[genre]) if "Voies et délais de recours" in page]
    assert "www.telerecours.fr" in page


SIGNATAIRES = {
    "agent": ["Lucie Barthélemy", "chargée de mission"],
    "signataire": ["Agnès Montferrand", "Directrice du programme"],
    "president": ["Hélène Marchadour", "Présidente du comité"],
    "president_secretaire": ["Hélène Marchadour", "Florence Aubrac"],
    "agent_responsable": ["Lucie Barthélemy", "Florence Aubrac"],
    "parties": ["Étienne Vercoutre", "Agnès Montferrand"],
    "certificateur_ordonnateur": ["Mehdi Charpentier", "Florence Aubrac"],
    "porteur": ["Rémi Castagnède"],
    "expert_agent": [],
    "aucun": [],
}


@pytest.mark.parametrize("genre", GENRES)
def test_signatory_and_agent_are_named(genre):
    mots = lire(genre).lower()
    for nom in SIGNATAIRES[GENRES[genre].signataire]:
        assert nom.lower() in mots
    if GENRES[genre].forme in ("lettre", "decision"):
        assert "affaire suivie par lucie barthélemy, chargée de mission" in mots


@pytest.mark.parametrize("genre", GENRES)
def test_same_snapshot_same_words(genre):
    assert texte(genre, exemple(genre)) == texte(genre, exemple(genre))


@pytest.mark.parametrize("genre", GENRES)
def test_demonstration_is_said_only_where_it_is(genre):
    mention = "Démonstration : montants, votes et textes inventés"
    assert mention in lire(genre, mention_demonstration=True)
    assert mention not in lire(genre, mention_demonstration=False)


@pytest.mark.parametrize("genre", GENRES)
def test_tagged_archived_and_accessible(genre, fichiers):
    with pikepdf.open(BytesIO(fichiers[genre])) as pdf:
        racine = pdf.Root
        assert racine.MarkInfo.Marked
        assert "/StructTreeRoot" in racine and "/OutputIntents" in racine
        assert str(racine.Lang) == "fr"
        assert exemple(genre)["acte"]["numero"] in str(pdf.docinfo.Title)
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
        assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        etiquettes = list(_etiquettes(racine.StructTreeRoot))
    assert etiquettes.count("/H1") == 1
    assert "/Figure" in etiquettes  # the QR code, with its alternative text


@pytest.mark.parametrize("genre", GENRES)
def test_the_data_is_attached_and_prints_the_same_words(genre, fichiers):
    with pikepdf.open(BytesIO(fichiers[genre])) as pdf:
        jointe = pdf.attachments["instantane.json"]
        joint = json.loads(jointe.get_file().read_bytes())
        assert str(jointe.obj.AFRelationship) == "/Data"
        assert any(objet.F == "instantane.json" for objet in pdf.Root.AF)
    assert joint["genre"] == genre
    assert texte(genre, joint["instantane"]) == texte(genre, exemple(genre))


def test_what_the_page_does_not_read_stays_out_of_the_file():
    secret = exemple("labellisation") | {
        "notes_des_membres": [3, 4],
        "agent": {"iban": "FR76"} | exemple("labellisation")["agent"],
    }
    lu = instantane_lu("labellisation", secret)
    assert "notes_des_membres" not in lu and "iban" not in lu["agent"]


def _ordre_de_lecture(pdf):
    """The words of the structure tree, as a screen reader goes through them."""
    sortie = subprocess.run(
        [shutil.which("pdfinfo") or "pdfinfo", "-struct-text", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return re.sub(r"\W", "", "".join(re.findall(r'"(.*)"', sortie))).upper()


@pytest.mark.parametrize("genre", GENRES)
def test_the_reading_order_is_that_of_the_text(genre, fichiers):
    lu, reste = _ordre_de_lecture(fichiers[genre]), []
    rang = 0
    for ligne in texte(genre, exemple(genre)).split("\n"):
        mots = re.sub(r"\W", "", ligne).upper()
        trouve = lu.find(mots, rang)
        if trouve < 0:
            reste.append(ligne)
        else:
            rang = trouve + len(mots)
    assert reste == []


def _etiquettes(noeud):
    if isinstance(noeud, pikepdf.Dictionary):
        if "/S" in noeud:
            yield str(noeud.S)
        enfants = noeud.get("/K", [])
        for enfant in enfants if isinstance(enfants, pikepdf.Array) else [enfants]:
            yield from _etiquettes(enfant)


@pytest.mark.parametrize("genre", GENRES)
def test_each_page_carries_number_and_count(genre, fichiers):
    pages = mots_du_pdf(fichiers[genre])
    for rang, page in enumerate(pages, 1):
        assert f"page {rang}/{len(pages)}" in page
        assert exemple(genre)["acte"]["numero"] in page


# --- The acknowledgement: what makes the delays run (CRPA R112-11-1) ---


def test_ar_date_and_hour_of_receipt():
    assert "Date de réception : 2 novembre 2021 à 16 h 42 min 07 s (heure de Paris)" in lire("ar_depot")


def test_ar_service():
    assert "Service chargé du dossier : Programme « Manufactures de proximité »" in lire("ar_depot")


def test_ar_address():
    assert "20 avenue de Ségur, TSA 10717, 75334 Paris Cedex 07" in lire("ar_depot")


def test_ar_telephone():
    assert "01 99 00 00 00" in lire("ar_depot")


def test_ar_implicit_refusal():
    assert "peut donner lieu à une décision implicite de rejet" in lire("ar_depot")


def test_ar_date_of_the_implicit_refusal():
    assert (
        "À défaut de décision expresse le 2 janvier 2022, et sous réserve que la demande soit complète"
        in lire("ar_depot")
    )


def test_ar_ways_of_appeal():
    mots = lire("ar_depot")
    assert "par un recours gracieux" in mots
    assert "devant le tribunal administratif de Paris" in mots


def test_ar_delays_of_appeal():
    assert "contester ce rejet implicite dans un délai de deux mois à compter de cette date" in lire(
        "ar_depot"
    )


def test_ar_lists_each_piece_with_its_digest():
    mots = lire("ar_depot").replace(" ", "")
    for piece in exemple("ar_depot")["pieces"]:
        assert piece["empreinte"] in mots
    assert exemple("ar_depot")["empreinte_depot"] in mots


def test_ar_of_a_subsidy_is_no_promise():
    mots = lire("ar_depot", type_demande="subvention", fondement_silence="article 7 du décret n° 2018-514")
    assert "Cet accusé ne vaut pas promesse de subvention." in mots
    assert "(article 7 du décret n° 2018-514)" in mots


# --- Variants of the law ---


def test_a_public_applicant_goes_through_telerecours():
    mots = lire("non_selection", porteur__est_public=True)
    assert "déposé par l'application Télérecours." in mots
    assert "www.telerecours.fr" not in mots


def test_overseas_and_abroad_have_more_time():
    assert "augmenté d'un mois" in lire("non_selection", porteur__outre_mer=True)
    assert "augmenté de deux mois" in lire("non_selection", porteur__etranger=True)
    assert "augmenté" not in lire("non_selection")


def test_the_head_signs_without_delegation():
    mots = lire("irrecevabilite", signataire__est_titulaire=True, signataire__delegation_ref=None)
    assert "par délégation" not in mots and "Délégation de signature" not in mots
    assert "Pour le directeur général et par délégation," in lire("irrecevabilite")


def test_articles_follow_each_other():
    mots = lire("labellisation", rejet_implicite_le="2022-01-02")
    assert [n for n in ("1er", "2", "3", "4", "5", "6") if f"Article {n}. –" in mots] == [
        "1er",
        "2",
        "3",
        "4",
        "5",
        "6",
    ]
    assert "La présente décision se substitue à la décision implicite de rejet née le 2 janvier 2022." in mots


def test_a_departure_from_the_opinion_says_why():
    assert "pour s'écarter de l'avis du comité, le projet" in lire(
        "labellisation", motif_ecart="Le projet a levé ses réserves."
    )


def test_a_ground_that_is_no_clause_is_set_apart():
    mots = lire("labellisation", motifs=["Projet prêt. Le modèle est établi."])
    assert "Considérant ce qui suit : Projet prêt. Le modèle est établi ;" in mots


def test_grounds_of_several_sentences_stay_sentences():
    deux = "Les trois postes sont réservés. L'accès des autres n'est pas décrit."
    assert "appelle les constats suivants : Les trois postes" in lire(
        "non_selection", motifs=[{"critere": "C", "constat": deux}]
    )
    assert "les points suivants restent à lever : Les trois postes" in lire("ajournement", motifs=deux)
    assert "l'autorité retient ce qui suit : Les trois postes" in lire("ajournement", motif_ecart=deux)


def test_a_letter_to_someone_whose_civility_is_unknown():
    mots = lire("demande_complements", representant__civilite="")
    assert "À l'attention de Naïma Couderc" in mots
    assert "\nMadame, Monsieur,\n" in mots


def test_a_withdrawal_before_anybody_was_in_charge():
    mots = lire("fin_de_parcours", signataire=None, agent=None)
    assert "Acte établi automatiquement à la demande du porteur" in mots


def test_less_than_asked_without_a_refused_invoice():
    depenses = exemple("versement")["depenses"] | {
        "ecartees": [],
        "total_ecarte": "0.00",
        "raisons": "le plafond est atteint",
    }
    mots = lire("versement", depenses=depenses)
    assert (
        "inférieur à la demande pour la raison suivante : le plafond est atteint (article 4 de la convention)."
        in mots
    )


def test_award_without_subsidy_has_no_amount():
    mots = lire("attribution", natures=[], tranches=[], total="0.00", regime_aide=None, motifs_reduction=None)
    assert "€" not in mots
    assert "20 jours d'expertise sont ouverts pour deux ans" in mots
    assert "Voies et délais de recours" in mots


def test_award_says_its_total_in_words():
    assert "Total maximum : 190 000 € (cent quatre-vingt-dix mille euros)" in lire("attribution")


def test_convention_repeats_the_award_word_for_word():
    phrase = "Chaque montant est un plafond : la somme due est égale au taux appliqué aux dépenses éligibles"
    assert phrase in lire("attribution") and phrase in lire("convention")


def test_payment_as_asked_has_no_appeal():
    mots = lire("versement", reduit=False)
    assert "Voies et délais de recours" not in mots
    assert "ne sont pas retenues" not in mots


def test_an_advance_justifies_no_expense():
    mots = lire(
        "versement",
        reduit=False,
        depenses=None,
        avance={"taux": "30", "assiette": "130000.00"},
        produit="39000.00",
    )
    assert "30 % × 130 000 € = 39 000 €" in mots


def test_cents_all_or_none_in_a_table():
    enveloppe = copy.deepcopy(exemple("pv_arbitrage")["enveloppe_cloture"])
    enveloppe[0]["engage"] = "130000.50"
    mots = lire("pv_arbitrage", enveloppe_cloture=enveloppe)
    assert "130 000,50 €" in mots and "8 000 000,00 €" in mots


def test_no_vote_is_counted_under_five_voters():
    dossiers = exemple("pv_selection")["dossiers"]
    dossiers[0] |= {"votants": 4, "pour": 4, "abstention": 0}
    mots = lire("pv_selection", dossiers=dossiers)
    assert "moins de cinq votants, les nombres ne sont pas publiés" in mots
    assert "votants 4" not in mots


def test_a_sitting_without_ballot_tells_no_figure():
    vue = exemple("pv_selection")["dossiers"][0] | {
        "votants": None,
        "avis": "audition demandée",
        "deports": [],
    }
    vides = dict.fromkeys(("n_favorables", "n_defavorables", "n_ajournements", "n_liste_complementaire"), 0)
    mots = lire("pv_selection", dossiers=[vue], liste_classee=[], **vides)
    assert "Avis : audition demandée." in mots
    assert "Aucun avis n'est rendu à cette séance. Le comité rend un avis ;" in mots
    assert "Scrutin" not in mots and "Annexe 1" not in mots


def test_a_bank_account_shows_four_characters_at_most():
    with pytest.raises(ValueError, match="quatre derniers"):
        lire("convention", rib_masque="FR7612345")


def test_refusals_carry_no_note_and_no_name_of_a_member():
    mots = lire("non_selection")
    assert "Marchadour" not in mots and "/5" not in mots


@pytest.mark.parametrize("cas", ["retrait", "renonciation", "exclusion", "cloture"])
def test_each_end_of_the_path(cas):
    mots = lire(
        "fin_de_parcours",
        cas=cas,
        motif="engagements non tenus",
        label_ref="MP-2021-000072",
        conservation_jusquau="2034-01-01",
    )
    assert ("Voies et délais de recours" in mots) == (cas == "exclusion")
    assert ("Les pièces sont à conserver jusqu'au 1er janvier 2034" in mots) == (cas == "cloture")


# --- Holes and hostile texts ---


@pytest.mark.parametrize(
    "chemin",
    ["recu_le", "type_demande", "dossier__nom_projet", "porteur__est_public", "pieces", "tribunal__adresse"],
)
def test_a_missing_variable_stops_the_rendering_with_its_name(chemin):
    instantane = exemple("ar_depot")
    *parents, cle = chemin.split("__")
    cible = instantane
    for parent in parents:
        cible = cible[parent]
    del cible[cle]

    with pytest.raises(GabaritIncomplet) as arret:
        texte("ar_depot", instantane)
    assert arret.value.nom == chemin.replace("__", ".")


def test_a_null_that_the_text_needs_stops_it_too():
    with pytest.raises(GabaritIncomplet) as arret:
        lire("ar_depot", dossier__nom_projet=None)
    assert arret.value.nom == "dossier.nom_projet"


CHARGES = [
    '<img src="file:///etc/passwd">',
    "<img src=http://127.0.0.1:9/canari>",
    "<style>@import url(http://127.0.0.1:9/);</style>",
    '<link rel="attachment" href="file:///etc/hostname">',
    "<svg><image href='file:///etc/passwd'/></svg>",
    "{{ settings.SECRET_KEY }}{% load static %}",
    "</p><h1>Faux titre</h1>",
    '&lt;b&gt; & "guillemets"',
]


@pytest.mark.parametrize("charge", CHARGES)
def test_what_people_type_is_text(charge):
    page = rendre_html("ar_depot", exemple("ar_depot", dossier__nom_projet=charge))
    assert page.count("<img") == 1  # the QR code
    assert "<link" not in page and "<svg" not in page and "<style" not in page and page.count("<h1>") == 1
    contenu = re.sub(r'["\'’“”«»\s]', "", charge)
    assert contenu in re.sub(r'["\'’“”«»\s]', "", lire("ar_depot", dossier__nom_projet=charge))


def test_the_page_fetches_nothing_but_data(monkeypatch):
    """Even markup of ours could not reach a file or the network."""
    from weasyprint.urls import URLFetcher

    from manufactures.actes import rendu

    demandes = []
    ancien = URLFetcher.fetch
    monkeypatch.setattr(
        URLFetcher, "fetch", lambda self, url, *a, **k: demandes.append(url) or ancien(self, url, *a, **k)
    )
    page = rendre_html("ar_depot", exemple("ar_depot")).replace(
        "<main>", '<main><img alt="x" src="file:///etc/passwd">'
    )
    pdf = rendu._pdf(page)

    assert b"root:" not in pdf
    assert all(url.startswith(("data:", "file:///etc/passwd")) for url in demandes)
    assert "root:" not in "".join(mots_du_pdf(pdf))


def test_long_names_and_many_pieces_keep_the_layout():
    nom = (
        "Société coopérative d'intérêt collectif des ateliers partagés de la haute vallée et de ses affluents"
    )
    pieces = [
        {"nom": f"Pièce au nom très long numéro {n} {'x' * 60}.pdf", "taille": 10**6, "empreinte": "ab" * 32}
        for n in range(60)
    ]
    pdf = rendre(
        "ar_depot",
        exemple("ar_depot", porteur__raison_sociale=nom, dossier__nom_projet="Projet " * 17, pieces=pieces),
    )
    pages = mots_du_pdf(pdf)
    assert "60 pièces, listées" in pages[0].replace("\u00a0", " ")
    assert len(pages) >= 4
    assert sum("Voies et délais de recours" in page for page in pages) == 1


def test_no_piece_at_all():
    mots = lire("ar_depot", pieces=[])
    assert "0 pièce, listée en annexe" in mots
    assert "Aucune pièce n'est jointe au dossier." in mots


def test_the_window_of_the_envelope_shows_the_addressee(fichiers):
    """110 mm from the left, 50 mm from the top, 85 × 35 mm."""
    mm = 72 / 25.4
    cadre = [
        "-x",
        f"{110 * mm:.0f}",
        "-y",
        f"{49 * mm:.0f}",
        "-W",
        f"{85 * mm:.0f}",
        "-H",
        f"{36 * mm:.0f}",
        "-f",
        "1",
        "-l",
        "1",
    ]
    sortie = subprocess.run(
        [PDFTOTEXT, *cadre, "-", "-"], input=fichiers["ar_depot"], capture_output=True, check=True
    ).stdout.decode()
    lignes = [ligne.strip().replace("\u00a0", " ") for ligne in sortie.split("\n") if ligne.strip()]
    assert lignes == [
        "Le 8 Fablab",
        "À l’attention de Monsieur Étienne Vercoutre",
        "19 chemin des Essais",
        "26400 CREST",
    ]
