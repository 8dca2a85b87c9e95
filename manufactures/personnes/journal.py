"""The record, for whoever audits it: who did what, filtered; and its chain, verified before their eyes."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.shortcuts import render
from django.utils.functional import cached_property

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.droits_web import GesteMixin
from manufactures.journal.models import Entree, consigner, premiere_rupture
from manufactures.personnes.fils import FIL_DES_ACCES, FIL_DES_REFUS
from manufactures.personnes.forms import JourField
from manufactures.procedure import Role

PAR_PAGE = 50
COMPTEES = 10_000  # past this, a count says « more than »


# What an auditor looks for, in one choice.
GENRES = {
    "refus": ("Refus et essais freinés", Q(fil__in=(FIL_DES_REFUS, FIL_DES_ACCES))),
    "exports": (
        "Exports\u00a0: qui a exporté",
        Q(action__startswith="exporter") | Q(action="transmettre_versement"),
    ),
    "lectures": ("Lectures sensibles\u00a0: qui a vu", Q(action__startswith="consulter_")),
    "connexions": ("Connexions", Q(action="se_connecter")),
    "comptes": ("Comptes et rôles", Q(fil__startswith="compte/") & ~Q(action="se_connecter")),
}


class FiltreForm(forms.Form):
    """What one looks for."""

    use_required_attribute = False
    genre = forms.ChoiceField(
        label="Ce que l'on cherche",
        required=False,
        choices=[("", "Tout"), *((cle, libelle) for cle, (libelle, _) in GENRES.items())],
    )
    fil = forms.CharField(
        label="Fil", required=False, max_length=80, help_text="Par exemple dossier/D-7K3Q-XW9D."
    )
    action = forms.CharField(label="Action", required=False, max_length=60)
    qui = forms.CharField(label="Acteur", required=False, max_length=80, help_text="Nom ou adresse.")
    du = JourField(label="Du", required=False)
    au = JourField(label="Au", required=False, help_text="Ce jour compris.")


class PageBornee(Paginator):
    """Counts no further than it needs to: a journal has millions of lines, a reader reads the first pages."""

    @cached_property
    def count(self):
        """How many, `COMPTEES` at most."""
        return self.object_list.order_by()[:COMPTEES].count()


def lignes_visibles(user):
    """All of it for whoever audits every call; else what concerns the dossiers that one sees, recusals taken away.

    A responsable of every call also reads the threads that are no dossier's: sittings, calls, accounts.
    """
    partout = {role for role, appel in user.tenues if appel is None}
    if Role.AUDITEUR in partout:
        return Entree.objects.all()
    vus = Dossier.objects.visibles_par(user, Role.RESPONSABLE, Role.AUDITEUR).order_by()
    visibles = Q(fil__in=vus.values_list(Concat(Value("dossier/"), "numero")))
    if Role.RESPONSABLE in partout:
        visibles |= ~Q(fil__startswith="dossier/")
    return Entree.objects.filter(visibles)


def dire_les_faits(ligne: Entree) -> str:
    """Which limit, which deed, how many rows: what a refusal, an export or a reading is told by."""
    parlants = ("limite", "geste", "page", "objet", "lignes", "nombre", "format", "compte")
    dits = [f"{nom}\u00a0: {ligne.faits[nom]}" for nom in parlants if ligne.faits.get(nom) not in (None, "")]
    return ", ".join(dits)


def lire_le_journal(user, dites: dict):
    """Lines that one may read, the last first."""
    lignes = lignes_visibles(user).select_related("acteur").order_by("-le", "-pk")
    if dites.get("genre"):
        lignes = lignes.filter(GENRES[dites["genre"]][1])
    if dites.get("fil"):
        lignes = lignes.filter(fil__startswith=dites["fil"].strip())
    if dites.get("action"):
        lignes = lignes.filter(action=dites["action"].strip())
    if dites.get("qui"):
        mot = dites["qui"].strip()
        gens = get_user_model().objects.filter(Q(nom__icontains=mot) | Q(email__icontains=mot))
        lignes = lignes.filter(acteur__in=gens.order_by().values("pk"))
    if dites.get("du"):
        lignes = lignes.filter(le__gte=datetime.combine(dites["du"], time.min, tzinfo=horloge.PARIS))
    if dites.get("au"):
        fin = datetime.combine(dites["au"] + timedelta(days=1), time.min, tzinfo=horloge.PARIS)
        lignes = lignes.filter(le__lt=fin)
    return lignes


class JournalView(GesteMixin):
    """The lines of the record, and the button that verifies them all."""

    geste = "lire_journal"

    def get(self, request):
        """Filtered, a page at a time."""
        form = FiltreForm(request.GET or None)
        dites = form.cleaned_data if form.is_bound and form.is_valid() else {}
        lignes = lire_le_journal(request.user, dites)
        page = PageBornee(lignes, PAR_PAGE).get_page(request.GET.get("page"))
        return self.montrer(form, page)

    def post(self, request):
        """Every digest computed anew, every link followed: intact, or the first line that is not."""
        verifiees, rompue = premiere_rupture()
        with transaction.atomic():
            rupture = f"{rompue.fil}#{rompue.rang}" if rompue else ""
            consigner("securite/journal", "verifier", par=request.user, verifiees=verifiees, rupture=rupture)
        page = PageBornee(lire_le_journal(request.user, {}), PAR_PAGE).get_page(1)
        return self.montrer(FiltreForm(), page, verdict={"verifiees": verifiees, "rompue": rompue})

    def montrer(self, form, page, **plus):
        """The page."""
        for ligne in page.object_list:
            ligne.dit = dire_les_faits(ligne)
        return render(
            self.request,
            "personnes/journal.html",
            {"form": form, "page_obj": page, "au_plus": COMPTEES} | plus,
        )
