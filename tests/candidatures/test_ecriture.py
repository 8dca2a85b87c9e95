"""Writing together: saved as one types, never over somebody else's words, every change kept, comments for the team."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from candidatures.avancement import phrase_d_avancement
from candidatures.differences import differences
from candidatures.forms.fusion import empreintes, lire_empreintes, reunir
from candidatures.forms.pages import Page
from candidatures.models import Commentaire, Dossier, Modification, Section
from manufactures import horloge
from manufactures.attentes import taches_pour
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def adresse(dossier, section):
    return f"{dossier.get_absolute_url()}{section}/"


def affichee(client, dossier, section) -> dict:
    """What a browser would post of this page, untouched."""
    page = client.get(adresse(dossier, section))
    assert page.status_code == 200
    donnees = {nom: str(page.context[nom]) for nom in ("version", "lu", "fenetre")}
    for form in page.context["page"].forms:
        for champ in form:
            valeur = champ.value()
            if isinstance(valeur, list | tuple):
                donnees[champ.html_name] = [str(getattr(v, "pk", v)) for v in valeur]
            elif valeur not in (None, False):
                donnees[champ.html_name] = valeur
    for _, formset in page.context["page"].tables:
        donnees |= {champ.html_name: champ.value() for champ in formset.management_form}
    return donnees


def autosauver(client, dossier, section, donnees):
    """The request that the script sends; the page then holds what the answer brings."""
    reponse = client.post(adresse(dossier, section), donnees, **HTMX)
    if reponse.status_code == 200:
        texte = reponse.content.decode()
        for nom in ("version", "lu"):
            donnees[nom] = re.search(rf'name="{nom}" value="([^"]*)"', texte)[1]
    return reponse


@pytest.fixture
def dossier(client):
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    return dossier


@pytest.fixture
def autre(dossier):
    return MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user


@pytest.fixture
def son_client(autre):
    client = Client()
    client.force_login(autre)
    return client


# -- autosave ------------------------------------------------------------------------------------------------


def test_an_autosave_writes_and_says_when(client, dossier):
    page = affichee(client, dossier, "projet")
    reponse = autosauver(client, dossier, "projet", page | {"besoin": "Un four pour dix potiers."})

    texte = reponse.content.decode()
    assert reponse.status_code == 200
    assert re.search(r"Enregistré à \d+\xa0h\xa0\d\d\.", texte) and 'data-mp-saisie="enregistree"' in texte
    assert "<html" not in texte
    dossier.refresh_from_db()
    assert dossier.besoin == "Un four pour dix potiers."


@pytest.mark.parametrize("section", Section)
def test_what_is_not_touched_is_not_written(client, dossier, section):
    """The digests of the page are those of what it posts back: no change, no line of history."""
    page = affichee(client, dossier, section)
    assert lire_empreintes(page["lu"]) == empreintes(Page(dossier, section))
    client.post(adresse(dossier, section), page)
    assert not Modification.objects.exists()
    autosauver(client, dossier, section, affichee(client, dossier, section))
    assert dossier.saisies.get(section=section).version == 1


def test_what_is_wrong_is_named_and_the_rest_is_saved(client, dossier):
    page = affichee(client, dossier, "structure")
    reponse = autosauver(client, dossier, "structure", page | {"siret": "123", "raison_sociale": "Le Four"})

    texte = reponse.content.decode()
    assert 'data-mp-saisie="partielle"' in texte and "Un SIRET compte 14 chiffres." in texte
    assert 'href="#id_siret"' in texte
    dossier.refresh_from_db()
    assert (dossier.raison_sociale, dossier.siret) == ("Le Four", "00031136500019")


def test_a_new_row_saved_twice_stands_once(client, dossier):
    """The page still counts it as new; it is neither lost nor doubled."""
    ligne = {"nom": "Le lycée", "type": "FORMATION", "engagement": "ENGAGE"}
    page = affichee(client, dossier, "gouvernance")
    page |= {f"partenaires-1-{champ}": valeur for champ, valeur in ligne.items()}
    for _ in range(3):
        assert autosauver(client, dossier, "gouvernance", page).status_code == 200
    assert [p.nom for p in dossier.partenaires.all()] == ["Commune de Crest", "Le lycée"]
    autosauver(client, dossier, "gouvernance", page | {"partenaires-1-DELETE": "on"})
    assert [p.nom for p in dossier.partenaires.all()] == ["Commune de Crest"]


def test_an_expired_session_is_told_and_nothing_is_followed(client, dossier):
    page = affichee(client, dossier, "projet")
    client.logout()
    assert client.post(adresse(dossier, "projet"), page, **HTMX).status_code == 401
    assert client.post(adresse(dossier, "projet"), page).status_code == 302


def test_a_deposited_dossier_refuses_an_autosave(client, dossier):
    page = affichee(client, dossier, "projet") | {"besoin": "Trop tard."}
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    reponse = client.post(adresse(dossier, "projet"), page, **HTMX)
    assert reponse.status_code == 409 and "Ce dossier est déposé" in reponse.content.decode()
    assert "<html" not in reponse.content.decode()


def test_the_page_and_the_autosave_cost_little(client, dossier):
    """Whatever the section: a page at most 15 queries, the save of an answer or of a table at most 20."""
    client.get(adresse(dossier, "projet"))
    trop = {}
    for section in Section:
        with compter() as lecture:
            page = affichee(client, dossier, section)
        touche = next(
            nom
            for nom in page
            if re.search(r"-0-(libelle|nom|designation)$|^(calendrier|raison_sociale)$", nom)
            or nom == "besoin"
        )
        with compter() as ecriture:
            reponse = client.post(adresse(dossier, section), page | {touche: "Autre chose"}, **HTMX)
        assert 'data-mp-saisie="enregistree"' in reponse.content.decode()
        if lecture.requetes > 15 or ecriture.requetes > 20:
            trop[section.value] = f"{lecture}\n{ecriture}"
    assert trop == {}, "\n".join(trop.values())
    assert Modification.objects.count() == len(Section)


# -- two hands -----------------------------------------------------------------------------------------------


def test_two_members_in_different_answers_never_meet(client, son_client, dossier):
    """One section, two answers: both are kept, nobody is asked anything, the other's is announced."""
    mienne, sienne = affichee(client, dossier, "projet"), affichee(son_client, dossier, "projet")
    sienne["besoin"] = "Son besoin."
    autosauver(son_client, dossier, "projet", sienne)
    mienne["formation"] = "Ma formation."
    reponse = autosauver(client, dossier, "projet", mienne)

    assert 'data-mp-saisie="enregistree"' in reponse.content.decode()
    assert "a modifié «\xa0Besoin du territoire\xa0»" in reponse.content.decode()
    dossier.refresh_from_db()
    assert (dossier.besoin, dossier.formation) == ("Son besoin.", "Ma formation.")

    mienne["formation"] = "Ma formation, encore."  # the stale answer on my page is still nobody's writing
    autosauver(client, dossier, "projet", mienne)
    assert client.post(adresse(dossier, "projet"), mienne).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.besoin, dossier.formation) == ("Son besoin.", "Ma formation, encore.")


def test_the_same_answer_is_shown_in_both_texts_and_no_word_is_lost(client, son_client, autre, dossier):
    mienne, sienne = affichee(client, dossier, "projet"), affichee(son_client, dossier, "projet")
    sienne["besoin"] = "Les artisans n'ont pas d'atelier à Crest."
    autosauver(son_client, dossier, "projet", sienne)
    mienne |= {"besoin": "Les artisans n'ont pas de four.", "formation": "Ma formation."}
    auto = autosauver(client, dossier, "projet", mienne).content.decode()
    assert 'data-mp-saisie="deux_textes"' in auto and str(autre) in auto

    dossier.refresh_from_db()
    assert dossier.besoin == "Les artisans n'ont pas d'atelier à Crest."
    assert dossier.formation == "Ma formation."

    reponse = client.post(adresse(dossier, "projet"), mienne)
    page = reponse.content.decode()
    assert reponse.status_code == 409
    assert [ecart.nom for ecart in reponse.context["ecarts"]] == ["besoin"]
    assert "Les artisans n'ont pas de four." in page.replace("&#x27;", "'")
    ensemble = reponse.context["ecarts"][0].ensemble
    assert set("Les artisans n'ont pas d'atelier à Crest. de four.".split()) <= set(ensemble.split())
    assert re.search(r'value="deux" checked', page)


@pytest.mark.parametrize(
    ("choix", "attendu"),
    [("mienne", "Le mien."), ("sienne", "Le sien."), ("deux", "Le sien. Le mien aussi.")],
)
def test_each_choice_writes_what_it_says(client, son_client, dossier, choix, attendu):
    mienne, sienne = affichee(client, dossier, "projet"), affichee(son_client, dossier, "projet")
    autosauver(son_client, dossier, "projet", sienne | {"besoin": "Le sien."})
    reponse = client.post(adresse(dossier, "projet"), mienne | {"besoin": "Le mien.", "formation": "Aussi."})
    suite = {
        nom: [v for n, v in reponse.context["gardes"] if n == nom] for nom, _ in reponse.context["gardes"]
    }
    suite |= {"version": reponse.context["version"], "lu": reponse.context["lu"]}
    suite |= {"garder-besoin": choix, "autre-besoin": "Le sien. Le mien aussi."}
    assert client.post(adresse(dossier, "projet"), suite).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.besoin, dossier.formation) == (attendu, "Aussi.")


def test_two_hands_in_one_table_keep_every_row(client, son_client, dossier):
    """What is ticked at first puts both sets of rows together."""

    def avec(page, nom):
        ligne = {"nom": nom, "type": "PUBLIC", "engagement": "ENGAGE"}
        return page | {f"partenaires-1-{champ}": valeur for champ, valeur in ligne.items()}

    mienne = avec(affichee(client, dossier, "gouvernance"), "Le lycée")
    sienne = avec(affichee(son_client, dossier, "gouvernance"), "La région")
    autosauver(son_client, dossier, "gouvernance", sienne)
    reponse = client.post(adresse(dossier, "gouvernance"), mienne)
    assert reponse.status_code == 409
    suite = {nom: v for nom, v in reponse.context["gardes"]}
    suite |= {
        "version": reponse.context["version"],
        "lu": reponse.context["lu"],
        "garder-partenaires": "deux",
    }
    assert client.post(adresse(dossier, "gouvernance"), suite).status_code == 302
    assert [p.nom for p in dossier.partenaires.all()] == ["Commune de Crest", "La région", "Le lycée"]


def test_a_lost_answer_is_no_quarrel_with_oneself(client, dossier):
    """The save arrived, its answer did not: the same window goes on typing over its own words."""
    page = affichee(client, dossier, "projet")
    client.post(adresse(dossier, "projet"), page | {"besoin": "Un."}, **HTMX)
    reponse = autosauver(client, dossier, "projet", page | {"besoin": "Un deux."})
    assert 'data-mp-saisie="enregistree"' in reponse.content.decode()
    dossier.refresh_from_db()
    assert dossier.besoin == "Un deux."


def test_two_windows_of_one_person_do_not_erase_each_other(client, dossier):
    une, deux = affichee(client, dossier, "projet"), affichee(client, dossier, "projet")
    autosauver(client, dossier, "projet", une | {"besoin": "Au téléphone."})
    reponse = autosauver(client, dossier, "projet", deux | {"besoin": "À l'ordinateur."})
    assert 'data-mp-saisie="deux_textes"' in reponse.content.decode()


def test_what_the_browser_kept_is_said_to_have_come(client, dossier):
    """Sent again after a cut: the address says which window may forget its copy."""
    page = affichee(client, dossier, "projet") | {"besoin": "Gardé.", "suite": "rester"}
    reponse = client.post(adresse(dossier, "projet"), page | {"copie": "1", "reprise": "1"}, follow=True)
    assert reponse.redirect_chain[0][0].endswith(f"/projet/?recu={page['fenetre']}")
    assert "Rien n'a été perdu" in reponse.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("sienne", "mienne"),
    [
        ("Un four à Crest.", "Un four et un séchoir."),
        ("Tout autre chose ici", "Des phrases sans rapport aucun"),
        ("", "Seul."),
        ("Le même.", "Le même."),
        ("Un.\n\nDeux.", "Un.\n\nTrois."),
    ],
)
def test_both_texts_joined_hold_every_word(sienne, mienne):
    ensemble = reunir(sienne, mienne).split()
    assert set(sienne.split()) | set(mienne.split()) == set(ensemble)


@pytest.mark.django_db(transaction=True)
def test_at_the_very_same_instant_one_is_written_and_the_other_is_told():
    """Ten pairs of threads on one answer: never a silent overwrite."""
    dossier = DossierFactory()
    gens = [dossier.titulaire, MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user]

    def envoyer(client, page, texte, depart, recus):
        try:
            depart.wait()
            recus[texte] = client.post(adresse(dossier, "projet"), page | {"besoin": texte}, **HTMX)
        finally:
            connection.close()

    for tour in range(10):
        depart, recus, fils = threading.Barrier(2), {}, []
        for rang, user in enumerate(gens):
            client = Client()
            client.force_login(user)
            faits = (client, affichee(client, dossier, "projet"), f"Texte {tour}-{rang}", depart, recus)
            fils.append(threading.Thread(target=envoyer, args=faits))
        for fil in fils:
            fil.start()
        for fil in fils:
            fil.join()
        verdicts = {
            texte: re.search(r'data-mp-saisie="(\w+)"', reponse.content.decode())[1]
            for texte, reponse in recus.items()
        }
        dossier.refresh_from_db()
        assert sorted(verdicts.values()) == ["deux_textes", "enregistree"]
        assert verdicts[dossier.besoin] == "enregistree"


# -- history -------------------------------------------------------------------------------------------------


def test_the_autosaves_of_some_minutes_are_one_line(client, dossier):
    page = affichee(client, dossier, "projet")
    for texte in ("Un", "Un four", "Un four à pain."):
        autosauver(client, dossier, "projet", page | {"besoin": texte})
    (ligne,) = Modification.objects.all()
    assert (ligne.section, ligne.libelle) == ("projet", "Besoin du territoire")
    assert (ligne.avant, ligne.apres) == ("Les artisans n'ont pas d'atelier.", "Un four à pain.")
    assert ligne.par == dossier.titulaire

    Modification.objects.update(
        le=horloge.maintenant() - timedelta(minutes=11), debut_le=horloge.maintenant() - timedelta(minutes=12)
    )
    autosauver(client, dossier, "projet", page | {"besoin": "Un four à pain, à Die."})
    assert [m.avant for m in Modification.objects.all()] == [
        "Un four à pain.",
        "Les artisans n'ont pas d'atelier.",
    ]


def test_the_history_says_who_what_and_when(client, son_client, autre, dossier):
    autosauver(
        son_client,
        dossier,
        "projet",
        affichee(son_client, dossier, "projet") | {"besoin": "Les artisans n'ont pas de four."},
    )
    page = client.get(reverse("candidatures:historique", args=[dossier.numero]))
    texte = page.content.decode()
    assert str(autre) in texte and "Besoin du territoire" in texte
    assert re.search(r"<del>.*?d&#x27;atelier\..*?</del>", texte) and re.search(
        r"<ins>.*?de four\..*?</ins>", texte
    )
    assert "Retiré\xa0:" in texte and "Ajouté\xa0:" in texte
    vide = client.get(reverse("candidatures:historique", args=[dossier.numero]) + "?section=lieu")
    assert "Aucun changement dans" in vide.content.decode()


def test_the_history_costs_the_same_at_one_and_many(client, dossier):
    chemin = reverse("candidatures:historique", args=[dossier.numero])

    def cout(combien):
        for rang in range(combien):
            Modification.objects.create(
                dossier=dossier,
                section="projet",
                champ="besoin",
                libelle="Besoin",
                avant="",
                apres=str(rang),
                par=UserFactory(),
            )
        with compter() as compte:
            assert client.get(chemin).status_code == 200
        return compte

    peu, beaucoup = cout(1), cout(30)
    assert peu.requetes == beaucoup.requetes <= 12, str(beaucoup)
    assert beaucoup.rangees < 40


def test_an_agent_reads_what_differs_between_deposits_and_no_draft(client, dossier):
    agent, chemin = UserFactory(role="RESPONSABLE"), reverse("candidatures:historique", args=[dossier.numero])
    autosauver(
        client, dossier, "projet", affichee(client, dossier, "projet") | {"besoin": "Secret du brouillon."}
    )
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    dossier.passer("reprendre", par=dossier.titulaire)
    autosauver(client, dossier, "projet", affichee(client, dossier, "projet") | {"besoin": "Jamais déposé."})
    autosauver(client, dossier, "projet", affichee(client, dossier, "projet") | {"besoin": "Besoin déposé."})
    client.force_login(agent)
    assert client.get(chemin).status_code == 404
    Dossier.objects.get(pk=dossier.pk).deposer(par=dossier.titulaire, **ATTESTATIONS)
    texte = client.get(chemin).content.decode()
    assert "Secret du brouillon." in texte and "Besoin déposé." in texte  # both were deposited
    assert "Jamais déposé." not in texte
    client.force_login(UserFactory(role="EXPERT"))
    assert client.get(chemin).status_code == 404


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [
        ("un deux trois", "un quatre trois", 
         [("egal", "un"), ("retire", " deux"), ("ajoute", " quatre"), ("egal", " trois")]),
        ("", "neuf", [("ajoute", "neuf")]),
        ("ancien", "", [("retire", "ancien")]),
        ("pareil", "pareil", [("coupe", "…")]),
    ],
)  # fmt: skip
def test_differences_are_told_word_by_word(avant, apres, attendu):
    if avant == apres:
        attendu = [("egal", "pareil")]
    assert [(m.genre, m.texte) for m in differences(avant, apres)] == attendu


def test_a_long_text_shows_what_changed_and_a_little_around():
    mots = [f"mot{n}" for n in range(200)]
    morceaux = differences(" ".join(mots), " ".join([*mots[:100], "ici", *mots[100:]]))
    assert [m.genre for m in morceaux] == ["coupe", "egal", "ajoute", "egal", "coupe"]
    assert len(morceaux[1].texte.split()) == 12


# -- comments ------------------------------------------------------------------------------------------------


def commenter(client, dossier, **champs):
    return client.post(reverse("candidatures:commentaires", args=[dossier.numero]), champs)


def test_members_comment_answer_and_settle(client, son_client, autre, dossier):
    assert (
        commenter(
            son_client, dossier, section="projet", texte="Et le séchoir\xa0?", depuis="section"
        ).status_code
        == 302
    )
    (fil,) = Commentaire.objects.all()
    page = client.get(adresse(dossier, "projet")).content.decode()
    assert "Et le séchoir\xa0?" in page and "1 commentaire" in page
    assert [t.objet for t in taches_pour(dossier.titulaire) if "Commentaire" in t.libelle] == [
        dossier.nom_projet
    ]
    assert not [t for t in taches_pour(autre) if "Commentaire" in t.libelle]

    commenter(client, dossier, section="projet", en_reponse_a=fil.pk, texte="Il vient après.")
    assert not [t for t in taches_pour(dossier.titulaire) if "Commentaire" in t.libelle]
    assert [t for t in taches_pour(autre) if "Commentaire" in t.libelle]

    regler = reverse("candidatures:commentaire", args=[dossier.numero, fil.pk])
    assert client.post(regler, {"action": "resoudre"}).status_code == 302
    assert client.post(regler, {"action": "resoudre"}).status_code == 409
    assert not [t for t in taches_pour(autre) if "Commentaire" in t.libelle]
    liste = reverse("candidatures:commentaires", args=[dossier.numero])
    assert "Et le séchoir" not in client.get(liste).content.decode()
    assert "Et le séchoir" in client.get(f"{liste}?regles=1").content.decode()

    commenter(son_client, dossier, section="projet", en_reponse_a=fil.pk, texte="Alors disons-le.")
    fil.refresh_from_db()
    assert fil.resolu_le is None


def test_an_empty_comment_is_refused_beside_its_field(client, dossier):
    reponse = commenter(client, dossier, section="projet", texte="  ")
    assert reponse.status_code == 200 and "Écrivez votre commentaire." in reponse.content.decode()
    assert not Commentaire.objects.exists()


def test_an_answer_stays_in_its_own_dossier(client, dossier):
    ailleurs = Commentaire.objects.create(
        dossier=DossierFactory(), section="lieu", texte="x", par=UserFactory()
    )
    commenter(client, dossier, section="lieu", texte="y", en_reponse_a=ailleurs.pk)
    assert not ailleurs.reponses.exists() and not dossier.commentaires.exists()


def test_comments_are_the_team_s_alone(client, dossier):
    """A lecteur speaks; agents, committee and strangers never see, even once deposited."""
    lecteur = MembreFactory(dossier=dossier, droit="LECTEUR").user
    client.force_login(lecteur)
    assert commenter(client, dossier, section="projet", texte="Mot de lecteur.").status_code == 302
    assert "Mot de lecteur." in client.get(adresse(dossier, "projet")).content.decode()
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    for role, code in (("RESPONSABLE", 403), ("AUDITEUR", 403), ("EXPERT", 404), ("PORTEUR", 404)):
        user = UserFactory(role=role)
        client.force_login(user)
        assert not Commentaire.objects.visibles_par(user).exists()
        assert not Modification.objects.visibles_par(user).exists()
        assert client.get(reverse("candidatures:commentaires", args=[dossier.numero])).status_code == code, (
            role
        )
        assert "Mot de lecteur." not in client.get(adresse(dossier, "projet")).content.decode()


# -- how far -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reste", "attendu"),
    [
        (timedelta(days=6, hours=3), "il reste 6\xa0jours."),
        (timedelta(hours=47), "il reste 47\xa0heures."),
        (timedelta(minutes=90), "il reste 1\xa0heure."),
        (timedelta(minutes=12), "il reste 12\xa0minutes."),
        (-timedelta(hours=1), "les dépôts sont clos depuis le"),
    ],
)
def test_one_plain_sentence_says_how_far_one_is(reste, attendu):
    dossier = DossierFactory(besoin="", formation="", projet="")
    dossier.vague.cloture = horloge.maintenant() + reste
    phrase = phrase_d_avancement(dossier, dossier.manques())
    assert phrase.startswith("Pas encore déposé\xa0: il manque 3\xa0réponses, ") and attendu in phrase


def test_the_menu_names_each_gap_of_the_section_and_opens_it(client):
    dossier = DossierFactory(besoin="", formation="")
    client.force_login(dossier.titulaire)
    page = client.get(adresse(dossier, "projet")).content.decode()
    assert "il manque 2\xa0réponses" in page
    assert re.search(r'<a href="#id_besoin">Décrire le besoin du territoire</a>', page)
