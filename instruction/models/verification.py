"""Four eyes: a proposed refusal always, an admissible conclusion by lot, read again by a responsable who is another.

The lot is drawn by the server when the agent concludes, never before: nobody can know which dossier will be read.
A verification stops no step of the procedure; sent back, the examination starts again.
"""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Appel
from manufactures.programme.models.habilitation import est_habilite
from manufactures.registres import GesteInterdit, TransitionInterdite, lire

CENT = 100
LECTEURS = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)


class NatureVerification(models.TextChoices):
    """Why a second person reads."""

    REFUS = "REFUS", "Refus proposé"
    SONDAGE = "SONDAGE", "Tirée au sort"


class EtatVerification(models.TextChoices):
    """Where it stands."""

    A_FAIRE = "A_FAIRE", "À vérifier"
    ACCEPTEE = "ACCEPTEE", "Acceptée"
    RENVOYEE = "RENVOYEE", "Renvoyée"
    SANS_OBJET = "SANS_OBJET", "Sans objet"


class VerificationQuerySet(models.QuerySet):
    """Verifications: agents and auditors of the call; never the porteur nor the committee."""

    def visibles_par(self, user):
        """Those of the dossiers that `user` sees from the agency."""
        return self.filter(instruction__dossier__in=Dossier.objects.visibles_par(user, *LECTEURS))

    def a_faire(self):
        """Those that wait for somebody."""
        return self.filter(etat=EtatVerification.A_FAIRE)


class Verification(models.Model):
    """One conclusion read again: who concluded, who verified, the word of who sent it back."""

    instruction = models.ForeignKey("instruction.Instruction", models.CASCADE, related_name="verifications")
    nature = models.CharField("nature", max_length=8, choices=NatureVerification)
    etat = models.CharField("état", max_length=10, choices=EtatVerification, default=EtatVerification.A_FAIRE)
    part = models.PositiveSmallIntegerField("part tirée au sort, en %", default=CENT)
    conclue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="conclue par"
    )
    conclue_le = models.DateTimeField("conclue le", default=horloge.maintenant)
    verifiee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    verifiee_le = models.DateTimeField("vérifiée le", null=True, blank=True)
    mot = models.TextField("mot à l'agent", blank=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = "vérification"
        ordering = ["conclue_le", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["instruction"], condition=Q(etat="A_FAIRE"), name="verification_une_a_faire"
            ),
            CheckConstraint(
                condition=Q(etat__in=["A_FAIRE", "SANS_OBJET"], verifiee_par=None, verifiee_le=None)
                | Q(etat__in=["ACCEPTEE", "RENVOYEE"], verifiee_par__isnull=False, verifiee_le__isnull=False),
                name="verification_faite_et_datee",
            ),
            CheckConstraint(
                condition=Q(verifiee_par=None) | ~Q(verifiee_par=F("conclue_par")),
                name="verification_par_un_autre",
            ),
            CheckConstraint(condition=~Q(etat="RENVOYEE") | ~Q(mot=""), name="verification_renvoi_ecrit"),
            CheckConstraint(condition=Q(part__lte=CENT), name="verification_part"),
        ]

    def __str__(self):
        return f"{self.get_nature_display()} : {self.get_etat_display()}"

    # -- Inside the deeds of the examination ---------------------------------------------------------------------
    @classmethod
    def demander(cls, instruction, *, par) -> "Verification":
        """Of a proposed refusal, always."""
        return cls._ouvrir(instruction, NatureVerification.REFUS, CENT, par)

    @classmethod
    def tirer(cls, instruction, *, par) -> "Verification | None":
        """Of an admissible conclusion, by lot: the call's share is read when the draw is made, and kept with it."""
        part = instruction.dossier.vague.appel.part_verifiee
        if secrets.randbelow(CENT) >= part:
            return None
        return cls._ouvrir(instruction, NatureVerification.SONDAGE, part, par)

    @classmethod
    def _ouvrir(cls, instruction, nature: str, part: int, par) -> "Verification":
        verification = cls.objects.create(instruction=instruction, nature=nature, part=part, conclue_par=par)
        instruction.a_verifier = True
        instruction.save(update_fields=["a_verifier"])
        consigner(instruction.dossier.fil, "demander_verification", par=None, nature=nature, part=part)
        return verification

    @classmethod
    def sans_objet(cls, instruction) -> None:
        """The conclusion fell by another way: nothing is left to verify."""
        if instruction.a_verifier:
            instruction.verifications.a_faire().update(etat=EtatVerification.SANS_OBJET)
            instruction.a_verifier = False
            instruction.save(update_fields=["a_verifier"])

    @classmethod
    def signee(cls, instruction, *, par) -> None:
        """Who signs a refusal has verified it: the signatory is another person."""
        for verification in instruction.verifications.a_faire():
            verification._rendre(EtatVerification.ACCEPTEE, par)

    # -- Deeds ---------------------------------------------------------------------------------------------------
    def accepter(self, *, par) -> None:
        """The conclusion stands. Raises GesteInterdit to its author or to who is no responsable of the call."""
        with transaction.atomic():
            verification, _ = self._a_rendre(par)
            verification._rendre(EtatVerification.ACCEPTEE, par)
        self.refresh_from_db()

    def renvoyer(self, mot: str, *, par) -> None:
        """Back to the agent, with a word; the examination starts again.

        Raises TransitionInterdite without a word, or once the dossier has gone on to a sitting.
        """
        mot = mot.strip()
        if not mot:
            raise TransitionInterdite("Écrivez à l'agent ce qui est à reprendre.")
        with transaction.atomic():
            verification, dossier = self._a_rendre(par)
            grille = verification.instruction
            if dossier.etat not in (Etat.RECEVABLE, Etat.EN_INSTRUCTION):
                raise TransitionInterdite(
                    "Ce dossier est passé au comité : la pré-instruction ne se rouvre plus. Vous pouvez l'accepter."
                )
            verification._rendre(EtatVerification.RENVOYEE, par, mot)
            if dossier.etat == Etat.RECEVABLE:
                dossier.passer("rouvrir", par=par, motif=mot)
            else:
                grille.reprendre_examen(mot, par=par)
            type(grille).objects.filter(pk=grille.pk).update(mot_de_renvoi=mot)
        self.refresh_from_db()

    def _a_rendre(self, par) -> tuple["Verification", Dossier]:
        """Read anew under a lock, among what `par` sees, still waiting."""
        dossiers = Dossier.objects.select_related("vague__appel").filter(instruction=self.instruction_id)
        dossier, roles = lire(dossiers.select_for_update(of=("self",)), par)
        verification = (
            Verification.objects.select_for_update(of=("self",)).select_related("instruction").get(pk=self.pk)
        )
        verification.instruction.dossier = dossier
        if Role.RESPONSABLE not in roles:
            raise GesteInterdit("Une conclusion se vérifie par un responsable de l'appel.")
        if par.pk in (verification.conclue_par_id, verification.instruction.instructeur_id):
            raise GesteInterdit("Vous avez instruit ce dossier : une autre personne vérifie sa conclusion.")
        if verification.etat != EtatVerification.A_FAIRE:
            raise TransitionInterdite("Cette conclusion n'est plus à vérifier.")
        return verification, dossier

    def _rendre(self, etat: str, par, mot: str = "") -> None:
        self.etat, self.verifiee_par, self.verifiee_le, self.mot = etat, par, horloge.maintenant(), mot
        self.save(update_fields=["etat", "verifiee_par", "verifiee_le", "mot"])
        self.instruction.a_verifier = False
        self.instruction.save(update_fields=["a_verifier"])
        action = "accepter_verification" if etat == EtatVerification.ACCEPTEE else "renvoyer_verification"
        consigner(self.instruction.dossier.fil, action, par=par, motif=mot, nature=self.nature)


def regler_la_part(appel: Appel, part: int, *, par) -> None:
    """How many admissible conclusions of this call, of a hundred, are drawn from now on; a responsable's deed."""
    if not est_habilite(par, appel.pk, Role.RESPONSABLE):
        raise GesteInterdit("La part tirée au sort se règle par un responsable de l'appel.")
    if not 0 <= part <= CENT:
        raise TransitionInterdite("Écrivez un nombre entre 0 et 100.")
    with transaction.atomic():
        actuel = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        if actuel.part_verifiee == part:
            return
        avant, actuel.part_verifiee = actuel.part_verifiee, part
        actuel.save(update_fields=["part_verifiee"])
        consigner(f"appel/{actuel.slug}", "regler_part_verifiee", par=par, avant=avant, apres=part)
