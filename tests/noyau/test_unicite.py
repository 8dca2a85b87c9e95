"""A double click, a resend or a retry has one effect and one answer."""

import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from django.views import View

from manufactures.comptes.models import RequeteUnique
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.journal.models import Entree, consigner
from tests.factories.comptes import UserFactory


class Compter(UneSeuleFois, View):
    """Each effect is one line of the journal."""

    def post(self, request):
        if request.POST.get("refus"):
            consigner("essai", "compter", par=request.user)
            return HttpResponse("refusé", status=409)
        if request.POST.get("formulaire"):
            return HttpResponse("à corriger")
        consigner("essai", "compter", par=request.user)
        return redirect("/fait/")


def poster(user, **donnees):
    requete = RequestFactory().post("/compter/", donnees)
    requete.user = user
    return Compter.as_view()(requete)


@pytest.mark.django_db
def test_the_same_key_is_answered_once_and_replayed():
    user, cle = UserFactory(), uuid.uuid4()

    reponses = [poster(user, cle_unique=cle, montant="3") for _ in range(3)]

    assert [(r.status_code, r["Location"]) for r in reponses] == [(302, "/fait/")] * 3
    assert Entree.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_other_answers_is_refused():
    user, cle = UserFactory(), uuid.uuid4()
    poster(user, cle_unique=cle, montant="3")

    assert poster(user, cle_unique=cle, montant="4").status_code == 422
    assert Entree.objects.count() == 1


@pytest.mark.django_db
def test_a_refusal_changes_nothing_and_frees_its_key():
    user, cle = UserFactory(), uuid.uuid4()

    assert poster(user, cle_unique=cle, refus="1").status_code == 409
    assert Entree.objects.count() == 0
    assert RequeteUnique.objects.count() == 0
    assert poster(user, cle_unique=cle).status_code == 302


@pytest.mark.django_db
def test_a_form_shown_again_keeps_its_key_free():
    user, cle = UserFactory(), uuid.uuid4()

    assert poster(user, cle_unique=cle, formulaire="1").status_code == 200
    assert RequeteUnique.objects.count() == 0


@pytest.mark.django_db
def test_without_a_key_or_without_account_the_view_is_served_as_usual():
    assert poster(UserFactory(), montant="3").status_code == 302
    assert poster(AnonymousUser(), formulaire="1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ten_equal_posts_at_once_have_one_effect_and_one_answer():
    user, cle = UserFactory(), uuid.uuid4()
    barriere, reponses = threading.Barrier(10), []

    def tirer():
        barriere.wait()
        reponses.append(poster(user, cle_unique=cle, montant="3"))
        connection.close()

    fils = [threading.Thread(target=tirer) for _ in range(10)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert [(r.status_code, r["Location"]) for r in reponses] == [(302, "/fait/")] * 10
    assert Entree.objects.filter(fil="essai").count() == 1
