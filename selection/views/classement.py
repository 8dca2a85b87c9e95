"""The readings of a sitting side by side: ranks raw and corrected, where readers disagree, and « what if »."""

from django.http import Http404

from selection.balance import places_ici
from selection.classement import lectures_de
from selection.etendue import dessiner
from selection.forms import HypotheseForm
from selection.views.base import PageDeSeance

ORDRES = {"rang": "Note corrigée", "brut": "Note brute", "desaccord": "Désaccord"}


class ClassementView(PageDeSeance):
    """For who prepares the sitting; for a member, the dossiers that they have read and handed in, and no other."""

    geste = "lire_classement"
    template_name = "selection/classement.html"

    def relire(self):
        """Amounts are not marked: there is nothing to rank in an arbitration."""
        super().relire()
        if self.seance.est_arbitrage:
            raise Http404(self.seance.pk)

    def get_context_data(self, **contexte):
        """The ranking, as asked in the address."""
        user = self.request.user
        lectures = lectures_de(user, self.seance)
        form = HypotheseForm(self.request.GET, lectures=lectures)
        base = lectures.classer()
        classement = lectures.classer(**form.hypothese) if form.hypothese else base
        tri = self.request.GET.get("tri")
        tri = tri if tri in ORDRES else "rang"
        lignes = lectures.montrer(self._ranger(classement, tri), base)
        ecart = lectures.ecart_de(user)
        return super().get_context_data(
            form=form, lignes=lignes, classement=classement, tri=tri, ordres=ORDRES, hypothese=form.en_mots(),
            coupe=places_ici(user, self.seance) if tri == "rang" else None,
            sans_lecture=lectures.sans_lecture(), ecart=ecart, ecart_absolu=None if ecart is None else abs(ecart),
            dessin=dessiner((une.point.dossier.nom_projet, une.ligne) for une in lignes), **contexte,
        )  # fmt: skip

    @staticmethod
    def _ranger(classement, tri: str):
        if tri == "brut":
            return classement.par_note_brute()
        return classement.par_desaccord() if tri == "desaccord" else classement.lignes
