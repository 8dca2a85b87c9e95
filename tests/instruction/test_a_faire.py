"""Home lines of the agency: late opinions are told to whoever may ask again, a closed dossier is told to nobody."""

from datetime import timedelta

import pytest

from instruction.models import AvisTiers, Instruction, LienDeclare
from instruction.personnes import responsables_de
from manufactures import horloge
from manufactures.attentes import taches_pour
from tests.factories.instruction import (
    agent,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    responsable,
    signataire,
    vague_close,
)

pytestmark = pytest.mark.django_db


def demander_un_avis(instruction, en_retard=True):
    avis = AvisTiers.demander(
        instruction.dossier,
        par=instruction.instructeur,
        organisme="PREFECTURE",
        nom="Préfecture de l'Aude",
        courriel="developpement@aude.gouv.test",
        echeance=horloge.aujourd_hui() + timedelta(days=21),
    )
    if en_retard:
        AvisTiers.objects.filter(pk=avis.pk).update(echeance=horloge.maintenant() - timedelta(days=2))
    return avis


def retards(user):
    user = type(user).objects.get(pk=user.pk)
    return [tache for tache in taches_pour(user) if "Avis non reçu" in tache.libelle]


def lier(dossier, qui):
    LienDeclare.declarer(dossier, agent=qui, par=qui, nature="FAMILIAL", precision="Mon frère y préside.")


# -- Late opinions -----------------------------------------------------------------------------------------------
def test_a_late_opinion_is_on_the_home_page_of_the_agent_who_asked():
    instruction, collegue, chef = pris_en_charge(), agent(), responsable()
    avis = demander_un_avis(instruction)

    (ligne,) = retards(instruction.instructeur)

    assert "Préfecture de l'Aude" in ligne.libelle and "La Soudée" in ligne.objet
    assert ligne.en_retard and ligne.url == f"/instruction/{instruction.dossier.numero}/avis/"
    assert retards(collegue) == retards(chef) == retards(instruction.dossier.titulaire) == []
    avis.retirer(par=instruction.instructeur, motif="Le préfet l'a dit au téléphone.")
    assert retards(instruction.instructeur) == []


def test_an_opinion_in_time_is_no_line():
    instruction = pris_en_charge()
    demander_un_avis(instruction, en_retard=False)
    assert retards(instruction.instructeur) == []


def test_without_an_agent_the_responsables_are_told_but_not_those_with_a_link():
    instruction, chef, lie = pris_en_charge(), responsable(), responsable()
    demander_un_avis(instruction)
    lier(instruction.dossier, lie)
    Instruction.objects.filter(pk=instruction.pk).update(instructeur=None)

    assert len(retards(chef)) == 1
    assert retards(lie) == retards(instruction.instructeur) == []


# -- Declared links ----------------------------------------------------------------------------------------------
def test_a_responsable_with_a_link_is_neither_told_nor_written_to():
    instruction, chef, lie = pris_en_charge(), responsable(), responsable()
    assert {chef, lie} <= set(responsables_de(instruction.dossier))

    lier(instruction.dossier, lie)
    assert chef in responsables_de(instruction.dossier)
    assert lie not in responsables_de(instruction.dossier)

    LienDeclare.objects.get().lever(par=chef, motif="Le frère a quitté le bureau.")
    assert lie in responsables_de(instruction.dossier)


def test_a_refusal_to_sign_and_a_dossier_to_take_are_not_proposed_to_whoever_has_a_link():
    vague = vague_close()
    instruction = refus_propose(dossier=dossier_depose(vague=vague))
    libre = dossier_depose(vague=vague, nom="Le Fournil")
    chef = signataire(appel=vague.appel)

    def numeros():
        lues = [tache.url for tache in taches_pour(type(chef).objects.get(pk=chef.pk))]
        return {d.numero for d in (instruction.dossier, libre) if any(d.numero in url for url in lues)}

    assert numeros() == {instruction.dossier.numero, libre.numero}
    lier(instruction.dossier, chef)
    lier(libre, chef)
    assert numeros() == set()
