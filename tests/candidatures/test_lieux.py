"""What each place is said to belong to, with its proof; the commune by its name, with or without a script."""

import pytest

from candidatures.gel import contenu_a_figer
from candidatures.lecture import lire
from candidatures.models import Dispositif, Dossier, Piece
from tests.factories.candidatures import DossierFactory
from tests.factories.programme import CommuneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(client):
    """A complete draft with one place, its titulaire signed in."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    return dossier


def enregistrer(client, dossier, version=0, **reponses):
    """The first place, as the page posts it."""
    commune = dossier.sites.get().commune
    donnees = {
        "sites-TOTAL_FORMS": 1, "sites-INITIAL_FORMS": 1, "version": version, "suite": "rester",
        "sites-0-nom": "Halle", "sites-0-principal": "on",
        "sites-0-commune": f"{commune.nom} ({commune.departement_id})",
        "sites-0-type_territoire": "RURAL", "sites-0-titre_occupation": "BAIL", "sites-0-surface_projet_m2": "400",
    }  # fmt: skip
    donnees |= {f"sites-0-{nom}": valeur for nom, valeur in reponses.items()}
    return client.post(f"{dossier.get_absolute_url()}lieu/", donnees)


def piece(dossier, nom="attestation.pdf"):
    """A piece of the dossier, its content apart."""
    return Piece.toutes.create(
        dossier=dossier, nom=nom, libelle=nom, fichier="pieces/x", type_mime="application/pdf", taille=1,
        empreinte="a" * 64, ajoutee_par=dossier.titulaire,
    )  # fmt: skip


def test_facts_are_stated_with_a_link_or_a_piece(client, dossier):
    """Kept with the place, read by the committee with their proof, frozen with the deposit."""
    attestation = piece(dossier)
    reponse = enregistrer(
        client, dossier, qpv_relation="PROXIMITE", code_qpv="qn 02601 m", qpv_lien="sig.ville.gouv.fr/QN02601M",
        petites_villes_de_demain="on", pvd_piece=attestation.pk, territoires_industrie="on",
    )  # fmt: skip
    assert reponse.status_code == 302, [f.errors for f in reponse.context["page"].forms]
    site = dossier.sites.get()
    assert (site.code_qpv, site.qpv_lien, site.pvd_piece) == (
        "QN02601M",
        "https://sig.ville.gouv.fr/QN02601M",
        attestation,
    )
    assert [site.est_dans(d) for d in Dispositif] == [True, False, True, True]
    assert site.dispositifs_sans_preuve == ["Territoires d'industrie"]
    (lieu,) = [s for s in lire(contenu_a_figer(Dossier.objects.get(pk=dossier.pk))) if s.slug == "lieu"]
    texte = lieu.tables[0].lignes[0][-1]
    assert "Quartier prioritaire de la ville QN02601M (https://sig.ville.gouv.fr/QN02601M)" in texte
    assert "Petites villes de demain (attestation.pdf)" in texte
    assert "Territoires d'industrie (sans preuve)" in texte


@pytest.mark.parametrize(
    ("reponses", "champ", "phrase"),
    [
        ({"code_qpv": "12345", "qpv_relation": "DANS"}, "code_qpv", "QN ou QP suivi de six caractères"),
        ({"code_qpv": "QN02601M", "qpv_relation": "HORS"}, "code_qpv", "dans ce quartier ou à proximité"),
        ({"pvd_lien": "la mairie"}, "pvd_lien", "Écrivez une adresse entière"),
        ({"pvd_lien": "javascript:alert(1)"}, "pvd_lien", "Écrivez une adresse entière"),
        ({"acv_piece": "999999"}, "acv_piece", "999999"),
    ],
)
def test_each_wrong_proof_has_its_sentence(client, dossier, reponses, champ, phrase):
    """Beside its field; what stood stands."""
    avant = dossier.sites.get()
    reponse = enregistrer(client, dossier, **reponses)
    (_, formset), = reponse.context["page"].tables  # fmt: skip
    assert phrase in str(formset.forms[0].errors[champ])
    assert dossier.sites.get() == avant


def test_another_dossiers_piece_is_no_proof(client, dossier):
    """Neither offered nor taken."""
    ailleurs = piece(DossierFactory(), "ailleurs.pdf")
    assert "ailleurs.pdf" not in client.get(f"{dossier.get_absolute_url()}lieu/").content.decode()
    reponse = enregistrer(client, dossier, pvd_piece=ailleurs.pk)
    assert reponse.context["page"].tables[0][1].forms[0].errors["pvd_piece"]


@pytest.mark.parametrize("ecrit", ["Crest (26)", "crest", "26400", "26108", "  CREST  "])
def test_a_commune_is_named_without_a_script(client, dossier, ecrit):
    """By its name, its postcode or its code; the keyboard is enough."""
    crest = CommuneFactory(code="26108", nom="Crest", recherche="crest", codes_postaux=["26400"])
    reponse = enregistrer(client, dossier, commune=ecrit)
    if reponse.status_code == 302:
        assert dossier.sites.get().commune == crest
    else:  # several are so called: the sentence names each
        assert "Crest (26)" in str(reponse.context["page"].tables[0][1].forms[0].errors["commune"])


def test_communes_are_proposed_as_one_types(client, dossier):
    """Options of a native list: arrows, Enter and Escape are the browser's own."""
    CommuneFactory(code="26108", nom="Crest", recherche="crest")
    texte = client.get("/dossiers/communes/", {"sites-0-commune": "cre"}).content.decode()
    assert '<option value="Crest (26)">' in texte.replace(" />", ">")
    page = client.get(f"{dossier.get_absolute_url()}lieu/").content.decode()
    assert '<datalist id="communes">' in page
    assert 'list="communes"' in page


def test_a_place_keeps_its_point_while_it_stays_in_its_commune(client, dossier):
    """Renamed, it has not moved; elsewhere, the point is not its own any more."""
    dossier.sites.update(latitude="44.727800", longitude="5.021900")
    enregistrer(client, dossier, nom="Autre nom")
    assert str(dossier.sites.get().latitude) == "44.727800"
    CommuneFactory(code="26113", nom="Die", recherche="die", codes_postaux=["26150"])
    enregistrer(client, dossier, version=1, commune="26150")
    assert dossier.sites.get().latitude is None
