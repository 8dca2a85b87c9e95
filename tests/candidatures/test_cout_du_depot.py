"""What a deposit costs, so that a rush of them is served; and what it freezes, read in one statement."""

import uuid
from decimal import Decimal

import pytest

from candidatures import gel
from candidatures.ensemble import lire_d_un_coup
from candidatures.models import Dossier, VersionDeposee
from manufactures.actes.models import Acte, Compteur
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory, fichier
from tests.factories.programme import FormeJuridiqueFactory, PieceDemandeeFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
AU_PLUS = 25  # guarantee F44; reached: 24


def deposer(client, pieces):
    """Send the page's form, its key included; returns what it cost."""
    dossier = DossierFactory()
    MembreFactory(dossier=dossier, droit="CONTRIBUTEUR")
    for rang in range(pieces):
        dossier.ajouter_piece(fichier(f"plan-{rang}.png"), par=dossier.titulaire)
    client.force_login(dossier.titulaire)
    envoi = {"action": "deposer", "cle_unique": str(uuid.uuid4()), **ATTESTATIONS}
    with compter() as compte:
        assert client.post(f"{dossier.get_absolute_url()}depot/", envoi).status_code == 302
    version = VersionDeposee.objects.get(dossier=dossier)
    assert len(version.contenu["pieces_jointes"]) == pieces
    assert Acte.objects.filter(dossiers=dossier, genre="ar_depot").count() == 1
    return compte


def test_a_deposit_costs_25_queries_at_most_whatever_the_pieces(client):
    deposer(client, 0)  # what is read once a process
    une, douze = deposer(client, 1), deposer(client, 12)
    assert une.requetes == douze.requetes <= AU_PLUS, str(douze)


def valeurs(objet):
    """Every value of an object with its type, and those of the rows read with it."""
    lues = {nom: (type(v), v) for nom, v in vars(objet).items() if not nom.startswith("_")}
    avec = {nom: v for nom, v in objet._state.fields_cache.items() if v and not isinstance(v, Dossier)}
    return lues | {nom: valeurs(v) for nom, v in avec.items()}


def test_tables_read_in_one_statement_are_those_of_the_query_sets():
    dossier = DossierFactory()
    dossier.ajouter_piece(
        fichier(), par=dossier.titulaire, type=PieceDemandeeFactory(appel=dossier.vague.appel)
    )
    piece = dossier.pieces.get()
    dossier.equipements.update(devis=piece, prix_unitaire_ht=Decimal("1200.50"))
    dossier.sites.update(qpv_piece=piece)
    dossier.membres_consortium.create(
        raison_sociale="L'Autre « maison »", forme_juridique=FormeJuridiqueFactory()
    )
    lectures = {nom: gel._lignes(dossier, nom) for nom in (*gel.LIGNES, "pieces")}
    lectures |= {"filieres": dossier.filieres.order_by("code"), "aucune": dossier.indicateurs.filter(pk=0)}

    with compter() as compte:
        lues = lire_d_un_coup(
            {nom: lignes for nom, lignes in lectures.items() if nom != "membres_consortium"}
        )
    lues |= lire_d_un_coup({"membres_consortium": lectures["membres_consortium"]})

    assert compte.requetes == 1
    for nom, lignes in lectures.items():
        assert [valeurs(lue) for lue in lues[nom]] == [valeurs(attendue) for attendue in lignes], nom
    assert lues["aucune"] == [] and len(lues["equipements"]) and len(lues["lignes_financement"]) > 1
    deja_lues = gel.a_lire_ensemble(Dossier.objects.all(), *gel.LUES_AVEC).get(pk=dossier.pk)
    assert gel.contenu_a_figer(deja_lues, deja_lues=gel.LUES_AVEC) == gel.contenu_a_figer(dossier)


def test_the_same_act_ordered_twice_is_one_and_leaves_no_gap():
    """The order is written first; where its natural key is taken, the number drawn goes back."""
    fait = {"fil": "dossier/D-2222-2222", "instantane": {}, "par": None, "cle": "journal-1"}
    premier = Acte.commander("ar_depot", **fait)
    assert Acte.commander("ar_depot", **fait) == premier
    suivant = Acte.commander("ar_depot", **fait | {"cle": "journal-2"})
    assert suivant.rang == premier.rang + 1 == Compteur.objects.get().dernier
