"""Reads back every row that the history wrote, in whatever table, and says whose it is: a story's, or shared.

A table is known by no name here: it is read because it belongs to the project and rows were born in it. One that can be
neither copied nor excused stops the filling at once.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from manufactures.demonstration.peuplement import signes
from manufactures.demonstration.peuplement.signes import CLES, PAR_TABLE

EXCUSEES = {
    "comptes_user": "les personnes se tirent au sort, une pour un à trois dossiers",
    "programme_habilitation": "celles des agents et des experts du décor",
    "programme_vague": "huit vagues pour tous",
    "programme_enveloppe": "leur engagé suit la somme des décisions",
    "programme_region": "les communes sont celles du code officiel",
    "programme_departement": "les communes sont celles du code officiel",
    "programme_commune": "les communes sont celles du code officiel",
    "actes_compteur": "suit le dernier acte écrit",
    "actes_numerisation": "des lettres signées à la main ne se numérisent que sur papier",
    "actes_pagenumerisee": "des lettres signées à la main ne se numérisent que sur papier",
    "actes_exemplairesigne": "des lettres signées à la main ne se numérisent que sur papier",
    "actes_imagedesignature": "une image de signature se dessine à la main",
    "actes_relecture": "un projet renvoyé est une exception",
    "actes_formulation": "les textes des actes sont ceux de la maison, sans adaptation",
    "candidatures_autotest": "le test d'éligibilité se passe avant le dossier, une fois sur quelques-unes",
    "candidatures_invitation": "les équipes se composent d'elles-mêmes, sans courriel à ouvrir",
    "candidatures_commentaire": "les membres s'écrivent quand ils sont plusieurs à rédiger",
    "candidatures_modification": "l'historique naît de ce que l'on tape, page après page",
    "accompagnement_saisiehorsligne": "on n'émarge sans réseau qu'entre des murs épais",
    "candidatures_envoi": "un envoi coupé ne reste que jusqu'à sa reprise",
    "candidatures_morceau": "un envoi coupé ne reste que jusqu'à sa reprise",
    "candidatures_prolongation": "un délai propre à un dossier est une exception",
    "candidatures_verificationsiret": "l'annuaire des entreprises n'est pas interrogé",
    "candidatures_modeledepiece": "les modèles sont à l'appel, non au dossier",
    "candidatures_passation": "le titulaire d'un dossier le reste, à quelques-uns près",
    "instruction_epingle": "la preuve des dossiers du tirage est citée dans la grille",
    "instruction_annotation": "les agents n'annotent que ce qu'ils lisent",
    "instruction_modificationgrille": "l'historique naît de ce que l'on tape, ligne après ligne",
    "instruction_secondelecture": "la double lecture est un réglage de l'appel, éteint au départ",
    "instruction_ligneseconde": "la double lecture est un réglage de l'appel, éteint au départ",
    "instruction_conciliation": "la double lecture est un réglage de l'appel, éteint au départ",
    "personnes_demandesurcompte": "un effacement, un second facteur perdu sont des exceptions",
    "personnes_proposition": "un rôle se donne à quelqu'un, hors de tout dossier",
    "programme_citation": "le formulaire cite les clauses de l'appel",
    "instruction_bureau": "les colonnes que chacun choisit",
    "instruction_vueenregistree": "les listes que chacun garde",
    "instruction_avistiers": "un avis ne se demande que sur quelques dossiers",
    "instruction_modeledemessage": "les modèles sont à l'appel, non au dossier",
    "instruction_passagecontroles": "les vérifications se font au dépôt réel ou à la demande d'un agent",
    "instruction_controleauto": "les vérifications se font au dépôt réel ou à la demande d'un agent",
    "instruction_rapprochement": "les doublons se cherchent avec les vérifications",
    "instruction_textecompare": "écrite par les déclencheurs de la base, à l'arrivée de chaque dossier",
    "selection_reglesducomite": "les règles du comité sont à l'appel, non au dossier",
    "selection_audition_supports": "un support se dépose le jour d'avant, une fois sur quelques-unes",
    "selection_plageauditions": "les créneaux du tirage sont fixés un à un",
    "selection_souhaitdecreneau": "un autre créneau se demande une fois sur quelques-unes",
    "selection_indisponibilite": "les heures où un membre ne peut pas venir sont les siennes",
    "selection_noteaudition": "les notes qu'un membre garde pour soi ne s'inventent pas",
    "selection_notepersonnelle": "les notes qu'un membre garde pour soi ne s'inventent pas",
    "instruction_liendeclare": "un lien déclaré est une exception",
    "selection_scenario": "les montants du tirage sont ceux des propositions, sans simulation",
    "selection_lignescenario": "les montants du tirage sont ceux des propositions, sans simulation",
    "accompagnement_avenant": "une convention se modifie une fois sur quelques-unes",
    "accompagnement_bordereau": "les paiements du tirage sont notés un à un",
    "accompagnement_changementdecompte": "un compte change rarement",
    "accompagnement_recouvrement": "un reversement est une exception",
    "accompagnement_releve": "un relevé réunit les journées de plusieurs projets, au choix de l'expert",
    "accompagnement_suiviprojet": "la relance et la veille sont des gestes d'agent, projet par projet",
    "accompagnement_ecriturejours": "écrite par les déclencheurs de la base, à l'arrivée de chaque journée",
    "accompagnement_comptejours": "écrite par les déclencheurs de la base, à l'arrivée de chaque journée",
    "candidatures_recherche": "écrite par les déclencheurs de la base, à l'arrivée de chaque dossier",
}
# Rows of these tables belong to the sitting or to the cohort, whichever dossier they name.
PARTAGEES = {
    "selection_seance": "seance",
    "selection_convocation": "seance",
    "selection_presence": "seance",
    "accompagnement_promotion": "promotion",
    "accompagnement_session": "promotion",
}
JOURNAL = "journal_entree"
CLE = re.compile(r"(?<![\d.])9\d{9}(?!\d)")
MOT = re.compile(r"[Zz][Qq](\d\d)[Xx](\d\d)[Zz]")
NUMERO = re.compile(r"D-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
EMPREINTE = re.compile(r"[0-9a-f]{64}")
RANG = re.compile(r"(?<![\d.])327[0-4]\d(?!\d)")


class TableInconnue(Exception):
    """A row of this table can be given to no dossier and to no shared object."""


@dataclass
class Table:
    """A table of ours, its columns, and the range of keys that the history is given."""

    nom: str
    rang: int
    colonnes: list[str]
    cle: str
    auto: bool  # its keys come from a sequence
    liens: dict[str, str]  # column -> table named, where its keys are drawn from a sequence
    vise: set[str]  # tables named, whatever their keys

    @property
    def base(self) -> int:
        """First key of the history in this table."""
        return CLES + self.rang * PAR_TABLE


@dataclass
class Ligne:
    """A row as text, column by column; None is NULL."""

    table: Table
    valeurs: dict[str, str | None]
    proprietaire: str = ""  # « recit-03 », « seance-9… », « promotion-9… »

    @property
    def cle(self) -> str:
        """Its primary key."""
        return self.valeurs[self.table.cle]


@dataclass
class Releve:
    """What stands at one instant."""

    lignes: list[Ligne]
    par_cle: dict[str, Ligne] = field(default_factory=dict)  # keys of the history are unique among all tables
    numeros: dict[str, str] = field(default_factory=dict)  # number of a dossier -> its story
    rangs: dict[str, str] = field(default_factory=dict)  # rank of an item -> its story

    def de(self, proprietaire: str) -> list[Ligne]:
        """Rows of one story or of one shared object, table by table."""
        return [ligne for ligne in self.lignes if ligne.proprietaire == proprietaire]


def tables_du_projet() -> list[Table]:
    """Every table of the project's own apps, links tables included, in a fixed order."""
    tables = []
    for modele in apps.get_models(include_auto_created=True):
        chemin = Path(apps.get_app_config(modele._meta.app_label).path)
        if modele._meta.managed and not modele._meta.proxy and chemin.is_relative_to(settings.BASE_DIR):
            if ".venv" not in chemin.parts:
                tables.append(modele)
    tables.sort(key=lambda modele: modele._meta.db_table)
    return [_table(modele, rang) for rang, modele in enumerate(tables, 1)]


def _table(modele, rang: int) -> Table:
    champs = modele._meta.local_concrete_fields
    liens = {
        champ.column: champ.related_model._meta.db_table
        for champ in champs
        if isinstance(champ, models.ForeignKey) and isinstance(champ.target_field, models.AutoField)
    }
    cle = modele._meta.pk
    return Table(
        nom=modele._meta.db_table,
        rang=rang,
        colonnes=[champ.column for champ in champs],
        cle=cle.column,
        auto=isinstance(cle, models.AutoField),
        liens=liens,
        vise={champ.related_model._meta.db_table for champ in champs if champ.is_relation},
    )


def verifier_les_tables(tables: list[Table], ecrites: set[str]) -> None:
    """Raise TableInconnue where a table names rows that are copied, yet has none in the history, nor an excuse."""
    oubliees = [
        table.nom
        for table in tables
        if table.nom not in ecrites and table.nom not in EXCUSEES and table.vise & ecrites
    ]
    if oubliees:
        raise TableInconnue(
            f"{', '.join(oubliees)} : l'histoire n'y écrit rien. Racontez-le dans recits.py, ou donnez votre raison "
            "dans EXCUSEES."
        )


def reserver_les_cles(tables: list[Table]) -> None:
    """From here, and until this is undone, new rows take keys that can be told among all others."""
    with connection.cursor() as curseur:
        for table in tables:
            if table.auto:
                curseur.execute("SELECT pg_get_serial_sequence(%s, %s)", [table.nom, table.cle])
                curseur.execute(f"ALTER SEQUENCE {curseur.fetchone()[0]} RESTART WITH {table.base}")


def relever(tables: list[Table]) -> Releve:
    """Read what the history has written so far, and give each row to whom it belongs."""
    lignes = [ligne for table in tables if table.nom not in EXCUSEES for ligne in _lire(table)]
    releve = Releve(lignes, {ligne.cle: ligne for ligne in lignes})
    for ligne in lignes:
        if ligne.table.nom == "candidatures_dossier":
            ligne.proprietaire = f"recit-{int(MOT.search(ligne.valeurs['nom_projet'])[1]):02d}"
            releve.numeros[ligne.valeurs["numero"]] = ligne.proprietaire
    for ligne in lignes:
        if ligne.table.nom == "selection_pointordredujour":
            releve.rangs[ligne.valeurs["rang"]] = _proprietaire(releve, ligne)
    for ligne in lignes:
        _proprietaire(releve, ligne)
    return releve


def _lire(table: Table) -> list[Ligne]:
    entiers = [table.cle] if table.auto else list(table.liens)
    if not entiers:
        raise TableInconnue(f"{table.nom} : ni clé entière ni lien, ajoutez-la à EXCUSEES avec sa raison.")
    colonnes = ", ".join(f'"{colonne}"::text' for colonne in table.colonnes)
    nees = " OR ".join(f'"{colonne}" >= {CLES}' for colonne in entiers)
    ordre = f'"{table.cle}"' if table.auto else ", ".join(f'"{colonne}"' for colonne in entiers)
    with connection.cursor() as curseur:
        curseur.execute(f'SELECT {colonnes} FROM "{table.nom}" WHERE {nees} ORDER BY {ordre}')  # noqa: S608 (our models)
        return [Ligne(table, dict(zip(table.colonnes, rangee, strict=True))) for rangee in curseur.fetchall()]


# -- Whose it is ---------------------------------------------------------------------------------------------------
EN_COURS = "?"


def _proprietaire(releve: Releve, ligne: Ligne) -> str:
    """A shared object's by declaration, else of the one story that its links name, else that its words name."""
    if not ligne.proprietaire:
        ligne.proprietaire = EN_COURS  # two rows may name each other
        if genre := PARTAGEES.get(ligne.table.nom):
            ligne.proprietaire = f"{genre}-{ligne.valeurs.get(f'{genre}_id') or ligne.cle}"
        else:
            ligne.proprietaire = _par_les_liens(releve, ligne) or _par_les_mots(releve, ligne)
    return ligne.proprietaire


def _par_les_liens(releve: Releve, ligne: Ligne) -> str:
    noms = set()
    for colonne in ligne.table.liens:
        cible = releve.par_cle.get(ligne.valeurs[colonne] or "")
        if cible is not None and cible is not ligne:
            noms.add(_proprietaire(releve, cible))
    recits, partages = _trier(noms)
    return _un_seul(ligne, recits or partages)


def _par_les_mots(releve: Releve, ligne: Ligne) -> str:
    """The thread first: a story's, or a sitting's, whose journal alone tells each line of one item; then all words."""
    recits, partages = _trier(_nommes(releve, ligne.valeurs.get("fil") or ""))
    if recits or (partages and ligne.table.nom != JOURNAL):
        return _un_seul(ligne, recits or partages)
    dits, aussi = _trier(_nommes(releve, "\n".join(v for v in ligne.valeurs.values() if v)))
    proprietaire = _un_seul(ligne, dits) or _un_seul(ligne, partages or aussi)
    if not proprietaire:
        raise TableInconnue(
            f"{ligne.table.nom} {ligne.cle} : aucun dossier, aucune séance, aucune promotion."
        )
    return proprietaire


def _nommes(releve: Releve, texte: str) -> set[str]:
    """Stories and shared objects named in a text, by number, key, rank or word."""
    texte = EMPREINTE.sub("", texte)  # a digest may hold any figures
    noms = {releve.numeros[numero] for numero in NUMERO.findall(texte) if numero in releve.numeros}
    noms |= {releve.rangs[rang] for rang in RANG.findall(texte) if rang in releve.rangs}
    noms |= {
        _proprietaire(releve, releve.par_cle[cle]) for cle in CLE.findall(texte) if cle in releve.par_cle
    }
    noms |= {f"recit-{int(recit):02d}" for recit, _ in MOT.findall(texte) if int(recit) < signes.COMMUN}
    return noms


def _trier(noms: set[str]) -> tuple[set[str], set[str]]:
    """Stories on one side, shared objects on the other."""
    recits = {nom for nom in noms if nom.startswith("recit")}
    return recits, noms - recits - {EN_COURS}


def _un_seul(ligne: Ligne, noms: set[str]) -> str:
    """The only one, or nothing. Raises TableInconnue where two claim the row."""
    if len(noms) > 1:
        raise TableInconnue(
            f"{ligne.table.nom} {ligne.cle} : plusieurs propriétaires, {', '.join(sorted(noms))}."
        )
    return next(iter(noms), "")
