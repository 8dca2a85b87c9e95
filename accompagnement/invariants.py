"""What must always hold in the support, as small named queries."""

from collections.abc import Iterator

from django.db.models import Case, Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accompagnement.models import (
    Besoin,
    BilanIncubation,
    Convention,
    CreditJours,
    EtatJournee,
    EtatTranche,
    Facture,
    Inscription,
    Journee,
    Mission,
    StatutFacture,
    Tranche,
)
from accompagnement.models.versement import SUR_FACTURES
from candidatures.models import BaseMontants, Dossier
from manufactures.actes.models import Acte
from manufactures.procedure import Etat, EtatMission
from manufactures.programme.models import Enveloppe, NatureAide
from manufactures.registres import invariant

EN_ARGENT = DecimalField(max_digits=14, decimal_places=2)
EN_JOURS = DecimalField(max_digits=8, decimal_places=1)
NATURES = {NatureAide.INVESTISSEMENT: "investissement", NatureAide.AMORCAGE: "amorcage"}


def _somme(lignes, champ, par, sortie=EN_ARGENT):
    """Sum of `champ` over `lignes`, for the outer row that they point to by `par`."""
    totaux = (
        lignes.filter(**{par: OuterRef("pk")})
        .order_by()
        .values(par)
        .annotate(total=Sum(champ))
        .values("total")
    )
    return Coalesce(Subquery(totaux, output_field=sortie), Value(0, output_field=sortie))


@invariant("les tranches d'une convention font sa subvention, jamais plus")
def tranches_dans_la_subvention() -> Iterator[str]:
    """Planned: exactly the ceiling; due or paid: at most the ceiling."""
    for nature, nom in NATURES.items():
        tranches = Tranche.objects.filter(nature=nature)
        fautives = Convention.objects.annotate(
            prevu=_somme(tranches, "montant", "convention"),
            verse=_somme(tranches, "montant_verse", "convention"),
        ).filter(~Q(prevu=F(f"montant_{nom}")) | Q(verse__gt=F(f"montant_{nom}")))
        for convention in fautives.select_related("dossier"):
            yield f"{convention.dossier.numero} : tranches d'{nom} de {convention.prevu} €, versé {convention.paye} €."


@invariant("une convention ne dépasse pas la décision d'attribution")
def convention_dans_l_attribution() -> Iterator[str]:
    """Both amounts are the award's own."""
    fautives = Convention.objects.filter(
        ~Q(montant_investissement=F("decision__montant_investissement"))
        | ~Q(montant_amorcage=F("decision__montant_amorcage"))
    )
    for numero in fautives.values_list("dossier__numero", flat=True):
        yield f"{numero} : la convention ne reprend pas les montants de l'attribution."


@invariant("un versement sur factures reste sous le taux appliqué aux dépenses acceptées")
def paye_sous_le_taux() -> Iterator[str]:
    """Once an instalment is paid: paid ≤ rate × accepted; the advance alone: ≤ its share of the ceiling."""
    payees = Tranche.objects.filter(nature=NatureAide.INVESTISSEMENT, etat=EtatTranche.PAYE)
    acceptees = Facture.objects.filter(
        statut=StatutFacture.ACCEPTEE, tranche__nature=NatureAide.INVESTISSEMENT
    )
    conventions = Convention.objects.annotate(
        paye=_somme(payees, "montant_verse", "convention"),
        facture=Exists(payees.filter(convention=OuterRef("pk"), type__in=SUR_FACTURES)),
        accepte_ht=_somme(acceptees, "montant_ht", "tranche__convention"),
        accepte_ttc=_somme(acceptees, "montant_ttc", "tranche__convention"),
    ).select_related("dossier")
    champs = ("base", "montant_investissement", "plafond_avance", "taux_investissement", "dossier__numero")
    for convention in conventions.filter(paye__gt=0).only(*champs).iterator(chunk_size=2_000):
        retenu = convention.accepte_ttc if convention.base == BaseMontants.TTC else convention.accepte_ht
        avance = convention.montant_investissement * convention.plafond_avance / 100
        borne = convention.taux_investissement * retenu if convention.facture else avance
        if convention.paye > borne:
            yield f"{convention.dossier.numero} : {convention.paye} € versés pour {borne} € justifiés."


@invariant("une tranche payée porte trois signatures de trois personnes et son acte")
def trois_signatures() -> Iterator[str]:
    """Certifier, orderer, countersigner; one order to pay a tranche ordered."""
    ordonnees = Tranche.objects.exclude(ordonnee_le=None).select_related("convention__dossier")
    trois = Q(service_fait_par__isnull=False, ordonnee_par__isnull=False, contresignee_par__isnull=False)
    memes = (
        Q(service_fait_par=F("ordonnee_par"))
        | Q(service_fait_par=F("contresignee_par"))
        | Q(ordonnee_par=F("contresignee_par"))
    )
    for tranche in ordonnees.filter(~trois | memes, etat=EtatTranche.PAYE):
        yield f"{tranche.convention.dossier.numero} : {tranche} payée sans trois signatures de trois personnes."
    for tranche in ordonnees.filter(acte=None):
        yield f"{tranche.convention.dossier.numero} : {tranche} ordonnée sans son acte."


def _commandes() -> Iterator[dict]:
    """Each mission ordered with the days it takes: the order, or the days confirmed once the service is certified."""
    valides = _somme(Journee.objects.filter(etat=EtatJournee.VALIDE), "duree", "mission", EN_JOURS)
    engages = Case(When(etat=EtatMission.SERVICE_FAIT, then=valides), default=F("jours_commandes"))
    missions = Mission.objects.exclude(commandee_le=None).annotate(engages=engages)
    yield from missions.values(
        "dossier_id", "theme_id", "dossier__vague_id", "prix_jour_ht", "tva", "engages"
    ).iterator()


@invariant("un crédit de jours égale ses besoins, ses commandes et ses journées confirmées")
def credits_de_jours() -> Iterator[str]:
    """granted = Σ needs; ordered = Σ orders; consumed = Σ confirmed days."""
    engages: dict[int, object] = {}
    for mission in _commandes():
        engages[mission["dossier_id"]] = engages.get(mission["dossier_id"], 0) + mission["engages"]
    besoins = dict(Besoin.objects.order_by().values_list("dossier").annotate(Sum("jours")))
    valides = Journee.objects.filter(etat=EtatJournee.VALIDE).order_by()
    confirmes = dict(valides.values_list("mission__dossier").annotate(Sum("duree")))
    credits = CreditJours.objects.values_list(
        "dossier", "dossier__numero", "accordes", "commandes", "consommes"
    )
    for pk, numero, accordes, commandes, consommes in credits.iterator():
        if accordes != besoins.get(pk, 0):
            yield f"{numero} : crédit de {accordes} jours pour {besoins.get(pk, 0)} jours de besoins."
        if commandes != engages.get(pk, 0):
            yield f"{numero} : {commandes} jours commandés au crédit, {engages.get(pk, 0)} aux missions."
        if consommes != confirmes.get(pk, 0):
            yield f"{numero} : {consommes} jours consommés au crédit, {confirmes.get(pk, 0)} au journal."


@invariant("une mission n'a pas plus de jours notés que commandés")
def journal_dans_la_commande() -> Iterator[str]:
    """Days set aside do not count."""
    journees = Journee.objects.comptees()
    fautives = Mission.objects.annotate(notes=_somme(journees, "duree", "mission", EN_JOURS)).filter(
        notes__gt=F("jours_commandes")
    )
    for mission in fautives.select_related("dossier", "theme"):
        yield f"{mission} : {mission.notes} jours notés pour {mission.jours_commandes} commandés."


@invariant("un expert n'a pas plus d'une journée par date")
def une_journee_par_date() -> Iterator[str]:
    """On all projects together."""
    doubles = (
        Journee.objects.comptees().order_by().values("expert__email", "date").annotate(total=Sum("duree"))
    )
    for ligne in doubles.filter(total__gt=1):
        yield f"{ligne['expert__email']} : {ligne['total']} jours le {ligne['date']}."


@invariant("un thème n'est pas commandé au-delà de son besoin")
def commandes_par_theme() -> Iterator[str]:
    """Theme by theme, orders within the needs."""
    besoins = {
        (dossier, theme): jours
        for dossier, theme, jours in Besoin.objects.values_list("dossier", "theme", "jours")
    }
    engages: dict[tuple, object] = {}
    for mission in _commandes():
        cle = mission["dossier_id"], mission["theme_id"]
        engages[cle] = engages.get(cle, 0) + mission["engages"]
    for (dossier, theme), jours in engages.items():
        if jours > besoins.get((dossier, theme), 0):
            yield f"Dossier {dossier}, thème {theme} : {jours} jours commandés pour {besoins.get((dossier, theme), 0)}."


@invariant("l'enveloppe d'ingénierie égale le prix des missions commandées")
def enveloppe_d_ingenierie() -> Iterator[str]:
    """Engaged euros of each wave = price of its orders, of the days done once certified."""
    engage: dict[int, object] = {}
    for mission in _commandes():
        vague = mission["dossier__vague_id"]
        prix = Mission(prix_jour_ht=mission["prix_jour_ht"], tva=mission["tva"]).ttc(mission["engages"])
        engage[vague] = engage.get(vague, 0) + prix
    for ligne in Enveloppe.objects.filter(nature=NatureAide.INGENIERIE).select_related("vague"):
        if ligne.engage != engage.get(ligne.vague_id, 0):
            yield f"{ligne} : {ligne.engage} € engagés, {engage.get(ligne.vague_id, 0)} € commandés."


@invariant("un acte et un seul pour chaque bilan, convention, tranche, mission")
def un_acte_par_chose() -> Iterator[str]:
    """As many acts as things that order one."""
    attendus = {
        "convention": Convention.objects.count(),
        "versement": Tranche.objects.exclude(ordonnee_le=None).count(),
        "lettre_mission": Mission.objects.exclude(commandee_le=None).count(),
        "attestation_intervention": Mission.objects.exclude(attestee_le=None).count(),
    }
    comptes = dict(
        Acte.objects.filter(genre__in=attendus).order_by().values_list("genre").annotate(Count("pk"))
    )
    for genre, attendu in attendus.items():
        if comptes.get(genre, 0) != attendu:
            yield f"{comptes.get(genre, 0)} actes « {genre} » pour {attendu} attendus."
    manque = Mission.objects.filter(etat=EtatMission.SERVICE_FAIT).filter(
        Q(lettre=None) | Q(attestation=None)
    )
    for mission in manque.select_related("dossier", "theme"):
        yield f"{mission} : certifiée sans sa lettre ou son attestation."


@invariant("un projet en incubation est dans une promotion, un projet sorti a son bilan gelé")
def incubation_complete() -> Iterator[str]:
    """One cohort from the opening on; a frozen report from the closing on."""
    passes = (Etat.EN_INCUBATION, Etat.EN_ARBITRAGE, Etat.EN_ACCOMPAGNEMENT, Etat.CLOS)
    inscrits = Inscription.objects.values("dossier")
    for numero in (
        Dossier.objects.filter(etat__in=passes).exclude(pk__in=inscrits).values_list("numero", flat=True)
    ):
        yield f"{numero} n'est dans aucune promotion."
    geles = BilanIncubation.objects.exclude(gele_le=None).values("dossier")
    sortis = Dossier.objects.filter(etat__in=passes[1:]).exclude(pk__in=geles)
    for numero in sortis.values_list("numero", flat=True):
        yield f"{numero} est sorti d'incubation sans bilan gelé."
