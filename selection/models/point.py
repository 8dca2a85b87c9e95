"""An item of the agenda: one dossier before the committee, from the call of the item to its result."""

from django.db import models, transaction
from django.db.models import Q

from candidatures.models import Dossier, Site
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter
from selection.models.choix import EtatSeance, Resultat, TypeSeance
from selection.models.comite import Membre
from selection.models.seance import Seance
from selection.models.tenue import C_EST_AU_SECRETARIAT


class PointQuerySet(models.QuerySet):
    """Items, in the order of the agenda."""

    def visibles_par(self, user):
        """Items of the sittings that `user` may know of, less those they stepped back from: not even a count."""
        return self.filter(seance__in=Seance.objects.visibles_par(user)).laisses_a(user)

    def laisses_a(self, user):
        """Items of a sitting that `user` was just found to see, less those they stepped back from."""
        ecartes = Dossier.objects.filter(deports__leve_le=None, deports__membre__user=user)
        return self.exclude(dossier__in=ecartes)

    def avec_le_lieu(self):
        """With the dossier, its long answers left out, where it is, and who reports."""
        sites = models.Prefetch("dossier__sites", Site.objects.select_related("commune__departement"))
        points = self.select_related("dossier__commune_siege__departement", "rapporteur__user")
        return points.defer(*Dossier.longues_reponses("dossier__")).prefetch_related(sites)


class PointOrdreDuJour(models.Model):
    """One dossier on the agenda of one sitting."""

    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="points", verbose_name="séance")
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="points_de_seance", verbose_name="dossier"
    )
    rang = models.PositiveSmallIntegerField("rang")
    rapporteur = models.ForeignKey(
        Membre,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rapports",
        verbose_name="rapporteur",
    )
    notes = models.TextField("notes", blank=True)
    resultat = models.CharField("résultat", max_length=16, choices=Resultat, blank=True)
    motif_report = models.CharField("motif du report", max_length=300, blank=True)
    conclu_le = models.DateTimeField("conclu le", null=True, blank=True)

    objects = PointQuerySet.as_manager()

    class Meta:
        verbose_name = "point de l'ordre du jour"
        verbose_name_plural = "points de l'ordre du jour"
        ordering = ["seance", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "dossier"], name="point_dossier_unique"),
            models.UniqueConstraint(fields=["seance", "rang"], name="point_rang_unique"),
            models.CheckConstraint(condition=Q(rang__gte=1), name="point_rang_positif"),
        ]

    def __str__(self):
        return f"Point {self.rang} : {self.dossier.nom_projet}"

    @property
    def fil(self) -> str:
        """Thread of the journal: the sitting's."""
        return self.seance.fil

    # -- who may play ------------------------------------------------------------------------------------------
    def deports_presents(self):
        """Recusals of members who are in the room or on line: they must leave for the item."""
        ici = [p.membre_id for p in self.seance.presences.all() if p.est_la]
        return [d for d in self.dossier.deports.all() if d.leve_le is None and d.membre_id in ici]

    def exiger_les_sorties(self) -> None:
        """Raise TransitionInterdite while a recused member is still in the room (domain study §3.5)."""
        sortis = set(self.sorties.values_list("membre", flat=True))
        restants = [d.membre for d in self.deports_presents() if d.membre_id not in sortis]
        exiger(
            not restants,
            f"{', '.join(map(str, restants))} : déport sur ce point. Attendez la sortie, puis constatez-la.",
        )

    def exiger_de_presider(self, par) -> None:
        """Raise TransitionInterdite where the chair stepped back from this dossier, or never said how they stand."""
        exiger(
            not self.dossier.deports.filter(leve_le=None, membre__user=par).exists(),
            "Vous vous êtes déporté de ce dossier : vous ne présidez pas ce point.",
        )
        declares = self.dossier.declarations.filter(reponse__in=("AUCUN", "LIEN"), membre__user=par)
        exiger(declares.exists(), "Déclarez vos intérêts sur ce dossier avant de présider ce point.")

    def constater_sortie(self, membre: Membre, *, par) -> None:
        """Record that a recused member has left for this item, at this hour."""
        with transaction.atomic():
            point = self._verrouiller(par)
            exiger(
                point.dossier.deports.filter(leve_le=None, membre=membre).exists(),
                f"{membre} n'est pas en déport.",
            )
            sortie, nouvelle = point.sorties.get_or_create(
                membre=membre, defaults={"sortie_le": horloge.maintenant()}
            )
            if nouvelle:
                consigner(point.fil, "constater_sortie", par=par, point=point.rang, membre=membre.pk)

    def _verrouiller(self, par) -> "PointOrdreDuJour":
        """The item under the sitting's lock, while it is open and not concluded."""
        seance = self.seance._verrouiller(EtatSeance.OUVERTE, siegeant=True)
        exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
        point = (
            PointOrdreDuJour.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=self.pk)
        )
        point.seance = seance
        exiger(
            not point.resultat,
            f"Le point {point.rang} est déjà conclu : {point.get_resultat_display().lower()}.",
        )
        return point

    # -- deeds ---------------------------------------------------------------------------------------------------
    def prendre_note(self, notes: str, *, par) -> None:
        """The secretary's notes on this item: the grounds that the minutes print."""
        with transaction.atomic():
            seance = self.seance._verrouiller(EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            noter(self, notes=notes)

    def conclure(self, resultat: str, *, par, notes: str = "") -> None:
        """Result of a first sitting without ballot: to be heard, or kept for the deliberation."""
        with transaction.atomic():
            point = self._verrouiller(par)
            exiger(
                point.seance.type == TypeSeance.PRE_SELECTION,
                "Ce résultat est celui d'une séance de pré-sélection.",
            )
            exiger(resultat in (Resultat.A_AUDITIONNER, Resultat.DELIBERATION), "Ce résultat n'existe pas.")
            exiger(point.dossier.etat == Etat.EN_COMITE, "Ce dossier n'est plus devant le comité.")
            exiger(point.seance.compte(point.dossier).atteint, "Le quorum n'est pas atteint sur ce point.")
            point.exiger_les_sorties()
            point.fermer(resultat, par=par, notes=notes or point.notes)
        self.refresh_from_db()

    def reporter(self, motif: str, *, par) -> None:
        """Put the item off to another sitting, with the reason."""
        with transaction.atomic():
            point = self._verrouiller(par)
            exiger(bool(motif.strip()), "Écrivez pourquoi ce point est reporté.")
            exiger(
                not point.scrutins.filter(etat__in=["OUVERT", "SUSPENDU"]).exists(),
                "Un scrutin est ouvert sur ce point.",
            )
            noter(point, motif_report=motif.strip()[:300])
            point.fermer(Resultat.REPORTE, par=par, notes=point.notes)
        self.refresh_from_db()

    def fermer(self, resultat: str, *, par, notes: str) -> None:
        """Write the result under the locks already held, bring the recused members back, call the next item."""
        instant = horloge.maintenant()
        noter(self, resultat=resultat, conclu_le=instant, notes=notes)
        self.sorties.filter(retour_le=None).update(retour_le=instant)
        suivant = self.seance.points.filter(resultat="").order_by("rang").first()
        noter(self.seance, point_courant=suivant)
        consigner(
            self.fil,
            "conclure",
            par=par,
            point=self.rang,
            dossier=self.dossier.numero,
            resultat=str(resultat),
        )


class SortieQuerySet(models.QuerySet):
    """Hours of the recused members."""

    def visibles_par(self, user):
        """Those of the items that `user` may know of."""
        return self.filter(point__in=PointOrdreDuJour.objects.visibles_par(user))


class Sortie(models.Model):
    """A recused member out of the room for one item, with the hours that the minutes print."""

    point = models.ForeignKey(
        PointOrdreDuJour, on_delete=models.CASCADE, related_name="sorties", verbose_name="point"
    )
    membre = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="+", verbose_name="membre")
    sortie_le = models.DateTimeField("sortie")
    retour_le = models.DateTimeField("retour", null=True, blank=True)

    objects = SortieQuerySet.as_manager()

    class Meta:
        verbose_name = "sortie"
        constraints = [
            models.UniqueConstraint(fields=["point", "membre"], name="sortie_unique"),
            models.CheckConstraint(
                condition=Q(retour_le=None) | Q(retour_le__gte=models.F("sortie_le")),
                name="sortie_avant_retour",
            ),
        ]

    def __str__(self):
        return f"{self.membre} sort pour {self.point}"
