"""What the committee's stage puts on people's home pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    Count,
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
from django.urls import reverse

from candidatures.models import Dossier
from candidatures.models import Membre as MembreDuDossier
from manufactures import horloge
from manufactures.attentes import Attente, Compte, Tache, a_faire
from manufactures.comptes.models import en_entier
from manufactures.francais import compter, date_longue
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Delegation
from manufactures.programme.models.habilitation import appels_de
from selection.models import (
    Audition,
    Avis,
    Convocation,
    Decision,
    DeclarationInterets,
    Deport,
    Electeur,
    EtatScrutin,
    EtatSeance,
    Lecture,
    Membre,
    PointOrdreDuJour,
    Qualite,
    ReponseInteret,
    Resultat,
    Seance,
    SensDecision,
    Signature,
    SouhaitDeCreneau,
    TypeSeance,
)
from selection.models.lecture import LISIBLES

EN_COURS = (EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
JOUR = timedelta(days=1)
AGENTS = (Role.INSTRUCTEUR, Role.RESPONSABLE)
DU_COMITE = (Role.MEMBRE, Role.PRESIDENT)


def _deportes(user):
    return Deport.objects.actifs().filter(membre__user=user).values("dossier")


def _de_la_seance(chemin: str = "") -> dict:
    """What a line about the sitting at `chemin` shows."""
    return {"objet": f"{chemin}type", "seance": f"{chemin}pk", "debut": f"{chemin}debut"}


def _nom(ligne) -> str:
    """« Séance de sélection, 12 mars 2025 »."""
    return f"{TypeSeance(ligne.objet).label}, {date_longue(datetime.fromisoformat(ligne.debut))}"


def _de_seance(libelle: str, bouton: str, ecran: str = "seance"):
    """A line whose words do not change, about a sitting."""
    return lambda ligne: Tache(
        libelle=libelle,
        url=reverse(f"selection:{ecran}", args=[ligne.seance]),
        objet=_nom(ligne),
        bouton=bouton,
        echeance=ligne.echeance,
    )


# -- Members -----------------------------------------------------------------------------------------------------
@a_faire
def interets_a_declarer(user) -> Iterator[Attente]:
    """Dossiers of the agendas on which one has said nothing yet: one line a sitting, with its count."""
    if not user.a_le_role(*DU_COMITE):
        return
    dits = DeclarationInterets.objects.filter(membre__user=user, dossier=OuterRef("dossier"))
    points = PointOrdreDuJour.objects.filter(
        ~Exists(dits), resultat="", seance__etat__in=EN_COURS, seance__convocations__membre__user=user
    ).exclude(dossier__in=_deportes(user))
    deux_jours_avant = ExpressionWrapper(F("seance__debut") - 2 * JOUR, DateTimeField())
    yield Attente(
        points.values("seance", "seance__type", "seance__debut", "seance__convoquee_le"),
        lambda ligne: Tache(
            libelle=f"Déclarer vos intérêts sur {compter(ligne.n, 'dossier')}",
            url=reverse("selection:interets", args=[ligne.seance]),
            objet=_nom(ligne),
            bouton="Déclarer",
            echeance=ligne.echeance,
        ),
        echeance=Case(  # as `Seance.declarer_avant`
            When(
                Q(seance__convoquee_le=None) | Q(seance__debut__gt=F("seance__convoquee_le") + 2 * JOUR),
                then=deux_jours_avant,
            ),
            default=F("seance__debut"),
        ),
        n=Count("pk"),
        **_de_la_seance("seance__"),
    )


@a_faire
def dossiers_a_lire(user) -> Iterator[Attente]:
    """Readings to hand in before a sitting: one line a sitting, with its count."""
    if not user.a_le_role(*DU_COMITE):
        return
    rendues = Lecture.objects.filter(membre__user=user, dossier=OuterRef("dossier"), rendue_le__isnull=False)
    points = PointOrdreDuJour.objects.filter(
        ~Exists(rendues), resultat="", seance__etat=EtatSeance.CONVOQUEE, seance__convocations__membre__user=user,
        dossier__etat__in=LISIBLES, dossier__in=Dossier.objects.visibles_par(user, *DU_COMITE),
    )  # fmt: skip
    yield Attente(
        points.values("seance", "seance__type", "seance__debut"),
        lambda ligne: Tache(
            libelle=f"{compter(ligne.n, 'dossier')} à lire, le premier : {ligne.noms[0]}",
            url=reverse("selection:lecture", args=[ligne.numeros[0]]),
            objet=_nom(ligne),
            bouton="Lire",
            echeance=ligne.echeance,
        ),
        echeance="seance__debut",
        n=Count("pk"),
        noms=ArrayAgg("dossier__nom_projet", order_by="rang"),
        numeros=ArrayAgg("dossier__numero", order_by="rang"),
        **_de_la_seance("seance__"),
    )


@a_faire
def seances_a_confirmer(user) -> Iterator[Attente]:
    """A summons without answer."""
    yield Attente(
        Convocation.objects.filter(membre__user=user, reponse="", seance__etat=EtatSeance.CONVOQUEE),
        _de_seance("Confirmer votre présence", "Répondre"),
        echeance="seance__debut",
        **_de_la_seance("seance__"),
    )


def _bulletin(ligne) -> Tache:
    pour = "" if ligne.soi else f" pour {en_entier(ligne.prenom, ligne.nom, ligne.email)}"
    return Tache(
        libelle=f"À vous de voter{pour}",
        url=reverse("selection:seance", args=[ligne.seance]),
        objet=ligne.objet,
        bouton="Voter",
    )


@a_faire
def bulletins_a_deposer(user) -> Iterator[Attente]:
    """Voices on the roll of an open ballot, not cast yet."""
    yield Attente(
        Electeur.objects.filter(
            vote_par__user=user, scrutin__etat=EtatScrutin.OUVERT, scrutin__secret=True, emargements=None
        ),
        _bulletin,
        objet="scrutin__point__dossier__nom_projet",
        seance="scrutin__point__seance",
        soi=Case(When(membre__user=user, then=Value(True)), default=Value(False)),
        prenom="membre__user__prenom",
        nom="membre__user__nom",
        email="membre__user__email",
    )


# -- The chair ---------------------------------------------------------------------------------------------------
def _a_presider(ligne) -> Tache:
    if ligne.etat == EtatSeance.OUVERTE:
        reste = f"{compter(ligne.restants, 'point')} à traiter" if ligne.restants else "à clore"
        return _de_seance(f"Séance ouverte, {reste}", "Présider")(ligne)
    return _de_seance("Ouvrir la séance", "Ouvrir")(ligne)


@a_faire
def points_a_presider(user) -> Iterator[Attente]:
    """An open sitting waits for its next item; a summoned one for its opening, on its day."""
    if not user.a_le_role(*DU_COMITE):
        return
    sieges = Membre.objects.en_exercice().filter(user=user)
    presides = Q(vague__appel__in=sieges.filter(preside=True).values("college__appel"))
    presides |= Q(presidee_par__in=sieges.filter(vice_preside=True))
    venues = Q(etat=EtatSeance.CONVOQUEE, debut__lte=horloge.fin_du_jour(horloge.aujourd_hui()))
    yield Attente(
        Seance.objects.filter(Q(etat=EtatSeance.OUVERTE) | venues).filter(presides),
        _a_presider,
        echeance=Case(When(etat=EtatSeance.CONVOQUEE, then=F("debut"))),
        etat="etat",
        restants=Count("points", filter=Q(points__resultat="")),
        **_de_la_seance(),
    )


@a_faire
def doutes_a_trancher(user) -> Iterator[Attente]:
    """Members who don't know whether they may deliberate: one line a sitting, for the chair and the responsable."""
    if not user.a_le_role(Role.PRESIDENT, Role.RESPONSABLE):
        return
    miennes = Seance.objects.visibles_par(user, Role.PRESIDENT, Role.RESPONSABLE).filter(etat__in=EN_COURS)
    doutes = DeclarationInterets.objects.filter(reponse=ReponseInteret.DOUTE, seance__in=miennes)
    doutes = doutes.exclude(membre__user=user).exclude(dossier__in=_deportes(user))
    yield Attente(
        doutes.values("seance", "seance__type", "seance__debut"),
        lambda ligne: _de_seance(f"Trancher {compter(ligne.n, 'doute')} sur un lien", "Trancher", "registre")(
            ligne
        ),
        echeance="seance__debut",
        n=Count("pk"),
        **_de_la_seance("seance__"),
    )


@a_faire
def proces_verbaux_a_signer(user) -> Iterator[Attente]:
    """Minutes wait for their two signatures; not the chair's on a sitting whose minutes a recusal still closes."""
    if not user.a_le_role(Role.PRESIDENT, Role.RESPONSABLE):
        return
    presides = Membre.objects.en_exercice().filter(user=user, preside=True).values("college__appel")
    fermes = PointOrdreDuJour.objects.filter(seance=OuterRef("pk"), dossier__in=_deportes(user))
    signees = Signature.objects.filter(seance=OuterRef("pk"))
    a_signer = Q(secretaire=user) & ~Exists(signees.filter(qualite=Qualite.SECRETARIAT))
    a_signer |= Q(vague__appel__in=presides) & ~Exists(signees.filter(qualite=Qualite.PRESIDENCE))
    yield Attente(
        Seance.objects.filter(a_signer, ~Exists(fermes), etat=EtatSeance.CLOSE, pv__isnull=False),
        _de_seance("Signer le procès-verbal", "Signer"),
        **_de_la_seance(),
    )


# -- The agency --------------------------------------------------------------------------------------------------
def _a_inscrire(singulier: str, pluriel: str, ou: str):
    return lambda ligne: Tache(
        libelle=f"{compter(ligne.n, singulier, pluriel)} à inscrire {ou}",
        url=reverse("selection:seances"),
        objet=ligne.objet,
        bouton="Inscrire",
    )


@a_faire
def seances_a_preparer(user) -> Iterator[Attente]:
    """Dossiers waiting for an agenda, sittings to summon, to close."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    appels = appels_de(user, Role.RESPONSABLE)
    siens = Dossier.objects.visibles_par(user, *AGENTS).filter(vague__appel__in=appels)
    yield Compte(
        siens.filter(etat=Etat.RECEVABLE),
        _a_inscrire("dossier recevable", "dossiers recevables", "en séance"),
        objet="Comité",
    )
    inscrits = PointOrdreDuJour.objects.filter(dossier=OuterRef("pk"), seance__type=TypeSeance.ARBITRAGE)
    yield Compte(
        siens.filter(~Exists(inscrits.exclude(resultat=Resultat.REPORTE)), etat=Etat.EN_ARBITRAGE),
        _a_inscrire("lauréat", "lauréats", "en séance d'arbitrage"),
        objet="Comité",
    )
    delai = ExpressionWrapper(F("delai_convocation_jours") * Value(JOUR), DurationField())
    yield Attente(
        Seance.objects.filter(vague__appel__in=appels, etat=EtatSeance.PREVUE),
        _de_seance("Fixer l'ordre du jour et convoquer", "Préparer", "ordre_du_jour"),
        echeance=ExpressionWrapper(F("debut") - delai, DateTimeField()),
        **_de_la_seance(),
    )
    yield Attente(
        Seance.objects.filter(vague__appel__in=appels, etat=EtatSeance.OUVERTE).exclude(points__resultat=""),
        _de_seance("Clore la séance, établir le procès-verbal", "Clore"),
        **_de_la_seance(),
    )


def _d_audition(libelle: str, bouton: str):
    return lambda ligne: Tache(
        libelle=libelle,
        url=reverse("selection:audition", args=[ligne.numero]),
        objet=ligne.objet,
        bouton=bouton,
        echeance=ligne.echeance,
    )


@a_faire
def auditions_a_tenir(user) -> Iterator[Attente]:
    """Hearings that the committee asked for: a slot to find, minutes to write."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    visibles = Dossier.objects.visibles_par(user, *AGENTS)
    yield Attente(
        PointOrdreDuJour.objects.filter(
            resultat=Resultat.A_AUDITIONNER, dossier__etat=Etat.EN_COMITE, dossier__in=visibles
        ),
        _d_audition("Fixer le créneau de l'audition", "Convoquer"),
        objet="dossier__nom_projet",
        numero="dossier__numero",
    )
    duree = ExpressionWrapper(F("duree_min") * Value(timedelta(minutes=1)), DurationField())
    yield Attente(
        Audition.objects.filter(tenue=None, debut__lte=horloge.maintenant(), dossier__in=visibles),
        _d_audition("Écrire le compte rendu de l'audition", "Écrire"),
        objet="dossier__nom_projet",
        echeance=ExpressionWrapper(F("debut") + duree, DateTimeField()),
        numero="dossier__numero",
    )


@a_faire
def creneaux_demandes(user) -> Iterator[Attente]:
    """Porteurs who asked for another slot: an answer before the day when they must confirm."""
    if not user.a_le_role(Role.RESPONSABLE, Role.PRESIDENT):
        return
    visibles = Dossier.objects.visibles_par(user, *AGENTS, Role.PRESIDENT)
    yield Attente(
        SouhaitDeCreneau.objects.en_attente().filter(audition__dossier__in=visibles),
        _d_audition("Répondre à une demande de créneau", "Répondre"),
        objet="audition__dossier__nom_projet",
        echeance="audition__debut",
        numero="audition__dossier__numero",
    )


@a_faire
def montants_a_proposer(user) -> Iterator[Attente]:
    """Laureates on an arbitration agenda without amounts: one line a sitting, with its count."""
    if not user.a_le_role(*AGENTS):
        return
    sans = PointOrdreDuJour.objects.filter(
        proposition=None,
        resultat="",
        dossier__in=Dossier.objects.visibles_par(user, *AGENTS),
        seance__type=TypeSeance.ARBITRAGE,
        seance__etat__in=(EtatSeance.PREVUE, *EN_COURS),
    )
    yield Attente(
        sans.values("seance", "seance__type", "seance__debut"),
        lambda ligne: _de_seance(
            f"Proposer les montants de {compter(ligne.n, 'projet')}", "Proposer", "arbitrage"
        )(ligne),
        echeance="seance__debut",
        n=Count("pk"),
        **_de_la_seance("seance__"),
    )


def _a_la_boite(verbe: str, bouton: str, singulier: str = "décision", pluriel: str = "décisions"):
    """« 3 décisions à signer »: one line a step of the outbox, with its count."""
    return lambda ligne: Tache(
        libelle=f"{compter(ligne.n, singulier, pluriel)} à {verbe}",
        url=reverse("selection:decisions"),
        objet=ligne.objet,
        bouton=bouton,
    )


@a_faire
def decisions_a_prendre(user) -> Iterator[Attente]:
    """Opinions without decision, drafts to sign, signatures to release: one line a step, with its count."""
    if not user.a_le_role(*AGENTS):
        return
    visibles = Dossier.objects.visibles_par(user, *AGENTS)
    yield Compte(avis_sans_decision(visibles), _a_la_boite("rédiger", "Rédiger"), objet="Décisions")
    if not user.a_le_role(Role.RESPONSABLE):
        return
    attente = Decision.objects.en_attente().filter(dossier__in=visibles)
    instant = horloge.maintenant()
    delegations = Delegation.objects.filter(Q(au=None) | Q(au__gt=instant), user=user, du__lte=instant)
    yield Compte(
        attente.filter(Exists(delegations), signee_le=None).exclude(redigee_par=user),
        _a_la_boite("signer", "Signer"),
        objet="Décisions",
    )
    yield Compte(
        attente.filter(signee_le__isnull=False, diffusion_le=None),
        _a_la_boite("diffuser", "Programmer", "décision signée", "décisions signées"),
        objet="Décisions",
    )


def avis_sans_decision(dossiers):
    """Opinions of closed sittings that wait for their decision, on these dossiers."""
    dernier = Avis.objects.filter(dossier=OuterRef("dossier"), pk__gt=OuterRef("pk"))
    attribuees = Decision.objects.filter(
        dossier=OuterRef("dossier"), sens=SensDecision.ATTRIBUTION, annulee_le=None
    )
    labels = Decision.objects.filter(avis=OuterRef("pk"), annulee_le=None)
    return Avis.objects.filter(
        Q(dossier__etat=Etat.AVIS_RENDU)
        | Q(dossier__etat=Etat.EN_ARBITRAGE, seance__type="ARBITRAGE") & ~Exists(attribuees),
        ~Exists(dernier),
        ~Exists(labels),
        seance__etat=EtatSeance.CLOSE,
        seance__pv__isnull=False,
        dossier__in=dossiers,
    )


# -- Porteurs ----------------------------------------------------------------------------------------------------
def _audition_a_venir(ligne) -> Tache:
    quand = date_longue(datetime.fromisoformat(ligne.debut))
    return Tache(
        libelle=f"Votre audition, {quand}" if ligne.confirmee_le else "Confirmer votre audition",
        url=reverse("selection:audition_porteur", args=[ligne.numero]),
        objet=ligne.objet,
        bouton="Voir" if ligne.confirmee_le else "Confirmer",
        echeance=ligne.echeance,
    )


@a_faire
def auditions_a_confirmer(user) -> Iterator[Attente]:
    """A hearing to come, its participants to name three days before, or before the hearing itself when it is near."""
    siens = MembreDuDossier.objects.filter(user=user, droit__in=("TITULAIRE", "CONTRIBUTEUR")).values(
        "dossier"
    )
    instant = horloge.maintenant()
    trois_jours_avant = ExpressionWrapper(F("debut") - 3 * JOUR, DateTimeField())
    yield Attente(
        Audition.objects.filter(dossier__in=siens, tenue=None, debut__gt=instant),
        _audition_a_venir,
        objet="dossier__nom_projet",
        echeance=Case(
            When(confirmee_le=None, debut__gt=instant + 3 * JOUR, then=trois_jours_avant), default=F("debut")
        ),
        numero="dossier__numero",
        debut="debut",
        confirmee_le="confirmee_le",
    )
