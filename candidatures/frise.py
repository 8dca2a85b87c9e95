"""Where a dossier stands on its way, for its porteur: what is done, who has it, what comes and when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from manufactures.francais import date_longue, echeance
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, Partie, est_final, libelle_pour

E = Etat


class Avancement(TextChoices):
    """Of one step."""

    FAIT = "FAIT", "Fait"
    EN_COURS = "EN_COURS", "En cours"
    ARRETE = "ARRETE", "Arrêté là"
    A_VENIR = "A_VENIR", "À venir"


@dataclass(frozen=True)
class Etape:
    """One step of the way. `qui` has it while it lasts."""

    titre: str
    qui: str
    pendant: tuple[Etat, ...]  # states in which one is there
    ensuite: tuple[Etat, ...]  # states by which one leaves it forward
    promesse: str = ""  # what comes, while it has not come


CHEMIN = (
    Etape("Dépôt", "Vous", (E.BROUILLON,), (E.DEPOSE,)),
    Etape("Pré-instruction", "L'ANCT", (E.DEPOSE, E.EN_INSTRUCTION, E.A_COMPLETER), (E.RECEVABLE,),
          "L'ANCT vérifie les règles de recevabilité ; elle peut vous demander des compléments."),
    Etape("Comité", "Le comité", (E.RECEVABLE, E.EN_COMITE, E.A_AUDITIONNER), (E.AVIS_RENDU,),
          "Le comité lit le dossier, peut vous entendre, et rend un avis."),
    Etape("Décision", "L'ANCT", (E.AVIS_RENDU, E.LISTE_COMPLEMENTAIRE), (E.LAUREAT,),
          "Une autre personne signe la décision ; elle vous est écrite, avec ses raisons."),
    Etape("Incubation", "Vous", (E.LAUREAT, E.EN_INCUBATION), (E.EN_ARBITRAGE,),
          "Lauréat : quelques mois en promotion, dans des tiers-lieux."),
    Etape("Subvention", "Le comité", (E.EN_ARBITRAGE,), (E.EN_ACCOMPAGNEMENT,),
          "À la fin de l'incubation, le comité étudie la demande de subvention."),
    Etape("Accompagnement", "Vous et l'ANCT", (E.EN_ACCOMPAGNEMENT,), (E.CLOS,),
          "Deux ans de jours d'expertise et de suivi."),
)  # fmt: skip
# Where one stops for good: the step at which it happens. The others happen wherever one is.
ARRETS = {E.IRRECEVABLE: 1, E.AJOURNE: 3, E.NON_RETENU: 3}


@dataclass(frozen=True)
class EtapeVue:
    """A step as the page shows it."""

    titre: str
    avancement: Avancement
    texte: str
    le: datetime | None = None


def frise(dossier) -> list[EtapeVue]:
    """The steps of this dossier in order, in one query; past the end of a way, nothing is promised."""
    passages = {}
    if dossier.version_deposee:  # before the first deposit, nothing has passed
        entrees = Entree.objects.filter(fil=dossier.fil).exclude(vers="").order_by("rang")
        passages = dict(entrees.values_list("vers", "le"))
    ici = _rang(dossier.etat, passages)
    arret = est_final("dossier", dossier.etat) and dossier.etat != E.CLOS
    vues = []
    for rang, etape in enumerate(CHEMIN):
        le = next((passages[etat] for etat in etape.ensuite if etat in passages), None)
        if rang < ici or dossier.etat == E.CLOS:
            vues.append(EtapeVue(etape.titre, Avancement.FAIT, "", le))
        elif rang == ici and arret:
            libelle = libelle_pour("dossier", dossier.etat, Partie.PORTEUR).texte
            vues.append(EtapeVue(etape.titre, Avancement.ARRETE, libelle, passages.get(dossier.etat)))
            break
        elif rang == ici:
            vues.append(EtapeVue(etape.titre, Avancement.EN_COURS, _maintenant(dossier, etape)))
        else:
            vues.append(EtapeVue(etape.titre, Avancement.A_VENIR, _a_venir(dossier, rang, etape)))
    return vues


def _rang(etat: str, passages: dict) -> int:
    """The step where one is, or where one stopped."""
    if etat in ARRETS:
        return ARRETS[etat]
    rangs = {e: rang for rang, etape in enumerate(CHEMIN) for e in etape.pendant}
    if etat in rangs:
        return rangs[etat]
    if etat == E.CLOS:
        return len(CHEMIN) - 1
    return max((rangs[e] for e in passages if e in rangs), default=0)


def _maintenant(dossier, etape: Etape) -> str:
    """Who has it; its own page says until when."""
    if dossier.etat == E.BROUILLON:
        return f"À vous, avant le {echeance(dossier.cloture)}."
    if dossier.etat == E.A_COMPLETER:
        return "À vous : l'ANCT attend vos compléments."
    if dossier.etat == E.DEPOSE:
        return f"Après la clôture du {echeance(dossier.cloture)}, l'ANCT le prend en charge."
    return f"{etape.qui} : {libelle_pour('dossier', dossier.etat, Partie.PORTEUR).texte.lower()}."


def _a_venir(dossier, rang: int, etape: Etape) -> str:
    prevue = dossier.vague.decision_prevue
    if etape.titre == "Décision" and prevue:
        return f"Prévue le {date_longue(prevue)}. {etape.promesse}"
    return etape.promesse
