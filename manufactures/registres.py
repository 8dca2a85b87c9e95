"""Where stages contribute what the floors below must not import: looks, reserves, guards, invariants.

Each app fills these registries when it loads (`AppConfig.ready()` imports its rooms). Nothing here knows a stage. What
waits for whom is contributed to `attentes.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from manufactures import enonces
from manufactures.procedure import Role


class TransitionInterdite(Exception):
    """A step that the procedure or its conditions refuse; the message is a sentence for the user."""


class GesteInterdit(PermissionDenied):
    """A deed that is not this person's; the message is a sentence for the user."""


RIEN = Q(pk__in=[])

# -- Who sees what -----------------------------------------------------------------------------------------------
_regards: dict[str, list[tuple[frozenset[Role], Callable]]] = {}
_reserves: dict[str, list[tuple[frozenset[Role], Callable]]] = {}
_attaches: dict[Role, Callable] = {}


def attache(role: Role):
    """Register the rows that make a person hold `role` somewhere: `f(personne) -> QuerySet`, of a reference to them.

    One reading at the start of a request tells which roles somebody may hold; the looks of the others are left out.
    """

    def inscrire(fonction):
        _attaches[role] = fonction
        return fonction

    return inscrire


def attaches() -> dict[Role, Callable]:
    """The roles that rows of the stages give, each with its rows; the others come from habilitations."""
    return dict(_attaches)


def regard(modele: str, *roles: Role):
    """Register a look: `f(user) -> Q`, the rows of `modele` that the user sees under `roles`."""

    def inscrire(fonction):
        _regards.setdefault(modele, []).append((frozenset(roles), fonction))
        return fonction

    return inscrire


def reserve(modele: str, *roles: Role):
    """Register a reserve: `f(user) -> Q`, rows taken away from the sum of all looks, save from their own porteurs.

    `roles` are those that it speaks of: whoever holds none of them anywhere keeps all.
    """

    def inscrire(fonction):
        _reserves.setdefault(modele, []).append((frozenset(roles), fonction))
        return fonction

    return inscrire


DES_PORTEURS = {Role.PORTEUR, Role.CONTRIBUTEUR, Role.LECTEUR}


def _somme(conditions: Iterable[Q]) -> Q:
    total = RIEN
    for condition in conditions:
        if condition is not RIEN:
            total = condition if total is RIEN else total | condition
    return total


def _moins(autres: Q, ecarte: Q) -> Q:
    return autres if RIEN in (autres, ecarte) else autres & ~ecarte


def _reserve(modele: str, user) -> Q:
    return _somme(f(user) for roles, f in _reserves.get(modele, []) if user.peut_tenir(roles))


def _regards_de(modele: str, user) -> list[tuple[int, frozenset[Role], Callable]]:
    """The looks on this model that may show something to `user`, each with its rank."""
    looks = enumerate(_regards.get(modele, []))
    return [(rang, roles, f) for rang, (roles, f) in looks if user.peut_tenir(roles)]


def regards_sur(modele: str, user, *comme: Role) -> Q:
    """The sum of the looks on `modele`, less the reserves; the porteurs' own looks are never taken away.

    With `comme`, only the looks of these roles.
    """
    looks = [look for look in _regards_de(modele, user) if not comme or look[1] & set(comme)]
    siens = _somme(f(user) for _, roles, f in looks if roles & DES_PORTEURS)
    autres = _somme(f(user) for _, roles, f in looks if not roles & DES_PORTEURS)
    if autres is not RIEN:
        autres = _moins(autres, _reserve(modele, user))
    return _somme((siens, autres))


_dedans: dict[str, list[tuple[frozenset[Role], Callable]]] = {}


def regard_dedans(modele: str, *roles: Role):
    """Register what of `modele` hangs on an object already seen under `roles`: `f(objet) -> Q`, no look asked twice.

    It must give the same rows as the looks of these roles give among those of `objet`.
    """

    def inscrire(fonction):
        _dedans.setdefault(modele, []).append((frozenset(roles), fonction))
        return fonction

    return inscrire


def regards_dans(modele: str, objet, user, roles: set[Role]) -> Q:
    """Rows of `modele` that hang on `objet`, which `user` was just found to see under `roles`, less the reserves.

    Where one of these roles has only a look of its own, all the looks are asked.
    """
    regardent = roles & set().union(*(look[0] for look in _regards.get(modele, [])))
    dedans = [(siens, f) for siens, f in _dedans.get(modele, []) if siens & roles]
    if not regardent <= set().union(*(siens for siens, _ in dedans)):
        return regards_sur(modele, user)
    vues = _somme(f(objet) for _, f in dedans)
    return vues if regardent <= DES_PORTEURS or vues is RIEN else _moins(vues, _reserve(modele, user))


def avec_roles(lignes: QuerySet, user) -> QuerySet:
    """The same rows, each with what `roles_lus` reads: whether each look on its model shows it to `user`."""
    modele = lignes.model.MODELE_REGARD
    ecarte = _reserve(modele, user)
    colonnes = {}
    for rang, roles, f in _regards_de(modele, user):
        condition = f(user)
        if condition is not RIEN:
            condition = condition if roles & DES_PORTEURS else _moins(condition, ecarte)
            vu = When(condition, then=Value(True))
            colonnes[f"regard_{rang}"] = Case(vu, default=Value(False), output_field=BooleanField())
    return lignes.annotate(**colonnes)


def roles_lus(modele: str, ligne: dict) -> set[Role]:
    """The roles that a row of `avec_roles` tells."""
    vus = set()
    for rang, (roles, _) in enumerate(_regards.get(modele, [])):
        if ligne.get(f"regard_{rang}"):
            vus |= roles
    return vus


def roles_sur(objet, user) -> set[Role]:
    """The roles that `user` holds on this very object, in one query; empty for who may not see it.

    Same lines as `regards_sur`, so that a look and the deeds it allows never part.
    """
    if not user.is_active or objet.pk is None:
        return set()
    lignes = avec_roles(type(objet)._base_manager.filter(pk=objet.pk), user)
    ligne = lignes.values(*(nom for nom in lignes.query.annotations)).first()
    return roles_lus(objet.MODELE_REGARD, ligne) if ligne else set()


@cache
def _chacun(lignes: Callable[..., QuerySet]) -> Callable:
    """The composition of one object among `lignes(user)`, with the roles held on it."""

    def objet(user, **cles):
        return avec_roles(lignes(user), user).filter(**cles)

    return objet


def lire(lignes: QuerySet | Callable[..., QuerySet], user, **cles):
    """One object among `lignes` with the roles that `user` holds on it, in one query: `(objet, roles)`.

    Where `lignes` is a function, of the reader, the statement is composed once (`enonces`). Raises DoesNotExist where
    there is none, and where `user` may not see it: no look shows it.
    """
    trouves = []
    if user.is_active:
        prepare = callable(lignes)
        trouves = (
            enonces.lire(_chacun(lignes), user, **cles)
            if prepare
            else avec_roles(lignes, user).filter(**cles)
        )
    for objet in trouves:
        roles = roles_lus(objet.MODELE_REGARD, vars(objet))
        if roles:
            return objet, roles
    modele = (lignes(user) if callable(lignes) else lignes).model
    raise modele.DoesNotExist(f"{modele._meta.verbose_name} : {cles}")


class VisiblesQuerySet(QuerySet):
    """Every reading starts here: a view never filters rights itself."""

    def visibles_par(self, user, *comme: Role):
        """Rows that `user` may know of: the sum of what each stage grants, under the roles `comme` if named."""
        if not user.is_active:  # AnonymousUser.is_active is False
            return self.none()
        return self.filter(regards_sur(self.model.MODELE_REGARD, user, *comme))

    def visibles_dans(self, objet, user, roles: set[Role]):
        """The same among the rows of an object whose `roles` were just read with it: the caller narrows to its rows."""
        return self.filter(regards_dans(self.model.MODELE_REGARD, objet, user, roles))


# -- Conditions of the deeds --------------------------------------------------------------------------------------
_conditions: dict[tuple[str, str], Callable] = {}


def condition(nom: str, modele: str):
    """Register what holds a named condition of the rights table: `f(objet, user) -> bool`, on the rows of `modele`."""

    def inscrire(fonction):
        _conditions[nom, modele] = fonction
        return fonction

    return inscrire


def condition_de(nom: str, objet) -> Callable | None:
    """The function that holds this condition on this kind of object; None where a look or the deed holds it."""
    return _conditions.get((nom, getattr(objet, "MODELE_REGARD", "")))


def conditions_tenues() -> set[str]:
    """Names of the conditions that a function holds."""
    return {nom for nom, _ in _conditions}


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
    """Register when steps are due: `f(objets) -> Iterable[QuerySet]` of pairs (key, instant).

    A stage speaks only of the states that it knows of: none among these objects, no query.
    """

    def inscrire(fonction):
        _echeances.setdefault(cycle, []).append(fonction)
        return fonction

    return inscrire


def echeances_de(cycle: str, objets: Iterable) -> dict[int, datetime]:
    """When the present step of each of these objects is due, for those that a stage gives a date: one query at most."""
    objets = list(objets)
    paires = [lignes.order_by() for f in _echeances.get(cycle, []) for lignes in f(objets)]
    if not paires:
        return {}
    connues = paires[0].union(*paires[1:], all=True) if len(paires) > 1 else paires[0]
    dates: dict[int, datetime] = {}
    for cle, instant in connues:
        if instant is not None:
            dates[cle] = min(instant, dates.get(cle, instant))
    return dates


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


# -- Stored files ------------------------------------------------------------------------------------------------
_fichiers: dict[str, Callable] = {}


def fichiers(nom: str):
    """Register the rows that keep a stored file: `f() -> QuerySet` with `chemin`, `empreinte`, `taille`, `de` to read.

    `chemin` is the path in the storage, `empreinte` the SHA-256 of the content, `de` what names the row in a sentence.
    """

    def inscrire(fonction):
        _fichiers[nom] = fonction
        return fonction

    return inscrire


def lignes_avec_fichier() -> dict[str, QuerySet]:
    """The rows of each app that keep a file, by the name of what they are."""
    return {nom: fonction() for nom, fonction in _fichiers.items()}


# -- What does not stay for ever ---------------------------------------------------------------------------------
class Regle:
    """A kind of rows that a retention rule reaches; `settings.CONSERVATION` says after how long, and their fate."""

    exemple = "pk"  # the field that names a row in the list: a number, never a person

    def lignes(self, limite: datetime) -> QuerySet:
        """The rows that are past their time, `limite` being now less the duration."""
        raise NotImplementedError

    def detruire(self, lignes: QuerySet) -> Iterable[str]:
        """Erase one batch, in the caller's transaction; returns the stored files that it leaves behind."""
        lignes.delete()
        return ()


_conservation: dict[str, Regle] = {}


def conservation(genre: str):
    """Register the rule of a kind named in `settings.CONSERVATION`: a subclass of `Regle`."""

    def inscrire(classe):
        _conservation[genre] = classe()
        return classe

    return inscrire


def regles_de_conservation() -> dict[str, Regle]:
    """Each kind with its rule."""
    return dict(_conservation)


_effacements: dict[str, list[Callable]] = {}


def effacement(modele: str):
    """Register what a stage erases with rows of a floor below: `f(lignes: QuerySet)`, before they go."""

    def inscrire(fonction):
        _effacements.setdefault(modele, []).append(fonction)
        return fonction

    return inscrire


def effacer_avec(modele: str, lignes: QuerySet) -> None:
    """Let the stages erase what hangs on these rows."""
    for fonction in _effacements.get(modele, []):
        fonction(lignes)
