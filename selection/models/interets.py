"""Interests and recusals: declared before any access; a recusal closes the dossier under every role (R133-12)."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import est_habilite
from manufactures.registres import GesteInterdit
from selection.models.base import SECRETARIAT, exiger, exiger_role, exiger_soi, prevenir
from selection.models.choix import EtatScrutin, EtatSeance, ReponseInteret, SourceDeport
from selection.models.comite import Membre
from selection.models.scrutin import Scrutin
from selection.models.seance import Seance


class DeclarationQuerySet(models.QuerySet):
    """Declarations: one's own, and all of them for the agents and the chair."""

    def visibles_par(self, user):
        """Own lines, or those of the calls that one runs, presides or audits (row 25)."""
        if not user.is_active:
            return self.none()
        if user.a_le_role(Role.RESPONSABLE, Role.INSTRUCTEUR, Role.PRESIDENT, Role.AUDITEUR):
            return self.filter(Q(seance__in=Seance.objects.visibles_par(user)) | Q(membre__user=user))
        return self.filter(membre__user=user)


class DeclarationInterets(models.Model):
    """A member on a dossier: no link, a link, or a recusal. It holds for the later sittings, until declared anew."""

    seance = models.ForeignKey(
        Seance, on_delete=models.PROTECT, related_name="declarations", verbose_name="séance"
    )
    membre = models.ForeignKey(
        Membre, on_delete=models.PROTECT, related_name="declarations", verbose_name="membre"
    )
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="declarations", verbose_name="dossier"
    )
    reponse = models.CharField("réponse", max_length=8, choices=ReponseInteret)
    motif = models.CharField("lequel", max_length=300, blank=True)
    le = models.DateTimeField("signée le", default=horloge.maintenant)
    indices = models.JSONField("indices montrés", default=list, blank=True)
    tranchee_le = models.DateTimeField("tranchée le", null=True, blank=True)
    tranchee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="tranchée par",
    )
    motif_tranche = models.CharField("motif du choix", max_length=300, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "déclaration d'intérêts"
        verbose_name_plural = "déclarations d'intérêts"
        constraints = [
            models.UniqueConstraint(fields=["membre", "dossier"], name="declaration_unique"),
            models.CheckConstraint(
                condition=Q(reponse=ReponseInteret.AUCUN) | ~Q(motif=""),
                name="declaration_lien_ou_deport_motive",
            ),
            models.CheckConstraint(
                condition=Q(reponse__in=ReponseInteret.values), name="declaration_reponse_connue"
            ),
            models.CheckConstraint(
                condition=Q(tranchee_le=None, tranchee_par=None, motif_tranche="")
                | Q(tranchee_le__isnull=False, tranchee_par__isnull=False)
                & ~Q(motif_tranche="")
                & ~Q(reponse=ReponseInteret.DOUTE),
                name="declaration_doute_tranche_motive",
            ),
        ]

    def __str__(self):
        return f"{self.membre}, {self.dossier} : {self.get_reponse_display()}"

    @classmethod
    def signer(
        cls,
        seance: Seance,
        membre: Membre,
        reponses: dict[int, tuple[str, str]],
        *,
        par,
        indices: dict[int, list[str]] | None = None,
    ) -> None:
        """Sign one's declarations: dossier's key -> (answer, reason). All or nothing.

        A recusal declared here closes the dossier at once; one never comes back from it by oneself. A doubt leaves it
        closed until the chair settles it. `indices`: the hints that were shown, kept with the answer.
        """
        exiger_soi(membre, par, "Chaque membre déclare ses propres intérêts.")
        with transaction.atomic():
            exiger(
                seance.convocations.filter(membre=membre).exists(), "Vous n'êtes pas convoqué à cette séance."
            )
            exiger(
                seance.etat in (EtatSeance.CONVOQUEE, EtatSeance.OUVERTE),
                "Cette séance ne prend plus de déclaration.",
            )
            dossiers = {p.dossier_id: p.dossier for p in seance.points.select_related("dossier")}
            exiger(set(reponses) <= set(dossiers), "Ce dossier n'est pas à l'ordre du jour.")
            for cle, (reponse, motif) in reponses.items():
                cls._noter(
                    seance,
                    membre,
                    dossiers[cle],
                    reponse=ReponseInteret(reponse),
                    motif=motif.strip()[:300],
                    indices=(indices or {}).get(cle, []),
                    par=par,
                )

    @classmethod
    def _noter(cls, seance, membre, dossier, *, reponse, motif, indices, par) -> None:
        exiger(reponse == ReponseInteret.AUCUN or bool(motif), f"Dites lequel, pour {dossier.nom_projet}.")
        exiger(
            reponse == ReponseInteret.DEPORT
            or not Deport.objects.actifs().filter(membre=membre, dossier=dossier).exists(),
            f"Vous vous êtes déporté de {dossier.nom_projet} : y revenir est un geste du responsable de l'appel.",
        )
        exiger(
            not cls.objects.filter(membre=membre, dossier=dossier, reponse=ReponseInteret.DOUTE).exists()
            or reponse == ReponseInteret.DEPORT,
            f"La présidence n'a pas encore tranché votre doute sur {dossier.nom_projet}.",
        )
        cls.objects.update_or_create(
            membre=membre,
            dossier=dossier,
            defaults={
                "seance": seance, "reponse": reponse, "motif": motif, "le": horloge.maintenant(), "indices": indices,
                "tranchee_le": None, "tranchee_par": None, "motif_tranche": "",
            },
        )  # fmt: skip
        consigner(
            f"interets/{membre.pk}",
            "declarer",
            par=par,
            dossier=dossier.numero,
            reponse=str(reponse),
            **({"indices": indices} if indices else {}),
        )
        if reponse == ReponseInteret.DEPORT:
            Deport.ouvrir(membre, dossier, motif=motif, source=SourceDeport.DECLARATION, par=par)

    def trancher(self, *, deport: bool, motif: str, par) -> None:
        """Settle a doubt, with a reason: the member steps back, or may deliberate (row 24); never one's own."""
        with transaction.atomic():
            declaration = DeclarationInterets.objects.select_for_update(of=("self",)).get(pk=self.pk)
            membre, dossier = declaration.membre, declaration.dossier
            exiger_role(
                declaration.seance,
                par,
                *SECRETARIAT,
                phrase="Trancher un doute revient à la présidence ou à un responsable.",
            )
            if membre.user_id == par.pk:
                raise GesteInterdit("On ne tranche pas son propre doute.")
            exiger(
                not Deport.objects.actifs().filter(membre__user=par, dossier=dossier).exists(),
                "Vous vous êtes déporté de ce dossier : un autre tranche ce doute.",
            )
            exiger(declaration.reponse == ReponseInteret.DOUTE, "Ce doute est déjà tranché.")
            exiger(bool(motif.strip()), "Écrivez pourquoi.")
            declaration.reponse = ReponseInteret.DEPORT if deport else ReponseInteret.LIEN
            declaration.tranchee_le, declaration.tranchee_par = horloge.maintenant(), par
            declaration.motif_tranche = motif.strip()[:300]
            declaration.save(update_fields=["reponse", "tranchee_le", "tranchee_par", "motif_tranche"])
            evenement = consigner(
                f"interets/{membre.pk}",
                "trancher_doute",
                par=par,
                motif=motif.strip(),
                dossier=dossier.numero,
                deport=deport,
            )
            if deport:
                Deport.ouvrir(membre, dossier, motif=motif.strip(), source=SourceDeport.TIERS, par=par)
            else:
                _dire(membre, dossier, "doute_leve", evenement=evenement, motif=motif)
        self.refresh_from_db()


def _dire(membre: Membre, dossier: Dossier, cle: str, *, evenement, motif: str) -> None:
    """Tell the member what somebody else has decided of their links, and why."""
    prevenir(
        cle, [membre.user], evenement=evenement, lien=reverse("selection:seances"), nom_projet=dossier.nom_projet,
        n=dossier.numero, motif=motif.strip().rstrip("."),
        service={"courriel": dossier.vague.appel.service_courriel},
    )  # fmt: skip


class DeportQuerySet(DeclarationQuerySet):
    """Recusals, lifted ones included."""

    def actifs(self):
        """Those in force."""
        return self.filter(leve_le=None)

    def visibles_par(self, user):
        """The register (row 25): agents, members, auditors; nobody else."""
        roles = (Role.RESPONSABLE, Role.INSTRUCTEUR, Role.PRESIDENT, Role.MEMBRE, Role.AUDITEUR)
        return self.all() if user.is_active and user.a_le_role(*roles) else self.none()


class Deport(models.Model):
    """A member who steps back from a dossier: it disappears for them, in every role they hold."""

    membre = models.ForeignKey(
        Membre, on_delete=models.PROTECT, related_name="deports", verbose_name="membre"
    )
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="deports", verbose_name="dossier"
    )
    motif = models.CharField("motif", max_length=300)
    source = models.CharField("source", max_length=12, choices=SourceDeport)
    declare_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déclaré par"
    )
    le = models.DateTimeField("le", default=horloge.maintenant)
    leve_le = models.DateTimeField("levé le", null=True, blank=True)
    leve_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="levé par",
    )
    motif_levee = models.CharField("motif de la levée", max_length=300, blank=True)

    objects = DeportQuerySet.as_manager()

    class Meta:
        verbose_name = "déport"
        constraints = [
            models.UniqueConstraint(
                fields=["membre", "dossier"], condition=Q(leve_le=None), name="deport_actif_unique"
            ),
            models.CheckConstraint(
                condition=Q(leve_le=None) | ~Q(motif_levee=""), name="deport_levee_motivee"
            ),
        ]

    def __str__(self):
        return f"{self.membre}, déporté de {self.dossier}"

    @classmethod
    def ouvrir(cls, membre: Membre, dossier: Dossier, *, motif: str, source: str, par) -> "Deport":
        """Record a recusal and close everything: the reading under way, the report, the right to vote.

        On an open ballot, a voice not yet cast is struck from the roll; already cast, it can't be found in the urn:
        the whole ballot is cancelled unread.
        """
        with transaction.atomic():
            deport, nouveau = cls.objects.get_or_create(
                membre=membre,
                dossier=dossier,
                leve_le=None,
                defaults={
                    "motif": motif[:300],
                    "source": source,
                    "declare_par": par,
                    "le": horloge.maintenant(),
                },
            )
            if not nouveau:
                return deport
            evenement = consigner(
                f"interets/{membre.pk}",
                "deporter",
                par=par,
                dossier=dossier.numero,
                motif=motif,
                source=str(source),
            )
            if source == SourceDeport.TIERS:
                _dire(membre, dossier, "deport_declare", evenement=evenement, motif=motif)
            if (
                not dossier.avis_rendus.exists()
            ):  # a reading that has already served an opinion stays its evidence
                dossier.lectures.filter(membre=membre).delete()
            dossier.notes_personnelles.filter(membre=membre).delete()
            membre.notes_d_audition.filter(audition__dossier=dossier).delete()
            dossier.points_de_seance.filter(rapporteur=membre, resultat="").update(rapporteur=None)
            ouverts = Scrutin.objects.filter(
                point__dossier=dossier, etat__in=(EtatScrutin.OUVERT, EtatScrutin.SUSPENDU)
            )
            for scrutin in ouverts:
                scrutin.ecarter(membre, par=par)
        return deport

    @classmethod
    def ouvrir_d_office(cls, seance: Seance, membre: Membre, *, par) -> None:
        """Whoever takes part in a dossier of the agenda does not sit on it, without having to say so."""
        for dossier in Dossier.objects.filter(points_de_seance__seance=seance, membres__user=membre.user_id):
            cls.ouvrir(
                membre, dossier, motif="Participe à ce dossier", source=SourceDeport.AUTOMATIQUE, par=par
            )

    @classmethod
    def declarer_pour(cls, membre: Membre, dossier: Dossier, *, motif: str, par) -> "Deport":
        """Recuse another member, with a reason told to them: the chair or a responsable (row 24)."""
        point = dossier.points_de_seance.select_related("seance").order_by("-pk").first()
        exiger(point is not None, "Ce dossier n'est à l'ordre du jour d'aucune séance.")
        exiger_role(
            point.seance, par, *SECRETARIAT, phrase="Ce geste revient à la présidence ou à un responsable."
        )
        exiger(bool(motif.strip()), "Écrivez le motif du déport.")
        return cls.ouvrir(membre, dossier, motif=motif.strip(), source=SourceDeport.TIERS, par=par)

    def lever(self, *, motif: str, par) -> None:
        """Come back on a recusal, before the sitting only, by a responsable, with a reason (row 23)."""
        if not est_habilite(par, self.dossier.vague.appel_id, Role.RESPONSABLE):
            raise GesteInterdit("Lever un déport revient à un responsable de l'appel.")
        with transaction.atomic():
            exiger(bool(motif.strip()), "Écrivez pourquoi le déport est levé.")
            ouverte = self.dossier.points_de_seance.filter(seance__etat=EtatSeance.OUVERTE).exists()
            exiger(not ouverte, "La séance est ouverte : le déport ne peut plus être levé.")
            Deport.objects.filter(pk=self.pk, leve_le=None).update(
                leve_le=horloge.maintenant(), leve_par=par, motif_levee=motif.strip()[:300]
            )
            DeclarationInterets.objects.filter(membre=self.membre, dossier=self.dossier).delete()
            consigner(
                f"interets/{self.membre_id}",
                "lever_deport",
                par=par,
                dossier=self.dossier.numero,
                motif=motif,
            )
        self.refresh_from_db()
