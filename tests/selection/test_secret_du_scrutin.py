"""The secret ballot under attack: 200 requests at once on one urn; then everything that could join a voter to a vote.

What is tried: foreign keys and columns, times, sequences, the transaction of each row, physical order, the journal.
"""

import random
import threading
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from manufactures.journal.models import Entree
from manufactures.procedure import Role
from selection.models import Choix, EtatScrutin, Mode, Scrutin
from tests.factories.comptes import UserFactory
from tests.factories.selection import Salle

CHOIX = [Choix.POUR, Choix.CONTRE, Choix.ABSTENTION, Choix.BLANC]
FILS = 20
PAR_FIL = 10  # 200 requests in all
SCRUTINS, CHANCE = 24, 4  # standard deviations from pure chance: once in 30 000


def lire(sql: str, *valeurs) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(sql, valeurs)
        return curseur.fetchall()


# -- 200 requests at once ------------------------------------------------------------------------------------------
@pytest.fixture
def salle():
    """Twelve members: one absent, one represented, one recused; nine in the room with a voice, ten voices in all."""
    salle = Salle(effectif=12).convoquer().declarer()
    absent, donneur, deporte = salle.membres[9:]
    salle.deporter(deporte)
    salle.pointer(absent, donneur, deporte)
    salle.seance.pointer(donneur, Mode.REPRESENTE, mandataire=salle.membres[1], par=salle.responsable)
    salle.seance.ouvrir(par=salle.president.user)
    return salle


def requetes(salle, scrutin, alea) -> list[tuple]:
    """(who, what they send): each voice many times over, with changing choices, among forged ones."""
    absent, donneur, deporte = salle.membres[9:]
    vraies = [(m.user, {}) for m in salle.membres[:9]] + [(salle.membres[1].user, {"membre": donneur.pk})]
    etrangers = [
        absent.user,
        donneur.user,
        deporte.user,
        salle.responsable,
        UserFactory(role=Role.PORTEUR),
        None,
    ]
    forgees = [(user, {}) for user in etrangers]
    forgees += [
        (salle.membres[2].user, {"membre": donneur.pk}),
        (salle.membres[3].user, {"membre": salle.membres[4].pk}),
    ]
    forgees += [
        (salle.membres[5].user, {"scrutin": scrutin.pk + 1}),
        (salle.membres[6].user, {"choix": "TRICHE"}),
    ]
    toutes = [alea.choice(forgees) for _ in range(FILS * PAR_FIL // 4)]
    while len(toutes) < FILS * PAR_FIL:
        toutes.append(vraies[len(toutes) % len(vraies)])
    alea.shuffle(toutes)
    return [
        (user, {"scrutin": scrutin.pk, "choix": alea.choice(CHOIX).value} | faits) for user, faits in toutes
    ]


def entrees(envois) -> dict:
    """A signed-in cookie for each person, drawn before the rush."""
    cookies = {}
    for user in {user for user, _ in envois if user is not None}:
        client = Client()
        client.force_login(user)
        cookies[user.pk] = client.cookies
    return cookies


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_hundred_requests_at_once_leave_one_vote_per_right_holder(salle):
    scrutin = salle.ouvrir_scrutin()
    envois = requetes(salle, scrutin, random.Random(7))
    cookies, adresse = entrees(envois), reverse("selection:vote", args=[salle.seance.pk])
    depart, recus, fautes = threading.Barrier(FILS), [], []

    def envoyer(lot):
        try:
            depart.wait()
            for user, corps in lot:
                client = Client()
                if user is not None:
                    client.cookies = cookies[user.pk]
                reponse = client.post(adresse, corps)
                admis = reponse.status_code == 302 and reponse.url == salle.seance.get_absolute_url()
                recus.append((user and user.pk, corps, reponse.status_code, admis))
        except BaseException as faute:
            fautes.append(faute)
            raise
        finally:
            connections.close_all()

    fils = [threading.Thread(target=envoyer, args=(envois[rang::FILS],)) for rang in range(FILS)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert not fautes
    assert len(recus) == FILS * PAR_FIL
    assert {code for _, _, code, admis in recus if not admis} <= {200, 302, 403, 404, 409}

    comptes = [(user, corps.get("membre"), corps["choix"]) for user, corps, _, admis in recus if admis]
    droits = {(m.user_id, None) for m in salle.membres[:9]} | {
        (salle.membres[1].user_id, salle.membres[10].pk)
    }
    assert Counter((user, pour) for user, pour, _ in comptes) == dict.fromkeys(droits, 1)

    scrutin.clore(par=salle.president.user)
    dits = Counter(choix for _, _, choix in comptes)
    lus = (scrutin.pour, scrutin.contre, scrutin.abstentions, scrutin.blancs)
    assert lus == tuple(dits[choix] for choix in CHOIX)
    assert (scrutin.votants, scrutin.emargements.count()) == (10, 10)
    assert lire("SELECT count(*) FROM selection_bulletin WHERE scrutin_id = %s", scrutin.pk) == [(10,)]
    tard = Client()
    tard.cookies = cookies[salle.membres[2].user_id]
    assert tard.post(adresse, envois[0][1] | {"choix": "POUR"}).status_code == 409
    assert scrutin.emargements.count() == 10


# -- What the database says ----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_two_tables_have_nothing_to_be_joined_by():
    colonnes = lire(
        "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
        "WHERE table_name IN ('selection_bulletin', 'selection_emargement')"
    )
    assert {(t, c) for t, c, *_ in colonnes} == {
        ("selection_bulletin", "id"),
        ("selection_bulletin", "scrutin_id"),
        ("selection_bulletin", "choix"),
        ("selection_emargement", "id"),
        ("selection_emargement", "scrutin_id"),
        ("selection_emargement", "electeur_id"),
    }
    assert {type_ for _, c, type_, _ in colonnes if c == "id"} == {"uuid"}  # drawn, never counted
    assert {defaut for *_, defaut in colonnes} == {None}  # no sequence, no time
    vers = lire(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
        "AND (conrelid IN ('selection_bulletin'::regclass, 'selection_emargement'::regclass) "
        "OR confrelid IN ('selection_bulletin'::regclass, 'selection_emargement'::regclass))"
    )
    assert set(vers) == {
        ("selection_bulletin", "selection_scrutin"),
        ("selection_emargement", "selection_scrutin"),
        ("selection_emargement", "selection_electeur"),
    }
    declencheurs = lire(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
        "AND tgrelid IN ('selection_bulletin'::regclass, 'selection_emargement'::regclass)"
    )
    assert declencheurs == []


def ecart(observe: int, essais: list[tuple[float, float]]) -> float:
    """How far from chance, in standard deviations; each trial tells its own expectation and variance."""
    attendu, variance = sum(e for e, _ in essais), sum(v for _, v in essais)
    return (observe - attendu) / variance**0.5


def au_hasard(votes: list[str]) -> tuple[float, float]:
    """Expectation and variance of the matches, were the papers dealt at random among the voters."""
    n, effectifs = len(votes), Counter(votes).values()
    attendu = sum(k * k for k in effectifs) / n
    paires = sum(k * (k - 1) * k * (k - 1) for k in effectifs)
    croisees = sum(a * a * b * b for a in effectifs for b in effectifs) - sum(k**4 for k in effectifs)
    second = (paires + croisees) / (n * (n - 1))
    return attendu, attendu + second - attendu**2


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_order_no_transaction_no_line_of_the_journal_tells_a_vote():
    """Each voter votes in a transaction of their own, in an order that the attacker knows."""
    salle, alea = Salle(effectif=9).ouvrir(), random.Random(11)
    justes, essais = Counter(), []
    for _ in range(SCRUTINS):
        scrutin = salle.ouvrir_scrutin()
        ordre = alea.sample(salle.membres, 9)
        dits = {membre.pk: alea.choice(CHOIX).value for membre in ordre}
        for membre in ordre:
            scrutin.voter(dits[membre.pk], par=membre.user)
        essais.append(au_hasard(list(dits.values())))
        for attaque, devines in attaques(scrutin, [membre.pk for membre in ordre]).items():
            justes[attaque] += sum(dits[membre] == choix for membre, choix in devines)
        un_seul_lot(scrutin)
        le_journal_se_tait(salle, scrutin, set(dits))
        scrutin.annuler(par=salle.president.user, motif="Un autre essai.")
    assert set(justes) == {"au fil du temps", "par émargement", "par identifiant"}
    assert {nom: abs(ecart(n, essais)) < CHANCE for nom, n in justes.items()} == dict.fromkeys(justes, True)
    assert Scrutin.objects.filter(etat=EtatScrutin.ANNULE).count() == SCRUTINS


def attaques(scrutin, ordre: list[int]) -> dict[str, list[tuple[int, str]]]:
    """Voters beside papers: in the order of the votes, in the physical order of both tables, by their identifiers."""
    papiers = [
        c
        for (c,) in lire(
            "SELECT choix FROM selection_bulletin WHERE scrutin_id = %s ORDER BY ctid", scrutin.pk
        )
    ]
    tires = [
        c
        for (c,) in lire("SELECT choix FROM selection_bulletin WHERE scrutin_id = %s ORDER BY id", scrutin.pk)
    ]
    signes = lire(
        "SELECT e.membre_id FROM selection_emargement s JOIN selection_electeur e ON e.id = s.electeur_id "
        "WHERE s.scrutin_id = %s ORDER BY s.ctid",
        scrutin.pk,
    )
    tries = lire(
        "SELECT e.membre_id FROM selection_emargement s JOIN selection_electeur e ON e.id = s.electeur_id "
        "WHERE s.scrutin_id = %s ORDER BY s.id",
        scrutin.pk,
    )
    return {
        "au fil du temps": list(zip(ordre, papiers, strict=True)),
        "par émargement": list(zip((m for (m,) in signes), papiers, strict=True)),
        "par identifiant": list(zip((m for (m,) in tries), tires, strict=True)),
    }


def un_seul_lot(scrutin) -> None:
    """All rows of both tables are of one transaction and one command: the last one's."""
    lots = lire(
        "SELECT DISTINCT xmin::text, cmin::text FROM selection_bulletin WHERE scrutin_id = %s", scrutin.pk
    )
    signatures = lire(
        "SELECT DISTINCT xmin::text FROM selection_emargement WHERE scrutin_id = %s", scrutin.pk
    )
    assert len(lots) == 1
    assert signatures == [(lots[0][0],)]


def le_journal_se_tait(salle, scrutin, membres: set[int]) -> None:
    """A paper dropped is a line without actor nor fact; no line written meanwhile holds a choice."""
    ouverture = Entree.objects.get(fil=salle.seance.fil, action="ouvrir_scrutin", faits__scrutin=scrutin.pk)
    depuis = Entree.objects.filter(pk__gt=ouverture.pk)
    assert {(e.action, e.acteur, e.motif, str(e.faits)) for e in depuis} == {
        ("bulletin_depose", None, "", str({"scrutin": scrutin.pk}))
    }
    assert depuis.count() == len(membres)


@pytest.mark.django_db(transaction=True)
def test_what_each_vote_replaced_is_swept_from_the_disk():
    salle = Salle(effectif=5).ouvrir()
    scrutin = salle.ouvrir_scrutin()
    with pytest.raises(CommandError, match="en cours"):
        call_command("balayer_les_urnes")
    salle.voter(scrutin, pour=3, contre=2)
    mesure = "SELECT pg_relation_size('selection_bulletin') + pg_relation_size('selection_emargement')"
    call_command("balayer_les_urnes")
    (apres,) = lire(mesure)[0]
    assert apres == 2 * 8192  # one page each: the live rows alone
    assert lire("SELECT count(*) FROM selection_bulletin WHERE scrutin_id = %s", scrutin.pk) == [(5,)]
