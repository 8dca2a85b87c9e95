"""Likely duplicates: planted ones are found among many, strangers are left alone, an agent's word ends the hint."""

from random import Random

import pytest
from django.db import connection, transaction

from candidatures.models import Dossier
from instruction.controles import passage
from instruction.models import AvisDoublon, ControleAuto, Rapprochement, VerdictAuto
from manufactures import horloge
from manufactures.demonstration.peuplement import identites
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import numero_de
from tests.factories.instruction import agent, dossier_depose, vague_close

pytestmark = pytest.mark.django_db
LONGS = ("besoin", "projet", "communaute", "mutualisation")
SANS_ACCENT = str.maketrans("éèêàçôîûÉ", "eeeacoiuE")


def peupler(nombre: int, vague) -> list[Dossier]:
    """Deposited dossiers written by the hundred, their words drawn as the bulk loader draws them."""
    alea = Random("doublons")  # noqa: S311
    textes = identites.tirer_textes(alea)
    dossiers = [
        Dossier(
            vague=vague,
            numero=numero_de(rang + 500_000),
            etat=Etat.DEPOSE,
            depose_le=horloge.maintenant(),
            version_deposee=1,
            nom_projet=identites.tirer_projet(alea),
            resume_public=identites.tirer_resume(alea),
            siret=identites.siret_invente(rang),
            **{nom: alea.choice(textes) for nom in LONGS},
        )
        for rang in range(nombre)
    ]
    return Dossier.objects.bulk_create(dossiers, batch_size=200)


def recopier(source: Dossier, rang: int) -> Dossier:
    """The same project told again: words turned round, accents lost, a paragraph anew, for some the same SIRET."""
    mots = source.nom_projet.split()
    titres = (
        " ".join(reversed(mots)),
        f"Projet {source.nom_projet.translate(SANS_ACCENT).upper()}",
        f"{source.nom_projet}, deuxième essai",
        f"Association {' '.join(mots[1:] + mots[:1])}",
    )
    phrases = source.resume_public.split(". ")
    champs = {nom: getattr(source, nom) for nom in LONGS}
    champs[LONGS[rang % len(LONGS)]] = "Nous avons entièrement repris ce paragraphe à la demande de nos élus."
    return Dossier.objects.create(
        vague=source.vague,
        numero=numero_de(rang + 900_000),
        etat=Etat.DEPOSE,
        depose_le=horloge.maintenant(),
        version_deposee=1,
        nom_projet=titres[rang % len(titres)],
        resume_public=". ".join(reversed(phrases)).translate(SANS_ACCENT if rang % 2 else {}),
        siret=source.siret if rang % 3 == 0 else identites.siret_invente(rang + 50_000),
        **champs,
    )


@pytest.fixture
def en_gros(db):
    """Rows written in bulk have neither version nor titulaire: no invariant is asked of them."""
    yield
    transaction.set_rollback(True)


def planter(nombre: int, parmi: int):
    """`nombre` pairs of near-duplicates among `parmi` dossiers, as pairs of keys; and all the dossiers."""
    dossiers = peupler(parmi - nombre, vague_close())
    pas = len(dossiers) // nombre
    plantes = [(dossiers[rang * pas], recopier(dossiers[rang * pas], rang)) for rang in range(nombre)]
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE instruction_textecompare, candidatures_dossier")
    return {(a.pk, b.pk) for a, b in plantes}, [*dossiers, *(b for _, b in plantes)]


@pytest.mark.long
@pytest.mark.usefixtures("en_gros")
def test_twenty_planted_near_duplicates_are_found_among_two_thousand_with_five_false_ones_at_most():
    plantes, dossiers = planter(20, 2000)

    for dossier in dossiers:
        Rapprochement.chercher(dossier)

    trouves = set(Rapprochement.objects.values_list("premier", "second"))
    assert plantes <= trouves
    assert len(trouves - plantes) <= 5


@pytest.mark.usefixtures("en_gros")
def test_planted_near_duplicates_are_found_and_strangers_left_alone():
    plantes, dossiers = planter(8, 240)

    for dossier in [*dossiers[:20], *dossiers[-8:]]:
        Rapprochement.chercher(dossier)

    assert set(Rapprochement.objects.values_list("premier", "second")) == plantes


def deux_dossiers():
    """The same words deposited twice under another title's order, by other people."""
    vague = vague_close()
    un = dossier_depose(vague=vague, nom="L'Établi de la Drôme", siret="00031136500019")
    autre = dossier_depose(vague=vague, nom="La Drôme de l'établi", siret="", besoin="Un tout autre besoin.")
    return un, autre


def test_an_agent_compares_both_texts_says_a_word_and_the_hint_goes(client):
    un, autre = deux_dossiers()
    passage.refaire(un)
    passage.refaire(autre)
    lignes = ControleAuto.objects.filter(code="doublons.ressemblance")
    assert {ligne.verdict for ligne in lignes} == {VerdictAuto.A_REGARDER}
    paire = Rapprochement.objects.get()

    client.force_login(par := agent())
    adresse = f"/instruction/{un.numero}/doublons/"
    page = client.get(adresse).content.decode()
    assert "La Drôme de l&#x27;établi" in page
    assert "<mark>Un tout autre besoin.</mark>" in page
    nu = {"paire": paire.pk, f"paire-{paire.pk}-avis": "DISTINCT", f"paire-{paire.pk}-mot": ""}
    assert client.post(adresse, nu).status_code == 200
    assert not Rapprochement.objects.get().avis
    client.post(adresse, nu | {f"paire-{paire.pk}-mot": "Deux ateliers, deux villes."})

    paire.refresh_from_db()
    assert (paire.avis, paire.par) == (AvisDoublon.DISTINCT, par)
    assert {ligne.verdict for ligne in lignes.all()} == {VerdictAuto.CONFORME}
    for dossier in (un, autre):
        assert Entree.objects.filter(fil=dossier.fil, action="juger_doublon").count() == 1
    passage.refaire(un)  # looked for again, what was judged stays judged
    assert Rapprochement.objects.get().avis == AvisDoublon.DISTINCT


def test_a_word_is_required_and_a_later_version_is_no_duplicate():
    un, autre = deux_dossiers()
    paire = Rapprochement.chercher(un)[0]
    with pytest.raises(TransitionInterdite):
        paire.juger(AvisDoublon.DOUBLON, mot=" ", par=agent())
    Dossier.objects.filter(pk=autre.pk).update(issu_de=un)

    assert Rapprochement.chercher(un) == []


def test_the_same_establishment_twice_in_a_wave_is_always_said():
    vague = vague_close()
    un = dossier_depose(vague=vague, nom="La Soudée", siret="00031136500019")
    dossier_depose(
        vague=vague,
        nom="Fournil partagé",
        siret="00031136500019",
        resume_public="Du pain et des machines à coudre pour le plateau.",
        **dict.fromkeys(LONGS, "Rien de commun avec l'autre projet de la maison."),
    )

    (paire,) = Rapprochement.chercher(un)

    assert paire.meme_siret


def test_trigger_keeps_the_compared_text_of_deposited_dossiers_only():
    un, _ = deux_dossiers()
    with connection.cursor() as curseur:
        curseur.execute("SELECT titre FROM instruction_textecompare WHERE dossier_id = %s", [un.pk])
        assert curseur.fetchone() == ("l etabli de la drome",)
        Dossier.objects.filter(pk=un.pk).update(nom_projet="Été")
        curseur.execute("SELECT titre FROM instruction_textecompare WHERE dossier_id = %s", [un.pk])
        assert curseur.fetchone() == ("ete",)


RESUME = (
    "Une halle de quatre cents mètres carrés ouverte aux artisans du plateau, avec une fonderie, un four à verre et "
    "une boutique tenue à tour de rôle. Les élèves du lycée y passent une journée par mois, les habitants le samedi. "
    "Chaque machine a son référent, chaque référent forme deux remplaçants avant la fin de la première année."
)


def test_another_title_over_the_same_words_is_found_by_the_phrases_they_share():
    vague = vague_close()
    un = dossier_depose(vague=vague, nom="La Soudée du plateau", siret="", resume_public=RESUME)
    phrases = RESUME.split(". ")
    autre = dossier_depose(
        vague=vague, nom="Fabrique du plateau", siret="", resume_public=". ".join(phrases[::-1])
    )
    dossier_depose(vague=vague, nom="Le Fournil", siret="", resume_public="Du pain pour le plateau.")

    (paire,) = Rapprochement.chercher(un)

    assert paire.autre_que(un) == autre and not paire.meme_siret


@pytest.mark.usefixtures("en_gros")
def test_the_search_reads_by_its_index_and_a_phrase_that_everybody_writes_tells_nothing():
    """What is read hangs on the sketch of one text, 32 phrases of 200 dossiers at most, not on how many there are."""
    dossiers = peupler(260, vague_close())
    Dossier.objects.filter(pk__in=[d.pk for d in dossiers]).update(resume_public=RESUME)
    with connection.cursor() as curseur:
        curseur.execute("SELECT max(cardinality(phrases)) FROM instruction_textecompare")
        assert curseur.fetchone() == (32,)
        curseur.execute("ANALYZE instruction_textecompare")
        curseur.execute("SET LOCAL enable_seqscan = off")
        curseur.execute(
            "EXPLAIN SELECT dossier_id FROM instruction_textecompare"
            " WHERE phrases @> ARRAY[(SELECT phrases[1] FROM instruction_textecompare LIMIT 1)] LIMIT 200"
        )
        plan = "\n".join(ligne for (ligne,) in curseur.fetchall())
    assert "texte_compare_phrases" in plan
    trouves = Rapprochement.chercher(dossiers[0])
    assert all(paire.score > 0 for paire in trouves) and len(trouves) <= 10
