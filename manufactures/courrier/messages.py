"""The messages: for each key its text in `templates/courrier/<cle>.txt`, and how it is rendered.

First line of a template = subject, then a blank line, then the body, one paragraph a line.
A message is rendered from a frozen snapshot (JSON: ISO dates and instants, figures as strings),
never from live rows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import InvalidOperation
from functools import cache

from django.conf import settings
from django.template import Context, Engine, Library
from django.utils.html import conditional_escape, format_html, format_html_join

from manufactures import francais

TEXTES = settings.BASE_DIR / "templates" / "courrier"
OBJET_MAX = 60
NOTICE = "/donnees-personnelles/"
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d{2}:\d{2}|Z))?")
COMMANDE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")  # control characters can split or forge a header

register = Library()  # filters of the messages, built into their own engine


class VariableManquante(LookupError):
    """A text needs a variable that the snapshot lacks; its name is `nom`."""

    def __init__(self, nom):
        super().__init__(f"Le message a besoin de « {nom} ».")
        self.nom = nom


class ObjetInvalide(ValueError):
    """A subject with a line break, or longer than 60 characters."""


@dataclass(frozen=True)
class Modele:
    """A kind of message: compulsory or not, at once or with the day's digest, and why one receives it."""

    cle: str
    obligatoire: bool
    immediat: bool
    raison: str


MODELES = {
    modele.cle: modele
    for modele in (
        Modele("depot_recu", True, True, "vous participez à ce dossier"),
        Modele("rappel_depot_j7", False, False, "vous participez à ce dossier"),
        Modele("rappel_depot_j2", True, True, "vous participez à ce dossier"),
        Modele("rappel_depot_h6", True, True, "vous participez à ce dossier"),
        Modele("invitation_dossier", True, True, "une personne vous invite à participer à un dossier"),
        Modele("invitation_comite", True, True, "l'agence vous ouvre un accès à cet appel"),
        Modele("mandat_partenaire", True, True, "un dossier vous cite comme partenaire"),
        Modele("mandat_repondu", True, True, "vous participez à ce dossier"),
        Modele("mandat_copie", True, True, "vous avez répondu pour un partenaire de ce dossier"),
        Modele("passation_proposee", True, True, "vous participez à ce dossier"),
        Modele("passation_acceptee", True, True, "vous participez à ce dossier"),
        Modele("complements_demandes", True, True, "vous participez à ce dossier"),
        Modele("complements_rappel", True, True, "vous participez à ce dossier"),
        Modele("complements_recus", True, True, "vous participez à ce dossier"),
        Modele("recevable", False, True, "vous participez à ce dossier"),
        Modele("depot_repris", True, True, "vous participez à ce dossier"),
        Modele("depot_prolonge", True, True, "vous participez à ce dossier"),
        Modele("incident_publie", True, True, "vous avez un dossier dans cette vague"),
        Modele("dossier_retire", True, True, "vous participez à ce dossier"),
        Modele("question_repondue", False, True, "vous avez posé une question sur l'appel"),
        Modele("question_ecartee", False, True, "vous avez posé une question sur l'appel"),
        Modele("pris_en_charge", False, False, "vous participez à ce dossier"),
        Modele("piece_infectee", True, True, "vous participez à ce dossier"),
        Modele("nouveau_message", False, False, "vous participez à ce dossier"),
        Modele("declaration_interets", True, True, "vous siégez au comité"),
        Modele("deport_declare", True, True, "vous siégez au comité"),
        Modele("doute_leve", True, True, "vous siégez au comité"),
        Modele("seance_convocation", True, True, "vous siégez au comité"),
        Modele("seance_modifiee", True, True, "vous participez à cette séance"),
        Modele("seance_annulee", True, True, "vous participez à cette séance"),
        Modele("audition_convocation", True, True, "le comité souhaite vous entendre"),
        Modele("audition_rappel", True, True, "le comité souhaite vous entendre"),
        Modele("audition_deplacee", True, True, "le comité souhaite vous entendre"),
        Modele("audition_annulee", True, True, "le comité devait vous entendre"),
        Modele("audition_souhait", True, True, "vous organisez cette audition"),
        Modele("audition_souhait_refuse", True, True, "le comité souhaite vous entendre"),
        Modele("decision_disponible", True, True, "vous participez à ce dossier"),
        Modele("decision_non_lue", True, True, "vous participez à ce dossier"),
        Modele("document_disponible", False, False, "vous pouvez lire ce document"),
        Modele("publication_laureats", False, False, "vous prenez part à cet appel"),
        Modele("session_incubation", True, False, "votre projet est en incubation"),
        Modele("presence_manquante", True, False, "votre projet est en incubation"),
        Modele("livrable_attendu", False, False, "votre projet est en incubation"),
        Modele("livrable_repris", True, True, "votre projet est en incubation"),
        Modele("convention_a_signer", True, True, "vous représentez le porteur de ce projet"),
        Modele("tranche_a_demander", False, False, "votre projet est conventionné"),
        Modele("obligation_a_tenir", True, True, "votre projet est conventionné"),
        Modele("versement_examine", True, True, "votre projet est conventionné"),
        Modele("versement_effectue", False, False, "votre projet est conventionné"),
        Modele("mission_proposee", True, True, "cette mission vous concerne"),
        Modele("mission_commandee", True, True, "cette mission vous concerne"),
        Modele("jours_a_confirmer", True, True, "votre projet est accompagné"),
        Modele("jours_contestes", True, True, "vous suivez cette mission"),
        Modele("credit_faible", False, False, "vous suivez l'accompagnement de ce projet"),
        Modele("recommandation_relance", True, True, "une recommandation vous est confiée"),
        Modele("projet_silencieux", True, True, "vous participez à ce projet"),
        Modele("indicateurs_a_remplir", True, False, "votre projet est accompagné"),
        Modele("siret_a_controler", False, False, "vous suivez les dossiers de cet appel"),
        Modele("delai_implicite", True, True, "vous suivez ce dossier"),
        Modele("avis_demande", True, True, "votre organisme est consulté sur ce dossier"),
        Modele("avis_rappel", True, True, "votre organisme est consulté sur ce dossier"),
        Modele("avis_retire", True, True, "votre organisme était consulté sur ce dossier"),
        Modele("avis_recu", True, True, "vous instruisez ce dossier"),
        Modele("role_modifie", True, True, "ce compte est le vôtre"),
        Modele("effacement_fait", True, True, "vous avez demandé l'effacement de vos données"),
        Modele("effacement_refuse", True, True, "vous avez demandé l'effacement de vos données"),
        Modele("connexion_nouvelle", True, True, "ce compte est le vôtre"),
        Modele("mot_de_passe_modifie", True, True, "ce compte est le vôtre"),
        Modele("second_facteur_modifie", True, True, "ce compte est le vôtre"),
        Modele("adresse_modifiee", True, True, "ce compte est ou était le vôtre"),
        Modele("rib_modifie", True, True, "vous représentez le porteur de ce projet"),
        Modele("recapitulatif", False, False, "ces demandes vous attendent"),
    )
}


def rendre(cle, contexte):
    """(subject, text, HTML) of the message `cle`.

    Raises VariableManquante for a variable that is absent, None or empty in a branch that is printed, and
    ObjetInvalide rather than send a subject that could forge a header.
    """
    objet, lignes, valeurs = _composer(cle, contexte)
    modele = MODELES[cle]
    enveloppe = valeurs | {"raison": modele.raison, "obligatoire": modele.obligatoire, "objet": objet}
    texte = _moteur().get_template("_enveloppe.txt")
    html = _moteur().get_template("_enveloppe.html")
    liens = _liens(valeurs)
    return (
        objet,
        texte.render(Context(enveloppe | {"corps": "\n\n".join(lignes)}, autoescape=False)),
        html.render(Context(enveloppe | {"paragraphes": [_lier(ligne, liens) for ligne in lignes]})),
    )


def resumer(cle, contexte):
    """(subject, first line, link) of the same message, as the in-app notice shows it."""
    objet, lignes, valeurs = _composer(cle, contexte)
    return objet, lignes[0], valeurs.get("lien", "")


def _composer(cle, contexte):
    """Subject, lines of the body, and the values they were made from."""
    valeurs = _presents({"url": {}, **contexte})
    valeurs["url"] = {"notice_donnees": settings.SITE_URL + NOTICE} | valeurs["url"]
    gabarit_objet, gabarit_corps = _gabarits(MODELES[cle].cle)
    objet = gabarit_objet.render(Context(valeurs, autoescape=False))
    if COMMANDE.search(objet) or len(objet) > OBJET_MAX:
        raise ObjetInvalide(f"Objet refusé ({cle}, {len(objet)} caractères).")
    valeurs = _sur_une_ligne(valeurs)
    corps = gabarit_corps.render(Context(valeurs, autoescape=False))
    return objet, [ligne.strip() for ligne in corps.splitlines() if ligne.strip()], valeurs


def _presents(valeur):
    """The same, without what is None or empty: an absent value and an empty one are one error."""
    if isinstance(valeur, Mapping):
        return {cle: _presents(v) for cle, v in valeur.items() if v is not None and v not in ("", [])}
    return valeur


def _sur_une_ligne(valeur):
    """The same, without line breaks: a typed text cannot imitate the lines of the message."""
    if isinstance(valeur, Mapping):
        return {cle: _sur_une_ligne(v) for cle, v in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [_sur_une_ligne(v) for v in valeur]
    return COMMANDE.sub(" ", valeur).strip() if isinstance(valeur, str) else valeur


class _Exigeant(str):
    """Django asks `string_if_invalid % name` for each variable it does not find: this one raises."""

    __slots__ = ()

    def __mod__(self, nom):
        raise VariableManquante(str(nom))


@cache
def _moteur():
    return Engine(dirs=[TEXTES], builtins=[__name__], string_if_invalid=_Exigeant("%s"))


@cache
def _gabarits(cle):
    """Templates of the subject and of the body, apart: a value cannot pass from one to the other."""
    objet, _, corps = (TEXTES / f"{cle}.txt").read_text(encoding="utf-8").partition("\n\n")
    return _moteur().from_string(objet), _moteur().from_string(corps)


def _liens(valeurs):
    """The addresses that the message itself gives, longest first; one typed by someone stays plain text."""
    adresses = {v for cle, v in valeurs.items() if cle.startswith("lien") and isinstance(v, str)}
    return sorted((a for a in adresses if a.startswith(("https://", "http://"))), key=len, reverse=True)


def _lier(ligne, liens):
    """The line as HTML: escaped, its own addresses clickable."""
    if not liens:
        return conditional_escape(ligne)
    morceaux = re.split("(" + "|".join(map(re.escape, liens)) + ")", ligne)
    return format_html_join(
        "", "{}", ((format_html('<a href="{0}">{0}</a>', m) if m in liens else m,) for m in morceaux)
    )


def _temps(valeur):
    """A date or an instant from a snapshot's value; None for any other text."""
    if isinstance(valeur, str) and ISO.fullmatch(valeur):
        return datetime.fromisoformat(valeur) if "T" in valeur else date.fromisoformat(valeur)
    return valeur if isinstance(valeur, date) else None


@register.filter
def court(valeur):
    """« 11 décembre », for a subject."""
    return valeur if (quand := _temps(valeur)) is None else francais.date_longue(quand).rsplit(" ", 1)[0]


@register.filter
def jour(valeur):
    """« 11 décembre 2026 »."""
    return valeur if (quand := _temps(valeur)) is None else francais.date_longue(quand)


@register.filter
def heure(valeur):
    """« 12 h 00 »."""
    return francais.heure(quand) if isinstance(quand := _temps(valeur), datetime) else valeur


@register.filter
def instant(valeur):
    """« 11 décembre 2026 à 12 h 00 »; a date alone has no hour."""
    return francais.instant(quand) if isinstance(quand := _temps(valeur), datetime) else jour(valeur)


@register.filter
def instant_precis(valeur):
    """« 11 décembre 2026 à 12 h 00 min 07 s », as a receipt says it."""
    return francais.instant_precis(quand) if isinstance(quand := _temps(valeur), datetime) else jour(valeur)


@register.filter
def nombre(valeur):
    """« 2,5 », « 1 200 »; a text stays as it is."""
    try:
        return francais.nombre(valeur)
    except InvalidOperation:
        return valeur


@register.filter
def accorder(valeur, nom):
    """« 1,5 jour », « 2 jours »; a text is taken as a figure already written."""
    try:
        return francais.compter(valeur, nom)
    except InvalidOperation:
        return f"{valeur} {nom}s"


@register.filter
def liste(valeur):
    """Several values, dates included, in one sentence; a text stays as it is."""
    return jour(valeur) if isinstance(valeur, str) else ", ".join(str(jour(v)) for v in valeur)


register.filter("telephone", francais.telephone)
