"""What a newcomer tells beside address and password."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms


class InscriptionForm(forms.Form):
    """Name of the person, printed on receipts and letters."""

    prenom = forms.CharField(label="Prénom", max_length=80)
    nom = forms.CharField(label="Nom", max_length=80)

    def signup(self, request, user):
        """Called by allauth once the account exists."""
        user.prenom = self.cleaned_data["prenom"]
        user.nom = self.cleaned_data["nom"]
        user.save(update_fields=["prenom", "nom"])


class CleForm(AddWebAuthnForm):
    """A security key or a passkey, under a name that its owner will know again."""

    name = forms.CharField(
        label="Nom de la clé",
        max_length=60,
        required=False,
        help_text="Par exemple\u00a0: ordinateur du bureau.",
    )
    passwordless = forms.BooleanField(
        label="Me connecter avec cette clé seule, sans mot de passe",
        required=False,
        help_text="La clé demandera alors votre empreinte, votre visage ou son code.",
    )
