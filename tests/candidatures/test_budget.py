"""The budget: balanced is accepted, one cent off is refused, never a float; ceilings and proofs only warn."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candidatures.bilans import Achat, Achats, Plan, Rangee, Regles, additionner, avertissements, regarder
from candidatures.forms.lignes import DepensesTable, RessourcesTable
from candidatures.forms.pages import lire_rangees
from candidatures.models import Dossier, Volet
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import DossierFactory

CENTIME = Decimal("0.01")
MONTANTS = st.decimals(min_value=CENTIME, max_value=Decimal("9999999.99"), places=2)
PLANS = st.lists(MONTANTS, min_size=1, max_size=12)
ECRITURES = st.sampled_from(("{:.2f}", "{:,.2f}", "{:,.2f} €"))
VITE = settings(max_examples=200, deadline=None)
EN_BASE = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def a_la_francaise(montant, ecriture):
    """As people type it: no-break spaces, a comma, perhaps the sign."""
    texte = ecriture.format(montant)
    return texte.replace(",", "\u00a0").replace(".", ",") if "," in ecriture else texte.replace(".", ",")


def partager(total, parts):
    """The same sum in other amounts: each part but the last is drawn, the last one is what remains."""
    restes, trouvees = total, []
    for part in parts:
        prise = min(part, restes)
        if prise:
            trouvees.append(prise)
            restes -= prise
    return [*trouvees, restes] if restes else trouvees


def postees(table, nom, rangees):
    """A formset as a browser posts it."""
    donnees = QueryDict(mutable=True)
    donnees.update({f"{nom}-TOTAL_FORMS": str(len(rangees)), f"{nom}-INITIAL_FORMS": "0"})
    for rang, rangee in enumerate(rangees):
        donnees.update({f"{nom}-{rang}-{champ}": valeur for champ, valeur in rangee.items()})
    return table(donnees, prefix=nom)


@VITE
@given(PLANS, st.lists(MONTANTS, max_size=8), ECRITURES)
def test_what_is_typed_balances_to_the_cent(depenses, parts, ecriture):
    """Typed the French way, cut in any number of resources: balanced; one cent more or less: not."""
    ressources = partager(sum(depenses), parts)
    formsets = (
        postees(
            DepensesTable, "d", [{"libelle": "x", "montant": a_la_francaise(m, ecriture)} for m in depenses]
        ),
        postees(
            RessourcesTable,
            "r",
            [
                {
                    "libelle": "y",
                    "montant": a_la_francaise(m, ecriture),
                    "type_financeur": "REGION",
                    "statut": "ACQUIS",
                }
                for m in ressources
            ],
        ),
    )
    assert all(formset.is_valid() for formset in formsets), [f.errors for f in formsets]
    (lues, rates), (recues, rates_aussi) = (lire_rangees(formset) for formset in formsets)
    assert (rates, rates_aussi) == (0, 0)
    plan = Plan(Volet.INVESTISSEMENT, tuple(lues), tuple(recues))

    assert plan.est_equilibre
    assert plan.phrase == "Équilibré au centime."
    for total in (plan.total_depenses, plan.total_ressources, plan.ecart, plan.eligibles, plan.publiques):
        assert type(total) is Decimal
    assert plan.total_depenses == sum(depenses)

    de_plus = Plan(plan.volet, (*plan.depenses, Rangee(CENTIME)), plan.ressources)
    de_trop = Plan(plan.volet, plan.depenses, (*plan.ressources, Rangee(CENTIME)))
    assert (de_plus.est_equilibre, de_plus.phrase) == (False, "Il manque 0,01\u00a0€.")
    assert (de_trop.est_equilibre, de_trop.phrase) == (False, "0,01\u00a0€ de trop dans les ressources.")


@VITE
@given(st.lists(MONTANTS, max_size=50))
def test_sums_are_exact_in_any_order(montants):
    """Adding does not depend on the order, and a float is refused whatever it is worth."""
    assert additionner(montants) == additionner(reversed(montants)) == sum(montants, Decimal(0))
    with pytest.raises(TypeError):
        additionner([*montants, 0.1])


def ecrire_le_plan(dossier, depenses, ressources):
    """An investment plan in the database; what is asked from the call follows its own line."""
    lignes = dossier.lignes_financement
    lignes.filter(volet="INVESTISSEMENT").delete()
    communs = {"dossier": dossier, "volet": "INVESTISSEMENT"}
    rangees = [
        lignes.model(**communs, sens="DEPENSE", libelle="x", montant=m, eligible=True) for m in depenses
    ]
    rangees += [
        lignes.model(
            **communs, sens="RESSOURCE", libelle="y", montant=m, type_financeur="REGION", statut="ACQUIS"
        )
        for m in ressources
    ]
    lignes.bulk_create(rangees)
    Dossier.objects.filter(pk=dossier.pk).update(demande_investissement=0)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.django_db
@EN_BASE
@given(PLANS, st.lists(MONTANTS, max_size=5), st.sampled_from((-CENTIME, CENTIME)))
def test_the_deposit_takes_a_balanced_plan_and_refuses_one_cent(depenses, parts, ecart):
    """The law at the deposit, from the database: the exact sum passes, one cent away is told and refused."""
    dossier = ecrire_le_plan(DossierFactory(), depenses, partager(sum(depenses), parts))
    assert dossier.manques() == []

    dossier = ecrire_le_plan(dossier, [*depenses, Decimal("5.00")], [*depenses, Decimal("5.00") - ecart])
    (manque,) = dossier.manques()
    assert manque.champ == "depenses_investissement"
    assert "0,01\u00a0€" in manque.phrase
    with pytest.raises(TransitionInterdite):
        dossier.deposer(par=dossier.titulaire, attestation_honneur=True, attestation_fiscale=True,
                        attestation_pouvoir=True, attestation_cer=True, attestation_donnees=True)  # fmt: skip
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.versions.count()) == ("BROUILLON", 0)


# -- while typing -------------------------------------------------------------------------------------------------


@pytest.fixture
def dossier(client, db):
    """A complete draft, its titulaire signed in."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    return dossier


def page_postee(client, dossier, section, **changes):
    """What the browser holds once the page is open, then changed."""
    page = client.get(f"{dossier.get_absolute_url()}{section}/").context["page"]
    donnees = {}
    for form in page.forms:
        for champ in form:
            if (valeur := champ.value()) not in (None, False):
                donnees[champ.html_name] = valeur
    for _, formset in page.tables:
        donnees |= {champ.html_name: champ.value() for champ in formset.management_form}
    return donnees | changes


def test_the_balance_follows_what_is_typed_and_writes_nothing(client, dossier):
    """The fragment counts the amounts on the screen, not those of the database."""
    adresse = f"{dossier.get_absolute_url()}financement/bilan/"
    donnees = page_postee(
        client, dossier, "financement", **{"depenses_investissement-0-montant": "100 000,07"}
    )
    reponse = client.post(adresse, donnees, headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    texte = reponse.content.decode()
    assert "Il manque 0,07\u00a0€." in texte
    assert "Équilibré au centime." in texte  # the other plan
    assert dossier.lignes_financement.get(volet="INVESTISSEMENT", sens="DEPENSE").montant == Decimal(100_000)

    donnees["depenses_investissement-0-montant"] = "cent mille"
    texte = client.post(adresse, donnees).content.decode()
    assert "1\u00a0montant ne se lit pas" in texte


def test_without_script_the_page_tells_the_balance_once_saved(client, dossier):
    """« Enregistrer et recalculer » saves an unbalanced plan, and the page says by how much."""
    donnees = page_postee(client, dossier, "financement", **{"depenses_amorcage-0-montant": "30 000,50"})
    reponse = client.post(
        f"{dossier.get_absolute_url()}financement/", donnees | {"suite": "rester", "version": 0}, follow=True
    )
    assert "Il manque 0,50\u00a0€." in reponse.content.decode()
    assert [m.champ for m in Dossier.objects.get(pk=dossier.pk).manques()] == ["depenses_amorcage"]


def test_a_section_without_totals_has_no_balance(client, dossier):
    """404, as for any address that is none."""
    assert client.post(f"{dossier.get_absolute_url()}projet/bilan/", {}).status_code == 404


def test_equipment_and_three_years_add_up_while_typing(client, dossier):
    """The equipment list on both bases; the business plan year by year, a loss included."""
    adresse = dossier.get_absolute_url()
    donnees = page_postee(client, dossier, "equipements", **{"equipements-0-quantite": "3"})
    texte = client.post(f"{adresse}equipements/bilan/", donnees).content.decode()
    assert "240\u00a0000,00\u00a0€ hors taxes" in texte
    assert "288\u00a0000,00\u00a0€ toutes taxes comprises" in texte

    donnees = page_postee(client, dossier, "modele")
    donnees["exercices-TOTAL_FORMS"] = "1"
    donnees |= {
        "exercices-0-nature": "CHARGE", "exercices-0-libelle": "Loyer", "exercices-0-montant_n": "1 200,25",
    }  # fmt: skip
    donnees = {
        c: v for c, v in donnees.items() if not c.startswith("exercices-") or "-0-" in c or "FORMS" in c
    }
    texte = client.post(f"{adresse}modele/bilan/", donnees).content.decode()
    assert "résultat \u2212\u00a01\u00a0200,25\u00a0€" in texte or "charges 1\u00a0200,25\u00a0€" in texte


def test_the_investment_plan_begins_with_the_equipment(client, db):
    """Proposed until the plan is first saved, on the basis of the plan."""
    dossier = DossierFactory()
    dossier.lignes_financement.all().delete()
    client.force_login(dossier.titulaire)
    page = client.get(f"{dossier.get_absolute_url()}financement/").context["page"]
    formset = next(f for table, f in page.tables if table.nom == "depenses_investissement")
    assert formset.initial == [
        {"libelle": "Équipements (section 4)", "montant": Decimal("80000.00"), "eligible": True}
    ]
    dossier.saisies.create(section="financement", version=1, par=dossier.titulaire)
    page = client.get(f"{dossier.get_absolute_url()}financement/").context["page"]
    assert next(f for table, f in page.tables if table.nom == "depenses_investissement").initial == []


# -- what the call limits -----------------------------------------------------------------------------------------


def plan(demande="60000", eligible="100000", public="60000", prive="40000", **ligne):
    """An investment plan of 100 000 euros."""
    ligne = {"type_financeur": "ETAT_ANCT", "statut": "SOLLICITE"} | ligne
    return Plan(
        Volet.INVESTISSEMENT,
        (Rangee(Decimal(eligible), eligible=True),),
        (
            Rangee(Decimal(public), "ANCT", **ligne),
            Rangee(Decimal(prive), "Fonds propres", type_financeur="AUTOFINANCEMENT", statut="ACQUIS",
                   est_prouvee=False),
        ),
        Decimal(demande),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("regles", "attendue"),
    [
        (Regles(), ""),
        (Regles(plafonds={Volet.INVESTISSEMENT: Decimal(60_000)}, taux={Volet.INVESTISSEMENT: 60}), ""),
        (Regles(plafonds={Volet.INVESTISSEMENT: Decimal("59999.99")}), "59\u00a0999,99\u00a0€ au plus"),
        (Regles(taux={Volet.INVESTISSEMENT: 59}), "59\u00a0000\u00a0€ pour ce plan"),
        (Regles(part_publique=50), "Remplacez 10\u00a0000\u00a0€"),
    ],
)
def test_ceilings_and_rates_of_the_call(regles, attendue):
    """At the limit nothing is said; a cent or a point over, one sentence that says what would do."""
    phrases = regarder(plan(), regles)
    assert len(phrases) == bool(attendue)
    assert not attendue or attendue in phrases[0]


def test_an_agreed_cofinancer_without_proof_is_told():
    """One's own money needs none, nor what is only asked."""
    assert regarder(plan(), Regles()) == []
    acquis = plan(type_financeur="REGION", statut="ACQUIS", est_prouvee=False, demande="0")
    assert regarder(acquis, Regles()) == [
        "ANCT\u00a0: acquis, sans preuve. Joignez la décision, ou son adresse."
    ]
    assert regarder(plan(type_financeur="REGION", statut="ACQUIS", demande="0"), Regles()) == []


@pytest.mark.django_db
def test_the_ceilings_are_rows_of_the_call_and_never_refuse(client, dossier):
    """Changed on the call, they are told on the page; the dossier may be deposited all the same."""
    appel = dossier.vague.appel
    appel.plafond_investissement, appel.taux_amorcage = Decimal(50_000), 10
    appel.save()
    texte = client.get(f"{dossier.get_absolute_url()}financement/").content.decode()
    assert "État peut apporter 50\u00a0000\u00a0€ au plus en investissement" in texte
    assert "ne dépasse pas 10\u00a0% des dépenses éligibles" in texte
    frais = Dossier.objects.get(pk=dossier.pk)
    assert frais.manques() == []
    texte = client.get(f"{dossier.get_absolute_url()}depot/").content.decode()
    assert ("Le budget peut être déposé ainsi" in texte, 'value="deposer"' in texte) == (True, True)
    assert any("Sans devis\u00a0: Raboteuse" in phrase for phrase in avertissements(frais))


def test_vat_is_rounded_row_by_row():
    """As on the quotes."""
    achats = Achats((Achat(Decimal("0.33"), Decimal("5.5")), Achat(Decimal("10.00"), Decimal("20.0"), True)))
    assert (achats.total_ht, achats.total_ttc, achats.partages_ht) == (
        Decimal("10.33"),
        Decimal("12.35"),
        Decimal("10.00"),
    )
