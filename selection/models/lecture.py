"""A member's reading of a dossier: a mark from 0 to 5 and a comment a criterion, hidden from others until handed in."""

from decimal import Decimal

from django.db import models, transaction
from django.db.models import Q

from candidatures.models import Dossier
from instruction.models.grille import criteres_de_la_grille
from manufactures import enonces, horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Critere, NatureCritere
from manufactures.registres import roles_sur
from selection.models.base import exiger, exiger_soi
from selection.models.choix import EtatSeance
from selection.models.comite import Membre

NOTE_MAX = 5
A_COMMENTER = (0, 1, 5)
LISIBLES = (Etat.EN_COMITE, Etat.A_AUDITIONNER)


def _ouvertes(user) -> Q:
    """On the calls whose rules hide no reading: the dossiers on which a member declared themselves, not their own."""
    sieges = Membre.objects.en_exercice().filter(user=user)
    declares = Dossier.objects.filter(
        declarations__membre__in=sieges, declarations__reponse__in=("AUCUN", "LIEN"),
        vague__appel__regles_du_comite__lectures_masquees=False,
    )  # fmt: skip
    return Q(dossier__in=declares.values("pk")) & ~Q(dossier__membres__user=user)


class LectureQuerySet(models.QuerySet):
    """Readings."""

    def rendues(self):
        """Handed in."""
        return self.filter(rendue_le__isnull=False)

    def visibles_par(self, user, dossiers=None):
        """One's own; the others' on a dossier that one has read oneself, or that the rules of its call leave open;
        all for those who run the call.

        `dossiers`: only of these, which the caller has read among those that `user` may see.
        """
        if not user.is_active:
            return self.none()
        dossiers = Dossier.objects.visibles_par(user) if dossiers is None else dossiers
        siennes = self.filter(membre__user=user, dossier__in=dossiers)
        if user.a_le_role(Role.RESPONSABLE, Role.INSTRUCTEUR, Role.AUDITEUR):
            autres = Q(dossier__in=dossiers, rendue_le__isnull=False) & ~Q(dossier__membres__user=user)
            return self.filter(autres | Q(pk__in=siennes))
        lus = Lecture.objects.filter(membre__user=user, rendue_le__isnull=False).values("dossier")
        autres = (Q(dossier__in=lus) | _ouvertes(user)) & Q(dossier__in=dossiers, rendue_le__isnull=False)
        return self.filter(Q(pk__in=siennes) | autres)


def _criteres_notes(dossier: int, appel: int, version: int):
    return criteres_de_la_grille(dossier, appel, version).filter(nature=NatureCritere.NOTE)


class Lecture(models.Model):
    """One member on one dossier."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="lectures", verbose_name="dossier"
    )
    membre = models.ForeignKey(
        Membre, on_delete=models.PROTECT, related_name="lectures", verbose_name="membre"
    )
    commencee_le = models.DateTimeField("commencée le", default=horloge.maintenant)
    rendue_le = models.DateTimeField("rendue le", null=True, blank=True)

    objects = LectureQuerySet.as_manager()

    class Meta:
        verbose_name = "lecture"
        ordering = ["dossier", "pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "membre"], name="lecture_unique")]

    def __str__(self):
        return f"{self.dossier}, lu par {self.membre}"

    @classmethod
    def ouvrir(cls, dossier: Dossier, membre: Membre, *, par) -> "Lecture":
        """The reading of this member, begun if need be. Raises TransitionInterdite once the opinion is given."""
        exiger_soi(membre, par, "Chaque membre rend sa propre lecture.")
        dossier = Dossier.objects.visibles_par(par).get(pk=dossier.pk)
        exiger(Role.MEMBRE in roles_sur(dossier, par), "Ce dossier n'est pas à lire.")
        lecture = cls.objects.filter(dossier=dossier, membre=membre).first()
        if lecture is None:
            exiger(dossier.etat in LISIBLES, "Le comité a rendu son avis : les lectures sont closes.")
            lecture = cls.objects.create(dossier=dossier, membre=membre, commencee_le=horloge.maintenant())
        return lecture

    def criteres(self) -> list[Critere]:
        """The marked criteria of this dossier's grid, in order."""
        appel = self.dossier.vague.appel
        cles = {"dossier": self.dossier_id, "appel": appel.pk, "version": appel.grille_version}
        return enonces.lire(_criteres_notes, **cles)

    def noter(self, notes: dict[str, tuple[int | None, str]], *, par) -> None:
        """Save marks under way: criterion's code -> (mark or None, comment). A blank is no mark, never 0."""
        with transaction.atomic():
            lecture = self._ouverte(par)
            criteres = {c.code: c for c in lecture.criteres()}
            for code, (note, commentaire) in notes.items():
                exiger(code in criteres, "Ce critère n'est pas de la grille.")
                plafond = criteres[code].echelle
                exiger(note is None or 0 <= note <= plafond, f"La note de {code} va de 0 à {plafond}.")
                lecture.notes.update_or_create(
                    critere=criteres[code], defaults={"note": note, "commentaire": commentaire.strip()}
                )

    def _ouverte(self, par) -> "Lecture":
        exiger_soi(self.membre, par, "Chaque membre rend sa propre lecture.")
        lecture = Lecture.objects.visibles_par(par).select_related("dossier__vague__appel")
        lecture = Lecture.objects.select_for_update(of=("self",)).get(pk=lecture.get(pk=self.pk).pk)
        exiger(lecture.rendue_le is None, "Cette lecture est rendue. Rouvrez-la pour la changer.")
        exiger(lecture.dossier.etat in LISIBLES, "Le comité a rendu son avis : les lectures sont closes.")
        return lecture

    def manques(self) -> list[str]:
        """What is missing before handing in, in words."""
        notes = {n.critere_id: n for n in self.notes.all()}
        phrases = []
        for critere in self.criteres():
            ligne = notes.get(critere.pk)
            if ligne is None or ligne.note is None:
                phrases.append(f"une note sur {critere.code}")
            elif ligne.note in A_COMMENTER and not ligne.commentaire:
                phrases.append(f"un commentaire pour le {ligne.note} donné à {critere.code}")
        return phrases

    def rendre(self, *, par) -> None:
        """Hand in: the others' readings open. Raises TransitionInterdite with what is missing."""
        with transaction.atomic():
            lecture = self._ouverte(par)
            manques = lecture.manques()
            exiger(not manques, f"Il manque {', '.join(manques)}.")
            lecture.rendue_le = horloge.maintenant()
            lecture.save(update_fields=["rendue_le"])
            consigner(
                f"lecture/{lecture.pk}",
                "rendre",
                par=par,
                dossier=lecture.dossier.numero,
                notes=lecture.copie(),
            )
        self.refresh_from_db()

    def rouvrir(self, *, par) -> None:
        """Change one's marks before the deliberation; the first version stays in the journal."""
        with transaction.atomic():
            exiger_soi(self.membre, par, "Chaque membre rend sa propre lecture.")
            lecture = Lecture.objects.select_for_update(of=("self",)).get(pk=self.pk)
            exiger(lecture.dossier.etat in LISIBLES, "Le comité a rendu son avis : les lectures sont closes.")
            ouverte = lecture.dossier.points_de_seance.filter(
                seance__etat=EtatSeance.OUVERTE, resultat=""
            ).exists()
            exiger(not ouverte, "La séance est ouverte : les notes ne changent plus.")
            lecture.rendue_le = None
            lecture.save(update_fields=["rendue_le"])
            consigner(f"lecture/{lecture.pk}", "rouvrir", par=par, dossier=lecture.dossier.numero)
        self.refresh_from_db()

    def copie(self) -> dict:
        """The marks as they stand, for the journal."""
        return {
            n.critere.code: {"note": n.note, "commentaire": n.commentaire}
            for n in self.notes.select_related("critere")
        }

    @property
    def score(self) -> Decimal | None:
        """Weighted mean over 100, or None while a mark is missing."""
        notes = self.notes.all()
        poids = sum(n.critere.poids for n in notes)
        if not poids or any(n.note is None for n in notes):
            return None
        return (
            sum(Decimal(n.note * n.critere.poids) / n.critere.echelle for n in notes) * 100 / poids
        ).quantize(Decimal("0.01"))


class NoteLectureQuerySet(models.QuerySet):
    """Marks."""

    def visibles_par(self, user):
        """Those of the readings that `user` may know of."""
        return self.filter(lecture__in=Lecture.objects.visibles_par(user))


class NoteLecture(models.Model):
    """One mark."""

    lecture = models.ForeignKey(
        Lecture, on_delete=models.CASCADE, related_name="notes", verbose_name="lecture"
    )
    critere = models.ForeignKey(Critere, on_delete=models.PROTECT, related_name="+", verbose_name="critère")
    note = models.PositiveSmallIntegerField("note", null=True, blank=True)
    commentaire = models.TextField("commentaire", blank=True)

    objects = NoteLectureQuerySet.as_manager()

    class Meta:
        verbose_name = "note"
        ordering = ["critere__rang"]
        constraints = [
            models.UniqueConstraint(fields=["lecture", "critere"], name="note_lecture_unique"),
            models.CheckConstraint(
                condition=Q(note=None) | Q(note__lte=NOTE_MAX), name="note_lecture_de_0_a_5"
            ),
        ]

    def __str__(self):
        return f"{self.critere.code} : {self.note}"
