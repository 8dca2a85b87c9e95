"""Who changed what: every answer for the members, and for the agency what differs from one deposit to the next."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.functional import cached_property

from candidatures.differences import differences
from candidatures.lecture import lire
from candidatures.models import Modification, Section
from candidatures.views.base import DossierMixin
from manufactures.registres import DES_PORTEURS

PAR_PAGE = 20


@dataclass
class Ligne:
    """One change of one answer, ready to be read."""

    section: str
    libelle: str
    avant: str
    apres: str
    par: object
    debut_le: object
    le: object

    @cached_property
    def morceaux(self) -> list:
        """What was taken away and what was added."""
        return differences(self.avant, self.apres)


class HistoriqueView(DossierMixin):
    """The last change first, section by section where one asks for it."""

    geste = "lire_historique"

    def get(self, request, numero):
        """Members read every writing; agents only what was deposited, they know no draft."""
        section = request.GET.get("section", "")
        section = Section(section) if section in Section.values else ""
        membre = bool(self.roles & DES_PORTEURS)
        lignes = self.ecritures(section) if membre else self.entre_depots(section)
        page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
        if membre:
            page.object_list = [self.ligne(modification) for modification in page.object_list]
        contexte = self.contexte(page_obj=page, membre=membre, section=section, sections=list(Section))
        return render(request, "candidatures/historique.html", contexte)

    def ecritures(self, section):
        """The changes that members made, those of one section if it is asked for."""
        lignes = Modification.objects.visibles_par(self.request.user).filter(dossier=self.dossier)
        lignes = lignes.filter(section=section) if section else lignes
        return lignes.select_related("par")

    @staticmethod
    def ligne(modification) -> Ligne:
        """As the page shows it."""
        noms = ("libelle", "avant", "apres", "par", "debut_le", "le")
        faits = {nom: getattr(modification, nom) for nom in noms}
        return Ligne(modification.get_section_display(), **faits)

    def entre_depots(self, section) -> list[Ligne]:
        """From each deposit to the next one, what differs."""
        versions = list(self.dossier.versions.select_related("deposee_par").order_by("rang"))
        lignes = []
        for avant, apres in zip(versions, versions[1:], strict=False):
            anciennes, nouvelles = textes(avant.contenu), textes(apres.contenu)
            quand = {"par": apres.deposee_par, "debut_le": apres.deposee_le, "le": apres.deposee_le}
            lignes += [
                Ligne(lieu.label, libelle, anciennes.get((lieu, libelle), ""), texte, **quand)
                for (lieu, libelle), texte in nouvelles.items()
                if texte != anciennes.get((lieu, libelle), "") and section in ("", lieu)
            ]
        return lignes[::-1]


def textes(contenu: dict) -> dict[tuple[Section, str], str]:
    """Every answer of a frozen version, in words."""
    trouves = {}
    for lue in lire(contenu):
        section = Section(lue.slug)
        trouves |= {(section, reponse.libelle): reponse.texte for reponse in lue.reponses}
        for table in lue.tables:
            rangees = (" · ".join(texte for texte in ligne if texte) for ligne in table.lignes)
            trouves[section, table.titre] = "\n".join(rangees)
    return trouves
