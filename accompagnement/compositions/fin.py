"""The end of the two years, and the end of the path before them."""

from django.db.models import Q

from accompagnement.compositions.commun import agent, reference, signataire
from accompagnement.models import Convention, CreditJours
from accompagnement.models.base import mois_apres
from candidatures.compositions import composer_fin_de_parcours as composer_retrait
from manufactures import horloge
from manufactures.francais import date_longue, euros
from manufactures.francais import jours as en_jours
from manufactures.procedure import EtatConvention, EtatMission, Role
from manufactures.programme.models import Delegation, NatureAide
from manufactures.registres import composition

ANNEES_DE_CONSERVATION = 10


def _versements(dossier) -> list[dict]:
    convention = Convention.objects.filter(dossier=dossier).first()
    if convention is None:
        return []
    verse = {nature: 0 for nature in (NatureAide.INVESTISSEMENT, NatureAide.AMORCAGE)}
    for tranche in convention.tranches.exclude(payee_le=None):
        verse[tranche.nature] += tranche.montant_verse
    return [
        {"nature": nature.label, "accorde": str(convention.montant(nature)), "verse": f"{somme:.2f}"}
        for nature, somme in verse.items()
        if convention.montant(nature)
    ]


def _besoins(dossier) -> list[dict]:
    """Needs as they were granted against days done, theme by theme."""
    faits: dict[int, object] = {}
    for mission in dossier.missions.filter(etat=EtatMission.SERVICE_FAIT):
        faits[mission.theme_id] = faits.get(mission.theme_id, 0) + mission.jours_valides
    return [
        {
            "theme": besoin.theme.libelle,
            "prevus": str(besoin.jours),
            "realises": f"{faits.get(besoin.theme_id, 0):.1f}",
            "ecart": None
            if faits.get(besoin.theme_id, 0) == besoin.jours
            else "jours non utilisés, perdus à la clôture",
        }
        for besoin in dossier.besoins.select_related("theme")
    ]


@composition("bilan_accompagnement")
def composer_bilan(dossier, *, evenement, par, **faits) -> dict:
    """Days, missions, needs, indicators, money: figures from the rows, words from the report."""
    bilan = dossier.bilan_accompagnement
    credit = CreditJours.objects.filter(dossier=dossier).first()
    atteints = {a.indicateur_id: a for a in bilan.atteints.all()}
    debut = credit.debut if credit else horloge.aujourd_hui()
    return dossier.instantane() | {
        "objet_acte": f"Bilan d'accompagnement, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "debut": debut.isoformat(),
        "fin": (min(credit.fin, horloge.aujourd_hui()) if credit else debut).isoformat(),
        "credit": {
            "accorde": str(credit.accordes if credit else "0.0"),
            "commande": str(credit.commandes if credit else "0.0"),
            "realise": str(credit.consommes if credit else "0.0"),
            "perdu": str(credit.perdus if credit else "0.0"),
        },
        "missions": [
            {
                "theme": m.theme.libelle,
                "expert": m.expert.nom_complet,
                "jours": str(m.jours_valides),
                "resultat": m.resultat or m.objet,
            }
            for m in dossier.missions.filter(etat=EtatMission.SERVICE_FAIT).select_related("theme", "expert")
        ],
        "besoins": _besoins(dossier),
        "indicateurs": [
            {
                "libelle": i.libelle,
                "unite": i.unite,
                "depart": str(i.depart),
                "cible": str(i.cible),
                "atteint": atteints[i.pk].valeur if i.pk in atteints else None,
                "source": (atteints[i.pk].source or None) if i.pk in atteints else None,
            }
            for i in dossier.indicateurs.all()
        ],
        "avancement": bilan.avancement,
        "subventions": _versements(dossier),
        "satisfaction": None,
        "appreciation_porteur": bilan.appreciation_porteur or None,
        "appreciation_agence": bilan.appreciation_agence,
        "suites": bilan.suites,
        "cloture_proposee": True,
        "manque": [],
    }


def consequences(dossier) -> list[str]:
    """What ends with the path, computed from what was granted, ordered and paid."""
    lignes = []
    if credit := CreditJours.objects.filter(dossier=dossier).first():
        lignes.append(f"{en_jours(credit.non_commandes)} non commandés rendus au programme")
    convention = Convention.objects.filter(dossier=dossier).first()
    if convention and (reste := convention.montant_maximum - convention.verse):
        lignes.append(f"{euros(reste)} de subvention non versés, dégagés")
    if convention and convention.etat == EtatConvention.RESILIEE and convention.verse:
        lignes.append("les sommes versées sans emploi justifié sont reversées, selon une procédure distincte")
    return [*lignes, "fin de l'usage du label pour les actions à venir"]


def conservation(dossier) -> str:
    """Ten years after the last payment, or after today where nothing was paid."""
    paiements = Convention.objects.filter(dossier=dossier).values_list("tranches__payee_le", flat=True)
    dernier = max((p for p in paiements if p), default=horloge.aujourd_hui())
    return mois_apres(dernier, 12 * ANNEES_DE_CONSERVATION).isoformat()


OBJETS = {"cloture": "Clôture du dossier", "renonciation": "Fin du parcours", "exclusion": "Fin du parcours"}


def _pour_l_agence(dossier, par):
    """Who signs: a responsable who acts, or the holder of the delegation when the porteur does."""
    if par.a_le_role(Role.RESPONSABLE):
        return par
    instant = horloge.maintenant()
    delegations = Delegation.objects.filter(
        Q(au=None) | Q(au__gt=instant), appel=dossier.appel, du__lte=instant
    )
    delegation = delegations.order_by("-du", "pk").first()
    return delegation.user if delegation else par


@composition("fin_de_parcours")
def composer_fin_de_parcours(dossier, *, evenement, par, cas="", motif="", demande_le=None, **faits) -> dict:
    """A withdrawal is submission's own; past the label, what ends is computed here."""
    signe_par = _pour_l_agence(dossier, par)
    acteurs = {
        "agent": agent(dossier, signe_par),
        "signataire": signataire(signe_par, dossier.appel, "fin_de_parcours"),
    }
    if evenement.action == "retirer":
        return composer_retrait(dossier, evenement=evenement, par=par, motif=motif, **faits) | acteurs
    cas = cas or ("cloture" if evenement.action == "clore" else "renonciation")
    suites = consequences(dossier)
    if cas == "cloture":
        suites = [f"l'accompagnement prend fin le {date_longue(horloge.aujourd_hui())}", *suites[:-1]]
    return (
        dossier.instantane()
        | acteurs
        | {
            "objet_acte": f"{OBJETS[cas]} {dossier.numero}",
            "cas": cas,
            "demande_le": demande_le or horloge.aujourd_hui().isoformat(),
            "motif": motif or None,
            "label_ref": reference(dossier, "labellisation"),
            "conservation_jusquau": conservation(dossier),
            "consequences": suites,
        }
    )
