"""The split view: the deposited dossier on the left, the grid on the right, the exchange below."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from instruction.forms import AffecterForm, NoteInterneForm
from instruction.models import GrilleModifiee, Instruction, NoteInterne, Reponse
from instruction.views.rendus import DessinDeLaGrille, parametres
from instruction.views.voisins import voisins
from instruction.views.volets import FAITS, GrilleMixin, agents_de
from manufactures import horloge
from manufactures.francais import heure
from manufactures.registres import TransitionInterdite

CONCLUSION = "avis"  # in place of a line's code: the opinion, the risks, the questions, the days


class DossierView(GrilleMixin):
    """The page, and the steps of the procedure taken from it."""

    def faire(self, request):
        """Take one step."""
        action = request.POST.get("action", "")
        if action not in FAITS:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        self.dossier.passer(action, par=request.user, motif=request.POST.get("motif", ""))
        messages.success(request, FAITS[action])
        return redirect(self.page())


class GrilleView(GrilleMixin):
    """Save the whole grid; with « Déclarer recevable », conclude in the same gesture."""

    geste_du_post = "remplir_grille"

    def get(self, request, *args, **kwargs):
        """The grid stands on the dossier's page."""
        return redirect(self.page())

    def faire(self, request):
        """Write what changed; conclude if asked."""
        if self.grille is None:
            raise TransitionInterdite("Prenez d'abord ce dossier en charge.")
        form = self.formulaires(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        try:
            self.grille.enregistrer(par=request.user, version=version_lue(request), **form.saisies())
        except GrilleModifiee as conflit:
            return render_conflit(request, self.dossier, conflit)
        if request.POST.get("action") == "declarer_recevable":
            self.dossier.passer("declarer_recevable", par=request.user)
            messages.success(request, FAITS["declarer_recevable"])
        else:
            messages.success(request, "Grille enregistrée.")
        suite = request.POST.get("suite")
        if suite in ("complements", "refus"):
            return redirect(f"instruction:{suite}", self.dossier.numero)
        return redirect(self.suivant() if suite == "suivant" else self.page())

    def suivant(self) -> str:
        """The next dossier of the list; at its end, this one."""
        autour = voisins(self.request, self.dossier, self.file)
        if autour is None or autour.apres is None:
            messages.info(self.request, "C'était le dernier dossier de la file.")
            return self.page()
        return reverse("instruction:dossier", args=[autour.apres]) + parametres(autour.file)

    def refuser(self, refus):
        """What was typed stays on the page."""
        messages.error(self.request, str(refus))
        form = self.formulaires(self.request.POST) if self.grille else None
        self.dossier.refresh_from_db(fields=["etat"])
        return self.afficher(status=409, form=form)


class RegleView(GrilleMixin):
    """Save one line of the grid: a fragment for HTMX, the page again otherwise."""

    geste_du_post = "remplir_grille"

    def get(self, request, *args, **kwargs):
        """The grid stands on the dossier's page."""
        return redirect("instruction:dossier", self.dossier.numero)

    def faire(self, request):
        """Write one line."""
        code = self.kwargs["code"]
        lues = self.formulaires(request.POST)
        form = lues and (lues.avis if code == CONCLUSION else lues.une(code))
        if form is None:
            raise TransitionInterdite(f"La grille de cet appel n'a pas de ligne {code}.")
        if not form.is_valid():
            return self.etat_de_ligne(lues, form, enregistree=False)
        try:
            self.grille.enregistrer(
                par=request.user,
                version=version_lue(request),
                criteres=lues.criteres,
                **lues.saisies_de(form),
            )
        except GrilleModifiee as conflit:
            if request.htmx:
                return self.etat_de_ligne(lues, form, conflit=conflit, enregistree=False)
            return render_conflit(request, self.dossier, conflit)
        if not request.htmx:
            return redirect(self.page(f"#regle-{code}"))
        return self.etat_de_ligne(lues, form)

    def etat_de_ligne(self, lues, form, *, conflit: GrilleModifiee | None = None, enregistree: bool = True):
        """What this line became, how it is proved, and how far the grid is."""
        if not self.request.htmx:
            return self.afficher(form=self.formulaires(self.request.POST))
        code = self.kwargs["code"]
        contexte = {
            "code": code,
            "form": form,
            "conflit": conflit,
            "page": self.page(f"#regle-{code}"),
            "version": self.grille.version,
            "heure": heure(horloge.maintenant()),
            "enregistree": enregistree,
        }
        if enregistree and code != CONCLUSION:
            dessin = DessinDeLaGrille(self.dossier.numero, ecrit=self.ecrit, file=self.file)
            regles = (relue := lues.relue()).regles
            contexte["epingles"] = dessin.epingles(relue.ligne(code), a_part=True)
            contexte["total"] = len(regles)
            contexte["tranchees"] = sum(r.instance.reponse in (Reponse.OUI, Reponse.NON) for r in regles)
        return render(self.request, "instruction/_etat_ligne.html", contexte, status=409 if conflit else 200)


class AffecterView(GrilleMixin):
    """A responsable gives the dossier to an agent."""

    geste = "affecter"

    def get(self, request, *args, **kwargs):
        """To hand a dossier over; while nobody holds it, the form stands on its page."""
        if self.grille is None or not self.affecte:
            return redirect("instruction:dossier", self.dossier.numero)
        contexte = {"dossier": self.dossier, "grille": self.grille}
        contexte["form"] = AffecterForm(agents=agents_de(self.dossier))
        return render(request, "instruction/affecter.html", contexte)

    def faire(self, request):
        """Open the grid for them, or hand it over."""
        form = AffecterForm(request.POST, agents=agents_de(self.dossier))
        if not form.is_valid():
            raise TransitionInterdite("Choisissez un agent de cet appel.")
        agent = form.cleaned_data["instructeur"]
        if self.grille is None:
            Instruction.prendre_en_charge(self.dossier, par=request.user, instructeur=agent)
        else:
            self.grille.affecter(agent, par=request.user)
        messages.success(request, f"{agent.nom_complet} instruit ce dossier.")
        return redirect("instruction:dossier", self.dossier.numero)


class NotesView(GrilleMixin):
    """Keep an internal note."""

    geste_du_post = "noter"

    def get(self, request, *args, **kwargs):
        """The notes stand on the dossier's page."""
        return redirect("instruction:dossier", self.dossier.numero)

    def faire(self, request):
        """Write it."""
        form = NoteInterneForm(request.POST, prefix="note")
        if not form.is_valid():
            return self.afficher(form_note=form)
        NoteInterne.ecrire(self.dossier, par=request.user, texte=form.cleaned_data["texte"])
        messages.success(request, "Note ajoutée.")
        return redirect(reverse("instruction:dossier", args=[self.dossier.numero]) + "#notes")


def version_lue(request) -> int:
    """The version of the grid that the writer read; 0 where the page said none: everything since is a conflict."""
    valeur = request.POST.get("version", "")
    return int(valeur) if valeur.isdecimal() else 0


def render_conflit(request, dossier, conflit: GrilleModifiee):
    """Both versions side by side; nothing was written."""
    contexte = {"dossier": dossier, "conflit": conflit}
    return render(request, "instruction/conflit.html", contexte, status=409)
