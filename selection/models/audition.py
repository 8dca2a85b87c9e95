"""A hearing: the porteur before the committee, where the sitting asked for it (press kit p. 12, « si nécessaire »)."""

from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from candidatures.models import Dossier, Piece
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.registres import composer, roles_sur
from selection.agendas import invitation
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter, prevenir
from selection.models.plages import DUREE_MAX, DUREE_MIN, PlageAuditions
from selection.models.seance import Seance
from selection.models.souhaits import EtatSouhait, SouhaitDeCreneau

DUREE_PRESENTATION = 10
C_EST_AU_SECRETARIAT = "Le créneau d'une audition revient au secrétariat ou à la présidence."
C_EST_AU_PORTEUR = "Seules les personnes du dossier confirment l'audition."
REDIGENT = (Role.RESPONSABLE, Role.INSTRUCTEUR, Role.PRESIDENT)
ECRIVENT = {Role.PORTEUR, Role.CONTRIBUTEUR}
A_ENTENDRE = (Etat.EN_COMITE, Etat.A_AUDITIONNER)
DIT_LE_CRENEAU = ("debut", "duree_min", "lieu", "lien")
SUPPORT = "Support d'audition"
HEURE_DES_SUPPORTS = time(12)  # the day before, in Paris, as the summons says
PERIMEE = (
    "Quelqu'un d'autre a modifié cette audition entre-temps. Relisez-la ci-dessous : votre saisie est gardée."
)


def _jour(instant):
    return instant.astimezone(horloge.PARIS).date()


class AuditionQuerySet(models.QuerySet):
    """Hearings: seen with the dossier; notes are the house's."""

    def visibles_par(self, user):
        """Hearings of the dossiers that `user` may know of."""
        return self.filter(dossier__in=Dossier.objects.visibles_par(user))

    def attendues(self):
        """Neither held, nor missed, nor cancelled."""
        return self.filter(tenue=None)


class Audition(models.Model):
    """One slot for one dossier. In the ranges of a sitting slots never overlap: the database holds it (0007)."""

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
    plage = models.ForeignKey(
        PlageAuditions,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="auditions",
        verbose_name="plage d'auditions",
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
    supports = models.ManyToManyField(
        Piece, related_name="auditions", blank=True, verbose_name="supports de présentation"
    )
    tenue = models.BooleanField("tenue", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    motif_annulation = models.CharField("motif de l'annulation", max_length=300, blank=True)
    notes = models.TextField("compte rendu", blank=True)
    fixee_le = models.DateTimeField("dernier changement le", default=horloge.maintenant)
    sequence = models.PositiveSmallIntegerField("rang du fichier d'agenda", default=0)
    version = models.PositiveIntegerField("version", default=0)

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
            models.CheckConstraint(
                condition=Q(annulee_le=None) | Q(tenue=False) & ~Q(motif_annulation=""),
                name="audition_annulee_est_motivee",
            ),
        ]

    def __str__(self):
        return f"Audition de {self.dossier}"

    # -- what pages and acts say -----------------------------------------------------------------------------------
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
        """Participants are named three days before, or before the hearing itself when it was set nearer than that."""
        limite = self.debut - timedelta(days=3)
        return limite if limite > self.fixee_le else self.debut

    @property
    def demande_possible(self) -> bool:
        """Another slot may still be asked for."""
        return self.tenue is None and horloge.maintenant() < self.confirmer_avant

    @property
    def deposer_avant(self):
        """Materials come the day before at noon, or before the hearing itself when it was set later than that."""
        veille = datetime.combine(_jour(self.debut) - timedelta(days=1), HEURE_DES_SUPPORTS, horloge.PARIS)
        return veille if veille > self.fixee_le else self.debut

    @property
    def depot_possible(self) -> bool:
        """Materials may still be added."""
        return self.tenue is None and horloge.maintenant() < self.deposer_avant

    @property
    def statut(self) -> str:
        """Where it stands, in one word or two."""
        if self.annulee_le:
            return "Annulée"
        if self.tenue is not None:
            return "Tenue" if self.tenue else "Porteur absent"
        return "Confirmée" if self.confirmee_le else "À confirmer"

    @property
    def supports_presents(self) -> list[Piece]:
        """Materials that were not taken back."""
        return [piece for piece in self.supports.all() if piece.retiree_le is None]

    @property
    def liste_questions(self) -> list[str]:
        """One question a line."""
        return [ligne.strip() for ligne in self.questions.splitlines() if ligne.strip()]

    @property
    def uid(self) -> str:
        """Its name in calendars, the same all its life."""
        return f"audition-{self.pk}@{urlsplit(settings.SITE_URL).hostname}"

    def agenda(self, gens=()) -> str:
        """Its calendar file, as it now is."""
        return invitation(self, page=self.page_du_porteur, gens=gens)

    @property
    def page_du_porteur(self) -> str:
        """Where the porteur reads and answers."""
        return reverse("selection:audition_porteur", args=[self.dossier.numero])

    # -- slots -----------------------------------------------------------------------------------------------------
    @staticmethod
    def _tenir_la_place(seance: Seance | None, debut, duree_min: int, sauf: int | None = None):
        """Lock the sitting; the range that holds this slot whole, or None. Raises TransitionInterdite on an overlap."""
        if seance is None:
            return None
        Seance.objects.select_for_update(of=("self",)).get(pk=seance.pk)
        fin = debut + timedelta(minutes=duree_min)
        for autre in Audition.objects.attendues().filter(seance=seance).exclude(pk=sauf):
            heure = autre.debut.astimezone(horloge.PARIS)
            # Not named: whoever plans may have stepped back from that one.
            exiger(
                not (autre.debut < fin and debut < autre.fin),
                f"Ce créneau touche une autre audition, le {heure:%d/%m/%Y} à {heure:%H:%M}.",
            )
        return seance.plages_d_audition.filter(debut__lte=debut, fin__gte=fin).first()

    @classmethod
    def prevoir(cls, dossier: Dossier, *, par, debut, seance: Seance | None = None, **champs) -> "Audition":
        """Summon the porteur: the slot, the transition, its act and message. Raises TransitionInterdite.

        With `seance`, the sitting that hears: the slot may not touch another of its hearings. A dossier whose hearing
        was cancelled or missed is summoned again without any transition.
        """
        with transaction.atomic():
            exiger(_jour(debut) >= horloge.aujourd_hui(), "Choisissez un créneau à venir.")
            dossier = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=dossier.pk)
            exiger(
                not cls.objects.attendues().filter(dossier=dossier).exists(),
                f"Une audition est déjà prévue pour « {dossier.nom_projet} ».",
            )
            exiger(
                seance is None or _jour(debut) > horloge.aujourd_hui() or debut > horloge.maintenant(),
                "Choisissez un créneau à venir.",
            )
            plage = cls._tenir_la_place(seance, debut, champs.get("duree_min", 30))
            if seance is None:
                point = dossier.points_de_seance.select_related("seance").order_by("-pk").first()
                seance = point.seance if point else None
            audition = cls.objects.create(dossier=dossier, seance=seance, plage=plage, debut=debut, **champs)
            if dossier.etat == Etat.A_AUDITIONNER:
                exiger_role(dossier, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
                evenement = consigner(dossier.fil, "reprogrammer_audition", par=par, audition=audition.pk)
                audition._convoquer_de_nouveau(evenement, par=par)
                audition._ecrire(
                    "audition_convocation", evenement, audition={"debut": debut.isoformat()},
                    duree=audition.duree_min, date_confirmation=_jour(audition.confirmer_avant).isoformat(),
                )  # fmt: skip
            else:
                dossier.passer("auditionner", par=par, audition=audition.pk)
        return audition

    def deplacer(self, *, par, motif: str, version: int | None = None, **champs) -> None:
        """Change the slot or what goes with it: a new summons replaces the former, calendars follow.

        `version` is what the person had read. Raises TransitionInterdite where another wrote meanwhile.
        """
        with transaction.atomic():
            audition = self._verrouiller(par, version)
            exiger(bool(motif.strip()), "Écrivez la raison du changement : le porteur la lira.")
            change = {nom for nom, valeur in champs.items() if getattr(audition, nom) != valeur}
            exiger(bool(change), "Rien ne change : la convocation reste la même.")
            debut = champs.get("debut", audition.debut)
            if change & {"debut", "duree_min"}:
                exiger(debut > horloge.maintenant(), "Choisissez un créneau à venir.")
                duree = champs.get("duree_min", audition.duree_min)
                champs["plage"] = self._tenir_la_place(audition.seance, debut, duree, sauf=audition.pk)
            if change & set(DIT_LE_CRENEAU):
                champs["confirmee_le"] = None
            audition._refaire(champs, souhait=debut if "debut" in change else None, par=par, motif=motif)
        self.refresh_from_db()

    def suivre(self, ecart: timedelta, lieu: str, *, par, motif: str) -> None:
        """The sitting moves, under its lock: the hearing with it."""
        self._refaire(
            {"debut": self.debut + ecart, "lieu": lieu, "plage": None, "confirmee_le": None},
            par=par,
            motif=motif,
        )

    def _refaire(self, champs: dict, *, par, motif: str, souhait=None) -> None:
        """Write it, order the summons that replaces the former, tell the porteur."""
        avant = self.debut
        self._changer(**champs)
        evenement = consigner(
            self.dossier.fil, "deplacer_audition", par=par, motif=motif.strip(), audition=self.pk,
            avant=avant.isoformat(), apres=self.debut.isoformat(),
        )  # fmt: skip
        self._repondre_aux_souhaits(souhait)
        self._convoquer_de_nouveau(evenement, par=par)
        self._ecrire(
            "audition_deplacee", evenement, avant=avant.isoformat(), apres=self.debut.isoformat(),
            duree=self.duree_min, motif=_sans_point(motif),
            date_confirmation=_jour(self.confirmer_avant).isoformat(),
        )  # fmt: skip

    def annuler(self, motif: str, *, par, version: int | None = None) -> None:
        """No hearing: the porteur is told, the calendar entry goes. The committee goes without, or sets another."""
        with transaction.atomic():
            audition = self._verrouiller(par, version)
            exiger(bool(motif.strip()), "Écrivez la raison de l'annulation : le porteur la lira.")
            audition.annuler_d_office(motif, par=par)
        self.refresh_from_db()

    def annuler_d_office(self, motif: str, *, par) -> None:
        """The same where the sitting is called off; the locks are the caller's."""
        evenement = consigner(
            self.dossier.fil, "annuler_audition", par=par, motif=motif.strip(), audition=self.pk
        )
        self.effacer(motif, evenement=evenement, par=par)

    def effacer(self, motif: str, *, evenement, par) -> None:
        """What a cancellation does, under a lock already held: nobody is awaited, everybody is told."""
        self._changer(tenue=False, annulee_le=horloge.maintenant(), motif_annulation=motif.strip()[:300])
        self._repondre_aux_souhaits(None)
        self._annuler_la_convocation(par, motif)
        self._ecrire("audition_annulee", evenement, avant=self.debut.isoformat(), motif=_sans_point(motif))

    # -- the porteur -----------------------------------------------------------------------------------------------
    def confirmer(self, participants: str, *, par, besoins: str = "") -> None:
        """The porteur names who comes; what they asked for instead is withdrawn."""
        with transaction.atomic():
            audition = self._verrouiller_pour_le_porteur(par)
            exiger(audition.est_a_venir, "Cette audition est passée.")
            exiger(bool(participants.strip()), "Écrivez le nom et la fonction des participants.")
            noter(
                audition,
                participants=participants.strip(),
                besoins=besoins.strip(),
                confirmee_le=horloge.maintenant(),
            )
            audition._repondre_aux_souhaits(None)
            consigner(audition.dossier.fil, "confirmer_audition", par=par)
        self.refresh_from_db()

    def demander_un_autre(self, debut, motif: str, *, par, libres) -> SouhaitDeCreneau:
        """Ask for another slot among the `libres` (instants), or for none of them, with the reason."""
        with transaction.atomic():
            audition = self._verrouiller_pour_le_porteur(par)
            exiger(
                audition.demande_possible,
                "Il est trop tard pour demander un autre créneau ici : appelez le service.",
            )
            exiger(bool(motif.strip()), "Écrivez pourquoi ce créneau ne vous convient pas.")
            exiger(debut is None or debut in libres, "Ce créneau vient d'être pris : choisissez-en un autre.")
            exiger(
                not audition.souhaits.en_attente().exists(),
                "Votre demande attend déjà la réponse du secrétariat.",
            )
            souhait = audition.souhaits.create(debut=debut, motif=motif.strip(), demande_par=par)
            evenement = consigner(
                audition.dossier.fil, "demander_un_autre_creneau", par=par, motif=motif.strip(),
                audition=audition.pk, debut=debut.isoformat() if debut else "",
            )  # fmt: skip
            prevenir(
                "audition_souhait", audition._secretariat(), evenement=evenement, n=audition.dossier.numero,
                nom_projet=audition.dossier.nom_projet, motif=_sans_point(motif),
                date_limite=_jour(audition.confirmer_avant).isoformat(),
                lien=reverse("selection:audition", args=[audition.dossier.numero]),
            )  # fmt: skip
        return souhait

    def accorder(self, *, par, version: int | None = None) -> None:
        """Give the slot that the porteur asked for."""
        with transaction.atomic():
            audition = self._verrouiller(par, version)
            souhait = audition.souhaits.en_attente().first()
            exiger(souhait is not None, "Cette demande a déjà sa réponse.")
            exiger(souhait.debut is not None, "Aucun créneau n'est nommé : choisissez-en un, puis déplacez.")
            self.deplacer(par=par, version=audition.version, motif="À votre demande", debut=souhait.debut)

    def refuser(self, reponse: str, *, par, version: int | None = None) -> None:
        """Keep the slot as it is, with the reason."""
        with transaction.atomic():
            audition = self._verrouiller(par, version)
            souhait = audition.souhaits.en_attente().first()
            exiger(souhait is not None, "Cette demande a déjà sa réponse.")
            exiger(bool(reponse.strip()), "Écrivez pourquoi le créneau reste le même : le porteur le lira.")
            noter(souhait, etat=EtatSouhait.REFUSE, reponse=reponse.strip(), repondu_le=horloge.maintenant())
            noter(audition, version=audition.version + 1)
            evenement = consigner(
                audition.dossier.fil, "refuser_un_autre_creneau", par=par, motif=reponse.strip(),
                audition=audition.pk,
            )  # fmt: skip
            audition._ecrire(
                "audition_souhait_refuse", evenement, motif=_sans_point(reponse),
                audition={"debut": audition.debut.isoformat()}, avec_agenda=False,
            )  # fmt: skip
        self.refresh_from_db()

    def joindre_un_support(self, fichier, *, par) -> Piece:
        """Add what will be shown, with the checks of every piece. Raises FichierRefuse or TransitionInterdite."""
        with transaction.atomic():
            audition = self._verrouiller_pour_le_porteur(par)
            exiger(audition.depot_possible, "L'heure limite de dépôt des supports est passée.")
            piece = audition.dossier.joindre_complement(fichier, par=par, libelle=SUPPORT)
            audition.supports.add(piece)
        return piece

    def retirer_un_support(self, piece: Piece, *, par) -> None:
        """Take back what was added by mistake, before the same hour; the journal keeps that it was there."""
        with transaction.atomic():
            audition = self._verrouiller_pour_le_porteur(par)
            exiger(audition.depot_possible, "L'heure limite de dépôt des supports est passée.")
            piece = audition.supports.filter(pk=piece.pk, retiree_le=None).first()
            exiger(piece is not None, "Ce fichier est déjà retiré.")
            noter(piece, retiree_le=horloge.maintenant())
            consigner(audition.dossier.fil, "retirer_piece", par=par, piece=piece.pk)

    # -- what was heard --------------------------------------------------------------------------------------------
    def consigner(self, notes: str, *, par, tenue: bool = True, version: int | None = None) -> None:
        """Minutes of the hearing, or its absence; an agent's or the chair's deed (row 26). Corrected until the minutes
        of the sitting are made.
        """
        with transaction.atomic():
            audition = self._relire()
            roles = roles_sur(audition.dossier, par)
            exiger(bool(roles & set(REDIGENT)), "Le compte rendu revient au secrétariat.")
            exiger(version in (None, audition.version), PERIMEE)
            exiger(audition.annulee_le is None, "Cette audition a été annulée.")
            exiger(audition.est_du_jour_ou_passee, "Cette audition n'a pas encore eu lieu.")
            exiger(
                audition.tenue is None or audition.dossier.etat in A_ENTENDRE,
                "Le comité a rendu son avis : le compte rendu ne se corrige plus.",
            )
            exiger(bool(notes.strip()), "Écrivez ce que le comité a entendu.")
            noter(audition, notes=notes.strip(), tenue=tenue, version=audition.version + 1)
            audition._repondre_aux_souhaits(None)
            consigner(audition.dossier.fil, "consigner_audition", par=par, tenue=tenue)
        self.refresh_from_db()

    # -- inside ----------------------------------------------------------------------------------------------------
    def _relire(self) -> "Audition":
        lignes = Audition.objects.select_for_update(of=("self",))
        return lignes.select_related("dossier__vague__appel", "seance").get(pk=self.pk)

    def _verrouiller(self, par, version: int | None) -> "Audition":
        """The row under its lock, awaited, unchanged since it was read; for the secretariat."""
        audition = self._relire()
        exiger_role(audition.dossier, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
        exiger(version in (None, audition.version), PERIMEE)
        exiger(audition.tenue is None, "Cette audition n'est plus attendue.")
        return audition

    def _verrouiller_pour_le_porteur(self, par) -> "Audition":
        audition = self._relire()
        exiger(bool(ECRIVENT & roles_sur(audition.dossier, par)), C_EST_AU_PORTEUR)
        exiger(audition.tenue is None, "Cette audition n'est plus attendue.")
        return audition

    def _changer(self, **champs) -> None:
        """Write, and let calendars know that it is newer."""
        noter(
            self,
            **champs,
            fixee_le=horloge.maintenant(),
            sequence=self.sequence + 1,
            version=self.version + 1,
        )

    def _repondre_aux_souhaits(self, debut) -> None:
        """What was asked for is granted by this instant, or has no object any more."""
        for souhait in self.souhaits.en_attente():
            accorde = debut is not None and souhait.debut == debut
            noter(
                souhait, etat=EtatSouhait.ACCEPTE if accorde else EtatSouhait.SANS_SUITE,
                repondu_le=horloge.maintenant(),
            )  # fmt: skip

    def _convoquer_de_nouveau(self, evenement, *, par) -> Acte:
        """A summons more, that says which one it replaces."""
        genre, dossier = "convocation_audition", self.dossier
        self._annuler_la_convocation(par, "Audition modifiée : une autre convocation la remplace")
        instantane = composer(genre, dossier, evenement=evenement, par=par, audition=self.pk)
        acte = Acte.commander(
            genre, fil=dossier.fil, instantane=instantane, par=par, objet=instantane["objet_acte"],
            cle=f"journal-{evenement.rang}",
        )  # fmt: skip
        dossier.ajouter_acte(acte)
        return acte

    def _annuler_la_convocation(self, par, motif: str) -> None:
        """The former act produces no effect any more; it is kept, and who verifies it reads so."""
        for acte in self.dossier.actes.filter(genre="convocation_audition").exclude(etat="ANNULE"):
            acte.annuler(par=par, motif=motif)

    def _ecrire(self, cle: str, evenement, *, avec_agenda: bool = True, **variables) -> None:
        """Tell those who write in the dossier, with the calendar file that replaces the former."""
        gens = self.dossier.destinataires(cle)
        if avec_agenda:
            variables["agenda"] = self.agenda(gens)
        prevenir(
            cle, gens, evenement=evenement, lien=self.page_du_porteur,
            **self.dossier.contexte_des_messages() | variables,
        )  # fmt: skip

    def _secretariat(self) -> list:
        """Who answers a wish: the secretary of the sitting that hears, else the agent; whoever may know the dossier."""
        instruction = getattr(self.dossier, "instruction", None)
        gens = [
            self.seance.secretaire if self.seance else None,
            instruction.instructeur if instruction else None,
        ]
        voient = (
            qui
            for qui in gens
            if qui and Dossier.objects.visibles_par(qui).filter(pk=self.dossier_id).exists()
        )
        return [qui for qui in [next(voient, None)] if qui]


def _sans_point(phrase: str) -> str:
    """The message puts its own full stop."""
    return phrase.strip().rstrip(".")
