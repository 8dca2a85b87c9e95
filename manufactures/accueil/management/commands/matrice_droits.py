"""The matrix that the code enforces: the steps of the procedure, and the deeds."""

import json

from django.core.management.base import BaseCommand

from manufactures.droits import (
    COLONNES,
    CONDITIONS,
    DROITS,
    LIGNES_DES_ETAPES,
    PUBLIC,
    conditions_de,
)
from manufactures.procedure import CYCLES

PERMIS, SOUS_CONDITION, REFUSE = "●", "◐", "·"


class Command(BaseCommand):
    """Two tables for people, JSON for machines."""

    help = (
        "Écrit les deux tables des droits : étapes (action, état, rôle) et gestes (geste, rôle, condition)."
    )

    def add_arguments(self, parser):
        """`--json` for machines."""
        parser.add_argument("--json", action="store_true", dest="en_json", help="écrit du JSON")

    def handle(self, *args, en_json=False, **options):
        """Print them."""
        if en_json:
            self.stdout.write(json.dumps(self.en_json(), ensure_ascii=False, indent=2))
            return
        self._table("Étapes", [(e["ligne"], e["titre"], e["cellules"]) for e in map(_lisible, self.etapes())])
        self.stdout.write("")
        self._table("Gestes", [(g["ligne"], g["titre"], g["cellules"]) for g in map(_lisible, self.gestes())])
        self.stdout.write(
            f"{PERMIS} permis, {SOUS_CONDITION} sous condition, {REFUSE} refusé. AN : sans compte."
        )

    def en_json(self) -> dict:
        """Both tables, and what the conditions mean."""
        return {
            "colonnes": {"AN": "anonyme"} | {code: role.value for code, role in COLONNES.items()},
            "etapes": list(self.etapes()),
            "gestes": list(self.gestes()),
            "conditions": {
                nom: {"garant": str(condition.garant), "phrase": condition.phrase}
                for nom, condition in CONDITIONS.items()
            },
        }

    def etapes(self):
        """Action × states × roles, for each cycle."""
        for cycle, table in CYCLES.items():
            for action, t in table.items():
                yield {
                    "cycle": cycle,
                    "action": action,
                    "libelle": t.libelle,
                    "depuis": [str(etat) for etat in t.depuis],
                    "vers": str(t.vers),
                    "roles": {role.value: ["ligne du tableau"] for role in t.roles},
                    "motivee": t.motivee,
                    "actes": list(t.actes),
                    "courrier": t.courrier,
                    "ligne": LIGNES_DES_ETAPES.get((cycle, action)),
                }

    def gestes(self):
        """Deed × roles × conditions, in the order of the rows."""
        for geste, droit in sorted(DROITS.items(), key=lambda paire: (paire[1].ligne or 0, paire[0])):
            yield {
                "geste": geste,
                "libelle": droit.libelle,
                "roles": {role.value: conditions_de(cellule) for role, cellule in droit.roles.items()},
                "anonyme": geste == PUBLIC,
                "ligne": droit.ligne,
            }

    def _table(self, titre: str, lignes: list[tuple]) -> None:
        largeur = max(len(libelle) for _, libelle, _ in lignes)
        self.stdout.write(f"{'':3}  {titre:{largeur}}  {' '.join(['AN', *COLONNES])}")
        for ligne, libelle, cellules in lignes:
            self.stdout.write(f"{ligne or '':>3}  {libelle:{largeur}}  {'  '.join(cellules)}")


def _lisible(ligne: dict) -> dict:
    """The row as the study draws it: a mark a column."""
    marques = [PERMIS if ligne.get("anonyme") else REFUSE]
    for role in COLONNES.values():
        conditions = ligne["roles"].get(role.value)
        marques.append(REFUSE if conditions is None else SOUS_CONDITION if conditions else PERMIS)
    titre = ligne["libelle"] if "geste" in ligne else f"{ligne['libelle']} ({ligne['cycle']})"
    return {"ligne": ligne["ligne"], "titre": titre, "cellules": marques}
