"""How things are shown: numbers, dates, states, the ball, the buttons. One reader's words, never a rule.

The formats themselves stand in `manufactures/francais.py`, which acts and mails use too.
"""

import uuid
from datetime import date, datetime

from django import template
from django.core.exceptions import ObjectDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from manufactures import francais, horloge
from manufactures.comptes.roles import partie_active
from manufactures.procedure import libelle_pour

register = template.Library()

MENTION = "Montant de démonstration, inventé."


def _montrer(fonction):
    """A filter that shows nothing for nothing."""

    def filtre(valeur):
        return "" if valeur is None or valeur == "" else fonction(valeur)

    return filtre


for _nom in (
    "euros",
    "euros_cents",
    "jours",
    "echeance",
    "date_longue",
    "date_courte",
    "instant",
    "heure",
    "siret",
    "telephone",
    "empreinte",
):
    register.filter(_nom, _montrer(getattr(francais, _nom)))


for _nom in (
    "nombre",
    "pourcent",
    "demi_journees",
    "octets",
    "date_jour",
    "mois",
    "instant_precis",
    "enumerer",
):
    register.filter(_nom, _montrer(getattr(francais, _nom)))
register.filter("compter", francais.compter)
register.filter("pluriel", francais.pluriel)


@register.filter
def retard(echeance: datetime) -> str:
    """« Retard 3 j », « Retard » within the day."""
    jours = -horloge.jours_avant(echeance)
    return f"Retard {jours}\u00a0j" if jours > 0 else "Retard"


@register.filter
def dans(echeance: datetime) -> str:
    """« aujourd'hui », « demain », « dans 6 jours »; the date stands beside."""
    jours = horloge.jours_avant(echeance)
    proches = {0: "aujourd'hui", 1: "demain"}
    if jours < 0:
        return f"il y a {francais.compter(-jours, 'jour')}"
    return proches.get(jours) or f"dans {francais.compter(jours, 'jour')}"


@register.filter
def iso(instant: datetime | date) -> str:
    """For the `datetime` attribute of `<time>`."""
    return (
        instant.astimezone(horloge.PARIS).isoformat(timespec="seconds")
        if isinstance(instant, datetime)
        else str(instant)
    )


@register.filter
def pages_proches(page_obj) -> list[int | None]:
    """Numbers of the pages to show; None for a gap."""
    numeros = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    return [n if isinstance(n, int) else None for n in numeros]


@register.simple_tag(takes_context=True)
def adresse_avec(context, **parametres) -> str:
    """This page's query string with other values for these parameters."""
    demandes = context["request"].GET.copy()
    for nom, valeur in parametres.items():
        demandes[nom] = valeur
    return "?" + demandes.urlencode()


@register.simple_tag
def cle_unique() -> str:
    """The key that makes this form count once (see `comptes.unicite`)."""
    return format_html('<input type="hidden" name="cle_unique" value="{}">', uuid.uuid4())


@register.simple_tag
def mention_demonstration(texte: str = MENTION) -> str:
    """Said beside every invented figure that stands near a real name."""
    return format_html('<span class="mp-demonstration">{}</span>', texte)


@register.inclusion_tag("components/_etat.html", takes_context=True)
def etat(context, objet) -> dict:
    """The badge of `objet` (Dossier, Convention, Mission) for this reader."""
    return {
        "objet": objet,
        "numero": objet.numero if objet.CYCLE == "dossier" else "",  # one number on a page says one state
        "libelle": libelle_pour(objet.CYCLE, objet.etat, partie_active(context["request"])),
    }


@register.inclusion_tag("components/_balle.html", takes_context=True)
def balle(context, objet) -> dict:
    """Who must do what by when, in one sentence; loud when it is this reader's turn."""
    partie = partie_active(context["request"])
    tenue = objet.balle()
    return {"a_moi": tenue.tenant == partie, "tenant": tenue.tenant or "", "phrase": tenue.phrase(partie)}


@register.simple_tag(takes_context=True)
def phrase_de_balle(context, objet) -> str:
    """The same sentence, alone: for a card or a row of a list."""
    return objet.balle().phrase(partie_active(context["request"]))


def _lien(ecran: str, objet) -> str:
    """The page that serves a step, with the dossier's number where its address takes one; empty if none."""
    numero = getattr(objet, "numero", None)
    if numero is None:
        try:
            numero = objet.dossier.numero
        except (AttributeError, ObjectDoesNotExist):
            numero = None
    for args in ([numero] if numero else [], []):
        try:
            return reverse(ecran, args=args)
        except NoReverseMatch:
            continue
    return ""


@register.inclusion_tag("components/_actions.html", takes_context=True)
def actions(context, objet, sauf: str = "", primaire: bool = True, roles=None) -> dict:
    """What this reader may do on `objet` now.

    `sauf` names actions (spaces between) that the page draws itself; without `primaire` no button is the
    main one. `roles`: those held on `objet`, where the view has read them.
    """
    ecartees = sauf.split()
    gestes = []
    for nom, transition in objet.actions_pour(context["request"].user, roles).items():
        lien = _lien(transition.ecran, objet) if transition.ecran else ""
        if nom in ecartees or (transition.ecran and (not lien or lien == context["request"].path)):
            continue
        gestes.append(
            {
                "nom": nom,
                "libelle": transition.libelle,
                "lien": lien,
                "confirmation": transition.confirmation,
                "motivee": transition.motivee,
                "primaire": primaire and not gestes and not transition.confirmation,
            }
        )
    return {
        "gestes": gestes,
        "adresse": getattr(objet, "url_passer", "") or reverse("candidatures:passer", args=[objet.numero]),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def en_titre(texte: str) -> str:
    """First letter in upper case, the rest untouched."""
    return (
        mark_safe(texte[:1].upper() + texte[1:])
        if hasattr(texte, "__html__")
        else texte[:1].upper() + texte[1:]
    )


@register.filter
def phrase(texte: str) -> str:
    """A fragment as a sentence: first letter in upper case, a full stop at the end."""
    return f"{texte[:1].upper()}{texte[1:]}{'' if texte[-1:] in '.!?…' else '.'}" if texte else ""
