"""The call's configuration, for those who run it, until it has screens of its own."""

from django.contrib import admin

from manufactures.programme.models import (
    Appel,
    Article,
    Citation,
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

admin.site.register([Appel, Citation, Filiere, FormeJuridique, Module, PieceDemandee, Theme, Delegation])


class ALireSeulement(admin.ModelAdmin):
    """What opens by versions, on the pages of the steering: it is only read here."""

    def has_add_permission(self, request):
        """Nobody, here."""
        return False

    def has_change_permission(self, request, obj=None):
        """Nobody, here."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Nobody, here."""
        return False


@admin.register(Critere)
class CritereAdmin(ALireSeulement):
    """Lines of the grid, of each version."""

    list_display = ["code", "libelle", "nature", "poids", "grille"]
    list_filter = ["nature", "grille"]


@admin.register(Article)
class ArticleAdmin(ALireSeulement):
    """Clauses of the cahier des charges, of each version."""

    list_display = ["numero", "titre", "version", "depuis", "abroge"]
    list_filter = ["appel"]


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
