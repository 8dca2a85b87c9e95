"""Each kind of act, sealed: accessible, durable, and altered by one byte. What veraPDF says of them: docs/actes.md."""

from io import BytesIO

import pikepdf
import pytest

from manufactures.actes.genres import GENRES
from manufactures.actes.rendu import rendre
from manufactures.actes.sceau import sceller, verifier_sceau
from manufactures.actes.verification import examiner
from tests.actes.exemples_d_actes import exemple
from tests.outils.pdf_durable import TITRES, _parcourir, defauts


@pytest.fixture(scope="module", autouse=True)
def _donnees(tmp_path_factory):
    """One certificate for the module."""
    from django.conf import settings

    ancien, settings.DONNEES = settings.DONNEES, tmp_path_factory.mktemp("durable")
    yield
    settings.DONNEES = ancien


@pytest.fixture(scope="module")
def scelles():
    """Every kind as it is kept."""
    return {genre: sceller(rendre(genre, exemple(genre))) for genre in GENRES}


@pytest.mark.parametrize("genre", GENRES)
def test_accessible_and_durable_once_sealed(genre, scelles):
    assert defauts(scelles[genre]) == []


@pytest.mark.parametrize("genre", GENRES)
def test_one_byte_changed_anywhere_is_altered(genre, scelles):
    contenu = scelles[genre]
    assert verifier_sceau(contenu).valide
    for part in (0.1, 0.5, 0.9):
        altere = bytearray(contenu)
        altere[int(len(altere) * part)] ^= 1
        assert examiner(bytes(altere))["examen"] == "ALTERE"


# --- The check bites ---


def _noeud(pdf, genre):
    return next(n for n, _ in _parcourir(pdf.Root.StructTreeRoot) if str(n.S) == genre)


def _ote(chemin):
    def changer(pdf):
        *parents, cle = chemin.split(".")
        objet = pdf.Root
        for parent in parents:
            objet = objet[f"/{parent}"]
        del objet[f"/{cle}"]

    return changer


def _sans_alt(pdf):
    _noeud(pdf, "/Figure").Alt = pikepdf.String("")


def _sans_portee(pdf):
    del _noeud(pdf, "/TH").A["/Scope"]


def _sans_entete(pdf):
    for noeud, _ in list(_parcourir(_noeud(pdf, "/Table"))):
        if str(noeud.S) == "/TH":
            noeud.S = pikepdf.Name.TD


def _titre_saute(pdf):
    _noeud(pdf, "/H2").S = pikepdf.Name(TITRES[3])


def _trace_libre(pdf):
    pdf.pages[0].contents_add(b"0 0 m 10 10 l S", prepend=True)


def _police_absente(pdf):
    descripteur = next(
        objet
        for objet in pdf.objects
        if isinstance(objet, pikepdf.Dictionary) and str(objet.get("/Type", "")) == "/FontDescriptor"
    )
    for cle in [cle for cle in descripteur.keys() if cle.startswith("/FontFile")]:
        del descripteur[cle]


def _programme(pdf):
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))


def _sans_ua(pdf):
    with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        del meta["{http://www.aiim.org/pdfua/ns/id/}part"]


@pytest.mark.parametrize(
    ("changer", "phrase"),
    [
        (_ote("Lang"), "sa langue"),
        (_ote("MarkInfo"), "balisé"),
        (_ote("ViewerPreferences"), "titre"),
        (_ote("OutputIntents"), "couleurs"),
        (_ote("StructTreeRoot"), "arbre de lecture"),
        (_ote("AF"), "lien avec le document"),
        (_sans_ua, "PDF/UA-1"),
        (_sans_alt, "texte de remplacement"),
        (_sans_portee, "ligne ou la colonne"),
        (_sans_entete, "pas d'en-tête"),
        (_titre_saute, "niveau"),
        (_trace_libre, "ni lu ni mis à part"),
        (_police_absente, "pas dans le fichier"),
        (_programme, "agit à l'ouverture"),
    ],
)
def test_the_check_sees_each_fault(changer, phrase, scelles):
    sortie = BytesIO()
    with pikepdf.open(BytesIO(scelles["attribution"])) as pdf:
        changer(pdf)
        pdf.save(sortie)
    assert any(phrase in defaut for defaut in defauts(sortie.getvalue()))
