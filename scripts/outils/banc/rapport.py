"""What a run says: a table for people, `bench.json` for machines (its form is the contract's)."""

import json
import os
import platform
from pathlib import Path

from scripts.outils.banc.objectifs import Constat, Mesure
from scripts.outils.banc.statistiques import en_francais

ENTETES = (
    "page",
    "dossiers",
    "requêtes",
    "lignes",
    "p50",
    "p95",
    "× plancher",
    "p50 à 8",
    "p95 à 8",
    "rép./s 1, 4, 8",
)


def machine(
    *, charge: float, tours: int, secondes: float, plancher_ms: dict, avertissements: list[str]
) -> dict:
    """What the figures were measured on, and how."""
    return {
        "systeme": platform.platform(),
        "processeurs": os.cpu_count(),
        "memoire_mo": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "python": platform.python_version(),
        "charge_au_depart": round(charge, 2),
        "tours": tours,
        "secondes": secondes,
        "client": "http.client, un fil par client, une connexion par requête",
        "ouvriers": "gunicorn, 2 ouvriers sync",
        "plancher_p50_ms": {str(clients): round(p50, 2) for clients, p50 in plancher_ms.items()},
        "avertissements": avertissements,
    }


def composer(
    *,
    machine: dict,
    lignes: list[dict],
    memoires: dict[int, int],
    constats: list[Constat],
    lettres: dict | None,
    ruee: dict | None = None,
) -> dict:
    """The whole file; what was not measured is absent."""
    contenu = {
        "machine": machine,
        "pages": lignes,
        "memoire": [{"dossiers": taille, "memoire_mo": mo} for taille, mo in memoires.items()],
        "objectifs": [constat.en_json() for constat in constats],
    }
    return contenu | ({"lettres": lettres} if lettres else {}) | ({"ruee": ruee} if ruee else {})


def ecrire(fichier: Path, contenu: dict) -> None:
    """The whole file or none."""
    fichier.parent.mkdir(parents=True, exist_ok=True)
    brouillon = fichier.with_suffix(".tmp")
    brouillon.write_text(json.dumps(contenu, ensure_ascii=False, indent=1) + "\n")
    os.replace(brouillon, fichier)


def tableau(lignes: list[dict]) -> str:
    """A row a page and a size; times in milliseconds."""
    par_page: dict[tuple, dict[int, dict]] = {}
    for ligne in lignes:
        par_page.setdefault((ligne["page"], ligne["dossiers"]), {})[ligne["clients"]] = ligne
    return aligner(
        [ENTETES, *(_rangee(page, taille, mesures) for (page, taille), mesures in par_page.items())]
    )


def _rangee(page: str, taille: int, mesures: dict[int, dict]) -> tuple[str, ...]:
    seul, huit = mesures[1], mesures.get(8, {})
    debits = (mesures.get(clients, {}).get("par_seconde") for clients in (1, 4, 8))
    return (
        page,
        en_milliers(taille),
        str(seul["requetes"]),
        str(seul["lignes"]),
        _ms(seul["p50_ms"]),
        _ms(seul["p95_ms"]),
        en_francais(seul["ratio_plancher"], 2),
        _ms(huit.get("p50_ms")),
        _ms(huit.get("p95_ms")),
        " ".join("-" if debit is None else en_francais(debit, 0) for debit in debits),
    )


def aligner(rangees: list[tuple[str, ...]]) -> str:
    """Columns as wide as what they hold: words to the left, figures to the right."""
    largeurs = [max(map(len, colonne)) for colonne in zip(*rangees, strict=True)]
    lignes = (
        "  ".join(
            case.ljust(largeur) if rang == 0 else case.rjust(largeur)
            for rang, (case, largeur) in enumerate(zip(rangee, largeurs, strict=True))
        )
        for rangee in rangees
    )
    return "\n".join(ligne.rstrip() for ligne in lignes)


def _ms(duree: float | None) -> str:
    return "-" if duree is None else en_francais(duree, 1)


def en_milliers(nombre: int) -> str:
    """20 000."""
    return f"{nombre:,}".replace(",", "\u202f")


def lettres_en_mots(lettres: dict) -> str:
    """The act's path against WeasyPrint alone."""
    return (
        f"Lettres : {en_francais(lettres['par_seconde'], 1)} par seconde, avec base, code QR et stockage ; "
        f"la même nue {en_francais(lettres['plancher_par_seconde'], 1)} (rapport {en_francais(lettres['ratio'], 2)}) ; "
        f"une lettre type d'une page, nue, {en_francais(lettres['type_par_seconde'], 1)} "
        f"(rapport {en_francais(lettres['ratio_type'], 2)}) ; mémoire {lettres['memoire_mo']} Mo."
    )


def verdicts_en_mots(constats: list[Constat]) -> str:
    """A line a goal, then a line each figure that misses it."""
    lignes = []
    for constat in constats:
        lignes.append(f"{constat.objectif:>3}  {constat.verdict:<10}  {constat.texte}{_resume(constat)}")
        lignes += [f"{'':19}{_en_mots(mesure)}" for mesure in constat.mesures if not mesure.tenue]
    return "\n".join(lignes)


def _en_mots(mesure: Mesure) -> str:
    borne = "au moins" if mesure.au_moins else "au plus"
    return f"{mesure.page} : {_nombre(mesure.valeur)}, {borne} {_nombre(mesure.limite)}"


def _resume(constat: Constat) -> str:
    if not constat.mesures:
        return ""
    pire = max(constat.mesures, key=lambda m: m.limite - m.valeur if m.au_moins else m.valeur - m.limite)
    return f" : {_nombre(pire.valeur)} pour {pire.page}" if constat.verdict == "tenu" else ""


def _nombre(valeur: float) -> str:
    return str(int(valeur)) if float(valeur).is_integer() else en_francais(valeur, 2)
