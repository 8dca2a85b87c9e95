"""French as it is printed: `·` stands for U+00A0 and `⸱` for U+202F in the expected texts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from manufactures import francais

MIDI = datetime(2026, 12, 21, 11, 0, tzinfo=UTC)  # 12 h in Paris
RECU = datetime(2021, 12, 8, 13, 32, 7, tzinfo=UTC)


def visible(texte):
    """No-break spaces made visible."""
    return texte.replace("\u00a0", "·").replace("\u202f", "⸱")


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        ("12400", "12·400·€"),
        ("12400.00", "12·400·€"),
        ("39200.50", "39·200,50·€"),
        ("0", "0·€"),
        ("-14000", "−·14·000·€"),
        ("30000000.00", "30·000·000·€"),
        ("0.05", "0,05·€"),
    ],
)
def test_euros(montant, attendu):
    assert visible(francais.euros(Decimal(montant))) == attendu


def test_euros_with_cents_for_a_table():
    assert visible(francais.euros_cents(Decimal("12400"))) == "12·400,00·€"


def test_a_float_is_no_amount():
    with pytest.raises(TypeError):
        francais.euros(0.1)


@pytest.mark.parametrize(
    ("nombre", "attendu"),
    [
        ("0", "0·jour"),
        ("0.5", "0,5·jour"),
        ("1", "1·jour"),
        ("1.5", "1,5·jour"),
        ("2.0", "2·jours"),
        ("17.5", "17,5·jours"),
    ],
)
def test_days_agree_from_two_on(nombre, attendu):
    assert visible(francais.jours(Decimal(nombre))) == attendu


def test_half_day():
    assert francais.demi_journees(Decimal("0.5")) == "une demi-journée"
    assert visible(francais.demi_journees(Decimal("2.5"))) == "2,5·jours"


def test_counts_rates_and_sizes():
    assert visible(francais.compter(1, "pièce")) == "1·pièce"
    assert visible(francais.compter(14, "pièce")) == "14·pièces"
    assert francais.pluriel(2, "travail", "travaux") == "travaux"
    assert visible(francais.pourcent(Decimal("55.59"))) == "55,59·%"
    assert visible(francais.pourcent(54)) == "54·%"
    assert visible(francais.octets(84211)) == "84·Ko"
    assert visible(francais.octets(1834022)) == "1,8·Mo"


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        ("0", "zéro euro"),
        ("1", "un euro"),
        ("71", "soixante et onze euros"),
        ("80", "quatre-vingts euros"),
        ("81", "quatre-vingt-un euros"),
        ("200", "deux cents euros"),
        ("280", "deux cent quatre-vingts euros"),
        ("1200", "mille deux cents euros"),
        ("80000", "quatre-vingt mille euros"),
        ("190000", "cent quatre-vingt-dix mille euros"),
        ("200000", "deux cent mille euros"),
        ("1000000", "un million d'euros"),
        ("2500000", "deux millions cinq cent mille euros"),
        ("30000000", "trente millions d'euros"),
        ("39200.50", "trente-neuf mille deux cents euros et cinquante centimes"),
        ("0.01", "un centime"),
    ],
)
def test_amounts_in_words(montant, attendu):
    assert francais.en_lettres(Decimal(montant)) == attendu


def test_dates():
    assert francais.date_longue(date(2022, 7, 1)) == "1er juillet 2022"
    assert francais.date_longue(date(2021, 12, 8)) == "8 décembre 2021"
    assert francais.date_jour(date(2026, 12, 21)) == "lundi 21 décembre 2026"
    assert francais.date_courte(date(2026, 12, 21)) == "21 déc. 2026"
    assert francais.mois(date(2022, 10, 1)) == "octobre 2022"


def test_instants_are_told_at_the_hour_of_paris():
    assert visible(francais.heure(RECU)) == "14·h·32"
    assert visible(francais.instant(RECU)) == "8 décembre 2021 à 14·h·32"
    assert visible(francais.instant_precis(RECU)) == "8 décembre 2021 à 14·h·32·min·07·s"
    assert visible(francais.echeance(MIDI)) == "lundi 21 décembre 2026 à 12·h·00 (heure de Paris)"
    assert francais.date_longue(datetime(2021, 12, 31, 23, 30, tzinfo=UTC)) == "1er janvier 2022"


@pytest.mark.parametrize("dire", [francais.heure, francais.instant, francais.echeance, francais.date_longue])
def test_an_instant_without_offset_is_refused(dire):
    with pytest.raises(ValueError, match="fuseau"):
        dire(datetime(2021, 12, 8, 14, 32))  # noqa: DTZ001 - the point of the test


def test_identifiers():
    assert visible(francais.siret("12345678900017")) == "123·456·789·00017"
    assert francais.siret("en cours") == "en cours"
    assert visible(francais.telephone("0123456789")) == "01·23·45·67·89"
    assert visible(francais.telephone("+33 1 23 45 67 89")) == "01·23·45·67·89"
    assert francais.empreinte("ab12cd34") == "ab12 cd34"


def test_elisions_and_lists():
    assert francais.de_elision("Aubusson") == "d'Aubusson"
    assert francais.de_elision("Rennes") == "de Rennes"
    assert francais.de_elision("Hauteville") == "de Hauteville"
    assert francais.que_elision("il mutualise") == "qu'il mutualise"
    assert francais.forme_article("association", feminin=True) == "l'association"
    assert francais.forme_article("syndicat mixte", feminin=False) == "le syndicat mixte"
    assert [francais.enumerer(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a et b",
        "a, b et c",
    ]


TYPOGRAPHIE = [
    ("12 h 00", "12·h·00"),
    ("objet : dépôt", "objet·: dépôt"),
    ("reçu ; lu", "reçu⸱; lu"),
    ("« label »", "«·label·»"),
    ("«label»", "«·label·»"),
    ("130 000 €", "130⸱000·€"),
    ("50 %", "50⸱%"),
    ("n° 12", "n°·12"),
    ("8 décembre 2021", "8·décembre 2021"),
    ("1er juillet 2022", "1er·juillet 2022"),
    ("l'agence", "l’agence"),
    ('l\'atelier dit "agile"', "l’atelier dit «·agile·»"),
    ('« l\'atelier dit "agile" »', "«·l’atelier dit “agile”·»"),
    ("3,5 jours", "3,5·jours"),
    ("article 8", "article·8"),
    ("article L. 231-4", "article·L.·231-4"),
    ("Mme X", "Mme·X"),
    ("420 m², 2 ha", "420·m², 2·ha"),
    ("Quoi ? Oui !", "Quoi⸱? Oui⸱!"),
    ("SIRET 123 456 789 00017", "SIRET 123·456·789·00017"),
    ("tél. 01 23 45 67 89", "tél. 01·23·45·67·89"),
    ("n° MP-2021-000072 : lu", "n°·MP-2021-000072·: lu"),
    ("Dossier n° D-7K3Q-XW9D", "Dossier n°·D-7K3Q-XW9D"),
]
INTACTS = [
    "https://www.cnil.fr",
    "https://exemple.fr/d'un?a=1;b:2",
    "www.telerecours.fr",
    "manufactures@anct.gouv.fr",
    "7K4P-9QXM-T3WD",
    "MP-2021-000072",
    "0242 4e4b e6fd ca17 4f31 863e 4a24 0d3c",
]


@pytest.mark.parametrize(("texte", "attendu"), TYPOGRAPHIE)
def test_typography(texte, attendu):
    assert visible(francais.typographie(texte)) == attendu


@pytest.mark.parametrize("texte", [*[paire[0] for paire in TYPOGRAPHIE], *INTACTS])
def test_typography_twice_changes_nothing_more(texte):
    une_fois = francais.typographie(texte)
    assert francais.typographie(une_fois) == une_fois


@pytest.mark.parametrize("texte", INTACTS)
def test_typography_leaves_addresses_codes_and_digests(texte):
    assert francais.typographie(texte) == texte
