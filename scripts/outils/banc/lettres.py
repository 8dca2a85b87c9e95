"""`python -m scripts.outils.banc.lettres VARIANTE N`: N letters one after the other, in a process of their own.

`acte`: the act's own path, from the row read under its lock to the file stored (the seal apart: it costs as much
whoever draws the letter). `nue`: WeasyPrint alone on the same pages, with everything that can be kept from one letter
to the next kept, and without the State's mark. `type`: the same, on a plain letter of one page.
"""

import json
import resource
import sys
import time
from collections.abc import Callable

import django
from django.conf import settings
from django.db import transaction

GENRES_DE_DECISION = ("labellisation", "non_selection", "irrecevabilite", "demande_complements", "ar_depot")
VARIANTES = ("acte", "nue", "type")
ECHAUFFEMENT = 3
MO = 1024 if sys.platform == "linux" else 1024 * 1024  # ru_maxrss counts kibibytes, or bytes

FEUILLE_TYPE = """@page { size: A4; margin: 18mm 20mm; @bottom-right { content: counter(page) "/" counter(pages) } }
body { font: 10pt/1.4 "DejaVu Sans", sans-serif } table { width: 100%; border-collapse: collapse; margin: 6mm 0 }
th, td { border: .3mm solid #777; padding: 1.5mm; text-align: left } th { background: #eee }
header { border-bottom: .6mm solid #000091 } img { float: right; width: 27mm } p { text-align: justify }"""
PARAGRAPHE = (
    "Vous avez présenté le dossier {numero} à l'appel à manifestation d'intérêt. Il a été examiné au regard du cahier "
    "des charges, puis soumis au comité, qui a rendu un avis motivé après avoir entendu votre projet. Au vu de cet "
    "avis, et des pièces que vous avez jointes, la décision suivante a été prise à votre égard."
)
RUBRIQUES = ("Numéro", "Demande", "Soutien", "Durée", "Versement", "Solde", "Interlocuteur")


def main(variante: str, nombre: str) -> None:
    """Warm up, time, and print one line of JSON."""
    django.setup()
    n = int(nombre)
    faire = preparer(variante, n + ECHAUFFEMENT)
    for rang in range(ECHAUFFEMENT):
        faire(rang)
    debut = time.perf_counter()
    for rang in range(ECHAUFFEMENT, ECHAUFFEMENT + n):
        faire(rang)
    secondes = time.perf_counter() - debut
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MO
    print(json.dumps({"par_seconde": n / secondes, "memoire_mo": memoire}))


def preparer(variante: str, n: int) -> Callable[[int], None]:
    """What is not measured: the orders, or the pages."""
    if variante == "type":
        return boucle_nue(lettre_type, FEUILLE_TYPE)
    actes = commander(n)
    if variante == "acte":
        return lambda rang: produire(actes[rang])
    from manufactures.actes.rendu import rendre_html

    pages = [rendre_html(acte.genre, acte.instantane) for acte in actes]
    return boucle_nue(pages.__getitem__, feuille_sans_marque())


def commander(n: int) -> list:
    """As many orders of the same decision, as the procedure composed it."""
    from manufactures.actes.models import Acte

    modele = next(
        (acte for genre in GENRES_DE_DECISION if (acte := Acte.objects.filter(genre=genre).first())), None
    )
    if modele is None:
        raise SystemExit("Aucune décision dans ces données : pas de lettre à produire.")
    instantane = {cle: valeur for cle, valeur in modele.instantane.items() if cle != "acte"}
    lot = time.time_ns()
    with transaction.atomic():
        return [
            Acte.commander(modele.genre, fil=f"banc/{lot}-{rang}", instantane=instantane, par=None)
            for rang in range(n)
        ]


def produire(acte) -> None:
    """The worker's task without the seal: read under the lock, drawn, stored, written."""
    from manufactures.actes.models import Acte
    from manufactures.actes.rendu import rendre

    with transaction.atomic():
        ordre = Acte.objects.select_for_update(of=("self",), skip_locked=True).get(pk=acte.pk)
        ordre.deposer_fichier(rendre(ordre.genre, ordre.instantane))


def boucle_nue(page_de: Callable[[int], str], feuille: str) -> Callable[[int], None]:
    """WeasyPrint with its fonts, its sheet and its fetcher kept; the variant that the acts have."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    polices, chargeur = FontConfiguration(), URLFetcher(allowed_protocols={"data"})
    style = CSS(string=feuille, font_config=polices, url_fetcher=chargeur)

    def faire(rang: int) -> None:
        page = HTML(string=page_de(rang), base_url="data:", url_fetcher=chargeur)
        page.write_pdf(stylesheets=[style], font_config=polices, pdf_variant="pdf/a-3a")

    return faire


def feuille_sans_marque() -> str:
    """The acts' own sheet, without the drawings of the mark."""
    from manufactures.actes import marque

    regles = (settings.BASE_DIR / "static/actes/acte.css").read_text()
    if settings.MARQUE != "etat":
        return regles
    polices = [regle for regle in marque.feuille().split("\n") if regle.startswith("@font-face")]
    return "\n".join([*polices, regles])


def lettre_type(rang: int) -> str:
    """One page: addressee, three paragraphs, a table of seven rows, a QR code of its own."""
    import segno

    numero = f"T-{rang:06d}"
    code = segno.make(
        f"https://exemple.test/verifier/{numero}/{rang * 7919:012d}/", error="m", micro=False
    ).svg_data_uri(border=1)
    lignes = "".join(f"<tr><th scope='row'>{r}</th><td>{1000 + 7 * rang}</td></tr>" for r in RUBRIQUES)
    texte = "".join(f"<p>{PARAGRAPHE.format(numero=numero)}</p>" for _ in range(3))
    return (
        f"<!doctype html><html lang='fr'><head><title>Lettre {numero}</title></head><body>"
        f"<header><b>Lettre {numero}</b></header><p>À l'attention de l'association {rang}<br>12 rue des Ateliers<br>"
        f"58120 Château-Chinon</p><h1>Décision {numero}</h1>{texte}<table><thead><tr><th scope='col'>Rubrique</th>"
        f"<th scope='col'>Valeur</th></tr></thead><tbody>{lignes}</tbody></table>"
        f"<img alt='Code de vérification' src=\"{code}\"><p>Fait à Paris.</p></body></html>"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
