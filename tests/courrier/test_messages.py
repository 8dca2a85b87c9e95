"""Every message of the procedure: its text, its variables, its subject, its two parts."""

import html as page_html
import re

import pytest

from manufactures.courrier.messages import (
    MODELES,
    OBJET_MAX,
    TEXTES,
    ObjetInvalide,
    VariableManquante,
    rendre,
    resumer,
)

# The keys of the procedure, written out: a message added or lost must be decided here too.
CLES = """
depot_recu rappel_depot_j7 rappel_depot_j2 rappel_depot_h6 invitation_dossier invitation_comite
mandat_partenaire mandat_repondu mandat_copie passation_proposee passation_acceptee
complements_demandes complements_rappel complements_recus recevable depot_repris
depot_prolonge incident_publie
dossier_retire question_repondue question_ecartee pris_en_charge nouveau_message declaration_interets
seance_convocation piece_infectee
seance_modifiee seance_annulee audition_convocation audition_rappel audition_deplacee audition_annulee
deport_declare doute_leve
audition_souhait audition_souhait_refuse decision_disponible decision_non_lue
document_disponible publication_laureats session_incubation presence_manquante livrable_attendu
livrable_repris convention_a_signer tranche_a_demander versement_examine versement_effectue
mission_proposee mission_commandee jours_a_confirmer jours_contestes credit_faible indicateurs_a_remplir
recommandation_relance projet_silencieux obligation_a_tenir
delai_implicite role_modifie effacement_fait effacement_refuse connexion_nouvelle mot_de_passe_modifie
second_facteur_modifie adresse_modifiee
rib_modifie recapitulatif siret_a_controler avis_demande avis_rappel avis_retire avis_recu
""".split()
FACULTATIVES = """
rappel_depot_j7 recevable question_repondue question_ecartee pris_en_charge nouveau_message document_disponible
publication_laureats livrable_attendu tranche_a_demander versement_effectue credit_faible recapitulatif
siret_a_controler
""".split()
GROUPABLES = """
rappel_depot_j7 pris_en_charge nouveau_message document_disponible publication_laureats
session_incubation presence_manquante livrable_attendu tranche_a_demander versement_effectue
credit_faible indicateurs_a_remplir recapitulatif siret_a_controler
""".split()
LIEN = "http://127.0.0.1:8000/dossiers/D-7K3Q-XW9D/"
INSTANT, JOUR = "2026-12-21T12:00:00+01:00", "2026-12-21"
PERSONNE = {"prenom": "Awa", "nom": "Diallo", "qualite": "chargée de mission"}
CONTEXTE = {
    "n": "D-7K3Q-XW9D",
    "nom_projet": "L'Atelier du Lez",
    "lien": LIEN,
    "lien_delai": LIEN + "delai/",
    "lien_ics": LIEN + "agenda.ics",
    "url": {"preferences": "http://127.0.0.1:8000/compte/messages/"},
    "lien_public": "http://127.0.0.1:8000/laureats/",
    "service": {"nom": "programme", "courriel": "manufactures@anct.gouv.fr", "telephone": "0199000001"},
    "ami": {"titre": "Manufactures de proximité"},
    "vague": {"libelle": "vague 2"},
    "agent": PERSONNE,
    "acte": {"numero": "MP-2026-000123", "objet": "Bilan d'incubation"},
    "seance": {"debut": INSTANT, "lieu": "Paris"},
    "session": {"debut": INSTANT},
    "audition": {"debut": INSTANT},
    "nom_fichier": "devis.pdf",
    "ajoutee_le": INSTANT,
    "liste_courte": ["plan de financement", "statuts"],
    "dates": [JOUR, "2026-12-22"],
    "droits": ["lire", "écrire"],
    **dict.fromkeys(
        "recu_le cloture cloture_heure echeance quand avant apres mis_a_disposition_le".split(), INSTANT
    ),
    **dict.fromkeys(
        "date date_courte date_limite date_confirmation date_postale date_valeur debut fin".split(), JOUR
    ),
    "date_implicite": JOUR,
    **dict.fromkeys("n_manquants n_dossiers n_points minutes duree max j".split(), 2),
    **dict.fromkeys("jours reste accorde engage".split(), "2.5"),
    **dict.fromkeys(
        "titulaire inviteur auteur expert participant chef_de_file hote contact partenaire nouveau".split(),
        "Awa Diallo",
    ),
    **dict.fromkeys(
        "siret constat role qualite question reponse motif module commune preparation demi_journee livrable "
        "texte".split(),
        "texte",
    ),
    **dict.fromkeys(
        "organisme sens tranche reference theme etat_libelle manque appareil action annee".split(), "texte"
    ),
    **dict.fromkeys("a_faire retards nouveautes".split(), ["une chose"]),
}


def test_every_message_of_the_procedure_has_its_text_and_its_rules():
    assert sorted(MODELES) == sorted(CLES)
    assert {fichier.stem for fichier in TEXTES.glob("[!_]*.txt")} == set(CLES)
    assert {cle for cle, modele in MODELES.items() if not modele.obligatoire} == set(FACULTATIVES)
    assert {cle for cle, modele in MODELES.items() if not modele.immediat} == set(GROUPABLES)


@pytest.mark.parametrize("cle", CLES)
def test_a_message_says_the_same_in_both_parts(cle):
    objet, texte, html = rendre(cle, CONTEXTE)

    assert 0 < len(objet) <= OBJET_MAX
    assert texte.startswith("Bonjour,\n") and "Manufactures de proximité" in texte
    for rendu in (objet, texte, html):
        assert not re.search(
            r"\{\{|\{%|None|\[SI|  \S| [:;!?€»]|« |\d{4}-\d{2}-\d{2}", re.sub(r"\n +", "\n", rendu)
        )
    phrases = [ligne for ligne in texte.split("--\n")[0].splitlines() if ligne and "http" not in ligne]
    assert all(phrase in page_html.unescape(html) for phrase in phrases)
    facultatif = "Régler mes messages" in texte
    assert facultatif == (cle in FACULTATIVES) == ("Régler mes messages" in html)


@pytest.mark.parametrize("cle", CLES)
def test_each_subject_and_link_is_that_of_the_message(cle):
    objet, premiere, lien = resumer(cle, CONTEXTE)

    assert (objet, LIEN) == (rendre(cle, CONTEXTE)[0], lien)
    assert premiere in rendre(cle, CONTEXTE)[1]


def test_subjects_are_distinct():
    assert len({rendre(cle, CONTEXTE)[0] for cle in CLES}) == len(CLES)


@pytest.mark.parametrize("vide", [None, "", "absente"])
def test_a_missing_variable_stops_the_message_with_its_name(vide):
    contexte = dict(CONTEXTE, service=dict(CONTEXTE["service"], courriel=vide))
    if vide == "absente":
        del contexte["service"]["courriel"]

    with pytest.raises(VariableManquante) as refus:
        rendre("decision_disponible", contexte)

    assert refus.value.nom == "service.courriel"


def test_a_branch_that_is_not_printed_asks_for_nothing():
    sans_quinze = {cle: v for cle, v in CONTEXTE.items() if cle != "date_quinze"}

    assert "lettre" not in rendre("decision_non_lue", sans_quinze)[1]
    with pytest.raises(VariableManquante):
        rendre("decision_non_lue", sans_quinze | {"accord_notification": True})


@pytest.mark.parametrize("malin", ["D-1\r\nBcc: x@y.test", "D-1\n\nBonjour", "D-1\u2028x", "D-1\x00"])
def test_a_subject_cannot_forge_a_header(malin):
    with pytest.raises(ObjetInvalide):
        rendre("recevable", CONTEXTE | {"n": malin})


def test_a_subject_too_long_is_refused():
    with pytest.raises(ObjetInvalide):
        rendre("recevable", CONTEXTE | {"n": "D" * 40})


def test_what_someone_typed_stays_text():
    piege = '<b>Gagné</b>\n\n-- \nAdresse : https://ailleurs.test/ "x"'

    _, texte, html = rendre("recevable", CONTEXTE | {"nom_projet": piege})

    assert "<b>" not in html and "&lt;b&gt;Gagné" in html
    assert '<a href="https://ailleurs.test/' not in html
    assert "\n-- \n" not in texte
    assert f'<a href="{LIEN}">{LIEN}</a>' in html


def test_dates_numbers_and_agreement_are_french():
    _, texte, _ = rendre("credit_faible", CONTEXTE | {"reste": "1.5", "accorde": "15.0", "engage": "2.0"})

    assert "Il reste 1,5\u00a0jour sur 15, dont 2\u00a0jours en commande." in texte
    assert "21 décembre 2026" in texte
    recu = rendre("depot_recu", CONTEXTE | {"recu_le": "2026-11-23T13:32:07+00:00"})[1]
    assert "le 23 novembre 2026 à 14\u00a0h\u00a032\u00a0min\u00a007\u00a0s" in recu
    assert (
        rendre("seance_convocation", CONTEXTE | {"date_courte": "2026-12-01"})[0]
        == "Convocation du comité du 1er décembre"
    )
