"""Essential data of the subsidies (loi 2000-321 art. 10, décret 2017-779), columns of the schema SCDL 2.1.1."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from accompagnement.models import EtatTranche, Tranche
from accompagnement.models.base import mois_apres
from manufactures import horloge
from manufactures.programme.models import Appel, RegimeAide
from manufactures.tableur import neutraliser
from selection.models import Decision
from selection.models.choix import SensDecision

COLONNES = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
)
OBJET_MAX = 256
RNA = re.compile(r"W\d{9}")  # the schema's: some true numbers of Corsica and overseas don't fit and stay out
BLANCS = re.compile(r"[^\S\u00a0\u202f]+")
INVENTE = "Démonstration, montant inventé. "
PERSONNE_PHYSIQUE = "1"  # first digit of INSEE's legal category of a natural person
DE_MINIMIS = (RegimeAide.DE_MINIMIS, RegimeAide.SIEG_DE_MINIMIS)
LOT = 2_000


def publiees() -> QuerySet[Decision]:
    """Awards of money that the public may know of: published, to a legal person."""
    attributions = Decision.objects.filter(
        sens=SensDecision.ATTRIBUTION, annulee_le=None, publiee_le__lte=horloge.maintenant()
    ).exclude(dossier__forme_juridique__categorie__startswith=PERSONNE_PHYSIQUE)
    montant = F("montant_investissement") + F("montant_amorcage")
    return attributions.annotate(montant=montant).filter(montant__gt=0)


def resume() -> dict:
    """Rows, euros and last change of the file, in one query."""
    return publiees().aggregate(
        nombre=Count("pk"),
        total=Sum("montant", default=Decimal("0.00")),
        derniere=Max("publiee_le"),
        inventes=Count("pk", filter=Q(dossier__est_demonstration=True)),
    )


def nom_du_fichier(jour: date, *, inventes: bool) -> str:
    """Producer, name of the schema, day of production; a file with invented amounts says so in its name too."""
    siret = (
        Appel.objects.exclude(siret_attribuant="").order_by("-pk").values_list("siret_attribuant", flat=True)
    )
    parts = [siret.first() or "", "subventions", f"{jour:%Y%m%d}", "demonstration" if inventes else ""]
    return "_".join(part for part in parts if part) + ".csv"


def _tranches(agregat):
    par_convention = Tranche.objects.filter(convention__dossier=OuterRef("dossier")).order_by()
    return Subquery(par_convention.values("convention").annotate(v=agregat).values("v"))


CHAMPS = (
    "dossier__vague__appel__nom_attribuant",
    "dossier__vague__appel__service_nom",
    "dossier__vague__appel__siret_attribuant",
    "dossier__vague__appel__numero_rae",
    "dossier__vague__appel__regime_aide",
    "dossier__vague__appel__dispositif_aide",
    "dossier__vague__appel__accompagnement_mois",
    "acte__numero",
    "publiee_le",
    "dossier__raison_sociale",
    "dossier__nom_projet",
    "dossier__resume_public",
    "dossier__siret",
    "dossier__numero_rna",
    "dossier__est_demonstration",
    "dossier__convention__signee_le",
    "dossier__convention__fin_le",
    "montant",
    "tranches",
    "restantes",
    "premier",
    "dernier",
)


def rangees() -> Iterator[tuple]:
    """The file, row by row, in one query: nothing is kept."""
    decisions = (
        publiees()
        .annotate(
            tranches=_tranches(Count("pk")),
            restantes=_tranches(Count("pk", filter=~Q(etat=EtatTranche.PAYE))),
            premier=_tranches(Min("payee_le")),
            dernier=_tranches(Max("payee_le")),
        )
        .order_by("publiee_le", "acte__rang", "pk")
    )
    for valeurs in decisions.values(*CHAMPS).iterator(LOT):
        yield rangee(valeurs)


def rangee(v: dict) -> tuple:
    """One award, in the order of `COLONNES`; the keys are `CHAMPS`."""
    decidee, signee = jour(v["publiee_le"]), jour(v["dossier__convention__signee_le"])
    fin_prevue = v["dossier__convention__fin_le"] or mois_apres(
        decidee, v["dossier__vague__appel__accompagnement_mois"]
    )
    fin = v["dernier"] if v["tranches"] and not v["restantes"] else fin_prevue
    rna = v["dossier__numero_rna"]
    return (
        v["dossier__vague__appel__nom_attribuant"] or v["dossier__vague__appel__service_nom"],
        v["dossier__vague__appel__siret_attribuant"],
        signee or decidee,
        v["acte__numero"],
        en_une_ligne(v["dossier__raison_sociale"] or v["dossier__nom_projet"]),
        v["dossier__siret"],
        rna if RNA.fullmatch(rna) else "",
        objet(v["dossier__nom_projet"], v["dossier__resume_public"], invente=v["dossier__est_demonstration"]),
        v["montant"],
        "aide en numéraire",
        "unique" if v["tranches"] == 1 else "échelonné",
        periode(v["premier"] or signee or decidee, fin),
        v["dossier__vague__appel__numero_rae"],
        v["dossier__vague__appel__regime_aide"] in DE_MINIMIS,
        Decimal("1.00"),
        v["dossier__vague__appel__dispositif_aide"],
    )


def jour(instant: datetime | None) -> date | None:
    """The day in Paris."""
    return instant.astimezone(horloge.PARIS).date() if instant else None


def periode(debut: date, fin: date) -> str:
    """A day, or two days with a slash (ISO 8601)."""
    return f"{debut.isoformat()}/{fin.isoformat()}" if fin > debut else debut.isoformat()


def en_une_ligne(texte: str) -> str:
    """Without line ends nor doubled blanks; French keeps its no-break spaces."""
    return BLANCS.sub(" ", texte).strip()


def objet(projet: str, presentation: str, *, invente: bool) -> str:
    """The purpose in 256 characters once made harmless: an invented amount says so first; cut at a word."""
    texte = en_une_ligne(f"{projet}\u00a0: {presentation}" if presentation.strip() else projet)
    texte = neutraliser(f"{INVENTE if invente else ''}{texte}")
    if len(texte) <= OBJET_MAX:
        return texte
    court = texte[: OBJET_MAX - 1]
    return f"{court.rsplit(' ', 1)[0] if ' ' in court else court}…"
