"""The steering page, the lists behind its figures, its file."""

from django.core.cache import caches
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string

from manufactures import horloge
from manufactures.accueil.pilotage import argent, durees, echeances, export, programme, tableau
from manufactures.accueil.pilotage.perimetre import TOUTES, Perimetre
from manufactures.comptes.roles import role_actif
from manufactures.droits import peut
from manufactures.droits_web import GesteMixin
from manufactures.journal.models import derniere_cle
from manufactures.programme.models import NatureAide
from manufactures.tableur import reponse_csv

PAR_PAGE = 25
GARDE = 60  # seconds: the page tells the instant of its figures


class PageDePilotage(GesteMixin):
    """Every page of the steering starts from what its reader steers."""

    geste = "lire_pilotage"
    choix = ""

    def perimetre(self, choix: str | None = None) -> Perimetre:
        """The wave chosen in the address, or all of them."""
        return Perimetre.de(self.request.user, self.request.GET.get("vague", "") if choix is None else choix)

    def afficher(self, gabarit: str, perimetre: Perimetre, **contexte):
        """The page; its wave is in its links."""
        return render(self.request, gabarit, {"perimetre": perimetre, **contexte})

    def page(self, objets):
        """25 rows of a list."""
        return Paginator(objets, PAR_PAGE).get_page(self.request.GET.get("page"))


class PilotageView(PageDePilotage):
    """Will the calendar and the envelopes hold, and where does it stick."""

    def get(self, request):
        """The figures, counted again at each new entry of the journal, each minute, and when one asks for it."""
        perimetre = self.perimetre()
        cle = f"pilotage/{request.user.pk}/{perimetre.code}/{derniere_cle()}/{horloge.maintenant():%H%M}"
        chiffres = None if "actualiser" in request.GET else caches["figes"].get(cle)
        if chiffres is None:
            chiffres = render_to_string("pilotage/_chiffres.html", self.chiffres(perimetre), request)
            caches["figes"].set(cle, chiffres, GARDE)
        return self.afficher(
            "pilotage/pilotage.html",
            perimetre,
            chiffres=chiffres,
            regle_les_vagues=peut("regler_vague", request.user),
            publie_les_modeles=peut("poser_modele", request.user),
        )

    def chiffres(self, perimetre: Perimetre) -> dict:
        """All of them, in a number of queries that nothing changes."""
        comptes = tableau.compter(perimetre)
        attente = tableau.sans_decision(comptes)
        faits = echeances.relever(perimetre)
        return {
            "perimetre": perimetre,
            "instant": horloge.maintenant(),
            "rangees": tableau.dresser(perimetre, comptes, tableau.plus_anciens(perimetre)),
            "enveloppes": argent.enveloppes(perimetre, tableau.demandes(comptes), argent.sommes(perimetre)),
            "durees": durees.mesurer(perimetre),
            "echeances": echeances.echeances(perimetre, faits, attente),
            "alertes": echeances.alertes(perimetre, faits, attente, tableau.en_retard(comptes)),
            "chiffres": programme.chiffres(),
            "lit_les_decisions": peut("lire_decisions", self.request.user),
        }


class EnveloppeView(PageDePilotage):
    """The dossiers whose amounts add up to one figure of an envelope."""

    def get(self, request, vague, nature):
        """404 for a wave that is not the reader's, or a kind that does not exist."""
        perimetre = self.perimetre(vague)
        if nature.upper() not in NatureAide or (perimetre.vague is None and vague != TOUTES):
            raise Http404
        compte = request.GET.get("compte", "engage")
        compte = compte if compte in argent.COMPTES else "engage"
        nature = NatureAide(nature.upper())
        page = self.page(lignes := argent.dossiers_de(perimetre, nature, compte))
        page.object_list = self.habiller(perimetre, nature, [cle for cle, _ in page.object_list])
        return self.afficher(
            "pilotage/enveloppe.html",
            perimetre,
            page_obj=page,
            total=lignes.aggregate(total=Sum("montant"))["total"] or 0,
            nature=nature,
            compte=compte,
            comptes=[
                (code, mot, argent.adresse(perimetre, nature, code)) for code, mot in argent.COMPTES.items()
            ],
            libelle=argent.COMPTES[compte],
        )

    def habiller(self, perimetre: Perimetre, nature: NatureAide, cles: list[int]) -> list:
        """The dossiers of one page in their order, each with its four amounts."""
        lus = perimetre.dossiers.filter(pk__in=cles).select_related("vague")
        par_cle = {dossier.pk: dossier for dossier in lus.annotate(demande=argent.demande(nature))}
        sommes = argent.par_dossier(perimetre, cles)
        for cle, dossier in par_cle.items():
            siennes = sommes.get(cle, {})
            autres = [(code, siennes.get((code, nature), 0)) for code in ("accorde", "engage", "paye")]
            dossier.montants = [("demande", dossier.demande), *autres]
        return [par_cle[cle] for cle in cles]


class DureeView(PageDePilotage):
    """The dossiers on which one duration was measured, the slowest first."""

    def get(self, request, etape):
        """404 for an unknown step."""
        if etape not in durees.PAR_CODE:
            raise Http404
        perimetre, etape = self.perimetre(), durees.PAR_CODE[etape]
        page = self.page(durees.fils_de(perimetre, etape))
        lignes = list(page.object_list)
        numeros = [fil.removeprefix(durees.FIL) for fil, *_ in lignes]
        noms = dict(perimetre.dossiers.filter(numero__in=numeros).values_list("numero", "nom_projet"))
        page.object_list = [
            {
                "numero": numero,
                "nom": noms.get(numero, numero),
                "de": de,
                "a": a,
                "jours": durees.en_jours(duree),
            }
            for numero, (_, de, a, duree) in zip(numeros, lignes, strict=True)
        ]
        return self.afficher("pilotage/duree.html", perimetre, page_obj=page, etape=etape)


class ProgrammeView(PageDePilotage):
    """The laureates by region and by trade."""

    def get(self, request):
        """Two lists, each with its counts."""
        return self.afficher(
            "pilotage/programme.html",
            self.perimetre(""),
            regions=programme.par_region(),
            filieres=programme.par_filiere(),
        )


class ExportView(PageDePilotage):
    """The dossiers behind the figures, as a file: a POST, since it writes a line of the journal."""

    geste = "exporter_pilotage"

    def post(self, request):
        """Journalled, then streamed."""
        perimetre = self.perimetre(request.POST.get("vague", ""))
        export.consigner_l_export(perimetre, role=role_actif(request) or "")
        nom = f"pilotage_{perimetre.code}_{horloge.aujourd_hui():%Y%m%d}.csv"
        return reponse_csv(nom, export.TITRES, export.rangees(perimetre))
