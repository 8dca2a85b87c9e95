"""What the pre-screening puts on people's home pages, each line with the date that matters."""

from collections.abc import Iterator

from django.db.models import Count, F, Q
from django.urls import reverse

from candidatures.models import Dossier, Membre
from instruction.delais import PRES_DU_TERME, terme_implicite
from instruction.models import Cote, DemandeComplements, Echange, EtatDemande, Instruction, Reponse, SensAvis
from instruction.regards import dossiers_de_ses_appels
from manufactures import horloge
from manufactures.francais import compter, date_longue
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Delegation
from manufactures.registres import Tache, a_faire

A_PRENDRE_MONTRES = 10  # a long queue is one line with its count, not a hundred lines


def nommer(dossier) -> str:
    """« La Soudée, Aude »: how a line names a dossier; its sites are prefetched."""
    departement = dossier.departement
    return f"{dossier.nom_projet}, {departement.nom}" if departement else dossier.nom_projet


def _avec_le_lieu(dossiers):
    return dossiers.select_related("vague__appel", "commune_siege__departement").prefetch_related(
        "sites__commune__departement", "demandes_complements__pieces"
    )


# -- Agents ------------------------------------------------------------------------------------------------------
@a_faire
def dossiers_a_prendre(user) -> Iterator[Tache]:
    """Deposited in a closed wave, held by nobody: any agent of the call takes it."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    vus = dossiers_de_ses_appels(user, Role.INSTRUCTEUR, Role.RESPONSABLE)
    attente = Dossier.objects.filter(vus, etat=Etat.DEPOSE, vague__cloture__lte=horloge.maintenant())
    dossiers = _avec_le_lieu(attente.order_by("depose_le", "pk"))[: A_PRENDRE_MONTRES + 1]
    for dossier in dossiers[:A_PRENDRE_MONTRES]:
        yield Tache(
            libelle="À prendre en charge",
            url=reverse("instruction:dossier", args=[dossier.numero]),
            objet=nommer(dossier),
            bouton="Prendre",
            echeance=terme_implicite(dossier),
        )
    if len(dossiers) > A_PRENDRE_MONTRES:
        autres = compter(attente.count() - A_PRENDRE_MONTRES, "autre dossier", "autres dossiers")
        yield Tache(
            libelle=f"{autres} à prendre en charge",
            url=reverse("instruction:liste") + "?etat=DEPOSE",
            objet="File d'attente",
            bouton="Voir",
        )


def _ce_qui_manque(grille, demande) -> tuple[str, str]:
    """The words and the button of a grid that waits for its agent; ranks were annotated."""
    if demande is not None and demande.close_le and demande.close_le > grille.modifie_le:
        if demande.etat == EtatDemande.REPONDUE:
            return f"Complément reçu le {date_longue(demande.close_le)} : à vérifier", "Vérifier"
        return "Délai de réponse passé : à examiner en l'état", "Examiner"
    if grille.tranchees < grille.regles_dues:
        return (
            f"Grille à terminer, {compter(grille.tranchees, 'règle')} sur {grille.regles_dues}",
            "Reprendre",
        )
    if grille.refusees:
        return "Grille terminée : un refus est à proposer", "Conclure"
    return "Grille terminée : recevabilité à déclarer", "Conclure"


@a_faire
def grilles_a_terminer(user) -> Iterator[Tache]:
    """One's own grids: an answer to check, rules without answer, a conclusion to give, a due date that has passed."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    grilles = (
        Instruction.objects.en_cours()
        .filter(instructeur=user, dossier__in=Dossier.objects.visibles_par(user))
        .annotate(
            tranchees=Count(
                "verdicts", filter=Q(verdicts__reponse__in=[Reponse.OUI, Reponse.NON]), distinct=True
            ),
            refusees=Count("verdicts", filter=Q(verdicts__reponse=Reponse.NON), distinct=True),
            regles_dues=Count(
                "dossier__vague__appel__criteres",
                filter=Q(dossier__vague__appel__criteres__nature="ELIGIBILITE"),
                distinct=True,
            ),
        )
        .select_related("dossier__vague__appel", "dossier__commune_siege__departement")
        .prefetch_related("dossier__sites__commune__departement", "dossier__demandes_complements__pieces")
    )
    for grille in grilles:
        dossier = grille.dossier
        demande = max(dossier.demandes_complements.all(), key=lambda d: d.envoyee_le, default=None)
        if dossier.etat == Etat.A_COMPLETER:
            if demande is None or not demande.est_echue:
                continue  # the porteur's ball
            libelle, bouton, echeance = (
                "Échéance de la demande passée : l'examen reprend",
                "Reprendre",
                demande.echeance,
            )
        else:
            (libelle, bouton), echeance = _ce_qui_manque(grille, demande), terme_implicite(dossier)
            if echeance - horloge.maintenant() <= PRES_DU_TERME:
                libelle += f" ; refus implicite le {date_longue(echeance)}"
        yield Tache(
            libelle=libelle,
            url=reverse("instruction:dossier", args=[dossier.numero]),
            objet=nommer(dossier),
            bouton=bouton,
            echeance=echeance,
        )


@a_faire
def refus_a_signer(user) -> Iterator[Tache]:
    """Refusals proposed by others, for whoever holds a delegation of signature in force."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    instant = horloge.maintenant()
    delegations = Delegation.objects.filter(
        Q(au=None) | Q(au__gt=instant),
        Q(genres=[]) | Q(genres__contains=["irrecevabilite"]),
        user=user,
        du__lte=instant,
    )
    vus = Dossier.objects.filter(dossiers_de_ses_appels(user, Role.RESPONSABLE))
    grilles = (
        Instruction.objects.filter(
            dossier__in=vus,
            dossier__etat=Etat.EN_INSTRUCTION,
            sens=SensAvis.IRRECEVABLE,
            dossier__vague__appel__in=delegations.values("appel"),
        )
        .exclude(refus_propose_par=user)
        .exclude(instructeur=user)
        .select_related("dossier__vague__appel", "dossier__commune_siege__departement")
        .prefetch_related("dossier__sites__commune__departement", "dossier__demandes_complements__pieces")
    )
    for grille in grilles:
        yield Tache(
            libelle="Refus proposé : à signer ou à renvoyer",
            url=reverse("instruction:irrecevabilite", args=[grille.dossier.numero]),
            objet=nommer(grille.dossier),
            bouton="Examiner",
            echeance=terme_implicite(grille.dossier),
        )


@a_faire
def messages_a_lire(user) -> Iterator[Tache]:
    """Threads whose last word is the other side's: the agent's own dossiers, those that nobody holds, one's own."""
    derniers = Echange.objects.derniers().select_related("dossier", "de", "dossier__instruction")
    if user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        siens = Q(dossier__instruction=None) | Q(dossier__instruction__instructeur=user)
        fils = derniers.visibles_par(user).filter(siens, cote=Cote.PORTEUR)
        for message in fils:
            yield Tache(
                libelle=f"Message de {message.auteur} : à répondre",
                url=reverse("instruction:messages", args=[message.dossier.numero]),
                objet=message.dossier.nom_projet,
                bouton="Répondre",
            )
    ecrits = Membre.objects.filter(user=user, droit__in=["TITULAIRE", "CONTRIBUTEUR"]).values("dossier")
    for message in derniers.filter(cote=Cote.AGENT, lu_le=None, dossier__in=ecrits):
        yield Tache(
            libelle="Message de l'ANCT : à lire",
            url=reverse("instruction:messages", args=[message.dossier.numero]),
            objet=message.dossier.nom_projet,
            bouton="Lire",
        )


# -- Porteurs ----------------------------------------------------------------------------------------------------
@a_faire
def complements_a_fournir(user) -> Iterator[Tache]:
    """An open request, for the titulaire and the contributeurs, until its date."""
    ecrits = Membre.objects.filter(user=user, droit__in=["TITULAIRE", "CONTRIBUTEUR"]).values("dossier")
    demandes = (
        DemandeComplements.objects.filter(
            etat=EtatDemande.OUVERTE, dossier__in=ecrits, dossier__etat=Etat.A_COMPLETER
        )
        .select_related("dossier")
        .annotate(demandees=Count("pieces", distinct=True), n=F("dossier__numero"))
    )
    for demande in demandes:
        yield Tache(
            libelle=f"Demande de compléments, {compter(demande.demandees, 'élément')} : à répondre",
            url=reverse("instruction:repondre", args=[demande.n]),
            objet=demande.dossier.nom_projet,
            bouton="Répondre",
            echeance=demande.echeance,
        )
