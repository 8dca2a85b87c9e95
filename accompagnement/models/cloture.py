"""The end of the two years: what was done, what comes next."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import UniqueConstraint

from accompagnement.models.base import suivi_par
from candidatures.models import Dossier, Indicateur
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite


class BilanAccompagnement(models.Model):
    """The closing report: state of the project, both appreciations, what comes next; figures come from the rows."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="bilan_accompagnement")
    avancement = models.TextField("avancement du projet et usage des subventions", max_length=3000)
    appreciation_porteur = models.TextField("appréciation du porteur", max_length=3000, blank=True)
    appreciation_agence = models.TextField("appréciation de l'agence", max_length=3000)
    suites = models.TextField("suites", max_length=3000)
    redige_le = models.DateTimeField("rédigé le", default=horloge.maintenant)
    redige_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "bilan d'accompagnement"
        verbose_name_plural = "bilans d'accompagnement"

    def __str__(self):
        return f"Bilan d'accompagnement de {self.dossier}"

    @classmethod
    def rediger(
        cls, dossier, *, par, avancement, appreciation_agence, suites, appreciation_porteur="", atteints=()
    ) -> "BilanAccompagnement":
        """Write or rewrite the report while the support runs; `atteints` is [(indicator, value, source)]."""
        exiger("rediger_cloture", par, dossier)
        with transaction.atomic():
            verrouille = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            if verrouille.etat != Etat.EN_ACCOMPAGNEMENT:
                raise TransitionInterdite("L'accompagnement de ce projet n'est pas en cours.")
            bilan, _ = cls.objects.update_or_create(
                dossier=dossier,
                defaults={
                    "avancement": avancement,
                    "appreciation_agence": appreciation_agence,
                    "suites": suites,
                    "appreciation_porteur": appreciation_porteur,
                    "redige_par": par,
                    "redige_le": horloge.maintenant(),
                },
            )
            for indicateur, valeur, source in atteints:
                IndicateurAtteint.objects.update_or_create(
                    bilan=bilan, indicateur=indicateur, defaults={"valeur": valeur, "source": source}
                )
            consigner(dossier.fil, "rediger_cloture", par=par, indicateurs=len(list(atteints)))
        return bilan


class IndicateurAtteint(models.Model):
    """What an indicator of the dossier has become."""

    bilan = models.ForeignKey(BilanAccompagnement, models.CASCADE, related_name="atteints")
    indicateur = models.ForeignKey(Indicateur, models.PROTECT, related_name="+")
    valeur = models.CharField("atteint", max_length=40)
    source = models.CharField("source", max_length=200, blank=True)

    objects = suivi_par("bilan__dossier").as_manager()

    class Meta:
        verbose_name = "indicateur atteint"
        verbose_name_plural = "indicateurs atteints"
        constraints = [UniqueConstraint(fields=["bilan", "indicateur"], name="indicateur_atteint_unique")]

    def __str__(self):
        return f"{self.indicateur} : {self.valeur}"
