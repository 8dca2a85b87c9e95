"""Requests for completions: pinned to a passage, answered beside it, judged point by point, and what a lapse allows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from candidatures.models import Piece
from instruction.cibles import passages_du_dossier
from instruction.models import DemandeComplements, EtatDemande, Instruction, Jugement, Reponse
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.instruction import agent, demande_envoyee, pris_en_charge, responsable
from tests.outils.hostiles import pdf

pytestmark = pytest.mark.django_db
BESOIN = "champ-besoin"


def adresse(nom, dossier, *reste):
    return reverse(f"instruction:{nom}", args=[dossier.numero, *reste])


def lue(reponse):
    return reponse.content.decode().replace("\u00a0", " ").replace("&#x27;", "'").replace("&#39;", "'")


def connecte(client, user):
    client.force_login(user)
    return client


def point(**autres):
    return {"libelle": "Préciser le besoin", "cible": BESOIN, "endroit": "Projet, Besoin"} | autres


def demande_epinglee(**autres):
    return demande_envoyee(pieces=[point(indispensable=True, **autres)])


def postes(*points, **autres):
    """The form of a request, as the page sends it."""
    donnees = {
        "texte": "Merci de compléter.",
        "echeance": str(horloge.aujourd_hui() + timedelta(days=15)),
        "points-TOTAL_FORMS": len(points),
        "points-INITIAL_FORMS": 0,
    }
    for rang, valeurs in enumerate(points):
        donnees |= {f"points-{rang}-{nom}": valeur for nom, valeur in valeurs.items()}
    return donnees | autres


def repondre(demande, **reponse):
    dossier = demande.dossier
    demande.repondre(par=dossier.titulaire, piece=demande.pieces.first(), **reponse)
    dossier.passer("completer", par=dossier.titulaire)
    demande.refresh_from_db()
    return demande


# -- Asking ------------------------------------------------------------------------------------------------------
def test_a_point_is_pinned_by_the_select_and_its_place_is_frozen(client):
    instruction = pris_en_charge()
    client = connecte(client, instruction.instructeur)
    page = lue(client.get(adresse("complements", instruction.dossier)))
    assert f'<option value="{BESOIN}">' in page
    client.post(
        adresse("complements", instruction.dossier),
        postes({"libelle": "Préciser", "cible": BESOIN}, action="demander_complements"),
    )
    demande = DemandeComplements.objects.get()
    pose = demande.pieces.get()
    assert pose.cible == BESOIN
    assert pose.endroit == passages_du_dossier(instruction.dossier)[BESOIN].endroit
    lettre = Acte.objects.get(genre="demande_complements")
    assert pose.endroit in lettre.instantane["pieces"][0]["reference"]


def test_a_link_from_a_passage_opens_the_request_pinned_there(client):
    instruction = pris_en_charge()
    client = connecte(client, instruction.instructeur)
    lien = f"{adresse('complements', instruction.dossier)}?cible={BESOIN}"
    assert lien in lue(client.get(adresse("dossier", instruction.dossier)))
    page = lue(client.get(lien))
    assert f'<option value="{BESOIN}" selected>' in page
    assert instruction.dossier.besoin in page


def test_a_button_pins_one_more_passage_and_what_was_typed_stays(client):
    instruction = pris_en_charge()
    client = connecte(client, instruction.instructeur)
    page = lue(
        client.post(
            adresse("complements", instruction.dossier),
            postes({"libelle": "Un devis"}, {"libelle": ""}, epingler="champ-sites", texte="Des mots à moi."),
        )
    )
    assert "Des mots à moi." in page
    assert 'value="Un devis"' in page
    assert '<option value="champ-sites" selected>' in page
    assert not DemandeComplements.objects.exists()


def test_a_passage_of_another_dossier_is_refused(client):
    instruction = pris_en_charge()
    page = connecte(client, instruction.instructeur).post(
        adresse("complements", instruction.dossier),
        postes({"libelle": "x", "cible": "piece-999999"}, action="demander_complements"),
    )
    assert "Ce passage n'est pas dans la version déposée." in lue(page)
    assert not DemandeComplements.objects.exists()


# -- Answering ---------------------------------------------------------------------------------------------------
def test_the_porteur_reads_what_was_deposited_beside_the_point_and_writes_it_anew(client):
    demande = demande_epinglee()
    dossier, pose = demande.dossier, demande.pieces.get()
    client = connecte(client, dossier.titulaire)
    page = lue(client.get(adresse("repondre", dossier)))
    assert f'name="point{pose.pk}-redaction"' in page
    assert page.count(dossier.besoin) >= 2  # deposited, and in the form to be written anew

    nouveau = f"{dossier.besoin} Dix-sept artisans l'ont écrit."
    client.post(
        adresse("repondre", dossier),
        {"piece": pose.pk, f"point{pose.pk}-redaction": nouveau, "action": "repondre"},
    )
    assert pose.reponses.get().redaction == nouveau
    dossier.refresh_from_db()
    assert dossier.besoin != nouveau  # the deposit does not change


def test_the_same_words_are_no_answer(client):
    demande = demande_epinglee()
    dossier, pose = demande.dossier, demande.pieces.get()
    page = connecte(client, dossier.titulaire).post(
        adresse("repondre", dossier),
        {"piece": pose.pk, f"point{pose.pk}-redaction": f"  {dossier.besoin} ", "action": "repondre"},
    )
    assert "Écrivez une réponse ou joignez un fichier." in lue(page)
    assert not pose.reponses.exists()


def test_nothing_opens_but_the_passages_named(client):
    demande = demande_envoyee()
    dossier, pose = demande.dossier, demande.pieces.get()
    assert "-redaction" not in lue(connecte(client, dossier.titulaire).get(adresse("repondre", dossier)))
    with pytest.raises(TransitionInterdite, match="Seuls les passages"):
        demande.repondre(par=dossier.titulaire, redaction="Autre chose", piece=pose)
    with pytest.raises(TransitionInterdite, match="Seuls les passages"):
        demande.repondre(par=dossier.titulaire, redaction="Autre chose")


# -- Judging -----------------------------------------------------------------------------------------------------
def test_the_agent_reads_old_and_new_then_says_done(client):
    demande = demande_epinglee()
    dossier, par = demande.dossier, demande.par
    repondre(demande, redaction=f"{dossier.besoin} Dix-sept artisans.")
    client = connecte(client, par)
    page = lue(client.get(adresse("dossier", dossier)))
    assert "Dix-sept artisans." in page[page.index("<ins>") : page.index("</ins>")]
    assert "0 point sur 1 fait." in page

    pose = demande.pieces.get()
    suite = client.post(adresse("juger_point", dossier, pose.pk), {"action": "fait"})
    assert suite.url == f"{adresse('dossier', dossier)}#point-{pose.pk}"
    assert "1 point sur 1 fait." in lue(client.get(adresse("dossier", dossier)))
    assert Entree.objects.filter(fil=dossier.fil, action="juger_complement").count() == 1


def test_the_piece_deposited_stands_beside_the_one_received(client):
    instruction = pris_en_charge()
    dossier = instruction.dossier
    jointe = dossier.joindre_complement(
        SimpleUploadedFile("statuts.pdf", pdf(), "application/pdf"), par=dossier.titulaire
    )
    Piece.objects.filter(pk=jointe.pk).update(complement=False)
    cle, passage = next((c, p) for c, p in passages_du_dossier(dossier).items() if p.piece)
    demande = demande_envoyee(instruction, pieces=[{"libelle": "Une copie lisible", "cible": cle}])
    assert passage.piece.nom in lue(connecte(client, dossier.titulaire).get(adresse("repondre", dossier)))
    repondre(demande, fichiers=[SimpleUploadedFile("lisible.pdf", pdf(), "application/pdf")])
    page = lue(connecte(client, demande.par).get(adresse("dossier", dossier)))
    depuis = page[page.index("Reçu depuis :") - 300 :]
    assert passage.piece.nom in depuis
    assert "lisible.pdf" in depuis


def test_asked_again_it_comes_first_in_the_next_request(client):
    demande = repondre(demande_epinglee(), texte="Voir le dossier.")
    dossier, pose = demande.dossier, demande.pieces.get()
    client = connecte(client, demande.par)
    sans_mots = client.post(adresse("juger_point", dossier, pose.pk), {"action": "redemander", "mots": " "})
    assert "Écrivez ce qui manque encore" in lue(sans_mots)
    client.post(
        adresse("juger_point", dossier, pose.pk), {"action": "redemander", "mots": "Il manque le chiffre."}
    )
    pose.refresh_from_db()
    assert (pose.jugement, pose.mots, pose.juge_par) == (
        Jugement.REDEMANDE,
        "Il manque le chiffre.",
        demande.par,
    )
    page = lue(client.get(adresse("complements", dossier)))
    assert "Il manque le chiffre." in page
    client.post(
        adresse("complements", dossier),
        postes(
            {"libelle": pose.libelle, "cible": BESOIN, "raison": pose.mots, "reprend": pose.pk},
            action="demander_complements",
        ),
    )
    suivante = DemandeComplements.objects.get(etat=EtatDemande.OUVERTE)
    assert suivante.pieces.get().reprend == pose
    assert "Il manque le chiffre." in lue(
        connecte(client, dossier.titulaire).get(adresse("repondre", dossier))
    )
    repondre(suivante, texte="Le voici.")
    with pytest.raises(TransitionInterdite, match="déjà demandé de nouveau"):
        demande.juger(pose, Jugement.FAIT, par=demande.par)
    assert "Il manque le chiffre." not in lue(
        connecte(client, demande.par).get(adresse("complements", dossier))
    )


def test_a_judgment_can_be_unsaid_until_the_conclusion():
    demande = repondre(demande_epinglee(), texte="Voici.")
    pose = demande.pieces.get()
    demande.juger(pose, Jugement.FAIT, par=demande.par)
    demande.juger(pose, "", par=demande.par)
    pose.refresh_from_db()
    assert (pose.jugement, pose.juge_le, pose.juge_par) == ("", None, None)


@pytest.mark.parametrize(
    "qui", [lambda d: agent(), lambda d: d.dossier.titulaire], ids=["another agent", "the porteur"]
)
def test_only_who_examines_judges(qui):
    demande = repondre(demande_epinglee(), texte="Voici.")
    with pytest.raises(GesteInterdit):
        demande.juger(demande.pieces.get(), Jugement.FAIT, par=qui(demande))


def test_nothing_is_judged_while_the_porteur_answers_nor_without_an_answer():
    demande = demande_envoyee(pieces=[point(), point(libelle="Un plan", cible="")])
    premier, second = demande.pieces.all()
    with pytest.raises(TransitionInterdite, match="répond encore"):
        demande.juger(premier, Jugement.FAIT, par=demande.par)
    repondre(demande, texte="Voici.")
    with pytest.raises(TransitionInterdite, match="Aucune réponse"):
        demande.juger(second, Jugement.FAIT, par=demande.par)


def test_the_porteur_never_sees_the_judgment(client):
    demande = repondre(demande_epinglee(), texte="Voici.")
    demande.juger(demande.pieces.get(), Jugement.REDEMANDE, par=demande.par, mots="Trop court.")
    client = connecte(client, demande.dossier.titulaire)
    page = lue(client.get(adresse("repondre", demande.dossier)))
    assert "Trop court." not in page
    assert "redemander" not in page.lower()
    assert client.get(adresse("juger_point", demande.dossier, demande.pieces.get().pk)).status_code == 403


# -- The date passes ---------------------------------------------------------------------------------------------
def passee(demande):
    return horloge.a(demande.echeance + timedelta(hours=1))


def test_one_panel_offers_what_the_law_gives(client):
    demande = demande_epinglee()
    client = connecte(client, demande.par)
    assert "jusqu'au" in lue(client.get(adresse("echeance", demande.dossier)))
    with passee(demande):
        page = lue(client.get(adresse("dossier", demande.dossier)))
        assert adresse("echeance", demande.dossier) in page
        page = lue(client.get(adresse("echeance", demande.dossier)))
        for action in ("continuer", "prolonger", "incomplet"):
            assert f'name="action" value="{action}"' in page


def test_the_examination_goes_on_as_it_is(client):
    demande = demande_epinglee()
    with passee(demande):
        connecte(client, demande.par).post(adresse("echeance", demande.dossier), {"action": "continuer"})
        demande.refresh_from_db()
        assert (demande.etat, demande.dossier.__class__.objects.get().etat) == (
            EtatDemande.ECHUE,
            Etat.EN_INSTRUCTION,
        )


def test_more_time_is_given_after_the_date(client):
    demande = demande_epinglee()
    with passee(demande):
        jour = horloge.aujourd_hui() + timedelta(days=10)
        connecte(client, demande.par).post(
            adresse("echeance", demande.dossier), {"action": "prolonger", "echeance": str(jour)}
        )
        demande.refresh_from_db()
        assert demande.est_ouverte
        assert demande.echeance.astimezone(horloge.PARIS).date() == jour


def test_an_indispensable_point_left_without_answer_closes_it_as_incomplete(client):
    instruction = pris_en_charge()
    regle = instruction.dossier.vague.appel.criteres.get(code="E4")
    demande = demande_envoyee(instruction, pieces=[point(indispensable=True, regle=regle)])
    with passee(demande):
        client = connecte(client, demande.par)
        vide = client.post(adresse("echeance", demande.dossier), {"action": "incomplet"})
        assert "Cochez au moins une règle." in lue(vide)
        suite = client.post(adresse("echeance", demande.dossier), {"action": "incomplet", "regles": ["E4"]})
        assert suite.url == adresse("refus", demande.dossier)
        verdict = Instruction.objects.get().verdicts.get(critere=regle)
        assert verdict.reponse == Reponse.NON
        assert "Préciser le besoin" in verdict.motif
        assert "non reçu au" in verdict.motif


def test_what_is_not_indispensable_never_closes_a_dossier(client):
    demande = demande_envoyee(pieces=[point(indispensable=False)])
    with passee(demande):
        client = connecte(client, demande.par)
        assert "ne peut pas être clos comme incomplet" in lue(
            client.get(adresse("echeance", demande.dossier))
        )
        reponse = client.post(adresse("echeance", demande.dossier), {"action": "incomplet", "regles": ["E4"]})
        assert reponse.status_code in (200, 409)
        assert DemandeComplements.objects.get().est_ouverte


def test_before_the_date_nobody_closes(client):
    demande = demande_epinglee()
    client = connecte(client, demande.par)
    for action in ({"action": "continuer"}, {"action": "incomplet", "regles": ["E4"]}):
        assert client.post(adresse("echeance", demande.dossier), action).status_code == 409
    assert DemandeComplements.objects.get().est_ouverte
    chef = responsable()
    assert connecte(client, chef).get(adresse("echeance", demande.dossier)).status_code == 200
