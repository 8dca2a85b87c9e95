"""The cahier des charges as a PDF, made from the articles by the engine of the acts, outside the request."""

from django.conf import settings
from django.template.loader import render_to_string

from manufactures import horloge
from manufactures.accueil.calendrier import numero_en_vigueur
from manufactures.actes import rendu
from manufactures.programme.models import Appel, Article, Cahier
from manufactures.programme.models.article import condenser_le_texte

MENTION = "Démonstration : articles rédigés d'après le dossier de presse du 8 décembre 2021"


def a_jour(appel: Appel) -> Cahier | None:
    """The file of the articles as they stand, made if it is not there; None for a call without articles."""
    articles = list(appel.articles.en_vigueur(numero_en_vigueur(appel)))
    if not articles:
        return None
    mention = MENTION if settings.DEMO else ""
    condense = condenser_le_texte(appel, articles, mention)
    deja = appel.cahiers.filter(condense=condense).first()
    if deja is not None:
        if deja != appel.cahiers.last():  # the articles say again what they once said
            deja.en_vigueur_le = horloge.maintenant()
            deja.save(update_fields=["en_vigueur_le"])
        return deja
    return Cahier.deposer(appel, condense, rendu.mettre_en_page(composer(appel, articles, mention)))


def composer(appel: Appel, articles: list[Article], mention: str) -> str:
    """The page, before its typography."""
    contexte = {
        "appel": appel,
        "articles": articles,
        "mention": mention,
        "jour": horloge.aujourd_hui(),
        "marque_etat": settings.MARQUE == "etat",
    }
    return render_to_string("accueil/cahier.html", contexte)
