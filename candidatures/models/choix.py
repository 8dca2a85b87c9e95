"""The closed lists of the dossier: French nouns, the stored value never shown."""

from decimal import Decimal

from django.db.models import TextChoices


class RegimeTva(TextChoices):
    ASSUJETTI = "ASSUJETTI", "Assujettie à la TVA"
    PARTIEL = "PARTIEL", "Partiellement assujettie"
    NON = "NON", "Non assujettie"


class TrancheEffectif(TextChoices):
    """Staff as the register of companies counts it (INSEE)."""

    SANS = "00", "Aucun salarié"
    DE_1 = "01", "1 ou 2 salariés"
    DE_3 = "02", "3 à 5 salariés"
    DE_6 = "03", "6 à 9 salariés"
    DE_10 = "11", "10 à 19 salariés"
    DE_20 = "12", "20 à 49 salariés"
    DE_50 = "21", "50 à 99 salariés"
    DE_100 = "22", "100 à 199 salariés"
    DE_200 = "31", "200 à 249 salariés"
    DE_250 = "32", "250 à 499 salariés"
    DE_500 = "41", "500 à 999 salariés"
    DE_1000 = "42", "1 000 à 1 999 salariés"
    DE_2000 = "51", "2 000 à 4 999 salariés"
    DE_5000 = "52", "5 000 à 9 999 salariés"
    DE_10000 = "53", "10 000 salariés et plus"


class BaseMontants(TextChoices):
    """One basis for the whole plan."""

    HT = "HT", "Hors taxes"
    TTC = "TTC", "Toutes taxes comprises"


class Stade(TextChoices):
    IDEE = "IDEE", "Une idée"
    PREFIGURATION = "PREFIGURATION", "En préfiguration"
    OUVERT_MOINS_2ANS = "OUVERT_MOINS_2ANS", "Ouvert depuis moins de deux ans"
    OUVERT_2ANS_ET_PLUS = "OUVERT_2ANS_ET_PLUS", "Ouvert depuis deux ans ou plus"


class TypeTerritoire(TextChoices):
    """The three territories that the press kit counts (p. 6), and the rest."""

    PETITE_OU_MOYENNE_VILLE = "PETITE_OU_MOYENNE_VILLE", "Petite ou moyenne ville"
    RURAL = "RURAL", "Zone rurale"
    QPV = "QPV", "Quartier prioritaire ou à proximité"
    AUTRE = "AUTRE", "Autre territoire"


class RelationQpv(TextChoices):
    """The press kit counts "à proximité ou en QPV"."""

    DANS = "DANS", "Dans un quartier prioritaire"
    PROXIMITE = "PROXIMITE", "À proximité d'un quartier prioritaire"
    HORS = "HORS", "Hors quartier prioritaire"


class Dispositif(TextChoices):
    """The State's territorial policies that a site may belong to: stated by the porteur, with a proof."""

    QPV = "qpv", "Quartier prioritaire de la ville"
    ACV = "acv", "Action cœur de ville"
    PVD = "pvd", "Petites villes de demain"
    TI = "ti", "Territoires d'industrie"


class TitreOccupation(TextChoices):
    PROPRIETE = "PROPRIETE", "Propriété"
    BAIL = "BAIL", "Bail"
    BAIL_PRECAIRE = "BAIL_PRECAIRE", "Bail précaire"
    CONVENTION = "CONVENTION", "Convention d'occupation"
    PROMESSE = "PROMESSE", "Promesse écrite"
    AUCUN = "AUCUN", "Aucun titre pour l'instant"


class CategorieEquipement(TextChoices):
    MACHINE_CONVENTIONNELLE = "MACHINE_CONVENTIONNELLE", "Machine conventionnelle"
    COMMANDE_NUMERIQUE = "COMMANDE_NUMERIQUE", "Commande numérique"
    IMPRESSION_3D = "IMPRESSION_3D", "Impression 3D"
    INFORMATIQUE = "INFORMATIQUE", "Informatique"
    AMENAGEMENT = "AMENAGEMENT", "Aménagement"
    SECURITE = "SECURITE", "Sécurité"
    AUTRE = "AUTRE", "Autre"


TAUX_TVA = [
    (Decimal("20.0"), "20 %"),
    (Decimal("10.0"), "10 %"),
    (Decimal("8.5"), "8,5 % (outre-mer)"),
    (Decimal("5.5"), "5,5 %"),
    (Decimal("0.0"), "0 %"),
]


class Volet(TextChoices):
    """Investment and seed money are two plans, never mixed."""

    INVESTISSEMENT = "INVESTISSEMENT", "Investissement"
    AMORCAGE = "AMORCAGE", "Amorçage"


class Sens(TextChoices):
    DEPENSE = "DEPENSE", "Dépense"
    RESSOURCE = "RESSOURCE", "Ressource"


class TypeFinanceur(TextChoices):
    ETAT_ANCT = "ETAT_ANCT", "État : ANCT, cet appel"
    AUTRE_ETAT = "AUTRE_ETAT", "Autre service de l'État"
    REGION = "REGION", "Région"
    DEPARTEMENT = "DEPARTEMENT", "Département"
    EPCI = "EPCI", "Intercommunalité"
    COMMUNE = "COMMUNE", "Commune"
    UE = "UE", "Union européenne"
    PRIVE = "PRIVE", "Financeur privé"
    EMPRUNT = "EMPRUNT", "Emprunt"
    AUTOFINANCEMENT = "AUTOFINANCEMENT", "Autofinancement"
    AUTRE = "AUTRE", "Autre"


FINANCEURS_PUBLICS = (
    TypeFinanceur.ETAT_ANCT,
    TypeFinanceur.AUTRE_ETAT,
    TypeFinanceur.REGION,
    TypeFinanceur.DEPARTEMENT,
    TypeFinanceur.EPCI,
    TypeFinanceur.COMMUNE,
    TypeFinanceur.UE,
)


class StatutRessource(TextChoices):
    ACQUIS = "ACQUIS", "Acquis"
    CONDITIONNEL = "CONDITIONNEL", "Conditionnel à l'accord de l'État"
    SOLLICITE = "SOLLICITE", "Sollicité"
    ENVISAGE = "ENVISAGE", "Envisagé"


class TypePartenaire(TextChoices):
    PUBLIC = "PUBLIC", "Public"
    PRIVE = "PRIVE", "Privé"
    FORMATION = "FORMATION", "Formation"
    CONSULAIRE = "CONSULAIRE", "Chambre consulaire"
    ASSOCIATIF = "ASSOCIATIF", "Associatif"


class Engagement(TextChoices):
    ENGAGE = "ENGAGE", "Engagé"
    PRESSENTI = "PRESSENTI", "Pressenti"


class Annee(TextChoices):
    """The three years of the business plan."""

    N = "N", "Année 1"
    N1 = "N+1", "Année 2"
    N2 = "N+2", "Année 3"


class NatureExploitation(TextChoices):
    PRODUIT = "PRODUIT", "Produit"
    CHARGE = "CHARGE", "Charge"


class Droit(TextChoices):
    """What a member may do; one line each on the team page."""

    TITULAIRE = "TITULAIRE", "Titulaire"
    CONTRIBUTEUR = "CONTRIBUTEUR", "Contributeur"
    LECTEUR = "LECTEUR", "Lecteur"


class Section(TextChoices):
    """The eight pages of the form, in their order; the deposit is a page, not a ninth step."""

    STRUCTURE = "structure", "Structure"
    LIEU = "lieu", "Lieu"
    PROJET = "projet", "Projet"
    EQUIPEMENTS = "equipements", "Équipements"
    MODELE = "modele", "Modèle économique"
    FINANCEMENT = "financement", "Plan de financement"
    GOUVERNANCE = "gouvernance", "Gouvernance et équipe"
    PIECES = "pieces", "Calendrier et pièces"


class IssuePassation(TextChoices):
    """What became of a proposal to take a dossier over."""

    ACCEPTEE = "ACCEPTEE", "Acceptée"
    REFUSEE = "REFUSEE", "Refusée"
    ANNULEE = "ANNULEE", "Annulée"


class EtatMandat(TextChoices):
    """Where a partner's mandate stands; `CADUC`: the partner or its lead is no longer what was written."""

    DEMANDE = "DEMANDE", "Demandé"
    DONNE = "DONNE", "Donné"
    REFUSE = "REFUSE", "Refusé"
    RETIRE = "RETIRE", "Retiré"
    CADUC = "CADUC", "À redemander"
