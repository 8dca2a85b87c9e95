"""The journal: each deed is one line, chained to the line before it on its thread; the database refuses any change."""

import hashlib
import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import Q

from manufactures import horloge

RACINE = "0" * 64


class Entree(models.Model):
    """Who did what, as what, when, from which state to which, why; `fil` names the thread, no key points upward."""

    fil = models.CharField("fil", max_length=80)
    rang = models.PositiveIntegerField("rang")
    action = models.CharField("action", max_length=60)
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="acteur",
    )
    role = models.CharField("en qualité de", max_length=14, blank=True)
    de = models.CharField("de", max_length=20, blank=True)
    vers = models.CharField("vers", max_length=20, blank=True)
    motif = models.TextField("motif", blank=True)
    faits = models.JSONField("faits", default=dict, blank=True, encoder=DjangoJSONEncoder)
    le = models.DateTimeField("le", default=horloge.maintenant)
    precedente = models.CharField("empreinte précédente", max_length=64)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "entrées du journal"
        ordering = ["fil", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["fil", "rang"], name="journal_rang_unique"),
            models.CheckConstraint(condition=Q(rang__gte=1), name="journal_rang_positif"),
        ]
        indexes = [models.Index(fields=["-le"], name="journal_le")]

    def __str__(self):
        return f"{self.fil} {self.rang} {self.action}"

    def calculer_empreinte(self) -> str:
        """SHA-256 of everything the line says, the digest before it included."""
        return condenser([getattr(self, nom) for nom in CONDENSES])


# What a digest is drawn from, in this order for ever.
CONDENSES = ("fil", "rang", "action", "acteur_id", "role", "de", "vers", "motif", "faits", "le", "precedente")
_json = DjangoJSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonique(dits: list) -> str:
    """The canonical JSON of a line, its values in the order of `CONDENSES`: what its digest is drawn from."""
    *debut, le, precedente = dits
    return _json([*debut, le.astimezone(horloge.UTC).isoformat(timespec="microseconds"), precedente])


def condenser(dits: list) -> str:
    """SHA-256 of the canonical JSON of a line."""
    return hashlib.sha256(canonique(dits).encode()).hexdigest()


def consigner(
    fil: str, action: str, *, par, motif: str = "", de: str = "", vers: str = "", role: str = "", **faits
) -> Entree:
    """Write one line at the end of the thread `fil`, in the caller's transaction.

    `par` is a User, or None for the machine. `faits` are JSON values (no e-mail, bank number or telephone in them).
    An advisory lock on the thread orders concurrent writers; it lasts as long as the transaction, so there is one.
    """
    if not connection.in_atomic_block:
        with transaction.atomic():
            return consigner(fil, action, par=par, motif=motif, de=de, vers=vers, role=role, **faits)
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["journal " + fil])
    derniere = Entree.objects.filter(fil=fil).order_by("-rang").values_list("rang", "empreinte").first()
    rang, precedente = derniere or (0, RACINE)
    entree = Entree(
        fil=fil,
        rang=rang + 1,
        action=action,
        acteur=par,
        role=role,
        de=de,
        vers=vers,
        motif=motif,
        faits=json.loads(json.dumps(faits, cls=DjangoJSONEncoder)),
        precedente=precedente,
    )
    entree.empreinte = entree.calculer_empreinte()
    entree.save(force_insert=True)
    return entree


def derniere_cle() -> int:
    """Key of the last entry, 0 where there is none: what was counted before is to be counted again after."""
    return Entree.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def premiere_rupture(lot: int = 5_000) -> tuple[int, Entree | None]:
    """How many lines were checked, and the first broken one: digest, rank or link to the line before.

    Plain rows under a cursor that the transaction keeps open: millions of lines pass, none stays in memory.
    """
    verifiees, fil, rang, empreinte = 0, None, 0, RACINE
    with transaction.atomic():
        lignes = Entree.objects.order_by("fil", "rang").values_list(*CONDENSES, "empreinte", "pk")
        for *dite, empreinte_dite, cle in lignes.iterator(chunk_size=lot):
            if dite[0] != fil:
                fil, rang, empreinte = dite[0], 0, RACINE
            suite_rompue = dite[1] != rang + 1 or dite[-1] != empreinte
            if suite_rompue or empreinte_dite != condenser(dite):
                return verifiees, Entree.objects.get(pk=cle)
            rang, empreinte = dite[1], empreinte_dite
            verifiees += 1
    return verifiees, None
