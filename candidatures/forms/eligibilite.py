"""A place of the self-test: a commune by its name or its postcode, else the département."""

from django import forms
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.urls import reverse_lazy

from candidatures.forms.champs import chercher_communes
from manufactures.programme.donnees.geographie import normaliser
from manufactures.programme.models import Commune, Departement

COMMUNES_MONTREES = 60  # a postcode serves 46 communes at most
PROCHES_MONTRES = 6
RESSEMBLANCE_MIN = 0.45  # under it, a name is no spelling mistake of another
TEXTE_MAX = 80


def communes_proches(texte: str) -> list[Commune]:
    """Communes whose name begins so, or nearly: the nearest first."""
    cle = normaliser(texte)
    if not cle or cle.isdigit():
        return []
    proches = Commune.objects.filter(Q(recherche__startswith=cle) | Q(recherche__trigram_similar=cle))
    proches = proches.annotate(ressemblance=TrigramSimilarity("recherche", cle)).select_related("departement")
    proches = proches.filter(ressemblance__gte=RESSEMBLANCE_MIN)
    return list(proches.order_by("-ressemblance", "recherche", "pk")[:PROCHES_MONTRES])


class LieuForm(forms.Form):
    """`lieu`: the one commune that answers, or the département; `proches`: the communes to choose from.

    The département is asked for once the commune was not found.
    """

    use_required_attribute = False
    commune = forms.CharField(
        label="Nom ou code postal de la commune",
        required=False,
        max_length=TEXTE_MAX,
        help_text="Par exemple Crest, ou 26400.",
        error_messages={"max_length": f"Écrivez au plus {TEXTE_MAX} caractères."},
    )
    departement = forms.ModelChoiceField(
        Departement.objects.all(), label="Ou seulement le département", required=False, empty_label="Choisir"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lieu, self.proches = None, []
        self.fields["commune"].widget.attrs |= {
            "autocomplete": "off",
            "list": "communes",
            "data-hx-get": reverse_lazy("candidatures:communes_du_test"),
            "data-hx-trigger": "keyup changed delay:300ms",
            "data-hx-target": "#communes",
        }
        if not self.is_bound:
            del self.fields["departement"]

    def clean(self):
        """Find the place; a form without error and without `lieu` has several communes to show."""
        donnees = super().clean()
        texte, departement = donnees.get("commune", ""), donnees.get("departement")
        if self.errors:
            return donnees
        trouvees = self._chercher(texte, departement) if texte else []
        if len(trouvees) == 1:
            self.lieu = trouvees[0]
        elif trouvees:
            self.proches = trouvees
        elif departement is not None:
            self.lieu = departement
        elif texte:
            self.proches = communes_proches(texte)
            self.add_error(
                "commune",
                f"Nous ne trouvons pas «\u00a0{texte}\u00a0». Vérifiez l'orthographe ou choisissez le département.",
            )
        else:
            self.add_error("commune", "Écrivez le nom ou le code postal de la commune.")
        return donnees

    @staticmethod
    def _chercher(texte, departement) -> list[Commune]:
        communes = chercher_communes(texte)
        if departement is not None:
            communes = communes.filter(departement=departement)
        return list(communes[:COMMUNES_MONTREES])
