"""What the views of a dossier share: found among what one may see, else 404; a refusal says its sentence."""

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from candidatures.models import Dossier, Saisie, Section
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.francais import compter
from manufactures.procedure import Etat, Role
from manufactures.registres import DES_PORTEURS

LISENT_LES_CONTACTS = DES_PORTEURS | {Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR}


def pour_les_pages(_user):
    """What most pages of a dossier read of it."""
    return Dossier.objects.pour_les_listes()


class DossierMixin(GesteMixin):
    """A view of one dossier, whose deed hangs on that dossier."""

    sur_objet = True

    def dispatch(self, request, *args, **kwargs):
        """Anonymous people sign in first; then the dossier is found and the deed checked on it."""
        self.dossier = None
        if request.user.is_authenticated:
            self.dossier = self.trouver(kwargs["numero"])
            exiger(self.geste, request.user, self.dossier, self.roles)
        return super().dispatch(request, *args, **kwargs)

    def trouver(self, numero: str) -> Dossier:
        """The dossier, with what each of its pages shows, and the roles held on it.

        Raises Http404 for one that one may not know.
        """
        dossier, self.roles = lire_ou_404(self.lignes(), self.request.user, numero=numero)
        return dossier

    def lignes(self):
        """The composition of where the dossier is looked for, with what the page reads of it."""
        return pour_les_pages

    def lire_la_saisie(self) -> None:
        """Who wrote which section: for the pages that tell what is missing."""
        prefetch_related_objects([self.dossier], Prefetch("saisies", Saisie.objects.select_related("par")))

    def lit_les_contacts(self) -> bool:
        """Members, agents and auditor read the representative's address and the bank details; nobody else."""
        return bool(self.roles & LISENT_LES_CONTACTS)

    def retour(self) -> str:
        """The page of ours this was asked from, else the dossier's."""
        origine = self.request.headers.get("referer", "")
        if url_has_allowed_host_and_scheme(origine, {self.request.get_host()}, self.request.is_secure()):
            return origine
        return self.dossier.get_absolute_url()

    def contexte(self, **autres) -> dict:
        """What the templates of a dossier's pages expect."""
        user = self.request.user
        return {
            "dossier": self.dossier,
            "roles": self.roles,
            "droit": self.dossier.droit_de(user),
            "ecrivable": self.dossier.ecrivable_par(user),
        } | autres

    def refuser(self, phrase) -> object:
        """A page that says why nothing changed (409)."""
        contexte = {
            "phrase": str(phrase),
            "retour": self.retour(),
            "retour_texte": "Revenir au dossier",
        }
        return render(self.request, "409.html", contexte, status=409)


def sommaire(dossier, manques, courante: Section | None = None, commentaires=None) -> list[dict]:
    """The eight sections with what each one lacks and how many comments wait, as the side menu shows them."""
    commencees = {saisie.section for saisie in dossier.saisies.all()} | {Section.PROJET}
    lignes = []
    for rang, section in enumerate(Section, 1):
        siens = [m for m in manques if m.section == section]
        commencee = section in commencees or dossier.etat != Etat.BROUILLON
        lignes.append(
            {
                "rang": rang,
                "section": section,
                "etat": etat_de_section(siens, commencee),
                "manques": siens,
                "commentaires": (commentaires or {}).get(section, 0),
                "courante": section == courante,
            }
        )
    return lignes


def etat_de_section(manques, commencee: bool) -> str:
    """« complet », « 2 manques », or « à commencer » where nothing was ever written."""
    if not manques:
        return "complet"
    return compter(len(manques), "manque") if commencee else "à commencer"
