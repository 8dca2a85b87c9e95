"""Stage 1 of the history: drafts opened, sections written, pieces added, dossiers deposited."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from candidatures.completude import attestations_requises, pieces_attendues
from candidatures.models import (
    Dossier,
    Droit,
    Equipement,
    Exercice,
    Indicateur,
    LigneExercice,
    LigneFinancement,
    NatureExploitation,
    Partenaire,
    Section,
    Sens,
    Site,
    Volet,
)
from manufactures.comptes.models import Civilite
from manufactures.demonstration.chronologie import Chronologie, Scene
from manufactures.demonstration.jeu import lire_laureats
from manufactures.demonstration.pieces import piece_de_demonstration
from manufactures.programme.models import Commune, Filiere, FormeJuridique

AVANT_LE_DEPOT = timedelta(days=6)  # a draft is opened about a week before
DELEGATION = "delegation"  # asked where the signatory is not the representative: never here
RECLAMEES = {  # what a request for completion names, as the call's list names it
    "Promesse de mise à disposition du local": "titre",
    "Autorisation d'occupation de la berge": "titre",
    "Liste des dirigeants": "dirigeants",
}
PREMIERES = (Section.STRUCTURE, Section.LIEU, Section.PROJET, Section.GOUVERNANCE)
SECONDES = (Section.EQUIPEMENTS, Section.MODELE, Section.FINANCEMENT, Section.PIECES)
INVITE = "invite@manufactures.test"


def raconter(chronologie: Chronologie) -> None:
    """Tell every dossier from its first line to its deposit, or to the last writing of its draft."""
    jeu = chronologie.scene.jeu
    invites = {cle: p["courriel"] for p in jeu["personnes"] for cle in p.get("dossiers", [])}
    for fiche in jeu["dossiers"]:
        cle = fiche["cle"]
        depose = fiche.get("depot")
        fin = chronologie.le(depose["date"] if depose else fiche["derniere_saisie"])
        ouverture = chronologie.scene.vagues[fiche["vague"]].ouverture + timedelta(hours=1)
        debut = max(fin - AVANT_LE_DEPOT, ouverture)
        reprise = debut + (fin - debut) * 0.7
        chronologie.prevoir(debut, f"ouverture de {cle}", ouvrir, fiche)
        chronologie.prevoir(
            debut + timedelta(minutes=40), f"{cle}, premières sections", ecrire, fiche, PREMIERES
        )
        if cle in invites:
            chronologie.prevoir(
                debut + timedelta(hours=2), f"{cle}, invitation", inviter, fiche, invites[cle]
            )
        if partenaires(fiche):
            chronologie.prevoir(
                debut + (fin - debut) * 0.3, f"{cle}, mandats demandés", demander_les_mandats, fiche
            )
            chronologie.prevoir(
                debut + (fin - debut) * 0.5, f"{cle}, mandats donnés", donner_les_mandats, fiche
            )
        chronologie.prevoir(reprise, f"{cle}, pièces", joindre_les_pieces, fiche)
        if depose:
            veille = fin - timedelta(hours=1)
            chronologie.prevoir(veille, f"{cle}, dernières sections", ecrire, fiche, SECONDES)
            chronologie.prevoir(fin, f"dépôt de {cle}", deposer, fiche)
        else:
            chronologie.prevoir(fin, f"{cle}, dernières sections", ecrire, fiche, SECONDES)


def titulaire(scene: Scene, fiche: dict):
    """The account that answers for the dossier."""
    return scene.gens[fiche["porteur"]["compte_titulaire"]]


# -- Deeds ---------------------------------------------------------------------------------------------------------
def ouvrir(scene: Scene, fiche: dict) -> None:
    """Open the draft. A laureate brings the press kit's order and words; the figures beside its name are invented."""
    champs = {}
    if fiche.get("invente"):
        champs = {"est_demonstration": True}
    elif ordre := fiche.get("laureat_ordre"):
        faits = fiche["_origine"]["faits_du_dossier_de_presse"]
        champs = {
            "laureat_ordre": ordre,
            "est_demonstration": True,
            "superficie_texte": faits.get("superficie", ""),
            "residents_texte": faits.get("residents", ""),
            "formation_texte": faits.get("formation", ""),
            "partenaires_texte": ", ".join(lire_laureats()[ordre]["partenaires"] or []),
        }
    dossier = Dossier.ouvrir(
        vague=scene.vagues[fiche["vague"]],
        nom_projet=fiche["nom_projet"],
        par=titulaire(scene, fiche),
        **champs,
    )
    scene.dossiers[fiche["cle"]] = dossier.pk


def inviter(scene: Scene, fiche: dict, courriel: str) -> None:
    """Let a second person write."""
    scene.dossier(fiche["cle"]).ajouter_membre(
        scene.gens[courriel], Droit.CONTRIBUTEUR, par=titulaire(scene, fiche)
    )


def partenaires(fiche: dict) -> list[dict]:
    """The members of the consortium, its lead apart: that is the dossier's own structure."""
    membres = (fiche.get("consortium") or {}).get("membres", [])
    return [membre for membre in membres if not membre["role"].startswith("cheffe de file")]


def demander_les_mandats(scene: Scene, fiche: dict) -> None:
    """Name each partner, and ask for its mandate."""
    dossier, par = scene.dossier(fiche["cle"]), titulaire(scene, fiche)
    for membre in partenaires(fiche):
        partenaire = dossier.ajouter_partenaire(
            par=par,
            raison_sociale=membre["nom"],
            forme_juridique=FormeJuridique.objects.get(sigle=membre["forme_juridique"]),
            siret=membre["siret"],
            role=membre["role"],
            representant=membre["representant"],
            courriel=membre["courriel"],
        )
        dossier.demander_mandat(partenaire, par=par)


def donner_les_mandats(scene: Scene, fiche: dict) -> None:
    """Each representative answers, by the link received."""
    dossier = scene.dossier(fiche["cle"])
    qualites = {membre["nom"]: membre["qualite"] for membre in partenaires(fiche)}
    for partenaire in dossier.membres_consortium.all():
        dossier.repondre_mandat(
            partenaire.mandats.get(),
            donne=True,
            nom=partenaire.representant,
            qualite=qualites[partenaire.raison_sociale],
        )


def ecrire(scene: Scene, fiche: dict, sections: tuple[Section, ...]) -> None:
    """Write sections, as their pages do."""
    dossier = scene.dossier(fiche["cle"])
    for section in sections:
        dossier.enregistrer_section(
            section,
            par=titulaire(scene, fiche),
            ecrire=lambda d, saisie, dernieres, s=section: ECRITURES[s](d, fiche),
        )


def joindre_les_pieces(scene: Scene, fiche: dict) -> None:
    """Add one page for each piece that the call asks for, save those that a request for completion will name."""
    dossier = scene.dossier(fiche["cle"])
    absentes = pieces_reclamees(fiche) | {DELEGATION}
    if fiche["sites"][0]["titre_occupation"] == "aucun":
        absentes.add("titre")
    if not fiche["porteur"]["siret"]:
        absentes |= {"sirene", "statuts"}
    if not fiche["stade"].startswith("ouvert"):
        absentes.add("comptes")
    if "depot" not in fiche:
        absentes |= {"titre", "lettres", "comptes"}
    for piece in pieces_attendues(dossier):
        if piece.code not in absentes:
            dossier.ajouter_piece(
                fichier_de(dossier, fiche, piece.libelle, piece.code), par=titulaire(scene, fiche), type=piece
            )


def pieces_reclamees(fiche: dict) -> set[str]:
    """Codes of the call's pieces that this dossier's requests for completion name."""
    demandes = fiche.get("demandes_complement", [])
    return {
        RECLAMEES[libelle] for demande in demandes for libelle in demande["pieces"] if libelle in RECLAMEES
    }


def fichier_de(dossier: Dossier, fiche: dict, libelle: str, nom: str) -> ContentFile:
    """The file that stands for an attachment; an invented dossier shares its files with all the others."""
    qui = () if fiche.get("invente") else (fiche["porteur"]["raison_sociale"], f"Dossier {dossier.numero}")
    pdf = piece_de_demonstration(libelle, *qui)
    return ContentFile(pdf, name=f"{nom}.pdf")


def deposer(scene: Scene, fiche: dict) -> None:
    """Deposit, with the certificates that the legal form must give."""
    dossier = scene.dossier(fiche["cle"])
    donnees = fiche["attestations"]
    dites = {
        "attestation_honneur": donnees["honneur"],
        "attestation_fiscale": donnees["fiscal_social"],
        "attestation_pouvoir": donnees["pouvoir_de_signer"],
        "attestation_donnees": True,
        "attestation_cer": donnees["cer"],
    }
    requises = set(attestations_requises(dossier))
    dossier.deposer(
        par=titulaire(scene, fiche), **{nom: dite for nom, dite in dites.items() if nom in requises}
    )


# -- Sections ------------------------------------------------------------------------------------------------------
def _poser(dossier: Dossier, **reponses) -> None:
    for nom, valeur in reponses.items():
        setattr(dossier, nom, valeur)
    dossier.save(update_fields=list(reponses))


def _lignes(modele, dossier: Dossier, fiches: list[dict]) -> None:
    modele.objects.bulk_create(
        modele(dossier=dossier, rang=rang, **champs) for rang, champs in enumerate(fiches, 1)
    )


def _structure(dossier: Dossier, fiche: dict) -> None:
    porteur = fiche["porteur"]
    legal, siege = porteur["representant_legal"], porteur["adresse_siege"]
    civilite, identite = legal["identite"].split(" ", 1)
    prenom, nom = identite.split(" ", 1)
    commune = Commune.objects.get(pk=siege["code_commune"])
    _poser(
        dossier,
        raison_sociale=porteur["raison_sociale"],
        siret=porteur["siret"] or "",
        forme_juridique=FormeJuridique.objects.get(sigle=porteur["forme_juridique"]),
        numero_rna=porteur["numero_rna"] or "",
        effectif_etp=Decimal(porteur["effectif_etp"]),
        regime_tva=porteur["regime_tva"].upper(),
        adresse_siege=siege["ligne"],
        code_postal_siege=commune.codes_postaux[0],
        commune_siege=commune,
        representant_civilite=Civilite.MADAME if civilite == "Mme" else Civilite.MONSIEUR,
        representant_prenom=prenom,
        representant_nom=nom,
        representant_qualite=legal["qualite"],
        representant_courriel=legal["courriel"],
        representant_telephone=legal["telephone"],
    )


def _lieu(dossier: Dossier, fiche: dict) -> None:
    _lignes(
        Site,
        dossier,
        [
            {
                "nom": site["nom"],
                "principal": site["principal"],
                "commune_id": site["code_commune"],
                "latitude": site["latitude"],
                "longitude": site["longitude"],
                "type_territoire": site["type_territoire"].upper(),
                "qpv_relation": site["qpv_relation"].upper(),
                "titre_occupation": site["titre_occupation"].upper(),
                "surface_actuelle_m2": site["surface_actuelle_m2"],
                "surface_projet_m2": site["surface_projet_m2"],
            }
            for site in fiche["sites"]
        ],
    )


def _textes(dossier: Dossier, fiche: dict, *noms: str, **autres) -> None:
    _poser(dossier, **{nom: fiche["sections"].get(nom, "") for nom in noms}, **autres)


def _projet(dossier: Dossier, fiche: dict) -> None:
    _textes(
        dossier,
        fiche,
        *("besoin", "projet", "communaute", "mutualisation", "formation", "transitions"),
        resume_public=fiche["resume_public"],
        stade=fiche["stade"].upper(),
    )
    dossier.filieres.set(Filiere.objects.filter(libelle__in=fiche["filieres"]))
    _lignes(Indicateur, dossier, fiche.get("indicateurs", []))


def _gouvernance(dossier: Dossier, fiche: dict) -> None:
    _textes(dossier, fiche, "gouvernance", "strategie_rh")
    _lignes(
        Partenaire,
        dossier,
        [
            p | {"type": p["type"].upper(), "engagement": p["engagement"].upper()}
            for p in fiche.get("partenaires", [])
        ],
    )


def _equipements(dossier: Dossier, fiche: dict) -> None:
    copies = ("designation", "quantite", "mutualise", "neuf")
    _lignes(
        Equipement,
        dossier,
        [
            {nom: equipement[nom] for nom in copies}
            | {
                "categorie": equipement["categorie"].upper(),
                "prix_unitaire_ht": Decimal(equipement["prix_unitaire_ht"]),
                "taux_tva": Decimal(equipement["taux_tva"]),
            }
            for equipement in fiche.get("equipements", [])
        ],
    )


def _modele(dossier: Dossier, fiche: dict) -> None:
    for annee in fiche.get("plan_3_ans", []):
        exercice = Exercice.objects.create(dossier=dossier, annee=annee["annee"])
        lignes = [(NatureExploitation.PRODUIT, ligne) for ligne in annee["produits"]]
        lignes += [(NatureExploitation.CHARGE, ligne) for ligne in annee["charges"]]
        LigneExercice.objects.bulk_create(
            LigneExercice(
                exercice=exercice,
                rang=rang,
                nature=nature,
                compte=ligne["compte"],
                libelle=ligne["libelle"],
                montant=Decimal(ligne["montant"]),
            )
            for rang, (nature, ligne) in enumerate(lignes, 1)
        )


def lignes_du_plan(plan: dict, volet: Volet, **champs) -> list[dict]:
    """A financing plan of the data as rows of the dossier."""
    depenses = [
        {
            "volet": volet,
            "sens": Sens.DEPENSE,
            "libelle": ligne["nature"],
            "montant": Decimal(ligne["montant"]),
            "eligible": ligne["eligible"],
        }
        for ligne in plan["depenses"]
    ]
    ressources = [
        {
            "volet": volet,
            "sens": Sens.RESSOURCE,
            "libelle": ligne["financeur"],
            "montant": Decimal(ligne["montant"]),
            "type_financeur": ligne["type"].upper(),
            "statut": ligne["statut"].upper(),
        }
        for ligne in plan["ressources"]
    ]
    return [ligne | champs for ligne in depenses + ressources]


def _financement(dossier: Dossier, fiche: dict) -> None:
    demande = fiche["demande"]
    plans = {
        Volet.INVESTISSEMENT: fiche.get("plan_financement_investissement"),
        Volet.AMORCAGE: fiche.get("plan_financement_amorcage"),
    }
    presents = {volet: plan for volet, plan in plans.items() if plan}
    _poser(
        dossier,
        demande_investissement=Decimal(demande["investissement"]),
        demande_amorcage=Decimal(demande["amorcage"]),
        demande_jours=Decimal(demande["ingenierie_jours"]),
        base_montants=next((plan["base"] for plan in presents.values()), "HT"),
    )
    _lignes(
        LigneFinancement,
        dossier,
        [ligne for volet, plan in presents.items() for ligne in lignes_du_plan(plan, volet)],
    )


def _calendrier(dossier: Dossier, fiche: dict) -> None:
    _textes(dossier, fiche, "calendrier")


ECRITURES = {
    Section.STRUCTURE: _structure,
    Section.LIEU: _lieu,
    Section.PROJET: _projet,
    Section.GOUVERNANCE: _gouvernance,
    Section.EQUIPEMENTS: _equipements,
    Section.MODELE: _modele,
    Section.FINANCEMENT: _financement,
    Section.PIECES: _calendrier,
}
