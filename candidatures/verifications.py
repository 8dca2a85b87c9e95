"""The SIRET that wait for the register of companies: asked at night, one by one; agents are told, never the porteur."""

import time

from django.db import transaction

from candidatures.annuaire import AnnuaireIndisponible, chercher
from candidatures.models import Dossier, EtatVerification, VerificationSiret
from candidatures.recapitulatif import agents_de
from manufactures.courrier.models import Message
from manufactures.francais import siret as ecrire_siret
from manufactures.procedure import Etat

PAR_NUIT = 500
PAUSE_S = 0.2  # the register takes seven questions a second from one address
A_L_EXAMEN = (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER)
A_DIRE = {
    EtatVerification.INTROUVABLE: "Le répertoire des entreprises ne connaît pas ce numéro.",
    EtatVerification.FERME: "Le répertoire des entreprises dit cet établissement fermé.",
}


def verifier_les_attendus() -> int:
    """Ask about each number once; stop where the register does not answer: tomorrow night will do. Returns how many."""
    attendre_les_oublies()
    attendus = VerificationSiret.objects.a_verifier().order_by("pk").values_list("pk", flat=True)
    verifies = 0
    for pk in list(attendus[:PAR_NUIT]):
        verification = VerificationSiret.objects.filter(pk=pk).select_related("dossier").first()
        if verification is None or verification.etat != EtatVerification.A_VERIFIER:
            continue
        try:
            structure = chercher(verification.siret)
        except AnnuaireIndisponible:
            break
        _constater(verification, structure)
        verifies += 1
        time.sleep(PAUSE_S)
    dire_les_autres()
    return verifies


def attendre_les_oublies() -> None:
    """Numbers that no page has saved: a dossier taken up again in another wave, or older than this check.

    A SIREN beginning with 000 was never given: the register is not asked about invented dossiers.
    """
    sans = Dossier.objects.filter(verification_siret=None, etat__in=(Etat.BROUILLON, *A_L_EXAMEN))
    for dossier in sans.exclude(siret="").exclude(siret__startswith="000").only("siret")[:PAR_NUIT]:
        VerificationSiret.attendre(dossier)


def dire_les_autres() -> None:
    """Drafts checked earlier and deposited since: the same event never writes twice."""
    a_dire = VerificationSiret.objects.filter(etat__in=A_DIRE, dossier__etat__in=A_L_EXAMEN)
    for verification in a_dire.select_related("dossier__vague__appel")[:PAR_NUIT]:
        prevenir(verification.dossier, verification)


def _constater(verification, structure) -> None:
    """Write the answer, unless the porteur changed the number meanwhile."""
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=verification.dossier_id)
        if dossier.siret == verification.siret:
            constat = VerificationSiret.constater(dossier, verification.siret, structure)
            prevenir(dossier, constat)


def prevenir(dossier, verification) -> None:
    """Agents of the call learn of a number unknown or closed, once the dossier is theirs to read: never of a draft."""
    phrase = A_DIRE.get(verification.etat)
    if phrase is None or dossier.etat == Etat.BROUILLON:
        return
    Message.preparer(
        "siret_a_controler",
        a=agents_de(dossier.vague.appel_id),
        contexte=dossier.contexte_des_messages()
        | {"siret": ecrire_siret(verification.siret), "constat": phrase},
        evenement=f"siret/{dossier.numero}/{verification.siret}/{verification.etat}",
        fil=dossier.fil,
        lien=f"/instruction/{dossier.numero}/",
    )
