"""Amendments: numbered, one at a time, in force at the last of the two signatures (convention, article 14).

What moves here is the end of the convention. An amount is raised only after a new award, by a new convention.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Max, Q, UniqueConstraint

from accompagnement.models.base import personnes_distinctes, suivi_par
from accompagnement.models.convention import JOURS_POUR_SIGNER, Convention, signataire_de
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import EtatConvention
from manufactures.programme.models import Delegation
from manufactures.registres import GesteInterdit, TransitionInterdite, composer

EN_COURS = (EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)


class Avenant(models.Model):
    """One amendment: prepared by an agent at the beneficiary's request, signed by both, or withdrawn before."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="avenants")
    rang = models.PositiveSmallIntegerField("numéro")
    motif = models.CharField("motif", max_length=500)
    demande_le = models.DateField("demandé par le bénéficiaire le")
    ancienne_fin = models.DateField("fin de la convention avant lui")
    nouvelle_fin = models.DateField("nouvelle fin de la convention")
    prepare_le = models.DateTimeField("préparé le", default=horloge.maintenant)
    prepare_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signataire = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    acte = models.ForeignKey("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)
    signe_par_le_beneficiaire_le = models.DateTimeField("signé par le bénéficiaire le", null=True, blank=True)
    signataire_beneficiaire = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    signe_le = models.DateTimeField("signé par l'agence le", null=True, blank=True)
    signe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = suivi_par("convention__dossier").as_manager()

    class Meta:
        verbose_name = "avenant"
        ordering = ["rang"]
        constraints = [
            UniqueConstraint(fields=["convention", "rang"], name="avenant_numerote"),
            UniqueConstraint(
                fields=["convention"],
                condition=Q(signe_le=None, retire_le=None),
                name="avenant_un_seul_a_signer",
            ),
            CheckConstraint(condition=Q(nouvelle_fin__gt=F("ancienne_fin")), name="avenant_prolonge"),
            CheckConstraint(
                condition=Q(signe_par_le_beneficiaire_le=None, signataire_beneficiaire=None)
                | Q(signe_par_le_beneficiaire_le__isnull=False, signataire_beneficiaire__isnull=False),
                name="avenant_signe_par_le_beneficiaire",
            ),
            CheckConstraint(
                condition=Q(signe_le=None, signe_par=None)
                | Q(
                    signe_le__isnull=False,
                    signe_par__isnull=False,
                    signe_par_le_beneficiaire_le__isnull=False,
                    signe_le__gte=F("signe_par_le_beneficiaire_le"),
                    signe_par=F("signataire"),
                    retire_le=None,
                ),
                name="avenant_signe_des_deux",
            ),
            CheckConstraint(
                condition=personnes_distinctes("prepare_par", "signataire", "signataire_beneficiaire"),
                name="avenant_signe_par_d_autres",
            ),
        ]

    def __str__(self):
        return f"Avenant n° {self.rang}"

    @property
    def attend(self) -> str:
        """Whose signature it waits for: beneficiaire, agence, or nobody's."""
        if self.signe_le or self.retire_le:
            return ""
        return "agence" if self.signe_par_le_beneficiaire_le else "beneficiaire"

    # -- Deeds -----------------------------------------------------------------------------------------------------
    @classmethod
    def preparer(cls, convention, *, par, motif, demande_le, nouvelle_fin) -> "Avenant":
        """Draw it up with its act, before the end of the convention. Raises TransitionInterdite."""
        exiger("preparer_convention", par, convention)
        with transaction.atomic():
            convention = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
            _verifier_en_cours(convention)
            if convention.avenants.filter(signe_le=None, retire_le=None).exists():
                raise TransitionInterdite("Un avenant attend déjà d'être signé.")
            if nouvelle_fin <= convention.fin_le:
                raise TransitionInterdite("La nouvelle fin est après celle de la convention.")
            if demande_le > horloge.aujourd_hui():
                raise TransitionInterdite("La demande du bénéficiaire n'est pas à venir.")
            rang = (convention.avenants.aggregate(dernier=Max("rang"))["dernier"] or 0) + 1
            avenant = cls.objects.create(
                convention=convention,
                rang=rang,
                motif=motif,
                demande_le=demande_le,
                ancienne_fin=convention.fin_le,
                nouvelle_fin=nouvelle_fin,
                prepare_par=par,
                signataire=signataire_de(convention.dossier, par, "avenant"),
            )
            entree = consigner(
                convention.fil, "preparer_avenant", par=par, avenant=rang, fin=nouvelle_fin.isoformat()
            )
            avenant._commander_l_acte(entree, par)
        return avenant

    def _commander_l_acte(self, entree, par) -> None:
        convention = self.convention
        self.acte = Acte.commander(
            "avenant",
            fil=convention.fil,
            par=par,
            cle=f"avenant-{self.pk}",
            instantane=composer("avenant", self, evenement=entree, par=par),
            objet=f"{self} à la convention n° {convention.acte.numero}",
        )
        self.save(update_fields=["acte"])
        convention.dossier.ajouter_acte(self.acte)
        echeance = horloge.aujourd_hui() + horloge.avancer(days=JOURS_POUR_SIGNER)
        acte = {"numero": self.acte.numero, "objet": self.acte.objet}
        Message.preparer(
            "convention_a_signer",
            a=convention.destinataires("convention_a_signer"),
            contexte=convention.contexte_des_messages() | {"acte": acte, "echeance": echeance.isoformat()},
            evenement=f"{convention.fil}#{entree.rang}",
            fil=convention.fil,
            lien=f"{convention.get_absolute_url()}avenants/",
        )

    def _verrouiller(self, attendue: str) -> "Avenant":
        convention = Convention.objects.select_for_update(of=("self",)).get(pk=self.convention_id)
        _verifier_en_cours(convention)
        lignes = Avenant.objects.select_related("convention__dossier__vague__appel", "signataire", "acte")
        avenant = lignes.select_for_update(of=("self",)).get(pk=self.pk)
        if not avenant.attend or attendue not in ("", avenant.attend):
            raise TransitionInterdite("Cet avenant n'attend pas cette signature.")
        return avenant

    def _ecrire(self, action, par, **champs):
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.save(update_fields=list(champs))
        consigner(self.convention.fil, action, par=par, avenant=self.rang, acte=self.acte.numero)

    def signer_beneficiaire(self, *, par) -> None:
        """The beneficiary signs first."""
        exiger("signer_convention", par, self.convention)
        with transaction.atomic():
            ligne = self._verrouiller("beneficiaire")
            instant = horloge.maintenant()
            champs = {"signe_par_le_beneficiaire_le": instant, "signataire_beneficiaire": par}
            ligne._ecrire("signer_avenant_beneficiaire", par, **champs)
        self.refresh_from_db()

    def signer(self, *, par) -> None:
        """The agency signs last, by whom the text names: from now on the convention ends on the new day."""
        exiger("ordonner_versement", par, self.convention)
        with transaction.atomic():
            ligne = self._verrouiller("agence")
            if ligne.signataire_id != par.pk:
                raise GesteInterdit(f"Cet avenant nomme {ligne.signataire} : la signature lui revient.")
            appel = ligne.convention.dossier.appel
            if not Delegation.en_vigueur(par, appel, horloge.maintenant(), "avenant"):
                raise GesteInterdit("Votre délégation de signature n'est pas en vigueur.")
            ligne._ecrire("signer_avenant", par, signe_par=par, signe_le=horloge.maintenant())
            convention = ligne.convention
            convention.fin_le = ligne.nouvelle_fin
            convention.save(update_fields=["fin_le"])
        self.refresh_from_db()

    def retirer(self, *, par) -> None:
        """Withdrawn before its last signature; its number is not used again."""
        exiger("preparer_convention", par, self.convention)
        with transaction.atomic():
            self._verrouiller("")._ecrire("retirer_avenant", par, retire_le=horloge.maintenant())
        self.refresh_from_db()


def _verifier_en_cours(convention) -> None:
    if convention.etat not in EN_COURS or not convention.fin_le:
        raise TransitionInterdite("Un avenant modifie une convention signée et en cours.")
    if convention.fin_le < horloge.aujourd_hui():
        raise TransitionInterdite("La convention est arrivée à son terme : elle ne se modifie plus.")
