"""What a newcomer tells beside address and password."""

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
