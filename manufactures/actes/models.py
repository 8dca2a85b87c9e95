"""An official document is a row before it is a PDF: numbered and frozen in the deed's transaction, rendered after."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.urls import reverse

from manufactures import horloge
from manufactures.actes import tasks
from manufactures.actes.formulation import Formulation
from manufactures.actes.genres import GENRES, choix
from manufactures.actes.relecture import Relecture
from manufactures.actes.signature import ImageDeSignature
from manufactures.actes.signes import ExemplaireSigne, Numerisation, PageNumerisee
from manufactures.actes.suites import Suites
from manufactures.registres import VisiblesQuerySet
from manufactures.taches import reveiller

__all__ = [
    "Acte",
    "ActeQuerySet",
    "Compteur",
    "EtatActe",
    "ExemplaireSigne",
    "Formulation",
    "ImageDeSignature",
    "Numerisation",
    "PageNumerisee",
    "Relecture",
    "tirer_code",
]
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, O, 1, I
ESSAIS_MAX = 5
DELAIS = [timedelta(seconds=s) for s in (30, 120, 480, 1800)]  # between two tries


def tirer_code() -> str:
    """A verification code: 12 characters in three groups."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


class Compteur(models.Model):
    """Last number drawn in a year: a locked row, for a sequence would leave gaps after a rollback."""

    annee = models.PositiveSmallIntegerField(primary_key=True)
    dernier = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "compteur"

    def __str__(self):
        return f"{self.annee} : {self.dernier}"

    @classmethod
    def suivant(
        cls, annee: int, genre: str = "", *, par=None, delegation: str = ""
    ) -> tuple[int, dict[str, str], str]:
        """The next number of the year, held until the transaction ends; with it, the wordings that this kind has today
        and the digest of the image of the signature, where `par` has one under that delegation.
        """
        with connection.cursor() as curseur:
            curseur.execute(
                "INSERT INTO actes_compteur AS c (annee, dernier) VALUES (%s, 1) "
                "ON CONFLICT (annee) DO UPDATE SET dernier = c.dernier + 1 RETURNING dernier, (SELECT "
                "jsonb_object_agg(passage, texte) FROM actes_formulation WHERE genre = %s AND en_vigueur)::text, "
                "(SELECT i.empreinte FROM actes_imagedesignature i "
                "JOIN programme_delegation d ON d.id = i.delegation_id "
                "WHERE i.retiree_le IS NULL AND d.user_id = %s AND d.reference = %s ORDER BY i.id DESC LIMIT 1)",
                [annee, genre, par.pk if par else None, delegation],
            )
            rang, formulations, image = curseur.fetchone()
        return rang, json.loads(formulations or "{}"), image or ""


class EtatActe(models.TextChoices):
    """Where the file of an act stands."""

    A_RENDRE = "A_RENDRE", "En préparation"
    SCELLE = "SCELLE", "Scellé"
    ECHEC = "ECHEC", "En échec"
    ANNULE = "ANNULE", "Annulé"
    SANS_FICHIER = "SANS_FICHIER", "Sans fichier"


class ActeQuerySet(VisiblesQuerySet):
    """Acts by thread and by what is left to do."""

    def du_fil(self, fil: str):
        """Acts of one thread, oldest first."""
        return self.filter(fil=fil)

    def pour_les_listes(self):
        """Without the snapshots: a line shows none of them."""
        return self.defer("instantane")

    def a_produire(self):
        """Ordered and not yet sealed."""
        return self.filter(etat=EtatActe.A_RENDRE)

    def a_reprendre(self, instant: datetime):
        """Those whose turn has come: what failed waits longer each time."""
        return self.a_produire().filter(Q(prochain_essai_le=None) | Q(prochain_essai_le__lte=instant))

    def diffuses(self, instant: datetime):
        """Released at `instant`: an act under embargo is in nobody's list but the agents'."""
        return self.filter(lisible_le__lte=instant)


class Acte(Suites, models.Model):
    """One official document. Never edited: it is cancelled and replaced, both kept."""

    MODELE_REGARD = "acte"

    numero = models.CharField("numéro", max_length=16, unique=True)
    annee = models.PositiveSmallIntegerField("année")
    rang = models.PositiveIntegerField("rang dans l'année")
    genre = models.CharField("genre", max_length=40, choices=choix())
    fil = models.CharField("fil", max_length=80)
    cle = models.CharField("clé naturelle", max_length=80, blank=True)
    objet = models.CharField("objet", max_length=250)
    instantane = models.JSONField("instantané", encoder=DjangoJSONEncoder)
    etat = models.CharField("état du fichier", max_length=14, choices=EtatActe, default=EtatActe.A_RENDRE)
    motif_echec = models.TextField("raison de l'échec", blank=True)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    code = models.CharField("code de vérification", max_length=14, unique=True, default=tirer_code)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    fichier = models.CharField("fichier", max_length=120, blank=True)
    taille = models.PositiveIntegerField("taille, en octets", default=0)
    prochain_essai_le = models.DateTimeField("prochain essai le", null=True, blank=True)
    cree_le = models.DateTimeField("créé le", default=horloge.maintenant)
    cree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="créé par",
    )
    scelle_le = models.DateTimeField("scellé le", null=True, blank=True)
    lisible_le = models.DateTimeField("diffusé le", null=True, blank=True)
    lu_le = models.DateTimeField("première lecture le", null=True, blank=True)
    lu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lu par",
    )
    remplace_par = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="remplace"
    )
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    annule_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="annulé par",
    )
    motif_annulation = models.TextField("motif de l'annulation", blank=True, default="")
    poste_le = models.DateTimeField("envoyé par la poste le", null=True, blank=True)

    objects = ActeQuerySet.as_manager()

    class Meta:
        verbose_name = "acte"
        ordering = ["annee", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["annee", "rang"], name="acte_rang_unique"),
            models.UniqueConstraint(fields=["genre", "fil", "cle"], name="acte_unique_par_cle_naturelle"),
            models.CheckConstraint(
                condition=~Q(etat="SCELLE")
                | (~Q(empreinte="") & ~Q(fichier="") & Q(scelle_le__isnull=False)),
                name="acte_scelle_a_son_fichier",
            ),
        ]
        indexes = [
            models.Index(fields=["fil"], name="acte_fil"),
            models.Index(fields=["etat"], name="acte_a_rendre", condition=Q(etat="A_RENDRE")),
            models.Index(fields=["-cree_le"], name="acte_cree_le"),
        ]

    def __str__(self):
        return self.numero

    def get_absolute_url(self):
        """The act's page."""
        return reverse("actes:acte", args=[self.numero])

    @property
    def libelle(self) -> str:
        """The kind, in words."""
        return GENRES[self.genre].libelle

    @property
    def est_scelle(self) -> bool:
        """The file is there."""
        return self.etat == EtatActe.SCELLE

    @classmethod
    def commander(
        cls,
        genre: str,
        *,
        fil: str,
        instantane: dict,
        par,
        objet: str = "",
        cle: str = "",
        retenu: bool = False,
    ) -> "Acte":
        """Order an act in the caller's transaction: number, frozen snapshot, row; Celery renders it after the commit.

        `instantane` is JSON; the key "acte" is added here. `cle` makes the natural key with genre and thread: the same
        order twice gives the same row. `retenu` holds it back until `liberer` (embargo). Raises KeyError on an
        unknown kind.
        """
        libelle = GENRES[genre].libelle
        try:
            with transaction.atomic():
                return cls._numeroter(
                    genre,
                    libelle,
                    fil=fil,
                    instantane=instantane,
                    par=par,
                    objet=objet,
                    cle=cle,
                    retenu=retenu,
                )
        except IntegrityError:
            deja = cls.objects.filter(genre=genre, fil=fil, cle=cle).first()
            if deja is None:
                raise
            return deja  # the number drawn went back with the savepoint: no gap

    @classmethod
    def _numeroter(cls, genre, libelle, *, fil, instantane, par, objet, cle, retenu) -> "Acte":
        """Draw the number and write the row; both go back together where the natural key is taken."""
        instant = horloge.maintenant()
        annee = instant.astimezone(horloge.PARIS).year
        delegation = (instantane.get("signataire") or {}).get("delegation_ref") or ""
        rang, formulations, image = Compteur.suivant(annee, genre, par=par, delegation=delegation)
        instantane = {cle: valeur for cle, valeur in instantane.items() if cle != "signature"}
        if image:
            instantane["signature"] = {"image": image}
        if formulations:
            instantane = {"formulations": formulations} | instantane
        acte = cls(
            numero=f"MP-{annee}-{rang:06d}",
            annee=annee,
            rang=rang,
            genre=genre,
            fil=fil,
            cle=cle,
            objet=(objet or libelle)[:250],
            cree_par=par,
            cree_le=instant,
            lisible_le=None if retenu else instant,
        )
        acte.instantane = instantane | {
            "acte": {
                "numero": acte.numero,
                "date": instant.astimezone(horloge.PARIS).isoformat(),
                "code_verification": acte.code,
                "url_verification": f"{settings.SITE_URL}{reverse('actes:verification', args=[acte.code])}",
                "objet": acte.objet,
            }
        }
        acte.save(force_insert=True)
        reveiller(tasks.produire, acte.pk)
        return acte

    def liberer(self, instant: datetime | None = None) -> None:
        """End of the embargo: from `instant` (now by default) those concerned may read."""
        self.lisible_le = instant or horloge.maintenant()
        Acte.objects.filter(pk=self.pk, lisible_le=None).update(lisible_le=self.lisible_le)

    def noter_lecture(self, user) -> bool:
        """First reading by an addressee: the delay of appeal may run from it. True the first time."""
        instant = horloge.maintenant()
        premiere = Acte.objects.filter(pk=self.pk, lu_le=None).update(lu_le=instant, lu_par=user)
        if premiere:
            self.lu_le, self.lu_par = instant, user
        return bool(premiere)

    def deposer_fichier(self, pdf: bytes) -> None:
        """Store the sealed file under its digest, then mark the row: the first rendering only counts."""
        empreinte = hashlib.sha256(pdf).hexdigest()
        chemin = f"actes/{empreinte[:2]}/{empreinte}.pdf"
        if not default_storage.exists(chemin):
            default_storage.save(chemin, ContentFile(pdf))
        Acte.objects.filter(pk=self.pk, empreinte="").update(
            etat=EtatActe.SCELLE,
            empreinte=empreinte,
            fichier=chemin,
            taille=len(pdf),
            scelle_le=horloge.maintenant(),
            motif_echec="",
        )

    def noter_echec(self, raison: str, *, attendre: bool = False) -> None:
        """One more failed try, the next one later; after the last the agents see why, and a button to try again.

        `attendre`: what failed is elsewhere and will come back; the act goes on waiting, its reason is shown.
        """
        delai = DELAIS[min(self.essais, len(DELAIS) - 1)]
        Acte.objects.filter(pk=self.pk).update(
            essais=Least(F("essais") + 1, ESSAIS_MAX - 1) if attendre else F("essais") + 1,
            motif_echec=raison[:2000],
            prochain_essai_le=horloge.instant_exact() + delai,
        )
        Acte.objects.filter(pk=self.pk, etat=EtatActe.A_RENDRE, essais__gte=ESSAIS_MAX).update(
            etat=EtatActe.ECHEC
        )

    def relancer(self) -> None:
        """Try a failed rendering again."""
        with transaction.atomic():
            Acte.objects.filter(pk=self.pk, etat=EtatActe.ECHEC).update(
                etat=EtatActe.A_RENDRE, essais=0, prochain_essai_le=None
            )
            reveiller(tasks.produire, self.pk)

    def lire_fichier(self) -> bytes:
        """The sealed PDF. Raises FileNotFoundError where the storage lost it."""
        with default_storage.open(self.fichier) as fichier:
            return fichier.read()
