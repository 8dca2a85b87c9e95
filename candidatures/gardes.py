"""What must be true before a step of this stage, with the sentence of the refusal."""

from candidatures.completude import attestations_requises, manques, tables_de
from manufactures import horloge
from manufactures.francais import compter, enumerer, instant_precis
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
    """Strictly before its limit, the wave's or the extra time it was given, as `Dossier.deposer` times it."""
    vague = dossier.vague
    recu = dossier.depose_le
    if dossier.est_clos(recu):
        raise TransitionInterdite(
            f"Les dépôts sont clos depuis le {instant_precis(dossier.cloture)}. Votre dossier nous est parvenu "
            f"{_parvenu(recu, dossier.cloture)} : il n'est pas déposé. Votre brouillon est gardé."
        )
    if recu < vague.ouverture:
        raise TransitionInterdite(f"Les dépôts ouvrent le {instant_precis(vague.ouverture)}.")


@garde("dossier", "deposer")
def mandate_et_complet(dossier, *, par, **faits) -> None:
    """Every compulsory answer, and plans balanced to the cent; pieces never block.

    A consortium is deposited by its lead once each partner has given it a mandate: said first, by name.
    """
    tables = tables_de(dossier)
    if noms := [partenaire["nom"] for partenaire in tables["sans_mandat"]]:
        raise TransitionInterdite(f"Il manque le mandat de {enumerer(noms)}.")
    if trouves := manques(dossier, tables):
        raise TransitionInterdite(f"Il manque {compter(len(trouves), 'réponse')} pour déposer.")


@garde("dossier", "deposer")
def atteste(dossier, *, par, **faits) -> None:
    """The certificates that this legal form must give."""
    if not all(getattr(dossier, nom) for nom in attestations_requises(dossier)):
        raise TransitionInterdite("Cochez chaque attestation pour déposer.")


@garde("dossier", "reprendre")
def vague_encore_ouverte(dossier, *, par, **faits) -> None:
    """Back to the draft before the wave closes only: afterwards a deposited dossier stays what it is."""
    if dossier.est_clos(horloge.instant_exact()):
        raise TransitionInterdite(
            f"Les dépôts sont clos depuis le {instant_precis(dossier.cloture)} : "
            "ce dossier ne se reprend plus."
        )
