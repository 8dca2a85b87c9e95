"""What the logs never hold: the tokens of personal links, wherever an address is written."""

import logging
import re

# Invitation, mandate, opinion; a new password and an address to confirm, which the account pages send.
JETON = re.compile(
    r"(/(?:invitation|mandat|avis|compte/password/reset/key|compte/confirm-email)/)(?!reponse/)[^/\s?\"']{8,}"
)

# The code of a sign-in by mail, and what an identity provider hands over in an address.
PARAMETRE = re.compile(r"([?&](?:code|state|id_token_hint)=)[^&\s\"']+")


def sans_jeton(texte: str) -> str:
    """The same text, each token of a personal link cut."""
    return PARAMETRE.sub(r"\1…", JETON.sub(r"\1…", texte))


def couper_les_jetons(journal, methode, evenement):
    """Of structlog: each value of the line, without its tokens."""
    return {nom: sans_jeton(dit) if isinstance(dit, str) else dit for nom, dit in evenement.items()}


class SansJeton(logging.Filter):
    """Of a handler: every line passes, without its tokens."""

    def filter(self, record):
        """Written out first, so that what the arguments bring is read too."""
        texte = record.getMessage()
        propre = sans_jeton(texte)
        if propre != texte:
            record.msg, record.args = propre, ()
        return True
