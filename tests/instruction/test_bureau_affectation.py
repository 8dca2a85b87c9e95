"""Bulk assignment: what would be given to whom is shown first, then given by the real deed, one dossier at a time."""

import pytest
from django.urls import reverse

from candidatures.models import Dossier
from instruction.affectation import Agents, Methode, Repartition, a_repartir, attribuer
from instruction.models import Instruction, LienDeclare
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from tests.factories.candidatures import MembreFactory
from tests.factories.instruction import (
    agent,
    dossier_depose,
    pris_en_charge,
    remplir,
    responsable,
    vague_close,
)
from tests.factories.programme import CommuneFactory, DepartementFactory, RegionFactory, VagueFactory
from tests.instruction.test_liste import texte
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
ADRESSE = reverse("instruction:affectation")


@pytest.fixture
def equipe():
    """Two agents; the first already holds a grid."""
    alix, bruno = agent(prenom="Alix", nom="Roy"), agent(prenom="Bruno", nom="Sel")
    pris_en_charge(dossier_depose(nom="Déjà"), par=alix)
    return alix, bruno


def libres():
    return list(a_repartir(Dossier.objects.all(), reaffecter=False).order_by("depose_le", "pk"))


def proposition(methode, *choisis):
    return Repartition(Agents(libres()), list(choisis), methode)


def noms(repartition):
    return {
        part.agent.prenom: sorted(d.nom_projet for d in part.dossiers) for part in repartition.parts.values()
    }


def lier(dossier, qui):
    return LienDeclare.declarer(dossier, agent=qui, par=qui, nature="FAMILIAL", precision="Sa sœur.")


# -- Who would get what ------------------------------------------------------------------------------------------
def test_by_load_the_least_loaded_first(equipe):
    alix, bruno = equipe
    for nom in "ABC":
        dossier_depose(nom=nom)

    proposee = proposition(Methode.CHARGE, alix, bruno)

    assert {part.agent.prenom: (part.avant, part.apres) for part in proposee.parts.values()} == {
        "Alix": (1, 2),
        "Bruno": (0, 2),
    }
    assert Instruction.objects.count() == 1  # nothing is done yet


def test_by_territory_a_departement_stays_whole_with_who_knows_it(equipe):
    alix, bruno = equipe
    ardeche = DepartementFactory(code="07", nom="Ardèche", region=RegionFactory())
    privas = CommuneFactory(code="07186", nom="Privas", recherche="privas", departement=ardeche)
    for nom in ("Ici 1", "Ici 2"):
        dossier_depose(nom=nom)  # Drôme, where Alix holds one
    for nom in ("Là 1", "Là 2", "Là 3"):
        dossier_depose(nom=nom).sites.update(commune=privas)

    assert noms(proposition(Methode.TERRITOIRE, alix, bruno)) == {
        "Alix": ["Ici 1", "Ici 2"],
        "Bruno": ["Là 1", "Là 2", "Là 3"],
    }


@pytest.mark.parametrize("methode", Methode)
def test_a_declared_link_or_a_candidature_is_never_passed_over(equipe, methode):
    alix, bruno = equipe
    lie = dossier_depose(nom="Lié")
    lier(lie, alix)
    autre = VagueFactory(close=True, appel=lie.vague.appel, numero=2)
    siens = dossier_depose(nom="Même vague", vague=autre)
    MembreFactory(dossier=dossier_depose(nom="Le sien", vague=autre), user=bruno, droit="LECTEUR")

    seule = proposition(methode, alix)
    assert "Lié" not in noms(seule)["Alix"]
    assert ("Lié", "lien déclaré") in {(d.nom_projet, motif) for d, motif in seule.restes}
    ensemble = noms(proposition(methode, alix, bruno))
    assert "Lié" in ensemble["Bruno"]
    assert siens.nom_projet in ensemble["Alix"]


def test_what_can_be_given(equipe):
    alix, _ = equipe
    dossier_depose(nom="Libre")
    conclu = remplir(pris_en_charge(dossier_depose(nom="Conclu"), par=alix))
    conclu.dossier.passer("declarer_recevable", par=alix)
    VagueFactory(appel=conclu.dossier.vague.appel, numero=2)

    assert [d.nom_projet for d in libres()] == ["Libre"]
    toutes = a_repartir(Dossier.objects.all(), reaffecter=True)
    assert sorted(d.nom_projet for d in toutes) == ["Déjà", "Libre"]


def test_a_grid_given_back_is_to_be_given_again(equipe):
    alix, bruno = equipe
    rendu = pris_en_charge(dossier_depose(nom="Rendu"), par=bruno).dossier
    lier(rendu, bruno)
    assert [d.nom_projet for d in libres()] == ["Rendu"]

    attributions = [(d, qui, None) for d, qui in proposition(Methode.CHARGE, alix).attributions()]
    faits, refus = attribuer(attributions, par=responsable())
    assert (dict(faits), refus) == ({"Alix Roy": 1}, [])
    assert Instruction.objects.get(dossier=rendu).instructeur == alix


# -- The deeds ---------------------------------------------------------------------------------------------------
def test_each_dossier_has_its_own_deed_and_entry_and_one_refusal_stops_no_other(equipe):
    alix, bruno = equipe
    a, b, c = (dossier_depose(nom=nom) for nom in "ABC")
    pris_en_charge(b, par=bruno)  # meanwhile
    lier(c, alix)
    chef = responsable()

    faits, refus = attribuer([(Dossier.objects.get(pk=d.pk), alix, None) for d in (a, b, c)], par=chef)

    assert dict(faits) == {"Alix Roy": 1}
    assert [phrase.split("\u00a0: ")[0] for phrase in refus] == ["B", "C"]
    assert "Bruno Sel l'instruit depuis" in refus[0]
    assert Instruction.objects.get(dossier=b).instructeur == bruno
    assert Instruction.objects.get(dossier=a).instructeur == alix
    assert Dossier.objects.get(pk=c.pk).etat == Etat.DEPOSE
    assert Entree.objects.filter(fil=a.fil, action="prendre_en_charge", acteur=chef).count() == 1
    assert not Entree.objects.filter(fil=c.fil, action="prendre_en_charge").exists()


# -- The page ----------------------------------------------------------------------------------------------------
def test_from_the_ticks_to_the_deed(client, equipe):
    alix, bruno = equipe
    a, b, reste = (dossier_depose(nom=nom) for nom in ("A", "B", "Reste"))
    client.force_login(responsable())
    coches = {"d": [a.numero, b.numero], "etat": "DEPOSE"}

    page = texte(client.get(ADRESSE, coches))
    assert "2 dossiers cochés, 2 dossiers à répartir." in page
    assert "Alix Roy (1 en cours)" in page
    assert "Répartition proposée" not in page
    choix = {**coches, "methode": "charge", "agents": [alix.pk, bruno.pk]}
    reponse = client.get(ADRESSE, choix)
    assert "Répartition proposée" in texte(reponse)
    assert Instruction.objects.count() == 1

    paires = [f"{d.numero}:{qui.pk}:0" for d, qui in reponse.context["proposition"].attributions()]
    assert [f'value="{paire}"' in texte(reponse) for paire in paires] == [True, True]
    fait = client.post(ADRESSE + "?etat=DEPOSE", {"attribution": paires}, follow=True)
    assert fait.redirect_chain == [("/instruction/?etat=DEPOSE", 302)]
    assert "2 dossiers affectés : " in texte(fait)
    assert Instruction.objects.count() == 3
    assert not Instruction.objects.filter(dossier=reste).exists()


def test_the_whole_list_when_nothing_is_ticked_and_wrong_choices_are_told(client, equipe):
    alix, bruno = equipe
    for nom in "AB":
        dossier_depose(nom=nom)
    client.force_login(responsable())

    assert "Toute la liste, 2 dossiers à répartir." in texte(client.get(ADRESSE, {"etat": "DEPOSE"}))
    deux = client.get(ADRESSE, {"methode": "main", "agents": [alix.pk, bruno.pk]})
    assert "À la main, cochez un seul agent." in texte(deux)
    assert deux.context["proposition"] is None
    for choix in ({"methode": "zut"}, {"methode": "charge"}, {"methode": "charge", "agents": ["999999"]}):
        page = client.get(ADRESSE, choix)
        assert page.status_code == 200
        assert page.context["proposition"] is None
    vide = texte(client.get(ADRESSE, {"agent": alix.pk}))
    assert "Aucun dossier de cette liste n'attend d'agent" in vide


@pytest.mark.parametrize(
    "attribution",
    ["", "zut", "D-2345-6789:1:0", "{numero}:1", "{numero}:x:0", "{numero}:99999999999:0", "{numero}:0:0"],
)
def test_a_forged_post_gives_nothing(client, attribution):
    dossier = dossier_depose()
    client.force_login(responsable())
    reponse = client.post(ADRESSE, {"attribution": attribution.format(numero=dossier.numero)})
    assert reponse.status_code == 302
    assert not Instruction.objects.exists()


def test_somebody_who_does_not_examine_receives_nothing(client):
    dossier, autre = dossier_depose(), responsable()
    client.force_login(responsable())
    client.post(ADRESSE, {"attribution": f"{dossier.numero}:{autre.pk}:0"})
    assert not Instruction.objects.exists()


def test_the_proposal_costs_the_same_at_2_and_at_8_dossiers(client, equipe):
    alix, bruno = equipe
    client.force_login(responsable())
    vague, comptes = vague_close(), {}
    for depuis, total in ((0, 2), (2, 8)):
        for rang in range(depuis, total):
            dossier_depose(vague=vague, nom=f"A{rang}")
        client.get(ADRESSE)
        with compter() as comptes[total]:
            client.get(ADRESSE, {"methode": "territoire", "agents": [alix.pk, bruno.pk]})
    assert comptes[2].requetes == comptes[8].requetes <= 15, str(comptes[8])
