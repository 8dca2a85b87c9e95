"""One's dossiers, and a new one."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.views.generic import ListView

from candidatures.autotest import AutotestEnCours, reprendre
from candidatures.forms.champs import chercher_communes, ecrire_commune
from candidatures.forms.creation import CreationForm
from candidatures.models import Dossier, Membre, Section
from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.cycles import lire_les_echeances
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Etat
from manufactures.programme.models import Vague
from manufactures.registres import DES_PORTEURS

PROPOSITIONS = 12


def mes_dossiers(user):
    """Dossiers that `user` is a member of, the last written first, with their people."""
    membres = Prefetch("membres", Membre.objects.select_related("user"))
    siens = Dossier.objects.visibles_par(user, *DES_PORTEURS).sans_reponses()
    return siens.select_related("vague").prefetch_related(membres)


class ListeView(GesteMixin, ListView):
    """Dossiers of which one is a member: agents have their own list."""

    geste = "lister_dossiers"
    template_name = "candidatures/liste.html"
    paginate_by = 25

    def get_queryset(self):
        """A constant number of queries, whatever the number of dossiers."""
        return mes_dossiers(self.request.user)

    def get_context_data(self, **kwargs):
        """Whether a wave is open: then a dossier may be begun."""
        contexte = super().get_context_data(
            vague_ouverte=Vague.objects.ouvertes(horloge.maintenant()).exists(), **kwargs
        )
        lire_les_echeances(contexte["page_obj"].object_list)
        return contexte


class CreerView(UneSeuleFois, GesteMixin):
    """Name and wave are enough to begin; a draft that exists is offered first."""

    geste = "creer_dossier"

    def get(self, request):
        """The form, beside the draft that exists."""
        return self.montrer(request, CreationForm())

    def post(self, request):
        """Open the draft, then its first section."""
        formulaire = CreationForm(request.POST)
        if not formulaire.is_valid():
            return self.montrer(request, formulaire)
        dossier = Dossier.ouvrir(
            vague=formulaire.cleaned_data["vague"],
            nom_projet=formulaire.cleaned_data["nom_projet"],
            par=request.user,
        )
        test = AutotestEnCours(request.session)
        if test.est_complet and request.POST.get("reprendre"):
            reprendre(test, dossier, par=request.user)
        messages.success(
            request, f"Dossier {dossier.numero} commencé. Tout s'enregistre section par section."
        )
        return redirect("candidatures:section", dossier.numero, Section.STRUCTURE)

    def montrer(self, request, formulaire):
        """The page."""
        brouillon = mes_dossiers(request.user).filter(etat=Etat.BROUILLON).first()
        ouvertes = formulaire.fields["vague"].queryset.exists()
        contexte = {
            "form": formulaire,
            "brouillon": brouillon,
            "ouvertes": ouvertes,
            "test": AutotestEnCours(request.session),
        }
        return render(request, "candidatures/creer.html", contexte)


class CommunesView(GesteMixin):
    """Communes whose name begins as typed: options of a list, for those who have scripts."""

    geste = "lister_dossiers"

    def get(self, request):
        """At most twelve, from two letters on; whatever the name of the field that asks."""
        texte = next(iter(request.GET.values()), "").strip()
        communes = chercher_communes(texte, debut=True)[:PROPOSITIONS] if len(texte) > 1 else []
        noms = [ecrire_commune(commune) for commune in communes]
        return render(request, "candidatures/_communes.html", {"noms": noms})
