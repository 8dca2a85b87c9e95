"""A ballot: frozen roll, one voice each, totals at the closing only.

Who has voted (Emargement) and what was voted (Bulletin) are two tables without link, order or time; each vote rewrites
both for its ballot in random order, in the same SQL function (migration 0002), so that the hidden columns of
PostgreSQL tell nothing either. Nobody reads a ballot paper: no manager, no view, no admin, no export.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter
from selection.models.choix import Choix, EtatScrutin, Question, TypeSeance
from selection.models.comite import Membre
from selection.models.point import PointOrdreDuJour
from selection.models.urne import REFUS, Electeur, Emargement, VoteNominal, appeler
from selection.quorum import majorite

C_EST_A_LA_PRESIDENCE = "Seule la présidence ouvre, suspend et clôt un scrutin."
PEU_DE_VOTANTS = 5
SANS_DECLARATION = "{} n'a pas déclaré ses intérêts sur ce dossier : pas de vote sur ce point."
VOTE_A_DISTANCE = (
    "Le règlement de ce comité n'admet pas le vote secret à distance : {} ne vote pas sur ce point."
)


class ScrutinQuerySet(models.QuerySet):
    """Ballots: question, state, totals once closed; the votes themselves are nobody's."""

    def visibles_par(self, user):
        """Ballots on the items that `user` may know of."""
        return self.filter(point__in=PointOrdreDuJour.objects.visibles_par(user))


class Scrutin(models.Model):
    """One ballot on one item."""

    point = models.ForeignKey(
        PointOrdreDuJour, on_delete=models.PROTECT, related_name="scrutins", verbose_name="point"
    )
    question = models.CharField("question", max_length=12, choices=Question)
    tour = models.PositiveSmallIntegerField("tour", default=1)
    secret = models.BooleanField("secret", default=True)
    etat = models.CharField("état", max_length=10, choices=EtatScrutin, default=EtatScrutin.OUVERT)
    quorum = models.PositiveSmallIntegerField("quorum")
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
        """More than half of the voices present or represented, or a tie broken in public by the chair."""
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
    def totaux_publiables(self) -> bool:
        """Under five voters the totals would tell the votes: they are printed nowhere."""
        return self.etat == EtatScrutin.CLOS and self.votants >= PEU_DE_VOTANTS

    # -- opening -------------------------------------------------------------------------------------------------
    @classmethod
    def voix_admises(cls, point: PointOrdreDuJour, *, secret: bool) -> tuple[dict[int, int], list[str]]:
        """The roll as it would be frozen now (voice -> who casts it), and the sentences on voices that don't count."""
        seance = point.seance
        compte = seance.compte(point.dossier)
        declares = set(
            point.dossier.declarations.filter(reponse__in=("AUCUN", "LIEN")).values_list("membre", flat=True)
        )
        distants = {p.membre_id for p in seance.presences.all() if p.est_la and p.mode == "A_DISTANCE"}
        voix, ecartees = {}, {}
        for membre, porteur in compte.voix.items():
            if membre not in declares:
                ecartees[membre] = SANS_DECLARATION
            elif secret and porteur in distants and not seance.secret_a_distance:
                ecartees[membre] = VOTE_A_DISTANCE
            else:
                voix[membre] = porteur
        noms = Membre.objects.select_related("user").in_bulk(ecartees) if ecartees else {}
        return voix, [phrase.format(noms[membre]) for membre, phrase in ecartees.items()]

    @classmethod
    def ouvrir(
        cls,
        point: PointOrdreDuJour,
        question: str,
        *,
        par,
        secret: bool | None = None,
        malgre_petit_nombre: bool = False,
    ) -> "Scrutin":
        """Open a ballot: the roll is frozen, those in the room or represented, declared and not recused.

        Raises TransitionInterdite without quorum, while a recused member is in the room, or under five voters unless
        the chair insists (the totals may then tell the votes).
        """
        with transaction.atomic():
            point = point._verrouiller(par)
            seance = point.seance
            exiger_role(seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
            exiger(
                not point.dossier.deports.filter(leve_le=None, membre__user=par).exists(),
                "Vous vous êtes déporté de ce dossier : vous ne présidez pas ce point.",
            )
            secret = seance.scrutin_secret if secret is None else secret
            tour = cls._exiger_la_question(point, Question(question))
            compte = seance.compte(point.dossier)
            exiger(
                compte.atteint,
                f"Quorum perdu : {compte.nombre} sur {compte.composition}, il en faut {compte.requis}. "
                "Le scrutin ne peut pas s'ouvrir.",
            )
            point.exiger_les_sorties()
            voix, _ = cls.voix_admises(point, secret=secret)
            exiger(
                len(voix) >= seance.quorum,
                f"{len(voix)} voix sur ce point, il en faut {seance.quorum} pour le quorum.",
            )
            exiger(
                malgre_petit_nombre or not secret or len(voix) >= PEU_DE_VOTANTS,
                f"{len(voix)} votants : les totaux peuvent révéler les votes.",
            )
            scrutin = cls.objects.create(
                point=point,
                question=question,
                tour=tour,
                secret=secret,
                quorum=seance.quorum,
                majorite=majorite(len(voix)),
                presents=len(compte.presents),
                representes=len(compte.mandats),
                ouvert_par=par,
                ouvert_le=horloge.maintenant(),
            )
            scrutin.electeurs.bulk_create(
                [Electeur(scrutin=scrutin, membre_id=m, vote_par_id=p) for m, p in sorted(voix.items())]
            )
            noter(seance, point_courant=point)
            consigner(
                scrutin.fil,
                "ouvrir_scrutin",
                par=par,
                role=Role.PRESIDENT,
                scrutin=scrutin.pk,
                point=point.rang,
                question=str(question),
                tour=tour,
                secret=secret,
                electeurs=sorted(voix),
            )
        return scrutin

    @classmethod
    def _exiger_la_question(cls, point: PointOrdreDuJour, question: Question) -> int:
        """Whether this question may be put now; the round it would be."""
        clos = {s.question: s for s in point.scrutins.filter(etat=EtatScrutin.CLOS).order_by("tour")}
        deja = clos.get(question)
        exiger(
            deja is None or (deja.partage and deja.secret and deja.tour == 1),
            "Le comité a déjà voté sur cette question.",
        )
        exiger(
            not point.scrutins.filter(etat__in=("OUVERT", "SUSPENDU")).exists(),
            "Un scrutin est déjà ouvert sur ce point.",
        )
        if point.seance.type == TypeSeance.ARBITRAGE:
            exiger(question == Question.ATTRIBUTION, "Une séance d'arbitrage vote sur des montants.")
            exiger(point.dossier.etat == Etat.EN_ARBITRAGE, "Ce dossier n'est pas en arbitrage.")
            exiger(hasattr(point, "proposition"), "Proposez d'abord des montants pour ce dossier.")
            point.proposition.exiger_dans_l_enveloppe()
        else:
            exiger(question != Question.ATTRIBUTION, "Les montants se votent en séance d'arbitrage.")
            exiger(
                point.dossier.etat in (Etat.EN_COMITE, Etat.A_AUDITIONNER),
                "Ce dossier n'est pas devant le comité.",
            )
            attendue = point.dossier.auditions.filter(tenue=None).exists()
            exiger(not attendue, "L'audition de ce porteur n'est pas encore consignée.")
        if question == Question.AJOURNEMENT:
            avis = clos.get(Question.AVIS)
            exiger(
                avis is not None and not avis.adopte,
                "L'ajournement se vote quand l'avis favorable n'est pas adopté.",
            )
        return deja.tour + 1 if deja else 1

    # -- voting --------------------------------------------------------------------------------------------------
    def voter(self, choix: str, *, par, pour: Membre | None = None) -> None:
        """Cast one's own voice, or the proxy received (`pour`): signed roll and ballot paper in one transaction.

        The journal says that a ballot paper was dropped, neither by whom nor what; the roll is journalled at the
        closing. Raises TransitionInterdite when late, twice, or out of the roll.
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

    # -- the chair -----------------------------------------------------------------------------------------------
    def _verrouiller(self, *etats: EtatScrutin) -> "Scrutin":
        scrutin = (
            Scrutin.objects.select_for_update(of=("self",))
            .select_related("point__seance__vague", "point__dossier")
            .get(pk=self.pk)
        )
        exiger(scrutin.etat in etats, f"Le scrutin est {scrutin.get_etat_display().lower()}.")
        return scrutin

    def _presider(self, par, *etats: EtatScrutin) -> "Scrutin":
        scrutin = self._verrouiller(*etats)
        exiger_role(scrutin.point.seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
        return scrutin

    def suspendre(self, *, par, motif: str = "") -> None:
        """Stop the vote for a while: the urn stays shut."""
        with transaction.atomic():
            scrutin = self._presider(par, EtatScrutin.OUVERT)
            noter(scrutin, etat=EtatScrutin.SUSPENDU)
            consigner(scrutin.fil, "suspendre_scrutin", par=par, motif=motif, scrutin=scrutin.pk)
        self.refresh_from_db()

    def reprendre(self, *, par) -> None:
        """Go on, with the quorum."""
        with transaction.atomic():
            scrutin = self._presider(par, EtatScrutin.SUSPENDU)
            exiger(
                scrutin.point.seance.compte(scrutin.point.dossier).atteint,
                "Le quorum n'est toujours pas atteint.",
            )
            noter(scrutin, etat=EtatScrutin.OUVERT)
            consigner(scrutin.fil, "reprendre_scrutin", par=par, scrutin=scrutin.pk)
        self.refresh_from_db()

    def clore(self, *, par) -> None:
        """Close and count: only totals are kept. Under the quorum of signatures the urn can't be read."""
        with transaction.atomic():
            scrutin = self._presider(par, EtatScrutin.OUVERT)
            if scrutin.secret:
                appeler("selection_depouiller", scrutin.pk, horloge.maintenant())
            else:
                scrutin._compter_les_mains()
            scrutin.refresh_from_db()
            consigner(
                scrutin.fil,
                "clore_scrutin",
                par=par,
                role=Role.PRESIDENT,
                scrutin=scrutin.pk,
                point=scrutin.point.rang,
                emargements=sorted(scrutin.emargements.values_list("electeur__membre", flat=True)),
                pour=scrutin.pour,
                contre=scrutin.contre,
                abstentions=scrutin.abstentions,
                blancs=scrutin.blancs,
            )
        self.refresh_from_db()

    def _compter_les_mains(self) -> None:
        choix = list(VoteNominal.objects.filter(scrutin=self).values_list("choix", flat=True))
        exiger(len(choix) >= self.quorum, REFUS["MP004"])
        noter(
            self,
            etat=EtatScrutin.CLOS,
            clos_le=horloge.maintenant(),
            votants=len(choix),
            pour=choix.count(Choix.POUR),
            contre=choix.count(Choix.CONTRE),
            abstentions=choix.count(Choix.ABSTENTION),
            blancs=choix.count(Choix.BLANC),
        )

    def annuler(self, *, par, motif: str) -> None:
        """Give the ballot up: the urn is emptied unread."""
        with transaction.atomic():
            scrutin = self._presider(par, EtatScrutin.OUVERT, EtatScrutin.SUSPENDU)
            exiger(bool(motif.strip()), "Écrivez pourquoi ce scrutin est annulé.")
            scrutin._vider(par=par, motif=motif)
        self.refresh_from_db()

    def _vider(self, *, par, motif: str) -> None:
        appeler("selection_vider_urne", self.pk)
        consigner(self.fil, "annuler_scrutin", par=par, motif=motif, scrutin=self.pk)

    def departager(self, sens: str, *, par) -> None:
        """The chair's casting vote: a separate, public act, on an open ballot only (R133-11)."""
        with transaction.atomic():
            scrutin = self._presider(par, EtatScrutin.CLOS)
            exiger(
                not scrutin.secret,
                "Un scrutin secret ne se départage pas par une voix : organisez un second tour.",
            )
            exiger(
                scrutin.partage and sens in (Choix.POUR, Choix.CONTRE), "Il n'y a pas de partage des voix."
            )
            noter(scrutin, voix_preponderante=sens)
            consigner(
                scrutin.fil, "departager", par=par, role=Role.PRESIDENT, scrutin=scrutin.pk, sens=str(sens)
            )
        self.refresh_from_db()

    def ecarter(self, membre: Membre, *, par) -> None:
        """A recusal during the vote: a voice not cast leaves the roll; cast, the whole ballot is cancelled unread."""
        with transaction.atomic():
            scrutin = self._verrouiller(EtatScrutin.OUVERT, EtatScrutin.SUSPENDU)
            voix = scrutin.electeurs.filter(Q(membre=membre) | Q(vote_par=membre))
            if scrutin.emargements.filter(electeur__in=voix).exists():
                scrutin._vider(par=par, motif="Déport d'un votant en cours de scrutin")
                return
            voix.delete()
            noter(scrutin, majorite=majorite(scrutin.electeurs.count()))
