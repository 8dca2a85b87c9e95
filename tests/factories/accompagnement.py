"""Laureates at each point of their path, without randomness; steps under test go through the real deeds."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import factory

from accompagnement.models import (
    BilanIncubation,
    Convention,
    CoordonneesBancaires,
    CreditJours,
    Diagnostic,
    Inscription,
    Mission,
    Moment,
    Promotion,
    Session,
    Tranche,
)
from candidatures.models import Dossier, Droit, Piece, Site
from instruction.models import Instruction
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.procedure import Etat, Role
from manufactures.programme.models import NatureAide, Theme
from selection.models import Avis, Decision, PointOrdreDuJour, Question, Scrutin, Seance
from tests.factories.comptes import DelegationFactory, UserFactory
from tests.factories.programme import (
    AppelFactory,
    CommuneFactory,
    EnveloppeFactory,
    FormeJuridiqueFactory,
    ModuleFactory,
    ThemeFactory,
    VagueFactory,
)

EXEMPLES = Path(__file__).resolve().parent.parent / "actes" / "exemples"
IBAN = "FR7699999999997000987653609"
INVESTISSEMENT, AMORCAGE, DEPENSE = Decimal("170000.00"), Decimal("55000.00"), Decimal("305820.00")
MODULES = (
    "Renforcer l'écosystème",
    "Maîtriser le foncier",
    "Consolider le modèle économique",
    "Appui juridique",
    "Aménagement",
    "Offre de services",
    "Communication",
    "Mesure d'impact",
)


@dataclass
class Distribution:
    """The people of one dossier, each with one role."""

    porteur: object
    contributeur: object
    agent: object
    responsable: object
    signataire: object  # responsable too, with the delegation
    expert: object
    auditeur: object


def personne(**champs):
    """A person who signs in by force: no password to hash."""
    return UserFactory(password=None, **champs)


def distribution() -> Distribution:
    """Seven persons who each hold one role; the call exists with its eight modules."""
    appel = AppelFactory()
    for rang, libelle in enumerate(MODULES, 1):
        ModuleFactory(appel=appel, rang=rang, libelle=libelle)
    signataire = personne(role=Role.RESPONSABLE, prenom="Agnès")
    DelegationFactory(user=signataire, appel=appel)
    return Distribution(
        porteur=personne(prenom="Awa", qualite="gérante"),
        contributeur=personne(prenom="Noé"),
        agent=personne(role=Role.INSTRUCTEUR, prenom="Lucie"),
        responsable=personne(role=Role.RESPONSABLE, prenom="Florence"),
        signataire=signataire,
        expert=personne(role=Role.EXPERT, prenom="Yann", organisation="Coopérative Tour de Table"),
        auditeur=personne(role=Role.AUDITEUR),
    )


class LaureatFactory(factory.django.DjangoModelFactory):
    """A laureate that waits for its incubation; `etat` puts the row further, without its steps."""

    class Meta:
        model = Dossier

    vague = factory.SubFactory(VagueFactory, close=True)
    nom_projet = factory.Sequence(lambda n: f"La Manufacture {n}")
    raison_sociale = "La Fabrique"
    siret = "00031136500019"
    forme_juridique = factory.SubFactory(FormeJuridiqueFactory)
    adresse_siege = "19 chemin des Essais"
    code_postal_siege = "26400"
    commune_siege = factory.SubFactory(CommuneFactory)
    representant_civilite = "Monsieur"
    representant_prenom = "Étienne"
    representant_nom = "Vercoutre"
    representant_qualite = "directeur"
    resume_public = "Un atelier partagé de recyclage du plastique."
    demande_investissement = INVESTISSEMENT
    demande_amorcage = AMORCAGE
    etat = Etat.LAUREAT
    depose_le = factory.LazyFunction(lambda: horloge.maintenant() - timedelta(days=60))
    version_deposee = 1


def laureat(gens: Distribution, **champs) -> Dossier:
    """A laureate of these people: its titulaire, its contributeur, its agent, its place."""
    dossier = LaureatFactory(**champs)
    dossier.membres.create(user=gens.porteur, droit=Droit.TITULAIRE)
    dossier.membres.create(user=gens.contributeur, droit=Droit.CONTRIBUTEUR)
    Instruction.objects.create(dossier=dossier, instructeur=gens.agent)
    Site.objects.create(
        dossier=dossier, nom="Atelier", principal=True, commune=dossier.commune_siege, surface_actuelle_m2=200
    )
    return dossier


def promotion(gens: Distribution, *dossiers, debut=None) -> Promotion:
    """A cohort opened by an agent, begun a month ago; the given laureates are enrolled by the real deed."""
    debut = debut or horloge.aujourd_hui() - timedelta(days=30)
    vague = dossiers[0].vague if dossiers else VagueFactory(close=True)
    cohorte = Promotion.ouvrir(
        vague=vague, nom="Promotion Copeau", debut=debut, fin=debut + timedelta(days=120), par=gens.agent
    )
    for dossier in dossiers:
        cohorte.inscrire(dossier, par=gens.agent)
    return cohorte


def session(gens: Distribution, cohorte: Promotion, jour: date | None = None, rang: int = 1) -> Session:
    """The module of this rank, dated (today by default), with the expert."""
    module = cohorte.vague.appel.modules.get(rang=rang)
    return cohorte.dater(module, date=jour or horloge.aujourd_hui(), par=gens.agent, expert=gens.expert)


def piece(dossier: Dossier, par) -> Piece:
    """A file of the dossier (its bytes are not stored)."""
    return Piece.objects.create(
        dossier=dossier,
        libelle="Note",
        fichier="pieces/ab/abc.pdf",
        nom="note.pdf",
        type_mime="application/pdf",
        taille=1200,
        empreinte="a" * 64,
        ajoutee_par=par,
    )


def bilan(gens: Distribution, dossier: Dossier, besoins=()) -> BilanIncubation:
    """Both ends of the diagnosis and a report, not frozen."""
    modules = list(dossier.appel.modules.all())
    Diagnostic.poser(dossier, Moment.ENTREE, dict.fromkeys(modules, 1), par=gens.agent)
    Diagnostic.poser(dossier, Moment.SORTIE, dict.fromkeys(modules, 3), par=gens.agent)
    return BilanIncubation.rediger(
        dossier,
        par=gens.agent,
        texte="Projet prêt pour l'arbitrage.",
        expert=gens.expert,
        besoins=list(besoins),
    )


def themes() -> list[Theme]:
    """Three themes."""
    codes = {
        "gouvernance_partagee": "Gouvernance partagée",
        "communication": "Communication",
        "juridique": "Appui juridique",
    }
    return [ThemeFactory(code=code, libelle=libelle) for code, libelle in codes.items()]


def accompagne(gens: Distribution, **champs) -> Dossier:
    """A laureate in support: cohort and frozen report as rows, published award."""
    dossier = laureat(gens, etat=Etat.EN_ACCOMPAGNEMENT, **champs)
    aujourd_hui = horloge.aujourd_hui()
    cohorte, _ = Promotion.objects.get_or_create(
        vague=dossier.vague,
        nom="Promotion passée",
        defaults={"debut": aujourd_hui - timedelta(days=200), "fin": aujourd_hui - timedelta(days=80)},
    )
    Inscription.objects.create(promotion=cohorte, dossier=dossier)
    BilanIncubation.objects.create(
        dossier=dossier,
        texte="Prêt.",
        redige_par=gens.agent,
        gele_le=horloge.maintenant(),
        gele_par=gens.agent,
    )
    attribution(gens, dossier)
    return dossier


def attribution(
    gens: Distribution,
    dossier: Dossier,
    *,
    investissement=INVESTISSEMENT,
    amorcage=AMORCAGE,
    jours=Decimal("15.0"),
) -> Decision:
    """A published award, signed by the holder of the delegation, with its act (snapshot of the examples)."""
    avis = _avis_favorable(gens, dossier)
    instantane = json.loads((EXEMPLES / "attribution.json").read_text(encoding="utf-8"))
    instantane.pop("acte")
    acte = Acte.commander(
        "attribution",
        fil=dossier.fil,
        instantane=instantane | dossier.instantane(),
        par=gens.signataire,
        cle="attribution",
    )
    dossier.ajouter_acte(acte)
    instant = horloge.maintenant()
    return Decision.objects.create(
        dossier=dossier,
        avis=avis,
        sens="ATTRIBUTION",
        motif="Projet prêt à investir, plan équilibré et co-financé. " * 2,
        montant_investissement=investissement,
        montant_amorcage=amorcage,
        jours_accordes=jours,
        depense_eligible_investissement=DEPENSE,
        depense_eligible_amorcage=Decimal("110000.00"),
        taux_investissement=Decimal("0.5559"),
        taux_amorcage=Decimal("0.5000"),
        redigee_par=gens.agent,
        signee_par=gens.signataire,
        signee_le=instant,
        delegation=gens.signataire.delegations.get(),
        acte=acte,
        diffusion_le=instant,
        programmee_par=gens.responsable,
        publiee_le=instant,
    )


def _avis_favorable(gens, dossier) -> Avis:
    instant = horloge.maintenant()
    seance, _ = Seance.objects.get_or_create(
        vague=dossier.vague,
        type="ARBITRAGE",
        defaults={
            "debut": instant,
            "lieu": "Paris",
            "secretaire": gens.responsable,
            "etat": "CLOSE",
            "convoquee_le": instant,
            "ouverte_le": instant,
            "close_le": instant,
        },
    )
    point = PointOrdreDuJour.objects.create(seance=seance, dossier=dossier, rang=seance.points.count() + 1)
    scrutin = Scrutin.objects.create(
        point=point,
        question=Question.values[0],
        secret=False,
        etat="CLOS",
        quorum=1,
        majorite=1,
        presents=3,
        votants=3,
        pour=3,
        contre=0,
        abstentions=0,
        blancs=0,
        ouvert_par=gens.responsable,
        clos_le=instant,
    )
    return Avis.objects.create(
        point=point, dossier=dossier, seance=seance, scrutin=scrutin, sens="FAVORABLE", motifs="Plan solide."
    )


def convention(gens: Distribution, dossier: Dossier, *, signee=True) -> Convention:
    """The convention of a project in support, signed by both unless told otherwise."""
    CoordonneesBancaires.declarer(
        dossier, par=gens.porteur, iban=IBAN, bic="ZZZZFRPPXXX", titulaire="La Fabrique"
    )
    la_convention = Convention.preparer(dossier, par=gens.agent)
    if signee:
        la_convention.signer_beneficiaire(par=gens.porteur)
        la_convention.passer("signer", par=gens.signataire)
    return la_convention


def payer(gens: Distribution, tranche: Tranche, factures=()) -> None:
    """Ask for a tranche and take it to its payment, each signature by its own person."""
    tranche.demander(par=gens.porteur, factures=factures)
    tranche.controler(par=gens.agent)
    for presentee in tranche.factures.all():
        presentee.examiner(par=gens.agent, acceptee=True)
    tranche.certifier(par=gens.agent)
    tranche.ordonner(par=gens.responsable)
    tranche.contresigner(par=gens.signataire)
    tranche.payer(par=gens.agent, mandat=f"M-{tranche.pk}")


def facture(numero="F-1", ht="100000.00", **champs) -> dict:
    """Fields of an invoice, VAT 20 %."""
    return {
        "numero": numero,
        "fournisseur": "Ateliers Exemple",
        "objet": "Presse",
        "date": horloge.aujourd_hui(),
        "montant_ht": Decimal(ht),
        "montant_ttc": (Decimal(ht) * Decimal("1.2")).quantize(Decimal("0.01")),
    } | champs


def credit(gens: Distribution, dossier: Dossier) -> CreditJours:
    """Fifteen days on three themes: 6, 5 and 4."""
    un, deux, trois = themes()
    besoins = [
        (un, "6.0", "Écrire les statuts"),
        (deux, "5.0", "Lancer le catalogue"),
        (trois, "4.0", "Contrats"),
    ]
    return CreditJours.ouvrir(dossier, par=gens.responsable, besoins=besoins)


def enveloppe_ingenierie(dossier: Dossier):
    """The line that pays the experts."""
    return EnveloppeFactory(vague=dossier.vague, nature=NatureAide.INGENIERIE, plafond=Decimal("100000.00"))


def mission(
    gens: Distribution, dossier: Dossier, *, jours="3.0", jusqu_a="COMMANDEE", theme=None, debut=None
) -> Mission:
    """A mission of shared governance, led by its real steps to the given state; dates from today for a month."""
    debut = debut or horloge.aujourd_hui()
    la_mission = Mission.proposer(
        dossier,
        par=gens.agent,
        theme=theme or themes()[0],
        expert=gens.expert,
        objet="Écrire les statuts",
        jours=Decimal(jours),
        debut=debut,
        fin=debut + timedelta(days=30),
    )
    if jusqu_a == "PROPOSEE":
        return la_mission
    la_mission.agreer(par=gens.porteur)
    la_mission.passer("accepter", par=gens.expert)
    if jusqu_a == "COMMANDEE":
        la_mission.passer("commander", par=gens.responsable)
    return la_mission
