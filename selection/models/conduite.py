"""What the chair does of an open ballot: suspend, close and count, cancel, break a tie; what a recusal does to it."""

from typing import Self

from django.db import transaction
from django.db.models import Q

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from selection.models.base import exiger, exiger_role, noter
from selection.models.choix import Choix, EtatScrutin, EtatSeance
from selection.models.comite import Membre
from selection.models.ouverture import C_EST_A_LA_PRESIDENCE
from selection.models.regles import Majorite
from selection.models.urne import REFUS, VoteNominal, appeler
from selection.quorum import majorite, seuil


class Conduite:
    """The deeds on a ballot once its roll is frozen. The sitting is locked before the ballot, never after."""

    def _verrouiller(self, *etats: EtatScrutin) -> Self:
        scrutin = (
            type(self)
            .objects.select_for_update(of=("self",))
            .select_related("point__seance__vague", "point__dossier")
            .get(pk=self.pk)
        )
        exiger(scrutin.etat in etats, f"Le scrutin est {scrutin.get_etat_display().lower()}.")
        return scrutin

    def _presider(self, par, *etats: EtatScrutin, siegeant: bool = True) -> Self:
        """The ballot under lock, for the chair; `siegeant`: of a sitting that is not suspended."""
        seance = self.point.seance._verrouiller(EtatSeance.OUVERTE, siegeant=siegeant)
        exiger_role(seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
        scrutin = self._verrouiller(*etats)
        scrutin.point.seance = seance
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
            if scrutin.regle_majorite == Majorite.EXPRIMES:  # neither blanks nor abstentions weigh
                noter(scrutin, majorite=majorite(scrutin.pour + scrutin.contre))
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
            scrutin = self._presider(par, EtatScrutin.OUVERT, EtatScrutin.SUSPENDU, siegeant=False)
            exiger(bool(motif.strip()), "Écrivez pourquoi ce scrutin est annulé.")
            scrutin._vider(par=par, motif=motif)
        self.refresh_from_db()

    def _vider(self, *, par, motif: str) -> None:
        appeler("selection_vider_urne", self.pk)
        type(self).objects.filter(pk=self.pk).update(
            annule_le=horloge.maintenant(), motif_annulation=motif.strip()[:300]
        )
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
                scrutin.point.seance.voix_preponderante,
                "Le règlement de ce comité ne donne pas de voix prépondérante : organisez un second tour.",
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
            seance = scrutin.point.seance
            restants = scrutin.electeurs.count()
            noter(
                scrutin,
                majorite=seuil(scrutin.regle_majorite, votants=restants, composition=seance.composition),
            )
