"""The two panes as HTML: the deposited version, kept once read, and the lines of the grid; both drawn by Jinja2."""

from urllib.parse import urlencode

from django.core.cache import caches
from django.forms.renderers import get_default_renderer
from django.urls import reverse
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from candidatures.lecture import ReponseLue, lire
from instruction.models import Reponse

UN_JOUR = 86_400
FILE = "__FILE__"  # where the address of the list goes, in a reading kept for all
DEBUT, FIN = "\ue000", "\ue001"  # around a passage, while its text becomes HTML


def _dessiner(gabarit: str, **contexte) -> SafeString:
    return mark_safe(get_default_renderer().render(f"instruction/{gabarit}.html", contexte))


def parametres(file: str) -> str:
    """« ?file=… », or nothing: the list that one goes through stays in each address of the page."""
    return f"?{urlencode({'file': file})}" if file else ""


def dessiner_lecture(
    version, sections, *, ecrit: bool, file: str = "", montre=None, complements: str = ""
) -> SafeString:
    """The deposited version; `montre` is the pin whose passage is marked. Without it, read and drawn once.

    `complements` is the address where a completion is asked, the same for every reading of one version.
    """
    cle = f"lecture:{version.pk}:{version.empreinte}:{ecrit}"
    garde = caches["figes"]
    html = None if montre else garde.get(cle)
    if html is None:
        html = _dessiner(
            "lecture",
            sections=sections(),
            ecrit=ecrit,
            complements=complements,
            marques=lambda reponse: _en_html(reponse, montre),
        )
        if not montre:
            garde.set(cle, html, UN_JOUR)
    suite = f"{escape(parametres(file))}&amp;" if file else "?"
    return mark_safe(html.replace(FILE, suite))


def _en_html(reponse: ReponseLue, montre) -> SafeString:
    """The text of an answer, with the passage of the pin that is shown."""
    texte = reponse.texte
    if montre and montre.champ == reponse.nom and montre.debut is not None:
        avant, passage, apres = texte[: montre.debut], texte[montre.debut : montre.fin], texte[montre.fin :]
        texte = f"{avant}{DEBUT}{passage}{FIN}{apres}"
    html = linebreaks(texte, autoescape=True) if reponse.est_longue and texte else escape(texte)
    if DEBUT not in html:
        return mark_safe(html)
    avant, _, reste = html.partition(DEBUT)
    passage, _, apres = reste.partition(FIN)
    passage = passage.replace("</p>", "</mark></p>").replace("<p>", "<p><mark>")
    return mark_safe(f'{avant}<mark id="passage">{passage}</mark>{apres}')


class DessinDeLaGrille:
    """The lines of one grid, for one reader."""

    def __init__(self, numero: str, *, ecrit: bool, file: str = ""):
        self.communs = {
            "numero": numero,
            "ecrit": ecrit,
            "file": parametres(file),
            "page": f"{parametres(file)}&" if file else "?",
            "adresse_regles": f"/instruction/{numero}/regles/",
            "adresse_epingles": reverse("instruction:epingles", args=[numero]),
        }

    def epingles(self, ligne, *, a_part: bool = False) -> SafeString:
        """The pins of one line; `a_part` when they go with another answer."""
        return _dessiner("epingles", ligne=ligne, a_part=a_part, **self.communs)

    def lignes(self, lignes) -> SafeString:
        """Lines to fill."""
        return _dessiner(
            "lignes",
            lignes=lignes,
            reponses=Reponse.choices,
            dessiner_epingles=self.epingles,
            **self.communs,
        )


def sections_de(version):
    """Read the frozen version when it must be."""
    return lambda: lire(version.contenu) if version else []
