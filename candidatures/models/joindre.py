"""What becomes of a file in a dossier: added, replaced, taken away; checked, stored, then read by the antivirus."""

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from candidatures.fichiers import nom_propre, ranger, reconnaitre, verifier_quotas
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.registres import TransitionInterdite
from manufactures.taches import reveiller

ANALYSER = "candidatures.tasks.analyser_piece"  # named: the task needs the models, and this is one of them
PARTIE = "Ce fichier n'est plus dans le dossier : il a été retiré ou remplacé entre-temps."


class Analyse(models.TextChoices):
    """What the antivirus has said. Where none is configured, nothing waits."""

    SANS_OBJET = "SANS_OBJET", "sans objet"
    EN_ATTENTE = "EN_ATTENTE", "analyse en cours"
    SAIN = "SAIN", "sain"
    INFECTE = "INFECTE", "infecté"
    ERREUR = "ERREUR", "analyse à refaire"


A_ANALYSER = (Analyse.EN_ATTENTE, Analyse.ERREUR)


class GestesDesPieces:
    """Deeds on the files of a dossier; those of a draft read it again under its lock."""

    def ajouter_piece(self, fichier, *, par, type=None, libelle="", remplace=None):
        """Add a file to the draft, in the place of `remplace`, which is kept.

        Raises FichierRefuse or TransitionInterdite.
        """
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            if remplace is not None:
                remplace = dossier._presente(remplace)
                dossier._oter(remplace)
                type, libelle = remplace.type, remplace.libelle
            return dossier._joindre(fichier, par=par, type=type, libelle=libelle, remplace=remplace)

    def joindre_complement(self, fichier, *, par, type=None, libelle=""):
        """Add a file beside the frozen version, dated; who may and when is the caller's rule. Same checks."""
        with transaction.atomic():
            dossier = self.__class__.objects.select_for_update(of=("self",)).get(pk=self.pk)
            return dossier._joindre(fichier, par=par, type=type, libelle=libelle, complement=True)

    def verifier_place(self, nom: str, taille: int, remplace=None) -> None:
        """Size, number and weight, counted now. Raises FichierRefuse with the limit."""
        presentes = self.pieces.exclude(pk=remplace.pk) if remplace else self.pieces.all()
        compte = presentes.aggregate(nombre=Count("pk"), total=Coalesce(Sum("taille"), 0))
        verifier_quotas(nom, taille, compte["nombre"], compte["total"])

    def _joindre(self, fichier, *, par, type, libelle, complement=False, remplace=None):
        nom = nom_propre(fichier.name)
        self.verifier_place(nom, fichier.size)
        type_mime = reconnaitre(fichier, fichier.name)
        chemin, empreinte = ranger(fichier)
        piece = self.pieces.create(
            type=type,
            libelle=libelle or (type.libelle if type else nom),
            fichier=chemin,
            nom=nom,
            type_mime=type_mime,
            taille=fichier.size,
            empreinte=empreinte,
            ajoutee_par=par,
            complement=complement,
            remplace=remplace,
            analyse=Analyse.EN_ATTENTE if settings.CLAMAV_URL else Analyse.SANS_OBJET,
        )
        if remplace is not None:
            remplace.ceder_la_place_a(piece)
        action = "remplacer_piece" if remplace else "ajouter_piece"
        # Never its name, which may be a person's: nothing leaves the record.
        consigner(self.fil, action, par=par, piece=piece.pk, empreinte=empreinte)
        if piece.analyse == Analyse.EN_ATTENTE:
            reveiller(current_app.signature(ANALYSER), piece.pk)
        return piece

    def retirer_piece(self, piece, *, par) -> None:
        """Take a file away from the draft; the content stays on the disk. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            piece = dossier._presente(piece)
            dossier._oter(piece)
            consigner(dossier.fil, "retirer_piece", par=par, piece=piece.pk)

    def _presente(self, piece):
        """The same piece, still there. Raises TransitionInterdite."""
        presente = self.pieces.select_related("type").filter(pk=piece.pk).first()
        if presente is None:
            raise TransitionInterdite(PARTIE)
        return presente

    @staticmethod
    def _oter(piece) -> None:
        piece.retiree_le = horloge.maintenant()
        piece.save(update_fields=["retiree_le"])
