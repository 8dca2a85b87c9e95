"""What the support puts on people's home pages, each line with the date that matters."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accompagnement.models import (
    BilanIncubation,
    Convention,
    CoordonneesBancaires,
    CreditJours,
    EtatJournee,
    EtatLivrable,
    EtatTranche,
    Journee,
    Livrable,
    Mission,
    Presence,
    Promotion,
    Session,
    Tranche,
)
from accompagnement.models.base import fin_du_jour
from candidatures.models import Dossier, Droit, Membre
from instruction.regards import dossiers_de_ses_appels
from manufactures import horloge
from manufactures.francais import demi_journees
from manufactures.francais import jours as en_jours
from manufactures.procedure import Etat, EtatConvention, EtatMission, Role
from manufactures.programme.models import Module
from manufactures.registres import Tache, a_faire
from selection.models import Decision

EN_COURS = (EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)


def _dossiers_de(user, *droits):
    return Membre.objects.filter(user=user, droit__in=droits).values("dossier")


def _dossiers_des_agents(user, *roles):
    """The calls' dossiers: all of them for a responsable, those one examined for an instructeur."""
    dossiers = Dossier.objects.filter(dossiers_de_ses_appels(user, *roles))
    if not user.a_le_role(Role.RESPONSABLE):
        dossiers = dossiers.filter(instruction__instructeur=user)
    return dossiers.values("pk")


# -- Porteurs ----------------------------------------------------------------------------------------------------
@a_faire
def livrables_a_remettre(user) -> Iterator[Tache]:
    """Owed after a session that was held, or to take up again."""
    siens = Livrable.objects.filter(
        dossier__in=_dossiers_de(user, Droit.TITULAIRE, Droit.CONTRIBUTEUR),
        dossier__etat=Etat.EN_INCUBATION,
        etat__in=[EtatLivrable.ATTENDU, EtatLivrable.A_REPRENDRE],
        session__date__lte=horloge.aujourd_hui(),
    ).select_related("dossier", "session__module")
    for livrable in siens:
        reprise = livrable.etat == EtatLivrable.A_REPRENDRE
        yield Tache(
            libelle=f"{'Reprendre' if reprise else 'Remettre'} le livrable « {livrable.session.module} »",
            url=livrable.get_absolute_url(),
            objet=livrable.dossier.nom_projet,
            bouton="Reprendre" if reprise else "Remettre",
            echeance=fin_du_jour(livrable.echeance),
        )


@a_faire
def bilans_a_observer(user) -> Iterator[Tache]:
    """The report waits for the porteur's remarks before it is frozen."""
    bilans = BilanIncubation.objects.filter(
        dossier__in=_dossiers_de(user, Droit.TITULAIRE, Droit.CONTRIBUTEUR),
        dossier__etat=Etat.EN_INCUBATION,
        gele_le=None,
        observations="",
    ).select_related("dossier")
    for bilan in bilans:
        yield Tache(
            libelle="Lire le bilan d'incubation et écrire vos observations",
            url=reverse("accompagnement:bilan", args=[bilan.dossier.numero]),
            objet=bilan.dossier.nom_projet,
            bouton="Lire",
            echeance=bilan.redige_le + horloge.avancer(days=7),
        )


@a_faire
def comptes_a_declarer(user) -> Iterator[Tache]:
    """An award with money needs an account before its convention."""
    dossiers = Dossier.objects.filter(
        _attribution_avec_argent(), pk__in=_dossiers_de(user, Droit.TITULAIRE), etat=Etat.EN_ACCOMPAGNEMENT
    ).exclude(pk__in=CoordonneesBancaires.objects.values("dossier"))
    for dossier in dossiers.exclude(pk__in=Convention.objects.values("dossier")):
        yield Tache(
            libelle="Donner vos coordonnées bancaires",
            url=reverse("accompagnement:convention", args=[dossier.numero]),
            objet=dossier.nom_projet,
            bouton="Donner",
        )


def _attribution_avec_argent() -> Q:
    """Dossiers whose published award carries money."""
    decisions = Decision.objects.filter(dossier=OuterRef("pk"), sens="ATTRIBUTION", publiee_le__isnull=False)
    return Q(Exists(decisions.filter(Q(montant_investissement__gt=0) | Q(montant_amorcage__gt=0))))


@a_faire
def conventions_a_signer(user) -> Iterator[Tache]:
    """For the titulaire first, then for the signatory that the text names."""
    attente = Convention.objects.filter(
        etat=EtatConvention.EN_PROJET, dossier__etat=Etat.EN_ACCOMPAGNEMENT
    ).select_related("dossier")
    du_porteur = attente.filter(
        signee_par_le_beneficiaire_le=None, dossier__in=_dossiers_de(user, Droit.TITULAIRE)
    )
    de_l_agence = attente.filter(signee_par_le_beneficiaire_le__isnull=False, signataire=user)
    for convention in [*du_porteur, *de_l_agence]:
        yield Tache(
            libelle="Relire et signer la convention",
            url=convention.get_absolute_url(),
            objet=convention.dossier.nom_projet,
            bouton="Signer",
            echeance=convention.preparee_le + horloge.avancer(days=30),
        )


@a_faire
def tranches_a_demander(user) -> Iterator[Tache]:
    """The next unpaid tranche of each kind, once the convention is signed."""
    avant = Tranche.objects.filter(
        convention=OuterRef("convention"), nature=OuterRef("nature"), rang__lt=OuterRef("rang")
    ).exclude(etat=EtatTranche.PAYE)
    tranches = Tranche.objects.filter(
        ~Exists(avant),
        etat=EtatTranche.A_DEMANDER,
        convention__etat__in=EN_COURS,
        convention__dossier__etat=Etat.EN_ACCOMPAGNEMENT,
        convention__dossier__in=_dossiers_de(user, Droit.TITULAIRE),
    )
    for tranche in tranches.select_related("convention__dossier"):
        suite = " (renvoyée)" if tranche.motif_renvoi else ""
        yield Tache(
            libelle=f"Demander la tranche « {tranche.libelle} »{suite}",
            url=tranche.get_absolute_url(),
            objet=tranche.convention.dossier.nom_projet,
            bouton="Demander",
        )


@a_faire
def missions_du_porteur(user) -> Iterator[Tache]:
    """An agreement to give, a finished mission to confirm."""
    missions = Mission.objects.filter(
        Q(agreee_par_le_porteur_le=None, etat__in=[EtatMission.PROPOSEE, EtatMission.ACCEPTEE])
        | Q(etat=EtatMission.REALISEE),
        dossier__in=_dossiers_de(user, Droit.TITULAIRE),
        dossier__etat=Etat.EN_ACCOMPAGNEMENT,
    )
    for mission in missions.select_related("dossier", "theme", "expert"):
        realisee = mission.etat == EtatMission.REALISEE
        sujet = f"« {mission.theme.libelle.lower()} », {en_jours(mission.jours_commandes)}"
        yield Tache(
            libelle=f"{'Confirmer la mission' if realisee else 'Donner votre accord à la mission'} {sujet}",
            url=mission.get_absolute_url(),
            objet=mission.dossier.nom_projet,
            bouton="Confirmer" if realisee else "Voir",
        )


@a_faire
def journees_a_confirmer(user) -> Iterator[Tache]:
    """Days that the expert logged; silence confirms them after the delay."""
    journees = Journee.objects.filter(
        etat=EtatJournee.A_CONFIRMER,
        mission__dossier__in=_dossiers_de(user, Droit.TITULAIRE, Droit.CONTRIBUTEUR),
    )
    for journee in journees.select_related("mission__dossier__vague__appel", "expert"):
        yield Tache(
            libelle=f"Confirmer {demi_journees(journee.duree)} de {journee.expert.nom_complet}, {journee}",
            url=journee.get_absolute_url(),
            objet=journee.mission.dossier.nom_projet,
            bouton="Confirmer",
            echeance=fin_du_jour(journee.limite_de_confirmation),
        )


# -- Agents ------------------------------------------------------------------------------------------------------
@a_faire
def etapes_des_agents(user) -> Iterator[Tache]:
    """Incubations to open, reports to freeze and incubations to close, conventions to draw up."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    vus = _dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE)
    dossiers = Dossier.objects.filter(pk__in=vus)
    for dossier in dossiers.filter(etat=Etat.LAUREAT):
        yield Tache("Ouvrir l'incubation", reverse("accompagnement:promotions"), dossier.nom_projet, "Ouvrir")
    finies = dossiers.filter(
        Q(inscription__promotion__fin__lte=horloge.aujourd_hui()) | Q(bilan_incubation__isnull=False),
        etat=Etat.EN_INCUBATION,
    ).select_related("inscription__promotion", "bilan_incubation")
    for dossier in finies:
        gele = hasattr(dossier, "bilan_incubation") and dossier.bilan_incubation.gele_le
        yield Tache(
            "Clore l'incubation" if gele else "Rédiger et geler le bilan d'incubation",
            reverse("accompagnement:bilan", args=[dossier.numero]),
            dossier.nom_projet,
            "Clore" if gele else "Rédiger",
            fin_du_jour(dossier.inscription.promotion.fin + horloge.avancer(days=7)),
        )
    a_conventionner = dossiers.filter(
        _attribution_avec_argent(),
        etat=Etat.EN_ACCOMPAGNEMENT,
        coordonnees_bancaires__isnull=False,
        convention=None,
    )
    for dossier in a_conventionner:
        url = reverse("accompagnement:convention", args=[dossier.numero])
        yield Tache("Préparer la convention", url, dossier.nom_projet, "Préparer")


def _etape(tranche, user, est_responsable) -> tuple[str, str] | None:
    """What this tranche waits for from this agent: words and button."""
    if tranche.etat == EtatTranche.DEMANDE:
        return "Contrôler la demande", "Contrôler"
    if not tranche.service_fait_le:
        return "Terminer le contrôle et certifier", "Certifier"
    if tranche.contresignee_le:
        return "Noter le paiement", "Noter"
    if not est_responsable or user.pk in (tranche.service_fait_par_id, tranche.ordonnee_par_id):
        return None
    return (
        ("Contresigner le versement", "Contresigner")
        if tranche.ordonnee_le
        else ("Ordonner le versement", "Ordonner")
    )


@a_faire
def promotions_a_dater(user) -> Iterator[Tache]:
    """Cohorts under way whose eight modules do not all have their date."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    modules = Module.objects.filter(appel=OuterRef("vague__appel")).exclude(
        sessions__promotion=OuterRef("pk")
    )
    promotions = Promotion.objects.visibles_par(user).filter(
        Exists(modules), inscriptions__dossier__etat=Etat.EN_INCUBATION
    )
    for promotion in promotions.distinct():
        yield Tache("Dater les modules", promotion.get_absolute_url(), promotion.nom, "Dater")


@a_faire
def premieres_missions(user) -> Iterator[Tache]:
    """Credits opened and not used yet: the first mission is the agency's to propose."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    dossiers = Dossier.objects.filter(
        Exists(CreditJours.objects.filter(dossier=OuterRef("pk"))),
        ~Exists(Mission.objects.filter(dossier=OuterRef("pk"))),
        pk__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE),
        etat=Etat.EN_ACCOMPAGNEMENT,
    )
    for dossier in dossiers:
        url = reverse("accompagnement:proposer", args=[dossier.numero])
        yield Tache("Proposer une première mission", url, dossier.nom_projet, "Proposer")


@a_faire
def versements_a_traiter(user) -> Iterator[Tache]:
    """Each request at its step; nobody is asked to sign twice."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    est_responsable = user.a_le_role(Role.RESPONSABLE)
    tranches = Tranche.objects.filter(
        etat__in=[EtatTranche.DEMANDE, EtatTranche.EN_CONTROLE],
        convention__etat__in=EN_COURS,
        convention__dossier__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE),
    )
    for tranche in tranches.select_related("convention__dossier").order_by("demande_le"):
        etape = _etape(tranche, user, est_responsable)
        if etape is not None:
            yield Tache(
                libelle=f"{etape[0]}, {tranche.libelle}",
                url=tranche.get_absolute_url(),
                objet=tranche.convention.dossier.nom_projet,
                bouton=etape[1],
            )


@a_faire
def jours_des_responsables(user) -> Iterator[Tache]:
    """Credits to open, missions to order or to certify, contested days to settle."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    vus = _dossiers_des_agents(user, Role.RESPONSABLE)
    sans_credit = Dossier.objects.filter(pk__in=vus, etat=Etat.EN_ACCOMPAGNEMENT).exclude(
        pk__in=CreditJours.objects.values("dossier")
    )
    for dossier in sans_credit:
        url = reverse("accompagnement:credit", args=[dossier.numero])
        yield Tache("Ouvrir le crédit de jours", url, dossier.nom_projet, "Ouvrir")
    missions = Mission.objects.filter(
        Q(etat=EtatMission.ACCEPTEE, agreee_par_le_porteur_le__isnull=False) | Q(etat=EtatMission.ATTESTEE),
        dossier__in=vus,
        dossier__etat=Etat.EN_ACCOMPAGNEMENT,
    )
    for mission in missions.select_related("dossier", "theme"):
        a_commander = mission.etat == EtatMission.ACCEPTEE
        verbe = "Commander la mission" if a_commander else "Certifier le service fait de la mission"
        yield Tache(
            libelle=f"{verbe} « {mission.theme.libelle.lower()} »",
            url=mission.get_absolute_url(),
            objet=mission.dossier.nom_projet,
            bouton="Commander" if a_commander else "Certifier",
        )
    contestees = Journee.objects.filter(etat=EtatJournee.CONTESTE, mission__dossier__in=vus)
    for journee in contestees.select_related("mission__dossier__vague__appel", "expert"):
        delai = horloge.avancer(days=journee.mission.dossier.appel.delai_confirmation_jours)
        yield Tache(
            libelle=f"Trancher la journée contestée de {journee.expert.nom_complet}, {journee}",
            url=journee.get_absolute_url(),
            objet=journee.mission.dossier.nom_projet,
            bouton="Trancher",
            echeance=journee.contestee_le + delai,
        )


# -- Experts -----------------------------------------------------------------------------------------------------
@a_faire
def travaux_de_l_expert(user) -> Iterator[Tache]:
    """Proposals to answer, orders to log, deliverables to read."""
    if not user.a_le_role(Role.EXPERT):
        return
    missions = Mission.objects.filter(
        expert=user,
        etat__in=[EtatMission.PROPOSEE, EtatMission.COMMANDEE],
        dossier__etat=Etat.EN_ACCOMPAGNEMENT,
    )
    for mission in missions.select_related("dossier", "theme"):
        proposee = mission.etat == EtatMission.PROPOSEE
        sujet = f"« {mission.theme.libelle.lower()} », {en_jours(mission.jours_commandes)}"
        yield Tache(
            libelle=f"{'Répondre à la proposition' if proposee else 'Intervenir et noter vos journées'} {sujet}",
            url=mission.get_absolute_url(),
            objet=mission.dossier.nom_projet,
            bouton="Répondre" if proposee else "Noter",
            echeance=fin_du_jour(mission.fin)
            if not proposee
            else mission.proposee_le + horloge.avancer(days=10),
        )
    sans_presence = Session.objects.filter(
        ~Exists(Presence.objects.filter(session=OuterRef("pk"))), expert=user, date__lte=horloge.aujourd_hui()
    )
    for session in sans_presence.select_related("promotion", "module"):
        yield Tache(
            libelle=f"Noter les présences « {session.module} »",
            url=reverse("accompagnement:session", args=[session.pk]),
            objet=session.promotion.nom,
            bouton="Noter",
            echeance=fin_du_jour(session.date + horloge.avancer(days=7)),
        )
    livrables = Livrable.objects.filter(
        expert=user, etat=EtatLivrable.REMIS, dossier__etat=Etat.EN_INCUBATION
    )
    for livrable in livrables.select_related("dossier", "session__module"):
        yield Tache(
            libelle=f"Relire le livrable « {livrable.session.module} »",
            url=livrable.get_absolute_url(),
            objet=livrable.dossier.nom_projet,
            bouton="Relire",
        )
