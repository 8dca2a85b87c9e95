"""Decisions: the draft, the instant of publication."""

from django import forms

from manufactures import horloge
from selection.forms.seances import InstantField
from selection.griefs import a_faire_evoluer, criteres_notes, proposer
from selection.models import Decision, SensDecision
from selection.models.regles_de_decision import DEPUIS, EVOLUTIONS, LONGUEUR_MOTIF, sens_conformes

MONTANTS = ["montant_investissement", "montant_amorcage", "jours_accordes", "conditions", "motifs_reduction"]
PROPRES = {
    SensDecision.LABELLISATION: ["reserves", "reserves_avant"],
    SensDecision.LISTE_COMPLEMENTAIRE: ["points_forts", "rang_complementaire", "fin_liste"],
    SensDecision.AJOURNEMENT: ["points_a_reprendre"],
    SensDecision.REFUS: ["points_forts"],
    SensDecision.ATTRIBUTION: MONTANTS,
}
QUI_REFUSENT = (SensDecision.REFUS, SensDecision.LISTE_COMPLEMENTAIRE, SensDecision.AJOURNEMENT)


class DecisionForm(forms.ModelForm):
    """The draft: what is decided and why; what each kind needs is checked for the one chosen."""

    class Meta:
        model = Decision
        fields = [
            "sens", "motif", "motif_ecart", "points_forts", "points_a_reprendre", "reserves", "reserves_avant",
            "rang_complementaire", "fin_liste", *MONTANTS,
        ]  # fmt: skip
        widgets = dict.fromkeys(
            [
                "motif",
                "motif_ecart",
                "points_forts",
                "points_a_reprendre",
                "reserves",
                "conditions",
                "motifs_reduction",
            ],
            forms.Textarea(attrs={"rows": 3}),
        ) | {"sens": forms.RadioSelect, "reserves_avant": forms.DateInput, "fin_liste": forms.DateInput}
        help_texts = {
            "motif": f"{LONGUEUR_MOTIF} caractères au moins ; il est imprimé. "
            "Pour un refus, citez les critères (C1, C4…).",
            "motif_ecart": "Demandé si la décision s'écarte de l'avis ; il est imprimé.",
            "points_forts": "Pour un refus : ce que le projet présente de bon, en une proposition.",
        }

    def __init__(self, *args, dossier, avis, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossier, self.avis = dossier, avis
        permis = [s for s in SensDecision if dossier.etat in DEPUIS[s]]
        self.fields["sens"].choices = [(s.value, s.label) for s in permis]
        gardes = {"sens", "motif", "motif_ecart"} | {nom for s in permis for nom in PROPRES[s]}
        for nom in set(self.fields) - gardes:
            del self.fields[nom]
        conformes = sens_conformes(avis, dossier.etat)
        if len(conformes) == 1 and not self.instance.pk:
            self.initial["sens"] = next(iter(conformes))
        if not self.instance.pk:
            self.initial["motif"] = avis.motifs
            self._reprendre_la_proposition()
        self.criteres = criteres_notes(dossier) if set(permis) & set(QUI_REFUSENT) else []
        self._detailler_les_criteres()

    def _detailler_les_criteres(self):
        """A finding and a change a criterion; those of the committee's grounds are written already."""
        griefs = self.instance.griefs if self.instance.pk else proposer(self.avis, self.criteres)
        ecrits = {grief["code"]: grief for grief in griefs}
        self.a_faire_evoluer = a_faire_evoluer(self.dossier, self.criteres)
        for critere in self.criteres:
            zone = forms.Textarea(attrs={"rows": 2})
            for nom, libelle in (("constat", "constat"), ("evolution", "ce qui changerait l'appréciation")):
                self.fields[f"{nom}_{critere.code}"] = forms.CharField(
                    label=f"{critere.code}, {libelle}",
                    required=False,
                    max_length=600,
                    widget=zone,
                    initial=ecrits.get(critere.code, {}).get(nom, ""),
                )

    def champs_de_la_decision(self):
        """What is asked of every decision."""
        return [champ for champ in self if not champ.name.startswith(("constat_", "evolution_"))]

    def champs_par_critere(self) -> list[dict]:
        """A line a criterion, with its clause; `pese`: one of the two whose progress would weigh most."""
        lignes = []
        for critere in self.criteres:
            champs = [self[f"{nom}_{critere.code}"] for nom in ("constat", "evolution")]
            ouvert = any(champ.value() or champ.errors for champ in champs)
            lignes.append(
                {
                    "critere": critere,
                    "champs": champs,
                    "ouvert": ouvert,
                    "pese": critere in self.a_faire_evoluer,
                }
            )
        return lignes

    def griefs(self) -> list[dict]:
        """The grounds written, in the order of the grid."""
        dits = ((c.code, *(self.cleaned_data.get(f"{n}_{c.code}", "").strip() for n in ("constat", "evolution")))
                for c in self.criteres)  # fmt: skip
        return [{"code": code, "constat": fait, "evolution": suite} for code, fait, suite in dits if fait]

    def _verifier_les_criteres(self):
        evolutions = [
            c.code for c in self.criteres if self.cleaned_data.get(f"evolution_{c.code}", "").strip()
        ]
        for code in evolutions:
            if not self.cleaned_data.get(f"constat_{code}", "").strip():
                self.add_error(f"constat_{code}", "Écrivez le constat auquel cette évolution répond.")
        for code in evolutions[EVOLUTIONS:]:
            self.add_error(
                f"evolution_{code}", f"Gardez au plus {EVOLUTIONS} évolutions, celles qui pèseraient le plus."
            )

    def _reprendre_la_proposition(self):
        if "montant_investissement" in self.fields and hasattr(self.avis.point, "proposition"):
            proposition = self.avis.point.proposition
            self.initial |= {
                "montant_investissement": proposition.investissement,
                "montant_amorcage": proposition.amorcage,
                "jours_accordes": proposition.jours,
                "conditions": proposition.conditions,
            }
            self.initial["motif"] = proposition.motif

    def clean_motif(self):
        """Long enough to be a reason."""
        motif = self.cleaned_data["motif"].strip()
        if len(motif) < LONGUEUR_MOTIF:
            raise forms.ValidationError(f"Écrivez un motif d'au moins {LONGUEUR_MOTIF} caractères.")
        return motif

    def clean(self):
        """The reason of a departure stands where there is one."""
        donnees = super().clean()
        sens = donnees.get("sens")
        if (
            sens
            and sens not in sens_conformes(self.avis, self.dossier.etat)
            and not donnees.get("motif_ecart", "").strip()
        ):
            self.add_error(
                "motif_ecart",
                "La décision s'écarte de l'avis du comité. Écrivez pourquoi : ce motif sera imprimé.",
            )
        self._verifier_les_criteres()
        return donnees

    def propres(self) -> dict:
        """What the kind chosen needs besides, and nothing of the other kinds."""
        retenus = {}
        for nom in PROPRES[SensDecision(self.cleaned_data["sens"])]:
            valeur = self.cleaned_data.get(nom)
            if valeur not in (None, ""):
                retenus[nom] = valeur
        if SensDecision(self.cleaned_data["sens"]) in QUI_REFUSENT:
            retenus["griefs"] = self.griefs()
        return retenus


class DiffusionForm(forms.Form):
    """When the signed decisions become readable, all at once."""

    instant = InstantField(
        label="Diffuser le", help_text="Heure de Paris. Passée, la diffusion part aussitôt."
    )

    def __init__(self, *args, prevue=None, **kwargs):
        super().__init__(*args, **kwargs)
        propose = prevue if prevue and prevue > horloge.maintenant() else horloge.maintenant()
        self.initial.setdefault("instant", propose.astimezone(horloge.PARIS))
