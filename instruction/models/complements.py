"""Requests for completion: what is missing, why, until when; and what the porteur answers, added beside the deposit."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from candidatures.models import Dossier
from candidatures.models.base import DuDossierQuerySet
from instruction.models.echanges import Echange
from instruction.models.grille import EXAMINABLES, Instruction
from instruction.models.points import Jugement, PieceReclamee, ReponseComplement
from manufactures import horloge
from manufactures.francais import echeance as en_toutes_lettres
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.registres import GesteInterdit, TransitionInterdite, roles_sur

DELAI_MINIMAL_JOURS = 10
REPONDENT = {Role.PORTEUR, Role.CONTRIBUTEUR}


def fin_de_journee(jour: date) -> datetime:
    """The last minute of a day of Paris: a due date given as a day leaves that whole day."""
    return datetime.combine(jour, time(23, 59), tzinfo=horloge.PARIS)


def jours_entre(debut: datetime, fin: datetime) -> int:
    """Days of the calendar of Paris."""
    return (fin.astimezone(horloge.PARIS).date() - debut.astimezone(horloge.PARIS).date()).days


class EtatDemande(models.TextChoices):
    """Where a request stands; at most one is open on a dossier."""

    OUVERTE = "OUVERTE", "Réponse attendue"
    REPONDUE = "REPONDUE", "Réponse reçue"
    ECHUE = "ECHUE", "Échéance passée"
    SANS_SUITE = "SANS_SUITE", "Sans suite"


class DemandeComplements(models.Model):
    """What the administration asks for, until when (CRPA L114-5)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="demandes_complements")
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    texte = models.TextField("message au porteur")
    envoyee_le = models.DateTimeField("envoyée le", default=horloge.maintenant)
    echeance = models.DateTimeField("réponse attendue avant le")
    echeance_initiale = models.DateTimeField("échéance initiale")
    prolongee_le = models.DateTimeField("prolongée le", null=True, blank=True)
    prolongee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="prolongée par",
    )
    etat = models.CharField("état", max_length=10, choices=EtatDemande, default=EtatDemande.OUVERTE)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de compléments"
        verbose_name_plural = "demandes de compléments"
        ordering = ["envoyee_le", "pk"]
        indexes = [models.Index(fields=["echeance"], name="demande_ouverte", condition=Q(etat="OUVERTE"))]
        constraints = [
            UniqueConstraint(
                fields=["dossier"], condition=Q(etat="OUVERTE"), name="demande_une_seule_ouverte"
            ),
            CheckConstraint(condition=Q(etat__in=EtatDemande.values), name="demande_etat"),
            # Days of Paris are counted by the deed; the database forbids what no change of hour can excuse.
            CheckConstraint(
                condition=Q(echeance_initiale__gte=F("envoyee_le") + timedelta(days=DELAI_MINIMAL_JOURS - 1)),
                name="demande_dix_jours",
            ),
            CheckConstraint(
                condition=Q(echeance__gte=F("echeance_initiale")), name="demande_jamais_raccourcie"
            ),
            CheckConstraint(
                condition=Q(etat="OUVERTE", close_le=None) | (~Q(etat="OUVERTE") & Q(close_le__isnull=False)),
                name="demande_close_et_datee",
            ),
        ]

    def __str__(self):
        return f"Demande de compléments du dossier {self.dossier.numero}"

    # -- Reading -------------------------------------------------------------------------------------------------
    @property
    def est_ouverte(self) -> bool:
        """The porteur may answer, as far as the state goes."""
        return self.etat == EtatDemande.OUVERTE

    @property
    def est_echue(self) -> bool:
        """The due instant is past."""
        return horloge.maintenant() >= self.echeance

    @property
    def suspend_le_delai(self) -> bool:
        """An indispensable piece is missing: the implicit decision waits (CRPA L114-5)."""
        return any(piece.indispensable for piece in self.pieces.all())

    @property
    def tient_le_delai(self) -> bool:
        """The delay of the implicit decision does not run now because of it."""
        return self.est_ouverte and not self.est_echue and self.suspend_le_delai

    def duree_suspendue(self, *, au_plus: bool = False) -> timedelta:
        """How long the delay of the implicit decision was held, at most until the due instant.

        `au_plus`: an open request is counted as if nothing came before its date.
        """
        if not self.suspend_le_delai:
            return timedelta(0)
        fin = self.close_le or (self.echeance if au_plus else horloge.maintenant())
        return max(min(fin, self.echeance) - self.envoyee_le, timedelta(0))

    @property
    def manquants(self) -> list[PieceReclamee]:
        """The points that nothing answers."""
        return [point for point in self.pieces.all() if not point.reponses.all()]

    @classmethod
    def ouverte_de(cls, dossier: Dossier) -> "DemandeComplements | None":
        """The open request of a dossier, or None."""
        return cls.objects.filter(dossier=dossier, etat=EtatDemande.OUVERTE).first()

    # -- Deeds ---------------------------------------------------------------------------------------------------
    @classmethod
    def envoyer(cls, dossier: Dossier, *, par, texte: str, pieces: list[dict], echeance: datetime | date):
        """Ask for completions: act, message, due date at least ten days away; the porteur has the ball.

        `pieces` are {libelle, reference, raison, indispensable, type, regle, cible, endroit, reprend}, only `libelle`
        compulsory. A day given as `echeance` means its end. Raises TransitionInterdite; then nothing has changed.
        """
        if not isinstance(echeance, datetime):
            echeance = fin_de_journee(echeance)
        with transaction.atomic():
            dossier = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=dossier.pk)
            if cls.ouverte_de(dossier):
                raise TransitionInterdite("Une demande de compléments est déjà ouverte sur ce dossier.")
            if not pieces or not texte.strip():
                raise TransitionInterdite("Écrivez ce que vous demandez : un message et au moins un élément.")
            instant = horloge.maintenant()
            if jours_entre(instant, echeance) < DELAI_MINIMAL_JOURS:
                raise TransitionInterdite(f"Laissez au moins {DELAI_MINIMAL_JOURS} jours pour répondre.")
            demande = cls.objects.create(
                dossier=dossier,
                par=par,
                texte=texte.strip(),
                envoyee_le=instant,
                echeance=echeance,
                echeance_initiale=echeance,
            )
            for rang, piece in enumerate(pieces, 1):
                demande.pieces.create(rang=rang, **piece)
            dossier.passer("demander_complements", par=par, demande=demande.pk, echeance=echeance.isoformat())
        return demande

    def repondre(
        self, *, par, texte: str = "", redaction: str = "", fichiers=(), piece=None
    ) -> ReponseComplement:
        """Answer the request, or one of its points: words, files, or both. Nothing deposited changes.

        `fichiers` are uploaded files or (file, label) pairs; `piece` is the point answered; `redaction` the pinned
        answer of the dossier written anew, for a point that is pinned. The dossier stays with the porteur until
        « J'ai répondu ». Raises TransitionInterdite once the due instant is past.
        """
        with transaction.atomic():
            demande = self._verrouiller(par)
            if not roles_sur(demande.dossier, par) & REPONDENT:
                raise GesteInterdit("Seuls le titulaire et les contributeurs du dossier peuvent répondre.")
            if not demande.est_ouverte or demande.dossier.etat != Etat.A_COMPLETER:
                raise TransitionInterdite(
                    "Cette demande est close : écrivez à votre interlocuteur depuis le dossier."
                )
            if horloge.instant_exact() >= demande.echeance:
                raise TransitionInterdite(
                    f"Le délai est passé depuis le {en_toutes_lettres(demande.echeance)} : "
                    "écrivez à votre interlocuteur depuis le dossier."
                )
            if not (texte.strip() or redaction.strip() or fichiers):
                raise TransitionInterdite("Écrivez une réponse ou joignez un fichier.")
            if redaction.strip() and not (piece and piece.cible):
                raise TransitionInterdite("Seuls les passages désignés par la demande sont ouverts.")
            reponse = demande.reponses.create(
                par=par, texte=texte.strip(), redaction=redaction.strip(), piece=piece
            )
            for envoi in fichiers:
                fichier, libelle = envoi if isinstance(envoi, tuple) else (envoi, "")
                reponse.joindre(fichier, libelle=libelle, par=par)
            consigner(
                demande.dossier.fil,
                "repondre_complements",
                par=par,
                demande=demande.pk,
                pieces=[p.empreinte for p in reponse.pieces.all()],
            )
        return reponse

    def prolonger(self, *, par, echeance: datetime | date) -> None:
        """Give more time: an agent's deed, told to the porteur in the exchange; never less than before."""
        if not isinstance(echeance, datetime):
            echeance = fin_de_journee(echeance)
        with transaction.atomic():
            demande = self._verrouiller(par)
            demande._exiger_qui_instruit(par)
            if not demande.est_ouverte:
                raise TransitionInterdite("Cette demande est close : son délai ne se prolonge plus.")
            if echeance <= demande.echeance or echeance <= horloge.maintenant():
                raise TransitionInterdite("La nouvelle date doit être après l'échéance actuelle, et à venir.")
            demande.echeance, demande.prolongee_le, demande.prolongee_par = (
                echeance,
                horloge.maintenant(),
                par,
            )
            demande.save(update_fields=["echeance", "prolongee_le", "prolongee_par"])
            consigner(demande.dossier.fil, "prolonger_complements", par=par, echeance=echeance.isoformat())
            Echange.ecrire(
                demande.dossier,
                par=par,
                texte=f"Un délai supplémentaire vous est accordé : répondez avant le {en_toutes_lettres(echeance)}.",
            )
        self.refresh_from_db()

    def juger(self, point: PieceReclamee, jugement: str, *, par, mots: str = "") -> PieceReclamee:
        """Say of one point that it is done, or that it is to be asked again and what is still missing; "" unsays it.

        Raises TransitionInterdite while the porteur may still answer, for a point that nothing answers said done, or
        once the examination is concluded or a later request asks the point again.
        """
        if jugement not in ("", *Jugement.values):
            raise TransitionInterdite("Ce jugement n'existe pas. Rechargez la page.")
        with transaction.atomic():
            demande = self._verrouiller(par)
            grille = demande._exiger_qui_instruit(par)
            if demande.est_ouverte:
                raise TransitionInterdite(
                    "Le porteur répond encore : les points se jugent une fois la réponse reçue."
                )
            if demande.dossier.etat not in EXAMINABLES or grille.sens:
                raise TransitionInterdite(
                    "La pré-instruction de ce dossier est conclue : les points ne se jugent plus."
                )
            point = demande.pieces.select_for_update().get(pk=point.pk)
            if point.reprises.exists():
                raise TransitionInterdite("Cet élément est déjà demandé de nouveau.")
            if jugement == Jugement.FAIT and not point.reponses.exists():
                raise TransitionInterdite("Aucune réponse n'est reçue pour cet élément.")
            if jugement == Jugement.REDEMANDE and not mots.strip():
                raise TransitionInterdite("Écrivez ce qui manque encore : le porteur le lira.")
            point.jugement = jugement
            point.mots = mots.strip() if jugement == Jugement.REDEMANDE else ""
            point.juge_par, point.juge_le = (par, horloge.maintenant()) if jugement else (None, None)
            point.save(update_fields=["jugement", "mots", "juge_par", "juge_le"])
            consigner(
                demande.dossier.fil,
                "juger_complement",
                par=par,
                demande=demande.pk,
                point=point.rang,
                jugement=jugement,
                motif=point.mots,
            )
        return point

    def clore(self, etat: EtatDemande) -> None:
        """Close and date the request; called by the transitions."""
        self.etat, self.close_le = etat, horloge.maintenant()
        self.save(update_fields=["etat", "close_le"])

    def _exiger_qui_instruit(self, par) -> Instruction:
        """The grid of the dossier, for its own agent or a responsable. Raises GesteInterdit."""
        grille = Instruction.objects.get(dossier=self.dossier)
        roles = roles_sur(self.dossier, par)
        if Role.RESPONSABLE not in roles and not (
            Role.INSTRUCTEUR in roles and grille.instructeur_id == par.pk
        ):
            raise GesteInterdit("Vous voyez ce dossier mais ce geste revient à l'agent qui l'instruit.")
        return grille

    def _verrouiller(self, par) -> "DemandeComplements":
        """Lock the dossier then the request, read anew among what `par` sees."""
        dossier = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=self.dossier_id)
        demande = DemandeComplements.objects.select_for_update(of=("self",)).get(pk=self.pk)
        demande.dossier = dossier
        return demande
