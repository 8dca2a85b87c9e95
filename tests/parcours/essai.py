import pytest
from tests.parcours import instruction, comite
from tests.factories.instruction import pris_en_charge, dossier_depose, remplir
from tests.factories.programme import VagueFactory
from manufactures.comptes.models import User
from manufactures import horloge
from datetime import timedelta
from tests.parcours.monde import courriel
def u(n): return User.objects.get(email=courriel(n))
def test_essai(entrer, monde, constat):
    monde.clore_la_vague()
    horloge.oublier()
    monde.vague.refresh_from_db()
    d = dossier_depose(vague=monde.vague, titulaire=u("porteur"), nom=instruction.NOM)
    numero = d.numero
    g = remplir(pris_en_charge(d, par=u("agent")))
    d.passer("declarer_recevable", par=u("agent"))
    porteur, agent, responsable, signataire, president = [entrer(n) for n in ("porteur", "agent","responsable","responsable2","president")]
    visiteur = entrer("visiteur", signe=False)
    membres = [entrer(n) for n in comite.DEUX_MEMBRES]
    responsable.attendu("1 dossier recevable")
    seance = comite.preparer(responsable, porteur, numero, "SELECTION")
    porteur.constate(numero, "EN_COMITE")
    comite.declarer_les_interets([president, *membres], seance, monde, numero)
    comite.lire(membres[0], numero)
    comite.entendre(responsable, porteur, numero)
    comite.ouvrir(president, responsable, membres, seance, monde)
    comite.voter_en_secret(president, membres, numero)
    comite.rendre_l_avis(president, responsable)
    porteur.constate(numero, "AVIS_RENDU")
    comite.decider(agent, signataire, responsable, sens="LABELLISATION")
    comite.publier_le_laureat(porteur, visiteur, numero)
    constat.conclure()
