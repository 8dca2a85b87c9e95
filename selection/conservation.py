"""What is kept of the committee: declarations of interests outlive the mandate, private notes a year only."""

from manufactures import horloge
from manufactures.registres import Regle, conservation
from selection.models import DeclarationInterets, Indisponibilite, NoteAudition, NotePersonnelle


@conservation("declarations_interets")
class DeclarationsDInterets(Regle):
    """Declarations of members whose mandate ended long ago: archives, to be sorted with a visa."""

    def lignes(self, limite):
        """The mandate ended before the limit."""
        jour = limite.astimezone(horloge.PARIS).date()
        return DeclarationInterets.objects.filter(membre__au__lt=jour)


@conservation("notes_personnelles")
class NotesPersonnelles(Regle):
    """What a member kept for themselves on a dossier: a year after the last word, nobody needs it."""

    exemple = "dossier__numero"

    def lignes(self, limite):
        """Untouched since the limit."""
        return NotePersonnelle.objects.filter(modifiee_le__lt=limite)


@conservation("notes_d_audition")
class NotesDAudition(Regle):
    """The same for what was written while a porteur was heard."""

    exemple = "audition__dossier__numero"

    def lignes(self, limite):
        """Untouched since the limit."""
        return NoteAudition.objects.filter(modifiee_le__lt=limite)


@conservation("indisponibilites")
class Indisponibilites(Regle):
    """When a member could not come: of no use once the day is past."""

    def lignes(self, limite):
        """Over since the limit."""
        return Indisponibilite.objects.filter(fin__lt=limite)
