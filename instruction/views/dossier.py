"""The split view: the deposited dossier on the left, the grid on the right, the exchange below."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import reverse

from candidatures.lecture import lire
from candidatures.models import VersionDeposee
from instruction.delais import terme_implicite
from instruction.epingles import epingles_de
from instruction.forms import AffecterForm, Grille, MessageForm, MotifForm, NoteInterneForm, saisie
from instruction.models import (
    Echange,
    GrilleModifiee,
    Instruction,
    NoteInterne,
    Reponse,
    SensAvis,
    Verdict,
)
from instruction.models.grille import EXAMINABLES
from instruction.views.base import AGENTS, DossierDeLAgence
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.francais import heure
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Habilitation
from manufactures.registres import TransitionInterdite

FAITS = {
    "prendre_en_charge": "Dossier pris en charge : la grille est ouverte.",
    "constater_echeance": "L'examen reprend avec ce qui a été reçu.",
    "declarer_recevable": "Dossier déclaré recevable : le rapport d'instruction est en préparation.",
    "rouvrir": "La pré-instruction est rouverte.",
    "retirer": "Le dossier est retiré.",
}


def agents_de(dossier):
    """Active agents who examine this call."""
    instant = horloge.maintenant()
    en_vigueur = Habilitation.objects.filter(
        Q(appel=None) | Q(appel=dossier.vague.appel),
        Q(au=None) | Q(au__gt=instant),
        role=Role.INSTRUCTEUR,
        du__lte=instant,
    )
    return get_user_model().objects.filter(is_active=True, pk__in=en_vigueur.values("user"))


COMPLEMENTS = (
    "demandes_complements__pieces__regle",
    "demandes_complements__reponses__pieces__dossier",
    "demandes_complements__reponses__par",
    "demandes_complements__reponses__piece",
)


class GrilleMixin(DossierDeLAgence):
    """Reads the deposited version and the grid's forms."""

    template_name = "instruction/dossier.html"

    def lire_la_version(self) -> None:
        """The deposited version, as it was frozen, and its pieces."""
        if hasattr(self, "sections"):
            return
        versions = VersionDeposee.objects.filter(dossier=self.dossier, rang=self.dossier.version_deposee)
        self.version = versions.select_related("deposee_par").first()
        self.sections = lire(self.version.contenu) if self.version else []
        self.pieces = [
            piece for piece in self.dossier.pieces.select_related("dossier") if not piece.complement
        ]

    def formulaires(self, data=None) -> Grille | None:
        """The forms of the grid, or None while nobody holds the dossier."""
        if self.grille is None:
            return None
        self.lire_la_version()
        prefetch_related_objects(
            [self.grille], Prefetch("verdicts", Verdict.objects.select_related("critere")), "notes"
        )
        return Grille(self.grille, data, epingles_de(self.sections, self.pieces))

    @property
    def ecrit(self) -> bool:
        """The reader may fill the grid now."""
        return self.tient_la_grille and self.dossier.etat in EXAMINABLES and not self.grille.sens

    def get_context_data(self, **contexte):
        """Both panes, the exchange, and what this reader may do."""
        self.lire_la_version()
        prefetch_related_objects([self.dossier], *COMPLEMENTS)
        demandes = self.dossier.demandes_complements.all()
        calcule = {
            "form": contexte.get("form") or self.formulaires(),
            "version": self.version,
            "pieces": self.pieces,
            "demandes": demandes,
            "ouverte": next((d for d in demandes if d.est_ouverte), None),
            "terme": terme_implicite(self.dossier)
            if self.dossier.etat in (Etat.DEPOSE, *EXAMINABLES)
            else None,
            "ecrit": self.ecrit,
            "echanges": Echange.objects.visibles_par(self.request.user)
            .filter(dossier=self.dossier)
            .select_related("de"),
            "notes": NoteInterne.objects.visibles_par(self.request.user)
            .filter(dossier=self.dossier)
            .select_related("par"),
            "form_message": MessageForm(prefix="message"),
            "form_note": NoteInterneForm(prefix="note"),
            "actes": Acte.objects.visibles_par(self.request.user).filter(dossiers=self.dossier),
            "est_agent": bool(self.roles & AGENTS),
            "est_responsable": Role.RESPONSABLE in self.roles,
        }
        if Role.RESPONSABLE in self.roles and (self.dossier.etat == Etat.DEPOSE or self.ecrit):
            calcule["form_affecter"] = AffecterForm(agents=agents_de(self.dossier))
        return super().get_context_data(**(calcule | self._conclusion() | contexte))

    def _conclusion(self) -> dict:
        """How far the grid is, and what it allows."""
        if self.grille is None:
            return {"actions": self.actions()}
        verdicts = self.grille.verdicts.all()
        tranchees = [v for v in verdicts if v.reponse in (Reponse.OUI, Reponse.NON)]
        return {
            "actions": self.actions(),
            "tranchees": len(tranchees),
            "a_demander": [v for v in verdicts if v.reponse == Reponse.A_DEMANDER],
            "refusees": [v for v in verdicts if v.reponse == Reponse.NON],
            "refus_propose": self.grille.sens == SensAvis.IRRECEVABLE
            and self.dossier.etat == Etat.EN_INSTRUCTION,
            "form_motif": MotifForm(),
        }

    def actions(self) -> dict:
        """The steps of this stage that a button takes, for this reader."""
        possibles = self.dossier.actions_pour(self.request.user, roles=self.roles)
        if self.grille is not None and not self.tient_la_grille:
            return {}
        return {nom: t for nom, t in possibles.items() if nom in FAITS}


class DossierView(GrilleMixin):
    """The page, and the steps of the procedure taken from it."""

    def faire(self, request):
        """Take one step."""
        action = request.POST.get("action", "")
        if action not in FAITS:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        self.dossier.passer(action, par=request.user, motif=request.POST.get("motif", ""))
        messages.success(request, FAITS[action])
        return redirect("instruction:dossier", self.dossier.numero)


class GrilleView(GrilleMixin):
    """Save the whole grid; with « Déclarer recevable », conclude in the same gesture."""

    geste_du_post = "remplir_grille"

    def get(self, request, *args, **kwargs):
        """The grid stands on the dossier's page."""
        return redirect("instruction:dossier", self.dossier.numero)

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
        return redirect("instruction:dossier", self.dossier.numero)

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
        form = self.formulaires(request.POST).une(code) if self.grille else None
        if form is None:
            raise TransitionInterdite(f"La grille de cet appel n'a pas de ligne {code}.")
        if not form.is_valid():
            return self.etat_de_ligne(form, enregistree=False)
        nom = "verdicts" if form in self.formes_regles(form) else "notes"
        try:
            self.grille.enregistrer(
                par=request.user, version=version_lue(request), **{nom: {code: saisie(form)}}
            )
        except GrilleModifiee as conflit:
            if request.htmx:
                return self.etat_de_ligne(form, status=409, phrase=str(conflit), enregistree=False)
            return render_conflit(request, self.dossier, conflit)
        if not request.htmx:
            return redirect(reverse("instruction:dossier", args=[self.dossier.numero]) + f"#regle-{code}")
        return self.etat_de_ligne(form)

    @staticmethod
    def formes_regles(form) -> list:
        """The form alone when it is a rule's, nothing when it is a mark's."""
        return [form] if "reponse" in form.fields else []

    def etat_de_ligne(self, form, status: int = 200, phrase: str = "", *, enregistree: bool = True):
        """What this line became, and how far the grid is."""
        if not self.request.htmx:
            return self.afficher(form=self.formulaires(self.request.POST))
        grille = Instruction.objects.get(pk=self.grille.pk)
        grille.dossier = self.dossier
        total = len(grille.regles)
        contexte = {
            "form": form,
            "phrase": phrase,
            "version": grille.version,
            "heure": heure(horloge.maintenant()),
            "tranchees": total - len(grille.sans_reponse()),
            "total": total,
            "enregistree": enregistree,
        }
        return render(self.request, "instruction/_etat_ligne.html", contexte, status=status)


class AffecterView(GrilleMixin):
    """A responsable gives the dossier to an agent."""

    geste_du_post = "affecter"

    def get(self, request, *args, **kwargs):
        """The form stands on the dossier's page."""
        return redirect("instruction:dossier", self.dossier.numero)

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
