"""Which slot for which dossier: the most members who may hear it, its rapporteur first, then the agenda's order."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.francais import compter
from manufactures.procedure import Etat
from selection.creneaux import Creneau, affecter, decouper, libres
from selection.models import (
    Audition,
    Deport,
    Indisponibilite,
    Membre,
    PointOrdreDuJour,
    Resultat,
    Seance,
    SouhaitDeCreneau,
)
from selection.models.audition import A_ENTENDRE

PAR_MEMBRE, RAPPORTEUR, PAR_RANG = 1000, 500, 1
CHOIX_DU_PORTEUR = 4
SEPARES = "\u00a0; "


@dataclass
class Proposition:
    """A slot for one dossier, with who can hear it there and who cannot; no slot where nothing suits."""

    dossier: Dossier
    creneau: Creneau | None = None
    presents: list[Membre] = field(default_factory=list)
    absents: list[Membre] = field(default_factory=list)  # not free then
    deportes: list[Membre] = field(default_factory=list)  # recused: never counted

    sans_place: bool = False  # more dossiers than free slots

    @property
    def phrase(self) -> str:
        """Who can hear the porteur there, and who cannot."""
        if not self.presents and self.deportes:
            return "Aucun membre ne peut l'entendre : tous sont déportés."
        if self.sans_place:
            return "Plus aucun créneau libre : ajoutez des heures."
        phrases = []
        if self.creneau is not None:
            phrases.append(
                compter(len(self.presents), "membre peut l'entendre", "membres peuvent l'entendre")
            )
        if self.absents:
            phrases.append(f"indisponibles : {', '.join(map(str, self.absents))}")
        if self.deportes:
            phrases.append(f"déportés : {', '.join(map(str, self.deportes))}")
        return f"{SEPARES.join(phrases)}." if phrases else ""


class Disponibilites:
    """Who may hear a dossier at an hour: members of the sitting, less the recused, less those who cannot come."""

    def __init__(self, seance: Seance, dossiers):
        self.membres = membres_de(seance)
        self.deportes = defaultdict(set)
        for dossier, membre in Deport.objects.filter(leve_le=None, dossier__in=dossiers).values_list(
            "dossier", "membre"
        ):
            self.deportes[dossier].add(membre)
        self.absences = defaultdict(list)
        gens = [membre.user_id for membre in self.membres]
        a_venir = Indisponibilite.objects.filter(user__in=gens, fin__gt=horloge.maintenant())
        for une in a_venir:
            self.absences[une.user_id].append(une)

    def proposer(self, dossier: Dossier, creneau: Creneau | None) -> Proposition:
        """Everyone in their place for this slot."""
        proposition = Proposition(dossier, creneau)
        for membre in self.membres:
            if membre.pk in self.deportes[dossier.pk]:
                proposition.deportes.append(membre)
            elif creneau is not None and self._est_pris(membre, creneau):
                proposition.absents.append(membre)
            else:
                proposition.presents.append(membre)
        return proposition

    def _est_pris(self, membre: Membre, creneau: Creneau) -> bool:
        return any(creneau.touche(une.debut, une.fin) for une in self.absences[membre.user_id])


def membres_de(seance: Seance) -> list[Membre]:
    """Those summoned to the sitting; before the summons, those in office."""
    membres = Membre.objects.filter(convocations__seance=seance).select_related("user")
    if not membres:
        membres = Membre.objects.de_l_appel(seance.vague.appel_id).en_exercice().select_related("user")
    return list(membres)


def a_entendre(user, seance: Seance) -> list[Dossier]:
    """Dossiers that the committee asked to hear, or that this sitting examines, for whom no hearing is set."""
    points = PointOrdreDuJour.objects.laisses_a(user).filter(seance__vague__appel=seance.vague.appel_id)
    demandes = Q(resultat=Resultat.A_AUDITIONNER, dossier__etat__in=A_ENTENDRE)
    lignes = list(
        points.filter(demandes | Q(seance=seance)).values_list("dossier", "seance", "rang", "resultat")
    )
    voulus = {dossier for dossier, _, _, resultat in lignes if resultat == Resultat.A_AUDITIONNER}
    rangs = {dossier: rang for dossier, ou, rang, _ in lignes if ou == seance.pk}
    ici = {dossier for dossier, ou, _, resultat in lignes if ou == seance.pk and not resultat}
    dossiers = (
        Dossier.objects.visibles_par(user)
        .filter(etat__in=A_ENTENDRE, pk__in=voulus | ici)
        .exclude(pk__in=Audition.objects.attendues().values("dossier"))
        .exclude(pk__in=Audition.objects.filter(tenue=True).values("dossier"))
        .defer(*Dossier.longues_reponses())
    )
    lus = sorted(dossiers, key=lambda dossier: (rangs.get(dossier.pk, len(lignes) + 1), dossier.nom_projet))
    for dossier in lus:
        dossier.est_demande = dossier.pk in voulus or dossier.etat == Etat.A_AUDITIONNER
    return lus


def creneaux_libres(seance: Seance, *, sauf: int | None = None) -> list[Creneau]:
    """Slots of the sitting's ranges that nobody has, nor has asked for."""
    attendues = Audition.objects.attendues().filter(seance=seance).exclude(pk=sauf)
    pris = [(audition.debut, audition.fin) for audition in attendues]
    creneaux = libres(decouper(seance.plages_d_audition.all()), pris, apres=horloge.maintenant())
    demandes = SouhaitDeCreneau.objects.en_attente().filter(audition__seance=seance).exclude(audition=sauf)
    demandes = set(demandes.values_list("debut", flat=True))
    return [creneau for creneau in creneaux if creneau.debut not in demandes]


def proposer(seance: Seance, dossiers: list[Dossier]) -> list[Proposition]:
    """The best slot for each, all together; none where everybody is recused, or where slots run short."""
    disponibilites = Disponibilites(seance, [dossier.pk for dossier in dossiers])
    creneaux = creneaux_libres(seance)
    rapporteurs = dict(
        PointOrdreDuJour.objects.filter(dossier__in=[d.pk for d in dossiers], rapporteur__isnull=False)
        .order_by("pk")
        .values_list("dossier", "rapporteur")
    )
    entendables = [d for d in dossiers if disponibilites.proposer(d, None).presents][: len(creneaux)]
    couts = [
        [
            -_interet(disponibilites.proposer(dossier, creneau), rapporteurs.get(dossier.pk))
            + PAR_RANG * rang
            for rang, creneau in enumerate(creneaux)
        ]
        for dossier in entendables
    ]
    places = dict(zip((d.pk for d in entendables), affecter(couts), strict=True))
    propositions = []
    for dossier in dossiers:
        creneau = creneaux[places[dossier.pk]] if dossier.pk in places else None
        propositions.append(disponibilites.proposer(dossier, creneau))
        propositions[-1].sans_place = creneau is None
    return propositions


def _interet(proposition: Proposition, rapporteur: int | None) -> int:
    presents = {membre.pk for membre in proposition.presents}
    return PAR_MEMBRE * len(presents) + RAPPORTEUR * (rapporteur in presents)


def choix_du_porteur(audition: Audition) -> list[Creneau]:
    """The free slots where the most members can hear, four at most, in order; none of them where nobody could."""
    if audition.seance is None:
        return []
    disponibilites = Disponibilites(audition.seance, [audition.dossier_id])
    duree = audition.fin - audition.debut
    possibles = []
    for creneau in creneaux_libres(audition.seance, sauf=audition.pk):
        presents = len(disponibilites.proposer(audition.dossier, creneau).presents)
        if (
            presents
            and creneau.fin - creneau.debut >= duree
            and not creneau.touche(audition.debut, audition.fin)
        ):
            possibles.append((-presents, creneau))
    return sorted(creneau for _, creneau in sorted(possibles)[:CHOIX_DU_PORTEUR])
