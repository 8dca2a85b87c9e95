"""The committee's pages, rendered for real: each reader, each address, each form of the main path."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from manufactures import horloge
from manufactures.procedure import Etat, Role
from selection.models import Avis, Decision, Electeur, Mode, Scrutin, Seance, TypeSeance
from tests.factories.comptes import UserFactory
from tests.factories.selection import MOTIF, Salle

pytestmark = pytest.mark.django_db


def adresse(nom, objet=None):
    if objet is None:
        return reverse(f"selection:{nom}")
    return reverse(f"selection:{nom}", args=[getattr(objet, "numero", None) or objet.pk])


def texte(reponse) -> str:
    """What is shown, with plain spaces and apostrophes."""
    return html.unescape(reponse.content.decode()).replace("\u00a0", " ")


def ouvrir(client, user, chemin, statut=200) -> str:
    """GET as this person; a page has one h1 and nothing left of the template."""
    client.force_login(user)
    reponse = client.get(chemin)
    assert reponse.status_code == statut, (chemin, reponse.status_code)
    page = texte(reponse)
    if statut == 200:
        assert page.count("<h1") == 1, chemin
        assert "{{" not in page and "{%" not in page and ">None<" not in page
        identifiants = re.findall(r'\sid="([^"]+)"', page)
        assert len(identifiants) == len(set(identifiants)), chemin
    return page


def poster(client, user, chemin, statut=302, **donnees):
    """POST as this person."""
    client.force_login(user)
    reponse = client.post(chemin, donnees)
    assert reponse.status_code == statut, (chemin, donnees, reponse.status_code, texte(reponse)[-3000:])
    return reponse


def lecteurs(salle) -> dict:
    """One person of each kind."""
    return {
        "responsable": salle.responsable,
        "presidente": salle.president.user,
        "membre": salle.membres[1].user,
        "instructeur": salle.dossiers[0].instruction.instructeur,
        "auditeur": UserFactory(role=Role.AUDITEUR),
        "porteur": salle.dossiers[0].titulaire,
    }


TENUE = {"responsable", "presidente", "membre", "instructeur", "auditeur"}
OUVERTES = {
    "seances": TENUE,
    "creer_seance": {"responsable", "presidente"},
    "seance": TENUE,
    "ordre_du_jour": TENUE,
    "interets": {"presidente", "membre"},
    "reponse": {"presidente", "membre"},
    "lecture": TENUE,
    "deporter": {"presidente", "membre"},
    "audition": {"responsable", "presidente", "instructeur"},
    "decisions": {"responsable", "instructeur"},
}


def test_each_address_opens_to_its_readers_and_to_no_other(client):
    salle = Salle(dossiers=2).convoquer().declarer().pointer()
    par_seance = {"seance", "ordre_du_jour", "interets", "reponse"}
    par_dossier = {"lecture", "deporter", "audition"}
    for qui, user in lecteurs(salle).items():
        client.force_login(user)
        for nom, admis in OUVERTES.items():
            objet = salle.seance if nom in par_seance else salle.dossiers[0] if nom in par_dossier else None
            statut = client.get(adresse(nom, objet)).status_code
            assert (statut == 200) == (qui in admis), (qui, nom, statut)
            assert statut in (200, 403, 404)
            if statut == 200:
                ouvrir(client, user, adresse(nom, objet))


@pytest.mark.long
def test_every_step_of_a_sitting_renders_for_every_reader(client):
    salle = Salle(dossiers=2)
    regards = {nom: user for nom, user in lecteurs(salle).items() if nom != "porteur"}

    def tous(*attendus, sauf=()):
        for nom, user in regards.items():
            if nom not in sauf:
                for chemin in (adresse("seances"), adresse("seance", salle.seance)):
                    ouvrir(client, user, chemin)
                client.force_login(user)
                assert client.get(adresse("direct", salle.seance)).status_code == 200
        page = ouvrir(client, salle.responsable, adresse("seance", salle.seance))
        for mot in attendus:
            assert mot in page

    tous("Le comité n'est pas encore convoqué", sauf=("membre",))
    salle.convoquer()
    tous("Quorum non atteint", "il en faut 5")
    salle.declarer().pointer()
    tous("9 présents ou représentés sur 9")
    salle.seance.ouvrir(par=salle.president.user)
    tous("Projet 1")
    scrutin = salle.ouvrir_scrutin()
    tous("0 émargement sur 9")
    scrutin.suspendre(par=salle.president.user)
    tous("urne reste fermée")
    scrutin.reprendre(par=salle.president.user)
    salle.voter(scrutin, pour=7, contre=1, abstentions=1)
    tous("7 pour, 1 contre, 1 abstention, 0 blanc")
    Avis.rendre(salle.point, "RESERVE", par=salle.president.user, motifs="Sous réserve du bail.")
    tous("Avis réservé")
    salle.avis_defavorable()
    tous("clore la séance")
    salle.clore()
    tous(f"n° {salle.seance.pv.numero}")


def test_a_recused_member_finds_no_trace(client):
    salle = Salle(dossiers=2).convoquer().pointer()
    leroy = salle.membres[1]
    salle.declarer(leroy).deporter(leroy)
    salle.seance.ouvrir(par=salle.president.user)

    for nom in ("lecture", "deporter", "audition", "rediger"):
        ouvrir(client, leroy.user, adresse(nom, salle.dossiers[0]), 404)
    for nom in ("seance", "ordre_du_jour"):
        page = ouvrir(client, leroy.user, adresse(nom, salle.seance))
        assert "Projet 2" in page
        assert "Projet 1" not in page and salle.dossiers[0].numero not in page
    assert "Ce point se traite sans vous" in ouvrir(client, leroy.user, adresse("seance", salle.seance))
    assert "sur ce point : attendez" in ouvrir(client, salle.responsable, adresse("seance", salle.seance))

    poster(client, salle.responsable, adresse("tenue", salle.seance), action="constater_sortie", point=salle.point.pk,
           membre=leroy.pk)  # fmt: skip
    assert "sorti à" in ouvrir(client, salle.responsable, adresse("seance", salle.seance))


# -- Before the sitting ------------------------------------------------------------------------------------------
def test_a_responsable_prepares_and_summons(client):
    salle = Salle(dossiers=2)
    par, chemin = salle.responsable, adresse("creer_seance")
    page = texte(poster(client, par, chemin, 200, lieu="à Paris"))
    assert "réponses à corriger" in page and "<title>Erreur" in page

    debut = (horloge.maintenant() + timedelta(hours=2)).astimezone(horloge.PARIS)
    reponse = poster(client, par, chemin, vague=salle.vague.pk, type="SELECTION", lieu="à Paris",
                     debut=debut.strftime("%Y-%m-%dT%H:%M"), scrutin_secret="on")  # fmt: skip
    seance = Seance.objects.order_by("-pk").first()
    agenda = adresse("ordre_du_jour", seance)
    assert reponse.url == agenda
    assert "Aucun dossier n'est inscrit" in ouvrir(client, par, agenda)
    assert "Choisissez au moins un dossier" in texte(poster(client, par, agenda, 200, action="inscrire"))

    poster(client, par, agenda, action="inscrire", dossiers=[d.pk for d in salle.dossiers])
    premier, second = seance.points.order_by("rang")
    poster(client, par, agenda, action="nommer_rapporteur", point=premier.pk, rapporteur=salle.membres[2].pk)
    poster(client, par, agenda, action="desinscrire", point=second.pk)
    assert "Projet 2" in ouvrir(client, par, agenda)  # it may be put on again
    premier.refresh_from_db()
    assert premier.rapporteur == salle.membres[2]

    refus = texte(poster(client, par, agenda, 409, action="convoquer"))
    assert "En cas d'urgence, écrivez pourquoi" in refus
    poster(client, par, agenda, action="convoquer", motif_urgence="Séance de ce jour")
    assert "Convoquer le comité" not in ouvrir(client, par, agenda)
    assert client.get(adresse("agenda_seance", seance))["Content-Type"].startswith("text/calendar")


def test_an_instructeur_reads_the_agenda_without_its_gestures(client):
    salle = Salle().inscrire()
    agent = salle.dossiers[0].instruction.instructeur
    page = ouvrir(client, agent, adresse("ordre_du_jour", salle.seance))
    assert "Projet 1" in page and "convoquer" not in re.findall(r'value="(\w+)"', page)
    poster(client, agent, adresse("ordre_du_jour", salle.seance), 403, action="convoquer")


def test_interests_open_the_dossiers_and_nothing_is_prechecked(client):
    salle = Salle(dossiers=2).convoquer()
    membre, chemin = salle.membres[1], adresse("interets", salle.seance)
    un, deux = salle.dossiers
    seance = ouvrir(client, membre.user, adresse("seance", salle.seance))
    assert (
        "2 dossiers" in seance and adresse("lecture", un) not in seance
    )  # nothing opens before the declaration
    ouvrir(client, membre.user, adresse("lecture", un), 404)

    page = ouvrir(client, membre.user, chemin)
    assert "Projet 1" in page and "checked" not in page
    page = texte(poster(client, membre.user, chemin, 200, **{f"{un.numero}-reponse": "LIEN"}))
    assert "Choisissez une réponse pour Projet 2." in page
    assert "Dites lequel, pour Projet 1." in page
    assert "Cochez l'engagement" in page

    poster(client, membre.user, chemin, confidentialite="oui", **{
        f"{un.numero}-reponse": "AUCUN", f"{deux.numero}-reponse": "DEPORT", f"{deux.numero}-motif": "Ma sœur y est.",
    })  # fmt: skip
    assert "Ma sœur" in ouvrir(client, membre.user, chemin)
    ouvrir(client, membre.user, adresse("lecture", un))
    ouvrir(client, membre.user, adresse("lecture", deux), 404)


def test_a_member_answers_the_summons(client):
    salle = Salle().convoquer()
    membre, chemin = salle.membres[1], adresse("reponse", salle.seance)
    page = texte(poster(client, membre.user, chemin, 200, reponse="MANDAT"))
    assert "Nommez la personne" in page
    poster(client, membre.user, chemin, reponse="MANDAT", mandataire=salle.membres[2].pk)
    assert "Je donne mandat" in ouvrir(client, membre.user, adresse("seance", salle.seance))


# -- Reading room ------------------------------------------------------------------------------------------------
def test_marks_are_saved_handed_in_and_opened_again(client):
    salle = Salle(dossiers=2).convoquer().declarer()
    membre, autre = salle.membres[1], salle.membres[2]
    chemin = adresse("lecture", salle.dossiers[0])
    page = ouvrir(client, membre.user, chemin)
    assert "cette version est figée" in page and "seront rendues" not in page
    codes = [c.code for c in salle.vague.appel.criteres.filter(nature="NOTE")]

    poster(client, membre.user, chemin, action="noter", **{f"{codes[0]}-note": "4"})
    assert re.search(rf'name="{codes[0]}-note" value="4"[^>]* checked', ouvrir(client, membre.user, chemin))
    manque = texte(poster(client, membre.user, chemin, 200, action="rendre", **{f"{codes[0]}-note": "5"}))
    assert f"Expliquez le 5 donné à {codes[0]}." in manque
    toutes = {f"{code}-note": "3" for code in codes}
    poster(client, autre.user, chemin, action="rendre", **toutes)
    assert str(autre) not in ouvrir(client, membre.user, chemin)  # the others' marks come after one's own

    poster(client, membre.user, chemin, action="rendre", **toutes)
    page = ouvrir(client, membre.user, chemin)
    assert "Lecture rendue" in page and str(autre) in page and "60" in page
    poster(client, membre.user, chemin, action="rouvrir")
    assert str(autre) not in ouvrir(client, membre.user, chemin)
    assert str(autre) in ouvrir(client, salle.responsable, chemin)
    poster(client, salle.responsable, chemin, 403, action="rendre")


def test_a_link_found_later_closes_the_dossier(client):
    salle = Salle().convoquer().declarer()
    membre, chemin = salle.membres[1], adresse("deporter", salle.dossiers[0])
    assert "Dites quel est ce lien" in texte(poster(client, membre.user, chemin, 200, action="deporter"))
    poster(client, membre.user, chemin, action="deporter", motif="Mon association est partenaire.")
    ouvrir(client, membre.user, adresse("lecture", salle.dossiers[0]), 404)


# -- The sitting -------------------------------------------------------------------------------------------------
def test_a_secret_vote_from_the_presence_to_the_minutes(client):
    salle = Salle().convoquer().declarer()
    seance, presidente = salle.seance, salle.president.user
    presence, tenue = adresse("presence", seance), adresse("tenue", seance)
    presidence, vote, page_seance = (
        adresse("presidence", seance),
        adresse("vote", seance),
        adresse("seance", seance),
    )

    for membre in salle.membres[:5]:
        assert 'value="arriver"' in ouvrir(client, membre.user, page_seance)
        poster(client, membre.user, presence, action="arriver")
    assert "vous êtes là" in ouvrir(client, salle.membres[1].user, page_seance)
    poster(
        client, salle.responsable, presence, action="pointer", membre=salle.membres[5].pk, mode=Mode.SUR_PLACE
    )
    poster(client, salle.responsable, presence, action="pointer", membre=salle.membres[6].pk, mode=Mode.REPRESENTE,
           mandataire=salle.membres[1].pk)  # fmt: skip
    poster(
        client,
        salle.membres[1].user,
        presence,
        403,
        action="pointer",
        membre=salle.membres[7].pk,
        mode=Mode.ABSENT,
    )

    assert 'value="ouvrir"' not in ouvrir(client, salle.responsable, page_seance)
    assert 'value="ouvrir"' in ouvrir(client, presidente, page_seance)
    poster(client, presidente, presidence, action="ouvrir")
    point = salle.point
    assert 'value="ouvrir_scrutin"' in ouvrir(client, presidente, page_seance)
    poster(
        client,
        presidente,
        presidence,
        action="ouvrir_scrutin",
        point=point.pk,
        question="AVIS",
        mode="secret",
    )
    scrutin = Scrutin.objects.get()

    roux = salle.membres[1].user  # their own voice, then the proxy
    page = ouvrir(client, roux, page_seance)
    assert "Votre vote est secret" in page and "<title>À vous de voter" in page and "checked" not in page
    assert "Choisissez pour, contre" in texte(poster(client, roux, vote, 200, scrutin=scrutin.pk))
    poster(client, roux, vote, scrutin=scrutin.pk, choix="CONTRE")
    page = ouvrir(client, roux, page_seance)
    assert f"vous votez pour {salle.membres[6]}" in page
    poster(client, roux, vote, scrutin=scrutin.pk, choix="POUR", membre=salle.membres[6].pk)
    apres = re.compile(r'(csrfmiddlewaretoken" value|cle_unique" value|X-CSRFToken": )[^>]*')
    contre = apres.sub("", ouvrir(client, roux, page_seance))
    assert "Bulletin déposé" in contre and "Contre" not in contre
    assert "Votre bulletin est dans l'urne." in texte(
        poster(client, roux, vote, 409, scrutin=scrutin.pk, choix="POUR")
    )
    for membre in [*salle.membres[:1], *salle.membres[2:6]]:
        poster(client, membre.user, vote, scrutin=scrutin.pk, choix="POUR")

    tableau = ouvrir(client, salle.responsable, page_seance)
    assert "7 émargements sur 7" in tableau and not re.search(r"\d+ (pour|contre),", tableau)
    poster(client, salle.responsable, presidence, 403, action="clore_scrutin", scrutin=scrutin.pk)
    poster(client, presidente, presidence, action="clore_scrutin", scrutin=scrutin.pk)
    page = ouvrir(client, presidente, page_seance)
    assert "6 pour, 1 contre, 0 abstention, 0 blanc" in page and 'value="rendre_avis"' in page
    assert "6 pour" not in ouvrir(
        client, roux, page_seance
    )  # the opinion is told first, the totals by the minutes

    manque = texte(
        poster(client, presidente, presidence, 200, action="rendre_avis", point=point.pk, sens="FAVORABLE")
    )
    assert "à corriger" in manque
    poster(
        client,
        presidente,
        presidence,
        action="rendre_avis",
        point=point.pk,
        sens="FAVORABLE",
        motifs="Solide.",
    )
    poster(client, salle.responsable, tenue, action="noter_seance", notes="Séance sans incident.")
    poster(client, salle.responsable, tenue, action="clore")
    seance.refresh_from_db()
    for user in (salle.responsable, presidente, roux):
        assert seance.pv.numero in ouvrir(client, user, page_seance)
    assert "Avis favorable" in ouvrir(client, roux, page_seance)


def test_a_show_of_hands_and_its_casting_vote(client):
    salle = Salle(effectif=8, secret=False).ouvrir()
    presidente, page_seance = salle.president.user, adresse("seance", salle.seance)
    presidence, tenue = adresse("presidence", salle.seance), adresse("tenue", salle.seance)
    poster(client, presidente, presidence, action="ouvrir_scrutin", point=salle.point.pk, question="AVIS")
    scrutin = Scrutin.objects.get()
    assert "main levée" in ouvrir(client, salle.membres[1].user, page_seance)
    voix = {
        f"choix-{e.pk}": "POUR" if rang % 2 else "CONTRE" for rang, e in enumerate(Electeur.objects.all())
    }
    poster(client, salle.responsable, tenue, action="consigner_votes", scrutin=scrutin.pk, **voix)
    assert " selected" in ouvrir(client, salle.responsable, page_seance)
    poster(client, presidente, presidence, action="clore_scrutin", scrutin=scrutin.pk)
    assert "4 pour, 4 contre" in ouvrir(client, salle.responsable, page_seance)
    assert 'value="departager"' in ouvrir(client, presidente, page_seance)
    poster(client, presidente, presidence, action="departager", scrutin=scrutin.pk, sens="POUR")
    assert 'value="rendre_avis"' in ouvrir(client, presidente, page_seance)


def test_a_hand_vote_may_replace_a_secret_one_and_few_voters_are_warned(client):
    salle = Salle(effectif=4).ouvrir()
    presidente, presidence = salle.president.user, adresse("presidence", salle.seance)
    assert "4 votants : les totaux peuvent révéler les votes." in ouvrir(
        client, presidente, adresse("seance", salle.seance)
    )
    geste = {"action": "ouvrir_scrutin", "point": salle.point.pk, "question": "AVIS"}
    poster(client, presidente, presidence, 409, **geste, mode="secret")
    poster(client, presidente, presidence, **geste, mode="main_levee")
    scrutin = Scrutin.objects.get()
    assert not scrutin.secret
    poster(client, presidente, presidence, 409, action="annuler_scrutin", scrutin=scrutin.pk)
    poster(
        client,
        presidente,
        presidence,
        action="annuler_scrutin",
        scrutin=scrutin.pk,
        motif="Erreur de question",
    )
    poster(client, presidente, presidence, **geste, mode="secret", malgre="oui")
    assert "Votre vote est secret" in ouvrir(client, salle.membres[1].user, adresse("seance", salle.seance))


def test_a_first_sitting_hears_or_keeps_and_a_point_may_wait(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION, dossiers=3).ouvrir()
    tenue = adresse("tenue", salle.seance)
    un, deux, trois = salle.seance.points.order_by("rang")
    page = ouvrir(client, salle.responsable, adresse("seance", salle.seance))
    assert 'value="A_AUDITIONNER"' in page and 'value="DELIBERATION"' in page
    poster(client, salle.responsable, tenue, action="prendre_note", point=un.pk, notes="Prix à préciser.")
    poster(client, salle.responsable, tenue, action="conclure", point=un.pk, resultat="A_AUDITIONNER")
    poster(client, salle.responsable, tenue, action="appeler", point=trois.pk)
    poster(client, salle.responsable, tenue, 409, action="reporter", point=trois.pk)
    poster(client, salle.responsable, tenue, action="reporter", point=trois.pk, motif="Pièce attendue")
    poster(
        client,
        salle.responsable,
        tenue,
        action="deporter",
        point=deux.pk,
        membre=salle.membres[3].pk,
        motif="Lien signalé",
    )
    page = ouvrir(client, salle.responsable, adresse("seance", salle.seance))
    assert "À auditionner" in page and "Pièce attendue" in page
    poster(client, salle.responsable, tenue, 409, action="inconnue")


def test_the_live_part_answers_nothing_when_nothing_moved(client):
    salle = Salle().ouvrir()
    membre, direct = salle.membres[1], adresse("direct", salle.seance)
    for user in (salle.responsable, membre.user):
        client.force_login(user)
        version = client.get(direct).context["version"]
        assert client.get(direct, {"version": version}).status_code == 204
    scrutin = salle.ouvrir_scrutin()
    client.force_login(membre.user)
    reponse = client.get(direct, {"version": version})
    assert "Votre vote est secret" in texte(reponse) and "<h1" not in texte(reponse)
    assert "<title>À vous de voter" in texte(reponse)
    version = reponse.context["version"]
    scrutin.voter(
        "POUR", par=salle.membres[2].user
    )  # others sign, leave, come back: a choice under way is kept
    salle.seance.pointer(salle.membres[8], Mode.ABSENT, par=salle.responsable)
    assert client.get(direct, {"version": version}).status_code == 204
    client.force_login(salle.responsable)
    tableau = client.get(direct, {"version": "ancienne", "vu": "ancien"})
    assert "1 émargement sur 9" in texte(tableau) and "La séance a avancé" in texte(tableau)


# -- Hearing -----------------------------------------------------------------------------------------------------
def test_a_hearing_is_planned_confirmed_and_written_up(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION).ouvrir()
    dossier, presidente = salle.dossiers[0], salle.president.user
    porteur, chemin, sienne = (
        dossier.titulaire,
        adresse("audition", dossier),
        adresse("audition_porteur", dossier),
    )
    ouvrir(client, porteur, sienne, 404)
    salle.point.conclure("A_AUDITIONNER", par=salle.responsable)
    assert "Convoquer le porteur" in ouvrir(client, presidente, chemin)
    debut = (horloge.maintenant() + timedelta(days=4)).astimezone(horloge.PARIS)
    creneau = {
        "action": "auditionner",
        "debut": debut.strftime("%Y-%m-%dT%H:%M"),
        "duree_min": 30,
        "max_personnes": 3,
    }
    assert "Écrivez un lieu" in texte(poster(client, presidente, chemin, 200, **creneau))
    poster(client, presidente, chemin, **creneau, lieu="à Paris", questions="Quel prix ?\nQui décide ?")
    assert "Pas encore confirmée" in ouvrir(client, presidente, chemin)

    page = ouvrir(client, porteur, sienne)
    assert "Quel prix ?" in page and "à Paris" in page
    assert "Écrivez le nom" in texte(poster(client, porteur, sienne, 200, action="confirmer_audition"))
    poster(client, porteur, sienne, action="confirmer_audition", participants="Awa Diallo, présidente")
    assert "Awa Diallo" in ouvrir(client, porteur, sienne)
    assert client.get(adresse("agenda_audition", dossier))["Content-Type"].startswith("text/calendar")
    with horloge.a(debut + timedelta(hours=1)):
        assert "Compte rendu" in ouvrir(client, presidente, chemin)
        poster(client, presidente, chemin, action="consigner_audition", notes="Réponses claires.")
        assert "Réponses claires." in ouvrir(client, presidente, chemin)
        assert "Réponses claires." not in ouvrir(client, porteur, sienne)


# -- Decisions ---------------------------------------------------------------------------------------------------
def test_a_decision_is_drafted_signed_set_and_published(client):
    salle = Salle(dossiers=2).ouvrir()
    salle.avis_favorable()
    salle.avis_defavorable()
    un, deux = salle.dossiers
    agent, signataire = un.instruction.instructeur, salle.signataire
    boite, rediger = adresse("decisions"), adresse("rediger", un)
    assert "Aucune décision en attente" in ouvrir(client, agent, boite)
    client.force_login(agent)
    assert client.get(rediger).url == boite  # no decision while the minutes are not there
    salle.clore()
    assert "Rédiger" in ouvrir(client, agent, boite)

    page = ouvrir(client, agent, rediger)
    assert "Projet solide et partagé." in page and "Labellisation" in page
    court = texte(poster(client, agent, rediger, 200, action="rediger", sens="REFUS", motif="Non."))
    assert "au moins 60 caractères" in court and "Écrivez pourquoi : ce motif sera imprimé." in court
    poster(client, agent, rediger, action="rediger", sens="LABELLISATION", motif=MOTIF)
    decision = Decision.objects.get()
    fiche = adresse("decision", decision)
    assert "une autre personne doit la signer" in ouvrir(client, agent, fiche)
    salle.decision(deux, sens="REFUS")
    poster(client, agent, fiche, 403, action="signer")
    poster(client, salle.responsable, fiche, 403, action="signer")  # no delegation
    assert "Signer la décision" in ouvrir(client, signataire, fiche)
    poster(client, signataire, fiche, action="signer")
    poster(client, signataire, adresse("diffuser"), 409, action="signer")
    autres = Decision.objects.filter(signee_le=None)
    poster(client, signataire, adresse("diffuser"), action="signer", decisions=[d.pk for d in autres])
    assert "Signées 2" in re.sub(r"<[^>]+>", "", ouvrir(client, signataire, boite))

    demain = (horloge.maintenant() + timedelta(days=1)).astimezone(horloge.PARIS).strftime("%Y-%m-%dT%H:%M")
    poster(client, salle.responsable, fiche, action="programmer", instant=demain)
    assert "Diffusion prévue" in ouvrir(client, salle.responsable, fiche)
    for user in (un.titulaire, salle.membres[1].user, salle.president.user, UserFactory(role=Role.AUDITEUR)):
        ouvrir(client, user, fiche, 403)
        ouvrir(client, user, boite, 403)
    poster(client, salle.responsable, fiche, action="deprogrammer")
    tout = [d.pk for d in Decision.objects.all()]
    maintenant = horloge.maintenant().astimezone(horloge.PARIS).strftime("%Y-%m-%dT%H:%M")
    poster(
        client,
        salle.responsable,
        adresse("diffuser"),
        action="programmer",
        decisions=tout,
        instant=maintenant,
    )
    assert Decision.publier_les_dues() == 2
    page = ouvrir(client, salle.responsable, boite)
    assert "Diffusées" in page and "Projet 2" in page
    assert "Diffusée le" in ouvrir(client, agent, fiche)
    ouvrir(client, salle.responsable, f"{boite}?vague={salle.vague.pk}")


def test_a_refused_draft_keeps_what_was_typed(client):
    salle = Salle().ouvrir()
    salle.avis_favorable()
    salle.clore()
    agent = salle.dossiers[0].instruction.instructeur
    page = texte(poster(client, agent, adresse("rediger", salle.dossiers[0]), 409, action="rediger", motif=MOTIF,
                        sens="LISTE_COMPLEMENTAIRE", motif_ecart="Pas une place de plus."))  # fmt: skip
    assert "Donnez le rang" in page and "Pas une place de plus." in page and MOTIF in page


# -- Amounts -----------------------------------------------------------------------------------------------------
def test_amounts_are_proposed_voted_and_awarded(client):
    salle = Salle.d_arbitrage(dossiers=2)
    chemin, agent = adresse("arbitrage", salle.seance), salle.dossiers[0].instruction.instructeur
    point = salle.point
    for user in (
        salle.responsable,
        agent,
        salle.president.user,
        salle.membres[1].user,
        UserFactory(role=Role.AUDITEUR),
    ):
        assert "Projet 1" in ouvrir(client, user, chemin)
    ouvrir(client, salle.dossiers[0].titulaire, chemin, 404)
    poster(client, salle.membres[1].user, chemin, 403, point=point.pk)

    def montants(**valeurs):
        saisis = {
            "investissement": "50000",
            "amorcage": "0",
            "jours": "12.5",
            "motif": "Devis concordants.",
        } | valeurs
        return {"action": "proposer", "point": point.pk} | {
            f"point-{point.pk}-{n}": v for n, v in saisis.items()
        }

    page = texte(poster(client, agent, chemin, 200, **montants(motif="")))
    assert "Écrivez ce qui fonde cette proposition" in page
    page = texte(poster(client, agent, chemin, 409, **montants(investissement="9000000")))
    assert "au plus la dépense éligible" in page and "Devis concordants." in page and "9000000" in page
    poster(client, agent, chemin, **montants())
    assert "50 000 €" in ouvrir(client, agent, chemin)

    salle.seance.ouvrir(par=salle.president.user)
    page = ouvrir(client, salle.president.user, adresse("seance", salle.seance))
    assert "50 000 €" in page
    poster(client, salle.president.user, adresse("presidence", salle.seance), action="ouvrir_scrutin", point=point.pk,
           question="ATTRIBUTION")  # fmt: skip
    assert f"point-{point.pk}-investissement" not in ouvrir(client, agent, chemin)
    scrutin = Scrutin.objects.exclude(etat="CLOS").get()
    salle.voter(scrutin, pour=9)
    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Plan solide.")
    salle.point.reporter("Plan attendu", par=salle.responsable)
    salle.clore()
    page = ouvrir(client, agent, adresse("rediger", salle.dossiers[0]))
    assert "Attribution" in page and "50000.00" in page
    decision = salle.decision(sens="ATTRIBUTION", motif=MOTIF, motifs_reduction="Devis ramenés au marché.")
    assert "50 000 €" in ouvrir(client, salle.signataire, adresse("decision", decision))


def test_no_amount_for_whoever_stepped_back(client):
    salle = Salle.d_arbitrage(dossiers=2)
    salle.proposer()
    membre = salle.membres[1]
    from selection.models import Deport

    Deport.ouvrir(membre, salle.dossiers[0], motif="Lien découvert", source="DECLARATION", par=membre.user)
    page = ouvrir(client, membre.user, adresse("arbitrage", salle.seance))
    assert "Projet 2" in page and "Projet 1" not in page
    assert "80 000" not in page and "Plafond" not in page
    assert Etat.EN_ARBITRAGE in salle.dossiers[0].__class__.objects.values_list("etat", flat=True)
