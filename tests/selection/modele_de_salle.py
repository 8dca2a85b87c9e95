"""A committee on paper: who counts, who votes, what a ballot says.

Written from the rules alone (CRPA R133-9 to R133-13, and the secret ballot's): nothing here reads the code it judges.
"""

from dataclasses import dataclass, field

PRESIDENTE = 0


@dataclass
class Vote:
    """One ballot: the roll as it was frozen, and what each voice said."""

    question: str
    tour: int
    secret: bool
    liste: dict[int, int]  # voice -> who casts it
    etat: str = "OUVERT"
    dits: dict[int, str] = field(default_factory=dict)
    voix_preponderante: str = ""

    def compte(self, choix: str) -> int:
        return list(self.dits.values()).count(choix)

    @property
    def adopte(self) -> bool:
        """More than half of the voices on the roll, or the chair's casting vote."""
        assert self.etat == "CLOS"
        return 2 * self.compte("POUR") > len(self.liste) or self.voix_preponderante == "POUR"

    @property
    def partage(self) -> bool:
        egal = self.compte("POUR") == self.compte("CONTRE")
        return egal and not self.adopte and not self.voix_preponderante

    @property
    def second_tour_du(self) -> bool:
        return self.partage and self.secret and self.tour == 1

    @property
    def regle(self) -> bool:
        """The question has its answer: neither a second round nor a casting vote is awaited."""
        return not self.second_tour_du and not (self.partage and not self.secret)


@dataclass
class Modele:
    """A sitting with one item."""

    effectif: int
    presences: dict[int, str] = field(default_factory=dict)  # « la », « absent », « mandat »
    porteurs: dict[int, int] = field(default_factory=dict)  # giver -> holder
    declares: set[int] = field(default_factory=set)
    deportes: set[int] = field(default_factory=set)
    sortis: set[int] = field(default_factory=set)
    seance: str = "CONVOQUEE"
    suspendue: bool = False
    conclu: bool = False
    votes: list[Vote] = field(default_factory=list)

    # -- who counts ------------------------------------------------------------------------------------------------
    @property
    def requis(self) -> int:
        """Half of the members, at or above."""
        return (self.effectif + 1) // 2

    def presents(self, hors: set[int]) -> set[int]:
        return {m for m, etat in self.presences.items() if etat == "la"} - hors

    def voix(self, hors: set[int]) -> dict[int, int]:
        """One's own, and the proxies that are worth something: giver and holder not recused, holder in the room."""
        ici = self.presents(hors)
        recues = {d: p for d, p in self.porteurs.items() if p in ici and d not in hors}
        return {m: m for m in ici} | recues

    @property
    def nombre(self) -> int:
        return len(self.voix(self.deportes))

    @property
    def admises(self) -> dict[int, int]:
        """Those who also said that no link stops them."""
        return {m: p for m, p in self.voix(self.deportes).items() if m in self.declares}

    @property
    def siege(self) -> bool:
        return self.seance == "OUVERTE" and not self.suspendue

    # -- what may be done ------------------------------------------------------------------------------------------
    def mandat_admis(self, donneur: int, porteur: int) -> bool:
        deja = [d for d, p in self.porteurs.items() if p == porteur and d != donneur]
        return donneur != porteur and not deja

    @property
    def vivant(self) -> Vote | None:
        return next((v for v in self.votes if v.etat in ("OUVERT", "SUSPENDU")), None)

    def dernier(self, question: str) -> Vote | None:
        return next((v for v in reversed(self.votes) if v.etat == "CLOS" and v.question == question), None)

    def peut_ouvrir(self, question: str) -> bool:
        avis, deja = self.dernier("AVIS"), self.dernier(question)
        posable = deja is None or deja.second_tour_du
        if question == "AJOURNEMENT":
            posable = posable and avis is not None and avis.regle and not avis.adopte
        dans_la_salle = self.deportes & self.presents(set()) - self.sortis
        return (
            self.siege
            and not self.conclu
            and self.vivant is None
            and PRESIDENTE in self.declares
            and posable
            and self.nombre >= self.requis
            and not dans_la_salle
            and len(self.admises) >= self.requis
        )

    def ouvrir(self, question: str, secret: bool) -> None:
        deja = self.dernier(question)
        self.votes.append(Vote(question, deja.tour + 1 if deja else 1, secret, self.admises))

    def peut_voter(self, par: int, voix: int) -> bool:
        vote = self.vivant
        return (
            vote is not None
            and vote.secret
            and vote.etat == "OUVERT"
            and vote.liste.get(voix) == par
            and voix not in vote.dits
            and self.presences.get(par) == "la"
        )

    def deporter(self, membre: int) -> None:
        """A voice not cast leaves the roll; once cast, it can't be found in the urn: the whole ballot is cancelled."""
        self.deportes.add(membre)
        self.declares.discard(membre)
        vote = self.vivant
        if vote is None:
            return
        siennes = {v for v, p in vote.liste.items() if membre in (v, p)}
        if siennes & vote.dits.keys():
            vote.etat, vote.dits = "ANNULE", {}
        else:
            vote.liste = {v: p for v, p in vote.liste.items() if v not in siennes}

    @property
    def avis_possibles(self) -> set[str]:
        """What the closed ballots allow to say."""
        avis, report = self.dernier("AVIS"), self.dernier("AJOURNEMENT")
        if self.vivant is not None or avis is None or not avis.regle:
            return set()
        if avis.adopte:
            return {"FAVORABLE", "RESERVE"}
        if report is not None and not report.regle:
            return set()
        return {"AJOURNEMENT"} if report is not None and report.adopte else {"DEFAVORABLE"}
