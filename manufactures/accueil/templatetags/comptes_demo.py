"""The demonstration's accounts, on the sign-in page (only with DEMO=1)."""

from django import template
from django.conf import settings

register = template.Library()

DOMAINE = "manufactures.test"
COMPTES = (
    ("porteur", "Porteur : un brouillon, un dossier déposé, un lauréat"),
    ("porteur2", "Porteur d'autres dossiers"),
    ("invite", "Contributeur d'un dossier de porteur"),
    ("agent", "Agent instructeur"),
    ("agent2", "Agent instructeur"),
    ("responsable", "Responsable de l'appel"),
    ("responsable2", "Responsable, avec délégation de signature"),
    ("president", "Présidence du comité"),
    ("comite1 à comite8", "Membres du comité"),
    ("expert", "Expert, avec des missions"),
    ("expert2", "Expert, avec des missions"),
    ("auditeur", "Auditeur : lit tout, ne change rien"),
    ("admin", "Administrateur technique"),
)


@register.simple_tag
def comptes_de_demonstration() -> list[dict[str, str]]:
    """Address and role of each account; nothing outside the demonstration."""
    if not settings.DEMO:
        return []
    return [{"courriel": f"{nom}@{DOMAINE}", "qui": qui} for nom, qui in COMPTES]
