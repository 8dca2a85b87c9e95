"""« Retrouver ma structure »: the register fills the page, its reader saves; nothing waits for it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from candidatures.annuaire import AnnuaireIndisponible, chercher
from candidatures.models import Section, VerificationSiret
from candidatures.models.gestes import FIGE
from candidatures.numeros import compacter, valider_siret
from candidatures.views.base import DossierMixin
from candidatures.views.section import SectionView
from manufactures.francais import compter
from manufactures.francais import siret as ecrire_siret

EN_PANNE = (
    "Le répertoire des entreprises ne répond pas. Gardez votre numéro : nous vérifierons cette nuit. "
    "Rien ne vous bloque."
)
INCONNU = (
    "Le répertoire des entreprises ne connaît pas le {siret}. Vérifiez ses chiffres, ou écrivez les réponses "
    "vous-même : rien ne vous bloque."
)


class RetrouverView(SectionView):
    """The page of the structure, filled with what the register says of its SIRET; what was typed elsewhere stays."""

    geste = "ecrire_dossier"

    def dispatch(self, request, *args, **kwargs):
        """Nothing is written here but what the register said: no key of a sending, no transaction while it is asked."""
        return DossierMixin.dispatch(self, request, *args, **kwargs)

    def get(self, request, numero):
        """Reloaded, the page is that of the section."""
        return redirect("candidatures:section", numero, Section.STRUCTURE)

    def post(self, request, numero):
        """Ask once, fill what is known, show the page: nothing of the dossier is written."""
        if not self.dossier.ecrivable_par(request.user):
            return self.refuser(FIGE)
        data = request.POST.copy()
        siret = compacter(data.get("siret", ""))
        try:
            valider_siret(siret)
            structure = chercher(siret)
        except ValidationError as faute:
            messages.warning(request, faute.messages[0] if siret else "Écrivez d'abord votre SIRET.")
        except AnnuaireIndisponible:
            messages.warning(request, EN_PANNE)
        else:
            VerificationSiret.constater(self.dossier, siret, structure)
            if structure is None:
                messages.warning(request, INCONNU.format(siret=ecrire_siret(siret)))
            else:
                self.remplir(data, structure)
        return self.montrer(Section.STRUCTURE, self.page(Section.STRUCTURE, data), lu=data.get("lu", ""))

    def remplir(self, data, structure) -> None:
        """Put the answers of the register in place of those of the page, and say how many."""
        reponses = structure.reponses()
        for nom, valeur in reponses.items():
            data[nom] = valeur
        phrase = f"{structure.nom} : {compter(len(reponses), 'réponse')} du répertoire des entreprises."
        if structure.est_ouverte:
            messages.success(self.request, f"{phrase} Vérifiez, corrigez, puis enregistrez.")
        else:
            messages.warning(
                self.request, f"{phrase} Le répertoire dit cet établissement fermé : vérifiez votre SIRET."
            )
