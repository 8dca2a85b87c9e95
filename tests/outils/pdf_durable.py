"""What makes a PDF accessible (PDF/UA-1) and durable (PDF/A-3a), as far as its structure tells: a list of faults.

No validator's equal: veraPDF reads some 130 rules, this the ones that a template, a seal or a new version of WeasyPrint
may break. `verapdf.py`, beside it, runs veraPDF where Java is.
"""

from io import BytesIO

import pikepdf

TITRES = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
MONTRENT = {"Tj", "TJ", "'", '"', "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"}
POLICES = ("/FontFile", "/FontFile2", "/FontFile3")
INTERDITS = ("/OpenAction", "/AA", "/Perms/UR3", "/Collection", "/NeedsRendering")
ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
    "/Movie",
    "/Sound",
    "/Rendition",
}
FILTRES_INTERDITS = {"/LZWDecode", "/Crypt"}
PDFA, PDFUA = "http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfua/ns/id/"


def defauts(contenu: bytes, langue: str = "fr") -> list[str]:
    """Each fault as a sentence; an empty list where nothing is wrong."""
    with pikepdf.open(BytesIO(contenu)) as pdf:
        return [
            *_document(pdf, langue),
            *_metadonnees(pdf),
            *_structure(pdf),
            *_pages(pdf),
            *_polices(pdf),
            *_rien_d_actif(pdf),
            *_piece_jointe(pdf),
        ]


def _document(pdf, langue):
    racine = pdf.Root
    if not racine.get("/MarkInfo", {}).get("/Marked", False):
        yield "le document ne se dit pas balisé"
    if str(racine.get("/Lang", "")) != langue:
        yield "le document ne dit pas sa langue"
    if not racine.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "la fenêtre montre le nom du fichier au lieu du titre"
    if pdf.is_encrypted:
        yield "le document est chiffré"
    if "/ID" not in pdf.trailer:
        yield "le document n'a pas d'identifiant"
    intentions = [i for i in racine.get("/OutputIntents", []) if str(i.S) == "/GTS_PDFA1"]
    if len(intentions) != 1 or "/DestOutputProfile" not in intentions[0]:
        yield "aucun profil ne dit les couleurs"


def _metadonnees(pdf):
    meta = pdf.open_metadata()
    if (meta.get(f"{{{PDFA}}}part"), meta.get(f"{{{PDFA}}}conformance")) != ("3", "A"):
        yield "les métadonnées ne disent pas PDF/A-3a"
    if meta.get(f"{{{PDFUA}}}part") != "1":
        yield "les métadonnées ne disent pas PDF/UA-1"
    titre = str(pdf.docinfo.get("/Title", ""))
    if not titre or meta.get("dc:title") != titre:
        yield "le titre manque, ou diffère des métadonnées"


# -- The tree that a screen reader walks -----------------------------------------------------------------------


def _enfants(noeud):
    if not isinstance(noeud, pikepdf.Dictionary) or "/K" not in noeud:
        return
    for enfant in noeud.K if isinstance(noeud.K, pikepdf.Array) else [noeud.K]:
        if isinstance(enfant, pikepdf.Dictionary) and "/S" in enfant:
            yield enfant


def _parcourir(noeud, parents=()):
    for enfant in _enfants(noeud):
        yield enfant, parents
        yield from _parcourir(enfant, (*parents, str(enfant.S)))


def _attribut(noeud, cle):
    attributs = noeud.get("/A", pikepdf.Array())
    for jeu in attributs if isinstance(attributs, pikepdf.Array) else [attributs]:
        if isinstance(jeu, pikepdf.Dictionary) and cle in jeu:
            return str(jeu[cle])
    return ""


def _structure(pdf):
    arbre = pdf.Root.get("/StructTreeRoot")
    if arbre is None or "/ParentTree" not in arbre:
        yield "le document n'a pas d'arbre de lecture"
        return
    noeuds = list(_parcourir(arbre))
    niveaux = [TITRES.index(str(n.S)) + 1 for n, _ in noeuds if str(n.S) in TITRES]
    if niveaux.count(1) != 1 or niveaux[0] != 1:
        yield "il faut un titre de niveau 1, et le premier"
    for avant, apres in zip(niveaux, niveaux[1:], strict=False):
        if apres > avant + 1:
            yield f"un titre de niveau {apres} suit un titre de niveau {avant}"
    for noeud, parents in noeuds:
        yield from _noeud(noeud, str(noeud.S), parents)


def _noeud(noeud, genre, parents):
    dedans = [str(enfant.S) for enfant, _ in _parcourir(noeud)]
    if genre in ("/Figure", "/Formula") and not str(noeud.get("/Alt", "")).strip():
        yield "une image n'a pas de texte de remplacement"
    if genre == "/Table" and ("/TH" not in dedans or "/TR" not in dedans):
        yield "un tableau n'a pas d'en-tête"
    if genre == "/TH" and _attribut(noeud, "/Scope") not in ("/Row", "/Column", "/Both"):
        yield "un en-tête de tableau ne dit pas s'il vaut pour la ligne ou la colonne"
    if genre in ("/TH", "/TD") and "/TR" not in parents[-1:]:
        yield "une cellule est hors d'une ligne"
    if genre == "/LI" and "/L" not in parents[-1:]:
        yield "un élément de liste est hors d'une liste"
    if genre == "/L" and "/LI" not in dedans:
        yield "une liste n'a pas d'élément"


# -- What is drawn ---------------------------------------------------------------------------------------------


def _pages(pdf):
    for rang, page in enumerate(pdf.pages, 1):
        if str(page.obj.get("/Tabs", "")) != "/S":
            yield f"page {rang} : les champs ne se parcourent pas dans l'ordre de lecture"
        if "/StructParents" not in page.obj:
            yield f"page {rang} : sans lien avec l'arbre de lecture"
        yield from (f"page {rang} : {defaut}" for defaut in _dessin(page))
        for note in page.obj.get("/Annots", []):
            cachee = str(note.Subtype) == "/Widget" and (int(note.get("/F", 0)) & 2 or not any(note.Rect))
            if not cachee and not str(note.get("/Contents", note.get("/TU", ""))):
                yield f"page {rang} : une zone n'a pas de description"
            if str(note.Subtype) == "/Link" and "/StructParent" not in note:
                yield f"page {rang} : un lien est hors de l'arbre de lecture"


def _dessin(page):
    """Every stroke stands in the tree (an MCID) or is an artifact; no MCID twice."""
    ouverts, vus = [], set()
    for operandes, operateur in pikepdf.parse_content_stream(page):
        nom = str(operateur)
        if nom in ("BMC", "BDC"):
            proprietes = operandes[1] if nom == "BDC" else {}
            mcid = proprietes.get("/MCID") if isinstance(proprietes, pikepdf.Dictionary) else None
            if mcid is not None and int(mcid) in vus:
                yield "une marque de contenu sert deux fois"
            vus |= {int(mcid)} if mcid is not None else set()
            ouverts.append(mcid is not None or str(operandes[0]) == "/Artifact")
        elif nom == "EMC":
            ouverts.pop()
        elif nom in MONTRENT and not any(ouverts):
            yield f"un tracé ({nom}) n'est ni lu ni mis à part"
    if ouverts:
        yield "une marque de contenu reste ouverte"


def _polices(pdf):
    for objet in pdf.objects:
        if not isinstance(objet, pikepdf.Dictionary) or str(objet.get("/Type", "")) != "/Font":
            continue
        if str(objet.Subtype) == "/Type0" and "/ToUnicode" not in objet:
            yield f"{objet.BaseFont} : les lettres ne se lisent pas"
        descripteur = objet.get("/FontDescriptor")
        if descripteur is not None and not any(cle in descripteur for cle in POLICES):
            yield f"{objet.BaseFont} : la police n'est pas dans le fichier"
        if str(objet.Subtype) in ("/Type1", "/TrueType") and descripteur is None:
            yield f"{objet.BaseFont} : la police n'est pas dans le fichier"


# -- What acts, and what comes with it -------------------------------------------------------------------------


def _rien_d_actif(pdf):
    yield from (f"le document agit à l'ouverture ({cle})" for cle in INTERDITS if cle in pdf.Root)
    if "/JavaScript" in pdf.Root.get("/Names", {}) or "/XFA" in pdf.Root.get("/AcroForm", {}):
        yield "le document contient un programme"
    for objet in pdf.objects:
        if isinstance(objet, pikepdf.Dictionary | pikepdf.Stream):
            if str(objet.get("/S", "")) in ACTIONS:
                yield f"le document contient une action {objet.S}"
            if isinstance(objet, pikepdf.Stream):
                filtres = objet.get("/Filter", pikepdf.Array())
                noms = {str(f) for f in (filtres if isinstance(filtres, pikepdf.Array) else [filtres])}
                if noms & FILTRES_INTERDITS:
                    yield "un flux est comprimé d'une manière que l'archivage refuse"
                if str(objet.get("/Subtype", "")) == "/Image" and objet.get("/Interpolate", False):
                    yield "une image est lissée à l'affichage, ce que l'archivage refuse"
                if "/F" in objet:
                    yield "un flux est hors du fichier"


def _piece_jointe(pdf):
    liees = [str(piece.get("/AFRelationship", "")) for piece in pdf.Root.get("/AF", [])]
    if liees != ["/Data"]:
        yield "les données jointes ne disent pas leur lien avec le document"
    for nom, piece in pdf.attachments.items():
        if not piece.get_file().mime_type:
            yield f"{nom} : la pièce jointe ne dit pas son type"
