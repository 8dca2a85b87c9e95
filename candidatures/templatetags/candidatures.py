"""A frozen dossier, shown."""

from django import template

from candidatures.avancement import phrase_d_avancement
from candidatures.lecture import SectionLue, lire
from candidatures.models import Section
from candidatures.motifs import decision_de
from manufactures import enonces
from manufactures.programme.models import Article, Citation

register = template.Library()


@register.filter
def sections_lues(contenu: dict) -> list[SectionLue]:
    """The sections of a frozen version, contacts included."""
    return lire(contenu)


@register.filter
def sections_lues_sans_contacts(contenu: dict) -> list[SectionLue]:
    """The same for the committee and the experts."""
    return lire(contenu, avec_contacts=False)


@register.simple_tag
def avancement(dossier, manques) -> str:
    """« Pas encore déposé : il manque 3 réponses, il reste 6 jours. »"""
    return phrase_d_avancement(dossier, manques)


@register.inclusion_tag("candidatures/_clauses_de_la_section.html")
def clauses_de_la_section(dossier, section) -> dict:
    """The clauses that this section applies, as the dossier's wave reads them: one query."""
    vague, lieu = dossier.vague, f"^{Section(section).value}(#|$)"
    articles = enonces.lire(_clauses, appel=vague.appel_id, numero=vague.numero, lieu=lieu)
    return {"vague": vague, "articles": articles}


def _clauses(appel: int, numero: int, lieu: str):
    cites = Citation.objects.filter(appel=appel, ou__regex=lieu)
    articles = Article.objects.filter(appel=appel).en_vigueur(numero).defer("texte")
    return articles.filter(numero__in=cites.values("article"))


@register.inclusion_tag("candidatures/_griefs_de_la_section.html", takes_context=True)
def griefs_de_la_section(context, dossier, section) -> dict:
    """What the decision on the former dossier said of this section; nothing, and no query, in a first draft."""
    decision = None
    if dossier.issu_de_id:
        decision = decision_de(dossier.issu_de_id, dossier.vague.appel_id, context["request"].user)
    return {"motifs": decision.de(Section(section)) if decision else [], "acte": decision and decision.acte}
