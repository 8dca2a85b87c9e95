"""The two panes of the split view: what they read, what they show, what this reader may do."""

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, prefetch_related_objects

from candidatures.lecture import lire
from candidatures.models import Piece, VersionDeposee
from instruction.delais import terme_implicite
from instruction.epingles import epingles_de
from instruction.forms import AffecterForm, Grille, MessageForm, MotifForm, NoteInterneForm
from instruction.models import (
    DemandeComplements,
    Echange,
    NoteInterne,
    PieceReclamee,
    Reponse,
    ReponseComplement,
    SensAvis,
    Verdict,
)
from instruction.models.grille import EXAMINABLES
from instruction.views.base import AGENTS, DossierDeLAgence
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Habilitation

FAITS = {
    "prendre_en_charge": "Dossier pris en charge : la grille est ouverte.",
    "constater_echeance": "L'examen reprend avec ce qui a été reçu.",
    "declarer_recevable": "Dossier déclaré recevable : le rapport d'instruction est en préparation.",
    "rouvrir": "La pré-instruction est rouverte.",
    "retirer": "Le dossier est retiré.",
}


def agents_de(dossier):
    """Active agents who examine this call."""
    instant = horloge.maintenant()
    en_vigueur = Habilitation.objects.filter(
        Q(appel=None) | Q(appel=dossier.vague.appel),
        Q(au=None) | Q(au__gt=instant),
        role=Role.INSTRUCTEUR,
        du__lte=instant,
    )
    return get_user_model().objects.filter(is_active=True, pk__in=en_vigueur.values("user"))


# The requests of a dossier and their answers, in four queries.
COMPLEMENTS = Prefetch(
    "demandes_complements",
    DemandeComplements.objects.prefetch_related(
        Prefetch("pieces", PieceReclamee.objects.select_related("regle")),
        Prefetch("reponses", ReponseComplement.objects.select_related("par", "piece")),
        Prefetch("reponses__pieces", Piece.objects.select_related("dossier")),
    ),
)


class GrilleMixin(DossierDeLAgence):
    """Reads the deposited version and the grid's forms."""

    template_name = "instruction/dossier.html"

    def lire_la_version(self) -> None:
        """The deposited version, as it was frozen, and its pieces."""
        if hasattr(self, "version"):
            return
        versions = VersionDeposee.objects.filter(dossier=self.dossier, rang=self.dossier.version_deposee)
        self.version = versions.select_related("deposee_par").first()
        self.pieces = [
            piece for piece in self.dossier.pieces.select_related("dossier") if not piece.complement
        ]

    def formulaires(self, data=None) -> Grille | None:
        """The forms of the grid, or None while nobody holds the dossier."""
        if self.grille is None:
            return None
        prefetch_related_objects(
            [self.grille], Prefetch("verdicts", Verdict.objects.select_related("critere")), "notes"
        )
        return Grille(self.grille, data, self.epingles)

    def epingles(self) -> list:
        """Where a proof may be pinned: read when a form shows it or checks one."""
        self.lire_la_version()
        return epingles_de(lire(self.version.contenu) if self.version else [], self.pieces)

    @property
    def affecte(self) -> bool:
        """The reader may give the dossier to an agent now."""
        return Role.RESPONSABLE in self.roles and (self.dossier.etat == Etat.DEPOSE or self.ecrit)

    @property
    def ecrit(self) -> bool:
        """The reader may fill the grid now."""
        return self.tient_la_grille and self.dossier.etat in EXAMINABLES and not self.grille.sens

    def get_context_data(self, **contexte):
        """Both panes, the exchange, and what this reader may do."""
        self.lire_la_version()
        prefetch_related_objects([self.dossier], COMPLEMENTS)
        demandes = self.dossier.demandes_complements.all()
        calcule = {
            "form": contexte.get("form") or self.formulaires(),
            "version": self.version,
            "pieces": self.pieces,
            "demandes": demandes,
            "ouverte": next((d for d in demandes if d.est_ouverte), None),
            "terme": terme_implicite(self.dossier)
            if self.dossier.etat in (Etat.DEPOSE, *EXAMINABLES)
            else None,
            "ecrit": self.ecrit,
            "affecte": self.affecte,
            "echanges": Echange.objects.visibles_dans(self.dossier, self.request.user, self.roles)
            .filter(dossier=self.dossier)
            .select_related("de"),
            "notes": NoteInterne.objects.visibles_dans(self.dossier, self.request.user, self.roles)
            .filter(dossier=self.dossier)
            .select_related("par"),
            "form_message": MessageForm(prefix="message"),
            "form_note": NoteInterneForm(prefix="note"),
            "actes": Acte.objects.visibles_dans(self.dossier, self.request.user, self.roles).filter(
                dossiers=self.dossier
            ),
            "est_agent": bool(self.roles & AGENTS),
            "est_responsable": Role.RESPONSABLE in self.roles,
        }
        if self.affecte and self.grille is None:
            calcule["form_affecter"] = AffecterForm(agents=agents_de(self.dossier))
        return super().get_context_data(**(calcule | self._conclusion() | contexte))

    def _conclusion(self) -> dict:
        """How far the grid is, and what it allows."""
        if self.grille is None:
            return {"actions": self.actions()}
        verdicts = self.grille.verdicts.all()
        tranchees = [v for v in verdicts if v.reponse in (Reponse.OUI, Reponse.NON)]
        return {
            "actions": self.actions(),
            "tranchees": len(tranchees),
            "a_demander": [v for v in verdicts if v.reponse == Reponse.A_DEMANDER],
            "refusees": [v for v in verdicts if v.reponse == Reponse.NON],
            "refus_propose": self.grille.sens == SensAvis.IRRECEVABLE
            and self.dossier.etat == Etat.EN_INSTRUCTION,
            "form_motif": MotifForm(),
        }

    def actions(self) -> dict:
        """The steps of this stage that a button takes, for this reader."""
        possibles = self.dossier.actions_pour(self.request.user, roles=self.roles)
        if self.grille is not None and not self.tient_la_grille:
            return {}
        return {nom: t for nom, t in possibles.items() if nom in FAITS}
