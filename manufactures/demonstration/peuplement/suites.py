"""What follows the label, in a dossier of the history: cohort, money, days of expertise."""

from dataclasses import dataclass

from manufactures.demonstration.peuplement.decor import RESPONSABLE, SIGNATAIRE
from manufactures.demonstration.peuplement.demandes import plan_d_investissement
from manufactures.demonstration.peuplement.examens import scrutin
from manufactures.demonstration.peuplement.recits import (
    MODULES,
    PART_AMORCAGE,
    PART_INVESTISSEMENT,
    Recit,
    c,
    decalage,
    personne,
    signature,
    u,
)
from manufactures.demonstration.peuplement.signes import COMMUN, Champ, mot

PREMIER_MODULE, ENTRE_MODULES = 93, 15


# -- Incubation ----------------------------------------------------------------------------------------------------
def incubation(recit: Recit) -> dict:
    """Eight modules, attended, each with what it produces."""
    if not recit.laureat:
        return {}
    radar = {code: 1 + (recit.rang + i) % 3 for i, code in enumerate(MODULES)}
    modules = [_module(recit, i, code) for i, code in enumerate(MODULES)]
    return {
        "laureat_ordre": recit.rang,
        "coordonnees_bancaires": {"iban": "FR7699999999997000123456747", "bic": "ZZZZFRPPXXX",
                                  "titulaire": mot(recit.rang, Champ.STRUCTURE)},
        "incubation": {
            "promotion": "promotion",
            "radar_entree": radar,
            "radar_sortie": {code: note + 1 for code, note in radar.items()},
            "modules": modules,
            "bilan": "L'équipe a précisé ses prix, son offre et ses engagements ; le plan est consolidé.",
        },
        "recommandations": ["Publier la grille tarifaire et la tenir inchangée pendant douze mois."],
    }  # fmt: skip


def expert_du_module(i: int) -> str:
    """Four experts share the eight sessions."""
    return personne(COMMUN + i % 4, Champ.EXPERT)["courriel"]


def date_du_module(i: int) -> int:
    """One session every fortnight."""
    return PREMIER_MODULE + ENTRE_MODULES * i


def _module(recit: Recit, i: int, code: str) -> dict:
    jour = date_du_module(i)
    absent = (recit.rang + i) % 7 == 0
    statuts = ("excuse", "present") if absent else ("present", "present")
    return {
        "module": code,
        "presences": [
            {"demi_journee": moment, "statut": statut}
            for moment, statut in zip(("matin", "apres_midi"), statuts, strict=True)
        ],
        "livrable": {
            "titre": f"Livrable du module {i + 1}",
            "echeance": c(jour + 12),
            "remis_le": c(jour + 10),
            "etat": "valide",
            "expert": expert_du_module(i),
        },
    }


# -- Money ---------------------------------------------------------------------------------------------------------
def argent(recit: Recit) -> dict:
    """Arbitration, final plan, agreement, payments."""
    if not recit.laureat:
        return {}
    e, d = (recit.echelle if recit.subvention else 0), decalage(recit)
    agent = signature(recit, Champ.AGENT)
    suite = {
        "arbitrage": {
            "notes": {"avancement": 4, "plan": 4, "levier": 3, "impact": 3},
            "montants": {"investissement": u(PART_INVESTISSEMENT * e), "amorcage": u(PART_AMORCAGE * e)},
            "motif": "Le plan définitif est solide ; le montant écarte le mobilier, qui n'est pas mutualisé.",
            "statut": "decide",
            "seance": recit.arbitre,
            "date": c(255 + d),
            "credit_jours": "15.0",
            "scrutin": scrutin(8 if recit.deport else 9, True, secret=False),
            "redigee_par": agent,
            "signataire": SIGNATAIRE,
        }
    }
    if recit.subvention:
        suite |= {
            "plan_arrete_le": c(256 + d),
            "plan_financement_definitif": plan_d_investissement(recit.echelle, PART_INVESTISSEMENT),
            "convention": _convention(recit, agent),
        }
    return suite


def _convention(recit: Recit, agent: str) -> dict:
    e = recit.echelle
    d = decalage(recit)
    dates = {"avance": 290 + d, "acompte": 400 + d, "solde": 760 + d, "annee_1": 300 + d, "annee_2": 770 + d}
    parties = {"abandonne": ("avance",), "reporte": ("avance", "acompte")}
    if recit.sort == "reporte":
        dates |= {"avance": 520, "acompte": 640}
    tranches = [
        _tranche(recit, agent, type_, dates[type_]) for type_ in parties.get(recit.sort, tuple(dates))
    ]
    for tranche in tranches:
        if tranche["tranche"] == "acompte":
            tranche["factures"] = [_facture(1, "Équipements techniques", 145 * e, 370 + d)]
        elif tranche["tranche"] == "solde":
            tranche["factures"] = [_facture(2, "Travaux et contrôle", 35 * e, 740 + d)]
        elif tranche["tranche"].startswith("annee"):
            rang = 3 if tranche["tranche"] == "annee_1" else 4
            tranche["factures"] = [
                _facture(rang, "Animation et loyers", 36 * e, dates[tranche["tranche"]] - 20)
            ]
    return {
        "preparee_le": c(257 + d, "15:00"),
        "signee_par_le_beneficiaire_le": c(270 + d, "11:00"),
        "signee_le": c(277 + d, "11:00"),
        "signataire": SIGNATAIRE,
        "tranches": tranches,
    }


def _tranche(recit: Recit, agent: str, type_: str, jour: int) -> dict:
    return {
        "kind": "amorcage" if type_.startswith("annee") else "investissement",
        "tranche": type_,
        "etat": "paye",
        "demande_le": c(jour, "10:00"),
        "service_fait_le": c(jour + 12, "10:00"),
        "service_fait_par": agent,
        "ordonnee_le": c(jour + 15, "10:00"),
        "ordonnee_par": RESPONSABLE,
        "contresignee_par": SIGNATAIRE,
        "paye_le": c(jour + 23, "10:00"),
        "mandat": f"M-{recit.rang:02d}-{type_}"[:20],
    }


def _facture(rang: int, objet: str, multiple: float, jour: int) -> dict:
    return {
        "numero": f"F-{rang:03d}",
        "fournisseur": "Fournisseur fictif",
        "objet": objet,
        "date": c(jour),
        "montant_ht": u(multiple),
        "montant_ttc": u(multiple * 1.2),
        "statut": "acceptee",
        "motif_rejet": None,
    }


# -- Days ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Commande:
    """A mission: when it is proposed, how many days are logged, and the days between one step and the next."""

    theme: str
    propose: int
    jours: int
    avant: tuple[int, int, int] = (2, 2, 2)  # agreed, accepted, ordered
    retard: int = 0  # of the expert, who declares it done
    apres: tuple[int, int] = (3, 3)  # confirmed, certified


THEMES = ("agrement_formation", "communication", "juridique")
PREMIERE, TROISIEME = 300, 600
# On the 480th day each of these missions stands at another step.
PAR_SORT = {
    "clos": {1: Commande(THEMES[1], 438, 3, apres=(14, 5))},  # done
    "audition": {
        1: Commande(THEMES[1], 468, 3, avant=(2, 2, 16)),  # accepted
        2: Commande(THEMES[2], 452, 2, retard=20),  # ordered
    },
    "sans_subvention": {1: Commande(THEMES[1], 425, 3, apres=(9, 20))},  # confirmed
    "reporte": {1: Commande(THEMES[1], 472, 3, avant=(16, 2, 2))},  # proposed
}


def jours(recit: Recit) -> dict:
    """The credit, the needs, the missions and their log."""
    if not recit.laureat:
        return {}
    d = decalage(recit)
    commandes = [
        Commande(THEMES[0], PREMIERE + d, 4),
        Commande(THEMES[1], 444, 3),
        Commande(THEMES[2], TROISIEME + d, 4),
    ]
    for rang, autre in PAR_SORT.get(recit.sort, {}).items():
        commandes[rang] = autre
    if recit.sort == "abandonne":
        del commandes[1:]
    besoins = [
        {"theme": theme, "jours": "5.00", "raison": "Consolider ce point avant la montée en charge."}
        for theme in THEMES
    ]
    missions = [_mission(recit, rang, commande) for rang, commande in enumerate(commandes)]
    return {
        "accompagnement": {"debut": c(257 + d), "fin": c(988 + d), "besoins": besoins, "missions": missions}
    }


def _mission(recit: Recit, rang: int, commande: Commande) -> dict:
    agree, accepte, ordonne = (commande.propose + sum(commande.avant[:i]) for i in (1, 2, 3))
    journal = [_journee(i, ordonne + 4 + 8 * i) for i in range(commande.jours)]
    fin = ordonne + 7 + 8 * commande.jours + commande.retard
    return {
        "cle": f"{recit.cle}-mission-{rang}",
        "theme": commande.theme,
        "expert": signature(recit, Champ.EXPERT_2 if rang == 1 else Champ.EXPERT),
        "objet": "Accompagner l'équipe et lui laisser une méthode écrite",
        "jours_commandes": f"{commande.jours:.2f}",
        "proposee_le": c(commande.propose),
        "agreee_par_le_porteur_le": c(agree),
        "acceptee_le": c(accepte),
        "commandee_le": c(ordonne),
        "debut": c(ordonne + 1),
        "fin": c(ordonne + 54),
        "bon_de_commande": f"BC-{recit.rang:02d}{rang}",
        "journal": journal,
        "realisee_le": c(fin),
        "attestee_le": c(fin + commande.apres[0]),
        "service_fait_le": c(fin + sum(commande.apres)),
        "service_fait_par": RESPONSABLE,
    }


def _journee(rang: int, jour: int) -> dict:
    return {
        "date": c(jour),
        "duree": "1.0" if rang % 3 else "0.5",
        "lieu": "sur place" if rang % 2 else "à distance",
        "texte": f"Séance de travail n° {rang + 1} : état des lieux, points à reprendre, décisions de l'équipe.",
        "etat": "valide",
        "saisie_le": c(jour + 1),
        "confirmee_le": c(jour + 3),
    }
