"""The deeds on a seat: who is named, until when, who takes over; each under the lock of the committee's colleges.

A trigger (migration `composition`) holds the same rules in the database, whatever the code says.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.courrier.models import Message
from manufactures.francais import compter, date_longue
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models import Habilitation
from manufactures.programme.models.habilitation import est_habilite
from manufactures.registres import GesteInterdit
from selection.models.base import exiger

C_EST_AU_RESPONSABLE = "La composition du comité revient à un responsable de l'appel."
MANDAT_TERMINE = "Ce mandat est terminé."


def exiger_responsable(appel, par) -> None:
    """Raise GesteInterdit unless `par` is a responsable of this call."""
    if not est_habilite(par, appel.pk, Role.RESPONSABLE):
        raise GesteInterdit(C_EST_AU_RESPONSABLE)


def personne_de(courriel: str, *, prenom: str = "", nom: str = "", **champs) -> tuple[User, bool]:
    """The account of this address, opened if need be, and whether it was: nobody's answers are changed."""
    courriel = courriel.strip().lower()
    user = User.objects.filter(email=courriel).first()
    if user is not None:
        return user, False
    return User.objects.create_user(courriel, prenom=prenom, nom=nom, **champs), True


def chevauche(du: date, au: date | None) -> Q:
    """Mandates that run on one day at least of this period, its end excluded."""
    condition = Q(au=None) | Q(au__gt=du)
    return condition & Q(du__lt=au) if au else condition


class Siege:
    """What a member's row adds to itself: its rules, as sentences by field, and the deeds that they govern."""

    @property
    def est_suppleant(self) -> bool:
        """Sits when somebody else does not."""
        return self.suppleant_de_id is not None

    @property
    def periode(self) -> str:
        """« du 3 mars 2026 au 2 mars 2029 »."""
        debut = f"depuis le {date_longue(self.du)}"
        return f"du {date_longue(self.du)} au {date_longue(self.au)}" if self.au else debut

    @property
    def court(self) -> bool:
        """The mandate runs today, or will."""
        return self.au is None or self.au > horloge.aujourd_hui()

    @property
    def fonction(self) -> str:
        """What the seat presides, if anything."""
        return "PRESIDENT" if self.preside else "VICE_PRESIDENT" if self.vice_preside else ""

    def obstacles(self) -> dict[str, str]:
        """Field -> what keeps this seat from being held so; empty where nothing does."""
        if self.au and self.au <= self.du:
            return {"au": "Le mandat finit après son début."}
        autres = type(self).objects.filter(chevauche(self.du, self.au), college__appel=self.college.appel_id)
        autres = list(autres.exclude(pk=self.pk).select_related("user", "college"))
        trouves = {}
        deja = next((m for m in autres if m.user_id == self.user_id), None)
        if deja is not None:
            trouves["courriel"] = f"{deja} siège déjà au comité {deja.periode} ({deja.college})."
        if self.est_suppleant:
            trouves |= self._obstacles_du_suppleant(autres)
        elif (jour := self._jour_complet(autres)) is not None:
            pris = compter(
                self.college.sieges, "siège de ce collège est pris", "sièges de ce collège sont pris"
            )
            trouves["college"] = f"Le {date_longue(jour)}, {pris}."
        for attribut, verbe in (("preside", "préside"), ("vice_preside", "vice-préside")):
            tenant = next((m for m in autres if getattr(m, attribut)), None)
            if getattr(self, attribut) and tenant is not None:
                trouves["fonction"] = f"{tenant} {verbe} déjà ce comité {tenant.periode}."
        return trouves

    def _obstacles_du_suppleant(self, autres) -> dict[str, str]:
        titulaire = self.suppleant_de
        if not (self.college.suppleable and titulaire.suppleable):
            return {"suppleant_de": f"{titulaire} siège à titre personnel : pas de suppléant (CRPA, R133-3)."}
        if titulaire.college_id != self.college_id or titulaire.est_suppleant:
            return {"suppleant_de": "Choisissez un titulaire de ce collège."}
        if titulaire.au and titulaire.au <= self.du:
            return {"suppleant_de": f"Le mandat de {titulaire} finit le {date_longue(titulaire.au)}."}
        if any(m.suppleant_de_id == titulaire.pk for m in autres):
            return {"suppleant_de": f"{titulaire} a déjà un suppléant."}
        return {"fonction": "La présidence revient à un titulaire."} if self.fonction else {}

    def _jour_complet(self, autres) -> date | None:
        """The first day on which one titulaire more would be one too many, or None."""
        if self.college.sieges is None:
            return None
        voisins = [m for m in autres if m.college_id == self.college_id and not m.est_suppleant]
        jours = sorted({self.du, *(m.du for m in voisins if m.du > self.du)})
        for jour in jours:
            pris = sum(m.du <= jour and (m.au is None or m.au > jour) for m in voisins)
            if pris >= self.college.sieges:
                return jour
        return None

    # -- deeds -----------------------------------------------------------------------------------------------------
    @classmethod
    def nommer(cls, college, user, *, par, invite: bool = False, **champs):
        """Seat somebody, with the role that goes with it, and write to them. Raises TransitionInterdite."""
        with transaction.atomic():
            appel = cls._verrouiller_le_comite(college, par)
            membre = cls(college=college, user=user, **champs)
            membre._exiger_libre()
            membre.save(force_insert=True)
            membre._habiliter(appel)
            evenement = membre._consigner(
                "nommer_membre", par, suppleant_de=membre.suppleant_de_id, invite=invite
            )
            membre._ecrire(appel, evenement)
        return membre

    def modifier(self, *, par, **champs) -> None:
        """Correct a seat: its college, its dates, what it presides, what it is compared with."""
        with transaction.atomic():
            appel = self._verrouiller_le_comite(self.college, par)
            actuel = type(self).objects.select_related("college", "user", "suppleant_de").get(pk=self.pk)
            avant = {nom: getattr(actuel, nom) for nom in champs}
            for nom, valeur in champs.items():
                setattr(actuel, nom, valeur)
            actuel._exiger_libre()
            exiger(actuel.college.appel_id == appel.pk, "Ce collège est celui d'un autre appel.")
            actuel.save(update_fields=list(champs))
            actuel._habiliter(appel)
            changes = {nom: str(valeur) for nom, valeur in champs.items() if avant[nom] != valeur}
            if changes:
                actuel._consigner("modifier_membre", par, changes=changes)
        self.refresh_from_db()

    def terminer(self, le: date, *, par, motif: str) -> None:
        """End the mandate on this day, the first on which it no longer runs."""
        with transaction.atomic():
            appel = self._verrouiller_le_comite(self.college, par)
            actuel = type(self).objects.get(pk=self.pk)
            actuel._clore(le, motif)
            actuel._deshabiliter(appel)
            actuel._consigner("terminer_mandat", par, motif=motif.strip(), le=le.isoformat())
        self.refresh_from_db()

    def remplacer(self, suppleant, le: date, *, par, motif: str):
        """The suppléant takes the seat for the rest of the mandate (R133-4). Returns the new titulaire."""
        with transaction.atomic():
            appel = self._verrouiller_le_comite(self.college, par)
            titulaire = type(self).objects.select_related("college").get(pk=self.pk)
            remplacant = type(self).objects.select_related("user").get(pk=suppleant.pk)
            exiger(
                remplacant.suppleant_de_id == titulaire.pk, f"{remplacant} n'est pas suppléant de ce siège."
            )
            reste = titulaire.au
            titulaire._clore(le, motif)
            remplacant._clore(le, motif)
            nouveau = type(self)(
                college=titulaire.college, user=remplacant.user, qualite=remplacant.qualite,
                suppleable=titulaire.suppleable, siret=remplacant.siret, commune_id=remplacant.commune_id,
                du=le, au=reste,
            )  # fmt: skip
            nouveau._exiger_libre()
            nouveau.save(force_insert=True)
            titulaire._deshabiliter(appel)
            nouveau._habiliter(appel)
            titulaire._consigner(
                "remplacer_titulaire", par, motif=motif.strip(), le=le.isoformat(), remplacant=nouveau.pk
            )
        self.refresh_from_db()
        return nouveau

    @classmethod
    def _verrouiller_le_comite(cls, college, par):
        colleges = type(college).objects.filter(appel=college.appel_id).select_related("appel").order_by("pk")
        appel = list(colleges.select_for_update(of=("self",), no_key=True))[0].appel
        exiger_responsable(appel, par)
        return appel

    def _exiger_libre(self) -> None:
        for phrase in self.obstacles().values():
            exiger(False, phrase)

    def _clore(self, le: date, motif: str) -> None:
        exiger(bool(motif.strip()), "Écrivez pourquoi le mandat finit.")
        exiger(self.court, MANDAT_TERMINE)
        exiger(le > self.du, "Le mandat finit après son début.")
        exiger(
            self.au is None or le <= self.au, f"Ce mandat finit déjà le {self.au and date_longue(self.au)}."
        )
        self.au = le
        self.save(update_fields=["au"])

    def _habiliter(self, appel) -> None:
        role = Role.PRESIDENT if self.preside else Role.MEMBRE
        minuit = datetime.combine(self.du, time.min, tzinfo=horloge.PARIS)
        du = min(horloge.maintenant(), minuit) if self.du <= horloge.aujourd_hui() else minuit
        if self.court and not est_habilite(self.user, appel.pk, role):
            Habilitation.objects.get_or_create(
                user=self.user, role=role, appel=appel, au=None, defaults={"du": du}
            )

    def _deshabiliter(self, appel) -> None:
        """Take the roles of this call back when the mandate ends, unless another seat goes on."""
        suite = type(self).objects.filter(chevauche(self.au, None), user=self.user_id, college__appel=appel)
        if suite.exists():
            return
        fin = datetime.combine(self.au, time.min, tzinfo=horloge.PARIS)
        tenues = Habilitation.objects.filter(
            user=self.user_id, appel=appel, role__in=(Role.MEMBRE, Role.PRESIDENT), au=None
        )
        tenues.update(au=max(fin, horloge.maintenant()))

    def _consigner(self, action: str, par, motif: str = "", **faits):
        fil = f"appel/{self.college.appel.slug}"
        return consigner(
            fil, action, par=par, motif=motif, membre=self.pk, college=self.college.code, **faits
        )

    def _ecrire(self, appel, evenement) -> None:
        qualite = "suppléant au comité" if self.est_suppleant else "membre du comité"
        Message.preparer(
            "invitation_comite",
            a=[self.user],
            contexte={
                "qualite": self.qualite or qualite,
                "ami": {"titre": appel.titre},
                "second_facteur": False,
            },
            evenement=f"{evenement.fil}#{evenement.rang}",
            fil=evenement.fil,
            lien=reverse("account_request_login_code"),
        )
