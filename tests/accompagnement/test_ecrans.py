"""The pages of the support: who opens which, what each says, and the whole path walked by its buttons."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accompagnement.models import (
    BilanAccompagnement,
    BilanIncubation,
    Convention,
    CreditJours,
    EtatJournee,
    EtatTranche,
    Journee,
    Mission,
    Presence,
    Promotion,
    Session,
)
from manufactures import horloge
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, EtatConvention, EtatMission, Role
from tests.factories import accompagnement as f
from tests.factories.candidatures import pdf

pytestmark = pytest.mark.django_db

SUIVENT = {"porteur", "contributeur", "agent", "responsable", "auditeur"}
ORGANISENT = {"agent", "responsable"}
QUI = (*sorted(SUIVENT), "expert", "president", "inconnu")


def texte(reponse) -> str:
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def principal(reponse) -> str:
    return texte(reponse).split("<main", 1)[1].split("</main>", 1)[0]


def adresse(nom, *args) -> str:
    return reverse(f"accompagnement:{nom}", args=args)


def ouvrir(client, user, chemin):
    client.force_login(user)
    horloge.oublier()
    return client.get(chemin)


def poster(client, user, chemin, action, statut=302, **donnees):
    """Post this deed; a redirect is a deed done."""
    client.force_login(user)
    horloge.oublier()
    reponse = client.post(chemin, {"action": action} | donnees)
    assert reponse.status_code == statut, principal(reponse) if reponse.content else reponse
    return reponse


def lignes(prefixe, *formulaires, total=4) -> dict:
    """What a formset posts."""
    donnees = {f"{prefixe}-TOTAL_FORMS": total, f"{prefixe}-INITIAL_FORMS": 0}
    for rang, champs in enumerate(formulaires):
        donnees |= {f"{prefixe}-{rang}-{nom}": valeur for nom, valeur in champs.items()}
    return donnees


@pytest.fixture
def lieux(gens):
    """One project in incubation, one in support with money and days: the address of each page."""
    en_incubation = f.laureat(gens, nom_projet="Ici Morvan")
    cohorte = f.promotion(gens, en_incubation)
    session = f.session(gens, cohorte)
    livrable = session.livrables.get()
    livrable.remettre(par=gens.porteur, texte="Trois partenaires rencontrés.", piece=None)
    f.bilan(gens, en_incubation, [(f.themes()[0], "4.0", "Statuts")])
    accompagne = f.accompagne(gens, nom_projet="La Cabane", vague=en_incubation.vague)
    convention = f.convention(gens, accompagne)
    f.credit(gens, accompagne)
    f.enveloppe_ingenierie(accompagne)
    mission = f.mission(gens, accompagne)
    journee = Journee.noter(
        mission,
        par=gens.expert,
        date=horloge.aujourd_hui(),
        creneau="MATIN",
        lieu="SUR_PLACE",
        texte="Atelier avec les associés.",
    )
    numero = accompagne.numero
    return {
        "promotion": cohorte.get_absolute_url(),
        "session": adresse("session", session.pk),
        "livrable": livrable.get_absolute_url(),
        "projet en incubation": adresse("projet", en_incubation.numero),
        "bilan": adresse("bilan", en_incubation.numero),
        "projet": adresse("projet", numero),
        "convention": convention.get_absolute_url(),
        "tranche": convention.tranches.get(type="AVANCE").get_absolute_url(),
        "credit": adresse("credit", numero),
        "proposer": adresse("proposer", numero),
        "cloture": adresse("cloture", numero),
        "mission": mission.get_absolute_url(),
        "journee": journee.get_absolute_url(),
        "liste": adresse("liste"),
        "promotions": adresse("promotions"),
        "experts": adresse("experts"),
    }


def lecteur(gens, qui):
    if qui == "president":
        return f.personne(role=Role.PRESIDENT)
    return f.personne() if qui == "inconnu" else getattr(gens, qui)


# -- The law in plain words: who opens the page, who sees the object without the deed (403), who sees nothing (404) --
PAGES = {
    "promotion": (SUIVENT | {"expert"}, set(), "Calendrier des modules"),
    "session": (ORGANISENT | {"expert"}, SUIVENT, "Feuille de présence"),
    "livrable": (SUIVENT | {"expert"}, set(), "Trois partenaires rencontrés."),
    "projet en incubation": (SUIVENT, set(), "Bilan d'incubation"),
    "bilan": (SUIVENT, set(), "Projet prêt pour l'arbitrage."),
    "projet": (SUIVENT, set(), "Convention et versements"),
    "convention": (SUIVENT | {"president"}, set(), "se terminant par 3609"),
    "tranche": (SUIVENT | {"president"}, set(), "51 000,00 €"),
    "credit": ({"responsable"}, SUIVENT, "Le crédit est ouvert"),
    "proposer": (ORGANISENT, SUIVENT, "Reste à commander"),
    "cloture": (SUIVENT, set(), "Bilan d'accompagnement"),
    "mission": (SUIVENT | {"expert"}, set(), "0,5 jour fait sur 3"),
    "journee": (SUIVENT | {"expert"}, set(), "Yann"),
}


@pytest.mark.parametrize("qui", QUI)
def test_who_opens_which_page(client, gens, lieux, qui):
    user = lecteur(gens, qui)
    for nom, (ouvrent, refuses, mots) in PAGES.items():
        reponse = ouvrir(client, user, lieux[nom])
        attendu = 200 if qui in ouvrent else 403 if qui in refuses else 404
        assert reponse.status_code == attendu, (nom, qui)
        if attendu == 200:
            verifier_la_page(reponse, nom)
            assert mots in principal(reponse), (nom, qui)
            assert f.IBAN not in texte(reponse).replace(" ", ""), (nom, qui)


def test_a_responsable_reads_the_whole_account_and_the_journal_says_so(client, gens, lieux):
    """Rights matrix, row 44: on this answer only, never on the page read again, and for nobody else."""
    ici = lieux["convention"]
    for qui, statut in {
        "porteur": 403,
        "agent": 403,
        "auditeur": 403,
        "president": 403,
        "inconnu": 404,
    }.items():
        user = lecteur(gens, qui)
        if statut != 404:
            assert "en entier" not in principal(ouvrir(client, user, ici)), qui
        refus = poster(client, user, ici, "consulter_compte", statut=statut)
        assert f.IBAN not in texte(refus).replace(" ", ""), qui
    assert not Entree.objects.filter(action="consulter_compte").exists()

    assert "Lire l'IBAN en entier" in principal(ouvrir(client, gens.responsable, ici))
    lu = poster(client, gens.responsable, ici, "consulter_compte", statut=200)

    assert f.IBAN in principal(lu).replace(" ", "")
    assert lu["Cache-Control"] == "no-store"
    entree = Entree.objects.get(action="consulter_compte")
    assert (entree.acteur, entree.faits) == (gens.responsable, {"compte": "se terminant par 3609"})
    assert f.IBAN not in texte(ouvrir(client, gens.responsable, ici)).replace(" ", "")


def verifier_la_page(reponse, nom):
    page, corps = reponse.content.decode(), principal(reponse)
    assert page.count("<h1") == 1, nom
    assert len(re.findall(r"<title>[^<]{10,}</title>", page)) == 1, nom
    assert "None" not in corps, nom
    assert 'role="row"' not in corps, nom
    assert corps.count("<table") == corps.count("<caption"), nom
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), (nom, sorted(i for i in ids if ids.count(i) > 1))
    for formulaire in re.findall(r'<form method="post".*?</form>', page, re.S):
        if "action=" in formulaire.split(">", 1)[0] and "/accompagnement/" not in formulaire:
            continue  # the header's own
        assert "csrfmiddlewaretoken" in formulaire, nom
        assert "cle_unique" in formulaire, nom
        assert 'name="action"' in formulaire, nom
    nu = re.sub(r"<[^>]*>", "", reponse.content.decode().split("<main", 1)[1].split("</main>", 1)[0])
    assert re.findall(r".{20} [:;!?€%»]|«\u0020.{20}", nu) == [], nom


@pytest.mark.parametrize("qui", QUI)
def test_the_lists_are_open_to_all_and_hold_what_each_may_see(client, gens, lieux, qui):
    user = lecteur(gens, qui)
    for nom in ("liste", "promotions"):
        reponse = ouvrir(client, user, lieux[nom])
        assert reponse.status_code == 200, nom
        verifier_la_page(reponse, nom)
    assert ("La Cabane" in principal(ouvrir(client, user, lieux["liste"]))) == (qui in SUIVENT)


def test_the_list_is_filtered_and_says_so_when_empty(client, gens, lieux):
    assert "Ici Morvan" not in principal(
        ouvrir(client, gens.agent, f"{lieux['liste']}?etat=EN_ACCOMPAGNEMENT")
    )
    vide = principal(ouvrir(client, gens.agent, f"{lieux['liste']}?etat=CLOS"))
    assert "Aucun projet n'est dans cet état." in vide
    assert "Voir tous les projets" in vide


def test_the_week_is_the_expert_s_alone(client, gens, lieux):
    semaine = ouvrir(client, gens.expert, lieux["experts"])
    verifier_la_page(semaine, "experts")
    for mots in ("La Cabane", "Noter une journée", "Livrables à relire (1)", "Noter les présences"):
        assert mots in principal(semaine)
    for qui in SUIVENT:
        assert ouvrir(client, getattr(gens, qui), lieux["experts"]).status_code == 403
    tranquille = principal(ouvrir(client, f.personne(role=Role.EXPERT), lieux["experts"]))
    assert "Rien cette semaine" in tranquille


def test_a_visitor_signs_in_first(client, lieux):
    for chemin in lieux.values():
        assert client.get(chemin).url.startswith("/compte/login/")


@pytest.mark.long
@pytest.mark.parametrize("qui", [*sorted(SUIVENT), "expert"])
def test_no_link_leads_to_a_closed_door(client, gens, lieux, qui):
    user = getattr(gens, qui)
    liens = set()
    for nom, chemin in lieux.items():
        reponse = ouvrir(client, user, chemin)
        if reponse.status_code == 200:
            partie = reponse.content.decode().split('<nav class="fr-breadcrumb"', 1)[-1]
            partie = partie.split("</main>", 1)[0]
            liens |= {(nom, lien) for lien in re.findall(r'href="(/[^"#?]*)', partie)}
    fermes = {
        (nom, lien): statut
        for nom, lien in liens
        if (statut := ouvrir(client, user, lien).status_code) not in (200, 302)
    }
    assert liens
    assert fermes == {}


def test_the_pages_open_at_every_other_point(client, gens, projet):
    """Before the money and the days; after the closing; with nothing in the cohort."""
    for qui in SUIVENT:
        user = getattr(gens, qui)
        page = principal(ouvrir(client, user, adresse("projet", projet.numero)))
        assert "la convention est à préparer" in page
        assert "Le crédit de jours n'est pas encore ouvert." in page
        assert ouvrir(client, user, adresse("convention", projet.numero)).status_code == 200
        assert "Le bilan est" not in principal(ouvrir(client, user, adresse("bilan", projet.numero)))
        assert ouvrir(client, user, adresse("proposer", projet.numero)).status_code in (403, 404)
    cohorte = f.promotion(gens, debut=horloge.aujourd_hui())
    assert "Aucun projet n'est encore inscrit." in principal(
        ouvrir(client, gens.agent, cohorte.get_absolute_url())
    )
    laureat = f.laureat(gens)
    assert "incubation" in principal(ouvrir(client, gens.porteur, adresse("projet", laureat.numero)))
    assert ouvrir(client, gens.porteur, adresse("bilan", laureat.numero)).status_code == 404


# -- The path, by its buttons --------------------------------------------------------------------------------------
def test_the_incubation_by_its_buttons(client, gens):
    dossier = f.laureat(gens, nom_projet="Ici Morvan")
    jour = horloge.aujourd_hui()
    poster(
        client,
        gens.agent,
        adresse("promotions"),
        "ouvrir_promotion",
        vague=dossier.vague_id,
        nom="Promotion 3",
        debut=jour.isoformat(),
        fin=(jour + timedelta(days=120)).isoformat(),
    )
    cohorte = Promotion.objects.get()
    poster(client, gens.agent, cohorte.get_absolute_url(), "inscrire", dossier=dossier.pk)
    module = dossier.appel.modules.first()
    dater = {
        "module": module.pk,
        "date": jour.isoformat(),
        "expert": gens.expert.pk,
        "demi_journees": 2,
        "hote": "",
    }
    poster(client, gens.agent, cohorte.get_absolute_url(), "dater", **dater)
    session = Session.objects.get()

    feuille = {f"presence_{dossier.pk}_MATIN": "PRESENT", f"presence_{dossier.pk}_APRES_MIDI": "EXCUSE"}
    poster(client, gens.expert, adresse("session", session.pk), "noter", motif="", **feuille)
    assert set(Presence.objects.values_list("demi_journee", "statut")) == {
        ("MATIN", "PRESENT"),
        ("APRES_MIDI", "EXCUSE"),
    }
    assert "présent, excusé" in principal(ouvrir(client, gens.porteur, cohorte.get_absolute_url()))

    livrable = session.livrables.get()
    chemin = livrable.get_absolute_url()
    manque = poster(client, gens.porteur, chemin, "remettre", statut=200, texte="")
    assert "1 réponse à corriger" in texte(manque)
    poster(client, gens.porteur, chemin, "remettre", texte="Voici la note.", fichier=pdf("note.pdf"))
    vide = poster(client, gens.expert, chemin, "reprendre", statut=200, commentaire="", echeance="")
    assert "Écrivez ce qui est à reprendre." in texte(vide)
    poster(client, gens.expert, chemin, "reprendre", commentaire="Chiffrer.", echeance="")
    poster(client, gens.porteur, chemin, "remettre", texte="Chiffré.")
    poster(client, gens.expert, chemin, "valider_livrable", commentaire="", echeance="")
    livrable.refresh_from_db()
    assert livrable.etat == "VALIDE"

    bilan = adresse("bilan", dossier.numero)
    for moment, valeur in (("entree", 1), ("sortie", 3)):
        valeurs = {f"{moment}-{m.code}": valeur for m in dossier.appel.modules.all()}
        poster(client, gens.agent, bilan, f"poser_{moment}", **valeurs)
    theme = f.themes()[0]
    besoins = lignes("besoins", {"theme": theme.pk, "jours": "2,5", "raison": "Statuts"})
    avis = {"texte": "Prêt.", "expert": gens.expert.pk}
    boiteux = lignes("besoins", {"theme": theme.pk, "jours": "", "raison": ""})
    fautif = poster(client, gens.agent, bilan, "rediger", statut=200, **avis, **boiteux)
    assert "Écrivez le thème et ses jours." in texte(fautif)
    assert "1 réponse à corriger" in texte(fautif)
    poster(client, gens.agent, bilan, "rediger", **avis, **besoins)
    refus = poster(client, gens.agent, bilan, "geler", statut=409)
    assert "sept jours" in principal(refus)
    poster(client, gens.porteur, bilan, "observer", observations="Sans observation.")
    poster(client, gens.agent, bilan, "geler")
    assert BilanIncubation.objects.get().gele_par == gens.agent
    page = principal(ouvrir(client, gens.agent, bilan))
    assert "<polygon" in page
    assert 'value="clore_incubation"' in page
    assert 'value="rediger"' not in page
    poster(client, gens.agent, bilan, "clore_incubation")
    dossier.refresh_from_db()
    assert dossier.etat == Etat.EN_ARBITRAGE
    assert "attestation" in principal(ouvrir(client, gens.porteur, adresse("projet", dossier.numero))).lower()


def test_the_money_by_its_buttons(client, gens, projet):
    ici = adresse("convention", projet.numero)
    faux = {"titulaire": "La Fabrique", "iban": "FR7630006000011234567890188", "bic": "ZZZZFRPPXXX"}
    assert "IBAN" in texte(poster(client, gens.porteur, ici, "declarer_compte", statut=200, **faux))
    poster(client, gens.porteur, ici, "declarer_compte", **faux | {"iban": f.IBAN})
    poster(client, gens.agent, ici, "preparer", regime_aide="Régime exempté")
    convention = Convention.objects.get()
    for qui in ("responsable", "signataire", "porteur"):
        assert 'value="signer"' not in principal(ouvrir(client, getattr(gens, qui), ici)), qui
    assert "Cochez" in principal(poster(client, gens.porteur, ici, "signer_beneficiaire", statut=409))
    poster(client, gens.porteur, ici, "signer_beneficiaire", lu="on")
    assert 'value="signer"' in principal(ouvrir(client, gens.signataire, ici))
    assert 'value="signer"' not in principal(ouvrir(client, gens.responsable, ici))
    poster(client, gens.signataire, adresse("passer_convention", projet.numero), "signer")
    convention.refresh_from_db()
    assert convention.etat == EtatConvention.SIGNEE

    chemin = convention.tranches.get(type="AVANCE").get_absolute_url()
    sans_facture = lignes("factures")
    assert "À vous de demander" in principal(ouvrir(client, gens.porteur, chemin))
    assert "Au titulaire du dossier" in principal(ouvrir(client, gens.agent, chemin))
    assert "Cochez" in principal(poster(client, gens.porteur, chemin, "demander", statut=409, **sans_facture))
    poster(client, gens.porteur, chemin, "demander", atteste="on", **sans_facture)
    payer(client, gens, chemin)
    convention.refresh_from_db()
    assert convention.etat == EtatConvention.EN_EXECUTION

    acompte = convention.tranches.get(type="ACOMPTE")
    chemin = acompte.get_absolute_url()
    facture = f.facture("F-1", "200000.00")
    facture |= {
        "date": horloge.aujourd_hui().isoformat(),
        "montant_ht": "200 000,00",
        "montant_ttc": "240 000",
    }
    incomplete = lignes("factures", facture | {"montant_ttc": "1"})
    rendue = poster(client, gens.porteur, chemin, "demander", statut=200, atteste="on", **incomplete)
    assert "1 réponse à corriger" in texte(rendue)
    poster(client, gens.porteur, chemin, "demander", atteste="on", **lignes("factures", facture))
    poster(client, gens.agent, chemin, "controler")
    presentee = acompte.factures.get()
    rejet = {f"statut_{presentee.pk}": "REJETEE", f"motif_{presentee.pk}": ""}
    refus = principal(poster(client, gens.agent, chemin, "examiner", statut=409, **rejet))
    assert "Écrivez le motif du rejet" in refus
    assert re.search(r'value="REJETEE"\s+checked', refus)
    poster(client, gens.agent, chemin, "renvoyer", motif="Il manque la preuve de paiement.")
    assert "Il manque la preuve de paiement." in principal(ouvrir(client, gens.porteur, chemin))
    poster(client, gens.porteur, chemin, "demander", atteste="on", **sans_facture)
    poster(client, gens.agent, chemin, "controler")
    poster(client, gens.agent, chemin, "examiner", **{f"statut_{presentee.pk}": "ACCEPTEE"})
    payer(client, gens, chemin)
    assert "F-1" in principal(ouvrir(client, gens.porteur, chemin))
    assert 'value="solder"' not in principal(ouvrir(client, gens.responsable, ici))
    for type_, factures in (("SOLDE", [f.facture("F-2", "150000.00")]), ("ANNEE_1", ()), ("ANNEE_2", ())):
        f.payer(gens, convention.tranches.get(type=type_), factures)
    assert 'value="solder"' in principal(ouvrir(client, gens.responsable, ici))
    poster(client, gens.responsable, adresse("passer_convention", projet.numero), "solder")


def payer(client, gens, chemin):
    """From the request to the payment, each signature by its own person, on the page that offers it."""
    suite = (
        ("agent", "controler", {}),
        ("agent", "certifier", {}),
        ("responsable", "ordonner", {}),
        ("signataire", "contresigner", {}),
        ("agent", "payer", {"mandat": "M-1", "payee_le": horloge.aujourd_hui().isoformat()}),
    )
    for qui, action, donnees in suite:
        page = principal(ouvrir(client, getattr(gens, qui), chemin))
        if action == "controler" and f'value="{action}"' not in page:
            continue
        assert f'value="{action}"' in page, action
        assert 'value="demander"' not in page
        poster(client, getattr(gens, qui), chemin, action, **donnees)
        if action == "ordonner":
            deja = principal(ouvrir(client, gens.responsable, chemin))
            assert "Vous avez déjà signé ce versement" in deja
            assert 'value="contresigner"' not in deja
    fin = principal(ouvrir(client, gens.porteur, chemin))
    assert EtatTranche.PAYE.label in fin
    assert "réf. M-1" in fin


def test_credit_and_order_by_their_buttons(client, gens, projet):
    f.enveloppe_ingenierie(projet)
    un, deux, trois = f.themes()
    credit = adresse("credit", projet.numero)
    besoins = [{"theme": un.pk, "jours": "6", "raison": "Statuts"}, {"theme": deux.pk, "jours": "5"}]
    court = poster(
        client, gens.responsable, credit, "ouvrir_credit", statut=409, **lignes("besoins", *besoins)
    )
    assert "même somme" in principal(court)
    besoins.append({"theme": trois.pk, "jours": "4"})
    poster(client, gens.responsable, credit, "ouvrir_credit", **lignes("besoins", *besoins))
    assert CreditJours.objects.get().accordes == 15

    jour = horloge.aujourd_hui()
    donnees = {
        "theme": un.pk,
        "expert": gens.expert.pk,
        "objet": "Écrire les statuts",
        "livrables": "Un projet de statuts",
        "debut": jour.isoformat(),
        "fin": (jour + timedelta(days=30)).isoformat(),
    }
    proposer = adresse("proposer", projet.numero)
    trop = poster(client, gens.agent, proposer, "proposer", statut=409, jours="7", **donnees)
    assert "Il reste 6 jours" in principal(trop)
    poster(client, gens.agent, proposer, "proposer", jours="1,5", **donnees)
    mission = Mission.objects.get()
    ici, generique = mission.get_absolute_url(), mission.url_passer
    assert "À accepter (1)" in principal(ouvrir(client, gens.expert, adresse("experts")))
    assert "votre accord est attendu" in principal(ouvrir(client, gens.porteur, ici))
    poster(client, gens.expert, generique, "accepter")
    assert 'value="commander"' not in principal(ouvrir(client, gens.responsable, ici))
    poster(client, gens.porteur, ici, "agreer")
    assert 'value="commander"' in principal(ouvrir(client, gens.responsable, ici))
    poster(client, gens.responsable, generique, "commander")
    mission.refresh_from_db()
    assert mission.etat == EtatMission.COMMANDEE
    assert "Lettre de mission" in principal(ouvrir(client, gens.expert, ici))


def test_the_log_by_its_buttons(client, gens, projet, credit):
    f.enveloppe_ingenierie(projet)
    mission, jour = f.mission(gens, projet, jours="1.5"), horloge.aujourd_hui()
    ici, generique = mission.get_absolute_url(), mission.url_passer
    notee = {"date": jour.isoformat(), "creneau": "JOURNEE", "lieu": "SUR_PLACE", "texte": "Atelier."}
    sans_texte = poster(client, gens.expert, ici, "noter", statut=200, **notee | {"texte": ""})
    assert "Écrivez en une phrase ce qui a été fait." in texte(sans_texte)
    poster(client, gens.expert, ici, "noter", **notee)
    deux_fois = poster(client, gens.expert, ici, "noter", statut=409, **notee | {"creneau": "MATIN"})
    assert "Vous avez déjà noté" in principal(deux_fois)
    journee = Journee.objects.get()
    page = journee.get_absolute_url()
    poster(client, gens.expert, page, "annuler", motif="Mauvaise date.")
    poster(client, gens.expert, ici, "noter", **notee)
    journee = Journee.objects.get(etat=EtatJournee.A_CONFIRMER)
    page = journee.get_absolute_url()
    assert "Confirmer ou contester" in principal(ouvrir(client, gens.porteur, ici))
    poster(client, gens.porteur, page, "contester", motif="Nous étions fermés.")
    assert "L'ANCT tranche" in principal(ouvrir(client, gens.expert, page))
    poster(client, gens.responsable, page, "trancher", retenue="non", motif="Fermeture avérée.")
    assert "Fermeture avérée." in principal(ouvrir(client, gens.expert, page))
    poster(client, gens.expert, ici, "noter", **notee)
    journee = Journee.objects.get(etat=EtatJournee.A_CONFIRMER)
    assert 'value="confirmer"' in principal(ouvrir(client, gens.porteur, journee.get_absolute_url()))
    poster(client, gens.porteur, journee.get_absolute_url(), "confirmer")

    assert 'name="resultat"' in principal(ouvrir(client, gens.expert, ici))
    poster(client, gens.expert, ici, "terminer", resultat="Statuts adoptés.")
    assert 'value="attester"' in principal(ouvrir(client, gens.porteur, ici))
    poster(client, gens.porteur, generique, "attester")
    poster(client, gens.responsable, generique, "certifier")
    mission.refresh_from_db()
    assert (mission.etat, mission.resultat) == (EtatMission.SERVICE_FAIT, "Statuts adoptés.")
    fin = principal(ouvrir(client, gens.porteur, ici))
    assert "1 jour fait sur 1,5" in fin
    assert "Attestation" in fin
    assert "12,5" not in fin


def test_the_closing_by_its_buttons(client, gens):
    """A laureate without subsidy: no convention to settle, one indicator told."""
    dossier = f.laureat(gens, etat=Etat.EN_ACCOMPAGNEMENT)
    f.attribution(gens, dossier, investissement=0, amorcage=0)
    indicateur = dossier.indicateurs.create(libelle="Postes", unite="postes", depart=4, cible=12)
    ici = adresse("cloture", dossier.numero)
    assert "n'est pas encore rédigé" in principal(ouvrir(client, gens.porteur, ici))
    page = principal(ouvrir(client, gens.responsable, ici))
    assert "La clôture attend" in page
    assert 'value="clore"' not in page
    bilan = {"avancement": "Atelier ouvert.", "appreciation_agence": "Réussi.", "suites": "Réseau."}
    manque = poster(client, gens.agent, ici, "rediger", statut=200, **bilan | {"suites": ""})
    assert "1 réponse à corriger" in texte(manque)
    poster(client, gens.agent, ici, "rediger", **bilan, **{f"atteint_{indicateur.pk}": "11"})
    assert BilanAccompagnement.objects.get().atteints.get().valeur == "11"
    assert 'value="clore"' not in principal(ouvrir(client, gens.agent, ici))
    poster(client, gens.responsable, ici, "clore")
    dossier.refresh_from_db()
    assert dossier.etat == Etat.CLOS
    for qui in SUIVENT:
        page = ouvrir(client, getattr(gens, qui), ici)
        verifier_la_page(page, "cloture")
        assert "Atelier ouvert." in principal(page)
        suivi = principal(ouvrir(client, getattr(gens, qui), adresse("projet", dossier.numero)))
        assert "Bilan d'accompagnement" in suivi


def test_a_recommendation_is_read_by_the_porteur(client, gens, projet):
    ici = adresse("projet", projet.numero)
    poster(client, gens.agent, ici, "recommander", texte="Rencontrez le réseau régional.")
    assert "Rencontrez le réseau régional." in principal(ouvrir(client, gens.porteur, ici))
    assert 'value="recommander"' not in principal(ouvrir(client, gens.porteur, ici))
    assert poster(client, gens.porteur, ici, "recommander", statut=403, texte="Moi.")


def test_an_unknown_button_changes_nothing(client, gens, projet):
    reponse = poster(client, gens.agent, adresse("projet", projet.numero), "inventer", statut=409)
    assert "Cette action n'existe pas." in principal(reponse)
