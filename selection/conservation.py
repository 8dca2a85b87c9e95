"""What is kept of the committee: declarations of interests outlive the mandate, private notes a year only."""

from manufactures import horloge
from manufactures.registres import Regle, conservation
from selection.models import DeclarationInterets, NotePersonnelle


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
