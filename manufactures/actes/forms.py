"""Verification of a paper or a file."""

import re

from django import forms

TAILLE_MAX = 20 * 1024 * 1024
LONGUEUR_DU_CODE = 12


class VerificationForm(forms.Form):
    """A printed code, or the PDF itself."""

    code = forms.CharField(
        label="Code de vérification",
        required=False,
        max_length=20,
        help_text="12 caractères, imprimés sous le code QR.",
    )
    fichier = forms.FileField(
        label="Ou le fichier PDF", required=False, help_text="PDF, 20 Mo au plus. Il est comparé puis oublié."
    )

    def clean_code(self):
        """Groups and case do not matter."""
        lettres = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["code"].upper())
        if not lettres:
            return ""
        if len(lettres) != LONGUEUR_DU_CODE:
            raise forms.ValidationError("Écrivez les 12 caractères du code, par exemple 7K4P-9QXM-T3WD.")
        return "-".join(lettres[i : i + 4] for i in (0, 4, 8))

    def clean_fichier(self):
        """A PDF, of a sensible size."""
        fichier = self.cleaned_data["fichier"]
        if fichier is None:
            return None
        if fichier.size > TAILLE_MAX:
            raise forms.ValidationError(f"« {fichier.name} » dépasse 20 Mo.")
        if fichier.read(5) != b"%PDF-":
            raise forms.ValidationError(f"« {fichier.name} » n'est pas un PDF.")
        fichier.seek(0)
        return fichier

    def clean(self):
        """One of the two is needed."""
        donnees = super().clean()
        if not self.errors and not donnees.get("code") and not donnees.get("fichier"):
            self.add_error("code", "Tapez le code imprimé sous le QR, ou ajoutez le PDF.")
        return donnees


class ComparaisonForm(forms.Form):
    """The file one holds, to compare with the sealed one."""

    fichier = forms.FileField(label="Votre PDF", help_text="Il est comparé puis oublié. 20 Mo au plus.")

    clean_fichier = VerificationForm.clean_fichier
