"""What a card of a laureate says of its place."""

from django import template

from manufactures.accueil.publication import situer

register = template.Library()
register.filter("situer", situer)
