"""How a view names its row of the rights table."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.http import Http404
from django.views import View

from manufactures.droits import DROITS, PUBLIC, exiger
from manufactures.registres import lire


def lire_ou_404(lignes, user, **cles):
    """One object with the roles that `user` holds on it, in one query; hidden or absent, the same 404."""
    try:
        return lire(lignes, user, **cles)
    except ObjectDoesNotExist as absent:
        raise Http404(str(absent)) from None


class GesteMixin(View):
    """Base of every view of ours: anonymous people sign in, the others hold a role of the row or get a 403.

    `geste` is the key of the row. Where the rights hang on one object, the view reads it through `visibles_par` or
    `lire_ou_404` (404), then calls `exiger(self.geste, user, objet)`.
    """

    geste: str = ""
    sur_objet = False  # True: the view checks the deed on the object itself

    def dispatch(self, request, *args, **kwargs):
        """Check the deed before anything else."""
        if self.geste not in DROITS:
            raise ImproperlyConfigured(f"{type(self).__name__} ne nomme aucun geste connu ({self.geste!r}).")
        if self.geste != PUBLIC:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.sur_objet:
                exiger(self.geste, request.user)
        return super().dispatch(request, *args, **kwargs)
