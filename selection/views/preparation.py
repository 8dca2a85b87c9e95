"""Before the sitting: the list, the agenda, the summons, the interests, the amounts."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect

from candidatures.models import Dossier
from manufactures.comptes.roles import role_actif
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.procedure import Etat, Role
from selection.forms import (
    ConvocationForm,
    InscriptionForm,
    InteretForm,
    ReponseForm,
    SeanceForm,
)
from selection.indices import indices_de
from selection.models import (
    Convocation,
    DeclarationInterets,
    Deport,
    EtatSeance,
    Membre,
    PointOrdreDuJour,
    Seance,
)
from selection.views.base import PageDeSeance, PageDuComite, agenda
from selection.views.comite import liens_des_comites

DUREE_DE_SEANCE = timedelta(hours=4)
PAR_PAGE = 25


class SeancesView(PageDuComite):
    """The sittings that this person may know of, the next first."""

    geste = "lire_seance"
    template_name = "selection/seances.html"

    def get_context_data(self, **contexte):
        """Sittings with the count of items one may know of; for a responsable, what waits for an agenda."""
        user = self.request.user
        visibles = (
            PointOrdreDuJour.objects.visibles_par(user)
            .filter(seance=OuterRef("pk"))
            .order_by()
            .values("seance")
        )
        seances = (
            Seance.objects.visibles_par(user)
            .select_related("vague", "pv")
            .defer("pv__instantane")
            .annotate(nombre=Subquery(visibles.annotate(n=Count("pk")).values("n")))
        )
        tenues = seances.filter(etat=EtatSeance.CLOSE).order_by("-debut", "-pk")
        est_responsable = user.a_le_role(Role.RESPONSABLE)
        contexte["a_inscrire"] = (
            Dossier.objects.visibles_par(user).filter(etat=Etat.RECEVABLE).count() if est_responsable else 0
        )
        return super().get_context_data(
            a_venir=seances.exclude(etat=EtatSeance.CLOSE).order_by("debut", "pk"),
            page_obj=Paginator(tenues, PAR_PAGE).get_page(self.request.GET.get("page")),
            est_responsable=est_responsable,
            est_du_comite=role_actif(self.request) in (Role.MEMBRE, Role.PRESIDENT),
            comites=liens_des_comites(user),
            **contexte,
        )


class CreerSeanceView(UneSeuleFois, PageDuComite):
    """A responsable prepares a sitting."""

    geste = "creer_seance"
    template_name = "selection/creer_seance.html"

    def get_context_data(self, **contexte):
        """The form."""
        contexte.setdefault("form", SeanceForm(par=self.request.user))
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Create it, then its agenda."""
        form = SeanceForm(request.POST, par=request.user)
        if not form.is_valid():
            return self.afficher(form=form)
        seance = Seance.prevoir(par=request.user, **form.cleaned_data)
        messages.success(request, "Séance créée. Fixez son ordre du jour, puis convoquez le comité.")
        return redirect("selection:ordre_du_jour", seance.pk)


class OrdreDuJourView(UneSeuleFois, PageDeSeance):
    """The agenda: put on, take off, summon."""

    geste_du_post = "creer_seance"
    template_name = "selection/ordre_du_jour.html"

    def get_context_data(self, **contexte):
        """Items, what may be added, the summons."""
        user = self.request.user
        contexte.setdefault("form", InscriptionForm(seance=self.seance, par=user))
        contexte.setdefault("form_convocation", ConvocationForm())
        return super().get_context_data(
            points=self.seance.points.visibles_par(user).avec_le_lieu(),
            rapporteurs=Membre.objects.de_l_appel(self.seance.vague.appel_id)
            .en_exercice()
            .titulaires()
            .select_related("user"),
            peut_preparer=contexte.get("peut_preparer", self.seance.etat == EtatSeance.PREVUE),
            **contexte,
        )

    def faire(self, request):
        """One of the gestures of the agenda."""
        action = request.POST.get("action")
        if action == "inscrire":
            form = InscriptionForm(request.POST, seance=self.seance, par=request.user)
            if not form.is_valid():
                return self.afficher(form=form)
            for dossier in form.cleaned_data["dossiers"]:
                self.seance.inscrire(dossier, par=request.user)
            messages.success(request, "Ordre du jour complété.")
        elif action == "desinscrire":
            self.seance.desinscrire(self._point(), par=request.user)
            messages.success(request, "Dossier retiré de l'ordre du jour.")
        elif action == "nommer_rapporteur":
            membre = Membre.objects.en_exercice().filter(pk=request.POST.get("rapporteur") or None).first()
            self.seance.nommer_rapporteur(self._point(), membre, par=request.user)
            messages.success(request, "Rapporteur enregistré.")
        else:
            form = ConvocationForm(request.POST)
            if not form.is_valid():
                return self.afficher(form_convocation=form)
            self.seance.convoquer(par=request.user, motif_urgence=form.cleaned_data["motif_urgence"])
            messages.success(request, f"Comité convoqué : {self.seance.composition} convocations envoyées.")
            return redirect(self.seance)
        return redirect("selection:ordre_du_jour", self.seance.pk)

    def _point(self):
        points = PointOrdreDuJour.objects.visibles_par(self.request.user).filter(seance=self.seance)
        return get_object_or_404(points, pk=self.request.POST.get("point") or None)


class ReponseView(UneSeuleFois, PageDeSeance):
    """A member answers the summons."""

    geste = "declarer_interets"
    template_name = "selection/reponse.html"

    @property
    def convocation(self) -> Convocation:
        """One's own summons, or 404."""
        return get_object_or_404(
            self.seance.convocations.select_related("membre__user", "seance"), membre=self.membre
        )

    def get_context_data(self, **contexte):
        """The form."""
        contexte.setdefault("form", ReponseForm(convocation=self.convocation))
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Answer."""
        form = ReponseForm(request.POST, convocation=self.convocation)
        if not form.is_valid():
            return self.afficher(form=form)
        self.convocation.repondre(
            form.cleaned_data["reponse"], mandataire=form.cleaned_data.get("mandataire"), par=request.user
        )
        messages.success(request, "Réponse enregistrée.")
        return redirect(self.seance)


class InteretsView(UneSeuleFois, PageDeSeance):
    """Interests before any dossier opens: name, commune, porteur, partners, and nothing of the answers."""

    geste = "declarer_interets"
    template_name = "selection/interets.html"

    def _points(self):
        points = self.seance.points.visibles_par(self.request.user)
        return points.avec_le_lieu().prefetch_related("dossier__partenaires")

    def _formulaires(self, donnees=None) -> list[InteretForm]:
        membre = self.membre
        dits = DeclarationInterets.objects.filter(membre=membre).values_list("dossier", flat=True)
        points = list(self._points().exclude(dossier__in=dits))
        indices = indices_de([membre], [p.dossier_id for p in points])
        return [
            InteretForm(donnees, point=p, indices=indices.get((membre.pk, p.dossier_id), [])) for p in points
        ]

    def get_context_data(self, **contexte):
        """What is to be declared, what is already, what was closed."""
        get_object_or_404(self.seance.convocations, membre=self.membre)
        contexte.setdefault("formulaires", self._formulaires())
        signees = DeclarationInterets.objects.filter(
            membre=self.membre, dossier__points_de_seance__seance=self.seance
        )
        deports = Deport.objects.actifs().filter(
            membre=self.membre, dossier__points_de_seance__seance=self.seance
        )
        return super().get_context_data(
            signees=signees.exclude(reponse="DEPORT").select_related("dossier", "tranchee_par"),
            deports=deports.select_related("declare_par", "dossier"),
            **contexte,
        )

    def faire(self, request):
        """Sign them all at once."""
        get_object_or_404(self.seance.convocations, membre=self.membre)
        formulaires = self._formulaires(request.POST)
        valides = [f.is_valid() for f in formulaires]
        lu = bool(request.POST.get("confidentialite"))
        if not all(valides) or not lu:
            return self.afficher(formulaires=formulaires, engagement_manquant=not lu)
        reponses = {
            f.point.dossier_id: (f.cleaned_data["reponse"], f.cleaned_data["motif"]) for f in formulaires
        }
        indices = {f.point.dossier_id: f.indices for f in formulaires}
        DeclarationInterets.signer(self.seance, self.membre, reponses, par=request.user, indices=indices)
        fermes = sum(reponse == "DEPORT" for reponse, _ in reponses.values())
        doutes = sum(reponse == "DOUTE" for reponse, _ in reponses.values())
        ouverts = len(reponses) - fermes - doutes
        suite = f", {fermes} vous {'est fermé' if fermes == 1 else 'sont fermés'}" if fermes else ""
        if doutes:
            suite += f", {doutes} {'attend' if doutes == 1 else 'attendent'} l'avis de la présidence"
        accord = "dossier vous est ouvert" if ouverts <= 1 else "dossiers vous sont ouverts"
        messages.success(request, f"Déclarations signées. {ouverts} {accord}{suite}.")
        return redirect(self.seance)


class AgendaSeanceView(PageDeSeance):
    """The sitting, for one's calendar."""

    def get(self, request, *args, **kwargs):
        """An iCalendar file."""
        seance = self.seance
        return agenda(
            f"comite-{seance.debut:%Y-%m-%d}",
            uid=f"seance-{seance.pk}@manufactures",
            titre=f"Comité : {seance.get_type_display()}",
            debut=seance.debut,
            fin=seance.debut + DUREE_DE_SEANCE,
            lieu=seance.lieu,
            adresse=settings.SITE_URL + seance.get_absolute_url(),
        )
