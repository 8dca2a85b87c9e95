"""The cahier des charges over the waves: which version each wave reads, who cites it, how a clause is revised."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F, Max

from manufactures import horloge
from manufactures.programme.models.appel import Appel, Vague
from manufactures.programme.models.article import Article
from manufactures.registres import TransitionInterdite


class Citation(models.Model):
    """A section of the form, or one of its fields, applies a clause: « projet#mutualisation » cites article 4.4."""

    appel = models.ForeignKey(Appel, on_delete=models.CASCADE, related_name="citations")
    ou = models.CharField("section, puis champ", max_length=60)
    article = models.CharField("article du cahier des charges", max_length=20)

    class Meta:
        verbose_name = "clause citée par le formulaire"
        verbose_name_plural = "clauses citées par le formulaire"
        ordering = ["appel", "ou", "article"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "ou", "article"], name="citation_unique"),
        ]

    def __str__(self):
        return f"{self.ou} : article {self.article}"


@dataclass(frozen=True)
class Changement:
    """One clause from a wave to another: `avant` or `apres` is None where it is new or repealed."""

    avant: Article | None
    apres: Article | None

    @property
    def clause(self) -> Article:
        """The version that names it."""
        return self.apres or self.avant


class Clauses:
    """All versions of the clauses of a call, read once."""

    def __init__(self, versions: list[Article]):
        self.versions: dict[str, list[Article]] = defaultdict(list)
        for version in sorted(versions, key=lambda v: (v.rang, v.numero, v.version)):
            self.versions[version.numero].append(version)

    @classmethod
    def de(cls, appel: int) -> "Clauses":
        """Those of the call of this key, in one query."""
        return cls(list(Article.objects.filter(appel=appel)))

    def lue(self, numero: str, vague: int) -> Article | None:
        """The version of a clause that the wave of this number reads; None where it has none, or no more."""
        dernieres = [version for version in self.versions.get(numero, ()) if version.depuis <= vague]
        return dernieres[-1] if dernieres and not dernieres[-1].abroge else None

    def en_vigueur(self, vague: int) -> list[Article]:
        """What a wave reads, in order."""
        lues = (self.lue(numero, vague) for numero in self.versions)
        return sorted((clause for clause in lues if clause), key=lambda clause: clause.rang)

    def reference(self, numero: str, vague: int) -> str:
        """« 4.2 (version 2) » as a wave reads it; « 4.2 » alone for a clause that never changed."""
        clause = self.lue(numero, vague)
        if clause is None or len(self.versions[numero]) == 1:
            return numero
        return f"{numero} (version {clause.version})"

    def changements(self, avant: int, apres: int) -> list[Changement]:
        """The clauses that do not read the same in two waves, in order."""
        paires = (Changement(self.lue(n, avant), self.lue(n, apres)) for n in self.versions)
        return sorted(
            (paire for paire in paires if paire.avant != paire.apres), key=lambda paire: paire.clause.rang
        )

    @property
    def changent_a(self) -> list[int]:
        """The numbers of the waves that read a clause of their own."""
        return sorted({v.depuis for versions in self.versions.values() for v in versions})


def premiere_vague_libre(appel: Appel) -> int:
    """The number of the first wave that has not opened yet: the next one to come, created or not."""
    ouvertes = Vague.objects.filter(appel=appel, ouverture__lte=horloge.instant_exact())
    return (ouvertes.aggregate(n=Max("numero"))["n"] or 0) + 1


def reviser(
    appel: Appel, numero: str, *, depuis: int, titre: str, texte: str, abroge: bool = False
) -> Article:
    """Open a version of a clause for the wave of number `depuis`, or write again the one that it already awaits.

    A number that no clause bears makes a new clause, at its place. Raises TransitionInterdite for a wave that has
    opened, under a version planned for a later wave, and when nothing changes.
    """
    with transaction.atomic():
        appel = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        libre = premiere_vague_libre(appel)
        if depuis < libre:
            raise TransitionInterdite(
                f"La vague {depuis} est ouverte : ses clauses ne changent plus. "
                f"Choisissez la vague {libre} ou une suivante."
            )
        versions = list(appel.articles.filter(numero=numero).order_by("version"))
        derniere = versions[-1] if versions else None
        if derniere and derniere.depuis > depuis:
            raise TransitionInterdite(
                f"La version {derniere.version} est déjà prévue pour la vague {derniere.depuis} : "
                f"choisissez cette vague ou une suivante."
            )
        if derniere is None and abroge:
            raise TransitionInterdite(f"Le cahier des charges n'a pas d'article {numero}.")
        if derniere and (derniere.titre, derniere.texte, derniere.abroge) == (titre, texte, abroge):
            raise TransitionInterdite("Ce texte est celui de la version en vigueur : rien ne change.")
        if derniere and derniere.depuis == depuis:
            derniere.titre, derniere.texte, derniere.abroge = titre, texte, abroge
            derniere.save(update_fields=["titre", "texte", "abroge"])
            return derniere
        return appel.articles.create(
            numero=numero,
            titre=titre,
            texte=texte,
            abroge=abroge,
            depuis=depuis,
            version=derniere.version + 1 if derniere else 1,
            rang=derniere.rang if derniere else _place(appel, numero),
        )


def _place(appel: Appel, numero: str) -> int:
    """The rank of a new clause: after the last one of a lower number; those that follow move by one."""
    rangs = appel.articles.values_list("numero", "rang")
    rang = max((rang for autre, rang in rangs if _ordre(autre) < _ordre(numero)), default=0) + 1
    appel.articles.filter(rang__gte=rang).update(rang=F("rang") + 1)
    return rang


def _ordre(numero: str) -> list[tuple[int, str]]:
    """« 4.10 » after « 4.9 »."""
    return [(int(part) if part.isdecimal() else 0, part) for part in numero.split(".")]
