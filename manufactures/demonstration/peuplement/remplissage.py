"""The whole run: play, mould, plan, number, write. All or nothing."""

from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import islice

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Count, Q

from candidatures.models import Dossier
from manufactures.actes.models import Compteur
from manufactures.comptes.models import User
from manufactures.demonstration.peuplement import decor, familles, lots, monde, plan, releve
from manufactures.demonstration.peuplement.ecriture import Registre, copier
from manufactures.demonstration.peuplement.identites import hasard
from manufactures.demonstration.peuplement.recits import PAR_RANG
from manufactures.demonstration.peuplement.rendu import Rendu
from manufactures.demonstration.peuplement.tirages import Tirages, compte_de
from manufactures.journal.models import Entree
from manufactures.programme.models import Enveloppe, NatureAide

VERROU = "peuplement"
PAR_ECRITURE = 300  # dossiers written at once
ORIGINE = datetime(2000, 1, 1)  # noqa: DTZ001 (hours of Paris, compared with each other)
PALIER = Decimal("100000")
JOURNEES, DECLENCHEUR = "accompagnement_journee", "journee_dans_la_commande"


def peupler(
    nombre: int, graine: str = "1", suivre: Callable[[int, int, str], None] = lambda fait, total, recit: None
) -> dict:
    """Write `nombre` dossiers beside those that are there; `suivre(done, total, what)` follows the progress.

    Raises ImproperlyConfigured outside DEMO=1 and the tests; then, or after any failure, nothing was written.
    """
    if not (settings.DEMO or settings.EN_TEST):
        raise ImproperlyConfigured("La base ne se peuple qu'avec DEMO=1.")
    with transaction.atomic():
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [VERROU])
        return Remplissage(nombre, graine, suivre).faire()


class Remplissage:
    """One run."""

    def __init__(self, nombre: int, graine: str, suivre: Callable):
        self.nombre, self.suivre = nombre, suivre
        self.tables = releve.tables_du_projet()
        suivre(0, nombre, "appel, vagues, personnes")
        self.decor = decor.dresser(graine)
        self.deja = Dossier.objects.filter(vague__appel=self.decor.appel).count()
        self.graine = f"{graine}/{self.deja}"
        self.vagues = dict(zip(decor.AGES, self.decor.vagues, strict=True))
        self.livre = lots.Livre()
        self.muet = make_password(None)

    def faire(self) -> dict:
        """Play, then copy."""
        self.familles = self._jouer()
        etats = {(age, r): etat for age, f in self.familles.items() for r, etat in f.etats.items()}
        plan_des_lots = plan.composer(self.nombre, etats, self.familles, hasard(f"{self.graine}/plan"))
        self._ouvrir_les_enveloppes(plan_des_lots)
        self.examines = self._compter_les_avis(plan_des_lots)
        self._reprendre_les_chaines()
        registre = self._reserver(plan_des_lots)
        tirages = Tirages(self.decor, self.graine, self.deja)
        tirages.prochain_compte = registre.prochaines["comptes_user"]
        numeros = self._numeroter(plan_des_lots)
        with _sans_declencheur():
            self._ecrire(plan_des_lots, tirages, registre, numeros)
        self._clore_les_enveloppes()
        return {"dossiers": self.nombre, "lots": len(plan_des_lots), "actes": self.nombre_d_actes}

    def _jouer(self) -> dict[int, familles.Famille]:
        """Live the history once, and mould it at each age."""
        fondues, ecrites, ages = {}, set(), len(decor.AGES)

        def relever(age: int, scene) -> None:
            self.suivre(0, self.nombre, f"histoire modèle, {len(fondues) + 1} sur {ages}")
            gens = familles.nommer_les_gens(scene)
            lu = releve.relever(self.tables)
            ecrites.update(ligne.table.nom for ligne in lu.lignes)
            fondues[age] = familles.fondre(lu, age, scene, gens)

        with monde.parenthese():
            releve.reserver_les_cles(self.tables)
            monde.jouer(self.decor, relever)
        releve.verifier_les_tables(self.tables, ecrites)
        return fondues

    def _compter_les_avis(self, plan_des_lots: list[plan.Lot]) -> dict[int, int]:
        """Dossiers of each wave on which the committee gives its opinion."""
        avis = Count("pk", filter=Q(avis_rendus__isnull=False), distinct=True)
        deja = dict(Dossier.objects.order_by().values_list("vague").annotate(n=avis))
        assis = {age: deja.get(vague.pk, 0) for age, vague in self.vagues.items()}
        for lot in plan_des_lots:
            assis[lot.age] += sum(bool(PAR_RANG[membre.recit].avis) for membre in lot.membres)
        return assis

    # -- before the first row --------------------------------------------------------------------------------------
    def _ouvrir_les_enveloppes(self, plan_des_lots: list[plan.Lot]) -> None:
        """Ceilings a quarter above what the run will engage."""
        self.a_engager: dict[tuple[int, str], Decimal] = {}
        for lot in plan_des_lots:
            for membre in lot.membres:
                for nature in NatureAide:
                    cle = self.vagues[lot.age].pk, nature
                    somme = self.familles[lot.age].engage(membre, nature)
                    self.a_engager[cle] = self.a_engager.get(cle, Decimal(0)) + somme
        for ligne in Enveloppe.objects.filter(vague__in=self.vagues.values()):
            total = ligne.engage + self.a_engager.get((ligne.vague_id, ligne.nature), Decimal(0))
            ligne.plafond = max(ligne.plafond, (total * 5 / 4 // PALIER + 1) * PALIER)
            ligne.save(update_fields=["plafond"])
            self.livre.plafonds[ligne.vague_id, ligne.nature] = ligne.plafond
            self.livre.engage.setdefault(ligne.vague_id, {})[ligne.nature] = ligne.engage

    def _clore_les_enveloppes(self) -> None:
        for (vague, nature), somme in self.a_engager.items():
            ligne = Enveloppe.objects.get(vague=vague, nature=nature)
            ligne.engage += somme
            ligne.save(update_fields=["engage"])

    def _reprendre_les_chaines(self) -> None:
        """The last line of each thread that the run goes on with: the declarations of the committee's members."""
        for siege in self.decor.sieges.values():
            fil = f"interets/{siege.pk}"
            if derniere := Entree.objects.filter(fil=fil).order_by("-rang").first():
                self.livre.chaines[fil] = derniere.rang, derniere.empreinte

    def _reserver(self, plan_des_lots: list[plan.Lot]) -> Registre:
        """As many keys as rows, and an account for each dossier at most."""
        besoins = {"comptes_user": self.nombre}
        for lot in plan_des_lots:
            famille = self.familles[lot.age]
            moules = [famille.moule(membre.recit) for membre in lot.membres]
            moules += [famille.moules[nom] for nom in {n for moule in moules for n in moule.partages}]
            for moule in moules:
                for table, n in moule.nombres.items():
                    besoins[table] = besoins.get(table, 0) + n
        return Registre(self.tables, besoins)

    def _esquisser(self, lot: plan.Lot) -> lots.Tableau:
        vague = self.vagues[lot.age]
        tableau = lots.esquisser(lot, self.familles[lot.age], (vague, decor.suite(self.decor.vagues, vague)))
        tableau.examines = self.examines[lot.age]
        return tableau

    def _numeroter(self, plan_des_lots: list[plan.Lot]) -> Iterator[tuple[int, int]]:
        """The year and the rank of each act, in the order in which the lots take them: the series follows the time."""
        instants, annees = array("d"), array("H")
        for lot in plan_des_lots:
            for instant in lots.instants_des_actes(self._esquisser(lot)):
                instants.append((instant - ORIGINE).total_seconds())
                annees.append(instant.year)
        self.compteurs = dict(Compteur.objects.values_list("annee", "dernier"))
        rangs = array("l", bytes(8 * len(instants)))
        for acte in sorted(range(len(instants)), key=instants.__getitem__):
            rangs[acte] = self.compteurs[annees[acte]] = self.compteurs.get(annees[acte], 0) + 1
        self.nombre_d_actes = len(instants)
        return zip(annees, rangs, strict=True)

    # -- the rows --------------------------------------------------------------------------------------------------
    def _ecrire(
        self, plan_des_lots, tirages: Tirages, registre: Registre, numeros: Iterator[tuple[int, int]]
    ) -> None:
        tables = {table.nom: table for table in self.tables}
        rangees, en_attente, fait = {}, 0, 0
        for rang, lot in enumerate(plan_des_lots, 1):
            tableau = self._esquisser(lot)
            lots.habiller(tableau, tirages, registre.allouer)
            for copie in tableau.toutes():
                copie.numeros = list(islice(numeros, len(copie.moule.actes)))
            for nom, lignes in Rendu(tableau, tirages, self.livre).ecrire().items():
                rangees.setdefault(nom, []).extend(lignes)
            en_attente += len(lot.membres)
            if en_attente >= PAR_ECRITURE or rang == len(plan_des_lots):
                self._inscrire_les_porteurs(tirages)
                copier(tables, rangees)
                fait += en_attente
                rangees, en_attente = {}, 0
                self.suivre(fait, self.nombre, "dossiers")
        Compteur.objects.bulk_create(
            [Compteur(annee=annee, dernier=dernier) for annee, dernier in self.compteurs.items()],
            update_conflicts=True,
            unique_fields=["annee"],
            update_fields=["dernier"],
        )

    def _inscrire_les_porteurs(self, tirages: Tirages) -> None:
        """Accounts that the next rows name; one hash for all, of no password."""
        depuis = self.decor.vagues[0].ouverture
        comptes = [compte_de(porteur, depuis, self.muet) for porteur in tirages.nouveaux]
        User.objects.bulk_create(comptes)
        EmailAddress.objects.bulk_create(
            EmailAddress(user=compte, email=compte.email, verified=True, primary=True) for compte in comptes
        )
        tirages.nouveaux.clear()


@contextmanager
def _sans_declencheur() -> Iterator[None]:
    """The trigger on logged days locks a day of an expert for each row: more locks than a transaction may hold.

    The experts' calendars were checked while they were drawn, and `verifier_invariants` looks again.
    """
    with connection.cursor() as curseur:
        curseur.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # a table whose rows wait for a check cannot be altered
        curseur.execute(f"ALTER TABLE {JOURNEES} DISABLE TRIGGER {DECLENCHEUR}")
        yield
        curseur.execute(f"ALTER TABLE {JOURNEES} ENABLE TRIGGER {DECLENCHEUR}")
