"""The tables of a dossier on the screen: fields shown at once, fields folded, and the words of the balance."""

from django import template

from candidatures.bilans import avertissements
from candidatures.models import StatutRessource
from manufactures.francais import compter

register = template.Library()


@register.filter
def premiers(form) -> list:
    """Fields of a row that stand in its cells."""
    return [champ for champ in form.visible_fields() if champ.name not in getattr(form, "seconds", ())]


@register.filter
def seconds(form) -> list:
    """Fields folded under the row."""
    return [form[nom] for nom in getattr(form, "seconds", ())]


@register.filter
def a_un_second(form) -> bool:
    """Something stands, or is wrong, among the folded fields."""
    return any(champ.value() or champ.errors for champ in seconds(form))


@register.filter
def statut_en_mots(statut: str) -> str:
    """« sollicité »."""
    return StatutRessource(statut).label.lower() if statut in StatutRessource.values else ""


@register.filter
def montants_illisibles(nombre: int) -> str:
    """What is left out of the totals, said."""
    suite = "ne se lit pas" if nombre == 1 else "ne se lisent pas"
    return f"{compter(nombre, 'montant')} {suite} : le total n'en tient pas compte."


@register.simple_tag(takes_context=True)
def avertissements_du_budget(context, dossier) -> list[str]:
    """Ceilings, proofs and quotes that the deposit tells without refusing."""
    return avertissements(dossier, context.get("contenu"))
