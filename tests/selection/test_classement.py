"""The ranking of a sitting: what is corrected and said, what if, and that a recused member sees nothing of it."""

import html
import re

import pytest
from django.urls import reverse

from manufactures.procedure import Role
from selection.classement import lectures_de
from selection.models import Lecture, TypeSeance
from selection.models.places import fixer_les_places
from tests.factories.comptes import UserFactory
from tests.factories.selection import Salle
from tests.outils.compteur import compter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
CODES = ("C1", "C2", "C3", "C4", "C5", "C6", "C7")


def lire(dossier, membre, note: int, **autres) -> None:
    """Handed in: this mark on every criterion, save the others named."""
    lecture = Lecture.ouvrir(dossier, membre, par=membre.user)
    notes = {code: (autres.get(code, note), "Voir le plan.") for code in CODES}
    lecture.noter(notes, par=membre.user)
    lecture.rendre(par=membre.user)


@pytest.fixture
def salle() -> Salle:
    """Three dossiers; the second member is severe, the third lenient, and nobody read all but they."""
    salle = Salle(type_=TypeSeance.PRE_SELECTION, dossiers=3).convoquer().declarer()
    un, deux, trois = salle.dossiers
    severe, tendre = salle.membres[1], salle.membres[2]
    lire(un, severe, 2)
    lire(un, tendre, 4)
    lire(deux, severe, 3)
    lire(deux, tendre, 5)
    lire(trois, severe, 3)
    return salle


def adresse(salle, **demande) -> str:
    return reverse("selection:classement", args=[salle.seance.pk], query=demande)


def page(client, user, adresse, status=200) -> str:
    client.force_login(user)
    reponse = client.get(adresse)
    assert reponse.status_code == status
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


def rangees(texte) -> dict[str, list[str]]:
    """The table: name -> cells."""
    corps = re.search(r"<tbody>(.*?)</tbody>", texte, re.S)
    trouvees = {}
    for ligne in re.findall(r"<tr>(.*?)</tr>", corps[1], re.S) if corps else ():
        nom = re.search(r"<a [^>]*>(.*?)</a>", ligne)[1]
        cellules = re.findall(r"<td.*?</td>", ligne, re.S)
        trouvees[nom] = [" ".join(re.sub(r"<[^>]+>", " ", cellule).split()) for cellule in cellules]
    return trouvees


def test_marks_are_shown_raw_and_corrected(client, salle):
    """Project 3, read by the severe one alone, is worth project 2 once the severity is taken away."""
    lues = rangees(page(client, salle.responsable, adresse(salle)))
    assert lues["Projet 1"][0] == "56,0"
    assert lues["Projet 2"][2] == "80,0"
    assert lues["Projet 3"][2] == "60,0"
    assert lues["Projet 3"][0] == lues["Projet 2"][0] == "76,0"
    assert [lues[nom][3] for nom in ("Projet 1", "Projet 2", "Projet 3")] == ["2", "1", "2"]
    assert lues["Projet 2"][4] == "2, de 60 à 100"
    assert lues["Projet 1"][5] == "0,0"


def test_too_few_readings_are_said_on_the_page(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION).convoquer().declarer()
    assert "Aucune lecture n'est rendue" in page(client, salle.responsable, adresse(salle))
    lire(salle.dossiers[0], salle.membres[1], 3)
    assert "Trop peu de lectures" in page(client, salle.responsable, adresse(salle))


def test_the_drawing_has_its_words_and_no_inline_style(client, salle):
    texte = page(client, salle.responsable, adresse(salle))
    dessin = re.search(r"<svg.*?</svg>", texte, re.S)[0]
    assert 'role="img"' in dessin
    assert "Projet 2 : de 60 à 100" in re.search(r"<desc[^>]*>(.*?)</desc>", dessin)[1]
    assert dessin.count("<circle") == Lecture.objects.count()
    assert "style=" not in texte


def test_what_if_is_in_the_address_and_keeps_nothing(client, salle):
    severe = salle.membres[1]
    sans = page(client, salle.responsable, adresse(salle, sans=severe.pk))
    assert f"sans {severe}" in sans
    assert rangees(sans)["Projet 2"][2] == "100,0"
    assert "Projet 3" not in rangees(sans)
    client.force_login(salle.responsable)
    assert client.post(adresse(salle), {"sans": severe.pk}).status_code == 405
    assert "Hypothèse" not in page(client, salle.responsable, adresse(salle))


def test_other_weights_change_the_ranks_and_say_so(client, salle):
    lire(salle.dossiers[0], salle.membres[3], 2, C1=5)
    lire(salle.dossiers[1], salle.membres[3], 4, C1=0)
    seul = {f"poids_{code}": 0 for code in CODES} | {"poids_C1": 100}
    texte = page(client, salle.responsable, adresse(salle, **seul))
    assert "C1 pesant 100" in texte
    assert "au lieu de" in texte


@pytest.mark.parametrize(
    ("demande", "phrase"),
    [
        ({"sans": 0}, "Choisissez des personnes de cette liste."),
        ({"poids_C1": "beaucoup"}, "Écrivez un nombre entier"),
        ({f"poids_{code}": 0 for code in CODES}, "Donnez un poids à un critère au moins."),
    ],
)
def test_a_wrong_hypothesis_is_told_beside_its_field(client, salle, demande, phrase):
    texte = page(client, salle.responsable, adresse(salle, **demande))
    assert phrase in texte
    assert "Hypothèse :" not in texte
    assert len(rangees(texte)) == 3


def test_leaving_everybody_out_is_refused(client, salle):
    texte = page(client, salle.responsable, adresse(salle, sans=[m.pk for m in salle.membres[1:3]]))
    assert "Gardez au moins une personne." in texte


def test_it_sorts_by_disagreement(client, salle):
    lire(salle.dossiers[2], salle.membres[2], 1)
    assert next(iter(rangees(page(client, salle.responsable, adresse(salle, tri="desaccord"))))) == "Projet 3"


def test_a_member_ranks_what_they_have_read_and_nothing_else(client, salle):
    """No rank, no number of a dossier whose reading is not handed in; the others' marks move nothing of it."""
    lecteur = salle.membres[3]
    texte = page(client, lecteur.user, adresse(salle))
    assert not rangees(texte)
    assert "quand vous avez rendu votre propre lecture" in texte
    lire(salle.dossiers[0], lecteur, 3)
    assert list(rangees(page(client, lecteur.user, adresse(salle)))) == ["Projet 1"]
    assert {d for _, d in lectures_de(lecteur.user, salle.seance).notes} == {salle.dossiers[0].pk}


def test_how_one_marks_is_said_to_oneself_alone_from_five_files_on(client):
    salle = Salle(type_=TypeSeance.PRE_SELECTION, dossiers=5).convoquer().declarer()
    severe, tendre = salle.membres[1], salle.membres[2]
    for dossier in salle.dossiers[:4]:
        lire(dossier, severe, 2)
        lire(dossier, tendre, 3)
    assert "vous notez" not in page(client, severe.user, adresse(salle))
    lire(salle.dossiers[4], severe, 2)
    lire(salle.dossiers[4], tendre, 3)
    assert "vous notez 20,0 points sur 100 sous les autres" in page(client, severe.user, adresse(salle))
    assert "vous notez" not in page(client, salle.responsable, adresse(salle))


def test_a_recused_member_sees_nothing_of_the_dossier(client, salle):
    """Neither its name nor its number, in no corner of the page; and no figure of the others moves with its marks."""
    ecarte = salle.membres[3]
    for dossier in salle.dossiers:
        lire(dossier, ecarte, 3)
    salle.deporter(ecarte, salle.dossiers[1])
    avant = page(client, ecarte.user, adresse(salle))
    for trace in (salle.dossiers[1].numero, "Projet 2", "3 dossiers"):
        assert trace not in avant
    assert set(rangees(avant)) == {"Projet 1", "Projet 3"}
    lire(salle.dossiers[1], salle.membres[4], 0)
    lire(salle.dossiers[1], salle.membres[5], 5)
    apres = page(client, ecarte.user, adresse(salle))
    assert rangees(apres) == rangees(avant)
    assert re.findall(r"<svg.*?</svg>", apres, re.S) == re.findall(r"<svg.*?</svg>", avant, re.S)


def test_a_recused_member_is_told_nothing_by_an_hypothesis(client, salle):
    """A reader known by the closed dossier alone is no choice of the form."""
    ecarte, seul = salle.membres[3], salle.membres[4]
    lire(salle.dossiers[0], ecarte, 3)
    salle.deporter(ecarte, salle.dossiers[1])
    lire(salle.dossiers[1], seul, 3)
    assert "Choisissez des personnes" in page(client, ecarte.user, adresse(salle, sans=seul.pk))


def test_who_may_and_who_may_not(client, salle):
    for user in (
        salle.responsable,
        salle.president.user,
        salle.membres[1].user,
        UserFactory(role=Role.AUDITEUR),
    ):
        page(client, user, adresse(salle))
    for user in (salle.dossiers[0].titulaire, UserFactory(role=Role.EXPERT), UserFactory()):
        page(client, user, adresse(salle), status=404)


def test_amounts_are_not_ranked(client):
    salle = Salle.d_arbitrage()
    page(client, salle.responsable, adresse(salle), status=404)


def test_it_costs_the_same_for_one_dossier_and_for_three(client, salle):
    couts = []
    for user in (salle.responsable, salle.membres[1].user):
        client.force_login(user)
        client.get(adresse(salle))
        with compter() as compte:
            client.get(adresse(salle))
        couts.append(compte.requetes)
        assert compte.requetes <= 12, str(compte)
    petite = Salle(type_=TypeSeance.PRE_SELECTION).convoquer().declarer()
    lire(petite.dossiers[0], petite.membres[1], 3)
    for user, cout in zip((petite.responsable, petite.membres[1].user), couts, strict=True):
        client.force_login(user)
        client.get(adresse(petite))
        with compter() as compte:
            client.get(adresse(petite))
        assert compte.requetes == cout, str(compte)


def test_the_ranking_is_cut_at_the_last_place_of_the_wave(client, salle):
    assert "reste à la" not in page(client, salle.responsable, adresse(salle))
    fixer_les_places(salle.vague.appel, {salle.vague.numero: 1}, par=salle.responsable)
    texte = page(client, salle.responsable, adresse(salle))
    corps = re.search(r"<tbody>(.*?)</tbody>", texte, re.S)[1]
    assert ["Au-dessus, la place qui reste" in ligne for ligne in corps.split("</tr>")[:3]] == [
        False,
        True,
        False,
    ]
    assert "reste à la" not in page(client, salle.responsable, adresse(salle, tri="brut"))
