"""Forms of the money: the account, the convention, invoices, their check, the payment."""

from decimal import Decimal

from django import forms

from accompagnement.forms.incubation import DateField
from accompagnement.models import StatutFacture
from accompagnement.models.convention import REGIME_PAR_DEFAUT
from accompagnement.models.coordonnees import valider_bic, valider_iban
from candidatures.forms.champs import MontantField, NumeroField
from manufactures import horloge

FACTURES_VIDES, FACTURES_MAX = 4, 100


class CompteForm(forms.Form):
    """The beneficiary's account; never shown again in full."""

    titulaire = forms.CharField(label="Titulaire du compte", max_length=255)
    iban = NumeroField(
        label="IBAN",
        max_length=42,
        validators=[valider_iban],
        help_text="27 caractères pour un compte français.",
    )
    bic = NumeroField(label="BIC", max_length=16, validators=[valider_bic], help_text="8 ou 11 caractères.")


class PreparerForm(forms.Form):
    """What the award does not say: the State-aid regime."""

    regime_aide = forms.CharField(label="Régime d'aide d'État", max_length=250, initial=REGIME_PAR_DEFAUT)


class FactureForm(forms.Form):
    """One paid invoice."""

    numero = forms.CharField(label="Numéro", max_length=60)
    fournisseur = forms.CharField(label="Fournisseur", max_length=200)
    objet = forms.CharField(label="Objet", max_length=250)
    date = DateField(label="Date")
    montant_ht = MontantField(label="Montant HT (€)")
    montant_ttc = MontantField(label="Montant TTC (€)")

    def clean_date(self):
        """An invoice to come is not paid."""
        if self.cleaned_data["date"] > horloge.aujourd_hui():
            raise forms.ValidationError("Cette date est à venir.")
        return self.cleaned_data["date"]

    def clean(self):
        """Taxes add, they never take away."""
        donnees = super().clean()
        ht, ttc = donnees.get("montant_ht"), donnees.get("montant_ttc")
        if ht is not None and ttc is not None and (not ht or ttc < ht):
            self.add_error("montant_ttc", "Le montant TTC est au moins égal au montant HT, qui est positif.")
        return donnees


class FacturesDeBase(forms.BaseFormSet):
    """The recapitulative statement of paid expenses."""

    def factures(self) -> list[dict]:
        """Fields of each invoice typed."""
        return [f.cleaned_data for f in self.forms if f.has_changed()]


FacturesFormSet = forms.formset_factory(
    FactureForm, formset=FacturesDeBase, extra=FACTURES_VIDES, max_num=FACTURES_MAX
)


class RenvoiForm(forms.Form):
    """What the porteur has to add."""

    motif = forms.CharField(
        label="Ce qui manque",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez au porteur ce qui manque."},
    )


class VerificationForm(forms.Form):
    """How the new account was verified."""

    verification = forms.CharField(
        label="Vérification faite",
        max_length=500,
        help_text="Par exemple : rappel du représentant légal au numéro du dossier, RIB relu avec lui.",
    )


class RefusDeCompteForm(forms.Form):
    """Why the account stays what it was."""

    motif = forms.CharField(
        label="Motif",
        max_length=500,
        help_text="Le bénéficiaire le lira.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaiementForm(forms.Form):
    """What the accounting officer did."""

    mandat = forms.CharField(label="Référence du paiement", max_length=60)
    payee_le = DateField(label="Date du paiement")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["payee_le"].initial = horloge.aujourd_hui()


def _ecarte(post, facture) -> Decimal:
    """The part set aside, as typed; nothing typed is nothing set aside. Raises ValidationError."""
    lu = MontantField(required=False).clean(post.get(f"ecarte_{facture.pk}", ""))
    return lu or Decimal("0.00")


def lire_examen(post, factures) -> list[tuple]:
    """[(invoice, accepted, reason, part set aside)] of the invoices answered in this post."""
    reponses = []
    for facture in factures:
        statut = post.get(f"statut_{facture.pk}")
        if statut in (StatutFacture.ACCEPTEE, StatutFacture.REJETEE):
            motif = post.get(f"motif_{facture.pk}", "").strip()[:500]
            acceptee = statut == StatutFacture.ACCEPTEE
            reponses.append((facture, acceptee, motif, _ecarte(post, facture)))
    return reponses


def relire_examen(post, factures) -> list[tuple]:
    """[(invoice, status, reason, part set aside)] as typed in a refused post, else as they stand."""
    return [
        (
            facture,
            post.get(f"statut_{facture.pk}", facture.statut),
            post.get(f"motif_{facture.pk}", facture.motif_rejet),
            post.get(f"ecarte_{facture.pk}", facture.montant_ecarte or ""),
        )
        for facture in factures
    ]
