"""The page of a dossier, its reading, and the one door of its steps."""

from django.db.models import F
from django.shortcuts import redirect, render

from candidatures.frise import frise
from candidatures.gel import contenu_a_figer
from candidatures.historique import historique
from candidatures.models import Autotest, Dossier
from candidatures.motifs import decision_de
from candidatures.reprise import est_a_reprendre, reprendre, vague_de_reprise
from candidatures.views.base import DossierMixin, pour_les_pages, sommaire
from candidatures.views.depot import derniere_version
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.procedure import Etat
from manufactures.registres import DES_PORTEURS, TransitionInterdite


def avec_celui_d_avant(user):
    """With the number of the dossier that it comes from."""
    return pour_les_pages(user).annotate(numero_d_avant=F("issu_de__numero"))


def sans_les_lieux(_user):
    """With its team, neither places nor names."""
    dossiers = Dossier.objects.select_related("vague__appel", "forme_juridique", "commune_siege")
    return dossiers.prefetch_related("membres")


class DossierView(DossierMixin):
    """Where it stands, what is missing, what was received, what happened."""

    geste = "lire_dossier"

    def lignes(self):
        """With the number of the dossier that it comes from."""
        return avec_celui_d_avant

    def get(self, request, numero):
        """The page; the list of gaps only while it is a draft."""
        dossier = self.dossier
        brouillon = dossier.etat == Etat.BROUILLON
        if brouillon:
            self.lire_la_saisie()
        manques = dossier.manques() if brouillon else []
        actes = Acte.objects.visibles_par(request.user).filter(dossiers=dossier).pour_les_listes()
        contexte = self.contexte(
            brouillon=brouillon,
            close=brouillon and dossier.est_clos(horloge.maintenant()),
            manques=manques,
            pieces_manquantes=dossier.pieces_manquantes() if brouillon else [],
            sommaire=sommaire(dossier, manques) if brouillon else [],
            actes=actes.order_by("-annee", "-rang"),
            historique=historique(dossier) if self.roles & DES_PORTEURS else [],
            autotest=Autotest.objects.visibles_par(request.user).filter(dossier=dossier).first()
            if brouillon
            else None,
            **self.le_chemin(),
        )
        return render(request, "candidatures/dossier.html", contexte)

    def le_chemin(self) -> dict:
        """For its members: where it stands, the reasons of a refusal, and the way back in the next wave."""
        dossier, user = self.dossier, self.request.user
        version = derniere_version(dossier) if dossier.etat != Etat.BROUILLON else None
        lu = {"version_imprimee": version, "impression": getattr(version, "impression", None)}
        if not self.roles & DES_PORTEURS:
            return lu
        a_reprendre = est_a_reprendre(dossier)
        refusee = dossier.etat in (Etat.IRRECEVABLE, Etat.AJOURNE, Etat.NON_RETENU)
        appel = dossier.vague.appel_id
        source = dossier.issu_de_id if dossier.etat == Etat.BROUILLON else None
        return lu | {
            "frise": frise(dossier),
            "decision": decision_de(dossier.pk, appel, user) if refusee else None,
            "a_traiter": decision_de(source, appel, user) if source else None,
            "suite": dossier.suites.filter(membres__user=user).first() if a_reprendre else None,
            "vague_de_reprise": vague_de_reprise(dossier) if a_reprendre else None,
        }


class RepriseView(UneSeuleFois, DossierMixin):
    """The second of two clicks: what will be taken up in the next wave, and the button."""

    geste = "reprendre_dossier"

    def get(self, request, numero):
        """What is copied, what is to be given anew; 409 where it cannot be."""
        vague = vague_de_reprise(self.dossier)
        if not est_a_reprendre(self.dossier):
            return self.refuser("Ce dossier suit son cours : il ne se reprend pas dans une autre vague.")
        if vague is None:
            return self.refuser("Aucune vague suivante n'est ouverte. Ce dossier est gardé.")
        contexte = self.contexte(
            vague=vague, decision=decision_de(self.dossier.pk, vague.appel_id, request.user)
        )
        return render(request, "candidatures/reprise.html", contexte)

    def post(self, request, numero):
        """The new draft, then its page."""
        vague = vague_de_reprise(self.dossier)
        if vague is None:
            return self.refuser("Aucune vague suivante n'est ouverte. Ce dossier est gardé.")
        try:
            nouveau = reprendre(self.dossier, vague=vague, par=request.user)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        return redirect(nouveau)


class LectureView(DossierMixin):
    """All the answers on one page: the deposited version, or the draft as it is."""

    geste = "lire_dossier"

    def lignes(self):
        """The answers are frozen ones, or read anew: neither places nor names are read here."""
        return sans_les_lieux

    def get(self, request, numero):
        """`?version=2` opens an earlier deposit."""
        versions = list(self.dossier.versions.all())
        demandee = request.GET.get("version", "")
        version = next((v for v in versions if str(v.rang) == demandee), None)
        if version is None and self.dossier.etat != Etat.BROUILLON and versions:
            version = versions[-1]
        contenu = version.contenu if version else contenu_a_figer(self.dossier)
        contexte = self.contexte(
            contenu=contenu, version=version, versions=versions, sans_contacts=not self.lit_les_contacts()
        )
        return render(request, "candidatures/lecture.html", contexte)


class PasserView(UneSeuleFois, DossierMixin):
    """Every action of the procedure arrives here, by POST.

    404 for a dossier one may not know, 403 for a step one may not take, 409 for a step not possible now.
    """

    geste = "passer_dossier"
    http_method_names = ["post"]

    def post(self, request, numero):
        """Take the step, then go back to the page it was asked from."""
        motif = request.POST.get("motif", "")
        try:
            self.dossier.passer(request.POST.get("action", ""), par=request.user, motif=motif)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        if request.htmx:
            return render(request, "candidatures/_etat.html", self.contexte())
        return redirect(self.retour())
