"""What a dossier of the history asks: structure, place, machines, plans."""

from manufactures.demonstration.peuplement.recits import Recit, u
from manufactures.demonstration.peuplement.signes import Champ, code_commune, mot, rna, siret


def structure(recit: Recit, porteur: dict) -> dict:
    """Who asks: an association for the odd stories, a cooperative for the even ones."""
    association = bool(recit.rang % 2)
    return {
        "raison_sociale": mot(recit.rang, Champ.STRUCTURE),
        "siret": siret(recit.rang),
        "forme_juridique": "association" if association else "SCIC",
        "numero_rna": rna(recit.rang) if association else None,
        "effectif_etp": "4.5",
        "regime_tva": "partiel",
        "representant_legal": {
            "identite": f"{'Mme' if association else 'M.'} {porteur['prenom']} {porteur['nom']}",
            "qualite": "direction",
            "courriel": porteur["courriel"],
            "telephone": porteur["telephone"],
        },
        "compte_titulaire": porteur["courriel"],
        "adresse_siege": {"ligne": mot(recit.rang, Champ.ADRESSE), "code_commune": code_commune(recit.rang)},
    }


def site(recit: Recit) -> dict:
    """Where."""
    return {
        "nom": "Site principal",
        "principal": True,
        "code_commune": code_commune(recit.rang),
        "latitude": None,
        "longitude": None,
        "type_territoire": ("rural", "petite_ou_moyenne_ville", "qpv")[recit.rang % 3],
        "qpv_relation": "dans" if recit.rang % 3 == 2 else "hors",  # noqa: PLR2004 (the third kind)
        "titre_occupation": "bail",
        "surface_actuelle_m2": 420,
        "surface_projet_m2": 780,
    }


def demande(recit: Recit) -> dict:
    """Machines, partners, indicators, plans: what the dossier asks and how it will live."""
    e = recit.echelle
    machines = (
        ("Machine-outil à commande numérique", "commande_numerique", 1, 44),
        ("Poste de fabrication partagé", "machine_conventionnelle", 4, 10),
        ("Imprimante grand format", "impression_3d", 2, 12),
        ("Aspiration et filtration", "securite", 1, 12),
    )
    return {
        "equipements": [
            {
                "designation": nom,
                "categorie": categorie,
                "quantite": quantite,
                "prix_unitaire_ht": u(prix * e),
                "taux_tva": "20.0",
                "mutualise": True,
                "neuf": True,
            }
            for nom, categorie, quantite, prix in machines
        ],
        "partenaires": [
            {"nom": f"Commune de {mot(recit.rang, Champ.COMMUNE)}", "type": "public",
             "role": "met le bâtiment à disposition par bail", "engagement": "engage"},
            {"nom": "Lycée professionnel du bassin", "type": "formation",
             "role": "envoie deux classes par mois", "engagement": "engage"},
            {"nom": "Groupement d'artisans", "type": "prive",
             "role": "réserve des heures de machine", "engagement": "pressenti"},
        ],
        "indicateurs": [
            _indicateur("Professionnels utilisateurs", 18, 60),
            _indicateur("Personnes formées dans l'année", 25, 90),
        ],
        "consortium": {"membres": _consortium(recit)} if recit.sort == "abandonne" else None,
        "demande": {"investissement": u(100 * e), "amorcage": u(40 * e), "ingenierie_jours": "15.0"},
        "plan_financement_investissement": plan_d_investissement(e, 100),
        "plan_financement_amorcage": {
            "base": "HT",
            "depenses": [_depense("Coordination et animation", 40 * e), _depense("Loyer, énergie, assurance", 20 * e),
                         _depense("Accueil et communication", 12 * e)],
            "ressources": [_ressource("ANCT", "etat_anct", 40 * e),
                           _ressource("Recettes propres", "autofinancement", 32 * e)],
            "total": u(72 * e),
        },
        "plan_3_ans": [_exercice(annee, e * part) for annee, part in (("N", 1.0), ("N+1", 1.5), ("N+2", 2.0))],
    }  # fmt: skip


def _indicateur(libelle: str, depart: int, cible: int) -> dict:
    return {"libelle": libelle, "unite": "personnes", "depart": depart, "cible": cible, "horizon_mois": 36}


def _consortium(recit: Recit) -> list[dict]:
    return [
        {
            "nom": mot(recit.rang, Champ.STRUCTURE),
            "siret": siret(recit.rang),
            "role": "cheffe de file, porte le lieu",
        },
        {
            "nom": "Atelier associé",
            "siret": "",
            "role": "apporte ses machines",
            "forme_juridique": "association",
            "representant": "Camille Associée",
            "qualite": "présidente",
            "courriel": "partenaire@peuplement.test",
        },
    ]


def plan_d_investissement(e: float, aide: float) -> dict:
    """The award is half of the expense: rates are exact, and every sum that follows stays a multiple of the sign."""
    return {
        "base": "HT",
        "depenses": [
            _depense("Équipements techniques mutualisés", 120 * e),
            _depense("Cloisonnement, électricité et réseaux", 50 * e),
            _depense("Maîtrise d'œuvre et contrôle", 10 * e),
        ],
        "ressources": [
            _ressource("ANCT", "etat_anct", aide * e),
            _ressource("Région", "region", 50 * e),
            _ressource("Fonds propres du porteur", "autofinancement", (130 - aide) * e),
        ],
        "total": u(180 * e),
    }


def _depense(nature: str, multiple: float) -> dict:
    return {"nature": nature, "montant": u(multiple), "eligible": True}


def _ressource(financeur: str, type_: str, multiple: float) -> dict:
    statut = "sollicite" if type_ == "etat_anct" else "acquis"
    return {"financeur": financeur, "type": type_, "montant": u(multiple), "statut": statut}


def _exercice(annee: str, e: float) -> dict:
    def lignes(*comptes):
        return [{"compte": compte, "libelle": libelle, "montant": u(m * e)} for compte, libelle, m in comptes]

    return {
        "annee": annee,
        "produits": lignes(
            ("70", "Location de postes et d'heures de machine", 60), ("70", "Formation professionnelle", 40),
            ("74", "Subventions d'exploitation", 50), ("75", "Cotisations", 10),
        ),
        "charges": lignes(
            ("60", "Achats, matières et énergie", 30), ("61", "Loyers, entretien, assurances", 20),
            ("62", "Honoraires et communication", 20), ("64", "Personnel", 80),
        ),
    }  # fmt: skip
