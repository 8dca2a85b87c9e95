"""A person before a browser: signs in, follows what waits at home, fills forms, and every page met is checked.

No page may break the accessibility rules of axe-core, its own security policy, or run into an error.
"""

import re
from datetime import date, datetime
from importlib.resources import files

from playwright.sync_api import Locator, Page, expect

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PATIENCE_MS = 30_000
REFUS = re.compile(r"content security policy|integrity", re.IGNORECASE)
LANCEMENT = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Pages that differ by their address, their headings or their controls are distinct: axe reads each once.
SIGNE_DISTINCT = """() => {
  const textes = (s) => [...document.querySelectorAll(s)].map((e) => e.tagName + e.textContent.trim());
  const noms = [...document.querySelectorAll('main [name]')].map((e) => e.name);
  const propre = (t) => t.replace(/[0-9]+/g, '0').replace(/D-[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'D');
  return propre(location.pathname + textes('h1, h2').join() + [...new Set(noms)].sort().join()
    + [...document.querySelectorAll('header nav a')].map((e) => e.pathname).join());
}"""


class Constat:
    """What the browser met, all persons together: the pages read by axe, and what went wrong."""

    def __init__(self):
        self.lues: set[str] = set()
        self.fautes: list[str] = []
        self.avec_axe = True  # axe is a script: not where scripts are off

    def ecouter(self, page: Page) -> None:
        """Note errors of scripts, refusals of the security policy, failures of the server."""
        page.on("pageerror", lambda erreur: self.fautes.append(f"{page.url} : {erreur}"))
        page.on("console", lambda m: REFUS.search(m.text) and self.fautes.append(f"{page.url} : {m.text}"))
        page.on("response", lambda r: r.status >= 500 and self.fautes.append(f"{r.url} : {r.status}"))

    def lire(self, page: Page) -> None:
        """Run axe-core on a page not met before: no violation."""
        if not self.avec_axe:
            return
        signe = page.evaluate(SIGNE_DISTINCT)
        if signe in self.lues:
            return
        self.lues.add(signe)
        page.evaluate(AXE)
        resultat = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert resultat["passes"], f"axe n'a rien vérifié sur {page.url}"
        for violation in resultat["violations"]:
            ou = " | ".join(noeud["html"][:200] for noeud in violation["nodes"][:3])
            self.fautes.append(f"{page.url} : axe {violation['id']}, {violation['help']} : {ou}")

    def conclure(self) -> None:
        """Pages were read, and nothing went wrong on any of them."""
        assert self.lues or not self.avec_axe
        assert not self.fautes, "\n".join(self.fautes)


class Personne:
    """One person of the procedure, in a browser window of their own."""

    def __init__(self, contexte, adresse: str, courriel: str, constat: Constat):
        contexte.set_default_timeout(PATIENCE_MS)
        self.page: Page = contexte.new_page()
        self.adresse, self.courriel, self.constat = adresse, courriel, constat
        constat.ecouter(self.page)

    # -- going about -----------------------------------------------------------------------------------------
    def aller(self, chemin: str) -> "Personne":
        """Open an address."""
        return self._arriver(self.page.goto(self.adresse + chemin))

    def _arriver(self, reponse) -> "Personne":
        """A page has come: it is no refusal, and axe finds nothing to say."""
        assert reponse.status < 400, f"{self.courriel}, {reponse.url} : {reponse.status}\n{self.texte()}"
        self.constat.lire(self.page)
        return self

    def texte(self) -> str:
        """What the page says."""
        return self.page.locator("main, body").last.inner_text()

    def lit(self, *phrases: str) -> "Personne":
        """The page says so."""
        for phrase in phrases:
            expect(self.page.locator("main")).to_contain_text(phrase, timeout=PATIENCE_MS // 3)
        return self

    def se_connecter(self, mot_de_passe: str) -> "Personne":
        """Through the sign-in page; one lands at home."""
        self.aller("/compte/login/")
        self.envoyer("main form button[type=submit]", login=self.courriel, password=mot_de_passe)
        assert self.page.url.endswith("/accueil/"), self.texte()
        return self

    def suivre(self, lien: str) -> "Personne":
        """Follow the link that is named so."""
        return self._suivre(self.page.locator("main").get_by_role("link", name=lien).first)

    def _suivre(self, cible: Locator) -> "Personne":
        with self.page.expect_navigation() as navigation:
            cible.click()
        return self._arriver(navigation.value)

    def attendu(self, *mots: str) -> "Personne":
        """Home says that something waits, in these words; one goes there by its button."""
        self.aller("/accueil/")
        ligne = self.page.locator("main .mp-lignes > li, main .mp-dense tbody tr")
        for mot in mots:
            ligne = ligne.filter(has_text=mot)
        assert ligne.count(), f"{self.courriel} n'a pas « {' … '.join(mots)} » à faire :\n{self.texte()}"
        return self._suivre(ligne.first.locator("a.fr-btn"))

    def constate(self, numero: str, etat: str) -> "Personne":
        """The dossier's page shows this state, and whose number it is."""
        self.aller(f"/dossiers/{numero}/")
        badge = self.page.locator(f'main [data-numero="{numero}"]').first
        assert badge.get_attribute("data-etat") == etat, self.texte()
        return self

    # -- forms -----------------------------------------------------------------------------------------------
    def faire(self, action: str, **champs) -> "Personne":
        """Fill and send the form whose button takes this step."""
        return self.envoyer(f'main button[name="action"][value="{action}"]', **champs)

    def envoyer(self, selecteur: str, **champs) -> "Personne":
        """Fill the form of this button, then press it."""
        bouton = self.page.locator(selecteur).first
        formulaire = bouton.locator("xpath=ancestor::form[1]")
        for nom, valeur in champs.items():
            self.remplir(formulaire, nom, valeur)
        self.deplier(bouton)
        with self.page.expect_navigation() as navigation:
            bouton.click()
        self._arriver(navigation.value)
        assert not self.page.locator("main .fr-alert--error").count(), self.texte()
        return self

    def remplir(self, formulaire: Locator, nom: str, valeur) -> None:
        """Answer one field as a person does, whatever its control."""
        champs = formulaire.locator(f'[name="{nom}"]:not([type=hidden])')
        assert champs.count(), f"{self.page.url} n'a pas de champ « {nom} » :\n{self.texte()}"
        champ = champs.first
        self.deplier(champ)
        genre = champ.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if genre == "radio":
            formulaire.locator(f'[name="{nom}"][value="{valeur}"]').check(force=True)
        elif genre == "checkbox" and isinstance(valeur, bool):
            champ.set_checked(valeur, force=True)
        elif genre == "checkbox":
            formulaire.locator(f'[name="{nom}"][value="{valeur}"]').check(force=True)
        elif genre == "select":
            champ.select_option(str(valeur))
        elif genre == "file":
            champ.set_input_files(valeur)
        else:
            champ.fill(ecrire(valeur, genre))

    def deplier(self, cible: Locator) -> None:
        """Open what is folded around this control."""
        replis = cible.locator("xpath=ancestor::details[not(@open)]")
        for rang in range(replis.count()):
            replis.nth(rang).locator("> summary").click()

    # -- documents -------------------------------------------------------------------------------------------
    def telecharger(self, chemin: str) -> bytes:
        """The bytes of an address, as this person gets them."""
        reponse = self.page.request.get(self.adresse + chemin)
        assert reponse.status == 200, f"{chemin} : {reponse.status}"
        return reponse.body()


def ecrire(valeur, genre: str) -> str:
    """A value as this control takes it."""
    if isinstance(valeur, datetime):
        return f"{valeur:%Y-%m-%dT%H:%M}" if genre == "datetime-local" else f"{valeur:%d/%m/%Y %H:%M}"
    if isinstance(valeur, date):
        return valeur.isoformat() if genre == "date" else f"{valeur:%d/%m/%Y}"
    return str(valeur)


# Wider than the screen, or cut at its edge: what scrolls in a frame of its own is neither.
DEBORDEMENT = """() => {
  const largeur = document.documentElement.clientWidth;
  const trop = document.documentElement.scrollWidth - largeur;
  const defile = (e) => e && (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) || defile(e.parentElement));
  const coupes = [...document.querySelectorAll('main *')].filter((e) =>
    e.checkVisibility() && !e.closest('.fr-sr-only') && getComputedStyle(e).position !== 'absolute'
    && e.getClientRects().length && e.getBoundingClientRect().right > largeur + 1 && !defile(e.parentElement));
  const extraits = coupes.slice(0, 3).map((e) => e.outerHTML.slice(0, 160));
  return trop > 0 ? [`page : ${trop} px de trop`, ...extraits] : extraits;
}"""


def debordements(page: Page) -> list[str]:
    """What a phone would cut or push aside."""
    return page.evaluate(DEBORDEMENT)
