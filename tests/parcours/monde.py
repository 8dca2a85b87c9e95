"""The smallest world in which a dossier goes all the way: one call, one open wave, its people."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import override_settings

from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.procedure import Role
from manufactures.programme.models import Appel, NatureAide, NatureCritere, Vague
from selection.models import Membre
from tests.factories.comptes import MOT_DE_PASSE, DelegationFactory, UserFactory
from tests.factories.programme import (
    AppelFactory,
    CommuneFactory,
    CritereFactory,
    EnveloppeFactory,
    FiliereFactory,
    FormeJuridiqueFactory,
    ModuleFactory,
    PieceDemandeeFactory,
    ThemeFactory,
    VagueFactory,
    grille,
)
from tests.factories.selection import CollegeFactory, MembreFactory

MODULES = 8
COLLEGES = {  # rank of the member -> college, as in the demonstration
    "dge": (1, 2),
    "chambres": (3, 4),
    "reseaux": (5, 6),
    "qualifiees": (7, 8),
}


@dataclass
class Monde:
    """What the story needs to know of it."""

    appel: Appel
    vague: Vague
    membres: list[Membre]  # the chair first

    def clore_la_vague(self) -> None:
        """The closing instant passes."""
        horloge.oublier()
        instant = horloge.instant_exact() - timedelta(seconds=1)
        with override_settings(DEMO=True):  # elsewhere a closing instant never comes earlier
            call_command("regler_vague", f"{self.appel.slug}-1", cloture=instant.isoformat(), verbosity=0)


def courriel(nom: str) -> str:
    """The address of a demonstration account."""
    return f"{nom}@manufactures.test"


def creer() -> Monde:
    """Lay everything; each person may sign in with the demonstration's password."""
    appel = AppelFactory()
    vague = VagueFactory(appel=appel)
    _regles(appel, vague)
    membres = _personnes(appel)
    _ouvrir_les_comptes()
    return Monde(appel, vague, membres)


def _regles(appel, vague) -> None:
    grille(appel)
    CritereFactory(appel=appel, nature=NatureCritere.ARBITRAGE, rang=1, poids=100)
    for rang in range(1, MODULES + 1):
        ModuleFactory(appel=appel, rang=rang)
    PieceDemandeeFactory(appel=appel)
    ThemeFactory()
    ThemeFactory(code="communication", libelle="Communication")
    EnveloppeFactory(vague=vague, nature=NatureAide.INVESTISSEMENT)
    EnveloppeFactory(vague=vague, nature=NatureAide.AMORCAGE, plafond=Decimal("100000.00"))
    for reference in (CommuneFactory, FiliereFactory, FormeJuridiqueFactory):
        reference()


def _personnes(appel) -> list[Membre]:
    personne(("porteur", "Awa", "Diallo"))
    personne(("agent", "Lucie", "Berthier"), Role.INSTRUCTEUR)
    personne(("responsable", "Florence", "Aubin"), Role.RESPONSABLE)
    signataire = personne(("responsable2", "Agnès", "Montferrand"), Role.RESPONSABLE)
    DelegationFactory(user=signataire, appel=appel)
    personne(("expert", "Yann", "Kerdoncuff"), Role.EXPERT)
    anct = CollegeFactory(appel=appel)
    president = personne(("president", "Hélène", "Vasseur"))
    membres = [MembreFactory(user=president, college=anct, preside=True)]
    for code, rangs in COLLEGES.items():
        college = CollegeFactory(appel=appel, code=code, libelle=code.capitalize())
        for rang in rangs:
            compte = personne((f"comite{rang}", "Camille", f"Membre{rang}"))
            membres.append(MembreFactory(user=compte, college=college))
    return membres


def personne(identite: tuple[str, str, str], role=None) -> User:
    """An account of the demonstration."""
    nom_du_compte, prenom, nom = identite
    return UserFactory(
        email=courriel(nom_du_compte), prenom=prenom, nom=nom, role=role, password=None, organisation="Essais"
    )


def _ouvrir_les_comptes() -> None:
    """One digest for all: hashing is slow on purpose."""
    User.objects.update(password=make_password(MOT_DE_PASSE))
    for compte in User.objects.all():
        EmailAddress.objects.create(user=compte, email=compte.email, verified=True, primary=True)
