"""The rows of the tables: places, equipment, plans, accounts, partners, indicators."""

from dataclasses import dataclass, field

from django import forms

from candidatures.forms.base import LigneForm, LignesFormSet, table
from candidatures.forms.champs import CommuneField, MontantField, NombreField, NumeroField
from candidatures.models import (
    Dispositif,
    Equipement,
    Indicateur,
    LigneFinancement,
    NatureExploitation,
    Partenaire,
    Piece,
    RelationQpv,
    Site,
)
from candidatures.models.projet import DISPOSITIFS_COCHES
from candidatures.numeros import valider_code_qpv


class PieceDuDossierField(forms.ChoiceField):
    """One of the dossier's own pieces, as a proof: chosen by its name, kept by its key, followed when replaced."""

    def __init__(self, **options):
        super().__init__(required=False, **options)
        self.pieces, self.suites = {}, {}

    def proposer(self, presentes: "Presentes") -> None:
        """The pieces that may be chosen; asked of the database once a page, not once a row."""
        self.pieces, self.suites = presentes.pieces, presentes.suites
        self.choices = [("", "Aucune"), *((cle, piece.nom) for cle, piece in self.pieces.items())]

    def prepare_value(self, value):
        """The key of the piece, or of the one that replaced it."""
        cle = str(getattr(value, "pk", value) or "")
        while cle in self.suites:
            cle = self.suites[cle]
        return cle or None

    def clean(self, value):
        """The Piece, or None. Raises ValidationError for a piece of another dossier."""
        return self.pieces.get(super().clean(self.prepare_value(value)))

    def has_changed(self, initial, data):
        """Compared by key."""
        return self.prepare_value(initial) != self.prepare_value(data)


@dataclass(frozen=True)
class Presentes:
    """The pieces of a dossier that a row may point at, and for each that was replaced the next one."""

    pieces: dict[str, Piece] = field(default_factory=dict)
    suites: dict[str, str] = field(default_factory=dict)


class LigneAPreuve(LigneForm):
    """A row that may point at pieces of its dossier."""

    preuves: tuple[str, ...] = ()
    trouves: tuple[str, ...] = ()  # keys that their own field has just found in the database
    seconds: tuple[str, ...] = ()  # fields shown under the row, folded

    def __init__(self, *args, dossier=None, **kwargs):
        super().__init__(*args, **kwargs)
        pieces = pieces_a_joindre(dossier)
        for nom in self.preuves:
            self.fields[nom].proposer(pieces)

    def _get_validation_exclusions(self):
        """Pieces come from the list above: no key is looked up again for each row."""
        return super()._get_validation_exclusions() | {*self.preuves, *self.trouves}


def pieces_a_joindre(dossier) -> Presentes:
    """Pieces that stand in the dossier, bank details apart; read once for all the rows of a page."""
    if dossier is None:
        return Presentes()
    if not hasattr(dossier, "_pieces_a_joindre"):
        toutes = list(Piece.toutes.filter(dossier=dossier).select_related("type"))
        dossier._pieces_a_joindre = Presentes(
            {str(p.pk): p for p in toutes if p.retiree_le is None and not p.est_bancaire},
            {str(p.remplace_id): str(p.pk) for p in toutes if p.remplace_id},
        )
    return dossier._pieces_a_joindre


def champ_de_lien(libelle: str):
    """The address of a page that proves it; https where nothing is written before."""
    return forms.URLField(
        label=libelle,
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Écrivez une adresse entière, par exemple https://www.exemple.fr/page."},
    )


class SiteForm(LigneAPreuve):
    """A place: the commune decides département and region; what it belongs to is stated, with a proof."""

    template_ligne = "candidatures/_bloc_lieu.html"
    preuves = tuple(f"{dispositif}_piece" for dispositif in Dispositif)
    trouves = ("commune",)
    commune = CommuneField(label="commune", help_text="Son nom, son code postal ou son code INSEE.")
    surface_actuelle_m2 = NombreField(
        label="surface actuelle (m²)", max_digits=10, min_value=0, required=False
    )
    surface_projet_m2 = NombreField(
        label="surface du projet (m²)", max_digits=10, min_value=0, required=False
    )
    code_qpv = NumeroField(
        label="code du quartier",
        required=False,
        validators=[valider_code_qpv],
        help_text="QN ou QP et six caractères, par exemple QN02601M.",
    )
    qpv_lien = champ_de_lien("Quartier prioritaire : adresse de la preuve")
    qpv_piece = PieceDuDossierField(label="Quartier prioritaire : ou pièce")
    acv_lien = champ_de_lien("Action cœur de ville : adresse de la preuve")
    acv_piece = PieceDuDossierField(label="Action cœur de ville : ou pièce")
    pvd_lien = champ_de_lien("Petites villes de demain : adresse de la preuve")
    pvd_piece = PieceDuDossierField(label="Petites villes de demain : ou pièce")
    ti_lien = champ_de_lien("Territoires d'industrie : adresse de la preuve")
    ti_piece = PieceDuDossierField(label="Territoires d'industrie : ou pièce")

    class Meta:
        model = Site
        fields = [
            "nom",
            "principal",
            "commune",
            "type_territoire",
            "titre_occupation",
            "surface_actuelle_m2",
            "surface_projet_m2",
            "qpv_relation",
            "code_qpv",
            "qpv_lien",
            "qpv_piece",
            "action_coeur_de_ville",
            "acv_lien",
            "acv_piece",
            "petites_villes_de_demain",
            "pvd_lien",
            "pvd_piece",
            "territoires_industrie",
            "ti_lien",
            "ti_piece",
        ]

    @property
    def champs_du_lieu(self) -> list:
        """The place itself."""
        return [self[nom] for nom in self.Meta.fields[: self.Meta.fields.index("qpv_relation")]]

    @property
    def faits(self) -> list[dict]:
        """A block for each policy of the State: what is stated, then its two possible proofs, folded until then."""
        tetes = {Dispositif.QPV: ["qpv_relation", "code_qpv"]}
        blocs = []
        for dispositif in Dispositif:
            dits = [self[nom] for nom in tetes.get(dispositif) or [DISPOSITIFS_COCHES[dispositif]]]
            preuves = [self[f"{dispositif}_lien"], self[f"{dispositif}_piece"]]
            affirme = dits[0].value() not in (None, "", False, RelationQpv.HORS)
            ouvert = affirme or any(champ.value() or champ.errors for champ in preuves)
            blocs.append({"dispositif": dispositif, "dits": dits, "preuves": preuves, "ouvert": ouvert})
        return blocs

    def clean(self):
        """A district has a code only where the place is in one, or near."""
        donnees = super().clean()
        if donnees.get("code_qpv") and donnees.get("qpv_relation") in ("", RelationQpv.HORS):
            self.add_error(
                "code_qpv", "Dites si le lieu est dans ce quartier ou à proximité, ou videz le code."
            )
        return donnees

    def clean_surface_actuelle_m2(self):
        """Nothing typed is nothing measured."""
        return self.cleaned_data["surface_actuelle_m2"] or 0

    def clean_surface_projet_m2(self):
        """Nothing typed is nothing measured."""
        return self.cleaned_data["surface_projet_m2"] or 0


class UnSeul(LignesFormSet):
    """A box that one row at most may tick; a row alone is the one."""

    case = ""
    phrase = ""

    def clean(self):
        """Say it beside the second box ticked."""
        cochees = [
            form
            for form in self.forms
            if not self._should_delete_form(form) and getattr(form, "cleaned_data", {}).get(self.case)
        ]
        for form in cochees[1:]:
            form.add_error(self.case, self.phrase)

    def gardees(self):
        """A single row needs no box."""
        lignes = super().gardees()
        if len(lignes) == 1:
            lignes[0][self.case] = True
        return lignes


class SitesFormSet(UnSeul):
    """Exactly one principal place."""

    case = "principal"
    phrase = "Un seul lieu est le principal : décochez l'autre."


class EquipementForm(LigneAPreuve):
    """A machine or fitting, with its quote."""

    preuves = ("devis",)
    devis = PieceDuDossierField(
        label="devis", help_text="Une de vos pièces. Ajoutez-la d'abord dans Calendrier et pièces."
    )

    quantite = NombreField(
        label="quantité",
        decimal_places=0,
        min_value=1,
        initial=1,
        error_messages={"min_value": "Au moins un.", "max_decimal_places": "Un nombre entier."},
    )
    prix_unitaire_ht = MontantField(
        label="prix unitaire HT (€)",
        min_value=0.01,
        error_messages={"min_value": "Écrivez un prix supérieur à zéro."},
    )

    class Meta:
        model = Equipement
        fields = [
            "designation",
            "categorie",
            "quantite",
            "prix_unitaire_ht",
            "taux_tva",
            "mutualise",
            "neuf",
            "fournisseur",
            "devis",
        ]


class DepenseForm(LigneForm):
    """An expense of a plan."""

    montant = MontantField(label="montant (€)")

    class Meta:
        model = LigneFinancement
        fields = ["libelle", "montant", "eligible"]
        labels = {"libelle": "nature"}


class RessourceForm(LigneAPreuve):
    """A resource of a plan: who brings it, how sure it is since when, and what proves it."""

    preuves = ("preuve",)
    seconds = ("statut_le", "preuve", "preuve_lien")
    montant = MontantField(label="montant (€)")
    statut_le = forms.DateField(
        label="demandé ou obtenu le",
        required=False,
        widget=forms.DateInput,
        error_messages={"invalid": "Écrivez une date, par exemple 21/12/2026."},
    )
    preuve = PieceDuDossierField(label="preuve parmi vos pièces")
    preuve_lien = champ_de_lien("ou adresse de la preuve")

    class Meta:
        model = LigneFinancement
        fields = ["libelle", "type_financeur", "montant", "statut", "statut_le", "preuve", "preuve_lien"]
        labels = {"libelle": "nom du financeur", "type_financeur": "type"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom in ("type_financeur", "statut"):
            self.fields[nom].required = True


class ExploitationForm(forms.Form):
    """An account of the business plan, over its three years."""

    use_required_attribute = False
    nature = forms.ChoiceField(label="Nature", choices=[("", "Choisir"), *NatureExploitation.choices])
    compte = forms.CharField(label="Compte", max_length=6, required=False)
    libelle = forms.CharField(label="Libellé", max_length=200)
    montant_n = MontantField(label="Année 1 (€)", required=False)
    montant_n1 = MontantField(label="Année 2 (€)", required=False)
    montant_n2 = MontantField(label="Année 3 (€)", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.error_messages["required"] = "Remplissez cette case, ou supprimez la ligne."

    def valeurs(self) -> dict:
        """What the row says."""
        return {nom: self.cleaned_data[nom] for nom in self.fields if nom != "DELETE"}


class PartenaireForm(LigneForm):
    """A partner."""

    class Meta:
        model = Partenaire
        fields = ["nom", "type", "role", "engagement"]


class IndicateurForm(LigneForm):
    """A figure that the project wants to move."""

    depart = NombreField(label="aujourd'hui", max_digits=12, min_value=0)
    cible = NombreField(label="cible", max_digits=12, min_value=0)
    horizon_mois = NombreField(
        label="dans combien de mois", decimal_places=0, min_value=1, max_value=120, initial=36
    )

    class Meta:
        model = Indicateur
        fields = ["libelle", "unite", "depart", "cible", "horizon_mois"]


SitesTable = table(SiteForm, maximum=12, formset=SitesFormSet)
EquipementsTable = table(EquipementForm, maximum=120)
DepensesTable = table(DepenseForm)
RessourcesTable = table(RessourceForm)
ExploitationTable = table(ExploitationForm, maximum=80)
PartenairesTable = table(PartenaireForm)
IndicateursTable = table(IndicateurForm, maximum=30)
