"""What every deed of this stage checks first: the role held on the very object, and the state of the sitting."""

from manufactures.courrier.models import Message
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite, roles_sur

SECRETARIAT = (Role.RESPONSABLE, Role.PRESIDENT)


def exiger_role(objet, par, *roles: Role, phrase: str) -> set[Role]:
    """The roles that `par` holds on `objet`.

    Raises the model's DoesNotExist where nothing is seen, GesteInterdit (with `phrase`) where none of `roles` is held.
    """
    tenus = roles_sur(objet, par)
    if not tenus:
        raise type(objet).DoesNotExist
    if not tenus & set(roles):
        raise GesteInterdit(phrase)
    return tenus


def exiger(condition: bool, phrase: str) -> None:
    """Raise TransitionInterdite with its sentence unless the condition holds."""
    if not condition:
        raise TransitionInterdite(phrase)


def noter(objet, **champs) -> None:
    """Write these fields of a row already locked, and no other."""
    for nom, valeur in champs.items():
        setattr(objet, nom, valeur)
    objet.save(update_fields=list(champs))


def prevenir(cle: str, personnes, *, evenement, lien: str, **variables) -> None:
    """Write the message `cle` to these people, once for this line of the journal."""
    Message.preparer(
        cle,
        a=personnes,
        contexte=variables,
        evenement=f"{evenement.fil}#{evenement.rang}",
        fil=evenement.fil,
        lien=lien,
    )


def exiger_soi(membre, par, phrase: str) -> None:
    """Raise GesteInterdit unless `par` holds this seat."""
    if membre.user_id != par.pk:
        raise GesteInterdit(phrase)
