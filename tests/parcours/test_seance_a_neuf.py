"""A sitting in nine windows at once: secretary, chair, seven members, one recused, one represented.

Five dossiers, one of them heard, go from presence to minutes and published decisions; a later sitting arbitrates them.
"""

import pytest
from django.core.management import call_command

from candidatures.models import Dossier
from manufactures import horloge, registres
from manufactures.actes.models import Acte
from manufactures.actes.tasks import produire
from manufactures.comptes.models import User
from manufactures.procedure import Etat
from selection.models import Avis, Decision, EtatSeance, Scrutin
from selection.tasks import publier_decisions
from tests.parcours import neuf as n
from tests.parcours.comite import ce_soir, maintenant
from tests.parcours.monde import courriel
from tests.parcours.neuf import NOMS, Neuf

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur, pytest.mark.long]
FONDE = "Plan définitif équilibré, devis concordants, l'amorçage est ramené à un exercice."
TELEPHONE = {"viewport": {"width": 360, "height": 740}}
PROJECTEUR = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture
def neuf(monde, asseoir, monkeypatch):
    """Nine windows: two boards on projectors, seven phones. Acts stay ordered; only the minutes are rendered."""
    rendre = produire.apply_async
    monkeypatch.setattr(
        produire, "apply_async", lambda args, **options: est_un_pv(*args) and rendre(args=args, **options)
    )
    dossiers = n.cinq_dossiers(monde)
    membres = [asseoir(compte(f"comite{rang}"), **TELEPHONE) for rang in range(1, 8)]
    secretaire, president = (asseoir(compte(nom), **PROJECTEUR) for nom in ("responsable", "president"))
    return Neuf(secretaire, president, membres, monde, dossiers)


def est_un_pv(acte: int) -> bool:
    """Minutes, among the acts."""
    return Acte.objects.filter(pk=acte, genre__startswith="pv_").exists()


def compte(nom: str):
    """Somebody of the world, by the name of the account."""
    return User.objects.get(email=courriel(nom))


def test_a_sitting_of_five_dossiers_then_its_arbitration(neuf, asseoir, constat):
    n.preparer(neuf, "SELECTION")
    n.declarer(neuf)
    entendre(neuf, asseoir)
    n.arriver(neuf)
    n.ouvrir(neuf)
    deliberer(neuf)
    le_proces_verbal(neuf)
    publier(neuf, asseoir)
    arbitrer(neuf, asseoir)
    constat.conclure()
    horloge.oublier()
    call_command("verifier_journal")
    siens = [(nom, f) for nom, f in registres._invariants if not f.__module__.startswith("accompagnement.")]
    assert siens  # the incubation is skipped here: its own invariants are the journey's
    assert {nom: violations for nom, f in siens if (violations := list(f()))} == {}


def entendre(neuf, asseoir) -> None:
    """The first project is heard: summoned, confirmed by its porteur, written up by the secretary."""
    dossier = neuf.dossiers[0]
    adresse = f"/comite/dossiers/{dossier.numero}/audition/"
    neuf.secretaire.aller(adresse).faire("auditionner", debut=ce_soir(), lieu="à Paris")
    porteur = asseoir(dossier.titulaire)
    porteur.aller(f"/dossiers/{dossier.numero}/audition/")
    porteur.faire("confirmer_audition", participants="Awa Diallo, gérante").lit("Audition confirmée")
    neuf.secretaire.aller(adresse).faire("consigner_audition", notes="Un planning des fours est écrit.")


def deliberer(neuf) -> None:
    """Three are kept, one after a tie; one is adjourned, one refused. A phone loses the network on the way."""
    neuf.secretaire.aller(neuf.ici).faire(
        "prendre_note", notes="Le comité salue le planning partagé des fours"
    )
    n.mettre_aux_voix(neuf, "AVIS", ["POUR"] * 8)
    n.avis(neuf, "FAVORABLE", "Projet solide et partagé.")

    recuse = neuf.membre(n.DEPORTE)
    n.voit(recuse, "Ce point se traite sans vous")
    assert NOMS[1] not in recuse.texte()
    neuf.secretaire.aller(neuf.ici).faire("constater_sortie").lit("sorti à")
    n.mettre_aux_voix(neuf, "AVIS", ["POUR"] * 6 + ["ABSTENTION"], sauf=(n.DEPORTE,))
    assert NOMS[1] not in recuse.texte()
    n.avis(neuf, "FAVORABLE", "Lien étroit avec le territoire.")

    n.couper_le_reseau(neuf)
    n.mettre_en_pause(neuf)
    n.retablir_le_reseau(neuf)
    n.mettre_aux_voix(neuf, "AVIS", ["POUR"] * 4 + ["CONTRE"] * 4)
    neuf.president.lit("la question se vote une seconde fois")
    n.mettre_aux_voix(neuf, "AVIS", ["POUR"] * 6 + ["CONTRE"] * 2)
    n.avis(neuf, "FAVORABLE", "Le second tour lève les réserves.")

    n.mettre_aux_voix(neuf, "AVIS", ["POUR"] * 2 + ["CONTRE"] * 6)
    n.mettre_aux_voix(neuf, "AJOURNEMENT", ["POUR"] * 7 + ["BLANC"])
    n.avis(neuf, "AJOURNEMENT", "Le bail n'est pas signé.")

    n.mettre_aux_voix(neuf, "AVIS", ["CONTRE"] * 7 + ["POUR"])
    n.avis(neuf, "DEFAVORABLE", "L'usage partagé n'est ni daté ni garanti.")


def le_proces_verbal(neuf) -> None:
    """It wrote itself, and two persons signed it."""
    assert n.clore(neuf).startswith(b"%PDF")
    neuf.seance.refresh_from_db()
    pv = neuf.seance.pv.instantane
    assert neuf.seance.etat == EtatSeance.CLOSE
    assert (pv["presents"], pv["representes"], pv["quorum"]) == (7, 1, 5)
    assert [d["avis"] for d in pv["dossiers"]] == [
        "favorable",
        "favorable",
        "favorable",
        "ajournement",
        "défavorable",
    ]
    assert [d["votants"] for d in pv["dossiers"]] == [8, 7, 8, 8, 8]
    assert pv["dossiers"][0]["debats"] == "Le comité salue le planning partagé des fours"
    assert pv["dossiers"][1]["deports"][0]["sortie"]
    assert [s["issue"] for s in pv["dossiers"][2]["autres_scrutins"]] == [
        "égalité, la question est votée une seconde fois"
    ]
    assert len(pv["seance"]["suspensions"]) == 1
    assert {s.qualite for s in neuf.seance.signatures.all()} == {"PRESIDENCE", "SECRETARIAT"}
    assert Scrutin.objects.filter(point__seance=neuf.seance).count() == 7


def publier(neuf, asseoir) -> None:
    """Drafted together by the agent, signed by the holder of the delegation, sent at one instant; nothing before."""
    agent, signataire = asseoir(compte("agent")), asseoir(compte("responsable2"))
    visiteur, porteur = asseoir(None), neuf.dossiers[3].titulaire
    agent.aller("/pilotage/decisions/").faire("preparer")
    signataire.aller("/pilotage/decisions/")
    n.cocher_tout(signataire, "decisions")
    signataire.faire("signer")
    visiteur.aller("/laureats/")
    assert not any(nom in visiteur.texte() for nom in NOMS)
    ajourne = asseoir(porteur).constate(neuf.dossiers[3].numero, "AVIS_RENDU")
    neuf.secretaire.aller("/pilotage/decisions/")
    n.cocher_tout(neuf.secretaire, "decisions")
    neuf.secretaire.faire("programmer", instant=maintenant())
    publier_decisions()
    etats = [Dossier.objects.get(pk=dossier.pk).etat for dossier in neuf.dossiers]
    assert etats == [Etat.LAUREAT] * 3 + [Etat.AJOURNE, Etat.NON_RETENU]
    visiteur.aller("/laureats/").lit(*NOMS[:3])
    ajourne.constate(neuf.dossiers[3].numero, "AJOURNE")


def arbitrer(neuf, asseoir) -> None:
    """After their incubation (the stage above is skipped), the same committee votes their amounts by show of hands."""
    laureats = neuf.dossiers[:3]
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in laureats]).update(etat=Etat.EN_ARBITRAGE)
    n.preparer(neuf, "ARBITRAGE", scrutin_secret=False)
    points = list(neuf.seance.points.order_by("rang"))
    montants = {"investissement": "20000", "amorcage": "5000", "jours": "10", "motif": FONDE}
    agent = asseoir(compte("agent"))
    for point in points:
        bouton = f'main form:has([name="point-{point.pk}-motif"]) button[value="proposer"]'
        champs = {f"point-{point.pk}-{nom}": valeur for nom, valeur in montants.items()}
        agent.aller(f"{neuf.ici}arbitrage/").envoyer(bouton, **champs)
    n.arriver(neuf)
    n.ouvrir(neuf)
    for rang, _ in enumerate(points):
        if rang == 1:
            neuf.secretaire.aller(neuf.ici).faire("constater_sortie")
        neuf.president.aller(neuf.ici).faire("ouvrir_scrutin")
        neuf.secretaire.aller(neuf.ici)
        voix = neuf.secretaire.page.locator("main select[name^=choix-]")
        noms = [voix.nth(i).get_attribute("name") for i in range(voix.count())]
        assert len(noms) == (7 if rang == 1 else 8)
        neuf.secretaire.faire("consigner_votes", **dict.fromkeys(noms, "POUR"))
        neuf.president.aller(neuf.ici).faire("clore_scrutin").lit(f"{len(noms)} pour")
        n.avis(neuf, "FAVORABLE", "Le bilan d'incubation montre un projet prêt à investir.")
    assert n.clore(neuf).startswith(b"%PDF")
    assert Avis.objects.filter(seance=neuf.seance, sens="FAVORABLE").count() == 3
    agent.aller("/pilotage/decisions/").faire("preparer")
    assert Decision.objects.filter(sens="ATTRIBUTION", dossier__in=laureats).count() == 3
