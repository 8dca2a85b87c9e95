"""When hearings may be held: the ranges that a sitting gives to them, the hours when its members cannot come."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import appels_de
from selection.creneaux import Creneau, decouper
from selection.models.base import SECRETARIAT, exiger, exiger_role
from selection.models.choix import EtatSeance
from selection.models.comite import Membre
from selection.models.seance import Seance
from selection.models.tenue import C_EST_AU_SECRETARIAT

DUREE_MIN, DUREE_MAX, BATTEMENT_MAX = 15, 120, 120
AVANT_LA_CLOTURE = (EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)


class PlageQuerySet(models.QuerySet):
    """Ranges of hearings."""

    def visibles_par(self, user):
        """Those of the sittings that `user` may know of."""
        return self.filter(seance__in=Seance.objects.visibles_par(user))


class PlageAuditions(models.Model):
    """Some hours that a sitting gives to hearings, cut into equal slots; a break is the gap between two ranges."""

    seance = models.ForeignKey(
        Seance, on_delete=models.CASCADE, related_name="plages_d_audition", verbose_name="séance"
    )
    debut = models.DateTimeField("début")
    fin = models.DateTimeField("fin")
    duree_min = models.PositiveSmallIntegerField("durée d'une audition, en minutes", default=30)
    battement_min = models.PositiveSmallIntegerField("battement entre deux auditions, en minutes", default=5)
    lieu = models.CharField("lieu", max_length=200, blank=True)
    lien = models.URLField("lien de visioconférence", max_length=300, blank=True)

    objects = PlageQuerySet.as_manager()

    class Meta:
        verbose_name = "plage d'auditions"
        verbose_name_plural = "plages d'auditions"
        ordering = ["debut", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fin__gt=F("debut")), name="plage_audition_dans_l_ordre"),
            models.CheckConstraint(
                condition=Q(
                    duree_min__gte=DUREE_MIN, duree_min__lte=DUREE_MAX, battement_min__lte=BATTEMENT_MAX
                ),
                name="plage_audition_duree_bornee",
            ),
            models.CheckConstraint(condition=~Q(lieu="", lien=""), name="plage_audition_quelque_part"),
        ]

    def __str__(self):
        debut, fin = (instant.astimezone(horloge.PARIS) for instant in (self.debut, self.fin))
        return f"{debut:%d/%m/%Y}, de {debut:%H:%M} à {fin:%H:%M}"

    def creneaux(self) -> list[Creneau]:
        """Its slots, taken or not."""
        return decouper([self])

    @classmethod
    def ouvrir(cls, seance: Seance, *, par, debut, fin, pause=None, **champs) -> list["PlageAuditions"]:
        """Give these hours to hearings; `pause`, two instants, makes two ranges of them. Raises TransitionInterdite."""
        bornes = [(debut, pause[0]), (pause[1], fin)] if pause else [(debut, fin)]
        with transaction.atomic():
            seance = seance._verrouiller(*AVANT_LA_CLOTURE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(not seance.est_arbitrage, "Une séance d'arbitrage n'entend pas les porteurs.")
            exiger(debut > horloge.maintenant(), "Choisissez des heures à venir.")
            plages = [cls(seance=seance, debut=de, fin=a, **champs) for de, a in bornes]
            for plage in plages:
                exiger(plage.fin > plage.debut, "La fin vient après le début, et la pause entre les deux.")
                exiger(bool(plage.creneaux()), "Aucune audition ne tient dans ces heures : allongez-les.")
                touchees = seance.plages_d_audition.filter(debut__lt=plage.fin, fin__gt=plage.debut)
                exiger(not touchees.exists(), "Ces heures touchent une plage déjà prévue.")
                plage.save(force_insert=True)
            consigner(
                seance.fil, "ouvrir_plage_d_auditions", par=par, debut=debut.isoformat(), fin=fin.isoformat()
            )
        return plages

    def retirer(self, *, par) -> None:
        """Take these hours back; not while a hearing is awaited in them."""
        with transaction.atomic():
            seance = self.seance._verrouiller(*AVANT_LA_CLOTURE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            attendues = seance.auditions.filter(tenue=None, debut__lt=self.fin, debut__gte=self.debut)
            exiger(
                not attendues.exists(),
                "Des auditions sont prévues dans ces heures : déplacez-les ou annulez-les d'abord.",
            )
            consigner(seance.fil, "retirer_plage_d_auditions", par=par, debut=self.debut.isoformat())
            self.delete()


class IndisponibiliteQuerySet(models.QuerySet):
    """Hours when someone cannot come."""

    def visibles_par(self, user):
        """One's own; those of the members of a committee, for its secretariat and its chair."""
        if not user.is_active:
            return self.none()
        tenus = Membre.objects.filter(college__appel__in=appels_de(user, Role.RESPONSABLE))
        presides = Membre.objects.en_exercice().filter(user=user, preside=True)
        siens = Membre.objects.filter(college__appel__in=presides.values("college__appel"))
        return self.filter(Q(user=user) | Q(user__in=tenus.values("user")) | Q(user__in=siens.values("user")))


class Indisponibilite(models.Model):
    """A member cannot come then: no reason is asked."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="indisponibilites",
        verbose_name="personne",
    )
    debut = models.DateTimeField("début")
    fin = models.DateTimeField("fin")

    objects = IndisponibiliteQuerySet.as_manager()

    class Meta:
        verbose_name = "indisponibilité"
        ordering = ["debut", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fin__gt=F("debut")), name="indisponibilite_dans_l_ordre"),
            models.UniqueConstraint(fields=["user", "debut", "fin"], name="indisponibilite_unique"),
        ]

    def __str__(self):
        return f"{self.user.nom_complet}, {self.debut.astimezone(horloge.PARIS):%d/%m/%Y}"

    @classmethod
    def declarer(cls, *, par, debut, fin) -> "Indisponibilite":
        """Say that one cannot come; what touches it becomes one line with it. Raises TransitionInterdite."""
        exiger(fin > debut, "La fin vient après le début.")
        exiger(fin > horloge.maintenant(), "Choisissez des heures à venir.")
        exiger(fin - debut <= timedelta(days=366), "Un an au plus en une fois.")
        exiger(Membre.objects.filter(user=par).exists(), "Vous ne siégez à aucun comité.")
        with transaction.atomic():
            touchees = cls.objects.select_for_update().filter(user=par, debut__lte=fin, fin__gte=debut)
            bornes = [(une.debut, une.fin) for une in touchees] + [(debut, fin)]
            touchees.delete()
            return cls.objects.create(
                user=par, debut=min(b[0] for b in bornes), fin=max(b[1] for b in bornes)
            )
