"""What the money leaves waiting beside the tranches: recoveries, amendments, changes of account, payment files."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Case, F, Q, When
from django.urls import reverse

from accompagnement.a_faire import (
    EN_COURS,
    _des,
    _dossiers_de,
    _dossiers_des_agents,
    _du_dossier,
    _du_projet,
)
from accompagnement.models import Avenant, ChangementDeCompte, Recouvrement
from accompagnement.models.bordereau import a_exporter
from accompagnement.models.convention import JOURS_POUR_SIGNER
from candidatures.models import Droit
from manufactures import horloge
from manufactures.attentes import Attente, Compte, Tache, a_faire
from manufactures.francais import compter, euros_cents
from manufactures.procedure import Role

# What a line about a recovery shows; instants come as texts, compared by being there or not.
DU_RECOUVREMENT = {
    "decide_le": "decide_le",
    "ordonne_le": "ordonne_le",
    "montant": "montant_exige",
    **_du_dossier("convention__dossier__"),
}


def _recouvrement(ligne, libelle: str, bouton: str) -> Tache:
    return Tache(
        libelle=libelle,
        url=reverse("accompagnement:recouvrements", args=[ligne.numero]),
        objet=ligne.objet,
        bouton=bouton,
        echeance=ligne.echeance,
    )


def _recouvrement_du_porteur(ligne) -> Tache:
    if ligne.ordonne_le:
        return _recouvrement(ligne, f"Reverser {euros_cents(Decimal(ligne.montant))} à l'agence", "Voir")
    return _recouvrement(ligne, "Répondre à la lettre qui envisage un reversement", "Répondre")


@a_faire
def recouvrements_du_porteur(user) -> Iterator[Attente]:
    """A letter to answer by its date, while no answer came; then the sum that a signed order claims back."""
    a_repondre = Q(decide_le=None, observe_le=None, reponse_avant_le__gte=horloge.maintenant())
    a_reverser = Q(ordonne_le__isnull=False, reverse_le=None)
    yield Attente(
        Recouvrement.objects.filter(
            a_repondre | a_reverser, convention__dossier__in=_dossiers_de(user, Droit.TITULAIRE)
        ),
        _recouvrement_du_porteur,
        echeance=Case(When(ordonne_le=None, then=F("reponse_avant_le"))),
        **DU_RECOUVREMENT,
    )


def _recouvrement_de_l_agent(ligne) -> Tache:
    if not ligne.decide_le:
        return _recouvrement(ligne, "Décider du reversement : le délai de réponse est passé", "Décider")
    if not ligne.ordonne_le:
        return _recouvrement(ligne, "Signer l'ordre de reversement", "Ordonner")
    return _recouvrement(ligne, "Noter le reversement reçu", "Noter")


@a_faire
def recouvrements_des_agents(user) -> Iterator[Attente]:
    """A decision to write once the period to answer is over, an order that another person signs, a sum to note."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    attendus = Q(ordonne_le__isnull=False, reverse_le=None)
    if user.a_le_role(Role.RESPONSABLE):
        a_ordonner = Q(decide_le__isnull=False, montant_exige__gt=0, ordonne_le=None)
        attendus |= Q(decide_le=None, reponse_avant_le__lt=horloge.maintenant())
        attendus |= a_ordonner & ~Q(decide_par=user)
    yield Attente(
        Recouvrement.objects.filter(
            attendus,
            convention__dossier__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE),
        ),
        _recouvrement_de_l_agent,
        echeance=Case(When(decide_le=None, then=F("reponse_avant_le"))),
        **DU_RECOUVREMENT,
    )


@a_faire
def avenants_a_signer(user) -> Iterator[Attente]:
    """For the titulaire first, then for the signatory that the amendment names, as the convention itself."""
    du_porteur = Q(
        signe_par_le_beneficiaire_le=None, convention__dossier__in=_dossiers_de(user, Droit.TITULAIRE)
    )
    de_l_agence = Q(signe_par_le_beneficiaire_le__isnull=False, signataire=user)
    yield Attente(
        Avenant.objects.filter(
            du_porteur | de_l_agence,
            signe_le=None,
            retire_le=None,
            convention__etat__in=EN_COURS,
            convention__fin_le__gte=horloge.aujourd_hui(),
        ),
        _du_projet("Relire et signer l'avenant à la convention", "Signer", "avenants"),
        echeance=_des("prepare_le", days=JOURS_POUR_SIGNER),
        **_du_dossier("convention__dossier__"),
    )


def _compte(ligne) -> Tache:
    if ligne.verifie_le:
        return _du_projet("Confirmer le nouveau compte bancaire", "Confirmer", "convention")(ligne)
    return _du_projet("Vérifier le nouveau compte bancaire", "Vérifier", "convention")(ligne)


@a_faire
def comptes_a_confirmer(user) -> Iterator[Attente]:
    """A change of account holds every payment back: a first agent verifies it, a responsable then confirms it."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    siens = Q(verifie_le=None)
    if user.a_le_role(Role.RESPONSABLE):
        siens |= ~Q(verifie_par=user)
    yield Attente(
        ChangementDeCompte.objects.filter(
            siens,
            ~Q(demande_par=user),
            confirme_le=None,
            refuse_le=None,
            dossier__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE),
        ),
        _compte,
        verifie_le="verifie_le",
        **_du_dossier(),
    )


@a_faire
def bordereaux_a_etablir(user) -> Iterator[Attente]:
    """Countersigned payments that no file has taken to the paying system yet: one line for all of them."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    yield Compte(
        a_exporter(user),
        lambda ligne: Tache(
            f"Transmettre {compter(ligne.n, 'versement contresigné', 'versements contresignés')} au comptable",
            reverse("accompagnement:paiements"),
            ligne.objet,
            "Transmettre",
        ),
        objet="Bordereau de paiement",
    )
