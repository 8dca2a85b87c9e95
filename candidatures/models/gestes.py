"""What members do on a draft, apart from the deposit: write a section, add and take away files."""

from django.db import transaction
from django.db.models import F, Prefetch, prefetch_related_objects

from candidatures.models.choix import Section
from candidatures.models.joindre import GestesDesPieces
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

FIGE = "Ce dossier est déposé : il ne se modifie plus."


class SectionPerimee(Exception):
    """Someone wrote in the same answers after they were read: `saisie` says who and when."""

    def __init__(self, saisie):
        super().__init__(saisie)
        self.saisie = saisie


class GestesDuBrouillon(GestesDesPieces):
    """Deeds of the draft's members; each reads the dossier again under its lock."""

    def _brouillon_verrouille(self, par):
        """The draft, locked, if `par` belongs to its team. Raises DoesNotExist, TransitionInterdite once deposited."""
        siens = type(self).objects.filter(membres__user=par if par.is_active else None)
        dossier = siens.select_for_update(of=("self",)).get(pk=self.pk)
        if dossier.etat != Etat.BROUILLON:
            raise TransitionInterdite(FIGE)
        return dossier

    def enregistrer_section(self, section: Section, *, par, ecrire, fenetre=""):
        """Write one section of the draft under a lock, and what changed in its history; returns its Saisie.

        `ecrire(dossier, saisie, dernieres)` puts the answers on the dossier, writes the rows of its tables and tells
        what changed (`Changement`s), knowing who wrote last here and in each answer. It may raise SectionPerimee where
        others wrote meanwhile; that, or TransitionInterdite (no longer a draft), and nothing has changed.
        """
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            saisies = dossier.saisies.model.objects.select_related("par")
            prefetch_related_objects([dossier], Prefetch("saisies", saisies))
            saisie = next((s for s in dossier.saisies.all() if s.section == section), None)
            dernieres = dossier.modifications.dernieres(section)
            changements = ecrire(dossier, saisie, dernieres) or ()
            if saisie and not changements:
                return saisie
            modifications = dossier.modifications.model
            modifications.noter(dossier, section, changements, dernieres, par=par, page=fenetre)
            return dossier._tracer(section, saisie, par, {c.champ for c in changements})

    def _tracer(self, section, saisie, par, champs):
        """The section and the dossier have one more version, saved with the answers that changed."""
        instant = horloge.maintenant()
        if saisie:
            saisie.version, saisie.par, saisie.le = saisie.version + 1, par, instant
            saisie.save(update_fields=["version", "par", "le"])
        else:
            saisie = self.saisies.create(section=section, version=1, par=par, le=instant)
        self.version, self.modifie_le = F("version") + 1, instant
        colonnes = champs & {champ.name for champ in self._meta.concrete_fields}
        self.save(update_fields=[*colonnes, "version", "modifie_le"])
        return saisie
