"""The options of the commands, read before anything is installed."""

import argparse

PORT = 8000


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


def options_de_test() -> argparse.ArgumentParser:
    """`scripts/test`."""
    analyse = argparse.ArgumentParser(
        prog="scripts/test",
        description="Toutes les vérifications et tous les tests. Ce qui suit -- va à pytest.",
        usage="scripts/test [-h] [--complet] [-- ARGUMENTS DE PYTEST]",
    )
    analyse.add_argument("--complet", action="store_true", help="les tests longs aussi, et rien n'est sauté")
    return analyse


def pour_pytest(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is ours, and what follows `--`."""
    coupe = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:coupe], arguments[coupe + 1 :]


def port(texte: str) -> int:
    """A number that a port may have."""
    numero = int(texte)
    if not 1 <= numero <= 65535:  # noqa: PLR2004 -- what a port may be
        raise argparse.ArgumentTypeError(f"{texte} n'est pas un numéro de port")
    return numero
