"""The demonstration, loaded once: what it promises is there, and everything adds up."""

import json
from collections import Counter
from decimal import Decimal
from io import StringIO

import pikepdf
import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import F, Sum

from accompagnement.models import BilanIncubation, CreditJours, Journee, Livrable, Tranche
from candidatures.models import Dossier, Droit, Piece, Question
from instruction.models import DemandeComplements, Echange, NoteInterne
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.demonstration.comptes import comptes_de_demonstration
from manufactures.demonstration.jeu import lire_jeu, lire_laureats
from manufactures.journal.models import Entree, premiere_rupture
from manufactures.procedure import Etat
from manufactures.programme.models import Enveloppe, QuestionEligibilite, Vague
from manufactures.registres import verifier_invariants
from selection.models import Deport, Lecture, Scrutin, Seance

pytestmark = pytest.mark.xdist_group("demonstration")  # one load, whatever the number of workers

JEU = lire_jeu()
FICHES = {fiche["nom_projet"]: fiche for fiche in JEU["dossiers"]}
PRIX_TTC = Decimal("1080.00")  # 900 € a day, VAT 20 %
JOURNAL = {"valide": "VALIDE", "a_confirmer": "A_CONFIRMER", "conteste": "CONTESTE"}


@pytest.fixture
def bilan(demonstration):
    """What the load says of itself."""
    return demonstration


def dossiers():
    return {d.nom_projet: d for d in Dossier.objects.select_related("vague__appel")}


def somme(valeurs):
    return sum(map(Decimal, valeurs), Decimal(0))


def test_each_dossier_stands_where_the_data_says(bilan):
    voulus = Counter((f["vague"], f["etat"]) for f in FICHES.values())

    assert bilan["dossiers"] == len(FICHES) == 46
    assert Counter(Dossier.objects.values_list("vague__numero", "etat")) == voulus
    assert {d.nom_projet: d.etat for d in dossiers().values()} == {
        nom: f["etat"] for nom, f in FICHES.items()
    }


def test_the_twenty_laureates_are_the_press_kit_s(bilan):
    laureats = Dossier.objects.exclude(laureat_le=None).order_by("laureat_ordre")
    detailles = [d for d in laureats if d.superficie_texte]

    assert [d.nom_projet for d in laureats] == [lire_laureats()[ordre]["nom"] for ordre in range(1, 21)]
    assert all(d.est_demonstration and d.slug for d in laureats)
    assert len(detailles) == 6
    for d in detailles:
        assert d.residents_texte and d.partenaires_texte
        assert d.superficie_texte == lire_laureats()[d.laureat_ordre]["superficie"]


def test_every_invariant_holds_and_the_journal_is_whole(bilan):
    assert {nom: fautes for nom, fautes in verifier_invariants() if fautes} == {}
    verifiees, rupture = premiere_rupture()
    assert rupture is None
    assert verifiees == Entree.objects.count() > 2000


def test_the_acts_are_numbered_in_the_order_of_time(bilan):
    actes = list(Acte.objects.order_by("annee", "rang"))
    instants = [acte.cree_le for acte in actes]

    assert len(actes) == bilan["actes"] > 250
    assert len({acte.numero for acte in actes}) == len(actes)
    assert instants == sorted(instants)
    for acte in actes:
        assert acte.annee == acte.cree_le.astimezone(horloge.PARIS).year
        assert acte.instantane["acte"]["numero"] == acte.numero
    genres = Counter(Acte.objects.values_list("genre", flat=True))
    assert genres["ar_depot"] == 41 and genres["labellisation"] == 20 and genres["attribution"] == 14
    assert genres["convention"] == 12 and genres["versement"] == 27


def test_nothing_happens_after_today_nor_before_the_call(bilan):
    debut = Vague.objects.order_by("ouverture").first().ouverture
    for instants in (
        Entree.objects.values_list("le", flat=True),
        Message.objects.values_list("cree_le", flat=True),
        Acte.objects.values_list("cree_le", flat=True),
        Dossier.objects.values_list("cree_le", flat=True),
    ):
        assert instants
        assert debut <= min(instants) and max(instants) <= horloge.instant_exact()
    for d in Dossier.objects.exclude(depose_le=None).select_related("vague"):
        assert d.vague.ouverture <= d.cree_le < d.depose_le < d.vague.cloture


def test_the_ballots_are_the_data_s(bilan):
    for nom, d in dossiers().items():
        fiche, dits = FICHES[nom], []
        for scrutin in Scrutin.objects.filter(point__dossier=d).order_by("pk"):
            assert scrutin.etat == "CLOS"
            dits.append((scrutin.votants, scrutin.pour, scrutin.contre, scrutin.abstentions, scrutin.blancs))
        voulus = [
            fiche.get("scrutin"),
            fiche.get("scrutin_ajournement"),
            fiche.get("arbitrage", {}).get("scrutin"),
        ]
        champs = ("emargements", "pour", "contre", "abstentions", "blancs")
        assert dits == [tuple(s[c] for c in champs) for s in voulus if s], nom
    deports = {(x.dossier.nom_projet, x.membre.user.email) for x in Deport.objects.all()}
    assert deports == {
        (nom, dite["membre"])
        for nom, fiche in FICHES.items()
        for dite in fiche.get("declarations_interets", [])
        if dite["reponse"] == "deport"
    }
    assert Lecture.objects.rendues().count() == sum(len(f.get("lectures", [])) for f in FICHES.values())
    assert Counter(Seance.objects.values_list("etat", flat=True)) == {"CLOSE": 3, "CONVOQUEE": 1, "PREVUE": 2}


def test_the_envelopes_are_engaged_to_the_cent(bilan):
    decides = [
        f["arbitrage"]["montants"]
        for f in FICHES.values()
        if f.get("arbitrage", {}).get("statut") == "decide"
    ]
    jours = Decimal(0)
    for fiche in FICHES.values():
        for mission in fiche.get("accompagnement", {}).get("missions", []):
            if mission["commandee_le"]:
                fait = mission["etat"] == "SERVICE_FAIT"
                jours += Decimal(mission["jours_valides" if fait else "jours_commandes"])
    engages = {e.nature: e.engage for e in Enveloppe.objects.filter(vague__numero=1)}

    assert engages == {
        "INVESTISSEMENT": somme(m["investissement"] for m in decides),
        "AMORCAGE": somme(m["amorcage"] for m in decides),
        "INGENIERIE": jours * PRIX_TTC,
    }
    assert not Enveloppe.objects.exclude(vague__numero=1).exclude(engage=0).exists()


def test_the_day_credits_are_the_data_s(bilan):
    credits_ouverts = {c.dossier.nom_projet: c for c in CreditJours.objects.select_related("dossier")}

    assert len(credits_ouverts) == 14
    for nom, credit in credits_ouverts.items():
        dit = FICHES[nom]["accompagnement"]
        assert (credit.accordes, credit.commandes, credit.consommes) == tuple(
            Decimal(dit[cle]) for cle in ("credit_jours", "jours_engages", "jours_valides")
        ), nom
        etats = Counter(
            Journee.objects.filter(mission__dossier=credit.dossier).values_list("etat", flat=True)
        )
        assert etats == Counter(JOURNAL[j["etat"]] for m in dit["missions"] for j in m["journal"]), nom
        missions = {m.theme.code: m.etat for m in credit.dossier.missions.select_related("theme")}
        assert missions == {m["theme"]: m["etat"] for m in dit["missions"]}, nom


def test_the_tranches_are_the_data_s(bilan):
    subventionnes = {nom: d for nom, d in dossiers().items() if "convention" in FICHES[nom]}

    assert len(subventionnes) == 12
    for nom, d in subventionnes.items():
        convention, dite = d.convention, FICHES[nom]["convention"]
        assert convention.etat == dite["etat"], nom
        assert convention.montant_maximum == Decimal(dite["montant_maximum"])
        assert convention.taux_investissement == Decimal(dite["taux_investissement"])
        faites = {
            (t.nature, t.type): (t.etat, t.montant) for t in Tranche.objects.filter(convention=convention)
        }
        assert faites == {
            (t["kind"].upper(), t["tranche"].upper()): (t["etat"].upper(), Decimal(t["montant"]))
            for t in dite["tranches"]
        }, nom
        payees = Tranche.objects.filter(convention=convention, etat="PAYE")
        assert not payees.exclude(montant_verse=F("montant")).exists()


def test_two_laureates_are_supported_without_subsidy(bilan):
    sans = Dossier.objects.filter(etat=Etat.EN_ACCOMPAGNEMENT, convention=None)

    assert {d.nom_projet for d in sans} == {"La Cabane", "L'Atelier des Savoir-Faire"}
    for d in sans:
        attribution = d.decisions.get(sens="ATTRIBUTION")
        assert attribution.montant_investissement == attribution.montant_amorcage == 0
        assert CreditJours.objects.get(dossier=d).accordes == 15


def test_incubations_and_exchanges_are_lived(bilan):
    livrables = Counter(Livrable.objects.values_list("etat", flat=True))
    dits = Counter(
        m["livrable"]["etat"].upper()
        for f in FICHES.values()
        for m in f.get("incubation", {}).get("modules", [])
    )

    assert livrables == dits
    assert BilanIncubation.objects.exclude(gele_le=None).count() == 16
    assert Echange.objects.count() >= sum(len(f.get("messages", [])) for f in FICHES.values())
    assert NoteInterne.objects.count() == sum(len(f.get("notes_internes", [])) for f in FICHES.values())
    assert DemandeComplements.objects.count() == sum(
        len(f.get("demandes_complement", [])) for f in FICHES.values()
    )


def test_the_questions_are_asked_answered_and_told(bilan):
    """Twelve published without a name, two to answer, one to publish, one answered to its asker alone."""
    publiees = Question.objects.publiees().order_by("publiee_le")
    dits = {m.destinataire.email for m in Message.objects.filter(cle="question_repondue")}

    assert [q.texte_publie for q in publiees] == [f["question"] for f in JEU["questions_reponses"]]
    assert all(q.posee_le < q.repondue_le < q.publiee_le for q in publiees)
    assert dits == {f["posee_par"] for f in JEU["questions_reponses"] if "recue_par_courriel" not in f}
    assert not any(
        nom in q.texte_publie + q.reponse for q in publiees for nom in ("Coudrillat", "Trois-Biefs")
    )
    assert Question.objects.en_attente().count() == 3
    assert Question.objects.exclude(ecartee_le=None).count() == 1
    assert len(QuestionEligibilite.objects.du_test()) == 8


def test_the_accounts_are_those_of_the_contract(bilan):
    comptes = {c["courriel"].removesuffix("@manufactures.test"): c for c in comptes_de_demonstration()}
    porteur = User.objects.get(email="porteur@manufactures.test")
    siens = Dossier.objects.filter(membres__user=porteur, membres__droit=Droit.TITULAIRE)
    invite = Dossier.objects.get(membres__user__email="invite@manufactures.test")

    assert (
        len(comptes) == 20
        and User.objects.count() == EmailAddress.objects.filter(verified=True).count() == 66
    )
    assert all(
        check_password("demonstration", u.password) for u in User.objects.filter(email__startswith="porteur")
    )
    assert User.objects.values("password").distinct().count() == 1
    assert {Etat.BROUILLON, Etat.EN_ACCOMPAGNEMENT} <= set(siens.values_list("etat", flat=True))
    assert siens.exclude(etat=Etat.BROUILLON).filter(laureat_le=None).exclude(depose_le=None).exists()
    assert (
        invite in siens
        and invite.droit_de(User.objects.get(email="invite@manufactures.test")) == Droit.CONTRIBUTEUR
    )
    assert set(comptes["porteur"]["dossiers"]) == set(siens.values_list("numero", flat=True))
    assert (
        comptes["expert"]["dossiers"] and comptes["expert2"]["dossiers"] and comptes["porteur2"]["dossiers"]
    )
    assert {nom: c["role"] for nom, c in comptes.items() if not nom.startswith("comite")} == {
        "porteur": "PORTEUR", "porteur2": "PORTEUR", "invite": "CONTRIBUTEUR", "agent": "INSTRUCTEUR",
        "agent2": "INSTRUCTEUR", "responsable": "RESPONSABLE", "responsable2": "RESPONSABLE",
        "president": "PRESIDENT", "expert": "EXPERT", "expert2": "EXPERT", "auditeur": "AUDITEUR",
        "admin": "ADMINISTRATEUR",
    }  # fmt: skip
    sortie = StringIO()
    call_command("comptes_demo", "--json", stdout=sortie)
    assert json.loads(sortie.getvalue()) == list(comptes.values())
    assert all(c["second_facteur"] is None for c in comptes.values())


def test_pieces_are_one_page_pdfs(bilan):
    piece = Piece.objects.filter(dossier__etat=Etat.DEPOSE).first()

    assert Piece.objects.exclude(type_mime="application/pdf").count() == 0
    with default_storage.open(piece.fichier.name) as fichier, pikepdf.open(fichier) as pdf:
        assert len(pdf.pages) == 1
    assert Piece.objects.aggregate(s=Sum("taille"))["s"] < 1_000_000


def test_a_second_load_does_nothing(bilan):
    avant = (Dossier.objects.count(), Entree.objects.count(), Message.objects.count())
    sortie = StringIO()
    call_command("charger_demonstration", stdout=sortie)

    assert "déjà chargée" in sortie.getvalue()
    assert (Dossier.objects.count(), Entree.objects.count(), Message.objects.count()) == avant


@pytest.mark.parametrize("commande", ["charger_demonstration", "comptes_demo"])
def test_it_is_refused_outside_the_demonstration(commande, settings):
    settings.DEMO = settings.EN_TEST = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command(commande)
