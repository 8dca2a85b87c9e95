"""Stage 3 of the history: sittings, interests, readings, hearings, ballots, opinions, decisions, arbitration."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from manufactures.demonstration.chronologie import Chronologie, Scene
from selection.models import (
    Audition,
    Avis,
    Choix,
    Decision,
    DeclarationInterets,
    Lecture,
    Mode,
    PointOrdreDuJour,
    PropositionArbitrage,
    Question,
    ReponseInteret,
    Resultat,
    Scrutin,
    Seance,
    SensAvis,
    SensDecision,
    TypeSeance,
)

PRESIDENTE = "president@manufactures.test"
RESPONSABLE = "responsable@manufactures.test"
TYPES = {
    "pre_selection": TypeSeance.PRE_SELECTION,
    "selection_apres_auditions": TypeSeance.SELECTION,
    "arbitrage": TypeSeance.ARBITRAGE,
}
SENS_DE_L_AVIS = {
    "favorable": SensAvis.FAVORABLE,
    "favorable_liste_complementaire": SensAvis.FAVORABLE,
    "defavorable": SensAvis.DEFAVORABLE,
    "ajournement": SensAvis.AJOURNEMENT,
}
SENS_DE_LA_DECISION = {
    "labellisation": SensDecision.LABELLISATION,
    "liste_complementaire": SensDecision.LISTE_COMPLEMENTAIRE,
    "ajournement": SensDecision.AJOURNEMENT,
    "refus": SensDecision.REFUS,
}
NOTES_D_ARBITRAGE = {"avancement": "A1", "plan": "A2", "levier": "A3", "impact": "A4"}
PUBLICATION = "10:00"
PAR_POINT = timedelta(minutes=7)
VOIX = {"pour": Choix.POUR, "contre": Choix.CONTRE, "abstentions": Choix.ABSTENTION, "blancs": Choix.BLANC}


def raconter(chronologie: Chronologie) -> None:
    """Tell the six sittings, then what follows each dossier's own dates."""
    jeu = chronologie.scene.jeu
    for seance in jeu["seances"]:
        _seance(chronologie, seance)
    for fiche in jeu["dossiers"]:
        _lectures(chronologie, fiche)
        if "scrutin" in fiche:
            _audition(chronologie, fiche)
            _decision(chronologie, fiche, fiche["decision"], signer_et_publier=(rediger, fiche))
        if fiche.get("arbitrage", {}).get("statut") == "decide":
            _decision(
                chronologie, fiche, fiche["arbitrage"], signer_et_publier=(rediger_l_attribution, fiche)
            )
    instants = {chronologie.le(acte["date"], PUBLICATION) for acte in _actes_publies(jeu)}
    for instant in sorted(instants):
        chronologie.prevoir(instant, "publication des décisions", publier)


def _dans_l_ordre(fiches) -> list[dict]:
    """As the agenda lists them: the press kit's order, then the alphabet."""
    return sorted(fiches, key=lambda f: (f.get("laureat_ordre", 99), f["cle"]))


def _actes_publies(jeu: dict) -> Iterator[dict]:
    for fiche in jeu["dossiers"]:
        if "scrutin" in fiche:
            yield fiche["decision"]
        if fiche.get("arbitrage", {}).get("statut") == "decide":
            yield fiche["arbitrage"]


def ordre_du_jour(jeu: dict, seance: dict) -> list[dict]:
    """The dossiers of a sitting: those it names, else those that the data makes go through it."""
    fiches = jeu["dossiers"]
    if nommes := seance.get("dossiers"):
        par_cle = {f["cle"]: f for f in fiches}
        return [par_cle[cle] for cle in nommes]
    if seance["etat"] == "prevue":
        return []
    if seance["type"] == "arbitrage":  # sixteen reports: fourteen proposals, two put off to the next sitting
        return _dans_l_ordre(
            f for f in fiches if f.get("arbitrage", {}).get("statut") in ("decide", "propose")
        )
    return _dans_l_ordre(f for f in fiches if f["vague"] == seance["vague"] and "scrutin" in f)


# -- A sitting -----------------------------------------------------------------------------------------------------
def _seance(chronologie: Chronologie, seance: dict) -> None:
    cle, debut = seance["cle"], chronologie.le(seance["date"])
    points = ordre_du_jour(chronologie.scene.jeu, seance)
    if "convoquee_le" not in seance:
        annonce = min(debut - timedelta(days=30), chronologie.le("J-7"))
        chronologie.prevoir(annonce, f"{cle}, séance prévue", prevoir_la_seance, seance)
        _propositions(chronologie, seance, points, chronologie.le("J-6", "15:00"))
        return
    convocation = chronologie.le(seance["convoquee_le"])
    chronologie.prevoir(convocation, f"{cle}, convocation", prevoir_la_seance, seance, convoquer=True)
    declaration = (convocation + timedelta(days=1)).replace(hour=9)
    for rang, courriel in enumerate(chronologie.scene.sieges):
        quand = declaration + timedelta(minutes=3 * rang)
        chronologie.prevoir(quand, f"{cle}, déclarations", declarer, seance, courriel)
    if seance["etat"] == "tenue":
        _propositions(chronologie, seance, points, declaration + timedelta(hours=6))
        _deroulement(chronologie, seance, points, debut)


def _propositions(chronologie: Chronologie, seance: dict, points: list[dict], quand: datetime) -> None:
    for fiche in points:
        if seance["type"] == "arbitrage" and fiche["arbitrage"].get("seance") == seance["cle"]:
            chronologie.prevoir(quand, f"{fiche['cle']}, montants", proposer_des_montants, seance, fiche)


def _deroulement(chronologie: Chronologie, seance: dict, points: list[dict], debut: datetime) -> None:
    cle, instant = seance["cle"], debut
    chronologie.prevoir(debut, f"{cle}, ouverture", ouvrir_la_seance, seance)
    for fiche in points:
        instant += PAR_POINT
        chronologie.prevoir(instant, f"{cle}, {fiche['cle']}", GESTE_DU_POINT[seance["type"]], seance, fiche)
    chronologie.prevoir(instant + PAR_POINT, f"{cle}, clôture", clore_la_seance, seance)


def prevoir_la_seance(scene: Scene, seance: dict, *, convoquer: bool = False) -> None:
    """Set the sitting up with its agenda; summon the members where it is time."""
    responsable = scene.gens[seance["secretaire"]]
    ligne = Seance.objects.create(
        vague=scene.vagues[seance["vague"]],
        type=TYPES[seance["type"]],
        debut=scene.calendrier.instant(seance["date"]),
        lieu=seance["lieu"],
        a_distance="distance" in seance["lieu"],
        secretaire=responsable,
        scrutin_secret=seance["type"] != "arbitrage",
    )
    scene.seances[seance["cle"]] = ligne.pk
    premier = seance.get("premier_rang", 1)
    for rang, fiche in enumerate(ordre_du_jour(scene.jeu, seance), premier):
        rapporteur = scene.sieges.get(fiche.get("rapporteur"))
        ligne.inscrire(scene.dossier(fiche["cle"]), par=responsable, rapporteur=rapporteur, rang=rang)
    if convoquer:
        ligne.convoquer(par=responsable)


def declarer(scene: Scene, seance: dict, courriel: str) -> None:
    """A member declares links and recusals on the dossiers not declared yet: a declaration holds for later sittings."""
    ligne, siege = scene.seance(seance["cle"]), scene.sieges[courriel]
    deja = set(DeclarationInterets.objects.filter(membre=siege).values_list("dossier", flat=True))
    reponses = {}
    for fiche in ordre_du_jour(scene.jeu, seance):
        cle = scene.dossiers[fiche["cle"]]
        dites = fiche.get("declarations_interets", [])
        dite = next((d for d in dites if d["membre"] == courriel), None)  # some have not declared yet
        if dite and cle not in deja:
            reponses[cle] = (ReponseInteret[dite["reponse"].upper()], dite.get("motif", ""))
    if reponses:
        DeclarationInterets.signer(ligne, siege, reponses, par=scene.gens[courriel])


def ouvrir_la_seance(scene: Scene, seance: dict) -> None:
    """The secretary records who is here; the chair opens."""
    ligne = scene.seance(seance["cle"])
    for courriel in seance["presents"]:
        ligne.pointer(scene.sieges[courriel], Mode.SUR_PLACE, par=scene.gens[seance["secretaire"]])
    ligne.ouvrir(par=scene.gens[PRESIDENTE])


def clore_la_seance(scene: Scene, seance: dict) -> None:
    """The secretary writes the notes and closes: the minutes are ordered, then signed by both."""
    ligne, secretaire = scene.seance(seance["cle"]), scene.gens[seance["secretaire"]]
    ligne.prendre_note(seance["pv"], par=secretaire)
    ligne.clore(par=secretaire)
    ligne.signer_le_pv(par=secretaire)
    ligne.signer_le_pv(par=scene.gens[PRESIDENTE])


# -- An item -------------------------------------------------------------------------------------------------------
def _point(scene: Scene, seance: dict, fiche: dict) -> PointOrdreDuJour:
    """The item, called, once the recused members have left."""
    ligne, secretaire = scene.seance(seance["cle"]), scene.gens[seance["secretaire"]]
    point = ligne.points.select_related("dossier__vague__appel").get(dossier=scene.dossiers[fiche["cle"]])
    point.seance = ligne
    ligne.appeler(point, par=secretaire)
    for deport in point.deports_presents():
        point.constater_sortie(deport.membre, par=secretaire)
    return point


def examiner(scene: Scene, seance: dict, fiche: dict) -> None:
    """First sitting: to be heard, or kept for the deliberation."""
    resultat = Resultat.A_AUDITIONNER if fiche["audition"]["tenue"] else Resultat.DELIBERATION
    _point(scene, seance, fiche).conclure(resultat, par=scene.gens[seance["secretaire"]])


def deliberer(scene: Scene, seance: dict, fiche: dict) -> None:
    """Second sitting: the secret ballot, the one on adjournment where it was put, the opinion."""
    point, presidente = _point(scene, seance, fiche), scene.gens[PRESIDENTE]
    voter(scene, point, Question.AVIS, fiche, fiche["scrutin"])
    if ajournement := fiche.get("scrutin_ajournement"):
        voter(scene, point, Question.AJOURNEMENT, fiche, ajournement)
    decision = fiche["decision"]
    rang = decision.get("rang_complementaire")
    Avis.rendre(
        point,
        SENS_DE_L_AVIS[fiche["avis_comite"]],
        par=presidente,
        motifs=decision["motif"],
        rang_complementaire=rang,
        liste_jusqu_au=scene.calendrier.jour(decision["fin_liste"]) if rang else None,
    )


def arbitrer(scene: Scene, seance: dict, fiche: dict) -> None:
    """Arbitration sitting: the vote on the amounts, or the item put off where the final plan is missing."""
    point, arbitrage = _point(scene, seance, fiche), fiche["arbitrage"]
    if arbitrage.get("seance") != seance["cle"]:
        point.reporter(
            "Le plan de financement définitif n'est pas arrêté.", par=scene.gens[seance["secretaire"]]
        )
        return
    voter(scene, point, Question.ATTRIBUTION, fiche, arbitrage["scrutin"])
    Avis.rendre(point, SensAvis.FAVORABLE, par=scene.gens[PRESIDENTE], motifs=arbitrage["motif"])


GESTE_DU_POINT = {"pre_selection": examiner, "selection_apres_auditions": deliberer, "arbitrage": arbitrer}


def voter(scene: Scene, point: PointOrdreDuJour, question: Question, fiche: dict, totaux: dict) -> None:
    """A whole ballot: each member of the roll casts one voice, so that the totals are the data's.

    Where the data counts fewer signatures than members on the roll, those who did not read the dossier stay away.
    """
    presidente = scene.gens[PRESIDENTE]
    scrutin = Scrutin.ouvrir(point, question, par=presidente, secret=totaux["secret"])
    courriels = {siege.pk: courriel for courriel, siege in scene.sieges.items()}
    lecteurs = {lecture["membre"] for lecture in fiche["lectures"]} | {PRESIDENTE}
    roles = [courriels[membre] for membre in scrutin.electeurs.values_list("membre", flat=True)]
    votants = sorted(roles, key=lambda courriel: (courriel not in lecteurs, courriel))[
        : totaux["emargements"]
    ]
    voix = Counter({choix: totaux[nom] for nom, choix in VOIX.items()})
    for courriel, choix in zip(votants, voix.elements(), strict=True):
        if totaux["secret"]:
            scrutin.voter(choix, par=scene.gens[courriel])
        else:
            scrutin.consigner_vote(scene.sieges[courriel], choix, par=scene.gens[RESPONSABLE])
    scrutin.clore(par=presidente)


# -- Between the sittings ------------------------------------------------------------------------------------------
def _lectures(chronologie: Chronologie, fiche: dict) -> None:
    """Handed in on the eve of the first sitting, or yesterday where it is to come."""
    if "lectures" not in fiche:
        return
    seances = chronologie.scene.jeu["seances"]
    seance = next(s for s in seances if s["vague"] == fiche["vague"] and s["type"] == "pre_selection")
    tenue = seance["etat"] == "tenue"
    veille = chronologie.le(seance["date"]) - timedelta(days=1) if tenue else chronologie.le("J-1")
    for rang, lecture in enumerate(fiche["lectures"]):
        quand = veille.replace(hour=17, minute=10 * rang)
        chronologie.prevoir(quand, f"{fiche['cle']}, lecture", lire, fiche, lecture)


def lire(scene: Scene, fiche: dict, lecture: dict) -> None:
    """A member marks the seven criteria and hands in."""
    user = scene.gens[lecture["membre"]]
    ligne = Lecture.ouvrir(scene.dossier(fiche["cle"]), scene.sieges[lecture["membre"]], par=user)
    ligne.noter({n["critere"]: (n["note"], n["commentaire"]) for n in lecture["notes"]}, par=user)
    ligne.rendre(par=user)


def _audition(chronologie: Chronologie, fiche: dict) -> None:
    audition, cle = fiche["audition"], fiche["cle"]
    if not audition["tenue"]:
        return
    debut = chronologie.le(audition["date"])
    chronologie.prevoir(
        chronologie.le(audition.get("prevue_le", "J-403"), "10:00"),
        f"{cle}, audition prévue",
        prevoir_l_audition,
        fiche,
    )
    chronologie.prevoir(
        chronologie.le(audition.get("confirmee_le", "J-402"), "18:00"),
        f"{cle}, audition confirmée",
        confirmer_l_audition,
        fiche,
    )
    fin = debut + timedelta(minutes=audition["duree_min"])
    chronologie.prevoir(fin, f"{cle}, audition tenue", consigner_l_audition, fiche)


def prevoir_l_audition(scene: Scene, fiche: dict) -> None:
    """The porteur is summoned."""
    audition = fiche["audition"]
    Audition.prevoir(
        scene.dossier(fiche["cle"]),
        par=scene.gens[RESPONSABLE],
        debut=scene.calendrier.instant(audition["date"]),
        duree_min=audition["duree_min"],
        lieu="Paris",
    )


def _audition_de(scene: Scene, fiche: dict) -> Audition:
    return Audition.objects.select_related("dossier").get(dossier=scene.dossiers[fiche["cle"]])


def confirmer_l_audition(scene: Scene, fiche: dict) -> None:
    """The porteur names who comes."""
    legal = fiche["porteur"]["representant_legal"]
    par = scene.gens[fiche["porteur"]["compte_titulaire"]]
    _audition_de(scene, fiche).confirmer(f"{legal['identite']}, {legal['qualite']}", par=par)


def consigner_l_audition(scene: Scene, fiche: dict) -> None:
    """The secretary writes what was heard."""
    _audition_de(scene, fiche).consigner(fiche["audition"]["notes"], par=scene.gens[RESPONSABLE])


def proposer_des_montants(scene: Scene, seance: dict, fiche: dict) -> None:
    """The agent of the dossier proposes the amounts that the committee will vote on."""
    arbitrage = fiche["arbitrage"]
    point = (
        scene.seance(seance["cle"])
        .points.select_related("dossier__vague__appel", "seance")
        .get(dossier=scene.dossiers[fiche["cle"]])
    )
    PropositionArbitrage.proposer(
        point,
        par=scene.gens[fiche["instruction"]["instructeur"]],
        investissement=Decimal(arbitrage["montants"]["investissement"]),
        amorcage=Decimal(arbitrage["montants"]["amorcage"]),
        jours=Decimal(arbitrage.get("credit_jours") or arbitrage["demande"]["ingenierie_jours"]),
        motif=arbitrage["motif"],
        notes={NOTES_D_ARBITRAGE[nom]: note for nom, note in arbitrage["notes"].items()},
    )


# -- Decisions -----------------------------------------------------------------------------------------------------
def _decision(chronologie: Chronologie, fiche: dict, acte: dict, *, signer_et_publier: tuple) -> None:
    """Drafted three days before its publication, signed and set for its instant on the eve."""
    rediger_, *suite = signer_et_publier
    rang = timedelta(minutes=fiche.get("laureat_ordre", 30))
    publication = chronologie.le(acte["date"], PUBLICATION)
    veille = publication - timedelta(days=1)
    chronologie.prevoir(
        publication - timedelta(days=3) + rang, f"{fiche['cle']}, décision rédigée", rediger_, *suite
    )
    chronologie.prevoir(
        veille + timedelta(hours=2) + rang, f"{fiche['cle']}, décision signée", signer, fiche, acte
    )
    chronologie.prevoir(
        veille + timedelta(hours=6) + rang, f"{fiche['cle']}, diffusion", programmer, fiche, publication
    )


def rediger(scene: Scene, fiche: dict) -> None:
    """The agent drafts what the opinion allows."""
    decision = fiche["decision"]
    sens = SENS_DE_LA_DECISION[decision["sens"]]
    par = scene.gens[decision["redigee_par"]]
    Decision.rediger(scene.dossier(fiche["cle"]), sens=sens, motif=decision["motif"], par=par)


def rediger_l_attribution(scene: Scene, fiche: dict) -> None:
    """The agent drafts the award on the amounts voted."""
    arbitrage = fiche["arbitrage"]
    par = scene.gens[arbitrage["redigee_par"]]
    Decision.rediger(
        scene.dossier(fiche["cle"]), sens=SensDecision.ATTRIBUTION, motif=arbitrage["motif"], par=par
    )


def _en_attente(scene: Scene, fiche: dict) -> Decision:
    return Decision.objects.get(dossier=scene.dossiers[fiche["cle"]], publiee_le=None)


def signer(scene: Scene, fiche: dict, acte: dict) -> None:
    """The holder of the delegation signs."""
    _en_attente(scene, fiche).signer(par=scene.gens[acte["signataire"]])


def programmer(scene: Scene, fiche: dict, instant: datetime) -> None:
    """The responsable sets the instant of publication."""
    _en_attente(scene, fiche).programmer(instant, par=scene.gens[RESPONSABLE])


def publier(scene: Scene) -> None:
    """What the periodic task does. Raises RuntimeError with what holds a decision back."""
    Decision.publier_les_dues()
    if retenues := list(Decision.objects.exclude(empechement="").values_list("empechement", flat=True)):
        raise RuntimeError("; ".join(retenues))
