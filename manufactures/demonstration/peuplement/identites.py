"""Names of people, structures and projects, numbers and texts: French, plausible, invented, drawn from a seed."""

from dataclasses import dataclass
from random import Random

from django.utils.text import slugify

from manufactures.comptes.models import Civilite

DOMAINE = "peuplement.test"  # every account that is drawn here ends so: .test is nobody's, for ever
FEMMES = (
    "Adèle Agathe Aline Amandine Anaïs Apolline Armelle Aurore Bérénice Brune Capucine Céleste Clémence Coline "
    "Daphné Delphine Diane Élodie Éloïse Élise Emma Estelle Eugénie Faustine Garance Gaëlle Héloïse Inès Ingrid "
    "Jeanne Joséphine Judith Justine Laure Léonie Lise Louise Maëlys Margaux Marion Mathilde Maud Mélanie Nina "
    "Noémie Ombeline Océane Pauline Perrine Roxane Salomé Sarah Soizic Solène Suzanne Tiphaine Valentine Yaëlle Zoé"
).split()
HOMMES = (
    "Adrien Alban Alexis Amaury Anselme Antonin Arthur Aubin Augustin Bastien Baptiste Benoît Brice Cédric Clément "
    "Corentin Cyprien Damien Denis Édouard Élie Émile Étienne Fabien Félix Florent Gaspard Gauthier Gildas Grégoire "
    "Hugo Ismaël Joachim Jules Kévin Léon Loïc Lucien Malo Marceau Martin Mathis Maxence Mehdi Nathan Nolan Octave "
    "Paul Pierrick Quentin Raphaël Rémi Robin Samuel Simon Tanguy Théo Timothée Tristan Valentin Victor Yanis Yvan"
).split()
DEBUTS = (
    "Bar Bau Ber Bois Bou Bran Char Chau Clos Cor Dar Del Dor Fau Fer Fon Gar Gran Gros Guer Jon Lam Lan Lav Mar "
    "Maur Mer Mon Nor Pel Per Plan Pont Pra Quer Ram Rav Ros Sal Sau Ser Tar Tou Val Var Vau Ver Vil"
).split()
MILIEUX = "a e i o ou an en ar er au e".split()
FINS = (
    "bert bier card champ chet court dais del dier don dreau fort gnac gnon jac lac let lier lin llac mier mont nac "
    "nard net nier quet rac rand rel rier roux san sier tal tier ton val vert vier vin"
).split()
METIERS = (
    "bois métal textile laine lin cuir verre papier céramique osier pierre chanvre ardoise horlogerie reliure "
    "coutellerie lutherie ébénisterie menuiserie chaudronnerie tissage broderie sérigraphie imprimerie vannerie "
    "faïence marqueterie ferronnerie tournage sellerie maroquinerie"
).split()
GENRES_DE_LIEU = (
    "Manufacture Fabrique Halle Grange Forge Filature Coopérative Tannerie Papeterie Bobinerie Verrerie Scierie "
    "Teinturerie Corderie Draperie Minoterie Faïencerie Bonneterie Ganterie Poterie"
).split()
LIEUX_DITS = (
    "des Deux Rives|du Vieux Pont|de la Gare|du Canal|des Tilleuls|du Beffroi|des Remparts|du Lavoir|de la Cascade|"
    "du Moulin|des Trois Puits|de la Combe|du Pré Long|des Sources|de la Marne Blanche|du Grand Chêne|des Hauts Fours|"
    "de la Plaine|du Coteau|des Ponts Verts|du Quai Neuf|de la Bruyère|du Carrefour|des Marais|du Plateau|"
    "de la Vallée Claire|du Bas Bourg|des Genêts|du Port Sec|de la Croisée"
).split("|")
VOIES = "rue|avenue|place|chemin|quai|impasse|cours|boulevard".split("|")
NOMS_DE_VOIES = (
    "des Exemples|de la Fiction|du Modèle|des Invités|de la Maquette|des Essais|du Canevas|de la Réplique|"
    "des Figurants|du Décor|de la Trame|des Patrons"
).split("|")
PHRASES = (
    "Le bassin a perdu en dix ans une partie de ses ateliers, et les artisans font venir de loin leurs prototypes.",
    "Une enquête menée auprès de quarante structures montre un besoin partagé de machines et de surfaces courtes.",
    "Le lieu ouvre cinq jours par semaine, avec une permanence le samedi pour les habitants.",
    "Chaque machine a un référent, une fiche de prise en main et un planning que tous peuvent lire.",
    "Les tarifs sont à l'heure, dégressifs, et discutés une fois par an avec les usagers.",
    "Un parcours d'accueil de trois demi-journées précède l'accès libre aux postes de travail.",
    "La commune met le bâtiment à disposition et reste propriétaire des murs.",
    "Les entreprises du territoire réservent des heures de production et accueillent des stagiaires.",
    "Les chutes sont triées, pesées et proposées aux écoles et aux associations voisines.",
    "La chaleur des machines chauffe la salle commune, et la toiture portera des panneaux solaires.",
    "L'équipe compte deux permanents et recrute une personne chargée de la production.",
    "Le conseil réunit usagers, salariés, collectivités et entreprises, à parts égales.",
    "Les comptes sont publiés chaque année et commentés en assemblée ouverte.",
    "Un lycée professionnel envoie ses classes deux jours par mois pour des travaux sur commande réelle.",
    "Les petites séries commencent à cinquante pièces, avec un devis en quarante-huit heures.",
    "Le plan prévoit une montée en charge sur trois ans, revue chaque trimestre.",
    "Les travaux se font en deux tranches, sans fermer l'atelier existant.",
    "La livraison des machines suit la mise aux normes électrique, puis vient la formation des référents.",
    "Un groupe d'habitants anime un atelier de réparation, ouvert à tous, le premier mercredi du mois.",
    "Les données de production restent au lieu, sur un serveur partagé avec deux autres ateliers.",
    "Trois filières locales partagent le quai, l'emballage et un transporteur commun.",
    "Les premières commandes sont signées et couvrent un tiers du chiffre prévu la deuxième année.",
    "La gouvernance prévoit une voix par membre et un renouvellement par tiers.",
    "Le projet s'appuie sur un réseau de quinze ateliers qui échangent plans, gabarits et méthodes.",
)
PAR_TEXTE = 5  # sentences of about a hundred characters: an answer weighs about 500
TEXTES_TIRES = 400
SIREN_MAX = 100_000  # SIREN that begin with 000 were never given: 100 000 of them have a right key


def hasard(graine: str) -> Random:
    """Draws that a seed repeats: nothing secret is drawn here."""
    return Random(graine)  # noqa: S311 (names and dates of invented dossiers)


@dataclass(slots=True)
class Personne:
    """An account: the row's key and what texts say of it."""

    pk: int
    civilite: str
    prenom: str
    nom: str
    adresse: str  # what stands before the @
    telephone: str

    @property
    def courriel(self) -> str:
        """The address."""
        return f"{self.adresse}@{DOMAINE}"


def tirer_nom(alea: Random) -> str:
    """A family name that sounds right and that nobody needs to bear."""
    return alea.choice(DEBUTS) + alea.choice(MILIEUX) + alea.choice(FINS)


def tirer_personne(alea: Random, pk: int, rang: int, civilite: str | None = None) -> Personne:
    """Someone new; `rang` makes the address unique."""
    civilite = civilite or alea.choice(Civilite.values)
    prenom = alea.choice(FEMMES if civilite == Civilite.MADAME else HOMMES)
    nom = tirer_nom(alea)
    telephone = f"019900{rang % 9_000:04d}"  # the range kept for fiction
    return Personne(pk, civilite, prenom, nom, f"{slugify(prenom)}.{slugify(nom)}.{rang}", telephone)


def tirer_projet(alea: Random) -> str:
    """The name of a project."""
    genre, metier, lieu = alea.choice(GENRES_DE_LIEU), alea.choice(METIERS), alea.choice(LIEUX_DITS)
    return alea.choice((f"{genre} {lieu}", f"{genre} du {metier}", f"{genre} {tirer_nom(alea)}"))


def tirer_adresse(alea: Random) -> str:
    """A street that no map has."""
    return f"{alea.randint(1, 120)} {alea.choice(VOIES)} {alea.choice(NOMS_DE_VOIES)}"


def tirer_resume(alea: Random) -> str:
    """Two sentences, short enough for the open data."""
    return " ".join(alea.sample(PHRASES, 2)).removesuffix(".")


def tirer_textes(alea: Random) -> list[str]:
    """Answers to draw from: some hundreds, so that no two dossiers read alike, and no search finds them all."""
    return [" ".join(alea.sample(PHRASES, PAR_TEXTE)) for _ in range(TEXTES_TIRES)]


def _cle_de_luhn(chiffres: str) -> int:
    """The last digit that makes the whole number right."""
    somme = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        somme += valeur - 9 if valeur > 9 else valeur  # noqa: PLR2004 (the two digits of a product)
    return -somme % 10


def composer_siret(huit: str, quatre: str) -> str:
    """A SIRET from the first eight digits of its SIREN and the first four of its establishment."""
    debut = f"{huit}{_cle_de_luhn(huit)}{quatre}"
    return f"{debut}{_cle_de_luhn(debut)}"


def siret_invente(rang: int) -> str:
    """The SIRET of this rank: SIREN never given, right keys, never twice the same below ten million."""
    tour, rang = divmod(rang, SIREN_MAX)
    return composer_siret(f"000{rang:05d}", f"{tour + 901:04d}")


def rna_invente(rang: int) -> str:
    """A number of the associations' register."""
    return f"W9{rang % 100:02d}{rang // 100 % 1_000_000:06d}"
