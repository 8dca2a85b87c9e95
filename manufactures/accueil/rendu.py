"""How Django's forms are drawn: fields and controls by Jinja2, whatever else by the project's own templates.

A grid of fifty fields is most of the time of its page: Jinja2 draws it five times faster.
"""

from django.forms.renderers import BaseRenderer, Jinja2, TemplatesSetting
from django.template import TemplateDoesNotExist
from django.utils.functional import cached_property

from manufactures.accueil import champs


class Rendu(BaseRenderer):
    """Our field, Django's controls; the administration's controls have only templates of Django's own engine."""

    field_template_name = "dsfr/champ.html"

    @cached_property
    def rapide(self) -> Jinja2:
        """The engine of the fields, with what their template asks."""
        moteur = Jinja2()
        moteur.engine.env.globals.update(
            genre=champs.genre, controle=champs.controle, decrit_par=champs.decrit_par
        )
        return moteur

    @cached_property
    def autre(self) -> TemplatesSetting:
        """The engine of the pages."""
        return TemplatesSetting()

    def get_template(self, template_name):
        """From the fast engine where it has this template. Raises TemplateDoesNotExist where none has it."""
        try:
            return self.rapide.get_template(template_name)
        except TemplateDoesNotExist:
            return self.autre.get_template(template_name)
