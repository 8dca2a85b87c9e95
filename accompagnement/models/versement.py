"""Tranches: asked, checked, certified, ordered, countersigned, paid (décrets 2012-1246, 2018-514 art. 12)."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse

from accompagnement.models.base import personnes_distinctes, suivi_par
from accompagnement.models.calcul import Calcul, calculer
from accompagnement.models.convention import Convention
from accompagnement.models.facture import Facture, StatutFacture
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import EtatConvention
from manufactures.programme.models import NatureAide
from manufactures.registres import GesteInterdit, TransitionInterdite, composer


class TypeTranche(models.TextChoices):
    """The steps of each kind of subsidy."""

    AVANCE = "AVANCE", "avance"
    ACOMPTE = "ACOMPTE", "acompte"
    SOLDE = "SOLDE", "solde"
    ANNEE_1 = "ANNEE_1", "première année"
    ANNEE_2 = "ANNEE_2", "seconde année"


class EtatTranche(models.TextChoices):
    """Where a payment stands."""

    A_DEMANDER = "A_DEMANDER", "À demander"
    DEMANDE = "DEMANDE", "Demandée"
    EN_CONTROLE = "EN_CONTROLE", "En contrôle"
    PAYE = "PAYE", "Payée"


SUR_FACTURES = (TypeTranche.ACOMPTE, TypeTranche.SOLDE)


class Tranche(models.Model):
    """One payment of a convention. Who certifies, who orders and who countersigns are three persons."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="tranches")
    nature = models.CharField("nature", max_length=14, choices=NatureAide)
    type = models.CharField("tranche", max_length=8, choices=TypeTranche)
    rang = models.PositiveSmallIntegerField("rang")
    part = models.DecimalField("part", max_digits=3, decimal_places=2)
    montant = models.DecimalField("montant prévu", max_digits=12, decimal_places=2)
    montant_verse = models.DecimalField(
        "montant à verser", max_digits=12, decimal_places=2, null=True, blank=True
    )
    etat = models.CharField(
        "état", max_length=12, choices=EtatTranche, default=EtatTranche.A_DEMANDER, editable=False
    )
    demande_le = models.DateTimeField("demandée le", null=True, blank=True)
    demande_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    service_fait_le = models.DateTimeField("service fait le", null=True, blank=True)
    service_fait_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    ordonnee_le = models.DateTimeField("ordonnée le", null=True, blank=True)
    ordonnee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    contresignee_le = models.DateTimeField("contresignée le", null=True, blank=True)
    contresignee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    payee_le = models.DateField("payée le", null=True, blank=True)
    mandat = models.CharField("référence du paiement", max_length=60, blank=True)
    motif_renvoi = models.CharField("motif du renvoi", max_length=500, blank=True)
    acte = models.ForeignKey("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)
    bordereau = models.ForeignKey(
        "accompagnement.Bordereau", models.PROTECT, related_name="tranches", null=True, blank=True
    )

    objects = suivi_par("convention__dossier").as_manager()

    class Meta:
        verbose_name = "tranche"
        ordering = ["-nature", "rang"]
        constraints = [
            UniqueConstraint(fields=["convention", "nature", "type"], name="tranche_unique"),
            CheckConstraint(condition=Q(montant__gt=0), name="tranche_montant"),
            CheckConstraint(
                condition=Q(montant_verse=None) | Q(montant_verse__gt=0), name="tranche_montant_verse"
            ),
            CheckConstraint(condition=Q(etat__in=EtatTranche.values), name="tranche_etat"),
            CheckConstraint(
                condition=personnes_distinctes(
                    "service_fait_par", "ordonnee_par", "contresignee_par", "demande_par"
                ),
                name="tranche_personnes_distinctes",
            ),
            CheckConstraint(
                condition=(
                    Q(ordonnee_le=None)
                    | Q(service_fait_le__isnull=False, ordonnee_le__gte=F("service_fait_le"))
                )
                & (
                    Q(contresignee_le=None)
                    | Q(ordonnee_le__isnull=False, contresignee_le__gte=F("ordonnee_le"))
                ),
                name="tranche_dans_l_ordre",
            ),
            CheckConstraint(
                condition=~Q(etat=EtatTranche.PAYE)
                | Q(payee_le__isnull=False, contresignee_par__isnull=False, montant_verse__isnull=False)
                & ~Q(mandat=""),
                name="tranche_payee_apres_trois_signatures",
            ),
        ]

    def __str__(self):
        return f"{self.get_nature_display()}, {self.get_type_display()}"

    def get_absolute_url(self):
        return reverse("accompagnement:tranche", args=[self.convention.dossier.numero, self.pk])

    @property
    def libelle(self) -> str:
        """As the acts name it."""
        return f"{self.get_nature_display().lower()}, {self.get_type_display()}"

    @property
    def sur_factures(self) -> bool:
        """Invoices are needed."""
        return self.type in SUR_FACTURES

    # -- The sum ---------------------------------------------------------------------------------------------------
    def precedentes_payees(self) -> bool:
        """Tranches of the same kind are paid in their order."""
        avant = self.convention.tranches.filter(nature=self.nature, rang__lt=self.rang)
        return not avant.exclude(etat=EtatTranche.PAYE).exists()

    def calcul(self) -> Calcul:
        """What is due on this tranche, and why."""
        return calculer(self)

    # -- Deeds -----------------------------------------------------------------------------------------------------
    def verrouiller(self, *etats) -> "Tranche":
        """The convention's row, then the tranche's, locked and fresh. Raises TransitionInterdite."""
        Convention.objects.select_for_update(of=("self",)).get(pk=self.convention_id)
        tranche = (
            Tranche.objects.select_for_update(of=("self",))
            .select_related("convention__dossier")
            .get(pk=self.pk)
        )
        if tranche.convention.etat not in (EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION):
            raise TransitionInterdite(
                "Aucun versement n'est possible : la convention n'est pas signée, ou n'est plus en cours."
            )
        if tranche.etat not in etats:
            raise TransitionInterdite(
                f"Cette tranche est maintenant « {tranche.get_etat_display().lower()} »."
            )
        return tranche

    def _ecrire(self, action, par, faits=None, **champs):
        """Write these fields and their line of the journal."""
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.save(update_fields=list(champs))
        return consigner(self.convention.fil, action, par=par, tranche=self.libelle, **(faits or {}))

    def demander(self, *, par, factures=()) -> None:
        """The porteur asks for this tranche, with the invoices that justify it (dicts of `Facture`'s fields)."""
        exiger("demander_versement", par, self.convention)
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.A_DEMANDER)
            if not tranche.precedentes_payees():
                raise TransitionInterdite("La tranche précédente n'est pas encore payée.")
            tranche._joindre(factures)
            if tranche.sur_factures and not tranche.factures.exclude(statut=StatutFacture.REJETEE).exists():
                raise TransitionInterdite("Joignez au moins une facture payée : elle justifie cette tranche.")
            tranche._ecrire(
                "demander_versement",
                par,
                {"factures": len(factures)},
                etat=EtatTranche.DEMANDE,
                demande_le=horloge.maintenant(),
                demande_par=par,
                motif_renvoi="",
            )
        self.refresh_from_db()

    def _joindre(self, factures) -> None:
        presentees = Facture.objects.filter(tranche__convention=self.convention).values_list(
            "fournisseur", "numero"
        )
        connues = {(f.casefold(), n.casefold()) for f, n in presentees}
        for champs in factures:
            cle = champs["fournisseur"].casefold(), champs["numero"].casefold()
            if cle in connues:
                raise TransitionInterdite(
                    f"La facture {champs['numero']} de {champs['fournisseur']} est déjà présentée."
                )
            connues.add(cle)
            facture = Facture(tranche=self, **champs)
            facture.full_clean(exclude=["tranche"])
            facture.save()

    def controler(self, *, par) -> None:
        """An agent begins the check."""
        exiger("certifier_versement", par, self.convention)
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.DEMANDE)
            tranche._ecrire("controler_versement", par, etat=EtatTranche.EN_CONTROLE)
        self.refresh_from_db()

    def renvoyer(self, *, par, motif) -> None:
        """Send the request back to the porteur, who may add invoices and ask again."""
        exiger("certifier_versement", par, self.convention)
        if not motif.strip():
            raise TransitionInterdite("Écrivez au porteur ce qui manque.")
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.DEMANDE, EtatTranche.EN_CONTROLE)
            if tranche.service_fait_le:
                raise TransitionInterdite("Le service fait est certifié : cette demande ne se renvoie plus.")
            demandee = tranche.demande_le
            entree = tranche._ecrire(
                "renvoyer_versement",
                par,
                {"motif_du_renvoi": motif},
                etat=EtatTranche.A_DEMANDER,
                motif_renvoi=motif,
                demande_le=None,
                demande_par=None,
            )
            tranche._annoncer("versement_examine", entree, date=demandee.isoformat())
        self.refresh_from_db()

    def certifier(self, *, par) -> None:
        """Certify the service done: every invoice examined, the sum computed.

        Raises TransitionInterdite when nothing is due.
        """
        exiger("certifier_versement", par, self.convention)
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.DEMANDE, EtatTranche.EN_CONTROLE)
            if tranche.service_fait_le:
                raise TransitionInterdite("Le service fait est déjà certifié.")
            if tranche.factures.filter(statut=StatutFacture.EN_CONTROLE).exists():
                raise TransitionInterdite("Toutes les factures doivent être acceptées ou rejetées.")
            calcul = tranche.calcul()
            if not calcul.a_verser:
                raise TransitionInterdite(
                    "Les dépenses acceptées ne permettent aucun versement : renvoyez la demande."
                )
            entree = tranche._ecrire(
                "certifier_versement",
                par,
                {"a_verser": str(calcul.a_verser), "retenues": str(calcul.retenues)},
                etat=EtatTranche.EN_CONTROLE,
                montant_verse=calcul.a_verser,
                service_fait_par=par,
                service_fait_le=horloge.maintenant(),
            )
            tranche._annoncer("versement_examine", entree, date=tranche.demande_le.isoformat())
        self.refresh_from_db()

    def ordonner(self, *, par) -> None:
        """Order the payment: another person than the certifier; its act is drawn up."""
        exiger("ordonner_versement", par, self.convention)
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.EN_CONTROLE)
            if not tranche.service_fait_le or tranche.ordonnee_le:
                raise TransitionInterdite("Cette tranche n'attend pas d'ordre de payer.")
            tranche._exiger_autre(par, tranche.service_fait_par_id)
            entree = tranche._ecrire(
                "ordonner_versement", par, ordonnee_par=par, ordonnee_le=horloge.maintenant()
            )
            tranche.acte = Acte.commander(
                "versement",
                fil=tranche.convention.fil,
                par=par,
                cle=f"tranche-{tranche.pk}",
                instantane=composer("versement", tranche, evenement=entree, par=par),
                objet=f"Ordre de payer, {tranche.libelle}",
            )
            tranche.save(update_fields=["acte"])
            tranche.convention.dossier.ajouter_acte(tranche.acte)
        self.refresh_from_db()

    def contresigner(self, *, par) -> None:
        """The second responsable's signature: neither the certifier nor who ordered."""
        exiger("ordonner_versement", par, self.convention)
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.EN_CONTROLE)
            if not tranche.ordonnee_le or tranche.contresignee_le:
                raise TransitionInterdite("Cette tranche n'attend pas de contreseing.")
            tranche._exiger_autre(par, tranche.service_fait_par_id, tranche.ordonnee_par_id)
            tranche._ecrire(
                "contresigner_versement", par, contresignee_par=par, contresignee_le=horloge.maintenant()
            )
        self.refresh_from_db()

    def payer(self, *, par, mandat, payee_le=None) -> None:
        """Note the payment made by the accounting officer; the first one sets the convention in execution."""
        exiger("constater_paiement", par, self.convention)
        jour = payee_le or horloge.aujourd_hui()
        with transaction.atomic():
            tranche = self.verrouiller(EtatTranche.EN_CONTROLE)
            if not tranche.contresignee_le:
                raise TransitionInterdite("Il manque une signature : cette tranche ne peut pas être payée.")
            if not mandat.strip():
                raise TransitionInterdite("Écrivez la référence du paiement.")
            if not tranche.contresignee_le.astimezone(horloge.PARIS).date() <= jour <= horloge.aujourd_hui():
                raise TransitionInterdite("La date du paiement est entre le contreseing et aujourd'hui.")
            entree = tranche._ecrire(
                "payer_tranche",
                par,
                {"mandat": mandat, "montant": str(tranche.montant_verse)},
                etat=EtatTranche.PAYE,
                payee_le=jour,
                mandat=mandat,
            )
            if tranche.convention.etat == EtatConvention.SIGNEE:
                tranche.convention.passer("executer", par=par)
            tranche._annoncer(
                "versement_effectue",
                entree,
                tranche=tranche.libelle,
                date_valeur=jour.isoformat(),
                reference=mandat,
            )
        self.refresh_from_db()

    def _exiger_autre(self, par, *deja) -> None:
        """Nobody signs twice the same payment."""
        if par.pk in deja:
            raise GesteInterdit("Vous avez déjà signé ce versement : une autre personne doit le faire.")

    def _annoncer(self, cle, entree, **variables) -> None:
        Message.preparer(
            cle,
            a=self.convention.destinataires(cle),
            contexte=self.convention.contexte_des_messages() | variables,
            evenement=f"{self.convention.fil}#{entree.rang}",
            fil=self.convention.fil,
            lien=self.convention.get_absolute_url(),
        )
