"""The closed lists of the committee: French nouns, the stored value never shown."""

from django.db import models

from manufactures.procedure import Etat


class TypeSeance(models.TextChoices):
    """The committee meets twice for a selection, then once more at least for the subsidies (press kit p. 12)."""

    PRE_SELECTION = "PRE_SELECTION", "Pré-sélection"
    SELECTION = "SELECTION", "Sélection après auditions"
    ARBITRAGE = "ARBITRAGE", "Arbitrage des subventions"


class EtatSeance(models.TextChoices):
    """Where a sitting stands."""

    PREVUE = "PREVUE", "Prévue"
    CONVOQUEE = "CONVOQUEE", "Convoquée"
    OUVERTE = "OUVERTE", "Ouverte"
    CLOSE = "CLOSE", "Close"


class Reponse(models.TextChoices):
    """What a member answers to the summons."""

    PRESENT = "PRESENT", "Je serai sur place"
    DISTANCE = "DISTANCE", "Je serai à distance"
    MANDAT = "MANDAT", "Je donne mandat"
    ABSENT = "ABSENT", "Je serai absent"


class Mode(models.TextChoices):
    """How a member takes part."""

    SUR_PLACE = "SUR_PLACE", "Sur place"
    A_DISTANCE = "A_DISTANCE", "À distance"
    REPRESENTE = "REPRESENTE", "Mandat donné"
    ABSENT = "ABSENT", "Absent"


class Resultat(models.TextChoices):
    """How an item ends."""

    A_AUDITIONNER = "A_AUDITIONNER", "À auditionner"
    DELIBERATION = "DELIBERATION", "Retenu pour la délibération"
    AVIS_RENDU = "AVIS_RENDU", "Avis rendu"
    REPORTE = "REPORTE", "Reporté"
    RETIRE = "RETIRE", "Retiré par le porteur"


class Choix(models.TextChoices):
    """What a voice may say."""

    POUR = "POUR", "Pour"
    CONTRE = "CONTRE", "Contre"
    ABSTENTION = "ABSTENTION", "Abstention"
    BLANC = "BLANC", "Blanc"


class Question(models.TextChoices):
    """One question a ballot, put by the chair."""

    AVIS = "AVIS", "Avis favorable à la labellisation"
    AJOURNEMENT = "AJOURNEMENT", "Ajournement à une vague suivante"
    ATTRIBUTION = "ATTRIBUTION", "Avis favorable aux montants proposés"


class EtatScrutin(models.TextChoices):
    """Where a ballot stands."""

    OUVERT = "OUVERT", "Ouvert"
    SUSPENDU = "SUSPENDU", "Suspendu"
    CLOS = "CLOS", "Clos"
    ANNULE = "ANNULE", "Annulé"


class ReponseInteret(models.TextChoices):
    """What a member says of a dossier."""

    AUCUN = "AUCUN", "Aucun lien"
    LIEN = "LIEN", "Un lien, je peux délibérer"
    DOUTE = "DOUTE", "Je ne sais pas : la présidence tranche"
    DEPORT = "DEPORT", "Je me déporte"


class SourceDeport(models.TextChoices):
    """Who said it."""

    DECLARATION = "DECLARATION", "Déclaré par la personne"
    TIERS = "TIERS", "Déclaré par un tiers"
    AUTOMATIQUE = "AUTOMATIQUE", "Participe au dossier"


class SensAvis(models.TextChoices):
    """What the committee says."""

    FAVORABLE = "FAVORABLE", "Favorable"
    RESERVE = "RESERVE", "Réservé"
    DEFAVORABLE = "DEFAVORABLE", "Défavorable"
    AJOURNEMENT = "AJOURNEMENT", "Ajournement"


class SensDecision(models.TextChoices):
    """What is decided."""

    LABELLISATION = "LABELLISATION", "Labellisation"
    LISTE_COMPLEMENTAIRE = "LISTE_COMPLEMENTAIRE", "Liste complémentaire"
    AJOURNEMENT = "AJOURNEMENT", "Ajournement"
    REFUS = "REFUS", "Non-sélection"
    ATTRIBUTION = "ATTRIBUTION", "Attribution"


# What may be put on the agenda of each type, by the state of the dossier.
ETATS_ADMIS = {
    TypeSeance.PRE_SELECTION: (Etat.RECEVABLE, Etat.EN_COMITE),
    TypeSeance.SELECTION: (Etat.RECEVABLE, Etat.EN_COMITE, Etat.A_AUDITIONNER),
    TypeSeance.ARBITRAGE: (Etat.EN_ARBITRAGE,),
}
