"""The amendment: the words replaced, those that replace them."""

from accompagnement.compositions.commun import agent, signataire
from accompagnement.models.base import jour_de
from manufactures.francais import date_longue
from manufactures.registres import composition


@composition("avenant")
def composer_avenant(avenant, *, evenement, par, **faits) -> dict:
    """The end of the convention moves; its amount does not."""
    convention = avenant.convention
    dossier = convention.dossier
    return dossier.instantane() | {
        "objet_acte": f"Avenant n° {avenant.rang}, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "signataire": signataire(avenant.signataire, dossier.appel, "avenant"),
        "rang": avenant.rang,
        "convention_ref": convention.acte.numero,
        "convention": {"signee_le": jour_de(convention.signee_le)},
        "demande_le": avenant.demande_le.isoformat(),
        "motif": avenant.motif,
        "modifications": [
            {
                "article": "2",
                "ancien": date_longue(avenant.ancienne_fin),
                "nouveau": date_longue(avenant.nouvelle_fin),
            }
        ],
        "montant_inchange": True,
        "signe_beneficiaire_le": None,
        "signe_agence_le": None,
    }
