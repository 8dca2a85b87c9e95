"""A closed dossier as a package: it says what it holds, and verifies itself without us."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from candidatures.archive import flux
from candidatures.archive.manifeste import ESPACE
from candidatures.gel import empreinte_de
from candidatures.models import Piece
from manufactures.actes.models import Acte, ExemplaireSigne
from manufactures.actes.tasks import produire
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from tests.actes.exemples_d_actes import exemple
from tests.factories.accompagnement import distribution, laureat

pytestmark = pytest.mark.django_db
CONTENU = b"%PDF-1.7 un devis"


@pytest.fixture
def gens():
    return distribution()


@pytest.fixture
def dossier(gens, settings, tmp_path):
    """Closed, with an act, a frozen version, a piece and three lines of journal."""
    settings.DONNEES, settings.SCEAU_P12, settings.SCEAU_MOT_DE_PASSE = tmp_path / "donnees", "", ""
    dossier = laureat(gens, etat=Etat.CLOS)
    acte = Acte.commander("fin_de_parcours", fil=dossier.fil, instantane=exemple("fin_de_parcours"), par=None)
    produire(acte.pk)
    dossier.ajouter_acte(acte)
    ExemplaireSigne.classer(acte, b"%PDF-1.7 un exemplaire", pages=1, par=gens.agent)
    contenu = {"projet": {"nom_projet": "L'Établi", "besoin": "Un tour à bois."}}
    dossier.versions.create(
        rang=1, contenu=contenu, empreinte=empreinte_de(contenu), deposee_par=gens.porteur
    )
    empreinte = hashlib.sha256(CONTENU).hexdigest()
    chemin = default_storage.save(f"pieces/{empreinte}", ContentFile(CONTENU))
    Piece.toutes.create(
        dossier=dossier,
        libelle="Devis",
        fichier=chemin,
        nom="../../devis & plan.pdf",
        type_mime="application/pdf",
        taille=len(CONTENU),
        empreinte=empreinte,
        ajoutee_par=gens.porteur,
    )
    for action in ("deposer", "instruire", "clore"):
        consigner(dossier.fil, action, par=gens.porteur, motif="L'été « prochain »")
    consigner("dossier/D-AUTRE", "deposer", par=gens.porteur)
    return dossier


@pytest.fixture
def paquet(dossier, tmp_path):
    """The package, unpacked."""
    with zipfile.ZipFile(io.BytesIO(b"".join(flux(dossier)))) as archive:
        archive.extractall(tmp_path / "archive")
    return tmp_path / "archive"


def verifier(paquet):
    """The script of the package, alone: no project in its path, no library of ours."""
    sortie = subprocess.run(
        [sys.executable, "-I", "-S", "verifier.py"], cwd=paquet, capture_output=True, text=True, check=False
    )
    return sortie.returncode, sortie.stdout


def test_the_package_holds_everything_and_is_whole(paquet, dossier):
    noms = sorted(p.relative_to(paquet).as_posix() for p in paquet.rglob("*") if p.is_file())
    acte = dossier.actes.get()
    assert f"actes/{acte.numero}.pdf" in noms and f"actes/{acte.numero}.json" in noms
    assert any(nom.startswith(f"actes/signes/{acte.numero}-") for nom in noms)
    assert "versions/version-1.json" in noms and any(nom.startswith("pieces/") for nom in noms)
    assert verifier(paquet) == (0, "Archive intacte.\n")
    assert (paquet / f"actes/{acte.numero}.pdf").read_bytes() == acte.lire_fichier()


def test_the_journal_is_this_dossier_s_alone_and_names_nobody(paquet, gens):
    lignes = [json.loads(ligne) for ligne in (paquet / "journal.jsonl").read_text().splitlines()]
    textes = [json.loads(ligne["texte"]) for ligne in lignes]
    assert [texte[2] for texte in textes][-3:] == ["deposer", "instruire", "clore"]
    assert {texte[0] for texte in textes} == {textes[0][0]}
    assert gens.porteur.email not in (paquet / "journal.jsonl").read_text()


def _alterer_un_acte(paquet):
    (chemin,) = (paquet / "actes").glob("*.pdf")
    octets = bytearray(chemin.read_bytes())
    octets[len(octets) // 2] ^= 1
    chemin.write_bytes(bytes(octets))


def _reecrire_le_journal(paquet):
    chemin = paquet / "journal.jsonl"
    lignes = chemin.read_text().splitlines()
    rang = next(rang for rang, ligne in enumerate(lignes) if "instruire" in ligne)
    dite = json.loads(lignes[rang])
    dite["texte"] = dite["texte"].replace("instruire", "refuser00")
    lignes[rang] = json.dumps(dite)
    _remplacer(paquet, "journal.jsonl", "\n".join(lignes) + "\n")


def _oter_une_ligne(paquet):
    lignes = (paquet / "journal.jsonl").read_text().splitlines()
    _remplacer(paquet, "journal.jsonl", "\n".join([lignes[0], *lignes[2:]]) + "\n")


def _remplacer(paquet, nom, texte):
    """Change a file and, as a careful forger would, its line in the inventory."""
    (paquet / nom).write_text(texte)
    inventaire = json.loads((paquet / "inventaire.json").read_text())
    for ligne in inventaire["fichiers"]:
        if ligne["chemin"] == nom:
            ligne["taille"] = len(texte.encode())
            ligne["sha256"] = hashlib.sha256(texte.encode()).hexdigest()
    (paquet / "inventaire.json").write_text(json.dumps(inventaire))


def _changer_une_version(paquet):
    _remplacer(paquet, "versions/version-1.json", '{"projet":{}}')


@pytest.mark.parametrize(
    ("geste", "dit"),
    [
        (_alterer_un_acte, "modifié"),
        (_reecrire_le_journal, "modifiée"),
        (_oter_une_ligne, "la chaîne est rompue"),
        (_changer_une_version, "différent de ce qui avait été enregistré"),
        (lambda p: (p / "actes/MP-2021-999999.pdf").write_bytes(b"%PDF-"), "inconnu de l'inventaire"),
        (lambda p: (p / "LISEZMOI.txt").unlink(), "absent"),
    ],
)
def test_every_change_is_named(paquet, geste, dit):
    geste(paquet)
    code, sortie = verifier(paquet)
    assert code == 1 and dit in sortie


def test_the_manifest_lists_each_object_with_its_digest(paquet):
    arbre = ElementTree.parse(paquet / "MANIFESTE.xml")  # noqa: S314 -- our own file
    espace = {"s": ESPACE}
    objets = arbre.findall(".//s:BinaryDataObject", espace)
    for objet in objets:
        fichier = paquet / objet.findtext("s:Uri", namespaces=espace)
        assert (
            objet.findtext("s:MessageDigest", namespaces=espace)
            == hashlib.sha256(fichier.read_bytes()).hexdigest()
        )
    renvois = {r.text for r in arbre.findall(".//s:DataObjectReferenceId", espace)}
    assert renvois == {objet.get("id") for objet in objets}
    titres = {titre.text for titre in arbre.findall(".//s:Title", espace)}
    assert "Devis" in titres


def test_a_hostile_name_stays_in_its_folder(paquet):
    (chemin,) = (paquet / "pieces").iterdir()
    assert chemin.name.endswith("devis _ plan.pdf") and "/" not in chemin.name
    assert not (paquet.parent / "devis & plan.pdf").exists()


def test_a_lost_file_is_told_not_hidden(dossier, tmp_path):
    default_storage.delete(dossier.actes.get().fichier)
    with zipfile.ZipFile(io.BytesIO(b"".join(flux(dossier)))) as archive:
        archive.extractall(tmp_path / "perdue")
    code, sortie = verifier(tmp_path / "perdue")
    assert code == 1 and "déjà perdu quand l'archive a été éditée" in sortie


def test_it_comes_in_small_pieces(dossier):
    gros = b"x" * 3_000_000
    empreinte = hashlib.sha256(gros).hexdigest()
    piece = Piece.toutes.get(dossier=dossier)
    default_storage.save("pieces/gros", ContentFile(gros))
    Piece.toutes.filter(pk=piece.pk).update(fichier="pieces/gros", empreinte=empreinte, taille=len(gros))
    assert max(len(morceau) for morceau in flux(dossier)) < 600_000


def test_who_takes_it_and_when(client, dossier, gens):
    adresse = f"/dossiers/{dossier.numero}/archive/"
    for personne, statut in (
        (gens.responsable, 200),
        (gens.auditeur, 200),
        (gens.agent, 403),
        (gens.porteur, 403),
    ):
        client.force_login(personne)
        assert client.get(adresse).status_code == statut
    client.force_login(gens.responsable)
    reponse = client.get(adresse)
    assert reponse.streaming and zipfile.is_zipfile(io.BytesIO(reponse.getvalue()))
    type(dossier).objects.filter(pk=dossier.pk).update(etat=Etat.EN_ACCOMPAGNEMENT)
    refus = client.get(adresse)
    assert refus.status_code == 409 and "pas terminé" in refus.content.decode()
