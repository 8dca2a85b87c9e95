"""A ballot: frozen roll, one voice each, totals at the closing only.

Who has voted (Emargement) and what was voted (Bulletin) are two tables without link, order or time; each vote rewrites
both for its ballot in random order, in the same SQL function (migration 0002), so that the hidden columns of
PostgreSQL tell nothing either. Nobody reads a ballot paper: no manager, no view, no admin, no export.

Here its row, what its totals say and how a voice is cast; `ouverture` freezes the roll, `conduite` is the chair's.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from manufactures import horloge
from manufactures.journal.models import consigner
from selection.models.base import SECRETARIAT, exiger, exiger_role
from selection.models.choix import Choix, EtatScrutin, Mode, Question
from selection.models.comite import Membre
from selection.models.conduite import Conduite
from selection.models.ouverture import PEU_DE_VOTANTS, Ouverture
from selection.models.point import PointOrdreDuJour
from selection.models.regles import ABSTENTIONS, Majorite
from selection.models.urne import REFUS, Electeur, Emargement, VoteNominal, appeler

PARTI = "Vous êtes noté absent de la séance : signalez votre retour pour voter."


class ScrutinQuerySet(models.QuerySet):
    """Ballots: question, state, totals once closed; the votes themselves are nobody's."""

    def visibles_par(self, user):
        """Ballots on the items that `user` may know of."""
        return self.filter(point__in=PointOrdreDuJour.objects.visibles_par(user))


class Scrutin(Ouverture, Conduite, models.Model):
    """One ballot on one item; a cancelled one stays, with the reason, and its urn was never read."""

    point = models.ForeignKey(
        PointOrdreDuJour, on_delete=models.PROTECT, related_name="scrutins", verbose_name="point"
    )
    question = models.CharField("question", max_length=12, choices=Question)
    tour = models.PositiveSmallIntegerField("tour", default=1)
    secret = models.BooleanField("secret", default=True)
    etat = models.CharField("état", max_length=10, choices=EtatScrutin, default=EtatScrutin.OUVERT)
    quorum = models.PositiveSmallIntegerField("quorum")
    regle_majorite = models.CharField(
        "règle de majorité", max_length=12, choices=Majorite, default=Majorite.PRESENTS
    )
    majorite = models.PositiveSmallIntegerField("majorité requise")
    presents = models.PositiveSmallIntegerField("présents au point")
    representes = models.PositiveSmallIntegerField("représentés au point", default=0)
    votants = models.PositiveSmallIntegerField("votants", null=True, blank=True)
    pour = models.PositiveSmallIntegerField("pour", null=True, blank=True)
    contre = models.PositiveSmallIntegerField("contre", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)
    blancs = models.PositiveSmallIntegerField("blancs", null=True, blank=True)
    voix_preponderante = models.CharField("voix prépondérante", max_length=6, blank=True)
    ouvert_le = models.DateTimeField("ouvert le", default=horloge.maintenant)
    ouvert_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="ouvert par"
    )
    clos_le = models.DateTimeField("clos le", null=True, blank=True)
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    motif_annulation = models.CharField("motif de l'annulation", max_length=300, blank=True)

    objects = ScrutinQuerySet.as_manager()

    class Meta:
        verbose_name = "scrutin"
        ordering = ["point", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "question", "tour"],
                condition=~Q(etat="ANNULE"),
                name="scrutin_question_unique",
            ),
            models.UniqueConstraint(
                fields=["point"],
                condition=Q(etat__in=["OUVERT", "SUSPENDU"]),
                name="scrutin_un_ouvert_par_point",
            ),
            models.CheckConstraint(condition=Q(tour__in=[1, 2]), name="scrutin_deux_tours_au_plus"),
            models.CheckConstraint(
                condition=Q(
                    etat="CLOS",
                    clos_le__isnull=False,
                    votants__isnull=False,
                    pour__isnull=False,
                    contre__isnull=False,
                    abstentions__isnull=False,
                    blancs__isnull=False,
                    votants=F("pour") + F("contre") + F("abstentions") + F("blancs"),
                    votants__gte=F("quorum"),
                )
                | (~Q(etat="CLOS") & Q(votants=None, pour=None, contre=None, abstentions=None, blancs=None)),
                name="scrutin_totaux_a_la_cloture",
            ),
            models.CheckConstraint(
                condition=Q(voix_preponderante="")
                | Q(voix_preponderante__in=["POUR", "CONTRE"], secret=False, etat="CLOS", pour=F("contre")),
                name="scrutin_voix_preponderante_publique",
            ),
        ]

    def __str__(self):
        return f"Scrutin « {self.get_question_display()} », {self.point}"

    @property
    def fil(self) -> str:
        """Thread of the journal: the sitting's."""
        return self.point.seance.fil

    @property
    def adopte(self) -> bool:
        """As many voices as the committee's rule asks, or a tie broken in public by the chair."""
        return self.etat == EtatScrutin.CLOS and (
            self.pour >= self.majorite or self.voix_preponderante == Choix.POUR
        )

    @property
    def partage(self) -> bool:
        """As many for as against, nobody having broken the tie."""
        return (
            self.etat == EtatScrutin.CLOS
            and self.pour == self.contre
            and not self.adopte
            and not self.voix_preponderante
        )

    @property
    def a_departager(self) -> bool:
        """A tie in an open ballot waits for the chair's casting vote, where the rules know one (R133-11)."""
        return self.partage and not self.secret and self.point.seance.voix_preponderante

    @property
    def a_refaire(self) -> bool:
        """A tie that no casting vote can break, as in any secret ballot: a second round, once; then the status quo."""
        return self.partage and self.tour == 1 and not self.a_departager

    @property
    def attend(self) -> bool:
        """Closed, and yet the question is not settled."""
        return self.a_refaire or self.a_departager

    @property
    def totaux_publiables(self) -> bool:
        """Under five voters the totals would tell the votes: they are printed nowhere."""
        return self.etat == EtatScrutin.CLOS and self.votants >= PEU_DE_VOTANTS

    @property
    def majorite_dite(self) -> int | None:
        """The voices needed, save where the figure, that of the closing, would tell totals that are printed nowhere."""
        calculee = self.regle_majorite == Majorite.EXPRIMES and self.etat == EtatScrutin.CLOS
        return None if calculee and not self.totaux_publiables else self.majorite

    @property
    def compte_des_abstentions(self) -> str:
        """How the rule counts what is neither for nor against."""
        return ABSTENTIONS[Majorite(self.regle_majorite)]

    def voter(self, choix: str, *, par, pour: Membre | None = None) -> None:
        """Cast one's own voice, or the proxy received (`pour`): signed roll and ballot paper in one transaction.

        The journal says that a ballot paper was dropped, neither by whom nor what; the roll is journalled at the
        closing. Raises TransitionInterdite when late, twice, out of the roll, or out of the room.
        """
        choix = Choix(choix)
        with transaction.atomic():
            electeur = self._electeur(par, pour)
            exiger(self.secret, "Ce scrutin est à main levée : le secrétariat consigne les votes.")
            appeler("selection_voter", self.pk, electeur.pk, choix.value)
            consigner(self.fil, "bulletin_depose", par=None, scrutin=self.pk)

    def _electeur(self, par, pour: Membre | None) -> "Electeur":
        voix = self.electeurs.filter(vote_par__user=par)
        electeur = (voix.filter(membre=pour) if pour else voix.filter(membre__user=par)).first()
        exiger(electeur is not None, REFUS["MP002"])
        ici = self.point.seance.presences.filter(membre=electeur.vote_par_id, depart_le=None)
        exiger(ici.filter(mode__in=(Mode.SUR_PLACE, Mode.A_DISTANCE)).exists(), PARTI)
        return electeur

    def consigner_vote(self, membre: Membre, choix: str, *, par) -> None:
        """Show of hands: the secretary records each member's choice, in the open."""
        with transaction.atomic():
            scrutin = self._verrouiller(EtatScrutin.OUVERT)
            exiger_role(
                scrutin.point.seance,
                par,
                *SECRETARIAT,
                phrase="Le secrétariat consigne les votes à main levée.",
            )
            exiger(not scrutin.secret, "Ce scrutin est secret : chacun dépose son bulletin.")
            electeur = scrutin.electeurs.filter(membre=membre).first()
            exiger(electeur is not None, f"{membre} n'est pas sur la liste des votants de ce scrutin.")
            VoteNominal.objects.update_or_create(
                electeur=electeur, defaults={"choix": Choix(choix), "scrutin": scrutin}
            )
            Emargement.objects.get_or_create(scrutin=scrutin, electeur=electeur)
