"""A committee of nine, dossiers before it, sittings under way: without randomness, through the real deeds."""

from datetime import timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Etat, Role
from manufactures.programme.models import NatureAide, NatureCritere
from selection.models import (
    Avis,
    Choix,
    College,
    Decision,
    DeclarationInterets,
    Membre,
    Mode,
    PropositionArbitrage,
    Question,
    Scrutin,
    Seance,
    TypeSeance,
)
from tests.factories.comptes import DelegationFactory, HabilitationFactory, UserFactory
from tests.factories.instruction import dossier_depose, pris_en_charge, remplir
from tests.factories.programme import (
    AppelFactory,
    CritereFactory,
    EnveloppeFactory,
    VagueFactory,
    grille,
)

MOTIF = (
    "Le comité a retenu la densité du lien avec le territoire et un atelier que les artisans utilisent déjà."
)
REFUS = (
    "Les équipements demandés serviraient en premier lieu à une seule société ; l'usage partagé n'est ni daté ni "
    "garanti et les locataires n'ont aucune part aux décisions (critères C1 et C4)."
)


class CollegeFactory(DjangoModelFactory):
    """One college of the call."""

    class Meta:
        model = College
        django_get_or_create = ("appel", "code")

    appel = factory.SubFactory(AppelFactory)
    code = "anct"
    libelle = "ANCT"


class MembreFactory(DjangoModelFactory):
    """A seat since 2020, with the role that goes with it; `preside=True` chairs."""

    class Meta:
        model = Membre
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    college = factory.SubFactory(CollegeFactory)
    qualite = "membre du comité"
    du = "2020-01-02"

    @factory.post_generation
    def habiliter(self, create, extrait, **kwargs):
        """The role in force, once."""
        HabilitationFactory(user=self.user, role=Role.PRESIDENT if self.preside else Role.MEMBRE)


def vague_close():
    """A closed wave with its envelope, its grid and the arbitration criteria; a later wave is open."""
    vague = VagueFactory(close=True)
    if not vague.appel.criteres.exists():
        grille(vague.appel)
        CritereFactory(appel=vague.appel, nature=NatureCritere.ARBITRAGE, rang=1, poids=100)
        EnveloppeFactory(vague=vague, nature=NatureAide.INVESTISSEMENT)
        EnveloppeFactory(vague=vague, nature=NatureAide.AMORCAGE, plafond=Decimal("100000.00"))
        VagueFactory(numero=2)
    return vague


def comite(effectif: int = 9) -> list[Membre]:
    """The chair first, then the others, in two colleges; a committee has one chair, the same for a second room."""
    autres = CollegeFactory(code="dge", libelle="DGE")
    chaire = Membre.objects.filter(college__appel=autres.appel, preside=True).first()
    membres = [chaire or MembreFactory(user__nom="Présidente", preside=True)]
    membres += [MembreFactory(user__nom=f"Membre{rang}", college=autres) for rang in range(1, effectif)]
    return membres


def dossier_recevable(vague=None, nom="La Soudée", **champs) -> Dossier:
    """Deposited and declared admissible by the real deeds."""
    grille_rendue = remplir(pris_en_charge(dossier_depose(vague=vague or vague_close(), nom=nom, **champs)))
    grille_rendue.dossier.passer("declarer_recevable", par=grille_rendue.instructeur)
    return Dossier.objects.get(pk=grille_rendue.dossier_id)


class Salle:
    """A sitting and its people, taken step by step through the deeds that the views call."""

    def __init__(self, *, type_=TypeSeance.SELECTION, dossiers=1, effectif=9, secret=True, a_distance=False):
        self.vague = vague_close()
        self.membres = comite(effectif)
        self.president = self.membres[0]
        self.responsable = UserFactory(role=Role.RESPONSABLE, nom="Responsable")
        self.signataire = DelegationFactory(appel=self.vague.appel).user
        self.dossiers = [dossier_recevable(self.vague, nom=f"Projet {n}") for n in range(1, dossiers + 1)]
        self.options = {"scrutin_secret": secret, "a_distance": a_distance}
        self.seance = self.prevoir(type_)

    def prevoir(self, type_) -> Seance:
        """A sitting for today."""
        return Seance.prevoir(
            vague=self.vague,
            type=type_,
            debut=horloge.maintenant() + timedelta(minutes=1),
            lieu="à Paris",
            par=self.responsable,
            **self.options,
        )

    @classmethod
    def d_arbitrage(cls, dossiers=1, **options) -> "Salle":
        """The same committee after the incubation of its laureates; the stage above is skipped, their label is true."""
        salle = cls(dossiers=dossiers, **options).ouvrir()
        for _ in range(dossiers):
            salle.avis_favorable()
        salle.clore()
        for dossier in salle.dossiers:
            salle.publier(salle.decision(dossier))
        Dossier.objects.filter(pk__in=[d.pk for d in salle.dossiers]).update(etat=Etat.EN_ARBITRAGE)
        salle.options["scrutin_secret"] = False
        salle.seance = salle.prevoir(TypeSeance.ARBITRAGE)
        salle.convoquer().pointer()
        return salle

    @property
    def point(self):
        """The first item without result, else the first one."""
        points = self.seance.points.select_related("seance", "dossier").order_by("rang")
        return points.filter(resultat="").first() or points.first()

    def inscrire(self):
        """All dossiers on the agenda."""
        for dossier in self.dossiers:
            self.seance.inscrire(Dossier.objects.get(pk=dossier.pk), par=self.responsable)
        return self

    def convoquer(self):
        """Summons, in urgency: the sitting is today."""
        self.inscrire()
        self.seance.convoquer(par=self.responsable, motif_urgence="Séance de ce jour")
        return self

    def declarer(self, *sauf):
        """No link for anybody, save the members named."""
        for membre in self.membres:
            if membre not in sauf:
                reponses = {dossier.pk: ("AUCUN", "") for dossier in self.dossiers}
                DeclarationInterets.signer(self.seance, membre, reponses, par=membre.user)
        return self

    def deporter(self, membre, dossier=None, motif="Son réseau est partenaire du projet."):
        """This member steps back from the dossier (the first by default)."""
        reponses = {d.pk: ("AUCUN", "") for d in self.dossiers}
        reponses[(dossier or self.dossiers[0]).pk] = ("DEPORT", motif)
        DeclarationInterets.signer(self.seance, membre, reponses, par=membre.user)
        return self

    def pointer(self, *absents):
        """Everybody in the room, save the members named."""
        for membre in self.membres:
            if membre not in absents:
                self.seance.pointer(membre, Mode.SUR_PLACE, par=self.responsable)
        return self

    def ouvrir(self, *absents):
        """From nothing to an open sitting."""
        self.convoquer().declarer().pointer(*absents)
        self.seance.ouvrir(par=self.president.user)
        return self

    def ouvrir_scrutin(self, question=Question.AVIS, **options) -> Scrutin:
        """A ballot on the first item."""
        return Scrutin.ouvrir(self.point, question, par=self.president.user, **options)

    def voter(self, scrutin, pour=0, contre=0, abstentions=0, blancs=0):
        """Cast so many voices, in the order of the roll; then close."""
        choix = (
            [Choix.POUR] * pour
            + [Choix.CONTRE] * contre
            + [Choix.ABSTENTION] * abstentions
            + [Choix.BLANC] * blancs
        )
        electeurs = list(scrutin.electeurs.select_related("membre", "vote_par__user").order_by("pk"))
        for electeur, valeur in zip(electeurs, choix, strict=False):
            if scrutin.secret:
                scrutin.voter(valeur, par=electeur.vote_par.user, pour=electeur.membre)
            else:
                scrutin.consigner_vote(electeur.membre, valeur, par=self.responsable)
        scrutin.clore(par=self.president.user)
        return scrutin

    def avis_favorable(self, **options) -> Avis:
        """A unanimous ballot and its opinion on the first item."""
        self.voter(self.ouvrir_scrutin(), pour=9)
        return Avis.rendre(
            self.point, "FAVORABLE", par=self.president.user, motifs="Projet solide et partagé.", **options
        )

    def avis_defavorable(self) -> Avis:
        """A negative ballot and its opinion on the first item."""
        self.voter(self.ouvrir_scrutin(), pour=1, contre=8)
        return Avis.rendre(
            self.point, "DEFAVORABLE", par=self.president.user, motifs="Usage trop peu partagé."
        )

    def clore(self):
        """End of the sitting: its minutes are ordered."""
        self.seance.clore(par=self.responsable)
        return self

    def proposer(self, point=None, investissement="60000.00", amorcage="10000.00", jours="15.0", **options):
        """Amounts for an item (the first by default)."""
        return PropositionArbitrage.proposer(
            point or self.point, par=self.responsable, investissement=investissement, amorcage=amorcage, jours=jours,
            motif="Plan définitif solide, devis concordants ; l'amorçage est ramené à un exercice.", **options,
        )  # fmt: skip

    def decision(self, dossier=None, sens="LABELLISATION", motif=MOTIF, **champs) -> Decision:
        """A draft by the dossier's agent."""
        dossier = dossier or self.dossiers[0]
        dossier.refresh_from_db()
        return Decision.rediger(
            dossier, par=dossier.instruction.instructeur, sens=sens, motif=motif, **champs
        )

    def publier(self, decision) -> Decision:
        """Sign, set for now, publish."""
        decision.signer(par=self.signataire)
        decision.programmer(horloge.maintenant(), par=self.responsable)
        Decision.publier_les_dues()
        decision.refresh_from_db()
        return decision
