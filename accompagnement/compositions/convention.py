"""Convention and payments: the text names the award and never gives a figure that the award does not."""

from decimal import Decimal

from django.db.models import Q

from accompagnement.compositions.commun import COMPTABLE, agent, pour_cent, signataire, signe
from accompagnement.models import StatutFacture, Tranche
from accompagnement.models.base import jour_de, mois_apres
from candidatures.instantanes import a_paris
from candidatures.models import BaseMontants, Sens, StatutRessource, Volet
from manufactures import horloge
from manufactures.francais import euros, nombre
from manufactures.procedure import Role
from manufactures.programme.models import NatureAide
from manufactures.registres import composition

SEUIL_FONGIBILITE, DELAI_OBSERVATIONS, DELAI_MISE_EN_DEMEURE, DUREE_CONTROLE = "20", 15, 30, 4
SEUIL_COMPTES_CERTIFIES = Decimal(153_000)
IMPUTATION = "budget de l'agence, programme « Manufactures de proximité »"
# What the convention takes over word for word from the award's own snapshot.
REPRIS = (
    "natures",
    "total",
    "jours_accordes",
    "debut_eligibilite",
    "achevement_prevu",
    "duree_affectation",
    "plafond_public",
    "regime_aide",
    "cer_requis",
    "convention_requise",
    "credits",
    "ca",
    "exercice",
    "label_ref",
    "demande",
    "seance",
    "pv_ref",
    "projet",
)
PREUVES = {
    "AVANCE": "convention signée et commencement du projet",
    "ACOMPTE": "état récapitulatif des dépenses payées et factures",
    "SOLDE": "bilan financier, factures et compte rendu final",
    "ANNEE_1": "convention signée",
    "ANNEE_2": "rapport d'activité et comptes approuvés",
}


def formule(tranche) -> str:
    """How the sum of a tranche is known."""
    part = f"{nombre(tranche.part * 100)} % du plafond, soit {euros(tranche.montant)}"
    if tranche.type == "ACOMPTE":
        cumul = tranche.convention.montant(tranche.nature) * tranche.convention.plafond_acomptes / 100
        return (
            f"{part}, dans la limite du taux appliqué aux dépenses justifiées et d'un cumul de {euros(cumul)}"
        )
    if tranche.type == "SOLDE":
        return "taux appliqué aux dépenses justifiées, dans la limite du plafond, moins les sommes versées"
    return part


def plan_de_financement(dossier) -> dict:
    """The final plan where there is one, else the deposited one; both kinds of money in one table."""
    lignes = list(dossier.lignes_financement.all())
    definitives = {ligne.volet for ligne in lignes if ligne.definitif}
    retenues = [ligne for ligne in lignes if ligne.definitif == (ligne.volet in definitives)]
    depenses = [ligne for ligne in retenues if ligne.sens == Sens.DEPENSE]
    ressources = [ligne for ligne in retenues if ligne.sens == Sens.RESSOURCE]
    return {
        "base": dossier.base_montants,
        "depenses": [
            {"libelle": f"{Volet(ligne.volet).label} : {ligne.libelle}", "montant": str(ligne.montant)}
            for ligne in depenses
        ],
        "ressources": [
            {
                "financeur": ligne.libelle,
                "statut": ligne.get_statut_display().lower(),
                "montant": str(ligne.montant),
            }
            for ligne in ressources
        ],
        "total_depenses": str(sum((ligne.montant for ligne in depenses), Decimal("0.00"))),
        "total_ressources": str(sum((ligne.montant for ligne in ressources), Decimal("0.00"))),
    }


@composition("convention")
def composer_convention(convention, *, evenement, par, **faits) -> dict:
    """Both parties, the award's figures, the tranches, the account masked."""
    dossier, acte = convention.dossier, convention.decision.acte
    fin = mois_apres(horloge.aujourd_hui(), dossier.appel.accompagnement_mois).isoformat()
    tranches = convention.tranches.all()
    total_public = convention.montant_maximum
    est_association = bool(dossier.forme_juridique and dossier.forme_juridique.est_association)
    return (
        dossier.instantane()
        | {cle: acte.instantane[cle] for cle in REPRIS}
        | {
            "objet_acte": f"Convention attributive de subvention, dossier {dossier.numero}",
            "agent": agent(dossier, par),
            "signataire": signataire(convention.signataire, dossier.appel, "convention"),
            "attribution_ref": acte.numero,
            "tranches": [
                {
                    "libelle": f"{t.get_nature_display()}, {t.get_type_display()}",
                    "formule": formule(t),
                    "preuves": PREUVES[t.type],
                }
                for t in tranches
            ],
            "fin_convention": fin,
            "fin_accompagnement": fin,
            "base": convention.base,
            "plafond_avance": str(convention.plafond_avance),
            "plafond_acomptes": str(convention.plafond_acomptes),
            "seuil_fongibilite": SEUIL_FONGIBILITE,
            "delai_observations": DELAI_OBSERVATIONS,
            "delai_mise_en_demeure": DELAI_MISE_EN_DEMEURE,
            "duree_controle": DUREE_CONTROLE,
            "comptes_certifies": est_association and total_public > SEUIL_COMPTES_CERTIFIES,
            "cer": {"date": jour_de(dossier.depose_le)} if acte.instantane["cer_requis"] else None,
            "rib_masque": dossier.coordonnees_bancaires.iban[-4:],
            "comptable_assignataire": COMPTABLE,
            "plan_financement": plan_de_financement(dossier),
            "calendrier": [],
            "indicateurs": [
                {"libelle": i.libelle, "unite": i.unite, "depart": str(i.depart), "cible": str(i.cible)}
                for i in dossier.indicateurs.all()
            ],
            "signe_beneficiaire_le": None,
            "signe_agence_le": None,
        }
    )


def _ecartees(tranche) -> list[dict]:
    """Invoices set aside, and the parts set aside of those accepted, each with its reason."""
    champ = "montant_ttc" if tranche.convention.base == BaseMontants.TTC else "montant_ht"
    ecartees = tranche.factures.model.objects.filter(
        Q(statut=StatutFacture.REJETEE) | Q(montant_ecarte__gt=0),
        tranche__convention=tranche.convention,
        tranche__nature=tranche.nature,
    )
    return [
        {"facture": f.numero, "montant": str(f.montant_ecarte or getattr(f, champ)), "raison": f.motif_rejet}
        for f in ecartees
    ]


def _sur_depenses(tranche, calcul) -> dict:
    """An instalment or a balance: the rate on what was accepted."""
    ecartees = _ecartees(tranche)
    raisons = " ; ".join(e["raison"].rstrip(".") for e in ecartees)
    return {
        "depenses": {
            "presentees": str(calcul.presentees),
            "total_ecarte": str(calcul.presentees - calcul.retenues),
            "retenues": str(calcul.retenues),
            "ecartees": ecartees,
            "raisons": raisons or "les dépenses justifiées ne permettent pas de verser davantage",
            "article": "4",
        },
        "avance": None,
        "taux": pour_cent(calcul.taux),
        "produit": str(calcul.produit),
    }


def _sans_depense(tranche, calcul) -> dict:
    """An advance, or a yearly half of the seed money: a share of the ceiling."""
    assiette = tranche.convention.montant(tranche.nature)
    return {
        "depenses": None,
        "avance": {"taux": pour_cent(tranche.part), "assiette": str(assiette)},
        "taux": pour_cent(tranche.part),
        "produit": str(tranche.montant),
    }


@composition("versement")
def composer_versement(tranche: Tranche, *, evenement, par, **faits) -> dict:
    """Certificate of the service done and order to pay: two persons, one computed sum."""
    convention, calcul = tranche.convention, tranche.calcul()
    dossier = convention.dossier
    attribution = convention.decision.acte.instantane
    factures = tranche.factures.count()
    aides = dossier.lignes_financement.filter(sens=Sens.RESSOURCE, volet=Volet(tranche.nature)).exclude(
        type_financeur="ETAT_ANCT"
    )
    definitives = aides.filter(definitif=True)
    return (
        dossier.instantane()
        | (_sur_depenses(tranche, calcul) if tranche.sur_factures else _sans_depense(tranche, calcul))
        | {
            "objet_acte": f"Certificat de service fait et ordre de payer, dossier {dossier.numero}",
            "agent": agent(dossier, par),
            "convention_ref": convention.acte.numero,
            "tranche": {"libelle": tranche.libelle, "est_avance": tranche.type == "AVANCE"},
            "demande": {
                "recue_le": a_paris(tranche.demande_le),
                "complete_le": jour_de(tranche.service_fait_le),
                "montant": str(tranche.montant),
            },
            "pieces": [
                "état récapitulatif des dépenses",
                f"{factures} factures payées" if factures > 1 else "une facture payée",
            ]
            if factures
            else ["demande signée par le titulaire du dossier"],
            "aides": [
                {"financeur": a.libelle, "montant": str(a.montant), "statut": a.get_statut_display().lower()}
                for a in (definitives or aides)
                if a.est_publique and a.statut in (StatutRessource.ACQUIS, StatutRessource.CONDITIONNEL)
            ],
            "debut_projet": None,
            "plafond_cumule": str(calcul.plafond_cumule),
            "deja_verse": str(calcul.deja_verse),
            "a_verser": str(tranche.montant_verse),
            "reste": str(convention.montant(tranche.nature) - calcul.deja_verse - tranche.montant_verse),
            "reduit": tranche.montant_verse < tranche.montant,
            "achevement_prevu": attribution["achevement_prevu"],
            "imputation": f"{IMPUTATION}, {NatureAide(tranche.nature).label.lower()}",
            "rib_masque": dossier.coordonnees_bancaires.iban[-4:],
            "comptable_assignataire": COMPTABLE,
            "certificateur": signe(tranche.service_fait_par, Role.INSTRUCTEUR.label.lower()),
            "certifie_le": jour_de(tranche.service_fait_le),
            "ordonnateur": signe(tranche.ordonnee_par, Role.RESPONSABLE.label.lower()),
            "ordonne_le": jour_de(tranche.ordonnee_le),
        }
    )
