"""What the pages of the form share: drafts never block, rows are typed in tables that work without script."""

from django import forms

from candidatures.completude import REPONSES
from candidatures.forms.champs import CommuneField

CHOIX_PARMI_DES_LIGNES = (forms.ModelChoiceField, CommuneField)
LIGNES_VIDES = 3
TEXTE_COURT = 600  # characters


class SansControleDeBase:
    """The database's own constraints are not asked one query a row: fields say the same in words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.validate_constraints = lambda exclude=None: None


def preparer(champ) -> None:
    """Labels begin with a capital; an empty choice says what to do."""
    champ.label = champ.label[:1].upper() + champ.label[1:]
    if isinstance(champ, forms.ModelChoiceField):
        champ.empty_label = champ.empty_label and "Choisir"
    elif isinstance(champ, forms.ChoiceField):
        champ.choices = [(cle, libelle if cle != "" else "Choisir") for cle, libelle in champ.choices]


class SectionForm(SansControleDeBase, forms.ModelForm):
    """The answers of one section. Compulsory ones are marked, and required by the deposit only."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            champ.required = nom in self.obligatoires()
            preparer(champ)
            if isinstance(champ.widget, forms.Textarea):
                champ.widget.attrs.pop("cols", None)
                champ.widget.attrs["rows"] = 6 if (champ.max_length or 0) > TEXTE_COURT else 4

    def _get_validation_exclusions(self):
        """What a choice among rows has just found is not looked up again."""
        choisis = {nom for nom, champ in self.fields.items() if isinstance(champ, CHOIX_PARMI_DES_LIGNES)}
        return super()._get_validation_exclusions() | choisis

    @classmethod
    def obligatoires(cls) -> set[str]:
        """Fields that the deposit requires."""
        return {nom for champs in REPONSES.values() for nom in champs}

    def _clean_fields(self):
        """A draft may leave anything empty, save the project's name."""
        exiges = [champ for nom, champ in self.fields.items() if champ.required and nom != "nom_projet"]
        for champ in exiges:
            champ.required = False
        super()._clean_fields()
        for champ in exiges:
            champ.required = True

    def poser(self, dossier, noms) -> None:
        """Put the valid answers among `noms` on `dossier`, which the caller has locked and will save.

        Answers in error stay on the screen.
        """
        valides = {nom for nom in self.cleaned_data if nom in self.fields and nom in noms}
        for nom in valides - {"filieres"}:
            setattr(dossier, nom, self.cleaned_data[nom])
        if "filieres" in valides:
            dossier.filieres.set(self.cleaned_data["filieres"])


class LigneForm(SansControleDeBase, forms.ModelForm):
    """One row of a table. A row left blank is no row."""

    use_required_attribute = False
    template_ligne = "candidatures/_bloc.html"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            preparer(champ)
            champ.error_messages["required"] = "Remplissez cette case, ou supprimez la ligne."

    def valeurs(self) -> dict:
        """What the row says, ready to be written."""
        return {nom: self.cleaned_data[nom] for nom in self.fields if nom != "DELETE"}


class LignesFormSet(forms.BaseFormSet):
    """The rows of one table: those that stand, then blank ones; a box takes a row away."""

    def add_fields(self, form, index):
        """The box is last, in words."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Supprimer"
        form.fields["DELETE"].required = False

    def gardees(self) -> list[dict]:
        """The rows to write, in their order; call once the formset is valid."""
        return [
            form.valeurs() for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]

    @property
    def existantes(self):
        """Forms of the rows that stand."""
        return self.forms[: self.initial_form_count()]

    @property
    def nouvelles(self):
        """Blank forms, or those just typed."""
        return self.forms[self.initial_form_count() :]

    def _construct_form(self, i, **kwargs):
        """A row typed below those that stand is compared with a blank one, whatever has been saved since."""
        if self.is_bound and i >= self.initial_form_count():
            kwargs["initial"] = {}
        return super()._construct_form(i, **kwargs)

    def presentes(self) -> list:
        """Forms of the rows that are there, neither blank nor taken away."""
        nombre = self.initial_form_count()
        trouvees = []
        for rang, form in enumerate(self.forms):
            supprimee = self.is_bound and form["DELETE"].value()
            blanche = rang >= nombre and not (self.is_bound and form.has_changed())
            if not supprimee and not blanche:
                trouvees.append(form)
        return trouvees

    def brutes(self) -> str:
        """The rows as a browser sends them."""
        lignes = [
            "\t".join(valeur_brute(champ) for champ in form if champ.name != "DELETE")
            for form in self.presentes()
        ]
        return "\n".join(lignes)

    def ecrites(self) -> list[str]:
        """Each row in one line of text, as typed or as stored: to show two versions side by side."""
        lignes = []
        for form in self.presentes():
            textes = [ecrire_valeur(champ) for champ in form if champ.name != "DELETE"]
            lignes.append(" · ".join(texte for texte in textes if texte))
        return lignes


def valeur_brute(champ) -> str:
    """What a bound field holds, as a browser sends it: to tell whether two contents are the same."""
    valeur = champ.value()
    if isinstance(valeur, list | tuple):
        return " ".join(sorted(str(getattr(v, "pk", v)) for v in valeur))
    if isinstance(champ.field, forms.BooleanField):
        return "oui" if valeur else ""
    texte = "" if valeur is None else str(getattr(valeur, "pk", valeur))
    return texte.replace("\r\n", "\n").replace("\u00a0", " ")


def ecrire_valeur(champ) -> str:
    """What a bound field holds, as its reader knows it: labels for codes, yes or no for a box."""
    valeur = champ.value()
    if isinstance(champ.field, forms.BooleanField):
        return f"{champ.label} : oui" if valeur else ""
    if valeur is None:
        return ""
    choix = {str(cle): libelle for cle, libelle in getattr(champ.field, "choices", None) or ()}
    if isinstance(valeur, list | tuple):
        return ", ".join(sorted(choix.get(str(getattr(v, "pk", v)), "") for v in valeur))
    texte = str(getattr(valeur, "pk", valeur)) if choix else str(valeur)
    return choix.get(texte, texte).replace("\r\n", "\n").replace("\u00a0", " ")


def table(form, *, maximum=60, formset=LignesFormSet):
    """The formset of a table: three blank rows, at most `maximum` rows."""
    return forms.formset_factory(
        form, formset=formset, extra=LIGNES_VIDES, can_delete=True, max_num=maximum, validate_max=True
    )
