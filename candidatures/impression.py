"""The whole dossier on paper: a frozen version, section by section, with the digest of each file."""

from django.conf import settings
from django.template.loader import render_to_string

from candidatures.lecture import lire
from candidatures.models import Dossier, VersionDeposee


def composer(version: VersionDeposee) -> str:
    """The page, before its typography; what people typed is text, never markup."""
    dossier = version.dossier
    contexte = {
        "version": version,
        "dossier": dossier,
        "appel": dossier.vague.appel,
        "sections": lire(version.contenu, avec_contacts=False),
        "pieces": version.contenu["pieces_jointes"],
        "attestations": [
            str(Dossier._meta.get_field(nom).verbose_name)
            for nom, dite in version.contenu["attestations"].items()
            if dite
        ],
        "marque_etat": settings.MARQUE == "etat",
    }
    return render_to_string("candidatures/impression.html", contexte)
