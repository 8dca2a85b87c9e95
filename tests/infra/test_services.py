"""The embedded services, for real: they start, answer, keep their data, are shared, leave nothing behind."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from scripts.outils.courtier import Redis, RedisDeSecours
from scripts.outils.embarques import Services
from scripts.outils.postgresql import Cluster
from scripts.outils.systeme import ServiceIndisponible, dossier_prive


@pytest.fixture
def donnees(tmp_path):
    """A data folder, its services stopped and erased afterwards, whatever the test did."""
    yield tmp_path
    services = Services(tmp_path, {})
    for service in (RedisDeSecours(tmp_path), services.redis, services.cluster):
        service.arreter()
    services.cluster.effacer()


def processus_de(service) -> list[str]:
    """Command lines that mention the folder of the service's sockets."""
    vus = []
    for commande in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            vus.append(commande.read_text(errors="replace").replace("\0", " "))
    return [ligne for ligne in vus if str(service.prises) in ligne]


@pytest.fixture
def cluster(donnees):
    return Cluster(donnees, rapide=True)


def test_postgresql_starts_keeps_its_data_and_leaves_nothing(cluster):
    assert cluster.demarrer() is True
    assert cluster.demarrer() is False  # already there
    with psycopg.connect(cluster.url()) as connexion:
        connexion.execute("CREATE TABLE essai (mot text)")
        connexion.execute("INSERT INTO essai VALUES ('Éclair œuvré')")
    assert processus_de(cluster)

    cluster.arreter()

    assert processus_de(cluster) == []
    assert not cluster.tourne()
    cluster.demarrer()
    with psycopg.connect(cluster.url()) as connexion:
        assert connexion.execute("SELECT lower(mot) FROM essai").fetchone() == ("éclair œuvré",)


def test_postgresql_has_the_extensions_that_searches_need(cluster):
    cluster.demarrer()
    with psycopg.connect(cluster.url()) as connexion:
        connexion.execute("CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm; CREATE EXTENSION citext")

        assert connexion.execute("SELECT unaccent('Écluse')").fetchone() == ("Ecluse",)


def test_postgresql_opens_no_port(cluster):
    cluster.demarrer()
    with psycopg.connect(cluster.url()) as connexion:
        assert connexion.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_database_killed_by_force_comes_back(cluster):
    cluster.demarrer()
    pid = int((cluster.base / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    limite = time.monotonic() + 10
    while processus_de(cluster) and time.monotonic() < limite:
        time.sleep(0.05)

    assert cluster.demarrer() is True
    with psycopg.connect(cluster.url()) as connexion:
        assert connexion.execute("SELECT 1").fetchone() == (1,)


def test_the_pid_of_a_dead_server_taken_by_another_program_stops_nobody(cluster):
    cluster.demarrer()
    cluster.arreter()
    (cluster.base / "postmaster.pid").write_text(
        f"1\n{cluster.base}\n0\n5432\n{cluster.prises}\n\n\nready   \n"
    )

    assert cluster.demarrer() is True


def test_emptying_drops_what_others_use(cluster):
    cluster.demarrer()
    with psycopg.connect(cluster.url(), autocommit=True) as connexion:
        connexion.execute("CREATE TABLE essai (mot text)")

        cluster.vider_base()

    with psycopg.connect(cluster.url()) as connexion:
        assert connexion.execute("SELECT to_regclass('essai')").fetchone() == (None,)


def test_redis_starts_answers_and_leaves_nothing(donnees):
    service = Redis(donnees)
    assert service.demarrer() is True
    assert service.demarrer() is False
    client = redis.Redis(unix_socket_path=str(service.prise))
    assert client.set("a", "b") and client.get("a") == b"b"
    assert client.config_get("port") == {"port": "0"}
    client.close()
    pid = service._pid()

    service.arreter()

    assert not service.tourne()
    assert (
        not Path(f"/proc/{pid}/cmdline").exists() or "redis" not in Path(f"/proc/{pid}/cmdline").read_text()
    )


def test_the_stand_in_for_redis_answers_where_there_is_none(donnees, capfd):
    service = RedisDeSecours(donnees)
    service.demarrer()
    client = redis.Redis.from_url(service.url())
    assert client.set("a", "b") and client.get("a") == b"b"
    client.close()
    assert "apt-get install redis-server" in capfd.readouterr().err

    service.arreter()

    assert not service.tourne()


def test_the_last_one_out_turns_off_the_light(donnees):
    premiere, seconde = Services(donnees, {}, rapide=True), Services(donnees, {}, rapide=True)
    premiere.demarrer()
    seconde.demarrer()
    assert seconde.demarres == []  # found running

    seconde.arreter()
    assert premiere.cluster.tourne() and premiere.redis.tourne()

    premiere.arreter()
    assert not premiere.cluster.tourne() and not premiere.redis.tourne()


def test_who_started_leaves_them_to_who_still_uses_them(donnees):
    premiere, seconde = Services(donnees, {}, rapide=True), Services(donnees, {}, rapide=True)
    premiere.demarrer()
    seconde.demarrer()
    seconde.adopter()  # the demonstration takes charge of what it finds

    premiere.arreter()
    assert seconde.cluster.tourne() and seconde.redis.tourne()

    seconde.arreter()
    assert not seconde.cluster.tourne() and not seconde.redis.tourne()


def test_services_named_elsewhere_are_not_started(donnees):
    services = Services(donnees, {"DATABASE_URL": "postgresql://ailleurs/b", "REDIS_URL": "redis://ailleurs"})
    with services:
        assert services.cluster is None and services.redis is None and services.demarres == []


def test_a_folder_laid_by_somebody_else_is_refused(tmp_path):
    piege = tmp_path / "prises"
    piege.symlink_to(tmp_path)

    with pytest.raises(ServiceIndisponible, match="appartient à un autre compte"):
        dossier_prive(piege, 12345, 12345)
