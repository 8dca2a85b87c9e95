"""The accounts of the waves that one follows, from the envelope to the payment."""

from django.shortcuts import render

from accompagnement import comptes, comptes_jours
from manufactures.droits_web import GesteMixin


class ComptesView(GesteMixin):
    """A line a wave and kind of subsidy, a column a stage, and what does not add up."""

    geste = "lire_pilotage"

    def get(self, request):
        """Eight queries, whatever the number of dossiers."""
        lignes = comptes.dresser(request.user)
        jours = comptes_jours.dresser_les_jours(request.user)
        contexte = {
            "etapes": list(comptes.ETAPES.values()),
            "lignes": lignes[:-1],
            "ensemble": lignes[-1],
            "ecarts": [(ligne.libelle, ecart) for ligne in lignes for ecart in ligne.ecarts],
            "jours_etapes": comptes_jours.ETAPES,
            "jours_lignes": jours,
            "jours_ecarts": [(ligne.libelle, ecart) for ligne in jours for ecart in ligne.ecarts],
        }
        return render(request, "accompagnement/comptes.html", contexte)
