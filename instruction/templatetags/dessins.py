"""Tags of the report: its drawings, made from what the snapshot froze."""

from decimal import Decimal

from django import template

from instruction import dessins
from manufactures.francais import que_elision

register = template.Library()


@register.simple_tag
def dessin_des_notes(criteres):
    """The bars of the marks, or nothing."""
    return dessins.dessiner_notes(criteres)


@register.simple_tag
def dessin_du_lieu(lieu):
    """The small map, or nothing."""
    return dessins.dessiner_lieu(lieu)


@register.simple_tag
def dessin_du_budget(volets):
    """Where the money of each plan comes from, or nothing."""
    return dessins.dessiner_budget(volets)


@register.simple_tag(takes_context=True)
def porte(context, cle):
    """Whether the snapshot has this part: a report frozen before it existed keeps its own words."""
    return context.get(cle) is not None


@register.filter
def non_nul(montant):
    """Whether an amount of the snapshot is not nought."""
    return Decimal(str(montant)) != 0


@register.filter
def dit(partie, cle):
    """Whether a part of the snapshot says `cle`: one frozen before it existed does not."""
    return bool(partie.get(cle))


@register.simple_tag
def evolutions(motifs):
    """The grounds that say what would change the outcome; one frozen before it could be said does not."""
    return [motif for motif in motifs if dit(motif, "evolution")]


register.filter("que", que_elision)
