"""One's own data as a package: all of one's own, nothing of anybody else, no secret."""

import io
import json
import zipfile

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession

from candidatures.models import Question
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.programme.models import Appel
from manufactures.registres import regles_de_conservation
from tests.factories.candidatures import DossierFactory

ICI = "/compte/mes-donnees/"


def ouvrir(reponse) -> dict:
    """The package, read."""
    assert reponse["Content-Type"] == "application/zip" and "attachment" in reponse["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(reponse.content)) as archive:
        assert archive.testzip() is None
        lus = {nom: archive.read(nom).decode() for nom in archive.namelist()}
    assert "paquet" not in lus and "LISEZ-MOI.txt" in lus
    return {
        nom.removesuffix(".json"): json.loads(texte) for nom, texte in lus.items() if nom.endswith(".json")
    }


def test_the_package_holds_what_is_one_s_own(client, personne, entrer):
    dossier = DossierFactory()
    user = dossier.titulaire
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client = entrer(user)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    Question.objects.create(
        appel=Appel.objects.get(), texte="Quand ?", posee_par=user, reponse="brouillon d'un agent"
    )
    page = client.get(ICI).content.decode()
    assert "Télécharger mes données" in page and "Mes données</a>" in page

    lus = ouvrir(client.post(ICI))
    assert lus["compte"][0]["email"] == user.email and lus["adresses"][0]["verified"]
    assert [d["dossier__numero"] for d in lus["dossiers"]] == [dossier.numero]
    assert [q["texte"] for q in lus["questions"]] == ["Quand ?"]
    assert [s["type"] for s in lus["seconds_facteurs"]] == ["totp"] and len(lus["sessions"]) == 1
    assert lus["journal"][-1]["action"] == "exporter_ses_donnees"
    tout = json.dumps(lus)
    assert secret not in tout and user.password not in tout and "brouillon" not in tout


def test_it_holds_nothing_of_anybody_else(client, personne):
    user, tiers = personne(Role.INSTRUCTEUR), personne(nom="Autrui")
    Message.preparer(
        "role_modifie",
        a=[tiers],
        evenement="essai",
        contexte={"action": "vous est donné", "role": "auditeur", "ami": {"titre": "Manufactures"}},
        lien="/compte/login/code/",
    )
    client.force_login(user)
    lus = ouvrir(client.post(ICI))
    assert lus["messages"] == [] and tiers.email not in json.dumps(lus) and "Autrui" not in json.dumps(lus)
    assert [r["role"] for r in lus["roles"]] == ["INSTRUCTEUR"]


def test_a_visitor_signs_in_first(client, db):
    assert client.post(ICI).url.startswith("/compte/login/") and not Entree.objects.exists()


def test_the_register_is_a_page_with_the_durations_that_the_machine_applies(client, db, settings):
    page = client.get("/donnees-personnelles/registre/").content.decode().replace("\xa0", " ")
    assert "Base légale" in page and "article 30" in page
    for genre in ("messages", "brouillons", "declarations_interets", "dossiers_laureats"):
        regle = settings.CONSERVATION[genre]
        assert regle["libelle"] in page.replace("&#x27;", "'") and str(regle["jours"])[-3:] in page


def test_the_browser_and_the_network_of_a_closed_session_are_not_kept(personne, entrer):
    user = personne()
    ouverte, finie = entrer(user), entrer(user)
    finie.logout()
    regle = regles_de_conservation()["appareils"]
    assert [s.session_key for s in regle.lignes(horloge.maintenant())] != []
    regle.detruire(regle.lignes(horloge.maintenant()))
    assert UserSession.objects.get().session_key == ouverte.session.session_key
