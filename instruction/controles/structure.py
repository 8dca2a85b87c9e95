"""The structure: its SIRET as the register of companies answered about it, its legal form."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from candidatures.models import EtatVerification
from candidatures.numeros import valider_siret
from instruction.controles.constat import DE_L_APPEL, Constat, selon
from instruction.epingles import ancre
from instruction.models import VerdictAuto
from manufactures.francais import siret as ecrire_siret

ANNUAIRE = "Annuaire des entreprises (répertoire Sirene)"
A_LA_MAIN = "https://annuaire-entreprises.data.gouv.fr/"
VERDICTS = {
    EtatVerification.VERIFIE: VerdictAuto.CONFORME,
    EtatVerification.FERME: VerdictAuto.A_REGARDER,
    EtatVerification.INTROUVABLE: VerdictAuto.A_REGARDER,
    EtatVerification.A_VERIFIER: VerdictAuto.NON_VERIFIABLE,
}


def controler(dossier) -> Iterator[Constat]:
    """The number first, then the form."""
    yield _siret(dossier)
    forme = dossier.forme_juridique
    if forme is not None:
        admise = "figure" if forme.est_admise else "ne figure pas"
        yield Constat(
            "structure.forme",
            "Forme juridique admise",
            selon(forme.est_admise),
            f"« {forme} » {admise} dans la liste des formes admises par l'appel.",
            DE_L_APPEL,
            dossier.depose_le,
            f"#{ancre('forme_juridique')}",
            "La structure",
            "E3",
        )


def _siret(dossier) -> Constat:
    verification = getattr(dossier, "verification_siret", None)
    if not dossier.siret or not _cle_juste(dossier.siret):
        phrase = "Aucun SIRET n'est déclaré." if not dossier.siret else "La clé de ce numéro est fausse."
        return _constat(VerdictAuto.A_REGARDER, phrase, dossier)
    if verification is None or verification.siret != dossier.siret:
        return _a_la_main(f"L'annuaire n'a pas été interrogé sur le {ecrire_siret(dossier.siret)}")
    if verification.etat == EtatVerification.A_VERIFIER:
        return _a_la_main(f"L'annuaire n'a pas encore répondu sur le {ecrire_siret(dossier.siret)}")
    phrases = {
        EtatVerification.VERIFIE: f"Établissement ouvert, au nom de « {verification.nom} ».",
        EtatVerification.FERME: f"L'annuaire dit fermé l'établissement « {verification.nom} ».",
        EtatVerification.INTROUVABLE: "L'annuaire ne connaît pas ce numéro.",
    }
    return _constat(
        VERDICTS[verification.etat],
        phrases[verification.etat],
        dossier,
        source=ANNUAIRE,
        source_le=verification.verifie_le,
    )


def _cle_juste(siret: str) -> bool:
    try:
        valider_siret(siret)
    except ValidationError:
        return False
    return True


def _constat(verdict, phrase: str, dossier, **source) -> Constat:
    return Constat(
        "structure.siret",
        "SIRET valide et ouvert",
        verdict,
        phrase,
        lien=f"#{ancre('siret')}",
        lien_libelle="Le SIRET déclaré",
        regle="E2",
        **({"source_le": dossier.depose_le} | source),
    )


def _a_la_main(phrase: str) -> Constat:
    return Constat(
        "structure.siret",
        "SIRET valide et ouvert",
        VerdictAuto.NON_VERIFIABLE,
        f"{phrase} : non vérifié automatiquement.",
        ANNUAIRE,
        lien=A_LA_MAIN,
        lien_libelle="Chercher dans l'annuaire",
        regle="E2",
    )
