"""What the pre-screening puts on people's home pages, each line with the date that matters."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from candidatures.models import Dossier, Membre, Site
from instruction.delais import PRES_DU_TERME
from instruction.models import (
    AvisTiers,
    Cote,
    DemandeComplements,
    Echange,
    EtatDemande,
    Instruction,
    NatureVerification,
    Reponse,
    SecondeLecture,
    SensAvis,
    Verdict,
    Verification,
)
from instruction.regards import dossiers_ouverts
from manufactures import horloge
from manufactures.attentes import Attente, Compte, Tache, a_faire
from manufactures.comptes.models import en_entier
from manufactures.francais import compter, date_longue
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Critere, Delegation

AGENTS = (Role.INSTRUCTEUR, Role.RESPONSABLE)
A_PRENDRE_MONTRES = 10  # a long queue is one line with its count, not a hundred lines


def departement_de(chemin: str = ""):
    """Name of the département of the dossier at `chemin`: its principal place's, else its seat's."""
    principal = Site.objects.filter(dossier=OuterRef(f"{chemin}pk"), principal=True)
    return Coalesce(
        Subquery(principal.values("commune__departement__nom")[:1]),
        F(f"{chemin}commune_siege__departement__nom"),
    )


def nommer(ligne) -> str:
    """« La Soudée, Aude »: how a line names a dossier."""
    return f"{ligne.objet}, {ligne.departement}" if ligne.departement else ligne.objet


def du_dossier(chemin: str = "") -> dict:
    """What a line about the dossier at `chemin` shows, with the date that matters: a request's, or the silence's."""
    return {
        "objet": f"{chemin}nom_projet",
        "echeance": f"{chemin}echeance_le",
        "numero": f"{chemin}numero",
        "departement": departement_de(chemin),
    }


# -- Agents ------------------------------------------------------------------------------------------------------
@a_faire
def dossiers_a_prendre(user) -> Iterator[Attente]:
    """Deposited in a closed wave, held by nobody: any agent of the call takes it."""
    if not user.a_le_role(*AGENTS):
        return
    vus = dossiers_ouverts(user, *AGENTS)
    instant = horloge.maintenant()
    prenables = Q(prolonge_jusquau=None) | Q(prolonge_jusquau__lte=instant)
    attente = Dossier.objects.filter(vus, prenables, etat=Etat.DEPOSE, vague__cloture__lte=instant)
    yield Attente(
        attente,
        lambda ligne: Tache(
            libelle="À prendre en charge",
            url=reverse("instruction:dossier", args=[ligne.numero]),
            objet=nommer(ligne),
            bouton="Prendre",
            echeance=ligne.echeance,
        ),
        plafond=A_PRENDRE_MONTRES,
        **du_dossier(),
    )
    yield Compte(
        attente,
        lambda ligne: Tache(
            libelle=f"{compter(ligne.n, 'autre dossier', 'autres dossiers')} à prendre en charge",
            url=reverse("instruction:liste") + "?etat=DEPOSE",
            objet=ligne.objet,
            bouton="Voir",
        ),
        objet="File d'attente",
        au_dela=A_PRENDRE_MONTRES,
    )


@a_faire
def grilles_a_reprendre(user) -> Iterator[Attente]:
    """Opened by an agent who declared a link since: whoever may take a dossier takes the grid as it is."""
    if not user.a_le_role(*AGENTS):
        return
    grilles = Instruction.objects.en_cours().filter(
        instructeur=None, dossier__in=Dossier.objects.visibles_par(user, *AGENTS)
    )
    yield Attente(
        grilles,
        lambda ligne: Tache(
            libelle="Sans agent : grille commencée, à reprendre",
            url=reverse("instruction:dossier", args=[ligne.numero]),
            objet=nommer(ligne),
            bouton="Prendre",
            echeance=ligne.echeance,
        ),
        plafond=A_PRENDRE_MONTRES,
        **du_dossier("dossier__"),
    )


def _ce_qui_manque(ligne) -> tuple[str, str]:
    """The words and the button of a grid that waits for its agent."""
    demande = ligne.demande
    if demande and demande["close_apres_la_grille"]:
        if demande["etat"] == EtatDemande.REPONDUE:
            recu = date_longue(datetime.fromisoformat(demande["close_le"]))
            return f"Complément reçu le {recu} : à vérifier", "Vérifier"
        return "Délai de réponse passé : à examiner en l'état", "Examiner"
    if ligne.tranchees < ligne.regles_dues:
        return f"Grille à terminer, {compter(ligne.tranchees, 'règle')} sur {ligne.regles_dues}", "Reprendre"
    if ligne.refusees:
        return "Grille terminée : un refus est à proposer", "Conclure"
    return "Grille terminée : recevabilité à déclarer", "Conclure"


def _grille(ligne) -> Tache:
    if ligne.etat == Etat.A_COMPLETER:
        libelle, bouton = "Échéance de la demande passée : l'examen reprend", "Reprendre"
    else:
        libelle, bouton = _ce_qui_manque(ligne)
        if ligne.echeance - horloge.maintenant() <= PRES_DU_TERME:
            libelle += f" ; refus implicite le {date_longue(ligne.echeance)}"
    return Tache(
        libelle=libelle,
        url=reverse("instruction:dossier", args=[ligne.numero]),
        objet=nommer(ligne),
        bouton=bouton,
        echeance=ligne.echeance,
    )


def _nombre(lignes):
    """How many of these rows hang on the outer one."""
    return Coalesce(Subquery(lignes.order_by().annotate(n=Count("*")).values("n")), 0)


@a_faire
def grilles_a_terminer(user) -> Iterator[Attente]:
    """One's own grids: an answer to check, rules without answer, a conclusion to give, a due date that has passed."""
    if not user.a_le_role(*AGENTS):
        return
    derniere = DemandeComplements.objects.filter(dossier=OuterRef("dossier")).order_by("-envoyee_le", "-pk")
    verdicts = Verdict.objects.filter(instruction=OuterRef("pk")).values("instruction")
    regles = Critere.objects.filter(
        appel=OuterRef("dossier__vague__appel"), grille=OuterRef("grille_version"), nature="ELIGIBILITE"
    ).values("appel")  # fmt: skip
    rendue = Case(
        When(close_le__gt=OuterRef("modifie_le"), then=Value(True)), default=Value(False)
    )  # an answer that the grid has not taken in yet
    grilles = (
        Instruction.objects.en_cours()
        .filter(instructeur=user, dossier__in=Dossier.objects.visibles_par(user, *AGENTS))
        .filter(~Q(dossier__etat=Etat.A_COMPLETER) | Q(dossier__echeance_le__lte=horloge.maintenant()))
    )
    yield Attente(
        grilles,
        _grille,
        etat="dossier__etat",
        demande=Subquery(
            derniere.values(lue=JSONObject(etat="etat", close_le="close_le", close_apres_la_grille=rendue))[
                :1
            ]
        ),
        tranchees=_nombre(verdicts.filter(reponse__in=[Reponse.OUI, Reponse.NON])),
        refusees=_nombre(verdicts.filter(reponse=Reponse.NON)),
        regles_dues=_nombre(regles),
        **du_dossier("dossier__"),
    )


@a_faire
def doubles_lectures(user) -> Iterator[Attente]:
    """A second reading to hand in; then, for both agents, the gaps that they have not settled."""
    if not user.a_le_role(*AGENTS):
        return
    remises = Q(premiere_remise_le__isnull=False, seconde_remise_le__isnull=False)
    les_deux = Q(lecteur=user) | Q(instruction__instructeur=user)
    lectures = SecondeLecture.objects.filter(
        Q(lecteur=user, seconde_remise_le=None) | remises & les_deux,
        conciliee_le=None,
        instruction__sens="",
        instruction__dossier__in=Dossier.objects.visibles_par(user, *AGENTS),
    )
    yield Attente(
        lectures,
        lambda ligne: Tache(
            libelle="Deux lectures à concilier" if ligne.remise else "Seconde lecture à remettre",
            url=reverse("instruction:seconde_lecture", args=[ligne.numero]),
            objet=nommer(ligne),
            bouton="Concilier" if ligne.remise else "Lire",
            echeance=ligne.echeance,
        ),
        remise="seconde_remise_le",
        **du_dossier("instruction__dossier__"),
    )


@a_faire
def refus_a_signer(user) -> Iterator[Attente]:
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
    vus = Dossier.objects.filter(dossiers_ouverts(user, Role.RESPONSABLE))
    grilles = (
        Instruction.objects.filter(
            dossier__in=vus,
            dossier__etat=Etat.EN_INSTRUCTION,
            sens=SensAvis.IRRECEVABLE,
            dossier__vague__appel__in=delegations.values("appel"),
        )
        .exclude(refus_propose_par=user)
        .exclude(instructeur=user)
    )
    yield Attente(
        grilles,
        lambda ligne: Tache(
            libelle="Refus proposé : à signer ou à renvoyer",
            url=reverse("instruction:irrecevabilite", args=[ligne.numero]),
            objet=nommer(ligne),
            bouton="Examiner",
            echeance=ligne.echeance,
        ),
        **du_dossier("dossier__"),
    )


@a_faire
def conclusions_a_verifier(user) -> Iterator[Attente]:
    """Conclusions drawn by lot or refusals proposed, by others, on the calls one is responsable of.

    Whoever signs a refusal finds it among those to sign, not here again.
    """
    if not user.a_le_role(Role.RESPONSABLE):
        return
    vus = Dossier.objects.filter(dossiers_ouverts(user, Role.RESPONSABLE))
    attendues = (
        Verification.objects.a_faire()
        .filter(nature=NatureVerification.SONDAGE, instruction__dossier__in=vus)
        .exclude(conclue_par=user)
        .exclude(instruction__instructeur=user)
    )
    yield Attente(
        attendues,
        lambda ligne: Tache(
            libelle="Conclusion tirée au sort : à vérifier",
            url=reverse("instruction:verification", args=[ligne.numero]),
            objet=nommer(ligne),
            bouton="Vérifier",
        ),
        objet="instruction__dossier__nom_projet",
        numero="instruction__dossier__numero",
        departement=departement_de("instruction__dossier__"),
    )


@a_faire
def avis_en_retard(user) -> Iterator[Attente]:
    """Opinions of third parties that did not come by their date: for the agent of the dossier, who asks again or not.

    Where nobody holds the dossier any more, for the responsables of its call.
    """
    if not user.a_le_role(*AGENTS):
        return
    siens = Q(dossier__instruction__instructeur=user)
    if user.a_le_role(Role.RESPONSABLE):
        seuls = Q(dossier__instruction__instructeur=None)
        siens |= seuls & Q(dossier__in=Dossier.objects.visibles_par(user, Role.RESPONSABLE))
    attendus = AvisTiers.objects.visibles_par(user, *AGENTS).attendus()
    yield Attente(
        attendus.filter(siens, echeance__lte=horloge.maintenant(), dossier__instruction__sens=""),
        lambda ligne: Tache(
            libelle=f"Avis non reçu de {ligne.organisme} : à relancer ou à retirer",
            url=reverse("instruction:avis", args=[ligne.numero]),
            objet=nommer(ligne),
            bouton="Relancer",
            echeance=ligne.echeance,
        ),
        objet="dossier__nom_projet",
        echeance="echeance",
        numero="dossier__numero",
        departement=departement_de("dossier__"),
        organisme="nom",
    )


def _dossiers_ecrits(user):
    return Membre.objects.filter(user=user, droit__in=["TITULAIRE", "CONTRIBUTEUR"]).values("dossier")


@a_faire
def messages_a_lire(user) -> Iterator[Attente]:
    """Threads whose last word is the other side's: the agent's own dossiers, those that nobody holds, one's own."""
    derniers = Echange.objects.derniers()
    if user.a_le_role(*AGENTS):
        siens = Q(dossier__instruction__instructeur=None) | Q(dossier__instruction__instructeur=user)
        yield Attente(
            derniers.visibles_par(user).filter(siens, cote=Cote.PORTEUR),
            lambda ligne: Tache(
                libelle=f"Message de {en_entier(ligne.prenom, ligne.nom, ligne.email)} : à répondre",
                url=reverse("instruction:messages", args=[ligne.numero]),
                objet=ligne.objet,
                bouton="Répondre",
            ),
            objet="dossier__nom_projet",
            numero="dossier__numero",
            prenom="de__prenom",
            nom="de__nom",
            email="de__email",
        )
    yield Attente(
        derniers.filter(cote=Cote.AGENT, lu_le=None, dossier__in=_dossiers_ecrits(user)),
        lambda ligne: Tache(
            libelle="Message de l'ANCT : à lire",
            url=reverse("instruction:messages", args=[ligne.numero]),
            objet=ligne.objet,
            bouton="Lire",
        ),
        objet="dossier__nom_projet",
        numero="dossier__numero",
    )


# -- Porteurs ----------------------------------------------------------------------------------------------------
@a_faire
def complements_a_fournir(user) -> Iterator[Attente]:
    """An open request, for the titulaire and the contributeurs, until its date."""
    yield Attente(
        DemandeComplements.objects.filter(
            etat=EtatDemande.OUVERTE, dossier__in=_dossiers_ecrits(user), dossier__etat=Etat.A_COMPLETER
        ),
        lambda ligne: Tache(
            libelle=f"Demande de compléments, {compter(ligne.pieces, 'élément')} : à répondre",
            url=reverse("instruction:repondre", args=[ligne.numero]),
            objet=ligne.objet,
            bouton="Répondre",
            echeance=ligne.echeance,
        ),
        objet="dossier__nom_projet",
        echeance="echeance",
        numero="dossier__numero",
        pieces=Count("pieces"),
    )
