"""What the porteur answers, section by section: the fields of the form, kept apart from the deeds."""

from decimal import Decimal

from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models

from candidatures.models.choix import BaseMontants, RegimeTva, Stade, TrancheEffectif
from candidatures.numeros import (
    valider_code_postal,
    valider_demi_journee,
    valider_naf,
    valider_rna,
    valider_siret,
    valider_telephone,
)
from manufactures.comptes.models import Civilite


def _texte(libelle, maximum=6000, **options):
    return models.TextField(
        libelle, blank=True, max_length=maximum, validators=[MaxLengthValidator(maximum)], **options
    )


def _mot(libelle, maximum, **options):
    return models.CharField(libelle, max_length=maximum, blank=True, **options)


def _montant(libelle):
    positif = MinValueValidator(0, message="Écrivez un montant positif ou nul, par exemple 12 400,50.")
    return models.DecimalField(
        libelle, max_digits=12, decimal_places=2, default=Decimal("0.00"), validators=[positif]
    )


class Reponses(models.Model):
    """The answers of a dossier (domain study §2); only the project's name is compulsory in a draft."""

    # Structure
    raison_sociale = _mot("nom de la structure", 255)
    siret = _mot("SIRET", 14, validators=[valider_siret])
    forme_juridique = models.ForeignKey(
        "programme.FormeJuridique",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="forme juridique",
    )
    numero_rna = _mot("numéro RNA", 10, validators=[valider_rna])
    effectif_etp = models.DecimalField(
        "effectif (équivalents temps plein)",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0, message="Écrivez un nombre positif ou nul.")],
    )
    tranche_effectif = _mot("tranche d'effectif", 2, choices=TrancheEffectif)
    code_naf = _mot("code NAF", 6, validators=[valider_naf])
    regime_tva = _mot("régime de TVA", 12, choices=RegimeTva)
    adresse_siege = _mot("adresse du siège", 255)
    code_postal_siege = _mot("code postal", 5, validators=[valider_code_postal])
    commune_siege = models.ForeignKey(
        "programme.Commune",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="commune du siège",
    )
    representant_civilite = _mot("civilité", 10, choices=Civilite)
    representant_prenom = _mot("prénom", 80)
    representant_nom = _mot("nom", 80)
    representant_qualite = _mot("qualité", 120)
    representant_courriel = models.EmailField("adresse électronique", blank=True)
    representant_telephone = _mot("téléphone", 16, validators=[valider_telephone])

    # Projet
    nom_projet = models.CharField("nom du projet", max_length=120)
    resume_public = _texte("résumé public", 600)
    stade = _mot("stade", 20, choices=Stade)
    filieres = models.ManyToManyField(
        "programme.Filiere", related_name="dossiers", blank=True, verbose_name="filières"
    )
    besoin = _texte("besoin du territoire")
    projet = _texte("projet")
    communaute = _texte("communauté")
    mutualisation = _texte("machines et services partagés")
    formation = _texte("formation")
    transitions = _texte("transitions numérique et écologique")

    # Gouvernance, calendrier
    gouvernance = _texte("gouvernance")
    strategie_rh = _texte("équipe et emplois")
    calendrier = _texte("calendrier")

    # Demande
    demande_investissement = _montant("subvention d'investissement demandée (€)")
    demande_amorcage = _montant("subvention d'amorçage demandée (€)")
    demande_jours = models.DecimalField(
        "jours d'ingénierie demandés",
        max_digits=5,
        decimal_places=1,
        default=Decimal("0.0"),
        validators=[MinValueValidator(0, message="Écrivez un nombre positif ou nul."), valider_demi_journee],
    )
    base_montants = models.CharField("montants", max_length=3, choices=BaseMontants, default=BaseMontants.HT)

    # Attestations, ticked on the deposit page
    attestation_honneur = models.BooleanField("avoir déclaré les aides déjà reçues", default=False)
    attestation_fiscale = models.BooleanField("être à jour des impôts et cotisations", default=False)
    attestation_pouvoir = models.BooleanField("avoir le pouvoir d'engager la structure", default=False)
    attestation_donnees = models.BooleanField("avoir informé les personnes citées", default=False)
    attestation_cer = models.BooleanField("respecter le contrat d'engagement républicain", default=False)

    # Press kit details, shown for six laureates
    superficie_texte = _texte("superficie", 600)
    residents_texte = _texte("résidents", 1000)
    formation_texte = _texte("formations données", 1000)
    partenaires_texte = _texte("partenaires", 1000)

    class Meta:
        abstract = True
