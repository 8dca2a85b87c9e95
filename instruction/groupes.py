"""The states by the dozen: how lists and steering count what agents follow."""

from dataclasses import dataclass

from manufactures.procedure import Etat


@dataclass(frozen=True)
class Groupe:
    """States that one counts together."""

    libelle: str
    etats: tuple[Etat, ...]


E = Etat
# Each state but the draft stands in exactly one group.
GROUPES: dict[str, Groupe] = {
    "pre_instruction": Groupe("Déposés, en pré-instruction", (E.DEPOSE, E.EN_INSTRUCTION)),
    "a_completer": Groupe("À compléter", (E.A_COMPLETER,)),
    "recevables": Groupe("Recevables, à inscrire en séance", (E.RECEVABLE,)),
    "comite": Groupe("Au comité", (E.EN_COMITE, E.A_AUDITIONNER)),
    "avis_rendu": Groupe("Avis rendu, décision en préparation", (E.AVIS_RENDU,)),
    "laureats": Groupe("Lauréats", (E.LAUREAT, E.EN_INCUBATION, E.EN_ARBITRAGE, E.EN_ACCOMPAGNEMENT, E.CLOS)),
    "liste_complementaire": Groupe("Liste complémentaire", (E.LISTE_COMPLEMENTAIRE,)),
    "non_retenus": Groupe("Non retenus, irrecevables", (E.IRRECEVABLE, E.NON_RETENU)),
    "ajournes": Groupe("Ajournés", (E.AJOURNE,)),
    "arretes": Groupe("Retirés, abandonnés", (E.RETIRE, E.ABANDONNE)),
}

# Wider than the groups, across them: where the pre-screening of a wave stands.
ENSEMBLES: dict[str, Groupe] = {
    "a_instruire": Groupe("Pré-instruction à finir", (E.DEPOSE, E.EN_INSTRUCTION, E.A_COMPLETER)),
    "instruits": Groupe(
        "Pré-instruction conclue",
        tuple(e for e in E if e not in (E.BROUILLON, E.DEPOSE, E.EN_INSTRUCTION, E.A_COMPLETER, E.RETIRE)),
    ),
}


def etats_de(valeur: str) -> tuple[Etat, ...]:
    """The states that a filter names: a group's, or one state; none for an unknown word."""
    if groupe := GROUPES.get(valeur) or ENSEMBLES.get(valeur):
        return groupe.etats
    return (Etat(valeur),) if valeur in Etat and valeur != Etat.BROUILLON else ()
