"""What surrounds the deposit: the instant that counts, extra time, incidents, the PDF of the whole, the countdown."""

import io
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pikepdf
import pytest
from django.urls import reverse

from candidatures import tasks
from candidatures.invariants import prolongations_fideles
from candidatures.models import Dossier, Impression, Incident, Prolongation
from candidatures.rebours import compte_a_rebours
from candidatures.reception import age_du_dernier_octet, recu_le
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, Role
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory, fichier
from tests.factories.comptes import UserFactory
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db
COCHEES = dict.fromkeys(ATTESTATIONS, "on")


# -- The instant that counts ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("ecart", "accepte"), [(-1, True), (0, False), (1, False)])
def test_what_was_received_whole_in_time_is_in_time_however_late_it_is_read(ecart, accepte):
    """Received a second before the limit and read ten minutes after: deposited, at the instant of reception."""
    dossier = DossierFactory()
    limite = dossier.vague.cloture
    recu = limite + timedelta(seconds=ecart)
    with horloge.a(limite + timedelta(minutes=10)):
        if accepte:
            version = dossier.deposer(par=dossier.titulaire, recu_le=recu, **ATTESTATIONS)
            assert version.deposee_le == recu == dossier.depose_le
        else:
            with pytest.raises(TransitionInterdite, match="Les dépôts sont clos"):
                dossier.deposer(par=dossier.titulaire, recu_le=recu, **ATTESTATIONS)
            dossier.refresh_from_db()
            assert (dossier.etat, dossier.versions.count()) == (Etat.BROUILLON, 0)


def test_nobody_was_received_later_than_now():
    """The database's clock, read under the locks, bounds what the view says."""
    dossier = DossierFactory()
    futur = horloge.instant_exact() + timedelta(hours=1)
    version = dossier.deposer(par=dossier.titulaire, recu_le=futur, **ATTESTATIONS)
    assert version.deposee_le < futur


class _Oreille(BaseHTTPRequestHandler):
    """Reads one request when its turn comes, and says how old its last byte is."""

    ages: list = []

    def do_POST(self):
        self.server.pret.wait()
        corps = self.rfile.read(int(self.headers["Content-Length"]))
        self.ages.append((len(corps), age_du_dernier_octet(self.connection)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Silent."""


def test_the_socket_tells_when_the_last_byte_came():
    """A body that waits in the system's buffer is as old as its last byte; one still coming is not."""
    from http.server import HTTPServer  # noqa: PLC0415

    _Oreille.ages.clear()
    serveur = HTTPServer(("127.0.0.1", 0), _Oreille)
    serveur.pret = threading.Event()
    fil = threading.Thread(target=serveur.handle_request)
    fil.start()
    with socket.create_connection(serveur.server_address) as prise:
        prise.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234")
        time.sleep(0.4)
        prise.sendall(b"56789")  # the last byte comes now
        time.sleep(0.6)
        serveur.pret.set()
        fil.join(5)
    serveur.server_close()
    [(taille, age)] = _Oreille.ages
    assert taille == 10
    assert timedelta(seconds=0.5) < age < timedelta(seconds=0.95)  # neither the first byte's age, nor none


def test_without_a_socket_the_clock_alone_says(rf):
    """The test client, another server: the instant at which the view starts."""
    avant = horloge.instant_exact()
    assert avant <= recu_le(rf.post("/")) <= horloge.instant_exact()
    assert age_du_dernier_octet(object()) == timedelta(0)


def test_the_view_hands_over_the_instant_of_reception(client, monkeypatch):
    """Late by its reading, in time by its reception; the receipt says the reception."""
    dossier = DossierFactory(vague=VagueFactory(close=True))
    recu = dossier.vague.cloture - timedelta(seconds=2)
    monkeypatch.setattr("candidatures.views.depot.recu_le", lambda request: recu)
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:depot", args=[dossier.numero])
    assert client.post(url, COCHEES | {"action": "deposer"}).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.depose_le) == (Etat.DEPOSE, recu)


# -- The page ------------------------------------------------------------------------------------------------
def test_the_page_shows_the_whole_dossier_the_rule_and_the_countdown(client):
    """As the committee will read it: neither the representative's address nor their telephone."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    page = client.get(reverse("candidatures:depot", args=[dossier.numero])).content.decode()
    assert dossier.besoin.replace("'", "&#x27;") in page and "Raboteuse" in page
    assert dossier.representant_courriel not in page and dossier.representant_telephone not in page
    assert "notre serveur a reçu votre envoi en entier" in page
    assert "Encore 10\u00a0jours." in page and "data-mp-rebours=" in page and "js/rebours.js" in page
    for mots in ("contrat d&#x27;engagement", "exactitude", "données sont transmises"):
        assert (mots in page) == (mots != "contrat d&#x27;engagement" or dossier.forme_juridique.cer_requis)


@pytest.mark.parametrize(
    ("reste", "phrase"),
    [
        (timedelta(0), "Les dépôts sont clos."),
        (timedelta(seconds=59), "Encore moins d'une minute."),
        (timedelta(seconds=60), "Encore 1 minute."),
        (timedelta(minutes=59, seconds=59), "Encore 59 minutes."),
        (timedelta(hours=1), "Encore 1 heure."),
        (timedelta(hours=3, minutes=12), "Encore 3 heures et 12 minutes."),
        (timedelta(hours=71, minutes=59), "Encore 71 heures et 59 minutes."),
        (timedelta(days=10), "Encore 10 jours."),
    ],
)
def test_the_countdown_is_said_in_words(reste, phrase):
    """Days, then hours and minutes, never seconds."""
    instant = horloge.maintenant()
    assert compte_a_rebours(instant + reste, instant).replace("\u00a0", " ") == phrase


# -- The last deposit counts ---------------------------------------------------------------------------------
def test_taken_back_and_deposited_again_each_deposit_has_its_receipt(client):
    """The last one counts; the first keeps its version, its receipt and its PDF."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:depot", args=[dossier.numero])
    for _ in range(2):
        assert client.post(url, COCHEES | {"action": "deposer"}).status_code == 302
        client.post(reverse("candidatures:passer", args=[dossier.numero]), {"action": "reprendre"})
    assert client.post(url, COCHEES | {"action": "deposer"}).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.version_deposee) == (Etat.DEPOSE, 3)
    accuses = dossier.actes.filter(genre="ar_depot").order_by("rang")
    assert [a.instantane["dossier"]["version_deposee"] for a in accuses] == [1, 2, 3]
    assert Message.objects.filter(cle="depot_recu", fil=dossier.fil).count() == 3
    assert Impression.objects.filter(version__dossier=dossier).count() == 3


# -- Extra time for one --------------------------------------------------------------------------------------
@pytest.fixture
def en_retard():
    """A complete draft left behind by its wave's closing."""
    return DossierFactory(vague=VagueFactory(close=True))


def prolonger(dossier, *, heures=24, motif="Serveur de la commune en panne", par=None, numero=None):
    return Prolongation.accorder(
        vague=dossier.vague,
        numero=numero or dossier.numero,
        jusqu_au=horloge.maintenant() + timedelta(hours=heures),
        motif=motif,
        par=par or UserFactory(role=Role.RESPONSABLE),
    )


def test_extra_time_lets_one_dossier_in_and_no_other(en_retard):
    """The wave stays closed; the porteur is told; the journal keeps who, when and why."""
    autre = DossierFactory(vague=en_retard.vague)
    prolongation = prolonger(en_retard)
    en_retard.refresh_from_db()
    assert en_retard.cloture == prolongation.jusqu_au
    en_retard.deposer(par=en_retard.titulaire, **ATTESTATIONS)
    assert en_retard.etat == Etat.DEPOSE
    with pytest.raises(TransitionInterdite, match="clos"):
        autre.deposer(par=autre.titulaire, **ATTESTATIONS)
    entree = Entree.objects.get(fil=en_retard.fil, action="prolonger_depot")
    assert entree.motif == "Serveur de la commune en panne"
    assert entree.acteur == prolongation.accordee_par and set(entree.faits) == {"avant", "apres"}
    message = Message.objects.get(cle="depot_prolonge")
    assert message.destinataire == en_retard.titulaire and "Serveur de la commune" in message.corps_texte
    assert list(prolongations_fideles()) == []
    accuse = en_retard.actes.get(genre="ar_depot").instantane
    assert accuse["dossier"]["prolonge_jusquau"]


def test_a_prolonged_deposit_is_taken_back_until_its_own_limit_and_not_examined_before(en_retard):
    """What holds for a wave before its closing holds for this dossier before its own."""
    prolonger(en_retard)
    en_retard.refresh_from_db()
    en_retard.deposer(par=en_retard.titulaire, **ATTESTATIONS)
    agent = UserFactory(role=Role.INSTRUCTEUR)
    with pytest.raises(TransitionInterdite, match="pris en charge ensuite"):
        en_retard.passer("prendre_en_charge", par=agent)
    en_retard.passer("reprendre", par=en_retard.titulaire)
    assert en_retard.etat == Etat.BROUILLON


def test_a_limit_that_nobody_gave_is_found(en_retard):
    """Whatever wrote it."""
    Dossier.objects.filter(pk=en_retard.pk).update(prolonge_jusquau=horloge.maintenant())
    assert len(list(prolongations_fideles())) == 1


@pytest.mark.parametrize(
    ("quoi", "phrase"),
    [
        ({"heures": -48}, "peut déjà être déposé"),
        ({"heures": -1}, "déjà passé"),
        ({"numero": "D-2222-2222"}, "Aucun dossier de cette vague"),
    ],
)
def test_refused_extra_time_changes_nothing(en_retard, quoi, phrase):
    """A date gone by, a number of nobody."""
    with pytest.raises(TransitionInterdite, match=phrase):
        prolonger(en_retard, **quoi)
    en_retard.refresh_from_db()
    assert en_retard.prolonge_jusquau is None
    assert not Prolongation.objects.exists() and not Message.objects.exists()
    assert not Entree.objects.filter(action="prolonger_depot").exists()


def test_no_extra_time_for_a_dossier_that_awaits_no_deposit():
    """Once examined, its delay is another one."""
    dossier = DossierFactory(etat=Etat.EN_INSTRUCTION)
    with pytest.raises(TransitionInterdite, match="n'attend plus de dépôt"):
        prolonger(dossier, heures=24 * 30)


# -- An incident for everyone --------------------------------------------------------------------------------
def publier(vague, *, ajout=timedelta(hours=3), fin=None):
    fin = fin or horloge.maintenant() - timedelta(minutes=5)
    return Incident.publier(
        vague=vague,
        debut=fin - timedelta(hours=1),
        fin=fin,
        texte="Le site ne répondait plus.",
        ajout=ajout,
        par=UserFactory(role=Role.RESPONSABLE),
    )


def test_an_incident_extends_the_wave_for_everyone(en_retard):
    """Closing moved, on the record; each person who writes is told once, readers are not."""
    autre = DossierFactory(vague=en_retard.vague, titulaire=en_retard.titulaire)
    MembreFactory(dossier=autre, droit="LECTEUR")
    avant = en_retard.vague.cloture
    incident = publier(en_retard.vague, ajout=timedelta(days=2))
    en_retard.vague.refresh_from_db()
    assert (incident.avant, incident.apres) == (avant, avant + timedelta(days=2))
    assert en_retard.vague.cloture == incident.apres
    for dossier in (en_retard, autre):
        dossier.refresh_from_db()
        dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert Message.objects.get(cle="incident_publie").destinataire == en_retard.titulaire
    entree = Entree.objects.get(fil=en_retard.vague.fil, action="publier_incident")
    assert entree.motif == "Le site ne répondait plus." and entree.faits["incident"] == incident.pk


def test_refused_incidents_change_nothing(en_retard):
    """Not over yet, a closing already past, an examination begun."""
    avant = en_retard.vague.cloture
    for ajout, fin, phrase in (
        (timedelta(hours=3), horloge.maintenant() + timedelta(hours=1), "une fois qu'il est fini"),
        (timedelta(minutes=3), None, "serait déjà passée"),
    ):
        with pytest.raises(TransitionInterdite, match=phrase):
            publier(en_retard.vague, ajout=ajout, fin=fin)
    DossierFactory(vague=en_retard.vague, etat=Etat.EN_INSTRUCTION)
    with pytest.raises(TransitionInterdite, match="La pré-instruction de cette vague a commencé"):
        publier(en_retard.vague, ajout=timedelta(days=2))
    en_retard.vague.refresh_from_db()
    assert en_retard.vague.cloture == avant
    assert not Incident.objects.exists() and not Message.objects.filter(cle="incident_publie").exists()


def test_the_draft_says_its_incident_and_its_extra_time(client):
    """On its page and on the page of the deposit."""
    dossier = DossierFactory()
    publier(dossier.vague)
    dossier.vague.refresh_from_db()
    prolonger(dossier, heures=24 * 30)
    client.force_login(dossier.titulaire)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "Le site ne répondait plus." in page and "Délai prolongé pour ce dossier" in page
    assert (
        "Délai prolongé pour ce dossier" in client.get(f"{dossier.get_absolute_url()}depot/").content.decode()
    )


# -- The whole dossier as a PDF ------------------------------------------------------------------------------
@pytest.fixture
def imprime(settings, tmp_path):
    """A deposited dossier, and its PDF made as the worker makes it."""
    settings.MEDIA_ROOT = tmp_path
    dossier = DossierFactory(besoin="Un atelier <b>partagé</b> & ouvert.")
    dossier.ajouter_piece(fichier(), par=dossier.titulaire)
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    tasks.imprimer(Impression.objects.get().pk)
    return dossier


def test_the_pdf_of_the_whole_dossier_is_made_once_and_read_by_its_readers(client, imprime):
    """Tagged, with every section and digest, without the representative's contacts; a stranger gets 404."""
    impression = Impression.objects.get()
    assert impression.est_faite and impression.taille > 10_000
    avant = impression.faite_le
    tasks.imprimer(impression.pk)
    impression.refresh_from_db()
    assert impression.faite_le == avant
    url = reverse("candidatures:impression", args=[imprime.numero, 1])
    for user in (imprime.titulaire, MembreFactory(dossier=imprime, droit="LECTEUR").user):
        client.force_login(user)
        reponse = client.get(url)
        contenu = b"".join(reponse.streaming_content)
        assert reponse["Content-Type"] == "application/pdf" and contenu.startswith(b"%PDF")
    with pikepdf.open(io.BytesIO(contenu)) as pdf:
        assert pdf.Root.MarkInfo.Marked and pdf.Root.Lang
    assert url in client.get(imprime.get_absolute_url()).content.decode()
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404


def test_the_page_that_is_printed_holds_everything(imprime):
    """What people typed is text, never markup."""
    from candidatures.impression import composer  # noqa: PLC0415

    page = composer(imprime.versions.get())
    assert "Un atelier &lt;b&gt;partagé&lt;/b&gt; &amp; ouvert." in page
    assert "plan.png" in page and imprime.versions.get().empreinte[:4] in page
    assert imprime.representant_courriel not in page and imprime.representant_telephone not in page
    assert "être à jour des impôts et cotisations" in page


def test_a_pdf_not_made_yet_is_waited_for_and_can_be_ordered(client):
    """The page polls; a version without an order has a button; a failure can be tried again."""
    dossier = DossierFactory(etat=Etat.DEPOSE)
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:impression", args=[dossier.numero, 1])
    assert "se prépare" in client.get(url).content.decode()
    assert 'data-hx-trigger="every 3s"' in client.get(url, HTTP_HX_REQUEST="true").content.decode()
    Impression.objects.update(essais=5)
    assert (
        "n&#x27;a pas pu" in client.get(url).content.decode()
        or "n'a pas pu" in client.get(url).content.decode()
    )
    client.post(url)
    assert Impression.objects.get().essais == 0
    Impression.objects.all().delete()
    assert "Préparer le dossier complet" in client.get(url).content.decode()
    client.post(url)
    assert Impression.objects.count() == 1
    assert client.get(reverse("candidatures:impression", args=[dossier.numero, 9])).status_code == 404
