"""A mould: the rows of one story, or of one shared object, cut at everything that a copy replaces.

What a copy replaces is found by its sign, in whatever column or text it stands; the rest is kept as COPY will read it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from manufactures.demonstration.peuplement import temps
from manufactures.demonstration.peuplement.releve import JOURNAL, Ligne, Releve
from manufactures.demonstration.peuplement.signes import PREMIER
from manufactures.demonstration.peuplement.textes import ECHAPPEMENTS, SIGNES, Texte, decouper, ecrire, marque

VERSIONS, ACTES = "candidatures_versiondeposee", "actes_acte"
MELANGEES = ("selection_bulletin", "selection_emargement")  # their order must tell nothing


@dataclass
class Entree:
    """A line of the journal: its thread, its row, and the canonical text that its digest is drawn from."""

    fil: Texte
    instant: int
    rang: int  # in the played history
    ligne: Texte
    canonique: Texte
    cle: str


@dataclass
class Moule:
    """What is needed to write a copy."""

    nom: str
    age: int
    cles: dict[str, tuple[str, int]] = field(
        default_factory=dict
    )  # key of the history -> table, rank in the table
    nombres: dict[str, int] = field(default_factory=dict)
    blocs: dict[str, Texte] = field(default_factory=dict)
    melanges: dict[str, list[Texte]] = field(default_factory=dict)  # tables whose rows must follow no order
    journal: list[Entree] = field(default_factory=list)
    versions: list[tuple[int, int, Texte]] = field(
        default_factory=list
    )  # place of the digest, of the text, text
    actes: list[int] = field(default_factory=list)  # instant of each, in the order of their numbers
    places: dict[tuple, int] = field(default_factory=dict)
    instants: dict[datetime, int] = field(default_factory=dict)
    fragments: dict[tuple, tuple[int, Texte]] = field(
        default_factory=dict
    )  # what minutes say of it, and where
    dits: dict[int, tuple[int, temps.Dit]] = field(default_factory=dict)  # place -> instant, way of saying it

    @property
    def partages(self) -> set[str]:
        """Shared objects that its rows name."""
        return {cle[1] for cle in self.places if cle[0] == "cle_de" and not cle[1].startswith("recit-")}

    def place(self, *cle) -> int:
        """Where this value stands among those of a copy."""
        return self.places.setdefault(cle, len(self.places))

    def instant(self, local: datetime) -> int:
        """Rank of this instant among those of the mould."""
        return self.instants.setdefault(local, len(self.instants))


class Fonte:
    """Casts the moulds of one reading."""

    def __init__(self, releve: Releve, age: int, gens: dict[str, tuple], retouches: dict[str, Callable]):
        self.releve, self.age, self.gens, self.retouches = releve, age, gens, retouches
        self.moules: dict[str, Moule] = {}
        self.actes: dict[str, tuple[str, int]] = {}
        self.codes: dict[str, tuple[str, int]] = {}
        self.empreintes: dict[str, tuple[str, str]] = {}
        self.points: dict[str, int] = {}  # sitting -> number of its items
        self.exacts: dict[
            datetime, datetime
        ] = {}  # minute -> the instant that a text only says to the minute
        self.implicites: dict[str, date] = {}  # story -> day on which silence would have become a refusal

    def couler(self) -> dict[str, Moule]:
        """Every mould, by name."""
        par_nom: dict[str, list[Ligne]] = {}
        for ligne in self.releve.lignes:
            par_nom.setdefault(ligne.proprietaire, []).append(ligne)
        for nom, lignes in par_nom.items():
            self._numeroter(nom, lignes)
        for nom, lignes in par_nom.items():
            self._mouler(self.moules[nom], lignes)
        return self.moules

    def _numeroter(self, nom: str, lignes: list[Ligne]) -> None:
        moule = self.moules[nom] = Moule(nom, self.age)
        for ligne in lignes:
            table = ligne.table.nom
            moule.cles[ligne.cle] = table, moule.nombres.get(table, 0)
            moule.nombres[table] = moule.nombres.get(table, 0) + 1
            if table == VERSIONS:
                self.empreintes[ligne.valeurs["empreinte"]] = nom, ligne.cle
            elif table == JOURNAL:
                local = temps.lire_instant(ligne.valeurs["le"]).local
                self.exacts[local.replace(second=0, microsecond=0)] = local
        for k, ligne in enumerate(ligne for ligne in lignes if ligne.table.nom == ACTES):
            self.actes[ligne.valeurs["numero"]] = self.codes[ligne.valeurs["code"]] = nom, k

    def _mouler(self, moule: Moule, lignes: list[Ligne]) -> None:
        par_table: dict[str, list[Ligne]] = {}
        for ligne in lignes:
            par_table.setdefault(ligne.table.nom, []).append(ligne)
        for table, rangees in par_table.items():
            if table == JOURNAL:
                moule.journal = [self._ligne_du_journal(moule, ligne) for ligne in rangees]
                continue
            retouche = self.retouches.get(table, lambda fonte, moule, ligne: ligne.valeurs)
            textes = [self._rangee(retouche(self, moule, ligne)) for ligne in rangees]
            if table in MELANGEES:
                moule.melanges[table] = [self.texte(moule, rangee) for rangee in textes]
            else:
                moule.blocs[table] = self.texte(moule, "".join(textes))

    @staticmethod
    def _rangee(valeurs: dict) -> str:
        """The row as COPY reads it, its signs still in place."""
        return "\t".join("\\N" if v is None else v.translate(ECHAPPEMENTS) for v in valeurs.values()) + "\n"

    # -- texts -----------------------------------------------------------------------------------------------------
    def texte(self, moule: Moule, texte: str) -> Texte:
        """Cut a text at its signs."""
        constantes, places, fin = [], [], 0
        for trouve in SIGNES.finditer(texte):
            place = getattr(self, f"_{trouve.lastgroup}")(moule, trouve[trouve.lastgroup])
            if place is None:
                continue
            constantes.append(texte[fin : trouve.start()])
            places.append(place)
            fin = trouve.end()
        constantes.append(texte[fin:])
        return Texte(constantes, places)

    def _marque(self, moule: Moule, dite: str) -> int:
        genre, _, reste = dite.partition(":")
        if genre == "micro":
            return self._dit(moule, temps.Dit(temps.lire_instant(reste).local, ("micro",)))
        return moule.place(genre, *reste.split(":")) if reste else moule.place(genre)

    def _mot(self, moule: Moule, mot: str) -> int:
        return moule.place("mot", *decouper(mot))

    def _numero(self, moule: Moule, numero: str) -> int | None:
        nom = self.releve.numeros.get(numero)
        return None if nom is None else moule.place("numero", int(nom.removeprefix("recit-")))

    def _acte(self, moule: Moule, numero: str) -> int | None:
        connu = self.actes.get(numero)
        return None if connu is None else moule.place("acte", *connu)

    def _code(self, moule: Moule, code: str) -> int | None:
        connu = self.codes.get(code)
        return None if connu is None else moule.place("code", *connu)

    def _empreinte(self, moule: Moule, empreinte: str) -> int | None:
        connue = self.empreintes.get(empreinte)
        return None if connue is None else moule.place("empreinte", *connue)

    def _entree(self, moule: Moule, dite: str) -> int:
        fil, _, rang = dite.partition("#")
        return moule.place("evenement", fil.removeprefix("seance/"), int(rang))

    def _cle(self, moule: Moule, cle: str) -> int | None:
        if cle in self.gens:
            return moule.place("personne", *self.gens[cle])
        if cle in moule.cles:
            return moule.place("cle", *moule.cles[cle])
        ligne = self.releve.par_cle.get(cle)
        if ligne is not None:
            return moule.place("cle_de", ligne.proprietaire, *self.moules[ligne.proprietaire].cles[cle])
        raise LookupError(f"{moule.nom} : la clé {cle} n'est celle d'aucune ligne relevée.")

    def _dit(self, moule: Moule, dit: temps.Dit) -> int:
        local = dit.local
        if dit.jour_seul and local.date() == self.implicites.get(moule.nom):
            return moule.place("implicite", dit.maniere)
        if dit.maniere[0] == "lettres" and not dit.jour_seul:
            local = self.exacts.get(local, local)
        place = moule.place("dit", local, dit.maniere)
        moule.dits[place] = moule.instant(local), dit
        return place

    def _instant(self, moule: Moule, texte: str) -> int:
        return self._dit(moule, temps.lire_instant(texte))

    def _date(self, moule: Moule, texte: str) -> int:
        return self._dit(moule, temps.lire_date(texte))

    def _barres(self, moule: Moule, texte: str) -> int:
        return self._dit(moule, temps.lire_barres(texte))

    def _lettres(self, moule: Moule, texte: str) -> int:
        return self._dit(moule, temps.lire_lettres(texte))

    def _siret(self, moule: Moule, siret: str) -> int:
        return moule.place("siret", int(siret[6:8]))

    def _telephone(self, moule: Moule, numero: str) -> int:
        return moule.place("telephone", int(numero[7:9]), int(numero[9]) * 10)

    def _rna(self, moule: Moule, rna: str) -> int:
        return moule.place("rna", int(rna[-3:]))

    def _commune(self, moule: Moule, code: str) -> int:
        return moule.place("commune", int(code[-2:]))

    def _postal(self, moule: Moule, code: str) -> int:
        return moule.place("postal", int(code[-2:]))

    def _rang(self, moule: Moule, rang: str) -> int:
        return moule.place("rang", int(rang))

    def _lettre(self, moule: Moule, texte: str) -> int | None:
        maniere = "cents" if texte.endswith(",00") else "lettre"
        return self._argent(moule, texte.replace("\u00a0", "").replace(",", "."), maniere)

    def _somme(self, moule: Moule, texte: str) -> int | None:
        return self._argent(moule, texte, "base")

    @staticmethod
    def _argent(moule: Moule, nombre: str, maniere: str) -> int | None:
        """A sum of the history is a multiple of its prime, in cents; any other number stays."""
        entier, _, centimes = nombre.partition(".")
        multiple, reste = divmod(int(entier) * 100 + int(centimes or 0), PREMIER)
        return None if reste or not multiple else moule.place("somme", multiple, maniere)

    # -- the journal -----------------------------------------------------------------------------------------------
    def _ligne_du_journal(self, moule: Moule, ligne: Ligne) -> Entree:
        v = self.retouches[JOURNAL](self, moule, ligne)
        faits = json.loads(v["faits"])
        contenu = [
            v["fil"],
            marque("rang"),
            v["action"],
            marque("acteur"),
            v["role"],
            v["de"],
            v["vers"],
            v["motif"],
            faits,
            marque("micro", v["le"]),
            marque("precedente"),
        ]
        canonique = ecrire(contenu, sort_keys=True).replace(marque("acteur"), v["acteur_id"] or "null")
        colonnes = v | {
            "faits": ecrire(faits),
            "rang": marque("rang"),
            "precedente": marque("precedente"),
            "empreinte": marque("nouvelle"),
        }
        return Entree(
            fil=self.texte(moule, v["fil"]),
            instant=moule.instant(temps.lire_instant(v["le"]).local),
            rang=int(v["rang"]),
            ligne=self.texte(moule, self._rangee(colonnes)),
            canonique=self.texte(moule, canonique),
            cle=ligne.cle,
        )
