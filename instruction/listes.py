"""The agents' list of dossiers: filters, orders, totals and pages that cost the same at 100 and at 100 000 dossiers."""

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from candidatures.models import Dossier
from instruction.groupes import etats_de
from instruction.models import Reponse, Verdict
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.programme.models import Critere, Departement, NatureCritere

PAR_PAGE = 25
SANS_AGENT, MOI = "aucun", "moi"
# A grid exists from the taking in charge on (an invariant): nobody holds these, or nobody held them.
SANS_GRILLE = (Etat.DEPOSE, Etat.RETIRE)

# Each order has its index (`candidatures/0003_recherche`); the key makes it stable.
TRIS = {
    "depose": ("depose_le", "pk"),
    "nom": ("recherche__nom", "pk"),
    "etat": ("etat", "depose_le", "pk"),
    "echeance": ("echeance_le", "pk"),
}
TRI_PROPOSE = "depose"

# One counts, and leafs through, no further: ten thousand where an index counts by itself, a thousand elsewhere.
PAR_UN_INDEX = {"vague", "etat"}
PLAFOND_PAR_INDEX, PLAFOND = 10_000, 1000


def filtrer(dossiers, valeurs: dict, user):
    """The rows that these filters keep; `user` is who says « moi »."""
    if vague := valeurs.get("vague"):
        dossiers = dossiers.filter(vague=vague)
    if etat := valeurs.get("etat"):
        dossiers = dossiers.filter(etat__in=etats_de(etat))
    if filiere := valeurs.get("filiere"):
        tenues = Dossier.filieres.through.objects.filter(filiere__code=filiere)
        dossiers = dossiers.filter(pk__in=tenues.values("dossier"))
    if region := valeurs.get("region"):
        dossiers = dossiers.filter(
            recherche__departement__in=Departement.objects.filter(region=region).values("pk")
        )
    if departement := valeurs.get("departement"):
        dossiers = dossiers.filter(recherche__departement=departement)
    if valeurs.get("retard"):
        dossiers = dossiers.filter(echeance_le__lt=horloge.maintenant())
    if saisie := valeurs.get("q"):
        dossiers = dossiers.recherche(saisie)
    return _tenus_par(dossiers, valeurs.get("agent", ""), user)


def _tenus_par(dossiers, agent: str, user):
    if agent == SANS_AGENT:
        return dossiers.filter(etat__in=SANS_GRILLE, instruction=None)
    if agent:
        return dossiers.filter(instruction__instructeur=user.pk if agent == MOI else int(agent))
    return dossiers


def tri_valable(demande: str) -> str:
    """A known order, reversed by a dash; the latest due dates first serve nobody."""
    nom = demande.removeprefix("-")
    return demande if nom in TRIS and demande != "-echeance" else TRI_PROPOSE


def trier(dossiers, tri: str, *, sur_place: bool = False):
    """In this order; `sur_place`: the rows are few, to be found by the filters and sorted, not met along an index."""
    nom, envers = tri.removeprefix("-"), tri.startswith("-")
    if nom == "nom":
        dossiers = dossiers.filter(
            recherche__isnull=False
        )  # each has its entry: an inner join, that an index orders
    champs = []
    for champ in TRIS[nom]:
        cle = Coalesce(F(champ), F(champ)) if sur_place else F(champ)
        champs.append(cle.desc() if envers else cle.asc())
    return dossiers.order_by(*champs)


def avec_la_grille(dossiers):
    """With how many rules are settled."""
    tranchees = (
        Verdict.objects.filter(instruction=OuterRef("instruction"), reponse__in=[Reponse.OUI, Reponse.NON])
        .order_by()
        .values("instruction")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return dossiers.annotate(tranchees=Coalesce(Subquery(tranchees), 0))


def regles_dues() -> dict[int, int]:
    """How many rules each call asks."""
    regles = Critere.objects.filter(nature=NatureCritere.ELIGIBILITE).order_by()
    return dict(regles.values("appel").annotate(n=Count("pk")).values_list("appel", "n"))


LUS = (
    "numero",
    "nom_projet",
    "etat",
    "depose_le",
    "echeance_le",
    "vague__libelle",
    "vague__appel",
    "recherche__commune__nom",
    "recherche__departement",
    "instruction__instructeur__prenom",
    "instruction__instructeur__nom",
    "instruction__instructeur__email",
)


class Liste:
    """The rows that a filter keeps, in one order, read a page at a time: keys first, by an index, then their rows."""

    def __init__(self, dossiers, tri: str, valeurs: dict):
        self.dossiers, self.tri, self.valeurs = dossiers, tri, valeurs
        plafond = PLAFOND_PAR_INDEX if set(valeurs) <= PAR_UN_INDEX else PLAFOND
        comptes = dossiers.order_by()[: plafond + 1].count()
        self.nombre, self.exacte = min(comptes, plafond), comptes <= plafond

    def __len__(self):
        return self.nombre

    def __getitem__(self, tranche: slice) -> list[Dossier]:
        """One page."""
        ordonnes = trier(self.dossiers, self.tri, sur_place=self._se_trie_sur_place())
        cles = list(ordonnes.values_list("pk", flat=True)[tranche])
        lues = avec_la_grille(Dossier.objects.filter(pk__in=cles)).select_related(
            "vague", "recherche__commune", "instruction__instructeur"
        )
        rangees = {dossier.pk: dossier for dossier in lues.only(*LUS)}
        return [rangees[cle] for cle in cles]

    def _se_trie_sur_place(self) -> bool:
        """Few rows, or several states: these are of one season, which an order by date would meet all at one end."""
        if self.tri.removeprefix("-") != "nom" and len(etats_de(self.valeurs.get("etat", ""))) > 1:
            return True
        return bool(set(self.valeurs) - {"vague"}) and self.exacte and self.nombre <= PLAFOND

    def page(self, numero):
        """The page of this number, with what its rows show; the nearest one for a wrong number."""
        page = Paginator(self, PAR_PAGE).get_page(numero)
        dues, instant = regles_dues(), horloge.maintenant()
        for dossier in page.object_list:
            dossier.dues = dues.get(dossier.vague.appel_id, 0)
            dossier.agent = getattr(getattr(dossier, "instruction", None), "instructeur", None)
            dossier.en_retard = dossier.echeance_le is not None and dossier.echeance_le < instant
            dossier.retard = jours_de_retard(dossier.echeance_le) if dossier.en_retard else 0
        return page


def jours_de_retard(echeance) -> int:
    """Days since a due date."""
    return -horloge.jours_avant(echeance)
