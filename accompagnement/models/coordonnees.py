"""Where the subsidy is paid: shown masked; in full to a responsable who asks, which is journalled; never logged."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from stdnum import iban as _iban
from stdnum.exceptions import ValidationError as NumeroInvalide

from accompagnement.models.base import suivi_par
from accompagnement.models.convention import Convention
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.chiffrement import TexteChiffre
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import EtatConvention
from manufactures.registres import TransitionInterdite

LONGUEUR_FR = 27
USAGE = "iban"  # of the key that encrypts accounts at rest


def valider_iban(numero: str) -> None:
    """Its country's length, and the remainder 1 modulo 97."""
    try:
        _iban.validate(numero, check_country=False)
    except NumeroInvalide:
        raise ValidationError(
            "Cet IBAN n'est pas valide : recopiez-le depuis votre relevé.", code="iban"
        ) from None
    if numero.startswith("FR") and len(numero) != LONGUEUR_FR:
        raise ValidationError("Un IBAN français compte 27 caractères.", code="iban")


valider_bic = RegexValidator(
    r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$", "Un BIC compte 8 ou 11 caractères.", code="bic"
)


class CoordonneesBancaires(models.Model):
    """The account of a beneficiary, encrypted at rest; once the convention is signed, two agents confirm a change."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="coordonnees_bancaires")
    iban = TexteChiffre("IBAN", max_length=34, validators=[valider_iban], usage=USAGE)
    bic = models.CharField("BIC", max_length=11, validators=[valider_bic])
    titulaire = models.CharField("titulaire du compte", max_length=255)
    declarees_le = models.DateTimeField("déclarées le", default=horloge.maintenant)
    declarees_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "coordonnées bancaires"
        verbose_name_plural = "coordonnées bancaires"

    def __str__(self):
        return self.masque

    @property
    def masque(self) -> str:
        """All that screens, acts and the journal may say of the account."""
        return f"se terminant par {self.iban[-4:]}"

    def consulter(self, *, par) -> str:
        """The whole number, in groups of four, to a responsable of the call (rights matrix, row 44), on the record."""
        exiger("lire_iban", par, self.dossier)
        consigner(self.dossier.fil, "consulter_compte", par=par, compte=self.masque)
        return " ".join(self.iban[i : i + 4] for i in range(0, len(self.iban), 4))

    @classmethod
    def declarer(cls, dossier, *, par, iban, bic, titulaire) -> "CoordonneesBancaires":
        """Give or replace the account, until the beneficiary has signed.

        Raises ValidationError, TransitionInterdite.
        """
        exiger("declarer_compte", par, dossier)
        compte = _iban.compact(iban).upper()
        valider_iban(compte)
        valider_bic(bic)
        with transaction.atomic():
            Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            convention = Convention.objects.filter(dossier=dossier).first()
            if convention and (
                convention.signee_par_le_beneficiaire_le or convention.etat != EtatConvention.EN_PROJET
            ):
                raise TransitionInterdite(
                    "La convention est signée : demandez un changement de compte, que deux agents vérifieront."
                )
            coordonnees, _ = cls.objects.update_or_create(
                dossier=dossier,
                defaults={
                    "iban": compte,
                    "bic": bic,
                    "titulaire": titulaire,
                    "declarees_par": par,
                    "declarees_le": horloge.maintenant(),
                },
            )
            consigner(dossier.fil, "declarer_compte", par=par, compte=coordonnees.masque)
        return coordonnees
