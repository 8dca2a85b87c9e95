"""The keys of the split view, in pages and help."""

from django import template

from instruction.touches import TOUCHES

register = template.Library()


@register.simple_tag
def touches_de_l_instruction():
    """Each key with what it does."""
    return TOUCHES
