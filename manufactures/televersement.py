"""How much of a request's files is kept while it is read: nobody fills the disk before a refusal (F13)."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

FICHIER_MAX = 20 * 1024 * 1024
REQUETE_MAX = 120 * 1024 * 1024  # thirty files of a dossier, and what goes with them


class Plafonne(TemporaryFileUploadHandler):
    """Beyond the limit of a file, its bytes are counted and no longer written: its refusal tells its true weight."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        """Refuse, before reading it, a request that no form of ours sends."""
        if content_length > REQUETE_MAX:
            raise RequestDataTooBig("La requête dépasse ce que nos formulaires envoient.")

    def receive_data_chunk(self, raw_data, start):
        """Write up to one byte more than the limit."""
        self.file.write(raw_data[: max(0, FICHIER_MAX + 1 - start)])
