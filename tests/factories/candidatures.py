"""A dossier, without randomness: complete by default, deposited by the real deed."""

import io
from datetime import timedelta
from decimal import Decimal

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory

from candidatures.models import (
    Annee,
    Dossier,
    Droit,
    Equipement,
    Exercice,
    LigneExercice,
    LigneFinancement,
    Membre,
    Partenaire,
    Site,
)
from manufactures import horloge
from manufactures.procedure import Etat
from tests.factories.comptes import UserFactory
from tests.factories.programme import CommuneFactory, FiliereFactory, FormeJuridiqueFactory, VagueFactory

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ATTESTATIONS = {
    "attestation_honneur": True,
    "attestation_fiscale": True,
    "attestation_pouvoir": True,
    "attestation_donnees": True,
    "attestation_cer": True,
}
PNG = bytes.fromhex(  # one white point
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)


def numero_de(rang: int) -> str:
    """The n-th number of the tests, of the right form."""
    signes = []
    for _ in range(8):
        rang, reste = divmod(rang, len(ALPHABET))
        signes.append(ALPHABET[reste])
    texte = "".join(reversed(signes))
    return f"D-{texte[:4]}-{texte[4:]}"


def fichier(nom="plan.png", contenu=PNG) -> SimpleUploadedFile:
    """An upload whose content is what its name says."""
    return SimpleUploadedFile(nom, contenu)


def pdf(nom="statuts.pdf", **options) -> SimpleUploadedFile:
    """A true one-page PDF; `mot_de_passe="x"` locks it."""
    import pikepdf  # noqa: PLC0415

    document = pikepdf.new()
    document.add_blank_page()
    tampon = io.BytesIO()
    mot_de_passe = options.get("mot_de_passe")
    document.save(
        tampon, encryption=pikepdf.Encryption(user=mot_de_passe, owner="o") if mot_de_passe else None
    )
    return SimpleUploadedFile(nom, tampon.getvalue())


class MembreFactory(DjangoModelFactory):
    """The titulaire of a dossier, unless another right is given."""

    class Meta:
        model = Membre

    dossier = factory.SubFactory("tests.factories.candidatures.DossierFactory")
    user = factory.SubFactory(UserFactory)
    droit = Droit.TITULAIRE


class DossierFactory(DjangoModelFactory):
    """`titulaire=user` owns it; `complet=False` leaves a bare draft; `etat=DEPOSE` is reached by the deposit.

    Any later state is written as it is (`etat=Etat.RECEVABLE`), over a true deposit: the stages above have
    their own deeds, and their factories use them where a test needs their rows.
    """

    class Meta:
        model = Dossier
        skip_postgeneration_save = True

    titulaire = factory.SubFactory(UserFactory)
    complet = True
    etat = Etat.BROUILLON
    numero = factory.Sequence(numero_de)
    vague = factory.SubFactory(VagueFactory)
    nom_projet = factory.Sequence(lambda n: f"Atelier {n}")

    @classmethod
    def _create(cls, model_class, *args, **champs):
        titulaire, complet = champs.pop("titulaire"), champs.pop("complet")
        etat = champs.pop("etat")
        if complet:
            champs = reponses_completes() | champs
        dossier = super()._create(model_class, *args, **champs)
        MembreFactory(dossier=dossier, user=titulaire, droit=Droit.TITULAIRE)
        if complet:
            lignes_completes(dossier)
        if etat != Etat.BROUILLON:
            deposer(dossier, titulaire)
        if etat not in (Etat.BROUILLON, Etat.DEPOSE):
            Dossier.objects.filter(pk=dossier.pk).update(etat=etat)
            dossier.refresh_from_db()
        return dossier


def reponses_completes() -> dict:
    """Every compulsory answer of a cooperative in Crest."""
    return {
        "raison_sociale": "Les Ateliers de la Drôme",
        "siret": "00031136500019",
        "forme_juridique": FormeJuridiqueFactory(),
        "effectif_etp": Decimal("4.50"),
        "regime_tva": "ASSUJETTI",
        "adresse_siege": "19 chemin des Essais",
        "code_postal_siege": "26400",
        "commune_siege": CommuneFactory(),
        "representant_civilite": "Monsieur",
        "representant_prenom": "Étienne",
        "representant_nom": "Vercoutre",
        "representant_qualite": "directeur",
        "representant_courriel": "etienne.vercoutre@exemple.test",
        "representant_telephone": "0199000010",
        "resume_public": "Un atelier partagé de bois et de métal.",
        "stade": "PREFIGURATION",
        "besoin": "Les artisans n'ont pas d'atelier.",
        "projet": "Ouvrir une halle de 400 m².",
        "communaute": "Douze artisans.",
        "mutualisation": "Une raboteuse et une fraiseuse communes.",
        "formation": "Des apprentis chaque semaine.",
        "transitions": "Du bois d'ici, des pièces réparées.",
        "gouvernance": "Un conseil à quatre collèges.",
        "strategie_rh": "Deux postes, financés trois ans.",
        "calendrier": "Travaux au printemps, ouverture en septembre.",
        "demande_investissement": Decimal("60000.00"),
        "demande_amorcage": Decimal("20000.00"),
        "demande_jours": Decimal("15.0"),
    }


def lignes_completes(dossier) -> None:
    """One row in each table, and two plans balanced to the cent."""
    dossier.filieres.add(FiliereFactory())
    Site.objects.create(
        dossier=dossier,
        nom="Site principal",
        principal=True,
        commune=CommuneFactory(),
        type_territoire="RURAL",
        qpv_relation="HORS",
        titre_occupation="BAIL",
        surface_projet_m2=Decimal("400.00"),
    )
    Equipement.objects.create(
        dossier=dossier,
        designation="Raboteuse",
        categorie="MACHINE_CONVENTIONNELLE",
        quantite=1,
        prix_unitaire_ht=Decimal("80000.00"),
        mutualise=True,
        neuf=True,
    )
    Partenaire.objects.create(dossier=dossier, nom="Commune de Crest", type="PUBLIC", engagement="ENGAGE")
    for volet, depense, anct in (
        ("INVESTISSEMENT", "100000.00", "60000.00"),
        ("AMORCAGE", "30000.00", "20000.00"),
    ):
        _plan(dossier, volet, Decimal(depense), Decimal(anct))
    for annee in Annee:
        exercice = Exercice.objects.create(dossier=dossier, annee=annee)
        LigneExercice.objects.create(
            exercice=exercice, nature="PRODUIT", compte="70", libelle="Ventes", montant=Decimal("50000.00")
        )
        LigneExercice.objects.create(
            exercice=exercice, nature="CHARGE", compte="64", libelle="Personnel", montant=Decimal("48000.00")
        )


def _plan(dossier, volet, depense, anct) -> None:
    commun = {"dossier": dossier, "volet": volet}
    LigneFinancement.objects.create(
        **commun, sens="DEPENSE", libelle="Dépenses", montant=depense, eligible=True
    )
    LigneFinancement.objects.create(
        **commun,
        sens="RESSOURCE",
        libelle="ANCT",
        montant=anct,
        type_financeur="ETAT_ANCT",
        statut="SOLLICITE",
    )
    LigneFinancement.objects.create(
        **commun,
        sens="RESSOURCE",
        libelle="Fonds propres",
        montant=depense - anct,
        type_financeur="AUTOFINANCEMENT",
        statut="ACQUIS",
    )


def deposer(dossier, par):
    """The real deposit, an hour before its wave closes where it has closed already."""
    if not dossier.vague.est_close(horloge.instant_exact()):
        return dossier.deposer(par=par, **ATTESTATIONS)
    with horloge.a(dossier.vague.cloture - timedelta(hours=1)):
        return dossier.deposer(par=par, **ATTESTATIONS)
