"""`python -m scripts.outils.banc.reperage [PAGE …]`: which pages answer here, by whom, at what cost in SQL.

Runs on one database, with the settings of the site that will be measured; prints JSON. Counts are taken warm: the
third answer, when whatever is read once a process has been read.
"""

import json
import re
import sys
from http import HTTPStatus

import django
from django.conf import settings
from django.test import Client
from django.test.utils import setup_test_environment

# A row is a line of a table, a dossier of a list, a card, or a tile: whichever the page has the most of.
RANGEES = [re.compile(marque) for marque in (r"<tr\b", r"data-numero=", r"fr-card__body", r"fr-tile__body")]


def main(voulues: list[str]) -> None:
    """Look for each page asked, and print what was found."""
    django.setup()
    setup_test_environment(debug=False)
    settings.ALLOWED_HOSTS = ["*"]
    from scripts.outils.banc.pages import PAGES  # models load once Django is ready

    trouvees, absentes = [], {}
    for page in PAGES:
        if voulues and page.nom not in voulues and page.nom.partition(":")[0] not in voulues:
            continue
        try:
            trouvees.append(Reperage(page).releve())
        except LookupError as absence:
            absentes[page.nom] = str(absence)
    print(json.dumps({"pages": trouvees, "absentes": absentes}))


class Reperage:
    """One page: its passages, then its counts."""

    def __init__(self, page):
        self.page = page
        self.clients: dict = {}

    def releve(self) -> dict:
        """Everything that the measure needs. Raises LookupError where no candidate answers."""
        passages = self.passages()
        compte, contenu = self.compter(passages[0])
        return {
            "nom": self.page.nom,
            "attendu": self.page.attendu,
            "passages": [
                {
                    "chemin": c.chemin,
                    "session": self.session(c.par),
                    "formulaire": c.formulaire,
                    "htmx": c.htmx,
                }
                for c in passages
            ],
            "requetes": compte.requetes,
            "lignes": compte.lignes,
            "affichees": lignes_montrees(contenu),
        }

    def passages(self) -> list:
        """The first candidates that answer; a save counts as such where its form is there."""
        trouves, derniere = [], "rien de tel dans ces données"
        for candidat in self.candidats():
            reponse = self.client(candidat.par).get(candidat.formulaire or candidat.chemin)
            if reponse.status_code != (HTTPStatus.OK if candidat.formulaire else self.page.attendu):
                derniere = f"{candidat.formulaire or candidat.chemin} répond {reponse.status_code}"
                continue
            if candidat.formulaire and not formulaire_dans(reponse, candidat):
                derniere = f"{candidat.formulaire} : pas de formulaire"
                continue
            trouves.append(candidat)
            if len(trouves) == self.page.passages:
                break
        if not trouves:
            raise LookupError(derniere)
        return trouves

    def candidats(self):
        """Those of the page; none where the data lacks what they start from."""
        try:
            yield from self.page.candidats()
        except (IndexError, django.urls.NoReverseMatch) as manque:
            raise LookupError(str(manque)) from manque

    def compter(self, passage) -> tuple:
        """Queries and rows of the third answer, and its content."""
        from scripts.outils.banc.comptage import compter

        client = self.client(passage.par)
        formulaire = None
        if passage.formulaire:
            formulaire = formulaire_dans(client.get(passage.formulaire), passage)
        for _ in range(3):
            with compter() as compte:
                reponse = self.demander(client, passage, formulaire)
            if reponse.status_code != self.page.attendu:
                raise LookupError(f"{passage.chemin} répond {reponse.status_code}")
        return compte, reponse.content.decode()

    def demander(self, client, passage, formulaire):
        """Ask once."""
        if formulaire is None:
            return client.get(passage.chemin)
        corps = formulaire.remplir()
        formulaire.enregistre()
        entetes = {"HX-Request": "true"} if passage.htmx else {}
        return client.post(
            passage.chemin, corps, content_type="application/x-www-form-urlencoded", headers=entetes
        )

    def client(self, par) -> Client:
        """A client signed in as `par`."""
        cle = par and par.pk
        if cle not in self.clients:
            self.clients[cle] = Client()
            if par is not None:
                avec_second_facteur(par)
                self.clients[cle].force_login(par, settings.AUTHENTICATION_BACKENDS[0])
        return self.clients[cle]

    def session(self, par) -> str:
        """The key that opens the site over HTTP too."""
        return self.client(par).session.session_key if par is not None else ""


def formulaire_dans(reponse, candidat):
    """The form of a page, or None."""
    from scripts.outils.banc.formulaires import FormulaireAbsent, formulaire_de

    try:
        return formulaire_de(reponse.content.decode(), candidat.chemin)
    except FormulaireAbsent:
        return None


def avec_second_facteur(user) -> None:
    """Agents sign in with two factors in production: the page that asks for the second is not what is measured."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})


def lignes_montrees(contenu: str) -> int:
    """How many rows the reader sees, the heads of the tables apart."""
    corps = re.sub(r"(?s)<thead.*?</thead>", "", contenu)
    return max(len(rangee.findall(corps)) for rangee in RANGEES)


if __name__ == "__main__":
    main(sys.argv[1:])
