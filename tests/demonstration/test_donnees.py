"""The demonstration's data hold together: what the deeds would refuse is refused here first, by name."""

import json
import re
from collections import Counter, defaultdict
from decimal import Decimal as D
from functools import partial
from pathlib import Path

import pytest

from manufactures import demonstration
from manufactures.programme.donnees import geographie

DONNEES = Path(demonstration.__file__).parent / "donnees"
JEU = json.loads((DONNEES / "demonstration.json").read_text(encoding="utf-8"))
LAUREATS = json.loads((DONNEES / "laureats.json").read_text(encoding="utf-8"))
APPEL = json.loads((Path(geographie.__file__).parent / "appel.json").read_text(encoding="utf-8"))
DOSSIERS = {d["cle"]: d for d in JEU["dossiers"]}
GENS = {p["courriel"]: p for p in JEU["personnes"]}
COMITE = [courriel for courriel, personne in GENS.items() if personne.get("college")]
SEANCES = {s["cle"]: s for s in JEU["seances"]}
PROMOTIONS = {p["cle"]: p for p in JEU["promotions"]}
VAGUES = {v["numero"]: v for v in JEU["vagues"]}
POIDS = {c["code"]: c["poids"] for c in JEU["grille"]["criteres"]}
MODULES = [m["code"] for m in JEU["modules"]]
THEMES = {t["code"] for t in JEU["themes"]}
DATE = re.compile(r"J[+-]\d+( ([01]\d|2[0-3]):[0-5]\d)?")
MONTANT = re.compile(r"-?\d+\.\d{2}")
REPETABLE = re.compile(  # fields whose sentence may be the same twice
    r"(objet|titre|role|nature|libelle|organisation|motif_rejet|courriel|compte_titulaire|titulaire|raison_sociale"
    r"|par|de|membre|expert|instructeur|service_fait_par)$"
)

pour_chaque = partial(pytest.mark.parametrize, "d")
chaque_dossier = pour_chaque(DOSSIERS.values(), ids=DOSSIERS)


def ceux(cle):
    """Parametrize over the dossiers that carry `cle`."""
    choisis = [d for d in DOSSIERS.values() if d.get(cle)]
    assert choisis
    return pour_chaque(choisis, ids=[d["cle"] for d in choisis])


def somme(rangees, cle="montant"):
    return sum((D(rangee[cle]) for rangee in rangees), D(0))


def jour(date):
    return int(date.split(" ")[0][1:])


def feuilles(x, chemin=""):
    """Every (path, value) of the tree."""
    if isinstance(x, dict | list):
        for cle, valeur in x.items() if isinstance(x, dict) else enumerate(x):
            yield from feuilles(valeur, f"{chemin}.{cle}")
    else:
        yield chemin, x


def luhn(chiffres):
    doubles = [int(c) * (2 if i % 2 else 1) for i, c in enumerate(reversed(chiffres))]
    return sum(n - 9 if n > 9 else n for n in doubles) % 10 == 0


def deports(d):
    return {x["membre"] for x in d.get("declarations_interets", []) if x["reponse"] == "deport"}


def missions(d):
    return d.get("accompagnement", {}).get("missions", [])


def test_the_data_are_readable_and_name_each_account_of_the_contract():
    comptes = (
        "porteur porteur2 invite agent agent2 responsable responsable2 president expert expert2 auditeur"
    )
    noms = [*comptes.split(), "admin"] + [f"comite{i}" for i in range(1, 9)]

    assert (DONNEES / "demonstration.json").stat().st_size <= 1_500_000
    assert next(iter(JEU)) == "_lisez_moi"
    assert len(GENS) == len(JEU["personnes"]) and len(DOSSIERS) == len(JEU["dossiers"]) == 46
    assert [nom for nom in noms if f"{nom}@manufactures.test" not in GENS] == []
    assert len(COMITE) == 9 and len(MODULES) == 8 and sum(POIDS.values()) == 100
    for personne in GENS.values():
        if "expert" in personne["roles"]:
            assert (
                personne["territoires"] and personne["disponibilites"] and set(personne["themes"]) <= THEMES
            )


def test_the_dossiers_stand_where_the_programme_says():
    laureats = [d for d in DOSSIERS.values() if "laureat_ordre" in d]
    sans_argent = [d for d in laureats if d["arbitrage"].get("montants", {}).get("total") == "0.00"]
    vagues = Counter((d["vague"], d["etat"]) for d in DOSSIERS.values())

    assert sorted(d["laureat_ordre"] for d in laureats) == list(range(1, 21)) and len(sans_argent) == 2
    assert {n: vagues[1, n] for n in ("EN_ACCOMPAGNEMENT", "EN_ARBITRAGE", "EN_INCUBATION")} == {
        "EN_ACCOMPAGNEMENT": 14,
        "EN_ARBITRAGE": 2,
        "EN_INCUBATION": 4,
    }
    assert sum(n for (vague, _), n in vagues.items() if vague == 2) == 14
    assert sum(n for (_, etat), n in vagues.items() if etat == "BROUILLON") == 5
    assert len(JEU["questions_reponses"]) == 12 and len(JEU["actualites"]) == 8
    assert {x["nom"]: x["ordre"] for x in LAUREATS} == {d["nom_projet"]: d["laureat_ordre"] for d in laureats}


def test_the_call_and_its_demonstration_say_the_same():
    codes = {
        nom: [x["code"] for x in APPEL[nom]]
        for nom in ("eligibilite", "criteres", "themes", "modules", "pieces")
    }

    assert {c["code"]: c["poids"] for c in APPEL["criteres"]} == POIDS
    assert codes["eligibilite"] == [r["code"] for r in JEU["grille"]["eligibilite"]]
    assert codes["modules"] == MODULES and set(codes["themes"]) == THEMES
    assert codes["pieces"] == [p["code"] for p in JEU["pieces_demandees"]]
    assert {f for d in DOSSIERS.values() for f in d["filieres"]} <= {f["libelle"] for f in APPEL["filieres"]}
    for vague, annoncee in zip(APPEL["vagues"], JEU["vagues"], strict=True):
        assert {cle: vague[cle] for cle in annoncee} == annoncee
    formes = {forme["sigle"]: forme["categories_juridiques"] for forme in APPEL["formes_juridiques"]}
    for d in DOSSIERS.values():
        assert d["porteur"]["forme_juridique_code"] in formes[d["porteur"]["forme_juridique"]]


def test_dates_amounts_and_texts_are_well_formed():
    textes = defaultdict(list)
    for chemin, valeur in feuilles({cle: v for cle, v in JEU.items() if cle != "_lisez_moi"}):
        if not isinstance(valeur, str):
            continue
        assert DATE.fullmatch(valeur) or not re.match(r"J[+-]", valeur), chemin
        if re.search(r"\.(montant\w*|total\w*|resultat|prix_unitaire_ht)$", chemin):
            assert MONTANT.fullmatch(valeur), chemin
        assert "lorem" not in valeur.lower() and not re.search(r"(^|\s)/\w+/|https?:", valeur), chemin
        assert not re.search(r" [;!?€%»]|« |’", valeur), chemin
        unique = not REPETABLE.search(chemin) and not re.search(r"besoins|_origine|\.grille\.", chemin)
        if len(valeur) >= 45 and unique:
            textes[re.sub(r"\W+", " ", valeur.lower()).strip()].append(chemin)

    assert [ou for ou in textes.values() if len(ou) > 1] == []


def test_only_the_announced_pairs_look_alike():
    suites = defaultdict(set)
    paires = [set(paire["dossiers"]) for paire in JEU["quasi_doublons"]]
    for d in DOSSIERS.values():
        for texte in d["sections"].values():
            mots = re.findall(r"\w+", texte.lower())
            for i in range(len(mots) - 6):
                suites[" ".join(mots[i : i + 7])].add(d["cle"])

    assert [s for s, ou in suites.items() if len(ou) > 1 and not any(ou <= paire for paire in paires)] == []


def test_numbers_are_fictional_right_and_distinct():
    sirets = [d["porteur"]["siret"] for d in DOSSIERS.values() if d["porteur"]["siret"]]
    ibans = [d["coordonnees_bancaires"]["iban"] for d in DOSSIERS.values() if "coordonnees_bancaires" in d]
    membres = [m["siret"] for d in DOSSIERS.values() for m in d.get("consortium", {}).get("membres", [])]

    assert len(set(sirets)) == len(sirets) and len(set(ibans)) == len(ibans) == 20
    for siret in sirets + membres:
        assert re.fullmatch(r"000\d{11}", siret) and luhn(siret) and luhn(siret[:9]), siret
    for iban in ibans:
        assert len(iban) == 27 and int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1, iban
        banque, guichet, compte, cle = int(iban[4:9]), int(iban[9:14]), int(iban[14:25]), int(iban[25:])
        assert banque == guichet == 99999 and (89 * banque + 15 * guichet + 3 * compte + cle) % 97 == 0, iban


@chaque_dossier
def test_a_dossier_is_what_a_deposit_accepts(d):
    porteur, sites, attestations = d["porteur"], d["sites"], d.get("attestations", {})

    assert porteur["compte_titulaire"] in GENS and 0 < len(d["resume_public"]) <= 600
    assert porteur["siret"] or d["etat"] == "IRRECEVABLE"
    assert re.fullmatch(r"(W[0-9A-Z]{3}\d{6})?", porteur.get("numero_rna") or "")
    assert sum(site["principal"] for site in sites) == 1
    assert all(s["code_commune"].startswith(d["departement"]["code"]) for s in sites if s["principal"])
    assert all(150 <= len(texte) <= 600 for texte in d["sections"].values())
    assert all(D(e["prix_unitaire_ht"]) * e["quantite"] == D(e["total_ht"]) for e in d["equipements"])
    assert all(i["depart"] < i["cible"] for i in d["indicateurs"])
    if d["etat"] == "BROUILLON":
        return
    vague = VAGUES[d["vague"]]
    assert len(d["sections"]) == 9 and 4 <= len(d["equipements"]) <= 10
    assert jour(vague["ouverture"]) <= jour(d["depot"]["date"]) <= jour(vague["cloture"])
    assert all(max(s["surface_actuelle_m2"], s["surface_projet_m2"]) > 0 for s in sites)
    assert attestations["honneur"] and attestations["fiscal_social"] and attestations["pouvoir_de_signer"]
    assert attestations["cer"] or not porteur["forme_juridique"].startswith("association")


def test_each_site_is_in_the_geographic_code():
    communes = {rangee[1]: (rangee[2], rangee[3]) for rangee in geographie.lire() if rangee[0] == "commune"}
    for d in DOSSIERS.values():
        for lieu in [*d["sites"], d["porteur"]["adresse_siege"]]:
            assert communes[lieu["code_commune"]][0] == lieu["commune"], d["cle"]
        principal = next(site for site in d["sites"] if site["principal"])
        assert communes[principal["code_commune"]][1] == d["departement"]["code"], d["cle"]


@chaque_dossier
def test_the_plans_balance_to_the_cent(d):
    for nom in ("plan_financement_investissement", "plan_financement_amorcage", "plan_financement_definitif"):
        if plan := d.get(nom):
            assert somme(plan["depenses"]) == somme(plan["ressources"]) == D(plan["total"]), nom
            assert all(D(rangee["montant"]) >= 0 for rangee in plan["depenses"] + plan["ressources"]), nom
    demande = d["demande"]
    assert D(demande["investissement"]) + D(demande["amorcage"]) == D(demande["total"])
    for annee in d.get("plan_3_ans", []):
        produits, charges = somme(annee["produits"]), somme(annee["charges"])
        assert (produits, charges) == (D(annee["total_produits"]), D(annee["total_charges"]))
        assert produits - charges == D(annee["resultat"])
    if plan := d.get("plan_financement_investissement"):
        etat = [r for r in plan["ressources"] if r["type"] == "etat_anct"]
        amorce = [r for r in d["plan_financement_amorcage"]["ressources"] if r["type"] == "etat_anct"]
        assert somme(etat) == D(demande["investissement"]) and somme(amorce) == D(demande["amorcage"])
        assert [x["montant"] for x in d["budget_investissement"]] == [x["montant"] for x in plan["depenses"]]
        propres = somme(r for r in plan["ressources"] if r["type"] == "autofinancement")
        assert d["porteur"]["forme_juridique"] != "EPCI" or propres * 5 >= D(plan["total"])


@ceux("instruction")
def test_the_pre_screening_is_what_its_methods_accept(d):
    fiche = d["instruction"]
    reponses = [regle["reponse"] for regle in fiche["grille"]]

    assert len(reponses) == 10 and fiche["instructeur"] in {*GENS, None}
    if fiche["sens"]:
        assert all(reponses) and fiche["avis"]
        assert (fiche["sens"] == "irrecevable") == ("non" in reponses)
    if fiche["sens"] == "recevable":
        assert set(reponses) == {"oui"}
    for demande in d.get("demandes_complement", []):
        assert demande["par"] == fiche["instructeur"]
        assert jour(demande["echeance"]) - jour(demande["envoyee_le"]) >= 10


@ceux("lectures")
def test_readings_come_from_members_who_may_read(d):
    lecteurs = [lecture["membre"] for lecture in d["lectures"]]

    assert set(lecteurs) <= set(COMITE) - deports(d) and len(set(lecteurs)) == len(lecteurs)
    assert d["vague"] != 1 or len(lecteurs) == 3
    for lecture in d["lectures"]:
        notes = lecture["notes"]
        assert [note["critere"] for note in notes] == list(POIDS)
        assert all(0 <= note["note"] <= 5 and note["commentaire"] for note in notes)
        assert sum(D(n["note"]) * POIDS[n["critere"]] / 5 for n in notes) == D(lecture["score_sur_100"])


@ceux("scrutin")
def test_ballots_and_decisions_agree(d):
    scrutins = [d["scrutin"], d.get("scrutin_ajournement"), d.get("arbitrage", {}).get("scrutin")]
    for scrutin in filter(None, scrutins):
        presents = set(SEANCES[scrutin["seance"]]["presents"])
        voix = [scrutin[choix] for choix in ("pour", "contre", "abstentions")]
        assert set(scrutin.get("deports", [])) == deports(d) & presents
        assert (
            5 <= sum(voix) + scrutin.get("blancs", 0) == scrutin["emargements"] <= len(presents - deports(d))
        )
        assert min(voix) >= 0 and scrutin["emargements"] * 2 >= len(COMITE)
    scrutin = d["scrutin"]
    assert d["avis_comite"].startswith("favorable") == (scrutin["pour"] * 2 > scrutin["emargements"])
    actes = [d["decision"]]
    if d.get("arbitrage", {}).get("statut") == "decide":
        actes.append(d["arbitrage"])
    for acte in actes:
        assert "delegation_signature" in GENS[acte["signataire"]] and acte["signataire"] != acte.get(
            "redigee_par"
        )
    assert len(d["decision"]["motif"]) >= 60


@ceux("incubation")
def test_the_incubation_follows_its_cohort(d):
    incubation, presences = d["incubation"], []

    assert d["cle"] in PROMOTIONS[incubation["promotion"]]["dossiers"]
    assert [m["module"] for m in incubation["modules"]] == MODULES
    for module in incubation["modules"]:
        presences += module["presences"]
        assert module["hote"] in DOSSIERS and module["livrable"]["expert"] in GENS
        assert module["tenu"] == (jour(module["date"]) < 0)
        assert len(module["presences"]) == (2 if module["tenu"] else 0)
    suivies = sum(presence["statut"] == "present" for presence in presences)
    assert abs(D(suivies) / len(presences) - D(incubation["assiduite"])) <= D("0.005")
    assert suivies * 4 >= len(presences) * 3
    entree, sortie = incubation["radar_entree"], incubation["radar_sortie"]
    assert all(0 <= note <= 4 for note in entree.values())
    if sortie:
        assert incubation["bilan"] and all(note <= sortie[axe] <= 4 for axe, note in entree.items())


@ceux("arbitrage")
def test_no_more_is_granted_than_asked(d):
    montants = d["arbitrage"].get("montants", d["arbitrage"]["demande"])
    investissement, amorcage = D(montants["investissement"]), D(montants["amorcage"])

    assert investissement + amorcage == D(montants["total"])
    assert investissement <= D(d["demande"]["investissement"]) and amorcage <= D(d["demande"]["amorcage"])
    if plan := d.get("plan_financement_definitif"):
        assert somme(r for r in plan["ressources"] if r["type"] == "etat_anct") == investissement


def test_the_envelopes_suffice():
    accordes = Counter()
    for d in DOSSIERS.values():
        if arbitrage := d.get("arbitrage"):
            montants = arbitrage.get("montants", arbitrage["demande"])
            accordes.update({nature: D(montants[nature]) for nature in ("investissement", "amorcage")})
    lignes = [
        D(v["enveloppes"][n]) for v in JEU["vagues"] for n in ("investissement", "amorcage", "ingenierie")
    ]

    assert all(total <= D(VAGUES[1]["enveloppes"][nature]) for nature, total in accordes.items())
    assert sum(lignes) <= D(JEU["appel"]["enveloppes"]["global"])


def plafond_de(tranche, maximum, justifie):
    """What décret 2018-514 art. 12, taken as a model, lets be paid in all once this tranche is."""
    bornes = {
        "avance": maximum * D("0.3"),
        "acompte": min(maximum * D("0.8"), justifie),
        "solde": min(maximum, justifie),
    }
    return bornes[tranche["tranche"]]


@ceux("convention")
def test_payments_never_outrun_their_proof(d):
    convention, plan, montants = d["convention"], d["plan_financement_definitif"], d["arbitrage"]["montants"]
    taux, maximum, base = (
        D(convention["taux_investissement"]),
        D(montants["investissement"]),
        plan["base"].lower(),
    )
    retenu = verse = D(0)

    assert convention["montant_maximum"] == montants["total"] and taux * D(plan["total"]) >= maximum
    for nature in ("investissement", "amorcage"):
        assert somme(t for t in convention["tranches"] if t["kind"] == nature) == D(montants[nature])
    for tranche in (t for t in convention["tranches"] if t["etat"] == "paye"):
        dates = [jour(date) for date in (convention["signee_le"], tranche["demande_le"], tranche["paye_le"])]
        assert dates == sorted(dates) and dates[-1] < 0
        signatures = {tranche[qui] for qui in ("service_fait_par", "ordonnee_par", "contresignee_par")}
        assert len(signatures) == 3 and None not in signatures
        if tranche["kind"] == "investissement":
            acceptees = [f for f in tranche.get("factures", []) if f["statut"] == "acceptee"]
            retenu += somme(acceptees, f"montant_{base}")
            verse += D(tranche["montant"])
            assert verse <= plafond_de(tranche, maximum, taux * retenu), tranche["tranche"]


@ceux("accompagnement")
def test_days_stay_inside_their_credit(d):
    accompagnement, commandes = d["accompagnement"], Counter()
    credit = D(accompagnement["credit_jours"])

    assert somme(accompagnement["besoins"], "jours") == credit
    assert D(accompagnement["jours_disponibles"]) == credit - D(accompagnement["jours_engages"]) >= 0
    for mission in missions(d):
        journal = mission["journal"]
        commandes[mission["theme"]] += D(mission["jours_commandes"])
        assert mission["expert"] in GENS and mission["theme"] in THEMES
        assert somme((j for j in journal if j["etat"] == "valide"), "duree") == D(mission["jours_valides"])
        assert somme(journal, "duree") <= D(mission["jours_commandes"])
        if mission["etat"] in ("ATTESTEE", "SERVICE_FAIT"):
            assert {j["etat"] for j in journal} == {"valide"}
        for journee in journal:
            assert D(journee["duree"]) in (D("0.5"), D("1.0"))
            assert jour(mission["commandee_le"]) <= jour(journee["date"]) < 0
            assert jour(mission["debut"]) <= jour(journee["date"]) <= jour(mission["fin"])
            assert (journee["etat"] == "conteste") == ("motif_contestation" in journee)
            assert journee["etat"] != "a_confirmer" or jour(journee["date"]) >= -10
    besoins = {b["theme"]: D(b["jours"]) for b in accompagnement["besoins"]}
    assert all(jours <= besoins.get(theme, 0) for theme, jours in commandes.items())


def test_an_expert_works_one_day_a_day():
    jours = Counter()
    for d in DOSSIERS.values():
        for mission in missions(d):
            for journee in mission["journal"]:
                jours[mission["expert"], journee["date"]] += D(journee["duree"])

    assert jours and max(jours.values()) <= 1


def test_everyone_named_exists():
    for d in DOSSIERS.values():
        noms = [m["de"] for m in d.get("messages", [])] + [n["par"] for n in d.get("notes_internes", [])]
        assert set(noms) <= set(GENS), d["cle"]
    for seance in SEANCES.values():
        assert set(seance.get("dossiers", [])) <= set(DOSSIERS) and set(seance.get("presents", [])) <= set(
            COMITE
        )
    assert all(set(paire["dossiers"]) <= set(DOSSIERS) for paire in JEU["quasi_doublons"])


def test_one_invoice_is_rejected():
    factures = [
        facture["statut"]
        for d in DOSSIERS.values()
        for tranche in d.get("convention", {}).get("tranches", [])
        for facture in tranche.get("factures", [])
    ]

    assert factures.count("rejetee") == 1
