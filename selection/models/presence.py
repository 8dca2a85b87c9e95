"""Who is summoned, who is here, who is represented (CRPA R133-9, R133-10)."""

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import consigner
from manufactures.registres import composer
from selection.models.base import SECRETARIAT, exiger, exiger_role, exiger_soi, prevenir
from selection.models.choix import EtatSeance, Mode, Reponse
from selection.models.comite import Membre
from selection.models.interets import Deport
from selection.models.seance import Seance
from selection.models.tenue import C_EST_AU_SECRETARIAT

MINUTES_PAR_DECLARATION = 1
PAS_DE_MANDAT = "Le règlement de ce comité n'admet pas de mandat."


class DesMembresQuerySet(models.QuerySet):
    """Rows of a sitting: whoever sees the sitting sees who sits."""

    def visibles_par(self, user):
        """Rows of the sittings that `user` may know of."""
        return self.filter(seance__in=Seance.objects.visibles_par(user))


class ConvocationQuerySet(DesMembresQuerySet):
    """Summons."""

    def a_reprendre(self, membre: Membre):
        """Those of a member whose mandate has ended before the sitting: whoever takes the seat is summoned instead."""
        en_cours = self.filter(
            membre=membre, seance__etat=EtatSeance.CONVOQUEE, seance__debut__date__gte=membre.au
        )
        return en_cours.select_related("membre", "seance__vague")


class Convocation(models.Model):
    """A member summoned to a sitting, with the act that says so."""

    seance = models.ForeignKey(
        Seance, on_delete=models.CASCADE, related_name="convocations", verbose_name="séance"
    )
    membre = models.ForeignKey(
        Membre, on_delete=models.PROTECT, related_name="convocations", verbose_name="membre"
    )
    acte = models.ForeignKey(
        Acte, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="convocation"
    )
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, blank=True)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    mandataire = models.ForeignKey(
        Membre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="mandataire pressenti",
    )

    objects = ConvocationQuerySet.as_manager()

    class Meta:
        verbose_name = "convocation"
        ordering = ["membre__user__nom", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "membre"], name="convocation_unique"),
            models.CheckConstraint(
                condition=Q(reponse="", repondue_le=None) | (~Q(reponse="") & Q(repondue_le__isnull=False)),
                name="convocation_reponse_datee",
            ),
        ]

    def __str__(self):
        return f"{self.membre}, {self.seance}"

    def emettre(self, *, evenement, par) -> None:
        """Order the summons and write the two messages: the sitting, the declaration of interests."""
        seance, membre = self.seance, self.membre
        Deport.ouvrir_d_office(seance, membre, par=par)
        instantane = composer("convocation_membre", self, evenement=evenement, par=par)
        self.acte = Acte.commander(
            "convocation_membre",
            fil=seance.fil,
            instantane=instantane,
            par=par,
            cle=f"membre-{membre.pk}",
            objet=f"Convocation, {seance}",
        )
        self.save(update_fields=["acte"])
        dossiers = seance.points.count()
        quand = {"debut": seance.debut.isoformat(), "lieu": seance.lieu}
        prevenir(
            "seance_convocation",
            [membre.user],
            evenement=evenement,
            lien=seance.get_absolute_url(),
            date_courte=seance.debut.astimezone(horloge.PARIS).date().isoformat(),
            seance=quand,
        )
        prevenir(
            "declaration_interets",
            [membre.user],
            evenement=evenement,
            lien=reverse("selection:interets", args=[seance.pk]),
            seance=quand,
            n_dossiers=dossiers,
            minutes=dossiers * MINUTES_PAR_DECLARATION,
            date_limite=seance.declarer_avant.astimezone(horloge.PARIS).date().isoformat(),
        )

    def repondre(self, reponse: str, *, par, mandataire: Membre | None = None) -> None:
        """Say whether one comes; an intention, the presence itself is recorded at the sitting."""
        exiger_soi(self.membre, par, "Chaque membre répond à sa propre convocation.")
        exiger(self.seance.etat == EtatSeance.CONVOQUEE, "La séance a commencé : pointez votre présence.")
        exiger(
            (reponse == Reponse.MANDAT) == (mandataire is not None),
            "Nommez la personne à qui vous donnez mandat.",
        )
        exiger(mandataire is None or self.seance.mandats_par_membre > 0, PAS_DE_MANDAT)
        exiger(mandataire is None or mandataire.pk != self.membre_id, "On ne se donne pas mandat à soi-même.")
        self.reponse, self.mandataire, self.repondue_le = reponse, mandataire, horloge.maintenant()
        self.save(update_fields=["reponse", "mandataire", "repondue_le"])
        consigner(self.seance.fil, "repondre", par=par, reponse=str(reponse))

    def substituer(self, suppleant: Membre, *, par, motif: str) -> "Convocation":
        """The substitute sits at this sitting in the titulaire's stead, with a summons of their own (R133-3).

        Before the sitting opens: nobody has voted yet. What the titulaire was to report on waits for somebody else.
        """
        with transaction.atomic():
            seance = self.seance._verrouiller(EtatSeance.CONVOQUEE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(bool(motif.strip()), "Écrivez pourquoi le titulaire est suppléé.")
            titulaire = self.membre
            siegent = Membre.objects.en_exercice()
            exiger(
                siegent.filter(pk=suppleant.pk, suppleant_de=titulaire).exists()
                or suppleant.college_id == titulaire.college_id
                and suppleant.suppleant_de_id is None
                and suppleant.du == titulaire.au,
                f"{suppleant} n'est pas suppléant de {titulaire}.",
            )
            exiger(
                not seance.convocations.filter(membre=suppleant).exists(), f"{suppleant} est déjà convoqué."
            )
            evenement = consigner(
                seance.fil,
                "substituer",
                par=par,
                motif=motif.strip(),
                membre=titulaire.pk,
                suppleant=suppleant.pk,
            )
            seance.points.filter(rapporteur=titulaire).update(rapporteur=None)
            seance.presences.filter(Q(membre=titulaire) | Q(mandataire=titulaire)).delete()
            seance.convocations.filter(mandataire=titulaire).update(
                mandataire=None, reponse="", repondue_le=None
            )
            seance.convocations.filter(pk=self.pk).delete()
            convocation = seance.convocations.create(membre=suppleant)
            convocation.emettre(evenement=evenement, par=par)
        return convocation


class PresenceQuerySet(DesMembresQuerySet):
    """Presence, one row a member and a sitting."""

    def noter(self, seance: Seance, membre: Membre, mode: str, mandataire: Membre | None) -> "Presence":
        """Write a member's presence now. Raises TransitionInterdite on a proxy that the rules refuse."""
        exiger(
            (mode == Mode.REPRESENTE) == (mandataire is not None), "Nommez la personne qui reçoit le mandat."
        )
        exiger(mode != Mode.A_DISTANCE or seance.a_distance, "Cette séance ne se tient pas à distance.")
        instant = horloge.maintenant()
        ici = mode in (Mode.SUR_PLACE, Mode.A_DISTANCE)
        ligne = self.filter(seance=seance, membre=membre).first() or Presence(seance=seance, membre=membre)
        if mandataire is not None:
            exiger(mandataire.pk != membre.pk, "On ne se donne pas mandat à soi-même.")
            exiger(
                seance.convocations.filter(membre=mandataire).exists(),
                f"{mandataire} n'est pas convoqué à cette séance.",
            )
            exiger(seance.mandats_par_membre > 0, PAS_DE_MANDAT)
            autres = self.filter(seance=seance, mandataire=mandataire).exclude(membre=membre)
            noms = [str(autre.membre) for autre in autres.select_related("membre__user")]
            exiger(
                len(noms) < seance.mandats_par_membre,
                f"{mandataire} détient déjà le mandat de {', '.join(noms)} : "
                f"{'un seul' if seance.mandats_par_membre == 1 else f'{seance.mandats_par_membre} au plus'} "
                "par personne.",
            )
        parti = ligne.arrivee_le is not None and not ici
        ligne.mode, ligne.mandataire = mode, mandataire
        if ici:
            ligne.arrivee_le, ligne.depart_le = ligne.arrivee_le or instant, None
        elif parti:
            ligne.depart_le = ligne.depart_le or instant
        ligne.save()
        return ligne


class Presence(models.Model):
    """A member at a sitting: in the room, on line, represented or away, with the hours.

    How many proxies one holds is the sitting's rule; a trigger holds it (migration 0005).
    """

    seance = models.ForeignKey(
        Seance, on_delete=models.CASCADE, related_name="presences", verbose_name="séance"
    )
    membre = models.ForeignKey(
        Membre, on_delete=models.PROTECT, related_name="presences", verbose_name="membre"
    )
    mode = models.CharField("mode", max_length=12, choices=Mode)
    arrivee_le = models.DateTimeField("arrivée", null=True, blank=True)
    depart_le = models.DateTimeField("départ", null=True, blank=True)
    mandataire = models.ForeignKey(
        Membre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandats_recus",
        verbose_name="mandataire",
    )

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        ordering = ["membre__college", "membre__user__nom", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "membre"], name="presence_unique"),
            models.CheckConstraint(
                condition=Q(mode=Mode.REPRESENTE, mandataire__isnull=False)
                | (~Q(mode=Mode.REPRESENTE) & Q(mandataire=None)),
                name="presence_mandat_nomme",
            ),
            models.CheckConstraint(
                condition=Q(mandataire=None) | ~Q(mandataire=F("membre")), name="presence_mandat_a_un_autre"
            ),
            models.CheckConstraint(
                condition=Q(depart_le=None) | Q(arrivee_le__isnull=False, depart_le__gte=F("arrivee_le")),
                name="presence_part_apres_etre_arrive",
            ),
        ]

    def __str__(self):
        return f"{self.membre} : {self.get_mode_display()}"

    @property
    def est_la(self) -> bool:
        """In the room or on line now."""
        return self.mode in (Mode.SUR_PLACE, Mode.A_DISTANCE) and self.depart_le is None
