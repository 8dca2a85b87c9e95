"""The expert's statement: the days of the month, those carried over, and what is billed."""

from decimal import Decimal

from django.db.models import Q

from accompagnement.compositions.commun import agent, titulaire_du_marche
from accompagnement.compositions.mission import CRENEAUX
from accompagnement.models import EtatJournee, Journee
from manufactures import horloge
from manufactures.francais import mois as en_mois
from manufactures.registres import composition

ETATS = {
    EtatJournee.VALIDE: "confirmé",
    EtatJournee.CONTESTE: "contesté",
    EtatJournee.A_CONFIRMER: "à confirmer",
}
SOMMES = {
    "confirmes": EtatJournee.VALIDE,
    "contestes": EtatJournee.CONTESTE,
    "attente": EtatJournee.A_CONFIRMER,
}


def _reference(mission) -> str:
    return mission.lettre.numero if mission.lettre else mission.bon_de_commande


def _somme(journees) -> str:
    return str(sum((j.duree for j in journees), Decimal("0.0")))


def _lignes(releve):
    """The days billed, and those of the month that wait."""
    en_attente = Q(
        expert=releve.expert,
        date__year=releve.mois.year,
        date__month=releve.mois.month,
        etat__in=(EtatJournee.CONTESTE, EtatJournee.A_CONFIRMER),
    )
    lignes = Journee.objects.filter(Q(releve=releve) | en_attente).order_by("date", "pk")
    return list(lignes.select_related("mission__dossier__vague__appel", "mission__lettre"))


def _totaux(lignes) -> list[dict]:
    missions = {j.mission_id: j.mission for j in lignes}
    ici = {j.pk for j in lignes}
    avant: dict[int, Decimal] = dict.fromkeys(missions, Decimal("0.0"))
    ce_mois = dict(avant)
    for journee in Journee.objects.comptees().filter(mission__in=missions):
        somme = ce_mois if journee.pk in ici else avant
        somme[journee.mission_id] += journee.duree
    return [
        {
            "mission_ref": _reference(mission),
            "projet": mission.dossier.nom_projet,
            "commande": str(mission.jours_commandes),
            "realise_avant": str(avant[pk]),
            "ce_mois": str(ce_mois[pk]),
            "reste": str(mission.jours_commandes - avant[pk] - ce_mois[pk]),
        }
        for pk, mission in sorted(missions.items())
    ]


@composition("releve_expert")
def composer_releve(releve, *, evenement, par, **faits) -> dict:
    """Every day with its state; the sums, and the price of those confirmed."""
    lignes = _lignes(releve)
    dossier = lignes[-1].mission.dossier
    commun = dossier.instantane()
    sans_dossier = {"dossier": None, "porteur": None, "representant": None}
    return (
        commun
        | sans_dossier
        | {nom: _somme(j for j in lignes if j.etat == etat) for nom, etat in SOMMES.items()}
        | {
            "objet_acte": f"Relevé mensuel d'intervention, {en_mois(releve.mois)}",
            "url": commun["url"] | {"dossier": None},
            "agent": agent(dossier, par),
            "expert": {"prenom": releve.expert.prenom, "nom": releve.expert.nom},
            "titulaire": titulaire_du_marche(releve.expert),
            "mois": f"{releve.mois:%Y-%m}",
            "lignes": [
                {
                    "date": j.date.isoformat(),
                    "demi_journee": CRENEAUX[j.creneau],
                    "projet": j.mission.dossier.nom_projet,
                    "mission_ref": _reference(j.mission),
                    "jours": str(j.duree),
                    "etat": ETATS[j.etat],
                }
                for j in lignes
            ],
            "totaux": _totaux(lignes),
            "total": _somme(lignes),
            "montant_ht": str(releve.montant_ht),
            "arrete_le": horloge.aujourd_hui().isoformat(),
            "certifie_le": None,
            "certificateur": None,
        }
    )
