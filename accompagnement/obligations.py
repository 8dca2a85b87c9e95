"""What a signed convention asks of its beneficiary by a date, and the two reminders before each (articles 2, 5, 7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accompagnement.models import Convention, TypeTranche
from accompagnement.models.base import mois_apres
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.procedure import Etat, EtatConvention

EN_COURS = (EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)
RAPPELS = (30, 7)  # days before
RAPPEL = "obligation_a_tenir"


@dataclass(frozen=True)
class Obligation:
    """One duty: its article, its last day, and whether the rows show it done (None: nothing here can tell)."""

    code: str
    article: str
    libelle: str
    echeance: date
    tenue: bool | None

    @property
    def etat(self) -> str:
        """Where it stands, in words."""
        if self.tenue:
            return "tenue"
        if self.echeance < horloge.aujourd_hui():
            return "échue" if self.tenue is None else "en retard"
        return "à venir"

    @property
    def est_en_retard(self) -> bool:
        """Known to be late."""
        return self.etat == "en retard"


def obligations(convention) -> list[Obligation]:
    """All of them in the order of their dates; none before the agency has signed."""
    if not convention.signee_le or not convention.fin_le:
        return []
    return sorted(_obligations(convention), key=lambda o: (o.echeance, o.code))


def _obligations(convention) -> Iterator[Obligation]:
    signature = convention.signee_le.astimezone(horloge.PARIS).date()
    tranches = list(convention.tranches.all())
    avances = [tranche for tranche in tranches if tranche.type == TypeTranche.AVANCE]
    if avances:
        yield Obligation(
            "commencement",
            "5",
            "Commencer le projet et demander l'avance",
            min(mois_apres(signature, convention.dossier.appel.delai_commencement), convention.fin_le),
            all(tranche.demande_le for tranche in avances),
        )
    annees = range(1, 1 + (convention.fin_le.year - signature.year))
    for annee in annees:
        anniversaire = mois_apres(signature, 12 * annee)
        if anniversaire <= convention.fin_le:
            yield Obligation(
                f"rapport-{annee}", "7", f"Envoyer le rapport d'activité de l'an {annee}", anniversaire, None
            )
    soldes = [tranche for tranche in tranches if tranche.type == TypeTranche.SOLDE]
    if soldes:
        yield Obligation(
            "solde",
            "5",
            "Demander le solde, avec le bilan financier et le compte rendu final",
            convention.fin_le,
            all(tranche.demande_le for tranche in soldes),
        )


def rappeler() -> int:
    """Write the reminders due today, each once for each date; run again, it writes nothing more."""
    ecrits, jour = 0, horloge.aujourd_hui()
    conventions = Convention.objects.filter(etat__in=EN_COURS, dossier__etat=Etat.EN_ACCOMPAGNEMENT)
    lignes = conventions.select_related("dossier__vague__appel", "acte").prefetch_related("tranches")
    for convention in lignes.iterator(chunk_size=200):
        for obligation in obligations(convention):
            reste = (obligation.echeance - jour).days
            delai = min((rappel for rappel in RAPPELS if 0 <= reste <= rappel), default=None)
            if delai is not None and not obligation.tenue:
                ecrits += _rappeler(convention, obligation, delai)
    return ecrits


def _rappeler(convention, obligation, delai) -> int:
    evenement = f"{convention.fil}#{obligation.code}-{obligation.echeance:%Y%m%d}-{delai}"
    if Message.objects.filter(cle=RAPPEL, evenement=evenement).exists():
        return 0
    lignes = Message.preparer(
        RAPPEL,
        a=convention.destinataires(RAPPEL),
        evenement=evenement,
        fil=convention.fil,
        contexte=convention.contexte_des_messages()
        | {"texte": obligation.libelle, "reference": obligation.article, "date": str(obligation.echeance)},
        lien=convention.get_absolute_url(),
    )
    return len(lignes)
