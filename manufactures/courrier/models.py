"""The outbox: a message is a row of the deed's transaction; the mail leaves later, the notice is read on the site."""

from collections.abc import Iterable
from datetime import timedelta
from email.mime.text import MIMEText
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models import Q
from icalendar import Calendar

from manufactures import horloge
from manufactures.actes.genres import GENRES
from manufactures.actes.models import Acte
from manufactures.courrier import tasks
from manufactures.courrier.messages import rendre
from manufactures.journal.models import consigner
from manufactures.registres import TransitionInterdite
from manufactures.taches import reveiller

DELAIS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180)]  # then every 6 hours, during 5 days
DERNIER_DELAI = timedelta(hours=6)
ABANDON_APRES = timedelta(days=5)
ATTENTE_DE_LA_PIECE = timedelta(minutes=2)


class EtatMessage(models.TextChoices):
    """Where the mail stands."""

    A_ENVOYER = "A_ENVOYER", "À envoyer"
    ENVOYE = "ENVOYE", "Envoyé"
    ECHEC = "ECHEC", "En échec"


class MessageQuerySet(models.QuerySet):
    """Messages by reader and by what is left to send."""

    def annoncant(self, acte: Acte):
        """Those that told of this act: whoever follows the act sees that they left, and to whom."""
        annonce = Q(
            fil=acte.fil, cle=GENRES[acte.genre].courrier, cree_le__gte=acte.lisible_le or acte.cree_le
        )
        return self.filter(Q(piece=acte) | annonce, destinataire__isnull=False)

    def visibles_par(self, user):
        """One's own, nobody else's."""
        return self.filter(destinataire=user) if user.is_active else self.none()

    def a_envoyer(self, instant):
        """Due at `instant`."""
        return self.filter(etat=EtatMessage.A_ENVOYER, prochain_essai_le__lte=instant)


class Message(models.Model):
    """One message, one person, one act to do, one link."""

    cle = models.CharField("genre", max_length=40)
    evenement = models.CharField("événement", max_length=120)
    fil = models.CharField("fil", max_length=80, blank=True)
    destinataire = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages_recus",
        verbose_name="destinataire",
    )
    # Someone who has no account, or whose account one must not learn of: the mail alone, no notice on the site.
    adresse = models.EmailField("adresse", blank=True)
    objet = models.CharField("objet", max_length=120)
    corps_texte = models.TextField("corps")
    corps_html = models.TextField("corps en HTML")
    lien = models.CharField("lien", max_length=300, blank=True)
    piece = models.ForeignKey(
        Acte, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pièce jointe"
    )
    # An invitation, its update or its cancellation (iCalendar): it goes with the mail, and names its own method. Kept
    # with whole lines, folded when it leaves.
    agenda = models.TextField("fichier d'agenda", blank=True)
    message_id = models.CharField("identifiant du courriel", max_length=200, default=make_msgid)
    etat = models.CharField("état", max_length=10, choices=EtatMessage, default=EtatMessage.A_ENVOYER)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    cree_le = models.DateTimeField("créé le", default=horloge.maintenant)
    prochain_essai_le = models.DateTimeField("prochain essai le", default=horloge.maintenant)
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["evenement", "cle", "destinataire"], name="message_unique"),
            models.UniqueConstraint(
                fields=["evenement", "cle", "adresse"],
                condition=Q(destinataire=None),
                name="message_unique_par_adresse",
            ),
            models.CheckConstraint(
                condition=Q(destinataire__isnull=False, adresse="") | Q(destinataire=None) & ~Q(adresse=""),
                name="message_une_adresse",
            ),
        ]
        indexes = [
            models.Index(
                fields=["prochain_essai_le"], name="message_a_envoyer", condition=Q(etat="A_ENVOYER")
            ),
            models.Index(fields=["destinataire", "-cree_le"], name="message_destinataire"),
        ]

    def __str__(self):
        return f"{self.cle} : {self.objet}"

    @classmethod
    def preparer(
        cls,
        cle: str,
        *,
        a: Iterable,
        contexte: dict,
        evenement: str,
        fil: str = "",
        acte: Acte | None = None,
        lien: str = "",
    ) -> list["Message"]:
        """Write one row per addressee (User), in the caller's transaction; the same event never writes twice.

        `contexte` holds the template's variables; `lien` (a path of ours) becomes absolute. `acte` goes with the mail
        when its PDF is there in time; so does `contexte["agenda"]`, an iCalendar text. Raises VariableManquante when
        the text has a hole.
        """
        lignes = []
        for personne in {p.pk: p for p in a}.values():
            texte = cls._rendu(cle, contexte | {"destinataire": personne.nom_complet}, lien)
            lignes.append(
                cls(
                    cle=cle,
                    evenement=evenement[:120],
                    fil=fil,
                    destinataire=personne,
                    lien=lien,
                    piece=acte,
                    agenda=contexte.get("agenda", "").replace("\r\n ", ""),
                    **texte,
                )
            )
        return cls._deposer(lignes)

    @classmethod
    def preparer_pour(
        cls, adresse: str, cle: str, *, contexte: dict, evenement: str, fil: str = "", lien: str = ""
    ) -> list["Message"]:
        """The same to an address, whether it has an account or not: a personal link, no notice on the site.

        The row keeps no link apart from the words: it is of one use, dated, and dies with what it opens.
        """
        texte = cls._rendu(cle, contexte | {"destinataire": adresse}, lien)
        return cls._deposer([cls(cle=cle, evenement=evenement[:120], fil=fil, adresse=adresse, **texte)])

    @staticmethod
    def _rendu(cle: str, contexte: dict, lien: str) -> dict:
        """Subject and bodies, with the links that every message may print, and the instant of writing."""
        absolu = settings.SITE_URL + lien if lien.startswith("/") else lien
        commun = {"lien": absolu, "url": {"notice_donnees": settings.SITE_URL + "/donnees-personnelles/"}}
        objet, texte, html = rendre(cle, commun | contexte)
        instant = horloge.maintenant()
        return {
            "objet": objet[:120],
            "corps_texte": texte,
            "corps_html": html,
            "cree_le": instant,
            "prochain_essai_le": instant,
        }

    @classmethod
    def _deposer(cls, lignes: list["Message"]) -> list["Message"]:
        """Write the rows, in the caller's transaction, and wake who sends them."""
        with transaction.atomic():
            cls.objects.bulk_create(lignes, ignore_conflicts=True)
            reveiller(tasks.reprendre)
        return lignes

    def renvoyer(self, *, par) -> "Message":
        """The same words once more, as another mail. Raises TransitionInterdite where the words are gone."""
        if not self.corps_texte:
            raise TransitionInterdite("Le texte de ce message est effacé : il ne peut plus être renvoyé.")
        with transaction.atomic():
            deja = Message.objects.filter(cle=self.cle, fil=self.fil, destinataire=self.destinataire).count()
            instant = horloge.maintenant()
            copie = Message(
                cle=self.cle,
                evenement=f"{self.evenement.split('~', maxsplit=1)[0][:110]}~{deja}",
                fil=self.fil,
                destinataire=self.destinataire,
                objet=self.objet,
                corps_texte=self.corps_texte,
                corps_html=self.corps_html,
                lien=self.lien,
                piece=self.piece,
                cree_le=instant,
                prochain_essai_le=instant,
            )
            consigner(self.fil, "renvoyer_message", par=par, message=self.cle)
            self._deposer([copie])
        return copie

    @property
    def courriel(self) -> str:
        """Where the mail goes."""
        return self.destinataire.email if self.destinataire else self.adresse

    def attend_sa_piece(self, instant) -> bool:
        """The mail goes with its PDF; after two minutes it leaves without (CRPA L112-11), the act waits on the site."""
        return (
            self.piece is not None
            and not self.piece.est_scelle
            and instant < self.prochain_essai_le + ATTENTE_DE_LA_PIECE
        )

    def _invitation(self) -> MIMEText:
        """The calendar file as mail readers take it: its method is said outside too (RFC 6047)."""
        partie = MIMEText(Calendar.from_ical(self.agenda).to_ical().decode(), "calendar", "utf-8")
        methode = next(ligne for ligne in self.agenda.splitlines() if ligne.startswith("METHOD:"))
        partie.set_param("method", methode.removeprefix("METHOD:"))
        partie.add_header("Content-Disposition", "attachment", filename="agenda.ics")
        return partie

    def envoyer(self) -> None:
        """Send once; on failure, the next try is later and later, during five days."""
        courriel = EmailMultiAlternatives(
            self.objet,
            self.corps_texte,
            settings.DEFAULT_FROM_EMAIL,
            [self.courriel],
            headers={"Message-ID": self.message_id},
        )
        courriel.attach_alternative(self.corps_html, "text/html")
        if self.piece is not None and self.piece.est_scelle:
            courriel.attach(f"{self.piece.numero}.pdf", self.piece.lire_fichier(), "application/pdf")
        if self.agenda:
            courriel.attach(self._invitation())
        instant = horloge.instant_exact()
        try:
            courriel.send()
        except Exception as panne:
            self.essais += 1
            self.erreur = f"{type(panne).__name__} : {panne}"[:300]
            delai = DELAIS[self.essais - 1] if self.essais <= len(DELAIS) else DERNIER_DELAI
            self.prochain_essai_le = instant + delai
            if instant - self.cree_le > ABANDON_APRES:
                self.etat = EtatMessage.ECHEC
        else:
            self.etat, self.envoye_le, self.erreur = EtatMessage.ENVOYE, instant, ""
        self.save(update_fields=["etat", "essais", "erreur", "prochain_essai_le", "envoye_le"])
