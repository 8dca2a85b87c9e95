"""Everything that is drawn for a copy: numbers never twice the same, names, places, people who share the work."""

import uuid
from dataclasses import dataclass

from django.utils.text import slugify

from accompagnement.models import Journee
from candidatures.models import Dossier
from candidatures.numeros import ALPHABET
from manufactures.comptes.models import Civilite, User
from manufactures.demonstration.peuplement import decor, identites
from manufactures.demonstration.peuplement.identites import Personne
from manufactures.demonstration.peuplement.recits import personne
from manufactures.demonstration.peuplement.signes import (
    ADRESSE,
    COMMUN,
    NOM,
    PERSONNES,
    PRENOM,
    TEXTES,
    Champ,
)
from manufactures.procedure import Role
from manufactures.programme.models import Commune

DOSSIERS_PAR_PORTEUR = 3
RENFORTS = 20  # experts who come together, when all are taken
SIGLES = ("Association", "Coopérative", "Collectif", "Atelier", "Société coopérative")


@dataclass(slots=True)
class Identite:
    """Who asks, for what, where: the words of a copy."""

    numero: str
    mots: dict[int, str]
    slug: str
    siret: str
    rna: str
    commune: str
    postal: str
    gens: dict[int, Personne]


class Tirages:
    """One seed, one order of drawing: the same copies."""

    def __init__(self, monde: decor.Decor, graine: str, deja: int):
        self.monde, self.graine, self.rang = monde, graine, deja
        self.alea = identites.hasard(graine)
        self.numeros = set(Dossier.objects.values_list("numero", flat=True))
        self.slugs = set(Dossier.objects.filter(slug__isnull=False).values_list("slug", flat=True))
        self.textes = identites.tirer_textes(identites.hasard(f"{graine}/textes"))
        communes = (
            Commune.objects.exclude(codes_postaux=[]).order_by("code").select_related("departement__region")
        )
        self.communes = [
            (c.code, c.nom, c.departement.nom, c.departement.region.nom, c.codes_postaux[0]) for c in communes
        ]
        self.agents = _par_civilite(monde.agents)
        self.experts = _par_civilite(monde.experts)
        notees = Journee.objects.filter(expert__in=[p.pk for p in monde.experts]).values_list(
            "expert", "date"
        )
        self.occupes = {(expert, jour.toordinal()) for expert, jour in notees}
        self.porteurs: dict[str, tuple[Personne, int]] = {}
        self.nouveaux: list[Personne] = []  # porteurs still to be written
        self.prochain_compte = 0

    # -- numbers ---------------------------------------------------------------------------------------------------
    def numero(self) -> str:
        """A dossier's."""
        while True:
            lettres = "".join(self.alea.choices(ALPHABET, k=8))
            numero = f"D-{lettres[:4]}-{lettres[4:]}"
            if numero not in self.numeros:
                self.numeros.add(numero)
                return numero

    def code(self) -> str:
        """An act's."""
        lettres = "".join(self.alea.choices(ALPHABET, k=12))
        return f"{lettres[:4]}-{lettres[4:8]}-{lettres[8:]}"

    def uuid(self) -> str:
        """A key without order."""
        return str(uuid.UUID(int=self.alea.getrandbits(128), version=4))

    # -- people ----------------------------------------------------------------------------------------------------
    def porteur(self, civilite: str) -> Personne:
        """An account for one to three dossiers."""
        tenu, reste = self.porteurs.get(civilite, (None, 0))
        if not reste:
            tenu = identites.tirer_personne(self.alea, self.prochain_compte, self.rang, civilite)
            reste = self.alea.randint(1, DOSSIERS_PAR_PORTEUR)
            self.prochain_compte += 1
            self.nouveaux.append(tenu)
        self.porteurs[civilite] = tenu, reste - 1
        return tenu

    def agent(self, civilite: str) -> Personne:
        """One of the forty."""
        return self.alea.choice(self.agents[civilite])

    def expert(self, civilite: str, jours: list[int] = ()) -> Personne:
        """An expert who is free on all these days; others are called in when nobody is."""
        equipe = self.experts[civilite]
        depart = self.alea.randrange(len(equipe))
        for candidat in equipe[depart:] + equipe[:depart]:
            if not any((candidat.pk, jour) in self.occupes for jour in jours):
                self.occupes.update((candidat.pk, jour) for jour in jours)
                return candidat
        self._appeler_des_renforts()
        return self.expert(civilite, jours)

    def _appeler_des_renforts(self) -> None:
        present = sum(map(len, self.experts.values()))
        fiches = decor.recruter(self.alea, "experts", RENFORTS, Role.EXPERT, depuis=present + 1)
        du = decor.a_paris(self.monde.jour) - decor.AVANT
        for compte in decor.inscrire(fiches, du, self.monde.appel):
            self.experts[compte.civilite].append(decor.personne_de(compte))

    def personne(self, recit: int, qui: int, jours: dict[int, list[int]]) -> Personne:
        """Who stands for this person of the history."""
        civilite = personne(recit, qui)["civilite"]
        if qui == Champ.PORTEUR:
            return self.porteur(civilite)
        if qui == Champ.AGENT:
            return self.agent(civilite)
        return self.expert(civilite, jours.get(qui, []))

    # -- a dossier -------------------------------------------------------------------------------------------------
    def identite(self, recit: int, jours: dict[int, list[int]]) -> Identite:
        """The words of a copy of this story; `jours`: days logged by each of its experts."""
        self.rang += 1
        alea = self.alea
        gens = {qui: self.personne(recit, qui, jours) for qui in PERSONNES}
        code, commune, departement, region, postal = alea.choice(self.communes)
        nom = identites.tirer_projet(alea)
        mots = {
            Champ.PROJET: nom,
            Champ.STRUCTURE: f"{alea.choice(SIGLES)} {nom}",
            Champ.ADRESSE: identites.tirer_adresse(alea),
            Champ.COMMUNE: commune,
            Champ.DEPARTEMENT: departement,
            Champ.REGION: region,
        }
        mots |= {champ: alea.choice(self.textes) for champ in TEXTES}
        mots[Champ.LECTURE] = alea.choice(identites.PHRASES)
        mots[Champ.RESUME] = identites.tirer_resume(alea)
        mots |= dire_les_gens(gens)
        numero = self.numero()
        return Identite(
            numero=numero,
            mots=mots,
            slug=self._slug(nom, numero),
            siret=identites.siret_invente(self.rang),
            rna=identites.rna_invente(self.rang),
            commune=code,
            postal=postal,
            gens=gens,
        )

    def _slug(self, nom: str, numero: str) -> str:
        base = slugify(nom)
        slug = f"{base}-{numero.lower()}" if base in self.slugs else base
        self.slugs.add(slug)
        return slug

    def equipe_du_lot(self) -> dict[int, Personne]:
        """The four experts of a cohort."""
        return {COMMUN + i: self.expert(personne(COMMUN + i, Champ.EXPERT)["civilite"]) for i in range(4)}


def dire_les_gens(gens: dict[int, Personne]) -> dict[int, str]:
    """First name, family name and address of each."""
    mots = {}
    for qui, tenu in gens.items():
        mots |= {qui + PRENOM: tenu.prenom, qui + NOM: tenu.nom, qui + ADRESSE: tenu.adresse}
    return mots


def _par_civilite(gens: list[Personne]) -> dict[str, list[Personne]]:
    return {civilite: [p for p in gens if p.civilite == civilite] for civilite in Civilite.values}


def compte_de(porteur: Personne, depuis, muet: str) -> User:
    """The row of a porteur's account: nobody signs in to it."""
    return User(
        pk=porteur.pk,
        email=porteur.courriel,
        civilite=porteur.civilite,
        prenom=porteur.prenom,
        nom=porteur.nom,
        telephone=porteur.telephone,
        password=muet,
        cree_le=depuis,
    )
