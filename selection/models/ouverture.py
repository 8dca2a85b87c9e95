"""Opening a ballot: which question may be put now, and the roll that is frozen."""

from typing import Self

from django.db import transaction

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from selection.models.base import exiger, exiger_role, noter
from selection.models.choix import EtatScrutin, Question, TypeSeance
from selection.models.comite import Membre
from selection.models.point import PointOrdreDuJour
from selection.models.urne import Electeur
from selection.quorum import seuil

C_EST_A_LA_PRESIDENCE = "Seule la présidence ouvre, suspend et clôt un scrutin."
PEU_DE_VOTANTS = 5
SANS_DECLARATION = "{} n'a pas déclaré ses intérêts sur ce dossier : pas de vote sur ce point."
VOTE_A_DISTANCE = (
    "Le règlement de ce comité n'admet pas le vote secret à distance : {} ne vote pas sur ce point."
)


class Ouverture:
    """The deed that opens a ballot, and what it asks first."""

    @classmethod
    def voix_admises(cls, point: PointOrdreDuJour, *, secret: bool) -> tuple[dict[int, int], list[str]]:
        """The roll as it would be frozen now (voice -> who casts it), and the sentences on voices that don't count."""
        seance = point.seance
        compte = seance.compte(point.dossier)
        declares = set(
            point.dossier.declarations.filter(reponse__in=("AUCUN", "LIEN")).values_list("membre", flat=True)
        )
        distants = {p.membre_id for p in seance.presences.all() if p.est_la and p.mode == "A_DISTANCE"}
        voix, ecartees = {}, {}
        for membre, porteur in compte.voix.items():
            if membre not in declares:
                ecartees[membre] = SANS_DECLARATION
            elif secret and porteur in distants and not seance.secret_a_distance:
                ecartees[membre] = VOTE_A_DISTANCE
            else:
                voix[membre] = porteur
        noms = Membre.objects.select_related("user").in_bulk(ecartees) if ecartees else {}
        return voix, [phrase.format(noms[membre]) for membre, phrase in ecartees.items()]

    @classmethod
    def ouvrir(
        cls,
        point: PointOrdreDuJour,
        question: str,
        *,
        par,
        secret: bool | None = None,
        malgre_petit_nombre: bool = False,
    ) -> Self:
        """Open a ballot: the roll is frozen, those in the room or represented, declared and not recused.

        Raises TransitionInterdite without quorum, while a recused member is in the room, or under five voters unless
        the chair insists (the totals may then tell the votes).
        """
        with transaction.atomic():
            point = point._verrouiller(par)
            seance = point.seance
            exiger_role(seance, par, Role.PRESIDENT, phrase=C_EST_A_LA_PRESIDENCE)
            point.exiger_de_presider(par)
            secret = seance.scrutin_secret if secret is None else secret
            tour = cls._exiger_la_question(point, Question(question))
            compte = seance.compte(point.dossier)
            exiger(
                compte.atteint,
                f"Quorum perdu : {compte.nombre} sur {compte.composition}, il en faut {compte.requis}. "
                "Le scrutin ne peut pas s'ouvrir.",
            )
            point.exiger_les_sorties()
            voix, _ = cls.voix_admises(point, secret=secret)
            exiger(
                len(voix) >= seance.quorum,
                f"{len(voix)} voix sur ce point, il en faut {seance.quorum} pour le quorum.",
            )
            exiger(
                malgre_petit_nombre or not secret or len(voix) >= PEU_DE_VOTANTS,
                f"{len(voix)} votants : les totaux peuvent révéler les votes.",
            )
            scrutin = cls.objects.create(
                point=point,
                question=question,
                tour=tour,
                secret=secret,
                quorum=seance.quorum,
                regle_majorite=seance.majorite,
                majorite=seuil(seance.majorite, votants=len(voix), composition=seance.composition),
                presents=len(compte.presents),
                representes=len(compte.mandats),
                ouvert_par=par,
                ouvert_le=horloge.maintenant(),
            )
            scrutin.electeurs.bulk_create(
                [Electeur(scrutin=scrutin, membre_id=m, vote_par_id=p) for m, p in sorted(voix.items())]
            )
            noter(seance, point_courant=point)
            consigner(
                scrutin.fil,
                "ouvrir_scrutin",
                par=par,
                role=Role.PRESIDENT,
                scrutin=scrutin.pk,
                point=point.rang,
                question=str(question),
                tour=tour,
                secret=secret,
                electeurs=sorted(voix),
            )
        return scrutin

    @classmethod
    def _exiger_la_question(cls, point: PointOrdreDuJour, question: Question) -> int:
        """Whether this question may be put now; the round it would be."""
        clos = {s.question: s for s in point.scrutins.filter(etat=EtatScrutin.CLOS).order_by("tour")}
        deja = clos.get(question)
        exiger(deja is None or deja.a_refaire, "Le comité a déjà voté sur cette question.")
        exiger(
            not point.scrutins.filter(etat__in=("OUVERT", "SUSPENDU")).exists(),
            "Un scrutin est déjà ouvert sur ce point.",
        )
        if point.seance.type == TypeSeance.ARBITRAGE:
            exiger(question == Question.ATTRIBUTION, "Une séance d'arbitrage vote sur des montants.")
            exiger(point.dossier.etat == Etat.EN_ARBITRAGE, "Ce dossier n'est pas en arbitrage.")
            exiger(hasattr(point, "proposition"), "Proposez d'abord des montants pour ce dossier.")
            point.proposition.exiger_dans_l_enveloppe()
        else:
            exiger(question != Question.ATTRIBUTION, "Les montants se votent en séance d'arbitrage.")
            exiger(
                point.dossier.etat in (Etat.EN_COMITE, Etat.A_AUDITIONNER),
                "Ce dossier n'est pas devant le comité.",
            )
            attendue = point.dossier.auditions.filter(tenue=None).exists()
            exiger(not attendue, "L'audition de ce porteur n'est pas encore consignée.")
        if question == Question.AJOURNEMENT:
            avis = clos.get(Question.AVIS)
            exiger(
                avis is not None and not avis.adopte and not avis.attend,
                "L'ajournement se vote quand l'avis favorable n'est pas adopté.",
            )
        return deja.tour + 1 if deja else 1
