"""The grid: who examines a dossier, ten yes/no rules, seven marks, an opinion, and what is proposed."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, Subquery, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import GreaterThanOrEqual

from candidatures.models import Dossier
from instruction.models.double_lecture import exiger_conciliee, refuser_si_remise
from instruction.models.historique import ModificationGrille
from instruction.models.lignes import NoteInstruction, Reponse, Verdict
from instruction.models.motifs import MotifRefus, en_toutes_lettres
from instruction.models.verification import Verification
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Critere, NatureCritere
from manufactures.registres import GesteInterdit, TransitionInterdite, VisiblesQuerySet, lire, roles_sur

LONGUEUR_MOTIF_REFUS = 80
AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}
EXAMINABLES = (Etat.EN_INSTRUCTION, Etat.A_COMPLETER)
SANS_AGENT = "Personne n'instruit ce dossier : prenez-le en charge ou affectez-le d'abord."


class SensAvis(models.TextChoices):
    """What the agent concludes; the decision of refusal is a signatory's."""

    RECEVABLE = "RECEVABLE", "Recevable"
    IRRECEVABLE = "IRRECEVABLE", "Irrecevable"


class GrilleModifiee(TransitionInterdite):
    """Somebody wrote the same lines since the page was read; `lignes` holds both versions, line by line."""

    def __init__(self, lignes: list[dict]):
        self.lignes = lignes
        super().__init__("Cette grille a changé pendant votre saisie. Voici les deux versions.")


class InstructionQuerySet(VisiblesQuerySet):
    """Grids: agents and auditors of the call; later stages add the committee's look; never the porteur's."""

    def en_cours(self):
        """Grids that still wait for a conclusion."""
        return self.filter(dossier__etat__in=EXAMINABLES, remis_le=None)


class Instruction(models.Model):
    """The examination of one dossier by one agent, against the cahier des charges (press kit p. 12)."""

    MODELE_REGARD = "instruction"

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="instruction")
    # None: back in the queue, since its agent declared a link with the dossier; the next one goes on with the grid.
    instructeur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="instructions", null=True, blank=True
    )
    affecte_le = models.DateTimeField("affecté le", default=horloge.maintenant)
    version = models.PositiveIntegerField("version de la grille", default=0)
    version_avis = models.PositiveIntegerField("version de l'avis", default=0)
    modifie_le = models.DateTimeField("grille modifiée le", default=horloge.maintenant)
    epingles_posees = models.PositiveIntegerField("épingles posées", default=0)
    avis_demandes = models.PositiveIntegerField("avis de tiers demandés", default=0)
    annotations_ecrites = models.PositiveIntegerField("annotations écrites", default=0)
    grille_version = models.PositiveSmallIntegerField("version de la grille de l'appel", default=1)
    double_lecture = models.BooleanField("lue par deux agents", default=False)

    avis = models.TextField("avis de pré-instruction", blank=True)
    risques = models.TextField("risques et conditions", blank=True)
    questions = models.TextField("questions pour l'audition", blank=True, help_text="Une question par ligne.")
    besoins_incubation = models.ManyToManyField(
        "programme.Module", blank=True, related_name="+", verbose_name="besoins d'incubation pressentis"
    )
    jours_estimes = models.DecimalField(
        "jours d'accompagnement estimés", max_digits=5, decimal_places=1, null=True, blank=True
    )

    sens = models.CharField("conclusion", max_length=12, choices=SensAvis, blank=True)
    remis_le = models.DateTimeField("remis le", null=True, blank=True)
    proposition_refus = models.TextField("motif du refus proposé", blank=True)
    refus_propose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="refus proposé par",
    )
    a_verifier = models.BooleanField("conclusion à vérifier", default=False)
    mot_de_renvoi = models.TextField("ce que la vérification demande de reprendre", blank=True)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = "pré-instruction"
        indexes = [
            models.Index(fields=["instructeur", "remis_le"], name="instruction_en_cours"),
            models.Index(fields=["instructeur", "dossier"], name="instruction_dossiers"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(sens="", remis_le=None) | (~Q(sens="") & Q(remis_le__isnull=False)),
                name="instruction_conclue_et_datee",
            ),
            CheckConstraint(
                condition=~Q(sens=SensAvis.RECEVABLE) | ~Q(avis=""), name="instruction_recevable_avec_avis"
            ),
            CheckConstraint(
                condition=Q(sens=SensAvis.IRRECEVABLE, refus_propose_par__isnull=False)
                & Q(GreaterThanOrEqual(Length("proposition_refus"), LONGUEUR_MOTIF_REFUS))
                | (~Q(sens=SensAvis.IRRECEVABLE) & Q(refus_propose_par=None)),
                name="instruction_refus_motive",
            ),
            CheckConstraint(
                condition=Q(jours_estimes=None) | Q(jours_estimes__gte=0, jours_estimes__lte=100),
                name="instruction_jours_estimes",
            ),
        ]

    def __str__(self):
        return f"Pré-instruction du dossier {self.dossier.numero}"

    def get_absolute_url(self):
        return f"/instruction/{self.dossier.numero}/"

    # -- Reading -------------------------------------------------------------------------------------------------
    @property
    def criteres(self):
        """The lines of the version that this examination was opened on, each with the clause it cites."""
        vague = self.dossier.vague
        return vague.appel.criteres.filter(grille=self.grille_version).citant(vague).order_by("rang")

    @property
    def regles(self) -> list[Critere]:
        """The yes/no rules of the grid, in their order."""
        return list(self.criteres.filter(nature=NatureCritere.ELIGIBILITE))

    def codes(self, *reponses: Reponse) -> list[str]:
        """Codes of the rules so answered, in the order of the grid."""
        lignes = self.verdicts.filter(reponse__in=reponses).order_by("critere__rang")
        return list(lignes.values_list("critere__code", flat=True))

    def sans_reponse(self) -> list[str]:
        """Codes of the rules without yes or no: unanswered, or still to be asked."""
        tranchees = set(self.codes(Reponse.OUI, Reponse.NON))
        return [regle.code for regle in self.regles if regle.code not in tranchees]

    # -- Deeds ---------------------------------------------------------------------------------------------------
    @classmethod
    def prendre_en_charge(cls, dossier: Dossier, *, par, instructeur=None) -> "Instruction":
        """Open the examination: by oneself, or by a responsable for a colleague (`instructeur`).

        Raises TransitionInterdite before the closing of the wave or when somebody holds the dossier already.
        """
        faits = {"instructeur": instructeur.pk} if instructeur else {}
        dossier.passer("prendre_en_charge", par=par, **faits)
        return cls.objects.get(dossier=dossier)

    def affecter(self, instructeur, *, par) -> None:
        """Hand the dossier over to a colleague; a responsable's deed, while the grid is open."""
        with transaction.atomic():
            grille = self._ouverte(par, reserve_a=Role.RESPONSABLE)
            refuser_si_lie(grille.dossier, instructeur)
            if Role.INSTRUCTEUR not in roles_sur(grille.dossier, instructeur):
                raise TransitionInterdite(
                    f"{instructeur.nom_complet} n'instruit pas les dossiers de cet appel."
                )
            if grille.instructeur_id == instructeur.pk:
                raise TransitionInterdite(f"{instructeur.nom_complet} instruit déjà ce dossier.")
            avant = grille.instructeur
            grille.instructeur, grille.affecte_le = instructeur, horloge.maintenant()
            grille.save(update_fields=["instructeur", "affecte_le"])
            consigner(
                grille.dossier.fil,
                "affecter",
                par=par,
                avant=avant.nom_complet if avant else "",
                apres=instructeur.nom_complet,
            )
        self.refresh_from_db()

    def rendre_a_la_file(self, *, par) -> None:
        """Nobody holds the grid any more; a refusal that its agent proposed falls with them. Called by the deed."""
        avant = self.instructeur
        if self.sens:
            self.rouvrir()
        self.instructeur, self.affecte_le = None, horloge.maintenant()
        self.save(update_fields=["instructeur", "affecte_le"])
        consigner(self.dossier.fil, "rendre_a_la_file", par=par, avant=avant.nom_complet)

    def reprendre(self, *, par) -> None:
        """Take for oneself a grid that went back to the queue. Raises TransitionInterdite when somebody holds it."""
        with transaction.atomic():
            tenus = Dossier.objects.filter(instruction=self.pk).select_related("instruction__instructeur")
            dossier, roles = lire(
                tenus.select_for_update(of=("self", "instruction")), par, pk=self.dossier_id
            )
            grille = dossier.instruction
            refuser_si_lie(dossier, par)
            if not roles & AGENTS:
                raise GesteInterdit("Prendre un dossier en charge revient aux agents de l'appel.")
            if grille.instructeur is not None:
                raise TransitionInterdite(f"{grille.instructeur.nom_complet} instruit déjà ce dossier.")
            if dossier.etat not in EXAMINABLES:
                raise TransitionInterdite("La pré-instruction de ce dossier est conclue.")
            grille.instructeur, grille.affecte_le = par, horloge.maintenant()
            grille.save(update_fields=["instructeur", "affecte_le"])
            consigner(dossier.fil, "affecter", par=par, avant="", apres=par.nom_complet)
        self.refresh_from_db()

    def enregistrer(
        self, *, par, verdicts=None, notes=None, version=None, criteres=None, **champs
    ) -> list[str]:
        """Write lines of the grid, all or none; returns the codes that changed.

        `verdicts` maps a rule's code to {reponse, motif, preuve, preuve_ou}, `notes` a criterion's code to
        {note, commentaire, a_eclaircir}; `champs` are avis, risques, questions, jours_estimes. `version` is the
        grid's version that the writer read: a line written since by another raises GrilleModifiee and nothing changes.
        `criteres` are the grid's lines, where the caller has read them already.
        """
        with transaction.atomic():
            grille = self._ouverte(par)
            suivante = grille.version + 1
            lignes = grille._lignes(verdicts or {}, notes or {}, criteres)
            changees = [ligne for ligne in lignes if ligne.a_change]
            grille._verifier_version(changees, champs, version)
            refuser_si_remise(grille, [ligne.critere.code for ligne in changees])
            modifies = [nom for nom, valeur in champs.items() if getattr(grille, nom) != valeur]
            if not changees and not modifies:
                return []
            changements = [ligne.changement() for ligne in changees]
            for modele in (Verdict, NoteInstruction):
                modele.ecrire([n for n in changees if isinstance(n, modele)], par=par, version=suivante)
            for nom in modifies:
                changements.append(grille._changement(nom, champs[nom]))
                setattr(grille, nom, champs[nom])
            ModificationGrille.noter(grille, changements, par=par)
            if modifies:
                grille.version_avis = suivante
            grille.version, grille.modifie_le = suivante, horloge.maintenant()
            grille.save(update_fields=["version", "version_avis", "modifie_le", *modifies])
            codes = [ligne.critere.code for ligne in changees] + modifies
            consigner(grille.dossier.fil, "remplir_grille", par=par, lignes=codes, version=suivante)
        for champ in self._meta.concrete_fields:
            setattr(self, champ.attname, getattr(grille, champ.attname))
        return codes

    def proposer_refus(self, motif: str, *, par, motifs: list[dict] | None = None) -> None:
        """Conclude that the dossier is inadmissible; a signatory will decide (the author never signs).

        `motifs` are the grounds kept, {code, droit, fait} a rule answered « non »: all of them, with the grid's own
        finding, where it is None. Raises TransitionInterdite without any « non », for a ground that is none, or when
        all that is written has fewer than 80 characters.
        """
        with transaction.atomic():
            grille = self._ouverte(par)
            if grille.dossier.etat != Etat.EN_INSTRUCTION:
                raise TransitionInterdite(
                    "Une demande de compléments est en cours : attendez la réponse ou l'échéance."
                )
            if not grille.codes(Reponse.NON):
                raise TransitionInterdite("Aucune règle n'est répondue « non » : rien ne fonde un refus.")
            exiger_conciliee(grille)
            retenus = grille.motifs_retenus(motifs)
            if motifs is not None:
                motif = f"{en_toutes_lettres(retenus)} {motif.strip()}"
            motif = motif.strip()
            if len(motif) < LONGUEUR_MOTIF_REFUS:
                raise TransitionInterdite(
                    f"Écrivez un motif d'au moins {LONGUEUR_MOTIF_REFUS} caractères : il est imprimé."
                )
            grille.sens, grille.remis_le = SensAvis.IRRECEVABLE, horloge.maintenant()
            grille.proposition_refus, grille.refus_propose_par = motif, par
            grille.mot_de_renvoi = ""
            grille.save(
                update_fields=[
                    "sens",
                    "remis_le",
                    "proposition_refus",
                    "refus_propose_par",
                    "mot_de_renvoi",
                ]
            )
            grille.motifs_refus.all().delete()
            MotifRefus.objects.bulk_create(retenus)
            regles = [retenu.critere.code for retenu in retenus]
            consigner(grille.dossier.fil, "proposer_refus", par=par, motif=motif, regles=regles)
            Verification.demander(grille, par=par)
        self.refresh_from_db()

    def motifs_retenus(self, motifs: list[dict] | None = None) -> list[MotifRefus]:
        """The grounds as rows not yet written, in the order of the grid; see `proposer_refus`."""
        refusees = {
            v.critere.code: v
            for v in self.verdicts.filter(reponse=Reponse.NON)
            .select_related("critere")
            .order_by("critere__rang")
        }
        saisis = {m["code"]: m for m in motifs} if motifs is not None else dict.fromkeys(refusees, {})
        if not saisis or set(saisis) - set(refusees):
            raise TransitionInterdite("Retenez au moins une règle, parmi celles qui sont répondues « non ».")
        return [
            MotifRefus(
                instruction=self,
                critere=verdict.critere,
                droit=saisis[code].get("droit", "").strip(),
                fait=saisis[code].get("fait", "").strip() or verdict.motif,
            )
            for code, verdict in refusees.items()
            if code in saisis
        ]

    def reprendre_examen(self, motif: str, *, par) -> None:
        """Take a proposed refusal back: its author, or a responsable who will not sign it, with a reason."""
        if not motif.strip():
            raise TransitionInterdite("Écrivez pourquoi l'examen reprend.")
        with transaction.atomic():
            grille = self._verrouiller(par)
            if grille.dossier.etat != Etat.EN_INSTRUCTION or grille.sens != SensAvis.IRRECEVABLE:
                raise TransitionInterdite("Aucun refus n'est proposé sur ce dossier.")
            grille.rouvrir()
            consigner(grille.dossier.fil, "reprendre_examen", par=par, motif=motif.strip())
        self.refresh_from_db()

    def conclure_recevable(self, *, par) -> None:
        """Date the conclusion, which a lot may give to verify; called by the transition itself."""
        self.sens, self.remis_le, self.mot_de_renvoi = SensAvis.RECEVABLE, horloge.maintenant(), ""
        self.save(update_fields=["sens", "remis_le", "mot_de_renvoi"])
        Verification.tirer(self, par=par)

    def rouvrir(self) -> None:
        """The grid can be written again; called by the transition itself."""
        self.sens, self.remis_le, self.proposition_refus, self.refus_propose_par = "", None, "", None
        self.save(update_fields=["sens", "remis_le", "proposition_refus", "refus_propose_par"])
        Verification.sans_objet(self)

    def validate_constraints(self, exclude=None):
        """The forms say them in words, the database holds them: to ask it first is eight queries."""

    # -- Inside --------------------------------------------------------------------------------------------------
    def _verrouiller(self, par, reserve_a: Role | None = None) -> "Instruction":
        """Lock dossier then grid, read anew among what `par` sees. Raises GesteInterdit to who does not hold it."""
        tenus = Dossier.objects.filter(instruction=self.pk).select_related(
            "vague__appel", "instruction__instructeur"
        )
        dossier, roles = lire(tenus.select_for_update(of=("self", "instruction")), par, pk=self.dossier_id)
        grille = dossier.instruction
        if reserve_a is not None and reserve_a not in roles:
            raise GesteInterdit("Vous voyez ce dossier mais ce geste revient à un responsable de l'appel.")
        if grille.instructeur is None and reserve_a is None:
            raise TransitionInterdite(SANS_AGENT)
        if Role.RESPONSABLE not in roles and not (
            Role.INSTRUCTEUR in roles and grille.instructeur_id == par.pk
        ):
            raise GesteInterdit(f"{grille.instructeur.nom_complet} remplit cette grille. Vous la lisez.")
        return grille

    def _ouverte(self, par, reserve_a: Role | None = None) -> "Instruction":
        """As `_verrouiller`, and still open to writing."""
        grille = self._verrouiller(par, reserve_a)
        if grille.dossier.etat not in EXAMINABLES or grille.sens:
            raise TransitionInterdite(
                "La pré-instruction de ce dossier est conclue : la grille ne change plus."
            )
        return grille

    def _lignes(self, verdicts: dict, notes: dict, criteres=None) -> list:
        """The rows that these entries touch, existing or new, each with its entry."""
        lignes = []
        if criteres is None:
            criteres = self.criteres.filter(code__in=[*verdicts, *notes])
        connus = {(c.nature, c.code): c for c in criteres}
        for modele, saisies in ((Verdict, verdicts), (NoteInstruction, notes)):
            rangees = modele.objects.filter(instruction=self).order_by() if saisies else ()
            existantes = {ligne.critere_id: ligne for ligne in rangees}
            for code, saisie in saisies.items():
                critere = connus.get((modele.NATURE, code))
                if critere is None:
                    raise TransitionInterdite(f"La grille de cet appel n'a pas de ligne {code}.")
                ligne = existantes.get(critere.pk) or modele(instruction=self, critere=critere)
                ligne.critere, ligne.saisie = critere, saisie
                lignes.append(ligne)
        return lignes

    def _changement(self, nom: str, valeur) -> dict:
        """What a field of the conclusion said, and will say."""
        lus = ["" if v is None else str(v) for v in (getattr(self, nom), valeur)]
        libelle = str(self._meta.get_field(nom).verbose_name)
        return {"code": "", "libelle": libelle[:1].upper() + libelle[1:], "avant": lus[0], "apres": lus[1]}

    def _verifier_version(self, lignes, champs, version) -> None:
        """Refuse to write over what another wrote since `version` was read; both versions go with the refusal."""
        if version is None:
            return
        conflits = [
            {
                "code": ligne.critere.code,
                "libelle": ligne.critere.libelle,
                "actuelle": ligne.lue(),
                "saisie": ligne.proposee(),
            }
            for ligne in lignes
            if ligne.pk and ligne.version > version
        ]
        if self.version_avis > version:
            for nom, valeur in champs.items():
                dits = self._changement(nom, valeur)
                if dits["avant"] != dits["apres"]:
                    conflits.append(
                        {
                            "code": nom,
                            "libelle": dits["libelle"],
                            "actuelle": dits["avant"],
                            "saisie": dits["apres"],
                        }
                    )
        if conflits:
            raise GrilleModifiee(conflits)


def refuser_si_lie(dossier: Dossier, agent) -> None:
    """Nobody examines a dossier with which a link is declared. Raises TransitionInterdite."""
    if dossier.liens_declares.filter(agent=agent, leve_le=None).exists():
        raise TransitionInterdite(
            f"{agent.nom_complet} a un lien déclaré avec ce dossier : confiez-le à une autre personne."
        )


def criteres_de_la_grille(dossier: int, appel: int, version: int):
    """The lines of the grid that this examination was opened on; of this version of the call while there is none."""
    ouverte = Instruction.objects.filter(dossier=dossier).values("grille_version")
    en_vigueur = Value(version, output_field=models.PositiveSmallIntegerField())
    return Critere.objects.filter(appel=appel, grille=Coalesce(Subquery(ouverte), en_vigueur))


def criteres_du_dossier(dossier: Dossier):
    """The same, of a dossier at hand."""
    appel = dossier.vague.appel
    return criteres_de_la_grille(dossier.pk, appel.pk, appel.grille_version)


def instructeur_de(dossier: Dossier):
    """The agent who examines this dossier, or None while nobody does."""
    grille = Instruction.objects.select_related("instructeur").filter(dossier=dossier).first()
    return grille.instructeur if grille else None
