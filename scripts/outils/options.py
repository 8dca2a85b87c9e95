"""The options of the commands, read before anything is installed."""

import argparse
from pathlib import Path

PORT = 8000
ROLES_BALAYES = "porteur,agent,responsable,president,comite1,expert,auditeur"
RACINE = Path(__file__).resolve().parents[2]


def options_de_demo() -> argparse.ArgumentParser:
    """`scripts/demo`."""
    analyse = argparse.ArgumentParser(
        prog="scripts/demo", description="Installe, prépare et lance la démonstration. Ctrl-C arrête tout."
    )
    analyse.add_argument("--port", type=port, default=PORT, help=f"port du site (par défaut {PORT})")
    analyse.add_argument(
        "--donnees", metavar="DOSSIER", help="dossier des données (par défaut DONNEES, sinon var/)"
    )
    analyse.add_argument("--reset", action="store_true", help="repartir d'un dossier de données vide")
    return analyse


def options_de_balayage() -> argparse.ArgumentParser:
    """`scripts/balayer`."""
    analyse = argparse.ArgumentParser(
        prog="scripts/balayer",
        description="Parcourt et attaque la démonstration sous chaque rôle (wapiti). Écrit : jamais sur un service.",
    )
    ajouter = analyse.add_argument
    ajouter("--adresse", metavar="URL", help="une démonstration qui tourne déjà (par défaut, une à part)")
    ajouter("--port", type=port, default=PORT + 77, help="port de la démonstration à part")
    ajouter("--donnees", metavar="DOSSIER", help="dossier des données (par défaut DONNEES, sinon var/)")
    ajouter(
        "--roles", type=noms, default=noms(ROLES_BALAYES), metavar="A,B", help=f"par défaut {ROLES_BALAYES}"
    )
    ajouter("--exploration", type=int, default=120, metavar="S", help="secondes pour trouver les pages (120)")
    ajouter("--attaque", type=int, default=60, metavar="S", help="secondes par module (60)")
    return analyse


def options_de_test() -> argparse.ArgumentParser:
    """`scripts/test`."""
    analyse = argparse.ArgumentParser(
        prog="scripts/test",
        description="Toutes les vérifications et tous les tests. Ce qui suit -- va à pytest.",
        usage="scripts/test [-h] [--complet] [-- ARGUMENTS DE PYTEST]",
    )
    analyse.add_argument("--complet", action="store_true", help="les tests longs aussi, et rien n'est sauté")
    return analyse


def options_de_bench() -> argparse.ArgumentParser:
    """`scripts/bench`."""
    analyse = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Mesure les pages, contre une page Django nue du même tour, et les lettres. Écrit var/bench.json.",
        add_help=False,
    )
    ajouter = analyse.add_argument
    ajouter("-h", "--help", "--aide", action="help", help="ce texte")
    ajouter(
        "--grand", action="store_true", help="20 000 et 100 000 dossiers aussi (une heure de préparation)"
    )
    ajouter("--rapide", action="store_true", help="deux tours courts : un coup d'œil, pas un jugement")
    ajouter("--dossiers", type=entiers, default=[], metavar="N,N", help="ces tailles, et pas d'autres")
    ajouter("--pages", type=noms, default=[], metavar="A,B", help="ces pages seulement")
    ajouter("--tours", type=int, help="tours entrelacés (par défaut 5 ; 9 pour un p95 sûr)")
    ajouter("--secondes", type=float, help="durée d'une mesure (par défaut 1 ; 2 pour un p95 sûr)")
    ajouter("--sans-lettres", action="store_true", help="sans les lettres")
    ajouter("--sans-ruee", action="store_true", help="sans les soixante dépôts de la dernière minute")
    ajouter("--garder", action="store_true", help="garder les bases, pour la prochaine mesure")
    ajouter(
        "--sortie",
        type=Path,
        default=RACINE / "var" / "bench.json",
        metavar="FICHIER",
        help="le fichier écrit",
    )
    return analyse


def lire_options_de_bench(arguments: list[str]) -> argparse.Namespace:
    """What was asked, and what goes without saying."""
    choix = options_de_bench().parse_args(arguments)
    choix.tours = choix.tours or (2 if choix.rapide else 5)
    choix.secondes = choix.secondes or (0.3 if choix.rapide else 1.0)
    choix.tailles = sorted(choix.dossiers) or [100, 2_000, *([20_000, 100_000] if choix.grand else [])]
    return choix


def pour_pytest(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is ours, and what follows `--`."""
    coupe = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:coupe], arguments[coupe + 1 :]


def entiers(texte: str) -> list[int]:
    """« 100,2000 »."""
    return [int(nombre) for nombre in texte.split(",")]


def noms(texte: str) -> list[str]:
    """« laureats,dossiers »."""
    return [nom.strip() for nom in texte.split(",") if nom.strip()]


def port(texte: str) -> int:
    """A number that a port may have."""
    numero = int(texte)
    if not 1 <= numero <= 65535:  # noqa: PLR2004 -- what a port may be
        raise argparse.ArgumentTypeError(f"{texte} n'est pas un numéro de port")
    return numero
