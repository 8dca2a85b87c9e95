"""Links that an agent has with a dossier: declared, it closes the dossier to them until a responsable lifts it."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models import Dossier
from instruction.models.grille import AGENTS, EXAMINABLES, Instruction
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite, lire, roles_sur


class NatureLien(models.TextChoices):
    """What ties an agent to a dossier (CRPA L100-2, CGFP L121-5)."""

    FAMILIAL = "FAMILIAL", "Familial ou amical"
    PROFESSIONNEL = "PROFESSIONNEL", "Professionnel, actuel ou récent"
    FINANCIER = "FINANCIER", "Financier"
    ASSOCIATIF = "ASSOCIATIF", "Associatif ou militant"
    ELECTIF = "ELECTIF", "Mandat électif"
    AUTRE = "AUTRE", "Autre lien"


class LienDeclareQuerySet(models.QuerySet):
    """Declared links, lifted ones included."""

    def actifs(self):
        """Those in force."""
        return self.filter(leve_le=None)

    def visibles_par(self, user):
        """Those of the dossiers that `user` sees as an agent or an auditor, and one's own."""
        if not user.is_active:
            return self.none()
        vus = Dossier.objects.visibles_par(user, *AGENTS, Role.AUDITEUR)
        return self.filter(Q(agent=user) | Q(dossier__in=vus))


class LienDeclare(models.Model):
    """One agent, one dossier: while it holds, this person neither receives it nor opens its pre-screening."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="liens_declares")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="liens_declares", verbose_name="agent"
    )
    nature = models.CharField("nature du lien", max_length=14, choices=NatureLien)
    precision = models.TextField("en quelques mots", max_length=600)
    declare_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="déclaré par"
    )
    declare_le = models.DateTimeField("déclaré le", default=horloge.maintenant)
    leve_le = models.DateTimeField("levé le", null=True, blank=True)
    leve_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="levé par",
    )
    motif_levee = models.TextField("motif de la levée", blank=True)

    objects = LienDeclareQuerySet.as_manager()

    class Meta:
        verbose_name = "lien déclaré"
        verbose_name_plural = "liens déclarés"
        ordering = ["declare_le", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["agent", "dossier"], condition=Q(leve_le=None), name="lien_declare_actif_unique"
            ),
            CheckConstraint(condition=Q(nature__in=NatureLien.values), name="lien_declare_nature"),
            CheckConstraint(condition=~Q(precision=""), name="lien_declare_ecrit"),
            CheckConstraint(
                condition=Q(leve_le=None, leve_par=None, motif_levee="")
                | Q(leve_le__isnull=False, leve_par__isnull=False) & ~Q(motif_levee=""),
                name="lien_declare_levee_motivee",
            ),
        ]

    def __str__(self):
        return f"{self.agent} : {self.get_nature_display().lower()}"

    @classmethod
    def declarer(cls, dossier: Dossier, *, agent, par, nature: str, precision: str) -> "LienDeclare":
        """An agent declares their own link, or a responsable records a colleague's: everything closes at once.

        A dossier that this agent was examining goes back to the queue. Raises GesteInterdit, TransitionInterdite.
        """
        if nature not in NatureLien.values:
            raise TransitionInterdite("Choisissez la nature du lien.")
        if not precision.strip():
            raise TransitionInterdite("Décrivez le lien en quelques mots : le responsable les lit.")
        with transaction.atomic():
            tenus = Dossier.objects.select_related("vague__appel").select_for_update(of=("self",))
            dossier, roles = lire(tenus, par, pk=dossier.pk)
            cls._verifier(dossier, agent, par, roles)
            lien = cls.objects.create(
                dossier=dossier, agent=agent, nature=nature, precision=precision.strip(), declare_par=par
            )
            consigner(
                dossier.fil,
                "declarer_lien",
                par=par,
                agent=agent.nom_complet,
                nature=str(nature),
                lien=lien.pk,
            )
            grille = Instruction.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
            if grille and grille.instructeur_id == agent.pk and dossier.etat in EXAMINABLES:
                grille.dossier = dossier
                grille.rendre_a_la_file(par=par)
        return lien

    @classmethod
    def _verifier(cls, dossier, agent, par, roles) -> None:
        """Who declares for whom, once."""
        if agent.pk != par.pk and Role.RESPONSABLE not in roles:
            raise GesteInterdit("Un agent déclare ses propres liens ; ceux d'un collègue, un responsable.")
        if not roles & AGENTS:
            raise GesteInterdit("Les liens sont déclarés par les agents de l'appel.")
        if cls.objects.actifs().filter(dossier=dossier, agent=agent).exists():
            raise TransitionInterdite(f"{agent.nom_complet} a déjà un lien déclaré avec ce dossier.")
        if agent.pk != par.pk and not roles_sur(dossier, agent) & AGENTS:
            raise TransitionInterdite(f"{agent.nom_complet} n'instruit pas les dossiers de cet appel.")

    def lever(self, *, par, motif: str) -> None:
        """Lift it, with a reason: a responsable's deed, never the agent's own (the dossier is closed to them)."""
        if not motif.strip():
            raise TransitionInterdite("Écrivez pourquoi ce lien n'empêche plus d'instruire.")
        with transaction.atomic():
            tenus = Dossier.objects.select_for_update(of=("self",))
            dossier, roles = lire(tenus, par, pk=self.dossier_id)
            lien = LienDeclare.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if Role.RESPONSABLE not in roles or lien.agent_id == par.pk:
                raise GesteInterdit(
                    "Lever un lien revient à un responsable de l'appel, jamais à l'agent lié."
                )
            if lien.leve_le is not None:
                raise TransitionInterdite("Ce lien est déjà levé.")
            lien.leve_le, lien.leve_par, lien.motif_levee = horloge.maintenant(), par, motif.strip()
            lien.save(update_fields=["leve_le", "leve_par", "motif_levee"])
            consigner(
                dossier.fil,
                "lever_lien",
                par=par,
                motif=lien.motif_levee,
                agent=lien.agent.nom_complet,
                lien=lien.pk,
            )
        self.refresh_from_db()
