"""Numbers that people read aloud, and the State's numbers: drawn or checked, never guessed."""

import re
import secrets

from django.core.exceptions import ValidationError
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as _siret

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 O 1 I: read over the telephone, copied by hand
LONGUEUR = 8
MOTIF_NUMERO = r"^D-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$"
MOTIF_RNA = r"^W[0-9A-Z]{3}[0-9]{6}$"
MOTIF_NAF = r"^[0-9]{2}\.[0-9]{2}[A-Z]$"
MOTIF_QPV = r"^Q[NP][0-9A-Z]{6}$"


def tirer_numero() -> str:
    """A dossier's number, such as D-7K3Q-XW9D: drawn, so that it tells neither order nor count."""
    tirage = "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR))
    return f"D-{tirage[:4]}-{tirage[4:]}"


def lire_numero(saisie: str) -> str:
    """The dossier's number that someone typed, with or without dashes, « D » and capitals; nothing where it is none."""
    compact = compacter(saisie).upper()
    compact = compact[1:] if len(compact) == LONGUEUR + 1 and compact[0] == "D" else compact
    entier = len(compact) == LONGUEUR and set(compact) <= set(ALPHABET)
    return f"D-{compact[:4]}-{compact[4:]}" if entier else ""


def compacter(numero: str) -> str:
    """Without the spaces, points and no-break spaces that people type."""
    return re.sub(r"[\s.\u00a0\u202f-]", "", numero)


def valider_siret(numero: str) -> None:
    """Fourteen digits, Luhn on SIRET and SIREN, La Poste's own rule (python-stdnum).

    A SIREN beginning with 000 was never given: it passes when its key is right, invented dossiers use them.
    """
    try:
        _siret.validate(numero)
    except (InvalidFormat, InvalidLength):
        raise ValidationError("Un SIRET compte 14 chiffres.", code="siret") from None
    except InvalidChecksum:
        raise ValidationError("Ce SIRET n'existe pas : vérifiez ses 14 chiffres.", code="siret") from None
    except NumeroInvalide:
        raise ValidationError("Ce SIRET n'est pas valide.", code="siret") from None


def valider_rna(numero: str) -> None:
    """W, three characters of the register (2A, 2B and overseas hold letters), six digits."""
    if not re.match(MOTIF_RNA, numero):
        raise ValidationError(
            "Un numéro RNA s'écrit W suivi de neuf caractères, par exemple W751234567.", code="rna"
        )


def valider_naf(code: str) -> None:
    """Four digits in two groups and a letter (NAF rev. 2)."""
    if not re.match(MOTIF_NAF, code):
        raise ValidationError("Un code NAF s'écrit comme 94.99Z : quatre chiffres, une lettre.", code="naf")


def valider_code_qpv(code: str) -> None:
    """QP and six characters (list of 2015) or QN and six (list of 2024)."""
    if not re.match(MOTIF_QPV, code):
        raise ValidationError(
            "Un code de quartier s'écrit QN ou QP suivi de six caractères, par exemple QN02601M.", code="qpv"
        )


def valider_code_postal(code: str) -> None:
    """Five digits."""
    if not re.match(r"^[0-9]{5}$", code):
        raise ValidationError("Un code postal compte 5 chiffres.", code="code_postal")


def valider_telephone(numero: str) -> None:
    """E.164 or ten digits beginning with 0."""
    if not re.match(r"^(\+[1-9][0-9]{6,14}|0[0-9]{9})$", numero):
        raise ValidationError(
            "Écrivez un numéro à 10 chiffres, ou commençant par + et l'indicatif du pays.", code="telephone"
        )


def valider_demi_journee(jours) -> None:
    """Days are counted by halves."""
    if jours % 1 not in (0, type(jours)("0.5")):
        raise ValidationError("Comptez en demi-journées, par exemple 12,5.", code="demi_journee")
