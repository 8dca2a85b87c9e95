"""Acts as jobs: state and failure, never the content."""

from django.contrib import admin

from manufactures.actes.models import Acte


@admin.register(Acte)
class ActeAdmin(admin.ModelAdmin):
    """Read only; the retry is on the act's page."""

    list_display = ["numero", "genre", "etat", "essais", "cree_le", "scelle_le"]
    list_filter = ["etat", "genre"]
    search_fields = ["numero"]
    fields = [
        "numero",
        "genre",
        "etat",
        "essais",
        "motif_echec",
        "empreinte",
        "taille",
        "cree_le",
        "scelle_le",
    ]
    readonly_fields = fields

    def has_add_permission(self, request):
        """Acts are ordered by deeds."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Acts are kept."""
        return False
