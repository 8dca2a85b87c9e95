"""Fields that take what people type: amounts with a comma, a commune by its name, a SIRET in groups."""

import re
from decimal import Decimal

from django import forms
from django.db.models import Q
from django.urls import reverse_lazy

from candidatures.numeros import compacter
from manufactures.francais import nombre
from manufactures.programme.donnees.geographie import normaliser
from manufactures.programme.models import Commune

ESPACES = re.compile(r"[\s\u00a0\u202f€]")
COMMUNES_PROPOSEES = 6


class NombreField(forms.DecimalField):
    """A figure written the French way: « 12 400,50 »; spaces and the euro sign are accepted, a point too."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": "Écrivez un nombre, par exemple 12,5.",
        "max_decimal_places": "Écrivez %(max)s chiffres au plus après la virgule.",
        "max_digits": "Ce nombre est trop grand.",
        "max_whole_digits": "Ce nombre est trop grand.",
        "min_value": "Écrivez un nombre positif ou nul.",
    }

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value):
        """The Decimal behind what was typed."""
        if isinstance(value, str):
            value = ESPACES.sub("", value).replace("\u2212", "-").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value):
        """As one writes it in French; what was typed stays as it is."""
        return nombre(value, self.decimal_places or 0) if isinstance(value, Decimal | int) else value


class MontantField(NombreField):
    """Euros and cents."""

    default_error_messages = {
        "invalid": "Écrivez un montant, par exemple 12 400,50.",
        "min_value": "Écrivez un montant positif ou nul, par exemple 12 400,50.",
    }

    def __init__(self, **options):
        super().__init__(**({"max_digits": 12, "decimal_places": 2, "min_value": 0} | options))
        self.widget.attrs |= {"class": "mp-montant", "size": 9}

    def prepare_value(self, value):
        """Always with its cents, so that columns align."""
        if not isinstance(value, Decimal | int):
            return value
        return f"{nombre(int(value), 0)},{abs(value) % 1 * 100:02.0f}" if value % 1 else nombre(value, 0)


class NumeroField(forms.CharField):
    """A number that people type or paste in groups; stored bare."""

    def to_python(self, value):
        """Without spaces, points or dashes."""
        return compacter(super().to_python(value) or "").upper()


class CommuneField(forms.CharField):
    """A commune by its name, its postcode or its official code: what is kept is the place, not the name."""

    default_error_messages = {
        "inconnue": "Cette commune n'existe pas : écrivez son nom, par exemple « Crest (26) ».",
        "plusieurs": "Plusieurs communes répondent : écrivez %(choix)s.",
    }

    def widget_attrs(self, widget):
        """Names are proposed as one types, for those who have scripts."""
        return super().widget_attrs(widget) | {
            "autocomplete": "off",
            "list": "communes",
            "data-hx-get": reverse_lazy("candidatures:communes"),
            "data-hx-trigger": "input changed delay:300ms",
            "data-hx-target": "#communes",
        }

    def clean(self, value):
        """The Commune that this text names. Raises ValidationError where it names none, or several."""
        texte = super().clean(value)
        if not texte:
            return None
        trouvees = list(chercher_communes(texte)[: COMMUNES_PROPOSEES + 1])
        if not trouvees:
            raise forms.ValidationError(self.error_messages["inconnue"], code="inconnue")
        if len(trouvees) > 1:
            choix = " ou ".join(f"« {ecrire_commune(c)} »" for c in trouvees[:COMMUNES_PROPOSEES])
            raise forms.ValidationError(
                self.error_messages["plusieurs"], code="plusieurs", params={"choix": choix}
            )
        return trouvees[0]

    def prepare_value(self, value):
        """« Crest (26) »."""
        return ecrire_commune(value) if isinstance(value, Commune) else value

    def has_changed(self, initial, data):
        """Compared as written."""
        return (self.prepare_value(initial) or "") != (data or "").strip()


def ecrire_commune(commune) -> str:
    """A commune as one tells it from its namesakes."""
    return f"{commune.nom} ({commune.departement_id})"


def chercher_communes(texte: str, debut: bool = False):
    """Communes named by this text: exactly, or by their beginning."""
    texte = texte.strip()
    communes = Commune.objects.select_related("departement")
    if re.fullmatch(r"\d{5}|2[ABab]\d{3}", texte):
        return communes.filter(Q(code=texte.upper()) | Q(codes_postaux__contains=[texte]))
    trouve = re.fullmatch(r"(?:(\d{5})\s+)?(.+?)(?:\s*\((\w{2,3})\)?)?", texte)
    postal, nom, departement = trouve.groups()
    cle = normaliser(nom)
    resultat = communes.filter(**({"recherche__startswith": cle} if debut else {"recherche": cle}))
    if departement:
        resultat = resultat.filter(departement=departement.upper())
    if postal:
        resultat = resultat.filter(codes_postaux__contains=[postal])
    return resultat
