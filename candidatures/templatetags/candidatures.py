"""A frozen dossier, shown."""

from django import template

from candidatures.lecture import SectionLue, lire

register = template.Library()


@register.filter
def sections_lues(contenu: dict) -> list[SectionLue]:
    """The sections of a frozen version, contacts included."""
    return lire(contenu)


@register.filter
def sections_lues_sans_contacts(contenu: dict) -> list[SectionLue]:
    """The same for the committee and the experts."""
    return lire(contenu, avec_contacts=False)
