"""What each project hands in after a module, read again by the expert until it holds."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse

from accompagnement.models.incubation import Session
from candidatures.models import Dossier, Piece
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite, regards_sur


class EtatLivrable(models.TextChoices):
    """Handed in, taken back, validated; the last version stands, the journal keeps the others."""

    ATTENDU = "ATTENDU", "Attendu"
    REMIS = "REMIS", "Remis"
    A_REPRENDRE = "A_REPRENDRE", "À reprendre"
    VALIDE = "VALIDE", "Validé"


class LivrableQuerySet(models.QuerySet):
    """Deliverables: those who follow the dossier, and the expert who reads them."""

    def visibles_par(self, user):
        """Deliverables that `user` may know of."""
        if not user.is_active:
            return self.none()
        return self.filter(regards_sur("suivi:dossier", user) | Q(expert=user))


class Livrable(models.Model):
    """One deliverable of one project for one module."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="livrables")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="livrables")
    titre = models.CharField("livrable", max_length=250)
    echeance = models.DateField("attendu le")
    etat = models.CharField(
        "état", max_length=12, choices=EtatLivrable, default=EtatLivrable.ATTENDU, editable=False
    )
    texte = models.TextField("ce que nous avons fait", blank=True, max_length=6000)
    piece = models.ForeignKey(
        Piece, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="fichier"
    )
    remis_le = models.DateTimeField("remis le", null=True, blank=True)
    remis_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="livrables",
        null=True,
        blank=True,
        verbose_name="relu par",
    )
    commentaire = models.TextField("remarques", blank=True, max_length=3000)
    relu_le = models.DateTimeField("relu le", null=True, blank=True)

    objects = LivrableQuerySet.as_manager()

    class Meta:
        verbose_name = "livrable"
        ordering = ["session__module__rang"]
        constraints = [
            UniqueConstraint(fields=["session", "dossier"], name="livrable_unique"),
            CheckConstraint(condition=Q(etat__in=EtatLivrable.values), name="livrable_etat"),
            CheckConstraint(
                condition=Q(etat=EtatLivrable.ATTENDU, remis_le=None)
                | Q(remis_le__isnull=False, remis_par__isnull=False),
                name="livrable_remis_par_quelqu_un",
            ),
            CheckConstraint(
                condition=~Q(etat__in=[EtatLivrable.VALIDE, EtatLivrable.A_REPRENDRE])
                | Q(relu_le__isnull=False),
                name="livrable_relu",
            ),
        ]

    def __str__(self):
        return self.titre

    def get_absolute_url(self):
        return reverse("accompagnement:livrable", args=[self.pk])

    @property
    def en_retard(self) -> bool:
        """Owed, and the day is past."""
        return (
            self.etat in (EtatLivrable.ATTENDU, EtatLivrable.A_REPRENDRE)
            and self.echeance < horloge.aujourd_hui()
        )

    def _verrouille(self) -> "Livrable":
        livrable = Livrable.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if livrable.dossier.etat != Etat.EN_INCUBATION:
            raise TransitionInterdite("L'incubation de ce projet n'est pas en cours.")
        return livrable

    def _ecrire(self, **champs):
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.save(update_fields=list(champs))

    def remettre(self, *, par, texte="", piece=None) -> None:
        """Hand in, or hand in again after remarks. A text or a file is needed. Raises TransitionInterdite."""
        exiger("remettre_livrable", par, self.dossier)
        with transaction.atomic():
            livrable = self._verrouille()
            if livrable.etat == EtatLivrable.VALIDE:
                raise TransitionInterdite("Ce livrable est validé : il ne se remet plus.")
            if not texte.strip() and piece is None:
                raise TransitionInterdite("Joignez un fichier ou écrivez ce que vous avez fait.")
            livrable._ecrire(
                etat=EtatLivrable.REMIS,
                texte=texte,
                piece=piece,
                remis_le=horloge.maintenant(),
                remis_par=par,
            )
            consigner(
                self.dossier.fil,
                "remettre_livrable",
                par=par,
                livrable=self.titre,
                empreinte=piece.empreinte if piece else "",
                texte=texte[:200],
            )
        self.refresh_from_db()

    def relire(self, *, par, valide: bool, commentaire="", echeance=None) -> None:
        """Validate, or ask for another version with remarks (and a new due date). Raises TransitionInterdite."""
        exiger("relire_livrable", par, self.dossier)
        with transaction.atomic():
            livrable = self._verrouille()
            if livrable.etat != EtatLivrable.REMIS:
                raise TransitionInterdite("Ce livrable n'est pas à relire.")
            if not valide and not commentaire.strip():
                raise TransitionInterdite("Écrivez ce qui est à reprendre.")
            etat = EtatLivrable.VALIDE if valide else EtatLivrable.A_REPRENDRE
            livrable._ecrire(
                etat=etat,
                commentaire=commentaire,
                relu_le=horloge.maintenant(),
                expert=livrable.expert or par,
                echeance=echeance or livrable.echeance,
            )
            entree = consigner(self.dossier.fil, "relire_livrable", par=par, livrable=self.titre, issue=etat)
            if not valide:
                livrable._annoncer_reprise(par, entree)
        self.refresh_from_db()

    def _annoncer_reprise(self, par, entree):
        points = [ligne for ligne in self.commentaire.splitlines() if ligne.strip()]
        Message.preparer(
            "livrable_repris",
            a=self.dossier.destinataires("livrable_repris"),
            contexte={
                "expert": par.nom_complet,
                "livrable": self.titre,
                "n_points": len(points),
                "echeance": self.echeance.isoformat(),
            },
            evenement=str(entree.pk),
            fil=self.dossier.fil,
            lien=self.get_absolute_url(),
        )
