"""Deposited in time, with its certificates: what the deposit itself proves."""

from collections.abc import Iterator

from candidatures.completude import attestations_requises
from instruction.controles.constat import Constat, selon
from instruction.epingles import DEPOT
from manufactures.francais import compter, enumerer, instant_precis


def controler(dossier) -> Iterator[Constat]:
    """The instant of the deposit against the closing of the wave, then what was certified."""
    a_temps = dossier.depose_le < dossier.limite
    limite = f"la clôture du {instant_precis(dossier.cloture)}"
    if dossier.prolonge_jusquau and dossier.prolonge_jusquau > dossier.vague.cloture:
        limite += " (délai propre à ce dossier)"
    yield Constat(
        "depot.delai",
        "Dépôt dans le délai",
        selon(a_temps),
        f"Reçu le {instant_precis(dossier.depose_le)}, {'avant' if a_temps else 'après'} {limite}.",
        "Horloge du service, au dépôt",
        dossier.depose_le,
        f"#{DEPOT}",
        "Le dépôt",
        "E1",
    )
    requises = attestations_requises(dossier)
    absentes = [dossier._meta.get_field(nom).verbose_name for nom in requises if not getattr(dossier, nom)]
    yield Constat(
        "depot.attestations",
        "Attestations remises",
        selon(not absentes),
        f"Il manque : {enumerer(absentes)}."
        if absentes
        else f"{compter(len(requises), 'attestation cochée', 'attestations cochées')} au dépôt.",
        source_le=dossier.depose_le,
        lien=f"#{DEPOT}",
        lien_libelle="Le dépôt",
        regle="E9",
    )
