"""The report that closes the examination."""

from decimal import ROUND_HALF_UP, Decimal

from instruction.compositions.budget import plan_de_financement, resume_du_budget
from instruction.compositions.commun import agent_de, personne
from instruction.compositions.preuves import epingles_de_la_grille, lieux_de_preuve, preuves_de
from instruction.models import Instruction, NoteInstruction, Reponse
from instruction.models.avis_tiers import avis_rendus
from manufactures import horloge
from manufactures.francais import enumerer, euros
from manufactures.procedure import Role
from manufactures.programme.models import NatureCritere
from manufactures.registres import composition

SANS_CONSTAT = "l'instruction n'a pas de constat propre à ce critère"
SANS_LIEN = "aucun lien d'intérêts déclaré avec le porteur ni ses partenaires"
ECHELLE = 5


def _reponses(grille, lieux: dict[str, str], epingles: dict) -> list[dict]:
    verdicts = {v.critere_id: v for v in grille.verdicts.all()}
    return [_reponse(regle, verdicts[regle.pk], lieux, epingles.get(regle.pk, ())) for regle in grille.regles]


def _reponse(regle, verdict, lieux: dict[str, str], epingles) -> dict:
    return {
        "code": regle.code,
        "libelle": regle.libelle,
        "article": regle.reference or None,
        "reponse": Reponse(verdict.reponse).label.lower(),
        "preuve": verdict.preuve or verdict.motif or None,
        "constat": verdict.motif or None,
        "preuves": preuves_de(verdict, lieux, epingles),
    }


def _sources(epingles) -> str | None:
    """Where the findings on a criterion were read."""
    lues = [f"« {e.en_bref} » ({e.ou})" if e.passage else e.ou for e in epingles]
    return " ; ".join(lues) or None


def _criteres(grille, epingles: dict) -> list[dict]:
    notes = {n.critere_id: n for n in NoteInstruction.objects.filter(instruction=grille)}
    lignes = []
    for critere in grille.criteres.filter(nature=NatureCritere.NOTE):
        note = notes.get(critere.pk)
        lignes.append(
            {
                "code": critere.code,
                "libelle": critere.libelle,
                "poids": critere.poids,
                "echelle": critere.echelle,
                "constats": (note.commentaire if note else "") or SANS_CONSTAT,
                "a_constat": bool(note and note.commentaire),
                "points_forts": None,
                "a_eclaircir": (note.a_eclaircir if note else "") or None,
                "sources": _sources(epingles.get(critere.pk, ())),
                "note": note.note if note else None,
            }
        )
    return lignes


def moyenne_ponderee(criteres: list[dict]) -> str | None:
    """The marks brought to the scale of five and weighted, to one decimal; None while one misses."""
    poids = sum(c["poids"] for c in criteres)
    if not poids or any(c["note"] is None for c in criteres):
        return None
    somme = sum(Decimal(c["note"] * c["poids"] * ECHELLE) / c["echelle"] for c in criteres)
    return str((somme / poids).quantize(Decimal("0.1"), ROUND_HALF_UP))


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


def _en_bref(dossier) -> str:
    forme = dossier.forme_juridique.forme_article if dossier.forme_juridique else ""
    porteur = f"{forme} {dossier.raison_sociale}".strip()
    site = dossier.site_principal
    lieu = f", à {site.commune.nom} ({site.commune.departement.nom})" if site else ""
    filieres = [f.libelle.lower() for f in dossier.filieres.all()]
    demandes = [
        f"{euros(montant)} {nature}"
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
        "programmes": [
            libelle
            for libelle, declare in (
                ("Action cœur de ville", site.action_coeur_de_ville),
                ("Petites villes de demain", site.petites_villes_de_demain),
                ("Territoires d'industrie", site.territoires_industrie),
            )
            if declare
        ],
        "quartier_prioritaire": site.get_qpv_relation_display().lower() or "non précisé",
    }


def _lieu(dossier) -> dict | None:
    """The principal place as the map draws it."""
    site = dossier.site_principal
    if site is None:
        return None
    return {
        "commune": site.commune.nom,
        "code": site.commune.departement.code,
        "departement": site.commune.departement.nom,
        "longitude": str(site.longitude) if site.longitude is not None else None,
        "latitude": str(site.latitude) if site.latitude is not None else None,
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
    epingles = epingles_de_la_grille(grille)
    criteres = _criteres(grille, epingles)
    regles = _reponses(grille, lieux_de_preuve(dossier), epingles)
    pieces = [piece.libelle or piece.nom for piece in dossier.pieces.all()]
    return dossier.instantane() | {
        "objet_acte": f"Rapport d'instruction, dossier {dossier.numero}, version {version}",
        "agent": agent_de(dossier),
        "version": version,
        "en_bref": _en_bref(dossier),
        "regles": regles,
        "regles_remplies": sum(regle["reponse"] == "oui" for regle in regles),
        "recevable": True,
        "complements": _complements(dossier),
        "territoire": _territoire(dossier),
        "lieu": _lieu(dossier),
        "sites": _sites(dossier),
        "notes_prevues": all(c["note"] is not None for c in criteres),
        "criteres": criteres,
        "sans_constat": [c["code"] for c in criteres if not c["a_constat"]],
        "moyenne": moyenne_ponderee(criteres),
        "budget": resume_du_budget(dossier),
        "plan": plan_de_financement(dossier),
        "avis_externes": [
            {
                "auteur": avis["nom"] or avis["organisme"],
                "date": avis["rendu_le"],
                "sens": avis["sens"].lower(),
                "reserves": avis["texte"] or None,
            }
            for avis in avis_rendus(dossier)
        ],
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
