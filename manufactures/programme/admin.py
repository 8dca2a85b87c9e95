"""The call's configuration, for those who run it, until it has screens of its own."""

from django.contrib import admin

from manufactures.programme.models import (
    Appel,
    Critere,
    Delegation,
    Filiere,
    FormeJuridique,
    Habilitation,
    Module,
    PieceDemandee,
    Theme,
)

admin.site.register([Appel, Filiere, FormeJuridique, Module, PieceDemandee, Theme, Delegation])


@admin.register(Critere)
class CritereAdmin(admin.ModelAdmin):
    """Lines of the grid."""

    list_display = ["code", "libelle", "nature", "poids"]
    list_filter = ["nature"]


@admin.register(Habilitation)
class HabilitationAdmin(admin.ModelAdmin):
    """Roles, with their dates."""

    list_display = ["user", "role", "appel", "du", "au"]
    list_filter = ["role"]
    autocomplete_fields = ["user"]
