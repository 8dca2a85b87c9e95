"""What must be true before a transition of this stage: each is the last gesture of a deed, never a bare button."""

from manufactures.registres import TransitionInterdite, garde
from selection.models import Audition, Avis, Decision, PointOrdreDuJour
from selection.models.regles_de_decision import ACTION


@garde("dossier", "inscrire")
def a_l_ordre_du_jour(dossier, *, par, seance=None, **faits) -> None:
    """A dossier goes to the committee by an agenda."""
    if not PointOrdreDuJour.objects.filter(seance=seance, dossier=dossier).exists():
        raise TransitionInterdite("Inscrivez ce dossier à l'ordre du jour d'une séance.")


@garde("dossier", "auditionner")
def creneau_fixe(dossier, *, par, audition=None, **faits) -> None:
    """A hearing has a slot, and the committee asked for it."""
    if not Audition.objects.filter(pk=audition, dossier=dossier, tenue=None).exists():
        raise TransitionInterdite("Fixez d'abord le créneau de l'audition.")


@garde("dossier", "rendre_avis")
def avis_vote(dossier, *, par, avis=None, **faits) -> None:
    """An opinion comes from a closed ballot of an open sitting."""
    if not Avis.objects.filter(pk=avis, dossier=dossier, point__resultat="").exists():
        raise TransitionInterdite("L'avis se rend en séance, après le vote.")


@garde("dossier", *ACTION.values())
def decision_signee(dossier, *, par, decision=None, **faits) -> None:
    """These steps are the publication of a signed decision, at its instant (opinion ≠ decision)."""
    signee = Decision.objects.filter(
        pk=decision, dossier=dossier, signee_le__isnull=False, publiee_le__isnull=False
    ).first()
    if signee is None:
        raise TransitionInterdite(
            "Cette étape est la diffusion d'une décision signée : passez par la boîte des décisions."
        )


@garde("dossier", "retirer")
def aucun_scrutin_ouvert(dossier, *, par, **faits) -> None:
    """A ballot under way ends first."""
    if dossier.points_de_seance.filter(scrutins__etat__in=("OUVERT", "SUSPENDU")).exists():
        raise TransitionInterdite(
            "Le comité vote sur ce dossier : le retrait sera possible à la fin du scrutin."
        )
