# shellcheck shell=bash
# Sourced by the commands of the folder above. `lancer COMMANDE …` becomes that command, installed first if need be.
racine="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)"

lancer() {
  local candidat
  for candidat in python3 python3.13 python3.12 python3.11; do
    if "$candidat" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      exec "$candidat" "$racine/scripts/outils" "$@"
    fi
  done
  echo "Il manque Python 3.11, 3.12 ou 3.13 : installez-le (Debian : apt-get install python3 python3-venv), puis relancez." >&2
  exit 1
}
