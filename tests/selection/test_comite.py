"""Who sits: seats, mandates, substitutes; what the pages refuse, the database refuses too."""

import html
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from manufactures import horloge
from manufactures.attentes import taches_pour
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import est_habilite
from manufactures.registres import GesteInterdit, TransitionInterdite, roles_sur
from selection.a_faire import points_a_presider
from selection.models import College, Membre, Mode, Scrutin
from tests.factories.comptes import UserFactory
from tests.factories.selection import CollegeFactory, MembreFactory, Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
DEMAIN = timedelta(days=1)


@pytest.fixture
def college() -> College:
    return CollegeFactory(sieges=2)


@pytest.fixture
def responsable():
    return UserFactory(role=Role.RESPONSABLE)


def nommer(college, responsable, user=None, **champs) -> Membre:
    defauts = {"du": horloge.aujourd_hui()}
    return Membre.nommer(college, user or UserFactory(), par=responsable, **(defauts | champs))


def texte(reponse) -> str:
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


# -- The rules ---------------------------------------------------------------------------------------------------
def test_no_more_titulaires_than_seats_at_any_day(college, responsable):
    jour = horloge.aujourd_hui()
    nommer(college, responsable)
    nommer(college, responsable, du=jour + 30 * DEMAIN, au=jour + 60 * DEMAIN)
    with pytest.raises(TransitionInterdite, match="sièges de ce collège sont pris"):
        nommer(college, responsable, au=jour + 90 * DEMAIN)  # one too many in a month, not today
    with pytest.raises(IntegrityError), transaction.atomic():
        Membre.objects.create(college=college, user=UserFactory(), du=jour)
    nommer(college, responsable, au=jour + 30 * DEMAIN)
    assert college.membres.count() == 3


def test_a_person_sits_once_at_a_time(college, responsable):
    jour, autre = horloge.aujourd_hui(), CollegeFactory(code="dge", libelle="DGE", appel=college.appel)
    user = UserFactory(nom="Leroy")
    nommer(college, responsable, user, au=jour + 10 * DEMAIN)
    with pytest.raises(TransitionInterdite, match="siège déjà au comité"):
        nommer(autre, responsable, user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membre.objects.create(college=autre, user=user, du=jour)
    assert nommer(autre, responsable, user, du=jour + 10 * DEMAIN)


def test_one_chair_at_a_time(college, responsable):
    nommer(college, responsable, preside=True)
    with pytest.raises(TransitionInterdite, match="préside déjà ce comité"):
        nommer(college, responsable, preside=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membre.objects.create(college=college, user=UserFactory(), preside=True)


def test_a_qualified_person_has_no_substitute(responsable):
    """CRPA R133-3."""
    college = CollegeFactory(code="pq", suppleable=False)
    titulaire = nommer(college, responsable, suppleable=False)
    with pytest.raises(TransitionInterdite, match="R133-3"):
        nommer(college, responsable, suppleant_de=titulaire)


def test_a_substitute_composes_nothing_until_they_take_the_seat(college, responsable):
    jour = horloge.aujourd_hui()
    titulaire = nommer(college, responsable, du=jour - 30 * DEMAIN, au=jour + 300 * DEMAIN)
    suppleant = nommer(college, responsable, du=jour - DEMAIN, suppleant_de=titulaire)
    assert list(Membre.objects.titulaires()) == [titulaire]
    nouveau = titulaire.remplacer(suppleant, jour, par=responsable, motif="Mutation")
    assert (nouveau.user, nouveau.du, nouveau.au) == (suppleant.user, jour, jour + 300 * DEMAIN)
    assert list(Membre.objects.en_exercice()) == [nouveau]
    ligne = Entree.objects.filter(fil=f"appel/{college.appel.slug}").latest("rang")
    assert (ligne.action, ligne.motif, ligne.faits["remplacant"]) == (
        "remplacer_titulaire",
        "Mutation",
        nouveau.pk,
    )


def test_the_role_comes_and_goes_with_the_mandate(college, responsable):
    user, appel = UserFactory(), college.appel.pk
    membre = nommer(college, responsable, user, du=horloge.aujourd_hui() - DEMAIN)
    assert est_habilite(User.objects.get(pk=user.pk), appel, Role.MEMBRE)
    membre.terminer(horloge.aujourd_hui(), par=responsable, motif="Démission")
    assert not est_habilite(User.objects.get(pk=user.pk), appel, Role.MEMBRE)
    assert not Membre.objects.en_exercice().exists()


def test_only_a_responsable_of_the_call(college):
    for role in (Role.INSTRUCTEUR, Role.PRESIDENT):
        with pytest.raises(GesteInterdit):
            nommer(college, UserFactory(role=role))
    assert not Membre.objects.exists()


# -- The sitting -------------------------------------------------------------------------------------------------
@pytest.fixture
def salle() -> Salle:
    return Salle(effectif=5)


def test_a_substitute_sits_in_the_titulaires_stead(salle):
    titulaire = salle.membres[1]
    suppleant = MembreFactory(college=titulaire.college, suppleant_de=titulaire)
    salle.convoquer()
    assert salle.seance.composition == 5  # substitutes compose nothing
    convocation = salle.seance.convocations.get(membre=titulaire)
    with pytest.raises(TransitionInterdite, match="n'est pas suppléant"):
        convocation.substituer(salle.membres[2], par=salle.responsable, motif="Congé")
    nouvelle = convocation.substituer(suppleant, par=salle.responsable, motif="Congé")
    assert nouvelle.acte.genre == "convocation_membre"
    assert set(salle.seance.convocations.values_list("membre", flat=True)) == {
        *(m.pk for m in salle.membres if m != titulaire), suppleant.pk,
    }  # fmt: skip
    with pytest.raises(TransitionInterdite, match="n'est pas convoqué"):
        salle.seance.pointer(titulaire, Mode.SUR_PLACE, par=salle.responsable)
    salle.seance.pointer(suppleant, Mode.SUR_PLACE, par=salle.responsable)


def test_the_vice_chair_presides_a_sitting_entrusted_to_them(salle):
    vice = salle.membres[1]
    Membre.objects.filter(pk=vice.pk).update(vice_preside=True)
    vice.refresh_from_db()
    salle.convoquer().declarer(salle.president).deporter(salle.president)
    salle.pointer()
    assert Role.PRESIDENT not in roles_sur(salle.seance, vice.user)
    with pytest.raises(TransitionInterdite, match="vice-présidence"):
        salle.seance.confier_la_presidence(salle.membres[2], par=salle.responsable, motif="Déport")
    salle.seance.confier_la_presidence(vice, par=salle.responsable, motif="La présidence s'est déportée.")
    assert salle.seance.president() == vice
    assert Role.PRESIDENT in roles_sur(salle.seance, vice.user)
    assert len(taches_pour(vice.user, [points_a_presider])) == 1
    salle.seance.ouvrir(par=vice.user)
    salle.point.constater_sortie(salle.president, par=salle.responsable)
    scrutin = Scrutin.ouvrir(salle.point, "AVIS", par=vice.user, malgre_petit_nombre=True)
    assert scrutin.electeurs.count() == 4


# -- The pages ---------------------------------------------------------------------------------------------------
def formulaire(college, **champs) -> dict:
    return {"courriel": "nouvelle@exemple.test", "prenom": "Ada", "nom": "Nouvelle", "organisation": "CCI",
            "college": college.pk, "du": horloge.aujourd_hui().isoformat(), "action": "nommer"} | champs  # fmt: skip


def test_a_new_person_is_invited_by_mail(client, college, responsable):
    client.force_login(responsable)
    adresse = reverse("selection:nommer", args=[college.appel.slug])
    reponse = client.post(adresse, formulaire(college, nom=""))
    assert "cette adresse n'a pas encore de compte" in texte(reponse)
    assert not User.objects.filter(email="nouvelle@exemple.test").exists()
    assert client.post(adresse, formulaire(college)).status_code == 302
    membre = Membre.objects.get(user__email="nouvelle@exemple.test")
    assert membre.user.nom_complet == "Ada Nouvelle"
    message = Message.objects.get(cle="invitation_comite", destinataire=membre.user)
    assert reverse("account_request_login_code") in message.corps_texte
    page = texte(client.get(reverse("selection:composition", args=[college.appel.slug])))
    assert "2 sièges : 1 pris, 1 libre" in page
    assert "Ada Nouvelle" in page


def test_errors_stand_beside_their_fields(client, college, responsable):
    jour = horloge.aujourd_hui()
    deja = nommer(college, responsable, UserFactory(email="deja@exemple.test", nom="Leroy"))
    client.force_login(responsable)
    adresse = reverse("selection:nommer", args=[college.appel.slug])
    essais = {
        "courriel": formulaire(college, courriel="deja@exemple.test"),
        "au": formulaire(college, au=(jour - DEMAIN).isoformat()),
        "siret": formulaire(college, siret="12345"),
        "suppleant_de": formulaire(college, suppleant_de=nommer(college, responsable).pk),
    }
    nommer(college, responsable, suppleant_de=Membre.objects.get(pk=essais["suppleant_de"]["suppleant_de"]))
    for champ, envoi in essais.items():
        assert champ in client.post(adresse, envoi).context["form"].errors, champ
    assert (
        "college" in client.post(adresse, formulaire(college)).context["form"].errors
    )  # two seats, both taken
    assert Membre.objects.titulaires().count() == 2
    assert deja.user.sieges.count() == 1


def test_a_mandate_ends_and_a_substitute_takes_over_by_the_page(client, college, responsable):
    jour = horloge.aujourd_hui()
    titulaire = nommer(college, responsable, du=jour - 9 * DEMAIN)
    suppleant = nommer(college, responsable, du=jour - 9 * DEMAIN, suppleant_de=titulaire)
    adresse = reverse("selection:membre", args=[college.appel.slug, titulaire.pk])
    client.force_login(responsable)
    envoi = {"action": "terminer", "fin-le": (jour - 20 * DEMAIN).isoformat(), "fin-motif": "Départ"}
    assert "Le mandat finit après son début." in texte(client.post(adresse, envoi))
    envoi = {"action": "remplacer", "suppleant": suppleant.pk, "remplacement-le": jour.isoformat(),
             "remplacement-motif": "Départ"}  # fmt: skip
    assert client.post(adresse, envoi).status_code == 302
    assert [m.user for m in Membre.objects.en_exercice()] == [suppleant.user]
    page = texte(client.get(reverse("selection:composition", args=[college.appel.slug])))
    assert "2 mandats terminés" in page
    assert "Ce mandat est terminé" in texte(client.get(adresse))


def test_a_college_never_has_fewer_seats_than_members(client, college, responsable):
    nommer(college, responsable)
    nommer(college, responsable)
    client.force_login(responsable)
    adresse = reverse("selection:college", args=[college.appel.slug, college.pk])
    envoi = {"libelle": "ANCT", "sieges": "1", "suppleable": "on"}
    assert "finissez d'abord un mandat" in texte(client.post(adresse, envoi))
    assert client.post(adresse, envoi | {"sieges": "3"}).status_code == 302
    college.refresh_from_db()
    assert college.sieges == 3
    nouveau = reverse("selection:creer_college", args=[college.appel.slug])
    assert "déjà un collège de ce nom" in texte(client.post(nouveau, {"libelle": "anct", "sieges": ""}))


def test_members_read_the_composition_and_change_nothing(client, college, responsable):
    membre = nommer(college, responsable, du=date(2020, 1, 2))
    client.force_login(membre.user)
    page = texte(client.get(reverse("selection:composition", args=[college.appel.slug])))
    assert str(membre) in page and "Ajouter un membre" not in page
    for nom in ("nommer", "creer_college"):
        assert client.get(reverse(f"selection:{nom}", args=[college.appel.slug])).status_code == 403
    client.force_login(UserFactory())
    assert client.get(reverse("selection:composition", args=[college.appel.slug])).status_code == 403
