"""Follows every figure of a page to the list behind it, and compares the totals."""

import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape

LIEN = re.compile(r'<a href="(?P<adresse>[^"]+)" data-(?P<genre>total|euros)="(?P<valeur>[^"]+)">')
CELLULE = re.compile(r'<td class="fr-cell--right" data-compte="(?P<compte>\w+)">(?P<texte>[^<]+)</td>')


@dataclass(frozen=True)
class Suivi:
    """One figure, and what its list adds up to."""

    adresse: str
    annonce: Decimal
    trouve: Decimal


def suivre(client, chemin: str) -> list[Suivi]:
    """Every figure of this page that is a link. A list that does not answer is a failure."""
    page = client.get(chemin)
    assert page.status_code == 200
    liens = list(LIEN.finditer(page.content.decode()))
    return [
        Suivi(
            unescape(lien["adresse"]),
            Decimal(lien["valeur"]),
            _total(client, unescape(lien["adresse"]), lien["genre"]),
        )
        for lien in liens
    ]


def _total(client, adresse: str, genre: str) -> Decimal:
    chemin, _, ancre = adresse.partition("#")
    reponse = client.get(chemin)
    assert reponse.status_code == 200, adresse
    if genre == "euros":
        return _somme(client, chemin, reponse)
    if ancre:
        texte = reponse.content.decode()
        tableau = texte[texte.index(f'data-repartition="{ancre}"') :]
        return Decimal(tableau[: tableau.index("</table>")].count('<th scope="row">'))
    return Decimal(reponse.context["page_obj"].paginator.count)


def _somme(client, chemin: str, reponse) -> Decimal:
    """What the rows of every page of an envelope's list add up to, in the column of the figure."""
    compte = re.search(r"compte=(\w+)", chemin)[1]
    total = Decimal(0)
    for numero in range(1, reponse.context["page_obj"].paginator.num_pages + 1):
        page = client.get(f"{chemin}&page={numero}").content.decode()
        for cellule in CELLULE.finditer(page):
            if cellule["compte"] == compte:
                total += Decimal(cellule["texte"].replace("\u00a0", "").replace("€", "").replace(",", "."))
    return total
