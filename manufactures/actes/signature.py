"""The image of a signature: drawn again from its pixels, kept with the delegation, printed on what it signs.

It proves nothing, and the act says so: the seal does. A replaced or removed image stays for the acts that bear it.
"""

import hashlib
from base64 import b64encode

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q

from manufactures import horloge
from manufactures.actes.decoupeur import redessiner
from manufactures.fichiers import verrouiller
from manufactures.journal.models import consigner
from manufactures.programme.models import Delegation


def delegations_de(user):
    """The delegations in force now in this person's name."""
    instant = horloge.maintenant()
    en_vigueur = Delegation.objects.filter(Q(au=None) | Q(au__gt=instant), user=user, du__lte=instant)
    return en_vigueur.select_related("appel").order_by("appel__titre", "-du")


def chemin_de(empreinte: str) -> str:
    """Where the image of this digest is stored."""
    return f"signatures/{empreinte[:2]}/{empreinte}.png"


def adresse_de_l_image(empreinte: str) -> str:
    """The image as a data: address, for an act fetches nothing. Raises ValueError where it is not what it was."""
    with default_storage.open(chemin_de(empreinte)) as fichier:
        contenu = fichier.read()
    if hashlib.sha256(contenu).hexdigest() != empreinte:
        raise ValueError("L'image de la signature n'a plus l'empreinte qu'elle avait à la signature.")
    return f"data:image/png;base64,{b64encode(contenu).decode()}"


class ImageDeSignatureQuerySet(models.QuerySet):
    """Images of signatures."""

    def visibles_par(self, user):
        """One's own; others see it on the acts."""
        return self.filter(delegation__user=user) if user.is_active else self.none()

    def en_vigueur(self):
        """Those that the next acts bear."""
        return self.filter(retiree_le=None)


class ImageDeSignature(models.Model):
    """One image of one delegation; the present one, or a former one that acts still bear."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="+")
    fichier = models.CharField("fichier", max_length=120)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    taille = models.PositiveIntegerField("taille, en octets")
    posee_le = models.DateTimeField("posée le", default=horloge.maintenant)
    retiree_le = models.DateTimeField("retirée le", null=True)

    objects = ImageDeSignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "image de signature"
        verbose_name_plural = "images de signature"
        ordering = ["-posee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delegation"],
                condition=Q(retiree_le=None),
                name="image_de_signature_une_par_delegation",
            ),
        ]

    def __str__(self):
        return f"{self.delegation_id}, {self.posee_le:%d/%m/%Y}"

    @classmethod
    def poser(cls, delegation, contenu: bytes, *, par) -> "ImageDeSignature":
        """From now on the acts signed under this delegation bear this image. Raises NumerisationRefusee."""
        image = redessiner(contenu)
        empreinte = hashlib.sha256(image).hexdigest()
        with transaction.atomic():
            cls._retirer(delegation)
            chemin = chemin_de(empreinte)
            verrouiller(chemin)
            if not default_storage.exists(chemin):
                default_storage.save(chemin, ContentFile(image))
            consigner(
                f"appel/{delegation.appel.slug}",
                "poser_signature",
                par=par,
                delegation=delegation.reference,
                empreinte=empreinte,
            )
            return cls.objects.create(
                delegation=delegation, fichier=chemin, empreinte=empreinte, taille=len(image)
            )

    @classmethod
    def oter(cls, delegation, *, par) -> bool:
        """The next acts bear none. False where there was none."""
        with transaction.atomic():
            if not cls._retirer(delegation):
                return False
            consigner(
                f"appel/{delegation.appel.slug}", "oter_signature", par=par, delegation=delegation.reference
            )
        return True

    @classmethod
    def _retirer(cls, delegation) -> int:
        Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
        return cls.objects.en_vigueur().filter(delegation=delegation).update(retiree_le=horloge.maintenant())

    def lire_fichier(self) -> bytes:
        """The image. Raises FileNotFoundError where the storage lost it."""
        with default_storage.open(self.fichier) as fichier:
            return fichier.read()
