"""What is encrypted at rest: a copy of the database tells none of it.

Under a key drawn from SECRET_KEY for one use; SECRET_KEY_FALLBACKS still read what older keys wrote. A value written
before this field was encrypted is read as it is, and encrypted when it is next written.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

MARQUE = "c1:"


@lru_cache
def _chiffre(usage: str, cles: tuple[str, ...]) -> MultiFernet:
    condenses = [hashlib.sha256(f"{usage}\0{cle}".encode()).digest() for cle in cles]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(condense)) for condense in condenses])


def _pour(usage: str) -> MultiFernet:
    return _chiffre(usage, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def chiffrer(texte: str, usage: str) -> str:
    """The text as it is kept."""
    return MARQUE + _pour(usage).encrypt(texte.encode()).decode()


def dechiffrer(garde: str, usage: str) -> str:
    """The text as it was. Raises InvalidToken under another key."""
    if not garde.startswith(MARQUE):
        return garde
    return _pour(usage).decrypt(garde.removeprefix(MARQUE).encode()).decode()


class TexteChiffre(models.TextField):
    """A text encrypted in its column: read and written in clear by the model, never searched."""

    def __init__(self, *args, usage: str, **options):
        self.usage = usage
        super().__init__(*args, **options)

    def deconstruct(self):
        """Its use goes with it: the key depends on it."""
        nom, chemin, args, options = super().deconstruct()
        return nom, chemin, args, options | {"usage": self.usage}

    def get_db_prep_save(self, value, connection):
        """Encrypted when it leaves."""
        valeur = super().get_db_prep_save(value, connection)
        return chiffrer(valeur, self.usage) if isinstance(valeur, str) else valeur

    def from_db_value(self, value, expression, connection):
        """In clear when it comes."""
        return value if value is None else dechiffrer(value, self.usage)
