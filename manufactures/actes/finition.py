"""What WeasyPrint leaves undone in a file: the scope of table headers, attached data named twice; and our own mark."""

import pydyf

from manufactures.actes.feuille import adresse_de_la_feuille, dessiner


def finir(url_verification: str = ""):
    """The last touch before the file is written; with an address, each page bears its code."""

    def toucher(document, pdf):
        if url_verification:
            _marquer(pdf, url_verification)
        _dire_la_portee(pdf)
        if "AF" in pdf.catalog:
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))

    return toucher


def _marquer(pdf, url_verification):
    """The code of each page: an artifact, that no reading aloud tells."""
    pages = [pdf.objects[numero] for numero in pdf.pages["Kids"][::3]]
    for rang, page in enumerate(pages, 1):
        dessin = pydyf.Stream(
            [dessiner(adresse_de_la_feuille(url_verification, rang, len(pages)))], compress=True
        )
        pdf.add_object(dessin)
        page["Contents"] = pydyf.Array([dessin.reference, page["Contents"]])


def _dire_la_portee(pdf):
    """A header of the table's head is a column's, any other its line's: our templates write no other."""
    elements = [objet for objet in pdf.objects if isinstance(objet, dict) and objet.get("S") == "/TH"]
    for element in elements:
        rangee = pdf.objects[int(element["P"].split()[0])]
        groupe = pdf.objects[int(rangee["P"].split()[0])]
        element["A"]["Scope"] = "/Column" if groupe.get("S") == "/THead" else "/Row"
