"""The readings of a dossier put together: mean, spread, what is to be discussed. An aid to a human deliberation."""

from dataclasses import dataclass
from decimal import Decimal

from manufactures.programme.models import Critere
from selection.models import NoteLecture
from selection.models.lecture import NOTE_MAX

ECART_A_DISCUTER = 2
MOYENNE_FAIBLE = 2


@dataclass(frozen=True)
class LigneSynthese:
    """One criterion over the readings handed in."""

    critere: Critere
    moyenne: Decimal
    basse: int
    haute: int

    @property
    def a_discuter(self) -> bool:
        """Members disagree, or the mean is low."""
        return self.haute - self.basse >= ECART_A_DISCUTER or self.moyenne < MOYENNE_FAIBLE


def synthese(dossier) -> list[LigneSynthese]:
    """Line by line, in the order of the grid; a blank counts for nothing, readings not handed in neither."""
    notes = (
        NoteLecture.objects.filter(
            lecture__dossier=dossier, lecture__rendue_le__isnull=False, note__isnull=False
        )
        .select_related("critere")
        .order_by("critere__rang")
    )
    par_critere: dict[int, list[NoteLecture]] = {}
    for note in notes:
        par_critere.setdefault(note.critere_id, []).append(note)
    lignes = []
    for groupe in par_critere.values():
        valeurs = [n.note for n in groupe]
        moyenne = (Decimal(sum(valeurs)) / len(valeurs)).quantize(Decimal("0.1"))
        lignes.append(LigneSynthese(groupe[0].critere, moyenne, min(valeurs), max(valeurs)))
    return lignes


def score_moyen(dossier) -> Decimal | None:
    """Σ weight × mean / 5 over 100, or None without reading."""
    lignes = synthese(dossier)
    poids = sum(ligne.critere.poids for ligne in lignes)
    if not poids:
        return None
    return (sum(ligne.moyenne * ligne.critere.poids for ligne in lignes) * 100 / (NOTE_MAX * poids)).quantize(
        Decimal("0.1")
    )


def critere_le_mieux_note(dossier, *, sauf=()) -> Critere | None:
    """The criterion that the readers appreciated most, among others than `sauf`; the first of the grid on a tie."""
    lignes = [ligne for ligne in synthese(dossier) if ligne.critere.code not in sauf]
    return max(lignes, key=lambda ligne: ligne.moyenne).critere if lignes else None
