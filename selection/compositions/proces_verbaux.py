"""The minutes of a sitting, built from what was recorded: presence, recusals, ballots in totals only, opinions."""

from decimal import Decimal

from candidatures.instantanes import a_paris
from manufactures import horloge
from manufactures.francais import compter, date_longue
from manufactures.programme.models import NatureAide
from manufactures.registres import composition
from selection.compositions.communs import (
    MODE_PUBLIC,
    MODE_SECRET,
    commun_de_la_seance,
    personne_brute,
    regles,
)
from selection.compositions.deroulement import autres_scrutins, par_college, raconter, suspensions
from selection.models import (
    EtatScrutin,
    Mode,
    PointOrdreDuJour,
    Question,
    Resultat,
    Scrutin,
    Seance,
    SensAvis,
    TypeSeance,
)
from selection.models.arbitrage import NATURES
from selection.synthese import score_moyen

MODES = {
    Mode.SUR_PLACE: "sur place",
    Mode.A_DISTANCE: "à distance",
    Mode.REPRESENTE: "mandat donné",
    Mode.ABSENT: "absence",
}
AVIS_SANS_VOTE = {
    Resultat.A_AUDITIONNER: ("à auditionner", "le comité souhaite entendre le porteur avant de délibérer"),
    Resultat.DELIBERATION: (
        "retenu pour la délibération",
        "le dossier est complet et sera examiné sans audition",
    ),
    Resultat.RETIRE: ("sans objet", "le porteur a retiré son dossier"),
}
QUALITE_SECRETAIRE = "responsable de l'appel"


def composer_la_seance(seance: Seance) -> dict:
    """What all minutes say: opening, presence, quorum, former minutes, closing."""
    lignes = list(seance.presences.select_related("membre__user", "membre__college"))
    notes = {ligne.membre_id: ligne for ligne in lignes}
    recus: dict[int, list[str]] = {}
    for ligne in lignes:
        if ligne.mandataire_id:
            recus.setdefault(ligne.mandataire_id, []).append(ligne.membre.user.nom_complet)
    presences = []
    convocations = seance.convocations.select_related("membre__user", "membre__college")
    for convocation in convocations.order_by("membre__college__libelle", "membre__user__nom", "pk"):
        membre, ligne = convocation.membre, notes.get(convocation.membre_id)
        presences.append(
            {
                "nom": membre.user.nom_complet,
                "qualite": membre.qualite_imprimee or "membre du comité",
                "college": membre.college.libelle,
                "mode": _mode(ligne),
                "arrivee": a_paris(ligne.arrivee_le) if ligne else None,
                "depart": a_paris(ligne.depart_le) if ligne else None,
                "mandat": ", ".join(recus.get(membre.pk, ())) or None,
            }
        )
    venus = [ligne for ligne in lignes if ligne.arrivee_le]
    return commun_de_la_seance(seance) | {
        "objet_acte": f"Procès-verbal, {seance}",
        "secretaire": personne_brute(seance.secretaire, seance.secretaire.qualite or QUALITE_SECRETAIRE),
        "convocation": {"date": seance.convoquee_le.astimezone(horloge.PARIS).date().isoformat()},
        "presences": presences,
        "composition": seance.composition,
        "presents": len(venus),
        "representes": sum(1 for p in lignes if p.mode == Mode.REPRESENTE and not p.arrivee_le),
        "quorum": seance.quorum,
        "precedente": _precedente(seance),
        "seance": regles(seance, a_paris(seance.debut))
        | {
            "ouverture": a_paris(seance.ouverte_le),
            "cloture": a_paris(seance.close_le),
            "regles": [f"{phrase} ({source})" for phrase, source in seance.en_phrases()],
            "suspensions": suspensions(seance),
            "colleges": par_college(seance, notes),
        },
        "transmis_le": horloge.aujourd_hui().isoformat(),
    }


def _mode(ligne) -> str:
    """How a member took part, the whole time or not."""
    if ligne is None:
        return MODES[Mode.ABSENT]
    if ligne.mode == Mode.ABSENT and ligne.arrivee_le:
        return "présence, puis départ"
    return MODES[Mode(ligne.mode)]


def _precedente(seance: Seance) -> dict | None:
    avant = Seance.objects.filter(
        vague__appel=seance.vague.appel_id, pv__isnull=False, debut__lt=seance.debut
    )
    derniere = avant.order_by("-debut").first()
    return (
        {"date": derniere.debut.astimezone(horloge.PARIS).date().isoformat(), "resultat": "adopté"}
        if derniere
        else None
    )


def _points(seance: Seance):
    return seance.points.select_related(
        "dossier__vague", "dossier__commune_siege__departement", "rapporteur__user"
    ).prefetch_related(
        "dossier__sites__commune__departement", "sorties", "dossier__deports__membre__user", "scrutins"
    )


def composer_un_point(point: PointOrdreDuJour) -> dict:
    """One dossier: recusals with their hours, the deciding ballot in totals, the opinion and its grounds."""
    dossier = point.dossier
    scrutins = [s for s in point.scrutins.all() if s.etat == EtatScrutin.CLOS]
    dernier = max(scrutins, key=lambda s: s.pk, default=None)
    avis = getattr(point, "avis", None)
    adjectif, motifs = _avis_et_motifs(point, avis, scrutins)
    return {
        "numero": dossier.numero,
        "nom_projet": dossier.nom_projet,
        "departement": dossier.departement.nom if dossier.departement else "",
        "rapporteur": point.rapporteur.user.nom_complet if point.rapporteur else None,
        "deports": _deports(point),
        "auditions": _auditions(point),
        **_vote(dernier),
        "nouveau_scrutin": any(s.tour > 1 for s in scrutins),
        "debats": _debats(point, avis),
        "autres_scrutins": [raconter(s) for s in autres_scrutins(point, dernier)],
        "desaccords": avis.desaccords if avis else [],
        "avis": adjectif,
        "motifs": motifs,
    }


def _auditions(point: PointOrdreDuJour) -> list[dict]:
    """What the committee heard of this dossier before it deliberates, as the secretariat wrote it up."""
    if point.seance.type != TypeSeance.SELECTION:
        return []
    ecrites = point.dossier.auditions.filter(tenue__isnull=False, annulee_le=None).exclude(notes="")
    return [
        {
            "date": une.debut.astimezone(horloge.PARIS).date().isoformat(),
            "tenue": une.tenue,
            "texte": une.notes.strip(),
        }
        for une in ecrites.order_by("debut")
    ]


def _debats(point: PointOrdreDuJour, avis) -> str | None:
    """What the secretary summed up of the debate, where it is not already the grounds that are printed."""
    resume = point.notes.strip()
    return resume if avis is not None and resume != avis.motifs.strip() and resume else None


def _deports(point: PointOrdreDuJour) -> list[dict]:
    sorties = {s.membre_id: s for s in point.sorties.all()}
    jusque = point.conclu_le or horloge.maintenant()
    lignes = []
    for deport in point.dossier.deports.all():
        if deport.le > jusque or (deport.leve_le and deport.leve_le <= jusque):
            continue
        sortie = sorties.get(deport.membre_id)
        raison = deport.motif.rstrip(". ")
        lignes.append(
            {
                "nom": deport.membre.user.nom_complet,
                "raison": raison[:1].lower() + raison[1:],
                "sortie": a_paris(sortie.sortie_le) if sortie else None,
                "retour": a_paris(sortie.retour_le) if sortie else None,
            }
        )
    return lignes


def _vote(scrutin: Scrutin | None) -> dict:
    """Totals of one ballot; no figure under five voters, none by college, ever."""
    if scrutin is None:
        return dict.fromkeys(
            (
                "presents_point",
                "mode",
                "votants",
                "pour",
                "contre",
                "abstention",
                "blanc",
                "majorite",
                "voix_preponderante",
            )
        )
    montrer = scrutin.totaux_publiables
    return {
        "presents_point": scrutin.presents,
        "mode": MODE_SECRET if scrutin.secret else MODE_PUBLIC,
        "votants": scrutin.votants,
        "pour": scrutin.pour if montrer else None,
        "contre": scrutin.contre if montrer else None,
        "abstention": scrutin.abstentions if montrer else None,
        "blanc": scrutin.blancs if montrer else None,
        "majorite": scrutin.majorite_dite,
        "voix_preponderante": scrutin.voix_preponderante.lower() or None,
    }


def _avis_et_motifs(point: PointOrdreDuJour, avis, scrutins: list[Scrutin]) -> tuple[str, str]:
    if point.resultat == Resultat.REPORTE:
        return "examen reporté", point.motif_report
    if avis is None:
        adjectif, par_defaut = AVIS_SANS_VOTE[Resultat(point.resultat)]
        return adjectif, point.notes.strip() or par_defaut
    adjectif = "ajournement" if avis.sens == SensAvis.AJOURNEMENT else avis.adjectif
    if avis.rang_complementaire:
        adjectif += f", liste complémentaire, rang {avis.rang_complementaire}"
    premier = next((s for s in scrutins if s.question == Question.AVIS), None)
    motifs = avis.motifs
    if avis.sens == SensAvis.AJOURNEMENT and premier is not None and premier.totaux_publiables:
        motifs = (
            f"{motifs.rstrip('. ')} ; un premier scrutin, sur l'avis favorable, avait donné {premier.pour} voix pour, "
            f"{premier.contre} contre, {compter(premier.abstentions, 'abstention')}, {compter(premier.blancs, 'blanc')}"
        )
    return adjectif, motifs


@composition("pv_selection")
def composer_pv_selection(seance: Seance, *, evenement, par, **faits) -> dict:
    """Minutes of a first or second sitting."""
    points = list(_points(seance))
    avis = [p.avis for p in points if hasattr(p, "avis")]
    return composer_la_seance(seance) | {
        "points": _points_generaux(seance, points),
        "dossiers": [composer_un_point(p) for p in points],
        "modifications": [],
        "n_favorables": sum(a.sens == SensAvis.FAVORABLE and not a.rang_complementaire for a in avis),
        "n_reserves": sum(a.sens == SensAvis.RESERVE and not a.rang_complementaire for a in avis),
        "n_defavorables": sum(a.sens == SensAvis.DEFAVORABLE for a in avis),
        "n_ajournements": sum(a.sens == SensAvis.AJOURNEMENT for a in avis),
        "n_liste_complementaire": sum(bool(a.rang_complementaire) for a in avis),
        "liste_classee": _liste_classee(points),
    }


def _points_generaux(seance: Seance, points) -> list[dict]:
    lignes = []
    tenues = [a for p in points for a in p.dossier.auditions.filter(tenue=True).order_by("debut")]
    if seance.type == TypeSeance.SELECTION and tenues:
        jours = sorted({a.debut.astimezone(horloge.PARIS).date() for a in tenues})
        periode = (
            f"le {date_longue(jours[0])}"
            if len(jours) == 1
            else f"du {date_longue(jours[0])} au {date_longue(jours[-1])}"
        )
        lignes.append(
            {
                "libelle": "Compte rendu des auditions",
                "texte": f"Le comité a entendu {compter(len(tenues), 'porteur')}, {periode}.",
            }
        )
    if seance.notes.strip():
        lignes.append({"libelle": "Déroulement de la séance", "texte": seance.notes.strip()})
    return lignes


def _liste_classee(points) -> list[dict]:
    """Favourable opinions: by mean score of the readings, the reserve list last, in its own order."""
    favorables = [
        p for p in points if hasattr(p, "avis") and p.avis.sens in (SensAvis.FAVORABLE, SensAvis.RESERVE)
    ]
    favorables.sort(
        key=lambda p: (p.avis.rang_complementaire or 0, -(score_moyen(p.dossier) or Decimal(0)), p.rang)
    )
    return [
        {
            "rang": rang,
            "numero": p.dossier.numero,
            "nom_projet": p.dossier.nom_projet,
            "departement": p.dossier.departement.nom if p.dossier.departement else "",
            "avis": _avis_et_motifs(p, p.avis, [])[0],
        }
        for rang, p in enumerate(favorables, start=1)
    ]


@composition("pv_arbitrage")
def composer_pv_arbitrage(seance: Seance, *, evenement, par, **faits) -> dict:
    """Minutes of an arbitration: amounts asked and proposed, the envelope before and after."""
    points = list(_points(seance).select_related("proposition"))
    return composer_la_seance(seance) | {
        "enveloppe_ouverture": seance.enveloppe_ouverture,
        "enveloppe_cloture": _enveloppe_a_la_cloture(seance, points),
        "dossiers": [composer_un_point(p) | _montants(p) for p in points],
    }


def _montants(point: PointOrdreDuJour) -> dict:
    dossier, proposition = point.dossier, getattr(point, "proposition", None)
    bilan = dossier.actes.filter(genre="bilan_incubation").order_by("-pk").first()
    zero = Decimal("0.00")
    return {
        "bilan_ref": bilan.numero if bilan else None,
        "demande_ref": None,
        "demande": {
            "investissement": str(dossier.demande_investissement),
            "amorcage": str(dossier.demande_amorcage),
            "jours": str(dossier.demande_jours),
        },
        "proposition": {
            "investissement": str(proposition.investissement if proposition else zero),
            "amorcage": str(proposition.amorcage if proposition else zero),
            "jours": str(proposition.jours if proposition else Decimal("0.0")),
        },
        "conditions": (proposition.conditions or None) if proposition else None,
    }


def _enveloppe_a_la_cloture(seance: Seance, points) -> list[dict]:
    """The lines of the opening, less what the favourable opinions of this sitting would take."""
    proposes = {
        NatureAide(nature).label: sum(
            (
                getattr(p.proposition, nom)
                for p in points
                if hasattr(p, "avis") and p.avis.sens == SensAvis.FAVORABLE and hasattr(p, "proposition")
            ),
            Decimal("0.00"),
        )
        for nature, nom in NATURES.items()
    }
    lignes = []
    for ligne in seance.enveloppe_ouverture:
        pris = Decimal(ligne["engage"]) + proposes.get(ligne["ligne"], Decimal("0.00"))
        lignes.append(ligne | {"engage": str(pris), "disponible": str(Decimal(ligne["plafond"]) - pris)})
    return lignes
