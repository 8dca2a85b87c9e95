"""The one door: every change of state of a dossier, a convention or a mission passes here."""

from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Model

from manufactures.actes.genres import GENRES
from manufactures.actes.models import Acte
from manufactures.courrier.models import Message
from manufactures.francais import echeance as en_toutes_lettres
from manufactures.journal.models import Entree, consigner
from manufactures.procedure import (
    CYCLES,
    ETATS_DU_CYCLE,
    PARTIE_DU_ROLE,
    Libelle,
    Partie,
    Transition,
    balle,
    est_final,
    libelle_pour,
)
from manufactures.registres import (
    DES_PORTEURS,
    GesteInterdit,
    TransitionInterdite,
    composer,
    contexte_de,
    echeances_de,
    produire_effets,
    roles_sur,
    verifier_gardes,
)

__all__ = ["Cycle", "GesteInterdit", "TransitionInterdite"]

# Where a person holds several roles on one object, they read it as the first of these parties that fits.
ORDRE_DES_PARTIES = (Partie.PORTEUR, Partie.AGENT, Partie.COMITE, Partie.EXPERT)


class Passage(NamedTuple):
    """A step taken: its entry in the journal, and the fields that it wrote."""

    evenement: Entree
    champs: tuple[str, ...]


class Cycle(Model):
    """A life cycle of the procedure. Subclasses set `CYCLE`, `MODELE_REGARD` and override what they own."""

    CYCLE = ""
    MODELE_REGARD = ""

    etat = models.CharField("état", max_length=20)

    class Meta:
        abstract = True

    # -- what a subclass tells ------------------------------------------------------------------------------------
    @property
    def fil(self) -> str:
        """Thread of the journal and of the acts."""
        raise LookupError(f"{type(self).__name__} ne dit pas son fil.")

    @classmethod
    def avec_ses_liens(cls):
        """Where the object of a step is read again, with the rows that the steps look at beside it."""
        return cls.objects.all()

    def destinataires(self, cle: str) -> list:
        """Who receives the message `cle`."""
        return []

    def echeance(self):
        """When the present step is due (aware datetime), or None."""
        return None

    def contexte_des_messages(self) -> dict:
        """Variables common to all messages about this object."""
        return {}

    def faits_de_balle(self) -> dict:
        """What else the ball's sentence depends on."""
        return {}

    def champs_du_passage(self, action: str, *, par, **faits) -> dict:
        """Fields to write with the state, in the same UPDATE (constraints tie state, date and actor together)."""
        return {}

    def ajouter_acte(self, acte: Acte) -> None:
        """Keep the act that a step ordered."""

    def apres_passage(self, action: str, *, evenement, par, actes: list[Acte], **faits) -> None:
        """Last word of the object itself, in the same transaction, once its acts are ordered."""

    # -- the door -------------------------------------------------------------------------------------------------
    def passer(self, action: str, *, par, motif: str = "", **faits):
        """Move to the next state; the only place that writes `etat`. Returns the journal's entry.

        Reads the row again under a lock, among those `par` may see: never trusts the view's object. `faits` are JSON
        values: they go to the guards, the journal, the acts and the messages. Raises DoesNotExist, GesteInterdit
        (PermissionDenied) or TransitionInterdite with a sentence for the user; then nothing has changed.
        """
        with transaction.atomic():
            visibles = type(self).objects.visibles_par(par).values("pk")
            lignes = type(self).avec_ses_liens().select_for_update(of=("self",))
            objet = lignes.get(pk=self.pk, pk__in=visibles)
            passage = objet.franchir(action, par=par, motif=motif, **faits)
        for nom in passage.champs:
            setattr(self, nom, getattr(objet, nom))
        return passage.evenement

    def franchir(self, action: str, *, par, motif: str = "", **faits) -> "Passage":
        """Take the step on this very row, in the transaction in which its caller has just read it.

        It was read under its lock, among those `par` may see: `passer` does it, and a deed that had to lock before.
        Raises GesteInterdit or TransitionInterdite; then the caller's transaction must not be kept.
        """
        transition = CYCLES[self.CYCLE].get(action)
        if transition is None:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        role = self._verifier(action, transition, par=par, motif=motif)
        verifier_gardes(self.CYCLE, action, self, par=par, motif=motif, **faits)
        evenement = consigner(
            self.fil,
            action,
            par=par,
            motif=motif,
            de=self.etat,
            vers=transition.vers,
            role=role,
            **faits,
        )
        champs = self.champs_du_passage(action, par=par, motif=motif, **faits)
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.etat = transition.vers
        self.save(update_fields=["etat", *champs])
        produire_effets(self.CYCLE, action, self, par=par, evenement=evenement, motif=motif, **faits)
        actes = [
            self._commander(genre, evenement, par=par, motif=motif, **faits) for genre in transition.actes
        ]
        if transition.courrier:
            self._ecrire(transition.courrier, evenement, actes, par=par, motif=motif, **faits)
        self.apres_passage(action, evenement=evenement, par=par, actes=actes, motif=motif, **faits)
        return Passage(evenement, ("etat", *champs))

    def _verifier(self, action: str, transition: Transition, *, par, motif: str) -> str:
        """State, role and reason against the table's line; the role under which `par` acts."""
        roles = roles_sur(self, par)
        tenus = [r for r in transition.roles if r in roles]
        if not tenus:
            libelles = " ou ".join(r.label.lower() for r in transition.roles)
            raise GesteInterdit(f"Vous voyez ce dossier mais ce geste revient à : {libelles}.")
        if self.etat not in transition.depuis:
            etat = ETATS_DU_CYCLE[self.CYCLE](self.etat).label
            raise TransitionInterdite(
                f"« {transition.libelle} » n'est pas possible ici : l'état est maintenant « {etat} »."
            )
        if transition.motivee and not motif.strip():
            raise TransitionInterdite("Écrivez le motif : il sera conservé et imprimé.")
        return tenus[0]

    def _commander(self, genre: str, evenement, *, par, **faits) -> Acte:
        instantane = composer(genre, self, evenement=evenement, par=par, **faits)
        acte = Acte.commander(
            genre,
            fil=self.fil,
            instantane=instantane,
            par=par,
            objet=instantane.get("objet_acte", ""),
            cle=f"journal-{evenement.rang}",
            retenu=GENRES[genre].embargo,
        )
        self.ajouter_acte(acte)
        return acte

    def _ecrire(self, cle: str, evenement, actes: list[Acte], *, par, **faits) -> None:
        variables = self.contexte_des_messages() | contexte_de(
            cle, self, evenement=evenement, par=par, **faits
        )
        if actes:
            variables["acte"] = {"numero": actes[0].numero, "objet": actes[0].objet}
        Message.preparer(
            cle,
            a=self.destinataires(cle),
            contexte=variables,
            evenement=f"{self.fil}#{evenement.rang}",
            fil=self.fil,
            acte=actes[0] if actes and cle == "depot_recu" else None,
            lien=variables.get("chemin", self.get_absolute_url()),
        )

    # -- what screens read ----------------------------------------------------------------------------------------
    def actions_pour(self, user, roles: set | None = None) -> dict[str, Transition]:
        """The lines of the table that this person may take from here, guards apart: a refused one is explained."""
        roles = roles_sur(self, user) if roles is None else roles
        return {
            nom: t for nom, t in CYCLES[self.CYCLE].items() if self.etat in t.depuis and roles & set(t.roles)
        }

    def partie_de(self, roles: set) -> Partie:
        """As what this person reads: porteur of their own dossier first, then agent, committee, expert."""
        if roles & DES_PORTEURS:
            return Partie.PORTEUR
        parties = {PARTIE_DU_ROLE[r] for r in roles}
        return next((p for p in ORDRE_DES_PARTIES if p in parties), Partie.AGENT)

    def libelle_pour(self, partie: Partie) -> Libelle:
        """The badge for this reader."""
        return libelle_pour(self.CYCLE, self.etat, partie)

    def _echeance_de_l_etape(self):
        """What the stages say; a list has asked for all its rows at once (`lire_les_echeances`)."""
        if not hasattr(self, "_echeance_lue"):
            return echeances_de(self.CYCLE, [self]).get(self.pk)
        return self._echeance_lue

    def balle(self):
        """Who must do what by when."""
        instant = None
        if not est_final(self.CYCLE, self.etat):
            instant = self.echeance() or self._echeance_de_l_etape()
        return balle(
            self.CYCLE,
            self.etat,
            avant=en_toutes_lettres(instant) if instant else "",
            **self.faits_de_balle(),
        )


def lire_les_echeances(objets: list) -> list:
    """The same objects of one cycle, each knowing when its step is due: for lists that tell who has the ball."""
    vivants = [objet for objet in objets if not est_final(objet.CYCLE, objet.etat)]
    dates = echeances_de(objets[0].CYCLE, vivants) if vivants else {}
    for objet in objets:
        objet._echeance_lue = dates.get(objet.pk)
    return objets
