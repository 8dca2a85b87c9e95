"""A form of our pages as a browser would send it again: every field, and one text changed each time."""

import re
import uuid
from html.parser import HTMLParser
from urllib.parse import urlencode

JETON, CLE, VERSION = "csrfmiddlewaretoken", "cle_unique", "version"


class FormulaireAbsent(Exception):
    """The page has no form that posts where the measure does."""


class Formulaire:
    """Names and values in the order of the page; `version` goes up at each save, as the page's would."""

    def __init__(self, champs: list[tuple[str, str]], texte: str):
        self.champs, self.texte = champs, texte
        self.version = next((int(v) for nom, v in champs if nom == VERSION and v.isdecimal()), 0)
        self.fois = 0

    def remplir(self) -> bytes:
        """The body of the next post: a new key, the version last read, one text that changed."""
        self.fois += 1
        propres = {CLE: str(uuid.uuid4()), VERSION: str(self.version)}
        corps = []
        for nom, valeur in self.champs:
            if nom == self.texte:
                corps.append(
                    (nom, f"{re.sub(r' [(]relu [0-9]+ fois[)]$', '', valeur)} (relu {self.fois} fois)")
                )
            else:
                corps.append((nom, propres.get(nom, valeur)))
        return urlencode(corps).encode()

    def enregistre(self) -> None:
        """The server kept it: the next version is the one it now has."""
        self.version += 1


class _Lecture(HTMLParser):
    """The fields of every form of a page."""

    def __init__(self):
        super().__init__()
        self.formulaires: list[dict] = []
        self._texte: tuple[str, list[str]] | None = None
        self._liste: dict | None = None

    @property
    def _champs(self) -> list | None:
        ouvert = self.formulaires and self.formulaires[-1]["ouvert"]
        return self.formulaires[-1]["champs"] if ouvert else None

    def handle_starttag(self, balise, attributs):
        donne = dict(attributs)
        if balise == "form":
            self.formulaires.append(
                {"vers": donne.get("action") or "", "champs": [], "textes": [], "ouvert": True}
            )
        if self._champs is None or "disabled" in donne:
            return
        nom = donne.get("name")
        if balise == "input" and nom:
            coche = donne.get("type") not in ("checkbox", "radio") or "checked" in donne
            if coche and donne.get("type") not in ("submit", "file"):
                self._champs.append((nom, donne.get("value") or ""))
        elif balise == "textarea" and nom:
            self._texte = (nom, [])
        elif balise == "select" and nom:
            self._liste = {"nom": nom, "options": [], "choisies": []}
        elif balise == "option" and self._liste:
            choix = "choisies" if "selected" in donne else "options"
            self._liste[choix].append(donne.get("value") or "")

    def handle_data(self, donnees):
        if self._texte:
            self._texte[1].append(donnees)

    def handle_endtag(self, balise):
        if balise == "textarea" and self._texte and self._champs is not None:
            nom, morceaux = self._texte
            self._champs.append((nom, "".join(morceaux).removeprefix("\n")))
            self.formulaires[-1]["textes"].append(nom)
        if balise == "textarea":
            self._texte = None
        elif balise == "select" and self._liste:
            choisies = self._liste["choisies"] or self._liste["options"][:1]  # a browser sends the first one
            self._champs.extend((self._liste["nom"], valeur) for valeur in choisies)
            self._liste = None
        elif balise == "form" and self.formulaires:
            self.formulaires[-1]["ouvert"] = False


def formulaire_de(page: str, vers: str) -> Formulaire:
    """The form of the page that posts to `vers`, whatever its query. Raises FormulaireAbsent."""
    lecture = _Lecture()
    lecture.feed(page)
    for trouve in lecture.formulaires:
        if trouve["vers"].partition("?")[0] == vers and any(nom == VERSION for nom, _ in trouve["champs"]):
            remplis = {nom for nom, valeur in trouve["champs"] if valeur.strip()}
            texte = next((nom for nom in trouve["textes"] if nom in remplis), (trouve["textes"] or [""])[0])
            return Formulaire(trouve["champs"], texte)
    raise FormulaireAbsent(f"aucun formulaire n'y mène à {vers}")
