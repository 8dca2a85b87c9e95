"""A page of the form: its answers and its tables, read, checked and written together."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Q, prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.text import capfirst

from candidatures.bilans import ZERO, Achat, Achats, Plan, Rangee, Regles, exploitation, regarder
from candidatures.forms import lignes
from candidatures.forms.lignes import LigneAPreuve
from candidatures.forms.sections import (
    CalendrierForm,
    FinancementForm,
    GouvernanceForm,
    ProjetForm,
    StructureForm,
)
from candidatures.models import Annee, Exercice, LigneExercice, Piece, Section, Sens, Volet

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
    importable: bool = False  # filled from a spreadsheet, and given as one
    relation: str = ""  # where its rows are kept, if nothing else is written with them
    fixe: dict = field(default_factory=dict)  # what sets its rows apart from those of the same relation

    @property
    def a_preuves(self) -> bool:
        """Its rows may point at pieces of the dossier."""
        return issubclass(self.formset.form, LigneAPreuve)

    def formulaires(self, dossier, data=None, **options):
        """Its formset: what stands in the dossier, or what was typed."""
        return self.formset(
            data, prefix=self.nom, initial=self.lire(dossier), **self.options(dossier), **options
        )

    def options(self, dossier) -> dict:
        """What its rows need to know of the dossier: the pieces that may prove them."""
        return {"form_kwargs": {"dossier": dossier}} if self.a_preuves else {}


def _stockee(ligne, champ):
    """A stored value; a piece by its key alone, so that none is read from the database for its name."""
    colonne = ligne._meta.get_field(champ)
    est_une_piece = colonne.is_relation and colonne.related_model is Piece
    return getattr(ligne, colonne.attname if est_une_piece else champ)


def _lire_lignes(nom, champs, **fixe):
    """Rows of the dossier as initial values; those that the view has loaded are not read again."""

    def lire(dossier):
        lignes_ = getattr(dossier, nom).all()
        siennes = [x for x in lignes_ if all(getattr(x, champ) == valeur for champ, valeur in fixe.items())]
        return [{champ: _stockee(ligne, champ) for champ in champs} for ligne in siennes]

    return lire


def remplacer_les_lignes(dossier, relation: str, parts: list[tuple[dict, list[dict]]]) -> None:
    """Replace rows of a relation, part by part (what sets a part apart, its rows): two queries for all of them.

    Nothing points at these rows before the deposit.
    """
    lignes_ = getattr(dossier, relation)
    lignes_.filter(reduce(or_, (Q(**fixe) for fixe, _ in parts))).delete()
    lignes_.bulk_create(
        lignes_.model(dossier=dossier, rang=rang, **fixe, **rangee)
        for fixe, rangees in parts
        for rang, rangee in enumerate(rangees)
    )


def _ecrire_lignes(nom, **fixe):
    """Replace the rows of one table."""
    return lambda dossier, rangees: remplacer_les_lignes(dossier, nom, [(fixe, rangees)])


def ecrire_les_tables(dossier, ecrites: list[tuple[Table, list[dict]]]) -> None:
    """Write the rows of several tables of a page; those kept in one relation, together."""
    ensemble: dict[str, list] = {}
    for table, rangees in ecrites:
        if table.relation:
            ensemble.setdefault(table.relation, []).append((table.fixe, rangees))
        else:
            table.ecrire(dossier, rangees)
    for relation, parts in ensemble.items():
        remplacer_les_lignes(dossier, relation, parts)


def _table(
    nom,
    titre,
    formset,
    *,
    relation="",
    aide="",
    gabarit=TABLEAU,
    une_ligne="une ligne",
    importable=False,
    **fixe,
):
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
        importable,
        relation,
        fixe,
    )


def _garder_les_points(table: Table) -> Table:
    """A place that stays in its commune keeps its point on the map, which nobody types."""

    def ecrire(dossier, rangees):
        points = {
            site.commune_id: {"latitude": site.latitude, "longitude": site.longitude}
            for site in dossier.sites.all()
        }
        table.ecrire(dossier, [rangee | points.get(rangee["commune"].pk, {}) for rangee in rangees])

    return replace(table, ecrire=ecrire, relation="")


def _proposer_les_equipements(table: Table) -> Table:
    """The investment plan begins with the equipment already listed (screen 6), until the plan is first saved."""

    def lire(dossier):
        rangees = table.lire(dossier)
        commencee = rangees or any(s.section == Section.FINANCEMENT for s in dossier.saisies.all())
        if commencee or not (achats := achats_de(dossier)).total_ht:
            return rangees
        montant = achats.total(dossier.base_montants)
        return [{"libelle": "Équipements (section 4)", "montant": montant, "eligible": True}]

    return replace(table, lire=lire)


def achats_de(dossier) -> Achats:
    """The equipment list as stored."""
    return Achats(tuple(Achat(e.total_ht, e.taux_tva, e.mutualise) for e in dossier.equipements.all()))


def _plan(volet: Volet, nom: str) -> tuple[Table, Table]:
    communs = {
        "relation": "lignes_financement", "volet": volet, "definitif": False, "importable": True
    }  # fmt: skip
    depenses, ressources = (
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
            aide="Une ligne par financeur, l'ANCT comprise. Dites où en est chacun, et ce qui le prouve.",
            sens=Sens.RESSOURCE,
            **communs,
        ),
    )
    return (
        _proposer_les_equipements(depenses) if volet == Volet.INVESTISSEMENT else depenses,
        ressources,
    )


COLONNES = {Annee.N: "montant_n", Annee.N1: "montant_n1", Annee.N2: "montant_n2"}


def _lire_exploitation(dossier) -> list[dict]:
    """Three years side by side: accounts of the same name stand on one row."""
    rangees: dict[tuple, dict] = {}
    exercices = list(dossier.exercices.all())
    prefetch_related_objects(exercices, "lignes")  # nothing is read again where the page has read it
    for exercice in exercices:
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
    LigneExercice.objects.filter(exercice__dossier=dossier).delete()
    if not rangees:
        return
    exercices = list(dossier.exercices.all())
    presentes = {exercice.annee for exercice in exercices}
    manquantes = [Exercice(dossier=dossier, annee=annee) for annee in Annee if annee not in presentes]
    exercices += Exercice.objects.bulk_create(manquantes)
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
            _garder_les_points(
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
    ),
    Section.PROJET: (
        ProjetForm,
        (
            _table(
                "indicateurs",
                "Indicateurs",
                lignes.IndicateursTable,
                une_ligne="un indicateur",
                importable=True,
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
                importable=True,
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
                importable=True,
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
                importable=True,
                aide="Au moins un partenaire, public ou privé.",
            ),
        ),
    ),
    Section.PIECES: (CalendrierForm, ()),
}


def libelle_du_champ(section: Section, nom: str) -> str:
    """What the page calls one of its fields, a row's by its table and its column; "" for none of them."""
    formulaire, tables = PAGES[section]
    if formulaire and nom in formulaire.base_fields:
        return capfirst(formulaire.base_fields[nom].label)
    table_, _, champ = nom.partition("-")
    colonne = champ.rpartition("-")[2]
    for table in tables:
        if table.nom == table_ and colonne in table.formset.form.base_fields:
            return f"{table.titre}, {table.formset.form.base_fields[colonne].label}"
    return ""


BILANS = {
    Section.EQUIPEMENTS: "candidatures/_bilan_equipements.html",
    Section.MODELE: "candidatures/_bilan_modele.html",
    Section.FINANCEMENT: "candidatures/_bilan_financement.html",
}


def _presentes(formset) -> list:
    """The rows that count: not those taken away."""
    return [f for f in formset.forms if not (f.is_bound and f["DELETE"].value())]


def _montant(champ) -> tuple[Decimal | None, int]:
    """The figure that a bound field holds, or None; and 1 where what was typed is no figure."""
    try:
        lu = champ.field.clean(champ.value())
    except ValidationError:
        return None, int(bool(champ.value()))
    return (Decimal(lu), 0) if lu not in (None, "") else (None, 0)


def lire_rangees(formset) -> tuple[list[Rangee], int]:
    """Rows of a plan as they stand on the screen, and how many amounts are not to be read."""
    rangees, rates = [], 0
    for form in _presentes(formset):
        montant, illisible = _montant(form["montant"])
        rates += illisible
        if montant is not None:
            autres = {
                nom: form[nom].value() or ""
                for nom in ("libelle", "type_financeur", "statut")
                if nom in form.fields
            }
            prouvee = any(form[nom].value() for nom in ("preuve", "preuve_lien") if nom in form.fields)
            eligible = "eligible" in form.fields and bool(form["eligible"].value())
            rangees.append(Rangee(montant, eligible=eligible, est_prouvee=prouvee, **autres))
    return rangees, rates


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
        self.tables = [(table, table.formulaires(self.dossier, self.postees(table))) for table in tables]

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

    # -- the budget, as typed --------------------------------------------------------------------------------
    @cached_property
    def regles(self) -> Regles:
        """Ceilings and rates of the call."""
        return Regles.de(self.dossier)

    @cached_property
    def plans(self) -> list[dict]:
        """The balance of each plan in words, from what stands on the screen."""
        plans = [self._plan(volet) for volet in Volet]
        return [{"plan": p, "alertes": regarder(p, self.regles), "regles": self.regles} for p in plans]

    def _formset(self, nom):
        return next(formset for table, formset in self.tables if table.nom == nom)

    def _plan(self, volet) -> Plan:
        depenses, rates = lire_rangees(self._formset(f"depenses_{volet.lower()}"))
        ressources, rates_aussi = lire_rangees(self._formset(f"ressources_{volet.lower()}"))
        demande, illisible = _montant(self.formulaire[f"demande_{volet.lower()}"])
        return Plan(
            volet, tuple(depenses), tuple(ressources), demande or ZERO, rates + rates_aussi + illisible
        )

    @cached_property
    def achats(self) -> Achats:
        """The equipment on the screen, added up."""
        lignes_, rates = [], 0
        for form in _presentes(self._formset("equipements")):
            (quantite, q), (prix, p) = _montant(form["quantite"]), _montant(form["prix_unitaire_ht"])
            rates += q or p
            if quantite is not None and prix is not None:
                tva, _ = _montant(form["taux_tva"])
                lignes_.append(Achat(int(quantite) * prix, tva or ZERO, bool(form["mutualise"].value())))
        return Achats(tuple(lignes_), rates)

    @cached_property
    def annees(self) -> list:
        """Products, charges and result of each year, from what stands on the screen."""
        rangees = []
        for form in _presentes(self._formset("exercices")):
            montants = {colonne: _montant(form[colonne])[0] for colonne in COLONNES.values()}
            rangees.append({"nature": form["nature"].value()} | montants)
        return exploitation(rangees, COLONNES)

    @property
    def plans_demandes(self) -> bool:
        """This section holds the plans."""
        return self.section == Section.FINANCEMENT

    @property
    def bilan(self) -> str:
        """The template that tells what this section adds up to, or nothing."""
        return BILANS.get(self.section, "")

    # -- deeds -----------------------------------------------------------------------------------------------
    def est_valide(self) -> bool:
        """Everything typed can be kept."""
        valides = [formset.is_valid() for _, formset in self.tables if formset.is_bound]
        return all(valides) and (self.formulaire is None or self.formulaire.is_valid())

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
