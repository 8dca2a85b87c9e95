"""Prepared readings: the same rows as the query set, the statement written once a shape, and no value frozen in it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from manufactures import enonces, horloge
from manufactures.comptes.models import User
from manufactures.procedure import Role
from manufactures.programme.models import Habilitation
from tests.factories.comptes import HabilitationFactory, UserFactory

pytestmark = pytest.mark.django_db
ecrites = []
ailleurs = {"mot": "a"}


@pytest.fixture(autouse=True)
def _rien_d_ecrit():
    ecrites.clear()
    enonces._ecrits.clear()


def siennes(user, role: str):
    """One's habilitations of a role, in force."""
    ecrites.append(user.pk)
    instant = horloge.maintenant()
    return Habilitation.objects.filter(user=user, role=role, du__lte=instant).select_related("user")


def personnes(nom: str):
    """A constant with what a format or a quote would spoil."""
    return User.objects.filter(~Q(prenom="100 % d'ici %s"), nom=nom)


def parmi_celles(cles: list[int]):
    """Many keys, one parameter."""
    return User.objects.filter(pk__parmi=cles).order_by("pk")


def depuis(jour_premier: date):
    """A date of the caller's, and today's."""
    return User.objects.filter(cree_le__date__gte=jour_premier, cree_le__date__lte=horloge.aujourd_hui())


def qui_calcule(user):
    """Reckons with the clock while it is written."""
    return User.objects.filter(cree_le__gte=horloge.maintenant() - timedelta(days=1))


def qui_oublie(user, nom: str):
    """Loses a value."""
    return User.objects.filter(nom=nom.strip("\ue000"))


def qui_regarde_ailleurs(user):
    """Depends on what nobody told."""
    return User.objects.filter(nom=ailleurs["mot"])


def selon_le_sens(user, envers: bool):
    """Two statements, of one function."""
    return User.objects.order_by("-pk" if envers else "pk")


def test_the_rows_are_those_of_the_query_set_for_each_reader():
    premiere, seconde = UserFactory(role=Role.INSTRUCTEUR), UserFactory(role=Role.INSTRUCTEUR)
    for personne in (premiere, seconde, premiere):
        lues = enonces.lire(siennes, personne, role=Role.INSTRUCTEUR)
        assert lues == list(siennes(personne, Role.INSTRUCTEUR))
        assert [ligne.user for ligne in lues] == [personne]
        assert "user" in lues[0]._state.fields_cache


def test_a_statement_is_written_once_for_people_of_the_same_roles(settings):
    settings.ENONCES_VERIFIES = False
    for _ in range(3):
        enonces.lire(siennes, UserFactory(role=Role.INSTRUCTEUR), role="INSTRUCTEUR")
    assert len(ecrites) == 1
    enonces.lire(siennes, UserFactory(role=Role.AUDITEUR), role="INSTRUCTEUR")
    assert len(ecrites) == 2  # noqa: PLR2004


def test_a_role_given_or_ended_is_another_shape(settings):
    settings.ENONCES_VERIFIES = False
    personne = UserFactory()
    avant = personne.portrait
    HabilitationFactory(user=personne, role=Role.AUDITEUR)
    assert User.objects.get(pk=personne.pk).portrait != avant
    with horloge.a(horloge.maintenant() - timedelta(days=365 * 20)):
        assert User.objects.get(pk=personne.pk).portrait == avant


def test_postgresql_keeps_the_plan_and_django_s_log_tells_the_whole_statement():
    personne = UserFactory(nom="Garde")
    with CaptureQueriesContext(connection) as requetes:
        assert enonces.lire(personnes, nom="Garde") == [personne]
    assert "100 % d''ici %s" in requetes[0]["sql"] and "Garde" in requetes[0]["sql"]
    with connection.cursor() as curseur:
        curseur.execute("SELECT statement FROM pg_prepared_statements")
        gardes = [texte for (texte,) in curseur.fetchall()]
    assert any("comptes_user" in texte and "$1" in texte and "Garde" not in texte for texte in gardes)


def test_keys_dates_and_the_day_are_bound():
    trois = [UserFactory() for _ in range(3)]
    for voulues in (trois, trois[:1], []):
        assert enonces.lire(parmi_celles, cles=[p.pk for p in voulues]) == voulues
    User.objects.update(cree_le=Now())
    hier = horloge.aujourd_hui() - timedelta(days=1)
    assert set(enonces.lire(depuis, jour_premier=hier)) == set(trois)
    assert enonces.lire(depuis, jour_premier=hier + timedelta(days=2)) == []


def test_a_number_that_no_column_holds_finds_nothing():
    assert enonces.lire(par_cle, cle=10**30) == enonces.lire(par_cle, cle=-(10**30)) == []
    personne = UserFactory()
    assert enonces.lire(par_cle, cle=personne.pk) == [personne]


def par_cle(cle: int):
    """One person."""
    return User.objects.filter(pk=cle)


def test_what_else_changes_the_statement_is_told():
    deux = [UserFactory(), UserFactory()]
    assert enonces.lire(selon_le_sens, deux[0], False) == deux
    assert enonces.lire(selon_le_sens, deux[0], True) == deux[::-1]


def test_bare_rows_around_a_statement():
    UserFactory.create_batch(2, nom="Pareil")
    ((nombre,),) = enonces.lire_autour("SELECT count(*) FROM ({}) AS lignes", personnes, nom="Pareil")
    assert nombre == 2  # noqa: PLR2004


@pytest.mark.parametrize(
    ("composition", "valeurs"), [(qui_calcule, {}), (qui_oublie, {"nom": "x"}), (parmi_celles, {"cles": 1.5})]
)
def test_a_composition_that_would_freeze_or_lose_something_is_refused(composition, valeurs):
    with pytest.raises(ImproperlyConfigured):
        enonces.lire(composition, UserFactory(), **valeurs)


def test_the_tests_find_a_composition_that_depends_on_something_else():
    personne = UserFactory()
    enonces.lire(qui_regarde_ailleurs, personne)
    ailleurs["mot"] = "b"
    with pytest.raises(ImproperlyConfigured, match="qui_regarde_ailleurs"):
        enonces.lire(qui_regarde_ailleurs, personne)


def test_a_condition_that_no_row_can_meet_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert enonces.lire(personne_de_personne, nom="x") == []


def personne_de_personne(nom: str):
    """No row, whatever is asked."""
    return User.objects.filter(nom=nom, prenom=F("nom")).none()
