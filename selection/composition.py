"""What an agenda is made from: the admissible dossiers, filtered, ordered, grouped; and who may report on what."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db.models import Count, Exists, OuterRef, Q, TextChoices

from candidatures.models import Dossier, Site
from candidatures.models import Membre as MembreDuDossier
from manufactures.programme.models import Filiere
from selection.indices import indices_de
from selection.models import (
    DeclarationInterets,
    Deport,
    Membre,
    PointOrdreDuJour,
    ReglesDuComite,
    ReponseInteret,
)
from selection.models.choix import ETATS_ADMIS
from selection.rapporteurs import ARapporter, Candidat, repartir

SANS_TERRITOIRE, SANS_FILIERE = "Territoire non précisé", "Sans filière"


class Ordre(TextChoices):
    """In what order the dossiers of an agenda come."""

    NOM = "nom", "Nom du projet"
    DEPOT = "depot", "Date de dépôt"
    DEPARTEMENT = "departement", "Département"
    TERRITOIRE = "territoire", "Type de territoire, puis département"
    FILIERE = "filiere", "Filière, puis nom"


class Groupement(TextChoices):
    """How they are put together on the screen, and on the agenda."""

    AUCUN = "", "Sans regroupement"
    TERRITOIRE = "territoire", "Par type de territoire"
    FILIERE = "filiere", "Par filière"


def territoire_de(dossier: Dossier) -> str:
    """The territory of its principal place, in words."""
    site = dossier.site_principal
    return site.get_type_territoire_display() if site and site.type_territoire else SANS_TERRITOIRE


def filiere_de(dossier: Dossier) -> str:
    """Its first filière, in the order of their names."""
    return min((filiere.libelle for filiere in dossier.filieres.all()), default=SANS_FILIERE)


def _departement(dossier: Dossier) -> str:
    return dossier.departement.nom if dossier.departement else ""


def _nom(dossier: Dossier) -> str:
    return dossier.nom_projet.casefold()


GROUPES: dict[str, Callable[[Dossier], str]] = {
    Groupement.TERRITOIRE: territoire_de,
    Groupement.FILIERE: filiere_de,
}
CLES: dict[str, Callable[[Dossier], tuple]] = {
    Ordre.NOM: lambda d: (_nom(d),),
    Ordre.DEPOT: lambda d: (d.depose_le is None, d.depose_le, _nom(d)),
    Ordre.DEPARTEMENT: lambda d: (_departement(d), _nom(d)),
    Ordre.TERRITOIRE: lambda d: (territoire_de(d), _departement(d), _nom(d)),
    Ordre.FILIERE: lambda d: (filiere_de(d), _nom(d)),
}


def admissibles(user, seance):
    """Dossiers that this sitting may take, and has not."""
    dossiers = Dossier.objects.visibles_par(user).filter(
        vague=seance.vague, etat__in=ETATS_ADMIS[seance.type]
    )
    inscrits = PointOrdreDuJour.objects.filter(seance=seance, dossier=OuterRef("pk"))
    return dossiers.filter(~Exists(inscrits)).order_by("nom_projet", "pk")


def filtrer(dossiers, *, territoire: str = "", filiere: Filiere | None = None, region=None):
    """Those of this kind of territory, of this filière, of this region."""
    sites = Site.objects.filter(dossier=OuterRef("pk"), principal=True)
    if territoire:
        dossiers = dossiers.filter(Exists(sites.filter(type_territoire=territoire)))
    if region:
        dossiers = dossiers.filter(Exists(sites.filter(commune__departement__region=region)))
    return dossiers.filter(filieres=filiere) if filiere else dossiers


def avec_le_lieu(dossiers):
    """With what orders and groups them, their long answers left out."""
    sites = "sites__commune__departement"
    dossiers = dossiers.select_related("commune_siege__departement").prefetch_related(sites, "filieres")
    return dossiers.defer(*Dossier.longues_reponses())


def ranger(dossiers: Iterable[Dossier], ordre: str, groupement: str = "") -> list[tuple[str, list[Dossier]]]:
    """By group, each in order; one group without a name where none is asked."""
    ranges = sorted(dossiers, key=CLES[ordre])
    groupe = GROUPES.get(groupement, lambda _: "")
    groupes: dict[str, list[Dossier]] = {}
    for dossier in sorted(ranges, key=groupe):
        groupes.setdefault(groupe(dossier), []).append(dossier)
    return list(groupes.items())


class Rapporteurs:
    """Who may report at this sitting, on what, with how much already: a fixed number of queries.

    `points` and loads are those that `user` may know of: a chair who stepped back learns nothing by a sum.
    """

    def __init__(self, user, seance, points: list[PointOrdreDuJour]):
        self.points = points
        self.presidence_rapporte = ReglesDuComite.de_l_appel(seance.vague.appel).presidence_rapporte
        siegent = Membre.objects.de_l_appel(seance.vague.appel_id).en_exercice()
        siegent = siegent.filter(Q(suppleant_de=None) | Q(pk__in=seance.convocations.values("membre")))
        self.membres = {
            m.pk: m for m in siegent.select_related("user", "college").order_by("user__nom", "pk")
        }
        ailleurs = PointOrdreDuJour.objects.laisses_a(user).filter(rapporteur__in=self.membres, resultat="")
        ailleurs = ailleurs.exclude(seance=seance).order_by().values("rapporteur").annotate(n=Count("pk"))
        self.ailleurs = Counter(dict(ailleurs.values_list("rapporteur", "n")))
        self.indices = indices_de(self.membres.values(), [point.dossier_id for point in points])
        self.raisons = self._raisons([point.dossier_id for point in points])

    def _raisons(self, dossiers: list[int]) -> dict[tuple[int, int], str]:
        """(member, dossier) -> why they may not report, in a few words."""
        ici = {"dossier__in": dossiers, "membre__in": self.membres}
        deports = Deport.objects.actifs().filter(**ici).values_list("membre", "dossier")
        # « No link », most of the answers, says something only where a hint stands.
        indiques = Q(membre__in={m for m, _ in self.indices}, dossier__in={d for _, d in self.indices})
        declarations = DeclarationInterets.objects.filter(~Q(reponse=ReponseInteret.AUCUN) | indiques, **ici)
        declarations = declarations.values_list("membre", "dossier", "reponse")
        dites = {(membre, dossier): reponse for membre, dossier, reponse in declarations}
        self.sans_lien = {cle for cle, reponse in dites.items() if reponse == ReponseInteret.AUCUN}
        personnes = {membre.user_id: cle for cle, membre in self.membres.items()}
        equipes = MembreDuDossier.objects.filter(dossier__in=dossiers, user__in=personnes)
        raisons = {
            (personnes[user], d): "membre du dossier" for user, d in equipes.values_list("user", "dossier")
        }
        declares = {ReponseInteret.LIEN: "lien déclaré", ReponseInteret.DOUTE: "doute à trancher"}
        raisons |= {cle: declares[reponse] for cle, reponse in dites.items() if reponse in declares}
        return raisons | dict.fromkeys(deports, "déport")

    def proposer(self, *, tout: bool = False) -> dict[int, int | None]:
        """Item -> member: the chair if the rules say so, else by hand only; those already named stay, save `tout`."""
        gardes = {} if tout else {p.pk: p.rapporteur_id for p in self.points if p.rapporteur_id}
        charges = self.ailleurs + Counter(gardes.values())
        candidats = [
            Candidat(cle, membre.college_id, charges[cle])
            for cle, membre in self.membres.items()
            if not membre.preside or self.presidence_rapporte
        ]
        a_donner = [
            ARapporter(point.pk, territoire_de(point.dossier), self._ecartes(point.dossier_id))
            for point in self.points
            if point.pk not in gardes
        ]
        return gardes | repartir(a_donner, candidats)

    def _ecartes(self, dossier: int) -> frozenset[int]:
        """Who is not proposed: those who may not, and those whom a hint ties to it until they say there is no link."""
        indices = (cle for cle in self.indices if cle not in self.sans_lien)
        return frozenset(membre for membre, autre in (*self.raisons, *indices) if autre == dossier)

    def indices_dits(self) -> list[tuple[str, Membre, list[str]]]:
        """The hints, in the order of the agenda: project, member, reasons; not those that a recusal has settled."""
        return [
            (point.dossier.nom_projet, self.membres[membre], raisons)
            for point in self.points
            for (membre, dossier), raisons in self.indices.items()
            if dossier == point.dossier_id and self.raisons.get((membre, dossier)) != "déport"
        ]

    def empechements(self, dossier: int) -> dict[int, str]:
        """Member -> why they may not report on this dossier."""
        return {membre: raison for (membre, autre), raison in self.raisons.items() if autre == dossier}

    def charges(self, choix: dict[int, int | None]) -> list[tuple[Membre, int, int]]:
        """Each member with what they report on elsewhere, and here once this is done."""
        ici = Counter(choix.values())
        return [(membre, self.ailleurs[cle], ici[cle]) for cle, membre in self.membres.items()]
