"""French as one writes it: amounts, dates, days, typography; the same for screens, mails and acts.

On screens the only no-break space is U+00A0 and the apostrophe is the keyboard's;
`typographie` then gives an act its fine no-break spaces (U+202F) and its ’.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from num2words import num2words

PARIS = ZoneInfo("Europe/Paris")
INSECABLE = "\u00a0"
FINE = "\u202f"
MOINS = "\u2212"
MILLION = 1_000_000
DEUX = 2  # French plurals begin there: « 1,5 jour »

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    ("janvier", "janv."),
    ("février", "févr."),
    ("mars", "mars"),
    ("avril", "avr."),
    ("mai", "mai"),
    ("juin", "juin"),
    ("juillet", "juil."),
    ("août", "août"),
    ("septembre", "sept."),
    ("octobre", "oct."),
    ("novembre", "nov."),
    ("décembre", "déc."),
)


# --- Numbers ---


def _exact(valeur):
    """The value as a Decimal; a float is refused, since it no longer knows its cents."""
    if isinstance(valeur, float):
        raise TypeError("Un montant s'écrit en Decimal, jamais en float.")
    return Decimal(valeur)


def _chiffres(valeur, decimales):
    """Digits grouped by three, decimal comma, true minus sign; `decimales` digits after the comma."""
    arrondi = valeur.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    texte = f"{abs(arrondi):,.{decimales}f}".replace(",", INSECABLE).replace(".", ",")
    return f"{MOINS}{INSECABLE}{texte}" if arrondi < 0 else texte


def nombre(valeur, decimales=2):
    """« 12 400 », « 3,5 »: at most `decimales` digits after the comma, none without use."""
    texte = _chiffres(_exact(valeur), decimales)
    return texte.rstrip("0").rstrip(",") if "," in texte else texte


def euros(montant):
    """« 12 400 € », « 39 200,50 € »: cents only when there are some."""
    montant = _exact(montant).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{_chiffres(montant, 0 if montant == montant.to_integral_value() else 2)}{INSECABLE}€"


def euros_cents(montant):
    """« 12 400,00 € », for a table where one row has cents."""
    return f"{_chiffres(_exact(montant), 2)}{INSECABLE}€"


def pourcent(valeur):
    """« 54 % », « 55,59 % », from the percentage itself (54, not 0.54)."""
    return f"{nombre(valeur)}{INSECABLE}%"


def pluriel(n, singulier, pluriel=None):
    """The noun agreed with `n`: singular below 2, as in « 1,5 jour »."""
    return singulier if abs(_exact(n)) < DEUX else pluriel or f"{singulier}s"


def compter(n, singulier, pluriel_=None):
    """« 1 pièce », « 14 pièces »."""
    return f"{nombre(n)}{INSECABLE}{pluriel(n, singulier, pluriel_)}"


def jours(n):
    """« 2,5 jours », « 1,5 jour », « 0,5 jour »."""
    return compter(n, "jour")


def demi_journees(n):
    """« une demi-journée » for a half, else as `jours`."""
    return "une demi-journée" if _exact(n) == Decimal("0.5") else jours(n)


def octets(taille):
    """« 84 Ko », « 1,8 Mo »: the size of a file as people say it."""
    for unite, seuil in (("Mo", MILLION), ("Ko", 1_000)):
        if taille >= seuil:
            return f"{nombre(Decimal(taille) / seuil, 1 if unite == 'Mo' else 0)}{INSECABLE}{unite}"
    return compter(taille, "octet")


def en_lettres(montant):
    """An amount in words: « cent quatre-vingt-dix mille euros », « deux millions d'euros », cents too."""
    montant = _exact(montant).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    entier, centimes = divmod(int(abs(montant) * 100), 100)
    millions_ronds = entier >= MILLION and entier % MILLION == 0
    mots = num2words(entier, lang="fr") + (" d'" if millions_ronds else " ") + pluriel(entier, "euro")
    if centimes:
        fraction = f"{num2words(centimes, lang='fr')} {pluriel(centimes, 'centime')}"
        mots = f"{mots} et {fraction}" if entier else fraction
    return f"moins {mots}" if montant < 0 else mots


# --- Dates, always at the hour of Paris ---


def _jour(quand):
    """The civil day in Paris. A datetime without offset is refused: nobody knows which hour it means."""
    return _a_paris(quand).date() if isinstance(quand, datetime) else quand


def _a_paris(quand):
    if quand.utcoffset() is None:
        raise ValueError("Un instant sans fuseau horaire n'a pas d'heure de Paris.")
    return quand.astimezone(PARIS)


def _quantieme(jour):
    return "1er" if jour.day == 1 else str(jour.day)


def date_longue(quand: date | datetime):
    """« 8 décembre 2021 », « 1er juillet 2022 »."""
    jour = _jour(quand)
    return f"{_quantieme(jour)} {MOIS[jour.month - 1][0]} {jour.year}"


def date_jour(quand: date | datetime):
    """« lundi 21 décembre 2026 », for a deadline."""
    return f"{JOURS[_jour(quand).weekday()]} {date_longue(quand)}"


def date_courte(quand: date | datetime):
    """« 21 déc. 2026 », for a list."""
    jour = _jour(quand)
    return f"{_quantieme(jour)} {MOIS[jour.month - 1][1]} {jour.year}"


def mois(quand: date | datetime):
    """« octobre 2022 »."""
    jour = _jour(quand)
    return f"{MOIS[jour.month - 1][0]} {jour.year}"


def heure(instant: datetime):
    """« 14 h 32 »."""
    return f"{_a_paris(instant).hour}{INSECABLE}h{INSECABLE}{_a_paris(instant).minute:02}"


def instant(quand: datetime):
    """« 8 décembre 2021 à 14 h 32 »."""
    return f"{date_longue(quand)} à {heure(quand)}"


def instant_precis(quand: datetime):
    """« 8 décembre 2021 à 14 h 32 min 07 s », as a receipt says it."""
    return f"{instant(quand)}{INSECABLE}min{INSECABLE}{_a_paris(quand).second:02}{INSECABLE}s"


def echeance(quand: datetime):
    """« lundi 21 décembre 2026 à 12 h 00 (heure de Paris) »."""
    return f"{date_jour(quand)} à {heure(quand)} (heure de Paris)"


# --- Identifiers ---


def _grouper(texte, tailles):
    morceaux, debut = [], 0
    for taille in tailles:
        morceaux.append(texte[debut : debut + taille])
        debut += taille
    return INSECABLE.join(morceaux)


def siret(numero):
    """« 123 456 789 00017 »; anything but 14 digits comes back as it is."""
    chiffres = re.sub(r"\s", "", numero)
    return _grouper(chiffres, (3, 3, 3, 5)) if re.fullmatch(r"\d{14}", chiffres) else numero


def telephone(numero):
    """« 01 23 45 67 89 »; +33 becomes 0; a foreign number comes back as it is."""
    chiffres = re.sub(r"^(\+33|0033)", "0", re.sub(r"[\s.\-()]", "", numero))
    return _grouper(chiffres, (2,) * 5) if re.fullmatch(r"0\d{9}", chiffres) else numero


def empreinte(hexa):
    """A digest by groups of four, so that two people can read it to each other."""
    return " ".join(hexa[i : i + 4] for i in range(0, len(hexa), 4))


# --- Words ---

_VOYELLE = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]", re.IGNORECASE)
# Mute h: the usual ones; any other h is taken as aspirated (« de Hauteville »).
_H_MUET = re.compile(
    r"(habit|herb|hérault|heure|hier|histoir|hiver|homme|honneur|hôpit|horlog|hôtel|huil|humain)", re.I
)


def _elide(mot):
    return bool(_VOYELLE.match(mot) or _H_MUET.match(mot))


def de_elision(mot):
    """« de Rennes », « d'Aubusson »."""
    return f"d'{mot}" if _elide(mot) else f"de {mot}"


def que_elision(proposition):
    """« que le dossier… », « qu'il… »."""
    return f"qu'{proposition}" if _elide(proposition) else f"que {proposition}"


def forme_article(forme, *, feminin):
    """A legal form with its article: « la société coopérative », « l'association », « le syndicat mixte »."""
    return f"l'{forme}" if _elide(forme) else f"{'la' if feminin else 'le'} {forme}"


def enumerer(elements):
    """« a », « a et b », « a, b et c »."""
    *debut, fin = [str(e) for e in elements] or [""]
    return f"{', '.join(debut)} et {fin}" if debut else fin


# --- Typography of the acts ---

_ESPACES = f"[ \t{INSECABLE}{FINE}]"
# Left as they are: addresses, e-mails, numbers of acts and dossiers, codes, digests.
_INTACTS = re.compile(
    r"https?://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+|\bMP-\d{4}-\d{6}\b|\bD-[0-9A-Z]{4}-[0-9A-Z]{4}\b"
    r"|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b|\b[0-9a-f]{32,}\b|\b[0-9a-f]{4}(?: [0-9a-f]{4}){7,}\b"
)
_GROUPES = re.compile(
    rf"\b\d{{3}}(?:{_ESPACES}\d{{3}}){{2}}{_ESPACES}\d{{5}}\b|\b0\d(?:{_ESPACES}\d\d){{4}}\b"
)
_UNITES = (
    r"€|k€|M€|Md€|h|min|s|m²|m³|ha|km|kg|g|t|Ko|Mo|HT|TTC|jours?|mois|ans?|heures?|minutes?|demi-journées?"
)
_MOIS = "|".join(long for long, _ in MOIS)
_REGLES = tuple(
    (re.compile(motif), remplacement)
    for motif, remplacement in (
        (r"(?<=\w)'", "’"),
        (rf"«{_ESPACES}*", f"«{INSECABLE}"),
        (rf"{_ESPACES}*»", f"{INSECABLE}»"),
        (rf"{_ESPACES}+(?=[;!?%])", FINE),
        (r"(?<=\d)(?=%)", FINE),
        (rf"{_ESPACES}+:", f"{INSECABLE}:"),
        (rf"(?<=\d){_ESPACES}+(?=(?:{_UNITES})(?!\w))", INSECABLE),
        (rf"(?<=\d{INSECABLE}h){_ESPACES}+(?=\d)", INSECABLE),
        (rf"(?<=\d{INSECABLE}min){_ESPACES}+(?=\d)", INSECABLE),
        (
            rf"(?<!\w)(n°|p\.|pp\.|art\.|articles?|M\.|MM\.|Mmes?|Madame|Monsieur|[LRDA]\.){_ESPACES}+(?=[\dA-ZÀ-Ý])",
            rf"\1{INSECABLE}",
        ),
        (rf"(?<!\w)n°{_ESPACES}+", f"n°{INSECABLE}"),
        (rf"(?<!\d)(\d{{1,2}}|1er){_ESPACES}+(?=(?:{_MOIS})(?!\w))", rf"\1{INSECABLE}"),
    )
)
_MILLIERS = re.compile(rf"(?<![\d,.])\d{{1,3}}(?:{_ESPACES}\d{{3}})+(?!\d)")
_GUILLEMETS = re.compile(r'"([^"\n]*)"')


def typographie(texte):
    """The text of an act with its no-break spaces, « » and ’ (applied twice, the same result).

    Addresses, e-mails, codes, digests and numbers of acts and dossiers are untouched.
    """
    gardes = []

    def garder(trouve, transformer=lambda morceau: morceau):
        gardes.append(transformer(trouve.group()))
        return chr(0xF0000 + len(gardes) - 1)

    texte = _INTACTS.sub(garder, texte)
    texte = _GROUPES.sub(lambda m: garder(m, lambda s: re.sub(_ESPACES, INSECABLE, s)), texte)
    texte = _GUILLEMETS.sub(lambda m: _guillemets(texte, m), texte)
    texte = _MILLIERS.sub(lambda m: re.sub(_ESPACES, FINE, m.group()), texte)
    for motif, remplacement in _REGLES:
        texte = motif.sub(remplacement, texte)
    return re.sub(r"[\U000F0000-\U000FFFFD]", lambda m: gardes[ord(m.group()) - 0xF0000], texte)


def _guillemets(texte, trouve):
    """Straight quotes become « », or “ ” inside a quotation."""
    avant = texte[: trouve.start()]
    dedans = avant.count("«") > avant.count("»")
    return f"“{trouve.group(1)}”" if dedans else f"« {trouve.group(1)} »"
