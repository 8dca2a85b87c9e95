"""Fields of Django's forms in the State's design system: the filters of the template pack `dsfr_crispy`."""

from django import forms, template

register = template.Library()

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


@register.filter
def genre(champ) -> str:
    """Which of the seven drawings this field takes."""
    return next((nom for classe, nom in GENRES if isinstance(champ.field.widget, classe)), "saisie")


@register.filter
def saisie(champ) -> str:
    """The control itself, with the class of the design system and the type that HTML knows."""
    widget = champ.field.widget
    widget.attrs.pop("placeholder", None)  # it vanishes as one types: the label and the hint stay
    classe = CLASSES.get(genre(champ), "")
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
    if genre(champ) == "fichier":
        # The name of the file already sent is told by the page; the browser's "clear" box is not used here.
        widget.template_name = "django/forms/widgets/input.html"
    if genre(champ) == "liste":
        widget.template_name = "django/forms/widgets/select.html"
    return champ.as_widget(attrs=attrs)


@register.filter
def decrit_par(champ) -> str:
    """Ids of the hint and of the error of a group, for its `aria-labelledby`/`aria-describedby`."""
    ids = [f"{champ.auto_id}_helptext"] if champ.help_text else []
    ids += [f"{champ.auto_id}_error"] if champ.errors else []
    return " ".join(ids)


@register.filter
def ancre(champ) -> str:
    """Id of the control that takes the focus: the first one of a group."""
    if genre(champ) in ("cases", "radios"):
        return f"{champ.auto_id}_0"
    return champ.id_for_label or champ.auto_id


@register.filter
def champs_en_erreur(formulaire) -> list:
    """Bound fields of a form, or of each form of a formset, that carry an error."""
    formulaires = formulaire.forms if hasattr(formulaire, "forms") else [formulaire]
    return [champ for un in formulaires for champ in un if champ.errors and not champ.is_hidden]


@register.filter
def erreurs_generales(formulaire) -> list[str]:
    """Errors that belong to no visible field: those of the form as a whole and those of hidden fields."""
    if hasattr(formulaire, "forms"):
        groupes = [formulaire.non_form_errors(), *(un.non_field_errors() for un in formulaire.forms)]
        caches = [champ for un in formulaire.forms for champ in un.hidden_fields()]
    else:
        groupes = [formulaire.non_field_errors()]
        caches = formulaire.hidden_fields()
    return [str(e) for groupe in [*groupes, *(c.errors for c in caches)] for e in groupe]


@register.filter
def nombre_d_erreurs(formulaire) -> int:
    """How many answers are to be corrected."""
    return len(champs_en_erreur(formulaire)) + len(erreurs_generales(formulaire))
