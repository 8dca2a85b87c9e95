"""Texts that a responsable prepares for the call and that agents begin their messages with."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint

from manufactures import horloge
from manufactures.francais import echeance as en_toutes_lettres
from manufactures.francais import enumerer
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import appels_de

VARIABLE = re.compile(r"\{([^{}\n]*)\}")
A_PRECISER = "[à préciser]"
# What a text may name, and what it becomes.
VARIABLES = {
    "nom_projet": "le nom du projet",
    "numero": "le numéro du dossier",
    "structure": "la raison sociale du porteur",
    "vague": "la vague",
    "echeance": "l'échéance de la demande de compléments en cours",
    "agent": "le nom de l'agent qui écrit",
    "service": "le nom du service",
}


def verifier_variables(texte: str) -> None:
    """Raises ValidationError, naming what is not a variable, or a brace that stands alone."""
    inconnues = [nom for nom in VARIABLE.findall(texte) if nom not in VARIABLES]
    if inconnues:
        nommees = enumerer([f"{{{nom}}}" for nom in dict.fromkeys(inconnues)])
        raise ValidationError(
            f"Variable inconnue : {nommees}. Prenez-en une dans la liste, écrite exactement comme elle y est.",
            code="variable",
        )
    if set("{}") & set(VARIABLE.sub("", texte)):
        raise ValidationError(
            "Une accolade est ouverte sans être fermée, ou l'inverse : une variable s'écrit {nom_projet}.",
            code="accolade",
        )


class ModeleDeMessageQuerySet(models.QuerySet):
    """Texts by call."""

    def visibles_par(self, user):
        """The agents of the call, and who audits it."""
        roles = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)
        if not user.a_le_role(*roles):
            return self.none()
        return self.filter(appel__in=appels_de(user, *roles))

    def en_service(self):
        """Those not taken away."""
        return self.filter(retire_le=None)


class ModeleDeMessage(models.Model):
    """One text, with its variables in braces."""

    appel = models.ForeignKey("programme.Appel", models.PROTECT, related_name="modeles_de_messages")
    titre = models.CharField("titre", max_length=120)
    texte = models.TextField("texte", max_length=5000)
    modifie_le = models.DateTimeField("modifié le", default=horloge.maintenant)
    modifie_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ModeleDeMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de message"
        verbose_name_plural = "modèles de messages"
        ordering = ["titre", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["appel", "titre"], condition=Q(retire_le=None), name="modele_message_un_titre"
            ),
            CheckConstraint(condition=~Q(titre="") & ~Q(texte=""), name="modele_message_non_vide"),
        ]

    def __str__(self):
        return self.titre

    @classmethod
    def ecrire(cls, appel, *, par, titre: str, texte: str, modele: "ModeleDeMessage | None" = None):
        """Write a new text, or this one again. Raises ValidationError for an unknown variable or a title taken."""
        titre, texte = titre.strip(), texte.strip()
        verifier_variables(texte)
        with transaction.atomic():
            autres = cls.objects.en_service().filter(appel=appel, titre__iexact=titre)
            if modele is not None:
                autres = autres.exclude(pk=modele.pk)
            if autres.exists():
                raise ValidationError("Un autre modèle de cet appel porte ce titre.", code="titre")
            modele = modele or cls(appel=appel)
            modele.titre, modele.texte = titre, texte
            modele.modifie_par, modele.modifie_le = par, horloge.maintenant()
            modele.save()
            consigner(
                f"appel/{appel.slug}", "ecrire_modele_de_message", par=par, modele=modele.pk, titre=titre
            )
        return modele

    def retirer(self, *, par) -> None:
        """Propose it no more; messages already sent keep their words."""
        with transaction.atomic():
            self.retire_le = horloge.maintenant()
            self.save(update_fields=["retire_le"])
            consigner(
                f"appel/{self.appel.slug}",
                "retirer_modele_de_message",
                par=par,
                modele=self.pk,
                titre=self.titre,
            )

    def rediger(self, dossier, *, par, demande=None) -> str:
        """The text with this dossier's values; what has none is to be written by hand."""
        valeurs = {
            "nom_projet": dossier.nom_projet,
            "numero": dossier.numero,
            "structure": dossier.raison_sociale,
            "vague": dossier.vague.libelle,
            "echeance": en_toutes_lettres(demande.echeance) if demande else "",
            "agent": par.nom_complet,
            "service": dossier.vague.appel.service_nom,
        }
        return VARIABLE.sub(lambda trouve: valeurs.get(trouve[1]) or A_PRECISER, self.texte)
