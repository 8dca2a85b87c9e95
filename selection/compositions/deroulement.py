"""What happened besides the results, as the journal tells it: pauses, presence by college, the ballots not retained."""

from candidatures.instantanes import a_paris
from manufactures.journal.models import Entree
from selection.compositions.communs import MODE_PUBLIC, MODE_SECRET
from selection.models import EtatScrutin, Mode, PointOrdreDuJour, Scrutin, Seance

PAUSES = ("suspendre", "reprendre")


def suspensions(seance: Seance) -> list[dict]:
    """Each pause of the sitting with its reason, from the line that opens it to the line that ends it."""
    pauses: list[dict] = []
    for entree in Entree.objects.filter(fil=seance.fil, action__in=PAUSES).order_by("rang"):
        if entree.action == "suspendre":
            pauses.append({"debut": a_paris(entree.le), "fin": None, "motif": entree.motif})
        elif pauses:
            pauses[-1]["fin"] = a_paris(entree.le)
    return pauses


def par_college(seance: Seance, presences: dict) -> list[dict]:
    """College by college: summoned, come, represented. Presence only: no vote is ever told by college."""
    colleges: dict[int, dict] = {}
    lignes = seance.convocations.select_related("membre__college").order_by("membre__college__libelle", "pk")
    for convocation in lignes:
        college, ligne = convocation.membre.college, presences.get(convocation.membre_id)
        compte = colleges.setdefault(
            college.pk, {"libelle": college.libelle, "membres": 0, "presents": 0, "representes": 0}
        )
        compte["membres"] += 1
        compte["presents"] += bool(ligne and ligne.arrivee_le)
        compte["representes"] += bool(ligne and ligne.mode == Mode.REPRESENTE and not ligne.arrivee_le)
    return list(colleges.values())


def autres_scrutins(point: PointOrdreDuJour, decisif: Scrutin | None) -> list[Scrutin]:
    """The ballots of an item besides the one that decided: lost, tied, cancelled; in the order they were opened."""
    finis = (EtatScrutin.CLOS, EtatScrutin.ANNULE)
    autres = (s for s in point.scrutins.all() if s.etat in finis and s != decisif)
    return sorted(autres, key=lambda s: s.pk)


def raconter(scrutin: Scrutin) -> dict:
    """One of them, in totals only, none under five voters; a cancelled one has no figure at all."""
    montrer, annule = scrutin.totaux_publiables, scrutin.etat == EtatScrutin.ANNULE
    return {
        "question": scrutin.get_question_display() + (", second tour" if scrutin.tour > 1 else ""),
        "mode": MODE_SECRET if scrutin.secret else MODE_PUBLIC,
        "ouvert": a_paris(scrutin.ouvert_le),
        "annule": a_paris(scrutin.annule_le or scrutin.ouvert_le) if annule else None,
        "motif": scrutin.motif_annulation or None,
        "votants": scrutin.votants if montrer else None,
        "pour": scrutin.pour if montrer else None,
        "contre": scrutin.contre if montrer else None,
        "abstention": scrutin.abstentions if montrer else None,
        "blanc": scrutin.blancs if montrer else None,
        "issue": _issue(scrutin),
    }


def _issue(scrutin: Scrutin) -> str | None:
    if scrutin.etat != EtatScrutin.CLOS:
        return None
    if scrutin.adopte:
        return "adopté"
    if scrutin.a_refaire:
        return "égalité, la question est votée une seconde fois"
    return "égalité, la question n'est pas adoptée" if scrutin.partage else "non adopté"
