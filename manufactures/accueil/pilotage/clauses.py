"""The cahier des charges as its responsable keeps it: clauses by wave, who cites them, what changes, a new version."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

from candidatures.differences import Morceau, differences
from candidatures.models import Section
from manufactures.accueil.calendrier import numero_en_vigueur
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits_web import GesteMixin
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models import Appel, Article, Citation, Clauses, Critere, QuestionEligibilite
from manufactures.programme.models.clauses import Changement, premiere_vague_libre, reviser
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import TransitionInterdite

NUMERO = re.compile(r"^\d{1,2}(\.\d{1,2}){0,3}$")
VAGUES_A_VENIR = 2  # that may be prepared before they are created


# -- Reading ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Difference:
    """One clause that two waves do not read alike, word by word."""

    changement: Changement
    genre: str
    morceaux: list[Morceau]

    @property
    def clause(self) -> Article:
        """The version that names it."""
        return self.changement.clause


def comparer_les_vagues(clauses: Clauses, avant: int, apres: int) -> list[Difference]:
    """What a wave reads otherwise than another, in the order of the clauses."""
    lignes = []
    for changement in clauses.changements(avant, apres):
        vieux, neuf = changement.avant, changement.apres
        genre = "modifié" if vieux and neuf else "ajouté" if neuf else "abrogé"
        renomme = bool(vieux and neuf and vieux.titre != neuf.titre)
        textes = (_dire(article, avec_le_titre=renomme) for article in (vieux, neuf))
        lignes.append(Difference(changement, genre, differences(*textes)))
    return lignes


def _dire(article: Article | None, *, avec_le_titre: bool) -> str:
    if article is None:
        return ""
    return f"{article.titre}.\n{article.texte}" if avec_le_titre else article.texte


@dataclass
class Citations:
    """Who cites each clause, by its number."""

    par_numero: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def de(cls, appel: Appel) -> "Citations":
        """The grid in force, the self-test and the form, in three queries."""
        citations = cls()
        grille = (
            Critere.objects.filter(appel=appel).en_vigueur().exclude(article="").order_by("nature", "rang")
        )
        for numero, code, libelle in grille.values_list("article", "code", "libelle"):
            citations.par_numero[numero].append(f"{code} {libelle}")
        questions = QuestionEligibilite.objects.filter(appel=appel).exclude(article="").order_by("rang")
        for numero, sujet in questions.values_list("article", "sujet"):
            citations.par_numero[numero].append(f"test d'éligibilité : {sujet}")
        for numero, ou in Citation.objects.filter(appel=appel).values_list("article", "ou"):
            section = ou.partition("#")[0]
            nom = Section(section).label if section in Section.values else section
            if (dite := f"formulaire : {nom}") not in citations.par_numero[numero]:
                citations.par_numero[numero].append(dite)
        return citations

    def sans_clause(self, articles: list[Article]) -> list[tuple[str, list[str]]]:
        """Numbers that are cited and that no clause bears."""
        connus = {article.numero for article in articles}
        return [(numero, qui) for numero, qui in self.par_numero.items() if numero not in connus]


# -- Writing ---------------------------------------------------------------------------------------------------------
class ClauseForm(forms.Form):
    """A version of a clause: what it says, and the first wave that reads it."""

    use_required_attribute = False
    numero = forms.RegexField(
        NUMERO,
        label="Numéro",
        help_text="Par exemple 4.6.",
        error_messages={"required": "Écrivez le numéro.", "invalid": "Un numéro s'écrit comme 4.6."},
    )
    titre = forms.CharField(
        label="Titre", max_length=160, error_messages={"required": "Écrivez le titre de la clause."}
    )
    texte = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Écrivez le texte de la clause."},
    )
    depuis = forms.TypedChoiceField(
        label="En vigueur à partir de",
        coerce=int,
        error_messages={
            "required": "Choisissez une vague.",
            "invalid_choice": "Cette vague est ouverte, ou n'est pas de l'appel : choisissez une vague à venir.",
        },
    )
    motif = forms.CharField(
        label="Pourquoi ce changement",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Il est gardé au journal.",
        max_length=1000,
        error_messages={"required": "Écrivez pourquoi la clause change."},
    )
    abroge = forms.BooleanField(
        label="Abroger la clause : les vagues suivantes ne la lisent plus", required=False
    )

    def __init__(self, *args, appel: Appel, nouvelle: bool, prises=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["depuis"].choices = vagues_a_venir(appel)
        self.prises = prises
        if nouvelle:
            del self.fields["abroge"]
        else:
            del self.fields["numero"]

    def clean_numero(self):
        """Of a clause that does not exist yet."""
        numero = self.cleaned_data["numero"]
        if numero in self.prises:
            raise forms.ValidationError(f"L'article {numero} existe : ouvrez-en une nouvelle version.")
        return numero


def vagues_a_venir(appel: Appel) -> list[tuple[int, str]]:
    """The waves that have not opened: those of the calendar, then one or two that it does not hold yet."""
    libre = premiere_vague_libre(appel)
    creees = dict(appel.vagues.filter(numero__gte=libre).values_list("numero", "libelle"))
    derniere = max([libre + VAGUES_A_VENIR - 1, *creees])
    return [(n, creees.get(n, f"vague {n}, à créer au calendrier")) for n in range(libre, derniere + 1)]


# -- Pages -----------------------------------------------------------------------------------------------------------
class ConfigurationMixin(GesteMixin):
    """What a responsable configures of one of their calls; any other call does not exist (404)."""

    geste = "configurer_appel"

    @cached_property
    def appels(self) -> list[Appel]:
        """The calls one configures, the latest first."""
        tenus = appels_de(self.request.user, Role.RESPONSABLE)
        return list(Appel.objects.filter(pk__in=tenus).order_by("-pk"))

    @cached_property
    def appel(self) -> Appel:
        """The one of the address, or the latest. Raises Http404."""
        choix = self.request.GET.get("appel", "")
        retenus = [appel for appel in self.appels if not choix or appel.slug == choix]
        if not retenus:
            raise Http404
        return retenus[0]

    def adresse(self, nom: str, *args) -> str:
        """A page of the same call."""
        return f"{reverse(nom, args=args)}?appel={self.appel.slug}"

    def afficher(self, gabarit: str, statut: int = 200, **contexte):
        """The page, with its call and the others."""
        communs = {"appel": self.appel, "appels": self.appels}
        return render(self.request, gabarit, communs | contexte, status=statut)


class ClausesView(ConfigurationMixin):
    """The clauses that a wave reads, who cites each, and what another wave reads otherwise."""

    def get(self, request):
        """Two waves are in the address: the one on display, and the one it is compared with."""
        clauses, vagues = Clauses.de(self.appel.pk), self.vagues()
        numeros = [numero for numero, _ in vagues]
        vague = self.choisie("vague", numeros, numero_en_vigueur(self.appel))
        avant = self.choisie("avant", numeros, max(vague - 1, numeros[0]))
        articles, citations = clauses.en_vigueur(vague), Citations.de(self.appel)
        lignes = [
            {
                "article": article,
                "citations": citations.par_numero.get(article.numero, []),
                "suivante": next((v for v in clauses.versions[article.numero] if v.depuis > vague), None),
            }
            for article in articles
        ]
        return self.afficher(
            "pilotage/cahier.html",
            vagues=vagues,
            vague=vague,
            avant=avant,
            lignes=lignes,
            non_citees=[ligne["article"] for ligne in lignes if not ligne["citations"]],
            sans_clause=citations.sans_clause(articles),
            differences=comparer_les_vagues(clauses, avant, vague),
        )

    def vagues(self) -> list[tuple[int, str]]:
        """Those of the calendar, and the ones to come."""
        creees = dict(self.appel.vagues.values_list("numero", "libelle"))
        return sorted((dict(vagues_a_venir(self.appel)) | creees).items())

    def choisie(self, nom: str, numeros: list[int], defaut: int) -> int:
        """A wave of the address; the default for one that is none of them."""
        valeur = self.request.GET.get(nom, "")
        return int(valeur) if valeur.isdecimal() and int(valeur) in numeros else defaut


class ClauseView(UneSeuleFois, ConfigurationMixin):
    """One clause: its versions, and the form of the next one. Without number, a clause that does not exist yet."""

    def get(self, request, numero=""):
        """The form is filled with the last version."""
        derniere = self.versions(numero)[-1] if numero else None
        initial = (
            {"titre": derniere.titre, "texte": derniere.texte, "depuis": derniere.depuis} if derniere else {}
        )
        return self.montrer(numero, self.formulaire(numero, initial=initial))

    def post(self, request, numero=""):
        """Open the version; a refusal is said above the form, and nothing has changed."""
        versions = self.versions(numero)
        form = self.formulaire(numero, request.POST)
        if not form.is_valid():
            return self.montrer(numero, form)
        donnees = form.cleaned_data
        motif, cite = donnees.pop("motif"), donnees.pop("numero", numero)
        try:
            article = reviser(self.appel, cite, **donnees)
        except TransitionInterdite as refus:
            return self.montrer(numero, form, str(refus), 409)
        consigner(
            f"appel/{self.appel.slug}",
            "reviser_clause",
            par=request.user,
            motif=motif,
            article=article.numero,
            version=article.version,
            depuis=article.depuis,
            abroge=article.abroge,
            avant=versions[-1].texte if versions else "",
            apres=article.texte,
        )
        messages.success(
            request,
            f"Article {article.numero}, version {article.version} : en vigueur à la vague {article.depuis}.",
        )
        return redirect(f"{self.adresse('accueil:pilotage_cahier')}&vague={article.depuis}")

    def versions(self, numero: str) -> list[Article]:
        """Those of the clause, in order. Raises Http404 for a number that none bears."""
        if not numero:
            return []
        versions = list(self.appel.articles.filter(numero=numero).order_by("version"))
        if not versions:
            raise Http404
        return versions

    def formulaire(self, numero: str, *args, **options) -> ClauseForm:
        """The form of this clause, or of a new one."""
        prises = () if numero else set(self.appel.articles.values_list("numero", flat=True))
        return ClauseForm(*args, appel=self.appel, nouvelle=not numero, prises=prises, **options)

    def montrer(self, numero: str, form: ClauseForm, refus: str = "", statut: int = 200):
        """The page: what each version changed, the last first."""
        versions = self.versions(numero)
        paires = [Changement(avant, apres) for avant, apres in zip([None, *versions], versions, strict=False)]
        histoire = [
            (p.apres, differences(p.avant.texte, p.apres.texte) if p.avant else []) for p in reversed(paires)
        ]
        return self.afficher(
            "pilotage/clause.html", statut, numero=numero, form=form, refus=refus, histoire=histoire
        )
