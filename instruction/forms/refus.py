"""A proposed refusal: the rules kept as grounds, each in law and in fact, then what completes them."""

from django import forms

from instruction.forms.commun import texte
from instruction.models import LONGUEUR_MOTIF_REFUS
from instruction.models.motifs import MotifRefus, en_toutes_lettres


class MotifRefusForm(forms.Form):
    """One rule that is not met: kept unless it is left out; its finding is the grid's until it is written again."""

    ecarte = forms.BooleanField(label="Ne pas retenir cette règle comme motif", required=False)
    droit = forms.CharField(
        label="En droit : ce que la clause exige ici",
        widget=texte(2),
        required=False,
        help_text="La clause est citée mot pour mot dans la décision. Ajoutez ce qu'il faut en comprendre.",
    )
    fait = forms.CharField(
        label="En fait : ce que montre le dossier",
        widget=texte(3),
        required=False,
        help_text="Laissé vide, le constat de la grille est repris.",
    )


class RefusForm(forms.Form):
    """Its grounds are forms of their own, one a refused rule, with the rule's code as prefix."""

    motif = forms.CharField(
        label="Complément, en toutes lettres",
        widget=texte(5),
        required=False,
        help_text="Imprimé après les motifs. Facultatif si ceux-ci suffisent : "
        f"{LONGUEUR_MOTIF_REFUS} caractères au moins en tout.",
    )

    def __init__(self, data=None, *, grille, refusees, **options):
        super().__init__(data, **options)
        self.grille, self.motifs = grille, []
        ecrits = {m.critere_id: m for m in grille.motifs_refus.all()}
        for verdict in refusees:
            ecrit = ecrits.get(verdict.critere_id)
            debut = {"fait": ecrit.fait, "droit": ecrit.droit} if ecrit else {"fait": verdict.motif}
            form = MotifRefusForm(data, prefix=verdict.critere.code, initial=debut)
            form.verdict = verdict
            self.motifs.append(form)

    def clean(self):
        """At least one ground, and enough words for who reads the decision."""
        donnees = super().clean()
        if not all([form.is_valid() for form in self.motifs]):
            raise forms.ValidationError("Relisez les motifs.")
        if not self.retenus():
            raise forms.ValidationError("Retenez au moins une règle : c'est elle qui fonde le refus.")
        if len(self.en_entier()) < LONGUEUR_MOTIF_REFUS:
            self.add_error(
                "motif",
                f"Écrivez au moins {LONGUEUR_MOTIF_REFUS} caractères en tout : les faits, et la règle non remplie.",
            )
        return donnees

    def retenus(self) -> list[MotifRefus]:
        """The grounds kept, as rows not yet written."""
        saisis = self.saisis()
        return self.grille.motifs_retenus(saisis) if saisis else []

    def saisis(self) -> list[dict]:
        """What `Instruction.proposer_refus` takes."""
        return [
            {"code": f.prefix, "droit": f.cleaned_data["droit"], "fait": f.cleaned_data["fait"]}
            for f in self.motifs
            if not f.cleaned_data["ecarte"]
        ]

    def en_entier(self) -> str:
        """Grounds and completion, as the proposal keeps them."""
        return f"{en_toutes_lettres(self.retenus())} {self.cleaned_data.get('motif', '').strip()}".strip()
