"""What gives more time to deposit: extra time for one dossier, an incident for the whole wave. Both with a reason."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q

from candidatures.instantanes import a_paris
from candidatures.models.base import DuDossierQuerySet
from candidatures.models.choix import Droit
from candidatures.models.dossier import Dossier
from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.francais import echeance
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Vague
from manufactures.registres import TransitionInterdite

MOTIF_MAX = 600
PROLONGEABLES = (Etat.BROUILLON, Etat.DEPOSE)
INCONNU = "Aucun dossier de cette vague ne porte ce numéro. Vérifiez-le avec le porteur."


class Prolongation(models.Model):
    """Extra time for one dossier: the closing of its wave does not move, its own does. Never taken back."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="prolongations")
    jusqu_au = models.DateTimeField("jusqu'au")
    motif = models.TextField("motif", max_length=MOTIF_MAX)
    accordee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accordee_le = models.DateTimeField("accordée le", default=horloge.maintenant)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "prolongation"
        ordering = ["accordee_le", "pk"]
        constraints = [
            CheckConstraint(condition=~Q(motif=""), name="prolongation_motivee"),
            CheckConstraint(condition=Q(jusqu_au__gt=F("accordee_le")), name="prolongation_dans_l_avenir"),
        ]

    def __str__(self):
        return f"{self.dossier.numero}, jusqu'au {echeance(self.jusqu_au)}"

    @classmethod
    def accorder(cls, *, vague, numero: str, jusqu_au: datetime, motif: str, par) -> "Prolongation":
        """Let one dossier of the wave be deposited until `jusqu_au`, in one transaction: row, journal, messages.

        Found by its number alone: who steers the wave reads no draft. Raises TransitionInterdite.
        """
        with transaction.atomic():
            dossiers = Dossier.objects.select_related("vague__appel").select_for_update(of=("self",))
            dossier = dossiers.filter(vague=vague, numero=numero).first()
            if dossier is None:
                raise TransitionInterdite(INCONNU)
            cls._verifier(dossier, jusqu_au)
            avant, dossier.prolonge_jusquau = dossier.cloture, jusqu_au
            dossier.save(update_fields=["prolonge_jusquau"])
            prolongation = cls.objects.create(
                dossier=dossier, jusqu_au=jusqu_au, motif=motif, accordee_par=par
            )
            evenement = consigner(
                dossier.fil, "prolonger_depot", par=par, role=Role.RESPONSABLE, motif=motif,
                avant=a_paris(avant), apres=a_paris(jusqu_au),
            )  # fmt: skip
            Message.preparer(
                "depot_prolonge",
                a=dossier.destinataires("depot_prolonge"),
                contexte=dossier.contexte_des_messages() | {"motif": motif},
                evenement=f"{dossier.fil}#{evenement.rang}",
                fil=dossier.fil,
                lien=dossier.get_absolute_url(),
            )
        return prolongation

    @staticmethod
    def _verifier(dossier, jusqu_au: datetime) -> None:
        if dossier.etat not in PROLONGEABLES:
            raise TransitionInterdite("Ce dossier n'attend plus de dépôt : son délai ne se prolonge pas.")
        if jusqu_au <= dossier.cloture:
            raise TransitionInterdite(
                f"Ce dossier peut déjà être déposé jusqu'au {echeance(dossier.cloture)} : donnez une date plus tardive."
            )
        if jusqu_au <= horloge.instant_exact():
            raise TransitionInterdite("Cet instant est déjà passé : donnez une date à venir.")


class IncidentQuerySet(models.QuerySet):
    """Published as soon as they are written: anyone may read them."""

    def visibles_par(self, user):
        """All of them: they are public."""
        return self.all()

    def recents(self, vagues):
        """Those of these waves, the last first."""
        return self.filter(vague__in=vagues).order_by("-publie_le", "-pk")


class Incident(models.Model):
    """The service was away: when, what happened, and by how much the wave was extended for everyone."""

    vague = models.ForeignKey("programme.Vague", models.PROTECT, related_name="incidents")
    debut = models.DateTimeField("début")
    fin = models.DateTimeField("fin")
    texte = models.TextField("ce qui s'est passé", max_length=MOTIF_MAX)
    avant = models.DateTimeField("clôture avant")
    apres = models.DateTimeField("clôture après")
    publie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    publie_le = models.DateTimeField("publié le", default=horloge.maintenant)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "incident"
        ordering = ["publie_le", "pk"]
        constraints = [
            CheckConstraint(condition=~Q(texte=""), name="incident_raconte"),
            CheckConstraint(condition=Q(fin__gt=F("debut")), name="incident_finit_apres_son_debut"),
            CheckConstraint(condition=Q(apres__gt=F("avant")), name="incident_ajoute_du_temps"),
        ]

    def __str__(self):
        return f"{self.vague}, {echeance(self.debut)}"

    @property
    def ajout(self) -> timedelta:
        """The time added for everyone."""
        return self.apres - self.avant

    @classmethod
    def publier(
        cls, *, vague, debut: datetime, fin: datetime, texte: str, ajout: timedelta, par
    ) -> "Incident":
        """Extend the wave for everyone, in one transaction: closing, row, journal, messages.

        The wave's row is locked against the deposits' share locks (guarantees F6): each deposit is judged by the old
        closing or by the new one, never by a mix. Raises TransitionInterdite.
        """
        with transaction.atomic():
            vague = Vague.objects.select_related("appel").select_for_update(of=("self",)).get(pk=vague.pk)
            apres = vague.cloture + ajout
            cls._verifier(vague, fin, apres)
            incident = cls.objects.create(
                vague=vague,
                debut=debut,
                fin=fin,
                texte=texte,
                avant=vague.cloture,
                apres=apres,
                publie_par=par,
            )
            vague.cloture = apres
            vague.save(update_fields=["cloture"])
            evenement = consigner(
                vague.fil, "publier_incident", par=par, role=Role.RESPONSABLE, motif=texte,
                incident=incident.pk, debut=a_paris(debut), fin=a_paris(fin),
                avant=a_paris(incident.avant), apres=a_paris(apres),
            )  # fmt: skip
            incident._ecrire(evenement)
        return incident

    @staticmethod
    def _verifier(vague, fin: datetime, apres: datetime) -> None:
        instant = horloge.instant_exact()
        if fin > instant:
            raise TransitionInterdite(
                "Publiez l'incident une fois qu'il est fini : sa durée est alors connue."
            )
        if vague.ouverture > instant:
            raise TransitionInterdite("Cette vague n'est pas encore ouverte : aucun dépôt n'a été gêné.")
        if apres <= instant:
            raise TransitionInterdite(
                f"La nouvelle clôture, le {echeance(apres)}, serait déjà passée : ajoutez plus de temps."
            )
        en_cours = Dossier.objects.filter(vague=vague).exclude(etat__in=(*PROLONGEABLES, Etat.RETIRE))
        if en_cours.exists():
            raise TransitionInterdite(
                "La pré-instruction de cette vague a commencé : prolongez plutôt le dossier de chaque porteur gêné."
            )

    def _ecrire(self, evenement) -> None:
        """Tell everyone who writes in a dossier of the wave, once each, however many dossiers they have."""
        concernes = User.objects.filter(
            is_active=True,
            appartenances__droit__in=(Droit.TITULAIRE, Droit.CONTRIBUTEUR),
            appartenances__dossier__vague=self.vague,
            appartenances__dossier__etat__in=PROLONGEABLES,
        ).distinct()
        contexte = {
            "vague": {"libelle": self.vague.libelle},
            "debut": a_paris(self.debut),
            "fin": a_paris(self.fin),
            "texte": self.texte,
            "cloture": a_paris(self.apres),
        }
        Message.preparer(
            "incident_publie",
            a=concernes,
            contexte=contexte,
            evenement=f"{self.vague.fil}#{evenement.rang}",
            fil=self.vague.fil,
            lien="/dossiers/",
        )
