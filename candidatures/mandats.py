"""The mandate that a partner gives to the lead: its words, frozen with each asking."""

from manufactures.francais import siret as ecrire_siret


def _designer(nom: str, forme, siret: str) -> str:
    """A legal person, as an official text names it."""
    parts = [nom]
    if forme:
        parts.append(str(forme).lower() if forme.est_association else str(forme))
    parts.append(f"SIRET {ecrire_siret(siret)}" if siret else "SIRET en cours")
    return ", ".join(parts)


def texte_du_mandat(dossier, partenaire) -> str:
    """Paragraphs. Who signs is written beside it, with the date, by the answer."""
    chef = _designer(dossier.raison_sociale, dossier.forme_juridique, dossier.siret)
    mandant = _designer(partenaire.raison_sociale, partenaire.forme_juridique, partenaire.siret)
    role = f", où nous tenons ce rôle : {partenaire.role}" if partenaire.role else ""
    return "\n\n".join(
        (
            f"{mandant}, donne mandat à {chef}, chef de file, pour le projet « {dossier.nom_projet} » "
            f"(dossier {dossier.numero}, {dossier.vague.appel}){role}.",
            "Le chef de file prépare et dépose le dossier au nom du groupement, répond aux demandes de "
            "l'administration, reçoit les décisions et en informe chaque partenaire.",
            "Si le projet est retenu, il signe la convention et reçoit seul les subventions, sauf si la convention "
            "en dispose autrement ; il reverse à chacun ce que les partenaires ont convenu entre eux.",
            "Le mandat vaut pour cette candidature et pour la convention qui en découlerait. Il n'engage aucune "
            "dépense sans accord écrit. Il se retire par écrit tant que le dossier n'est pas déposé.",
        )
    )
