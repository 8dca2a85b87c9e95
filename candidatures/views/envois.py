"""Files sent by pieces and resumed: announced (POST), asked where they are (HEAD), sent on (PATCH), given up (DELETE).

The offsets travel in `Upload-Offset`, as in the resumable uploads of the IETF's HTTP working group.
"""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from candidatures.fichiers import FichierRefuse, refus
from candidatures.forms.pieces import EnvoiForm
from candidatures.models import Decalage, Envoi
from candidatures.models.envois import MORCEAU_MAX
from candidatures.models.gestes import FIGE
from candidatures.views.base import DossierMixin
from manufactures.registres import TransitionInterdite


def _refuser(phrase, status=HTTPStatus.UNPROCESSABLE_ENTITY) -> JsonResponse:
    return JsonResponse({"erreur": str(phrase)}, status=status)


def _phrase(refus) -> str:
    return refus.messages[0] if isinstance(refus, FichierRefuse) else str(refus)


class EnvoisView(DossierMixin):
    """Announce a file."""

    geste = "ajouter_piece"
    http_method_names = ["post"]

    def post(self, request, numero):
        """Where to send it and from which byte, or the sentence of its refusal before a byte is sent."""
        if not self.dossier.ecrivable_par(request.user):
            return _refuser(FIGE, HTTPStatus.CONFLICT)
        formulaire = EnvoiForm(request.POST, dossier=self.dossier)
        if not formulaire.is_valid():
            return _refuser(next(iter(formulaire.errors.values()))[0])
        try:
            envoi = self.ouvrir(formulaire)
        except FichierRefuse as refuse:
            return _refuser(_phrase(refuse))
        lieu = {"adresse": envoi.get_absolute_url(), "recus": envoi.recus, "morceau": MORCEAU_MAX}
        return JsonResponse(lieu, status=HTTPStatus.CREATED)

    def ouvrir(self, formulaire) -> Envoi:
        """The file as announced; of a piece to replace, still there."""
        annonce, remplace = formulaire.cleaned_data, None
        if not annonce["taille"]:
            raise refus(annonce["nom"], "vide")
        if annonce["remplace"]:
            remplace = get_object_or_404(self.dossier.pieces, pk=annonce["remplace"])
        return Envoi.ouvrir(
            self.dossier,
            par=self.request.user,
            nom=annonce["nom"],
            taille=annonce["taille"],
            repere=annonce["repere"],
            type=formulaire.piece_demandee(),
            libelle=annonce["libelle"],
            remplace=remplace,
        )


class EnvoiView(DossierMixin):
    """One file on its way, to whoever sends it."""

    geste = "ajouter_piece"
    http_method_names = ["head", "patch", "delete"]

    def trouver_l_envoi(self, cle) -> Envoi:
        """One's own. Raises Http404."""
        envois = Envoi.objects.visibles_par(self.request.user).select_related("piece")
        return get_object_or_404(envois, dossier=self.dossier, cle=cle)

    def head(self, request, numero, cle):
        """How much has come."""
        return self.dire(self.trouver_l_envoi(cle))

    def patch(self, request, numero, cle):
        """The bytes that follow."""
        envoi = self.trouver_l_envoi(cle)
        debut = request.headers.get("Upload-Offset", "")
        try:
            envoi.recevoir(int(debut) if debut.isdigit() else -1, request.body)
        except RequestDataTooBig:
            return _refuser("Ce morceau est trop gros.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except Decalage:
            return self.dire(envoi, HTTPStatus.CONFLICT)
        except FichierRefuse as refuse:
            return _refuser(_phrase(refuse))
        except TransitionInterdite as refuse:
            return _refuser(refuse, HTTPStatus.GONE)
        return self.dire(envoi)

    def delete(self, request, numero, cle):
        """Forget it."""
        self.trouver_l_envoi(cle).abandonner()
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    @staticmethod
    def dire(envoi, status=HTTPStatus.NO_CONTENT) -> HttpResponse:
        """The byte from which to go on, and whether the piece is in the dossier."""
        reponse = HttpResponse(status=status)
        reponse["Upload-Offset"] = envoi.recus
        reponse["Upload-Complete"] = "?1" if envoi.piece_id else "?0"
        reponse["Cache-Control"] = "no-store"
        return reponse
