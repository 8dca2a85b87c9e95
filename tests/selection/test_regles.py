"""The rules of a committee: set by call, followed until the summons, frozen once the sitting has opened."""

import html

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.composition import Rapporteurs
from selection.models import Lecture, Mode, Presence, ReglesDuComite, Scrutin, Seance, TypeSeance
from selection.quorum import seuil
from tests.factories.comptes import UserFactory
from tests.factories.selection import Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]


def regler(salle, **valeurs):
    return ReglesDuComite.regler(salle.vague.appel, par=salle.responsable, **valeurs)


def relue(salle) -> Seance:
    return Seance.objects.get(pk=salle.seance.pk)


def page(client, user, nom, *args) -> str:
    client.force_login(user)
    reponse = client.get(reverse(f"selection:{nom}", args=args))
    assert reponse.status_code == 200
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


def test_the_defaults_are_those_of_the_code():
    """CRPA R133-8 to R133-11: five days, half, no quorum the second time, present or represented, one proxy."""
    regles = ReglesDuComite()
    assert regles.copie() == {
        "quorum_numerateur": 1, "quorum_denominateur": 2, "delai_convocation_jours": 5, "majorite": "PRESENTS",
        "voix_preponderante": True, "mandats_par_membre": 1, "seconde_sans_quorum": True,
        "secret_a_distance": False,
    }  # fmt: skip
    assert (regles.lectures_masquees, regles.presidence_rapporte) == (True, False)


@pytest.mark.parametrize(("regle", "attendu"), [("PRESENTS", 3), ("EXPRIMES", 3), ("COMPOSITION", 5)])
def test_the_threshold_of_each_majority(regle, attendu):
    assert seuil(regle, votants=5, composition=9) == attendu


def test_a_sitting_follows_until_its_summons():
    salle = Salle()
    regler(salle, quorum_numerateur=2, quorum_denominateur=3, mandats_par_membre=2, version="2")
    seance = relue(salle)
    assert (seance.fraction, seance.mandats_par_membre, seance.reglement_version) == (
        "les deux tiers",
        2,
        "2",
    )
    salle.seance = seance
    salle.convoquer()
    regler(salle, quorum_numerateur=1, quorum_denominateur=2, version="3")
    assert (relue(salle).quorum, relue(salle).reglement_version) == (6, "2")
    ligne = Entree.objects.filter(fil=f"appel/{salle.vague.appel.slug}").latest("rang")
    assert ligne.faits["changees"] == {
        "quorum_numerateur": [2, 1],
        "quorum_denominateur": [3, 2],
        "version": ["2", "3"],
    }


def test_the_database_holds_the_rules_of_an_open_sitting():
    salle = Salle().ouvrir()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seance.objects.filter(pk=salle.seance.pk).update(mandats_par_membre=3)
    assert relue(salle).mandats_par_membre == 1


def test_only_a_responsable_of_the_call_sets_them():
    salle = Salle()
    with pytest.raises(GesteInterdit):
        ReglesDuComite.regler(salle.vague.appel, par=salle.president.user, mandats_par_membre=2)
    assert not ReglesDuComite.objects.exists()


# -- What the code reads ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("admis", [0, 1, 2])
def test_as_many_proxies_as_the_rules_admit(admis):
    salle = Salle()
    regler(salle, mandats_par_membre=admis)
    salle.seance = relue(salle)
    salle.convoquer()
    porteur, *donneurs = salle.membres[1:5]
    for rang, donneur in enumerate(donneurs):
        if rang < admis:
            salle.seance.pointer(donneur, Mode.REPRESENTE, mandataire=porteur, par=salle.responsable)
        else:
            with pytest.raises(TransitionInterdite):
                salle.seance.pointer(donneur, Mode.REPRESENTE, mandataire=porteur, par=salle.responsable)
    assert Presence.objects.filter(mandataire=porteur).count() == admis
    with pytest.raises(IntegrityError), transaction.atomic():  # the trigger, whatever the code says
        Presence.objects.create(
            seance=salle.seance, membre=donneurs[-1], mode=Mode.REPRESENTE, mandataire=porteur
        )


@pytest.mark.parametrize(("sans_quorum", "requis"), [(True, 1), (False, 5)])
def test_a_second_convocation_waives_the_quorum_if_the_rules_say_so(sans_quorum, requis):
    salle = Salle()
    regler(salle, seconde_sans_quorum=sans_quorum)
    salle.seance = relue(salle)
    salle.convoquer()
    Seance.objects.filter(pk=salle.seance.pk).update(debut=salle.seance.convoquee_le or salle.seance.debut)
    salle.seance = relue(salle)
    Seance.objects.filter(pk=salle.seance.pk).update(debut=salle.seance.convoquee_le)
    salle.seance = relue(salle)
    seconde = salle.seance.reconvoquer(salle.seance.debut, par=salle.responsable)
    seconde.convoquer(par=salle.responsable, motif_urgence="Seconde séance")
    assert seconde.quorum == requis


def _vote(regles, *, pour, contre, abstentions=0) -> tuple[Salle, Scrutin]:
    salle = Salle(secret=False)
    regler(salle, **regles)
    salle.seance = relue(salle)
    salle.ouvrir()
    return salle, salle.voter(salle.ouvrir_scrutin(), pour=pour, contre=contre, abstentions=abstentions)


@pytest.mark.parametrize(
    ("regle", "adopte", "requise"), [("PRESENTS", False, 5), ("EXPRIMES", True, 4), ("COMPOSITION", False, 5)]
)
def test_abstentions_weigh_as_the_majority_says(regle, adopte, requise):
    """Four for, two against, three abstentions: adopted only where abstentions don't count."""
    _, scrutin = _vote({"majorite": regle}, pour=4, contre=2, abstentions=3)
    assert (scrutin.adopte, scrutin.majorite_dite) == (adopte, requise)


def test_without_casting_vote_a_tie_in_the_open_is_voted_again_once():
    salle, scrutin = _vote({"voix_preponderante": False}, pour=4, contre=4, abstentions=1)
    assert not scrutin.a_departager
    with pytest.raises(TransitionInterdite, match="voix prépondérante"):
        scrutin.departager("POUR", par=salle.president.user)
    second = salle.voter(salle.ouvrir_scrutin(), pour=4, contre=4, abstentions=1)
    assert (second.tour, second.adopte) == (2, False)
    with pytest.raises(TransitionInterdite, match="déjà voté"):
        salle.ouvrir_scrutin()


def test_the_minutes_name_the_rules():
    salle = Salle()
    regler(salle, majorite="EXPRIMES", mandats_par_membre=2, version="2")
    salle.seance = relue(salle)
    salle.ouvrir().avis_favorable()
    salle.clore()
    seance = relue(salle)
    regles = [phrase.replace("\xa0", " ") for phrase in seance.pv.instantane["seance"]["regles"]]
    assert "Un membre détient 2 mandats au plus (R133-9)" in regles
    assert any(r.startswith("Majorité des voix exprimées : les abstentions") for r in regles)
    assert seance.pv.instantane["seance"]["reglement_version"] == "2"


NOTES = {code: (4, "") for code in ("C1", "C2", "C3", "C4", "C5", "C6", "C7")}


def test_others_readings_hide_until_ones_own_unless_the_rules_leave_them_open(client):
    salle = Salle().convoquer().declarer()
    dossier, (lu, autre) = salle.dossiers[0], salle.membres[1:3]
    lecture = Lecture.ouvrir(dossier, lu, par=lu.user)
    lecture.noter(NOTES, par=lu.user)
    lecture.rendre(par=lu.user)
    ma_lecture = f"Lecture de {lu}"
    assert ma_lecture not in page(client, autre.user, "lecture", dossier.numero)
    regler(salle, lectures_masquees=False)
    texte = page(client, autre.user, "lecture", dossier.numero)
    assert ma_lecture in texte and "s'affichent quand" not in texte
    # Open to those who sit and declared, not to whoever else sees the dossier, nor to the recused.
    assert not Lecture.objects.visibles_par(dossier.titulaire).exists()
    salle.deporter(autre)
    assert not Lecture.objects.visibles_par(autre.user).exists()


def test_the_chair_enters_the_balance_only_if_the_rules_say_so():
    salle = Salle(dossiers=2, effectif=2).inscrire()
    points = list(salle.seance.points.order_by("rang"))
    siens = set(Rapporteurs(salle.responsable, salle.seance, points).proposer().values())
    assert siens == {salle.membres[1].pk}
    regler(salle, presidence_rapporte=True)
    siens = set(Rapporteurs(salle.responsable, salle.seance, points).proposer().values())
    assert siens == {membre.pk for membre in salle.membres}


# -- The page --------------------------------------------------------------------------------------------------------
@pytest.fixture
def formulaire() -> dict:
    return {
        "version": "2", "quorum": "2/3", "seconde_sans_quorum": "False", "delai_convocation_jours": "8",
        "majorite": "EXPRIMES", "voix_preponderante": "False", "mandats_par_membre": "2",
        "secret_a_distance": "True", "lectures_masquees": "False", "presidence_rapporte": "True",
    }  # fmt: skip


def test_a_responsable_sets_them_by_the_page(client, formulaire):
    salle = Salle()
    appel = salle.vague.appel
    assert "règles par défaut" in page(client, salle.responsable, "regles", appel.slug)
    adresse = reverse("selection:regles", args=[appel.slug])
    reponse = client.post(adresse, formulaire | {"mandats_par_membre": "9"})
    assert "de 0 à 5" in html.unescape(reponse.content.decode())
    assert not ReglesDuComite.objects.exists()
    assert client.post(adresse, formulaire).status_code == 302
    regles = ReglesDuComite.objects.get(appel=appel)
    assert (regles.fraction, regles.majorite, regles.voix_preponderante) == (
        "les deux tiers",
        "EXPRIMES",
        False,
    )
    assert (regles.lectures_masquees, regles.presidence_rapporte) == (False, True)
    texte = page(client, salle.responsable, "regles", appel.slug)
    assert "Un membre détient 2 mandats au plus" in texte
    assert "suit ces règles jusqu'à sa convocation" in texte


def test_members_read_them_and_set_nothing(client, formulaire):
    salle = Salle(type_=TypeSeance.PRE_SELECTION)
    texte = page(client, salle.membres[1].user, "regles", salle.vague.appel.slug)
    assert "R133-10" in texte
    assert "Enregistrer les règles" not in texte
    adresse = reverse("selection:regles", args=[salle.vague.appel.slug])
    assert client.post(adresse, formulaire).status_code == 403
    client.force_login(UserFactory(role=Role.RESPONSABLE, role__appel=None))
    assert client.get(reverse("selection:regles", args=["inconnu"])).status_code == 404


def test_a_responsable_sets_the_places_of_the_waves_within_the_aim(client):
    salle = Salle()
    appel = salle.vague.appel
    numeros = list(appel.vagues.values_list("numero", flat=True))
    adresse = reverse("selection:regles", args=[appel.slug])
    client.force_login(salle.responsable)
    saisie = {"action": "places"} | {f"vague-{numero}": "" for numero in numeros}
    premier = f"vague-{numeros[0]}"
    assert client.post(adresse, saisie | {premier: "30"}).status_code == 302
    salle.vague.refresh_from_db()
    assert appel.vagues.get(numero=numeros[0]).places == 30
    assert Entree.objects.filter(action="fixer_les_places").count() == 1
    assert "30 lauréats" in page(client, salle.responsable, "regles", appel.slug)
    for refusee, phrase in (("0", "supérieure ou égale à 1"), ("beaucoup", "nombre entier")):
        assert phrase in html.unescape(client.post(adresse, saisie | {premier: refusee}).content.decode())
    trop = client.post(adresse, saisie | {f"vague-{numero}": str(appel.objectif) for numero in numeros})
    assert trop.status_code == 409
    assert f"l'appel vise {appel.objectif} lauréats" in html.unescape(trop.content.decode()).replace(
        "\xa0", " "
    )
    assert appel.vagues.get(numero=numeros[0]).places == 30
    with pytest.raises(IntegrityError), transaction.atomic():
        appel.vagues.update(places=0)
    client.force_login(salle.membres[1].user)
    assert client.post(adresse, saisie | {premier: "5"}).status_code == 403
