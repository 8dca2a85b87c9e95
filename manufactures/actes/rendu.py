"""From a frozen snapshot to the bytes of an act: the same snapshot gives the same words.

A document has neither network nor file system: its fonts, mark and QR code are data: URLs,
and what people typed is text, never markup.
"""

import atexit
import html
import json
import re
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.template import Context, Engine

from manufactures.actes import marque
from manufactures.actes.finition import finir
from manufactures.actes.genres import GENRES
from manufactures.actes.templatetags.acte import Compteur
from manufactures.francais import typographie


class GabaritIncomplet(Exception):
    """The template needs a variable that the snapshot does not have; says its name."""

    def __init__(self, nom):
        super().__init__(f"Il manque « {nom} » à l'instantané de l'acte.")
        self.nom = nom


# What templates came to ask after acts were already frozen: where the snapshot says nothing of it, there is none.
AJOUTEES = (
    "remplace",
    "signature",
    "seance.regles",
    "seance.mandats",
    "seance.sans_quorum",
    "dossiers.*.auditions",
    "audition.hybride",
)


def rendre(genre: str, instantane: dict) -> bytes:
    """The act as a tagged PDF, PDF/A-3a and PDF/UA-1 at once. Raises GabaritIncomplet, naming the hole.

    The data that its words come from is attached: what the page does not read of the snapshot stays out of the file.
    """
    page, lu = _rendre(genre, instantane)
    donnees = json.dumps({"genre": genre, "instantane": lu}, ensure_ascii=False, sort_keys=True, indent=1)
    return _pdf(page, donnees, instantane["acte"]["url_verification"])


def rendre_html(genre: str, instantane: dict) -> str:
    """The act as one HTML page, typography done."""
    return _rendre(genre, instantane)[0]


def instantane_lu(genre: str, instantane: dict) -> dict:
    """The part of the snapshot that the words of the act come from: enough to print them again, and no more."""
    return _rendre(genre, instantane)[1]


def _rendre(genre, instantane):
    contexte = _ContexteStrict({nom: None for nom in AJOUTEES if "." not in nom} | instantane)
    contexte["compteur"] = Compteur()
    contexte["genre"] = GENRES[genre]
    contexte["recours"] = GENRES[genre].recours_pour(instantane)
    contexte["formulations"] = instantane.get("formulations") or {}
    contexte["marque_etat"] = settings.MARQUE == "etat"
    page = _moteur().get_template(GENRES[genre].gabarit).render(contexte)
    contexte.trous.verifier()
    lu = {cle: _relire(champs) for cle, champs in contexte.lus().items()}
    if instantane.get("formulations"):
        lu["formulations"] = instantane["formulations"]
    return _composer(page), lu


def mettre_en_page(page: str) -> bytes:
    """A page that is no act, as the same kind of PDF: typography done, no network, no file."""
    return _pdf(_composer(page))


def texte(genre: str, instantane: dict) -> str:
    """The words of the act, one line a block: what two renderings of a snapshot have in common."""
    corps = re.sub(r"(?s)^.*?<body[^>]*>|</body>.*$", "", rendre_html(genre, instantane))
    lignes = re.sub(r"<(?:/?(?:p|h\d|li|ul|ol|tr|div|section|table|caption)|br)\b[^>]*>", "\n", corps)
    lignes = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</t[hd]>", " | ", lignes)))
    return "\n".join(propre for ligne in lignes.split("\n") if (propre := ligne.strip(" ")))


# --- A snapshot without holes ---


class _Trous(list):
    """Names that the rendering asked for in vain. Django's `if` swallows exceptions: the list does not."""

    def noter(self, nom):
        """The exception to raise: it names the first hole met."""
        self.append(nom)
        return GabaritIncomplet(self[0])

    def verifier(self):
        """Stop at the end, where a condition did not."""
        if self:
            raise GabaritIncomplet(self[0])


class _Champs(dict):
    """A part of the snapshot that knows its path, to name what it lacks."""

    def __init__(self, champs, chemin, trous):
        super().__init__(champs)
        self.chemin, self.trous, self.lus = chemin, trous, set()

    def __getitem__(self, cle):
        self.lus.add(cle)
        return super().__getitem__(cle)

    def __contains__(self, cle):
        self.lus.add(cle)
        return super().__contains__(cle)

    def get(self, cle, defaut=None):
        """Read, like the rest."""
        return self[cle] if cle in self else defaut

    def __missing__(self, cle):
        if re.sub(r"\.\d+(?=\.)", ".*", f"{self.chemin}.{cle}") in AJOUTEES:
            return _Absent(f"{self.chemin}.{cle}", self.trous)
        raise self.trous.noter(f"{self.chemin}.{cle}")


class _Absent:
    """A null of the snapshot: false and empty in a condition, an error where the text needs it."""

    def __init__(self, chemin, trous):
        self.chemin, self.trous = chemin, trous

    def __bool__(self):
        return False

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __str__(self):
        raise self.trous.noter(self.chemin)

    def __getitem__(self, cle):
        raise self.trous.noter(f"{self.chemin}.{cle}")


def _strict(valeur, trous, chemin):
    if isinstance(valeur, dict):
        return _Champs(
            {cle: _strict(v, trous, f"{chemin}.{cle}") for cle, v in valeur.items()}, chemin, trous
        )
    if isinstance(valeur, list):
        return [_strict(v, trous, f"{chemin}.{rang}") for rang, v in enumerate(valeur)]
    return _Absent(chemin, trous) if valeur is None else valeur


def _relire(valeur):
    """What was read of a value, as JSON."""
    if isinstance(valeur, _Champs):
        lues = {cle: _relire(dict.__getitem__(valeur, cle)) for cle in dict.keys(valeur) if cle in valeur.lus}
        return lues or dict.fromkeys(
            list(dict.keys(valeur))[:1], True
        )  # an object only asked for its presence
    if isinstance(valeur, list):
        return [_relire(v) for v in valeur]
    return None if isinstance(valeur, _Absent) else valeur


class _ContexteStrict(Context):
    def __init__(self, instantane):
        self.trous, self.demandes = _Trous(), set()
        champs = {cle: _strict(valeur, self.trous, cle) for cle, valeur in instantane.items()}
        self.champs = champs
        super().__init__(dict(champs), use_l10n=False, use_tz=False)

    def __getitem__(self, cle):
        self.demandes.add(cle)
        try:
            return super().__getitem__(cle)
        except KeyError:
            raise self.trous.noter(cle) from None

    def lus(self):
        """The names of the snapshot that the page asked for, with their values."""
        return {cle: champs for cle, champs in self.champs.items() if cle in self.demandes}


class _Invalide(str):
    """What Django prints for an unknown variable; here the printing itself fails."""

    def __contains__(self, _):
        return True

    def __mod__(self, variable):
        raise GabaritIncomplet(str(variable))


_bibliotheques: dict[str, str] = {}


def ajouter_bibliotheque(nom: str, module: str) -> None:
    """A stage's own tags for the templates of its acts, told when its app loads."""
    _bibliotheques[nom] = module
    _moteur.cache_clear()


@lru_cache(maxsize=1)
def _moteur():
    return Engine(
        dirs=[settings.BASE_DIR / "templates"],
        libraries={"acte": "manufactures.actes.templatetags.acte", **_bibliotheques},
        string_if_invalid=_Invalide(),
    )


# --- Typography of the page ---

_BALISE = re.compile(r"(<[^>]*>)")
# With what touches them: a line must not break inside, nor does WeasyPrint bear a span glued to other words.
_NUMEROS = re.compile(r"(?:n°\u00a0)?[^\s<>&]*\bD-[0-9A-Z]{4}-[0-9A-Z]{4}\b[^\s<>&]*")


def _composer(page):
    """Apply `typographie` to the text between the tags; attributes keep theirs."""
    morceaux = _BALISE.split(page)
    morceaux[::2] = [_composer_texte(morceau) for morceau in morceaux[::2]]
    return "".join(morceaux)


def _composer_texte(morceau):
    if not morceau.strip():
        return " " if morceau else ""
    ligne = re.sub(r"[ \t\r\n]+", " ", html.unescape(morceau))
    ligne = re.sub(r" (?=[,.)])", "", ligne)
    ligne = html.escape(typographie(ligne), quote=False)
    ligne = _NUMEROS.sub(r'<span class="numero">\g<0></span>', ligne)
    return re.sub(r"\b1er\b", "1<sup>er</sup>", ligne)


# --- PDF ---

# PDF/A and PDF/UA in one file: WeasyPrint names one variant, this adds the other to the metadata.
# PDF/A asks that the foreign namespace be described.
_UA = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates which part of ISO 14289 the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def _pdf(page, donnees="", url_verification=""):
    # WeasyPrint takes a second to load and needs Pango: web processes do without it.
    from weasyprint import HTML, Attachment

    polices, feuille, chargeur, dessins = _outils()
    document = HTML(string=page, base_url="data:", url_fetcher=chargeur).render(
        stylesheets=[feuille], font_config=polices, pdf_variant="pdf/a-3a", cache=dict(dessins)
    )
    if donnees:
        jour = datetime(2000, 1, 1)  # noqa: DTZ001 -- the file has no life of its own: no clock in an act
        jointe = Attachment(
            string=donnees,
            name="instantane.json",
            description="Données dont cet acte est tiré",
            relationship="Data",
            created=jour,
            modified=jour,
            url_fetcher=chargeur,
        )
        document.metadata.attachments.append(jointe)
    decrire = document.metadata.generate_rdf_metadata
    document.metadata.generate_rdf_metadata = lambda *a: decrire(*a).replace(
        b"</rdf:RDF>", _UA + b"</rdf:RDF>"
    )
    return document.write_pdf(pdf_variant="pdf/a-3a", finisher=finir(url_verification))


@lru_cache(maxsize=1)
def _outils():
    """Fonts, style sheet, fetcher and mark, once a process: without them a letter costs twice as much."""
    # Same reason as in `_pdf`.
    from weasyprint import CSS
    from weasyprint.images import get_image_from_uri
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    atexit.register(_outils.cache_clear)  # while the interpreter still has what the fonts need to close
    polices = FontConfiguration()
    chargeur = URLFetcher(allowed_protocols={"data"})
    regles = (settings.BASE_DIR / "static/actes/acte.css").read_text()
    dessins = {}
    if settings.MARQUE == "etat":
        regles = marque.feuille() + regles
        dessins = {url: marque.Dessin(get_image_from_uri({}, chargeur, {}, url)) for url in marque.symboles()}
    feuille = CSS(string=regles, font_config=polices, url_fetcher=chargeur)
    return polices, feuille, chargeur, dessins
