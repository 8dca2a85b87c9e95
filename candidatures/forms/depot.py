"""The certificates of the deposit."""

from django import forms

from candidatures.completude import attestations_requises


class DepotForm(forms.Form):
    """One box per certificate that this legal form must give; each is compulsory."""

    use_required_attribute = False

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        textes = {
            "attestation_pouvoir": f"avoir le pouvoir d'engager {dossier.raison_sociale or 'la structure'}",
            "attestation_fiscale": "être à jour des impôts et cotisations",
            "attestation_honneur": "avoir déclaré les aides déjà reçues, et l'exactitude de ce dossier",
            "attestation_donnees": "avoir informé les personnes citées que leurs données sont transmises à l'ANCT",
            "attestation_cer": "respecter le contrat d'engagement républicain (associations, fondations)",
        }
        for nom in attestations_requises(dossier):
            self.fields[nom] = forms.BooleanField(
                label=textes[nom], error_messages={"required": "Cochez cette attestation pour déposer."}
            )
