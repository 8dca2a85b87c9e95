"""The access log of the web server: one line a request, without the tokens of personal links."""

from gunicorn.glogging import Logger

from manufactures.traces import sans_jeton


class JournalDesAcces(Logger):
    """Gunicorn's own, the request line, the path and the referrer cut where they hold a token."""

    def atoms(self, resp, req, environ, request_time):
        """What a line is made of."""
        atomes = super().atoms(resp, req, environ, request_time)
        return {
            nom: sans_jeton(valeur) if isinstance(valeur, str) else valeur for nom, valeur in atomes.items()
        }
