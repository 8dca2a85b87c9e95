"""`python scripts/outils COMMANDE …`: install what the command needs, then become it in the environment."""

import os
import signal
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
sys.path[0] = str(RACINE)  # our packages are found from wherever the command is called

# command: what it needs installed, and the module that it is
COMMANDES = {
    "balayer": ("", "balayage"),
    "bench": ("demo", "banc.conduite"),
    "demo": ("demo", "demonstration"),
    "manage": ("demo", "gestion"),
    "test": ("test", "verifications"),
    "verrouiller": ("", "verrous"),
}


def main(commande: str, *arguments: str) -> None:
    """Install, then replace this process: signals reach the command itself, under the same process id."""
    from scripts.outils import installation, options  # found only once the path above is set

    jeu, module = COMMANDES[commande]
    tout_exiger = False
    if commande == "demo":
        options.options_de_demo().parse_args(arguments)  # --help and slips of the finger install nothing
    elif commande == "balayer":
        options.options_de_balayage().parse_args(arguments)
    elif commande == "bench":
        options.lire_options_de_bench(list(arguments))
    elif commande == "test":
        choix = options.options_de_test().parse_args(options.pour_pytest(list(arguments))[0])
        tout_exiger = choix.complet or os.environ.get("REQUIRE_ALL") == "1"

    # Asked to stop, what is being installed stops too.
    signal.signal(signal.SIGTERM, lambda numero, _: sys.exit(128 + numero))
    installation.installer(jeu, tout_exiger=tout_exiger)
    python = str(installation.PYTHON if jeu else sys.executable)
    amorce = (
        f"import sys; sys.path[0] = {str(RACINE)!r}; "
        f"from scripts.outils.{module} import main; sys.exit(main(sys.argv[1:]))"
    )
    os.execv(python, [python, "-c", amorce, *arguments])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
