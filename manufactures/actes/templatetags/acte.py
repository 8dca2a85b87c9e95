"""Filters and tags of the printed acts: the snapshot's JSON strings, said in French.

Amounts come as "130000.00", days as "2.5", dates as "2026-11-23", instants with their offset:
each filter reads its string and hands it to `francais`.
"""

import re
from datetime import date, datetime
from decimal import Decimal

import segno
from django import template
from django.template.base import render_value_in_context
from django.utils.html import format_html

from manufactures import francais
from manufactures.actes.passages import imprimer
from manufactures.actes.signature import adresse_de_l_image

register = template.Library()

LONGUEUR_DATE = len("2026-11-23")
FIN_DE_COMPTE = 4  # characters of a bank account that an act may show


def _decimal(valeur):
    return Decimal(str(valeur))


def _quand(valeur):
    """A date or an instant. `str` makes a hole of the snapshot say its name."""
    texte = str(valeur)
    return date.fromisoformat(texte) if len(texte) == LONGUEUR_DATE else datetime.fromisoformat(texte)


def _filtre(nom, lire):
    fonction = getattr(francais, nom)
    register.filter(nom, lambda valeur: fonction(lire(valeur)))


for _nom in ("euros", "jours", "nombre", "pourcent", "en_lettres"):
    _filtre(_nom, _decimal)
for _nom in ("date_longue", "date_jour", "mois", "heure", "instant", "instant_precis", "echeance"):
    _filtre(_nom, _quand)
for _nom in ("siret", "telephone", "empreinte"):
    _filtre(_nom, str)
_filtre("octets", int)
register.filter("enumerer", francais.enumerer)
register.filter("de", francais.de_elision)


@register.filter
def mois_de(valeur):
    """« octobre 2022 » from "2022-10"."""
    return francais.mois(date.fromisoformat(f"{valeur}-01"))


@register.filter
def a_des_centimes(valeur):
    """Whether one amount of the table has cents: then all show theirs, else none does."""
    if isinstance(valeur, dict):
        valeur = valeur.values()
    if isinstance(valeur, str):
        return bool(re.fullmatch(r"-?\d+\.\d\d", valeur)) and not valeur.endswith(".00")
    return not isinstance(valeur, int | None) and any(a_des_centimes(element) for element in valeur)


@register.filter
def montant(valeur, centimes=False):
    return (francais.euros_cents if centimes else francais.euros)(_decimal(valeur))


@register.filter
def compter(valeur, noms):
    """{{ 3|compter:"pièce,pièces" }} → « 3 pièces »; {{ 0 }} → « 0 pièce »."""
    return francais.compter(_decimal(valeur), *noms.split(","))


@register.filter
def accord(valeur, noms):
    """The word alone, agreed with a number."""
    return francais.pluriel(_decimal(valeur), *noms.split(","))


@register.filter
def genre(civilite, formes):
    """{{ membre.civilite|genre:"désigné,désignée" }}: the masculine when the civility does not tell."""
    masculin, feminin = formes.split(",")
    return feminin if str(civilite) == "Madame" else masculin


@register.filter
def quatre_derniers(valeur):
    """The tail of a bank account. More than four characters never reach the paper."""
    texte = str(valeur)
    if len(texte) > FIN_DE_COMPTE:
        raise ValueError("Un acte ne porte que les quatre derniers caractères d'un compte bancaire.")
    return texte


@register.filter
def ligne_postale(ligne):
    """Capitals without punctuation, as the post reads them."""
    return re.sub(r"[\s.,;'’-]+", " ", str(ligne)).strip().upper()


@register.filter
def pour_chacun(lignes, cle):
    """Whether each row has `cle` true."""
    return all(ligne[cle] for ligne in lignes)


@register.filter
def au_moins_un(lignes, cle):
    """Whether one row at least has `cle` true."""
    return any(ligne[cle] for ligne in lignes)


# --- Sentences that people typed, set into ours ---

_MOT_OUTIL = re.compile(
    r"(l'|d'|s'|c'|n'|qu'|le|la|les|un|une|des|du|de|ce|cet|cette|ces|son|sa|ses|leur|leurs|il|elle|ils|elles|on|en|à|au|aux"
    r"|dans|par|pour|sur|plus|moins|aucun|aucune|chaque|tout|toute|tous|toutes|deux|trois|quatre|plusieurs)(?=\W|$|(?<=')\w)",
    re.IGNORECASE,
)


@register.filter
def sans_point(texte):
    return str(texte).strip().rstrip(" .;").rstrip()


@register.filter
def proposition(texte):
    """A text fit to follow a comma or a colon: no final point, no capital on a small word."""
    texte = sans_point(texte)
    return texte[0].lower() + texte[1:] if _MOT_OUTIL.match(texte) else texte


@register.filter
def phrase(texte):
    """A text that stands alone: a capital first, a point last."""
    texte = str(texte).strip()
    texte = texte[:1].upper() + texte[1:]
    return texte if re.search(r"[.!?…»]$", texte) else f"{texte}."


@register.filter
def est_proposition(texte):
    """Whether a ground can follow « que »: one sentence that begins with a small word."""
    clause = sans_point(texte)
    return bool(_MOT_OUTIL.match(clause)) and not re.search(r"\n|[.!?] ", clause)


@register.filter
def considerant(texte):
    """« Considérant que le dossier… », or « Considérant ce qui suit : … » when the text is not one clause."""
    if est_proposition(texte):
        return f"Considérant {francais.que_elision(proposition(texte))}"
    return f"Considérant ce qui suit : {sans_point(texte)}"


# --- Tags ---


@register.simple_tag
def qr(adresse):
    """The address as a QR code, in a data: URL, since an act fetches nothing."""
    return segno.make(str(adresse), error="m", micro=False).svg_data_uri(border=0, dark="#161616")


@register.simple_tag
def image_de_signature(empreinte):
    """The image that the snapshot names by its digest, in a data: URL too."""
    return adresse_de_l_image(str(empreinte))


class Compteur:
    """Numbers of the articles, in the order of rendering."""

    def __init__(self):
        self.rang = 0

    def suivant(self):
        self.rang += 1
        return self.rang


@register.simple_tag(takes_context=True)
def article(context, titre=""):
    """« Article 1er. – », then « Article 2. – »: the number that comes next."""
    rang = context["compteur"].suivant()
    return format_html(
        "<h2>Article {}. –{}</h2>", "1er" if rang == 1 else rang, f" {titre}." if titre else ""
    )


class _NoeudPassage(template.Node):
    """A passage: our words, or those that the snapshot froze in their place."""

    def __init__(self, cle, corps, analyseur):
        self.cle, self.corps, self.analyseur = cle, corps, analyseur

    def render(self, context):
        texte = context["formulations"].get(self.cle)
        if texte is None:
            return self.corps.render(context)

        def valeur_de(nom):
            return render_value_in_context(self.analyseur.compile_filter(nom).resolve(context), context)

        return imprimer(texte, self.cle, context["genre"].code, valeur_de)


@register.tag
def passage(parser, token):
    """`{% passage "cle" %}words{% endpassage %}`: wording that a responsable may adapt (`passages.py`)."""
    _, cle = token.split_contents()
    corps = parser.parse(("endpassage",))
    parser.delete_first_token()
    return _NoeudPassage(cle.strip('"'), corps, parser)
