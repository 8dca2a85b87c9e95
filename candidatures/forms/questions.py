"""Looking for an answer, asking, answering."""

from django import forms

from candidatures.models import Question, ThemeQuestion
from candidatures.models.questions import QUESTION_MAX, REPONSE_MAX

PAR_THEME, RECENTES = "theme", "recentes"
TROP_LONG = "Écrivez au plus %(limit_value)d caractères ; il y en a %(show_value)d."


def _texte(libelle, vide, maximum=QUESTION_MAX, rows=5, **options):
    return forms.CharField(
        label=libelle,
        max_length=maximum,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": vide, "max_length": TROP_LONG},
        **options,
    )


class RechercheForm(forms.Form):
    """The filters of the published questions, in the address; a wrong one is as if absent."""

    q = forms.CharField(label="Mots à chercher", required=False, max_length=120)
    theme = forms.ChoiceField(label="Thème", required=False, choices=[("", "Tous"), *ThemeQuestion.choices])
    ordre = forms.ChoiceField(
        label="Classer",
        required=False,
        choices=[(PAR_THEME, "Par thème"), (RECENTES, "Les plus récentes d'abord")],
    )

    def valeurs(self) -> dict:
        """What was asked."""
        self.is_valid()
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if valeur}


class QuestionForm(forms.Form):
    """A question about the call; agents also type in what comes by mail."""

    use_required_attribute = False
    texte = _texte(
        "Votre question",
        "Écrivez votre question.",
        help_text="Ne donnez ni nom, ni adresse, ni numéro : la question sera publiée, sans dire qui l'a posée.",
    )
    recue_par_courriel = forms.BooleanField(
        label="Cette question est arrivée par courriel",
        required=False,
        help_text="La réponse est publiée ; vous écrivez vous-même à la personne.",
    )

    def __init__(self, *args, agent: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not agent:
            del self.fields["recue_par_courriel"]


class ReponseForm(forms.ModelForm):
    """The question as everybody will read it, and the answer."""

    use_required_attribute = False
    texte_publie = _texte(
        "Question publiée",
        "Écrivez la question telle qu'elle sera lue.",
        rows=4,
        help_text="Sans nom de personne, de structure ni de projet.",
    )
    reponse = _texte("Réponse", "Écrivez la réponse.", maximum=REPONSE_MAX, rows=8)
    theme = forms.ChoiceField(
        label="Thème",
        choices=[("", "Choisir"), *ThemeQuestion.choices],
        error_messages={"required": "Choisissez un thème."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Question
        fields = ["texte_publie", "reponse", "theme"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        if not self.instance.repondue_le:
            self.initial["texte_publie"] = self.instance.texte

    def _post_clean(self):
        """The row is written by the deed, under its lock: never touched here."""


class EcartForm(forms.Form):
    """What is answered to the asker alone."""

    use_required_attribute = False
    motif = _texte(
        "Réponse à la personne",
        "Écrivez ce que vous répondez.",
        rows=4,
        help_text="Par exemple : la question a déjà sa réponse, ou elle porte sur un seul dossier.",
    )
