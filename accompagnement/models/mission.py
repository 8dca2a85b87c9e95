"""An expert's order of days on one theme: proposed, agreed, accepted, ordered, done, confirmed, certified."""

from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, Sum
from django.urls import reverse

from accompagnement.models.base import champ_jours, fin_du_jour, par_demi
from accompagnement.models.credit import CreditJours, chemin_du_projet
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.cycles import Cycle
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, EtatMission, Role
from manufactures.registres import TransitionInterdite, VisiblesQuerySet

JOURS_POUR_REPONDRE = 10
COMMANDEES = (EtatMission.COMMANDEE, EtatMission.REALISEE, EtatMission.ATTESTEE, EtatMission.SERVICE_FAIT)


class Mission(Cycle):
    """A purchase order under the framework contract; the porteur never pays and never receives that money."""

    CYCLE = "mission"
    MODELE_REGARD = "mission"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="missions")
    theme = models.ForeignKey(
        "programme.Theme", models.PROTECT, related_name="missions", verbose_name="thème"
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="missions", verbose_name="expert"
    )
    etat = models.CharField(
        "état", max_length=20, choices=EtatMission, default=EtatMission.PROPOSEE, editable=False
    )
    objet = models.CharField("besoin", max_length=300)
    livrables = models.CharField("résultats attendus", max_length=500, blank=True)
    resultat = models.CharField("résultat livré", max_length=500, blank=True)
    jours_commandes = champ_jours("jours")
    jours_distance = champ_jours("dont à distance", default=0)
    debut = models.DateField("début")
    fin = models.DateField("fin")
    prix_jour_ht = models.DecimalField("prix d'un jour, HT", max_digits=12, decimal_places=2)
    tva = models.DecimalField("TVA, en %", max_digits=4, decimal_places=1, default=20)
    proposee_le = models.DateTimeField("proposée le", default=horloge.maintenant)
    proposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreee_par_le_porteur_le = models.DateTimeField("agréée par le porteur le", null=True, blank=True)
    agreee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    commandee_le = models.DateTimeField("commandée le", null=True, blank=True)
    commandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    bon_de_commande = models.CharField("bon de commande", max_length=60, blank=True)
    realisee_le = models.DateTimeField("réalisée le", null=True, blank=True)
    attestee_le = models.DateTimeField("confirmée le", null=True, blank=True)
    attestee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    service_fait_le = models.DateTimeField("service fait le", null=True, blank=True)
    service_fait_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    lettre = models.ForeignKey("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)
    attestation = models.ForeignKey("actes.Acte", models.PROTECT, related_name="+", null=True, blank=True)

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        verbose_name = "mission"
        ordering = ["-proposee_le", "pk"]
        indexes = [models.Index(fields=["expert", "etat"], name="mission_de_l_expert")]
        constraints = [
            CheckConstraint(condition=Q(etat__in=EtatMission.values), name="mission_etat"),
            CheckConstraint(
                condition=Q(jours_commandes__gt=0) & par_demi("jours_commandes"),
                name="mission_par_demi_journees",
            ),
            CheckConstraint(
                condition=Q(jours_distance__gte=0, jours_distance__lte=F("jours_commandes")),
                name="mission_a_distance",
            ),
            CheckConstraint(condition=Q(fin__gte=F("debut")), name="mission_dans_l_ordre"),
            CheckConstraint(
                condition=~Q(etat__in=COMMANDEES)
                | Q(
                    commandee_le__isnull=False,
                    acceptee_le__isnull=False,
                    agreee_par_le_porteur_le__isnull=False,
                ),
                name="mission_commandee_apres_accords",
            ),
            CheckConstraint(
                condition=~Q(etat=EtatMission.SERVICE_FAIT)
                | Q(service_fait_par__isnull=False, attestee_le__isnull=False),
                name="mission_certifiee_apres_attestation",
            ),
        ]

    def __str__(self):
        return f"{self.dossier}, {self.theme.libelle.lower()}"

    def get_absolute_url(self):
        return reverse("accompagnement:mission", args=[self.pk])

    @property
    def url_passer(self):
        """Where the buttons of the cycle post."""
        return reverse("accompagnement:passer_mission", args=[self.pk])

    # -- What the kernel reads -----------------------------------------------------------------------------------
    @property
    def fil(self) -> str:
        """The dossier's own thread."""
        return self.dossier.fil

    @property
    def numero(self) -> str:
        """The dossier's number."""
        return self.dossier.numero

    def destinataires(self, cle):
        """The expert of an order; expert and porteurs of the rest."""
        if cle == "mission_commandee":
            return [self.expert]
        return [self.expert, *self.dossier.destinataires(cle)]

    def contexte_des_messages(self) -> dict:
        """The dossier, and what the mission is about."""
        titulaire = self.dossier.titulaire
        return self.dossier.contexte_des_messages() | {
            "jours": str(self.jours_commandes),
            "debut": self.debut.isoformat(),
            "fin": self.fin.isoformat(),
            "theme": self.theme.libelle.lower(),
            "contact": titulaire.nom_complet if titulaire else self.dossier.raison_sociale,
        }

    def echeance(self):
        """An order runs until its last day."""
        return fin_du_jour(self.fin) if self.etat == EtatMission.COMMANDEE else None

    def champs_du_passage(self, action, *, par, motif="", resultat="", bon_de_commande="", **faits) -> dict:
        """The instant and the person of each step are written with the state."""
        instant = horloge.maintenant()
        return {
            "accepter": {"acceptee_le": instant},
            "commander": {
                "commandee_le": instant,
                "commandee_par": par,
                "bon_de_commande": bon_de_commande or f"BC-{horloge.aujourd_hui().year}-{self.pk:05d}",
            },
            "terminer": {"realisee_le": instant, "resultat": resultat or self.resultat},
            "attester": {"attestee_le": instant, "attestee_par": par},
            "certifier": {"service_fait_le": instant, "service_fait_par": par},
        }[action]

    def apres_passage(self, action, *, evenement, par, actes, **faits) -> None:
        """Keep the order's letter and the attestation, file them under the dossier, tell the porteur of the order."""
        for acte in actes:
            champ = "lettre" if acte.genre == "lettre_mission" else "attestation"
            setattr(self, champ, acte)
            self.save(update_fields=[champ])
            self.dossier.ajouter_acte(acte)
        if action == "commander":
            acte = {"numero": actes[0].numero, "objet": actes[0].objet}
            contexte = self.contexte_des_messages() | {
                "acte": acte,
                "contact": self.expert.nom_complet,
                "pour_porteur": True,
            }
            self.prevenir(
                "mission_commandee", self.dossier.destinataires("mission_commandee"), evenement, contexte
            )

    # -- What screens read ---------------------------------------------------------------------------------------
    @property
    def jours_notes(self) -> Decimal:
        """Days logged and not set aside: they hold their place in the order."""
        return sum((j.duree for j in self.journees.all() if j.compte), Decimal("0.0"))

    @property
    def jours_valides(self) -> Decimal:
        """Days confirmed."""
        return sum((j.duree for j in self.journees.all() if j.est_valide), Decimal("0.0"))

    @property
    def jours_restants(self) -> Decimal:
        """Days that may still be logged."""
        return self.jours_commandes - self.jours_notes

    @property
    def jours_engages(self) -> Decimal:
        """What the mission takes from the credit."""
        return self.jours_valides if self.etat == EtatMission.SERVICE_FAIT else self.jours_commandes

    @property
    def total_ht(self) -> Decimal:
        """Price of the order."""
        return (self.jours_commandes * self.prix_jour_ht).quantize(Decimal("0.01"))

    def ttc(self, jours: Decimal) -> Decimal:
        """What this many days cost the engineering envelope."""
        return (jours * self.prix_jour_ht * (100 + self.tva) / 100).quantize(Decimal("0.01"))

    # -- Deeds ---------------------------------------------------------------------------------------------------
    @classmethod
    def proposer(
        cls, dossier, *, par, theme, expert, objet, jours, debut, fin, livrables="", jours_distance=Decimal(0)
    ) -> "Mission":
        """Propose an order to an expert and to the porteur, within what is left of the credit on this theme.

        Raises TransitionInterdite or CreditInsuffisant; nothing has changed then.
        """
        exiger("proposer_mission", par, dossier)
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            credit = CreditJours.verrouiller(dossier)
            _verifier_proposition(dossier, credit, expert, debut, fin)
            credit.exiger_disponibles(theme, Decimal(jours))
            mission = cls.objects.create(
                dossier=dossier,
                theme=theme,
                expert=expert,
                objet=objet,
                jours_commandes=Decimal(jours),
                debut=debut,
                fin=fin,
                livrables=livrables,
                jours_distance=jours_distance,
                prix_jour_ht=dossier.appel.prix_jour_ht,
                tva=dossier.appel.tva_expertise,
                proposee_par=par,
            )
            entree = consigner(
                dossier.fil,
                "proposer_mission",
                par=par,
                mission=mission.pk,
                theme=theme.code,
                jours=str(jours),
            )
            mission._annoncer_la_proposition(entree)
        return mission

    def _annoncer_la_proposition(self, entree) -> None:
        date = horloge.aujourd_hui() + horloge.avancer(days=JOURS_POUR_REPONDRE)
        contexte = self.contexte_des_messages() | {"date": date.isoformat()}
        self.prevenir("mission_proposee", [self.expert], entree, contexte, lien=self.get_absolute_url())
        self.prevenir("mission_proposee", self.dossier.destinataires("mission_proposee"), entree, contexte)

    def prevenir(self, cle, a, entree, contexte, *, lien="") -> None:
        """Write to these people; the link is the project's thread unless said otherwise."""
        Message.preparer(
            cle,
            a=a,
            contexte=contexte,
            evenement=f"{self.fil}#{entree.rang}",
            fil=self.fil,
            lien=lien or chemin_du_projet(self.dossier),
        )

    def agreer(self, *, par) -> None:
        """The porteur agrees on the scope: no order leaves without it."""
        exiger("agreer_mission", par, self)
        with transaction.atomic():
            mission = Mission.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if mission.agreee_par_le_porteur_le or mission.etat not in (
                EtatMission.PROPOSEE,
                EtatMission.ACCEPTEE,
            ):
                raise TransitionInterdite("Cette mission n'attend pas votre accord.")
            mission.agreee_par_le_porteur_le, mission.agreee_par = horloge.maintenant(), par
            mission.save(update_fields=["agreee_par_le_porteur_le", "agreee_par"])
            consigner(self.fil, "agreer_mission", par=par, mission=self.pk)
        self.refresh_from_db()


def _verifier_proposition(dossier, credit, expert, debut, fin) -> None:
    if dossier.etat != Etat.EN_ACCOMPAGNEMENT:
        raise TransitionInterdite("Ce projet n'est pas en accompagnement.")
    if not expert.a_le_role(Role.EXPERT):
        raise TransitionInterdite("Cette personne n'est pas experte.")
    if expert.a_le_role(Role.MEMBRE, Role.PRESIDENT) or dossier.membres.filter(user=expert).exists():
        raise TransitionInterdite("Cette personne a un lien avec ce projet : choisissez un autre expert.")
    if not credit.debut <= debut <= fin <= credit.fin:
        raise TransitionInterdite("Les dates de la mission sortent des deux ans d'accompagnement.")


def jours_valides_en_base(mission) -> Decimal:
    """Days confirmed, read from the database."""
    return mission.journees.filter(etat="VALIDE").aggregate(s=Sum("duree", default=Decimal(0)))["s"]
