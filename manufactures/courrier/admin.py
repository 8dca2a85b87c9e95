"""The mail queue, without bodies nor subjects."""

from django.contrib import admin

from manufactures.courrier.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Read only: what waits, what failed, why."""

    list_display = ["cle", "etat", "essais", "cree_le", "prochain_essai_le", "envoye_le"]
    list_filter = ["etat", "cle"]
    fields = ["cle", "etat", "essais", "erreur", "cree_le", "prochain_essai_le", "envoye_le"]
    readonly_fields = fields

    def has_add_permission(self, request):
        """Messages are written by deeds."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Messages are kept."""
        return False
