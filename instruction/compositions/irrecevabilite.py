"""The decision of inadmissibility."""

from instruction.compositions.commun import agent_de, signataire, vague_suivante
from instruction.delais import date_implicite
from instruction.models import Reponse, Verdict
from manufactures import horloge
from manufactures.registres import composition


@composition("irrecevabilite")
def composer_irrecevabilite(dossier, *, evenement, par, motif="", **faits) -> dict:
    """One ground a rule that is not met, each with its article, its text and the fact found."""
    verdicts = Verdict.objects.filter(instruction__dossier=dossier, reponse=Reponse.NON).select_related(
        "critere"
    )
    demande = dossier.actes.filter(genre="demande_complements").order_by("-pk").first()
    terme = date_implicite(dossier)
    return dossier.instantane() | {
        "objet_acte": f"Décision sur la recevabilité de la candidature {dossier.numero}",
        "agent": agent_de(dossier),
        "signataire": signataire(par, dossier.vague.appel, "irrecevabilite"),
        "motif": motif,
        "demande_complements_ref": demande.numero if demande else None,
        "regles": [
            {
                "code": v.critere.code,
                "texte": v.critere.texte or v.critere.libelle,
                "article": v.critere.article,
                "constat": v.motif,
                "preuve": v.preuve or None,
            }
            for v in verdicts
        ],
        "vague_suivante": vague_suivante(dossier),
        "rejet_implicite_le": terme.isoformat() if terme < horloge.aujourd_hui() else None,
    }
