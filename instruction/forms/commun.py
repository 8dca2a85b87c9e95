"""Small controls that several forms share."""

from django import forms


def texte(lignes: int = 3, **attrs):
    """A text of a few lines."""
    return forms.Textarea(attrs={"rows": lignes, **attrs})


class EnLigne(forms.RadioSelect):
    """Radios on one line."""

    en_ligne = True
