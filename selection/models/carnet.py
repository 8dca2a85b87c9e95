"""What a member writes for themselves beside a dossier: nobody else ever reads it, in any role."""

from django.db import models, transaction

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Role
from manufactures.registres import roles_sur
from selection.models.base import exiger, exiger_soi
from selection.models.comite import Membre

SIGNES_AU_PLUS = 20_000


def garder_pour_soi(
    modele, sujet: dict, membre: Membre, texte: str, *, par, dossier: int, trop_long: str
) -> None:
    """Keep a member's own text on this subject in place of the one before; an empty one leaves nothing behind.

    `modele` has `membre`, `texte`, `modifiee_le` and the fields of `sujet`; `dossier` is the key of the one that its
    author must be reading. Raises GesteInterdit for another's notes, TransitionInterdite with `trop_long` or where the
    dossier is not to read.
    """
    exiger_soi(membre, par, "Chaque membre écrit ses propres notes.")
    texte = texte.strip()
    exiger(len(texte) <= SIGNES_AU_PLUS, trop_long)
    with transaction.atomic():
        lu = Dossier.objects.visibles_par(par).get(pk=dossier)
        exiger(Role.MEMBRE in roles_sur(lu, par), "Ce dossier n'est pas à lire.")
        if texte:
            valeurs = {"texte": texte, "modifiee_le": horloge.maintenant()}
            modele.objects.update_or_create(membre=membre, **sujet, defaults=valeurs)
        else:
            modele.objects.filter(membre=membre, **sujet).delete()


class NotePersonnelleQuerySet(models.QuerySet):
    """Private notes."""

    def visibles_par(self, user):
        """One's own, on the dossiers that one still sees: no role opens another's."""
        if not user.is_active:
            return self.none()
        return self.filter(membre__user=user, dossier__in=Dossier.objects.visibles_par(user))


class NotePersonnelle(models.Model):
    """One member's notes on one dossier. Neither the journal nor an act tells of them."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.CASCADE, related_name="notes_personnelles", verbose_name="dossier"
    )
    membre = models.ForeignKey(
        Membre, on_delete=models.CASCADE, related_name="notes_personnelles", verbose_name="membre"
    )
    texte = models.TextField("notes personnelles", max_length=SIGNES_AU_PLUS)
    modifiee_le = models.DateTimeField("modifiée le", default=horloge.maintenant)

    objects = NotePersonnelleQuerySet.as_manager()

    class Meta:
        verbose_name = "note personnelle"
        verbose_name_plural = "notes personnelles"
        ordering = ["dossier", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "membre"], name="note_personnelle_unique"),
            models.CheckConstraint(condition=~models.Q(texte=""), name="note_personnelle_non_vide"),
        ]

    def __str__(self):
        return f"Notes de {self.membre} sur {self.dossier}"

    @classmethod
    def ecrire(cls, dossier: Dossier, membre: Membre, texte: str, *, par) -> None:
        """Keep this text in place of the one before; an empty one leaves nothing behind."""
        garder_pour_soi(
            cls,
            {"dossier": dossier},
            membre,
            texte,
            par=par,
            dossier=dossier.pk,
            trop_long="Vos notes personnelles dépassent 20 000 caractères.",
        )
