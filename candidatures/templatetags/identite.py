"""What the register of companies says of a dossier's SIRET, on the agents' pages alone."""

from django import template

from candidatures.models import EtatVerification

register = template.Library()
COULEURS = {
    EtatVerification.A_VERIFIER: "info",
    EtatVerification.VERIFIE: "success",
    EtatVerification.FERME: "warning",
    EtatVerification.INTROUVABLE: "warning",
}


@register.inclusion_tag("candidatures/_verification_du_siret.html")
def verification_du_siret(dossier) -> dict:
    """The badge, when the number was verified, under which name; nothing for a dossier without a number."""
    verification = getattr(dossier, "verification_siret", None)
    return {"verification": verification, "couleur": verification and COULEURS[verification.etat]}
