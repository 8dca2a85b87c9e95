"""The deposit, what proves it, and the whole of it as a PDF."""

from django.core.files.storage import default_storage
from django.db.models import Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render

from candidatures.forms.depot import DepotForm
from candidatures.gel import LUES_AVEC, a_lire_ensemble, contenu_a_figer
from candidatures.instantanes import date_implicite
from candidatures.models import Dossier, Membre, VersionDeposee
from candidatures.models.dossier import ATTESTATIONS
from candidatures.rebours import compte_a_rebours
from candidatures.reception import recu_le
from candidatures.views.base import DossierMixin
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import GesteInterdit
from manufactures.procedure import Etat, Role
from manufactures.registres import TransitionInterdite


class DepotView(UneSeuleFois, DossierMixin):
    """Before: the whole dossier as it will be frozen, and what one certifies. After: the receipt."""

    geste = "lire_equipe"  # any member reads this page; only the titulaire deposits
    refuse = False

    def lignes(self):
        """To be read, with its members and the tables that both the gaps and the reading look at."""
        membres = Prefetch("membres", Membre.objects.select_related("user"))
        dossiers = Dossier.objects.select_related(
            "vague__appel", "forme_juridique", "commune_siege__departement"
        )
        if self.request.method == "POST" and not self.refuse:
            return dossiers
        return a_lire_ensemble(dossiers.prefetch_related(membres), *LUES_AVEC)

    def get(self, request, numero):
        """The page that fits the state."""
        if self.dossier.etat == Etat.BROUILLON:
            return self.proposer(DepotForm(dossier=self.dossier))
        return self.accuser()

    def post(self, request, numero):
        """Deposit; each refusal says why, and the draft stays as it was.

        What counts is when the request had reached us whole (`reception.recu_le`), read before anything else.
        """
        recu = recu_le(request)
        dossier = self.dossier
        if Role.PORTEUR not in self.roles:
            raise GesteInterdit(f"Seul le titulaire, {dossier.titulaire}, peut déposer.")
        formulaire = DepotForm(request.POST, dossier=dossier)
        if request.POST.get("action") != "deposer":
            return self.reproposer(formulaire, "Cette action n'existe pas. Rechargez la page.", 409)
        if dossier.etat == Etat.BROUILLON and not formulaire.is_valid():
            return self.reproposer(formulaire)
        try:
            dites = {nom: bool(request.POST.get(nom)) for nom in ATTESTATIONS}
            dossier.deposer(par=request.user, recu_le=recu, **dites)
        except TransitionInterdite as refus:
            return self.reproposer(formulaire, str(refus), 409)
        return redirect("candidatures:depot", numero)

    def reproposer(self, formulaire, refus="", statut=200):
        """The page again, from the dossier as it now stands; someone else may have deposited it meanwhile."""
        self.refuse = True
        self.dossier = self.trouver(self.kwargs["numero"])
        if self.dossier.etat != Etat.BROUILLON:
            return self.refuser(refus)
        return self.proposer(formulaire, refus, statut)

    def proposer(self, formulaire, refus="", statut=200):
        """The page before the deposit."""
        dossier = self.dossier
        instant, contenu = horloge.maintenant(), contenu_a_figer(dossier, deja_lues=LUES_AVEC)
        contexte = self.contexte(
            form=formulaire,
            refus=refus,
            manques=dossier.manques(),
            pieces_manquantes=dossier.pieces_manquantes(),
            contenu=contenu,
            nombre_de_pieces=len(contenu["pieces_jointes"]),
            est_titulaire=dossier.droit_de(self.request.user) == "TITULAIRE",
            close=dossier.est_clos(instant),
            rebours=compte_a_rebours(dossier.limite, instant),
            secondes=int((dossier.limite - instant).total_seconds()),
        )
        return render(self.request, "candidatures/depot.html", contexte, status=statut)

    def accuser(self):
        """The receipt."""
        versions = self.dossier.versions.select_related("deposee_par", "impression")
        version = versions.get(rang=self.dossier.version_deposee)
        contexte = self.contexte(
            version=version,
            pieces=version.contenu["pieces_jointes"],
            accuse=dernier_accuse(self.request.user, self.dossier),
            date_implicite=date_implicite(self.dossier),
        )
        return render(self.request, "candidatures/accuse.html", contexte)


class AccuseView(DossierMixin):
    """The block of the receipt's PDF, asked again every three seconds until it is sealed."""

    geste = "lire_equipe"

    def get(self, request, numero):
        """The fragment; without script, the page itself."""
        if not request.htmx:
            return redirect("candidatures:depot", numero)
        contexte = self.contexte(accuse=dernier_accuse(request.user, self.dossier))
        return render(request, "candidatures/_accuse.html", contexte)


class ImpressionView(DossierMixin):
    """The whole of a deposited version as a PDF, for whoever reads the dossier."""

    geste = "lire_dossier"

    def version(self, rang: int) -> VersionDeposee:
        """Raises Http404 for a rank that was never deposited."""
        version = self.dossier.versions.select_related("impression").filter(rang=rang).first()
        if version is None:
            raise Http404
        return version

    def get(self, request, numero, rang):
        """The file; until it is made, the page that waits for it."""
        version = self.version(rang)
        impression = getattr(version, "impression", None)
        if impression is None or not impression.est_faite or request.htmx:
            contexte = self.contexte(version=version, impression=impression)
            gabarit = (
                "candidatures/_impression.html" if request.htmx else "candidatures/impression_attendue.html"
            )
            return render(request, gabarit, contexte)
        return FileResponse(
            default_storage.open(impression.chemin),
            content_type="application/pdf",
            as_attachment=True,
            filename=f"dossier-{numero}-version-{rang}.pdf",
        )

    def post(self, request, numero, rang):
        """Order it: a version deposited long ago, or a rendering that failed."""
        self.version(rang).imprimer()
        return redirect("candidatures:impression", numero, rang)


def dernier_accuse(user, dossier):
    """The receipt of the last deposit, or None."""
    actes = Acte.objects.visibles_par(user).filter(dossiers=dossier, genre="ar_depot")
    return actes.order_by("-annee", "-rang").first()


def derniere_version(dossier) -> VersionDeposee | None:
    """The last deposit, without its long content, and its PDF if it was ordered."""
    return dossier.versions.defer("contenu").select_related("impression").order_by("-rang").first()
