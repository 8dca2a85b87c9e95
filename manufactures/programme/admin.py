"""The call's configuration, for those who run it, until it has screens of its own."""

from django.contrib import admin

from manufactures.programme.models import (
    Appel,
    Article,
    Critere,
    Delegation,
    Filiere,
    FormeJuridique,
    Habilitation,
    Module,
    PieceDemandee,
    QuestionEligibilite,
    ReponseEligibilite,
    Theme,
)

admin.site.register([Appel, Article, Filiere, FormeJuridique, Module, PieceDemandee, Theme, Delegation])


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


class ReponseEligibiliteInline(admin.TabularInline):
    """Answers of a question, in their order."""

    model = ReponseEligibilite
    extra = 0


@admin.register(QuestionEligibilite)
class QuestionEligibiliteAdmin(admin.ModelAdmin):
    """Questions of the self-test, each with its answers."""

    list_display = ["rang", "texte", "appel", "article", "critere"]
    list_display_links = ["texte"]
    list_filter = ["appel"]
    inlines = [ReponseEligibiliteInline]
