"""What the support puts on people's home pages, each line with the date that matters."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.urls import reverse

from accompagnement.models import (
    BilanIncubation,
    Convention,
    CoordonneesBancaires,
    CreditJours,
    Creneau,
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
from candidatures.models import Dossier, Droit, Membre
from instruction.regards import dossiers_ouverts
from manufactures import horloge
from manufactures.attentes import Attente, Tache, a_faire
from manufactures.comptes.models import en_entier
from manufactures.francais import date_courte, demi_journees
from manufactures.francais import jours as en_jours
from manufactures.procedure import Etat, EtatConvention, EtatMission, Role
from manufactures.programme.models import Module
from selection.models import Decision

EN_COURS = (EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)
JOUR = horloge.avancer(days=1)


def _dossiers_de(user, *droits):
    return Membre.objects.filter(user=user, droit__in=droits).values("dossier")


def _dossiers_des_agents(user, *roles):
    """The calls' dossiers: all of them for a responsable, those one examined for an instructeur."""
    dossiers = Dossier.objects.filter(dossiers_ouverts(user, *roles))
    if not user.a_le_role(Role.RESPONSABLE):
        dossiers = dossiers.filter(instruction__instructeur=user)
    return dossiers.values("pk")


def _du_dossier(chemin: str = "dossier__") -> dict:
    """What a line about the dossier at `chemin` shows."""
    return {"objet": f"{chemin}nom_projet", "numero": f"{chemin}numero"}


def _des(chemin: str, **duree) -> ExpressionWrapper:
    """An instant some time after another."""
    return ExpressionWrapper(F(chemin) + horloge.avancer(**duree), DateTimeField())


def _fin_du_jour(chemin: str, jours: int = 0) -> horloge.FinDuJour:
    """The end of the day that is `jours` after a date."""
    return horloge.FinDuJour(ExpressionWrapper(F(chemin) + Value(jours), DateField()))


def _du_projet(libelle: str, bouton: str, ecran: str):
    """A line whose words do not change, about a dossier."""
    return lambda ligne: Tache(
        libelle=libelle,
        url=reverse(f"accompagnement:{ecran}", args=[ligne.numero]),
        objet=ligne.objet,
        bouton=bouton,
        echeance=ligne.echeance,
    )


# -- Porteurs ----------------------------------------------------------------------------------------------------
def _livrable(ligne) -> Tache:
    reprise = ligne.etat == EtatLivrable.A_REPRENDRE
    return Tache(
        libelle=f"{'Reprendre' if reprise else 'Remettre'} le livrable « {ligne.module} »",
        url=reverse("accompagnement:livrable", args=[ligne.pk]),
        objet=ligne.objet,
        bouton="Reprendre" if reprise else "Remettre",
        echeance=ligne.echeance,
    )


@a_faire
def livrables_a_remettre(user) -> Iterator[Attente]:
    """Owed after a session that was held, or to take up again."""
    yield Attente(
        Livrable.objects.filter(
            dossier__in=_dossiers_de(user, Droit.TITULAIRE, Droit.CONTRIBUTEUR),
            dossier__etat=Etat.EN_INCUBATION,
            etat__in=[EtatLivrable.ATTENDU, EtatLivrable.A_REPRENDRE],
            session__date__lte=horloge.aujourd_hui(),
        ),
        _livrable,
        objet="dossier__nom_projet",
        echeance=_fin_du_jour("echeance"),
        pk="pk",
        etat="etat",
        module="session__module__libelle",
    )


@a_faire
def bilans_a_observer(user) -> Iterator[Attente]:
    """The report waits for the porteur's remarks before it is frozen."""
    yield Attente(
        BilanIncubation.objects.filter(
            dossier__in=_dossiers_de(user, Droit.TITULAIRE, Droit.CONTRIBUTEUR),
            dossier__etat=Etat.EN_INCUBATION,
            gele_le=None,
            observations="",
        ),
        _du_projet("Lire le bilan d'incubation et écrire vos observations", "Lire", "bilan"),
        echeance=_des("redige_le", days=7),
        **_du_dossier(),
    )


@a_faire
def comptes_a_declarer(user) -> Iterator[Attente]:
    """An award with money needs an account before its convention."""
    yield Attente(
        Dossier.objects.filter(
            _attribution_avec_argent(),
            ~Exists(CoordonneesBancaires.objects.filter(dossier=OuterRef("pk"))),
            ~Exists(Convention.objects.filter(dossier=OuterRef("pk"))),
            pk__in=_dossiers_de(user, Droit.TITULAIRE),
            etat=Etat.EN_ACCOMPAGNEMENT,
        ),
        _du_projet("Donner vos coordonnées bancaires", "Donner", "convention"),
        **_du_dossier(""),
    )


def _attribution_avec_argent() -> Q:
    """Dossiers whose published award carries money."""
    decisions = Decision.objects.filter(dossier=OuterRef("pk"), sens="ATTRIBUTION", publiee_le__isnull=False)
    return Q(Exists(decisions.filter(Q(montant_investissement__gt=0) | Q(montant_amorcage__gt=0))))


@a_faire
def conventions_a_signer(user) -> Iterator[Attente]:
    """For the titulaire first, then for the signatory that the text names."""
    du_porteur = Q(signee_par_le_beneficiaire_le=None, dossier__in=_dossiers_de(user, Droit.TITULAIRE))
    de_l_agence = Q(signee_par_le_beneficiaire_le__isnull=False, signataire=user)
    yield Attente(
        Convention.objects.filter(
            du_porteur | de_l_agence, etat=EtatConvention.EN_PROJET, dossier__etat=Etat.EN_ACCOMPAGNEMENT
        ),
        _du_projet("Relire et signer la convention", "Signer", "convention"),
        echeance=_des("preparee_le", days=30),
        **_du_dossier(),
    )


# What names a tranche, as `Tranche.libelle`.
DE_LA_TRANCHE = {"pk": "pk", "nature": "nature", "type": "type"}


def _tranche(ligne, verbe: str, bouton: str, guillemets: bool = False, suite: str = "") -> Tache:
    nom = Tranche(nature=ligne.nature, type=ligne.type).libelle
    return Tache(
        libelle=f"{verbe} « {nom} »{suite}" if guillemets else f"{verbe}, {nom}",
        url=reverse("accompagnement:tranche", args=[ligne.numero, ligne.pk]),
        objet=ligne.objet,
        bouton=bouton,
    )


@a_faire
def tranches_a_demander(user) -> Iterator[Attente]:
    """The next unpaid tranche of each kind, once the convention is signed."""
    avant = Tranche.objects.filter(
        convention=OuterRef("convention"), nature=OuterRef("nature"), rang__lt=OuterRef("rang")
    ).exclude(etat=EtatTranche.PAYE)
    yield Attente(
        Tranche.objects.filter(
            ~Exists(avant),
            etat=EtatTranche.A_DEMANDER,
            convention__etat__in=EN_COURS,
            convention__dossier__etat=Etat.EN_ACCOMPAGNEMENT,
            convention__dossier__in=_dossiers_de(user, Droit.TITULAIRE),
        ),
        lambda ligne: _tranche(
            ligne, "Demander la tranche", "Demander", True, " (renvoyée)" if ligne.motif else ""
        ),
        motif="motif_renvoi",
        **DE_LA_TRANCHE,
        **_du_dossier("convention__dossier__"),
    )


# What a line about a mission shows.
DE_LA_MISSION = {
    "pk": "pk",
    "etat": "etat",
    "theme": "theme__libelle",
    "jours": "jours_commandes",
    "objet": "dossier__nom_projet",
}


def _mission(ligne, verbe: str, bouton: str, avec_jours: bool = True) -> Tache:
    jours = f", {en_jours(ligne.jours)}" if avec_jours else ""
    return Tache(
        libelle=f"{verbe} « {ligne.theme.lower()} »{jours}",
        url=reverse("accompagnement:mission", args=[ligne.pk]),
        objet=ligne.objet,
        bouton=bouton,
        echeance=ligne.echeance,
    )


def _mission_du_porteur(ligne) -> Tache:
    if ligne.etat == EtatMission.REALISEE:
        return _mission(ligne, "Confirmer la mission", "Confirmer")
    return _mission(ligne, "Donner votre accord à la mission", "Voir")


@a_faire
def missions_du_porteur(user) -> Iterator[Attente]:
    """An agreement to give, a finished mission to confirm."""
    yield Attente(
        Mission.objects.filter(
            Q(agreee_par_le_porteur_le=None, etat__in=[EtatMission.PROPOSEE, EtatMission.ACCEPTEE])
            | Q(etat=EtatMission.REALISEE),
            dossier__in=_dossiers_de(user, Droit.TITULAIRE),
            dossier__etat=Etat.EN_ACCOMPAGNEMENT,
        ),
        _mission_du_porteur,
        **DE_LA_MISSION,
    )


# What a line about a logged day shows; the expert's silence or the porteur's is counted from the call's delay.
DE_LA_JOURNEE = {
    "pk": "pk",
    "date": "date",
    "creneau": "creneau",
    "duree": "duree",
    "prenom": "expert__prenom",
    "nom": "expert__nom",
    "email": "expert__email",
    "objet": "mission__dossier__nom_projet",
}
DELAI = "mission__dossier__vague__appel__delai_confirmation_jours"


def _journee(ligne, verbe: str, bouton: str) -> Tache:
    quand = f"{date_courte(date.fromisoformat(ligne.date))}, {Creneau(ligne.creneau).label}"
    return Tache(
        libelle=f"{verbe} de {en_entier(ligne.prenom, ligne.nom, ligne.email)}, {quand}",
        url=reverse("accompagnement:journee", args=[ligne.pk]),
        objet=ligne.objet,
        bouton=bouton,
        echeance=ligne.echeance,
    )


@a_faire
def journees_a_confirmer(user) -> Iterator[Attente]:
    """Days that the expert logged; silence confirms them after the delay."""
    saisie = TruncDate("saisie_le", tzinfo=horloge.PARIS)
    yield Attente(
        Journee.objects.filter(
            etat=EtatJournee.A_CONFIRMER,
            mission__dossier__in=_dossiers_de(user, Droit.TITULAIRE, Droit.CONTRIBUTEUR),
        ),
        lambda ligne: _journee(ligne, f"Confirmer {demi_journees(Decimal(ligne.duree))}", "Confirmer"),
        echeance=horloge.FinDuJour(ExpressionWrapper(saisie + F(DELAI), DateField())),
        **DE_LA_JOURNEE,
    )


# -- Agents ------------------------------------------------------------------------------------------------------
def _bilan(ligne) -> Tache:
    gele = ligne.gele_le is not None
    libelle = "Clore l'incubation" if gele else "Rédiger et geler le bilan d'incubation"
    return _du_projet(libelle, "Clore" if gele else "Rédiger", "bilan")(ligne)


@a_faire
def etapes_des_agents(user) -> Iterator[Attente]:
    """Incubations to open, reports to freeze and incubations to close, conventions to draw up."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    dossiers = Dossier.objects.filter(pk__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE))
    yield Attente(
        dossiers.filter(etat=Etat.LAUREAT),
        lambda ligne: Tache(
            "Ouvrir l'incubation", reverse("accompagnement:promotions"), ligne.objet, "Ouvrir"
        ),
        objet="nom_projet",
    )
    yield Attente(
        dossiers.filter(
            Q(inscription__promotion__fin__lte=horloge.aujourd_hui()) | Q(bilan_incubation__isnull=False),
            etat=Etat.EN_INCUBATION,
        ),
        _bilan,
        echeance=_fin_du_jour("inscription__promotion__fin", jours=7),
        gele_le="bilan_incubation__gele_le",
        **_du_dossier(""),
    )
    yield Attente(
        dossiers.filter(
            _attribution_avec_argent(),
            etat=Etat.EN_ACCOMPAGNEMENT,
            coordonnees_bancaires__isnull=False,
            convention=None,
        ),
        _du_projet("Préparer la convention", "Préparer", "convention"),
        **_du_dossier(""),
    )


@a_faire
def promotions_a_dater(user) -> Iterator[Attente]:
    """Cohorts under way whose eight modules do not all have their date."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    dates = Session.objects.filter(promotion=OuterRef(OuterRef("pk")), module=OuterRef("pk"))
    modules = Module.objects.filter(~Exists(dates), appel=OuterRef("vague__appel"))
    en_cours = Dossier.objects.filter(inscription__promotion=OuterRef("pk"), etat=Etat.EN_INCUBATION)
    yield Attente(
        Promotion.objects.visibles_par(user).filter(Exists(modules), Exists(en_cours)),
        lambda ligne: Tache(
            "Dater les modules", reverse("accompagnement:promotion", args=[ligne.pk]), ligne.objet, "Dater"
        ),
        objet="nom",
        pk="pk",
    )


@a_faire
def premieres_missions(user) -> Iterator[Attente]:
    """Credits opened and not used yet: the first mission is the agency's to propose."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    yield Attente(
        Dossier.objects.filter(
            Exists(CreditJours.objects.filter(dossier=OuterRef("pk"))),
            ~Exists(Mission.objects.filter(dossier=OuterRef("pk"))),
            pk__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE),
            etat=Etat.EN_ACCOMPAGNEMENT,
        ),
        _du_projet("Proposer une première mission", "Proposer", "proposer"),
        **_du_dossier(""),
    )


def _versement(ligne) -> Tache:
    """What this tranche waits for: words and button."""
    if ligne.etat == EtatTranche.DEMANDE:
        return _tranche(ligne, "Contrôler la demande", "Contrôler")
    if not ligne.service_fait_le:
        return _tranche(ligne, "Terminer le contrôle et certifier", "Certifier")
    if ligne.contresignee_le:
        return _tranche(ligne, "Noter le paiement", "Noter")
    if ligne.ordonnee_le:
        return _tranche(ligne, "Contresigner le versement", "Contresigner")
    return _tranche(ligne, "Ordonner le versement", "Ordonner")


@a_faire
def versements_a_traiter(user) -> Iterator[Attente]:
    """Each request at its step; nobody is asked to sign twice."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    a_signer = Q(etat=EtatTranche.EN_CONTROLE, service_fait_le__isnull=False, contresignee_le=None)
    tranches = Tranche.objects.filter(
        etat__in=[EtatTranche.DEMANDE, EtatTranche.EN_CONTROLE],
        convention__etat__in=EN_COURS,
        convention__dossier__in=_dossiers_des_agents(user, Role.INSTRUCTEUR, Role.RESPONSABLE),
    )
    if user.a_le_role(Role.RESPONSABLE):
        a_signer &= Q(service_fait_par=user) | Q(ordonnee_par=user)
    yield Attente(
        tranches.filter(~Exists(Tranche.objects.filter(a_signer, pk=OuterRef("pk")))),
        _versement,
        etat="etat",
        service_fait_le="service_fait_le",
        ordonnee_le="ordonnee_le",
        contresignee_le="contresignee_le",
        **DE_LA_TRANCHE,
        **_du_dossier("convention__dossier__"),
    )


def _mission_de_l_agence(ligne) -> Tache:
    if ligne.etat == EtatMission.ACCEPTEE:
        return _mission(ligne, "Commander la mission", "Commander", avec_jours=False)
    return _mission(ligne, "Certifier le service fait de la mission", "Certifier", avec_jours=False)


@a_faire
def jours_des_responsables(user) -> Iterator[Attente]:
    """Credits to open, missions to order or to certify, contested days to settle."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    vus = _dossiers_des_agents(user, Role.RESPONSABLE)
    yield Attente(
        Dossier.objects.filter(
            ~Exists(CreditJours.objects.filter(dossier=OuterRef("pk"))),
            pk__in=vus,
            etat=Etat.EN_ACCOMPAGNEMENT,
        ),
        _du_projet("Ouvrir le crédit de jours", "Ouvrir", "credit"),
        **_du_dossier(""),
    )
    yield Attente(
        Mission.objects.filter(
            Q(etat=EtatMission.ACCEPTEE, agreee_par_le_porteur_le__isnull=False)
            | Q(etat=EtatMission.ATTESTEE),
            dossier__in=vus,
            dossier__etat=Etat.EN_ACCOMPAGNEMENT,
        ),
        _mission_de_l_agence,
        **DE_LA_MISSION,
    )
    delai = ExpressionWrapper(F(DELAI) * Value(JOUR), DurationField())
    yield Attente(
        Journee.objects.filter(etat=EtatJournee.CONTESTE, mission__dossier__in=vus),
        lambda ligne: _journee(ligne, "Trancher la journée contestée", "Trancher"),
        echeance=ExpressionWrapper(F("contestee_le") + delai, DateTimeField()),
        **DE_LA_JOURNEE,
    )


# -- Experts -----------------------------------------------------------------------------------------------------
def _mission_de_l_expert(ligne) -> Tache:
    if ligne.etat == EtatMission.PROPOSEE:
        return _mission(ligne, "Répondre à la proposition", "Répondre")
    tache = _mission(ligne, "Intervenir et noter vos journées", "Noter")
    return replace(tache, url=f"{reverse('accompagnement:noter')}?mission={ligne.pk}")


@a_faire
def travaux_de_l_expert(user) -> Iterator[Attente]:
    """Proposals to answer, orders to log, presences to note, deliverables to read."""
    if not user.a_le_role(Role.EXPERT):
        return
    yield Attente(
        Mission.objects.filter(
            expert=user,
            etat__in=[EtatMission.PROPOSEE, EtatMission.COMMANDEE],
            dossier__etat=Etat.EN_ACCOMPAGNEMENT,
        ),
        _mission_de_l_expert,
        echeance=Case(
            When(etat=EtatMission.PROPOSEE, then=_des("proposee_le", days=10)), default=_fin_du_jour("fin")
        ),
        **DE_LA_MISSION,
    )
    yield Attente(
        Session.objects.filter(
            ~Exists(Presence.objects.filter(session=OuterRef("pk"))),
            expert=user,
            date__lte=horloge.aujourd_hui(),
        ),
        lambda ligne: Tache(
            libelle=f"Noter les présences « {ligne.module} »",
            url=reverse("accompagnement:session", args=[ligne.pk]),
            objet=ligne.objet,
            bouton="Noter",
            echeance=ligne.echeance,
        ),
        objet="promotion__nom",
        echeance=_fin_du_jour("date", jours=7),
        pk="pk",
        module="module__libelle",
    )
    yield Attente(
        Livrable.objects.filter(expert=user, etat=EtatLivrable.REMIS, dossier__etat=Etat.EN_INCUBATION),
        lambda ligne: Tache(
            libelle=f"Relire le livrable « {ligne.module} »",
            url=reverse("accompagnement:livrable", args=[ligne.pk]),
            objet=ligne.objet,
            bouton="Relire",
        ),
        objet="dossier__nom_projet",
        pk="pk",
        module="session__module__libelle",
    )
