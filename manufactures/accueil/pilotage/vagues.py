"""More time to deposit: the waves that a responsable steers, extra time for one dossier, an incident for everyone."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from candidatures.models import Incident, Prolongation
from candidatures.models.prolongations import MOTIF_MAX
from instruction.regards import vagues_suivies
from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits_web import GesteMixin
from manufactures.francais import echeance
from manufactures.procedure import Role
from manufactures.programme.models import Vague
from manufactures.registres import TransitionInterdite
from selection.forms.seances import InstantField

AJOUT_MAX = 30 * 24 * 60  # minutes
MONTRES = 50  # rows of each list on the page of a wave


def _long(libelle: str, aide: str) -> forms.CharField:
    return forms.CharField(
        label=libelle, help_text=aide, max_length=MOTIF_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProlongationForm(forms.Form):
    """Extra time for one dossier: found by its number, since a draft is its members' alone."""

    use_required_attribute = False
    numero = forms.RegexField(
        r"^\s*[Dd]-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}\s*$",
        label="Numéro du dossier",
        help_text="Le porteur le lit en haut de son dossier, par exemple D-7K3Q-XW9D.",
        error_messages={"invalid": "Un numéro s'écrit comme D-7K3Q-XW9D."},
    )
    jusqu_au = InstantField(label="Nouveau délai", help_text="Heure de Paris.")
    motif = _long("Motif", "Le porteur le lit ; il est gardé au journal.")

    def clean_numero(self):
        """As the dossier writes it."""
        return self.cleaned_data["numero"].strip().upper()


class IncidentForm(forms.Form):
    """When the service was away, what to say of it, and how much time everyone gets back."""

    use_required_attribute = False
    debut = InstantField(label="Début de l'incident", help_text="Heure de Paris.")
    fin = InstantField(label="Fin de l'incident", help_text="Heure de Paris.")
    texte = _long("Ce qui s'est passé", "Une phrase ou deux, publiées sur la page de l'appel.")
    ajout = forms.IntegerField(
        label="Temps ajouté pour tous, en minutes",
        help_text="Laissez vide pour rendre la durée de l'incident.",
        required=False,
        min_value=1,
        max_value=AJOUT_MAX,
    )

    def clean(self):
        """An end after its start; without a time to add, the incident's own."""
        donnees = super().clean()
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin:
            if fin <= debut:
                self.add_error("fin", "La fin suit le début.")
            elif fin - debut > timedelta(minutes=AJOUT_MAX):
                self.add_error("fin", "Plus de trente jours : vérifiez les dates.")
            donnees["duree"] = timedelta(minutes=donnees["ajout"]) if donnees.get("ajout") else fin - debut
        return donnees


class VagueMixin(GesteMixin):
    """One of the waves that its reader steers as a responsable; any other does not exist (404)."""

    geste = "regler_vague"

    def vague(self, pk: int) -> Vague:
        """The wave, with its call. Raises Http404."""
        return get_object_or_404(
            vagues_suivies(self.request.user, Role.RESPONSABLE).select_related("appel"), pk=pk
        )


class VaguesView(VagueMixin):
    """The waves that one steers."""

    def get(self, request):
        """Their calendar, the last first."""
        vagues = vagues_suivies(request.user, Role.RESPONSABLE).select_related("appel")
        contexte = {"vagues": vagues.order_by("appel", "-numero"), "instant": horloge.maintenant()}
        return render(request, "pilotage/vagues.html", contexte)


class VagueView(VagueMixin):
    """The calendar of one wave, and what has changed it."""

    def get(self, request, pk):
        """The incidents and the extra times, the last first; a draft is named by its number alone."""
        vague = self.vague(pk)
        prolongations = Prolongation.objects.filter(dossier__vague=vague).select_related(
            "dossier", "accordee_par"
        )
        contexte = {
            "vague": vague,
            "close": vague.est_close(horloge.maintenant()),
            "incidents": Incident.objects.recents([vague]).select_related("publie_par", "vague")[:MONTRES],
            "prolongations": prolongations.order_by("-accordee_le", "-pk")[:MONTRES],
        }
        return render(request, "pilotage/vague.html", contexte)


class _ReglerView(UneSeuleFois, VagueMixin):
    """A form that gives time; a refusal is said above it, and nothing has changed."""

    formulaire: type[forms.Form]
    gabarit = ""

    def get(self, request, pk):
        """The form."""
        return self.montrer(self.vague(pk), self.formulaire())

    def post(self, request, pk):
        """Do it, then back to the wave."""
        vague, formulaire = self.vague(pk), self.formulaire(request.POST)
        if not formulaire.is_valid():
            return self.montrer(vague, formulaire)
        try:
            messages.success(request, self.regler(vague, formulaire.cleaned_data))
        except TransitionInterdite as refus:
            return self.montrer(vague, formulaire, str(refus), 409)
        return redirect("accueil:pilotage_vague", vague.pk)

    def regler(self, vague: Vague, donnees: dict) -> str:
        """The deed, and the sentence that says what it did."""
        raise NotImplementedError

    def montrer(self, vague: Vague, formulaire, refus: str = "", statut: int = 200):
        """The page of the form."""
        contexte = {"vague": vague, "form": formulaire, "refus": refus}
        return render(self.request, self.gabarit, contexte, status=statut)


class ProlongerView(_ReglerView):
    """Extra time for one dossier, with its reason."""

    formulaire = ProlongationForm
    gabarit = "pilotage/prolonger.html"

    def regler(self, vague, donnees):
        """One dossier of the wave."""
        prolongation = Prolongation.accorder(vague=vague, par=self.request.user, **donnees)
        fin = echeance(prolongation.jusqu_au)
        return f"{prolongation.dossier.numero} : dépôt possible jusqu'au {fin}. Le porteur est prévenu."


class IncidentView(_ReglerView):
    """A published incident, and the closing that it moves for everyone."""

    formulaire = IncidentForm
    gabarit = "pilotage/incident.html"

    def regler(self, vague, donnees):
        """The whole wave."""
        incident = Incident.publier(
            vague=vague,
            debut=donnees["debut"],
            fin=donnees["fin"],
            texte=donnees["texte"],
            ajout=donnees["duree"],
            par=self.request.user,
        )
        return f"Incident publié. Clôture reportée pour tous au {echeance(incident.apres)}. Les porteurs sont prévenus."
