"""Bulk assignment: what is ticked or the whole list, a proposal looked at first, then the deeds."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect, render

from instruction.affectation import LOT, Agents, Repartition, a_repartir, attribuer
from instruction.forms.affectation import RepartitionForm
from instruction.regards import dossiers_des_agents
from instruction.views.liste import GARDES, ListeFiltree, demande_de
from instruction.views.vues import adresse_de
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.francais import compter, enumerer

REFUS_DITS = 5
PARTIES, CHIFFRES = 2, 10


class AffectationView(UneSeuleFois, ListeFiltree):
    """A responsable shares dossiers out: nothing is done before the proposal was seen."""

    geste = "affecter"

    def get(self, request):
        """The form, and the proposal once a way and agents are chosen."""
        self.lire(request)
        numeros = request.GET.getlist("d")[:LOT]
        dossiers = dossiers_des_agents(self.lecteur).filter(numero__in=numeros) if numeros else self.dossiers
        possibles = a_repartir(dossiers, reaffecter="reaffecter" in request.GET)
        total = possibles.order_by().count()
        lus = list(possibles.order_by("depose_le", "pk")[:LOT])
        agents = Agents(lus)
        form = RepartitionForm(request.GET if "methode" in request.GET else None, agents=agents)
        proposition = None
        if lus and form.is_valid():
            proposition = Repartition(agents, form.choisis(), form.cleaned_data["methode"])
        contexte = {
            "form": form,
            "dossiers": lus,
            "total": total,
            "coches": len(numeros),
            "numeros": numeros,
            "gardees": [(nom, request.GET[nom]) for nom in GARDES if request.GET.get(nom)],
            "demande": demande_de(request.GET),
            "retour": adresse_de(demande_de(request.GET)),
            "proposition": proposition,
        }
        return render(request, "instruction/affectation.html", contexte)

    def post(self, request):
        """Exactly what was proposed; a dossier taken meanwhile is left to who took it."""
        self.lire(request)
        faits, refus = attribuer(self._attributions(request), par=request.user)
        if faits:
            dits = enumerer([f"{n} à {nom}" for nom, n in faits.items()])
            total = compter(sum(faits.values()), "dossier affecté", "dossiers affectés")
            messages.success(request, f"{total}\u00a0: {dits}.")
        for phrase in refus[:REFUS_DITS]:
            messages.warning(request, phrase)
        if len(refus) > REFUS_DITS:
            messages.warning(
                request, f"{compter(len(refus) - REFUS_DITS, 'autre refus', 'autres refus')} de même nature."
            )
        if not faits and not refus:
            messages.warning(request, "Rien n'était à affecter : choisissez des dossiers et des agents.")
        return redirect(adresse_de(demande_de(request.GET)))

    @staticmethod
    def _attributions(request) -> list[tuple]:
        """« D-7K3Q-XW9D:12:0 »: a dossier that one sees, an agent, whoever held it when it was proposed."""
        voulues = {}
        for texte in request.POST.getlist("attribution")[:LOT]:
            numero, *cles = texte.split(":")
            if len(cles) == PARTIES and all(cle.isdecimal() and len(cle) < CHIFFRES for cle in cles):
                voulues[numero] = tuple(map(int, cles))
        vus = dossiers_des_agents(request.user).filter(numero__in=voulues)
        dossiers = {dossier.numero: dossier for dossier in vus.select_related("vague__appel")}
        agents = get_user_model().objects.filter(is_active=True).in_bulk({cle for cle, _ in voulues.values()})
        return [
            (dossiers[numero], agents[cle], avant or None)
            for numero, (cle, avant) in voulues.items()
            if numero in dossiers and cle in agents
        ]
