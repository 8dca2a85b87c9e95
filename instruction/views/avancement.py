"""The progress of a wave's pre-screening: each figure leads to its list."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse

from instruction.avancement import CADENCE_SUR, Avancement
from instruction.regards import ROLES_AGENTS, dossiers_des_agents, vagues_suivies
from manufactures import horloge
from manufactures.droits_web import GesteMixin


def adresse(filtres: dict) -> str:
    """The desk, so filtered."""
    return f"{reverse('instruction:liste')}?{urlencode(filtres)}"


class AvancementView(GesteMixin):
    """One wave at a time: the last one closed, or the one that the address names."""

    geste = "lire_instruction"

    def get(self, request):
        """The figures."""
        vagues = list(vagues_suivies(request.user, *ROLES_AGENTS).select_related("appel").order_by("cloture"))
        closes = [vague for vague in vagues if vague.cloture <= horloge.maintenant()]
        derniere = (closes or vagues or [None])[-1]
        demandee = request.GET.get("vague", "")
        vague = next((v for v in vagues if str(v.pk) == demandee), None)
        vague = vague or derniere
        vagues.sort(key=lambda v: (v.appel_id, v.numero))
        contexte = {"vagues": vagues, "vague": vague, "plusieurs": len({v.appel_id for v in vagues}) > 1}
        if vague is not None:
            contexte |= self._chiffres(vague, request.user)
        return render(request, "instruction/avancement.html", contexte)

    @staticmethod
    def _chiffres(vague, user) -> dict:
        """What the page shows of this wave."""
        avancement = Avancement(vague, dossiers_des_agents(user))
        agents = [
            ligne
            | {
                "adresse": adresse({"vague": vague.pk, "agent": ligne["instructeur"], "etat": "a_instruire"}),
                "adresse_conclus": adresse(
                    {"vague": vague.pk, "agent": ligne["instructeur"], "etat": "instruits"}
                ),
                "adresse_retard": adresse({"vague": vague.pk, "agent": ligne["instructeur"], "retard": "on"}),
            }
            for ligne in avancement.par_agent()
        ]
        comptes = [(compte, adresse(compte.filtres)) for compte in avancement.comptes()]
        sans = avancement.sans_agent
        return {
            "avancement": avancement,
            "comptes": [*comptes, (sans, adresse(sans.filtres))],
            "agents": agents,
            "durees": avancement.durees(),
            "cadence_sur": CADENCE_SUR,
            "adresse_finir": adresse({"vague": vague.pk, "etat": "a_instruire"}),
        }
