"""What the public may read: the call and its waves, the laureates once published (matrix, rows 1-2).

The public holds no role, so these few queries stand apart from `visibles_par`, each with its white list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from candidatures.models import Dossier, Site, TypeTerritoire
from manufactures import francais, horloge
from manufactures.procedure import Etat
from manufactures.programme.models import Appel, Filiere, Region, Vague

HEURES_COMPTEES = 72  # under this, the countdown says hours
TERRITOIRES = {  # the words of the press kit's count (p. 6)
    TypeTerritoire.PETITE_OU_MOYENNE_VILLE: "en petite ou moyenne ville",
    TypeTerritoire.RURAL: "en zone rurale",
    TypeTerritoire.QPV: "en quartier prioritaire ou à proximité",
}
DEVANT_LES_REGIONS = {
    "Grand Est": "dans le Grand Est",
    "Hauts-de-France": "dans les Hauts-de-France",
    "Pays de la Loire": "dans les Pays de la Loire",
    "La Réunion": "à La Réunion",
    "Mayotte": "à Mayotte",
}


def laureats() -> QuerySet[Dossier]:
    """Laureates whose decision is published, still in the programme, in the press kit's order."""
    publies = Dossier.objects.filter(laureat_le__lte=horloge.maintenant(), slug__isnull=False)
    lieux = Site.objects.select_related("commune__departement__region").order_by("-principal", "rang", "pk")
    return (
        publies.exclude(etat=Etat.ABANDONNE)
        .prefetch_related(Prefetch("sites", lieux), "filieres")
        .order_by("laureat_ordre", "nom_projet")
    )


def filtrer(requete: QuerySet[Dossier], *, region=None, filiere=None, territoire="") -> QuerySet[Dossier]:
    """The laureates that answer these choices; a project with several places answers for each of them."""
    lieux = Site.objects.filter(dossier=OuterRef("pk"))
    if region:
        requete = requete.filter(Exists(lieux.filter(commune__departement__region=region)))
    if filiere:
        requete = requete.filter(Exists(filiere.dossiers.filter(pk=OuterRef("pk"))))
    if territoire:
        requete = requete.filter(Exists(lieux.filter(principal=True, type_territoire=territoire)))
    return requete


def comptes_par_territoire() -> list[tuple[int, str]]:
    """How many laureates of each kind of territory, by their principal place, in the press kit's words."""
    lieux = Site.objects.filter(principal=True, dossier__in=laureats().order_by().values("pk"))
    comptes = dict(lieux.order_by().values_list("type_territoire").annotate(n=Count("pk")))
    return [(comptes.get(type_), mots) for type_, mots in TERRITOIRES.items() if comptes.get(type_)]


def regions_des_laureats() -> QuerySet[Region]:
    """Regions with at least one laureate."""
    lieux = Site.objects.filter(dossier__in=laureats().order_by().values("pk"))
    return Region.objects.filter(pk__in=lieux.values("commune__departement__region"))


def filieres_des_laureats() -> QuerySet[Filiere]:
    """Trades of at least one laureate."""
    return Filiere.objects.filter(dossiers__in=laureats().order_by().values("pk")).distinct()


def choix_en_mots(*, region=None, filiere=None, territoire="") -> str:
    """The filter in words, after « 4 manufactures »."""
    mots = [DEVANT_LES_REGIONS.get(region.nom, f"en {region.nom}")] if region else []
    mots += [TERRITOIRES[TypeTerritoire(territoire)]] if territoire else []
    mots += [f"filière {filiere.libelle}"] if filiere else []
    return ", ".join(mots)


@dataclass(frozen=True)
class Calendrier:
    """The waves of the call, and the sentence of the moment."""

    vagues: list[Vague]
    ouverte: Vague | None
    phrase: str


def appel_courant() -> Appel | None:
    """The call on display: the latest one."""
    return Appel.objects.order_by("-pk").first()


def compte_a_rebours(jusqu_a: datetime, instant: datetime) -> str:
    """« Encore 28 jours. », in hours under 72 hours; never in seconds."""
    reste = jusqu_a - instant
    if reste < timedelta(hours=HEURES_COMPTEES):
        heures = max(int(reste.total_seconds() // 3600), 0)
        if heures == 0:
            return "Encore moins d'une heure."
        return f"Encore {francais.compter(heures, 'heure')}."
    return f"Encore {francais.compter(horloge.jours_avant(jusqu_a), 'jour')}."


def _phrase(vagues: list[Vague], ouverte: Vague | None, instant: datetime) -> str:
    if ouverte is not None:
        derniere = ", la dernière" if ouverte == vagues[-1] and len(vagues) > 1 else ""
        debut = f"{ouverte.libelle[:1].upper()}{ouverte.libelle[1:]}{derniere}"
        fin = f" {compte_a_rebours(ouverte.cloture, instant)}"
        if ouverte.cloture - instant < timedelta(hours=HEURES_COMPTEES):
            heure = francais.heure(ouverte.cloture)
            fin += f" Un dossier reçu à {heure} pile est en retard."
        return f"{debut}\u00a0: dépôt avant le {francais.echeance(ouverte.cloture)}.{fin}"
    a_venir = [v for v in vagues if v.ouverture > instant]
    if a_venir:
        return f"L'appel ouvrira le {francais.echeance(a_venir[0].ouverture)}."
    if vagues:
        cloture = francais.echeance(vagues[-1].cloture)
        return f"Les dépôts sont clos depuis le {cloture}. Les dossiers déposés sont en cours d'examen."
    return "Aucun calendrier n'est publié pour l'instant."


def calendrier(appel: Appel | None) -> Calendrier:
    """The waves of a call, in one query."""
    vagues = list(appel.vagues.order_by("numero")) if appel else []
    instant = horloge.maintenant()
    ouverte = next((v for v in vagues if v.est_ouverte(instant)), None)
    return Calendrier(vagues, ouverte, _phrase(vagues, ouverte, instant))
