"""The porteur elsewhere in the call: the same structure or the same person in other waves."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from candidatures.models import Dossier, Droit, Membre
from instruction.controles.constat import Constat, selon
from manufactures import horloge
from manufactures.francais import compter, enumerer
from manufactures.procedure import Etat

SIREN = 9


def controler(dossier) -> Iterator[Constat]:
    """Counts only: whoever may not see the other dossiers learns nothing of them; the search shows the others."""
    titulaires = Membre.objects.filter(dossier=dossier, droit=Droit.TITULAIRE).values("user")
    leurs = Membre.objects.filter(user__in=titulaires, droit=Droit.TITULAIRE).values("dossier")
    meme = Q(pk__in=leurs)
    if dossier.siret:
        meme |= Q(siret__startswith=dossier.siret[:SIREN])
    vagues = (
        Dossier.objects.filter(meme, vague__appel=dossier.vague.appel_id)
        .exclude(etat=Etat.BROUILLON)
        .exclude(vague=dossier.vague_id)
        .values("vague__numero", "vague__libelle")
        .annotate(n=Count("pk"))
        .order_by("vague__numero")
    )
    dits = [f"{compter(v['n'], 'dossier')} en {v['vague__libelle'].lower()}" for v in vagues]
    phrase = "Ni cette structure ni son titulaire n'ont déposé dans une autre vague."
    if dits:
        phrase = f"Cette structure ou son titulaire a aussi déposé {enumerer(dits)}."
        if dossier.issu_de_id:
            phrase += " Le présent dossier reprend un dossier antérieur."
    cherche = dossier.siret[:SIREN] or dossier.raison_sociale
    yield Constat(
        "porteur.vagues",
        "Porteur présent dans d'autres vagues",
        selon(not dits),
        phrase,
        "Les dossiers de l'appel",
        horloge.maintenant(),
        f"{reverse('instruction:liste')}?{urlencode({'q': cherche})}"[:200] if dits else "",
        "Chercher ses autres dossiers" if dits else "",
        "E10",
    )
