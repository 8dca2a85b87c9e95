"""The day of a sitting: presence, opening, items called, notes, closing and minutes; or no quorum."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.registres import GesteInterdit, composer, roles_sur
from selection.models.base import SECRETARIAT, exiger, exiger_role, exiger_soi, noter, prevenir
from selection.models.choix import EtatScrutin, EtatSeance
from selection.models.comite import Membre

C_EST_AU_SECRETARIAT = "Ce geste revient au secrétariat ou à la présidence de la séance."
C_EST_A_LA_PRESIDENCE = "Ce geste revient à la présidence de la séance."


class Qualite(models.TextChoices):
    """Who signs the minutes."""

    PRESIDENCE = "PRESIDENCE", "Présidence"
    SECRETARIAT = "SECRETARIAT", "Secrétariat de séance"


def condenser(acte: Acte) -> str:
    """Digest of the frozen snapshot that the act is rendered from: what is signed, file or no file yet."""
    dits = json.dumps(acte.instantane, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(dits.encode()).hexdigest()


class Tenue:
    """The deeds of a sitting once its members are summoned."""

    def pointer(self, membre: Membre, mode: str, *, par, mandataire: Membre | None = None) -> None:
        """Record that a member is in the room, on line, represented or away; a member may do so for themselves."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
            tenus = exiger_role(seance, par, *SECRETARIAT, Role.MEMBRE, phrase=C_EST_AU_SECRETARIAT)
            if not tenus & set(SECRETARIAT):
                exiger_soi(
                    membre,
                    par,
                    "Chaque membre pointe sa propre présence ; le secrétariat pointe celle des autres.",
                )
            exiger(
                seance.convocations.filter(membre=membre).exists(),
                f"{membre} n'est pas convoqué à cette séance.",
            )
            seance.presences.noter(seance, membre, mode, mandataire)
            consigner(
                seance.fil, "pointer", par=par, membre=membre.pk, mode=str(mode),
                **({"mandataire": mandataire.pk} if mandataire else {}),
            )  # fmt: skip

    def ouvrir(self, *, par) -> None:
        """Open the sitting on its day, with the quorum. Raises TransitionInterdite with what is missing."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.CONVOQUEE)
            exiger_role(seance, par, Role.PRESIDENT, phrase="Seule la présidence ouvre la séance.")
            jour = seance.debut.astimezone(horloge.PARIS).date()
            exiger(
                jour <= horloge.aujourd_hui(),
                f"Cette séance se tient le {jour:%d/%m/%Y} : elle ne s'ouvre pas avant ce jour.",
            )
            compte = seance.compte()
            exiger(
                compte.atteint,
                f"Quorum non atteint : {compte.nombre} présents ou représentés sur {compte.composition}, "
                f"il en faut {compte.requis}.",
            )
            noter(
                seance, etat=EtatSeance.OUVERTE, ouverte_le=horloge.maintenant(),
                enveloppe_ouverture=seance.lignes_d_enveloppe() if seance.est_arbitrage else [],
            )  # fmt: skip
            seance.points.filter(dossier__etat=Etat.RETIRE, resultat="").update(resultat="RETIRE")
            noter(seance, point_courant=seance.points.filter(resultat="").first())
            consigner(seance.fil, "ouvrir", par=par, presents=compte.nombre, requis=compte.requis)
        self.refresh_from_db()

    def suspendre(self, motif: str, *, par) -> None:
        """Stop the sitting for a while: the ballot under way is suspended with it, its urn stays shut."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.OUVERTE, siegeant=True)
            exiger_role(seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
            exiger(bool(motif.strip()), "Écrivez pourquoi la séance est suspendue.")
            for point in seance.points.filter(scrutins__etat=EtatScrutin.OUVERT):
                for scrutin in point.scrutins.filter(etat=EtatScrutin.OUVERT):
                    scrutin.suspendre(par=par, motif=motif.strip())
            noter(seance, suspendue_le=horloge.maintenant())
            consigner(seance.fil, "suspendre", par=par, role=Role.PRESIDENT, motif=motif.strip())
        self.refresh_from_db()

    def reprendre(self, *, par) -> None:
        """Sit again; a ballot suspended meanwhile waits for its own resumption, with the quorum."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.OUVERTE)
            exiger_role(seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
            exiger(seance.suspendue_le is not None, "La séance n'est pas suspendue.")
            noter(seance, suspendue_le=None)
            consigner(seance.fil, "reprendre", par=par, role=Role.PRESIDENT, presents=seance.compte().nombre)
        self.refresh_from_db()

    def lignes_d_enveloppe(self) -> list[dict]:
        """The wave's envelope by kind of subsidy, as the minutes print it."""
        return [
            {
                "ligne": ligne.get_nature_display(),
                "plafond": str(ligne.plafond),
                "engage": str(ligne.engage),
                "disponible": str(ligne.plafond - ligne.engage),
            }
            for ligne in self.vague.enveloppes.order_by("pk")
        ]

    def appeler(self, point, *, par) -> None:
        """Call an item: every screen follows."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.OUVERTE, siegeant=True)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(point.seance_id == seance.pk, "Ce point n'est pas à l'ordre du jour.")
            noter(seance, point_courant=point)
        self.point_courant = point

    def prendre_note(self, notes: str, *, par) -> None:
        """The secretary's general notes, printed in the minutes; not once the sitting is closed."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            noter(seance, notes=notes)
        self.notes = notes

    def clore(self, *, par) -> None:
        """Close the sitting and order its minutes, one act for all its items.

        Raises TransitionInterdite while a ballot is open or an item has no result.
        """
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.OUVERTE, siegeant=True)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            seance.points.filter(dossier__etat=Etat.RETIRE, resultat="").update(resultat="RETIRE")
            restants = list(seance.points.filter(resultat="").values_list("rang", flat=True))
            exiger(
                not restants,
                f"Points sans résultat : {', '.join(map(str, restants))}. Rendez un avis ou reportez-les.",
            )
            instant = horloge.maintenant()
            seance.presences.filter(arrivee_le__isnull=False, depart_le=None).update(depart_le=instant)
            noter(seance, etat=EtatSeance.CLOSE, close_le=instant, point_courant=None)
            evenement = consigner(seance.fil, "clore", par=par, points=seance.points.count())
            genre = "pv_arbitrage" if seance.est_arbitrage else "pv_selection"
            instantane = composer(genre, seance, evenement=evenement, par=par)
            noter(
                seance,
                pv=Acte.commander(
                    genre, fil=seance.fil, instantane=instantane, par=par, objet=f"Procès-verbal, {seance}"
                ),
            )
            seance._annoncer_le_pv(evenement)
        self.refresh_from_db()

    def qualite_de(self, user) -> str:
        """In what capacity `user` signs these minutes: the chair, the secretary of the sitting, or none."""
        if Role.PRESIDENT in roles_sur(self, user):
            return Qualite.PRESIDENCE
        return Qualite.SECRETARIAT if user.pk == self.secretaire_id else ""

    def signer_le_pv(self, *, par) -> None:
        """Sign the minutes that one has read: the chair, and the secretary. Over what was frozen at the closing."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.CLOSE)
            qualite = seance.qualite_de(par)
            if not qualite:
                raise GesteInterdit(
                    "Le procès-verbal se signe par la présidence et par le secrétaire de séance."
                )
            exiger(seance.pv_id is not None, "Cette séance n'a pas de procès-verbal.")
            exiger(
                Acte.objects.visibles_par(par).filter(pk=seance.pv_id).exists(),
                "Vous ne pouvez pas encore lire ce procès-verbal : vous le signerez quand il vous sera ouvert.",
            )
            exiger(
                not seance.signatures.filter(qualite=qualite).exists(),
                "Le procès-verbal est déjà signé par vous.",
            )
            empreinte = condenser(seance.pv)
            seance.signatures.create(
                qualite=qualite, user=par, empreinte=empreinte, signee_le=horloge.maintenant()
            )
            consigner(
                seance.fil, "signer_pv", par=par, motif="", acte=seance.pv.numero,
                qualite=str(qualite), empreinte=empreinte,
            )  # fmt: skip

    def _annoncer_le_pv(self, evenement) -> None:
        """Tell the members summoned that the minutes are there, those who stepped back from an item excepted."""
        membres = Membre.objects.filter(convocations__seance=self).select_related("user")
        ecartes = membres.filter(deports__leve_le=None, deports__dossier__points_de_seance__seance=self)
        prevenir(
            "document_disponible",
            [m.user for m in membres.exclude(pk__in=ecartes.values("pk"))],
            evenement=evenement,
            lien=self.pv.get_absolute_url(),
            acte={"numero": self.pv.numero, "objet": self.pv.objet},
        )

    def reconvoquer(self, debut, *, par):
        """No quorum: note it, and prepare a second sitting on the same agenda, which needs none (R133-10)."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.CONVOQUEE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(seance.debut <= horloge.maintenant(), "L'heure de la séance n'est pas venue.")
            exiger(not seance.compte().atteint, "Le quorum est atteint : ouvrez la séance.")
            seance.points.filter(resultat="").update(resultat="REPORTE", motif_report="Quorum non atteint")
            noter(seance, etat=EtatSeance.CLOSE, close_le=horloge.maintenant())
            consigner(seance.fil, "constater_absence_de_quorum", par=par)
            seconde = type(self).objects.create(
                vague=seance.vague, type=seance.type, debut=debut, lieu=seance.lieu, a_distance=seance.a_distance,
                secretaire=seance.secretaire, premiere=seance, scrutin_secret=seance.scrutin_secret,
                reglement_version=seance.reglement_version, **seance.copie(),
            )  # fmt: skip
            for point in seance.points.all():
                seconde.points.create(
                    dossier_id=point.dossier_id, rang=point.rang, rapporteur_id=point.rapporteur_id
                )
            consigner(seconde.fil, "prevoir", par=par, premiere=seance.pk)
        self.refresh_from_db()
        return seconde
