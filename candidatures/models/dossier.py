"""The dossier: what a porteur tells, from the draft to the deposited version and beyond."""

from datetime import datetime

from django.db import IntegrityError, connection, models, transaction
from django.db.models import CheckConstraint, F, Prefetch, Q
from django.urls import reverse
from django.utils.text import slugify

from candidatures.completude import Manque, manques, pieces_manquantes
from candidatures.gel import contenu_a_figer, empreinte_de
from candidatures.instantanes import a_paris, instantane_commun
from candidatures.models.choix import Droit
from candidatures.models.gestes import GestesDuBrouillon
from candidatures.models.gestes_equipe import GestesDeLEquipe
from candidatures.models.gestes_groupement import GestesDuGroupement
from candidatures.models.reponses import Reponses
from candidatures.numeros import MOTIF_NUMERO, MOTIF_RNA, tirer_numero
from manufactures import horloge
from manufactures.cycles import Cycle
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite, VisiblesQuerySet

ESSAIS_DE_TIRAGE = 5
ATTESTATIONS = (
    "attestation_honneur",
    "attestation_fiscale",
    "attestation_pouvoir",
    "attestation_donnees",
    "attestation_cer",
)


class DossierQuerySet(VisiblesQuerySet):
    """Every reading of dossiers passes here: a view never filters rights itself."""

    def deposes(self):
        """Deposited and not taken back: what the administration has received."""
        return self.exclude(etat=Etat.BROUILLON)

    def de_la_vague(self, vague):
        """Dossiers of one wave."""
        return self.filter(vague=vague)

    def recherche(self, saisie: str):
        """Found by number, project, structure, people, place or, once deposited, any answer: beginnings of words."""
        return self.filter(recherche__textes__trouve=saisie)

    def sans_reponses(self):
        """Without the long answers: a line of a list shows none of them."""
        return self.defer(*self.model.longues_reponses())

    def pour_les_listes(self):
        """With what every line of a list shows, in a constant number of queries."""
        membres, sites = self.model.membres.rel.related_model, self.model.sites.rel.related_model
        dossiers = self.select_related("vague__appel", "forme_juridique", "commune_siege__departement")
        return dossiers.prefetch_related(
            Prefetch("membres", membres.objects.select_related("user")),
            Prefetch("sites", sites.objects.select_related("commune__departement")),
        )


class Dossier(GestesDuBrouillon, GestesDeLEquipe, GestesDuGroupement, Reponses, Cycle):
    """A candidature to one wave of the call. A draft never blocks; only the deposit does."""

    CYCLE = "dossier"
    MODELE_REGARD = "dossier"

    numero = models.CharField("numéro", max_length=11, unique=True, default=tirer_numero, editable=False)
    vague = models.ForeignKey(
        "programme.Vague", models.PROTECT, related_name="dossiers", verbose_name="vague"
    )
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.BROUILLON, editable=False)
    version = models.PositiveIntegerField("version", default=0)
    cree_le = models.DateTimeField("créé le", default=horloge.maintenant)
    modifie_le = models.DateTimeField("modifié le", default=horloge.maintenant)
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    version_deposee = models.PositiveSmallIntegerField("version déposée", default=0)
    # Extra time for this dossier alone, past its wave's closing: the last of its `prolongations`.
    prolonge_jusquau = models.DateTimeField("dépôt prolongé jusqu'au", null=True, blank=True, editable=False)
    # When the present step is due; the pre-screening's triggers keep it (`instruction/0002_echeance`), never the code.
    echeance_le = models.DateTimeField("échéance de l'étape", null=True, blank=True, editable=False)
    issu_de = models.ForeignKey(
        "self", models.PROTECT, related_name="suites", null=True, blank=True, verbose_name="issu du dossier"
    )
    est_demonstration = models.BooleanField("démonstration", default=False)
    laureat_ordre = models.PositiveSmallIntegerField("ordre dans le dossier de presse", null=True, blank=True)
    laureat_le = models.DateTimeField("lauréat depuis le", null=True, blank=True)
    slug = models.SlugField("adresse publique", max_length=140, unique=True, null=True, blank=True)

    actes = models.ManyToManyField("actes.Acte", related_name="dossiers", blank=True, verbose_name="actes")

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        ordering = ["-modifie_le", "pk"]
        indexes = [
            # Each order of the lists, alone and within a wave; with the key and what the looks ask, an index answers by
            # itself.
            models.Index(fields=["depose_le", "id"], include=["etat", "vague"], name="dossier_depot"),
            models.Index(fields=["echeance_le", "id"], include=["etat", "vague"], name="dossier_echeance"),
            models.Index(fields=["etat", "depose_le", "id"], include=["vague"], name="dossier_etat_depose"),
            models.Index(fields=["vague", "depose_le", "id"], include=["etat"], name="dossier_vague_depot"),
            models.Index(
                fields=["vague", "etat", "depose_le", "id"],
                include=["echeance_le"],
                name="dossier_vague_etat_depot",
            ),
            models.Index(
                F("demande_investissement") + F("demande_amorcage"), F("id"), name="dossier_demande"
            ),
            models.Index(  # the public list, its order and its count
                fields=["laureat_ordre", "nom_projet"],
                include=["id", "laureat_le", "etat"],
                condition=Q(slug__isnull=False),
                name="dossier_laureats",
            ),
        ]
        constraints = [
            CheckConstraint(condition=Q(numero__regex=MOTIF_NUMERO), name="dossier_numero"),
            CheckConstraint(condition=Q(etat__in=Etat.values), name="dossier_etat"),
            CheckConstraint(
                condition=Q(demande_investissement__gte=0, demande_amorcage__gte=0, demande_jours__gte=0),
                name="dossier_demandes",
            ),
            CheckConstraint(condition=Q(effectif_etp=None) | Q(effectif_etp__gte=0), name="dossier_effectif"),
            CheckConstraint(condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$"), name="dossier_siret"),
            CheckConstraint(condition=Q(numero_rna="") | Q(numero_rna__regex=MOTIF_RNA), name="dossier_rna"),
            CheckConstraint(
                condition=Q(etat=Etat.BROUILLON) | Q(depose_le__isnull=False, version_deposee__gte=1),
                name="dossier_depose_a_une_version",
            ),
            CheckConstraint(condition=Q(issu_de=None) | ~Q(issu_de=F("pk")), name="dossier_pas_issu_de_soi"),
        ]

    def __str__(self):
        return self.nom_projet

    def get_absolute_url(self):
        return reverse("candidatures:dossier", args=[self.numero])

    # -- what others read ------------------------------------------------------------------------------------
    @property
    def fil(self) -> str:
        """The thread under which the journal, the acts and the messages file what happens here."""
        return f"dossier/{self.numero}"

    @classmethod
    def longues_reponses(cls, chemin: str = "") -> list[str]:
        """Names of the long answers, for `defer`; `chemin` leads to the dossier (« dossier__ »)."""
        champs = cls._meta.concrete_fields
        return [f"{chemin}{champ.name}" for champ in champs if champ.get_internal_type() == "TextField"]

    @property
    def url_passer(self) -> str:
        """Where the steps of this dossier are posted."""
        return reverse("candidatures:passer", args=[self.numero])

    @property
    def appel(self):
        """The call, through its wave."""
        return self.vague.appel

    @property
    def cloture(self) -> datetime:
        """When its deposit closes: its wave's closing, or the extra time it was given."""
        return max(self.vague.cloture, self.prolonge_jusquau or self.vague.cloture)

    @property
    def limite(self) -> datetime:
        """First instant at which its deposit is late."""
        return max(self.vague.limite, self.prolonge_jusquau or self.vague.limite)

    def est_clos(self, instant: datetime) -> bool:
        """Its limit is reached: nothing is deposited any more."""
        return instant >= self.limite

    @property
    def titulaire(self):
        """The person who answers for the dossier, or None while nobody does."""
        return next((m.user for m in self.membres.all() if m.droit == Droit.TITULAIRE), None)

    @property
    def site_principal(self):
        """The principal place, or None."""
        return next((site for site in self.sites.all() if site.principal), None)

    @property
    def departement(self):
        """Where the project is: its principal place's, else its seat's."""
        site = self.site_principal
        commune = site.commune if site else self.commune_siege
        return commune.departement if commune else None

    @property
    def representant(self) -> str:
        """The legal representative, as one writes it."""
        parts = (self.get_representant_civilite_display(), self.representant_prenom, self.representant_nom)
        return " ".join(p for p in parts if p)

    def echeance(self):
        """A draft must be deposited before its wave closes, a request answered by its date; stages know the others."""
        if self.etat == Etat.BROUILLON:
            return self.cloture
        return self.echeance_le if self.etat == Etat.A_COMPLETER else None

    @classmethod
    def avec_ses_liens(cls):
        """With its wave, its call, its legal form and its seat, which guards, acts and messages read."""
        return cls.objects.select_related("vague__appel", "forme_juridique", "commune_siege__departement")

    def destinataires(self, cle):
        """Who is written to: the titulaire and the contributeurs still there."""
        ecrivent = (Droit.TITULAIRE, Droit.CONTRIBUTEUR)
        return [
            m.user for m in self.membres.select_related("user") if m.droit in ecrivent and m.user.is_active
        ]

    def contexte_des_messages(self) -> dict:
        """Variables common to every message about this dossier."""
        appel, quand = self.vague.appel, a_paris(horloge.maintenant())
        return {
            "n": self.numero,
            "nom_projet": self.nom_projet,
            "dossier": {"numero": self.numero, "nom_projet": self.nom_projet},
            "quand": quand,
            "mis_a_disposition_le": quand,
            "recu_le": a_paris(self.depose_le),
            "cloture": a_paris(self.cloture),
            "service": {
                "nom": appel.service_nom,
                "courriel": appel.service_courriel,
                "telephone": appel.service_telephone,
            },
        }

    def manques(self) -> list[Manque]:
        """What prevents the deposit, in the order of the form; each one names its section and its field."""
        return manques(self)

    def pieces_manquantes(self) -> list:
        """Pieces of the call not yet added: they warn, they never block (CRPA L114-5)."""
        return pieces_manquantes(self)

    def droit_de(self, user) -> str:
        """What this person may do here as a member, or ""."""
        return next((m.droit for m in self.membres.all() if m.user_id == user.pk), "")

    def ecrivable_par(self, user) -> bool:
        """The draft is open, and this member writes in it."""
        return self.etat == Etat.BROUILLON and self.droit_de(user) in (Droit.TITULAIRE, Droit.CONTRIBUTEUR)

    # -- deeds -----------------------------------------------------------------------------------------------
    @classmethod
    def ouvrir(cls, *, vague, nom_projet, par, issu_de=None, **champs):
        """Begin a draft in an open wave; `par` is its titulaire. Raises TransitionInterdite."""
        if not vague.est_ouverte(horloge.maintenant()):
            raise TransitionInterdite(
                "Cette vague n'est pas ouverte : aucun dossier ne peut y être commencé."
            )
        with transaction.atomic():
            dossier = cls._tirer(vague=vague, nom_projet=nom_projet, issu_de=issu_de, **champs)
            dossier.membres.create(user=par, droit=Droit.TITULAIRE)
            consigner(dossier.fil, "creer", par=par, role=Droit.TITULAIRE)
        return dossier

    @classmethod
    def _tirer(cls, **champs):
        """Write the row under a number drawn anew at each collision."""
        for reste in reversed(range(ESSAIS_DE_TIRAGE)):
            try:
                with transaction.atomic():
                    return cls.objects.create(numero=tirer_numero(), **champs)
            except IntegrityError as collision:
                if not reste or "numero" not in str(collision):
                    raise
        raise AssertionError("unreachable")

    def deposer(self, *, par, recu_le=None, **attestations):
        """Deposit, in one transaction: certificates, frozen version with its digest, state, receipt, message,
        and the order of its PDF.

        The wave's row is locked in share mode first, so that its closing can't move meanwhile, then the
        dossier's. The instant that counts is `recu_le`, at which the server had received the whole request
        (`reception.py`): what waits behind others is not late for it. Without it, and never later than it, the
        database's clock read under both locks. The conditions are the guards of the step (`gardes.py`): where
        one refuses, nothing has changed. Returns the VersionDeposee.
        """
        with transaction.atomic():
            with connection.cursor() as curseur:
                curseur.execute("SELECT 1 FROM programme_vague WHERE id = %s FOR SHARE", [self.vague_id])
            visibles = Dossier.objects.visibles_par(par).values("pk")
            lignes = Dossier.avec_ses_liens().select_for_update(of=("self",))
            dossier = lignes.get(pk=self.pk, pk__in=visibles)
            instant = horloge.instant_exact()
            if recu_le is not None:
                instant = min(recu_le, instant)
            for nom in ATTESTATIONS:
                setattr(dossier, nom, bool(attestations.get(nom)))
            version = dossier._figer(par=par, instant=instant)
            dossier.franchir("deposer", par=par, version=version.rang, empreinte=version.empreinte)
            version.commander_l_impression()
        for nom in ("etat", *dossier.champs_du_passage("deposer", par=par)):
            setattr(self, nom, getattr(dossier, nom))
        return version

    def _figer(self, *, par, instant):
        """Write the frozen version: every answer, every piece with its digest, the digest of the whole."""
        contenu = contenu_a_figer(self)
        version = self.versions.create(
            rang=self.version_deposee + 1,
            contenu=contenu,
            empreinte=empreinte_de(contenu),
            deposee_le=instant,
            deposee_par=par,
        )
        self.depose_le, self.version_deposee, self._figee = instant, version.rang, version
        return version

    @property
    def version_figee(self):
        """The version that counts; under its own deposit, the one just written."""
        figee = getattr(self, "_figee", None)
        if figee is None or figee.rang != self.version_deposee:
            return self.versions.get(rang=self.version_deposee)
        return figee

    def champs_du_passage(self, action, *, par, **faits) -> dict:
        """A deposit is written with what it certifies, its instant and its version."""
        deposes = (*ATTESTATIONS, "depose_le", "version_deposee") if action == "deposer" else ()
        return {nom: getattr(self, nom) for nom in deposes}

    def ajouter_acte(self, acte) -> None:
        """File an act under this dossier."""
        self.actes.add(acte)

    def marquer_laureat(self, instant) -> None:
        """The label is published: the instant, and the public address of the laureate's page."""
        base = slugify(self.nom_projet) or self.numero.lower()
        if self.slug is None:
            pris = Dossier.objects.filter(slug=base).exists()
            self.slug = f"{base}-{self.numero.lower()}" if pris else base
        self.laureat_le = instant
        self.save(update_fields=["laureat_le", "slug"])

    def instantane(self) -> dict:
        """Keys common to all acts of this dossier (JSON-able)."""
        return instantane_commun(self)
