"""The decision of inadmissibility: one ground a rule that is not met, in law and in fact."""

from instruction.compositions.commun import agent_de, signataire, vague_suivante
from instruction.compositions.preuves import epingles_de_la_grille, lieux_de_preuve, preuves_de
from instruction.delais import date_implicite
from instruction.models import Instruction, MotifRefus, Reponse
from instruction.models.motifs import en_toutes_lettres
from manufactures import horloge
from manufactures.programme.models import Clauses
from manufactures.registres import composition

A_VENIR = "à venir"


@composition("irrecevabilite")
def composer_irrecevabilite(dossier, *, evenement, par, motif="", **faits) -> dict:
    """The grounds that the proposal kept, each with its article, its text and the fact found; then what completes them.

    A motive that only says the grounds over again is not printed twice.
    """
    grille = Instruction.objects.get(dossier=dossier)
    grille.dossier = dossier
    motifs = list(grille.motifs_refus.select_related("critere")) or grille.motifs_retenus()
    return _decision(grille, motifs, motif) | {
        "signataire": signataire(par, dossier.vague.appel, "irrecevabilite")
    }


def apercu_de_la_decision(grille: Instruction, motifs: list[MotifRefus], motif: str, par=None) -> dict:
    """The decision as it would read, before it is proposed or signed: number and signatory are to come."""
    jour = horloge.aujourd_hui().isoformat()
    inconnu = {"prenom": "", "nom": A_VENIR, "qualite": "Signataire désigné", "est_titulaire": True}
    inconnu |= {"delegation_ref": None, "delegation_date": None, "mode": "teleservice", "signe_le": None}
    return _decision(grille, motifs, motif) | {
        "acte": {
            "numero": A_VENIR,
            "date": jour,
            "code_verification": A_VENIR,
            "url_verification": A_VENIR,
        },
        "signataire": signataire(par, grille.dossier.vague.appel, "irrecevabilite") if par else inconnu,
    }


def _decision(grille: Instruction, motifs: list[MotifRefus], motif: str) -> dict:
    dossier = grille.dossier
    clauses, vague = Clauses.de(dossier.vague.appel_id), dossier.vague.numero
    verdicts = {v.critere_id: v for v in grille.verdicts.filter(reponse=Reponse.NON)}
    lieux, epingles = lieux_de_preuve(dossier), epingles_de_la_grille(grille)
    demande = dossier.actes.filter(genre="demande_complements").order_by("-pk").first()
    terme = date_implicite(dossier)
    return dossier.instantane() | {
        "objet_acte": f"Décision sur la recevabilité de la candidature {dossier.numero}",
        "agent": agent_de(dossier),
        "motif": ce_qui_complete(motifs, motif),
        "demande_complements_ref": demande.numero if demande else None,
        "regles": [
            {
                "code": m.critere.code,
                "texte": m.critere.texte or m.critere.libelle,
                "article": clauses.reference(m.critere.article, vague),
                "droit": m.droit or None,
                "constat": m.fait,
                "preuve": _preuve(
                    preuves_de(verdicts.get(m.critere_id), lieux, epingles.get(m.critere_id, ()))
                ),
            }
            for m in motifs
        ],
        "vague_suivante": vague_suivante(dossier),
        "rejet_implicite_le": terme.isoformat() if terme < horloge.aujourd_hui() else None,
    }


def ce_qui_complete(motifs: list[MotifRefus], motif: str) -> str:
    """What the motive adds to the grounds, which are printed one by one."""
    return motif.strip().removeprefix(en_toutes_lettres(motifs)).strip()


def _preuve(preuves: list[dict]) -> str | None:
    """The proofs of a ground in one line."""
    dites = [
        f"« {p['citation'].rstrip('.')} », {p['ou']}"
        if p["citation"] and p["ou"]
        else p["citation"] or p["ou"]
        for p in preuves
    ]
    return " ; ".join(dites) or None
