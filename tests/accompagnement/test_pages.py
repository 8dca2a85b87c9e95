"""The pages: each role's path by forms alone, each refusal said on the page, each stranger outside."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accompagnement.models import (
    BilanIncubation,
    Convention,
    CoordonneesBancaires,
    CreditJours,
    EtatLivrable,
    Journee,
    Mission,
    Presence,
    Promotion,
)
from manufactures import horloge
from manufactures.procedure import Etat, EtatConvention, EtatMission, Role
from tests.factories import accompagnement as f
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def comme(client):
    """Sign in as somebody, then get or post."""

    class Navigateur:
        def __call__(self, user):
            client.force_login(user)
            return self

        def lire(self, url, code=200):
            reponse = client.get(url)
            assert reponse.status_code == code, (url, reponse.status_code)
            return reponse.content.decode()

        def poster(self, url, code=302, **donnees):
            reponse = client.post(url, donnees)
            assert reponse.status_code == code, (url, reponse.status_code, reponse.content.decode()[-3000:])
            return reponse

    return Navigateur()


def iso(jour) -> str:
    return jour.isoformat()


def test_the_agent_opens_a_cohort_dates_a_module_notes_presence(gens, comme):
    dossier = f.laureat(gens)
    jour = horloge.aujourd_hui()
    agent = comme(gens.agent)
    assert "Ouvrir une promotion" in agent.lire("/accompagnement/promotions/")

    agent.poster(
        "/accompagnement/promotions/",
        action="ouvrir_promotion",
        vague=dossier.vague_id,
        nom="Promotion Copeau",
        debut=iso(jour),
        fin=iso(jour + timedelta(days=120)),
    )
    promotion = Promotion.objects.get()
    url = promotion.get_absolute_url()
    agent.poster(url, action="inscrire", dossier=dossier.pk)
    module = dossier.appel.modules.first()
    agent.poster(
        url,
        action="dater",
        module=module.pk,
        date=iso(jour),
        hote=dossier.pk,
        expert=gens.expert.pk,
        demi_journees="2",
    )
    session = promotion.sessions.get()
    page = agent.lire(f"/accompagnement/sessions/{session.pk}/")
    assert f'name="presence_{dossier.pk}_MATIN"' in page
    agent.poster(
        f"/accompagnement/sessions/{session.pk}/",
        **{
            "action": "noter",
            f"presence_{dossier.pk}_MATIN": "PRESENT",
            f"presence_{dossier.pk}_APRES_MIDI": "EXCUSE",
        },
    )

    assert Presence.objects.filter(dossier=dossier).assiduite() == (1, 2)
    assert "présent, excusé" in agent.lire(url)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.EN_INCUBATION


def test_a_deliverable_goes_to_and_fro(gens, comme):
    dossier = f.laureat(gens)
    f.session(gens, f.promotion(gens, dossier))
    livrable = dossier.livrables.get()
    url = livrable.get_absolute_url()

    porteur = comme(gens.porteur)
    assert "Joignez un fichier" in porteur.poster(url, 200, action="remettre", texte="").content.decode()
    porteur.poster(url, action="remettre", texte="Carte faite.")
    expert = comme(gens.expert)
    assert "Carte faite." in expert.lire(url)
    assert "ce qui est à reprendre" in expert.poster(url, 200, action="reprendre").content.decode()
    expert.poster(
        url, action="reprendre", commentaire="Ajoutez les élus.", echeance=iso(horloge.aujourd_hui())
    )
    comme(gens.porteur).poster(url, action="remettre", texte="Carte complète.")
    comme(gens.expert).poster(url, action="valider_livrable", commentaire="")

    livrable.refresh_from_db()
    assert livrable.etat == EtatLivrable.VALIDE
    comme(gens.porteur).poster(url, 409, action="remettre", texte="Encore")


def test_the_report_is_written_answered_frozen_and_the_incubation_closed(gens, comme):
    dossier = f.laureat(gens)
    f.promotion(gens, dossier)
    url = f"/accompagnement/{dossier.numero}/bilan/"
    codes = list(dossier.appel.modules.values_list("code", flat=True))
    theme = f.themes()[0]

    agent = comme(gens.agent)
    agent.lire(url)
    agent.poster(url, action="poser_entree", **{f"entree-{code}": "1" for code in codes})
    agent.poster(url, action="poser_sortie", **{f"sortie-{code}": "3" for code in codes})
    besoins = {
        "besoins-TOTAL_FORMS": "1",
        "besoins-INITIAL_FORMS": "0",
        "besoins-0-theme": theme.pk,
        "besoins-0-jours": "2,5",
    }
    agent.poster(
        url, action="rediger", texte="Prêt.", expert=gens.expert.pk, site="Travaux engagés", **besoins
    )
    assert BilanIncubation.objects.get().dossier.besoins.get().jours == 2.5
    assert "sept jours" in agent.poster(url, 409, action="geler").content.decode()

    porteur = comme(gens.porteur)
    assert "Prêt." in porteur.lire(url)
    porteur.poster(url, action="observer", observations="Sans observation.")
    agent = comme(gens.agent)
    agent.poster(url, action="geler")
    agent.poster(url, action="clore_incubation")

    dossier.refresh_from_db()
    assert dossier.etat == Etat.EN_ARBITRAGE
    assert "Bilan d'incubation" in comme(gens.porteur).lire(f"/accompagnement/{dossier.numero}/")


def test_the_convention_from_the_account_to_the_first_payment(gens, projet, comme):
    url = f"/accompagnement/{projet.numero}/convention/"
    porteur = comme(gens.porteur)
    assert (
        "Cet IBAN"
        in porteur.poster(
            url, 200, action="declarer_compte", titulaire="La Fabrique", iban="FR76 1", bic="ZZZZFRPPXXX"
        ).content.decode()
    )
    porteur.poster(url, action="declarer_compte", titulaire="La Fabrique", iban=f.IBAN, bic="ZZZZFRPPXXX")
    assert f.IBAN not in porteur.lire(url).replace(" ", "")

    comme(gens.agent).poster(url, action="preparer", regime_aide="régime exempté")
    porteur = comme(gens.porteur)
    porteur.poster(url, 409, action="signer_beneficiaire")
    porteur.poster(url, action="signer_beneficiaire", lu="on")
    signataire = comme(gens.signataire)
    signataire.lire(url)
    signataire.poster(f"{url}passer/", action="signer")
    avance = Convention.objects.get().tranches.get(type="AVANCE")

    ici = avance.get_absolute_url()
    sans_facture = {"factures-TOTAL_FORMS": "0", "factures-INITIAL_FORMS": "0"}
    porteur = comme(gens.porteur)
    porteur.poster(ici, 409, action="demander", **sans_facture)
    porteur.poster(ici, action="demander", atteste="on", **sans_facture)
    agent = comme(gens.agent)
    agent.poster(ici, action="controler")
    agent.poster(ici, action="certifier")
    agent.poster(ici, 403, action="ordonner")
    responsable = comme(gens.responsable)
    responsable.poster(ici, action="ordonner")
    responsable.poster(ici, 403, action="contresigner")
    comme(gens.signataire).poster(ici, action="contresigner")
    comme(gens.agent).poster(ici, action="payer", mandat="M-1", payee_le=iso(horloge.aujourd_hui()))

    convention = Convention.objects.get()
    assert convention.etat == EtatConvention.EN_EXECUTION
    assert "réf. M-1" in comme(gens.porteur).lire(url)


def test_invoices_are_typed_examined_and_one_set_aside(gens, convention, comme):
    f.payer(gens, convention.tranches.get(type="AVANCE"))
    acompte = convention.tranches.get(type="ACOMPTE")
    url, jour = acompte.get_absolute_url(), iso(horloge.aujourd_hui())
    lignes = {"factures-TOTAL_FORMS": "3", "factures-INITIAL_FORMS": "0"}
    for rang, (numero, ht, ttc) in enumerate((("F-1", "260 000,00", "312 000,00"), ("F-2", "10", "12"))):
        champs = {
            "numero": numero,
            "fournisseur": "X",
            "objet": "Y",
            "date": jour,
            "montant_ht": ht,
            "montant_ttc": ttc,
        }
        lignes |= {f"factures-{rang}-{nom}": valeur for nom, valeur in champs.items()}
    porteur = comme(gens.porteur)
    fausse = lignes | {"factures-1-montant_ttc": "1"}
    assert (
        "au moins égal"
        in porteur.poster(url, 200, action="demander", atteste="on", **fausse).content.decode()
    )
    porteur.poster(url, action="demander", atteste="on", **lignes)

    une, deux = acompte.factures.all()
    agent = comme(gens.agent)
    agent.poster(url, action="controler")
    examen = {f"statut_{une.pk}": "ACCEPTEE", f"statut_{deux.pk}": "REJETEE"}
    agent.poster(url, 409, action="examiner", **examen)
    une.refresh_from_db()
    assert une.statut == "EN_CONTROLE"
    agent.poster(url, action="examiner", **examen, **{f"motif_{deux.pk}": "Hors période."})
    agent.poster(url, action="certifier")

    acompte.refresh_from_db()
    assert acompte.montant_verse == 85000
    assert "Hors période." in comme(gens.porteur).lire(url)


def test_from_the_credit_to_the_first_confirmed_day(gens, projet, comme):
    base = f"/accompagnement/{projet.numero}/"
    theme, jour = f.themes()[0], horloge.aujourd_hui()
    besoins = {"besoins-TOTAL_FORMS": "1", "besoins-INITIAL_FORMS": "0", "besoins-0-theme": theme.pk}
    responsable = comme(gens.responsable)
    responsable.poster(f"{base}credit/", 409, action="ouvrir_credit", **besoins, **{"besoins-0-jours": "14"})
    responsable.poster(f"{base}credit/", action="ouvrir_credit", **besoins, **{"besoins-0-jours": "15"})
    comme(gens.agent).poster(
        f"{base}missions/proposer/",
        action="proposer",
        theme=theme.pk,
        expert=gens.expert.pk,
        objet="Statuts",
        jours="1,5",
        debut=iso(jour),
        fin=iso(jour + timedelta(days=30)),
        livrables="Statuts signés",
    )
    mission = Mission.objects.get()
    url = mission.get_absolute_url()
    comme(gens.porteur).poster(url, action="agreer")
    assert "À accepter" in (expert := comme(gens.expert)).lire("/experts/")
    expert.poster(f"{url}passer/", action="accepter")
    comme(gens.responsable).poster(f"{url}passer/", action="commander")

    expert = comme(gens.expert)
    assert "Noter une journée" in expert.lire("/experts/")
    jour_note = {
        "action": "noter",
        "date": iso(jour),
        "creneau": "MATIN",
        "lieu": "SUR_PLACE",
        "texte": "Atelier",
    }
    assert (
        "à venir"
        in expert.poster(url, 409, **jour_note | {"date": iso(jour + timedelta(days=1))}).content.decode()
    )
    expert.poster(url, **jour_note)
    assert "déjà noté" in expert.poster(url, 409, **jour_note).content.decode()
    journee = Journee.objects.get()
    assert "Je confirme" in (porteur := comme(gens.porteur)).lire(journee.get_absolute_url())
    porteur.poster(journee.get_absolute_url(), action="confirmer")

    assert CreditJours.objects.get().consommes == 0.5
    expert = comme(gens.expert)
    expert.poster(url, action="terminer", resultat="Statuts signés")
    comme(gens.porteur).poster(f"{url}passer/", action="attester")
    comme(gens.responsable).poster(f"{url}passer/", action="certifier")
    mission.refresh_from_db()
    assert (mission.etat, mission.resultat) == (EtatMission.SERVICE_FAIT, "Statuts signés")


def test_a_contested_day_is_settled_on_its_page(gens, mission, comme):
    journee = Journee.noter(
        mission, par=gens.expert, date=horloge.aujourd_hui(), creneau="MATIN", lieu="DISTANCE", texte="Appel"
    )
    url = journee.get_absolute_url()
    comme(gens.porteur).poster(url, action="contester", motif="Pas eu lieu.")
    comme(gens.agent).poster(url, 403, action="trancher", retenue="non", motif="Vu")
    comme(gens.responsable).poster(url, action="trancher", retenue="non", motif="Annulée.")

    journee.refresh_from_db()
    assert journee.etat == "ECARTE"
    assert "Annulée." in comme(gens.expert).lire(url)


def test_the_path_closes_with_its_report(gens, mission, comme):
    projet = mission.dossier
    url = f"/accompagnement/{projet.numero}/cloture/"
    textes = {
        "avancement": "Ouvert.",
        "appreciation_agence": "Tenu.",
        "suites": "Réseau.",
        "appreciation_porteur": "",
    }
    agent = comme(gens.agent)
    agent.poster(url, action="rediger", **textes)
    agent.poster(url, 403, action="clore")
    responsable = comme(gens.responsable)
    assert "Une mission est encore en cours." in responsable.lire(url)
    responsable.poster(url, 409, action="clore")
    Journee.noter(
        mission, par=gens.expert, date=horloge.aujourd_hui(), creneau="MATIN", lieu="DISTANCE", texte="Appel"
    ).confirmer(par=gens.porteur)
    mission.passer("terminer", par=gens.expert)
    mission.passer("attester", par=gens.porteur)
    mission.passer("certifier", par=gens.responsable)

    comme(gens.responsable).poster(url, action="clore")

    projet.refresh_from_db()
    assert projet.etat == Etat.CLOS
    actes = {
        a.genre: a.instantane
        for a in projet.actes.filter(genre__in=["bilan_accompagnement", "fin_de_parcours"])
    }
    assert actes["bilan_accompagnement"]["credit"] == {
        "accorde": "15.0",
        "commande": "0.5",
        "realise": "0.5",
        "perdu": "14.5",
    }
    assert actes["fin_de_parcours"]["cas"] == "cloture"
    assert any("14,5\u00a0jours non commandés" in c for c in actes["fin_de_parcours"]["consequences"])


def test_giving_up_ends_the_convention_and_says_what_follows(gens, convention):
    projet = convention.dossier
    f.payer(gens, convention.tranches.get(type="AVANCE"))

    projet.passer("abandonner", par=gens.responsable, motif="Le porteur renonce.", cas="renonciation")

    convention.refresh_from_db()
    assert convention.etat == EtatConvention.RESILIEE
    acte = projet.actes.get(genre="fin_de_parcours")
    assert acte.instantane["cas"] == "renonciation"
    assert any("174\u00a0000\u00a0€" in c for c in acte.instantane["consequences"])


# -- Who sees what -----------------------------------------------------------------------------------------------
# The law in plain words: the code of each page for each kind of reader of a project in support. X: not one's project.
LECTEURS = {
    "/accompagnement/{numero}/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 404,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/accompagnement/{numero}/convention/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 404,
        "membre": 404,
        "president": 200,
        "etranger": 404,
    },
    "/accompagnement/{numero}/tranches/{tranche}/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 404,
        "membre": 404,
        "president": 200,
        "etranger": 404,
    },
    "/accompagnement/{numero}/bilan/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 404,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/accompagnement/{numero}/credit/": {
        "porteur": 403,
        "contributeur": 403,
        "agent": 403,
        "responsable": 200,
        "auditeur": 403,
        "expert": 404,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/accompagnement/{numero}/missions/proposer/": {
        "porteur": 403,
        "contributeur": 403,
        "agent": 200,
        "responsable": 200,
        "auditeur": 403,
        "expert": 404,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/accompagnement/{numero}/cloture/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 404,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/accompagnement/promotions/{promotion}/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 404,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/experts/missions/{mission}/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 200,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/experts/journees/{journee}/": {
        "porteur": 200,
        "contributeur": 200,
        "agent": 200,
        "responsable": 200,
        "auditeur": 200,
        "expert": 200,
        "membre": 404,
        "president": 404,
        "etranger": 404,
    },
    "/experts/": {
        "porteur": 403,
        "contributeur": 403,
        "agent": 403,
        "responsable": 403,
        "auditeur": 403,
        "expert": 200,
        "membre": 403,
        "president": 403,
        "etranger": 403,
    },
}


@pytest.fixture
def tout(gens, mission, convention):
    """A project in support with all that it may have."""
    journee = Journee.noter(
        mission, par=gens.expert, date=horloge.aujourd_hui(), creneau="MATIN", lieu="DISTANCE", texte="Appel"
    )
    return {
        "numero": mission.dossier.numero,
        "mission": mission.pk,
        "journee": journee.pk,
        "tranche": convention.tranches.first().pk,
        "promotion": mission.dossier.inscription.promotion_id,
    }


@pytest.mark.parametrize("adresse", LECTEURS)
def test_each_reader_has_each_page_or_not(gens, tout, client, adresse):
    personnes = {
        nom: getattr(gens, nom)
        for nom in ("porteur", "contributeur", "agent", "responsable", "auditeur", "expert")
    }
    personnes |= {
        "membre": UserFactory(password=None, role=Role.MEMBRE),
        "president": UserFactory(password=None, role=Role.PRESIDENT),
        "etranger": UserFactory(password=None),
    }
    url = adresse.format(**tout)
    assert client.get(url).status_code == 302  # anonymous: sign in

    codes = {}
    for nom, personne in personnes.items():
        client.force_login(personne)
        codes[nom] = client.get(url).status_code

    assert codes == LECTEURS[adresse]


def test_the_account_is_nowhere_but_for_the_responsables(gens, tout, client):
    compact = f.IBAN
    for nom in ("porteur", "contributeur", "agent", "auditeur", "expert", "responsable"):
        client.force_login(getattr(gens, nom))
        for adresse in LECTEURS:
            contenu = (
                client.get(adresse.format(**tout)).content.decode().replace(" ", "").replace("\u00a0", "")
            )
            permis = nom == "responsable" and adresse.endswith("/convention/")
            assert permis or compact not in contenu, (nom, adresse)


def test_a_stranger_posts_nothing(gens, tout, client):
    client.force_login(UserFactory(password=None))
    for adresse in LECTEURS:
        reponse = client.post(adresse.format(**tout), {"action": "confirmer"})
        assert reponse.status_code in (403, 404, 405)
    assert Journee.objects.get().etat == "A_CONFIRMER"


def test_a_double_click_logs_one_day(gens, mission, client):
    client.force_login(gens.expert)
    donnees = {
        "action": "noter",
        "date": iso(horloge.aujourd_hui()),
        "creneau": "MATIN",
        "lieu": "SUR_PLACE",
        "texte": "Atelier",
        "cle_unique": "0d9a3c1e-6a86-4a8f-9e0d-5a4f7e1f6b11",
    }
    codes = [client.post(mission.get_absolute_url(), donnees).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert Journee.objects.count() == 1


# -- Cost --------------------------------------------------------------------------------------------------------
def _requetes(client, url) -> int:
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(url).status_code == 200
    return len(requetes)


def test_lists_cost_the_same_for_one_row_and_for_three(gens, client):
    def un_de_plus():
        projet = f.accompagne(gens)
        f.convention(gens, projet)
        f.credit(gens, projet)
        f.mission(gens, projet)
        return projet

    un_de_plus()
    promotion = Promotion.objects.get()
    pages = {
        "/accompagnement/": gens.agent,
        "/accompagnement/promotions/": gens.agent,
        promotion.get_absolute_url(): gens.agent,
        "/experts/": gens.expert,
    }
    couts = {}
    for url, personne in pages.items():
        client.force_login(personne)
        _requetes(client, url)
        couts[url] = _requetes(client, url)
    un_de_plus()
    un_de_plus()

    for url, personne in pages.items():
        client.force_login(personne)
        assert _requetes(client, url) == couts[url] <= 20, url


def test_the_thread_of_a_project_stays_cheap(gens, tout, client):
    client.force_login(gens.agent)
    url = f"/accompagnement/{tout['numero']}/"
    _requetes(client, url)

    assert _requetes(client, url) <= 45


def test_the_account_row_does_not_say_itself(gens, projet):
    compte = CoordonneesBancaires.declarer(
        projet, par=gens.porteur, iban=f.IBAN, bic="ZZZZFRPPXXX", titulaire="X"
    )

    assert f.IBAN not in repr(compte) + str(compte)
