"""The frozen snapshots of this stage's acts, and what its messages say besides the common variables."""

from decimal import Decimal

from django.urls import reverse

from candidatures.instantanes import a_paris
from candidatures.models import FINANCEURS_PUBLICS, Sens, Volet
from instruction.delais import date_implicite
from instruction.models import DemandeComplements, Instruction, NoteInstruction, Reponse, Verdict
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.francais import enumerer, euros_cents
from manufactures.procedure import Role
from manufactures.programme.models import Delegation, NatureCritere, Vague
from manufactures.registres import composition, contexte, effet

SANS_CONSTAT = "l'instruction n'a pas de constat propre à ce critère"
SANS_LIEN = "aucun lien d'intérêts déclaré avec le porteur ni ses partenaires"
CENT = Decimal(100)


def personne(user, qualite: str = "") -> dict:
    """A person as acts print them."""
    return {
        "prenom": user.prenom,
        "nom": user.nom,
        "qualite": user.qualite or qualite,
        "courriel": user.email,
        "telephone": user.telephone or None,
    }


def agent_de(dossier) -> dict:
    """« Affaire suivie par »: the agent who examines (CRPA L111-2)."""
    return personne(
        Instruction.objects.select_related("instructeur").get(dossier=dossier).instructeur,
        Role.INSTRUCTEUR.label,
    )


def signataire(par, appel, genre: str) -> dict:
    """Who signs in the authority's name, with the delegation in force now (CRPA L212-1)."""
    delegation = Delegation.en_vigueur(par, appel, horloge.maintenant(), genre)
    return {
        "prenom": par.prenom,
        "nom": par.nom,
        "qualite": par.qualite or Role.RESPONSABLE.label,
        "est_titulaire": False,
        "delegation_ref": delegation.reference,
        "delegation_date": delegation.publiee_le.isoformat(),
        "mode": "teleservice",
        "signe_le": horloge.aujourd_hui().isoformat(),
    }


def vague_suivante(dossier) -> dict | None:
    """The first other wave of the call that is open or to come."""
    vagues = Vague.objects.filter(appel=dossier.vague.appel, cloture__gt=horloge.maintenant()).exclude(
        pk=dossier.vague_id
    )
    vague = vagues.order_by("cloture").first()
    return {"libelle": vague.libelle, "cloture": a_paris(vague.cloture)} if vague else None


# -- Request for completion --------------------------------------------------------------------------------------
def piece_reclamee(piece) -> dict:
    """A point of the letter: its reference and its reason are never empty."""
    regle = piece.regle
    reference = piece.reference or (
        f"cahier des charges, article {regle.article}" if regle and regle.article else ""
    )
    raison = piece.raison or (
        f"la règle « {regle.libelle} » ne peut pas être vérifiée sans cet élément"
        if regle
        else "le dossier ne contient pas cet élément"
    )
    return {
        "libelle": piece.libelle,
        "reference": reference,
        "raison": raison,
        "indispensable": piece.indispensable,
    }


@composition("demande_complements")
def composer_demande(dossier, *, evenement, par, demande, **faits) -> dict:
    """What is asked, on which ground, why, until when (CRPA L114-5)."""
    ligne = DemandeComplements.objects.get(pk=demande)
    return dossier.instantane() | {
        "objet_acte": f"Demande de compléments, dossier {dossier.numero}",
        "agent": agent_de(dossier),
        "signataire": personne(par, Role.INSTRUCTEUR.label)
        | {
            "est_titulaire": True,
            "delegation_ref": None,
            "delegation_date": None,
            "mode": "teleservice",
            "signe_le": None,
        },
        "pieces": [piece_reclamee(p) for p in ligne.pieces.select_related("regle")],
        "echeance": a_paris(ligne.echeance),
    }


@contexte("complements_demandes")
def dire_l_echeance(dossier, *, evenement, par, demande, **faits) -> dict:
    """Until when, and the page where one answers."""
    ligne = DemandeComplements.objects.get(pk=demande)
    return {
        "echeance": a_paris(ligne.echeance),
        "chemin": reverse("instruction:repondre", args=[dossier.numero]),
    }


def recapitulatif(dossier) -> dict:
    """What was just received, and what it does to the implicit decision."""
    demande = dossier.demandes_complements.exclude(close_le=None).order_by("-close_le", "-pk").first()
    recus = [piece.libelle for reponse in demande.reponses.all() for piece in reponse.pieces.all()]
    suspendue = bool(demande.duree_suspendue())
    return {
        "recu_le": a_paris(demande.close_le),
        "liste_courte": recus or ["une réponse écrite"],
        "date_implicite": date_implicite(dossier).isoformat() if suspendue else None,
        "chemin": reverse("instruction:repondre", args=[dossier.numero]),
    }


@contexte("complements_recus")
def dire_ce_qui_est_recu(dossier, *, evenement, par, **faits) -> dict:
    """To the porteur: what was received and when."""
    return recapitulatif(dossier) | {"pour_agent": False}


@effet("dossier", "completer")
def prevenir_l_agent(dossier, *, par, evenement, **faits) -> None:
    """The same message to the agent who waits for the answer, with the link to the grid."""
    grille = Instruction.objects.select_related("instructeur").get(dossier=dossier)
    chemin = reverse("instruction:dossier", args=[dossier.numero])
    Message.preparer(
        "complements_recus",
        a=[grille.instructeur],
        contexte={"n": dossier.numero, "nom_projet": dossier.nom_projet, "pour_agent": True}
        | recapitulatif(dossier),
        evenement=f"{dossier.fil}#{evenement.rang}",
        fil=dossier.fil,
        lien=chemin,
    )


@contexte("pris_en_charge")
def dire_qui_suit(dossier, *, evenement, par, **faits) -> dict:
    """The agent to whom the porteur may write."""
    return {"agent": agent_de(dossier), "chemin": reverse("instruction:messages", args=[dossier.numero])}


# -- Refusal -----------------------------------------------------------------------------------------------------
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


# -- Report ------------------------------------------------------------------------------------------------------
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
