"""Double reading, where the call asks for it: a second agent reads apart; gaps are settled in words, by both."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from candidatures.models import Dossier
from instruction.models.historique import ModificationGrille
from instruction.models.lignes import NoteInstruction, Reponse, Verdict
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models import Critere, NatureCritere
from manufactures.registres import GesteInterdit, TransitionInterdite

MOTS_MIN = 10
REMISE = "Votre lecture est remise : ses réponses ne changent plus avant la conciliation."
A_CONCILIER = "Ce dossier est lu par deux agents : {}"


class SecondeLectureQuerySet(models.QuerySet):
    """Second readings: their author's own; for the others, once both are handed in."""

    def visibles_par(self, user):
        """What `user` may read of the marks; a responsable or an auditor who is neither agent reads at any time."""
        agents = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)
        dossiers = Dossier.objects.visibles_par(user, *agents).values("pk")
        surplomb = Dossier.objects.visibles_par(user, Role.RESPONSABLE, Role.AUDITEUR).values("pk")
        ouverte = Q(premiere_remise_le__isnull=False, seconde_remise_le__isnull=False)
        de_haut = Q(instruction__dossier__in=surplomb) & ~Q(instruction__instructeur=user)
        return self.filter(Q(instruction__dossier__in=dossiers) & (Q(lecteur=user) | ouverte | de_haut))


class SecondeLecture(models.Model):
    """The reading of a second agent, beside the first one's grid, and when each was handed in."""

    instruction = models.OneToOneField(
        "instruction.Instruction", models.CASCADE, related_name="seconde_lecture"
    )
    lecteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="secondes_lectures")
    confiee_le = models.DateTimeField("confiée le", default=horloge.maintenant)
    premiere_remise_le = models.DateTimeField("première lecture remise le", null=True, blank=True)
    seconde_remise_le = models.DateTimeField("seconde lecture remise le", null=True, blank=True)
    conciliee_le = models.DateTimeField("conciliée le", null=True, blank=True)

    objects = SecondeLectureQuerySet.as_manager()

    class Meta:
        verbose_name = "seconde lecture"
        verbose_name_plural = "secondes lectures"
        constraints = [
            CheckConstraint(
                condition=Q(conciliee_le=None)
                | Q(premiere_remise_le__isnull=False, seconde_remise_le__isnull=False),
                name="seconde_lecture_conciliee_une_fois_remises",
            )
        ]

    def __str__(self):
        return f"Seconde lecture du dossier {self.instruction.dossier.numero}"

    # -- Reading -------------------------------------------------------------------------------------------------
    @property
    def est_ouverte(self) -> bool:
        """Both are handed in: each reads the other."""
        return self.premiere_remise_le is not None and self.seconde_remise_le is not None

    def remise_de(self, user):
        """When this person handed theirs in, or None."""
        return self.seconde_remise_le if user.pk == self.lecteur_id else self.premiere_remise_le

    def comparaison(self) -> list["Ligne"]:
        """The two readings line by line, with what was agreed: four queries."""
        verdicts = {v.critere_id: v for v in self.instruction.verdicts.all()}
        notes = {n.critere_id: n for n in self.instruction.notes.all()}
        secondes = {ligne.critere_id: ligne for ligne in self.lignes.all()}
        accords = {
            accord.critere_id: accord
            for accord in self.conciliations.select_related("proposee_par", "acceptee_par")
        }
        seuil = self.instruction.dossier.vague.appel.seuil_d_ecart
        return [
            Ligne(
                critere,
                (verdicts if critere.nature == NatureCritere.ELIGIBILITE else notes).get(critere.pk),
                secondes.get(critere.pk),
                accords.get(critere.pk),
                seuil,
            )
            for critere in self.instruction.criteres.exclude(nature=NatureCritere.ARBITRAGE).order_by(
                "nature", "rang"
            )
        ]

    def reste_a_concilier(self) -> list[str]:
        """Codes of the lines that the two do not read alike and have not settled."""
        return [ligne.critere.code for ligne in self.comparaison() if ligne.en_ecart and not ligne.est_reglee]

    # -- Deeds ---------------------------------------------------------------------------------------------------
    @classmethod
    def confier(cls, grille, lecteur, *, par) -> "SecondeLecture":
        """Give the second reading to an agent: a responsable's deed, or one's own. Until it is handed in.

        Whom the call entitles and who has no declared link is the caller's check: `lecteurs_possibles`.
        """
        with transaction.atomic():
            grille = _verrouiller(grille)
            if lecteur.pk == grille.instructeur_id:
                raise TransitionInterdite(
                    f"{lecteur.nom_complet} tient déjà la première lecture de ce dossier."
                )
            if grille.sens:
                raise TransitionInterdite("La pré-instruction de ce dossier est conclue.")
            if grille.dossier.liens_declares.filter(agent=lecteur, leve_le=None).exists():
                raise TransitionInterdite(
                    f"{lecteur.nom_complet} a un lien déclaré avec ce dossier : choisissez une autre personne."
                )
            lecture = cls.objects.filter(instruction=grille).first()
            if lecture is None:
                lecture = cls.objects.create(instruction=grille, lecteur=lecteur)
            elif lecture.seconde_remise_le or lecture.lignes.exists():
                raise TransitionInterdite(f"{lecture.lecteur.nom_complet} a commencé la seconde lecture.")
            else:
                lecture.lecteur, lecture.confiee_le = lecteur, horloge.maintenant()
                lecture.save(update_fields=["lecteur", "confiee_le"])
            consigner(grille.dossier.fil, "confier_seconde_lecture", par=par, lecteur=lecteur.nom_complet)
        return lecture

    def enregistrer(self, saisies: dict[str, dict], *, par) -> None:
        """Write one's own lines: a rule's code -> {reponse, motif}, a criterion's -> {note, motif}."""
        with transaction.atomic():
            lecture = self._tenue(par)
            if lecture.seconde_remise_le:
                raise TransitionInterdite(REMISE)
            connues = {ligne.critere_id: ligne for ligne in lecture.lignes.all()}
            lignes = []
            for critere in lecture.instruction.criteres.filter(code__in=saisies):
                ligne = connues.get(critere.pk) or LigneSeconde(lecture=lecture, critere=critere)
                for nom, valeur in saisies[critere.code].items():
                    setattr(ligne, nom, valeur)
                ligne.critere = critere
                ligne.verifier()
                lignes.append(ligne)
            LigneSeconde.objects.bulk_create([ligne for ligne in lignes if ligne.pk is None])
            LigneSeconde.objects.bulk_update(
                [ligne for ligne in lignes if ligne.pk], ["reponse", "note", "motif"]
            )

    def remettre(self, *, par) -> bool:
        """Hand one's reading in, whole; True once both are. Raises TransitionInterdite with what is missing."""
        with transaction.atomic():
            lecture = self._tenue(par, les_deux=True)
            if lecture.remise_de(par):
                raise TransitionInterdite("Votre lecture est déjà remise.")
            seconde = par.pk == lecture.lecteur_id
            lues = [
                (ligne.critere, ligne.seconde if seconde else ligne.premiere)
                for ligne in lecture.comparaison()
            ]
            if manquent := [critere.code for critere, lue in lues if valeur_de(lue) is None]:
                raise TransitionInterdite(f"Il manque une réponse ou une note : {', '.join(manquent)}.")
            champ = "seconde_remise_le" if seconde else "premiere_remise_le"
            setattr(lecture, champ, horloge.maintenant())
            lecture.save(update_fields=[champ])
            rang = "seconde" if seconde else "première"
            consigner(lecture.instruction.dossier.fil, "remettre_lecture", par=par, lecture=rang)
            if lecture.est_ouverte:
                lecture._clore_si_reglee(par)
        self.refresh_from_db()
        return self.est_ouverte

    def proposer(self, code: str, *, par, mots: str, reponse: str = "", note: int | None = None) -> None:
        """Propose what both will say of a line, in words; the other one accepts it or proposes otherwise."""
        if len(mots.strip()) < MOTS_MIN:
            raise TransitionInterdite("Écrivez en quelques mots pourquoi cette note ou cette réponse.")
        with transaction.atomic():
            lecture = self._ouverte(par)
            critere = lecture.instruction.criteres.filter(code=code).first()
            if critere is None:
                raise TransitionInterdite(f"La grille de cet appel n'a pas de ligne {code}.")
            if critere.nature == NatureCritere.ELIGIBILITE:
                note = None
                if reponse not in Reponse.values:
                    raise TransitionInterdite("Choisissez une réponse.")
            else:
                reponse = ""
                if note is None or not 0 <= note <= critere.echelle:
                    raise TransitionInterdite(f"La note de {code} va de 0 à {critere.echelle}.")
            Conciliation.objects.update_or_create(
                lecture=lecture,
                critere=critere,
                defaults={
                    "reponse": reponse,
                    "note": note,
                    "mots": mots.strip(),
                    "proposee_par": par,
                    "proposee_le": horloge.maintenant(),
                    "acceptee_par": None,
                    "acceptee_le": None,
                },
            )
            if lecture.conciliee_le:
                lecture.conciliee_le = None
                lecture.save(update_fields=["conciliee_le"])

    def accepter(self, code: str, *, par) -> None:
        """Agree with what the other one proposed: the grid says it, the journal keeps mark, words and names."""
        with transaction.atomic():
            lecture = self._ouverte(par)
            accord = lecture.conciliations.select_related("proposee_par").filter(critere__code=code).first()
            if accord is None or accord.acceptee_le:
                raise TransitionInterdite("Aucune proposition n'attend votre accord sur cette ligne.")
            if accord.proposee_par_id == par.pk:
                raise TransitionInterdite("Vous avez fait cette proposition : l'autre lecteur l'accepte.")
            accord.acceptee_par, accord.acceptee_le = par, horloge.maintenant()
            accord.save(update_fields=["acceptee_par", "acceptee_le"])
            lecture._ecrire_l_accord(accord, par)
            lecture._clore_si_reglee(par)
        self.refresh_from_db()

    # -- Inside --------------------------------------------------------------------------------------------------
    def _tenue(self, par, *, les_deux: bool = False) -> "SecondeLecture":
        """Locked with its grid, for its author, or for both. Raises GesteInterdit."""
        grille = _verrouiller(self.instruction)
        lecture = SecondeLecture.objects.get(pk=self.pk)
        lecture.instruction = grille
        tenues = {lecture.lecteur_id, grille.instructeur_id} if les_deux else {lecture.lecteur_id}
        if par.pk not in tenues:
            raise GesteInterdit("Cette lecture revient à un autre agent.")
        if grille.sens:
            raise TransitionInterdite("La pré-instruction de ce dossier est conclue.")
        return lecture

    def _ouverte(self, par) -> "SecondeLecture":
        """As `_tenue` for both, once both have handed in."""
        lecture = self._tenue(par, les_deux=True)
        if not lecture.est_ouverte:
            raise TransitionInterdite("Les deux lectures ne sont pas remises.")
        return lecture

    def _ecrire_l_accord(self, accord: "Conciliation", par) -> None:
        grille = self.instruction
        critere = grille.criteres.get(pk=accord.critere_id)
        modele = Verdict if critere.nature == NatureCritere.ELIGIBILITE else NoteInstruction
        ligne = modele.objects.filter(instruction=grille, critere=critere).first()
        ligne = ligne or modele(instruction=grille, critere=critere)
        ligne.critere = critere
        dite = (
            {"reponse": accord.reponse, "motif": accord.mots} if modele is Verdict else {"note": accord.note}
        )
        ligne.saisie = dite
        grille.version += 1
        ModificationGrille.noter(grille, [ligne.changement()], par=par)
        modele.ecrire([ligne], par=par, version=grille.version)
        grille.modifie_le = horloge.maintenant()
        grille.save(update_fields=["version", "modifie_le"])
        consigner(
            grille.dossier.fil,
            "concilier",
            par=par,
            motif=accord.mots,
            ligne=critere.code,
            reponse=accord.reponse,
            note=accord.note,
            proposee_par=accord.proposee_par.nom_complet,
            acceptee_par=par.nom_complet,
        )

    def _clore_si_reglee(self, par) -> None:
        if self.conciliee_le is None and not self.reste_a_concilier():
            self.conciliee_le = horloge.maintenant()
            self.save(update_fields=["conciliee_le"])
            consigner(self.instruction.dossier.fil, "clore_conciliation", par=par)


class DeLaSecondeLectureQuerySet(models.QuerySet):
    """What hangs on a second reading is read by whoever may read it."""

    def visibles_par(self, user):
        """Rows of the second readings that `user` may read."""
        return self.filter(lecture__in=SecondeLecture.objects.visibles_par(user))


class LigneSeconde(models.Model):
    """What the second agent says of one line."""

    lecture = models.ForeignKey(SecondeLecture, models.CASCADE, related_name="lignes")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="+")
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, blank=True)
    note = models.PositiveSmallIntegerField("note", null=True, blank=True)
    motif = models.TextField("motif ou constats", blank=True)

    objects = DeLaSecondeLectureQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne de la seconde lecture"
        verbose_name_plural = "lignes de la seconde lecture"
        ordering = ["critere__rang"]
        constraints = [
            UniqueConstraint(fields=["lecture", "critere"], name="ligne_seconde_une_par_critere"),
            CheckConstraint(condition=Q(note=None) | Q(reponse="", note__lte=5), name="ligne_seconde_note"),
            CheckConstraint(
                condition=~Q(reponse=Reponse.NON) | ~Q(motif=""), name="ligne_seconde_non_motive"
            ),
        ]

    def __str__(self):
        return f"{self.critere.code} : {self.get_reponse_display() or self.note}"

    def verifier(self) -> None:
        """A « non » is reasoned, a mark stands on its scale."""
        if self.reponse == Reponse.NON and not self.motif.strip():
            raise TransitionInterdite(f"{self.critere.code} : écrivez pourquoi la règle n'est pas remplie.")
        if self.note is not None and self.note > self.critere.echelle:
            raise TransitionInterdite(f"La note de {self.critere.code} va de 0 à {self.critere.echelle}.")


class Conciliation(models.Model):
    """What the two agents agree on for one line: proposed by one, accepted by the other, in words."""

    lecture = models.ForeignKey(SecondeLecture, models.CASCADE, related_name="conciliations")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="+")
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, blank=True)
    note = models.PositiveSmallIntegerField("note", null=True, blank=True)
    mots = models.TextField("pourquoi")
    proposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposee_le = models.DateTimeField("proposée le", default=horloge.maintenant)
    acceptee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)

    objects = DeLaSecondeLectureQuerySet.as_manager()

    class Meta:
        verbose_name = "conciliation"
        ordering = ["critere__rang"]
        constraints = [
            UniqueConstraint(fields=["lecture", "critere"], name="conciliation_une_par_critere"),
            CheckConstraint(
                condition=Q(acceptee_par=None, acceptee_le=None)
                | (
                    Q(acceptee_par__isnull=False, acceptee_le__isnull=False)
                    & ~Q(acceptee_par=F("proposee_par"))
                ),
                name="conciliation_par_les_deux",
            ),
            CheckConstraint(condition=~Q(mots=""), name="conciliation_en_mots"),
        ]

    def __str__(self):
        return f"{self.critere.code} : {self.get_reponse_display() or self.note}"


@dataclass(frozen=True)
class Ligne:
    """One line in two readings."""

    critere: Critere
    premiere: Verdict | NoteInstruction | None
    seconde: LigneSeconde | None
    accord: Conciliation | None
    seuil: int

    @property
    def en_ecart(self) -> bool:
        """Two answers to a rule, or marks further apart than the call tolerates."""
        lues = valeur_de(self.premiere), valeur_de(self.seconde)
        if None in lues:
            return False
        if self.critere.nature == NatureCritere.ELIGIBILITE:
            return self.accord is not None or lues[0] != lues[1]
        return self.accord is not None or abs(lues[0] - lues[1]) > self.seuil

    @property
    def est_reglee(self) -> bool:
        """Both agreed."""
        return self.accord is not None and self.accord.acceptee_le is not None

    @property
    def est_regle(self) -> bool:
        """A rule answered yes or no; a criterion takes a mark."""
        return self.critere.nature == NatureCritere.ELIGIBILITE


def valeur_de(ligne):
    """The answer or the mark of a line in either reading; None where there is none."""
    if ligne is None:
        return None
    reponse = getattr(ligne, "reponse", "")
    return reponse or getattr(ligne, "note", None)


# -- What the grid asks of it ----------------------------------------------------------------------------------------
def voilee(grille, user) -> bool:
    """The two readings are not handed in: the first one's grid stays shut to whoever reads second, or still may."""
    if not grille.double_lecture or grille.instructeur_id == user.pk:
        return False
    lecture = SecondeLecture.objects.filter(instruction=grille).first()
    if lecture is not None and lecture.premiere_remise_le and lecture.seconde_remise_le:
        return False
    lit_en_second = lecture is not None and lecture.lecteur_id == user.pk
    return lit_en_second or not user.a_le_role(Role.RESPONSABLE, Role.AUDITEUR)


def refuser_si_remise(grille, codes: list[str]) -> None:
    """A reading handed in does not change before the reconciliation, nor an agreed line after it."""
    if not grille.double_lecture or not codes:
        return
    lecture = SecondeLecture.objects.filter(instruction=grille).first()
    if lecture is None or lecture.premiere_remise_le is None:
        return
    if lecture.conciliee_le is None:
        raise TransitionInterdite(REMISE)
    accords = lecture.conciliations.filter(critere__code__in=codes).values_list("critere__code", flat=True)
    if accords := list(accords):
        raise TransitionInterdite(
            f"{', '.join(accords)} : cette ligne est conciliée par les deux lecteurs. Proposez une autre conciliation."
        )


def exiger_conciliee(grille) -> None:
    """Before a conclusion, two readings that agree. Raises TransitionInterdite with what is awaited."""
    if not grille.double_lecture:
        return
    lecture = SecondeLecture.objects.select_related("lecteur").filter(instruction=grille).first()
    if lecture is None:
        attendu = "confiez la seconde lecture."
    elif lecture.premiere_remise_le is None:
        attendu = "remettez la première lecture."
    elif lecture.seconde_remise_le is None:
        attendu = f"{lecture.lecteur.nom_complet} n'a pas remis la seconde lecture."
    elif lecture.conciliee_le is None:
        attendu = f"il reste à concilier {', '.join(lecture_de(grille, lecture).reste_a_concilier())}."
    else:
        return
    raise TransitionInterdite(A_CONCILIER.format(attendu))


def lecture_de(grille, lecture: SecondeLecture) -> SecondeLecture:
    """The reading with its grid already read."""
    lecture.instruction = grille
    return lecture


def _verrouiller(grille):
    """The grid, its dossier and its call, locked; where the call asks for a double reading."""
    verrou = type(grille).objects.select_for_update(of=("self",)).select_related("dossier__vague__appel")
    grille = verrou.get(pk=grille.pk)
    if not grille.double_lecture:
        raise TransitionInterdite("Ce dossier n'est lu que par un agent.")
    return grille
