"""A brake on the public verification: nobody tries codes or has files examined by the thousand from one address."""

import hashlib

from django.core.cache import cache
from django.shortcuts import render

PAR_MINUTE = 60
DUREE = 60


def trop(request) -> bool:
    """Count this request; true beyond the number that one address may send in a minute.

    The address is kept as a digest, one minute. Behind a proxy, it is the one that the server was told to trust.
    """
    adresse = request.META.get("REMOTE_ADDR", "")
    cle = "verifier-" + hashlib.sha256(adresse.encode()).hexdigest()[:32]
    if cache.add(cle, 1, DUREE):
        return False
    try:
        return cache.incr(cle) > PAR_MINUTE
    except ValueError:  # the minute ended between the two
        return False


class FreinMixin:
    """View mixin: beyond the limit, a 429 that says when to come back."""

    def dispatch(self, request, *args, **kwargs):
        """Files and codes that do not exist are what is counted; a paper's own code is not."""
        if request.method == "POST" and trop(request):
            return freiner(request)
        return super().dispatch(request, *args, **kwargs)


def freiner(request):
    """The refusal, the same for everybody."""
    reponse = render(request, "actes/trop.html", status=429)
    reponse["Retry-After"] = str(DUREE)
    return reponse
