"""Sharing out dossiers among agents: by hand, by load, by territory; who may receive which, and what each would get."""

from collections import Counter
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Q, TextChoices

from candidatures.models import Membre
from instruction.listes import EN_EXAMEN
from instruction.models import Instruction, LienDeclare
from manufactures import horloge
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Habilitation
from manufactures.registres import GesteInterdit, TransitionInterdite

LOT = 50  # dossiers shared out in one gesture: some twenty-five queries each


class Methode(TextChoices):
    """How the dossiers are shared out."""

    MAIN = "main", "À la main : tous au même agent"
    CHARGE = "charge", "Selon la charge : au moins chargé d'abord"
    TERRITOIRE = "territoire", "Par territoire : un département, un agent"


def a_repartir(dossiers, *, reaffecter: bool):
    """Those that can be given now: deposited and closed, or under an open examination (without an agent, or any)."""
    instant = horloge.maintenant()
    a_prendre = Q(etat=Etat.DEPOSE, instruction=None, vague__cloture__lte=instant)
    a_prendre &= Q(prolonge_jusquau=None) | Q(prolonge_jusquau__lte=instant)
    ouverts = Q(etat__in=EN_EXAMEN, instruction__sens="")
    return dossiers.filter(
        a_prendre | (ouverts if reaffecter else ouverts & Q(instruction__instructeur=None))
    ).select_related("vague", "recherche__departement", "instruction__instructeur")


class Agents:
    """The agents of these calls with their open grids, and what each may not receive: five queries, however many."""

    def __init__(self, dossiers: list):
        self.dossiers = dossiers
        appels = {dossier.vague.appel_id for dossier in dossiers}
        tenues = Habilitation.objects.tenues(appels, Role.INSTRUCTEUR).filter(user__is_active=True)
        self._appels: dict[int, set] = {}
        for user, appel in tenues.values_list("user", "appel"):
            self._appels.setdefault(user, set()).add(appel)
        lus = get_user_model().objects.filter(pk__in=self._appels)
        self.tous = sorted(lus, key=lambda agent: agent.nom_complet)
        cles = list(self._appels)
        ouvertes = Instruction.objects.en_cours().filter(instructeur__in=cles).order_by()
        self.charges = Counter(
            dict(ouvertes.values("instructeur").annotate(n=Count("pk")).values_list("instructeur", "n"))
        )
        liens = LienDeclare.objects.actifs().filter(agent__in=cles, dossier__in=dossiers)
        self._lies = set(liens.values_list("agent", "dossier"))
        vagues = {dossier.vague_id for dossier in dossiers}
        porteurs = Membre.objects.filter(user__in=cles, dossier__vague__in=vagues)
        self._candidats = set(porteurs.values_list("user", "dossier__vague").distinct())

    def empechement(self, agent, dossier) -> str:
        """Why this agent may not receive this dossier, in a few words; empty when they may."""
        if (agent.pk, dossier.pk) in self._lies:
            return "lien déclaré"
        if (agent.pk, dossier.vague_id) in self._candidats:
            return "candidat à cette vague"
        if not self._appels.get(agent.pk, set()) & {None, dossier.vague.appel_id}:
            return "n'instruit pas cet appel"
        grille = getattr(dossier, "instruction", None)
        if grille is not None and grille.instructeur_id == agent.pk:
            return "l'instruit déjà"
        return ""

    def territoires(self) -> dict[str, Counter]:
        """Who already holds how many open grids in each département that these dossiers come from."""
        ici = {dossier.recherche.departement_id for dossier in self.dossiers}
        lignes = (
            Instruction.objects.en_cours()
            .filter(instructeur__in=list(self._appels), dossier__recherche__departement__in=ici)
            .order_by()
            .values_list("dossier__recherche__departement", "instructeur")
            .annotate(n=Count("pk"))
        )
        tenus: dict[str, Counter] = {}
        for departement, agent, n in lignes:
            tenus.setdefault(departement, Counter())[agent] = n
        return tenus


@dataclass
class Part:
    """What one agent would get."""

    agent: object
    avant: int
    dossiers: list = field(default_factory=list)

    @property
    def apres(self) -> int:
        """Open grids once it is done."""
        return self.avant + len(self.dossiers)


class Repartition:
    """Who gets what, before anything is done; `restes`: what nobody chosen may receive, with why."""

    def __init__(self, agents: Agents, choisis: list, methode: str):
        self.agents = agents
        self.parts = {agent.pk: Part(agent, agents.charges[agent.pk]) for agent in choisis}
        self.restes: list[tuple] = []
        if methode == Methode.TERRITOIRE:
            self._par_territoire()
        else:
            for dossier in agents.dossiers:
                self._donner(dossier)

    def attributions(self) -> list[tuple]:
        """Each dossier with its agent, in the order of the list."""
        rangs = {dossier.pk: rang for rang, dossier in enumerate(self.agents.dossiers)}
        paires = [(dossier, part.agent) for part in self.parts.values() for dossier in part.dossiers]
        return sorted(paires, key=lambda paire: rangs[paire[0].pk])

    def _donner(self, dossier, prefere=None) -> None:
        """To the preferred agent, else to the least loaded of those who may receive it."""
        motifs = {cle: self.agents.empechement(part.agent, dossier) for cle, part in self.parts.items()}
        possibles = [cle for cle, motif in motifs.items() if not motif]
        if not possibles:
            self.restes.append((dossier, ", ".join(sorted(set(motifs.values())))))
            return
        if prefere not in possibles:
            prefere = min(possibles, key=lambda cle: self.parts[cle].apres)
        self.parts[prefere].dossiers.append(dossier)

    def _par_territoire(self) -> None:
        """The largest départements first, each whole: to who knows it already, else to the least loaded."""
        tenus, groupes = self.agents.territoires(), {}
        for dossier in self.agents.dossiers:
            groupes.setdefault(dossier.recherche.departement_id, []).append(dossier)
        for departement, groupe in sorted(groupes.items(), key=lambda g: (-len(g[1]), g[0] or "")):
            connus = [cle for cle, _ in tenus.get(departement, Counter()).most_common() if cle in self.parts]
            prefere = connus[0] if connus else min(self.parts, key=lambda cle: self.parts[cle].apres)
            for dossier in groupe:
                self._donner(dossier, prefere)


def attribuer(attributions: list[tuple], *, par) -> tuple[Counter, list[str]]:
    """Give each dossier to its agent, each by its own deed and journal entry: how many each got, and the refusals.

    An attribution is a dossier, an agent, and the key of the agent whom the proposal was made with (None: nobody).
    """
    faits, refus = Counter(), []
    for dossier, agent, avant in attributions:
        try:
            with transaction.atomic():
                _donner(dossier, agent, avant, par=par)
        except (TransitionInterdite, GesteInterdit) as raison:
            refus.append(f"{dossier.nom_projet}\u00a0: {raison}")
        else:
            faits[agent.nom_complet] += 1
    return faits, refus


def _donner(dossier, agent, avant, *, par) -> None:
    """Open the grid for them, or hand it over; never against what happened since the proposal."""
    grille = Instruction.objects.select_related("instructeur").filter(dossier=dossier).first()
    if grille is None:
        Instruction.prendre_en_charge(dossier, par=par, instructeur=agent)
        return
    if grille.instructeur_id != avant:
        tient = grille.instructeur.nom_complet if grille.instructeur else "Plus personne"
        raise TransitionInterdite(f"{tient} l'instruit depuis que la répartition a été proposée.")
    grille.dossier = dossier
    grille.affecter(agent, par=par)
