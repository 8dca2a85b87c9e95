"""People, without randomness."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from manufactures.comptes.models import User
from manufactures.procedure import Role
from manufactures.programme.models import Delegation, Habilitation

MOT_DE_PASSE = "demonstration"
INSTANT_ANCIEN = datetime(2020, 1, 2, 8, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    """A person; `role=Role.X` gives them that habilitation on every call."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.test")
    civilite = "Madame"
    prenom = "Camille"
    nom = factory.Sequence(lambda n: f"Personne{n}")
    qualite = "chargée de mission"
    telephone = "0199000000"
    password = factory.django.Password(MOT_DE_PASSE)

    @factory.post_generation
    def role(self, create, role, **kwargs):
        """One habilitation, everywhere."""
        if create and role and role not in {Role.PORTEUR, Role.CONTRIBUTEUR, Role.LECTEUR}:
            HabilitationFactory(user=self, role=role)


class HabilitationFactory(DjangoModelFactory):
    """A role in force since 2020, on every call unless `appel` is given."""

    class Meta:
        model = Habilitation

    user = factory.SubFactory(UserFactory)
    role = Role.INSTRUCTEUR
    appel = None
    du = INSTANT_ANCIEN


class DelegationFactory(DjangoModelFactory):
    """A delegation of signature for all kinds of acts, in force since 2020."""

    class Meta:
        model = Delegation

    user = factory.SubFactory(UserFactory, role=Role.RESPONSABLE)
    appel = factory.SubFactory("tests.factories.programme.AppelFactory")
    reference = "décision n° 2020-12"
    publiee_le = "2020-01-02"
    du = INSTANT_ANCIEN
