"""What stands before any dossier: a call of its own, its eight waves, its agents, experts and committee. Made once."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Max, Min

from manufactures import horloge
from manufactures.comptes.models import Civilite, User
from manufactures.demonstration.jeu import lire_appel
from manufactures.demonstration.peuplement.identites import DOMAINE, Personne, hasard, tirer_personne
from manufactures.demonstration.programme import charger_geographie, creer_appel
from manufactures.procedure import Role
from manufactures.programme.models import Appel, Delegation, Enveloppe, Habilitation, NatureAide, Vague
from selection.models import College, Membre

SLUG = "appel-peuple"
TITRE = "Appel de démonstration en nombre (données inventées)"
AVANT = timedelta(days=1200)  # everyone is in place before the oldest wave
DUREE_VAGUE = timedelta(days=42)
DECISION_APRES = timedelta(days=70)
TOLERANCE = timedelta(days=6)  # waves made some days ago serve again
FERMETURE = time(12, 0)
PLAFOND = Decimal("1000000.00")  # of an empty line; it follows what is engaged
# How many days ago each wave closed, oldest first; the last one closes in twenty days.
AGES = (1050, 480, 262, 160, 75, 47, 18, -20)
AGENTS, EXPERTS = 40, 60
RESPONSABLE, SIGNATAIRE, PRESIDENTE = (
    "responsable@manufactures.test",
    "responsable2@manufactures.test",
    "president@manufactures.test",
)  # keys under which the demonstration's deeds look people up: here other people bear them
MEMBRES = tuple(f"comite{rang}@manufactures.test" for rang in range(1, 9))
SIEGES = (0, 1, 1, 2, 2, 3, 3, 4, 4)  # college of the chair, then of the eight members
QUALITES = {  # feminine, masculine
    Role.INSTRUCTEUR: ("chargée de mission", "chargé de mission"),
    Role.RESPONSABLE: ("responsable du programme", "responsable du programme"),
    Role.PRESIDENT: ("présidente du comité", "président du comité"),
    Role.MEMBRE: ("membre du comité", "membre du comité"),
    Role.EXPERT: ("experte", "expert"),
}


@dataclass
class Decor:
    """The call and its people, by role; `tenants` by the keys of the demonstration's deeds."""

    appel: Appel
    jour: date
    vagues: list[Vague]  # one for each age
    gens: dict[str, User]
    sieges: dict[str, Membre]
    agents: list[Personne]
    experts: list[Personne]


def dresser(graine: str) -> Decor:
    """Find what an earlier run left, make what is missing."""
    charger_geographie()
    alea, jour = hasard(f"{graine}/décor"), horloge.aujourd_hui()
    appel = Appel.objects.filter(slug=SLUG).first() or _appel()
    if not User.objects.filter(email=f"presidence@{DOMAINE}").exists():
        _asseoir(appel, alea, jour)
    gens = {cle: User.objects.get(email=_adresse(cle)) for cle in _TENANTS}
    membres = Membre.objects.filter(college__appel=appel).select_related("user")
    par_compte = {membre.user_id: membre for membre in membres}
    return Decor(
        appel=appel,
        jour=jour,
        vagues=[_vague(appel, jour - timedelta(days=age)) for age in AGES],
        gens=gens,
        sieges={cle: par_compte[gens[cle].pk] for cle in (PRESIDENTE, *MEMBRES)},
        agents=_personnes("agents", appel),
        experts=_personnes("experts", appel),
    )


_TENANTS = {RESPONSABLE: "responsable", SIGNATAIRE: "signataire", PRESIDENTE: "presidence"} | {
    cle: f"membre{rang}" for rang, cle in enumerate(MEMBRES, 1)
}


def _adresse(cle: str) -> str:
    return f"{_TENANTS[cle]}@{DOMAINE}"


def _appel() -> Appel:
    """A call apart: no other call's committee, calendar or figures change. Its key stands before the others', for the
    newest call is the one that the public pages show."""
    premier = Appel.objects.aggregate(m=Min("pk"))["m"]
    return creer_appel(code=SLUG, titre=TITRE, cle=None if premier is None else premier - 1)


def a_paris(jour: date, heure: time = FERMETURE) -> datetime:
    """This hour of Paris on this day."""
    return datetime.combine(jour, heure, tzinfo=horloge.PARIS)


def _vague(appel: Appel, fermeture: date) -> Vague:
    """The wave that closes about this day, with its three empty lines."""
    for vague in appel.vagues.order_by("numero"):
        if abs(vague.cloture.astimezone(horloge.PARIS).date() - fermeture) <= TOLERANCE:
            return vague
    numero = (appel.vagues.aggregate(m=Max("numero"))["m"] or 0) + 1
    vague = creer_vague(appel, numero, f"vague {numero}", fermeture)
    Enveloppe.objects.bulk_create(Enveloppe(vague=vague, nature=n, plafond=PLAFOND) for n in NatureAide)
    return vague


def suite(vagues: list[Vague], vague: Vague) -> Vague:
    """The wave in which a refused project of this one may come back: still open when the decisions are published."""
    ouvertes = [autre for autre in vagues if autre.cloture > vague.cloture + DECISION_APRES]
    return min(ouvertes or vagues[-1:], key=lambda autre: autre.cloture)


def creer_vague(appel: Appel, numero: int, libelle: str, fermeture: date) -> Vague:
    """A wave of six weeks that closes at noon on this day."""
    return Vague.objects.create(
        appel=appel,
        numero=numero,
        libelle=libelle,
        ouverture=a_paris(fermeture - DUREE_VAGUE, time(9, 0)),
        cloture=a_paris(fermeture),
        decision_prevue=a_paris(fermeture + DECISION_APRES),
    )


# -- People --------------------------------------------------------------------------------------------------------
def inscrire(fiches: list[tuple[Personne, str, str | None]], du: datetime, appel: Appel) -> list[User]:
    """Accounts that nobody can sign in to, with one role each, or none for a porteur: (person, address, role)."""
    muet = make_password(None)
    comptes = User.objects.bulk_create(
        User(
            email=courriel,
            civilite=personne.civilite,
            prenom=personne.prenom,
            nom=personne.nom,
            telephone=personne.telephone,
            qualite=QUALITES[role][personne.civilite == Civilite.MONSIEUR] if role else "",
            organisation=TITRE,
            password=muet,
            cree_le=du,
        )
        for personne, courriel, role in fiches
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=compte, email=compte.email, verified=True, primary=True) for compte in comptes
    )
    Habilitation.objects.bulk_create(
        Habilitation(user=compte, role=role, appel=appel, du=du)
        for compte, (_, _, role) in zip(comptes, fiches, strict=True)
        if role
    )
    return comptes


def _asseoir(appel: Appel, alea: Random, jour: date) -> None:
    """Forty agents, sixty experts, two responsables of whom one signs, a committee of nine."""
    du = a_paris(jour) - AVANT
    roles = {RESPONSABLE: Role.RESPONSABLE, SIGNATAIRE: Role.RESPONSABLE, PRESIDENTE: Role.PRESIDENT}
    fiches = []
    for rang, cle in enumerate(_TENANTS, 1):
        civilite = Civilite.MADAME if cle == PRESIDENTE else None
        personne = tirer_personne(alea, 0, rang, civilite)
        fiches.append((personne, _adresse(cle), roles.get(cle, Role.MEMBRE)))
    fiches += recruter(alea, "agents", AGENTS, Role.INSTRUCTEUR)
    fiches += recruter(alea, "experts", EXPERTS, Role.EXPERT)
    comptes = {compte.email: compte for compte in inscrire(fiches, du, appel)}
    Delegation.objects.create(
        user=comptes[_adresse(SIGNATAIRE)],
        appel=appel,
        reference="DEL-PEUPLE-01",
        publiee_le=du.date(),
        du=du,
    )
    colleges = [
        College.objects.create(appel=appel, code=c["code"], libelle=c["libelle"])
        for c in lire_appel()["colleges"]
    ]
    Membre.objects.bulk_create(
        Membre(
            user=comptes[_adresse(cle)],
            college=colleges[siege],
            qualite=QUALITES[Role.PRESIDENT if cle == PRESIDENTE else Role.MEMBRE][0],
            suppleable=True,
            preside=cle == PRESIDENTE,
            du=du.date(),
        )
        for cle, siege in zip((PRESIDENTE, *MEMBRES), SIEGES, strict=True)
    )


def recruter(alea: Random, service: str, nombre: int, role: str, depuis: int = 1) -> list[tuple]:
    """New people of a service, women and men by turns: « agents.7@… »."""
    return [
        (
            tirer_personne(alea, 0, rang, Civilite.values[rang % 2]),
            f"{service}.{rang}@{DOMAINE}",
            role,
        )
        for rang in range(depuis, depuis + nombre)
    ]


def _personnes(service: str, appel: Appel) -> list[Personne]:
    """Those of a service, in the order in which they came."""
    comptes = User.objects.filter(email__startswith=f"{service}.", email__endswith=f"@{DOMAINE}").order_by(
        "pk"
    )
    return [personne_de(compte) for compte in comptes.filter(habilitations__appel=appel)]


def personne_de(compte: User) -> Personne:
    """What texts say of this account."""
    adresse = compte.email.removesuffix(f"@{DOMAINE}")
    return Personne(compte.pk, compte.civilite, compte.prenom, compte.nom, adresse, compte.telephone)
