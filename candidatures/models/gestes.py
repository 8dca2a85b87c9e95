"""What members do on a draft, apart from the deposit: write a section, add and take away files and people."""

from django.db import transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from candidatures.fichiers import nom_propre, ranger, reconnaitre, verifier_quotas
from candidatures.models.choix import Droit, Section
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

FIGE = "Ce dossier est déposé : il ne se modifie plus."


class SectionPerimee(Exception):
    """Someone wrote in this section after it was read: `saisie` says who and when."""

    def __init__(self, saisie):
        super().__init__(saisie)
        self.saisie = saisie


class GestesDuBrouillon:
    """Deeds of the draft's members; each reads the dossier again under its lock."""

    def _brouillon_verrouille(self, par):
        """The draft, locked, if `par` may see it. Raises TransitionInterdite once deposited."""
        visibles = type(self).objects.visibles_par(par)
        dossier = visibles.select_for_update(of=("self",)).get(pk=self.pk)
        if dossier.etat != Etat.BROUILLON:
            raise TransitionInterdite(FIGE)
        return dossier

    def enregistrer_section(self, section: Section, *, par, version: int, ecrire) -> None:
        """Write one section of the draft under a lock, if nobody wrote in it since `version` was read.

        `ecrire(dossier)` writes the answers. Raises SectionPerimee (someone else wrote meanwhile) or
        TransitionInterdite (no longer a draft); then nothing has changed.
        """
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            saisie = dossier.saisies.select_related("par").filter(section=section).first()
            if (saisie.version if saisie else 0) != version:
                raise SectionPerimee(saisie)
            ecrire(dossier)
            trace = {"version": version + 1, "par": par, "le": horloge.maintenant()}
            dossier.saisies.update_or_create(section=section, defaults=trace)
            dossier.version, dossier.modifie_le = F("version") + 1, horloge.maintenant()
            dossier.save(update_fields=["version", "modifie_le"])

    def ajouter_membre(self, user, droit: Droit, *, par):
        """Let an existing account in, to write or to read. Raises TransitionInterdite if it is in already."""
        if droit == Droit.TITULAIRE:
            raise TransitionInterdite("Un dossier n'a qu'un titulaire.")
        with transaction.atomic():
            if self.membres.select_for_update().filter(user=user).exists():
                raise TransitionInterdite(f"{user.nom_complet} fait déjà partie de ce dossier.")
            membre = self.membres.create(user=user, droit=droit)
            consigner(self.fil, "ajouter_membre", par=par, membre=user.pk, droit=droit)
        return membre

    def retirer_membre(self, membre, *, par) -> None:
        """Close the dossier to a member; never to the titulaire. Raises TransitionInterdite."""
        if membre.droit == Droit.TITULAIRE:
            raise TransitionInterdite("Le titulaire ne se retire pas : un dossier en a toujours un.")
        with transaction.atomic():
            consigner(self.fil, "retirer_membre", par=par, membre=membre.user_id, droit=membre.droit)
            membre.delete()

    def ajouter_piece(self, fichier, *, par, type=None, libelle=""):
        """Add a file to the draft. Raises FichierRefuse (kind, size, quota) or TransitionInterdite."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            return dossier._joindre(fichier, par=par, type=type, libelle=libelle)

    def joindre_complement(self, fichier, *, par, type=None, libelle=""):
        """Add a file beside the frozen version, dated; who may and when is the caller's rule. Same checks."""
        with transaction.atomic():
            dossier = self.__class__.objects.select_for_update(of=("self",)).get(pk=self.pk)
            return dossier._joindre(fichier, par=par, type=type, libelle=libelle, complement=True)

    def _joindre(self, fichier, *, par, type, libelle, complement=False):
        nom = nom_propre(fichier.name)
        compte = self.pieces.aggregate(nombre=Count("pk"), total=Coalesce(Sum("taille"), 0))
        verifier_quotas(nom, fichier.size, compte["nombre"], compte["total"])
        type_mime = reconnaitre(fichier, nom)
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
        )
        consigner(self.fil, "ajouter_piece", par=par, piece=piece.pk, nom=nom, empreinte=empreinte)
        return piece

    def retirer_piece(self, piece, *, par) -> None:
        """Take a file away from the draft; the content stays on the disk. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            piece.retiree_le = horloge.maintenant()
            piece.save(update_fields=["retiree_le"])
            consigner(dossier.fil, "retirer_piece", par=par, piece=piece.pk, nom=piece.nom)
