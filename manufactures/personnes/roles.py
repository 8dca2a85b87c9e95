"""Pages where a responsable gives and takes back roles, and tells that somebody has left."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render

from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits_web import GesteMixin
from manufactures.francais import compter
from manufactures.personnes.demandes import DemandeSurCompte
from manufactures.personnes.departs import a_finir, declarer_depart, grilles_de, remplacants
from manufactures.personnes.forms import DepartForm, RepriseForm, RoleForm, fin
from manufactures.personnes.models import (
    DONNES_ICI,
    Proposition,
    personnes_atteignables,
    personnes_de,
    reprendre,
)
from manufactures.programme.models import Habilitation
from manufactures.programme.models.habilitation import ROLES_DONNES
from manufactures.registres import GesteInterdit, TransitionInterdite

PAR_PAGE = 25


class PersonnesView(GesteMixin):
    """Who holds what on one's calls."""

    geste = "gerer_roles"

    def get(self, request):
        """By name, filtered by a word and a role; what waits for a second responsable stands first."""
        instant = horloge.maintenant()
        en_cours = (
            Habilitation.objects.exclude(au__lte=instant).select_related("appel").order_by("role", "du")
        )
        gens = personnes_de(request.user)
        if mot := request.GET.get("q", "").strip():
            porteur = personnes_atteignables(request.user).filter(email=mot.lower()) if "@" in mot else None
            gens = gens.filter(Q(nom__icontains=mot) | Q(prenom__icontains=mot) | Q(email__icontains=mot))
            gens = porteur if porteur is not None and porteur.exists() else gens
        gens = gens.prefetch_related(Prefetch("habilitations", en_cours, to_attr="tenues_ici"))
        if (role := request.GET.get("role", "")) in {r.value for r in ROLES_DONNES}:
            gens = gens.filter(pk__in=en_cours.filter(role=role).order_by().values("user"))
        contexte = {
            "page_obj": Paginator(gens.order_by("nom", "prenom", "pk"), PAR_PAGE).get_page(
                request.GET.get("page")
            ),
            "propositions": Proposition.objects.visibles_par(request.user)
            .en_attente()
            .select_related("user", "appel", "proposee_par"),
            "demandes": DemandeSurCompte.objects.visibles_par(request.user)
            .en_attente()
            .select_related("user", "demandee_par"),
            "roles": [(r.value, r.label) for r in ROLES_DONNES],
            "mot": mot,
            "role": role,
            "instant": instant,
        }
        return render(request, "personnes/personnes.html", contexte)


class RoleView(UneSeuleFois, GesteMixin):
    """Give a role, to somebody known or new."""

    geste = "gerer_roles"

    def get(self, request):
        """The form."""
        return self._montrer(RoleForm(par=request.user, initial={"courriel": request.GET.get("a", "")}))

    def post(self, request):
        """Given at once, or waiting for another responsable."""
        form = RoleForm(request.POST, par=request.user)
        if not form.is_valid():
            return self._montrer(form)
        dites = form.cleaned_data
        try:
            with transaction.atomic():
                user = form.connue or get_user_model().objects.create_user(
                    dites["courriel"], prenom=dites["prenom"], nom=dites["nom"]
                )
                proposee = Proposition.deposer(
                    user,
                    dites["role"],
                    dites["appel"],
                    par=request.user,
                    du=dites["du"],
                    au=dites["au"],
                    motif=dites["motif"],
                )
        except (TransitionInterdite, GesteInterdit) as refus:
            return self._montrer(form, str(refus), 409)
        if proposee is None:
            messages.success(request, f"Rôle donné à {user.nom_complet}, qui en est prévenu par courriel.")
        else:
            messages.info(
                request, "Rôle proposé\u00a0: il vaudra quand un autre responsable l'aura confirmé."
            )
        return redirect("personnes:personne", user.pk)

    def _montrer(self, form, refus="", statut=200):
        return render(self.request, "personnes/role.html", {"form": form, "refus": refus}, status=statut)


class PropositionView(UneSeuleFois, GesteMixin):
    """Confirm a role that another responsable proposed, or set it aside."""

    geste = "gerer_roles"
    http_method_names = ["post"]

    def post(self, request, pk):
        """`action` says which."""
        proposee = get_object_or_404(Proposition.objects.visibles_par(request.user), pk=pk)
        accepter = request.POST.get("action") == "confirmer"
        try:
            proposee.trancher(accepter=accepter, par=request.user)
        except TransitionInterdite as refus:
            return render(
                request, "409.html", {"phrase": str(refus), "retour": "/pilotage/personnes/"}, status=409
            )
        messages.success(request, "Rôle donné." if accepter else "Proposition écartée.")
        return redirect("personnes:personne", proposee.user_id)


class _PersonneMixin(UneSeuleFois, GesteMixin):
    geste = "gerer_roles"

    def personne(self, pk: int):
        """One of those one may manage. Raises Http404."""
        return get_object_or_404(personnes_de(self.request.user), pk=pk)


class PersonneView(_PersonneMixin):
    """One person: their roles with their dates, what they hold."""

    def get(self, request, pk):
        """Roles in force first, those that ended after."""
        user = get_object_or_404(personnes_atteignables(request.user), pk=pk)
        contexte = {
            "personne": user,
            "second_facteur": user.a_un_second_facteur,
            "habilitations": user.habilitations.select_related("appel").order_by("-du", "pk"),
            "instant": horloge.maintenant(),
            "donnes_ici": DONNES_ICI,
            "grilles": grilles_de(user).count(),
            "soi": user.pk == request.user.pk,
            "peut_partir": user.is_active and a_finir(user).exists(),
        }
        return render(request, "personnes/personne.html", contexte)


class ReprendreView(_PersonneMixin):
    """Take one role back."""

    def get(self, request, pk, role):
        """The form."""
        return self._montrer(*self._lire(pk, role), RepriseForm())

    def post(self, request, pk, role):
        """Now, or at the end of a day."""
        user, habilitation = self._lire(pk, role)
        form = RepriseForm(request.POST)
        if not form.is_valid():
            return self._montrer(user, habilitation, form)
        try:
            le = fin(form.cleaned_data["le"])
            reprendre(habilitation, par=request.user, motif=form.cleaned_data["motif"], le=le)
        except (TransitionInterdite, GesteInterdit) as refus:
            return self._montrer(user, habilitation, form, str(refus), 409)
        messages.success(request, f"Rôle repris à {user.nom_complet}, qui en est prévenu par courriel.")
        return redirect("personnes:personne", user.pk)

    def _lire(self, pk, role):
        user = self.personne(pk)
        return user, get_object_or_404(user.habilitations.select_related("appel", "user"), pk=role)

    def _montrer(self, user, habilitation, form, refus="", statut=200):  # noqa: PLR0917 (one page)
        contexte = {"personne": user, "habilitation": habilitation, "form": form, "refus": refus}
        return render(self.request, "personnes/reprendre.html", contexte, status=statut)


class DepartView(_PersonneMixin):
    """Somebody has left: one page, one gesture."""

    def get(self, request, pk):
        """What will happen, before anything does."""
        user = self.personne(pk)
        return self._montrer(user, DepartForm(remplacants=remplacants(user)))

    def post(self, request, pk):
        """The account is closed; what it held is somebody else's, or back in the queue."""
        user = self.personne(pk)
        form = DepartForm(request.POST, remplacants=remplacants(user))
        if not form.is_valid():
            return self._montrer(user, form)
        try:
            donnees, rendues = declarer_depart(user, par=request.user, **form.cleaned_data)
        except (TransitionInterdite, GesteInterdit) as refus:
            return self._montrer(user, form, str(refus), 409)
        dits = [f"Le compte de {user.nom_complet} est fermé."]
        if donnees:
            dits.append(f"{compter(donnees, 'dossier confié', 'dossiers confiés')}.")
        if rendues:
            dits.append(f"{compter(rendues, 'dossier remis', 'dossiers remis')} dans la file.")
        messages.success(request, " ".join(dits))
        return redirect("personnes:personne", user.pk)

    def _montrer(self, user, form, refus="", statut=200):
        contexte = {"personne": user, "form": form, "refus": refus, "grilles": grilles_de(user).count()}
        return render(self.request, "personnes/depart.html", contexte, status=statut)
