"""Attestation and report of the incubation."""

from accompagnement.compositions.commun import agent
from accompagnement.models import EtatLivrable, Moment, Presence, StatutPresence
from accompagnement.models.base import jour_de
from candidatures.models import Droit
from manufactures.registres import composition


def promotion(dossier) -> dict:
    """The cohort's name and dates."""
    la_sienne = dossier.inscription.promotion
    return {"libelle": la_sienne.nom, "debut": la_sienne.debut.isoformat(), "fin": la_sienne.fin.isoformat()}


def presences(dossier) -> dict:
    """Half days attended, half days due."""
    suivies, dues = Presence.objects.filter(dossier=dossier).assiduite()
    return {"suivies": str(suivies), "dues": str(dues)}


def modules(dossier) -> list[dict]:
    """Each module, what was attended of it, and when its deliverable was validated."""
    suivies: dict[int, int] = {}
    for module in Presence.objects.filter(dossier=dossier, statut=StatutPresence.PRESENT).values_list(
        "session__module", flat=True
    ):
        suivies[module] = suivies.get(module, 0) + 1
    valides = {
        livrable.session.module_id: jour_de(livrable.relu_le)
        for livrable in dossier.livrables.filter(etat=EtatLivrable.VALIDE).select_related("session")
    }
    return [
        {
            "libelle": m.libelle,
            "demi_journees": str(suivies.get(m.pk, 0)),
            "livrable_valide_le": valides.get(m.pk),
        }
        for m in dossier.appel.modules.all()
    ]


@composition("attestation_incubation")
def composer_attestation(dossier, *, evenement, par, **faits) -> dict:
    """From the attendance sheets alone: no judgement, no promise."""
    membres = dossier.membres.exclude(droit=Droit.LECTEUR).select_related("user")
    return dossier.instantane() | {
        "objet_acte": f"Attestation d'incubation, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "promotion": promotion(dossier),
        "presences": presences(dossier),
        "modules": modules(dossier),
        "participants": [
            {
                "prenom": m.user.prenom,
                "nom": m.user.nom,
                "qualite": m.user.qualite or m.get_droit_display().lower(),
            }
            for m in membres
        ],
    }


def diagnostic(dossier) -> list[dict]:
    """The eight axes at both ends, and the fact that explains the move: written, else the validated deliverable."""
    valeurs = {(d.module_id, d.moment): d for d in dossier.diagnostics.all()}
    valides = dict(dossier.livrables.filter(etat=EtatLivrable.VALIDE).values_list("session__module", "titre"))
    lignes = []
    for module in dossier.appel.modules.all():
        entree, sortie = (valeurs[module.pk, moment] for moment in (Moment.ENTREE, Moment.SORTIE))
        livrable = valides.get(module.pk)
        fait = sortie.fait or (f"livrable validé : {livrable}" if livrable else None)
        lignes.append({"axe": module.libelle, "entree": entree.valeur, "sortie": sortie.valeur, "fait": fait})
    return lignes


@composition("bilan_incubation")
def composer_bilan(dossier, *, evenement, par, **faits) -> dict:
    """What the committee reads before it arbitrates; no amount is proposed here."""
    bilan = dossier.bilan_incubation
    livrables = dossier.livrables.all()
    expert = bilan.expert or bilan.redige_par
    return dossier.instantane() | {
        "objet_acte": f"Bilan d'incubation, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "promotion": promotion(dossier),
        "presences": presences(dossier),
        "livrables": {
            "valides": sum(livrable.etat == EtatLivrable.VALIDE for livrable in livrables),
            "attendus": len(livrables),
        },
        "diagnostic": diagnostic(dossier),
        "avancement": {nom: getattr(bilan, nom) or None for nom in bilan.AVANCEMENT},
        "besoins": [
            {"theme": b.theme.libelle.lower(), "jours": str(b.jours)}
            for b in dossier.besoins.select_related("theme")
        ],
        "expert": {"prenom": expert.prenom, "nom": expert.nom},
        "avis_expert": bilan.texte,
        "avis_expert_le": jour_de(bilan.redige_le),
        "observations_porteur": bilan.observations or None,
    }
