"""A page of the form: its answers and its tables, read, checked and written together."""

from collections.abc import Callable
from dataclasses import dataclass, field

from candidatures.forms import lignes
from candidatures.forms.base import ecrire_valeur
from candidatures.forms.sections import (
    CalendrierForm,
    FinancementForm,
    GouvernanceForm,
    ProjetForm,
    StructureForm,
)
from candidatures.models import Annee, Exercice, LigneExercice, Section, Sens, Volet

BLOCS, TABLEAU = "candidatures/_blocs.html", "candidatures/_tableau.html"


@dataclass(frozen=True)
class Table:
    """A table of a page: how it is read from the dossier, and written back."""

    nom: str
    titre: str
    formset: type
    lire: Callable
    ecrire: Callable
    gabarit: str = TABLEAU
    aide: str = ""
    une_ligne: str = "une ligne"


def _lire_lignes(nom, champs, **fixe):
    """Rows of the dossier as initial values; those that the view has loaded are not read again."""

    def lire(dossier):
        lignes_ = getattr(dossier, nom).all()
        siennes = [x for x in lignes_ if all(getattr(x, champ) == valeur for champ, valeur in fixe.items())]
        return [{champ: getattr(ligne, champ) for champ in champs} for ligne in siennes]

    return lire


def _ecrire_lignes(nom, **fixe):
    """Replace the rows of a table: nothing points at them before the deposit."""

    def ecrire(dossier, rangees):
        lignes_ = getattr(dossier, nom)
        lignes_.filter(**fixe).delete()
        lignes_.bulk_create(
            [
                lignes_.model(dossier=dossier, rang=rang, **fixe, **rangee)
                for rang, rangee in enumerate(rangees)
            ]
        )

    return ecrire


def _table(nom, titre, formset, *, relation="", aide="", gabarit=TABLEAU, une_ligne="une ligne", **fixe):
    champs = formset.form._meta.fields
    relation = relation or nom
    return Table(
        nom,
        titre,
        formset,
        _lire_lignes(relation, champs, **fixe),
        _ecrire_lignes(relation, **fixe),
        gabarit,
        aide,
        une_ligne,
    )


def _plan(volet: Volet, nom: str) -> tuple[Table, Table]:
    communs = {"relation": "lignes_financement", "volet": volet, "definitif": False}
    return (
        _table(
            f"depenses_{volet.lower()}",
            f"Dépenses d'{nom}",
            lignes.DepensesTable,
            une_ligne="une dépense",
            sens=Sens.DEPENSE,
            **communs,
        ),
        _table(
            f"ressources_{volet.lower()}",
            f"Ressources d'{nom}",
            lignes.RessourcesTable,
            une_ligne="une ressource",
            aide="Une ligne par financeur, l'ANCT comprise.",
            sens=Sens.RESSOURCE,
            **communs,
        ),
    )


COLONNES = {Annee.N: "montant_n", Annee.N1: "montant_n1", Annee.N2: "montant_n2"}


def _lire_exploitation(dossier) -> list[dict]:
    """Three years side by side: accounts of the same name stand on one row."""
    rangees: dict[tuple, dict] = {}
    for exercice in dossier.exercices.prefetch_related("lignes"):
        vues: dict[tuple, int] = {}
        for ligne in exercice.lignes.all():
            nom = (ligne.nature, ligne.compte, ligne.libelle)
            vues[nom] = vues.get(nom, 0) + 1
            rangee = rangees.setdefault(
                (*nom, vues[nom]), {"nature": ligne.nature, "compte": ligne.compte, "libelle": ligne.libelle}
            )
            rangee[COLONNES[Annee(exercice.annee)]] = ligne.montant
    return list(rangees.values())


def _ecrire_exploitation(dossier, rangees) -> None:
    """One row of the screen is a line of each year that has an amount."""
    dossier.exercices.all().delete()
    if not rangees:
        return
    exercices = Exercice.objects.bulk_create([Exercice(dossier=dossier, annee=annee) for annee in Annee])
    LigneExercice.objects.bulk_create(
        [
            LigneExercice(
                exercice=exercice,
                rang=rang,
                nature=rangee["nature"],
                compte=rangee["compte"],
                libelle=rangee["libelle"],
                montant=rangee[COLONNES[Annee(exercice.annee)]],
            )
            for exercice in exercices
            for rang, rangee in enumerate(rangees)
            if rangee[COLONNES[Annee(exercice.annee)]] is not None
        ]
    )


PAGES: dict[Section, tuple[type | None, tuple[Table, ...]]] = {
    Section.STRUCTURE: (StructureForm, ()),
    Section.LIEU: (
        None,
        (
            _table(
                "sites",
                "Vos lieux",
                lignes.SitesTable,
                gabarit=BLOCS,
                une_ligne="un lieu",
                aide="Un lieu au moins, dont un principal.",
            ),
        ),
    ),
    Section.PROJET: (
        ProjetForm,
        (
            _table(
                "indicateurs",
                "Indicateurs",
                lignes.IndicateursTable,
                une_ligne="un indicateur",
                aide="Les chiffres que le projet veut faire bouger.",
            ),
        ),
    ),
    Section.EQUIPEMENTS: (
        None,
        (
            _table(
                "equipements",
                "Équipements à acquérir",
                lignes.EquipementsTable,
                gabarit=BLOCS,
                une_ligne="un équipement",
                aide="Seuls les équipements partagés entrent dans la subvention d'investissement.",
            ),
        ),
    ),
    Section.MODELE: (
        None,
        (
            Table(
                "exercices",
                "Produits et charges sur trois ans",
                lignes.ExploitationTable,
                _lire_exploitation,
                _ecrire_exploitation,
                aide="Une ligne par compte : 70 à 79 pour les produits, 60 à 69 pour les charges.",
                une_ligne="un compte",
            ),
        ),
    ),
    Section.FINANCEMENT: (
        FinancementForm,
        (*_plan(Volet.INVESTISSEMENT, "investissement"), *_plan(Volet.AMORCAGE, "amorçage")),
    ),
    Section.GOUVERNANCE: (
        GouvernanceForm,
        (
            _table(
                "partenaires",
                "Partenaires",
                lignes.PartenairesTable,
                une_ligne="un partenaire",
                aide="Au moins un partenaire, public ou privé.",
            ),
            _table(
                "membres_consortium",
                "Groupement",
                lignes.ConsortiumTable,
                une_ligne="une structure",
                aide="Seulement si plusieurs structures portent le projet ensemble.",
            ),
        ),
    ),
    Section.PIECES: (CalendrierForm, ()),
}


@dataclass
class Page:
    """The form and the formsets of one section, as one: what the alert, the screen and the deed need."""

    dossier: object
    section: Section
    data: object = None
    formulaire: object = field(init=False)
    tables: list = field(init=False)

    def __post_init__(self):
        classe, tables = PAGES[self.section]
        self.formulaire = classe(self.data, instance=self.dossier) if classe else None
        self.tables = [
            (table, table.formset(self.postees(table), prefix=table.nom, initial=table.lire(self.dossier)))
            for table in tables
        ]

    def postees(self, table) -> object:
        """What was posted for this table; a request that does not speak of it leaves it as it is."""
        return self.data if self.data is not None and f"{table.nom}-TOTAL_FORMS" in self.data else None

    # -- as components/_alerte_formulaire.html reads it ------------------------------------------------------
    @property
    def is_bound(self) -> bool:
        """Something was posted."""
        return self.data is not None

    @property
    def forms(self) -> list:
        """Every form of the page."""
        rangees = [form for _, formset in self.tables for form in formset.forms]
        return [self.formulaire, *rangees] if self.formulaire else rangees

    def non_form_errors(self) -> list:
        """Errors of whole tables."""
        return [erreur for _, formset in self.tables for erreur in formset.non_form_errors()]

    @property
    def errors(self) -> bool:
        """Something is to be corrected."""
        return self.is_bound and not self.est_valide()

    # -- deeds -----------------------------------------------------------------------------------------------
    def est_valide(self) -> bool:
        """Everything typed can be kept."""
        valides = [formset.is_valid() for _, formset in self.tables if formset.is_bound]
        return all(valides) and (self.formulaire is None or self.formulaire.is_valid())

    def enregistrer(self, dossier) -> None:
        """Write what is valid, on the dossier locked by the caller: a table in error stays as it was."""
        if self.formulaire:
            self.formulaire.is_valid()
            self.formulaire.enregistrer(dossier)
        for table, formset in self.tables:
            if formset.is_valid():
                table.ecrire(dossier, formset.gardees())

    def ecarts(self, autre: "Page") -> list[dict]:
        """Where what was typed differs from what stands now (`autre`): name, label, both texts."""
        trouves = []
        for nom in self.formulaire.fields if self.formulaire else ():
            mien, sien = self.formulaire[nom], autre.formulaire[nom]
            textes = [ecrire_valeur(champ) for champ in (mien, sien)]
            if textes[0] != textes[1]:
                trouves.append({"nom": nom, "libelle": mien.label, "mienne": textes[0], "sienne": textes[1]})
        for (table, miennes), (_, siennes) in zip(self.tables, autre.tables, strict=True):
            textes = ["\n".join(formset.ecrites()) for formset in (miennes, siennes)]
            if textes[0] != textes[1]:
                trouves.append(
                    {"nom": table.nom, "libelle": table.titre, "mienne": textes[0], "sienne": textes[1]}
                )
        return trouves

    def reprendre_de(self, data, noms) -> None:
        """Put in `data` (a mutable QueryDict) what this page holds for `noms`, in place of what was typed."""
        for nom in self.formulaire.fields if self.formulaire else ():
            if nom in noms:
                _poser(data, self.formulaire[nom])
        for table, formset in self.tables:
            if table.nom in noms:
                for cle in [cle for cle in data if cle.startswith(f"{table.nom}-")]:
                    del data[cle]
                for form in [formset.management_form, *formset.existantes]:
                    for champ in form:
                        _poser(data, champ)
                data[f"{table.nom}-TOTAL_FORMS"] = str(formset.initial_form_count())


def _poser(data, champ) -> None:
    """A bound field's stored value, as a browser would post it."""
    valeur = champ.value()
    if isinstance(valeur, list | tuple):
        data.setlist(champ.html_name, [str(getattr(v, "pk", v)) for v in valeur])
    elif isinstance(valeur, bool):
        data.pop(champ.html_name, None)
        if valeur:
            data[champ.html_name] = "on"
    else:
        data[champ.html_name] = "" if valeur is None else str(valeur)
