"""The hearing as calendars take it (RFC 5545, 5546): one UID for life, a growing sequence, cancellations."""

from datetime import UTC, date

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from manufactures import horloge

PRODUIT = "-//Manufactures de proximite//FR"


def invitation(audition, *, page: str, gens=()) -> str:
    """The invitation to this hearing, or its cancellation, as it now is; `gens` are those who are written to."""
    annulee = audition.annulee_le is not None
    dossier, appel = audition.dossier, audition.dossier.vague.appel
    calendrier = Calendar()
    calendrier.add("prodid", PRODUIT)
    calendrier.add("version", "2.0")
    calendrier.add("method", "CANCEL" if annulee else "REQUEST")
    evenement = Event()
    evenement.add("uid", audition.uid)
    evenement.add("sequence", audition.sequence)
    evenement.add("dtstamp", audition.fixee_le.astimezone(UTC))
    evenement.add("summary", f"Audition : {dossier.nom_projet}")
    evenement.add("dtstart", audition.debut.astimezone(horloge.PARIS))
    evenement.add("dtend", audition.fin.astimezone(horloge.PARIS))
    evenement.add("location", audition.lieu or audition.lien)
    lignes = [f"Dossier n° {dossier.numero}."]
    if audition.lien:
        lignes.append(f"Visioconférence : {audition.lien}")
    lignes.append(f"Page de l'audition : {settings.SITE_URL}{page}")
    evenement.add("description", "\n".join(lignes))
    evenement.add("url", settings.SITE_URL + page)
    evenement.add("status", "CANCELLED" if annulee else "CONFIRMED")
    evenement["organizer"] = _adresse(appel.service_courriel, appel.service_nom)
    for personne in gens:
        invite = _adresse(personne.email, personne.nom_complet)
        invite.params["ROLE"] = vText("REQ-PARTICIPANT")
        invite.params["PARTSTAT"] = vText("NEEDS-ACTION")
        evenement.add("attendee", invite, encode=0)
    calendrier.add_component(evenement)
    annee = audition.debut.astimezone(horloge.PARIS).year
    calendrier.add_missing_timezones(first_date=date(annee, 1, 1), last_date=date(annee + 1, 12, 31))
    return calendrier.to_ical().decode()


def _adresse(courriel: str, nom: str) -> vCalAddress:
    adresse = vCalAddress(f"mailto:{courriel}")
    adresse.params["CN"] = vText(nom)
    return adresse
