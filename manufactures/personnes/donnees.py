"""One's own data in one package, in a form that another machine reads (GDPR, articles 15 and 20)."""

import io
import json
import zipfile
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from candidatures.models import Membre, Question
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.droits import CONNECTE
from manufactures.droits_web import GesteMixin
from manufactures.journal.models import Entree, consigner
from manufactures.personnes.fils import fil_du_compte

LISEZ_MOI = """Vos données sur Manufactures de proximité, telles qu'elles étaient le {quand}.

Un fichier JSON par sujet. Le contenu d'un dossier appartient à son équipe : il se télécharge depuis le dossier.
Ne sont pas ici : votre mot de passe et vos codes, gardés illisibles, et ce que d'autres personnes ont écrit.
Pour effacer : {site}/compte/mes-donnees/effacement/
Pour rectifier, écrivez à l'adresse de la page {site}/donnees-personnelles/.
"""
IDENTITE = (
    "email",
    "civilite",
    "prenom",
    "nom",
    "qualite",
    "telephone",
    "organisation",
    "cree_le",
    "last_login",
)


def sujets(user) -> dict[str, Iterable]:
    """What goes into the package: a file's name, and its rows."""
    return {
        "compte": [{champ: getattr(user, champ) for champ in IDENTITE}],
        "adresses": EmailAddress.objects.filter(user=user).values("email", "verified", "primary"),
        "proconnect": SocialAccount.objects.filter(user=user).values(
            "date_joined", "last_login", "extra_data"
        ),
        "seconds_facteurs": Authenticator.objects.filter(user=user).values(
            "type", "created_at", "last_used_at"
        ),
        "sessions": UserSession.objects.filter(user=user).values("created_at", "ip", "user_agent"),
        "roles": user.habilitations.order_by("du").values("role", "appel__titre", "du", "au"),
        "dossiers": Membre.objects.filter(user=user).values(
            "dossier__numero", "dossier__nom_projet", "droit"
        ),
        "questions": Question.objects.filter(posee_par=user).values("posee_le", "texte"),
        "messages": Message.objects.filter(destinataire=user)
        .order_by("cree_le")
        .values("cree_le", "objet", "corps_texte", "lien", "envoye_le"),
        "journal": Entree.objects.filter(acteur=user)
        .order_by("le", "pk")
        .values("le", "fil", "action", "role", "motif"),
    }


def paquet(user) -> bytes:
    """The zip, small: a person's own rows."""
    contenu = io.BytesIO()
    with zipfile.ZipFile(contenu, "w", zipfile.ZIP_DEFLATED) as archive:
        quand = horloge.maintenant().astimezone(horloge.PARIS).strftime("%d/%m/%Y à %H:%M")
        archive.writestr("LISEZ-MOI.txt", LISEZ_MOI.format(quand=quand, site=settings.SITE_URL))
        for nom, lignes in sujets(user).items():
            texte = json.dumps(list(lignes), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            archive.writestr(f"{nom}.json", texte)
    return contenu.getvalue()


class MesDonneesView(GesteMixin):
    """What is kept of oneself, and the button that takes it away."""

    geste = CONNECTE

    def get(self, request):
        """What there is, by subject, counted."""
        siens = sujets(request.user).items()
        comptes = {nom: len(lignes) if isinstance(lignes, list) else lignes.count() for nom, lignes in siens}
        return render(request, "personnes/mes_donnees.html", {"comptes": comptes})

    def post(self, request):
        """The package; that it was taken is a line of the record."""
        with transaction.atomic():
            consigner(fil_du_compte(request.user), "exporter_ses_donnees", par=request.user)
        reponse = HttpResponse(paquet(request.user), content_type="application/zip")
        reponse["Content-Disposition"] = 'attachment; filename="mes-donnees.zip"'
        return reponse
