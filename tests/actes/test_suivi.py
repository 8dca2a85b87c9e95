"""What agents follow: the queue, its failures and their reason, the outbox, one act corrected."""

import pytest
from django.urls import reverse

from manufactures import horloge
from manufactures.actes import rendu
from manufactures.actes.models import Acte
from manufactures.actes.tasks import produire, reprendre
from tests.actes.exemples_d_actes import exemple
from tests.factories.accompagnement import distribution, laureat
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
SUIVI, RETENUS = "/actes/", "/actes/retenus/"


@pytest.fixture
def gens():
    return distribution()


@pytest.fixture
def dossier(gens):
    return laureat(gens)


@pytest.fixture
def commander(gens, dossier):
    def faire(cle="a", **options):
        options = {"par": gens.signataire, "retenu": True} | options
        instantane = exemple("labellisation") | options.pop("change", {})
        acte = Acte.commander("labellisation", fil=dossier.fil, instantane=instantane, cle=cle, **options)
        dossier.ajouter_acte(acte)
        return acte

    return faire


def lire(client, user, adresse, **options):
    client.force_login(user)
    reponse = client.get(adresse, **options)
    return reponse.status_code, " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def test_a_failure_is_shown_with_its_reason_and_tried_again(client, gens, commander):
    acte = commander()
    Acte.objects.filter(pk=acte.pk).update(
        etat="ECHEC", essais=5, motif_echec="GabaritIncomplet : il manque « x »"
    )
    code, page = lire(client, gens.agent, SUIVI)
    assert code == 200 and "1 document en échec" in page and "il manque « x »" in page
    assert client.post(SUIVI).status_code == 302
    acte.refresh_from_db()
    assert (acte.etat, acte.essais) == ("A_RENDRE", 0)


def test_the_batch_says_how_far_it_is(client, gens, commander):
    actes = [commander(str(rang)) for rang in range(4)]
    Acte.objects.filter(pk__in=[acte.pk for acte in actes[1:]]).update(
        etat="SCELLE", empreinte="a", fichier="f", scelle_le=actes[0].cree_le
    )
    _, page = lire(client, gens.agent, SUIVI)
    assert "3 sur 4 documents du lot en cours préparés" in page and 'width="75"' in page
    code, morceau = lire(client, gens.agent, SUIVI, headers={"HX-Request": "true"})
    assert code == 200 and "3 sur 4" in morceau and "<h1" not in morceau
    Acte.objects.update(etat="SCELLE", empreinte="a", fichier="f", scelle_le=actes[0].cree_le)
    _, fini = lire(client, gens.agent, SUIVI, headers={"HX-Request": "true"})
    assert "Aucun document n'attend" in fini and "every 3s" not in fini


@pytest.mark.parametrize(("filtre", "vus"), [("retenus", 1), ("echec", 0), ("annules", 0), ("n'importe", 2)])
def test_the_list_is_filtered(client, gens, commander, filtre, vus):
    commander("a"), commander("b", retenu=False)
    _, page = lire(client, gens.agent, SUIVI, query_params={"filtre": filtre})
    assert page.count('<th scope="row">') == vus


def test_the_outbox_draws_each_act_in_small(client, gens, commander):
    acte, libre = commander("a"), commander("b", retenu=False)
    code, page = lire(client, gens.agent, RETENUS)
    assert code == 200 and acte.numero in page and libre.numero not in page
    assert f'<iframe src="{reverse("actes:apercu", args=[acte.numero])}"' in page
    apercu = client.get(reverse("actes:apercu", args=[acte.numero]))
    assert "portant labellisation" in apercu.content.decode()
    csp = apercu["Content-Security-Policy"]
    assert "default-src 'none'" in csp and "script-src" not in csp and "frame-ancestors 'self'" in csp
    assert apercu["X-Frame-Options"] == "SAMEORIGIN"


def test_what_was_typed_is_text_in_the_preview_too(client, gens, commander):
    acte = commander(change={"motifs": ["<script>alert(1)</script> et le reste du motif"]})
    _, page = lire(client, gens.agent, reverse("actes:apercu", args=[acte.numero]))
    assert "<script" not in page and "&lt;script" in page


def test_one_act_of_the_batch_is_corrected_by_who_signed(client, gens, commander, dossier):
    acte = commander()
    adresse = reverse("actes:corriger", args=[acte.numero])
    code, page = lire(client, gens.responsable, adresse)
    assert code == 200 and "la correction lui revient" in page and "<textarea" not in page
    assert (
        client.post(
            adresse, {"texte_0": "un tout autre motif", "motif": "Une coquille dans le motif."}
        ).status_code
        == 403
    )
    _, page = lire(client, gens.signataire, adresse)
    assert "Motifs, 1" in page
    suite = client.post(
        adresse, {"texte_0": "le projet ouvre ses ateliers à tous", "motif": "Une coquille dans le motif."}
    )
    nouveau = Acte.objects.get(remplace=acte)
    assert suite.url == nouveau.get_absolute_url() and nouveau.lisible_le is None
    assert "ouvre ses ateliers" in nouveau.instantane["motifs"][0]
    assert list(dossier.actes.all()) == [nouveau]


@pytest.mark.parametrize(
    ("donnees", "statut"),
    [({"motif": "court"}, 422), ({"motif": "Un motif assez long, sans rien changer."}, 409)],
)
def test_a_correction_without_reason_or_change_is_refused(client, gens, commander, donnees, statut):
    acte = commander()
    client.force_login(gens.signataire)
    assert client.post(reverse("actes:corriger", args=[acte.numero]), donnees).status_code == statut
    assert Acte.objects.count() == 1


def test_a_cancelled_act_keeps_its_page_and_its_reason(client, gens, commander):
    acte = commander()
    adresse = reverse("actes:annuler", args=[acte.numero])
    client.force_login(gens.responsable)
    assert client.get(adresse).status_code == 200
    assert client.post(adresse, {"motif": "Le dossier a été confondu avec un autre."}).status_code == 302
    _, page = lire(client, gens.responsable, acte.get_absolute_url())
    assert "confondu avec un autre" in page and "Corriger cet acte" not in page
    assert client.get(adresse).status_code == 404


def test_a_porteur_reads_none_of_this(client, gens, commander):
    acte = commander(retenu=False)
    for adresse in (
        SUIVI,
        RETENUS,
        reverse("actes:apercu", args=[acte.numero]),
        reverse("actes:corriger", args=[acte.numero]),
    ):
        assert lire(client, gens.porteur, adresse)[0] == 403
    _, page = lire(client, gens.porteur, acte.get_absolute_url())
    assert "Corriger" not in page and "Lire le texte" not in page


def test_the_list_asks_the_same_whatever_its_length(client, gens, commander):
    commander("a")
    client.force_login(gens.agent)
    client.get(SUIVI)
    with compter() as court:
        client.get(SUIVI)
    for rang in range(12):
        commander(f"x{rang}")
    with compter() as long:
        client.get(SUIVI)
    assert long.requetes == court.requetes <= 12, str(long)


def test_what_fails_waits_longer_each_time_then_for_an_agent(commander, monkeypatch):
    def casser(genre, instantane):
        raise OSError("police absente")

    monkeypatch.setattr(rendu, "rendre", casser)
    envoyes = []
    monkeypatch.setattr(produire, "apply_async", lambda args, **_: envoyes.append(args[0]))
    acte, attentes = commander(), []
    for _ in range(4):
        produire(acte.pk)
        acte.refresh_from_db()
        assert acte.etat == "A_RENDRE" and "police absente" in acte.motif_echec
        attentes.append(acte.prochain_essai_le - horloge.instant_exact())
        envoyes.clear()
        reprendre()
        assert envoyes == []  # its turn has not come
        Acte.objects.filter(pk=acte.pk).update(prochain_essai_le=horloge.instant_exact())
        reprendre()
        assert envoyes == [acte.pk]
    assert attentes == sorted(attentes)
    produire(acte.pk)
    acte.refresh_from_db()
    assert acte.etat == "ECHEC"
    acte.relancer()
    acte.refresh_from_db()
    assert (acte.etat, acte.essais, acte.prochain_essai_le) == ("A_RENDRE", 0, None)
