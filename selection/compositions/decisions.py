"""The decisions: label, refusal and reserve list, adjournment, award."""

from datetime import date
from itertools import dropwhile, takewhile

from candidatures.instantanes import a_paris, ajouter_mois
from candidatures.models import Dossier
from instruction.compositions import agent_de, signataire
from instruction.delais import date_implicite
from manufactures import horloge
from manufactures.actes.rendu import texte
from manufactures.francais import euros, pourcent
from manufactures.procedure import Etat
from manufactures.programme.models import NatureAide
from manufactures.registres import composer, composition
from selection.griefs import CODE_CRITERE, Imprimeur
from selection.models import Decision, SensDecision, vague_suivante
from selection.models.arbitrage import NATURES
from selection.synthese import critere_le_mieux_note

CARACTERISTIQUES_MAX = 256
# Public on the verification page: a favourable decision is named, any other says nothing of its verdict.
OBJET_NEUTRE = "Décision relative à la candidature"
OBJETS = {
    SensDecision.LABELLISATION: "Décision de labellisation",
    SensDecision.ATTRIBUTION: "Décision d'attribution",
}
A_VENIR = "à venir"


SIGNATAIRE_A_VENIR = {
    "prenom": "",
    "nom": A_VENIR,
    "qualite": "Signataire désigné",
    "est_titulaire": True,
    "delegation_ref": None,
    "delegation_date": None,
    "mode": "teleservice",
    "signe_le": None,
}


def lettre_a_venir(decision: Decision) -> dict:
    """The letter as it would read, before it is signed: its number and its signatory are to come."""
    acte = dict.fromkeys(("numero", "code_verification", "url_verification"), A_VENIR)
    snapshot = composer(decision.genre, decision, evenement=None, par=None)
    return snapshot | {"acte": acte | {"date": horloge.aujourd_hui().isoformat()}}


def en_toutes_lettres(decision: Decision) -> list[str]:
    """The words of that letter, a block a line, from its object to its signature."""
    blocs = iter(texte(decision.genre, lettre_a_venir(decision)).split("\n"))
    lues: list[str] = []
    corps = dropwhile(lambda bloc: not bloc.startswith("Décision"), blocs)
    for bloc in takewhile(lambda bloc: not bloc.startswith("Document"), corps):
        if lues and lues[-1].endswith("–"):  # the number of an article, before its text
            lues[-1] += f" {bloc}"
        else:
            lues.append(bloc)
    return lues


def lignes(saisie: str) -> list[str]:
    """One item a line, blanks out."""
    return [ligne.strip(" -–\t") for ligne in saisie.splitlines() if ligne.strip(" -–\t")]


def _visas(decision: Decision) -> dict:
    """What every decision cites: opinion, sitting, minutes, and the implicit refusal that it replaces."""
    seance = decision.avis.seance
    nee_le = date_implicite(decision.dossier)
    return {
        "pv_ref": seance.pv.numero,
        "avis": decision.avis.adjectif,
        "seance": {"debut": a_paris(seance.debut)},
        "motif_ecart": decision.motif_ecart or None,
        "rejet_implicite_le": nee_le.isoformat() if nee_le <= horloge.aujourd_hui() else None,
    }


def _commun(decision: Decision, par) -> dict:
    dossier = decision.dossier
    return dossier.instantane() | {
        "objet_acte": f"{OBJETS.get(decision.sens, OBJET_NEUTRE)}, dossier {dossier.numero}",
        "agent": agent_de(dossier),
        "signataire": signataire(par, dossier.vague.appel, decision.genre) if par else SIGNATAIRE_A_VENIR,
        **_visas(decision),
    }


def _commune_de(site) -> str:
    return site.commune.nom if site and site.commune else ""


@composition("labellisation")
def composer_labellisation(decision: Decision, *, evenement, par, **faits) -> dict:
    """The label, without money; hidden until its publication."""
    dossier = decision.dossier
    sites = list(dossier.sites.select_related("commune"))
    principal = dossier.site_principal
    autres = [_commune_de(s) or s.nom for s in sites if not s.principal]
    groupement = [m.raison_sociale for m in dossier.membres_consortium.all()]
    return _commun(decision, par) | {
        "motifs": lignes(decision.motif),
        "promotion": None,
        "reserves": lignes(decision.reserves),
        "reserves_avant": decision.reserves_avant.isoformat() if decision.reserves_avant else None,
        "site": {
            "commune": _commune_de(principal) or (dossier.commune_siege.nom if dossier.commune_siege else "")
        },
        "autres_sites": autres,
        "consortium": {"membres": groupement} if groupement else None,
        "embargo": a_paris(decision.diffusion_le or dossier.vague.decision_prevue),
    }


def _suivante(dossier: Dossier) -> dict | None:
    vague = vague_suivante(dossier)
    return {"libelle": vague.libelle, "cloture": a_paris(vague.cloture)} if vague else None


def _griefs(decision: Decision) -> list[dict]:
    """Grounds by criterion, each with the clause that its line of the grid applies."""
    return Imprimeur.pour(decision.dossier).motifs(decision.griefs, decision.motif)


@composition("non_selection")
def composer_non_selection(decision: Decision, *, evenement, par, **faits) -> dict:
    """Refusal, or inscription on the reserve list: grounds by criterion, never a note, a rank or a name."""
    dossier = decision.dossier
    examines = (
        Dossier.objects.filter(vague=dossier.vague, avis_rendus__isnull=False)
        .exclude(etat=Etat.RETIRE)
        .distinct()
    )
    return _commun(decision, par) | {
        "nb_dossiers": examines.count(),
        "points_forts": decision.points_forts.strip() or _points_forts(decision),
        "motifs": _griefs(decision),
        "classement_calcule": False,
        "rang_complementaire": decision.rang_complementaire,
        "fin_liste": decision.fin_liste.isoformat() if decision.fin_liste else None,
        "entretien_possible": True,
        "vague_suivante": _suivante(dossier),
    }


def _points_forts(decision: Decision) -> str:
    """Said in general words from the best appreciated criterion that is no ground, where nobody wrote better."""
    griefs = {grief["code"] for grief in decision.griefs}
    critere = critere_le_mieux_note(decision.dossier, sauf=griefs | set(CODE_CRITERE.findall(decision.motif)))
    return (
        f"un intérêt relevé sur le critère « {critere.libelle} »"
        if critere
        else "un intérêt pour son territoire"
    )


@composition("ajournement")
def composer_ajournement(decision: Decision, *, evenement, par, **faits) -> dict:
    """A refusal for this wave, with what to take up again before the next."""
    griefs = _griefs(decision)
    return _commun(decision, par) | {
        "motifs": griefs[0]["constat"],
        "points_a_reprendre": lignes(decision.points_a_reprendre) or [f"critère « {griefs[0]['critere']} »"],
        "vague_cible": _suivante(decision.dossier),
    }


@composition("attribution")
def composer_attribution(decision: Decision, *, evenement, par, **faits) -> dict:
    """Amounts by kind, each a ceiling with its rate; without subsidy, the support days and the reasons."""
    dossier, appel = decision.dossier, decision.dossier.vague.appel
    label = dossier.actes.filter(genre="labellisation").order_by("-pk").first()
    debut = (decision.diffusion_le or horloge.maintenant()).astimezone(horloge.PARIS).date()
    recue_le = dossier.depose_le
    forme = dossier.forme_juridique
    publique = bool(forme and forme.est_publique)
    subvention = decision.montant_total > 0
    return _commun(decision, par) | {
        "natures": _natures(decision),
        "total": str(decision.montant_total),
        "jours_accordes": str(decision.jours_accordes),
        "debut_eligibilite": recue_le.astimezone(horloge.PARIS).date().isoformat(),
        "achevement_prevu": ajouter_mois(debut, appel.accompagnement_mois).isoformat(),
        "tranches": _tranches(decision, appel),
        "duree_affectation": appel.duree_affectation,
        "plafond_public": str(appel.plafond_public_public if publique else appel.plafond_public_prive),
        "credits": "etat",
        "ca": None,
        "exercice": None,
        "label_ref": label.numero,
        "demande": {
            "recue_le": a_paris(recue_le),
            "investissement": str(dossier.demande_investissement),
            "amorcage": str(dossier.demande_amorcage),
            "jours": str(dossier.demande_jours),
        },
        "cer_requis": bool(forme and forme.cer_requis),
        "convention_requise": subvention and not publique and decision.montant_total > appel.seuil_convention,
        "regime_aide": {
            "code": appel.regime_aide,
            "texte": appel.regime_aide_texte,
            "mention": appel.regime_aide_mention,
        },
        "projet": {"caracteristiques": _caracteristiques(dossier)},
        "motifs": lignes(decision.motif),
        "motifs_reduction": decision.motifs_reduction.strip() or None,
        "delai_commencement": appel.delai_commencement,
        "accompagnement": {"debut": _iso(debut)},
    }


def _iso(jour: date) -> str:
    return jour.isoformat()


def _caracteristiques(dossier: Dossier) -> str:
    """The purpose in at most 256 characters, the open data's limit too; cut at a sentence or a word."""
    texte = " ".join((dossier.resume_public or dossier.nom_projet).split())
    if len(texte) <= CARACTERISTIQUES_MAX:
        return texte
    court = texte[: CARACTERISTIQUES_MAX - 1]
    phrase = court.rfind(". ")
    return court[: phrase + 1] if phrase > CARACTERISTIQUES_MAX // 3 else f"{court.rsplit(' ', 1)[0]}…"


def _natures(decision: Decision) -> list[dict]:
    lignes_ = []
    for nature, nom in NATURES.items():
        montant = getattr(decision, f"montant_{nom}")
        if montant:
            lignes_.append(
                {
                    "nature": NatureAide(nature).label,
                    "depense_eligible": str(getattr(decision, f"depense_eligible_{nom}")),
                    "base": decision.dossier.base_montants,
                    "taux": str(getattr(decision, f"taux_{nom}") * 100),
                    "montant_max": str(montant),
                }
            )
    return lignes_


def _tranches(decision: Decision, appel) -> list[dict]:
    """The schedule that the call's parameters give; the convention repeats it."""
    tranches = []
    investissement, amorcage = decision.montant_investissement, decision.montant_amorcage
    if investissement:
        avance = investissement * appel.part_avance
        cumul = investissement * appel.plafond_acomptes / 100
        tranches += [
            {
                "libelle": "Investissement, avance",
                "formule": f"{pourcent(appel.part_avance * 100)} du plafond, soit {euros(avance)}",
                "preuves": "convention signée et commencement du projet",
            },
            {
                "libelle": "Investissement, acomptes",
                "formule": "taux appliqué aux dépenses justifiées, "
                f"cumul d'au plus {pourcent(appel.plafond_acomptes)} du "
                f"plafond, soit {euros(cumul)}",
                "preuves": "état récapitulatif des dépenses payées et factures",
            },
            {
                "libelle": "Investissement, solde",
                "formule": "solde dans la limite du plafond",
                "preuves": "bilan financier et compte rendu final",
            },
        ]
    if amorcage:
        premiere = amorcage * appel.part_amorcage
        tranches += [
            {
                "libelle": "Amorçage, avance",
                "formule": f"{pourcent(appel.part_amorcage * 100)} du plafond, soit {euros(premiere)}",
                "preuves": "convention signée",
            },
            {
                "libelle": "Amorçage, solde",
                "formule": "solde dans la limite du plafond",
                "preuves": "comptes approuvés",
            },
        ]
    return tranches
