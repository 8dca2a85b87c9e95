"""What a phone took between thick walls, with no network: signatures and photos, which arrive once.

Each record bears the identifier that the phone drew for it: however often it is sent, it is written once. The instant
is the phone's, hence declared; the instant of its arrival stands beside it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q

from accompagnement.models.base import jour_de
from accompagnement.models.incubation import (
    JOURS_POUR_L_EXPERT,
    DemiJournee,
    Presence,
    Session,
    StatutPresence,
)
from accompagnement.models.livrable import EtatLivrable, Livrable
from candidatures.fichiers import FichierRefuse
from candidatures.models import Dossier, Piece
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.francais import date_longue, octets
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, regards_sur, roles_sur

LOT_MAX = 50  # attendances of one request
SAISIES_MAX = 500  # records that one phone keeps
PHOTO_MAX = 5 * 1024 * 1024
EXTENSIONS_PHOTO = ("jpg", "jpeg", "png")
AVANCE = timedelta(minutes=10)  # a phone's clock that runs ahead of ours by no more than this is believed

PAS_LA_SIENNE = "L'émargement hors ligne revient à l'agent ou à l'intervenant de la session."
AUTRE_SAISIE = "Cet identifiant a déjà servi pour une autre saisie. Écartez celle-ci et refaites-la."
PAS_ATTENDU = "Ce projet n'est pas attendu à cette demi-journée de la session."
PAS_INSCRIT = "Ce projet n'est pas inscrit dans cette promotion."
CLOSE = (
    f"La session est close depuis plus de {JOURS_POUR_L_EXPERT} jours : un agent note la présence sur la feuille,"
    " avec un motif."
)
EN_AVANCE = "L'horloge du téléphone est en avance : cet instant n'est pas encore venu."
SANS_INCUBATION = "L'incubation de ce projet n'est pas en cours : son livrable ne reçoit plus de photo."
VALIDE = "Ce livrable est validé : il ne reçoit plus de photo."
PAS_UNE_PHOTO = "n'est pas une photo JPG ou PNG."


class GenreSaisie(models.TextChoices):
    """What a record is."""

    PRESENCE = "PRESENCE", "présence"
    PHOTO = "PHOTO", "photo"


class Sort(StrEnum):
    """What became of a record sent by a phone."""

    ACCEPTEE = "ACCEPTEE"
    DEJA = "DEJA"
    REFUSEE = "REFUSEE"


@dataclass(frozen=True)
class Reponse:
    """The answer to one record: its fate, and the sentence of a refusal."""

    cle: UUID
    sort: Sort
    phrase: str = ""


@dataclass(frozen=True)
class PresencePrise:
    """A signature as the phone took it."""

    cle: UUID
    dossier: int
    demi_journee: str
    signataire: str
    prise_le: datetime


@dataclass(frozen=True)
class PhotoPrise:
    """A photo of a deliverable as the phone took it, and its file."""

    cle: UUID
    dossier: int
    prise_le: datetime
    fichier: object

    @property
    def empreinte(self) -> str:
        """SHA-256 of what was sent."""
        condense = hashlib.sha256()
        self.fichier.seek(0)
        for morceau in self.fichier.chunks():
            condense.update(morceau)
        self.fichier.seek(0)
        return condense.hexdigest()


class SaisieHorsLigneQuerySet(models.QuerySet):
    """Records: those who follow the dossier, the expert of the session, the one who reads the deliverable."""

    def visibles_par(self, user):
        """Records that `user` may know of."""
        if not user.is_active:
            return self.none()
        siennes = Q(session__expert=user) | Q(livrable__expert=user)
        return self.filter(regards_sur("suivi:dossier", user) | siennes)


class SaisieHorsLigne(models.Model):
    """One signature or one photo taken without network; its key is the phone's, unique for ever."""

    cle = models.UUIDField("identifiant du téléphone", unique=True, editable=False)
    genre = models.CharField("genre", max_length=8, choices=GenreSaisie)
    session = models.ForeignKey(Session, models.PROTECT, related_name="saisies_hors_ligne")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="saisies_hors_ligne")
    presence = models.OneToOneField(
        Presence, models.PROTECT, related_name="saisie_hors_ligne", null=True, blank=True
    )
    signataire = models.CharField("signée par", max_length=120, blank=True)
    livrable = models.ForeignKey(Livrable, models.PROTECT, related_name="photos", null=True, blank=True)
    piece = models.OneToOneField(
        Piece, models.PROTECT, related_name="saisie_hors_ligne", null=True, blank=True
    )
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="recueillie par"
    )
    prise_le = models.DateTimeField("prise le (heure du téléphone)")
    recue_le = models.DateTimeField("reçue le", default=horloge.maintenant)

    objects = SaisieHorsLigneQuerySet.as_manager()

    class Meta:
        verbose_name = "saisie hors ligne"
        verbose_name_plural = "saisies hors ligne"
        ordering = ["prise_le", "pk"]
        constraints = [
            CheckConstraint(
                condition=(
                    Q(genre=GenreSaisie.PRESENCE, presence__isnull=False, livrable=None, piece=None)
                    & ~Q(signataire="")
                )
                | Q(
                    genre=GenreSaisie.PHOTO,
                    presence=None,
                    signataire="",
                    livrable__isnull=False,
                    piece__isnull=False,
                ),
                name="saisie_hors_ligne_une_chose",
            ),
            CheckConstraint(
                condition=Q(recue_le__gte=models.F("prise_le") - AVANCE), name="saisie_hors_ligne_passee"
            ),
        ]

    def __str__(self):
        return f"{self.get_genre_display()} de {self.dossier}, {self.prise_le:%Y-%m-%d %H:%M}"


def verifier_qui_recueille(session, *, par, geste: str = "noter_presence") -> None:
    """The session's expert and the agents take signatures and photos. Raises GesteInterdit."""
    roles = roles_sur(session.promotion, par)
    exiger(geste, par, session.promotion, roles)
    if not session.est_tenue_par(par, roles):
        raise GesteInterdit(PAS_LA_SIENNE)


def recevoir_presences(session, prises: list[PresencePrise], *, par) -> list[Reponse]:
    """Write the signatures that are not there yet, and answer each; one transaction under the session's lock.

    Sent again, a signature answers DEJA and nothing is written. Raises GesteInterdit for who does not hold the sheet.
    """
    verifier_qui_recueille(session, par=par)
    with transaction.atomic():
        lot = _Lot(session, par, [prise.cle for prise in prises])
        return [lot.signer(prise) for prise in prises]


def recevoir_photo(session, prise: PhotoPrise, *, par) -> Reponse:
    """Keep one photo beside the project's deliverable, once. Raises GesteInterdit."""
    verifier_qui_recueille(session, par=par, geste="photographier_livrable")
    with transaction.atomic():
        return _Lot(session, par, [prise.cle]).photographier(prise)


class _Lot:
    """What a batch is compared with, read once under the session's lock."""

    def __init__(self, session, par, cles):
        self.session = (
            Session.objects.select_for_update(of=("self",)).select_related("module").get(pk=session.pk)
        )
        self.par = par
        saisies = SaisieHorsLigne.objects.filter(cle__in=cles).select_related("presence", "piece")
        self.saisies = {saisie.cle: saisie for saisie in saisies}
        self.presences = {(p.dossier_id, p.demi_journee): p for p in self.session.presences.all()}
        self.inscrits = {d.pk: d for d in session.promotion.dossiers.all()}

    def signer(self, prise: PresencePrise) -> Reponse:
        connue = self.saisies.get(prise.cle)
        if connue is not None:
            return self._deja(prise, connue, self._est_cette_signature(prise, connue))
        dossier = self.inscrits.get(prise.dossier)
        if dossier is None or prise.demi_journee not in self.session.moments():
            return Reponse(prise.cle, Sort.REFUSEE, PAS_ATTENDU)
        if phrase := self._hors_du_temps(prise.prise_le):
            return Reponse(prise.cle, Sort.REFUSEE, phrase)
        presence = self.presences.get((dossier.pk, prise.demi_journee))
        if presence is not None:
            return self._deja_notee(prise, presence)
        self._ecrire_presence(prise, dossier)
        return Reponse(prise.cle, Sort.ACCEPTEE)

    def photographier(self, prise: PhotoPrise) -> Reponse:
        connue = self.saisies.get(prise.cle)
        if connue is not None:
            return self._deja(prise, connue, self._est_cette_photo(prise, connue))
        dossier = self.inscrits.get(prise.dossier)
        if dossier is None:
            return Reponse(prise.cle, Sort.REFUSEE, PAS_INSCRIT)
        livrable = Livrable.objects.filter(session=self.session, dossier=dossier).first()
        phrase = self._hors_du_temps(prise.prise_le) or _refus_du_livrable(dossier, livrable)
        if phrase or (phrase := _refus_du_fichier(prise.fichier)):
            return Reponse(prise.cle, Sort.REFUSEE, phrase)
        try:
            with transaction.atomic():
                self._ecrire_photo(prise, dossier, livrable)
        except FichierRefuse as refus:
            return Reponse(prise.cle, Sort.REFUSEE, refus.messages[0])
        return Reponse(prise.cle, Sort.ACCEPTEE)

    def _deja(self, prise, connue, est_la_meme: bool) -> Reponse:
        if est_la_meme and connue.session_id == self.session.pk and connue.dossier_id == prise.dossier:
            return Reponse(prise.cle, Sort.DEJA)
        return Reponse(prise.cle, Sort.REFUSEE, AUTRE_SAISIE)

    @staticmethod
    def _est_cette_signature(prise, connue) -> bool:
        return connue.presence is not None and connue.presence.demi_journee == prise.demi_journee

    @staticmethod
    def _est_cette_photo(prise, connue) -> bool:
        return connue.piece is not None and connue.piece.empreinte == prise.empreinte

    @staticmethod
    def _deja_notee(prise, presence) -> Reponse:
        """Signed at the door, or on another phone: it is there; noted away, a person decides."""
        if presence.statut == StatutPresence.PRESENT:
            return Reponse(prise.cle, Sort.DEJA)
        statut = presence.get_statut_display()
        phrase = f"Ce projet est noté «\u00a0{statut}\u00a0» à cette demi-journée : corrigez la feuille de présence."
        return Reponse(prise.cle, Sort.REFUSEE, phrase)

    def _hors_du_temps(self, prise_le: datetime) -> str:
        """Why this instant cannot be one of the session, or nothing."""
        if (horloge.aujourd_hui() - self.session.date).days > JOURS_POUR_L_EXPERT:
            return CLOSE
        jour = prise_le.astimezone(horloge.PARIS).date()
        if jour != self.session.date:
            return f"Prise le {date_longue(jour)} : la session est du {date_longue(self.session.date)}."
        return EN_AVANCE if prise_le > horloge.maintenant() + AVANCE else ""

    def _ecrire_presence(self, prise, dossier):
        presence = Presence.objects.create(
            session=self.session,
            dossier=dossier,
            demi_journee=prise.demi_journee,
            statut=StatutPresence.PRESENT,
            notee_par=self.par,
            notee_le=horloge.maintenant(),
        )
        saisie = self._garder(
            prise, GenreSaisie.PRESENCE, dossier, presence=presence, signataire=prise.signataire
        )
        self.presences[dossier.pk, prise.demi_journee] = presence
        self._consigner("emarger_hors_ligne", saisie, demi_journee=DemiJournee(prise.demi_journee))

    def _ecrire_photo(self, prise, dossier, livrable):
        piece = dossier.joindre_complement(
            prise.fichier, par=self.par, libelle=f"Photo, {livrable.titre}"[:200]
        )
        saisie = self._garder(prise, GenreSaisie.PHOTO, dossier, livrable=livrable, piece=piece)
        self._consigner("photographier_livrable", saisie, livrable=livrable.titre, empreinte=piece.empreinte)

    def _garder(self, prise, genre, dossier, **chose) -> SaisieHorsLigne:
        saisie = SaisieHorsLigne.objects.create(
            cle=prise.cle,
            genre=genre,
            session=self.session,
            dossier=dossier,
            par=self.par,
            prise_le=prise.prise_le,
            recue_le=horloge.maintenant(),
            **chose,
        )
        self.saisies[prise.cle] = saisie
        return saisie

    def _consigner(self, action, saisie, **faits):
        consigner(
            saisie.dossier.fil,
            action,
            par=self.par,
            module=self.session.module.code,
            jour=jour_de(saisie.prise_le),
            prise_le=saisie.prise_le.isoformat(timespec="seconds"),
            saisie=str(saisie.cle),
            **faits,
        )


def _refus_du_livrable(dossier, livrable) -> str:
    if livrable is None:
        return PAS_INSCRIT
    if dossier.etat != Etat.EN_INCUBATION:
        return SANS_INCUBATION
    return VALIDE if livrable.etat == EtatLivrable.VALIDE else ""


def _refus_du_fichier(fichier) -> str:
    """Photos only, and of a photo's weight; the gate of every file looks at the rest."""
    if fichier.name.rpartition(".")[2].lower() not in EXTENSIONS_PHOTO:
        return f"« {fichier.name} » {PAS_UNE_PHOTO}"
    if fichier.size > PHOTO_MAX:
        return f"« {fichier.name} » pèse {octets(fichier.size)} : {octets(PHOTO_MAX)} au plus."
    return ""


def saisies_de_la_feuille(session, user):
    """The signatures taken without network, for the sheet of this session."""
    saisies = SaisieHorsLigne.objects.visibles_par(user).filter(session=session, genre=GenreSaisie.PRESENCE)
    return saisies.select_related("dossier", "presence", "par").order_by("dossier__nom_projet", "prise_le")


def photos_du_livrable(livrable, user):
    """The photos taken without network, for the page of this deliverable; its readers see its files."""
    photos = SaisieHorsLigne.objects.visibles_par(user).filter(livrable=livrable)
    return photos.select_related("piece__dossier", "par").order_by("prise_le", "pk")
