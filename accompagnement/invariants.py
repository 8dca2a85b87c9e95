"""What must always hold in the support, as small named queries."""

from collections.abc import Iterator

from django.db.models import Case, Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accompagnement.models import (
    Avenant,
    Besoin,
    BilanIncubation,
    CompteJours,
    Convention,
    CreditJours,
    EcritureJours,
    EtatJournee,
    EtatTranche,
    Facture,
    Inscription,
    Journee,
    Mission,
    Poste,
    Recouvrement,
    Releve,
    SaisieHorsLigne,
    StatutFacture,
    Tranche,
)
from accompagnement.models.releve import releves_inexacts
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
            du=_somme(tranches, "montant_verse", "convention"),
        ).filter(~Q(prevu=F(f"montant_{nom}")) | Q(du__gt=F(f"montant_{nom}")))
        for convention in fautives.select_related("dossier"):
            yield f"{convention.dossier.numero} : tranches d'{nom} de {convention.prevu} €, dû {convention.du} €."


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
        accepte_ht=_somme(acceptees, F("montant_ht") - F("montant_ecarte"), "tranche__convention"),
        accepte_ttc=_somme(acceptees, F("montant_ttc") - F("montant_ecarte"), "tranche__convention"),
    ).select_related("dossier")
    champs = ("base", "montant_investissement", "plafond_avance", "taux_investissement", "dossier__numero")
    for convention in conventions.filter(paye__gt=0).only(*champs).iterator(chunk_size=2_000):
        retenu = convention.accepte_ttc if convention.base == BaseMontants.TTC else convention.accepte_ht
        avance = convention.montant_investissement * convention.plafond_avance / 100
        borne = convention.taux_investissement * retenu if convention.facture else avance
        if convention.paye > borne:
            yield f"{convention.dossier.numero} : {convention.paye} € versés pour {borne} € justifiés."


@invariant("on ne redemande jamais plus que ce qui est versé, ni avant le délai de réponse")
def reversements_dans_le_verse() -> Iterator[str]:
    """Claimed ≤ paid, on each convention; no decision before the end of its period."""
    conventions = Convention.objects.annotate(
        exige=_somme(Recouvrement.objects.all(), "montant_exige", "convention"),
        paye=_somme(Tranche.objects.filter(etat=EtatTranche.PAYE), "montant_verse", "convention"),
    )
    for convention in conventions.filter(exige__gt=F("paye")).select_related("dossier"):
        yield f"{convention.dossier.numero} : {convention.exige} € redemandés pour {convention.paye} € versés."
    hatifs = Recouvrement.objects.filter(decide_le__lte=F("reponse_avant_le"))
    for numero in hatifs.values_list("convention__dossier__numero", flat=True):
        yield f"{numero} : reversement décidé avant la fin du délai de réponse."


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


@invariant("chaque mouvement de jours fait zéro, chaque solde la somme de ses écritures")
def grand_livre_des_jours() -> Iterator[str]:
    """In double entry: nothing appears, nothing vanishes, and the balances tell nothing that no entry wrote."""
    ecritures = EcritureJours.objects.order_by()
    boiteux = ecritures.values("mouvement").annotate(total=Sum("jours")).exclude(total=0)
    for ligne in boiteux:
        yield f"Mouvement {ligne['mouvement']} : {ligne['total']} jours de reste."
    cles = "credit_id", "theme_id", "poste"
    sommes = {tuple(ligne[:3]): ligne[3] for ligne in ecritures.values_list(*cles).annotate(Sum("jours"))}
    for *cle, solde in CompteJours.objects.values_list(*cles, "solde").iterator():
        if solde != (ecrit := sommes.pop(tuple(cle), 0)):
            yield f"Compte {cle} : solde de {solde} jours pour {ecrit} jours d'écritures."
    for cle, ecrit in sommes.items():
        yield f"Compte {cle} absent pour {ecrit} jours d'écritures."


@invariant("le grand livre des jours dit ce que disent les crédits et les journées")
def grand_livre_et_journal() -> Iterator[str]:
    """Logged and consumed days, and the figures of each credit, are its balances."""
    soldes: dict[tuple, object] = {}
    for credit, poste, solde in CompteJours.objects.values_list("credit__dossier", "poste", "solde"):
        soldes[credit, poste] = soldes.get((credit, poste), 0) + solde
    journees = Journee.objects.comptees().order_by()
    faits = {
        (dossier, Poste.CONSOMME if etat == EtatJournee.VALIDE else Poste.NOTE, etat): total
        for dossier, etat, total in journees.values_list("mission__dossier", "etat").annotate(Sum("duree"))
    }
    champs = "dossier", "dossier__numero", "accordes", "commandes", "consommes", "caducs"
    for pk, numero, accordes, commandes, consommes, caducs in CreditJours.objects.values_list(*champs):
        poste = {p: soldes.get((pk, p), 0) for p in Poste.values}
        notes = sum(
            faits.get((pk, Poste.NOTE, etat), 0) for etat in (EtatJournee.A_CONFIRMER, EtatJournee.CONTESTE)
        )
        lus = (
            -poste["OUVERT"],
            poste["RESERVE"] + poste["NOTE"] + poste["CONSOMME"],
            poste["CONSOMME"],
            poste["CADUC"],
            poste["NOTE"],
        )
        if lus != (accordes, commandes, consommes, caducs, notes):
            dits = accordes, commandes, consommes, caducs, notes
            yield f"{numero} : le grand livre dit {lus}, le crédit et son journal {dits}."


@invariant("une mission n'a pas plus de jours notés que commandés")
def journal_dans_la_commande() -> Iterator[str]:
    """Days set aside do not count."""
    journees = Journee.objects.comptees()
    fautives = Mission.objects.annotate(notes=_somme(journees, "duree", "mission", EN_JOURS)).filter(
        notes__gt=F("jours_commandes")
    )
    for mission in fautives.select_related("dossier", "theme"):
        yield f"{mission} : {mission.notes} jours notés pour {mission.jours_commandes} commandés."


@invariant("un relevé facture la somme de ses journées, par un acte")
def releves_exacts() -> Iterator[str]:
    """Each day on one statement at most; the figure is their sum."""
    for releve in releves_inexacts().select_related("expert"):
        yield f"{releve}, {releve.expert} : {releve.jours} jours pour {releve.somme} au journal."


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
        "avenant": Avenant.objects.count(),
        "contradictoire": Recouvrement.objects.count(),
        "releve_expert": Releve.objects.count(),
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


@invariant("une saisie hors ligne est la présence ou la photo de son projet, dans sa session")
def saisies_hors_ligne_exactes() -> Iterator[str]:
    """What it wrote is of the same session and of the same project."""
    du_projet = {"session": F("session"), "dossier": F("dossier")}
    presences = SaisieHorsLigne.objects.filter(**{f"presence__{nom}": lu for nom, lu in du_projet.items()})
    photos = SaisieHorsLigne.objects.filter(
        piece__dossier=F("dossier"), **{f"livrable__{nom}": lu for nom, lu in du_projet.items()}
    )
    ailleurs = SaisieHorsLigne.objects.exclude(pk__in=presences.values("pk"))
    ailleurs = ailleurs.exclude(pk__in=photos.values("pk"))
    for cle in ailleurs.values_list("cle", flat=True):
        yield f"Saisie {cle} : ce qu'elle a écrit n'est pas de sa session et de son projet."
