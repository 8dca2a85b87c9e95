"""The deposit, and what proves it."""

from django.shortcuts import redirect, render

from candidatures.forms.depot import DepotForm
from candidatures.instantanes import date_implicite
from candidatures.models.dossier import ATTESTATIONS
from candidatures.views.base import DossierMixin
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import GesteInterdit
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite


class DepotView(UneSeuleFois, DossierMixin):
    """Before: what will be frozen and what one certifies. After: the receipt."""

    geste = "lire_equipe"  # any member reads this page; only the titulaire deposits

    def get(self, request, numero):
        """The page that fits the state."""
        if self.dossier.etat == Etat.BROUILLON:
            return self.proposer(DepotForm(dossier=self.dossier))
        return self.accuser()

    def post(self, request, numero):
        """Deposit; each refusal says why, and the draft stays as it was."""
        dossier = self.dossier
        if dossier.droit_de(request.user) != "TITULAIRE":
            raise GesteInterdit(f"Seul le titulaire, {dossier.titulaire}, peut déposer.")
        if request.POST.get("action") != "deposer":
            return self.proposer(
                DepotForm(dossier=dossier), "Cette action n'existe pas. Rechargez la page.", 409
            )
        formulaire = DepotForm(request.POST, dossier=dossier)
        if dossier.etat == Etat.BROUILLON and not formulaire.is_valid():
            return self.proposer(formulaire)
        try:
            dossier.deposer(par=request.user, **{nom: bool(request.POST.get(nom)) for nom in ATTESTATIONS})
        except TransitionInterdite as refus:
            self.dossier = self.trouver(numero)
            if self.dossier.etat != Etat.BROUILLON:
                return self.refuser(refus)
            return self.proposer(formulaire, str(refus), 409)
        return redirect("candidatures:depot", numero)

    def proposer(self, formulaire, refus="", statut=200):
        """The page before the deposit."""
        dossier = self.dossier
        self.lire_la_saisie()
        contexte = self.contexte(
            form=formulaire,
            refus=refus,
            manques=dossier.manques(),
            pieces_manquantes=dossier.pieces_manquantes(),
            nombre_de_pieces=dossier.pieces.count(),
            est_titulaire=dossier.droit_de(self.request.user) == "TITULAIRE",
            close=dossier.vague.est_close(horloge.maintenant()),
            jours=horloge.jours_avant(dossier.vague.cloture),
        )
        return render(self.request, "candidatures/depot.html", contexte, status=statut)

    def accuser(self):
        """The receipt."""
        version = self.dossier.versions.select_related("deposee_par").get(rang=self.dossier.version_deposee)
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


def dernier_accuse(user, dossier):
    """The receipt of the last deposit, or None."""
    actes = Acte.objects.visibles_par(user).filter(dossiers=dossier, genre="ar_depot")
    return actes.order_by("-annee", "-rang").first()
