"""What the expert's week reads: each statement is composed once (`enonces`)."""

from datetime import date

from django.db.models import Prefetch

from accompagnement.models import EtatLivrable, Journee, Livrable, Mission, Session
from candidatures.models import Dossier, Site
from manufactures import enonces
from manufactures.procedure import EtatMission

PAR_PAGE = 25
OUVERTES = (EtatMission.COMMANDEE, EtatMission.PROPOSEE)


def _missions(user):
    missions = Mission.objects.filter(expert=user).select_related("dossier", "theme")
    return missions.defer(*Dossier.longues_reponses("dossier__")).prefetch_related("journees")


def missions_ouvertes(user) -> list[Mission]:
    """Orders in hand and proposals, with where they are."""
    return enonces.lire(_ouvertes, user)


def _ouvertes(user):
    sites = Prefetch("dossier__sites", Site.objects.select_related("commune__departement"))
    ouvertes = _missions(user).filter(etat__in=OUVERTES).select_related("dossier__commune_siege__departement")
    return ouvertes.prefetch_related(sites)


class AutresMissions:
    """The other missions, the latest first: what a paginator cuts."""

    def __init__(self, user):
        self.user = user

    def __len__(self):
        ((nombre,),) = enonces.lire_autour("SELECT count(*) FROM ({}) AS lignes", _autres, self.user)
        return nombre

    def __getitem__(self, tranche: slice) -> list[Mission]:
        return enonces.lire(_page_des_autres, self.user, tranche.start, tranche.start + PAR_PAGE)


def _autres(user):
    return Mission.objects.filter(expert=user).exclude(etat__in=OUVERTES).order_by().values("pk")


def _page_des_autres(user, debut: int, fin: int):
    return _missions(user).exclude(etat__in=OUVERTES).order_by("-proposee_le", "-pk")[debut:fin]


def sessions_depuis(user, jour: date) -> list[Session]:
    """The sessions that one teaches from this day on, in their order."""
    return enonces.lire(_sessions, user, jour_premier=jour)


def _sessions(user, jour_premier: date):
    sessions = Session.objects.filter(expert=user, date__gte=jour_premier)
    return sessions.select_related("module", "promotion", "hote").order_by("date")


def journees_entre(user, debut: date, fin: date) -> list[Journee]:
    """The days that one logged from `debut` to `fin`, that one apart."""
    return enonces.lire(_journees, user, debut=debut, fin=fin)


def _journees(user, debut: date, fin: date):
    journees = Journee.objects.filter(expert=user, date__gte=debut, date__lt=fin)
    return journees.select_related("mission__dossier").defer(*Dossier.longues_reponses("mission__dossier__"))


def livrables_a_relire(user) -> list[Livrable]:
    """What was handed in and waits for this expert."""
    return enonces.lire(_livrables, user)


def _livrables(user):
    livrables = Livrable.objects.filter(expert=user, etat=EtatLivrable.REMIS)
    return livrables.select_related("dossier", "session__module").defer(
        *Dossier.longues_reponses("dossier__")
    )


def missions_a_noter(user):
    """The orders in hand of an expert, with their days: those that a day may be logged on."""
    missions = Mission.objects.visibles_par(user).filter(expert=user, etat=EtatMission.COMMANDEE)
    return (
        missions.select_related("dossier", "theme")
        .defer(*Dossier.longues_reponses("dossier__"))
        .prefetch_related("journees")
        .order_by("fin", "pk")
    )
