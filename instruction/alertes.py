"""Before silence becomes a refusal: the agent and the responsables are told, thirty, fifteen and five days before."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from candidatures.models import Dossier
from instruction.delais import HorlogeLegale, avec_le_terme, horloge_legale
from instruction.personnes import agent_actif, responsables_de
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.procedure import Etat, Partie, libelle_pour

CLE = "delai_implicite"
PALIERS = (5, 15, 30)  # the nearest to the term first


def alerter() -> int:
    """Write what was not yet written; returns how many dossiers it was for. A term that moves is told again."""
    nombre = 0
    for dossier in _proches():
        legale = horloge_legale(dossier)
        if legale is not None and legale.tenue_jusquau is None and legale.jours >= 0:
            palier = next((jours for jours in PALIERS if legale.jours <= jours), None)
            nombre += bool(palier and _ecrire(dossier, legale, palier))
    return nombre


def _proches() -> Iterator[Dossier]:
    """Those whose term comes within the farthest notice, with what the clock and the words read."""
    instant = horloge.maintenant()
    limite = instant + timedelta(days=PALIERS[-1] + 1)
    examines = Dossier.objects.filter(etat__in=(Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER))
    # An index gives those that nothing holds; the few that wait for the porteur are computed.
    suivis = examines.filter(Q(echeance_le__range=(instant, limite)) | Q(etat=Etat.A_COMPLETER))
    return (
        avec_le_terme(suivis)
        .filter(terme_le__range=(instant, limite))
        .select_related("vague__appel", "instruction__instructeur")
        .prefetch_related("demandes_complements__pieces__reponses")
        .order_by("pk")
        .iterator(chunk_size=200)
    )


def _ecrire(dossier, legale: HorlogeLegale, palier: int) -> list[Message]:
    """To the agent who holds it and to the responsables of its call; nothing where it was written before."""
    evenement = f"implicite/{dossier.pk}@{legale.terme.isoformat()}/{palier}"
    if Message.objects.filter(cle=CLE, evenement=evenement).exists():
        return []
    return Message.preparer(
        CLE,
        a=_qui(dossier),
        contexte=dossier.contexte_des_messages()
        | {
            "n": dossier.numero,
            "j": legale.jours,
            "date_implicite": legale.terme.isoformat(),
            "etat_libelle": libelle_pour("dossier", dossier.etat, Partie.AGENT).texte,
            "manque": _ce_qui_manque(dossier),
        },
        evenement=evenement,
        fil=dossier.fil,
        lien=reverse("instruction:dossier", args=[dossier.numero]),
    )


def _qui(dossier) -> list:
    """The agent first, if anybody holds the dossier; then the responsables of the call, each once."""
    return agent_actif(getattr(dossier, "instruction", None)) + responsables_de(dossier)


def _ce_qui_manque(dossier) -> list[str]:
    """What stands between the dossier and its decision."""
    grille = getattr(dossier, "instruction", None)
    if grille is None or grille.instructeur is None:
        return ["un agent qui instruise ce dossier"]
    attendus = [
        point.libelle
        for demande in dossier.demandes_complements.all()
        if demande.est_ouverte
        for point in demande.manquants
    ]
    if grille.sens:
        return ["la signature du refus proposé"]
    return [*attendus, "la conclusion de la pré-instruction"]
