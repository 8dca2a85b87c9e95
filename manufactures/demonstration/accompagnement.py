"""Stage 4 of the history: cohorts, deliverables, reports, conventions, payments, missions and logged days."""

from datetime import timedelta
from decimal import Decimal

from accompagnement.models import (
    BilanIncubation,
    Convention,
    CoordonneesBancaires,
    CreditJours,
    DemiJournee,
    Diagnostic,
    Journee,
    Lieu,
    Livrable,
    Mission,
    Moment,
    Promotion,
    Recommandation,
    StatutPresence,
    Tranche,
)
from candidatures.models import LigneFinancement, Volet
from manufactures.demonstration.candidatures import fichier_de, lignes_du_plan, titulaire
from manufactures.demonstration.chronologie import Chronologie, Scene
from manufactures.demonstration.instruction import instructeur
from manufactures.journal.models import consigner
from manufactures.programme.models import Module, NatureAide, Theme

RESPONSABLE = "responsable@manufactures.test"
SORTIE_DE_L_INCUBATION = "J-216 09:00"
PLAN_DEFINITIF = "J-197 11:00"
LIEUX = {"sur place": Lieu.SUR_PLACE, "à distance": Lieu.DISTANCE}
A_REPRENDRE = "Précisez les chiffres et leurs sources, puis remettez une nouvelle version."
SOIR = "18:00"


def raconter(chronologie: Chronologie) -> None:
    """Tell the three cohorts, then each laureate's path to the logged days."""
    jeu = chronologie.scene.jeu
    for promotion in jeu["promotions"]:
        _promotion(chronologie, promotion)
    promotions = {p["cle"]: p for p in jeu["promotions"]}
    for fiche in jeu["dossiers"]:
        if "incubation" in fiche:
            _incubation(chronologie, fiche, promotions[fiche["incubation"]["promotion"]])
        if "convention" in fiche:
            _convention(chronologie, fiche)
        if "accompagnement" in fiche:
            _accompagnement(chronologie, fiche)


def _inscrits(jeu: dict, promotion: dict) -> list[dict]:
    par_cle = {f["cle"]: f for f in jeu["dossiers"]}
    return [par_cle[cle] for cle in promotion["dossiers"]]


# -- Incubation ----------------------------------------------------------------------------------------------------
def _promotion(chronologie: Chronologie, promotion: dict) -> None:
    nom, debut = promotion["nom"], chronologie.le(promotion["debut"], "09:00")
    chronologie.prevoir(debut - timedelta(days=7), f"{nom}, ouverture", ouvrir_la_promotion, promotion)
    chronologie.prevoir(debut, f"{nom}, inscriptions", inscrire, promotion)
    for module in promotion["modules"]:
        quand = chronologie.le(module["date"], SOIR)
        if quand.date() < chronologie.scene.calendrier.jour_j:
            chronologie.prevoir(quand, f"{nom}, {module['module']}", noter_les_presences, promotion, module)


def _seance_du_module(fiche: dict, code: str) -> dict:
    return next(m for m in fiche["incubation"]["modules"] if m["module"] == code)


def ouvrir_la_promotion(scene: Scene, promotion: dict) -> None:
    """Open the cohort and date its eight modules, each with its host and its expert."""
    responsable, calendrier = scene.gens[RESPONSABLE], scene.calendrier
    ligne = Promotion.ouvrir(
        vague=scene.vagues[promotion["vague"]],
        nom=promotion["nom"],
        debut=calendrier.jour(promotion["debut"]),
        fin=calendrier.jour(promotion["fin"]),
        par=responsable,
    )
    scene.promotions[promotion["cle"]] = ligne.pk
    premier = _inscrits(scene.jeu, promotion)[0]
    for module in promotion["modules"]:
        livrable = _seance_du_module(premier, module["module"])["livrable"]
        ligne.dater(
            Module.objects.get(appel=scene.appel, code=module["module"]),
            date=calendrier.jour(module["date"]),
            par=responsable,
            hote=scene.dossier(module["hote"]),
            expert=scene.gens[livrable["expert"]],
            demi_journees=module["demi_journees"],
            echeance=calendrier.jour(livrable["echeance"]),
        )


def inscrire(scene: Scene, promotion: dict) -> None:
    """Take the laureates in: their incubation opens."""
    ligne = Promotion.objects.select_related("vague").get(pk=scene.promotions[promotion["cle"]])
    for fiche in _inscrits(scene.jeu, promotion):
        ligne.inscrire(scene.dossier(fiche["cle"]), par=scene.gens[RESPONSABLE])


def noter_les_presences(scene: Scene, promotion: dict, module: dict) -> None:
    """The session's expert writes the attendance sheet the same evening."""
    ligne = Promotion.objects.get(pk=scene.promotions[promotion["cle"]])
    session = ligne.sessions.select_related("promotion", "module", "expert").get(
        module__code=module["module"]
    )
    feuille = {
        (scene.dossier(fiche["cle"]), DemiJournee[presence["demi_journee"].upper()]): StatutPresence[
            presence["statut"].upper()
        ]
        for fiche in _inscrits(scene.jeu, promotion)
        for presence in _seance_du_module(fiche, module["module"])["presences"]
    }
    session.noter(feuille, par=scene.gens[session.expert.email])


def _incubation(chronologie: Chronologie, fiche: dict, promotion: dict) -> None:
    cle, incubation = fiche["cle"], fiche["incubation"]
    debut, fin = chronologie.le(promotion["debut"], "09:00"), chronologie.le(promotion["fin"], "16:00")
    entree = debut + timedelta(days=1)
    chronologie.prevoir(entree, f"{cle}, diagnostic d'entrée", diagnostiquer, fiche, Moment.ENTREE)
    chronologie.prevoir(
        debut + timedelta(days=30), f"{cle}, coordonnées bancaires", declarer_le_compte, fiche
    )
    for module in incubation["modules"]:
        _livrable(chronologie, fiche, module)
    if not incubation["bilan"]:
        chronologie.prevoir(chronologie.le("J-5", "15:00"), f"{cle}, recommandations", recommander, fiche)
        return
    gel = (fin + timedelta(days=7)).replace(hour=18)
    chronologie.prevoir(fin, f"{cle}, diagnostic de sortie", diagnostiquer, fiche, Moment.SORTIE)
    chronologie.prevoir(fin + timedelta(hours=1), f"{cle}, bilan", rediger_le_bilan, fiche)
    chronologie.prevoir(gel - timedelta(hours=1), f"{cle}, recommandations", recommander, fiche)
    chronologie.prevoir(gel, f"{cle}, bilan gelé", geler_le_bilan, fiche)
    sortie = chronologie.le(promotion.get("sortie", SORTIE_DE_L_INCUBATION), "09:00") + timedelta(
        minutes=fiche["laureat_ordre"]
    )
    chronologie.prevoir(sortie, f"{cle}, fin d'incubation", clore_l_incubation, fiche)


def _livrable(chronologie: Chronologie, fiche: dict, module: dict) -> None:
    livrable, nom = module["livrable"], f"{fiche['cle']}, livrable {module['module']}"
    if not livrable["remis_le"]:
        return
    remise = chronologie.le(livrable["remis_le"], "15:00")
    chronologie.prevoir(remise, nom, remettre, fiche, module)
    if livrable["etat"] != "remis":
        chronologie.prevoir(remise + timedelta(days=3, hours=2), f"{nom}, relu", relire, fiche, module)


def diagnostiquer(scene: Scene, fiche: dict, moment: Moment) -> None:
    """The eight axes, at one end of the incubation."""
    radar = fiche["incubation"]["radar_entree" if moment == Moment.ENTREE else "radar_sortie"]
    modules = {m.code: m for m in Module.objects.filter(appel=scene.appel)}
    valeurs = {modules[code]: valeur for code, valeur in radar.items()}
    Diagnostic.poser(scene.dossier(fiche["cle"]), moment, valeurs, par=instructeur(scene, fiche))


def declarer_le_compte(scene: Scene, fiche: dict) -> None:
    """The porteur gives the account to which a subsidy would be paid."""
    CoordonneesBancaires.declarer(
        scene.dossier(fiche["cle"]), par=titulaire(scene, fiche), **fiche["coordonnees_bancaires"]
    )


def _livrable_de(scene: Scene, fiche: dict, module: dict) -> Livrable:
    lignes = Livrable.objects.select_related("dossier__vague__appel", "expert")
    return lignes.get(dossier=scene.dossiers[fiche["cle"]], session__module__code=module["module"])


def remettre(scene: Scene, fiche: dict, module: dict) -> None:
    """The porteur hands a file in."""
    livrable, par = _livrable_de(scene, fiche, module), titulaire(scene, fiche)
    titre = module["livrable"]["titre"]
    fichier = fichier_de(livrable.dossier, fiche, titre, f"livrable-{module['module']}")
    piece = livrable.dossier.joindre_complement(fichier, par=par, libelle=titre)
    livrable.remettre(par=par, piece=piece)


def relire(scene: Scene, fiche: dict, module: dict) -> None:
    """The expert validates, or asks for another version."""
    livrable, valide = _livrable_de(scene, fiche, module), module["livrable"]["etat"] == "valide"
    livrable.relire(
        par=scene.gens[module["livrable"]["expert"]], valide=valide, commentaire="" if valide else A_REPRENDRE
    )


def rediger_le_bilan(scene: Scene, fiche: dict) -> None:
    """The report, with the needs that the support will meet."""
    themes = {t.code: t for t in Theme.objects.all()}
    besoins = fiche.get("accompagnement", {}).get("besoins", [])
    referent = fiche["incubation"]["modules"][0]["livrable"]["expert"]
    BilanIncubation.rediger(
        scene.dossier(fiche["cle"]),
        par=instructeur(scene, fiche),
        texte=fiche["incubation"]["bilan"],
        expert=scene.gens[referent],
        besoins=[(themes[b["theme"]], Decimal(b["jours"]), b["raison"]) for b in besoins],
    )


def recommander(scene: Scene, fiche: dict) -> None:
    """What the agency advises the project to do next."""
    dossier = scene.dossier(fiche["cle"])
    for texte in fiche["recommandations"]:
        Recommandation.donner(dossier, texte, par=instructeur(scene, fiche))


def geler_le_bilan(scene: Scene, fiche: dict) -> None:
    """Nothing of the report changes after."""
    bilan = BilanIncubation.objects.select_related("dossier__vague__appel").get(
        dossier=scene.dossiers[fiche["cle"]]
    )
    bilan.geler(par=instructeur(scene, fiche))


def clore_l_incubation(scene: Scene, fiche: dict) -> None:
    """On to the arbitration."""
    scene.dossier(fiche["cle"]).passer("clore_incubation", par=instructeur(scene, fiche))


# -- Convention and payments ---------------------------------------------------------------------------------------
def _convention(chronologie: Chronologie, fiche: dict) -> None:
    cle, convention = fiche["cle"], fiche["convention"]
    lue = chronologie.le(convention["signee_par_le_beneficiaire_le"])
    signee = chronologie.le(convention["signee_le"])
    plan = chronologie.le(fiche.get("plan_arrete_le", PLAN_DEFINITIF), "11:00") + timedelta(
        minutes=fiche["laureat_ordre"]
    )
    chronologie.prevoir(plan, f"{cle}, plan définitif", arreter_le_plan, fiche)
    preparee = (
        chronologie.le(convention["preparee_le"]) if "preparee_le" in convention else lue - timedelta(days=2)
    )
    chronologie.prevoir(preparee, f"{cle}, convention préparée", preparer_la_convention, fiche)
    chronologie.prevoir(lue, f"{cle}, signature du bénéficiaire", signer_pour_le_beneficiaire, fiche)
    chronologie.prevoir(signee, f"{cle}, signature de l'agence", signer_pour_l_agence, fiche)
    for tranche in convention["tranches"]:
        _tranche(chronologie, fiche, tranche)


def _tranche(chronologie: Chronologie, fiche: dict, tranche: dict) -> None:
    if tranche["etat"] == "a_demander":
        return
    nom, le = f"{fiche['cle']}, {tranche['kind']} {tranche['tranche']}", chronologie.le
    demande = le(tranche["demande_le"])
    chronologie.prevoir(demande, f"{nom} demandée", demander, fiche, tranche)
    if tranche["etat"] == "paye":
        service = le(tranche["service_fait_le"])
        chronologie.prevoir(service - timedelta(days=1), f"{nom} contrôlée", controler, fiche, tranche)
        chronologie.prevoir(service, f"{nom}, service fait", certifier, fiche, tranche)
        ordre = le(tranche["ordonnee_le"])
        chronologie.prevoir(ordre, f"{nom} ordonnée", ordonner, fiche, tranche)
        chronologie.prevoir(ordre + timedelta(hours=3), f"{nom} contresignée", contresigner, fiche, tranche)
        chronologie.prevoir(le(tranche["paye_le"]), f"{nom} payée", payer, fiche, tranche)
    elif tranche["etat"] == "en_controle":
        chronologie.prevoir(demande + timedelta(days=3), f"{nom} contrôlée", controler, fiche, tranche)


def arreter_le_plan(scene: Scene, fiche: dict) -> None:
    """The final financing plan, beside the deposited one."""
    dossier, plan = scene.dossier(fiche["cle"]), fiche["plan_financement_definitif"]
    lignes = lignes_du_plan(plan, Volet.INVESTISSEMENT, definitif=True)
    LigneFinancement.objects.bulk_create(
        LigneFinancement(dossier=dossier, rang=100 + rang, **ligne) for rang, ligne in enumerate(lignes, 1)
    )
    consigner(dossier.fil, "arreter_plan_definitif", par=titulaire(scene, fiche), total=plan["total"])


def preparer_la_convention(scene: Scene, fiche: dict) -> None:
    """The agent draws it up from the published award."""
    Convention.preparer(scene.dossier(fiche["cle"]), par=instructeur(scene, fiche))


def _convention_de(scene: Scene, fiche: dict) -> Convention:
    return Convention.objects.select_related("dossier__vague__appel", "acte").get(
        dossier=scene.dossiers[fiche["cle"]]
    )


def signer_pour_le_beneficiaire(scene: Scene, fiche: dict) -> None:
    """The beneficiary signs first."""
    _convention_de(scene, fiche).signer_beneficiaire(par=titulaire(scene, fiche))


def signer_pour_l_agence(scene: Scene, fiche: dict) -> None:
    """The holder of the delegation signs."""
    _convention_de(scene, fiche).passer("signer", par=scene.gens[fiche["convention"]["signataire"]])


def _tranche_de(scene: Scene, fiche: dict, tranche: dict) -> Tranche:
    lignes = Tranche.objects.select_related("convention__dossier__vague__appel")
    return lignes.get(
        convention__dossier=scene.dossiers[fiche["cle"]],
        nature=NatureAide[tranche["kind"].upper()],
        type=tranche["tranche"].upper(),
    )


def demander(scene: Scene, fiche: dict, tranche: dict) -> None:
    """The porteur asks for the payment, with its invoices."""
    factures = [
        {
            "numero": facture["numero"],
            "fournisseur": facture["fournisseur"],
            "objet": facture["objet"],
            "date": scene.calendrier.jour(facture["date"]),
            "montant_ht": Decimal(facture["montant_ht"]),
            "montant_ttc": Decimal(facture["montant_ttc"]),
        }
        for facture in tranche.get("factures", [])
    ]
    _tranche_de(scene, fiche, tranche).demander(par=titulaire(scene, fiche), factures=factures)


def controler(scene: Scene, fiche: dict, tranche: dict) -> None:
    """The agent begins the check and examines the invoices that the data has settled."""
    ligne, par = _tranche_de(scene, fiche, tranche), instructeur(scene, fiche)
    ligne.controler(par=par)
    par_numero = {facture["numero"]: facture for facture in tranche.get("factures", [])}
    for facture in ligne.factures.select_related("tranche__convention__dossier"):
        dite = par_numero[facture.numero]
        if dite["statut"] != "en_controle":
            facture.examiner(par=par, acceptee=dite["statut"] == "acceptee", motif=dite["motif_rejet"] or "")


def certifier(scene: Scene, fiche: dict, tranche: dict) -> None:
    """The service done."""
    _tranche_de(scene, fiche, tranche).certifier(par=scene.gens[tranche["service_fait_par"]])


def ordonner(scene: Scene, fiche: dict, tranche: dict) -> None:
    """A first responsable orders the payment."""
    _tranche_de(scene, fiche, tranche).ordonner(par=scene.gens[tranche["ordonnee_par"]])


def contresigner(scene: Scene, fiche: dict, tranche: dict) -> None:
    """A second one countersigns."""
    _tranche_de(scene, fiche, tranche).contresigner(par=scene.gens[tranche["contresignee_par"]])


def payer(scene: Scene, fiche: dict, tranche: dict) -> None:
    """The accounting officer has paid."""
    _tranche_de(scene, fiche, tranche).payer(par=instructeur(scene, fiche), mandat=tranche["mandat"])


# -- Days ----------------------------------------------------------------------------------------------------------
def _accompagnement(chronologie: Chronologie, fiche: dict) -> None:
    debut = chronologie.le(fiche["accompagnement"]["debut"], "10:00") + timedelta(
        minutes=fiche["laureat_ordre"]
    )
    chronologie.prevoir(debut, f"{fiche['cle']}, crédit de jours", ouvrir_le_credit, fiche)
    for mission in fiche["accompagnement"]["missions"]:
        _mission(chronologie, fiche, mission)


def _mission(chronologie: Chronologie, fiche: dict, mission: dict) -> None:
    cle, le = mission["cle"], chronologie.le
    etapes = [
        ("proposee_le", "12:00", proposer),
        ("agreee_par_le_porteur_le", "12:00", agreer),
        ("acceptee_le", "12:00", accepter),
        ("commandee_le", "12:00", commander),
        ("realisee_le", SOIR, terminer),
        ("attestee_le", "12:00", attester),
        ("service_fait_le", "12:00", certifier_le_service),
    ]
    for nom, heure, geste in etapes:
        if mission.get(nom):
            chronologie.prevoir(le(mission[nom], heure), f"{cle}, {geste.__name__}", geste, fiche, mission)
    for journee in mission["journal"]:
        saisie = le(journee["saisie_le"], "11:00")
        chronologie.prevoir(saisie, f"{cle}, journée notée", noter, fiche, mission, journee)
        if journee["etat"] == "valide":
            confirmee = le(journee["confirmee_le"])
            chronologie.prevoir(confirmee, f"{cle}, journée confirmée", confirmer, fiche, mission, journee)
        elif journee["etat"] == "conteste":
            contestee = le(journee["contestee_le"])
            chronologie.prevoir(contestee, f"{cle}, journée contestée", contester, fiche, mission, journee)


def ouvrir_le_credit(scene: Scene, fiche: dict) -> None:
    """Open the days of the award, on the needs that the report flagged."""
    accompagnement, jour = fiche["accompagnement"], scene.calendrier.jour
    CreditJours.ouvrir(
        scene.dossier(fiche["cle"]),
        par=scene.gens[RESPONSABLE],
        debut=jour(accompagnement["debut"]),
        fin=jour(accompagnement["fin"]),
    )


def proposer(scene: Scene, fiche: dict, mission: dict) -> None:
    """Propose the order to the expert and to the porteur."""
    Mission.proposer(
        scene.dossier(fiche["cle"]),
        par=instructeur(scene, fiche),
        theme=Theme.objects.get(code=mission["theme"]),
        expert=scene.gens[mission["expert"]],
        objet=mission["objet"],
        jours=Decimal(mission["jours_commandes"]),
        debut=scene.calendrier.jour(mission["debut"]),
        fin=scene.calendrier.jour(mission["fin"]),
    )


def _mission_de(scene: Scene, fiche: dict, mission: dict) -> Mission:
    lignes = Mission.objects.select_related("dossier__vague__appel", "theme", "expert")
    return lignes.get(dossier=scene.dossiers[fiche["cle"]], theme__code=mission["theme"])


def agreer(scene: Scene, fiche: dict, mission: dict) -> None:
    """The porteur agrees on the scope."""
    _mission_de(scene, fiche, mission).agreer(par=titulaire(scene, fiche))


def accepter(scene: Scene, fiche: dict, mission: dict) -> None:
    """The expert accepts."""
    _mission_de(scene, fiche, mission).passer("accepter", par=scene.gens[mission["expert"]])


def commander(scene: Scene, fiche: dict, mission: dict) -> None:
    """The agency orders."""
    _mission_de(scene, fiche, mission).passer(
        "commander", par=scene.gens[RESPONSABLE], bon_de_commande=mission["bon_de_commande"]
    )


def terminer(scene: Scene, fiche: dict, mission: dict) -> None:
    """The expert declares the mission done, with what it produced."""
    _mission_de(scene, fiche, mission).passer(
        "terminer", par=scene.gens[mission["expert"]], resultat=mission["journal"][-1]["texte"]
    )


def attester(scene: Scene, fiche: dict, mission: dict) -> None:
    """The porteur confirms the mission."""
    _mission_de(scene, fiche, mission).passer("attester", par=titulaire(scene, fiche))


def certifier_le_service(scene: Scene, fiche: dict, mission: dict) -> None:
    """The agency certifies the service done."""
    _mission_de(scene, fiche, mission).passer("certifier", par=scene.gens[mission["service_fait_par"]])


def noter(scene: Scene, fiche: dict, mission: dict, journee: dict) -> None:
    """The expert logs a day or half a day."""
    Journee.noter(
        _mission_de(scene, fiche, mission),
        par=scene.gens[mission["expert"]],
        date=scene.calendrier.jour(journee["date"]),
        lieu=LIEUX[journee["lieu"]],
        texte=journee["texte"],
        duree=Decimal(journee["duree"]),
    )


def _journee_de(scene: Scene, fiche: dict, mission: dict, journee: dict) -> Journee:
    lignes = Journee.objects.select_related("mission__dossier__vague__appel", "mission__expert", "expert")
    return lignes.get(
        mission=_mission_de(scene, fiche, mission),
        date=scene.calendrier.jour(journee["date"]),
        texte=journee["texte"],
    )


def confirmer(scene: Scene, fiche: dict, mission: dict, journee: dict) -> None:
    """The porteur confirms: the credit is consumed."""
    _journee_de(scene, fiche, mission, journee).confirmer(par=titulaire(scene, fiche))


def contester(scene: Scene, fiche: dict, mission: dict, journee: dict) -> None:
    """The porteur contests: nothing is counted until the agency settles."""
    _journee_de(scene, fiche, mission, journee).contester(
        par=titulaire(scene, fiche), motif=journee["motif_contestation"]
    )
