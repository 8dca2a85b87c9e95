"""Stage 2 of the history: dossiers taken in charge, grids filled, completions asked for and received, conclusions."""

import re
from datetime import timedelta
from statistics import median_low

from instruction.models import DemandeComplements, Echange, Instruction, NoteInterne
from manufactures.demonstration.candidatures import RECLAMEES, fichier_de, titulaire
from manufactures.demonstration.chronologie import Chronologie, Scene
from manufactures.francais import euros
from manufactures.programme.models import Module, PieceDemandee
from manufactures.registres import TransitionInterdite

PRISE_EN_CHARGE, REMISE = "09:00", "17:00"
PREMIERE_LECTURE = timedelta(hours=5)
SECTIONS = {
    "C1": "mutualisation",
    "C2": "besoin",
    "C3": "formation",
    "C4": "gouvernance",
    "C6": "transitions",
    "C7": "calendrier",
}  # the section of the dossier that answers each criterion


def raconter(chronologie: Chronologie) -> None:
    """Tell what agents and porteurs did of every deposited dossier before the committee."""
    for fiche in chronologie.scene.jeu["dossiers"]:
        _echanges(chronologie, fiche)
        examen = fiche.get("instruction")
        if examen and examen["instructeur"]:
            _examen(chronologie, fiche, examen)


def _echanges(chronologie: Chronologie, fiche: dict) -> None:
    cle = fiche["cle"]
    for message in fiche.get("messages", []):
        chronologie.prevoir(
            chronologie.le(message["date"]), f"{cle}, message", ecrire_message, fiche, message
        )
    for note in fiche.get("notes_internes", []):
        chronologie.prevoir(chronologie.le(note["date"]), f"{cle}, note interne", noter, fiche, note)


def _examen(chronologie: Chronologie, fiche: dict, examen: dict) -> None:
    cle, prise = fiche["cle"], chronologie.le(examen["affecte_le"], PRISE_EN_CHARGE)
    chronologie.prevoir(prise, f"{cle}, prise en charge", prendre_en_charge, fiche)
    demandes = fiche.get("demandes_complement", [])
    for demande in demandes:
        _complements(chronologie, fiche, demande)
    if examen["remis_le"]:
        remise = chronologie.le(examen["remis_le"], REMISE)
        chronologie.prevoir(remise - timedelta(hours=1), f"{cle}, grille", remplir_la_grille, fiche)
        if examen["sens"] == "recevable":
            chronologie.prevoir(remise, f"{cle}, recevable", declarer_recevable, fiche)
        else:
            chronologie.prevoir(remise, f"{cle}, refus proposé", proposer_un_refus, fiche)
            decision = chronologie.le(fiche["decision"]["date"])
            chronologie.prevoir(decision, f"{cle}, irrecevabilité", signer_l_irrecevabilite, fiche)
    else:
        chronologie.prevoir(prise + PREMIERE_LECTURE, f"{cle}, grille commencée", remplir_la_grille, fiche)


def _complements(chronologie: Chronologie, fiche: dict, demande: dict) -> None:
    cle = fiche["cle"]
    chronologie.prevoir(
        chronologie.le(demande["envoyee_le"]), f"{cle}, compléments", demander, fiche, demande
    )
    if prolongation := demande.get("prolongation"):
        accord = chronologie.le(prolongation["accordee_le"])
        chronologie.prevoir(accord, f"{cle}, prolongation", prolonger, fiche, demande)
    for reponse in demande["reponses"]:
        recue = chronologie.le(reponse["date"])
        chronologie.prevoir(recue, f"{cle}, réponse", repondre, fiche, demande, reponse)
        if demande["etat"] == "complete" and reponse is demande["reponses"][-1]:
            chronologie.prevoir(recue + timedelta(minutes=5), f"{cle}, complété", completer, fiche)


def instructeur(scene: Scene, fiche: dict):
    """The agent who holds the dossier."""
    return scene.gens[fiche["instruction"]["instructeur"]]


# -- Deeds ---------------------------------------------------------------------------------------------------------
def ecrire_message(scene: Scene, fiche: dict, message: dict) -> None:
    """A message between porteur and agency."""
    Echange.ecrire(scene.dossier(fiche["cle"]), par=scene.gens[message["de"]], texte=message["texte"])


def noter(scene: Scene, fiche: dict, note: dict) -> None:
    """A note that only agents read."""
    NoteInterne.ecrire(scene.dossier(fiche["cle"]), par=scene.gens[note["par"]], texte=note["texte"])


def prendre_en_charge(scene: Scene, fiche: dict) -> None:
    """The agent takes the dossier for oneself."""
    Instruction.prendre_en_charge(scene.dossier(fiche["cle"]), par=instructeur(scene, fiche))


def remplir_la_grille(scene: Scene, fiche: dict) -> None:
    """Answer the rules that the data answers, and write the opinion."""
    examen = fiche["instruction"]
    verdicts = {
        ligne["code"]: {"reponse": ligne["reponse"].upper(), "motif": ligne["motif"]}
        for ligne in examen["grille"]
        if ligne["reponse"]
    }
    grille = Instruction.objects.get(dossier=scene.dossiers[fiche["cle"]])
    par, notes = instructeur(scene, fiche), examen.get("notes") or notes_inventees(fiche)
    grille.enregistrer(par=par, verdicts=verdicts, notes=notes, avis=examen["avis"] or "")
    if besoins := examen.get("besoins_incubation"):
        grille.besoins_incubation.set(Module.objects.filter(appel=scene.appel, code__in=besoins))


def notes_inventees(fiche: dict) -> dict:
    """A mark and a finding a criterion: the first sentence of the section that answers it, the readers' median mark.

    Invented as the votes are, and said so on the act; none for a dossier that no reader has marked.
    """
    if not fiche.get("lectures"):
        return {}
    donnees = {}
    for lecture in fiche["lectures"]:
        for ligne in lecture["notes"]:
            donnees.setdefault(ligne["critere"], []).append(ligne["note"])
    constats = {code: _constat(fiche["sections"].get(nom, "")) for code, nom in SECTIONS.items()}
    constats["C5"] = _comptes(fiche.get("plan_3_ans") or [])
    return {
        code: {"note": median_low(notes), "commentaire": constats[code]}
        for code, notes in donnees.items()
        if code in constats
    }


def _constat(texte: str) -> str:
    """The first sentence of an answer, cited as the porteur's."""
    phrase = re.split(r"(?<=[.!?]) ", texte.strip(), maxsplit=1)[0].rstrip(".")
    return f"Le dossier l'indique : « {phrase} »." if phrase else ""


def _comptes(annees: list[dict]) -> str:
    """What the last year of the plan says."""
    if not annees:
        return ""
    produits, charges = (euros(annees[-1][f"total_{nom}"]) for nom in ("produits", "charges"))
    return f"Le plan à trois ans finit sur {produits} de produits et {charges} de charges."


def demander(scene: Scene, fiche: dict, demande: dict) -> None:
    """Ask for what is missing; what the call's list names blocks the examination."""
    appel, pieces = scene.appel, []
    for libelle in demande["pieces"]:
        code = RECLAMEES.get(libelle)
        type_demande = PieceDemandee.objects.filter(appel=appel, code=code).first() if code else None
        regle = appel.criteres.en_vigueur().filter(code="E4").first() if code == "titre" else None
        pieces.append({
            "libelle": libelle,
            "reference": "cahier des charges, article 5.1" if code else "",
            "indispensable": code == "titre",
            "type": type_demande,
            "regle": regle,
        })  # fmt: skip
    DemandeComplements.envoyer(
        scene.dossier(fiche["cle"]),
        par=scene.gens[demande["par"]],
        texte=demande["texte"],
        pieces=pieces,
        echeance=scene.calendrier.jour(demande["echeance"]),
    )


def _ouverte(scene: Scene, fiche: dict) -> DemandeComplements:
    demande = DemandeComplements.ouverte_de(scene.dossier(fiche["cle"]))
    if demande is None:
        raise TransitionInterdite("Aucune demande de compléments n'est ouverte.")
    return demande


def prolonger(scene: Scene, fiche: dict, demande: dict) -> None:
    """Give more time."""
    echeance = scene.calendrier.jour(demande["prolongation"]["nouvelle_echeance"])
    _ouverte(scene, fiche).prolonger(par=scene.gens[demande["par"]], echeance=echeance)


def repondre(scene: Scene, fiche: dict, demande: dict, reponse: dict) -> None:
    """Answer with words and files, each file on its point where the names meet."""
    ouverte, dossier = _ouverte(scene, fiche), scene.dossier(fiche["cle"])
    fichiers = [
        (fichier_de(dossier, fiche, libelle, f"complement-{rang}"), libelle)
        for rang, libelle in enumerate(reponse["pieces"], 1)
    ]
    points = list(ouverte.pieces.all())
    point = (
        points[0] if len(points) == 1 else next((p for p in points if p.libelle in reponse["pieces"]), None)
    )
    ouverte.repondre(par=titulaire(scene, fiche), texte=reponse["texte"], fichiers=fichiers, piece=point)


def completer(scene: Scene, fiche: dict) -> None:
    """« J'ai répondu »."""
    scene.dossier(fiche["cle"]).passer("completer", par=titulaire(scene, fiche))


def declarer_recevable(scene: Scene, fiche: dict) -> None:
    """Ten yes: on to the committee."""
    scene.dossier(fiche["cle"]).passer("declarer_recevable", par=instructeur(scene, fiche))


def proposer_un_refus(scene: Scene, fiche: dict) -> None:
    """The agent concludes that a rule is not met."""
    grille = Instruction.objects.get(dossier=scene.dossiers[fiche["cle"]])
    grille.proposer_refus(fiche["decision"]["motif"], par=instructeur(scene, fiche))


def signer_l_irrecevabilite(scene: Scene, fiche: dict) -> None:
    """Another person, who holds the delegation, decides."""
    decision = fiche["decision"]
    signataire = scene.gens[decision["signataire"]]
    scene.dossier(fiche["cle"]).passer("declarer_irrecevable", par=signataire, motif=decision["motif"])
