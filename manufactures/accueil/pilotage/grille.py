"""The grid of a call as its responsable configures it: prepared apart, looked at, then opened as a new version."""

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect

from instruction.forms.grille import NoteForm, VerdictForm
from instruction.models import Instruction, NoteInstruction, Verdict
from manufactures.accueil.calendrier import numero_en_vigueur
from manufactures.accueil.pilotage.clauses import ConfigurationMixin
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.journal.models import consigner
from manufactures.programme.models import Appel, Article, Critere, NatureCritere, Vague
from manufactures.programme.models.grilles import abandonner, defauts, en_preparation, ouvrir, preparer
from manufactures.registres import TransitionInterdite

ECHELLE_MAX = 5
RANG_MAX = 99


# -- Forms -----------------------------------------------------------------------------------------------------------
class LigneForm(forms.ModelForm):
    """One line of the version being prepared: a point of eligibility, or a criterion with its weight and anchors."""

    use_required_attribute = False
    rang = forms.IntegerField(
        label="Ordre",
        min_value=1,
        max_value=RANG_MAX,
        help_text="Les lignes d'une même nature se lisent dans cet ordre.",
        error_messages={"required": "Écrivez un ordre."},
    )
    poids = forms.IntegerField(
        label="Poids",
        min_value=0,
        max_value=100,
        required=False,
        help_text="Les poids des critères notés font 100 ; une règle de recevabilité n'en a pas.",
        error_messages={"max_value": "Un poids va de 0 à 100.", "min_value": "Un poids va de 0 à 100."},
    )
    echelle = forms.TypedChoiceField(
        label="Échelle",
        coerce=int,
        choices=[(n, f"de 0 à {n}") for n in range(ECHELLE_MAX, 0, -1)],
        help_text="Une règle de recevabilité se répond par oui, non ou à demander.",
    )
    article = forms.ChoiceField(label="Clause citée", required=False)
    reperes = forms.CharField(
        label="Repères de notation",
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text="Une ligne par note, de 0 à la plus haute.",
    )

    class Meta:
        model = Critere
        fields = [
            "nature",
            "code",
            "rang",
            "libelle",
            "texte",
            "article",
            "guide",
            "echelle",
            "poids",
            "ou_lire",
        ]
        widgets = {"texte": forms.Textarea(attrs={"rows": 3}), "guide": forms.Textarea(attrs={"rows": 3})}
        error_messages = {
            "nature": {"required": "Choisissez la nature de la ligne."},
            "code": {"required": "Écrivez un code, par exemple C8."},
            "libelle": {"required": "Écrivez le libellé de la ligne."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        appel = self.instance.appel
        articles = Article.objects.filter(appel=appel).en_vigueur(numero_en_vigueur(appel)).defer("texte")
        choix = [("", "Aucune"), *((a.numero, str(a)) for a in articles)]
        if self.instance.article and self.instance.article not in dict(choix):
            choix.append(
                (self.instance.article, f"Article {self.instance.article}, absent du cahier des charges")
            )
        self.fields["article"].choices = choix
        self.order_fields([*self.Meta.fields[:8], "reperes", *self.Meta.fields[8:]])
        ancres = self.instance.ancres
        self.initial["reperes"] = "\n".join(ancres[note] for note in sorted(ancres, key=int))

    def clean_code(self):
        """Borne by no other line of the version."""
        code = self.cleaned_data["code"].strip().upper()
        autres = self.instance.appel.criteres.filter(grille=self.instance.grille, code=code)
        if autres.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Une autre ligne porte le code {code}.")
        return code

    def clean(self):
        """A rule has no weight; a criterion has one, and as many anchors as marks, or none."""
        donnees = super().clean()
        nature, poids = donnees.get("nature"), donnees.get("poids") or 0
        donnees["poids"] = poids
        if nature == NatureCritere.ELIGIBILITE and poids:
            self.add_error("poids", "Une règle de recevabilité n'a pas de poids : laissez vide.")
        if (
            nature in (NatureCritere.NOTE, NatureCritere.ARBITRAGE)
            and not poids
            and "poids" not in self.errors
        ):
            self.add_error("poids", "Écrivez le poids du critère.")
        lignes = [ligne.strip() for ligne in (donnees.get("reperes") or "").splitlines() if ligne.strip()]
        notes = (donnees.get("echelle") or ECHELLE_MAX) + 1
        if lignes and len(lignes) != notes:
            self.add_error("reperes", f"Écrivez {notes} lignes, une par note de 0 à {notes - 1}, ou aucune.")
        self.instance.ancres = {str(note): ligne for note, ligne in enumerate(lignes)}
        return donnees


class ReglagesForm(forms.ModelForm):
    """How many agents read a dossier, and which gap makes them agree."""

    seuil_d_ecart = forms.IntegerField(
        label="Écart de notes toléré",
        min_value=0,
        max_value=ECHELLE_MAX,
        help_text="Au-delà de cet écart sur un critère, les deux agents s'accordent sur une note.",
    )

    class Meta:
        model = Appel
        fields = ["double_lecture", "seuil_d_ecart"]
        labels = {
            "double_lecture": "Chaque dossier est lu par deux agents, sans voir les notes l'un de l'autre"
        }
        help_texts = {"double_lecture": "Vaut pour les dossiers pris en charge ensuite."}


class OuvertureForm(forms.Form):
    """Why the grid changes."""

    use_required_attribute = False
    motif = forms.CharField(
        label="Pourquoi cette version",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text="Il est gardé au journal.",
        error_messages={"required": "Écrivez pourquoi la grille change."},
    )


# -- Pages -----------------------------------------------------------------------------------------------------------
class GrilleMixin(ConfigurationMixin):
    """What the pages of the grid share."""

    def citant(self, criteres):
        """The lines in order, each with the clause that the current wave reads."""
        vague = Vague(appel_id=self.appel.pk, numero=numero_en_vigueur(self.appel))
        natures = NatureCritere.values
        return sorted(criteres.citant(vague), key=lambda x: (natures.index(x.nature), x.rang, x.code))

    def retour(self, ancre: str = ""):
        """Back to the grid."""
        return redirect(self.adresse("accueil:pilotage_grille") + ancre)


class GrilleView(UneSeuleFois, GrilleMixin):
    """The version in force, those that examinations keep, the one being prepared."""

    def get(self, request):
        """The page."""
        return self.montrer()

    def post(self, request):
        """Prepare, throw away, open; or set the double reading."""
        gestes = {
            "preparer": self.preparer,
            "abandonner": self.abandonner,
            "ouvrir": self.ouvrir,
            "regler": self.regler,
        }
        geste = gestes.get(request.POST.get("action", ""))
        if geste is None:
            return self.montrer("Cette action n'existe pas. Rechargez la page.", 409)
        try:
            return geste(request)
        except TransitionInterdite as refus:
            return self.montrer(str(refus), 409)

    def preparer(self, request):
        """A copy of the version in force."""
        version = preparer(self.appel)
        messages.success(request, f"La version {version} est en préparation : elle ne vaut pas encore.")
        return self.retour("#preparation")

    def abandonner(self, request):
        """The version in force stays."""
        abandonner(self.appel)
        messages.success(request, "La version en préparation est abandonnée.")
        return self.retour()

    def ouvrir(self, request):
        """The prepared version is in force."""
        form = OuvertureForm(request.POST)
        if not form.is_valid():
            return self.montrer(form=form)
        version = ouvrir(self.appel)
        self.consigner("ouvrir_grille", motif=form.cleaned_data["motif"], version=version)
        messages.success(
            request,
            f"La version {version} de la grille est en vigueur. Les dossiers déjà pris en charge gardent la leur.",
        )
        return self.retour()

    def regler(self, request):
        """One or two agents a dossier."""
        form = ReglagesForm(request.POST, instance=self.appel)
        if not form.is_valid():
            return self.montrer(reglages=form)
        if form.changed_data:
            form.save()
            self.consigner("regler_double_lecture", **form.cleaned_data)
        messages.success(request, "Réglage de la double lecture enregistré.")
        return self.retour("#double-lecture")

    def consigner(self, action: str, motif: str = "", **faits) -> None:
        """A line of the call's thread."""
        consigner(f"appel/{self.appel.slug}", action, par=self.request.user, motif=motif, **faits)

    def montrer(self, refus: str = "", statut: int = 200, **formulaires):
        """The page, with what is wrong in the version being prepared."""
        lignes = self.citant(self.appel.criteres.all())
        version = self.appel.grille_version
        preparees = [ligne for ligne in lignes if ligne.grille == version + 1]
        usages = dict(
            Instruction.objects.filter(dossier__vague__appel=self.appel)
            .values_list("grille_version")
            .annotate(n=Count("pk"))
        )
        contexte = {
            "form": OuvertureForm(),
            "reglages": ReglagesForm(instance=self.appel),
            "refus": refus,
            "version": version,
            "lignes": [ligne for ligne in lignes if ligne.grille == version],
            "preparees": preparees,
            "defauts": defauts(self.appel, preparees) if preparees else [],
            "usages": sorted(usages.items()),
            "en_usage": usages.get(version, 0),
        }
        return self.afficher("pilotage/grille.html", statut, **(contexte | formulaires))


class LigneView(UneSeuleFois, GrilleMixin):
    """One line of the version being prepared; another version's line is not written (404)."""

    def get(self, request, pk=None):
        """The form."""
        return self.montrer(LigneForm(instance=self.ligne(pk)))

    def post(self, request, pk=None):
        """Write it, or take it out."""
        ligne = self.ligne(pk)
        if pk and request.POST.get("action") == "retirer":
            ligne.delete()
            messages.success(request, f"{ligne.code} est retiré de la version en préparation.")
            return self.retour("#preparation")
        form = LigneForm(request.POST, instance=ligne)
        if not form.is_valid():
            return self.montrer(form)
        ligne = form.save()
        messages.success(request, f"{ligne.code} est enregistré dans la version en préparation.")
        return self.retour("#preparation")

    def ligne(self, pk) -> Critere:
        """The line, or a new one at the end. Raises Http404."""
        preparees = en_preparation(self.appel)
        if pk is None:
            if not preparees.exists():
                raise Http404
            return Critere(appel=self.appel, grille=self.appel.grille_version + 1, nature=NatureCritere.NOTE)
        ligne = preparees.filter(pk=pk).first()
        if ligne is None:
            raise Http404
        return ligne

    def montrer(self, form: LigneForm):
        """The page."""
        nouvelle = form.instance.pk is None
        return self.afficher(
            "pilotage/ligne_de_grille.html",
            form=form,
            nouvelle=nouvelle,
            code="" if nouvelle else form.initial["code"],
            version=self.appel.grille_version + 1,
        )


class ApercuView(GrilleMixin):
    """A version of the grid as an agent sees it, to be read only."""

    def get(self, request, version):
        """Its forms, without a dossier. 404 for a version that does not exist."""
        lignes = self.citant(self.appel.criteres.filter(grille=version))
        if not lignes:
            raise Http404
        return self.afficher(
            "pilotage/apercu_de_grille.html",
            version=version,
            preparee=version == self.appel.grille_version + 1,
            regles=[self.forme(x) for x in lignes if x.nature == NatureCritere.ELIGIBILITE],
            notes=[self.forme(x) for x in lignes if x.nature == NatureCritere.NOTE],
            arbitrages=[x for x in lignes if x.nature == NatureCritere.ARBITRAGE],
        )

    @staticmethod
    def forme(critere: Critere):
        """The form of a line, as in the examination."""
        if critere.nature == NatureCritere.ELIGIBILITE:
            form = VerdictForm(instance=Verdict(critere=critere), prefix=critere.code)
        else:
            form = NoteForm(instance=NoteInstruction(critere=critere), prefix=critere.code)
        form.critere = critere
        form.reperes = sorted(critere.ancres.items())
        return form
