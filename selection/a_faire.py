"""What the committee's stage puts on people's home pages."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from candidatures.models import Dossier
from candidatures.models import Membre as MembreDuDossier
from manufactures import horloge
from manufactures.francais import compter, date_longue
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Delegation
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import Tache, a_faire
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
    Resultat,
    Seance,
    SensDecision,
    TypeSeance,
)
from selection.models.lecture import LISIBLES

EN_COURS = (EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)


def _deportes(user):
    return Deport.objects.actifs().filter(membre__user=user).values("dossier")


def _nom(seance: Seance) -> str:
    return f"{seance.get_type_display()}, {date_longue(seance.debut)}"


# -- Members -----------------------------------------------------------------------------------------------------
@a_faire
def interets_a_declarer(user) -> Iterator[Tache]:
    """Dossiers of the agendas on which one has said nothing yet."""
    if not user.a_le_role(Role.MEMBRE, Role.PRESIDENT):
        return
    dits = DeclarationInterets.objects.filter(membre__user=user, dossier=OuterRef("dossier"))
    points = PointOrdreDuJour.objects.filter(
        ~Exists(dits), resultat="", seance__etat__in=EN_COURS, seance__convocations__membre__user=user
    ).exclude(dossier__in=_deportes(user))
    seances = Seance.objects.filter(pk__in=points.values("seance")).annotate(
        n=Count("points", filter=Q(points__in=points))
    )
    for seance in seances:
        yield Tache(
            libelle=f"Déclarer vos intérêts sur {compter(seance.n, 'dossier')}",
            url=reverse("selection:interets", args=[seance.pk]),
            objet=_nom(seance),
            bouton="Déclarer",
            echeance=seance.declarer_avant,
        )


@a_faire
def dossiers_a_lire(user) -> Iterator[Tache]:
    """Readings to hand in before a sitting: one line a sitting, with its count."""
    if not user.a_le_role(Role.MEMBRE, Role.PRESIDENT):
        return
    rendues = Lecture.objects.filter(membre__user=user, dossier=OuterRef("dossier"), rendue_le__isnull=False)
    points = (
        PointOrdreDuJour.objects.filter(
            ~Exists(rendues), resultat="", seance__etat=EtatSeance.CONVOQUEE, seance__convocations__membre__user=user,
            dossier__etat__in=LISIBLES, dossier__in=Dossier.objects.visibles_par(user),
        )
        .select_related("seance", "dossier")
        .order_by("seance__debut", "rang")
    )  # fmt: skip
    par_seance: dict[int, list[PointOrdreDuJour]] = {}
    for point in points:
        par_seance.setdefault(point.seance_id, []).append(point)
    for groupe in par_seance.values():
        yield Tache(
            libelle=f"{compter(len(groupe), 'dossier')} à lire, le premier : {groupe[0].dossier.nom_projet}",
            url=reverse("selection:lecture", args=[groupe[0].dossier.numero]),
            objet=_nom(groupe[0].seance),
            bouton="Lire",
            echeance=groupe[0].seance.debut,
        )


@a_faire
def seances_a_confirmer(user) -> Iterator[Tache]:
    """A summons without answer."""
    convocations = Convocation.objects.filter(
        membre__user=user, reponse="", seance__etat=EtatSeance.CONVOQUEE
    )
    for convocation in convocations.select_related("seance"):
        yield Tache(
            libelle="Confirmer votre présence",
            url=convocation.seance.get_absolute_url(),
            objet=_nom(convocation.seance),
            bouton="Répondre",
            echeance=convocation.seance.debut,
        )


@a_faire
def bulletins_a_deposer(user) -> Iterator[Tache]:
    """Voices on the roll of an open ballot, not cast yet."""
    voix = Electeur.objects.filter(
        vote_par__user=user, scrutin__etat=EtatScrutin.OUVERT, scrutin__secret=True, emargements=None
    ).select_related("scrutin__point__dossier", "scrutin__point__seance", "membre__user")
    for electeur in voix:
        pour = "" if electeur.membre.user_id == user.pk else f" pour {electeur.membre}"
        yield Tache(
            libelle=f"À vous de voter{pour}",
            url=electeur.scrutin.point.seance.get_absolute_url(),
            objet=electeur.scrutin.point.dossier.nom_projet,
            bouton="Voter",
        )


# -- The chair ---------------------------------------------------------------------------------------------------
@a_faire
def points_a_presider(user) -> Iterator[Tache]:
    """An open sitting waits for its next item; a summoned one for its opening, on its day."""
    if not user.a_le_role(Role.PRESIDENT):
        return
    presides = Membre.objects.en_exercice().filter(user=user, preside=True).values("college__appel")
    seances = Seance.objects.filter(vague__appel__in=presides, etat__in=EN_COURS).annotate(
        restants=Count("points", filter=Q(points__resultat=""))
    )
    for seance in seances:
        if seance.etat == EtatSeance.OUVERTE:
            reste = f"{compter(seance.restants, 'point')} à traiter" if seance.restants else "à clore"
            yield Tache(
                libelle=f"Séance ouverte, {reste}",
                url=seance.get_absolute_url(),
                objet=_nom(seance),
                bouton="Présider",
            )
        elif seance.debut.astimezone(horloge.PARIS).date() <= horloge.aujourd_hui():
            yield Tache(
                libelle="Ouvrir la séance",
                url=seance.get_absolute_url(),
                objet=_nom(seance),
                bouton="Ouvrir",
                echeance=seance.debut,
            )


# -- The agency --------------------------------------------------------------------------------------------------
@a_faire
def seances_a_preparer(user) -> Iterator[Tache]:
    """Dossiers waiting for an agenda, sittings to summon, to close, hearings to plan or to write up."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    appels = appels_de(user, Role.RESPONSABLE)
    attente = Dossier.objects.visibles_par(user).filter(etat=Etat.RECEVABLE, vague__appel__in=appels).count()
    if attente:
        yield Tache(
            libelle=f"{compter(attente, 'dossier recevable', 'dossiers recevables')} à inscrire en séance",
            url=reverse("selection:seances"),
            objet="Comité",
            bouton="Inscrire",
        )
    inscrits = PointOrdreDuJour.objects.filter(dossier=OuterRef("pk"), seance__type=TypeSeance.ARBITRAGE)
    a_arbitrer = Dossier.objects.visibles_par(user).filter(
        ~Exists(inscrits.exclude(resultat=Resultat.REPORTE)), etat=Etat.EN_ARBITRAGE, vague__appel__in=appels
    )
    if attente := a_arbitrer.count():
        yield Tache(
            libelle=f"{compter(attente, 'lauréat', 'lauréats')} à inscrire en séance d'arbitrage",
            url=reverse("selection:seances"),
            objet="Comité",
            bouton="Inscrire",
        )
    for seance in Seance.objects.filter(vague__appel__in=appels, etat=EtatSeance.PREVUE):
        yield Tache(
            libelle="Fixer l'ordre du jour et convoquer",
            url=reverse("selection:ordre_du_jour", args=[seance.pk]),
            objet=_nom(seance),
            bouton="Préparer",
            echeance=seance.debut - timedelta(days=seance.delai_convocation_jours),
        )
    traitees = Seance.objects.filter(vague__appel__in=appels, etat=EtatSeance.OUVERTE).exclude(
        points__resultat=""
    )
    for seance in traitees:
        yield Tache(
            libelle="Clore la séance, établir le procès-verbal",
            url=seance.get_absolute_url(),
            objet=_nom(seance),
            bouton="Clore",
        )


@a_faire
def auditions_a_tenir(user) -> Iterator[Tache]:
    """Hearings that the committee asked for: a slot to find, minutes to write."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    visibles = Dossier.objects.visibles_par(user)
    a_fixer = PointOrdreDuJour.objects.filter(
        resultat=Resultat.A_AUDITIONNER, dossier__etat=Etat.EN_COMITE, dossier__in=visibles
    ).select_related("dossier")
    for point in a_fixer:
        yield Tache(
            libelle="Fixer le créneau de l'audition",
            url=reverse("selection:audition", args=[point.dossier.numero]),
            objet=point.dossier.nom_projet,
            bouton="Convoquer",
        )
    a_ecrire = Audition.objects.filter(
        tenue=None, debut__lte=horloge.maintenant(), dossier__in=visibles
    ).select_related("dossier")
    for audition in a_ecrire:
        yield Tache(
            libelle="Écrire le compte rendu de l'audition",
            url=reverse("selection:audition", args=[audition.dossier.numero]),
            objet=audition.dossier.nom_projet,
            bouton="Écrire",
            echeance=audition.fin,
        )


@a_faire
def montants_a_proposer(user) -> Iterator[Tache]:
    """Laureates on an arbitration agenda without amounts."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    sans = PointOrdreDuJour.objects.filter(
        proposition=None, resultat="", dossier__in=Dossier.objects.visibles_par(user)
    )
    seances = Seance.objects.filter(
        type="ARBITRAGE", points__in=sans, etat__in=(EtatSeance.PREVUE, *EN_COURS)
    )
    for seance in seances.annotate(n=Count("points", filter=Q(points__in=sans))):
        yield Tache(
            libelle=f"Proposer les montants de {compter(seance.n, 'projet')}",
            url=reverse("selection:arbitrage", args=[seance.pk]),
            objet=_nom(seance),
            bouton="Proposer",
            echeance=seance.debut,
        )


@a_faire
def decisions_a_prendre(user) -> Iterator[Tache]:
    """Opinions without decision, drafts to sign, signatures to release: one line a step, with its count."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    visibles = Dossier.objects.visibles_par(user)
    boite = reverse("selection:decisions")
    attente = Decision.objects.en_attente()
    a_rediger = avis_sans_decision(visibles).count()
    if a_rediger:
        yield Tache(
            libelle=f"{compter(a_rediger, 'décision')} à rédiger",
            url=boite,
            objet="Décisions",
            bouton="Rédiger",
        )
    if not user.a_le_role(Role.RESPONSABLE):
        return
    a_signer = attente.filter(dossier__in=visibles, signee_le=None).exclude(redigee_par=user)
    delegue = Delegation.objects.filter(
        Q(au=None) | Q(au__gt=horloge.maintenant()), user=user, du__lte=horloge.maintenant()
    ).exists()
    if delegue and (n := a_signer.count()):
        yield Tache(
            libelle=f"{compter(n, 'décision')} à signer", url=boite, objet="Décisions", bouton="Signer"
        )
    n = attente.filter(dossier__in=visibles, signee_le__isnull=False, diffusion_le=None).count()
    if n:
        yield Tache(
            libelle=f"{compter(n, 'décision signée', 'décisions signées')} à diffuser",
            url=boite,
            objet="Décisions",
            bouton="Programmer",
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
@a_faire
def auditions_a_confirmer(user) -> Iterator[Tache]:
    """A hearing whose participants are not named."""
    siens = MembreDuDossier.objects.filter(user=user, droit__in=("TITULAIRE", "CONTRIBUTEUR")).values(
        "dossier"
    )
    attendues = Audition.objects.filter(
        dossier__in=siens, tenue=None, debut__gt=horloge.maintenant()
    ).select_related("dossier")
    for audition in attendues:
        confirmee = audition.confirmee_le is not None
        yield Tache(
            libelle=f"Votre audition, {date_longue(audition.debut)}"
            if confirmee
            else "Confirmer votre audition",
            url=reverse("selection:audition_porteur", args=[audition.dossier.numero]),
            objet=audition.dossier.nom_projet,
            bouton="Voir" if confirmee else "Confirmer",
            echeance=audition.debut if confirmee else audition.confirmer_avant,
        )
