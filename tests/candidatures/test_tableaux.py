"""The tables from and to a spreadsheet: each fault beside its line, nothing written until accepted."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from candidatures.forms.pages import PAGES
from candidatures.models import Dossier, Modification, Piece
from manufactures import horloge
from manufactures.classeurs import ClasseurRefuse, lire, reponse
from manufactures.classeurs.lire import LIGNES_MAX
from tests.factories.candidatures import DossierFactory, MembreFactory

FORMATS = ("csv", "xlsx", "ods")
IMPORTABLES = {
    "indicateurs", "equipements", "exercices", "depenses_investissement", "ressources_investissement",
    "depenses_amorcage", "ressources_amorcage", "partenaires",
}  # fmt: skip
DEPENSES = [["Nature", "Montant (€)", "Éligible"], ["Tour à bois", Decimal("12400.10"), True]]


def fichier(contenu, nom="tableau.csv"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(nom, contenu if isinstance(contenu, bytes) else contenu.encode())


def classeur(extension, *rangees):
    """A file of our own making: the first row is the head."""
    contenu = reponse(
        "essai", extension, ("Feuille", list(rangees[0]), [list(r) for r in rangees[1:]])
    ).content
    return fichier(contenu, f"essai.{extension}")


# -- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", FORMATS)
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20),
            st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_is_read_to_the_cent(extension, rangees):
    """The three formats give back each text and each amount, digit by digit."""
    lues = lire(classeur(extension, ("Nom", "Montant"), *rangees), f"essai.{extension}")
    assert [numero for numero, _ in lues] == list(range(1, len(rangees) + 2))
    for (texte, montant), (_, (lu, chiffres)) in zip(rangees, lues[1:], strict=True):
        # A text that looks like a number is one for whoever opens a CSV.
        assert lu == texte or (texte[0] == "'" and lu == texte[1:])
        assert Decimal(chiffres.replace(",", ".")) == montant


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("texte", ["=1+1", "+33 1", "-5", "@SOMME(A1)", "\uff1d1+1", " =2"])
def test_no_cell_of_an_export_runs(extension, texte):
    """A quote before it in the file; the import takes the quote away."""
    contenu = reponse("essai", extension, ("F", ["Nom"], [[texte]])).content
    brut = contenu if extension == "csv" else b"".join(
        zipfile.ZipFile(io.BytesIO(contenu)).read(n) for n in zipfile.ZipFile(io.BytesIO(contenu)).namelist()
    )  # fmt: skip
    assert f"'{texte}".encode() in brut
    assert b"<f>" not in brut
    assert b"table:formula" not in brut
    assert lire(fichier(contenu, f"e.{extension}"), f"e.{extension}")[1][1] == [texte.strip()]


def xlsx(feuille, partages="", **autres):
    """A workbook as other software writes it: shared strings, prefixes, formulas."""
    tampon = io.BytesIO()
    espace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {espace} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="Cachée" sheetId="1" state="hidden" r:id="rId1"/>'
            '<sheet name="Plan" sheetId="2" r:id="rId2"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="rId1" Target="worksheets/sheet9.xml"/>'
            '<Relationship Id="rId2" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        )
        if partages:
            archive.writestr("xl/sharedStrings.xml", f"<sst {espace}>{partages}</sst>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {espace}><sheetData>{feuille}</sheetData></worksheet>"
        )
        for nom, contenu in autres.items():
            archive.writestr(nom.replace("__", "/"), contenu)
    return fichier(tampon.getvalue(), "plan.xlsx")


def test_a_workbook_of_other_software():
    """Shared and rich texts, columns skipped, a row skipped, a formula's stored value, an error, a yes."""
    lu = xlsx(
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2"><v>0.30000000000000004</v></c></row>'
        '<row r="7"><c r="A7" t="s"><v>1</v></c><c r="B7"><f>1+1</f><v>2.4E3</v></c>'
        '<c r="C7" t="b"><v>1</v></c><c r="D7" t="e"><v>#REF!</v></c><c r="E7"><f>A1*2</f></c></row>',
        "<si><t>Nature</t></si><si><r><t>Tour </t></r><r><t>à bois</t></r><rPh><t>lu</t></rPh></si>",
    )
    assert lire(lu, "plan.xlsx") == [
        (2, ["Nature", "", "0.3"]),
        (7, ["Tour à bois", "2400", "oui", "#REF!"]),
    ]


def ods(lignes, mimetype="application/vnd.oasis.opendocument.spreadsheet"):
    """A workbook as LibreOffice writes it."""
    tampon = io.BytesIO()
    espaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr(
            "content.xml",
            f"<office:document-content {espaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="a">{lignes}</table:table>'
            '<table:table table:name="b"><table:table-row><table:table-cell office:value-type="string">'
            "<text:p>autre</text:p></table:table-cell></table:table-row></table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return fichier(tampon.getvalue(), "plan.ods")


def test_a_workbook_of_libreoffice():
    """Repeated cells and rows, the million blank ones, spans, a note left out, only the first sheet."""
    lu = ods(
        '<table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p>'
        '</office:annotation><text:p>Prix<text:s text:c="2"/><text:span>HT</text:span></text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="12.50">'
        "<text:p>12,50 €</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="9"/>'
        '</table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell'
        ' office:value-type="date" office:date-value="2026-12-21T00:00:00"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )
    assert lire(lu, "plan.ods") == [
        (1, ["Prix  HT", "12.5", "12.5"]),
        (4, ["2026-12-21"]),
        (5, ["2026-12-21"]),
    ]


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_csv_of_any_office(encodage, separateur):
    """French Windows or not, semicolon, comma or tab; a cell may hold a line break."""
    texte = f'Libellé{separateur}Montant\r\n"à{separateur}\nb"{separateur}3\r\n'
    assert lire(fichier(texte.encode(encodage)), "t.csv") == [
        (1, ["Libellé", "Montant"]),
        (3, [f"à{separateur}\nb".strip(), "3"]),
    ]


def bombe():
    """A part that unfolds to a hundred megabytes."""
    return xlsx("<row>" + " " * 100_000_000 + "</row>")


HOSTILES = {
    "bombe": (bombe, "illisible"),
    "bombe de lignes": (lambda: xlsx("<row/>" * 5_000_000), "trop grand"),
    "dix mille lignes": (lambda: fichier("a;b\n" * 10_000), "trop grand"),
    "mille colonnes": (lambda: fichier(";".join("a" * 1000)), "trop grand"),
    "case géante": (lambda: fichier("a" * 20_000), "trop grand"),
    "macro": (lambda: xlsx("", **{"xl__vbaProject.bin": b"x"}), "macros"),
    "ancien format": (
        lambda: fichier(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "t.xlsx"),
        "mot de passe",
    ),
    "doctype": (
        lambda: xlsx(
            "", **{"xl__sharedStrings.xml": '<!DOCTYPE a [<!ENTITY b "c">]><sst><si><t>&b;</t></si></sst>'}
        ),
        "illisible",
    ),
    "xml coupé": (lambda: xlsx("<row><c"), "illisible"),
    "zip coupé": (lambda: fichier(xlsx("").read()[:200], "t.xlsx"), "illisible"),
    "autre archive": (lambda: ods("", mimetype="application/zip"), "pas le tableau"),
    "binaire": (lambda: fichier(b"MZ\x00\x01\x02"), "pas le tableau"),
    "pdf": (lambda: fichier(b"%PDF-1.7", "t.pdf"), "pas un tableau"),
    "vide": (lambda: fichier(b""), "vide"),
    "trop lourd": (lambda: fichier(b"a" * (2 * 1024 * 1024 + 1)), "dépasse 2 Mo"),
    "répétition": (
        lambda: ods(
            '<table:table-row table:number-rows-repeated="9000000"><table:table-cell office:value-type="string">'
            "<text:p>x</text:p></table:table-cell></table:table-row>"
        ),
        "trop grand",
    ),
}


@pytest.mark.parametrize("cas", HOSTILES)
def test_hostile_files_are_refused_with_a_sentence(cas):
    """Each names the file and what to do; none is unfolded past its limit."""
    faire, attendu = HOSTILES[cas]
    envoye = faire()
    with pytest.raises(ClasseurRefuse, match=attendu):
        lire(envoye, envoye.name)


# -- tables -------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")


@pytest.fixture
def dossier(client, db):
    """A complete draft, its titulaire signed in."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    return dossier


def ajouter(dossier, nom, **champs):
    """A piece of the dossier, its content apart."""
    faits = {
        "libelle": nom,
        "fichier": "pieces/x",
        "type_mime": "application/pdf",
        "taille": 1,
        "empreinte": "a" * 64,
    }
    return Piece.toutes.create(dossier=dossier, nom=nom, ajoutee_par=dossier.titulaire, **faits, **champs)


def adresse(dossier, table, suite=""):
    """Where a table is imported, or given."""
    return f"{dossier.get_absolute_url()}tableaux/{table}/{suite}"


def envoyer(client, dossier, table, envoye):
    """Drop a file."""
    return client.post(adresse(dossier, table), {"action": "apercu", "fichier": envoye})


def accepter(client, dossier, table, apercu, action):
    """Choose under the preview."""
    donnees = {"action": action, "lignes": apercu.context["importation"].en_json, "lu": apercu.context["lu"]}
    return client.post(adresse(dossier, table), donnees)


def test_the_tables_that_a_spreadsheet_fills():
    """Written out: one more is decided here."""
    assert {t.nom for _, tables in PAGES.values() for t in tables if t.importable} == IMPORTABLES


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("table", sorted(IMPORTABLES))
def test_an_export_comes_back_unchanged(client, dossier, table, extension):
    """Each table in each format: exported, imported in place of itself, the same rows stand; the model is read too."""
    dossier.indicateurs.create(libelle="Emplois", unite="ETP", depart=Decimal("2.5"), cible=4)
    avant = client.get(adresse(dossier, table, f"lignes/{extension}/"))
    assert avant.status_code == 200
    assert f'filename="{table}-{dossier.numero}.{extension}"' in avant["Content-Disposition"]
    apercu = envoyer(client, dossier, table, fichier(avant.content, f"t.{extension}"))
    importation = apercu.context["importation"]
    assert [ligne.erreurs for ligne in importation.lignes] == [[]] * len(importation.lignes)
    assert importation.lignes
    assert accepter(client, dossier, table, apercu, "remplacer").status_code == 302
    assert client.get(adresse(dossier, table, f"lignes/{extension}/")).content == avant.content

    modele = client.get(adresse(dossier, table, f"modele/{extension}/"))
    apercu = envoyer(client, dossier, table, fichier(modele.content, f"modele.{extension}"))
    assert apercu.context["importation"].lignes == []


def test_each_fault_stands_beside_its_line_and_nothing_is_written(client, dossier):
    """« ligne 7, colonne Montant : … », in the row and in the list; what stood stands."""
    envoye = fichier(
        "Nature;Montant (€);Éligible;Remarque\r\nTour;12 400,50;oui;\r\n;3;non;\r\n\r\nScie;douze;peut-être;x\r\n"
        "Four;-1;oui;\r\nPresse;1,005;;\r\n"
    )
    reponse_ = envoyer(client, dossier, "depenses_investissement", envoye)
    texte = reponse_.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")
    for phrase in (
        "Ligne 3, colonne Nature : Cette case est vide.",
        "Ligne 5, colonne Montant (€) : Écrivez un montant, par exemple 12 400,50.",
        "Ligne 5, colonne Éligible : Écrivez oui ou non.",
        "Ligne 6, colonne Montant (€) : Écrivez un montant positif ou nul",
        "Ligne 7, colonne Montant (€) : Écrivez 2 chiffres au plus après la virgule.",
        "Colonnes laissées de côté : Remarque.",
        "1 ligne juste, 4 à corriger. Rien n'est encore enregistré.",
    ):
        assert phrase in texte, phrase
    rangee = re.search(r'<th scope="row">6</th>(.*?)</tr>', reponse_.content.decode(), re.S)[1]
    assert "positif ou nul" in rangee
    (ligne,) = dossier.lignes_financement.filter(volet="INVESTISSEMENT", sens="DEPENSE")
    assert (ligne.libelle, dossier.saisies.count()) == ("Dépenses", 0)


@pytest.mark.parametrize("action", ["remplacer", "ajouter"])
def test_replace_or_append(client, dossier, action):
    """The right rows only, exact to the cent; the history tells what was there before."""
    apercu = envoyer(client, dossier, "depenses_amorcage", classeur("ods", *DEPENSES))
    reponse_ = accepter(client, dossier, "depenses_amorcage", apercu, action)
    assert reponse_.url.endswith("/financement/#id_depenses_amorcage")
    lignes = dossier.lignes_financement.filter(volet="AMORCAGE", sens="DEPENSE")
    attendues = [("Tour à bois", Decimal("12400.10"), True)]
    if action == "ajouter":
        attendues.insert(0, ("Dépenses", Decimal("30000.00"), True))
    assert list(lignes.values_list("libelle", "montant", "eligible")) == attendues
    assert dossier.lignes_financement.filter(volet="AMORCAGE", sens="RESSOURCE").count() == 2
    (modification,) = Modification.objects.filter(dossier=dossier, champ="depenses_amorcage")
    assert "Dépenses" in modification.avant
    assert "Tour à bois" in modification.apres


def test_rows_that_changed_meanwhile_are_not_replaced(client, dossier):
    """The preview is shown again: whoever wrote meanwhile loses nothing."""
    apercu = envoyer(client, dossier, "depenses_amorcage", classeur("csv", *DEPENSES))
    dossier.lignes_financement.filter(volet="AMORCAGE", sens="DEPENSE").update(montant=1)
    reponse_ = accepter(client, dossier, "depenses_amorcage", apercu, "remplacer")
    assert reponse_.status_code == 200
    assert "a modifié ce tableau pendant votre lecture" in reponse_.content.decode()
    assert dossier.lignes_financement.get(volet="AMORCAGE", sens="DEPENSE").montant == 1
    assert accepter(client, dossier, "depenses_amorcage", reponse_, "remplacer").status_code == 302


def test_what_comes_back_is_checked_again(client, dossier):
    """Rows forged between the preview and the choice meet the same forms."""
    apercu = envoyer(client, dossier, "depenses_amorcage", classeur("csv", *DEPENSES))
    for lignes in (
        '[[2, ["Tour", "-5", "oui"]]]',
        '[[2, ["Tour"]]]',
        "rien",
        "[]",
        '{"a": 1}',
        "[3]",
        "null",
    ):
        donnees = {"action": "ajouter", "lignes": lignes, "lu": apercu.context["lu"]}
        client.post(adresse(dossier, "depenses_amorcage"), donnees)
        assert dossier.lignes_financement.filter(volet="AMORCAGE", sens="DEPENSE").count() == 1


def test_words_for_codes_proofs_and_dates(client, dossier):
    """Labels however written, a day as a spreadsheet counts it, a piece by its name; another's piece is none."""
    piece = ajouter(dossier, nom="accord.pdf")
    ajouter(DossierFactory(), nom="ailleurs.pdf")
    titres = "Nom du financeur;Type;Montant;Statut;Demandé ou obtenu le;Preuve parmi vos pièces"
    envoye = fichier(
        f"{titres}\r\nBretagne;région;10;ACQUIS;46377;accord.pdf\r\nX;commune;5;sollicite;21/12/2026;\r\n"
        "Y;commune;5;sollicité;hier;ailleurs.pdf\r\nZ;lune;5;sollicité;;\r\n"
    )
    apercu = envoyer(client, dossier, "ressources_amorcage", envoye)
    importation = apercu.context["importation"]
    fautes = [e.replace("\u00a0", " ") for ligne in importation.fautives for e in ligne.erreurs]
    assert [f.split(" : ")[0] for f in fautes] == [
        "ligne 4, colonne Preuve parmi vos pièces",
        "ligne 4, colonne Demandé ou obtenu le",
        "ligne 5, colonne Type",
    ]
    assert "« Région »" in fautes[2]
    accepter(client, dossier, "ressources_amorcage", apercu, "remplacer")
    region, commune = dossier.lignes_financement.filter(volet="AMORCAGE", sens="RESSOURCE")
    assert (region.type_financeur, region.statut, region.preuve_id) == ("REGION", "ACQUIS", piece.pk)
    assert (str(region.statut_le), str(commune.statut_le)) == ("2026-12-21", "2026-12-21")


def test_a_row_follows_the_piece_that_replaced_its_proof(client, dossier):
    """Replaced, the quote is the new file's; taken away, there is none."""
    ancienne = ajouter(dossier, nom="devis.pdf", retiree_le=horloge.maintenant())
    nouvelle = ajouter(dossier, nom="devis signé.pdf", remplace=ancienne)
    dossier.equipements.update(devis=ancienne)
    page = client.get(f"{dossier.get_absolute_url()}equipements/").context["page"]
    assert page.tables[0][1].forms[0]["devis"].value() == str(nouvelle.pk)
    assert "devis signé.pdf" in client.get(adresse(dossier, "equipements", "lignes/csv/")).content.decode()


@pytest.mark.parametrize(
    ("contenu", "attendu"),
    [
        ("Intitulé;Prix\nTour;3\n", "Il manque : « Nature », « Montant (€) »"),
        ("Nature;Montant\n" + "Tour;3\n" * 61, "ce tableau en tient 60 au plus"),
        ("\n\n", "aucune ligne"),
        ("", "vide"),
    ],
)
def test_a_file_that_is_not_this_table(client, dossier, contenu, attendu):
    """Said beside the field, with the model below."""
    reponse_ = envoyer(client, dossier, "depenses_amorcage", fichier(contenu))
    assert reponse_.status_code == 200
    texte = str(reponse_.context["form"].errors).replace("\u00a0", " ")
    assert attendu in texte


def test_a_full_table_refuses_to_be_lengthened(client, dossier):
    """409, and the rows that stood stand."""
    apercu = envoyer(client, dossier, "depenses_amorcage", fichier("Nature;Montant\n" + "Tour;3\n" * 60))
    reponse_ = accepter(client, dossier, "depenses_amorcage", apercu, "ajouter")
    assert reponse_.status_code == 409
    assert dossier.lignes_financement.filter(volet="AMORCAGE", sens="DEPENSE").count() == 1
    assert LIGNES_MAX > 120


def test_who_may(client, dossier):
    """A lecteur reads and exports, never imports; a stranger knows nothing; once deposited nothing is imported."""
    lecteur = MembreFactory(dossier=dossier, droit="LECTEUR").user
    client.force_login(lecteur)
    assert client.get(adresse(dossier, "equipements", "lignes/csv/")).status_code == 200
    assert client.get(adresse(dossier, "equipements")).status_code == 403
    assert envoyer(client, dossier, "equipements", classeur("csv", *DEPENSES)).status_code == 403
    client.force_login(DossierFactory().titulaire)
    for suite in ("", "lignes/csv/", "modele/csv/"):
        assert client.get(adresse(dossier, "equipements", suite)).status_code == 404
    client.force_login(dossier.titulaire)
    for suite in ("lignes/pdf/", "modele/exe/"):
        assert client.get(adresse(dossier, "equipements", suite)).status_code == 404
    assert client.get(adresse(dossier, "sites")).status_code == 404
    dossier.deposer(par=dossier.titulaire, attestation_honneur=True, attestation_fiscale=True,
                    attestation_pouvoir=True, attestation_cer=True, attestation_donnees=True)  # fmt: skip
    assert client.get(adresse(dossier, "equipements")).status_code == 409
    assert envoyer(client, dossier, "equipements", classeur("csv", *DEPENSES)).status_code == 409
    assert Dossier.objects.get(pk=dossier.pk).equipements.count() == 1
