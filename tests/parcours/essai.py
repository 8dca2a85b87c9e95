from manufactures import horloge
from manufactures.comptes.models import User
from tests.factories.instruction import dossier_depose, pris_en_charge, remplir
from tests.parcours import comite, incubation, instruction, jours, subvention
from tests.parcours.monde import courriel


def u(n):
    return User.objects.get(email=courriel(n))


def test_essai(entrer, monde, constat):
    monde.clore_la_vague()
    horloge.oublier()
    monde.vague.refresh_from_db()
    d = dossier_depose(vague=monde.vague, titulaire=u("porteur"), nom=instruction.NOM)
    numero = d.numero
    g = remplir(pris_en_charge(d, par=u("agent")))
    d.passer("declarer_recevable", par=u("agent"))
    from tests.factories.selection import Salle

    s = Salle.__new__(Salle)
    s.vague = monde.vague
    s.membres = monde.membres
    s.president = monde.membres[0]
    s.responsable = u("responsable")
    s.signataire = u("responsable2")
    s.dossiers = [d]
    s.options = {"scrutin_secret": True, "a_distance": False}
    s.seance = s.prevoir("SELECTION")
    s.ouvrir()
    s.avis_favorable()
    s.clore()
    s.publier(s.decision(d))
    porteur, agent, responsable, signataire, president, expert = [
        entrer(n) for n in ("porteur", "agent", "responsable", "responsable2", "president", "expert")
    ]
    incubation.ouvrir_la_promotion(agent, porteur, numero)
    incubation.tenir_un_module(agent, expert)
    incubation.remettre_un_livrable(porteur, expert)
    incubation.geler_le_bilan(agent, porteur, numero)
    responsable.aller("/comite/")
    seance = comite.preparer(responsable, porteur, numero, "ARBITRAGE", scrutin_secret=False)
    subvention.proposer_les_montants(agent, seance, numero)
    comite.ouvrir(president, responsable, [], seance, monde)
    subvention.voter_les_montants(president, responsable)
    comite.decider(agent, signataire, responsable, sens="ATTRIBUTION")
    porteur.constate(numero, "EN_ACCOMPAGNEMENT")
    subvention.signer_la_convention(porteur, agent, signataire)
    subvention.verser_l_avance(porteur, agent, responsable, signataire)
    jours.ouvrir_le_credit(responsable, porteur)
    jours.commander_une_mission(agent, porteur, expert, responsable, numero)
    jours.noter_et_confirmer(expert, porteur, numero)
    constat.conclure()
