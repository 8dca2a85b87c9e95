"""What must be true before a step of this stage, with the sentence of the refusal."""

from candidatures.completude import attestations_requises
from manufactures import horloge
from manufactures.francais import compter, instant_precis
from manufactures.registres import TransitionInterdite, garde


@garde("dossier", "deposer")
def depot_fige(dossier, *, par, version=None, **faits) -> None:
    """The deposit goes through `Dossier.deposer`, which freezes what is deposited."""
    if version is None or version != dossier.version_deposee:
        raise TransitionInterdite("Un dossier se dépose depuis sa page de dépôt.")


def _parvenu(recu, cloture) -> str:
    """The instant of arrival; without its date on the very day of the closing."""
    jour, heure = instant_precis(recu).split(" à ")
    return f"à {heure}" if jour == instant_precis(cloture).split(" à ")[0] else f"le {jour} à {heure}"


@garde("dossier", "deposer")
def dans_les_temps(dossier, *, par, **faits) -> None:
    """Strictly before the wave's limit, by the database's clock read under the locks."""
    vague = dossier.vague
    recu = dossier.depose_le
    if vague.est_close(recu):
        raise TransitionInterdite(
            f"Les dépôts sont clos depuis le {instant_precis(vague.cloture)}. Votre dossier nous est parvenu "
            f"{_parvenu(recu, vague.cloture)} : il n'est pas déposé. Votre brouillon est gardé."
        )
    if recu < vague.ouverture:
        raise TransitionInterdite(f"Les dépôts ouvrent le {instant_precis(vague.ouverture)}.")


@garde("dossier", "deposer")
def complet(dossier, *, par, **faits) -> None:
    """Every compulsory answer, and plans balanced to the cent; pieces never block."""
    if manques := dossier.manques():
        raise TransitionInterdite(f"Il manque {compter(len(manques), 'réponse')} pour déposer.")


@garde("dossier", "deposer")
def atteste(dossier, *, par, **faits) -> None:
    """The certificates that this legal form must give."""
    if not all(getattr(dossier, nom) for nom in attestations_requises(dossier)):
        raise TransitionInterdite("Cochez chaque attestation pour déposer.")


@garde("dossier", "reprendre")
def vague_encore_ouverte(dossier, *, par, **faits) -> None:
    """Back to the draft before the wave closes only: afterwards a deposited dossier stays what it is."""
    if dossier.vague.est_close(horloge.instant_exact()):
        raise TransitionInterdite(
            f"Les dépôts sont clos depuis le {instant_precis(dossier.vague.cloture)} : "
            "ce dossier ne se reprend plus."
        )
