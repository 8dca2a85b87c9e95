"""A sitting moved or called off once it is known: its members are told, and so are those whom it was to hear."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse

from manufactures import horloge
from manufactures.journal.models import consigner
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter, prevenir
from selection.models.choix import EtatSeance
from selection.models.tenue import C_EST_AU_SECRETARIAT


class Changement:
    """The two deeds that undo what a summons said."""

    def deplacer(self, debut: datetime, *, par, motif: str, lieu: str = "") -> int:
        """Another hour, or another place; its hearings keep their distance to it. How many of them follow."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE, EtatSeance.CONVOQUEE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(bool(motif.strip()), "Écrivez la raison : les membres et les porteurs la liront.")
            exiger(debut > horloge.maintenant(), "Choisissez une date à venir.")
            lieu = lieu.strip() or seance.lieu
            exiger((debut, lieu) != (seance.debut, seance.lieu), "Rien ne change : la séance reste la même.")
            avant, ancien_lieu = seance.debut, seance.lieu
            noter(seance, debut=debut, lieu=lieu)
            evenement = consigner(
                seance.fil, "deplacer", par=par, motif=motif.strip(), avant=avant.isoformat(),
                apres=debut.isoformat(),
            )  # fmt: skip
            if seance.etat == EtatSeance.CONVOQUEE:
                seance._dire_le_changement(evenement, avant, motif)
            suivies = seance._faire_suivre(debut - avant, ancien_lieu, par=par, motif=motif)
        self.refresh_from_db()
        return suivies

    def annuler(self, motif: str, *, par) -> int:
        """Nobody comes: the items wait for another sitting, the hearings are cancelled. How many of them."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.CONVOQUEE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(bool(motif.strip()), "Écrivez la raison : les membres et les porteurs la liront.")
            raison = f"Séance annulée : {motif.strip()}"[:300]
            seance.points.filter(resultat="").update(resultat="REPORTE", motif_report=raison)
            noter(seance, etat=EtatSeance.CLOSE, close_le=horloge.maintenant())
            evenement = consigner(seance.fil, "annuler_seance", par=par, motif=motif.strip())
            prevenir(
                "seance_annulee", seance._convoques(), evenement=evenement, lien=seance.get_absolute_url(),
                date_courte=_jour(seance.debut), seance={"debut": seance.debut.isoformat()},
                motif=motif.strip().rstrip("."),
            )  # fmt: skip
            attendues = list(seance.auditions.attendues().select_related("dossier"))
            for audition in attendues:
                audition.annuler_d_office(motif, par=par)
        self.refresh_from_db()
        return len(attendues)

    def retirer(self, *, par) -> None:
        """Take away a sitting that nobody was summoned to: its dossiers wait for another one.

        Raises TransitionInterdite once something hangs on it: declarations, hearings, amounts.
        """
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            consigner(seance.fil, "retirer_seance", par=par, debut=seance.debut.isoformat())
            try:
                seance.points.all().delete()
                seance.delete()
            except ProtectedError:
                exiger(
                    False,
                    "Des déclarations, des auditions ou des montants tiennent déjà à cette séance : déplacez-la.",
                )

    def _convoques(self) -> list:
        return [ligne.membre.user for ligne in self.convocations.select_related("membre__user")]

    def _dire_le_changement(self, evenement, avant, motif) -> None:
        """Each member answers anew."""
        self.convocations.exclude(reponse="").update(reponse="", repondue_le=None, mandataire=None)
        prevenir(
            "seance_modifiee", self._convoques(), evenement=evenement, lien=self.get_absolute_url(),
            date_courte=_jour(self.debut), avant=avant.isoformat(), apres=self.debut.isoformat(),
            motif=motif.strip().rstrip("."), lien_ics=reverse("selection:agenda_seance", args=[self.pk]),
        )  # fmt: skip

    def _faire_suivre(self, ecart, ancien_lieu: str, *, par, motif: str) -> int:
        """Ranges first, then hearings, all by the same distance: none of them can meet another."""
        attendues = list(self.auditions.attendues().select_related("dossier__vague__appel").order_by("debut"))
        exiger(
            all(audition.debut + ecart > horloge.maintenant() for audition in attendues),
            "Une audition tomberait avant maintenant : déplacez-la d'abord.",
        )
        plages = list(self.plages_d_audition.all())
        tenues = {audition.pk: audition.plage_id for audition in attendues}
        self.auditions.attendues().update(plage=None)
        for plage in plages:
            plage.debut, plage.fin = plage.debut + ecart, plage.fin + ecart
            plage.lieu = self.lieu if plage.lieu == ancien_lieu else plage.lieu
            plage.save(update_fields=["debut", "fin", "lieu"])
        for audition in attendues:
            audition.plage_id = None
            audition.suivre(
                ecart, self.lieu if audition.lieu == ancien_lieu else audition.lieu, par=par, motif=motif
            )
        for audition in attendues:
            type(audition).objects.filter(pk=audition.pk).update(plage=tenues[audition.pk])
        return len(attendues)


def _jour(instant) -> str:
    return instant.astimezone(horloge.PARIS).date().isoformat()
