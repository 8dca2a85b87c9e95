"""The letter before any claim: facts, sum, computation, and the day to answer by."""

from accompagnement.compositions.commun import agent, signataire
from accompagnement.models.base import jour_de
from accompagnement.models.recouvrement import DELAI
from manufactures.registres import composition


@composition("contradictoire")
def composer_contradictoire(recouvrement, *, evenement, par, **faits) -> dict:
    """What the agency noted and considers; nothing is decided."""
    convention = recouvrement.convention
    dossier = convention.dossier
    return dossier.instantane() | {
        "objet_acte": f"Projet de reversement, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "signataire": signataire(par, dossier.appel, "contradictoire"),
        "convention_ref": convention.acte.numero,
        "convention": {"signee_le": jour_de(convention.signee_le)},
        "griefs": [
            {"fait": recouvrement.fait, "article": recouvrement.article, "piece": recouvrement.piece},
        ],
        "total_verse": str(convention.verse),
        "montant_max": str(convention.montant_maximum),
        "montant_envisage": str(recouvrement.montant_envisage),
        "calcul": recouvrement.calcul,
        "delai": DELAI,
        "date_limite": jour_de(recouvrement.reponse_avant_le),
    }
