"""The register of processing (GDPR, article 30), as a page that anybody may read."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render

from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin

INTERET_PUBLIC = "Mission d'intérêt public (RGPD, art. 6.1.e)"
OBLIGATION = "Obligation légale (RGPD, art. 6.1.c)"


@dataclass(frozen=True)
class Traitement:
    """One line: why, by which right, whose data, who reads them, and the kinds whose time is counted in settings."""

    nom: str
    finalite: str
    base: str
    personnes: str
    donnees: str
    destinataires: str
    genres: tuple[str, ...] = ()

    @property
    def durees(self) -> list[tuple[str, int]]:
        """Each kind with its days, as `purger` applies them."""
        return [(settings.CONSERVATION[g]["libelle"], settings.CONSERVATION[g]["jours"]) for g in self.genres]


TRAITEMENTS = (
    Traitement(
        "Comptes et connexions",
        "Ouvrir l'accès à qui y a droit, et protéger les comptes.",
        INTERET_PUBLIC,
        "Toute personne qui a un compte",
        "Nom, adresse de courriel, fonction, téléphone s'il est donné\u00a0; appareil et réseau des sessions ouvertes",
        "Administration technique\u00a0; responsables de l'appel pour les rôles",
        ("sessions", "appareils", "comptes_jamais_utilises"),
    ),
    Traitement(
        "Candidatures",
        "Recevoir les dossiers, les instruire, demander des compléments.",
        INTERET_PUBLIC,
        "Porteurs, membres de leur équipe, représentants, partenaires cités",
        "Identité et fonction, structure, projet, pièces déposées, échanges",
        "Agents de l'appel, auditeurs",
        ("brouillons", "invitations", "pieces_retirees", "dossiers_non_retenus", "dossiers_laureats"),
    ),
    Traitement(
        "Comité",
        "Tenir les séances, écarter les conflits d'intérêts, voter à bulletin secret.",
        INTERET_PUBLIC,
        "Membres du comité, porteurs entendus",
        "Identité, organisme, liens déclarés, lectures, présence\u00a0; les bulletins ne sont reliés à personne",
        "Présidence, responsables, auditeurs\u00a0; chaque membre pour ses séances",
        ("declarations_interets", "notes_personnelles"),
    ),
    Traitement(
        "Subventions et paiements",
        "Conventionner, verser, rendre compte de l'emploi de l'argent public.",
        OBLIGATION,
        "Représentants des lauréats",
        "Identité, pouvoir de signer, coordonnées bancaires de la structure",
        "Responsables de l'appel, comptable public, corps de contrôle",
        ("dossiers_laureats",),
    ),
    Traitement(
        "Incubation et accompagnement",
        "Suivre les promotions, les missions et les journées d'experts.",
        INTERET_PUBLIC,
        "Lauréats, experts",
        "Identité, présence, journées, livrables, recommandations",
        "Agents de l'appel, experts désignés pour leurs missions, auditeurs",
        ("dossiers_laureats",),
    ),
    Traitement(
        "Messages",
        "Prévenir chacun de ce qui l'attend.",
        INTERET_PUBLIC,
        "Toute personne qui a un compte ou qu'un dossier invite",
        "Adresse de courriel, texte du message",
        "La personne elle-même\u00a0; opérateur des courriels, sous contrat",
        ("messages", "adresses_effacees"),
    ),
    Traitement(
        "Journal",
        "Faire preuve de qui a fait quoi et quand.",
        INTERET_PUBLIC,
        "Toute personne qui agit sur le service",
        "Identité, geste, instant, motif écrit\u00a0; ni adresse, ni compte bancaire, ni téléphone",
        "Responsables et auditeurs",
        ("dossiers_laureats",),
    ),
)


class RegistreView(GesteMixin):
    """The whole register."""

    geste = PUBLIC

    def get(self, request):
        """Its lines, with the durations that the machine applies."""
        return render(request, "personnes/registre.html", {"traitements": TRAITEMENTS})
