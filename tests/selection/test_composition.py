"""An agenda made by filters, order and groups; rapporteurs shared out and seen before anything is written."""

import html
import re

import pytest
from django.urls import reverse

from candidatures.models import Site
from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.models import DeclarationInterets, PointOrdreDuJour, TypeSeance
from tests.factories.candidatures import MembreFactory
from tests.factories.instruction import dossier_depose, pris_en_charge
from tests.factories.programme import VagueFactory
from tests.factories.selection import Salle, dossier_recevable
from tests.outils.compteur import compter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
TERRITOIRES = ("RURAL", "QPV", "RURAL")


@pytest.fixture
def salle() -> Salle:
    """Three admissible dossiers, two rural and one of a quartier; nothing on the agenda."""
    salle = Salle(type_=TypeSeance.PRE_SELECTION, dossiers=3)
    for dossier, territoire in zip(salle.dossiers, TERRITOIRES, strict=True):
        Site.objects.filter(dossier=dossier, principal=True).update(type_territoire=territoire)
    return salle


def adresse(salle, nom="composer", **demande) -> str:
    return reverse(f"selection:{nom}", args=[salle.seance.pk], query=demande)


def page(client, user, adresse, status=200) -> str:
    client.force_login(user)
    reponse = client.get(adresse)
    assert reponse.status_code == status
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


def poster(client, user, adresse, **donnees):
    client.force_login(user)
    return client.post(adresse, donnees)


def proposes(texte) -> list[str]:
    return re.findall(r'name="dossiers" value="(\d+)"', texte)


def inscrits(salle) -> list[str]:
    return list(salle.seance.points.order_by("rang").values_list("dossier__nom_projet", flat=True))


# -- The agenda ------------------------------------------------------------------------------------------------------
def test_it_filters_and_groups_by_territory(client, salle):
    texte = page(client, salle.responsable, adresse(salle, groupement="territoire"))
    assert "Quartier prioritaire ou à proximité, 1 dossier" in texte
    assert "Zone rurale, 2 dossiers" in texte
    un, deux, trois = (str(d.pk) for d in salle.dossiers)
    assert proposes(texte) == [deux, un, trois]
    assert proposes(page(client, salle.responsable, adresse(salle, territoire="QPV"))) == [deux]


def test_it_groups_by_filiere_and_filters_by_it(client, salle):
    filiere = salle.dossiers[0].filieres.order_by("libelle").first()
    assert f"{filiere.libelle}, 3 dossiers" in page(
        client, salle.responsable, adresse(salle, groupement="filiere")
    )
    salle.dossiers[2].filieres.clear()
    assert "Sans filière, 1 dossier" in page(client, salle.responsable, adresse(salle, groupement="filiere"))
    filtre = page(client, salle.responsable, adresse(salle, filiere=filiere.pk))
    assert str(salle.dossiers[2].pk) not in proposes(filtre)
    assert len(proposes(filtre)) == 2


def test_an_empty_answer_says_so_and_offers_to_clear(client, salle):
    assert "Effacer les filtres" in page(client, salle.responsable, adresse(salle, territoire="AUTRE"))


def test_what_is_checked_goes_on_the_agenda_in_the_order_seen(client, salle):
    deux, un = salle.dossiers[1].pk, salle.dossiers[0].pk
    poster(client, salle.responsable, adresse(salle), action="inscrire", dossiers=[deux, un])
    assert inscrits(salle) == ["Projet 2", "Projet 1"]
    assert proposes(page(client, salle.responsable, adresse(salle))) == [str(salle.dossiers[2].pk)]


def test_nothing_checked_is_told(client, salle):
    reponse = poster(client, salle.responsable, adresse(salle), action="inscrire")
    assert "Choisissez au moins un dossier" in reponse.content.decode()
    assert not inscrits(salle)


def test_a_dossier_that_is_not_admissible_is_not_taken(client, salle):
    """Still under examination, or of another wave."""
    en_examen = pris_en_charge(dossier_depose(vague=salle.vague)).dossier
    ailleurs = dossier_recevable(VagueFactory(close=True, numero=7))
    cles = [en_examen.pk, ailleurs.pk, "x"]
    poster(client, salle.responsable, adresse(salle), action="inscrire", dossiers=cles)
    assert not inscrits(salle)


def test_the_agenda_is_put_in_order(client, salle):
    salle.inscrire()
    poster(client, salle.responsable, adresse(salle), action="ordonner", ordre="territoire")
    assert inscrits(salle) == ["Projet 2", "Projet 1", "Projet 3"]
    assert list(salle.seance.points.order_by("rang").values_list("rang", flat=True)) == [1, 2, 3]
    assert Entree.objects.filter(fil=salle.seance.fil, action="ordonner").count() == 1
    poster(client, salle.responsable, adresse(salle), action="ordonner", ordre="territoire")
    assert Entree.objects.filter(fil=salle.seance.fil, action="ordonner").count() == 1


def test_a_summoned_agenda_is_no_longer_ordered(salle):
    salle.convoquer()
    cles = list(salle.seance.points.order_by("-rang").values_list("pk", flat=True))
    with pytest.raises(TransitionInterdite):
        salle.seance.ordonner(cles, par=salle.responsable)
    assert inscrits(salle) == ["Projet 1", "Projet 2", "Projet 3"]


def test_an_order_that_forgets_an_item_is_refused(salle):
    salle.inscrire()
    with pytest.raises(TransitionInterdite, match="a changé"):
        salle.seance.ordonner([salle.seance.points.first().pk], par=salle.responsable)


# -- The rapporteurs -------------------------------------------------------------------------------------------------
def choisis(texte) -> dict[str, str]:
    """Item's field -> the member selected on the page."""
    lus = {}
    for nom, liste in re.findall(r'<select[^>]*name="(point-\d+)"[^>]*>(.*?)</select>', texte, re.S):
        choix = re.search(r'<option value="(\d*)" selected', liste)
        lus[nom] = choix[1] if choix else ""
    return lus


def test_the_preview_writes_nothing_and_what_it_shows_is_what_is_named(client, salle):
    salle.inscrire()
    choix = choisis(page(client, salle.responsable, adresse(salle, "rapporteurs")))
    assert len(choix) == 3
    assert len(set(choix.values())) == 3
    assert not PointOrdreDuJour.objects.exclude(rapporteur=None).exists()
    poster(client, salle.responsable, adresse(salle, "rapporteurs"), action="nommer", **choix)
    nommes = {f"point-{p.pk}": str(p.rapporteur_id) for p in salle.seance.points.all()}
    assert nommes == choix
    assert Entree.objects.filter(fil=salle.seance.fil, action="nommer_rapporteurs").count() == 1


def test_the_chair_reports_on_nothing_unless_asked_by_hand(client, salle):
    salle.inscrire()
    texte = page(client, salle.responsable, adresse(salle, "rapporteurs"))
    choix = choisis(texte)
    assert str(salle.president.pk) not in choix.values()
    premier = next(iter(choix))
    choix[premier] = str(salle.president.pk)
    poster(client, salle.responsable, adresse(salle, "rapporteurs"), action="nommer", **choix)
    assert salle.seance.points.filter(rapporteur=salle.president).count() == 1


def test_those_already_named_stay_unless_all_is_shared_out_again(client, salle):
    salle.inscrire()
    point = salle.seance.points.first()
    salle.seance.nommer_rapporteur(point, salle.president, par=salle.responsable)
    garde = choisis(page(client, salle.responsable, adresse(salle, "rapporteurs")))
    assert garde[f"point-{point.pk}"] == str(salle.president.pk)
    tout = choisis(page(client, salle.responsable, adresse(salle, "rapporteurs", tout=1)))
    assert tout[f"point-{point.pk}"] != str(salle.president.pk)


def test_whoever_an_interest_keeps_away_is_neither_proposed_nor_accepted(client, salle):
    salle.convoquer()
    dossier, (membre, equipier, lie) = salle.dossiers[0], salle.membres[1:4]
    salle.deporter(membre, dossier)
    MembreFactory(dossier=dossier, user=equipier.user, droit="LECTEUR")
    reponses = {d.pk: ("AUCUN", "") for d in salle.dossiers} | {dossier.pk: ("LIEN", "Une amie y travaille.")}
    DeclarationInterets.signer(salle.seance, lie, reponses, par=lie.user)
    point = salle.seance.points.get(dossier=dossier)
    texte = page(client, salle.responsable, adresse(salle, "rapporteurs"))
    liste = re.search(rf'<select[^>]*name="point-{point.pk}"[^>]*>(.*?)</select>', texte, re.S)[1]
    for ecarte in (membre, equipier, lie):
        assert f'value="{ecarte.pk}"' not in liste
        choix = choisis(texte) | {f"point-{point.pk}": str(ecarte.pk)}
        reponse = poster(client, salle.responsable, adresse(salle, "rapporteurs"), action="nommer", **choix)
        assert "ne peut pas rapporter" in reponse.content.decode()
    assert not salle.seance.points.exclude(rapporteur=None).exists()
    with pytest.raises(TransitionInterdite, match="déporté"):
        salle.seance.nommer_rapporteurs({point.pk: membre.pk}, par=salle.responsable)


def test_only_the_secretariat_prepares(client, salle):
    salle.convoquer()
    for nom in ("composer", "rapporteurs"):
        page(client, salle.president.user, adresse(salle, nom))
        page(client, salle.membres[1].user, adresse(salle, nom), status=403)
        page(client, salle.dossiers[0].titulaire, adresse(salle, nom), status=404)
    with pytest.raises(GesteInterdit):
        salle.seance.nommer_rapporteurs({}, par=salle.membres[1].user)


def test_the_chair_does_not_see_what_they_stepped_back_from(client, salle):
    salle.convoquer()
    salle.deporter(salle.president, salle.dossiers[1])
    texte = page(client, salle.president.user, adresse(salle, "rapporteurs"))
    assert "Projet 2" not in texte
    assert len(choisis(texte)) == 2


def test_both_pages_cost_the_same_for_one_dossier_and_for_three(client, salle):
    petite = Salle(type_=TypeSeance.PRE_SELECTION).inscrire()
    salle.inscrire()
    client.force_login(salle.responsable)
    for nom in ("composer", "rapporteurs"):
        couts = []
        for une in (petite, salle):
            client.get(adresse(une, nom))
            with compter() as compte:
                client.get(adresse(une, nom))
            couts.append(compte.requetes)
            assert compte.requetes <= 15, str(compte)
        assert couts[0] == couts[1], (nom, couts)


def test_naming_twenty_rapporteurs_costs_what_naming_one_does(client, salle):
    salle.inscrire()
    membre = salle.membres[1]
    points = list(salle.seance.points.values_list("pk", flat=True))
    couts = []
    for lot in (points[:1], points):
        with compter() as compte:
            salle.seance.nommer_rapporteurs(dict.fromkeys(lot, membre.pk), par=salle.responsable)
        couts.append(compte.requetes)
    assert couts[0] == couts[1]
