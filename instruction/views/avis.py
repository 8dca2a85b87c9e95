"""Opinions of third parties: the agents' page, the file they read, and the page that a personal link opens."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render

from candidatures.lecture import lire
from candidatures.views.equipe import TROP_D_ENVOIS, ecrit_encore
from candidatures.views.liens import PageALien
from candidatures.views.pieces import INERTE
from instruction.forms.avis import AvisForm, DemandeAvisForm, RelanceAvisForm, RetraitAvisForm
from instruction.models import AvisTiers
from instruction.models.grille import EXAMINABLES
from instruction.views.base import DossierDeLAgence
from manufactures.registres import TransitionInterdite

SANS_PIECE = "rib"


class AvisView(DossierDeLAgence):
    """What was asked, what came, what is late; ask, ask again, withdraw."""

    geste_du_post = "demander_avis"
    template_name = "instruction/avis.html"

    def get_context_data(self, **contexte):
        """The opinions of this dossier, and the form of who may ask."""
        possible = self.tient_la_grille and self.dossier.etat in EXAMINABLES and not self.grille.sens
        avis = list(
            AvisTiers.objects.visibles_dans(self.dossier, self.request.user, self.roles)
            .filter(dossier=self.dossier)
            .select_related("demande_par", "retire_par")
        )
        contexte.setdefault("form", DemandeAvisForm())
        saisi = contexte.pop("saisi", None)
        for un in avis if possible else ():
            un.form_relance = RelanceAvisForm(auto_id=f"relance-{un.pk}-%s")
            un.form_retrait = RetraitAvisForm(auto_id=f"retrait-{un.pk}-%s")
            if saisi is not None and saisi.avis == un.pk:
                setattr(un, saisi.nom, saisi)
                contexte["a_corriger"] = saisi
        return super().get_context_data(avis=avis, possible=possible, **contexte)

    def faire(self, request):
        """One of the three deeds, named by its button."""
        action = request.POST.get("action", "")
        geste = {"demander": self.demander, "relancer": self.relancer, "retirer": self.retirer}.get(action)
        if geste is None:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        return geste(request) or redirect("instruction:avis", self.dossier.numero)

    def demander(self, request):
        """A personal link leaves."""
        form = DemandeAvisForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.exiger_un_envoi()
        avis = AvisTiers.demander(self.dossier, par=request.user, **form.cleaned_data)
        messages.success(request, f"Avis demandé : le lien est envoyé à {avis.courriel}.")
        return None

    def relancer(self, request):
        """A new link leaves, the older one is dead."""
        avis = self.avis()
        form = RelanceAvisForm(request.POST, auto_id=f"relance-{avis.pk}-%s")
        if not form.is_valid():
            return self.corriger(form, avis, "form_relance")
        self.exiger_un_envoi()
        avis.relancer(par=request.user, echeance=form.cleaned_data["echeance"])
        messages.success(request, f"Nouveau lien envoyé à {avis.courriel}. L'ancien ne s'ouvre plus.")
        return None

    def retirer(self, request):
        """The link is dead, the third party is told."""
        avis = self.avis()
        form = RetraitAvisForm(request.POST, auto_id=f"retrait-{avis.pk}-%s")
        if not form.is_valid():
            return self.corriger(form, avis, "form_retrait")
        avis.retirer(par=request.user, motif=form.cleaned_data["motif"])
        messages.success(request, f"Demande retirée : {avis.nom} est prévenu.")
        return None

    def corriger(self, form, avis: AvisTiers, nom: str):
        """The page again, this form open on its opinion."""
        form.avis, form.nom = avis.pk, nom
        return self.afficher(saisi=form)

    def avis(self) -> AvisTiers:
        """The one that the form names, of this dossier."""
        cle = self.request.POST.get("avis", "")
        return get_object_or_404(AvisTiers, dossier=self.dossier, pk=cle if cle.isdecimal() else 0)

    def exiger_un_envoi(self) -> None:
        """Forty mails an hour to people outside."""
        if not ecrit_encore(self.request):
            raise TransitionInterdite(TROP_D_ENVOIS)


class FichierAvisView(DossierDeLAgence):
    """The file that a third party joined."""

    def get(self, request, *args, **kwargs):
        """As an attachment, under its own name; it runs nothing."""
        lus = AvisTiers.objects.visibles_dans(self.dossier, request.user, self.roles)
        avis = get_object_or_404(lus.exclude(fichier=""), dossier=self.dossier, pk=kwargs["pk"])
        reponse = FileResponse(
            avis.fichier.open("rb"),
            as_attachment=True,
            filename=avis.fichier_nom,
            content_type=avis.fichier_type,
        )
        reponse["X-Content-Type-Options"] = "nosniff"
        reponse["Content-Security-Policy"] = INERTE
        return reponse


def contenu_pour_un_tiers(version) -> dict:
    """The frozen dossier without the bank piece; contacts are left out by the reading."""
    contenu = dict(version.contenu)
    contenu["pieces_jointes"] = [p for p in contenu["pieces_jointes"] if p.get("type") != SANS_PIECE]
    return contenu


class AvisDuTiersView(PageALien):
    """The third party reads the dossier as it was deposited, and gives its opinion; the link is the only key."""

    def get(self, request, jeton):
        """The dossier, the question, the form."""
        avis = AvisTiers.du_jeton(jeton)
        return self.introuvable() if avis is None else self.montrer(avis, AvisForm())

    def post(self, request, jeton):
        """Give it, once."""
        avis = AvisTiers.du_jeton(jeton)
        if avis is None:
            return self.introuvable()
        form = AvisForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.montrer(avis, form)
        try:
            avis.rendre(**form.cleaned_data)
        except TransitionInterdite:
            return self.introuvable()
        except ValidationError as refus:
            form.add_error("fichier", refus)
            return self.montrer(avis, form, status=422)
        request.session["avis_rendu"] = avis.pk
        return redirect("instruction:avis_rendu")

    def montrer(self, avis, form, status: int = 200):
        """The page."""
        contexte = {
            "avis": avis,
            "dossier": avis.dossier,
            "version": avis.version,
            "sections": lire(contenu_pour_un_tiers(avis.version), avec_contacts=False),
            "form": form,
        }
        reponse = render(self.request, "instruction/avis_du_tiers.html", contexte, status=status)
        return self.sans_trace(reponse) if status >= 400 else reponse  # noqa: PLR2004


class AvisRenduView(PageALien):
    """What was answered, once more, for who has just answered."""

    def get(self, request):
        """Nothing without this session's answer."""
        cle = request.session.get("avis_rendu")
        avis = (
            AvisTiers.objects.filter(pk=cle).select_related("dossier__vague__appel").first() if cle else None
        )
        if avis is None:
            return self.introuvable()
        return render(request, "instruction/avis_rendu.html", {"avis": avis, "dossier": avis.dossier})
