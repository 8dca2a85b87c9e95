"""The call, its waves, its grid and the pieces it asks for."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q


class RegimeAide(models.TextChoices):
    """Under which rule of the European Union a subsidy stands (de minimis ceilings apart, a text is cited)."""

    A_CONFIRMER = "A_CONFIRMER", "À confirmer"
    EXEMPTE = "EXEMPTE", "Régime exempté de notification"
    DE_MINIMIS = "DE_MINIMIS", "De minimis"
    SIEG_DE_MINIMIS = "SIEG_DE_MINIMIS", "De minimis, service d'intérêt économique général"
    PAS_UNE_AIDE = "PAS_UNE_AIDE", "Hors du champ des aides d'État"


class Appel(models.Model):
    """A call for expressions of interest: the texts and figures that its acts print."""

    slug = models.SlugField("identifiant", max_length=60, unique=True)
    titre = models.CharField("titre", max_length=160)
    presentation = models.TextField("présentation")
    objectif = models.PositiveIntegerField("nombre de manufactures visé", default=100)
    cahier_version = models.CharField("version du cahier des charges", max_length=20, default="1.0")
    delai_silence_mois = models.PositiveSmallIntegerField("délai de décision implicite, en mois", default=2)
    fondement_silence = models.CharField(
        "fondement du rejet implicite",
        max_length=200,
        default="L. 231-4 du code des relations entre le public et l'administration",
    )
    reglement_version = models.CharField(
        "version du règlement intérieur du comité", max_length=20, default="1"
    )

    service_nom = models.CharField("service", max_length=160)
    service_adresse = models.CharField("adresse du service", max_length=250)
    service_courriel = models.EmailField("courriel du service")
    service_telephone = models.CharField("téléphone du service", max_length=20)
    hebergeur = models.CharField(
        "hébergeur", max_length=300, blank=True, help_text="Nom, adresse et téléphone."
    )
    service_ville = models.CharField("ville des actes", max_length=60, default="Paris")
    nom_attribuant = models.CharField("nom de l'attribuant", max_length=160, blank=True)
    siret_attribuant = models.CharField("SIRET de l'attribuant", max_length=14, blank=True)
    dispositif_aide = models.CharField("dispositif d'aide", max_length=160, blank=True)
    numero_rae = models.CharField("numéro au répertoire des aides aux entreprises", max_length=5, blank=True)
    regime_aide = models.CharField(
        "régime d'aide d'État", max_length=16, choices=RegimeAide, default=RegimeAide.A_CONFIRMER
    )
    regime_aide_texte = models.CharField(
        "texte du régime d'aide",
        max_length=300,
        blank=True,
        help_text="Visé par les actes : « le règlement… ».",
    )
    regime_aide_mention = models.CharField("mention du régime d'aide", max_length=300, blank=True)
    dpo_courriel = models.EmailField("courriel du délégué à la protection des données")
    autorite_titre = models.CharField("autorité", max_length=120, help_text="« le directeur général »")
    autorite_titre_complet = models.CharField("autorité, titre complet", max_length=250)
    autorite_texte_competence = models.CharField("texte de compétence", max_length=300)
    tribunal_nom = models.CharField("tribunal", max_length=120)
    tribunal_adresse = models.CharField("adresse du tribunal", max_length=250)

    incubation_mois = models.PositiveSmallIntegerField("durée de l'incubation, en mois", default=4)
    accompagnement_mois = models.PositiveSmallIntegerField("durée de l'accompagnement, en mois", default=24)
    jours_par_projet = models.DecimalField(
        "jours d'accompagnement par projet", max_digits=5, decimal_places=1, default=15
    )
    prix_jour_ht = models.DecimalField(
        "prix d'un jour d'expertise, HT", max_digits=12, decimal_places=2, default=900
    )
    marche_reference = models.CharField("accord-cadre", max_length=60, blank=True)
    seuil_convention = models.DecimalField(
        "seuil de convention", max_digits=12, decimal_places=2, default=23000
    )
    part_avance = models.DecimalField("part de l'avance", max_digits=3, decimal_places=2, default="0.30")
    part_acompte = models.DecimalField("part de l'acompte", max_digits=3, decimal_places=2, default="0.50")
    part_amorcage = models.DecimalField(
        "part de la première année d'amorçage", max_digits=3, decimal_places=2, default="0.50"
    )
    tva_expertise = models.DecimalField(
        "TVA de l'expertise, en %", max_digits=4, decimal_places=1, default=20
    )
    plafond_avance = models.PositiveSmallIntegerField("plafond de l'avance, en %", default=30)
    plafond_acomptes = models.PositiveSmallIntegerField("plafond avant solde, en %", default=80)
    plafond_public_prive = models.PositiveSmallIntegerField(
        "aides publiques, porteur privé, en %", default=100
    )
    plafond_public_public = models.PositiveSmallIntegerField(
        "aides publiques, collectivité, en %", default=80
    )
    plafond_investissement = models.DecimalField(
        "plafond d'investissement", max_digits=12, decimal_places=2, null=True, blank=True
    )
    plafond_amorcage = models.DecimalField(
        "plafond d'amorçage", max_digits=12, decimal_places=2, null=True, blank=True
    )
    taux_investissement = models.PositiveSmallIntegerField(
        "investissement, en % des dépenses éligibles au plus", null=True, blank=True
    )
    taux_amorcage = models.PositiveSmallIntegerField(
        "amorçage, en % des dépenses éligibles au plus", null=True, blank=True
    )
    duree_affectation = models.PositiveSmallIntegerField("affectation des équipements, en années", default=5)
    delai_commencement = models.PositiveSmallIntegerField("délai de commencement, en mois", default=12)
    delai_confirmation_jours = models.PositiveSmallIntegerField(
        "confirmation tacite d'une journée, en jours", default=10
    )
    seuil_assiduite = models.DecimalField("seuil d'assiduité", max_digits=3, decimal_places=2, default="0.75")
    grille_version = models.PositiveSmallIntegerField("version de la grille en vigueur", default=1)
    double_lecture = models.BooleanField(
        "double lecture",
        default=False,
        help_text="Deux agents lisent chaque dossier, sans voir les notes l'un de l'autre.",
    )
    seuil_d_ecart = models.PositiveSmallIntegerField(
        "écart de notes à concilier",
        default=1,
        help_text="Au-delà de cet écart sur un critère, les deux agents s'accordent sur une note.",
    )
    part_verifiee = models.PositiveSmallIntegerField(
        "part des conclusions vérifiées, en %",
        default=10,
        help_text="De 0 à 100 : part des dossiers recevables tirés au sort, qu'un responsable relit. "
        "Un refus est toujours relu.",
    )

    class Meta:
        verbose_name = "appel"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(part_verifiee__lte=100), name="appel_part_verifiee"),
        ]

    def __str__(self):
        return self.titre

    @property
    def est_de_minimis(self) -> bool:
        """The subsidies of this call count towards a de minimis ceiling."""
        return self.regime_aide in (RegimeAide.DE_MINIMIS, RegimeAide.SIEG_DE_MINIMIS)


class VagueQuerySet(models.QuerySet):
    """Waves by their calendar."""

    def ouvertes(self, instant: datetime):
        """Waves that take deposits at `instant`."""
        return self.filter(ouverture__lte=instant, cloture__gt=instant)


class Vague(models.Model):
    """A deposit window with its own calendar."""

    appel = models.ForeignKey(Appel, on_delete=models.PROTECT, related_name="vagues")
    numero = models.PositiveSmallIntegerField("numéro")
    libelle = models.CharField("libellé", max_length=80)
    ouverture = models.DateTimeField("ouverture")
    cloture = models.DateTimeField("clôture")
    tolerance_s = models.PositiveIntegerField("tolérance, en secondes", default=0)
    decision_prevue = models.DateTimeField("décision prévue", null=True, blank=True)
    places = models.PositiveSmallIntegerField(
        "nombre de lauréats", null=True, blank=True, help_text="Vide : la vague n'a pas de nombre propre."
    )

    objects = VagueQuerySet.as_manager()

    class Meta:
        verbose_name = "vague"
        ordering = ["appel", "numero"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "numero"], name="vague_unique_par_numero"),
            models.CheckConstraint(
                condition=Q(cloture__gt=F("ouverture")), name="vague_se_ferme_apres_son_ouverture"
            ),
            models.CheckConstraint(condition=Q(places=None) | Q(places__gt=0), name="vague_places"),
        ]

    def __str__(self):
        return self.libelle

    @property
    def fil(self) -> str:
        """Thread of the journal."""
        return f"vague/{self.appel.slug}-{self.numero}"

    @property
    def limite(self) -> datetime:
        """First instant at which a deposit is late."""
        return self.cloture + timedelta(seconds=self.tolerance_s)

    def est_ouverte(self, instant: datetime) -> bool:
        """A deposit at `instant` is in time (strictly before the limit)."""
        return self.ouverture <= instant < self.limite

    def est_close(self, instant: datetime) -> bool:
        """The limit is reached."""
        return instant >= self.limite


class PieceDemandee(models.Model):
    """A supporting document that the call asks for."""

    class Moment(models.TextChoices):
        DEPOT = "DEPOT", "au dépôt"
        SUBVENTION = "SUBVENTION", "à la demande de subvention"

    appel = models.ForeignKey(Appel, on_delete=models.PROTECT, related_name="pieces_demandees")
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=160)
    obligatoire = models.BooleanField("obligatoire", default=False)
    moment = models.CharField("moment", max_length=12, choices=Moment)
    condition = models.CharField("condition", max_length=160, blank=True)
    rang = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "pièce demandée"
        verbose_name_plural = "pièces demandées"
        ordering = ["rang", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "code"], name="piece_demandee_unique_par_code")
        ]

    def __str__(self):
        return self.libelle
