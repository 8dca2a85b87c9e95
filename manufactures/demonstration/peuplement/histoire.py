"""The whole history, in the words of the demonstration's own data: dossiers, sittings, cohort."""

from manufactures.demonstration.peuplement.decor import MEMBRES, PRESIDENTE, RESPONSABLE
from manufactures.demonstration.peuplement.demandes import demande, site, structure
from manufactures.demonstration.peuplement.examens import comite, instruction
from manufactures.demonstration.peuplement.recits import MODULES, RECITS, Recit, c, personne
from manufactures.demonstration.peuplement.signes import COMMUN, RANGS, Champ, mot
from manufactures.demonstration.peuplement.suites import (
    PREMIER_MODULE,
    argent,
    date_du_module,
    incubation,
    jours,
)


def fiche(recit: Recit) -> dict:
    """The dossier as the demonstration's loader reads one."""
    porteur = personne(recit.rang, Champ.PORTEUR)
    donnees = {
        "cle": recit.cle,
        "invente": True,
        "vague": 1,
        "nom_projet": mot(recit.rang, Champ.PROJET),
        "filieres": ["bois", "textile"] if recit.rang % 2 else ["métal"],
        "porteur": structure(recit, porteur),
        "sites": [site(recit)],
        "stade": "ouvert_2ans_et_plus" if recit.rang % 3 else "prefiguration",
        "resume_public": mot(recit.rang, Champ.RESUME),
        "sections": {
            nom: mot(recit.rang, champ)
            for nom, champ in {
                "besoin": Champ.BESOIN,
                "projet": Champ.PROJET_TEXTE,
                "communaute": Champ.COMMUNAUTE,
                "mutualisation": Champ.MUTUALISATION,
                "formation": Champ.FORMATION,
                "transitions": Champ.TRANSITIONS,
                "gouvernance": Champ.GOUVERNANCE,
                "strategie_rh": Champ.EQUIPE,
                "calendrier": Champ.CALENDRIER,
            }.items()
        },
        "attestations": dict.fromkeys(("honneur", "fiscal_social", "pouvoir_de_signer", "cer"), True),
        **demande(recit),
    }
    if recit.depose is None:
        donnees["derniere_saisie"] = c(recit.ouvert + 6, "16:20")
    else:
        donnees["depot"] = {"date": c(recit.depose, "11:17")}
    for etape in (instruction, comite, incubation, argent, jours):
        donnees |= etape(recit)
    return donnees


def seances() -> list[dict]:
    """Four sittings, each with its own range of ranks."""
    commun = {"etat": "tenue", "presents": [PRESIDENTE, *MEMBRES], "secretaire": RESPONSABLE, "vague": 1,
              "pv": "Le comité a examiné les dossiers inscrits à l'ordre du jour."}  # fmt: skip
    dates = {
        "presel": ("pre_selection", c(40, "09:30"), c(32), "Paris"),
        "sel": ("selection_apres_auditions", c(60, "09:30"), c(43), "Paris"),
        "arb": ("arbitrage", c(245, "14:00"), c(233), "Paris et à distance"),
        "arb2": ("arbitrage", c(300, "14:00"), c(286), "Paris et à distance"),
    }
    return [
        commun
        | {"cle": cle, "type": type_, "date": date, "convoquee_le": convoquee, "lieu": lieu}
        | {"premier_rang": RANGS[cle]}
        | ({"dossiers": [r.cle for r in RECITS if r.arbitre == "arb2"]} if cle == "arb2" else {})
        for cle, (type_, date, convoquee, lieu) in dates.items()
    ]


def promotion() -> dict:
    """One cohort of all the laureates."""
    laureats = [recit.cle for recit in RECITS if recit.laureat]
    return {
        "cle": "promotion",
        "nom": mot(COMMUN, Champ.PROMOTION),
        "vague": 1,
        "debut": c(PREMIER_MODULE),
        "fin": c(214),
        "sortie": c(228),
        "dossiers": laureats,
        "modules": [
            {"module": code, "date": c(date_du_module(i)), "hote": laureats[i % 2], "demi_journees": 2}
            for i, code in enumerate(MODULES)
        ],
    }


def jeu() -> dict:
    """The whole history, in the demonstration's own words."""
    return {
        "personnes": [],
        "dossiers": [fiche(recit) for recit in RECITS],
        "seances": seances(),
        "promotions": [promotion()],
    }
