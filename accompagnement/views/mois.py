"""The expert's log on a phone: a day noted in one tap, and the month as a calendar."""

import calendar
from datetime import date

from django.db.models import Sum
from django.http import Http404
from django.urls import reverse

from accompagnement.forms import SaisieForm
from accompagnement.models import Creneau, EtatJournee, Journee, Releve
from accompagnement.semaine import journees_entre, missions_a_noter
from accompagnement.views.base import Page
from manufactures import horloge
from manufactures.francais import demi_journees
from manufactures.procedure import EtatMission

PREMIER_MOIS, DERNIER_MOIS = date(2000, 1, 1), date(2100, 1, 1)


class NoterView(Page):
    """One page, every answer already there: « Matin », « Après-midi » or « Journée » sends the day to the porteur."""

    geste = "voir_ma_semaine"
    sur_objet = False
    template_name = "accompagnement/noter.html"
    actions = tuple(Creneau.values)

    def _noter(self, creneau):
        user = self.request.user
        formulaire = self.valider("noter", SaisieForm(self.request.POST, missions=missions_a_noter(user)))
        if formulaire is None:
            return None
        donnees = dict(formulaire.cleaned_data)
        journee = Journee.noter(donnees.pop("mission"), par=user, creneau=creneau, **donnees)
        self.dire(f"Journée envoyée : {demi_journees(journee.duree)}, {journee}. Au porteur de confirmer.")
        return f"{reverse('accompagnement:mois')}?mois={journee.date:%Y-%m}"

    def faire_MATIN(self):  # noqa: N802 - the button's own value
        """Half a day, in the morning."""
        return self._noter(Creneau.MATIN)

    def faire_APRES_MIDI(self):  # noqa: N802
        """Half a day, in the afternoon."""
        return self._noter(Creneau.APRES_MIDI)

    def faire_JOURNEE(self):  # noqa: N802
        """The whole day."""
        return self._noter(Creneau.JOURNEE)

    def refuser(self, phrase):
        """The sentence on top, what was typed below."""
        missions = missions_a_noter(self.request.user)
        self.formulaires.setdefault("noter", SaisieForm(self.request.POST, missions=missions))
        return super().refuser(phrase)

    def get_context_data(self, **contexte):
        """The orders in hand; the one that the link names, else the one last worked on, is chosen."""
        user = self.request.user
        missions = missions_a_noter(user)
        demandee = self.request.GET.get("mission", "")
        ouvertes = [m for m in missions if m.etat == EtatMission.COMMANDEE and m.jours_restants]
        choisie = next((m for m in ouvertes if str(m.pk) == demandee), None)
        if choisie is None and ouvertes:
            choisie = max(ouvertes, key=lambda m: max((j.date for j in m.journees.all()), default=date.min))
        form = self.formulaire("noter", SaisieForm, missions=missions, initial={"mission": choisie})
        return super().get_context_data(form=form if ouvertes else None, creneaux=list(Creneau), **contexte)


def lire_le_mois(texte: str) -> date:
    """First day of the month asked for (« 2026-11 »), this month where none is. Raises Http404."""
    if not texte:
        return horloge.aujourd_hui().replace(day=1)
    try:
        premier = date.fromisoformat(f"{texte}-01")
    except ValueError as erreur:
        raise Http404 from erreur
    if not PREMIER_MOIS <= premier < DERNIER_MOIS:
        raise Http404
    return premier


def mois_suivant(premier: date) -> date:
    """First day of the next month."""
    return date(premier.year + premier.month // 12, premier.month % 12 + 1, 1)


class MoisView(Page):
    """One's month: a calendar, each day under its date, and the sums by state."""

    geste = "voir_ma_semaine"
    sur_objet = False
    template_name = "accompagnement/mois.html"
    actions = ("etablir",)

    def faire_etablir(self):
        """Draw up the statement of the month shown."""
        releve = Releve.etablir(lire_le_mois(self.request.GET.get("mois", "")), par=self.request.user)
        self.dire("Relevé établi : facturez-le, puis écrivez ici le numéro de votre facture.")
        return releve.get_absolute_url()

    def get_context_data(self, **contexte):
        """In a constant number of queries, whatever the days."""
        premier = lire_le_mois(self.request.GET.get("mois", ""))
        suivant = mois_suivant(premier)
        precedent = (premier - horloge.avancer(days=1)).replace(day=1)
        journees = journees_entre(self.request.user, premier, suivant)
        par_date: dict[date, list[Journee]] = {}
        for journee in journees:
            par_date.setdefault(journee.date, []).append(journee)
        semaines = [
            [
                {
                    "date": jour,
                    "du_mois": jour.month == premier.month,
                    "duree": sum(j.duree for j in par_date.get(jour, ()) if j.compte),
                }
                for jour in semaine
            ]
            for semaine in calendar.Calendar().monthdatescalendar(premier.year, premier.month)
        ]
        sommes = [
            (etat.label, sum(j.duree for j in journees if j.etat == etat))
            for etat in EtatJournee
            if any(j.etat == etat for j in journees)
        ]
        return super().get_context_data(
            premier=premier,
            precedent=precedent,
            suivant=suivant if suivant <= horloge.aujourd_hui() else None,
            aujourd_hui=horloge.aujourd_hui(),
            semaines=semaines,
            journees=journees,
            sommes=sommes,
            releves=list(Releve.objects.filter(expert=self.request.user, mois=premier)),
            a_facturer=Releve.a_facturer(self.request.user, premier).aggregate(s=Sum("duree"))["s"],
            total=sum(j.duree for j in journees if j.compte),
            **contexte,
        )
