"""Every kind of official act: its form, who signs it, who reads it, how it may be contested. Plain data.

Adding a kind = one line here, one template in `templates/actes/documents/`, one example for the tests.
"""

from dataclasses import dataclass

EXPRESSE, IMPLICITE, CONVENTION, AUCUN = "R-EXPRESSE", "R-IMPLICITE", "R-CONVENTION", "R-AUCUN"
PORTEUR, AGENTS, COMITE, COMPTABLE, AUDITEUR, EXPERT = (
    "porteur",
    "agents",
    "comite",
    "comptable",
    "auditeur",
    "expert",
)


@dataclass(frozen=True)
class Genre:
    """One kind of act. `nature_publique` is all that verification says of it: by default its name."""

    code: str
    libelle: str
    forme: str  # lettre, decision, pv, rapport, attestation, convention, ordre
    recours: str
    signataire: str  # aucun, agent, signataire, president, president_secretaire, agent_responsable, parties…
    lecteurs: tuple[str, ...]
    courrier: str = ""  # key of the message that announces it
    nature_publique: str = ""
    embargo: bool = False  # sealed before the publication of the results, readable after it only
    recours_si: tuple[str, object] | None = (
        None  # key of the snapshot and value that turn R-AUCUN into R-EXPRESSE
    )

    def __post_init__(self):
        object.__setattr__(self, "nature_publique", self.nature_publique or self.libelle)

    @property
    def gabarit(self):
        """Path of its template."""
        return f"actes/documents/{self.code}.html"

    def recours_pour(self, instantane):
        """The variant of the block « Voies et délais de recours » that this very act carries."""
        if self.recours_si and instantane.get(self.recours_si[0]) == self.recours_si[1]:
            return EXPRESSE
        return self.recours


_TOUS = (
    Genre("ar_depot", "Accusé de réception", "lettre", IMPLICITE, "aucun", (PORTEUR, AGENTS), "depot_recu"),
    Genre(
        "demande_complements",
        "Demande de compléments",
        "lettre",
        AUCUN,
        "agent",
        (PORTEUR, AGENTS),
        "complements_demandes",
    ),
    Genre(
        "irrecevabilite",
        "Décision d'irrecevabilité",
        "decision",
        EXPRESSE,
        "signataire",
        (PORTEUR, AGENTS),
        "decision_disponible",
        "Décision",
    ),
    Genre(
        "convocation_membre",
        "Convocation d'un membre du comité",
        "lettre",
        AUCUN,
        "president",
        (COMITE, AGENTS),
        "seance_convocation",
        "Convocation",
    ),
    Genre(
        "convocation_audition",
        "Convocation à une audition",
        "lettre",
        AUCUN,
        "president",
        (PORTEUR, AGENTS),
        "audition_convocation",
        "Convocation",
    ),
    Genre(
        "rapport_instruction",
        "Rapport d'instruction",
        "rapport",
        AUCUN,
        "agent_responsable",
        (AGENTS, COMITE),
    ),
    Genre(
        "pv_selection",
        "Procès-verbal de séance",
        "pv",
        AUCUN,
        "president_secretaire",
        (COMITE, AGENTS, AUDITEUR),
        "document_disponible",
        "Procès-verbal",
    ),
    Genre(
        "labellisation",
        "Décision de labellisation",
        "decision",
        EXPRESSE,
        "signataire",
        (PORTEUR, AGENTS, COMITE),
        "decision_disponible",
        embargo=True,
    ),
    Genre(
        "non_selection",
        "Décision de non-sélection",
        "decision",
        EXPRESSE,
        "signataire",
        (PORTEUR, AGENTS, COMITE),
        "decision_disponible",
        "Décision",
        embargo=True,
    ),
    Genre(
        "ajournement",
        "Décision d'ajournement",
        "decision",
        EXPRESSE,
        "signataire",
        (PORTEUR, AGENTS, COMITE),
        "decision_disponible",
        "Décision",
        embargo=True,
    ),
    Genre(
        "attestation_incubation",
        "Attestation d'incubation",
        "attestation",
        AUCUN,
        "agent",
        (PORTEUR, AGENTS),
        "document_disponible",
    ),
    Genre(
        "bilan_incubation",
        "Bilan d'incubation",
        "rapport",
        AUCUN,
        "expert_agent",
        (PORTEUR, AGENTS, COMITE),
        "document_disponible",
    ),
    Genre(
        "pv_arbitrage",
        "Procès-verbal d'arbitrage",
        "pv",
        AUCUN,
        "president_secretaire",
        (COMITE, AGENTS, AUDITEUR),
        "document_disponible",
        "Procès-verbal",
    ),
    Genre(
        "attribution",
        "Décision d'attribution de subvention",
        "decision",
        EXPRESSE,
        "signataire",
        (PORTEUR, AGENTS, COMPTABLE),
        "decision_disponible",
    ),
    Genre(
        "convention",
        "Convention attributive de subvention",
        "convention",
        CONVENTION,
        "parties",
        (PORTEUR, AGENTS, COMPTABLE),
        "convention_a_signer",
    ),
    Genre(
        "avenant",
        "Avenant à la convention",
        "convention",
        CONVENTION,
        "parties",
        (PORTEUR, AGENTS, COMPTABLE),
        "convention_a_signer",
    ),
    Genre(
        "versement",
        "Certificat de service fait et ordre de payer",
        "ordre",
        AUCUN,
        "certificateur_ordonnateur",
        (PORTEUR, AGENTS, COMPTABLE),
        "versement_examine",
        recours_si=("reduit", True),
    ),
    Genre(
        "lettre_mission",
        "Lettre de mission valant bon de commande",
        "ordre",
        AUCUN,
        "signataire",
        (EXPERT, AGENTS, PORTEUR),
        "mission_commandee",
    ),
    Genre(
        "attestation_intervention",
        "Attestation d'intervention",
        "attestation",
        AUCUN,
        "porteur",
        (EXPERT, AGENTS, PORTEUR),
        "document_disponible",
    ),
    Genre(
        "releve_expert",
        "Relevé mensuel de l'expert",
        "rapport",
        AUCUN,
        "expert_agent",
        (EXPERT, AGENTS),
        "document_disponible",
    ),
    Genre(
        "bilan_accompagnement",
        "Bilan d'accompagnement",
        "rapport",
        AUCUN,
        "agent",
        (PORTEUR, AGENTS, AUDITEUR),
        "document_disponible",
    ),
    Genre(
        "contradictoire",
        "Lettre de procédure contradictoire",
        "lettre",
        AUCUN,
        "signataire",
        (PORTEUR, AGENTS, COMPTABLE),
        "decision_disponible",
        "Courrier",
    ),
    Genre(
        "fin_de_parcours",
        "Fin de parcours",
        "decision",
        AUCUN,
        "signataire",
        (PORTEUR, AGENTS, AUDITEUR),
        "decision_disponible",
        "Décision",
        recours_si=("cas", "exclusion"),
    ),
)
GENRES: dict[str, Genre] = {genre.code: genre for genre in _TOUS}


def choix():
    """The kinds as choices of a model's field."""
    return [(genre.code, genre.libelle) for genre in _TOUS]
