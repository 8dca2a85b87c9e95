"""What the paying system sends back: which orders were paid, when, under which reference. All of it, or nothing."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accompagnement.forms.argent import PaiementForm
from accompagnement.models import Tranche
from candidatures.forms.champs import MontantField
from manufactures.classeurs import ClasseurRefuse
from manufactures.francais import euros
from manufactures.programme.donnees.geographie import normaliser
from manufactures.registres import TransitionInterdite

TITRES = {
    "reference": "reference",
    "montant": "montant",
    "payee_le": "date de paiement",
    "mandat": "reference du paiement",
}


@dataclass
class LignePayee:
    """One row of the file: the order that it names, and what was done."""

    numero: int
    reference: str
    tranche: Tranche | None = None
    payee_le: date | None = None
    mandat: str = ""
    faute: str = ""


@dataclass
class Retour:
    """The rows of a file, right or not."""

    lignes: list[LignePayee] = field(default_factory=list)

    @property
    def fautes(self) -> list[str]:
        """What is to be corrected in the file, with its line."""
        return [f"ligne {ligne.numero} : {ligne.faute}" for ligne in self.lignes if ligne.faute]

    def noter(self, *, par) -> int:
        """Note every payment of the file in one transaction. Raises TransitionInterdite, with the line."""
        with transaction.atomic():
            for ligne in self.lignes:
                try:
                    ligne.tranche.payer(par=par, mandat=ligne.mandat, payee_le=ligne.payee_le)
                except TransitionInterdite as refus:
                    raise TransitionInterdite(f"Ligne {ligne.numero} : {refus} Rien n'est noté.") from None
        return len(self.lignes)


def lire_le_retour(lignes, user) -> Retour:
    """Read the rows of the file against the orders that `user` may see. Raises ClasseurRefuse without its columns."""
    if len(lignes) < 2:  # noqa: PLR2004 - the titles, then a row
        raise ClasseurRefuse("Ce fichier ne contient aucun paiement.")
    titres = [normaliser(titre.replace("_", " ")) for titre in lignes[0][1]]
    manquantes = [titre for titre in TITRES.values() if normaliser(titre) not in titres]
    if manquantes:
        noms = ", ".join(f"« {titre} »" for titre in manquantes)
        raise ClasseurRefuse(f"La première ligne doit porter les titres documentés. Il manque : {noms}.")
    places = {nom: titres.index(normaliser(titre)) for nom, titre in TITRES.items()}
    rangees = [
        (numero, {nom: cases[place] if place < len(cases) else "" for nom, place in places.items()})
        for numero, cases in lignes[1:]
    ]
    tranches = Tranche.objects.visibles_par(user).filter(
        acte__numero__in=[r["reference"] for _, r in rangees]
    )
    par_reference = {t.acte.numero: t for t in tranches.select_related("acte", "convention__dossier")}
    retour, vues = Retour(), set()
    for numero, rangee in rangees:
        ligne = LignePayee(numero, rangee["reference"], par_reference.get(rangee["reference"]))
        ligne.faute = _faute(ligne, rangee, vues)
        vues.add(ligne.reference)
        retour.lignes.append(ligne)
    return retour


def _faute(ligne: LignePayee, rangee: dict, vues: set) -> str:
    """Fill the row; what is wrong in it, or nothing."""
    if ligne.tranche is None:
        return f"aucun ordre de payer ne porte la référence « {ligne.reference} »."
    if ligne.reference in vues:
        return f"l'ordre {ligne.reference} est deux fois dans ce fichier."
    formulaire = PaiementForm({"mandat": rangee["mandat"], "payee_le": rangee["payee_le"]})
    if not formulaire.is_valid():
        return next(iter(formulaire.errors.values()))[0]
    ligne.mandat, ligne.payee_le = formulaire.cleaned_data["mandat"], formulaire.cleaned_data["payee_le"]
    try:
        montant = MontantField().clean(rangee["montant"])
    except ValidationError as faute:
        return faute.messages[0]
    attendu = ligne.tranche.montant_verse or Decimal(0)
    if montant != attendu:
        return f"{euros(montant)} payés pour {euros(attendu)} ordonnés."
    return ""
