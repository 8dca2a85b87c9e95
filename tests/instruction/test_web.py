"""The pages: who sees what, what is told beside which field, what a button does."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from instruction.models import DemandeComplements, Echange, Instruction, NoteInterne, Reponse, Verdict
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.attentes import taches_pour
from manufactures.procedure import Etat, Role
from tests.factories.candidatures import DossierFactory, pdf
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    MOTIF_DE_REFUS,
    REGLES,
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    remplir,
    responsable,
    signataire,
    vague_close,
)
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db


def adresse(nom, dossier):
    return reverse(f"instruction:{nom}", args=[dossier.numero])


def texte(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def connecte(client, user):
    client.force_login(user)
    return client


def grille_postee(instruction, **autres):
    """The whole form, as the page shows it."""
    donnees = {
        "version": instruction.version,
        "avis": instruction.avis,
        "risques": "",
        "questions": "",
        "jours_estimes": "",
    }
    for verdict in instruction.verdicts.select_related("critere"):
        donnees |= {
            f"{verdict.critere.code}-{n}": getattr(verdict, n)
            for n in ("reponse", "motif", "preuve", "preuve_ou")
        }
    return donnees | autres


# -- Who sees what: the law in plain words -----------------------------------------------------------------------
VOIENT_LE_DEPOSE = {Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR}
PAGES = ("dossier", "complements", "refus", "irrecevabilite", "prolonger")


@pytest.mark.parametrize("role", Role)
def test_each_role_before_a_deposited_dossier_of_others(client, role):
    instruction = pris_en_charge()
    NoteInterne.ecrire(instruction.dossier, par=instruction.instructeur, texte="Entre nous.")
    user = UserFactory(role=role)
    connecte(client, user)
    attendu = 200 if role in VOIENT_LE_DEPOSE else 404

    assert {client.get(adresse(page, instruction.dossier)).status_code for page in PAGES} == {attendu}
    assert client.get(adresse("messages", instruction.dossier)).status_code == attendu
    assert Instruction.objects.visibles_par(user).exists() == (role in VOIENT_LE_DEPOSE)
    assert NoteInterne.objects.visibles_par(user).exists() == (role in VOIENT_LE_DEPOSE)
    assert Acte.objects.visibles_par(user).exists() == (role in VOIENT_LE_DEPOSE)
    assert client.get(reverse("instruction:liste")).status_code == (200 if role in VOIENT_LE_DEPOSE else 403)


def test_a_visitor_signs_in_first(client):
    dossier = dossier_depose()

    for chemin in (reverse("instruction:liste"), adresse("dossier", dossier), adresse("repondre", dossier)):
        assert client.get(chemin).url.startswith("/compte/login/")


def test_no_agent_sees_a_draft(client):
    brouillon = DossierFactory(vague=VagueFactory())

    assert connecte(client, responsable()).get(adresse("dossier", brouillon)).status_code == 404


def test_the_porteur_never_sees_grid_nor_notes(client):
    instruction = pris_en_charge()
    NoteInterne.ecrire(instruction.dossier, par=instruction.instructeur, texte="Entre nous.")
    titulaire = instruction.dossier.titulaire
    connecte(client, titulaire)

    assert client.get(adresse("dossier", instruction.dossier)).status_code == 403
    assert not Instruction.objects.visibles_par(titulaire).exists()
    assert not NoteInterne.objects.visibles_par(titulaire).exists()
    assert "Entre nous" not in texte(client.get(adresse("messages", instruction.dossier)))


def test_an_agent_who_is_porteur_in_the_wave_is_no_agent_there(client):
    vague = vague_close()
    instruction = pris_en_charge(dossier_depose(vague=vague))
    double = agent()
    dossier_depose(vague=vague, titulaire=double, nom="La sienne")

    assert connecte(client, double).get(adresse("dossier", instruction.dossier)).status_code == 404


def test_the_auditor_reads_and_changes_nothing(client):
    instruction = pris_en_charge()
    connecte(client, UserFactory(role=Role.AUDITEUR))
    page = texte(client.get(adresse("dossier", instruction.dossier)))

    assert 'value="declarer_recevable"' not in page
    for nom in ("grille", "notes", "affecter"):
        assert client.post(adresse(nom, instruction.dossier), {"note-texte": "x"}).status_code == 403
    assert client.post(adresse("messages", instruction.dossier), {"message-texte": "x"}).status_code == 403
    assert (Verdict.objects.count(), NoteInterne.objects.count(), Echange.objects.count()) == (1, 0, 0)


# -- List --------------------------------------------------------------------------------------------------------
def test_the_list_costs_the_same_at_one_and_at_three_rows(client):
    vague, par = vague_close(), agent()
    demande_envoyee(pris_en_charge(dossier_depose(vague=vague), par=par))
    connecte(client, par)

    def requetes():
        return len(compter_requetes(lambda: client.get(reverse("instruction:liste"))))

    requetes()
    une = requetes()
    for nom in ("Deux", "Trois"):
        demande_envoyee(pris_en_charge(dossier_depose(vague=vague, nom=nom), par=par))

    assert requetes() == une
    assert une <= 20


def test_search_ignores_accents_and_filters_stay_in_the_address(client):
    vague, par = vague_close(), agent()
    dossier_depose(vague=vague, nom="La Soudée")
    pris_en_charge(dossier_depose(vague=vague, nom="Fil et Fer"), par=par)
    connecte(client, par)

    def noms(**filtres):
        page = client.get(reverse("instruction:liste"), filtres)
        return sorted(d.nom_projet for d in page.context["page_obj"])

    assert noms() == ["Fil et Fer", "La Soudée"]
    assert noms(q="SOUDEE") == ["La Soudée"]
    assert noms(q="crest") == ["Fil et Fer", "La Soudée"]
    assert noms(etat="DEPOSE") == noms(agent="aucun") == ["La Soudée"]
    assert noms(agent=str(par.pk)) == ["Fil et Fer"]
    assert noms(vague="999", tri="inconnu") == ["Fil et Fer", "La Soudée"]
    assert "Rien pour « zinc »" in texte(client.get(reverse("instruction:liste"), {"q": "zinc"}))


# -- Split view --------------------------------------------------------------------------------------------------
def test_one_button_takes_the_dossier(client):
    dossier, par = dossier_depose(), agent()
    connecte(client, par)
    assert 'name="action" value="prendre_en_charge"' in texte(client.get(adresse("dossier", dossier)))

    reponse = client.post(adresse("dossier", dossier), {"action": "prendre_en_charge"}, follow=True)

    assert "Dossier pris en charge" in texte(reponse)
    assert Instruction.objects.get(dossier=dossier).instructeur == par


def test_a_stale_or_unknown_step_says_so_and_changes_nothing(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)

    for action in ("prendre_en_charge", "inconnue", "deposer"):
        assert client.post(adresse("dossier", instruction.dossier), {"action": action}).status_code == 409
    assert Instruction.objects.get().dossier.etat == Etat.EN_INSTRUCTION


def test_the_whole_grid_is_saved_without_script_and_concluded(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)
    donnees = grille_postee(instruction, avis="Dix règles remplies.", action="declarer_recevable")
    donnees |= {f"{code}-reponse": Reponse.OUI for code in REGLES} | {
        "C1-note": "4",
        "C1-commentaire": "Solide.",
    }

    reponse = client.post(adresse("grille", instruction.dossier), donnees, follow=True)

    assert "Dossier déclaré recevable" in texte(reponse)
    instruction.refresh_from_db()
    assert (instruction.dossier.etat, instruction.notes.get().note) == (Etat.RECEVABLE, 4)


def test_a_no_without_reason_is_told_beside_its_field_and_nothing_is_saved(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)
    donnees = grille_postee(instruction) | {"E2-reponse": Reponse.NON, "E3-reponse": Reponse.OUI}

    page = texte(client.post(adresse("grille", instruction.dossier), donnees))

    assert 'href="#id_E2-motif"' in page
    assert "Écrivez pourquoi la règle n'est pas remplie." in page
    assert Verdict.objects.count() == 1


def test_open_points_are_named_when_concluding_too_early(client):
    instruction = remplir(pris_en_charge(), sauf=("E8", "E9"))
    connecte(client, instruction.instructeur)

    reponse = client.post(
        adresse("grille", instruction.dossier), grille_postee(instruction, action="declarer_recevable")
    )

    assert reponse.status_code == 409
    assert "Il reste 2 règles sans réponse : E8, E9." in texte(reponse)
    assert Instruction.objects.get().dossier.etat == Etat.EN_INSTRUCTION


def test_one_line_saves_alone_and_tells_how_far_the_grid_is(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)
    chemin = reverse("instruction:regle", args=[instruction.dossier.numero, "E2"])
    htmx = {"HTTP_HX_REQUEST": "true"}

    sans_motif = client.post(chemin, {"version": 0, "E2-reponse": Reponse.NON}, **htmx)
    assert "Écrivez pourquoi" in texte(sans_motif)
    assert Verdict.objects.count() == 1
    reponse = client.post(
        chemin, {"version": 0, "E2-reponse": Reponse.OUI, "E2-motif": "SIRET vérifié"}, **htmx
    )

    assert "2 règles sur 10" in texte(reponse)
    assert Verdict.objects.get(critere__code="E2").motif == "SIRET vérifié"
    plein = client.post(chemin, {"version": 1, "E2-reponse": Reponse.OUI, "E2-motif": "Autre"})
    assert plein.url.endswith("#regle-E2")


def test_a_grid_changed_meanwhile_answers_409_with_both_versions(client):
    instruction = pris_en_charge()
    lue = grille_postee(instruction)
    instruction.enregistrer(
        par=responsable(), verdicts={"E4": {"reponse": Reponse.NON, "motif": "Aucun titre"}}
    )
    connecte(client, instruction.instructeur)

    reponse = client.post(
        adresse("grille", instruction.dossier), lue | {"E4-reponse": Reponse.OUI, "E4-motif": "Promesse"}
    )

    assert reponse.status_code == 409
    assert all(mot in texte(reponse) for mot in ("Aucun titre", "Promesse", "Les deux versions".lower()[:3]))
    assert Verdict.objects.get(critere__code="E4").reponse == Reponse.NON


def test_a_colleague_reads_and_a_post_is_refused(client):
    instruction = pris_en_charge()
    connecte(client, agent())

    assert "remplit cette grille. Vous la lisez." in texte(
        client.get(adresse("dossier", instruction.dossier))
    )
    assert (
        client.post(
            adresse("grille", instruction.dossier), grille_postee(instruction, **{"E2-reponse": "OUI"})
        ).status_code
        == 403
    )
    assert Verdict.objects.count() == 1


def test_a_responsable_assigns(client):
    dossier, collegue = dossier_depose(), agent()
    connecte(client, responsable())
    assert client.post(adresse("affecter", dossier), {"instructeur": ""}).status_code == 409

    client.post(adresse("affecter", dossier), {"instructeur": collegue.pk})

    assert Instruction.objects.get(dossier=dossier).instructeur == collegue


def test_a_note_is_kept_and_an_empty_one_is_told_beside_its_field(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)
    assert "Écrivez une note." in texte(
        client.post(adresse("notes", instruction.dossier), {"note-texte": ""})
    )

    page = client.post(adresse("notes", instruction.dossier), {"note-texte": "À rappeler."}, follow=True)

    assert "À rappeler." in texte(page)


# -- Refusal -----------------------------------------------------------------------------------------------------
def test_a_refusal_from_the_grid_to_the_signature(client):
    instruction, signe = remplir(pris_en_charge(), refus=("E2",)), signataire()
    connecte(client, instruction.instructeur)
    court = client.post(adresse("refus", instruction.dossier), {"motif": "Trop court."})
    assert "Écrivez au moins 80 caractères" in texte(court)
    client.post(adresse("refus", instruction.dossier), {"motif": MOTIF_DE_REFUS, "action": "proposer_refus"})
    assert "La décision revient à un responsable" in texte(
        client.get(adresse("irrecevabilite", instruction.dossier))
    )
    assert (
        client.post(adresse("irrecevabilite", instruction.dossier), {"motif": MOTIF_DE_REFUS}).status_code
        == 403
    )

    connecte(client, signe)
    assert ["à signer" in t.libelle for t in taches_pour(signe)] == [True]
    client.post(
        adresse("irrecevabilite", instruction.dossier),
        {"motif": MOTIF_DE_REFUS, "action": "declarer_irrecevable"},
    )

    instruction.refresh_from_db()
    assert instruction.dossier.etat == Etat.IRRECEVABLE
    assert "La décision est signée." in texte(client.get(adresse("irrecevabilite", instruction.dossier)))


def test_a_refusal_is_sent_back_with_a_reason(client):
    instruction = refus_propose()
    connecte(client, signataire())
    assert (
        client.post(adresse("refus", instruction.dossier), {"action": "reprendre_examen"}).status_code == 409
    )

    client.post(
        adresse("refus", instruction.dossier), {"action": "reprendre_examen", "motif": "Le SIRET arrive."}
    )

    assert Instruction.objects.get().sens == ""


# -- Completions -------------------------------------------------------------------------------------------------
def demande_postee(jours=15, **autres):
    return {
        "texte": "Il manque une pièce.",
        "echeance": (horloge.aujourd_hui() + timedelta(days=jours)).isoformat(),
        "points-TOTAL_FORMS": "1",
        "points-INITIAL_FORMS": "0",
        "points-0-libelle": "Titre d'occupation",
        "points-0-reference": "article 4",
        "points-0-raison": "L'occupation doit être établie",
        "points-0-indispensable": "on",
    } | autres


def test_the_request_is_built_from_the_grid_read_then_sent(client):
    instruction = pris_en_charge()
    instruction.enregistrer(
        par=instruction.instructeur,
        verdicts={"E4": {"reponse": Reponse.A_DEMANDER, "motif": "Joignez la promesse de bail."}},
    )
    connecte(client, instruction.instructeur)
    assert 'value="Joignez la promesse de bail."' in texte(
        client.get(adresse("complements", instruction.dossier))
    )
    apercu = client.post(adresse("complements", instruction.dossier), demande_postee(action="apercu"))
    assert "Ce que le porteur lira" in texte(apercu)
    assert DemandeComplements.objects.count() == 0

    client.post(adresse("complements", instruction.dossier), demande_postee(action="demander_complements"))

    demande = DemandeComplements.objects.get()
    assert (demande.dossier.etat, demande.pieces.get().indispensable) == (Etat.A_COMPLETER, True)


@pytest.mark.parametrize(
    ("autres", "phrase"),
    [
        ({"jours": 9}, "Laissez au moins 10 jours"),
        ({"texte": ""}, "Écrivez un message au porteur."),
        ({"points-0-libelle": "", "points-0-raison": ""}, "Demandez au moins un élément."),
    ],
)
def test_a_request_to_correct_keeps_what_was_typed(client, autres, phrase):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)

    page = texte(
        client.post(
            adresse("complements", instruction.dossier),
            demande_postee(action="demander_complements", **autres),
        )
    )

    assert phrase in page
    assert DemandeComplements.objects.count() == 0


def test_the_porteur_answers_point_by_point_then_says_so(client):
    demande = demande_envoyee()
    dossier, point = demande.dossier, demande.pieces.get()
    connecte(client, dossier.titulaire)
    assert "À vous de répondre à la demande de compléments avant le" in texte(
        client.get(adresse("repondre", dossier))
    )
    assert [t.bouton for t in taches_pour(dossier.titulaire) if "compléments" in t.libelle] == ["Répondre"]
    vide = client.post(adresse("repondre", dossier), {"piece": point.pk, "action": "repondre"})
    assert "Écrivez une réponse ou joignez un fichier." in texte(vide)
    assert client.post(adresse("repondre", dossier), {"action": "completer"}).status_code == 409
    faux = SimpleUploadedFile("bail.exe", b"MZ", content_type="application/pdf")
    refuse = client.post(adresse("repondre", dossier), {"piece": point.pk, f"point{point.pk}-fichiers": faux})
    assert (refuse.status_code, demande.reponses.count()) == (422, 0)

    client.post(
        adresse("repondre", dossier),
        {"piece": point.pk, f"point{point.pk}-fichiers": [pdf("a.pdf"), pdf("b.pdf")]},
    )
    client.post(adresse("repondre", dossier), {"action": "completer"})

    dossier.refresh_from_db()
    assert (dossier.etat, demande.reponses.get().pieces.count()) == (Etat.EN_INSTRUCTION, 2)
    assert any("à vérifier" in t.libelle for t in taches_pour(demande.par))


def test_only_the_members_have_the_page_of_the_answers(client):
    demande = demande_envoyee()

    assert connecte(client, demande.par).get(adresse("repondre", demande.dossier)).status_code == 403
    assert connecte(client, UserFactory()).get(adresse("repondre", demande.dossier)).status_code == 404


def test_more_time_is_given_from_its_page(client):
    demande = demande_envoyee()
    connecte(client, demande.par)
    avant = demande.echeance
    assert "après l'échéance" in texte(
        client.post(adresse("prolonger", demande.dossier), {"echeance": "2020-01-01"})
    )

    nouvelle = avant.astimezone(horloge.PARIS).date() + timedelta(days=8)
    client.post(adresse("prolonger", demande.dossier), {"echeance": nouvelle.isoformat()})

    demande.refresh_from_db()
    assert demande.echeance - avant >= timedelta(days=7)


# -- Messages ----------------------------------------------------------------------------------------------------
def test_both_sides_write_in_one_thread(client):
    instruction = pris_en_charge()
    dossier, titulaire = instruction.dossier, instruction.dossier.titulaire
    connecte(client, titulaire).post(adresse("messages", dossier), {"message-texte": "Faut-il un devis ?"})
    assert any("à répondre" in t.libelle for t in taches_pour(instruction.instructeur))

    connecte(client, instruction.instructeur).post(
        adresse("messages", dossier), {"message-texte": "Oui, un seul."}
    )

    page = texte(connecte(client, titulaire).get(adresse("messages", dossier)))
    assert "Faut-il un devis ?" in page
    assert "Oui, un seul." in page
    assert any(t.bouton == "Lire" for t in taches_pour(titulaire))
    client.post(adresse("messages", dossier), {"action": "lire"})
    assert not any(t.bouton == "Lire" for t in taches_pour(titulaire))


def test_an_agent_answers_the_porteur_of_a_draft_without_seeing_it(client):
    brouillon = DossierFactory(vague=VagueFactory(), nom_projet="Un brouillon secret")
    par = agent()
    assert connecte(client, par).get(adresse("messages", brouillon)).status_code == 404
    connecte(client, brouillon.membres.get().user).post(
        adresse("messages", brouillon), {"message-texte": "Puis-je déposer ?"}
    )

    connecte(client, par)
    assert "Puis-je déposer ?" in texte(client.get(adresse("messages", brouillon)))
    assert client.get(adresse("dossier", brouillon)).status_code == 404
    client.post(adresse("messages", brouillon), {"message-texte": "Oui."})

    assert Echange.objects.count() == 2


def test_an_empty_message_is_told_beside_its_field(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)

    page = texte(client.post(adresse("messages", instruction.dossier), {"message-texte": " "}))

    assert 'href="#id_message-texte"' in page
    assert Echange.objects.count() == 0


# -- Once only ---------------------------------------------------------------------------------------------------
def test_a_double_click_takes_once(client):
    dossier, par = dossier_depose(), agent()
    connecte(client, par)
    donnees = {"action": "prendre_en_charge", "cle_unique": "0d8fd0c5-8f0c-4c40-9d5c-1d9b9d0b7a11"}

    codes = [client.post(adresse("dossier", dossier), donnees).status_code for _ in range(2)]

    assert (codes, Instruction.objects.count()) == ([302, 302], 1)


# -- Cost --------------------------------------------------------------------------------------------------------
def compter_requetes(geste):
    with CaptureQueriesContext(connection) as lues:
        geste()
    return lues


def test_home_lines_cost_the_same_at_one_and_at_three_dossiers():
    vague, par, titulaire = vague_close(), agent(), UserFactory()

    def semer(nom):
        dossier_depose(vague=vague, nom=f"{nom} libre")
        pris_en_charge(dossier_depose(vague=vague, nom=f"{nom} pris"), par=par)
        demande = demande_envoyee(
            pris_en_charge(dossier_depose(vague=vague, nom=nom, titulaire=titulaire), par=par)
        )
        Echange.ecrire(demande.dossier, par=titulaire, texte="Bonjour.")

    semer("Un")
    taches_pour(par), taches_pour(titulaire)
    une = [len(compter_requetes(lambda qui=qui: taches_pour(qui))) for qui in (par, titulaire)]
    semer("Deux")
    semer("Trois")

    assert [len(compter_requetes(lambda qui=qui: taches_pour(qui))) for qui in (par, titulaire)] == une
    assert len(taches_pour(titulaire)) == 3


def test_the_split_view_costs_no_more_with_a_full_grid(client):
    instruction = pris_en_charge()
    connecte(client, instruction.instructeur)
    page = adresse("dossier", instruction.dossier)
    client.get(page)
    vide = compter_requetes(lambda: client.get(page))
    remplir(instruction)
    for texte_du_message in ("Un", "Deux", "Trois"):
        Echange.ecrire(instruction.dossier, par=instruction.instructeur, texte=texte_du_message)

    pleine = compter_requetes(lambda: client.get(page))

    assert len(pleine) <= len(vide)
    assert len(pleine) <= 25, [q["sql"][:150] for q in pleine]
