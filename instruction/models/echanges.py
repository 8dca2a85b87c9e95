"""What porteurs and agents write to each other on a dossier, and what agents keep to themselves."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from candidatures.models import Dossier, Droit, Membre
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.registres import GesteInterdit, TransitionInterdite, VisiblesQuerySet, roles_sur

AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}


class Cote(models.TextChoices):
    """Which side wrote."""

    PORTEUR = "PORTEUR", "Porteur"
    AGENT = "AGENT", "ANCT"


class EchangeQuerySet(VisiblesQuerySet):
    """Messages by thread: the members of the dossier, the agents of its call, the auditor; never the committee."""

    def derniers(self):
        """The last message of each thread: whoever did not write it may have to answer."""
        suivants = Echange.objects.filter(dossier=models.OuterRef("dossier")).filter(
            Q(le__gt=models.OuterRef("le")) | Q(le=models.OuterRef("le"), pk__gt=models.OuterRef("pk"))
        )
        return self.filter(~models.Exists(suivants))


class Echange(models.Model):
    """One message of the thread between a porteur and the agency; it stays on the dossier."""

    MODELE_REGARD = "echange"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="echanges")
    de = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="de")
    cote = models.CharField("côté", max_length=8, choices=Cote)
    le = models.DateTimeField("le", default=horloge.maintenant)
    texte = models.TextField("message")
    lu_le = models.DateTimeField("lu le", null=True, blank=True)

    objects = EchangeQuerySet.as_manager()

    class Meta:
        verbose_name = "message du dossier"
        verbose_name_plural = "messages du dossier"
        ordering = ["le", "pk"]
        indexes = [models.Index(fields=["dossier", "le"], name="echange_fil")]
        constraints = [
            CheckConstraint(condition=Q(cote__in=Cote.values), name="echange_cote"),
            CheckConstraint(condition=~Q(texte=""), name="echange_non_vide"),
        ]

    def __str__(self):
        return f"Message du {self.le:%d/%m/%Y}"

    @classmethod
    def ecrire(cls, dossier: Dossier, *, par, texte: str) -> "Echange":
        """Write in the thread; the other side is told.

        Agents answer on a draft too, where its porteur wrote first: they see the thread, not the draft. Raises
        GesteInterdit to readers, TransitionInterdite for an empty message.
        """
        if not texte.strip():
            raise TransitionInterdite("Écrivez un message.")
        with transaction.atomic():
            cote = cote_de(dossier, par)
            if cote is None:
                raise GesteInterdit(
                    "Vous lisez ces messages ; y écrire revient au porteur et aux agents de l'appel."
                )
            message = cls.objects.create(dossier=dossier, de=par, cote=cote, texte=texte.strip())
            lire_le_fil(dossier, cote)
            consigner(dossier.fil, "ecrire_message", par=par, role=cote)
            Message.preparer(
                "nouveau_message",
                a=[d for d in message.destinataires() if d != par],
                contexte={"n": dossier.numero, "nom_projet": dossier.nom_projet, "auteur": message.auteur},
                evenement=f"echange/{message.pk}",
                fil=dossier.fil,
                lien=reverse("instruction:messages", args=[dossier.numero]),
            )
        return message

    @property
    def auteur(self) -> str:
        """Who wrote, as the other side reads it."""
        return self.de.nom_complet

    def destinataires(self) -> list:
        """The other side: the members who write, or the agent who holds the dossier (nobody while nobody does)."""
        if self.cote == Cote.AGENT:
            return self.dossier.destinataires("nouveau_message")
        grille = getattr(self.dossier, "instruction", None)
        return [grille.instructeur] if grille and grille.instructeur else []


def cote_de(dossier: Dossier, user) -> Cote | None:
    """The side on which this person writes here, or None: porteur of one's own dossier first."""
    membre = Membre.objects.filter(dossier=dossier, user=user).first()
    if membre is not None:
        return Cote.PORTEUR if membre.droit in (Droit.TITULAIRE, Droit.CONTRIBUTEUR) else None
    if roles_sur(dossier, user) & AGENTS:
        return Cote.AGENT
    recu = Echange.objects.filter(dossier=dossier, cote=Cote.PORTEUR).first()
    return Cote.AGENT if recu is not None and roles_sur(recu, user) & AGENTS else None


def lire_le_fil(dossier: Dossier, cote: Cote) -> int:
    """Date the first reading of what the other side wrote."""
    autres = Echange.objects.filter(dossier=dossier, lu_le=None).exclude(cote=cote)
    return autres.update(lu_le=horloge.maintenant())


class NoteInterne(models.Model):
    """What agents note for themselves on a dossier: never shown to its porteur, nor to the committee."""

    MODELE_REGARD = "note_interne"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="notes_internes")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="de")
    le = models.DateTimeField("le", default=horloge.maintenant)
    texte = models.TextField("note")

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        verbose_name = "note interne"
        verbose_name_plural = "notes internes"
        ordering = ["le", "pk"]
        indexes = [models.Index(fields=["dossier", "le"], name="note_interne_fil")]
        constraints = [CheckConstraint(condition=~Q(texte=""), name="note_interne_non_vide")]

    def __str__(self):
        return f"Note du {self.le:%d/%m/%Y}"

    @classmethod
    def ecrire(cls, dossier: Dossier, *, par, texte: str) -> "NoteInterne":
        """Keep a note for the agents of the call. Raises GesteInterdit to anyone else."""
        if not texte.strip():
            raise TransitionInterdite("Écrivez une note.")
        with transaction.atomic():
            dossier = Dossier.objects.visibles_par(par).exclude(etat=Etat.BROUILLON).get(pk=dossier.pk)
            if not roles_sur(dossier, par) & AGENTS:
                raise GesteInterdit("Les notes internes sont écrites par les agents de l'appel.")
            note = cls.objects.create(dossier=dossier, par=par, texte=texte.strip())
            consigner(dossier.fil, "noter", par=par)
        return note
