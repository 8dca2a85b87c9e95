"""Several hands on one section: each answer has three texts, as the page showed it, as typed, as it stands now.

What the sender did not touch is left to the others, what nobody else touched is written, and where both wrote, both
texts are shown: nothing is decided by who came last. The page carries a digest of each answer it shows (`lu`), so that
this holds answer by answer, with or without script, whoever wrote and from where.
"""

import copy
import hashlib
from dataclasses import dataclass, field

from django import forms
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import cached_property

from candidatures.differences import comparer, couper
from candidatures.forms.base import ecrire_valeur, valeur_brute
from candidatures.forms.lignes import pieces_a_joindre
from candidatures.forms.pages import PAGES, Page, ecrire_les_tables
from candidatures.models import Changement, Section, Site

CHIFFRES = 12  # of a digest: enough to tell two texts of one answer apart
GARDER, AUTRE = "garder-", "autre-"
MIENNE, SIENNE, LES_DEUX = "mienne", "sienne", "deux"
TEXTE, CHOIX, TABLE = (
    "texte",
    "choix",
    "table",
)  # what an answer is: only the first and the last can be joined
SEMBLABLES = 0.5  # below, two texts are put one after the other rather than woven together
RELATIONS = {  # what the tables of a page are read from, once for all of them
    Section.LIEU: (Prefetch("sites", Site.objects.select_related("commune__departement")),),
    Section.PROJET: ("indicateurs", "filieres"),
    Section.EQUIPEMENTS: ("equipements",),
    Section.MODELE: ("exercices__lignes",),
    Section.FINANCEMENT: ("lignes_financement",),
    Section.GOUVERNANCE: ("partenaires",),
}


class Reponse:
    """An answer or a table that a page holds; its words are computed when they are asked for."""

    def __init__(self, nom: str, libelle: str, source, genre: str):
        self.nom, self.libelle, self.source, self.genre = nom, str(libelle), source, genre

    @cached_property
    def texte(self) -> str:
        """As its reader knows it: labels in place of codes."""
        return "\n".join(self.source.ecrites()) if self.genre == TABLE else ecrire_valeur(self.source)

    @cached_property
    def empreinte(self) -> str:
        """A short digest of what is stored or typed, blanks around it apart."""
        brute = self.source.brutes() if self.genre == TABLE else valeur_brute(self.source)
        return hashlib.sha256(brute.strip().encode()).hexdigest()[:CHIFFRES]


def reponses(page: Page) -> dict[str, Reponse]:
    """What a page holds, as stored or as typed, by the name of each field and table."""
    trouvees = {}
    for nom, champ in page.formulaire.fields.items() if page.formulaire else ():
        genre = TEXTE if isinstance(champ.widget, forms.Textarea) else CHOIX
        trouvees[nom] = Reponse(nom, champ.label, page.formulaire[nom], genre)
    for table, formset in page.tables:
        trouvees[table.nom] = Reponse(table.nom, table.titre, formset, TABLE)
    return trouvees


def precharger(dossier, section: Section) -> None:
    """Read the rows of a section's tables, and the pieces that may prove them."""
    prefetch_related_objects([dossier], *RELATIONS.get(section, ()))
    if any(table.a_preuves for table in PAGES[section][1]):
        pieces_a_joindre(dossier)


def lire_empreintes(texte: str) -> dict[str, str]:
    """The digests that a page carries: « besoin:0a1b2c projet:3d4e5f »."""
    return dict(morceau.split(":", 1) for morceau in texte.split() if ":" in morceau)


def ecrire_empreintes(empreintes: dict[str, str]) -> str:
    """As the page carries them."""
    return " ".join(f"{nom}:{empreinte}" for nom, empreinte in empreintes.items())


def empreintes(page: Page) -> dict[str, str]:
    """The digest of each answer that a page shows."""
    return {nom: reponse.empreinte for nom, reponse in reponses(page).items()}


def reunir(sienne: str, mienne: str) -> str:
    """Both texts in one, without losing a word: woven where they are alike, else one after the other."""
    avant, apres = couper(sienne), couper(mienne)
    trame = comparer(avant, apres)
    if not avant or not apres or trame.ratio() < SEMBLABLES:
        return "\n\n".join(texte.strip() for texte in (sienne, mienne) if texte.strip())
    morceaux = []
    for geste, a1, a2, b1, b2 in trame.get_opcodes():
        morceaux += avant[a1:a2]
        if geste in ("insert", "replace"):
            morceaux += apres[b1:b2]
    return "".join(mot if mot[0].isspace() else f" {mot}" for mot in morceaux).strip()


@dataclass(frozen=True)
class Ecart:
    """One answer that two people wrote: both texts, who wrote the other one, what is proposed."""

    nom: str
    libelle: str
    mienne: str
    sienne: str
    genre: str
    derniere: object = None  # the last Modification of this answer

    @property
    def propose(self) -> str:
        """What is ticked at first: both texts where they can be joined; theirs stays in the history otherwise."""
        return MIENNE if self.genre == CHOIX else LES_DEUX

    @property
    def ensemble(self) -> str:
        """Both texts in one, to be put in order."""
        return reunir(self.sienne, self.mienne) if self.genre == TEXTE else ""


@dataclass
class Fusion:
    """What was typed meets what stands, on the dossier locked by the caller."""

    section: Section
    data: object
    lues: dict[str, str]
    fenetre: str = ""  # the window that sends: its own earlier writing is no one else's
    miennes: set[str] = field(default_factory=set)
    leurs: list[Reponse] = field(default_factory=list)
    ecarts: list[Ecart] = field(default_factory=list)
    actuelles: dict[str, Reponse] = field(default_factory=dict)
    saisie: Page = None
    dossier: object = None
    dernieres: dict = field(default_factory=dict)  # the last Modification of each answer

    def comparer(self, dossier, dernieres, a_jour: bool) -> None:
        """Sort the answers; `a_jour`: nobody wrote in the section since the page was read."""
        self.dossier = dossier
        precharger(dossier, self.section)
        self.saisie = Page(
            copy.copy(dossier), self.section, self.data
        )  # checking a form writes on its instance
        self.actuelles = reponses(Page(dossier, self.section))
        self.dernieres = dict(dernieres)
        postees = self._postees()
        for nom, mienne in reponses(self.saisie).items():
            sienne = self.actuelles[nom]
            if nom not in postees or mienne.empreinte == sienne.empreinte:
                continue
            lue = self.lues.get(nom) or (sienne.empreinte if a_jour else "")
            if mienne.empreinte == lue:
                self.leurs.append(sienne)
            elif sienne.empreinte == lue or self._est_a_moi(nom):
                self.miennes.add(nom)
            else:
                self.ecarts.append(
                    Ecart(nom, mienne.libelle, mienne.texte, sienne.texte, mienne.genre, dernieres.get(nom))
                )

    def _est_a_moi(self, nom) -> bool:
        """What stands was sent by this very window, whose answer was lost on the way."""
        derniere = self.dernieres.get(nom)
        return bool(self.fenetre) and derniere is not None and derniere.page == self.fenetre

    def _postees(self) -> set[str]:
        """Answers that the request speaks of: a table absent from it stays as it is."""
        noms = set(self.saisie.formulaire.fields) if self.saisie.formulaire else set()
        return noms | {table.nom for table, formset in self.saisie.tables if formset.is_bound}

    def ecrire(self, premiere: bool) -> list[Changement]:
        """Write what is the sender's and valid. `premiere`: what the page proposes by itself is written too."""
        noms = set(self.miennes)
        if premiere:
            noms |= self._proposees()
        if not noms:
            return []
        if self.saisie.formulaire:
            self.saisie.formulaire.is_valid()
            self.saisie.formulaire.poser(self.dossier, noms)
        ecrites = [(t, formset) for t, formset in self.saisie.tables if t.nom in noms and formset.is_valid()]
        ecrire_les_tables(self.dossier, [(table, formset.gardees()) for table, formset in ecrites])
        avant, self.actuelles = self.actuelles, self._relire(bool(ecrites))
        return [
            Changement(nom, apres.libelle, avant[nom].texte, apres.texte)
            for nom, apres in self.actuelles.items()
            if nom in noms and apres.empreinte != avant[nom].empreinte
        ]

    def _proposees(self) -> set[str]:
        """Rows that a plan never saved shows by itself: left as they are, they are taken."""
        if self.section != Section.FINANCEMENT:
            return set()
        montrees = sum(len(formset.presentes()) for _, formset in Page(self.dossier, self.section).tables)
        if montrees == len([ligne for ligne in self.dossier.lignes_financement.all() if not ligne.definitif]):
            return set()
        intactes = {
            table.nom for table, formset in self.saisie.tables if formset.is_bound and formset.brutes()
        }
        return intactes - {r.nom for r in self.leurs} - {ecart.nom for ecart in self.ecarts}

    def _relire(self, tables: bool) -> dict[str, Reponse]:
        """What stands now that it is written; rows are read again where `tables` were written."""
        if tables:
            caches = getattr(self.dossier, "_prefetched_objects_cache", {})
            self.dossier._prefetched_objects_cache = {n: c for n, c in caches.items() if n == "saisies"}
        precharger(self.dossier, self.section)
        return reponses(Page(self.dossier, self.section))

    def empreintes(self) -> str:
        """What the page holds from now on: an answer left to others, or still in two texts, keeps its old digest."""
        a_garder = {r.nom for r in self.leurs} | {ecart.nom for ecart in self.ecarts}
        restent = {nom: lue for nom, lue in self.lues.items() if nom in a_garder}
        return ecrire_empreintes({nom: r.empreinte for nom, r in self.actuelles.items()} | restent)


def appliquer_les_choix(data, dossier, section: Section):
    """After two texts: what was chosen takes the place of what was typed. `data` is a mutable QueryDict."""
    choix = {nom.removeprefix(GARDER): data[nom] for nom in data if nom.startswith(GARDER)}
    if not choix:
        return data
    actuelle = Page(dossier, section)
    tables = {table.nom: formset for table, formset in actuelle.tables}
    for nom, choisi in choix.items():
        if choisi == LES_DEUX and nom in tables:
            _reunir_les_lignes(data, nom, Page(dossier, section, data), tables[nom])
        elif choisi == LES_DEUX and AUTRE + nom in data:
            data[nom] = data[AUTRE + nom]
    actuelle.reprendre_de(data, {nom for nom, choisi in choix.items() if choisi == SIENNE})
    return data


def _reunir_les_lignes(data, nom, saisie: Page, formset) -> None:
    """Their rows stand, then come those of the sender that they do not hold."""
    mienne = next(formulaires for table, formulaires in saisie.tables if table.nom == nom)
    leurs = set(formset.ecrites())
    miennes = [
        [(champ.name, data.getlist(champ.html_name)) for champ in form]
        for form, texte in zip(mienne.presentes(), mienne.ecrites(), strict=True)
        if texte not in leurs
    ]
    Page(saisie.dossier, saisie.section).reprendre_de(data, {nom})
    rang = formset.initial_form_count()
    for ligne in miennes:
        for champ, valeurs in ligne:
            data.setlist(f"{nom}-{rang}-{champ}", valeurs)
        rang += 1
    data[f"{nom}-TOTAL_FORMS"] = str(rang)
