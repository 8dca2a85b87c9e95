"""The pages, role by role: who gets in, what they read, what a refusal says; the embargo to the byte."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manufactures import horloge
from manufactures.procedure import Etat, Role
from selection.models import (
    Audition,
    Decision,
    DeclarationInterets,
    Emargement,
    EtatSeance,
    Lecture,
    Membre,
    Mode,
    TypeSeance,
)
from tests.factories.comptes import UserFactory
from tests.factories.selection import MOTIF, Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]


def code(client, user, nom, *args) -> int:
    client.force_login(user)
    return client.get(reverse(f"selection:{nom}", args=args)).status_code


def poster(client, user, nom, *args, **donnees):
    client.force_login(user)
    return client.post(reverse(f"selection:{nom}", args=args), donnees)


def page(client, user, nom, *args) -> str:
    client.force_login(user)
    reponse = client.get(reverse(f"selection:{nom}", args=args))
    assert reponse.status_code == 200
    return mots(reponse)


def mots(reponse) -> str:
    """The page as one reads it: entities and no-break spaces undone."""
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


# The law, written out: 200 seen, 403 not this role's page, 404 unknown to this person.
LOI = {
    "seances": {
        "president": 200,
        "membre": 200,
        "responsable": 200,
        "agent": 200,
        "auditeur": 200,
        "porteur": 403,
        "expert": 403,
    },
    "seance": {
        "president": 200,
        "membre": 200,
        "responsable": 200,
        "agent": 200,
        "auditeur": 200,
        "porteur": 404,
        "expert": 404,
    },
    "ordre_du_jour": {
        "president": 200,
        "membre": 200,
        "responsable": 200,
        "agent": 200,
        "auditeur": 200,
        "porteur": 404,
        "expert": 404,
    },
    "interets": {
        "president": 200,
        "membre": 200,
        "responsable": 403,
        "agent": 403,
        "auditeur": 403,
        "porteur": 404,
        "expert": 404,
    },
    "lecture": {
        "president": 200,
        "membre": 200,
        "responsable": 200,
        "agent": 200,
        "auditeur": 200,
        "porteur": 403,
        "expert": 404,
    },
    "audition": {
        "president": 200,
        "membre": 403,
        "responsable": 200,
        "agent": 200,
        "auditeur": 403,
        "porteur": 403,
        "expert": 404,
    },
    "audition_porteur": {
        "president": 403,
        "membre": 403,
        "responsable": 403,
        "agent": 403,
        "auditeur": 403,
        "porteur": 200,
        "expert": 404,
    },
    "decisions": {
        "president": 403,
        "membre": 403,
        "responsable": 200,
        "agent": 200,
        "auditeur": 403,
        "porteur": 403,
        "expert": 403,
    },
    "creer_seance": {
        "president": 200,
        "membre": 403,
        "responsable": 200,
        "agent": 403,
        "auditeur": 403,
        "porteur": 403,
        "expert": 403,
    },
}


def test_the_law_of_the_pages(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION).ouvrir()
    dossier = salle.dossiers[0]
    Audition.prevoir(
        dossier, par=salle.responsable, debut=horloge.maintenant() + timedelta(days=6), lieu="à Paris"
    )
    gens = {
        "president": salle.president.user,
        "membre": salle.membres[1].user,
        "responsable": salle.responsable,
        "agent": dossier.instruction.instructeur,
        "auditeur": UserFactory(role=Role.AUDITEUR),
        "porteur": dossier.titulaire,
        "expert": UserFactory(role=Role.EXPERT),
    }
    args = {"seance": [salle.seance.pk], "ordre_du_jour": [salle.seance.pk], "interets": [salle.seance.pk]}
    args |= dict.fromkeys(("lecture", "audition", "audition_porteur"), [dossier.numero])
    vus = {
        nom: {qui: code(client, user, nom, *args.get(nom, [])) for qui, user in gens.items()} for nom in LOI
    }
    assert vus == LOI
    client.logout()
    assert client.get(salle.seance.get_absolute_url()).status_code == 302


def test_nothing_opens_before_the_declaration(client):
    salle = Salle().convoquer()
    membre, dossier = salle.membres[1], salle.dossiers[0]
    assert code(client, membre.user, "lecture", dossier.numero) == 404
    corps = page(client, membre.user, "interets", salle.seance.pk)
    assert dossier.nom_projet in corps
    assert dossier.besoin not in corps
    donnees = {f"{dossier.numero}-reponse": "AUCUN", "action": "declarer"}
    refus = poster(client, membre.user, "interets", salle.seance.pk, **donnees)
    assert "engagement de confidentialité" in mots(refus)
    assert not DeclarationInterets.objects.exists()
    reponse = poster(client, membre.user, "interets", salle.seance.pk, confidentialite="oui", **donnees)
    assert reponse.status_code == 302
    assert code(client, membre.user, "lecture", dossier.numero) == 200


def test_a_link_says_which(client):
    salle = Salle().convoquer()
    dossier = salle.dossiers[0]
    reponse = poster(
        client,
        salle.membres[1].user,
        "interets",
        salle.seance.pk,
        confidentialite="oui",
        **{f"{dossier.numero}-reponse": "LIEN"},
    )
    assert f"Dites lequel, pour {dossier.nom_projet}." in mots(reponse)
    assert not DeclarationInterets.objects.exists()


def test_a_recusal_closes_everything_under_every_role(client):
    from tests.factories.comptes import HabilitationFactory

    salle = Salle(dossiers=2).convoquer().declarer()
    membre, ferme, ouvert = salle.membres[1], *salle.dossiers
    HabilitationFactory(user=membre.user, role=Role.RESPONSABLE)
    assert code(client, membre.user, "lecture", ferme.numero) == 200
    reponse = poster(
        client, membre.user, "deporter", ferme.numero, motif="Un parent y travaille.", action="deporter"
    )
    assert reponse.status_code == 302
    for nom in ("lecture", "audition", "rediger"):
        assert code(client, membre.user, nom, ferme.numero) == 404
    assert client.get(ferme.get_absolute_url()).status_code == 404
    assert code(client, membre.user, "lecture", ouvert.numero) == 200
    for nom, args in (("seance", [salle.seance.pk]), ("ordre_du_jour", [salle.seance.pk]), ("seances", [])):
        corps = page(client, membre.user, nom, *args)
        assert ferme.nom_projet not in corps
        assert ferme.numero not in corps
    salle.pointer()
    salle.seance.ouvrir(par=salle.president.user)
    assert "Vous êtes déporté" in page(client, membre.user, "seance", salle.seance.pk)


def test_readings_of_others_open_with_one_s_own(client):
    salle = Salle().convoquer().declarer()
    dossier, premier, second = salle.dossiers[0], salle.membres[1], salle.membres[2]
    notes = {f"C{n}-note": "4" for n in range(1, 8)} | {
        f"C{n}-commentaire": "Un vrai besoin" for n in range(1, 8)
    }
    assert (
        poster(client, premier.user, "lecture", dossier.numero, action="rendre", **notes).status_code == 302
    )
    assert "Un vrai besoin" not in page(client, second.user, "lecture", dossier.numero)
    manque = notes | {"C6-note": "", "C1-note": "5", "C1-commentaire": ""}
    corps = mots(poster(client, second.user, "lecture", dossier.numero, action="rendre", **manque))
    assert "Donnez une note sur C6." in corps
    assert "Expliquez le 5 donné à C1." in corps
    assert Lecture.objects.rendues().count() == 1
    poster(client, second.user, "lecture", dossier.numero, action="rendre", **notes)
    assert "Un vrai besoin" in page(client, second.user, "lecture", dossier.numero)
    assert Lecture.objects.rendues().count() == 2


def test_a_blank_is_no_mark(client):
    salle = Salle().convoquer().declarer()
    poster(
        client, salle.membres[1].user, "lecture", salle.dossiers[0].numero, action="noter", **{"C1-note": "3"}
    )
    lecture = Lecture.objects.get()
    assert dict(lecture.notes.values_list("critere__code", "note"))["C2"] is None
    assert lecture.score is None


def test_the_vote_in_the_browser_and_the_same_page_after_it(client):
    salle = Salle().ouvrir()
    scrutin = salle.ouvrir_scrutin()
    corps = {}
    for membre, choix in zip(salle.membres[1:5], ("POUR", "CONTRE", "ABSTENTION", "BLANC"), strict=True):
        assert "Votre vote est secret" in page(client, membre.user, "seance", salle.seance.pk)
        reponse = poster(
            client, membre.user, "vote", salle.seance.pk, scrutin=scrutin.pk, choix=choix, action="voter"
        )
        assert (reponse.status_code, reponse.url) == (302, salle.seance.get_absolute_url())
        corps[choix] = nettoyer(page(client, membre.user, "seance", salle.seance.pk), membre, scrutin)
        assert "Bulletin déposé" in corps[choix]
    assert len(set(corps.values())) == 1
    assert Emargement.objects.filter(scrutin=scrutin).count() == 4
    assert not client.session.get("choix")


def nettoyer(corps: str, membre, scrutin) -> str:
    """The page less what differs between people anyway."""
    corps = re.sub(
        r'(csrfmiddlewaretoken|cle_unique)" value="[^"]+"|X-CSRFToken": "[^"]+"|data-version="\w+"|version=\w+',
        "",
        corps,
    )
    corps = re.sub(r"\d émargements? sur 9", "", corps)
    return corps.replace(membre.user.nom_complet, "").replace(membre.user.email, "")


def test_voting_twice_or_without_choice_says_so(client):
    salle = Salle().ouvrir()
    scrutin = salle.ouvrir_scrutin()
    membre = salle.membres[1].user
    vide = poster(client, membre, "vote", salle.seance.pk, scrutin=scrutin.pk, action="voter")
    assert "Choisissez pour, contre, abstention ou blanc." in mots(vide)
    poster(client, membre, "vote", salle.seance.pk, scrutin=scrutin.pk, choix="POUR")
    double = poster(client, membre, "vote", salle.seance.pk, scrutin=scrutin.pk, choix="CONTRE")
    assert double.status_code == 409
    assert "Votre bulletin est dans l'urne." in mots(double)
    assert Emargement.objects.count() == 1


def test_the_choice_is_kept_nowhere_but_in_the_urn(client):
    from manufactures.comptes.models import RequeteUnique

    salle = Salle().ouvrir()
    scrutin = salle.ouvrir_scrutin()
    poster(
        client,
        salle.membres[1].user,
        "vote",
        salle.seance.pk,
        scrutin=scrutin.pk,
        choix="ABSTENTION",
        cle_unique="6d2f3a7e-3f5b-4b1e-9a70-1d4f6a3b2c11",
    )
    assert not RequeteUnique.objects.exists()


def test_a_member_does_not_conduct(client):
    salle = Salle().ouvrir()
    for nom in ("tenue", "presidence"):
        assert poster(client, salle.membres[1].user, nom, salle.seance.pk, action="clore").status_code == 403
    assert (
        poster(client, salle.responsable, "presidence", salle.seance.pk, action="ouvrir_scrutin").status_code
        == 403
    )
    inconnue = poster(client, salle.president.user, "presidence", salle.seance.pk, action="tricher")
    assert inconnue.status_code == 409


def test_a_whole_sitting_by_the_pages(client):
    """From the agenda to the minutes, through the buttons that the pages draw."""
    salle = Salle()
    pk, dossier, presidente = salle.seance.pk, salle.dossiers[0], salle.president.user
    poster(client, salle.responsable, "ordre_du_jour", pk, action="inscrire", dossiers=[dossier.pk])
    refus = poster(client, salle.responsable, "ordre_du_jour", pk, action="convoquer", motif_urgence="")
    assert refus.status_code == 409
    poster(
        client, salle.responsable, "ordre_du_jour", pk, action="convoquer", motif_urgence="Séance de ce jour"
    )
    for membre in salle.membres:
        donnees = {f"{dossier.numero}-reponse": "AUCUN", "confidentialite": "oui"}
        poster(client, membre.user, "interets", pk, **donnees)
        poster(client, membre.user, "presence", pk, action="arriver")
    poster(client, presidente, "presidence", pk, action="ouvrir")
    point = salle.point
    poster(client, presidente, "presidence", pk, action="ouvrir_scrutin", point=point.pk, question="AVIS")
    scrutin = point.scrutins.get()
    for membre in salle.membres:
        poster(client, membre.user, "vote", pk, scrutin=scrutin.pk, choix="POUR")
    poster(client, presidente, "presidence", pk, action="clore_scrutin", scrutin=scrutin.pk)
    assert "9 pour" in page(client, presidente, "seance", pk)
    poster(
        client,
        presidente,
        "presidence",
        pk,
        action="rendre_avis",
        point=point.pk,
        sens="FAVORABLE",
        motifs="Projet solide et partagé, ouvert aux artisans.",
    )
    poster(client, salle.responsable, "tenue", pk, action="clore")
    salle.seance.refresh_from_db()
    assert salle.seance.etat == EtatSeance.CLOSE
    assert salle.seance.pv is not None
    agent = dossier.instruction.instructeur
    reponse = poster(
        client, agent, "rediger", dossier.numero, sens="LABELLISATION", motif=MOTIF, action="rediger"
    )
    decision = Decision.objects.get()
    assert reponse.url == decision.get_absolute_url()
    poster(client, salle.signataire, "decision", decision.pk, action="signer")
    heure = horloge.maintenant().astimezone(horloge.PARIS).strftime("%Y-%m-%dT%H:%M")
    poster(client, salle.responsable, "decision", decision.pk, action="programmer", instant=heure)
    Decision.publier_les_dues()
    dossier.refresh_from_db()
    assert dossier.etat == Etat.LAUREAT


def test_the_poll_answers_204_while_nothing_moved(client):
    salle = Salle().ouvrir()
    membre = salle.membres[1].user
    version = re.search(r'data-version="(\w+)"', page(client, membre, "seance", salle.seance.pk)).group(1)
    adresse = reverse("selection:direct", args=[salle.seance.pk])
    assert client.get(adresse, {"version": version}).status_code == 204
    salle.ouvrir_scrutin()
    reponse = client.get(adresse, {"version": version})
    assert reponse.status_code == 200
    assert "Votre vote est secret" in mots(reponse)


def test_a_signature_elsewhere_does_not_disturb_a_choice_under_way(client):
    salle = Salle().ouvrir()
    scrutin = salle.ouvrir_scrutin()
    corps = page(client, salle.membres[1].user, "seance", salle.seance.pk)
    version = re.search(r'data-version="(\w+)"', corps).group(1)
    scrutin.voter("POUR", par=salle.membres[2].user)
    assert (
        client.get(reverse("selection:direct", args=[salle.seance.pk]), {"version": version}).status_code
        == 204
    )


# -- Embargo -----------------------------------------------------------------------------------------------------
def test_the_day_before_a_laureate_s_page_is_a_refused_one_s(client):
    salle = Salle(dossiers=2).ouvrir()
    retenu, ecarte = salle.dossiers
    salle.avis_favorable()
    salle.avis_defavorable()
    salle.clore()
    demain = horloge.maintenant() + timedelta(days=1)
    decisions = [salle.decision(retenu), salle.decision(ecarte, sens="REFUS")]
    for decision in decisions:
        decision.signer(par=salle.signataire)
        decision.programmer(demain, par=salle.responsable)
    corps = []
    for dossier in salle.dossiers:
        client.force_login(dossier.titulaire)
        lus = [
            mots(client.get(adresse)) for adresse in (dossier.get_absolute_url(), "/dossiers/", "/accueil/")
        ]
        corps.append(anonymiser("".join(lus), dossier))
    assert corps[0] == corps[1]
    client.logout()
    assert retenu.nom_projet not in mots(client.get("/laureats/"))
    for decision in decisions:
        client.force_login(decision.dossier.titulaire)
        assert client.get(decision.acte.get_absolute_url()).status_code == 404
        assert client.get(f"{decision.acte.get_absolute_url()}pdf/").status_code == 404
    assert "Labellisation" not in page(client, salle.responsable, "seances")
    assert code(client, salle.membres[1].user, "decision", decisions[0].pk) == 403


def anonymiser(corps: str, dossier) -> str:
    """Names, numbers and tokens apart, the very bytes."""
    for propre in (
        dossier.nom_projet,
        dossier.numero,
        dossier.titulaire.nom,
        dossier.titulaire.email,
        dossier.titulaire.prenom,
    ):
        corps = corps.replace(propre, "")
    corps = re.sub(r"MP-\d{4}-\d{6}", "", corps)
    corps = re.sub(r'(csrfmiddlewaretoken|cle_unique)" value="[^"]+"|X-CSRFToken": "[^"]+"', "", corps)
    corps = re.sub(r"[0-9a-f]{4}(?: [0-9a-f]{4}){7,}|[0-9a-f]{64}|[0-9a-f-]{36}", "", corps)
    corps = re.sub(r'datetime="[^"]+"|\d+ h \d+( min \d+ s)?|/pieces/\d+/', "", corps)
    return re.sub(r"ETag[^\n]+", "", corps)


def test_queries_do_not_grow_with_the_agenda(client):
    comptes = []
    for nombre in (1, 3):
        salle = Salle(dossiers=nombre, effectif=5)
        salle.convoquer().declarer()
        client.force_login(salle.membres[1].user)
        adresses = [salle.seance.get_absolute_url(), reverse("selection:interets", args=[salle.seance.pk])]
        mesures = []
        for adresse in adresses:
            client.get(adresse)
            with CaptureQueriesContext(
                connection,
            ) as requetes:
                assert client.get(adresse).status_code == 200
            mesures.append(len(requetes))
        comptes.append(mesures)
        Membre.objects.filter(preside=False).update(au=horloge.aujourd_hui())
    assert comptes[0] == comptes[1]


def test_the_arbitration_page_hides_all_sums_from_a_recused_member(client):
    salle = Salle.d_arbitrage(dossiers=2)
    for point in salle.seance.points.select_related("seance", "dossier"):
        salle.proposer(point)
    assert "Enveloppe de la" in page(client, salle.membres[1].user, "arbitrage", salle.seance.pk)
    poster(
        client, salle.membres[1].user, "deporter", salle.dossiers[0].numero, motif="Un parent y travaille."
    )
    corps = page(client, salle.membres[1].user, "arbitrage", salle.seance.pk)
    assert salle.dossiers[0].nom_projet not in corps
    assert "Enveloppe de la" not in corps


def test_amounts_by_the_page_and_their_errors(client):
    salle = Salle.d_arbitrage()
    point = salle.point
    saisie = {
        "point": point.pk,
        f"point-{point.pk}-investissement": "60000",
        f"point-{point.pk}-amorcage": "10000",
        f"point-{point.pk}-jours": "15",
        f"point-{point.pk}-motif": "",
    }
    corps = mots(poster(client, salle.responsable, "arbitrage", salle.seance.pk, **saisie))
    assert "Écrivez ce qui fonde cette proposition" in corps
    saisie |= {f"point-{point.pk}-motif": "Devis concordants.", f"point-{point.pk}-investissement": "900000"}
    refus = poster(client, salle.responsable, "arbitrage", salle.seance.pk, **saisie)
    assert refus.status_code == 409
    saisie[f"point-{point.pk}-investissement"] = "60000"
    assert poster(client, salle.responsable, "arbitrage", salle.seance.pk, **saisie).status_code == 302
    assert poster(client, salle.membres[1].user, "arbitrage", salle.seance.pk, **saisie).status_code == 403


def test_the_hearing_seen_by_the_porteur(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION).ouvrir()
    salle.point.conclure("A_AUDITIONNER", par=salle.responsable)
    dossier = salle.dossiers[0]
    debut = (horloge.maintenant() + timedelta(days=6)).astimezone(horloge.PARIS).strftime("%Y-%m-%dT%H:%M")
    sans_lieu = poster(
        client,
        salle.responsable,
        "audition",
        dossier.numero,
        action="auditionner",
        debut=debut,
        duree_min="30",
        max_personnes="3",
    )
    assert "Écrivez un lieu" in mots(sans_lieu)
    poster(
        client,
        salle.responsable,
        "audition",
        dossier.numero,
        action="auditionner",
        debut=debut,
        duree_min="30",
        max_personnes="3",
        lieu="20 avenue de Ségur",
        questions="Les prix\nLes horaires",
    )
    dossier.refresh_from_db()
    assert dossier.etat == Etat.A_AUDITIONNER
    assert "20 avenue de Ségur" in page(client, dossier.titulaire, "audition_porteur", dossier.numero)
    assert code(client, dossier.titulaire, "agenda_audition", dossier.numero) == 200
    reponse = poster(
        client, dossier.titulaire, "audition_porteur", dossier.numero, participants="Awa Diallo, gérante"
    )
    assert reponse.status_code == 302
    assert Audition.objects.get().confirmee_le is not None
    ics = client.get(reverse("selection:agenda_audition", args=[dossier.numero]))
    assert b"BEGIN:VEVENT" in ics.content


def test_the_homes_say_what_to_do():
    from manufactures.attentes import taches_pour

    def libelles(user):
        user = type(user).objects.get(pk=user.pk)
        return " | ".join(t.libelle for t in taches_pour(user)).replace("\xa0", " ")

    salle = Salle()
    assert "à inscrire en séance" in libelles(salle.responsable)
    salle.inscrire()
    assert "Fixer l'ordre du jour et convoquer" in libelles(salle.responsable)
    salle.seance.convoquer(par=salle.responsable, motif_urgence="Séance de ce jour")
    membre = salle.membres[1].user
    assert "Déclarer vos intérêts sur 1 dossier" in libelles(membre)
    assert "à lire" not in libelles(membre)
    salle.declarer()
    assert "1 dossier à lire" in libelles(membre)
    assert "Confirmer votre présence" in libelles(membre)
    assert "Ouvrir la séance" in libelles(salle.president.user)
    salle.pointer()
    salle.seance.ouvrir(par=salle.president.user)
    assert "Séance ouverte" in libelles(salle.president.user)
    salle.ouvrir_scrutin()
    assert "À vous de voter" in libelles(membre)
    salle.voter(salle.point.scrutins.get(), pour=9)
    from selection.models import Avis

    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet solide.")
    assert "Clore la séance" in libelles(salle.responsable)
    salle.clore()
    assert "1 décision à rédiger" in libelles(salle.dossiers[0].instruction.instructeur)
    decision = salle.decision()
    assert "1 décision à signer" in libelles(salle.signataire)
    assert "à signer" not in libelles(salle.responsable)
    decision.signer(par=salle.signataire)
    assert "à diffuser" in libelles(salle.responsable)


def test_a_remote_presence_only_where_the_sitting_admits_it(client):
    salle = Salle().convoquer()
    refus = poster(
        client,
        salle.responsable,
        "presence",
        salle.seance.pk,
        action="pointer",
        membre=salle.membres[1].pk,
        mode=Mode.A_DISTANCE,
    )
    assert refus.status_code == 409
    assert "ne se tient pas à distance" in mots(refus)
