"""The readings of a dossier put together: mean, spread, what is to be discussed. An aid to a human deliberation."""

from dataclasses import dataclass
from decimal import Decimal

from manufactures.programme.models import Critere
from selection.models import NoteLecture

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
    """Line by line, in the order of the grid, over the readings of this dossier."""
    rendues = NoteLecture.objects.filter(lecture__dossier=dossier, lecture__rendue_le__isnull=False)
    return synthese_des(rendues.select_related("critere"))


def synthese_des(notes) -> list[LigneSynthese]:
    """The same over the marks of readings handed in, with their criteria; a blank counts for nothing."""
    par_critere: dict[int, list[NoteLecture]] = {}
    for note in notes:
        if note.note is not None:
            par_critere.setdefault(note.critere_id, []).append(note)
    lignes = []
    for groupe in sorted(par_critere.values(), key=lambda notes: notes[0].critere.rang):
        valeurs = [n.note for n in groupe]
        moyenne = (Decimal(sum(valeurs)) / len(valeurs)).quantize(Decimal("0.1"))
        lignes.append(LigneSynthese(groupe[0].critere, moyenne, min(valeurs), max(valeurs)))
    return lignes


def score_moyen(dossier) -> Decimal | None:
    """The score of this dossier over 100, or None without reading."""
    return score_de(synthese(dossier))


def score_de(lignes: list[LigneSynthese]) -> Decimal | None:
    """Σ weight × mean / scale over 100, or None without reading."""
    poids = sum(ligne.critere.poids for ligne in lignes)
    if not poids:
        return None
    total = sum(ligne.moyenne * ligne.critere.poids / ligne.critere.echelle for ligne in lignes)
    return (total * 100 / poids).quantize(Decimal("0.1"))


def critere_le_mieux_note(dossier, *, sauf=()) -> Critere | None:
    """The criterion that the readers appreciated most, among others than `sauf`; the first of the grid on a tie."""
    lignes = [ligne for ligne in synthese(dossier) if ligne.critere.code not in sauf]
    return max(lignes, key=lambda ligne: ligne.moyenne).critere if lignes else None
