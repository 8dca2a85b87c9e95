"""A section of the form: saved whole, harmless errors allowed, never over someone else's writing."""

from django.contrib import messages
from django.shortcuts import redirect, render

from candidatures.completude import phrase_du_solde, pieces_attendues, soldes
from candidatures.forms.pages import Page
from candidatures.forms.pieces import PieceForm
from candidatures.gel import contenu_a_figer
from candidatures.lecture import lire
from candidatures.models import Dossier, Section
from candidatures.models.gestes import SectionPerimee
from candidatures.views.base import DossierMixin, sommaire
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.francais import heure
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

ORDRE = list(Section)


class SectionView(UneSeuleFois, DossierMixin):
    """One page per section; read only once deposited, or for a lecteur."""

    geste = "lire_dossier"

    def get(self, request, numero, section):
        """The form, or the answers read."""
        if not self.dossier.ecrivable_par(request.user):
            return self.lire(section)
        return self.montrer(section, self.page(section))

    def post(self, request, numero, section):
        """Keep what is valid; show again what is not, as typed."""
        exiger("ecrire_dossier", request.user, self.dossier, self.roles)
        page = self.page(section, request.POST)
        try:
            self.dossier.enregistrer_section(
                section, par=request.user, version=self.version_lue(), ecrire=page.enregistrer
            )
        except SectionPerimee as peremption:
            return self.comparer(section, page, peremption.saisie)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        if not page.est_valide():
            messages.warning(request, "Les autres réponses de cette page sont enregistrées.")
            self.dossier = self.trouver(numero)
            return self.montrer(section, page)
        messages.success(request, f"{section.label} : enregistré à {heure(self.saisie(section).le)}.")
        return redirect(self.suite(section))

    # -- what the page needs ---------------------------------------------------------------------------------
    def version_lue(self) -> int:
        """The version of the section that the sender had read; an unreadable one is none."""
        texte = self.request.POST.get("version", "")
        return int(texte) if texte.isdigit() else -1

    def page(self, section, data=None) -> Page:
        """Answers and tables; after a conflict, what the sender leaves to the other is read again."""
        noms = {
            nom.removeprefix("garder-")
            for nom in data or ()
            if nom.startswith("garder-") and data[nom] == "sienne"
        }
        if noms:
            data = data.copy()
            Page(self.dossier, section).reprendre_de(data, noms)
        return Page(self.dossier, section, data)

    def saisie(self, section):
        """The last writing of this section, or None."""
        return self.dossier.saisies.select_related("par").filter(section=section).first()

    def suite(self, section):
        """The next section, the same one, or the dossier's page after the last."""
        rang = ORDRE.index(section)
        if self.request.POST.get("suite") == "rester":
            return self.adresse(section)
        return self.adresse(ORDRE[rang + 1]) if rang + 1 < len(ORDRE) else self.dossier.get_absolute_url()

    def adresse(self, section) -> str:
        """Where a section is."""
        return f"{self.dossier.get_absolute_url()}{section}/"

    def montrer(self, section, page, **autres):
        """The page of the section."""
        rang = ORDRE.index(section)
        self.lire_la_saisie()
        saisie = next((s for s in self.dossier.saisies.all() if s.section == section), None)
        manques = self.dossier.manques()
        contexte = self.contexte(
            form=page,
            page=page,
            section=section,
            rang=rang + 1,
            precedente=ORDRE[rang - 1] if rang else None,
            suivante=ORDRE[rang + 1] if rang + 1 < len(ORDRE) else None,
            version=saisie.version if saisie else 0,
            saisie=saisie,
            manques=manques,
            sommaire=sommaire(self.dossier, manques, section),
        )
        if section == Section.FINANCEMENT:
            contexte["plans"] = plans(self.dossier)
        if section == Section.PIECES:
            contexte["form_piece"] = PieceForm(dossier=self.dossier)
            contexte |= pieces_par_type(self.dossier)
        return render(self.request, "candidatures/section.html", contexte | autres)

    def lire(self, section):
        """The answers, not to be written any more, or not by this person."""
        version = (
            self.dossier.versions.order_by("-rang").first() if self.dossier.etat != Etat.BROUILLON else None
        )
        contenu = version.contenu if version else contenu_a_figer(self.dossier)
        lue = next(lue for lue in lire(contenu, avec_contacts=self.lit_les_contacts()) if lue.slug == section)
        return render(
            self.request, "candidatures/section_lue.html", self.contexte(section=lue, version=version)
        )

    def comparer(self, section, page, saisie):
        """Someone wrote meanwhile: both texts, and nothing typed is lost (409)."""
        frais = Dossier.objects.visibles_par(self.request.user).get(pk=self.dossier.pk)
        ecarts = page.ecarts(Page(frais, section))
        contexte = self.contexte(
            section=section,
            saisie=saisie,
            ecarts=ecarts,
            version=saisie.version if saisie else 0,
            gardes=[
                (nom, v) for nom, vs in self.request.POST.lists() if not self.est_propre(nom) for v in vs
            ],
        )
        return render(self.request, "candidatures/conflit.html", contexte, status=409)

    @staticmethod
    def est_propre(nom) -> bool:
        """A field of one sending, not an answer."""
        return nom in ("csrfmiddlewaretoken", "cle_unique", "version") or nom.startswith("garder-")


def plans(dossier) -> list[dict]:
    """The balance of each plan, in words, and its public share against the call's ceiling."""
    appel, forme = dossier.vague.appel, dossier.forme_juridique
    plafond = appel.plafond_public_public if forme and forme.est_collectivite else appel.plafond_public_prive
    return [
        solde | {"volet": volet, "phrase": phrase_du_solde(solde["ecart"]), "plafond": plafond}
        for volet, solde in soldes(dossier).items()
    ]


def pieces_par_type(dossier) -> dict:
    """Pieces asked, each with the files that answer it, then the other files."""
    presentes = list(dossier.pieces.select_related("type"))
    attendues = [
        {"demandee": piece, "fichiers": [p for p in presentes if p.type_id == piece.pk]}
        for piece in pieces_attendues(dossier)
    ]
    rangees = {p.pk for ligne in attendues for p in ligne["fichiers"]}
    return {"attendues": attendues, "autres_pieces": [p for p in presentes if p.pk not in rangees]}
