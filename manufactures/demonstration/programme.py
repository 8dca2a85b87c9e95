"""The call of the demonstration: texts, waves at their distance from today, grid, lists, envelopes."""

from datetime import datetime
from decimal import Decimal

from manufactures.demonstration.jeu import Calendrier, lire_appel
from manufactures.programme.donnees import geographie
from manufactures.programme.models import (
    Appel,
    Article,
    Citation,
    Commune,
    Critere,
    Effet,
    Enveloppe,
    Filiere,
    FormeJuridique,
    GenreQuestion,
    Module,
    NatureAide,
    NatureCritere,
    PieceDemandee,
    QuestionEligibilite,
    RegimeAide,
    ReponseEligibilite,
    Theme,
    Vague,
)

MARCHE = "AC-DEMO-01"


def charger_geographie() -> None:
    """The official geographic code, unless it is already there."""
    if not Commune.objects.exists():
        geographie.charger()


def creer_appel(**autre) -> Appel:
    """The call with its lists; its waves are apart. `autre` replaces words of the data: another code, another title."""
    config = lire_appel()
    appel = _appel(config["appel"] | autre, config["parametres"])
    _cahier(appel, config["cahier"])
    _grille(appel, config)
    _autotest(appel, config["autotest"])
    _pieces(appel, config["pieces"])
    Module.objects.bulk_create(
        Module(
            appel=appel,
            rang=module["ordre"],
            code=module["code"],
            libelle=module["libelle"],
            description=module["description"],
            objectifs="\n".join(module["objectifs"]),
            livrable=module["livrable"],
        )
        for module in config["modules"]
    )
    _listes_communes(config)
    return appel


def _listes_communes(config: dict) -> None:
    """Lists that all calls share: what another call brought stays."""
    for modele in (Theme, Filiere):
        modele.objects.bulk_create(
            (modele(code=f["code"], libelle=f["libelle"]) for f in config[f"{modele.__name__.lower()}s"]),
            ignore_conflicts=True,
        )
    formes = (_forme(forme) for forme in config["formes_juridiques"])
    FormeJuridique.objects.bulk_create(formes, ignore_conflicts=True)


def _appel(texte: dict, regles: dict) -> Appel:
    service, autorite = texte["service"], texte["autorite"]
    attribuant, regime = texte["attribuant"], texte["regime_aide"]
    return Appel.objects.create(
        pk=texte.get("cle"),
        slug=texte["code"],
        titre=texte["titre"],
        presentation=texte["presentation"],
        objectif=texte["objectif"],
        cahier_version=texte["cahier_version"],
        delai_silence_mois=texte["delai_silence_mois"],
        fondement_silence=texte["fondement_silence"],
        reglement_version=regles["comite"]["reglement_version"],
        service_nom=service["nom"],
        service_adresse=", ".join(service["adresse"]),
        service_courriel=service["courriel"],
        service_telephone=service["telephone"],
        nom_attribuant=attribuant["nom"],
        siret_attribuant=attribuant["siret"],
        dispositif_aide=attribuant["dispositif"],
        numero_rae=attribuant["numero_rae"],
        regime_aide=RegimeAide[regime["code"].upper()],
        regime_aide_texte=regime["texte"],
        regime_aide_mention=regime["mention"],
        dpo_courriel=texte["dpo"]["courriel"],
        autorite_titre=autorite["titre"],
        autorite_titre_complet=autorite["titre_complet"],
        autorite_texte_competence=autorite["texte_competence"],
        tribunal_nom=texte["tribunal"]["nom"],
        tribunal_adresse=texte["tribunal"]["adresse"],
        incubation_mois=texte["incubation_mois"],
        accompagnement_mois=texte["accompagnement_mois"],
        jours_par_projet=Decimal(regles["credit_jours"]),
        prix_jour_ht=Decimal(regles["prix_jour_ht"]),
        tva_expertise=Decimal(regles["tva_expertise"]),
        marche_reference=MARCHE,
        seuil_convention=Decimal(regles["seuil_convention"]),
        part_verifiee=0,  # what is told is not drawn by lot
        part_avance=Decimal(regles["avance_max"]),
        part_acompte=Decimal(next(t["part"] for t in regles["tranches"] if t["code"] == "acompte")),
        part_amorcage=Decimal(regles["part_amorcage"]),
        plafond_avance=int(Decimal(regles["avance_max"]) * 100),
        plafond_acomptes=int(Decimal(regles["acomptes_max"]) * 100),
        plafond_investissement=regles["plafonds"]["investissement"],
        plafond_amorcage=regles["plafonds"]["amorcage"],
        duree_affectation=regles["duree_affectation_annees"],
        delai_commencement=regles["delai_commencement_mois"],
        delai_confirmation_jours=regles["confirmation_journee_jours"],
        seuil_assiduite=Decimal(regles["seuil_assiduite"]),
    )


def _cahier(appel: Appel, cahier: dict) -> None:
    rangs = {article["numero"]: rang for rang, article in enumerate(cahier["articles"], 1)}
    Article.objects.bulk_create(
        Article(appel=appel, rang=rangs[article["numero"]], **article)
        for article in (*cahier["articles"], *cahier["versions"])
    )
    Citation.objects.bulk_create(
        Citation(appel=appel, ou=section, article=numero)
        for section, numeros in cahier["citations"].items()
        for numero in numeros
    )


# Section and field of the form of which each line of the grid speaks.
OU_LIRE = {
    "E2": "structure#siret",
    "E3": "structure#forme_juridique",
    "E4": "lieu#sites",
    "E5": "gouvernance#strategie_rh",
    "E6": "projet#projet",
    "E7": "lieu#sites",
    "E8": "pieces",
    "E10": "financement",
    "C1": "projet#mutualisation",
    "C2": "projet#besoin",
    "C3": "projet#formation",
    "C4": "gouvernance#gouvernance",
    "C5": "modele",
    "C6": "projet#transitions",
    "C7": "pieces#calendrier",
}


# The clause by which the committee marks; a refusal prints it beside each of its grounds.
ARTICLE_DES_CRITERES = "7.2"


def _grille(appel: Appel, config: dict) -> None:
    lignes = [
        (NatureCritere.ELIGIBILITE, config["eligibilite"]),
        (NatureCritere.NOTE, config["criteres"]),
        (NatureCritere.ARBITRAGE, config["arbitrage"]),
    ]
    Critere.objects.bulk_create(
        Critere(
            appel=appel,
            nature=nature,
            code=ligne["code"],
            rang=rang,
            libelle=ligne["libelle"],
            texte=ligne.get("texte", ""),
            article=ligne.get("article", ARTICLE_DES_CRITERES if nature == NatureCritere.NOTE else ""),
            guide=ligne["indication"],
            ancres={str(note): texte for note, texte in enumerate(ligne.get("ancres", []))},
            poids=ligne.get("poids", 0),
            ou_lire=OU_LIRE.get(ligne["code"], ""),
        )
        for nature, liste in lignes
        for rang, ligne in enumerate(liste, 1)
    )


def _autotest(appel: Appel, questions: list[dict]) -> None:
    criteres = {critere.code: critere for critere in appel.criteres.all()}
    posees = QuestionEligibilite.objects.bulk_create(
        QuestionEligibilite(
            appel=appel,
            rang=rang,
            code=question["code"],
            genre=GenreQuestion[question["genre"].upper()],
            critere=criteres.get(question["critere"]),
            **{nom: question[nom] for nom in ("sujet", "texte", "precision", "aide", "article")},
        )
        for rang, question in enumerate(questions, 1)
    )
    ReponseEligibilite.objects.bulk_create(
        ReponseEligibilite(
            question=posee,
            rang=rang,
            code=reponse["code"],
            libelle=reponse["libelle"],
            effet=Effet[reponse["effet"].upper()],
            constat=reponse.get("constat", ""),
            conseil=reponse.get("conseil", ""),
            reprise=reponse.get("reprise", {}),
        )
        for posee, question in zip(posees, questions, strict=True)
        for rang, reponse in enumerate(question["reponses"], 1)
    )


def _pieces(appel: Appel, pieces: list[dict]) -> None:
    PieceDemandee.objects.bulk_create(
        PieceDemandee(
            appel=appel,
            code=piece["code"],
            libelle=piece["libelle"],
            obligatoire=piece["est_obligatoire"],
            moment=piece["moment"].upper(),
            condition=piece["condition"] or "",
            rang=rang,
        )
        for rang, piece in enumerate(pieces, 1)
    )


def _forme(forme: dict) -> FormeJuridique:
    return FormeJuridique(
        code=forme["code"],
        categorie=next(iter(forme["categories_juridiques"]), ""),
        sigle=forme["sigle"],
        libelle=forme["libelle"],
        forme_article=forme["forme_article"],
        est_admise=forme["est_admise"],
        est_collectivite=forme["est_collectivite"],
        est_publique=forme["est_public"],
        est_association=forme["est_association"],
        rna_requis=forme["rna_requis"],
        cer_requis=forme["cer_requis"],
    )


def creer_vagues(appel: Appel, calendrier: Calendrier) -> dict[int, Vague]:
    """Three waves with their envelopes, by number."""
    vagues = {}
    for annonce in lire_appel()["vagues"]:
        vague = Vague.objects.create(
            appel=appel,
            numero=annonce["numero"],
            libelle=annonce["libelle"],
            ouverture=calendrier.instant(annonce["ouverture"], "09:00"),
            cloture=calendrier.instant(annonce["cloture"]),
            decision_prevue=calendrier.instant(annonce["decision"]),
            places=annonce["places"],
        )
        Enveloppe.objects.bulk_create(
            Enveloppe(vague=vague, nature=NatureAide[nature.upper()], plafond=Decimal(plafond))
            for nature, plafond in annonce["enveloppes"].items()
        )
        vagues[vague.numero] = vague
    return vagues


def debut(calendrier: Calendrier) -> datetime:
    """The instant at which everything is set up: before the first wave opens."""
    return calendrier.instant("J-460", "09:00")
