"""The board and the member's card: presence, items, ballots, opinions. Works without script; with it, it lives."""

import hashlib

from django.db.models import Count, Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render

from manufactures import horloge
from manufactures.actes.models import Acte
from selection.forms import AvisForm, PresenceForm, SecondeSeanceForm, VoteForm
from selection.models import (
    Avis,
    Choix,
    Electeur,
    Emargement,
    EtatScrutin,
    EtatSeance,
    Membre,
    Question,
    Scrutin,
    TypeSeance,
)
from selection.pouls import VIVANTS, version
from selection.salle import lire_la_salle, points_lus
from selection.synthese import score_de, synthese
from selection.views.base import SECRETARIAT, PageDeSeance

EN_COURS = (EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)


class SeanceView(PageDeSeance):
    """The sitting as this person may see it: the board for its secretariat, one card for a member."""

    template_name = "selection/seance.html"

    @property
    def projection(self) -> bool:
        """The wall of the room, which the secretariat puts up: no form, nothing of the reader's own."""
        return self.request.GET.get("ecran") == "salle" and bool(self.roles & SECRETARIAT)

    def get_template_names(self):
        """The board, or the wall."""
        return ["selection/projection.html" if self.projection else self.template_name]

    def points(self):
        """Items this person may know of: those they stepped back from are not even counted."""
        return self.seance.points.laisses_a(self.request.user).avec_le_lieu().order_by("rang")

    def get_context_data(self, **contexte):
        """Everything that the board and the card show; its version first, so that it is never newer than they are."""
        contexte["version"] = self.version()
        lire_la_salle(self.seance)
        membre = self.membre
        points = points_lus(self.request.user, self.seance, membre)
        courant = next((p for p in points if p.pk == self.seance.point_courant_id), None)
        presences = self._presences()
        demande = self.request.GET.get("point")
        montre = next((p for p in points if str(p.pk) == demande), None) or courant
        self._lire_le_point({courant, montre} - {None})
        scrutin = self._scrutin_vivant(courant)
        compte = self.seance.compte(montre.dossier if montre else None)
        contexte = {
            "points": points,
            "courant": courant,
            "montre": montre,
            "deporte_du_courant": self.seance.point_courant_id is not None and courant is None,
            "scrutin": scrutin,
            "compte": compte,
            "pv_lisible": self._pv_lisible(),
            "c_est_le_jour": self.seance.debut.astimezone(horloge.PARIS).date() <= horloge.aujourd_hui(),
            "presences": presences,
            "en_cours": self.seance.etat in EN_COURS,
            "projection": self.projection,
            "points_du_mur": [p for p in points if p == courant or not p.compte.deportes],
            "siege": self.seance.etat == EtatSeance.OUVERTE and self.seance.suspendue_le is None,
            "signatures": list(self.seance.signatures.select_related("user")) if self.seance.pv_id else [],
            "convocation": next((c["convocation"] for c in presences if c["membre"] == membre), None),
            "a_declarer": sum(not p.declare and not p.resultat for p in points) if membre else 0,
            **self._vote(scrutin),
            **contexte,
        }
        contexte = super().get_context_data(**contexte)
        if contexte["est_secretariat"] and montre is not None:
            contexte |= self._conduite(montre, scrutin if montre == courant else None, contexte)
        if contexte["est_secretariat"]:
            contexte.setdefault("form_presence", PresenceForm(seance=self.seance))
            if (
                self.seance.etat == EtatSeance.CONVOQUEE
                and self.seance.debut <= horloge.maintenant()
                and not compte.atteint
            ):
                contexte.setdefault("form_seconde", SecondeSeanceForm())
        contexte["pointage"] = contexte["est_secretariat"] and self.seance.etat in EN_COURS
        contexte["a_signer"] = self._a_signer(contexte)
        contexte["a_moi"] = self._a_moi(contexte)
        contexte["stade"] = self.stade(contexte)
        contexte["vu"] = self.request.GET.get("vu") or contexte["stade"]
        return contexte

    def _a_signer(self, contexte) -> bool:
        """Whether these minutes wait for the reader's signature."""
        if not contexte["pv_lisible"] or not contexte["est_secretariat"]:
            return False
        qualite = self.seance.qualite_de(self.request.user)
        return bool(qualite) and all(s.qualite != qualite for s in contexte["signatures"])

    def _a_moi(self, contexte) -> bool:
        """Whether the reader holds the ball: the chair for ballots and opinions, the secretariat for the rest."""
        if not contexte["est_secretariat"] or contexte["deporte_du_courant"]:
            return False
        if self.seance.etat == EtatSeance.CLOSE:
            return contexte["a_signer"]
        if self.seance.suspendue_le:
            return contexte["est_president"]
        if self.seance.etat == EtatSeance.CONVOQUEE:
            return contexte["est_president"] and contexte["c_est_le_jour"] and contexte["compte"].atteint
        if self.seance.etat == EtatSeance.OUVERTE and contexte["courant"] is not None:
            return contexte["est_president"] or contexte.get("est_pre_selection", False)
        return self.seance.etat in (EtatSeance.PREVUE, EtatSeance.OUVERTE)

    @staticmethod
    def _lire_le_point(points) -> None:
        """The ballots of the items under the reader's eyes."""
        scrutins = Scrutin.objects.annotate(
            emarges=Count("emargements", distinct=True), voix=Count("electeurs", distinct=True)
        )
        prefetch_related_objects(list(points), Prefetch("scrutins", scrutins))

    @property
    def membre(self) -> Membre | None:
        """The reader's seat at this sitting, or None."""
        sieges = (convocation.membre for convocation in self.seance.convocations.all())
        return next((siege for siege in sieges if siege.user_id == self.request.user.pk), None)

    @staticmethod
    def _scrutin_vivant(point) -> Scrutin | None:
        return next((s for s in point.scrutins.all() if s.etat in VIVANTS), None) if point else None

    def _presences(self) -> list[dict]:
        notees = {p.membre_id: p for p in self.seance.presences.all()}
        return [
            {"convocation": c, "membre": c.membre, "presence": notees.get(c.membre_id)}
            for c in self.seance.convocations.all()
        ]

    def _pv_lisible(self) -> bool:
        if self.seance.pv_id is None:
            return False
        return Acte.objects.visibles_par(self.request.user).filter(pk=self.seance.pv_id).exists()

    def _vote(self, scrutin) -> dict:
        """Voices that this person may still cast, with the form; the roll's signature, never the choice."""
        if scrutin is None:
            return {"voix": [], "a_emarge": False}
        siennes = list(
            Electeur.objects.filter(scrutin=scrutin, vote_par__user=self.request.user)
            .select_related("membre__user")
            .annotate(signes=Count("emargements"))
            .order_by("pk")
        )
        siennes.sort(key=lambda e: e.membre.user_id != self.request.user.pk)
        restantes = [e for e in siennes if not e.signes]
        return {
            "voix": restantes,
            "a_emarge": len(restantes) < len(siennes),
            "sur_la_liste": bool(siennes),
            "form_vote": VoteForm() if restantes and scrutin.secret else None,
        }

    def _conduite(self, point, scrutin, contexte) -> dict:
        """What the secretariat and the chair may do on the item shown."""
        ouverte = contexte["siege"] and not point.resultat
        scrutins = sorted(point.scrutins.all(), key=lambda s: s.pk)
        clos = [s for s in scrutins if s.etat == EtatScrutin.CLOS]
        self._dire_qui_a_vote(clos)
        avis_possibles = Avis.sens_possibles(point) if ouverte else []
        sorties = {s.membre_id: s for s in point.sorties.all()}
        deports = [
            {"deport": d, "sortie": sorties.get(d.membre_id)} for d in point.deports_presents()
        ] if self.seance.etat == EtatSeance.OUVERTE else []  # fmt: skip
        voix, phrases = (
            Scrutin.voix_admises(point, secret=self.seance.scrutin_secret) if ouverte else ({}, [])
        )
        lignes = synthese(point.dossier)
        votes = []
        if scrutin is not None and not scrutin.secret:
            votes = scrutin.electeurs.select_related("membre__user", "vote").order_by("membre__user__nom")
        return {
            "conduite": ouverte,
            "clos": clos,
            "annules": [s for s in scrutins if s.etat == EtatScrutin.ANNULE],
            "form_avis": contexte.get("form_avis") or (AvisForm(point=point) if avis_possibles else None),
            "deports": deports,
            "nombre_de_voix": len(voix),
            "phrases_de_voix": phrases,
            "votes": votes,
            "choix": Choix.choices,
            "questions": self._questions(point, clos),
            "est_pre_selection": self.seance.type == TypeSeance.PRE_SELECTION,
            "synthese": lignes,
            "score": score_de(lignes),
            "proposition": getattr(point, "proposition", None),
        }

    def _dire_qui_a_vote(self, clos) -> None:
        """Who signed each closed ballot, in the order of names: never when, never before the closing (row 31)."""
        if not clos:
            return
        emargements = Emargement.objects.visibles_par(self.request.user).filter(
            scrutin__in=[s.pk for s in clos]
        )
        lus = emargements.select_related("electeur__membre__user").order_by(
            "electeur__membre__user__nom", "electeur__membre"
        )
        noms: dict[int, list[str]] = {}
        for emargement in lus:
            noms.setdefault(emargement.scrutin_id, []).append(str(emargement.electeur.membre))
        for scrutin in clos:
            scrutin.ont_vote = noms.get(scrutin.pk, [])

    def _questions(self, point, clos) -> list[tuple[str, str]]:
        """Questions that may be put now."""
        if self.seance.type == TypeSeance.ARBITRAGE:
            ordre = [Question.ATTRIBUTION]
        else:
            ordre = [Question.AVIS]
            premier = next((s for s in reversed(clos) if s.question == Question.AVIS), None)
            if premier is not None and not premier.adopte:
                ordre.append(Question.AJOURNEMENT)
        ouvertes = []
        for question in ordre:
            deja = [s for s in clos if s.question == question]
            if not deja or deja[-1].a_refaire:
                ouvertes.append((question.value, question.label))
        return ouvertes

    def version(self) -> str:
        """What the live part shows now, for the poll to compare."""
        return version(self.seance, self.request.user, conduit=bool(self.roles & SECRETARIAT))

    def stade(self, contexte) -> str:
        """Where the sitting stands: the forms of the board stay under one's hands, and are told when it moved on."""
        scrutin = contexte["scrutin"]
        morceaux = [
            self.seance.etat,
            self.seance.suspendue_le,
            self.seance.point_courant_id,
            [p.resultat for p in contexte["points"]],
            (scrutin.pk, scrutin.etat) if scrutin else None,
            contexte.get("clos"),
            contexte["deporte_du_courant"],
        ]
        return hashlib.sha256(repr(morceaux).encode()).hexdigest()[:16]


class DirectView(SeanceView):
    """The live part alone: 204 when nothing moved."""

    def get(self, request, *args, **kwargs):
        """Compare, then render the fragment."""
        if request.GET.get("version") == self.version():
            return HttpResponse(status=204)
        fragment = "selection/_projection.html" if self.projection else "selection/_direct.html"
        return render(request, fragment, self.get_context_data(fragment=True))
