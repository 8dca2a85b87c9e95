"""Hints of a link between a member and a dossier, read in what both say of themselves; each with its reason.

A hint is not a recusal: it is shown to the member who declares, and to those who prepare the sitting (loi 2013-907,
art. 2; domain of conflicts of interest). The member answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast

from candidatures.models import Dossier, MembreConsortium, Partenaire, Site
from candidatures.models import Membre as MembreDuDossier
from instruction.models import AvisTiers
from manufactures.procedure import Role
from manufactures.programme.donnees.geographie import normaliser
from manufactures.registres import regards_sur
from selection.models import Membre

SIREN = 9
# What a name may or may not carry without telling two bodies apart: legal forms, articles.
SANS_PORTEE = frozenset(
    "association asso ass loi 1901 sas sasu sarl eurl sa scic scop sci gip epci fondation societe ste cooperative "
    "la le les l de du des d et en a au aux".split()
)
DE_QUI = {
    "porteur": "que le porteur",
    "partenaire": "qu'un partenaire",
    "groupement": "qu'un membre du groupement",
}
Indices = dict[tuple[int, int], list[str]]  # (member, dossier) -> reasons


def nom_compare(nom: str) -> str:
    """The name of a body without case, accents, legal form nor articles; empty where nothing tells it apart."""
    return " ".join(mot for mot in normaliser(nom).split() if mot not in SANS_PORTEE)


def indices_de(membres: Iterable[Membre], dossiers: Iterable[int]) -> Indices:
    """The hints on these dossiers (keys), for these members read with their user: a fixed number of queries."""
    membres, cles = list(membres), list(dossiers)
    trouves: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
    if membres and cles:
        faits = _Faits(membres, cles)
        for membre in membres:
            for dossier, raison in faits.raisons(membre):
                trouves[membre.pk, dossier][raison] = None
        for membre, dossier in _expertises(membres, cles):
            trouves[membre, dossier]["Intervient comme expert sur ce projet"] = None
    return {cle: list(raisons) for cle, raisons in trouves.items()}


def _dits(genre: str, lignes, dossier: str, *champs: str):
    """A branch of the union: the genre, the dossier, then three texts."""
    textes = [Cast(F(champ), TextField()) for champ in champs]
    textes += [Value("", TextField())] * (3 - len(textes))
    colonnes = {f"dit_{rang}": texte for rang, texte in enumerate(textes)}
    lignes = lignes.order_by().annotate(dit_genre=Value(genre, TextField()), dit_sur=F(dossier), **colonnes)
    return lignes.values_list("dit_genre", "dit_sur", *colonnes)


AMBIGUS = {"saint", "sainte"}  # written in two ways


def _portant(champ: str, membres: list[Membre]) -> Q:
    """Names that may be a body of these members: they bear its longest word, whatever the case and the accents."""
    choix = Q(pk__in=())
    for nom in {nom_compare(membre.user.organisation) for membre in membres} - {""}:
        mots = sorted(set(nom.split()) - AMBIGUS, key=lambda mot: (len(mot), mot))
        choix |= Q(**{f"{champ}__unaccent__icontains": mots[-1]}) if mots else ~Q(**{champ: ""})
    return choix


def _du_siren(membres: list[Membre]) -> Q:
    """Numbers of the bodies of these members."""
    choix = Q(pk__in=())
    for siren in {membre.siret[:SIREN] for membre in membres} - {""}:
        choix |= Q(siret__startswith=siren)
    return choix


class _Faits:
    """What these dossiers say of the bodies, numbers, places and addresses of these members: one query.

    Few rows: the database leaves out what can be nobody's, names are compared here.
    """

    def __init__(self, membres: list[Membre], dossiers: list[int]):
        self.noms: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.sirens: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.communes: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.adresses: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.equipes: dict[int, list[int]] = defaultdict(list)
        ici = {"dossier__in": dossiers}
        communes = {membre.commune_id for membre in membres} - {None}
        courriels = Q(pk__in=())
        for membre in membres:
            courriels |= Q(courriel__iexact=membre.user.email)
        organisme = _portant("raison_sociale", membres) | _du_siren(membres)
        dossiers_lus = Dossier.objects.filter(pk__in=dossiers)
        porteurs = dossiers_lus.filter(organisme)
        sieges = dossiers_lus.filter(commune_siege__in=communes)
        sites = Site.objects.filter(**ici, commune__in=communes)
        partenaires = Partenaire.objects.filter(_portant("nom", membres), **ici)
        groupement = MembreConsortium.objects.filter(organisme | courriels, **ici)
        avis = AvisTiers.objects.filter(courriels, **ici)
        equipe = MembreDuDossier.objects.filter(**ici, user__in=[membre.user_id for membre in membres])
        branches = [
            _dits("porteur", porteurs, "pk", "raison_sociale", "siret"),
            _dits("commune", sieges, "pk", "commune_siege", "commune_siege__nom"),
            _dits("commune", sites, "dossier", "commune", "commune__nom"),
            _dits("partenaire", partenaires, "dossier", "nom"),
            _dits("groupement", groupement, "dossier", "raison_sociale", "siret", "courriel"),
            _dits("avis", avis, "dossier", "courriel"),
            _dits("equipe", equipe, "dossier", "user"),
        ]
        for genre, dossier, *textes in branches[0].union(*branches[1:], all=True):
            self._ranger(genre, dossier, *(texte or "" for texte in textes))

    def _ranger(self, genre: str, dossier: int, un: str, deux: str, trois: str) -> None:
        if genre in DE_QUI:
            self._organisme(dossier, un, deux, DE_QUI[genre])
        if genre == "groupement" and trois:
            self.adresses[trois.lower()].append((dossier, f"Représente un membre du groupement : {un}"))
        elif genre == "avis":
            self.adresses[un.lower()].append((dossier, "Consulté sur ce dossier pendant l'instruction"))
        elif genre == "commune":
            self._commune(dossier, un, deux)
        elif genre == "equipe":
            self.equipes[int(un)].append(dossier)

    def _organisme(self, dossier: int, nom: str, siret: str, de_qui: str) -> None:
        compare = nom_compare(nom)
        if compare:
            self.noms[compare].append((dossier, f"Même organisme {de_qui} : {nom}"))
        if siret:
            self.sirens[siret[:SIREN]].append((dossier, f"Même SIREN {de_qui} : {siret[:SIREN]}"))

    def _commune(self, dossier: int, commune: str, nom: str) -> None:
        if commune:
            self.communes[commune].append((dossier, f"Mandat électif dans une commune du projet : {nom}"))

    def raisons(self, membre: Membre) -> Iterator[tuple[int, str]]:
        """(dossier, reason) for one member."""
        yield from self.noms.get(nom_compare(membre.user.organisation) or "-", ())
        yield from self.sirens.get(membre.siret[:SIREN] or "-", ())
        yield from self.communes.get(membre.commune_id or "-", ())
        yield from self.adresses.get(membre.user.email, ())
        for dossier in self.equipes.get(membre.user_id, ()):
            yield dossier, "Fait partie de l'équipe de ce dossier"


def _expertises(membres: list[Membre], dossiers: list[int]) -> list[tuple[int, int]]:
    """(member, dossier) where the stage of support shows this dossier to the member as an expert: one query."""
    choisis = Dossier.objects.filter(pk__in=dossiers).order_by()
    lus = [
        choisis.filter(regards_sur("dossier", membre.user, Role.EXPERT))
        .annotate(membre_lu=Value(membre.pk))
        .values_list("membre_lu", F("pk"))
        for membre in membres
    ]
    return list(lus[0].union(*lus[1:], all=True)) if len(lus) > 1 else list(lus[0])
