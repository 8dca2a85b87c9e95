"""The filters of the agents' list."""

from functools import cache, partial

from django import forms
from django.db.models import Q
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from instruction.drapeaux import DRAPEAUX
from instruction.groupes import ENSEMBLES, GROUPES
from instruction.listes import MOI, MONTANTS, SANS_AGENT
from manufactures.procedure import Etat
from manufactures.programme.models import Departement

ETATS_DES_AGENTS = [
    ("", "Toutes"),
    ("Pré-instruction", [(cle, groupe.libelle) for cle, groupe in ENSEMBLES.items()]),
    ("Étapes", [(cle, groupe.libelle) for cle, groupe in GROUPES.items()]),
    ("États", [(etat.value, etat.label) for etat in Etat if etat != Etat.BROUILLON]),
]


class Selection(forms.Select):
    """A select drawn at one go: Django's renders a template an option, half the time of the page."""

    def render(self, name, value, attrs=None, renderer=None):
        """The same markup as Django's."""
        choisi = "" if value is None else str(value)
        attributs = self.build_attrs(self.attrs, attrs) | {"name": name}
        marques = format_html_join(
            "", ' {}="{}"', ((nom, v) for nom, v in attributs.items() if v is not False)
        )
        return format_html("<select{}>{}</select>", marques, self._options(self.choices, choisi))

    def use_required_attribute(self, initial):
        """No filter is required: the choices need not be read to know it."""
        return False

    def _options(self, choix, choisi: str):
        morceaux = []
        for valeur, texte in choix:
            if isinstance(texte, list | tuple):
                dedans = self._options(texte, choisi)
                morceaux.append(f'<optgroup label="{escape(valeur)}">{dedans}</optgroup>')
            else:
                marque = " selected" if str(valeur) == choisi else ""
                morceaux.append(f'<option value="{escape(valeur)}"{marque}>{escape(texte)}</option>')
        return mark_safe("".join(morceaux))


def _apres(tete: list, lire) -> list:
    return [*tete, *lire()]


class FiltreForm(forms.Form):
    """What narrows the list, in its address: a list can be kept and sent."""

    q = forms.CharField(label="Numéro, nom, commune, mot du dossier", required=False, max_length=200)
    vague = forms.ChoiceField(label="Vague", required=False, widget=Selection)
    etat = forms.ChoiceField(
        label="Étape ou état", required=False, choices=ETATS_DES_AGENTS, widget=Selection
    )
    agent = forms.ChoiceField(label="Agent", required=False, widget=Selection)
    filiere = forms.ChoiceField(label="Filière", required=False, widget=Selection)
    region = forms.ChoiceField(label="Région", required=False, widget=Selection)
    departement = forms.CharField(label="Département (numéro ou nom)", required=False, max_length=80)
    demande = forms.ChoiceField(
        label="Subvention demandée",
        required=False,
        choices=[("", "Toutes"), *((cle, montant[0]) for cle, montant in MONTANTS.items())],
        widget=Selection,
    )
    signal = forms.ChoiceField(
        label="Signal",
        required=False,
        choices=[("", "Tous"), *((cle, drapeau.libelle) for cle, drapeau in DRAPEAUX.items())],
        widget=Selection,
    )
    retard = forms.BooleanField(label="En retard seulement", required=False)

    def __init__(self, data, **choix):
        """`choix`: for each list of values, what reads its pairs of a value and its words; asked when needed, once."""
        super().__init__(data)
        tetes = {"agent": [("", "Tous"), (MOI, "Moi"), (SANS_AGENT, "Personne")]}
        for nom, lire in choix.items():
            self.fields[nom].choices = cache(partial(_apres, tetes.get(nom, [("", "Toutes")]), lire))

    def clean_departement(self):
        """By number (« 7 » is « 07 ») or by name, accents and capitals apart."""
        saisie = self.cleaned_data["departement"].strip()
        if not saisie:
            return None
        trouve = Departement.objects.filter(
            Q(code=saisie.upper().zfill(2)) | Q(nom__unaccent__iexact=saisie)
        ).first()
        if trouve is None:
            raise forms.ValidationError(
                f"Nous ne trouvons pas le département « {saisie} » : écrivez son numéro, par exemple 26."
            )
        return trouve

    def listes(self) -> list[tuple]:
        """The fields with a list of values, each with its control: no template a field."""
        champs = [self[nom] for nom, champ in self.fields.items() if isinstance(champ.widget, Selection)]
        return [(champ, champ.as_widget(attrs={"class": "fr-select"})) for champ in champs]

    def valeurs(self) -> dict:
        """The filters that hold; a wrong one is as if absent."""
        self.is_valid()
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if valeur}

    def actifs(self) -> list[tuple[str, str]]:
        """The name of each filter that holds, with its words."""
        return [(nom, self._dire(nom, valeur)) for nom, valeur in self.valeurs().items()]

    def _dire(self, nom: str, valeur) -> str:
        if nom == "q":
            return f"« {valeur} »"
        if nom == "retard":
            return "en retard"
        if nom == "etat":
            groupe = GROUPES.get(valeur) or ENSEMBLES.get(valeur)
            return groupe.libelle if groupe else Etat(valeur).label
        if valeur in (MOI, SANS_AGENT):
            return "mes dossiers" if valeur == MOI else "sans agent"
        return str(valeur if nom == "departement" else dict(self.fields[nom].choices)[valeur])
