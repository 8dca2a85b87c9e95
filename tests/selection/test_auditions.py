"""Hearings: slots proposed and kept apart, calendars that follow, wishes, materials, notes, the timer of the room."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from icalendar import Calendar

from candidatures.fichiers import FichierRefuse
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from selection.creneaux import Creneau, affecter, decouper, libres
from selection.models import (
    Audition,
    Deport,
    EtatSouhait,
    Indisponibilite,
    NoteAudition,
    PlageAuditions,
    Seance,
    TypeSeance,
)
from selection.propositions import choix_du_porteur, creneaux_libres, proposer
from selection.tasks import rappeler_les_auditions
from tests.factories.candidatures import pdf
from tests.factories.selection import Salle

pytestmark = pytest.mark.django_db


def jour(jours=10, heure=9, minute=0):
    """An instant of Paris, so many days from now."""
    base = horloge.maintenant().astimezone(horloge.PARIS) + timedelta(days=jours)
    return base.replace(hour=heure, minute=minute, second=0, microsecond=0)


class Ouverte:
    """A slot cutter's range, without a database."""

    pk = 1

    def __init__(self, debut, fin, duree=30, battement=10):
        self.debut, self.fin, self.duree_min, self.battement_min = debut, fin, duree, battement


@pytest.fixture
def salle():
    """A first sitting open, two dossiers to be heard, four slots in one morning."""
    salle = Salle(type_=TypeSeance.PRE_SELECTION, dossiers=2).ouvrir()
    for _ in range(2):
        salle.point.conclure("A_AUDITIONNER", par=salle.responsable)
    for dossier in salle.dossiers:
        dossier.refresh_from_db()
    PlageAuditions.ouvrir(
        salle.seance, par=salle.responsable, debut=jour(), fin=jour(heure=12), duree_min=30, battement_min=10,
        lieu="20 avenue de Ségur",
    )  # fmt: skip
    return salle


def convoquer(salle, rang=0, debut=None, **champs):
    """Summon one of the two."""
    champs = {"lieu": "20 avenue de Ségur", "seance": salle.seance} | champs
    return Audition.prevoir(salle.dossiers[rang], par=salle.responsable, debut=debut or jour(), **champs)


def evenement(texte):
    """The event of a calendar file, and its method."""
    calendrier = Calendar.from_ical(texte)
    (une,) = calendrier.walk("VEVENT")
    return une, str(calendrier["method"])


def dernier(salle, cle, rang=0):
    """The last message of this kind to the porteur."""
    return (
        Message.objects.filter(cle=cle, destinataire=salle.dossiers[rang].titulaire).order_by("-pk").first()
    )


# -- Slots ---------------------------------------------------------------------------------------------------------
def test_a_range_is_cut_into_whole_slots_and_taken_ones_are_left_out():
    debut = jour()
    creneaux = decouper([Ouverte(debut, debut + timedelta(minutes=110))])
    assert [int((c.debut - debut).total_seconds() // 60) for c in creneaux] == [0, 40, 80]
    pris = [(debut + timedelta(minutes=30), debut + timedelta(minutes=41))]
    assert [c.debut for c in libres(creneaux, pris, apres=debut - timedelta(days=1))] == [
        debut, debut + timedelta(minutes=80),
    ]  # fmt: skip
    assert libres(creneaux, [], apres=debut + timedelta(days=1)) == []
    assert not Creneau(debut, debut + timedelta(minutes=5)).touche(
        debut + timedelta(minutes=5), debut + timedelta(1)
    )


def test_slots_are_shared_at_the_least_cost():
    assert affecter([[4, 1, 3], [2, 0, 5], [3, 2, 2]]) == [1, 0, 2]
    assert affecter([[1, 2, 0]]) == [2]
    assert affecter([]) == []
    with pytest.raises(ValueError, match="lignes"):
        affecter([[1], [2]])


def test_a_break_makes_two_ranges_that_never_touch_another():
    salle = Salle(type_=TypeSeance.SELECTION)
    heures = {"duree_min": 30, "battement_min": 0, "lieu": "Paris"}
    plages = PlageAuditions.ouvrir(
        salle.seance, par=salle.responsable, debut=jour(), fin=jour(heure=12),
        pause=(jour(heure=10), jour(heure=10, minute=30)), **heures,
    )  # fmt: skip
    assert [len(p.creneaux()) for p in plages] == [2, 3]
    for debut, fin in ((jour(heure=11), jour(heure=13)), (jour(jours=-1), jour(jours=-1, heure=12))):
        with pytest.raises(TransitionInterdite):
            PlageAuditions.ouvrir(salle.seance, par=salle.responsable, debut=debut, fin=fin, **heures)
    with pytest.raises(TransitionInterdite, match="Aucune audition"):
        PlageAuditions.ouvrir(
            salle.seance, par=salle.responsable, debut=jour(2), fin=jour(2, minute=20), **heures
        )
    assert salle.seance.plages_d_audition.count() == 2


def test_the_proposal_follows_absences_and_leaves_the_recused_out(salle):
    un, deux = salle.dossiers
    absent, deporte = salle.membres[1], salle.membres[2]
    Indisponibilite.declarer(par=absent.user, debut=jour(heure=8), fin=jour(heure=10))
    Deport.ouvrir(deporte, un, motif="Lien", source="DECLARATION", par=deporte.user)
    premiere, seconde = proposer(salle.seance, [un, deux])
    assert [p.creneau.debut >= jour(heure=10) for p in (premiere, seconde)] == [True, True]
    assert deporte in premiere.deportes and deporte in seconde.presents
    assert absent in premiere.presents and premiere.creneau != seconde.creneau
    for membre in salle.membres:
        if membre != deporte:
            Deport.ouvrir(membre, un, motif="Lien", source="DECLARATION", par=membre.user)
    premiere, seconde = proposer(salle.seance, [un, deux])
    assert premiere.creneau is None and premiere.presents == [] and seconde.creneau is not None


def test_slots_of_one_sitting_never_overlap(salle):
    convoquer(salle)
    with pytest.raises(TransitionInterdite, match="touche une autre"):
        convoquer(salle, 1, jour(minute=20))
    autre = convoquer(salle, 1, jour(minute=40))
    with pytest.raises(IntegrityError), transaction.atomic():
        Audition.objects.filter(pk=autre.pk).update(debut=jour(minute=15))
    with pytest.raises(TransitionInterdite, match="touche une autre"):
        autre.deplacer(par=salle.responsable, motif="Salle prise", debut=jour(minute=10))
    autre.refresh_from_db()
    assert autre.debut == jour(minute=40) and autre.sequence == 0
    assert jour() not in [c.debut for c in creneaux_libres(salle.seance)]


# -- Calendars -------------------------------------------------------------------------------------------------------
def test_the_calendar_follows_the_hearing_from_summons_to_cancellation(salle):
    audition = convoquer(salle)
    une, methode = evenement(dernier(salle, "audition_convocation").agenda)
    assert (methode, str(une["status"]), une["sequence"]) == ("REQUEST", "CONFIRMED", 0)
    assert une["dtstart"].params["TZID"] == "Europe/Paris" and une.decoded("dtstart") == jour()
    assert une.decoded("dtend") - une.decoded("dtstart") == timedelta(minutes=30)
    assert "BEGIN:VTIMEZONE" in dernier(salle, "audition_convocation").agenda
    uid, acte = str(une["uid"]), salle.dossiers[0].actes.get(genre="convocation_audition")

    audition.confirmer("Awa Diallo, gérante", par=salle.dossiers[0].titulaire)
    audition.deplacer(par=salle.responsable, motif="La salle est prise.", debut=jour(minute=40))
    message = dernier(salle, "audition_deplacee")
    une, methode = evenement(message.agenda)
    assert (methode, str(une["uid"]), une["sequence"]) == ("REQUEST", uid, 1)
    assert une.decoded("dtstart") == jour(minute=40) and "La salle est prise." in message.corps_texte
    assert audition.confirmee_le is None and audition.participants == "Awa Diallo, gérante"
    nouvel = salle.dossiers[0].actes.filter(genre="convocation_audition").order_by("-rang").first()
    assert nouvel != acte and nouvel.instantane["remplace"]["numero"] == acte.numero

    audition.annuler("Le comité ne se réunit pas.", par=salle.responsable)
    une, methode = evenement(dernier(salle, "audition_annulee").agenda)
    assert (methode, str(une["status"]), str(une["uid"]), une["sequence"]) == ("CANCEL", "CANCELLED", uid, 2)
    assert creneaux_libres(salle.seance)[0].debut == jour()


def test_the_mail_carries_the_calendar_with_its_method(salle, mailoutbox):
    convoquer(salle)
    dernier(salle, "audition_convocation").envoyer()
    lu = BytesParser(policy=policy.default).parsebytes(mailoutbox[-1].message().as_bytes())
    (partie,) = [p for p in lu.walk() if p.get_content_type() == "text/calendar"]
    assert partie["content-type"].params["method"] == "REQUEST" and partie.get_filename() == "agenda.ics"
    assert evenement(partie.get_content())[1] == "REQUEST"


def test_a_withdrawn_dossier_empties_the_calendar_and_the_slot(salle):
    audition = convoquer(salle)
    salle.dossiers[0].refresh_from_db()
    salle.dossiers[0].passer("retirer", par=salle.dossiers[0].titulaire, motif="Projet arrêté")
    audition.refresh_from_db()
    assert audition.annulee_le is not None and audition.tenue is False
    assert evenement(dernier(salle, "audition_annulee").agenda)[1] == "CANCEL"


def test_a_cancelled_hearing_is_set_again_without_another_step(salle):
    convoquer(salle).annuler("Grève", par=salle.responsable)
    salle.dossiers[0].refresh_from_db()
    assert salle.dossiers[0].etat == Etat.A_AUDITIONNER
    seconde = convoquer(salle, debut=jour(minute=40))
    assert seconde.sequence == 0 and Audition.objects.count() == 2
    assert Message.objects.filter(cle="audition_convocation").count() == 2
    with pytest.raises(TransitionInterdite, match="déjà prévue"):
        convoquer(salle, debut=jour(heure=11))


# -- The sitting changes ---------------------------------------------------------------------------------------------
def prochaine(salle):
    """A sitting convoked in ten days that hears the two porteurs at 9:00 and at 9:30."""
    for dossier in salle.dossiers:
        salle.seance.inscrire(dossier, par=salle.responsable)
    salle.seance.convoquer(par=salle.responsable)
    salle.declarer()
    PlageAuditions.ouvrir(
        salle.seance, par=salle.responsable, debut=jour(), fin=jour(heure=11), duree_min=30, battement_min=0,
        lieu="à Paris",
    )  # fmt: skip
    return [convoquer(salle, rang, jour() + timedelta(minutes=30 * rang), lieu="à Paris") for rang in (0, 1)]


def a_venir():
    """Two dossiers on the agenda of a sitting in ten days."""
    salle = Salle(dossiers=2)
    salle.seance.debut = jour(heure=8)
    salle.seance.save(update_fields=["debut"])
    return salle


def test_hearings_follow_a_sitting_that_moves():
    salle = a_venir()
    auditions = prochaine(salle)
    # By half an hour: each one takes the place that the next one has just left.
    assert (
        salle.seance.deplacer(
            jour(heure=8, minute=30), par=salle.responsable, motif="Salle prise", lieu="à Lyon"
        )
        == 2
    )
    for rang, audition in enumerate(auditions):
        audition.refresh_from_db()
        assert (audition.debut, audition.lieu, audition.sequence) == (
            jour() + timedelta(minutes=30 * (rang + 1)),
            "à Lyon",
            1,
        )
        assert audition.plage_id is not None
        une, methode = evenement(dernier(salle, "audition_deplacee", rang).agenda)
        assert (methode, une["sequence"], str(une["location"])) == ("REQUEST", 1, "à Lyon")
    assert salle.seance.plages_d_audition.get().debut == jour(minute=30)
    assert Message.objects.filter(cle="seance_modifiee").count() == 9
    actes = salle.dossiers[0].actes.filter(genre="convocation_audition").order_by("rang")
    assert [acte.etat == "ANNULE" for acte in actes] == [True, False]
    with pytest.raises(TransitionInterdite, match="à venir"):
        salle.seance.deplacer(jour(-1), par=salle.responsable, motif="Erreur")
    salle.seance.deplacer(jour(20, 18), par=salle.responsable, motif="Vacances", lieu="à Lyon")
    Audition.objects.filter(pk=auditions[0].pk).update(debut=jour(2), plage=None)
    with pytest.raises(TransitionInterdite, match="avant maintenant"):
        salle.seance.deplacer(jour(5, 18), par=salle.responsable, motif="Urgence")


def test_hearings_go_with_a_sitting_that_is_called_off(client):
    salle = a_venir()
    prochaine(salle)
    page = reverse("selection:deplacer_seance", args=[salle.seance.pk])
    client.force_login(salle.membres[1].user)
    assert client.get(page).status_code == 403
    client.force_login(salle.responsable)
    assert "2 auditions suivront" in client.get(page).content.decode().replace("\xa0", " ")
    assert client.post(page, {"action": "annuler", "motif": " "}).status_code == 409
    assert Audition.objects.attendues().count() == 2
    assert client.post(page, {"action": "annuler", "motif": "Grève des transports"}).status_code == 302
    assert Audition.objects.attendues().count() == 0
    assert evenement(dernier(salle, "audition_annulee", 1).agenda)[1] == "CANCEL"
    assert Message.objects.filter(cle="seance_annulee").count() == 9
    salle.seance.refresh_from_db()
    assert salle.seance.etat == "CLOSE" and salle.seance.pv_id is None
    assert set(salle.seance.points.values_list("resultat", flat=True)) == {"REPORTE"}


# -- The porteur -----------------------------------------------------------------------------------------------------
def test_another_slot_is_asked_for_then_granted_or_refused(salle):
    audition, porteur = convoquer(salle), salle.dossiers[0].titulaire
    choix = [c.debut for c in choix_du_porteur(audition)]
    assert len(choix) == 3 and jour() not in choix
    with pytest.raises(TransitionInterdite, match="vient d'être pris"):
        audition.demander_un_autre(jour(heure=15), "Train", par=porteur, libres=set(choix))
    souhait = audition.demander_un_autre(choix[1], "Mon train arrive à 10 h.", par=porteur, libres=set(choix))
    assert Message.objects.filter(cle="audition_souhait", destinataire=salle.seance.secretaire).exists()
    assert choix[1] not in [c.debut for c in creneaux_libres(salle.seance)]
    with pytest.raises(TransitionInterdite, match="attend déjà"):
        audition.demander_un_autre(choix[2], "Autre", par=porteur, libres=set(choix))
    audition.accorder(par=salle.responsable)
    souhait.refresh_from_db()
    audition.refresh_from_db()
    assert (souhait.etat, audition.debut, audition.sequence) == (EtatSouhait.ACCEPTE, choix[1], 1)

    audition.demander_un_autre(None, "Aucun", par=porteur, libres=set())
    audition.refuser("Le comité n'a pas d'autre heure.", par=salle.responsable)
    assert "n'a pas d'autre heure" in dernier(salle, "audition_souhait_refuse").corps_texte
    assert audition.sequence == 1 and audition.souhaits.en_attente().count() == 0


def test_it_is_too_late_to_ask_three_days_before(salle):
    audition = convoquer(salle)
    with horloge.a(audition.debut - timedelta(days=2)), pytest.raises(TransitionInterdite, match="trop tard"):
        audition.demander_un_autre(None, "Imprévu", par=salle.dossiers[0].titulaire, libres=set())


def test_materials_are_checked_dated_and_closed_the_day_before_at_noon(salle, settings):
    audition, porteur = convoquer(salle), salle.dossiers[0].titulaire
    with pytest.raises(FichierRefuse):
        audition.joindre_un_support(SimpleUploadedFile("a.exe", b"MZ"), par=porteur)
    piece = audition.joindre_un_support(pdf("support.pdf"), par=porteur)
    assert piece.complement and audition.supports_presents == [piece]
    with pytest.raises(TransitionInterdite):
        audition.joindre_un_support(pdf("b.pdf"), par=salle.membres[1].user)
    with horloge.a(jour(9, 12, 1)), pytest.raises(TransitionInterdite, match="heure limite"):
        audition.joindre_un_support(pdf("b.pdf"), par=porteur)
    audition.retirer_un_support(piece, par=porteur)
    assert Audition.objects.get(pk=audition.pk).supports_presents == []


# -- Two at once -------------------------------------------------------------------------------------------------------
def test_two_secretaries_at_once_lose_nothing(salle, client):
    audition = convoquer(salle)
    page = reverse("selection:audition", args=[salle.dossiers[0].numero])
    client.force_login(salle.responsable)
    assert client.get(page).status_code == 200
    audition.deplacer(par=salle.president.user, motif="Salle", lieu="Lyon")
    saisie = {
        "action": "deplacer", "version": 0, "deplacer-debut": jour(minute=40).strftime("%Y-%m-%dT%H:%M"),
        "deplacer-duree_min": 30, "deplacer-lieu": "Nantes", "deplacer-max_personnes": 3,
        "deplacer-motif": "Déménagement du service",
    }  # fmt: skip
    reponse = client.post(page, saisie)
    texte = reponse.content.decode().replace("\xa0", " ")
    assert reponse.status_code == 409 and "entre-temps" in texte
    assert "Déménagement du service" in texte and 'value="Nantes"' in texte and "Lyon" in texte
    assert client.post(page, saisie | {"version": 1}).status_code == 302
    audition.refresh_from_db()
    assert (audition.lieu, audition.sequence) == ("Nantes", 2)
    autre = client.post(page, {"action": "annuler", "version": 1, "motif": "Comité reporté"})
    assert autre.status_code == 409 and "Comité reporté" in autre.content.decode()


def test_a_missed_hearing_is_written_corrected_and_set_again(salle):
    audition = convoquer(salle)
    with horloge.a(audition.fin):
        audition.consigner("Le porteur n'est pas venu.", par=salle.responsable, tenue=False, version=0)
        with pytest.raises(TransitionInterdite, match="entre-temps"):
            audition.consigner("Il est venu en retard.", par=salle.president.user, version=0)
        audition.consigner("Il est venu en retard.", par=salle.president.user, version=1)
        assert audition.tenue is True and audition.notes == "Il est venu en retard."


# -- Pages -------------------------------------------------------------------------------------------------------------
def test_the_secretariat_sees_the_proposal_before_it_sends_it(salle, client):
    page = reverse("selection:plan_d_auditions", args=[salle.seance.pk])
    client.force_login(salle.responsable)
    numeros = [d.numero for d in salle.dossiers]
    apercu = client.post(page, {"action": "proposer", "dossiers": numeros})
    assert apercu.status_code == 200 and "Rien n'est encore envoyé" in apercu.content.decode()
    assert Audition.objects.count() == 0
    meme = jour(minute=40).strftime("%Y-%m-%dT%H:%M")
    saisie = {"action": "convoquer", "dossiers": numeros} | {f"{n}-debut": meme for n in numeros}
    refus = client.post(page, saisie)
    assert refus.status_code == 409 and "touche une autre" in refus.content.decode()
    assert refus.content.decode().count(f'value="{meme}"') == 2 and Audition.objects.count() == 0
    saisie[f"{numeros[1]}-debut"] = jour(heure=11).strftime("%Y-%m-%dT%H:%M")
    assert client.post(page, saisie).status_code == 302
    assert list(Audition.objects.values_list("debut", flat=True)) == [jour(minute=40), jour(heure=11)]
    assert Message.objects.filter(cle="audition_convocation").count() == 2

    client.force_login(salle.membres[1].user)
    lue = client.get(page).content.decode()
    assert "Projet 1" in lue and "Heures des auditions" not in lue
    assert client.post(page, {"action": "proposer", "dossiers": numeros}).status_code == 403


def test_the_porteur_answers_on_one_page_and_reads_the_refusals(salle, client):
    audition = convoquer(salle)
    page = reverse("selection:audition_porteur", args=[salle.dossiers[0].numero])
    client.force_login(salle.dossiers[0].titulaire)
    lue = client.get(page).content.decode()
    assert "Aucun ne me convient" in lue and "Votre support de présentation" in lue
    manque = client.post(page, {"action": "demander", "souhait-motif": "Mon train"})
    assert "Mon train" in manque.content.decode() and "Choisissez un créneau" in manque.content.decode()
    choisi = choix_du_porteur(audition)[0].debut.isoformat()
    saisie = {"action": "demander", "souhait-motif": "Mon train", "souhait-creneau": choisi}
    assert client.post(page, saisie).status_code == 302
    assert "demandé un autre créneau" in client.get(page).content.decode().replace("\xa0", " ")
    fichier = pdf("support.pdf")
    assert client.post(page, {"action": "joindre", "fichier": fichier}).status_code == 302
    assert "support.pdf" in client.get(page).content.decode()
    mauvais = client.post(page, {"action": "joindre", "fichier": SimpleUploadedFile("x.exe", b"MZ")})
    assert mauvais.status_code == 200 and "est un programme" in mauvais.content.decode()
    client.force_login(salle.responsable)
    secretariat = reverse("selection:audition", args=[salle.dossiers[0].numero])
    assert "Mon train" in client.get(secretariat).content.decode()
    assert client.post(secretariat, {"action": "accorder", "version": 0}).status_code == 302
    audition.refresh_from_db()
    assert audition.debut.isoformat()[:16] == choisi[:16]


def test_notes_of_a_member_are_read_by_nobody_else(salle, client):
    audition, membre = convoquer(salle), salle.membres[1]
    page = reverse("selection:notes_d_audition", args=[salle.dossiers[0].numero])
    client.force_login(membre.user)
    assert client.post(page, {"notes": "Réponses floues sur le bail."}).status_code == 302
    assert "Réponses floues" in client.get(page).content.decode()
    for autre in (salle.membres[3].user, salle.president.user):
        client.force_login(autre)
        assert "Réponses floues" not in client.get(page).content.decode()
    for autre, code in ((salle.responsable, 403), (salle.dossiers[0].titulaire, 403)):
        client.force_login(autre)
        assert client.get(page).status_code == code
    Deport.ouvrir(membre, salle.dossiers[0], motif="Lien", source="DECLARATION", par=membre.user)
    client.force_login(membre.user)
    assert client.get(page).status_code == 404 and not NoteAudition.objects.filter(audition=audition).exists()


def test_a_member_says_when_they_cannot_come(salle, client):
    page, membre = reverse("selection:indisponibilites"), salle.membres[1]
    client.force_login(membre.user)
    demain = jour(1).date().isoformat()
    for moment in ("MATIN", "APRES_MIDI"):
        assert client.post(page, {"jour": demain, "moment": moment}).status_code == 302
    assert membre.user.indisponibilites.count() == 1  # they touch: one line
    assert client.post(page, {"jour": demain, "moment": "HEURES"}).status_code == 200
    ligne = membre.user.indisponibilites.get()
    client.force_login(salle.membres[3].user)
    assert client.post(page, {"action": "retirer", "ligne": ligne.pk}).status_code == 404
    assert not Indisponibilite.objects.visibles_par(salle.membres[3].user).exists()
    assert Indisponibilite.objects.visibles_par(salle.responsable).exists()


# -- The room ----------------------------------------------------------------------------------------------------------
def test_the_timer_runs_by_the_servers_clock_and_every_board_hears_of_it(salle, client):
    seance = salle.seance
    seance.refresh_from_db()
    direct = reverse("selection:direct", args=[seance.pk])
    membre = salle.membres[1].user
    client.force_login(membre)
    version = client.get(direct, {"version": "-"}).context["version"]
    client.force_login(salle.responsable)
    page = reverse("selection:minuteur", args=[seance.pk])
    assert client.post(page, {"action": "lancer", "minutes": "x"}).status_code == 409
    assert client.post(page, {"action": "lancer", "minutes": "20"}).status_code == 302
    client.force_login(membre)
    assert client.post(page, {"action": "arreter"}).status_code == 403
    vu = client.get(direct, {"version": version})
    reste = re.search(r'data-mp-minuteur="(\d+)"', vu.content.decode())
    assert vu.status_code == 200 and 1100 < int(reste[1]) <= 1200
    seance.refresh_from_db()
    fin = seance.minuteur_fin
    with horloge.a(fin - timedelta(minutes=15)):
        assert seance.minuteur_secondes == 900 and seance.minuteur_reste_dit == "15\xa0min\xa000\xa0s"
        seance.suspendre_le_minuteur(par=salle.responsable)
        with pytest.raises(TransitionInterdite):
            seance.suspendre_le_minuteur(par=salle.responsable)
    with horloge.a(fin + timedelta(hours=1)):
        assert seance.minuteur_secondes == 900
        seance.reprendre_le_minuteur(par=salle.responsable)
    with horloge.a(fin + timedelta(hours=1, minutes=20)):
        assert seance.minuteur_reste_dit == "dépassé de 5\xa0min\xa000\xa0s"
        seance.arreter_le_minuteur(par=salle.responsable)
    assert not seance.minuteur_est_lance


# -- Two days before -------------------------------------------------------------------------------------------------
def rappels():
    return [m.corps_texte.replace("\xa0", " ") for m in Message.objects.filter(cle="audition_rappel")]


def test_the_porteur_is_reminded_once_two_days_before(salle):
    audition = convoquer(salle)
    for avant, attendus in ((49, 0), (48, 1), (20, 1), (-1, 1)):
        with horloge.a(audition.debut - timedelta(hours=avant)):
            rappeler_les_auditions()
            rappeler_les_auditions()
        assert len(rappels()) == attendus
    assert "pas encore annoncés" in rappels()[0]
    assert f"/dossiers/{salle.dossiers[0].numero}/" in rappels()[0]


def test_a_hearing_that_moves_is_reminded_again_and_a_near_or_cancelled_one_never(salle):
    audition, autre_jour = convoquer(salle), jour(12, 10)
    with horloge.a(audition.debut - timedelta(days=2)):
        audition.confirmer("Awa Diallo, gérante", par=salle.dossiers[0].titulaire)
        rappeler_les_auditions()
        audition.deplacer(par=salle.responsable, motif="Salle prise.", debut=autre_jour)
    assert "Awa Diallo, gérante" in rappels()[0]
    with horloge.a(autre_jour - timedelta(days=1)):
        rappeler_les_auditions()
    assert len(rappels()) == 2
    with horloge.a(autre_jour - timedelta(hours=20)):  # set the day before: its summons has just left
        convoquer(salle, 1, autre_jour + timedelta(hours=1))
        rappeler_les_auditions()
    assert len(rappels()) == 2
    annulee = salle.dossiers[1].auditions.get()
    annulee.annuler("Grève", par=salle.responsable)
    with horloge.a(annulee.debut - timedelta(minutes=30)):
        rappeler_les_auditions()
    assert len(rappels()) == 2


# -- A sitting that nobody was summoned to ---------------------------------------------------------------------------
def test_a_sitting_is_taken_away_before_its_summons_and_its_dossiers_wait(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION).inscrire()
    adresse = reverse("selection:deplacer_seance", args=[salle.seance.pk])
    client.force_login(salle.membres[1].user)
    assert client.post(adresse, {"action": "retirer"}).status_code == 404
    client.force_login(salle.responsable)
    assert "Retirer la séance" in client.get(adresse).content.decode()
    client.post(adresse, {"action": "retirer"})
    assert not Seance.objects.exists()
    salle.dossiers[0].refresh_from_db()
    assert salle.dossiers[0].etat == Etat.EN_COMITE
    salle.seance = salle.prevoir(TypeSeance.PRE_SELECTION)
    salle.inscrire()
    assert salle.seance.points.count() == 1


def test_a_sitting_that_something_hangs_on_is_moved_not_taken_away(salle):
    seconde = salle.prevoir(TypeSeance.SELECTION)
    PlageAuditions.ouvrir(
        seconde, par=salle.responsable, debut=jour(12), fin=jour(12, 12), duree_min=30, battement_min=0,
        lieu="Paris",
    )  # fmt: skip
    convoquer(salle, debut=jour(12), seance=seconde)
    with pytest.raises(TransitionInterdite, match="déplacez-la"):
        seconde.retirer(par=salle.responsable)
    assert seconde.plages_d_audition.count() == 1
    with pytest.raises(TransitionInterdite, match="ouverte"):
        salle.seance.retirer(par=salle.responsable)
