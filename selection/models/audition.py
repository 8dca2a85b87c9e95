"""A hearing: the porteur before the committee, where the sitting asked for it (press kit p. 12, « si nécessaire »)."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.registres import roles_sur
from selection.models.base import exiger, noter
from selection.models.seance import Seance

DUREE_PRESENTATION = 10
DUREE_MIN, DUREE_MAX = 15, 120


def _jour(instant):
    return instant.astimezone(horloge.PARIS).date()


class AuditionQuerySet(models.QuerySet):
    """Hearings: seen with the dossier; notes are the house's."""

    def visibles_par(self, user):
        """Hearings of the dossiers that `user` may know of."""
        return self.filter(dossier__in=Dossier.objects.visibles_par(user))


class Audition(models.Model):
    """One slot for one dossier."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="auditions", verbose_name="dossier"
    )
    seance = models.ForeignKey(
        Seance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="auditions",
        verbose_name="séance qui l'a demandée",
    )
    debut = models.DateTimeField("début")
    duree_min = models.PositiveSmallIntegerField("durée, en minutes", default=30)
    lieu = models.CharField("lieu", max_length=200, blank=True)
    lien = models.URLField("lien de visioconférence", max_length=300, blank=True)
    max_personnes = models.PositiveSmallIntegerField("nombre de personnes au plus", default=3)
    questions = models.TextField("questions du comité", blank=True, help_text="Une question par ligne.")
    confirmee_le = models.DateTimeField("confirmée le", null=True, blank=True)
    participants = models.TextField("participants", blank=True)
    besoins = models.TextField("empêchement ou aménagement demandé", blank=True)
    tenue = models.BooleanField("tenue", null=True, blank=True)
    notes = models.TextField("compte rendu", blank=True)

    objects = AuditionQuerySet.as_manager()

    class Meta:
        verbose_name = "audition"
        ordering = ["debut", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duree_min__gte=DUREE_MIN, duree_min__lte=DUREE_MAX), name="audition_duree_bornee"
            ),
            models.CheckConstraint(
                condition=Q(confirmee_le=None) | ~Q(participants=""), name="audition_confirmee_avec_noms"
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(tenue=None), name="audition_une_attendue_par_dossier"
            ),
        ]

    def __str__(self):
        return f"Audition de {self.dossier}"

    @property
    def fin(self):
        """End of the slot."""
        return self.debut + timedelta(minutes=self.duree_min)

    @property
    def est_a_venir(self) -> bool:
        """Awaited, today included."""
        return self.tenue is None and _jour(self.debut) >= horloge.aujourd_hui()

    @property
    def est_du_jour_ou_passee(self) -> bool:
        """Its minutes may be written: its day has come."""
        return _jour(self.debut) <= horloge.aujourd_hui()

    @property
    def confirmer_avant(self):
        """Participants are named three days before, or before the hearing itself when it is near."""
        limite = self.debut - timedelta(days=3)
        return limite if limite > horloge.maintenant() else self.debut

    @property
    def liste_questions(self) -> list[str]:
        """One question a line."""
        return [ligne.strip() for ligne in self.questions.splitlines() if ligne.strip()]

    @classmethod
    def prevoir(cls, dossier: Dossier, *, par, debut, **champs) -> "Audition":
        """Summon the porteur: the slot, the transition, its act and message. Raises TransitionInterdite."""
        with transaction.atomic():
            exiger(_jour(debut) >= horloge.aujourd_hui(), "Choisissez un créneau à venir.")
            dossier = Dossier.objects.visibles_par(par).get(pk=dossier.pk)
            point = dossier.points_de_seance.select_related("seance").order_by("-pk").first()
            audition = cls.objects.create(
                dossier=dossier, seance=point.seance if point else None, debut=debut, **champs
            )
            dossier.passer("auditionner", par=par, audition=audition.pk)
        return audition

    def confirmer(self, participants: str, *, par, besoins: str = "") -> None:
        """The porteur names who comes."""
        roles = {Role.PORTEUR, Role.CONTRIBUTEUR}
        with transaction.atomic():
            audition = (
                Audition.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=self.pk)
            )
            exiger(
                bool(roles & roles_sur(audition.dossier, par)),
                "Seules les personnes du dossier confirment l'audition.",
            )
            exiger(audition.est_a_venir, "Cette audition est passée.")
            exiger(bool(participants.strip()), "Écrivez le nom et la fonction des participants.")
            noter(
                audition,
                participants=participants.strip(),
                besoins=besoins.strip(),
                confirmee_le=horloge.maintenant(),
            )
            consigner(audition.dossier.fil, "confirmer_audition", par=par)
        self.refresh_from_db()

    def consigner(self, notes: str, *, par, tenue: bool = True) -> None:
        """Minutes of the hearing, or its absence; an agent's or the chair's deed (row 26)."""
        with transaction.atomic():
            audition = (
                Audition.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=self.pk)
            )
            roles = roles_sur(audition.dossier, par)
            exiger(
                bool(roles & {Role.RESPONSABLE, Role.INSTRUCTEUR, Role.PRESIDENT}),
                "Le compte rendu revient au secrétariat.",
            )
            exiger(audition.est_du_jour_ou_passee, "Cette audition n'a pas encore eu lieu.")
            exiger(bool(notes.strip()), "Écrivez ce que le comité a entendu.")
            noter(audition, notes=notes.strip(), tenue=tenue)
            consigner(audition.dossier.fil, "consigner_audition", par=par, tenue=tenue)
        self.refresh_from_db()
