"""`python -m scripts.outils.banc.ruee_donnees preparer N | clore SECONDES NUMÉRO | constater`: the rush, database side.

Runs with the settings of the site. `preparer` makes N complete drafts of the open wave, each with its own porteur, its
session and five attachments of 2 MB, and prints them; `clore` moves the closing to so many seconds from now and prints
the instant; `constater` reads numbers on stdin and prints what each of these dossiers holds.
"""

import io
import json
import os
import sys

import django
from django.conf import settings

PIECES, OCTETS = 5, 2_000_000


def main(arguments: list[str]) -> None:
    """One of the three, then JSON on stdout."""
    django.setup()
    faire, *suite = arguments
    print(json.dumps({"preparer": preparer, "clore": clore, "constater": constater}[faire](*suite)))


def preparer(combien: str) -> list[dict]:
    """Copies of a complete dossier, owned by people of their own."""
    from django.core.files.base import ContentFile
    from django.db import transaction

    from candidatures.models import Dossier
    from candidatures.reprise import copier_le_contenu, reponses_de
    from manufactures import horloge
    from manufactures.comptes.models import User
    from manufactures.programme.models import Vague

    vague = Vague.objects.ouvertes(horloge.maintenant()).order_by("cloture").first()
    source = modele(vague)
    prets = []
    for rang in range(int(combien)):
        with transaction.atomic():
            user = User.objects.create_user(f"ruee{rang}@exemple.test", prenom="Camille", nom=f"Ruée {rang}")
            reponses = reponses_de(source) | {"nom_projet": f"Ruée {rang}"}
            dossier = Dossier.ouvrir(vague=vague, par=user, **reponses)
            copier_le_contenu(source, dossier, par=user)
            dossier.pieces.all().delete()
        for numero in range(PIECES):
            fichier = ContentFile(piece(), name=f"piece-{numero}.pdf")
            dossier.ajouter_piece(fichier, par=user, libelle=f"Pièce {numero}")
        if manques := dossier.manques():
            raise LookupError(f"Le dossier copié n'est pas complet : {manques}")
        prets.append({"numero": dossier.numero, "session": session_de(user)})
    return prets


def modele(vague):
    """A deposited dossier of the call that lacks nothing today. Raises LookupError."""
    from candidatures.models import Dossier

    deposes = Dossier.objects.deposes().filter(vague__appel=vague.appel_id, membres_consortium=None)
    for dossier in deposes.select_related("vague__appel", "forme_juridique").order_by("pk")[:200]:
        if not dossier.manques():
            return dossier
    raise LookupError("Aucun dossier complet ne peut servir de modèle.")


def piece() -> bytes:
    """A true PDF of two megabytes, like no other."""
    import pikepdf

    document = pikepdf.new()
    page = document.add_blank_page()
    page.obj.Annexe = document.make_stream(os.urandom(OCTETS))
    tampon = io.BytesIO()
    document.save(tampon, compress_streams=False)
    return tampon.getvalue()


def session_de(user) -> str:
    """The key that opens the site to this person."""
    from django.test import Client

    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client.session.session_key


def clore(secondes: str, numero: str) -> float:
    """Move the closing of that dossier's wave, under the row's lock as any closing moves; seconds since 1970."""
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute(
            "UPDATE programme_vague AS v SET cloture = horloge() + make_interval(secs => %s)"
            " FROM candidatures_dossier AS d WHERE d.vague_id = v.id AND d.numero = %s"
            " RETURNING extract(epoch FROM v.cloture)",
            [float(secondes), numero],
        )
        return float(curseur.fetchone()[0])


def constater() -> dict[str, dict]:
    """What stands in the database and on the disk, dossier by dossier."""
    import hashlib

    from django.core.files.storage import default_storage

    from candidatures.models import Dossier

    constats = {}
    numeros = json.load(sys.stdin)
    for dossier in Dossier.objects.filter(numero__in=numeros).prefetch_related("versions"):
        versions = list(dossier.versions.all())
        intactes = 0
        for dite in versions[-1].contenu["pieces_jointes"] if versions else []:
            chemin = dossier.pieces.get(empreinte=dite["empreinte"]).fichier.name
            if default_storage.exists(chemin):
                with default_storage.open(chemin) as fichier:
                    intactes += hashlib.file_digest(fichier, "sha256").hexdigest() == dite["empreinte"]
        constats[dossier.numero] = {
            "etat": dossier.etat,
            "versions": len(versions),
            "accuses": dossier.actes.filter(genre="ar_depot").count(),
            "messages": messages_de(dossier),
            "pieces": intactes,
            "depose_le": dossier.depose_le.timestamp() if dossier.depose_le else None,
        }
    return constats


def messages_de(dossier) -> int:
    """Receipts sent by mail."""
    from manufactures.courrier.models import Message

    return Message.objects.filter(fil=dossier.fil, cle="depot_recu").count()


if __name__ == "__main__":
    main(sys.argv[1:])
