"""A section of the form: saved whole or as one types, harmless errors allowed, never over someone else's writing."""

import uuid
from collections import Counter
from functools import partial

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from candidatures.avancement import phrase_d_avancement
from candidatures.completude import pieces_attendues
from candidatures.forms.fusion import (
    AUTRE,
    GARDER,
    Fusion,
    appliquer_les_choix,
    ecrire_empreintes,
    empreintes,
    lire_empreintes,
    precharger,
)
from candidatures.forms.pages import Page
from candidatures.forms.pieces import PieceForm
from candidatures.gel import contenu_a_figer
from candidatures.lecture import lire
from candidatures.models import Commentaire, Dossier, Membre, Section
from candidatures.models.gestes import SectionPerimee
from candidatures.views.base import DossierMixin, etat_de_section, sommaire
from candidatures.views.presence import ENSEMBLE, vus
from manufactures import enonces, horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.francais import heure
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

ORDRE = list(Section)
REFERENCES = ("vague", "forme_juridique", "commune_siege")  # of the dossier, read with it
D_UN_ENVOI = ("csrfmiddlewaretoken", "cle_unique", "version", "lu")  # fields that are no answers


def sans_l_appel(_user):
    """What a writing reads."""
    return Dossier.objects.select_related("forme_juridique", "commune_siege")


def avec_l_appel(user):
    """What an answer to the page's script reads."""
    return sans_l_appel(user).select_related("vague__appel")


def avec_l_equipe(user):
    """What the page reads."""
    return avec_l_appel(user).prefetch_related(Prefetch("membres", Membre.objects.select_related("user")))


class SectionView(UneSeuleFois, DossierMixin):
    """One page per section; read only once deposited, or for a lecteur."""

    geste = "lire_dossier"
    remontree = False  # the page is shown again after a writing

    def dispatch(self, request, *args, **kwargs):
        """An autosave whose session has expired is told so; following it to the sign-in page would lose the text."""
        if request.htmx and not request.user.is_authenticated:
            return render(request, "candidatures/_session_expiree.html", status=401)
        return super().dispatch(request, *args, **kwargs)

    def lignes(self):
        """The page shows its team; a writing does not, and where it ends elsewhere, nothing of the page."""
        if self.request.method != "POST" or self.remontree:
            return avec_l_equipe
        return avec_l_appel if self.request.htmx else sans_l_appel

    def get(self, request, numero, section):
        """The form, or the answers read."""
        if not self.dossier.ecrivable_par(request.user):
            return self.lire(section)
        return self.montrer(section, self.page(section))

    def post(self, request, numero, section):
        """Keep what is valid and nobody else's; show again what is not, as typed."""
        exiger("ecrire_dossier", request.user, self.dossier, self.roles)
        fusion = self.fusion(section)
        try:
            saisie = self.dossier.enregistrer_section(
                section, par=request.user, fenetre=fusion.fenetre, ecrire=partial(self.ecrire, fusion)
            )
        except SectionPerimee as peremption:
            return self.comparer(section, fusion, peremption.saisie)
        except TransitionInterdite as refus:
            return self.dire_le_refus(refus) if request.htmx else self.refuser(refus)
        if request.htmx:
            return self.dire(section, fusion, saisie)
        if not fusion.saisie.est_valide():
            messages.warning(request, "Les autres réponses de cette page sont enregistrées.")
            self.remontree = True
            self.dossier = self.trouver(numero)
            return self.montrer(section, fusion.saisie, lu=fusion.empreintes())
        messages.success(request, self.dire_l_enregistrement(section, saisie))
        return redirect(self.suite(section))

    # -- writing ---------------------------------------------------------------------------------------------
    def fusion(self, section) -> Fusion:
        """What was posted, the choices between two texts applied, and what the page had shown."""
        data = self.request.POST
        if any(nom.startswith(GARDER) for nom in data):
            data = appliquer_les_choix(data.copy(), self.dossier, section)
        return Fusion(section, data, lire_empreintes(data.get("lu", "")), data.get("fenetre", "")[:36])

    def ecrire(self, fusion, dossier, saisie, dernieres):
        """Under the lock: sort the answers, then write. An autosave leaves for later those that are in two texts."""
        self.rattacher(dossier)
        fusion.comparer(dossier, dernieres, (saisie.version if saisie else 0) == self.version_lue())
        if fusion.ecarts and not self.request.htmx:
            raise SectionPerimee(saisie)
        return fusion.ecrire(premiere=saisie is None)

    def version_lue(self) -> int:
        """The version of the section that the sender had read; an unreadable one is none."""
        texte = self.request.POST.get("version", "")
        return int(texte) if texte.isdigit() else -1

    def page(self, section, data=None) -> Page:
        """Answers and tables."""
        precharger(self.dossier, section)
        return Page(self.dossier, section, data)

    def dire_l_enregistrement(self, section, saisie) -> str:
        """In one line; what the browser had kept has arrived."""
        if self.request.POST.get("reprise"):
            return f"Rien n'a été perdu\u00a0: vos réponses sont enregistrées à {heure(saisie.le)}."
        return f"{section.label}\u00a0: enregistré à {heure(saisie.le)}."

    # -- what an autosave answers ----------------------------------------------------------------------------
    def dire(self, section, fusion, saisie):
        """The line of what is saved, and what changes elsewhere on the page."""
        page = fusion.saisie
        manques = fusion.dossier.manques()
        contexte = {
            "dossier": self.dossier,
            "section": section,
            "saisie": saisie,
            "restes": [] if page.est_valide() else restes(page),
            "ecarts": fusion.ecarts,
            "leurs": [(r, fusion.dernieres.get(r.nom)) for r in fusion.leurs],
            "lu": fusion.empreintes(),
            "manques": manques,
            "etat_de_section": etat_de_section([m for m in manques if m.section == section], True),
            "avancement": phrase_d_avancement(fusion.dossier, manques),
        }
        return render(self.request, "candidatures/_enregistre.html", contexte)

    def rattacher(self, verrouille) -> None:
        """Give the same dossier, read again under its lock, what it still shares with the first reading."""
        lues = self.dossier._state.fields_cache
        for nom in REFERENCES:
            if nom in lues and getattr(verrouille, f"{nom}_id") == getattr(self.dossier, f"{nom}_id"):
                setattr(verrouille, nom, getattr(self.dossier, nom))

    def dire_le_refus(self, refus):
        """The draft is one no more: the text stays on the page."""
        return render(self.request, "candidatures/_non_enregistre.html", {"phrase": str(refus)}, status=409)

    # -- what the page needs ---------------------------------------------------------------------------------
    def aussi(self, saisie):
        """The other member who has just written here, in a list; the page then asks for itself (`PresenceView`)."""
        recente = saisie and saisie.par != self.request.user and horloge.maintenant() - saisie.le < ENSEMBLE
        return [saisie.par] if recente else []

    def suite(self, section):
        """The next section, the same one, or the dossier's page after the last."""
        rang = ORDRE.index(section)
        if self.request.POST.get("suite") == "rester":
            suite = self.adresse(section)
        else:
            derniere = rang + 1 == len(ORDRE)
            suite = self.dossier.get_absolute_url() if derniere else self.adresse(ORDRE[rang + 1])
        if not self.request.POST.get("copie"):
            return suite
        return f"{suite}?{urlencode({'recu': self.request.POST.get('fenetre', '')[:36]})}"

    def adresse(self, section) -> str:
        """Where a section is."""
        return f"{self.dossier.get_absolute_url()}{section}/"

    def montrer(self, section, page, **autres):
        """The page of the section."""
        rang = ORDRE.index(section)
        self.lire_la_saisie()
        saisie = next((s for s in self.dossier.saisies.all() if s.section == section), None)
        manques, fils, aussi = self.dossier.manques(), self.fils(), self.aussi(saisie)
        ouverts = Counter(fil.section for fil in fils if fil.resolu_le is None)
        contexte = self.contexte(
            form=page,
            page=page,
            section=section,
            rang=rang + 1,
            precedente=ORDRE[rang - 1] if rang else None,
            suivante=ORDRE[rang + 1] if rang + 1 < len(ORDRE) else None,
            version=saisie.version if saisie else 0,
            lu=autres.get("lu") or ecrire_empreintes(empreintes(page)),
            fenetre=self.request.POST.get("fenetre") or uuid.uuid4(),
            saisie=saisie,
            aussi=aussi,
            vu=vus(aussi),
            manques=manques,
            avancement=phrase_d_avancement(self.dossier, manques),
            sommaire=sommaire(self.dossier, manques, section, ouverts),
            fils=[fil for fil in fils if fil.section == section],
        )
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
        fils = [fil for fil in self.fils() if fil.section == section]
        contexte = self.contexte(section=lue, version=version, fils=fils)
        return render(self.request, "candidatures/section_lue.html", contexte)

    def fils(self) -> list:
        """What the members said of the dossier, for them alone: the page shows its own, and counts the others."""
        if not self.dossier.droit_de(self.request.user):
            return []
        return enonces.lire(fils_du_dossier, self.request.user, dossier=self.dossier.pk)

    def comparer(self, section, fusion, saisie):
        """Someone wrote in the same answers meanwhile: both texts, and nothing typed is lost (409)."""
        data = fusion.data
        tranches = {ecart.nom: fusion.actuelles[ecart.nom].empreinte for ecart in fusion.ecarts}
        lues = {nom: reponse.empreinte for nom, reponse in fusion.actuelles.items()} | fusion.lues | tranches
        contexte = self.contexte(
            section=section,
            saisie=saisie,
            ecarts=fusion.ecarts,
            version=saisie.version if saisie else 0,
            lu=ecrire_empreintes(lues),
            fenetre=fusion.fenetre,  # what this window kept is forgotten where one gives it up
            gardes=[(nom, v) for nom, vs in data.lists() if not est_d_un_envoi(nom) for v in vs],
        )
        return render(self.request, "candidatures/conflit.html", contexte, status=409)


def fils_du_dossier(user, dossier: int):
    """What the members of this dossier said to each other."""
    return Commentaire.objects.visibles_par(user).filter(dossier=dossier).fils()


def est_d_un_envoi(nom: str) -> bool:
    """A field of one sending, not an answer."""
    return nom in D_UN_ENVOI or nom.startswith((GARDER, AUTRE))


def restes(page) -> list[dict]:
    """What an autosave could not keep, and why, each with the control that it opens."""
    trouves = []
    if page.formulaire:
        trouves += [
            {"ancre": champ.id_for_label, "libelle": champ.label, "phrase": champ.errors[0]}
            for champ in page.formulaire
            if champ.errors
        ]
    for table, formset in page.tables:
        if not formset.is_bound or formset.is_valid():
            continue
        trouves += [
            {"ancre": f"id_{table.nom}", "libelle": table.titre, "phrase": e}
            for e in formset.non_form_errors()
        ]
        trouves += [
            {
                "ancre": champ.id_for_label,
                "libelle": f"{table.titre}, ligne {rang}, {champ.label}",
                "phrase": champ.errors[0],
            }
            for rang, form in enumerate(formset.forms, 1)
            for champ in form
            if champ.errors
        ]
    return trouves


def pieces_par_type(dossier) -> dict:
    """Pieces asked, each with the files that answer it, then the other files."""
    presentes = list(dossier.pieces.select_related("type"))
    attendues = [
        {"demandee": piece, "fichiers": [p for p in presentes if p.type_id == piece.pk]}
        for piece in pieces_attendues(dossier)
    ]
    rangees = {p.pk for ligne in attendues for p in ligne["fichiers"]}
    return {"attendues": attendues, "autres_pieces": [p for p in presentes if p.pk not in rangees]}
