"""What submission puts on a member's home page: a draft to finish or to deposit before its wave closes."""

from django.db.models import Q

from candidatures.models import Dossier, Droit, Membre
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import Tache, a_faire


@a_faire
def brouillons(user):
    """Drafts of an open wave in which one writes; without the gaps counted, so that lists cost the same."""
    ecrits = Membre.objects.filter(user=user, droit__in=(Droit.TITULAIRE, Droit.CONTRIBUTEUR)).values(
        "dossier"
    )
    instant = horloge.maintenant()
    ouverts = Dossier.objects.filter(
        Q(vague__ouverture__lte=instant, vague__cloture__gt=instant), pk__in=ecrits, etat=Etat.BROUILLON
    )
    for dossier in ouverts.select_related("vague"):
        yield Tache(
            libelle="Terminer et déposer le dossier",
            url=dossier.get_absolute_url(),
            objet=dossier.nom_projet,
            bouton="Continuer",
            echeance=dossier.vague.cloture,
        )
