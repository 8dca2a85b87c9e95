"""Fields of Django's forms in the State's design system: which drawing each takes, what it says to screen readers."""

from django import forms

GENRES = (
    (forms.CheckboxSelectMultiple, "cases"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "case"),
    (forms.FileInput, "fichier"),
    (forms.Select, "liste"),
    (forms.Textarea, "texte"),
)
CLASSES = {"fichier": "fr-upload", "liste": "fr-select", "texte": "fr-input", "saisie": "fr-input"}
# What HTML calls these fields, and the only form of a value that they accept.
TYPES = ((forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"), (forms.DateInput, "date", "%Y-%m-%d"),
         (forms.TimeInput, "time", "%H:%M"))  # fmt: skip
# The name of the file already sent is told by the page; the browser's "clear" box is not used here.
GABARITS = {"fichier": "django/forms/widgets/input.html", "liste": "django/forms/widgets/select.html"}


def genre(champ) -> str:
    """Which of the seven drawings this field takes."""
    return next((nom for classe, nom in GENRES if isinstance(champ.field.widget, classe)), "saisie")


def saisie(champ) -> str:
    """The control itself, with the class of the design system and the type that HTML knows."""
    widget, dessin = champ.field.widget, genre(champ)
    widget.attrs.pop("placeholder", None)  # it vanishes as one types: the label and the hint stay
    classe = CLASSES.get(dessin, "")
    presentes = widget.attrs.get("class", "").split()
    attrs = {"class": " ".join([classe, *(c for c in presentes if c != classe)]).strip()} if classe else {}
    if champ.errors and classe in ("fr-input", "fr-select"):
        attrs["class"] += f" {classe}--error"
    for type_widget, type_html, format_html in TYPES:
        if isinstance(widget, type_widget):
            widget.input_type, widget.format = type_html, format_html
            break
    if isinstance(widget, forms.NumberInput):
        attrs.setdefault("inputmode", "decimal")
    if dessin in GABARITS:
        widget.template_name = GABARITS[dessin]
    return champ.as_widget(attrs=attrs)


def decrit_par(champ) -> str:
    """Ids of the hint and of the error of a group, for its `aria-labelledby`/`aria-describedby`."""
    ids = [f"{champ.auto_id}_helptext"] if champ.help_text else []
    ids += [f"{champ.auto_id}_error"] if champ.errors else []
    return " ".join(ids)
