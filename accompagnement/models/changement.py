"""A new account once the convention is signed: asked by the beneficiary, verified then confirmed by two agents.

The fraud is known: somebody who holds a mailbox sends a new account. So the beneficiary is told at once, nothing goes
into a payment file meanwhile, and neither agent is who asks.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint
from stdnum import iban as _iban

from accompagnement.models.base import personnes_distinctes, suivi_par
from accompagnement.models.convention import Convention
from accompagnement.models.coordonnees import USAGE, CoordonneesBancaires, valider_bic, valider_iban
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.chiffrement import TexteChiffre
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.registres import GesteInterdit, TransitionInterdite


class ChangementDeCompte(models.Model):
    """One request, until it is confirmed or refused."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="changements_de_compte")
    iban = TexteChiffre("IBAN", max_length=34, validators=[valider_iban], usage=USAGE)
    bic = models.CharField("BIC", max_length=11, validators=[valider_bic])
    titulaire = models.CharField("titulaire du compte", max_length=255)
    demande_le = models.DateTimeField("demandé le", default=horloge.maintenant)
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verifie_le = models.DateTimeField("vérifié le", null=True, blank=True)
    verifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    verification = models.CharField("comment il a été vérifié", max_length=500, blank=True)
    confirme_le = models.DateTimeField("confirmé le", null=True, blank=True)
    confirme_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    refuse_le = models.DateTimeField("refusé le", null=True, blank=True)
    refuse_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    motif_refus = models.CharField("motif du refus", max_length=500, blank=True)

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "changement de compte"
        verbose_name_plural = "changements de compte"
        ordering = ["demande_le", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["dossier"],
                condition=Q(confirme_le=None, refuse_le=None),
                name="changement_de_compte_un_seul_en_cours",
            ),
            CheckConstraint(
                condition=personnes_distinctes("demande_par", "verifie_par", "confirme_par"),
                name="changement_de_compte_trois_personnes",
            ),
            CheckConstraint(
                condition=Q(verifie_le=None, verifie_par=None, verification="")
                | Q(verifie_le__isnull=False, verifie_par__isnull=False) & ~Q(verification=""),
                name="changement_de_compte_verifie",
            ),
            CheckConstraint(
                condition=Q(confirme_le=None, confirme_par=None)
                | Q(
                    confirme_le__isnull=False,
                    confirme_par__isnull=False,
                    verifie_le__isnull=False,
                    refuse_le=None,
                ),
                name="changement_de_compte_confirme_apres_verification",
            ),
            CheckConstraint(
                condition=Q(refuse_le=None, refuse_par=None, motif_refus="")
                | Q(refuse_le__isnull=False, refuse_par__isnull=False) & ~Q(motif_refus=""),
                name="changement_de_compte_refuse_avec_motif",
            ),
        ]

    def __str__(self):
        return f"Changement de compte, {self.masque}"

    @property
    def masque(self) -> str:
        """All that screens may say of the new account."""
        return f"se terminant par {self.iban[-4:]}"

    @classmethod
    def en_cours(cls, dossier) -> "ChangementDeCompte | None":
        """The request that waits, or None."""
        attentes = cls.objects.filter(dossier=dossier, confirme_le=None, refuse_le=None)
        return attentes.select_related("demande_par", "verifie_par").first()

    @classmethod
    def demander(cls, dossier, *, par, iban, bic, titulaire) -> "ChangementDeCompte":
        """Ask for another account; the beneficiary's people are told. Raises ValidationError, TransitionInterdite."""
        exiger("changer_compte", par, dossier)
        compte = _iban.compact(iban).upper()
        valider_iban(compte)
        valider_bic(bic)
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            convention = Convention.objects.filter(dossier=dossier).first()
            if convention is None or not convention.signee_par_le_beneficiaire_le:
                raise TransitionInterdite(
                    "La convention n'est pas signée : déclarez simplement votre compte."
                )
            if cls.en_cours(dossier):
                raise TransitionInterdite("Un changement de compte attend déjà d'être vérifié.")
            if dossier.coordonnees_bancaires.iban == compte:
                raise TransitionInterdite("Ce compte est déjà celui de la convention.")
            changement = cls.objects.create(
                dossier=dossier, demande_par=par, iban=compte, bic=bic, titulaire=titulaire
            )
            entree = consigner(dossier.fil, "changer_compte", par=par, compte=changement.masque)
            Message.preparer(
                "rib_modifie",
                a=dossier.destinataires("rib_modifie"),
                contexte=dossier.contexte_des_messages() | {"auteur": par.nom_complet},
                evenement=f"{dossier.fil}#{entree.rang}",
                fil=dossier.fil,
                lien=convention.get_absolute_url(),
            )
        return changement

    def _verrouiller(self) -> "ChangementDeCompte":
        Dossier.objects.select_for_update(of=("self",)).get(pk=self.dossier_id)
        ligne = ChangementDeCompte.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if ligne.confirme_le or ligne.refuse_le:
            raise TransitionInterdite("Ce changement de compte est déjà réglé.")
        return ligne

    def _ecrire(self, action, par, **champs):
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.save(update_fields=list(champs))
        consigner(self.dossier.fil, action, par=par, compte=self.masque)

    def verifier(self, *, par, verification) -> None:
        """A first agent has called the beneficiary back on a number known beforehand, and says how."""
        exiger("verifier_compte", par, self.dossier)
        if not verification.strip():
            raise TransitionInterdite("Écrivez comment vous avez vérifié ce compte.")
        with transaction.atomic():
            ligne = self._verrouiller()
            if ligne.verifie_le:
                raise TransitionInterdite("Ce compte est déjà vérifié : une autre personne le confirme.")
            if ligne.demande_par_id == par.pk:
                raise GesteInterdit("Vous avez demandé ce changement : une autre personne le vérifie.")
            instant = horloge.maintenant()
            ligne._ecrire(
                "verifier_compte", par, verifie_le=instant, verifie_par=par, verification=verification
            )
        self.refresh_from_db()

    def confirmer(self, *, par) -> None:
        """A second person confirms: from now on this is the convention's account."""
        exiger("confirmer_compte", par, self.dossier)
        with transaction.atomic():
            ligne = self._verrouiller()
            if not ligne.verifie_le:
                raise TransitionInterdite("Ce compte n'est pas encore vérifié.")
            if par.pk in (ligne.verifie_par_id, ligne.demande_par_id):
                raise GesteInterdit("Vous avez vérifié ce compte : une autre personne le confirme.")
            ligne._ecrire("confirmer_compte", par, confirme_le=horloge.maintenant(), confirme_par=par)
            compte = CoordonneesBancaires.objects.select_for_update(of=("self",)).get(dossier=self.dossier_id)
            compte.iban, compte.bic, compte.titulaire = ligne.iban, ligne.bic, ligne.titulaire
            compte.declarees_par, compte.declarees_le = ligne.demande_par, ligne.demande_le
            compte.save()
        self.refresh_from_db()

    def refuser(self, *, par, motif) -> None:
        """The account stays what it was."""
        exiger("verifier_compte", par, self.dossier)
        if not motif.strip():
            raise TransitionInterdite("Écrivez le motif du refus : le bénéficiaire le lira.")
        with transaction.atomic():
            ligne = self._verrouiller()
            ligne._ecrire(
                "refuser_compte", par, refuse_le=horloge.maintenant(), refuse_par=par, motif_refus=motif
            )
        self.refresh_from_db()
