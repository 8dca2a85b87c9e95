"""Marks of a reading, one form a criterion."""

from django import forms

from selection.models.lecture import A_COMMENTER, NOTE_MAX, Lecture


class NoteForm(forms.Form):
    """A mark from 0 to 5 and a comment; a blank is no mark."""

    note = forms.TypedChoiceField(
        label="Note", coerce=int, empty_value=None, required=False, widget=forms.RadioSelect,
        choices=[(str(n), str(n)) for n in range(NOTE_MAX + 1)],
    )  # fmt: skip
    commentaire = forms.CharField(
        label="Commentaire",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text="Demandé pour 0, 1 et 5.",
    )

    def __init__(self, *args, critere, rendre=False, **kwargs):
        super().__init__(*args, prefix=critere.code, **kwargs)
        self.critere, self.rendre = critere, rendre
        self.fields["note"].choices = [(str(n), str(n)) for n in range(critere.echelle + 1)]
        self.fields["note"].widget.en_ligne = True

    def clean(self):
        """To hand in, every mark stands, and its comment where one is due."""
        donnees = super().clean()
        if self.rendre and donnees.get("note") is None:
            self.add_error("note", f"Donnez une note sur {self.critere.code}.")
        if self.rendre and donnees.get("note") in A_COMMENTER and not donnees.get("commentaire", "").strip():
            self.add_error("commentaire", f"Expliquez le {donnees['note']} donné à {self.critere.code}.")
        return donnees


def formulaires_de_notes(lecture: Lecture, donnees=None, *, rendre: bool = False) -> list[NoteForm]:
    """One form a criterion, filled with the marks under way; a reading not begun has none."""
    notes = {n.critere_id: n for n in lecture.notes.all()} if lecture.pk else {}
    formulaires = []
    for critere in lecture.criteres():
        ligne = notes.get(critere.pk)
        initial = {"note": "" if ligne is None or ligne.note is None else str(ligne.note),
                   "commentaire": ligne.commentaire if ligne else ""}  # fmt: skip
        formulaires.append(NoteForm(donnees, critere=critere, rendre=rendre, initial=initial))
    return formulaires
