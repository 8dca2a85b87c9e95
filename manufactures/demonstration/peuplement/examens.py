"""What agents and committee said of a dossier of the history."""

from manufactures.demonstration.peuplement.decor import MEMBRES, PRESIDENTE, SIGNATAIRE
from manufactures.demonstration.peuplement.recits import MODULES, Recit, c, signature
from manufactures.demonstration.peuplement.signes import RANG_DE_LISTE, Champ, mot

LECTEURS = (MEMBRES[0], MEMBRES[3], MEMBRES[6])
REGLES, REGLES_LUES = 10, 5  # of the grid; those answered where the examination has only begun
CRITERES = range(1, 8)
A_ECLAIRCIR = 5
OUI = "Vérifié sur les pièces du dossier."
IRRECEVABLE = (
    "La candidature est irrecevable : à la clôture, aucun bâtiment n'était identifié (règle E4 du cahier des charges). "
    "Un nouveau dépôt est possible dans une vague ouverte."
)
MOTIF = (
    "Le comité a retenu la qualité du projet, la place faite aux usagers dans la gouvernance et des commandes déjà "
    "signées ; il invite le porteur à préciser le calendrier des travaux."
)
REFUS = (
    "Le comité salue l'engagement de l'équipe ; il relève que le modèle économique repose sur des recettes qui ne sont "
    "pas encore démontrées et que l'ancrage local reste à construire (critères C2 et C5)."
)


# -- What is examined ----------------------------------------------------------------------------------------------
def instruction(recit: Recit) -> dict:
    """Taken in charge, read, asked to complete, concluded."""
    if recit.pris is None:
        return {}
    agent = signature(recit, Champ.AGENT)
    irrecevable = recit.sort == "irrecevable"
    grille = [
        {"code": f"E{rang}", "reponse": "oui", "motif": OUI}
        for rang in range(1, (REGLES if recit.remis else REGLES_LUES) + 1)
    ]
    if irrecevable:
        grille[3] |= {"reponse": "non", "motif": "Aucun bâtiment n'est identifié."}
    examen = {
        "instructeur": agent,
        "affecte_le": c(recit.pris),
        "grille": grille,
        "notes": {
            f"C{i}": {
                "note": 2 + (recit.rang + i) % 4,
                "commentaire": mot(recit.rang, Champ.LECTURE),
                "a_eclaircir": "Le partage des frais entre usagers est à préciser."
                if i == A_ECLAIRCIR
                else "",
            }
            for i in CRITERES
        }
        if recit.remis
        else None,
        "besoins_incubation": MODULES[recit.rang % 4 : recit.rang % 4 + 2] if recit.remis else [],
        "avis": mot(recit.rang, Champ.AVIS) if recit.remis else "",
        "sens": "irrecevable" if irrecevable else "recevable",
        "remis_le": c(recit.remis) if recit.remis else None,
    }
    suite = {"instruction": examen}
    if recit.complements:
        suite["demandes_complement"] = [_complements(*recit.complements, agent)]
    if recit.rang % 2 == 0:
        suite["messages"] = [
            {"date": c(recit.pris + 1, "10:05"), "de": agent, "texte": "Quelle est la surface des ateliers ?"},
            {"date": c(recit.pris + 2, "14:40"), "de": signature(recit, Champ.PORTEUR),
             "texte": "Bonjour, les ateliers occupent 420 m² aujourd'hui et 780 m² après travaux."},
        ]  # fmt: skip
        suite["notes_internes"] = [
            {
                "date": c(recit.pris + 1, "17:20"),
                "par": agent,
                "texte": "À comparer avec le permis de construire.",
            }
        ]
    if irrecevable:
        suite["decision"] = {
            "date": c(15, "11:00"),
            "signataire": SIGNATAIRE,
            "motif": IRRECEVABLE,
        }
    return suite


def _complements(demandee: int, repondue: int, agent: str) -> dict:
    return {
        "envoyee_le": c(demandee, "15:00"),
        "echeance": c(demandee + 15),
        "par": agent,
        "pieces": ["Attestation d'assurance"],
        "texte": "Merci de joindre l'attestation d'assurance du bâtiment avant la date indiquée.",
        "reponses": [
            {
                "date": c(repondue, "10:20"),
                "texte": "L'attestation est jointe.",
                "pieces": ["Attestation d'assurance"],
            }
        ],
        "etat": "complete",
    }


# -- What the committee says ---------------------------------------------------------------------------------------
def comite(recit: Recit) -> dict:
    """Readings, interests, hearing, ballot, decision."""
    if not recit.avis:
        return {}
    siegent = (PRESIDENTE, *MEMBRES)
    deportes = {MEMBRES[2]} if recit.deport else set()
    suite = {
        "lectures": [_lecture(recit, membre, rang) for rang, membre in enumerate(LECTEURS)],
        "rapporteur": LECTEURS[recit.rang % 3],
        "audition": {"tenue": recit.audition, "date": c(52, "14:00"), "duree_min": 30, "prevue_le": c(41),
                     "confirmee_le": c(43), "notes": "Le porteur a répondu aux questions du comité."},
        "declarations_interets": [
            {"membre": membre, "reponse": "deport", "motif": "Siège au conseil d'une structure partenaire."}
            if membre in deportes else {"membre": membre, "reponse": "aucun"}
            for membre in siegent
        ],
        "scrutin": scrutin(len(siegent) - len(deportes), recit.avis in ("favorable", "liste")),
        "avis_comite": "favorable" if recit.avis == "liste" else recit.avis,
        "decision": _decision(recit),
    }  # fmt: skip
    if recit.avis == "ajournement":
        suite["scrutin_ajournement"] = scrutin(len(siegent), True)
    return suite


def scrutin(votants: int, adopte: bool, secret: bool = True) -> dict:
    """A ballot that all but one carry, or that two do not."""
    pour = votants - 1 if adopte else 2
    return {"secret": secret, "emargements": votants, "pour": pour, "contre": votants - pour,
            "abstentions": 0, "blancs": 0}  # fmt: skip


def _lecture(recit: Recit, membre: str, rang: int) -> dict:
    texte = mot(recit.rang, Champ.LECTURE)
    notes = [
        {"critere": f"C{i}", "note": 1 + (recit.rang + rang + i) % 5, "commentaire": texte} for i in CRITERES
    ]
    return {"membre": membre, "notes": notes}


def _decision(recit: Recit) -> dict:
    sens = {
        "favorable": "labellisation",
        "liste": "liste_complementaire",
        "ajournement": "ajournement",
        "defavorable": "refus",
    }[recit.avis]
    donnees = {
        "sens": sens,
        "date": c(85 if recit.sort == "en_attente" else 66),
        "motif": MOTIF if recit.avis in ("favorable", "liste") else REFUS,
        "signataire": SIGNATAIRE,
        "redigee_par": signature(recit, Champ.AGENT),
    }
    if recit.avis == "liste":
        donnees |= {"rang_complementaire": RANG_DE_LISTE, "fin_liste": c(430)}
    return donnees
