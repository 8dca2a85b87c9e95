"""Who sees what: what the committee's stage adds, and what a recusal takes away."""

from django.db.models import Exists, OuterRef, Q

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.actes.genres import COMITE, GENRES
from manufactures.procedure import Etat, Role
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import attache, regard, regard_dedans, reserve
from selection.models import (
    Convocation,
    Decision,
    DeclarationInterets,
    Deport,
    Membre,
    PointOrdreDuJour,
    Seance,
    TypeSeance,
)

ACTES_DU_COMITE = [g.code for g in GENRES.values() if COMITE in g.lecteurs]
PROCES_VERBAUX = ("pv_selection", "pv_arbitrage")
INDECIS = {
    TypeSeance.PRE_SELECTION: (Etat.EN_COMITE, Etat.A_AUDITIONNER, Etat.AVIS_RENDU),
    TypeSeance.SELECTION: (Etat.EN_COMITE, Etat.A_AUDITIONNER, Etat.AVIS_RENDU),
    TypeSeance.ARBITRAGE: (Etat.EN_ARBITRAGE,),
}


def _sieges(user, **conditions):
    return Membre.objects.en_exercice().filter(user=user, **conditions)


@attache(Role.MEMBRE)
def sieges_de(personne):
    """A seat on a committee, even past: a recusal outlives it."""
    return Membre.objects.filter(user=personne)


@attache(Role.PRESIDENT)
def presidences_de(personne):
    """The chair of a committee, or its vice-chair, to whom a sitting may be entrusted."""
    return Membre.objects.filter(Q(preside=True) | Q(vice_preside=True), user=personne)


def _deportes(user):
    return Deport.objects.actifs().filter(membre__user=user).values("dossier")


# -- Dossiers ----------------------------------------------------------------------------------------------------
def _a_l_ordre_du_jour(sieges) -> Q:
    """On an agenda of theirs, and declared without recusal: nothing opens before (domain study §3.5)."""
    convoques = Convocation.objects.filter(membre__in=sieges).values("seance")
    points = PointOrdreDuJour.objects.filter(seance__in=convoques)
    declares = DeclarationInterets.objects.filter(membre__in=sieges, reponse__in=("AUCUN", "LIEN"))
    return Q(pk__in=points.values("dossier")) & Q(pk__in=declares.values("dossier"))


@regard("dossier", Role.MEMBRE)
def dossiers_a_l_ordre_du_jour(user) -> Q:
    """A member's dossiers."""
    return _a_l_ordre_du_jour(_sieges(user))


@regard("dossier", Role.PRESIDENT)
def dossiers_de_la_presidence(user) -> Q:
    """The chair's: the same, with the chair's deeds; those of a sitting entrusted to them for a vice-chair."""
    confiees = Seance.objects.filter(presidee_par__in=_sieges(user, vice_preside=True))
    points = PointOrdreDuJour.objects.filter(seance__in=confiees)
    siens = Q(pk__in=points.values("dossier")) & _a_l_ordre_du_jour(_sieges(user, vice_preside=True))
    return _a_l_ordre_du_jour(_sieges(user, preside=True)) | siens


@reserve("dossier", Role.MEMBRE)
def deporte(user) -> Q:
    """Taken away from the sum of all looks, so that no second role reopens the door (CRPA R133-12)."""
    # NOT EXISTS, where NOT IN would be opaque to the planner: lists of 100 000 dossiers are read through it.
    return Q(Exists(Deport.objects.actifs().filter(membre__user=user, dossier=OuterRef("pk"))))


@regard_dedans("instruction", Role.MEMBRE)
def grille_rendue(dossier) -> Q:
    """The same, on a dossier that the member reads."""
    return Q(dossier=dossier, remis_le__isnull=False)


@regard("instruction", Role.MEMBRE)
def grilles_rendues(user) -> Q:
    """The pre-screening's grid, once it is handed in (row 20)."""
    vus = Dossier.objects.filter(dossiers_a_l_ordre_du_jour(user))
    return Q(dossier__in=vus.values("pk"), remis_le__isnull=False)


@reserve("instruction", Role.MEMBRE)
def grilles_deportees(user) -> Q:
    """A recusal closes the grid too."""
    return Q(dossier__in=_deportes(user))


# -- Sittings ----------------------------------------------------------------------------------------------------
@regard("seance", Role.MEMBRE)
def seances_ou_je_suis_convoque(user) -> Q:
    """A member sees the sittings that summoned them."""
    return Q(pk__in=Convocation.objects.filter(membre__in=_sieges(user)).values("seance"))


@regard("seance", Role.PRESIDENT)
def seances_que_je_preside(user) -> Q:
    """The chair sees a sitting from its preparation on; a vice-chair presides those entrusted to them."""
    preside = Q(vague__appel__in=_sieges(user, preside=True).values("college__appel"))
    return preside | Q(presidee_par__in=_sieges(user, vice_preside=True).values("pk"))


def _de_ses_appels(user, role) -> Q:
    return Q(vague__appel__in=appels_de(user, role))


@regard("seance", Role.RESPONSABLE)
def seances_de_mon_appel(user) -> Q:
    """The responsable keeps the sittings of the call."""
    return _de_ses_appels(user, Role.RESPONSABLE)


@regard("seance", Role.INSTRUCTEUR)
def seances_a_preparer(user) -> Q:
    """The instructeur prepares amounts and drafts decisions."""
    return _de_ses_appels(user, Role.INSTRUCTEUR)


@regard("seance", Role.AUDITEUR)
def seances_a_auditer(user) -> Q:
    """The auditor reads all sittings."""
    return _de_ses_appels(user, Role.AUDITEUR)


# -- Acts --------------------------------------------------------------------------------------------------------
def _actes_des(dossiers) -> Q:
    return Q(pk__in=Dossier.actes.through.objects.filter(dossier__in=dossiers).values("acte"))


@regard("acte", Role.MEMBRE)
def actes_du_comite(user) -> Q:
    """One's summons, the minutes of one's sittings, and what the committee reads on its dossiers once released."""
    sieges = _sieges(user)
    dossiers = Dossier.objects.filter(dossiers_a_l_ordre_du_jour(user)).values("pk")
    convocations = Convocation.objects.filter(membre__in=sieges)
    return (
        Q(pk__in=convocations.values("acte"))
        | Q(pk__in=Seance.objects.filter(pk__in=convocations.values("seance")).values("pv"))
        | _actes_des(dossiers) & Q(genre__in=ACTES_DU_COMITE, lisible_le__lte=horloge.maintenant())
    )


@regard_dedans("acte", Role.MEMBRE)
def actes_lus_au_comite(dossier) -> Q:
    """What the committee reads on a dossier that the member sees."""
    return Q(dossiers=dossier, genre__in=ACTES_DU_COMITE, lisible_le__lte=horloge.maintenant())


@regard("acte", Role.RESPONSABLE)
def actes_du_responsable(user) -> Q:
    """Minutes and summons of the call's sittings, and the signed decisions that wait."""
    seances = Seance.objects.filter(seances_de_mon_appel(user))
    decisions = Decision.objects.filter(dossier__vague__appel__in=appels_de(user, Role.RESPONSABLE))
    return (
        Q(pk__in=seances.values("pv"))
        | Q(pk__in=Convocation.objects.filter(seance__in=seances.values("pk")).values("acte"))
        | Q(pk__in=decisions.values("acte"))
    )


@regard("acte", Role.INSTRUCTEUR)
def actes_de_l_instructeur(user) -> Q:
    """Minutes of the call's sittings, and the signed decisions that wait."""
    decisions = Decision.objects.filter(dossier__vague__appel__in=appels_de(user, Role.INSTRUCTEUR))
    return Q(pk__in=Seance.objects.filter(seances_a_preparer(user)).values("pv")) | Q(
        pk__in=decisions.values("acte")
    )


@regard("acte", Role.AUDITEUR)
def actes_de_l_auditeur(user) -> Q:
    """Minutes of the call's sittings."""
    return Q(pk__in=Seance.objects.filter(seances_a_auditer(user)).values("pv"))


@reserve("acte", Role.MEMBRE)
def actes_fermes_par_un_deport(user) -> Q:
    """Every act of the dossiers one stepped back from, and the minutes that tell of them until their publication."""
    deportes = _deportes(user)
    non_publies = Q()
    for type_, etats in INDECIS.items():
        non_publies |= Q(seance__type=type_, dossier__etat__in=etats)
    points = PointOrdreDuJour.objects.filter(non_publies, dossier__in=deportes)
    return (
        _actes_des(deportes)
        | Q(pk__in=Decision.objects.filter(dossier__in=deportes, acte__isnull=False).values("acte"))
        | Q(pk__in=Seance.objects.filter(pk__in=points.values("seance"), pv__isnull=False).values("pv"))
    )
