"""Where stages contribute what the floors below must not import: looks, reserves, guards, to-do lines, invariants.

Each app fills these registries when it loads (`AppConfig.ready()` imports its rooms). Nothing here knows a stage.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from manufactures import horloge
from manufactures.procedure import Role


class TransitionInterdite(Exception):
    """A step that the procedure or its conditions refuse; the message is a sentence for the user."""


class GesteInterdit(PermissionDenied):
    """A deed that is not this person's; the message is a sentence for the user."""


RIEN = Q(pk__in=[])

# -- Who sees what -----------------------------------------------------------------------------------------------
_regards: dict[str, list[tuple[frozenset[Role], Callable]]] = {}
_reserves: dict[str, list[Callable]] = {}


def regard(modele: str, *roles: Role):
    """Register a look: `f(user) -> Q`, the rows of `modele` that the user sees under `roles`."""

    def inscrire(fonction):
        _regards.setdefault(modele, []).append((frozenset(roles), fonction))
        return fonction

    return inscrire


def reserve(modele: str):
    """Register a reserve: `f(user) -> Q`, rows taken away from the sum of all looks, save from their own porteurs."""

    def inscrire(fonction):
        _reserves.setdefault(modele, []).append(fonction)
        return fonction

    return inscrire


DES_PORTEURS = {Role.PORTEUR, Role.CONTRIBUTEUR, Role.LECTEUR}


def _somme(conditions: Iterable[Q]) -> Q:
    total = RIEN
    for condition in conditions:
        total |= condition
    return total


def regards_sur(modele: str, user) -> Q:
    """The sum of the looks on `modele`, less the reserves; the porteurs' own looks are never taken away."""
    looks = _regards.get(modele, [])
    siens = _somme(f(user) for roles, f in looks if roles & DES_PORTEURS)
    autres = _somme(f(user) for roles, f in looks if not roles & DES_PORTEURS)
    for f in _reserves.get(modele, []):
        autres &= ~f(user)
    return siens | autres


def roles_sur(objet, user) -> set[Role]:
    """The roles that `user` holds on this very object, in one query; empty for who may not see it.

    Same lines as `regards_sur`, so that a look and the deeds it allows never part.
    """
    if not user.is_active or objet.pk is None:
        return set()
    looks = _regards.get(objet.MODELE_REGARD, [])
    ecarte = _somme(f(user) for f in _reserves.get(objet.MODELE_REGARD, []))
    colonnes = {}
    for rang, (roles, f) in enumerate(looks):
        condition = f(user) if roles & DES_PORTEURS else f(user) & ~ecarte
        colonnes[f"regard_{rang}"] = Case(
            When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
    ligne = type(objet)._base_manager.filter(pk=objet.pk).annotate(**colonnes).values(*colonnes).first()
    if ligne is None:
        return set()
    vus = set()
    for rang, (roles, _) in enumerate(looks):
        if ligne[f"regard_{rang}"]:
            vus |= roles
    return vus


class VisiblesQuerySet(QuerySet):
    """Every reading starts here: a view never filters rights itself."""

    def visibles_par(self, user):
        """Rows that `user` may know of: the sum of what each stage grants. Nobody else: none."""
        if not user.is_active:  # AnonymousUser.is_active is False
            return self.none()
        return self.filter(regards_sur(self.model.MODELE_REGARD, user))


# -- Conditions of the transitions -------------------------------------------------------------------------------
_gardes: dict[tuple[str, str], list[Callable]] = {}


def garde(cycle: str, *actions: str):
    """Register a condition: `f(objet, *, par, **faits)` raises TransitionInterdite with the sentence of the refusal."""

    def inscrire(fonction):
        for action in actions:
            _gardes.setdefault((cycle, action), []).append(fonction)
        return fonction

    return inscrire


def verifier_gardes(cycle: str, action: str, objet, *, par, **faits) -> None:
    """Run every guard of this step. Raises TransitionInterdite or GesteInterdit at the first that refuses."""
    for fonction in _gardes.get((cycle, action), []):
        fonction(objet, par=par, **faits)


_effets: dict[tuple[str, str], list[Callable]] = {}


def effet(cycle: str, *actions: str):
    """Register what a stage writes with a step: `f(objet, *, par, evenement, **faits)`.

    Run by `passer` in its transaction, once state and journal are written, before acts and messages are composed.
    """

    def inscrire(fonction):
        for action in actions:
            _effets.setdefault((cycle, action), []).append(fonction)
        return fonction

    return inscrire


def produire_effets(cycle: str, action: str, objet, *, par, evenement, **faits) -> None:
    """Let the stages write what goes with this step."""
    for fonction in _effets.get((cycle, action), []):
        fonction(objet, par=par, evenement=evenement, **faits)


_echeances: dict[str, list[Callable]] = {}


def echeance(cycle: str):
    """Register when a step is due: `f(objet) -> datetime | None`, for states that the stage knows of."""

    def inscrire(fonction):
        _echeances.setdefault(cycle, []).append(fonction)
        return fonction

    return inscrire


def echeance_de(cycle: str, objet) -> datetime | None:
    """The first due date that a stage gives for this object's present step."""
    return next((quand for f in _echeances.get(cycle, []) if (quand := f(objet)) is not None), None)


# -- What the acts and the messages say --------------------------------------------------------------------------
_compositions: dict[str, Callable] = {}
_contextes: dict[str, list[Callable]] = {}


def composition(*genres: str):
    """Register who composes the frozen snapshot of these kinds: `f(objet, *, evenement, par, **faits) -> dict`."""

    def inscrire(fonction):
        for genre in genres:
            _compositions[genre] = fonction
        return fonction

    return inscrire


def composer(genre: str, objet, *, evenement, par, **faits) -> dict:
    """The whole snapshot of one act. Raises LookupError where no stage composes this kind."""
    return _compositions[genre](objet, evenement=evenement, par=par, genre=genre, **faits)


def contexte(*cles: str):
    """Register variables for these messages: `f(objet, *, evenement, par, **faits) -> dict`."""

    def inscrire(fonction):
        for cle in cles:
            _contextes.setdefault(cle, []).append(fonction)
        return fonction

    return inscrire


def contexte_de(cle: str, objet, *, evenement, par, **faits) -> dict:
    """The variables that stages add to the message `cle`."""
    variables: dict = {}
    for fonction in _contextes.get(cle, []):
        variables |= fonction(objet, evenement=evenement, par=par, **faits)
    return variables


# -- What waits for whom -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tache:
    """One line of a home page: what to do, on what, by when, and the one button."""

    libelle: str
    url: str
    objet: str
    bouton: str = "Ouvrir"
    echeance: datetime | None = None

    @property
    def en_retard(self) -> bool:
        """The due instant is past."""
        return self.echeance is not None and self.echeance < horloge.maintenant()


_a_faire: list[Callable] = []


def a_faire(fonction):
    """Register `f(user) -> Iterable[Tache]`, in a constant number of queries."""
    _a_faire.append(fonction)
    return fonction


def taches_pour(user) -> list[Tache]:
    """Everything that waits for this person, the most urgent first; without due date last."""
    taches = [tache for fonction in _a_faire for tache in fonction(user)]
    return sorted(taches, key=lambda t: (t.echeance is None, t.echeance or horloge.maintenant(), t.objet))


# -- What must always hold ---------------------------------------------------------------------------------------
_invariants: list[tuple[str, Callable]] = []


def invariant(nom: str):
    """Register a small query that yields one sentence per violation, named in French."""

    def inscrire(fonction):
        _invariants.append((nom, fonction))
        return fonction

    return inscrire


def verifier_invariants() -> Iterator[tuple[str, list[str]]]:
    """Each invariant's name with its violations (empty when it holds)."""
    for nom, fonction in _invariants:
        yield nom, list(fonction())
