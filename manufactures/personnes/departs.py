"""Somebody leaves: their dossiers go to a colleague or back to the queue, their roles and sessions end, in one deed."""

from django.contrib.auth import get_user_model
from django.db import transaction

from instruction.models import Instruction
from manufactures import horloge
from manufactures.comptes import sessions
from manufactures.journal.models import consigner
from manufactures.personnes.fils import fil_du_compte
from manufactures.personnes.models import DONNES_ICI, Proposition, exiger_responsable, refuser_pour_soi
from manufactures.procedure import Role
from manufactures.programme.models import Appel, Habilitation
from manufactures.registres import GesteInterdit, TransitionInterdite


def grilles_de(user):
    """Open grids that this agent holds."""
    return Instruction.objects.en_cours().filter(instructeur=user)


def a_finir(user):
    """Roles in force or to come."""
    return user.habilitations.exclude(au__lte=horloge.maintenant()).select_related("appel")


def declarer_depart(user, *, par, motif: str, remplacant=None) -> tuple[int, int]:
    """Close the account and hand its open grids over: how many to `remplacant`, how many back to the queue.

    What a colleague may not receive (a declared link, another call) goes back to the queue, never lost. Raises
    GesteInterdit or TransitionInterdite; then nothing has changed.
    """
    if not motif.strip():
        raise TransitionInterdite("Écrivez pourquoi ce compte est fermé.")
    with transaction.atomic():
        user = get_user_model().objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        refuser_pour_soi(par, user)
        _verifier(user, par)
        donnees = rendues = 0
        for grille in grilles_de(user).select_related("dossier").order_by("pk"):
            if remplacant is not None and _donner(grille, remplacant, par):
                donnees += 1
            else:
                Instruction.objects.select_for_update(of=("self",)).get(pk=grille.pk).rendre_a_la_file(
                    par=par
                )
                rendues += 1
        instant = horloge.maintenant()
        a_finir(user).filter(du__lte=instant).update(au=instant)
        a_finir(user).filter(du__gt=instant).delete()
        for proposee in Proposition.objects.en_attente().filter(user=user):
            proposee.trancher(accepter=False, par=par)
        user.is_active = False
        user.save(update_fields=["is_active"])
        sessions.fermer_les_autres(user)
        consigner(
            fil_du_compte(user),
            "declarer_depart",
            par=par,
            motif=motif.strip(),
            donnees=donnees,
            rendues=rendues,
        )
    return donnees, rendues


def _verifier(user, par) -> None:
    if not user.is_active:
        raise TransitionInterdite("Ce compte est déjà fermé.")
    tenues = list(a_finir(user))
    if not tenues:
        raise TransitionInterdite("Cette personne ne tient plus aucun rôle\u00a0: son compte reste le sien.")
    if any(tenue.role not in DONNES_ICI for tenue in tenues):
        raise TransitionInterdite(
            "Cette personne siège au comité, ou administre la machine\u00a0: son siège se reprend d'abord."
        )
    for tenue in tenues:
        exiger_responsable(par, tenue.appel)


def _donner(grille: Instruction, remplacant, par) -> bool:
    try:
        with transaction.atomic():
            grille.affecter(remplacant, par=par)
    except (TransitionInterdite, GesteInterdit):
        return False
    return True


def remplacants(user):
    """Active agents of the calls where this one holds open grids, but themselves."""
    appels = Appel.objects.filter(vagues__dossiers__instruction__in=grilles_de(user)).values("pk")
    tenues = Habilitation.objects.tenues(appels, Role.INSTRUCTEUR)
    return get_user_model().objects.filter(is_active=True, pk__in=tenues.values("user")).exclude(pk=user.pk)
