"""The call and its reference lists, without randomness."""

from datetime import timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from manufactures import horloge
from manufactures.programme.models import (
    Appel,
    Commune,
    Critere,
    Departement,
    Enveloppe,
    Filiere,
    FormeJuridique,
    Module,
    NatureAide,
    NatureCritere,
    PieceDemandee,
    Region,
    Theme,
    Vague,
)


class AppelFactory(DjangoModelFactory):
    """The one call; asked for twice, the same row."""

    class Meta:
        model = Appel
        django_get_or_create = ("slug",)

    slug = "manufactures"
    titre = "Manufactures de proximité"
    presentation = "Cent tiers-lieux de production."
    delai_silence_mois = 2
    part_verifiee = 0  # nothing by lot in a test that does not ask for it
    service_nom = "Programme Manufactures de proximité"
    service_adresse = "1 place des Exemples, 75007 Paris"
    service_courriel = "manufactures@anct.gouv.fr"
    service_telephone = "0199000001"
    dpo_courriel = "dpo@exemple.test"
    nom_attribuant = "Agence nationale de la cohésion des territoires"
    siret_attribuant = "13002603200016"
    dispositif_aide = "Manufactures de proximité"
    regime_aide_texte = "le règlement (UE) n°\u00a0651/2014 de la Commission"
    regime_aide_mention = "aide accordée au titre du règlement (UE) n°\u00a0651/2014"
    autorite_titre = "le directeur général"
    autorite_titre_complet = "Le directeur général de l'Agence nationale de la cohésion des territoires"
    autorite_texte_competence = "le code général des collectivités territoriales"
    tribunal_nom = "tribunal administratif de Paris"
    tribunal_adresse = "7 rue de Jouy, 75004 Paris"


class VagueFactory(DjangoModelFactory):
    """Open since ten days, for ten more; `close=True` closed yesterday."""

    class Meta:
        model = Vague
        django_get_or_create = ("appel", "numero")

    class Params:
        close = factory.Trait(
            ouverture=factory.LazyFunction(lambda: horloge.maintenant() - timedelta(days=40)),
            cloture=factory.LazyFunction(lambda: horloge.maintenant() - timedelta(days=1)),
        )

    appel = factory.SubFactory(AppelFactory)
    numero = 1
    libelle = factory.LazyAttribute(lambda o: f"vague {o.numero}")
    ouverture = factory.LazyFunction(lambda: horloge.maintenant() - timedelta(days=10))
    cloture = factory.LazyFunction(lambda: horloge.maintenant() + timedelta(days=10))


class EnveloppeFactory(DjangoModelFactory):
    """One million euros of one kind."""

    class Meta:
        model = Enveloppe
        django_get_or_create = ("vague", "nature")

    vague = factory.SubFactory(VagueFactory)
    nature = NatureAide.INVESTISSEMENT
    plafond = Decimal("1000000.00")


class CritereFactory(DjangoModelFactory):
    """A rule of eligibility."""

    class Meta:
        model = Critere
        django_get_or_create = ("appel", "code")

    appel = factory.SubFactory(AppelFactory)
    nature = NatureCritere.ELIGIBILITE
    rang = 1
    code = factory.LazyAttribute(
        lambda o: {"ELIGIBILITE": "E", "NOTE": "C", "ARBITRAGE": "A"}[o.nature] + str(o.rang)
    )
    libelle = factory.LazyAttribute(lambda o: f"Critère {o.code}")
    texte = "Le projet remplit cette condition."
    article = "4.1"


def grille(appel):
    """Ten rules E1–E10 and seven weighted criteria C1–C7 (weights sum to 100)."""
    for rang in range(1, 11):
        CritereFactory(appel=appel, nature=NatureCritere.ELIGIBILITE, rang=rang)
    for rang, poids in enumerate([20, 15, 15, 15, 15, 10, 10], 1):
        CritereFactory(appel=appel, nature=NatureCritere.NOTE, rang=rang, poids=poids)


class RegionFactory(DjangoModelFactory):
    """Auvergne-Rhône-Alpes."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "84"
    nom = "Auvergne-Rhône-Alpes"


class DepartementFactory(DjangoModelFactory):
    """Drôme."""

    class Meta:
        model = Departement
        django_get_or_create = ("code",)

    code = "26"
    nom = "Drôme"
    region = factory.SubFactory(RegionFactory)


class CommuneFactory(DjangoModelFactory):
    """Crest."""

    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = "26108"
    nom = "Crest"
    departement = factory.SubFactory(DepartementFactory)
    codes_postaux = ["26400"]
    recherche = "crest"


class FormeJuridiqueFactory(DjangoModelFactory):
    """A cooperative; `association=True` for an association."""

    class Meta:
        model = FormeJuridique
        django_get_or_create = ("code",)

    class Params:
        association = factory.Trait(
            code="association",
            categorie="9220",
            libelle="Association déclarée",
            forme_article="l'association",
            est_association=True,
            cer_requis=True,
            rna_requis=True,
        )

    code = "scic"
    categorie = "5710"
    libelle = "Société coopérative d'intérêt collectif"
    forme_article = "la société coopérative d'intérêt collectif"


class FiliereFactory(DjangoModelFactory):
    """Wood."""

    class Meta:
        model = Filiere
        django_get_or_create = ("code",)

    code = "bois"
    libelle = "bois"


class ThemeFactory(DjangoModelFactory):
    """Shared governance."""

    class Meta:
        model = Theme
        django_get_or_create = ("code",)

    code = "gouvernance_partagee"
    libelle = "Gouvernance partagée"


class ModuleFactory(DjangoModelFactory):
    """First module."""

    class Meta:
        model = Module
        django_get_or_create = ("appel", "code")

    appel = factory.SubFactory(AppelFactory)
    rang = 1
    code = factory.LazyAttribute(lambda o: f"module_{o.rang}")
    libelle = factory.LazyAttribute(lambda o: f"Module {o.rang}")
    livrable = "Note de synthèse"


class PieceDemandeeFactory(DjangoModelFactory):
    """Statutes, at the deposit."""

    class Meta:
        model = PieceDemandee
        django_get_or_create = ("appel", "code")

    appel = factory.SubFactory(AppelFactory)
    code = "statuts"
    libelle = "Statuts signés"
    obligatoire = True
    moment = PieceDemandee.Moment.DEPOT
