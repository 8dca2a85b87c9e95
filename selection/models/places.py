"""How many laureates each wave of a call takes (press kit p. 4: 100 Manufactures over several waves)."""

from django.db import transaction

from manufactures.francais import compter
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import est_habilite
from manufactures.registres import GesteInterdit
from selection.models.base import exiger


def fixer_les_places(appel, places: dict[int, int | None], *, par) -> int:
    """Set the number of laureates of these waves (wave's number -> places, None for no number). How many changed.

    It guides and binds nobody: a committee may give another opinion, and the pages say so. Raises GesteInterdit,
    TransitionInterdite where the waves would make more than the call aims at.
    """
    if not est_habilite(par, appel.pk, Role.RESPONSABLE):
        raise GesteInterdit("Les places d'une vague reviennent à un responsable de l'appel.")
    with transaction.atomic():
        vagues = list(appel.vagues.select_for_update(of=("self",)).order_by("numero"))
        changees = {v: places[v.numero] for v in vagues if places.get(v.numero, v.places) != v.places}
        total = sum(changees.get(v, v.places) or 0 for v in vagues)
        exiger(
            total <= appel.objectif,
            f"Ces vagues font {compter(total, 'place')}, l'appel vise {compter(appel.objectif, 'lauréat')}.",
        )
        for vague, nombre in changees.items():
            avant, vague.places = vague.places, nombre
            vague.save(update_fields=["places"])
            consigner(vague.fil, "fixer_les_places", par=par, avant=avant, apres=nombre)
    return len(changees)
