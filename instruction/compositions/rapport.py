"""The report that closes the examination."""

from decimal import Decimal

from candidatures.models import FINANCEURS_PUBLICS, Sens, Volet
from instruction.compositions.commun import agent_de, personne
from instruction.models import Instruction, NoteInstruction, Reponse
from manufactures import horloge
from manufactures.francais import enumerer, euros_cents
from manufactures.procedure import Role
from manufactures.programme.models import NatureCritere
from manufactures.registres import composition

SANS_CONSTAT = "l'instruction n'a pas de constat propre à ce critère"
SANS_LIEN = "aucun lien d'intérêts déclaré avec le porteur ni ses partenaires"
CENT = Decimal(100)


def _reponses(grille) -> list[dict]:
    verdicts = {v.critere_id: v for v in grille.verdicts.all()}
    return [
        {
            "code": regle.code,
            "libelle": regle.libelle,
            "reponse": Reponse(verdicts[regle.pk].reponse).label.lower(),
            "preuve": verdicts[regle.pk].preuve or verdicts[regle.pk].motif or None,
        }
        for regle in grille.regles
    ]


def _criteres(grille) -> list[dict]:
    notes = {n.critere_id: n for n in NoteInstruction.objects.filter(instruction=grille)}
    lignes = []
    for critere in grille.dossier.vague.appel.criteres.filter(nature=NatureCritere.NOTE).order_by("rang"):
        note = notes.get(critere.pk)
        lignes.append(
            {
                "code": critere.code,
                "libelle": critere.libelle,
                "poids": critere.poids,
                "constats": (note.commentaire if note else "") or SANS_CONSTAT,
                "points_forts": None,
                "a_eclaircir": (note.a_eclaircir if note else "") or None,
                "sources": None,
                "note": note.note if note else None,
            }
        )
    return lignes


def _complements(dossier) -> dict | None:
    demande = dossier.demandes_complements.order_by("-envoyee_le", "-pk").first()
    if demande is None:
        return None
    reponses = list(demande.reponses.prefetch_related("pieces"))
    recus = [piece.libelle for reponse in reponses for piece in reponse.pieces.all()]
    return {
        "demandes_le": _jour(demande.envoyee_le),
        "recus_le": _jour(reponses[-1].le) if reponses else None,
        "liste": recus or [p.libelle for p in demande.pieces.all()],
    }


def _jour(instant) -> str:
    return instant.astimezone(horloge.PARIS).date().isoformat()


def plan_de_financement(dossier) -> dict:
    """The plan as it was deposited; two kinds of money in one table, each line saying which where both exist."""
    lignes = list(dossier.lignes_financement.filter(definitif=False))
    deux = len({ligne.volet for ligne in lignes}) > 1

    def dit(ligne) -> str:
        return f"{Volet(ligne.volet).label} : {ligne.libelle}" if deux else ligne.libelle

    depenses = [ligne for ligne in lignes if ligne.sens == Sens.DEPENSE]
    ressources = [ligne for ligne in lignes if ligne.sens == Sens.RESSOURCE]
    total_depenses = sum((ligne.montant for ligne in depenses), Decimal("0.00"))
    total = sum((ligne.montant for ligne in ressources), Decimal("0.00"))
    public = sum(
        (ligne.montant for ligne in ressources if ligne.type_financeur in FINANCEURS_PUBLICS), Decimal("0.00")
    )
    part = (public * CENT / total).quantize(Decimal("0.01")) if total else Decimal(0)
    return {
        "base": dossier.base_montants,
        "depenses": [{"libelle": dit(ligne), "montant": str(ligne.montant)} for ligne in depenses],
        "ressources": [
            {
                "financeur": dit(ligne),
                "statut": ligne.get_statut_display().lower(),
                "montant": str(ligne.montant),
            }
            for ligne in ressources
        ],
        "total_depenses": str(total_depenses),
        "total_ressources": str(total),
        "part_publique": str(part),
        "aides_etat": "régime à examiner avant l'attribution",
    }


def _en_bref(dossier) -> str:
    forme = dossier.forme_juridique.forme_article if dossier.forme_juridique else ""
    porteur = f"{forme} {dossier.raison_sociale}".strip()
    site = dossier.site_principal
    lieu = f", à {site.commune.nom} ({site.commune.departement.nom})" if site else ""
    filieres = [f.libelle.lower() for f in dossier.filieres.all()]
    demandes = [
        f"{euros_cents(montant)} {nature}"
        for montant, nature in (
            (dossier.demande_investissement, "d'investissement"),
            (dossier.demande_amorcage, "d'amorçage"),
        )
        if montant
    ]
    phrases = [
        dossier.resume_public.rstrip(".") + "." if dossier.resume_public else "",
        f"Projet porté par {porteur}{lieu}.",
        f"Filières : {enumerer(filieres)}." if filieres else "",
        f"Stade : {dossier.get_stade_display().lower()}." if dossier.stade else "",
        f"Besoin exprimé : {enumerer(demandes)}." if demandes else "Aucune subvention n'est demandée.",
    ]
    return " ".join(p for p in phrases if p)


def _territoire(dossier) -> dict:
    site = dossier.site_principal
    if site is None:
        return {
            "type": "non précisé",
            "raison": "aucun lieu au dossier",
            "programmes": [],
            "quartier_prioritaire": "non précisé",
        }
    return {
        "type": site.get_type_territoire_display().lower() or "non précisé",
        "raison": "déclaré par le porteur au dépôt",
        "programmes": [],
        "quartier_prioritaire": site.get_qpv_relation_display().lower() or "non précisé",
    }


def _sites(dossier) -> list[dict]:
    return [
        {
            "nom": site.nom,
            "commune": site.commune.nom,
            "surface_actuelle": str(site.surface_actuelle_m2),
            "surface_projet": str(site.surface_projet_m2),
            "titre_occupation": site.get_titre_occupation_display().lower() or None,
        }
        for site in dossier.sites.all()
    ]


def _relecteur(grille, par) -> dict | None:
    """Whoever declares admissible a grid filled by another has read it again; nobody else is said to have."""
    return personne(par, Role.RESPONSABLE.label) if par.pk != grille.instructeur_id else None


@composition("rapport_instruction")
def composer_rapport(dossier, *, evenement, par, **faits) -> dict:
    """The report that the committee reads now and the applicant later (CRPA L311-6): findings, each with its source."""
    grille = (
        Instruction.objects.select_related("instructeur")
        .prefetch_related("verdicts", "besoins_incubation")
        .get(dossier=dossier)
    )
    grille.dossier = dossier
    version = dossier.actes.filter(genre="rapport_instruction").count() + 1
    criteres = _criteres(grille)
    pieces = [piece.libelle or piece.nom for piece in dossier.pieces.all()]
    return dossier.instantane() | {
        "objet_acte": f"Rapport d'instruction, dossier {dossier.numero}, version {version}",
        "agent": agent_de(dossier),
        "version": version,
        "en_bref": _en_bref(dossier),
        "regles": _reponses(grille),
        "recevable": True,
        "complements": _complements(dossier),
        "territoire": _territoire(dossier),
        "sites": _sites(dossier),
        "notes_prevues": all(c["note"] is not None for c in criteres),
        "criteres": criteres,
        "plan": plan_de_financement(dossier),
        "avis_externes": [],
        "risques": grille.risques or None,
        "besoins_incubation": [module.libelle for module in grille.besoins_incubation.all()],
        "jours_estimes": str(grille.jours_estimes) if grille.jours_estimes is not None else None,
        "questions": [ligne.strip() for ligne in grille.questions.splitlines() if ligne.strip()],
        "proposition": "recevable, à soumettre au comité",
        "motivation": grille.avis,
        "pieces_consultees": pieces,
        "relecteur": _relecteur(grille, par),
        "declarations": SANS_LIEN,
    }
