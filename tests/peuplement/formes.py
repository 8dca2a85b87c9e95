"""The shape of a dossier: all that its deeds wrote, less the names, keys, sums and dates by which two dossiers differ.

Written by hand, relation by relation, so that it owes nothing to the way the copies are made.
"""

from collections import Counter
from dataclasses import dataclass

from accompagnement.models import Facture, IndicateurAtteint, Journee
from candidatures.models import Dossier, LigneExercice
from instruction.models import ReponseComplement
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from selection.models import Electeur, Emargement, NoteLecture, Scrutin

CHAMPS = (
    "etat version version_deposee est_demonstration stade regime_tva effectif_etp base_montants representant_civilite "
    "attestation_honneur attestation_fiscale attestation_pouvoir attestation_donnees attestation_cer "
    "demande_jours"
).split()
REMPLIS = (
    "depose_le laureat_le slug siret commune_siege_id forme_juridique_id resume_public calendrier echeance_le"
).split()


@dataclass
class Forme:
    """Each part compares with `==`."""

    champs: dict
    lignes: dict
    journal: list
    actes: list
    messages: Counter


def forme_de(pk: int) -> Forme:
    """Read a dossier whole."""
    dossier = Dossier.objects.get(pk=pk)
    fils = [dossier.fil, *(decision.fil for decision in dossier.decisions.all())]
    fils += [f"lecture/{lecture.pk}" for lecture in dossier.lectures.all()]
    journal = [
        (
            fil.partition("/")[0],
            e.rang,
            e.action,
            e.role,
            e.de,
            e.vers,
            e.motif,
            sorted(e.faits),
            e.acteur_id is None,
        )
        for fil in fils
        for e in Entree.objects.filter(fil=fil).order_by("rang")
    ]
    return Forme(
        champs={nom: getattr(dossier, nom) for nom in CHAMPS}
        | {nom: bool(getattr(dossier, nom)) for nom in REMPLIS},
        lignes={nom: Counter(rangees) for nom, rangees in _lignes(dossier).items()},
        journal=journal,
        actes=[
            (a.genre, a.cle.partition("-")[0], squelette(a.instantane)) for a in dossier.actes.order_by("pk")
        ],
        messages=Counter(Message.objects.filter(fil=dossier.fil).values_list("cle", flat=True)),
    )


def squelette(contenu):
    """The keys of a snapshot, and what kind of thing each holds."""
    if isinstance(contenu, dict):
        return {cle: squelette(dit) for cle, dit in contenu.items() if cle != "precedente"}
    if isinstance(contenu, list):
        return [squelette(dit) for dit in contenu]
    return type(contenu).__name__


def _lignes(d: Dossier) -> dict:
    """What stands around the dossier."""
    scrutins = Scrutin.objects.filter(point__dossier=d)
    valeurs = {
        "sites": (d.sites, "type_territoire", "titre_occupation", "surface_projet_m2"),
        "equipements": (d.equipements, "categorie", "quantite", "mutualise"),
        "partenaires": (d.partenaires, "type", "engagement"),
        "indicateurs": (d.indicateurs, "unite", "cible"),
        "financement": (d.lignes_financement, "volet", "sens", "type_financeur", "statut", "definitif"),
        "exercices": (
            LigneExercice.objects.filter(exercice__dossier=d),
            "exercice__annee",
            "nature",
            "compte",
        ),
        "groupement": (d.membres_consortium, "role", "mandats__etat"),
        "filieres": (d.filieres, "code"),
        "membres": (d.membres, "droit"),
        "saisies": (d.saisies, "section", "version"),
        "pieces": (d.pieces, "type__code", "libelle", "taille", "empreinte", "complement"),
        "versions": (d.versions, "rang"),
        "echanges": (d.echanges, "cote", "texte"),
        "notes_internes": (d.notes_internes, "texte"),
        "verdicts": (d.instruction.verdicts, "critere__code", "reponse", "motif") if _examine(d) else (),
        "notes": (d.instruction.notes, "critere__code", "note", "a_eclaircir") if _examine(d) else (),
        "besoins_incubation": (d.instruction.besoins_incubation, "code") if _examine(d) else (),
        "demandes": (d.demandes_complements, "etat", "texte"),
        "reponses": (ReponseComplement.objects.filter(demande__dossier=d), "texte", "pieces__libelle"),
        "points": (d.points_de_seance, "seance__type", "resultat", "sorties__membre"),
        "declarations": (d.declarations, "membre", "reponse", "motif"),
        "deports": (d.deports, "membre", "source", "motif"),
        "lectures": (
            NoteLecture.objects.filter(lecture__dossier=d),
            "lecture__membre",
            "critere__code",
            "note",
        ),
        "auditions": (d.auditions, "tenue", "duree_min", "notes"),
        "scrutins": (
            scrutins,
            "question",
            "tour",
            "etat",
            "votants",
            "pour",
            "contre",
            "abstentions",
            "blancs",
        ),
        "electeurs": (Electeur.objects.filter(scrutin__in=scrutins), "membre", "vote_par"),
        "emargements": (Emargement.objects.filter(scrutin__in=scrutins), "electeur__membre"),
        "avis": (d.avis_rendus, "sens", "motifs", "seance__type"),
        "decisions": (d.decisions, "sens", "motif", "taux_investissement", "taux_amorcage", "jours_accordes"),
        "presences": (d.presences, "session__module__code", "demi_journee", "statut"),
        "livrables": (d.livrables, "session__module__code", "titre", "etat"),
        "diagnostics": (d.diagnostics, "moment", "module__code", "valeur"),
        "besoins": (d.besoins, "theme__code", "jours"),
        "recommandations": (d.recommandations, "texte"),
        "missions": (d.missions, "theme__code", "etat", "jours_commandes", "bon_de_commande"),
        "journees": (Journee.objects.filter(mission__dossier=d), "creneau", "duree", "lieu", "etat"),
        "atteints": (IndicateurAtteint.objects.filter(bilan__dossier=d), "valeur"),
    }
    if hasattr(d, "convention"):
        valeurs["convention"] = (
            type(d.convention).objects.filter(dossier=d),
            "etat",
            "taux_investissement",
            "base",
        )
        valeurs["tranches"] = (d.convention.tranches, "nature", "type", "part", "etat", "mandat")
        valeurs["factures"] = (Facture.objects.filter(tranche__convention__dossier=d), "numero", "statut")
    return {nom: list(v[0].order_by().values_list(*v[1:])) for nom, v in valeurs.items() if v}


def _examine(d: Dossier) -> bool:
    return hasattr(d, "instruction")
