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
# Django's own templates that ours draws in one go.
MODELES = {
    f"django/forms/widgets/{nom}.html": dessin
    for dessin, noms in {
        "textarea": ["textarea"],
        "select": ["select"],
        "input": [
            "input",
            "text",
            "number",
            "email",
            "url",
            "password",
            "date",
            "datetime",
            "time",
            "checkbox",
        ],
    }.items()
    for nom in noms
}
GABARITS = {"fichier": "django/forms/widgets/input.html", "liste": "django/forms/widgets/select.html"}


def genre(champ) -> str:
    """Which of the seven drawings this field takes."""
    return next((nom for classe, nom in GENRES if isinstance(champ.field.widget, classe)), "saisie")


def _attributs(champ, dessin: str) -> dict:
    """Class of the design system, and the type that HTML knows; the control is set accordingly."""
    widget = champ.field.widget
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
    return attrs


def saisie(champ) -> str:
    """The control itself, with the class of the design system and the type that HTML knows."""
    return champ.as_widget(attrs=_attributs(champ, genre(champ)))


def controle(champ, dessin: str) -> dict:
    """The same, ready for `dsfr/champ.html`: what its template would be given, or its HTML where it draws itself."""
    attrs, widget = _attributs(champ, dessin), champ.field.widget
    modele = MODELES.get(widget.template_name)
    if modele is None or type(widget).render is not forms.Widget.render:
        return {"modele": "", "html": champ.as_widget(attrs=attrs)}
    if champ.field.localize:
        widget.is_localized = True
    attrs = champ.build_widget_attrs(attrs, widget)
    if champ.auto_id and "id" not in widget.attrs:
        attrs.setdefault("id", champ.auto_id)
    return {"modele": modele, **widget.get_context(champ.html_name, champ.value(), attrs)}


def decrit_par(champ) -> str:
    """Ids of the hint and of the error of a group, for its `aria-labelledby`/`aria-describedby`."""
    ids = [f"{champ.auto_id}_helptext"] if champ.help_text else []
    ids += [f"{champ.auto_id}_error"] if champ.errors else []
    return " ".join(ids)
