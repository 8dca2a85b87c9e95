"""What is missing to deposit: compulsory answers, a plan balanced to the cent. Pieces warn, they never block.

The list is the same for every member; each line names the section and the field that it opens.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject, Left

from candidatures.bilans import Rangee, dresser_les_plans, phrase_du_solde
from candidatures.models.choix import Annee, EtatMandat, NatureExploitation, Section, Volet
from manufactures import enonces
from manufactures.francais import euros

SIREN = 9  # first figures of a SIRET
DU_LIEU = (
    "nom",
    "principal",
    "type_territoire",
    "titre_occupation",
    "surface_actuelle_m2",
    "surface_projet_m2",
)


@dataclass(frozen=True)
class Manque:
    """One gap: where it is, and what to do, in one sentence."""

    section: Section
    champ: str
    phrase: str
    page: str = ""  # name of the page that holds it, where it is not the section's own

    @property
    def ancre(self) -> str:
        """Identifier of the field on its page."""
        return f"id_{self.champ}"


# Compulsory answers in the order of the form. No SIRET yet does not block: rule E2 decides (screen 7).
REPONSES: dict[Section, dict[str, str]] = {
    Section.STRUCTURE: {
        "raison_sociale": "nommer la structure",
        "forme_juridique": "choisir la forme juridique",
        "adresse_siege": "donner l'adresse du siège",
        "code_postal_siege": "donner le code postal du siège",
        "commune_siege": "choisir la commune du siège",
        "representant_prenom": "donner le prénom du représentant légal",
        "representant_nom": "donner le nom du représentant légal",
        "representant_qualite": "dire la qualité du représentant légal",
        "representant_courriel": "donner l'adresse électronique du représentant légal",
        "representant_telephone": "donner le téléphone du représentant légal",
    },
    Section.PROJET: {
        "nom_projet": "nommer le projet",
        "resume_public": "écrire le résumé public",
        "stade": "dire où en est le projet",
        "besoin": "décrire le besoin du territoire",
        "projet": "décrire le projet",
        "communaute": "décrire la communauté",
        "mutualisation": "décrire les machines et services partagés",
        "formation": "décrire la formation",
        "transitions": "décrire les transitions numérique et écologique",
    },
    Section.GOUVERNANCE: {
        "gouvernance": "décrire la gouvernance",
        "strategie_rh": "décrire l'équipe et les emplois",
    },
    Section.PIECES: {"calendrier": "décrire le calendrier"},
}


def _structure(dossier, tables) -> Iterator[tuple[str, str]]:
    forme = dossier.forme_juridique
    # Associations of Alsace and Moselle are registered at the court, not in the RNA.
    if forme and forme.rna_requis and not dossier.numero_rna:
        yield "numero_rna", "donner le numéro RNA de l'association"


def _lieu(dossier, tables) -> Iterator[tuple[str, str]]:
    sites = tables["lieux"]
    if not sites:
        yield "sites", "décrire au moins un lieu"
    elif not any(site["principal"] for site in sites):
        yield "sites", "dire quel lieu est le principal"
    for site in sites:
        if not site["type_territoire"]:
            yield "sites", f"dire dans quel territoire se trouve « {site['nom']} »"
        if not site["titre_occupation"]:
            yield "sites", f"dire à quel titre vous occupez « {site['nom']} »"
        if not (site["surface_actuelle_m2"] or site["surface_projet_m2"]):
            yield "sites", f"donner la surface de « {site['nom']} »"


def _projet(dossier, tables) -> Iterator[tuple[str, str]]:
    if not tables["avec_filieres"]:
        yield "filieres", "choisir au moins une filière"


def _equipements(dossier, tables) -> Iterator[tuple[str, str]]:
    if dossier.demande_investissement and not tables["avec_equipements"]:
        yield "equipements", "décrire au moins un équipement"


def _modele(dossier, tables) -> Iterator[tuple[str, str]]:
    natures: dict[str, set] = {}
    for couple in tables["comptes"]:
        natures.setdefault(couple["annee"], set()).add(couple["nature"])
    complets = {annee for annee, presentes in natures.items() if set(NatureExploitation) <= presentes}
    if manquantes := [annee.label.lower() for annee in Annee if annee not in complets]:
        yield "exercices", f"donner les produits et les charges : {', '.join(manquantes)}"


def _financement(dossier, tables) -> Iterator[tuple[str, str]]:
    demandes = {
        Volet.INVESTISSEMENT: dossier.demande_investissement,
        Volet.AMORCAGE: dossier.demande_amorcage,
    }
    noms = {Volet.INVESTISSEMENT: "investissement", Volet.AMORCAGE: "amorçage"}
    lignes = [
        (ligne["volet"], ligne["sens"], Rangee(Decimal(ligne["montant"]), type_financeur=ligne["financeur"]))
        for ligne in tables["lignes"]
    ]
    for plan in dresser_les_plans(dossier, lignes):
        volet, champ = plan.volet, f"depenses_{plan.volet.lower()}"
        if demandes[volet] and not plan.total_depenses:
            yield champ, f"décrire les dépenses d'{noms[volet]}"
        elif plan.ecart:
            yield (
                champ,
                f"équilibrer le plan d'{noms[volet]} : {phrase_du_solde(plan.ecart)[:-1].lower()}",
            )
        elif plan.anct != demandes[volet]:
            yield (
                f"demande_{volet.lower()}",
                f"demander en {noms[volet]} ce que le plan attend de cet appel ({euros(plan.anct)})",
            )


def _gouvernance(dossier, tables) -> Iterator[tuple[str, ...]]:
    if not tables["avec_partenaires"]:
        yield "partenaires", "nommer au moins un partenaire"
    for partenaire in tables["sans_mandat"]:
        yield (
            f"partenaire_{partenaire['pk']}",
            f"obtenir le mandat de « {partenaire['nom']} »",
            "candidatures:groupement",
        )


def sans_mandat(modele):
    """Partners of consortiums whose mandate to their dossier's lead is not given, in their order."""
    partenaires = modele.membres_consortium.rel.related_model
    mandats = partenaires._meta.get_field("mandats").related_model.objects
    chef = "partenaire__dossier__siret"
    au_chef = Q(**{chef: ""}) | Q(chef_siren="") | Q(chef_siren=Left(chef, SIREN))
    donnes = mandats.filter(au_chef, partenaire=OuterRef("pk"), etat=EtatMandat.DONNE)
    return partenaires.objects.filter(~Exists(donnes)).order_by("rang", "pk")


def _lecture(modele, dossier: int):
    """What `_tables` reads."""

    def siens(relation):
        return getattr(modele, relation).rel.related_model.objects.filter(dossier=OuterRef("pk")).order_by()

    comptes = siens("exercices").filter(lignes__isnull=False)
    couples = comptes.values(couple=JSONObject(annee="annee", nature="lignes__nature")).distinct()
    mandats = sans_mandat(modele).filter(dossier=OuterRef("pk"))
    lieux = (
        siens("sites")
        .order_by("rang", "pk")
        .values(ligne=JSONObject(**dict(zip(DU_LIEU, DU_LIEU, strict=True))))
    )
    du_plan = {
        "volet": "volet",
        "sens": "sens",
        "montant": Cast("montant", TextField()),
        "financeur": "type_financeur",
    }
    lignes = siens("lignes_financement").filter(definitif=False).values(ligne=JSONObject(**du_plan))
    metiers = modele.filieres.through.objects.filter(dossier=OuterRef("pk"))
    lues = modele._base_manager.only("pk").annotate(
        avec_filieres=Exists(metiers),
        avec_equipements=Exists(siens("equipements")),
        avec_partenaires=Exists(siens("partenaires")),
        comptes=ArraySubquery(couples),
        lieux=ArraySubquery(lieux),
        lignes=ArraySubquery(lignes),
        sans_mandat=ArraySubquery(mandats.values(ligne=JSONObject(pk="pk", nom="raison_sociale"))),
    )
    return lues.filter(pk=dossier)


def tables_de(dossier) -> dict:
    """What the tables hold as far as the deposit looks at it: one query."""
    (lue,) = enonces.lire(_lecture, None, type(dossier), dossier=dossier.pk)
    return vars(lue)


CONTROLES = {
    Section.STRUCTURE: _structure,
    Section.LIEU: _lieu,
    Section.PROJET: _projet,
    Section.EQUIPEMENTS: _equipements,
    Section.MODELE: _modele,
    Section.FINANCEMENT: _financement,
    Section.GOUVERNANCE: _gouvernance,
}


def manques(dossier, tables: dict | None = None) -> list[Manque]:
    """Everything that prevents the deposit, certificates apart (they are given on the deposit page).

    `tables`: what `tables_de` has just read, for who needs it too.
    """
    trouves, tables = [], tables_de(dossier) if tables is None else tables
    for section in Section:
        for champ, phrase in REPONSES.get(section, {}).items():
            if not getattr(dossier, champ):
                trouves.append(Manque(section, champ, phrase))
        controle = CONTROLES.get(section)
        if controle:
            trouves += [Manque(section, *trouve) for trouve in controle(dossier, tables)]
    return trouves


def _conditions(dossier) -> dict[str, Callable[[], bool]]:
    """What each condition of the call asks of this dossier; the call writes them in words."""
    forme = dossier.forme_juridique
    return {
        "personnes morales privées": lambda: forme is None or not forme.est_publique,
        "associations": lambda: forme is not None and forme.est_association,
        "collectivités": lambda: forme is not None and forme.est_collectivite,
        "consortiums": dossier.membres_consortium.exists,
    }


def pieces_attendues(dossier, **filtre) -> list:
    """Pieces that the call asks of this dossier at the deposit, compulsory or not."""
    conditions = _conditions(dossier)
    demandees = dossier.vague.appel.pieces_demandees.filter(moment="DEPOT", **filtre).select_related("modele")
    return [piece for piece in demandees if conditions.get(piece.condition, lambda: True)()]


def pieces_manquantes(dossier) -> list:
    """Compulsory pieces not yet added."""
    presentes = {piece.type_id for piece in dossier.pieces.all()}
    return [piece for piece in pieces_attendues(dossier, obligatoire=True) if piece.pk not in presentes]


def attestations_requises(dossier) -> list[str]:
    """Certificates to tick; the republican commitment is asked of associations and foundations only."""
    requises = ["attestation_pouvoir", "attestation_fiscale", "attestation_honneur", "attestation_donnees"]
    if dossier.forme_juridique and dossier.forme_juridique.cer_requis:
        requises.append("attestation_cer")
    return requises
