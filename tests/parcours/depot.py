"""From the creation of a dossier to its sealed receipt, by the porteur alone."""

import re

from playwright.sync_api import expect

from tests.factories.candidatures import pdf
from tests.parcours.pages import Personne

NOM = "La Tuilerie partagée"
STRUCTURE = {
    "raison_sociale": "Les Ateliers de la Drôme",
    "siret": "000 311 365 00019",
    "regime_tva": "ASSUJETTI",
    "effectif_etp": "4,5",
    "adresse_siege": "19 chemin des Essais",
    "code_postal_siege": "26400",
    "commune_siege": "Crest (26)",
    "representant_civilite": "Madame",
    "representant_prenom": "Awa",
    "representant_nom": "Diallo",
    "representant_qualite": "gérante",
    "representant_courriel": "awa.diallo@exemple.test",
    "representant_telephone": "01 99 00 00 10",
}
LIEU = {
    "sites-0-nom": "La halle",
    "sites-0-commune": "26400",
    "sites-0-type_territoire": "RURAL",
    "sites-0-qpv_relation": "HORS",
    "sites-0-titre_occupation": "BAIL",
    "sites-0-surface_projet_m2": "400",
}
PROJET = {
    "resume_public": "Une tuilerie où dix artisans partagent fours et séchoirs.",
    "stade": "PREFIGURATION",
    "besoin": "Les artisans d'ici n'ont pas de four.",
    "projet": "Ouvrir une halle de 400 m² et ses deux fours.",
    "communaute": "Dix artisans, deux écoles, un lycée.",
    "mutualisation": "Fours et séchoirs réservés à l'heure.",
    "formation": "Des apprentis chaque semaine.",
    "transitions": "De la terre d'ici, des fours électriques.",
    "indicateurs-0-libelle": "Artisans",
    "indicateurs-0-unite": "personnes",
    "indicateurs-0-depart": "3",
    "indicateurs-0-cible": "10",
}
EQUIPEMENTS = {
    "equipements-0-designation": "Four électrique",
    "equipements-0-categorie": "MACHINE_CONVENTIONNELLE",
    "equipements-0-quantite": "2",
    "equipements-0-prix_unitaire_ht": "40 000",
    "equipements-0-mutualise": True,
}
MODELE = {
    "exercices-0-nature": "PRODUIT",
    "exercices-0-compte": "70",
    "exercices-0-libelle": "Ventes",
    **{f"exercices-0-montant_{annee}": "50 000" for annee in ("n", "n1", "n2")},
    "exercices-1-nature": "CHARGE",
    "exercices-1-compte": "64",
    "exercices-1-libelle": "Personnel",
    **{f"exercices-1-montant_{annee}": "48 000" for annee in ("n", "n1", "n2")},
}


def plan(volet: str, depense: str, anct: str, propres: str) -> dict[str, str | bool]:
    """One plan, balanced to the cent."""
    return {
        f"depenses_{volet}-0-libelle": "Dépenses",
        f"depenses_{volet}-0-montant": depense,
        f"depenses_{volet}-0-eligible": True,
        f"ressources_{volet}-0-libelle": "ANCT",
        f"ressources_{volet}-0-type_financeur": "ETAT_ANCT",
        f"ressources_{volet}-0-montant": anct,
        f"ressources_{volet}-0-statut": "SOLLICITE",
        f"ressources_{volet}-1-libelle": "Fonds propres",
        f"ressources_{volet}-1-type_financeur": "AUTOFINANCEMENT",
        f"ressources_{volet}-1-montant": propres,
        f"ressources_{volet}-1-statut": "ACQUIS",
    }


FINANCEMENT = {
    "base_montants": "HT",
    "demande_investissement": "60 000",
    "demande_amorcage": "20 000",
    "demande_jours": "15",
    **plan("investissement", "100 000", "60 000", "40 000"),
    **plan("amorcage", "30 000", "20 000", "10 000"),
}
GOUVERNANCE = {
    "gouvernance": "Un conseil à quatre collèges, un usager sur deux.",
    "strategie_rh": "Deux postes, financés trois ans.",
    "partenaires-0-nom": "Commune de Crest",
    "partenaires-0-type": "PUBLIC",
    "partenaires-0-engagement": "ENGAGE",
}
SECTIONS = (LIEU, PROJET, EQUIPEMENTS, MODELE, FINANCEMENT, GOUVERNANCE)
CONTINUER = 'main button[name="suite"][value="continuer"]'


def creer_et_remplir(porteur: Personne) -> str:
    """A new dossier, its eight sections; returns its number."""
    porteur.aller("/accueil/").suivre("Commencer un dossier")
    porteur.envoyer("main form button", nom_projet=NOM)
    numero = re.search(r"D-\w{4}-\w{4}", porteur.page.url).group()
    forme = porteur.page.locator("[name=forme_juridique] option", has_text="coopérative").first
    porteur.envoyer(CONTINUER, **STRUCTURE, forme_juridique=forme.get_attribute("value"))
    for reponses in SECTIONS:
        cases = {"filieres": premiere_filiere(porteur)} if reponses is PROJET else {}
        porteur.envoyer(CONTINUER, **reponses, **cases)
    joindre(porteur, "statuts", fichier("statuts.pdf"))
    porteur.envoyer(CONTINUER, calendrier="Travaux au printemps, ouverture en septembre.")
    return numero


def premiere_filiere(porteur: Personne) -> str:
    """The value of the first trade proposed."""
    return porteur.page.locator("main [name=filieres]").first.get_attribute("value")


def joindre(porteur: Personne, genre: str, *fichiers: dict) -> None:
    """Add files where scripts run: they are sent by pieces, and the page stays where it is."""
    formulaire = porteur.page.locator("main form[data-mp-envois]")
    porteur.remplir(formulaire, "type", genre)
    porteur.remplir(formulaire, "fichier", list(fichiers))
    formulaire.get_by_role("button", name="Ajouter les fichiers").click()
    for envoye in fichiers:
        expect(porteur.page.locator("#liste-pieces")).to_contain_text(envoye["name"])


def fichier(nom: str) -> dict:
    """A true PDF to choose in the page."""
    return {"name": nom, "mimeType": "application/pdf", "buffer": pdf(nom).read()}


def deposer(porteur: Personne, visiteur: Personne, numero: str) -> None:
    """Deposit from what home says, read the receipt, and have anybody verify it."""
    porteur.attendu(NOM, "déposer").constate(numero, "BROUILLON").suivre("Passer au dépôt")
    porteur.faire(
        "deposer",
        attestation_pouvoir=True,
        attestation_fiscale=True,
        attestation_honneur=True,
        attestation_donnees=True,
    ).lit("Dossier déposé")
    lien = porteur.page.locator('main a[href^="/actes/MP-"]').last
    acte = lien.inner_text().strip()
    assert porteur.telecharger(f"/actes/{acte}/pdf/").startswith(b"%PDF")
    porteur.suivre(acte)
    code = porteur.page.locator('main a[href^="/verifier/"]').get_attribute("href").split("/")[2]
    porteur.constate(numero, "DEPOSE")
    visiteur.aller("/verifier/").envoyer("main form button", code=code)
    visiteur.lit("Cet acte a bien été délivré par l'ANCT", acte)
