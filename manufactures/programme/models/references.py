"""Lists that forms and acts draw from; a new line needs no developer."""

from django.db import models


class Filiere(models.Model):
    """A trade (press kit p. 6, open list)."""

    code = models.SlugField("code", max_length=60, unique=True)
    libelle = models.CharField("libellé", max_length=80)

    class Meta:
        verbose_name = "filière"
        ordering = ["libelle"]

    def __str__(self):
        return self.libelle


class FormeJuridique(models.Model):
    """A legal form (INSEE category) and what follows from it."""

    code = models.SlugField("code", max_length=40, unique=True)
    categorie = models.CharField("catégorie juridique de l'INSEE", max_length=4, blank=True)
    sigle = models.CharField("sigle", max_length=40, blank=True)
    libelle = models.CharField("libellé", max_length=120)
    forme_article = models.CharField(
        "forme avec article", max_length=140, help_text="« l'association », « la commune »."
    )
    est_admise = models.BooleanField("forme admise par l'appel", default=True)
    est_collectivite = models.BooleanField("collectivité ou groupement", default=False)
    est_publique = models.BooleanField("personne publique", default=False)
    est_association = models.BooleanField("association ou fondation", default=False)
    rna_requis = models.BooleanField("numéro RNA demandé", default=False)
    cer_requis = models.BooleanField("contrat d'engagement républicain", default=False)

    class Meta:
        verbose_name = "forme juridique"
        verbose_name_plural = "formes juridiques"
        ordering = ["libelle"]

    def __str__(self):
        return self.libelle


class Theme(models.Model):
    """A theme of tailored support (press kit p. 13, open list)."""

    code = models.SlugField("code", max_length=60, unique=True)
    libelle = models.CharField("libellé", max_length=120)

    class Meta:
        verbose_name = "thème"
        ordering = ["libelle"]

    def __str__(self):
        return self.libelle


class Module(models.Model):
    """One of the eight modules of the incubation (press kit p. 13)."""

    appel = models.ForeignKey("programme.Appel", on_delete=models.PROTECT, related_name="modules")
    rang = models.PositiveSmallIntegerField("rang")
    code = models.SlugField("code", max_length=60)
    libelle = models.CharField("libellé", max_length=120)
    description = models.TextField("description", blank=True)
    objectifs = models.TextField("objectifs", blank=True)
    livrable = models.CharField("livrable attendu", max_length=200)

    class Meta:
        verbose_name = "module"
        ordering = ["rang"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "code"], name="module_unique_par_code"),
            models.UniqueConstraint(fields=["appel", "rang"], name="module_unique_par_rang"),
        ]

    def __str__(self):
        return self.libelle
