"""Conflicts: hints with their reasons, the answers, a doubt settled, a recusal lifted; nothing before publication."""

import html

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse

from candidatures.models import Dossier, MembreConsortium, Partenaire
from manufactures.attentes import taches_pour
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.programme.models import Commune
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection import a_faire
from selection.composition import Rapporteurs
from selection.indices import indices_de, nom_compare
from selection.models import DeclarationInterets, Deport, Membre, PointOrdreDuJour, Scrutin
from tests.factories.candidatures import MembreFactory as MembreDuDossierFactory
from tests.factories.selection import Salle
from tests.outils.compteur import compter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
DOUTE = ("DOUTE", "J'ai conseillé ce projet il y a trois ans.")


def texte(reponse) -> str:
    return html.unescape(reponse.content.decode()).replace("\xa0", " ")


def lisibles(raisons) -> list[str]:
    """No-break spaces undone."""
    return [raison.replace("\xa0", " ") for raison in raisons]


def page(client, user, nom, *args, statut=200) -> str:
    client.force_login(user)
    reponse = client.get(reverse(f"selection:{nom}", args=args))
    assert reponse.status_code == statut
    return texte(reponse)


@pytest.fixture
def salle() -> Salle:
    return Salle(dossiers=2).convoquer()


def repondre(salle, membre, reponse=DOUTE):
    autres = {d.pk: ("AUCUN", "") for d in salle.dossiers[1:]}
    reponses = {salle.dossiers[0].pk: reponse} | autres
    DeclarationInterets.signer(salle.seance, membre, reponses, par=membre.user)
    return DeclarationInterets.objects.get(membre=membre, dossier=salle.dossiers[0])


# -- Hints -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("un", "autre", "egaux"),
    [("CCI de la Creuse", "C.C.I. Creuse", False), ("CCI de la Creuse", "cci Creuse", True),
     ("Association L'Établi", "L’ÉTABLI", True), ("SAS", "", True), ("La Soudée", "La Soudure", False)],
)  # fmt: skip
def test_names_are_compared_without_case_accents_or_legal_form(un, autre, egaux):
    assert (nom_compare(un) == nom_compare(autre)) is egaux


def test_each_hint_says_its_reason(salle):
    dossier, (organisme, siren, elu, equipe, groupe) = salle.dossiers[0], salle.membres[1:6]
    Partenaire.objects.create(dossier=dossier, rang=9, nom="CCI de la Creuse", type="CONSULAIRE")
    type(organisme.user).objects.filter(pk=organisme.user.pk).update(organisation="cci creuse")
    Dossier.objects.filter(pk=dossier.pk).update(siret="73282932000074")
    Membre.objects.filter(pk=siren.pk).update(siret="73282932000017")
    commune = dossier.site_principal.commune or Commune.objects.first()
    dossier.sites.filter(principal=True).update(commune=commune)
    Membre.objects.filter(pk=elu.pk).update(commune=commune)
    MembreDuDossierFactory(dossier=dossier, user=equipe.user, droit="LECTEUR")
    MembreConsortium.objects.create(
        dossier=dossier, rang=9, raison_sociale="Coopérative du Bois", courriel=groupe.user.email
    )
    membres = list(Membre.objects.filter(pk__in=[m.pk for m in salle.membres]).select_related("user"))
    trouves = indices_de(membres, [d.pk for d in salle.dossiers])
    dits = {membre: lisibles(raisons) for (membre, autre), raisons in trouves.items() if autre == dossier.pk}
    assert dits[organisme.pk] == ["Même organisme qu'un partenaire : CCI de la Creuse"]
    assert dits[siren.pk] == ["Même SIREN que le porteur : 732829320"]
    assert f"Mandat électif dans une commune du projet : {commune.nom}" in dits[elu.pk]
    assert dits[equipe.pk] == ["Fait partie de l'équipe de ce dossier"]
    assert dits[groupe.pk] == ["Représente un membre du groupement : Coopérative du Bois"]
    assert salle.membres[7].pk not in dits
    with compter() as grand:
        indices_de(membres, [d.pk for d in salle.dossiers])
    with compter() as petit:
        indices_de(membres[:2], [salle.dossiers[0].pk])
    assert grand.requetes == petit.requetes <= 8


@pytest.fixture
def rapproche(salle) -> Membre:
    """A member whose body bears the name of the first dossier's own."""
    membre = salle.membres[1]
    type(membre.user).objects.filter(pk=membre.user.pk).update(organisation=salle.dossiers[0].raison_sociale)
    return Membre.objects.select_related("user").get(pk=membre.pk)


def test_a_hint_is_shown_where_one_declares_and_kept_with_the_answer(client, salle, rapproche):
    dit = f"Même organisme que le porteur : {salle.dossiers[0].raison_sociale}"
    assert dit in page(client, rapproche.user, "interets", salle.seance.pk)
    assert not Deport.objects.exists()  # a hint is not a recusal
    envoi = {"confidentialite": "oui"} | {f"{d.numero}-reponse": "AUCUN" for d in salle.dossiers}
    assert client.post(reverse("selection:interets", args=[salle.seance.pk]), envoi).status_code == 302
    declaration = DeclarationInterets.objects.get(membre=rapproche, dossier=salle.dossiers[0])
    assert (declaration.reponse, lisibles(declaration.indices)) == ("AUCUN", [dit])
    assert dit in page(client, salle.responsable, "registre", salle.seance.pk)
    assert "Aucun lien" in page(client, salle.president.user, "registre", salle.seance.pk)
    assert dit not in page(client, salle.membres[2].user, "registre", salle.seance.pk)


def test_a_hint_keeps_a_member_out_of_the_proposal_until_they_answer(client, salle, rapproche):
    points = list(salle.seance.points.order_by("rang"))

    def ecartes():
        return Rapporteurs(salle.responsable, salle.seance, points)._ecartes(salle.dossiers[0].pk)

    assert rapproche.pk in ecartes()
    assert "Indices de lien" in page(client, salle.responsable, "rapporteurs", salle.seance.pk)
    salle.declarer()
    assert rapproche.pk not in ecartes()


# -- A doubt -----------------------------------------------------------------------------------------------------
def test_a_doubt_keeps_the_dossier_closed_until_the_chair_settles_it(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    with pytest.raises(TransitionInterdite, match="Dites lequel"):
        repondre(salle, membre, ("DOUTE", ""))
    declaration = repondre(salle, membre)
    page(client, membre.user, "lecture", dossier.numero, statut=404)
    assert "Ce dossier reste fermé" in page(client, membre.user, "interets", salle.seance.pk)
    assert DOUTE[1] in page(client, salle.president.user, "registre", salle.seance.pk)
    with pytest.raises(TransitionInterdite, match="n'a pas encore tranché"):
        repondre(salle, membre, ("AUCUN", ""))

    adresse = reverse("selection:registre", args=[salle.seance.pk])
    client.force_login(salle.president.user)
    envoi = {"action": "trancher", "declaration": declaration.pk, f"tranche-{declaration.pk}-issue": "LIEN"}
    assert "Écrivez pourquoi" in texte(client.post(adresse, envoi))
    envoi[f"tranche-{declaration.pk}-motif"] = "Conseil ancien, sans suite."
    assert client.post(adresse, envoi).status_code == 302
    declaration.refresh_from_db()
    assert (declaration.reponse, declaration.tranchee_par) == ("LIEN", salle.president.user)
    page(client, membre.user, "lecture", dossier.numero)
    (dit,) = Message.objects.filter(cle="doute_leve")
    assert dit.destinataire == membre.user and "Conseil ancien, sans suite." in dit.corps_texte
    ligne = Entree.objects.filter(fil=f"interets/{membre.pk}").latest("rang")
    assert (ligne.action, ligne.motif, ligne.faits["deport"]) == (
        "trancher_doute", "Conseil ancien, sans suite.", False
    )  # fmt: skip
    with pytest.raises(TransitionInterdite, match="déjà tranché"):
        declaration.trancher(deport=True, motif="Encore", par=salle.responsable)


def test_the_chair_may_recuse_whoever_doubts_and_nobody_settles_their_own(client, salle):
    declaration = repondre(salle, salle.president)
    with pytest.raises(GesteInterdit, match="son propre doute"):
        declaration.trancher(deport=False, motif="Rien", par=salle.president.user)
    autre = repondre(salle, salle.membres[1])
    with pytest.raises(GesteInterdit):
        autre.trancher(deport=True, motif="Lien", par=salle.membres[2].user)
    autre.trancher(deport=True, motif="Lien trop proche.", par=salle.responsable)
    (dit,) = Message.objects.filter(cle="deport_declare")
    assert dit.destinataire == autre.membre.user and "Lien trop proche." in dit.corps_texte
    assert Deport.objects.actifs().get().motif == "Lien trop proche."
    assert "a déporté" in page(client, salle.membres[1].user, "interets", salle.seance.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeclarationInterets.objects.filter(pk=autre.pk).update(motif_tranche="")


def test_a_doubt_waits_on_the_chairs_home_page(salle):
    repondre(salle, salle.membres[1])
    repondre(salle, salle.president)

    def lignes(user):
        return [t.libelle.replace("\xa0", " ") for t in taches_pour(user, [a_faire.doutes_a_trancher])]

    assert lignes(salle.president.user) == ["Trancher 1 doute sur un lien"]  # not one's own
    assert lignes(salle.responsable) == ["Trancher 2 doutes sur un lien"]
    assert lignes(salle.membres[2].user) == []


def test_a_doubt_does_not_vote(salle):
    membre = salle.membres[1]
    declaration = repondre(salle, membre)
    salle.declarer(membre).pointer()
    salle.seance.ouvrir(par=salle.president.user)
    voix, _ = Scrutin.voix_admises(salle.point, secret=True)
    assert membre.pk not in voix
    declaration.trancher(deport=False, motif="Sans effet.", par=salle.president.user)
    voix, _ = Scrutin.voix_admises(salle.point, secret=True)
    assert membre.pk in voix


# -- The register ------------------------------------------------------------------------------------------------
def test_a_recusal_is_recorded_for_another_then_lifted_with_a_reason(client, salle):
    membre, dossier = salle.membres[1], salle.dossiers[0]
    adresse = reverse("selection:registre", args=[salle.seance.pk])
    client.force_login(salle.president.user)
    point = salle.seance.points.get(dossier=dossier)
    envoi = {
        "action": "deporter",
        "tiers-membre": membre.pk,
        "tiers-point": point.pk,
        "tiers-motif": "Son neveu.",
    }
    assert client.post(adresse, envoi).status_code == 302
    deport = Deport.objects.actifs().get()
    lever = {"action": "lever", "deport": deport.pk, f"levee-{deport.pk}-motif": "Erreur de personne."}
    assert client.post(adresse, lever).status_code == 403  # a responsable's, not the chair's
    client.force_login(salle.responsable)
    assert "Lever ce déport" in texte(client.get(adresse))
    assert client.post(adresse, {"action": "lever", "deport": deport.pk}).status_code == 200
    assert client.post(adresse, lever).status_code == 302
    deport.refresh_from_db()
    assert (deport.leve_par, deport.motif_levee) == (salle.responsable, "Erreur de personne.")
    assert Entree.objects.filter(fil=f"interets/{membre.pk}", action="lever_deport").exists()
    assert "Erreur de personne." in texte(client.get(adresse))
    page(client, membre.user, "lecture", dossier.numero, statut=404)  # until they declare anew


def test_the_chair_who_stepped_back_finds_nothing_of_it_in_the_register(client, salle):
    repondre(salle, salle.membres[1])
    salle.deporter(salle.president)
    texte_lu = page(client, salle.president.user, "registre", salle.seance.pk)
    assert salle.dossiers[0].nom_projet not in texte_lu and DOUTE[1] not in texte_lu
    declaration = DeclarationInterets.objects.get(reponse="DOUTE")
    with pytest.raises(TransitionInterdite, match="Vous vous êtes déporté"):
        declaration.trancher(deport=False, motif="Rien", par=salle.president.user)


SANS_OBJET = {"pk", "numero", "slug"}


def adresses(salle) -> list[str]:
    """Every address of this stage that takes a sitting, a dossier or a call, on this sitting and the first dossier."""
    cles = {"pk": salle.seance.pk, "numero": salle.dossiers[0].numero, "slug": salle.vague.appel.slug}
    trouvees = []
    for nom, motifs in get_resolver("selection.urls").reverse_dict.lists():
        for formes, *_ in motifs:
            for _, parametres in formes:
                if isinstance(nom, str) and set(parametres) <= SANS_OBJET:
                    trouvees.append(reverse(f"selection:{nom}", kwargs={p: cles[p] for p in parametres}))
    return sorted(set(trouvees))


@pytest.mark.parametrize("presidence", [False, True])
def test_a_recused_member_reads_nothing_of_it_at_any_address_before_publication(client, presidence):
    """Dossier, debate, notes, result: by no page, no count of it, from the recusal to the publication."""
    salle = Salle(dossiers=2, secret=False).convoquer()
    membre = salle.membres[0 if presidence else 1]
    dossier = salle.dossiers[0]
    salle.declarer(membre).deporter(membre).pointer()
    ouvreur = salle.president
    if presidence:
        vice = salle.membres[2]
        Membre.objects.filter(pk=vice.pk).update(vice_preside=True)
        vice.refresh_from_db()
        salle.seance.confier_la_presidence(vice, par=salle.responsable, motif="Déport de la présidence")
        ouvreur = vice
    salle.seance.ouvrir(par=ouvreur.user)
    salle.president = ouvreur
    point = PointOrdreDuJour.objects.get(seance=salle.seance, dossier=dossier)
    point.constater_sortie(membre, par=salle.responsable)
    point.prendre_note("Débat confidentiel sur ce projet.", par=salle.responsable)
    salle.voter(salle.ouvrir_scrutin(), pour=7, contre=1)

    client.force_login(membre.user)
    for adresse in adresses(salle):
        reponse = client.get(adresse)
        if reponse.status_code == 200 and not reponse.streaming:
            lu = html.unescape(reponse.content.decode(errors="replace"))
            assert dossier.numero not in lu, adresse
            assert "Débat confidentiel" not in lu, adresse
            if "/interets/" not in adresse:  # where one reads what one stepped back from, by its name alone
                assert dossier.nom_projet not in lu, adresse
