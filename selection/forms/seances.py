"""Sittings, interests, hearings, opinions, amounts."""

from decimal import Decimal

from django import forms

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.francais import euros
from manufactures.procedure import Role
from manufactures.programme.models import Vague
from manufactures.programme.models.habilitation import appels_de
from selection.models import (
    Audition,
    Avis,
    Choix,
    Membre,
    Mode,
    PropositionArbitrage,
    Reponse,
    ReponseInteret,
    Seance,
)
from selection.models.arbitrage import NATURES, depenses_eligibles
from selection.models.choix import ETATS_ADMIS

JOUR_ET_HEURE = forms.DateTimeInput(attrs={"step": 60}, format="%Y-%m-%dT%H:%M")
FORMATS = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"]


class InstantField(forms.DateTimeField):
    """A day and an hour of Paris."""

    def __init__(self, **options):
        super().__init__(
            widget=forms.DateTimeInput(attrs={"step": 60}, format="%Y-%m-%dT%H:%M"),
            input_formats=FORMATS,
            error_messages={"invalid": "Écrivez la date et l'heure, par exemple 11/12/2026 14:00."},
            **options,
        )


class SeanceForm(forms.ModelForm):
    """A sitting to prepare; its rules are those of the call's committee."""

    debut = InstantField(label="Début", help_text="Heure de Paris.")

    class Meta:
        model = Seance
        fields = ["vague", "type", "debut", "lieu", "a_distance", "scrutin_secret"]

    def __init__(self, *args, par, **kwargs):
        super().__init__(*args, **kwargs)
        appels = appels_de(par, Role.RESPONSABLE)
        self.fields["vague"].queryset = Vague.objects.filter(appel__in=appels).order_by("-numero")
        self.fields[
            "scrutin_secret"
        ].help_text = "Décochez pour un vote à main levée, consigné par le secrétariat."

    def clean_debut(self):
        """A sitting is to come, today included."""
        debut = self.cleaned_data["debut"]
        if debut.astimezone(horloge.PARIS).date() < horloge.aujourd_hui():
            raise forms.ValidationError("Choisissez une date à venir.")
        return debut


class SecondeSeanceForm(forms.Form):
    """When the committee meets again, for lack of quorum."""

    debut = InstantField(label="Début de la seconde séance", help_text="Heure de Paris.")

    def clean_debut(self):
        """Still to come."""
        if self.cleaned_data["debut"] <= horloge.maintenant():
            raise forms.ValidationError("Choisissez une date à venir.")
        return self.cleaned_data["debut"]


A_INSCRIRE_MONTRES = 50


class InscriptionForm(forms.Form):
    """Dossiers to put on the agenda, with their rapporteur."""

    dossiers = forms.ModelMultipleChoiceField(
        queryset=Dossier.objects.none(), widget=forms.CheckboxSelectMultiple, label="Dossiers à inscrire",
        error_messages={"required": "Choisissez au moins un dossier."},
    )  # fmt: skip

    def __init__(self, *args, seance: Seance, par, **kwargs):
        super().__init__(*args, **kwargs)
        inscrits = seance.points.values("dossier")
        admissibles = (
            Dossier.objects.visibles_par(par)
            .filter(vague=seance.vague, etat__in=ETATS_ADMIS[seance.type])
            .exclude(pk__in=inscrits)
            .order_by("nom_projet", "pk")
        )
        champ = self.fields["dossiers"]
        champ.queryset = admissibles.only("nom_projet")
        champ.choices = [(dossier.pk, str(dossier)) for dossier in champ.queryset[: A_INSCRIRE_MONTRES + 1]]
        if len(champ.choices) > A_INSCRIRE_MONTRES:
            champ.choices = champ.choices[:A_INSCRIRE_MONTRES]
            champ.help_text = (
                f"Les {A_INSCRIRE_MONTRES} premiers par ordre alphabétique ; les suivants viendront."
            )


class ConvocationForm(forms.Form):
    """The reason of an urgent summons."""

    motif_urgence = forms.CharField(
        label="Motif d'urgence", max_length=300, required=False,
        help_text="Demandé si la séance se tient dans moins de cinq jours.",
    )  # fmt: skip


class ReponseForm(forms.Form):
    """Whether a member comes."""

    reponse = forms.ChoiceField(label="Votre réponse", choices=Reponse.choices, widget=forms.RadioSelect)
    mandataire = forms.ModelChoiceField(
        label="Mandat donné à", queryset=Membre.objects.none(), required=False, empty_label="Personne"
    )

    def __init__(self, *args, convocation, **kwargs):
        super().__init__(*args, **kwargs)
        membres = Membre.objects.filter(convocations__seance=convocation.seance).exclude(
            pk=convocation.membre_id
        )
        self.fields["mandataire"].queryset = membres.select_related("user")
        if not convocation.seance.mandats_par_membre:
            del self.fields["mandataire"]
            self.fields["reponse"].choices = [c for c in Reponse.choices if c[0] != Reponse.MANDAT]

    def clean(self):
        """A proxy goes with a name."""
        donnees = super().clean()
        if donnees.get("reponse") == Reponse.MANDAT and not donnees.get("mandataire"):
            self.add_error("mandataire", "Nommez la personne à qui vous donnez mandat.")
        elif donnees.get("reponse") != Reponse.MANDAT:
            donnees["mandataire"] = None
        return donnees


class VoteForm(forms.Form):
    """A ballot paper: nothing is checked in advance, the browser remembers nothing."""

    choix = forms.ChoiceField(
        label="Votre vote", choices=Choix.choices, widget=forms.RadioSelect(attrs={"autocomplete": "off"}),
        error_messages={"required": "Choisissez pour, contre, abstention ou blanc."},
    )  # fmt: skip


class PresenceForm(forms.Form):
    """One member at the sitting, recorded by the secretariat."""

    membre = forms.ModelChoiceField(label="Membre", queryset=Membre.objects.none(), empty_label=None)
    mode = forms.ChoiceField(label="Présence", choices=Mode.choices)
    mandataire = forms.ModelChoiceField(
        label="Mandat donné à", queryset=Membre.objects.none(), required=False, empty_label="Personne"
    )

    def __init__(self, *args, seance, **kwargs):
        super().__init__(*args, **kwargs)
        membres = Membre.objects.filter(convocations__seance=seance).select_related("user")
        self.fields["membre"].queryset = self.fields["mandataire"].queryset = membres
        choix = [(c.membre_id, str(c.membre)) for c in seance.convocations.all()]  # read with the board
        self.fields["membre"].choices = choix
        self.fields["mandataire"].choices = [("", "Personne"), *choix]


class InteretForm(forms.Form):
    """One dossier: nothing is checked in advance."""

    reponse = forms.ChoiceField(choices=ReponseInteret.choices, widget=forms.RadioSelect)
    motif = forms.CharField(
        label="Lequel ?", max_length=300, required=False,
        help_text="Demandé pour un lien, un doute ou un déport.",
    )  # fmt: skip

    def __init__(self, *args, point, indices: list[str] = (), **kwargs):
        super().__init__(*args, prefix=point.dossier.numero, **kwargs)
        self.point, self.indices = point, indices
        nom = point.dossier.nom_projet
        self.fields["reponse"].label = f"Votre lien avec {nom}"
        self.fields["reponse"].error_messages["required"] = f"Choisissez une réponse pour {nom}."

    def clean(self):
        """A link or a recusal says which."""
        donnees = super().clean()
        if (
            donnees.get("reponse") not in (None, ReponseInteret.AUCUN)
            and not donnees.get("motif", "").strip()
        ):
            self.add_error("motif", f"Dites lequel, pour {self.point.dossier.nom_projet}.")
        return donnees


class AuditionForm(forms.ModelForm):
    """A slot; in a room or by video."""

    debut = InstantField(label="Début", help_text="Heure de Paris.")
    lien = forms.URLField(label="Lien de visioconférence", required=False, assume_scheme="https")

    class Meta:
        model = Audition
        fields = ["debut", "duree_min", "lieu", "lien", "max_personnes", "questions"]
        widgets = {"questions": forms.Textarea(attrs={"rows": 4})}

    def clean(self):
        """Somewhere: an address or a link."""
        donnees = super().clean()
        if not donnees.get("lieu") and not donnees.get("lien"):
            self.add_error("lieu", "Écrivez un lieu, ou un lien de visioconférence.")
        jour = donnees["debut"].astimezone(horloge.PARIS).date() if donnees.get("debut") else None
        if jour and jour < horloge.aujourd_hui():
            self.add_error("debut", "Choisissez un créneau à venir.")
        return donnees


class CompteRenduForm(forms.Form):
    """What the committee heard."""

    notes = forms.CharField(
        label="Compte rendu", widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez ce que le comité a entendu."},
    )  # fmt: skip
    absent = forms.BooleanField(label="Le porteur n'est pas venu", required=False)


class ConfirmationForm(forms.Form):
    """Who comes to the hearing."""

    participants = forms.CharField(
        label="Participants", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nom et fonction, une personne par ligne, dont une habilitée à engager la structure.",
        error_messages={"required": "Écrivez le nom et la fonction des participants."},
    )  # fmt: skip
    besoins = forms.CharField(
        label="Empêchement ou besoin d'aménagement", widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text="Accessibilité, interprète, autre créneau souhaité.",
    )  # fmt: skip


class AvisForm(forms.ModelForm):
    """The opinion that the vote allows, with its collective grounds."""

    class Meta:
        model = Avis
        fields = ["sens", "motifs", "rang_complementaire", "liste_jusqu_au"]
        widgets = {
            "sens": forms.RadioSelect,
            "motifs": forms.Textarea(attrs={"rows": 4}),
            "liste_jusqu_au": forms.DateInput,
        }
        help_texts = {
            "motifs": "Motifs collectifs, imprimés au procès-verbal.",
            "rang_complementaire": "À remplir pour une inscription sur liste complémentaire.",
        }

    def __init__(self, *args, point, **kwargs):
        super().__init__(*args, **kwargs)
        possibles = Avis.sens_possibles(point)
        self.fields["sens"].choices = [(s, s.label) for s in possibles]
        self.fields["motifs"].initial = point.notes
        if point.seance.est_arbitrage or "FAVORABLE" not in possibles:
            del self.fields["rang_complementaire"], self.fields["liste_jusqu_au"]
        if len(possibles) == 1:
            self.fields["sens"].initial = possibles[0]

    def clean(self):
        """A rank goes with the end of the list."""
        donnees = super().clean()
        if donnees.get("rang_complementaire") and not donnees.get("liste_jusqu_au"):
            self.add_error("liste_jusqu_au", "Écrivez jusqu'à quand la liste vaut.")
        return donnees


class PropositionForm(forms.ModelForm):
    """Amounts for one laureate."""

    class Meta:
        model = PropositionArbitrage
        fields = ["investissement", "amorcage", "jours", "conditions", "motif"]
        widgets = {
            "conditions": forms.Textarea(attrs={"rows": 2}),
            "motif": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "investissement": "Investissement (€)",
            "amorcage": "Amorçage (€)",
            "jours": "Jours d'accompagnement",
        }

    def __init__(self, *args, point, depenses: dict | None = None, **kwargs):
        super().__init__(*args, prefix=f"point-{point.pk}", **kwargs)
        self.fields["motif"].required = True
        self.fields["motif"].error_messages["required"] = (
            "Écrivez ce qui fonde cette proposition, zéro compris."
        )
        dossier = point.dossier
        if depenses is None:
            depenses = depenses_eligibles([dossier]).get(dossier.pk, {})
        for nature, nom in NATURES.items():
            demande = euros(getattr(dossier, f"demande_{nom}"))
            eligible = euros(depenses.get(nature) or Decimal("0.00"))
            self.fields[nom].help_text = f"Demandé : {demande}. Dépense éligible : {eligible}."
        if not self.instance.pk:
            demande = {
                "investissement": dossier.demande_investissement,
                "amorcage": dossier.demande_amorcage,
                "jours": dossier.demande_jours or dossier.vague.appel.jours_par_projet,
            }
            self.initial = demande | self.initial
