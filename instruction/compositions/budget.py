"""The money of a dossier as it was deposited: the lines of its plans, and what a committee reads of them."""

from decimal import Decimal

from candidatures.models import (
    FINANCEURS_PUBLICS,
    LigneFinancement,
    Sens,
    StatutRessource,
    TypeFinanceur,
    Volet,
)

CENT, ZERO = Decimal(100), Decimal("0.00")
STATUTS = {
    StatutRessource.ACQUIS: "acquis",
    StatutRessource.CONDITIONNEL: "conditionnel",
    StatutRessource.SOLLICITE: "sollicité",
    StatutRessource.ENVISAGE: "envisagé",
}


def plan_de_financement(dossier) -> dict:
    """The plan as it was deposited; two kinds of money in one table, each line saying which where both exist."""
    lignes = list(dossier.lignes_financement.filter(definitif=False))
    deux = len({ligne.volet for ligne in lignes}) > 1

    def dit(ligne) -> str:
        return f"{Volet(ligne.volet).label} : {ligne.libelle}" if deux else ligne.libelle

    depenses = [ligne for ligne in lignes if ligne.sens == Sens.DEPENSE]
    ressources = [ligne for ligne in lignes if ligne.sens == Sens.RESSOURCE]
    total_depenses = sum((ligne.montant for ligne in depenses), Decimal("0.00"))
    total = sum((ligne.montant for ligne in ressources), Decimal("0.00"))
    public = sum(
        (ligne.montant for ligne in ressources if ligne.type_financeur in FINANCEURS_PUBLICS), Decimal("0.00")
    )
    part = (public * CENT / total).quantize(Decimal("0.01")) if total else Decimal(0)
    return {
        "base": dossier.base_montants,
        "depenses": [{"libelle": dit(ligne), "montant": str(ligne.montant)} for ligne in depenses],
        "ressources": [
            {
                "financeur": dit(ligne),
                "statut": STATUTS[ligne.statut],
                "montant": str(ligne.montant),
            }
            for ligne in ressources
        ],
        "total_depenses": str(total_depenses),
        "total_ressources": str(total),
        "part_publique": str(part),
        "aides_etat": "régime à examiner avant l'attribution",
    }


def resume_du_budget(dossier) -> list[dict]:
    """Each plan that has lines: what it costs, what is asked and at which rate, what others bring and how firmly."""
    lignes = list(dossier.lignes_financement.filter(definitif=False))
    volets = [_volet(volet, [ligne for ligne in lignes if ligne.volet == volet]) for volet in Volet]
    return [volet for volet in volets if volet["depenses"] != str(ZERO) or volet["ressources"] != str(ZERO)]


def _volet(volet: Volet, lignes: list[LigneFinancement]) -> dict:
    ressources = [ligne for ligne in lignes if ligne.sens == Sens.RESSOURCE]
    demandees = [ligne for ligne in ressources if ligne.type_financeur == TypeFinanceur.ETAT_ANCT]
    autres = [ligne for ligne in ressources if ligne.type_financeur != TypeFinanceur.ETAT_ANCT]
    depenses = _somme(ligne for ligne in lignes if ligne.sens == Sens.DEPENSE)
    total, demande = _somme(ressources), _somme(demandees)
    publics = _somme(ligne for ligne in ressources if ligne.type_financeur in FINANCEURS_PUBLICS)
    return {
        "libelle": volet.label,
        "depenses": str(depenses),
        "ressources": str(total),
        "ecart": str(total - depenses),
        "demande": str(demande),
        "taux": _taux(demande, depenses),
        "part_publique": _taux(publics, total),
        "autres": [
            {"statut": STATUTS[statut], "montant": str(somme)}
            for statut in StatutRessource
            if (somme := _somme(ligne for ligne in autres if ligne.statut == statut))
        ],
        "cofinanceurs": [
            {"nom": ligne.libelle, "statut": STATUTS[ligne.statut], "montant": str(ligne.montant)}
            for ligne in autres
        ],
    }


def _somme(lignes) -> Decimal:
    return sum((ligne.montant for ligne in lignes), ZERO)


def _taux(part: Decimal, total: Decimal) -> str | None:
    """A rate in hundredths, none of nothing."""
    return str((part * CENT / total).quantize(Decimal("0.01"))) if total else None
