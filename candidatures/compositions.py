"""The frozen snapshots of the acts that this stage composes: receipt of a deposit, end of the path."""

from candidatures.instantanes import a_paris, date_implicite
from manufactures import horloge
from manufactures.registres import composition


@composition("ar_depot")
def composer_ar_depot(dossier, *, evenement, par, **faits) -> dict:
    """The receipt says what was received, when, and from what day silence is a refusal (CRPA R112-11-1)."""
    version = dossier.versions.get(rang=dossier.version_deposee)
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
CAS = {"retirer": "retrait", "abandonner": "abandon", "clore": "cloture"}
OBJETS = {
    "retrait": "Retrait de la candidature",
    "abandon": "Fin du parcours",
    "exclusion": "Fin du parcours",
    "cloture": "Clôture du dossier",
}


@composition("fin_de_parcours")
def composer_fin_de_parcours(dossier, *, evenement, par, cas="", consequences=(), motif="", **faits) -> dict:
    """Withdrawal, abandonment, exclusion or closing; past the label, accompagnement gives `consequences`."""
    cas = cas or CAS[evenement.action]
    label = dossier.actes.filter(genre="labellisation").order_by("-pk").first()
    return (
        dossier.instantane()
        | {
            "objet_acte": f"{OBJETS[cas]} {dossier.numero}",
            "cas": cas,
            "demande_le": faits.get("demande_le") or horloge.aujourd_hui().isoformat(),
            "motif": motif or None,
            "label_ref": label.numero if label else None,
            "conservation_jusquau": faits.get("conservation_jusquau"),
            "consequences": list(consequences) or (CONSEQUENCES_DU_RETRAIT if cas == "retrait" else []),
        }
        | ({"signataire": faits["signataire"]} if faits.get("signataire") else {})
    )
