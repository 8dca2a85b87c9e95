"""Letters signed by hand: one scan of many is cut, each letter filed with its act; the sealed PDF stays what it is."""

import hashlib
from contextlib import contextmanager

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from manufactures import antivirus, horloge
from manufactures.actes import tasks
from manufactures.actes.decoupeur import NumerisationRefusee, couper, lire_les_pages
from manufactures.actes.tri import ANNULE, composer
from manufactures.fichiers import supprimer_apres, verrouiller
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite
from manufactures.taches import reveiller
from manufactures.televersement import FICHIER_MAX

LOT = 8  # pages read, or letters cut, in one task: the next one goes on
ESSAIS_MAX = 5
AGENTS = (Role.INSTRUCTEUR, Role.RESPONSABLE)


class EtatNumerisation(models.TextChoices):
    """Where a scan stands."""

    A_LIRE = "A_LIRE", "En lecture"
    A_CLASSER = "A_CLASSER", "En classement"
    LUE = "LUE", "À vérifier"
    REFUSEE = "REFUSEE", "Refusée"
    CLOSE = "CLOSE", "Terminée"


EN_COURS = (EtatNumerisation.A_LIRE, EtatNumerisation.A_CLASSER)
FINIES = (EtatNumerisation.REFUSEE, EtatNumerisation.CLOSE)


class NumerisationQuerySet(models.QuerySet):
    """Scans are their sender's: pages of nobody's letters may stand in them."""

    def visibles_par(self, user):
        """One's own."""
        return self.filter(par=user) if user.is_active else self.none()


class Numerisation(models.Model):
    """One PDF of scanned letters. Its file and its pictures go once it is dealt with; its digest stays."""

    nom = models.CharField("nom du fichier", max_length=200)
    fichier = models.CharField("fichier", max_length=120, blank=True)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    taille = models.PositiveIntegerField("taille, en octets")
    etat = models.CharField("état", max_length=10, choices=EtatNumerisation, default=EtatNumerisation.A_LIRE)
    motif = models.TextField("ce qui ne va pas", blank=True)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    total = models.PositiveSmallIntegerField("pages", default=0)
    lues = models.PositiveSmallIntegerField("pages lues", default=0)
    depose_le = models.DateTimeField("déposé le", default=horloge.maintenant)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déposé par"
    )

    objects = NumerisationQuerySet.as_manager()

    class Meta:
        verbose_name = "numérisation"
        ordering = ["-depose_le", "-pk"]
        indexes = [
            models.Index(fields=["par", "-depose_le"], name="numerisation_par"),
            models.Index(
                fields=["etat"], name="numerisation_en_cours", condition=Q(etat__in=["A_LIRE", "A_CLASSER"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=["REFUSEE", "CLOSE"], fichier="")
                | (~Q(etat__in=["REFUSEE", "CLOSE"]) & ~Q(fichier="")),
                name="numerisation_garde_son_fichier",
            ),
        ]

    def __str__(self):
        return f"{self.nom}, {self.depose_le:%d/%m/%Y}"

    def get_absolute_url(self):
        """Its outcome."""
        return reverse("actes:numerisation", args=[self.pk])

    @property
    def est_en_cours(self) -> bool:
        """A worker has it."""
        return self.etat in EN_COURS

    @classmethod
    def deposer(cls, contenu: bytes, nom: str, *, par) -> "Numerisation":
        """Store the scan and order its reading; the same file again is the same scan. Raises NumerisationRefusee."""
        if not contenu.startswith(b"%PDF-"):
            raise NumerisationRefusee("Ce fichier n'est pas un PDF. Numérisez les lettres en PDF.")
        if len(contenu) > FICHIER_MAX:
            raise NumerisationRefusee("Ce fichier dépasse 20 Mo. Numérisez les lettres en plusieurs fois.")
        empreinte = hashlib.sha256(contenu).hexdigest()
        with transaction.atomic():
            chemin = ranger(contenu, empreinte, "numerisations")
            deja = cls.objects.filter(par=par, empreinte=empreinte).exclude(etat__in=FINIES)
            if ligne := deja.first():
                supprimer_apres([chemin])  # unless the row still keeps it
                return ligne
            ligne = cls.objects.create(
                nom=nom[:200], fichier=chemin, empreinte=empreinte, taille=len(contenu), par=par
            )
            reveiller(tasks.lire_numerisation, ligne.pk)
        return ligne

    def lire_fichier(self) -> bytes:
        """The scan as it was sent. Raises FileNotFoundError where the storage lost it."""
        with default_storage.open(self.fichier) as fichier:
            return fichier.read()

    # -- What the worker does, one step at a time ------------------------------------------------------------------

    @classmethod
    def avancer(cls, pk: int) -> bool:
        """One step, under the row's lock; True while there is another one."""
        erreur = ""
        with transaction.atomic():
            lignes = cls.objects.select_for_update(of=("self",), skip_locked=True)
            ligne = lignes.filter(pk=pk, etat__in=EN_COURS).first()
            if ligne is None:
                return False
            try:
                with transaction.atomic():
                    ligne._avancer()
            except NumerisationRefusee as refus:
                ligne._refuser(str(refus))
            except antivirus.AntivirusInjoignable:
                ligne._noter("L'antivirus ne répond pas : la lecture reprendra d'elle-même.")
                return False
            except Exception as cause:
                erreur = f"{type(cause).__name__} : {cause}"
                ligne._echouer(erreur)
        if erreur:
            tasks.journal_technique.error("numerisation_en_echec", numerisation=pk, erreur=erreur)
        return not erreur and ligne.est_en_cours

    def _avancer(self):
        if self.etat == EtatNumerisation.A_LIRE:
            self._lire()
        else:
            self._classer()

    def _lire(self):
        contenu = self.lire_fichier()
        if not self.lues:
            self._exiger_sans_virus()
        self.total, pages = lire_les_pages(contenu, self.lues, LOT)
        PageNumerisee.objects.bulk_create(
            PageNumerisee(
                numerisation=self,
                rang=rang,
                code=lue.feuille.code if lue.feuille else "",
                feuille=lue.feuille.rang if lue.feuille else 0,
                sur=lue.feuille.total if lue.feuille else 0,
                tour=lue.tour,
                blanche=lue.blanche,
                vignette=lue.vignette,
            )
            for rang, lue in enumerate(pages, self.lues + 1)
        )
        self.lues += len(pages)
        self.motif, self.essais = "", 0
        if self.lues >= self.total:
            self._trier()
            self.etat = EtatNumerisation.A_CLASSER
        self.save(update_fields=["total", "lues", "motif", "essais", "etat"])

    def _exiger_sans_virus(self):
        if settings.CLAMAV_URL:
            with default_storage.open(self.fichier) as fichier:
                if antivirus.chercher(fichier):
                    raise NumerisationRefusee("Ce fichier contient un virus : il a été détruit.")

    def actes_connus(self):
        """The acts that whoever sent the scan follows as an agent: any other is an unknown code."""
        return type(self)._actes().visibles_par(self.par, *AGENTS)

    @staticmethod
    def _actes():
        return ExemplaireSigne._meta.get_field("acte").related_model.objects.pour_les_listes()

    def _trier(self):
        pages = list(self.pages.defer("vignette"))
        connus = {acte.code: acte for acte in self.actes_connus().filter(code__in={p.code for p in pages})}
        for page in pages:
            page.acte = connus.get(page.code)
        annules = {acte.pk for acte in connus.values() if acte.annule_le}
        par_rang = {page.rang: page for page in pages}
        for numero, lettre in enumerate(composer(pages), 1):
            for place, rang in enumerate(lettre.pages):
                page = par_rang[rang]
                page.acte_id, page.lettre, page.place = lettre.acte, numero, place
                page.doute = ANNULE if lettre.acte in annules else lettre.doute
        PageNumerisee.objects.bulk_update(pages, ["acte", "lettre", "place", "doute"], batch_size=100)

    def _classer(self):
        """Cut the letters that are sure; a scan with nothing left to see is over."""
        pretes = self.pages.filter(lettre__gt=0, doute="", exemplaire=None)
        numeros = sorted(set(pretes.order_by().values_list("lettre", flat=True)))
        contenu = self.lire_fichier() if numeros else b""
        for numero in numeros[:LOT]:
            self._classer_une(contenu, list(pretes.filter(lettre=numero).defer("vignette").order_by("place")))
        if len(numeros) <= LOT:
            self.etat = EtatNumerisation.LUE
            self.save(update_fields=["etat"])
            if not self.pages.a_voir().exists():
                self._clore(EtatNumerisation.CLOSE)

    def _classer_une(self, contenu, pages):
        acte = self.actes_connus().filter(pk=pages[0].acte_id).first()
        if acte is None:  # no longer theirs to follow
            self.pages.filter(pk__in=[page.pk for page in pages]).update(acte=None, lettre=0, place=0)
            return
        titre = f"Exemplaire signé de l'acte n° {acte.numero}"
        piece = couper(contenu, [(page.rang - 1, page.tour) for page in pages], titre)
        exemplaire = ExemplaireSigne.classer(acte, piece, pages=len(pages), par=self.par)
        self.pages.filter(pk__in=[page.pk for page in pages]).update(exemplaire=exemplaire)

    def _refuser(self, motif):
        self._clore(EtatNumerisation.REFUSEE, motif=motif)

    def _noter(self, motif):
        type(self).objects.filter(pk=self.pk).update(motif=motif)

    def _echouer(self, erreur):
        if self.essais + 1 >= ESSAIS_MAX:
            self._refuser(
                "La lecture n'a pas abouti. Déposez le fichier de nouveau, en plusieurs fois s'il est lourd."
            )
        else:
            type(self).objects.filter(pk=self.pk).update(
                essais=F("essais") + 1, motif="La lecture a été interrompue : elle reprendra d'elle-même."
            )

    def _clore(self, etat, motif=""):
        """The file goes, with the pictures of its pages."""
        supprimer_apres([self.fichier] if self.fichier else [])
        self.pages.update(vignette=b"")
        self.fichier, self.etat, self.motif = "", etat, motif
        self.save(update_fields=["fichier", "etat", "motif"])

    # -- What the agent does ------------------------------------------------------------------------------------

    def confirmer(self, lettres: list[int]) -> int:
        """These letters are whole as they are: file them. How many there were."""
        with self._a_voir() as ligne:
            pages = ligne.pages.a_voir().filter(lettre__in=lettres, lettre__gt=0)
            nombre = pages.order_by().values("lettre").distinct().count()
            pages.update(doute="")
            ligne._reclasser(nombre)
        return nombre

    def designer(self, rang: int, numero: str) -> None:
        """This page belongs to that act: in its letter that still waits here, or in a new one. TransitionInterdite."""
        with self._a_voir() as ligne:
            acte = ligne.actes_connus().filter(numero=numero.strip().upper()).first()
            page = ligne.pages.a_voir().filter(rang=rang).first()
            if page is None:
                raise TransitionInterdite("Cette page est déjà classée.")
            if acte is None:
                raise TransitionInterdite(
                    f"Aucun acte que vous suivez ne porte le numéro « {numero.strip()[:30]} »."
                )
            voisines = ligne.pages.a_voir().filter(acte=acte, lettre__gt=0).exclude(pk=page.pk)
            derniere = voisines.order_by("-lettre", "-place").values("lettre", "place", "doute").first()
            if derniere is None:
                neuf = ligne.pages.aggregate(n=models.Max("lettre"))["n"] + 1
                derniere = {"lettre": neuf, "place": -1, "doute": "à relire avant de la classer"}
            page.acte, page.lettre, page.place = acte, derniere["lettre"], derniere["place"] + 1
            page.doute = derniere["doute"]
            page.save(update_fields=["acte", "lettre", "place", "doute"])

    def ecarter(self, rang: int) -> None:
        """This page does not belong to the letter it was put in."""
        with self._a_voir() as ligne:
            ligne.pages.a_voir().filter(rang=rang).update(acte=None, lettre=0, place=0, doute="")

    def terminer(self) -> None:
        """Leave the rest: nothing more is to be filed from this scan."""
        with self._a_voir() as ligne:
            ligne._clore(EtatNumerisation.CLOSE)
        self.refresh_from_db()

    def delaisser(self) -> None:
        """Nobody came back: the same as finished, whatever was left to read."""
        self._clore(EtatNumerisation.CLOSE)

    @contextmanager
    def _a_voir(self):
        """The scan under its lock, read and waiting for somebody. Raises TransitionInterdite."""
        with transaction.atomic():
            lignes = Numerisation.objects.select_for_update(of=("self",)).select_related("par")
            ligne = lignes.get(pk=self.pk)
            if ligne.est_en_cours:
                raise TransitionInterdite(
                    "Cette numérisation est en cours de lecture : revenez dans un instant."
                )
            if ligne.etat in FINIES:
                raise TransitionInterdite("Cette numérisation est terminée.")
            yield ligne

    def _reclasser(self, nombre):
        if nombre:
            type(self).objects.filter(pk=self.pk).update(etat=EtatNumerisation.A_CLASSER)
            reveiller(tasks.lire_numerisation, self.pk)


class PageNumeriseeQuerySet(models.QuerySet):
    """Pages of a scan."""

    def visibles_par(self, user):
        """Those of one's own scans."""
        return self.filter(numerisation__in=Numerisation.objects.visibles_par(user))

    def a_voir(self):
        """Neither filed nor blank."""
        return self.filter(exemplaire=None, blanche=False)


class PageNumerisee(models.Model):
    """One page of a scan: what its code says, and the letter it goes to."""

    numerisation = models.ForeignKey(Numerisation, on_delete=models.CASCADE, related_name="pages")
    rang = models.PositiveSmallIntegerField("rang dans la numérisation")
    code = models.CharField("code lu", max_length=14, blank=True)
    feuille = models.PositiveSmallIntegerField("page de l'acte", default=0)
    sur = models.PositiveSmallIntegerField("pages de l'acte", default=0)
    tour = models.PositiveSmallIntegerField("tour qui la redresse, en degrés", default=0)
    blanche = models.BooleanField("page blanche", default=False)
    vignette = models.BinaryField("petite image", blank=True)
    # No way back: where an act is replaced, its signed copies stay its own.
    acte = models.ForeignKey("actes.Acte", on_delete=models.PROTECT, null=True, related_name="+")
    lettre = models.PositiveSmallIntegerField("lettre de la numérisation", default=0)
    place = models.PositiveSmallIntegerField("place dans la lettre", default=0)
    doute = models.CharField("ce qui est à vérifier", max_length=60, blank=True)
    exemplaire = models.ForeignKey(
        "actes.ExemplaireSigne", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = PageNumeriseeQuerySet.as_manager()

    class Meta:
        verbose_name = "page numérisée"
        verbose_name_plural = "pages numérisées"
        ordering = ["rang"]
        constraints = [
            models.UniqueConstraint(fields=["numerisation", "rang"], name="page_numerisee_une_fois"),
            models.CheckConstraint(
                condition=Q(lettre=0, acte=None) | Q(lettre__gt=0, acte__isnull=False),
                name="page_numerisee_lettre_a_son_acte",
            ),
        ]

    def __str__(self):
        return f"{self.numerisation_id}, page {self.rang}"

    @property
    def total(self) -> int:
        """Pages of the act, as its code says."""
        return self.sur


class ExemplaireSigneQuerySet(models.QuerySet):
    """Copies signed by hand."""

    def visibles_par(self, user):
        """Those of the acts that one may read."""
        actes = self.model._meta.get_field("acte").related_model.objects
        return self.filter(acte__in=actes.visibles_par(user))


class ExemplaireSigne(models.Model):
    """A copy of an act signed by hand and scanned: beside the sealed PDF, never in its place."""

    acte = models.ForeignKey("actes.Acte", on_delete=models.PROTECT, related_name="+")
    fichier = models.CharField("fichier", max_length=120)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    taille = models.PositiveIntegerField("taille, en octets")
    pages = models.PositiveSmallIntegerField("pages")
    classe_le = models.DateTimeField("classé le", default=horloge.maintenant)
    classe_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="classé par"
    )

    objects = ExemplaireSigneQuerySet.as_manager()

    class Meta:
        verbose_name = "exemplaire signé"
        verbose_name_plural = "exemplaires signés"
        ordering = ["classe_le", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["acte", "empreinte"], name="exemplaire_signe_une_fois"),
        ]

    def __str__(self):
        return f"{self.acte_id}, {self.classe_le:%d/%m/%Y}"

    @classmethod
    def classer(cls, acte, contenu: bytes, *, pages: int, par) -> "ExemplaireSigne":
        """Keep this copy with its act, in the caller's transaction; the same bytes again are the same copy."""
        empreinte = hashlib.sha256(contenu).hexdigest()
        if deja := cls.objects.filter(acte=acte, empreinte=empreinte).first():
            return deja
        exemplaire = cls.objects.create(
            acte=acte,
            fichier=ranger(contenu, empreinte, "actes/signes"),
            empreinte=empreinte,
            taille=len(contenu),
            pages=pages,
            classe_par=par,
        )
        consigner(
            acte.fil, "classer_exemplaire_signe", par=par, acte=acte.numero, pages=pages, empreinte=empreinte
        )
        return exemplaire

    def lire_fichier(self) -> bytes:
        """The scanned copy. Raises FileNotFoundError where the storage lost it."""
        with default_storage.open(self.fichier) as fichier:
            return fichier.read()


def ranger(contenu: bytes, empreinte: str, racine: str) -> str:
    """Store this content under its digest, once; nobody deletes it before the caller's row is written."""
    chemin = f"{racine}/{empreinte[:2]}/{empreinte}.pdf"
    verrouiller(chemin)
    if not default_storage.exists(chemin):
        default_storage.save(chemin, ContentFile(contenu))
    return chemin
