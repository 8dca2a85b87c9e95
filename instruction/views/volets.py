"""The two panes of the split view: what they read, what they show, what this reader may do."""

from django.core.cache import caches
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from instruction import demandes as pages_des_demandes
from instruction.cibles import passages
from instruction.controles.panneau import controles_lus
from instruction.delais import horloge_legale
from instruction.epingles import epingles_de, epingles_des_complements
from instruction.forms import AffecterForm, EpingleForm, Grille, MessageForm, MotifForm, NoteInterneForm
from instruction.lectures import actes_lus, echange_lu, notes_lues, version_lue
from instruction.models import (
    DemandeComplements,
    EtatAvisTiers,
    LienDeclare,
    PieceReclamee,
    Reponse,
    ReponseComplement,
    SensAvis,
)
from instruction.models.grille import EXAMINABLES
from instruction.views.base import AGENTS, DossierDeLAgence
from instruction.views.liens import peut_reprendre
from instruction.views.rendus import UN_JOUR, DessinDeLaGrille, dessiner_lecture, parametres, sections_de
from instruction.views.voisins import voisins
from manufactures.procedure import Etat, Role
from manufactures.programme.models import habilites

FAITS = {
    "prendre_en_charge": "Dossier pris en charge : la grille est ouverte.",
    "constater_echeance": "L'examen reprend avec ce qui a été reçu.",
    "declarer_recevable": "Dossier déclaré recevable : le rapport d'instruction est en préparation.",
    "rouvrir": "La pré-instruction est rouverte.",
    "retirer": "Le dossier est retiré.",
}


def agents_de(dossier):
    """Active agents who examine this call, and have declared no link with this dossier."""
    lies = LienDeclare.objects.actifs().filter(dossier=dossier).values("agent")
    return habilites(dossier.vague.appel_id, Role.INSTRUCTEUR).exclude(pk__in=lies)


# The requests of a dossier and their answers, in three queries: the pieces are read with the dossier's.
COMPLEMENTS = Prefetch(
    "demandes_complements",
    DemandeComplements.objects.prefetch_related(
        Prefetch("pieces", PieceReclamee.objects.select_related("regle", "juge_par")),
        Prefetch(
            "reponses",
            pages_des_demandes.avec_leurs_fichiers(ReponseComplement.objects.select_related("par")),
        ),
    ),
)


class GrilleMixin(DossierDeLAgence):
    """Reads the deposited version and the grid's forms."""

    template_name = "instruction/dossier.html"

    def lire_la_version(self) -> None:
        """The deposited version, as it was frozen, and its pieces."""
        if hasattr(self, "version"):
            return
        self.version = version_lue(self.dossier)
        self.toutes_les_pieces = list(self.dossier.pieces.all())
        self.pieces = [piece for piece in self.toutes_les_pieces if not piece.complement]

    @property
    def file(self) -> str:
        """The list that the reader goes through, as the desk's query."""
        return self.request.GET.get("file", "")

    def page(self, ancre: str = "") -> str:
        """The address of the dossier's page, in its list."""
        adresse = reverse("instruction:dossier", args=[self.dossier.numero])
        return f"{adresse}{parametres(self.file)}{ancre}"

    def formulaires(self, data=None) -> Grille | None:
        """The grid, with its forms where something was typed; None while nobody holds the dossier."""
        return None if self.grille is None else Grille(self.grille, data)

    def lieux(self) -> list:
        """Where a proof may be pinned: the frozen places are read once, the completions and the pieces each time."""
        self.lire_la_version()
        prefetch_related_objects([self.dossier], COMPLEMENTS)
        recus = epingles_des_complements(self.dossier.demandes_complements.all())
        geles = []
        if self.version:
            cle = f"lieux:{self.version.pk}:{self.version.empreinte}"
            geles = caches["figes"].get_or_set(
                cle, lambda: epingles_de(sections_de(self.version)(), []), UN_JOUR
            )
        return geles + recus + epingles_de([], self.toutes_les_pieces)[1:]

    def formulaire_epingle(self, data=None, **initial) -> EpingleForm:
        """What pins or annotates a place."""
        criteres = self.grille.criteres_lus if self.grille is not None else []
        return EpingleForm(data, initial=initial, lieux=self.lieux(), criteres=criteres)

    @property
    def affecte(self) -> bool:
        """The reader may give the dossier to an agent now."""
        rendue = self.grille is not None and self.grille.instructeur_id is None
        possible = self.dossier.etat == Etat.DEPOSE or self.ecrit or rendue
        return Role.RESPONSABLE in self.roles and possible

    @property
    def ecrit(self) -> bool:
        """The reader may fill the grid now."""
        return self.tient_la_grille and self.dossier.etat in EXAMINABLES and not self.grille.sens

    def get_context_data(self, **contexte):
        """Both panes, the exchange, and what this reader may do."""
        self.lire_la_version()
        prefetch_related_objects([self.dossier], COMPLEMENTS)
        demandes = self.dossier.demandes_complements.all()
        self.controles = controles_lus(self.version)
        form = contexte.get("form") or self.formulaires()
        calcule = {
            "form": form,
            "version": self.version,
            "pieces": self.pieces,
            "demandes": demandes,
            "demandes_montrees": self.demandes_montrees(demandes),
            "legale": horloge_legale(self.dossier),
            "avis_de_tiers": list(self.dossier.avis_tiers.exclude(etat=EtatAvisTiers.RETIRE))
            if self.grille is not None and self.grille.avis_demandes
            else [],
            "ouverte": next((d for d in demandes if d.est_ouverte), None),
            "ecrit": self.ecrit,
            "affecte": self.affecte,
            "echanges": echange_lu(self.request.user, self.dossier, self.roles),
            "notes": notes_lues(self.request.user, self.dossier, self.roles),
            "form_message": MessageForm(prefix="message"),
            "form_note": NoteInterneForm(prefix="note"),
            "actes": actes_lus(self.request.user, self.dossier, self.roles),
            "est_agent": bool(self.roles & AGENTS),
            "est_responsable": Role.RESPONSABLE in self.roles,
        }
        if self.affecte and self.grille is None:
            calcule["form_affecter"] = AffecterForm(agents=agents_de(self.dossier))
        calcule |= self.controles | {
            "peut_reprendre": peut_reprendre(self.dossier, self.grille, self.roles, self.request.user)
        }
        calcule |= self._volets(form, contexte.get("form_epingle")) | self._conclusion(form)
        return super().get_context_data(**(calcule | contexte))

    def demandes_montrees(self, demandes) -> list:
        """The requests, each point beside what was deposited there."""
        return pages_des_demandes.montrer(
            demandes,
            lambda: passages(sections_de(self.version)() if self.version else [], self.pieces),
            peut_juger=self.ecrit,
            lues=self.toutes_les_pieces,
        )

    def _volets(self, form: Grille | None, form_epingle: EpingleForm | None) -> dict:
        """Both panes as they are drawn, the pins and annotations beside, and the dossiers around this one."""
        autour = voisins(self.request, self.dossier, self.file)
        file = autour.file if autour else self.file
        dessin = DessinDeLaGrille(self.dossier.numero, ecrit=self.ecrit, file=file)
        est_agent = bool(self.roles & AGENTS)
        lus = {"voisins": autour, "suite_file": parametres(file)}
        if self.version:
            lus["lecture"] = dessiner_lecture(
                self.version,
                sections_de(self.version),
                ecrit=est_agent and self.grille is not None,
                file=file,
                montre=self._montre(form),
                complements=reverse("instruction:complements", args=[self.dossier.numero]),
            )
        if form is None:
            return lus
        for ligne in form.lignes:
            ligne.controles = self.controles["controles_par_regle"].get(ligne.prefix, ())
        if self.ecrit:
            lus |= {"regles": dessin.lignes(form.regles), "criteres": dessin.lignes(form.notes)}
        else:
            for ligne in form.lignes:
                ligne.dessin = dessin.epingles(ligne)
        if est_agent:
            self.grille.criteres_lus = form.criteres
            lieu = self.request.GET.get("lieu", "")
            lus["form_epingle"] = form_epingle or self.formulaire_epingle(lieu=lieu)
        lus["annotations"] = form.annotations
        return lus

    def _montre(self, form: Grille | None):
        """The pin whose passage the reader asked to see, among those of this grid."""
        demandee = self.request.GET.get("montrer", "")
        if form is None or not demandee.isdecimal():
            return None
        return next((e for rang in form.epingles.values() for e in rang if str(e.pk) == demandee), None)

    def _conclusion(self, form: Grille | None) -> dict:
        """How far the grid is, and what it allows."""
        if form is None:
            return {"actions": self.actions()}
        verdicts = [ligne.instance for ligne in form.regles]
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
