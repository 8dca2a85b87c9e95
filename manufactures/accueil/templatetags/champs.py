"""Fields of Django's forms in the State's design system: the filters of the template pack `dsfr_crispy`."""

from django import template

from manufactures.accueil.champs import decrit_par, genre, saisie

register = template.Library()
for _filtre in (genre, saisie, decrit_par):
    register.filter(_filtre.__name__, _filtre)


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
