"""Accounts, for the technical administrator: no business data."""

from django.contrib import admin

from manufactures.comptes.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Activate or deactivate an account; passwords are set by their owners."""

    list_display = ["email", "nom", "prenom", "is_active", "last_login"]
    search_fields = ["email", "nom"]
    list_filter = ["is_active"]
    fields = [
        "email",
        "civilite",
        "prenom",
        "nom",
        "qualite",
        "organisation",
        "telephone",
        "is_active",
        "last_login",
    ]
    readonly_fields = ["last_login"]

    def has_delete_permission(self, request, obj=None):
        """An account is deactivated: the record keeps who did what."""
        return False
