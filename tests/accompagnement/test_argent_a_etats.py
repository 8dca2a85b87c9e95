"""The money of a convention walked at random: requests, controls, payments, amendments, letters, repayments.

Each deed is accepted exactly where the paper accepts it, and pays what the paper computes. Whatever the walk: what is
paid never exceeds the convention, the convention never exceeds the award nor the envelope, every balance is the sum of
its entries.
"""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accompagnement.comptes import dresser
from accompagnement.models import Avenant, Convention, Recouvrement
from manufactures import horloge
from manufactures.registres import TransitionInterdite
from tests.factories import accompagnement as f
from tests.factories.programme import EnveloppeFactory

# The law, written out: 170 000 € at 55.59 % in three payments, 55 000 € of seed money in two halves.
TRANCHES = {
    "AVANCE": ("INVESTISSEMENT", Decimal(51000), Decimal(51000)),  # kind, planned, what may be paid in all
    "ACOMPTE": ("INVESTISSEMENT", Decimal(85000), Decimal(136000)),
    "SOLDE": ("INVESTISSEMENT", None, Decimal(170000)),
    "ANNEE_1": ("AMORCAGE", Decimal(27500), Decimal(27500)),
    "ANNEE_2": ("AMORCAGE", Decimal(27500), Decimal(55000)),
}
AVANT = {"ACOMPTE": "AVANCE", "SOLDE": "ACOMPTE", "ANNEE_2": "ANNEE_1"}
TAUX = Decimal("0.5559")
PLAFONDS = {"INVESTISSEMENT": Decimal(170000), "AMORCAGE": Decimal(55000)}
A_DEMANDER, DEMANDEE, EN_CONTROLE, CERTIFIEE, ORDONNEE, CONTRESIGNEE, PAYEE = range(7)
LETTRE = {
    "motif": "MANQUEMENT",
    "fait": "Un fait",
    "piece": "une pièce",
    "article": "13",
    "calcul": "un calcul",
}

tranches = st.sampled_from(list(TRANCHES))
euros = st.decimals(Decimal("0.01"), Decimal(200000), places=2)
parts = st.sampled_from([Decimal(0), Decimal("0.25"), Decimal("0.99"), Decimal(1)])


class Argent(RuleBasedStateMachine):
    """The real deeds on one side, the paper on the other."""

    convention: Convention  # laid once, each walk is rolled back
    gens: object

    def __init__(self):
        super().__init__()
        horloge.oublier()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.instant = horloge.maintenant()
        self.stade = dict.fromkeys(TRANCHES, A_DEMANDER)
        self.factures: list[dict] = []  # type, amount, what the check left of it (None: not examined)
        self.dus: dict[str, Decimal] = {}
        self.exiges = dict.fromkeys(PLAFONDS, Decimal(0))
        self.procedure: dict | None = None
        self.reverse = Decimal(0)
        self.soldee = False
        self.fin = self.convention.fin_le

    def teardown(self):
        try:
            assert [e for compte in dresser(self.gens.responsable) for e in compte.ecarts] == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # -- both sides ------------------------------------------------------------------------------------------------
    def tranche(self, type_):
        return self.convention.tranches.get(type=type_)

    @property
    def recouvrement(self):
        return Recouvrement.objects.filter(convention=self.convention).last()

    def tenter(self, admis: bool, geste, **faits) -> bool:
        """Do it: refused with a sentence if and only if the paper refuses it."""
        try:
            with horloge.a(self.instant), transaction.atomic():
                geste(**faits)
        except TransitionInterdite as refus:
            assert not admis, f"refusé à tort : {refus}"
            return False
        assert admis, f"{geste} admis à tort"
        return True

    def verse(self, nature) -> Decimal:
        payees = (t for t, stade in self.stade.items() if stade == PAYEE and TRANCHES[t][0] == nature)
        return sum((self.dus[t] for t in payees), Decimal(0))

    def du(self, type_) -> Decimal:
        """What the paper pays: min(ceilings, rate × accepted) less what was paid, to the cent below."""
        nature, prevu, plafond = TRANCHES[type_]
        if type_ in ("ACOMPTE", "SOLDE"):
            retenu = sum((fac["garde"] or Decimal(0) for fac in self.factures), Decimal(0))
            plafond = min(plafond, (TAUX * retenu).quantize(Decimal("0.01"), ROUND_DOWN))
        reste = max(plafond - self.verse(nature), Decimal(0))
        return reste if prevu is None else min(prevu, reste)

    def siennes(self, type_) -> list[dict]:
        return [fac for fac in self.factures if fac["type"] == type_]

    # -- requests and controls -------------------------------------------------------------------------------------
    @rule(type_=tranches, montants=st.lists(euros, max_size=2))
    def demander(self, type_, montants):
        rang = len(self.factures)
        champs = [f.facture(f"F-{rang + n}", str(montant)) for n, montant in enumerate(montants)]
        utiles = [fac for fac in self.siennes(type_) if fac["garde"] != 0]
        admis = (
            not self.soldee
            and self.stade[type_] == A_DEMANDER
            and (type_ not in AVANT or self.stade[AVANT[type_]] == PAYEE)
            and (type_ not in ("ACOMPTE", "SOLDE") or bool(utiles or montants))
        )
        if self.tenter(admis, self.tranche(type_).demander, par=self.gens.porteur, factures=champs):
            self.stade[type_] = DEMANDEE
            for champ in champs:
                self.factures.append(
                    {"type": type_, "numero": champ["numero"], "ht": champ["montant_ht"], "garde": None}
                )

    @rule(type_=tranches)
    def controler(self, type_):
        admis = not self.soldee and self.stade[type_] == DEMANDEE
        if self.tenter(admis, self.tranche(type_).controler, par=self.gens.agent):
            self.stade[type_] = EN_CONTROLE

    @precondition(lambda self: self.factures)
    @rule(rang=st.integers(0, 20), ecartee=parts)
    def examiner(self, rang, ecartee):
        """Accepted whole, less a part, or rejected."""
        papier = self.factures[rang % len(self.factures)]
        facture = self.tranche(papier["type"]).factures.get(numero=papier["numero"])
        part = (papier["ht"] * ecartee).quantize(Decimal("0.01"), ROUND_DOWN)
        rejetee = ecartee == 1
        faits = {"acceptee": not rejetee, "motif": "Un motif.", "ecarte": Decimal(0) if rejetee else part}
        admis = not self.soldee and self.stade[papier["type"]] == EN_CONTROLE
        if self.tenter(admis, facture.examiner, par=self.gens.agent, **faits):
            papier["garde"] = Decimal(0) if rejetee else papier["ht"] - part

    @rule(type_=tranches)
    def renvoyer(self, type_):
        admis = not self.soldee and self.stade[type_] in (DEMANDEE, EN_CONTROLE)
        if self.tenter(
            admis, self.tranche(type_).renvoyer, par=self.gens.agent, motif="Il manque une pièce."
        ):
            self.stade[type_] = A_DEMANDER

    @rule(type_=tranches)
    def certifier(self, type_):
        examinees = all(fac["garde"] is not None for fac in self.siennes(type_))
        du = self.du(type_)
        admis = not self.soldee and self.stade[type_] in (DEMANDEE, EN_CONTROLE) and examinees and du > 0
        if self.tenter(admis, self.tranche(type_).certifier, par=self.gens.agent):
            self.stade[type_], self.dus[type_] = CERTIFIEE, du

    # -- the three signatures and the payment ----------------------------------------------------------------------
    @rule(type_=tranches)
    def ordonner(self, type_):
        admis = not self.soldee and self.stade[type_] == CERTIFIEE
        if self.tenter(admis, self.tranche(type_).ordonner, par=self.gens.responsable):
            self.stade[type_] = ORDONNEE

    @rule(type_=tranches)
    def contresigner(self, type_):
        admis = not self.soldee and self.stade[type_] == ORDONNEE
        if self.tenter(admis, self.tranche(type_).contresigner, par=self.gens.signataire):
            self.stade[type_] = CONTRESIGNEE

    @rule(type_=tranches)
    def payer(self, type_):
        admis = not self.soldee and self.stade[type_] == CONTRESIGNEE
        if self.tenter(admis, self.tranche(type_).payer, par=self.gens.agent, mandat=f"M-{type_}"):
            self.stade[type_] = PAYEE

    @rule(type_=tranches, montant=euros)
    def mener_au_paiement(self, type_, montant):
        """The whole path at once, so that walks go far."""
        if self.stade[type_] == A_DEMANDER:
            self.demander(type_, [montant] if type_ in ("ACOMPTE", "SOLDE") else [])
        self.controler(type_)
        for rang, facture in enumerate(self.factures):
            if facture["type"] == type_ and facture["garde"] is None:
                self.examiner(rang, Decimal(0))
        for geste in (self.certifier, self.ordonner, self.contresigner, self.payer):
            geste(type_)

    @precondition(lambda self: PAYEE in self.stade.values())
    @rule()
    def solder(self):
        convention = Convention.objects.get(pk=self.convention.pk)
        admis = not self.soldee and set(self.stade.values()) == {PAYEE}
        if self.tenter(admis, partial(convention.passer, "solder"), par=self.gens.responsable):
            self.soldee = True

    # -- amendments ------------------------------------------------------------------------------------------------
    @rule(jours=st.sampled_from([0, 90, 365]))
    def prolonger(self, jours):
        """Prepared, then signed by both: the end moves, no amount does."""
        jour = self.instant.astimezone(horloge.PARIS).date()
        faits = {"motif": "Un retard.", "demande_le": jour, "nouvelle_fin": self.fin + timedelta(days=jours)}
        admis = not self.soldee and jours > 0 and jour <= self.fin
        if self.tenter(admis, partial(Avenant.preparer, self.convention), par=self.gens.agent, **faits):
            avenant = Avenant.objects.last()
            self.tenter(False, avenant.signer, par=self.gens.signataire)
            self.tenter(True, avenant.signer_beneficiaire, par=self.gens.porteur)
            self.tenter(True, avenant.signer, par=self.gens.signataire)
            self.fin = faits["nouvelle_fin"]

    # -- the money that comes back ---------------------------------------------------------------------------------
    @rule(nature=st.sampled_from(list(PLAFONDS)), montant=euros)
    def ouvrir(self, nature, montant):
        reste = self.verse(nature) - self.exiges[nature]
        admis = (self.procedure is None or "exige" in self.procedure) and montant <= reste
        faits = LETTRE | {"nature": nature, "montant_envisage": montant}
        if self.tenter(
            admis, partial(Recouvrement.ouvrir, self.convention), par=self.gens.responsable, **faits
        ):
            self.procedure = {"nature": nature, "montant": montant, "le": self.instant}

    @rule(jours=st.sampled_from([1, 29, 31]))
    def attendre(self, jours):
        self.instant += timedelta(days=jours)

    @precondition(lambda self: self.procedure)
    @rule(part=parts)
    def decider(self, part):
        limite = horloge.fin_du_jour(
            (self.procedure["le"] + timedelta(days=30)).astimezone(horloge.PARIS).date()
        )
        exige = (self.procedure["montant"] * part).quantize(Decimal("0.01"), ROUND_DOWN)
        admis = "exige" not in self.procedure and self.instant > limite
        faits = {"montant_exige": exige, "motivation": "Un motif."}
        if self.tenter(admis, self.recouvrement.decider, par=self.gens.responsable, **faits):
            self.procedure["exige"] = exige
            self.exiges[self.procedure["nature"]] += exige

    @precondition(lambda self: self.procedure)
    @rule()
    def ordonner_le_reversement(self):
        admis = bool(self.procedure.get("exige")) and not self.procedure.get("ordonne")
        if self.tenter(admis, self.recouvrement.ordonner, par=self.gens.signataire):
            self.procedure["ordonne"] = True

    @precondition(lambda self: self.procedure)
    @rule()
    def constater_le_reversement(self):
        admis = bool(self.procedure.get("ordonne")) and not self.procedure.get("reverse")
        if self.tenter(admis, self.recouvrement.constater, par=self.gens.agent, reference="R-1"):
            self.procedure["reverse"] = True
            self.reverse += self.procedure["exige"]

    # -- always ----------------------------------------------------------------------------------------------------
    @invariant()
    def les_soldes_sont_la_somme_de_leurs_ecritures(self):
        lues = self.convention.tranches.exclude(payee_le=None).order_by().values_list("nature")
        payees = dict(lues.annotate(s=Sum("montant_verse")))
        for nature, plafond in PLAFONDS.items():
            assert payees.get(nature, 0) == self.verse(nature) <= plafond
            assert self.exiges[nature] <= self.verse(nature)
        convention = Convention.objects.get(pk=self.convention.pk)
        assert (convention.montant_maximum, convention.fin_le) == (sum(PLAFONDS.values()), self.fin)
        sommes = Recouvrement.objects.exclude(reverse_le=None).aggregate(s=Sum("montant_exige"))
        assert (sommes["s"] or 0) == self.reverse


@pytest.fixture
def scene(gens, convention):
    """The signed convention, and the wave's two envelopes engaged by its award."""
    for nature, plafond in PLAFONDS.items():
        EnveloppeFactory(vague=convention.dossier.vague, nature=nature, plafond=plafond, engage=plafond)
    return type("ArgentDeLaConvention", (Argent,), {"convention": convention, "gens": gens})


def marcher(scene, marches: int, pas: int):
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
    profil = settings(
        max_examples=marches,
        stateful_step_count=pas,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(scene, settings=profil)


@pytest.mark.django_db
def test_a_short_walk_through_the_money(scene):
    marcher(scene, 3, 20)


@pytest.mark.long
@pytest.mark.django_db
def test_long_walks_through_the_money(scene):
    marcher(scene, 25, 30)
