"""Before the deposits close: each member of a draft is told that it is not deposited, and what is left to do.

Seven days, two days and six hours before. A draft begun later than one of these instants is not told of it, a closing
that moves is told again, and a service that slept tells the last of what it missed.
"""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from candidatures.instantanes import a_paris
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.procedure import Etat

PALIERS = (  # the nearest to the closing first
    (timedelta(hours=6), "rappel_depot_h6"),
    (timedelta(days=2), "rappel_depot_j2"),
    (timedelta(days=7), "rappel_depot_j7"),
)
MONTRES = 5  # what is left to do, in a mail that is read on a telephone


def a_rappeler(instant):
    """Drafts whose deposit closes within the week, each with the message of the moment and the name of its event."""
    bientot = instant + PALIERS[-1][0]
    brouillons = Dossier.avec_ses_liens().filter(
        Q(vague__cloture__range=(instant, bientot)) | Q(prolonge_jusquau__range=(instant, bientot)),
        etat=Etat.BROUILLON,
        vague__ouverture__lte=instant,
    )
    for dossier in brouillons.order_by("pk"):
        reste = dossier.cloture - instant
        avant, cle = next(
            ((avant, cle) for avant, cle in PALIERS if timedelta() < reste <= avant), (None, "")
        )
        if cle and dossier.cree_le <= dossier.cloture - avant:
            yield dossier, cle, f"{dossier.fil}@{dossier.cloture.isoformat()}"


def rappeler() -> int:
    """Write what was not yet written; returns how many drafts it was for."""
    instant = horloge.maintenant()
    attendus = list(a_rappeler(instant))
    ecrits = Message.objects.filter(evenement__in=[evenement for *_, evenement in attendus])
    deja = set(ecrits.values_list("cle", "evenement"))
    neufs = [
        (dossier, cle, evenement) for dossier, cle, evenement in attendus if (cle, evenement) not in deja
    ]
    for dossier, cle, evenement in neufs:
        _ecrire(dossier, cle, evenement)
    return len(neufs)


def _ecrire(dossier, cle: str, evenement: str) -> None:
    """To every member who is still there."""
    membres = [m for m in dossier.membres.select_related("user") if m.user.is_active]
    manques = dossier.manques()
    etapes = [manque.phrase for manque in manques[:MONTRES]]
    if len(manques) > MONTRES:
        etapes.append("et la suite dans votre dossier")
    titulaire = dossier.titulaire
    Message.preparer(
        cle,
        a=[membre.user for membre in membres],
        contexte=dossier.contexte_des_messages()
        | {
            "cloture_heure": a_paris(dossier.cloture),
            "n_manquants": str(len(manques)),
            "liste_courte": etapes,
            "titulaire": titulaire.nom_complet if titulaire else "à désigner",
        },
        evenement=evenement,
        fil=dossier.fil,
        lien=reverse("candidatures:dossier" if manques else "candidatures:depot", args=[dossier.numero]),
    )
