"""A database filled in bulk holds what the deeds would have written, and nothing of the history it was copied from."""

import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.urls import reverse
from stdnum.fr import siret

from accompagnement.models import Convention, Journee, Mission, Promotion
from accompagnement.models.coordonnees import USAGE
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.actes.models import Acte, Compteur, EtatActe
from manufactures.chiffrement import MARQUE, dechiffrer
from manufactures.comptes.models import User
from manufactures.courrier.models import EtatMessage, Message
from manufactures.demonstration.jeu import lire_laureats
from manufactures.demonstration.peuplement import releve
from manufactures.demonstration.peuplement.identites import DOMAINE
from manufactures.demonstration.peuplement.remplissage import peupler
from manufactures.journal.models import Entree, premiere_rupture
from manufactures.procedure import Etat, EtatConvention, EtatMission
from manufactures.programme.models import Enveloppe, NatureAide
from manufactures.registres import composer, verifier_invariants
from selection.models import Convocation, EtatSeance, Scrutin, Seance, TypeSeance
from tests.peuplement.conftest import NOMBRE
from tests.peuplement.formes import forme_de

pytestmark = [pytest.mark.xdist_group("peuplement"), pytest.mark.long]
SIGNES = r"[Zz][Qq]\d\d[Xx]\d\d[Zz]|ZQ0\d\d|(^|[^\d.])9\d{9}([^\d]|$)|000999\d{8}|W999000"
VAGUES = 8


# -- What is there -------------------------------------------------------------------------------------------------
def test_as_many_as_asked_in_every_state_of_the_three_cycles(peuplee):
    assert Dossier.objects.count() == NOMBRE == peuplee.bilan["dossiers"]
    assert set(Dossier.objects.values_list("etat", flat=True)) == set(Etat)
    assert set(Convention.objects.values_list("etat", flat=True)) == set(EtatConvention)
    assert set(Mission.objects.values_list("etat", flat=True)) == set(EtatMission)
    assert Dossier.objects.values("vague").distinct().count() == VAGUES
    assert Dossier.objects.filter(vague__cloture__gt=horloge.maintenant()).exists()


def test_the_journal_is_whole_and_every_invariant_holds(peuplee):
    verifiees, rupture = premiere_rupture()

    assert rupture is None
    assert verifiees == Entree.objects.count() > NOMBRE * 10
    assert {nom: v for nom, v in verifier_invariants() if v} == {}


def test_nobody_and_nothing_is_real(peuplee):
    reels = {fiche["nom"] for fiche in lire_laureats().values()}

    assert not Dossier.objects.filter(est_demonstration=False).exists()
    assert not Dossier.objects.filter(laureat_ordre__isnull=False).exists()
    assert not reels & set(Dossier.objects.values_list("nom_projet", flat=True))
    comptes = User.objects.all()
    assert all(compte.email.endswith(f"@{DOMAINE}") for compte in comptes)
    assert not any(compte.has_usable_password() for compte in comptes)


def test_the_numbers_are_right_and_never_twice_the_same(peuplee):
    sirets = [s for s in Dossier.objects.values_list("siret", flat=True) if s]

    assert all(siret.is_valid(numero) and numero.startswith("000") for numero in sirets)
    assert len(set(sirets)) == len(sirets)
    porteurs = Counter(User.objects.filter(appartenances__isnull=False).values_list("pk", flat=True))
    assert 1 <= min(porteurs.values()) <= max(porteurs.values()) <= 3
    communes = Dossier.objects.exclude(commune_siege=None).values("commune_siege").distinct().count()
    assert communes > NOMBRE / 2


def test_no_sign_of_the_history_stays_anywhere(peuplee):
    """Each text, number and snapshot of each table of the project."""
    restes = {}
    for table in releve.tables_du_projet():
        colonnes = ", ".join(f'"{c}"::text' for c in table.colonnes)
        texte = f"concat_ws(' ', {colonnes})"
        texte = f"regexp_replace({texte}, '[0-9a-f]{{64}}', '', 'g')"  # digests may hold any figures
        with connection.cursor() as curseur:
            curseur.execute(f'SELECT count(*), min({texte}) FROM "{table.nom}" WHERE {texte} ~ %s', [SIGNES])  # noqa: S608
            nombre, exemple = curseur.fetchone()
        if nombre:
            restes[table.nom] = nombre, exemple[:300]
    assert restes == {}


# -- As the deeds write it -----------------------------------------------------------------------------------------
def test_a_dossier_is_the_same_made_by_the_deeds_or_in_bulk(peuplee):
    """The deeds' shapes were read while the history stood in the database; each copy has exactly one of them."""
    ages = {vague.pk: age for age, vague in peuplee.remplissage.vagues.items()}
    attendues, ecarts = peuplee.formes, []
    for pk, vague in Dossier.objects.values_list("pk", "vague"):
        forme = forme_de(pk)
        memes = [a for (age, _), a in attendues.items() if age == ages[vague] and a == forme]
        if not memes:
            proches = [
                a for (age, _), a in attendues.items() if age == ages[vague] and a.lignes == forme.lignes
            ]
            ecarts.append(
                (pk, forme.champs["etat"], [(p.champs, p.messages) for p in proches[:1]], forme.champs)
            )
    assert ecarts == []


def test_the_acts_say_what_their_composers_would_say_again(peuplee):
    """Kinds whose words do not change afterwards: composed anew at their instant, the snapshot is the same."""
    objets = {
        "convocation_membre": lambda acte: Convocation.objects.get(acte=acte),
        "pv_selection": lambda acte: Seance.objects.get(pv=acte),
        "ar_depot": lambda acte: Dossier.objects.get(numero=acte.fil.removeprefix("dossier/")),
        "convocation_audition": lambda acte: Dossier.objects.get(numero=acte.fil.removeprefix("dossier/")),
        "non_selection": lambda acte: acte.decision,
        "ajournement": lambda acte: acte.decision,
        "bilan_incubation": lambda acte: Dossier.objects.get(numero=acte.fil.removeprefix("dossier/")),
        "attestation_intervention": lambda acte: Mission.objects.get(attestation=acte),
    }
    for genre, objet in objets.items():
        actes = Acte.objects.filter(genre=genre).order_by("pk")[:5]
        assert actes, genre
        for acte in actes:
            rang = acte.cle.removeprefix("journal-")
            ligne = Entree.objects.filter(fil=acte.fil, rang=rang).first() if rang.isdigit() else None
            faits = ligne.faits if ligne else {}
            with horloge.a(acte.cree_le):
                neuf = composer(genre, objet(acte), evenement=ligne, par=acte.cree_par, **faits)
            ecrit = {cle: dit for cle, dit in acte.instantane.items() if cle not in ("acte", "precedente")}
            assert ecrit == {cle: dit for cle, dit in neuf.items() if cle != "precedente"}, acte.numero


def test_the_acts_follow_the_time_without_gap_and_without_file(peuplee):
    actes = Acte.objects.order_by("annee", "rang")

    assert {acte.etat for acte in actes} == {EtatActe.SANS_FICHIER}
    assert not any(acte.fichier or acte.empreinte for acte in actes)
    for annee, dernier in Compteur.objects.values_list("annee", "dernier"):
        serie = [acte for acte in actes if acte.annee == annee]
        assert [acte.rang for acte in serie] == list(range(1, dernier + 1))
        assert [acte.cree_le for acte in serie] == sorted(acte.cree_le for acte in serie)
        assert {acte.cree_le.astimezone(horloge.PARIS).year for acte in serie} <= {annee}
        assert all(
            acte.numero == acte.instantane["acte"]["numero"] == f"MP-{annee}-{acte.rang:06d}"
            for acte in serie
        )


def test_nothing_is_left_to_render_or_to_send(peuplee):
    assert not Acte.objects.a_produire().exists()
    assert set(Message.objects.values_list("etat", flat=True)) == {EtatMessage.ENVOYE}
    assert connection.run_on_commit == []


# -- What several share --------------------------------------------------------------------------------------------
def test_sittings_and_cohorts_gather_many(peuplee):
    tenues = Seance.objects.filter(etat=EtatSeance.CLOSE, type=TypeSeance.PRE_SELECTION)

    assert max(seance.points.count() for seance in tenues) >= 10
    for seance in Seance.objects.exclude(etat=EtatSeance.PREVUE):
        rangs = list(seance.points.order_by("rang").values_list("rang", flat=True))
        assert rangs == list(range(1, len(rangs) + 1))
        assert seance.convocations.count() == 9
    for scrutin in Scrutin.objects.filter(secret=True):
        assert scrutin.emargements.count() == scrutin.votants
    for promotion in Promotion.objects.all():
        assert promotion.sessions.count() == 8
        assert promotion.dossiers.count() >= 1


def test_envelopes_hold_what_they_engaged(peuplee):
    lignes = Enveloppe.objects.filter(nature=NatureAide.INVESTISSEMENT)

    assert lignes.count() == VAGUES
    assert all(0 <= ligne.engage <= ligne.plafond for ligne in lignes)
    assert sum(ligne.engage for ligne in lignes) > Decimal(1_000_000)


def test_an_expert_is_never_at_two_places(peuplee):
    prises = Counter(Journee.objects.comptees().values_list("expert", "date"))

    assert prises
    assert set(prises.values()) == {1}
    assert not Journee.objects.filter(date__gt=horloge.aujourd_hui()).exists()


def test_the_past_is_past_and_what_is_to_come_is_to_come(peuplee):
    maintenant = horloge.maintenant()

    assert not Entree.objects.filter(le__gt=maintenant).exists()
    assert not Acte.objects.filter(cree_le__gt=maintenant).exists()
    assert not Seance.objects.filter(etat=EtatSeance.CONVOQUEE, debut__lt=maintenant).exists()
    for vague, depose in Dossier.objects.exclude(depose_le=None).values_list("vague", "depose_le"):
        bornes = next(v for v in peuplee.remplissage.vagues.values() if v.pk == vague)
        assert bornes.ouverture <= depose < bornes.cloture
    for seance in Seance.objects.filter(etat=EtatSeance.CLOSE):
        assert (
            seance.vague.cloture < seance.convoquee_le < seance.debut <= seance.ouverte_le < seance.close_le
        )
        conclus = seance.points.values_list("conclu_le", flat=True)
        assert all(seance.ouverte_le < instant < seance.close_le for instant in conclus)
        assert seance.close_le - seance.ouverte_le < timedelta(hours=8)


# -- Safeguards ----------------------------------------------------------------------------------------------------
def test_a_new_table_about_dossiers_is_told_or_excused(peuplee):
    tables = releve.tables_du_projet()
    moules = [moule for famille in peuplee.remplissage.familles.values() for moule in famille.moules.values()]
    ecrites = {table for moule in moules for table in moule.nombres}

    releve.verifier_les_tables(tables, ecrites)
    assert not ecrites & releve.EXCUSEES.keys()
    assert all(raison.strip() for raison in releve.EXCUSEES.values())
    oubliee = releve.Table(
        "candidatures_visite", 99, ["id", "dossier_id"], "id", True, {}, {"candidatures_dossier"}
    )
    with pytest.raises(releve.TableInconnue, match="candidatures_visite"):
        releve.verifier_les_tables([*tables, oubliee], ecrites)


def test_refused_outside_the_demonstration(peuplee, settings):
    settings.DEMO = settings.EN_TEST = False
    avant = Dossier.objects.count()

    with pytest.raises(ImproperlyConfigured, match="DEMO=1"):
        peupler(3)
    assert Dossier.objects.count() == avant


def test_the_verification_page_says_that_the_act_is_worth_nothing(peuplee, client):
    acte = Acte.objects.diffuses(horloge.maintenant()).first()

    page = client.get(reverse("actes:verification", args=[acte.code]))
    assert page.status_code == 200
    assert "Cet acte est inventé, il ne vaut rien" in page.text
    assert "a bien été délivré" not in page.text


@pytest.mark.long
def test_the_same_seed_gives_the_same_dossiers_and_a_second_run_adds(peuplee):
    def vider_et_refaire():
        with transaction.atomic():
            peupler(40, "graine")
            dits = canonique(NOMBRE)
            intact = premiere_rupture()[1] is None and not any(v for _, v in verifier_invariants())
            transaction.set_rollback(True)
        return dits, intact

    premier, second = vider_et_refaire(), vider_et_refaire()
    assert premier == second
    assert premier[1]
    assert len(premier[0]) > 40 * 50


def canonique(deja: int) -> list[str]:
    """Every row of the dossiers added after the first `deja`, keys apart."""
    nouveaux = list(Dossier.objects.order_by("pk").values_list("pk", flat=True)[deja:])
    lignes = []
    for table in releve.tables_du_projet():
        if "dossier_id" not in table.colonnes and table.nom != "candidatures_dossier":
            continue
        sans_cles = [c for c in table.colonnes if c != table.cle and c not in table.liens]
        sienne = "id" if table.nom == "candidatures_dossier" else "dossier_id"
        with connection.cursor() as curseur:
            colonnes = ", ".join(f'"{c}"::text' for c in sans_cles)
            curseur.execute(f"SELECT {colonnes} FROM {table.nom} WHERE {sienne} = ANY(%s)", [nouveaux])  # noqa: S608
            lignes += [
                re.sub(r"\b\d{3,}\b", "#", f"{table.nom} {clair(ligne)}") for ligne in curseur.fetchall()
            ]
    return sorted(lignes)


def clair(ligne: tuple) -> tuple:
    """What is encrypted at rest differs at each writing: it is compared as read."""
    return tuple(dechiffrer(valeur, USAGE) if str(valeur).startswith(MARQUE) else valeur for valeur in ligne)
