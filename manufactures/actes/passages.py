"""The wording of acts that a responsable may change: passages of our templates, in a language of variables alone.

`{% passage "cle" %}our words{% endpassage %}` in a template makes a passage. Its text, ours or theirs, may hold the
variables that this very template prints, written as it writes them, and `<strong>`, `<em>`, `<br>`. Nothing else is
read: no tag, no filter, no attribute that is not there already; whatever else is written in braces is refused.
"""

import re
from dataclasses import dataclass
from functools import cache

import nh3
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.html import conditional_escape

from manufactures.actes.genres import GENRES

BALISES = {"strong", "em", "br"}
_VARIABLE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_ACCOLADES = re.compile(r"\{[{%#]|[}%#]\}")
MOTS_DU_TITRE = 7


class TexteRefuse(ValueError):
    """A text that could not be printed; the message is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class Passage:
    """A piece of wording: its key in the template, our words, the variables it may print."""

    cle: str
    origine: str
    variables: tuple[str, ...]

    @property
    def titre(self) -> str:
        """Its first words, to find it."""
        mots = _VARIABLE.sub("…", self.origine).split()
        return " ".join(mots[:MOTS_DU_TITRE]) + (" …" if len(mots) > MOTS_DU_TITRE else "")


def nettoyer(texte: str) -> str:
    """The same text with its three tags and no attribute: whatever else is HTML goes, what it encloses stays."""
    propre = nh3.clean(texte, tags=BALISES, attributes={}, clean_content_tags={"script", "style"})
    return re.sub(r"\s+", " ", propre.replace("&nbsp;", " ")).strip()


def verifier(texte: str, passage: Passage) -> str:
    """The text to keep. Raises TexteRefuse, naming the first variable that this passage does not have."""
    propre = nettoyer(texte)
    if not propre:
        raise TexteRefuse("Écrivez le texte, ou rétablissez celui d'origine.")
    for nom in _VARIABLE.findall(propre):
        if _lisible(nom) not in passage.variables:
            raise TexteRefuse(f"La variable « {nom} » n'existe pas dans ce passage.")
    if _ACCOLADES.search(_VARIABLE.sub("", propre)):
        raise TexteRefuse("Une accolade est mal fermée, ou une commande n'est pas permise ici.")
    return propre


def _lisible(nom: str) -> str:
    """What the cleaning escaped inside the braces."""
    return nom.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def imprimer(texte: str, passage_cle: str, genre: str, valeur_de) -> str:
    """The text with its variables, each through `valeur_de` and escaped; cleaned again, whoever wrote the row."""
    passage = passages(genre)[passage_cle]
    propre = verifier(texte, passage)
    return _VARIABLE.sub(lambda trouve: str(conditional_escape(valeur_de(_lisible(trouve[1])))), propre)


@cache
def passages(genre: str) -> dict[str, Passage]:
    """The passages of a kind, in the order of its template."""
    source = (settings.BASE_DIR / "templates" / GENRES[genre].gabarit).read_text()
    sures, dedans, ouvert, profondeur = [], {}, None, 0
    for jeton in Lexer(source).tokenize():
        mot = jeton.contents.split(" ", 1)[0]
        if jeton.token_type == TokenType.BLOCK:
            if mot == "passage":
                ouvert = jeton.split_contents()[1].strip('"')
                dedans[ouvert] = []
            elif mot == "endpassage":
                ouvert = None
            else:
                profondeur += (mot in ("if", "for", "with")) - (mot in ("endif", "endfor", "endwith"))
        elif jeton.token_type == TokenType.VAR and not profondeur:
            sures.append(jeton.contents)
        if ouvert and jeton.token_type in (TokenType.TEXT, TokenType.VAR):
            ecrit = jeton.contents if jeton.token_type == TokenType.TEXT else "{{ " + jeton.contents + " }}"
            dedans[ouvert].append(ecrit)
    return {cle: _passage(cle, "".join(morceaux), sures) for cle, morceaux in dedans.items()}


def _passage(cle, origine, sures):
    propres = dict.fromkeys([*_VARIABLE.findall(origine), *sures, *COMMUNES])
    return Passage(cle, origine, tuple(propres))


# What every act has, whichever its kind (actes.md 1.2).
COMMUNES = (
    "acte.numero",
    "acte.date|date_longue",
    "service.nom",
    "service.courriel",
    "service.telephone|telephone",
    "agence.nom",
)
