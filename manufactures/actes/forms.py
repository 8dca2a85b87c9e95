"""Verification of a paper or a file."""

import re

from django import forms

from manufactures.actes.passages import TexteRefuse, verifier

IMAGE_MAX = 2 * 1024 * 1024
TAILLE_MAX = 20 * 1024 * 1024
LONGUEUR_DU_CODE = 12


def champ_empreinte():
    """The digest that the browser drew: then the file is not sent."""
    return forms.RegexField(
        r"^[0-9a-f]{64}$",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "Rechargez la page, puis ajoutez le fichier de nouveau."},
    )


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

    empreinte = champ_empreinte()

    def clean(self):
        """One of the three is needed."""
        donnees = super().clean()
        if not self.errors and not any(donnees.get(nom) for nom in ("code", "fichier", "empreinte")):
            self.add_error("code", "Tapez le code imprimé sous le QR, ou ajoutez le PDF.")
        return donnees


class ComparaisonForm(forms.Form):
    """The file one holds, to compare with the sealed one."""

    fichier = forms.FileField(
        label="Votre PDF", required=False, help_text="Il est comparé puis oublié. 20 Mo au plus."
    )
    empreinte = champ_empreinte()

    clean_fichier = VerificationForm.clean_fichier

    def clean(self):
        """The file, or its digest."""
        donnees = super().clean()
        if not self.errors and not donnees.get("fichier") and not donnees.get("empreinte"):
            self.add_error("fichier", "Choisissez le PDF à comparer.")
        return donnees


class NumerisationForm(forms.Form):
    """A scan of letters signed by hand."""

    fichier = forms.FileField(
        label="Lettres numérisées",
        help_text="Un seul PDF, 20 Mo et 200 pages au plus, à 150 points par pouce ou plus.",
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": "Ajoutez le PDF des lettres numérisées.",
            "empty": "Ce fichier est vide. Numérisez les lettres de nouveau.",
        },
    )

    clean_fichier = VerificationForm.clean_fichier


class SignatureForm(forms.Form):
    """The image of a signature."""

    image = forms.FileField(
        label="Image de la signature",
        help_text="PNG ou JPG, 2 Mo au plus : la signature seule, à l'encre foncée sur du papier blanc.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        error_messages={"required": "Ajoutez l'image de votre signature.", "empty": "Cette image est vide."},
    )

    def clean_image(self):
        """Of a sensible size; what it is, its reader says."""
        image = self.cleaned_data["image"]
        if image.size > IMAGE_MAX:
            raise forms.ValidationError(f"« {image.name} » dépasse 2 Mo.")
        return image


class MotifForm(forms.Form):
    """Why an act is cancelled: kept with it, and in the journal."""

    motif = forms.CharField(
        label="Motif",
        min_length=20,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Gardé avec l'acte et au journal, jamais publié.",
        error_messages={"min_length": "Écrivez le motif en 20 caractères au moins."},
    )


class CorrectionForm(MotifForm):
    """The texts of an act, each in its field; what is left as it was does not change."""

    def __init__(self, *args, textes: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.chemins = {f"texte_{rang}": chemin for rang, chemin in enumerate(textes)}
        for nom, chemin in self.chemins.items():
            self.fields[nom] = forms.CharField(
                label=_libelle(chemin),
                initial=textes[chemin],
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
                required=False,
            )
        self.order_fields([*self.chemins, "motif"])

    def corrections(self) -> dict[str, str]:
        """Path of the snapshot → the text to put there, for those that changed."""
        return {
            chemin: self.cleaned_data[nom]
            for nom, chemin in self.chemins.items()
            if self.cleaned_data[nom] and self.cleaned_data[nom] != self.fields[nom].initial
        }


def _libelle(chemin: str) -> str:
    """« motifs.0.constat » → « Motifs, 1, constat »."""
    mots = [str(int(mot) + 1) if mot.isdigit() else mot.replace("_", " ") for mot in chemin.split(".")]
    return ", ".join(mots).capitalize()


class TexteForm(forms.Form):
    """One passage as a responsable words it; `essai`: only to look at it."""

    passage = forms.CharField(widget=forms.HiddenInput)
    texte = forms.CharField(label="Texte", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    motif = forms.CharField(
        label="Pourquoi ce changement",
        max_length=300,
        required=False,
        help_text="Gardé avec la version et au journal.",
    )

    def __init__(self, *args, passage, essai=False, **kwargs):
        super().__init__(*args, auto_id=f"id_{passage.cle}_%s", **kwargs)
        self.passage, self.essai = passage, essai

    def clean_texte(self):
        """Only this passage's variables, and three tags."""
        try:
            return verifier(self.cleaned_data["texte"], self.passage)
        except TexteRefuse as refus:
            raise forms.ValidationError(str(refus)) from None

    def clean(self):
        """A version says why it is."""
        donnees = super().clean()
        if not self.essai and not donnees.get("motif"):
            self.add_error("motif", "Écrivez en une phrase pourquoi ce texte change.")
        return donnees
