"""Gestures of the register of a sitting: each says why."""

from django import forms


def _membre_ou_rien(choix: dict):
    """What a list of members gives back: the member, or None."""
    return lambda valeur: choix.get(str(valeur))


class MotifForm(forms.Form):
    """A gesture that says why."""

    motif = forms.CharField(
        label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez pourquoi."},
    )  # fmt: skip


class LeveeForm(MotifForm):
    """Why a recusal is lifted."""


class TrancheForm(MotifForm):
    """What the chair says of a doubt."""

    issue = forms.ChoiceField(
        label="Votre choix", widget=forms.RadioSelect,
        choices=[("LIEN", "Peut délibérer"), ("DEPORT", "Se déporte")],
        error_messages={"required": "Choisissez : peut délibérer, ou se déporte."},
    )  # fmt: skip
    field_order = ("issue", "motif")


class DeportDUnTiersForm(MotifForm):
    """A recusal that somebody else records."""

    point = forms.TypedChoiceField(label="Dossier", coerce=str)
    membre = forms.TypedChoiceField(label="Membre", coerce=str)
    field_order = ("membre", "point", "motif")

    def __init__(self, *args, points, membres, **kwargs):
        super().__init__(*args, prefix="tiers", **kwargs)
        par_point, par_membre = {str(p.pk): p for p in points}, {str(m.pk): m for m in membres}
        for nom, lignes, dit in (
            ("point", par_point, lambda p: p.dossier.nom_projet), ("membre", par_membre, str),
        ):  # fmt: skip
            champ = self.fields[nom]
            champ.choices = [("", "Choisir"), *((cle, dit(ligne)) for cle, ligne in lignes.items())]
            champ.coerce = _membre_ou_rien(lignes)
            champ.error_messages["required"] = "Choisissez dans la liste."


class PresidenceForm(MotifForm):
    """Who presides the sitting."""

    presidence = forms.TypedChoiceField(label="La séance est présidée par", required=False, empty_value=None)
    field_order = ("presidence", "motif")

    def __init__(self, *args, membres, seance, **kwargs):
        super().__init__(*args, prefix="presidence", **kwargs)
        vices = {str(m.pk): m for m in membres if m.vice_preside}
        champ = self.fields["presidence"]
        champ.choices = [("", "La présidence du comité"), *((cle, str(m)) for cle, m in vices.items())]
        champ.coerce = _membre_ou_rien(vices)
        champ.initial = str(seance.presidee_par_id or "")
        self.vide = not vices and not seance.presidee_par_id
