"""The deeds that prepare a sitting several items at once: put them in order, share out the rapporteurs."""

from django.db import transaction
from django.db.models import F, Q

from manufactures.journal.models import consigner
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter
from selection.models.choix import EtatSeance
from selection.models.comite import Membre
from selection.models.tenue import C_EST_AU_SECRETARIAT

RANGS_PROVISOIRES = 10_000  # past any rank: two items never hold the same one on the way


class Preparation:
    """What a sitting adds to its own deeds while nobody is summoned, or not yet in the room."""

    def ordonner(self, cles: list[int], *, par) -> None:
        """Put the items of the agenda in this order: all of them, by key."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            points = {point.pk: point for point in seance.points.all()}
            exiger(
                sorted(cles) == sorted(points),
                "L'ordre du jour a changé entre-temps : relisez-le, puis rangez-le.",
            )
            ranges = [points[cle] for cle in cles]
            if [point.rang for point in ranges] == list(range(1, len(ranges) + 1)):
                return
            for rang, point in enumerate(ranges, 1):
                point.rang = rang + RANGS_PROVISOIRES
            seance.points.bulk_update(ranges, ["rang"])
            seance.points.update(rang=F("rang") - RANGS_PROVISOIRES)
            consigner(seance.fil, "ordonner", par=par, points=cles)

    def confier_la_presidence(self, membre: Membre | None, *, par, motif: str) -> None:
        """Let the vice-chair preside this sitting, when the chair can't or stepped back; None gives it back."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(bool(motif.strip()), "Écrivez pourquoi la présidence change.")
            appel = seance.vague.appel_id
            possibles = Membre.objects.de_l_appel(appel).en_exercice().filter(vice_preside=True)
            exiger(
                membre is None or possibles.filter(pk=membre.pk).exists(),
                "La présidence d'une séance se confie à la vice-présidence du comité.",
            )
            convoque = seance.etat == EtatSeance.PREVUE or membre is None
            exiger(
                convoque or seance.convocations.filter(membre=membre).exists(),
                f"{membre} n'est pas convoqué à cette séance.",
            )
            noter(seance, presidee_par=membre)
            consigner(
                seance.fil, "confier_la_presidence", par=par, motif=motif.strip(),
                membre=membre.pk if membre else None,
            )  # fmt: skip
        self.refresh_from_db()

    def nommer_rapporteurs(self, choix: dict[int, int | None], *, par) -> int:
        """Ask members to report: item's key -> member's key, or None for nobody. All or nothing; how many changed.

        Raises TransitionInterdite where one of them stepped back, or sits no more.
        """
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE, EtatSeance.CONVOQUEE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            points = {point.pk: point for point in seance.points.select_related("dossier")}
            exiger(set(choix) <= set(points), "L'ordre du jour a changé entre-temps : relisez-le.")
            siegent = Membre.objects.de_l_appel(seance.vague.appel_id).en_exercice().select_related("user")
            siegent = siegent.filter(Q(suppleant_de=None) | Q(pk__in=seance.convocations.values("membre")))
            membres = {membre.pk: membre for membre in siegent}
            exiger(
                {membre for membre in choix.values() if membre} <= set(membres),
                "Ce membre ne siège pas à ce comité.",
            )
            changes = [points[cle] for cle, membre in choix.items() if points[cle].rapporteur_id != membre]
            deports = set(
                seance.points.filter(dossier__deports__leve_le=None).values_list(
                    "pk", "dossier__deports__membre"
                )
            )
            for point in changes:
                membre = choix[point.pk]
                exiger(
                    (point.pk, membre) not in deports,
                    f"{membres.get(membre)} s'est déporté du dossier {point.dossier.numero}.",
                )
                point.rapporteur_id = membre
            if changes:
                seance.points.bulk_update(changes, ["rapporteur"])
                nommes = {str(point.rang): point.rapporteur_id for point in changes}
                consigner(seance.fil, "nommer_rapporteurs", par=par, membres=nommes)
        return len(changes)
