"""A sitting walked at random: presence, departures, proxies, recusals, opening, voting, closing.

Each deed is accepted exactly where the paper model accepts it; quorum, roll, signatures and results are the model's.
"""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from manufactures import horloge
from manufactures.registres import TransitionInterdite
from selection.models import Avis, DeclarationInterets, EtatScrutin, Mode, PointOrdreDuJour, Scrutin, Seance
from tests.factories.selection import Salle
from tests.selection.modele_de_salle import PRESIDENTE, Modele

EFFECTIF = 7
membres = st.integers(0, EFFECTIF - 1)
autres = st.integers(1, EFFECTIF - 1)
choix = st.sampled_from(["POUR", "CONTRE", "ABSTENTION", "BLANC"])
issues = st.sampled_from(["adoption", "partage", "rejet", "abstentions", "adoption", "partage"])
questions = st.sampled_from(["AVIS", "AVIS", "AJOURNEMENT"])


class Seances(RuleBasedStateMachine):
    """The real deeds on one side, the paper on the other."""

    salle: Salle  # laid once, each walk is rolled back
    vus: set  # what the walks have met, all together

    def __init__(self):
        super().__init__()
        horloge.oublier()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.modele = Modele(EFFECTIF)
        self.seance = Seance.objects.get(pk=self.salle.seance.pk)
        self.president = self.salle.president.user

    def teardown(self):
        self.vus |= {vote.etat for vote in self.modele.votes} | {f"tour {v.tour}" for v in self.modele.votes}
        self.vus |= {self.modele.seance, *(["avis"] if self.modele.conclu else [])}
        self.vus |= {
            "adopté" if vote.adopte else "non adopté" for vote in self.modele.votes if vote.etat == "CLOS"
        }
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # -- both sides ------------------------------------------------------------------------------------------------
    def siege(self, rang):
        return self.salle.membres[rang]

    @property
    def point(self):
        return PointOrdreDuJour.objects.select_related("seance", "dossier").get(seance=self.seance)

    @property
    def scrutin(self):
        return Scrutin.objects.filter(point__seance=self.seance).order_by("-pk").first()

    def tenter(self, admis: bool, geste, *valeurs, **faits) -> bool:
        """Do it: refused with a sentence if and only if the paper refuses it."""
        try:
            with transaction.atomic():
                geste(*valeurs, **faits)
        except TransitionInterdite as refus:
            assert not admis, f"refusé à tort : {refus}"
            return False
        assert admis, f"{geste.__qualname__} admis à tort"
        return True

    # -- presence --------------------------------------------------------------------------------------------------
    @initialize(ici=st.sets(membres, min_size=4), declarent=st.sets(membres, min_size=5))
    def commencer(self, ici, declarent):
        for rang in ici:
            self.arriver(rang)
        for rang in declarent:
            self.declarer(rang)
        if self.modele.nombre >= self.modele.requis:
            self.ouvrir_la_seance()

    def _pointer(self, rang, mode, mandataire=None):
        self.seance.pointer(
            self.siege(rang),
            mode,
            mandataire=mandataire and self.siege(mandataire),
            par=self.salle.responsable,
        )

    @rule(rang=membres)
    def arriver(self, rang):
        if self.tenter(self.modele.seance != "CLOSE", self._pointer, rang, Mode.SUR_PLACE):
            self.modele.presences[rang] = "la"
            self.modele.porteurs.pop(rang, None)

    @rule(rang=membres)
    def partir(self, rang):
        if self.tenter(self.modele.seance != "CLOSE", self._pointer, rang, Mode.ABSENT):
            self.modele.presences[rang] = "absent"
            self.modele.porteurs.pop(rang, None)

    @rule(donneur=membres, porteur=autres)
    def mandater(self, donneur, porteur):
        admis = self.modele.seance != "CLOSE" and self.modele.mandat_admis(donneur, porteur)
        if self.tenter(admis, self._pointer, donneur, Mode.REPRESENTE, porteur):
            self.modele.presences[donneur] = "mandat"
            self.modele.porteurs[donneur] = porteur

    # -- interests -------------------------------------------------------------------------------------------------
    def _declarer(self, rang, reponse, motif=""):
        self.seance.refresh_from_db()
        dossier = self.salle.dossiers[0].pk
        siege = self.siege(rang)
        DeclarationInterets.signer(self.seance, siege, {dossier: (reponse, motif)}, par=siege.user)

    @rule(rang=membres)
    def declarer(self, rang):
        admis = self.modele.seance != "CLOSE" and rang not in self.modele.deportes
        if self.tenter(admis, self._declarer, rang, "AUCUN"):
            self.modele.declares.add(rang)

    @rule(rang=autres)
    def deporter(self, rang):
        if len(self.modele.deportes) >= 2 and rang not in self.modele.deportes:
            return  # enough of them to sit again
        if self.tenter(self.modele.seance != "CLOSE", self._declarer, rang, "DEPORT", "Un lien de parenté."):
            self.modele.deporter(rang)

    @rule(rang=autres)
    def sortir(self, rang):
        admis = self.modele.siege and not self.modele.conclu and rang in self.modele.deportes
        if self.tenter(
            admis, lambda: self.point.constater_sortie(self.siege(rang), par=self.salle.responsable)
        ):
            self.modele.sortis.add(rang)

    # -- the sitting -----------------------------------------------------------------------------------------------
    @precondition(lambda self: self.modele.seance == "CONVOQUEE")
    @rule()
    def ouvrir_la_seance(self):
        if self.tenter(
            len(self.modele.voix(set())) >= self.modele.requis, self.seance.ouvrir, par=self.president
        ):
            self.modele.seance = "OUVERTE"

    @precondition(lambda self: self.modele.siege)
    @rule()
    def suspendre_la_seance(self):
        self.tenter(True, self.seance.suspendre, "Une pause.", par=self.president)
        self.modele.suspendue = True
        if self.modele.vivant:
            self.modele.vivant.etat = "SUSPENDU"

    @precondition(lambda self: self.modele.suspendue)
    @rule()
    def reprendre_la_seance(self):
        self.tenter(True, self.seance.reprendre, par=self.president)
        self.modele.suspendue = False

    @precondition(lambda self: self.modele.avis_possibles or self.modele.conclu)
    @rule()
    def clore_la_seance(self):
        if self.tenter(
            self.modele.siege and self.modele.conclu, self.seance.clore, par=self.salle.responsable
        ):
            self.modele.seance = "CLOSE"

    # -- ballots ---------------------------------------------------------------------------------------------------
    @rule(question=questions, secret=st.booleans())
    def ouvrir_un_scrutin(self, question, secret):
        faits = {"par": self.president, "secret": secret, "malgre_petit_nombre": True}
        if self.tenter(
            self.modele.peut_ouvrir(question), lambda: Scrutin.ouvrir(self.point, question, **faits)
        ):
            self.modele.ouvrir(question, secret)

    @precondition(lambda self: self.modele.vivant)
    @rule(dit=choix)
    def tous_votent(self, dit):
        """Whoever still may, one voice after the other."""
        for voix, par in sorted(self.modele.vivant.liste.items()):
            self.voter_pour(par, voix, dit)

    @precondition(lambda self: self.modele.siege)
    @rule(
        question=questions, secret=st.booleans(), issue=issues, annuler=st.sampled_from([False, False, True])
    )
    def un_vote_entier(self, question, secret, issue, annuler):
        """From the opening to the closing, where both may be."""
        self.ouvrir_un_scrutin(question, secret)
        if self.modele.vivant:
            voix = sorted(self.modele.vivant.liste.items())
            for (membre, par), dit in zip(voix, paroles(issue, len(voix)), strict=True):
                self.voter_pour(par, membre, dit)
            self.annuler_le_scrutin() if annuler else self.clore_le_scrutin()

    @precondition(lambda self: self.modele.votes)
    @rule(par=membres, voix=membres, dit=choix)
    def voter(self, par, voix, dit):
        self.voter_pour(par, voix, dit)

    def voter_pour(self, par, voix, dit):
        vote, scrutin = self.modele.vivant or self.modele.votes[-1], self.scrutin
        if vote.secret:
            admis = self.modele.peut_voter(par, voix)
            pour = None if par == voix else self.siege(voix)
            fait = self.tenter(admis, scrutin.voter, dit, par=self.siege(par).user, pour=pour)
        else:
            admis = vote.etat == "OUVERT" and voix in vote.liste
            fait = self.tenter(
                admis, scrutin.consigner_vote, self.siege(voix), dit, par=self.salle.responsable
            )
        if fait:
            vote.dits[voix] = dit

    @precondition(lambda self: self.modele.vivant)
    @rule()
    def suspendre_le_scrutin(self):
        vote = self.modele.vivant
        if self.tenter(
            self.modele.siege and vote.etat == "OUVERT", self.scrutin.suspendre, par=self.president
        ):
            vote.etat = "SUSPENDU"

    @precondition(lambda self: self.modele.vivant)
    @rule()
    def reprendre_le_scrutin(self):
        vote = self.modele.vivant
        quorum = self.modele.nombre >= self.modele.requis
        admis = self.modele.siege and vote.etat == "SUSPENDU" and quorum
        if self.tenter(admis, self.scrutin.reprendre, par=self.president):
            vote.etat = "OUVERT"

    @precondition(lambda self: self.modele.vivant)
    @rule()
    def clore_le_scrutin(self):
        vote = self.modele.vivant
        admis = self.modele.siege and vote.etat == "OUVERT" and len(vote.dits) >= self.modele.requis
        if self.tenter(admis, self.scrutin.clore, par=self.president):
            vote.etat = "CLOS"

    @precondition(lambda self: self.modele.vivant)
    @rule()
    def annuler_le_scrutin(self):
        self.tenter(True, self.scrutin.annuler, par=self.president, motif="Une erreur de question.")
        self.modele.vivant.dits, self.modele.vivant.etat = {}, "ANNULE"

    @precondition(lambda self: self.modele.votes and self.modele.votes[-1].etat == "CLOS")
    @rule(sens=st.sampled_from(["POUR", "CONTRE"]))
    def departager(self, sens):
        vote = self.modele.votes[-1]
        if self.tenter(
            self.modele.siege and not vote.secret and vote.partage,
            self.scrutin.departager,
            sens,
            par=self.president,
        ):
            vote.voix_preponderante = sens

    @precondition(lambda self: self.modele.dernier("AVIS"))
    @rule(sens=st.sampled_from(["FAVORABLE", "RESERVE", "DEFAVORABLE", "AJOURNEMENT"]))
    def rendre_l_avis(self, sens):
        preside = self.modele.siege and PRESIDENTE in self.modele.declares
        admis = preside and not self.modele.conclu and sens in self.modele.avis_possibles
        if self.tenter(
            admis, lambda: Avis.rendre(self.point, sens, par=self.president, motifs="Motifs collectifs.")
        ):
            self.modele.conclu = True

    @precondition(lambda self: self.modele.avis_possibles and len(self.modele.votes) > 1)
    @rule(clore=st.booleans())
    def conclure(self, clore):
        """An opinion that the ballots allow; then the minutes, perhaps."""
        self.rendre_l_avis(sorted(self.modele.avis_possibles)[0])
        if clore:
            self.clore_la_seance()

    # -- what must always agree --------------------------------------------------------------------------------------
    @invariant()
    def le_quorum_est_celui_du_papier(self):
        if self.modele.seance == "CLOSE":
            return
        point = self.point
        compte = point.seance.compte(point.dossier)
        assert (compte.nombre, compte.requis) == (self.modele.nombre, self.modele.requis)
        voix, _ = Scrutin.voix_admises(point, secret=True)
        rangs = {siege.pk: rang for rang, siege in enumerate(self.salle.membres)}
        assert {rangs[m]: rangs[p] for m, p in voix.items()} == self.modele.admises

    @invariant()
    def les_scrutins_sont_ceux_du_papier(self):
        scrutins = list(
            Scrutin.objects.filter(point__seance=self.seance).select_related("point__seance").order_by("pk")
        )
        assert len(scrutins) == len(self.modele.votes)
        for scrutin, vote in zip(scrutins, self.modele.votes, strict=True):
            assert (scrutin.etat, scrutin.tour, scrutin.question) == (vote.etat, vote.tour, vote.question)
            assert scrutin.emargements.count() == len(vote.dits) == papiers(scrutin)
            if vote.etat != EtatScrutin.CLOS:
                assert (scrutin.pour, scrutin.contre, scrutin.votants) == (None, None, None)
                continue
            lus = (scrutin.pour, scrutin.contre, scrutin.abstentions, scrutin.blancs)
            assert lus == tuple(map(vote.compte, ("POUR", "CONTRE", "ABSTENTION", "BLANC")))
            assert (scrutin.votants, scrutin.adopte) == (len(vote.dits), vote.adopte)


def paroles(issue: str, combien: int) -> list[str]:
    """What so many voices say, to end so."""
    moitie = combien // 2
    return {
        "adoption": ["POUR"] * (combien - 1) + ["CONTRE"],
        "rejet": ["CONTRE"] * (combien - 1) + ["POUR"],
        "partage": ["POUR"] * moitie + ["CONTRE"] * moitie + ["BLANC"] * (combien % 2),
        "abstentions": ["POUR"] * moitie + ["ABSTENTION"] * (combien - moitie),
    }[issue]


def papiers(scrutin) -> int:
    """How many papers stand in the urn, or hands on the list: counted, never read."""
    table = "selection_bulletin" if scrutin.secret else "selection_votenominal"
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT count(*) FROM {table} WHERE scrutin_id = %s", [scrutin.pk])  # noqa: S608 - two names of ours
        return curseur.fetchone()[0]


@pytest.mark.long
@pytest.mark.django_db
def test_every_walk_agrees_with_the_model_on_paper():
    assert PRESIDENTE == 0  # the chair is never recused here: nobody else conducts the item

    class DansCetteSalle(Seances):
        salle, vus = Salle(effectif=EFFECTIF).convoquer(), set()

    reglages = settings(
        max_examples=20,
        stateful_step_count=40,
        phases=[Phase.generate],  # to shorten a failing walk takes minutes: add Phase.shrink by hand
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    rencontres = {"OUVERTE", "CLOSE", "CLOS", "ANNULE", "adopté", "avis"}
    for graine in range(5):  # twenty walks more until the whole of a sitting was met
        run_state_machine_as_test(seed(graine)(DansCetteSalle), settings=reglages)
        if rencontres <= DansCetteSalle.vus:
            break
    assert rencontres <= DansCetteSalle.vus, "the walks were too short to prove anything"
