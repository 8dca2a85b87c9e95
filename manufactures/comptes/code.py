"""The code of a sign-in by mail, written already where the link of the mail brings it."""

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.core import context
from django import forms


class CodeForm(ConfirmLoginCodeForm):
    """The link only fills the field in: a mail filter that opens it signs nobody in and burns no code."""

    code = forms.CharField(
        label="Code reçu par courriel",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )

    def get_initial_for_field(self, field, field_name):
        """What the address says, where it says something."""
        return context.request.GET.get("code", "")[:20] if field_name == "code" else None
