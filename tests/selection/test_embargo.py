"""Until the publication nobody outside the session learns a result: two worlds that differ by nothing else, read whole.

The same sitting is lived twice from the same rows, once to a laureate, once to a refusal; what each reader is answered
at each address must be the same bytes both times, headers included, tokens drawn at random apart.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

from manufactures import horloge
from manufactures.accueil.adresses import adresses
from manufactures.procedure import Role
from selection.models import Avis, Decision, Question
from tests.factories.comptes import UserFactory
from tests.factories.selection import MOTIF, REFUS, Salle

pytestmark = pytest.mark.django_db

MARQUE = "indigo-4711"  # in each text that the session writes: opinion, decision, notes
PAR_PREFIXE = {"/comite/seances/": "seance", "/pilotage/decisions/": "decision", "/pilotage/vagues/": "vague"}
AILLEURS = {
    "<path:object_id>": "acte",
    "<section_du_dossier:section>": "projet",
    "<slug:table>": "equipements",
    "<slug:format>": "csv",
    "<slug:jeu>": "subventions",
    "<int:rang>": "1",
    "<slug:slug>": "projet-1",
    "<str:code>": "code",
    "<str:extension>": "xlsx",
    "<slug:genre>": "non_selection",
    "<slug:etape>": "comite",
    "<slug:vague>": "1",
    "<slug:nature>": "investissement",
}
CHERCHEES = [
    "/laureats/?q=Projet",
    "/laureats/?page=2",
    "/dossiers/?etat=LAUREAT",
    "/dossiers/?etat=NON_RETENU",
    "/dossiers/?q=Projet",
    "/demo/courriels/?q=d%C3%A9cision",
    "/sitemap.xml",
    "/robots.txt",
]
# What a quick test reads: the pages where a result would show first.
COURTES = re.compile(
    r"^/(accueil/|dossiers/(<str:numero>/)?|laureats/.*|donnees-ouvertes/.*|actes/.*|verifier/.*|demo/courriels/"
    r"|comite/(seances/<int:pk>/(classement/|equilibre/|arbitrage/|scenarios/|direct/)?|dossiers/<str:numero>/)?"
    r"|admin/actes/acte/|pilotage/decisions/.*)$"
)


def oublier():
    for cache in caches.all(initialized_only=True):
        cache.clear()


@contextmanager
def un_monde():
    """Whatever happens inside is undone, the numbers that the sequences gave included."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
        )
        sequences = curseur.fetchall()
    oublier()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        oublier()
        with connection.cursor() as curseur:
            for nom, valeur in sequences:
                curseur.execute("SELECT setval(%s, %s, %s)", [nom, valeur or 1, valeur is not None])


def lieux(salle, decision, motif: str) -> list[str]:
    """This pattern with the keys of the world, once a dossier where it takes one."""
    cles = {
        "seance": salle.seance.pk,
        "decision": decision.pk,
        "vague": salle.vague.pk,
        "acte": decision.acte_id,
        "code": decision.acte.code,
    }
    prefixe = next((p for p in PAR_PREFIXE if motif.startswith(p)), "")
    for trou, valeur in AILLEURS.items():
        motif = motif.replace(trou, str(cles.get(valeur, valeur)))
    motif = motif.replace("<int:pk>", str(cles.get(PAR_PREFIXE.get(prefixe), 1)))
    if "<str:numero>" not in motif:
        return [motif]
    if motif.startswith("/actes/"):
        return [motif.replace("<str:numero>", decision.acte.numero)]
    return [motif.replace("<str:numero>", dossier.numero) for dossier in salle.dossiers]


def sans_alea(octets: bytes, decision) -> str:
    """Tokens drawn at random apart, the very text."""
    corps = octets.decode("utf-8", "replace").replace(decision.acte.code, "")
    corps = re.sub(r'"(jeton|maintenant)": ("[^"]*"|\d+)', "", corps)
    corps = re.sub(r'(csrfmiddlewaretoken|cle_unique)" value="[^"]+"|X-CSRFToken": "[^"]+"', "", corps)
    return re.sub(r"csrf[tT]oken=[^;]+|nonce-[\w+/=-]+|nonce=\"[^\"]+\"|[0-9a-f-]{36}", "", corps)


ENTETES = ("Content-Type", "Location", "ETag", "Last-Modified", "Content-Disposition", "Cache-Control")


def lire(salle, decision, lecteurs, motifs) -> dict:
    """What each reader is answered at each address."""
    lus = {}
    for nom, user in lecteurs.items():
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        for motif in motifs:
            if motif.startswith("/admin/") and nom != "admin":
                continue
            for adresse in lieux(salle, decision, motif):
                reponse = client.get(adresse)
                corps = b"".join(reponse) if reponse.streaming else reponse.content
                entetes = [reponse.get(entete, "") for entete in ENTETES]
                lus[nom, adresse.replace(decision.acte.code, "CODE")] = (
                    reponse.status_code,
                    [sans_alea(entete.encode(), decision) for entete in entetes],
                    sans_alea(corps, decision),
                )
    return lus


def comparer(un: dict, autre: dict) -> None:
    """Same readers, same addresses, same answers; nothing that the session wrote."""
    assert un.keys() == autre.keys()
    assert [cle for cle in un if un[cle] != autre[cle]] == []
    assert [cle for cle, (_, _, corps) in un.items() if MARQUE in corps] == []
    # Health answers 503 and names what is away: no worker runs here.
    assert [cle for cle, (code, _, _) in un.items() if code >= 500 and cle[1] != "/sante/"] == []


def motifs_lus(courtes: bool) -> list[str]:
    """Every address of the project that a GET may reach; or those of the quick test."""
    tous = {ligne.motif for ligne in adresses() if "GET" in ligne.methodes}
    tous = {m for m in tous if "(?P" not in m and "^" not in m and "logout" not in m}
    assert len(tous) > 150
    return sorted(m for m in tous if COURTES.match(m)) if courtes else [*sorted(tous), *CHERCHEES]


def gens(salle, deporte) -> dict:
    """Everybody outside the session."""
    return {
        "anonyme": None,
        "porteur": salle.dossiers[0].titulaire,
        "autre_porteur": salle.dossiers[1].titulaire,
        "etranger": UserFactory(),
        "expert": UserFactory(role=Role.EXPERT),
        "admin": UserFactory(role=Role.ADMINISTRATEUR),
        "deporte": deporte.user,
    }


# -- The opinion of a selection ------------------------------------------------------------------------------------
def salle_de_selection():
    """Two dossiers before the committee; the last member stepped back from the first."""
    salle = Salle(dossiers=2, effectif=7)
    salle.convoquer()
    deporte = salle.membres[-1]
    salle.declarer(deporte).deporter(deporte).pointer()
    salle.seance.ouvrir(par=salle.president.user)
    return salle, deporte


def juger(salle, *, retenu: bool) -> Decision:
    """The sitting, its minutes, the decisions signed and set for tomorrow; the first one goes either way."""
    for sens in ("FAVORABLE" if retenu else "DEFAVORABLE", "DEFAVORABLE"):
        for deport in salle.point.deports_presents():
            salle.point.constater_sortie(deport.membre, par=salle.responsable)
        scrutin = salle.ouvrir_scrutin(Question.AVIS)
        voix = scrutin.electeurs.count()
        pour = voix if sens == "FAVORABLE" else 1
        salle.voter(scrutin, pour=pour, contre=voix - pour)
        Avis.rendre(salle.point, sens, par=salle.president.user, motifs=f"Usage partagé, {MARQUE}.")
    salle.clore()
    issue = ("LABELLISATION", f"{MOTIF} {MARQUE}") if retenu else ("REFUS", f"{REFUS} {MARQUE}")
    issues = [issue, ("REFUS", f"{REFUS} {MARQUE}")]
    for dossier, (sens, motif) in zip(salle.dossiers, issues, strict=True):
        decision = salle.decision(dossier, sens=sens, motif=motif)
        decision.signer(par=salle.signataire)
        decision.programmer(horloge.maintenant() + timedelta(days=1), par=salle.responsable)
    return Decision.objects.select_related("acte").get(dossier=salle.dossiers[0])


def deux_selections(courtes: bool) -> None:
    with horloge.a(horloge.maintenant()):
        salle, deporte = salle_de_selection()
        lecteurs, motifs, mondes = gens(salle, deporte), motifs_lus(courtes), []
        for retenu in (True, False):
            with un_monde():
                decision = juger(salle, retenu=retenu)
                mondes.append(lire(salle, decision, lecteurs, motifs))
            for dossier in salle.dossiers:
                dossier.refresh_from_db()
            salle.seance.refresh_from_db()
    comparer(*mondes)


def test_a_future_laureate_reads_what_a_future_refused_reads():
    deux_selections(courtes=True)


@pytest.mark.long
def test_no_address_tells_an_opinion_before_its_publication():
    deux_selections(courtes=False)


# -- A decision that departs from the opinion ------------------------------------------------------------------------
def test_those_in_the_session_know_the_opinion_and_not_the_decision():
    """Members, chair and auditor were told the opinion; the decision, signed and set, may be the other one."""
    with horloge.a(horloge.maintenant()):
        salle = Salle(dossiers=2, effectif=5).ouvrir()
        for _ in salle.dossiers:
            salle.voter(salle.ouvrir_scrutin(), pour=5)
            Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet solide.")
        salle.clore()
        lecteurs = {
            "membre": salle.membres[1].user,
            "president": salle.president.user,
            "auditeur": UserFactory(role=Role.AUDITEUR),
        }
        mondes = []
        for sens, ecart in (("LABELLISATION", ""), ("REFUS", f"Une fraude est apparue, {MARQUE}.")):
            with un_monde():
                for dossier in salle.dossiers:
                    decision = salle.decision(
                        dossier, sens=sens, motif=f"{REFUS} {MARQUE}", motif_ecart=ecart
                    )
                    decision.signer(par=salle.signataire)
                    decision.programmer(horloge.maintenant() + timedelta(days=1), par=salle.responsable)
                decision = Decision.objects.select_related("acte").get(dossier=salle.dossiers[0])
                mondes.append(lire(salle, decision, lecteurs, motifs_lus(courtes=True)))
    comparer(*mondes)


# -- Amounts -------------------------------------------------------------------------------------------------------
def arbitrer(salle, deporte, montant: str) -> Decision:
    """Voted, signed, set for tomorrow: the first project receives so much, the second what it always does."""
    for rang, point in enumerate(salle.seance.points.select_related("seance", "dossier").order_by("rang")):
        salle.proposer(point, investissement=montant if rang == 0 else "50000.00")
    salle.seance.ouvrir(par=salle.president.user)
    for _ in salle.dossiers:
        for deport in salle.point.deports_presents():
            salle.point.constater_sortie(deport.membre, par=salle.responsable)
        salle.voter(salle.ouvrir_scrutin(Question.ATTRIBUTION), pour=6)
        Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs=f"Prêt, {MARQUE}.")
    salle.clore()
    for dossier in salle.dossiers:
        decision = salle.decision(dossier, sens="ATTRIBUTION", motif=f"{MOTIF} {MARQUE}")
        decision.signer(par=salle.signataire)
        decision.programmer(horloge.maintenant() + timedelta(days=1), par=salle.responsable)
    return Decision.objects.select_related("acte").get(dossier=salle.dossiers[0], sens="ATTRIBUTION")


def deux_arbitrages(courtes: bool) -> None:
    with horloge.a(horloge.maintenant()):
        salle = Salle.d_arbitrage(dossiers=2, effectif=7)
        deporte = salle.membres[-1]
        salle.deporter(deporte)
        lecteurs, motifs, mondes = gens(salle, deporte), motifs_lus(courtes), []
        for montant in ("60000.00", "17000.00"):
            with un_monde():
                decision = arbitrer(salle, deporte, montant)
                mondes.append(lire(salle, decision, lecteurs, motifs))
            salle.seance.refresh_from_db()
    comparer(*mondes)


def test_amounts_voted_and_signed_are_nobody_s_before_their_instant():
    deux_arbitrages(courtes=True)


@pytest.mark.long
def test_no_address_tells_an_amount_before_its_publication():
    deux_arbitrages(courtes=False)
