"""The opinion of a third party (préfecture, Région, DREETS) on a dossier, asked by a personal link, with its own date.

Whoever answers has no account: the link is the only key, drawn anew at each sending, dead once used or withdrawn.
The opinion is the agents' and the committee's to read; the porteur sees none of it here.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from candidatures import jetons
from candidatures.fichiers import TAILLE_MAX, nom_propre, ranger, reconnaitre, verifier_quotas
from candidatures.instantanes import a_paris
from candidatures.models import Dossier, ModeleDePiece, VersionDeposee
from instruction.models.complements import fin_de_journee
from instruction.models.grille import AGENTS, EXAMINABLES, Instruction
from instruction.personnes import agent_actif, responsables_de
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite, VisiblesQuerySet, roles_sur

USAGE = "avis"
DELAI_PROPOSE_JOURS = 21
RETARD_ADMIS = timedelta(days=30)  # a late opinion is still worth reading: the link outlives its date
SANS_REPONSE_ATTENDUE = "Cet avis n'est plus attendu."


class Organisme(models.TextChoices):
    """Who is asked."""

    PREFECTURE = "PREFECTURE", "Préfecture"
    REGION = "REGION", "Conseil régional"
    DREETS = "DREETS", "DREETS"
    AUTRE = "AUTRE", "Autre organisme"


class SensAvisTiers(models.TextChoices):
    """What the third party says."""

    FAVORABLE = "FAVORABLE", "Favorable"
    RESERVE = "RESERVE", "Favorable avec réserves"
    DEFAVORABLE = "DEFAVORABLE", "Défavorable"


class EtatAvisTiers(models.TextChoices):
    """Where it stands."""

    DEMANDE = "DEMANDE", "Demandé"
    RENDU = "RENDU", "Rendu"
    RETIRE = "RETIRE", "Demande retirée"


class AvisTiersQuerySet(VisiblesQuerySet):
    """Opinions: agents and auditors of the call; never the porteur."""

    def attendus(self):
        """Asked, not answered, on a dossier still under examination."""
        return self.filter(etat=EtatAvisTiers.DEMANDE, dossier__etat__in=EXAMINABLES)


class AvisTiers(models.Model):
    """One opinion asked: of whom, on which deposited version, until when; then what was answered."""

    MODELE_REGARD = "avis_tiers"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="avis_tiers")
    version = models.ForeignKey(
        VersionDeposee, models.PROTECT, related_name="+", verbose_name="version déposée"
    )
    organisme = models.CharField("organisme", max_length=10, choices=Organisme)
    nom = models.CharField("nom de l'organisme", max_length=160)
    courriel = models.EmailField("adresse électronique")
    question = models.TextField("ce que vous demandez", blank=True, max_length=2000)
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    demande_le = models.DateTimeField("demandé le", default=horloge.maintenant)
    echeance = models.DateTimeField("réponse attendue avant le")
    envois = models.PositiveSmallIntegerField("envois", default=1)
    nonce = models.CharField("tirage du lien", max_length=24, blank=True, default=jetons.tirer)
    expire_le = models.DateTimeField("le lien expire le")
    etat = models.CharField("état", max_length=8, choices=EtatAvisTiers, default=EtatAvisTiers.DEMANDE)

    sens = models.CharField("sens", max_length=12, choices=SensAvisTiers, blank=True)
    texte = models.TextField("avis", blank=True)
    signataire_nom = models.CharField("nom du signataire", max_length=120, blank=True)
    signataire_qualite = models.CharField("qualité du signataire", max_length=120, blank=True)
    rendu_le = models.DateTimeField("rendu le", null=True, blank=True)
    fichier = models.FileField("fichier", max_length=200, blank=True)
    fichier_nom = models.CharField("nom du fichier", max_length=200, blank=True)
    fichier_type = models.CharField("type du fichier", max_length=100, blank=True)
    fichier_taille = models.PositiveIntegerField("taille (octets)", default=0)
    fichier_empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)

    retire_le = models.DateTimeField("retirée le", null=True, blank=True)
    retire_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    motif = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = AvisTiersQuerySet.as_manager()

    class Meta:
        verbose_name = "avis d'un tiers"
        verbose_name_plural = "avis de tiers"
        ordering = ["demande_le", "pk"]
        indexes = [
            models.Index(fields=["echeance"], name="avis_tiers_attendu", condition=Q(etat="DEMANDE")),
        ]
        constraints = [
            CheckConstraint(condition=Q(etat__in=EtatAvisTiers.values), name="avis_tiers_etat"),
            CheckConstraint(condition=Q(organisme__in=Organisme.values), name="avis_tiers_organisme"),
            CheckConstraint(condition=Q(sens__in=["", *SensAvisTiers.values]), name="avis_tiers_sens"),
            CheckConstraint(
                condition=Q(etat="RENDU", rendu_le__isnull=False) & ~Q(sens="") & ~Q(signataire_nom="")
                | ~Q(etat="RENDU") & Q(rendu_le=None, sens="", texte="", fichier=""),
                name="avis_tiers_rendu_et_date",
            ),
            CheckConstraint(
                condition=Q(etat="RETIRE", retire_le__isnull=False, retire_par__isnull=False)
                | ~Q(etat="RETIRE") & Q(retire_le=None),
                name="avis_tiers_retire_et_date",
            ),
            CheckConstraint(condition=Q(nonce="") | Q(etat="DEMANDE"), name="avis_tiers_lien_eteint"),
            CheckConstraint(condition=Q(expire_le__gte=models.F("echeance")), name="avis_tiers_expiration"),
            CheckConstraint(
                condition=Q(fichier="", fichier_taille=0)
                | ~Q(fichier="") & Q(fichier_taille__gt=0, fichier_taille__lte=TAILLE_MAX),
                name="avis_tiers_fichier",
            ),
        ]

    def __str__(self):
        return f"Avis : {self.nom}"

    # -- Reading -------------------------------------------------------------------------------------------------
    @property
    def est_attendu(self) -> bool:
        """Asked and not answered."""
        return self.etat == EtatAvisTiers.DEMANDE

    @property
    def est_en_retard(self) -> bool:
        """Its date is past and nothing came."""
        return self.est_attendu and horloge.maintenant() >= self.echeance

    @property
    def est_expire(self) -> bool:
        """The link opens nothing any more."""
        return self.est_attendu and horloge.maintenant() >= self.expire_le

    @property
    def jours_de_retard(self) -> int:
        """Days of Paris since the due date."""
        return max(-horloge.jours_avant(self.echeance), 0) if self.est_en_retard else 0

    @property
    def signataire(self) -> str:
        """Who answered, as one writes it."""
        return ", ".join(dit for dit in (self.signataire_nom, self.signataire_qualite) if dit)

    @property
    def lien(self) -> str:
        """The personal link, for the mail alone."""
        return reverse("instruction:avis_du_tiers", args=[jetons.signer(USAGE, self)])

    @classmethod
    def du_jeton(cls, jeton: str) -> "AvisTiers | None":
        """The opinion that this link asks for now, or None."""
        attendus = cls.objects.attendus().select_related("dossier__vague__appel", "version", "demande_par")
        return jetons.lire(USAGE, jeton, attendus)

    # -- Deeds of the agents -------------------------------------------------------------------------------------
    @classmethod
    def demander(
        cls, dossier: Dossier, *, par, organisme: str, nom: str, courriel: str, echeance: date | datetime,
        question: str = "",
    ) -> "AvisTiers":  # fmt: skip
        """Ask, by a personal link sent to this address. Raises TransitionInterdite where nothing can be asked."""
        if not isinstance(echeance, datetime):
            echeance = fin_de_journee(echeance)
        with transaction.atomic():
            dossier = cls._tenu(dossier.pk, par)
            if echeance <= horloge.maintenant():
                raise TransitionInterdite("Choisissez une date à venir.")
            attendus = cls.objects.filter(dossier=dossier, etat=EtatAvisTiers.DEMANDE)
            if attendus.filter(courriel__iexact=courriel).exists():
                raise TransitionInterdite("Un avis est déjà demandé à cette adresse : relancez-le.")
            avis = cls.objects.create(
                dossier=dossier,
                version=VersionDeposee.objects.get(dossier=dossier, rang=dossier.version_deposee),
                organisme=organisme,
                nom=nom.strip(),
                courriel=courriel,
                question=question.strip(),
                demande_par=par,
                echeance=echeance,
                expire_le=echeance + RETARD_ADMIS,
            )
            Instruction.objects.filter(dossier=dossier).update(avis_demandes=models.F("avis_demandes") + 1)
            avis._consigner("demander_avis_tiers", par, echeance=echeance.isoformat())
            avis._envoyer()
        return avis

    def relancer(self, *, par, echeance: date | datetime | None = None) -> None:
        """Send a new link, the older one is dead; a later date goes with it if one is given."""
        if echeance is not None and not isinstance(echeance, datetime):
            echeance = fin_de_journee(echeance)
        with transaction.atomic():
            avis = self._verrouiller(par)
            if echeance is not None:
                if echeance <= max(avis.echeance, horloge.maintenant()):
                    raise TransitionInterdite(
                        "La nouvelle date doit être après l'échéance actuelle, et à venir."
                    )
                avis.echeance = echeance
            instant = horloge.maintenant()
            avis.expire_le = max(avis.echeance, instant) + RETARD_ADMIS
            avis.nonce, avis.envois = jetons.tirer(), avis.envois + 1
            avis.save(update_fields=["echeance", "expire_le", "nonce", "envois"])
            avis._consigner("relancer_avis_tiers", par, echeance=avis.echeance.isoformat())
            avis._envoyer()
        self.refresh_from_db()

    def retirer(self, *, par, motif: str) -> None:
        """Ask no more: the link is dead, the third party is told. Raises TransitionInterdite once answered."""
        if not motif.strip():
            raise TransitionInterdite("Écrivez pourquoi cet avis n'est plus attendu.")
        with transaction.atomic():
            avis = self._verrouiller(par)
            avis.etat, avis.nonce = EtatAvisTiers.RETIRE, ""
            avis.retire_le, avis.retire_par, avis.motif = horloge.maintenant(), par, motif.strip()
            avis.save(update_fields=["etat", "nonce", "retire_le", "retire_par", "motif"])
            avis._consigner("retirer_avis_tiers", par, motif=avis.motif)
            Message.preparer_pour(
                avis.courriel,
                "avis_retire",
                contexte=avis.contexte_du_message(),
                evenement=f"avis/{avis.pk}/retrait",
                fil=avis.dossier.fil,
            )
        self.refresh_from_db()

    # -- Deed of the third party ---------------------------------------------------------------------------------
    def rendre(self, *, sens: str, texte: str, nom: str, qualite: str, fichier=None) -> None:
        """Give the opinion, once; no account is asked, the link is the proof.

        Raises FichierRefuse for a file that is not taken, TransitionInterdite where another sending, a withdrawal, the
        conclusion or the date came first.
        """
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=self.dossier_id)
            avis = AvisTiers.objects.attendus().filter(pk=self.pk, nonce=self.nonce).first()
            if avis is None or not self.nonce or horloge.instant_exact() >= avis.expire_le:
                raise TransitionInterdite(SANS_REPONSE_ATTENDUE)
            avis.dossier = dossier
            avis.etat, avis.nonce, avis.rendu_le = EtatAvisTiers.RENDU, "", horloge.maintenant()
            avis.sens, avis.texte = sens, texte.strip()
            avis.signataire_nom, avis.signataire_qualite = nom.strip(), qualite.strip()
            if fichier:
                avis._ranger(fichier)
            avis.save()
            avis._consigner("recevoir_avis_tiers", None, sens=sens, empreinte=avis.fichier_empreinte)
            avis._prevenir_l_agent()
        self.refresh_from_db()

    def _ranger(self, fichier) -> None:
        """One file, examined as those of the dossiers are, read at once by the antivirus where one is configured."""
        nom = nom_propre(fichier.name)
        verifier_quotas(nom, fichier.size, 0, 0)
        self.fichier_type = reconnaitre(fichier, fichier.name)
        ModeleDePiece.exiger_sans_virus(fichier)
        chemin, self.fichier_empreinte = ranger(fichier, "avis")
        self.fichier, self.fichier_nom, self.fichier_taille = chemin, nom, fichier.size

    # -- Inside --------------------------------------------------------------------------------------------------
    @staticmethod
    def _tenu(pk: int, par) -> Dossier:
        """The dossier locked, for its own agent or a responsable, while it is examined."""
        dossier = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=pk)
        grille = Instruction.objects.filter(dossier=dossier).first()
        roles = roles_sur(dossier, par) & AGENTS
        if Role.RESPONSABLE not in roles and not (roles and grille and grille.instructeur_id == par.pk):
            raise GesteInterdit("Vous voyez ce dossier mais ce geste revient à l'agent qui l'instruit.")
        if dossier.etat not in EXAMINABLES or grille is None or grille.sens:
            raise TransitionInterdite(
                "La pré-instruction de ce dossier n'est pas en cours : aucun avis ne se demande."
            )
        return dossier

    def _verrouiller(self, par) -> "AvisTiers":
        """Locked with its dossier, still awaited."""
        dossier = self._tenu(self.dossier_id, par)
        avis = AvisTiers.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if not avis.est_attendu:
            raise TransitionInterdite(SANS_REPONSE_ATTENDUE)
        avis.dossier = dossier
        return avis

    def _consigner(self, action: str, par, motif: str = "", **faits) -> None:
        consigner(self.dossier.fil, action, par=par, motif=motif, avis=self.pk, organisme=self.nom, **faits)

    def contexte_du_message(self) -> dict:
        """What its mails say: of which dossier, until when."""
        return self.dossier.contexte_des_messages() | {
            "n": self.dossier.numero,
            "organisme": self.nom,
            "echeance": a_paris(self.echeance),
            "date_limite": self.expire_le.astimezone(horloge.PARIS).date().isoformat(),
        }

    def _envoyer(self) -> None:
        Message.preparer_pour(
            self.courriel,
            "avis_demande",
            contexte=self.contexte_du_message(),
            evenement=f"avis/{self.pk}/{self.envois}",
            fil=self.dossier.fil,
            lien=self.lien,
        )

    def _prevenir_l_agent(self) -> None:
        grille = Instruction.objects.select_related("instructeur").get(dossier=self.dossier)
        Message.preparer(
            "avis_recu",
            a=agent_actif(grille) or responsables_de(self.dossier),
            contexte=self.contexte_du_message() | {"sens": self.get_sens_display().lower()},
            evenement=f"avis/{self.pk}/rendu",
            fil=self.dossier.fil,
            lien=reverse("instruction:avis", args=[self.dossier.numero]),
        )


def avis_rendus(dossier) -> list[dict]:
    """What third parties answered on a dossier, oldest first, JSON-able: the report's snapshot freezes it.

    {organisme, nom, sens, sens_code, texte, signataire, rendu_le, demande_le, fichier}; `fichier` is a name or "".
    """
    rendus = AvisTiers.objects.filter(dossier=dossier, etat=EtatAvisTiers.RENDU).order_by("rendu_le", "pk")
    return [
        {
            "organisme": avis.get_organisme_display(),
            "nom": avis.nom,
            "sens": avis.get_sens_display(),
            "sens_code": avis.sens,
            "texte": avis.texte,
            "signataire": avis.signataire,
            "demande_le": a_paris(avis.demande_le),
            "rendu_le": a_paris(avis.rendu_le),
            "fichier": avis.fichier_nom,
        }
        for avis in rendus
    ]
