"""Where, with what, with whom, for what effect: tables of Lieu, Équipements, Gouvernance and Projet."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models.base import LigneDuDossier
from candidatures.models.choix import (
    TAUX_TVA,
    CategorieEquipement,
    Dispositif,
    Engagement,
    RelationQpv,
    TitreOccupation,
    TypePartenaire,
    TypeTerritoire,
)
from candidatures.models.dossier import Dossier
from candidatures.numeros import valider_code_qpv

DISPOSITIFS_COCHES = {  # QPV apart, which says a relation and a code
    Dispositif.ACV: "action_coeur_de_ville",
    Dispositif.PVD: "petites_villes_de_demain",
    Dispositif.TI: "territoires_industrie",
}
POSITIF = MinValueValidator(0, message="Écrivez un nombre positif ou nul.")


def _piece(libelle):
    """A key to one of the dossier's own pieces; taken away with it."""
    return models.ForeignKey(
        "candidatures.Piece",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=libelle,
    )


def _lien(libelle):
    """The address of a public page that says so."""
    return models.URLField(libelle, max_length=300, blank=True)


class Site(LigneDuDossier):
    """A place of the project; a project may have several, exactly one principal (domain study §2.2)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="sites")
    nom = models.CharField("nom du lieu", max_length=120)
    principal = models.BooleanField("lieu principal", default=False)
    commune = models.ForeignKey("programme.Commune", models.PROTECT, related_name="+", verbose_name="commune")
    latitude = models.DecimalField("latitude", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=9, decimal_places=6, null=True, blank=True)
    type_territoire = models.CharField(
        "type de territoire", max_length=30, choices=TypeTerritoire, blank=True
    )
    qpv_relation = models.CharField("quartier prioritaire", max_length=12, choices=RelationQpv, blank=True)
    code_qpv = models.CharField("code du quartier", max_length=8, blank=True, validators=[valider_code_qpv])
    qpv_lien, qpv_piece = _lien("QPV : page qui le prouve"), _piece("QPV : pièce qui le prouve")
    action_coeur_de_ville = models.BooleanField("Action cœur de ville", default=False)
    acv_lien = _lien("Action cœur de ville : page qui le prouve")
    acv_piece = _piece("Action cœur de ville : pièce qui le prouve")
    petites_villes_de_demain = models.BooleanField("Petites villes de demain", default=False)
    pvd_lien = _lien("Petites villes de demain : page qui le prouve")
    pvd_piece = _piece("Petites villes de demain : pièce qui le prouve")
    territoires_industrie = models.BooleanField("Territoires d'industrie", default=False)
    ti_lien = _lien("Territoires d'industrie : page qui le prouve")
    ti_piece = _piece("Territoires d'industrie : pièce qui le prouve")
    titre_occupation = models.CharField(
        "titre d'occupation", max_length=16, choices=TitreOccupation, blank=True
    )
    surface_actuelle_m2 = models.DecimalField(
        "surface actuelle (m²)", max_digits=10, decimal_places=2, default=0, validators=[POSITIF]
    )
    surface_projet_m2 = models.DecimalField(
        "surface une fois le projet réalisé (m²)",
        max_digits=10,
        decimal_places=2,
        default=0,
        validators=[POSITIF],
    )

    class Meta(LigneDuDossier.Meta):
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        constraints = [
            UniqueConstraint(fields=["dossier"], condition=Q(principal=True), name="site_un_seul_principal"),
            CheckConstraint(
                condition=Q(surface_actuelle_m2__gte=0, surface_projet_m2__gte=0), name="site_surfaces"
            ),
            CheckConstraint(
                condition=Q(type_territoire__in=["", *TypeTerritoire]), name="site_type_territoire"
            ),
            CheckConstraint(
                condition=Q(latitude=None) | Q(latitude__gte=-90, latitude__lte=90), name="site_latitude"
            ),
            CheckConstraint(
                condition=Q(longitude=None) | Q(longitude__gte=-180, longitude__lte=180),
                name="site_longitude",
            ),
        ]

    def __str__(self):
        return self.nom

    def est_dans(self, dispositif: Dispositif) -> bool:
        """The porteur states that this place belongs to it; near a priority district counts (press kit p. 6)."""
        if dispositif == Dispositif.QPV:
            return self.qpv_relation in (RelationQpv.DANS, RelationQpv.PROXIMITE)
        return getattr(self, DISPOSITIFS_COCHES[dispositif])

    @property
    def dispositifs(self) -> list[dict]:
        """What is stated, each with its proof: a link, a piece by its name, or none yet."""
        return [
            {
                "code": dispositif.value,
                "libelle": dispositif.label,
                "precision": self.code_qpv if dispositif == Dispositif.QPV else "",
                "lien": getattr(self, f"{dispositif}_lien"),
                "piece": str(getattr(self, f"{dispositif}_piece") or ""),
            }
            for dispositif in Dispositif
            if self.est_dans(dispositif)
        ]

    @property
    def dispositifs_sans_preuve(self) -> list[str]:
        """What is stated, and that nothing shows."""
        return [
            d.label
            for d in Dispositif
            if self.est_dans(d) and not (getattr(self, f"{d}_lien") or getattr(self, f"{d}_piece_id"))
        ]


class Equipement(LigneDuDossier):
    """A machine or fitting to buy; only shared equipment enters the investment subsidy (press kit p. 12)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="equipements")
    designation = models.CharField("désignation", max_length=200)
    categorie = models.CharField("catégorie", max_length=24, choices=CategorieEquipement)
    quantite = models.PositiveIntegerField(
        "quantité", default=1, validators=[MinValueValidator(1, message="Au moins un.")]
    )
    prix_unitaire_ht = models.DecimalField(
        "prix unitaire HT (€)",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"), message="Écrivez un prix supérieur à zéro.")],
    )
    taux_tva = models.DecimalField(
        "TVA", max_digits=3, decimal_places=1, choices=TAUX_TVA, default=Decimal("20.0")
    )
    mutualise = models.BooleanField("partagé", default=False)
    neuf = models.BooleanField("neuf", default=False)
    fournisseur = models.CharField("fournisseur du devis", max_length=120, blank=True)
    devis = _piece("devis parmi vos pièces")

    class Meta(LigneDuDossier.Meta):
        verbose_name = "équipement"
        constraints = [
            CheckConstraint(condition=Q(quantite__gte=1), name="equipement_quantite"),
            CheckConstraint(condition=Q(prix_unitaire_ht__gt=0), name="equipement_prix"),
            CheckConstraint(condition=Q(taux_tva__in=[t for t, _ in TAUX_TVA]), name="equipement_taux_tva"),
        ]

    def __str__(self):
        return self.designation

    @property
    def total_ht(self) -> Decimal:
        """Quantity by unit price, without VAT."""
        return self.quantite * self.prix_unitaire_ht


class Partenaire(LigneDuDossier):
    """A public, private, training or consular partner, engaged or hoped for."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="partenaires")
    nom = models.CharField("nom", max_length=200)
    type = models.CharField("type", max_length=12, choices=TypePartenaire)
    role = models.CharField("rôle dans le projet", max_length=300, blank=True)
    engagement = models.CharField(
        "engagement", max_length=10, choices=Engagement, default=Engagement.PRESSENTI
    )

    class Meta(LigneDuDossier.Meta):
        verbose_name = "partenaire"

    def __str__(self):
        return self.nom


class Indicateur(LigneDuDossier):
    """A figure that the project wants to move; a target has always a starting point."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="indicateurs")
    libelle = models.CharField("indicateur", max_length=200)
    unite = models.CharField("unité", max_length=40)
    depart = models.DecimalField("aujourd'hui", max_digits=12, decimal_places=2, validators=[POSITIF])
    cible = models.DecimalField("cible", max_digits=12, decimal_places=2, validators=[POSITIF])
    horizon_mois = models.PositiveSmallIntegerField("dans combien de mois", default=36)

    class Meta(LigneDuDossier.Meta):
        verbose_name = "indicateur"
        constraints = [
            CheckConstraint(condition=Q(depart__gte=0, cible__gte=0), name="indicateur_bornes"),
            CheckConstraint(
                condition=Q(horizon_mois__gte=1, horizon_mois__lte=120), name="indicateur_horizon"
            ),
        ]

    def __str__(self):
        return self.libelle
