"""The frozen snapshots of the acts that this stage composes: receipt of a deposit, withdrawal."""

from candidatures.instantanes import a_paris, date_implicite
from manufactures import horloge
from manufactures.registres import composition


@composition("ar_depot")
def composer_ar_depot(dossier, *, evenement, par, **faits) -> dict:
    """The receipt says what was received, when, and from what day silence is a refusal (CRPA R112-11-1)."""
    version = dossier.version_figee
    return dossier.instantane() | {
        "objet_acte": f"Accusé de réception de la candidature {dossier.numero}",
        "type_demande": "candidature",
        "recu_le": a_paris(version.deposee_le),
        "date_implicite": date_implicite(dossier).isoformat(),
        "fondement_silence": None,
        "pieces": [
            {nom: piece[nom] for nom in ("nom", "taille", "empreinte")}
            for piece in version.contenu["pieces_jointes"]
        ],
        "empreinte_depot": version.empreinte,
    }


CONSEQUENCES_DU_RETRAIT = [
    "la candidature n'est pas présentée au comité",
    "les pièces déposées restent lisibles dans votre espace jusqu'à leur suppression réglementaire",
]


@composition("fin_de_parcours")
def composer_fin_de_parcours(dossier, *, evenement, par, motif="", **faits) -> dict:
    """The agency takes note of a withdrawal; past the label, accompagnement composes what ends, from this."""
    return dossier.instantane() | {
        "objet_acte": f"Retrait de la candidature {dossier.numero}",
        "cas": "retrait",
        "demande_le": horloge.aujourd_hui().isoformat(),
        "motif": motif or None,
        "label_ref": None,
        "conservation_jusquau": None,
        "consequences": CONSEQUENCES_DU_RETRAIT,
    }
