"""The two summons: a member's to a sitting, a porteur's to a hearing."""

from candidatures.instantanes import a_paris
from instruction.compositions import agent_de
from manufactures import horloge
from manufactures.francais import compter
from manufactures.registres import composition
from selection.compositions.communs import CIVILITE_INCONNUE, commun_de_la_seance, president_de, regles
from selection.models import Audition, Convocation, TypeSeance
from selection.models.audition import DUREE_PRESENTATION

MINUTES_PAR_DOSSIER = 10


@composition("convocation_membre")
def composer_convocation_membre(convocation: Convocation, *, evenement, par, **faits) -> dict:
    """One member, the sitting, its agenda in general words, the quorum, the deadline of the declarations."""
    seance, membre = convocation.seance, convocation.membre
    limite = seance.declarer_avant.astimezone(horloge.PARIS).date()
    return commun_de_la_seance(seance) | {
        "objet_acte": f"Convocation, {seance}",
        "seance": regles(seance, a_paris(seance.debut)),
        "membre": {
            "civilite": membre.user.civilite or CIVILITE_INCONNUE,
            "prenom": membre.user.prenom,
            "nom": membre.user.nom,
            "qualite": membre.qualite_imprimee or None,
            "organisme": membre.user.organisation or None,
            "adresse": [],
            "suppleable": membre.suppleable,
        },
        "ordre_du_jour": ordre_du_jour(seance),
        "composition": seance.composition,
        "quorum": seance.quorum,
        "seconde": seance.premiere_id is not None,
        "date_limite_declaration": limite.isoformat(),
    }


def ordre_du_jour(seance) -> list[dict]:
    """The agenda without a name: a dossier is known after the declaration of interests only."""
    nombre = seance.points.count()
    travail = {
        TypeSeance.PRE_SELECTION: f"Examen de {compter(nombre, 'candidature recevable', 'candidatures recevables')}",
        TypeSeance.SELECTION: f"Délibération et votes sur {compter(nombre, 'candidature')}",
        TypeSeance.ARBITRAGE: f"Arbitrage des subventions de {compter(nombre, 'projet lauréat', 'projets lauréats')}",
    }[TypeSeance(seance.type)]
    lignes = [{"libelle": f"{travail}, {seance.vague.libelle}", "duree": nombre * MINUTES_PAR_DOSSIER}]
    if seance.type == TypeSeance.SELECTION:
        lignes.insert(0, {"libelle": "Compte rendu des auditions", "duree": None})
    return lignes


@composition("convocation_audition")
def composer_convocation_audition(dossier, *, evenement, par, audition, **faits) -> dict:
    """One porteur, the slot, how it goes, what the committee wishes to hear about."""
    creneau = Audition.objects.select_related("seance__vague").get(pk=audition)
    precedente = _convocation_precedente(dossier, evenement)
    return dossier.instantane() | {
        "objet_acte": f"Convocation à une audition, dossier {dossier.numero}",
        "agent": agent_de(dossier),
        "president": president_de(creneau.seance),
        "audition": {
            "debut": a_paris(creneau.debut),
            "duree_presentation": DUREE_PRESENTATION,
            "duree_echange": creneau.duree_min - DUREE_PRESENTATION,
            "a_distance": bool(creneau.lien),
            "hybride": bool(creneau.lien and creneau.lieu),
            "lieu": creneau.lieu or None,
            "max_personnes": creneau.max_personnes,
        },
        "questions": creneau.liste_questions,
        "remplace": {"numero": precedente} if precedente else None,
        "date_confirmation": creneau.confirmer_avant.astimezone(horloge.PARIS).date().isoformat(),
    }


def _convocation_precedente(dossier, evenement) -> str | None:
    """Number of the summons that this line of the journal replaces: the last one ordered before it."""
    ordonnees = dossier.actes.filter(genre="convocation_audition", cle__startswith="journal-")
    rangs = {int(cle[8:]): numero for cle, numero in ordonnees.values_list("cle", "numero")}
    avant = [rang for rang in rangs if rang < evenement.rang]
    return rangs[max(avant)] if avant else None
