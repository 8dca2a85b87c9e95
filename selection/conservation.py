"""What is kept of the committee: declarations of interests outlive the mandate."""

from manufactures import horloge
from manufactures.registres import Regle, conservation
from selection.models import DeclarationInterets


@conservation("declarations_interets")
class DeclarationsDInterets(Regle):
    """Declarations of members whose mandate ended long ago: archives, to be sorted with a visa."""

    def lignes(self, limite):
        """The mandate ended before the limit."""
        jour = limite.astimezone(horloge.PARIS).date()
        return DeclarationInterets.objects.filter(membre__au__lt=jour)
