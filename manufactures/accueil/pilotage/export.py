"""The dossiers behind the figures, as a file: same rows as the list, nobody's address, journalled with its count."""

from collections.abc import Iterator

from django.db.models import FilteredRelation, Q

from manufactures.accueil.pilotage.argent import LOT, SOMMES, au_fil_des_dossiers, demande
from manufactures.accueil.pilotage.perimetre import Perimetre
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.programme.models import NatureAide

FIL = "exports"
CHAMPS = {
    "Numéro": "numero",
    "Projet": "nom_projet",
    "Structure": "raison_sociale",
    "SIRET": "siret",
    "Vague": "vague__libelle",
    "État": "etat",
    "Déposé le": "depose_le",
    "Commune": "lieu__commune__nom",
    "Département": "lieu__commune__departement__nom",
    "Région": "lieu__commune__departement__region__nom",
}
DEMANDES = {f"{nature.label}, demandé": nature for nature in NatureAide}
MOTS = {"accorde": "accordé", "engage": "engagé", "paye": "payé"}
TITRES = (*CHAMPS, *DEMANDES, *(f"{nature.label}, {MOTS[compte]}" for compte, nature in SOMMES))
RANG_DE_L_ETAT = list(CHAMPS).index("État")


def consigner_l_export(perimetre: Perimetre, *, role: str) -> int:
    """Write who takes what and how many rows, before the first of them leaves. The number of rows."""
    nombre = perimetre.dossiers.count()
    consigner(
        FIL,
        "exporter",
        par=perimetre.user,
        role=role,
        objet="pilotage, dossiers",
        vague=perimetre.en_mots,
        lignes=nombre,
    )
    return nombre


def rangees(perimetre: Perimetre) -> Iterator[tuple]:
    """The file, row by row, in four queries read side by side."""
    demandes = {f"demande_{nature.lower()}_": demande(nature) for nature in DEMANDES.values()}
    dossiers = (
        perimetre.dossiers.annotate(
            lieu=FilteredRelation("sites", condition=Q(sites__principal=True)), **demandes
        )
        .order_by("pk")
        .values_list("pk", *CHAMPS.values(), *demandes)
    )
    sommes = au_fil_des_dossiers(perimetre)
    for cle, *rangee in dossiers.iterator(LOT):
        rangee[RANG_DE_L_ETAT] = Etat(rangee[RANG_DE_L_ETAT]).label
        yield (*rangee, *sommes(cle))
