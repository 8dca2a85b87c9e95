"""The rules of a committee: a row a call, copied on each sitting, whose copy never changes once it has opened.

The defaults are those of the State's advisory commissions (CRPA R133-5 to R133-13); the committee adopts them, or
others, in its règlement intérieur.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from manufactures import horloge
from manufactures.francais import compter
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import appels_de, est_habilite
from manufactures.registres import GesteInterdit
from selection.models.choix import EtatSeance

DE_LA_MAISON = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)
FRACTIONS = {(1, 2): "la moitié", (1, 3): "le tiers", (2, 3): "les deux tiers", (3, 4): "les trois quarts"}
MANDATS_AU_PLUS = 5


class Majorite(models.TextChoices):
    """What a question needs to be adopted."""

    PRESENTS = "PRESENTS", "Majorité des membres présents ou représentés"
    EXPRIMES = "EXPRIMES", "Majorité des voix exprimées"
    COMPOSITION = "COMPOSITION", "Majorité des membres qui composent le comité"


# How each counts what is neither for nor against.
ABSTENTIONS = {
    Majorite.PRESENTS: "une abstention compte comme une voix contre",
    Majorite.EXPRIMES: "les abstentions et les blancs ne comptent pas",
    Majorite.COMPOSITION: "une abstention ou une absence compte comme une voix contre",
}


class Regles(models.Model):
    """The rules themselves: the call's row, and each sitting's copy."""

    quorum_numerateur = models.PositiveSmallIntegerField("quorum, numérateur", default=1)
    quorum_denominateur = models.PositiveSmallIntegerField("quorum, dénominateur", default=2)
    delai_convocation_jours = models.PositiveSmallIntegerField("délai de convocation, en jours", default=5)
    majorite = models.CharField("majorité", max_length=12, choices=Majorite, default=Majorite.PRESENTS)
    voix_preponderante = models.BooleanField("voix prépondérante de la présidence", default=True)
    mandats_par_membre = models.PositiveSmallIntegerField("mandats par membre, au plus", default=1)
    seconde_sans_quorum = models.BooleanField("seconde convocation sans condition de quorum", default=True)
    secret_a_distance = models.BooleanField("vote secret à distance admis", default=False)

    COPIEES = (
        "quorum_numerateur", "quorum_denominateur", "delai_convocation_jours", "majorite", "voix_preponderante",
        "mandats_par_membre", "seconde_sans_quorum", "secret_a_distance",
    )  # fmt: skip

    class Meta:
        abstract = True

    def copie(self) -> dict:
        """Name -> value, for a sitting or the journal."""
        return {nom: getattr(self, nom) for nom in self.COPIEES}

    @property
    def fraction(self) -> str:
        """« la moitié »."""
        nombres = (self.quorum_numerateur, self.quorum_denominateur)
        return FRACTIONS.get(nombres, f"{nombres[0]}/{nombres[1]}")

    def en_phrases(self) -> list[tuple[str, str]]:
        """Each rule in a sentence, with the article it comes from or departs from."""
        compte = ABSTENTIONS[Majorite(self.majorite)]
        return [
            (
                f"Convocation {compter(self.delai_convocation_jours, 'jour')} avant la séance, sauf urgence motivée",
                "R133-8",
            ),
            (
                f"Quorum : {self.fraction} des membres qui composent le comité, présents ou représentés ; un membre "
                "déporté n'y compte pas",
                "R133-10",
            ),
            (
                "Seconde convocation sur le même ordre du jour : "
                + ("aucun quorum" if self.seconde_sans_quorum else "le même quorum"),
                "R133-10",
            ),
            (f"{self.get_majorite_display()} : {compte}", "R133-11"),
            (
                "À égalité, la présidence a voix prépondérante dans un vote à main levée ; un vote secret se refait "
                "une fois"
                if self.voix_preponderante
                else "À égalité, le vote se refait une fois ; la présidence n'a pas voix prépondérante",
                "R133-11",
            ),
            (self.phrase_des_mandats, "R133-9"),
            (
                "Vote secret à distance admis" if self.secret_a_distance else "Pas de vote secret à distance",
                "ordonnance 2014-1329",
            ),
        ]

    @property
    def phrase_des_mandats(self) -> str:
        """How many proxies a member may hold."""
        if not self.mandats_par_membre:
            return "Aucun mandat n'est admis"
        return f"Un membre détient {compter(self.mandats_par_membre, 'mandat')} au plus"


class ReglesQuerySet(models.QuerySet):
    """Rules, a row a call."""

    def visibles_par(self, user):
        """Known by those who run, audit or sit on this call's committee."""
        if not user.is_active:
            return self.none()
        siens = Q(appel__in=appels_de(user, *DE_LA_MAISON)) | Q(appel__colleges__membres__user=user)
        return self.filter(pk__in=self.model.objects.filter(siens).values("pk"))


class ReglesDuComite(Regles):
    """What the règlement intérieur of this call's committee says. A call without a row follows the defaults."""

    appel = models.OneToOneField(
        "programme.Appel", on_delete=models.PROTECT, related_name="regles_du_comite", verbose_name="appel"
    )
    lectures_masquees = models.BooleanField("lectures des autres masquées", default=True)
    presidence_rapporte = models.BooleanField("la présidence rapporte", default=False)
    modifiees_le = models.DateTimeField("modifiées le", default=horloge.maintenant)
    modifiees_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="modifiées par"
    )

    objects = ReglesQuerySet.as_manager()

    class Meta:
        verbose_name = "règles du comité"
        verbose_name_plural = "règles des comités"
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_numerateur__gt=0, quorum_numerateur__lte=F("quorum_denominateur")),
                name="regles_quorum_une_fraction",
            ),
            models.CheckConstraint(
                condition=Q(mandats_par_membre__lte=MANDATS_AU_PLUS), name="regles_mandats_bornes"
            ),
            models.CheckConstraint(condition=Q(majorite__in=Majorite.values), name="regles_majorite"),
        ]

    def __str__(self):
        return f"Règles du comité, {self.appel}"

    @classmethod
    def de_l_appel(cls, appel) -> "ReglesDuComite":
        """Those of this call; the defaults, not saved, where nobody has set any."""
        return cls.objects.filter(appel=appel).first() or cls(appel=appel)

    @classmethod
    def regler(cls, appel, *, par, version: str = "", **valeurs) -> "ReglesDuComite":
        """Set the rules of a call's committee. A sitting not summoned yet follows; the others keep those they told.

        `version`: of the règlement intérieur, printed on the acts.
        """
        if not est_habilite(par, appel.pk, Role.RESPONSABLE):
            raise GesteInterdit("Les règles du comité reviennent à un responsable de l'appel.")
        with transaction.atomic():
            appel = type(appel).objects.select_for_update(of=("self",)).get(pk=appel.pk)
            regles = cls.de_l_appel(appel)
            avant = regles.toutes() | {"version": appel.reglement_version}
            for nom, valeur in valeurs.items():
                setattr(regles, nom, valeur)
            apres = regles.toutes() | {"version": version or appel.reglement_version}
            changees = {nom: [avant[nom], apres[nom]] for nom in apres if avant[nom] != apres[nom]}
            if not changees and regles.pk:
                return regles
            regles.modifiees_le, regles.modifiees_par = horloge.maintenant(), par
            regles.save()
            appel.reglement_version = apres["version"]
            appel.save(update_fields=["reglement_version"])
            for vague in appel.vagues.all():
                vague.seances.filter(etat=EtatSeance.PREVUE).update(
                    reglement_version=apres["version"], **regles.copie()
                )
            consigner(f"appel/{appel.slug}", "regler_comite", par=par, changees=changees)
        return regles

    def phrases_des_lectures(self) -> list[str]:
        """What the rules say of the readings, before any sitting."""
        return [
            "Un membre voit les lectures des autres après avoir rendu la sienne"
            if self.lectures_masquees
            else "Les lectures rendues sont ouvertes à tous les membres",
            "La présidence entre dans la répartition des rapporteurs"
            if self.presidence_rapporte
            else "La présidence ne rapporte que si on la nomme",
        ]

    def toutes(self) -> dict:
        """Name -> value, those of the readings included."""
        return self.copie() | {
            "lectures_masquees": self.lectures_masquees, "presidence_rapporte": self.presidence_rapporte,
        }  # fmt: skip
